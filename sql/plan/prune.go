package plan

// Pruning: every node yields only the columns that something above it uses, so
// that a scan decodes only those. Expressions that nobody uses go, too, and so
// do projections that only rename.

import "slices"

// Prune returns a plan that yields what root yields and computes nothing else.
// root itself stays as it is.
func Prune(root Node) Node {
	root = Clone(root)
	return pruneExact(root, all(len(root.Columns())))
}

func all(n int) []bool {
	need := make([]bool, n)
	for i := range need {
		need[i] = true
	}
	return need
}

// mark adds the columns that e uses.
func mark(need []bool, es ...Expr) {
	for _, e := range es {
		Walk(e, func(e Expr) bool {
			if c, ok := e.(*Col); ok {
				need[c.Index] = true
			}
			return true
		})
	}
}

// moved rewrites e to the columns' new places.
func moved(e Expr, to []int) Expr {
	return Rewrite(e, func(e Expr) Expr {
		c, ok := e.(*Col)
		if !ok || to[c.Index] == c.Index {
			return nil
		}
		m := *c
		m.Index = to[c.Index]
		return &m
	})
}

func movedAll(es []Expr, to []int) {
	for i, e := range es {
		es[i] = moved(e, to)
	}
}

func movedKeys(keys []SortKey, to []int) {
	for i := range keys {
		keys[i].Col = to[keys[i].Col]
	}
}

// pruneExact prunes n to exactly the needed columns, in order.
func pruneExact(n Node, need []bool) Node {
	n, to := prune(n, slices.Clone(need)) // prune adds what n itself uses
	cols := n.Columns()
	p := &Project{Input: n}
	same := true
	for i, t := range to {
		if need[i] {
			same = same && t == len(p.Exprs)
			p.Exprs = append(p.Exprs, &Col{Base: Base{T: cols[t].Type}, Index: t, Name: cols[t].Name})
			p.Cols = append(p.Cols, cols[t])
		}
	}
	if same && len(p.Exprs) == len(cols) {
		return n
	}
	return p
}

// prune changes n in place where it can. The node that comes back yields at
// least the needed columns; to says where column i of n is now, -1 for gone. It
// adds to need what n uses itself.
func prune(n Node, need []bool) (out Node, to []int) {
	to = make([]int, len(need))
	switch n := n.(type) {
	case *Scan:
		mark(need, n.Filter)
		var ordinals []int
		var cols []Column
		for i := range need {
			to[i] = -1
			if need[i] {
				to[i] = len(cols)
				ordinals = append(ordinals, n.Ordinals[i])
				cols = append(cols, n.Cols[i])
			}
		}
		n.Ordinals, n.Cols = ordinals, cols
		n.Filter = moved(n.Filter, to)
		return n, to
	case *Values:
		k := 0
		for i := range need {
			to[i] = -1
			if need[i] {
				to[i] = k
				k++
			}
		}
		n.Cols = kept(n.Cols, need)
		for i := range n.Rows {
			n.Rows[i] = kept(n.Rows[i], need)
		}
		return n, to
	case *Filter:
		mark(need, n.Pred)
		n.Input, to = prune(n.Input, need)
		n.Pred = moved(n.Pred, to)
		return n, to
	case *Project:
		return pruneProject(n, need)
	case *Aggregate:
		return pruneAggregate(n, need)
	case *Sort:
		markKeys(need, n.Keys)
		n.Input, to = prune(n.Input, need)
		movedKeys(n.Keys, to)
		return n, to
	case *TopN:
		markKeys(need, n.Keys)
		n.Input, to = prune(n.Input, need)
		movedKeys(n.Keys, to)
		return n, to
	case *Limit:
		n.Input, to = prune(n.Input, need)
		return n, to
	case *Sample:
		n.Input, to = prune(n.Input, need)
		return n, to
	case *Single:
		n.Input, to = prune(n.Input, need)
		return n, to
	case *Union:
		k := 0
		for i := range need {
			to[i] = -1
			if need[i] {
				to[i] = k
				k++
			}
		}
		for i := range n.Ins {
			n.Ins[i] = pruneExact(n.Ins[i], need)
		}
		n.Cols = kept(n.Cols, need)
		return n, to
	case *SetOp:
		for i := range to {
			to[i] = i
		}
		n.L, n.R = pruneExact(n.L, all(len(to))), pruneExact(n.R, all(len(to)))
		return n, to
	case *Join:
		return pruneJoin(n, need)
	case *SemiJoin:
		return pruneSemiJoin(n, need)
	case *Apply:
		return pruneApply(n, need)
	case *Unnest:
		return pruneUnnest(n, need)
	case *WindowNode:
		return pruneWindow(n, need)
	case *MatchRecognize:
		return pruneMatch(n, need)
	case *Recursive:
		for i := range to {
			to[i] = i
		}
		n.Base, n.Step = pruneExact(n.Base, all(len(to))), pruneExact(n.Step, all(len(to)))
		return n, to
	}
	for i := range to {
		to[i] = i
	}
	return n, to
}

