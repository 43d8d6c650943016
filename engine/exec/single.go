package exec

// Single: the one row of a scalar subquery; NULLs where it has none, an error
// where it has more.

import (
	"context"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

type single struct {
	in   Operator
	n    *plan.Single
	done bool
}

func newSingle(in Operator, n *plan.Single) Operator { return &single{in: in, n: n} }

func (o *single) Next(ctx context.Context) (*page.Page, error) {
	if o.done {
		return nil, nil
	}
	o.done = true
	s := newRowStore(o.n.Columns())
	for {
		p, err := o.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if p == nil {
			break
		}
		if s.add(p); s.n > 1 {
			return nil, sqlerr.Newf(sqlerr.SubqueryMultipleRows, o.n.P, "Scalar sub-query has returned multiple rows")
		}
	}
	if s.n == 0 {
		for _, b := range s.b {
			b.Null()
		}
	}
	return &page.Page{Rows: 1, Cols: s.seal()}, nil
}

func (o *single) Close() error { return o.in.Close() }
