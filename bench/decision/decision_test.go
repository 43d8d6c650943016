package decision

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/ionq-db/ionq/engine/enginetest"
)

// testScale makes 60,000 order lines.
const testScale = 0.01

// TestQueries asks every question over a small scale, with one worker and with
// several, with and without room in memory, from files and from kept columns. The answers in testdata are DuckDB's
// (2.0.1) over the same rows, written by
//
//	go run ./bench/cmd/decision -dir DIR -scale 0.01 -expected
func TestQueries(t *testing.T) {
	ctx := context.Background()
	dir, store := t.TempDir(), t.TempDir()
	for _, table := range Tables {
		if err := table.WriteExport(ctx, dir, NewScale(testScale), 1); err != nil {
			t.Fatal(err)
		}
	}
	configs := []enginetest.Config{
		{Name: "plain", Workers: 2},
		{Name: "spill", Workers: 1, PageRows: 777, Memory: 1 << 20},
		{Name: "keeping", Workers: 2, Cache: true, Store: store},
		{Name: "kept", Workers: 2, PageRows: 3000, Cache: true, Store: store}, // what dynamic filters work on
	}
	if !testing.Short() {
		configs = append(configs, enginetest.Config{Name: "workers", Workers: 4, PageRows: 100}, enginetest.Config{Name: "tight", Workers: 3, Memory: 100 << 10})
	}
	for _, c := range configs {
		t.Run(c.Name, func(t *testing.T) {
			c.Dir = dir
			s := enginetest.Library(t, c)
			defer s.Close()
			for _, ddl := range DDL() {
				if _, err := s.Exec(ctx, ddl); err != nil {
					t.Fatal(err)
				}
			}
			for _, q := range Queries {
				t.Run(q.Name, func(t *testing.T) {
					b, err := os.ReadFile(filepath.Join("testdata", q.Name+".jsonl"))
					if err != nil {
						t.Fatal(err)
					}
					want, err := DecodeRows(b)
					if err != nil {
						t.Fatal(err)
					}
					got, err := s.Exec(ctx, q.SQL)
					if err != nil {
						t.Fatal(err)
					}
					if diff := Same(got.Rows, want); diff != "" {
						t.Errorf("%s: %s", q.About, diff)
					}
				})
			}
		})
	}
}

// TestSame: what counts as one answer.
func TestSame(t *testing.T) {
	p := func(s string) *string { return &s }
	for _, c := range []struct {
		a, b *string
		want bool
	}{
		{p("1.50"), p("1.5"), true},
		{p("100"), p("1"), false},
		{p("1.25"), p("1.26"), false},
		{p("123456789.123457"), p("123456789.123458"), false},
		{p("0.33333333333333331"), p("0.3333333333333333"), true},
		{p("1.5E9"), p("1500000000.0"), true},
		{p("a"), p("b"), false},
		{nil, p("0"), false},
		{nil, nil, true},
	} {
		if same(c.a, c.b) != c.want {
			t.Errorf("%v, %v: not %v", c.a, c.b, c.want)
		}
	}
}

// TestTables: rows do not depend on who makes them, and keys meet.
func TestTables(t *testing.T) {
	s := NewScale(testScale)
	part, line := Tables[5], Tables[7]
	pairs := map[[2]int64]bool{}
	for n := range part.Rows(s) {
		c := part.row(s, n)
		pairs[[2]int64{c[0].units, c[1].units}] = true
	}
	if int64(len(pairs)) != part.Rows(s) {
		t.Errorf("%d pairs of part and supplier in %d rows", len(pairs), part.Rows(s))
	}
	for n := range line.Rows(s) {
		c := line.row(s, n)
		if !pairs[[2]int64{c[2].units, c[3].units}] {
			t.Fatalf("line %d: supplier %d does not supply part %d", n, c[3].units, c[2].units)
		}
	}
}
