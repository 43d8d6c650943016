package enginetest

// The runner: every script in every layout and configuration of the matrix.

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

var rewrite = flag.Bool("rewrite", false, "write the results found into the scripts (never in CI)")

// Config is one point of the matrix: how a Target is to be set up, and how the
// data files are laid out.
type Config struct {
	Name       string
	PageRows   int
	Workers    int
	ProjectAll bool
	Gzip       bool
	Memory     int64 // budget of a query; 0: the usual one
	Files      int   // data files that a table's records are cut into
	OtherPlans bool  // plans are not those that the scripts show; what is "planned" depends on them
	Cache      bool  // columns are kept: every query runs twice, cold and warm

	Dir   string // local folder of s3://test
	Store string // cache folder, where Cache
}

// Matrix holds the configurations that every query must answer alike. The
// first is the plain one; the others each change several things at once.
var Matrix = []Config{
	{Name: "plain", Workers: 1, Files: 1},
	{Name: "page1", PageRows: 1, Workers: 4, Gzip: true, Files: 1},
	{Name: "page3", PageRows: 3, Workers: 4, Gzip: true, Files: 3},
	{Name: "projectall", PageRows: 3, Workers: 1, ProjectAll: true, Files: 2},
	{Name: "workers", Workers: 4, Gzip: true, Files: 4},
	// A budget of one byte: every operator spills whenever it can.
	{Name: "spill", PageRows: 2, Workers: 2, Files: 3, Memory: 1},
	{Name: "cache", PageRows: 2, Workers: 2, Gzip: true, Files: 2, Cache: true},
}

// Result is what a statement gave: labels, type names, and values as text (nil
// is NULL).
type Result struct {
	Names   []string
	Types   []string
	Rows    [][]*string
	Utility bool
}

// Target is one session over an own empty catalog.
type Target interface {
	Exec(ctx context.Context, sql string) (*Result, error)
	Set(name, value string) error
	Close() error
}

// Open makes a Target for a configuration.
type Open func(t testing.TB, c Config) Target

