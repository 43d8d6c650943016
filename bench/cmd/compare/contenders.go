package main

// Who takes part, and the rounds.

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

var (
	//go:embed peers/duckdb.js
	duckdbJS []byte
	//go:embed peers/chdb.js
	chdbJS []byte
)

// contender is one way to answer. run gives the command that answers q over s,
// nil where it does not take part in q.
type contender struct {
	name  string
	exact bool // its answer has to be right to the last digit
	slow  bool // runs over the small set
	run   func(b *bench, q *query, s *set) (*exec.Cmd, error)
}

// peer reports whether it is someone else's program, beside the measure itself.
func (c *contender) peer() bool {
	return !strings.HasPrefix(c.name, "ionq") && !strings.HasPrefix(c.name, nameIgzip)
}

const (
	nameIgzip     = "igzip"
	nameIgzipOne  = "igzip, one at once"
	nameInflate   = "ionq's gunzip"
	nameKlauspost = "klauspost gunzip"
	nameStd       = "Go's gunzip"
	nameCold      = "ionq"
	nameOne       = "ionq, one core"
	nameFill      = "ionq, writing the cache"
	nameWarm      = "ionq, warm"
	nameDuckDDB   = "DuckDB, DynamoDB JSON"
	nameDuckFlat  = "DuckDB, flat JSON"
	nameDuckTable = "DuckDB, table in memory (query alone)"
	nameChDDB     = "chDB, DynamoDB JSON"
	nameChFlat    = "chDB, flat JSON"
	namePrototype = "the prototype"
	nameIonGo     = "a program on ion-go"
	nameJQ        = "zcat, jq and awk (doubles)"
)

// unpack is the query of the first table: nothing but decompressing.
var unpack = query{name: "unpack", title: "decompressing alone, output dropped"}

var contenders = []contender{
	{name: nameIgzip, run: func(b *bench, _ *query, s *set) (*exec.Cmd, error) { return b.igzip(s, b.cores) }},
	{name: nameIgzipOne, run: func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		if q.name != unpack.name || b.cores == 1 {
			return nil, nil
		}
		return b.igzip(s, 1)
	}},
	{name: nameInflate, run: decompressor("ionq")},
	{name: nameKlauspost, run: decompressor("klauspost")},
	{name: nameStd, run: decompressor("std")},
	{name: nameCold, exact: true, run: func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		return b.ionqCmd(q, s, b.cores, false), nil
	}},
	{name: nameFill, exact: true, run: func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		if !b.caches {
			return nil, nil
		}
		return b.ionqCmd(q, s, b.cores, true), os.RemoveAll(b.cacheDir())
	}},
	{name: nameWarm, exact: true, run: func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		if !b.caches {
			return nil, nil
		}
		return b.ionqCmd(q, s, b.cores, true), nil
	}},
	{name: nameOne, exact: true, run: func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		if q.name != "seed" || b.cores == 1 {
			return nil, nil
		}
		return b.ionqCmd(q, s, 1, false), nil
	}},
	{name: namePrototype, run: func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		words := strings.Fields(b.prototype)
		if len(words) == 0 || q.name != "seed" {
			return nil, nil
		}
		files, err := s.files(formIon)
		return exec.Command(words[0], append(words[1:], files...)...), err
	}},
	{name: nameDuckFlat, exact: true, run: duckdbRun(formFlat)},
	{name: nameDuckDDB, exact: true, run: duckdbRun(formDDB)},
	{name: nameDuckTable, exact: true, run: func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		if !b.there["@duckdb/node-api"] {
			return nil, nil
		}
		return b.node("duckdb.js", fmt.Sprint(b.cores), q.sql(&duckdbTable, s), duckdbLoad(s.pattern(formFlat))), nil
	}},
	{name: nameChFlat, exact: true, run: chdbRun(formFlat)},
	{name: nameChDDB, exact: true, run: chdbRun(formDDB)},
	{name: nameIonGo, exact: true, slow: true, run: func(b *bench, _ *query, s *set) (*exec.Cmd, error) {
		files, err := s.files(formIon)
		return exec.Command(filepath.Join(b.tmp, "iongo"), files...), err
	}},
	{name: nameJQ, slow: true, run: func(b *bench, _ *query, s *set) (*exec.Cmd, error) {
		if !b.there["jq"] {
			return nil, nil
		}
		files, err := s.files(formDDB)
		const script = `zcat "$@" | jq -r 'select(.Item.created_at.S >= "2023-07-01T00:00:00" and .Item.created_at.S < "2023-08-01T00:00:00.001") | [.Item.id.N, .Item.amount.N] | @tsv' |
awk -F '\t' '{ s[$1] += $2 } END { for (k in s) printf "%s\t%.6f\n", k, s[k] }'`
		return exec.Command("sh", append([]string{"-c", script, "sh"}, files...)...), err
	}},
}

