package plan

// Pushing conditions down: a condition goes through projections, aggregations,
// windows and unions as far as it keeps its meaning; one of WHERE that speaks of
// one side of a join filters that side, and an equality between the sides becomes
// a key of the join, so that FROM a, b WHERE a.x = b.x is no cross join.
//
// Errors follow Trino: a condition may drop a row before something that would
// fail for it is computed, and a condition that fails may see rows that another
// one, or a join, would have dropped.

import (
	"slices"

	"github.com/ionq-db/ionq/sql/types"
)

// PushDown returns a plan with conditions as low as they may go. It changes root
// in place where it can.
func PushDown(root Node) Node { return push(root, nil) }

// push returns what Filter(n, conds) would yield.
func push(n Node, conds []Expr) Node {
	switch n := n.(type) {
	case *Filter:
		return push(n.Input, append(splitConditions(n.Pred), conds...))
	case *Project:
		return pushProject(n, conds)
	case *Aggregate:
		return pushAggregate(n, conds)
	case *Union:
		below, above := parted(conds, deterministic)
		for i, in := range n.Ins {
			n.Ins[i] = push(in, slices.Clone(below))
		}
		return filtered(n, above)
	case *SetOp:
		below, above := parted(conds, deterministic)
		n.L, n.R = push(n.L, slices.Clone(below)), push(n.R, slices.Clone(below))
		return filtered(n, above)
	case *Sort:
		below, above := parted(conds, deterministic)
		n.Input = push(n.Input, below)
		return filtered(n, above)
	case *WindowNode:
		below, above := parted(conds, func(c Expr) bool {
			return Movable(c) && onColumns(c, func(i int) bool { return slices.Contains(n.Partition, i) })
		})
		n.Input = push(n.Input, below)
		return filtered(n, above)
	case *Unnest:
		below, above := parted(conds, func(c Expr) bool {
			return Movable(c) && onColumns(c, func(i int) bool { return i < len(n.Keep) })
		})
		for i, c := range below {
			below[i] = moved(c, n.Keep)
		}
		n.Input = push(n.Input, below)
		return filtered(n, above)
	case *Join:
		return pushJoin(n, conds)
	case *SemiJoin:
		width := len(n.L.Columns())
		left, above := parted(conds, func(c Expr) bool {
			return sides(c, width) == 1 && deterministic(c) && (n.NullAware || Movable(c))
		})
		n.L, n.R = push(n.L, left), push(n.R, nil)
		return filtered(n, above)
	case *Apply:
		width := len(n.Input.Columns())
		left, above := parted(conds, func(c Expr) bool { return sides(c, width) == 1 && Movable(c) })
		n.Input, n.Sub = push(n.Input, left), push(n.Sub, nil)
		return filtered(n, above)
	}
	mapInputs(n, func(in Node) Node { return push(in, nil) })
	return filtered(n, conds)
}

// parted splits conditions by f, in order.
func parted(conds []Expr, f func(Expr) bool) (yes, no []Expr) {
	for _, c := range conds {
		if f(c) {
			yes = append(yes, c)
		} else {
			no = append(no, c)
		}
	}
	return yes, no
}

// onColumns reports whether e uses columns, and only those that f allows.
func onColumns(e Expr, f func(int) bool) bool {
	some, all := false, true
	Walk(e, func(e Expr) bool {
		if c, ok := e.(*Col); ok {
			some = true
			all = all && f(c.Index)
		}
		return all
	})
	return some && all
}

func filtered(n Node, conds []Expr) Node {
	if p := Conjunction(conds); p != nil {
		return &Filter{Input: n, Pred: p}
	}
	return n
}

// pushProject moves conditions below a projection, with its expressions in place
// of its columns. Only columns and constants may be used more than once: anything
// else would be computed that often. (Trino's PredicatePushDown has the same
// rule. As there, rows that a condition drops are no longer projected, so that an
// error that only they cause is gone.)
func pushProject(n *Project, conds []Expr) Node {
	below, above := parted(conds, func(c Expr) bool {
		if !deterministic(c) {
			return false
		}
		uses := map[int]int{}
		Walk(c, func(e Expr) bool {
			if col, ok := e.(*Col); ok {
				uses[col.Index]++
			}
			return true
		})
		for i, k := range uses {
			switch e := n.Exprs[i].(type) {
			case *Col, *Const:
			default:
				if k > 1 || !deterministic(e) {
					return false
				}
			}
		}
		return len(uses) > 0
	})
	for i, c := range below {
		below[i] = Rewrite(c, func(e Expr) Expr {
			if col, ok := e.(*Col); ok {
				return n.Exprs[col.Index]
			}
			return nil
		})
	}
	n.Input = push(n.Input, below)
	return filtered(n, above)
}

// pushAggregate moves conditions on keys that every grouping set has below an
// aggregation: a group is dropped whole.
func pushAggregate(n *Aggregate, conds []Expr) Node {
	everywhere := func(i int) bool {
		if i >= len(n.Keys) {
			return false
		}
		for _, s := range n.Sets {
			if !slices.Contains(s, i) {
				return false
			}
		}
		return true
	}
	below, above := parted(conds, func(c Expr) bool { return Movable(c) && onColumns(c, everywhere) })
	for i, c := range below {
		below[i] = moved(c, n.Keys)
	}
	n.Input = push(n.Input, below)
	return filtered(n, above)
}

