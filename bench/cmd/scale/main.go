// Command scale measures how the cost of a query grows: with the bytes of the
// export, with the groups of an aggregation, with the number of data files, and
// with the columns that are read; and how soon a query ends that is interrupted.
// It writes what it measured into DIR/scale.json, step by step, and draws all of
// it, log-log, into an SVG.
//
//	go run ./bench/cmd/scale -dir DIR                                  # 100 MB to 20 GB of Ion: 13 GB of disk
//	go run ./bench/cmd/scale -dir DIR -only groups                     # one step
//	go run ./bench/cmd/scale -dir DIR -only none -svg docs/scale.svg   # only draw
//
// Exports of more than 1 GB of Ion are the 1 GB export's files several times, as
// files of their own under new names, with manifests that say so: for what is
// measured here, rows need not be unique, and generating 20 GB takes six minutes
// of two cores. CPU time is what counts, since the machine may be shared; wall
// time is that of the fastest run.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
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
	"github.com/ionq-db/ionq/bench/peak"
	"github.com/ionq-db/ionq/reader/colcache"
)

// The items of 1 GB of Ion, a little less and a little more.
const (
	narrowRows = 10_600_000
	wideRows   = 1_040_000
	fileRows   = 1_000_000 // of the exports of many files
)

const seed = `SELECT id, SUM(amount) AS amount FROM t
WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00')
GROUP BY id`

// wideColumns are the columns of the wide items' scalar attributes, in the order
// in which the columns step adds them.
var wideColumns = []string{
	"amount", "status", "PK", "created_at", "currency", "email", "id", "SK", "entity", "payload", "name", "note", "amount_tax", "id2", "ttl", "active",
}

// point is one measurement.
type point struct {
	Series string  `json:"series"` // <step>/<what>
	X      float64 `json:"x"`
	MB     float64 `json:"mb"` // of Ion behind it
	Rows   int64   `json:"rows"`
	CPU    float64 `json:"cpu"` // seconds
	Wall   float64 `json:"wall"`
	Peak   float64 `json:"peak"` // MB
}

type scale struct {
	dir, ionq, tmp string
	sizes          []int
	points         []point
	now            string
	runs           int
	what           *regexp.Regexp
	order          map[string]int // of series
}

