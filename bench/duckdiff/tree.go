package duckdiff

// The tree of a query, and its two texts. An expression carries its text in both
// dialects as templates; queries have one shape and are printed by one printer,
// which asks for the dialect where they part.

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// Expr is a typed expression. A is its template for Athena, D that for DuckDB
// where it differs: $1 to $9 are the arguments, $* all of them with commas, $q
// the subquery. A template of an expression without arguments stands as it is.
type Expr struct {
	T    types.Type
	A, D string
	Args []*Expr
	Sub  *Query

	facts
}

// facts are what the generator knows of a column's or an expression's values. It
// uses them to stay where both engines must agree to the last bit.
type facts struct {
	Mag    float64 // of numbers: none is larger, by its absolute value
	Quant  int     // of doubles: all are multiples of 2^Quant; noQuant where that is not known
	Approx bool    // of doubles: the last bits depend on the order of additions, or on the C library
	NaN    bool    // of doubles: may be NaN or infinite
	ASCII  bool    // of texts: only ASCII
	JSON   bool    // of a column js: each is JSON
}

const noQuant = -2000

// Query is a query with all that may stand around its body.
type Query struct {
	With   []CTE
	Recur  bool // WITH RECURSIVE
	Body   *Body
	Order  []OrderItem
	Offset int // -1: none
	Limit  int // -1: none
	Ties   bool
	Cols   []*Column // what it gives
}

// Column is a column that a query gives.
type Column struct {
	Name string
	T    types.Type
	facts
}

// CTE is a named query of a WITH.
type CTE struct {
	Name  string
	Names []string // of columns; all have them beside one that recurs
	Recur bool
	Q     *Query
}

// Body is a SELECT, a set operation of two, or a query in parentheses.
type Body struct {
	Op   string // "", UNION, INTERSECT, EXCEPT
	All  bool
	Bare bool // without the parentheses that precedence allows to leave out
	L, R *Body
	S    *Select
	Q    *Query
}

// Select is one SELECT.
type Select struct {
	Distinct bool
	Items    []Item
	From     *From
	Where    *Expr
	Group    *Group
	Having   *Expr
	Windows  []Window

	// Star stands for the first Stars items: *, or the columns of a relation. Whole
	// is a table of which the SELECT is TABLE t.
	Star  string
	Stars int
	Whole string

	// Rows makes it a VALUES of so many rows of len(Items) expressions each; Items
	// are then its columns.
	Rows []*Expr
}

// Window is an element of a WINDOW clause: what stands between its parentheses.
type Window struct {
	Name string
	E    *Expr
}

// Item is an element of the SELECT list.
type Item struct {
	E    *Expr
	Name string
}

// Group is a GROUP BY. Sets holds indexes of Keys for GROUPING SETS; Kind is "",
// ROLLUP, CUBE or SETS. Without Keys it is GROUP BY (). The first Plain keys stand
// before them.
type Group struct {
	Kind  string
	Plain int
	Keys  []*Expr
	Sets  [][]int

	More     int  // a second ROLLUP or CUBE begins at this key; 0: there is none
	Ordinals bool // a key that is an item is written as its number
}

// From is a tree of relations.
type From struct {
	Table string  // a table or CTE
	Q     *Query  // a subquery
	Rows  []*Expr // VALUES: rows of Width expressions each
	Width int
	Alias string
	Names []string // of columns, for VALUES and UNNEST, and where a subquery's are renamed

	Join    string // "", CROSS, INNER, LEFT, RIGHT, FULL
	L, R    *From
	On      *Expr
	Using   []string
	Lateral bool // R is a lateral subquery

	Pattern string // what MATCH_RECOGNIZE (...) of the table holds

	Unnest  []*Expr // arrays and maps
	Lists   []*Expr // for DuckDB: one list a column
	Ordinal bool
}

// OrderItem is an element of an ORDER BY: an ordinal, or an expression.
type OrderItem struct {
	N          int
	E          *Expr
	Desc       bool
	NullsFirst bool
}

type printer struct {
	b    strings.Builder
	duck bool
	only bool // met an expression that DuckDB has no words for
}

// athenaOnly is the template of such an expression for DuckDB.
const athenaOnly = "!"

// Athena returns the query's text for Athena.
func (q *Query) Athena() string { p := printer{}; p.query(q); return p.b.String() }

