package engine

// Queries over kept columns that end in their midst: no goroutine and no open file
// is left, and what comes next gives the answer that it always gave.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// openFiles counts the process's open files; -1 where the system does not tell.
func openFiles() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(list)
}

func TestCachedQueriesStopClean(t *testing.T) {
	r := newCacheRig(t, "id bigint, amount decimal(38,4), at string, kind string", plainProperties)
	for f := range 5 {
		r.write(fmt.Sprintf("f%d.ion", f), manyRows(4_000, func(i int) string {
			return fmt.Sprintf(`id:%d,amount:%d.%d,at:"2023-%02d-%02dT00:00:00Z",kind:"k%d"`, i, i%501, i%9, 1+i%12, 1+i%28, i%7)
		})...)
	}
	queries := []string{
		"SELECT id, amount, at, kind FROM t",
		"SELECT id, amount FROM t WHERE at > '2023-03' AND from_iso8601_timestamp(at) < from_iso8601_timestamp('2023-09-01T00:00:00Z')",
		"SELECT kind, sum(amount) FROM t WHERE id > 5 GROUP BY kind",
		"SELECT id, count(*) FROM t GROUP BY id",
		"SELECT sum(amount), count(*) FROM t",
		"SELECT a.id FROM t a JOIN t b ON a.id = b.id ORDER BY a.amount, a.at, a.id",
	}
	want := map[string]string{}
	for _, q := range queries {
		want[q], _ = r.answer(false, q)
		r.answer(true, q) // keeps what it reads
	}
	m, err := ParseMapping("s3://test=" + r.data)
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 3} {
		e, err := Open(Options{Offline: true, Maps: []Mapping{m}, Workers: workers, PageRows: 300, Cache: OpenCache(r.dir, 1<<30, func(msg string) { t.Error(msg) }), CacheSettle: -1})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		s := e.NewSession()
		res, err := s.Query(context.Background(), r.ddl)
		if err != nil {
			t.Fatal(err)
		}
		res.Close()
		before := goleak.IgnoreCurrent()
		files := openFiles()
		check := func(what string) {
			t.Helper()
			if err := goleak.Find(before); err != nil {
				t.Fatalf("%d workers, %s: %v", workers, what, err)
			}
			if n := openFiles(); n != files {
				t.Fatalf("%d workers, %s: %d files are open, before it were %d", workers, what, n, files)
			}
		}
		start := func(ctx context.Context, q string) *Result {
			t.Helper()
			res, err := s.Query(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		for _, q := range queries {
			// Closed before the first page, and after some.
			for pages := range 3 {
				res := start(context.Background(), q)
				for range pages {
					if _, err := res.Next(context.Background()); err != nil {
						t.Fatal(err)
					}
				}
				if res.Stats().BytesKept == 0 && pages > 0 {
					t.Errorf("%s: nothing of the cache was read", q)
				}
				if err := res.Close(); err != nil {
					t.Fatal(err)
				}
				check(fmt.Sprintf("%s, closed after %d pages", q, pages))
			}
			// Canceled before the first page, and in the midst.
			for pages := range 2 {
				ctx, cancel := context.WithCancel(context.Background())
				res := start(ctx, q)
				for range pages {
					if _, err := res.Next(ctx); err != nil {
						t.Fatal(err)
					}
				}
				cancel()
				var last error
				for p := 0; p < 1000; p++ { // a page may be there already
					page, err := res.Next(ctx)
					if last = err; page == nil || err != nil {
						break
					}
				}
				if e := new(sqlerr.Error); pages == 0 && (!errors.As(last, &e) || e.Code != sqlerr.UserCanceled) {
					t.Errorf("%s: canceled, it gave %v", q, last)
				}
				if err := res.Close(); err != nil {
					t.Fatal(err)
				}
				check(q + ", canceled")
			}
			// A LIMIT stops it.
			res := start(context.Background(), "SELECT * FROM ("+q+") LIMIT 2")
			if _, err := readRows(res); err != nil {
				t.Fatal(err)
			}
			res.Close()
			check(q + ", LIMIT 2")
		}
	}
	for _, q := range queries {
		if got, kept := r.answer(true, q); got != want[q] || kept == 0 {
			t.Errorf("%s: another answer than before, or %d kept bytes", q, kept)
		}
	}
}