func kept[T any](xs []T, need []bool) []T {
	var out []T
	for i, x := range xs {
		if need[i] {
			out = append(out, x)
		}
	}
	return out
}

func markKeys(need []bool, keys []SortKey) {
	for _, k := range keys {
		need[k.Col] = true
	}
}

func pruneProject(n *Project, need []bool) (Node, []int) {
	below := make([]bool, len(n.Input.Columns()))
	onlyCols := true
	for i, e := range n.Exprs {
		if need[i] {
			mark(below, e)
			_, ok := e.(*Col)
			onlyCols = onlyCols && ok
		}
	}
	in, moves := prune(n.Input, below)
	to := make([]int, len(need))
	if onlyCols { // the columns are there already, perhaps elsewhere
		for i, e := range n.Exprs {
			to[i] = -1
			if need[i] {
				to[i] = moves[e.(*Col).Index]
			}
		}
		return in, to
	}
	k := 0
	for i := range n.Exprs {
		to[i] = -1
		if need[i] {
			to[i] = k
			k++
		}
	}
	n.Input, n.Exprs, n.Cols = in, kept(n.Exprs, need), kept(n.Cols, need)
	movedAll(n.Exprs, moves)
	return n, to
}

func pruneAggregate(n *Aggregate, need []bool) (Node, []int) {
	below := make([]bool, len(n.Input.Columns()))
	first := len(n.Keys)
	if n.Sets != nil {
		first++
	}
	for _, k := range n.Keys {
		below[k] = true
	}
	for i := range first {
		need[i] = true
	}
	for i, a := range n.Aggs {
		if !need[first+i] {
			continue
		}
		for _, c := range a.Args {
			below[c] = true
		}
		if a.Filter >= 0 {
			below[a.Filter] = true
		}
		markKeys(below, a.OrderBy)
		mark(below, a.Lambdas...)
	}
	in, moves := prune(n.Input, below)
	n.Input = in
	for i, k := range n.Keys {
		n.Keys[i] = moves[k]
	}
	n.Aggs, n.Cols = kept(n.Aggs, need[first:]), kept(n.Cols, need)
	for i := range n.Aggs {
		a := &n.Aggs[i]
		for k, c := range a.Args {
			a.Args[k] = moves[c]
		}
		if a.Filter >= 0 {
			a.Filter = moves[a.Filter]
		}
		movedKeys(a.OrderBy, moves)
		movedAll(a.Lambdas, moves)
	}
	to := make([]int, len(need))
	k := 0
	for i := range need {
		to[i] = -1
		if need[i] {
			to[i] = k
			k++
		}
	}
	return n, to
}

// pruneSides prunes two inputs that stand side by side, and returns where the
// columns of both are now.
func pruneSides(l, r *Node, need []bool) []int {
	width := len((*l).Columns())
	var lt, rt []int
	*l, lt = prune(*l, need[:width:width])
	*r, rt = prune(*r, need[width:])
	shift := len((*l).Columns())
	to := slices.Clone(lt)
	for _, t := range rt {
		if t >= 0 {
			t += shift
		}
		to = append(to, t)
	}
	return to
}

