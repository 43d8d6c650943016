package analyze

// Expressions: names resolved, types found, coercions put in. The order of checks
// and the words of the errors are those of Trino's ExpressionAnalyzer.

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// env is where an expression stands.
type env struct {
	a  *analyzer
	sc *scope
	w  *withScope // the WITH queries in reach
	// clause names the place in the error for an aggregate, a window function or
	// GROUPING, where none may stand ("WHERE clause"); empty where they may.
	clause string
	// selectPos is the place of the SELECT around.
	selectPos sqlerr.Pos
	// windows are the WINDOW clause's definitions.
	windows map[string]*syntax.WindowDefinition
	// inAggregate is the aggregate call that the expression is an argument of.
	inAggregate *syntax.FunctionCall
	// inWindow tells that the expression is an argument or part of a window.
	inWindow     bool
	inWindowSpec bool
	// noOuter refuses columns of an outer query.
	noOuter bool
	// inLambda tells that the expression is in a lambda's body.
	inLambda bool
	// pattern is the row pattern in whose MEASURES or DEFINE the expression is.
	pattern *patternScope
}

// scalar analyzes an expression of v.clause, which may hold no aggregates, window
// calls and GROUPINGs. As in Trino that is found before anything else is wrong with it.
func (v env) scalar(e syntax.Expr) (plan.Expr, error) {
	var found [3][]string
	forbidden(e, &found)
	if all := slices.Concat(found[:]...); len(all) > 0 {
		return nil, v.notScalar(e.Pos(), strings.Join(all, ", "))
	}
	return v.expr(e)
}

// forbidden adds the aggregates, the window calls and the GROUPINGs of n to found, the
// inner ones first.
func forbidden(n syntax.Node, found *[3][]string) {
	if _, ok := n.(*syntax.Query); ok {
		return // of a subquery, which has its own
	}
	for _, c := range syntax.Children(n) {
		forbidden(c, found)
	}
	kind := -1
	switch x := n.(type) {
	case *syntax.FunctionCall:
		if x.Over != nil {
			kind = 1
		} else if kindOf(lowerName(x)) == function.Aggregate {
			kind = 0
		}
	case *syntax.WindowOperation:
		kind = 1
	case *syntax.GroupingOperation:
		kind = 2
	}
	if kind >= 0 {
		found[kind] = append(found[kind], format(n.(syntax.Expr)))
	}
}

func (v env) notScalar(p sqlerr.Pos, what string) error {
	return sqlerr.Newf(sqlerr.ExpressionNotScalar, p, "%s cannot contain aggregations, window functions or grouping operations: [%s]", v.clause, what)
}

func mismatch(p sqlerr.Pos, format string, args ...any) error {
	return sqlerr.Newf(sqlerr.TypeMismatch, p, format, args...)
}

func unsupported(p sqlerr.Pos, format string, args ...any) error {
	return sqlerr.Newf(sqlerr.NotSupported, p, format, args...)
}

// maxDepth bounds the nesting of expressions and queries, so that a hostile
// statement ends in an error and not in a full stack.
const maxDepth = 2000

