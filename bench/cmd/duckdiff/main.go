// Command duckdiff asks ionq and DuckDB the same random queries and prints where
// they disagree (package bench/duckdiff):
//
//	go run ./bench/cmd/duckdiff -duck DIR -seed 1 -n 10000
//
// DIR holds the node_modules with @duckdb/node-api; without it ionq is only held
// against itself, in several configurations. -trino CMD asks Trino as well, which
// judges without any mask (bench/duckdiff/trino.go tells how to have one). -first N -n 1 -print shows query N of
// a seed again. It fails when there are findings.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/ionq-db/ionq/bench/duckdiff"
)

func main() {
	opt := duckdiff.Options{Log: os.Stdout}
	flag.Uint64Var(&opt.Seed, "seed", 1, "seed of tables and queries")
	flag.IntVar(&opt.Queries, "n", 1000, "number of queries")
	flag.IntVar(&opt.First, "first", 0, "number of the first query")
	flag.StringVar(&opt.DuckDir, "duck", os.Getenv("IONQ_DUCKDB"), "folder that holds node_modules with @duckdb/node-api")
	flag.StringVar(&opt.Trino, "trino", "", "command that runs bench/duckdiff/trino/Trino.java")
	flag.IntVar(&opt.Shrink, "shrink", 2000, "attempts to shrink a finding")
	flag.IntVar(&opt.MaxBad, "max", 0, "stop after this many findings")
	flag.BoolVar(&opt.Keep, "keep", false, "leave the data behind, and print the tables' DDL")
	flag.BoolVar(&opt.Plain, "plain", false, "ask ionq once a query, not in all its configurations")
	flag.BoolVar(&opt.Print, "print", false, "print every query")
	flag.Parse()
	start := time.Now()
	rep, err := duckdiff.Run(context.Background(), opt)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	fmt.Printf("\n%d queries: %d answers compared (%d with DuckDB, %d with Trino; %d rows), %d failures in all, %d findings; %v\n",
		rep.Queries, rep.Compared, rep.Duck, rep.Trino, rep.Rows, rep.Failed, len(rep.Findings), time.Since(start).Round(time.Second))
	if len(rep.Findings) > 0 {
		os.Exit(1)
	}
}
