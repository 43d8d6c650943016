package kernel

// Casts between numeric physical forms. The rules are those of Trino's
// DoubleOperators, RealOperators, BigintOperators and DecimalCasts (semantics
// 5.6). Where a cast fails, the caller writes the message, from the value.

import (
	"math"

	"github.com/ionq-db/ionq/sql/decimal"
)

// Int64ToFloat64 casts integers to double.
func Int64ToFloat64(dst []float64, src []int64) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = float64(src[i])
	}
}

// Int64ToFloat32 casts integers to real, in one rounding.
func Int64ToFloat32(dst []float64, src []int64) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = float64(float32(src[i]))
	}
}

// Float64ToFloat32 casts double to real. (A real is a double already.)
func Float64ToFloat32(dst, src []float64) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = float64(float32(src[i]))
	}
}

// roundHalfUp rounds to an integer, half away from zero.
func roundHalfUp(f float64) float64 {
	t := math.Trunc(f)
	if math.Abs(f-t) >= 0.5 { // exact: both have the same exponent or f-t is f
		t += math.Copysign(1, f)
	}
	return t
}

// Float64ToInt64 casts double to bigint, rounding half away from zero; bad for
// NaN and for what does not fit (DoubleOperators.castToLong).
func Float64ToInt64(dst []int64, src []float64) (bad int) {
	src = src[:len(dst)]
	for i := range dst {
		f := roundHalfUp(src[i])
		if !(f >= -1<<63 && f < 1<<63) {
			return i
		}
		dst[i] = int64(f)
	}
	return -1
}

// Float64ToIntRange casts double or real to an integer type of the range
// min..max, narrower than bigint; bad for NaN and for what does not fit.
func Float64ToIntRange(dst []int64, src []float64, min, max int64) (bad int) {
	src = src[:len(dst)]
	lo, hi := float64(min), float64(max)
	for i := range dst {
		f := roundHalfUp(src[i])
		if !(f >= lo && f <= hi) {
			return i
		}
		dst[i] = int64(f)
	}
	return -1
}

// Float32ToInt64 casts real to bigint; bad for NaN only. What does not fit
// becomes the nearest bigint: RealOperators.castToLong converts with Java's
// saturating cast and checks nothing.
func Float32ToInt64(dst []int64, src []float64) (bad int) {
	src = src[:len(dst)]
	for i := range dst {
		f := roundHalfUp(src[i])
		switch {
		case f >= 1<<63:
			dst[i] = math.MaxInt64
		case f >= -1<<63:
			dst[i] = int64(f)
		case f < -1<<63:
			dst[i] = math.MinInt64
		default:
			return i
		}
	}
	return -1
}

// CheckRange is the cast to a narrower integer type, of the range min..max: the
// values stay, bad is the first outside.
func CheckRange(src []int64, min, max int64) (bad int) {
	for i, v := range src {
		if v < min || v > max {
			return i
		}
	}
	return -1
}

// Int64ToBool casts integers, and decimals held in 64 bits, to boolean.
func Int64ToBool(dst []bool, src []int64) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = src[i] != 0
	}
}

// Float64ToBool casts double and real to boolean; NaN is true.
func Float64ToBool(dst []bool, src []float64) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = src[i] != 0
	}
}

// DecimalToBool casts long decimals to boolean.
func DecimalToBool(dst []bool, src []decimal.Int128) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = src[i] != decimal.Int128{}
	}
}

// BoolToInt64 casts boolean to integers.
func BoolToInt64(dst []int64, src []bool) {
	b := asBytes(src)[:len(dst)]
	for i := range dst {
		dst[i] = int64(b[i])
	}
}

// BoolToFloat64 casts boolean to double and real.
func BoolToFloat64(dst []float64, src []bool) {
	b := asBytes(src)[:len(dst)]
	for i := range dst {
		dst[i] = float64(b[i])
	}
}