// Run runs all scripts below dir in the given configurations; in the whole
// Matrix where none is given.
func Run(t *testing.T, dir string, open Open, configs ...Config) {
	if len(configs) == 0 {
		configs = Matrix
	}
	found := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".test") {
			return err
		}
		found++
		name, _ := filepath.Rel(dir, path)
		t.Run(filepath.ToSlash(name), func(t *testing.T) { runFile(t, path, open, configs) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found == 0 {
		t.Fatalf("no scripts below %s", dir)
	}
}

func runFile(t *testing.T, path string, open Open, configs []Config) {
	s, err := parseScript(path)
	if err != nil {
		t.Fatal(err)
	}
	if *rewrite {
		c := configs[0]
		c.Dir = t.TempDir()
		r := &run{t: t, s: s, c: c, rewrite: true}
		r.all(open)
		if err := os.WriteFile(path, []byte(r.rewritten()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, c := range configs {
		t.Run(c.Name, func(t *testing.T) {
			c.Dir = t.TempDir()
			if c.Cache {
				c.Store = t.TempDir()
			}
			r := &run{t: t, s: s, c: c}
			r.all(open)
		})
	}
}

type run struct {
	t       *testing.T
	s       *script
	c       Config
	target  Target
	rewrite bool
	news    map[*block][]string // expectation (or body, for eval and types) found
}

func (r *run) all(open Open) {
	r.news = map[*block][]string{}
	r.target = open(r.t, r.c)
	defer func() {
		if err := r.target.Close(); err != nil {
			r.t.Errorf("close: %v", err)
		}
	}()
	for _, b := range r.s.blocks {
		r.block(b)
	}
}

func (r *run) failf(b *block, format string, args ...any) {
	r.t.Helper()
	r.t.Errorf("%s:%d: %s", r.s.path, b.line, fmt.Sprintf(format, args...))
}

func (r *run) block(b *block) {
	ctx := context.Background()
	switch b.word {
	case "ddl":
		if _, err := r.target.Exec(ctx, b.sql()); err != nil {
			r.failf(b, "%v", err)
		}
	case "table":
		name, ddl, err := tableDDL(strings.Join(append([]string{b.rest}, b.body...), " "))
		if err == nil {
			_, err = r.target.Exec(ctx, ddl)
		}
		if err == nil {
			err = os.MkdirAll(filepath.Join(r.c.Dir, name), 0o755)
		}
		if err != nil {
			r.failf(b, "%v", err)
		}
	case "ion":
		if err := r.writeIon(b); err != nil {
			r.failf(b, "%v", err)
		}
	case "file":
		data, err := []byte(strings.Join(b.body, "\n")+"\n"), error(nil)
		if slices.Contains(b.args, "base64") {
			data, err = base64.StdEncoding.DecodeString(strings.Join(b.body, ""))
		}
		if err == nil {
			err = r.writeFile(b.args[0], data)
		}
		if err != nil {
			r.failf(b, "%v", err)
		}
	case "set":
		name, value, _ := strings.Cut(b.rest, "=")
		if err := r.target.Set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
			r.failf(b, "%v", err)
		}
	case "query", "utility", "plan":
		if r.c.OtherPlans && slices.Contains(b.args, "planned") {
			return
		}
		sql := b.sql()
		if b.word == "plan" {
			if r.c.OtherPlans {
				return
			}
			sql = "EXPLAIN " + sql
		}
		for range r.times(sql) {
			res, err := r.target.Exec(ctx, sql)
			if err != nil {
				r.failf(b, "%v\n%s", err, b.sql())
				return
			}
			if r.c.OtherPlans && slices.Contains(b.args, "masked") {
				continue // it ran; what it shows is another plan
			}
			got := res.lines(b.word == "query")
			r.compare(b, b.want, got, b.word == "query" && !slices.Contains(b.args, "ordered"))
		}
	case "error":
		if r.c.OtherPlans && slices.Contains(b.args, "planned") {
			return
		}
		for range r.times(b.sql()) {
			res, err := r.target.Exec(ctx, b.sql())
			if err == nil {
				r.failf(b, "succeeded, but should fail:\n%s\n----\n%s", b.sql(), strings.Join(res.lines(true), "\n"))
				return
			}
			got := errorText(err, b.sql(), true)
			if want := strings.Join(b.want, "\n"); !errorMatches(want, err, b.sql()) {
				r.compare(b, b.want, strings.Split(got, "\n"), false)
			}
		}
	case "same":
		a, errA := r.target.Exec(ctx, b.sql())
		z, errZ := r.target.Exec(ctx, strings.Join(b.want, "\n"))
		if errA != nil || errZ != nil {
			r.failf(b, "%v / %v", errA, errZ)
			return
		}
		la, lz := a.lines(true)[1:], z.lines(true)[1:] // labels may differ
		slices.Sort(la)
		slices.Sort(lz)
		if !slices.Equal(la, lz) {
			r.failf(b, "the two queries differ:\n%s", diff(la, lz))
		}
	case "eval", "types":
		r.expressions(ctx, b)
	}
}

// times says how often a query runs: twice where columns are kept, first from the
// files and then from what was kept. Other statements change something.
func (r *run) times(sql string) int {
	word := strings.ToUpper(strings.TrimLeft(sql, " \t\n(") + " ")
	if r.c.Cache && (strings.HasPrefix(word, "SELECT") || strings.HasPrefix(word, "WITH") || strings.HasPrefix(word, "VALUES")) {
		return 2
	}
	return 1
}

// expressions runs the lines of an eval or types block, each a statement.
func (r *run) expressions(ctx context.Context, b *block) {
	var out []string
	for n, line := range b.body {
		at := strings.LastIndex(line, " => ")
		if at < 0 {
			r.failf(b, "line %d: EXPRESSION => RESULT expected", b.line+1+n)
			return
		}
		expr, want := strings.TrimSpace(line[:at]), strings.TrimSpace(line[at+4:])
		sql := "SELECT " + expr
		res, err := r.target.Exec(ctx, sql)
		var got string
		switch {
		case err != nil:
			got = "error " + errorText(err, sql, false)
			if rest, ok := strings.CutPrefix(want, "error "); ok && errorMatches(rest, err, sql) {
				got = want
			}
		case b.word == "types":
			got = res.Types[0]
		case len(res.Rows) != 1:
			got = fmt.Sprintf("%d rows", len(res.Rows))
		default:
			got = cellText(res.Rows[0][0])
		}
		if got != want && !r.rewrite {
			r.t.Errorf("%s:%d: %s\n  want %s\n  got  %s", r.s.path, b.line+1+n, expr, want, got)
		}
		out = append(out, line[:at]+" => "+got)
	}
	r.news[b] = out
}

// masks hide what differs from run to run in EXPLAIN ANALYZE: times, sizes, and what
// only some systems or configurations tell.
var masks = []struct {
	re   *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`CPU: \d+\.\d\dms( \(\d+\.\d\d%\))?, `), ""},
	{regexp.MustCompile(`, \d+(\.\d\d)?[kM]?B of kept columns`), ""},
	{regexp.MustCompile(`\d+\.\d\dms`), "?ms"},
	{regexp.MustCompile(`\b\d+(\.\d\d)?[kM]?B\b`), "?B"},
}

func masked(lines []string) []string {
	out := slices.Clone(lines)
	for i := range out {
		for _, m := range masks {
			out[i] = m.re.ReplaceAllString(out[i], m.with)
		}
	}
	return out
}

func (r *run) compare(b *block, want, got []string, multiset bool) {
	if slices.Contains(b.args, "masked") {
		got = masked(got)
	}
	if r.rewrite {
		r.news[b] = got
		return
	}
	w := make([]string, len(want))
	for i, l := range want {
		w[i] = l
		if b.word == "query" {
			w[i] = normalRow(l)
		}
	}
	g := slices.Clone(got)
	if b.word == "utility" || b.word == "plan" {
		// Lines of padded text: blanks at the end cannot be seen in a script.
		for i := range g {
			g[i] = strings.TrimRight(g[i], " \t")
		}
		for i := range w {
			w[i] = strings.TrimRight(w[i], " \t")
		}
		// Nor can empty lines at the end.
		for len(g) > 0 && g[len(g)-1] == "" {
			g = g[:len(g)-1]
		}
		for len(w) > 0 && w[len(w)-1] == "" {
			w = w[:len(w)-1]
		}
	}
	if multiset && len(w) > 0 && len(g) > 0 {
		slices.Sort(w[1:])
		slices.Sort(g[1:])
	}
	if !slices.Equal(w, g) {
		r.failf(b, "%s\n%s", b.sql(), diff(w, g))
	}
}

// lines gives a result as scripts hold it.
func (res *Result) lines(header bool) []string {
	var out []string
	if header {
		cells := make([]string, len(res.Names))
		for i := range cells {
			cells[i] = cellText(&res.Names[i]) + " " + res.Types[i]
		}
		out = append(out, rowText(cells))
	}
	for _, row := range res.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			if header {
				cells[i] = cellText(v)
			} else if v != nil {
				cells[i] = *v
			}
		}
		if header {
			out = append(out, rowText(cells))
		} else {
			out = append(out, strings.Split(strings.Join(cells, "\t"), "\n")...)
		}
	}
	return out
}

