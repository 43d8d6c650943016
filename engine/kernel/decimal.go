package kernel

// Decimal arithmetic over unscaled values (DecimalOperators; semantics 5.4).
// There are four families, by the physical forms of operands and result:
//
//	...Short    64 -> 64 bits, unchecked, Trino's arithmetic where the result's
//	            precision is 18 or less. It wraps silently only if a value is
//	            wider than its own type, which the SerDe lets happen.
//	...Narrow   64 -> 64 bits, bad where the result leaves 64 bits. For long
//	            results held narrow, the common case: try it first, and on a
//	            bad row use ...64. Also the checked form of ...Short.
//	...64       64 -> 128 bits, checked against 38 digits.
//	(none)      128 -> 128 bits, checked against 38 digits. Widen a 64-bit operand.
//
// aBy, bBy and by come from decimal.AddRescale and decimal.DivRescale.

import (
	"math/bits"

	"github.com/ionq-db/ionq/sql/decimal"
)

// AddDecimalShort is a*10^aBy + b*10^bBy in 64 bits, wrapping.
func AddDecimalShort(dst, a, b []int64, aBy, bBy int) {
	a, b = a[:len(dst)], b[:len(dst)]
	am, bm := decimal.Pow10Int64(aBy), decimal.Pow10Int64(bBy)
	for i := range dst {
		dst[i] = a[i]*am + b[i]*bm
	}
}

// SubDecimalShort is a*10^aBy - b*10^bBy in 64 bits, wrapping.
func SubDecimalShort(dst, a, b []int64, aBy, bBy int) {
	a, b = a[:len(dst)], b[:len(dst)]
	am, bm := decimal.Pow10Int64(aBy), decimal.Pow10Int64(bBy)
	for i := range dst {
		dst[i] = a[i]*am - b[i]*bm
	}
}

// MulDecimalShort is a * b in 64 bits, wrapping.
func MulDecimalShort(dst, a, b []int64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

// DivDecimalShort is a*10^by / b HALF_UP in 64 bits, wrapping; bad where b is 0.
// by is at most 18: a short result leaves no room for more.
func DivDecimalShort(dst, a, b []int64, by int) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	m := decimal.Pow10Int64(by)
	for i := range dst {
		x, y := a[i], b[i]
		if y == 0 {
			return i
		}
		neg := x^y < 0
		x, y = (x^x>>63)-x>>63, (y^y>>63)-y>>63 // magnitudes
		n := x * m
		q := n / y
		if r := n - q*y; uint64(r)*2 >= uint64(y) {
			q++
		}
		if neg {
			q = -q
		}
		dst[i] = q
	}
	return -1
}

// ModDecimalShort is a*10^aBy % (b*10^bBy) where the result fits 64 bits; bad
// where b is 0, and where Trino's 128-bit remainder fails (decimal.Mod).
func ModDecimalShort(dst, a, b []int64, aBy, bBy int) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	if aBy == 0 && bBy == 0 {
		for i := range dst {
			y := b[i]
			if y == 0 {
				return i
			}
			dst[i] = a[i] % y
		}
		return -1
	}
	for i := range dst {
		if b[i] == 0 {
			return i
		}
		r, ok := decimal.Mod(decimal.FromInt64(a[i]), decimal.FromInt64(b[i]), aBy, bBy)
		if !ok || !r.IsInt64() {
			return i
		}
		dst[i] = r.Int64()
	}
	return -1
}

// NegDecimalShort is -a in 64 bits, wrapping.
func NegDecimalShort(dst, a []int64) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = -a[i]
	}
}

// AddDecimalNarrow is a*10^aBy + b*10^bBy; bad where a step leaves 64 bits.
func AddDecimalNarrow(dst, a, b []int64, aBy, bBy int) (bad int) {
	if aBy == 0 && bBy == 0 {
		return AddInt64(dst, a, b)
	}
	if aBy != 0 {
		return addScaled(dst, a, b, aBy)
	}
	return addScaled(dst, b, a, bBy)
}

