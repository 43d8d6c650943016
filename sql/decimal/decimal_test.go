package decimal

// Every operation against math/big, over values that crowd the limits. The
// reference rules are written out here from semantics 5.3 to 5.6, not shared
// with the code.

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"
)

var (
	bigTen    = big.NewInt(10)
	two127    = new(big.Int).Lsh(big.NewInt(1), 127)
	two128    = new(big.Int).Lsh(big.NewInt(1), 128)
	bigLimit  = bigPow(38)
	rounds    = 50_000
	edgeExtra = []int64{-2, -1, 0, 1, 2}
)

func bigPow(n int) *big.Int { return new(big.Int).Exp(bigTen, big.NewInt(int64(n)), nil) }

// sample draws a value of a random size, often next to a power of ten or two,
// or next to half of one, where rounding and overflow turn.
func sample(r *rand.Rand) Int128 {
	var v Int128
	switch r.IntN(6) {
	case 0:
		v = FromInt64(int64(r.Uint64()) >> r.IntN(64))
	case 1:
		v = Int128{Hi: int64(r.Uint64()) >> (1 + r.IntN(63)), Lo: r.Uint64()}
	case 2:
		v = Pow10(r.IntN(39))
	case 3:
		v, _ = MulOK(Pow10(r.IntN(38)), FromInt64(5))
	case 4:
		n := r.IntN(127)
		if n < 64 {
			v = Int128{Lo: 1 << n}
		} else {
			v = Int128{Hi: 1 << (n - 64)}
		}
	default:
		v, _ = MulOK(Pow10(r.IntN(20)), FromInt64(int64(r.Uint32())))
	}
	if r.IntN(2) == 0 {
		v = AddWrap(v, FromInt64(edgeExtra[r.IntN(len(edgeExtra))]))
	}
	if r.IntN(2) == 0 {
		v = v.Neg()
	}
	return v
}

// sampleDecimal draws a value of at most 38 digits.
func sampleDecimal(r *rand.Rand) Int128 {
	for {
		if v := sample(r); FitsPrecision(v, 38) {
			return v
		}
	}
}

// fits128 is Trino's range for a step: Int128 without its smallest value.
func fits128(b *big.Int) bool { return new(big.Int).Abs(b).Cmp(two127) < 0 }

func fits38(b *big.Int) bool { return new(big.Int).Abs(b).Cmp(bigLimit) < 0 }

// divHalfUp rounds a/b half away from zero.
func divHalfUp(a, b *big.Int) *big.Int {
	q, m := new(big.Int).QuoRem(a, b, new(big.Int))
	m.Abs(m).Lsh(m, 1)
	if m.CmpAbs(b) >= 0 {
		if a.Sign()*b.Sign() < 0 {
			q.Sub(q, big.NewInt(1))
		} else {
			q.Add(q, big.NewInt(1))
		}
	}
	return q
}

// check compares a result with the reference, which is nil where it must fail.
func check(t *testing.T, got Int128, ok bool, want *big.Int, what string, args ...any) {
	t.Helper()
	if ok != (want != nil) {
		t.Fatalf("%s%v: ok %v, want %v (%v)", what, args, ok, want != nil, want)
	}
	if ok && got.Big().Cmp(want) != 0 {
		t.Fatalf("%s%v = %v, want %v", what, args, got, want)
	}
}

func orNil(b *big.Int, ok bool) *big.Int {
	if ok {
		return b
	}
	return nil
}

func TestPow10AndLimits(t *testing.T) {
	for n := 0; n <= 38; n++ {
		if Pow10(n).Big().Cmp(bigPow(n)) != 0 {
			t.Errorf("Pow10(%d) = %v", n, Pow10(n))
		}
		for _, d := range edgeExtra {
			v := AddWrap(Pow10(n), FromInt64(d))
			want := new(big.Int).Abs(v.Big()).Cmp(bigPow(n)) < 0
			if FitsPrecision(v, n) != want || FitsPrecision(v.Neg(), n) != want {
				t.Errorf("FitsPrecision(%v, %d) is not %v", v, n, want)
			}
			if v.IsInt64() && FitsPrecision64(v.Int64(), n) != want {
				t.Errorf("FitsPrecision64(%v, %d) is not %v", v, n, want)
			}
			if got, want := Digits(v), len(v.Abs().Big().String()); got != want {
				t.Errorf("Digits(%v) = %d, want %d", v, got, want)
			}
		}
		if n <= 18 && Pow10Int64(n) != Pow10(n).Int64() {
			t.Errorf("Pow10Int64(%d)", n)
		}
	}
	if MaxUnscaled38 != SubWrap(Pow10(38), FromInt64(1)) {
		t.Errorf("MaxUnscaled38 = %v", MaxUnscaled38)
	}
	if FitsPrecision64(math.MinInt64, 18) || !FitsPrecision64(math.MinInt64, 19) {
		t.Error("FitsPrecision64 of the smallest int64")
	}
}

func TestIntegerArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	smallest := Int128{Hi: math.MinInt64}
	for range rounds {
		a, b := sample(r), sample(r)
		if r.IntN(50) == 0 {
			a = smallest
		}
		ab, bb := a.Big(), b.Big()
		if back, ok := FromBig(ab); !ok || back != a {
			t.Fatalf("FromBig(%v) = %v, %v", ab, back, ok)
		}
		if a.Cmp(b) != ab.Cmp(bb) || a.Sign() != ab.Sign() {
			t.Fatalf("Cmp or Sign of %v, %v", a, b)
		}
		in128 := func(x *big.Int) bool { _, ok := FromBig(x); return ok }
		sum, diff, prod := new(big.Int).Add(ab, bb), new(big.Int).Sub(ab, bb), new(big.Int).Mul(ab, bb)
		v, ok := AddOK(a, b)
		check(t, v, ok, orNil(sum, in128(sum)), "AddOK", a, b)
		v, ok = SubOK(a, b)
		check(t, v, ok, orNil(diff, in128(diff)), "SubOK", a, b)
		v, ok = MulOK(a, b)
		check(t, v, ok, orNil(prod, fits128(prod)), "MulOK", a, b)
		v, ok = NegOK(a)
		check(t, v, ok, orNil(new(big.Int).Neg(ab), a != smallest), "NegOK", a)
		v, ok = AbsOK(a)
		check(t, v, ok, orNil(new(big.Int).Abs(ab), a != smallest), "AbsOK", a)
		wrapped := new(big.Int).Mod(sum, two128)
		if got := new(big.Int).Mod(AddWrap(a, b).Big(), two128); got.Cmp(wrapped) != 0 {
			t.Fatalf("AddWrap(%v, %v)", a, b)
		}
		x, y := int64(a.Lo), int64(b.Lo)
		if MulInt64(x, y).Big().Cmp(new(big.Int).Mul(big.NewInt(x), big.NewInt(y))) != 0 {
			t.Fatalf("MulInt64(%d, %d)", x, y)
		}
		if a.IsInt64() != ab.IsInt64() {
			t.Fatalf("IsInt64(%v)", a)
		}
	}
}

func TestDivWide(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	limb := func() uint64 {
		switch r.IntN(4) {
		case 0:
			return 0
		case 1:
			return ^uint64(0) - uint64(r.IntN(3))
		case 2:
			return 1<<63 + uint64(r.IntN(3)) - 1
		}
		return r.Uint64() >> r.IntN(64)
	}
	toBig := func(limbs ...uint64) *big.Int { // most significant first
		b := new(big.Int)
		for _, l := range limbs {
			b.Lsh(b, 64).Or(b, new(big.Int).SetUint64(l))
		}
		return b
	}
	for range rounds {
		n := uint256{limb(), limb(), limb(), limb()}
		dh, dl := limb(), limb()
		if dh|dl == 0 {
			continue
		}
		q, m := new(big.Int).QuoRem(toBig(n[3], n[2], n[1], n[0]), toBig(dh, dl), new(big.Int))
		qh, ql, rh, rl, ok := divWide(n, dh, dl)
		if ok != (q.BitLen() <= 128) || toBig(rh, rl).Cmp(m) != 0 || ok && toBig(qh, ql).Cmp(q) != 0 {
			t.Fatalf("divWide(%x, %x %x) = %x %x rest %x %x %v, want %x rest %x", n, dh, dl, qh, ql, rh, rl, ok, q, m)
		}
		p := mulWide(n[1], n[0], dh, dl)
		if toBig(p[3], p[2], p[1], p[0]).Cmp(new(big.Int).Mul(toBig(n[1], n[0]), toBig(dh, dl))) != 0 {
			t.Fatalf("mulWide(%x %x, %x %x)", n[1], n[0], dh, dl)
		}
	}
}

