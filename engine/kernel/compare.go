package kernel

// Comparisons. Each gives the truth value of every row; the caller merges the
// null flags. a > b is Less(dst, b, a), a >= b is LessOrEqual(dst, b, a), for
// NaN too.

import (
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// Ordered are the element types that Go compares as SQL does: integers, dates
// and the like by value; double and real by IEEE, so that NaN equals nothing and
// orders before and after nothing (DoubleType's EQUAL and LESS_THAN); varchar
// and varbinary by bytes, which for UTF-8 is by code point.
type Ordered interface{ int64 | float64 | string }

// Equal is a = b.
func Equal[T Ordered](dst []bool, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] == b[i]
	}
}

// NotEqual is a <> b.
func NotEqual[T Ordered](dst []bool, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] != b[i]
	}
}

// Less is a < b.
func Less[T Ordered](dst []bool, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] < b[i]
	}
}

// LessOrEqual is a <= b.
func LessOrEqual[T Ordered](dst []bool, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] <= b[i]
	}
}

// EqualBool is a = b.
func EqualBool(dst, a, b []bool) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] == b[i]
	}
}

// NotEqualBool is a <> b.
func NotEqualBool(dst, a, b []bool) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] != b[i]
	}
}

// LessBool is a < b; false is less than true.
func LessBool(dst, a, b []bool) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = !a[i] && b[i]
	}
}

// LessOrEqualBool is a <= b.
func LessOrEqualBool(dst, a, b []bool) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = !a[i] || b[i]
	}
}

// EqualInt128 is a = b.
func EqualInt128(dst []bool, a, b []decimal.Int128) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] == b[i]
	}
}

// NotEqualInt128 is a <> b.
func NotEqualInt128(dst []bool, a, b []decimal.Int128) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] != b[i]
	}
}

// LessInt128 is a < b.
func LessInt128(dst []bool, a, b []decimal.Int128) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i].Cmp(b[i]) < 0
	}
}

// LessOrEqualInt128 is a <= b.
func LessOrEqualInt128(dst []bool, a, b []decimal.Int128) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i].Cmp(b[i]) <= 0
	}
}

// EqualInstant is a = b: the same instant, in whatever zones
// (TimestampWithTimeZoneType; semantics 5.2).
func EqualInstant(dst []bool, a, b []types.Instant) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := &a[i], &b[i]
		dst[i] = x.Millis == y.Millis && x.Picos == y.Picos
	}
}

// NotEqualInstant is a <> b.
func NotEqualInstant(dst []bool, a, b []types.Instant) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := &a[i], &b[i]
		dst[i] = x.Millis != y.Millis || x.Picos != y.Picos
	}
}

// LessInstant is a < b.
func LessInstant(dst []bool, a, b []types.Instant) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := &a[i], &b[i]
		dst[i] = x.Millis < y.Millis || x.Millis == y.Millis && x.Picos < y.Picos
	}
}

// LessOrEqualInstant is a <= b.
func LessOrEqualInstant(dst []bool, a, b []types.Instant) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := &a[i], &b[i]
		dst[i] = x.Millis < y.Millis || x.Millis == y.Millis && x.Picos <= y.Picos
	}
}

const (
	picosPerMinute = 60_000_000_000_000
	picosPerDay    = 24 * 60 * picosPerMinute
)

// utcOfDay returns the time of day in UTC, the value by which times with time
// zone compare (TimeWithTimeZoneTypes.normalizePicos: modulo a day).
func utcOfDay(t types.TimeOfDayTZ) int64 {
	p := (t.Picos - int64(t.Offset)*picosPerMinute) % picosPerDay
	if p < 0 {
		p += picosPerDay
	}
	return p
}

// UTCOfDay gives the values by which times with time zone compare, for the
// int64 kernels.
func UTCOfDay(dst []int64, src []types.TimeOfDayTZ) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = utcOfDay(src[i])
	}
}

// SameFloat64 is equality as in IS DISTINCT FROM, GROUP BY and DISTINCT: NaN is
// NaN, 0 is -0.
func SameFloat64(dst []bool, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		x, y := a[i], b[i]
		dst[i] = x == y || x != x && y != y
	}
}

// NotDistinct turns same, the equality of the values, into a IS NOT DISTINCT
// FROM b: both NULL, or neither and equal. dst may be same.
func NotDistinct(dst, same, aNulls, bNulls []bool) {
	same = same[:len(dst)]
	switch {
	case aNulls == nil && bNulls == nil:
		copy(dst, same)
	case bNulls == nil:
		aNulls = aNulls[:len(dst)]
		for i := range dst {
			dst[i] = same[i] && !aNulls[i]
		}
	case aNulls == nil:
		bNulls = bNulls[:len(dst)]
		for i := range dst {
			dst[i] = same[i] && !bNulls[i]
		}
	default:
		aNulls, bNulls = aNulls[:len(dst)], bNulls[:len(dst)]
		for i := range dst {
			dst[i] = aNulls[i] == bNulls[i] && (aNulls[i] || same[i])
		}
	}
}
