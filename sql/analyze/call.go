package analyze

// Calls: special forms, scalar functions, aggregates, window functions, lambdas.

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// maxArguments is Trino's limit on the arguments of one call.
const maxArguments = 127

// resolvePlain resolves a call of a scalar function over values and coerces them.
func resolvePlain(name string, p sqlerr.Pos, args ...plan.Expr) (*function.Bound, []plan.Expr, error) {
	ts := make([]types.Type, len(args))
	for i, a := range args {
		ts[i] = a.Type()
	}
	fn, err := function.Resolve(name, function.Values(ts...))
	if err != nil {
		return nil, nil, atPos(err, p)
	}
	out := make([]plan.Expr, len(args))
	for i, a := range args {
		out[i] = coerced(a, fn.Args[i])
	}
	return fn, out, nil
}

// callNamed is a call that the grammar writes otherwise: a || b, TRIM.
func (v env) callNamed(name string, p sqlerr.Pos, args ...syntax.Expr) (plan.Expr, error) {
	id := &syntax.Identifier{Base: syntax.Base{At: p}, Value: name}
	return v.call(&syntax.FunctionCall{
		Base: syntax.Base{At: p},
		Name: &syntax.QualifiedName{Base: syntax.Base{At: p}, Parts: []*syntax.Identifier{id}},
		Args: args,
	})
}

// kindOf tells whether a name is an aggregate's or a window function's.
func kindOf(name string) function.Kind {
	for _, f := range function.Named(name) {
		if f.Kind != function.Scalar {
			return f.Kind
		}
	}
	return function.Scalar
}

// valueFunctions are the window functions that take IGNORE NULLS.
var valueFunctions = []string{"first_value", "last_value", "nth_value", "lead", "lag"}

func (v env) call(x *syntax.FunctionCall) (plan.Expr, error) {
	p := x.Pos()
	parts := x.Name.Parts
	name := strings.ToLower(parts[len(parts)-1].Value)
	if len(parts) > 1 {
		q := make([]string, len(parts))
		for i, part := range parts {
			q[i] = strings.ToLower(part.Value)
		}
		return nil, sqlerr.Newf(sqlerr.FunctionNotFound, p, "Function '%s' not registered", strings.Join(q, "."))
	}
	if e, ok, err := v.patternCall(name, x); ok || err != nil {
		return e, err
	}
	if x.Over == nil && x.Filter == nil && x.OrderBy == nil && !x.Distinct && !x.Star {
		if e, ok, err := v.special(name, x); ok || err != nil {
			return e, err
		}
	}
	kind := kindOf(name)
	over := x.Over != nil
	switch {
	case over && kind == function.Scalar && len(function.Named(name)) > 0:
		return nil, sqlerr.Newf(sqlerr.FunctionNotWindow, cmp.Or(v.selectPos, p), "Not a window function: %s", name)
	case !over && kind == function.Window:
		return nil, sqlerr.Newf(sqlerr.MissingOver, p, "Window function %s requires an OVER clause", name)
	case !over && kind == function.Scalar && len(function.Named(name)) > 0:
		if x.Distinct {
			return nil, sqlerr.Newf(sqlerr.FunctionNotAggregate, p, "DISTINCT is not supported for non-aggregation functions")
		}
		if x.Filter != nil {
			return nil, sqlerr.Newf(sqlerr.FunctionNotAggregate, p, "Filter is only valid for aggregation functions")
		}
		if x.OrderBy != nil {
			return nil, sqlerr.Newf(sqlerr.FunctionNotAggregate, p, "ORDER BY is only valid for aggregation functions")
		}
	}
	if !over && x.NullTreatment != syntax.NullTreatmentNone {
		return nil, sqlerr.Newf(sqlerr.NullTreatmentNotAllowed, p, "Cannot specify null treatment clause for %s function", name)
	}
	if (over || kind == function.Aggregate) && v.clause != "" {
		return nil, v.notScalar(p, format(x))
	}
	inner := v
	switch {
	case over:
		if v.inWindowSpec {
			return nil, sqlerr.Newf(sqlerr.NestedWindow, p, "Cannot nest window functions or row pattern measures inside window specification")
		}
		if v.inWindow {
			return nil, sqlerr.Newf(sqlerr.NestedWindow, p, "Cannot nest window functions or row pattern measures inside window function arguments")
		}
		if v.inAggregate != nil {
			return nil, sqlerr.Newf(sqlerr.NestedWindow, v.inAggregate.Pos(), "Cannot nest window functions or row pattern measures inside aggregation '%s': [%s]",
				lowerName(v.inAggregate), format(x))
		}
		inner.inWindow = true
	case kind == function.Aggregate:
		if v.inAggregate != nil {
			return nil, sqlerr.Newf(sqlerr.NestedAggregation, v.inAggregate.Pos(), "Cannot nest aggregations inside aggregation '%s': [%s]",
				lowerName(v.inAggregate), format(x))
		}
		inner.inAggregate = x
	}

	var filter plan.Expr
	if x.Filter != nil {
		if over {
			return nil, unsupported(cmp.Or(v.selectPos, p), "FILTER is not yet supported for window functions")
		}
		var err error
		if filter, err = inner.typed(x.Filter, types.Boolean, "Filter expression"); err != nil {
			return nil, err
		}
	}
	fn, args, err := inner.resolveCall(name, x)
	if err != nil {
		return nil, err
	}
	if len(x.Args) > maxArguments {
		return nil, sqlerr.Newf(sqlerr.TooManyArguments, p, "Too many arguments for function call %s()", name)
	}
	if x.Distinct {
		for _, t := range fn.Args {
			if !t.Comparable() {
				return nil, mismatch(p, "DISTINCT can only be applied to comparable types (actual: %s)", t)
			}
		}
	}
	switch {
	case over:
		return v.window(x, name, fn, args)
	case fn.Kind == function.Aggregate:
		order, err := inner.aggregateOrder(x, args)
		if err != nil {
			return nil, err
		}
		return &aggregate{Base: base(fn.Result, p), fn: fn, args: args, distinct: x.Distinct, filter: filter, order: order}, nil
	}
	return &plan.Call{Base: base(fn.Result, p), Func: fn, Args: args}, nil
}

