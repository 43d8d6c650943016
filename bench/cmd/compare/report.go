package main

// The tables, as text and as Markdown, and the targets.

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// table is one query over one shape.
type table struct {
	query
	set   *set
	lines []*line
}

// line is one contender in one table.
type line struct {
	*contender
	absent bool
	failed string
	runs   []result
	answer []string
	right  string // what the table says of the answer
	// Medians over the rounds; ratios are to igzip in the same round. Those of a
	// contender on the small set are scaled by bytes.
	usage
	cpuRatio, wallRatio float64
	leastWall           float64
}

// judge checks the answers and takes the medians.
func (t *table) judge(b *bench, small *set) {
	t.lines = slices.DeleteFunc(t.lines, func(l *line) bool { return l.absent })
	var want []string
	from := ""
	if t.truth != nil {
		want, from = normal(t.truth(t.set)), "the generator"
	}
	igzip := t.lines[0]
	for _, l := range t.lines {
		if l.failed != "" {
			continue
		}
		if l.exact {
			expected := want
			if l.slow {
				expected = normal(t.truth(small))
			} else if expected == nil {
				want, expected, from = l.answer, l.answer, l.name
			}
			if d := differ(l.answer, expected); d != "" {
				l.right = "WRONG"
				b.wrong = append(b.wrong, fmt.Sprintf("%s, %s, %s: %s (as %s has it)", t.set.shape, t.name, l.name, d, from))
			} else {
				l.right = "exact"
			}
		}
		scale := 1.0
		if l.slow {
			scale = float64(t.set.facts.Raw) / float64(small.facts.Raw)
		}
		var cpu, wall []float64
		for i, r := range l.runs {
			if i < len(igzip.runs) {
				cpu = append(cpu, r.cpu*scale/igzip.runs[i].cpu)
				wall = append(wall, r.wall*scale/igzip.runs[i].wall)
			}
		}
		l.cpuRatio, l.wallRatio = median(cpu), median(wall)
		pick := func(get func(result) float64) []float64 {
			var v []float64
			for _, r := range l.runs {
				v = append(v, get(r))
			}
			return v
		}
		walls := pick(func(r result) float64 { return r.wall })
		l.usage = usage{median(walls), median(pick(func(r result) float64 { return r.cpu })), slices.Max(append(pick(func(r result) float64 { return r.peak }), 0))}
		l.leastWall = slices.Min(append(walls, 1e9))
	}
}

