package analyze

// SQL/JSON: JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT, JSON_ARRAY and
// JSON_TABLE become calls of hidden functions. What is constant in them travels
// as text in the first argument (jsonpath.Call). Checks, their order and their
// words are those of Trino's ExpressionAnalyzer and JsonPathAnalyzer.

import (
	"errors"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/jsonpath"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// jsonCall calls a hidden function of SQL/JSON.
func jsonCall(name string, c *jsonpath.Call, result types.Type, p sqlerr.Pos, args ...plan.Expr) plan.Expr {
	fn := function.Named(name)[0]
	args = append([]plan.Expr{coerced(text(c.String(), p), types.Varchar)}, args...)
	b := &function.Bound{Function: fn, Result: result}
	for _, a := range args {
		b.Args = append(b.Args, a.Type())
	}
	return &plan.Call{Base: base(result, p), Func: b, Args: args}
}

// canonical is a name as SQL/JSON sees it: upper case unless it is quoted.
func canonical(id *syntax.Identifier) string {
	if id.Quoted {
		return id.Value
	}
	return strings.ToUpper(id.Value)
}

func jsonFormat(f *syntax.JSONFormat) jsonpath.Format {
	switch {
	case f == nil:
		return jsonpath.Plain
	case f.Encoding == "":
		return jsonpath.Text
	}
	return jsonpath.Format(f.Encoding)
}

// formatName is a format in messages.
func formatName(f jsonpath.Format) string {
	if f == jsonpath.Text {
		return "JSON"
	}
	return "JSON ENCODING " + string(f)
}

// behavior is a written behaviour, or what stands for none.
func behavior(b *syntax.JSONBehavior, none jsonpath.Behavior) jsonpath.Behavior {
	if b == nil {
		return none
	}
	return map[syntax.JSONBehaviorKind]jsonpath.Behavior{
		syntax.JSONError: jsonpath.OnError, syntax.JSONNull: jsonpath.OnNull, syntax.JSONDefault: jsonpath.OnDefault,
		syntax.JSONEmptyArray: jsonpath.OnEmptyArray, syntax.JSONEmptyObject: jsonpath.OnEmptyObject,
		syntax.JSONTrue: jsonpath.OnTrue, syntax.JSONFalse: jsonpath.OnFalse, syntax.JSONUnknown: jsonpath.OnUnknown,
	}[b.Kind]
}

// jsonInput analyzes a value that is read as JSON.
func (v env) jsonInput(e syntax.Expr, f jsonpath.Format) (plan.Expr, error) {
	x, err := v.expr(e)
	if err != nil {
		return nil, err
	}
	t := x.Type()
	text := f == jsonpath.Text && (t.IsString() || t.Kind == types.KindUnknown)
	switch {
	case text:
		return coerced(x, types.Varchar), nil
	case t.Kind == types.KindVarbinary, t.Kind == types.KindUnknown:
		return coerced(x, types.Varbinary), nil
	}
	return nil, mismatch(e.Pos(), "Cannot read input of type %s as JSON using formatting %s", t, formatName(f))
}

// returnsJSON tells the functions whose text is JSON without FORMAT JSON being
// written.
func returnsJSON(e syntax.Expr) bool {
	switch e.(type) {
	case *syntax.JSONQuery, *syntax.JSONObject, *syntax.JSONArray:
		return true
	}
	return false
}

// jsonItem analyzes a parameter, member or element: JSON where it has a format,
// numbers, texts and booleans (and dates, for parameters) as they are, all else
// as its text.
func (v env) jsonItem(x *syntax.JSONValueExpr, at sqlerr.Pos, what string, temporal bool) (plan.Expr, jsonpath.Format, error) {
	f := jsonFormat(x.Format)
	if f == jsonpath.Plain && returnsJSON(x.Expr) {
		f = jsonpath.Text
	}
	if _, ok := x.Expr.(*syntax.Lambda); ok {
		return nil, f, unsupported(x.Expr.Pos(), "LambdaExpression is not supported as %s", map[string]string{
			"JSON path parameter": "JSON path parameter", "value passed to JSON_OBJECT function": "JSON object value", "value passed to JSON_ARRAY function": "JSON array element",
		}[what])
	}
	if f != jsonpath.Plain {
		e, err := v.jsonInput(x.Expr, f)
		return e, f, err
	}
	e, err := v.expr(x.Expr)
	if err != nil {
		return nil, f, err
	}
	t := e.Type()
	switch {
	case t.Kind == types.KindVarbinary:
		return nil, f, unsupported(x.Expr.Pos(), "Unsupported type of %s: %s", what, t)
	case t.IsString(), t.IsNumeric(), t.Kind == types.KindBoolean, temporal && isInstant(t):
		return e, f, nil
	case !types.CanCast(t, types.Varchar):
		return nil, f, unsupported(at, "Unsupported type of %s: %s", what, t)
	case t.Kind == types.KindUnknown:
		return coerced(e, types.Varchar), f, nil
	}
	return &plan.Cast{Base: base(types.Varchar, e.Pos()), X: e, Implicit: true}, f, nil
}

// isInstant tells dates, times and timestamps; intervals are none.
func isInstant(t types.Type) bool {
	return isDateTime(t) && t.Kind != types.KindIntervalDaySecond && t.Kind != types.KindIntervalYearMonth
}

// noValues stands for an empty list of values.
func noValues(p sqlerr.Pos) plan.Expr { return constant(types.Boolean, p, plan.Datum{Null: true}) }

func valuesRow(xs []plan.Expr, p sqlerr.Pos) plan.Expr {
	if len(xs) == 0 {
		return noValues(p)
	}
	return rowOf(xs, p)
}

// jsonPathCall analyzes the input, the parameters and the path. static is the
// type that the path's items are known to have.
func (v env) jsonPathCall(name string, x *syntax.JSONPathInvocation, at sqlerr.Pos, c *jsonpath.Call) (args []plan.Expr, static types.Type, known bool, err error) {
	if x.Name != nil && name != "JSON_TABLE" {
		return nil, static, false, sqlerr.Newf(sqlerr.InvalidPath, x.Name.Pos(), "JSON path name is not allowed in %s function", name)
	}
	c.Input = jsonFormat(x.Input.Format)
	if c.Input == jsonpath.Plain {
		c.Input = jsonpath.Text
	}
	in, err := v.jsonInput(x.Input.Expr, c.Input)
	if err != nil {
		return nil, static, false, err
	}
	var values []plan.Expr
	for _, p := range x.Passing {
		n := canonical(p.Name)
		if slices.ContainsFunc(c.Values, func(w jsonpath.Value) bool { return w.Name == n }) {
			return nil, static, false, sqlerr.Newf(sqlerr.DuplicateParameterName, p.Name.Pos(), "%s JSON path parameter is specified more than once", n)
		}
		e, f, err := v.jsonItem(p.Value, at, "JSON path parameter", true)
		if err != nil {
			return nil, static, false, err
		}
		c.Values = append(c.Values, jsonpath.Value{Name: n, Format: f})
		values = append(values, e)
	}
	c.Path = x.Path.Value
	static, known, err = checkPath(x.Path.Value, x.Path.Pos(), 1, c.Values)
	return []plan.Expr{in, valuesRow(values, at)}, static, known, err
}

// checkPath reads a path and checks it. Offsets in it count from the literal's
// place plus shift; with shift 0 all errors are at that place.
func checkPath(s string, at sqlerr.Pos, shift int, params []jsonpath.Value) (types.Type, bool, error) {
	path, err := jsonpath.Parse(s)
	if err != nil {
		var bad *jsonpath.Error
		if errors.As(err, &bad) && shift > 0 {
			at += sqlerr.Pos(shift + bad.Offset)
		}
		return types.Unknown, false, sqlerr.Newf(sqlerr.SyntaxError, at, "%s", err.Error())
	}
	return pathCheck{at, params}.node(path.Root)
}

// pathCheck finds the types that a path's parts are known to have, and refuses
// what cannot be evaluated.
type pathCheck struct {
	at     sqlerr.Pos
	params []jsonpath.Value
}

func (c pathCheck) bad(format string, args ...any) error {
	return sqlerr.Newf(sqlerr.InvalidPath, c.at, format, args...)
}

func (c pathCheck) node(n *jsonpath.Node) (t types.Type, known bool, err error) {
	if l, ok, err := n.Literal(); ok {
		if err != nil {
			return t, false, sqlerr.Newf(sqlerr.InvalidLiteral, c.at, "%s", err.Error())
		}
		return l.Type, true, nil
	}
	var ts []types.Type
	all := true
	for _, a := range n.Args {
		t, known, err := c.node(a)
		if err != nil {
			return t, false, err
		}
		ts = append(ts, t)
		all = all && known
	}
	for _, r := range n.Ranges {
		for _, x := range []*jsonpath.Node{r.From, r.To} {
			if x != nil {
				if _, _, err := c.node(x); err != nil {
					return t, false, err
				}
			}
		}
	}
	switch n.Op {
	case jsonpath.Variable:
		for _, p := range c.params {
			if p.Name == n.Text {
				return t, false, nil
			}
		}
		for _, p := range c.params {
			if strings.EqualFold(p.Name, n.Text) {
				return t, false, c.bad("no value passed for parameter %s. Try quoting \"%s\" in the PASSING clause to match case", n.Text, n.Text)
			}
		}
		return t, false, c.bad("no value passed for parameter %s", n.Text)
	case jsonpath.Last:
		return types.Integer, true, nil
	case jsonpath.Filter:
		return ts[0], all && n.Args[0].Op != jsonpath.Null, nil
	case jsonpath.Method:
		return c.method(n, ts, all)
	case jsonpath.Neg, jsonpath.Pos:
		return c.sign(n, ts, all)
	case jsonpath.Add, jsonpath.Sub, jsonpath.Mul, jsonpath.Div, jsonpath.Mod:
		if !all {
			return t, false, nil
		}
		op := map[jsonpath.Op]syntax.BinaryOp{
			jsonpath.Add: syntax.Add, jsonpath.Sub: syntax.Subtract, jsonpath.Mul: syntax.Multiply, jsonpath.Div: syntax.Divide, jsonpath.Mod: syntax.Modulus,
		}[n.Op]
		e, err := arithmetic(op, sample(ts[0]), sample(ts[1]), c.at)
		if err != nil {
			return t, false, c.bad("invalid operand types (%s and %s) in JSON path arithmetic binary expression: %s", ts[0], ts[1], sqlerr.As(err).Msg)
		}
		return e.Type(), true, nil
	case jsonpath.LikeRegex:
		return t, false, unsupported(c.at, "like_regex predicate in JSON path is not yet supported")
	case jsonpath.Eq, jsonpath.Ne, jsonpath.Lt, jsonpath.Le, jsonpath.Gt, jsonpath.Ge, jsonpath.And, jsonpath.Or, jsonpath.Not,
		jsonpath.Exists, jsonpath.IsUnknown, jsonpath.Starts:
		return types.Boolean, true, nil
	}
	return t, false, nil
}

// sample is some value of a type, for resolving an operator.
func sample(t types.Type) plan.Expr { return &plan.Col{Base: base(t, 0)} }

func (c pathCheck) sign(n *jsonpath.Node, ts []types.Type, known bool) (t types.Type, ok bool, err error) {
	if !known {
		return t, false, nil
	}
	if n.Op == jsonpath.Pos {
		if !ts[0].IsNumeric() {
			return t, false, c.bad("Invalid operand type (%s) in JSON path arithmetic unary expression", ts[0])
		}
		return ts[0], true, nil
	}
	fn, err := function.ResolveOperator("$neg", ts[0])
	if err != nil {
		return t, false, c.bad("invalid operand type (%s) in JSON path arithmetic unary expression: %s", ts[0], sqlerr.As(err).Msg)
	}
	return fn.Result, true, nil
}

func (c pathCheck) method(n *jsonpath.Node, ts []types.Type, known bool) (t types.Type, ok bool, err error) {
	switch n.Text {
	case "size":
		return types.Integer, true, nil
	case "type":
		return types.VarcharN(27), true, nil
	case "double":
		if known && !ts[0].IsNumeric() && !ts[0].IsString() {
			return t, false, c.bad("cannot perform JSON path double() method with %s argument", ts[0])
		}
		return types.Double, true, nil
	case "datetime":
		if known && !ts[0].IsString() {
			return t, false, c.bad("JSON path datetime() method requires character string argument (found %s)", ts[0])
		}
		return t, false, unsupported(c.at, "datetime method in JSON path is not yet supported")
	case "abs", "ceiling", "floor":
		if !known {
			return t, false, nil
		}
		fn, err := function.Resolve(n.Text, function.Values(ts[0]))
		if err != nil {
			return t, false, c.bad("cannot perform JSON path %s() method with %s argument: %s", n.Text, ts[0], sqlerr.As(err).Msg)
		}
		return fn.Result, true, nil
	}
	return t, false, nil
}

// jsonType is a written RETURNING type, or varchar.
func jsonType(d syntax.DataType, at sqlerr.Pos) (types.Type, error) {
	if d == nil {
		return types.Varchar, nil
	}
	t, err := dataType(d)
	if err != nil || t.Kind == types.KindUnknown {
		return t, mismatch(at, "Unknown type: %s", typeText(d))
	}
	return t, nil
}

func (v env) jsonExists(x *syntax.JSONExists) (plan.Expr, error) {
	c := &jsonpath.Call{Error: behavior(x.OnError, jsonpath.OnFalse)}
	args, _, _, err := v.jsonPathCall("JSON_EXISTS", x.Path, x.Pos(), c)
	if err != nil {
		return nil, err
	}
	return jsonCall("$json_exists", c, types.Boolean, x.Pos(), args...), nil
}

func (v env) jsonValue(x *syntax.JSONValue) (plan.Expr, error) {
	c := &jsonpath.Call{}
	args, static, known, err := v.jsonPathCall("JSON_VALUE", x.Path, x.Pos(), c)
	if err != nil {
		return nil, err
	}
	t, empty, failed, err := v.jsonValueParts(c, x.Returning, static, known, x.OnEmpty, x.OnError, jsonpath.OnNull, x.Pos())
	if err != nil {
		return nil, err
	}
	return jsonCall("$json_value", c, t, x.Pos(), append(args, empty, failed)...), nil
}

// jsonValueParts checks what JSON_VALUE and a value column of JSON_TABLE have in
// common. empty and failed are the defaults, NULL where there is none.
func (v env) jsonValueParts(c *jsonpath.Call, returning syntax.DataType, static types.Type, known bool, onEmpty, onError *syntax.JSONBehavior, noError jsonpath.Behavior, p sqlerr.Pos) (t types.Type, empty, failed plan.Expr, err error) {
	if t, err = jsonType(returning, p); err != nil {
		return t, nil, nil, err
	}
	if !t.IsString() && !t.IsNumeric() && t.Kind != types.KindBoolean && !isInstant(t) {
		return t, nil, nil, mismatch(p, "Invalid return type of function JSON_VALUE: %s", typeText(returning))
	}
	if known && static != t && !types.CanCast(static, t) {
		return t, nil, nil, mismatch(p, "Return type of JSON path: %s incompatible with return type of function JSON_VALUE: %s", static, t)
	}
	c.Empty, c.Error = behavior(onEmpty, jsonpath.OnNull), behavior(onError, noError)
	value := func(b *syntax.JSONBehavior, where string) (plan.Expr, error) {
		if b == nil || b.Default == nil {
			return constant(t, p, plan.Datum{Null: true}), nil
		}
		return v.typed(b.Default, t, "Function JSON_VALUE default ON "+where+" result")
	}
	if empty, err = value(onEmpty, "EMPTY"); err == nil {
		failed, err = value(onError, "ERROR")
	}
	return t, empty, failed, err
}

func (v env) jsonQuery(x *syntax.JSONQuery) (plan.Expr, error) {
	c := &jsonpath.Call{}
	args, _, _, err := v.jsonPathCall("JSON_QUERY", x.Path, x.Pos(), c)
	if err != nil {
		return nil, err
	}
	raw, t, err := jsonQueryParts(c, x.Wrapper, x.Quotes, x.Returning, x.Format, x.OnEmpty, x.OnError, jsonpath.OnNull, x.Pos())
	if err != nil {
		return nil, err
	}
	return jsonResult(jsonCall("$json_query", c, raw, x.Pos(), args...), t), nil
}

// jsonQueryParts checks what JSON_QUERY and a FORMAT JSON column of JSON_TABLE
// have in common. raw is the type of the text that is made, t the type wanted.
func jsonQueryParts(c *jsonpath.Call, w syntax.JSONWrapper, q syntax.JSONQuotes, returning syntax.DataType, f *syntax.JSONFormat, onEmpty, onError *syntax.JSONBehavior, noError jsonpath.Behavior, p sqlerr.Pos) (raw, t types.Type, err error) {
	switch w {
	case syntax.JSONConditionalWrapper:
		c.Wrapper = jsonpath.Conditional
	case syntax.JSONUnconditionalWrapper:
		c.Wrapper = jsonpath.Unconditional
	}
	if c.Wrapper != jsonpath.Without && q != syntax.JSONQuotesNone {
		word := "KEEP"
		if q == syntax.JSONOmitQuotes {
			word = "OMIT"
		}
		return raw, t, sqlerr.Newf(sqlerr.InvalidFunctionArgument, p, "%s QUOTES behavior specified with WITH %s ARRAY WRAPPER behavior", word, c.Wrapper)
	}
	c.OmitQuotes = q == syntax.JSONOmitQuotes
	c.Empty, c.Error = behavior(onEmpty, jsonpath.OnNull), behavior(onError, noError)
	return jsonOutput(c, returning, f, p, "Cannot cast %s to %s")
}

// jsonOutput finds how JSON is given back.
func jsonOutput(c *jsonpath.Call, returning syntax.DataType, f *syntax.JSONFormat, p sqlerr.Pos, noCast string) (raw, t types.Type, err error) {
	if t, err = jsonType(returning, p); err != nil {
		return raw, t, err
	}
	c.Output = jsonFormat(f)
	if c.Output == jsonpath.Plain {
		c.Output = jsonpath.Text
	}
	switch {
	case c.Output == jsonpath.Text && t.IsString():
		raw = types.Varchar
	case t.Kind == types.KindVarbinary:
		raw = types.Varbinary
	default:
		return raw, t, mismatch(p, "Cannot output JSON value as %s using formatting %s", t, formatName(c.Output))
	}
	if raw != t && !types.CanCast(raw, t) {
		if strings.Count(noCast, "%s") == 1 {
			return raw, t, mismatch(p, noCast, t)
		}
		return raw, t, mismatch(p, noCast, raw, t)
	}
	return raw, t, nil
}

// jsonResult casts the text to the type that was asked for.
func jsonResult(e plan.Expr, t types.Type) plan.Expr {
	if e.Type() == t {
		return e
	}
	return &plan.Cast{Base: base(t, e.Pos()), X: e, Implicit: true}
}

func (v env) jsonObject(x *syntax.JSONObject) (plan.Expr, error) {
	c := &jsonpath.Call{NullOnNull: !x.AbsentOnNull, UniqueKeys: x.UniqueKeys}
	var keys, values []plan.Expr
	for _, m := range x.Members {
		k, err := v.expr(m.Key)
		if err != nil {
			return nil, err
		}
		if !k.Type().IsString() {
			return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, m.Key.Pos(), "Invalid type of JSON object key: %s", k.Type())
		}
		if x.UniqueKeys && (m.Value.Format != nil || returnsJSON(m.Value.Expr)) {
			return nil, unsupported(x.Pos(), "WITH UNIQUE KEYS behavior is not supported for JSON_OBJECT function when input expression has FORMAT")
		}
		e, f, err := v.jsonItem(m.Value, x.Pos(), "value passed to JSON_OBJECT function", false)
		if err != nil {
			return nil, err
		}
		keys, values = append(keys, coerced(k, types.Varchar)), append(values, e)
		c.Values = append(c.Values, jsonpath.Value{Format: f})
	}
	raw, t, err := jsonOutput(c, x.Returning, x.Format, x.Pos(), "Cannot return type %s from JSON_OBJECT function")
	if err != nil {
		return nil, err
	}
	return jsonResult(jsonCall("$json_object", c, raw, x.Pos(), valuesRow(keys, x.Pos()), valuesRow(values, x.Pos())), t), nil
}

