// Command icount counts the instructions that the real command executes for a few
// queries over a small fixed export, under valgrind, and holds them against
// figures that are checked in. Time on a shared machine moves by half for no
// reason of ours; instructions do not, so that a regression shows in any run.
//
//	go run ./bench/cmd/icount            # compare; exit code 1 outside the band, or where nothing can be counted
//	go run ./bench/cmd/icount -update    # write the figures of this architecture and Go version anew
//
// Figures belong to one architecture and one minor version of Go, since both
// decide what is executed. A count well below its figure fails too: leave a gain
// unrecorded, and the next loss of the same size goes unseen. Renew the figures
// in the commit that changed the speed, or when Go changes, and say why there.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/reader/colcache"
)

// The export: large enough that what is done for each row outweighs starting.
var data = []struct {
	shape gen.Shape
	rows  int64
}{{gen.Narrow, 40_000}, {gen.Wide, 4_000}}

const ddl = "CREATE EXTERNAL TABLE t ( id decimal(38,0), amount decimal(38,6), created_at string )\n" +
	"ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'\n" +
	"WITH SERDEPROPERTIES ( 'ion.id.path_extractor' = '(Item id)', 'ion.amount.path_extractor' = '(Item amount)', 'ion.created_at.path_extractor' = '(Item created_at)' )\n" +
	"STORED AS ION LOCATION '" + gen.ArticleLocation + "'"

// statements are what is counted, over each shape.
var statements = []struct{ name, sql string }{
	{"count", "SELECT count(*) FROM t"},
	{"seed", `SELECT id, SUM(amount) AS amount FROM t
WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00')
GROUP BY id`},
	{"groups", "SELECT count(*), max(s) FROM (SELECT created_at, sum(amount) AS s FROM t GROUP BY created_at) AS g"},
}

func main() {
	update := flag.Bool("update", false, "write the figures of this architecture and Go version anew")
	file := flag.String("figures", "bench/icount.json", "the figures")
	band := flag.Float64("band", 0.10, "how far a count may be from its figure")
	ionq := flag.String("ionq", "", "the ionq binary (default: built from ./cmd/ionq)")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*ionq, *file, *band, *update); err != nil {
		fmt.Fprintln(os.Stderr, "icount:", err)
		os.Exit(1)
	}
}

// figures are counts by name, by platform.
type figures map[string]map[string]int64

// platform is what a count depends on besides the code.
func platform() string {
	minor := regexp.MustCompile(`^go\d+\.\d+`).FindString(runtime.Version())
	return runtime.GOOS + "/" + runtime.GOARCH + " " + minor
}

func run(ionq, file string, band float64, update bool) error {
	known := figures{}
	switch text, err := os.ReadFile(file); {
	case err == nil:
		if err := json.Unmarshal(text, &known); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	case !update || !errors.Is(err, os.ErrNotExist):
		return err
	}
	want := known[platform()]
	if want == nil && !update {
		return fmt.Errorf("%s has no figures for %s: run it with -update there, and check the result in", file, platform())
	}
	got, err := count(ionq)
	if err != nil {
		return err
	}
	if update {
		known[platform()] = got
		text, err := json.MarshalIndent(known, "", "  ")
		if err != nil {
			return err
		}
		return os.WriteFile(file, append(text, '\n'), 0o644)
	}
	outside := 0
	for _, name := range slices.Sorted(maps.Keys(got)) {
		g, w := got[name], want[name]
		if w == 0 {
			fmt.Printf("%-16s %12d   no figure\n", name, g)
			outside++
			continue
		}
		change := float64(g)/float64(w) - 1
		verdict := "ok"
		if change > band || change < -band {
			verdict = "OUTSIDE"
			outside++
		}
		fmt.Printf("%-16s %12d %12d %+6.1f %%  %s\n", name, g, w, 100*change, verdict)
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			fmt.Printf("%-16s is in %s and is no longer counted\n", name, file)
			outside++
		}
	}
	if outside > 0 {
		return fmt.Errorf("%d counts are not within %.0f %% of %s: find what changed, or renew them with\n\tgo run ./bench/cmd/icount -update", outside, 100*band, file)
	}
	return nil
}

// count runs everything.
func count(ionq string) (map[string]int64, error) {
	if _, err := exec.LookPath("valgrind"); err != nil {
		return nil, fmt.Errorf("valgrind counts the instructions (Debian: valgrind): %w", err)
	}
	tmp, err := os.MkdirTemp("", "ionq-icount-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	if ionq == "" {
		ionq = filepath.Join(tmp, "ionq")
		// Without cgo, so that the system's C library has no part in it.
		build := exec.Command("go", "build", "-trimpath", "-o", ionq, "github.com/ionq-db/ionq/cmd/ionq")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return nil, fmt.Errorf("building ionq: %w", err)
		}
	}
	if ionq, err = filepath.Abs(ionq); err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	if counts["start"], err = one(ionq, tmp, "-c", "SELECT 1"); err != nil {
		return nil, err
	}
	dirs := make([]string, len(data))
	for i, d := range data {
		dirs[i] = filepath.Join(tmp, string(d.shape))
		if _, err := gen.Write(context.Background(), gen.Config{
			Dir: dirs[i], Prefix: "export", ID: gen.ArticleID, Time: time.Date(2023, 6, 30, 0, 0, 0, 0, time.UTC),
			Shape: d.shape, Rows: d.rows, Files: 2, Seed: 1, Workers: 1,
		}); err != nil {
			return nil, err
		}
	}
	time.Sleep(colcache.Settle + time.Second) // columns of files just written are not kept
	for i, d := range data {
		for _, s := range statements {
			name := string(d.shape) + " " + s.name
			args := []string{"--map", "s3://example-bucket=" + dirs[i], "--format", "csv", "-c", ddl, "-c", s.sql}
			if counts[name], err = one(ionq, tmp, append(args, "--no-cache")...); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if s.name != "seed" {
				continue
			}
			// Once to fill the cache, natively, and then from it.
			if err := command(ionq, tmp, args...).Run(); err != nil {
				return nil, fmt.Errorf("%s, filling the cache: %w", name, err)
			}
			if kept, err := os.ReadDir(filepath.Join(tmp, "cache", colcache.Space)); err != nil || len(kept) == 0 {
				return nil, fmt.Errorf("%s: no columns came into the cache: %w", name, err)
			}
			if counts[name+" warm"], err = one(ionq, tmp, args...); err != nil {
				return nil, fmt.Errorf("%s warm: %w", name, err)
			}
		}
	}
	return counts, nil
}

func command(name, tmp string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	// One processor, no garbage collection and no preemption by signals: what
	// is left is decided by the program and its data.
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1", "IONQ_CACHE_DIR="+filepath.Join(tmp, "cache"))
	return cmd
}

var collected = regexp.MustCompile(`Collected : (\d+)`)

// one counts the instructions of one run.
func one(ionq, tmp string, args ...string) (int64, error) {
	cmd := command("valgrind", tmp, append([]string{"--tool=callgrind", "--callgrind-out-file=" + filepath.Join(tmp, "callgrind"), ionq}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("valgrind: %w\n%s", err, strings.TrimSpace(errs.String()))
	}
	m := collected.FindSubmatch(errs.Bytes())
	if m == nil {
		return 0, fmt.Errorf("valgrind told no count:\n%s", strings.TrimSpace(errs.String()))
	}
	return strconv.ParseInt(string(m[1]), 10, 64)
}
