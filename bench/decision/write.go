package decision

// The tables on disk: exports, CSV, and the statements that declare them.

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
)

// exportID is the id of all the exports.
const exportID = "01693526400000-dec15100"

// Bucket is the bucket that a folder of exports stands for.
const Bucket = "s3://example-bucket"

// filesOf is how many data files a table of so many rows has: a table's
// partitions hold some hundred thousand items each.
func filesOf(rows int64) int { return int(min(1+rows/400_000, 16)) }

// WriteExport writes a table as an export below dir.
func (t *Table) WriteExport(ctx context.Context, dir string, s *Scale, level int) error {
	_, err := gen.Write(ctx, gen.Config{
		Dir: dir, Prefix: t.Name, Table: t.Name, ID: exportID, Time: time.UnixMilli(1693526400000).UTC(), Level: level,
		Rows: t.rows(s), Files: filesOf(t.rows(s)), Make: func(n int64) []gen.Field { return t.Item(s, n) },
	})
	return err
}

// WriteCSV writes a table as CSV with a header, to dir/NAME.csv.
func (t *Table) WriteCSV(dir string, s *Scale) (err error) {
	f, err := os.Create(filepath.Join(dir, t.Name+".csv"))
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	w := bufio.NewWriterSize(f, 1<<20)
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	line := append([]byte(strings.Join(names, ",")), '\n')
	for n := range t.rows(s) {
		if _, err := w.Write(line); err != nil {
			return err
		}
		line = t.AppendCSV(line[:0], s, n)
	}
	if _, err := w.Write(line); err != nil {
		return err
	}
	return w.Flush()
}

// DDL are the statements that declare the tables over the exports: each table as
// it lies, in the database raw, and a view of the same name that makes dates of
// the strings.
func DDL() []string {
	out := []string{"CREATE DATABASE raw"}
	for _, t := range Tables {
		var cols, paths, exprs []string
		for _, c := range t.Columns {
			typ, e := c.Type, c.Name
			switch c.Type {
			case "date":
				typ, e = "string", "CAST("+c.Name+" AS date) AS "+c.Name
			case "varchar":
				typ = "string"
			}
			cols = append(cols, "`"+c.Name+"` "+typ)
			paths = append(paths, "'ion."+c.Name+".path_extractor' = '(Item "+c.Name+")'")
			exprs = append(exprs, e)
		}
		out = append(out,
			"CREATE EXTERNAL TABLE raw."+t.Name+" ("+strings.Join(cols, ", ")+")\nROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'\n"+
				"WITH SERDEPROPERTIES ("+strings.Join(paths, ", ")+")\nSTORED AS ION LOCATION '"+Bucket+"/"+t.Name+"/AWSDynamoDB/"+exportID+"/data/'",
			"CREATE VIEW "+t.Name+" AS SELECT "+strings.Join(exprs, ", ")+" FROM raw."+t.Name)
	}
	return out
}

// DuckDB are the statements that load the CSV files of dir into DuckDB. davg is
// Trino's average of decimals: exact, halves away from zero.
func DuckDB(dir string) []string {
	out := []string{
		"CREATE MACRO davg(x) AS CAST(CASE WHEN sum(x) < 0 THEN -1 ELSE 1 END * ((2 * CAST(abs(sum(x)) * 100 AS HUGEINT) + count(x)) // (2 * count(x))) AS DECIMAL(30,0)) * 0.01::DECIMAL(3,2)",
	}
	for _, t := range Tables {
		var cols []string
		for _, c := range t.Columns {
			cols = append(cols, "'"+c.Name+"': '"+strings.ToUpper(c.Type)+"'")
		}
		out = append(out, "CREATE TABLE "+t.Name+" AS SELECT * FROM read_csv('"+filepath.Join(dir, t.Name+".csv")+"', header = true, columns = {"+strings.Join(cols, ", ")+"})")
	}
	return out
}