// expr analyzes e.
func (v env) expr(e syntax.Expr) (plan.Expr, error) {
	v.a.depth++
	defer func() { v.a.depth-- }()
	if v.a.depth > maxDepth {
		return nil, sqlerr.Newf(sqlerr.GenericUserError, e.Pos(), "The statement is nested too deeply")
	}
	if v.a.depth&63 == 0 && v.a.ctx.Err() != nil {
		return nil, sqlerr.New(sqlerr.UserCanceled, "Query was canceled").Wrap(v.a.ctx.Err())
	}
	if c, err := v.a.literal(e); c != nil || err != nil {
		return c, err
	}
	p := e.Pos()
	if v.pattern != nil {
		switch x := e.(type) {
		case *syntax.SubqueryExpr, *syntax.Exists:
			return v.patternSubquery(e, nil)
		case *syntax.InSubquery:
			return v.patternSubquery(e, x.Expr)
		case *syntax.Quantified:
			return v.patternSubquery(e, x.Expr)
		}
	}
	switch x := e.(type) {
	case *syntax.Identifier:
		return v.column(x)
	case *syntax.Dereference:
		return v.dereference(x)
	case *syntax.Parameter:
		return v.parameter(x)
	case *syntax.BinaryExpr:
		return v.binary(x)
	case *syntax.UnaryExpr:
		return v.unary(x)
	case *syntax.LogicalExpr:
		terms := make([]plan.Expr, len(x.Terms))
		for i, t := range x.Terms {
			var err error
			if terms[i], err = v.typed(t, types.Boolean, "Logical expression term"); err != nil {
				return nil, err
			}
		}
		if x.Op == syntax.And {
			return &plan.And{Base: base(types.Boolean, p), Terms: terms}, nil
		}
		return &plan.Or{Base: base(types.Boolean, p), Terms: terms}, nil
	case *syntax.NotExpr:
		b, err := v.typed(x.Expr, types.Boolean, "Value of logical NOT expression")
		if err != nil {
			return nil, err
		}
		return not(b, p), nil
	case *syntax.Between:
		return v.between(x)
	case *syntax.InList:
		return v.in(x)
	case *syntax.Like:
		return v.like(x)
	case *syntax.IsNull:
		b, err := v.expr(x.Expr)
		if err != nil {
			return nil, err
		}
		return negated(&plan.IsNull{Base: base(types.Boolean, p), X: b}, x.Not), nil
	case *syntax.IsDistinctFrom:
		l, r, err := v.pair(x.Left, x.Right)
		if err != nil {
			return nil, err
		}
		v.a.warnDouble(l, r)
		t, ok := types.Common(l.Type(), r.Type())
		if !ok || !t.Comparable() {
			return nil, mismatch(p, "Cannot check if %s is distinct from %s", l.Type(), r.Type())
		}
		op := plan.OpDistinct
		if x.Not {
			op = plan.OpNotDistinct
		}
		return &plan.Compare{Base: base(types.Boolean, p), Op: op, L: coerced(l, t), R: coerced(r, t)}, nil
	case *syntax.RowExpr:
		return v.row(x)
	case *syntax.ArrayExpr:
		elems, t, err := v.common(x.Items, "All ARRAY elements")
		if err != nil {
			return nil, err
		}
		if len(elems) > 254 {
			return nil, sqlerr.Newf(sqlerr.TooManyArguments, p, "Too many arguments for array constructor")
		}
		return &plan.ArrayCtor{Base: base(types.Array(t), p), Elems: elems}, nil
	case *syntax.Subscript:
		return v.subscript(x)
	case *syntax.Case:
		return v.caseExpr(x)
	case *syntax.Cast:
		return v.cast(x)
	case *syntax.AtTimeZone:
		return v.atTimeZone(x)
	case *syntax.Current:
		return v.current(x)
	case *syntax.Extract:
		return v.extract(x)
	case *syntax.Trim:
		name := [...]string{"trim", "ltrim", "rtrim"}[x.Spec]
		args := []syntax.Expr{x.Source}
		if x.Char != nil {
			args = append(args, x.Char)
		}
		return v.callNamed(name, p, args...)
	case *syntax.FunctionCall:
		return v.call(x)
	case *syntax.GroupingOperation:
		return v.grouping(x)
	case *syntax.SubqueryExpr:
		return v.scalarSubquery(x)
	case *syntax.Exists:
		return v.exists(x)
	case *syntax.InSubquery:
		return v.inSubquery(x)
	case *syntax.Quantified:
		return v.quantified(x)
	case *syntax.Lambda:
		return nil, mismatch(p, "Lambda expression should always be used inside a function")
	case *syntax.WindowOperation:
		return v.windowMeasure(x)
	case *syntax.JSONExists:
		return v.jsonExists(x)
	case *syntax.JSONValue:
		return v.jsonValue(x)
	case *syntax.JSONQuery:
		return v.jsonQuery(x)
	case *syntax.JSONObject:
		return v.jsonObject(x)
	case *syntax.JSONArray:
		return v.jsonArray(x)
	}
	return nil, unsupported(p, "This expression is not supported yet: %s", format(e))
}

func not(x plan.Expr, p sqlerr.Pos) plan.Expr {
	return &plan.Not{Base: base(types.Boolean, p), X: x}
}

func negated(x plan.Expr, neg bool) plan.Expr {
	if neg {
		return not(x, x.Pos())
	}
	return x
}