func main() {
	dir := flag.String("dir", "", "folder of the data and of what was measured (required)")
	ionq := flag.String("ionq", "", "the ionq binary (default: built from ./cmd/ionq)")
	only := flag.String("only", "bytes,groups,files,columns,interrupt", "steps to measure anew")
	mb := flag.String("mb", "100,300,1000,3000,10000,20000", "sizes of the bytes step, MB of Ion")
	runs := flag.Int("runs", 1, "runs of each; the one with the least CPU time counts")
	what := flag.String("what", "", "only the measurements whose name this regular expression matches, such as '^narrow seed query$'")
	svg := flag.String("svg", "", "draw all that was measured into this file")
	shape := flag.String("generate", "", "only generate an export of this shape into -dir (what the command runs itself as)")
	rows := flag.Int64("rows", 0, "with -generate: items")
	files := flag.Int("files", 0, "with -generate: data files")
	flag.Parse()
	if *dir == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	match, err := regexp.Compile(*what)
	if err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(2)
	}
	if *shape != "" {
		if err := generate(*dir, gen.Shape(*shape), *rows, *files); err != nil {
			fmt.Fprintln(os.Stderr, "scale:", err)
			os.Exit(1)
		}
		return
	}
	s := &scale{dir: *dir, ionq: *ionq, runs: *runs, what: match}
	if err := s.run(strings.Split(*only, ","), *mb, *svg); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func (s *scale) run(steps []string, sizes, svg string) error {
	for text := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		s.sizes = append(s.sizes, n)
	}
	var err error
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	if text, err := os.ReadFile(s.file()); err == nil {
		if err := json.Unmarshal(text, &s.points); err != nil {
			return fmt.Errorf("%s: %w", s.file(), err)
		}
	}
	if s.tmp, err = os.MkdirTemp(s.dir, "run-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.tmp)
	todo := map[string]func() error{"bytes": s.bytes, "groups": s.groups, "files": s.files, "columns": s.columns, "interrupt": s.interrupt}
	for _, step := range steps {
		f := todo[step]
		if f == nil {
			if step == "none" {
				continue
			}
			return fmt.Errorf("there is no step %q", step)
		}
		if s.ionq == "" {
			s.ionq = filepath.Join(s.tmp, "ionq")
			if out, err := exec.Command("go", "build", "-o", s.ionq, "github.com/ionq-db/ionq/cmd/ionq").CombinedOutput(); err != nil {
				return fmt.Errorf("building ionq: %w\n%s", err, out)
			}
		}
		s.now = step
		if err := f(); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	slices.SortStableFunc(s.points, func(a, b point) int {
		return cmp.Or(cmp.Compare(s.first(a.Series), s.first(b.Series)), cmp.Compare(a.X, b.X))
	})
	fmt.Print(s.table())
	if svg != "" {
		return os.WriteFile(svg, s.draw(), 0o644)
	}
	return nil
}

// first is the place of a series in the order in which they were first measured.
func (s *scale) first(series string) int {
	if _, ok := s.order[series]; !ok {
		s.order = map[string]int{}
		for _, p := range s.points {
			if _, ok := s.order[p.Series]; !ok {
				s.order[p.Series] = len(s.order)
			}
		}
	}
	return s.order[series]
}

func (s *scale) file() string { return filepath.Join(s.dir, "scale.json") }

// one measures a command and keeps the point, unless it is not asked for. What
// fills the cache for a later point is asked for with it.
func (s *scale) one(what string, x float64, e *export, lines int, make func() *exec.Cmd) error {
	if !s.what.MatchString(what) {
		return nil
	}
	u, err := s.measure(lines, make)
	if err != nil {
		return fmt.Errorf("%s at %g: %w", what, x, err)
	}
	return s.add(what, x, e, u)
}

// add keeps a point, on the disk too, in place of one measured before.
func (s *scale) add(what string, x float64, e *export, u usage) error {
	p := point{Series: s.now + "/" + what, X: x, MB: float64(e.raw) / 1e6, Rows: e.rows, CPU: u.cpu, Wall: u.wall, Peak: u.peak}
	fmt.Fprintf(os.Stderr, "%s at %g: %.3f s CPU, %.3f s wall, %.0f MB\n", p.Series, x, u.cpu, u.wall, u.peak)
	if k := slices.IndexFunc(s.points, func(q point) bool { return q.Series == p.Series && q.X == p.X }); k >= 0 {
		s.points[k] = p
	} else {
		s.points = append(s.points, p)
	}
	text, err := json.MarshalIndent(s.points, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(s.file(), text, 0o644)
}

// export is one export on the disk.
type export struct {
	dir  string // the bucket's root
	rows int64
	raw  int64 // bytes of Ion
}

func (e *export) folder() string { return filepath.Join(e.dir, "export", "AWSDynamoDB", gen.ArticleID) }

// make generates an export once.
func (s *scale) make(name string, shape gen.Shape, rows int64, files int) (*export, error) {
	e := &export{dir: filepath.Join(s.dir, name), rows: rows}
	facts := filepath.Join(e.dir, "bytes")
	if text, err := os.ReadFile(facts); err == nil {
		e.raw, err = strconv.ParseInt(string(text), 10, 64)
		return e, err
	}
	fmt.Fprintf(os.Stderr, "generating %d %s items in %d files\n", rows, shape, files)
	// In a process of its own: Linux counts the memory of a process towards the
	// peak of those that it starts.
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "-dir", e.dir, "-generate", string(shape), "-rows", fmt.Sprint(rows), "-files", fmt.Sprint(files))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("generating: %w", err)
	}
	if e.raw, err = strconv.ParseInt(string(out), 10, 64); err != nil {
		return nil, err
	}
	time.Sleep(colcache.Settle + time.Second) // columns of files just written are not kept
	return e, os.WriteFile(facts, out, 0o644)
}

