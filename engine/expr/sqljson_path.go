package expr

// Evaluation of SQL/JSON paths (PathEvaluationVisitor and
// PathPredicateEvaluationVisitor in Trino's source). A path gives a sequence of
// items, each a JSON value or an SQL value: what stands in the JSON text is JSON
// until something is computed with it.

import (
	"math"
	"strings"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/jsonpath"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// jsonItem is a JSON value, or an SQL value that is not NULL.
type jsonItem struct {
	json *jsonValue // nil for an SQL value
	t    types.Type
	d    plan.Datum
}

func sqlItem(t types.Type, d plan.Datum) jsonItem { return jsonItem{t: t, d: d} }

func integerItem(n int64) jsonItem { return sqlItem(types.Integer, plan.Datum{I: n}) }

// pathFailed is an error of the evaluation, which ON ERROR may catch.
func pathFailed(format string, args ...any) error {
	return sqlerr.New(sqlerr.PathEvaluationError, "path evaluation failed: "+format, args...)
}

// pathCaused is the error that Trino makes of an error of SQL: its text is not
// part of it.
func pathCaused(err error) error {
	return sqlerr.New(sqlerr.PathEvaluationError, "path evaluation failed: ").Wrap(err)
}

func wrongItem(want string, x jsonItem) error {
	return pathFailed("invalid item type. Expected: %s, actual: %s", want, x.typeName())
}

// typeName is what messages call an item's type.
func (x jsonItem) typeName() string {
	if x.json == nil {
		return x.t.String()
	}
	return [...]string{"NULL", "BOOLEAN", "BOOLEAN", "NUMBER", "NUMBER", "STRING", "ARRAY", "OBJECT"}[x.json.kind]
}

func (x jsonItem) is(k jsonKind) bool { return x.json != nil && x.json.kind == k }

// scalar reports whether x is neither null nor a container.
func (x jsonItem) scalar() bool {
	return x.json == nil || x.json.kind != jsonNull && x.json.kind < jsonArray
}

// number gives the SQL value of a number; ok is false where x is none.
func (x jsonItem) number() (y jsonItem, ok bool, err error) {
	if x.json == nil {
		return x, x.t.IsNumeric(), nil
	}
	switch x.json.kind {
	case jsonFloat:
		return sqlItem(types.Double, plan.Datum{F: x.json.float()}), true, nil
	case jsonInt:
		n, ok := parseJavaInt(x.json.text, 64)
		switch {
		case !ok:
			return x, true, pathCaused(nil)
		case int64(int32(n)) == n:
			return integerItem(n), true, nil
		}
		return sqlItem(types.Bigint, plan.Datum{I: n}), true, nil
	}
	return x, false, nil
}

// value gives the SQL value of a scalar; ok is false where x is null or a
// container.
func (x jsonItem) value() (y jsonItem, ok bool, err error) {
	if x.json != nil {
		switch x.json.kind {
		case jsonTrue, jsonFalse:
			return sqlItem(types.Boolean, plan.Datum{B: x.json.kind == jsonTrue}), true, nil
		case jsonString:
			return sqlItem(types.Varchar, plan.Datum{S: x.json.text}), true, nil
		case jsonNull, jsonArray, jsonObject:
			return x, false, nil
		}
		return x.number()
	}
	return x, true, nil
}

// asJSON gives the JSON value of an item; ok is false where it has none: dates.
func (x jsonItem) asJSON() (v *jsonValue, ok bool) {
	if x.json != nil {
		return x.json, true
	}
	verbatim := func(b []byte) (*jsonValue, bool) { return &jsonValue{kind: jsonInt, text: string(b)}, true }
	switch x.t.Kind {
	case types.KindBoolean:
		if x.d.B {
			return &jsonValue{kind: jsonTrue, text: "true"}, true
		}
		return &jsonValue{kind: jsonFalse, text: "false"}, true
	case types.KindVarchar:
		return &jsonValue{kind: jsonString, text: x.d.S}, true
	case types.KindChar:
		return &jsonValue{kind: jsonString, text: padded(x.d.S, int(x.t.P))}, true
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		return verbatim(decimal.AppendInt64(nil, x.d.I, 0))
	case types.KindDecimal:
		return verbatim(appendBigDecimal(nil, x.d.D, int(x.t.S)))
	case types.KindDouble:
		return verbatim(appendJSONFloat(nil, x.d.F, 64))
	case types.KindReal:
		return verbatim(appendJSONFloat(nil, x.d.F, 32))
	}
	return nil, false
}

// pathEval is one evaluation of a path.
type pathEval struct {
	lax    bool
	env    *Env
	input  *jsonValue
	params map[string][]jsonItem
	// last and current are what last and @ stand for.
	last    int
	current jsonItem
	objects int64 // that keyvalue() has seen
}

func unwrapArrays(seq []jsonItem) []jsonItem {
	for i, x := range seq {
		if !x.is(jsonArray) {
			continue
		}
		out := append([]jsonItem(nil), seq[:i]...)
		for _, x := range seq[i:] {
			if x.is(jsonArray) {
				for _, kid := range x.json.kids {
					out = append(out, jsonItem{json: kid})
				}
			} else {
				out = append(out, x)
			}
		}
		return out
	}
	return seq
}

// unwrapped evaluates n; in lax mode arrays give their elements.
func (p *pathEval) unwrapped(n *jsonpath.Node) ([]jsonItem, error) {
	seq, err := p.eval(n)
	if p.lax {
		seq = unwrapArrays(seq)
	}
	return seq, err
}

func (p *pathEval) eval(n *jsonpath.Node) ([]jsonItem, error) {
	if err := p.env.Ctx.Err(); err != nil {
		return nil, err
	}
	switch n.Op {
	case jsonpath.Null:
		return []jsonItem{{json: &jsonValue{kind: jsonNull, text: "null"}}}, nil
	case jsonpath.Bool, jsonpath.Int, jsonpath.Decimal, jsonpath.Double, jsonpath.String:
		l, _, err := n.Literal()
		if err != nil {
			return nil, invalidArgument("%s", err.Error())
		}
		return []jsonItem{sqlItem(l.Type, plan.Datum{B: l.Bool, I: l.Int, F: l.F, D: l.Dec, S: l.Text})}, nil
	case jsonpath.Context:
		return []jsonItem{{json: p.input}}, nil
	case jsonpath.Variable:
		return p.params[n.Text], nil
	case jsonpath.Last:
		return []jsonItem{integerItem(int64(p.last))}, nil
	case jsonpath.Current:
		return []jsonItem{p.current}, nil
	case jsonpath.Member:
		return p.member(n)
	case jsonpath.Descend:
		seq, err := p.eval(n.Args[0])
		var out []jsonItem
		for _, x := range seq {
			if x.json != nil {
				out = descendants(out, x.json, n.Text)
			}
		}
		return out, err
	case jsonpath.Subscript:
		return p.subscript(n)
	case jsonpath.Filter:
		seq, err := p.unwrapped(n.Args[0])
		if err != nil {
			return nil, err
		}
		var out []jsonItem
		inner := *p
		for _, x := range seq {
			inner.current = x
			if inner.test(n.Args[1]) == isTrue {
				out = append(out, x)
			}
		}
		p.objects = inner.objects
		return out, p.env.Ctx.Err()
	case jsonpath.Method:
		return p.method(n)
	case jsonpath.Neg, jsonpath.Pos:
		return p.each(n.Args[0], func(x jsonItem) (jsonItem, error) {
			y, ok, err := x.number()
			switch {
			case err != nil:
				return x, err
			case !ok:
				return x, wrongItem("NUMBER", x)
			case n.Op == jsonpath.Pos:
				return y, nil
			}
			return p.operate("$neg", plan.OpNeg, y)
		})
	}
	return p.arithmetic(n)
}

// each makes one item of each item of n.
func (p *pathEval) each(n *jsonpath.Node, f func(jsonItem) (jsonItem, error)) ([]jsonItem, error) {
	seq, err := p.unwrapped(n)
	if err != nil {
		return nil, err
	}
	out := make([]jsonItem, len(seq))
	for i, x := range seq {
		if out[i], err = f(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func descendants(out []jsonItem, v *jsonValue, key string) []jsonItem {
	for i, k := range v.keys {
		if k == key {
			out = append(out, jsonItem{json: v.kids[i]})
		}
	}
	for _, kid := range v.kids {
		out = descendants(out, kid, key)
	}
	return out
}

func (p *pathEval) member(n *jsonpath.Node) ([]jsonItem, error) {
	seq, err := p.unwrapped(n.Args[0])
	if err != nil {
		return nil, err
	}
	var out []jsonItem
	for _, x := range seq {
		if !x.is(jsonObject) {
			if !p.lax {
				return nil, wrongItem("OBJECT", x)
			}
			continue
		}
		found := false
		for i, k := range x.json.keys {
			if n.Flag || k == n.Text {
				out = append(out, jsonItem{json: x.json.kids[i]})
				found = true
			}
		}
		if !found && !n.Flag && !p.lax {
			return nil, pathFailed("structural error: missing member '%s' in JSON object", n.Text)
		}
	}
	return out, nil
}

func (p *pathEval) subscript(n *jsonpath.Node) ([]jsonItem, error) {
	seq, err := p.eval(n.Args[0])
	if err != nil {
		return nil, err
	}
	var out []jsonItem
	for _, x := range seq {
		elems := []jsonItem{x}
		switch {
		case x.is(jsonArray):
			elems = unwrapArrays(elems)
		case !p.lax:
			return nil, wrongItem("ARRAY", x)
		}
		if len(n.Ranges) == 0 {
			out = append(out, elems...)
			continue
		}
		if len(elems) == 0 {
			if !p.lax {
				return nil, pathFailed("structural error: invalid array subscript for empty array")
			}
			continue
		}
		outer := p.last
		p.last = len(elems) - 1
		for _, r := range n.Ranges {
			from, to, err := p.bounds(r)
			if err != nil {
				return nil, err
			}
			size := int64(len(elems))
			if !p.lax && (from < 0 || from >= size || to < 0 || to >= size || from > to) {
				return nil, pathFailed("structural error: invalid array subscript: [%d, %d] for array of size %d", from, to, size)
			}
			if from, to = max(from, 0), min(to, size-1); from <= to {
				out = append(out, elems[from:to+1]...)
			}
		}
		p.last = outer
	}
	return out, nil
}

func (p *pathEval) bounds(r jsonpath.Range) (from, to int64, err error) {
	index := func(n *jsonpath.Node, word string) (int64, error) {
		seq, err := p.eval(n)
		if err != nil {
			return 0, err
		}
		if len(seq) != 1 {
			return 0, pathFailed("array subscript '%s' value must be singleton numeric", word)
		}
		return p.index(seq[0])
	}
	// Both are evaluated before either is looked at.
	if r.To != nil {
		if _, err := p.eval(r.From); err != nil {
			return 0, 0, err
		}
		if _, err := p.eval(r.To); err != nil {
			return 0, 0, err
		}
	}
	if from, err = index(r.From, "from"); err != nil || r.To == nil {
		return from, from, err
	}
	to, err = index(r.To, "to")
	return from, to, err
}

func (p *pathEval) index(x jsonItem) (int64, error) {
	if x.json != nil {
		switch x.json.kind {
		case jsonInt:
			if n, ok := parseJavaInt(x.json.text, 64); ok {
				return n, nil
			}
		case jsonFloat:
			if f := x.json.float(); f >= math.MinInt64 && f <= math.MaxInt64 {
				return int64(min(f, math.Nextafter(math.MaxInt64, 0))), nil
			}
		default:
			return 0, wrongItem("NUMBER", x)
		}
		return 0, pathFailed("cannot convert value %s to long", x.json.text)
	}
	if !x.t.IsNumeric() {
		return 0, wrongItem("NUMBER", x)
	}
	y, err := p.cast(x, types.Bigint)
	if err != nil {
		return 0, pathCaused(err)
	}
	return y.d.I, nil
}

// cast converts an SQL value.
func (p *pathEval) cast(x jsonItem, t types.Type) (jsonItem, error) {
	if x.t == t {
		return x, nil
	}
	d, err := Fold(&plan.Cast{Base: plan.Base{T: t}, X: p.constant(x)}, p.env)
	return sqlItem(t, d), err
}

func (p *pathEval) constant(x jsonItem) plan.Expr {
	return &plan.Const{Base: plan.Base{T: x.t}, V: x.d}
}

// operate applies an operator of SQL.
func (p *pathEval) operate(name string, op plan.ArithOp, xs ...jsonItem) (jsonItem, error) {
	ts := make([]types.Type, len(xs))
	for i, x := range xs {
		ts[i] = x.t
	}
	fn, err := function.ResolveOperator(name, ts...)
	if err != nil {
		return jsonItem{}, err
	}
	numeric := true
	args := make([]plan.Expr, len(xs))
	for i, x := range xs {
		args[i] = p.constant(x)
		if x.t != fn.Args[i] {
			args[i] = &plan.Cast{Base: plan.Base{T: fn.Args[i]}, X: args[i], Implicit: true}
		}
		numeric = numeric && fn.Args[i].IsNumeric()
	}
	var e plan.Expr = &plan.Call{Base: plan.Base{T: fn.Result}, Func: fn, Args: args}
	if numeric {
		a := &plan.Arith{Base: plan.Base{T: fn.Result}, Op: op, L: args[0]}
		if len(args) > 1 {
			a.R = args[1]
		}
		e = a
	}
	d, err := Fold(e, p.env)
	if err != nil {
		return jsonItem{}, pathCaused(err)
	}
	return sqlItem(fn.Result, d), nil
}

func (p *pathEval) arithmetic(n *jsonpath.Node) ([]jsonItem, error) {
	left, err := p.unwrapped(n.Args[0])
	if err != nil {
		return nil, err
	}
	right, err := p.unwrapped(n.Args[1])
	if err != nil {
		return nil, err
	}
	if len(left) != 1 || len(right) != 1 {
		return nil, pathFailed("arithmetic binary expression requires singleton operands")
	}
	xs := []jsonItem{left[0], right[0]}
	for i, x := range xs {
		if x.json == nil {
			continue
		}
		y, ok, err := x.number()
		if err == nil && !ok {
			err = wrongItem("NUMBER", x)
		}
		if err != nil {
			return nil, err
		}
		xs[i] = y
	}
	fn := map[jsonpath.Op]string{jsonpath.Add: "$add", jsonpath.Sub: "$sub", jsonpath.Mul: "$mul", jsonpath.Div: "$div", jsonpath.Mod: "$mod"}[n.Op]
	out, err := p.operate(fn, plan.ArithOp(n.Op-jsonpath.Add), xs[0], xs[1])
	if err != nil {
		if sqlerr.CodeOf(err) != sqlerr.PathEvaluationError {
			err = pathFailed("invalid operand types to %s operator (%s, %s)", jsonpath.Words[n.Op], xs[0].t, xs[1].t)
		}
		return nil, err
	}
	return []jsonItem{out}, nil
}

func (p *pathEval) method(n *jsonpath.Node) ([]jsonItem, error) {
	switch n.Text {
	case "type":
		seq, err := p.eval(n.Args[0])
		if err != nil {
			return nil, err
		}
		out := make([]jsonItem, len(seq))
		for i, x := range seq {
			out[i] = sqlItem(types.VarcharN(27), plan.Datum{S: x.kindName()})
		}
		return out, nil
	case "size":
		seq, err := p.eval(n.Args[0])
		if err != nil {
			return nil, err
		}
		out := make([]jsonItem, len(seq))
		for i, x := range seq {
			switch {
			case x.is(jsonArray):
				out[i] = integerItem(int64(len(x.json.kids)))
			case p.lax:
				out[i] = integerItem(1)
			default:
				return nil, wrongItem("ARRAY", x)
			}
		}
		return out, nil
	case "double":
		return p.each(n.Args[0], func(x jsonItem) (jsonItem, error) {
			y, ok, err := x.value()
			switch {
			case err != nil:
				return x, err
			case !ok, !y.t.IsNumeric() && !y.t.IsString():
				return x, wrongItem("NUMBER or TEXT", x)
			}
			if y, err = p.cast(y, types.Double); err != nil {
				err = pathCaused(err)
			}
			return y, err
		})
	case "keyvalue":
		seq, err := p.unwrapped(n.Args[0])
		if err != nil {
			return nil, err
		}
		var out []jsonItem
		for _, x := range seq {
			if !x.is(jsonObject) {
				return nil, wrongItem("OBJECT", x)
			}
			for i, k := range x.json.keys {
				id := string(decimal.AppendInt64(nil, p.objects, 0))
				out = append(out, jsonItem{json: &jsonValue{kind: jsonObject, keys: []string{"name", "value", "id"}, kids: []*jsonValue{
					{kind: jsonString, text: k}, x.json.kids[i], {kind: jsonInt, text: id},
				}}})
			}
			p.objects++
		}
		return out, nil
	}
	return p.each(n.Args[0], func(x jsonItem) (jsonItem, error) { // abs, ceiling, floor
		y, ok, err := x.number()
		switch {
		case err != nil:
			return x, err
		case !ok:
			return x, wrongItem("NUMBER", x)
		}
		fn, err := function.Resolve(n.Text, function.Values(y.t))
		if err != nil {
			return x, pathCaused(err)
		}
		d, err := Fold(&plan.Call{Base: plan.Base{T: fn.Result}, Func: fn, Args: []plan.Expr{p.constant(y)}}, p.env)
		if err != nil {
			return x, pathCaused(err)
		}
		return sqlItem(fn.Result, d), nil
	})
}

// kindName is what type() says of an item.
func (x jsonItem) kindName() string {
	if x.json != nil {
		return strings.ToLower(x.typeName())
	}
	switch x.t.Kind {
	case types.KindVarchar, types.KindChar:
		return "string"
	case types.KindBoolean:
		return "boolean"
	case types.KindDate:
		return "date"
	case types.KindTime:
		return "time without time zone"
	case types.KindTimeTZ:
		return "time with time zone"
	case types.KindTimestamp:
		return "timestamp without time zone"
	case types.KindTimestampTZ:
		return "timestamp with time zone"
	}
	return "number"
}

// test evaluates a predicate. Errors in it make it unknown.
func (p *pathEval) test(n *jsonpath.Node) truth {
	switch n.Op {
	case jsonpath.And, jsonpath.Or:
		ends := truthOf(n.Op == jsonpath.Or)
		l := p.test(n.Args[0])
		if l == ends {
			return l
		}
		r := p.test(n.Args[1])
		switch {
		case r == ends:
			return r
		case l == unknown || r == unknown:
			return unknown
		}
		return l
	case jsonpath.Not:
		switch x := p.test(n.Args[0]); x {
		case unknown:
			return x
		default:
			return truthOf(x == isFalse)
		}
	case jsonpath.IsUnknown:
		return truthOf(p.test(n.Args[0]) == unknown)
	case jsonpath.Exists:
		seq, err := p.eval(n.Args[0])
		if err != nil {
			return unknown
		}
		return truthOf(len(seq) > 0)
	case jsonpath.Starts:
		return p.starts(n)
	}
	return p.compare(n)
}

// pathText is the text of an item.
func pathText(x jsonItem) (string, bool) {
	switch {
	case x.is(jsonString):
		return x.json.text, true
	case x.json == nil && x.t.Kind == types.KindVarchar:
		return x.d.S, true
	case x.json == nil && x.t.Kind == types.KindChar:
		return padded(x.d.S, int(x.t.P)), true
	}
	return "", false
}

func (p *pathEval) starts(n *jsonpath.Node) truth {
	seq, err := p.eval(n.Args[0])
	if err != nil {
		return unknown
	}
	with, err := p.eval(n.Args[1])
	if err != nil || len(with) != 1 {
		return unknown
	}
	prefix, ok := pathText(with[0])
	if !ok {
		return unknown
	}
	if p.lax {
		seq = unwrapArrays(seq)
	}
	found := isFalse
	for _, x := range seq {
		s, ok := pathText(x)
		if !ok {
			return unknown
		}
		if strings.HasPrefix(s, prefix) {
			found = isTrue
			if p.lax {
				return isTrue
			}
		}
	}
	return found
}

// compare compares every item of one side with every one of the other. null
// equals null and nothing else; containers cannot be compared.
func (p *pathEval) compare(n *jsonpath.Node) truth {
	left, err := p.unwrapped(n.Args[0])
	if err != nil {
		return unknown
	}
	right, err := p.unwrapped(n.Args[1])
	if err != nil {
		return unknown
	}
	if len(left) == 0 || len(right) == 0 {
		return isFalse
	}
	census := func(seq []jsonItem) (null, scalar, other bool) {
		for _, x := range seq {
			switch {
			case x.is(jsonNull):
				null = true
			case x.scalar():
				scalar = true
			default:
				other = true
			}
		}
		return
	}
	lNull, lScalar, lOther := census(left)
	rNull, rScalar, rOther := census(right)
	if lOther && (rOther || rScalar) || lScalar && rOther {
		return unknown
	}
	found := n.Op == jsonpath.Eq && lNull && rNull ||
		n.Op == jsonpath.Ne && (lNull && (rScalar || rOther) || rNull && (lScalar || lOther))
	if found && p.lax || !lScalar || !rScalar {
		return truthOf(found)
	}
	scalars := func(seq []jsonItem) ([]jsonItem, bool) {
		var out []jsonItem
		for _, x := range seq {
			if x.is(jsonNull) || !x.scalar() {
				continue
			}
			y, _, err := x.value()
			if err != nil {
				return nil, false
			}
			out = append(out, y)
		}
		return out, true
	}
	ls, ok := scalars(left)
	rs, ok2 := scalars(right)
	if !ok || !ok2 {
		return unknown
	}
	for _, l := range ls {
		for _, r := range rs {
			switch p.compareValues(n.Op, l, r) {
			case unknown:
				return unknown
			case isTrue:
				if p.lax {
					return isTrue
				}
				found = true
			}
		}
	}
	return truthOf(found)
}

func (p *pathEval) compareValues(op jsonpath.Op, l, r jsonItem) truth {
	t, ok := types.Common(l.t, r.t)
	equality := op == jsonpath.Eq || op == jsonpath.Ne
	if !ok || equality && !t.Comparable() || !equality && !t.Orderable() {
		return unknown
	}
	side := func(x jsonItem) plan.Expr {
		if x.t == t {
			return p.constant(x)
		}
		return &plan.Cast{Base: plan.Base{T: t}, X: p.constant(x), Implicit: true}
	}
	d, err := Fold(&plan.Compare{Base: plan.Base{T: types.Boolean}, Op: plan.CompareOp(op - jsonpath.Eq), L: side(l), R: side(r)}, p.env)
	if err != nil || d.Null {
		return unknown
	}
	return truthOf(d.B)
}
