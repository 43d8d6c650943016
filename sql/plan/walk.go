package plan

// Walking, rewriting and comparing of expressions, and of the expressions in
// nodes.

import "reflect"

// Children returns the expressions directly below e.
func Children(e Expr) []Expr {
	switch x := e.(type) {
	case *Arith:
		if x.R == nil {
			return []Expr{x.L}
		}
		return []Expr{x.L, x.R}
	case *Compare:
		return []Expr{x.L, x.R}
	case *And:
		return x.Terms
	case *Or:
		return x.Terms
	case *Not:
		return []Expr{x.X}
	case *IsNull:
		return []Expr{x.X}
	case *Between:
		return []Expr{x.X, x.Lo, x.Hi}
	case *In:
		return append([]Expr{x.X}, x.List...)
	case *Case:
		var out []Expr
		if x.X != nil {
			out = append(out, x.X)
		}
		for _, w := range x.Whens {
			out = append(out, w.Cond, w.Then)
		}
		if x.Else != nil {
			out = append(out, x.Else)
		}
		return out
	case *Coalesce:
		return x.Args
	case *NullIf:
		return []Expr{x.A, x.B}
	case *Try:
		return []Expr{x.X}
	case *Cast:
		return []Expr{x.X}
	case *Call:
		return x.Args
	case *Deref:
		return []Expr{x.X}
	case *RowCtor:
		return x.Fields
	case *ArrayCtor:
		return x.Elems
	case *Lambda:
		return []Expr{x.Body}
	}
	return nil
}

// Walk calls f for e and everything below it, from the top; where f gives false
// it does not go down.
func Walk(e Expr, f func(Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	for _, c := range Children(e) {
		Walk(c, f)
	}
}

// Rewrite returns e with parts replaced, from the top: where f gives an
// expression it stands in place of its argument; where f gives nil the parts
// below are rewritten. Unchanged parts are shared with e, which stays as it is.
func Rewrite(e Expr, f func(Expr) Expr) Expr {
	if e == nil {
		return nil
	}
	if r := f(e); r != nil {
		return r
	}
	changed := false
	sub := func(c Expr) Expr {
		r := Rewrite(c, f)
		changed = changed || r != c
		return r
	}
	list := func(cs []Expr) []Expr {
		out := make([]Expr, len(cs))
		for i, c := range cs {
			out[i] = sub(c)
		}
		return out
	}
	var out Expr
	switch x := e.(type) {
	case *Arith:
		c := *x
		c.L, c.R = sub(x.L), sub(x.R)
		out = &c
	case *Compare:
		c := *x
		c.L, c.R = sub(x.L), sub(x.R)
		out = &c
	case *And:
		c := *x
		c.Terms = list(x.Terms)
		out = &c
	case *Or:
		c := *x
		c.Terms = list(x.Terms)
		out = &c
	case *Not:
		c := *x
		c.X = sub(x.X)
		out = &c
	case *IsNull:
		c := *x
		c.X = sub(x.X)
		out = &c
	case *Between:
		c := *x
		c.X, c.Lo, c.Hi = sub(x.X), sub(x.Lo), sub(x.Hi)
		out = &c
	case *In:
		c := *x
		c.X, c.List = sub(x.X), list(x.List)
		out = &c
	case *Case:
		c := *x
		c.X = sub(x.X)
		c.Whens = make([]When, len(x.Whens))
		for i, w := range x.Whens {
			c.Whens[i] = When{sub(w.Cond), sub(w.Then)}
		}
		c.Else = sub(x.Else)
		out = &c
	case *Coalesce:
		c := *x
		c.Args = list(x.Args)
		out = &c
	case *NullIf:
		c := *x
		c.A, c.B = sub(x.A), sub(x.B)
		out = &c
	case *Try:
		c := *x
		c.X = sub(x.X)
		out = &c
	case *Cast:
		c := *x
		c.X = sub(x.X)
		out = &c
	case *Call:
		c := *x
		c.Args = list(x.Args)
		out = &c
	case *Deref:
		c := *x
		c.X = sub(x.X)
		out = &c
	case *RowCtor:
		c := *x
		c.Fields = list(x.Fields)
		out = &c
	case *ArrayCtor:
		c := *x
		c.Elems = list(x.Elems)
		out = &c
	case *Lambda:
		c := *x
		c.Body = sub(x.Body)
		out = &c
	default:
		return e
	}
	if !changed {
		return e
	}
	return out
}

// Same is implemented by expressions of other packages to take part in Equal.
type Same interface {
	SameAs(other Expr) bool
}

// Equal reports whether a and b compute the same: equal but for positions,
// names of columns, and numbers of lambda parameters.
func Equal(a, b Expr) bool { return equal(a, b, nil) }

// equal compares under the pairs of lambda parameters met so far.
func equal(a, b Expr, params map[int]int) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	if a == b {
		return true
	}
	if a.Type() != b.Type() || reflect.TypeOf(a) != reflect.TypeOf(b) {
		return false
	}
	switch x := a.(type) {
	case *Col:
		return x.Index == b.(*Col).Index
	case *Outer:
		y := b.(*Outer)
		return x.Apply == y.Apply && x.Index == y.Index
	case *Var:
		id, ok := params[x.ID]
		if !ok {
			id = x.ID
		}
		return id == b.(*Var).ID
	case *Const:
		return reflect.DeepEqual(x.V, b.(*Const).V)
	case *Arith:
		if x.Op != b.(*Arith).Op {
			return false
		}
	case *Compare:
		if x.Op != b.(*Compare).Op {
			return false
		}
	case *Case:
		y := b.(*Case)
		if (x.X == nil) != (y.X == nil) || (x.Else == nil) != (y.Else == nil) {
			return false
		}
	case *NullIf:
		if x.CmpType != b.(*NullIf).CmpType {
			return false
		}
	case *Cast:
		if x.Safe != b.(*Cast).Safe {
			return false
		}
	case *Call:
		if y := b.(*Call); x.Func.Function != y.Func.Function {
			return false
		}
	case *Deref:
		if x.Index != b.(*Deref).Index {
			return false
		}
	case *Lambda:
		y := b.(*Lambda)
		if len(x.Params) != len(y.Params) {
			return false
		}
		inner := make(map[int]int, len(params)+len(x.Params))
		for k, v := range params {
			inner[k] = v
		}
		for i, p := range x.Params {
			inner[p.ID] = y.Params[i].ID
		}
		return equal(x.Body, y.Body, inner)
	case Same:
		return x.SameAs(b)
	}
	ac, bc := Children(a), Children(b)
	if len(ac) != len(bc) {
		return false
	}
	for i := range ac {
		if !equal(ac[i], bc[i], params) {
			return false
		}
	}
	return true
}

