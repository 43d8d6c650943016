package kernel

// Accumulator loops: count, sum, min and max, by group and over one group. NULLs
// are passed over. groups[i] is the group of row i, and st is long enough for
// every group; the caller grows it with zero values, which are the right start.
// Each state counts or marks the values it has seen: a group without any is NULL.

import (
	"math"
	"math/bits"
	"strings"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// The states. Count serves avg, and tells NULL.
type (
	// IntSum is sum(bigint) and the like.
	IntSum struct{ Sum, Count int64 }
	// FloatSum is sum and avg of double and real; Trino adds reals as doubles.
	FloatSum struct {
		Sum   float64
		Count int64
	}
	// DecimalSum is sum and avg of decimals.
	DecimalSum struct {
		Sum   decimal.Sum
		Count int64
	}
	// DecimalSums are many of those, the words apart that nearly every value changes
	// from those that hardly any does: half as much memory is touched.
	DecimalSums struct {
		low  []lowSum
		high []highSum
	}
	lowSum struct {
		lo    uint64
		count int64
	}
	highSum struct {
		mid uint64
		hi  int64
	}
	// Extreme is min or max.
	Extreme[T any] struct {
		Value T
		Seen  bool
	}
)

// CountByGroup counts the rows that are not NULL.
func CountByGroup(counts []int64, groups []uint32, nulls []bool) {
	if nulls == nil {
		for _, g := range groups {
			counts[g]++
		}
		return
	}
	null := asBytes(nulls)[:len(groups)]
	for i, g := range groups {
		counts[g] += int64(null[i] ^ 1)
	}
}

// SumInt64ByGroup adds integers as bigint; bad where a group's sum overflows on
// its way, which fails in Trino even if later values would bring it back
// (LongSumAggregation adds with BigintOperators.add). The state is untouched by
// the bad row: it holds the left operand of the message.
func SumInt64ByGroup(st []IntSum, groups []uint32, vals []int64, nulls []bool) (bad int) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		s := &st[groups[i]]
		r := s.Sum + v
		if (s.Sum^r)&(v^r) < 0 {
			return i
		}
		s.Sum = r
		s.Count++
	}
	return -1
}

// AddAbsInt64 adds the absolute values to sum, and stays at the greatest uint64
// where that is not enough.
func AddAbsInt64(sum uint64, vals []int64, nulls []bool) uint64 {
	over := uint64(0)
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		var c uint64
		sum, c = bits.Add64(sum, uint64((v^v>>63)-v>>63), 0)
		over |= c
	}
	if over != 0 {
		return math.MaxUint64
	}
	return sum
}

// SumInt64 is SumInt64ByGroup over one group.
func SumInt64(st *IntSum, vals []int64, nulls []bool) (bad int) {
	sum, count := st.Sum, st.Count
	bad = -1
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		r := sum + v
		if (sum^r)&(v^r) < 0 {
			bad = i
			break
		}
		sum = r
		count++
	}
	st.Sum, st.Count = sum, count
	return bad
}

// SumFloat64ByGroup adds doubles, or reals, in row order.
func SumFloat64ByGroup(st []FloatSum, groups []uint32, vals []float64, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		s := &st[groups[i]]
		s.Sum += v
		s.Count++
	}
}

// SumFloat64 is SumFloat64ByGroup over one group.
func SumFloat64(st *FloatSum, vals []float64, nulls []bool) {
	sum, count := st.Sum, st.Count
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		sum += v
		count++
	}
	st.Sum, st.Count = sum, count
}

// Len is the number of groups.
func (d *DecimalSums) Len() int { return len(d.low) }

// Grow makes sure that there are n groups.
func (d *DecimalSums) Grow(n int) {
	if n <= len(d.low) {
		return
	}
	if n > cap(d.low) {
		size := max(n, 2*cap(d.low), 16)
		d.low = append(make([]lowSum, 0, size), d.low...)
		d.high = append(make([]highSum, 0, size), d.high...)
	}
	d.low, d.high = d.low[:n], d.high[:n]
}

// Size is the memory that they take.
func (d *DecimalSums) Size() int64 { return 32 * int64(cap(d.low)) }