// RescaleNarrow casts a decimal held in 64 bits to a decimal held in 64 bits: by
// is the target's scale minus the source's, p the target's precision; HALF_UP.
// It also casts integers to decimals (by is the scale). The caller skips a cast
// between equal types, which lets even a value too wide for its type pass
// (DecimalConversions.longToLongCast). bad where the result has more than p
// digits or leaves 64 bits; where p is over 18 the second is no failure of the
// cast, and the caller turns to Rescale64.
func RescaleNarrow(dst, src []int64, by, p int) (bad int) {
	src = src[:len(dst)]
	if by == 0 {
		if p > decimal.MaxShortPrecision {
			copy(dst, src)
			return -1
		}
		limit := decimal.Pow10Int64(p)
		for i := range dst {
			v := src[i]
			if v <= -limit || v >= limit {
				return i
			}
			dst[i] = v
		}
		return -1
	}
	if by > 0 && by <= decimal.MaxShortPrecision {
		// v*10^by has at most p digits exactly if v has at most p-by; beyond 18
		// digits what fits 64 bits is the limit.
		m := decimal.Pow10Int64(by)
		limit := math.MaxInt64 / m
		if p <= decimal.MaxShortPrecision {
			limit = decimal.Pow10Int64(max(p-by, 0)) - 1
		}
		for i := range dst {
			v := src[i]
			if v < -limit || v > limit {
				return i
			}
			dst[i] = v * m
		}
		return -1
	}
	if by < 0 && by >= -decimal.MaxShortPrecision {
		d := decimal.Pow10Int64(-by)
		half := d >> 1
		safe := math.MaxInt64 - half
		limit := int64(math.MaxInt64)
		if p <= decimal.MaxShortPrecision {
			limit = decimal.Pow10Int64(p) - 1
		}
		for i := range dst {
			v := src[i]
			// Half away from zero is truncation after adding one half of v's
			// sign: no branch on the digits, which are random.
			q := (v + (half ^ v>>63) - v>>63) / d
			if v < -safe || v > safe { // where the addition wraps
				q, _ = decimal.Rescale64(v, by)
			}
			if q < -limit || q > limit {
				return i
			}
			dst[i] = q
		}
		return -1
	}
	for i := range dst {
		r, ok := decimal.Cast64(src[i], by, p)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// Rescale64 is RescaleNarrow with results held in 128 bits.
func Rescale64(dst []decimal.Int128, src []int64, by, p int) (bad int) {
	src = src[:len(dst)]
	for i := range dst {
		r, ok := decimal.Cast(decimal.FromInt64(src[i]), by, p)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// Rescale casts decimal to decimal, both held in 128 bits; a short target
// follows by Narrow.
func Rescale(dst, src []decimal.Int128, by, p int) (bad int) {
	src = src[:len(dst)]
	for i := range dst {
		r, ok := decimal.Cast(src[i], by, p)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// DecimalToInt casts decimals held in 128 bits to an integer type of the range
// min..max, HALF_UP.
func DecimalToInt(dst []int64, src []decimal.Int128, scale int, min, max int64) (bad int) {
	src = src[:len(dst)]
	for i := range dst {
		r, ok := decimal.ToInt64(src[i], scale)
		if !ok || r < min || r > max {
			return i
		}
		dst[i] = r
	}
	return -1
}

// ShortDecimalToInt is DecimalToInt for decimals held in 64 bits.
func ShortDecimalToInt(dst, src []int64, scale int, min, max int64) (bad int) {
	src = src[:len(dst)]
	for i := range dst {
		r := decimal.ShortToInt64(src[i], scale)
		if r < min || r > max {
			return i
		}
		dst[i] = r
	}
	return -1
}

// DecimalToFloat64 casts long decimals (precision over 18) to double. Those
// held in 64 bits are widened first: short decimals follow another rule.
func DecimalToFloat64(dst []float64, src []decimal.Int128, scale int) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = decimal.ToFloat64(src[i], scale)
	}
}

// DecimalToFloat32 casts long decimals to real; see DecimalToFloat64.
func DecimalToFloat32(dst []float64, src []decimal.Int128, scale int) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = float64(decimal.ToFloat32(src[i], scale))
	}
}

// ShortDecimalToFloat64 casts short decimals (precision up to 18) to double.
func ShortDecimalToFloat64(dst []float64, src []int64, scale int) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = decimal.ShortToFloat64(src[i], scale)
	}
}

// ShortDecimalToFloat32 casts short decimals to real.
func ShortDecimalToFloat32(dst []float64, src []int64, scale int) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = float64(decimal.ShortToFloat32(src[i], scale))
	}
}

// Float64ToDecimal casts double to decimal(p, s), by its shortest text, HALF_UP;
// a short target follows by Narrow, which cannot fail then.
func Float64ToDecimal(dst []decimal.Int128, src []float64, p, s int) (bad int) {
	src = src[:len(dst)]
	for i := range dst {
		r, ok := decimal.FromFloat64(src[i], p, s)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}

// Float32ToDecimal casts real to decimal(p, s); see Float64ToDecimal.
func Float32ToDecimal(dst []decimal.Int128, src []float64, p, s int) (bad int) {
	src = src[:len(dst)]
	for i := range dst {
		r, ok := decimal.FromFloat32(float32(src[i]), p, s)
		if !ok {
			return i
		}
		dst[i] = r
	}
	return -1
}
