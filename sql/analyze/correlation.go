package analyze

// Correlated subqueries that Trino's planner finds no join for: it refuses them,
// and so does Athena, though they could be computed. The rules are those of Trino's
// PlanNodeDecorrelator (release 410): conditions on the outer query move out of the
// subquery, past what stands above them, where that does not change its rows. Only
// shapes that are surely refused are: where these rules do not tell, the subquery
// runs.

import (
	"maps"
	"slices"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// decorrelation follows the columns of a subquery's plan; each gets a number that
// it keeps through filters and projections.
type decorrelation struct {
	id   int // of the subquery
	last int
	// unsure is set where a node is met that the rules here do not tell about.
	unsure bool
}

// moved is what a node is once its conditions on the outer query are gone.
type moved struct {
	cols      []int        // its columns
	propagate map[int]bool // the columns that those conditions are about
	constant  map[int]bool // those that they fix to one value for a row of the outer query
	single    bool         // at most one row for a row of the outer query
	rest      bool         // columns are computed from the outer query: only a single row of constants may
}

// findsJoin reports whether a correlated subquery's conditions can move out of it.
// exists tells that its columns do not matter.
func findsJoin(root plan.Node, id int, exists bool) bool {
	d := &decorrelation{id: id}
	n := root
	for {
		p, ok := n.(*plan.Project)
		if !ok {
			break
		}
		n = p.Input
	}
	if a, ok := n.(*plan.Aggregate); ok && len(a.Sets) <= 1 && (len(a.Keys) == 0 || !exists) {
		// An aggregation is grouped by the outer rows, too: its input alone must do
		// without them.
		in, ok := d.node(a.Input, all(a.Input))
		return ok && !in.rest || d.unsure
	}
	need := all(root)
	if exists {
		need = nil
	}
	out, ok := d.node(root, need)
	return ok && (!out.rest || oneRow(root)) || d.unsure
}

// oneRow tells a plan that surely gives one row, to which Trino adds what a subquery
// computes from the outer row. A filter above it is one too many.
func oneRow(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Values:
		return len(n.Rows) == 1
	case *plan.Project:
		return oneRow(n.Input)
	case *plan.Sort:
		return oneRow(n.Input)
	case *plan.Limit:
		return n.N != 0 && n.Offset == 0 && oneRow(n.Input)
	case *plan.TopN:
		return oneRow(n.Input)
	case *plan.Aggregate:
		return len(n.Keys) == 0 && n.Sets == nil
	case *plan.Apply:
		return oneRow(n.Input) && oneRow(n.Sub)
	case *plan.Join:
		return oneRow(n.L) && oneRow(n.R)
	case *plan.Single:
		return true
	}
	return false
}

// findsSemiJoin is findsJoin for IN: nothing but conditions of the filters above
// everything else may use the outer query (Trino's TransformCorrelatedInPredicateToJoin).
// What other subqueries of those conditions have added as columns may stand between.
func findsSemiJoin(n plan.Node, id int) bool {
	uses := func(es ...plan.Expr) bool {
		return slices.ContainsFunc(es, func(e plan.Expr) bool { return e != nil && usesOuter(e, id) })
	}
	for planUsesOuter(n, id) {
		switch x := n.(type) {
		case *plan.Filter:
			n = x.Input
		case *plan.Project:
			if uses(x.Exprs...) {
				return false
			}
			n = x.Input
		case *plan.SemiJoin:
			if planUsesOuter(x.R, id) || uses(x.LKeys...) || uses(x.RKeys...) || uses(x.Residual) {
				return false
			}
			n = x.L
		case *plan.Join:
			if (x.Kind == plan.InnerJoin || x.Kind == plan.CrossJoin) && !planUsesOuter(x.L, id) && !planUsesOuter(x.R, id) {
				return true // its condition is one of a filter above
			}
			if _, one := x.R.(*plan.Single); !one || planUsesOuter(x.R, id) || uses(x.LKeys...) || uses(x.Residual) {
				return false
			}
			n = x.L
		case *plan.Apply:
			if !x.Left || planUsesOuter(x.Sub, id) {
				return false
			}
			n = x.Input
		default:
			return false
		}
	}
	return true
}

// refused is a subquery that findsJoin or findsSemiJoin finds no join for.
type refused struct {
	pos    sqlerr.Pos
	exists bool
}

