package plan

// Text of expressions, as EXPLAIN shows them.

import (
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

var arithSymbols = [...]string{OpAdd: "+", OpSub: "-", OpMul: "*", OpDiv: "/", OpMod: "%", OpNeg: "-"}

var compareSymbols = [...]string{
	OpEq: "=", OpNe: "<>", OpLt: "<", OpLe: "<=", OpGt: ">", OpGe: ">=",
	OpDistinct: "IS DISTINCT FROM", OpNotDistinct: "IS NOT DISTINCT FROM",
}

// String returns the operator's symbol.
func (o ArithOp) String() string { return arithSymbols[o] }

// String returns the operator's symbol.
func (o CompareOp) String() string { return compareSymbols[o] }

func list(sep string, xs []Expr) string {
	s := make([]string, len(xs))
	for i, x := range xs {
		s[i] = x.String()
	}
	return strings.Join(s, sep)
}

func (x *Col) String() string {
	if x.Name != "" {
		return x.Name
	}
	return "#" + strconv.Itoa(x.Index)
}

func (x *Const) String() string {
	if x.V.Null {
		return "NULL"
	}
	return DatumText(x.T, x.V)
}

func (x *Arith) String() string {
	if x.Op == OpNeg {
		return "-(" + x.L.String() + ")"
	}
	return "(" + x.L.String() + " " + x.Op.String() + " " + x.R.String() + ")"
}

func (x *Compare) String() string {
	return "(" + x.L.String() + " " + x.Op.String() + " " + x.R.String() + ")"
}
func (x *And) String() string    { return "(" + list(" AND ", x.Terms) + ")" }
func (x *Or) String() string     { return "(" + list(" OR ", x.Terms) + ")" }
func (x *Not) String() string    { return "NOT " + x.X.String() }
func (x *IsNull) String() string { return "(" + x.X.String() + " IS NULL)" }
func (x *Between) String() string {
	return "(" + x.X.String() + " BETWEEN " + x.Lo.String() + " AND " + x.Hi.String() + ")"
}
func (x *In) String() string { return "(" + x.X.String() + " IN (" + list(", ", x.List) + "))" }

func (x *Case) String() string {
	var b strings.Builder
	b.WriteString("CASE")
	if x.X != nil {
		b.WriteString(" " + x.X.String())
	}
	for _, w := range x.Whens {
		b.WriteString(" WHEN " + w.Cond.String() + " THEN " + w.Then.String())
	}
	if x.Else != nil {
		b.WriteString(" ELSE " + x.Else.String())
	}
	b.WriteString(" END")
	return b.String()
}
func (x *Coalesce) String() string { return "COALESCE(" + list(", ", x.Args) + ")" }
func (x *NullIf) String() string   { return "NULLIF(" + x.A.String() + ", " + x.B.String() + ")" }
func (x *Try) String() string      { return "TRY(" + x.X.String() + ")" }

func (x *Cast) String() string {
	name := "CAST("
	if x.Safe {
		name = "TRY_CAST("
	}
	return name + x.X.String() + " AS " + x.T.String() + ")"
}
func (x *Call) String() string      { return x.Func.Name + "(" + list(", ", x.Args) + ")" }
func (x *RowCtor) String() string   { return "ROW(" + list(", ", x.Fields) + ")" }
func (x *ArrayCtor) String() string { return "ARRAY[" + list(", ", x.Elems) + "]" }

func (x *Deref) String() string {
	name := "field" + strconv.Itoa(x.Index)
	if f := x.X.Type().Fields(); x.Index < len(f) && f[x.Index].Name != "" {
		name = f[x.Index].Name
	}
	return x.X.String() + "." + name
}

func (x *Lambda) String() string {
	s := make([]string, len(x.Params))
	for i, p := range x.Params {
		s[i] = p.Name
	}
	return "(" + strings.Join(s, ", ") + ") -> " + x.Body.String()
}
func (x *Var) String() string { return x.Name }
func (x *Outer) String() string {
	if x.Name != "" {
		return "outer." + x.Name
	}
	return "outer#" + strconv.Itoa(x.Index)
}

// DatumText writes a value as a SQL literal of type t where t has one, else in
// a readable form.
func DatumText(t types.Type, v Datum) string {
	if v.Null {
		return "NULL"
	}
	switch t.Kind {
	case types.KindBoolean:
		return strconv.FormatBool(v.B)
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		return strconv.FormatInt(v.I, 10)
	case types.KindReal, types.KindDouble:
		return strconv.FormatFloat(v.F, 'E', -1, 64)
	case types.KindDecimal:
		return "DECIMAL '" + string(decimal.Append(nil, v.D, int(t.S))) + "'"
	case types.KindVarchar:
		return "'" + strings.ReplaceAll(v.S, "'", "''") + "'"
	case types.KindChar:
		return "CHAR '" + strings.ReplaceAll(v.S, "'", "''") + "'"
	case types.KindDate:
		return "DATE '" + string(types.AppendDate(nil, v.I)) + "'"
	case types.KindTime:
		return "TIME '" + string(types.AppendTime(nil, v.I, int(t.P))) + "'"
	case types.KindTimeTZ:
		return "TIME '" + string(types.AppendTimeTZ(nil, v.TTZ, int(t.P))) + "'"
	case types.KindTimestamp:
		micros, picos := v.I, int32(0)
		if t.P > 6 {
			micros, picos = types.SplitPicos(v.D.Hi, v.D.Lo)
		}
		return "TIMESTAMP '" + string(types.AppendTimestamp(nil, micros, picos, int(t.P))) + "'"
	case types.KindTimestampTZ:
		return "TIMESTAMP '" + string(types.AppendTimestampTZ(nil, v.TZ, int(t.P))) + "'"
	case types.KindIntervalDaySecond:
		return "INTERVAL '" + string(types.AppendIntervalDaySecond(nil, v.I)) + "' DAY TO SECOND"
	case types.KindIntervalYearMonth:
		return "INTERVAL '" + string(types.AppendIntervalYearMonth(nil, v.I)) + "' YEAR TO MONTH"
	case types.KindVarbinary:
		const hex = "0123456789ABCDEF"
		b := []byte("X'")
		for i := 0; i < len(v.S); i++ {
			b = append(b, hex[v.S[i]>>4], hex[v.S[i]&15])
		}
		return string(append(b, '\''))
	}
	return t.String() + " literal"
}