func and(terms ...plan.Expr) plan.Expr {
	var all []plan.Expr
	for _, t := range terms {
		if t == nil {
			continue
		}
		if x, ok := t.(*plan.And); ok {
			all = append(all, x.Terms...)
		} else {
			all = append(all, t)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return &plan.And{Base: base(types.Boolean, all[0].Pos()), Terms: all}
}

// typed analyzes e and coerces it to t; what names it in the error.
func (v env) typed(e syntax.Expr, t types.Type, what string) (plan.Expr, error) {
	x, err := v.expr(e)
	if err != nil {
		return nil, err
	}
	if !types.CanCoerce(x.Type(), t) {
		return nil, mismatch(e.Pos(), "%s must evaluate to a %s (actual: %s)", what, t, x.Type())
	}
	return coerced(x, t), nil
}

func (v env) list(es []syntax.Expr) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		var err error
		if out[i], err = v.expr(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (v env) pair(l, r syntax.Expr) (plan.Expr, plan.Expr, error) {
	x, err := v.expr(l)
	if err != nil {
		return nil, nil, err
	}
	y, err := v.expr(r)
	return x, y, err
}

// common analyzes es and coerces them to the one type that they share.
func (v env) common(es []syntax.Expr, what string) ([]plan.Expr, types.Type, error) {
	out, err := v.list(es)
	if err != nil {
		return nil, types.Unknown, err
	}
	t, err := commonOf(out, es, what)
	if err != nil {
		return nil, types.Unknown, err
	}
	for i := range out {
		out[i] = coerced(out[i], t)
	}
	return out, t, nil
}

func commonOf(xs []plan.Expr, es []syntax.Expr, what string) (types.Type, error) {
	super := types.Unknown
	var seen []types.Type
	var at []syntax.Expr
	for i, x := range xs {
		if !slices.Contains(seen, x.Type()) {
			seen = append(seen, x.Type())
			at = append(at, es[i])
		}
	}
	fail := func(i int) error {
		names := make([]string, len(seen))
		for i, t := range seen {
			names[i] = t.String()
		}
		return mismatch(at[i].Pos(), "%s must be the same type or coercible to a common type. Cannot find common type between %s and %s, all types (without duplicates): [%s]",
			what, super, seen[i], strings.Join(names, ", "))
	}
	for i, t := range seen {
		c, ok := types.Common(super, t)
		if !ok {
			return super, fail(i)
		}
		super = c
	}
	for i, t := range seen {
		if !types.CanCoerce(t, super) {
			return super, fail(i)
		}
	}
	return super, nil
}

// column is a bare name.
func (v env) column(x *syntax.Identifier) (plan.Expr, error) {
	name := qualified(x)
	r, err := v.sc.resolve(name, x)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, v.sc.notFound(name, x)
	}
	e, err := v.found(r, x)
	if err != nil {
		return nil, err
	}
	return v.patternColumn(e, x, ""), nil
}

func (v env) found(r *resolved, at syntax.Expr) (plan.Expr, error) {
	if !r.local && v.noOuter {
		return nil, unsupported(at.Pos(), "Reference to column '%s' from outer scope not allowed in this context", strings.Join(qualified(at), "."))
	}
	if _, ok := r.expr.(*outputRef); ok && v.inAggregate != nil {
		return nil, sqlerr.Newf(sqlerr.ColumnNotFound, at.Pos(), "Invalid reference to output projection attribute from ORDER BY aggregation")
	}
	return r.expr, nil
}

// dereference is a qualified column, or a field of a row.
func (v env) dereference(x *syntax.Dereference) (plan.Expr, error) {
	name := qualified(x)
	if name != nil && v.pattern != nil {
		return v.labelled(x)
	}
	if name != nil {
		r, err := v.sc.resolve(name, x)
		if err != nil {
			return nil, err
		}
		if r != nil {
			return v.found(r, x)
		}
		if !v.sc.isColumn(name, 1) {
			return nil, v.sc.notFound(name, x)
		}
	}
	b, err := v.expr(x.Expr)
	if err != nil {
		return nil, err
	}
	if b.Type().Kind != types.KindRow {
		return nil, mismatch(x.Expr.Pos(), "Expression %s is not of type ROW", format(x.Expr))
	}
	index := -1
	for i, f := range b.Type().Fields() {
		if f.Name == "" || !strings.EqualFold(f.Name, x.Field.Value) {
			continue
		}
		if index >= 0 {
			return nil, sqlerr.Newf(sqlerr.AmbiguousName, x.Field.Pos(), "Ambiguous row field reference: %s", x.Field.Value)
		}
		index = i
	}
	if index < 0 {
		if name == nil {
			name = []string{strings.ToLower(format(x))}
		}
		var fields []string
		for _, f := range b.Type().Fields() {
			fields = append(fields, strings.ToLower(f.Name))
		}
		err := sqlerr.As(v.sc.notFound(name, x))
		if near := sqlerr.Nearest(strings.ToLower(x.Field.Value), fields); near != "" {
			err.Hint = "did you mean " + near + "?"
		}
		return nil, err
	}
	return deref(b, index, x.Pos()), nil
}

func deref(b plan.Expr, i int, p sqlerr.Pos) plan.Expr {
	return &plan.Deref{Base: base(b.Type().Fields()[i].Type, p), X: b, Index: i}
}

func (v env) parameter(x *syntax.Parameter) (plan.Expr, error) {
	ps := v.a.opts.Parameters
	if len(ps) == 0 {
		return nil, sqlerr.Newf(sqlerr.InvalidParameterUsage, x.Pos(), "Query takes no parameters")
	}
	if x.Index >= len(ps) {
		return nil, sqlerr.Newf(sqlerr.InvalidParameterUsage, x.Pos(), "Invalid parameter index %d, max value is %d", x.Index, len(ps)-1)
	}
	e, err := env{a: v.a, sc: &scope{}, clause: "Parameter value"}.expr(ps[x.Index])
	if err != nil {
		err := *sqlerr.As(err)
		err.Pos = x.Pos() // the value has a text, and so positions, of its own
		return nil, &err
	}
	return plan.Rewrite(e, func(e plan.Expr) plan.Expr {
		if c, ok := e.(*plan.Const); ok {
			return constant(c.T, x.Pos(), c.V)
		}
		return nil
	}), nil
}

var arithNames = map[syntax.BinaryOp]struct {
	fn string
	op plan.ArithOp
}{
	syntax.Add: {"$add", plan.OpAdd}, syntax.Subtract: {"$sub", plan.OpSub}, syntax.Multiply: {"$mul", plan.OpMul},
	syntax.Divide: {"$div", plan.OpDiv}, syntax.Modulus: {"$mod", plan.OpMod},
}

func (v env) binary(x *syntax.BinaryExpr) (plan.Expr, error) {
	if x.Op == syntax.Concat {
		return v.callNamed("concat", x.Pos(), x.Left, x.Right)
	}
	l, r, err := v.pair(x.Left, x.Right)
	if err != nil {
		return nil, err
	}
	v.a.warnDouble(l, r)
	if x.Op.IsComparison() {
		return compare(x.Op, l, r, x.Pos())
	}
	return arithmetic(x.Op, l, r, x.Pos())
}

// compare is l op r after both are coerced to the type that they share. The
// operator in the message is the one that Trino resolves: > asks for <.
func compare(op syntax.BinaryOp, l, r plan.Expr, p sqlerr.Pos) (plan.Expr, error) {
	t, ok := types.Common(l.Type(), r.Type())
	name, o := "=", plan.OpEq
	switch op {
	case syntax.NotEqual:
		o = plan.OpNe
	case syntax.LessThan:
		name, o = "<", plan.OpLt
	case syntax.GreaterThan:
		name, o = "<", plan.OpGt
	case syntax.LessThanOrEqual:
		name, o = "<=", plan.OpLe
	case syntax.GreaterThanOrEqual:
		name, o = "<=", plan.OpGe
	}
	if !ok || name == "=" && !t.Comparable() || name != "=" && !t.Orderable() {
		return nil, mismatch(p, "Cannot apply operator: %s %s %s", l.Type(), name, r.Type())
	}
	return unwrapped(o, coerced(l, t), coerced(r, t), p), nil
}

// decimalCast returns what a coercion from one decimal type to another is over.
func decimalCast(e plan.Expr) (x plan.Expr, ok bool) {
	c, is := e.(*plan.Cast)
	if !is || !c.Implicit || c.T.Kind != types.KindDecimal || c.X.Type().Kind != types.KindDecimal {
		return nil, false
	}
	return c.X, true
}

// swapped is the operator with its sides exchanged.
var swapped = map[plan.CompareOp]plan.CompareOp{
	plan.OpEq: plan.OpEq, plan.OpNe: plan.OpNe, plan.OpLt: plan.OpGt, plan.OpLe: plan.OpGe, plan.OpGt: plan.OpLt, plan.OpGe: plan.OpLe,
}

// unwrapped compares l and r, of one type. Where one is a coerced decimal and the
// other a constant it compares in the decimal's own type, as Trino's
// UnwrapCastInComparison does. That is faster, and it is what lets a value of
// more digits than its type declares be compared: amount > DECIMAL '0.5' asks
// for amount >= 1 and casts nothing. Where the constant does not fit that type
// the cast stays (semantics 5.7, traps 39 and 40).
func unwrapped(op plan.CompareOp, l, r plan.Expr, p sqlerr.Pos) plan.Expr {
	plain := &plan.Compare{Base: base(types.Boolean, p), Op: op, L: l, R: r}
	x, ok := decimalCast(l)
	c, isConst := r.(*plan.Const)
	if !ok {
		if x, ok = decimalCast(r); !ok {
			return plain
		}
		c, isConst = l.(*plan.Const)
		op = swapped[op]
	}
	if !isConst {
		return plain
	}
	t := x.Type()
	own := func(op plan.CompareOp, d plan.Datum) plan.Expr {
		return &plan.Compare{Base: base(types.Boolean, p), Op: op, L: x, R: constant(t, c.P, d)}
	}
	if c.V.Null {
		return own(op, c.V)
	}
	v, cmp, ok := inType(c, t)
	if !ok {
		return plain
	}
	d := plan.Datum{D: v}
	if cmp == 0 {
		return own(op, d)
	}
	switch op {
	case plan.OpEq: // never, but for NULL
		return and(&plan.IsNull{Base: base(types.Boolean, p), X: x}, constant(types.Boolean, p, plan.Datum{Null: true}))
	case plan.OpNe:
		return &plan.Or{Base: base(types.Boolean, p), Terms: []plan.Expr{
			not(&plan.IsNull{Base: base(types.Boolean, p), X: x}, p), constant(types.Boolean, p, plan.Datum{Null: true}),
		}}
	case plan.OpLt, plan.OpLe:
		if cmp > 0 {
			return own(plan.OpLe, d)
		}
		return own(plan.OpLt, d)
	default:
		if cmp > 0 {
			return own(plan.OpGt, d)
		}
		return own(plan.OpGe, d)
	}
}

// inType gives a decimal constant's nearest value of decimal type t, and how the
// constant compares with that; ok is false where it has too many digits.
func inType(c *plan.Const, t types.Type) (v decimal.Int128, cmp int, ok bool) {
	by := int(t.S - c.T.S)
	if v, ok = decimal.Cast(c.V.D, by, int(t.P)); !ok {
		return v, 0, false
	}
	back, ok := decimal.Cast(v, -by, decimal.MaxPrecision)
	return v, c.V.D.Cmp(back), ok
}

// narrowed takes the cast off a decimal that is compared with several constants,
// where all of them fit its own type. Unless anyScale is set only a cast that cannot
// fail goes: Trino does not unwrap IN.
func narrowed(anyScale bool, xs ...plan.Expr) []plan.Expr {
	x, ok := decimalCast(xs[0])
	if !ok || !anyScale && x.Type().S != xs[0].Type().S {
		return xs
	}
	out := []plan.Expr{x}
	for _, e := range xs[1:] {
		c, ok := e.(*plan.Const)
		if !ok {
			return xs
		}
		d := c.V
		if !d.Null {
			v, cmp, ok := inType(c, x.Type())
			if !ok || cmp != 0 {
				return xs
			}
			d = plan.Datum{D: v}
		}
		out = append(out, constant(x.Type(), c.P, d))
	}
	return out
}

// isNumericCall tells an operator over numbers, which is plan.Arith, from one
// over dates, times and intervals, which is a call.
func isNumericCall(b *function.Bound) bool {
	for _, t := range b.Args {
		if !t.IsNumeric() {
			return false
		}
	}
	return true
}

// atPos gives an error of the resolver its place; one that has a place keeps it.
func atPos(err error, p sqlerr.Pos) error {
	e := *sqlerr.As(err)
	if e.Pos == 0 {
		e.Pos = p
	}
	return &e
}

func arithmetic(op syntax.BinaryOp, l, r plan.Expr, p sqlerr.Pos) (plan.Expr, error) {
	name := arithNames[op]
	fn, err := function.ResolveOperator(name.fn, l.Type(), r.Type())
	if err != nil {
		if sqlerr.CodeOf(err) == sqlerr.FunctionNotFound {
			return nil, mismatch(p, "Cannot apply operator: %s %s %s", l.Type(), op, r.Type())
		}
		return nil, atPos(err, p)
	}
	l, r = coerced(l, fn.Args[0]), coerced(r, fn.Args[1])
	if isNumericCall(fn) {
		return &plan.Arith{Base: base(fn.Result, p), Op: name.op, L: l, R: r}, nil
	}
	return &plan.Call{Base: base(fn.Result, p), Func: fn, Args: []plan.Expr{l, r}}, nil
}

func (v env) unary(x *syntax.UnaryExpr) (plan.Expr, error) {
	e, err := v.expr(x.Expr)
	if err != nil {
		return nil, err
	}
	t := e.Type()
	if !x.Negative {
		if !t.IsNumeric() || t.Kind == types.KindDecimal {
			return nil, mismatch(x.Pos(), "Unary '+' operator cannot by applied to %s type", t)
		}
		return e, nil
	}
	fn, err := function.ResolveOperator("$neg", t)
	if err != nil {
		if sqlerr.CodeOf(err) == sqlerr.FunctionNotFound {
			return nil, mismatch(x.Pos(), "Cannot negate %s", t)
		}
		return nil, atPos(err, x.Pos())
	}
	e = coerced(e, fn.Args[0])
	if isNumericCall(fn) {
		return &plan.Arith{Base: base(fn.Result, x.Pos()), Op: plan.OpNeg, L: e}, nil
	}
	return &plan.Call{Base: base(fn.Result, x.Pos()), Func: fn, Args: []plan.Expr{e}}, nil
}

func (v env) between(x *syntax.Between) (plan.Expr, error) {
	xs, err := v.list([]syntax.Expr{x.Expr, x.Min, x.Max})
	if err != nil {
		return nil, err
	}
	v.a.warnDouble(xs[0], xs[1])
	v.a.warnDouble(xs[0], xs[2])
	t, ok := types.Common(xs[0].Type(), xs[1].Type())
	if ok {
		t, ok = types.Common(t, xs[2].Type())
	}
	if !ok || !t.Orderable() {
		return nil, mismatch(x.Pos(), "Cannot check if %s is BETWEEN %s and %s", xs[0].Type(), xs[1].Type(), xs[2].Type())
	}
	xs = narrowed(true, coerced(xs[0], t), coerced(xs[1], t), coerced(xs[2], t))
	if _, ok := decimalCast(xs[0]); ok {
		return negated(and(unwrapped(plan.OpGe, xs[0], xs[1], x.Pos()), unwrapped(plan.OpLe, xs[0], xs[2], x.Pos())), x.Not), nil
	}
	b := &plan.Between{Base: base(types.Boolean, x.Pos()), X: xs[0], Lo: xs[1], Hi: xs[2]}
	return negated(b, x.Not), nil
}

func (v env) in(x *syntax.InList) (plan.Expr, error) {
	es := append([]syntax.Expr{x.Expr}, x.List...)
	xs, err := v.list(es)
	if err != nil {
		return nil, err
	}
	for _, y := range xs[1:] {
		v.a.warnDouble(xs[0], y)
	}
	t, err := commonOf(xs, es, "IN value and list items")
	if err != nil {
		return nil, err
	}
	if !t.Comparable() {
		return nil, mismatch(x.Pos(), "Cannot apply operator: %s = %s", t, t)
	}
	for i := range xs {
		xs[i] = coerced(xs[i], t)
	}
	xs = narrowed(false, xs...)
	return negated(&plan.In{Base: base(types.Boolean, x.Pos()), X: xs[0], List: xs[1:]}, x.Not), nil
}

func (v env) like(x *syntax.Like) (plan.Expr, error) {
	e, err := v.expr(x.Expr)
	if err != nil {
		return nil, err
	}
	if !e.Type().IsString() {
		if !types.CanCoerce(e.Type(), types.Varchar) {
			return nil, mismatch(x.Expr.Pos(), "Left side of LIKE expression must evaluate to a varchar (actual: %s)", e.Type())
		}
		e = coerced(e, types.Varchar)
	}
	args := []plan.Expr{e}
	for _, o := range []struct {
		e    syntax.Expr
		what string
	}{{x.Pattern, "Pattern for LIKE expression"}, {x.Escape, "Escape for LIKE expression"}} {
		if o.e == nil {
			continue
		}
		y, err := v.typed(o.e, types.Varchar, o.what)
		if err != nil {
			return nil, err
		}
		args = append(args, y)
	}
	fn, args, err := resolvePlain("$like", x.Pos(), args...)
	if err != nil {
		return nil, err
	}
	return negated(&plan.Call{Base: base(types.Boolean, x.Pos()), Func: fn, Args: args}, x.Not), nil
}

func (v env) row(x *syntax.RowExpr) (plan.Expr, error) {
	xs, err := v.list(x.Items)
	if err != nil {
		return nil, err
	}
	return rowOf(xs, x.Pos()), nil
}

func rowOf(xs []plan.Expr, p sqlerr.Pos) plan.Expr {
	fields := make([]types.Field, len(xs))
	for i, e := range xs {
		fields[i].Type = e.Type()
	}
	return &plan.RowCtor{Base: base(types.Row(fields...), p), Fields: xs}
}

func (v env) subscript(x *syntax.Subscript) (plan.Expr, error) {
	b, err := v.expr(x.Expr)
	if err != nil {
		return nil, err
	}
	if b.Type().Kind == types.KindRow {
		lit, ok := x.Index.(*syntax.LongLiteral)
		if !ok {
			return nil, sqlerr.Newf(sqlerr.ExpressionNotConstant, x.Index.Pos(), "Subscript expression on ROW requires a constant index")
		}
		n := len(b.Type().Fields())
		switch {
		case lit.Value != int64(int32(lit.Value)):
			return nil, mismatch(lit.Pos(), "Subscript expression on ROW requires integer index, found bigint")
		case lit.Value <= 0:
			return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, lit.Pos(), "Invalid subscript index: %d. ROW indices start at 1", lit.Value)
		case lit.Value > int64(n):
			return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, lit.Pos(), "Subscript index out of bounds: %d, max value is %d", lit.Value, n)
		}
		return deref(b, int(lit.Value)-1, x.Pos()), nil
	}
	i, err := v.expr(x.Index)
	if err != nil {
		return nil, err
	}
	fn, args, err := resolvePlain("$subscript", x.Pos(), b, i)
	if err != nil {
		if sqlerr.CodeOf(err) == sqlerr.FunctionNotFound {
			return nil, mismatch(x.Pos(), "Cannot use %s for subscript of %s", i.Type(), b.Type())
		}
		return nil, err
	}
	return &plan.Call{Base: base(fn.Result, x.Pos()), Func: fn, Args: args}, nil
}

