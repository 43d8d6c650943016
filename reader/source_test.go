package reader

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// The place of a bad value: file, record, byte, path, types, text.
func TestErrorPlace(t *testing.T) {
	text := "$ion_1_0 {Item:{n:1.}}\n$ion_1_0 {Item:{m:2.,n:12.5}}\n"
	_, err := scanAll(tableOf(nil, Column{"n", dec10}), splitOf("f.ion", text), []int{0}, Options{})
	e := sqlerr.As(err)
	want := sqlerr.Data{File: "f.ion", Record: 2, Offset: int64(strings.Index(text, "12.5")), Path: "(Item n)", IonType: "decimal", SQLType: "decimal(10,0)", Text: "12.5"}
	if e.Code != sqlerr.HiveBadData || e.Msg != "Error Parsing a column in the table: target scale must be larger than source scale" || e.Data == nil || *e.Data != want {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(e.Hint, "decimal(38,1)") {
		t.Errorf("hint %q", e.Hint)
	}
	_, err = scanAll(tableOf(nil, Column{"n", dec10}), splitOf("f.ion", "{}\n{Item:{a:01}}"), nil, Options{})
	if e := sqlerr.As(err); e.Code != sqlerr.HiveCursorError || e.Data.Record != 2 || e.Data.Offset != 12 || e.Data.File != "f.ion" {
		t.Errorf("got %v", err)
	}
}

// Columns that are not asked for do no harm (semantics 2.4, trap 10), and rows
// before a bad one come out.
func TestLazy(t *testing.T) {
	tab := tableOf(nil, Column{"id", dec10}, Column{"amount", dec10})
	text := "{Item:{id:1.,amount:1.}}\n{Item:{id:2.,amount:\"x\"}}\n{Item:{id:3.}}\n"
	for cols, want := range map[string]string{"id": "1;2;3", "": ";;", "amount": "1"} {
		var list []int
		if cols != "" {
			list = []int{map[string]int{"id": 0, "amount": 1}[cols]}
		}
		rows, err := scanAll(tab, splitOf("x.ion", text), list, Options{})
		if got := strings.Join(rows, ";"); got != want || (err != nil) != (cols == "amount") {
			t.Errorf("%s: got %q, %v", cols, got, err)
		}
	}
}

// A late column is decoded for the wanted rows only; its errors have the place of
// the others.
func TestLate(t *testing.T) {
	tab := tableOf(nil, Column{"id", dec10}, Column{"amount", dec10})
	text := "{Item:{id:1.,amount:1.}}\n{Item:{id:2.,amount:\"x\"}}\n{Item:{id:3.}}\n{Item:{amount:4.,amount:5.}}\n"
	src, err := Open(ctxb, tab, splitOf("x.ion", text), []int{0, 1}, Options{Late: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := src.Next(ctxb)
	if err != nil || p.Rows != 4 || p.Cols[0] == nil || p.Cols[1] != nil {
		t.Fatalf("got %+v, %v", p, err)
	}
	v, err := src.Load(1, []int32{0, 2, 3})
	if err != nil || v != p.Cols[1] || v.Len != 4 || render(v, 0) != "1" || !v.IsNull(2) || render(v, 3) != "5" {
		t.Errorf("got %+v, %v", v, err)
	}
	_, err = src.Load(1, nil)
	if e := sqlerr.As(err); e == nil || e.Code != sqlerr.HiveBadData || e.Data.Record != 2 || e.Data.Offset != int64(strings.Index(text, "\"x\"")) {
		t.Errorf("got %v", err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

func TestDecimalOverflow(t *testing.T) {
	for text, want := range map[string]string{"9223372036854775808.": "-9223372036854775808", "99999999999999999999.": "7766279631452241919", "12345678901234567890123456789012345678.": "-4302749291975740594"} {
		rows, err := scanAll(tableOf(nil, Column{"n", dec10}), splitOf("x.ion", "{Item:{n:"+text+"}}"), []int{0}, Options{DecimalOverflow: "athena"})
		if err != nil || strings.Join(rows, ";") != want {
			t.Errorf("%s: %v, %v", text, rows, err)
		}
	}
	if _, err := Open(ctxb, tableOf(nil), splitOf("x.ion", ""), nil, Options{DecimalOverflow: "wrap"}); sqlerr.CodeOf(err) != sqlerr.InvalidArguments {
		t.Errorf("got %v", err)
	}
}

func TestItems(t *testing.T) {
	for items, ok := range map[int64]bool{-1: true, 2: true, 3: false, 0: false} {
		s := splitOf("x.ion.gz", "{Item:{}}\n{Item:{}}\n")
		s.Items = items
		_, err := scanAll(tableOf(nil), s, nil, Options{})
		if ok != (err == nil) || !ok && sqlerr.CodeOf(err) != sqlerr.ExportNotAsPromised {
			t.Errorf("%d items: %v", items, err)
		}
	}
	// Not read to its end, a file is not held to the promise.
	s := splitOf("x.ion", strings.Repeat("{Item:{}}\n", 10))
	s.Items = 5
	src, err := Open(ctxb, tableOf(nil), s, nil, Options{PageRows: 2})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := src.Next(ctxb); err != nil || p.Rows != 2 {
		t.Errorf("got %v, %v", p, err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

// brokenReader fails after its text.
type brokenReader struct {
	io.Reader
	err    error
	closed *int
}

func (r brokenReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		err = r.err
	}
	return n, err
}

func (r brokenReader) Close() error { *r.closed++; return nil }

func TestBrokenStream(t *testing.T) {
	closed := 0
	disk := errors.New("disk on fire")
	for _, text := range []string{"{Item:{n:1.}}\n{Item:{n:2.", "{Item:{n:1.}}\n", "{Item:{n:1.}}\n/* x"} {
		for _, props := range []map[string]string{nil, {"ion.ignore_malformed": "true"}} {
			s := splitOf("x.ion", "")
			s.Open = func(context.Context) (io.ReadCloser, error) {
				return brokenReader{strings.NewReader(text), disk, &closed}, nil
			}
			closed = 0
			rows, err := scanAll(tableOf(props, Column{"n", dec10}), s, []int{0}, Options{})
			if len(rows) != 1 || !errors.Is(err, disk) || closed != 1 {
				t.Errorf("%q: %v, %v, closed %d times", text, rows, err, closed)
			}
		}
	}
	s := splitOf("x.ion", "")
	s.Open = func(context.Context) (io.ReadCloser, error) { return nil, disk }
	if _, err := Open(ctxb, tableOf(nil), s, nil, Options{}); !errors.Is(err, disk) || sqlerr.CodeOf(err) != sqlerr.HiveCannotOpenSplit {
		t.Errorf("got %v", err)
	}
}

func TestTruncatedGzip(t *testing.T) {
	whole := splitOf("x.ion.gz", strings.Repeat("{Item:{n:1.}}\n", 1000))
	body, err := whole.Open(ctxb)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{1, 4, 9, len(stored) / 2} {
		s := whole
		s.Open = func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(string(stored[:len(stored)-cut]))), nil
		}
		if _, err := scanAll(tableOf(nil, Column{"n", dec10}), s, []int{0}, Options{}); err == nil || sqlerr.CodeOf(err) == sqlerr.GenericInternalError {
			t.Errorf("cut by %d: %v", cut, err)
		}
	}
}

func TestCancel(t *testing.T) {
	src, err := Open(ctxb, tableOf(nil, Column{"n", dec10}), splitOf("x.ion", strings.Repeat("{Item:{n:1.}}\n", 10)), []int{0}, Options{PageRows: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Next(ctxb); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(ctxb)
	cancel()
	if p, err := src.Next(ctx); p != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", p, err)
	}
	if p, err := src.Next(ctxb); p != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("an error stays: got %v, %v", p, err)
	}
	for range 2 {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
	if p, _ := src.Next(ctxb); p != nil {
		t.Error("a page after Close")
	}
}

func TestStats(t *testing.T) {
	text := strings.Repeat("{Item:{n:1.}}\n", 500)
	s := splitOf("x.ion.gz", text)
	src, err := Open(ctxb, tableOf(nil, Column{"n", dec10}), s, []int{0}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		p, err := src.Next(ctxb)
		if err != nil {
			t.Fatal(err)
		}
		if p == nil {
			break
		}
	}
	want := Stats{BytesStored: s.Size, BytesRaw: int64(len(text)), Records: 500}
	if got := src.Stats(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	if got := src.Stats(); got != want {
		t.Errorf("closed: got %+v, want %+v", got, want)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		class string
		props map[string]string
		typ   types.Type
		code  sqlerr.Code
		msg   string
	}{
		{class: "org.apache.hadoop.hive.serde2.RegexSerDe", code: sqlerr.NotSupported, msg: "org.apache.hadoop.hive.serde2.RegexSerDe"},
		{class: "", code: sqlerr.NotSupported, msg: "no SerDe"},
		{props: map[string]string{"ion.catalog.file": "x"}, code: sqlerr.NotSupported, msg: "ion.catalog.file"},
		{props: map[string]string{"ion.encoding": "text"}, code: sqlerr.HiveInvalidMetadata, msg: "IonEncoding.text"},
		{props: map[string]string{"ion.serialize_null": "x"}, code: sqlerr.HiveInvalidMetadata, msg: "SerializeNullStrategy.x"},
		{props: map[string]string{"ion.timestamp.serialization_offset": "+1:00"}, code: sqlerr.HiveInvalidMetadata, msg: "must be 6 characters"},
		{props: map[string]string{"ion.n.path_extractor": "Item"}, code: sqlerr.HiveInvalidMetadata, msg: "ionPathExpression must be a s-expression or list"},
		{props: map[string]string{"ion.n.path_extractor": ""}, code: sqlerr.HiveInvalidMetadata, msg: "cannot be empty"},
		{props: map[string]string{"ion.n.path_extractor": "(Item (a))"}, code: sqlerr.HiveInvalidMetadata, msg: "Invalid path component type: SEXP"},
		{typ: types.JSON, code: sqlerr.NotSupported, msg: "Column 'n'"},
		{typ: types.Array(types.TimestampTZ(3)), code: sqlerr.NotSupported, msg: "Column 'n'"},
	} {
		typ := c.typ
		if typ == (types.Type{}) {
			typ = types.Varchar
		}
		tab := tableOf(c.props, Column{"n", typ})
		if c.props == nil && c.typ == (types.Type{}) {
			tab.SerDe = c.class
		}
		_, err := Open(ctxb, tab, splitOf("x.ion", ""), []int{0}, Options{})
		if e := sqlerr.As(err); e == nil || e.Code != c.code || !strings.Contains(e.Msg, c.msg) {
			t.Errorf("%+v: %v", c, err)
		}
		if e := Check(tab, nil); fmt.Sprint(e) != fmt.Sprint(err) {
			t.Errorf("%+v: Check says %v, Open %v", c, e, err)
		}
	}
	// Unknown properties are ignored; write-side ones too.
	props := map[string]string{"ion.nonsense": "x", "ion.column[0].serialize_as": "symbol", "serialization.format": "1", "ion.timestamp.serialization_offset": "+01:00"}
	if _, err := scanAll(tableOf(props, Column{"n", dec10}), splitOf("x.ion", ""), []int{0}, Options{}); err != nil {
		t.Error(err)
	}
}

func TestWarnings(t *testing.T) {
	var got []string
	warn := func(msg string) { got = append(got, msg) }
	tab := tableOf(map[string]string{"ion.n.path_extractor": "(Item my-attr)", "ion.A.path_extractor": "(x)", "ion.other.path_extractor": "(x)"}, Column{"n", varchar}, Column{"a", types.Array(dec38)})
	text := "{Item:{a:[1.5,2.5]}}\n{Item:{a:[3.5]}}\n"
	if _, err := scanAll(tab, splitOf("x.ion", text), []int{0, 1}, Options{Warn: warn}); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || !strings.Contains(got[0], "case-sensitive") || !strings.Contains(got[1], "no column other") || !strings.Contains(got[2], "(Item my-attr)") ||
		!strings.Contains(got[3], "rounded") {
		t.Errorf("warnings %q", got)
	}
}

// A long decimal is held narrow until a value asks for more.
func TestNarrowLongDecimal(t *testing.T) {
	text := "{Item:{n:1.}}\n{Item:{n:null}}\n{Item:{n:-12345678901234567890.}}\n{Item:{n:3.}}\n"
	rows, err := scanAll(tableOf(nil, Column{"n", dec38}), splitOf("x.ion", text), []int{0}, Options{})
	if err != nil || strings.Join(rows, ";") != "1;NULL;-12345678901234567890;3" {
		t.Errorf("got %v, %v", rows, err)
	}
}

// Records longer than the window, and one longer than the limit would allow.
func TestLongRecord(t *testing.T) {
	long := strings.Repeat("x", 3*windowSize)
	text := "{Item:{n:\"a\"}}\n{Item:{n:\"" + long + "\"}}\n{Item:{n:\"b\"}}\n"
	rows, err := scanAll(tableOf(nil, Column{"n", varchar}), splitOf("x.ion.gz", text), []int{0}, Options{})
	if err != nil || len(rows) != 3 || rows[1] != long || rows[2] != "b" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestNoAllocationPerRow(t *testing.T) {
	text := []byte(strings.Repeat("$ion_1_0 {Item:{id:1234567890123456.,created_at:\"2023-06-30T09:09:47.787017+0000\",amount:1.5}}\n", 20_000))
	split := splitOf("x.ion", "")
	split.Open = func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(string(text))), nil
	}
	tab := benchTable(dec38, types.Decimal(38, 6))
	allocs := testing.AllocsPerRun(3, func() {
		src, err := Open(ctxb, tab, split, []int{0, 1, 2}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for {
			p, err := src.Next(ctxb)
			if err != nil {
				t.Fatal(err)
			}
			if p == nil {
				break
			}
		}
		if err := src.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 1000 {
		t.Errorf("%v allocations for 20000 rows", allocs)
	}
}

// A condition that Select decides holds of the rows whose decoded value meets it.
func TestSelect(t *testing.T) {
	tab := tableOf(nil, Column{"id", dec10}, Column{"amount", types.Decimal(38, 2)}, Column{"n", types.Integer}, Column{"created_at", types.Varchar})
	const usual = "{Item:{id:17.,amount:-2.50,n:5,created_at:\"2023-06-30T09:09:47.787017+0000\"}}\n{Item:{id:3d1,amount:1.,n:-6,created_at:\"2023-07-01T00:00:00Z\"}}\n" +
		"{Item:{amount:null,n:null,created_at:null}}\n{Item:{id:0.,amount:0.01,n:2147483647,created_at:\"2023-06-30T09:09:47.788+0100\"}}\n"
	at := time.Date(2023, 6, 30, 9, 9, 47, 787_000_000, time.UTC).UnixMilli()
	for _, c := range []struct {
		text string
		col  int
		cond colcache.Condition
		want string // of the rows that Select gives
	}{
		{usual, 0, colcache.Condition{From: 17, To: 30}, "[0 1]"},
		{usual, 0, colcache.Condition{From: 31, To: 30}, "[]"},
		{usual, 1, colcache.Condition{From: -250, To: 1}, "[0 3]"},
		{usual, 1, colcache.Condition{From: math.MinInt64, To: math.MaxInt64}, "[0 1 3]"},
		{usual, 2, colcache.Condition{From: -6, To: 5}, "[0 1]"},
		{usual, 3, colcache.Condition{Of: colcache.Instants, From: at, To: at}, "[0]"},
		{usual, 3, colcache.Condition{Of: colcache.Instants, From: at - 3_600_000, To: at + 1e9}, "[0 1 3]"},
		{usual, 3, colcache.Condition{Of: colcache.Texts}, "unknown"},
		{"{Item:{amount:1.}}\n{Item:{amount:1.005}}", 1, colcache.Condition{From: 0, To: 5}, "unknown"},
		{"{Item:{amount:1.}}\n{Item:{amount:12345678901234567890.}}", 1, colcache.Condition{From: 0, To: 5}, "unknown"},
		{"{Item:{amount:1.}}\n{Item:{amount:\"1\"}}", 1, colcache.Condition{From: 0, To: 5}, "unknown"},
		{"{Item:{amount:1.}}\n{Item:{amount:null.decimal}}", 1, colcache.Condition{From: 0, To: 5}, "unknown"},
		{"{Item:{amount:1.}}\n{Item:{amount:/**/1.}}", 1, colcache.Condition{From: 0, To: 500}, "unknown"},
		{"{Item:{n:1}}\n{Item:{n:2147483648}}", 2, colcache.Condition{From: 0, To: 5}, "unknown"},
		{"{Item:{n:1}}\n{Item:{n:1.}}", 2, colcache.Condition{From: 0, To: 5}, "unknown"},
		{"{Item:{created_at:\"2023-02-29T00:00:00.000000+0000\"}}\n", 3, colcache.Condition{Of: colcache.Instants, From: 0, To: 5}, "unknown"},
		{"{Item:{created_at:\"2023-06-30T09:09:47.787017\\x2b0000\"}}\n", 3, colcache.Condition{Of: colcache.Instants, From: 0, To: 5}, "unknown"},
	} {
		src, err := Open(ctxb, tab, splitOf("x.ion", c.text), []int{0, 1, 2, 3}, Options{Late: []int{0, 1, 2, 3}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := src.Next(ctxb); err != nil {
			t.Fatal(err)
		}
		for _, rows := range [][]int32{nil, {0, 1}} {
			sel, out, err := src.(Selector).Select(c.col, &c.cond, rows, nil)
			got := fmt.Sprint(sel)
			if out == colcache.Unknown {
				got = "unknown"
			}
			want := c.want
			if rows != nil {
				want = strings.NewReplacer(" 3]", "]", "[3]", "[]").Replace(want)
			}
			if err != nil || got != want || (out == colcache.All) != (want == "[0 1]" && rows != nil) {
				t.Errorf("%s column %d %+v of %v: %s, outcome %d, %v; not %s", c.text, c.col, c.cond, rows, got, out, err, want)
			}
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}
