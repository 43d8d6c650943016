package exec

// The states of accumulators as vectors, for parts of an aggregation that go to
// disk: what save gives and load takes is the state to the last bit, so that a
// result does not show where its states have been.

import (
	"slices"

	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// stored is the part of an accumulator that puts its states on disk.
type stored interface {
	// stateTypes are the types of the columns of save.
	stateTypes() []types.Type
	// save gives the states of the listed groups, a row each. The accumulator
	// takes in no more rows.
	save(groups []int32) []*page.Vector
	// load sets the states of groups 0..n-1, which are empty and there, to n rows
	// of saved ones.
	load(cols []*page.Vector, n int) error
}

// int64Column picks what f gives for each group.
func int64Column(groups []int32, f func(g int32) int64) *page.Vector {
	v := &page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: len(groups), I64: make([]int64, len(groups))}
	for i, g := range groups {
		v.I64[i] = f(g)
	}
	return v
}

func float64Column(groups []int32, f func(g int32) float64) *page.Vector {
	v := &page.Vector{Type: types.Double, Phys: page.PhysFloat64, Len: len(groups), F64: make([]float64, len(groups))}
	for i, g := range groups {
		v.F64[i] = f(g)
	}
	return v
}

func (c *counter) stateTypes() []types.Type { return []types.Type{types.Bigint} }

func (c *counter) size() int64 { return 8 * int64(cap(c.n)) }

func (c *counter) save(groups []int32) []*page.Vector {
	return []*page.Vector{int64Column(groups, func(g int32) int64 { return c.n[g] })}
}

func (c *counter) load(cols []*page.Vector, n int) error {
	copy(c.n, cols[0].I64[:n])
	return nil
}

func (s *intSum) stateTypes() []types.Type { return []types.Type{types.Bigint, types.Bigint} }

func (s *intSum) size() int64 { return 16 * int64(cap(s.st)) }

func (s *intSum) save(groups []int32) []*page.Vector {
	return []*page.Vector{
		int64Column(groups, func(g int32) int64 { return s.st[g].Sum }),
		int64Column(groups, func(g int32) int64 { return s.st[g].Count }),
	}
}

func (s *intSum) load(cols []*page.Vector, n int) error {
	for i := range n {
		s.st[i] = kernel.IntSum{Sum: cols[0].I64[i], Count: cols[1].I64[i]}
	}
	return nil
}

func (s *floatSum) stateTypes() []types.Type { return []types.Type{types.Double, types.Bigint} }

func (s *floatSum) size() int64 { return 16 * int64(cap(s.st)) }

func (s *floatSum) save(groups []int32) []*page.Vector {
	return []*page.Vector{
		float64Column(groups, func(g int32) float64 { return s.st[g].Sum }),
		int64Column(groups, func(g int32) int64 { return s.st[g].Count }),
	}
}

func (s *floatSum) load(cols []*page.Vector, n int) error {
	for i := range n {
		s.st[i] = kernel.FloatSum{Sum: cols[0].F64[i], Count: cols[1].I64[i]}
	}
	return nil
}

func (s *decimalSum) stateTypes() []types.Type {
	return []types.Type{types.Bigint, types.Bigint, types.Bigint, types.Bigint}
}

func (s *decimalSum) size() int64 { return s.st.Size() }

func (s *decimalSum) save(groups []int32) []*page.Vector {
	out := make([]*page.Vector, 4)
	for k := range out {
		out[k] = &page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: len(groups), I64: make([]int64, len(groups))}
	}
	for i, g := range groups {
		st := s.st.At(uint32(g))
		lo, mid, hi := st.Sum.Words()
		out[0].I64[i], out[1].I64[i], out[2].I64[i], out[3].I64[i] = int64(lo), int64(mid), hi, st.Count
	}
	return out
}

func (s *decimalSum) load(cols []*page.Vector, n int) error {
	for i := range n {
		s.st.Set(uint32(i), kernel.DecimalSum{
			Sum:   decimal.SumOf(uint64(cols[0].I64[i]), uint64(cols[1].I64[i]), cols[2].I64[i]),
			Count: cols[3].I64[i],
		})
	}
	return nil
}

func (b *bitwise) stateTypes() []types.Type { return []types.Type{types.Bigint, types.Boolean} }

