package duckdiff

// Random queries: relations, joins, grouping, windows, set operations.

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// relation is something that FROM can name.
type relation struct {
	name string
	cols []*Column
	rows float64
	keys []string // columns that tell rows apart, or tell apart what differs
	uniq bool     // they do tell rows apart
}

// source is a FROM with what can be said over it.
type source struct {
	f      *From
	leaves []*Expr
	keys   []*Expr // an order by them is total, but for equal rows; nil if there is none
	unique bool    // and there are no equal rows
	rows   float64 // at most, roughly
}

// maxRows bounds what a query holds at once.
const maxRows = 4000

func column(alias string, c *Column) *Expr {
	name := c.Name
	if alias != "" {
		name = alias + "." + name
	}
	return &Expr{T: c.T, A: name, facts: c.facts}
}

// sortable tells whether ORDER BY may name it and be the same on both sides.
func sortable(t types.Type) bool {
	return t.Kind != types.KindArray && t.Kind != types.KindMap && t.Kind != types.KindRow && t.Kind != types.KindJSON
}

func total(cols []*Column) []string {
	var keys []string
	for _, c := range cols {
		if !sortable(c.T) || c.Approx {
			return nil
		}
		keys = append(keys, c.Name)
	}
	return keys
}

// named is a reference to a table or CTE.
func (g *gen) named() *source {
	var r *relation
	if len(g.ctes) > 0 && g.chance(3) {
		r = pick(g.rng, g.ctes...)
	} else {
		t := pick(g.rng, g.tables...)
		r = &relation{name: t.Name, cols: t.Cols, rows: float64(len(t.rows)), keys: []string{"id"}, uniq: true}
	}
	return use(&From{Table: r.name, Alias: g.name("r")}, r)
}

func use(f *From, r *relation) *source {
	s := &source{f: f, rows: max(r.rows, 1), unique: r.uniq}
	at := map[string]*Expr{}
	for _, c := range r.cols {
		e := column(f.Alias, c)
		at[c.Name] = e
		s.leaves = append(s.leaves, e)
	}
	for _, k := range r.keys {
		s.keys = append(s.keys, at[k])
	}
	return s
}

// sub is a subquery in FROM.
func (g *gen) subFrom(d int) *source {
	was := g.ctes
	var with []CTE
	recur := false
	if g.chance(8) {
		with, recur = g.with(1, 0)
	}
	q, rows := g.query(d-1, nil, nil)
	g.ctes = was
	q.With, q.Recur = with, recur
	f := &From{Q: q, Alias: g.name("r")}
	cols := q.Cols
	if g.chance(5) {
		cols = nil
		for _, c := range q.Cols {
			x := *c
			x.Name = g.name("c")
			cols, f.Names = append(cols, &x), append(f.Names, x.Name)
		}
	}
	return use(f, &relation{cols: cols, rows: rows, keys: total(cols)})
}

func (g *gen) values() *source {
	f := &From{Alias: g.name("r"), Width: 1 + g.n(3)}
	n := 1 + g.n(5)
	var ts []types.Type
	r := &relation{rows: float64(n)}
	for range f.Width {
		t := pick(g.rng, types.Bigint, types.Integer, types.Varchar, types.Decimal(10, 2), types.Date, types.Double, types.Boolean, types.Real, types.Timestamp(3), types.Time(3), types.CharN(5))
		ts = append(ts, t)
		c := &Column{Name: g.name("c"), T: t, facts: facts{ASCII: true}}
		f.Names = append(f.Names, c.Name)
		r.cols = append(r.cols, c)
	}
	for range n {
		for i, t := range ts {
			e := g.exact(&scope{}, t, 0)
			if g.chance(6) {
				e = g.null(t)
			}
			f.Rows = append(f.Rows, e)
			r.cols[i].facts = union(r.cols[i].facts, e.facts)
		}
	}
	r.keys = total(r.cols)
	return use(f, r)
}

// from makes a FROM.
func (g *gen) from(d int) *source {
	if d > 0 {
		switch g.n(12) {
		case 0, 1:
			return g.subFrom(d)
		case 2:
			return g.values()
		case 3, 4, 5, 6:
			return g.join(d)
		case 7:
			return g.unnest(d)
		case 8:
			return g.lateral(d)
		case 9:
			return g.using(d)
		case 10:
			if g.wide && g.chance(2) {
				return g.pattern()
			}
		}
	}
	return g.named()
}

func merge(f *From, l, r *source, rows float64) *source {
	s := &source{f: f, rows: rows, leaves: append(append([]*Expr(nil), l.leaves...), r.leaves...)}
	if l.keys != nil && r.keys != nil {
		s.unique = l.unique && r.unique
		s.keys = append(append(s.keys, l.keys...), r.keys...)
	}
	return s
}

func (g *gen) join(d int) *source {
	l, r := g.from(d-1), g.from(d-1)
	kind := pick(g.rng, "INNER", "INNER", "LEFT", "LEFT", "RIGHT", "FULL", "CROSS")
	if kind == "FULL" && g.noFull {
		kind = "LEFT"
	}
	rows := l.rows * r.rows
	if rows > maxRows {
		return l
	}
	f := &From{Join: kind, L: l.f, R: r.f}
	if kind == "CROSS" {
		return merge(f, l, r, rows)
	}
	// Equal columns in most conditions, anything in some.
	var eq []*Expr
	for range 3 {
		a := g.leaf(&scope{leaves: l.leaves}, func(e *Expr) bool { return sortable(e.T) && !e.NaN && e.T.Kind != types.KindBoolean })
		if a == nil {
			break
		}
		b := g.leaf(&scope{leaves: r.leaves}, func(e *Expr) bool {
			return !e.NaN && (e.T == a.T || isInt(e.T) && isInt(a.T) || isDec(e.T) && isInt(a.T) || isInt(e.T) && isDec(a.T))
		})
		if b == nil {
			continue
		}
		x, y := g.comparable(a, b)
		if x == y {
			continue
		}
		eq = append(eq, call(types.Boolean, "("+"$1 = $2)", x, y))
		if !g.chance(3) {
			break
		}
	}
	all := &scope{leaves: append(append([]*Expr(nil), l.leaves...), r.leaves...)}
	switch {
	case len(eq) == 0 || g.chance(5):
		f.On = g.bool(all, 1+g.n(2))
	case g.chance(3):
		f.On = call(types.Boolean, "($1 AND $2)", eq[0], g.bool(all, 1))
	case len(eq) > 1:
		f.On = call(types.Boolean, "($1 AND $2)", eq[0], eq[1])
	default:
		f.On = eq[0]
	}
	return merge(f, l, r, rows+l.rows+r.rows)
}

