package plan

// Pushing conditions down: a condition of WHERE that speaks of one side of a join
// filters that side, and an equality between the sides becomes a key of the join,
// so that FROM a, b WHERE a.x = b.x is no cross join.

import "github.com/ionq-db/ionq/sql/types"

// PushDown returns a plan with conditions as low as they may go. It changes root
// in place where it can.
func PushDown(root Node) Node { return push(root, nil) }

// push returns what Filter(n, conds) would yield.
func push(n Node, conds []Expr) Node {
	switch n := n.(type) {
	case *Filter:
		return push(n.Input, append(Conjuncts(n.Pred), conds...))
	case *Join:
		return pushJoin(n, conds)
	case *SemiJoin:
		width := len(n.L.Columns())
		var left, rest []Expr
		for _, c := range conds {
			if sides(c, width) == 1 && deterministic(c) {
				left = append(left, c)
			} else {
				rest = append(rest, c)
			}
		}
		n.L, n.R = push(n.L, left), push(n.R, nil)
		return filtered(n, rest)
	}
	mapInputs(n, func(in Node) Node { return push(in, nil) })
	return filtered(n, conds)
}

func filtered(n Node, conds []Expr) Node {
	if p := Conjunction(conds); p != nil {
		return &Filter{Input: n, Pred: p}
	}
	return n
}

func pushJoin(n *Join, conds []Expr) Node {
	width := len(n.L.Columns())
	inner := n.Kind == InnerJoin || n.Kind == CrossJoin
	var left, right, residual, above []Expr
	// Conditions of ON decide about matches: they may go to the side whose
	// unmatched rows the join drops anyway.
	if n.Residual != nil {
		for _, c := range Conjuncts(n.Residual) {
			switch side := sides(c, width); {
			case side == 1 && (inner || n.Kind == RightJoin) && deterministic(c):
				left = append(left, c)
			case side == 2 && (inner || n.Kind == LeftJoin) && deterministic(c):
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
		case !deterministic(c):
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
	case *Recursive:
		n.Base, n.Step = f(n.Base), f(n.Step)
	}
}
