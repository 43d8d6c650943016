package expr

// Common subexpressions: one that several programs over the same page use, or one
// program several times, is evaluated once a page (plan.Common).
//
// Nothing is evaluated that would not have been: a value is kept when an occurrence
// is computed for all rows of a program's page, and serves the others from then on,
// for these rows or some of them. An occurrence that comes before, or that a CASE, an
// AND or a TRY lets see only some rows, computes its own. So errors are the same, and
// where one is being looked for (firstError) every occurrence computes its own.

import (
	"slices"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// Pool holds what is kept of the page at hand. It belongs to one worker; programs that
// share one see the same pages, or selections of their rows.
type Pool struct {
	entries []*common
	at      map[plan.Expr]int
	gen     uint64 // the page's number
}

// common is one common subexpression.
type common struct {
	inner node
	gen   uint64  // of the page that v is for
	rows  []int32 // the page's rows that v is about, ascending; nil: the first n
	n     int
	v     *page.Vector
	mem   page.Vector
	kept  []int32 // memory of rows
}

// NewPool returns a pool for programs of the expressions xs; nil where they have
// nothing in common. Its owner says when another page comes.
func NewPool(xs []plan.Expr, env *Env) (*Pool, error) {
	groups, at := plan.Common(xs)
	if groups == nil {
		return nil, nil
	}
	p := &Pool{at: at, gen: 1}
	for range groups {
		p.entries = append(p.entries, &common{})
	}
	c := compiler{env: env, pool: p}
	for k, x := range groups {
		n, _, err := c.build(x)
		if err != nil {
			return nil, err
		}
		p.entries[k].inner = n
	}
	return p, nil
}

// Turn says that another page comes.
func (p *Pool) Turn() {
	if p != nil {
		p.gen++
	}
}

// Packed says that the page's rows are now those of rows, in order, which the programs
// have seen.
func (p *Pool) Packed(rows []int32) {
	if p == nil {
		return
	}
	for _, e := range p.entries {
		if e.gen != p.gen {
			continue
		}
		v, ok := e.pick(&e.mem, rows, len(rows))
		if !ok {
			e.gen = 0
			continue
		}
		e.v, e.rows, e.n = v, nil, len(rows)
	}
}

// pick gives the values of some rows (nil: the first n), where they are all there.
// What it needs memory for comes into out.
func (e *common) pick(out *page.Vector, rows []int32, n int) (*page.Vector, bool) {
	switch {
	case rows == nil && e.rows == nil:
		return e.v, n == e.n
	case rows == nil:
		return nil, false
	case e.rows == nil:
		if n > 0 && int(rows[n-1]) >= e.n {
			return nil, false
		}
		page.GatherInto(out, e.v, rows)
		return out, true
	case slices.Equal(rows, e.rows):
		return e.v, true
	}
	at := make([]int32, n)
	k := 0
	for i, r := range rows {
		for k < e.n && e.rows[k] < r {
			k++
		}
		if k == e.n || e.rows[k] != r {
			return nil, false
		}
		at[i] = int32(k)
	}
	page.GatherInto(out, e.v, at)
	return out, true
}

// commonNode is one occurrence.
type commonNode struct {
	pool *Pool
	of   *common
	own  node
	out  page.Vector
}

func (n *commonNode) eval(f *frame) (*page.Vector, error) {
	e := n.of
	switch {
	case f.single || f.outer != nil:
	case e.gen == n.pool.gen:
		if v, ok := e.pick(&n.out, f.sel, f.n); ok {
			return v, nil
		}
	case f.root:
		v, err := e.inner.eval(f)
		if err != nil {
			return nil, err
		}
		e.gen, e.rows, e.n, e.v = n.pool.gen, nil, f.n, v
		if f.sel != nil { // whose memory is its owner's
			e.kept = append(e.kept[:0], f.sel...)
			e.rows = e.kept
		}
		return v, nil
	}
	return n.own.eval(f)
}
