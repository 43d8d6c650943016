// Package page holds rows in memory: a Page is a set of Vectors of equal
// length, one a column. It is the core type for many values, as sql/types is
// for one value's type.
//
// # Physical forms
//
// Many logical types share few physical ones (Phys). Which slice of a Vector
// is in use follows from its Phys alone:
//
//	PhysNone    no slice: every row is NULL (type unknown, or an all-NULL column)
//	PhysBool    Bools   boolean
//	PhysInt64   I64     tinyint..bigint; decimal(p<=18); date (days); timestamp(p<=6)
//	                    (microseconds); time(p) (picoseconds of the day); intervals
//	                    (months, milliseconds)
//	PhysFloat64 F64     double; real (each value exactly representable as float32,
//	                    rounded after every operation)
//	PhysInt128  I128    decimal(p>18) unscaled; timestamp(p>6) as picoseconds since the epoch
//	PhysInstant TZ      timestamp with time zone, any precision
//	PhysTimeTZ  TimeTZ  time with time zone
//	PhysBytes   Str     varchar, char (without its padding), varbinary, json (text),
//	                    uuid and ipaddress (16 bytes), digests and sketches (serialised)
//	PhysArray   Off, Children[0]               element k of row i is at Off[i]+k, < Off[i+1]
//	PhysMap     Off, Children[0], Children[1]  keys and values, entries in iteration order
//	PhysRow     Children, one a field, each Len rows long
//
// A decimal(p>18) Vector may be PhysInt64 instead of PhysInt128 when every value
// in it fits: the physical encoding is per vector, the kernels widen where they
// must. Nothing else may deviate from PhysOf(Type).
//
// # Lifetime
//
// What an operator or reader hands out is valid until the next call of its
// Next: slices may be reused, and Str entries may point into a reused buffer.
// Whoever keeps values longer copies them (Builder copies bytes into its own
// arena; see Builder and Clone).
package page

import (
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// DefaultRows is the number of rows that readers and operators put in a page
// unless told otherwise. 2048 rows of a few 8-byte columns stay in L1/L2.
const DefaultRows = 2048

// Phys is the physical form of a Vector.
type Phys uint8

// The physical forms; the package comment says which slice each uses.
const (
	PhysNone Phys = iota
	PhysBool
	PhysInt64
	PhysFloat64
	PhysInt128
	PhysInstant
	PhysTimeTZ
	PhysBytes
	PhysArray
	PhysMap
	PhysRow
)

// PhysOf returns the physical form of t.
func PhysOf(t types.Type) Phys {
	switch t.Kind {
	case types.KindUnknown:
		return PhysNone
	case types.KindBoolean:
		return PhysBool
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindDate,
		types.KindTime, types.KindIntervalYearMonth, types.KindIntervalDaySecond, types.KindColor:
		return PhysInt64
	case types.KindReal, types.KindDouble:
		return PhysFloat64
	case types.KindDecimal:
		if t.P <= 18 {
			return PhysInt64
		}
		return PhysInt128
	case types.KindTimestamp:
		if t.P <= 6 {
			return PhysInt64
		}
		return PhysInt128
	case types.KindTimestampTZ:
		return PhysInstant
	case types.KindTimeTZ:
		return PhysTimeTZ
	case types.KindArray:
		return PhysArray
	case types.KindMap:
		return PhysMap
	case types.KindRow:
		return PhysRow
	}
	return PhysBytes
}

// Vector is one column's values in a page.
type Vector struct {
	Type types.Type
	Phys Phys
	Len  int

	// Nulls[i] tells that row i is NULL. A nil slice tells that none is. The
	// value slot of a NULL row exists and holds anything (in containers: an
	// empty range, so that Off stays sorted).
	Nulls []bool

	// Const tells that all Len rows are equal; the slices are still Len long,
	// so code that does not care may ignore it. Functions use it to prepare a
	// pattern once.
	Const bool

	Bools    []bool
	I64      []int64
	F64      []float64
	I128     []decimal.Int128
	TZ       []types.Instant
	TimeTZ   []types.TimeOfDayTZ
	Str      []string
	Off      []int32 // Len+1 entries for PhysArray and PhysMap
	Children []*Vector

	// Where Dict is set, the values are not in the slice of Phys: row i is row
	// Codes[i] of Dict, and none is NULL. Only who asks for such a vector meets one
	// (reader.Selector.Codes). A Dict never changes, so its address tells it.
	Dict  *Vector
	Codes []uint16
}

// IsNull reports whether row i is NULL.
func (v *Vector) IsNull(i int) bool {
	return v.Phys == PhysNone || v.Nulls != nil && v.Nulls[i]
}

// HasNulls reports whether some row may be NULL (a non-nil Nulls without a true
// in it counts).
func (v *Vector) HasNulls() bool { return v.Phys == PhysNone || v.Nulls != nil }

// Int128At returns the unscaled value of decimal row i, whichever way it is held.
func (v *Vector) Int128At(i int) decimal.Int128 {
	if v.Phys == PhysInt64 {
		return decimal.FromInt64(v.I64[i])
	}
	return v.I128[i]
}

// Page is a set of vectors of equal length.
type Page struct {
	// Rows is the length of every column (columns may be absent: count(*)).
	Rows int
	Cols []*Vector

	// Sel, when not nil, lists the rows that are kept, ascending: the page then
	// stands for len(Sel) rows. Filters set it instead of copying.
	Sel []int32

	// Split and Row place the page in the input: the ordinal of the split it
	// was read from, and the 0-based number of its first row in that split
	// (before any filter). Operators that must be deterministic whatever the
	// number of workers order by them. Pages that come from no scan have zeros.
	Split int
	Row   int64
}

// Len returns the number of rows that the page stands for.
func (p *Page) Len() int {
	if p.Sel != nil {
		return len(p.Sel)
	}
	return p.Rows
}
