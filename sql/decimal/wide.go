package decimal

// Unsigned 256-bit steps. Division rescales its dividend by up to 10^37 before
// it divides, so it needs 128 x 128 -> 256 bits and 256 / 128 bits.

import "math/bits"

// uint256 is an unsigned integer, least significant limb first.
type uint256 [4]uint64

// mulWide returns the whole product of two unsigned 128-bit integers.
func mulWide(ah, al, bh, bl uint64) (p uint256) {
	h00, l00 := bits.Mul64(al, bl)
	h01, l01 := bits.Mul64(al, bh)
	h10, l10 := bits.Mul64(ah, bl)
	h11, l11 := bits.Mul64(ah, bh)
	var c uint64
	p[0] = l00
	p[1], c = bits.Add64(h00, l01, 0)
	p[2], c = bits.Add64(h01, l11, c)
	p[3] = h11 + c
	p[1], c = bits.Add64(p[1], l10, 0)
	p[2], c = bits.Add64(p[2], h10, c)
	p[3] += c
	return p
}

// divWide divides n by the non-zero d. ok is false where the quotient does not
// fit 128 bits; the remainder is right either way.
func divWide(n uint256, dh, dl uint64) (qh, ql, rh, rl uint64, ok bool) {
	if dh == 0 {
		var q uint256
		var r uint64
		for i := 3; i >= 0; i-- {
			if r == 0 && n[i] < dl { // leading zeros, mostly
				r = n[i]
				continue
			}
			q[i], r = bits.Div64(r, n[i], dl)
		}
		return q[1], q[0], 0, r, q[2]|q[3] == 0
	}
	// Knuth's algorithm D with two limbs in the divisor. Shifting both left
	// until the divisor's top bit is set makes each guess at most 2 too large.
	shift := uint(bits.LeadingZeros64(dh))
	v1, v0 := dh<<shift|dl>>1>>(63-shift), dl<<shift
	var u [5]uint64
	u[4] = n[3] >> 1 >> (63 - shift)
	for i := 3; i > 0; i-- {
		u[i] = n[i]<<shift | n[i-1]>>1>>(63-shift)
	}
	u[0] = n[0] << shift

	var q [3]uint64
	for j := 2; j >= 0; j-- {
		if u[j+2] == 0 && u[j+1] < v1 {
			continue // the digit is 0
		}
		var guess, rest, carry uint64
		if u[j+2] >= v1 { // equal: a larger one would be a guess too small before
			guess = ^uint64(0)
			rest, carry = bits.Add64(u[j+1], v1, 0)
		} else {
			guess, rest = bits.Div64(u[j+2], u[j+1], v1)
		}
		for carry == 0 {
			h, l := bits.Mul64(guess, v0)
			if h < rest || h == rest && l <= u[j] {
				break
			}
			guess--
			rest, carry = bits.Add64(rest, v1, 0)
		}
		// u[j..j+2] -= guess * v
		h0, l0 := bits.Mul64(guess, v0)
		h1, l1 := bits.Mul64(guess, v1)
		m1, c := bits.Add64(h0, l1, 0)
		m2 := h1 + c
		var b uint64
		u[j], b = bits.Sub64(u[j], l0, 0)
		u[j+1], b = bits.Sub64(u[j+1], m1, b)
		u[j+2], b = bits.Sub64(u[j+2], m2, b)
		if b != 0 { // still one too large: add the divisor back
			guess--
			u[j], c = bits.Add64(u[j], v0, 0)
			u[j+1], c = bits.Add64(u[j+1], v1, c)
			u[j+2] += c
		}
		q[j] = guess
	}
	rl = u[0]>>shift | u[1]<<1<<(63-shift)
	rh = u[1] >> shift
	return q[1], q[0], rh, rl, q[2] == 0
}
