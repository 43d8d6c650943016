package expr

import (
	"testing"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

func TestArithmetic(t *testing.T) {
	dec := types.Decimal
	for _, c := range []exprCase{
		{"integer +", "integer; integer", arith(plan.OpAdd, types.Integer), []string{
			"1 | 2 -> 3", "NULL | 2 -> NULL", "-5 | 5 -> 0",
			"2147483647 | 1 -> !NUMERIC_VALUE_OUT_OF_RANGE integer addition overflow: 2147483647 + 1",
		}},
		{"bigint *", "bigint; bigint", arith(plan.OpMul, types.Bigint), []string{
			"3 | -4 -> -12", "4 | NULL -> NULL",
			"9223372036854775807 | 2 -> !NUMERIC_VALUE_OUT_OF_RANGE bigint multiplication overflow: 9223372036854775807 * 2",
		}},
		{"bigint /", "bigint; bigint", arith(plan.OpDiv, types.Bigint), []string{
			"5 | 2 -> 2", "-5 | 2 -> -2", "NULL | 0 -> NULL",
			"5 | 0 -> !DIVISION_BY_ZERO Division by zero",
			"-9223372036854775808 | -1 -> !NUMERIC_VALUE_OUT_OF_RANGE bigint division overflow: -9223372036854775808 / -1",
		}},
		{"tinyint -", "tinyint; tinyint", arith(plan.OpSub, types.Tinyint), []string{
			"-128 | 1 -> !NUMERIC_VALUE_OUT_OF_RANGE tinyint subtraction overflow: -128 - 1", "5 | 7 -> -2",
		}},
		{"smallint / out of its type", "smallint; smallint", arith(plan.OpDiv, types.Smallint), []string{
			"-32768 | -1 -> !GENERIC_INTERNAL_ERROR Value 32768 exceeds MAX_SHORT", "7 | -2 -> -3",
		}},
		{"integer %", "integer; integer", arith(plan.OpMod, types.Integer), []string{
			"7 | -3 -> 1", "-7 | 3 -> -1", "7 | 0 -> !DIVISION_BY_ZERO Division by zero",
		}},
		{"negation", "bigint", arith(plan.OpNeg, types.Bigint), []string{
			"5 -> -5", "NULL -> NULL",
			"-9223372036854775808 -> !NUMERIC_VALUE_OUT_OF_RANGE bigint negation overflow: -9223372036854775808",
		}},
		{"double /", "double; double", arith(plan.OpDiv, types.Double), []string{
			"1 | 0 -> Infinity", "0 | 0 -> NaN", "1 | 4 -> 0.25", "NULL | 1 -> NULL",
		}},
		{"double +", "double; double", arith(plan.OpAdd, types.Double), []string{"0.1 | 0.2 -> 0.30000000000000004"}},
		{"real *", "real; real", arith(plan.OpMul, types.Real), []string{"1.1 | 1.1 -> 1.21"}},

		// Semantics 5.4, worked examples, and trap 32.
		{"decimal(1,0)/decimal(10,0)", "decimal(1,0); decimal(10,0)", arith(plan.OpDiv, dec(1, 0)), []string{
			"5 | 2 -> 3", "-5 | 2 -> -3", "5 | 0 -> !DIVISION_BY_ZERO Division by zero", "NULL | 0 -> NULL",
		}},
		{"1/3.0", "decimal(10,0); decimal(2,1)", arith(plan.OpDiv, dec(11, 1)), []string{"1 | 3 -> 0.3", "2 | 3 -> 0.7"}},
		{"2/3.00", "decimal(10,0); decimal(3,2)", arith(plan.OpDiv, dec(14, 2)), []string{"2 | 3 -> 0.67", "10 | 4 -> 2.50"}},
		{"sum/count", "decimal(38,0); decimal(19,0)", arith(plan.OpDiv, dec(38, 0)), []string{
			"5 | 2 -> 3", "99999999999999999999999999999999999999 | 1 -> 99999999999999999999999999999999999999",
		}},
		{"decimal(38,0)+", "decimal(38,0); decimal(38,0)", arith(plan.OpAdd, dec(38, 0)), []string{
			"1 | 2 -> 3", "9223372036854775807 | 1 -> 9223372036854775808", "NULL | 1 -> NULL",
			"99999999999999999999999999999999999999 | 1 -> !NUMERIC_VALUE_OUT_OF_RANGE Decimal overflow",
		}},
		{"decimal scale +", "decimal(10,2); decimal(10,0)", arith(plan.OpAdd, dec(13, 2)), []string{"1.25 | 2 -> 3.25", "-0.05 | 0 -> -0.05"}},
		{"decimal -", "decimal(18,2); decimal(18,4)", arith(plan.OpSub, dec(21, 4)), []string{"1.25 | 0.0001 -> 1.2499"}},
		{"decimal * narrow", "decimal(18,0); decimal(18,0)", arith(plan.OpMul, dec(36, 0)), []string{
			"3 | -4 -> -12", "999999999999999999 | 999999999999999999 -> 999999999999999998000000000000000001",
		}},
		{"decimal * wide", "decimal(38,0); decimal(38,0)", arith(plan.OpMul, dec(38, 0)), []string{
			"3 | -4 -> -12",
			"99999999999999999999999999999999999999 | 10 -> !NUMERIC_VALUE_OUT_OF_RANGE Decimal overflow",
		}},
		{"decimal %", "decimal(10,0); decimal(10,0)", arith(plan.OpMod, dec(10, 0)), []string{
			"-7 | 3 -> -1", "7 | -3 -> 1", "7 | 0 -> !DIVISION_BY_ZERO Division by zero",
		}},
		{"long decimal %", "decimal(20,1); decimal(20,2)", arith(plan.OpMod, dec(21, 2)), []string{"7.5 | 2.25 -> 0.75", "1 | 0 -> !DIVISION_BY_ZERO Division by zero"}},
		{"decimal negation", "decimal(38,2)", arith(plan.OpNeg, dec(38, 2)), []string{"0.10 -> -0.10", "NULL -> NULL"}},
		// A value wider than its type (semantics 2.4) adds without a check of its type.
		{"wide value + 0.5", "decimal(10,0); decimal(2,1)", arith(plan.OpAdd, dec(12, 1)), []string{"1234567890123456 | 0.5 -> 1234567890123456.5"}},
	} {
		t.Run(c.name, c.run)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []exprCase{
		{"bigint =", "bigint; bigint", compare(plan.OpEq), []string{"1 | 1 -> true", "1 | 2 -> false", "NULL | 1 -> NULL", "NULL | NULL -> NULL"}},
		{"bigint <>", "bigint; bigint", compare(plan.OpNe), []string{"1 | 1 -> false", "1 | 2 -> true"}},
		{"bigint >", "bigint; bigint", compare(plan.OpGt), []string{"2 | 1 -> true", "1 | 1 -> false"}},
		{"bigint >=", "bigint; bigint", compare(plan.OpGe), []string{"2 | 1 -> true", "1 | 1 -> true", "0 | 1 -> false"}},
		{"distinct", "bigint; bigint", compare(plan.OpDistinct), []string{"1 | 1 -> false", "NULL | 1 -> true", "NULL | NULL -> false"}},
		{"not distinct", "varchar; varchar", compare(plan.OpNotDistinct), []string{"a | a -> true", "NULL | a -> false", "NULL | NULL -> true"}},
		{"double NaN =", "double; double", compare(plan.OpEq), []string{"NaN | NaN -> false", "0 | -0 -> true"}},
		{"double NaN distinct", "double; double", compare(plan.OpDistinct), []string{"NaN | NaN -> false", "NaN | 1 -> true"}},
		{"double NaN <", "double; double", compare(plan.OpLt), []string{"1 | NaN -> false", "NaN | 1 -> false"}},
		{"decimal(38,2) <", "decimal(38,2); decimal(38,2)", compare(plan.OpLt), []string{
			"1.25 | 1.26 -> true", "-99999999999999999999 | 1 -> true", "99999999999999999999 | 1 -> false", "NULL | 1 -> NULL",
		}},
		{"varchar <=", "varchar; varchar", compare(plan.OpLe), []string{"a | b -> true", "b | a -> false", "a | a -> true", "a | ä -> true"}},
		{"char <", "char(5); char(5)", compare(plan.OpLt), []string{"a\t | a -> true", "a | a\t -> false", "a | a! -> true", "a | a -> false"}},
		{"boolean <", "boolean; boolean", compare(plan.OpLt), []string{"false | true -> true", "true | false -> false"}},
		{"timestamp(12) =", "timestamp(12); timestamp(12)", compare(plan.OpEq), []string{
			"2023-06-30 09:09:47.787017000001 | 2023-06-30 09:09:47.787017000001 -> true",
			"2023-06-30 09:09:47.787017000001 | 2023-06-30 09:09:47.787017000002 -> false",
		}},
		{"timestamp tz = by instant", "timestamp(3) with time zone; timestamp(3) with time zone", compare(plan.OpEq), []string{
			"2023-06-30 09:00:00 UTC | 2023-06-30 18:00:00 +09:00 -> true", "2023-06-30 09:00:00 UTC | 2023-06-30 09:00:00 +09:00 -> false",
		}},
		{"time tz =", "time(3) with time zone; time(3) with time zone", compare(plan.OpEq), []string{"01:00:00+00:00 | 10:00:00+09:00 -> true", "01:00:00+01:00 | 01:00:00+00:00 -> false"}},
		{"array =", "array(bigint); array(bigint)", compare(plan.OpEq), []string{
			"[1,2] | [1,2] -> true", "[1,2] | [1,3] -> false", "[1,NULL] | [1,2] -> NULL", "[1,NULL] | [2,NULL] -> false", "[] | [] -> true", "[1] | [1,NULL] -> false",
		}},
		{"array distinct", "array(bigint); array(bigint)", compare(plan.OpDistinct), []string{"[1,NULL] | [1,NULL] -> false", "[1] | NULL -> true"}},
		{"array <", "array(bigint); array(bigint)", compare(plan.OpLt), []string{
			"[1,2] | [1,3] -> true", "[1] | [1,2] -> true", "[2] | [1,2] -> false", "[1] | [2,NULL] -> true",
			"[1,NULL] | [1,2] -> !NOT_SUPPORTED ARRAY comparison not supported for arrays with null elements",
		}},
		{"row =", "row(a bigint, b varchar); row(a bigint, b varchar)", compare(plan.OpEq), []string{
			"[1,x] | [1,x] -> true", "[1,NULL] | [1,x] -> NULL", "[1,NULL] | [2,x] -> false",
		}},
		{"row >", "row(a bigint, b varchar); row(a bigint, b varchar)", compare(plan.OpGt), []string{
			"[1,y] | [1,x] -> true", "[2,NULL] | [1,x] -> true",
			"[1,NULL] | [1,x] -> !NOT_SUPPORTED ROW comparison not supported for fields with null elements",
		}},
		{"map =", "map(varchar, bigint); map(varchar, bigint)", compare(plan.OpEq), []string{
			"{a=1,b=2} | {b=2,a=1} -> true", "{a=1} | {a=2} -> false", "{a=1} | {b=1} -> false", "{a=NULL} | {a=1} -> NULL",
		}},
		{"unknown =", "unknown; bigint", compare(plan.OpEq), []string{"NULL | 1 -> NULL"}},
		{"unknown distinct", "unknown; bigint", compare(plan.OpDistinct), []string{"NULL | 1 -> true", "NULL | NULL -> false"}},
	} {
		t.Run(c.name, c.run)
	}
}

func TestLogic(t *testing.T) {
	and := func(a ...plan.Expr) plan.Expr { return &plan.And{Base: base(types.Boolean), Terms: a} }
	or := func(a ...plan.Expr) plan.Expr { return &plan.Or{Base: base(types.Boolean), Terms: a} }
	// x > 0 AND 10/x > 2: the division sees only rows with x > 0 (or NULL).
	guarded := func(a ...plan.Expr) plan.Expr {
		zero, ten, two := constant(t, types.Bigint, "0"), constant(t, types.Bigint, "10"), constant(t, types.Bigint, "2")
		return and(compare(plan.OpGt)(a[0], zero), compare(plan.OpGt)(arith(plan.OpDiv, types.Bigint)(ten, a[0]), two))
	}
	for _, c := range []exprCase{
		{"and", "boolean; boolean", and, []string{
			"true | true -> true", "true | false -> false", "true | NULL -> NULL", "false | true -> false", "false | false -> false",
			"false | NULL -> false", "NULL | true -> NULL", "NULL | false -> false", "NULL | NULL -> NULL",
		}},
		{"or", "boolean; boolean", or, []string{
			"true | true -> true", "true | false -> true", "true | NULL -> true", "false | true -> true", "false | false -> false",
			"false | NULL -> NULL", "NULL | true -> true", "NULL | false -> NULL", "NULL | NULL -> NULL",
		}},
		{"three terms", "boolean; boolean; boolean", and, []string{
			"true | NULL | false -> false", "NULL | true | true -> NULL", "true | true | true -> true", "true | true | NULL -> NULL",
		}},
		{"lazy and", "bigint", guarded, []string{"0 -> false", "2 -> true", "9 -> false", "-1 -> false", "NULL -> NULL"}},
		{"not", "boolean", func(a ...plan.Expr) plan.Expr { return &plan.Not{Base: base(types.Boolean), X: a[0]} }, []string{"true -> false", "false -> true", "NULL -> NULL"}},
		{"is null", "bigint", func(a ...plan.Expr) plan.Expr { return &plan.IsNull{Base: base(types.Boolean), X: a[0]} }, []string{"1 -> false", "NULL -> true"}},
		{"is null of unknown", "unknown", func(a ...plan.Expr) plan.Expr { return &plan.IsNull{Base: base(types.Boolean), X: a[0]} }, []string{"NULL -> true"}},
		{"between", "bigint; bigint; bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.Between{Base: base(types.Boolean), X: a[0], Lo: a[1], Hi: a[2]}
		}, []string{
			"2 | 1 | 3 -> true", "0 | 1 | 3 -> false", "1 | 1 | 1 -> true", "NULL | 1 | 3 -> NULL", "0 | 1 | NULL -> false", "2 | 1 | NULL -> NULL", "5 | NULL | 3 -> false",
		}},
		{"in", "bigint; bigint; bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.In{Base: base(types.Boolean), X: a[0], List: a[1:]}
		}, []string{"1 | 1 | 2 -> true", "3 | 1 | 2 -> false", "3 | 1 | NULL -> NULL", "1 | NULL | 1 -> true", "NULL | 1 | 2 -> NULL"}},
		{"in set", "bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.In{Base: base(types.Boolean), X: a[0], List: []plan.Expr{
				constant(t, types.Bigint, "1"), constant(t, types.Bigint, "2"), constant(t, types.Bigint, "3"),
			}}
		}, []string{"1 -> true", "4 -> false", "NULL -> NULL"}},
		{"in set with NULL", "varchar", func(a ...plan.Expr) plan.Expr {
			return &plan.In{Base: base(types.Boolean), X: a[0], List: []plan.Expr{
				constant(t, types.Varchar, "a"), constant(t, types.Varchar, "b"), constant(t, types.Varchar, "NULL"),
			}}
		}, []string{"a -> true", "x -> NULL", "NULL -> NULL"}},
		{"in set of long decimals", "decimal(38,0)", func(a ...plan.Expr) plan.Expr {
			ty := types.Decimal(38, 0)
			return &plan.In{Base: base(types.Boolean), X: a[0], List: []plan.Expr{
				constant(t, ty, "1"), constant(t, ty, "2"), constant(t, ty, "99999999999999999999"),
			}}
		}, []string{"1 -> true", "4 -> false", "99999999999999999999 -> true", "NULL -> NULL"}},
	} {
		t.Run(c.name, c.run)
	}
}

