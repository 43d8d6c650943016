package exec

// reduce_agg: a fold by a lambda. The rows of a group are kept, and the scalar
// function reduce folds them in their order; the function that combines states is
// not needed for that, as whoever writes one must make it agree with the other
// (Trino's documentation of reduce_agg).

import (
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// reduceAgg returns the maker of reduce_agg's accumulators; args are value and
// initial state.
func reduceAgg(g *plan.Agg, args []types.Type, env *expr.Env) (func() accumulator, error) {
	if len(g.Lambdas) != 2 || env == nil {
		return nil, sqlerr.Newf(sqlerr.NotSupported, g.P, "reduce_agg is not supported here")
	}
	state := args[1]
	switch state.Kind {
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal, types.KindDouble,
		types.KindDate, types.KindIntervalYearMonth, types.KindIntervalDaySecond, types.KindTime, types.KindUnknown:
	case types.KindDecimal, types.KindTimestamp, types.KindTimestampTZ: // short ones alone are longs to Java
		if page.PhysOf(state) == page.PhysInt128 || state.Kind == types.KindTimestampTZ && state.P > 3 {
			return nil, refusedState(g, state)
		}
	default:
		return nil, refusedState(g, state)
	}
	list := types.Array(args[0])
	// The finishing lambda of reduce gives the state as it is. IDs of the
	// analyzer's parameters are not negative.
	const id = -1
	finish := &plan.Lambda{
		Base: plan.Base{P: g.P, T: types.Function(state, state)}, Params: []plan.Param{{ID: id, Name: "s", Type: state}},
		Body: &plan.Var{Base: plan.Base{P: g.P, T: state}, ID: id, Name: "s"},
	}
	reduce := function.Named("reduce")[0]
	call := &plan.Call{
		Base: plan.Base{P: g.P, T: state},
		Func: &function.Bound{Function: reduce, Args: []types.Type{list, state, g.Lambdas[0].Type(), finish.T}, Result: state},
		Args: []plan.Expr{
			&plan.Col{Base: plan.Base{P: g.P, T: list}, Index: 0}, &plan.Col{Base: plan.Base{P: g.P, T: state}, Index: 1}, g.Lambdas[0], finish,
		},
	}
	if _, err := expr.Compile(call, env); err != nil {
		return nil, err
	}
	return func() accumulator {
		var program *expr.Program
		return newCollect(args, func(cols []*page.Vector, of []int32, out *page.Builder) error {
			if program == nil { // each accumulator has its own: programs have scratch memory
				var err error
				if program, err = expr.Compile(call, env); err != nil {
					return err
				}
			}
			values, states := page.NewBuilder(list), page.NewBuilder(state)
			for _, i := range of {
				if cols[0].IsNull(int(i)) || cols[1].IsNull(int(i)) {
					continue
				}
				if states.Len() == 0 {
					appendOne(states, cols[1], int(i))
				}
				appendOne(values.Child(0), cols[0], int(i))
			}
			if states.Len() == 0 {
				out.Null()
				return nil
			}
			values.EndContainer()
			v, err := program.Eval(&page.Page{Rows: 1, Cols: []*page.Vector{values.Finish(), states.Finish()}})
			if err != nil {
				return err
			}
			appendOne(out, v, 0)
			return nil
		})
	}, nil
}

// refusedState is what Trino answers to states that Java holds as objects
// (ReduceAggregationFunction).
func refusedState(g *plan.Agg, state types.Type) error {
	return sqlerr.Newf(sqlerr.NotSupported, g.P, "State type not supported for reduce_agg: %s", state)
}
