package decimal

// Decimals from and to double, real, bigint and math/big.

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// ToFloat64 is CAST(decimal AS double) of a long decimal (precision over 18):
// the double nearest to the exact value, as if its text were parsed
// (DecimalConversions.longDecimalToDouble).
func ToFloat64(v Int128, scale int) float64 {
	if v.IsInt64() {
		if i := int64(v.Lo); scale <= 22 && i >= -1<<53 && i <= 1<<53 {
			return float64(i) / exact10[scale] // both exact: one rounding
		}
	}
	hi, lo := v.magnitude()
	if hi|lo == 0 {
		return 0
	}
	top, exp := quotientBits(hi, lo, scale)
	f := math.Ldexp(float64(top), exp)
	if v.Hi < 0 {
		f = -f
	}
	return f
}

// ToFloat32 is CAST(decimal AS real) of a long decimal: the real nearest to
// the exact value (DecimalConversions.longDecimalToReal).
func ToFloat32(v Int128, scale int) float32 {
	hi, lo := v.magnitude()
	if hi|lo == 0 {
		return 0
	}
	top, exp := quotientBits(hi, lo, scale)
	// Reals reach into the subnormals (10^-38), where Ldexp of an already
	// rounded value would round twice. A 53-bit value rounded to odd may be
	// rounded again to 24 bits or fewer without harm.
	odd := top >> 11
	if top&(1<<11-1) != 0 {
		odd |= 1
	}
	f := float32(math.Ldexp(float64(odd), exp+11))
	if v.Hi < 0 {
		f = -f
	}
	return f
}

// quotientBits returns the first 64 bits of m / 10^scale, m not zero, with the
// last one set if anything is cut off, and the power of two to multiply by.
// Rounding that to 53 bits or fewer, half to even, rounds the exact value.
func quotientBits(hi, lo uint64, scale int) (top uint64, exp int) {
	p := pow10s[scale]
	// Move m to the top of 128 bits, so that the quotient has 64 bits at least.
	shift := bits.LeadingZeros64(hi)
	if hi == 0 {
		shift = 64 + bits.LeadingZeros64(lo)
		hi, lo = lo, 0
	}
	z := uint(shift & 63)
	hi, lo = hi<<z|lo>>1>>(63-z), lo<<z
	var qh, ql, rest uint64
	if p.Hi == 0 { // m >= 2^127, p < 2^64
		qh, ql, rest = div128by64(hi, lo, p.Lo)
	} else { // m * 2^64 >= 2^191, p < 2^127; and p > 2^66 keeps it below 2^126
		var rh, rl uint64
		qh, ql, rh, rl, _ = divWide(uint256{0, lo, hi, 0}, uint64(p.Hi), p.Lo)
		rest = rh | rl
		shift += 64
	}
	if qh != 0 {
		z = uint(bits.LeadingZeros64(qh))
		rest |= ql << z
		ql = qh<<z | ql>>1>>(63-z)
		exp = 64 - int(z)
	}
	if rest != 0 {
		ql |= 1
	}
	return ql, exp - shift
}

// exact10 holds the powers of ten that a double holds exactly.
var exact10 = [23]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// ShortToFloat64 is CAST(decimal AS double) of a short decimal (precision up
// to 18). Trino divides the two as doubles, so a value beyond 2^53 is rounded
// twice and may differ in the last bit from ToFloat64
// (DecimalConversions.shortDecimalToDouble).
func ShortToFloat64(v int64, scale int) float64 { return float64(v) / exact10[scale] }

// ShortToFloat32 is CAST(decimal AS real) of a short decimal: the quotient of
// two reals, rounded thrice (DecimalConversions.shortDecimalToReal).
func ShortToFloat32(v int64, scale int) float32 {
	return float32(v) / float32(int64(pow10u64[scale]))
}

