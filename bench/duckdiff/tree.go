package duckdiff

// The tree of a query, and its two texts. An expression carries its text in both
// dialects as templates; queries have one shape and are printed by one printer,
// which asks for the dialect where they part.

import (
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
}

const noQuant = -2000

// Query is a query with all that may stand around its body.
type Query struct {
	With   []CTE
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
	Name string
	Q    *Query
}

// Body is a SELECT, or a set operation of two.
type Body struct {
	Op   string // "", UNION, INTERSECT, EXCEPT
	All  bool
	L, R *Body
	S    *Select
}

// Select is one SELECT.
type Select struct {
	Distinct bool
	Items    []Item
	From     *From
	Where    *Expr
	Group    *Group
	Having   *Expr
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
}

// From is a tree of relations.
type From struct {
	Table string  // a table or CTE
	Q     *Query  // a subquery
	Rows  []*Expr // VALUES: rows of Width expressions each
	Width int
	Alias string
	Names []string // of columns, for VALUES and UNNEST

	Join    string // "", CROSS, INNER, LEFT, RIGHT, FULL
	L, R    *From
	On      *Expr
	Using   []string
	Lateral bool // R is a lateral subquery

	Unnest  []*Expr // arrays
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
}

// Athena returns the query's text for Athena.
func (q *Query) Athena() string { p := printer{}; p.query(q); return p.b.String() }

// Duck returns the query's text for DuckDB.
func (q *Query) Duck() string { p := printer{duck: true}; p.query(q); return p.b.String() }

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
		p.list(len(q.With), ", ", func(i int) {
			p.s(q.With[i].Name, " AS ")
			if p.duck {
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
	if b.Op == "" {
		p.sel(b.S)
		return
	}
	p.s("(")
	p.body(b.L)
	p.s(") ", b.Op)
	if b.All {
		p.s(" ALL")
	}
	p.s(" (")
	p.body(b.R)
	p.s(")")
}

func (p *printer) sel(s *Select) {
	p.s("SELECT ")
	if s.Distinct {
		p.s("DISTINCT ")
	}
	p.list(len(s.Items), ", ", func(i int) {
		p.expr(s.Items[i].E)
		p.s(" AS ", s.Items[i].Name)
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
			p.list(len(g.Keys)-g.Plain, ", ", func(i int) { key(i + g.Plain) })
			p.s(")")
		case len(g.Keys) == 0:
			p.s("()")
		default:
			p.list(len(g.Keys), ", ", key)
		}
	}
	if s.Having != nil {
		p.s(" HAVING ")
		p.expr(s.Having)
	}
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
		p.s("LATERAL (SELECT ")
		p.list(len(f.Unnest), ", ", func(i int) {
			p.s("unnest(")
			p.expr(f.Unnest[i])
			p.s(") AS ", f.Names[i])
		})
		if f.Ordinal {
			p.s(", unnest(generate_series(1, greatest(")
			p.list(len(f.Unnest), ", ", func(i int) {
				p.s("coalesce(len(")
				p.expr(f.Unnest[i])
				p.s("), 0)")
			})
			p.s("))) AS ", f.Names[len(f.Unnest)])
		}
		p.s(") AS ", f.Alias)
	default:
		p.s(f.Table)
		if f.Alias != "" {
			p.s(" AS ", f.Alias)
		}
	}
}

func (p *printer) expr(e *Expr) {
	t := e.A
	if p.duck && e.D != "" {
		t = e.D
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
		default:
			p.expr(e.Args[c-'1'])
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
	case types.KindVarchar:
		return "VARCHAR"
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
