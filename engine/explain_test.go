package engine

// EXPLAIN ANALYZE counts what came through each step; its times are not compared.

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestExplainAnalyze(t *testing.T) {
	text := analyzed(t, open(t, Options{}), "EXPLAIN ANALYZE SELECT k, count(*) FROM (SELECT x % 3 AS k FROM UNNEST(sequence(1, 1000)) AS t (x)) WHERE k > 0 GROUP BY k")
	for _, want := range []string{
		`Fragment 0 \[SINGLE\]`, `Output: 2 rows, Peak memory of operators:`,
		`Aggregate\[.*\n +(CPU: .* \(\d+\.\d\d%\), )?Wall: .*Output: 2 rows`, `Filter\[.*\n +.*Wall: .*Output: 667 rows`, `Unnest\[.*\n +.*Wall: .*Output: 1000 rows`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// analyzed runs EXPLAIN ANALYZE and gives its text.
func analyzed(t *testing.T, f *fixture, query string) string {
	t.Helper()
	r, err := f.s.Query(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p, err := r.Next(context.Background())
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	return strings.Join(p.Cols[0].Str[1:], "\n") // without the heading
}

// TestExplainAnalyzeMemory: what a step holds and writes is counted by itself, and
// as JSON it is the same.
func TestExplainAnalyzeMemory(t *testing.T) {
	const query = "SELECT x FROM UNNEST(sequence(1, 9000)) AS t (x) ORDER BY x % 7, x"
	mask := regexp.MustCompile(`\d+\.\d\dms( \(\d+\.\d\d%\))?|\d+(\.\d\d)?([kM]?B)`)
	text := mask.ReplaceAllString(analyzed(t, open(t, Options{}), "EXPLAIN ANALYZE "+query), "?")
	if want := "Wall: ?, Output: 9000 rows (?)\n          Peak memory: ?, Spilled: ?\n"; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
	for _, memory := range []int64{0, 1} {
		var root struct {
			Name  string
			Stats struct {
				OutputRows, PeakMemoryBytes, SpilledBytes int64
			}
			Children []struct{ Name string }
		}
		text := analyzed(t, open(t, Options{Memory: memory}), "EXPLAIN ANALYZE (FORMAT JSON) SELECT * FROM ("+query+" LIMIT 8500) CROSS JOIN (VALUES 1)")
		if err := json.Unmarshal([]byte(text), &root); err != nil {
			t.Fatal(err)
		}
		if root.Stats.OutputRows != 8500 || root.Stats.SpilledBytes != 0 && memory == 0 {
			t.Errorf("%+v in\n%s", root, text)
		}
		if spills := regexp.MustCompile(`"spilledBytes": [1-9]`).MatchString(text); spills != (memory == 1) {
			t.Errorf("with memory %d\n%s", memory, text)
		}
	}
}

// TestExplainAnalyzeKept: of kept columns a scan says how many rows it gave and how
// many bytes it read in the cache folder, as the whole query does.
func TestExplainAnalyzeKept(t *testing.T) {
	const rows = 3000
	f := open(t, Options{Cache: OpenCache(t.TempDir(), 1<<30, func(msg string) { t.Error(msg) }), CacheSettle: -1, CacheLeast: -1})
	var b strings.Builder
	for i := range rows {
		fmt.Fprintf(&b, "{Item:{k:%d, v:\"value %d\"}}\n", i%7, i)
	}
	f.write("t/a.ion", b.String())
	if _, err := f.answer("CREATE EXTERNAL TABLE t (k int, v string) ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' WITH SERDEPROPERTIES ('ion.k.path_extractor'='(Item k)', 'ion.v.path_extractor'='(Item v)') STORED AS ION LOCATION 's3://bucket/t/'"); err != nil {
		t.Fatal(err)
	}
	ask := func(explain string) string {
		return analyzed(t, f, explain+" SELECT k, max(v) FROM t WHERE k > 1 GROUP BY k")
	}
	file := regexp.MustCompile(fmt.Sprintf(`Scan\[.*\n.*Input: %d rows \(\d+\.\d\dkB stored, \d+\.\d\dkB raw\)`, rows))
	kept := regexp.MustCompile(fmt.Sprintf(`Scan\[.*\n.*Input: %d rows \(0B stored, 0B raw, (\d+\.\d\dkB) of kept columns\)`, rows))
	if text := ask("EXPLAIN ANALYZE"); !file.MatchString(text) {
		t.Error(text)
	}
	text := ask("EXPLAIN ANALYZE")
	m := kept.FindStringSubmatch(text)
	if m == nil || !strings.Contains(text, fmt.Sprintf("Input: %d rows (0B stored, 0B raw, %s of kept columns), Output: 5 rows", rows, m[1])) {
		t.Error(text)
	}
	if text := ask("EXPLAIN ANALYZE (FORMAT JSON)"); !regexp.MustCompile(`"inputKeptBytes": [1-9]`).MatchString(text) {
		t.Error(text)
	}
}

// TestReadsNoMore: a limit stops the reading of every split, and what two parts of a
// query share is read once.
func TestReadsNoMore(t *testing.T) {
	const rows, files, pageRows = 2000, 6, 100
	f := open(t, Options{PageRows: pageRows, Workers: 3})
	for k := range files {
		var b strings.Builder
		for i := range rows {
			fmt.Fprintf(&b, "{Item:{k:%d, v:%d}}\n", i%7, k*rows+i)
		}
		f.write(fmt.Sprintf("t/%d.ion", k), b.String())
	}
	if _, err := f.answer("CREATE EXTERNAL TABLE t (k int, v int) ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' WITH SERDEPROPERTIES ('ion.k.path_extractor'='(Item k)', 'ion.v.path_extractor'='(Item v)') STORED AS ION LOCATION 's3://bucket/t/'"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		sql  string
		most int64 // records
	}{
		{"SELECT v + 1 FROM t LIMIT 5", files * pageRows},
		{"SELECT v FROM t WHERE v % 2 = 1 LIMIT 5", files * pageRows},
		{"SELECT x.v, y.v FROM t x LEFT JOIN (SELECT 1 AS v) y ON x.v = y.v LIMIT 5", files * pageRows},
		{"SELECT v FROM t UNION ALL SELECT k FROM t LIMIT 5", 2 * files * pageRows},
		{"SELECT v FROM t LIMIT 0", 0},
		{"SELECT v FROM t WHERE 1 = 2", 0},
		{"WITH g AS (SELECT k, sum(v) AS s FROM t GROUP BY k) SELECT * FROM g a JOIN g b ON a.k = b.k + 1", files * rows},
		{"SELECT x, (SELECT count(*) FROM t WHERE v < x) FROM (VALUES 1, 2, 3, 2, 1) w (x)", files * rows},
	} {
		r, err := f.s.Query(context.Background(), c.sql)
		if err != nil {
			t.Fatal(err)
		}
		for {
			p, err := r.Next(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if p == nil {
				break
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if n := r.Stats().Records; n > c.most {
			t.Errorf("%s: %d records read, at most %d are needed", c.sql, n, c.most)
		}
	}
}
