// Command genexport writes a DynamoDB export of the real layout, and prints the
// truth about it as JSON when asked. See package gen.
//
//	go run ./bench/cmd/genexport -out big -rows 10600000 -files 4
//	go run ./bench/cmd/genexport -out wide -shape wide -rows 1040000 -files 8 -format json -truth truth.json
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "genexport:", err)
		os.Exit(1)
	}
}

func run() error {
	var cfg gen.Config
	flag.StringVar(&cfg.Dir, "out", "", "folder that stands for the bucket's root (required)")
	flag.StringVar(&cfg.Prefix, "prefix", "export", "S3 prefix of the export; empty for none")
	flag.StringVar(&cfg.Bucket, "bucket", "example-bucket", "bucket named in the manifest")
	flag.StringVar(&cfg.Table, "table", "sample_table", "DynamoDB table named in the manifest")
	flag.StringVar(&cfg.ID, "id", "", "export id (default: made from -time and -seed)")
	at := flag.String("time", "", "time of the export, RFC 3339 (default 2023-09-01T00:00:00Z)")
	flag.StringVar((*string)(&cfg.Shape), "shape", "narrow", "narrow, wide or mixed")
	format := flag.String("format", "ion", "ion, json (DynamoDB JSON) or flat (plain JSON lines, for other engines)")
	flag.Int64Var(&cfg.Rows, "rows", 10000, "items in all")
	flag.IntVar(&cfg.Files, "files", 4, "data files with items")
	flag.IntVar(&cfg.Empty, "empty", 0, "further data files without items")
	flag.Uint64Var(&cfg.Seed, "seed", 1, "seed; the same seed gives the same bytes")
	flag.BoolVar(&cfg.Whole, "whole", false, "whole amounts, as the article's bare decimal column needs")
	flag.BoolVar(&cfg.ASCII, "ascii", false, "escape non-ASCII characters in Ion strings")
	flag.IntVar(&cfg.Level, "level", 6, "gzip level")
	flag.IntVar(&cfg.Workers, "workers", runtime.GOMAXPROCS(0), "files written at once")
	truth := flag.String("truth", "", "write the truth about the export as JSON to this file; - for standard output")
	groups := flag.Bool("groups", false, "include every group's sums in the truth")
	flag.Parse()
	if cfg.Dir == "" || flag.NArg() > 0 {
		flag.Usage()
		return fmt.Errorf("-out is required and nothing may follow the flags")
	}
	switch strings.ToLower(*format) {
	case "ion":
		cfg.Format = gen.Ion
	case "json", "dynamodb_json":
		cfg.Format = gen.DynamoDBJSON
	case "flat":
		cfg.Format = gen.FlatJSON
	default:
		return fmt.Errorf("unknown -format %q", *format)
	}
	if *at != "" {
		t, err := time.Parse(time.RFC3339, *at)
		if err != nil {
			return err
		}
		cfg.Time = t
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	began := time.Now()
	ex, err := gen.Write(ctx, cfg)
	if err != nil {
		return err
	}
	var raw, stored int64
	for _, f := range ex.Files {
		raw += f.RawBytes
		stored += f.GzBytes
	}
	fmt.Fprintf(os.Stderr, "%s: %d items, %d files, %.1f MB raw, %.1f MB stored, %.1f s\n",
		ex.Folder, ex.Truth.Items, len(ex.Files), float64(raw)/1e6, float64(stored)/1e6, time.Since(began).Seconds())
	if *truth == "" {
		return nil
	}
	report := *ex.Truth
	if !*groups {
		report.Groups = nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", " ")
	if err := enc.Encode(report); err != nil {
		return err
	}
	if *truth == "-" {
		_, err = os.Stdout.Write(out.Bytes())
		return err
	}
	return os.WriteFile(*truth, out.Bytes(), 0o644)
}
