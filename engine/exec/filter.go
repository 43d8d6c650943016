package exec

// Filter: keeps the rows for which a predicate is true, by setting the page's
// selection.

import (
	"context"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

type filter struct {
	in   Operator
	pred *expr.Program
	sel  []int32
	page page.Page
	err  error // comes after the rows in front of it
}

func newFilter(in Operator, pred plan.Expr, env *Env) (Operator, error) {
	g, err := expr.Compile(pred, &env.Expr)
	if err != nil {
		return nil, err
	}
	return &filter{in: in, pred: g}, nil
}

func (f *filter) Next(ctx context.Context) (*page.Page, error) {
	for {
		if f.err != nil {
			err := f.err
			f.err = nil
			return nil, err
		}
		p, err := f.in.Next(ctx)
		if p == nil || err != nil {
			return nil, err
		}
		if p.Len() == 0 {
			continue
		}
		f.sel, err = f.pred.Filter(p, f.sel)
		if err != nil {
			p, f.err = before(p, err, func(q *page.Page) error {
				_, err := f.pred.Eval(q)
				return err
			})
			if p == nil {
				continue
			}
			if f.sel, err = f.pred.Filter(p, f.sel); err != nil {
				return nil, err
			}
		}
		f.page = *p
		if len(f.sel) < p.Rows {
			f.page.Sel = f.sel
		} else {
			f.page.Sel = nil
		}
		if len(f.sel) > 0 {
			return &f.page, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

func (f *filter) Close() error { return f.in.Close() }
