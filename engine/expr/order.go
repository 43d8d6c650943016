package expr

// What comparing two values means, for any type: three-valued equality, IS
// DISTINCT FROM, the order of < and of ORDER BY (the type operators of Trino's
// ArrayType, MapType, RowType, DoubleType, Chars).

import (
	"cmp"
	"math"
	"strings"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// truth is a three-valued boolean.
type truth uint8

const (
	isFalse truth = iota
	isTrue
	unknown
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

// picosPerMinute is a minute in the unit of times of day.
const picosPerMinute = 60 * types.PicosPerSecond

// utcOfDay is the value by which times with time zone compare.
func utcOfDay(t types.TimeOfDayTZ) int64 {
	v := (t.Picos - int64(t.Offset)*picosPerMinute) % types.PicosPerDay
	if v < 0 {
		v += types.PicosPerDay
	}
	return v
}

// equalAt is the = of two values that are not NULL. Elements that are NULL make
// the answer unknown unless others already differ.
func equalAt(v *page.Vector, i int, w *page.Vector, j int) truth {
	switch v.Phys {
	case page.PhysFloat64:
		return truthOf(v.F64[i] == w.F64[j])
	case page.PhysArray:
		a, b := v.Off[i], w.Off[j]
		if v.Off[i+1]-a != w.Off[j+1]-b {
			return isFalse
		}
		out := isTrue
		for k := range int(v.Off[i+1] - a) {
			switch equalElements(v.Children[0], int(a)+k, w.Children[0], int(b)+k) {
			case isFalse:
				return isFalse
			case unknown:
				out = unknown
			}
		}
		return out
	case page.PhysMap:
		if v.Off[i+1]-v.Off[i] != w.Off[j+1]-w.Off[j] {
			return isFalse
		}
		out := isTrue
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			at := findKey(w, j, v.Children[0], k)
			if at < 0 {
				return isFalse
			}
			switch equalElements(v.Children[1], k, w.Children[1], at) {
			case isFalse:
				return isFalse
			case unknown:
				out = unknown
			}
		}
		return out
	case page.PhysRow:
		out := isTrue
		for k, c := range v.Children {
			switch equalElements(c, i, w.Children[k], j) {
			case isFalse:
				return isFalse
			case unknown:
				out = unknown
			}
		}
		return out
	}
	return truthOf(notDistinctAt(v, i, w, j))
}

func equalElements(v *page.Vector, i int, w *page.Vector, j int) truth {
	if v.IsNull(i) || w.IsNull(j) {
		return unknown
	}
	return equalAt(v, i, w, j)
}

// findKey returns the entry of map row j of w whose key is key k of keys, or -1.
// (Keys of a map are distinct and not NULL.)
func findKey(w *page.Vector, j int, keys *page.Vector, k int) int {
	for at := int(w.Off[j]); at < int(w.Off[j+1]); at++ {
		if notDistinctAt(w.Children[0], at, keys, k) {
			return at
		}
	}
	return -1
}

// notDistinctAt is IS NOT DISTINCT FROM: the equality of GROUP BY, DISTINCT and
// set operations. NULLs are equal at every level, NaN is NaN.
func notDistinctAt(v *page.Vector, i int, w *page.Vector, j int) bool {
	if n := v.IsNull(i); n || w.IsNull(j) {
		return n && w.IsNull(j)
	}
	switch v.Phys {
	case page.PhysBool:
		return v.Bools[i] == w.Bools[j]
	case page.PhysInt64:
		if w.Phys == page.PhysInt64 {
			return v.I64[i] == w.I64[j]
		}
		return v.Int128At(i) == w.Int128At(j)
	case page.PhysInt128:
		return v.I128[i] == w.Int128At(j)
	case page.PhysFloat64:
		a, b := v.F64[i], w.F64[j]
		return a == b || a != a && b != b // NaN is NaN
	case page.PhysInstant:
		return v.TZ[i].Millis == w.TZ[j].Millis && v.TZ[i].Picos == w.TZ[j].Picos
	case page.PhysTimeTZ:
		return utcOfDay(v.TimeTZ[i]) == utcOfDay(w.TimeTZ[j])
	case page.PhysBytes:
		return v.Str[i] == w.Str[j]
	case page.PhysArray:
		a, b := int(v.Off[i]), int(w.Off[j])
		n := int(v.Off[i+1]) - a
		if n != int(w.Off[j+1])-b {
			return false
		}
		for k := range n {
			if !notDistinctAt(v.Children[0], a+k, w.Children[0], b+k) {
				return false
			}
		}
		return true
	case page.PhysMap:
		if v.Off[i+1]-v.Off[i] != w.Off[j+1]-w.Off[j] {
			return false
		}
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			at := findKey(w, j, v.Children[0], k)
			if at < 0 || !notDistinctAt(v.Children[1], k, w.Children[1], at) {
				return false
			}
		}
		return true
	case page.PhysRow:
		for k, c := range v.Children {
			if !notDistinctAt(c, i, w.Children[k], j) {
				return false
			}
		}
		return true
	}
	panic("BUG: comparing values of no physical form")
}

