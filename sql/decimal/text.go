package decimal

// Decimals from and to text.

import (
	"math/bits"
	"unicode"
)

// Parse reads a decimal literal, 12.5 or DECIMAL '-0012.50': an optional sign,
// digits with single underscores between them, at most one point, and at least
// one digit (Decimals.parse). The type follows from the spelling: the scale is
// the number of digits after the point, the precision the number of digits
// without the integral part's leading zeros, at least 1. ok is false for
// anything else and for more than 38 digits.
func Parse(text string) (v Int128, precision, scale int, ok bool) {
	i := 0
	neg := false
	if i < len(text) && (text[i] == '+' || text[i] == '-') {
		neg = text[i] == '-'
		i++
	}
	var hi, lo uint64
	afterPoint, seenDigit, digitBefore := false, false, false
	for ; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			seenDigit, digitBefore = true, true
			if afterPoint {
				scale++
			}
			if !afterPoint && precision == 0 && c == '0' {
				continue // a leading zero
			}
			precision++
			if precision > MaxPrecision {
				return Int128{}, 0, 0, false
			}
			hi, lo = timesTenPlus(hi, lo, uint64(c-'0'))
		case c == '.' && !afterPoint && (digitBefore || !seenDigit):
			afterPoint, digitBefore = true, false
		case c == '_' && digitBefore && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9':
			digitBefore = false
		default:
			return Int128{}, 0, 0, false
		}
	}
	if !seenDigit {
		return Int128{}, 0, 0, false
	}
	return negIf(hi, lo, neg), max(precision, 1), scale, true
}

// negIf gives a magnitude its sign.
func negIf(hi, lo uint64, neg bool) Int128 {
	if neg {
		return withSign(hi, lo, -1)
	}
	return Int128{Hi: int64(hi), Lo: lo}
}

// timesTenPlus appends a digit to an unsigned integer of at most 37 digits.
func timesTenPlus(hi, lo, digit uint64) (uint64, uint64) {
	h, l := bits.Mul64(lo, 10)
	l, c := bits.Add64(l, digit, 0)
	return hi*10 + h + c, l
}

// ParseStatus is the outcome of ParseJava.
type ParseStatus uint8

// The outcomes; the two failures are the endings of Trino's message
// "Cannot cast VARCHAR '%s' to DECIMAL(%s, %s). Value is not a number." and
// "... Value too large." (DecimalCasts.varcharToLongDecimal).
const (
	ParseOK ParseStatus = iota
	ParseNotANumber
	ParseTooLarge
)

// ParseJava reads what CAST(varchar AS decimal(p, s)) reads: the syntax of
// Java's BigDecimal, rounded HALF_UP to s decimals. That is an optional sign,
// digits with at most one point and at least one digit, and an optional
// exponent (e or E, optional sign, digits): '1e3', '.5', '5.', '+5'. No blanks,
// no underscores. Digits of other scripts count, as in Java. The exponent and
// the resulting scale must fit 32 bits, or it is no number at all.
func ParseJava(text string, p, s int) (Int128, ParseStatus) {
	if v, fraction, ok := parsePlain(text); ok {
		r, ok := Rescale(v, s-fraction)
		if !ok || !FitsPrecision(r, p) {
			return Int128{}, ParseTooLarge
		}
		return r, ParseOK
	}
	// First walk: the syntax, and where everything is. Nothing is computed, as
	// the exponent at the end decides which digits count.
	rest := text
	neg := false
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		neg = rest[0] == '-'
		rest = rest[1:]
	}
	mantissa := rest
	digits, fraction := 0, 0
	point := false
scan:
	for rest != "" {
		d, n := javaDigit(rest)
		switch {
		case d >= 0:
			digits++
			if point {
				fraction++
			}
		case rest[0] == '.' && !point:
			point, n = true, 1
		case rest[0] == 'e' || rest[0] == 'E':
			break scan
		default:
			return Int128{}, ParseNotANumber
		}
		rest = rest[n:]
	}
	if digits == 0 {
		return Int128{}, ParseNotANumber
	}
	mantissa = mantissa[:len(mantissa)-len(rest)]
	exp := int64(0)
	if rest != "" {
		e, ok := javaExponent(rest[1:])
		if !ok {
			return Int128{}, ParseNotANumber
		}
		exp = e
		if scale := int64(fraction) - exp; scale != int64(int32(scale)) {
			return Int128{}, ParseNotANumber // "Scale out of range."
		}
	}

	// Second walk: the value is 0.d1 d2 d3 ... * 10^magnitude, so that the
	// first magnitude+s digits are kept and the next one rounds.
	keep := int64(digits-fraction) + exp + int64(s)
	var hi, lo uint64
	kept := 0 // digits in hi, lo, from the first that is not 0
	for keep >= 0 && mantissa != "" {
		d, n := javaDigit(mantissa)
		mantissa = mantissa[n:]
		if d < 0 { // the point
			continue
		}
		if keep == 0 {
			if d >= 5 {
				lo++
				if lo == 0 {
					hi++
				}
			}
			keep = -1
			break
		}
		keep--
		if kept > 0 || d > 0 {
			kept++
			if kept > MaxPrecision {
				return Int128{}, ParseTooLarge
			}
			hi, lo = timesTenPlus(hi, lo, uint64(d))
		}
	}
	if hi|lo == 0 {
		return Int128{}, ParseOK
	}
	for ; keep > 0; keep-- { // the exponent reaches beyond the digits
		kept++
		if kept > MaxPrecision {
			return Int128{}, ParseTooLarge
		}
		hi, lo = timesTenPlus(hi, lo, 0)
	}
	v := negIf(hi, lo, neg)
	if !FitsPrecision(v, p) {
		return Int128{}, ParseTooLarge
	}
	return v, ParseOK
}