func (b *bitwise) size() int64 { return 9 * int64(cap(b.st)) }

func (b *bitwise) save(groups []int32) []*page.Vector {
	return []*page.Vector{
		int64Column(groups, func(g int32) int64 { return b.st[g] }),
		boolColumn(groups, func(g int32) bool { return b.seen[g] }),
	}
}

func boolColumn(groups []int32, f func(g int32) bool) *page.Vector {
	v := &page.Vector{Type: types.Boolean, Phys: page.PhysBool, Len: len(groups), Bools: make([]bool, len(groups))}
	for i, g := range groups {
		v.Bools[i] = f(g)
	}
	return v
}

func (b *bitwise) load(cols []*page.Vector, n int) error {
	copy(b.st, cols[0].I64[:n])
	copy(b.seen, cols[1].Bools[:n])
	return nil
}

func (m *moments) stateTypes() []types.Type { return slices.Repeat([]types.Type{types.Double}, 5) }

func (m *moments) size() int64 { return 40 * int64(cap(m.st)) }

func (m *moments) save(groups []int32) []*page.Vector {
	return []*page.Vector{
		float64Column(groups, func(g int32) float64 { return m.st[g].n }),
		float64Column(groups, func(g int32) float64 { return m.st[g].m1 }),
		float64Column(groups, func(g int32) float64 { return m.st[g].m2 }),
		float64Column(groups, func(g int32) float64 { return m.st[g].m3 }),
		float64Column(groups, func(g int32) float64 { return m.st[g].m4 }),
	}
}

func (m *moments) load(c []*page.Vector, n int) error {
	for i := range n {
		m.st[i] = momentState{c[0].F64[i], c[1].F64[i], c[2].F64[i], c[3].F64[i], c[4].F64[i]}
	}
	return nil
}

func (p *paired) stateTypes() []types.Type { return slices.Repeat([]types.Type{types.Double}, 6) }

func (p *paired) size() int64 { return 48 * int64(cap(p.st)) }

func (p *paired) save(groups []int32) []*page.Vector {
	return []*page.Vector{
		float64Column(groups, func(g int32) float64 { return p.st[g].n }),
		float64Column(groups, func(g int32) float64 { return p.st[g].meanX }),
		float64Column(groups, func(g int32) float64 { return p.st[g].meanY }),
		float64Column(groups, func(g int32) float64 { return p.st[g].c2 }),
		float64Column(groups, func(g int32) float64 { return p.st[g].m2X }),
		float64Column(groups, func(g int32) float64 { return p.st[g].m2Y }),
	}
}

func (p *paired) load(c []*page.Vector, n int) error {
	for i := range n {
		p.st[i] = pairState{c[0].F64[i], c[1].F64[i], c[2].F64[i], c[3].F64[i], c[4].F64[i], c[5].F64[i]}
	}
	return nil
}

func (e *extreme[T]) stateTypes() []types.Type { return []types.Type{e.t} }

func (e *extreme[T]) size() int64 {
	n := 24 * int64(cap(e.st))
	if st, ok := any(e.st).([]kernel.Extreme[string]); ok {
		for i := range st {
			n += int64(len(st[i].Value))
		}
	}
	return n
}

func (e *extreme[T]) save(groups []int32) []*page.Vector {
	b := page.NewBuilder(e.t)
	for _, g := range groups {
		if e.st[g].Seen {
			e.put(b, e.st[g].Value)
		} else {
			b.Null()
		}
	}
	return []*page.Vector{b.Finish()}
}

func (e *extreme[T]) load(cols []*page.Vector, n int) error {
	v := cols[0]
	if v.Phys == page.PhysNone {
		return nil
	}
	vals := e.vals(v)
	for i := range n {
		if !v.IsNull(i) {
			e.st[i] = kernel.Extreme[T]{Value: vals[i], Seen: true}
		}
	}
	return nil
}

// A pick's state is whether there is one, its value, and its key.
func (p *pick) stateTypes() []types.Type { return append([]types.Type{types.Boolean}, p.types...) }

func (p *pick) size() int64 {
	n := 4*int64(cap(p.at)) + p.value.Size()
	if p.key != nil {
		n += p.key.Size()
	}
	return n
}