// Duck returns the query's text for DuckDB, and whether DuckDB can be asked.
func (q *Query) Duck() (string, bool) {
	p := printer{duck: true}
	p.query(q)
	return p.b.String(), !p.only
}

func (p *printer) s(parts ...string) {
	for _, x := range parts {
		p.b.WriteString(x)
	}
}

func (p *printer) list(n int, sep string, f func(i int)) {
	for i := range n {
		if i > 0 {
			p.s(sep)
		}
		f(i)
	}
}

func (p *printer) query(q *Query) {
	if len(q.With) > 0 {
		p.s("WITH ")
		if q.Recur {
			p.s("RECURSIVE ")
		}
		p.list(len(q.With), ", ", func(i int) {
			if p.duck && q.With[i].Q.limited() && q.Recur {
				p.only = true // it has no LIMIT anywhere below WITH RECURSIVE
			}
			p.s(q.With[i].Name)
			if n := q.With[i].Names; n != nil {
				p.s(" (", strings.Join(n, ", "), ")")
			}
			p.s(" AS ")
			if p.duck && !q.With[i].Recur {
				p.s("MATERIALIZED ")
			}
			p.s("(")
			p.query(q.With[i].Q)
			p.s(")")
		})
		p.s(" ")
	}
	if q.Ties && p.duck {
		// DuckDB has no WITH TIES.
		p.s("SELECT * FROM (")
		p.body(q.Body)
		p.s(") AS ties (")
		p.list(len(q.Cols), ", ", func(i int) { p.s(q.Cols[i].Name) })
		p.s(") QUALIFY rank() OVER (ORDER BY ")
		p.list(len(q.Order), ", ", func(i int) {
			o := q.Order[i]
			p.s(q.Cols[o.N-1].Name)
			p.direction(o)
		})
		p.s(") <= ", strconv.Itoa(q.Limit))
		return
	}
	if p.duck && len(q.Order) > 0 && q.Order[0].E != nil {
		// An expression over a column that is a subquery is too much for DuckDB.
		p.s("SELECT * FROM (")
		p.body(q.Body)
		p.s(")")
	} else {
		p.body(q.Body)
	}
	p.order(" ORDER BY ", q.Order)
	switch {
	case p.duck:
		if q.Limit >= 0 {
			p.s(" LIMIT ", strconv.Itoa(q.Limit))
		}
		if q.Offset >= 0 {
			p.s(" OFFSET ", strconv.Itoa(q.Offset))
		}
	default:
		if q.Offset >= 0 {
			p.s(" OFFSET ", strconv.Itoa(q.Offset))
		}
		switch {
		case q.Ties:
			p.s(" FETCH FIRST ", strconv.Itoa(q.Limit), " ROWS WITH TIES")
		case q.Limit >= 0:
			p.s(" LIMIT ", strconv.Itoa(q.Limit))
		}
	}
}

// limited tells whether a query, or an arm of it, has a LIMIT or OFFSET.
func (q *Query) limited() bool {
	var in func(b *Body) bool
	in = func(b *Body) bool {
		return b.Q != nil && b.Q.limited() || b.Op != "" && (in(b.L) || in(b.R))
	}
	return q.Limit >= 0 || q.Offset >= 0 || in(q.Body)
}

func (p *printer) order(lead string, items []OrderItem) {
	if len(items) == 0 {
		return
	}
	p.s(lead)
	p.list(len(items), ", ", func(i int) {
		if o := items[i]; o.E != nil {
			p.expr(o.E)
		} else {
			p.s(strconv.Itoa(o.N))
		}
		p.direction(items[i])
	})
}

// direction is explicit about NULLs: the engines' defaults differ.
func (p *printer) direction(o OrderItem) {
	if o.Desc {
		p.s(" DESC")
	}
	if o.NullsFirst {
		p.s(" NULLS FIRST")
	} else {
		p.s(" NULLS LAST")
	}
}

