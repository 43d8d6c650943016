package kernel

// Accumulators against maps and math/big, with and without NULLs.

import (
	"cmp"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"unsafe"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

const testGroups = 97

func randomGroups() []uint32 {
	r := rand.New(rand.NewPCG(40, 40))
	out := make([]uint32, testRows)
	for i := range out {
		out[i] = r.Uint32N(testGroups - 1) // the last group stays empty
	}
	return out
}

func eachNulls(f func(nulls []bool)) {
	f(nil)
	f(randomNulls(41, testRows, 4))
}

func isNull(nulls []bool, i int) bool { return nulls != nil && nulls[i] }

func TestSums(t *testing.T) {
	groups, wides := randomGroups(), random128s(42)
	ints := random64s(43)
	floats := randomFloats(44)
	for i := range floats {
		if math.IsNaN(floats[i]) || math.IsInf(floats[i], 0) || math.Abs(floats[i]) > 1e200 {
			floats[i] = 1
		}
	}
	eachNulls(func(nulls []bool) {
		var sums, wideSums [testGroups]big.Int
		var counts [testGroups]int64
		var fsums [testGroups]float64
		var all, allWide big.Int
		var total int64
		var fall float64
		for i, g := range groups {
			if isNull(nulls, i) {
				continue
			}
			counts[g]++
			total++
			fsums[g] += floats[i]
			fall += floats[i]
			sums[g].Add(&sums[g], big.NewInt(ints[i]))
			wideSums[g].Add(&wideSums[g], wides[i].Big())
			all.Add(&all, big.NewInt(ints[i]))
			allWide.Add(&allWide, wides[i].Big())
		}
		got := make([]int64, testGroups)
		CountByGroup(got, groups, nulls)
		var d64, d128 DecimalSums
		d64.Grow(testGroups)
		d128.Grow(testGroups)
		fs := make([]FloatSum, testGroups)
		SumDecimal64ByGroup(&d64, groups, ints, nulls)
		SumDecimalByGroup(&d128, groups, wides, nulls)
		SumFloat64ByGroup(fs, groups, floats, nulls)
		check := func(s DecimalSum, want *big.Int, n int64) {
			t.Helper()
			v, ok := s.Sum.Result()
			fits := want.CmpAbs(decimal.Pow10(38).Big()) < 0
			if s.Count != n || ok != fits || ok && v.Big().Cmp(want) != 0 {
				t.Fatalf("sum = %v %v of %d, want %v of %d", v, ok, s.Count, want, n)
			}
		}
		for g := range testGroups {
			check(d64.At(uint32(g)), &sums[g], counts[g])
			check(d128.At(uint32(g)), &wideSums[g], counts[g])
			if fs[g].Sum != fsums[g] || fs[g].Count != counts[g] || got[g] != counts[g] {
				t.Fatalf("group %d: double sum %v of %d, want %v of %d", g, fs[g].Sum, fs[g].Count, fsums[g], counts[g])
			}
		}
		var one64, one128 DecimalSum
		var oneFloat FloatSum
		SumDecimal64(&one64, ints[:testRows/2], first(nulls, testRows/2))
		SumDecimal64(&one64, ints[testRows/2:], from(nulls, testRows/2))
		SumDecimal(&one128, wides, nulls)
		SumFloat64(&oneFloat, floats, nulls)
		check(one64, &all, total)
		check(one128, &allWide, total)
		if oneFloat.Sum != fall || oneFloat.Count != total {
			t.Fatalf("double sum %v, want %v", oneFloat.Sum, fall)
		}
	})
}

func first(nulls []bool, n int) []bool {
	if nulls == nil {
		return nil
	}
	return nulls[:n]
}

func from(nulls []bool, n int) []bool {
	if nulls == nil {
		return nil
	}
	return nulls[n:]
}

func TestSumInt64(t *testing.T) {
	groups, ints := randomGroups(), random64s(45)
	for i := range ints {
		ints[i] /= 1 << 8 // some groups overflow, most do not
	}
	eachNulls(func(nulls []bool) {
		// The reference stops at the first overflow, like the kernel.
		want := make([]IntSum, testGroups)
		wantBad := -1
		for i, g := range groups {
			if isNull(nulls, i) {
				continue
			}
			s := new(big.Int).Add(big.NewInt(want[g].Sum), big.NewInt(ints[i]))
			if !s.IsInt64() {
				wantBad = i
				break
			}
			want[g] = IntSum{s.Int64(), want[g].Count + 1}
		}
		got := make([]IntSum, testGroups)
		if bad := SumInt64ByGroup(got, groups, ints, nulls); bad != wantBad {
			t.Fatalf("bad = %d, want %d", bad, wantBad)
		}
		for g := range want {
			if got[g] != want[g] {
				t.Fatalf("group %d = %v, want %v", g, got[g], want[g])
			}
		}
	})
	var s IntSum
	if bad := SumInt64(&s, []int64{math.MaxInt64, -5, 5, 1, 7}, nil); bad != 3 || s != (IntSum{math.MaxInt64, 3}) {
		t.Errorf("overflow at row %d, state %v", bad, s)
	}
	s = IntSum{}
	if bad := SumInt64(&s, []int64{math.MaxInt64, -5, 5, 1, 7}, []bool{false, false, false, true, true}); bad != -1 || s != (IntSum{math.MaxInt64, 3}) {
		t.Errorf("bad %d, state %v", bad, s)
	}
	if bad := SumInt64ByGroup(make([]IntSum, 1), []uint32{0, 0}, []int64{math.MinInt64, -1}, nil); bad != 1 {
		t.Errorf("bad = %d, want 1", bad)
	}
}

func extremes[E any](t *testing.T, name string, vals []E, less func(x, y E) bool, same func(x, y E) bool,
	lo, hi func(st []Extreme[E], groups []uint32, vals []E, nulls []bool),
) {
	t.Helper()
	groups := randomGroups()[:len(vals)]
	eachNulls(func(nulls []bool) {
		least, most := make([]Extreme[E], testGroups), make([]Extreme[E], testGroups)
		lo(least, groups, vals, first(nulls, len(vals)))
		hi(most, groups, vals, first(nulls, len(vals)))
		for g := range uint32(testGroups) {
			var min, max *E
			for i := range vals {
				if groups[i] != g || isNull(nulls, i) {
					continue
				}
				if min == nil || less(vals[i], *min) {
					min = &vals[i]
				}
				if max == nil || less(*max, vals[i]) {
					max = &vals[i]
				}
			}
			for i, pair := range []struct {
				got  Extreme[E]
				want *E
			}{{least[g], min}, {most[g], max}} {
				if pair.got.Seen != (pair.want != nil) || pair.got.Seen && !same(pair.got.Value, *pair.want) {
					t.Fatalf("%s: group %d extreme %d = %v, want %v", name, g, i, pair.got, pair.want)
				}
			}
		}
	})
}

func equal[E comparable](x, y E) bool { return x == y }

func TestMinMax(t *testing.T) {
	extremes(t, "int64", random64s(50), cmp.Less[int64], equal[int64], MinByGroup, MaxByGroup)
	extremes(t, "Int128", random128s(51), func(x, y decimal.Int128) bool { return x.Big().Cmp(y.Big()) < 0 }, equal[decimal.Int128], MinInt128ByGroup, MaxInt128ByGroup)
	var texts []string
	var instants []types.Instant
	var bools []bool
	for i, v := range random64s(52) {
		texts = append(texts, strings.Repeat("x", i%3)+big.NewInt(v).Text(36))
		instants = append(instants, types.Instant{Millis: v % 50, Picos: int32(i % 3), Zone: types.Zone(i % 5)})
		bools = append(bools, v > math.MaxInt64/2)
	}
	extremes(t, "string", texts, cmp.Less[string], equal[string], MinStringByGroup, MaxStringByGroup)
	// The zone must be that of the first row with the extreme instant.
	extremes(t, "Instant", instants, func(x, y types.Instant) bool {
		return cmp.Or(cmp.Compare(x.Millis, y.Millis), cmp.Compare(x.Picos, y.Picos)) < 0
	}, equal[types.Instant], MinInstantByGroup, MaxInstantByGroup)
	extremes(t, "bool", bools, func(x, y bool) bool { return !x && y }, equal[bool], MinBoolByGroup, MaxBoolByGroup)

	var numbers []float64
	for _, f := range randomFloats(53) {
		if f == f {
			numbers = append(numbers, f)
		}
	}
	extremes(t, "float64", numbers, func(x, y float64) bool { return x < y }, sameFloat, MinFloat64ByGroup, MaxFloat64ByGroup)
	// NaN is neither minimum nor maximum unless it is alone.
	nan := math.NaN()
	for _, vals := range [][]float64{{nan, 1, 2}, {1, nan, 2}, {2, 1, nan}, {nan, nan, 2, 1, nan}} {
		lo, hi := make([]Extreme[float64], 1), make([]Extreme[float64], 1)
		MinFloat64ByGroup(lo, make([]uint32, len(vals)), vals, nil)
		MaxFloat64ByGroup(hi, make([]uint32, len(vals)), vals, nil)
		if lo[0].Value != 1 || hi[0].Value != 2 {
			t.Errorf("of %v: %v, %v", vals, lo[0].Value, hi[0].Value)
		}
	}
	alone := make([]Extreme[float64], 1)
	MinFloat64ByGroup(alone, []uint32{0, 0}, []float64{nan, nan}, nil)
	if !alone[0].Seen || alone[0].Value == alone[0].Value {
		t.Errorf("of NaNs: %v", alone[0])
	}
}

// A kept string must survive its page, whose buffer is used again.
func TestExtremeStringsAreCopies(t *testing.T) {
	for _, k := range []func(st []Extreme[string], groups []uint32, vals []string, nulls []bool){MinStringByGroup, MaxStringByGroup} {
		buf := []byte("abc")
		st := make([]Extreme[string], 1)
		k(st, []uint32{0}, []string{unsafe.String(&buf[0], len(buf))}, nil)
		copy(buf, "xyz")
		if st[0].Value != "abc" {
			t.Errorf("the kept value became %q", st[0].Value)
		}
	}
}

func TestSumDecimal64OneGroup(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	vals := make([]int64, 1<<20+77)
	nulls := make([]bool, len(vals))
	for i := range vals {
		vals[i] = int64(r.Uint64()) >> r.IntN(64)
		if i%5 == 0 {
			vals[i] = []int64{math.MinInt64, math.MaxInt64, -1, 0}[i%4]
		}
		nulls[i] = r.IntN(3) == 0
	}
	for _, n := range [][]bool{nil, nulls} {
		var one DecimalSum
		var by DecimalSums
		by.Grow(1)
		SumDecimal64(&one, vals, n)
		SumDecimal64(&one, vals[:3], nil)
		SumDecimal64ByGroup(&by, make([]uint32, len(vals)), vals, n)
		SumDecimal64ByGroup(&by, make([]uint32, 3), vals[:3], nil)
		if one != by.At(0) {
			t.Errorf("got %+v, want %+v", one, by.At(0))
		}
	}
}
