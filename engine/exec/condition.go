package exec

// Conditions that a source may decide without decoding a column: a column, or
// from_iso8601_timestamp of one, compared with a constant.

import (
	"math"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// conditionOf gives x as a condition on a column; nil where it is none. Whatever
// fails in x fails there as well, since it is evaluated then.
func conditionOf(x plan.Expr, env *Env) (*colcache.Condition, int) {
	switch x := x.(type) {
	case *plan.Between:
		lo, col := comparison(x.X, plan.OpGe, x.Lo, env)
		hi, _ := comparison(x.X, plan.OpLe, x.Hi, env)
		if lo == nil || hi == nil {
			return nil, 0
		}
		lo.To, lo.Hi = hi.To, hi.Hi
		return lo, col
	case *plan.Compare:
		if c, col := comparison(x.L, x.Op, x.R, env); c != nil {
			return c, col
		}
		return comparison(x.R, mirrored(x.Op), x.L, env)
	}
	return nil, 0
}

func mirrored(op plan.CompareOp) plan.CompareOp {
	switch op {
	case plan.OpLt:
		return plan.OpGt
	case plan.OpLe:
		return plan.OpGe
	case plan.OpGt:
		return plan.OpLt
	case plan.OpGe:
		return plan.OpLe
	}
	return op
}

// comparison is x op y, where x is a column or its instant, and y a constant.
func comparison(x plan.Expr, op plan.CompareOp, y plan.Expr, env *Env) (*colcache.Condition, int) {
	if x.Type() != y.Type() || !constant(y) {
		return nil, 0
	}
	c := &colcache.Condition{From: math.MinInt64, To: math.MaxInt64, Zone: env.Expr.Zone}
	col, isCol := x.(*plan.Col)
	if call, ok := x.(*plan.Call); ok && call.Func.ID() == "from_iso8601_timestamp(varchar(x))" {
		c.Of = colcache.Instants
		col, isCol = call.Args[0].(*plan.Col)
	}
	if !isCol {
		return nil, 0
	}
	d, err := expr.Fold(y, &env.Expr)
	if err != nil || d.Null {
		return nil, 0
	}
	var at int64
	switch t := x.Type(); {
	case c.Of == colcache.Instants:
		if d.TZ.Picos != 0 {
			return nil, 0
		}
		at = d.TZ.Millis
	case t.Kind == types.KindVarchar:
		c.Of = colcache.Texts
		b := &colcache.TextBound{Text: d.S, Open: op == plan.OpLt || op == plan.OpGt}
		switch op {
		case plan.OpEq:
			c.Lo, c.Hi = b, b
		case plan.OpLt, plan.OpLe:
			c.Hi = b
		case plan.OpGt, plan.OpGe:
			c.Lo = b
		default:
			return nil, 0
		}
		return c, col.Index
	case t.Kind == types.KindDecimal:
		if !d.D.IsInt64() {
			return nil, 0
		}
		at = d.D.Int64()
	case page.PhysOf(t) == page.PhysInt64:
		at = d.I
	default:
		return nil, 0
	}
	switch op {
	case plan.OpEq:
		c.From, c.To = at, at
	case plan.OpLe:
		c.To = at
	case plan.OpGe:
		c.From = at
	case plan.OpLt:
		if at == math.MinInt64 {
			return nil, 0
		}
		c.To = at - 1
	case plan.OpGt:
		if at == math.MaxInt64 {
			return nil, 0
		}
		c.From = at + 1
	default:
		return nil, 0
	}
	return c, col.Index
}

// constant reports whether x depends on nothing, chance included.
func constant(x plan.Expr) bool {
	ok := true
	plan.Walk(x, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Const, *plan.Cast, *plan.Arith:
		case *plan.Call:
			ok = ok && !x.Func.NonDeterministic
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// steady reports whether x has the same value for equal values of its columns,
// whatever the row.
func steady(x plan.Expr) bool {
	ok := true
	plan.Walk(x, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Call:
			ok = ok && !x.Func.NonDeterministic
		case *plan.Outer:
			ok = false
		}
		return ok
	})
	return ok
}
