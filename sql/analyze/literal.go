package analyze

// Literals to constants. 1.5 is a double, as on Athena, unless the session asks
// for Trino's decimals (semantics 11.1, 5.3).

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

func constant(t types.Type, p sqlerr.Pos, v plan.Datum) *plan.Const {
	return &plan.Const{Base: base(t, p), V: v}
}

func null(p sqlerr.Pos) *plan.Const { return constant(types.Unknown, p, plan.Datum{Null: true}) }

func boolean(v bool, p sqlerr.Pos) *plan.Const {
	return constant(types.Boolean, p, plan.Datum{B: v})
}

func bigint(v int64, p sqlerr.Pos) *plan.Const { return constant(types.Bigint, p, plan.Datum{I: v}) }

func text(s string, p sqlerr.Pos) *plan.Const {
	return constant(types.VarcharN(utf8.RuneCountInString(s)), p, plan.Datum{S: s})
}

// literal makes the constant of a literal; nil where e is none.
func (a *analyzer) literal(e syntax.Expr) (plan.Expr, error) {
	p := e.Pos()
	switch x := e.(type) {
	case *syntax.NullLiteral:
		return null(p), nil
	case *syntax.BooleanLiteral:
		return boolean(x.Value, p), nil
	case *syntax.StringLiteral:
		return text(x.Value, p), nil
	case *syntax.BinaryLiteral:
		return constant(types.Varbinary, p, plan.Datum{S: string(x.Value)}), nil
	case *syntax.LongLiteral:
		t := types.Bigint
		if x.Value >= math.MinInt32 && x.Value <= math.MaxInt32 {
			t = types.Integer
		}
		return constant(t, p, plan.Datum{I: x.Value}), nil
	case *syntax.DoubleLiteral:
		return constant(types.Double, p, plan.Datum{F: x.Value}), nil
	case *syntax.DecimalLiteral:
		if a.opts.DecimalLiterals == "decimal" {
			return decimalLiteral(x.Text, p)
		}
		f, err := strconv.ParseFloat(strings.ReplaceAll(x.Text, "_", ""), 64)
		if err != nil {
			return nil, sqlerr.Newf(sqlerr.InvalidLiteral, p, "Invalid numeric literal: %s", x.Text)
		}
		c := constant(types.Double, p, plan.Datum{F: f})
		a.bareDoubles[c] = x.Text
		return c, nil
	case *syntax.GenericLiteral:
		return genericLiteral(x)
	case *syntax.IntervalLiteral:
		return intervalLiteral(x)
	}
	return nil, nil
}

func decimalLiteral(s string, p sqlerr.Pos) (plan.Expr, error) {
	v, prec, scale, ok := decimal.Parse(s)
	if !ok {
		return nil, sqlerr.Newf(sqlerr.InvalidLiteral, p, "'%s' is not a valid DECIMAL literal", s)
	}
	// 0.50 has two digits and two decimals; 0.050 three decimals, so three digits.
	return constant(types.Decimal(max(prec, scale), scale), p, plan.Datum{D: v}), nil
}

