package duckdiff

// Clauses that stand around or in place of a plain SELECT: WITH, also recursive and
// nested, stars, TABLE, VALUES, queries as arms of set operations, named windows.

import (
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// with makes named queries, which stay visible until g.ctes is put back.
func (g *gen) with(n, d int) (with []CTE, recur bool) {
	g.nested++ // WITH RECURSIVE does not nest
	defer func() { g.nested-- }()
	for range n {
		if g.nested == 1 && g.chance(4) && (!g.trino || g.chance(4)) {
			if c, r := g.recursive(); r != nil {
				with, recur = append(with, c), true
				g.ctes = append(g.ctes, r)
				continue
			}
		}
		q, rows := g.query(d, nil, nil)
		name := g.name("w")
		with = append(with, CTE{Name: name, Q: q})
		g.ctes = append(g.ctes, &relation{name: name, cols: q.Cols, rows: rows, keys: total(q.Cols)})
	}
	if recur {
		for i := range with {
			if with[i].Names == nil {
				for _, c := range with[i].Q.Cols {
					with[i].Names = append(with[i].Names, c.Name)
				}
			}
		}
	}
	return with, recur
}

// firmly casts even where the type is right already: a literal is a varchar of its
// length.
func firmly(e *Expr, t types.Type) *Expr {
	c := both(t, "CAST($1 AS "+t.String()+")", "CAST($1 AS "+duckType(t)+")", e)
	c.facts = e.facts
	return c
}

// recursive makes a query that names itself. A counter ends it after some steps.
func (g *gen) recursive() (CTE, *relation) {
	src := g.named()
	name, self := g.name("w"), g.name("r")
	steps := 1 + g.n(4)
	rows := src.rows * float64(steps+1)
	base := &Select{From: src.f}
	sc := &scope{leaves: src.leaves}
	if g.chance(2) {
		base.Where = g.bool(sc, 1)
	}
	step := &Select{From: &From{Table: name, Alias: self}}
	other := &scope{}
	var join *source
	if g.chance(2) {
		if join = g.named(); src.rows*join.rows*join.rows <= maxRows {
			steps = 1 + g.n(2)
			rows = src.rows * (1 + join.rows + join.rows*join.rows)
			other.leaves = join.leaves
		} else {
			join = nil
		}
	}
	r := &relation{name: name, rows: rows}
	cte := CTE{Name: name, Recur: true}
	var own []*Expr
	for range 1 + g.n(3) {
		t := pick(g.rng, types.Bigint, types.Varchar, types.Integer, types.Decimal(12, 2), types.Date, types.Boolean)
		x := firmly(g.exact(sc, t, g.n(2)), t)
		c := &Column{Name: g.name("c"), T: t, facts: x.facts}
		col := column(self, c)
		own = append(own, col)
		next := col
		switch {
		case t == types.Bigint && x.Mag < 1e15 && g.chance(2):
			next = call(t, "($1 + $2)", col, intLit(int64(1+g.n(5)))).mag(x.Mag + 100)
		case t == types.Varchar && g.chance(2):
			next = firmly(call(t, "($1 || $2)", col, strLit(pick(g.rng, "x", "é"))).with(col, strLit("é")), t)
		case t == types.Boolean && g.chance(2):
			next = call(t, "(NOT $1)", col)
		case join != nil && g.chance(2):
			next = firmly(g.exact(other, t, 1), t)
		}
		c.facts = union(x.facts, next.facts)
		name := c.Name
		base.Items = append(base.Items, Item{x, name})
		step.Items = append(step.Items, Item{next, name})
		r.cols = append(r.cols, c)
		cte.Names = append(cte.Names, name)
	}
	n := &Column{Name: g.name("c"), T: types.Bigint, facts: facts{Mag: 10}}
	at := column(self, n)
	base.Items = append(base.Items, Item{cast(intLit(0), types.Bigint), n.Name})
	step.Items = append(step.Items, Item{call(types.Bigint, "($1 + $2)", at, cast(intLit(1), types.Bigint)), n.Name})
	r.cols, cte.Names = append(r.cols, n), append(cte.Names, n.Name)
	step.Where = call(types.Boolean, "($1 < $2)", at, intLit(int64(steps)))
	if g.chance(3) {
		step.Where = call(types.Boolean, "($1 AND $2)", step.Where, g.bool(&scope{leaves: append(own, other.leaves...)}, 1))
	}
	if join != nil {
		f := &From{Join: "CROSS", L: step.From, R: join.f}
		if on := g.correlated(&scope{leaves: own, outer: join.leaves}); g.chance(2) {
			f.Join, f.On = "INNER", on
		}
		step.From = f
	}
	cte.Q = &Query{Body: &Body{Op: "UNION", All: true, Bare: g.chance(2), L: &Body{S: base}, R: &Body{S: step}}, Offset: -1, Limit: -1, Cols: r.cols}
	r.keys = total(r.cols)
	return cte, r
}

// star puts a star in front of a SELECT list, where the names of the columns differ.
func (g *gen) star(s *Select, src *source) {
	f := src.f
	if hasPattern(f) {
		return // its star has more columns
	}
	star := "*"
	leaves := src.leaves
	if g.chance(2) && f.Join == "" {
		star = f.Alias + ".*"
	} else if f.Join != "" && f.Using == nil && f.R.Join == "" && g.chance(2) {
		star = f.R.Alias + ".*"
		var own []*Expr
		for _, l := range leaves {
			if strings.HasPrefix(l.A, f.R.Alias+".") {
				own = append(own, l)
			}
		}
		leaves = own
	}
	var items []Item
	seen := map[string]bool{}
	for _, l := range leaves {
		name := l.A[strings.IndexByte(l.A, '.')+1:]
		if seen[name] {
			return
		}
		seen[name] = true
		items = append(items, Item{l, name})
	}
	if len(items) == 0 {
		return
	}
	s.Star, s.Stars, s.Items = star, len(items), append(items, s.Items...)
}

func hasPattern(f *From) bool {
	return f != nil && (f.Pattern != "" || hasPattern(f.L) || hasPattern(f.R))
}

// whole is TABLE t.
func (g *gen) whole() (*Select, float64) {
	t := pick(g.rng, g.tables...)
	s := &Select{Whole: t.Name, From: &From{Table: t.Name, Alias: g.name("r")}}
	for _, c := range t.Cols {
		s.Items = append(s.Items, Item{column(s.From.Alias, c), c.Name})
	}
	return s, float64(len(t.rows))
}

// rowsOf is a VALUES of the types of want.
func (g *gen) rowsOf(want []types.Type) (*Select, float64) {
	s := &Select{}
	for _, t := range want {
		if !sortable(t) {
			return nil, 0
		}
		s.Items = append(s.Items, Item{&Expr{T: t}, g.name("c")})
	}
	n := 1 + g.n(4)
	for i := range n {
		for k, t := range want {
			e := firmly(g.exact(&scope{}, t, 0), t)
			if g.chance(6) {
				e = g.null(t)
			}
			s.Rows = append(s.Rows, e)
			if i == 0 {
				s.Items[k].E.facts = e.facts
			} else {
				s.Items[k].E.facts = union(s.Items[k].E.facts, e.facts)
			}
		}
	}
	return s, float64(n)
}

// wrap makes a query in parentheses of a body: with an ORDER BY and perhaps a LIMIT,
// or a WITH of its own.
func (g *gen) wrap(b *Body, cols []*Column, rows float64) (*Body, float64) {
	if !g.chance(4) {
		return b, rows
	}
	q := &Query{Body: b, Cols: cols, Offset: -1, Limit: -1}
	g.limit(q, true)
	if len(q.Order) == 0 {
		return b, rows
	}
	if q.Limit >= 0 && !q.Ties {
		rows = min(rows, float64(q.Limit))
	}
	return &Body{Q: q}, rows
}

// named windows: what over makes is sometimes put into the WINDOW clause.
func (g *gen) nameWindow(spec string, args []*Expr) (string, bool) {
	if g.windows == nil || !g.chance(3) {
		return "", false
	}
	for _, w := range *g.windows {
		if g.chance(2) && w.E.A == spec && sameArgs(w.E.Args, args) {
			return w.Name, true
		}
	}
	name := g.name("win")
	e := call(types.Boolean, spec, args...)
	if len(args) == 0 {
		e.Args = nil
	}
	*g.windows = append(*g.windows, Window{name, e})
	return name, true
}

func sameArgs(a, b []*Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// rareAgg makes an aggregate that DuckDB has not, or not the same.
func (g *gen) rareAgg(sc *scope, rows float64, d int) *Expr {
	switch g.n(9) {
	case 0:
		return only(types.Bigint, pick(g.rng, "approx_distinct($1)", "cardinality(approx_set($1))", "approx_distinct($1, 1E-1)"), pick(g.rng, cast(g.small(g.int(sc, d)), types.Bigint), g.str(sc, d))).mag(1e6)
	case 1:
		return only(types.Varbinary, "checksum($1)", g.scalar(sc, d))
	case 2:
		x := g.int(sc, d)
		return only(types.Array(x.T), pick(g.rng, "min", "max")+"($1, 2)", x).with(x)
	case 3:
		x := g.int(sc, d)
		if x.Mag*rows < 1e18 {
			return only(types.Bigint, "reduce_agg($1, CAST(0 AS bigint), (a, b) -> a + b, (a, b) -> a + b)", cast(x, types.Bigint)).mag(x.Mag * rows)
		}
	case 4:
		x, y := g.str(sc, d), g.int(sc, d)
		return only(types.Bigint, pick(g.rng, "cardinality(map_agg($1, $2))", "cardinality(multimap_agg($1, $2))", "cardinality(map_union(MAP(ARRAY[coalesce($1, '')], ARRAY[$2])))", "cardinality(histogram($2))", "reduce(map_values(multimap_agg(coalesce($1, 'z'), $2)), CAST(0 AS bigint), (s, v) -> s + cardinality(v), s -> s)"), x, y).mag(rows)
	case 5:
		return only(types.Varchar, "array_join(array_sort(array_agg(DISTINCT $1)), ',')", g.str(sc, d))
	case 6:
		x := g.span(sc, d)
		return only(x.T, "sum($1)", x)
	case 7:
		x := g.exotic(sc, d)
		return only(x.T, pick(g.rng, "min", "max")+"($1)", x)
	}
	return only(types.Boolean, "every($1)", g.bool(sc, d))
}

func dollar(n int) string { return "$" + strconv.Itoa(n) }
