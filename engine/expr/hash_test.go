package expr

import (
	"math"
	"slices"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// Values in one class group together; values of different classes do not. Equal
// values hash alike, whatever the form they are held in.
func TestHashAndEquality(t *testing.T) {
	for _, c := range []struct {
		typ     string
		classes [][]string
	}{
		{"boolean", [][]string{{"true"}, {"false"}, {"NULL", "NULL"}}},
		{"bigint", [][]string{{"1", "1"}, {"2"}, {"NULL", "NULL"}}},
		{"double", [][]string{{"0", "-0"}, {"NaN", "NaN"}, {"1"}, {"NULL", "NULL"}}},
		{"decimal(38,2)", [][]string{{"1.00", "1.00"}, {"-1"}, {"99999999999999999999"}, {"NULL"}}},
		{"varchar", [][]string{{"a", "a"}, {""}, {"NULL", "NULL"}}},
		{"timestamp(3) with time zone", [][]string{{"2023-06-30 09:00:00 UTC", "2023-06-30 18:00:00 +09:00"}, {"2023-06-30 09:00:00 +09:00"}}},
		{"time(3) with time zone", [][]string{{"01:00:00+00:00", "10:00:00+09:00"}, {"01:00:00+09:00"}, {"NULL"}}},
		{"array(bigint)", [][]string{{"[]", "[]"}, {"[1,NULL]", "[1,NULL]"}, {"[NULL,1]"}, {"[1]"}, {"[NULL]"}, {"NULL", "NULL"}}},
		{"map(varchar, bigint)", [][]string{{"{a=1,b=2}", "{b=2,a=1}"}, {"{a=2,b=1}"}, {"{a=NULL}", "{a=NULL}"}, {"{}"}}},
		{"row(a double, b array(varchar))", [][]string{{"[NaN,[x]]", "[NaN,[x]]"}, {"[0,NULL]", "[-0,NULL]"}, {"[0,[]]"}, {"NULL"}}},
		{"unknown", [][]string{{"NULL", "NULL"}}},
	} {
		ty := typ(t, c.typ)
		var rows []caseRow
		var class []int
		for k, values := range c.classes {
			for _, s := range values {
				rows = append(rows, caseRow{args: []plan.Datum{datum(t, ty, s)}})
				class = append(class, k)
			}
		}
		p := makePage([]types.Type{ty}, rows, nil, false)
		v := p.Cols[0]
		h := HashColumns(nil, p.Cols, p.Rows)
		for i := range rows {
			for j := range rows {
				same := class[i] == class[j]
				if EqualRows(p.Cols, i, p.Cols, j) != same {
					t.Errorf("%s: rows %d and %d: equal is not %v", c.typ, i, j, same)
				}
				if (h[i] == h[j]) != same {
					t.Errorf("%s: rows %d and %d: hashes %x %x", c.typ, i, j, h[i], h[j])
				}
				if ty.Orderable() && !v.IsNull(i) && !v.IsNull(j) && ty != types.Double && ty.Kind != types.KindRow && ty.Kind != types.KindArray {
					if (CompareValues(v, i, v, j) == 0) != same {
						t.Errorf("%s: rows %d and %d: order", c.typ, i, j)
					}
				}
			}
		}
	}
	// A long decimal hashes alike in 64 and in 128 bits.
	d := types.Decimal(38, 0)
	wide := ConstVector(d, datum(t, d, "7"), 2)
	small := ConstVector(d, datum(t, d, "7"), 2)
	narrow(small)
	a, b := HashColumns(nil, []*page.Vector{wide}, 2), HashColumns(nil, []*page.Vector{small}, 2)
	if wide.Phys == small.Phys || a[0] != b[0] || !EqualRows([]*page.Vector{wide}, 0, []*page.Vector{small}, 1) {
		t.Error("wide and narrow decimals differ")
	}
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		typ    string
		sorted []string // ascending, all different
	}{
		{"double", []string{"-Inf", "-1", "-0", "0", "1", "Inf", "NaN"}},
		{"varchar", []string{"", "A", "a", "ab", "b", "ä"}},
		{"char(3)", []string{"a\t", "a", "a!", "ab"}},
		{"decimal(38,1)", []string{"-99999999999999999999", "-1.5", "0", "2", "99999999999999999999"}},
		{"array(bigint)", []string{"[]", "[1]", "[1,2]", "[2]"}},
		{"row(a bigint, b varchar)", []string{"[1,a]", "[1,b]", "[2,a]"}},
		{"time(3) with time zone", []string{"10:00:00+09:00", "02:00:00+00:00"}},
	} {
		ty := typ(t, c.typ)
		var rows []caseRow
		for _, s := range c.sorted {
			rows = append(rows, caseRow{args: []plan.Datum{datum(t, ty, s)}})
		}
		v := makePage([]types.Type{ty}, rows, nil, false).Cols[0]
		for i := range rows {
			for j := range rows {
				got := CompareValues(v, i, v, j)
				if (got < 0) != (i < j) || (got == 0) != (i == j) {
					t.Errorf("%s: %q and %q: %d", c.typ, c.sorted[i], c.sorted[j], got)
				}
			}
		}
	}
	double := typ(t, "double")
	nan := makePage([]types.Type{double}, []caseRow{{args: []plan.Datum{datum(t, double, "NaN")}}, {args: []plan.Datum{datum(t, double, "-Inf")}}}, nil, false).Cols[0]
	if CompareNaNFirst(nan, 0, nan, 1) >= 0 || CompareNaNFirst(nan, 1, nan, 0) <= 0 || CompareNaNFirst(nan, 0, nan, 0) != 0 {
		t.Error("CompareNaNFirst")
	}
	ty := typ(t, "array(bigint)")
	v := makePage([]types.Type{ty}, []caseRow{{args: []plan.Datum{datum(t, ty, "[1,NULL]")}}, {args: []plan.Datum{datum(t, ty, "[1,2]")}}}, nil, false).Cols[0]
	if CheckOrder(v, 0, v, 1) == nil || CheckOrder(v, 1, v, 1) != nil {
		t.Error("CheckOrder")
	}
}

func TestIntSet(t *testing.T) {
	for _, vals := range [][]int64{
		nil, {7}, {-5, 5, 1000}, {0, 1 << 40, -1 << 40}, {math.MinInt64, math.MaxInt64, 0},
	} {
		s := newIntSet(vals)
		for _, v := range []int64{7, -5, 5, 1000, 0, 1 << 40, -1 << 40, math.MinInt64, math.MaxInt64, 1, -1, 8, 999, 1001} {
			if s.has(v) != slices.Contains(vals, v) {
				t.Errorf("%v has %d: %v", vals, v, s.has(v))
			}
		}
	}
	var many []int64
	for k := range int64(1000) {
		many = append(many, k*1_000_003)
	}
	s := newIntSet(many)
	for k := range int64(1000) {
		if !s.has(k*1_000_003) || s.has(k*1_000_003+1) {
			t.Fatal(k)
		}
	}
}
