package engine

// Torture of kept columns: processes killed while they write, several at once, a
// clock that jumps, a disk that is full. No answer changes.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const tortureQuery = "SELECT kind, sum(amount), count(*), min(at) FROM t WHERE at > '2023-03' AND id <> 5 GROUP BY kind ORDER BY kind"

func tortureRig(t *testing.T, rows int) *cacheRig {
	r := newCacheRig(t, "id bigint, amount decimal(38,4), at string, kind string", plainProperties)
	for f := range 2 {
		r.write(fmt.Sprintf("f%d.ion", f), manyRows(rows, func(i int) string {
			return fmt.Sprintf(`id:%d,amount:%d.%d,at:"2023-%02d-%02dT00:00:00Z",kind:"k%d"`, (i+f)%997*1_000_000_007, i%501, i%9, 1+i%12, 1+i%28, i%7)
		})...)
	}
	return r
}

// TestCacheChild is a process that TestCacheKilled kills.
func TestCacheChild(t *testing.T) {
	spec := os.Getenv("IONQ_TEST_CACHE_CHILD")
	if spec == "" {
		t.Skip("started by TestCacheKilled")
	}
	data, dir, _ := strings.Cut(spec, "\n")
	r := newCacheRig(t, "id bigint, amount decimal(38,4), at string, kind string", plainProperties)
	r.data, r.dir = data, dir
	fmt.Println("ready")
	for range 1000 {
		_, _ = r.answer(true, tortureQuery)
		c := OpenCache(dir, 0, nil)
		if _, _, err := c.Clear("columns"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCacheKilled kills processes at random moments while they keep columns, two
// of them at a time, and asks after each.
func TestCacheKilled(t *testing.T) {
	kills := 100
	if testing.Short() {
		kills = 4
	}
	r := tortureRig(t, 20_000)
	want, _ := r.answer(false, tortureQuery)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	temp := t.TempDir() // of the children, who do not live to empty it
	for n := range kills / 2 {
		var children []*exec.Cmd
		for range 2 {
			c := exec.Command(os.Args[0], "-test.run=^TestCacheChild$")
			c.Env = append(os.Environ(), "IONQ_TEST_CACHE_CHILD="+r.data+"\n"+r.dir, "TMPDIR="+temp)
			out, err := c.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := out.Read(make([]byte, 5)); err != nil {
				t.Fatal(err)
			}
			children = append(children, c)
		}
		time.Sleep(time.Duration(random.IntN(int(300 * time.Millisecond))))
		for _, c := range children {
			_ = c.Process.Kill() // that is the test
			_ = c.Wait()
		}
		for range 2 {
			if got, _ := r.answer(true, tortureQuery); got != want {
				t.Fatalf("after %d kills: got\n%s\nwant\n%s", 2*n+2, got, want)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(r.dir, "tmp", "*")); len(left) > 0 {
			t.Fatalf("left behind: %v", left)
		}
	}
}

// TestCacheTwoWriters lets engines keep and read the same columns at once.
func TestCacheTwoWriters(t *testing.T) {
	r := tortureRig(t, 30_000)
	want, _ := r.answer(false, tortureQuery)
	for range 3 {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 3 {
					if got, _ := r.answer(true, tortureQuery); got != want {
						t.Errorf("got\n%s\nwant\n%s", got, want)
					}
				}
			})
		}
		wg.Wait()
		c := OpenCache(r.dir, 0, nil)
		if _, _, err := c.Clear(""); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCacheClock sets the times of files and entries anywhere: what a file holds
// is what counts.
func TestCacheClock(t *testing.T) {
	r := newCacheRig(t, "id bigint", "'ion.id.path_extractor'='(Item id)'")
	now := time.Now()
	n := 0
	for _, at := range []time.Duration{0, -time.Hour, -24 * 365 * time.Hour, time.Hour, 24 * 365 * time.Hour, 0} {
		n++
		r.write("a.ion", fmt.Sprintf("{Item:{id:%d}}", n)) // as long as the one before
		if err := os.Chtimes(filepath.Join(r.data, "t", "a.ion"), now.Add(at), now.Add(at)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got, _ := r.answer(true, "SELECT sum(id) FROM t"); got != fmt.Sprintf("%d|\n", n) {
				t.Fatalf("times moved by %v: got %s, want %d", at, got, n)
			}
		}
		for _, f := range keptFiles(t, r.dir) {
			if err := os.Chtimes(f, now.Add(-at), now.Add(-at)); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A file whose change lies ahead of the clock is never known to have settled.
	r.opt.CacheSettle = 2 * time.Second
	r.write("a.ion", "{Item:{id:8}}")
	ahead := now.Add(time.Hour)
	if err := os.Chtimes(filepath.Join(r.data, "t", "a.ion"), ahead, ahead); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, kept := r.answer(true, "SELECT sum(id) FROM t"); got != "8|\n" || kept != 0 {
			t.Fatalf("got %s, %d bytes kept", got, kept)
		}
	}
}

// TestCacheCutShort: what is read of a file in part is not kept.
func TestCacheCutShort(t *testing.T) {
	r := tortureRig(t, 20_000)
	for range 2 {
		if _, kept := r.answer(true, "SELECT id FROM t LIMIT 3"); kept != 0 {
			t.Fatal("a part of a file was kept")
		}
	}
	if files := keptFiles(t, r.dir); len(files) > 0 {
		t.Fatalf("kept: %v", files)
	}
	if left, _ := filepath.Glob(filepath.Join(r.dir, "tmp", "*", "*")); len(left) > 0 {
		t.Fatalf("left behind: %v", left)
	}
}
