package engine

// Random conditions over one table: the rows that they keep must be those of which
// they are true where nothing is pushed down, whichever way they are decided: on the
// file while it is read, on kept columns without their values, by a dictionary, by
// columns loaded for the rows that are left.

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// whereColumns are the table's columns, each with literals that its values are near.
var whereColumns = []struct {
	name, typ string
	kind      byte // n number, s text, t text of a time, b boolean, f double
	make      func(r *rand.Rand, i int) string
	literals  []string
}{
	{"id", "bigint", 'n', func(_ *rand.Rand, i int) string { return fmt.Sprint(i) }, []string{"0", "1", "4095", "9000", "-1", "1e300"}},
	{"amount", "decimal(38,2)", 'n', func(r *rand.Rand, _ int) string { return fmt.Sprintf("%d.%02d", r.IntN(1000), r.IntN(100)) }, []string{"0", "12.5", "DECIMAL '500.25'", "999", "-3"}},
	{"price", "decimal(10,2)", 'n', func(r *rand.Rand, _ int) string { return fmt.Sprintf("%d.5", r.IntN(7)) }, []string{"0", "3.5", "DECIMAL '6.50'", "2"}},
	{"wide", "decimal(38,0)", 'n', func(r *rand.Rand, i int) string {
		return fmt.Sprintf("%d000000000%d.", 1+r.IntN(90), 1_000_000_000_000+i)
	}, []string{"0", "DECIMAL '5000000000000000000000'"}},
	{"ratio", "double", 'n', func(r *rand.Rand, _ int) string { return fmt.Sprintf("%de-1", r.IntN(100)) }, []string{"0", "5e0", "DECIMAL '7.5'"}},
	{"kind", "string", 's', func(r *rand.Rand, _ int) string { return fmt.Sprintf("%q", []string{"a", "b", "cc", ""}[r.IntN(4)]) }, []string{"'a'", "'b'", "'cc'", "''", "'x'"}},
	{"name", "string", 's', func(r *rand.Rand, _ int) string { return fmt.Sprintf("\"n%x\"", r.Uint32()) }, []string{"'n5'", "'n8'", "'nf'", "'n'", "''"}},
	{"at", "string", 't', func(r *rand.Rand, _ int) string {
		return fmt.Sprintf("\"2023-%02d-%02dT%02d:%02d:%02d.%06d+0000\"", 6+r.IntN(3), 1+r.IntN(30), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1_000_000))
	}, []string{"'2023-07'", "'2023-06-15T10'", "''", "'2023-08-30T23:59:59'", "'2024'"}},
	{"day", "string", 't', func(r *rand.Rand, _ int) string { return fmt.Sprintf("\"2023-%02d-%02d\"", 6+r.IntN(3), 1+r.IntN(30)) }, []string{"'2023-07-01'", "'2023-06'", "''", "'2023-08-30'"}},
	{"flag", "boolean", 'b', func(r *rand.Rand, _ int) string { return fmt.Sprint(r.IntN(2) == 0) }, []string{"true", "false"}},
}

// whereTerm makes a condition.
func whereTerm(r *rand.Rand, depth int) string {
	c := whereColumns[r.IntN(len(whereColumns))]
	if r.IntN(4) == 0 {
		c = whereColumns[7] // the text of a time
	}
	lit := func() string { return c.literals[r.IntN(len(c.literals))] }
	op := []string{"=", "<>", "<", "<=", ">", ">="}[r.IntN(6)]
	if depth < 2 && r.IntN(5) == 0 {
		return fmt.Sprintf([]string{"(%s OR %s)", "(%s AND %s)", "NOT (%s AND %s)"}[r.IntN(3)], whereTerm(r, depth+1), whereTerm(r, depth+1))
	}
	switch r.IntN(16) { // plain comparisons are what most ways are made for
	case 0:
		return c.name + []string{" IS NULL", " IS NOT NULL"}[r.IntN(2)]
	case 1:
		return c.name + " IS DISTINCT FROM " + lit()
	case 2:
		return fmt.Sprintf("coalesce(%s %s %s, %v)", c.name, op, lit(), r.IntN(2) == 0)
	case 3:
		return fmt.Sprintf("%s IN (%s, %s, %s)", c.name, lit(), lit(), lit())
	case 4:
		switch c.kind {
		case 'n':
			return []string{c.name + " + 1 > " + lit(), "mod(id, 3) = 1", "CAST(" + c.name + " AS double) < 77.5", "amount > price", "id < amount"}[r.IntN(5)]
		case 's', 't':
			return []string{"length(" + c.name + ") > 2", c.name + " LIKE '%3%'", c.name + " LIKE '2023-07%'", "substr(" + c.name + ", 1, 7) >= '2023-07'", "kind < name", "day < at"}[r.IntN(6)]
		}
	case 5:
		if c.kind == 't' {
			return []string{
				"from_iso8601_timestamp(" + c.name + ") " + op + " from_iso8601_timestamp('2023-07-11T03:04:05')",
				"from_iso8601_timestamp(" + c.name + ") BETWEEN timestamp '2023-07-01 00:00:00 UTC' AND from_iso8601_timestamp('2023-08-01')",
				"date_trunc('day', from_iso8601_timestamp(" + c.name + ")) " + op + " timestamp '2023-07-15 00:00:00 UTC'",
			}[r.IntN(3)]
		}
	case 6:
		if c.kind != 'b' {
			return fmt.Sprintf("%s BETWEEN %s AND %s", c.name, lit(), lit())
		}
		return c.name
	}
	return fmt.Sprintf("%s %s %s", c.name, op, lit())
}

