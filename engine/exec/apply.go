package exec

// Apply: runs a correlated subplan for each row of its input. It is the way for what
// the analyzer could not turn into a join. What does not depend on the row is held
// (plan.Share), and what came of a row is remembered for those that are equal to it
// in all that the subplan sees of them (memo.go).

import (
	"context"
	"maps"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

type apply struct {
	in  Operator
	n   *plan.Apply
	env *Env // of the subplan
	row *expr.OuterRow

	src  *page.Page // the input page at hand
	cols []*page.Vector
	mem  []page.Vector
	at   int      // the row of it that sub runs for
	sub  Operator // nil between rows
	hit  bool     // sub has yielded a row
	memo *memo    // nil where nothing is remembered
	sel  []int32
	lmem []page.Vector
	out  page.Page
}

func newApply(in Operator, n *plan.Apply, env *Env) (Operator, error) {
	a := &apply{in: in, n: n, row: &expr.OuterRow{}}
	// An environment of its own: workers below this operator's input read the
	// enclosing one while this one's row changes.
	sub := *env
	sub.Expr.Outer = maps.Clone(env.Expr.Outer)
	if sub.Expr.Outer == nil {
		sub.Expr.Outer = map[int]*expr.OuterRow{}
	}
	sub.Expr.Outer[n.ID] = a.row
	a.env = &sub
	a.mem, a.lmem = make([]page.Vector, len(n.Input.Columns())), make([]page.Vector, len(n.Input.Columns()))
	op, err := Build(n.Sub, a.env) // tells now what is refused
	if err != nil {
		return nil, err
	}
	a.memo = newMemo(n, env)
	return a, op.Close()
}

func (a *apply) Next(ctx context.Context) (*page.Page, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if a.src == nil {
			p, err := a.in.Next(ctx)
			if p == nil || err != nil {
				return nil, err
			}
			a.src, a.cols, a.at = p, dense(p, a.mem), 0
		}
		if a.at >= a.src.Len() {
			a.src = nil
			continue
		}
		if a.sub == nil {
			a.row.Cols, a.row.Row = a.cols, a.at
			var err error
			if a.sub, err = a.memo.sub(a.cols, a.at, func() (Operator, error) { return Build(a.n.Sub, a.env) }); err != nil {
				return nil, err
			}
			a.hit = false
		}
		p, err := a.sub.Next(ctx)
		if err != nil {
			return nil, err
		}
		if p != nil {
			if p.Len() == 0 {
				continue
			}
			a.hit = true
			return a.joined(p, p.Len()), nil
		}
		if err := a.sub.Close(); err != nil {
			return nil, err
		}
		a.sub = nil
		a.at++
		if a.n.Left && !a.hit {
			a.at--
			out := a.joined(nil, 1)
			a.at++
			return out, nil
		}
	}
}

// joined puts n copies of the row at hand beside sub's rows; NULLs for nil.
func (a *apply) joined(p *page.Page, n int) *page.Page {
	a.sel = resized(a.sel, n)
	for i := range a.sel {
		a.sel[i] = int32(a.at)
	}
	a.out = page.Page{Rows: n}
	for k, v := range a.cols {
		page.GatherInto(&a.lmem[k], v, a.sel)
		a.out.Cols = append(a.out.Cols, &a.lmem[k])
	}
	if p == nil {
		for _, c := range a.n.Sub.Columns() {
			a.out.Cols = append(a.out.Cols, nullVector(c.Type, n))
		}
		return &a.out
	}
	a.out.Cols = append(a.out.Cols, dense(p, make([]page.Vector, len(p.Cols)))...)
	return &a.out
}

func (a *apply) Close() error {
	a.memo.free()
	if a.sub != nil {
		sub := a.sub
		a.sub = nil
		if err := sub.Close(); err != nil {
			_ = a.in.Close() // the first error counts
			return err
		}
	}
	return a.in.Close()
}
