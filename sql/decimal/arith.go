package decimal

// Arithmetic on Int128 as on integers: no scale, no 38-digit limit.

import "math/bits"

// Neg returns -v. It wraps for -2^127, which no decimal reaches: those end at
// 10^38 < 2^127.
func (v Int128) Neg() Int128 {
	lo, borrow := bits.Sub64(0, v.Lo, 0)
	hi, _ := bits.Sub64(0, uint64(v.Hi), borrow)
	return Int128{Hi: int64(hi), Lo: lo}
}

// Abs returns |v|; like Neg it wraps for -2^127.
func (v Int128) Abs() Int128 {
	if v.Hi < 0 {
		return v.Neg()
	}
	return v
}

// NegOK returns -v, and false for -2^127 (Int128Math.negateExact).
func NegOK(v Int128) (Int128, bool) {
	r := v.Neg()
	return r, v.Hi >= 0 || r.Hi >= 0
}

// AbsOK returns |v|, and false for -2^127 (Int128Math.absExact).
func AbsOK(v Int128) (Int128, bool) {
	r := v.Abs()
	return r, r.Hi >= 0
}

// magnitude returns |v| as an unsigned 128-bit integer; right for -2^127 too.
func (v Int128) magnitude() (hi, lo uint64) {
	s := uint64(v.Hi >> 63) // all ones if negative
	lo, borrow := bits.Sub64(v.Lo^s, s, 0)
	hi, _ = bits.Sub64(uint64(v.Hi)^s, s, borrow)
	return hi, lo
}

// withSign gives a magnitude below 2^127 the sign of sign, which is any signed
// number: -v is ^v + 1, done without a branch as signs are unpredictable.
func withSign(hi, lo uint64, sign int64) Int128 {
	s := uint64(sign >> 63)
	lo, borrow := bits.Sub64(lo^s, s, 0)
	hi, _ = bits.Sub64(hi^s, s, borrow)
	return Int128{Hi: int64(hi), Lo: lo}
}

// signed is withSign for any magnitude: false from 2^127 on.
func signed(hi, lo uint64, sign int64) (Int128, bool) {
	return withSign(hi, lo, sign), hi>>63 == 0
}

// AddWrap returns v + w modulo 2^128.
func AddWrap(v, w Int128) Int128 {
	lo, carry := bits.Add64(v.Lo, w.Lo, 0)
	hi, _ := bits.Add64(uint64(v.Hi), uint64(w.Hi), carry)
	return Int128{Hi: int64(hi), Lo: lo}
}

// SubWrap returns v - w modulo 2^128.
func SubWrap(v, w Int128) Int128 {
	lo, borrow := bits.Sub64(v.Lo, w.Lo, 0)
	hi, _ := bits.Sub64(uint64(v.Hi), uint64(w.Hi), borrow)
	return Int128{Hi: int64(hi), Lo: lo}
}

// AddOK returns v + w, and false where it does not fit 128 bits
// (Int128Math.add).
func AddOK(v, w Int128) (Int128, bool) {
	r := AddWrap(v, w)
	// Overflow is a result whose sign differs from both operands' sign.
	return r, (r.Hi^v.Hi)&(r.Hi^w.Hi) >= 0
}

// SubOK returns v - w, and false where it does not fit 128 bits
// (Int128Math.subtract).
func SubOK(v, w Int128) (Int128, bool) {
	r := SubWrap(v, w)
	return r, (v.Hi^w.Hi)&(v.Hi^r.Hi) >= 0
}

// MulInt64 returns the exact product of two 64-bit integers.
func MulInt64(a, b int64) Int128 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	// Unsigned to signed: a negative operand was taken 2^64 too large.
	hi -= uint64(a>>63&b) + uint64(b>>63&a)
	return Int128{Hi: int64(hi), Lo: lo}
}

// MulOK returns v * w, and false where the product's magnitude is 2^127 or more
// (Int128Math.multiply).
func MulOK(v, w Int128) (Int128, bool) {
	if v.IsInt64() && w.IsInt64() {
		return MulInt64(int64(v.Lo), int64(w.Lo)), true
	}
	vh, vl := v.magnitude()
	wh, wl := w.magnitude()
	hi, lo, ok := mul128(vh, vl, wh, wl)
	r, fits := signed(hi, lo, v.Hi^w.Hi)
	return r, ok && fits
}

// mul128 multiplies unsigned 128-bit integers, and says whether the product
// fits 128 bits.
func mul128(ah, al, bh, bl uint64) (hi, lo uint64, ok bool) {
	if ah != 0 && bh != 0 {
		return 0, 0, false
	}
	hi, lo = bits.Mul64(al, bl)
	over1, mid1 := bits.Mul64(ah, bl)
	over2, mid2 := bits.Mul64(al, bh)
	hi, c1 := bits.Add64(hi, mid1, 0)
	hi, c2 := bits.Add64(hi, mid2, 0)
	return hi, lo, over1|over2|c1|c2 == 0
}
