package engine

// EXPLAIN ANALYZE counts what came through each step; its times are not compared.

import (
	"context"
	"regexp"
	"strings"
	"testing"
)

func TestExplainAnalyze(t *testing.T) {
	f := open(t, Options{})
	r, err := f.s.Query(context.Background(), "EXPLAIN ANALYZE SELECT k, count(*) FROM (SELECT x % 3 AS k FROM UNNEST(sequence(1, 1000)) AS t (x)) WHERE k > 0 GROUP BY k")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p, err := r.Next(context.Background())
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	text := strings.Join(p.Cols[0].Str, "\n")
	for _, want := range []string{
		`Fragment 0 \[SINGLE\]`, `Output: 2 rows, Peak memory of operators:`,
		`Aggregate\[.*\n +Time: .*Output: 2 rows`, `Filter\[.*\n +Time: .*Output: 667 rows`, `Unnest\[.*\n +Time: .*Output: 1000 rows`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}
