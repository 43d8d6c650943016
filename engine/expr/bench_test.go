package expr

// What a row costs through a Program, nulls and dispatch included, and that a
// page costs no allocation once memory has grown.

import (
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// benchPage has columns: 0, 1 bigint; 2, 3 double; 4, 5 decimal(10,2); 6, 7
// decimal(38,2) held in 64 bits; 8 decimal(38,2) in 128 bits; 9 varchar;
// 10 bigint with NULLs.
func benchPage() *page.Page {
	n := page.DefaultRows
	ints := func(t types.Type, f func(i int) int64) *page.Vector {
		v := &page.Vector{Type: t, Phys: page.PhysInt64, Len: n, I64: make([]int64, n)}
		for i := range v.I64 {
			v.I64[i] = f(i)
		}
		return v
	}
	floats := func(f func(i int) float64) *page.Vector {
		v := &page.Vector{Type: types.Double, Phys: page.PhysFloat64, Len: n, F64: make([]float64, n)}
		for i := range v.F64 {
			v.F64[i] = f(i)
		}
		return v
	}
	wide := &page.Vector{Type: types.Decimal(38, 2), Phys: page.PhysInt128, Len: n, I128: make([]decimal.Int128, n)}
	for i := range wide.I128 {
		wide.I128[i] = decimal.MulInt64(int64(i+1), 1e18)
	}
	strs := &page.Vector{Type: types.Varchar, Phys: page.PhysBytes, Len: n, Str: make([]string, n)}
	for i := range strs.Str {
		strs.Str[i] = "2023-06-30T09:09:47." + strings.Repeat("7", 1+i%6)
	}
	holes := ints(types.Bigint, func(i int) int64 { return int64(i) })
	holes.Nulls = make([]bool, n)
	for i := range holes.Nulls {
		holes.Nulls[i] = i%7 == 0
	}
	return &page.Page{Rows: n, Cols: []*page.Vector{
		ints(types.Bigint, func(i int) int64 { return int64(i) }), ints(types.Bigint, func(i int) int64 { return int64(i%10) + 1 }),
		floats(func(i int) float64 { return float64(i) }), floats(func(i int) float64 { return float64(i%10) + 0.5 }),
		ints(types.Decimal(10, 2), func(i int) int64 { return int64(i * 7) }), ints(types.Decimal(10, 2), func(i int) int64 { return int64(i%10) + 1 }),
		ints(types.Decimal(38, 2), func(i int) int64 { return int64(i * 7) }), ints(types.Decimal(38, 2), func(i int) int64 { return int64(i%10) + 1 }),
		wide, strs, holes,
	}}
}

type benchCase struct {
	name string
	x    plan.Expr
}

func benchCases(t testing.TB, p *page.Page) []benchCase {
	col := func(k int) plan.Expr { return &plan.Col{Base: base(p.Cols[k].Type), Index: k} }
	bi, dbl, d38 := types.Bigint, types.Double, types.Decimal(38, 2)
	between := &plan.Between{Base: base(types.Boolean), X: col(0), Lo: constant(t, bi, "100"), Hi: constant(t, bi, "1000")}
	return []benchCase{
		{"bigint+", arith(plan.OpAdd, bi)(col(0), col(1))},
		{"bigint+const", arith(plan.OpAdd, bi)(col(0), constant(t, bi, "5"))},
		{"bigint+nulls", arith(plan.OpAdd, bi)(col(0), col(10))},
		{"bigint/", arith(plan.OpDiv, bi)(col(0), col(1))},
		{"double*", arith(plan.OpMul, dbl)(col(2), col(3))},
		{"decimal(10,2)+", arith(plan.OpAdd, types.Decimal(11, 2))(col(4), col(5))},
		{"decimal(10,2)*", arith(plan.OpMul, types.Decimal(20, 4))(col(4), col(5))},
		{"decimal(38,2)+narrow", arith(plan.OpAdd, d38)(col(6), col(7))},
		{"decimal(38,2)+wide", arith(plan.OpAdd, d38)(col(8), col(8))},
		{"decimal(38,2)/narrow", arith(plan.OpDiv, d38)(col(6), col(7))},
		{"bigint<", compare(plan.OpLt)(col(0), col(1))},
		{"bigint=const", compare(plan.OpEq)(col(0), constant(t, bi, "5"))},
		{"decimal(38,2)<narrow", compare(plan.OpLt)(col(6), col(7))},
		{"decimal(38,2)<wide", compare(plan.OpLt)(col(8), col(6))},
		{"decimal(38,2)>const", compare(plan.OpGt)(col(6), constant(t, d38, "5"))},
		{"varchar>=const", compare(plan.OpGe)(col(9), constant(t, types.Varchar, "2023-06-30T09:09:47.777"))},
		{"between", between},
		{"and", &plan.And{Base: base(types.Boolean), Terms: []plan.Expr{compare(plan.OpGt)(col(0), constant(t, bi, "1000")), compare(plan.OpLt)(col(1), constant(t, bi, "5"))}}},
		{"in100", in100(t, col(0))},
		{"case", &plan.Case{Base: base(bi), Whens: []plan.When{{Cond: compare(plan.OpLt)(col(0), constant(t, bi, "1000")), Then: col(1)}}, Else: col(0)}},
		{"cast decimal(10,2) to (38,4)", castTo(types.Decimal(38, 4))(col(4))},
		{"cast bigint to double", castTo(dbl)(col(0))},
	}
}

func in100(t testing.TB, x plan.Expr) plan.Expr {
	in := &plan.In{Base: base(types.Boolean), X: x}
	for k := range int64(100) {
		in.List = append(in.List, &plan.Const{Base: base(types.Bigint), V: plan.Datum{I: 3 * k}})
	}
	return in
}

func BenchmarkProgram(b *testing.B) {
	p := benchPage()
	for _, c := range benchCases(b, p) {
		b.Run(c.name, func(b *testing.B) {
			g, err := Compile(c.x, testEnv)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Eval(p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(p.Rows), "ns/row")
		})
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	p := benchPage()
	q := *p
	for i := 0; i < p.Rows; i += 3 {
		q.Sel = append(q.Sel, int32(i))
	}
	for _, c := range benchCases(t, p) {
		g, err := Compile(c.x, testEnv)
		if err != nil {
			t.Fatal(err)
		}
		for name, in := range map[string]*page.Page{"all rows": p, "a selection": &q} {
			got := testing.AllocsPerRun(20, func() {
				if _, err := g.Eval(in); err != nil {
					t.Fatal(err)
				}
			})
			if got != 0 {
				t.Errorf("%s over %s: %v allocations a page", c.name, name, got)
			}
		}
	}
}
