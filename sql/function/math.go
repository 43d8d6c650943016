package function

// Signatures of the mathematical functions (Trino's list-by-topic "Math";
// MathFunctions and BitwiseFunctions in Trino's source).

import (
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// decimalResult makes a Result from a rule over the first argument's (p,s).
func decimalResult(rule func(p, s int) (int, int)) func([]types.Type) (types.Type, error) {
	return func(args []types.Type) (types.Type, error) {
		return types.Decimal(rule(int(args[0].P), int(args[0].S))), nil
	}
}

// ceilType is the type of ceiling and floor: p - s + min(s, 1) digits, no scale.
func ceilType(p, s int) (int, int) { return p - s + min(s, 1), 0 }

func signType(int, int) (int, int) { return 1, 0 }

func truncateType(p, s int) (int, int) { return max(1, p-s), 0 }

var _ = defineMath()

// math1 defines a function of one double.
func math1(doc string, names ...string) {
	for _, n := range names {
		define(&Function{Name: n, Sig: "(double) -> double", Doc: doc, Category: "math"})
	}
}

// numeric defines a function once for each integer type, real and double.
func numeric(doc, params string, result string, names ...string) {
	for _, n := range names {
		for _, t := range []string{"tinyint", "smallint", "integer", "bigint", "real", "double"} {
			r := result
			if r == "" {
				r = t
			}
			define(&Function{Name: n, Sig: "(" + t + params + ") -> " + r, Doc: doc, Category: "math"})
		}
	}
}

func defineMath() bool {
	numeric("Absolute value", "", "", "abs")
	define(&Function{Name: "abs", Sig: "(decimal(p,s)) -> decimal(p,s)", Doc: "Absolute value", Category: "math"})
	for _, n := range []string{"ceiling", "ceil"} {
		numeric("Round up to nearest integer", "", "", n)
		define(&Function{Name: n, Sig: "(decimal(p,s)) -> decimal(q,0)", Result: decimalResult(ceilType), Doc: "Round up to nearest integer", Category: "math"})
	}
	numeric("Round down to nearest integer", "", "", "floor")
	define(&Function{Name: "floor", Sig: "(decimal(p,s)) -> decimal(q,0)", Result: decimalResult(ceilType), Doc: "Round down to nearest integer", Category: "math"})
	numeric("Round to nearest integer", "", "", "round")
	numeric("Round to given number of decimal places", ", integer", "", "round")
	define(
		&Function{Name: "round", Sig: "(decimal(p,s)) -> decimal(q,0)", Result: decimalResult(decimal.RoundType), Doc: "Round to nearest integer", Category: "math"},
		&Function{Name: "round", Sig: "(decimal(p,s), integer) -> decimal(q,s)", Result: decimalResult(decimal.RoundNType), Doc: "Round to given number of decimal places", Category: "math"},
		&Function{Name: "truncate", Sig: "(double) -> double", Doc: "Round to integer by dropping digits after decimal point", Category: "math"},
		&Function{Name: "truncate", Sig: "(real) -> real", Doc: "Round to integer by dropping digits after decimal point", Category: "math"},
		&Function{Name: "truncate", Sig: "(decimal(p,s)) -> decimal(q,0)", Result: decimalResult(truncateType), Doc: "Round to integer by dropping digits after decimal point", Category: "math"},
		&Function{Name: "truncate", Sig: "(decimal(p,s), integer) -> decimal(p,s)", Doc: "Round to integer by dropping given number of digits after decimal point", Category: "math"},
	)
	numeric("Sign of a number: -1, 0 or 1", "", "", "sign")
	define(&Function{Name: "sign", Sig: "(decimal(p,s)) -> decimal(1,0)", Result: decimalResult(signType), Doc: "Sign of a number: -1, 0 or 1", Category: "math"})
	for _, t := range []string{"tinyint", "smallint", "integer", "bigint", "real", "double"} {
		define(&Function{Name: "mod", Sig: "(" + t + ", " + t + ") -> " + t, Doc: "Remainder of given quotient", Category: "math"})
	}
	define(&Function{
		Name: "mod", Sig: "(decimal(p,s), decimal(p1,s1)) -> decimal(q,r)", Doc: "Remainder of given quotient", Category: "math",
		Result: func(a []types.Type) (types.Type, error) {
			p, s, _ := decimal.ModType(int(a[0].P), int(a[0].S), int(a[1].P), int(a[1].S))
			return types.Decimal(p, s), nil
		},
	})

	math1("Arc cosine", "acos")
	math1("Arc sine", "asin")
	math1("Arc tangent", "atan")
	math1("Cube root", "cbrt")
	math1("Cosine", "cos")
	math1("Hyperbolic cosine", "cosh")
	math1("Converts an angle in radians to degrees", "degrees")
	math1("Euler's number raised to the given power", "exp")
	math1("Natural logarithm", "ln")
	math1("Logarithm to base 2", "log2")
	math1("Logarithm to base 10", "log10")
	math1("Converts an angle in degrees to radians", "radians")
	math1("Sine", "sin")
	math1("Hyperbolic sine", "sinh")
	math1("Square root", "sqrt")
	math1("Tangent", "tan")
	math1("Hyperbolic tangent", "tanh")
	define(
		&Function{Name: "atan2", Sig: "(double, double) -> double", Doc: "Arc tangent of given fraction", Category: "math"},
		&Function{Name: "log", Sig: "(double, double) -> double", Doc: "Logarithm to given base", Category: "math"},
		&Function{Name: "power", Sig: "(double, double) -> double", Doc: "Value raised to the power of exponent", Category: "math"},
		&Function{Name: "pow", Sig: "(double, double) -> double", Doc: "Value raised to the power of exponent", Category: "math"},
		&Function{Name: "e", Sig: "() -> double", Doc: "Euler's number", Category: "math"},
		&Function{Name: "pi", Sig: "() -> double", Doc: "The constant Pi", Category: "math"},
		&Function{Name: "infinity", Sig: "() -> double", Doc: "Infinity", Category: "math"},
		&Function{Name: "nan", Sig: "() -> double", Doc: "Constant representing not-a-number", Category: "math"},
		&Function{Name: "is_nan", Sig: "(double) -> boolean", Doc: "Test if value is not-a-number", Category: "math"},
		&Function{Name: "is_nan", Sig: "(real) -> boolean", Doc: "Test if value is not-a-number", Category: "math"},
		&Function{Name: "is_finite", Sig: "(double) -> boolean", Doc: "Test if value is finite", Category: "math"},
		&Function{Name: "is_infinite", Sig: "(double) -> boolean", Doc: "Test if value is infinite", Category: "math"},
		&Function{Name: "to_base", Sig: "(bigint, bigint) -> varchar(64)", Doc: "Convert a number to a string in the given base", Category: "math"},
		&Function{Name: "from_base", Sig: "(varchar(x), bigint) -> bigint", Doc: "Convert a string in the given base to a number", Category: "math"},
		&Function{Name: "width_bucket", Sig: "(double, double, double, bigint) -> bigint", Doc: "The bucket number of a value given a lower and upper bound and the number of buckets", Category: "math"},
		&Function{Name: "width_bucket", Sig: "(double, array(double)) -> bigint", Doc: "The bucket number of a value given an array of bins", Category: "math"},
		&Function{Name: "normal_cdf", Sig: "(double, double, double) -> double", Doc: "Normal cdf given a mean, standard deviation, and value", Category: "math"},
		&Function{Name: "inverse_normal_cdf", Sig: "(double, double, double) -> double", Doc: "Inverse of normal cdf given a mean, std, and probability", Category: "math"},
		&Function{Name: "beta_cdf", Sig: "(double, double, double) -> double", Doc: "Beta cdf given the a, b parameters and value", Category: "math"},
		&Function{Name: "inverse_beta_cdf", Sig: "(double, double, double) -> double", Doc: "Inverse of Beta cdf given a, b parameters and probability", Category: "math"},
		&Function{Name: "wilson_interval_lower", Sig: "(bigint, bigint, double) -> double", Doc: "Binomial confidence interval lower bound using Wilson score", Category: "math"},
		&Function{Name: "wilson_interval_upper", Sig: "(bigint, bigint, double) -> double", Doc: "Binomial confidence interval upper bound using Wilson score", Category: "math"},
		&Function{Name: "greatest", Sig: "(T...) -> T where T orderable", Doc: "Get the largest of the given values", Category: "conditional"},
		&Function{Name: "least", Sig: "(T...) -> T where T orderable", Doc: "Get the smallest of the given values", Category: "conditional"},
		&Function{Name: "bitwise_and", Sig: "(bigint, bigint) -> bigint", Doc: "Bitwise AND in 2's complement arithmetic", Category: "bitwise"},
		&Function{Name: "bitwise_or", Sig: "(bigint, bigint) -> bigint", Doc: "Bitwise OR in 2's complement arithmetic", Category: "bitwise"},
		&Function{Name: "bitwise_xor", Sig: "(bigint, bigint) -> bigint", Doc: "Bitwise XOR in 2's complement arithmetic", Category: "bitwise"},
		&Function{Name: "bitwise_not", Sig: "(bigint) -> bigint", Doc: "Bitwise NOT in 2's complement arithmetic", Category: "bitwise"},
		&Function{Name: "bit_count", Sig: "(bigint, bigint) -> bigint", Doc: "Count number of set bits in 2's complement representation", Category: "bitwise"},
	)
	for _, t := range []string{"tinyint", "smallint", "integer", "bigint"} {
		for _, n := range []string{"bitwise_left_shift", "bitwise_right_shift", "bitwise_right_shift_arithmetic"} {
			define(&Function{Name: n, Sig: "(" + t + ", integer) -> " + t, Doc: "Shift of the bits in 2's complement arithmetic", Category: "bitwise"})
		}
		for _, n := range []string{"random", "rand"} {
			define(
				&Function{Name: n, Sig: "(" + t + ") -> " + t, Doc: "A pseudo-random number between 0 and value (exclusive)", Category: "math", NonDeterministic: true},
				&Function{Name: n, Sig: "(" + t + ", " + t + ") -> " + t, Doc: "A pseudo-random number between start and stop (exclusive)", Category: "math", NonDeterministic: true},
			)
		}
	}
	for _, n := range []string{"random", "rand"} {
		define(&Function{Name: n, Sig: "() -> double", Doc: "A pseudo-random value", Category: "math", NonDeterministic: true})
	}
	return true
}
