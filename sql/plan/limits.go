package plan

// Limits: where only the first rows of a step are asked for, those below it need not
// give more than these come from (Trino's PushLimitThrough* and PushTopNThrough*
// rules, and its partial limits). The first rows of a step are the same ones with and
// without, and so is which errors come in front of them.
//
// Right above a scan a limit, or the first rows of an order, is one of each split by
// itself (Partial): the worker that reads the split stops there.

import (
	"slices"
	"strconv"
	"strings"
)

// topped is the largest N of a TopN that each split computes by itself: more rows than
// that are better sorted once.
const topped = 10_000

// PushLimits returns root with limits and TopNs as low as they may go. It changes root
// in place where it can.
func PushLimits(root Node) Node {
	mapInputs(root, PushLimits)
	switch n := root.(type) {
	case *Limit:
		if n.N >= 0 && n.N+n.Offset >= 0 {
			n.Input = limited(n.Input, n.N+n.Offset)
		}
	case *TopN:
		return sunkTopN(n)
	}
	return root
}

// limited returns n for a step that asks for its first k rows only.
func limited(n Node, k int64) Node {
	switch n := n.(type) {
	case *Scan, *Filter, *Unnest:
		if un, ok := n.(*Unnest); ok && un.Left { // every row gives one or more
			un.Input = limited(un.Input, k)
		}
		if fromScan(n) {
			return &Limit{Input: n, N: k, Partial: true}
		}
	case *Project:
		n.Input = limited(n.Input, k)
	case *Union:
		for i, in := range n.Ins {
			n.Ins[i] = limited(in, k)
		}
	case *Join:
		switch {
		case n.Kind == LeftJoin, n.Kind == CrossJoin && oneRow(n.R):
			n.L = limited(n.L, k)
		case n.Kind == RightJoin:
			// Its rows come in the order of the left side, but which ones a limit gives
			// is open, and the right side, which is held, need not be larger.
			n.R = atMost(n.R, k)
		}
	case *SemiJoin:
		n.L = limited(n.L, k)
	case *Apply:
		if n.Left {
			n.Input = limited(n.Input, k)
		}
	case *Aggregate:
		if len(n.Aggs) == 0 && n.Sets == nil && len(n.Keys) > 0 && k > 0 && k <= topped && (n.First == 0 || k < n.First) {
			return distinct(n, k)
		}
	case *Sort:
		return sunkTopN(&TopN{Input: n.Input, Keys: n.Keys, N: k})
	case *TopN:
		if !n.WithTies && k < n.N {
			n.N = k
		}
	case *Limit:
		if !n.Partial && (n.N < 0 || k < n.N) {
			n.N = k
			if n.Offset+k >= 0 {
				n.Input = limited(n.Input, n.Offset+k)
			}
		} else if k < n.N {
			n.N = k
		}
	}
	return n
}

// distinct gives the first k groups of an aggregation without calls: below it each
// split looks for its own (Trino's DistinctLimit).
func distinct(n *Aggregate, k int64) Node {
	if p, ok := n.Input.(*Aggregate); ok && p.Partial {
		p.First, n.First = k, k
		return n
	}
	n.First = k
	if fromScan(n.Input) {
		part := *n
		part.Partial = true
		n.Input, n.Keys = &part, slices.Clone(n.Keys)
		for i := range n.Keys {
			n.Keys[i] = i
		}
	}
	return n
}

// distinctText is what EXPLAIN says of it.
func distinctText(n *Aggregate) string {
	names := make([]string, len(n.Keys))
	for i, k := range n.Keys {
		names[i] = columnName(n.Input.Columns(), k)
	}
	s := "DistinctLimit[" + strconv.FormatInt(n.First, 10) + " of " + strings.Join(names, ", ")
	if n.Partial {
		s += " in each split"
	}
	return s + "]"
}

// atMost gives the first k rows of n and no more.
func atMost(n Node, k int64) Node {
	n = limited(n, k)
	if l, ok := n.(*Limit); ok && !l.Partial && l.N >= 0 && l.N <= k {
		return n
	}
	return &Limit{Input: n, N: k}
}

// oneRow tells a plan that gives exactly one row.
func oneRow(n Node) bool {
	switch n := n.(type) {
	case *Single:
		return true
	case *Project:
		return oneRow(n.Input)
	case *Aggregate:
		return len(n.Keys) == 0 && n.Sets == nil
	case *Values:
		return len(n.Rows) == 1
	}
	return false
}

// fromScan tells a plan that workers carry out on a split, up to its top.
func fromScan(n Node) bool {
	switch n := n.(type) {
	case *Scan:
		return true
	case *Filter:
		return fromScan(n.Input)
	case *Project:
		return fromScan(n.Input)
	case *Unnest:
		return fromScan(n.Input)
	}
	return false
}

// sunkTopN brings a TopN below the projection under it, and a copy of it further down.
func sunkTopN(n *TopN) Node {
	if p, ok := n.Input.(*Project); ok {
		if keys := keysBelow(n.Keys, p); keys != nil {
			n.Input, n.Keys = p.Input, keys
			p.Input = sunkTopN(n)
			return p
		}
	}
	n.Input = first(n.Input, n)
	return n
}

// keysBelow gives keys of a projection as keys of its input; nil where one is computed.
func keysBelow(keys []SortKey, p *Project) []SortKey {
	out := slices.Clone(keys)
	for i, k := range keys {
		c, ok := p.Exprs[k.Col].(*Col)
		if !ok {
			return nil
		}
		out[i].Col = c.Index
	}
	return out
}

// first returns n for a TopN above it that keeps its first rows only.
func first(n Node, top *TopN) Node {
	below := func(in Node, keys []SortKey) Node {
		return sunkTopN(&TopN{Input: in, Keys: keys, N: top.N, WithTies: top.WithTies})
	}
	within := func(from, to int) bool {
		return !slices.ContainsFunc(top.Keys, func(k SortKey) bool { return k.Col < from || k.Col >= to })
	}
	switch n := n.(type) {
	case *Scan, *Filter, *Project, *Unnest:
		if fromScan(n) && top.N > 0 && top.N <= topped {
			return &TopN{Input: n, Keys: slices.Clone(top.Keys), N: top.N, WithTies: top.WithTies, Partial: true}
		}
	case *Union:
		for i, in := range n.Ins {
			n.Ins[i] = below(in, slices.Clone(top.Keys))
		}
	case *Join:
		width := len(n.L.Columns())
		switch {
		case n.Single: // a row that would fail must not go
		case (n.Kind == LeftJoin || n.Kind == CrossJoin && oneRow(n.R)) && within(0, width):
			n.L = below(n.L, slices.Clone(top.Keys))
		case n.Kind == RightJoin && within(width, width+len(n.R.Columns())):
			keys := slices.Clone(top.Keys)
			for i := range keys {
				keys[i].Col -= width
			}
			n.R = below(n.R, keys)
		}
	}
	return n
}
