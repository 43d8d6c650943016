package main

// The way to Athena and back: over generated exports, the table inferred from a
// PATH and the tables that `ionq ddl` prints for it, direct and in symlink form,
// must answer alike.

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/engine/ddl"
	"github.com/ionq-db/ionq/sql/syntax"
)

// attributeNames have been seen in DynamoDB tables, or could be: Hive's and
// Trino's reserved words, what Ion must quote, what Hive must escape, names that
// fall together once lower-cased or cleaned.
var attributeNames = []string{
	"id", "ID", "Id", "pk", "SK", "created_at", "createdAt", "my-attr", "my_attr", "my attr", "a.b", "a#b", "GSI1PK",
	"select", "from", "table", "order", "group", "date", "timestamp", "interval", "true", "null", "nan", "1st", "42", "_", "__", "_ok", "$ok", "$10", "$ion_1_0",
	"it's", `say "hi"`, `back\slash`, "back`tick", `end\`, "tab\there", "new\nline", "café", "CAFÉ", "日本", "日本語", "ß", "İstanbul", "i̇stanbul", "emoji😀", "a/b", "*", "a,b", "a:b", "<x>", "(", ")", "''", "--", "/*", ";", "%", "=",
	"end", "unbounded", "array", "map", "struct", "decimal", "string", "ion", "item", "Item", " lead", "trail ", "a\u00a0b",
}

// ionString writes a text as an Ion string.
func ionString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}

// ionName writes an attribute's name: quoted always, which is legal Ion.
func ionName(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "\t", `\t`).Replace(s) + "'"
}

type itemMaker struct{ *rand.Rand }

func (m itemMaker) number() string {
	digits := func(n int) string {
		b := []byte{byte('1' + m.IntN(9))}
		for len(b) < n {
			b = append(b, byte('0'+m.IntN(10)))
		}
		return string(b)
	}
	sign := []string{"", "", "-"}[m.IntN(3)]
	switch m.IntN(7) {
	case 0:
		return "0."
	case 1:
		return sign + digits(1+m.IntN(18)) + "."
	case 2:
		return sign + digits(1+m.IntN(9)) + "d" + strconv.Itoa(1+m.IntN(9))
	case 3:
		return sign + digits(1+m.IntN(6)) + "d-" + strconv.Itoa(7+m.IntN(12))
	default:
		return sign + digits(1+m.IntN(10)) + "." + digits(1+m.IntN(8))
	}
}

// value gives one value of a kind; kinds above 9 are containers.
func (m itemMaker) value(kind, depth int) string {
	list := func(sep func() string) string {
		var parts []string
		for range m.IntN(4) {
			parts = append(parts, sep())
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	switch kind {
	case 0, 1, 2:
		return m.number()
	case 3, 4:
		return ionString([]string{"", "x", "two\nlines", `q"q`, `b\s`, "a,b", "12.5", "日本", "null"}[m.IntN(9)])
	case 5:
		return []string{"true", "false"}[m.IntN(2)]
	case 6:
		return []string{"{{aGVsbG8=}}", "{{}}", "{{AAECAw==}}"}[m.IntN(3)]
	case 7:
		return "$dynamodb_SS::" + list(func() string { return ionString(attributeNames[m.IntN(len(attributeNames))]) })
	case 8:
		return "$dynamodb_NS::" + list(m.number)
	case 9:
		return "$dynamodb_BS::" + list(func() string { return "{{AQI=}}" })
	case 10: // a list of one kind
		k := m.IntN(7)
		return list(func() string { return m.value(k, depth+1) })
	case 11: // a mixed list
		return list(func() string { return m.value(m.kind(depth+1), depth+1) })
	case 12:
		return "null"
	case 13: // an int no decimal(38,s) holds
		return []string{"1d125", "1d-130", "12345678901234567890123456789012345678."}[m.IntN(3)]
	}
	var fields []string
	for range m.IntN(4) {
		fields = append(fields, ionName(attributeNames[m.IntN(len(attributeNames))])+":"+m.value(m.kind(depth+1), depth+1))
	}
	return "{" + strings.Join(fields, ",") + "}"
}

func (m itemMaker) kind(depth int) int {
	if depth > 2 {
		return m.IntN(10)
	}
	return m.IntN(16)
}

