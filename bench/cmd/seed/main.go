// Command seed measures the founding article's statements, verbatim, on an
// export of any size, against the least that any reader must do: decompressing
// the same files with the same library on as many cores. Both run as processes
// of their own, in turn, so that wall time, CPU time and peak memory are whole
// and comparable; what counts is the ratio. The answer is checked to the last
// digit against the generator's truth.
//
//	go run ./bench/cmd/seed -dir /var/tmp/narrow                      # 1 GB, narrow
//	go run ./bench/cmd/seed -dir /var/tmp/wide -shape wide -rows 1000000 -files 8
//
// The export is generated into -dir by the first run and used again by later
// ones. The exit code is 1 where the answer is wrong or a bar (-max-ratio,
// -max-rss) is missed.
package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/bench/peak"
	"github.com/ionq-db/ionq/reader/inflate"
)

// The statements of the article, with the bucket and the export id filled in.
const (
	ddl = "CREATE EXTERNAL TABLE IF NOT EXISTS `sample_table` ( `id` decimal, `amount` decimal, `created_at` string )\n" +
		"ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'\n" +
		"WITH SERDEPROPERTIES ( 'ion.id.path_extractor' = '(Item id)', 'ion.amount.path_extractor' = '(Item amount)', 'ion.created_at.path_extractor' = '(Item created_at)' )\n" +
		"STORED AS ION LOCATION '" + gen.ArticleLocation + "'"
	query = `SELECT id, SUM(amount) as amount FROM "default"."sample_table"
WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00')
GROUP BY(id)`
)

type options struct {
	dir, shape, ionq   string
	rows               int64
	files, runs, cores int
	maxRatio, maxRSS   float64
	decompress         bool
	generate           bool
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "folder of the export; made by the first run (required)")
	flag.StringVar(&o.shape, "shape", "narrow", "narrow or wide")
	flag.Int64Var(&o.rows, "rows", 11_000_000, "items to generate; 11 million narrow ones or a million wide ones are about 1 GB")
	flag.IntVar(&o.files, "files", 4, "data files to generate")
	flag.IntVar(&o.runs, "runs", 3, "measured runs of each, after one to warm up")
	flag.IntVar(&o.cores, "cores", runtime.GOMAXPROCS(0), "files decompressed at once")
	flag.StringVar(&o.ionq, "ionq", "", "the ionq binary (default: built from ./cmd/ionq)")
	flag.Float64Var(&o.maxRatio, "max-ratio", 0, "fail if the wall time's ratio is above this")
	flag.Float64Var(&o.maxRSS, "max-rss", 0, "fail if ionq's peak memory is above this many MB")
	flag.BoolVar(&o.decompress, "decompress", false, "only decompress the files of -dir (what the command runs itself as)")
	flag.BoolVar(&o.generate, "generate", false, "only generate the export")
	flag.Parse()
	run := o.measure
	switch {
	case o.decompress:
		run = o.inflate
	case o.generate:
		run = o.make
	}
	if o.dir == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

func (o *options) data() ([]string, error) {
	return filepath.Glob(filepath.Join(o.dir, "export", "AWSDynamoDB", gen.ArticleID, "data", "*.gz"))
}

// inflate is the yardstick.
func (o *options) inflate() error {
	files, err := o.data()
	if err != nil {
		return err
	}
	work := make(chan string)
	var all errs
	var wg sync.WaitGroup
	for range o.cores {
		wg.Go(func() {
			buf := make([]byte, 128<<10)
			for name := range work {
				all.add(drop(name, buf))
			}
		})
	}
	for _, name := range files {
		work <- name
	}
	close(work)
	wg.Wait()
	return errors.Join(all.list...)
}

type errs struct {
	sync.Mutex
	list []error
}

func (e *errs) add(err error) {
	e.Lock()
	defer e.Unlock()
	e.list = append(e.list, err)
}