func lowerName(x *syntax.FunctionCall) string {
	return strings.ToLower(x.Name.Parts[len(x.Name.Parts)-1].Value)
}

// special are the forms that look like calls.
func (v env) special(name string, x *syntax.FunctionCall) (plan.Expr, bool, error) {
	p := x.Pos()
	switch {
	case name == "coalesce" && len(x.Args) > 1:
		args, t, err := v.common(x.Args, "All COALESCE operands")
		if err != nil {
			return nil, true, err
		}
		return &plan.Coalesce{Base: base(t, p), Args: args}, true, nil
	case name == "if" && (len(x.Args) == 2 || len(x.Args) == 3):
		cond, err := v.typed(x.Args[0], types.Boolean, "IF condition")
		if err != nil {
			return nil, true, err
		}
		then, err := v.expr(x.Args[1])
		if err != nil {
			return nil, true, err
		}
		c := &plan.Case{Base: base(then.Type(), p), Whens: []plan.When{{Cond: cond, Then: then}}}
		if len(x.Args) == 3 {
			if c.Else, err = v.expr(x.Args[2]); err != nil {
				return nil, true, err
			}
			t, ok := types.Common(then.Type(), c.Else.Type())
			if !ok || !types.CanCoerce(then.Type(), t) || !types.CanCoerce(c.Else.Type(), t) {
				return nil, true, mismatch(p, "Result types for IF must be the same: %s vs %s", then.Type(), c.Else.Type())
			}
			c.T, c.Whens[0].Then, c.Else = t, coerced(then, t), coerced(c.Else, t)
		}
		return c, true, nil
	case name == "nullif" && len(x.Args) == 2:
		a, b, err := v.pair(x.Args[0], x.Args[1])
		if err != nil {
			return nil, true, err
		}
		v.a.warnDouble(a, b)
		t, ok := types.Common(a.Type(), b.Type())
		if !ok || !t.Comparable() {
			return nil, true, mismatch(p, "Types are not comparable with NULLIF: %s vs %s", a.Type(), b.Type())
		}
		return &plan.NullIf{Base: base(a.Type(), p), A: a, B: b, CmpType: t}, true, nil
	case name == "try" && len(x.Args) == 1:
		e, err := v.expr(x.Args[0])
		if err != nil {
			return nil, true, err
		}
		return &plan.Try{Base: base(e.Type(), p), X: e}, true, nil
	case name == "format" && len(x.Args) > 1:
		return v.formatCall(x)
	}
	return nil, false, nil
}

