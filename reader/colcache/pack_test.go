package colcache

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

func TestPack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		v := make([]int64, r.IntN(40))
		for i := range v {
			v[i] = int64(r.Uint64())
		}
		lo, shift, width := int64(r.Uint64()), uint(r.IntN(64)), uint8(r.IntN(9))
		front := make([]byte, r.IntN(5))
		want := bytes.Clone(front)
		for _, x := range v {
			var b [8]byte
			binary.LittleEndian.PutUint64(b[:], (uint64(x)-uint64(lo))>>shift)
			want = append(want, b[:width]...)
		}
		if got := packWords(front, v, lo, shift, width); !bytes.Equal(got, want) {
			t.Fatalf("%d values from %d, width %d, shift %d: %x, not %x", len(v), lo, width, shift, got, want)
		}
		twin := make([]byte, int(width)*len(v)+packBeyond)
		packGo(twin, v, lo, shift, int(width))
		if got := twin[:int(width)*len(v)]; !bytes.Equal(got, want[len(front):]) {
			t.Fatalf("in Go, %d values from %d, width %d, shift %d: %x, not %x", len(v), lo, width, shift, got, want[len(front):])
		}
	}
}

func BenchmarkPack(b *testing.B) {
	v := make([]int64, BlockRows)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range v {
		v[i] = r.Int64N(1 << 40)
	}
	var mem []byte
	for b.Loop() {
		mem = packWords(mem[:0], v, 0, 0, 5)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/BlockRows, "ns/value")
}