func pruneJoin(n *Join, need []bool) (Node, []int) {
	width := len(n.L.Columns())
	if !slices.Contains(need[width:], true) && onePerRow(n) {
		l, to := prune(n.L, need[:width])
		return l, append(to, gone(len(need)-width)...)
	}
	mark(need, n.Residual)
	mark(need[:width], n.LKeys...)
	mark(need[width:], n.RKeys...)
	to := pruneSides(&n.L, &n.R, need)
	n.Residual = moved(n.Residual, to)
	movedAll(n.LKeys, to[:width])
	movedAll(n.RKeys, lowered(to[width:], len(n.L.Columns())))
	return n, to
}

// lowered takes n off every place.
func lowered(to []int, n int) []int {
	out := make([]int, len(to))
	for i, t := range to {
		out[i] = max(t-n, -1)
	}
	return out
}

func pruneSemiJoin(n *SemiJoin, need []bool) (Node, []int) {
	width := len(n.L.Columns())
	if !need[width] { // nobody asks whether there is a match
		l, to := prune(n.L, need[:width])
		return l, append(to, -1)
	}
	both := make([]bool, width+len(n.R.Columns()))
	copy(both, need[:width])
	mark(both, n.Residual)
	mark(both[:width], n.LKeys...)
	mark(both[width:], n.RKeys...)
	to := pruneSides(&n.L, &n.R, both)
	n.Residual = moved(n.Residual, to)
	movedAll(n.LKeys, to[:width])
	movedAll(n.RKeys, lowered(to[width:], len(n.L.Columns())))
	return n, append(to[:width:width], len(n.L.Columns()))
}

// onePerRow tells a join that yields each row of its left side once: that of a
// scalar subquery.
func onePerRow(n *Join) bool {
	if n.Single {
		return true
	}
	_, one := n.R.(*Single)
	return one && n.Kind == CrossJoin
}

// gone are the places of n columns that are no more.
func gone(n int) []int {
	to := make([]int, n)
	for i := range to {
		to[i] = -1
	}
	return to
}

func pruneApply(n *Apply, need []bool) (Node, []int) {
	width := len(n.Input.Columns())
	if _, one := n.Sub.(*Single); one && n.Left && !slices.Contains(need[width:], true) {
		in, to := prune(n.Input, need[:width])
		return in, append(to, gone(len(need)-width)...)
	}
	VisitExprs(n.Sub, func(e Expr) {
		if o, ok := e.(*Outer); ok && o.Apply == n.ID {
			need[o.Index] = true
		}
	})
	to := pruneSides(&n.Input, &n.Sub, need)
	WalkNodes(n.Sub, func(m Node) bool {
		MapExprs(m, func(e Expr) Expr {
			return Rewrite(e, func(e Expr) Expr {
				o, ok := e.(*Outer)
				if !ok || o.Apply != n.ID {
					return nil
				}
				c := *o
				c.Index = to[o.Index]
				return &c
			})
		})
		return true
	})
	return n, to
}

func pruneUnnest(n *Unnest, need []bool) (Node, []int) {
	below := make([]bool, len(n.Input.Columns()))
	for i, c := range n.Keep {
		below[c] = below[c] || need[i]
	}
	mark(below, n.Exprs...)
	in, moves := prune(n.Input, below)
	n.Input = in
	movedAll(n.Exprs, moves)
	to := make([]int, len(need))
	var keep []int
	var cols []Column
	for i := range need {
		switch {
		case i >= len(n.Keep): // unnested columns come as they come
			to[i] = len(cols)
		case need[i]:
			to[i] = len(cols)
			keep = append(keep, moves[n.Keep[i]])
		default:
			to[i] = -1
			continue
		}
		cols = append(cols, n.Cols[i])
	}
	n.Keep, n.Cols = keep, cols
	return n, to
}

