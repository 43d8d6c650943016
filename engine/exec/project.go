package exec

// Project: computes expressions, one output column each.

import (
	"context"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

type project struct {
	in   Operator
	list *expr.List // nil where only columns are picked
	pick []int
	page page.Page
	err  error // comes after the rows in front of it
}

// newProject makes a projection. pool is of what it has in common with the step below;
// nil where that was not looked for.
func newProject(in Operator, exprs []plan.Expr, env *Env, pool *expr.Pool) (Operator, error) {
	o := &project{in: in, pick: make([]int, len(exprs))}
	o.page.Cols = make([]*page.Vector, len(exprs))
	for k, x := range exprs {
		c, ok := x.(*plan.Col)
		if !ok {
			var err error
			if pool != nil {
				o.list, err = expr.CompileWith(exprs, &env.Expr, pool)
			} else {
				o.list, err = expr.CompileList(exprs, &env.Expr)
			}
			if err != nil {
				return nil, err
			}
			break
		}
		o.pick[k] = c.Index
	}
	return o, nil
}

func (o *project) Next(ctx context.Context) (*page.Page, error) {
	if o.err != nil {
		err := o.err
		o.err = nil
		return nil, err
	}
	p, err := o.in.Next(ctx)
	if p == nil || err != nil {
		return nil, err
	}
	o.page.Split, o.page.Row = p.Split, p.Row
	if o.list == nil { // the selection may stay
		o.page.Rows, o.page.Sel = p.Rows, p.Sel
		for k, c := range o.pick {
			o.page.Cols[k] = p.Cols[c]
		}
		return &o.page, nil
	}
	cols, err := o.list.Eval(p)
	if err != nil {
		head, err := before(p, err, func(q *page.Page) error {
			_, err := o.list.Eval(q)
			return err
		})
		if head == nil {
			return nil, err
		}
		p, o.err = head, err
		if cols, err = o.list.Eval(p); err != nil {
			return nil, err
		}
	}
	o.page.Rows, o.page.Sel = p.Len(), nil
	copy(o.page.Cols, cols)
	return &o.page, nil
}

func (o *project) Close() error { return o.in.Close() }