func decompressor(as string) func(*bench, *query, *set) (*exec.Cmd, error) {
	return func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		if q.name != unpack.name {
			return nil, nil
		}
		files, err := s.files(formIon)
		return exec.Command(b.self, append([]string{"-as", as, "-cores", fmt.Sprint(b.cores)}, files...)...), err
	}
}

func duckdbRun(form string) func(*bench, *query, *set) (*exec.Cmd, error) {
	return func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		if !b.there["@duckdb/node-api"] {
			return nil, nil
		}
		return b.node("duckdb.js", fmt.Sprint(b.cores), q.sql(duckdb(form, s.pattern(form)), s)), nil
	}
}

func chdbRun(form string) func(*bench, *query, *set) (*exec.Cmd, error) {
	return func(b *bench, q *query, s *set) (*exec.Cmd, error) {
		if !b.there["chdb"] {
			return nil, nil
		}
		return b.node("chdb.js", q.sql(chdb(form, s.pattern(form)), s)+chdbSettings(b.cores)), nil
	}
}

// bench is one run of the command.
type bench struct {
	*options
	self, tmp string
	caches    bool            // ionq has a columnar cache
	there     map[string]bool // programs and packages
	absent    []string
	wrong     []string
	tables    []*table
	bytes     int64           // of the ionq binary
	walls     []time.Duration // of SELECT 1
}

func (b *bench) cacheDir() string { return filepath.Join(b.tmp, "cache") }