// drop decompresses a file and forgets it.
func drop(name string, buf []byte) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := inflate.NewReader(f, name)
	if err != nil {
		return err
	}
	for err == nil {
		_, err = r.Read(buf)
	}
	if cerr := r.Close(); cerr != nil {
		return cerr
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// facts about the export are kept beside it.
type facts struct {
	Truth *gen.Truth
	Raw   int64
	Gz    int64
}

func (o *options) factsFile() string { return filepath.Join(o.dir, "facts.json") }

// make generates the export.
func (o *options) make() error {
	ex, err := gen.Write(context.Background(), gen.Config{
		Dir: o.dir, Prefix: "export", ID: gen.ArticleID, Time: time.Date(2023, 6, 30, 0, 0, 0, 0, time.UTC),
		Shape: gen.Shape(o.shape), Rows: o.rows, Files: o.files, Seed: 1, Whole: true, Workers: runtime.GOMAXPROCS(0),
	})
	if err != nil {
		return err
	}
	f := &facts{Truth: ex.Truth}
	for _, d := range ex.Files {
		f.Raw += d.RawBytes
		f.Gz += d.GzBytes
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return os.WriteFile(o.factsFile(), text, 0o644)
}

// facts reads what is known of the export, which it makes if need be: in a
// process of its own, since Linux counts the memory of a process towards the
// peak of those that it starts.
func (o *options) facts(self string) (*facts, error) {
	if _, err := os.Stat(o.factsFile()); err != nil {
		fmt.Fprintf(os.Stderr, "generating %d %s items into %s\n", o.rows, o.shape, o.dir)
		_, err := measured(os.Stdout, self, "-generate", "-dir", o.dir, "-shape", o.shape, "-rows", fmt.Sprint(o.rows), "-files", fmt.Sprint(o.files))
		if err != nil {
			return nil, fmt.Errorf("generating: %w", err)
		}
	}
	text, err := os.ReadFile(o.factsFile())
	if err != nil {
		return nil, err
	}
	f := new(facts)
	return f, json.Unmarshal(text, f)
}

// usage is what one process took.
type usage struct{ wall, cpu, rss float64 } // seconds, seconds, MB

func measured(out io.Writer, name string, args ...string) (usage, error) {
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	began := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(began).Seconds()}
	if s := cmd.ProcessState; s != nil {
		u.cpu = (s.UserTime() + s.SystemTime()).Seconds()
		u.rss = peak.Bytes(s) / 1e6
	}
	return u, err
}

func (o *options) measure() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	f, err := o.facts(self)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "ionq-seed")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if o.ionq == "" {
		o.ionq = filepath.Join(tmp, "ionq")
		build := exec.Command("go", "build", "-o", o.ionq, "github.com/ionq-db/ionq/cmd/ionq")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("building ionq: %w", err)
		}
	}
	var floor, ours []usage
	var ratios []float64
	for i := range o.runs + 1 {
		a, err := measured(io.Discard, self, "-decompress", "-dir", o.dir, "-cores", fmt.Sprint(o.cores))
		if err != nil {
			return fmt.Errorf("decompressing: %w", err)
		}
		var out bytes.Buffer
		b, err := measured(&out, o.ionq, "--map", "s3://example-bucket="+o.dir, "--format", "csv", "-c", ddl, "-c", query)
		if err != nil {
			return fmt.Errorf("ionq: %w", err)
		}
		if err := check(&out, f.Truth); err != nil {
			return fmt.Errorf("wrong answer: %w", err)
		}
		if i > 0 { // the first warms up the page cache
			floor, ours = append(floor, a), append(ours, b)
			ratios = append(ratios, b.wall/a.wall)
		}
	}
	d, q := medians(floor), medians(ours)
	ratio := median(ratios)
	fmt.Printf("%s, %d items, %.0f MB of Ion in %.0f MB of gzip, %d cores, median of %d runs\n", o.shape, f.Truth.Items, float64(f.Raw)/1e6, float64(f.Gz)/1e6, o.cores, o.runs)
	fmt.Printf("%-22s %8s %8s %10s %8s\n", "", "wall s", "CPU s", "Ion MB/s", "peak MB")
	for _, row := range []struct {
		what string
		u    usage
	}{{"decompressing only", d}, {"the article's query", q}} {
		fmt.Printf("%-22s %8.2f %8.2f %10.0f %8.0f\n", row.what, row.u.wall, row.u.cpu, float64(f.Raw)/1e6/row.u.wall, row.u.rss)
	}
	fmt.Printf("%-22s %8.2f %8.2f\n", "ratio", ratio, q.cpu/d.cpu)
	fmt.Printf("answer checked: %d groups from %d rows, sum %s\n", f.Truth.Seed.Groups, f.Truth.Seed.Rows, f.Truth.Seed.Sum)
	if o.maxRatio > 0 && ratio > o.maxRatio {
		return fmt.Errorf("the ratio %.2f is above %.2f", ratio, o.maxRatio)
	}
	if o.maxRSS > 0 && q.rss > o.maxRSS {
		return fmt.Errorf("the peak of %.0f MB is above %.0f", q.rss, o.maxRSS)
	}
	return nil
}

func medians(of []usage) usage {
	pick := func(get func(usage) float64) float64 {
		var v []float64
		for _, u := range of {
			v = append(v, get(u))
		}
		return median(v)
	}
	return usage{pick(func(u usage) float64 { return u.wall }), pick(func(u usage) float64 { return u.cpu }), pick(func(u usage) float64 { return u.rss })}
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// check compares ionq's CSV with the truth. Groups come in any order.
func check(out io.Reader, truth *gen.Truth) error {
	rows, err := csv.NewReader(out).ReadAll()
	if err != nil {
		return err
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != "id,amount" {
		return fmt.Errorf("the header is %v", rows[:min(1, len(rows))])
	}
	want := map[string]string{}
	for _, g := range truth.Groups {
		if g.SeedRows > 0 {
			want[g.Key] = g.SeedSum
		}
	}
	for _, row := range rows[1:] {
		if want[row[0]] != row[1] {
			return fmt.Errorf("id %s has %s instead of %q", row[0], row[1], want[row[0]])
		}
		delete(want, row[0])
	}
	if len(want) > 0 {
		return fmt.Errorf("%d groups are missing", len(want))
	}
	return nil
}
