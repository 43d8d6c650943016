//go:build amd64 && !purego && !safe && !klauspost

package inflate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// FuzzTwins holds the loop in assembly against the one in Go: the same bytes, the
// same errors at the same places.
func FuzzTwins(f *testing.F) {
	if !hasBMI2 {
		f.Skip("the CPU has no BMI2")
	}
	pack := func(text []byte, level int) []byte {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, level)
		if err == nil {
			_, err = w.Write(text)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 3000)
	for i := range noise {
		noise[i] = byte(rnd.NormFloat64()*20 + 100)
	}
	var lines strings.Builder
	for i := range 200 {
		fmt.Fprintf(&lines, "$ion_1_0 {Item:{id:%d.,amount:%d.%d}}\n", rnd.Uint32(), rnd.IntN(1000), i)
	}
	for _, text := range [][]byte{nil, noise, []byte(lines.String()), bytes.Repeat([]byte("a"), 5000), bytes.Repeat([]byte("abcdefg"), 900), bytes.Repeat(noise[:13], 300)} {
		for _, level := range []int{gzip.HuffmanOnly, 1, 6, 9} {
			z := pack(text, level)
			f.Add(z)
			for range 4 {
				bad := bytes.Clone(z)
				bad[10+rnd.IntN(len(bad)-10)] ^= 1 << rnd.IntN(8)
				f.Add(bad)
			}
			f.Add(z[:len(z)*3/4])
		}
	}
	read := func(z []byte, fast bool) (string, error) {
		was := hasBMI2
		hasBMI2 = fast
		defer func() { hasBMI2 = was }()
		r, err := NewReader(bytes.NewReader(z), "x.gz")
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(io.LimitReader(r, 4<<20))
		if e := r.Close(); err == nil {
			err = e
		}
		return string(b), err
	}
	f.Fuzz(func(t *testing.T, z []byte) {
		got, err := read(z, true)
		want, wantErr := read(z, false)
		if got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Fatalf("%d bytes, %v; in Go %d bytes, %v", len(got), err, len(want), wantErr)
		}
	})
}