func (g *gen) using(d int) *source {
	var sides [2]*source
	n := 1 + g.n(2)
	var ts []types.Type
	var using []string
	for range n {
		ts = append(ts, pick(g.rng, types.Bigint, types.Integer, types.Varchar, types.Decimal(12, 2), types.Date))
		using = append(using, g.name("c"))
	}
	var joint []*Column
	var cols [2][]*Expr
	for i := range sides {
		src := g.from(0)
		sel := &Select{From: src.f}
		sc := &scope{leaves: src.leaves}
		q := &Query{Body: &Body{S: sel}, Offset: -1, Limit: -1}
		add := func(e *Expr, name string) {
			sel.Items = append(sel.Items, Item{e, name})
			q.Cols = append(q.Cols, &Column{name, e.T, e.facts})
		}
		for k, t := range ts {
			e := g.exact(sc, t, g.n(2))
			add(e, using[k])
			if i == 0 {
				joint = append(joint, &Column{using[k], t, e.facts})
			} else {
				joint[k].facts = union(joint[k].facts, e.facts)
			}
		}
		for range 1 + g.n(2) {
			add(g.scalar(sc, 1), g.name("c"))
		}
		sides[i] = use(&From{Q: q, Alias: g.name("r")}, &relation{cols: q.Cols, rows: src.rows, keys: total(q.Cols)})
		cols[i] = sides[i].leaves[n:]
	}
	kind := pick(g.rng, "INNER", "LEFT", "RIGHT", "FULL")
	if kind == "FULL" && g.noFull {
		kind = "RIGHT"
	}
	f := &From{Join: kind, L: sides[0].f, R: sides[1].f, Using: using}
	s := &source{f: f, rows: sides[0].rows * sides[1].rows}
	for _, c := range joint {
		s.leaves = append(s.leaves, column("", c))
	}
	s.leaves = append(append(s.leaves, cols[0]...), cols[1]...)
	s.keys = s.leaves // all are sortable scalars
	return s
}

func (g *gen) unnest(d int) *source {
	l := g.from(d - 1)
	u := &From{Alias: g.name("r"), Ordinal: g.chance(2)}
	r := &relation{rows: 4}
	add := func(t types.Type, f facts, list *Expr) {
		c := &Column{g.name("c"), t, f}
		u.Names, r.cols, u.Lists = append(u.Names, c.Name), append(r.cols, c), append(u.Lists, list)
	}
	for i := range 1 + g.n(3) {
		// The order of a map's entries is Java's in Athena: nothing may depend on it.
		if m := g.leaf(&scope{leaves: l.leaves}, typeIs(textMap)); i == 0 && m != nil && g.chance(3) {
			u.Ordinal = false
			u.Unnest = append(u.Unnest, m)
			add(types.Varchar, facts{ASCII: true}, call(types.Array(types.Varchar), "map_keys($1)", m))
			add(types.Bigint, facts{Mag: 1000}, call(types.Array(types.Bigint), "map_values($1)", m))
			break
		}
		a := g.leaf(&scope{leaves: l.leaves}, kindIs(types.KindArray))
		if a == nil || g.chance(4) {
			a = g.arr(&scope{leaves: l.leaves, bare: true}, pick(g.rng, types.Bigint, types.Varchar, types.Bigint, types.Date, types.Decimal(10, 2), types.Boolean), 1)
		}
		u.Unnest = append(u.Unnest, a)
		if f := a.T.Elem().Fields(); a.T.Elem().Kind == types.KindRow {
			for _, f := range f {
				list := both(types.Array(f.Type), "", "list_transform($1, lambda e: struct_extract(e, '"+f.Name+"'))", a)
				add(f.Type, elemFacts(a), list)
			}
			continue
		}
		add(a.T.Elem(), elemFacts(a), a)
	}
	if u.Ordinal {
		c := &Column{g.name("c"), types.Bigint, facts{Mag: 1000}}
		u.Names, r.cols = append(u.Names, c.Name), append(r.cols, c)
	}
	r.keys, r.uniq = total(r.cols), u.Ordinal
	rs := use(u, r)
	f := &From{Join: "CROSS", L: l.f, R: u}
	if g.chance(3) {
		f.Join, f.On = "LEFT", call(types.Boolean, "true")
	}
	return merge(f, l, rs, l.rows*4)
}

func (g *gen) lateral(d int) *source {
	l := g.from(d - 1)
	q := &Query{Offset: -1, Limit: -1}
	s := &Select{}
	rows := 1.0
	if g.chance(2) {
		src := g.named()
		if src.rows*l.rows > maxRows {
			return l
		}
		rows = src.rows
		s.From = src.f
		sc := &scope{leaves: src.leaves, outer: l.leaves, bare: true}
		s.Where = g.correlated(sc)
		for range 1 + g.n(2) {
			e := g.scalar(sc, 1)
			if mentions(e, l.leaves) { // Trino's planner refuses columns of the outer query
				e = intLit(1)
			}
			s.Items = append(s.Items, Item{e, g.name("c")})
		}
		if g.chance(3) { // one row of aggregates
			s.Items = nil
			for range 1 + g.n(2) {
				s.Items = append(s.Items, Item{g.agg(&scope{leaves: src.leaves}, src, 1), g.name("c")})
			}
			rows = 1
		}
	} else {
		sc := &scope{leaves: l.leaves, bare: true}
		for range 1 + g.n(2) {
			s.Items = append(s.Items, Item{g.scalar(sc, 2), g.name("c")})
		}
	}
	for _, i := range s.Items {
		q.Cols = append(q.Cols, &Column{i.Name, i.E.T, i.E.facts})
	}
	q.Body = &Body{S: s}
	r := use(&From{Q: q, Alias: g.name("r")}, &relation{cols: q.Cols, rows: rows, keys: total(q.Cols)})
	f := &From{Join: "CROSS", L: l.f, R: r.f, Lateral: true}
	if g.chance(3) {
		f.Join, f.On = "LEFT", call(types.Boolean, "true")
	}
	return merge(f, l, r, l.rows*rows)
}