// At gives a group's sum.
func (d *DecimalSums) At(g uint32) DecimalSum {
	l, h := d.low[g], d.high[g]
	return DecimalSum{decimal.SumOf(l.lo, h.mid, h.hi), l.count}
}

// Set sets it.
func (d *DecimalSums) Set(g uint32, s DecimalSum) {
	lo, mid, hi := s.Sum.Words()
	d.low[g], d.high[g] = lowSum{lo, s.Count}, highSum{mid, hi}
}

// Merge adds o to a group's sum.
func (d *DecimalSums) Merge(g uint32, o DecimalSum) {
	s := d.At(g)
	s.Sum.Merge(o.Sum)
	s.Count += o.Count
	d.Set(g, s)
}

// SumDecimalByGroup adds decimals held in 128 bits. Nothing overflows on the
// way; decimal.Sum.Result checks the end.
func SumDecimalByGroup(d *DecimalSums, groups []uint32, vals []decimal.Int128, nulls []bool) {
	groups = groups[:len(vals)]
	low, high := d.low, d.high[:len(d.low)]
	for i := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		v, g := &vals[i], groups[i]
		l, h := &low[g], &high[g]
		var c uint64
		l.lo, c = bits.Add64(l.lo, v.Lo, 0)
		l.count++
		h.mid, c = bits.Add64(h.mid, uint64(v.Hi), c)
		h.hi += v.Hi>>63 + int64(c)
	}
}

// SumDecimal64ByGroup adds decimals held in 64 bits. It also sums integers
// without intermediate overflow, for what is not Trino's sum(bigint).
func SumDecimal64ByGroup(d *DecimalSums, groups []uint32, vals []int64, nulls []bool) {
	groups = groups[:len(vals)]
	if nulls == nil {
		low := d.low
		for i, v := range vals {
			g := groups[i]
			s := &low[g]
			lo, c := bits.Add64(s.lo, uint64(v), 0)
			s.lo = lo
			s.count++
			if v>>63+int64(c) != 0 { // the sum has left its word, upwards or downwards
				d.carry(g, v>>63, c)
			}
		}
		return
	}
	nulls = nulls[:len(vals)]
	low := d.low
	for i, v := range vals {
		if nulls[i] {
			continue
		}
		g := groups[i]
		s := &low[g]
		lo, c := bits.Add64(s.lo, uint64(v), 0)
		s.lo = lo
		s.count++
		if v>>63+int64(c) != 0 {
			d.carry(g, v>>63, c)
		}
	}
}

// carry adds to the upper words: upper is all of a value's, 0 or -1.
func (d *DecimalSums) carry(g uint32, upper int64, c uint64) {
	h := &d.high[g]
	h.mid, c = bits.Add64(h.mid, uint64(upper), c)
	h.hi += upper + int64(c)
}

// SumDecimal is SumDecimalByGroup over one group that stands alone.
func SumDecimal(st *DecimalSum, vals []decimal.Int128, nulls []bool) {
	s := *st
	for i := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		s.Sum.Add(vals[i])
		s.Count++
	}
	*st = s
}

// SumDecimal64 is SumDecimal64ByGroup over one group that stands alone.
func SumDecimal64(st *DecimalSum, vals []int64, nulls []bool) {
	if nulls != nil {
		s := *st
		for i, v := range vals {
			if nulls[i] {
				continue
			}
			s.Sum.AddInt64(v)
			s.Count++
		}
		*st = s
		return
	}
	st.Count += int64(len(vals))
	for len(vals) > 0 {
		// Halves of values are added without carries: 2^20 of them overflow nothing.
		part := vals[:min(len(vals), 1<<20)]
		vals = vals[len(part):]
		var hi, lo int64
		for _, v := range part {
			hi += v >> 32
			lo += v & math.MaxUint32
		}
		sum := decimal.Int128{Hi: hi >> 32, Lo: uint64(hi) << 32}
		var carry uint64
		sum.Lo, carry = bits.Add64(sum.Lo, uint64(lo), 0)
		sum.Hi += int64(carry)
		st.Sum.Add(sum)
	}
}

// MinByGroup keeps the least value, the first of equal ones.
func MinByGroup(st []Extreme[int64], groups []uint32, vals []int64, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		if s := &st[groups[i]]; !s.Seen || v < s.Value {
			s.Value, s.Seen = v, true
		}
	}
}