// makeExport writes data files below dir/data and gives the number of items.
func makeExport(t *testing.T, m itemMaker, dir string) int {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	names := append([]string{}, attributeNames...)
	m.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	names = names[:1+m.IntN(12)]
	kinds := make([]int, len(names))
	for i := range kinds {
		kinds[i] = m.kind(0)
	}
	items := 0
	for f := range 1 + m.IntN(3) {
		var b strings.Builder
		for range m.IntN(12) {
			var fields []string
			for i, n := range names {
				switch m.IntN(8) {
				case 0: // absent
				case 1:
					fields = append(fields, ionName(n)+":null")
				default:
					k := kinds[i]
					if m.IntN(40) == 0 {
						k = m.kind(0) // a value of another type
					}
					fields = append(fields, ionName(n)+":"+m.value(k, 0))
				}
			}
			b.WriteString("$ion_1_0 {Item:{" + strings.Join(fields, ",") + "}}\n")
			items++
		}
		writeGzip(t, filepath.Join(dir, "data", fmt.Sprintf("f%d.ion.gz", f)), b.String())
	}
	return items
}

func writeGzip(t *testing.T, name, text string) {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ionq runs the command in this process.
func ionq(args ...string) (code int, stdout, stderr string) {
	var o, e strings.Builder
	code = run(args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestDDLRoundTrip(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 30
	}
	answered := 0
	for seed := range n {
		m := itemMaker{rand.New(rand.NewPCG(uint64(seed), 2))}
		dir := t.TempDir()
		items := makeExport(t, m, dir)
		if err := os.MkdirAll(filepath.Join(dir, "current"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "current", "symlink.txt"), []byte("s3://bkt/data/\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		data := filepath.Join(dir, "data")
		const query = "SELECT * FROM t"
		code, want, msg := ionq("--table", "t="+data, "--format", "api", "-c", query, "-c", "SELECT count(*) FROM t")
		if strings.Contains(want, "relation that has no columns") {
			continue // nothing but empty items
		}
		if code != 0 {
			t.Errorf("seed %d: PATH: exit code %d\n%s%s\n%s", seed, code, want, msg, contents(t, data))
			continue
		}
		if c := fmt.Sprintf(`"rows":[["%d"]]`, items); !strings.Contains(want, c) {
			t.Errorf("seed %d: %d items, but %s", seed, items, want)
		}
		answered++
		_, csv, _ := ionq("--table", "t="+data, "-c", query)
		for _, form := range [][]string{{"--location", "s3://bkt/data/"}, {"--symlink", "s3://bkt/current"}} {
			code, create, msg := ionq(append([]string{"ddl", data, "--table", "t"}, form...)...)
			if code != 0 {
				t.Errorf("seed %d: ddl: exit code %d: %s", seed, code, msg)
				continue
			}
			if _, err := syntax.Parse(create); err != nil {
				t.Errorf("seed %d: the DDL does not parse: %v\n%s", seed, err, create)
				continue
			}
			code, got, msg := ionq("--map", "s3://bkt="+dir, "-c", create, "--format", "api", "-c", query, "-c", "SELECT count(*) FROM t")
			_, got, _ = strings.Cut(got, "\n") // the CREATE's own line
			got = strings.NewReplacer(`{"statement":2,`, `{"statement":1,`, `{"statement":3,`, `{"statement":2,`).Replace(got)
			if code != 0 || got != want {
				t.Errorf("seed %d: %s: exit code %d %s\n%s\n got %s\nwant %s\n%s", seed, form[0], code, msg, create, got, want, contents(t, data))
				continue
			}
			_, got, _ = ionq("--map", "s3://bkt="+dir, "-c", create, "-c", query)
			if got != csv {
				t.Errorf("seed %d: %s: csv differs\n got %q\nwant %q", seed, form[0], got, csv)
			}
		}
		if t.Failed() {
			break
		}
	}
	if answered < n/2 {
		t.Errorf("only %d of %d exports were answered", answered, n)
	}
}

func contents(t *testing.T, data string) string {
	var b strings.Builder
	files, err := filepath.Glob(filepath.Join(data, "*.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintln(&b, filepath.Base(name)+":"); err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if _, err := buf.ReadFrom(z); err != nil {
			t.Fatal(err)
		}
		b.WriteString(buf.String())
	}
	return b.String()
}

// Texts in DDL: read back by the grammar of Hive they are what they were.
func TestDDLQuoting(t *testing.T) {
	for _, s := range append([]string{"", `'`, `\`, `\'`, `\\`, `\n`, "\n", "\r", "\t", "\x00", "\x01", "\x1a", `\u0041`, `\101`, `%`, `\%`, `\_`, "`", "“”"}, attributeNames...) {
		text := "CREATE EXTERNAL TABLE t (a string COMMENT " + ddl.String(s) + ") LOCATION 's3://b/p/'"
		st, err := syntax.Parse(text)
		if err != nil {
			t.Errorf("%q: %v in %s", s, err, text)
			continue
		}
		c, ok := st.(*syntax.CreateTable)
		if !ok {
			t.Fatalf("%T", st)
		}
		if got := c.Columns[0].Comment; got == nil || got.Value != s {
			t.Errorf("%q: %s is read as %v", s, ddl.String(s), got)
		}
	}
}
