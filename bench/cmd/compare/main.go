// Command compare runs the whole comparison of issue "speed" in one go: ionq,
// cold and warm, against the fastest decompressor there is, other decompressors,
// and the engines that people would use instead, on the same items. Everything
// runs as a process of its own, interleaved; what counts is each process's CPU
// time as a multiple of igzip's on the same files in the same round, since the
// machine may be shared. Every exact contender's answer is compared with the
// generator's truth, or with the others where the generator knows none, to the
// last digit.
//
//	go run ./bench/cmd/compare -dir DIR -install                # 1 GB of Ion each, narrow and wide
//	go run ./bench/cmd/compare -dir DIR -rows 400000 -runs 1    # a few seconds
//	go run ./bench/cmd/compare -dir DIR -targets                # exit code 1 where a target is missed
//
// The data is generated into DIR by the first run: three forms of each shape,
// 1.7 GB at full size. Contenders that are not there are left out and named:
// igzip and jq come from the system, DuckDB and chDB from npm into DIR with
// -install.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The versions that -install installs.
const (
	duckdbPackage = "@duckdb/node-api@1.5.6-r.1"
	chdbPackage   = "chdb@3.4.0"
)

type options struct {
	dir, shapes, with, queries string
	ionq, prototype, modules   string
	markdown                   string
	rows                       int64
	runs, peerRuns, cores      int
	install, targets           bool

	generate, form, as string // what the command runs itself as
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "folder of the data; made by the first run (required)")
	flag.Int64Var(&o.rows, "rows", 10_600_000, "narrow items; of wide ones there are a tenth. The default is about 1 GB of Ion each")
	flag.StringVar(&o.shapes, "shapes", "narrow,wide", "shapes to compare")
	flag.StringVar(&o.queries, "queries", "", "only these, by name and separated by commas (default: all)")
	flag.StringVar(&o.with, "with", "", "only contenders whose name contains one of these, separated by commas; igzip always runs (default: all)")
	flag.IntVar(&o.runs, "runs", 9, "rounds of ionq and igzip")
	flag.IntVar(&o.peerRuns, "peer-runs", 2, "the first rounds, in which all others take part")
	flag.IntVar(&o.cores, "cores", runtime.GOMAXPROCS(0), "threads of every contender, and files decompressed at once")
	flag.StringVar(&o.ionq, "ionq", "", "the ionq binary (default: built from ./cmd/ionq)")
	flag.StringVar(&o.prototype, "prototype", "", "command line to which data files are added: a program that runs the seed query by itself; its answer is not checked")
	flag.StringVar(&o.modules, "modules", "", "node_modules folder with @duckdb/node-api and chdb (default: the one in -dir)")
	flag.BoolVar(&o.install, "install", false, "install "+duckdbPackage+" and "+chdbPackage+" into -dir with npm first")
	flag.BoolVar(&o.targets, "targets", false, "check the targets, exit code 1 where one is missed")
	flag.StringVar(&o.markdown, "markdown", "", "also write the tables as Markdown to this file")
	flag.StringVar(&o.generate, "generate", "", "only generate this shape (what the command runs itself as)")
	flag.StringVar(&o.form, "form", "", "with -generate: the form")
	flag.StringVar(&o.as, "as", "", "only decompress the files named, in this way (what the command runs itself as)")
	flag.Parse()
	var err error
	switch {
	case o.as != "":
		err = decompress(o.as, o.cores, flag.Args())
	case o.dir == "" || flag.NArg() > 0:
		flag.Usage()
		os.Exit(2)
	case o.generate != "":
		err = o.write()
	default:
		err = o.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func (o *options) run() error {
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	o.dir = dir
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	if o.install {
		cmd := exec.Command("npm", "install", "--no-audit", "--no-fund", "--prefix", o.dir, duckdbPackage, chdbPackage)
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("npm install: %w", err)
		}
	}
	if o.modules == "" {
		o.modules = filepath.Join(o.dir, "node_modules")
	}
	tmp, err := os.MkdirTemp(o.dir, "run-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	b := &bench{options: o, tmp: tmp}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if err := b.prepare(context.Background()); err != nil {
		return err
	}
	began := time.Now()
	for _, shape := range strings.Split(o.shapes, ",") {
		if err := b.shape(shape); err != nil {
			return err
		}
	}
	if err := b.start(); err != nil {
		return err
	}
	text, markdown := b.report(time.Since(began))
	fmt.Print(text)
	if o.markdown != "" {
		if err := os.WriteFile(o.markdown, []byte(markdown), 0o644); err != nil {
			return err
		}
	}
	if len(b.wrong) > 0 {
		return errors.New("wrong answers: " + strings.Join(b.wrong, "; "))
	}
	if missed := b.check(); o.targets && missed > 0 {
		return fmt.Errorf("%d targets missed", missed)
	}
	return nil
}
