package analyze

// Expressions that exist only during analysis. An expression is first analyzed
// over the columns of FROM (its source), with aggregates, windows, subqueries
// and references to the select list standing in it as the nodes of this file.
// Then, as the plan grows, they are replaced by columns: see select.go.

import (
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

type (
	// aggregate is an aggregate call; everything in it is over the source.
	aggregate struct {
		plan.Base
		fn       *function.Bound
		args     []plan.Expr // values and lambdas
		distinct bool
		filter   plan.Expr // nil without
		order    []sortExpr
	}
	// windowCall is a window function call.
	windowCall struct {
		plan.Base
		node        syntax.Expr
		fn          *function.Bound
		args        []plan.Expr
		spec        *window
		ignoreNulls bool
		measure     int // of a row pattern's measure, for which there is no fn: its number
	}
	// window is the inside of OVER.
	window struct {
		partition     []plan.Expr
		partitionText []syntax.Expr
		order         []sortExpr
		mode          plan.FrameMode
		start, end    plan.BoundKind
		startOffset   plan.Expr // nil without
		endOffset     plan.Expr
		pattern       *rowPattern // nil without
	}
	// sortExpr is a key of ORDER BY.
	sortExpr struct {
		expr             plan.Expr
		node             syntax.Expr
		desc, nullsFirst bool
	}
	// grouping is GROUPING(columns).
	grouping struct {
		plan.Base
		cols []plan.Expr
		args []string // as written, for messages
	}
	// outputRef is a reference, in ORDER BY, to a column of the select list.
	outputRef struct {
		plan.Base
		index int
	}
	// subquery is a query in an expression. cols are its plan's columns.
	subquery struct {
		plan.Base
		kind  subqueryKind
		id    int
		node  syntax.Expr
		root  plan.Node
		refs  []ref
		value plan.Expr // left side of IN
		bound plan.Expr // left side of a quantified comparison that has become one with a least or greatest value
	}
)

type subqueryKind uint8

const (
	scalarSubquery subqueryKind = iota
	existsSubquery
	inSubquery
	quantifiedSubquery
)

func (x *aggregate) String() string  { return x.fn.Name + "(...)" }
func (x *windowCall) String() string { return x.name() + "(...) OVER (...)" }
func (x *grouping) String() string   { return "grouping(...)" }
func (x *outputRef) String() string  { return "output column" }
func (x *subquery) String() string   { return "(subquery)" }

// SameAs makes equal calls one column of the plan.
func (x *aggregate) SameAs(other plan.Expr) bool {
	y := other.(*aggregate)
	return x.fn.Function == y.fn.Function && x.distinct == y.distinct && sameList(x.args, y.args) &&
		plan.Equal(x.filter, y.filter) && sameOrder(x.order, y.order)
}

// name is the function's, or the measure's.
func (x *windowCall) name() string {
	if x.fn == nil {
		return x.spec.pattern.names[x.measure].Name.Value
	}
	return x.fn.Name
}

// SameAs: see aggregate.
func (x *windowCall) SameAs(other plan.Expr) bool {
	y := other.(*windowCall)
	if (x.fn == nil) != (y.fn == nil) || x.measure != y.measure {
		return false
	}
	return (x.fn == nil || x.fn.Function == y.fn.Function) && x.ignoreNulls == y.ignoreNulls && sameList(x.args, y.args) &&
		x.spec.sameRows(y.spec) && x.spec.mode == y.spec.mode && x.spec.start == y.spec.start && x.spec.end == y.spec.end &&
		plan.Equal(x.spec.startOffset, y.spec.startOffset) && plan.Equal(x.spec.endOffset, y.spec.endOffset)
}

// sameRows reports whether both windows partition and order alike.
func (w *window) sameRows(v *window) bool {
	if (w.pattern == nil) != (v.pattern == nil) || w.pattern != nil && w.pattern.at != v.pattern.at {
		return false
	}
	return sameList(w.partition, v.partition) && sameOrder(w.order, v.order)
}

// SameAs: see aggregate.
func (x *grouping) SameAs(other plan.Expr) bool { return sameList(x.cols, other.(*grouping).cols) }

// SameAs: see aggregate.
func (x *outputRef) SameAs(other plan.Expr) bool { return x.index == other.(*outputRef).index }

// SameAs: a subquery is the same only as itself.
func (x *subquery) SameAs(other plan.Expr) bool { return x.id == other.(*subquery).id }

func sameList(a, b []plan.Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !plan.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func sameOrder(a, b []sortExpr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].desc != b[i].desc || a[i].nullsFirst != b[i].nullsFirst || !plan.Equal(a[i].expr, b[i].expr) {
			return false
		}
	}
	return true
}

