package duckdiff

import (
	"bytes"
	"context"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/ionq-db/ionq/sql/types"
)

// env reads a number from the environment.
func env(t *testing.T, name string, otherwise int) int {
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func report(t *testing.T, opt Options) *Report {
	t.Helper()
	var log bytes.Buffer
	opt.Log, opt.TempDir, opt.Shrink = &log, t.TempDir(), 300
	rep, err := Run(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Findings) > 0 {
		t.Errorf("%d of %d queries:\n%s", len(rep.Findings), rep.Queries, log.String())
	}
	t.Logf("%d queries, %d answers compared (%d rows), %d failures", rep.Queries, rep.Compared, rep.Rows, rep.Failed)
	return rep
}

// TestDuckDB holds ionq against DuckDB. IONQ_DUCKDB names the folder that holds
// node_modules with @duckdb/node-api (package.json; ci.sh installs it),
// IONQ_DUCKDB_QUERIES and IONQ_DUCKDB_SEED say how many queries and which.
func TestDuckDB(t *testing.T) {
	dir := os.Getenv("IONQ_DUCKDB")
	if dir == "" {
		t.Skip("IONQ_DUCKDB is not set")
	}
	n := env(t, "IONQ_DUCKDB_QUERIES", 300)
	rep := report(t, Options{Seed: uint64(env(t, "IONQ_DUCKDB_SEED", 1)), Queries: n, DuckDir: dir})
	if rep.Compared < n*8/10 {
		t.Errorf("only %d of %d answers were compared", rep.Compared, n)
	}
}

// TestAlone holds ionq against itself, without DuckDB: no query may be refused, and
// every configuration gives the same bytes.
func TestAlone(t *testing.T) {
	n := 150
	if testing.Short() {
		n = 50
	}
	report(t, Options{Seed: 7, Queries: n})
}

// TestDeterministic: a seed gives the same queries for ever, or what a finding says
// could not be seen again.
func TestDeterministic(t *testing.T) {
	texts := func() string {
		var b bytes.Buffer
		if _, err := Run(context.Background(), Options{Seed: 3, Queries: 20, Log: &b, Print: true, TempDir: t.TempDir()}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if a, b := texts(), texts(); a != b || len(a) < 1000 {
		t.Errorf("two runs differ: %d and %d bytes", len(a), len(b))
	}
}

// TestDiffer: the comparison sees what it must see.
func TestDiffer(t *testing.T) {
	cols := []*Column{{Name: "a", T: types.Decimal(10, 2)}, {Name: "b", T: types.Double, facts: facts{Approx: true}}}
	row := func(a string, b any) []any { return []any{number(a), b} }
	for _, c := range []struct {
		name    string
		a, b    [][]any
		ordered bool
		same    bool
	}{
		{"equal", [][]any{row("1.50", 1.0)}, [][]any{row("01.5", 1.0)}, false, true},
		{"decimal", [][]any{row("1.50", 1.0)}, [][]any{row("1.51", 1.0)}, false, false},
		{"tolerated", [][]any{row("1", 0.1+0.2)}, [][]any{row("1", 0.3)}, false, true},
		{"not tolerated", [][]any{row("1", 0.3001)}, [][]any{row("1", 0.3)}, false, false},
		{"NULL", [][]any{row("1", nil)}, [][]any{row("1", 0.0)}, false, false},
		{"NaN", [][]any{row("1", math.NaN())}, [][]any{row("1", math.NaN())}, false, true},
		{"any order", [][]any{row("1", 2.0), row("1", 1.0)}, [][]any{row("1", 1.0), row("1", 2.0)}, false, true},
		{"close ones", [][]any{row("1", 0.999998), row("1", 0.999995), row("1", 0.9999965)}, [][]any{row("1", 0.9999965), row("1", 0.999998), row("1", 0.999995)}, false, true},
		{"order", [][]any{row("1", 2.0), row("2", 1.0)}, [][]any{row("2", 1.0), row("1", 2.0)}, true, false},
		{"multiset", [][]any{row("1", 1.0), row("1", 1.0)}, [][]any{row("1", 1.0), row("2", 1.0)}, false, false},
		{"rows", [][]any{row("1", 1.0)}, nil, false, false},
	} {
		if d := differ(cols, c.a, c.b, c.ordered); (d == "") != c.same {
			t.Errorf("%s: %q", c.name, d)
		}
	}
	// An exact double is compared to its last bit.
	exact := []*Column{{Name: "x", T: types.Double}}
	tenth := 0.1
	if differ(exact, [][]any{{tenth + 0.2}}, [][]any{{0.3}}, false) == "" {
		t.Error("0.30000000000000004 is not 0.3")
	}
	if identical([][]any{{math.Copysign(0, -1)}}, [][]any{{0.0}}) == "" {
		t.Error("-0 has the bytes of 0")
	}
}

// TestShrink: what stays of a query is what makes it bad.
func TestShrink(t *testing.T) {
	leaf := call(types.Bigint, "r1.k")
	sum := call(types.Bigint, "($1 + $2)", call(types.Bigint, "abs($1)", leaf), intLit(5))
	sel := &Select{
		Items: []Item{{sum, "c1"}, {strLit("x"), "c2"}},
		From:  &From{Join: "CROSS", L: &From{Table: "t0", Alias: "r1"}, R: &From{Table: "t1", Alias: "r2"}},
		Where: call(types.Boolean, "($1 IS NULL)", leaf),
	}
	q := one(sel)
	small := Shrink(q, 1000, func(x *Query) bool { return bytes.Contains([]byte(x.Athena()), []byte("abs(")) })
	if got, want := small.Athena(), "SELECT abs(r1.k) AS c1 FROM t0 AS r1"; got != want && got != "SELECT abs(CAST(NULL AS bigint)) AS c1 FROM t0 AS r1" {
		t.Errorf("got %s, want %s", got, want)
	}
	if q.Athena() != one(sel).Athena() {
		t.Error("the original was changed")
	}
}

// TestDifferences: every difference says what and how, or is one more macro of the
// one before it.
func TestDifferences(t *testing.T) {
	for i, d := range Differences {
		if (d.What == "") != (d.Mask == "") || d.What == "" && d.Macro == "" {
			t.Errorf("difference %d lacks its reason", i)
		}
	}
}
