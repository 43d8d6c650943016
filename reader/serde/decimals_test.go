package serde

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/ion"
)

// agree holds vectorDecimals against number and unscaled over values that stand
// next to each other, and returns how many it took.
func agree(t *testing.T, values []string, scale int) (taken int) {
	t.Helper()
	var text []byte
	var at, till, rows []int32
	for i, v := range values {
		at = append(at, int32(len(text))<<1)
		text = append(text, v...)
		till = append(till, int32(len(text))<<1)
		rows = append(rows, int32(i))
		text = append(text, ",."[i%2])
	}
	text = append(text, make([]byte, ion.Slack)...)
	out := make([]int64, len(values))
	for k := 0; k < len(rows); k++ {
		from := k
		k = vectorDecimals(text, at, till, rows, k, out, scale)
		for _, r := range rows[from:k] {
			taken++
			var want int64
			coef, exp, neg, ok := number(text, int(at[r]>>1), int(till[r]>>1))
			if ok {
				want, ok = unscaled(coef, exp+scale, neg)
			}
			if !ok || out[r] != want {
				t.Fatalf("%q at scale %d: %d, in Go %d, %v", values[r], scale, out[r], want, ok)
			}
		}
	}
	return taken
}

func TestVectorDecimals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(byte('0' + r.IntN(10)))
		}
		return b.String()
	}
	for scale := range 39 {
		var values, usual []string
		for range 2000 {
			v := digits(1+r.IntN(18)) + "." + digits(r.IntN(8))
			if r.IntN(3) == 0 {
				v = "-" + v
			}
			if r.IntN(10) == 0 {
				v += "d" + digits(1)
			}
			values = append(values, v)
		}
		values = append(values, "0.", "-0.", "-0.0", "9999999999999999.", "-9999999999999999.", "0.999999999999999", "9223372036854775807.",
			"1", "-1", "1e0", "1.5e0", "true", "null", "2023-01-01", "2023-01-01T00:00:00.5Z", "2023T", "1d0", "1.d0", "null.decimal", "")
		agree(t, values, scale)
		for range 100 {
			usual = append(usual, "-"+digits(16)+".", digits(7)+"."+digits(min(scale, 6)), digits(1+r.IntN(7))+"d"+digits(1))
		}
		if n := agree(t, usual, scale); hasVectors && scale < 3 && n != len(usual) {
			t.Errorf("%d of %d usual values were taken", n, len(usual))
		}
	}
}

func FuzzVectorDecimals(f *testing.F) {
	for _, s := range []string{"1.5,2131420043728754.,-0.000001", "1d5,null,2023T,\"1.\"", "...,-,-.,99999999999999999."} {
		f.Add(s, 6)
	}
	f.Fuzz(func(t *testing.T, s string, scale int) {
		values := strings.Split(s, ",")
		for i, v := range values {
			// What has an end has been checked, and white space does not belong to it.
			if end, err := ion.Consume([]byte(v), 0, true); err != nil || end != len(v) || v[0]-'!' > '~'-'!' {
				values[i] = "null"
			}
		}
		agree(t, values, int(uint(scale)%39))
	})
}