// formatCall is format(pattern, values...): Trino's function takes the values as
// one row, of any types.
func (v env) formatCall(x *syntax.FunctionCall) (plan.Expr, bool, error) {
	args, err := v.list(x.Args)
	if err != nil {
		return nil, true, err
	}
	if args[0].Type().Kind != types.KindVarchar {
		return nil, true, mismatch(x.Args[0].Pos(), "Type of first argument to format() must be VARCHAR (actual: %s)", args[0].Type())
	}
	if len(function.Named("format")) == 0 {
		return nil, true, unsupported(x.Pos(), "Function format is not supported yet")
	}
	fn, args, err := resolvePlain("format", x.Pos(), args[0], rowOf(args[1:], x.Pos()))
	if err != nil {
		return nil, true, err
	}
	return &plan.Call{Base: base(fn.Result, x.Pos()), Func: fn, Args: args}, true, nil
}

// resolveCall analyzes the arguments and picks the overload. Lambdas wait until
// the other arguments have said what their parameters are.
func (v env) resolveCall(name string, x *syntax.FunctionCall) (*function.Bound, []plan.Expr, error) {
	p := x.Pos()
	args := make([]plan.Expr, len(x.Args))
	actual := make([]function.Arg, len(x.Args))
	// Overloads ask for a lambda's result again and again. Its body is analyzed once
	// for the same parameters: else lambdas in lambdas would take time that grows
	// exponentially with their depth.
	type reading struct {
		params []types.Type
		l      *plan.Lambda
		err    error
	}
	readings := make([][]reading, len(x.Args))
	lambda := func(i int, params []types.Type) (*plan.Lambda, error) {
		for _, r := range readings[i] {
			if slices.Equal(r.params, params) {
				return r.l, r.err
			}
		}
		l, err := v.lambda(x.Args[i].(*syntax.Lambda), params)
		readings[i] = append(readings[i], reading{slices.Clone(params), l, err})
		return l, err
	}
	for i, e := range x.Args {
		if _, ok := e.(*syntax.Lambda); ok {
			actual[i].Lambda = func(params []types.Type) (types.Type, error) {
				f, err := lambda(i, params)
				if err != nil {
					return types.Unknown, err
				}
				return f.Body.Type(), nil
			}
			continue
		}
		var err error
		if args[i], err = v.expr(e); err != nil {
			return nil, nil, err
		}
		actual[i].Type = args[i].Type()
	}
	if name == "listagg" {
		if len(args) > 0 && args[0] != nil && args[0].Type().Kind != types.KindVarchar {
			return nil, nil, mismatch(p, "Expected expression of varchar, but '%s' has %s type", format(x.Args[0]), args[0].Type())
		}
		args, actual = v.listaggArgs(x, args, actual)
	}
	if strings.HasSuffix(name, "trim") && len(args) == 2 && args[1] != nil && args[1].Type().Kind == types.KindChar {
		// Trino has a type of its own for the characters to trim, which a char
		// converts to, blanks included; here that is a varchar.
		args[1] = &plan.Cast{Base: base(types.VarcharN(int(args[1].Type().P)), args[1].Pos()), X: args[1]}
		actual[1].Type = args[1].Type()
	}
	fn, err := function.Resolve(name, actual)
	if err != nil {
		return nil, nil, atPos(err, p)
	}
	if t := fn.Result; t.Kind == types.KindChar && t.P > types.MaxCharLength {
		return nil, nil, sqlerr.Newf(sqlerr.TypeNotFound, p, "Unknown type: %s", t)
	}
	for i := range args {
		if args[i] != nil {
			args[i] = coerced(args[i], fn.Args[i])
			continue
		}
		fields := fn.Args[i].Fields()
		params := make([]types.Type, len(fields)-1)
		for k := range params {
			params[k] = fields[k].Type
		}
		l, err := lambda(i, params)
		if err != nil {
			return nil, nil, err
		}
		args[i] = l
	}
	return fn, args, nil
}