func TestWhere(t *testing.T) {
	var columns, properties []string
	for _, c := range whereColumns {
		columns = append(columns, c.name+" "+c.typ)
		properties = append(properties, fmt.Sprintf("'ion.%s.path_extractor'='(Item %[1]s)'", c.name))
	}
	rig := newCacheRig(t, strings.Join(columns, ", "), strings.Join(properties, ", "))
	r := rand.New(rand.NewPCG(2023, 7))
	file := func(name string, rows int, nulls [2]int) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		for i := range rows {
			var fields []string
			for k, c := range whereColumns {
				// Some columns have no NULLs, some have in one record of three, and
				// some in most, all together: items of another kind.
				if k%3 == 1 && r.IntN(3) == 0 || k%3 == 2 && i%nulls[1] >= nulls[0] {
					continue
				}
				fields = append(fields, c.name+":"+c.make(r, i))
			}
			fmt.Fprintf(z, "$ion_1_0 {Item:{%s}}\n", strings.Join(fields, ","))
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		rig.write(name)
		if err := os.WriteFile(filepath.Join(rig.data, "t", name), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file("a.ion.gz", 9500, [2]int{1, 4})
	file("b.ion.gz", 4000, [2]int{3, 4})
	file("c.ion.gz", 7, [2]int{1, 2})

	queries := 250
	if testing.Short() {
		queries = 60
	}
	some, failed := 0, 0
	for n := range queries {
		terms := make([]string, 1+r.IntN(4))
		for i := range terms {
			terms[i] = whereTerm(r, 0)
		}
		where := "(" + strings.Join(terms, ") AND (") + ")"
		aggs, filtered := "count(*)", "count(*) FILTER (WHERE w)"
		for range r.IntN(3) {
			c := whereColumns[r.IntN(len(whereColumns))].name
			aggs += ", checksum(" + c + "), count(" + c + ")"
			filtered += ", checksum(" + c + ") FILTER (WHERE w), count(" + c + ") FILTER (WHERE w)"
		}
		// What calls rand is not moved.
		want, _ := rig.answer(false, "SELECT "+filtered+" FROM (SELECT *, CASE WHEN rand() < 2 THEN "+where+" END AS w FROM t)")
		if strings.Contains(want, "|\n") && !strings.HasPrefix(want, "0|") {
			some++
		}
		if !strings.HasSuffix(want, "|\n") {
			failed++
			continue // what is not true of a row may be looked at in one way and not in the other
		}
		for k, cached := range []bool{false, true, true} {
			if got, _ := rig.answer(cached, "SELECT "+aggs+" FROM t WHERE "+where); got != want {
				t.Errorf("WHERE %s: %s, not %s", where, got, want)
				t.Logf("%s, run %d, cached: %v", aggs, k, cached)
			}
		}
		if n%8 == 7 { // columns come and go
			if _, _, err := OpenCache(rig.dir, 0, nil).Clear(""); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d of %d conditions keep rows, %d fail", some, queries, failed)
	if some < queries/3 || failed > queries/10 {
		t.Error("the conditions prove little")
	}
}
