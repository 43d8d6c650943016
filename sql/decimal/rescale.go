package decimal

// Moving the decimal point: Int128Math.rescale and its variants.

import "math/bits"

// Rescale moves v by `by` decimal places: by > 0 multiplies by 10^by, by < 0
// divides by 10^-by rounding HALF_UP (half away from zero). It returns false
// where the product does not fit 128 bits; 39 digits that do fit are fine
// (Int128Math.rescale), so callers follow with FitsPrecision, or use Cast.
func Rescale(v Int128, by int) (Int128, bool) {
	switch {
	case by == 0:
		return v, true
	case by > 0:
		return scaleUp(v, by)
	}
	if by < -MaxPrecision {
		return Int128{}, true // |v| <= 2^127 < 10^39 / 2
	}
	// Half away from zero is truncation after adding one half. The divisor is
	// even, and |v| + 10^38/2 fits 128 unsigned bits.
	p := pow10s[-by]
	hi, lo := v.magnitude()
	lo, c := bits.Add64(lo, uint64(p.Hi)<<63|p.Lo>>1, 0)
	hi += uint64(p.Hi)>>1 + c
	hi, lo, _ = scaleDown(hi, lo, -by)
	return withSign(hi, lo, v.Hi), true
}

// RescaleTruncate is Rescale that drops digits (Int128Math.rescaleTruncate).
func RescaleTruncate(v Int128, by int) (Int128, bool) {
	if by >= 0 {
		return scaleUp(v, by)
	}
	hi, lo := v.magnitude()
	hi, lo, _ = scaleDown(hi, lo, -by)
	return withSign(hi, lo, v.Hi), true
}

// RescaleFloor is Rescale that rounds down, as floor(decimal) does.
func RescaleFloor(v Int128, by int) (Int128, bool) {
	if by >= 0 {
		return scaleUp(v, by)
	}
	hi, lo := v.magnitude()
	hi, lo, inexact := scaleDown(hi, lo, -by)
	r := withSign(hi, lo, v.Hi)
	if inexact && v.Hi < 0 {
		r = SubWrap(r, Int128{Lo: 1})
	}
	return r, true
}

// RescaleCeil is Rescale that rounds up, as ceiling(decimal) does.
func RescaleCeil(v Int128, by int) (Int128, bool) {
	if by >= 0 {
		return scaleUp(v, by)
	}
	hi, lo := v.magnitude()
	hi, lo, inexact := scaleDown(hi, lo, -by)
	r := withSign(hi, lo, v.Hi)
	if inexact && v.Hi >= 0 {
		r = AddWrap(r, Int128{Lo: 1})
	}
	return r, true
}

// Cast is CAST(decimal AS decimal): it moves v by `by` places (the target's
// scale minus the source's) rounding HALF_UP, and returns false where the
// result has more than p digits (DecimalConversions.longToLongCast). The caller
// skips it where source and target are one type, as Trino does: a value wider
// than its own type passes such a cast unchanged.
func Cast(v Int128, by, p int) (Int128, bool) {
	r, ok := Rescale(v, by)
	return r, ok && FitsPrecision(r, p)
}

// Rescale64 is Rescale for a value held in 64 bits; false where the result
// does not fit 64 bits.
func Rescale64(v int64, by int) (int64, bool) {
	switch {
	case by == 0 || v == 0:
		return v, true
	case by > MaxShortPrecision:
		return 0, false
	case by > 0:
		r := MulInt64(v, int64(pow10u64[by]))
		return int64(r.Lo), r.IsInt64()
	case by < -MaxShortPrecision:
		r, _ := Rescale(FromInt64(v), by)
		return int64(r.Lo), true
	}
	return divHalfUp64(v, int64(pow10u64[-by])), true
}

// Cast64 is Cast for a value held in 64 bits whose result is held in 64 bits.
func Cast64(v int64, by, p int) (int64, bool) {
	r, ok := Rescale64(v, by)
	return r, ok && FitsPrecision64(r, p)
}

// divHalfUp64 divides by a power of ten, 10 or more, half away from zero.
func divHalfUp64(v, d int64) int64 {
	q, r := v/d, v%d
	half := d >> 1 // d is even
	if r >= half {
		return q + 1
	}
	if r <= -half {
		return q - 1
	}
	return q
}

// scaleUp multiplies by 10^by, by >= 0.
func scaleUp(v Int128, by int) (Int128, bool) {
	if by > MaxPrecision {
		// Any factor over 10^38 overflows (shiftLeftBy10), even a zero's in
		// Trino; no decimal type asks for one. Zero stays zero here.
		return Int128{}, v == Int128{}
	}
	return MulOK(v, pow10s[by])
}

// scaleDown divides an unsigned integer by 10^by, by > 0, and says whether
// anything was cut off.
func scaleDown(hi, lo uint64, by int) (qh, ql uint64, inexact bool) {
	if by > MaxPrecision {
		return 0, 0, hi|lo != 0 // 10^39 exceeds 128 bits
	}
	first := min(by, len(pow10u64)-1)
	hi, lo, r := div128by64(hi, lo, pow10u64[first])
	if by == first {
		return hi, lo, r != 0
	}
	// Dividing in two steps truncates to the same quotient.
	hi, lo, r2 := div128by64(hi, lo, pow10u64[by-first])
	return hi, lo, r|r2 != 0
}

// div128by64 divides by a 64-bit integer. The branches are there because a
// wide division costs several narrow ones, and most values are small.
func div128by64(hi, lo, d uint64) (qh, ql, r uint64) {
	if hi == 0 {
		return 0, lo / d, lo % d
	}
	if hi >= d {
		qh, hi = hi/d, hi%d
	}
	ql, r = bits.Div64(hi, lo, d)
	return qh, ql, r
}
