package decimal

// What an operation costs, on 1024 random values; 0 allocations each.

import (
	"math/rand/v2"
	"testing"
)

const benchRows = 1024

var (
	sinkInt128 Int128
	sinkFloat  float64
	sinkBytes  []byte
)

func benchValues(digits int) (out [benchRows]Int128) {
	r := rand.New(rand.NewPCG(11, uint64(digits)))
	for i := range out {
		v := Int128{Lo: 1}
		for range digits {
			v, _ = MulOK(v, FromInt64(10))
		}
		f := FromInt64(int64(r.Uint32() | 1))
		v, _ = Mul(v, f)
		v, _ = Rescale(v, -9)
		if r.IntN(2) == 0 {
			v = v.Neg()
		}
		out[i] = v
	}
	return out
}

func bench(b *testing.B, digits int, f func(v, w Int128)) {
	vals := benchValues(digits)
	b.ReportAllocs()
	for b.Loop() {
		for i := range vals {
			f(vals[i], vals[benchRows-1-i])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/value")
}

func BenchmarkAdd(b *testing.B) {
	bench(b, 26, func(v, w Int128) { sinkInt128, _ = Add(v, w, 0, 2) })
}

func BenchmarkMul64(b *testing.B) { bench(b, 17, func(v, w Int128) { sinkInt128, _ = Mul(v, w) }) }

func BenchmarkMul(b *testing.B) {
	w := FromInt64(12345678901)
	bench(b, 24, func(v, _ Int128) { sinkInt128, _ = Mul(v, w) })
}

func BenchmarkDiv64(b *testing.B) { bench(b, 16, func(v, w Int128) { sinkInt128, _ = Div(v, w, 4) }) }

func BenchmarkDiv(b *testing.B) { bench(b, 30, func(v, w Int128) { sinkInt128, _ = Div(v, w, 10) }) }

func BenchmarkMod(b *testing.B) { bench(b, 30, func(v, w Int128) { sinkInt128, _ = Mod(v, w, 0, 2) }) }

func BenchmarkRescaleDown(b *testing.B) {
	bench(b, 30, func(v, _ Int128) { sinkInt128, _ = Rescale(v, -6) })
}

func BenchmarkSum(b *testing.B) {
	var s Sum
	bench(b, 30, func(v, _ Int128) { s.Add(v) })
	sinkInt128, _ = s.Result()
}

func BenchmarkAppend64(b *testing.B) {
	buf := make([]byte, 0, 64)
	bench(b, 14, func(v, _ Int128) { sinkBytes = AppendInt64(buf, v.Int64(), 6) })
}

func BenchmarkAppend(b *testing.B) {
	buf := make([]byte, 0, 64)
	bench(b, 30, func(v, _ Int128) { sinkBytes = Append(buf, v, 6) })
}

func BenchmarkToFloat64(b *testing.B) {
	bench(b, 30, func(v, _ Int128) { sinkFloat = ToFloat64(v, 6) })
}

func BenchmarkFromFloat64(b *testing.B) {
	bench(b, 14, func(v, _ Int128) { sinkInt128, _ = FromFloat64(float64(v.Int64())/1e6, 38, 6) })
}

func BenchmarkParseJava(b *testing.B) {
	bench(b, 1, func(_, _ Int128) { sinkInt128, _ = ParseJava("-1234567.123456", 38, 6) })
}