// CompareValues orders two values that are not NULL, as ORDER BY and min do: NaN is the largest number and equal to itself. NULL elements inside arrays
// and rows, for which Trino refuses to order (CheckOrder), come last.
func CompareValues(v *page.Vector, i int, w *page.Vector, j int) int {
	c, _ := orderValues(v, i, w, j, 1)
	return c
}

// CompareNaNFirst is CompareValues with NaN below all numbers: the order by which
// max, greatest, array_max and max_by choose, so that NaN wins only among NaNs
// (Trino's COMPARISON_UNORDERED_FIRST).
func CompareNaNFirst(v *page.Vector, i int, w *page.Vector, j int) int {
	c, _ := orderValues(v, i, w, j, -1)
	return c
}

// orderAt is the order of < and its like over arrays and rows: an error where
// NULL elements leave it open.
func orderAt(v *page.Vector, i int, w *page.Vector, j int) (int, error) {
	c, nulls := orderValues(v, i, w, j, 1)
	if !nulls {
		return c, nil
	}
	return 0, orderError(v.Type)
}

func orderError(t types.Type) error {
	if t.Kind == types.KindArray {
		return sqlerr.New(sqlerr.NotSupported, "ARRAY comparison not supported for arrays with null elements")
	}
	return sqlerr.New(sqlerr.NotSupported, "ROW comparison not supported for fields with null elements")
}

// CheckOrder returns the error with which Trino refuses to order two values,
// neither NULL, because NULL elements were met before a difference; nil where
// it orders them.
func CheckOrder(v *page.Vector, i int, w *page.Vector, j int) error {
	if v.Phys < page.PhysArray {
		return nil
	}
	_, err := orderAt(v, i, w, j)
	return err
}

// orderValues compares; nulls tells that a NULL element was met first. nan is 1
// where NaN is above all numbers, -1 where it is below.
func orderValues(v *page.Vector, i int, w *page.Vector, j, nan int) (c int, nulls bool) {
	switch v.Phys {
	case page.PhysBool:
		return b2i(v.Bools[i]) - b2i(w.Bools[j]), false
	case page.PhysInt64:
		if w.Phys == page.PhysInt64 {
			return cmp.Compare(v.I64[i], w.I64[j]), false
		}
		return v.Int128At(i).Cmp(w.Int128At(j)), false
	case page.PhysInt128:
		return v.I128[i].Cmp(w.Int128At(j)), false
	case page.PhysFloat64:
		return compareFloats(v.F64[i], w.F64[j], nan), false
	case page.PhysInstant:
		return v.TZ[i].Compare(w.TZ[j]), false
	case page.PhysTimeTZ:
		return cmp.Compare(utcOfDay(v.TimeTZ[i]), utcOfDay(w.TimeTZ[j])), false
	case page.PhysBytes:
		if v.Type.Kind == types.KindChar {
			return comparePadded(v.Str[i], w.Str[j]), false
		}
		return strings.Compare(v.Str[i], w.Str[j]), false
	case page.PhysArray:
		a, b := int(v.Off[i]), int(w.Off[j])
		na, nb := int(v.Off[i+1])-a, int(w.Off[j+1])-b
		for k := range min(na, nb) {
			if c, nulls := orderElements(v.Children[0], a+k, w.Children[0], b+k, nan); c != 0 || nulls {
				return c, nulls
			}
		}
		return cmp.Compare(na, nb), false
	case page.PhysRow:
		for k, child := range v.Children {
			if c, nulls := orderElements(child, i, w.Children[k], j, nan); c != 0 || nulls {
				return c, nulls
			}
		}
		return 0, false
	}
	panic("BUG: ordering values of type " + v.Type.String())
}

func orderElements(v *page.Vector, i int, w *page.Vector, j, nan int) (c int, nulls bool) {
	a, b := v.IsNull(i), w.IsNull(j)
	if a || b {
		return b2i(a) - b2i(b), true
	}
	return orderValues(v, i, w, j, nan)
}

// compareFloats is Double.compare of Trino's ORDER BY, with -0 below 0; nan as in
// orderValues.
func compareFloats(a, b float64, nan int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		if a == 0 {
			return b2i(math.Signbit(b)) - b2i(math.Signbit(a))
		}
		return 0
	}
	return nan * (b2i(math.IsNaN(a)) - b2i(math.IsNaN(b)))
}

// comparePadded orders two char values as if blanks followed both without end.
func comparePadded(a, b string) int {
	n := min(len(a), len(b))
	if c := strings.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	for k := n; k < len(a); k++ {
		if a[k] != ' ' {
			return cmp.Compare(a[k], ' ')
		}
	}
	for k := n; k < len(b); k++ {
		if b[k] != ' ' {
			return cmp.Compare(' ', b[k])
		}
	}
	return 0
}
