package expr

// Constants: plan.Datum to vector and back.

import (
	"strings"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// ConstVector returns n rows of the value d of type t.
func ConstVector(t types.Type, d plan.Datum, n int) *page.Vector {
	if t.Kind == types.KindUnknown {
		return &page.Vector{Type: t, Len: n, Const: true}
	}
	var one *page.Vector
	if page.PhysOf(t) == page.PhysBytes && !d.Null { // a builder would make room for many
		one = &page.Vector{Type: t, Phys: page.PhysBytes, Len: 1, Str: []string{d.S}}
	} else {
		b := page.NewBuilder(t)
		AppendDatum(b, d)
		one = b.Finish()
	}
	one.Const = true
	if n == 1 {
		return one
	}
	return repeatRow(&page.Vector{}, one, 0, n)
}

// AppendDatum appends d, a value of b's type, to b.
func AppendDatum(b *page.Builder, d plan.Datum) {
	t := b.Type()
	if d.Null {
		b.Null()
		return
	}
	switch page.PhysOf(t) {
	case page.PhysBool:
		b.Bool(d.B)
	case page.PhysInt64:
		if t.Kind == types.KindDecimal {
			b.Int64(d.D.Int64())
		} else {
			b.Int64(d.I)
		}
	case page.PhysFloat64:
		b.Float64(d.F)
	case page.PhysInt128:
		b.Int128(d.D)
	case page.PhysInstant:
		b.Instant(d.TZ)
	case page.PhysTimeTZ:
		b.TimeTZ(d.TTZ)
	case page.PhysBytes:
		b.String(d.S)
	case page.PhysArray:
		for _, e := range d.L {
			AppendDatum(b.Child(0), e)
		}
		b.EndContainer()
	case page.PhysMap:
		for i, e := range d.L {
			AppendDatum(b.Child(i&1), e)
		}
		b.EndContainer()
	case page.PhysRow:
		for i, e := range d.L {
			AppendDatum(b.Child(i), e)
		}
		b.EndRow()
	default:
		panic("BUG: value of unknown type that is not NULL")
	}
}

// DatumAt returns row i of v; it shares nothing with v.
func DatumAt(v *page.Vector, i int) plan.Datum {
	if v.IsNull(i) {
		return plan.Datum{Null: true}
	}
	switch v.Phys {
	case page.PhysBool:
		return plan.Datum{B: v.Bools[i]}
	case page.PhysInt64:
		if v.Type.Kind == types.KindDecimal {
			return plan.Datum{D: decimal.FromInt64(v.I64[i])}
		}
		return plan.Datum{I: v.I64[i]}
	case page.PhysFloat64:
		return plan.Datum{F: v.F64[i]}
	case page.PhysInt128:
		return plan.Datum{D: v.I128[i]}
	case page.PhysInstant:
		return plan.Datum{TZ: v.TZ[i]}
	case page.PhysTimeTZ:
		return plan.Datum{TTZ: v.TimeTZ[i]}
	case page.PhysBytes:
		return plan.Datum{S: strings.Clone(v.Str[i])}
	}
	d := plan.Datum{L: []plan.Datum{}}
	switch v.Phys {
	case page.PhysArray, page.PhysMap:
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			for _, c := range v.Children {
				d.L = append(d.L, DatumAt(c, k))
			}
		}
	case page.PhysRow:
		for _, c := range v.Children {
			d.L = append(d.L, DatumAt(c, i))
		}
	}
	return d
}

// constNode is a constant, repeated to the length that is asked for.
type constNode struct {
	one  *page.Vector // one row
	full page.Vector  // one, repeated to the most rows asked for so far
	view page.Vector  // the first view.Len rows of full
}

func newConst(one *page.Vector) *constNode {
	// Columns of long decimals mostly come in 64 bits, and two operands in 64 bits
	// are the fast path.
	if one.Type.Kind == types.KindDecimal && one.Phys == page.PhysInt128 && (one.IsNull(0) || one.I128[0].IsInt64()) {
		narrow := *one
		narrow.Phys, narrow.I64, narrow.I128 = page.PhysInt64, []int64{one.I128[0].Int64()}, nil
		one = &narrow
	}
	return &constNode{one: one}
}

func (c *constNode) eval(f *frame) (*page.Vector, error) {
	if f.n == c.view.Len && f.n > 0 {
		return &c.view, nil
	}
	if f.n == 1 {
		return c.one, nil
	}
	if f.n > c.full.Len || c.full.Len == 0 {
		n := max(f.n, 1)
		switch c.one.Phys {
		case page.PhysArray, page.PhysMap, page.PhysRow: // not more than asked for: it may be big
		default:
			n = max(n, min(2*n, page.DefaultRows))
		}
		repeatRow(&c.full, c.one, 0, n)
	}
	c.view = head(&c.full, f.n)
	return &c.view, nil
}

// head returns the first n rows of v, sharing its memory.
func head(v *page.Vector, n int) page.Vector {
	w := *v
	w.Len = n
	if w.Nulls != nil {
		w.Nulls = w.Nulls[:n]
	}
	switch v.Phys {
	case page.PhysBool:
		w.Bools = w.Bools[:n]
	case page.PhysInt64:
		w.I64 = w.I64[:n]
	case page.PhysFloat64:
		w.F64 = w.F64[:n]
	case page.PhysInt128:
		w.I128 = w.I128[:n]
	case page.PhysInstant:
		w.TZ = w.TZ[:n]
	case page.PhysTimeTZ:
		w.TimeTZ = w.TimeTZ[:n]
	case page.PhysBytes:
		w.Str = w.Str[:n]
	case page.PhysArray, page.PhysMap:
		w.Off = w.Off[:n+1]
	case page.PhysRow:
		w.Children = make([]*page.Vector, len(v.Children))
		for k, c := range v.Children {
			h := head(c, n)
			w.Children[k] = &h
		}
	}
	return w
}