// prepare finds and builds what takes part.
func (b *bench) prepare(ctx context.Context) error {
	build := func(name, pkg string) (string, error) {
		bin := filepath.Join(b.tmp, name)
		cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, "github.com/ionq-db/ionq/"+pkg)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("building %s: %w", pkg, err)
		}
		return bin, nil
	}
	if b.ionq == "" {
		bin, err := build("ionq", "cmd/ionq")
		if err != nil {
			return err
		}
		b.ionq = bin
	}
	info, err := os.Stat(b.ionq)
	if err != nil {
		return err
	}
	b.bytes = info.Size()
	if _, err := build("iongo", "bench/cmd/iongo"); err != nil {
		return err
	}
	help, err := exec.CommandContext(ctx, b.ionq, "--help").Output()
	if err != nil {
		return fmt.Errorf("%s --help: %w", b.ionq, err)
	}
	b.caches = strings.Contains(string(help), "--no-cache")
	if !b.caches {
		b.absent = append(b.absent, "the cache (this ionq has no --no-cache)")
	}

	if _, err := exec.LookPath("igzip"); err != nil {
		return fmt.Errorf("igzip is the measure of all (Debian: isal): %w", err)
	}
	b.there = map[string]bool{}
	_, err = exec.LookPath("jq")
	if b.there["jq"] = err == nil; err != nil {
		b.absent = append(b.absent, "jq")
	}
	_, noNode := exec.LookPath("node")
	for _, pkg := range []string{"@duckdb/node-api", "chdb"} {
		_, err := os.Stat(filepath.Join(b.modules, filepath.FromSlash(pkg)))
		if b.there[pkg] = err == nil && noNode == nil; !b.there[pkg] {
			b.absent = append(b.absent, pkg+" (-install)")
		}
	}
	if b.prototype == "" {
		b.absent = append(b.absent, "the prototype (-prototype)")
	}
	for name, text := range map[string][]byte{"duckdb.js": duckdbJS, "chdb.js": chdbJS} {
		if err := os.WriteFile(filepath.Join(b.tmp, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) node(script string, args ...string) *exec.Cmd {
	cmd := exec.Command("node", append([]string{filepath.Join(b.tmp, script)}, args...)...)
	cmd.Env = append(os.Environ(), "NODE_PATH="+b.modules)
	cmd.Dir = b.tmp // chDB leaves files
	return cmd
}

func (b *bench) igzip(s *set, atOnce int) (*exec.Cmd, error) {
	files, err := s.files(formIon)
	cmd := exec.Command("xargs", "-0", "-P", fmt.Sprint(atOnce), "-n", "1", "sh", "-c", `exec igzip -dc "$0" >/dev/null`)
	cmd.Stdin = strings.NewReader(strings.Join(files, "\x00") + "\x00")
	return cmd, err
}

func (b *bench) ionqCmd(q *query, s *set, cores int, cache bool) *exec.Cmd {
	args := []string{"--map", "s3://example-bucket=" + s.formDir(formIon), "--format", "csv", "-c", ddl, "-c", q.sql(&athena, s)}
	if b.caches && !cache {
		args = append(args, "--no-cache")
	}
	cmd := exec.Command(b.ionq, args...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", cores), "IONQ_CACHE_DIR="+b.cacheDir())
	return cmd
}

func (b *bench) takesPart(c *contender) bool {
	if b.with == "" || c.name == nameIgzip {
		return true
	}
	for _, w := range strings.Split(b.with, ",") {
		if strings.Contains(strings.ToLower(c.name), strings.ToLower(strings.TrimSpace(w))) {
			return true
		}
	}
	return false
}

// shape runs all rounds over one shape.
func (b *bench) shape(shape string) error {
	whole, err := b.open(shape, false)
	if err != nil {
		return err
	}
	small, err := b.open(shape, true)
	if err != nil {
		return err
	}
	if err := errors.Join(touch(whole), touch(small)); err != nil {
		return err
	}
	for _, q := range append([]query{unpack}, queries...) {
		if b.queries != "" && !strings.Contains(","+b.queries+",", ","+q.name+",") {
			continue
		}
		t := &table{query: q, set: whole}
		for i := range contenders {
			if c := &contenders[i]; b.takesPart(c) && (!c.slow || q.slow) && (q.sql != nil || !c.exact && c.run != nil) {
				t.lines = append(t.lines, &line{contender: c})
			}
		}
		for round := range b.runs {
			for _, l := range t.lines {
				if l.absent || l.failed != "" || l.peer() && round >= b.peerRuns {
					continue
				}
				if err := b.one(t, l, small); err != nil {
					return fmt.Errorf("%s, %s, %s: %w", shape, q.name, l.name, err)
				}
			}
		}
		t.judge(b, small)
		b.tables = append(b.tables, t)
		fmt.Fprintf(os.Stderr, "%s %s done\n", shape, q.name)
	}
	return nil
}

// one runs a contender once.
func (b *bench) one(t *table, l *line, small *set) error {
	s := t.set
	if l.slow {
		s = small
	}
	cmd, err := l.run(b, &t.query, s)
	if err != nil {
		return err
	}
	if cmd == nil {
		l.absent = true
		return nil
	}
	r := measure(cmd, t.query.name != unpack.name)
	if r.failed != "" {
		if !l.peer() {
			return fmt.Errorf("%s", r.failed)
		}
		l.failed = r.failed // a peer that cannot is told in the table
		return nil
	}
	if strings.HasPrefix(l.name, "ionq") && len(r.rows) > 0 {
		for i := range r.rows {
			r.rows[i] = strings.ReplaceAll(r.rows[i], ",", "\t")
		}
		r.rows = r.rows[1:] // the header
	}
	rows := normal(r.rows)
	if l.answer != nil && differ(rows, l.answer) != "" {
		return fmt.Errorf("two runs gave two answers: %s", differ(rows, l.answer))
	}
	l.answer = rows
	r.rows = nil
	l.runs = append(l.runs, r)
	if entries, _ := os.ReadDir(b.cacheDir()); l.name == nameFill && len(entries) == 0 {
		b.caches, l.absent = false, true
		b.absent = append(b.absent, "the cache (nothing came into its folder)")
	}
	return nil
}

// touch reads files, so that nobody has to wait for the disk.
func touch(s *set) error {
	for _, form := range []string{formIon, formDDB, formFlat} {
		files, err := s.files(form)
		if err != nil {
			return err
		}
		for _, name := range files {
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, f)
			f.Close()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// start measures what the command costs before it has done anything.
func (b *bench) start() error {
	for range 30 {
		cmd := exec.Command(b.ionq, "-c", "SELECT 1")
		began := time.Now()
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("SELECT 1: %w", err)
		}
		b.walls = append(b.walls, time.Since(began))
	}
	return nil
}
