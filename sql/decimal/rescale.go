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
	qh, ql, half, _ := scaleDown(v, -by)
	if half {
		ql++
		if ql == 0 {
			qh++
		}
	}
	return withSign(qh, ql, v.Hi < 0), true
}

// RescaleTruncate is Rescale that drops digits (Int128Math.rescaleTruncate).
func RescaleTruncate(v Int128, by int) (Int128, bool) {
	if by >= 0 {
		return scaleUp(v, by)
	}
	qh, ql, _, _ := scaleDown(v, -by)
	return withSign(qh, ql, v.Hi < 0), true
}

// RescaleFloor is Rescale that rounds down, as floor(decimal) does.
func RescaleFloor(v Int128, by int) (Int128, bool) {
	if by >= 0 {
		return scaleUp(v, by)
	}
	qh, ql, _, inexact := scaleDown(v, -by)
	r := withSign(qh, ql, v.Hi < 0)
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
	qh, ql, _, inexact := scaleDown(v, -by)
	r := withSign(qh, ql, v.Hi < 0)
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

// divHalfUp64 divides by a positive power of ten, half away from zero.
func divHalfUp64(v, d int64) int64 {
	q, r := v/d, v%d
	half := (d + 1) >> 1 // d is even or 1, where no remainder reaches it
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

// scaleDown divides |v| by 10^by, by > 0, towards zero. half says that the
// part cut off is at least one half, inexact that it is not zero.
func scaleDown(v Int128, by int) (qh, ql uint64, half, inexact bool) {
	hi, lo := v.magnitude()
	if by > MaxPrecision {
		// |v| <= 2^127 < 10^39 / 2: nothing is left, and it is less than half.
		return 0, 0, false, hi|lo != 0
	}
	first := min(by, 19)
	d := pow10u64[first]
	if hi == 0 { // most values
		q, r := lo/d, lo%d
		if by == first {
			return 0, q, r >= d>>1, r != 0
		}
		hi, lo, inexact = 0, q, r != 0
	} else {
		var r uint64
		qh, r = hi/d, hi%d
		ql, r = bits.Div64(r, lo, d)
		if by == first {
			return qh, ql, r >= d>>1, r != 0
		}
		hi, lo, inexact = qh, ql, r != 0
	}
	// Dividing in two steps truncates to the same quotient, and as the second
	// divisor is even the second remainder alone decides about the half.
	d = pow10u64[by-first]
	var r uint64
	qh, r = hi/d, hi%d
	ql, r = bits.Div64(r, lo, d)
	return qh, ql, r >= d>>1, inexact || r != 0
}

// withSign is signed for magnitudes that are known to fit.
func withSign(hi, lo uint64, neg bool) Int128 {
	v := Int128{Hi: int64(hi), Lo: lo}
	if neg {
		return v.Neg()
	}
	return v
}