func (v env) caseExpr(x *syntax.Case) (plan.Expr, error) {
	c := &plan.Case{Whens: make([]plan.When, len(x.Whens))}
	if x.Operand == nil {
		for i, w := range x.Whens {
			b, err := v.typed(w.Condition, types.Boolean, "CASE WHEN clause")
			if err != nil {
				return nil, err
			}
			c.Whens[i].Cond = b
		}
	} else {
		operand, err := v.expr(x.Operand)
		if err != nil {
			return nil, err
		}
		t := operand.Type()
		conds := make([]plan.Expr, len(x.Whens))
		for i, w := range x.Whens {
			if conds[i], err = v.expr(w.Condition); err != nil {
				return nil, err
			}
			v.a.warnDouble(operand, conds[i])
			var ok bool
			if t, ok = types.Common(t, conds[i].Type()); !ok {
				return nil, mismatch(w.Condition.Pos(), "CASE operand type does not match WHEN clause operand type: %s vs %s", operand.Type(), conds[i].Type())
			}
		}
		if !t.Comparable() {
			return nil, mismatch(x.Pos(), "Cannot apply operator: %s = %s", t, t)
		}
		c.X = coerced(operand, t)
		for i := range conds {
			c.Whens[i].Cond = coerced(conds[i], t)
		}
	}
	var results []syntax.Expr
	for _, w := range x.Whens {
		results = append(results, w.Result)
	}
	if x.Else != nil {
		results = append(results, x.Else)
	}
	rs, t, err := v.common(results, "All CASE results")
	if err != nil {
		return nil, err
	}
	for i := range c.Whens {
		c.Whens[i].Then = rs[i]
	}
	if x.Else != nil {
		c.Else = rs[len(rs)-1]
	}
	c.Base = base(t, x.Pos())
	return c, nil
}