func TestRescale(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range rounds {
		v, by := sample(r), r.IntN(90)-45
		b := v.Big()
		if by >= 0 {
			want := new(big.Int).Mul(b, bigPow(by))
			want = orNil(want, fits128(want))
			for name, f := range map[string]func(Int128, int) (Int128, bool){
				"Rescale": Rescale, "RescaleTruncate": RescaleTruncate, "RescaleFloor": RescaleFloor, "RescaleCeil": RescaleCeil,
			} {
				got, ok := f(v, by)
				check(t, got, ok, want, name, v, by)
			}
		} else {
			d := bigPow(-by)
			got, ok := Rescale(v, by)
			check(t, got, ok, divHalfUp(b, d), "Rescale", v, by)
			got, ok = RescaleTruncate(v, by)
			check(t, got, ok, new(big.Int).Quo(b, d), "RescaleTruncate", v, by)
			floor := new(big.Int).Div(b, d) // Euclidean: floor for a positive divisor
			got, ok = RescaleFloor(v, by)
			check(t, got, ok, floor, "RescaleFloor", v, by)
			ceil := new(big.Int).Neg(new(big.Int).Div(new(big.Int).Neg(b), d))
			got, ok = RescaleCeil(v, by)
			check(t, got, ok, ceil, "RescaleCeil", v, by)
		}
		wide, wideOK := Rescale(v, by)
		p := 1 + r.IntN(38)
		got, ok := Cast(v, by, p)
		if ok != (wideOK && new(big.Int).Abs(wide.Big()).Cmp(bigPow(p)) < 0) || ok && got != wide {
			t.Fatalf("Cast(%v, %d, %d) = %v, %v", v, by, p, got, ok)
		}
		if v.IsInt64() {
			got, ok := Rescale64(v.Int64(), by)
			if ok != (wideOK && wide.IsInt64()) || ok && FromInt64(got) != wide {
				t.Fatalf("Rescale64(%v, %d) = %v, %v; want %v, %v", v, by, got, ok, wide, wideOK)
			}
			got, ok = Cast64(v.Int64(), by, p)
			if ok != (wideOK && wide.IsInt64() && FitsPrecision(wide, p)) || ok && FromInt64(got) != wide {
				t.Fatalf("Cast64(%v, %d, %d) = %v, %v", v, by, p, got, ok)
			}
		}
	}
}

func TestOperators(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range rounds {
		a, b := sampleDecimal(r), sampleDecimal(r)
		s1, s2 := r.IntN(39), r.IntN(39)
		aBy, bBy := AddRescale(s1, s2)
		ab, bb := new(big.Int).Mul(a.Big(), bigPow(aBy)), new(big.Int).Mul(b.Big(), bigPow(bBy))
		stepsFit := fits128(ab) && fits128(bb)

		sum := new(big.Int).Add(ab, bb)
		v, ok := Add(a, b, aBy, bBy)
		check(t, v, ok, orNil(sum, stepsFit && fits38(sum)), "Add", a, b, s1, s2)
		diff := new(big.Int).Sub(ab, bb)
		v, ok = Sub(a, b, aBy, bBy)
		check(t, v, ok, orNil(diff, stepsFit && fits38(diff)), "Sub", a, b, s1, s2)
		prod := new(big.Int).Mul(a.Big(), b.Big())
		v, ok = Mul(a, b)
		check(t, v, ok, orNil(prod, fits38(prod)), "Mul", a, b)
		if b.Sign() == 0 {
			continue
		}
		// a / b at scale max(s1, s2): a*10^-s1 / (b*10^-s2) * 10^max
		by := DivRescale(s1, s2)
		quo := divHalfUp(new(big.Int).Mul(a.Big(), bigPow(by)), b.Big())
		v, ok = Div(a, b, by)
		check(t, v, ok, orNil(quo, by < 38 && fits38(quo)), "Div", a, b, s1, s2)
		q, m := new(big.Int).QuoRem(ab, bb, new(big.Int))
		v, ok = Mod(a, b, aBy, bBy)
		check(t, v, ok, orNil(m, q.BitLen() <= 128), "Mod", a, b, s1, s2)
	}
}

