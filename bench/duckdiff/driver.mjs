// Runs SQL in one DuckDB, for the Go driver: one JSON object a line in, {"sql":
// [statements]}, one a line out, {"rows": [...]} of the last statement or
// {"error": text}. Numbers travel as text, dates as days, timestamps as
// microseconds, maps as lists of pairs: what JSON would lose stays.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

// The last argument is the folder that holds node_modules.
const require = createRequire(process.argv.at(-1) + '/');
const { DuckDBInstance } = require('@duckdb/node-api');

function plain(v) {
  if (v === null || v === undefined) return null;
  switch (typeof v) {
    case 'boolean': case 'string': return v;
    case 'bigint': return String(v);
    case 'number': return Object.is(v, -0) ? '-0' : String(v);
  }
  switch (v.constructor.name) {
    case 'DuckDBDateValue': return String(v.days);
    case 'DuckDBTimestampValue': case 'DuckDBTimeValue': return String(v.micros);
    case 'DuckDBListValue': case 'DuckDBArrayValue': return v.items.map(plain);
    case 'DuckDBStructValue': return Object.values(v.entries).map(plain);
    case 'DuckDBMapValue': return v.entries.map((e) => [plain(e.key), plain(e.value)]);
  }
  return String(v);
}

const db = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await db.connect();
for await (const line of createInterface({ input: process.stdin })) {
  let out;
  try {
    let result;
    for (const sql of JSON.parse(line).sql) result = await connection.runAndReadAll(sql);
    out = { rows: result.getRows().map((r) => r.map(plain)) };
  } catch (e) {
    out = { error: String(e.message) };
  }
  process.stdout.write(JSON.stringify(out) + '\n');
}