// refusal is the error for a refused subquery that the whole plan needs. Trino prunes
// columns before it looks for joins: what nobody asks for is no reason to refuse.
func (a *analyzer) refusal(root plan.Node) (err error) {
	if len(a.refused) == 0 {
		return nil
	}
	plan.WalkNodes(plan.Prune(root), func(n plan.Node) bool {
		p, ok := n.(*plan.Apply)
		if !ok || err != nil {
			return err == nil
		}
		r, is := a.refused[p.ID]
		if !is {
			return true
		}
		switch sub := p.Sub.(type) {
		case *plan.Single:
			ok = findsJoin(sub.Input, p.ID, false)
		case *plan.SemiJoin:
			ok = findsSemiJoin(sub.R, p.ID)
		default:
			ok = !r.exists && findsJoin(sub, p.ID, false)
		}
		if !ok {
			err = notDecorrelated(r.pos)
		}
		return ok
	})
	return err
}

func all(n plan.Node) []int {
	out := make([]int, len(n.Columns()))
	for i := range out {
		out[i] = i
	}
	return out
}

func (d *decorrelation) fresh(n plan.Node) moved {
	m := moved{cols: make([]int, len(n.Columns())), propagate: map[int]bool{}, constant: map[int]bool{}}
	for i := range m.cols {
		d.last++
		m.cols[i] = d.last
	}
	return m
}

// node follows n; need are the columns that what is above it uses.
func (d *decorrelation) node(n plan.Node, need []int) (moved, bool) {
	if !planUsesOuter(n, d.id) {
		return d.fresh(n), true
	}
	switch n := n.(type) {
	case *plan.Filter:
		return d.filter(n, need)
	case *plan.Project:
		var below []int
		for _, k := range need {
			below = append(below, columnsIn(n.Exprs[k])...)
		}
		in, ok := d.node(n.Input, below)
		if !ok {
			return in, false
		}
		out := d.fresh(n)
		for k, e := range n.Exprs {
			if c, ok := e.(*plan.Col); ok {
				out.cols[k] = in.cols[c.Index]
			}
		}
		out.propagate, out.constant, out.single, out.rest = in.propagate, in.constant, in.single, in.rest
		for _, k := range need {
			out.rest = out.rest || usesOuter(n.Exprs[k], d.id)
		}
		return out, true
	case *plan.Sort: // without a limit the order of a subquery means nothing
		return d.node(n.Input, need)
	case *plan.Limit:
		in, ok := d.node(n.Input, need)
		switch {
		case !ok || in.single || n.N == 0 || oneRowAtMost(n.Input):
			return in, ok
		case n.Offset > 0:
			return in, false
		case n.N == 1:
			for _, k := range need {
				if !in.constant[in.cols[k]] {
					return in, false
				}
			}
			if need == nil { // EXISTS
				return in, true
			}
			in.single = true
			return in, len(in.constant) > 0 && allIn(in.propagate, in.constant)
		}
		return in, allIn(in.propagate, in.constant)
	case *plan.TopN:
		in, ok := d.node(n.Input, need)
		if !ok || in.single || n.N == 0 || oneRowAtMost(n.Input) {
			return in, ok
		}
		in.single = n.N == 1
		return in, !n.WithTies && allIn(in.propagate, in.constant)
	case *plan.Aggregate:
		if len(n.Sets) > 1 {
			return d.fresh(n), false
		}
		if len(n.Keys) == 0 {
			d.unsure = true
			return d.fresh(n), true
		}
		in, ok := d.node(n.Input, all(n.Input))
		if !ok {
			return in, false
		}
		out := d.fresh(n)
		keys := map[int]bool{}
		for i, k := range n.Keys {
			keys[in.cols[k]] = true
			out.cols[i] = in.cols[k]
		}
		for c := range in.propagate {
			if !keys[c] && !in.constant[c] {
				return out, false
			}
		}
		out.propagate, out.constant, out.single, out.rest = in.propagate, in.constant, allIn(keys, in.constant), in.rest
		return out, true
	case *plan.WindowNode:
		return d.fresh(n), false
	case *plan.Apply:
		if !planUsesOuter(n.Input, d.id) {
			return d.lateral(n, n.Input, n.Sub, need)
		}
	case *plan.Join:
		if len(n.LKeys) == 0 && n.Residual == nil && (n.Kind == plan.CrossJoin || n.Kind == plan.LeftJoin) && !planUsesOuter(n.L, d.id) {
			return d.lateral(n, n.L, n.R, need)
		}
	case *plan.Unnest:
		if !planUsesOuter(n.Input, d.id) && !oneRowAtMost(n.Input) {
			return d.fresh(n), false
		}
	}
	d.unsure = true
	return d.fresh(n), true
}

