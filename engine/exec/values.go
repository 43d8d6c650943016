package exec

// Values: literal rows.

import (
	"context"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

type values struct {
	n     *plan.Values
	env   *Env
	progs [][]*expr.Program
	done  bool
}

func newValues(n *plan.Values, env *Env) (Operator, error) {
	v := &values{n: n, env: env}
	for _, row := range n.Rows {
		var progs []*expr.Program
		for _, x := range row {
			g, err := expr.Compile(x, &env.Expr)
			if err != nil {
				return nil, err
			}
			progs = append(progs, g)
		}
		v.progs = append(v.progs, progs)
	}
	return v, nil
}

func (v *values) Next(context.Context) (*page.Page, error) {
	if v.done {
		return nil, nil
	}
	v.done = true
	b := builders(v.n.Cols)
	one := &page.Page{Rows: 1}
	for _, row := range v.progs {
		for k, g := range row {
			x, err := g.Eval(one)
			if err != nil {
				return nil, err
			}
			appendOne(b[k], x, 0)
		}
	}
	p := &page.Page{Rows: len(v.progs)}
	for _, k := range b {
		p.Cols = append(p.Cols, k.Vector())
	}
	return p, nil
}

func (v *values) Close() error { return nil }