func (v env) jsonArray(x *syntax.JSONArray) (plan.Expr, error) {
	c := &jsonpath.Call{NullOnNull: x.NullOnNull}
	var values []plan.Expr
	for _, m := range x.Items {
		e, f, err := v.jsonItem(m, x.Pos(), "value passed to JSON_ARRAY function", false)
		if err != nil {
			return nil, err
		}
		values = append(values, e)
		c.Values = append(c.Values, jsonpath.Value{Format: f})
	}
	raw, t, err := jsonOutput(c, x.Returning, x.Format, x.Pos(), "Cannot return type %s from JSON_ARRAY function")
	if err != nil {
		return nil, err
	}
	return jsonResult(jsonCall("$json_array", c, raw, x.Pos(), valuesRow(values, x.Pos())), t), nil
}

// jsonTable is JSON_TABLE over the columns to its left: the rows that it makes of
// a value are an array of rows, which is unnested.
func (a *analyzer) jsonTable(x *syntax.JSONTable, left *relation, keep bool, parent *scope, w *withScope) (*relation, error) {
	if left == nil {
		left = nothing()
	}
	t := &jsonTable{
		env:     env{a: a, sc: &scope{fields: left.fields, parent: parent}, w: w, clause: "JSON_TABLE"},
		noError: jsonpath.OnNull,
		seen:    map[string]bool{},
	}
	c := &jsonpath.Call{Error: jsonpath.OnEmptyArray}
	if x.ErrorOnError == "ERROR" {
		t.noError, c.Error = jsonpath.OnError, jsonpath.OnError
	}
	args, _, _, err := t.jsonPathCall("JSON_TABLE", x.Path, x.Pos(), c)
	if err != nil {
		return nil, err
	}
	if x.Path.Name != nil {
		t.seen[canonical(x.Path.Name)] = true
	}
	root := &tableLevel{level: &jsonpath.Level{Path: x.Path.Path.Value}, at: x.Path.Pos(), name: x.Path.Name}
	if err := t.columns(root, x.Columns); err != nil {
		return nil, err
	}
	switch {
	case x.Plan != nil:
		if root.name == nil {
			return nil, sqlerr.Newf(sqlerr.MissingPathName, root.at, "All JSON paths must be named when specific plan is given")
		}
		if p := x.Plan; p.Name == nil && p.Op != "OUTER" && p.Op != "INNER" {
			return nil, sqlerr.Newf(sqlerr.InvalidPlan, p.Pos(), "JSON_TABLE plan must either be a single path name or it must be rooted in parent-child relationship (OUTER or INNER)")
		}
		if _, err := t.specific([]*tableLevel{root}, x.Plan, x.Plan.Pos()); err != nil {
			return nil, err
		}
	case x.PlanDefault != nil:
		if err := allNamed(root.inner); err != nil {
			return nil, err
		}
		fallthrough
	default:
		root.combine(slices.Contains(x.PlanDefault, "INNER"), slices.Contains(x.PlanDefault, "CROSS"))
	}
	c.Root = root.level

	fields := make([]types.Field, len(t.out))
	for i, f := range t.out {
		fields[i] = types.Field{Name: f.name, Type: f.typ}
	}
	rows := types.Array(types.Row(fields...))
	b := a.builder(left.node)
	e, err := b.lower(jsonCall("$json_table", c, rows, x.Pos(), append(args, valuesRow(t.defaults, x.Pos()))...))
	if err != nil {
		return nil, err
	}
	b.flush()
	n := &plan.Unnest{Input: b.node, Left: keep, Exprs: []plan.Expr{e}, Cols: slices.Clone(left.node.Columns())}
	out := &relation{node: n, fields: slices.Clone(left.fields)}
	for i := range left.fields {
		n.Keep = append(n.Keep, i)
	}
	for _, f := range t.out {
		f.expr = &plan.Col{Base: base(f.typ, x.Pos()), Index: len(n.Cols), Name: f.name}
		out.fields = append(out.fields, f)
		n.Cols = append(n.Cols, plan.Column{Name: f.name, Type: f.typ})
	}
	return out, nil
}