// MaxByGroup keeps the greatest value, the first of equal ones.
func MaxByGroup(st []Extreme[int64], groups []uint32, vals []int64, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		if s := &st[groups[i]]; !s.Seen || v > s.Value {
			s.Value, s.Seen = v, true
		}
	}
}

// MinFloat64ByGroup keeps the least double or real. NaN comes last: it is the
// minimum only where there is nothing else (MinAggregationFunction compares
// with COMPARISON_UNORDERED_LAST).
func MinFloat64ByGroup(st []Extreme[float64], groups []uint32, vals []float64, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		if s := &st[groups[i]]; !s.Seen || v < s.Value || s.Value != s.Value && v == v {
			s.Value, s.Seen = v, true
		}
	}
}

// MaxFloat64ByGroup keeps the greatest double or real. NaN comes first, so that
// it never wins here either (COMPARISON_UNORDERED_FIRST).
func MaxFloat64ByGroup(st []Extreme[float64], groups []uint32, vals []float64, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		if s := &st[groups[i]]; !s.Seen || v > s.Value || s.Value != s.Value && v == v {
			s.Value, s.Seen = v, true
		}
	}
}

// MinStringByGroup keeps the least varchar or varbinary, by bytes, copied.
func MinStringByGroup(st []Extreme[string], groups []uint32, vals []string, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		if s := &st[groups[i]]; !s.Seen || v < s.Value {
			s.Value, s.Seen = strings.Clone(v), true
		}
	}
}

// MaxStringByGroup keeps the greatest varchar or varbinary, by bytes, copied.
func MaxStringByGroup(st []Extreme[string], groups []uint32, vals []string, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		if s := &st[groups[i]]; !s.Seen || v > s.Value {
			s.Value, s.Seen = strings.Clone(v), true
		}
	}
}

// MinInt128ByGroup keeps the least 128-bit decimal or long timestamp.
func MinInt128ByGroup(st []Extreme[decimal.Int128], groups []uint32, vals []decimal.Int128, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		if s := &st[groups[i]]; !s.Seen || v.Cmp(s.Value) < 0 {
			s.Value, s.Seen = v, true
		}
	}
}

// MaxInt128ByGroup keeps the greatest 128-bit decimal or long timestamp.
func MaxInt128ByGroup(st []Extreme[decimal.Int128], groups []uint32, vals []decimal.Int128, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		if s := &st[groups[i]]; !s.Seen || v.Cmp(s.Value) > 0 {
			s.Value, s.Seen = v, true
		}
	}
}

// MinInstantByGroup keeps the earliest instant, with the zone of the first row
// that had it.
func MinInstantByGroup(st []Extreme[types.Instant], groups []uint32, vals []types.Instant, nulls []bool) {
	groups = groups[:len(vals)]
	for i := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		v, s := &vals[i], &st[groups[i]]
		if !s.Seen || v.Millis < s.Value.Millis || v.Millis == s.Value.Millis && v.Picos < s.Value.Picos {
			s.Value, s.Seen = *v, true
		}
	}
}

// MaxInstantByGroup keeps the latest instant, with the zone of the first row
// that had it.
func MaxInstantByGroup(st []Extreme[types.Instant], groups []uint32, vals []types.Instant, nulls []bool) {
	groups = groups[:len(vals)]
	for i := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		v, s := &vals[i], &st[groups[i]]
		if !s.Seen || v.Millis > s.Value.Millis || v.Millis == s.Value.Millis && v.Picos > s.Value.Picos {
			s.Value, s.Seen = *v, true
		}
	}
}

// MinBoolByGroup is min(boolean) and bool_and.
func MinBoolByGroup(st []Extreme[bool], groups []uint32, vals, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		s := &st[groups[i]]
		s.Value = v && (s.Value || !s.Seen)
		s.Seen = true
	}
}

// MaxBoolByGroup is max(boolean) and bool_or.
func MaxBoolByGroup(st []Extreme[bool], groups []uint32, vals, nulls []bool) {
	groups = groups[:len(vals)]
	for i, v := range vals {
		if nulls != nil && nulls[i] {
			continue
		}
		s := &st[groups[i]]
		s.Value = s.Value || v
		s.Seen = true
	}
}
