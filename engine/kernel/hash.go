package kernel

// 64-bit hashes of keys, for GROUP BY, DISTINCT and joins. A key of several
// columns is hashed by one call a column: HashInit, then Hash... for each, which
// folds the column into what h holds. Values that group together hash alike:
// a decimal whether held in 64 or in 128 bits, 0 and -0, all NaNs, instants
// whatever their zones, and NULL with NULL. Hashes are the same in every run, and
// so is everything that could ever depend on them.

import (
	"math"
	"math/bits"
	"unsafe"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// Odd constants with their bits in disorder: the fractions of the square roots
// of 2, 3, 5 and 7.
const (
	k0 = 0x6a09e667f3bcc909
	k1 = 0xbb67ae8584caa73b
	k2 = 0x3c6ef372fe94f82b
	k3 = 0xa54ff53a5f1d36f1

	nullKey = 0x510e527fade682d1 // stands for NULL, as if it were a value
	nanKey  = 0x7ff8000000000000
)

// fold multiplies to 128 bits and adds the halves: every bit of the operands
// reaches the middle of the product, and the halves bring the middle to both ends.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// mix folds a value into a hash. One multiplication would do for a table
// indexed by the middle bits; the second spreads the value's top bits too.
func mix(h, v uint64) uint64 {
	return fold(fold(v^h, k1)^bits.RotateLeft64(h, 29), k2)
}

// HashInit starts hashes.
func HashInit(h []uint64) {
	for i := range h {
		h[i] = k0
	}
}

// HashInt64 folds in integers, dates, timestamps up to microseconds, intervals
// and decimals held in 64 bits.
func HashInt64(h []uint64, vals []int64, nulls []bool) {
	vals = vals[:len(h)]
	if nulls == nil {
		for i := range h {
			h[i] = mix(h[i], uint64(vals[i]))
		}
		return
	}
	nulls = nulls[:len(h)]
	for i := range h {
		v := uint64(vals[i])
		if nulls[i] {
			v = nullKey
		}
		h[i] = mix(h[i], v)
	}
}

// HashInt128 folds in decimals (and long timestamps) held in 128 bits.
func HashInt128(h []uint64, vals []decimal.Int128, nulls []bool) {
	vals = vals[:len(h)]
	for i := range h {
		if nulls != nil && nulls[i] {
			h[i] = mix(h[i], nullKey)
			continue
		}
		v := vals[i]
		x := mix(h[i], v.Lo)
		if !v.IsInt64() {
			x = mix(x, uint64(v.Hi)^k3)
		}
		h[i] = x
	}
}

// HashFloat64 folds in doubles and reals.
func HashFloat64(h []uint64, vals []float64, nulls []bool) {
	vals = vals[:len(h)]
	for i := range h {
		f := vals[i]
		v := math.Float64bits(f + 0) // -0 + 0 is 0
		if f != f {
			v = nanKey
		}
		if nulls != nil && nulls[i] {
			v = nullKey
		}
		h[i] = mix(h[i], v)
	}
}

// HashBool folds in booleans.
func HashBool(h []uint64, vals, nulls []bool) {
	b := asBytes(vals)[:len(h)]
	for i := range h {
		v := uint64(b[i])
		if nulls != nil && nulls[i] {
			v = nullKey
		}
		h[i] = mix(h[i], v)
	}
}

// HashInstant folds in timestamps with time zone, by their instant.
func HashInstant(h []uint64, vals []types.Instant, nulls []bool) {
	vals = vals[:len(h)]
	for i := range h {
		if nulls != nil && nulls[i] {
			h[i] = mix(h[i], nullKey)
			continue
		}
		v := &vals[i]
		h[i] = mix(h[i], uint64(v.Millis)+uint64(v.Picos)*k3)
	}
}

// HashTimeTZ folds in times with time zone, by their time in UTC.
func HashTimeTZ(h []uint64, vals []types.TimeOfDayTZ, nulls []bool) {
	vals = vals[:len(h)]
	for i := range h {
		v := uint64(utcOfDay(vals[i]))
		if nulls != nil && nulls[i] {
			v = nullKey
		}
		h[i] = mix(h[i], v)
	}
}

// HashString folds in varchar, varbinary and what else is held as bytes.
func HashString(h []uint64, vals []string, nulls []bool) {
	vals = vals[:len(h)]
	for i := range h {
		if nulls != nil && nulls[i] {
			h[i] = mix(h[i], nullKey)
			continue
		}
		h[i] = hashBytes(h[i], vals[i])
	}
}

// HashNulls folds in a column that is NULL in every row.
func HashNulls(h []uint64) {
	for i := range h {
		h[i] = mix(h[i], nullKey)
	}
}

// Int64 hashes one value as HashInit and HashInt64 do.
func Int64(v int64) uint64 { return mix(k0, uint64(v)) }

// String hashes one value as HashInit and HashString do.
func String(s string) uint64 { return hashBytes(k0, s) }

// hashBytes folds bytes into a hash. It reads 16 at a time; the last 16 of a
// longer string are read again from its end, and a shorter one is read as two
// halves that may overlap, so that the length has to go in as well. The end
// keeps the whole 128-bit product until a second multiplication: folding
// halves that overlap just once gave collisions among short numbers.
func hashBytes(h uint64, s string) uint64 {
	n := uint64(len(s))
	p := unsafe.Pointer(unsafe.StringData(s))
	var a, b uint64
	seed := h ^ k3
	switch {
	case n > 16:
		q, rest := p, n
		for rest > 16 {
			seed = fold(load64(q)^k1, load64(unsafe.Add(q, 8))^seed)
			q, rest = unsafe.Add(q, 16), rest-16
		}
		last := unsafe.Add(p, n-16)
		a, b = load64(last), load64(unsafe.Add(last, 8))
	case n >= 8:
		a, b = load64(p), load64(unsafe.Add(p, n-8))
	case n >= 4:
		a, b = load32(p), load32(unsafe.Add(p, n-4))
	case n > 0:
		a = uint64(s[0])<<16 | uint64(s[n/2])<<8 | uint64(s[n-1])
	}
	hi, lo := bits.Mul64(a^k1, b^seed)
	return fold(hi^n^k0, lo^k2)
}

// load64 reads 8 bytes in the machine's order: the hashes of strings differ
// between big- and little-endian machines, which never meet.
func load64(p unsafe.Pointer) uint64 {
	return *(*uint64)(p)
}

func load32(p unsafe.Pointer) uint64 {
	return uint64(*(*uint32)(p))
}
