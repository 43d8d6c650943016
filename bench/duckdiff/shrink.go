package duckdiff

// Shrinking: a query that shows a disagreement is cut down, piece by piece, as long
// as the disagreement stays.

import (
	"slices"

	"github.com/ionq-db/ionq/sql/types"
)

// cloner copies a tree. What is shared stays shared, so that a GROUP BY key and its
// use shrink together.
type cloner struct {
	exprs map[*Expr]*Expr
	all   []*Expr // in the order of copying
	subs  []*Query
	sels  []*Select
	bods  []*Body
	froms []*From
}

func (c *cloner) expr(e *Expr) *Expr {
	if e == nil {
		return nil
	}
	if x, ok := c.exprs[e]; ok {
		return x
	}
	x := *e
	c.exprs[e] = &x
	c.all = append(c.all, &x)
	x.Args = c.list(e.Args)
	if e.Sub != nil {
		x.Sub = c.query(e.Sub)
	}
	return &x
}

func (c *cloner) list(l []*Expr) []*Expr {
	out := slices.Clone(l)
	for i, e := range out {
		out[i] = c.expr(e)
	}
	return out
}

func (c *cloner) query(q *Query) *Query {
	x := *q
	c.subs = append(c.subs, &x)
	x.With = slices.Clone(q.With)
	for i := range x.With {
		x.With[i].Q = c.query(x.With[i].Q)
	}
	x.Body = c.body(q.Body)
	x.Order = slices.Clone(q.Order)
	for i := range x.Order {
		x.Order[i].E = c.expr(x.Order[i].E)
	}
	x.Cols = slices.Clone(q.Cols)
	return &x
}

func (c *cloner) body(b *Body) *Body {
	if b == nil {
		return nil
	}
	x := *b
	c.bods = append(c.bods, &x)
	x.L, x.R = c.body(b.L), c.body(b.R)
	if b.Q != nil {
		x.Q = c.query(b.Q)
	}
	if b.S != nil {
		s := *b.S
		x.S = &s
		c.sels = append(c.sels, &s)
		s.From = c.from(s.From)
		s.Where = c.expr(s.Where)
		if s.Group != nil {
			g := *s.Group
			g.Keys = c.list(g.Keys)
			g.Sets = slices.Clone(g.Sets)
			s.Group = &g
		}
		s.Having = c.expr(s.Having)
		s.Rows = c.list(s.Rows)
		s.Windows = slices.Clone(s.Windows)
		for i := range s.Windows {
			s.Windows[i].E = c.expr(s.Windows[i].E)
		}
		s.Items = slices.Clone(s.Items)
		for i := range s.Items {
			s.Items[i].E = c.expr(s.Items[i].E)
		}
	}
	return &x
}

func (c *cloner) from(f *From) *From {
	if f == nil {
		return nil
	}
	x := *f
	c.froms = append(c.froms, &x)
	if f.Q != nil {
		x.Q = c.query(f.Q)
	}
	x.Rows, x.Unnest = c.list(f.Rows), c.list(f.Unnest)
	n := len(c.all)
	x.Lists = c.list(f.Lists)
	c.all = c.all[:n] // they say in DuckDB's words what Unnest says
	x.L, x.R = c.from(f.L), c.from(f.R)
	x.On = c.expr(f.On)
	return &x
}

