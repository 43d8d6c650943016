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
}

// summary gives the extremes and the sum of values that are not NULL.
func summary(v []int64, nulls []bool) (lo, hi int64, sum decimal.Int128) {
	var s stats
	lo, hi = math.MaxInt64, math.MinInt64
	var upper, lower, n uint64
	at := 0
	if nulls == nil {
		if at = vectorStats(&s, v); at > 0 {
			for k := range s.lo {
				lo, hi = min(lo, s.lo[k]), max(hi, s.hi[k])
				upper, lower = upper+s.upper[k], lower+s.lower[k]
			}
		}
		n = uint64(len(v))
	}
	for i := at; i < len(v); i++ {
		if nulls != nil {
			if nulls[i] {
				continue
			}
			n++
		}
		x := v[i]
		lo, hi = min(lo, x), max(hi, x)
		u := uint64(x) ^ 1<<63
		upper, lower = upper+u>>32, lower+u&math.MaxUint32
	}
	sum = decimal.Int128{Hi: int64(upper >> 32), Lo: upper << 32}
	sum = decimal.AddWrap(sum, decimal.Int128{Lo: lower})
	below := decimal.Int128{Hi: int64(n >> 1), Lo: n << 63} // n times 2^63
	return lo, hi, decimal.AddWrap(sum, below.Neg())        // far from 128 bits
}
