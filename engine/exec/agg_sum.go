package exec

// count, count_if, sum, avg, geometric_mean and the bitwise aggregates.

import (
	"encoding/binary"
	"math"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// counter is count(*), count(x) and count_if(x).
type counter struct {
	n      []int64
	ifTrue bool
}

func (c *counter) grow(n int) { c.n = grown(c.n, n) }

func (c *counter) add(groups []uint32, args []*page.Vector) error {
	switch {
	case len(args) == 0:
		kernel.CountByGroup(c.n, groups, nil)
	case args[0].Phys == page.PhysNone:
	case c.ifTrue:
		v := args[0]
		for i, g := range groups {
			if v.Bools[i] && !v.IsNull(i) {
				c.n[g]++
			}
		}
	default:
		kernel.CountByGroup(c.n, groups, args[0].Nulls)
	}
	return nil
}

func (c *counter) merge(groups []uint32, other accumulator) error {
	o := other.(*counter)
	for i, g := range groups {
		c.n[g] += o.n[i]
	}
	return nil
}

func (c *counter) free() bool { return true }

func (c *counter) mergeSome(dst []uint32, other accumulator, src []uint32) {
	o := other.(*counter)
	for i, g := range dst {
		c.n[g] += o.n[src[i]]
	}
}

func (c *counter) result(g int, out *page.Builder) error {
	out.Int64(c.n[g])
	return nil
}

// intSum is sum of bigint and of the intervals, which fails as soon as a partial
// sum leaves 64 bits (BigintOperators.add).
type intSum struct {
	st  []kernel.IntSum
	abs uint64 // the absolute values of what came by add, added up; at most MaxUint64
}

func (s *intSum) grow(n int) { s.st = grown(s.st, n) }

func (s *intSum) add(groups []uint32, args []*page.Vector) error {
	v := args[0]
	if v.Phys == page.PhysNone {
		return nil
	}
	s.abs = kernel.AddAbsInt64(s.abs, v.I64[:len(groups)], v.Nulls)
	if bad := kernel.SumInt64ByGroup(s.st, groups, v.I64[:len(groups)], v.Nulls); bad >= 0 {
		return overflow(s.st[groups[bad]].Sum, v.I64[bad])
	}
	return nil
}

func overflow(a, b int64) error {
	return sqlerr.New(sqlerr.NumericValueOutOfRange, "bigint addition overflow: %d + %d", a, b)
}

func (s *intSum) merge(groups []uint32, other accumulator) error {
	o := other.(*intSum)
	for i, g := range groups {
		a, b := s.st[g].Sum, o.st[i].Sum
		r := a + b
		if (a^r)&(b^r) < 0 {
			return overflow(a, b)
		}
		s.st[g].Sum = r
		s.st[g].Count += o.st[i].Count
	}
	return nil
}

// No sum of some of the values leaves 64 bits as long as abs does not.
func (s *intSum) free() bool    { return true }
func (s *intSum) bound() uint64 { return s.abs }

func (s *intSum) mergeSome(dst []uint32, other accumulator, src []uint32) {
	o := other.(*intSum)
	for i, g := range dst {
		x := o.st[src[i]]
		s.st[g].Sum += x.Sum
		s.st[g].Count += x.Count
	}
}

func (s *intSum) result(g int, out *page.Builder) error {
	if s.st[g].Count == 0 {
		out.Null()
		return nil
	}
	out.Int64(s.st[g].Sum)
	return nil
}

// floatSum is sum and avg of double and real, and avg of bigint and intervals,
// all of which Trino adds as doubles; with log it is geometric_mean.
type floatSum struct {
	st             []kernel.FloatSum
	avg, real, log bool
	in             types.Type
	mem            []float64
}

func (s *floatSum) grow(n int) { s.st = grown(s.st, n) }

func (s *floatSum) add(groups []uint32, args []*page.Vector) error {
	v := args[0]
	vals := v.F64
	switch {
	case v.Phys == page.PhysNone:
		return nil
	case v.Phys == page.PhysInt64:
		s.mem = resized(s.mem, len(groups))
		kernel.Int64ToFloat64(s.mem, v.I64[:len(groups)])
		vals = s.mem
	}
	if s.log {
		s.mem = resized(s.mem, len(groups))
		for i, x := range vals[:len(groups)] {
			s.mem[i] = math.Log(x)
		}
		vals = s.mem
	}
	kernel.SumFloat64ByGroup(s.st, groups, vals[:len(groups)], v.Nulls)
	return nil
}

func (s *floatSum) merge(groups []uint32, other accumulator) error {
	o := other.(*floatSum)
	for i, g := range groups {
		if o.st[i].Count > 0 {
			s.st[g].Sum += o.st[i].Sum
			s.st[g].Count += o.st[i].Count
		}
	}
	return nil
}

func (s *floatSum) result(g int, out *page.Builder) error {
	st := s.st[g]
	if st.Count == 0 {
		out.Null()
		return nil
	}
	x := st.Sum
	if s.avg {
		x /= float64(st.Count)
	}
	if s.log {
		x = math.Exp(x)
	}
	switch {
	case s.in.Kind == types.KindIntervalDaySecond || s.in.Kind == types.KindIntervalYearMonth:
		out.Int64(int64(math.Floor(x + 0.5))) // Math.round
	case s.real:
		out.Float64(float64(float32(x)))
	default:
		out.Float64(x)
	}
	return nil
}

// decimalSum is sum and avg of decimals: exact, with only the final value held
// against 38 digits (semantics 5.5).
type decimalSum struct {
	st    kernel.DecimalSums
	avg   bool
	scale int
}

func (s *decimalSum) grow(n int) { s.st.Grow(n) }

func (s *decimalSum) add(groups []uint32, args []*page.Vector) error {
	switch v := args[0]; v.Phys {
	case page.PhysInt64:
		if s.st.Len() == 1 { // no groups, or the first one alone so far
			var nulls []bool
			if v.Nulls != nil {
				nulls = v.Nulls[:len(groups)]
			}
			one := s.st.At(0)
			kernel.SumDecimal64(&one, v.I64[:len(groups)], nulls)
			s.st.Set(0, one)
			return nil
		}
		kernel.SumDecimal64ByGroup(&s.st, groups, v.I64[:len(groups)], v.Nulls)
	case page.PhysInt128:
		kernel.SumDecimalByGroup(&s.st, groups, v.I128[:len(groups)], v.Nulls)
	}
	return nil
}

func (s *decimalSum) merge(groups []uint32, other accumulator) error {
	o := other.(*decimalSum)
	for i, g := range groups {
		s.st.Merge(g, o.st.At(uint32(i)))
	}
	return nil
}

func (s *decimalSum) free() bool { return true }

func (s *decimalSum) mergeSome(dst []uint32, other accumulator, src []uint32) {
	o := other.(*decimalSum)
	for i, g := range dst {
		s.st.Merge(g, o.st.At(src[i]))
	}
}

func (s *decimalSum) result(g int, out *page.Builder) error {
	st := s.st.At(uint32(g))
	if st.Count == 0 {
		out.Null()
		return nil
	}
	v, ok := st.Sum.Result()
	if s.avg {
		v, ok = st.Sum.Avg(st.Count, s.scale)
	}
	if !ok {
		return sqlerr.New(sqlerr.NumericValueOutOfRange, "Decimal overflow")
	}
	out.Int128(v)
	return nil
}

// bitwise is bitwise_and_agg and bitwise_or_agg.
type bitwise struct {
	st   []int64
	seen []bool
	or   bool
}

func (b *bitwise) grow(n int) { b.st, b.seen = grown(b.st, n), grown(b.seen, n) }

func (b *bitwise) put(g uint32, v int64) {
	switch {
	case !b.seen[g]:
		b.st[g], b.seen[g] = v, true
	case b.or:
		b.st[g] |= v
	default:
		b.st[g] &= v
	}
}

func (b *bitwise) add(groups []uint32, args []*page.Vector) error {
	v := args[0]
	for i, g := range groups {
		if !v.IsNull(i) {
			b.put(g, v.I64[i])
		}
	}
	return nil
}

func (b *bitwise) merge(groups []uint32, other accumulator) error {
	o := other.(*bitwise)
	for i, g := range groups {
		if o.seen[i] {
			b.put(g, o.st[i])
		}
	}
	return nil
}

func (b *bitwise) free() bool { return true }

func (b *bitwise) mergeSome(dst []uint32, other accumulator, src []uint32) {
	o := other.(*bitwise)
	for i, g := range dst {
		if k := src[i]; o.seen[k] {
			b.put(g, o.st[k])
		}
	}
}

func (b *bitwise) result(g int, out *page.Builder) error {
	if !b.seen[g] {
		out.Null()
		return nil
	}
	out.Int64(b.st[g])
	return nil
}

// checksum adds up the hashes of the values (ChecksumAggregationFunction); the
// order of rows means nothing, and NULL counts as a hash of 1.
type checksum struct {
	sum  []int64
	seen []bool
	mem  []uint64
}

const checksumPrime = 0x9E3779B185EBCA87 // xxHash64's first prime

func (c *checksum) grow(n int) {
	c.sum = grown(c.sum, n)
	c.seen = grown(c.seen, n)
}

func (c *checksum) add(groups []uint32, args []*page.Vector) error {
	c.mem = expr.XXHashes(c.mem, args[0], len(groups))
	for i, g := range groups {
		h := c.mem[i]
		if args[0].IsNull(i) {
			h = 1
		}
		c.sum[g] += int64(h * checksumPrime)
		c.seen[g] = true
	}
	return nil
}

func (c *checksum) merge(groups []uint32, other accumulator) error {
	o := other.(*checksum)
	for i, g := range groups {
		c.sum[g] += o.sum[i]
		c.seen[g] = c.seen[g] || o.seen[i]
	}
	return nil
}

func (c *checksum) result(g int, out *page.Builder) error {
	if !c.seen[g] {
		out.Null()
		return nil
	}
	out.Bytes(binary.LittleEndian.AppendUint64(nil, uint64(c.sum[g])))
	return nil
}

func (c *checksum) stateTypes() []types.Type { return []types.Type{types.Bigint, types.Boolean} }

func (c *checksum) size() int64 { return 9*int64(cap(c.sum)) + 8*int64(cap(c.mem)) }

func (c *checksum) save(groups []int32) []*page.Vector {
	return []*page.Vector{
		int64Column(groups, func(g int32) int64 { return c.sum[g] }),
		boolColumn(groups, func(g int32) bool { return c.seen[g] }),
	}
}

func (c *checksum) load(cols []*page.Vector, n int) error {
	copy(c.sum, cols[0].I64[:n])
	copy(c.seen, cols[1].Bools[:n])
	return nil
}

func (c *checksum) free() bool { return true }

func (c *checksum) mergeSome(dst []uint32, other accumulator, src []uint32) {
	o := other.(*checksum)
	for i, g := range dst {
		c.sum[g] += o.sum[src[i]]
		c.seen[g] = c.seen[g] || o.seen[src[i]]
	}
}

var _ orderFree = &checksum{}
