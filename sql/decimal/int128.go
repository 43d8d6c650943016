// Package decimal does exact decimal arithmetic by Trino's rules: a value is
// an Int128 (the unscaled digits) and a scale that lives in its type.
//
// It is a leaf: standard library only. No value ever passes through a float,
// but for the two conversions that SQL asks for by name.
package decimal

// Int128 is a signed 128-bit integer in two's complement: the value is
// Hi * 2^64 + Lo. The zero value is 0. Int128 values compare with ==.
type Int128 struct {
	Hi int64
	Lo uint64
}

// FromInt64 returns v widened.
func FromInt64(v int64) Int128 { return Int128{Hi: v >> 63, Lo: uint64(v)} }

// IsInt64 reports whether v fits int64; then int64(v.Lo) is its value.
func (v Int128) IsInt64() bool { return v.Hi == int64(v.Lo)>>63 }

// Int64 returns the low 64 bits as int64: the value where IsInt64 holds.
func (v Int128) Int64() int64 { return int64(v.Lo) }

// Cmp compares v and w: -1, 0 or +1.
func (v Int128) Cmp(w Int128) int {
	switch {
	case v.Hi < w.Hi:
		return -1
	case v.Hi > w.Hi:
		return 1
	case v.Lo < w.Lo:
		return -1
	case v.Lo > w.Lo:
		return 1
	}
	return 0
}

// Sign returns -1, 0 or +1.
func (v Int128) Sign() int {
	if v.Hi < 0 {
		return -1
	}
	if v.Hi == 0 && v.Lo == 0 {
		return 0
	}
	return 1
}
