// Command asof measures what it costs to read a table as of an instant, a full
// export with incremental ones after it, against reading the full export alone:
// whole processes of ionq, in turn, with the answer checked.
//
//	go run ./bench/cmd/asof -dir /var/tmp/asof             # 1 million items, 5 % of the keys changed
//	go run ./bench/cmd/asof -dir /var/tmp/more -changed 20
//
// The exports are generated into -dir by the first run and used again by later
// ones. Each query runs once and five times in one process: the difference tells
// the query from opening the exports, which reads everything to find the types.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
)

const (
	id      = "01693526400000-0000aaaa"
	windows = 5
	again   = 4 // further runs of a query in the same process
)

type options struct {
	dir, ionq string
	rows      int64
	changed   int64 // per cent of the keys
	files     int
	runs      int
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "folder of the exports; made by the first run (required)")
	flag.Int64Var(&o.rows, "rows", 1_000_000, "items of the full export; a million are about 300 MB of Ion")
	flag.Int64Var(&o.changed, "changed", 5, "per cent of the keys that are changed, at most 50")
	flag.IntVar(&o.files, "files", 8, "data files of the full export")
	flag.IntVar(&o.runs, "runs", 3, "measured runs of each, after one to warm up")
	flag.StringVar(&o.ionq, "ionq", "", "the ionq binary (default: built from ./cmd/ionq)")
	flag.Parse()
	if o.dir == "" || flag.NArg() > 0 || o.changed < 1 || o.changed > 50 {
		flag.Usage()
		os.Exit(2)
	}
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "asof:", err)
		os.Exit(1)
	}
}

func key(n int64) []gen.Field {
	return []gen.Field{{Name: "pk", Value: gen.Str(fmt.Sprintf("CUSTOMER#%010d", n*2654435761%10000000000))}, {Name: "sk", Value: gen.Int(n)}}
}

// item is a version of an item, of some 300 bytes.
func item(n, version int64) []gen.Field {
	x := uint64(n)*0x9E3779B97F4A7C15 ^ uint64(version)
	text := func(k uint64) gen.Value { return gen.Str(fmt.Sprintf("%016x%08x", x*(k*2+3), x>>k)) }
	return append(key(n),
		gen.Field{Name: "amount", Value: gen.Dec(amount(n, version), 2)}, gen.Field{Name: "version", Value: gen.Int(version)},
		gen.Field{Name: "status", Value: gen.Str([]string{"PAID", "SHIPPED", "PENDING"}[x%3])},
		gen.Field{Name: "created_at", Value: gen.Str(time.Unix(1690000000+n%10000000, 0).UTC().Format(time.RFC3339))},
		gen.Field{Name: "a", Value: text(1)}, gen.Field{Name: "b", Value: text(2)}, gen.Field{Name: "address", Value: gen.Map(
			gen.Field{Name: "city", Value: text(3)}, gen.Field{Name: "zip", Value: gen.Int(int64(x % 99999))})},
		gen.Field{Name: "flag", Value: gen.Boolean(x%2 == 0)})
}

func amount(n, version int64) int64 { return (n*7919 + version*104729) % 1000000 }

// Of the changed keys, every hundred's first ones, each belongs to one window;
// every fifth is deleted. As many new keys as half of those are inserted.
func (o *options) slice() int64 { return o.rows / 100 * o.changed / windows }

func (o *options) change(w, n int64, from time.Time) gen.Change {
	c := gen.Change{Micros: from.UnixMicro() + n%3600000000}
	if n >= o.slice() { // an insert
		k := o.rows + w*o.slice() + n - o.slice()
		c.Keys, c.New = key(k), item(k, 1)
		return c
	}
	k := o.nth(w*o.slice() + n)
	c.Keys, c.Old = key(k), item(k, 0)
	if n%5 > 0 {
		c.New = item(k, 1)
	}
	return c
}

// nth is the key of the n-th change.
func (o *options) nth(n int64) int64 { return n/o.changed*100 + n%o.changed }

// facts are kept beside the exports.
type facts struct {
	Raw, Gz, ChangesRaw int64
	Keys                int64 // changed
	Base, All           string
}

