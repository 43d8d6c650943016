package plan

// Check: the promises that a plan makes to the engine, for tests.

import (
	"fmt"

	"github.com/ionq-db/ionq/sql/types"
)

// Check reports the first broken promise of a plan: a column that is not there
// or has another type, an argument of another type than its function takes,
// sides of different types, a correlated column without its Apply.
func Check(root Node) error {
	c := &checker{applies: map[int][]Column{}, vars: map[int]types.Type{}, recursions: map[int][]Column{}}
	c.node(root)
	return c.err
}

type checker struct {
	err        error
	applies    map[int][]Column // inputs of the Applys around
	recursions map[int][]Column
	vars       map[int]types.Type
}

func (c *checker) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *checker) index(what string, i int, in []Column) types.Type {
	if i < 0 || i >= len(in) {
		c.fail("%s: column %d of %d", what, i, len(in))
		return types.Unknown
	}
	return in[i].Type
}

func (c *checker) same(what string, got, want types.Type) {
	if got != want {
		c.fail("%s: %s instead of %s", what, got, want)
	}
}

func (c *checker) cols(what string, got, want []Column) {
	if len(got) != len(want) {
		c.fail("%s: %d columns instead of %d", what, len(got), len(want))
		return
	}
	for i := range got {
		c.same(what, got[i].Type, want[i].Type)
	}
}

func (c *checker) keys(what string, keys []SortKey, in []Column) {
	for _, k := range keys {
		if t := c.index(what, k.Col, in); !t.Orderable() {
			c.fail("%s: order by %s", what, t)
		}
	}
}

func (c *checker) node(n Node) {
	if c.err != nil {
		return
	}
	name := fmt.Sprintf("%T", n)
	switch n := n.(type) {
	case *Apply:
		c.node(n.Input)
		c.applies[n.ID] = n.Input.Columns()
		c.node(n.Sub)
		delete(c.applies, n.ID)
		return
	case *Recursive:
		c.node(n.Base)
		c.recursions[n.ID] = n.Cols
		c.node(n.Step)
		c.cols(name, n.Base.Columns(), n.Cols)
		c.cols(name, n.Step.Columns(), n.Cols)
		return
	}
	for _, in := range n.Inputs() {
		c.node(in)
	}
	switch n := n.(type) {
	case *Scan:
		if len(n.Ordinals) != len(n.Cols) {
			c.fail("%s: %d ordinals, %d columns", name, len(n.Ordinals), len(n.Cols))
		}
		c.exprs(name, n.Cols, n.Filter)
	case *Values:
		for _, r := range n.Rows {
			if len(r) != len(n.Cols) {
				c.fail("%s: row of %d, %d columns", name, len(r), len(n.Cols))
				return
			}
			for i, e := range r {
				c.exprs(name, nil, e)
				c.same(name, e.Type(), n.Cols[i].Type)
			}
		}
	case *Filter:
		c.exprs(name, n.Input.Columns(), n.Pred)
		c.same(name, n.Pred.Type(), types.Boolean)
	case *Project:
		if len(n.Exprs) != len(n.Cols) {
			c.fail("%s: %d expressions, %d columns", name, len(n.Exprs), len(n.Cols))
			return
		}
		c.exprs(name, n.Input.Columns(), n.Exprs...)
		for i, e := range n.Exprs {
			c.same(name, n.Cols[i].Type, e.Type())
		}
	case *Aggregate:
		c.aggregate(name, n)
	case *Sort:
		c.keys(name, n.Keys, n.Columns())
	case *TopN:
		c.keys(name, n.Keys, n.Columns())
	case *Union:
		for _, in := range n.Ins {
			c.cols(name, in.Columns(), n.Cols)
		}
	case *SetOp:
		c.cols(name, n.R.Columns(), n.L.Columns())
	case *Join:
		c.join(name, n.L, n.R, n.LKeys, n.RKeys, n.Residual)
	case *SemiJoin:
		c.join(name, n.L, n.R, n.LKeys, n.RKeys, n.Residual)
	case *Unnest:
		in := n.Input.Columns()
		c.exprs(name, in, n.Exprs...)
		for i, k := range n.Keep {
			c.same(name, c.index(name, k, in), n.Cols[i].Type)
		}
	case *WindowNode:
		c.window(name, n)
	case *MatchRecognize:
		c.match(name, n)
	case *RecursiveRef:
		c.cols(name, n.Cols, c.recursions[n.ID])
	}
}

func (c *checker) aggregate(name string, n *Aggregate) {
	in := n.Input.Columns()
	want := len(n.Keys) + len(n.Aggs)
	if n.Sets != nil {
		want++
	}
	if want != len(n.Cols) {
		c.fail("%s: %d columns instead of %d", name, len(n.Cols), want)
		return
	}
	for i, k := range n.Keys {
		c.same(name, c.index(name, k, in), n.Cols[i].Type)
	}
	for i, a := range n.Aggs {
		c.same(name+" "+a.Func.Name, n.Cols[want-len(n.Aggs)+i].Type, a.Func.Result)
		at := 0
		for _, t := range a.Func.Args {
			if t.Kind == types.KindFunction {
				continue
			}
			if at >= len(a.Args) {
				c.fail("%s %s: too few arguments", name, a.Func.Name)
				return
			}
			c.same(name+" "+a.Func.Name, c.index(name, a.Args[at], in), t)
			at++
		}
		if a.Filter >= 0 {
			c.same(name, c.index(name, a.Filter, in), types.Boolean)
		}
		c.keys(name, a.OrderBy, in)
		c.exprs(name, in, a.Lambdas...)
	}
}

