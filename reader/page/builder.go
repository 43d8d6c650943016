package page

// Builder: appends values row by row into a Vector that it owns, copying
// bytes into an arena of its own.

import (
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// arenaChunk is the size of a byte arena's chunk; longer values get their own.
const arenaChunk = 16 << 10

// Arena copies short-lived bytes into memory that stays valid as long as
// anything refers to it. The zero value is ready.
type Arena struct {
	free []byte
	used int64 // bytes of all that was copied
}

// Copy returns s copied.
func (a *Arena) Copy(s string) string {
	if len(s) == 0 {
		return ""
	}
	a.used += int64(len(s))
	if len(s) > cap(a.free)-len(a.free) {
		if len(s) > arenaChunk/4 {
			return string(append([]byte(nil), s...))
		}
		a.free = make([]byte, 0, arenaChunk)
	}
	at := len(a.free)
	a.free = append(a.free, s...)
	return bytesToString(a.free[at:len(a.free):len(a.free)])
}

// Builder appends rows to one vector. After Finish or Reset it can be used
// again: Finish gives the vector away, Reset keeps the memory.
type Builder struct {
	v     Vector
	arena Arena
	kids  []*Builder
}

// NewBuilder returns a Builder for values of type t.
func NewBuilder(t types.Type) *Builder {
	b := &Builder{}
	b.init(t)
	return b
}

// empty begins a vector of no rows. The children are another matter: who finished
// them knows that they have begun anew.
func (b *Builder) empty(t types.Type) {
	b.v = Vector{Type: t, Phys: PhysOf(t)}
	if b.v.Phys == PhysArray || b.v.Phys == PhysMap {
		b.v.Off = []int32{0}
	}
}

func (b *Builder) init(t types.Type) {
	b.empty(t)
	for _, f := range t.Fields() {
		if b.v.Phys == PhysArray || b.v.Phys == PhysMap || b.v.Phys == PhysRow {
			b.kids = append(b.kids, NewBuilder(f.Type))
		}
	}
}

// Type returns the type of the values.
func (b *Builder) Type() types.Type { return b.v.Type }

// Len returns the number of rows appended so far.
func (b *Builder) Len() int { return b.v.Len }

// Child returns the builder of the k-th child: the elements of an array, the
// keys (0) and values (1) of a map, the k-th field of a row. Append the child
// values first, then close the row with EndContainer (array, map) or EndRow.
func (b *Builder) Child(k int) *Builder { return b.kids[k] }

func (b *Builder) notNull() {
	b.v.Len++
	if b.v.Nulls != nil {
		b.v.Nulls = append(b.v.Nulls, false)
	}
}

// Null appends a NULL.
func (b *Builder) Null() {
	if b.v.Nulls == nil {
		b.v.Nulls = make([]bool, b.v.Len, max(64, 2*b.v.Len))
	}
	b.v.Nulls = append(b.v.Nulls, true)
	b.v.Len++
	switch b.v.Phys {
	case PhysBool:
		b.v.Bools = append(b.v.Bools, false)
	case PhysInt64:
		b.v.I64 = append(b.v.I64, 0)
	case PhysFloat64:
		b.v.F64 = append(b.v.F64, 0)
	case PhysInt128:
		b.v.I128 = append(b.v.I128, decimal.Int128{})
	case PhysInstant:
		b.v.TZ = append(b.v.TZ, types.Instant{})
	case PhysTimeTZ:
		b.v.TimeTZ = append(b.v.TimeTZ, types.TimeOfDayTZ{})
	case PhysBytes:
		b.v.Str = append(b.v.Str, "")
	case PhysArray, PhysMap:
		b.v.Off = append(b.v.Off, int32(b.kids[0].v.Len))
	case PhysRow:
		for _, k := range b.kids {
			k.Null()
		}
	}
}

// Bool appends a boolean.
func (b *Builder) Bool(x bool) { b.v.Bools = append(b.v.Bools, x); b.notNull() }

// Int64 appends a value of a PhysInt64 type.
func (b *Builder) Int64(x int64) { b.v.I64 = append(b.v.I64, x); b.notNull() }

// Float64 appends a double, or a real that is already rounded to float32.
func (b *Builder) Float64(x float64) { b.v.F64 = append(b.v.F64, x); b.notNull() }

// Int128 appends a value of a PhysInt128 type, or a decimal whose builder is
// PhysInt64 and whose value fits.
func (b *Builder) Int128(x decimal.Int128) {
	if b.v.Phys == PhysInt64 {
		b.v.I64 = append(b.v.I64, x.Int64())
	} else {
		b.v.I128 = append(b.v.I128, x)
	}
	b.notNull()
}

// Instant appends a timestamp with time zone.
func (b *Builder) Instant(x types.Instant) { b.v.TZ = append(b.v.TZ, x); b.notNull() }

// TimeTZ appends a time with time zone.
func (b *Builder) TimeTZ(x types.TimeOfDayTZ) { b.v.TimeTZ = append(b.v.TimeTZ, x); b.notNull() }

// String appends a PhysBytes value, copying it.
func (b *Builder) String(s string) { b.v.Str = append(b.v.Str, b.arena.Copy(s)); b.notNull() }

// StringNoCopy appends a PhysBytes value that the caller promises to keep
// valid as long as the vector lives (constants, strings made for it).
func (b *Builder) StringNoCopy(s string) {
	b.v.Str = append(b.v.Str, s)
	b.arena.used += int64(len(s))
	b.notNull()
}

// Bytes appends a PhysBytes value, copying it.
func (b *Builder) Bytes(s []byte) {
	b.String(bytesToString(s))
}

// EndContainer closes an array or map row whose elements were appended to the
// children since the last row was closed.
func (b *Builder) EndContainer() {
	b.v.Off = append(b.v.Off, int32(b.kids[0].v.Len))
	b.notNull()
}

// EndRow closes a row value after each child got exactly one value.
func (b *Builder) EndRow() { b.notNull() }

// Append appends row i of v, deeply copied. v has the builder's type, or the
// same physical form (a decimal may be held narrower or wider).
func (b *Builder) Append(v *Vector, i int) {
	if v.IsNull(i) {
		b.Null()
		return
	}
	switch b.v.Phys {
	case PhysBool:
		b.Bool(v.Bools[i])
	case PhysInt64:
		if v.Phys == PhysInt128 {
			b.Int64(v.I128[i].Int64())
			return
		}
		b.Int64(v.I64[i])
	case PhysFloat64:
		b.Float64(v.F64[i])
	case PhysInt128:
		b.Int128(v.Int128At(i))
	case PhysInstant:
		b.Instant(v.TZ[i])
	case PhysTimeTZ:
		b.TimeTZ(v.TimeTZ[i])
	case PhysBytes:
		b.String(v.Str[i])
	case PhysArray, PhysMap:
		for k, kid := range b.kids {
			kid.AppendRange(v.Children[k], int(v.Off[i]), int(v.Off[i+1]))
		}
		b.EndContainer()
	case PhysRow:
		for k, kid := range b.kids {
			kid.Append(v.Children[k], i)
		}
		b.EndRow()
	default:
		panic("BUG: Builder.Append of a value to an unknown-typed vector")
	}
}

// AppendRange appends rows from..to-1 of v.
func (b *Builder) AppendRange(v *Vector, from, to int) {
	if b.v.Phys == PhysBytes && v.Nulls == nil {
		for _, s := range v.Str[from:to] {
			b.v.Str = append(b.v.Str, b.arena.Copy(s))
		}
		b.v.Len += to - from
		for range to - from {
			if b.v.Nulls == nil {
				break
			}
			b.v.Nulls = append(b.v.Nulls, false)
		}
		return
	}
	for i := from; i < to; i++ {
		b.Append(v, i)
	}
}

// Vector returns what was appended so far. It is valid until the next append,
// Reset or Finish.
func (b *Builder) Vector() *Vector {
	b.seal()
	return &b.v
}

func (b *Builder) seal() {
	if len(b.kids) == 0 {
		return
	}
	if b.v.Children == nil {
		b.v.Children = make([]*Vector, len(b.kids))
	}
	for i, k := range b.kids {
		b.v.Children[i] = k.Vector()
	}
}

// Finish returns the vector and forgets it: it stays valid for good, and the
// builder starts anew.
func (b *Builder) Finish() *Vector {
	t, kids := b.v.Type, make([]*Vector, len(b.kids))
	for i, k := range b.kids {
		kids[i] = k.Finish()
	}
	if len(kids) > 0 {
		b.v.Children = kids
	}
	out := b.v
	b.empty(t)
	b.arena = Arena{}
	return &out
}

// Reset forgets the rows and keeps the memory, except the byte arena, whose
// chunks may still be referred to.
func (b *Builder) Reset() {
	v := &b.v
	v.Len, v.Nulls, v.Const = 0, nil, false
	v.Bools, v.I64, v.F64, v.I128 = v.Bools[:0], v.I64[:0], v.F64[:0], v.I128[:0]
	v.TZ, v.TimeTZ, v.Str = v.TZ[:0], v.TimeTZ[:0], v.Str[:0]
	if len(v.Off) > 0 {
		v.Off = v.Off[:1]
	}
	for _, k := range b.kids {
		k.Reset()
	}
}