// parsePlain reads the common spelling: sign, ASCII digits, a point, at most 18
// digits in all. It leaves everything else, right or wrong, to its caller.
func parsePlain(text string) (v Int128, fraction int, ok bool) {
	i := 0
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		i = 1
	}
	if len(text)-i > 19 { // 18 digits and the point
		return Int128{}, 0, false
	}
	var u int64
	digits, point := 0, -1
	for j := i; j < len(text); j++ {
		c := text[j]
		if d := c - '0'; d <= 9 {
			u = u*10 + int64(d)
			digits++
		} else if c == '.' && point < 0 {
			point = j
		} else {
			return Int128{}, 0, false
		}
	}
	if digits == 0 || digits > MaxShortPrecision {
		return Int128{}, 0, false
	}
	if point >= 0 {
		fraction = len(text) - 1 - point
	}
	if text[0] == '-' {
		u = -u
	}
	return FromInt64(u), fraction, true
}

// javaDigit returns the value of the decimal digit that text starts with, -1 if
// it starts with something else, and the length of its encoding. BigDecimal
// looks at UTF-16 units one by one, so only digits of the basic plane count.
func javaDigit(text string) (value, size int) {
	c := text[0]
	if c < 0x80 {
		if c >= '0' && c <= '9' {
			return int(c - '0'), 1
		}
		return -1, 1
	}
	for i, r := range text {
		if i > 0 {
			break
		}
		size = len(string(r))
		for _, block := range unicode.Nd.R16 {
			if r >= rune(block.Lo) && r <= rune(block.Hi) {
				// Unicode assigns digits in whole runs, 0 to 9.
				return int(r-rune(block.Lo)) % 10, size
			}
		}
	}
	return -1, size
}

// javaExponent reads what follows the e: BigDecimal.parseExp. Beyond leading
// zeros it may have at most ten digits, and must fit 32 bits.
func javaExponent(text string) (int64, bool) {
	neg := false
	if text != "" && (text[0] == '+' || text[0] == '-') {
		neg = text[0] == '-'
		text = text[1:]
	}
	if text == "" {
		return 0, false
	}
	var e int64
	for text != "" {
		d, n := javaDigit(text)
		if d < 0 {
			return 0, false
		}
		text = text[n:]
		e = e*10 + int64(d)
		if e > 1<<31 {
			return 0, false
		}
	}
	if neg {
		e = -e
	}
	return e, e == int64(int32(e))
}

// Append appends v with exactly scale decimals: plain digits, never an
// exponent, a zero before the point ("-0.05") (Decimals.toString).
func Append(dst []byte, v Int128, scale int) []byte {
	if v.IsInt64() {
		return AppendInt64(dst, int64(v.Lo), scale)
	}
	var buf [40]byte
	hi, lo := v.magnitude()
	i := len(buf)
	// 10^19 is the largest power in 64 bits, and |v| / 10^19 < 2^64.
	q, r := bits.Div64(hi, lo, pow10u64[19])
	i = putDigits(&buf, i, r)
	for i > len(buf)-19 && q != 0 {
		i--
		buf[i] = '0'
	}
	if q != 0 {
		i = putDigits(&buf, i, q)
	}
	return appendPoint(dst, buf[i:], scale, v.Hi < 0)
}

// AppendInt64 is Append for a value held in 64 bits.
func AppendInt64(dst []byte, v int64, scale int) []byte {
	var buf [40]byte
	u := uint64(v)
	if v < 0 {
		u = -u
	}
	i := putDigits(&buf, len(buf), u)
	return appendPoint(dst, buf[i:], scale, v < 0)
}

const digitPairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"

// putDigits writes u before buf[i] and returns where it starts.
func putDigits(buf *[40]byte, i int, u uint64) int {
	for u >= 100 {
		pair := u % 100 * 2
		u /= 100
		i -= 2
		buf[i], buf[i+1] = digitPairs[pair], digitPairs[pair+1]
	}
	if u >= 10 {
		i -= 2
		buf[i], buf[i+1] = digitPairs[u*2], digitPairs[u*2+1]
		return i
	}
	i--
	buf[i] = byte('0' + u)
	return i
}

const zeros = "00000000000000000000000000000000000000000"

func appendPoint(dst, digits []byte, scale int, neg bool) []byte {
	if neg {
		dst = append(dst, '-')
	}
	if scale == 0 {
		return append(dst, digits...)
	}
	if len(digits) <= scale {
		dst = append(dst, '0', '.')
		dst = append(dst, zeros[:scale-len(digits)]...)
		return append(dst, digits...)
	}
	cut := len(digits) - scale
	dst = append(dst, digits[:cut]...)
	dst = append(dst, '.')
	return append(dst, digits[cut:]...)
}

// Format returns what Append appends, as a string.
func Format(v Int128, scale int) string {
	var buf [48]byte
	return string(Append(buf[:0], v, scale))
}

// String returns v as an integer.
func (v Int128) String() string { return Format(v, 0) }
