package expr

// CASE, IF, COALESCE and NULLIF: branches are evaluated only for the rows that
// reach them, over narrowed frames, and merged.

import (
	"slices"

	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// merger puts the values of several branches together in row order.
type merger struct {
	t     types.Type
	out   page.Vector // where the branches' values are scattered to
	rows  int         // rows that have a branch so far
	first *page.Vector

	i64   []int64
	f64   []float64
	bools []bool
	strs  []string
	i128  []decimal.Int128
	nulls []bool

	// Values of the other forms are put together at the end, row by row.
	b      *page.Builder
	branch []int32 // of each row: index into vecs, -1 for NULL
	at     []int32 // row in that branch's vector
	vecs   []*page.Vector
}

func newMerger(t types.Type) *merger { return &merger{t: t} }

// start begins a result of n rows, all NULL so far.
func (m *merger) start(n int) {
	phys := page.PhysOf(m.t)
	if m.t.Kind == types.KindDecimal {
		phys = page.PhysInt64 // until a branch comes in 128 bits
	}
	m.out = page.Vector{Type: m.t, Phys: phys, Len: n}
	m.rows, m.first = 0, nil
	switch phys {
	case page.PhysInt64:
		m.i64 = sized(m.i64, n)
		m.out.I64 = m.i64
	case page.PhysFloat64:
		m.f64 = sized(m.f64, n)
		m.out.F64 = m.f64
	case page.PhysBool:
		m.bools = sized(m.bools, n)
		m.out.Bools = m.bools
	case page.PhysBytes:
		m.strs = sized(m.strs, n)
		m.out.Str = m.strs
	case page.PhysNone:
		return
	default:
		m.branch, m.at, m.vecs = sized(m.branch, n), sized(m.at, n), m.vecs[:0]
		for i := range m.branch {
			m.branch[i] = -1
		}
		return
	}
	m.nulls = allNull(m.nulls, n)
	m.out.Nulls = m.nulls
}

// add says that the given rows have the values of v, in order. A row may come
// again: the later value counts.
func (m *merger) add(rows []int32, v *page.Vector) {
	if m.rows == 0 {
		m.first = v
	}
	m.rows += len(rows)
	if m.out.Phys == page.PhysNone {
		return
	}
	if m.out.Nulls == nil {
		k := int32(len(m.vecs))
		m.vecs = append(m.vecs, v)
		for j, r := range rows {
			m.branch[r], m.at[r] = k, int32(j)
		}
		return
	}
	nulls := m.out.Nulls
	switch {
	case v.Phys == page.PhysNone:
		for _, r := range rows {
			nulls[r] = true
		}
		return
	case v.Nulls == nil:
		for _, r := range rows {
			nulls[r] = false
		}
	default:
		for j, r := range rows {
			nulls[r] = v.Nulls[j]
		}
	}
	if v.Phys == page.PhysInt128 && m.out.Phys == page.PhysInt64 {
		m.i128 = sized(m.i128, m.out.Len)
		kernel.Widen(m.i128, m.out.I64)
		m.out.Phys, m.out.I128, m.out.I64 = page.PhysInt128, m.i128, nil
	}
	switch m.out.Phys {
	case page.PhysInt64:
		scatter(m.out.I64, rows, v.I64)
	case page.PhysFloat64:
		scatter(m.out.F64, rows, v.F64)
	case page.PhysBool:
		scatter(m.out.Bools, rows, v.Bools)
	case page.PhysBytes:
		scatter(m.out.Str, rows, v.Str)
	case page.PhysInt128:
		if v.Phys == page.PhysInt128 {
			scatter(m.out.I128, rows, v.I128)
			break
		}
		for j, r := range rows {
			m.out.I128[r] = decimal.FromInt64(v.I64[j])
		}
	}
}

func scatter[T any](dst []T, rows []int32, src []T) {
	src = src[:len(rows)]
	for j, r := range rows {
		dst[r] = src[j]
	}
}

// finish returns the merged vector.
func (m *merger) finish(n int) *page.Vector {
	switch {
	case m.out.Phys == page.PhysNone:
		return &m.out
	case m.out.Nulls != nil:
		if !kernel.AnyTrue(m.out.Nulls) {
			m.out.Nulls = nil
		}
		return &m.out
	case len(m.vecs) == 1 && m.rows == n && m.first.Phys == m.out.Phys:
		return m.first
	}
	if m.b == nil {
		m.b = page.NewBuilder(m.t)
	}
	m.b.Reset()
	for i := range n {
		if k := m.branch[i]; k < 0 {
			m.b.Null()
		} else {
			m.b.Append(m.vecs[k], int(m.at[i]))
		}
	}
	return m.b.Vector()
}

// caseNode is a searched CASE, or a simple one when operand is not nil.
type caseNode struct {
	operand node
	equals  []*compareNode // simple: operand = cond
	conds   []node
	thens   []node
	els     node // may be nil
	sub     []frame
	thenSub []frame
	elsSub  frame
	open    [2][]int32
	hit     []int32
	none    []int32 // rows in which the operand of a simple CASE is NULL
	some    []int32 // the others
	m       *merger
}

func (c *compiler) caseOf(x *plan.Case) (node, needs, error) {
	n := &caseNode{m: newMerger(x.T), sub: make([]frame, len(x.Whens)), thenSub: make([]frame, len(x.Whens))}
	var all needs
	one := func(x plan.Expr) (node, error) {
		n, d, err := c.compile(x)
		all.add(d)
		return n, err
	}
	var err error
	if x.X != nil {
		if n.operand, err = one(x.X); err != nil {
			return nil, all, err
		}
	}
	for _, w := range x.Whens {
		cond, err := one(w.Cond)
		if err != nil {
			return nil, all, err
		}
		then, err := one(w.Then)
		if err != nil {
			return nil, all, err
		}
		n.conds, n.thens = append(n.conds, cond), append(n.thens, then)
		if x.X != nil {
			n.equals = append(n.equals, newCompare(plan.OpEq, x.X.Type(), w.Cond.Type(), w.Cond.Pos()))
		}
	}
	if x.Else != nil {
		if n.els, err = one(x.Else); err != nil {
			return nil, all, err
		}
	}
	return n, all, nil
}

func (n *caseNode) eval(f *frame) (*page.Vector, error) {
	n.m.start(f.n)
	var operand *page.Vector
	var err error
	if n.operand != nil {
		if operand, err = n.operand.eval(f); err != nil {
			return nil, err
		}
	}
	open := identity(f.n)
	n.none = n.none[:0]
	if operand != nil && operand.HasNulls() { // those rows go to ELSE at once
		some := n.some[:0]
		for i := range f.n {
			if operand.IsNull(i) {
				n.none = append(n.none, int32(i))
			} else {
				some = append(some, int32(i))
			}
		}
		n.some, open = some, some
	}
	var narrowed page.Vector
	for k, cond := range n.conds {
		if len(open) == 0 {
			break
		}
		g := f
		if len(open) < f.n {
			g = n.sub[k].narrow(f, open)
		}
		v, err := cond.eval(g)
		if err != nil {
			return nil, err
		}
		if operand != nil {
			left := operand
			if g != f {
				page.GatherInto(&narrowed, operand, open)
				left = &narrowed
			}
			if v, err = n.equals[k].compare(g, left, v); err != nil {
				return nil, err
			}
		}
		hit := sized(n.hit, len(open))[:0]
		rest := sized(n.open[k&1], len(open))[:0]
		if v.Phys == page.PhysNone {
			continue
		}
		hit, rest = hit[:len(open)], rest[:len(open)]
		h, o := 0, 0
		for j, r := range open {
			is := b2i(v.Bools[j] && (v.Nulls == nil || !v.Nulls[j]))
			hit[h], rest[o] = r, r
			h += is
			o += 1 - is
		}
		hit, rest = hit[:h], rest[:o]
		n.hit, n.open[k&1] = hit, rest
		open = rest
		if len(hit) > 0 {
			if err := n.take(f, &n.thenSub[k], n.thens[k], hit); err != nil {
				return nil, err
			}
		}
	}
	if len(n.none) > 0 {
		n.none = append(n.none, open...)
		slices.Sort(n.none)
		open = n.none
	}
	if n.els != nil && len(open) > 0 {
		if err := n.take(f, &n.elsSub, n.els, open); err != nil {
			return nil, err
		}
	}
	return n.m.finish(f.n), nil
}

// take evaluates a branch for the given rows.
func (n *caseNode) take(f, sub *frame, branch node, rows []int32) error {
	g := f
	if len(rows) < f.n {
		g = sub.narrow(f, rows)
	}
	v, err := branch.eval(g)
	if err == nil {
		n.m.add(rows, v)
	}
	return err
}

// coalesceNode is the first argument that is not NULL.
type coalesceNode struct {
	args []node
	sub  []frame
	open [2][]int32
	m    *merger
}

func (n *coalesceNode) eval(f *frame) (*page.Vector, error) {
	first, err := n.args[0].eval(f)
	if err != nil || !first.HasNulls() {
		return first, err
	}
	n.m.start(f.n)
	n.m.add(identity(f.n), first)
	open := sized(n.open[0], f.n)[:0]
	for i := range f.n {
		if first.IsNull(i) {
			open = append(open, int32(i))
		}
	}
	n.open[0] = open
	for k, x := range n.args[1:] {
		if len(open) == 0 {
			break
		}
		g := f
		if len(open) < f.n {
			g = n.sub[k].narrow(f, open)
		}
		v, err := x.eval(g)
		if err != nil {
			return nil, err
		}
		n.m.add(open, v)
		rest := sized(n.open[(k+1)&1], len(open))[:0]
		for j, r := range open {
			if v.IsNull(j) {
				rest = append(rest, r)
			}
		}
		n.open[(k+1)&1] = rest
		open = rest
	}
	return n.m.finish(f.n), nil
}

// nullIfNode is NULL where a equals b, else a.
type nullIfNode struct {
	a      node
	b      *laterArg
	ca, cb node // of the compared forms of a and b; nil: as they are
	aIn    *givenNode
	bIn    *givenNode
	eq     *compareNode
	out    page.Vector
	nulls  []bool
}

// givenNode hands on a vector that another node computed.
type givenNode struct{ v *page.Vector }

func (n *givenNode) eval(*frame) (*page.Vector, error) { return n.v, nil }

func (c *compiler) nullIf(x *plan.NullIf) (node, needs, error) {
	a, d, err := c.compile(x.A)
	if err != nil {
		return nil, d, err
	}
	b, db, err := c.compile(x.B)
	if err != nil {
		return nil, d, err
	}
	d.add(db)
	n := &nullIfNode{a: a, b: newLaterArg(b), eq: newCompare(plan.OpEq, x.CmpType, x.CmpType, x.P)}
	side := func(y plan.Expr) (node, *givenNode, error) {
		if y.Type() == x.CmpType {
			return nil, nil, nil
		}
		in := &givenNode{}
		cast, err := newCastNode(in, y.Type(), x.CmpType, false, y.Pos(), c.env)
		return cast, in, err
	}
	if n.ca, n.aIn, err = side(x.A); err != nil {
		return nil, d, err
	}
	n.cb, n.bIn, err = side(x.B)
	return n, d, err
}

func (n *nullIfNode) eval(f *frame) (*page.Vector, error) {
	a, err := n.a.eval(f)
	if err != nil || a.Phys == page.PhysNone {
		return a, err
	}
	b, err := n.b.eval(f, a.Nulls)
	if err != nil {
		return nil, err
	}
	x, y := a, b
	if n.ca != nil {
		n.aIn.v = a
		if x, err = n.ca.eval(f); err != nil {
			return nil, err
		}
	}
	if n.cb != nil {
		n.bIn.v = b
		if y, err = n.cb.eval(f); err != nil {
			return nil, err
		}
	}
	same, err := n.eq.compare(f, x, y)
	if err != nil {
		return nil, err
	}
	n.nulls = sized(n.nulls, f.n)
	anyNull := false
	for i := range n.nulls {
		n.nulls[i] = a.IsNull(i) || !same.IsNull(i) && same.Bools[i]
		anyNull = anyNull || n.nulls[i]
	}
	if !anyNull {
		return a, nil
	}
	n.out = *a
	n.out.Nulls, n.out.Const = n.nulls, false
	if n.out.Phys == page.PhysArray || n.out.Phys == page.PhysMap {
		return emptyNulls(&n.out), nil
	}
	return &n.out, nil
}
