// Command decision runs the decision-support queries of bench/decision through
// the ionq command, each as a process of its own with a memory budget, over
// exports in Ion, checks every answer against DuckDB's over the same rows, and
// prints CPU time, wall time and peak memory of both.
//
//	go run ./bench/cmd/decision -dir /var/tmp/decision                # scale 1: 6 million rows in the largest table
//	go run ./bench/cmd/decision -dir /var/tmp/small -scale 0.01 -only q05,q21
//
// The data is generated into -dir by the first run (2.7 GB of Ion in 0.7 GB at scale 1, and
// 1.1 GB of CSV) and used again by later ones. DuckDB is Python's module; it reads
// the CSV once into a database of its own, so its times are those of a warm
// columnar store, ionq's those of reading the text. Without DuckDB (-duckdb=false)
// answers are only printed. The exit code is 1 where an answer is wrong, a query
// fails, or a bar (-max-rss, -max-wall) is missed.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ionq-db/ionq/bench/decision"
	"github.com/ionq-db/ionq/bench/peak"
)

//go:embed duck.py
var duckScript string

type options struct {
	dir, ionq, memory, only, duckMemory string
	scale, maxRSS, maxWall              float64
	workers                             int
	duckdb, generate, expected, cache   bool
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "folder of the data; made by the first run (required)")
	flag.Float64Var(&o.scale, "scale", 1, "size of the data to generate; 1 means 6 million rows in the largest table")
	flag.StringVar(&o.ionq, "ionq", "", "the ionq binary (default: built from ./cmd/ionq)")
	flag.StringVar(&o.memory, "memory", "1GiB", "ionq's budget")
	flag.StringVar(&o.only, "only", "", "names of queries, with commas between; default all")
	flag.StringVar(&o.duckMemory, "duckdb-memory", "", "DuckDB's memory_limit; default its own")
	flag.BoolVar(&o.duckdb, "duckdb", true, "check against DuckDB (python3 with the module duckdb)")
	flag.BoolVar(&o.generate, "generate", false, "only generate the data")
	flag.BoolVar(&o.expected, "expected", false, "write DuckDB's answers into bench/decision/testdata (at the test's scale)")
	flag.BoolVar(&o.cache, "cache", false, "let ionq keep columns in its cache folder from query to query")
	flag.Float64Var(&o.maxRSS, "max-rss", 0, "fail if ionq's peak memory is above this many MiB in a query")
	flag.Float64Var(&o.maxWall, "max-wall", 0, "fail if a query takes longer than this many seconds")
	flag.Parse()
	o.workers = runtime.GOMAXPROCS(0)
	if o.dir == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := o.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "decision:", err)
		os.Exit(1)
	}
}

func (o *options) run(ctx context.Context) error {
	if err := o.data(ctx); err != nil || o.generate {
		return err
	}
	var queries []decision.Query
	for _, q := range decision.Queries {
		if o.only == "" || slices.Contains(strings.Split(o.only, ","), q.Name) {
			queries = append(queries, q)
		}
	}
	var duck *duckResult
	if o.duckdb || o.expected {
		var err error
		if duck, err = o.duck(ctx, queries); err != nil {
			return err
		}
		if o.expected {
			return writeExpected(duck)
		}
		fmt.Printf("DuckDB %s: loading %.1f s CPU, %.1f s wall; peak of all queries %d MiB\n", duck.Version, duck.LoadCPU, duck.LoadWall, duck.PeakKiB>>10)
	}
	return o.measure(ctx, queries, duck)
}

// data generates what is not there yet.
func (o *options) data(ctx context.Context) error {
	mark := filepath.Join(o.dir, "complete")
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	s := decision.NewScale(o.scale)
	csv := filepath.Join(o.dir, "csv")
	if err := os.MkdirAll(csv, 0o755); err != nil {
		return err
	}
	for _, t := range decision.Tables {
		start := time.Now()
		failed := make(chan error, 2)
		go func() { failed <- t.WriteCSV(csv, s) }()
		go func() { failed <- t.WriteExport(ctx, filepath.Join(o.dir, "ion"), s, 2) }()
		if err := errors.Join(<-failed, <-failed); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: %d rows, %.1f s\n", t.Name, t.Rows(s), time.Since(start).Seconds())
	}
	return os.WriteFile(mark, nil, 0o644)
}

type duckResult struct {
	Version  string
	LoadCPU  float64 `json:"load_cpu"`
	LoadWall float64 `json:"load_wall"`
	PeakKiB  int64   `json:"peak_kib"`
	Queries  []struct {
		Name, Error string
		CPU, Wall   float64
		Rows        [][]*string
	}
}

