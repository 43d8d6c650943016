package reader

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// mixedTable has a column of every family, paths at several depths, a wildcard
// and two columns on one value.
var mixedTable = tableOf(map[string]string{
	"ion.inner.path_extractor": "(Item m a)", "ion.any.path_extractor": "(Item m *)", "ion.m.path_extractor": "(Item m)", "ion.again.path_extractor": "(Item id)",
	"ion.deep.path_extractor": "(Item m b c)",
},
	Column{"id", types.Decimal(10, 2)}, Column{"amount", types.Decimal(38, 4)}, Column{"created_at", types.Varchar}, Column{"again", types.Varchar},
	Column{"inner", types.Varchar}, Column{"any", types.Varchar}, Column{"deep", types.Varchar}, Column{"m", types.Map(types.Varchar, types.Varchar)},
	Column{"tags", types.Array(types.Varchar)}, Column{"flag", types.Boolean}, Column{"n", types.Bigint}, Column{"b", types.Varbinary},
	Column{"r", types.Row(types.Field{Name: "x", Type: types.Decimal(38, 2)}, types.Field{Name: "y", Type: types.Varchar})},
)

var mixedSeeds = []string{
	"$ion_1_0 {Item:{id:1234567890123456.,created_at:\"2023-06-30T09:09:47.787017+0000\",amount:1.}}\n$ion_1_0 {Item:{id:6d2,amount:-12.50,created_at:\"a\\\"b\"}}\n",
	"{Item:{m:{a:\"x\",b:{c:1.,d:[1.,{c:2.}]},z:null},tags:$dynamodb_SS::[\"a\",\"é\"],flag:true,n:5,b:{{aGk=}},r:{x:1.255,Y:\"q\"}}}\n",
	"{Item:{id:99999999999999999999.}}", "{Item:{id:1.,id:2.,ID:\"x\",Id:3.}}\n{Item:{id:1.234}}\n", "{Item:{id:12345678901234567890.12}}",
	"null {} [] 5 {Item:5} {Item:[1]} {Item:{m:5,tags:null.list}}\r\n/*c*/ {Item : {id : 1.5 , 'created_at' : '''l''' '''m'''}} // x\n{Item:{id:1.5", "{Item:{m:[{a:1},{b:{c:2}}],tags:(a b)}}",
	"{Item:{id:1.}}\n{Item:{skip:01.}}\n", "{Item:{a:1.,b:2.,c:3.}}\n{Item:{c:3.,a:1.}}\n{Item:{b:1.,d:1.,c:null,id:7.}}\n{Item:{amount:12345678901234567890123456789012345678.}}\n{Item:{amount:1.00010}}",
	"{\"Item\":{\"id\":{\"N\":\"1\"}}}\n{Item:{id:null,amount:null.decimal,created_at:null.string}}", "{Item:{amount:1d-5}}", "{Item:{created_at:5.,again:1,id:1}}",
}

func outcome(text string, cols []int, opt Options, oneByte bool) string {
	s := splitOf("x.ion", text)
	if oneByte {
		s.Open = func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(iotest.OneByteReader(strings.NewReader(text))), nil
		}
	}
	rows, err := scanAll(mixedTable, s, cols, opt)
	out := strings.Join(rows, "\n")
	if err != nil {
		e := sqlerr.As(err)
		out += fmt.Sprintf("\nERROR %v hint %s", e, e.Hint)
	}
	return out
}

// lateOutcome is outcome with all columns late, loaded in two halves of the rows.
func lateOutcome(text string, cols []int, opt Options) (string, error) {
	for k := range cols {
		opt.Late = append(opt.Late, k)
	}
	src, err := Open(ctxb, mixedTable, splitOf("x.ion", text), cols, opt)
	if err != nil {
		return "", err
	}
	defer func() { _ = src.Close() }()
	var rows []string
	for {
		p, err := src.Next(ctxb)
		if err != nil || p == nil {
			return strings.Join(rows, "\n"), err
		}
		cells := make([][]string, p.Rows)
		even, odd := []int32{}, []int32{} // nil would mean all
		for i := range p.Rows {
			if i%2 == 0 {
				even = append(even, int32(i))
			} else {
				odd = append(odd, int32(i))
			}
		}
		for k := range cols {
			if p.Cols[k] != nil {
				return "", fmt.Errorf("column %d is there already", k)
			}
			got := make([]string, p.Rows)
			for _, part := range [][]int32{odd, even, nil} {
				if len(part) == 0 && part != nil {
					continue
				}
				v, err := src.Load(k, part)
				if err != nil {
					return strings.Join(rows, "\n"), err
				}
				if v.Len != p.Rows {
					return "", fmt.Errorf("column %d: %d rows of %d", k, v.Len, p.Rows)
				}
				if part == nil { // all of them again
					for i := range p.Rows {
						if r := render(v, i); r != got[i] {
							return "", fmt.Errorf("column %d row %d: %s, then %s", k, i, got[i], r)
						}
					}
				}
				for _, i := range part {
					got[i] = render(v, int(i))
				}
			}
			for i := range got {
				cells[i] = append(cells[i], got[i])
			}
		}
		for _, c := range cells {
			rows = append(rows, strings.Join(c, "|"))
		}
	}
}