// cpuTo is the median over the rounds of the CPU time of l, with that of other in the
// same round as 1.
func (l *line) cpuTo(other *line) float64 {
	var v []float64
	for i := range min(len(l.runs), len(other.runs)) {
		v = append(v, l.runs[i].cpu/other.runs[i].cpu)
	}
	return median(v)
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// seconds prints times of all sizes with three digits that count.
func seconds(s float64) string {
	if s < 1 {
		return fmt.Sprintf("%.3f", s)
	}
	return fmt.Sprintf("%.2f", s)
}

func (l *line) cells() []string {
	if l.failed != "" {
		return []string{l.name, "-", "-", "-", "-", "-", "fails: " + l.failed}
	}
	c := []string{l.name, seconds(l.cpu), seconds(l.wall), fmt.Sprintf("%.2f", l.cpuRatio), fmt.Sprintf("%.2f", l.wallRatio), fmt.Sprintf("%.0f", l.peak), l.right}
	if l.slow {
		c[0] += fmt.Sprintf(" (1/%d of the items)", smallShare)
	}
	if len(l.runs) > 0 && l.runs[0].inside {
		c[1], c[3] = "-", "-"
	}
	return c
}

var heads = []string{"", "CPU s", "wall s", "CPU / igzip", "wall / igzip", "peak MB", "answer"}

func (b *bench) report(took time.Duration) (text, markdown string) {
	var t, m strings.Builder
	where := fmt.Sprintf("%s, %s, %s/%s, %s, %d threads, medians of %d rounds (others: %d), %.0f s in all",
		time.Now().UTC().Format("2006-01-02 15:04 UTC"), processor(), runtime.GOOS, runtime.GOARCH, runtime.Version(), b.cores, b.runs, b.peerRuns, took.Seconds())
	fmt.Fprintf(&t, "%s\n", where)
	fmt.Fprintf(&m, "%s\n", where)
	if len(b.absent) > 0 {
		fmt.Fprintf(&t, "not there: %s\n", strings.Join(b.absent, ", "))
		fmt.Fprintf(&m, "\nNot there: %s.\n", strings.Join(b.absent, ", "))
	}
	for _, tab := range b.tables {
		title := fmt.Sprintf("%s, %s: %d items, %.0f MB of Ion in %.0f MB of gzip", tab.set.shape, tab.title, tab.set.rows, float64(tab.set.facts.Raw)/1e6, float64(tab.set.facts.Gz)/1e6)
		fmt.Fprintf(&t, "\n%s\n", title)
		fmt.Fprintf(&m, "\n**%s**\n\n|%s|\n|%s\n", title, strings.Join(heads, " | "), strings.Repeat(" --- |", len(heads)))
		fmt.Fprintf(&t, "%-40s %8s %8s %12s %13s %8s  %s\n", heads[0], heads[1], heads[2], heads[3], heads[4], heads[5], heads[6])
		for _, l := range tab.lines {
			c := l.cells()
			fmt.Fprintf(&t, "%-40s %8s %8s %12s %13s %8s  %s\n", c[0], c[1], c[2], c[3], c[4], c[5], c[6])
			fmt.Fprintf(&m, "| %s |\n", strings.ReplaceAll(strings.Join(c, " | "), "\n", " "))
		}
	}
	fmt.Fprintf(&t, "\nstart: SELECT 1 takes %.1f ms (fastest of %d; median %.1f), the binary has %.1f MB\n",
		ms(slices.Min(b.walls)), len(b.walls), ms(slices.Sorted(slices.Values(b.walls))[len(b.walls)/2]), float64(b.bytes)/1e6)
	fmt.Fprintf(&m, "\nStart: `SELECT 1` takes %.1f ms (fastest of %d; median %.1f), the binary has %.1f MB.\n",
		ms(slices.Min(b.walls)), len(b.walls), ms(slices.Sorted(slices.Values(b.walls))[len(b.walls)/2]), float64(b.bytes)/1e6)
	if b.targets {
		fmt.Fprintf(&t, "\n%-64s %10s %10s\n", "target", "limit", "measured")
		fmt.Fprintf(&m, "\n| target | limit | measured | |\n| --- | --- | --- | --- |\n")
		for _, g := range b.goals() {
			verdict := "met"
			if !g.met() {
				verdict = "MISSED"
			}
			fmt.Fprintf(&t, "%-64s %10s %10s  %s\n", g.what, g.limitText(), g.text(g.got), verdict)
			fmt.Fprintf(&m, "| %s | %s | %s | %s |\n", g.what, g.limitText(), g.text(g.got), verdict)
		}
	}
	return t.String(), m.String()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// processor is the machine's, where the system tells.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// goal is one target and what was measured.
type goal struct {
	what    string
	got     float64
	limit   float64
	atLeast bool
	unit    string
}

func (g *goal) met() bool { return g.atLeast && g.got >= g.limit || !g.atLeast && g.got <= g.limit }

func (g *goal) text(v float64) string {
	if g.unit == "" {
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.1f %s", v, g.unit)
}

func (g *goal) limitText() string {
	if g.atLeast {
		return ">= " + g.text(g.limit)
	}
	return "<= " + g.text(g.limit)
}

func (b *bench) line(shape, query, name string) *line {
	for _, t := range b.tables {
		if t.set.shape == shape && t.name == query {
			for _, l := range t.lines {
				if l.name == name && l.failed == "" && len(l.runs) > 0 {
					return l
				}
			}
		}
	}
	return nil
}

// goals are the targets whose measurements are there. Times that the machine's
// other work can only lengthen are judged by the fastest round.
func (b *bench) goals() []goal {
	var all []goal
	for _, shape := range []string{"narrow", "wide"} {
		at := func(narrow, wide float64) float64 {
			if shape == "wide" {
				return wide
			}
			return narrow
		}
		if l := b.line(shape, "unpack", nameInflate); l != nil {
			all = append(all, goal{what: shape + ": inflate, CPU to igzip", got: l.cpuRatio, limit: 1.5})
			if k := b.line(shape, "unpack", nameKlauspost); k != nil {
				all = append(all, goal{what: shape + ": inflate, times faster than klauspost", got: k.cpu / l.cpu, limit: 2.3, atLeast: true})
			}
		}
		cold := b.line(shape, "seed", nameCold)
		if cold != nil {
			all = append(all,
				goal{what: shape + ": seed query, CPU to igzip", got: cold.cpuRatio, limit: at(2.3, 1.9)},
				goal{what: shape + ": seed query, peak memory", got: cold.peak / 1.048576, limit: 64, unit: "MiB"})
			if one := b.line(shape, "seed", nameOne); one != nil && b.cores == 2 {
				what := shape + ": seed query, one core to two"
				if i, two := b.line(shape, "unpack", nameIgzipOne), b.line(shape, "unpack", nameIgzip); i != nil && two != nil {
					what += fmt.Sprintf(" (igzip: %.2f)", i.leastWall/two.leastWall) // what the machine gives
				}
				all = append(all, goal{what: what, got: one.leastWall / cold.leastWall, limit: 1.85, atLeast: true})
			}
			if fill := b.line(shape, "seed", nameFill); fill != nil {
				all = append(all, goal{what: shape + ": seed query, CPU writing the cache to not", got: fill.cpuTo(cold), limit: 1.15})
			}
		}
		count := b.line(shape, "count", nameCold)
		if count != nil {
			all = append(all, goal{what: shape + ": count(*), CPU to igzip", got: count.cpuRatio, limit: 1.8})
			if few := b.line(shape, "filter", nameCold); few != nil {
				all = append(all, goal{what: shape + ": filter that few rows pass, CPU to count(*)", got: few.cpuRatio / count.cpuRatio, limit: 1.1})
			}
		}
		if l := b.line(shape, "seed", nameWarm); l != nil {
			all = append(all, goal{what: shape + ": warm seed query", got: l.leastWall * 1e3, limit: at(60, 25), unit: "ms"})
		}
		if l := b.line(shape, "sum", nameWarm); l != nil {
			all = append(all, goal{what: shape + ": warm sum over all", got: l.leastWall * 1e3, limit: 20, unit: "ms"})
		}
		if l, d := b.line(shape, "groups", nameCold), b.line(shape, "groups", nameDuckFlat); l != nil && d != nil {
			all = append(all, goal{what: shape + ": GROUP BY of nearly all rows, wall to DuckDB on flat JSON", got: l.leastWall / d.leastWall, limit: 1})
		}
	}
	if len(b.walls) > 0 {
		all = append(all, goal{what: "SELECT 1", got: ms(slices.Min(b.walls)), limit: 15, unit: "ms"})
	}
	return append(all, goal{what: "the binary", got: float64(b.bytes) / 1e6, limit: 40, unit: "MB"})
}

// check counts the targets that were missed.
func (b *bench) check() int {
	n := 0
	for _, g := range b.goals() {
		if !g.met() {
			n++
		}
	}
	return n
}
