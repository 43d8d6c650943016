package plan

// Estimates of how many rows a step yields. They only decide about the order of
// joins and sides, never about results.

import "math"

// size is what is thought of a relation: its rows, and how many it would have
// without the conditions on it, which bounds the distinct values of a key.
type size struct {
	rows, base float64
	keys       map[int]bool // columns that have a value of its own in each row
}

// distinct estimates how many values a key has; first is the relation's first
// column among all.
func (s size) distinct(e Expr, first int) float64 {
	if c, ok := e.(*Col); ok && len(s.keys) == 1 && s.keys[c.Index-first] {
		return s.rows
	}
	return s.base
}

type estimator struct {
	rows  func(*Scan) float64
	known map[Node]size
}

func (e *estimator) of(n Node) size {
	if s, ok := e.known[n]; ok {
		return s
	}
	s := e.estimate(n)
	s.rows = max(s.rows, 1)
	s.base = max(s.base, s.rows)
	e.known[n] = s
	return s
}

func (e *estimator) estimate(n Node) size {
	switch n := n.(type) {
	case *Scan:
		r := e.rows(n)
		if r < 0 {
			r = unknownRows
		}
		s := size{rows: r, base: r}
		if n.Filter != nil {
			s.rows *= selectivityOf(n.Filter)
		}
		return s
	case *Values:
		return size{rows: float64(len(n.Rows)), base: float64(len(n.Rows))}
	case *Filter:
		in := e.of(n.Input)
		return size{rows: in.rows * selectivityOf(n.Pred), base: in.base}
	case *Aggregate:
		in := e.of(n.Input)
		if len(n.Keys) == 0 {
			return size{rows: 1, base: 1}
		}
		// Most groupings make a good deal fewer rows.
		r := min(in.rows, 2*math.Pow(in.rows, 0.85))
		s := size{rows: r, base: r}
		if n.Sets == nil {
			s.keys = map[int]bool{}
			for i := range n.Keys {
				s.keys[i] = true
			}
		}
		return s
	case *Limit:
		in := e.of(n.Input)
		if n.N >= 0 {
			in.rows = min(in.rows, float64(n.N))
		}
		return in
	case *TopN:
		in := e.of(n.Input)
		in.rows = min(in.rows, float64(n.N))
		return in
	case *Union:
		var s size
		for _, in := range n.Ins {
			i := e.of(in)
			s.rows, s.base = s.rows+i.rows, s.base+i.base
		}
		return s
	case *SetOp:
		return size{rows: e.of(n.L).rows / 2, base: e.of(n.L).base}
	case *Single:
		return size{rows: 1, base: 1}
	case *Join:
		l, r := e.of(n.L), e.of(n.R)
		rows := l.rows * r.rows
		if len(n.LKeys) > 0 {
			rows /= max(1, min(l.base, r.base))
		}
		if n.Residual != nil {
			rows *= selectivityOf(n.Residual)
		}
		if n.Kind == LeftJoin || n.Kind == FullJoin {
			rows = max(rows, l.rows)
		}
		if n.Kind == RightJoin || n.Kind == FullJoin {
			rows = max(rows, r.rows)
		}
		return size{rows: rows, base: max(l.base, r.base)}
	case *Apply:
		return e.of(n.Input)
	case *SemiJoin:
		s := e.of(n.L)
		s.keys = nil
		return s
	case *Unnest:
		in := e.of(n.Input)
		return size{rows: 4 * in.rows, base: 4 * in.base}
	case *Project:
		in := e.of(n.Input)
		s := size{rows: in.rows, base: in.base}
		if len(in.keys) == 1 {
			for i, x := range n.Exprs {
				if c, ok := x.(*Col); ok && in.keys[c.Index] {
					s.keys = map[int]bool{i: true}
				}
			}
		}
		return s
	}
	if ins := n.Inputs(); len(ins) > 0 {
		s := e.of(ins[0])
		s.keys = nil
		return s
	}
	return size{rows: unknownRows, base: unknownRows}
}

// selectivityOf guesses the part of rows that a condition keeps.
func selectivityOf(e Expr) float64 {
	switch x := e.(type) {
	case *And:
		s, ranges := 1.0, 0
		for _, t := range x.Terms {
			if c, ok := t.(*Compare); ok && c.Op != OpEq && c.Op != OpNe {
				ranges++ // two bounds of one range are no independent conditions
			}
			s *= selectivityOf(t)
		}
		if ranges > 1 {
			s *= 1.3
		}
		return max(s, 1e-4)
	case *Or:
		s := 0.0
		for _, t := range x.Terms {
			s += selectivityOf(t)
		}
		return min(s, 0.9)
	case *Not:
		return max(0.1, 1-selectivityOf(x.X))
	case *Compare:
		switch x.Op {
		case OpEq, OpNotDistinct:
			return 0.1
		case OpNe, OpDistinct:
			return 0.9
		}
		return 0.4
	case *Between:
		return 0.25
	case *In:
		return min(0.5, 0.1*float64(len(x.List)))
	case *IsNull:
		return 0.1
	case *Col: // the mark of a semijoin
		return 0.5
	case *Call:
		return 0.15 // LIKE and its kin
	}
	return 0.5
}