// jsonTable is a JSON_TABLE being analyzed.
type jsonTable struct {
	env
	noError  jsonpath.Behavior // of columns that say nothing
	seen     map[string]bool   // names of columns and paths
	out      []field
	defaults []plan.Expr
}

// tableLevel is a level with the levels in it.
type tableLevel struct {
	level *jsonpath.Level
	name  *syntax.Identifier // nil without
	at    sqlerr.Pos         // of the path
	inner []*tableLevel
}

func (t *jsonTable) unique(name string, p sqlerr.Pos) error {
	if t.seen[name] {
		return sqlerr.Newf(sqlerr.DuplicateColumnOrPathName, p, "All column and path names in JSON_TABLE invocation must be unique")
	}
	t.seen[name] = true
	return nil
}

// columns analyzes the columns of a level and of those in it, in the order in
// which they are written.
func (t *jsonTable) columns(l *tableLevel, list []*syntax.JSONTableColumn) error {
	for _, x := range list {
		if x.Kind == syntax.JSONNestedColumns {
			if x.Name != nil {
				if err := t.unique(canonical(x.Name), x.Name.Pos()); err != nil {
					return err
				}
			}
			if _, _, err := checkPath(x.Path.Value, x.Path.Pos(), 1, nil); err != nil {
				return err
			}
			in := &tableLevel{level: &jsonpath.Level{Path: x.Path.Value}, name: x.Name, at: x.Path.Pos()}
			if err := t.columns(in, x.Columns); err != nil {
				return err
			}
			l.inner = append(l.inner, in)
			continue
		}
		name := canonical(x.Name)
		if err := t.unique(name, x.Name.Pos()); err != nil {
			return err
		}
		col, typ, err := t.column(x, name)
		if err != nil {
			return err
		}
		col.Field = len(t.out)
		t.out = append(t.out, field{name: x.Name.Value, typ: typ})
		l.level.Columns = append(l.level.Columns, col)
	}
	return nil
}

