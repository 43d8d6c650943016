package infer

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func splitOf(text string) reader.Split {
	return reader.Split{Name: "x.ion", Size: int64(len(text)), Items: -1, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

func infer(t testing.TB, text string) *Schema {
	t.Helper()
	s, err := Split(context.Background(), splitOf(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return s
}

// lines are records of many kinds; every test walks them.
var lines = []string{
	`$ion_1_0 {Item:{id:1234567890123456.,created_at:"2023-06-30T09:09:47.787017+0000",amount:1.}}`,
	`$ion_1_0 {Item:{id:6d2,created_at:"x",amount:-12.50,extra:null}}`,
	`$ion_1_0 {Item:{id:1d125,Amount:0.,tags:$dynamodb_SS::["a","b"],ns:$dynamodb_NS::[1.,2.125],bs:$dynamodb_BS::[{{aGk=}}]}}`,
	`{Item: {id: 5, m: {a: 1., b: "x", c: [1., "x", {q: null.string}]}, b: {{aGk=}}, t: true}}`,
	`{"Item":{"id":0x1F,"m":{"a":"y"},"s":sym,"f":1e0,"ts":2020-01-01T,"e":[],"x":(a + 1)}}`,
	`null`, `5`, `{}`, `{Item:null}`, `{Item:{}}`, `{Record:{Keys:{id:1.}}}`,
	`{Item:{'my-attr':0.00100,wide:12345678901234567890123456789012345678.5,n:12345678901234567890123456789012345678.}}`,
}

func TestShape(t *testing.T) {
	s := infer(t, strings.Join(lines, "\n"))
	if s.Records != int64(len(lines)) || s.Root.Nulls != 1 || s.Root.Ints != 1 {
		t.Errorf("records %d, root %+v", s.Records, s.Root)
	}
	item := s.Item()
	var names []string
	for _, f := range item.Fields {
		names = append(names, f.Name)
	}
	const order = "id created_at amount extra Amount tags ns bs m b t s f ts e x my-attr wide n"
	if got := strings.Join(names, " "); got != order {
		t.Errorf("fields %s, want %s", got, order)
	}
	get := func(path ...string) *Shape {
		sh := item
		for _, p := range path {
			if p == "[]" {
				sh = sh.Elem
				continue
			}
			sh = &sh.Field(p).Shape
		}
		return sh
	}
	for _, c := range []struct {
		path []string
		want Shape
	}{
		{[]string{"id"}, Shape{Present: 5, Decimals: 3, Ints: 2, IntDigits: 38, TooWide: true}},
		{[]string{"amount"}, Shape{Present: 2, Decimals: 2, IntDigits: 2, Scale: 1}},
		{[]string{"Amount"}, Shape{Present: 1, Decimals: 1}},
		{[]string{"extra"}, Shape{Present: 1, Nulls: 1}},
		{[]string{"tags"}, Shape{Present: 1, StringSets: 1, Elem: &Shape{Present: 2, Strings: 2}}},
		{[]string{"ns"}, Shape{Present: 1, NumberSets: 1, Elem: &Shape{Present: 2, Decimals: 2, IntDigits: 1, Scale: 3}}},
		{[]string{"bs"}, Shape{Present: 1, BinarySets: 1, Elem: &Shape{Present: 1, Lobs: 1}}},
		{[]string{"m", "a"}, Shape{Present: 2, Decimals: 1, Strings: 1, IntDigits: 1}},
		{[]string{"m", "c", "[]", "q"}, Shape{Present: 1, Nulls: 1}},
		{[]string{"f"}, Shape{Present: 1, Floats: 1, IntDigits: 1}},
		{[]string{"ts"}, Shape{Present: 1, Timestamps: 1}},
		{[]string{"e"}, Shape{Present: 1, Lists: 1}},
		{[]string{"x"}, Shape{Present: 1, Sexps: 1, Elem: &Shape{Present: 3, Symbols: 2, Ints: 1, IntDigits: 1}}},
		{[]string{"my-attr"}, Shape{Present: 1, Decimals: 1, Scale: 3}},
		{[]string{"wide"}, Shape{Present: 1, Decimals: 1, IntDigits: 38, Scale: 1, TooWide: true}},
		{[]string{"n"}, Shape{Present: 1, Decimals: 1, IntDigits: 38}},
	} {
		if d := cmp.Diff(c.want, *get(c.path...), cmpopts.IgnoreUnexported(Shape{}, Field{})); d != "" {
			t.Errorf("%v (-want +got):\n%s", c.path, d)
		}
	}
	if d := cmp.Diff([][]string{{"amount", "Amount"}}, item.Collisions()); d != "" {
		t.Error(d)
	}
	if _, ok := get("wide").Decimal(); ok {
		t.Error("39 digits fit no decimal")
	}
	if scale, ok := get("amount").Decimal(); !ok || scale != 1 {
		t.Error("amount is decimal(38,1)")
	}
}

// Files merge to what one file of all their records gives.
func TestMerge(t *testing.T) {
	whole := infer(t, strings.Join(lines, "\n"))
	for cut := range lines {
		a := infer(t, strings.Join(lines[:cut], "\n"))
		b := infer(t, strings.Join(lines[cut:], "\n"))
		before, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		a.Merge(b)
		a.Bytes = whole.Bytes // the line feed at the cut
		if d := cmp.Diff(whole, a, cmpopts.IgnoreUnexported(Shape{}, Field{})); d != "" {
			t.Errorf("cut at %d (-want +got):\n%s", cut, d)
		}
		if after, _ := json.Marshal(b); !bytes.Equal(before, after) {
			t.Errorf("cut at %d: Merge changed its argument", cut)
		}
	}
}

// The spelling makes no difference: the walk's own reading of the export's shape
// and package ion's agree.
func TestSpelling(t *testing.T) {
	for _, l := range lines {
		spaced := strings.NewReplacer("{{", "{{", "}}", "}}", ",", " , ", "{Item", "{ Item", ":{", ": {").Replace(l)
		for _, text := range []string{l + "\n" + spaced, spaced + "\n" + l} {
			if d := cmp.Diff(infer(t, l+"\n"+l).Root, infer(t, text).Root, cmpopts.IgnoreUnexported(Shape{}, Field{})); d != "" {
				t.Errorf("%s (-want +got):\n%s", spaced, d)
			}
		}
	}
}

// The walk's own reading of numbers measures them as the general one does.
func TestNumbers(t *testing.T) {
	for _, n := range []string{
		"0.", "-0.", "0.0", "1.", "10.", "100.50", "-12.5", "0.001", "0.0010", "6d2", "60d1", "600d-1", "1d-7", "12.5d1", "12.5d2", "12.50d-3", "0d5", "0.00d9",
		"123456789012345678901234567890.", "1d37", "1d38", "1d-38", "1d-39", "12d-39", "1d99", "9.9d-37", "1234567890123456789012345678.25", "1.0d0", "0.5d1", "0.5d0", "1d125",
	} {
		// A blank behind the number sends it the general way.
		fast, general := infer(t, "{a:"+n+"}").Root, infer(t, "{a:"+n+" }").Root
		if d := cmp.Diff(general, fast, cmpopts.IgnoreUnexported(Shape{}, Field{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", n, d)
		}
	}
}

func TestManyNames(t *testing.T) {
	var b strings.Builder
	b.WriteString("{Item:{")
	for i := range MaxFields + 10 {
		b.WriteString("k")
		b.WriteString(strings.Repeat("x", i%7))
		b.WriteString(string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)))
		b.WriteString(":1.,")
	}
	b.WriteString("}}")
	item := infer(t, b.String()).Item()
	if len(item.Fields) != MaxFields || item.Rest == nil || item.Rest.Decimals != 10 {
		t.Errorf("%d fields, rest %+v", len(item.Fields), item.Rest)
	}
	deep := infer(t, "{Item:"+strings.Repeat("[", 300)+strings.Repeat("]", 300)+"}")
	if sh := deep.Root.Field("Item").Shape; sh.Lists != 1 {
		t.Errorf("deep: %+v", sh)
	}
}

func TestMalformed(t *testing.T) {
	_, err := Split(context.Background(), splitOf("{Item:{a:1.}}\n{Item:{a:01.}}"))
	e := sqlerr.As(err)
	if e == nil || e.Code != sqlerr.HiveCursorError || e.Data == nil || e.Data.Record != 2 || e.Data.Offset != 23 {
		t.Errorf("got %v", err)
	}
}

func BenchmarkSplit(b *testing.B) {
	text := strings.Repeat(strings.Join(lines[:2], "\n")+"\n", 20000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		infer(b, text)
	}
}