// mentions tells whether an expression is about one of the columns.
func mentions(e *Expr, leaves []*Expr) bool {
	p := printer{}
	p.expr(e)
	text := p.b.String()
	return slices.ContainsFunc(leaves, func(l *Expr) bool { return strings.Contains(text, l.A) })
}

// correlated makes a condition between the leaves and the outer ones.
func (g *gen) correlated(sc *scope) *Expr {
	inner, outer := &scope{leaves: sc.leaves}, &scope{leaves: sc.outer}
	for range 4 {
		a := g.leaf(inner, func(e *Expr) bool { return sortable(e.T) && !e.NaN })
		if a == nil {
			break
		}
		b := g.leaf(outer, func(e *Expr) bool { return !e.NaN && (e.T == a.T || isInt(e.T) && isInt(a.T)) })
		if b == nil {
			continue
		}
		c := call(types.Boolean, "($1 = $2)", a, b)
		if g.chance(3) {
			c = g.compare(a, b)
		}
		if g.chance(3) {
			return call(types.Boolean, "($1 AND $2)", c, g.bool(&scope{leaves: sc.leaves, outer: sc.outer}, 1))
		}
		return c
	}
	return g.bool(inner, 1)
}

// inner makes the SELECT of a subquery in an expression. It gives its scope.
func (g *gen) inner(sc *scope) (*Select, *source, *scope) {
	was := g.noFull
	g.noFull = g.noFull || sc.corr
	src := g.from(g.n(2))
	g.noFull = was
	in := &scope{leaves: src.leaves}
	s := &Select{From: src.f}
	if sc.corr && !g.chance(3) {
		in.outer = sc.leaves
		s.Where = g.correlated(in)
	} else if g.chance(2) {
		s.Where = g.bool(in, 1)
	}
	return s, src, in
}

func one(s *Select) *Query {
	q := &Query{Body: &Body{S: s}, Offset: -1, Limit: -1}
	for _, i := range s.Items {
		q.Cols = append(q.Cols, &Column{i.Name, i.E.T, i.E.facts})
	}
	return q
}

func (g *gen) subBool(sc *scope, d int) *Expr {
	s, src, in := g.inner(sc)
	not := pick(g.rng, "", "NOT ")
	if g.chance(3) {
		s.Items = []Item{{intLit(1), g.name("c")}}
		return &Expr{T: types.Boolean, A: "(" + not + "EXISTS ($q))", Sub: one(s)}
	}
	own := &scope{leaves: src.leaves}
	_ = in
	t := pick(g.rng, types.Bigint, types.Bigint, types.Varchar, types.Integer, types.Decimal(12, 2), types.Date)
	y := g.exact(own, t, g.n(2))
	x := g.exact(&scope{leaves: sc.leaves, bare: sc.bare}, t, min(d, 1))
	s.Items = []Item{{y, g.name("c")}}
	if g.chance(5) && s.Where == nil {
		s.Distinct = true
	}
	tmpl := "($1 " + not + "IN ($q))"
	if g.wide && g.chance(5) {
		z := g.exact(&scope{leaves: sc.leaves, bare: sc.bare}, types.Bigint, 0)
		s.Items = append(s.Items, Item{g.exact(own, types.Bigint, 0), g.name("c")})
		return &Expr{T: types.Boolean, A: "(($1, $2) " + not + "IN ($q))", D: athenaOnly, Args: []*Expr{x, z}, Sub: one(s)}
	}
	if g.chance(6) && s.Where == nil {
		v, _ := g.rowsOf([]types.Type{t})
		s = v
	} else if g.chance(3) {
		op, all := pick(g.rng, compareOps...), pick(g.rng, "ANY", "ALL")
		tmpl = "($1 " + op + " " + all + " ($q))"
		if op == "=" && all == "ALL" || op == "<>" && all == "ANY" {
			known := map[types.Kind]*Expr{
				types.KindBigint: intLit(3), types.KindInteger: intLit(3), types.KindVarchar: strLit("a"),
				types.KindDecimal: decLit("1.5"), types.KindDate: call(types.Date, "DATE '2023-02-01'"),
			}[t.Kind]
			x = call(t, "coalesce($1, $2)", x, cast(known, t))
		}
	}
	return &Expr{T: types.Boolean, A: tmpl, Args: []*Expr{x}, Sub: one(s)}
}

// lookup is a scalar subquery without an aggregate: of one row by its key, or of the
// first by its value.
func (g *gen) lookup(sc *scope, t types.Type) *Expr {
	tab := pick(g.rng, g.tables...)
	f := &From{Table: tab.Name, Alias: g.name("r")}
	src := use(f, &relation{cols: tab.Cols, rows: float64(len(tab.rows))})
	x := g.leaf(&scope{leaves: src.leaves}, func(e *Expr) bool { return e.T == t && !e.NaN })
	if x == nil {
		return nil
	}
	key := cast(intLit(int64(g.n(20))), types.Bigint)
	if sc.corr {
		if l := g.leaf(&scope{leaves: sc.leaves}, func(e *Expr) bool { return isInt(e.T) }); l != nil {
			key = l
		}
	}
	s := &Select{From: f, Items: []Item{{x, g.name("c")}}}
	q := one(s)
	s.Where = call(types.Boolean, "($1 = $2)", src.leaves[0], key) // id
	if g.chance(3) && !g.trino {
		s.Where.Args = []*Expr{src.leaves[1], key} // k
		q.Order, q.Limit = []OrderItem{{N: 1, Desc: g.chance(2), NullsFirst: g.chance(2)}}, 1
	}
	return &Expr{T: t, A: "($q)", Sub: q, facts: x.facts}
}

