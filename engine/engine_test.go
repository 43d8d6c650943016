package engine

// The door: statements through a session, over folders in a temporary directory
// that stand for s3://bucket.

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type fixture struct {
	t   *testing.T
	dir string
	e   *Engine
	s   *Session
}

func open(t *testing.T, opt Options) *fixture {
	t.Helper()
	f := &fixture{t: t, dir: t.TempDir()}
	opt.Maps = []Mapping{{URL: "s3://bucket", Dir: f.dir}}
	opt.Offline = true
	var err error
	if f.e, err = Open(opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.e.Close(); err != nil {
			t.Error(err)
		}
	})
	f.s = f.e.NewSession()
	return f
}

func (f *fixture) write(name, text string) {
	f.t.Helper()
	data := []byte(text)
	if strings.HasSuffix(name, ".gz") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(data); err != nil {
			f.t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			f.t.Fatal(err)
		}
		data = b.Bytes()
	}
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// answer gives a statement's result as its result file.
func (f *fixture) answer(sql string) (string, error) {
	r, err := f.s.Query(context.Background(), sql)
	if err != nil {
		return "", err
	}
	defer func() {
		if err := r.Close(); err != nil {
			f.t.Error(err)
		}
	}()
	var b bytes.Buffer
	w, err := output.New("csv", &b)
	if err != nil {
		f.t.Fatal(err)
	}
	kind := output.Table
	if r.Text {
		kind = output.Utility
	}
	if err := w.Begin(r.Columns, kind); err != nil {
		f.t.Fatal(err)
	}
	for {
		p, err := r.Next(context.Background())
		if err != nil {
			again, err2 := r.Next(context.Background())
			if again != nil || !errors.Is(err2, err) {
				f.t.Errorf("after an error: %v, %v", again, err2)
			}
			return "", err
		}
		if p == nil {
			break
		}
		if err := w.Page(p); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := w.End(r.UpdateCount); err != nil {
		f.t.Fatal(err)
	}
	return b.String(), nil
}

func (f *fixture) want(sql, want string) {
	f.t.Helper()
	got, err := f.answer(sql)
	if err != nil {
		f.t.Errorf("%s: %v", sql, err)
	} else if got != want {
		f.t.Errorf("%s:\n%q\nwant\n%q", sql, got, want)
	}
}

func (f *fixture) fails(sql string, code sqlerr.Code, msg string) {
	f.t.Helper()
	_, err := f.answer(sql)
	var e *sqlerr.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Msg, msg) {
		f.t.Errorf("%s: %v, want %s %s", sql, err, code, msg)
	}
}

const orders = "CREATE EXTERNAL TABLE orders (id decimal, Note string COMMENT 'what\\'s up') " +
	"ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' WITH SERDEPROPERTIES ('ion.id.path_extractor' = '(Item id)') " +
	"STORED AS ION LOCATION 's3://bucket/orders'"

