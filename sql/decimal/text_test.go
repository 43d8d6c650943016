package decimal

// Text forms: literals, varchar casts and printing.

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	shop "github.com/shopspring/decimal"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		v    string
		p, s int
	}{ // semantics 5.3 and Decimals.parse
		{"12.5", "125", 3, 1},
		{"1.", "1", 1, 0},
		{".5", "5", 1, 1},
		{"0.5", "5", 1, 1},
		{"0.50", "50", 2, 2},
		{"0012.50", "1250", 4, 2},
		{"-0012.50", "-1250", 4, 2},
		{"+7", "7", 1, 0},
		{"0", "0", 1, 0},
		{"000", "0", 1, 0},
		{"0.0", "0", 1, 1},
		{"-0.05", "-5", 2, 2},
		{"1_000.2_5", "100025", 6, 2},
		{"99999999999999999999999999999999999999", "99999999999999999999999999999999999999", 38, 0},
		{"0.00000000000000000000000000000000000001", "1", 38, 38},
		{"00000000000000000000000000000000000000000000001", "1", 1, 0},
	} {
		v, p, s, ok := Parse(c.text)
		if !ok || v.String() != c.v || p != c.p || s != c.s {
			t.Errorf("Parse(%q) = %v (%d,%d) %v, want %s (%d,%d)", c.text, v, p, s, ok, c.v, c.p, c.s)
		}
	}
	for _, bad := range []string{
		"", "+", "-", ".", "-.", "1e3", " 1", "1 ", "1..2", "1.2.3", "--1", "a", "1_", "_1", "1__2", "1_.5", "1._5", "0x1", "٣",
		"100000000000000000000000000000000000000", "0.000000000000000000000000000000000000001",
	} {
		if v, p, s, ok := Parse(bad); ok {
			t.Errorf("Parse(%q) = %v (%d,%d)", bad, v, p, s)
		}
	}
}

func TestParseJava(t *testing.T) {
	nan, large := "not a number", "too large"
	for _, c := range []struct {
		text string
		p, s int
		want string
	}{
		{"1e3", 38, 0, "1000"}, // semantics 5.6
		{".5", 38, 1, "0.5"},
		{"5.", 38, 0, "5"},
		{"+5", 38, 0, "5"},
		{" 12", 38, 0, nan},
		{"12 ", 38, 0, nan},
		{"", 38, 0, nan},
		{"2.5", 38, 0, "3"},
		{"-2.5", 38, 0, "-3"},
		{"2.4999999999999999999999999999999999999999999999", 38, 0, "2"},
		{"0.5", 38, 0, "1"},
		{"0.05", 38, 0, "0"},
		{"9.5", 1, 0, large},
		{"12345.678E-2", 10, 3, "123.457"},
		{"1E+2", 3, 0, "100"},
		{"1e2", 2, 0, large},
		{"1e2147483647", 38, 0, large},
		{"0e2147483647", 38, 0, "0"},
		{"1e-2147483647", 38, 38, "0.00000000000000000000000000000000000000"},
		{"1e2147483648", 38, 0, nan}, // the exponent does not fit an int
		{"1e-2147483648", 38, 0, nan},
		{"1.5e-2147483647", 38, 0, nan}, // nor does the scale
		{"1e00000000000000000002", 38, 0, "100"},
		{"1e10000000000", 38, 0, nan},
		{"e5", 38, 0, nan},
		{"1e", 38, 0, nan},
		{"1e+", 38, 0, nan},
		{"1e+-2", 38, 0, nan},
		{"1e2.", 38, 0, nan},
		{".", 38, 0, nan},
		{"-", 38, 0, nan},
		{"+-1", 38, 0, nan},
		{"1.2.3", 38, 0, nan},
		{"1_000", 38, 0, nan},
		{"0x10", 38, 0, nan},
		{"NaN", 38, 0, nan},
		{"Infinity", 38, 0, nan},
		{"1\xff", 38, 0, nan},
		{"٣.٥", 38, 1, "3.5"}, // Arabic-Indic digits: Character.isDigit
		{"１２３", 38, 0, "123"}, // full-width digits
		{"𝟏", 38, 0, nan},     // a digit beyond the basic plane
		{"99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"},
		{"99999999999999999999999999999999999999.4", 38, 0, "99999999999999999999999999999999999999"},
		{"99999999999999999999999999999999999999.5", 38, 0, large},
		{"0000000000000000000000000000000000000000000000000000001", 38, 0, "1"},
		{"-0", 38, 2, "0.00"},
	} {
		v, status := ParseJava(c.text, c.p, c.s)
		got := [...]string{Format(v, c.s), nan, large}[status]
		if got != c.want {
			t.Errorf("ParseJava(%q, %d, %d) = %s, want %s", c.text, c.p, c.s, got, c.want)
		}
	}
}

