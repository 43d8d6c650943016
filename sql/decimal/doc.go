// # What is where
//
//	int128.go     Int128: a signed 128-bit integer; Cmp, Sign, FromInt64
//	pow10.go      Pow10, Pow10Int64, FitsPrecision, MaxUnscaled38
//	arith.go      AddOK SubOK MulOK Neg Abs AddWrap SubWrap: integer arithmetic
//	operators.go  Add Sub Mul Div Mod: SQL's + - * / % on unscaled values
//	rescale.go    Rescale (HALF_UP), RescaleTruncate, RescaleFloor, RescaleCeil, Cast
//	wide.go       the 256-bit steps inside Mul, Div and Mod
//	text.go       Parse (literals), ParseJava (varchar casts), Append, AppendInt64
//	convert.go    double, real, bigint and math/big to and from a decimal
//	sum.go        Sum: the accumulator of sum(decimal) and avg(decimal)
//	typerules.go  AddType MulType DivType ModType: the result types of the operators
//
// A function that can fail returns (value, ok); ok is false on overflow. The
// callers know the position and make the coded error: Trino's code and text are
// NUMERIC_VALUE_OUT_OF_RANGE "Decimal overflow" for operators and aggregates,
// INVALID_CAST_ARGUMENT for casts. Division by zero is the caller's to check
// before it calls Div or Mod.
//
// # Two limits
//
// Trino keeps long decimals in 128 bits and checks twice: every step must fit
// a signed 128-bit integer, and only a result is held against 38 digits. A sum
// whose rescaled operand has 39 digits is therefore fine as long as it fits 128
// bits and the result has 38. Rescale and the ...OK functions report the first
// limit, operators and casts both.
package decimal
