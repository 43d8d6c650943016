package decimal

// Sum: the accumulator of sum(decimal) and avg(decimal).

import "math/bits"

// Sum adds decimals of one scale without ever overflowing: a 192-bit two's
// complement integer, good for 2^64 values of 38 digits. Trino's state is a
// 128-bit sum and a counter of overflows (LongDecimalWithOverflowState), which
// holds the same integer; like there only the final value is checked, so the
// order of the values never matters. The zero value is 0.
type Sum struct {
	lo, mid uint64
	hi      int64
}

// Add adds v.
func (s *Sum) Add(v Int128) {
	var c uint64
	s.lo, c = bits.Add64(s.lo, v.Lo, 0)
	s.mid, c = bits.Add64(s.mid, uint64(v.Hi), c)
	s.hi += v.Hi>>63 + int64(c)
}

// AddInt64 adds v.
func (s *Sum) AddInt64(v int64) {
	var c uint64
	s.lo, c = bits.Add64(s.lo, uint64(v), 0)
	s.mid, c = bits.Add64(s.mid, uint64(v>>63), c)
	s.hi += v>>63 + int64(c)
}

// Merge adds what another Sum holds.
func (s *Sum) Merge(o Sum) {
	var c uint64
	s.lo, c = bits.Add64(s.lo, o.lo, 0)
	s.mid, c = bits.Add64(s.mid, o.mid, c)
	s.hi += o.hi + int64(c)
}

// Words gives what the Sum holds, and SumOf makes it anew: a Sum outlives the
// memory in a file.
func (s Sum) Words() (lo, mid uint64, hi int64) { return s.lo, s.mid, s.hi }

// SumOf is the Sum that Words was called of.
func SumOf(lo, mid uint64, hi int64) Sum { return Sum{lo, mid, hi} }

// Sub takes away what another Sum holds, for sliding window frames.
func (s *Sum) Sub(o Sum) {
	var b uint64
	s.lo, b = bits.Sub64(s.lo, o.lo, 0)
	s.mid, b = bits.Sub64(s.mid, o.mid, b)
	s.hi -= o.hi + int64(b)
}

// fits128 reports whether the sum fits 128 bits.
func (s Sum) fits128() bool { return s.hi == int64(s.mid)>>63 }

// Result is the value of sum(decimal(p,s)), of type decimal(38,s), and false
// where it has more than 38 digits: "Decimal overflow"
// (DecimalSumAggregation.outputDecimal).
func (s Sum) Result() (Int128, bool) {
	v := Int128{Hi: int64(s.mid), Lo: s.lo}
	return v, s.fits128() && FitsPrecision(v, MaxPrecision)
}

// Avg is the value of avg(decimal(p,scale)) over count > 0 values, at the same
// scale, rounded HALF_UP (DecimalAverageAggregation.average). It returns false
// where the average has more than 38 digits, and where the sum leaves 128 bits
// while the scale is not 0: there Trino adds the overflow at the wrong scale, so
// that it fails or answers wrongly; refusing is the only safe answer.
func (s Sum) Avg(count int64, scale int) (Int128, bool) {
	if s.fits128() {
		return Div(Int128{Hi: int64(s.mid), Lo: s.lo}, FromInt64(count), 0)
	}
	if scale != 0 {
		return Int128{}, false
	}
	n := uint256{s.lo, s.mid, uint64(s.hi)}
	if s.hi < 0 {
		var b uint64
		n[0], b = bits.Sub64(0, n[0], 0)
		n[1], b = bits.Sub64(0, n[1], b)
		n[2], _ = bits.Sub64(0, n[2], b)
	}
	qh, ql, _, r, ok := divWide(n, 0, uint64(count))
	if !ok {
		return Int128{}, false
	}
	if r >= uint64(count)-r {
		ql++
		if ql == 0 {
			qh++
		}
	}
	v, ok := signed(qh, ql, s.hi)
	return v, ok && FitsPrecision(v, MaxPrecision)
}

// IsZero reports whether the sum is 0.
func (s Sum) IsZero() bool { return s == Sum{} }