func TestResultTypes(t *testing.T) {
	type rule func(p1, s1, p2, s2 int) (int, int, bool)
	for _, c := range []struct {
		name           string
		rule           rule
		p1, s1, p2, s2 int
		p, s           int
		ok             bool
	}{ // worked out by hand from the signatures in DecimalOperators; semantics 5.4
		{"add", AddType, 10, 0, 10, 0, 11, 0, true},
		{"add", AddType, 10, 2, 5, 4, 13, 4, true},
		{"add", AddType, 38, 0, 38, 38, 38, 38, true},
		{"mul", MulType, 10, 2, 5, 4, 15, 6, true},
		{"mul", MulType, 38, 20, 38, 20, 38, 40, false},
		{"div", DivType, 1, 0, 10, 0, 1, 0, true},   // DECIMAL '5' / 2
		{"div", DivType, 2, 1, 10, 0, 2, 1, true},   // 5.0 / 2
		{"div", DivType, 10, 0, 2, 1, 12, 1, true},  // 1 / 3.0
		{"div", DivType, 10, 0, 3, 2, 14, 2, true},  // 2 / 3.00
		{"div", DivType, 38, 0, 19, 0, 38, 0, true}, // sum(amount) / count(*)
		{"mod", ModType, 10, 2, 5, 4, 5, 4, true},
		{"mod", ModType, 38, 0, 38, 38, 38, 38, true},
		{"common", CommonType, 10, 0, 2, 1, 11, 1, true},
	} {
		p, s, ok := c.rule(c.p1, c.s1, c.p2, c.s2)
		if ok != c.ok || ok && (p != c.p || s != c.s) {
			t.Errorf("%s of (%d,%d) (%d,%d) = (%d,%d) %v, want (%d,%d) %v", c.name, c.p1, c.s1, c.p2, c.s2, p, s, ok, c.p, c.s, c.ok)
		}
	}
	// No type at all may come out narrower than its scale, except a product's.
	for p1 := 1; p1 <= 38; p1++ {
		for s1 := 0; s1 <= p1; s1++ {
			for p2 := 1; p2 <= 38; p2++ {
				for s2 := 0; s2 <= p2; s2++ {
					for i, f := range []rule{AddType, DivType, ModType, CommonType, MulType} {
						p, s, ok := f(p1, s1, p2, s2)
						if i == 4 {
							if ok != (s1+s2 <= 38) {
								t.Fatalf("MulType(%d,%d,%d,%d) ok %v", p1, s1, p2, s2, ok)
							}
							continue
						}
						if !ok || p < 1 || p > 38 || s < 0 || s > p {
							t.Fatalf("rule %d of (%d,%d,%d,%d) = (%d,%d) %v", i, p1, s1, p2, s2, p, s, ok)
						}
					}
				}
			}
		}
	}
}

func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 3000 {
		var all, left, right Sum
		want := new(big.Int)
		n := 1 + r.IntN(40)
		for range n {
			v := sampleDecimal(r)
			want.Add(want, v.Big())
			half := &left
			if r.IntN(2) == 0 {
				half = &right
			}
			for _, s := range []*Sum{&all, half} {
				if v.IsInt64() && r.IntN(2) == 0 {
					s.AddInt64(v.Int64())
				} else {
					s.Add(v)
				}
			}
		}
		left.Merge(right)
		if left != all {
			t.Fatalf("merged sum %v differs from the sum %v", left, all)
		}
		v, ok := all.Result()
		check(t, v, ok, orNil(want, fits38(want)), "Sum", n)
		// The count is independent of n here: a long column of repeats.
		count := int64(1 + r.IntN(1_000_000)>>r.IntN(20))
		scale := r.IntN(2) * 7
		avg := divHalfUp(want, big.NewInt(count))
		_, in128 := FromBig(want)
		v, ok = all.Avg(count, scale)
		check(t, v, ok, orNil(avg, fits38(avg) && (in128 || scale == 0)), "Avg", want, count, scale)
		left.Sub(right)
		left.Merge(right)
		left.Sub(all)
		if !left.IsZero() {
			t.Fatalf("sum minus itself = %v", left)
		}
	}
}

func TestSumTooLargeAtTheEndOnly(t *testing.T) {
	// semantics 5.5: intermediate overflow is tolerated, the final value checked.
	var s Sum
	for range 1000 {
		s.Add(MaxUnscaled38)
	}
	if _, ok := s.Result(); ok {
		t.Error("a sum of 41 digits passed")
	}
	if avg, ok := s.Avg(1000, 0); !ok || avg != MaxUnscaled38 {
		t.Errorf("avg = %v, %v", avg, ok)
	}
	for range 999 {
		s.Add(MaxUnscaled38.Neg())
	}
	if v, ok := s.Result(); !ok || v != MaxUnscaled38 {
		t.Errorf("sum = %v, %v", v, ok)
	}
	var two Sum // avg of 1, 2 in decimal(10,0) = 2
	two.AddInt64(1)
	two.AddInt64(2)
	if avg, ok := two.Avg(2, 0); !ok || avg != FromInt64(2) {
		t.Errorf("avg of 1 and 2 = %v", avg)
	}
}