// listaggArgs adds what Trino's LISTAGG takes beyond the value and the
// separator: whether an overflow is an error, the filler, and whether to count.
func (v env) listaggArgs(x *syntax.FunctionCall, args []plan.Expr, actual []function.Arg) ([]plan.Expr, []function.Arg) {
	p := x.Pos()
	if len(args) == 1 {
		args = append(args, text("", p))
	}
	if len(args) != 2 || !slices.ContainsFunc(function.Named("listagg"), func(f *function.Function) bool { return strings.Count(f.Sig, ",") > 3 }) {
		return args, actual
	}
	fail, filler, count := true, "...", false
	if o := x.Overflow; o != nil && o.Truncate {
		fail, count = false, o.WithCount
		if o.Filler != nil {
			filler = o.Filler.Value
		}
	}
	args = append(args, boolean(fail, p), text(filler, p), boolean(count, p))
	actual = nil
	for _, a := range args {
		actual = append(actual, function.Arg{Type: a.Type()})
	}
	return args, actual
}

// lambda analyzes x -> body for parameters of the given types.
func (v env) lambda(x *syntax.Lambda, params []types.Type) (*plan.Lambda, error) {
	if len(params) != len(x.Params) {
		return nil, sqlerr.Newf(sqlerr.InvalidParameterUsage, x.Pos(), "Expected a lambda that takes %d argument(s) but got %d", len(params), len(x.Params))
	}
	inner := v
	inner.clause, inner.inLambda = "Lambda expression", true
	inner.sc = &scope{parent: v.sc, lambda: true}
	l := &plan.Lambda{Params: make([]plan.Param, len(params))}
	for i, t := range params {
		v.a.lastVar++
		name := x.Params[i].Value
		l.Params[i] = plan.Param{ID: v.a.lastVar, Name: name, Type: t}
		inner.sc.fields = append(inner.sc.fields, field{name: name, typ: t, expr: &plan.Var{Base: base(t, x.Params[i].Pos()), ID: v.a.lastVar, Name: name}})
	}
	body, err := inner.scalar(x.Body)
	if err != nil {
		return nil, err
	}
	l.Body = body
	l.Base = base(types.Function(append(slices.Clone(params), body.Type())...), x.Pos())
	return l, nil
}

// aggregateOrder is the ORDER BY inside an aggregate, or WITHIN GROUP.
func (v env) aggregateOrder(x *syntax.FunctionCall, args []plan.Expr) ([]sortExpr, error) {
	ob := x.OrderBy
	if ob == nil {
		ob = x.WithinGroup
	}
	if ob == nil {
		return nil, nil
	}
	keys, err := v.sortKeys(ob, func(t types.Type, _ *syntax.SortItem) error {
		return mismatch(x.Pos(), "ORDER BY can only be applied to orderable types (actual: %s)", t)
	})
	if err != nil {
		return nil, err
	}
	if x.Distinct {
		for i, k := range keys {
			at := slices.IndexFunc(args, func(a plan.Expr) bool { return plan.Equal(stripped(a), stripped(k.expr)) })
			if at < 0 {
				return nil, sqlerr.Newf(sqlerr.ExpressionNotInDistinct, k.node.Pos(), "For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments")
			}
			// Of values that a coercion makes equal one is left, and the order of those
			// left is the same before and after it. So the key is a function of the
			// arguments in any case, and the engine may look for distinct rows of both.
			if rounded(args[at].Type()) {
				keys[i].expr = args[at]
			}
		}
	}
	return keys, nil
}