// lateral is n, a relation within the subquery that uses the outer query, beside
// one that does not. Over a single row of constants it only computes columns; a
// condition on the outer query has become one of a join, out of which none moves.
func (d *decorrelation) lateral(n, beside, sub plan.Node, need []int) (moved, bool) {
	out := d.fresh(n)
	left := len(beside.Columns())
	var exprs []plan.Expr
	for i := range sub.Columns() {
		exprs = append(exprs, &plan.Col{Index: i})
	}
	filtered := false
	for planUsesOuter(sub, d.id) {
		switch x := sub.(type) {
		case *plan.Project:
			for i, e := range exprs {
				exprs[i] = plan.Rewrite(e, func(e plan.Expr) plan.Expr {
					if c, ok := e.(*plan.Col); ok {
						return x.Exprs[c.Index]
					}
					return nil
				})
			}
			sub = x.Input
		case *plan.Filter:
			filtered = filtered || usesOuter(x.Pred, d.id)
			sub = x.Input
		default:
			d.unsure = true
			return out, true
		}
	}
	if filtered {
		return out, false
	}
	if !oneRowAtMost(sub) {
		d.unsure = true
		return out, true
	}
	for _, k := range need {
		out.rest = out.rest || k >= left && usesOuter(exprs[k-left], d.id)
	}
	return out, true
}

func (d *decorrelation) filter(n *plan.Filter, need []int) (moved, bool) {
	conjuncts := plan.Conjuncts(n.Pred)
	for _, c := range conjuncts {
		if !usesOuter(c, d.id) {
			need = append(need[:len(need):len(need)], columnsIn(c)...)
		}
	}
	in, ok := d.node(n.Input, need)
	if !ok {
		return in, false
	}
	in.propagate, in.constant = maps.Clone(in.propagate), maps.Clone(in.constant)
	for _, c := range conjuncts {
		if !usesOuter(c, d.id) {
			continue
		}
		for _, k := range columnsIn(c) {
			in.propagate[in.cols[k]] = true
		}
		eq, ok := c.(*plan.Compare)
		if !ok || eq.Op != plan.OpEq {
			continue
		}
		for _, side := range [][2]plan.Expr{{eq.L, eq.R}, {eq.R, eq.L}} {
			if k := columnOf(side[0]); k >= 0 && len(columnsIn(side[1])) == 0 {
				in.constant[in.cols[k]] = true
			}
		}
	}
	return in, true
}

// columnOf is the column that e is, perhaps cast so that no two values become
// equal; -1 for other expressions.
func columnOf(e plan.Expr) int {
	switch x := e.(type) {
	case *plan.Col:
		return x.Index
	case *plan.Cast:
		c, ok := x.X.(*plan.Col)
		if ok && !x.Safe && injective(c.T, x.T) {
			return c.Index
		}
	}
	return -1
}

// injective reports whether a coercion keeps different values apart. Those to
// floating point may not.
func injective(from, to types.Type) bool {
	switch {
	case to.Kind == types.KindReal:
		return from.Kind == types.KindTinyint || from.Kind == types.KindSmallint || from.Kind == types.KindReal
	case to.Kind == types.KindDouble:
		return from.Kind != types.KindBigint && from.Kind != types.KindDecimal
	}
	return true
}

func columnsIn(e plan.Expr) (out []int) {
	plan.Walk(e, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Col); ok {
			out = append(out, c.Index)
		}
		return true
	})
	return out
}

// allIn reports whether all of a are in b.
func allIn(a, b map[int]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return true
}

// oneRowAtMost tells a plan that surely gives no second row.
func oneRowAtMost(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Values:
		return len(n.Rows) <= 1
	case *plan.Project:
		return oneRowAtMost(n.Input)
	case *plan.Filter:
		return oneRowAtMost(n.Input)
	case *plan.Sort:
		return oneRowAtMost(n.Input)
	case *plan.Limit:
		return n.N >= 0 && n.N <= 1 || oneRowAtMost(n.Input)
	case *plan.TopN:
		return n.N <= 1 && !n.WithTies || oneRowAtMost(n.Input)
	case *plan.Aggregate:
		return len(n.Keys) == 0 && n.Sets == nil
	case *plan.Apply:
		return oneRowAtMost(n.Input) && oneRowAtMost(n.Sub)
	case *plan.Join:
		return oneRowAtMost(n.L) && oneRowAtMost(n.R)
	}
	return false
}
