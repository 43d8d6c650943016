package serde

// Column: decodes the values of one column into one vector.

import (
	"unsafe"

	"github.com/ionq-db/ionq/reader/clock"
	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Settings are the rules that apply to one column.
type Settings struct {
	FailOnOverflow bool
	CaseSensitive  bool
	WrapDecimals   bool             // wrap a short decimal beyond 64 bits, as Athena does
	Warn           func(msg string) // may be nil
}

// Column decodes the values of one column, a page at a time, into a vector that
// it owns. The vector's strings may point into the slice that Load got.
type Column struct {
	Name string
	Type types.Type
	// Path is the column's path extractor, for messages.
	Path string

	set    Settings
	kind   kind
	scale  int
	vec    page.Vector
	cur    int     // row that is being decoded
	all    []int32 // 0, 1, 2 ...
	values []int64 // of a condition
	clock  clock.Parser
	ticks  bool   // clock is set to a layout, of which texts may be
	nulls  []bool // memory for vec.Nulls
	text   []byte // memory for the strings that had to be decoded, a page's worth
	digits [80]byte
	nested *page.Builder // arrays, maps and rows
	into   []int64       // where the next page's values go, if not nil
	lent   bool          // vec's integers lie where into said
}

type kind uint8

const (
	kindOther kind = iota
	kindDecimal
	kindString
	kindInt
	kindNested
)

// NewColumn returns a Column, or refuses the type.
func NewColumn(name string, t types.Type, path string, set Settings) (*Column, error) {
	if err := checkType(name, t, t); err != nil {
		return nil, err
	}
	c := &Column{Name: name, Type: t, Path: path, set: set, scale: int(t.S)}
	switch t.Kind {
	case types.KindDecimal:
		c.kind = kindDecimal
	case types.KindVarchar:
		if t.P == types.Unbounded {
			c.kind = kindString
		}
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		c.kind = kindInt
	case types.KindArray, types.KindMap, types.KindRow:
		c.kind = kindNested
		c.nested = page.NewBuilder(t)
	}
	return c, nil
}

// checkType refuses what a Hive table cannot have.
func checkType(column string, whole, t types.Type) error {
	switch t.Kind {
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal,
		types.KindDouble, types.KindDecimal, types.KindVarchar, types.KindChar, types.KindVarbinary, types.KindDate:
		return nil
	case types.KindTimestamp:
		if t.P <= 6 {
			return nil
		}
	case types.KindArray, types.KindMap, types.KindRow:
		for _, f := range t.Fields() {
			if err := checkType(column, whole, f.Type); err != nil {
				return err
			}
		}
		return nil
	}
	return sqlerr.New(sqlerr.NotSupported, "Column '%s' has a type that the Ion SerDe does not read: %s", column, whole)
}

// Load decodes the values that at and till (see shape.Scanner.Column) place in b,
// one for each row of a page. Where rows is not nil only those rows, ascending,
// are decoded, and the others' values mean nothing. The vector is valid until the
// next call. bad, where not nil, is told of values that cannot be decoded, which
// are NULL then. Else the first of them is the error, and the vector has the rows
// in front of row failed.
func (c *Column) Load(b []byte, at, till, rows []int32, bad func(row int, err error)) (v *page.Vector, failed int, err error) {
	n := len(at)
	c.begin(n)
	if c.nested != nil {
		return c.loadNested(b, at, rows, bad)
	}
	if rows == nil {
		rows = c.identity(n)
	}
	for k := 0; ; k++ {
		switch c.kind {
		case kindDecimal:
			k = c.decimals(b, at, till, rows, k)
		case kindString:
			k = c.strings(b, at, till, rows, k)
		case kindInt:
			k = c.integers(b, at, till, rows, k)
		}
		if k >= len(rows) {
			return &c.vec, n, nil
		}
		c.cur = int(rows[k])
		x := at[c.cur]
		if x < 0 {
			c.null()
			continue
		}
		if err := c.decode(b, ion.ValueAt(b, int(x>>1), x&1 != 0)); err != nil {
			if bad != nil {
				bad(c.cur, err)
				c.null()
				continue
			}
			c.truncate(c.cur)
			return &c.vec, c.cur, err
		}
	}
}

// Into makes the next Load put integers in mem, where it is long enough.
func (c *Column) Into(mem []int64) { c.into = mem }

// Ticks reads all values as strings that p knows, and puts their ticks in dst; ok is
// false where one of them is anything else.
func (c *Column) Ticks(p *clock.Parser, dst []int64, b []byte, at, till []int32) (ok bool) {
	return c.kind == kindString && p.Places(dst, b, at, till, c.identity(len(at)), 0) == len(at)
}

// Truncate forgets the rows from n on of the vector that Load gave.
func (c *Column) Truncate(n int) {
	if c.nested == nil {
		c.truncate(n)
		return
	}
	c.nested.Truncate(n)
	c.nested.Vector()
}

// identity lists n rows.
func (c *Column) identity(n int) []int32 {
	for len(c.all) < n {
		c.all = append(c.all, int32(len(c.all)))
	}
	return c.all[:n]
}

// begin makes room for n rows.
func (c *Column) begin(n int) {
	c.text = c.text[:0]
	if c.nested != nil {
		c.nested.Reset()
		return
	}
	v := &c.vec
	v.Type, v.Len, v.Nulls = c.Type, n, nil
	v.Phys = page.PhysOf(c.Type)
	if c.kind == kindDecimal {
		v.Phys = page.PhysInt64 // a long decimal is held narrow as long as all values fit
	}
	switch v.Phys {
	case page.PhysBool:
		v.Bools = sized(v.Bools, n)
	case page.PhysInt64:
		if c.lent {
			v.I64, c.lent = nil, false
		}
		if len(c.into) >= n {
			v.I64, c.lent = c.into, true
		}
		c.into = nil
		v.I64 = sized(v.I64, n)
	case page.PhysFloat64:
		v.F64 = sized(v.F64, n)
	case page.PhysBytes:
		v.Str = sized(v.Str, n)
	}
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

func (c *Column) truncate(n int) {
	v := &c.vec
	v.Len = n
	if v.Nulls != nil {
		v.Nulls = v.Nulls[:n]
	}
	switch v.Phys {
	case page.PhysBool:
		v.Bools = v.Bools[:n]
	case page.PhysInt64:
		v.I64 = v.I64[:n]
	case page.PhysFloat64:
		v.F64 = v.F64[:n]
	case page.PhysInt128:
		v.I128 = v.I128[:n]
	case page.PhysBytes:
		v.Str = v.Str[:n]
	}
}

// loadNested is Load for containers, whose builder takes one row after the other.
func (c *Column) loadNested(b []byte, at, rows []int32, bad func(row int, err error)) (v *page.Vector, failed int, err error) {
	next := 0 // in rows
	for r, x := range at {
		wanted := x >= 0
		if rows != nil {
			if next < len(rows) && int(rows[next]) == r {
				next++
			} else {
				wanted = false
			}
		}
		if !wanted {
			c.nested.Null()
			continue
		}
		if err := c.decode(b, ion.ValueAt(b, int(x>>1), x&1 != 0)); err != nil {
			if bad != nil {
				bad(r, err)
				c.nested.Null()
				continue
			}
			return c.nested.Vector(), r, err
		}
	}
	return c.nested.Vector(), len(at), nil
}

// null makes the row at hand NULL.
func (c *Column) null() {
	if c.nested != nil {
		c.nested.Null()
		return
	}
	v := &c.vec
	if v.Nulls == nil {
		c.nulls = sized(c.nulls, v.Len)
		v.Nulls = c.nulls
		clear(v.Nulls)
	}
	v.Nulls[c.cur] = true
	switch v.Phys { // what is left of another page would do no harm, but be a riddle
	case page.PhysBool:
		v.Bools[c.cur] = false
	case page.PhysInt64:
		v.I64[c.cur] = 0
	case page.PhysFloat64:
		v.F64[c.cur] = 0
	case page.PhysInt128:
		v.I128[c.cur] = decimal.Int128{}
	case page.PhysBytes:
		v.Str[c.cur] = ""
	}
}

func (c *Column) setInt64(x int64) {
	if c.vec.Phys == page.PhysInt128 {
		c.vec.I128[c.cur] = decimal.FromInt64(x)
	} else {
		c.vec.I64[c.cur] = x
	}
}

// setInt128 sets a decimal, and widens the page where x asks for it.
func (c *Column) setInt128(x decimal.Int128) {
	v := &c.vec
	if v.Phys == page.PhysInt64 {
		if x.IsInt64() {
			v.I64[c.cur] = x.Int64()
			return
		}
		v.Phys = page.PhysInt128
		v.I128 = sized(v.I128, v.Len)
		for r, y := range v.I64 {
			v.I128[r] = decimal.FromInt64(y)
		}
	}
	v.I128[c.cur] = x
}

// setText sets bytes that stay valid as long as the page.
func (c *Column) setText(s []byte) {
	c.vec.Str[c.cur] = unsafe.String(unsafe.SliceData(s), len(s))
}