func pruneWindow(n *WindowNode, need []bool) (Node, []int) {
	width := len(n.Input.Columns())
	below := slices.Clone(need[:width])
	n.Calls = kept(n.Calls, need[width:])
	if len(n.Calls) == 0 {
		in, to := prune(n.Input, below)
		for range need[width:] {
			to = append(to, -1)
		}
		return in, to
	}
	for _, c := range n.Partition {
		below[c] = true
	}
	markKeys(below, n.Order)
	for _, c := range n.Calls {
		for _, a := range append(slices.Clone(c.Args), c.Filter, c.Frame.Start.Offset, c.Frame.End.Offset) {
			if a >= 0 {
				below[a] = true
			}
		}
	}
	callCols := kept(n.Cols[width:], need[width:])
	in, to := prune(n.Input, below)
	n.Input = in
	for i, c := range n.Partition {
		n.Partition[i] = to[c]
	}
	movedKeys(n.Order, to)
	place := func(c *int) {
		if *c >= 0 {
			*c = to[*c]
		}
	}
	for i := range n.Calls {
		c := &n.Calls[i]
		for k := range c.Args {
			place(&c.Args[k])
		}
		place(&c.Filter)
		place(&c.Frame.Start.Offset)
		place(&c.Frame.End.Offset)
	}
	k := len(in.Columns())
	for _, ok := range need[width:] {
		if !ok {
			to = append(to, -1)
			continue
		}
		to = append(to, k)
		k++
	}
	n.Cols = concat(in.Columns(), callCols)
	return n, to
}

// Clone copies the nodes of a plan; expressions, which do not change, are
// shared.
func Clone(n Node) Node {
	list := func(ns []Node) []Node {
		out := make([]Node, len(ns))
		for i, n := range ns {
			out[i] = Clone(n)
		}
		return out
	}
	switch n := n.(type) {
	case *Scan:
		c := *n
		return &c
	case *Values:
		c := *n
		c.Rows = make([][]Expr, len(n.Rows))
		for i, r := range n.Rows {
			c.Rows[i] = slices.Clone(r)
		}
		return &c
	case *Filter:
		c := *n
		c.Input = Clone(n.Input)
		return &c
	case *Project:
		c := *n
		c.Input, c.Exprs = Clone(n.Input), slices.Clone(n.Exprs)
		return &c
	case *Aggregate:
		c := *n
		c.Input, c.Keys, c.Aggs = Clone(n.Input), slices.Clone(n.Keys), slices.Clone(n.Aggs)
		for i := range c.Aggs {
			a := &c.Aggs[i]
			a.Args, a.OrderBy, a.Lambdas = slices.Clone(a.Args), slices.Clone(a.OrderBy), slices.Clone(a.Lambdas)
		}
		return &c
	case *Sort:
		c := *n
		c.Input, c.Keys = Clone(n.Input), slices.Clone(n.Keys)
		return &c
	case *TopN:
		c := *n
		c.Input, c.Keys = Clone(n.Input), slices.Clone(n.Keys)
		return &c
	case *Limit:
		c := *n
		c.Input = Clone(n.Input)
		return &c
	case *Union:
		c := *n
		c.Ins = list(n.Ins)
		return &c
	case *SetOp:
		c := *n
		c.L, c.R = Clone(n.L), Clone(n.R)
		return &c
	case *Join:
		c := *n
		c.L, c.R = Clone(n.L), Clone(n.R)
		c.LKeys, c.RKeys = slices.Clone(n.LKeys), slices.Clone(n.RKeys)
		return &c
	case *SemiJoin:
		c := *n
		c.L, c.R = Clone(n.L), Clone(n.R)
		c.LKeys, c.RKeys = slices.Clone(n.LKeys), slices.Clone(n.RKeys)
		return &c
	case *Single:
		c := *n
		c.Input = Clone(n.Input)
		return &c
	case *Apply:
		c := *n
		c.Input, c.Sub = Clone(n.Input), Clone(n.Sub)
		return &c
	case *Unnest:
		c := *n
		c.Input, c.Keep, c.Exprs = Clone(n.Input), slices.Clone(n.Keep), slices.Clone(n.Exprs)
		return &c
	case *WindowNode:
		c := *n
		c.Input, c.Partition, c.Order, c.Calls = Clone(n.Input), slices.Clone(n.Partition), slices.Clone(n.Order), slices.Clone(n.Calls)
		for i := range c.Calls {
			c.Calls[i].Args = slices.Clone(c.Calls[i].Args)
		}
		return &c
	case *MatchRecognize:
		return n.clone()
	case *Sample:
		c := *n
		c.Input = Clone(n.Input)
		return &c
	case *Recursive:
		c := *n
		c.Base, c.Step = Clone(n.Base), Clone(n.Step)
		return &c
	}
	return n
}
