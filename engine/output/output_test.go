package output

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// sample has a column of text with everything that quoting must survive, one of
// doubles, one of arrays, and two of the same label.
func sample() ([]plan.Column, *page.Page) {
	texts := page.NewBuilder(types.Varchar)
	doubles := page.NewBuilder(types.Double)
	lists := page.NewBuilder(types.Array(types.Decimal(38, 2)))
	same := page.NewBuilder(types.Boolean)
	for i, s := range []string{`plain`, "", `a "quoted" word`, "two\nlines, and\ta tab", "é 日本"} {
		texts.String(s)
		doubles.Float64([]float64{0.25, math.NaN(), math.Inf(-1), 1e20, 1}[i])
		for k := range i {
			lists.Child(0).Int128(decimal.FromInt64(int64(k) * 125))
		}
		lists.EndContainer()
		same.Bool(i%2 == 0)
	}
	texts.Null()
	doubles.Null()
	lists.Null()
	same.Null()
	cols := []*page.Vector{texts.Finish(), doubles.Finish(), lists.Finish(), same.Finish()}
	names := []string{"text", `dou"ble`, "list", "text"}
	p := &page.Page{Rows: 6, Cols: cols}
	var columns []plan.Column
	for k, v := range cols {
		columns = append(columns, plan.Column{Name: names[k], Type: v.Type})
	}
	return columns, p
}

func write(t *testing.T, format string, kind Kind) string {
	t.Helper()
	columns, p := sample()
	var b bytes.Buffer
	w, err := New(format, &b)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Begin(columns, kind); err != nil {
		t.Fatal(err)
	}
	if err := w.Page(p); err != nil {
		t.Fatal(err)
	}
	if err := w.End(nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCSV: semantics 6.2, trap 53.
func TestCSV(t *testing.T) {
	want := `"text","dou""ble","list","text"
"plain","0.25","[]","true"
"","NaN","[0.00]","false"
"a ""quoted"" word","-Infinity","[0.00, 1.25]","true"
"two
lines, and	a tab","1.0E20","[0.00, 1.25, 2.50]","false"
"é 日本","1.0","[0.00, 1.25, 2.50, 3.75]","true"
,,,
`
	if got := write(t, "csv", Table); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := write(t, "csv", Utility); !strings.HasPrefix(got, "plain\t0.25\t[]\ttrue\n") || strings.HasSuffix(got, "\n") {
		t.Errorf("utility rows: %q", got)
	}
}

func TestOneColumnOfNullIsAnEmptyLine(t *testing.T) {
	b := page.NewBuilder(types.Varchar)
	b.Null()
	v := b.Finish()
	var out bytes.Buffer
	w, _ := New("csv", &out)
	_ = w.Begin([]plan.Column{{Name: "x", Type: v.Type}}, Table)
	_ = w.Page(&page.Page{Rows: 1, Cols: []*page.Vector{v}})
	_ = w.End(nil)
	if out.String() != "\"x\"\n\n" {
		t.Errorf("%q", out.String())
	}
}

func TestSelection(t *testing.T) {
	columns, p := sample()
	p.Sel = []int32{1, 4}
	var out bytes.Buffer
	w, _ := New("jsonl", &out)
	_ = w.Begin(columns, Table)
	_ = w.Page(p)
	_ = w.End(nil)
	if n := strings.Count(out.String(), "\n"); n != 2 || !strings.Contains(out.String(), "日本") {
		t.Errorf("%q", out.String())
	}
}

// TestJSON: valid JSON with every value, whatever the labels.
func TestJSON(t *testing.T) {
	var rows []map[string]any
	d := json.NewDecoder(strings.NewReader(write(t, "json", Table)))
	d.UseNumber()
	if err := d.Decode(&rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 6 || rows[3]["text"] != "two\nlines, and\ta tab" || rows[0]["text_2"] != true || rows[1][`dou"ble`] != "NaN" || rows[5]["list"] != nil {
		t.Errorf("%v", rows)
	}
	if l := rows[2]["list"].([]any); l[1] != json.Number("1.25") {
		t.Errorf("%v", l)
	}
	for n, line := range strings.Split(strings.TrimSuffix(write(t, "jsonl", Table), "\n"), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("line %d: %s", n+1, line)
		}
	}
	if got := write(t, "json", Table); !strings.HasPrefix(got, "[\n{") || !strings.HasSuffix(got, "}\n]\n") {
		t.Errorf("%q", got)
	}
}

func TestTable(t *testing.T) {
	got := write(t, "table", Table)
	if !strings.Contains(got, `two\nlines, and\ta tab`) || !strings.Contains(got, "NULL") || !strings.Contains(got, "(6 rows)") {
		t.Errorf("%s", got)
	}
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if len(lines) != 6+5 {
		t.Errorf("%d lines", len(lines))
	}
}

func TestAPI(t *testing.T) {
	columns, p := sample()
	var out bytes.Buffer
	a := NewAPI(&out)
	a.Statement(1)
	_ = a.Begin(columns, Table)
	_ = a.Page(p)
	n := int64(0)
	_ = a.End(&n)
	a.Statement(2)
	_ = a.Begin(columns, Table)
	_ = a.Fail(sqlerr.Newf(sqlerr.ColumnNotFound, sqlerr.At(9), "no <such> column"), "SELECT 1\nnope")
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("%q", out.String())
	}
	var first struct {
		Statement   int
		State       string
		Columns     []struct{ Name, Type string }
		Rows        [][]*string
		UpdateCount *int `json:"update_count"`
	}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.State != "SUCCEEDED" || len(first.Rows) != 6 || first.Rows[5][0] != nil || *first.Rows[1][0] != "" || first.UpdateCount == nil {
		t.Errorf("%+v", first)
	}
	if want := `{"statement":2,"state":"FAILED","error":{"code":"COLUMN_NOT_FOUND","message":"no <such> column","line":2,"column":1}}`; lines[1] != want {
		t.Errorf("%s", lines[1])
	}
}

// TestCutsDoNotShow: what a writer has handed on when a query fails depends on the
// rows in front of the error, not on the pages that they came in.
func TestCutsDoNotShow(t *testing.T) {
	b := page.NewBuilder(types.Varchar)
	for i := range 9000 {
		b.String(strings.Repeat("x", i%40))
	}
	v := b.Finish()
	for _, format := range []string{"csv", "json", "jsonl", "line", "table"} {
		var first string
		for k, size := range []int{9000, 1000, 7} {
			var out bytes.Buffer
			w, err := New(format, &out)
			if err == nil {
				err = w.Begin([]plan.Column{{Name: "a", Type: types.Varchar}}, Table)
			}
			for from := 0; from < v.Len && err == nil; from += size {
				p := &page.Page{Rows: v.Len, Cols: []*page.Vector{v}}
				for i := from; i < min(v.Len, from+size); i++ {
					p.Sel = append(p.Sel, int32(i))
				}
				err = w.Page(p)
			}
			if err != nil {
				t.Fatal(err)
			}
			if k == 0 {
				first = out.String()
			}
			if got := out.String(); got != first || got == "" {
				t.Errorf("%s, pages of %d rows: %d bytes, not %d", format, size, len(got), len(first))
			}
		}
	}
}
