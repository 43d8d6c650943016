package kernel

// Every kernel against a plain reference: math/big for exact arithmetic, Go's
// own operators one value at a time, truth tables for logic. Fallible kernels
// are driven as callers drive them: past each bad row, to the end.

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

const testRows = 20_000

// badRows runs a fallible kernel to the end, as if every bad row were NULL.
func badRows(n int, run func(from int) int) map[int]bool {
	out := map[int]bool{}
	for from := 0; from < n; {
		bad := run(from)
		if bad < 0 {
			break
		}
		from += bad
		out[from] = true
		from++
	}
	return out
}

func random64(r *rand.Rand) int64 {
	v := int64(r.Uint64()) >> r.IntN(64)
	switch r.IntN(8) {
	case 0:
		v = []int64{math.MinInt64, math.MaxInt64, 0, 1, -1, 10}[r.IntN(6)]
	case 1:
		v = decimal.Pow10Int64(r.IntN(19)) + int64(r.IntN(3)-1)
	case 2:
		v = -5 * decimal.Pow10Int64(r.IntN(18))
	}
	return v
}

func random64s(seed uint64) []int64 {
	r := rand.New(rand.NewPCG(seed, 64))
	out := make([]int64, testRows)
	for i := range out {
		out[i] = random64(r)
	}
	return out
}

func random128s(seed uint64) []decimal.Int128 {
	r := rand.New(rand.NewPCG(seed, 128))
	out := make([]decimal.Int128, testRows)
	for i := range out {
		v := decimal.FromInt64(random64(r))
		if r.IntN(2) == 0 {
			if w, ok := decimal.Mul(v, decimal.Pow10(r.IntN(39))); ok {
				v = w
			}
		}
		out[i] = v
	}
	return out
}

func randomFloats(seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 53))
	out := make([]float64, testRows)
	for i := range out {
		switch r.IntN(4) {
		case 0:
			out[i] = math.Float64frombits(r.Uint64())
		case 1:
			out[i] = []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 0.5, -0.5, 2.5, 1 << 63, -1 << 63, 0.49999999999999994, 127.5, 2147483647.5}[r.IntN(13)]
		default:
			out[i] = math.Ldexp(r.Float64()-0.5, r.IntN(80)-8)
		}
	}
	return out
}

func randomNulls(seed uint64, n, one int) []bool {
	r := rand.New(rand.NewPCG(seed, 2))
	out := make([]bool, n)
	for i := range out {
		out[i] = r.IntN(one) == 0
	}
	return out
}