// walk visits e and everything below it, also what is inside this file's nodes.
func walk(e plan.Expr, f func(plan.Expr) bool) {
	plan.Walk(e, func(x plan.Expr) bool {
		if !f(x) {
			return false
		}
		for _, c := range parts(x) {
			walk(c, f)
		}
		return true
	})
}

// parts are the expressions in a node of this file.
func parts(e plan.Expr) []plan.Expr {
	var out []plan.Expr
	add := func(es ...plan.Expr) {
		for _, e := range es {
			if e != nil {
				out = append(out, e)
			}
		}
	}
	switch x := e.(type) {
	case *aggregate:
		add(x.args...)
		add(x.filter)
		for _, o := range x.order {
			add(o.expr)
		}
	case *windowCall:
		add(x.args...)
		add(x.spec.partition...)
		for _, o := range x.spec.order {
			add(o.expr)
		}
		add(x.spec.startOffset, x.spec.endOffset)
		add(x.spec.pattern.exprs()...)
	case *patternInput:
		add(x.expr)
	case *patternAggregate:
		add(x.args...)
	case *grouping:
		add(x.cols...)
	case *subquery:
		add(x.value)
		for _, r := range x.refs {
			add(r.expr)
		}
	}
	return out
}

// rewrite is plan.Rewrite that also goes into window calls and subqueries (their
// value and correlated columns), copying them. It does not go into aggregates:
// those are over the source and f replaces them whole.
func rewrite(e plan.Expr, f func(plan.Expr) plan.Expr) plan.Expr {
	return plan.Rewrite(e, func(x plan.Expr) plan.Expr {
		if r := f(x); r != nil {
			return r
		}
		switch x := x.(type) {
		case *windowCall:
			c := *x
			c.args = rewriteList(x.args, f)
			spec := *x.spec
			spec.partition = rewriteList(spec.partition, f)
			spec.order = rewriteOrder(spec.order, f)
			spec.startOffset = rewrite(spec.startOffset, f)
			spec.endOffset = rewrite(spec.endOffset, f)
			spec.pattern = spec.pattern.rewritten(func(e plan.Expr) plan.Expr { return rewrite(e, f) })
			c.spec = &spec
			return &c
		case *subquery:
			c := *x
			c.value = rewrite(x.value, f)
			c.refs = make([]ref, len(x.refs))
			for i, r := range x.refs {
				c.refs[i] = ref{rewrite(r.expr, f), r.node}
			}
			return &c
		}
		return rewriteInner(x, func(e plan.Expr) plan.Expr { return rewrite(e, f) })
	})
}

func rewriteList(es []plan.Expr, f func(plan.Expr) plan.Expr) []plan.Expr {
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		out[i] = rewrite(e, f)
	}
	return out
}

func rewriteOrder(keys []sortExpr, f func(plan.Expr) plan.Expr) []sortExpr {
	out := make([]sortExpr, len(keys))
	for i, k := range keys {
		out[i] = k
		out[i].expr = rewrite(k.expr, f)
	}
	return out
}

func base(t types.Type, p sqlerr.Pos) plan.Base { return plan.Base{T: t, P: p} }