func (p *printer) body(b *Body) {
	if b.Q != nil {
		p.s("(")
		p.query(b.Q)
		p.s(")")
		return
	}
	if b.Op == "" {
		p.sel(b.S)
		return
	}
	arm := func(x *Body, ops ...string) {
		if b.Bare && x.Q == nil && slices.Contains(ops, x.Op) {
			p.body(x)
			return
		}
		p.s("(")
		p.body(x)
		p.s(")")
	}
	left, right := []string{"", "INTERSECT"}, []string{""}
	if b.Op != "INTERSECT" {
		left, right = []string{"", "UNION", "EXCEPT", "INTERSECT"}, []string{"", "INTERSECT"}
	}
	arm(b.L, left...)
	p.s(" ", b.Op)
	if b.All {
		p.s(" ALL")
	}
	p.s(" ")
	arm(b.R, right...)
}

func (p *printer) sel(s *Select) {
	switch {
	case s.Whole != "":
		p.s("TABLE ", s.Whole)
		return
	case s.Rows != nil:
		p.s("VALUES ")
		w := len(s.Items)
		p.list(len(s.Rows)/w, ", ", func(i int) {
			p.s("(")
			p.list(w, ", ", func(k int) { p.expr(s.Rows[i*w+k]) })
			p.s(")")
		})
		return
	}
	p.s("SELECT ")
	if s.Distinct {
		p.s("DISTINCT ")
	}
	items := s.Items
	if s.Star != "" {
		p.s(s.Star)
		if items = items[s.Stars:]; len(items) > 0 {
			p.s(", ")
		}
	}
	p.list(len(items), ", ", func(i int) {
		p.expr(items[i].E)
		p.s(" AS ", items[i].Name)
	})
	if s.From != nil {
		p.s(" FROM ")
		p.from(s.From)
	}
	if s.Where != nil {
		p.s(" WHERE ")
		p.expr(s.Where)
	}
	if g := s.Group; g != nil {
		p.s(" GROUP BY ")
		key := func(i int) { p.expr(g.Keys[i]) }
		if g.Kind != "" && g.Plain > 0 {
			p.list(g.Plain, ", ", key)
			p.s(", ")
		}
		switch {
		case g.Kind == "SETS":
			p.s("GROUPING SETS (")
			p.list(len(g.Sets), ", ", func(i int) {
				p.s("(")
				p.list(len(g.Sets[i]), ", ", func(k int) { key(g.Sets[i][k]) })
				p.s(")")
			})
			p.s(")")
		case g.Kind != "":
			p.s(g.Kind, " (")
			keys := g.Keys[g.Plain:]
			if g.More > g.Plain && g.More < len(g.Keys) {
				// Two elements, whose sets are combined.
				p.keys(keys[:g.More-g.Plain], g.Kind)
				p.s("), ", g.Kind, " (")
				keys = g.Keys[g.More:]
			}
			p.keys(keys, g.Kind)
			p.s(")")
		case len(g.Keys) == 0:
			p.s("()")
		default:
			p.list(len(g.Keys), ", ", func(i int) {
				n := slices.IndexFunc(s.Items, func(it Item) bool { return it.E == g.Keys[i] })
				if g.Ordinals && n >= 0 && s.Star == "" {
					p.s(strconv.Itoa(n + 1))
					return
				}
				key(i)
			})
		}
	}
	if s.Having != nil {
		p.s(" HAVING ")
		p.expr(s.Having)
	}
	if len(s.Windows) > 0 {
		p.s(" WINDOW ")
		p.list(len(s.Windows), ", ", func(i int) {
			p.s(s.Windows[i].Name, " AS (")
			p.expr(s.Windows[i].E)
			p.s(")")
		})
	}
}

// keys prints the columns of a ROLLUP or CUBE.
func (p *printer) keys(keys []*Expr, kind string) {
	if p.duck && kind == "CUBE" {
		keys = once(keys)
	}
	p.list(len(keys), ", ", func(i int) { p.expr(keys[i]) })
}

// once drops expressions that were there before.
func once(keys []*Expr) []*Expr {
	var out []*Expr
	seen := map[string]bool{}
	for _, k := range keys {
		p := printer{}
		if p.expr(k); !seen[p.b.String()] {
			seen[p.b.String()] = true
			out = append(out, k)
		}
	}
	return out
}

