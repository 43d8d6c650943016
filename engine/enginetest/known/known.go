// Package known holds the scores against shared/conformance: which cases of
// which file are known to fail, each with its reason, in
// testdata/conformance/known.txt. A test reports every case that it runs to a
// Score; one that fails and is not listed, one that is listed and passes, and a
// listed one that no longer exists are faults. So a score cannot drop unseen, and
// the list cannot grow stale.
//
// The package imports nothing of the project, so that the tests of every package
// can use it.
package known

import (
	"bufio"
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// List is where the failures are listed, below the repository's root: lines
// "FILE ID REASON"; FILE is the case file's name without its ending.
const List = "testdata/conformance/known.txt"

// Failure is one listed case.
type Failure struct{ File, ID, Reason string }

// Root is the repository's root.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// Failures reads the list.
func Failures(t testing.TB) []Failure {
	t.Helper()
	f, err := os.Open(filepath.Join(Root(t), filepath.FromSlash(List)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []Failure
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		file, rest, _ := strings.Cut(line, " ")
		id, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
		if reason = strings.TrimSpace(reason); id == "" || reason == "" {
			t.Fatalf("%s:%d: want FILE ID REASON", List, n)
		}
		out = append(out, Failure{file, id, reason})
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Score counts one file's cases.
type Score struct {
	t                    testing.TB
	file                 string
	reasons              map[string]string
	seen                 map[string]bool
	passed, run, skipped map[string]int // by area
	skips                map[string]int // by reason
}

// NewScore starts the score of a case file, "queries" of queries.jsonl.
func NewScore(t testing.TB, file string) *Score {
	t.Helper()
	s := &Score{
		t: t, file: file, reasons: map[string]string{}, seen: map[string]bool{},
		passed: map[string]int{}, run: map[string]int{}, skipped: map[string]int{}, skips: map[string]int{},
	}
	for _, f := range Failures(t) {
		if f.File != file {
			continue
		}
		if s.reasons[f.ID] != "" {
			t.Errorf("%s: %s %s is listed twice", List, file, f.ID)
		}
		s.reasons[f.ID] = f.Reason
	}
	return s
}

// Skip counts a case that says nothing about this engine, and why.
func (s *Score) Skip(area, why string) {
	s.skipped[area]++
	s.skips[why]++
}

// Case counts a case that was run; err says what is wrong, nil nothing. The sql is
// printed with a fault.
func (s *Score) Case(area, id, sql string, err error) {
	s.t.Helper()
	reason := s.reasons[id]
	s.seen[id] = true
	s.run[area]++
	switch {
	case err == nil:
		s.passed[area]++
		if reason != "" {
			s.t.Errorf("%s %s passes: take it off %s (%s)", s.file, id, List, reason)
		}
	case reason == "":
		s.t.Errorf("%s %s fails and is not listed in %s:\n  %.500s\n  %v", s.file, id, List, sql, err)
	default:
		s.t.Logf("known: %s %s: %s\n  %.500s\n  %v", s.file, id, reason, sql, err)
	}
}

// Report prints the score by area and in all, and fails where less than the
// given percentage of the file's cases pass, or where a listed case was not run.
func (s *Score) Report(atLeast float64) (passed, run int) {
	s.t.Helper()
	areas := map[string]bool{}
	for _, m := range []map[string]int{s.run, s.skipped} {
		for area := range m {
			areas[area] = true
		}
	}
	skipped := 0
	for _, area := range slices.Sorted(maps.Keys(areas)) {
		s.t.Logf("%-14s %-12s passed %d of %d, not run %d", s.file, area, s.passed[area], s.run[area], s.skipped[area])
		passed += s.passed[area]
		run += s.run[area]
		skipped += s.skipped[area]
	}
	s.t.Logf("%-14s %-12s passed %d of %d, not run %d", s.file, "all", passed, run, skipped)
	for _, why := range slices.SortedFunc(maps.Keys(s.skips), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.skips[b], s.skips[a]), cmp.Compare(a, b))
	}) {
		s.t.Logf("not run %4d: %s", s.skips[why], why)
	}
	for _, id := range slices.Sorted(maps.Keys(s.reasons)) {
		if !s.seen[id] {
			s.t.Errorf("%s: %s %s is listed, but was not run", List, s.file, id)
		}
	}
	if float64(passed)*100 < atLeast*float64(run) {
		s.t.Errorf("%s: %d of %d cases pass, want %v %%", s.file, passed, run, atLeast)
	}
	return passed, run
}
