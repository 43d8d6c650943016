package expr

// AND, OR, NOT, IS NULL, TRY: three-valued and lazy.

import (
	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

// logicNode is AND (or false) or OR (or true) of several terms. A later term is
// evaluated only for the rows that the earlier ones left open: those that are
// not yet false (AND) or true (OR); NULL stays open, as in Trino, where the
// right side of NULL AND x is evaluated and may fail.
type logicNode struct {
	terms []node
	or    bool
	out   page.Vector
	bools []bool
	nulls []bool
	open  []int32
	sub   []frame // one a term: what the earlier ones left open
	total []bool  // of each term, see total
}

// total reports whether n is cheap and never fails, so that it may as well be
// computed for rows that do not need it.
func total(n node) bool {
	switch n := n.(type) {
	case *colNode, *constNode, *sharedNode, *varNode:
		return true
	case *compareNode:
		phys := page.PhysOf(n.t)
		return phys != page.PhysNone && phys < page.PhysArray && total(n.l) && total(n.r.n)
	case *isNullNode:
		return total(n.x)
	case *notNode:
		return total(n.x)
	case *inSetNode:
		return total(n.x)
	case *commonNode:
		return total(n.own)
	case *logicNode:
		for _, ok := range n.total {
			if !ok {
				return false
			}
		}
		return true
	}
	return false
}

func newLogic(terms []node, or bool) *logicNode {
	n := &logicNode{terms: terms, or: or, sub: make([]frame, len(terms))}
	for _, t := range terms {
		n.total = append(n.total, t != nil && total(t))
	}
	return n
}

func (n *logicNode) eval(f *frame) (*page.Vector, error) {
	n.bools, n.nulls = sized(n.bools, f.n), sized(n.nulls, f.n)
	vals, nulls := n.bools, n.nulls
	v, err := n.terms[0].eval(f)
	if err != nil {
		return nil, err
	}
	anyNull := false
	switch {
	case v.Phys == page.PhysNone:
		allNull(nulls, f.n)
		for i := range vals {
			vals[i] = false
		}
		anyNull = f.n > 0
	case v.Nulls == nil:
		copy(vals, v.Bools[:f.n])
		clear(nulls)
	default:
		for i := range vals {
			vals[i] = v.Bools[i] && !v.Nulls[i]
			nulls[i] = v.Nulls[i]
			anyNull = anyNull || v.Nulls[i]
		}
	}
	for k, t := range n.terms[1:] {
		if n.total[k+1] && n.mostOpen(f.n, anyNull) {
			v, err := t.eval(f)
			if err != nil {
				return nil, err
			}
			if v.Phys != page.PhysNone {
				anyNull = n.combine(v, anyNull)
				continue
			}
		}
		open := sized(n.open, f.n)
		at := 0
		for i := range vals {
			open[at] = int32(i)
			at += b2i(vals[i] != n.or || nulls[i])
		}
		n.open = open[:at]
		if at == 0 {
			break
		}
		g := f
		if at < f.n {
			g = n.sub[k].narrow(f, n.open)
		}
		v, err := t.eval(g)
		if err != nil {
			return nil, err
		}
		anyNull = false
		for j := range at {
			i := int(open[j])
			isNull := v.IsNull(j)
			switch {
			case !isNull && v.Bools[j] == n.or: // decides
				vals[i], nulls[i] = n.or, false
			case isNull || nulls[i]:
				vals[i], nulls[i] = false, true
				anyNull = true
			default:
				vals[i] = !n.or
			}
		}
	}
	n.out = page.Vector{Type: types.Boolean, Phys: page.PhysBool, Len: f.n, Bools: vals}
	if anyNull {
		n.out.Nulls = nulls
	}
	return &n.out, nil
}

// mostOpen reports whether a quarter of the rows or more are undecided: below
// that, computing only those is cheaper.
func (n *logicNode) mostOpen(rows int, anyNull bool) bool {
	if anyNull {
		return true
	}
	open := kernel.CountTrue(n.bools)
	if n.or {
		open = rows - open
	}
	return open*4 >= rows
}

// combine folds a term computed for all rows into the outcome.
func (n *logicNode) combine(v *page.Vector, anyNull bool) bool {
	var nulls []bool
	if anyNull {
		nulls = n.nulls
	}
	var vNulls []bool
	if v.Nulls != nil {
		vNulls = v.Nulls[:len(n.bools)]
	}
	if n.or {
		return kernel.Or(n.bools, n.nulls, n.bools, nulls, v.Bools[:len(n.bools)], vNulls)
	}
	return kernel.And(n.bools, n.nulls, n.bools, nulls, v.Bools[:len(n.bools)], vNulls)
}

// notNode negates.
type notNode struct {
	x     node
	out   page.Vector
	bools []bool
}

func (n *notNode) eval(f *frame) (*page.Vector, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	n.bools = sized(n.bools, f.n)
	n.out = page.Vector{Type: types.Boolean, Phys: page.PhysBool, Len: f.n, Bools: n.bools, Nulls: v.Nulls, Const: v.Const}
	if v.Phys == page.PhysNone {
		n.out = page.Vector{Type: types.Boolean, Len: f.n}
		return &n.out, nil
	}
	for i, b := range v.Bools[:f.n] {
		n.bools[i] = !b
	}
	return &n.out, nil
}

// isNullNode is IS NULL.
type isNullNode struct {
	x     node
	out   page.Vector
	bools []bool
}

func (n *isNullNode) eval(f *frame) (*page.Vector, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	n.bools = sized(n.bools, f.n)
	switch {
	case v.Phys == page.PhysNone:
		allNull(n.bools, f.n)
	case v.Nulls == nil:
		clear(n.bools)
	default:
		copy(n.bools, v.Nulls[:f.n])
	}
	n.out = page.Vector{Type: types.Boolean, Phys: page.PhysBool, Len: f.n, Bools: n.bools}
	return &n.out, nil
}

// tryNode is TRY: NULL in the rows in which something below failed with one of
// the four codes.
type tryNode struct {
	x     node
	g     frame
	state tryState
	out   page.Vector
	nulls []bool
}

func (n *tryNode) eval(f *frame) (*page.Vector, error) {
	// A frame of its own, with all rows of f, so that a TRY around this one
	// keeps its own state.
	g := n.g.alias(f)
	n.state.bad = sized(n.state.bad, f.n)
	clear(n.state.bad)
	n.state.root, n.state.any, n.state.up = g, false, f.try
	g.try = &n.state
	v, err := n.x.eval(g)
	if err != nil || !n.state.any {
		return v, err
	}
	n.out = *v
	n.out.Const = false
	n.out.Nulls, n.nulls = mergeNulls(n.nulls, n.state.bad, v.Nulls, f.n)
	if v.Phys == page.PhysArray || v.Phys == page.PhysMap {
		return emptyNulls(&n.out), nil
	}
	return &n.out, nil
}

// laterArg is an argument of an operation that is NULL where an earlier argument
// is, and does not evaluate this one there.
type laterArg struct {
	n     node
	fails bool // mayFail(n)
	g     frame
	mask  tryState
}

func newLaterArg(n node) *laterArg { return &laterArg{n: n, fails: mayFail(n)} }

// eval evaluates the argument; failures in the rows of nulls do not count.
func (a *laterArg) eval(f *frame, nulls []bool) (*page.Vector, error) {
	if !a.fails || nulls == nil {
		return a.n.eval(f)
	}
	g := a.g.alias(f)
	a.mask = tryState{root: g, bad: nulls, mask: true, up: f.try}
	g.try = &a.mask
	return a.n.eval(g)
}

// mayFail reports whether evaluating n can end in an error.
func mayFail(n node) bool {
	anyOf := func(ns ...node) bool {
		for _, n := range ns {
			if n != nil && mayFail(n) {
				return true
			}
		}
		return false
	}
	switch n := n.(type) {
	case *colNode, *constNode, *varNode, *sharedNode, *givenNode, *outerNode, *tryNode:
		return false
	case *compareNode:
		return page.PhysOf(n.t) >= page.PhysArray || anyOf(n.l, n.r.n)
	case *arithNode:
		if n.t.Kind != types.KindReal && n.t.Kind != types.KindDouble {
			return true
		}
		return anyOf(n.l) || n.r != nil && anyOf(n.r.n)
	case *castNode:
		toFloat := n.vector != nil && (n.to.Kind == types.KindDouble || n.to.Kind == types.KindReal || n.to.Kind == types.KindBoolean)
		return !n.relabel && !n.safe && !toFloat || anyOf(n.x)
	case *logicNode:
		return anyOf(n.terms...)
	case *notNode:
		return anyOf(n.x)
	case *isNullNode:
		return anyOf(n.x)
	case *inSetNode:
		return anyOf(n.x)
	case *sharedX:
		return anyOf(n.x, n.rest)
	case *commonNode:
		return anyOf(n.own)
	case *derefNode:
		return anyOf(n.x)
	case *rowNode:
		return anyOf(n.fields...)
	case *arrayNode:
		return anyOf(n.elems...)
	case *coalesceNode:
		return anyOf(n.args...)
	case *caseNode:
		return anyOf(n.conds...) || anyOf(n.thens...) || anyOf(n.operand, n.els)
	}
	return true
}

// emptyNulls copies v where a NULL row's range of elements is not empty, which
// the contract of containers asks for.
func emptyNulls(v *page.Vector) *page.Vector {
	for i := range v.Len {
		if v.IsNull(i) && v.Off[i] != v.Off[i+1] {
			return page.Clone(v)
		}
	}
	return v
}

var identityRows = func() []int32 {
	rows := make([]int32, page.DefaultRows)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}()

// identity returns 0, 1, ... n-1. The caller does not change it.
func identity(n int) []int32 {
	if n <= len(identityRows) {
		return identityRows[:n]
	}
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}