// addScaled is x*10^by + y.
func addScaled(dst, x, y []int64, by int) (bad int) {
	if by > decimal.MaxShortPrecision {
		return firstNot64(dst)
	}
	x, y = x[:len(dst)], y[:len(dst)]
	m := decimal.Pow10Int64(by)
	for i := range dst {
		v := x[i]
		hi, lo := bits.Mul64(uint64(v), uint64(m))
		if int64(hi)-(v>>63&m) != int64(lo)>>63 {
			return i
		}
		p, w := int64(lo), y[i]
		r := p + w
		if (p^r)&(w^r) < 0 {
			return i
		}
		dst[i] = r
	}
	return -1
}

// SubDecimalNarrow is a*10^aBy - b*10^bBy; bad where a step leaves 64 bits.
func SubDecimalNarrow(dst, a, b []int64, aBy, bBy int) (bad int) {
	if aBy == 0 && bBy == 0 {
		return SubInt64(dst, a, b)
	}
	if max(aBy, bBy) > decimal.MaxShortPrecision {
		return firstNot64(dst)
	}
	a, b = a[:len(dst)], b[:len(dst)]
	am, bm := decimal.Pow10Int64(aBy), decimal.Pow10Int64(bBy)
	for i := range dst {
		v, w := a[i], b[i]
		vh, vl := bits.Mul64(uint64(v), uint64(am))
		wh, wl := bits.Mul64(uint64(w), uint64(bm))
		if int64(vh)-(v>>63&am) != int64(vl)>>63 || int64(wh)-(w>>63&bm) != int64(wl)>>63 {
			return i
		}
		p, q := int64(vl), int64(wl)
		r := p - q
		if (p^q)&(p^r) < 0 {
			return i
		}
		dst[i] = r
	}
	return -1
}

// firstNot64 is the bad row of a rescale by more than 10^18: the first one. (A
// zero would fit, but such rescales are rare enough to go the wide way.)
func firstNot64(dst []int64) int {
	if len(dst) == 0 {
		return -1
	}
	return 0
}

// MulDecimalNarrow is a * b; bad where the product leaves 64 bits.
func MulDecimalNarrow(dst, a, b []int64) (bad int) { return MulInt64(dst, a, b) }

// DivDecimalNarrow is a*10^by / b HALF_UP; bad where b is 0, and where the
// quotient does not fit 64 bits or by is over 18. (The largest quotient counts
// as not fitting.)
func DivDecimalNarrow(dst, a, b []int64, by int) (bad int) {
	if by > decimal.MaxShortPrecision {
		return firstNot64(dst)
	}
	a, b = a[:len(dst)], b[:len(dst)]
	m := uint64(decimal.Pow10Int64(by))
	for i := range dst {
		x, y := a[i], b[i]
		neg := x^y < 0
		ux, uy := uint64((x^x>>63)-x>>63), uint64((y^y>>63)-y>>63)
		hi, lo := bits.Mul64(ux, m)
		if hi >= uy { // y is 0, or the quotient has more than 64 bits
			return i
		}
		q, r := bits.Div64(hi, lo, uy)
		if q >= 1<<63-1 { // one early, for the rounding
			return i
		}
		if r >= uy-r {
			q++
		}
		v := int64(q)
		if neg {
			v = -v
		}
		dst[i] = v
	}
	return -1
}