func (v env) cast(x *syntax.Cast) (plan.Expr, error) {
	t, err := dataType(x.Type)
	if err != nil {
		var unknown *types.UnknownTypeError
		if errors.As(err, &unknown) {
			e := sqlerr.Newf(sqlerr.TypeMismatch, x.Pos(), "Unknown type: %s", typeText(x.Type))
			e.Hint = syntax.SuggestType(unknown.Name, syntax.Trino)
			return nil, e
		}
		var digits *types.PrecisionError
		if errors.As(err, &digits) { // to Trino more than twelve make another name, not a bad parameter
			return nil, mismatch(x.Pos(), "Unknown type: %s", typeText(x.Type))
		}
		return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, x.Pos(), "%s", err.Error())
	}
	if t.Kind == types.KindUnknown {
		return nil, mismatch(x.Pos(), "UNKNOWN is not a valid type")
	}
	e, err := v.expr(x.Expr)
	if err != nil {
		return nil, err
	}
	if !types.CanCast(e.Type(), t) {
		return nil, mismatch(x.Pos(), "Cannot cast %s to %s", e.Type(), t)
	}
	if e.Type() == t && !x.Try {
		return e, nil
	}
	return &plan.Cast{Base: base(t, x.Pos()), X: e, Safe: x.Try}, nil
}

