package exec

// Joins in the workers of a pipeline. The sides that are held are read before the
// workers begin, in the goroutine that asks for rows, so that what several places
// read (shared.go) needs no lock; then every worker looks its splits' rows up in
// them. Where one does not fit, its join is an operator of its own after all, and so
// is what is above it.

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/sql/plan"
)

// pipeJoin is a join, or a semijoin, of a pipeline, with the side that it holds.
type pipeJoin struct {
	inputs      // without the left one
	equal  bool // NaN and the like are found by nobody, as of newBuild
	full   bool // b is not all of it, and does not fit
}

// joined reports whether a pipeline that ends in n has joins.
func joined(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Join, *plan.SemiJoin:
		return true
	case *plan.Scan, *plan.Values:
		return false
	default:
		ins := n.Inputs()
		return len(ins) == 1 && joined(ins[0])
	}
}

// withJoin adds a join to the pipeline of its left side.
func (p *pipeline) withJoin(n, right plan.Node, keys []plan.Expr, equal bool) (*pipeline, error) {
	env := p.env
	if env.Profile != nil {
		env = env.Profile.of(n, env)
	}
	r, err := Build(right, p.env)
	if err != nil {
		_ = p.close() // the build error is what counts
		return nil, err
	}
	j := &pipeJoin{inputs: newInputs(nil, r, n.Inputs()[0], right, env), equal: equal}
	if j.rk, err = expr.CompileList(keys, &env.Expr); err != nil {
		_ = errors.Join(p.close(), r.Close())
		return nil, err
	}
	if p.joins == nil {
		p.joins = map[plan.Node]*pipeJoin{}
	}
	p.joins[n] = j
	return p.with(n), nil
}

// close frees what the joins hold. No rows are asked for any more.
func (p *pipeline) close() error {
	var errs []error
	for _, j := range p.joins {
		j.b = nil
		j.acc.Free()
		errs = append(errs, j.r.Close())
	}
	return errors.Join(errs...)
}

// hold reads the sides that joins hold, the uppermost first, as the operators would.
// Where one does not fit serial is the pipeline as operators, which are closed with it.
func (p *pipeline) hold(ctx context.Context) (serial Operator, err error) {
	for i := len(p.steps) - 1; i >= 0; i-- {
		j := p.joins[p.steps[i]]
		if j == nil || j.b != nil {
			continue
		}
		read := func() { j.b, j.full, err = newBuild(ctx, &j.inputs, j.equal, false) }
		if p.env.Profile != nil {
			wall, cpu := watched(read)
			p.env.Profile.stats(p.steps[i]).All.add(wall, cpu)
		} else {
			read()
		}
		if err != nil {
			return nil, err
		}
		if j.full {
			return p.serial(i)
		}
	}
	p.dynamic = p.dynamics()
	return nil, nil
}

// serial makes operators of step first and those above it.
func (p *pipeline) serial(first int) (Operator, error) {
	lower := &pipeline{env: p.env, scan: p.scan, steps: p.steps[:first], codes: -1, joins: map[plan.Node]*pipeJoin{}}
	lower.user = p.scan
	for _, n := range lower.steps {
		if j := p.joins[n]; j != nil {
			lower.joins[n] = j
			delete(p.joins, n)
		}
		lower.user = n
	}
	if first == 1 && p.scan.Filter != nil { // the filter is the scan's
		lower.user = p.scan
	}
	op := p.env.Profile.wrap(lower.user, newExchange(lower))
	for _, n := range p.steps[first:] {
		up, err := p.operator(n, op)
		if err != nil {
			_ = op.Close() // the first error counts
			return nil, err
		}
		op = p.env.Profile.wrap(n, up)
	}
	return op, nil
}

// operator is a step as an operator by itself, over in.
func (p *pipeline) operator(n plan.Node, in Operator) (Operator, error) {
	switch n := n.(type) {
	case *plan.Filter:
		return newFilter(in, n.Pred, p.env)
	case *plan.Project:
		return newProject(in, n.Exprs, p.env, nil)
	case *plan.Unnest:
		return newUnnest(in, n, p.env)
	case *plan.Limit:
		return newLimit(in, n.Offset, n.N), nil
	case *plan.TopN:
		return newTopN(in, n, p.env), nil
	case *plan.Aggregate:
		return newDistinctLimit(in, n, p.env.Memory.Account()), nil
	case *plan.Join:
		j := p.joins[n]
		op, err := newJoin(in, j.r, n, j.env)
		if err != nil {
			return nil, err
		}
		op.b, op.full, op.acc = j.b, j.full, j.acc
		delete(p.joins, n)
		return op, nil
	case *plan.SemiJoin:
		j := p.joins[n]
		op, err := newSemiJoin(in, j.r, n, j.env)
		if err != nil {
			return nil, err
		}
		op.b, op.full, op.acc = j.b, j.full, j.acc
		delete(p.joins, n)
		return op, nil
	}
	panic("BUG: no operator for a step of a pipeline")
}

// view is a build for another goroutine to look things up in.
func (b *build) view() *build {
	v, t := *b, *b.table
	t.mem = nil
	v.table = &t
	return &v
}

// probe is a join in a worker.
type probe struct{ *join }

func newProbe(in Operator, held *pipeJoin, n *plan.Join) (*probe, error) {
	j, err := newJoin(in, held.r, n, held.env)
	if err != nil {
		return nil, err
	}
	j.b, j.begun = held.b.view(), true
	return &probe{j}, nil
}

// reset makes it ready for another split.
func (p *probe) reset() { p.src, p.late, p.done, p.cand, p.hit = nil, nil, false, -1, false }

// Close leaves what is held to the pipeline.
func (p *probe) Close() error { return p.l.Close() }

// semiProbe is a semijoin in a worker.
type semiProbe struct{ *semiJoin }

func newSemiProbe(in Operator, held *pipeJoin, n *plan.SemiJoin) (*semiProbe, error) {
	j, err := newSemiJoin(in, held.r, n, held.env)
	if err != nil {
		return nil, err
	}
	j.b, j.begun = held.b.view(), true
	return &semiProbe{j}, nil
}

func (p *semiProbe) Close() error { return p.l.Close() }
