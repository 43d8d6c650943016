package engine

// What CTAS and INSERT write is read back as the same values, or was refused: every type
// in every format, compressed and not.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// writtenValues are values of the types that can be written, and of some that cannot.
var writtenValues = map[string][]string{
	"boolean":                  {"true", "false"},
	"tinyint":                  {"-128", "127"},
	"smallint":                 {"-32768", "32767"},
	"integer":                  {"-2147483648", "2147483647", "0"},
	"bigint":                   {"-9223372036854775808", "9223372036854775807"},
	"real":                     {"1.5", "-0e0", "3.4028235e38", "1.4e-45", "infinity()", "-infinity()", "nan()"},
	"double":                   {"0.1", "-0e0", "1.7976931348623157e308", "5e-324", "infinity()", "-infinity()", "nan()", "1e7", "123456789e-3"},
	"decimal(5,2)":             {"'-999.99'", "'0.00'", "'1.50'"},
	"decimal(18,0)":            {"'999999999999999999'", "'-1'"},
	"decimal(38,10)":           {"'-9999999999999999999999999999.9999999999'", "'0.0000000001'"},
	"decimal(38,38)":           {"'0.99999999999999999999999999999999999999'"},
	"varchar":                  {"''", "'a'", "' x '", "'null'", `'\N'`, `'"q" \t'`, "'Grüße 世界 \U0001F600'", "chr(1) || chr(2)", "'a,b|c'", "chr(10)", "chr(13)", "'\\'", "'1'", "'{\"a\":1}'"},
	"varchar(5)":               {"'abcde'", "''"},
	"char(4)":                  {"'ab'", "''", "' ab'"},
	"varbinary":                {"X'00ff'", "X''", "X'61'", "X'0a5c4e'", "to_utf8('YQ==')"},
	"date":                     {"DATE '1969-12-31'", "DATE '0001-01-01'", "DATE '9999-12-31'", "DATE '1582-10-10'"},
	"timestamp(3)":             {"TIMESTAMP '1969-12-31 23:59:59.999'", "TIMESTAMP '0001-01-01 00:00:00.000'", "TIMESTAMP '9999-12-31 23:59:59.999'", "TIMESTAMP '1500-01-01 00:00:00.001'"},
	"timestamp(6)":             {"TIMESTAMP '2020-01-01 00:00:00.000001'"},
	"timestamp with time zone": {"TIMESTAMP '2020-01-01 00:00:00.000 UTC'"},
	"time":                     {"TIME '01:02:03'"},
	"json":                     {"JSON '1'"},
	"uuid":                     {"UUID '00000000-0000-0000-0000-000000000001'"},
	"interval day to second":   {"INTERVAL '1' DAY"},
	"array(integer)":           {"ARRAY[]", "ARRAY[1, NULL, 3]", "ARRAY[NULL]"},
	"array(varchar)":           {"ARRAY['']", "ARRAY[chr(2), 'b']", "ARRAY['a', '']", "ARRAY[chr(92) || 'N']", "ARRAY['a', NULL, 'null', '']", "ARRAY[]"},
	"array(array(double))":     {"ARRAY[ARRAY[0.5, nan()], NULL, ARRAY[]]", "ARRAY[ARRAY[]]"},
	"array(varbinary)":         {"ARRAY[X'00', X'', NULL]"},
	"array(date)":              {"ARRAY[DATE '2020-01-02', NULL]"},
	"array(timestamp(3))":      {"ARRAY[TIMESTAMP '2020-01-02 03:04:05.006', NULL]"},
	"array(decimal(38,2))":     {"ARRAY[DECIMAL '123456789012345678901234567890.12', NULL]"},
	"array(char(3))":           {"ARRAY['a', 'abc']"},
	"map(varchar, integer)":    {"MAP(ARRAY['', 'a', 'b'], ARRAY[1, NULL, 3])", "MAP()"},
	"map(integer, varchar)":    {"MAP(ARRAY[2, 1], ARRAY['x', NULL])"},
	"map(varchar, array(map(varchar, double)))":               {"MAP(ARRAY['k'], ARRAY[ARRAY[MAP(ARRAY['x'], ARRAY[1e0]), NULL]])"},
	"row(a integer, b varchar)":                               {"ROW(1, 'x')", "ROW(NULL, NULL)", "ROW(NULL, '')"},
	"row(a varchar)":                                          {"ROW('')", "ROW(NULL)"},
	"row(\"Upper\" integer, l array(row(x boolean, y date)))": {"ROW(1, ARRAY[ROW(true, DATE '2020-01-01'), NULL])"},
	"row(integer, varchar)":                                   {"ROW(1, 'x')"},
}