func (v env) atTimeZone(x *syntax.AtTimeZone) (plan.Expr, error) {
	e, err := v.expr(x.Expr)
	if err != nil {
		return nil, err
	}
	zone, err := v.expr(x.Zone)
	if err != nil {
		return nil, err
	}
	t := e.Type()
	name := "at_timezone"
	switch t.Kind {
	case types.KindTimestamp:
		t = types.TimestampTZ(int(t.P))
	case types.KindTime:
		t, name = types.TimeTZ(int(t.P)), "$at_timezone"
	case types.KindTimeTZ:
		name = "$at_timezone"
	case types.KindTimestampTZ:
	default:
		return nil, mismatch(x.Expr.Pos(), "Type of value must be a time or timestamp with or without time zone (actual %s)", t)
	}
	fn, args, err := resolvePlain(name, x.Pos(), coerced(e, t), zone)
	if err != nil {
		return nil, err
	}
	return &plan.Call{Base: base(fn.Result, x.Pos()), Func: fn, Args: args}, nil
}

// current is CURRENT_TIMESTAMP and its like. A precision other than 3 goes to the
// function as the type of a NULL, as in Trino.
func (v env) current(x *syntax.Current) (plan.Expr, error) {
	p := x.Pos()
	names := map[syntax.CurrentKind]string{
		syntax.CurrentTime: "$current_time", syntax.CurrentTimestamp: "$current_timestamp",
		syntax.LocalTime: "$localtime", syntax.LocalTimestamp: "$localtimestamp",
	}
	kinds := map[syntax.CurrentKind]types.Kind{
		syntax.CurrentTime: types.KindTimeTZ, syntax.CurrentTimestamp: types.KindTimestampTZ,
		syntax.LocalTime: types.KindTime, syntax.LocalTimestamp: types.KindTimestamp,
	}
	catalog, database := v.a.catalog, v.a.database
	switch x.Kind {
	case syntax.CurrentDate:
		return v.callNamed("current_date", p)
	case syntax.CurrentUser:
		return constant(types.Varchar, p, plan.Datum{S: v.a.opts.User}), nil
	case syntax.CurrentCatalog:
		return constant(types.Varchar, p, plan.Datum{S: catalog}), nil
	case syntax.CurrentSchema:
		return constant(types.Varchar, p, plan.Datum{S: database}), nil
	case syntax.CurrentPath:
		return constant(types.Varchar, p, plan.Datum{}), nil
	}
	var args []plan.Expr
	if x.Precision >= 0 {
		if x.Precision > types.MaxTemporalPrecision {
			return nil, sqlerr.Newf(sqlerr.NumericValueOutOfRange, p, "%s precision must be in range [0, %d]: %d", temporalNames[kinds[x.Kind]], types.MaxTemporalPrecision, x.Precision)
		}
		args = append(args, constant(types.Type{Kind: kinds[x.Kind], P: int32(x.Precision)}, p, plan.Datum{Null: true}))
	}
	fn, args, err := resolvePlain(names[x.Kind], p, args...)
	if err != nil {
		return nil, err
	}
	return &plan.Call{Base: base(fn.Result, p), Func: fn, Args: args}, nil
}

