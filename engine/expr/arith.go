package expr

// Arithmetic: + - * / % and negation over integers, real, double and decimals
// (BigintOperators and its like, DecimalOperators; semantics 5.4).

import (
	"math"

	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// opNames are the operators' names in overflow messages.
var opNames = [...]string{
	plan.OpAdd: "addition", plan.OpSub: "subtraction", plan.OpMul: "multiplication",
	plan.OpDiv: "division", plan.OpNeg: "negation",
}

var opSigns = [...]string{plan.OpAdd: "+", plan.OpSub: "-", plan.OpMul: "*", plan.OpDiv: "/", plan.OpMod: "%"}

// arithNode is l op r, or a negation.
type arithNode struct {
	l      node
	r      *laterArg // nil for a negation
	op     plan.ArithOp
	t      types.Type
	lt, rt types.Type
	result

	i64     []int64
	f64     []float64
	i128    []decimal.Int128
	wideL   []decimal.Int128
	wideR   []decimal.Int128
	aBy     int // decimals: places by which the operands move up
	bBy     int
	divBy   int
	skipped int // pages still to be computed in 128 bits at once
}

func (c *compiler) arith(x *plan.Arith) (node, needs, error) {
	n := &arithNode{op: x.Op, t: x.T, lt: x.L.Type(), result: result{pos: x.P}}
	var d needs
	var err error
	if n.l, d, err = c.compile(x.L); err != nil {
		return nil, d, err
	}
	if x.R != nil {
		r, dr, err := c.compile(x.R)
		if err != nil {
			return nil, d, err
		}
		d.add(dr)
		n.r = newLaterArg(r)
		n.rt = x.R.Type()
	}
	switch x.T.Kind {
	case types.KindDecimal:
		if n.r != nil {
			n.aBy, n.bBy = decimal.AddRescale(int(n.lt.S), int(n.rt.S))
			n.divBy = decimal.DivRescale(int(n.lt.S), int(n.rt.S))
		}
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal, types.KindDouble:
	case types.KindIntervalDaySecond, types.KindIntervalYearMonth:
		if x.R != nil {
			return nil, d, sqlerr.Newf(sqlerr.NotSupported, x.P, "Operator %s is not supported for %s", x.Op, x.T)
		}
	default:
		return nil, d, sqlerr.Newf(sqlerr.NotSupported, x.P, "Operator %s is not supported for %s", x.Op, x.T)
	}
	return n, d, nil
}

func (n *arithNode) eval(f *frame) (*page.Vector, error) {
	a, err := n.l.eval(f)
	if err != nil {
		return nil, err
	}
	if a.Phys == page.PhysNone { // NULL in every row: the other side is not evaluated
		n.out = page.Vector{Type: n.t, Len: f.n}
		return &n.out, nil
	}
	b := a
	if n.r != nil {
		if b, err = n.r.eval(f, a.Nulls); err != nil {
			return nil, err
		}
	}
	if b.Phys == page.PhysNone {
		n.out = page.Vector{Type: n.t, Len: f.n}
		return &n.out, nil
	}
	n.out = page.Vector{Type: n.t, Phys: page.PhysOf(n.t), Len: f.n}
	n.out.Nulls, n.nulls = mergeNulls(n.nulls, a.Nulls, b.Nulls, f.n)
	switch n.t.Kind {
	case types.KindReal, types.KindDouble:
		n.f64 = sized(n.f64, f.n)
		n.out.F64 = n.f64
		n.floats(a.F64, b.F64)
	case types.KindDecimal:
		err = n.decimals(f, a, b)
	default:
		n.i64 = sized(n.i64, f.n)
		n.out.I64 = n.i64
		err = n.integers(f, a.I64, b.I64)
	}
	if err != nil {
		return nil, err
	}
	return &n.out, nil
}

// intRange is the range of an integer type.
func intRange(k types.Kind) (lo, hi int64) {
	switch k {
	case types.KindTinyint:
		return math.MinInt8, math.MaxInt8
	case types.KindSmallint:
		return math.MinInt16, math.MaxInt16
	case types.KindInteger:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

func (n *arithNode) integers(f *frame, a, b []int64) error {
	if n.t.Kind == types.KindIntervalDaySecond || n.t.Kind == types.KindIntervalYearMonth {
		for i := range n.i64 {
			n.i64[i] = -a[i]
		}
		return nil
	}
	lo, hi := intRange(n.t.Kind)
	big := n.t.Kind == types.KindBigint
	dst := n.i64
	var kern func(from int) int
	switch n.op {
	case plan.OpAdd:
		kern = func(k int) int {
			if big {
				return kernel.AddInt64(dst[k:], a[k:], b[k:])
			}
			return kernel.AddIntRange(dst[k:], a[k:], b[k:], lo, hi)
		}
	case plan.OpSub:
		kern = func(k int) int {
			if big {
				return kernel.SubInt64(dst[k:], a[k:], b[k:])
			}
			return kernel.SubIntRange(dst[k:], a[k:], b[k:], lo, hi)
		}
	case plan.OpMul:
		kern = func(k int) int {
			if big {
				return kernel.MulInt64(dst[k:], a[k:], b[k:])
			}
			return kernel.MulIntRange(dst[k:], a[k:], b[k:], lo, hi)
		}
	case plan.OpDiv:
		kern = func(k int) int {
			if big {
				return kernel.DivInt64(dst[k:], a[k:], b[k:])
			}
			return kernel.DivIntRange(dst[k:], a[k:], b[k:], lo, hi)
		}
	case plan.OpMod:
		kern = func(k int) int { return kernel.ModInt64(dst[k:], a[k:], b[k:]) }
	case plan.OpNeg:
		kern = func(k int) int {
			if big {
				return kernel.NegInt64(dst[k:], a[k:])
			}
			return kernel.NegIntRange(dst[k:], a[k:], lo, hi)
		}
	}
	return n.run(f, kern, func(row int) error {
		switch {
		case (n.op == plan.OpDiv || n.op == plan.OpMod) && b[row] == 0:
			return sqlerr.New(sqlerr.DivisionByZero, "Division by zero")
		case n.op == plan.OpNeg:
			return outOfRange("%s negation overflow: %d", n.t, a[row])
		case n.op == plan.OpDiv && !big:
			// The quotient of the smallest value and -1 is computed in 64 bits
			// and then does not fit its type (IntegerType.checkValueValid).
			max := map[types.Kind]string{types.KindTinyint: "MAX_BYTE", types.KindSmallint: "MAX_SHORT", types.KindInteger: "MAX_INT"}[n.t.Kind]
			return sqlerr.New(sqlerr.GenericInternalError, "Value %d exceeds %s", a[row]/b[row], max)
		}
		return outOfRange("%s %s overflow: %d %s %d", n.t, opNames[n.op], a[row], opSigns[n.op], b[row])
	})
}

func (n *arithNode) floats(a, b []float64) {
	dst := n.f64
	narrow := n.t.Kind == types.KindReal
	switch n.op {
	case plan.OpAdd:
		if narrow {
			kernel.AddFloat32(dst, a, b)
		} else {
			kernel.AddFloat64(dst, a, b)
		}
	case plan.OpSub:
		if narrow {
			kernel.SubFloat32(dst, a, b)
		} else {
			kernel.SubFloat64(dst, a, b)
		}
	case plan.OpMul:
		if narrow {
			kernel.MulFloat32(dst, a, b)
		} else {
			kernel.MulFloat64(dst, a, b)
		}
	case plan.OpDiv:
		if narrow {
			kernel.DivFloat32(dst, a, b)
		} else {
			kernel.DivFloat64(dst, a, b)
		}
	case plan.OpMod:
		if narrow {
			kernel.ModFloat32(dst, a, b)
		} else {
			kernel.ModFloat64(dst, a, b)
		}
	case plan.OpNeg:
		kernel.NegFloat64(dst, a)
	}
}

// narrowRetry is the number of pages for which 128 bits are used at once after a
// page whose result did not fit 64.
const narrowRetry = 16

// decimals computes in 64 bits where operands and result fit, page by page, and
// in 128 bits otherwise. Short results are checked too, where Trino's 64-bit
// arithmetic wraps: it can only wrap for values that are wider than their type,
// and there a refusal beats a wrong number (ARCHITECTURE, exactness).
func (n *arithNode) decimals(f *frame, a, b *page.Vector) error {
	why := func(row int) error {
		if (n.op == plan.OpDiv || n.op == plan.OpMod) && b.Int128At(row).Sign() == 0 {
			return sqlerr.New(sqlerr.DivisionByZero, "Division by zero")
		}
		return outOfRange("Decimal overflow")
	}
	short := n.t.P <= decimal.MaxShortPrecision
	n.i64 = sized(n.i64, f.n)
	if a.Phys == page.PhysInt64 && b.Phys == page.PhysInt64 {
		if n.skipped == 0 || short {
			dst := n.i64
			n.out.Phys, n.out.I64 = page.PhysInt64, dst
			failed := false
			for from := 0; from < f.n; {
				bad := n.narrow(dst[from:], a.I64[from:], b.I64[from:])
				if bad < 0 {
					break
				}
				if row := from + bad; !n.out.IsNull(row) {
					failed = true
					break
				}
				from += bad + 1
			}
			if !failed {
				return nil
			}
		} else {
			n.skipped--
		}
	}
	var x, y []decimal.Int128
	if a.Phys != page.PhysInt64 || b.Phys != page.PhysInt64 || n.op == plan.OpMod || n.op == plan.OpNeg {
		x, n.wideL = widened(n.wideL, a, f.n)
		y, n.wideR = widened(n.wideR, b, f.n)
	}
	n.i128 = sized(n.i128, f.n)
	n.out.Phys, n.out.I128, n.out.I64 = page.PhysInt128, n.i128, nil
	if err := n.run(f, func(k int) int { return n.wideFrom(k, a, b, x, y) }, why); err != nil {
		return err
	}
	if !short {
		n.skipped = narrowRetry
		return nil
	}
	n.out.Phys, n.out.I64, n.out.I128 = page.PhysInt64, n.i64, nil
	return n.run(f, func(k int) int { return kernel.Narrow(n.i64[k:], n.i128[k:]) }, why)
}

// narrow is the operation over 64-bit operands with a 64-bit result.
func (n *arithNode) narrow(dst, a, b []int64) (bad int) {
	switch n.op {
	case plan.OpAdd:
		return kernel.AddDecimalNarrow(dst, a, b, n.aBy, n.bBy)
	case plan.OpSub:
		return kernel.SubDecimalNarrow(dst, a, b, n.aBy, n.bBy)
	case plan.OpMul:
		return kernel.MulDecimalNarrow(dst, a, b)
	case plan.OpDiv:
		return kernel.DivDecimalNarrow(dst, a, b, n.divBy)
	case plan.OpMod:
		return kernel.ModDecimalShort(dst, a, b, n.aBy, n.bBy)
	}
	return kernel.NegInt64(dst, a)
}

// wideFrom is the operation with a 128-bit result, from row k. x and y are the
// operands in 128 bits; they are nil where both came in 64 bits and the kernel
// takes those.
func (n *arithNode) wideFrom(k int, a, b *page.Vector, x, y []decimal.Int128) (bad int) {
	dst := n.i128[k:]
	if x == nil {
		l, r := a.I64[k:], b.I64[k:]
		switch n.op {
		case plan.OpAdd:
			return kernel.AddDecimal64(dst, l, r, n.aBy, n.bBy)
		case plan.OpSub:
			return kernel.SubDecimal64(dst, l, r, n.aBy, n.bBy)
		case plan.OpDiv:
			return kernel.DivDecimal64(dst, l, r, n.divBy)
		}
		kernel.MulDecimal64(dst, l, r)
		return -1
	}
	switch n.op {
	case plan.OpAdd:
		return kernel.AddDecimal(dst, x[k:], y[k:], n.aBy, n.bBy)
	case plan.OpSub:
		return kernel.SubDecimal(dst, x[k:], y[k:], n.aBy, n.bBy)
	case plan.OpMul:
		return kernel.MulDecimal(dst, x[k:], y[k:])
	case plan.OpDiv:
		return kernel.DivDecimal(dst, x[k:], y[k:], n.divBy)
	case plan.OpMod:
		return kernel.ModDecimal(dst, x[k:], y[k:], n.aBy, n.bBy)
	}
	kernel.NegDecimal(dst, x[k:])
	return -1
}

// widened gives a decimal vector's values in 128 bits, in mem where they are not
// yet.
func widened(mem []decimal.Int128, v *page.Vector, n int) (wide, newMem []decimal.Int128) {
	if v.Phys == page.PhysInt128 {
		return v.I128[:n], mem
	}
	mem = sized(mem, n)
	kernel.Widen(mem, v.I64)
	return mem, mem
}
