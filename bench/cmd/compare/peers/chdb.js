// Runs one statement in chDB (ClickHouse in process) and prints its rows, values
// as text, tabs between them. Argument: statement.
const { query } = require('chdb');

try {
  process.stdout.write(query(process.argv[2], 'TabSeparated'));
} catch (e) {
  process.stderr.write(`${e.message}\n`);
  process.exit(1);
}