func TestToFloat(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range rounds {
		v, scale := sampleDecimal(r), r.IntN(39)
		text := Format(v, scale)
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := ToFloat64(v, scale); got != want {
			t.Fatalf("ToFloat64(%s) = %v, want %v", text, got, want)
		}
		want32, err := strconv.ParseFloat(text, 32)
		if err != nil {
			t.Fatal(err)
		}
		if got := ToFloat32(v, scale); got != float32(want32) {
			t.Fatalf("ToFloat32(%s) = %v, want %v", text, got, want32)
		}
	}
	// Exact halves between two neighbouring floats, and their neighbours.
	for range rounds {
		f := math.Ldexp(float64(1<<53+r.Uint64N(1<<53)), r.IntN(60))
		mid, _ := new(big.Float).SetFloat64(f).Int(nil)
		ulp := new(big.Int).SetUint64(uint64(math.Nextafter(f, math.Inf(1)) - f))
		mid.Add(mid, ulp.Rsh(ulp, 1))
		mid.Add(mid, big.NewInt(int64(r.IntN(3)-1)))
		v, ok := FromBig(mid)
		if !ok || !FitsPrecision(v, 38) {
			continue
		}
		want, _ := new(big.Float).SetInt(mid).Float64()
		if got := ToFloat64(v, 0); got != want {
			t.Fatalf("ToFloat64(%v) = %v, want %v", v, got, want)
		}
	}
	// Trino divides short decimals as doubles: two roundings, by its source.
	v := int64(999999999999999999)
	if got, want := ShortToFloat64(v, 3), float64(v)/1000; got != want {
		t.Errorf("ShortToFloat64 = %v, want %v", got, want)
	}
	if got, want := ShortToFloat32(v, 3), float32(v)/float32(1000); got != want {
		t.Errorf("ShortToFloat32 = %v, want %v", got, want)
	}
}

func TestFromFloat(t *testing.T) {
	for _, c := range []struct {
		f    float64
		p, s int
		want string // "" where it does not fit
	}{
		{0, 1, 0, "0"},
		{math.Copysign(0, -1), 1, 0, "0"},
		{0.1, 38, 20, "0.10000000000000000000"}, // shortest text, not the binary value
		{1.0 / 3, 38, 38, "0.33333333333333330000000000000000000000"},
		{2.5, 1, 0, "3"},
		{-2.5, 1, 0, "-3"},
		{0.49999999999999994, 1, 0, "0"},
		{9.5, 1, 0, ""},
		{1e23, 38, 0, "100000000000000000000000"},
		{1e38, 38, 0, ""},
		{9.99999999999999e37, 38, 0, "99999999999999900000000000000000000000"},
		{1e300, 38, 0, ""},
		{5e-324, 38, 38, "0.00000000000000000000000000000000000000"},
		{math.NaN(), 38, 0, ""},
		{math.Inf(1), 38, 0, ""},
		{math.Inf(-1), 38, 0, ""},
	} {
		v, ok := FromFloat64(c.f, c.p, c.s)
		if ok != (c.want != "") || ok && Format(v, c.s) != c.want {
			t.Errorf("FromFloat64(%v, %d, %d) = %s, %v, want %q", c.f, c.p, c.s, Format(v, c.s), ok, c.want)
		}
	}
	if v, ok := FromFloat32(0.1, 38, 10); !ok || Format(v, 10) != "0.1000000000" {
		t.Errorf("FromFloat32(0.1) = %v", v)
	}
	r := rand.New(rand.NewPCG(7, 7))
	for range rounds {
		f := math.Float64frombits(r.Uint64())
		if r.IntN(2) == 0 {
			f = math.Ldexp(r.Float64()-0.5, r.IntN(140)-10)
		}
		if r.IntN(2) == 0 { // few decimals, and the neighbours of such numbers
			f = float64(r.Int64N(1<<r.IntN(62)+1)-1<<20) / exact10[r.IntN(12)]
			if r.IntN(4) == 0 {
				f = math.Nextafter(f, 0)
			}
		}
		p := 1 + r.IntN(38)
		s := r.IntN(p + 1)
		want, status := ParseJava(strconv.FormatFloat(f, 'e', -1, 64), p, s)
		got, ok := FromFloat64(f, p, s)
		if ok != (status == ParseOK) || ok && got != want {
			t.Fatalf("FromFloat64(%v, %d, %d) = %v, %v, want %v, %v", f, p, s, got, ok, want, status)
		}
	}
}