// steps lists the ways to cut a query down. Each is applied to a fresh copy; not
// every one leaves a valid query.
func steps(c *cloner, top *Query) []func() {
	var out []func()
	add := func(f func()) { out = append(out, f) }
	for _, b := range c.bods {
		if b.Op != "" {
			add(func() { *b = *b.L })
			add(func() { *b = *b.R })
			if b.Bare {
				add(func() { b.Bare = false })
			}
		}
		if b.Q != nil {
			add(func() { *b = *b.Q.Body })
		}
	}
	for _, q := range c.subs {
		if len(q.With) > 0 {
			for i := range q.With {
				add(func() { q.With = slices.Delete(q.With, i, i+1) })
			}
			if q.Recur {
				add(func() { q.Recur = false })
			}
		}
		if q.Limit >= 0 || q.Offset >= 0 || len(q.Order) > 0 {
			add(func() { q.Limit, q.Offset, q.Order, q.Ties = -1, -1, nil, false })
			add(func() { q.Limit, q.Ties = -1, false })
			add(func() { q.Offset = -1 })
		}
	}
	// The items of the outermost SELECTs, together over a set operation, and of
	// those in FROM, are dropped by their place.
	dropped := func(q *Query) {
		if len(q.Cols) < 2 {
			return
		}
		for i := range q.Cols {
			add(func() {
				var drop func(b *Body)
				drop = func(b *Body) {
					if b.Q != nil {
						*b = *b.Q.Body
					}
					if b.Op != "" {
						drop(b.L)
						drop(b.R)
						return
					}
					if i < len(b.S.Items) && b.S.Rows == nil {
						b.S.Star, b.S.Whole = "", ""
						b.S.Items = slices.Delete(b.S.Items, i, i+1)
					}
				}
				drop(q.Body)
				q.Cols = slices.Delete(q.Cols, i, i+1)
				var o []OrderItem
				for _, x := range q.Order {
					if x.N > i+1 {
						x.N--
					} else if x.N == i+1 {
						continue
					}
					o = append(o, x)
				}
				q.Order = o
			})
		}
	}
	named := map[*Query]bool{} // whose columns have names elsewhere
	for _, q := range c.subs {
		for _, w := range q.With {
			named[w.Q] = w.Names != nil
		}
	}
	for _, f := range c.froms {
		if f.Q != nil {
			named[f.Q] = f.Names != nil
		}
	}
	for _, q := range c.subs {
		if !named[q] {
			dropped(q)
		}
	}
	for _, s := range c.sels {
		if s.Where != nil {
			add(func() { s.Where = nil })
		}
		if s.Having != nil {
			add(func() { s.Having = nil })
		}
		if s.Distinct {
			add(func() { s.Distinct = false })
		}
		if s.Star != "" || s.Whole != "" {
			add(func() { s.Star, s.Whole = "", "" })
		}
		for i := range s.Windows {
			add(func() { s.Windows = slices.Delete(s.Windows, i, i+1) })
		}
		if w := len(s.Items); len(s.Rows) > w {
			for i := 0; i < len(s.Rows); i += w {
				add(func() { s.Rows = slices.Delete(s.Rows, i, i+w) })
			}
		}
		if g := s.Group; g != nil {
			if g.Kind != "" {
				add(func() { g.Kind, g.Sets, g.Plain, g.More = "", nil, 0, 0 })
			}
			for i := range g.Sets {
				add(func() { g.Sets = slices.Delete(g.Sets, i, i+1) })
			}
			if g.Kind != "SETS" && g.Plain == 0 && len(g.Keys) > 1 {
				for i := range g.Keys {
					add(func() { g.Keys = slices.Delete(g.Keys, i, i+1) })
				}
			}
		}
	}
	for _, f := range c.froms {
		if f.Join != "" {
			add(func() { *f = *f.L })
			add(func() { *f = *f.R })
			if f.Join != "INNER" && f.Join != "CROSS" && f.Using == nil {
				add(func() { f.Join = "INNER" })
			}
		}
		if f.Width > 0 && len(f.Rows) > f.Width {
			for i := 0; i < len(f.Rows); i += f.Width {
				add(func() { f.Rows = slices.Delete(f.Rows, i, i+f.Width) })
			}
		}
		if f.Q != nil && f.Q.Body.S != nil && f.Q.Body.S.From != nil {
			// Only the inner FROM.
			add(func() { *f = *f.Q.Body.S.From })
		}
	}
	for _, e := range c.all {
		var below func(x *Expr, depth int)
		below = func(x *Expr, depth int) {
			for _, a := range x.Args {
				if a.T == e.T {
					add(func() { *e = *a })
				}
				if depth < 2 {
					below(a, depth+1)
				}
			}
		}
		below(e, 0)
		if len(e.Args) == 0 && e.Sub == nil {
			continue
		}
		if e.T.Kind == types.KindBoolean {
			add(func() { *e = *call(types.Boolean, "true") })
			add(func() { *e = *call(types.Boolean, "false") })
		}
		add(func() {
			*e = Expr{T: e.T, A: "CAST(NULL AS " + e.T.String() + ")", D: "CAST(NULL AS " + duckType(e.T) + ")", facts: e.facts}
		})
	}
	_ = top
	return out
}

// Shrink cuts a query down while bad says that it still disagrees. It asks at most
// budget times.
func Shrink(q *Query, budget int, bad func(*Query) bool) *Query {
	for {
		n := 0
		for i := 0; ; i++ {
			c := &cloner{exprs: map[*Expr]*Expr{}}
			x := c.query(q)
			s := steps(c, x)
			if i >= len(s) {
				break
			}
			if budget--; budget < 0 {
				return q
			}
			s[i]()
			if bad(x) {
				q = x
				n++
				i-- // the list is shorter now; its i-th step is another
			}
		}
		if n == 0 {
			return q
		}
	}
}
