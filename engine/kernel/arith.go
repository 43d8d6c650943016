package kernel

// Arithmetic over integers, double and real. Trino's rules: BigintOperators,
// IntegerOperators, SmallintOperators, TinyintOperators, DoubleOperators,
// RealOperators. Integers of every width are held in int64; the narrower ones
// come with the range of their type, their operands lie within it, and so no
// operation of theirs overflows int64 itself.

import (
	"math"
	"math/bits"
)

// AddInt64 is a + b over bigint; bad on overflow.
func AddInt64(dst, a, b []int64) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := a[i], b[i]
		r := x + y
		if (x^r)&(y^r) < 0 {
			return i
		}
		dst[i] = r
	}
	return -1
}

// SubInt64 is a - b over bigint; bad on overflow.
func SubInt64(dst, a, b []int64) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := a[i], b[i]
		r := x - y
		if (x^y)&(x^r) < 0 {
			return i
		}
		dst[i] = r
	}
	return -1
}

// MulInt64 is a * b over bigint; bad on overflow.
func MulInt64(dst, a, b []int64) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := a[i], b[i]
		hi, lo := bits.Mul64(uint64(x), uint64(y))
		// The signed high half must be the sign of the low half.
		if int64(hi)-(x>>63&y)-(y>>63&x) != int64(lo)>>63 {
			return i
		}
		dst[i] = int64(lo)
	}
	return -1
}

// DivInt64 is a / b over bigint, truncating; bad where b is 0, and where the
// smallest bigint is divided by -1.
func DivInt64(dst, a, b []int64) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := a[i], b[i]
		if y == 0 || y == -1 && x == math.MinInt64 {
			return i
		}
		dst[i] = x / y
	}
	return -1
}

// ModInt64 is a % b over integers of any width, with the sign of a; bad where
// b is 0.
func ModInt64(dst, a, b []int64) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		y := b[i]
		if y == 0 {
			return i
		}
		dst[i] = a[i] % y
	}
	return -1
}

// NegInt64 is -a over bigint; bad for the smallest bigint.
func NegInt64(dst, a []int64) (bad int) {
	a = a[:len(dst)]
	for i := range dst {
		x := a[i]
		if x == math.MinInt64 {
			return i
		}
		dst[i] = -x
	}
	return -1
}

// AddIntRange is a + b over an integer type of the range min..max, narrower
// than bigint; bad on overflow.
func AddIntRange(dst, a, b []int64, min, max int64) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		r := a[i] + b[i]
		if r < min || r > max {
			return i
		}
		dst[i] = r
	}
	return -1
}

// SubIntRange is a - b; see AddIntRange.
func SubIntRange(dst, a, b []int64, min, max int64) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		r := a[i] - b[i]
		if r < min || r > max {
			return i
		}
		dst[i] = r
	}
	return -1
}

// MulIntRange is a * b; see AddIntRange.
func MulIntRange(dst, a, b []int64, min, max int64) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		r := a[i] * b[i]
		if r < min || r > max {
			return i
		}
		dst[i] = r
	}
	return -1
}

// DivIntRange is a / b, truncating; bad where b is 0, and where the smallest
// value is divided by -1, whose quotient Trino computes but cannot store.
func DivIntRange(dst, a, b []int64, min, max int64) (bad int) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		y := b[i]
		if y == 0 {
			return i
		}
		r := a[i] / y
		if r < min || r > max {
			return i
		}
		dst[i] = r
	}
	return -1
}

// NegIntRange is -a; see AddIntRange.
func NegIntRange(dst, a []int64, min, max int64) (bad int) {
	a = a[:len(dst)]
	for i := range dst {
		r := -a[i]
		if r < min || r > max {
			return i
		}
		dst[i] = r
	}
	return -1
}

// AddFloat64 is a + b over double.
func AddFloat64(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

// SubFloat64 is a - b over double.
func SubFloat64(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

// MulFloat64 is a * b over double.
func MulFloat64(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

// DivFloat64 is a / b over double: infinities and NaN for a zero divisor.
func DivFloat64(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] / b[i]
	}
}

// ModFloat64 is a % b over double, and over real as the remainder of two reals
// is a real: Java's %, which is C's fmod.
func ModFloat64(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = math.Mod(a[i], b[i])
	}
}

// NegFloat64 is -a over double and real.
func NegFloat64(dst, a []float64) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = -a[i]
	}
}

// AddFloat32 is a + b over real, rounded to real.
func AddFloat32(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = float64(float32(a[i]) + float32(b[i]))
	}
}

// SubFloat32 is a - b over real, rounded to real.
func SubFloat32(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = float64(float32(a[i]) - float32(b[i]))
	}
}

// MulFloat32 is a * b over real, rounded to real.
func MulFloat32(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = float64(float32(a[i]) * float32(b[i]))
	}
}

// DivFloat32 is a / b over real, rounded to real.
func DivFloat32(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = float64(float32(a[i]) / float32(b[i]))
	}
}

// ModFloat32 is a % b over real.
func ModFloat32(dst, a, b []float64) { ModFloat64(dst, a, b) }