func (g *gen) subScalar(sc *scope, t types.Type) *Expr {
	if g.chance(4) {
		if e := g.lookup(sc, t); e != nil {
			return e
		}
	}
	s, src, _ := g.inner(sc)
	own := &scope{leaves: src.leaves}
	var e *Expr
	if t == types.Bigint && g.chance(2) {
		e = call(t, "count(*)").mag(1e5)
	} else {
		x := g.exact(own, t, g.n(2))
		if x.NaN {
			x = g.exact(&scope{}, t, 0)
		}
		e = call(t, pick(g.rng, "min", "max")+"($1)", x).with(x)
	}
	s.Items = []Item{{e, g.name("c")}}
	out := &Expr{T: t, A: "($q)", Sub: one(s), facts: e.facts}
	return out
}

// orderBy appends the keys, in a random order and direction, to an ORDER BY
// within a template, and to the arguments.
func (g *gen) orderBy(keys []*Expr, args *[]*Expr) string {
	var l []string
	for _, i := range g.rng.Perm(len(keys)) {
		*args = append(*args, keys[i])
		l = append(l, "$"+string(rune('0'+len(*args)))+pick(g.rng, "", " DESC")+pick(g.rng, " NULLS FIRST", " NULLS LAST"))
	}
	return "ORDER BY " + strings.Join(l, ", ")
}

// maxKeys keeps the arguments of a template below ten.
const maxKeys = 5

// agg makes an aggregate over a scope. The last bits of its result are certain
// unless its facts say Approx.
func (g *gen) agg(sc *scope, src *source, d int) *Expr {
	sc0 := sc
	sc = &scope{leaves: sc.leaves}
	rows := max(src.rows, 1)
	var e *Expr
	distinct := pick(g.rng, "", "", "", "DISTINCT ")
	switch g.n(24) {
	case 20, 21:
		if g.wide && !sc0.window {
			e = g.rareAgg(sc, rows, d)
		}
	case 22:
		x := g.fixed(sc, d)
		e = call(x.T, pick(g.rng, "min", "max")+"($1)", x).with(x)
	case 23:
		x := g.float(sc, d)
		e = both(types.Real, "sum("+distinct+"$1)", "CAST(sum("+distinct+"$1)$f AS FLOAT)", x).mag(x.Mag * rows)
		if x.Quant == noQuant || !x.exactSum(rows) {
			e = call(types.Real, pick(g.rng, "min", "max")+"($1)", x).mag(x.Mag)
		}
	case 16:
		x := g.scalar(sc, d)
		if x.NaN || sc0.window {
			break
		}
		e = call(types.Array(x.T), "array_agg(DISTINCT $1 ORDER BY $1"+pick(g.rng, "", " DESC")+pick(g.rng, " NULLS FIRST", " NULLS LAST")+")", x).with(x)
	case 17:
		f := [][2]string{{"bitwise_and_agg", "bit_and"}, {"bitwise_or_agg", "bit_or"}}[g.n(2)]
		e = both(types.Bigint, f[0]+"($1)", f[1]+"($1)", cast(g.int(sc, d), types.Bigint)).mag(9.3e18)
	case 18:
		if sc0.window {
			break
		}
		x := pick(g.rng, g.str(sc, d), g.int(sc, d))
		e = both(types.Map(x.T, types.Bigint), "histogram($1)", "histogram($1)", x).mag(rows)
	case 19:
		x, y := g.scalar(sc, d), g.scalar(sc, d)
		if sc0.window {
			break
		}
		e = both(types.Bigint, "count(DISTINCT ROW($1, $2))", "count(DISTINCT struct_pack(a := $1, b := $2))", x, y).mag(rows)
	case 0:
		e = call(types.Bigint, "count(*)").mag(rows)
		e.Args = []*Expr{} // none
	case 1, 2:
		e = call(types.Bigint, "count("+distinct+"$1)", g.scalar(sc, d)).mag(rows)
	case 3, 4:
		x := g.int(sc, d)
		if x.Mag*rows > 9e18 {
			x = intLit(1)
		}
		e = both(types.Bigint, "sum("+distinct+"$1)", "CAST(sum("+distinct+"$1)$f AS BIGINT)", x).mag(x.Mag * rows)
	case 5, 6:
		x := g.dec(sc, d)
		if x.Mag*rows >= math.Pow10(38-int(x.T.S)) {
			x = decLit("1.25")
		}
		e = call(types.Decimal(38, int(x.T.S)), "sum("+distinct+"$1)", x).mag(x.Mag * rows)
	case 7:
		x := g.dbl(sc, d)
		e = call(types.Double, pick(g.rng, "sum", "avg")+"("+distinct+"$1)", x).mag(x.Mag * rows)
		e.Approx = !x.exactSum(rows)
		e.NaN = x.NaN
		if !e.Approx && strings.HasPrefix(e.A, "sum") {
			e.Quant = x.Quant
		}
	case 8:
		x := g.dec(sc, d)
		s := int(x.T.S)
		if x.Mag*rows*math.Pow10(2*s) > 1e36 {
			break
		}
		pow := strconv.FormatFloat(math.Pow10(s), 'f', 0, 64)
		unit := "CAST('1' AS DECIMAL(1,0))"
		if s > 0 {
			unit = fmt.Sprintf("CAST('0.%s1' AS DECIMAL(%d,%d))", strings.Repeat("0", s-1), s+1, s)
		}
		e = both(x.T, "avg("+distinct+"$1)", fmt.Sprintf("CAST(CAST(t_div(CAST(sum(%[1]s$1)$f * CAST(%[2]s AS DECIMAL(%[3]d,0)) AS HUGEINT), CAST(nullif(count(%[1]s$1)$f, 0) AS HUGEINT)) AS DECIMAL(38,0)) * %[4]s AS %[5]s)",
			distinct, pow, s+1, unit, duckType(x.T)), x).mag(x.Mag)
	case 9:
		x := g.int(sc, d)
		if x.Mag*rows > 1<<52 {
			x = cast(g.small(x), types.Bigint)
		}
		e = call(types.Double, "avg("+distinct+"$1)", x).mag(x.Mag)
	case 10, 11:
		x := g.scalar(sc, d)
		if x.NaN {
			x = g.int(sc, d)
		}
		e = call(x.T, pick(g.rng, "min", "max")+"($1)", x).with(x)
	case 12:
		x := g.bool(sc, d)
		if g.chance(3) {
			e = both(types.Bigint, "count_if($1)", "count(CASE WHEN $1 THEN 1 END)", x).mag(rows)
		} else {
			e = call(types.Boolean, pick(g.rng, "bool_and", "bool_or")+"($1)", x)
		}
	case 13:
		if k := src.keys; k != nil && len(k) <= maxKeys {
			x := g.scalar(sc, d)
			if x.NaN {
				break
			}
			args := []*Expr{x}
			o := g.orderBy(k, &args)
			e = call(types.Array(x.T), "array_agg($1 "+o+")", args...).with(x)
		}
	case 14:
		if k := src.keys; k != nil && len(k) <= maxKeys {
			x := g.str(sc, d)
			args := []*Expr{x}
			o := g.orderBy(k, &args)
			e = both(types.Varchar, "listagg($1, ',') WITHIN GROUP ("+o+")", "string_agg($1, ',' "+o+")", args...).with(x)
		}
	case 15:
		if k := src.keys; len(k) == 1 && !k[0].NaN {
			x := g.scalar(sc, d)
			f := pick(g.rng, "min", "max")
			e = both(x.T, f+"_by($1, $2)", "arg_"+f+"_null($1, $2)", x, k[0]).with(x)
		}
	}
	if e == nil {
		e = call(types.Bigint, "count($1)", g.scalar(sc, d)).mag(rows)
	}
	if len(e.Args) > 0 && !sc0.window && g.chance(5) && e.D != athenaOnly && (!g.trino || !strings.HasPrefix(e.A, "listagg")) {
		e.Args = append(e.Args, g.bool(sc, 1))
		f := fmt.Sprintf(" FILTER (WHERE $%c)", '0'+len(e.Args))
		if e.D == "" {
			e.D = e.A + "$f"
		} else if !strings.Contains(e.D, "$f") {
			e.D += "$f"
		}
		e.A += f
		e.D = strings.ReplaceAll(e.D, "$f", f)
	}
	e.D = strings.ReplaceAll(e.D, "$f", "")
	return e
}

