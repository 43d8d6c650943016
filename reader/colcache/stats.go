package colcache

// The summary of a block's integers: extremes and sum.

import (
	"math"

	"github.com/ionq-db/ionq/sql/decimal"
)

// stats is a summary in the making, in four lanes.
type stats struct {
	lo, hi [4]int64
	// Halves of values, which count from the least one on, are added up without
	// carries: a block has too few of them to overflow.
	upper, lower [4]uint64
	n            uint64
}

func (s *stats) begin() {
	*s = stats{}
	for k := range s.lo {
		s.lo[k], s.hi[k] = math.MaxInt64, math.MinInt64
	}
}

// add takes values that are not NULL.
func (s *stats) add(v []int64) {
	for _, x := range v[vectorStats(s, v):] {
		s.one(x)
	}
	s.n += uint64(len(v))
}

func (s *stats) one(x int64) {
	s.lo[0], s.hi[0] = min(s.lo[0], x), max(s.hi[0], x)
	u := uint64(x) ^ 1<<63
	s.upper[0], s.lower[0] = s.upper[0]+u>>32, s.lower[0]+u&math.MaxUint32
}

// result gives the extremes and the sum.
func (s *stats) result() (lo, hi int64, sum decimal.Int128) {
	lo, hi = math.MaxInt64, math.MinInt64
	var upper, lower uint64
	for k := range s.lo {
		lo, hi = min(lo, s.lo[k]), max(hi, s.hi[k])
		upper, lower = upper+s.upper[k], lower+s.lower[k]
	}
	sum = decimal.Int128{Hi: int64(upper >> 32), Lo: upper << 32}
	sum = decimal.AddWrap(sum, decimal.Int128{Lo: lower})
	below := decimal.Int128{Hi: int64(s.n >> 1), Lo: s.n << 63} // n times 2^63
	return lo, hi, decimal.AddWrap(sum, below.Neg())            // far from 128 bits
}

// summary gives the extremes and the sum of values that are not NULL.
func summary(v []int64, nulls []bool) (lo, hi int64, sum decimal.Int128) {
	var s stats
	s.begin()
	if nulls == nil {
		s.add(v)
		return s.result()
	}
	for i, x := range v {
		if !nulls[i] {
			s.one(x)
			s.n++
		}
	}
	return s.result()
}