// writtenWith are the formats with their compressions.
var writtenWith = []string{
	"format = 'PARQUET'", "format = 'PARQUET', write_compression = 'SNAPPY'", "format = 'PARQUET', write_compression = 'ZSTD'", "format = 'PARQUET', write_compression = 'NONE'",
	"format = 'JSON'", "format = 'JSON', write_compression = 'NONE'", "format = 'JSON', write_compression = 'ZSTD'",
	"format = 'TEXTFILE'", "format = 'TEXTFILE', write_compression = 'NONE'", "format = 'TEXTFILE', field_delimiter = ','",
	"format = 'ION'", "format = 'ION', ion_encoding = 'TEXT'", "format = 'ION', write_compression = 'NONE'",
}

func TestWrittenReadsBack(t *testing.T) {
	s := spillSession(t, t.TempDir(), Options{Workers: 2})
	n := 0
	for _, typ := range slices.Sorted(maps.Keys(writtenValues)) {
		values := writtenValues[typ]
		// Each value by itself, since one may be refused, and all of them with NULL.
		var lists []string
		for _, v := range values {
			lists = append(lists, "ROW(CAST("+v+" AS "+typ+"))")
		}
		lists = append(lists, "ROW(CAST(NULL AS "+typ+")), "+strings.Join(lists, ", "))
		for k, rows := range lists {
			q := "SELECT * FROM (VALUES " + rows + ") AS v (x)"
			read := func(from string) string { // containers also as JSON, which tells [''] from []
				more := ""
				if strings.Contains(typ, "(") && !strings.Contains(typ, "varbinary") && !strings.Contains(typ, "(char") && strings.ContainsAny(typ[:1], "amr") {
					more = ", json_format(CAST(x AS json))"
				}
				return answer(t, s, "SELECT x"+more+" FROM "+from)
			}
			want := read("(" + q + ")")
			if !strings.HasSuffix(want, "|\n") {
				t.Fatalf("%s\n%s", q, want)
			}
			for _, with := range writtenWith {
				if k < len(values) && strings.Contains(with, ",") {
					continue // once for each type
				}
				n++
				name := fmt.Sprintf("w%d", n)
				err := answer(t, s, fmt.Sprintf("CREATE TABLE %s WITH (%s, external_location = 's3://test/%s/') AS %s", name, with, name, q))
				if err != "" {
					if !strings.HasPrefix(err, string(sqlerr.NotSupported)) && !strings.HasPrefix(err, string(sqlerr.HiveWriterDataError)) {
						t.Errorf("%s %s\n%s", with, rows, err)
					}
					continue
				}
				if got := read(name); got != want {
					t.Errorf("%s %s\n got %q\nwant %q", with, rows, got, want)
				}
				if k < len(values) {
					continue
				}
				if got := answer(t, s, "INSERT INTO "+name+" "+q); got != "" {
					t.Errorf("INSERT: %s %s\n%s", with, rows, got)
				} else if got := read(name); got != want+want {
					t.Errorf("INSERT: %s %s\n got %q\nwant %q", with, rows, got, want+want)
				}
			}
		}
	}
}
