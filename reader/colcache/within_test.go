package colcache

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// check16 holds within16 against its twin, and that against the definition.
func check16(t *testing.T, body []byte, first, span uint16) {
	t.Helper()
	n := len(body) / 2
	body = body[:2*n]
	var want, edges []int32
	for i := range n {
		x := binary.LittleEndian.Uint16(body[2*i:]) - first
		if x <= span {
			want = append(want, int32(i))
		}
		if step := int32(i &^ (stepRows - 1)); (x == 0 || x == span) && !slices.Contains(edges, step) {
			edges = append(edges, step)
		}
	}
	check := func(what string, f func(dst, edges []int32) (int, int)) {
		t.Helper()
		for _, room := range []int{0, beyond} {
			mem, steps := make([]int32, n, n+room), make([]int32, (n+stepRows-1)/stepRows)
			got, gotEdges := f(mem, steps)
			if !slices.Equal(mem[:got], want) || !slices.Equal(steps[:gotEdges], edges) {
				t.Fatalf("%s: %d values from %d, span %d: %v (%v), not %v (%v)", what, n, first, span, mem[:got], steps[:gotEdges], want, edges)
			}
		}
	}
	check("within16", func(dst, edges []int32) (int, int) { return within16(dst, body, first, span, edges) })
	check("twin", func(dst, edges []int32) (int, int) { return within16Go(dst, body, first, span, edges, 0) })
}

func FuzzWithin16(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 15, 16, 17, 32, 50, 64} {
		b := make([]byte, 2*n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		f.Add(b, uint16(20_000), uint16(30_000))
		f.Add(b, uint16(60_000), uint16(10_000)) // past the greatest number
		f.Add(b, uint16(0), uint16(65_535))
		f.Add(make([]byte, 2*n), uint16(0), uint16(0))
	}
	f.Fuzz(func(t *testing.T, body []byte, first, span uint16) { check16(t, body, first, span) })
}

func BenchmarkWithin16(b *testing.B) {
	body := make([]byte, 2*8192)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range body {
		body[i] = byte(r.Uint32())
	}
	mem := make([]int32, 8192, 8192+beyond)
	edges := make([]int32, 8192/stepRows)
	b.Run("vectors", func(b *testing.B) {
		for b.Loop() {
			within16(mem, body, 20_000, 22_000, edges)
		}
	})
	b.Run("twin", func(b *testing.B) {
		for b.Loop() {
			within16Go(mem, body, 20_000, 22_000, edges, 0)
		}
	})
}

func TestRanged64(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		v := make([]int64, r.IntN(60))
		for i := range v {
			if v[i] = r.Int64N(20) - 10; r.IntN(4) == 0 {
				v[i] = []int64{math.MinInt64, math.MaxInt64, int64(r.Uint64())}[r.IntN(3)]
			}
		}
		first, last := r.Int64N(24)-12, r.Int64N(24)-12
		switch r.IntN(4) {
		case 0:
			first = math.MinInt64
		case 1:
			last = math.MaxInt64
		}
		if first > last {
			first, last = last, first
		}
		var want []int32
		for i, x := range v {
			if x >= first && x <= last {
				want = append(want, int32(i))
			}
		}
		dst := make([]int32, len(v)+beyond)
		if got := dst[:ranged64(dst, v, first, last)]; !slices.Equal(got, want) {
			t.Fatalf("%d from %d to %d: %d, not %d", v, first, last, got, want)
		}
		if got := dst[:ranged64Go(dst, v, first, last, 0)]; !slices.Equal(got, want) {
			t.Fatalf("in Go, %d from %d to %d: %d, not %d", v, first, last, got, want)
		}
	}
}