func (c *checker) window(name string, n *WindowNode) {
	in := n.Input.Columns()
	c.cols(name, n.Cols[:min(len(in), len(n.Cols))], in)
	if len(n.Cols) != len(in)+len(n.Calls) {
		c.fail("%s: %d columns for %d and %d calls", name, len(n.Cols), len(in), len(n.Calls))
		return
	}
	for _, p := range n.Partition {
		c.index(name, p, in)
	}
	c.keys(name, n.Order, in)
	for i, w := range n.Calls {
		for k, a := range w.Args {
			c.same(name+" "+w.Func.Name, c.index(name, a, in), w.Func.Args[k])
		}
		for _, o := range []int{w.Filter, w.Frame.Start.Offset, w.Frame.End.Offset} {
			if o >= 0 {
				c.index(name, o, in)
			}
		}
		c.same(name, n.Cols[len(in)+i].Type, w.Func.Result)
	}
}

func (c *checker) join(name string, l, r Node, lk, rk []Expr, residual Expr) {
	if len(lk) != len(rk) {
		c.fail("%s: %d keys on the left, %d on the right", name, len(lk), len(rk))
		return
	}
	c.exprs(name, l.Columns(), lk...)
	c.exprs(name, r.Columns(), rk...)
	for i := range lk {
		c.same(name+" key", lk[i].Type(), rk[i].Type())
	}
	c.exprs(name, concat(l.Columns(), r.Columns()), residual)
}

// exprs checks expressions over the columns in.
func (c *checker) exprs(name string, in []Column, es ...Expr) {
	for _, e := range es {
		Walk(e, func(e Expr) bool {
			c.expr(name, in, e)
			return c.err == nil
		})
	}
}

func (c *checker) expr(name string, in []Column, e Expr) {
	where := name + " " + fmt.Sprintf("%T", e)
	all := func(t types.Type, es ...Expr) {
		for _, x := range es {
			c.same(where, x.Type(), t)
		}
	}
	switch x := e.(type) {
	case *Col:
		c.same(where+" "+x.Name, x.T, c.index(where, x.Index, in))
	case *Outer:
		cols, ok := c.applies[x.Apply]
		if !ok {
			c.fail("%s: outer column %s of no Apply", where, x.Name)
			return
		}
		c.same(where, x.T, c.index(where, x.Index, cols))
	case *Var:
		if t, ok := c.vars[x.ID]; !ok {
			c.fail("%s: %s outside its lambda", where, x.Name)
		} else {
			c.same(where, x.T, t)
		}
	case *Lambda:
		for _, p := range x.Params {
			c.vars[p.ID] = p.Type
		}
	case *Arith:
		if x.T.Kind != types.KindDecimal {
			all(x.T, Children(x)...)
		}
	case *Compare:
		all(x.L.Type(), x.R)
	case *And:
		all(types.Boolean, x.Terms...)
	case *Or:
		all(types.Boolean, x.Terms...)
	case *Not:
		all(types.Boolean, x.X)
	case *Between:
		all(x.X.Type(), x.Lo, x.Hi)
	case *In:
		all(x.X.Type(), x.List...)
	case *Case:
		when := types.Boolean
		if x.X != nil {
			when = x.X.Type()
		}
		for _, w := range x.Whens {
			all(when, w.Cond)
			all(x.T, w.Then)
		}
		if x.Else != nil {
			all(x.T, x.Else)
		}
	case *Coalesce:
		all(x.T, x.Args...)
	case *NullIf:
		all(x.T, x.A)
	case *Try:
		all(x.T, x.X)
	case *Call:
		if len(x.Args) != len(x.Func.Args) {
			c.fail("%s %s: %d arguments instead of %d", where, x.Func.Name, len(x.Args), len(x.Func.Args))
			return
		}
		for i, a := range x.Args {
			c.same(where+" "+x.Func.Name, a.Type(), x.Func.Args[i])
		}
		c.same(where+" "+x.Func.Name, x.T, x.Func.Result)
	case *Deref:
		if f := x.X.Type().Fields(); x.X.Type().Kind != types.KindRow || x.Index >= len(f) {
			c.fail("%s: field %d of %s", where, x.Index, x.X.Type())
		} else {
			c.same(where, x.T, f[x.Index].Type)
		}
	case *ArrayCtor:
		all(x.T.Elem(), x.Elems...)
	case *RowCtor:
		for i, f := range x.T.Fields() {
			all(f.Type, x.Fields[i])
		}
	case *Const, *Cast, *IsNull:
	default:
		c.fail("%s: not an expression of this package", where)
	}
}
