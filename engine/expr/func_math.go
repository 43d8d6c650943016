package expr

// Bodies of the mathematical and bitwise functions. The rules are those of
// MathFunctions and BitwiseFunctions in Trino's source.

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"strconv"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func invalidArgument(format string, args ...any) error {
	return sqlerr.New(sqlerr.InvalidFunctionArgument, format, args...)
}

func outOfRange(format string, args ...any) error {
	return sqlerr.New(sqlerr.NumericValueOutOfRange, format, args...)
}

// integerRange is the range of each integer type.
var integerRange = map[string][2]int64{
	"tinyint":  {math.MinInt8, math.MaxInt8},
	"smallint": {math.MinInt16, math.MaxInt16},
	"integer":  {math.MinInt32, math.MaxInt32},
	"bigint":   {math.MinInt64, math.MaxInt64},
}

var integerBits = map[string]uint{"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}

// double1 registers a body of one double. A real's body rounds to float32.
func double1(name string, f func(float64) float64) {
	register(name+"(double)", func(a *Args, i int, out *page.Builder) error {
		out.Float64(f(a.f64(0, i)))
		return nil
	})
}

func real1(name string, f func(float64) float64) {
	register(name+"(real)", func(a *Args, i int, out *page.Builder) error {
		out.Float64(float64(float32(f(a.f64(0, i)))))
		return nil
	})
}

func bigint2(name string, f func(x, y int64) int64) {
	register(name+"(bigint, bigint)", func(a *Args, i int, out *page.Builder) error {
		out.Int64(f(a.i64(0, i), a.i64(1, i)))
		return nil
	})
}

func sameInt(a *Args, i int, out *page.Builder) error {
	out.Int64(a.i64(0, i))
	return nil
}

// decimal1 registers a body of one decimal, whose scale it gets.
func decimal1(name string, f func(v decimal.Int128, scale int) (decimal.Int128, bool)) {
	register(name+"(decimal(p,s))", func(a *Args, i int, out *page.Builder) error {
		v, ok := f(a.Vecs[0].Int128At(i), int(a.Func.Args[0].S))
		if !ok {
			return outOfRange("Decimal overflow")
		}
		out.Int128(v)
		return nil
	})
}

func init() {
	for _, t := range []string{"tinyint", "smallint", "integer", "bigint"} {
		lo, hi := integerRange[t][0], integerRange[t][1]
		register("abs("+t+")", func(a *Args, i int, out *page.Builder) error {
			x := a.i64(0, i)
			if x == lo {
				return outOfRange("Value %d is out of range for abs(%s)", lo, t)
			}
			out.Int64(max(x, -x))
			return nil
		})
		for _, n := range []string{"ceiling", "ceil", "floor", "round"} {
			register(n+"("+t+")", sameInt)
		}
		register("round("+t+", integer)", func(a *Args, i int, out *page.Builder) error {
			r, ok := roundInteger(a.i64(0, i), a.i64(1, i))
			if !ok {
				return outOfRange("numerical overflow: %d", a.i64(0, i))
			}
			if r < lo || r > hi {
				return outOfRange("Out of range for %s: %d", t, r)
			}
			out.Int64(r)
			return nil
		})
		register("sign("+t+")", func(a *Args, i int, out *page.Builder) error {
			x := a.i64(0, i)
			out.Int64(x>>63 | int64(uint64(-x)>>63))
			return nil
		})
		register("mod("+t+", "+t+")", func(a *Args, i int, out *page.Builder) error {
			y := a.i64(1, i)
			switch y {
			case 0:
				return sqlerr.New(sqlerr.DivisionByZero, "Division by zero")
			case -1: // MinInt64 % -1 is 0, as in Java; Go's quotient would overflow
				out.Int64(0)
			default:
				out.Int64(a.i64(0, i) % y)
			}
			return nil
		})
		registerShifts(t)
		registerRandom(t)
	}
	registerFloats()
	registerDecimals()

	bigint2("bitwise_and", func(x, y int64) int64 { return x & y })
	bigint2("bitwise_or", func(x, y int64) int64 { return x | y })
	bigint2("bitwise_xor", func(x, y int64) int64 { return x ^ y })
	register("bitwise_not(bigint)", func(a *Args, i int, out *page.Builder) error {
		out.Int64(^a.i64(0, i))
		return nil
	})
	register("bit_count(bigint, bigint)", bitCount)
	register("to_base(bigint, bigint)", func(a *Args, i int, out *page.Builder) error {
		radix := a.i64(1, i)
		if radix < 2 || radix > 36 {
			return invalidArgument("Radix must be between 2 and 36")
		}
		out.StringNoCopy(strconv.FormatInt(a.i64(0, i), int(radix)))
		return nil
	})
	register("from_base(varchar(x), bigint)", func(a *Args, i int, out *page.Builder) error {
		radix := a.i64(1, i)
		if radix < 2 || radix > 36 {
			return invalidArgument("Radix must be between 2 and 36")
		}
		v, err := strconv.ParseInt(a.str(0, i), int(radix), 64)
		if err != nil {
			return invalidArgument("Not a valid base-%d number: %s", radix, a.str(0, i))
		}
		out.Int64(v)
		return nil
	})
	register("width_bucket(double, double, double, bigint)", widthBucket)
	register("width_bucket(double, array(double))", widthBucketBins)
}

// roundInteger rounds half up (away from zero) to 10^-decimals; ok is false
// where the power or the product leaves int64.
func roundInteger(x, decimals int64) (int64, bool) {
	if decimals >= 0 {
		return x, true
	}
	if decimals < -18 {
		return 0, false
	}
	factor := decimal.Pow10Int64(int(-decimals))
	q, r := x/factor, x%factor
	if r >= 0 && r >= factor-r {
		q++
	} else if r < 0 && -r >= factor+r {
		q--
	}
	hi, lo := bits.Mul64(uint64(max(q, -q)), uint64(factor))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	return q * factor, true
}

// roundDouble is Trino's round(double, n): half up on the magnitude.
func roundDouble(x float64, decimals int64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	factor := math.Pow(10, float64(decimals))
	sign := 1.0
	if x < 0 {
		sign = -1
	}
	scaled := sign * x * factor
	if r := javaRound(scaled); r != math.MaxInt64 {
		return sign * (float64(r) / factor)
	}
	if math.IsInf(scaled, 0) {
		return x
	}
	// Beyond int64 every float64 is an integer: rounding changes nothing.
	return sign * scaled / factor
}

// javaRound is Math.round(double): floor(x + 1/2) computed exactly, clamped to
// int64, NaN as 0.
func javaRound(x float64) int64 {
	switch {
	case math.IsNaN(x):
		return 0
	case x >= math.MaxInt64:
		return math.MaxInt64
	case x <= math.MinInt64:
		return math.MinInt64
	}
	f := math.Floor(x)
	if x-f >= 0.5 {
		f++
	}
	if f >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(f)
}

func registerFloats() {
	for name, f := range map[string]func(float64) float64{
		"abs": math.Abs, "ceiling": math.Ceil, "ceil": math.Ceil, "floor": math.Floor, "truncate": math.Trunc,
		"round": func(x float64) float64 { return roundDouble(x, 0) },
		"sign":  signum,
	} {
		double1(name, f)
		real1(name, f)
	}
	for name, f := range map[string]func(float64) float64{
		"acos": math.Acos, "asin": math.Asin, "atan": math.Atan, "cbrt": math.Cbrt, "cos": math.Cos, "cosh": math.Cosh,
		"degrees": func(x float64) float64 { return x * (180 / math.Pi) },
		"radians": func(x float64) float64 { return x * (math.Pi / 180) },
		"exp":     math.Exp, "ln": math.Log, "log10": math.Log10,
		"log2": func(x float64) float64 { return math.Log(x) / math.Log(2) },
		"sin":  math.Sin, "sinh": math.Sinh, "sqrt": math.Sqrt, "tan": math.Tan, "tanh": math.Tanh,
	} {
		double1(name, f)
	}
	for name, f := range map[string]func(x, y float64) float64{
		"atan2": math.Atan2, "power": javaPow, "pow": javaPow, "mod": math.Mod,
		"log": func(base, x float64) float64 { return math.Log(x) / math.Log(base) },
	} {
		register(name+"(double, double)", func(a *Args, i int, out *page.Builder) error {
			out.Float64(f(a.f64(0, i), a.f64(1, i)))
			return nil
		})
	}
	register("mod(real, real)", func(a *Args, i int, out *page.Builder) error {
		out.Float64(float64(float32(math.Mod(a.f64(0, i), a.f64(1, i)))))
		return nil
	})
	register("round(double, integer)", func(a *Args, i int, out *page.Builder) error {
		out.Float64(roundDouble(a.f64(0, i), a.i64(1, i)))
		return nil
	})
	register("round(real, integer)", func(a *Args, i int, out *page.Builder) error {
		out.Float64(float64(float32(roundDouble(a.f64(0, i), a.i64(1, i)))))
		return nil
	})
	for name, v := range map[string]float64{"e": math.E, "pi": math.Pi, "infinity": math.Inf(1), "nan": math.NaN()} {
		register(name+"()", func(_ *Args, _ int, out *page.Builder) error {
			out.Float64(v)
			return nil
		})
	}
	for name, f := range map[string]func(float64) bool{
		"is_nan(double)": math.IsNaN, "is_nan(real)": math.IsNaN,
		"is_infinite(double)": func(x float64) bool { return math.IsInf(x, 0) },
		"is_finite(double)":   func(x float64) bool { return !math.IsInf(x, 0) && !math.IsNaN(x) },
	} {
		register(name, func(a *Args, i int, out *page.Builder) error {
			out.Bool(f(a.f64(0, i)))
			return nil
		})
	}
	register("normal_cdf(double, double, double)", func(a *Args, i int, out *page.Builder) error {
		mean, sd, v := a.f64(0, i), a.f64(1, i), a.f64(2, i)
		if !(sd > 0) {
			return invalidArgument("standardDeviation must be > 0")
		}
		out.Float64(0.5 * (1 + math.Erf((v-mean)/(sd*math.Sqrt2))))
		return nil
	})
	register("inverse_normal_cdf(double, double, double)", func(a *Args, i int, out *page.Builder) error {
		mean, sd, p := a.f64(0, i), a.f64(1, i), a.f64(2, i)
		if !(p > 0 && p < 1) {
			return invalidArgument("p must be 0 > p > 1")
		}
		if !(sd > 0) {
			return invalidArgument("sd must be > 0")
		}
		out.Float64(mean + sd*math.Sqrt2*math.Erfinv(2*p-1))
		return nil
	})
}

// signum is Math.signum: zeros and NaN stay what they are.
func signum(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

// javaPow is Math.pow, which differs from Go's where |x| is 1 and y is not
// finite, and where x is 1 and y is NaN: NaN in Java.
func javaPow(x, y float64) float64 {
	if math.IsNaN(y) || math.IsInf(y, 0) && math.Abs(x) == 1 {
		return math.NaN()
	}
	return math.Pow(x, y)
}

func registerDecimals() {
	decimal1("abs", func(v decimal.Int128, _ int) (decimal.Int128, bool) { return decimal.AbsOK(v) })
	for _, n := range []string{"ceiling", "ceil"} {
		decimal1(n, func(v decimal.Int128, s int) (decimal.Int128, bool) { return decimal.RescaleCeil(v, -s) })
	}
	decimal1("floor", func(v decimal.Int128, s int) (decimal.Int128, bool) { return decimal.RescaleFloor(v, -s) })
	decimal1("round", func(v decimal.Int128, s int) (decimal.Int128, bool) { return decimal.Rescale(v, -s) })
	decimal1("truncate", func(v decimal.Int128, s int) (decimal.Int128, bool) { return decimal.RescaleTruncate(v, -s) })
	decimal1("sign", func(v decimal.Int128, _ int) (decimal.Int128, bool) {
		return decimal.FromInt64(int64(v.Sign())), true
	})
	register("round(decimal(p,s), integer)", func(a *Args, i int, out *page.Builder) error {
		v, n := a.Vecs[0].Int128At(i), a.i64(1, i)
		p, s := int64(a.Func.Args[0].P), int64(a.Func.Args[0].S)
		if n >= s {
			out.Int128(v)
			return nil
		}
		if p-s+n < 0 {
			out.Int128(decimal.Int128{})
			return nil
		}
		down, ok := decimal.Rescale(v, int(n-s))
		if ok {
			down, ok = decimal.Rescale(down, int(s-n))
		}
		if !ok || !decimal.FitsPrecision(down, int(a.Func.Result.P)) {
			return outOfRange("decimal overflow: %s", decimal.Append(nil, v, int(s)))
		}
		out.Int128(down)
		return nil
	})
	register("truncate(decimal(p,s), integer)", func(a *Args, i int, out *page.Builder) error {
		v, n := a.Vecs[0].Int128At(i), a.i64(1, i)
		p, s := int64(a.Func.Args[0].P), int64(a.Func.Args[0].S)
		switch {
		case n >= s:
			out.Int128(v)
		case p-s+n <= 0:
			out.Int128(decimal.Int128{})
		default:
			down, _ := decimal.RescaleTruncate(v, int(n-s)) // towards zero: neither way can overflow
			up, _ := decimal.Rescale(down, int(s-n))
			out.Int128(up)
		}
		return nil
	})
	register("mod(decimal(p,s), decimal(p1,s1))", func(a *Args, i int, out *page.Builder) error {
		x, y := a.Vecs[0].Int128At(i), a.Vecs[1].Int128At(i)
		if y.Sign() == 0 {
			return sqlerr.New(sqlerr.DivisionByZero, "Division by zero")
		}
		byX, byY := decimal.AddRescale(int(a.Func.Args[0].S), int(a.Func.Args[1].S))
		v, ok := decimal.Mod(x, y, byX, byY)
		if !ok {
			return outOfRange("Decimal overflow")
		}
		out.Int128(v)
		return nil
	})
}

func bitCount(a *Args, i int, out *page.Builder) error {
	x, n := a.i64(0, i), a.i64(1, i)
	if n == 64 {
		out.Int64(int64(bits.OnesCount64(uint64(x))))
		return nil
	}
	if n <= 1 || n > 64 {
		return invalidArgument("Bits specified in bit_count must be between 2 and 64, got %d", n)
	}
	low := int64(1)<<(n-1) - 1
	if x > low || x < ^low {
		return invalidArgument("Number must be representable with the bits specified. %d cannot be represented with %d bits", x, n)
	}
	out.Int64(int64(bits.OnesCount64(uint64(x) & (1<<n - 1))))
	return nil
}

// registerShifts registers the three shifts of one integer type. A Java shift
// distance counts modulo 64; Trino answers 64 and more itself.
func registerShifts(t string) {
	width := integerBits[t]
	signExtend := func(x uint64) int64 { return int64(x<<(64-width)) >> (64 - width) }
	shift := func(name string, f func(x int64, by uint) int64, beyond func(x int64) int64) {
		register(name+"("+t+", integer)", func(a *Args, i int, out *page.Builder) error {
			x, by := a.i64(0, i), a.i64(1, i)
			if by >= 64 {
				out.Int64(beyond(x))
			} else {
				out.Int64(f(x, uint(by)&63))
			}
			return nil
		})
	}
	zero := func(int64) int64 { return 0 }
	shift("bitwise_left_shift", func(x int64, by uint) int64 { return signExtend(uint64(x) << by) }, zero)
	shift("bitwise_right_shift", func(x int64, by uint) int64 {
		if by == 0 {
			return x
		}
		mask := uint64(math.MaxUint64) >> (64 - width)
		return int64(uint64(x) & mask >> by)
	}, zero)
	shift("bitwise_right_shift_arithmetic", func(x int64, by uint) int64 { return x >> by }, func(x int64) int64 { return x >> 63 })
}

func registerRandom(t string) {
	for _, n := range []string{"random", "rand"} {
		register(n+"("+t+")", func(a *Args, i int, out *page.Builder) error {
			x := a.i64(0, i)
			if x <= 0 {
				return invalidArgument("bound must be positive")
			}
			out.Int64(rand.Int64N(x))
			return nil
		})
		register(n+"("+t+", "+t+")", func(a *Args, i int, out *page.Builder) error {
			x, y := a.i64(0, i), a.i64(1, i)
			if x >= y {
				return invalidArgument("start value must be less than stop value")
			}
			out.Int64(x + int64(rand.Uint64N(uint64(y)-uint64(x))))
			return nil
		})
		if t == "bigint" {
			register(n+"()", func(_ *Args, _ int, out *page.Builder) error {
				out.Float64(rand.Float64())
				return nil
			})
		}
	}
}

func widthBucket(a *Args, i int, out *page.Builder) error {
	x, b1, b2, n := a.f64(0, i), a.f64(1, i), a.f64(2, i), a.i64(3, i)
	finite := func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }
	switch {
	case n <= 0:
		return invalidArgument("bucketCount must be greater than 0")
	case math.IsNaN(x):
		return invalidArgument("operand must not be NaN")
	case !finite(b1):
		return invalidArgument("first bound must be finite")
	case !finite(b2):
		return invalidArgument("second bound must be finite")
	case b1 == b2:
		return invalidArgument("bounds cannot equal each other")
	}
	lower, upper := min(b1, b2), max(b1, b2)
	var r int64
	switch {
	case x < lower:
		r = 0
	case x >= upper:
		if n == math.MaxInt64 {
			return outOfRange("Bucket for value %s is out of range", javaFloat(x, 64))
		}
		r = n + 1
	default:
		r = int64(float64(n)*(x-lower)/(upper-lower) + 1)
	}
	if b1 > b2 {
		r = n - r + 1
	}
	out.Int64(r)
	return nil
}

func widthBucketBins(a *Args, i int, out *page.Builder) error {
	x, v := a.f64(0, i), a.Vecs[1]
	bins := v.Children[0].F64[v.Off[i]:v.Off[i+1]]
	if len(bins) == 0 {
		return invalidArgument("Bins cannot be an empty array")
	}
	if math.IsNaN(x) {
		return invalidArgument("Operand cannot be NaN")
	}
	lower, upper := 0, len(bins)
	for lower < upper {
		if bins[lower] > bins[upper-1] {
			return invalidArgument("Bin values are not sorted in ascending order")
		}
		at := (lower + upper) / 2
		if b := bins[at]; math.IsInf(b, 0) || math.IsNaN(b) {
			return invalidArgument("Bin value must be finite, got %s", javaFloat(b, 64))
		} else if x < b {
			upper = at
		} else {
			lower = at + 1
		}
	}
	out.Int64(int64(lower))
	return nil
}
