package kernel

// Hashes: equal values hash alike in every form, others spread.

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

func hashes[E any](f func(h []uint64, vals []E, nulls []bool), nulls []bool, vals ...E) []uint64 {
	h := make([]uint64, len(vals))
	HashInit(h)
	f(h, vals, nulls)
	return h
}

func TestEqualValuesHashAlike(t *testing.T) {
	ints := random64s(20)
	wide := make([]decimal.Int128, len(ints))
	Widen(wide, ints)
	h64, h128 := hashes(HashInt64, nil, ints...), hashes(HashInt128, nil, wide...)
	for i := range h64 {
		if h64[i] != h128[i] || h64[i] != Int64(ints[i]) {
			t.Fatalf("%d hashes differently in 64 and 128 bits", ints[i])
		}
	}
	f := hashes(HashFloat64, nil, 0, math.Copysign(0, -1), math.NaN(), math.Float64frombits(0xfff8_0000_0000_0001), 1)
	if f[0] != f[1] || f[2] != f[3] || f[0] == f[4] || f[2] == f[4] {
		t.Errorf("doubles: %x", f)
	}
	z := hashes(HashInstant, nil, types.Instant{Millis: 5, Picos: 7, Zone: 1}, types.Instant{Millis: 5, Picos: 7, Zone: 900}, types.Instant{Millis: 5, Picos: 8, Zone: 1}, types.Instant{Millis: 7, Picos: 5, Zone: 1})
	if z[0] != z[1] || z[0] == z[2] || z[0] == z[3] {
		t.Errorf("instants: %x", z)
	}
	tt := hashes(HashTimeTZ, nil, types.TimeOfDayTZ{Picos: 60 * picosPerMinute, Offset: 60}, types.TimeOfDayTZ{}, types.TimeOfDayTZ{Picos: 1})
	if tt[0] != tt[1] || tt[0] == tt[2] {
		t.Errorf("times: %x", tt)
	}
	// NULL hashes alike whatever the row holds and whatever the form.
	null := []bool{true}
	want := make([]uint64, 1)
	HashInit(want)
	HashNulls(want)
	for name, h := range map[string][]uint64{
		"int64":   hashes(HashInt64, null, 9),
		"float64": hashes(HashFloat64, null, 9),
		"bool":    hashes(HashBool, null, true),
		"string":  hashes(HashString, null, "x"),
		"int128":  hashes(HashInt128, null, decimal.Pow10(30)),
		"instant": hashes(HashInstant, null, types.Instant{Millis: 1}),
		"timetz":  hashes(HashTimeTZ, null, types.TimeOfDayTZ{Picos: 1}),
	} {
		if h[0] != want[0] {
			t.Errorf("%s: NULL hashes as %x, not %x", name, h[0], want[0])
		}
	}
	// The same bytes at any address and any alignment.
	buf := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 5)
	for n := 0; n < 60; n++ {
		want := String(strings.Clone(buf[:n]))
		for off := 0; off < 9; off++ {
			moved := (strings.Repeat("#", off) + buf[:n] + "!")[off : off+n]
			if String(moved) != want {
				t.Fatalf("%d bytes hash differently at offset %d", n, off)
			}
		}
	}
}

// No two of a million keys of the kinds that tables hold may share a 64-bit
// hash, and their low and high bits must fill a table evenly.
func TestHashSpread(t *testing.T) {
	const n = 1 << 18
	r := rand.New(rand.NewPCG(21, 21))
	sets := map[string]func(i int) uint64{
		"sequence":       func(i int) uint64 { return Int64(int64(i)) },
		"thousands":      func(i int) uint64 { return Int64(int64(i) * 1000) },
		"high bits only": func(i int) uint64 { return Int64(int64(i) << 44) },
		"random":         func(int) uint64 { return Int64(int64(r.Uint64())) },
		"doubles":        func(i int) uint64 { return hashes(HashFloat64, nil, float64(i))[0] },
		"wide": func(i int) uint64 {
			v, _ := decimal.Mul(decimal.FromInt64(int64(i+1)), decimal.Pow10(30))
			return hashes(HashInt128, nil, v)[0]
		},
		"instants":    func(i int) uint64 { return hashes(HashInstant, nil, types.Instant{Millis: int64(i)})[0] },
		"picoseconds": func(i int) uint64 { return hashes(HashInstant, nil, types.Instant{Picos: int32(i)})[0] },
		"short text":  func(i int) uint64 { return String(fmt.Sprint(i)) },
		"text":        func(i int) uint64 { return String(fmt.Sprintf("customer#%08d", i)) },
		"long text":   func(i int) uint64 { return String(fmt.Sprintf("a long common prefix, then %d and a tail", i)) },
		"pairs": func(i int) uint64 {
			h := []uint64{0}
			HashInit(h)
			HashInt64(h, []int64{int64(i & 511)}, nil)
			HashInt64(h, []int64{int64(i >> 9)}, nil)
			return h[0]
		},
	}
	for name, f := range sets {
		seen := make(map[uint64]bool, n)
		var low, high [4096]int
		for i := range n {
			h := f(i)
			if seen[h] {
				t.Fatalf("%s: two keys share the hash %x", name, h)
			}
			seen[h] = true
			low[h&4095]++
			high[h>>52]++
		}
		for which, counts := range map[string]*[4096]int{"low": &low, "high": &high} {
			mean, chi := float64(n)/4096, 0.0
			for _, c := range counts {
				d := float64(c) - mean
				chi += d * d / mean
			}
			// 4095 degrees of freedom: mean 4095, deviation 90.
			if chi > 4095+8*90 {
				t.Errorf("%s: %s bits are uneven, chi-square %.0f", name, which, chi)
			}
		}
	}
}

// One changed bit of the key changes about half of the hash's bits.
func TestHashAvalanche(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 22))
	for in := range 64 {
		flips := 0
		var each [64]int
		const rounds = 2000
		for range rounds {
			v := int64(r.Uint64())
			d := Int64(v) ^ Int64(v^1<<in)
			flips += bits.OnesCount64(d)
			for b := range 64 {
				each[b] += int(d >> b & 1)
			}
		}
		if mean := float64(flips) / rounds; mean < 28 || mean > 36 {
			t.Errorf("input bit %d flips %.1f bits of 64", in, mean)
		}
		for b, c := range each {
			if p := float64(c) / rounds; p < 0.2 || p > 0.8 {
				t.Errorf("input bit %d flips output bit %d with probability %.2f", in, b, p)
			}
		}
	}
}

func TestColumnsDoNotCommute(t *testing.T) {
	pair := func(a, b int64) uint64 {
		h := []uint64{0}
		HashInit(h)
		HashInt64(h, []int64{a}, nil)
		HashInt64(h, []int64{b}, nil)
		return h[0]
	}
	if pair(1, 2) == pair(2, 1) || pair(0, 0) == pair(0, 1) || pair(3, 3) == pair(4, 4) {
		t.Error("pairs collide")
	}
}
