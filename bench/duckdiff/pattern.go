package duckdiff

// Row pattern recognition over a table, for Trino and ionq's configurations: DuckDB
// has none.

import (
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

var patternVars = []string{"A", "B", "C"}

// pattern makes a MATCH_RECOGNIZE of a table, ordered by its key.
func (g *gen) pattern() *source {
	t := pick(g.rng, g.tables...)
	f := &From{Table: t.Name, Alias: g.name("r")}
	r := &relation{rows: float64(max(len(t.rows), 1)) * 3}
	part := g.chance(2)
	all := g.chance(2)
	var b strings.Builder
	word := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
	}
	if part {
		word("PARTITION BY k ")
		r.cols = append(r.cols, &Column{"k", types.Integer, facts{Mag: 5}})
	}
	word("ORDER BY id ")
	if all {
		r.cols = append(r.cols, &Column{"id", types.Bigint, facts{Mag: 200}})
	}
	word("MEASURES ")
	for i := range 1 + g.n(4) {
		if i > 0 {
			word(", ")
		}
		e, ty := g.measure(all)
		c := &Column{g.name("c"), ty, facts{Mag: 1e6, ASCII: true}}
		word(e, " AS ", c.Name)
		r.cols = append(r.cols, c)
	}
	omit := false
	text := g.regex(2, all, &omit)
	if all {
		word(" ALL ROWS PER MATCH")
		if !omit {
			word(pick(g.rng, "", " SHOW EMPTY MATCHES", " OMIT EMPTY MATCHES", " WITH UNMATCHED ROWS"))
		}
		if !part {
			r.cols = append(r.cols, &Column{"k", types.Integer, facts{Mag: 5}})
		}
		// The other columns come too; nobody names them.
	} else {
		word(" ONE ROW PER MATCH")
	}
	unmatched := strings.Contains(b.String(), "UNMATCHED")
	skip := pick(g.rng, "PAST LAST ROW", "PAST LAST ROW", "TO NEXT ROW", "TO FIRST B", "TO LAST B")
	if strings.HasSuffix(skip, "B") && !strings.Contains(text, "B") || unmatched && skip != "PAST LAST ROW" {
		skip = "PAST LAST ROW"
	}
	word(" AFTER MATCH SKIP ", skip)
	if strings.HasPrefix(text, "@") {
		word(" INITIAL")
		text = text[1:]
	}
	// Variables that are measured, but not in the pattern, are an error: they come at
	// its end, and need not match.
	for _, v := range patternVars {
		if !strings.Contains(text, v) {
			text += " " + v + "?"
		}
	}
	word(" PATTERN (", text, ") DEFINE ")
	for i, v := range patternVars[:1+g.n(3)] {
		if i > 0 {
			word(", ")
		}
		word(v, " AS ", g.define(v))
	}
	f.Pattern = b.String()
	r.keys = total(r.cols)
	g.mayFail = true // skipping to where the match began is an error
	return use(f, r)
}

func (g *gen) measure(all bool) (string, types.Type) {
	v := pick(g.rng, patternVars...)
	sem := pick(g.rng, "", "RUNNING ", "FINAL ")
	if !all {
		sem = pick(g.rng, "", "FINAL ")
	}
	n := strconv.Itoa(g.n(3))
	switch g.n(10) {
	case 0:
		return "CLASSIFIER()", types.Varchar
	case 1:
		return "MATCH_NUMBER()", types.Bigint
	case 2:
		return sem + "FIRST(" + v + ".id, " + n + ")", types.Bigint
	case 3:
		return sem + "LAST(" + v + ".k)", types.Integer
	case 4:
		return sem + "count(" + pick(g.rng, "*", v+".*", v+".k", "k") + ")", types.Bigint
	case 5:
		return sem + pick(g.rng, "sum", "max", "min") + "(" + v + ".id)", types.Bigint
	case 6:
		return pick(g.rng, "PREV", "NEXT") + "(" + v + ".id, " + n + ")", types.Bigint
	case 7:
		return "PREV(LAST(" + v + ".k, " + n + "), 1)", types.Integer
	case 8:
		return "LAST(CLASSIFIER(), " + n + ")", types.Varchar
	}
	return v + ".k", types.Integer
}

func (g *gen) define(v string) string {
	o := pick(g.rng, patternVars...)
	return pick(g.rng,
		v+".k > PREV("+v+".k)", v+".k < 2", v+".k >= "+o+".k", "k IS NULL OR k > -2", "LAST("+v+".id) - FIRST("+o+".id) < 4",
		"count("+v+".*) < 3", "sum("+v+".k) < 6", "NEXT(k) <> k", "id % 2 = 0", "PREV(id, 2) IS NULL OR k > 0",
		"MATCH_NUMBER() < 4", "LAST(CLASSIFIER(), 1) = 'A' OR k < 0", "true", "max("+o+".k) > k", "CLASSIFIER("+o+") = '"+o+"'")
}

// regex makes a pattern. Quantified parts hold no quantified ones: a few rows would
// have too many matches to try.
func (g *gen) regex(d int, all bool, omit *bool) string {
	quant := func(s string) string {
		return s + pick(g.rng, "", "", "*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}", "{,2}", "{1,}?")
	}
	if d == 0 {
		return quant(pick(g.rng, patternVars...))
	}
	switch g.n(9) {
	case 0, 1, 2, 3:
		return g.regex(d-1, all, omit) + " " + g.regex(d-1, all, omit)
	case 4, 5:
		return "(" + g.regex(d-1, all, omit) + " | " + g.regex(d-1, all, omit) + ")"
	case 6:
		return "PERMUTE(" + strings.Join(patternVars[:2+g.n(2)], ", ") + ")"
	case 7:
		if all {
			*omit = true
			return g.regex(0, all, omit) + " {- " + pick(g.rng, "B", "A+", "C B") + " -} " + g.regex(0, all, omit)
		}
		return quant("(" + pick(g.rng, "A B", "A | B", "B C", "A | ()") + ")")
	}
	return pick(g.rng, "^ A", "A $", "A", "B+ ()") + " " + g.regex(d-1, all, omit)
}
