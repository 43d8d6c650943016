package decimal

// Nothing in the hot paths may allocate.

import "testing"

func TestNoAllocations(t *testing.T) {
	buf := make([]byte, 0, 64)
	a, b := Pow10(37), AddWrap(Pow10(25), FromInt64(7))
	var sum Sum
	for name, f := range map[string]func(){
		"Add":         func() { sinkInt128, _ = Add(a, b, 0, 3) },
		"Mul":         func() { sinkInt128, _ = Mul(b, FromInt64(99)) },
		"Div":         func() { sinkInt128, _ = Div(a, b, 20) },
		"Mod":         func() { sinkInt128, _ = Mod(a, b, 2, 0) },
		"Rescale":     func() { sinkInt128, _ = Rescale(a, -25) },
		"Sum":         func() { sum.Add(a) },
		"Avg":         func() { sinkInt128, _ = sum.Avg(1e6, 0) },
		"Append":      func() { sinkBytes = Append(buf, a, 12) },
		"AppendInt64": func() { sinkBytes = AppendInt64(buf, -12345, 7) },
		"Parse":       func() { sinkInt128, _, _, _ = Parse("-12345678901234567890.123456789") },
		"ParseJava":   func() { sinkInt128, _ = ParseJava("-12345678901234567890.123456789e-3", 38, 4) },
		"ToFloat64":   func() { sinkFloat = ToFloat64(a, 38) },
		"ToFloat32":   func() { sinkFloat = float64(ToFloat32(a, 38)) },
		"FromFloat64": func() { sinkInt128, _ = FromFloat64(1.0/3, 38, 20) },
		"ToInt64":     func() { _, _ = ToInt64(a, 30) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
