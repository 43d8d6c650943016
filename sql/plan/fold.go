package plan

// Folding: what depends on no row is computed once, when the plan is made, and what
// is decided by a constant is taken for decided (Trino's IrExpressionOptimizer; its
// rules EvaluateLogical, RemoveRedundantCaseClauses, EvaluateCallWithNullInput).
//
// What fails stays as it is: 1/0 fails when a row asks for it, and nowhere else. As
// in Trino a term that decides an AND or an OR does so whatever stands before it, so
// that 1 / x = 1 AND false is false and fails for no x.

import (
	"slices"
	"unicode/utf8"

	"github.com/ionq-db/ionq/sql/types"
)

// foldedText is how many characters a folded string may have: a longer one is better
// shown, and kept, as what makes it.
const foldedText = 200

// Fold folds the expressions of a plan, which is changed in place. value computes an
// expression that refers to no column; false where that fails.
func Fold(root Node, value func(Expr) (Datum, bool)) Node {
	f := &folder{value: value}
	return f.node(root)
}

type folder struct{ value func(Expr) (Datum, bool) }

func (f *folder) node(n Node) Node {
	mapInputs(n, f.node)
	MapExprs(n, f.expr)
	switch n := n.(type) {
	case *Filter:
		c, ok := n.Pred.(*Const)
		switch {
		case !ok:
		case !c.V.Null && c.V.B:
			return n.Input
		default:
			return &Values{Cols: n.Columns()}
		}
	case *Join:
		if c, ok := n.Residual.(*Const); ok && !c.V.Null && c.V.B {
			n.Residual = nil
			if len(n.LKeys) == 0 && n.Kind == InnerJoin {
				n.Kind = CrossJoin
			}
		}
		if l, r := none(n.L), none(n.R); l && (r || n.Kind != RightJoin && n.Kind != FullJoin) || r && n.Kind != LeftJoin && n.Kind != FullJoin {
			return &Values{Cols: n.Columns()}
		}
	case *SemiJoin:
		if none(n.L) {
			return &Values{Cols: n.Columns()}
		}
	case *Apply:
		if none(n.Input) {
			return &Values{Cols: n.Columns()}
		}
	case *Project:
		if none(n.Input) {
			return &Values{Cols: n.Cols}
		}
	case *Limit:
		if n.N == 0 || none(n.Input) {
			return &Values{Cols: n.Columns()}
		}
	case *TopN:
		if n.N == 0 || none(n.Input) {
			return &Values{Cols: n.Columns()}
		}
	case *Sort:
		if none(n.Input) {
			return n.Input
		}
	case *Union:
		if ins := slices.DeleteFunc(slices.Clone(n.Ins), none); len(ins) > 0 {
			n.Ins = ins
		} else {
			return &Values{Cols: n.Cols}
		}
	}
	return n
}

// none tells a plan without rows.
func none(n Node) bool {
	v, ok := n.(*Values)
	return ok && len(v.Rows) == 0
}

// expr folds one expression.
func (f *folder) expr(e Expr) Expr {
	if e == nil {
		return nil
	}
	out, _ := f.fold(e)
	return out
}

// fold gives the folded expression, and whether it depends on no row.
func (f *folder) fold(e Expr) (out Expr, free bool) {
	switch x := e.(type) {
	case *Const:
		return e, true
	case *Col, *Outer, *Var:
		return e, false
	case *Lambda:
		body, _ := f.fold(x.Body)
		if body != x.Body {
			c := *x
			c.Body = body
			return &c, false
		}
		return e, false
	case *Call:
		free = !x.Func.NonDeterministic
	default:
		free = foldable(e)
	}
	done := map[Expr]Expr{}
	for _, c := range Children(e) {
		if _, ok := done[c]; ok {
			continue
		}
		d, ok := f.fold(c)
		if _, lambda := c.(*Lambda); lambda {
			ok = !hasColumns(c)
		}
		done[c] = d
		free = free && ok
	}
	out = Rewrite(e, func(c Expr) Expr {
		if c == e {
			return nil
		}
		return done[c]
	})
	if s := simplified(out); s != out {
		if !free {
			_, free = s.(*Const)
		}
		out = s
	}
	if _, ok := out.(*Const); ok || !free || !shows(out.Type()) {
		return out, free
	}
	v, ok := f.value(out)
	if !ok || !v.Null && out.Type().IsString() && utf8.RuneCountInString(v.S) > foldedText {
		return out, free
	}
	return &Const{Base: Base{T: out.Type(), P: out.Pos()}, V: v}, true
}