func TestToInt64(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range rounds {
		v, s := sampleDecimal(r), r.IntN(39)
		want := divHalfUp(v.Big(), bigPow(s))
		got, ok := ToInt64(v, s)
		check(t, FromInt64(got), ok, orNil(want, want.IsInt64()), "ToInt64", v, s)
		if v.IsInt64() {
			check(t, FromInt64(ShortToInt64(v.Int64(), s)), true, want, "ShortToInt64", v, s)
		}
		if i := int64(v.Lo); true {
			p := 1 + r.IntN(38)
			want := new(big.Int).Mul(big.NewInt(i), bigPow(s))
			got, ok := FromInt64Scaled(i, p, s)
			check(t, got, ok, orNil(want, want.CmpAbs(bigPow(p)) < 0), "FromInt64Scaled", i, p, s)
		}
	}
}

// Every small case: rounding is wrong near halves and at signs, if anywhere.
func TestRoundingOfSmallNumbers(t *testing.T) {
	for a := int64(-2600); a <= 2600; a++ {
		v := FromInt64(a)
		for by := 1; by <= 5; by++ {
			got, ok := Rescale(v, -by)
			check(t, got, ok, divHalfUp(big.NewInt(a), bigPow(by)), "Rescale", a, -by)
			if got64, ok := Rescale64(a, -by); !ok || FromInt64(got64) != got {
				t.Fatalf("Rescale64(%d, %d) = %d", a, -by, got64)
			}
		}
		for b := int64(-40); b <= 40; b++ {
			if b == 0 {
				continue
			}
			got, ok := Div(v, FromInt64(b), 1)
			check(t, got, ok, divHalfUp(big.NewInt(a*10), big.NewInt(b)), "Div", a, b)
			got, ok = Mod(v, FromInt64(b), 1, 0)
			check(t, got, ok, big.NewInt(a*10%b), "Mod", a, b)
		}
	}
}

func FuzzOperators(f *testing.F) {
	f.Add(int64(0), uint64(5), int64(0), uint64(2), uint8(0), uint8(0))
	f.Add(MaxUnscaled38.Hi, MaxUnscaled38.Lo, int64(-1), ^uint64(0), uint8(38), uint8(0))
	f.Fuzz(func(t *testing.T, ah int64, al uint64, bh int64, bl uint64, s1, s2 uint8) {
		a, b := Int128{Hi: ah, Lo: al}, Int128{Hi: bh, Lo: bl}
		if s1 > 38 || s2 > 38 || !FitsPrecision(a, 38) || !FitsPrecision(b, 38) {
			return
		}
		aBy, bBy := AddRescale(int(s1), int(s2))
		ab, bb := new(big.Int).Mul(a.Big(), bigPow(aBy)), new(big.Int).Mul(b.Big(), bigPow(bBy))
		steps := fits128(ab) && fits128(bb)
		sum, diff, prod := new(big.Int).Add(ab, bb), new(big.Int).Sub(ab, bb), new(big.Int).Mul(a.Big(), b.Big())
		v, ok := Add(a, b, aBy, bBy)
		check(t, v, ok, orNil(sum, steps && fits38(sum)), "Add", a, b, s1, s2)
		v, ok = Sub(a, b, aBy, bBy)
		check(t, v, ok, orNil(diff, steps && fits38(diff)), "Sub", a, b, s1, s2)
		v, ok = Mul(a, b)
		check(t, v, ok, orNil(prod, fits38(prod)), "Mul", a, b)
		v, ok = Rescale(a, -int(s1))
		check(t, v, ok, divHalfUp(a.Big(), bigPow(int(s1))), "Rescale", a, s1)
		if b.Sign() == 0 {
			return
		}
		by := DivRescale(int(s1), int(s2))
		quo := divHalfUp(new(big.Int).Mul(a.Big(), bigPow(by)), b.Big())
		v, ok = Div(a, b, by)
		check(t, v, ok, orNil(quo, by < 38 && fits38(quo)), "Div", a, b, s1, s2)
		q, m := new(big.Int).QuoRem(ab, bb, new(big.Int))
		v, ok = Mod(a, b, aBy, bBy)
		check(t, v, ok, orNil(m, q.BitLen() <= 128), "Mod", a, b, s1, s2)
	})
}
