package exec

// Build: from plan nodes to operators. This is the only switch over nodes.

import (
	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Env is what the operators of one query share.
type Env struct {
	Expr     expr.Env
	Workers  int            // goroutines that read; at least 1
	PageRows int            // 0: page.DefaultRows
	Reader   reader.Options // PageRows is set from above
	Memory   *spill.Budget  // what operators may hold before they spill; nil: no limit
	Space    *spill.Space   // where they spill to; nil: the system's folder
	PartRows int            // rows that make a part of an aggregation; 0: partRows
	Stats    *Stats
	Profile  *Profile     // what each step did; nil: nobody asks
	Warn     func(string) // may be nil; safe for concurrent use
	// Reads learns which splits a scan is about to read. May be nil; called from
	// several goroutines.
	Reads func([]catalog.Split)

	rounds map[int]*recursive // the recursions around, by ID
	stores *stores            // the shared subplans; nil above the top of the plan
}

// partRows is a variable for tests.
func (e *Env) partRows() int {
	if e.PartRows > 0 {
		return e.PartRows
	}
	return partRows
}

// freeGroups is a variable for tests, too.
func (e *Env) freeGroups() int {
	if e.PartRows > 0 {
		return e.PartRows
	}
	return freeGroups
}

func (e *Env) pageRows() int {
	if e.PageRows > 0 {
		return e.PageRows
	}
	return page.DefaultRows
}

// Build makes the operators of a plan. Nothing is read before the first Next.
func Build(n plan.Node, env *Env) (Operator, error) {
	if env.stores == nil {
		top := *env
		top.stores = &stores{}
		op, err := Build(n, &top)
		if len(top.stores.of) == 0 {
			return op, err
		}
		o := &sharing{op, top.stores}
		if err != nil {
			o.Operator = Once(nil)
			_ = o.Close() // the build error is what counts
			return nil, err
		}
		return o, nil
	}
	if env.Profile == nil {
		return operatorOf(n, env)
	}
	op, err := operatorOf(n, env.Profile.of(n, env))
	if err != nil {
		return nil, err
	}
	return env.Profile.wrap(n, op), nil
}

func operatorOf(n plan.Node, env *Env) (Operator, error) {
	p, err := pipelineOf(n, env)
	if err != nil {
		return nil, err
	}
	if p != nil {
		p.user = n
		return newExchange(p), nil
	}
	switch n := n.(type) {
	case *plan.Values:
		return newValues(n, env)
	case *plan.Filter:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newFilter(in, n.Pred, env) })
	case *plan.Project:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newProject(in, n.Exprs, env, nil) })
	case *plan.Aggregate:
		if n.First > 0 {
			return built(n.Input, env, func(in Operator) (Operator, error) { return newDistinctLimit(in, n, env.Memory.Account()), nil })
		}
		spec, err := newAggregation(n, env)
		if err != nil {
			return nil, err
		}
		// Parts of split after split are other ones than those of all rows, which a
		// join past the memory budget gives.
		if free, _ := spec.isFree(); free || !joined(n.Input) {
			p, err := pipelineOf(n.Input, env)
			if err != nil {
				return nil, err
			}
			if p != nil {
				p.user = n
				return newParallelAggregate(p, spec), nil
			}
		}
		return built(n.Input, env, func(in Operator) (Operator, error) { return newAggregate(in, spec), nil })
	case *plan.Sort:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newSort(in, n, env), nil })
	case *plan.TopN:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newTopN(in, n, env), nil })
	case *plan.Limit:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newLimit(in, n.Offset, n.N), nil })
	case *plan.Union:
		return newUnion(n, env)
	case *plan.SetOp:
		return built2(n.L, n.R, env, func(l, r Operator) (Operator, error) { return newSetOp(l, r, n, env), nil })
	case *plan.Join:
		return built2(n.L, n.R, env, func(l, r Operator) (Operator, error) { return operator(newJoin(l, r, n, env)) })
	case *plan.SemiJoin:
		if n.Flip {
			return built2(n.L, n.R, env, func(l, r Operator) (Operator, error) { return newFlipJoin(l, r, n, env) })
		}
		return built2(n.L, n.R, env, func(l, r Operator) (Operator, error) { return operator(newSemiJoin(l, r, n, env)) })
	case *plan.Single:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newSingle(in, n), nil })
	case *plan.Unnest:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newUnnest(in, n, env) })
	case *plan.WindowNode:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newWindow(in, n, env) })
	case *plan.MatchRecognize:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newMatchRecognize(in, n, env) })
	case *plan.Sample:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newSample(in, n, env) })
	case *plan.Apply:
		return built(n.Input, env, func(in Operator) (Operator, error) { return newApply(in, n, env) })
	case *plan.Shared:
		return newShared(n, env)
	case *plan.Recursive:
		return newRecursive(n, env)
	case *plan.RecursiveRef:
		return newRecursiveRef(n, env), nil
	}
	panic("BUG: no operator for a plan node")
}

// operator gives what a constructor gave, without a nil pointer in the interface.
func operator[T Operator](op T, err error) (Operator, error) {
	if err != nil {
		return nil, err
	}
	return op, nil
}

// refused is the error for what parses and analyzes but does not run.
func refused(pos sqlerr.Pos, what string) error {
	return sqlerr.Newf(sqlerr.NotSupported, pos, "%s is not supported yet", what)
}

// built builds the input, then the operator over it.
func built(n plan.Node, env *Env, f func(Operator) (Operator, error)) (Operator, error) {
	in, err := Build(n, env)
	if err != nil {
		return nil, err
	}
	op, err := f(in)
	if err != nil {
		_ = in.Close() // the build error is what counts
		return nil, err
	}
	return op, nil
}

func built2(l, r plan.Node, env *Env, f func(l, r Operator) (Operator, error)) (Operator, error) {
	return built(l, env, func(lo Operator) (Operator, error) {
		return built(r, env, func(ro Operator) (Operator, error) { return f(lo, ro) })
	})
}
