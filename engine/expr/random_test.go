package expr

// Random expressions over random rows: a page must give, row by row, what the
// same expression gives over constants, or fail with the first row's error.

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// randomExpr makes an expression of type bigint or boolean over leaves, which
// may fail in many rows.
type randomExpr struct {
	r      *rand.Rand
	leaves func(k int) plan.Expr // 0..2 bigint, 3 boolean, 4 array(bigint)
	pos    sqlerr.Pos
	ids    int
	vars   []plan.Expr
	made   []plan.Expr // numbers outside of lambdas, which may come again
}

func (g *randomExpr) base(t types.Type) plan.Base {
	g.pos++
	return plan.Base{T: t, P: g.pos}
}

func (g *randomExpr) number(depth int) plan.Expr {
	if depth == 0 {
		switch k := g.r.IntN(5); {
		case k < 3:
			return g.leaves(k)
		case k == 3 && len(g.vars) > 0:
			return g.vars[g.r.IntN(len(g.vars))]
		default:
			return &plan.Const{Base: g.base(types.Bigint), V: plan.Datum{I: g.r.Int64N(4) - 1, Null: g.r.IntN(6) == 0}}
		}
	}
	if n := len(g.made); n > 0 && g.r.IntN(4) == 0 {
		e := g.made[g.r.IntN(n)]
		if a, ok := e.(*plan.Arith); ok && g.r.IntN(2) == 0 { // at another place
			c := *a
			c.Base = g.base(types.Bigint)
			return &c
		}
		return e
	}
	e := g.fresh(depth - 1)
	if len(g.vars) == 0 {
		g.made = append(g.made, e)
	}
	return e
}

func (g *randomExpr) fresh(depth int) plan.Expr {
	switch g.r.IntN(9) {
	case 0, 1, 2:
		return &plan.Arith{Base: g.base(types.Bigint), Op: plan.ArithOp(g.r.IntN(5)), L: g.number(depth), R: g.number(depth)}
	case 3:
		return &plan.Case{
			Base: g.base(types.Bigint), Whens: []plan.When{{Cond: g.truth(depth), Then: g.number(depth)}, {Cond: g.truth(depth), Then: g.number(depth)}},
			Else: g.number(depth),
		}
	case 4:
		return &plan.Case{
			Base: g.base(types.Bigint), X: g.number(depth), Whens: []plan.When{{Cond: g.number(depth), Then: g.number(depth)}},
		}
	case 5:
		return &plan.Coalesce{Base: g.base(types.Bigint), Args: []plan.Expr{g.number(depth), g.number(depth), g.number(depth)}}
	case 6:
		return &plan.NullIf{Base: g.base(types.Bigint), A: g.number(depth), B: g.number(depth), CmpType: types.Bigint}
	case 7:
		return &plan.Try{Base: g.base(types.Bigint), X: g.number(depth)}
	}
	return &plan.Arith{Base: g.base(types.Bigint), Op: plan.OpNeg, L: g.number(depth)}
}

func (g *randomExpr) truth(depth int) plan.Expr {
	if depth == 0 {
		return g.leaves(3)
	}
	depth--
	switch g.r.IntN(9) {
	case 0:
		return &plan.And{Base: g.base(types.Boolean), Terms: []plan.Expr{g.truth(depth), g.truth(depth), g.truth(depth)}}
	case 1:
		return &plan.Or{Base: g.base(types.Boolean), Terms: []plan.Expr{g.truth(depth), g.truth(depth), g.truth(depth)}}
	case 2:
		return &plan.Not{Base: g.base(types.Boolean), X: g.truth(depth)}
	case 3:
		return &plan.IsNull{Base: g.base(types.Boolean), X: g.number(depth)}
	case 4:
		return &plan.Between{Base: g.base(types.Boolean), X: g.number(depth), Lo: g.number(depth), Hi: g.number(depth)}
	case 5:
		return &plan.In{Base: g.base(types.Boolean), X: g.number(depth), List: []plan.Expr{g.number(depth), g.number(0), g.number(depth)}}
	case 6: // some element of the transformed array is the number
		list := types.Array(types.Bigint)
		g.ids++
		v := &plan.Var{Base: g.base(types.Bigint), ID: g.ids, Name: "x"}
		g.vars = append(g.vars, v)
		body := g.number(depth)
		g.vars = g.vars[:len(g.vars)-1]
		l := &plan.Lambda{Base: g.base(types.Function(types.Bigint, types.Bigint)), Params: []plan.Param{{ID: v.ID, Name: "x", Type: types.Bigint}}, Body: body}
		x := call(transformFunc, list, g.leaves(4), l)
		x.(*plan.Call).Base = g.base(list)
		return &plan.Compare{Base: g.base(types.Boolean), Op: plan.OpEq, L: x, R: g.leaves(4)}
	}
	return &plan.Compare{Base: g.base(types.Boolean), Op: plan.CompareOp(g.r.IntN(8)), L: g.number(depth), R: g.number(depth)}
}