func errorText(err error, sql string, withPos bool) string {
	e := sqlerr.As(err)
	text := string(e.Code)
	if line, col, _ := e.Place(sql); withPos && line > 0 {
		text += fmt.Sprintf(" %d:%d", line, col)
	}
	return text + " " + e.Msg
}

// errorMatches compares an expectation CODE [LINE:COL] MESSAGE, or its prefix
// ending in "...", or CODE alone.
func errorMatches(want string, err error, sql string) bool {
	for _, withPos := range []bool{true, false} {
		got := errorText(err, sql, withPos)
		if p, ok := strings.CutSuffix(want, "..."); ok && strings.HasPrefix(got, p) {
			return true
		}
		if got == want {
			return true
		}
	}
	return want == string(sqlerr.CodeOf(err))
}

func diff(want, got []string) string {
	var b strings.Builder
	for i := 0; i < max(len(want), len(got)); i++ {
		switch {
		case i >= len(got):
			fmt.Fprintf(&b, "- %s\n", want[i])
		case i >= len(want):
			fmt.Fprintf(&b, "+ %s\n", got[i])
		case want[i] != got[i]:
			fmt.Fprintf(&b, "- %s\n+ %s\n", want[i], got[i])
		default:
			fmt.Fprintf(&b, "  %s\n", want[i])
		}
	}
	return b.String()
}

// writeIon lays out the records of an ion block as the configuration says.
func (r *run) writeIon(b *block) error {
	name := b.args[0]
	if slices.Contains(b.args[1:], "raw") {
		return r.writeData(name, 0, strings.Join(b.body, "\n")+"\n")
	}
	files := min(r.c.Files, max(1, len(b.body)))
	for f := range files {
		from, to := f*len(b.body)/files, (f+1)*len(b.body)/files
		var text strings.Builder
		for _, line := range b.body[from:to] {
			text.WriteString("$ion_1_0 " + line + "\n")
		}
		if err := r.writeData(name, f, text.String()); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) writeData(table string, n int, text string) error {
	path := fmt.Sprintf("%s/data%03d.ion", table, n)
	data := []byte(text)
	if r.c.Gzip {
		var buf bytes.Buffer
		z := gzip.NewWriter(&buf)
		if _, err := z.Write(data); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		path, data = path+".gz", buf.Bytes()
	}
	return r.writeFile(path, data)
}

func (r *run) writeFile(path string, data []byte) error {
	full := filepath.Join(r.c.Dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	return os.WriteFile(full, data, 0o644)
}

// rewritten gives the script's text with the results found.
func (r *run) rewritten() string {
	var out []string
	at := 0 // index of the next line to copy
	for _, b := range r.s.blocks {
		lines, ok := r.news[b]
		if !ok {
			continue
		}
		from, to := b.wantAt-1, b.end-1
		if b.word == "eval" || b.word == "types" {
			from = b.line
		}
		out = append(out, r.s.lines[at:from]...)
		out = append(out, lines...)
		at = to
	}
	out = append(out, r.s.lines[at:]...)
	return strings.Join(out, "\n")
}