func (p *pick) save(groups []int32) []*page.Vector {
	out := []*page.Vector{boolColumn(groups, func(g int32) bool { return p.at[g] > 0 })}
	for k, b := range []*page.Builder{p.value, p.key} {
		if b == nil {
			continue
		}
		v, o := b.Vector(), page.NewBuilder(p.types[k])
		for _, g := range groups {
			if at := p.at[g]; at > 0 {
				appendOne(o, v, int(at-1))
			} else {
				o.Null()
			}
		}
		out = append(out, o.Finish())
	}
	return out
}

func (p *pick) load(cols []*page.Vector, n int) error {
	for i := range n {
		if !cols[0].Bools[i] {
			continue
		}
		appendOne(p.value, cols[1], i)
		if p.key != nil {
			appendOne(p.key, cols[2], i)
		}
		p.at[i] = int32(p.value.Len())
	}
	return nil
}

// Kept rows are stored as an array a column.
func (r *rows) stateTypes() []types.Type {
	out := make([]types.Type, len(r.cols))
	for k, b := range r.cols {
		out[k] = types.Array(b.Type())
	}
	return out
}

func (r *rows) size() int64 {
	n := 4 * int64(cap(r.groups)+cap(r.start)+cap(r.order))
	for _, b := range r.cols {
		n += b.Size()
	}
	return n
}

func (r *rows) save(groups []int32, n int) []*page.Vector {
	r.indexed(n)
	out := make([]*page.Vector, len(r.cols))
	var of []int32
	off := make([]int32, 1, len(groups)+1)
	for _, g := range groups {
		of = append(of, r.order[r.start[g]:r.start[g+1]]...)
		off = append(off, int32(len(of)))
	}
	for k, v := range r.vecs() {
		out[k] = &page.Vector{
			Type: types.Array(v.Type), Phys: page.PhysArray, Len: len(groups),
			Off: off, Children: []*page.Vector{page.Gather(v, of)},
		}
	}
	return out
}

// indexed makes sure of the index over n groups. No rows come after it.
func (r *rows) indexed(n int) {
	if len(r.start) != n+1 {
		r.index(n)
	}
}

// of is how many rows a group has, n being the number of groups.
func (r *rows) of(g int32, n int) int {
	r.indexed(n)
	return int(r.start[g+1] - r.start[g])
}

// saveSome is save of rows from..to-1 of one group, as far as there are such.
func (r *rows) saveSome(g int32, n, from, to int) []*page.Vector {
	r.indexed(n)
	of := r.order[r.start[g]:r.start[g+1]]
	of = of[min(from, len(of)):min(to, len(of))]
	out := make([]*page.Vector, len(r.cols))
	for k, v := range r.vecs() {
		out[k] = &page.Vector{
			Type: types.Array(v.Type), Phys: page.PhysArray, Len: 1,
			Off: []int32{0, int32(len(of))}, Children: []*page.Vector{page.Gather(v, of)},
		}
	}
	return out
}

// keepsRows is the part of an accumulator whose states are rows: a group with many is
// put on disk in several pieces, one after the other.
type keepsRows interface {
	// rowsOf is how many rows a group has.
	rowsOf(g int32) int
	// saveRows is save of rows from..to-1 of one group, as far as there are such.
	saveRows(g int32, from, to int) []*page.Vector
}

// saved gives back the rows of n groups.
func saved(cols []*page.Vector, n int) (groups []uint32, vecs []*page.Vector) {
	for _, c := range cols {
		vecs = append(vecs, c.Children[0])
	}
	off := cols[0].Off
	groups = make([]uint32, 0, off[n])
	for i := range n {
		for range off[i+1] - off[i] {
			groups = append(groups, uint32(i))
		}
	}
	return groups, vecs
}

func (c *collect) stateTypes() []types.Type { return c.rows.stateTypes() }

func (c *collect) size() int64 { return c.rows.size() }

func (c *collect) save(groups []int32) []*page.Vector { return c.rows.save(groups, c.n) }

func (c *collect) rowsOf(g int32) int { return c.rows.of(g, c.n) }

func (c *collect) saveRows(g int32, from, to int) []*page.Vector {
	return c.rows.saveSome(g, c.n, from, to)
}

func (c *collect) load(cols []*page.Vector, n int) error {
	if groups, vecs := saved(cols, n); len(groups) > 0 {
		return c.add(groups, vecs)
	}
	return nil
}
