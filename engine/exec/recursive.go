package exec

// Recursive: WITH RECURSIVE, round by round. Trino unrolls the step a fixed
// number of times and fails where one round more would still yield rows
// (QueryPlanner.planExpand); so does this.

import (
	"context"
	"maps"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

type recursive struct {
	n     *plan.Recursive
	env   *Env // of the step
	ref   *rowStore
	rows  *rowStore // of the round at hand
	op    Operator
	round int
	done  bool
}

func newRecursive(n *plan.Recursive, env *Env) (Operator, error) {
	r := &recursive{n: n, ref: newRowStore(n.Cols), rows: newRowStore(n.Cols)}
	sub := *env
	sub.rounds = maps.Clone(env.rounds)
	if sub.rounds == nil {
		sub.rounds = map[int]*recursive{}
	}
	sub.rounds[n.ID] = r
	r.env = &sub
	step, err := Build(n.Step, r.env) // tells now what is refused
	if err != nil {
		return nil, err
	}
	if err := step.Close(); err != nil {
		return nil, err
	}
	r.op, err = Build(n.Base, env)
	return r, err
}

func (r *recursive) Next(ctx context.Context) (*page.Page, error) {
	for !r.done {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p, err := r.op.Next(ctx)
		if err != nil {
			return nil, err
		}
		if p != nil {
			if p.Len() == 0 {
				continue
			}
			if r.round > r.n.MaxDepth {
				return nil, sqlerr.Newf(sqlerr.NotSupported, r.n.P,
					"Recursion depth limit exceeded (%d). Use 'max_recursion_depth' session property to modify the limit.", r.n.MaxDepth)
			}
			r.rows.add(p)
			return p, nil
		}
		if err := r.op.Close(); err != nil {
			return nil, err
		}
		if r.rows.n == 0 {
			r.done = true
			break
		}
		r.ref, r.rows = r.rows, newRowStore(r.n.Cols)
		r.round++
		if r.op, err = Build(r.n.Step, r.env); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (r *recursive) Close() error { return r.op.Close() }

// newRecursiveRef yields the rows of the last round.
func newRecursiveRef(n *plan.RecursiveRef, env *Env) Operator {
	r := env.rounds[n.ID]
	return Once(&page.Page{Rows: r.ref.n, Cols: append([]*page.Vector(nil), r.ref.seal()...)})
}