func checkWays(t *testing.T, text string) {
	checkSelect(t, text)
	for _, cols := range [][]int{allOf(mixedTable), {0, 1, 2}, {4}, {}} {
		want := outcome(text, cols, Options{ProjectAll: true}, false)
		for _, opt := range []Options{{}, {PageRows: 3, window: 150}, {ProjectAll: true}} {
			got, err := lateOutcome(text, cols, opt)
			if err != nil {
				e := sqlerr.As(err)
				got += fmt.Sprintf("\nERROR %v hint %s", e, e.Hint)
			}
			// Bad values come up in the order of columns, not of records.
			if got != want && !(err != nil && strings.Contains(got, "ERROR HIVE_BAD_DATA") && strings.Contains(want, "ERROR HIVE_BAD_DATA")) {
				t.Fatalf("%.600q columns %v late %+v:\n%.600s\nat once:\n%.600s", text, cols, opt, got, want)
			}
		}
		for _, opt := range []Options{{}, {PageRows: 1}, {PageRows: 3, window: 150}, {window: 128}, {ProjectAll: true, window: 128, PageRows: 2}} {
			if got := outcome(text, cols, opt, opt.window == 150); got != want {
				t.Fatalf("%.600q columns %v %+v:\n%.600s\nthe slow way at once:\n%.600s", text, cols, opt, got, want)
			}
		}
	}
}

// checkSelect holds what Select decides against what the column's values say.
func checkSelect(t *testing.T, text string) {
	cols := []int{0, 1, 2, 10}
	src, err := Open(ctxb, mixedTable, splitOf("x.ion", text), cols, Options{Late: []int{0, 1, 2, 3}, PageRows: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = src.Close() }()
	for {
		p, err := src.Next(ctxb)
		if err != nil || p == nil {
			return
		}
		for k := range cols {
			for _, c := range []colcache.Condition{{From: -1000, To: 50_000}, {From: 600, To: math.MaxInt64}, {Of: colcache.Instants, From: 0, To: 1_688_116_187_787}} {
				sel, out, err := src.(Selector).Select(k, &c, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				if out == colcache.Unknown {
					continue
				}
				v, err := src.Load(k, nil)
				if err != nil {
					t.Fatalf("%q column %d %+v: decided, but %v", text, k, c, err)
				}
				want := []int32{}
				for i := range p.Rows {
					if v.IsNull(i) {
						continue
					}
					var x int64
					switch {
					case c.Of == colcache.Instants:
						at, err := types.ParseISO8601Timestamp(v.Str[i], types.UTC)
						if err != nil {
							t.Fatalf("%q: %v", text, err)
						}
						x = at.Millis
					case v.Phys == page.PhysInt128:
						x = math.MinInt64 // decided, but beyond 64 bits?
					default:
						x = v.I64[i]
					}
					if x >= c.From && x <= c.To {
						want = append(want, int32(i))
					}
				}
				picked, err := src.(Selector).Pick(k, sel)
				if err != nil || picked.Len != len(sel) {
					t.Fatalf("%q column %d: %v", text, k, err)
				}
				cells := make([]string, len(sel))
				for i := range cells {
					cells[i] = render(picked, i)
				}
				if v, err = src.Load(k, nil); err != nil {
					t.Fatal(err)
				}
				for i, r := range sel {
					if w := render(v, int(r)); cells[i] != w {
						t.Fatalf("%q column %d row %d: picked %s, not %s", text, k, r, cells[i], w)
					}
				}
				if !slices.Equal(sel, want) || (out == colcache.All) != (len(want) == p.Rows) {
					t.Fatalf("%q column %d %+v: %v (%d), not %v", text, k, c, sel, out, want)
				}
			}
		}
	}
}

func TestWays(t *testing.T) {
	for _, s := range mixedSeeds {
		checkWays(t, s)
	}
	checkWays(t, strings.Join(mixedSeeds[:2], ""))
	checkWays(t, strings.Repeat(mixedSeeds[1]+mixedSeeds[0], 50))
	for _, c := range valueCases {
		checkWays(t, "{Item:{id:"+c.ion+",x:1.}}")
		checkWays(t, "{Item:{created_at:"+c.ion+"}}")
		checkWays(t, c.ion)
	}
}

// The fast way, the slow way, any page size and any window give the same rows
// and the same errors.
func FuzzWays(f *testing.F) {
	for _, s := range mixedSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 2000 {
			checkWays(t, text)
		}
	})
}

// Names that are data: more of them than a level remembers, in structs that are
// needed and in skipped ones, nested in lists too.
func TestManyNames(t *testing.T) {
	var b strings.Builder
	for r := range 40 {
		b.WriteString("$ion_1_0 {Item:{")
		for k := range 30 {
			fmt.Fprintf(&b, "k%d:{v%d:1.,w:[{x%d:[[{y:1}]]},\"s\",{}],z:{}},", r*30+k, k, r)
		}
		fmt.Fprintf(&b, "m:{a%d:\"q\",a:\"r\"},id:%d.}}\n", r, r)
	}
	checkWays(t, b.String())
	deep := "{Item:{s:" + strings.Repeat("[{a:", 200) + "1" + strings.Repeat("}]", 200) + ",id:5.}}\n{Item:{s:" + strings.Repeat("[", 300) + "{}" + strings.Repeat("]", 300) + ",id:6.}}\n"
	checkWays(t, deep+deep)
	checkWays(t, deep+"{Item:{s:[{a:[{b:01.}]}],id:7.}}\n")
}
