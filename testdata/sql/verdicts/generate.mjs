// Writes ../verdicts.jsonl: for each statement of statements.txt the verdicts of
// dt-sql-parser's Trino and Hive grammars, an implementation independent of
// ours, and the one that counts on Athena. See README.md.
import fs from 'node:fs';
import path from 'node:path';
import { TrinoSQL, HiveSQL } from 'dt-sql-parser';

const dir = process.argv[2];
const out = path.join(dir, '..', 'verdicts.jsonl');

// Reasons for differences are written by hand; they survive a new run.
const reasons = new Map();
if (fs.existsSync(out)) {
  for (const line of fs.readFileSync(out, 'utf8').split('\n').filter(Boolean)) {
    const v = JSON.parse(line);
    if (v.differs) reasons.set(v.sql, v.differs);
  }
}

// The grammars write what they dislike to the console.
console.error = console.log = () => {};

const trino = new TrinoSQL();
const hive = new HiveSQL();
const accepts = (parser, sql) => {
  try {
    return parser.validate(sql).length === 0;
  } catch {
    return false;
  }
};

// What both grammars let through and Trino's later passes, or Athena's one
// statement a call, refuse.
const outside = (sql) => sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
const lax = (sql) => {
  const bare = outside(sql);
  if (/`/.test(bare)) return 'backquoted name';
  if (/(^|[^\w.])\d+[a-df-z_]\w*/i.test(bare.replace(/\b0[xob][0-9a-f_]+|\b\d+(_\d+)+/gi, '0'))) return 'name that starts with a digit';
  if (/""/.test(sql) && !/"[^"]+(""[^"]*)*"/.test(sql)) return 'empty name';
  if (/;\s*\S/.test(bare)) return 'several statements';
  return '';
};

// Which of Athena's two grammars takes a statement: semantics 4.1.
const side = (sql) => {
  const s = outside(sql).trim().replace(/\s+/g, ' ').toUpperCase();
  if (/^(MSCK|DESCRIBE|DESC)\b/.test(s) && !/^DESCRIBE (INPUT|OUTPUT) \S/.test(s)) return 'hive';
  if (/^SHOW\b/.test(s) && !/^SHOW (FUNCTIONS|CATALOGS|SESSION|STATS|ROLES|GRANTS)\b/.test(s)) return 'hive';
  if (/^ALTER (TABLE|DATABASE)\b/.test(s) || /^DROP (TABLE|VIEW|DATABASE|SCHEMA)\b/.test(s)) return 'hive';
  if (/^CREATE (EXTERNAL|DATABASE|SCHEMA)\b/.test(s)) return 'hive';
  if (/^CREATE TABLE\b/.test(s) && /\bTBLPROPERTIES\b/.test(s)) return 'hive';
  return 'trino';
};

let area = '';
const lines = [];
for (const line of fs.readFileSync(path.join(dir, 'statements.txt'), 'utf8').split('\n')) {
  if (line.startsWith('# ')) {
    area = line.slice(2);
    continue;
  }
  if (!line) continue;
  const sql = line;
  const v = { area, sql, side: side(sql) };
  v.trino = accepts(trino, sql);
  v.hive = accepts(hive, sql);
  let judged = sql;
  const unload = sql.match(/^UNLOAD \((.*)\) TO '[^']*' WITH (\(.*\))$/);
  if (unload) {
    // Neither grammar has UNLOAD: judge its query and its properties.
    judged = `CREATE TABLE t WITH ${unload[2]} AS ${unload[1]}`;
    v.judged = judged;
  }
  const why = v.side === 'trino' ? lax(sql) : '';
  v.valid = v.side === 'hive' ? v.hive : accepts(trino, judged) && !why;
  if (why && v.trino) v.later = why;
  if (reasons.has(sql)) v.differs = reasons.get(sql);
  lines.push(JSON.stringify(v));
}
fs.writeFileSync(out, lines.join('\n') + '\n');
