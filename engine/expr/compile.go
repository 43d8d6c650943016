package expr

// compile.go turns typed expressions into nodes. It is the only switch over
// the kinds of expressions.

import (
	"maps"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

type compiler struct {
	env  *Env
	pool *Pool // of common subexpressions; nil for none
}

// needs tells what an expression's value depends on. An expression that needs
// nothing is a constant.
type needs struct {
	page bool         // a column, an outer query's row, or chance
	vars map[int]bool // lambda parameters
}

func (d *needs) add(o needs) {
	d.page = d.page || o.page
	if len(o.vars) > 0 {
		if d.vars == nil {
			d.vars = map[int]bool{}
		}
		maps.Copy(d.vars, o.vars)
	}
}

func (d needs) none() bool { return !d.page && len(d.vars) == 0 }

// compile compiles x, and folds it where it is a constant. A constant whose
// evaluation fails stays as it is: it fails when, and only if, a row is
// evaluated.
func (c *compiler) compile(x plan.Expr) (node, needs, error) {
	n, d, err := c.build(x)
	if err != nil || !d.none() {
		if c.pool != nil && err == nil {
			if k, ok := c.pool.at[x]; ok {
				n = &commonNode{pool: c.pool, of: c.pool.entries[k], own: n}
			}
		}
		return n, d, err
	}
	if _, ok := n.(*constNode); ok {
		return n, d, nil
	}
	var f frame
	f.reset(1, nil, nil)
	v, err := n.eval(&f)
	if err != nil {
		return n, d, nil // the error belongs to the rows, see above
	}
	return newConst(constOf(v)), d, nil
}

// constOf copies the one row of v.
func constOf(v *page.Vector) *page.Vector {
	w := page.Clone(v)
	w.Const = true
	return w
}

// list compiles several expressions.
func (c *compiler) list(xs []plan.Expr) ([]node, needs, error) {
	out := make([]node, len(xs))
	var all needs
	for i, x := range xs {
		n, d, err := c.compile(x)
		if err != nil {
			return nil, all, err
		}
		out[i] = n
		all.add(d)
	}
	return out, all, nil
}

func (c *compiler) build(x plan.Expr) (node, needs, error) {
	switch x := x.(type) {
	case *plan.Col:
		return &colNode{x.Index}, needs{page: true}, nil
	case *plan.Const:
		return newConst(ConstVector(x.T, x.V, 1)), needs{}, nil
	case *plan.Var:
		return &varNode{x.ID}, needs{vars: map[int]bool{x.ID: true}}, nil
	case *plan.Outer:
		return &outerNode{env: c.env, x: x}, needs{page: true}, nil
	case *plan.Arith:
		return c.arith(x)
	case *plan.Compare:
		return c.compare(x)
	case *plan.Between:
		return c.between(x)
	case *plan.In:
		return c.in(x)
	case *plan.And:
		ns, d, err := c.list(x.Terms)
		return newLogic(ns, false), d, err
	case *plan.Or:
		ns, d, err := c.list(x.Terms)
		return newLogic(ns, true), d, err
	case *plan.Not:
		n, d, err := c.compile(x.X)
		return &notNode{x: n}, d, err
	case *plan.IsNull:
		n, d, err := c.compile(x.X)
		return &isNullNode{x: n}, d, err
	case *plan.Case:
		return c.caseOf(x)
	case *plan.Coalesce:
		ns, d, err := c.list(x.Args)
		return &coalesceNode{args: ns, sub: make([]frame, len(ns)), m: newMerger(x.T)}, d, err
	case *plan.NullIf:
		return c.nullIf(x)
	case *plan.Try:
		n, d, err := c.compile(x.X)
		return &tryNode{x: n}, d, err
	case *plan.Cast:
		return c.cast(x)
	case *plan.Call:
		return c.call(x)
	case *plan.Deref:
		n, d, err := c.compile(x.X)
		return &derefNode{x: n, index: x.Index, t: x.T}, d, err
	case *plan.RowCtor:
		ns, d, err := c.list(x.Fields)
		return &rowNode{fields: ns, t: x.T}, d, err
	case *plan.ArrayCtor:
		ns, d, err := c.list(x.Elems)
		return &arrayNode{elems: ns, b: page.NewBuilder(x.T)}, d, err
	case *plan.Lambda:
		return nil, needs{}, sqlerr.Newf(sqlerr.NotSupported, x.P, "A lambda expression is only allowed as a function's argument")
	}
	panic("BUG: expression of unknown kind: " + x.String())
}

// colNode is an input column.
type colNode struct{ index int }

func (n *colNode) eval(f *frame) (*page.Vector, error) { return f.col(n.index), nil }

// varNode is a lambda's parameter.
type varNode struct{ id int }

func (n *varNode) eval(f *frame) (*page.Vector, error) { return f.variable(n.id), nil }

// outerNode is a column of an enclosing Apply's current row.
type outerNode struct {
	env *Env
	x   *plan.Outer
	out page.Vector
}

func (n *outerNode) eval(f *frame) (*page.Vector, error) {
	row := n.env.Outer[n.x.Apply]
	if row == nil {
		panic("BUG: no outer row for " + n.x.String())
	}
	return repeatRow(&n.out, row.Cols[n.x.Index], row.Row, f.n), nil
}

// derefNode is a field of a row.
type derefNode struct {
	x     node
	index int
	t     types.Type
	out   page.Vector
	nulls []bool
}

func (n *derefNode) eval(f *frame) (*page.Vector, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	if v.Phys == page.PhysNone {
		n.out = page.Vector{Type: n.t, Len: f.n}
		return &n.out, nil
	}
	n.out = *v.Children[n.index]
	n.out.Type = n.t
	n.out.Const = v.Const
	n.out.Nulls, n.nulls = mergeNulls(n.nulls, v.Nulls, n.out.Nulls, f.n)
	return &n.out, nil
}

// rowNode makes rows of its fields.
type rowNode struct {
	fields []node
	t      types.Type
	out    page.Vector
}

func (n *rowNode) eval(f *frame) (*page.Vector, error) {
	if n.out.Children == nil {
		n.out = page.Vector{Type: n.t, Phys: page.PhysRow, Children: make([]*page.Vector, len(n.fields))}
	}
	n.out.Len = f.n
	for k, x := range n.fields {
		v, err := x.eval(f)
		if err != nil {
			return nil, err
		}
		n.out.Children[k] = v
	}
	return &n.out, nil
}

// arrayNode makes arrays of its elements.
type arrayNode struct {
	elems []node
	b     *page.Builder
	vecs  []*page.Vector
}

func (n *arrayNode) eval(f *frame) (*page.Vector, error) {
	n.vecs = n.vecs[:0]
	for _, x := range n.elems {
		v, err := x.eval(f)
		if err != nil {
			return nil, err
		}
		n.vecs = append(n.vecs, v)
	}
	n.b.Reset()
	elem := n.b.Child(0)
	for i := range f.n {
		for _, v := range n.vecs {
			appendValue(elem, v, i)
		}
		n.b.EndContainer()
	}
	return n.b.Vector(), nil
}

// appendValue is Builder.Append for a builder that may be of type unknown.
func appendValue(b *page.Builder, v *page.Vector, i int) {
	b.Append(v, i)
}

// mergeNulls returns the null flags of a row that is NULL where a or b is. Where
// at most one has flags they are shared, not copied; mem is memory for the
// other case and is returned, perhaps grown.
func mergeNulls(mem, a, b []bool, n int) (nulls, newMem []bool) {
	switch {
	case a == nil && b == nil:
		return nil, mem
	case a == nil:
		return b[:n], mem
	case b == nil:
		return a[:n], mem
	}
	mem = sized(mem, n)
	for i := range mem {
		mem[i] = a[i] || b[i]
	}
	return mem, mem
}

// few is up to how many rows memory is not made for a whole page: constants are
// computed when a query is planned.
const few = 64

// sized returns mem with length n; what it holds is arbitrary.
func sized[T any](mem []T, n int) []T {
	if cap(mem) < n {
		if n <= few { // a constant, or one row
			return make([]T, n, few)
		}
		return make([]T, n, max(n, page.DefaultRows))
	}
	return mem[:n]
}

// allNull returns flags that say NULL for n rows.
func allNull(mem []bool, n int) []bool {
	mem = sized(mem, n)
	for i := range mem {
		mem[i] = true
	}
	return mem
}
