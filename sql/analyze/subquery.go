package analyze

// Subqueries in expressions. First they are analyzed (a *subquery stands in the
// expression), later planned over the rows that the expression is computed for:
// an uncorrelated one as a join, a correlated one as a join where its shape
// allows, else as an Apply, which computes it anew for each row.

import (
	"slices"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// query analyzes a subquery whose outer query is v's.
func (v env) query(q *syntax.Query, node syntax.Expr) (*subquery, *relation, error) {
	if v.inLambda {
		return nil, nil, unsupported(node.Pos(), "Lambda expression cannot contain subqueries")
	}
	v.a.lastID++
	f := &frame{id: v.a.lastID}
	rel, err := v.a.query(q, &scope{parent: v.sc, frame: f}, v.w)
	if err != nil {
		return nil, nil, err
	}
	if v.noOuter && len(f.refs) > 0 {
		r := f.refs[0]
		return nil, nil, unsupported(r.node.Pos(), "Reference to column '%s' from outer scope not allowed in this context", format(r.node))
	}
	rel = onlyVisible(rel)
	return &subquery{id: f.id, node: node, root: rel.node, refs: f.refs}, rel, nil
}

// oneColumn makes the subquery yield one column: several become a row.
func (s *subquery) oneColumn(rel *relation) types.Type {
	if len(rel.fields) == 1 {
		return rel.fields[0].typ
	}
	p := &plan.RowCtor{}
	fields := make([]types.Field, len(rel.fields))
	for i, f := range rel.fields {
		fields[i] = types.Field{Name: f.name, Type: f.typ}
		p.Fields = append(p.Fields, &plan.Col{Base: base(f.typ, 0), Index: i, Name: f.name})
	}
	t := types.Row(fields...)
	p.Base = base(t, s.node.Pos())
	s.root = &plan.Project{Input: s.root, Exprs: []plan.Expr{p}, Cols: []plan.Column{{Type: t}}}
	return t
}

func (v env) scalarSubquery(x *syntax.SubqueryExpr) (plan.Expr, error) {
	s, rel, err := v.query(x.Query, x)
	if err != nil {
		return nil, err
	}
	s.kind = scalarSubquery
	s.Base = base(s.oneColumn(rel), x.Pos())
	return s, nil
}

func (v env) exists(x *syntax.Exists) (plan.Expr, error) {
	v.a.existsQuery = x.Query
	s, _, err := v.query(x.Query, x)
	if err != nil {
		return nil, err
	}
	s.kind = existsSubquery
	s.Base = base(types.Boolean, x.Pos())
	return s, nil
}

// against analyzes value, and the subquery that it is compared with; both come to
// have one type.
func (v env) against(value syntax.Expr, q *syntax.Query, x syntax.Expr) (*subquery, types.Type, error) {
	val, err := v.expr(value)
	if err != nil {
		return nil, types.Unknown, err
	}
	s, rel, err := v.query(q, x)
	if err != nil {
		return nil, types.Unknown, err
	}
	if spec, ok := q.Body.(*syntax.QuerySpec); ok && len(s.refs) > 0 && slices.ContainsFunc(spec.Items, func(it syntax.SelectItem) bool {
		all, ok := it.(*syntax.AllColumns)
		return ok && all.Target != nil
	}) && fromOneRow(spec.From) {
		return nil, types.Unknown, notDecorrelated(x.Pos())
	}
	fields := make([]types.Field, len(rel.fields))
	for i, f := range rel.fields {
		fields[i] = types.Field{Name: f.name, Type: f.typ}
	}
	row := types.Row(fields...)
	vt := val.Type()
	if vt.Kind != types.KindRow && vt.Kind != types.KindUnknown {
		vt = types.Row(types.Field{Type: vt})
	}
	t, ok := types.Common(vt, row)
	if !ok {
		return nil, t, mismatch(x.Pos(), "Value expression and result of subquery must be of the same type: %s vs %s", vt, row)
	}
	if len(rel.fields) == 1 && val.Type().Kind != types.KindRow {
		t = t.Fields()[0].Type
	}
	st := s.oneColumn(rel)
	if len(rel.fields) == 1 && val.Type().Kind == types.KindRow {
		s.root = &plan.Project{Input: s.root, Cols: []plan.Column{{Type: row}}, Exprs: []plan.Expr{
			&plan.RowCtor{Base: base(row, x.Pos()), Fields: []plan.Expr{&plan.Col{Base: base(st, x.Pos())}}},
		}}
	}
	s.root = castColumns(s.root, []types.Type{t})
	s.value = coerced(val, t)
	s.Base = base(types.Boolean, x.Pos())
	return s, t, nil
}

func (v env) inSubquery(x *syntax.InSubquery) (plan.Expr, error) {
	s, t, err := v.against(x.Expr, x.Query, x)
	if err != nil {
		return nil, err
	}
	if !t.Comparable() {
		return nil, mismatch(x.Pos(), "Cannot apply operator: %s = %s", t, t)
	}
	s.kind = inSubquery
	return negated(s, x.Not), nil
}

func (v env) quantified(x *syntax.Quantified) (plan.Expr, error) {
	s, t, err := v.against(x.Expr, x.Query, x)
	if err != nil {
		return nil, err
	}
	equality := x.Op == syntax.Equal || x.Op == syntax.NotEqual
	if equality && !t.Comparable() {
		return nil, mismatch(x.Pos(), "Type [%s] must be comparable in order to be used in quantified comparison", t)
	}
	if !equality && !t.Orderable() {
		return nil, mismatch(x.Pos(), "Type [%s] must be orderable in order to be used in quantified comparison", t)
	}
	all := x.Quantifier == syntax.QuantifierAll
	switch {
	case x.Op == syntax.Equal && !all:
		s.kind = inSubquery
		return s, nil
	case x.Op == syntax.NotEqual && all:
		s.kind = inSubquery
		return not(s, x.Pos()), nil
	}
	if !t.Orderable() {
		return nil, unsupported(x.Pos(), "Quantified comparison '%s %s' for type %s is not supported yet", x.Op, map[bool]string{true: "ALL", false: "ANY"}[all], t)
	}
	return v.bounds(s, x, t, all)
}

// bounds turns x op ALL|ANY (query) into a comparison with the least and the
// greatest value, as Trino's TransformQuantifiedComparisonApplyToCorrelatedJoin
// does: x > ALL q is true for an empty q, else x > max(q), but NULL in place of
// true where q holds a NULL.
func (v env) bounds(s *subquery, x *syntax.Quantified, t types.Type, all bool) (plan.Expr, error) {
	p := x.Pos()
	agg := &plan.Aggregate{Input: s.root}
	for _, name := range []string{"min", "max", "count"} {
		fn, _, err := resolvePlain(name, p, &plan.Col{Base: base(t, p)})
		if err != nil {
			return nil, err
		}
		agg.Aggs = append(agg.Aggs, plan.Agg{Func: fn, Args: []int{0}, Filter: -1, P: p})
		agg.Cols = append(agg.Cols, plan.Column{Name: name, Type: fn.Result})
	}
	fn, _, err := resolvePlain("count", p)
	if err != nil {
		return nil, err
	}
	agg.Aggs = append(agg.Aggs, plan.Agg{Func: fn, Filter: -1, P: p})
	agg.Cols = append(agg.Cols, plan.Column{Name: "count", Type: types.Bigint})
	fields := make([]types.Field, len(agg.Cols))
	row := &plan.RowCtor{}
	for i, c := range agg.Cols {
		fields[i].Type = c.Type
		row.Fields = append(row.Fields, &plan.Col{Base: base(c.Type, p), Index: i, Name: c.Name})
	}
	row.Base = base(types.Row(fields...), p)
	value := s.value
	s.kind, s.value, s.bound = scalarSubquery, nil, value
	s.root = &plan.Project{Input: agg, Exprs: []plan.Expr{row}, Cols: []plan.Column{{Type: row.T}}}
	s.Base = base(row.T, p)

	least, greatest, nonNull, rows := deref(s, 0, p), deref(s, 1, p), deref(s, 2, p), deref(s, 3, p)
	cmp := func(op syntax.BinaryOp, l, r plan.Expr) plan.Expr {
		e, err2 := compare(op, l, r, p)
		if err2 != nil && err == nil {
			err = err2
		}
		return e
	}
	truth := types.Boolean
	nullIfNulls := func(otherwise bool) plan.Expr { // NULL where q holds a NULL
		return &plan.Case{
			Base: base(truth, p), Whens: []plan.When{{Cond: cmp(syntax.Equal, nonNull, rows), Then: boolean(otherwise, p)}},
			Else: constant(truth, p, plan.Datum{Null: true}),
		}
	}
	op := x.Op
	neg := false
	if op == syntax.NotEqual { // <> ANY is not = ALL
		op, all, neg = syntax.Equal, true, true
	}
	var bound plan.Expr
	switch less := op == syntax.LessThan || op == syntax.LessThanOrEqual; {
	case op == syntax.Equal:
		bound = and(cmp(syntax.Equal, least, greatest), cmp(syntax.Equal, value, greatest))
	case less == all:
		bound = cmp(op, value, least)
	default:
		bound = cmp(op, value, greatest)
	}
	if err != nil {
		return nil, err
	}
	var e plan.Expr
	if all {
		e = &plan.Or{Base: base(truth, p), Terms: []plan.Expr{cmp(syntax.Equal, rows, bigint(0, p)), and(bound, nullIfNulls(true))}}
	} else {
		e = and(cmp(syntax.NotEqual, rows, bigint(0, p)), &plan.Or{Base: base(truth, p), Terms: []plan.Expr{bound, nullIfNulls(false)}})
	}
	return negated(e, neg), err
}

// bindOuter gives the correlated columns of subquery id, numbered in the order of
// their appearance, their places in the rows that it is computed for.
func bindOuter(n plan.Node, id int, cols []int) {
	replaceOuter(n, id, func(o *plan.Outer) plan.Expr {
		c := *o
		c.Index = cols[o.Index]
		return &c
	})
}

func replaceOuter(n plan.Node, id int, f func(*plan.Outer) plan.Expr) {
	plan.WalkNodes(n, func(n plan.Node) bool {
		plan.MapExprs(n, func(e plan.Expr) plan.Expr { return outerTo(e, id, f) })
		return true
	})
}

func outerTo(e plan.Expr, id int, f func(*plan.Outer) plan.Expr) plan.Expr {
	return plan.Rewrite(e, func(e plan.Expr) plan.Expr {
		if o, ok := e.(*plan.Outer); ok && o.Apply == id {
			return f(o)
		}
		return nil
	})
}

func usesOuter(e plan.Expr, id int) bool {
	found := false
	plan.Walk(e, func(e plan.Expr) bool {
		if o, ok := e.(*plan.Outer); ok && o.Apply == id {
			found = true
		}
		return !found
	})
	return found
}

func planUsesOuter(n plan.Node, id int) bool {
	found := false
	plan.VisitExprs(n, func(e plan.Expr) {
		if o, ok := e.(*plan.Outer); ok && o.Apply == id {
			found = true
		}
	})
	return found
}

// subquery plans s over b's rows and returns the expression for its value.
func (b *builder) subquery(s *subquery) (plan.Expr, error) {
	if e, ok := b.done[s.id]; ok {
		return e, nil
	}
	value := s.value
	if value != nil {
		var err error
		if value, err = b.lower(value); err != nil {
			return nil, err
		}
	}
	root := plan.Clone(s.root)
	cols := make([]int, len(s.refs))
	for i, r := range s.refs {
		e, err := b.lower(r.expr)
		if err != nil {
			return nil, err
		}
		cols[i] = b.col(e)
	}
	var valueCol int
	if value != nil && len(cols) > 0 {
		valueCol = b.col(value)
	}
	b.flush()
	bindOuter(root, s.id, cols)
	var e plan.Expr
	switch {
	case len(cols) == 0:
		e = b.plain(s, root, value)
	case !s.findsJoin(root):
		e = b.apply(s, root, valueCol)
		b.a.refused[s.id] = refused{pos: s.queryPos(), exists: s.kind == existsSubquery}
	default:
		if e = b.decorrelated(s, root, value); e == nil {
			e = b.apply(s, root, valueCol)
		}
	}
	b.done[s.id] = e
	return e, nil
}

// findsJoin reports whether Trino's planner finds a join for s, whose plan is root.
func (s *subquery) findsJoin(root plan.Node) bool {
	if s.kind == inSubquery {
		return findsSemiJoin(root, s.id)
	}
	return findsJoin(root, s.id, s.kind == existsSubquery)
}

// queryPos is where messages about s as a whole point to.
func (s *subquery) queryPos() sqlerr.Pos {
	switch x := s.node.(type) {
	case *syntax.SubqueryExpr:
		return x.Query.Pos()
	case *syntax.Quantified:
		if s.kind == scalarSubquery {
			return x.Query.Pos()
		}
	}
	return s.P
}

func (b *builder) column(i int, t types.Type, p sqlerr.Pos) plan.Expr {
	return &plan.Col{Base: base(t, p), Index: i}
}

// plain plans a subquery that does not depend on the row.
func (b *builder) plain(s *subquery, root plan.Node, value plan.Expr) plan.Expr {
	at := b.width
	switch s.kind {
	case scalarSubquery:
		b.set(&plan.Join{Kind: plan.CrossJoin, L: b.node, R: &plan.Single{Input: root, P: s.P}, P: s.P})
	case existsSubquery:
		b.set(&plan.SemiJoin{L: b.node, R: &plan.Limit{Input: root, N: 1}})
	default:
		t := value.Type()
		b.set(&plan.SemiJoin{
			L: b.node, R: root, NullAware: true,
			LKeys: []plan.Expr{value}, RKeys: []plan.Expr{b.column(0, t, s.P)},
		})
	}
	return b.column(at, s.T, s.P)
}

// apply plans a correlated subquery row by row.
func (b *builder) apply(s *subquery, root plan.Node, valueCol int) plan.Expr {
	at := b.width
	a := &plan.Apply{ID: s.id, Input: b.node, Left: true}
	switch s.kind {
	case scalarSubquery:
		a.Sub = &plan.Single{Input: root, P: s.P}
		b.set(a)
		return b.column(at, s.T, s.P)
	case existsSubquery:
		// One row, or none and then a NULL.
		a.Sub = &plan.Project{Input: &plan.Limit{Input: root, N: 1}, Exprs: []plan.Expr{boolean(true, s.P)}, Cols: []plan.Column{{Type: types.Boolean}}}
		b.set(a)
		return not(&plan.IsNull{Base: base(types.Boolean, s.P), X: b.column(at, types.Boolean, s.P)}, s.P)
	}
	t := b.node.Columns()[valueCol].Type
	one := &plan.Project{Input: nothing().node, Cols: []plan.Column{{Type: t}}, Exprs: []plan.Expr{&plan.Outer{Base: base(t, s.P), Apply: s.id, Index: valueCol}}}
	a.Sub = &plan.SemiJoin{L: one, R: root, NullAware: true, LKeys: []plan.Expr{b.column(0, t, s.P)}, RKeys: []plan.Expr{b.column(0, t, s.P)}}
	b.set(a)
	return b.column(at+1, types.Boolean, s.P)
}

// correlated is a plan whose correlated conditions have been taken out.
type correlated struct {
	node  plan.Node
	conds []plan.Expr // over node's columns and the outer row
}

// takeConditions takes the conjuncts that use the outer row out of the filters at
// the top of n; ok is false where something else uses it, too.
func takeConditions(n plan.Node, id int) (c correlated, ok bool) {
	var keep []plan.Expr
	for {
		f, isFilter := n.(*plan.Filter)
		if !isFilter {
			break
		}
		for _, t := range plan.Conjuncts(f.Pred) {
			if usesOuter(t, id) {
				c.conds = append(c.conds, t)
			} else {
				keep = append(keep, t)
			}
		}
		n = f.Input
	}
	if planUsesOuter(n, id) {
		return c, false
	}
	c.node = n
	if p := and(keep...); p != nil {
		c.node = &plan.Filter{Input: n, Pred: p}
	}
	return c, true
}

// sides splits an equality into the side of the outer row and the inner one.
func sides(e plan.Expr, id int) (outer, inner plan.Expr, ok bool) {
	eq, is := e.(*plan.Compare)
	if !is || eq.Op != plan.OpEq {
		return nil, nil, false
	}
	l, r := eq.L, eq.R
	if usesOuter(r, id) {
		l, r = r, l
	}
	return l, r, !usesOuter(r, id) && sideOf(l, 0) == 0
}

// decorrelated plans a correlated subquery as a join where its shape allows; nil
// where it does not.
func (b *builder) decorrelated(s *subquery, root plan.Node, value plan.Expr) plan.Expr {
	if s.kind == scalarSubquery {
		if e := b.joinedAggregate(s, root); e != nil {
			return e
		}
		return b.joinedRow(s, root)
	}
	top, ok := root.(*plan.Project)
	if !ok {
		return nil
	}
	for _, e := range top.Exprs {
		if usesOuter(e, s.id) && s.kind != existsSubquery {
			return nil
		}
	}
	c, ok := takeConditions(top.Input, s.id)
	if !ok {
		return nil
	}
	width := b.width
	sj := &plan.SemiJoin{L: b.node, R: c.node, NullAware: s.kind == inSubquery}
	if s.kind == inSubquery {
		sj.LKeys, sj.RKeys = []plan.Expr{value}, []plan.Expr{top.Exprs[0]}
	}
	toCol := func(o *plan.Outer) plan.Expr { return &plan.Col{Base: o.Base, Index: o.Index, Name: o.Name} }
	var rest []plan.Expr
	for _, e := range c.conds {
		if outer, inner, ok := sides(e, s.id); ok && s.kind == existsSubquery {
			sj.LKeys = append(sj.LKeys, outerTo(outer, s.id, toCol))
			sj.RKeys = append(sj.RKeys, inner)
			continue
		}
		rest = append(rest, outerTo(plan.Shift(e, width), s.id, toCol))
	}
	sj.Residual = and(rest...)
	b.set(sj)
	return b.column(width, types.Boolean, s.P)
}

// emptyIsZero are the aggregates that give 0 over no rows; the others give NULL.
var emptyIsZero = map[string]bool{"count": true, "count_if": true, "approx_distinct": true}

// joinedAggregate plans (SELECT f(agg(...)) FROM ... WHERE inner = outer) as a
// join with the aggregates by inner. Its groups are those that have rows; for the
// others the join gives NULLs, which is what the aggregates give over no rows,
// but for counts.
func (b *builder) joinedAggregate(s *subquery, root plan.Node) plan.Expr {
	top, ok := root.(*plan.Project)
	if !ok {
		return nil
	}
	agg, ok := top.Input.(*plan.Aggregate)
	if !ok || len(agg.Keys) > 0 || agg.Sets != nil || usesOuter(top.Exprs[0], s.id) {
		return nil
	}
	for _, a := range agg.Aggs {
		for _, l := range a.Lambdas {
			if usesOuter(l, s.id) {
				return nil
			}
		}
	}
	below := agg.Input
	args, _ := below.(*plan.Project)
	if args != nil {
		below = args.Input
		for _, e := range args.Exprs {
			if usesOuter(e, s.id) {
				return nil
			}
		}
	}
	c, ok := takeConditions(below, s.id)
	if !ok {
		return nil
	}
	in := &plan.Project{Input: c.node}
	if args != nil {
		in.Exprs, in.Cols = append(in.Exprs, args.Exprs...), append(in.Cols, args.Cols...)
	} else {
		for i, col := range c.node.Columns() {
			in.Exprs = append(in.Exprs, &plan.Col{Base: base(col.Type, 0), Index: i, Name: col.Name})
			in.Cols = append(in.Cols, col)
		}
	}
	grouped := &plan.Aggregate{Input: in, Aggs: agg.Aggs}
	j := &plan.Join{Kind: plan.LeftJoin, L: b.node, R: grouped, P: s.P}
	for i, e := range c.conds {
		outer, inner, ok := sides(e, s.id)
		if !ok {
			return nil
		}
		grouped.Keys = append(grouped.Keys, len(in.Exprs))
		in.Exprs = append(in.Exprs, inner)
		col := plan.Column{Type: inner.Type()}
		in.Cols = append(in.Cols, col)
		grouped.Cols = append(grouped.Cols, col)
		j.LKeys = append(j.LKeys, outerTo(outer, s.id, func(o *plan.Outer) plan.Expr {
			return &plan.Col{Base: o.Base, Index: o.Index, Name: o.Name}
		}))
		j.RKeys = append(j.RKeys, b.column(i, inner.Type(), e.Pos()))
	}
	grouped.Cols = append(grouped.Cols, agg.Cols...)
	first := b.width + len(grouped.Keys)
	b.set(j)
	return plan.Rewrite(top.Exprs[0], func(e plan.Expr) plan.Expr {
		c, ok := e.(*plan.Col)
		if !ok {
			return nil
		}
		m := *c
		m.Index += first
		if emptyIsZero[agg.Aggs[c.Index].Func.Name] {
			return &plan.Coalesce{Base: base(c.T, c.P), Args: []plan.Expr{&m, bigint(0, c.P)}}
		}
		return &m
	})
}

// joinedRow plans (SELECT f(...) FROM ... WHERE inner = outer), without an
// aggregate, as a join that fails where a row has several matches.
func (b *builder) joinedRow(s *subquery, root plan.Node) plan.Expr {
	top, ok := root.(*plan.Project)
	if !ok || usesOuter(top.Exprs[0], s.id) {
		return nil
	}
	c, ok := takeConditions(top.Input, s.id)
	if !ok || len(c.conds) == 0 {
		return nil
	}
	in := &plan.Project{Input: c.node}
	for i, col := range c.node.Columns() {
		in.Exprs = append(in.Exprs, &plan.Col{Base: base(col.Type, 0), Index: i, Name: col.Name})
		in.Cols = append(in.Cols, col)
	}
	value := b.width + len(in.Exprs)
	in.Exprs, in.Cols = append(in.Exprs, top.Exprs[0]), append(in.Cols, plan.Column{Type: s.T})
	j := &plan.Join{Kind: plan.LeftJoin, L: b.node, R: in, Single: true, P: s.P}
	toCol := func(o *plan.Outer) plan.Expr { return &plan.Col{Base: o.Base, Index: o.Index, Name: o.Name} }
	var rest []plan.Expr
	for _, e := range c.conds {
		if outer, inner, ok := sides(e, s.id); ok {
			j.LKeys, j.RKeys = append(j.LKeys, outerTo(outer, s.id, toCol)), append(j.RKeys, inner)
		} else {
			rest = append(rest, outerTo(plan.Shift(e, b.width), s.id, toCol))
		}
	}
	j.Residual = and(rest...)
	b.set(j)
	return b.column(value, s.T, s.P)
}
