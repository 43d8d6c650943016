package exec

// Accumulators: the states of aggregate calls, one state a group. This file has
// the interface and the choice; agg_<family>.go have the accumulators.

import (
	"strings"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// accumulator is one aggregate call's states. Groups are numbered from 0.
type accumulator interface {
	// grow makes sure that there are states for groups 0..n-1; new ones are
	// empty. It is called before add and merge.
	grow(n int)
	// add takes in rows: row i of the arguments belongs to groups[i]. The
	// arguments are dense; they are not kept.
	add(groups []uint32, args []*page.Vector) error
	// merge takes in the states of another accumulator of the same call, whose
	// rows come after this one's: its group i goes to groups[i]. The other one is
	// not used any more.
	merge(groups []uint32, other accumulator) error
	// result appends the value of a group; no add or merge follows.
	result(g int, out *page.Builder) error
	stored
}

// accumulatorFor returns a maker of accumulators for a call whose arguments are
// columns of the types in. DISTINCT is not theirs to see to (aggdistinct.go).
func accumulatorFor(g *plan.Agg, in []types.Type, env *Env) (func() accumulator, error) {
	mk, err := plainAccumulator(g, in, env)
	if err != nil || len(g.OrderBy) == 0 {
		return mk, err
	}
	var cols []types.Type
	for _, k := range g.Args {
		cols = append(cols, in[k])
	}
	for _, k := range g.OrderBy {
		cols = append(cols, in[k.Col])
	}
	order := make([]plan.SortKey, len(g.OrderBy))
	for i, k := range g.OrderBy {
		k.Col = len(g.Args) + i
		order[i] = k
	}
	return func() accumulator { return newBuffered(mk, cols, len(g.Args), order) }, nil
}

// plainAccumulator is accumulatorFor without ORDER BY.
func plainAccumulator(g *plan.Agg, in []types.Type, env *Env) (func() accumulator, error) {
	args := make([]types.Type, len(g.Args))
	for i, k := range g.Args {
		args[i] = in[k]
	}
	var first types.Type
	if len(args) > 0 {
		first = args[0]
	}
	result := g.Func.Result
	switch g.Func.Name {
	case "count":
		return func() accumulator { return &counter{} }, nil
	case "count_if":
		return func() accumulator { return &counter{ifTrue: true} }, nil
	case "sum":
		switch first.Kind {
		case types.KindDecimal:
			return func() accumulator { return &decimalSum{} }, nil
		case types.KindReal, types.KindDouble:
			return func() accumulator { return &floatSum{real: first.Kind == types.KindReal} }, nil
		default:
			return func() accumulator { return &intSum{} }, nil
		}
	case "avg":
		switch first.Kind {
		case types.KindDecimal:
			return func() accumulator { return &decimalSum{avg: true, scale: int(first.S)} }, nil
		default:
			return func() accumulator { return &floatSum{avg: true, real: first.Kind == types.KindReal, in: first} }, nil
		}
	case "min", "max":
		if len(args) == 2 {
			return func() accumulator { return newTopValues(g.Func.Name == "max", args, false) }, nil
		}
		return func() accumulator { return newExtreme(first, g.Func.Name == "max") }, nil
	case "min_by", "max_by":
		if len(args) == 3 {
			return func() accumulator { return newTopValues(g.Func.Name == "max_by", args, true) }, nil
		}
		return func() accumulator { return newPick(args, g.Func.Name == "max_by") }, nil
	case "bool_and", "every":
		return func() accumulator { return newExtreme(first, false) }, nil
	case "bool_or":
		return func() accumulator { return newExtreme(first, true) }, nil
	case "arbitrary", "any_value":
		return func() accumulator { return newPick(args, false) }, nil
	case "bitwise_and_agg", "bitwise_or_agg":
		return func() accumulator { return &bitwise{or: g.Func.Name == "bitwise_or_agg"} }, nil
	case "histogram":
		return func() accumulator { return newHistogram(first) }, nil
	case "array_agg", "map_agg", "multimap_agg", "map_union", "listagg":
		finish, err := collectors(g.Func.Name, args, result)
		if err != nil {
			return nil, err
		}
		return func() accumulator {
			c := newCollect(args, finish)
			c.shrink = shrinker(g.Func.Name)
			return c
		}, nil
	case "approx_distinct", "approx_set", "approx_percentile", "approx_most_frequent", "tdigest_agg", "qdigest_agg", "merge",
		"make_set_digest", "merge_set_digest", "numeric_histogram":
		if g.Func.Name == "make_set_digest" {
			switch page.PhysOf(first) { // what Trino holds as a long or as bytes
			case page.PhysInt64, page.PhysBytes, page.PhysNone:
			default:
				return nil, sqlerr.Newf(sqlerr.FunctionImplementationMissing, g.P, "Unsupported type parameters (make_set_digest(%s):SetDigest) for make_set_digest<T>(t):setdigest", first)
			}
		}
		kind := sketchKinds(g.Func.Name, args, result)
		return func() accumulator { return newSketches(kind, args) }, nil
	case "reduce_agg":
		return reduceAgg(g, args, &env.Expr)
	case "checksum":
		return func() accumulator { return &checksum{} }, nil
	case "geometric_mean":
		return func() accumulator {
			return &floatSum{avg: true, log: true, real: first.Kind == types.KindReal, in: first}
		}, nil
	case "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "skewness", "kurtosis":
		return func() accumulator { return &moments{name: g.Func.Name} }, nil
	case "corr", "covar_samp", "covar_pop", "regr_slope", "regr_intercept":
		return func() accumulator { return &paired{name: g.Func.Name} }, nil
	}
	return nil, sqlerr.Newf(sqlerr.NotSupported, g.P, "aggregate function %s is not supported yet", strings.ToLower(g.Func.Name))
}
