package engine

// Columns kept in the cache folder: answers and errors are those without it.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// cacheRig is a folder of data with a table over it, read by engines that share a
// cache folder, or have none.
type cacheRig struct {
	t    *testing.T
	data string
	dir  string // of the cache
	ddl  string
	opt  Options
}

func newCacheRig(t *testing.T, columns, properties string) *cacheRig {
	r := &cacheRig{t: t, data: t.TempDir(), dir: t.TempDir()}
	r.ddl = "CREATE EXTERNAL TABLE t (" + columns + ") ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' WITH SERDEPROPERTIES (" +
		properties + ") STORED AS ION LOCATION 's3://test/t/'"
	return r
}

func (r *cacheRig) write(name string, lines ...string) {
	r.t.Helper()
	full := filepath.Join(r.data, "t", name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// answer is all that a query has to say, and how many bytes were kept columns'.
func (r *cacheRig) answer(cached bool, sql string) (text string, kept int64) {
	r.t.Helper()
	opt := r.opt
	opt.Offline = true
	var warned []string
	opt.Warn = func(msg string) { warned = append(warned, msg) }
	m, err := ParseMapping("s3://test=" + r.data)
	if err != nil {
		r.t.Fatal(err)
	}
	opt.Maps = []Mapping{m}
	if cached {
		opt.Cache = OpenCache(r.dir, 1<<30, func(msg string) { r.t.Error(msg) })
		opt.CacheLeast = -1
		if opt.CacheSettle == 0 {
			opt.CacheSettle = -1
		}
	}
	e, err := Open(opt)
	if err != nil {
		r.t.Fatal(err)
	}
	defer e.Close()
	s := e.NewSession()
	ctx := context.Background()
	if res, err := s.Query(ctx, r.ddl); err != nil {
		r.t.Fatal(err)
	} else {
		res.Close()
	}
	var b strings.Builder
	res, err := s.Query(ctx, sql)
	if err == nil {
		defer res.Close()
		var rows string
		rows, err = readRows(res)
		b.WriteString(rows)
		kept = res.Stats().BytesKept
	}
	var bad *sqlerr.Error
	if errors.As(err, &bad) {
		fmt.Fprintf(&b, "%s %d %s %s %+v\n", bad.Code, bad.Pos, bad.Msg, bad.Hint, bad.Data)
		if bad.Code == sqlerr.GenericInternalError {
			fmt.Fprintln(&b, bad.Err) // the stack
		}
	} else if err != nil {
		r.t.Fatal(err)
	}
	for _, w := range warned {
		fmt.Fprintln(&b, "warning:", w)
	}
	return b.String(), kept
}

// readRows gives a result's rows as text, those before an error as well.
func readRows(res *Result) (string, error) {
	var b strings.Builder
	for {
		p, err := res.Next(context.Background())
		if p == nil || err != nil {
			return b.String(), err
		}
		for i := range p.Len() {
			row := i
			if p.Sel != nil {
				row = int(p.Sel[i])
			}
			for _, v := range p.Cols {
				if v.IsNull(row) {
					b.WriteString("NULL|")
				} else {
					b.Write(output.AppendText(nil, v, row))
					b.WriteByte('|')
				}
			}
			b.WriteByte('\n')
		}
	}
}

// check runs a query without a cache and twice with it. It returns how many bytes of
// kept columns the last run read.
func (r *cacheRig) check(sql string) int64 {
	r.t.Helper()
	want, _ := r.answer(false, sql)
	cold, _ := r.answer(true, sql)
	warm, kept := r.answer(true, sql)
	if cold != want {
		r.t.Errorf("%s\nwhile columns are kept:\n%swithout:\n%s", sql, cold, want)
	}
	if warm != want {
		r.t.Errorf("%s\nfrom kept columns:\n%swithout:\n%s", sql, warm, want)
	}
	return kept
}

func manyRows(n int, f func(i int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = "$ion_1_0 {Item:{" + f(i) + "}}"
	}
	return out
}

const plainProperties = "'ion.id.path_extractor'='(Item id)','ion.amount.path_extractor'='(Item amount)','ion.at.path_extractor'='(Item at)','ion.kind.path_extractor'='(Item kind)'"

func TestCachedAnswers(t *testing.T) {
	r := newCacheRig(t, "id bigint, amount decimal(38,4), at string, kind string, tags array<string>, note string", plainProperties+",'ion.tags.path_extractor'='(Item tags)','ion.note.path_extractor'='(Item Note)','ion.path_extractor.case_sensitive'='true'")
	kinds := []string{"ORDER", "CUSTOMER", "ITEM", ""}
	row := func(i int) string {
		s := fmt.Sprintf(`id:%d,amount:%d.%d,at:"2023-%02d-%02dT%02d:00:%02d.%06d+0000",tags:["a","%d"],note:"n%d"`, i%97*1_000_000_007, i*37%5000-2000, i%1000, 1+i%12, 1+i%28, i%24, i%60, i*7919%1_000_000, i%5, i)
		if i%5 != 0 {
			s += fmt.Sprintf(`,kind:"%s"`, kinds[i%4])
		}
		if i%50_000 == 49_999 {
			s = fmt.Sprintf(`id:null,amount:12345678901234567890123456.5,at:"someday",kind:"x%d"`, i)
		}
		return s
	}
	r.write("a.ion", manyRows(70_000, row)...)
	r.write("b.ion", manyRows(3, row)...)
	for _, q := range []string{
		"SELECT count(*) FROM t",
		"SELECT count(*), sum(amount), min(at), max(kind), count(kind) FROM t",
		"SELECT id, sum(amount), count(*) FROM t WHERE at LIKE '2023-0%' GROUP BY id",
		"SELECT id, sum(amount) FROM t WHERE at BETWEEN '2023-03' AND '2023-05-07T' GROUP BY id",
		"SELECT count(*), sum(id), min(at) FROM t WHERE at <> 'someday' AND from_iso8601_timestamp(at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00')",
		"SELECT kind, count(*) FROM t WHERE from_iso8601_timestamp(at) > from_iso8601_timestamp('2023-07-01T00:00:00+09:00') GROUP BY kind", // fails at someday
		"SELECT count(*), max(at) FROM t WHERE TRY(from_iso8601_timestamp(at)) < TIMESTAMP '2023-02-01 00:00:00 UTC'",
		"SELECT kind, at, amount FROM t WHERE kind IN ('ITEM', 'x49999') AND amount > 2990",
		"SELECT * FROM t WHERE id = 5000000035 AND amount < -1990 LIMIT 20",
		"SELECT \"$path\", count(*) FROM t WHERE id < 1000 GROUP BY 1",
		"SELECT at FROM t WHERE at > '2023-12-28T22' ORDER BY at LIMIT 5",
		"SELECT amount FROM t LIMIT 3",
		"SELECT count(note) FROM t",
		"SELECT avg(CAST(amount AS double)), sum(CAST(amount AS double)) FROM t",
		"SELECT a.id, count(*) FROM t a JOIN t b ON a.id = b.id WHERE a.amount > 2990 AND b.amount > 2990 GROUP BY 1",
	} {
		r.check(q)
	}
	if kept := r.check("SELECT sum(amount), min(id) FROM t WHERE kind = 'ITEM'"); kept == 0 {
		t.Error("nothing was read from kept columns")
	}
}

// TestCachedErrors: a bad value fails the queries that touch it, and those alone.
func TestCachedErrors(t *testing.T) {
	r := newCacheRig(t, "id bigint, amount decimal(10,2), kind string", plainProperties)
	lines := manyRows(9000, func(i int) string { return fmt.Sprintf(`id:%d,amount:%d.5,kind:"k%d"`, i, i, i%3) })
	lines[5000] = `{Item:{id:5000,amount:"no number",kind:"bad"}}`
	lines[7000] = `{Item:{id:12345678901234567890,amount:1.125,kind:"worse"}}`
	r.write("a.ion", lines...)
	for _, q := range []string{
		"SELECT sum(amount) FROM t WHERE kind = 'k1'", // amounts come late: the bad ones do no harm, and are kept
		"SELECT sum(amount) FROM t WHERE kind <> 'k1'",
		"SELECT sum(amount) FROM t",
		"SELECT count(*) FROM t WHERE amount > 100",
		"SELECT amount FROM t WHERE kind = 'bad'",
		"SELECT amount FROM t WHERE kind = 'worse'",
		"SELECT id FROM t WHERE kind = 'worse'",
		"SELECT count(id) FROM t WHERE kind <> 'worse'",
		"SELECT id, amount FROM t WHERE kind <> 'bad'",
		"SELECT count(*), min(kind) FROM t",
		"SELECT id FROM t LIMIT 6000",
		"SELECT amount FROM t LIMIT 4000",
		"SELECT amount FROM t LIMIT 6000",
		"SELECT amount FROM t WHERE id BETWEEN 4990 AND 5010",
	} {
		r.check(q)
	}
	if kept := r.check("SELECT max(amount) FROM t WHERE kind = 'k2'"); kept == 0 {
		t.Error("nothing was read from kept columns")
	}
}

// TestCacheFollowsFiles: a file that changes is read again; one that changed just
// before it was read is not kept.
func TestCacheFollowsFiles(t *testing.T) {
	r := newCacheRig(t, "id bigint", "'ion.id.path_extractor'='(Item id)'")
	for n := 1; n <= 5; n++ {
		r.write("a.ion", fmt.Sprintf("{Item:{id:%d}}", n))
		want := fmt.Sprintf("%d|\n", n)
		for range 2 {
			if got, _ := r.answer(true, "SELECT sum(id) FROM t"); got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
		}
	}
	r.opt.CacheSettle = time.Hour
	r.write("a.ion", "{Item:{id:7}}")
	for range 2 {
		if got, kept := r.answer(true, "SELECT sum(id) FROM t"); got != "7|\n" || kept != 0 {
			t.Fatalf("got %s, %d bytes kept", got, kept)
		}
	}
}

// TestCacheFollowsDeclarations: another declaration over the same files has other
// columns.
func TestCacheFollowsDeclarations(t *testing.T) {
	r := newCacheRig(t, "id bigint, kind string", plainProperties)
	r.write("a.ion", `{Item:{id:1.,kind:"a",KIND:"b",other:3.}}`)
	r.check("SELECT id, kind FROM t")
	for _, change := range []func(ddl string) string{
		func(s string) string { return strings.ReplaceAll(s, "id bigint", "id decimal(10,1)") },
		func(s string) string { return strings.ReplaceAll(s, "(Item id)", "(Item other)") },
		func(s string) string {
			return strings.ReplaceAll(s, "SERDEPROPERTIES (", "SERDEPROPERTIES ('ion.path_extractor.case_sensitive'='true',")
		},
		func(s string) string { return strings.ReplaceAll(s, "(Item kind)", "(Item KIND)") },
	} {
		q := *r
		q.ddl = change(r.ddl)
		q.check("SELECT id, kind FROM t")
	}
	r.check("SELECT id, kind FROM t")
}

// TestDamagedCache alters bytes of every kept column: no answer changes, and the
// column is kept anew.
func TestDamagedCache(t *testing.T) {
	r := newCacheRig(t, "id bigint, amount decimal(38,4), at string, kind string", plainProperties)
	lines := manyRows(150_000, func(i int) string {
		return fmt.Sprintf(`id:%d,amount:%d.%d,at:"2023-%02d-%02dT00:00:00Z",kind:"k%d"`, i%9973*1_000_000_007, i%501, i%9, 1+i%12, 1+i/7000, i%7)
	})
	lines[100_000] = `{Item:{id:"none",amount:1.,at:"x"}}`
	r.write("a.ion", lines...)
	queries := []string{
		"SELECT kind, sum(amount), count(*) FROM t WHERE at > '2023-06' GROUP BY kind",
		"SELECT sum(id), min(at) FROM t WHERE kind IN ('k1', 'k3')",
		"SELECT sum(id) FROM t WHERE amount > 400",
		"SELECT sum(id) FROM t",
		"SELECT count(*) FROM t",
		"SELECT count(*) AS n FROM t",
	}
	want := make([]string, len(queries))
	for i, q := range queries {
		r.check(q)
		want[i], _ = r.answer(false, q)
	}
	files := keptFiles(t, r.dir)
	if len(files) < 4 {
		t.Fatalf("only %d files are kept", len(files))
	}
	for n, name := range files {
		whole, err := os.ReadFile(name)
		if err != nil {
			continue // rebuilt below another name, or not yet
		}
		for _, at := range []int{0, 1 + n, len(whole) / 3, len(whole) / 2, len(whole)*9/10 + n, len(whole) - 1} {
			broken := append([]byte(nil), whole...)
			broken[min(at, len(whole)-1)] ^= 0x10
			if err := os.WriteFile(name, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			for i, q := range queries {
				if got, _ := r.answer(true, q); got != want[i] {
					t.Fatalf("%s byte %d altered: %s\ngives %s\nnot %s", filepath.Base(name), at, q, got, want[i])
				}
			}
			if again, err := os.ReadFile(name); err != nil || string(again) != string(whole) {
				t.Fatalf("%s byte %d altered: it was not kept anew (%v)", filepath.Base(name), at, err)
			}
			if testing.Short() {
				break
			}
		}
	}
}

func keptFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "columns", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestCachedPath: a table of a path is typed from what was kept of its files.
func TestCachedPath(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	name := filepath.Join(dir, "a.ion")
	ask := func() (string, int64) {
		e, err := Open(Options{Offline: true, Cache: OpenCache(cache, 1<<30, func(msg string) { t.Error(msg) }), CacheSettle: -1, CacheLeast: -1, Warn: func(string) {}})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if _, err := e.AddPath(context.Background(), "t", dir); err != nil {
			t.Fatal(err)
		}
		r, err := e.NewSession().Query(context.Background(), "SELECT max(x), count(*) FROM t")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		p, err := r.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(r.Columns[0].Type, " ", string(output.AppendText(nil, p.Cols[0], 0))), r.Stats().BytesRaw
	}
	for _, c := range []struct{ text, want string }{
		{"{Item:{x:1.5,y:\"a\"}}", "decimal(38,1) 1.5"},
		{"{Item:{x:\"text\"}}\n{Item:{x:\"more\"}}", "varchar text"},
	} {
		if err := os.WriteFile(name, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		for run := range 3 {
			got, raw := ask()
			if got != c.want {
				t.Errorf("%s: got %s, want %s", c.text, got, c.want)
			}
			if run > 0 && raw > 0 {
				t.Errorf("%s: run %d read the file", c.text, run)
			}
		}
		// Nothing is known of a file but what was read of it.
		if files, _ := filepath.Glob(filepath.Join(cache, "shapes", "*", "*")); len(files) == 0 {
			t.Error("no shape was kept")
		}
	}
}

// TestCacheTotals: what blocks know of all their values stands for the values, and
// only where that gives the same answer.
func TestCacheTotals(t *testing.T) {
	var props []string
	for _, c := range strings.Fields("n d w s f day nil big odd") {
		props = append(props, "'ion."+c+".path_extractor'='(Item "+c+")'")
	}
	r := newCacheRig(t, "n bigint, d decimal(18,3), w decimal(38,3), s string, f double, day date, nil int, big bigint, odd decimal(4,2)", strings.Join(props, ","))
	for f, rows := range []int{66_000, 700, 500} { // the first one has two blocks
		r.write(fmt.Sprintf("f%d.ion", f), manyRows(rows, func(i int) string {
			var b strings.Builder
			fmt.Fprintf(&b, `n:%d,d:%d.%03d,f:%d.5e0,s:"k%d",day:20%02d-01-0%dT`, i*f-7, i-500, i%1000, i, i%9, i%70, 1+i%9)
			if i%5 > 0 {
				fmt.Fprintf(&b, ",w:%d%s.%d", i, strings.Repeat("0", 20*(f&1)), i%10)
			}
			if i%1000 == 3 {
				fmt.Fprintf(&b, ",odd:%d.25", i/1000)
			}
			big := int64(1) << 47
			if i == 40_000 { // overflows on the way
				big = 1<<63 - 1
			}
			if i > 40_000 {
				big = -big
			}
			fmt.Fprintf(&b, ",big:%d", big)
			return b.String()
		})...)
	}
	r.write("g.ion") // of no rows
	r.check("SELECT count(big) FROM t")
	for _, list := range []string{
		"count(*)", "count(n), count(w), count(s), count(nil), count(odd)", "sum(n), min(n), max(n)", "sum(d), avg(d), min(d), max(d)",
		"sum(w), min(w), max(w), avg(w)", "sum(f), avg(n)", "min(day), max(day), count(day)", "sum(nil), min(nil), count(nil)",
		"sum(big)", "count(*), sum(big)", "sum(odd), avg(odd)", "min(s), max(s)", "sum(n) FILTER (WHERE n > 5)", "count(DISTINCT n), sum(d)",
		"sum(n + 1)", "approx_distinct(n), sum(n)", "count_if(n > 3), count(n)", "checksum(n), sum(n)",
	} {
		if r.check("SELECT "+list+" FROM t") == 0 && !strings.Contains(list, "big") {
			t.Errorf("%s: nothing was kept", list)
		}
	}
	r.check("SELECT sum(n), count(*), max(d) FROM t WHERE n > 20000")
	r.check("SELECT sum(n), count(*) FROM (SELECT n, d / (n - 5) FROM t)")
	r.check("SELECT sum(m) FROM (SELECT n m, d k FROM t)")
	// All but a few bytes stay unread.
	if _, kept := r.answer(true, "SELECT sum(d), max(n), count(s), count(*) FROM t"); kept == 0 || kept > 10_000 {
		t.Errorf("%d bytes of kept columns were read", kept)
	}
	// A bad value fails the query that looks at its column, and no other.
	r.write("h.ion", manyRows(10, func(i int) string {
		if i == 7 {
			return `n:1,d:2.5,s:"x",odd:"no number"`
		}
		return `n:1,d:2.5,s:"x",odd:1.5`
	})...)
	for _, list := range []string{"sum(odd)", "count(odd)", "sum(d), count(odd)", "sum(d)", "count(*)", "max(n)"} {
		r.check("SELECT " + list + " FROM t")
	}
}