// approximate makes an expression whose last bits are free.
func (g *gen) approximate(sc *scope, src *source, grouped bool) *Expr {
	sc = &scope{leaves: sc.leaves}
	if !grouped {
		x := g.dbl(sc, 1)
		if x.NaN || x.Mag > 1e10 {
			x = cast(g.intLeaf(sc, types.Integer), types.Double)
		}
		f := pick(g.rng, "ln(abs($1) + 1E0)", "exp(- abs($1) / 1E6)", "power(abs($1), 0.5E0)", "sin($1)", "cos($1)", "atan($1)", "log10(abs($1) + 1E0)", "cbrt($1)", "tanh($1)", "degrees($1)", "radians($1)", "log2(abs($1) + 1E0)", "atan2($1, 2E0)")
		d := strings.NewReplacer("1E0", "CAST(1 AS DOUBLE)", "1E6", "CAST(1000000 AS DOUBLE)", "0.5E0", "CAST(0.5 AS DOUBLE)", "2E0", "CAST(2 AS DOUBLE)").Replace(f)
		e := both(types.Double, f, d, x)
		e.Approx = true
		return e
	}
	x, y := g.dbl(sc, 1), g.dbl(sc, 1)
	if x.NaN || x.Mag > 1e10 {
		x = cast(g.intLeaf(sc, types.Integer), types.Double)
	}
	if y.NaN || y.Mag > 1e10 {
		y = cast(g.intLeaf(sc, types.Integer), types.Double)
	}
	f := pick(g.rng, "stddev($1)", "stddev_pop($1)", "variance($1)", "var_pop($1)", "covar_pop($1, $2)", "covar_samp($1, $2)", "regr_slope($1, $2)", "regr_intercept($1, $2)", "corr($1, $2)")
	e := call(types.Double, f, x)
	if strings.Contains(f, "$2") {
		e.Args = append(e.Args, y)
		e.D = "CASE WHEN isfinite(" + f + ") THEN " + f + " END"
	}
	e.Approx = true
	return e
}

var bareWindow = regexp.MustCompile(`OVER \((win\d+)\)`)

// windowIn makes a window function, some windows of which go into the WINDOW clause.
func (g *gen) windowIn(wins *[]Window, sc *scope, src *source) *Expr {
	g.windows = wins
	e := g.window(sc, src, 1)
	g.windows = nil
	if g.chance(2) {
		e.A, e.D = bareWindow.ReplaceAllString(e.A, "OVER $1"), bareWindow.ReplaceAllString(e.D, "OVER $1")
	}
	return e
}

