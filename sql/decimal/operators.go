package decimal

// SQL's + - * / % over unscaled values, as Trino's DecimalOperators computes
// them for long decimals (result precision over 18). Short decimals use plain
// 64-bit arithmetic there, unchecked; engine/kernel has those loops.

import "math/bits"

// AddRescale returns by how many places each operand of + - % is moved up so
// that both have the larger scale; at least one is 0.
func AddRescale(s1, s2 int) (aBy, bBy int) { return max(0, s2-s1), max(0, s1-s2) }

// DivRescale returns by how many places a dividend of scale s1 is moved up
// before it is divided by a divisor of scale s2, so that the quotient has the
// scale max(s1, s2).
func DivRescale(s1, s2 int) int { return max(s1, s2) - s1 + s2 }

// Add returns a*10^aBy + b*10^bBy (see AddRescale), and false where a rescaled
// operand or the sum leaves 128 bits or the sum has more than 38 digits.
func Add(a, b Int128, aBy, bBy int) (Int128, bool) {
	ok1, ok2 := true, true
	if aBy > 0 {
		a, ok1 = scaleUp(a, aBy)
	} else if bBy > 0 {
		b, ok2 = scaleUp(b, bBy)
	}
	r, ok := AddOK(a, b)
	return r, ok && ok1 && ok2 && FitsPrecision(r, MaxPrecision)
}

// Sub returns a*10^aBy - b*10^bBy, checked like Add.
func Sub(a, b Int128, aBy, bBy int) (Int128, bool) {
	ok1, ok2 := true, true
	if aBy > 0 {
		a, ok1 = scaleUp(a, aBy)
	} else if bBy > 0 {
		b, ok2 = scaleUp(b, bBy)
	}
	r, ok := SubOK(a, b)
	return r, ok && ok1 && ok2 && FitsPrecision(r, MaxPrecision)
}

// Mul returns a * b, and false where the product has more than 38 digits. The
// product of two 64-bit values always fits.
func Mul(a, b Int128) (Int128, bool) {
	r, ok := MulOK(a, b)
	return r, ok && FitsPrecision(r, MaxPrecision)
}

// Div returns a*10^by / b rounded HALF_UP (see DivRescale), and false where
// the quotient has more than 38 digits or by is 38 or more, which Trino refuses
// whatever the values (Int128Math.divideRoundUp). b is not zero.
//
// One difference: a quotient between 2^128 - 10^38 and 2^128 comes out of
// Trino as a small negative number, because its sign bit is lost before the
// check. Here it is the overflow that it is.
func Div(a, b Int128, by int) (Int128, bool) {
	if by >= MaxPrecision {
		return Int128{}, false
	}
	ah, al := a.magnitude()
	bh, bl := b.magnitude()
	sign := a.Hi ^ b.Hi
	if ah|bh == 0 && by < len(pow10u64) {
		// Both fit 64 bits: one or two hardware divisions.
		nh, nl := bits.Mul64(al, pow10u64[by])
		qh, ql, r := div128by64(nh, nl, bl)
		_, borrow := bits.Sub64(r, bl-r, 0) // 2r >= b, where 2r might overflow
		ql, c := bits.Add64(ql, 1-borrow, 0)
		v, ok := signed(qh+c, ql, sign)
		return v, ok && FitsPrecision(v, MaxPrecision)
	}
	p := pow10s[by]
	n := mulWide(ah, al, uint64(p.Hi), p.Lo)
	qh, ql, rh, rl, ok := divWide(n, bh, bl)
	if !ok {
		return Int128{}, false
	}
	// r < b <= 2^127, so that 2r fits 128 bits.
	rh, rl = rh<<1|rl>>63, rl<<1
	if rh > bh || rh == bh && rl >= bl {
		ql++
		if ql == 0 {
			qh++
			if qh == 0 {
				return Int128{}, false
			}
		}
	}
	v, ok := signed(qh, ql, sign)
	return v, ok && FitsPrecision(v, MaxPrecision)
}

// Mod returns the remainder of a*10^aBy divided by b*10^bBy (see AddRescale);
// it has the dividend's sign. b is not zero. It returns false where the quotient
// does not fit 128 bits: Trino computes that too, and fails
// (Int128Math.remainder), although the remainder itself would always fit.
func Mod(a, b Int128, aBy, bBy int) (Int128, bool) {
	ah, al := a.magnitude()
	bh, bl := b.magnitude()
	if ah|bh == 0 && aBy == 0 && bBy == 0 {
		return withSign(0, al%bl, a.Hi), true
	}
	if bBy > 0 { // then aBy is 0
		p := pow10s[bBy]
		d := mulWide(bh, bl, uint64(p.Hi), p.Lo)
		if d[3]|d[2] != 0 { // the divisor exceeds any dividend
			return a, true
		}
		bh, bl = d[1], d[0]
		if bh > ah || bh == ah && bl > al {
			return a, true
		}
	}
	p := pow10s[aBy]
	n := mulWide(ah, al, uint64(p.Hi), p.Lo)
	_, _, rh, rl, ok := divWide(n, bh, bl)
	if !ok {
		return Int128{}, false
	}
	return signed(rh, rl, a.Hi)
}
