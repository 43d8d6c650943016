package expr

// Program and List: compiled expressions, evaluated page by page.

import (
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// A node is one compiled expression. eval computes it over a frame's rows: a
// dense vector of f.n rows that belongs to the node (or to the input) and is
// valid until the node's next eval. The caller does not change it.
type node interface {
	eval(f *frame) (*page.Vector, error)
}

// List is a set of expressions over one input that are evaluated together:
// columns that several of them use are gathered once. It belongs to one worker.
type List struct {
	env   *Env
	roots []node
	types []types.Type
	f     frame
	one   frame // the single-row frame of firstError
	own   *Pool // what the expressions have in common; nil: nothing, or the pool is another's
	out   []*page.Vector
}

// CompileList prepares expressions for evaluation.
func CompileList(xs []plan.Expr, env *Env) (*List, error) {
	pool, err := NewPool(xs, env)
	if err != nil {
		return nil, err
	}
	l, err := CompileWith(xs, env, pool)
	if err == nil {
		l.own = pool
	}
	return l, err
}

// CompileWith is CompileList with a pool that was made for these expressions among
// others; nil for none. A nil pool is fine.
func CompileWith(xs []plan.Expr, env *Env, pool *Pool) (*List, error) {
	l := &List{env: env, out: make([]*page.Vector, len(xs))}
	c := compiler{env: env, pool: pool}
	for _, x := range xs {
		n, _, err := c.compile(x)
		if err != nil {
			return nil, err
		}
		l.roots = append(l.roots, n)
		l.types = append(l.types, x.Type())
	}
	return l, nil
}

// Types returns the types of the expressions.
func (l *List) Types() []types.Type { return l.types }

// Eval evaluates all expressions over the rows that p stands for. Each result is
// dense, p.Len() rows, valid until the next Eval and as long as p is.
func (l *List) Eval(p *page.Page) ([]*page.Vector, error) {
	l.own.Turn()
	l.f.reset(p.Rows, p.Cols, p.Sel)
	for k, n := range l.roots {
		v, err := n.eval(&l.f)
		if err != nil {
			return nil, l.firstError(p, err)
		}
		l.out[k] = v
	}
	return l.out, nil
}

// firstError finds the error that a row by row evaluation meets first, so that
// which error a query ends with depends neither on the page size nor on the
// order in which columns are computed.
func (l *List) firstError(p *page.Page, found error) error {
	row := make([]int32, 1)
	for k := range p.Len() {
		row[0] = int32(k)
		if p.Sel != nil {
			row[0] = p.Sel[k]
		}
		l.one.reset(p.Rows, p.Cols, row)
		l.one.root, l.one.single = false, true
		for _, n := range l.roots {
			if _, err := n.eval(&l.one); err != nil {
				return err
			}
		}
	}
	return found
}

// Program is one compiled expression. It has scratch memory and belongs to one
// worker.
type Program struct{ l *List }

// Compile prepares an expression for evaluation.
func Compile(x plan.Expr, env *Env) (*Program, error) {
	l, err := CompileList([]plan.Expr{x}, env)
	if err != nil {
		return nil, err
	}
	return &Program{l}, nil
}

// CompileProgram is Compile with a pool, as CompileWith has it.
func CompileProgram(x plan.Expr, env *Env, pool *Pool) (*Program, error) {
	l, err := CompileWith([]plan.Expr{x}, env, pool)
	if err != nil {
		return nil, err
	}
	return &Program{l}, nil
}

// Type returns the expression's type.
func (g *Program) Type() types.Type { return g.l.types[0] }

// Eval evaluates the expression over the rows that p stands for. The result is
// dense, p.Len() rows, valid until the next Eval and as long as p is; it may be
// a column of p itself.
func (g *Program) Eval(p *page.Page) (*page.Vector, error) {
	out, err := g.l.Eval(p)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// Filter evaluates a predicate over the rows that p stands for and returns those
// for which it is true, as rows of p's columns: what p.Sel becomes. It is
// appended to sel[:0], which must not be p.Sel's memory.
func (g *Program) Filter(p *page.Page, sel []int32) ([]int32, error) {
	v, err := g.Eval(p)
	if err != nil {
		return nil, err
	}
	return appendTrue(sel[:0], v, p.Sel), nil
}

// appendTrue appends the rows in which v is true, given as entries of of (nil:
// the row itself).
func appendTrue(dst []int32, v *page.Vector, of []int32) []int32 {
	if v.Phys == page.PhysNone {
		return dst
	}
	at := len(dst)
	if cap(dst) < at+v.Len {
		dst = append(make([]int32, 0, max(at+v.Len, page.DefaultRows)), dst...)
	}
	dst = dst[:at+v.Len]
	switch {
	case v.Nulls == nil && of == nil:
		for i, b := range v.Bools[:v.Len] {
			dst[at] = int32(i)
			at += b2i(b)
		}
	case of == nil:
		for i, b := range v.Bools[:v.Len] {
			dst[at] = int32(i)
			at += b2i(b && !v.Nulls[i])
		}
	default:
		for i, b := range v.Bools[:v.Len] {
			dst[at] = of[i]
			at += b2i(b && (v.Nulls == nil || !v.Nulls[i]))
		}
	}
	return dst[:at]
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Fold evaluates an expression that refers to no column.
func Fold(x plan.Expr, env *Env) (plan.Datum, error) {
	g, err := Compile(x, env)
	if err != nil {
		return plan.Datum{}, err
	}
	v, err := g.Eval(&page.Page{Rows: 1})
	if err != nil {
		return plan.Datum{}, err
	}
	return DatumAt(v, 0), nil
}

// MayFail reports whether the expression can be an error for some row.
func (g *Program) MayFail() bool { return mayFail(g.l.roots[0]) }
