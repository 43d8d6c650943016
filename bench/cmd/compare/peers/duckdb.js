// Runs one statement in DuckDB and prints its rows, values as text, tabs between
// them. Arguments: threads, statement[, statements to run before it]. With
// statements before it, it is run three times and the fastest time is printed
// to standard error as "seconds S", since loading is not what is measured.
const { DuckDBInstance } = require('@duckdb/node-api');

(async () => {
  const [threads, sql, ...before] = process.argv.slice(2);
  const db = await DuckDBInstance.create(':memory:', { threads });
  const conn = await db.connect();
  for (const s of before) await conn.run(s);
  let rows;
  let best = Infinity;
  for (let i = 0; i < (before.length ? 3 : 1); i++) {
    const began = process.hrtime.bigint();
    rows = (await conn.runAndReadAll(sql)).getRows();
    best = Math.min(best, Number(process.hrtime.bigint() - began) / 1e9);
  }
  process.stdout.write(rows.map((r) => r.map((v) => (v === null ? '' : v.toString())).join('\t') + '\n').join(''));
  if (before.length) process.stderr.write(`seconds ${best}\n`);
})().catch((e) => {
  process.stderr.write(`${e.message}\n`);
  process.exit(1);
});
