package serde

// The loops over the values of a column in their usual spelling. Each begins with
// the k-th of the rows, and returns the place of the first row that it leaves to
// decode. Where a value's end is known package shape has checked its syntax.

import (
	"math"
	"math/bits"
	"unsafe"

	"github.com/ionq-db/ionq/reader/clock"
	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// strings takes strings without escape sequences.
func (c *Column) strings(b []byte, at, till, rows []int32, k int) int {
	out := c.vec.Str
	for ; k < len(rows); k++ {
		r := rows[k]
		i, end := at[r], till[r]
		if i < 0 || end&1 != 0 || b[i>>1] != '"' {
			return k
		}
		s := b[i>>1+1 : end>>1-1]
		out[r] = unsafe.String(unsafe.SliceData(s), len(s))
	}
	return k
}

// integers takes ints of up to 18 digits.
func (c *Column) integers(b []byte, at, till, rows []int32, k int) int {
	shift := 64 - intBits(c.Type.Kind)
	out := c.vec.I64
	for ; k < len(rows); k++ {
		r := rows[k]
		x, ok := integer(b, int(at[r]>>1), int(till[r]>>1))
		if !ok || x<<shift>>shift != x {
			return k
		}
		out[r] = x
	}
	return k
}

// integer reads the int at b[i:end]; ok is false where it is none, or has more
// than 18 digits.
func integer(b []byte, i, end int) (x int64, ok bool) {
	if i < 0 || end < 0 {
		return 0, false
	}
	neg := b[i] == '-'
	if neg {
		i++
	}
	if n := end - i; n < 1 || n > 18 || digitsEnd(b, i) != end {
		return 0, false
	}
	n, u := digitRun(ion.Load8(b, i))
	for j := i + n; n == 8; j += n {
		var v uint64
		n, v = digitRun(ion.Load8(b, j))
		u = u*pow10[n] + v
	}
	if x = int64(u); neg {
		x = -x
	}
	return x, true
}

// digitsEnd returns the offset behind the digits at b[i].
func digitsEnd(b []byte, i int) int {
	for b[i]-'0' <= 9 {
		i++
	}
	return i
}

// pow10 holds the powers of ten that fit uint64.
var pow10 = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// digitRun returns how many of the 8 bytes of w, from the lowest on, are digits,
// and the number that they spell.
func digitRun(w uint64) (n int, v uint64) {
	x := w ^ zeros
	// A byte is a digit where x is below 10: neither its high nibble nor, after
	// adding 6, anything above the low nibble is set. Carries only reach bytes
	// above the first non-digit, which do not count.
	no := (x | (x + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0
	n = bits.TrailingZeros64(no) >> 3
	return n, spelled(x << (64 - 8*uint(n))) // the digits in the high bytes, zeros before them
}

// zeros are eight of them.
const zeros = 0x3030303030303030

// spelled is the number of eight digits' values, the first lowest.
func spelled(x uint64) uint64 {
	x = x & 0x0F0F0F0F0F0F0F0F * 2561 >> 8
	x = x & 0x00FF00FF00FF00FF * 6553601 >> 16
	return x & 0x0000FFFF0000FFFF * 42949672960001 >> 32
}

// number reads the decimal at b[i:end]: its coefficient, of up to 18 digits, and
// its exponent. ok is false where it is no decimal, or has more digits.
func number(b []byte, i, end int) (coef uint64, exp int, neg, ok bool) {
	if end-i > 19+1 || i < 0 {
		return 0, 0, false, false
	}
	neg = b[i] == '-'
	if neg {
		i++
	}
	if n := end - 1 - i; b[max(i, end-1)] == '.' && n <= 16 && end >= 17 {
		// A whole number, as ids are: its digits end where they must.
		lo, hi := ion.Load8(b, end-9)^zeros, uint64(0)
		if n <= 8 {
			lo = lo >> (64 - 8*uint(n)) << (64 - 8*uint(n))
			return spelled(lo), 0, neg, n > 0
		}
		hi = (ion.Load8(b, end-17) ^ zeros) >> (128 - 8*uint(n)) << (128 - 8*uint(n))
		return spelled(hi)*1e8 + spelled(lo), 0, neg, true
	}
	from := i
	n, coef := digitRun(ion.Load8(b, i))
	i += n
	if n == 8 {
		var v uint64
		n, v = digitRun(ion.Load8(b, i))
		coef = coef*pow10[n] + v
		i += n
		for n == 8 && b[i]-'0' <= 9 {
			coef = coef*10 + uint64(b[i]-'0')
			i++
		}
	}
	total := i - from
	if total == 0 {
		return 0, 0, false, false
	}
	if b[i] == '.' {
		i++
		if i == end {
			return coef, 0, neg, total <= 18
		}
		n, v := digitRun(ion.Load8(b, i))
		coef = coef*pow10[n] + v
		i += n
		exp = n
		for n == 8 && b[i]-'0' <= 9 {
			coef = coef*10 + uint64(b[i]-'0')
			exp++
			i++
		}
		total += exp
		exp = -exp
		if i == end {
			return coef, exp, neg, total <= 18
		}
	}
	if b[i]|0x20 != 'd' { // an int, a timestamp, a float
		return 0, 0, false, false
	}
	i++
	minus := b[i] == '-'
	if minus || b[i] == '+' {
		i++
	}
	e := 0
	for ; b[i]-'0' <= 9; i++ {
		if e = e*10 + int(b[i]-'0'); e > 1000 {
			return 0, 0, false, false
		}
	}
	if minus {
		e = -e
	}
	return coef, exp + e, neg, i == end && total <= 18
}

// unscaled makes of a coefficient the column's unscaled value; ok is false where
// it would lose digits or does not fit.
func unscaled(coef uint64, exp int, neg bool) (x int64, ok bool) {
	switch {
	case exp == 0 || coef == 0:
	case exp > 0:
		if exp > 19 {
			return 0, false
		}
		hi, lo := bits.Mul64(coef, pow10[exp])
		if hi != 0 || lo > 1<<63-1 {
			return 0, false
		}
		coef = lo
	default:
		if exp < -18 || coef%pow10[-exp] != 0 {
			return 0, false
		}
		coef /= pow10[-exp]
	}
	if x = int64(coef); neg {
		x = -x
	}
	return x, true
}

// decimals takes decimals of up to 18 digits that fit the column; decode has the
// errors.
func (c *Column) decimals(b []byte, at, till, rows []int32, k int) int {
	v := &c.vec
	for ; ; k++ {
		if v.Phys == page.PhysInt64 {
			k = vectorDecimals(b, at, till, rows, k, v.I64, c.scale)
		}
		if k >= len(rows) {
			return k
		}
		r := rows[k]
		coef, exp, neg, ok := number(b, int(at[r]>>1), int(till[r]>>1))
		if !ok {
			return k
		}
		x, ok := unscaled(coef, exp+c.scale, neg)
		if !ok {
			if exp += c.scale; exp <= 0 || exp > 19 || c.Type.P <= 18 {
				return k
			}
			hi, lo := bits.Mul64(coef, pow10[exp])
			wide := decimal.Int128{Hi: int64(hi), Lo: lo} // below 10^18 * 10^19
			if neg {
				wide = wide.Neg()
			}
			c.cur = int(r)
			c.setInt128(wide)
			continue
		}
		if v.Phys == page.PhysInt64 {
			v.I64[r] = x
		} else {
			v.I128[r] = decimal.FromInt64(x)
		}
	}
}

// isNull tells whether the value at b[i:end] is a plain null.
func isNull(b []byte, i, end int) bool { return end-i == 4 && string(b[i:end]) == "null" }

// Between gives the rows, of those asked for (see Load), whose value is from from
// to to, in dst's memory: ints, and unscaled decimals. ok is false where some
// value is not of the usual spelling.
func (c *Column) Between(b []byte, at, till, rows []int32, from, to int64, dst []int32) (sel []int32, ok bool) {
	if c.kind != kindDecimal && c.kind != kindInt {
		return dst, false
	}
	if rows == nil {
		rows = c.identity(len(at))
	}
	shift := 64 - intBits(c.Type.Kind)
	dst, n := sized(dst, len(rows)), 0
	for k := 0; ; k++ {
		if c.kind == kindDecimal {
			c.values = sized(c.values, len(at))
			first := k
			k = vectorDecimals(b, at, till, rows, k, c.values, c.scale)
			for _, r := range rows[first:k] {
				dst[n] = r
				n += inside(c.values[r], from, to)
			}
		}
		if k >= len(rows) {
			return dst[:min(n, none(from, to))], true
		}
		r := rows[k]
		if at[r] < 0 {
			continue
		}
		i, end := int(at[r]>>1), int(till[r]>>1)
		var x int64
		if c.kind == kindInt {
			x, ok = integer(b, i, end)
			ok = ok && x<<shift>>shift == x
		} else {
			var coef uint64
			var exp int
			var neg bool
			if coef, exp, neg, ok = number(b, i, end); ok {
				x, ok = unscaled(coef, exp+c.scale, neg)
			}
		}
		if !ok {
			if isNull(b, i, end) {
				continue
			}
			return dst, false
		}
		dst[n] = r
		n += inside(x, from, to)
	}
}

// none is 0 where the range is empty, which inside does not see.
func none(from, to int64) int {
	if from > to {
		return 0
	}
	return math.MaxInt
}

// inside is 1 where x is from from to to, without a branch, else 0.
func inside(x, from, to int64) int {
	n := 0
	if uint64(x)-uint64(from) <= uint64(to)-uint64(from) {
		n = 1
	}
	return n
}

// Instants is Between for what from_iso8601_timestamp makes of strings, in
// milliseconds.
func (c *Column) Instants(b []byte, at, till, rows []int32, from, to int64, session types.Zone, dst []int32) (sel []int32, ok bool) {
	if c.kind != kindString {
		return dst, false
	}
	if rows == nil {
		rows = c.identity(len(at))
	}
	dst, n := sized(dst, len(rows)), 0
	c.values = sized(c.values, len(at))
	tried := false
	for k := 0; ; k++ {
		// Texts laid out like the ones before them are compared by their ticks.
		if c.ticks {
			first := k
			if k = c.clock.Places(c.values, b, at, till, rows, k); k > first {
				lo, hi, ok := c.clock.Bounds(c.values[rows[first]], from, to, session)
				if c.ticks = ok; !ok {
					k = first
				} else if lo <= hi {
					for _, r := range rows[first:k] {
						dst[n] = r
						n += inside(c.values[r], lo, hi)
					}
				}
			}
		}
		if k >= len(rows) {
			return dst[:min(n, none(from, to))], true
		}
		r := rows[k]
		i, end := int(at[r]), int(till[r])
		if i < 0 {
			continue
		}
		i >>= 1
		if end < 0 || end&1 != 0 || b[i] != '"' {
			if isNull(b, i, end>>1) {
				continue
			}
			return dst, false
		}
		s := b[i+1 : end>>1-1]
		text := unsafe.String(unsafe.SliceData(s), len(s))
		x, ok := types.ISOMillis(text, session)
		if !ok {
			return dst, false
		}
		dst[n] = r
		n += inside(x, from, to)
		if !tried { // once a page, so that mixed layouts cost little
			tried = true
			var l clock.Layout
			if l, c.ticks = clock.Of(text); c.ticks {
				c.clock.Set(l)
			}
		}
	}
}