// rounded reports whether a coercion to t may make different values equal.
func rounded(t types.Type) bool {
	switch t.Kind {
	case types.KindReal, types.KindDouble:
		return true
	case types.KindArray, types.KindMap, types.KindRow:
		return slices.ContainsFunc(t.Fields(), func(f types.Field) bool { return rounded(f.Type) })
	}
	return false
}

// stripped takes implicit casts off.
func stripped(e plan.Expr) plan.Expr {
	for {
		c, ok := e.(*plan.Cast)
		if !ok || !c.Implicit {
			return e
		}
		e = c.X
	}
}

// sortKeys analyzes the keys of an ORDER BY; bad makes the error for a type that
// has no order.
func (v env) sortKeys(ob *syntax.OrderBy, bad func(types.Type, *syntax.SortItem) error) ([]sortExpr, error) {
	var keys []sortExpr
	for _, item := range ob.Items {
		e, err := v.expr(item.Expr)
		if err != nil {
			return nil, err
		}
		if !e.Type().Orderable() {
			return nil, bad(e.Type(), item)
		}
		keys = append(keys, sortKey(item, e))
	}
	return keys, nil
}

func sortKey(item *syntax.SortItem, e plan.Expr) sortExpr {
	return sortExpr{expr: e, node: item.Expr, desc: item.Ordering == syntax.Descending, nullsFirst: item.Nulls == syntax.NullsFirst}
}

// window makes a window call of an analyzed function.
func (v env) window(x *syntax.FunctionCall, name string, fn *function.Bound, args []plan.Expr) (plan.Expr, error) {
	p := x.Pos()
	if x.OrderBy != nil && kindOf(name) == function.Window {
		return nil, sqlerr.Newf(sqlerr.FunctionNotAggregate, p, "ORDER BY is only valid for aggregation functions")
	}
	if x.OrderBy != nil || x.WithinGroup != nil {
		return nil, unsupported(p, "Window function with ORDER BY is not supported")
	}
	if x.Distinct {
		return nil, unsupported(cmp.Or(v.selectPos, p), "DISTINCT in window function parameters not yet supported: %s", format(x))
	}
	if x.NullTreatment != syntax.NullTreatmentNone && !slices.Contains(valueFunctions, name) {
		return nil, sqlerr.Newf(sqlerr.NullTreatmentNotAllowed, p, "Cannot specify null treatment clause for %s function", name)
	}
	r, err := v.resolveWindow(x.Over)
	if err != nil {
		return nil, err
	}
	if name == "lag" || name == "lead" {
		if r.order == nil {
			return nil, sqlerr.Newf(sqlerr.MissingOrderBy, x.Over.Pos(), "%s function requires an ORDER BY window clause", name)
		}
		if r.frame != nil {
			return nil, sqlerr.Newf(sqlerr.InvalidWindowFrame, r.frame.Pos(), "Cannot specify window frame for %s function", name)
		}
	}
	inner := v
	inner.inWindow, inner.inWindowSpec = true, true
	spec, err := inner.windowSpec(r, x.Over)
	if err != nil {
		return nil, err
	}
	return &windowCall{Base: base(fn.Result, p), node: x, fn: fn, args: args, spec: spec, ignoreNulls: x.NullTreatment == syntax.IgnoreNulls}, nil
}

// windowParts is a window with what it takes from named ones.
type windowParts struct {
	partition []syntax.Expr
	order     *syntax.OrderBy
	frame     *syntax.WindowFrame
}

