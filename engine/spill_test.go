package engine

// Queries whose operators spill: the same bytes, in the same order, whatever the
// memory budget.

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/engine/spill"
)

// spillData writes a table of 4 files with keys of many sorts: few and many
// groups, NULLs, strings of many lengths, lists.
func spillData(t testing.TB, rows int) string {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	n := 0
	for f := range 4 {
		var b strings.Builder
		for range rows / 4 {
			n++
			fmt.Fprintf(&b, "$ion_1_0 {Item:{id:%d,few:%d,many:%d,", n, rng.IntN(7), rng.IntN(rows/2))
			if rng.IntN(5) > 0 {
				fmt.Fprintf(&b, "name:%q,", strings.Repeat("x", rng.IntN(40))+fmt.Sprint(rng.IntN(rows)))
			}
			fmt.Fprintf(&b, "amount:%d.%02d,x:%d.%de0,tags:[%q,%q]}}\n", rng.IntN(100000)-50000, rng.IntN(100), rng.IntN(1000), rng.IntN(1e9), "a"+fmt.Sprint(rng.IntN(9)), "b")
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("data%d.ion", f)), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const spillDDL = `CREATE EXTERNAL TABLE t (id bigint, few int, many int, name string, amount decimal(12,2), x double, tags array<string>)
ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'
WITH SERDEPROPERTIES ('ion.id.path_extractor'='(Item id)','ion.few.path_extractor'='(Item few)','ion.many.path_extractor'='(Item many)',
'ion.name.path_extractor'='(Item name)','ion.amount.path_extractor'='(Item amount)','ion.x.path_extractor'='(Item x)','ion.tags.path_extractor'='(Item tags)')
STORED AS ION LOCATION 's3://test/'`

// spillQueries are queries of every operator that holds rows.
var spillQueries = []string{
	`SELECT many, count(*), sum(amount), min(name), max(x), avg(x), arbitrary(id) FROM t GROUP BY many`,
	`SELECT few, count(*), sum(x), avg(x), stddev(x), skewness(x), corr(x, id), geometric_mean(x) FROM t GROUP BY few`,
	`SELECT name, few, count(*), array_agg(id) FROM t GROUP BY name, few`,
	`SELECT few, count(DISTINCT name), sum(DISTINCT many), array_agg(name ORDER BY id DESC)[1] FROM t GROUP BY few`,
	`SELECT few, count(DISTINCT name), count(*), sum(DISTINCT x), avg(DISTINCT x), array_agg(DISTINCT many ORDER BY many DESC), sum(DISTINCT many) FILTER (WHERE id > 90), count(DISTINCT x) FILTER (WHERE name IS NULL) FROM t GROUP BY few`,
	`SELECT many, count(DISTINCT name), count(DISTINCT few), max(DISTINCT name), sum(id), array_agg(DISTINCT tags) FROM t GROUP BY many`,
	`SELECT few, m, count(DISTINCT name), count(DISTINCT m), sum(amount), sum(DISTINCT amount) FROM (SELECT *, many % 10 AS m FROM t) GROUP BY ROLLUP (few, m)`,
	`SELECT count(DISTINCT name), count(DISTINCT many), count(DISTINCT x), sum(DISTINCT id), max(name), listagg(DISTINCT cast(many AS varchar), ',') WITHIN GROUP (ORDER BY cast(many AS varchar)) FROM t`,
	`SELECT amount, few, name, count(*), sum(id), min(few), max(amount), bool_and(many > 3) FROM t GROUP BY amount, few, name`,
	`SELECT x, count(*), sum(amount) FROM t GROUP BY x`,
	`SELECT cast(many AS decimal(38,0)) * CASE WHEN id > 600 THEN decimal '1000000000000000000000' ELSE 1 END, count(*), bitwise_or_agg(id) FROM t GROUP BY 1`,
	`SELECT many, sum(CASE WHEN id IN (50, 60) THEN 4611686018427387904 ELSE id END) FROM t GROUP BY many`,
	`SELECT name, approx_distinct(many), min_by(name, x), max_by(tags, x), max(tags), count_if(few > 2), bool_or(few = 1), map_agg(id, name) FROM t GROUP BY name`,
	`SELECT few, m, grouping(few, m), count(*), sum(x) FROM (SELECT *, many % 10 AS m FROM t) GROUP BY CUBE (few, m)`,
	`SELECT DISTINCT name FROM t`,
	`SELECT DISTINCT tags, few FROM t`,
	`SELECT count(*), sum(x), count(DISTINCT many), approx_distinct(name), min(amount) FROM t`,
	`SELECT count(DISTINCT name) FROM t`,
	`SELECT few, sum(x ORDER BY name, id), avg(x ORDER BY id DESC), min_by(id, few ORDER BY x), sum(DISTINCT x ORDER BY x DESC), avg(DISTINCT many ORDER BY many), reduce_agg(x, 0e0, (s, x) -> s + x, (a, b) -> 0e0) FROM t GROUP BY few`,
	`SELECT many, name, sum(x ORDER BY id DESC), array_agg(id ORDER BY x), reduce_agg(id, BIGINT '7', (s, x) -> (s * 31 + x) % 1000003, (a, b) -> a), max_by(name, few ORDER BY id) FROM t GROUP BY many, name`,
	`SELECT few, m, reduce_agg(id, BIGINT '7', (s, x) -> (s * 31 + x) % 1000003, (a, b) -> a), sum(x ORDER BY tags, id) FROM (SELECT *, many % 10 AS m FROM t) GROUP BY ROLLUP (few, m)`,
	`SELECT sum(x ORDER BY name, id), arbitrary(name ORDER BY x), reduce_agg(x, 0e0, (s, x) -> (s + x) / 3, (a, b) -> 0e0), approx_percentile(x, 0.4 ORDER BY id DESC) FROM t`,
	`SELECT few, listagg(name, ',') WITHIN GROUP (ORDER BY id) FROM t WHERE id < 200 GROUP BY few`,
	`SELECT many, count(*) FROM t GROUP BY many LIMIT 50`,
	`SELECT * FROM t ORDER BY name, amount DESC`,
	`SELECT * FROM t ORDER BY few NULLS FIRST`,
	`SELECT id, tags FROM t ORDER BY tags DESC, x LIMIT 700`,
	`SELECT id, few FROM t ORDER BY few FETCH FIRST 200 ROWS WITH TIES`,
	`SELECT few, many, sum(c) FROM (SELECT few, many, name, count(*) c FROM t GROUP BY few, many, name) GROUP BY few, many ORDER BY 3 DESC, 1, 2`,
	`SELECT a.id, b.id, b.name FROM t a JOIN t b ON a.many = b.many AND a.id < b.id`,
	`SELECT a.id, b.id, b.name FROM t a LEFT JOIN t b ON a.name = b.name AND a.few <> b.few`,
	`SELECT a.id, a.name, b.id FROM t a RIGHT JOIN (SELECT * FROM t WHERE few < 3) b ON a.id = b.many AND a.few = b.few`,
	`SELECT a.id, b.id FROM (SELECT * FROM t WHERE few = 2) a FULL JOIN (SELECT * FROM t WHERE few < 4) b ON a.many = b.many AND a.x < b.x`,
	`SELECT a.id, b.id FROM (SELECT * FROM t WHERE id < 60) a FULL JOIN (SELECT * FROM t WHERE id < 300) b ON a.x < b.x AND a.many > b.many`,
	`SELECT count(*), sum(a.id * b.id) FROM (SELECT * FROM t WHERE id < 60) a CROSS JOIN (SELECT * FROM t WHERE id < 300) b`,
	`SELECT id FROM t WHERE many IN (SELECT id FROM t WHERE few = 3)`,
	`SELECT id, name IN (SELECT name FROM t WHERE few = 3) FROM t`,
	`SELECT id, name NOT IN (SELECT name FROM t WHERE few = 3 AND name IS NOT NULL) FROM t`,
	`SELECT id FROM t a WHERE EXISTS (SELECT 1 FROM t b WHERE b.name = a.name AND b.id <> a.id)`,
	`SELECT id FROM t a WHERE id < 300 AND NOT EXISTS (SELECT 1 FROM t b WHERE b.x < a.x AND b.few = a.few AND b.id < 300)`,
	`SELECT id, many IN (SELECT b.id FROM t b WHERE b.few < a.few) FROM t a WHERE id < 300`,
	`SELECT name FROM t INTERSECT SELECT name FROM t WHERE few < 3`,
	`SELECT name, few FROM t EXCEPT SELECT name, few FROM t WHERE id % 2 = 0`,
	`SELECT few FROM t INTERSECT ALL SELECT many FROM t`,
	`SELECT many FROM t EXCEPT ALL SELECT many FROM t WHERE few > 3`,
	`SELECT name FROM t UNION SELECT tags[1] FROM t`,
	`SELECT id, row_number() OVER (PARTITION BY many ORDER BY x), sum(x) OVER (PARTITION BY many ORDER BY id), lag(name) OVER (PARTITION BY few ORDER BY id) FROM t`,
	`SELECT id, rank() OVER (PARTITION BY few ORDER BY many), count(*) OVER (PARTITION BY name) FROM t`,
	`SELECT id, row_number() OVER (ORDER BY name, id), sum(id) OVER () FROM t`,
	`SELECT id, rank() OVER w, dense_rank() OVER w, percent_rank() OVER w, cume_dist() OVER w, ntile(7) OVER w, lag(name, 3, 'none') OVER w, lead(amount) OVER w,
		first_value(id) OVER w, last_value(id) OVER w, nth_value(name, 2) OVER w, sum(x) OVER w, count(*) OVER w, max(name) OVER w FROM t WINDOW w AS (ORDER BY many)`,
	`SELECT id, sum(x) OVER (PARTITION BY few ORDER BY id ROWS BETWEEN 3 PRECEDING AND 2 FOLLOWING), avg(amount) OVER (PARTITION BY few ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING),
		count(*) OVER (PARTITION BY few ORDER BY many RANGE BETWEEN 5 PRECEDING AND 9 FOLLOWING), last_value(id) OVER (PARTITION BY few ORDER BY many GROUPS BETWEEN 1 PRECEDING AND 2 FOLLOWING),
		lag(name) IGNORE NULLS OVER (PARTITION BY few ORDER BY id), first_value(name) IGNORE NULLS OVER (PARTITION BY few ORDER BY id DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t`,
	`SELECT id, count(*) OVER (ORDER BY name NULLS FIRST GROUPS 2 PRECEDING), sum(id) OVER (ORDER BY x DESC RANGE BETWEEN 1.5 PRECEDING AND CURRENT ROW), max(few) OVER (ORDER BY id ROWS BETWEEN few PRECEDING AND few FOLLOWING) FROM t`,
	`SELECT id, tags, lead(tags, 2) OVER (ORDER BY tags, id), array_agg(few) OVER (ORDER BY id ROWS 2 PRECEDING) FROM t WHERE id < 400`,
	`SELECT row_number() OVER (), count(*) OVER () FROM t`,
	`SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY few ORDER BY id MEASURES match_number() AS m, first(up.id) AS f, last(x) AS l, count(*) AS c, sum(up.x) AS s, classifier() AS k
		ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (st up+ dn*) DEFINE up AS x > prev(x), dn AS x < prev(x))`,
	`SELECT id, name, m, c, l FROM t MATCH_RECOGNIZE (ORDER BY many, id MEASURES match_number() AS m, classifier() AS c, running last(a.name) AS l
		ALL ROWS PER MATCH WITH UNMATCHED ROWS AFTER MATCH SKIP PAST LAST ROW PATTERN (a b{1,3} c?) DEFINE b AS b.amount > a.amount, c AS c.few = a.few)`,
	`SELECT id, few, n OVER w, sum(x) OVER w, count(*) OVER w FROM t WINDOW w AS (PARTITION BY few ORDER BY id MEASURES last(b.id) AS n
		ROWS BETWEEN CURRENT ROW AND 6 FOLLOWING AFTER MATCH SKIP TO NEXT ROW PATTERN (a b+) DEFINE b AS b.many > prev(b.many))`,
	`SELECT a.id, b.id FROM (SELECT * FROM t WHERE id < 300) a JOIN (SELECT * FROM t WHERE id < 300) b ON a.few = b.few AND a.x > b.x`,
}

// answer runs a query and gives its rows as text, or its error behind them.
func answer(t testing.TB, s *Session, sql string) string {
	t.Helper()
	var b []byte
	ctx := context.Background()
	r, err := s.Query(ctx, sql)
	if err != nil {
		return err.Error()
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	for {
		p, err := r.Next(ctx)
		if err != nil {
			return string(b) + err.Error()
		}
		if p == nil {
			return string(b)
		}
		for i := range p.Len() {
			row := i
			if p.Sel != nil {
				row = int(p.Sel[i])
			}
			for _, v := range p.Cols {
				if v.IsNull(row) {
					b = append(b, "NULL"...)
				} else {
					b = output.AppendText(b, v, row)
				}
				b = append(b, '|')
			}
			b = append(b, '\n')
		}
	}
}

func spillSession(t testing.TB, dir string, opt Options) *Session {
	t.Helper()
	m, err := ParseMapping("s3://test=" + dir)
	if err != nil {
		t.Fatal(err)
	}
	opt.Maps, opt.Offline = []Mapping{m}, true
	e, err := Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	s := e.NewSession()
	if got := answer(t, s, spillDDL); got != "" {
		t.Fatal(got)
	}
	return s
}

func TestSpill(t *testing.T) {
	dir := spillData(t, 1200)
	plain := spillSession(t, dir, Options{Workers: 1, Memory: 1 << 40})
	others := []*Session{
		spillSession(t, dir, Options{Workers: 3, PageRows: 7, Memory: 1}),
		spillSession(t, dir, Options{Workers: 2, Memory: 20000}),
		spillSession(t, dir, Options{Workers: 1, PageRows: 100, Memory: 100000}),
	}
	// The same with parts of an aggregation so small that there are many.
	small := spillSession(t, dir, Options{Workers: 1, Memory: 1 << 40, partRows: 70})
	smalls := []*Session{
		spillSession(t, dir, Options{Workers: 3, PageRows: 7, Memory: 1, partRows: 70}),
		spillSession(t, dir, Options{Workers: 2, PageRows: 100, Memory: 30000, partRows: 70}),
		spillSession(t, dir, Options{Workers: 4, PageRows: 1, partRows: 70}),
	}
	if testing.Short() { // for the race detector
		others, smalls = others[:2], smalls[1:2]
	}
	for _, q := range spillQueries {
		if strings.Contains(q, "GROUP BY") || strings.Contains(q, "count(") {
			want := answer(t, small, q)
			for k, s := range smalls {
				if got := answer(t, s, q); got != want {
					t.Errorf("%s\nsmall parts, session %d: %d bytes, not %d\n%s", q, k, len(got), len(want), firstDifference(got, want))
				}
			}
		}
	}
	for _, q := range spillQueries {
		want := answer(t, plain, q)
		if !strings.HasSuffix(want, "|\n") {
			t.Errorf("%s\n%s", q, want)
		}
		for k, s := range others {
			before := s.e.space.Written()
			got := answer(t, s, q)
			if k == 0 && s.e.space.Written() == before && !strings.Contains(q, "OVER ()") {
				t.Errorf("%s\nspills nothing", q)
			}
			if got != want {
				t.Errorf("%s\nsession %d gives something else: %d bytes, not %d\n%s", q, k, len(got), len(want), firstDifference(got, want))
			}
		}
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: %s\n   not %s", i, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(x), len(y))
}

// One group of many rows, whose value is small: no more is held of it than the value
// needs.
var oneGroupQueries = []string{
	`SELECT histogram(x % 7), histogram(CAST(x % 11 AS varchar)) FROM r`,
	`SELECT map_agg(x % 7, x), map_agg(CAST(x % 5 AS varchar), ARRAY[x]) FROM r`,
	`SELECT map_union(map(ARRAY[x % 7, -1], ARRAY[x, y])) FROM r`,
	`SELECT min(x, 5), max(CAST(x AS double), 3), min(CAST(x AS varchar), 4) FROM r`,
	`SELECT min_by(x, y, 6), max_by(CAST(x AS varchar), y, 4) FROM r`,
	`SELECT count(x ORDER BY y), sum(CAST(x AS decimal(10,2)) ORDER BY y), max(x ORDER BY y DESC), min(CAST(x AS varchar) ORDER BY y) FROM r`,
	`SELECT x % 3 AS g, histogram(y), min(x, 2) FILTER (WHERE x > 10), map_agg(y, x) FILTER (WHERE y > 2) FROM r GROUP BY 1`,
	`SELECT max_by(x, x), min_by(CAST(x AS varchar), -x), arbitrary(x) FROM r`,
	// The order matters, and all rows are needed for it.
	`SELECT sum(x / 7e0 ORDER BY y, x), avg(x / 7e0 ORDER BY y DESC, x), count(*) FROM r`,
	`SELECT min_by(x, y ORDER BY x DESC), max_by(x, y ORDER BY y, x), arbitrary(x ORDER BY y DESC) FILTER (WHERE x % 2 = 0), sum(x) FROM r`,
	`SELECT stddev(x / 7e0 ORDER BY y, x), corr(x, y ORDER BY y, x), geometric_mean(x + 1 ORDER BY y, x), approx_percentile(x / 7e0, 0.3 ORDER BY y, x) FROM r`,
	`SELECT histogram(x % 7 ORDER BY x DESC), map_agg(x % 7, x ORDER BY y, x), min(x, 5 ORDER BY y), numeric_histogram(4, x ORDER BY y DESC, x) FROM r`,
	`SELECT x % 3 AS g, sum(x / 7e0 ORDER BY y, x), sum(DISTINCT y % 50 / 7e0 ORDER BY y % 50 / 7e0 DESC) FILTER (WHERE y > 5), min_by(y, x ORDER BY y) FROM r GROUP BY 1`,
	`SELECT CASE WHEN x % 1000 = 7 THEN x ELSE 0 END AS g, sum(x / 7e0 ORDER BY y, x), arbitrary(y ORDER BY x DESC) FROM r GROUP BY 1`,
	`SELECT g, h, sum(x / 7e0 ORDER BY y, x), arbitrary(y ORDER BY x DESC) FROM (SELECT *, x % 2 AS g, y % 2 AS h FROM r) GROUP BY GROUPING SETS ((g, h), (h), ())`,
	`SELECT reduce_agg(x, 0, (s, x) -> s + x, (a, b) -> a + b), reduce_agg(x / 7e0, 0e0, (s, x) -> s + x, (a, b) -> 0e0), reduce_agg(x, -1, (s, x) -> x, (a, b) -> a) FROM r`,
	`SELECT reduce_agg(x / 7e0, 0e0, (s, x) -> (s + x) / 2, (a, b) -> 0e0 ORDER BY y, x) FROM r`,
	`SELECT x % 5 AS g, reduce_agg(x, y, (s, x) -> (s * 31 + x) % 1000003, (a, b) -> a), reduce_agg(y, true, (s, x) -> s AND x > 0, (a, b) -> a), reduce_agg(y, DATE '2020-01-01', (s, x) -> s, (a, b) -> a) FROM r GROUP BY 1`,
}

// The same with so many distinct values that a budget of nothing would take very long.
var manyDistinctQueries = []string{
	`SELECT sum(DISTINCT x / 7e0 ORDER BY x / 7e0 DESC), avg(DISTINCT x ORDER BY x), sum(DISTINCT CAST(y AS real) ORDER BY CAST(y AS real)) FROM r`,
}

// The same with a group that fails: the groups in front of it come, and its error is that
// of its first row that fails.
var failingGroupQueries = []string{
	`SELECT x % 5 AS g, sum(CASE WHEN x % 5 = 3 AND y > 1005 THEN 9223372036854775807 - y ELSE x END ORDER BY y, x) FROM r GROUP BY 1`,
	`SELECT sum(CASE WHEN y > 1005 THEN 9223372036854775807 - y ELSE x END ORDER BY y, x) FROM r`,
	`SELECT x % 5 AS g, reduce_agg(x, 0, (s, x) -> (s + x) % 1000 + CASE WHEN x % 5 = 3 AND x > 150000 THEN CAST('x' || CAST(x AS varchar) AS bigint) ELSE 0 END, (a, b) -> a) FROM r GROUP BY 1`,
	`SELECT reduce_agg(x, 0, (s, x) -> (s + x) % 1000 + CASE WHEN x % 1009 = 3 THEN CAST('x' || CAST(x AS varchar) AS bigint) ELSE 0 END, (a, b) -> a ORDER BY y, x) FROM r`,
	`SELECT x % 5 AS g, sum(y ORDER BY ARRAY[CASE WHEN x % 5 = 4 AND y = 6 THEN NULL ELSE x END]) FROM r GROUP BY 1`,
}

func TestSpillOneGroup(t *testing.T) {
	temp := t.TempDir()
	good := func(got string) bool { return strings.HasSuffix(got, "|\n") }
	spillOneGroup(t, temp, 5<<20, manyDistinctQueries, good)
	spillOneGroup(t, temp, 1, oneGroupQueries, good)
	spillOneGroup(t, temp, 1, failingGroupQueries, func(got string) bool { return strings.Contains(got, ": ") })
}

// spillOneGroup runs queries with much memory and with nearly none.
func spillOneGroup(t *testing.T, temp string, memory int64, queries []string, good func(string) bool) {
	t.Helper()
	rows := `WITH r AS (SELECT a * 1000 + b AS x, (a * 7919 + b * 104729) % 1009 AS y FROM UNNEST(sequence(0, 319)) t(a) CROSS JOIN UNNEST(sequence(0, 999)) u(b)) `
	if testing.Short() { // for the race detector
		rows = strings.ReplaceAll(rows, "a * 1000", "a * 5000")
		rows = strings.ReplaceAll(rows, "(0, 319)", "(0, 63)")
	}
	dir := spillData(t, 4)
	plain := spillSession(t, dir, Options{Workers: 1, Memory: 1 << 40})
	small := spillSession(t, dir, Options{Workers: 2, Memory: memory, TempDir: temp})
	for _, q := range queries {
		want := answer(t, plain, rows+q)
		if !good(want) {
			t.Errorf("%s\n%s", q, want)
		}
		if got := answer(t, small, rows+q); got != want {
			t.Errorf("%s\ngot  %.300s\nwant %.300s", q, got, want)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("%s\nleaves %v (%v)", q, left, err)
		}
	}
}

// measured is a temporary file that notes the longest piece written.
type measured struct {
	spill.Store
	most *atomic.Int64
}

func (m measured) WriteAt(p []byte, off int64) (int, error) {
	for {
		most := m.most.Load()
		if int64(len(p)) <= most || m.most.CompareAndSwap(most, int64(len(p))) {
			return m.Store.WriteAt(p, off)
		}
	}
}

// TestSpillPieces: what is put on disk of a group of many rows, and with it what its
// way there and back takes in memory, does not grow with the group.
func TestSpillPieces(t *testing.T) {
	const rows = `WITH r AS (SELECT a * 1000 + b AS x, (a * 7919 + b * 104729) % 1009 AS y FROM UNNEST(sequence(0, 99)) t(a) CROSS JOIN UNNEST(sequence(0, 999)) u(b)) `
	dir := spillData(t, 4)
	plain := spillSession(t, dir, Options{Workers: 1, Memory: 1 << 40})
	small := spillSession(t, dir, Options{Workers: 2, Memory: 1 << 20})
	var most atomic.Int64
	small.e.space = spill.NewSpaceWith(t.TempDir(), func(dir string) (spill.Store, error) {
		f, err := os.CreateTemp(dir, "")
		return measured{f, &most}, err
	})
	for _, q := range []string{
		`SELECT sum(x / 7e0 ORDER BY y, x) FROM r`,
		`SELECT sum(x / 7e0 ORDER BY y, x), arbitrary(y ORDER BY x DESC) FILTER (WHERE y % 2 = 0), count(*), sum(x / 7e0), max(y), approx_distinct(y), stddev(x) FROM r`,
		`SELECT CASE WHEN x % 1000 = 7 THEN x ELSE 0 END AS g, sum(x / 7e0 ORDER BY y, x), corr(x, y), min(CAST(x AS varchar)) FROM r GROUP BY 1`,
		`SELECT g, h, sum(x / 7e0 ORDER BY y, x), bitwise_or_agg(x) FROM (SELECT *, y % 2 AS g, x % 3 AS h FROM r) GROUP BY ROLLUP (g, h)`,
		`SELECT reduce_agg(x, 0, (s, x) -> (s * 31 + x) % 1000003, (a, b) -> a), arbitrary(x ORDER BY y DESC) FROM r`,
	} {
		most.Store(0)
		want, got := answer(t, plain, rows+q), answer(t, small, rows+q)
		if got != want || !strings.HasSuffix(want, "|\n") {
			t.Errorf("%s\ngot  %.300s\nwant %.300s", q, got, want)
		}
		if n := most.Load(); n == 0 || n > 256<<10 {
			t.Errorf("%s\na piece of %d bytes", q, n)
		}
	}
}

// TestLongMatch: the rows of one match come page by page, not all at once, whose
// measures may take more than there is memory for: the first ones are there before a
// measure of a later one fails.
func TestLongMatch(t *testing.T) {
	dir := spillData(t, 4)
	for _, opt := range []Options{{Workers: 1}, {Workers: 1, PageRows: 3}, {Workers: 2, Memory: 1 << 10}} {
		s := spillSession(t, dir, opt)
		for _, pattern := range []string{"a b*", "a {- b -} b*"} {
			q := `SELECT * FROM (SELECT x, q FROM (SELECT a * 1000 + b AS x FROM UNNEST(sequence(0, 99)) t(a) CROSS JOIN UNNEST(sequence(0, 999)) u(b))
				MATCH_RECOGNIZE (ORDER BY x MEASURES 1 / (90000 - RUNNING last(x)) AS q ALL ROWS PER MATCH PATTERN (` + pattern + `) DEFINE b AS b.x > 0)) LIMIT 2`
			want := "0|0|\n1|0|\n"
			if strings.Contains(pattern, "-}") {
				want = "0|0|\n2|0|\n"
			}
			if got := answer(t, s, q); got != want {
				t.Errorf("%s: %q, want %q", pattern, got, want)
			}
			if got := answer(t, s, strings.Replace(q, "LIMIT 2", "", 1)); !strings.Contains(got, "ivision by zero") {
				t.Errorf("%s: no error at the end: %q", pattern, got[max(0, len(got)-100):])
			}
		}
	}
}