// hasColumns reports whether a lambda captures something of the row, or chance.
func hasColumns(e Expr) bool {
	found := false
	Walk(e, func(e Expr) bool {
		switch x := e.(type) {
		case *Col, *Outer:
			found = true
		case *Call:
			found = found || x.Func.NonDeterministic
		}
		return !found
	})
	return found
}

// foldable tells the expressions of this package.
func foldable(e Expr) bool {
	switch e.(type) {
	case *Arith, *Compare, *And, *Or, *Not, *IsNull, *Between, *In, *Case, *Coalesce, *NullIf, *Try, *Cast, *Deref, *RowCtor, *ArrayCtor:
		return true
	}
	return false
}

// shows tells the types whose values EXPLAIN writes as literals.
func shows(t types.Type) bool {
	switch t.Kind {
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal, types.KindDouble,
		types.KindDecimal, types.KindVarchar, types.KindChar, types.KindDate, types.KindTime, types.KindTimestamp, types.KindTimestampTZ,
		types.KindIntervalDaySecond, types.KindIntervalYearMonth:
		return true
	}
	return false
}

// simplified takes constants that decide for decided.
func simplified(e Expr) Expr {
	nothing := func() Expr { return &Const{Base: Base{T: e.Type(), P: e.Pos()}, V: Datum{Null: true}} }
	switch x := e.(type) {
	case *And:
		return logic(x, x.Terms, true)
	case *Or:
		return logic(x, x.Terms, false)
	case *Case:
		if x.X != nil {
			return e
		}
		c := *x
		c.Whens = nil
		for i, w := range x.Whens {
			k, ok := w.Cond.(*Const)
			if !ok {
				c.Whens = append(c.Whens, w)
				continue
			}
			if k.V.Null || !k.V.B {
				continue
			}
			c.Else = x.Whens[i].Then
			break
		}
		switch {
		case len(c.Whens) > 0 && len(c.Whens) == len(x.Whens):
			return e
		case len(c.Whens) > 0:
			return &c
		case c.Else == nil:
			return nothing()
		}
		return c.Else
	case *Coalesce:
		var args []Expr
		for _, a := range x.Args {
			c, ok := a.(*Const)
			if ok && c.V.Null {
				continue
			}
			if args = append(args, a); ok {
				break
			}
		}
		switch len(args) {
		case len(x.Args):
			return e
		case 0:
			return nothing()
		case 1:
			return args[0]
		}
		c := *x
		c.Args = args
		return &c
	case *Compare:
		l, r := isNull(x.L), isNull(x.R)
		if (l || r) && x.Op != OpDistinct && x.Op != OpNotDistinct {
			return nothing()
		}
	case *Arith:
		if isNull(x.L) || isNull(x.R) {
			return nothing()
		}
	case *Call:
		if !x.Func.CalledOnNull && slices.ContainsFunc(x.Args, isNull) {
			return nothing()
		}
	}
	return e
}

func isNull(e Expr) bool {
	c, ok := e.(*Const)
	return ok && c.V.Null
}

// logic simplifies an AND (or false: an OR). pass is the constant that says nothing.
func logic(e Expr, terms []Expr, pass bool) Expr {
	var left []Expr
	for _, t := range terms {
		c, ok := t.(*Const)
		switch {
		case !ok || c.V.Null:
			left = append(left, t)
		case c.V.B != pass:
			return c
		}
	}
	switch {
	case len(left) == len(terms) && !slices.ContainsFunc(left, func(t Expr) bool { return !isNull(t) }):
		return left[0]
	case len(left) == len(terms):
		return e
	case len(left) == 0:
		return &Const{Base: Base{T: types.Boolean, P: e.Pos()}, V: Datum{B: pass}}
	case len(left) == 1:
		return left[0]
	}
	b := Base{T: types.Boolean, P: e.Pos()}
	if pass {
		return &And{Base: b, Terms: left}
	}
	return &Or{Base: b, Terms: left}
}