func (t *jsonTable) column(x *syntax.JSONTableColumn, name string) (c jsonpath.Column, typ types.Type, err error) {
	if x.Kind == syntax.JSONOrdinalityColumn {
		return jsonpath.Column{Kind: jsonpath.Ordinality}, types.Bigint, nil
	}
	path, at, shift := `lax $."`+strings.ReplaceAll(name, `"`, `""`)+`"`, x.Pos(), 0
	if x.Path != nil {
		path, at, shift = x.Path.Value, x.Path.Pos(), 1
	}
	static, known, err := checkPath(path, at, shift, nil)
	if err != nil {
		return c, typ, err
	}
	c.Call.Path = path
	if x.Kind == syntax.JSONQueryColumn {
		c.Kind = jsonpath.QueryColumn
		raw, t, err := jsonQueryParts(&c.Call, x.Wrapper, x.Quotes, x.Type, x.Format, x.Empty, x.Error, t.noError, x.Pos())
		if err == nil && raw != t && t.Kind != types.KindVarchar {
			err = unsupported(x.Pos(), "A FORMAT JSON column of type %s is not supported yet", t)
		}
		return c, t, err
	}
	c.Kind = jsonpath.ValueColumn
	typ, empty, failed, err := t.jsonValueParts(&c.Call, x.Type, static, known, x.Empty, x.Error, t.noError, x.Pos())
	if err != nil {
		return c, typ, err
	}
	if x.Empty != nil && x.Empty.Default != nil {
		t.defaults = append(t.defaults, empty)
		c.EmptyDefault = len(t.defaults)
	}
	if x.Error != nil && x.Error.Default != nil {
		t.defaults = append(t.defaults, failed)
		c.ErrorDefault = len(t.defaults)
	}
	return c, typ, nil
}