func TestRandomExpressions(t *testing.T) {
	ts := []types.Type{types.Bigint, types.Bigint, types.Bigint, types.Boolean, types.Array(types.Bigint)}
	failures := 0
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 1))
		rows := make([]caseRow, 1+r.IntN(40))
		number := func() plan.Datum { return plan.Datum{I: r.Int64N(7) - 2, Null: r.IntN(5) == 0} }
		for k := range rows {
			list := plan.Datum{L: []plan.Datum{}, Null: r.IntN(6) == 0}
			for range r.IntN(4) {
				list.L = append(list.L, number())
			}
			rows[k].args = []plan.Datum{number(), number(), number(), {B: r.IntN(2) == 0, Null: r.IntN(5) == 0}, list}
		}
		depth := 1 + r.IntN(3)
		build := func(leaves func(k int) plan.Expr) plan.Expr {
			g := &randomExpr{r: rand.New(rand.NewPCG(seed, 2)), leaves: leaves}
			if seed%2 == 0 {
				return g.number(depth)
			}
			return g.truth(depth)
		}
		x := build(func(k int) plan.Expr { return &plan.Col{Base: plan.Base{T: ts[k]}, Index: k} })
		want := make([]string, len(rows))
		wantErr := ""
		for k, row := range rows {
			cs := constants(ts, row.args)
			v, err := Fold(build(func(k int) plan.Expr { return cs[k] }), testEnv)
			if err != nil {
				e := sqlerr.As(err)
				wantErr = e.Error()
				break
			}
			want[k] = show(x.Type(), v)
		}
		if wantErr != "" {
			failures++
		}
		p, err := Compile(x, testEnv)
		if err != nil {
			t.Fatal(err)
		}
		for _, selected := range []bool{false, true} {
			v, err := p.Eval(makePage(ts, rows, rows, selected))
			if got := ""; err != nil || wantErr != "" {
				if err != nil {
					got = err.Error()
				}
				if got != wantErr {
					t.Fatalf("seed %d: %s\nerror %q, want %q", seed, x, got, wantErr)
				}
				continue
			}
			for k := range rows {
				if got := show(x.Type(), DatumAt(v, k)); got != want[k] {
					t.Fatalf("seed %d: %s\nrow %d %s: got %s, want %s", seed, x, k, showRow(ts, rows[k].args), got, want[k])
				}
			}
		}
	}
	if failures < 50 {
		t.Errorf("only %d of the cases fail: the test tests too little", failures)
	}
}

// TestRandomPools: a filter's conditions and a projection above it that share a pool
// give what they give without.
func TestRandomPools(t *testing.T) {
	ts := []types.Type{types.Bigint, types.Bigint, types.Bigint, types.Boolean, types.Array(types.Bigint)}
	shared, fails := 0, 0
	for seed := range uint64(800) {
		r := rand.New(rand.NewPCG(seed, 3))
		rows := make([]caseRow, 1+r.IntN(60))
		number := func() plan.Datum { return plan.Datum{I: r.Int64N(7) - 2, Null: r.IntN(7) == 0} }
		for k := range rows {
			rows[k].args = []plan.Datum{number(), number(), number(), {B: r.IntN(3) > 0}, {L: []plan.Datum{number()}}}
		}
		g := &randomExpr{r: r, leaves: func(k int) plan.Expr { return &plan.Col{Base: plan.Base{T: ts[k]}, Index: k} }}
		conds := []plan.Expr{g.truth(2), g.truth(2)}
		outs := []plan.Expr{g.number(3), g.number(2), g.number(3)}
		pool, err := NewPool(append(conds[:2:2], outs...), testEnv)
		if err != nil {
			t.Fatal(err)
		}
		if pool == nil {
			continue
		}
		shared++
		run := func(pool *Pool, pack bool, page *page.Page) (out []string, failed error) {
			var progs []*Program
			for _, c := range conds {
				p, err := CompileProgram(c, testEnv, pool)
				if err != nil {
					t.Fatal(err)
				}
				progs = append(progs, p)
			}
			list, err := CompileWith(outs, testEnv, pool)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time it must not go by the first
				out = nil
				pool.Turn()
				q := *page
				for _, p := range progs {
					sel, err := p.Filter(&q, []int32{}) // nil would be all rows
					if err != nil {
						return nil, err
					}
					q.Sel = sel
				}
				if pack {
					pool.Packed(q.Sel)
					sel := q.Sel
					q.Rows, q.Sel, q.Cols = len(sel), nil, nil
					for _, v := range page.Cols {
						q.Cols = append(q.Cols, gathered(v, sel))
					}
				}
				vs, err := list.Eval(&q)
				if err != nil {
					return nil, err
				}
				for k := range q.Len() {
					for j, v := range vs {
						out = append(out, show(outs[j].Type(), DatumAt(v, k)))
					}
				}
			}
			return out, nil
		}
		for _, selected := range []bool{false, true} {
			p := makePage(ts, rows, rows, selected)
			want, wantErr := run(nil, false, p)
			for _, pack := range []bool{false, true} {
				got, gotErr := run(pool, pack, p)
				if fmt.Sprint(got, gotErr) != fmt.Sprint(want, wantErr) {
					t.Fatalf("seed %d, packed %v: %s then %s\n got %v %v\nwant %v %v", seed, pack, conds, outs, got, gotErr, want, wantErr)
				}
			}
			if wantErr != nil {
				fails++
			}
		}
	}
	if shared < 300 || fails < 100 {
		t.Errorf("%d cases have something in common, %d fail: the test tests too little", shared, fails)
	}
}

func gathered(v *page.Vector, sel []int32) *page.Vector {
	out := &page.Vector{}
	page.GatherInto(out, v, sel)
	return out
}

func showRow(ts []types.Type, ds []plan.Datum) (out []string) {
	for k, d := range ds {
		out = append(out, show(ts[k], d))
	}
	return out
}