// MapExprs replaces every expression directly in n by f of it.
func MapExprs(n Node, f func(Expr) Expr) {
	list := func(es []Expr) {
		for i, e := range es {
			es[i] = f(e)
		}
	}
	one := func(e *Expr) {
		if *e != nil {
			*e = f(*e)
		}
	}
	switch n := n.(type) {
	case *Scan:
		one(&n.Filter)
	case *Values:
		for _, r := range n.Rows {
			list(r)
		}
	case *Filter:
		one(&n.Pred)
	case *Project:
		list(n.Exprs)
	case *Aggregate:
		for i := range n.Aggs {
			list(n.Aggs[i].Lambdas)
		}
	case *Join:
		list(n.LKeys)
		list(n.RKeys)
		one(&n.Residual)
	case *SemiJoin:
		list(n.LKeys)
		list(n.RKeys)
		one(&n.Residual)
	case *Unnest:
		list(n.Exprs)
	case *MatchRecognize:
		for _, e := range n.Match.exprs() {
			e.Expr = f(e.Expr)
		}
	}
}

// WalkNodes calls f for n and every node below it, from the top; where f gives
// false it does not go down.
func WalkNodes(n Node, f func(Node) bool) {
	if !f(n) {
		return
	}
	for _, in := range n.Inputs() {
		WalkNodes(in, f)
	}
}

// VisitExprs calls f for every expression in n and below, whole expressions and
// their parts.
func VisitExprs(n Node, f func(Expr)) {
	WalkNodes(n, func(n Node) bool {
		MapExprs(n, func(e Expr) Expr {
			Walk(e, func(e Expr) bool {
				f(e)
				return true
			})
			return e
		})
		return true
	})
}