func allNamed(list []*tableLevel) error {
	for _, l := range list {
		if l.name == nil {
			return sqlerr.Newf(sqlerr.MissingPathName, l.at, "All nested JSON paths must be named when default plan is given")
		}
	}
	for _, l := range list {
		if err := allNamed(l.inner); err != nil {
			return err
		}
	}
	return nil
}

// combine puts the levels in l together, all in the same way.
func (l *tableLevel) combine(inner, cross bool) {
	l.level.Inner = inner
	p := &jsonpath.Plan{Cross: cross}
	for _, in := range l.inner {
		in.combine(inner, cross)
		p.Of = append(p.Of, &jsonpath.Plan{Level: in.level})
	}
	switch len(p.Of) {
	case 0:
	case 1:
		l.level.Child = p.Of[0]
	default:
		l.level.Child = p
	}
}

// specific puts levels, which are side by side, together as a written plan says.
func (t *jsonTable) specific(levels []*tableLevel, x *syntax.JSONTablePlan, at sqlerr.Pos) (*jsonpath.Plan, error) {
	bad := func(p sqlerr.Pos, format string, args ...any) (*jsonpath.Plan, error) {
		return nil, sqlerr.Newf(sqlerr.InvalidPlan, p, format, args...)
	}
	byName := map[string]*tableLevel{}
	var names []string
	for _, l := range levels {
		if l.name == nil {
			return nil, sqlerr.Newf(sqlerr.MissingPathName, l.at, "All JSON paths must be named when specific plan is given")
		}
		byName[canonical(l.name)] = l
		names = append(names, canonical(l.name))
	}
	// The plan's names, each with the plan of the levels in it.
	children := map[string]*syntax.JSONTablePlan{}
	outer := map[string]bool{}
	var order []string
	var collect func(x *syntax.JSONTablePlan) error
	collect = func(x *syntax.JSONTablePlan) error {
		leaf := x
		if x.Name == nil {
			if x.Op == "UNION" || x.Op == "CROSS" {
				for _, y := range x.Args {
					if err := collect(y); err != nil {
						return err
					}
				}
				return nil
			}
			leaf = x.Args[0]
		}
		n := canonical(leaf.Name)
		if _, dup := children[n]; dup {
			return sqlerr.Newf(sqlerr.InvalidPlan, leaf.Pos(), "Duplicate reference to JSON path name in sibling plan: %s", n)
		}
		children[n] = nil
		if leaf != x {
			children[n], outer[n] = x.Args[1], x.Op == "OUTER"
		}
		order = append(order, n)
		return nil
	}
	if x != nil {
		if err := collect(x); err != nil {
			return nil, err
		}
	}
	if missing := without(names, order); missing != nil {
		return bad(at, "JSON_TABLE plan should contain all JSON paths available at each level of nesting. Paths not included: %s", strings.Join(missing, ", "))
	}
	if extra := without(order, names); extra != nil {
		return bad(at, "JSON_TABLE plan includes unavailable JSON path names: %s", strings.Join(extra, ", "))
	}
	for _, n := range order {
		l := byName[n]
		child, err := t.specific(l.inner, children[n], at)
		if err != nil {
			return nil, err
		}
		l.level.Child, l.level.Inner = child, !outer[n]
	}
	var build func(x *syntax.JSONTablePlan) *jsonpath.Plan
	build = func(x *syntax.JSONTablePlan) *jsonpath.Plan {
		switch {
		case x.Name != nil:
			return &jsonpath.Plan{Level: byName[canonical(x.Name)].level}
		case x.Op == "UNION" || x.Op == "CROSS":
			p := &jsonpath.Plan{Cross: x.Op == "CROSS"}
			for _, y := range x.Args {
				p.Of = append(p.Of, build(y))
			}
			return p
		}
		return build(x.Args[0])
	}
	if x == nil {
		return nil, nil
	}
	return build(x), nil
}

// without lists what of a is not in b.
func without(a, b []string) []string {
	var out []string
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}