// window makes a window function over a scope.
func (g *gen) window(sc *scope, src *source, d int) *Expr {
	sc = &scope{leaves: sc.leaves}
	rows := max(src.rows, 1)
	var args []*Expr
	arg := func(e *Expr) string { args = append(args, e); return "$" + string(rune('0'+len(args))) }
	keys := src.keys
	if len(keys) > maxKeys-1 || !src.unique {
		keys = nil // two such functions could order equal rows in two ways
	}
	// over makes the window up to its frame, from where its ORDER BY began in args.
	over := func(order string, mark int) string {
		if l := g.leaf(sc, func(e *Expr) bool { return sortable(e.T) }); l != nil && g.chance(2) {
			order = "PARTITION BY " + arg(l) + " " + order
		}
		spec, own := order, args[mark:]
		for i := len(own) - 1; i >= 0; i-- {
			spec = strings.ReplaceAll(spec, dollar(mark+i+1), "@"+strconv.Itoa(i+1))
		}
		if name, ok := g.nameWindow(strings.ReplaceAll(spec, "@", "$"), own); ok {
			args = args[:mark]
			return " OVER (" + name
		}
		return " OVER (" + order
	}
	totalOrder := func() string {
		var k []*Expr
		if l := g.leaf(sc, func(e *Expr) bool { return sortable(e.T) }); l != nil && g.chance(2) {
			o := "ORDER BY " + arg(l) + pick(g.rng, "", " DESC") + pick(g.rng, " NULLS FIRST", " NULLS LAST")
			return o + strings.Replace(g.orderBy(keys, &args), "ORDER BY", ",", 1)
		}
		k = keys
		return g.orderBy(k, &args)
	}
	frame := func(bounds func() string) string {
		a, b := g.n(6), g.n(6)
		at := func(n int) string {
			switch n {
			case 0:
				return "UNBOUNDED PRECEDING"
			case 1:
				return bounds() + " PRECEDING"
			case 2:
				return "CURRENT ROW"
			case 3:
				return bounds() + " FOLLOWING"
			}
			return "UNBOUNDED FOLLOWING"
		}
		a, b = min(a, 3), min(max(b, 1), 4)
		if a > b {
			a, b = 0, 2
		}
		if a == b && a != 2 {
			// The nearer bound of the two must not come first.
			lo, hi := g.n(2), 2+g.n(2)
			if a == 1 {
				lo, hi = hi, lo
			}
			word := map[int]string{1: " PRECEDING", 3: " FOLLOWING"}[a]
			return "BETWEEN " + strconv.Itoa(lo) + word + " AND " + strconv.Itoa(hi) + word
		}
		return "BETWEEN " + at(a) + " AND " + at(b)
	}
	small := func() string { return strconv.Itoa(g.n(4)) }
	switch k := g.n(12); {
	case k < 3 && keys != nil: // ranking that needs a total order
		f := pick(g.rng, "row_number()", "ntile(3)", "ntile(2)")
		m := len(args)
		o := over(totalOrder(), m)
		return both(types.Bigint, f+o+")", "", args...).mag(rows)
	case k < 5:
		f := pick(g.rng, "rank()", "dense_rank()", "percent_rank()", "cume_dist()")
		l := g.leaf(sc, func(e *Expr) bool { return sortable(e.T) })
		if l == nil {
			break
		}
		m := len(args)
		o := over("ORDER BY "+arg(l)+pick(g.rng, "", " DESC")+pick(g.rng, " NULLS FIRST", " NULLS LAST"), m)
		t := types.Bigint
		if strings.HasPrefix(f, "p") || strings.HasPrefix(f, "c") {
			t = types.Double
		}
		return call(t, f+o+")", args...).mag(rows)
	case k < 8 && keys != nil: // value functions
		x := g.scalar(sc, d)
		if x.NaN {
			break
		}
		v := arg(x)
		nulls := g.chance(3)
		f, a := "", "" // the function, and further arguments
		framed := false
		switch g.n(5) {
		case 0:
			f = pick(g.rng, "lag", "lead")
			if g.chance(2) {
				a = ", " + strconv.Itoa(g.n(4))
				if g.chance(2) {
					a += ", " + arg(g.exact(sc, x.T, 0))
				}
			}
		case 1:
			f, a, framed = "nth_value", ", "+strconv.Itoa(1+g.n(3)), true
		default:
			f, framed = pick(g.rng, "first_value", "last_value"), true
		}
		m := len(args)
		o := over(totalOrder(), m)
		if framed && !g.chance(3) {
			o += " ROWS " + frame(small)
		}
		e := call(x.T, f+"("+v+a+")"+o+")", args...)
		if nulls {
			e.A = f + "(" + v + a + ") IGNORE NULLS" + o + ")"
			e.D = f + "(" + v + a + " IGNORE NULLS)" + o + ")"
		}
		e.facts = x.facts
		for _, x := range args {
			e.facts = union(e.facts, facts{ASCII: true, Mag: magIf(x, e.T)})
		}
		e.Quant = noQuant
		return e
	}
	if k := g.n(8); k == 0 && keys != nil {
		x := g.scalar(sc, d)
		if !x.NaN {
			v := arg(x)
			m := len(args)
			o := over(totalOrder(), m)
			e := call(types.Array(x.T), "array_agg("+v+")"+o+" ROWS "+frame(small)+")", args...)
			e.facts = x.facts
			return e
		}
	}
	// An aggregate over a frame.
	wide := &scope{leaves: sc.leaves, window: true}
	a := g.agg(wide, &source{leaves: src.leaves, rows: rows}, d)
	for strings.Contains(a.A, "DISTINCT") || a.T.Kind == types.KindArray || len(a.Args) > 2 || strings.Contains(a.D, "t_div") {
		a = g.agg(wide, &source{leaves: src.leaves, rows: rows}, 0)
	}
	args = append(args, a.Args...)
	o := ""
	switch k := g.n(8); {
	case k >= 6:
		// Over days and moments.
		l := g.leaf(sc, func(e *Expr) bool { return e.T.Kind == types.KindDate || e.T.Kind == types.KindTimestamp })
		if l == nil {
			o = over("", len(args))
			break
		}
		m := len(args)
		o = over("ORDER BY "+arg(l)+pick(g.rng, "", " DESC")+pick(g.rng, " NULLS FIRST", " NULLS LAST"), m)
		from := pick(g.rng, "INTERVAL '3' DAY PRECEDING", "INTERVAL '1' MONTH PRECEDING", "UNBOUNDED PRECEDING", "CURRENT ROW")
		to := pick(g.rng, "INTERVAL '5' DAY FOLLOWING", "UNBOUNDED FOLLOWING", "CURRENT ROW")
		o += " RANGE BETWEEN " + from + " AND " + to
	case k == 0:
		o = over("", len(args))
	case k < 3 && keys != nil:
		m := len(args)
		o = over(totalOrder(), m)
		o += " ROWS " + frame(small)
	case k < 4:
		l := g.leaf(sc, func(e *Expr) bool { return sortable(e.T) })
		if l == nil {
			o = over("", len(args))
			break
		}
		m := len(args)
		o = over("ORDER BY "+arg(l)+pick(g.rng, "", " DESC")+pick(g.rng, " NULLS FIRST", " NULLS LAST"), m)
		if g.chance(2) {
			o += " GROUPS " + frame(small)
		}
	default:
		l := g.leaf(sc, func(e *Expr) bool {
			return e.T.IsNumeric() && !e.NaN && (isInt(e.T) && e.Mag < 1e6 || e.T.Kind == types.KindDouble && e.Quant != noQuant)
		})
		if l == nil {
			o = over("", len(args))
			break
		}
		if isInt(l.T) {
			l = cast(l, types.Bigint)
		}
		m := len(args)
		o = over("ORDER BY "+arg(l)+pick(g.rng, "", " DESC")+pick(g.rng, " NULLS FIRST", " NULLS LAST"), m)
		o += " RANGE " + frame(func() string { return strconv.Itoa(g.n(20)) })
	}
	o += ")"
	e := call(a.T, a.A+o, args...)
	if a.D != "" {
		e.D = a.D + o
		for _, t := range []string{" AS BIGINT)", " AS FLOAT)"} {
			if strings.HasPrefix(a.D, "CAST(") && strings.HasSuffix(a.D, t) {
				e.D = strings.TrimSuffix(a.D, t) + o + t
			}
		}
	}
	e.facts = a.facts
	return e
}