var temporalNames = map[types.Kind]string{
	types.KindTime: "TIME", types.KindTimeTZ: "TIME WITH TIME ZONE", types.KindTimestamp: "TIMESTAMP", types.KindTimestampTZ: "TIMESTAMP WITH TIME ZONE",
}

// extractFields maps EXTRACT's fields to functions and to the types that have
// them.
var extractFields = func() map[string]struct {
	fn    string
	kinds []types.Kind
} {
	const (
		date, ts, tsz = types.KindDate, types.KindTimestamp, types.KindTimestampTZ
		tm, tmz       = types.KindTime, types.KindTimeTZ
		ym, ds        = types.KindIntervalYearMonth, types.KindIntervalDaySecond
	)
	m := map[string]struct {
		fn    string
		kinds []types.Kind
	}{}
	set := func(fn string, kinds []types.Kind, fields ...string) {
		for _, f := range fields {
			m[f] = struct {
				fn    string
				kinds []types.Kind
			}{fn, kinds}
		}
	}
	set("year", []types.Kind{date, ts, tsz, ym}, "YEAR")
	set("month", []types.Kind{date, ts, tsz, ym}, "MONTH")
	set("day", []types.Kind{date, ts, tsz, ds}, "DAY")
	day := []types.Kind{date, ts, tsz}
	set("quarter", day, "QUARTER")
	set("week", day, "WEEK")
	set("day", day, "DAY_OF_MONTH")
	set("day_of_week", day, "DAY_OF_WEEK", "DOW")
	set("day_of_year", day, "DAY_OF_YEAR", "DOY")
	set("year_of_week", day, "YEAR_OF_WEEK", "YOW")
	clock := []types.Kind{ts, tsz, tm, tmz, ds}
	set("hour", clock, "HOUR")
	set("minute", clock, "MINUTE")
	set("second", clock, "SECOND")
	zone := []types.Kind{tsz, tmz}
	set("timezone_minute", zone, "TIMEZONE_MINUTE")
	set("timezone_hour", zone, "TIMEZONE_HOUR")
	return m
}()