func (o *options) make() (*facts, error) {
	start := time.Date(2023, 9, 1, 0, 0, 0, 0, time.UTC)
	write := func(cfg gen.Config) (*gen.Export, error) {
		cfg.Dir, cfg.Table, cfg.TableID, cfg.Workers = o.dir, "orders", "t1", runtime.GOMAXPROCS(0)
		return gen.Write(context.Background(), cfg)
	}
	f := &facts{}
	ex, err := write(gen.Config{ID: id, Time: start, Rows: o.rows, Files: o.files, Seed: 1, Make: func(n int64) []gen.Field { return item(n, 0) }})
	if err != nil {
		return nil, err
	}
	for _, d := range ex.Files {
		f.Raw += d.RawBytes
		f.Gz += d.GzBytes
	}
	rows, sum := o.rows, int64(0)
	for n := range o.rows {
		sum += amount(n, 0)
	}
	f.Base = fmt.Sprintf("%d,%d.%02d", rows, sum/100, sum%100)
	for w := range int64(windows) {
		from := start.Add(time.Duration(w) * time.Hour)
		count := o.slice() + o.slice()/2
		ex, err := write(gen.Config{
			Time: from.Add(2 * time.Hour), Rows: count, Files: 2, Seed: uint64(w) + 2,
			Incremental: &gen.Incremental{From: from, To: from.Add(time.Hour), Make: func(n int64) gen.Change { return o.change(w, n, from) }},
		})
		if err != nil {
			return nil, err
		}
		for _, d := range ex.Files {
			f.ChangesRaw += d.RawBytes
		}
		f.Keys += count
		for n := range count {
			if n >= o.slice() {
				rows, sum = rows+1, sum+amount(o.rows+w*o.slice()+n-o.slice(), 1)
				continue
			}
			k := o.nth(w*o.slice() + n)
			if sum -= amount(k, 0); n%5 == 0 {
				rows--
			} else {
				sum += amount(k, 1)
			}
		}
	}
	f.All = fmt.Sprintf("%d,%d.%02d", rows, sum/100, sum%100)
	text, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	return f, os.WriteFile(filepath.Join(o.dir, "facts.json"), text, 0o644)
}

// queries are what is asked; the first one's answer is checked.
var queries = []string{
	"SELECT count(*) AS n, sum(amount) AS s FROM orders",
	"SELECT count(*) FROM orders",
	"SELECT status, count(*), sum(amount) FROM orders WHERE created_at < '2023-08-01' AND flag GROUP BY status",
	"SELECT max(a), max(b), max(address.city), max(sk), max(amount), max(pk) FROM orders",
}

func (o *options) run() error {
	var f *facts
	text, err := os.ReadFile(filepath.Join(o.dir, "facts.json"))
	if err == nil {
		f = new(facts)
		err = json.Unmarshal(text, f)
	} else {
		fmt.Fprintf(os.Stderr, "generating %d items into %s\n", o.rows, o.dir)
		f, err = o.make()
	}
	if err != nil {
		return err
	}
	if o.ionq == "" {
		tmp, err := os.MkdirTemp("", "ionq-asof")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		o.ionq = filepath.Join(tmp, "ionq")
		build := exec.Command("go", "build", "-o", o.ionq, "github.com/ionq-db/ionq/cmd/ionq")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("building ionq: %w", err)
		}
	}
	fmt.Printf("full export: %d items, %.0f MB of Ion in %.0f MB of gzip; changes: %d keys, %.0f MB of Ion in %d windows; median of %d runs\n",
		o.rows, float64(f.Raw)/1e6, float64(f.Gz)/1e6, f.Keys, float64(f.ChangesRaw)/1e6, windows, o.runs)
	fmt.Printf("%-14s %10s %10s %10s %10s\n", "", "open", "a query", "open", "a query")
	fmt.Printf("%-14s %10s %10s %10s %10s\n", "", "wall s", "wall s", "CPU s", "CPU s")
	plain := filepath.Join(o.dir, "AWSDynamoDB", id)
	for n, q := range queries {
		var took [2][4]float64
		for k, path := range []string{plain, o.dir} {
			var once, five, cpuOnce, cpuFive []float64
			for r := range o.runs + 1 {
				wall, cpu, out, err := o.ask(path, q, 1)
				if err != nil {
					return err
				}
				if want := []string{f.Base, f.All}[k]; n == 0 && strings.ReplaceAll(strings.TrimSpace(out), `"`, "") != "n,s\n"+want {
					return fmt.Errorf("wrong answer: %q instead of %s", out, want)
				}
				more, moreCPU, _, err := o.ask(path, q, 1+again)
				if err != nil {
					return err
				}
				if r > 0 { // the first warms up the page cache
					once, five, cpuOnce, cpuFive = append(once, wall), append(five, more), append(cpuOnce, cpu), append(cpuFive, moreCPU)
				}
			}
			each, eachCPU := (median(five)-median(once))/again, (median(cpuFive)-median(cpuOnce))/again
			took[k] = [4]float64{median(once) - each, each, median(cpuOnce) - eachCPU, eachCPU}
			fmt.Printf("%-14s %10.2f %10.3f %10.2f %10.3f   %s\n", []string{"full export", "as of the end"}[k], took[k][0], each, took[k][2], eachCPU, q)
		}
		fmt.Printf("%-14s %10.2f %10.2f %10.2f %10.2f\n", "ratio", took[1][0]/took[0][0], took[1][1]/took[0][1], took[1][2]/took[0][2], took[1][3]/took[0][3])
	}
	return nil
}

// ask runs a query a number of times in one process.
func (o *options) ask(path, q string, times int) (wall, cpu float64, out string, err error) {
	args := []string{path, "--format", "csv"}
	for range times {
		args = append(args, "-c", q)
	}
	cmd := exec.Command(o.ionq, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err = cmd.Run()
	wall = time.Since(began).Seconds()
	if err != nil {
		return 0, 0, "", fmt.Errorf("%w: %s", err, stderr.String())
	}
	return wall, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), stdout.String(), nil
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