func magIf(e *Expr, t types.Type) float64 {
	if e.T == t {
		return e.Mag
	}
	return 0
}

// query makes a query; want fixes the types of its columns. It gives the number of
// rows that it may have.
func (g *gen) query(d int, want []types.Type, _ []*Expr) (*Query, float64) {
	b, cols, rows := g.body(d, want)
	q := &Query{Body: b, Cols: cols, Offset: -1, Limit: -1}
	if g.chance(3) {
		g.limit(q, true)
		if q.Limit >= 0 {
			rows = min(rows, float64(q.Limit))
		}
	}
	return q, rows
}

// limit gives a query an ORDER BY of all its columns, and perhaps a LIMIT.
func (g *gen) limit(q *Query, inner bool) {
	if total(q.Cols) == nil {
		return
	}
	for _, i := range g.rng.Perm(len(q.Cols)) {
		q.Order = append(q.Order, OrderItem{N: i + 1, Desc: g.chance(2), NullsFirst: g.chance(2)})
	}
	if inner || g.chance(3) {
		q.Limit = g.n(12)
		if g.chance(3) {
			q.Offset = g.n(6)
		} else if g.chance(4) {
			q.Ties = true
			q.Order = q.Order[:1+g.n(len(q.Order))]
			q.Limit++
		}
	} else if g.chance(4) {
		q.Offset = g.n(10)
	}
}

func (g *gen) body(d int, want []types.Type) (*Body, []*Column, float64) {
	if want == nil && g.chance(60) {
		s, rows := g.whole()
		return &Body{S: s}, outputs(s), rows
	}
	if d > 0 && g.chance(6) {
		l, lc, lr := g.body(d-1, want)
		l, lr = g.wrap(l, lc, lr)
		if want == nil {
			for _, c := range lc {
				want = append(want, c.T)
			}
		}
		ok := true
		for _, c := range lc {
			ok = ok && !c.Approx && !rowOrMap(c.T)
		}
		if ok {
			r, rc, rr := g.body(d-1, want)
			if s, n := g.rowsOf(want); s != nil && g.chance(6) {
				r, rc, rr = &Body{S: s}, outputs(s), n
			}
			r, rr = g.wrap(r, rc, rr)
			op := pick(g.rng, "UNION", "UNION", "INTERSECT", "EXCEPT")
			b := &Body{Op: op, All: g.chance(2), Bare: g.chance(2), L: l, R: r}
			var cols []*Column
			for i, c := range lc {
				f := union(c.facts, rc[i].facts)
				if rc[i].Approx {
					b.Op, b.All = "UNION", true
				}
				cols = append(cols, &Column{c.Name, c.T, f})
			}
			return b, cols, lr + rr
		}
		return l, lc, lr
	}
	s, rows := g.sel(d, want)
	return &Body{S: s}, outputs(s), rows
}

// outputs are the columns that a SELECT gives.
func outputs(s *Select) []*Column {
	var cols []*Column
	for _, i := range s.Items {
		cols = append(cols, &Column{i.Name, i.E.T, i.E.facts})
	}
	return cols
}

// rowOrMap tells whether a type is or holds a row or a map.
func rowOrMap(t types.Type) bool {
	return t.Kind == types.KindMap || t.Kind == types.KindRow || t.Kind == types.KindArray && rowOrMap(t.Elem())
}

func (g *gen) sel(d int, want []types.Type) (*Select, float64) {
	src := g.from(d)
	s := &Select{From: src.f}
	sc := &scope{leaves: src.leaves, sub: 1, corr: true}
	was := g.windows
	defer func() { g.windows = was }()
	g.windows = nil
	if g.chance(2) {
		s.Where = g.bool(sc, 1+g.n(3))
	}
	rows := src.rows
	n := 1 + g.n(4)
	if want != nil {
		n = len(want)
	}
	switch k := g.n(10); {
	case k < 3: // grouped
		gr := &Group{}
		kind := ""
		if g.chance(3) {
			kind = pick(g.rng, "ROLLUP", "CUBE", "SETS", "SETS") // of columns only
		}
		plain := &scope{leaves: src.leaves}
		for range 1 + g.n(3) {
			l := g.leaf(plain, func(e *Expr) bool { return sortable(e.T) })
			if l == nil {
				break
			}
			e := l
			if kind == "" && g.chance(3) {
				// An expression that surely holds a column.
				e = g.over(plain, l)
			}
			gr.Keys = append(gr.Keys, e)
		}
		if len(gr.Keys) > 0 && kind != "" {
			gr.Kind = kind
			if len(gr.Keys) > 1 && g.chance(3) {
				gr.Plain = 1
			}
			if gr.Kind != "SETS" && g.chance(4) {
				gr.More = g.n(len(gr.Keys)-gr.Plain) + gr.Plain
			}
			if gr.Kind == "SETS" {
				for range 1 + g.n(3) {
					var set []int
					for i := gr.Plain; i < len(gr.Keys); i++ {
						if g.chance(2) {
							set = append(set, i)
						}
					}
					gr.Sets = append(gr.Sets, set)
				}
				// Every key is in some set.
				for i := gr.Plain; i < len(gr.Keys); i++ {
					if !slices.ContainsFunc(gr.Sets, func(set []int) bool { return slices.Contains(set, i) }) {
						gr.Sets = append(gr.Sets, []int{i})
					}
				}
			}
			rows *= 4
		}
		s.Group = gr
		g.grouped(s, src, gr, n, want)
		gr.Ordinals = kind == "" && g.chance(3)
	case k < 5: // one group of all
		g.grouped(s, src, nil, n, want)
		rows = 1
	default:
		deep := func() int { return g.n(4) }
		var wins []Window
		for i := range n {
			var e *Expr
			switch {
			case want != nil:
				e = g.exact(sc, want[i], deep())
			case g.chance(12):
				e = g.approximate(sc, src, false)
			case g.chance(8):
				// A container.
				l := g.leaf(sc, func(e *Expr) bool { return !sortable(e.T) })
				if l == nil {
					e = g.scalar(sc, deep())
				} else if e = l; l.T.Kind == types.KindArray && g.chance(2) {
					e = g.arr(sc, l.T.Elem(), 2)
				}
			case g.chance(5):
				e = g.windowIn(&wins, sc, src)
			default:
				e = g.scalar(sc, deep())
			}
			s.Items = append(s.Items, Item{e, g.name("c")})
		}
		s.Windows = wins
		if want == nil && g.chance(8) {
			g.star(s, src)
		}
		if g.chance(8) {
			s.Distinct = true
			for _, i := range s.Items {
				if i.E.Approx || rowOrMap(i.E.T) {
					s.Distinct = false
				}
			}
		}
	}
	return s, rows
}