// generate writes an export and prints how many bytes of Ion it has.
func generate(dir string, shape gen.Shape, rows int64, files int) error {
	ex, err := gen.Write(context.Background(), gen.Config{
		Dir: dir, Prefix: "export", ID: gen.ArticleID, Time: time.Date(2023, 6, 30, 0, 0, 0, 0, time.UTC),
		Shape: shape, Rows: rows, Files: files, Seed: 1, Workers: runtime.GOMAXPROCS(0),
	})
	if err != nil {
		return err
	}
	var raw int64
	for _, f := range ex.Files {
		raw += f.RawBytes
	}
	_, err = fmt.Print(raw)
	return err
}

// sized is an export of about so many MB of Ion, from the 1 GB export's files
// where it is larger than that.
func (s *scale) sized(shape gen.Shape, rows int64, files, mb int) (*export, error) {
	if mb <= 1000 {
		return s.make(fmt.Sprintf("%s-%d", shape, mb), shape, rows*int64(mb)/1000, files)
	}
	base, err := s.sized(shape, rows, files, 1000)
	if err != nil {
		return nil, err
	}
	times := mb / 1000
	e := &export{dir: filepath.Join(s.dir, fmt.Sprintf("%s-%d", shape, mb)), rows: base.rows * int64(times), raw: base.raw * int64(times)}
	if _, err := os.Stat(filepath.Join(e.dir, "bytes")); err == nil {
		return e, nil
	}
	return e, repeat(base, e, times)
}

// repeat makes an export of the same files several times.
func repeat(base, e *export, times int) error {
	if err := os.MkdirAll(filepath.Join(e.folder(), "data"), 0o755); err != nil {
		return err
	}
	list, err := os.ReadFile(filepath.Join(base.folder(), "manifest-files.json"))
	if err != nil {
		return err
	}
	var manifest bytes.Buffer
	for k := range times {
		for line := range strings.Lines(string(list)) {
			var f map[string]any
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				return err
			}
			key, _ := f["dataFileS3Key"].(string)
			name := filepath.Base(key)
			again := fmt.Sprintf("%02d-%s", k, name)
			if err := copyFile(filepath.Join(base.folder(), "data", name), filepath.Join(e.folder(), "data", again)); err != nil {
				return err
			}
			f["dataFileS3Key"] = strings.TrimSuffix(key, name) + again
			text, err := json.Marshal(f)
			if err != nil {
				return err
			}
			manifest.Write(append(text, '\n'))
		}
	}
	text, err := os.ReadFile(filepath.Join(base.folder(), "manifest-summary.json"))
	if err != nil {
		return err
	}
	var summary map[string]any
	if err := json.Unmarshal(text, &summary); err != nil {
		return err
	}
	summary["itemCount"] = e.rows
	if text, err = json.Marshal(summary); err != nil {
		return err
	}
	for name, content := range map[string][]byte{"manifest-files": manifest.Bytes(), "manifest-summary": text} {
		if err := errors.Join(
			os.WriteFile(filepath.Join(e.folder(), name+".json"), content, 0o644),
			os.WriteFile(filepath.Join(e.folder(), name+".md5"), gen.Checksum(content), 0o644),
		); err != nil {
			return err
		}
	}
	time.Sleep(colcache.Settle + time.Second)
	return os.WriteFile(filepath.Join(e.dir, "bytes"), []byte(strconv.FormatInt(e.raw, 10)), 0o644)
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// usage is what one process took: seconds, seconds, MB.
type usage struct{ wall, cpu, peak float64 }