// TestTables follows a table through its life: semantics 4.2, 4.5, 11.3.
func TestTables(t *testing.T) {
	f := open(t, Options{})
	f.write("orders/a.ion.gz", "$ion_1_0 {Item:{id:6d2}}\n$ion_1_0 {Item:{}}\n")
	f.write("orders/_skipped", "no Ion")
	f.write("orders2/b.ion", "{Item:{id:1.}}")
	f.want(orders, "")
	f.want("SELECT id FROM orders", "\"id\"\n\"600\"\n\n")
	f.want(`SELECT "$path" AS p FROM "default".ORDERS LIMIT 1`, "\"p\"\n\"s3://bucket/orders/a.ion.gz\"\n")
	f.want("SHOW TABLES", "orders")
	f.want("SHOW TABLES 'or*|x'", "orders")
	f.want("SHOW TABLES 'ord'", "")
	f.want("SHOW DATABASES", "default")
	f.want("SHOW COLUMNS IN orders", "id                  \nnote                ")
	f.want("DESCRIBE orders", "id                  \tdecimal(10,0)       \tfrom deserializer   \n"+
		"note                \tstring              \twhat's up           ")
	f.want("SHOW TBLPROPERTIES orders", "EXTERNAL\tTRUE")
	shown, err := f.answer("SHOW CREATE TABLE orders")
	if err != nil {
		t.Fatal(err)
	}
	f.want(strings.Replace(shown, "default.orders", "copy", 1), "")
	f.want("SELECT id FROM copy", "\"id\"\n\"600\"\n\n")
	f.fails(orders, sqlerr.TableAlreadyExists, "already exists")
	f.want(strings.Replace(strings.Replace(orders, "TABLE", "TABLE IF NOT EXISTS", 1), "id decimal", "id string", 1), "")
	f.want("SELECT typeof(id) AS t FROM orders LIMIT 1", "\"t\"\n\"decimal(10,0)\"\n")
	f.want("DROP TABLE orders", "")
	f.fails("SELECT id FROM orders", sqlerr.TableNotFound, "Table 'awsdatacatalog.default.orders' does not exist")
	f.fails("DROP TABLE orders", sqlerr.SemanticException, "Table not found")
	f.want("DROP TABLE IF EXISTS orders", "")
	if _, err := os.Stat(filepath.Join(f.dir, "orders", "a.ion.gz")); err != nil {
		t.Error(err)
	}
}

// TestDDLRefusals: what Athena refuses, and what ionq does not read.
func TestDDLRefusals(t *testing.T) {
	f := open(t, Options{})
	f.fails("CREATE TABLE t (a int) STORED AS ION LOCATION 's3://bucket/t/'", sqlerr.SemanticException, "EXTERNAL")
	f.fails("CREATE EXTERNAL TABLE t (a int) STORED AS ION", sqlerr.SemanticException, "LOCATION")
	f.fails("CREATE EXTERNAL TABLE t (a int, A string) STORED AS ION LOCATION 's3://bucket/t/'", sqlerr.SemanticException, "Duplicate column name: a")
	f.fails("CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (a string) STORED AS ION LOCATION 's3://bucket/t/'", sqlerr.SemanticException, "Duplicate column name: a")
	f.fails("CREATE EXTERNAL TABLE t (a int) STORED AS ORC LOCATION 's3://bucket/t/'", sqlerr.NotSupported, "ORC")
	f.fails("CREATE EXTERNAL TABLE t (a int) ROW FORMAT SERDE 'com.example.NoSuchSerDe' LOCATION 's3://bucket/t/'", sqlerr.NotSupported, "NoSuchSerDe")
	f.fails("CREATE EXTERNAL TABLE nope.t (a int) STORED AS ION LOCATION 's3://bucket/t/'", sqlerr.SchemaNotFound, "nope")
	f.fails("CREATE EXTERNAL TABLE t (a int) ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' WITH SERDEPROPERTIES ('ion.a.path_extractor'='Item') STORED AS ION LOCATION 's3://bucket/t/'",
		sqlerr.HiveInvalidMetadata, "")
	f.fails("CREATE TABLE t AS SELECT 1 AS a", sqlerr.NotSupported, "external_location")
}

func TestViewsAndDatabases(t *testing.T) {
	f := open(t, Options{})
	f.want("CREATE DATABASE d", "")
	f.fails("CREATE DATABASE d", sqlerr.SchemaAlreadyExists, "d")
	f.want("CREATE VIEW d.v AS SELECT 1 AS a, 'x' AS b", "")
	f.want("SELECT b FROM d.v", "\"b\"\n\"x\"\n")
	f.want("DESCRIBE d.v", "a\tinteger\nb\tvarchar(1)")
	f.want("SHOW VIEWS IN d", "v")
	f.fails("CREATE VIEW d.v AS SELECT 2 AS a", sqlerr.TableAlreadyExists, "View already exists")
	f.want("CREATE OR REPLACE VIEW d.v AS SELECT 2 AS a", "")
	f.want("SELECT * FROM d.v", "\"a\"\n\"2\"\n")
	f.fails("DROP DATABASE d", sqlerr.SchemaNotEmpty, "d")
	f.want("DROP DATABASE d CASCADE", "")
	f.fails("DROP DATABASE d", sqlerr.SchemaNotFound, "d")
	f.fails("CREATE VIEW v AS SELECT 1 AS a, 2 AS A", sqlerr.DuplicateColumnName, "a")
}