// resolveWindow follows the names of windows.
func (v env) resolveWindow(w syntax.Window) (*windowParts, error) {
	switch w := w.(type) {
	case *syntax.WindowRef:
		return v.namedWindow(w.Name)
	case *syntax.WindowSpec:
		r := &windowParts{w.PartitionBy, w.OrderBy, w.Frame}
		if w.Existing == nil {
			return r, nil
		}
		old, err := v.namedWindow(w.Existing)
		if err != nil {
			return nil, err
		}
		switch {
		case w.PartitionBy != nil:
			return nil, sqlerr.Newf(sqlerr.InvalidPartitionBy, w.PartitionBy[0].Pos(), "WINDOW specification with named WINDOW reference cannot specify PARTITION BY")
		case old.order != nil && w.OrderBy != nil:
			return nil, sqlerr.Newf(sqlerr.InvalidOrderBy, w.OrderBy.Pos(), "Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY")
		case old.frame != nil:
			return nil, sqlerr.Newf(sqlerr.InvalidWindowReference, w.Existing.Pos(), "Cannot reference named WINDOW containing frame specification")
		}
		r.partition = old.partition
		if old.order != nil {
			r.order = old.order
		}
		return r, nil
	}
	return nil, unsupported(w.Pos(), "This window is not supported yet")
}

func (v env) namedWindow(name *syntax.Identifier) (*windowParts, error) {
	def := v.windows[strings.ToLower(name.Value)]
	if def == nil {
		return nil, sqlerr.Newf(sqlerr.InvalidWindowReference, name.Pos(), "Cannot resolve WINDOW name %s", name.Value)
	}
	inner := v
	// A definition sees only those before it; it cannot refer to itself.
	inner.windows = map[string]*syntax.WindowDefinition{}
	for n, d := range v.windows {
		if d.Pos() < def.Pos() {
			inner.windows[n] = d
		}
	}
	return inner.resolveWindow(def.Spec)
}

func (v env) windowSpec(r *windowParts, at syntax.Node) (*window, error) {
	w := &window{partitionText: r.partition, mode: plan.FrameRange, start: plan.UnboundedPreceding, end: plan.CurrentRow}
	var err error
	if w.partition, err = v.list(r.partition); err != nil {
		return nil, err
	}
	for i, e := range w.partition {
		if !e.Type().Comparable() {
			return nil, mismatch(r.partition[i].Pos(), "%s is not comparable, and therefore cannot be used in window function PARTITION BY", e.Type())
		}
	}
	if r.order != nil {
		if w.order, err = v.sortKeys(r.order, func(t types.Type, item *syntax.SortItem) error {
			return mismatch(item.Pos(), "%s is not orderable, and therefore cannot be used in window function ORDER BY", t)
		}); err != nil {
			return nil, err
		}
	}
	if r.frame == nil {
		return w, nil
	}
	return w, v.frame(w, r, at)
}

var boundKinds = map[syntax.BoundType]plan.BoundKind{
	syntax.UnboundedPreceding: plan.UnboundedPreceding, syntax.Preceding: plan.Preceding, syntax.CurrentRow: plan.CurrentRow,
	syntax.Following: plan.Following, syntax.UnboundedFollowing: plan.UnboundedFollowing,
}

