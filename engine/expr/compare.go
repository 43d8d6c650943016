package expr

// Comparison operators, BETWEEN and IN as nodes; the meaning of comparing two
// values is in order.go.

import (
	"math/bits"
	"slices"

	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// compareNode is l op r.
type compareNode struct {
	l     node
	r     *laterArg
	op    plan.CompareOp
	t     types.Type
	pos   sqlerr.Pos
	out   page.Vector
	bools []bool
	nulls []bool
	wideL []decimal.Int128
	wideR []decimal.Int128
	utcL  []int64
	utcR  []int64
}

func newCompare(op plan.CompareOp, l, r types.Type, pos sqlerr.Pos) *compareNode {
	if l.Kind == types.KindUnknown {
		l = r
	}
	return &compareNode{op: op, t: l, pos: pos}
}

func (c *compiler) compare(x *plan.Compare) (node, needs, error) {
	ns, d, err := c.list([]plan.Expr{x.L, x.R})
	if err != nil {
		return nil, d, err
	}
	n := newCompare(x.Op, x.L.Type(), x.R.Type(), x.P)
	n.l, n.r = ns[0], newLaterArg(ns[1])
	return n, d, nil
}

func (n *compareNode) eval(f *frame) (*page.Vector, error) {
	a, err := n.l.eval(f)
	if err != nil {
		return nil, err
	}
	nulls := a.Nulls
	if n.op == plan.OpDistinct || n.op == plan.OpNotDistinct {
		nulls = nil
	} else if a.Phys == page.PhysNone { // NULL in every row
		n.out = page.Vector{Type: types.Boolean, Len: f.n}
		return &n.out, nil
	}
	b, err := n.r.eval(f, nulls)
	if err != nil {
		return nil, err
	}
	return n.compare(f, a, b)
}

// compare computes a op b. Both are of one type; decimals may be held in
// different widths.
func (n *compareNode) compare(f *frame, a, b *page.Vector) (*page.Vector, error) {
	n.bools = sized(n.bools, f.n)
	dst := n.bools
	n.out = page.Vector{Type: types.Boolean, Phys: page.PhysBool, Len: f.n, Bools: dst, Const: a.Const && b.Const}
	distinct := n.op == plan.OpDistinct || n.op == plan.OpNotDistinct
	if a.Phys == page.PhysNone || b.Phys == page.PhysNone {
		if !distinct {
			n.out = page.Vector{Type: types.Boolean, Len: f.n}
			return &n.out, nil
		}
		for i := range dst {
			dst[i] = (a.IsNull(i) == b.IsNull(i)) == (n.op == plan.OpNotDistinct)
		}
		return &n.out, nil
	}
	op := n.op
	if distinct {
		if a.Phys >= page.PhysArray {
			for i := range dst {
				dst[i] = notDistinctAt(a, i, b, i) == (n.op == plan.OpNotDistinct)
			}
			return &n.out, nil
		}
		op = plan.OpEq
	} else {
		n.out.Nulls, n.nulls = mergeNulls(n.nulls, a.Nulls, b.Nulls, f.n)
	}
	switch a.Phys {
	case page.PhysInt64:
		if b.Phys == page.PhysInt128 {
			n.wideL = sized(n.wideL, f.n)
			kernel.Widen(n.wideL, a.I64)
			compareInt128(dst, n.wideL, b.I128, op)
			break
		}
		compareOrdered(dst, a.I64, b.I64, op)
	case page.PhysInt128:
		wide := b.I128
		if b.Phys == page.PhysInt64 {
			n.wideR = sized(n.wideR, f.n)
			kernel.Widen(n.wideR, b.I64)
			wide = n.wideR
		}
		compareInt128(dst, a.I128, wide, op)
	case page.PhysFloat64:
		if distinct {
			kernel.SameFloat64(dst, a.F64, b.F64)
		} else {
			compareOrdered(dst, a.F64, b.F64, op)
		}
	case page.PhysBytes:
		if n.t.Kind == types.KindChar && op != plan.OpEq && op != plan.OpNe {
			compareChars(dst, a.Str, b.Str, op)
		} else {
			compareOrdered(dst, a.Str, b.Str, op)
		}
	case page.PhysBool:
		compareBool(dst, a.Bools, b.Bools, op)
	case page.PhysInstant:
		compareInstant(dst, a.TZ, b.TZ, op)
	case page.PhysTimeTZ:
		n.utcL, n.utcR = sized(n.utcL, f.n), sized(n.utcR, f.n)
		kernel.UTCOfDay(n.utcL, a.TimeTZ[:f.n])
		kernel.UTCOfDay(n.utcR, b.TimeTZ[:f.n])
		compareOrdered(dst, n.utcL, n.utcR, op)
	default:
		return n.containers(f, a, b)
	}
	if distinct {
		kernel.NotDistinct(dst, dst, a.Nulls, b.Nulls)
		if n.op == plan.OpDistinct {
			for i := range dst {
				dst[i] = !dst[i]
			}
		}
	}
	return &n.out, nil
}

// containers compares arrays, maps and rows row by row: the outcome may be
// NULL, and ordering may fail.
func (n *compareNode) containers(f *frame, a, b *page.Vector) (*page.Vector, error) {
	var nulls []bool
	setNull := func(i int) {
		if nulls == nil {
			nulls = make([]bool, f.n)
			copy(nulls, n.out.Nulls)
		}
		nulls[i] = true
	}
	for i := range n.bools {
		if n.out.IsNull(i) {
			continue
		}
		if n.op == plan.OpEq || n.op == plan.OpNe {
			switch equalAt(a, i, b, i) {
			case isTrue:
				n.bools[i] = n.op == plan.OpEq
			case isFalse:
				n.bools[i] = n.op == plan.OpNe
			default:
				setNull(i)
			}
			continue
		}
		c, err := orderAt(a, i, b, i)
		if err != nil {
			if err = f.failed(i, err, n.pos); err != nil {
				return nil, err
			}
			setNull(i)
			continue
		}
		switch n.op {
		case plan.OpLt:
			n.bools[i] = c < 0
		case plan.OpLe:
			n.bools[i] = c <= 0
		case plan.OpGt:
			n.bools[i] = c > 0
		default:
			n.bools[i] = c >= 0
		}
	}
	if nulls != nil {
		n.out.Nulls = nulls
	}
	return &n.out, nil
}

func compareOrdered[T kernel.Ordered](dst []bool, a, b []T, op plan.CompareOp) {
	switch op {
	case plan.OpEq:
		kernel.Equal(dst, a, b)
	case plan.OpNe:
		kernel.NotEqual(dst, a, b)
	case plan.OpLt:
		kernel.Less(dst, a, b)
	case plan.OpLe:
		kernel.LessOrEqual(dst, a, b)
	case plan.OpGt:
		kernel.Less(dst, b, a)
	case plan.OpGe:
		kernel.LessOrEqual(dst, b, a)
	}
}

func compareInt128(dst []bool, a, b []decimal.Int128, op plan.CompareOp) {
	switch op {
	case plan.OpEq:
		kernel.EqualInt128(dst, a, b)
	case plan.OpNe:
		kernel.NotEqualInt128(dst, a, b)
	case plan.OpLt:
		kernel.LessInt128(dst, a, b)
	case plan.OpLe:
		kernel.LessOrEqualInt128(dst, a, b)
	case plan.OpGt:
		kernel.LessInt128(dst, b, a)
	case plan.OpGe:
		kernel.LessOrEqualInt128(dst, b, a)
	}
}

func compareInstant(dst []bool, a, b []types.Instant, op plan.CompareOp) {
	switch op {
	case plan.OpEq:
		kernel.EqualInstant(dst, a, b)
	case plan.OpNe:
		kernel.NotEqualInstant(dst, a, b)
	case plan.OpLt:
		kernel.LessInstant(dst, a, b)
	case plan.OpLe:
		kernel.LessOrEqualInstant(dst, a, b)
	case plan.OpGt:
		kernel.LessInstant(dst, b, a)
	case plan.OpGe:
		kernel.LessOrEqualInstant(dst, b, a)
	}
}

func compareBool(dst, a, b []bool, op plan.CompareOp) {
	switch op {
	case plan.OpEq:
		kernel.EqualBool(dst, a, b)
	case plan.OpNe:
		kernel.NotEqualBool(dst, a, b)
	case plan.OpLt:
		kernel.LessBool(dst, a, b)
	case plan.OpLe:
		kernel.LessOrEqualBool(dst, a, b)
	case plan.OpGt:
		kernel.LessBool(dst, b, a)
	case plan.OpGe:
		kernel.LessOrEqualBool(dst, b, a)
	}
}

// compareChars orders char values as if they were padded with blanks.
func compareChars(dst []bool, a, b []string, op plan.CompareOp) {
	for i := range dst {
		c := comparePadded(a[i], b[i])
		switch op {
		case plan.OpLt:
			dst[i] = c < 0
		case plan.OpLe:
			dst[i] = c <= 0
		case plan.OpGt:
			dst[i] = c > 0
		default:
			dst[i] = c >= 0
		}
	}
}

// sharedNode hands on a vector computed over one frame to that frame and to
// frames narrowed from it.
type sharedNode struct {
	of  *frame
	v   *page.Vector
	out page.Vector
}

func (n *sharedNode) eval(f *frame) (*page.Vector, error) {
	if f == n.of {
		return n.v, nil
	}
	if f.parent != n.of {
		panic("BUG: shared value asked for by a stranger")
	}
	page.GatherInto(&n.out, n.v, f.rows)
	return &n.out, nil
}

// between compiles x BETWEEN lo AND hi as x >= lo AND x <= hi: hi is evaluated
// only for the rows that the first comparison leaves open.
func (c *compiler) between(x *plan.Between) (node, needs, error) {
	ns, d, err := c.list([]plan.Expr{x.X, x.Lo, x.Hi})
	if err != nil {
		return nil, d, err
	}
	t := x.X.Type()
	shared := &sharedNode{}
	ge, le := newCompare(plan.OpGe, t, x.Lo.Type(), x.P), newCompare(plan.OpLe, t, x.Hi.Type(), x.P)
	ge.l, ge.r = shared, newLaterArg(ns[1])
	le.l, le.r = shared, newLaterArg(ns[2])
	return &sharedX{x: ns[0], shared: shared, rest: newLogic([]node{ge, le}, false)}, d, nil
}

// sharedX evaluates x once for an expression that uses it several times.
type sharedX struct {
	x      node
	shared *sharedNode
	rest   node
}

func (n *sharedX) eval(f *frame) (*page.Vector, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	n.shared.of, n.shared.v = f, v
	return n.rest.eval(f)
}

// in compiles X IN (List): an OR of equalities, evaluated lazily, or a look-up
// where the list holds only constants.
func (c *compiler) in(x *plan.In) (node, needs, error) {
	xn, d, err := c.compile(x.X)
	if err != nil {
		return nil, d, err
	}
	ns, dl, err := c.list(x.List)
	if err != nil {
		return nil, d, err
	}
	d.add(dl)
	if set := newInSet(xn, ns, x.X.Type()); set != nil {
		return set, d, nil
	}
	shared := &sharedNode{}
	terms := make([]node, len(ns))
	for k, e := range ns {
		eq := newCompare(plan.OpEq, x.X.Type(), x.List[k].Type(), x.P)
		eq.l, eq.r = shared, newLaterArg(e)
		terms[k] = eq
	}
	rest := node(newLogic(terms, true))
	if len(terms) == 1 {
		rest = terms[0]
	}
	return &sharedX{x: xn, shared: shared, rest: rest}, d, nil
}

// inSetNode is X IN (constants) over a type whose equality is Go's.
type inSetNode struct {
	x       node
	hasNull bool // among the constants: then no match means NULL
	ints    intSet
	strs    map[string]struct{}
	bigs    map[decimal.Int128]struct{}
	out     page.Vector
	bools   []bool
	nulls   []bool
}

// newInSet returns nil where a look-up is not possible or not worth it.
func newInSet(x node, list []node, t types.Type) node {
	phys := page.PhysOf(t)
	if len(list) < 3 || phys != page.PhysInt64 && phys != page.PhysBytes && phys != page.PhysInt128 {
		return nil
	}
	n := &inSetNode{x: x, strs: map[string]struct{}{}, bigs: map[decimal.Int128]struct{}{}}
	var ints []int64
	for _, e := range list {
		c, ok := e.(*constNode)
		if !ok {
			return nil
		}
		switch {
		case c.one.IsNull(0):
			n.hasNull = true
		case c.one.Phys == page.PhysBytes:
			n.strs[c.one.Str[0]] = struct{}{}
		case c.one.Phys == page.PhysInt64 && phys == page.PhysInt64:
			ints = append(ints, c.one.I64[0])
		default:
			v := c.one.Int128At(0)
			n.bigs[v] = struct{}{}
			if v.IsInt64() {
				ints = append(ints, v.Int64())
			}
		}
	}
	n.ints = newIntSet(ints)
	return n
}

func (n *inSetNode) eval(f *frame) (*page.Vector, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	if v.Phys == page.PhysNone {
		n.out = page.Vector{Type: types.Boolean, Len: f.n}
		return &n.out, nil
	}
	n.bools = sized(n.bools, f.n)
	switch v.Phys {
	case page.PhysInt64:
		for i, x := range v.I64[:f.n] {
			n.bools[i] = n.ints.has(x)
		}
	case page.PhysInt128:
		for i, x := range v.I128[:f.n] {
			_, n.bools[i] = n.bigs[x]
		}
	case page.PhysBytes:
		for i, x := range v.Str[:f.n] {
			_, n.bools[i] = n.strs[x]
		}
	}
	n.out = page.Vector{Type: types.Boolean, Phys: page.PhysBool, Len: f.n, Bools: n.bools, Nulls: v.Nulls, Const: v.Const}
	if n.hasNull {
		n.nulls = sized(n.nulls, f.n)
		for i, hit := range n.bools {
			n.nulls[i] = !hit || v.IsNull(i)
		}
		n.out.Nulls = n.nulls
	}
	return &n.out, nil
}

// intSet is a set of integers that are known beforehand: a bitmap where they lie
// close together, else a hash table with room to spare.
type intSet struct {
	lo    int64
	bits  []uint64
	slots []int64
	used  []bool
	shift uint
}

// maxBitmap is the widest range of a bitmap, in values: 8 kB stay in L1.
const maxBitmap = 1 << 16

func newIntSet(vals []int64) intSet {
	var s intSet
	if len(vals) == 0 {
		return s
	}
	lo, hi := slices.Min(vals), slices.Max(vals)
	if span := uint64(hi) - uint64(lo); span < maxBitmap {
		s.lo, s.bits = lo, make([]uint64, span/64+1)
		for _, v := range vals {
			d := uint64(v) - uint64(lo)
			s.bits[d/64] |= 1 << (d % 64)
		}
		return s
	}
	size := 1 << bits.Len(uint(4*len(vals)))
	s.slots, s.used, s.shift = make([]int64, size), make([]bool, size), uint(64-bits.TrailingZeros(uint(size)))
	for _, v := range vals {
		at := s.slot(v)
		for s.used[at] && s.slots[at] != v {
			at = (at + 1) & (size - 1)
		}
		s.slots[at], s.used[at] = v, true
	}
	return s
}

// slot is where a value's search begins: the high bits of a multiplication by
// 2^64 over the golden ratio.
func (s *intSet) slot(v int64) int { return int(uint64(v) * 0x9e3779b97f4a7c15 >> s.shift) }

func (s *intSet) has(v int64) bool {
	if s.bits != nil {
		d := uint64(v) - uint64(s.lo)
		return d/64 < uint64(len(s.bits)) && s.bits[d/64]>>(d%64)&1 != 0
	}
	if s.slots == nil {
		return false
	}
	for at := s.slot(v); s.used[at]; at = (at + 1) & (len(s.slots) - 1) {
		if s.slots[at] == v {
			return true
		}
	}
	return false
}