// Random numbers' text, in and out, against shopspring/decimal: its parser,
// Round (half away from zero, as HALF_UP) and StringFixed. Never its Div.
func TestTextAgainstShopspring(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range rounds {
		v, scale := sampleDecimal(r), r.IntN(39)
		d := shop.NewFromBigInt(v.Big(), int32(-scale))
		text := Format(v, scale)
		if want := d.StringFixed(int32(scale)); text != want {
			t.Fatalf("Append(%v, %d) = %s, want %s", v.Big(), scale, text, want)
		}
		if back, p, s, ok := Parse(text); !ok || back != v || s != scale || p > 38 || !FitsPrecision(v, p) {
			t.Fatalf("Parse(%s) = %v (%d,%d) %v", text, back, p, s, ok)
		}
		// Spelled plainly, or with an exponent, and cast to another type.
		e := r.IntN(50) - 25
		spelled := v.String() + "e" + big.NewInt(int64(e)).String()
		if r.IntN(2) == 0 {
			spelled, e = text, -scale
		}
		p := 1 + r.IntN(38)
		s := r.IntN(p + 1)
		want := shop.NewFromBigInt(v.Big(), int32(e)).Round(int32(s))
		got, status := ParseJava(spelled, p, s)
		fits := want.Shift(int32(s)).BigInt().CmpAbs(bigPow(p)) < 0
		if (status == ParseOK) != fits || fits && Format(got, s) != want.StringFixed(int32(s)) {
			t.Fatalf("ParseJava(%s, %d, %d) = %v %d, want %v", spelled, p, s, got, status, want)
		}
	}
}

// Sums, differences and products against shopspring/decimal.
func TestOperatorsAgainstShopspring(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	for range rounds / 4 {
		a, b := sampleDecimal(r), sampleDecimal(r)
		s1, s2 := r.IntN(20), r.IntN(19)
		da, db := shop.NewFromBigInt(a.Big(), int32(-s1)), shop.NewFromBigInt(b.Big(), int32(-s2))
		aBy, bBy := AddRescale(s1, s2)
		same := func(v Int128, ok bool, want shop.Decimal, s int) {
			t.Helper()
			if ok && Format(v, s) != want.StringFixed(int32(s)) {
				t.Fatalf("%v, %v at scales %d, %d: %s, want %v", a, b, s1, s2, Format(v, s), want)
			}
		}
		v, ok := Add(a, b, aBy, bBy)
		same(v, ok, da.Add(db), max(s1, s2))
		v, ok = Sub(a, b, aBy, bBy)
		same(v, ok, da.Sub(db), max(s1, s2))
		v, ok = Mul(a, b)
		same(v, ok, da.Mul(db), s1+s2)
		if b.Sign() != 0 {
			v, ok = Mod(a, b, aBy, bBy)
			same(v, ok, da.Mod(db), max(s1, s2))
		}
	}
}

func FuzzParseJava(f *testing.F) {
	for _, s := range []string{"1e3", ".5", "5.", "+5", "-0.05", "", " 12", "1e2147483648", "٣.٥", "1e-40", "99999999999999999999999999999999999999.5"} {
		f.Add(s, uint8(38), uint8(2))
	}
	f.Fuzz(func(t *testing.T, text string, p8, s8 uint8) {
		p := 1 + int(p8)%38
		s := int(s8) % (p + 1)
		v, status := ParseJava(text, p, s)
		if status == ParseOK && !FitsPrecision(v, p) {
			t.Fatalf("%q: %v exceeds %d digits", text, v, p)
		}
		// big.Rat reads the same numbers, once what only one of them takes is
		// set aside: fractions, prefixes, underscores, other scripts, p exponents.
		if strings.ContainsAny(text, "/_xXoObBpP") || len(text) > 200 || strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 }) >= 0 {
			return
		}
		if i := strings.IndexAny(text, "eE"); i >= 0 && len(strings.TrimLeft(text[i+1:], "+-0")) > 4 {
			return // too large to expand
		}
		ref, ok := new(big.Rat).SetString(text)
		if ok != (status != ParseNotANumber) {
			t.Fatalf("%q: status %d, big.Rat says %v", text, status, ok)
		}
		if !ok {
			return
		}
		ref.Mul(ref, new(big.Rat).SetInt(bigPow(s)))
		want := divHalfUp(ref.Num(), ref.Denom())
		if (want.CmpAbs(bigPow(p)) < 0) != (status == ParseOK) || status == ParseOK && v.Big().Cmp(want) != 0 {
			t.Fatalf("ParseJava(%q, %d, %d) = %v %d, want %v", text, p, s, v, status, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"12.5", "-0.05", "1_0.0_1", ".", "1.", "00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, p, s, ok := Parse(text)
		if !ok {
			return
		}
		if p < 1 || p > 38 || s < 0 || s > p || !FitsPrecision(v, p) {
			t.Fatalf("Parse(%q) = %v (%d,%d)", text, v, p, s)
		}
		// What a literal may spell, a cast reads alike, without the underscores.
		if w, status := ParseJava(strings.ReplaceAll(text, "_", ""), p, s); status != ParseOK || w != v {
			t.Fatalf("Parse(%q) = %v, ParseJava %v %d", text, v, w, status)
		}
	})
}
