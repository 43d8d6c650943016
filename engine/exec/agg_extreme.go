package exec

// min, max, bool_and, bool_or; min_by, max_by, arbitrary.

import (
	"math"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// newExtreme returns min or max of a type: a loop over plain values where there
// is one, else a pick.
func newExtreme(t types.Type, greatest bool) accumulator {
	if t.Kind == types.KindChar {
		return newPick([]types.Type{t, t}, greatest)
	}
	put := func(b *page.Builder, x decimal.Int128) { b.Int128(x) }
	switch page.PhysOf(t) {
	case page.PhysBool:
		return &extreme[bool]{
			t:    t,
			fold: either(greatest, kernel.MaxBoolByGroup, kernel.MinBoolByGroup),
			vals: func(v *page.Vector) []bool { return v.Bools }, put: (*page.Builder).Bool,
			wins: func(a, b bool) bool { return a != b && a == greatest },
		}
	case page.PhysInt64:
		return &extreme[int64]{
			t:    t,
			fold: either(greatest, kernel.MaxByGroup, kernel.MinByGroup),
			vals: func(v *page.Vector) []int64 { return v.I64 }, put: (*page.Builder).Int64,
			wins: func(a, b int64) bool { return a != b && (a > b) == greatest },
			of:   func(x int64) int64 { return x }, greatest: greatest,
		}
	case page.PhysFloat64:
		return &extreme[float64]{
			t:    t,
			fold: either(greatest, kernel.MaxFloat64ByGroup, kernel.MinFloat64ByGroup),
			vals: func(v *page.Vector) []float64 { return v.F64 }, put: (*page.Builder).Float64,
			wins: func(a, b float64) bool { // NaN never wins: see the kernels
				if math.IsNaN(a) || math.IsNaN(b) {
					return !math.IsNaN(a)
				}
				return a != b && (a > b) == greatest
			},
		}
	case page.PhysInt128:
		e := &extreme[decimal.Int128]{
			t:    t,
			fold: either(greatest, kernel.MaxInt128ByGroup, kernel.MinInt128ByGroup), put: put,
			wins: func(a, b decimal.Int128) bool { return a != b && (a.Cmp(b) > 0) == greatest },
			of:   decimal.FromInt64, greatest: greatest,
		}
		var mem []decimal.Int128
		e.vals = func(v *page.Vector) []decimal.Int128 {
			if v.Phys == page.PhysInt128 {
				return v.I128
			}
			mem = resized(mem, v.Len)
			kernel.Widen(mem, v.I64[:v.Len])
			return mem
		}
		return e
	case page.PhysInstant:
		return &extreme[types.Instant]{
			t:    t,
			fold: either(greatest, kernel.MaxInstantByGroup, kernel.MinInstantByGroup),
			vals: func(v *page.Vector) []types.Instant { return v.TZ }, put: (*page.Builder).Instant,
			wins: func(a, b types.Instant) bool { c := a.Compare(b); return c != 0 && (c > 0) == greatest },
		}
	case page.PhysBytes:
		return &extreme[string]{
			t:    t,
			fold: either(greatest, kernel.MaxStringByGroup, kernel.MinStringByGroup),
			vals: func(v *page.Vector) []string { return v.Str }, put: (*page.Builder).String,
			wins: func(a, b string) bool { return a != b && (a > b) == greatest },
		}
	}
	return newPick([]types.Type{t, t}, greatest)
}

type foldFunc[T any] = func(st []kernel.Extreme[T], groups []uint32, vals []T, nulls []bool)

func either[F any](first bool, a, b F) F {
	if first {
		return a
	}
	return b
}

// extreme is min or max by a kernel. The function values are called once a page
// or once a group, never once a row.
type extreme[T any] struct {
	t    types.Type
	st   []kernel.Extreme[T]
	fold foldFunc[T]
	vals func(*page.Vector) []T
	put  func(*page.Builder, T)
	wins func(a, b T) bool // whether a later a replaces b
	// Of types whose values may be held as integers (total.go).
	of       func(int64) T
	greatest bool
}

func (e *extreme[T]) grow(n int) { e.st = grown(e.st, n) }

func (e *extreme[T]) add(groups []uint32, args []*page.Vector) error {
	v := args[0]
	if v.Phys != page.PhysNone {
		e.fold(e.st, groups, e.vals(v)[:len(groups)], v.Nulls)
	}
	return nil
}

func (e *extreme[T]) merge(groups []uint32, other accumulator) error {
	o := other.(*extreme[T])
	for i, g := range groups {
		if x := o.st[i]; x.Seen && (!e.st[g].Seen || e.wins(x.Value, e.st[g].Value)) {
			e.st[g] = x
		}
	}
	return nil
}

// free tells apart the types whose equal values are one value.
func (e *extreme[T]) free() bool {
	p := page.PhysOf(e.t)
	return p != page.PhysFloat64 && p != page.PhysInstant
}

func (e *extreme[T]) mergeSome(dst []uint32, other accumulator, src []uint32) {
	o := other.(*extreme[T])
	for i, g := range dst {
		if x := o.st[src[i]]; x.Seen && (!e.st[g].Seen || e.wins(x.Value, e.st[g].Value)) {
			e.st[g] = x
		}
	}
}

func (e *extreme[T]) result(g int, out *page.Builder) error {
	if !e.st[g].Seen {
		out.Null()
		return nil
	}
	e.put(out, e.st[g].Value)
	return nil
}

// pick keeps one row of each group: of a value and a key the one whose key is
// least or greatest, the first of equal ones (min_by, max_by, and min and max of
// containers); without a key the first value that is not NULL (arbitrary). Rows
// live in builders that are cleaned of replaced ones now and then.
type pick struct {
	value, key *page.Builder // key is nil without one, and value's where they are the same
	at         []int32       // 1 + the group's row; 0 for none
	greatest   bool
	types      []types.Type
}

func newPick(args []types.Type, greatest bool) *pick {
	p := &pick{types: args, greatest: greatest}
	p.fresh()
	return p
}

func (p *pick) fresh() {
	p.value, p.key = page.NewBuilder(p.types[0]), nil
	if len(p.types) > 1 {
		p.key = page.NewBuilder(p.types[1])
	}
}

func (p *pick) grow(n int) { p.at = grown(p.at, n) }

func (p *pick) add(groups []uint32, args []*page.Vector) error {
	value := args[0]
	key := value // min(x) of a container is min_by(x, x)
	if len(args) > 1 {
		key = args[1]
	}
	if key.Phys == page.PhysNone {
		return nil
	}
	for i, g := range groups {
		if key.IsNull(i) {
			continue
		}
		if err := p.put(g, value, key, i); err != nil {
			return err
		}
	}
	p.clean()
	return nil
}

func (p *pick) put(g uint32, value, key *page.Vector, i int) error {
	if at := p.at[g]; at > 0 {
		if p.key == nil {
			return nil
		}
		kv, k := p.key.Vector(), int(at-1)
		if err := expr.CheckOrder(key, i, kv, k); err != nil {
			return err
		}
		if p.greatest {
			if expr.CompareNaNFirst(key, i, kv, k) <= 0 {
				return nil
			}
		} else if expr.CompareValues(key, i, kv, k) >= 0 {
			return nil
		}
	}
	appendOne(p.value, value, i)
	if p.key != nil {
		p.key.Append(key, i)
	}
	p.at[g] = int32(p.value.Len())
	return nil
}

// clean rebuilds the builders when most of their rows are replaced ones.
func (p *pick) clean() {
	if p.value.Len() < 4*len(p.at)+4096 {
		return
	}
	value, key := p.value.Vector(), (*page.Vector)(nil)
	if p.key != nil {
		key = p.key.Vector()
	}
	p.fresh()
	for g, at := range p.at {
		if at == 0 {
			continue
		}
		appendOne(p.value, value, int(at-1))
		if key != nil {
			p.key.Append(key, int(at-1))
		}
		p.at[g] = int32(p.value.Len())
	}
}

func (p *pick) merge(groups []uint32, other accumulator) error {
	o := other.(*pick)
	value := o.value.Vector()
	key := value
	if o.key != nil {
		key = o.key.Vector()
	}
	for i, g := range groups {
		if at := o.at[i]; at > 0 {
			if err := p.put(g, value, key, int(at-1)); err != nil {
				return err
			}
		}
	}
	p.clean()
	return nil
}

func (p *pick) result(g int, out *page.Builder) error {
	if p.at[g] == 0 {
		out.Null()
		return nil
	}
	appendOne(out, p.value.Vector(), int(p.at[g]-1))
	return nil
}