// measure runs a command and holds the number of rows of its answer against
// what it must be, if that is known.
func (s *scale) measure(lines int, make func() *exec.Cmd) (usage, error) {
	best := usage{cpu: -1}
	for range s.runs {
		cmd := make()
		var out counter
		var errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		began := time.Now()
		if err := cmd.Run(); err != nil {
			return usage{}, fmt.Errorf("%w: %s", err, errs.Bytes())
		}
		u := usage{time.Since(began).Seconds(), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), peak.Bytes(cmd.ProcessState) / 1e6}
		if lines > 0 && int(out) != lines {
			return usage{}, fmt.Errorf("%d lines instead of %d", int(out), lines)
		}
		if best.cpu < 0 || u.cpu < best.cpu {
			u.wall = min(u.wall, max(best.wall, u.wall))
			best = u
		}
	}
	return best, nil
}

// counter counts lines.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(bytes.Count(p, []byte{'\n'}))
	return len(p), nil
}

// query is ionq with a statement over an export, from its files or with the cache.
func (s *scale) query(e *export, columns []string, sql string, cache bool) *exec.Cmd {
	var names, paths []string
	for _, c := range columns {
		typ := "string"
		switch c {
		case "id", "id2", "ttl":
			typ = "decimal(38,0)"
		case "amount", "amount_tax":
			typ = "decimal(38,6)"
		case "active":
			typ = "boolean"
		}
		names = append(names, fmt.Sprintf("`%s` %s", strings.ToLower(c), typ))
		paths = append(paths, fmt.Sprintf("'ion.%s.path_extractor' = '(Item %s)'", strings.ToLower(c), c))
	}
	ddl := "CREATE EXTERNAL TABLE t ( " + strings.Join(names, ", ") + " ) ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'\n" +
		"WITH SERDEPROPERTIES ( " + strings.Join(paths, ", ") + " ) STORED AS ION LOCATION '" + gen.ArticleLocation + "'"
	args := []string{"--map", "s3://example-bucket=" + e.dir, "--format", "csv", "-c", ddl, "-c", sql}
	if !cache {
		args = append(args, "--no-cache")
	}
	cmd := exec.Command(s.ionq, args...)
	cmd.Env = append(os.Environ(), "IONQ_CACHE_DIR="+filepath.Join(s.tmp, "cache"))
	return cmd
}

var three = []string{"id", "amount", "created_at"}

// bytes: the article's query, count(*), and both from the cache, over exports of
// growing size; what igzip takes for the same files beside them.
func (s *scale) bytes() error {
	for _, shape := range []gen.Shape{gen.Narrow, gen.Wide} {
		rows, files := int64(narrowRows), 4
		if shape == gen.Wide {
			rows, files = wideRows, 8
		}
		for _, mb := range s.sizes {
			if shape == gen.Wide && mb > 3000 {
				break
			}
			e, err := s.sized(shape, rows, files, mb)
			if err != nil {
				return err
			}
			groups := 10_001 // and the header
			if mb < 100 || mb < 1000 && shape == gen.Wide {
				groups = 0 // not all ids occur in July
			}
			x := float64(e.raw) / 1e6
			one := func(what string, lines int, sql string, cache bool) error {
				return s.one(string(shape)+" "+what, x, e, lines, func() *exec.Cmd { return s.query(e, three, sql, cache) })
			}
			if _, err := exec.LookPath("igzip"); err == nil {
				if err := s.one(string(shape)+" igzip", x, e, 0, func() *exec.Cmd { return igzip(e) }); err != nil {
					return err
				}
			}
			if err := errors.Join(
				os.RemoveAll(filepath.Join(s.tmp, "cache")),
				one("count(*)", 2, "SELECT count(*) FROM t", false),
				one("seed query", groups, seed, false),
				one("seed query, writing the cache", groups, seed, true),
				one("seed query, warm", groups, seed, true),
			); err != nil {
				return err
			}
		}
	}
	return nil
}