func sameFloat(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

func TestIntegers(t *testing.T) {
	type kernel func(dst, a, b []int64) int
	widths := []struct {
		name     string
		min, max int64
	}{
		{"tinyint", math.MinInt8, math.MaxInt8},
		{"smallint", math.MinInt16, math.MaxInt16},
		{"integer", math.MinInt32, math.MaxInt32},
		{"bigint", math.MinInt64, math.MaxInt64},
	}
	for _, w := range widths {
		lo, hi := w.min, w.max
		kernels := map[string]kernel{"+": AddInt64, "-": SubInt64, "*": MulInt64, "/": DivInt64, "%": ModInt64, "neg": func(dst, a, _ []int64) int { return NegInt64(dst, a) }}
		if w.name != "bigint" {
			kernels = map[string]kernel{
				"+":   func(dst, a, b []int64) int { return AddIntRange(dst, a, b, lo, hi) },
				"-":   func(dst, a, b []int64) int { return SubIntRange(dst, a, b, lo, hi) },
				"*":   func(dst, a, b []int64) int { return MulIntRange(dst, a, b, lo, hi) },
				"/":   func(dst, a, b []int64) int { return DivIntRange(dst, a, b, lo, hi) },
				"%":   ModInt64,
				"neg": func(dst, a, _ []int64) int { return NegIntRange(dst, a, lo, hi) },
			}
		}
		a, b := random64s(1), random64s(2)
		for i := range a {
			if w.name != "bigint" {
				a[i] = lo + int64(uint64(a[i])%uint64(hi-lo+1))
				b[i] = lo + int64(uint64(b[i])%uint64(hi-lo+1))
			}
			switch i % 16 {
			case 0:
				a[i] = lo
			case 1:
				a[i], b[i] = lo, -1
			case 2:
				b[i] = 0
			}
		}
		for op, k := range kernels {
			dst := make([]int64, testRows)
			bad := badRows(testRows, func(from int) int { return k(dst[from:], a[from:], b[from:]) })
			for i := range dst {
				x, y, z := big.NewInt(a[i]), big.NewInt(b[i]), new(big.Int)
				ok := true
				switch op {
				case "+":
					z.Add(x, y)
				case "-":
					z.Sub(x, y)
				case "*":
					z.Mul(x, y)
				case "/", "%":
					if ok = y.Sign() != 0; ok {
						q, m := new(big.Int).QuoRem(x, y, new(big.Int))
						z = map[string]*big.Int{"/": q, "%": m}[op]
					}
				case "neg":
					z.Neg(x)
				}
				ok = ok && z.Cmp(big.NewInt(lo)) >= 0 && z.Cmp(big.NewInt(hi)) <= 0
				if bad[i] == ok || ok && dst[i] != z.Int64() {
					t.Fatalf("%s %d %s %d = %d, bad %v; want %v", w.name, a[i], op, b[i], dst[i], bad[i], z)
				}
			}
		}
	}
}

func TestFloats(t *testing.T) {
	a, b := randomFloats(1), randomFloats(2)
	for _, c := range []struct {
		name string
		run  func(dst, a, b []float64)
		want func(x, y float64) float64
	}{
		{"+", AddFloat64, func(x, y float64) float64 { return x + y }},
		{"-", SubFloat64, func(x, y float64) float64 { return x - y }},
		{"*", MulFloat64, func(x, y float64) float64 { return x * y }},
		{"/", DivFloat64, func(x, y float64) float64 { return x / y }},
		{"neg", func(dst, a, _ []float64) { NegFloat64(dst, a) }, func(x, _ float64) float64 { return -x }},
		{"+32", AddFloat32, func(x, y float64) float64 { return float64(float32(x) + float32(y)) }},
		{"-32", SubFloat32, func(x, y float64) float64 { return float64(float32(x) - float32(y)) }},
		{"*32", MulFloat32, func(x, y float64) float64 { return float64(float32(x) * float32(y)) }},
		{"/32", DivFloat32, func(x, y float64) float64 { return float64(float32(x) / float32(y)) }},
	} {
		dst := make([]float64, testRows)
		c.run(dst, a, b)
		for i := range dst {
			if want := c.want(a[i], b[i]); !sameFloat(dst[i], want) {
				t.Fatalf("%s of %v, %v = %v, want %v", c.name, a[i], b[i], dst[i], want)
			}
		}
	}
	// semantics 5.7: 1e0/0 = Infinity, 0e0/0 = NaN; % by Java's rules.
	for _, c := range [][3]float64{
		{7, -3, 1},
		{-7, 3, -1},
		{5.5, 2, 1.5},
		{1, 0, math.NaN()},
		{math.Inf(1), 2, math.NaN()},
		{2, math.Inf(1), 2},
		{1e300, 3, 2}, // exact remainder of the binary value, below
	} {
		want := c[2]
		if c[0] == 1e300 {
			x, _ := new(big.Float).SetFloat64(1e300).Int(nil)
			want = float64(x.Mod(x, big.NewInt(3)).Int64())
		}
		var d, s [1]float64
		ModFloat64(d[:], c[:1], c[1:2])
		ModFloat32(s[:], c[:1], c[1:2])
		if !sameFloat(d[0], want) || !sameFloat(s[0], want) {
			t.Errorf("%v %% %v = %v, want %v", c[0], c[1], d[0], want)
		}
	}
}

// Each decimal kernel over random operands and rescale factors is held
// against the scalar operation of sql/decimal, itself tested against math/big.
func TestDecimals(t *testing.T) {
	type scalar func(a, b decimal.Int128, aBy, bBy int) (decimal.Int128, bool)
	add, sub, mod := scalar(decimal.Add), scalar(decimal.Sub), scalar(decimal.Mod)
	mul := func(a, b decimal.Int128, _, _ int) (decimal.Int128, bool) { return decimal.Mul(a, b) }
	div := func(a, b decimal.Int128, by, _ int) (decimal.Int128, bool) { return decimal.Div(a, b, by) }
	a64, b64 := random64s(3), random64s(4)
	a128, b128 := random128s(5), random128s(6)
	var none [testRows]decimal.Int128

	wide64 := func(f func(dst []decimal.Int128, a, b []int64, aBy, bBy int) int) func(aBy, bBy int) ([]decimal.Int128, map[int]bool) {
		return func(aBy, bBy int) ([]decimal.Int128, map[int]bool) {
			dst := slices.Clone(none[:])
			return dst, badRows(testRows, func(from int) int { return f(dst[from:], a64[from:], b64[from:], aBy, bBy) })
		}
	}
	narrow := func(f func(dst, a, b []int64, aBy, bBy int) int) func(aBy, bBy int) ([]decimal.Int128, map[int]bool) {
		return func(aBy, bBy int) ([]decimal.Int128, map[int]bool) {
			dst := make([]int64, testRows)
			bad := badRows(testRows, func(from int) int { return f(dst[from:], a64[from:], b64[from:], aBy, bBy) })
			out := slices.Clone(none[:])
			Widen(out, dst)
			return out, bad
		}
	}
	wide := func(f func(dst, a, b []decimal.Int128, aBy, bBy int) int) func(aBy, bBy int) ([]decimal.Int128, map[int]bool) {
		return func(aBy, bBy int) ([]decimal.Int128, map[int]bool) {
			dst := slices.Clone(none[:])
			return dst, badRows(testRows, func(from int) int { return f(dst[from:], a128[from:], b128[from:], aBy, bBy) })
		}
	}
	for _, c := range []struct {
		name    string
		run     func(aBy, bBy int) ([]decimal.Int128, map[int]bool)
		want    scalar
		operand int  // bits of the operands
		narrow  bool // a row may also be bad because the result leaves 64 bits
		divides bool
		maxBy   int
	}{
		{"AddDecimal64", wide64(AddDecimal64), add, 64, false, false, 38},
		{"SubDecimal64", wide64(SubDecimal64), sub, 64, false, false, 38},
		{"MulDecimal64", wide64(func(dst []decimal.Int128, a, b []int64, _, _ int) int { MulDecimal64(dst, a, b); return -1 }), mul, 64, false, false, 0},
		{"DivDecimal64", wide64(func(dst []decimal.Int128, a, b []int64, by, _ int) int { return DivDecimal64(dst, a, b, by) }), div, 64, false, true, 40},
		{"AddDecimalNarrow", narrow(AddDecimalNarrow), add, 64, true, false, 20},
		{"SubDecimalNarrow", narrow(SubDecimalNarrow), sub, 64, true, false, 20},
		{"MulDecimalNarrow", narrow(func(dst, a, b []int64, _, _ int) int { return MulDecimalNarrow(dst, a, b) }), mul, 64, true, false, 0},
		{"DivDecimalNarrow", narrow(func(dst, a, b []int64, by, _ int) int { return DivDecimalNarrow(dst, a, b, by) }), div, 64, true, true, 20},
		{"ModDecimalShort", narrow(ModDecimalShort), mod, 64, false, true, 18},
		{"AddDecimal", wide(AddDecimal), add, 128, false, false, 38},
		{"SubDecimal", wide(SubDecimal), sub, 128, false, false, 38},
		{"MulDecimal", wide(func(dst, a, b []decimal.Int128, _, _ int) int { return MulDecimal(dst, a, b) }), mul, 128, false, false, 0},
		{"DivDecimal", wide(func(dst, a, b []decimal.Int128, by, _ int) int { return DivDecimal(dst, a, b, by) }), div, 128, false, true, 40},
		{"ModDecimal", wide(ModDecimal), mod, 128, false, true, 38},
	} {
		for _, by := range [][2]int{{0, 0}, {1, 0}, {0, 2}, {9, 0}, {0, 18}, {20, 0}, {0, 25}, {38, 0}, {39, 0}} {
			if max(by[0], by[1]) > c.maxBy {
				continue
			}
			got, bad := c.run(by[0], by[1])
			for i := range got {
				x, y := a128[i], b128[i]
				if c.operand == 64 {
					x, y = decimal.FromInt64(a64[i]), decimal.FromInt64(b64[i])
				}
				var want decimal.Int128
				ok := !c.divides || y.Sign() != 0
				if ok {
					want, ok = c.want(x, y, by[0], by[1])
				}
				if bad[i] {
					// A narrow kernel also gives up where the result, or an operand
					// once rescaled, leaves 64 bits. (A quotient is not compared at
					// the very limits: DivDecimalNarrow stops one early.)
					_, xFits := decimal.Rescale64(x.Int64(), by[0])
					_, yFits := decimal.Rescale64(y.Int64(), by[1])
					steps := c.divides || xFits && yFits
					inside := want.Abs().Cmp(decimal.FromInt64(math.MaxInt64)) < 0
					mayFail := c.narrow && (max(by[0], by[1]) > 18 || !steps || !inside)
					if ok && !mayFail {
						t.Fatalf("%s of %v, %v by %v is bad, want %v", c.name, x, y, by, want)
					}
					continue
				}
				if !ok || got[i] != want {
					t.Fatalf("%s of %v, %v by %v = %v, want %v, %v", c.name, x, y, by, got[i], want, ok)
				}
			}
		}
	}
	neg := make([]decimal.Int128, testRows)
	NegDecimal(neg, a128)
	for i := range neg {
		if neg[i] != a128[i].Neg() {
			t.Fatal("NegDecimal")
		}
	}
	dst := make([]int64, testRows)
	bad := badRows(testRows, func(from int) int { return Narrow(dst[from:], a128[from:]) })
	for i, v := range a128 {
		if bad[i] == v.IsInt64() || !bad[i] && dst[i] != v.Int64() {
			t.Fatalf("Narrow(%v) = %d, bad %v", v, dst[i], bad[i])
		}
	}
}

// Short decimals within their declared precision: the wrapping kernels must
// agree with the exact ones, as no result of 18 digits or less can wrap.
func TestShortDecimals(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 3000 {
		p1, p2 := 1+r.IntN(18), 1+r.IntN(18)
		s1, s2 := r.IntN(p1+1), r.IntN(p2+1)
		one := func(p int) int64 {
			v := r.Int64N(decimal.Pow10Int64(p))
			if r.IntN(2) == 0 {
				v = -v
			}
			return v
		}
		a, b := []int64{one(p1)}, []int64{one(p2)}
		x, y := decimal.FromInt64(a[0]), decimal.FromInt64(b[0])
		aBy, bBy := decimal.AddRescale(s1, s2)
		dst := make([]int64, 1)
		same := func(op string, want decimal.Int128, ok bool) {
			t.Helper()
			if !ok || decimal.FromInt64(dst[0]) != want {
				t.Fatalf("decimal(%d,%d) %d %s decimal(%d,%d) %d = %d, want %v %v", p1, s1, a[0], op, p2, s2, b[0], dst[0], want, ok)
			}
		}
		if p, _, _ := decimal.AddType(p1, s1, p2, s2); p <= 18 {
			AddDecimalShort(dst, a, b, aBy, bBy)
			want, ok := decimal.Add(x, y, aBy, bBy)
			same("+", want, ok)
			SubDecimalShort(dst, a, b, aBy, bBy)
			want, ok = decimal.Sub(x, y, aBy, bBy)
			same("-", want, ok)
		}
		if p, _, ok := decimal.MulType(p1, s1, p2, s2); ok && p <= 18 {
			MulDecimalShort(dst, a, b)
			want, ok := decimal.Mul(x, y)
			same("*", want, ok)
		}
		if p, _, _ := decimal.DivType(p1, s1, p2, s2); p <= 18 {
			by := decimal.DivRescale(s1, s2)
			if bad := DivDecimalShort(dst, a, b, by); (bad == 0) != (b[0] == 0) {
				t.Fatalf("%d / %d: bad %d", a[0], b[0], bad)
			} else if bad < 0 {
				want, ok := decimal.Div(x, y, by)
				same("/", want, ok)
			}
		}
		NegDecimalShort(dst, a)
		same("neg", x.Neg(), true)
	}
	dst := []int64{0}
	AddDecimalShort(dst, []int64{math.MaxInt64}, []int64{1}, 0, 0)
	if dst[0] != math.MinInt64 {
		t.Error("short addition did not wrap as Trino's does")
	}
}

func compareAll[E any](t *testing.T, name string, vals []E, cmp func(x, y E) int, run [4]func(dst []bool, a, b []E)) {
	t.Helper()
	var a, b []E
	for _, x := range vals {
		for _, y := range vals {
			a, b = append(a, x), append(b, y)
		}
	}
	dst := make([]bool, len(a))
	for op, k := range run {
		k(dst, a, b)
		for i := range dst {
			c := cmp(a[i], b[i])
			want := [4]bool{c == 0, c != 0, c == -1, c == -1 || c == 0}[op]
			if dst[i] != want {
				t.Errorf("%s: operator %d of %v, %v = %v", name, op, a[i], b[i], dst[i])
			}
		}
	}
}

func TestCompare(t *testing.T) {
	ints := []int64{math.MinInt64, -1, 0, 1, 5, math.MaxInt64}
	compareAll(t, "int64", ints, func(x, y int64) int { return big.NewInt(x).Cmp(big.NewInt(y)) },
		[4]func([]bool, []int64, []int64){Equal[int64], NotEqual[int64], Less[int64], LessOrEqual[int64]})
	floats := []float64{math.Inf(-1), -1, math.Copysign(0, -1), 0, 0.5, math.Inf(1), math.NaN()}
	unordered := 2 // NaN: neither equal nor less nor greater
	compareAll(t, "float64", floats, func(x, y float64) int {
		if x != x || y != y {
			return unordered
		}
		return new(big.Float).SetFloat64(x).Cmp(new(big.Float).SetFloat64(y))
	}, [4]func([]bool, []float64, []float64){Equal[float64], NotEqual[float64], Less[float64], LessOrEqual[float64]})
	// Characters beyond the basic plane come after U+FFFF in UTF-8, not in UTF-16.
	texts := []string{"", "A", "a", "aa", "é", "\uffff", "\U00010000", "\xff"}
	compareAll(t, "string", texts, strings.Compare,
		[4]func([]bool, []string, []string){Equal[string], NotEqual[string], Less[string], LessOrEqual[string]})
	compareAll(t, "bool", []bool{false, true}, func(x, y bool) int {
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	}, [4]func([]bool, []bool, []bool){EqualBool, NotEqualBool, LessBool, LessOrEqualBool})
	var wides []decimal.Int128
	for _, v := range ints {
		wides = append(wides, decimal.FromInt64(v), decimal.AddWrap(decimal.FromInt64(v), decimal.Pow10(30)), decimal.SubWrap(decimal.FromInt64(v), decimal.Pow10(30)))
	}
	compareAll(t, "Int128", wides, func(x, y decimal.Int128) int { return x.Big().Cmp(y.Big()) },
		[4]func([]bool, []decimal.Int128, []decimal.Int128){EqualInt128, NotEqualInt128, LessInt128, LessOrEqualInt128})
	var instants []types.Instant
	for _, z := range []types.Zone{0, 900} {
		for _, ms := range []int64{-1, 0, 1} {
			for _, ps := range []int32{0, 1, 999_999_999} {
				instants = append(instants, types.Instant{Millis: ms, Picos: ps, Zone: z})
			}
		}
	}
	compareAll(t, "Instant", instants, func(x, y types.Instant) int {
		picos := func(v types.Instant) *big.Int {
			b := new(big.Int).Mul(big.NewInt(v.Millis), big.NewInt(1_000_000_000))
			return b.Add(b, big.NewInt(int64(v.Picos)))
		}
		return picos(x).Cmp(picos(y))
	}, [4]func([]bool, []types.Instant, []types.Instant){EqualInstant, NotEqualInstant, LessInstant, LessOrEqualInstant})

	got := make([]int64, 3)
	UTCOfDay(got, []types.TimeOfDayTZ{{Picos: 0, Offset: 60}, {Picos: picosPerDay - 1, Offset: -1}, {Picos: 5 * picosPerMinute, Offset: 5}})
	if want := []int64{picosPerDay - 60*picosPerMinute, picosPerMinute - 1, 0}; !slices.Equal(got, want) {
		t.Errorf("UTCOfDay = %v, want %v", got, want)
	}
	same := make([]bool, 4)
	SameFloat64(same, []float64{math.NaN(), 0, 1, math.NaN()}, []float64{math.NaN(), math.Copysign(0, -1), 2, 1})
	if !slices.Equal(same, []bool{true, true, false, false}) {
		t.Errorf("SameFloat64 = %v", same)
	}
}

// Every combination of true, false and NULL, in lengths that are not round.
func TestLogic(t *testing.T) {
	type tri struct{ v, null bool }
	states := []tri{{false, false}, {true, false}, {false, true}, {true, true}} // what a NULL row holds is arbitrary
	var a, an, b, bn []bool
	for range 3 {
		for _, x := range states {
			for _, y := range states {
				a, an, b, bn = append(a, x.v), append(an, x.null), append(b, y.v), append(bn, y.null)
			}
		}
	}
	flag := func(nulls []bool, i int) bool { return nulls != nil && nulls[i] }
	for _, c := range []struct{ an, bn []bool }{{an, bn}, {an, nil}, {nil, bn}, {nil, nil}} {
		for _, and := range []bool{true, false} {
			dst, dn := make([]bool, len(a)), make([]bool, len(a))
			k := Or
			if and {
				k = And
			}
			any := k(dst, dn, a, c.an, b, c.bn)
			for i := range a {
				xn, yn := flag(c.an, i), flag(c.bn, i)
				decides := !and // the value that decides alone
				var want tri
				switch {
				case !xn && a[i] == decides || !yn && b[i] == decides:
					want.v = decides
				case xn || yn:
					want.null = true
				default:
					want.v = !decides
				}
				if dn[i] != want.null || !want.null && dst[i] != want.v || want.null && dst[i] {
					t.Errorf("and=%v of %v/%v, %v/%v = %v/%v", and, a[i], xn, b[i], yn, dst[i], dn[i])
				}
			}
			if any != AnyTrue(dn) {
				t.Errorf("anyNull = %v", any)
			}
			// In place, over the left operand.
			if c.an != nil {
				d2, n2 := slices.Clone(a), slices.Clone(an)
				k(d2, n2, d2, n2, b, c.bn)
				if !slices.Equal(d2, dst) || !slices.Equal(n2, dn) {
					t.Error("in place differs")
				}
			}
		}
		merged := make([]bool, len(a))
		MergeNulls(merged, c.an, c.bn)
		got := make([]bool, len(a))
		same := make([]bool, len(a))
		EqualBool(same, a, b)
		NotDistinct(got, same, c.an, c.bn)
		for i := range a {
			xn, yn := flag(c.an, i), flag(c.bn, i)
			if merged[i] != (xn || yn) {
				t.Error("MergeNulls")
			}
			if want := xn && yn || !xn && !yn && a[i] == b[i]; got[i] != want {
				t.Errorf("NotDistinct of %v/%v, %v/%v = %v", a[i], xn, b[i], yn, got[i])
			}
		}
	}
	not := make([]bool, len(a))
	Not(not, a)
	n := 0
	for i := range a {
		if not[i] == a[i] {
			t.Error("Not")
		}
		if a[i] {
			n++
		}
	}
	if CountTrue(a) != n || CountTrue(nil) != 0 || AnyTrue(nil) || AnyTrue(make([]bool, 9)) || !AnyTrue([]bool{false, true}) {
		t.Error("CountTrue or AnyTrue")
	}
}

func TestSelect(t *testing.T) {
	for _, n := range []int{0, 1, 7, 1000} {
		vals, nulls := randomNulls(1, n, 2), randomNulls(2, n, 3)
		in := make([]int32, n)
		for i := range in {
			in[i] = int32(3*i + 1)
		}
		for _, nu := range [][]bool{nil, nulls} {
			var want, wantFrom []int32
			for i := range vals {
				if vals[i] && (nu == nil || !nu[i]) {
					want, wantFrom = append(want, int32(i)), append(wantFrom, in[i])
				}
			}
			if got := Select(nil, vals, nu); !slices.Equal(got, want) {
				t.Fatalf("Select of %d rows = %v, want %v", n, got, want)
			}
			if got := SelectFrom(make([]int32, 2), in, vals, nu); !slices.Equal(got, wantFrom) {
				t.Fatalf("SelectFrom of %d rows = %v, want %v", n, got, wantFrom)
			}
			own := slices.Clone(in)
			if got := SelectFrom(own, own, vals, nu); !slices.Equal(got, wantFrom) {
				t.Fatalf("SelectFrom in place = %v, want %v", got, wantFrom)
			}
		}
	}
}

func TestCasts(t *testing.T) {
	f := randomFloats(9)
	// The nearest integer, half away from zero, exactly.
	nearest := func(x float64) (*big.Int, bool) {
		if x != x || math.IsInf(x, 0) {
			return nil, false
		}
		half := new(big.Rat).SetFrac64(1, 2)
		r := new(big.Rat).SetFloat64(math.Abs(x))
		r.Add(r, half)
		q := new(big.Int).Quo(r.Num(), r.Denom())
		if x < 0 {
			q.Neg(q)
		}
		return q, true
	}
	dst := make([]int64, testRows)
	bad := badRows(testRows, func(from int) int { return Float64ToInt64(dst[from:], f[from:]) })
	for i, x := range f {
		q, ok := nearest(x)
		ok = ok && q.IsInt64()
		if bad[i] == ok || ok && dst[i] != q.Int64() {
			t.Fatalf("Float64ToInt64(%v) = %d, bad %v, want %v", x, dst[i], bad[i], q)
		}
	}
	for _, w := range [][2]int64{{math.MinInt8, math.MaxInt8}, {math.MinInt16, math.MaxInt16}, {math.MinInt32, math.MaxInt32}} {
		bad := badRows(testRows, func(from int) int { return Float64ToIntRange(dst[from:], f[from:], w[0], w[1]) })
		for i, x := range f {
			q, ok := nearest(x)
			ok = ok && q.Cmp(big.NewInt(w[0])) >= 0 && q.Cmp(big.NewInt(w[1])) <= 0
			if bad[i] == ok || ok && dst[i] != q.Int64() {
				t.Fatalf("Float64ToIntRange(%v, %v) = %d, bad %v, want %v", x, w, dst[i], bad[i], q)
			}
		}
	}
	bad = badRows(testRows, func(from int) int { return Float32ToInt64(dst[from:], f[from:]) })
	for i, x := range f {
		want, ok := int64(0), x == x
		switch q, finite := nearest(x); {
		case finite && q.IsInt64():
			want = q.Int64()
		case x > 0:
			want = math.MaxInt64
		default:
			want = math.MinInt64
		}
		if bad[i] == ok || ok && dst[i] != want {
			t.Fatalf("Float32ToInt64(%v) = %d, bad %v, want %d", x, dst[i], bad[i], want)
		}
	}
	ints := random64s(10)
	out := make([]float64, testRows)
	Int64ToFloat64(out, ints)
	for i, v := range ints {
		if want, _ := strconv.ParseFloat(strconv.FormatInt(v, 10), 64); out[i] != want {
			t.Fatalf("Int64ToFloat64(%d) = %v", v, out[i])
		}
	}
	Int64ToFloat32(out, ints)
	for i, v := range ints {
		if want, _ := strconv.ParseFloat(strconv.FormatInt(v, 10), 32); out[i] != want {
			t.Fatalf("Int64ToFloat32(%d) = %v, want %v", v, out[i], want)
		}
	}
	Float64ToFloat32(out, f)
	for i := range f {
		if !sameFloat(out[i], float64(float32(f[i]))) {
			t.Fatalf("Float64ToFloat32(%v)", f[i])
		}
	}
	bad = badRows(testRows, func(from int) int { return CheckRange(ints[from:], -128, 127) })
	for i, v := range ints {
		if bad[i] != (v < -128 || v > 127) {
			t.Fatalf("CheckRange(%d)", v)
		}
	}
	bools := make([]bool, testRows)
	Int64ToBool(bools, ints)
	BoolToInt64(dst, bools)
	BoolToFloat64(out, bools)
	for i, v := range ints {
		if bools[i] != (v != 0) || dst[i] != map[bool]int64{true: 1}[bools[i]] || out[i] != float64(dst[i]) {
			t.Fatalf("bool of %d", v)
		}
	}
	Float64ToBool(bools, f)
	for i, v := range f {
		if bools[i] == (v == 0) {
			t.Fatalf("bool of %v", v)
		}
	}
}

func TestDecimalCasts(t *testing.T) {
	ints, wides, f := random64s(11), random128s(12), randomFloats(13)
	d64, d128, out := make([]int64, testRows), make([]decimal.Int128, testRows), make([]float64, testRows)
	for _, c := range [][2]int{{0, 1}, {0, 10}, {0, 18}, {0, 19}, {2, 12}, {-3, 5}, {-3, 38}, {18, 18}, {20, 38}, {-20, 3}, {38, 38}} {
		by, p := c[0], c[1]
		bad := badRows(testRows, func(from int) int { return RescaleNarrow(d64[from:], ints[from:], by, p) })
		for i, v := range ints {
			want, ok := decimal.Cast(decimal.FromInt64(v), by, p)
			ok = ok && want.IsInt64()
			if bad[i] == ok || ok && d64[i] != want.Int64() {
				t.Fatalf("RescaleNarrow(%d, %v) = %d, bad %v, want %v", v, c, d64[i], bad[i], want)
			}
		}
		bad = badRows(testRows, func(from int) int { return Rescale64(d128[from:], ints[from:], by, p) })
		for i, v := range ints {
			if want, ok := decimal.Cast(decimal.FromInt64(v), by, p); bad[i] == ok || ok && d128[i] != want {
				t.Fatalf("Rescale64(%d, %v) = %v, bad %v, want %v", v, c, d128[i], bad[i], want)
			}
		}
		bad = badRows(testRows, func(from int) int { return Rescale(d128[from:], wides[from:], by, p) })
		for i, v := range wides {
			if want, ok := decimal.Cast(v, by, p); bad[i] == ok || ok && d128[i] != want {
				t.Fatalf("Rescale(%v, %v) = %v, bad %v, want %v", v, c, d128[i], bad[i], want)
			}
		}
		scale := max(by, 0)
		for _, w := range [][2]int64{{math.MinInt8, math.MaxInt8}, {math.MinInt64, math.MaxInt64}} {
			bad = badRows(testRows, func(from int) int { return DecimalToInt(d64[from:], wides[from:], scale, w[0], w[1]) })
			for i, v := range wides {
				want, ok := decimal.ToInt64(v, scale)
				ok = ok && want >= w[0] && want <= w[1]
				if bad[i] == ok || ok && d64[i] != want {
					t.Fatalf("DecimalToInt(%v, %d) = %d, bad %v, want %d", v, scale, d64[i], bad[i], want)
				}
			}
			bad = badRows(testRows, func(from int) int { return ShortDecimalToInt(d64[from:], ints[from:], scale, w[0], w[1]) })
			for i, v := range ints {
				want, ok := decimal.ToInt64(decimal.FromInt64(v), scale)
				ok = ok && want >= w[0] && want <= w[1]
				if bad[i] == ok || ok && d64[i] != want {
					t.Fatalf("ShortDecimalToInt(%d, %d) = %d, bad %v, want %d", v, scale, d64[i], bad[i], want)
				}
			}
		}
		DecimalToFloat64(out, wides, scale)
		for i, v := range wides {
			if want, _ := strconv.ParseFloat(decimal.Format(v, scale), 64); out[i] != want {
				t.Fatalf("DecimalToFloat64(%v, %d) = %v, want %v", v, scale, out[i], want)
			}
		}
		DecimalToFloat32(out, wides, scale)
		for i, v := range wides {
			if want, _ := strconv.ParseFloat(decimal.Format(v, scale), 32); out[i] != want {
				t.Fatalf("DecimalToFloat32(%v, %d) = %v, want %v", v, scale, out[i], want)
			}
		}
		if scale <= 18 {
			ShortDecimalToFloat64(out, ints, scale)
			for i, v := range ints {
				if want := float64(v) / float64(decimal.Pow10Int64(scale)); out[i] != want {
					t.Fatalf("ShortDecimalToFloat64(%d, %d) = %v", v, scale, out[i])
				}
			}
			ShortDecimalToFloat32(out, ints, scale)
			for i, v := range ints {
				if want := float64(float32(v) / float32(decimal.Pow10Int64(scale))); out[i] != want {
					t.Fatalf("ShortDecimalToFloat32(%d, %d) = %v", v, scale, out[i])
				}
			}
		}
		s := min(scale, p)
		bad = badRows(testRows, func(from int) int { return Float64ToDecimal(d128[from:], f[from:], p, s) })
		for i, x := range f {
			want, ok := decimal.FromFloat64(x, p, s)
			if bad[i] == ok || ok && d128[i] != want {
				t.Fatalf("Float64ToDecimal(%v, %d, %d) = %v", x, p, s, d128[i])
			}
		}
		bad = badRows(testRows, func(from int) int { return Float32ToDecimal(d128[from:], f[from:], p, s) })
		for i, x := range f {
			want, ok := decimal.FromFloat32(float32(x), p, s)
			if bad[i] == ok || ok && d128[i] != want {
				t.Fatalf("Float32ToDecimal(%v, %d, %d) = %v", x, p, s, d128[i])
			}
		}
	}
	bools := make([]bool, testRows)
	DecimalToBool(bools, wides)
	for i, v := range wides {
		if bools[i] != (v.Sign() != 0) {
			t.Fatalf("DecimalToBool(%v)", v)
		}
	}
}
