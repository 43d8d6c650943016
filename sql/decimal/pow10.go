package decimal

// Powers of ten and the digits limit of SQL's decimals.

import "math/bits"

// MaxPrecision is the largest precision of a decimal type; MaxShortPrecision
// is the largest that Trino holds in 64 bits (Decimals.MAX_SHORT_PRECISION),
// where its arithmetic does not check for overflow.
const (
	MaxPrecision      = 38
	MaxShortPrecision = 18
)

// MaxUnscaled38 is 10^38 - 1, the largest unscaled value of any decimal.
var MaxUnscaled38 = Int128{Hi: 0x4b3b4ca85a86c47a, Lo: 0x098a223fffffffff}

// pow10s holds 10^0 ..= 10^38; 10^38 < 2^127 < 10^39.
var pow10s = func() (t [MaxPrecision + 1]Int128) {
	t[0] = Int128{Lo: 1}
	for i := 1; i < len(t); i++ {
		v, ok := MulOK(t[i-1], Int128{Lo: 10})
		if !ok {
			panic("BUG: 10^38 does not fit 128 bits")
		}
		t[i] = v
	}
	return t
}()

// pow10u64 holds 10^0 ..= 10^19, the powers that fit uint64.
var pow10u64 = func() (t [20]uint64) {
	t[0] = 1
	for i := 1; i < len(t); i++ {
		t[i] = t[i-1] * 10
	}
	return t
}()

// Pow10 returns 10^n for n in 0..38.
func Pow10(n int) Int128 { return pow10s[n] }

// Pow10Int64 returns 10^n for n in 0..18.
func Pow10Int64(n int) int64 {
	if n > MaxShortPrecision {
		panic("BUG: 10^n beyond int64")
	}
	return int64(pow10u64[n])
}

// FitsPrecision reports whether |v| < 10^p, for p in 0..38
// (Decimals.overflows, negated).
func FitsPrecision(v Int128, p int) bool {
	hi, lo := v.magnitude()
	return below(hi, lo, pow10s[p])
}

// below reports whether an unsigned integer is less than limit, by the borrow
// of their difference.
func below(hi, lo uint64, limit Int128) bool {
	_, borrow := bits.Sub64(lo, limit.Lo, 0)
	_, borrow = bits.Sub64(hi, uint64(limit.Hi), borrow)
	return borrow != 0
}

// FitsPrecision64 is FitsPrecision for a value held in 64 bits; every int64
// fits p >= 19.
func FitsPrecision64(v int64, p int) bool {
	if p > MaxShortPrecision {
		return true
	}
	limit := int64(pow10u64[p])
	return v > -limit && v < limit
}

// Digits returns the number of decimal digits of |v|; 0 has one.
func Digits(v Int128) int {
	hi, lo := v.magnitude()
	n := 1
	for n <= MaxPrecision && !below(hi, lo, pow10s[n]) {
		n++
	}
	return n
}
