package function

// Typing of arithmetic. Operators resolve like functions, so that integers,
// decimals, floats, dates, intervals and NULLs meet by one set of rules, as in
// Trino. The overloads over numbers stand here and not in the table of
// functions: the analyzer turns them into plan.Arith, which has no body to look
// up. Those over dates, times and intervals are functions: see operators.go.

import (
	"slices"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// numericOperators are the overloads over numbers by operator name.
var numericOperators = func() map[string][]*Function {
	ops := map[string][]*Function{}
	for name, rule := range map[string]func(p1, s1, p2, s2 int) (p, s int, ok bool){
		"$add": decimal.AddType, "$sub": decimal.AddType, "$mul": decimal.MulType, "$div": decimal.DivType, "$mod": decimal.ModType,
	} {
		for _, t := range []string{"tinyint", "smallint", "integer", "bigint", "real", "double"} {
			ops[name] = append(ops[name], &Function{Name: name, Sig: "(" + t + ", " + t + ") -> " + t, Hidden: true})
		}
		ops[name] = append(ops[name], &Function{
			Name: name, Sig: "(decimal(p1,s1), decimal(p2,s2)) -> decimal(p,s)", Hidden: true,
			Result: func(a []types.Type) (types.Type, error) {
				p, s, _ := rule(int(a[0].P), int(a[0].S), int(a[1].P), int(a[1].S))
				t, err := types.CheckedDecimal(p, s)
				if err != nil {
					return t, sqlerr.New(sqlerr.InvalidFunctionArgument, "%s", err.Error())
				}
				return t, nil
			},
		})
	}
	for _, t := range []string{"tinyint", "smallint", "integer", "bigint", "real", "double", "decimal(p,s)"} {
		ops["$neg"] = append(ops["$neg"], &Function{Name: "$neg", Sig: "(" + t + ") -> " + t, Hidden: true})
	}
	return ops
}()

// ResolveOperator finds the overload of an arithmetic operator ($add, $sub,
// $mul, $div, $mod, $neg) for operands of the given types.
func ResolveOperator(name string, operands ...types.Type) (*Bound, error) {
	return ResolveAmong(name, slices.Concat(numericOperators[name], Named(name)), Values(operands...))
}

var _ = define(
	&Function{Name: "$like", Sig: "(varchar(x), varchar) -> boolean", Doc: "LIKE", Category: "operator", Hidden: true},
	&Function{Name: "$like", Sig: "(varchar(x), varchar, varchar) -> boolean", Doc: "LIKE with ESCAPE", Category: "operator", Hidden: true},
	&Function{Name: "$like", Sig: "(char(x), varchar) -> boolean", Doc: "LIKE", Category: "operator", Hidden: true},
	&Function{Name: "$like", Sig: "(char(x), varchar, varchar) -> boolean", Doc: "LIKE with ESCAPE", Category: "operator", Hidden: true},
)