func (v env) extract(x *syntax.Extract) (plan.Expr, error) {
	e, err := v.expr(x.Expr)
	if err != nil {
		return nil, err
	}
	f, ok := extractFields[x.Field]
	if !ok {
		return nil, sqlerr.Newf(sqlerr.SyntaxError, x.Pos(), "Invalid EXTRACT field: %s", x.Field)
	}
	if !slices.Contains(f.kinds, e.Type().Kind) {
		return nil, mismatch(x.Expr.Pos(), "Cannot extract %s from %s", x.Field, e.Type())
	}
	fn, args, err := resolvePlain(f.fn, x.Pos(), e)
	if err != nil {
		return nil, err
	}
	return &plan.Call{Base: base(fn.Result, x.Pos()), Func: fn, Args: args}, nil
}

// dataType makes the type of a type as written in CAST.
func dataType(d syntax.DataType) (types.Type, error) {
	return types.Parse(typeText(d))
}

// typeText writes a type as types.Parse reads it.
func typeText(d syntax.DataType) string {
	switch x := d.(type) {
	case *syntax.GenericType:
		if len(x.Params) == 0 {
			return x.Name.Value
		}
		ps := make([]string, len(x.Params))
		for i, p := range x.Params {
			if p.Type != nil {
				ps[i] = typeText(p.Type)
			} else {
				ps[i] = p.Number
			}
		}
		return x.Name.Value + "(" + strings.Join(ps, ", ") + ")"
	case *syntax.RowType:
		fs := make([]string, len(x.Fields))
		for i, f := range x.Fields {
			fs[i] = typeText(f.Type)
			if f.Name != nil {
				// The name of a row's field keeps its case only in quotes, as in Trino.
				n := f.Name.Value
				if !f.Name.Quoted {
					n = strings.ToLower(n)
				}
				fs[i] = `"` + strings.ReplaceAll(n, `"`, `""`) + `" ` + fs[i]
			}
		}
		return "row(" + strings.Join(fs, ", ") + ")"
	case *syntax.DateTimeType:
		s := "time"
		if x.Timestamp {
			s = "timestamp"
		}
		if x.Precision != nil {
			s += "(" + x.Precision.Number + ")"
		}
		if x.WithTimeZone {
			s += " with time zone"
		}
		return s
	case *syntax.IntervalType:
		names := [...]string{syntax.Year: "year", syntax.Month: "month", syntax.Day: "day", syntax.Hour: "hour", syntax.Minute: "minute", syntax.Second: "second"}
		if x.To == syntax.NoField {
			return "interval " + names[x.From]
		}
		return "interval " + names[x.From] + " to " + names[x.To]
	}
	return fmt.Sprintf("%T", d)
}

// warnDouble notes that a literal that Athena reads as a double meets a decimal:
// the decimal turns into a double, which is rarely meant.
func (a *analyzer) warnDouble(l, r plan.Expr) {
	for _, p := range [][2]plan.Expr{{l, r}, {r, l}} {
		c, ok := p[0].(*plan.Const)
		if !ok || p[1].Type().Kind != types.KindDecimal {
			continue
		}
		lit, ok := a.bareDoubles[c]
		if !ok {
			continue
		}
		what := "a " + p[1].Type().String()
		if col, ok := p[1].(*plan.Col); ok && col.Name != "" {
			what = "column " + col.Name + " of type " + col.T.String()
		}
		msg := fmt.Sprintf("%s is a double, as on Athena, and meets %s, which becomes a double, too; DECIMAL '%s' is exact", lit, what, lit)
		if !slices.Contains(a.warnings, msg) {
			a.warnings = append(a.warnings, msg)
		}
	}
}
