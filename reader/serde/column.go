package serde

// Column: decodes the values of one column into one vector.

import (
	"math/bits"
	"unsafe"

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

// Column appends values to a vector. The vector's strings may point into the
// slices that Fast and Decode got.
type Column struct {
	Name string
	Type types.Type
	// Path is the column's path extractor, for messages.
	Path string

	set    Settings
	kind   kind
	scale  int
	vec    page.Vector
	nulls  []bool // memory for vec.Nulls
	text   []byte // memory for the strings that had to be decoded, a page's worth
	digits [80]byte
	nested *page.Builder // arrays, maps and rows
}

type kind uint8

const (
	kindOther kind = iota
	kindDecimal
	kindString
	kindInt
	kindBool
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
	case types.KindBoolean:
		c.kind = kindBool
	case types.KindArray, types.KindMap, types.KindRow:
		c.kind = kindNested
		c.nested = page.NewBuilder(t)
	}
	c.Reset()
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

// Reset forgets the rows: the vector handed out before becomes invalid.
func (c *Column) Reset() {
	c.vec.Type, c.vec.Len, c.vec.Nulls = c.Type, 0, nil
	c.vec.Phys = page.PhysOf(c.Type)
	if c.kind == kindDecimal {
		c.vec.Phys = page.PhysInt64 // a long decimal is held narrow as long as all values fit
	}
	c.vec.Bools, c.vec.I64, c.vec.F64, c.vec.I128, c.vec.Str = c.vec.Bools[:0], c.vec.I64[:0], c.vec.F64[:0], c.vec.I128[:0], c.vec.Str[:0]
	c.text = c.text[:0]
	if c.nested != nil {
		c.nested.Reset()
	}
}

// Len returns the number of rows. It is the vector's own Len, or, where a nested
// builder has the rows, follows it.
func (c *Column) Len() int { return c.vec.Len }

// Vector returns the rows since Reset.
func (c *Column) Vector() *page.Vector {
	if c.nested != nil {
		return c.nested.Vector()
	}
	return &c.vec
}

// Null appends a NULL.
func (c *Column) Null() {
	if c.nested != nil {
		c.nested.Null()
		c.vec.Len++
		return
	}
	v := &c.vec
	if v.Nulls == nil {
		if cap(c.nulls) < v.Len+1 {
			c.nulls = make([]bool, v.Len, max(page.DefaultRows, 2*v.Len))
		}
		v.Nulls = c.nulls[:v.Len]
		clear(v.Nulls)
	}
	v.Nulls = append(v.Nulls, true)
	c.nulls = v.Nulls
	v.Len++
	switch v.Phys {
	case page.PhysBool:
		v.Bools = append(v.Bools, false)
	case page.PhysInt64:
		v.I64 = append(v.I64, 0)
	case page.PhysFloat64:
		v.F64 = append(v.F64, 0)
	case page.PhysInt128:
		v.I128 = append(v.I128, decimal.Int128{})
	case page.PhysBytes:
		v.Str = append(v.Str, "")
	}
}

// Truncate forgets the rows from n on.
func (c *Column) Truncate(n int) {
	if c.nested != nil {
		c.nested.Truncate(n)
		c.vec.Len = n
		return
	}
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

func (c *Column) notNull() {
	c.vec.Len++
	if c.vec.Nulls != nil {
		c.vec.Nulls = append(c.vec.Nulls, false)
		c.nulls = c.vec.Nulls
	}
}

func (c *Column) addInt64(x int64) {
	if c.vec.Phys == page.PhysInt128 {
		c.vec.I128 = append(c.vec.I128, decimal.FromInt64(x))
	} else {
		c.vec.I64 = append(c.vec.I64, x)
	}
	c.notNull()
}

// addInt128 appends to a decimal, and widens the page where x asks for it.
func (c *Column) addInt128(x decimal.Int128) {
	if c.vec.Phys == page.PhysInt64 {
		if x.IsInt64() {
			c.addInt64(x.Int64())
			return
		}
		c.vec.Phys = page.PhysInt128
		c.vec.I128 = c.vec.I128[:0]
		for _, v := range c.vec.I64 {
			c.vec.I128 = append(c.vec.I128, decimal.FromInt64(v))
		}
	}
	c.vec.I128 = append(c.vec.I128, x)
	c.notNull()
}

// addText appends bytes that stay valid as long as the page.
func (c *Column) addText(s []byte) {
	c.vec.Str = append(c.vec.Str, unsafe.String(unsafe.SliceData(s), len(s)))
	c.notNull()
}

// Fast appends the value at b[i] and returns the offset behind it, or appends
// nothing and returns -1: then the value is malformed, or not in the export's
// shape, or cannot be a value of the column. b is as ion.Skip wants it.
func (c *Column) Fast(b []byte, i int) int {
	switch c.kind {
	case kindDecimal:
		if end := c.fastDecimal(b, i); end >= 0 {
			return end
		}
	case kindString:
		if b[i] == '"' {
			end, plain := ion.SkipString(b, i)
			if plain && end >= 0 {
				c.vec.Str = append(c.vec.Str, unsafe.String(&b[i+1], end-i-2))
				c.notNull()
				return end
			}
		}
	}
	end := ion.Skip(b, i)
	if end < 0 {
		return -1
	}
	if c.Decode(b[:end], ion.ValueAt(b[:end], i, false)) != nil {
		return -1
	}
	return end
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
	const zeros = 0x3030303030303030
	x := w ^ zeros
	// A byte is a digit where x is below 10: neither its high nibble nor, after
	// adding 6, anything above the low nibble is set. Carries only reach bytes
	// above the first non-digit, which do not count.
	no := (x | (x + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0
	n = bits.TrailingZeros64(no) >> 3
	x <<= 64 - 8*uint(n) // the digits in the high bytes, zeros before them
	x = x & 0x0F0F0F0F0F0F0F0F * 2561 >> 8
	x = x & 0x00FF00FF00FF00FF * 6553601 >> 16
	return n, x & 0x0000FFFF0000FFFF * 42949672960001 >> 32
}

// fastDecimal takes decimals of up to 18 digits whose unscaled value at the
// column's scale fits int64.
func (c *Column) fastDecimal(b []byte, i int) int {
	neg := b[i] == '-'
	if neg {
		i++
	}
	if i+24 > len(b) {
		return -1
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
			if i-from == 18 {
				return -1
			}
			coef = coef*10 + uint64(b[i]-'0')
			i++
		}
	}
	digits := i - from
	if digits == 0 || b[from] == '0' && digits > 1 {
		return -1
	}
	exp := c.scale // 10^exp turns the coefficient into the unscaled value
	if b[i] != '.' {
		if b[i]|0x20 != 'd' {
			return -1 // an int, a timestamp, a float
		}
	} else {
		i++
		for b[i]-'0' <= 9 {
			if digits++; digits > 18 {
				return -1
			}
			coef = coef*10 + uint64(b[i]-'0')
			exp--
			i++
		}
	}
	if b[i]|0x20 == 'd' {
		i++
		minus := b[i] == '-'
		if minus || b[i] == '+' {
			i++
		}
		e, at := 0, i
		for b[i]-'0' <= 9 {
			if e = e*10 + int(b[i]-'0'); e > 1000 {
				return -1
			}
			i++
		}
		if i == at {
			return -1
		}
		if minus {
			e = -e
		}
		exp += e
	}
	if b[i] != ',' && b[i] != '}' {
		return -1
	}
	switch {
	case coef == 0:
	case exp > 0:
		if exp > 19 {
			return -1
		}
		hi, lo := bits.Mul64(coef, pow10[exp])
		if hi != 0 || lo > 1<<63-1 {
			if c.Type.P <= 18 {
				return -1 // Decode has the error
			}
			x := decimal.Int128{Hi: int64(hi), Lo: lo} // below 10^18 * 10^19
			if neg {
				x = x.Neg()
			}
			c.addInt128(x)
			return i
		}
		coef = lo
	case exp < 0:
		// Digits below the column's scale must be zeros; Decode has the error.
		if exp < -18 || coef%pow10[-exp] != 0 {
			return -1
		}
		coef /= pow10[-exp]
	}
	x := int64(coef)
	if neg {
		x = -x
	}
	if c.vec.Phys == page.PhysInt64 {
		c.vec.I64 = append(c.vec.I64, x)
	} else {
		c.vec.I128 = append(c.vec.I128, decimal.FromInt64(x))
	}
	c.notNull()
	return i
}