func (o *options) duck(ctx context.Context, queries []decision.Query) (*duckResult, error) {
	type query struct {
		Name string `json:"name"`
		SQL  string `json:"sql"`
	}
	job := struct {
		Database string   `json:"database"`
		Threads  int      `json:"threads"`
		Memory   string   `json:"memory"`
		Setup    []string `json:"setup"`
		Queries  []query  `json:"queries"`
	}{filepath.Join(o.dir, "duck.db"), o.workers, o.duckMemory, decision.DuckDB(filepath.Join(o.dir, "csv")), nil}
	for _, q := range queries {
		job.Queries = append(job.Queries, query{q.Name, q.DuckDB()})
	}
	in, err := json.Marshal(job)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "python3", "-c", duckScript)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("DuckDB: %w", err)
	}
	r := &duckResult{}
	return r, json.Unmarshal(out, r)
}

// writeExpected keeps DuckDB's answers for the test.
func writeExpected(duck *duckResult) error {
	dir := filepath.Join("bench", "decision", "testdata")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, q := range duck.Queries {
		if q.Error != "" {
			return fmt.Errorf("%s: %s", q.Name, q.Error)
		}
		if err := os.WriteFile(filepath.Join(dir, q.Name+".jsonl"), decision.EncodeRows(q.Rows), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (o *options) measure(ctx context.Context, queries []decision.Query, duck *duckResult) error {
	ionq := o.ionq
	if ionq == "" {
		dir, err := os.MkdirTemp("", "decision")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		ionq = filepath.Join(dir, "ionq")
		build := exec.CommandContext(ctx, "go", "build", "-o", ionq, "./cmd/ionq")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return err
		}
	}
	ddl := filepath.Join(o.dir, "ddl.sql")
	if err := os.WriteFile(ddl, []byte(strings.Join(decision.DDL(), ";\n")+";\n"), 0o644); err != nil {
		return err
	}
	fmt.Printf("%-5s %8s %8s %8s %8s %8s  %s\n", "query", "CPU s", "wall s", "peak MiB", "duck CPU", "wall", "answer")
	bad := 0
	var cpu, wall, peakMost, duckCPU, duckWall float64
	for i, q := range queries {
		args := []string{"--no-cache"}
		if o.cache {
			args = nil
		}
		cmd := exec.CommandContext(ctx, ionq, append(args, "--map", decision.Bucket+"="+filepath.Join(o.dir, "ion"), "--memory", o.memory, "-f", ddl, "-c", q.SQL)...)
		var out, fault bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &fault
		start := time.Now()
		err := cmd.Run()
		w := time.Since(start).Seconds()
		c := (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		p := peak.Bytes(cmd.ProcessState) / (1 << 20)
		answer := ""
		var rows [][]*string
		switch {
		case err != nil:
			answer = "FAILED: " + fault.String()
		default:
			if rows, err = readCSV(out.Bytes()); err != nil {
				answer = "FAILED: " + err.Error()
			}
		}
		if duck == nil {
			if answer == "" {
				answer = fmt.Sprintf("%d rows", len(rows))
			}
			fmt.Printf("%-5s %8.2f %8.2f %8.0f %8s %8s  %s\n", q.Name, c, w, p, "", "", answer)
		} else {
			d := duck.Queries[i]
			switch {
			case answer != "":
			case d.Error != "":
				answer = "DuckDB FAILED: " + d.Error
			default:
				answer = decision.Same(rows, d.Rows)
			}
			ok := answer == ""
			if ok {
				answer = fmt.Sprintf("right, %d rows", len(rows))
			}
			if ok && o.maxRSS > 0 && p > o.maxRSS || ok && o.maxWall > 0 && w > o.maxWall {
				ok, answer = false, answer+", but above a bar"
			}
			if !ok {
				bad++
			}
			fmt.Printf("%-5s %8.2f %8.2f %8.0f %8.2f %8.2f  %s\n", q.Name, c, w, p, d.CPU, d.Wall, answer)
			duckCPU, duckWall = duckCPU+d.CPU, duckWall+d.Wall
		}
		cpu, wall, peakMost = cpu+c, wall+w, max(peakMost, p)
	}
	fmt.Printf("%-5s %8.2f %8.2f %8.0f %8.2f %8.2f\n", "all", cpu, wall, peakMost, duckCPU, duckWall)
	if bad > 0 {
		return fmt.Errorf("%d of %d queries are not as they should be", bad, len(queries))
	}
	return nil
}

// readCSV reads Athena's result file: a header, every field quoted, NULL as
// nothing at all.
func readCSV(b []byte) ([][]*string, error) {
	// encoding/csv cannot tell "" from nothing; no value here is empty.
	lines, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	var out [][]*string
	for _, l := range lines[1:] {
		row := make([]*string, len(l))
		for i := range l {
			if l[i] != "" {
				row[i] = &l[i]
			}
		}
		out = append(out, row)
	}
	return out, nil
}