func (p *printer) from(f *From) {
	switch {
	case f.Join != "":
		p.from(f.L)
		p.s(" ", f.Join, " JOIN ")
		if f.Lateral {
			p.s("LATERAL ")
		}
		if f.R.Join != "" {
			p.s("(")
			p.from(f.R)
			p.s(")")
		} else {
			p.from(f.R)
		}
		if f.On != nil {
			p.s(" ON ")
			p.expr(f.On)
		}
		if f.Using != nil {
			p.s(" USING (", strings.Join(f.Using, ", "), ")")
		}
	case f.Q != nil:
		p.s("(")
		p.query(f.Q)
		p.s(") AS ", f.Alias)
		if f.Names != nil {
			p.s(" (", strings.Join(f.Names, ", "), ")")
		}
	case f.Width > 0:
		p.s("(VALUES ")
		p.list(len(f.Rows)/f.Width, ", ", func(i int) {
			p.s("(")
			p.list(f.Width, ", ", func(k int) { p.expr(f.Rows[i*f.Width+k]) })
			p.s(")")
		})
		p.s(") AS ", f.Alias, " (", strings.Join(f.Names, ", "), ")")
	case f.Unnest != nil && !p.duck:
		p.s("UNNEST(")
		p.list(len(f.Unnest), ", ", func(i int) { p.expr(f.Unnest[i]) })
		p.s(")")
		if f.Ordinal {
			p.s(" WITH ORDINALITY")
		}
		p.s(" AS ", f.Alias, " (", strings.Join(f.Names, ", "), ")")
	case f.Unnest != nil:
		// DuckDB's UNNEST in FROM takes one list; in SELECT several go in step.
		lists := f.Lists
		if lists == nil {
			lists = f.Unnest
		}
		p.s("LATERAL (SELECT ")
		p.list(len(lists), ", ", func(i int) {
			p.s("unnest(")
			p.expr(lists[i])
			p.s(") AS ", f.Names[i])
		})
		if f.Ordinal {
			p.s(", unnest(generate_series(1, greatest(")
			p.list(len(lists), ", ", func(i int) {
				p.s("coalesce(len(")
				p.expr(lists[i])
				p.s("), 0)")
			})
			p.s("))) AS ", f.Names[len(lists)])
		}
		p.s(") AS ", f.Alias)
	default:
		p.s(f.Table)
		if f.Pattern != "" {
			p.only = true
			p.s(" MATCH_RECOGNIZE (", f.Pattern, ")")
		}
		if f.Alias != "" {
			p.s(" AS ", f.Alias)
		}
	}
}

func (p *printer) expr(e *Expr) {
	t := e.A
	if p.duck && e.D != "" {
		t = e.D
		p.only = p.only || t == athenaOnly
	}
	if len(e.Args) == 0 && e.Sub == nil {
		p.s(t)
		return
	}
	for {
		i := strings.IndexByte(t, '$')
		if i < 0 {
			p.s(t)
			return
		}
		p.s(t[:i])
		switch c := t[i+1]; c {
		case '*':
			p.list(len(e.Args), ", ", func(k int) { p.expr(e.Args[k]) })
		case 'q':
			p.query(e.Sub)
		case '1', '2', '3', '4', '5', '6', '7', '8', '9':
			p.expr(e.Args[c-'1'])
		default:
			p.s(t[i : i+2]) // of a JSON path, or a pattern
		}
		t = t[i+2:]
	}
}

// duckType is DuckDB's name of a type.
func duckType(t types.Type) string {
	switch t.Kind {
	case types.KindArray:
		return duckType(t.Fields()[0].Type) + "[]"
	case types.KindMap:
		return "MAP(" + duckType(t.Key()) + ", " + duckType(t.Value()) + ")"
	case types.KindRow:
		var f []string
		for _, x := range t.Fields() {
			f = append(f, x.Name+" "+duckType(x.Type))
		}
		return "STRUCT(" + strings.Join(f, ", ") + ")"
	case types.KindVarchar, types.KindChar:
		return "VARCHAR"
	case types.KindVarbinary:
		return "BLOB"
	case types.KindTime:
		return "TIME"
	case types.KindTimestamp:
		return "TIMESTAMP"
	case types.KindReal:
		return "FLOAT"
	case types.KindDecimal:
		return "DECIMAL(" + strconv.Itoa(int(t.P)) + "," + strconv.Itoa(int(t.S)) + ")"
	}
	return t.String()
}

// quote writes a string literal, the same in both dialects.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