func igzip(e *export) *exec.Cmd {
	cmd := exec.Command("xargs", "-0", "-P", fmt.Sprint(runtime.GOMAXPROCS(0)), "-n", "1", "sh", "-c", `exec igzip -dc "$0" >/dev/null`)
	files, _ := filepath.Glob(filepath.Join(e.folder(), "data", "*.gz")) // the pattern is sound
	cmd.Stdin = strings.NewReader(strings.Join(files, "\x00") + "\x00")
	return cmd
}

// groups: the same rows in more and more groups, by longer and longer parts of
// their instant.
func (s *scale) groups() error {
	e, err := s.sized(gen.Narrow, narrowRows, 4, 1000)
	if err != nil {
		return err
	}
	for _, length := range []int{7, 10, 13, 15, 16, 18, 19, 21, 31} {
		key := fmt.Sprintf("substr(created_at, 1, %d)", length)
		cmd := s.query(e, three, "SELECT count(*) FROM (SELECT 1 AS one FROM t GROUP BY "+key+") AS g", true)
		out, err := cmd.Output()
		if err != nil {
			return err
		}
		groups, err := strconv.ParseFloat(strings.Trim(strings.Split(string(out), "\n")[1], `"`), 64)
		if err != nil {
			return err
		}
		if err := s.one("sum by part of created_at", groups, e, 2, func() *exec.Cmd {
			return s.query(e, three, "SELECT count(*), sum(s) FROM (SELECT sum(amount) AS s FROM t GROUP BY "+key+") AS g", false)
		}); err != nil {
			return err
		}
	}
	return nil
}

// files: the same rows in more and more data files.
func (s *scale) files() error {
	for _, n := range []int{1, 2, 4, 16, 64, 256, 1024, 4096} {
		e, err := s.make(fmt.Sprintf("files-%d", n), gen.Narrow, fileRows, n)
		if err != nil {
			return err
		}
		if err := s.one("seed query", float64(n), e, 10_001, func() *exec.Cmd { return s.query(e, three, seed, false) }); err != nil {
			return err
		}
		if err := os.RemoveAll(filepath.Join(s.tmp, "cache")); err != nil {
			return err
		}
		for _, what := range []string{"writing the cache", "warm"} {
			if err := s.one("seed query, "+what, float64(n), e, 10_001, func() *exec.Cmd { return s.query(e, three, seed, true) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// columns: more and more columns of the wide items.
func (s *scale) columns() error {
	e, err := s.sized(gen.Wide, wideRows, 8, 1000)
	if err != nil {
		return err
	}
	for _, n := range []int{1, 2, 4, 8, 16} {
		var calls []string
		for _, c := range wideColumns[:n] {
			calls = append(calls, "max("+strings.ToLower(c)+")")
		}
		sql := "SELECT " + strings.Join(calls, ", ") + " FROM t"
		if err := s.one("max of each of the columns", float64(n), e, 2, func() *exec.Cmd { return s.query(e, wideColumns, sql, false) }); err != nil {
			return err
		}
	}
	return nil
}

// interrupt: how long a query over the largest export runs on after SIGINT.
func (s *scale) interrupt() error {
	e, err := s.sized(gen.Narrow, narrowRows, 4, s.sizes[len(s.sizes)-1])
	if err != nil {
		return err
	}
	for k := range 10 {
		cmd := s.query(e, three, seed, false)
		if err := cmd.Start(); err != nil {
			return err
		}
		// At moments that differ: early, and in the middle of the files.
		time.Sleep(time.Duration(100+150*k) * time.Millisecond)
		began := time.Now()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return fmt.Errorf("it ended before it was interrupted: %w", err)
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) {
			return fmt.Errorf("interrupted, and no failure: %w", err)
		}
		u := usage{time.Since(began).Seconds(), 0, peak.Bytes(cmd.ProcessState) / 1e6}
		if err := s.add("from SIGINT to the end", float64(k+1), e, u); err != nil {
			return err
		}
	}
	return nil
}
