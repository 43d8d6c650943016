package kernel

// Nanoseconds a value, over pages of the default size; no kernel allocates.

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

const pageRows = 2048 // page.DefaultRows, which this package may not import

type benchCase struct {
	name string
	run  func()
}

func benchCases() []benchCase {
	r := rand.New(rand.NewPCG(30, 30))
	i64a, i64b, i64d := make([]int64, pageRows), make([]int64, pageRows), make([]int64, pageRows)
	f64a, f64b, f64d := make([]float64, pageRows), make([]float64, pageRows), make([]float64, pageRows)
	wa, wb, wd := make([]decimal.Int128, pageRows), make([]decimal.Int128, pageRows), make([]decimal.Int128, pageRows)
	sa, sb := make([]string, pageRows), make([]string, pageRows)
	ta, tb := make([]types.Instant, pageRows), make([]types.Instant, pageRows)
	groups := make([]uint32, pageRows)
	bools, flags, boolsOut, nullsOut := make([]bool, pageRows), make([]bool, pageRows), make([]bool, pageRows), make([]bool, pageRows)
	hash := make([]uint64, pageRows)
	sel, all := make([]int32, pageRows), make([]int32, pageRows)
	nulls := make([]bool, pageRows)
	for i := range pageRows {
		i64a[i], i64b[i] = r.Int64N(1e9), 1+r.Int64N(1e6)
		f64a[i], f64b[i] = float64(i64a[i])/100, float64(i64b[i])
		wa[i], _ = decimal.Mul(decimal.FromInt64(i64a[i]), decimal.Pow10(15))
		wb[i] = decimal.FromInt64(i64b[i])
		sa[i], sb[i] = fmt.Sprintf("customer#%06d", i64a[i]%1e6), fmt.Sprintf("customer#%06d", i64b[i]%1e6)
		ta[i], tb[i] = types.Instant{Millis: i64a[i]}, types.Instant{Millis: i64b[i]}
		groups[i] = r.Uint32N(10_000)
		bools[i], flags[i] = r.IntN(2) == 0, r.IntN(2) == 0
		nulls[i] = r.IntN(10) == 0
		all[i] = int32(i)
	}
	var decimals DecimalSums
	decimals.Grow(10_000)
	ints, floats := make([]IntSum, 10_000), make([]FloatSum, 10_000)
	least := make([]Extreme[int64], 10_000)
	counts := make([]int64, 10_000)
	var one DecimalSum
	return []benchCase{
		{"AddInt64", func() { AddInt64(i64d, i64a, i64b) }},
		{"MulInt64", func() { MulInt64(i64d, i64a, i64b) }},
		{"DivInt64", func() { DivInt64(i64d, i64a, i64b) }},
		{"AddIntRange", func() { AddIntRange(i64d, i64a, i64b, -1<<31, 1<<31-1) }},
		{"AddFloat64", func() { AddFloat64(f64d, f64a, f64b) }},
		{"DivFloat64", func() { DivFloat64(f64d, f64a, f64b) }},
		{"AddFloat32", func() { AddFloat32(f64d, f64a, f64b) }},
		{"AddDecimalShort", func() { AddDecimalShort(i64d, i64a, i64b, 2, 0) }},
		{"AddDecimalNarrow", func() { AddDecimalNarrow(i64d, i64a, i64b, 2, 0) }},
		{"MulDecimalNarrow", func() { MulDecimalNarrow(i64d, i64a, i64b) }},
		{"DivDecimalNarrow", func() { DivDecimalNarrow(i64d, i64a, i64b, 4) }},
		{"AddDecimal64", func() { AddDecimal64(wd, i64a, i64b, 2, 0) }},
		{"MulDecimal64", func() { MulDecimal64(wd, i64a, i64b) }},
		{"DivDecimal64", func() { DivDecimal64(wd, i64a, i64b, 4) }},
		{"AddDecimal", func() { AddDecimal(wd, wa, wb, 0, 2) }},
		{"AddDecimal/same scale", func() { AddDecimal(wd, wa, wb, 0, 0) }},
		{"MulDecimal", func() { MulDecimal(wd, wa, wb) }},
		{"DivDecimal", func() { DivDecimal(wd, wa, wb, 4) }},
		{"ModDecimal", func() { ModDecimal(wd, wa, wb, 0, 2) }},
		{"Widen", func() { Widen(wd, i64a) }},
		{"Narrow", func() { Narrow(i64d, wb) }},
		{"Less/int64", func() { Less(boolsOut, i64a, i64b) }},
		{"Less/float64", func() { Less(boolsOut, f64a, f64b) }},
		{"Equal/string", func() { Equal(boolsOut, sa, sb) }},
		{"Less/string", func() { Less(boolsOut, sa, sb) }},
		{"LessInt128", func() { LessInt128(boolsOut, wa, wb) }},
		{"LessInstant", func() { LessInstant(boolsOut, ta, tb) }},
		{"And", func() { And(boolsOut, nullsOut, bools, nil, flags, nil) }},
		{"And/nulls", func() { And(boolsOut, nullsOut, bools, nulls, flags, nulls) }},
		{"Select", func() { sel = Select(sel, bools, nil) }},
		{"Select/nulls", func() { sel = Select(sel, bools, nulls) }},
		{"SelectFrom", func() { sel = SelectFrom(sel, all, bools, nil) }},
		{"HashInt64", func() { HashInit(hash); HashInt64(hash, i64a, nil) }},
		{"HashInt64/nulls", func() { HashInit(hash); HashInt64(hash, i64a, nulls) }},
		{"HashInt128", func() { HashInit(hash); HashInt128(hash, wa, nil) }},
		{"HashFloat64", func() { HashInit(hash); HashFloat64(hash, f64a, nil) }},
		{"HashString", func() { HashInit(hash); HashString(hash, sa, nil) }},
		{"HashInstant", func() { HashInit(hash); HashInstant(hash, ta, nil) }},
		{"Float64ToInt64", func() { Float64ToInt64(i64d, f64a) }},
		{"RescaleNarrow/up", func() { RescaleNarrow(i64d, i64a, 4, 18) }},
		{"RescaleNarrow/down", func() { RescaleNarrow(i64d, i64a, -4, 18) }},
		{"Rescale/down", func() { Rescale(wd, wa, -4, 38) }},
		{"DecimalToFloat64", func() { DecimalToFloat64(f64d, wa, 6) }},
		{"ShortDecimalToFloat64", func() { ShortDecimalToFloat64(f64d, i64a, 6) }},
		{"Float64ToDecimal", func() { Float64ToDecimal(wd, f64a, 38, 2) }},
		{"CountByGroup/nulls", func() { CountByGroup(counts, groups, nulls) }},
		{"SumInt64ByGroup", func() { SumInt64ByGroup(ints, groups, i64a, nil) }},
		{"SumFloat64ByGroup", func() { SumFloat64ByGroup(floats, groups, f64a, nil) }},
		{"SumDecimal64ByGroup", func() { SumDecimal64ByGroup(&decimals, groups, i64a, nil) }},
		{"SumDecimal64ByGroup/nulls", func() { SumDecimal64ByGroup(&decimals, groups, i64a, nulls) }},
		{"SumDecimalByGroup", func() { SumDecimalByGroup(&decimals, groups, wa, nil) }},
		{"SumDecimal64", func() { SumDecimal64(&one, i64a, nil) }},
		{"SumDecimal", func() { SumDecimal(&one, wa, nil) }},
		{"MinByGroup", func() { MinByGroup(least, groups, i64a, nil) }},
	}
}

func BenchmarkKernels(b *testing.B) {
	for _, c := range benchCases() {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/pageRows, "ns/value")
		})
	}
}

func TestNoAllocations(t *testing.T) {
	for _, c := range benchCases() {
		if n := testing.AllocsPerRun(3, c.run); n != 0 {
			t.Errorf("%s allocates %v times a page", c.name, n)
		}
	}
}