func TestPrepare(t *testing.T) {
	f := open(t, Options{})
	f.want("PREPARE p FROM SELECT ? || ? AS s", "")
	f.want("EXECUTE p USING 'a', 'b'", "\"s\"\n\"ab\"\n")
	f.want("DEALLOCATE PREPARE p", "")
	f.fails("EXECUTE p USING 'a', 'b'", sqlerr.NotFound, "p")
}

func TestSettings(t *testing.T) {
	f := open(t, Options{})
	f.want("SELECT typeof(1.5) AS t", "\"t\"\n\"double\"\n")
	if err := f.s.Set("decimal_literals", "decimal"); err != nil {
		t.Fatal(err)
	}
	f.want("SELECT typeof(1.5) AS t", "\"t\"\n\"decimal(2,1)\"\n")
	f.s.now = func() time.Time { return time.Date(2023, 6, 30, 20, 0, 0, 0, time.UTC) }
	f.want("SELECT current_date AS d", "\"d\"\n\"2023-06-30\"\n")
	if err := f.s.Set("timezone", "Asia/Tokyo"); err != nil {
		t.Fatal(err)
	}
	f.want("SELECT current_date AS d", "\"d\"\n\"2023-07-01\"\n")
	for name, value := range map[string]string{"timezone": "Nowhere/City", "decimal_literals": "x", "decimal_overflow": "x", "timezne": "UTC", "database": "none"} {
		if err := f.s.Set(name, value); err == nil {
			t.Errorf("Set(%s, %s) succeeded", name, value)
		}
	}
}

