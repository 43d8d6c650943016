package colcache

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

func someRows(r *rand.Rand, n int) []int32 {
	var rows []int32
	for i := range n {
		if r.IntN(3) == 0 {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

func TestPick(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := r.IntN(100)
		w := uint8(r.IntN(9))
		body := make([]byte, n*int(w)+slack)
		for i := range body {
			body[i] = byte(r.Uint32())
		}
		rows := someRows(r, n)
		dst := make([]int64, len(rows))
		pick64(dst, body, rows, w, -5)
		for i, row := range rows {
			var b [8]byte
			copy(b[:w], body[int(row)*int(w):])
			if want := int64(binary.LittleEndian.Uint64(b[:])) - 5; dst[i] != want {
				t.Fatalf("row %d of width %d: %d, not %d", row, w, dst[i], want)
			}
		}
		if w != 2 {
			continue
		}
		codes, most := make([]uint16, len(rows)), uint16(0)
		got := pick16(codes, body[:2*n], rows)
		for i, row := range rows {
			if want := binary.LittleEndian.Uint16(body[2*row:]); codes[i] != want {
				t.Fatalf("row %d: %d, not %d", row, codes[i], want)
			}
			most = max(most, codes[i])
		}
		if got != most {
			t.Fatalf("greatest %d, not %d", got, most)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	rows := someRows(r, 8192)
	body := make([]byte, 5*8192+slack)
	dst, codes := make([]int64, len(rows)), make([]uint16, len(rows))
	b.Run("64", func(b *testing.B) {
		for b.Loop() {
			pick64(dst, body, rows, 5, 3)
		}
	})
	b.Run("16", func(b *testing.B) {
		for b.Loop() {
			pick16(codes, body, rows)
		}
	})
}
