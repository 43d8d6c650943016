package syntax

// Hive's grammar: the forms of the Athena user guide's DDL pages and the
// errors of what is not one of them.

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

type hiveCase struct {
	SQL   string `json:"sql"`
	Print string `json:"print"`
	Error string `json:"error"`
	From  string `json:"from"`
}

func hiveCases(t testing.TB) []hiveCase {
	var list []hiveCase
	readLines(t, "testdata/hive.jsonl", func(line []byte) {
		var c hiveCase
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, c)
	})
	return list
}

func TestHive(t *testing.T) {
	cases := hiveCases(t)
	if len(cases) < 60 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		s, err := Parse(c.SQL)
		switch {
		case c.Error != "":
			if err == nil {
				t.Errorf("%s\n  accepted, want %s", c.SQL, c.Error)
			} else if got := sqlerr.As(err); got.Code != sqlerr.ParseException || got.Msg != c.Error {
				t.Errorf("%s\n   got %s %s\n  want %s", c.SQL, got.Code, got.Msg, c.Error)
			}
		case err != nil:
			t.Errorf("%s\n  %v", c.SQL, err)
		default:
			if got := Format(s); got != c.Print {
				t.Errorf("%s\n   got %s\n  want %s", c.SQL, got, c.Print)
			}
		}
	}
}

func TestHiveTypes(t *testing.T) {
	for text, want := range map[string]string{
		"DECIMAL": "decimal", "decimal(15)": "decimal(15)", "Decimal ( 38 , 2 )": "decimal(38,2)", "INTEGER": "int",
		"array<Struct<A:int,`b c`:map<string,double precision>>>": "array<struct<a:int,b c:map<string,double>>>",
		"struct<a:int COMMENT 'x', b:uniontype<int,string>>":      "struct<a:int,b:uniontype<int,string>>",
		"varchar(10)": "varchar(10)", "numeric(3,1)": "decimal(3,1)",
	} {
		typ, err := ParseHiveType(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := typ.String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "varchar", "char", "array<int", "map<int>", "struct<a int>", "decimal(3,1", "foo", "array(int)", "decimal()"} {
		if typ, err := ParseHiveType(text); err == nil {
			t.Errorf("%s: accepted as %s", text, typ)
		}
	}
}

func TestQuotedNameInDDL(t *testing.T) {
	_, err := Parse(`DROP TABLE "my_table"`)
	e := sqlerr.As(err)
	if e == nil || e.Code != sqlerr.ParseException || !strings.Contains(e.Hint, "`my_table`") {
		t.Errorf("%+v", e)
	}
}

func TestHiveStrings(t *testing.T) {
	s, err := Parse(`ALTER TABLE t SET TBLPROPERTIES ('a\'b\n\\\t\u0041\101' = "it's \"x\"", "k" = '\001')`)
	if err != nil {
		t.Fatal(err)
	}
	p := s.(*AlterTable).Action.(*SetTblProperties).Properties
	for i, want := range []string{"a'b\n\\\tAA", `it's "x"`, "k", "\x01"} {
		lit := p[i/2].Key
		if i%2 == 1 {
			lit = p[i/2].Value
		}
		if lit.Value != want {
			t.Errorf("%d: %q, want %q", i, lit.Value, want)
		}
	}
}

func TestDialect(t *testing.T) {
	for sql, want := range map[string]Dialect{
		"-- x\n/* y */ create external table t (a int)": Hive,
		"CREATE TABLE t AS SELECT 1":                    Trino,
		"CREATE TABLE IF NOT EXISTS a.b WITH (x = 1)":   Trino,
		"CREATE TABLE t (a, b) AS SELECT 1, 2":          Trino,
		"CREATE TABLE t (a) AS SELECT 1":                Trino,
		"CREATE TABLE t (a int) LOCATION 's3://b/'":     Hive,
		"CREATE TABLE t (a decimal(3,1))":               Hive,
		"CREATE TABLE `t` (a int)":                      Hive,
		"CREATE OR REPLACE VIEW v AS SELECT 1":          Trino,
		"CREATE SCHEMA x":                               Hive,
		"DROP VIEW `v`":                                 Hive,
		`DROP VIEW "v"`:                                 Trino,
		`DROP TABLE "t"`:                                Hive,
		"SHOW FUNCTIONS":                                Trino,
		"SHOW TABLES IN a":                              Hive,
		"SHOW CREATE VIEW v":                            Hive,
		"DESCRIBE t":                                    Hive,
		"DESCRIBE INPUT p":                              Trino,
		"MSCK REPAIR TABLE t":                           Hive,
		"ALTER TABLE t ADD PARTITION (a='b')":           Hive,
		"SELECT 1":                                      Trino,
		"":                                              Trino,
	} {
		if got := dialectOf(sql); got != want {
			t.Errorf("%s: %d", sql, got)
		}
	}
}

func TestSplit(t *testing.T) {
	text := "SELECT ';', 'it''s', 'C:\\'; -- no; not here\n" +
		"CREATE EXTERNAL TABLE `a;b` (x string COMMENT 'it\\'s; \"') ROW FORMAT SERDE \"s;\";;\n" +
		"/* only; a comment */ ;\n  SELECT \"a;\"\"\" FROM t /* ; */ WHERE 1 = 1 ; select 'open; to the end"
	want := []string{
		"SELECT ';', 'it''s', 'C:\\'",
		"-- no; not here\nCREATE EXTERNAL TABLE `a;b` (x string COMMENT 'it\\'s; \"') ROW FORMAT SERDE \"s;\"",
		"SELECT \"a;\"\"\" FROM t /* ; */ WHERE 1 = 1",
		"select 'open; to the end",
	}
	chunks := Split(text)
	if len(chunks) != len(want) {
		t.Fatalf("%d chunks: %+v", len(chunks), chunks)
	}
	for i, c := range chunks {
		if c.Text != want[i] || text[c.Offset:c.Offset+len(c.Text)] != c.Text {
			t.Errorf("%d: %q at %d", i, c.Text, c.Offset)
		}
	}
	start := time.Now()
	Split(strings.Repeat("/*;", 200_000))
	if d := time.Since(start); d > time.Minute {
		t.Errorf("comments that never end take %v", d)
	}
	if n := len(Split(" -- nothing\n ; ;")); n != 0 {
		t.Errorf("%d chunks of nothing", n)
	}
}