// FromFloat64 is CAST(double AS decimal(p,s)): the shortest decimal that reads
// back as f, rounded HALF_UP to s decimals; so 1e0/3 has 16 digits to round, not
// the 54 of its binary value (DecimalConversions.internalDoubleToLongDecimal: it
// goes through Double.toString). False for NaN, the infinities and anything
// that needs more than p digits: "Cannot cast DOUBLE '%s' to DECIMAL(%s, %s)".
func FromFloat64(f float64, p, s int) (Int128, bool) {
	// Where a decimal of at most 15 digits reads as f, it is the only one that
	// does, and so it is f's shortest text. Divided in one rounding, n / 10^s is
	// what its text reads as.
	if s < len(exact10) {
		if n := math.RoundToEven(f * exact10[s]); math.Abs(n) < 1e15 && n/exact10[s] == f {
			v := int64(n)
			return FromInt64(v), FitsPrecision64(v, p)
		}
	}
	return fromFloat(f, 64, p, s)
}

// FromFloat32 is CAST(real AS decimal(p,s)), by the shortest decimal that reads
// back as the same real (DecimalConversions.realToLongDecimal).
func FromFloat32(f float32, p, s int) (Int128, bool) { return fromFloat(float64(f), 32, p, s) }

func fromFloat(f float64, size, p, s int) (Int128, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Int128{}, false
	}
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], f, 'e', -1, size) // -d.ddde±dd, up to 17 digits
	neg := text[0] == '-'
	if neg {
		text = text[1:]
	}
	var digits uint64
	exp := 0
	for i, c := range text {
		if c == 'e' {
			if i > 1 {
				exp = -(i - 2) // digits after the point
			}
			e := 0
			for _, d := range text[i+2:] {
				e = e*10 + int(d-'0')
			}
			if text[i+1] == '-' {
				e = -e
			}
			exp += e
			break
		}
		if c != '.' {
			digits = digits*10 + uint64(c-'0')
		}
	}
	if digits == 0 {
		return Int128{}, true
	}
	v, ok := Rescale(negIf(0, digits, neg), exp+s)
	return v, ok && FitsPrecision(v, p)
}

// ToInt64 is CAST(decimal AS bigint), and false where the value rounded HALF_UP
// does not fit 64 bits (DecimalCasts.longDecimalToBigint).
func ToInt64(v Int128, scale int) (int64, bool) {
	r, _ := Rescale(v, -scale)
	return int64(r.Lo), r.IsInt64()
}

// ShortToInt64 is ToInt64 for a value held in 64 bits; it always fits.
func ShortToInt64(v int64, scale int) int64 {
	r, _ := Rescale64(v, -scale)
	return r
}

// FromInt64Scaled is CAST(bigint AS decimal(p,s)), and false where v*10^s has
// more than p digits (DecimalCasts.bigintToLongDecimal).
func FromInt64Scaled(v int64, p, s int) (Int128, bool) { return Cast(FromInt64(v), s, p) }

// Big returns v as a math/big integer.
func (v Int128) Big() *big.Int {
	hi, lo := v.magnitude()
	b := new(big.Int).SetUint64(hi)
	b.Lsh(b, 64)
	b.Or(b, new(big.Int).SetUint64(lo))
	if v.Hi < 0 {
		b.Neg(b)
	}
	return b
}

// FromBig returns b, and false where it does not fit 128 bits.
func FromBig(b *big.Int) (Int128, bool) {
	if b.BitLen() > 127 {
		if b.Sign() < 0 && b.BitLen() == 128 && b.TrailingZeroBits() == 127 {
			return Int128{Hi: math.MinInt64}, true
		}
		return Int128{}, false
	}
	var buf [16]byte
	b.FillBytes(buf[:])
	var hi, lo uint64
	for i := range 8 {
		hi = hi<<8 | uint64(buf[i])
		lo = lo<<8 | uint64(buf[i+8])
	}
	return signed(hi, lo, int64(b.Sign()))
}
