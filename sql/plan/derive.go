package plan

// Conditions that follow from others: what all terms of an OR share, what an OR
// says of one side of a join, what holds of a column that equals another, and
// which outer joins a condition makes inner ones.

import (
	"slices"

	"github.com/ionq-db/ionq/sql/types"
)

// splitConditions splits a condition at its ANDs, and takes out of ORs what all of
// their terms have: (a AND b) OR (a AND c) is a AND (b OR c).
func splitConditions(e Expr) []Expr {
	var out []Expr
	for _, c := range Conjuncts(e) {
		out = append(out, factored(c)...)
	}
	return out
}

func factored(e Expr) []Expr {
	or, ok := e.(*Or)
	if !ok {
		return []Expr{e}
	}
	lists := make([][]Expr, len(or.Terms))
	for i, t := range or.Terms {
		lists[i] = Conjuncts(t)
	}
	var common []Expr
	for _, c := range lists[0] {
		if !deterministic(c) || contains(common, c) {
			continue
		}
		everywhere := true
		for _, l := range lists[1:] {
			everywhere = everywhere && contains(l, c)
		}
		if everywhere {
			common = append(common, c)
		}
	}
	if common == nil {
		return []Expr{e}
	}
	var terms []Expr
	for _, l := range lists {
		_, rest := parted(l, func(c Expr) bool { return contains(common, c) })
		if len(rest) == 0 { // a OR (a AND b) is a
			return common
		}
		terms = append(terms, Conjunction(rest))
	}
	return append(common, factored(&Or{Base: or.Base, Terms: terms})...)
}

func contains(list []Expr, e Expr) bool {
	return slices.ContainsFunc(list, func(x Expr) bool { return Equal(x, e) })
}

// simple reports whether e compares columns and constants: it cannot fail.
func simple(e Expr) bool {
	value := func(es ...Expr) bool {
		for _, e := range es {
			switch e.(type) {
			case *Col, *Const:
			default:
				return false
			}
		}
		return true
	}
	all := func(es []Expr) bool { return !slices.ContainsFunc(es, func(e Expr) bool { return !simple(e) }) }
	switch x := e.(type) {
	case *Compare:
		return value(x.L, x.R) && scalar(x.L.Type())
	case *Between:
		return value(x.X, x.Lo, x.Hi)
	case *In:
		return value(x.X) && value(x.List...) && scalar(x.X.Type())
	case *IsNull:
		return value(x.X)
	case *Not:
		return simple(x.X)
	case *And:
		return all(x.Terms)
	case *Or:
		return all(x.Terms)
	}
	return false
}

// scalar tells types whose comparison never fails.
func scalar(t types.Type) bool {
	switch t.Kind {
	case types.KindArray, types.KindMap, types.KindRow:
		return false
	}
	return true
}

// impliedByOr gives what ORs over both sides of a join say of each side alone:
// (l1 AND r1) OR (l2 AND r2) implies l1 OR l2.
func impliedByOr(conds []Expr, width int) (left, right []Expr) {
	for _, c := range conds {
		or, ok := c.(*Or)
		if !ok {
			continue
		}
		for side := 1; side <= 2; side++ {
			var terms []Expr
			for _, t := range or.Terms {
				of, _ := parted(Conjuncts(t), func(c Expr) bool { return sides(c, width) == side && simple(c) })
				if len(of) == 0 {
					terms = nil
					break
				}
				terms = append(terms, Conjunction(of))
			}
			switch {
			case terms == nil:
			case side == 1:
				left = append(left, &Or{Base: or.Base, Terms: terms})
			default:
				right = append(right, Shift(&Or{Base: or.Base, Terms: terms}, -width))
			}
		}
	}
	return left, right
}

// acrossKeys gives the conditions on a single key column of one side of a join
// for the key of the other side that it equals; those that are known are left out.
func acrossKeys(conds, from, to, known []Expr) []Expr {
	var out []Expr
	for _, c := range conds {
		if !simple(c) {
			continue
		}
		col, one := -1, true
		Walk(c, func(e Expr) bool {
			if x, ok := e.(*Col); ok {
				one = one && (col < 0 || col == x.Index)
				col = x.Index
			}
			return true
		})
		if col < 0 || !one || keepsNull(c) {
			continue
		}
		for i, k := range from {
			l, ok := k.(*Col)
			if !ok || l.Index != col {
				continue
			}
			r, ok := to[i].(*Col)
			if !ok {
				continue
			}
			d := Rewrite(c, func(e Expr) Expr {
				if x, ok := e.(*Col); ok {
					m := *r
					m.P = x.P
					return &m
				}
				return nil
			})
			if !contains(known, d) && !contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out
}

// keepsNull reports whether a condition tests for NULL: keys of a match never are.
func keepsNull(e Expr) bool {
	found := false
	Walk(e, func(e Expr) bool {
		switch x := e.(type) {
		case *IsNull:
			found = true
		case *Compare:
			found = found || x.Op == OpDistinct || x.Op == OpNotDistinct
		}
		return !found
	})
	return found
}

// narrowed makes an outer join an inner one where the conditions above it drop
// the rows without a match (Trino's rule of the same kind:
// PredicatePushDown.tryNormalizeToOuterToInnerJoin).
func narrowed(kind JoinKind, conds []Expr, width int) JoinKind {
	if kind == InnerJoin || kind == CrossJoin {
		return kind
	}
	var noLeft, noRight bool // a row without its left, or right, part is dropped
	for _, c := range conds {
		if !deterministic(c) {
			continue
		}
		noLeft = noLeft || rejectsNulls(c, func(i int) bool { return i < width })
		noRight = noRight || rejectsNulls(c, func(i int) bool { return i >= width })
	}
	switch kind {
	case LeftJoin:
		if noRight {
			return InnerJoin
		}
	case RightJoin:
		if noLeft {
			return InnerJoin
		}
	case FullJoin:
		switch {
		case noLeft && noRight:
			return InnerJoin
		case noLeft: // only rows with a left part: every left row
			return LeftJoin
		case noRight:
			return RightJoin
		}
	}
	return kind
}

// rejectsNulls reports whether e is surely not true where all columns in null are
// NULL. It knows the plain cases only.
func rejectsNulls(e Expr, null func(int) bool) bool {
	switch x := e.(type) {
	case *Compare:
		if x.Op == OpDistinct || x.Op == OpNotDistinct {
			return false
		}
		return isNullWith(x.L, null) || isNullWith(x.R, null)
	case *Between:
		return isNullWith(x.X, null)
	case *In:
		return isNullWith(x.X, null)
	case *Not:
		switch y := x.X.(type) {
		case *IsNull:
			return isNullWith(y.X, null)
		case *Compare, *Between, *In:
			if b, ok := y.(*Between); ok {
				return isNullWith(b.X, null)
			}
			return rejectsNulls(y, null)
		}
	case *And:
		return slices.ContainsFunc(x.Terms, func(t Expr) bool { return rejectsNulls(t, null) })
	case *Or:
		return !slices.ContainsFunc(x.Terms, func(t Expr) bool { return !rejectsNulls(t, null) })
	case *Col:
		return null(x.Index)
	}
	return false
}

// isNullWith reports whether e is surely NULL where the columns in null are.
func isNullWith(e Expr, null func(int) bool) bool {
	switch x := e.(type) {
	case *Col:
		return null(x.Index)
	case *Cast:
		return isNullWith(x.X, null)
	case *Arith:
		return isNullWith(x.L, null) || x.R != nil && isNullWith(x.R, null)
	}
	return false
}