// frame checks and analyzes a window frame.
func (v env) frame(w *window, r *windowParts, at syntax.Node) error {
	f := r.frame
	if err := v.framePattern(w, f); err != nil {
		return err
	}
	w.mode = map[syntax.FrameType]plan.FrameMode{syntax.FrameRange: plan.FrameRange, syntax.FrameRows: plan.FrameRows, syntax.FrameGroups: plan.FrameGroups}[f.Type]
	word := map[syntax.FrameType]string{syntax.FrameRange: "RANGE", syntax.FrameRows: "ROWS", syntax.FrameGroups: "GROUPS"}[f.Type]
	w.start, w.end = boundKinds[f.Start.Type], plan.CurrentRow
	if f.End != nil {
		w.end = boundKinds[f.End.Type]
	}
	bad := func(format string, args ...any) error {
		return sqlerr.Newf(sqlerr.InvalidWindowFrame, f.Pos(), format, args...)
	}
	switch {
	case w.start == plan.UnboundedFollowing:
		return bad("Window frame start cannot be UNBOUNDED FOLLOWING")
	case w.end == plan.UnboundedPreceding:
		return bad("Window frame end cannot be UNBOUNDED PRECEDING")
	case w.start == plan.CurrentRow && w.end == plan.Preceding:
		return bad("Window frame starting from CURRENT ROW cannot end with PRECEDING")
	case w.start == plan.Following && w.end == plan.Preceding:
		return bad("Window frame starting from FOLLOWING cannot end with PRECEDING")
	case w.start == plan.Following && w.end == plan.CurrentRow:
		return bad("Window frame starting from FOLLOWING cannot end with CURRENT ROW")
	}
	for _, b := range []struct {
		bound *syntax.FrameBound
		name  string
		out   *plan.Expr
	}{{f.Start, "start", &w.startOffset}, {f.End, "end", &w.endOffset}} {
		if b.bound == nil || b.bound.Value == nil {
			continue
		}
		if f.Type != syntax.FrameRows && r.order == nil {
			return sqlerr.Newf(sqlerr.MissingOrderBy, at.Pos(), "Window frame of type %s PRECEDING or FOLLOWING requires ORDER BY", word)
		}
		e, err := v.expr(b.bound.Value)
		if err != nil {
			return err
		}
		t := e.Type()
		if f.Type != syntax.FrameRange {
			if !t.IsInteger() && (t.Kind != types.KindDecimal || t.S != 0) {
				return mismatch(b.bound.Value.Pos(), "Window frame %s %s value type must be exact numeric type with scale 0 (actual %s)", word, b.name, t)
			}
			*b.out = e
			if t.IsInteger() {
				*b.out = coerced(e, types.Bigint)
			}
			continue
		}
		if len(w.order) != 1 {
			return sqlerr.Newf(sqlerr.InvalidOrderBy, r.order.Pos(), "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY (actual: %d)", len(w.order))
		}
		key := w.order[0].expr.Type()
		if !key.IsNumeric() && !isDateTime(key) {
			return mismatch(w.order[0].node.Pos(), "Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type be numeric, datetime or interval (actual: %s)", key)
		}
		op := syntax.Add
		if (b.bound.Type == syntax.Preceding) != w.order[0].desc {
			op = syntax.Subtract
		}
		fn, err := function.ResolveOperator(arithNames[op].fn, key, t)
		if key.IsNumeric() && !t.IsNumeric() || isDateTime(key) && t.Kind != types.KindIntervalDaySecond && t.Kind != types.KindIntervalYearMonth || err != nil {
			return mismatch(b.bound.Value.Pos(), "Window frame RANGE value type (%s) not compatible with sort item type (%s)", t, key)
		}
		if !key.IsNumeric() {
			*b.out = coerced(e, fn.Args[1])
			continue
		}
		// The key is compared with key ± offset: one type for all of them.
		common, _ := types.Common(key, t)
		w.order[0].expr = coerced(w.order[0].expr, common)
		*b.out = e
	}
	if f.Type == syntax.FrameRange && len(w.order) == 1 && w.order[0].expr.Type().IsNumeric() {
		for _, o := range []*plan.Expr{&w.startOffset, &w.endOffset} {
			if *o != nil {
				*o = coerced(*o, w.order[0].expr.Type())
			}
		}
	}
	return nil
}

func isDateTime(t types.Type) bool {
	switch t.Kind {
	case types.KindDate, types.KindTime, types.KindTimeTZ, types.KindTimestamp, types.KindTimestampTZ, types.KindIntervalDaySecond, types.KindIntervalYearMonth:
		return true
	}
	return false
}

// maxGroupingArguments is what fits the bits of a bigint.
const maxGroupingArguments = 63

func (v env) grouping(x *syntax.GroupingOperation) (plan.Expr, error) {
	if v.clause != "" {
		return nil, v.notScalar(x.Pos(), format(x))
	}
	if len(x.Columns) > maxGroupingArguments {
		return nil, sqlerr.Newf(sqlerr.TooManyArguments, x.Pos(), "GROUPING supports up to %d column arguments", maxGroupingArguments)
	}
	cols, err := v.list(x.Columns)
	if err != nil {
		return nil, err
	}
	t := types.Integer
	if len(cols) > 31 {
		t = types.Bigint
	}
	g := &grouping{Base: base(t, x.Pos()), cols: cols}
	for _, c := range x.Columns {
		g.args = append(g.args, format(c))
	}
	return g, nil
}
