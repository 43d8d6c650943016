package expr

// Casts between boolean, integers, real, double and decimals, a page at a time
// (BigintOperators and its like, DoubleOperators, RealOperators, DecimalCasts,
// DecimalConversions; semantics 5.6).

import (
	"math"
	"strings"

	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// vectorCaster casts the rows of v into n.out, whose type, length and nulls are
// set already.
type vectorCaster func(n *castNode, f *frame, v *page.Vector) error

// castScratch is a cast's memory.
type castScratch struct {
	i64   []int64
	f64   []float64
	bools []bool
	i128  []decimal.Int128
	wide  []decimal.Int128
}

// vectorCast returns the cast of a pair of numeric types, nil for other pairs.
func vectorCast(from, to types.Type) vectorCaster {
	number := func(t types.Type) bool { return t.IsNumeric() || t.Kind == types.KindBoolean }
	if !number(from) || !number(to) {
		return nil
	}
	switch {
	case from.IsInteger():
		return castInteger
	case from.Kind == types.KindDecimal:
		return castDecimal
	case from.Kind == types.KindBoolean:
		return castBoolean
	}
	return castFloat
}

func (n *castNode) toInts(rows int) []int64 {
	n.scratch.i64 = sized(n.scratch.i64, rows)
	n.out.I64 = n.scratch.i64
	return n.out.I64
}

func (n *castNode) toFloats(rows int) []float64 {
	n.scratch.f64 = sized(n.scratch.f64, rows)
	n.out.F64 = n.scratch.f64
	return n.out.F64
}

func (n *castNode) toBools(rows int) []bool {
	n.scratch.bools = sized(n.scratch.bools, rows)
	n.out.Bools = n.scratch.bools
	return n.out.Bools
}

// toWide prepares a decimal result in 128 bits.
func (n *castNode) toWide(rows int) []decimal.Int128 {
	n.scratch.i128 = sized(n.scratch.i128, rows)
	n.out.Phys, n.out.I128, n.out.I64 = page.PhysInt128, n.scratch.i128, nil
	return n.out.I128
}

// narrowed turns a result in 128 bits, all of whose values fit 64, into one in
// 64 bits. The rows that hold no value are NULL.
func (n *castNode) narrowed(rows int) {
	dst := n.toInts(rows)
	for i, v := range n.scratch.i128[:rows] {
		dst[i] = v.Int64()
	}
	n.out.Phys, n.out.I128 = page.PhysInt64, nil
}

func castInteger(n *castNode, f *frame, v *page.Vector) error {
	src := v.I64[:f.n]
	switch n.to.Kind {
	case types.KindBoolean:
		kernel.Int64ToBool(n.toBools(f.n), src)
	case types.KindDouble:
		kernel.Int64ToFloat64(n.toFloats(f.n), src)
	case types.KindReal:
		kernel.Int64ToFloat32(n.toFloats(f.n), src)
	case types.KindDecimal:
		p, s := int(n.to.P), int(n.to.S)
		return n.rescale(f, src, s, func(row int) error {
			return invalidCast("Cannot cast %s '%d' to DECIMAL(%d, %d)", strings.ToUpper(n.from.String()), src[row], p, s)
		})
	default:
		n.out.I64 = src
		lo, hi := intRange(n.to.Kind)
		return n.run(f, func(k int) int { return kernel.CheckRange(src[k:], lo, hi) }, func(row int) error {
			return outOfRange("Out of range for %s: %d", n.to, src[row])
		})
	}
	return nil
}

// rescale moves 64-bit values by places into the decimal n.to: in 64 bits where
// the results fit, else in 128.
func (n *castNode) rescale(f *frame, src []int64, by int, why func(row int) error) error {
	p := int(n.to.P)
	dst := n.toInts(f.n)
	narrow := func(k int) int { return kernel.RescaleNarrow(dst[k:], src[k:], by, p) }
	n.out.Phys = page.PhysInt64
	if p <= decimal.MaxShortPrecision {
		return n.run(f, narrow, why)
	}
	for from := 0; ; {
		bad := narrow(from)
		if bad < 0 {
			return nil
		}
		if row := from + bad; !n.out.IsNull(row) {
			break
		}
		if from += bad + 1; from == f.n {
			return nil
		}
	}
	wide := n.toWide(f.n)
	return n.run(f, func(k int) int { return kernel.Rescale64(wide[k:], src[k:], by, p) }, why)
}

func castDecimal(n *castNode, f *frame, v *page.Vector) error {
	s := int(n.from.S)
	short := n.from.P <= decimal.MaxShortPrecision
	wide := func() []decimal.Int128 {
		var w []decimal.Int128
		w, n.scratch.wide = widened(n.scratch.wide, v, f.n)
		return w
	}
	switch n.to.Kind {
	case types.KindBoolean:
		if v.Phys == page.PhysInt64 {
			kernel.Int64ToBool(n.toBools(f.n), v.I64)
		} else {
			kernel.DecimalToBool(n.toBools(f.n), v.I128)
		}
	case types.KindDouble:
		if short {
			kernel.ShortDecimalToFloat64(n.toFloats(f.n), v.I64, s)
		} else {
			kernel.DecimalToFloat64(n.toFloats(f.n), wide(), s)
		}
	case types.KindReal:
		if short {
			kernel.ShortDecimalToFloat32(n.toFloats(f.n), v.I64, s)
		} else {
			kernel.DecimalToFloat32(n.toFloats(f.n), wide(), s)
		}
	case types.KindDecimal:
		by := int(n.to.S - n.from.S)
		why := func(row int) error {
			return invalidCast("Cannot cast DECIMAL(%d, %d) '%s' to DECIMAL(%d, %d)", n.from.P, n.from.S,
				decimal.Format(v.Int128At(row), s), n.to.P, n.to.S)
		}
		if v.Phys == page.PhysInt64 {
			if by == 0 && n.to.P > decimal.MaxShortPrecision { // every 64-bit value fits 19 digits
				n.out.Phys, n.out.I64 = page.PhysInt64, v.I64[:f.n]
				return nil
			}
			return n.rescale(f, v.I64[:f.n], by, why)
		}
		dst := n.toWide(f.n)
		if err := n.run(f, func(k int) int { return kernel.Rescale(dst[k:], v.I128[k:f.n], by, int(n.to.P)) }, why); err != nil {
			return err
		}
		if n.to.P <= decimal.MaxShortPrecision {
			n.narrowed(f.n)
		}
	default:
		dst := n.toInts(f.n)
		lo, hi := intRange(n.to.Kind)
		name := strings.ToUpper(n.to.String())
		why := func(row int) error {
			if short && n.to.Kind != types.KindBigint {
				// DecimalCasts shows the rounded value here, the unrounded one elsewhere.
				return invalidCast("Cannot cast '%d' to %s", decimal.ShortToInt64(v.I64[row], s), name)
			}
			return invalidCast("Cannot cast '%s' to %s", decimal.Format(v.Int128At(row), s), name)
		}
		if v.Phys == page.PhysInt64 && s <= decimal.MaxShortPrecision {
			return n.run(f, func(k int) int { return kernel.ShortDecimalToInt(dst[k:], v.I64[k:], s, lo, hi) }, why)
		}
		src := wide()
		return n.run(f, func(k int) int { return kernel.DecimalToInt(dst[k:], src[k:], s, lo, hi) }, why)
	}
	return nil
}

func castBoolean(n *castNode, f *frame, v *page.Vector) error {
	switch n.to.Kind {
	case types.KindReal, types.KindDouble:
		kernel.BoolToFloat64(n.toFloats(f.n), v.Bools)
	case types.KindDecimal:
		if n.to.P > decimal.MaxShortPrecision {
			dst := n.toWide(f.n)
			one := decimal.Pow10(int(n.to.S))
			for i, b := range v.Bools[:f.n] {
				dst[i] = decimal.Int128{}
				if b {
					dst[i] = one
				}
			}
			return nil
		}
		dst, one := n.toInts(f.n), decimal.Pow10Int64(int(n.to.S))
		for i, b := range v.Bools[:f.n] {
			dst[i] = one * int64(b2i(b))
		}
	default:
		kernel.BoolToInt64(n.toInts(f.n), v.Bools)
	}
	return nil
}

func castFloat(n *castNode, f *frame, v *page.Vector) error {
	src := v.F64[:f.n]
	double := n.from.Kind == types.KindDouble
	bits := 64
	if !double {
		bits = 32
	}
	switch n.to.Kind {
	case types.KindBoolean:
		kernel.Float64ToBool(n.toBools(f.n), src)
	case types.KindReal:
		kernel.Float64ToFloat32(n.toFloats(f.n), src)
	case types.KindBigint:
		dst := n.toInts(f.n)
		if double {
			return n.run(f, func(k int) int { return kernel.Float64ToInt64(dst[k:], src[k:]) }, func(row int) error {
				return invalidCast("Unable to cast %s to bigint", javaFloat(src[row], bits))
			})
		}
		return n.run(f, func(k int) int { return kernel.Float32ToInt64(dst[k:], src[k:]) }, func(int) error {
			return invalidCast("Cannot cast real NaN to bigint")
		})
	case types.KindDecimal:
		p, s := int(n.to.P), int(n.to.S)
		dst := n.toWide(f.n)
		why := func(row int) error {
			return invalidCast("Cannot cast %s '%s' to DECIMAL(%d, %d)", strings.ToUpper(n.from.String()), javaFloat(src[row], bits), p, s)
		}
		kern := func(k int) int { return kernel.Float64ToDecimal(dst[k:], src[k:], p, s) }
		if !double {
			kern = func(k int) int { return kernel.Float32ToDecimal(dst[k:], src[k:], p, s) }
		}
		if err := n.run(f, kern, why); err != nil {
			return err
		}
		if p <= decimal.MaxShortPrecision {
			n.narrowed(f.n)
		}
	default:
		dst := n.toInts(f.n)
		lo, hi := intRange(n.to.Kind)
		return n.run(f, func(k int) int { return kernel.Float64ToIntRange(dst[k:], src[k:], lo, hi) }, func(row int) error {
			if math.IsNaN(src[row]) {
				return invalidCast("Cannot cast %s NaN to %s", n.from, n.to)
			}
			return outOfRange("Out of range for %s: %s", n.to, javaFloat(src[row], bits))
		})
	}
	return nil
}

// vectorCastRow is a page-wise cast for one row at a time, for values inside
// containers.
func vectorCastRow(vc vectorCaster, from, to types.Type) castFunc {
	n := &castNode{from: from, to: to, vector: vc}
	f := &frame{n: 1}
	one := &page.Vector{}
	sel := make([]int32, 1)
	return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
		sel[0] = int32(i)
		page.GatherInto(one, v, sel)
		w, err := n.cast(f, one)
		if err != nil {
			return err
		}
		out.Append(w, 0)
		return nil
	}
}