// AddDecimal64 is a*10^aBy + b*10^bBy over 38 digits.
func AddDecimal64(dst []decimal.Int128, a, b []int64, aBy, bBy int) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	if max(aBy, bBy) <= decimal.MaxShortPrecision {
		// |x| * 10^18 + |y| < 10^38: no check can fail.
		am, bm := decimal.Pow10Int64(aBy), decimal.Pow10Int64(bBy)
		for i := range dst {
			dst[i] = decimal.AddWrap(decimal.MulInt64(a[i], am), decimal.MulInt64(b[i], bm))
		}
		return -1
	}
	for i := range dst {
		r, ok := decimal.Add(decimal.FromInt64(a[i]), decimal.FromInt64(b[i]), aBy, bBy)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// SubDecimal64 is a*10^aBy - b*10^bBy over 38 digits.
func SubDecimal64(dst []decimal.Int128, a, b []int64, aBy, bBy int) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	if max(aBy, bBy) <= decimal.MaxShortPrecision {
		am, bm := decimal.Pow10Int64(aBy), decimal.Pow10Int64(bBy)
		for i := range dst {
			dst[i] = decimal.SubWrap(decimal.MulInt64(a[i], am), decimal.MulInt64(b[i], bm))
		}
		return -1
	}
	for i := range dst {
		r, ok := decimal.Sub(decimal.FromInt64(a[i]), decimal.FromInt64(b[i]), aBy, bBy)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// MulDecimal64 is a * b, whose magnitude is at most 2^126 < 10^38.
func MulDecimal64(dst []decimal.Int128, a, b []int64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = decimal.MulInt64(a[i], b[i])
	}
}

// DivDecimal64 is a*10^by / b HALF_UP over 38 digits; bad where b is 0.
func DivDecimal64(dst []decimal.Int128, a, b []int64, by int) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		if b[i] == 0 {
			return i
		}
		r, ok := decimal.Div(decimal.FromInt64(a[i]), decimal.FromInt64(b[i]), by)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// AddDecimal is a*10^aBy + b*10^bBy over 38 digits.
func AddDecimal(dst, a, b []decimal.Int128, aBy, bBy int) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	if aBy == 0 && bBy == 0 { // all of it inlined
		for i := range dst {
			r, ok := decimal.AddOK(a[i], b[i])
			if !ok || !decimal.FitsPrecision(r, decimal.MaxPrecision) {
				return i
			}
			dst[i] = r
		}
		return -1
	}
	for i := range dst {
		r, ok := decimal.Add(a[i], b[i], aBy, bBy)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// SubDecimal is a*10^aBy - b*10^bBy over 38 digits.
func SubDecimal(dst, a, b []decimal.Int128, aBy, bBy int) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	if aBy == 0 && bBy == 0 { // all of it inlined
		for i := range dst {
			r, ok := decimal.SubOK(a[i], b[i])
			if !ok || !decimal.FitsPrecision(r, decimal.MaxPrecision) {
				return i
			}
			dst[i] = r
		}
		return -1
	}
	for i := range dst {
		r, ok := decimal.Sub(a[i], b[i], aBy, bBy)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// MulDecimal is a * b over 38 digits.
func MulDecimal(dst, a, b []decimal.Int128) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		r, ok := decimal.Mul(a[i], b[i])
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// DivDecimal is a*10^by / b HALF_UP over 38 digits; bad where b is 0. A short
// result (precision up to 18) follows by Narrow.
func DivDecimal(dst, a, b []decimal.Int128, by int) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		if b[i].Sign() == 0 {
			return i
		}
		r, ok := decimal.Div(a[i], b[i], by)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// ModDecimal is a*10^aBy % (b*10^bBy); bad where b is 0. A short result follows
// by Narrow.
func ModDecimal(dst, a, b []decimal.Int128, aBy, bBy int) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		if b[i].Sign() == 0 {
			return i
		}
		r, ok := decimal.Mod(a[i], b[i], aBy, bBy)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// NegDecimal is -a.
func NegDecimal(dst, a []decimal.Int128) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = a[i].Neg()
	}
}

// Widen turns 64-bit decimals into 128-bit ones.
func Widen(dst []decimal.Int128, src []int64) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = decimal.FromInt64(src[i])
	}
}

// Narrow turns 128-bit decimals into 64-bit ones; bad where a value does not
// fit.
func Narrow(dst []int64, src []decimal.Int128) (bad int) {
	src = src[:len(dst)]
	for i := range dst {
		v := src[i]
		if !v.IsInt64() {
			return i
		}
		dst[i] = v.Int64()
	}
	return -1
}
