package spill

// Vectors as bytes, for temporary files: never read by another process or
// another version. Each vector is its physical form, its NULLs, its values;
// lengths of strings and containers are varints.

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

var le = binary.LittleEndian

// appendVector appends rows from..to-1 of v.
func appendVector(dst []byte, v *page.Vector, from, to int) []byte {
	dst = append(dst, byte(v.Phys))
	if v.Phys == page.PhysNone {
		return dst
	}
	if v.Nulls == nil {
		dst = append(dst, 0)
	} else {
		dst = append(dst, 1)
		dst = appendBits(dst, v.Nulls[from:to])
	}
	switch v.Phys {
	case page.PhysBool:
		dst = appendBits(dst, v.Bools[from:to])
	case page.PhysInt64:
		for _, x := range v.I64[from:to] {
			dst = le.AppendUint64(dst, uint64(x))
		}
	case page.PhysFloat64:
		for _, x := range v.F64[from:to] {
			dst = le.AppendUint64(dst, math.Float64bits(x))
		}
	case page.PhysInt128:
		for _, x := range v.I128[from:to] {
			dst = le.AppendUint64(le.AppendUint64(dst, x.Lo), uint64(x.Hi))
		}
	case page.PhysInstant:
		for _, x := range v.TZ[from:to] {
			dst = le.AppendUint64(dst, uint64(x.Millis))
			dst = le.AppendUint32(dst, uint32(x.Picos))
			dst = le.AppendUint16(dst, uint16(x.Zone))
		}
	case page.PhysTimeTZ:
		for _, x := range v.TimeTZ[from:to] {
			dst = le.AppendUint64(dst, uint64(x.Picos))
			dst = le.AppendUint16(dst, uint16(x.Offset))
		}
	case page.PhysBytes:
		for i, s := range v.Str[from:to] {
			if v.Nulls != nil && v.Nulls[from+i] {
				s = ""
			}
			dst = binary.AppendUvarint(dst, uint64(len(s)))
			dst = append(dst, s...)
		}
	case page.PhysArray, page.PhysMap:
		for i := from; i < to; i++ {
			dst = binary.AppendUvarint(dst, uint64(v.Off[i+1]-v.Off[i]))
		}
		for _, c := range v.Children {
			dst = appendVector(dst, c, int(v.Off[from]), int(v.Off[to]))
		}
	case page.PhysRow:
		for _, c := range v.Children {
			dst = appendVector(dst, c, from, to)
		}
	}
	return dst
}

func appendBits(dst []byte, bits []bool) []byte {
	for len(bits) > 0 {
		var b byte
		n := min(8, len(bits))
		for i, x := range bits[:n] {
			if x {
				b |= 1 << i
			}
		}
		dst = append(dst, b)
		bits = bits[n:]
	}
	return dst
}

// decoder reads what appendVector wrote. Strings point into b.
type decoder struct {
	b   []byte
	bad bool
}

// take returns the next n bytes.
func (d *decoder) take(n int) []byte {
	if n < 0 || n > len(d.b) {
		d.bad = true
		d.b = nil
		return make([]byte, max(n, 0))
	}
	out := d.b[:n:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) uvarint() int {
	x, n := binary.Uvarint(d.b)
	if n <= 0 || x > math.MaxInt32 {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return int(x)
}

func (d *decoder) bits(n int) []bool {
	b := d.take((n + 7) / 8)
	out := make([]bool, n)
	for i := range out {
		out[i] = b[i/8]>>(i%8)&1 != 0
	}
	return out
}

func (d *decoder) vector(t types.Type, n int) *page.Vector {
	v := &page.Vector{Type: t, Phys: page.Phys(d.take(1)[0]), Len: n}
	if d.bad || v.Phys == page.PhysNone {
		return v
	}
	if d.take(1)[0] == 1 {
		v.Nulls = d.bits(n)
	}
	switch v.Phys {
	case page.PhysBool:
		v.Bools = d.bits(n)
	case page.PhysInt64:
		b := d.take(8 * n)
		v.I64 = make([]int64, n)
		for i := range v.I64 {
			v.I64[i] = int64(le.Uint64(b[8*i:]))
		}
	case page.PhysFloat64:
		b := d.take(8 * n)
		v.F64 = make([]float64, n)
		for i := range v.F64 {
			v.F64[i] = math.Float64frombits(le.Uint64(b[8*i:]))
		}
	case page.PhysInt128:
		b := d.take(16 * n)
		v.I128 = make([]decimal.Int128, n)
		for i := range v.I128 {
			v.I128[i] = decimal.Int128{Lo: le.Uint64(b[16*i:]), Hi: int64(le.Uint64(b[16*i+8:]))}
		}
	case page.PhysInstant:
		b := d.take(14 * n)
		v.TZ = make([]types.Instant, n)
		for i := range v.TZ {
			e := b[14*i:]
			v.TZ[i] = types.Instant{Millis: int64(le.Uint64(e)), Picos: int32(le.Uint32(e[8:])), Zone: types.Zone(le.Uint16(e[12:]))}
		}
	case page.PhysTimeTZ:
		b := d.take(10 * n)
		v.TimeTZ = make([]types.TimeOfDayTZ, n)
		for i := range v.TimeTZ {
			e := b[10*i:]
			v.TimeTZ[i] = types.TimeOfDayTZ{Picos: int64(le.Uint64(e)), Offset: int16(le.Uint16(e[8:]))}
		}
	case page.PhysBytes:
		v.Str = make([]string, n)
		for i := range v.Str {
			s := d.take(d.uvarint())
			v.Str[i] = unsafe.String(unsafe.SliceData(s), len(s))
		}
	case page.PhysArray, page.PhysMap:
		v.Off = make([]int32, n+1)
		for i := range n {
			v.Off[i+1] = v.Off[i] + int32(d.uvarint())
		}
		d.children(v, t, int(v.Off[n]))
	case page.PhysRow:
		d.children(v, t, n)
	default:
		d.bad = true
	}
	return v
}

func (d *decoder) children(v *page.Vector, t types.Type, n int) {
	for _, f := range t.Fields() {
		v.Children = append(v.Children, d.vector(f.Type, n))
	}
}