// over makes a simple expression over a leaf.
func (g *gen) over(sc *scope, l *Expr) *Expr {
	switch {
	case isInt(l.T) && l.Mag < 1e9:
		return call(types.Bigint, "(CAST($1 AS bigint) % $2)", l, cast(intLit(int64(2+g.n(5))), types.Bigint)).mag(l.Mag)
	case l.T.Kind == types.KindVarchar:
		e := both(types.Varchar, "substr($1, 1, 1)", "t_substr3($1, 1, 1)", l)
		return e.with(l)
	case l.T.Kind == types.KindDate:
		return both(types.Bigint, "month($1)", "CAST(month($1) AS BIGINT)", l).mag(12)
	case l.T.Kind == types.KindBoolean:
		return call(types.Boolean, "(NOT $1)", l)
	case isDec(l.T):
		return both(types.Integer, "IF($1 > 0, 1, 0)", "CASE WHEN $1 > 0 THEN CAST(1 AS INTEGER) ELSE CAST(0 AS INTEGER) END", l).mag(1)
	}
	return call(types.Boolean, "($1 IS NULL)", l)
}

// grouped fills in the SELECT list and HAVING over groups; gr is nil for one group
// of all rows.
func (g *gen) grouped(s *Select, src *source, gr *Group, n int, want []types.Type) {
	sc := &scope{leaves: src.leaves}
	post := &scope{sub: 1, bare: true} // Athena wants no aggregates in lambdas
	psrc := &source{rows: src.rows}
	if gr != nil {
		post.leaves = append(post.leaves, gr.Keys...)
		psrc.keys, psrc.unique = gr.Keys, true
		if gr.Kind != "" {
			for _, k := range gr.Keys {
				// A key of a set that leaves it out is NULL; equal groups of
				// different sets are told apart by GROUPING.
				gp := both(types.Integer, "grouping($1)", "CAST(grouping($1) AS INTEGER)", k).mag(1)
				post.leaves = append(post.leaves, gp)
			}
			psrc.keys = nil
			if gr.Kind == "ROLLUP" && g.chance(2) && len(gr.Keys) > 1 {
				post.leaves = append(post.leaves, both(types.Integer, "grouping($*)", "CAST(grouping($*) AS INTEGER)", gr.Keys...).mag(100))
			}
		}
	}
	var approx []*Expr
	for range 1 + g.n(3) {
		a := g.agg(sc, src, g.n(3))
		if a.Approx {
			approx = append(approx, a)
			continue
		}
		if a.T.Kind == types.KindMap {
			approx = append(approx, a) // only to be seen
			continue
		}
		post.leaves = append(post.leaves, a)
	}
	if g.chance(5) {
		approx = append(approx, g.approximate(sc, src, true))
	}
	if g.chance(4) {
		s.Having = g.bool(post, 1+g.n(2))
	}
	psrc.leaves = post.leaves
	var wins []Window
	defer func() { s.Windows = wins }()
	for i := range n {
		var e *Expr
		switch {
		case want != nil:
			e = g.exact(post, want[i], g.n(2))
		case len(approx) > 0 && g.chance(2):
			e = pick(g.rng, approx...)
		case g.chance(6) && len(post.leaves) > 0:
			e = g.windowIn(&wins, post, psrc)
		case g.chance(2) && len(post.leaves) > 0:
			e = pick(g.rng, post.leaves...)
		default:
			e = g.scalar(post, 1)
		}
		s.Items = append(s.Items, Item{e, g.name("c")})
	}
	if gr == nil {
		// Something must aggregate, or it is no aggregation at all.
		e := call(types.Bigint, "count(*)").mag(src.rows)
		if want == nil {
			s.Items = append(s.Items, Item{e, g.name("c")})
		} else {
			s.Group = &Group{}
		}
	}
}

// top makes a whole query.
func (g *gen) top() *Query {
	g.names, g.ctes, g.mayFail = 0, nil, false
	var with []CTE
	recur := false
	if g.chance(5) {
		with, recur = g.with(1+g.n(2), 1)
	}
	depth := 1 + g.n(3)
	if g.trino {
		depth = 1 + g.n(2) // its planner takes long
	}
	b, cols, _ := g.body(depth, nil)
	q := &Query{With: with, Recur: recur, Body: b, Cols: cols, Offset: -1, Limit: -1}
	if g.chance(2) {
		g.limit(q, false)
	}
	if len(q.Order) == len(cols) && !q.Ties && b.S != nil && !b.S.Distinct && b.S.Star == "" && b.S.Whole == "" && g.chance(4) {
		// An expression over the output comes first.
		var out []*Expr
		for _, c := range cols {
			if sortable(c.T) && !c.Approx && !c.NaN {
				out = append(out, column("", c))
			}
		}
		if len(out) > 0 {
			sc := &scope{leaves: out, bare: true}
			e := g.over(sc, pick(g.rng, out...))
			q.Order = append([]OrderItem{{E: e, Desc: g.chance(2), NullsFirst: g.chance(2)}}, q.Order...)
		}
	}
	return q
}