// genericLiteral is type 'text'. What needs the engine to read the text becomes
// a cast of it.
func genericLiteral(x *syntax.GenericLiteral) (plan.Expr, error) {
	p, s := x.Pos(), x.Value
	name := strings.ToLower(x.Type)
	invalid := func(t string) error {
		return sqlerr.Newf(sqlerr.InvalidLiteral, p, "'%s' is not a valid %s literal", s, strings.ToUpper(t))
	}
	switch name {
	case "char":
		return constant(types.CharN(len16(s)), p, plan.Datum{S: strings.TrimRight(s, " ")}), nil
	case "decimal":
		return decimalLiteral(s, p)
	case "date":
		d, err := types.ParseDate(s)
		if err != nil {
			return nil, invalid(name)
		}
		return constant(types.Date, p, plan.Datum{I: d}), nil
	case "time":
		lit, err := types.ParseTimeLiteral(s)
		if err != nil {
			return nil, temporalError(err, p, invalid(name))
		}
		if lit.Type.Kind == types.KindTime {
			return constant(lit.Type, p, plan.Datum{I: lit.Picos}), nil
		}
		return constant(lit.Type, p, plan.Datum{TTZ: lit.TimeOfDayTZ}), nil
	case "timestamp":
		lit, err := types.ParseTimestampLiteral(s)
		if err != nil {
			return nil, temporalError(err, p, invalid(name))
		}
		switch {
		case lit.Type.Kind == types.KindTimestampTZ:
			return constant(lit.Type, p, plan.Datum{TZ: lit.TZ}), nil
		case lit.Type.P > 6:
			hi, lo := types.TimestampPicos(lit.Micros, lit.Picos)
			return constant(lit.Type, p, plan.Datum{D: decimal.Int128{Hi: hi, Lo: lo}}), nil
		}
		return constant(lit.Type, p, plan.Datum{I: lit.Micros}), nil
	}
	t, err := types.Parse(name)
	if err != nil || t.Kind == types.KindUnknown {
		return nil, sqlerr.Newf(sqlerr.TypeNotFound, p, "Unknown resolvedType: %s", x.Type)
	}
	str := constant(types.VarcharN(utf8.RuneCountInString(s)), p, plan.Datum{S: s})
	bits := map[types.Kind]int{types.KindTinyint: 8, types.KindSmallint: 16, types.KindInteger: 32, types.KindBigint: 64}
	switch t.Kind {
	case types.KindVarchar:
		if t.P != types.Unbounded && utf8.RuneCountInString(s) > int(t.P) {
			s = string([]rune(s)[:t.P])
		}
		return constant(t, p, plan.Datum{S: s}), nil
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		v, err := strconv.ParseInt(types.TrimSpace(s), 10, bits[t.Kind])
		if err != nil {
			return nil, invalid(t.String())
		}
		return constant(t, p, plan.Datum{I: v}), nil
	case types.KindBoolean:
		switch strings.ToLower(s) {
		case "t", "true", "1":
			return boolean(true, p), nil
		case "f", "false", "0":
			return boolean(false, p), nil
		}
		return nil, invalid(t.String())
	case types.KindJSON:
		fn, args, err := resolvePlain("$json_literal", p, str)
		if err != nil {
			return nil, err
		}
		return &plan.Call{Base: base(fn.Result, p), Func: fn, Args: args}, nil
	}
	if !types.CanCast(types.Varchar, t) {
		return nil, sqlerr.Newf(sqlerr.InvalidLiteral, p, "No literal form for resolvedType %s", t)
	}
	return &plan.Cast{Base: base(t, p), X: str}, nil
}

// len16 counts UTF-16 units, which is what Trino's CHAR literal does.
func len16(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

func temporalError(err error, p sqlerr.Pos, invalid error) error {
	var prec *types.PrecisionError
	var zone *types.ZoneError
	switch {
	case errors.As(err, &prec):
		return sqlerr.Newf(sqlerr.NumericValueOutOfRange, p, "%s", err.Error())
	case errors.As(err, &zone):
		return sqlerr.Newf(sqlerr.NotSupported, p, "%s", err.Error())
	}
	return invalid
}

// intervalLiteral reads INTERVAL 'text' from TO to.
func intervalLiteral(x *syntax.IntervalLiteral) (plan.Expr, error) {
	p := x.Pos()
	from, to := x.From, x.To
	if to == syntax.NoField {
		to = from
	}
	field := func(f syntax.IntervalField) types.IntervalField {
		return types.IntervalField(f - syntax.Year)
	}
	total, err := types.ParseInterval(x.Value, field(from), field(to))
	if err != nil {
		return nil, sqlerr.Newf(sqlerr.InvalidLiteral, p, "'%s' is not a valid INTERVAL literal", x.Value)
	}
	if x.Negative {
		total = -total
	}
	return constant(types.IntervalType(field(from)), p, plan.Datum{I: total}), nil
}

// coerced returns e as type t: e itself, a constant of t, or an implicit cast.
func coerced(e plan.Expr, t types.Type) plan.Expr {
	from := e.Type()
	if from == t {
		return e
	}
	if c, ok := e.(*plan.Const); ok {
		switch {
		case c.V.Null:
			return constant(t, c.P, c.V)
		case from.IsInteger() && t.IsInteger(), from.Kind == types.KindVarchar && t.Kind == types.KindVarchar:
			return constant(t, c.P, c.V)
		case from.IsInteger() && t.Kind == types.KindDouble:
			return constant(t, c.P, plan.Datum{F: float64(c.V.I)})
		case from.IsInteger() && t.Kind == types.KindDecimal:
			if v, ok := decimal.FromInt64Scaled(c.V.I, int(t.P), int(t.S)); ok {
				return constant(t, c.P, plan.Datum{D: v})
			}
		case from.Kind == types.KindDecimal && t.Kind == types.KindDecimal:
			if v, ok := decimal.Cast(c.V.D, int(t.S-from.S), int(t.P)); ok {
				return constant(t, c.P, plan.Datum{D: v})
			}
		case from.Kind == types.KindDecimal && t.Kind == types.KindDouble:
			return constant(t, c.P, plan.Datum{F: decimal.ToFloat64(c.V.D, int(from.S))})
		}
	}
	return &plan.Cast{Base: base(t, e.Pos()), X: e, Implicit: true}
}