func pushJoin(n *Join, conds []Expr) Node {
	width := len(n.L.Columns())
	if !n.Single { // a condition must not hide that there are several matches
		n.Kind = narrowed(n.Kind, conds, width)
	}
	inner := n.Kind == InnerJoin || n.Kind == CrossJoin
	var left, right, residual, above []Expr
	// Conditions of ON decide about matches: they may go to the side whose
	// unmatched rows the join drops anyway.
	if n.Residual != nil {
		for _, c := range splitConditions(n.Residual) {
			switch side := sides(c, width); {
			case side == 1 && (inner || n.Kind == RightJoin) && Movable(c):
				left = append(left, c)
			case side == 2 && (inner || n.Kind == LeftJoin) && Movable(c):
				right = append(right, Shift(c, -width))
			default:
				residual = append(residual, c)
			}
		}
	}
	// Conditions of WHERE decide about rows of the join: they may go to a side
	// whose rows all come through.
	for _, c := range conds {
		side := sides(c, width)
		switch {
		case !Movable(c):
			above = append(above, c)
		case side == 1 && (inner || n.Kind == LeftJoin):
			left = append(left, c)
		case side == 2 && (inner || n.Kind == RightJoin):
			right = append(right, Shift(c, -width))
		case side == 3 && inner:
			if l, r, ok := equality(c, width); ok {
				n.LKeys, n.RKeys = append(n.LKeys, l), append(n.RKeys, r)
			} else {
				residual = append(residual, c)
			}
			n.Kind = InnerJoin
		default:
			above = append(above, c)
		}
	}
	if inner {
		l, r := impliedByOr(residual, width)
		left, right = append(left, l...), append(right, r...)
	}
	// What holds of a key holds of the one that it equals.
	if inner || n.Kind == LeftJoin {
		right = append(right, acrossKeys(left, n.LKeys, n.RKeys, right)...)
	}
	if inner || n.Kind == RightJoin {
		left = append(left, acrossKeys(right, n.RKeys, n.LKeys, left)...)
	}
	n.Residual = Conjunction(residual)
	n.L, n.R = push(n.L, left), push(n.R, right)
	return filtered(n, above)
}

// equality splits l = r into a key of each side of a join.
func equality(e Expr, width int) (l, r Expr, ok bool) {
	eq, is := e.(*Compare)
	if !is || eq.Op != OpEq {
		return nil, nil, false
	}
	l, r = eq.L, eq.R
	if sides(l, width) == 2 {
		l, r = r, l
	}
	if sides(l, width) != 1 || sides(r, width) != 2 {
		return nil, nil, false
	}
	return l, Shift(r, -width), true
}

// sides tells whose columns e uses: 1 the first width ones, 2 the others, 3 both,
// 0 none.
func sides(e Expr, width int) int {
	side := 0
	Walk(e, func(e Expr) bool {
		if c, ok := e.(*Col); ok {
			if c.Index < width {
				side |= 1
			} else {
				side |= 2
			}
		}
		return true
	})
	return side
}

func deterministic(e Expr) bool {
	ok := true
	Walk(e, func(e Expr) bool {
		if c, is := e.(*Call); is && c.Func.NonDeterministic {
			ok = false
		}
		return ok
	})
	return ok
}

// Movable reports whether a condition may go to an input of a node that keeps or
// changes rows for a reason of its own. One with a lambda that reads its parameter
// may not: Trino's PredicatePushDown takes the parameter for a column that no input
// has, so that what the lambda fails for is not computed for rows that a join drops.
func Movable(e Expr) bool {
	ok := deterministic(e)
	Walk(e, func(e Expr) bool {
		if _, is := e.(*Var); is {
			ok = false
		}
		return ok
	})
	return ok
}

// Conjuncts splits a condition at its ANDs.
func Conjuncts(e Expr) []Expr {
	x, ok := e.(*And)
	if !ok {
		return []Expr{e}
	}
	var out []Expr
	for _, t := range x.Terms {
		out = append(out, Conjuncts(t)...)
	}
	return out
}

// Conjunction joins conditions by AND; nil for none.
func Conjunction(terms []Expr) Expr {
	switch len(terms) {
	case 0:
		return nil
	case 1:
		return terms[0]
	}
	return &And{Base: Base{T: types.Boolean, P: terms[0].Pos()}, Terms: terms}
}

// Shift moves the columns of e by n.
func Shift(e Expr, n int) Expr {
	return Rewrite(e, func(e Expr) Expr {
		if c, ok := e.(*Col); ok {
			m := *c
			m.Index += n
			return &m
		}
		return nil
	})
}

// mapInputs replaces the inputs of n.
func mapInputs(n Node, f func(Node) Node) {
	switch n := n.(type) {
	case *Filter:
		n.Input = f(n.Input)
	case *Project:
		n.Input = f(n.Input)
	case *Aggregate:
		n.Input = f(n.Input)
	case *Sort:
		n.Input = f(n.Input)
	case *TopN:
		n.Input = f(n.Input)
	case *Limit:
		n.Input = f(n.Input)
	case *Union:
		for i, in := range n.Ins {
			n.Ins[i] = f(in)
		}
	case *SetOp:
		n.L, n.R = f(n.L), f(n.R)
	case *Join:
		n.L, n.R = f(n.L), f(n.R)
	case *SemiJoin:
		n.L, n.R = f(n.L), f(n.R)
	case *Single:
		n.Input = f(n.Input)
	case *Apply:
		n.Input, n.Sub = f(n.Input), f(n.Sub)
	case *Unnest:
		n.Input = f(n.Input)
	case *WindowNode:
		n.Input = f(n.Input)
	case *MatchRecognize:
		n.Input = f(n.Input)
	case *Sample:
		n.Input = f(n.Input)
	case *Shared:
		n.Input = f(n.Input)
	case *Recursive:
		n.Base, n.Step = f(n.Base), f(n.Step)
	}
}