func TestStatementTypes(t *testing.T) {
	f := open(t, Options{})
	for sql, want := range map[string]string{
		"SELECT 1":                 "DML SELECT false 0",
		"VALUES 1":                 "DML SELECT false 0",
		"EXPLAIN SELECT 1":         "DML EXPLAIN true nil",
		"SHOW TABLES":              "UTILITY SHOW_TABLES true 0",
		"CREATE DATABASE x":        "DDL CREATE_DATABASE true nil",
		"SHOW FUNCTIONS LIKE 'a%'": "UTILITY SHOW_FUNCTIONS false 0",
	} {
		r, err := f.s.Query(context.Background(), sql)
		if err != nil {
			t.Fatal(err)
		}
		count := "nil"
		if r.UpdateCount != nil {
			count = fmt.Sprint(*r.UpdateCount)
		}
		if got := fmt.Sprintf("%s %s %v %s", r.Type, r.Substatement, r.Text, count); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestAddPath: a table typed by inference; semantics 1, design 4.
func TestAddPath(t *testing.T) {
	var warnings []string
	f := open(t, Options{Workers: 4, Warn: func(m string) { warnings = append(warnings, m) }})
	f.write("My-Data/a.ion.gz", `$ion_1_0 {Item:{Id:1.,v:12.5,s:"x",b:true,bin:{{aGk=}},m:{k:1.,l:["a"]},set:$dynamodb_NS::[1.5,2.],'my-attr':1.}}`+"\n")
	f.write("My-Data/b.ion.gz", `$ion_1_0 {Item:{id:2.,v:0.125,s:5.,n:null,big:1d125,m:{z:null}}}`+"\n")
	names, err := f.e.AddPath(context.Background(), "", filepath.Join(f.dir, "My-Data"))
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(names) != "[my_data]" {
		t.Fatal(names)
	}
	f.want("DESCRIBE my_data", strings.TrimPrefix(strings.ReplaceAll(`
id                  @decimal(38,0)       @from deserializer   
v                   @decimal(38,3)       @from deserializer   
s                   @string              @from deserializer   
b                   @boolean             @from deserializer   
bin                 @binary              @from deserializer   
m                   @struct<k:decimal(38,0),l:array<string>,z:string>@from deserializer   
set                 @array<decimal(38,1)>@from deserializer   
my_attr             @decimal(38,0)       @from deserializer   
big                 @string              @from deserializer   `, "@", "\t"), "\n"))
	f.want("SELECT sum(v) AS v, sum(id) AS id, max(big) AS big, min(s) AS s FROM my_data",
		"\"v\",\"id\",\"big\",\"s\"\n\"12.625\",\"3\",\"1d125\",\"5.\"\n")
	f.want(`SELECT m.k, set, my_attr FROM my_data LIMIT 1`, "\"k\",\"set\",\"my_attr\"\n\"1\",\"[1.5, 2.0]\",\"1\"\n")
	all := strings.Join(warnings, "\n")
	for _, want := range []string{"attribute s holds values of several types", "attribute big holds numbers", "Id and id differ only in case", "attribute n is NULL in every record, and has no column"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning %q in:\n%s", want, all)
		}
	}
	if _, err := f.e.AddPath(context.Background(), "", filepath.Join(f.dir, "My-Data")); sqlerr.CodeOf(err) != sqlerr.TableAlreadyExists {
		t.Error(err)
	}
	if names, err := f.e.AddPath(context.Background(), "other", filepath.Join(f.dir, "My-Data", "a.ion.gz")); err != nil || names[0] != "other" {
		t.Error(names, err)
	}
	f.want("SELECT count(*) AS c FROM other", "\"c\"\n\"1\"\n")
	f.write("bad/a.ion", "{Item:{id:1.}} {Item:")
	if _, err := f.e.AddPath(context.Background(), "", filepath.Join(f.dir, "bad")); err == nil {
		t.Error("malformed data became a table")
	}
}

func TestCancelAndStats(t *testing.T) {
	f := open(t, Options{Workers: 4, PageRows: 10})
	text := strings.Repeat("{Item:{id:1.}}\n", 20000)
	for i := range 8 {
		f.write(fmt.Sprintf("orders/%d.ion.gz", i), text)
	}
	f.want(orders, "")
	ctx, cancel := context.WithCancel(context.Background())
	r, err := f.s.Query(ctx, "SELECT id FROM orders")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := r.Next(ctx); err != nil || p == nil {
		t.Fatal(p, err)
	}
	cancel()
	for err == nil {
		_, err = r.Next(ctx)
	}
	if sqlerr.CodeOf(err) != sqlerr.UserCanceled {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.s.Query(ctx, "SELECT count(*) FROM orders"); err != nil && sqlerr.CodeOf(err) != sqlerr.UserCanceled {
		t.Error(err)
	}

	r, err = f.s.Query(context.Background(), "SELECT count(id) FROM orders")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(context.Background()); err != nil {
		t.Fatal(err)
	}
	if st := r.Stats(); st.Records != 160000 || st.Rows != 1 || st.BytesRaw != int64(8*len(text)) || st.BytesStored == 0 {
		t.Errorf("%+v", st)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestPanic: a bug ends the statement, not the process.
func TestPanic(t *testing.T) {
	f := open(t, Options{})
	f.s.now = func() time.Time { panic("BUG: the clock stands still") }
	_, err := f.answer("SELECT now()")
	var e *sqlerr.Error
	if !errors.As(err, &e) || e.Code != sqlerr.GenericInternalError || !strings.Contains(e.Hint, "report") {
		t.Error(err)
	}
}

// TestWhereTheCommandDiffers: what the scripts, which run both ways, cannot hold.
// The command splits its text into statements, and one over a catalog folder has
// a place for tables (cmd/ionq/testdata/script/statements.txtar).
func TestWhereTheCommandDiffers(t *testing.T) {
	f := open(t, Options{})
	f.fails("SELECT 1; SELECT 2", sqlerr.SyntaxError, "mismatched input ';'")
	f.fails("CREATE TABLE x AS SELECT 1 AS a", sqlerr.NotSupported, "CREATE TABLE AS needs external_location here")
}