func TestConditional(t *testing.T) {
	bi := types.Bigint
	div := arith(plan.OpDiv, bi)
	zero := constant(t, bi, "0")
	for _, c := range []exprCase{
		{"searched case is lazy", "bigint; bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.Case{Base: base(bi), Whens: []plan.When{{Cond: compare(plan.OpEq)(a[1], zero), Then: constant(t, bi, "-1")}}, Else: div(a[0], a[1])}
		}, []string{"6 | 2 -> 3", "6 | 0 -> -1", "NULL | 0 -> -1", "NULL | 2 -> NULL", "6 | NULL -> NULL"}},
		{"case without else", "boolean; varchar", func(a ...plan.Expr) plan.Expr {
			return &plan.Case{Base: base(types.Varchar), Whens: []plan.When{{Cond: a[0], Then: a[1]}}}
		}, []string{"true | x -> x", "false | x -> NULL", "NULL | x -> NULL"}},
		{"simple case", "bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.Case{Base: base(types.Varchar), X: a[0], Whens: []plan.When{
				{Cond: constant(t, bi, "1"), Then: constant(t, types.Varchar, "one")},
				{Cond: constant(t, bi, "NULL"), Then: constant(t, types.Varchar, "null")},
				{Cond: constant(t, bi, "2"), Then: constant(t, types.Varchar, "two")},
			}, Else: constant(t, types.Varchar, "many")}
		}, []string{"1 -> one", "2 -> two", "3 -> many", "NULL -> many"}},
		{"case of long decimals", "boolean; decimal(38,0); decimal(38,0)", func(a ...plan.Expr) plan.Expr {
			return &plan.Case{Base: base(types.Decimal(38, 0)), Whens: []plan.When{{Cond: a[0], Then: a[1]}}, Else: a[2]}
		}, []string{"true | 1 | 2 -> 1", "false | 1 | 99999999999999999999 -> 99999999999999999999"}},
		{"case of arrays", "boolean; array(varchar); array(varchar)", func(a ...plan.Expr) plan.Expr {
			return &plan.Case{Base: base(types.Array(types.Varchar)), Whens: []plan.When{{Cond: a[0], Then: a[1]}}, Else: a[2]}
		}, []string{"true | [a] | [b] -> [a]", "false | [a] | [b,NULL] -> [b,NULL]", "NULL | [] | NULL -> NULL"}},
		{"coalesce", "bigint; bigint; bigint", func(a ...plan.Expr) plan.Expr { return &plan.Coalesce{Base: base(bi), Args: a} }, []string{
			"1 | 2 | 3 -> 1", "NULL | 2 | 3 -> 2", "NULL | NULL | 3 -> 3", "NULL | NULL | NULL -> NULL",
		}},
		{"coalesce is lazy", "bigint; bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.Coalesce{Base: base(bi), Args: []plan.Expr{a[0], div(a[0], a[1]), div(constant(t, bi, "10"), a[1])}}
		}, []string{"1 | 0 -> 1", "NULL | 2 -> 5", "NULL | 0 -> !DIVISION_BY_ZERO Division by zero"}},
		// Where an earlier argument is NULL, the later ones are not evaluated.
		{"NULL + failure", "bigint; bigint", func(a ...plan.Expr) plan.Expr { return arith(plan.OpAdd, bi)(a[0], div(a[0], a[1])) }, []string{
			"6 | 2 -> 9", "NULL | 0 -> NULL", "6 | NULL -> NULL", "6 | 0 -> !DIVISION_BY_ZERO Division by zero",
		}},
		{"NULL of no type + failure", "unknown; bigint", func(a ...plan.Expr) plan.Expr {
			return arith(plan.OpAdd, bi)(castTo(bi)(a[0]), div(a[1], zero))
		}, []string{"NULL | 6 -> NULL"}},
		{"NULL of no type = failure", "unknown; bigint", func(a ...plan.Expr) plan.Expr {
			return compare(plan.OpEq)(castTo(bi)(a[0]), div(a[1], zero))
		}, []string{"NULL | 6 -> NULL"}},
		{"call of NULL of no type and a failure", "unknown; bigint", func(a ...plan.Expr) plan.Expr {
			return call(greatestFunc, bi, castTo(bi)(a[0]), div(a[1], zero))
		}, []string{"NULL | 6 -> NULL"}},
		{"NULL = failure", "bigint; bigint; bigint", func(a ...plan.Expr) plan.Expr { return compare(plan.OpEq)(a[0], div(a[1], a[2])) }, []string{
			"3 | 6 | 2 -> true", "NULL | 6 | 0 -> NULL", "3 | 6 | 0 -> !DIVISION_BY_ZERO Division by zero",
		}},
		{"NULL IS DISTINCT FROM failure", "bigint; bigint; bigint", func(a ...plan.Expr) plan.Expr { return compare(plan.OpDistinct)(a[0], div(a[1], a[2])) }, []string{
			"3 | 6 | 2 -> false", "NULL | 6 | 0 -> !DIVISION_BY_ZERO Division by zero",
		}},
		{"call of NULL and a failure", "bigint; bigint; bigint", func(a ...plan.Expr) plan.Expr { return call(greatestFunc, bi, a[0], div(a[1], a[2])) }, []string{
			"1 | 6 | 2 -> 3", "NULL | 6 | 0 -> NULL", "1 | 6 | 0 -> !DIVISION_BY_ZERO Division by zero",
		}},
		{"simple case over NULL", "bigint; bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.Case{Base: base(bi), X: a[0], Whens: []plan.When{{Cond: div(constant(t, bi, "6"), a[1]), Then: a[1]}}, Else: constant(t, bi, "-1")}
		}, []string{"3 | 2 -> 2", "NULL | 0 -> -1", "2 | 2 -> -1", "3 | 0 -> !DIVISION_BY_ZERO Division by zero"}},
		{"nullif", "bigint; bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.NullIf{Base: base(bi), A: a[0], B: a[1], CmpType: bi}
		}, []string{"1 | 1 -> NULL", "1 | 2 -> 1", "NULL | 1 -> NULL", "1 | NULL -> 1"}},
		{"nullif over a common type", "integer; decimal(3,1)", func(a ...plan.Expr) plan.Expr {
			return &plan.NullIf{Base: base(types.Integer), A: a[0], B: a[1], CmpType: types.Decimal(11, 1)}
		}, []string{"1 | 1.0 -> NULL", "1 | 1.5 -> 1"}},
		{"try inside", "bigint; bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.Coalesce{Base: base(bi), Args: []plan.Expr{&plan.Try{Base: base(bi), X: div(a[0], a[1])}, constant(t, bi, "-9")}}
		}, []string{"6 | 2 -> 3", "6 | 0 -> -9", "NULL | 0 -> -9"}},
		// The whole of a TRY is NULL where a part fails, also below a COALESCE.
		{"try is all or nothing", "bigint; bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.Try{Base: base(bi), X: &plan.Coalesce{Base: base(bi), Args: []plan.Expr{div(a[0], a[1]), constant(t, bi, "5")}}}
		}, []string{"6 | 2 -> 3", "6 | 0 -> NULL", "NULL | 2 -> 5"}},
		{"try in a lazy branch", "bigint; bigint", func(a ...plan.Expr) plan.Expr {
			return &plan.Try{Base: base(bi), X: &plan.Case{Base: base(bi), Whens: []plan.When{{Cond: compare(plan.OpGt)(a[0], zero), Then: div(a[0], a[1])}}, Else: a[1]}}
		}, []string{"6 | 2 -> 3", "6 | 0 -> NULL", "-1 | 0 -> 0", "NULL | 7 -> 7"}},
	} {
		t.Run(c.name, c.run)
	}
}
