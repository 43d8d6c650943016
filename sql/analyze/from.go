package analyze

// FROM: tables, views, subqueries, VALUES, joins, UNNEST, LATERAL, TABLESAMPLE.

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

func itoa(n int) string { return strconv.Itoa(n) }

// nothing is the relation of a SELECT without FROM: one row, no columns.
func nothing() *relation { return &relation{node: &plan.Values{Rows: [][]plan.Expr{{}}}} }

// from analyzes the FROM clause; its items are cross joined from the left.
func (a *analyzer) from(q *syntax.QuerySpec, parent *scope, w *withScope) (*relation, error) {
	if q.From == nil {
		return nothing(), nil
	}
	left, err := a.relation(q.From[0], nil, parent, w)
	if err != nil {
		return nil, err
	}
	for _, r := range q.From[1:] {
		if left, err = a.join(&syntax.Join{Base: syntax.Base{At: r.Pos()}, Type: syntax.CrossJoin, Right: r}, left, parent, w); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// lateral tells a relation that sees the ones to its left.
func lateral(r syntax.Relation) bool {
	switch x := r.(type) {
	case *syntax.AliasedRelation:
		return lateral(x.Relation)
	case *syntax.Unnest, *syntax.Lateral, *syntax.JSONTable:
		return true
	}
	return false
}

// relation analyzes one item of FROM. left is what stands to its left in a join
// where it may see that, nil elsewhere; the result then holds left's columns too.
func (a *analyzer) relation(r syntax.Relation, left *relation, parent *scope, w *withScope) (*relation, error) {
	a.depth++
	defer func() { a.depth-- }()
	if a.depth > maxDepth {
		return nil, sqlerr.Newf(sqlerr.GenericUserError, r.Pos(), "The statement is nested too deeply")
	}
	switch x := r.(type) {
	case *syntax.Table:
		return a.table(x, parent, w)
	case *syntax.TableSubquery:
		rel, err := a.query(x.Query, parent, w)
		if err != nil {
			return nil, err
		}
		return onlyVisible(unnamed(rel)), nil
	case *syntax.AliasedRelation:
		rel, err := a.relation(x.Relation, left, parent, w)
		if err != nil {
			return nil, err
		}
		n := 0
		if left != nil && lateral(x) {
			n = len(left.fields)
		}
		return alias(x, rel, n)
	case *syntax.Join:
		l, err := a.relation(x.Left, nil, parent, w)
		if err != nil {
			return nil, err
		}
		return a.join(x, l, parent, w)
	case *syntax.Unnest:
		return a.unnest(x, left, false, parent, w)
	case *syntax.Lateral:
		return a.lateral(x, left, false, parent, w)
	case *syntax.SampledRelation:
		return a.sample(x, parent, w)
	case *syntax.TableFunction:
		return nil, unsupported(x.Pos(), "Table functions are not supported yet")
	case *syntax.JSONTable:
		return a.jsonTable(x, left, false, parent, w)
	case *syntax.PatternRecognition:
		return a.matchRecognize(x, parent, w)
	}
	return nil, unsupported(r.Pos(), "This relation is not supported yet")
}

// unnamed takes the relation's names off the columns: those of a subquery have
// none but its alias.
func unnamed(rel *relation) *relation {
	fields := slices.Clone(rel.fields)
	for i := range fields {
		fields[i].rel = nil
	}
	return &relation{rel.node, fields}
}

// alias names a relation and perhaps its columns; the first n columns belong to
// another one.
func alias(x *syntax.AliasedRelation, rel *relation, n int) (*relation, error) {
	name := strings.ToLower(x.Alias.Value)
	visible := 0
	for _, f := range rel.fields[n:] {
		if !f.hidden {
			visible++
		}
	}
	if x.Columns != nil && len(x.Columns) != visible {
		return nil, sqlerr.Newf(sqlerr.MismatchedColumnAliases, x.Pos(), "Column alias list has %d entries but '%s' has %d columns available", len(x.Columns), x.Alias.Value, visible)
	}
	fields := slices.Clone(rel.fields)
	k := 0
	for i := n; i < len(fields); i++ {
		fields[i].rel = []string{name}
		if x.Columns == nil {
			continue
		}
		if fields[i].hidden {
			fields[i].name = "" // a list of columns hides the hidden ones for good
			continue
		}
		fields[i].name = x.Columns[k].Value
		k++
	}
	return &relation{rel.node, fields}, nil
}

// table analyzes a table's, view's or WITH query's name.
func (a *analyzer) table(x *syntax.Table, parent *scope, w *withScope) (*relation, error) {
	p := x.Pos()
	parts := make([]string, len(x.Name.Parts))
	for i, id := range x.Name.Parts {
		parts[i] = strings.ToLower(id.Value)
	}
	if len(parts) == 1 {
		if with := w.find(parts[0]); with != nil {
			if x.Period != nil {
				return nil, unsupported(x.Period.Pos(), "FOR TIMESTAMP AS OF and FOR VERSION AS OF are not supported")
			}
			rel := with.rel
			if with.named { // the first time it only comes to where it is used
				if err := a.grown(rel.node, p); err != nil {
					return nil, err
				}
			}
			with.named = true
			return &relation{plan.Clone(rel.node), slices.Clone(rel.fields)}, nil
		}
	}
	if len(parts) > 3 {
		return nil, sqlerr.Newf(sqlerr.SyntaxError, p, "Too many dots in table name: %s", strings.Join(parts, "."))
	}
	name := append([]string{a.catalog, a.database}[:3-len(parts)], parts...)
	found, err := a.cat.Lookup(a.ctx, name[0], name[1], name[2])
	if err != nil {
		return nil, sqlerr.As(err)
	}
	if found == nil {
		return nil, a.missing(name, p)
	}
	if x.Period != nil {
		return nil, unsupported(x.Period.Pos(), "FOR TIMESTAMP AS OF and FOR VERSION AS OF are only supported for Iceberg tables, which ionq does not read")
	}
	if found.View != nil {
		return a.view(found.View, name, p)
	}
	if found.Rows != nil {
		return rowsRelation(found.Rows, name, p), nil
	}
	t := found.Table
	scan := &plan.Scan{Table: t, P: p}
	rel := &relation{node: scan}
	for i, c := range slices.Concat(t.Columns, t.Hidden) {
		scan.Ordinals = append(scan.Ordinals, i)
		scan.Cols = append(scan.Cols, c)
		rel.fields = append(rel.fields, field{
			name: c.Name, rel: name, typ: c.Type, hidden: i >= len(t.Columns),
			expr: &plan.Col{Base: base(c.Type, p), Index: i, Name: c.Name},
		})
	}
	return rel, nil
}

// rowsRelation is a table whose rows are known.
func rowsRelation(r *Rows, name []string, p sqlerr.Pos) *relation {
	v := &plan.Values{Cols: r.Columns}
	for _, row := range r.Rows {
		list := make([]plan.Expr, len(row))
		for i, d := range row {
			list[i] = constant(r.Columns[i].Type, p, d)
		}
		v.Rows = append(v.Rows, list)
	}
	rel := &relation{node: v}
	for i, c := range r.Columns {
		rel.fields = append(rel.fields, field{name: c.Name, rel: name, typ: c.Type, expr: &plan.Col{Base: base(c.Type, p), Index: i, Name: c.Name}})
	}
	return rel
}

// missing is the error for a table that is not there.
func (a *analyzer) missing(name []string, p sqlerr.Pos) error {
	databases, ok := a.cat.Databases(a.ctx, name[0])
	suggest := func(err *sqlerr.Error, word string, known []string) error {
		if near := sqlerr.Nearest(word, known); near != "" {
			err.Hint = "did you mean " + near + "?"
		}
		return err
	}
	switch {
	case !ok:
		return sqlerr.Newf(sqlerr.CatalogNotFound, p, "Catalog '%s' does not exist", name[0])
	case !slices.Contains(databases, name[1]):
		return suggest(sqlerr.Newf(sqlerr.SchemaNotFound, p, "Schema '%s' does not exist", name[1]), name[1], databases)
	}
	return suggest(sqlerr.Newf(sqlerr.TableNotFound, p, "Table '%s' does not exist", strings.Join(name, ".")), name[2], a.cat.Tables(a.ctx, name[0], name[1]))
}

// view analyzes a view's stored text in place.
func (a *analyzer) view(v *View, name []string, p sqlerr.Pos) (*relation, error) {
	full := strings.Join(name, ".")
	if slices.Contains(a.views, full) {
		return nil, sqlerr.Newf(sqlerr.ViewIsRecursive, p, "View is recursive")
	}
	if full == a.opts.View {
		return nil, sqlerr.Newf(sqlerr.ViewIsRecursive, p, "Statement would create a recursive view")
	}
	q, err := syntax.ParseQuery(v.SQL)
	if err != nil {
		return nil, sqlerr.Newf(sqlerr.InvalidView, p, "Failed parsing stored view '%s': %s", full, sqlerr.As(err).Msg).Wrap(err)
	}
	inner := *a
	inner.opts.Parameters = nil
	if v.Catalog != "" {
		inner.catalog = v.Catalog
	}
	if v.Database != "" {
		inner.database = v.Database
	}
	a.views = append(a.views, full)
	rel, err := inner.query(q, nil, nil)
	a.views = a.views[:len(a.views)-1]
	if err != nil {
		return nil, sqlerr.Newf(sqlerr.InvalidView, p, "Failed analyzing stored view '%s': %s", full, sqlerr.As(err).Msg).Wrap(err)
	}
	rel = onlyVisible(rel)
	if err := a.grown(rel.node, p); err != nil {
		return nil, err
	}
	reposition(rel.node, p)
	if v.Columns != nil {
		if len(v.Columns) != len(rel.fields) {
			return nil, sqlerr.Newf(sqlerr.ViewIsStale, p, "View '%s' is stale or in invalid state: stored view column count (%d) does not match column count derived from the view query analysis (%d)", full, len(v.Columns), len(rel.fields))
		}
		ts := make([]types.Type, len(v.Columns))
		for i, c := range v.Columns {
			if !types.CanCoerce(rel.fields[i].typ, c.Type) {
				return nil, sqlerr.Newf(sqlerr.ViewIsStale, p, "View '%s' is stale or in invalid state: column [%s] of type %s projected from query view at position %d cannot be coerced to column [%s] of type %s stored in view definition",
					full, rel.fields[i].name, rel.fields[i].typ, i, c.Name, c.Type)
			}
			ts[i] = c.Type
		}
		rel.node = castColumns(rel.node, ts)
	}
	fields := make([]field, len(rel.fields))
	for i, f := range rel.fields {
		f.rel = name
		if v.Columns != nil {
			f.name, f.typ = v.Columns[i].Name, v.Columns[i].Type
		}
		f.expr = &plan.Col{Base: base(f.typ, p), Index: i, Name: f.name}
		fields[i] = f
	}
	return &relation{rel.node, fields}, nil
}

// reposition gives every expression of a view the place of the view's name: its
// own places are in another text.
func reposition(n plan.Node, p sqlerr.Pos) {
	plan.VisitExprs(n, func(e plan.Expr) {
		if b, ok := e.(interface{ SetPos(sqlerr.Pos) }); ok {
			b.SetPos(p)
		}
	})
	plan.WalkNodes(n, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Scan:
			n.P = p
		case *plan.Aggregate:
			for i := range n.Aggs {
				n.Aggs[i].P = p
			}
		case *plan.WindowNode:
			for i := range n.Calls {
				n.Calls[i].P = p
			}
		case *plan.MatchRecognize:
			n.P = p
			for i := range n.Calls {
				n.Calls[i].P = p
			}
		case *plan.Single:
			n.P = p
		case *plan.Join:
			n.P = p
		case *plan.Recursive:
			n.P = p
		}
		return true
	})
}

// values analyzes VALUES.
func (a *analyzer) values(x *syntax.Values, parent *scope, w *withScope) (*relation, error) {
	v := env{a: a, sc: &scope{parent: parent}, w: w, clause: "VALUES"}
	rows := make([][]plan.Expr, len(x.Rows))
	rowTypes := make([]types.Type, len(x.Rows))
	for i, r := range x.Rows {
		e, err := v.scalar(r)
		if err != nil {
			return nil, err
		}
		switch c, ok := e.(*plan.RowCtor); {
		case ok:
			rows[i] = c.Fields
		case e.Type().Kind == types.KindRow:
			for k := range e.Type().Fields() {
				rows[i] = append(rows[i], deref(e, k, r.Pos()))
			}
		default:
			rows[i] = []plan.Expr{e}
		}
		rowTypes[i] = rowOf(rows[i], r.Pos()).Type()
	}
	super := rowTypes[0]
	for i := range rows {
		if len(rows[i]) != len(rows[0]) {
			return nil, mismatch(x.Pos(), "Values rows have mismatched sizes: %d vs %d", len(rows[0]), len(rows[i]))
		}
		t, ok := types.Common(rowTypes[i], super)
		if !ok {
			return nil, mismatch(x.Pos(), "Values rows have mismatched types: %s vs %s", rowTypes[0], rowTypes[i])
		}
		super = t
	}
	n := &plan.Values{Rows: rows}
	rel := &relation{node: n}
	for i, f := range super.Fields() {
		n.Cols = append(n.Cols, plan.Column{Type: f.Type})
		rel.fields = append(rel.fields, field{typ: f.Type, expr: &plan.Col{Base: base(f.Type, x.Pos()), Index: i}})
	}
	sub := false
	for _, r := range rows {
		for i := range r {
			r[i] = coerced(r[i], n.Cols[i].Type)
			sub = sub || hasSubquery(r[i])
		}
	}
	if !sub {
		return rel, nil
	}
	// Rows with subqueries: each is computed over a row of its own.
	u := &plan.Union{Cols: n.Cols}
	for _, r := range rows {
		b := a.builder(nothing().node)
		p := &plan.Project{Cols: n.Cols}
		for _, e := range r {
			e, err := b.lower(e)
			if err != nil {
				return nil, err
			}
			p.Exprs = append(p.Exprs, e)
		}
		b.flush()
		p.Input = b.node
		u.Ins = append(u.Ins, p)
	}
	rel.node = u
	return rel, nil
}

// join analyzes left JOIN right.
func (a *analyzer) join(x *syntax.Join, left *relation, parent *scope, w *withScope) (*relation, error) {
	p := x.Pos()
	if x.Natural {
		return nil, unsupported(p, "Natural join not supported")
	}
	outer := x.Type == syntax.RightJoin || x.Type == syntax.FullJoin
	if lateral(x.Right) && !outer {
		return a.lateralJoin(x, left, parent, w)
	}
	if lateral(x.Right) && x.Type == syntax.FullJoin && generates(x.Right) == "" && !onTrue(x) {
		return nil, unsupported(conditionPos(x), "FULL JOIN involving LATERAL relation is only supported with condition ON TRUE")
	}
	right, err := a.relation(x.Right, nil, parent, w)
	if err != nil {
		if lateral(x.Right) && sqlerr.CodeOf(err) == sqlerr.ColumnNotFound {
			// Perhaps a column of the left side: an outer join keeps rows of the
			// right side that no row of the left one is there to compute.
			if _, err2 := a.relation(x.Right, left, parent, w); err2 == nil {
				return nil, sqlerr.Newf(sqlerr.InvalidColumnReference, sqlerr.As(err).Pos, "LATERAL reference not allowed in %s JOIN", joinWords[x.Type])
			}
		}
		return nil, err
	}
	if outer && lateral(x.Right) && generates(x.Right) == "" {
		return a.outerLateral(x, left, right, parent, w)
	}
	if g := generates(x.Right); g != "" && !onTrue(x) {
		return nil, unsupported(conditionPos(x), "%s JOIN involving %s is only supported with condition ON TRUE", joinWords[x.Type], g)
	}
	j := &plan.Join{Kind: joinKinds[x.Type], L: left.node, R: right.node, P: p}
	if x.Using != nil {
		return a.using(x, j, left, right)
	}
	out := joined(j, left, right)
	if x.Type == syntax.CrossJoin {
		return out, nil
	}
	v := env{a: a, sc: &scope{fields: out.fields, parent: parent}, w: w, clause: "JOIN clause", noOuter: x.Type != syntax.InnerJoin}
	on, err := v.scalar(x.On)
	if err != nil {
		return nil, err
	}
	if t := on.Type(); t.Kind != types.KindBoolean {
		if t.Kind != types.KindUnknown {
			return nil, mismatch(x.On.Pos(), "JOIN ON clause must evaluate to a boolean: actual type %s", t)
		}
		on = coerced(on, types.Boolean)
	}
	var plain, sub []plan.Expr
	for _, c := range plan.Conjuncts(on) {
		if hasSubquery(c) {
			sub = append(sub, c)
		} else {
			plain = append(plain, c)
		}
	}
	if sub != nil && x.Type != syntax.InnerJoin {
		return out, a.outerOn(out, j, on)
	}
	setCondition(j, and(plain...))
	if sub != nil {
		b := a.builder(j)
		e, err := b.lower(and(sub...))
		if err != nil {
			return nil, err
		}
		b.flush()
		width := len(out.fields)
		out.node = &plan.Filter{Input: b.node, Pred: e}
		if b.width > width {
			out.node = firstColumns(out.node, width)
		}
	}
	return out, nil
}

// outerOn puts a condition with subqueries on an outer join. Rows may not be
// dropped afterwards, so each subquery, which sees no column from outside, is
// computed before the join, on the side whose columns its value is made of.
func (a *analyzer) outerOn(out *relation, j *plan.Join, on plan.Expr) error {
	width := len(j.L.Columns())
	lb, rb := a.builder(j.L), a.builder(j.R)
	done := map[int]plan.Expr{}
	onRight := map[int]bool{}
	var err error
	walk(on, func(e plan.Expr) bool {
		s, ok := e.(*subquery)
		if !ok || err != nil {
			return err == nil
		}
		side := 0
		if s.value != nil {
			if side = sideOf(s.value, width); hasSubquery(s.value) {
				side = 3
			}
		} else if s.bound != nil && sideOf(s.bound, width) == 3 {
			side = 3 // Trino's planner fails here, too
		}
		switch side {
		case 2:
			right := *s
			right.value = plan.Shift(s.value, -width)
			done[s.id], err = rb.subquery(&right)
			onRight[s.id] = true
		case 3:
			err = unsupported(s.P, "A subquery in the ON clause of an outer join is only supported for a value of one side")
		default:
			done[s.id], err = lb.subquery(s)
		}
		return false
	})
	if err != nil {
		return err
	}
	lb.flush()
	rb.flush()
	j.L, j.R = lb.node, rb.node
	wide := len(j.L.Columns())
	right := func(e plan.Expr) plan.Expr { return plan.Shift(e, wide) }
	setCondition(j, plan.Rewrite(on, func(e plan.Expr) plan.Expr {
		switch x := e.(type) {
		case *subquery:
			if onRight[x.id] {
				return right(done[x.id])
			}
			return done[x.id]
		case *plan.Col:
			if x.Index >= width {
				return right(plan.Shift(x, -width))
			}
			return x
		}
		return nil
	}))
	p := &plan.Project{Input: j}
	for i, f := range out.fields {
		at := i
		if i >= width {
			at = i - width + wide
		}
		p.Exprs = append(p.Exprs, &plan.Col{Base: base(f.typ, 0), Index: at, Name: f.name})
		p.Cols = append(p.Cols, plan.Column{Name: f.name, Type: f.typ})
	}
	out.node = p
	return nil
}

var joinKinds = map[syntax.JoinType]plan.JoinKind{
	syntax.CrossJoin: plan.CrossJoin, syntax.InnerJoin: plan.InnerJoin, syntax.LeftJoin: plan.LeftJoin,
	syntax.RightJoin: plan.RightJoin, syntax.FullJoin: plan.FullJoin,
}

// joined gives the fields of both sides over a join.
func joined(n plan.Node, left, right *relation) *relation {
	out := &relation{node: n, fields: slices.Clone(left.fields)}
	for i, f := range right.fields {
		f.expr = &plan.Col{Base: base(f.typ, f.expr.Pos()), Index: len(left.fields) + i, Name: f.name}
		out.fields = append(out.fields, f)
	}
	return out
}

// setCondition splits a condition into pairs of equal keys and the rest.
func setCondition(j *plan.Join, cond plan.Expr) {
	if cond == nil {
		return
	}
	width := len(j.L.Columns())
	var rest []plan.Expr
	for _, c := range plan.Conjuncts(cond) {
		eq, ok := c.(*plan.Compare)
		if ok && eq.Op == plan.OpEq && deterministic(eq) {
			l, r := eq.L, eq.R
			if sideOf(l, width) == 2 && sideOf(r, width) == 1 {
				l, r = r, l
			}
			if sideOf(l, width) == 1 && sideOf(r, width) == 2 {
				j.LKeys = append(j.LKeys, l)
				j.RKeys = append(j.RKeys, plan.Shift(r, -width))
				continue
			}
		}
		rest = append(rest, c)
	}
	if c, ok := and(rest...).(*plan.Const); ok && !c.V.Null && c.V.B {
		return // ON TRUE
	}
	j.Residual = and(rest...)
}

// sideOf tells whose columns e uses: 1 only the first width ones, 2 only the
// others, 0 none, 3 both.
func sideOf(e plan.Expr, width int) int {
	side := 0
	plan.Walk(e, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Col); ok {
			if c.Index < width {
				side |= 1
			} else {
				side |= 2
			}
		}
		return true
	})
	return side
}

// using is JOIN ... USING (columns): those columns come first, once.
func (a *analyzer) using(x *syntax.Join, j *plan.Join, left, right *relation) (*relation, error) {
	out := &relation{}
	p := &plan.Project{Input: j}
	width := len(left.fields)
	var usedL, usedR []int
	add := func(f field, e plan.Expr) {
		f.expr = &plan.Col{Base: base(f.typ, 0), Index: len(p.Exprs), Name: f.name}
		out.fields = append(out.fields, f)
		p.Exprs = append(p.Exprs, e)
		p.Cols = append(p.Cols, plan.Column{Name: f.name, Type: f.typ})
	}
	find := func(rel *relation, id *syntax.Identifier, side string) (int, error) {
		at := -1
		for i, f := range rel.fields {
			if f.name == "" || !strings.EqualFold(f.name, id.Value) {
				continue
			}
			if at >= 0 {
				return 0, sqlerr.Newf(sqlerr.AmbiguousName, id.Pos(), "Column '%s' is ambiguous", strings.ToLower(id.Value))
			}
			at = i
		}
		if at < 0 {
			return 0, sqlerr.Newf(sqlerr.ColumnNotFound, id.Pos(), "Column '%s' is missing from %s side of join", id.Value, side)
		}
		return at, nil
	}
	for i, id := range x.Using {
		if slices.ContainsFunc(x.Using[:i], func(o *syntax.Identifier) bool { return strings.EqualFold(o.Value, id.Value) }) {
			return nil, sqlerr.Newf(sqlerr.DuplicateColumnName, id.Pos(), "Column '%s' appears multiple times in USING clause", id.Value)
		}
		l, err := find(left, id, "left")
		if err != nil {
			return nil, err
		}
		r, err := find(right, id, "right")
		if err != nil {
			return nil, err
		}
		lt, rt := left.fields[l].typ, right.fields[r].typ
		t, ok := types.Common(lt, rt)
		if !ok || !t.Comparable() {
			return nil, mismatch(id.Pos(), "Cannot apply operator: %s = %s", lt, rt)
		}
		lc := coerced(&plan.Col{Base: base(lt, id.Pos()), Index: l, Name: id.Value}, t)
		rc := coerced(&plan.Col{Base: base(rt, id.Pos()), Index: r, Name: id.Value}, t)
		j.LKeys, j.RKeys = append(j.LKeys, lc), append(j.RKeys, rc)
		usedL, usedR = append(usedL, l), append(usedR, r)
		e := lc
		switch x.Type {
		case syntax.RightJoin:
			e = plan.Shift(rc, width)
		case syntax.FullJoin:
			e = &plan.Coalesce{Base: base(t, id.Pos()), Args: []plan.Expr{lc, plan.Shift(rc, width)}}
		}
		add(field{name: id.Value, typ: t}, e)
	}
	for i, f := range left.fields {
		if !slices.Contains(usedL, i) {
			add(f, &plan.Col{Base: base(f.typ, 0), Index: i, Name: f.name})
		}
	}
	for i, f := range right.fields {
		if !slices.Contains(usedR, i) {
			add(f, &plan.Col{Base: base(f.typ, 0), Index: width + i, Name: f.name})
		}
	}
	out.node = p
	return out, nil
}

// lateralJoin joins left with an UNNEST or LATERAL that sees it.
func (a *analyzer) lateralJoin(x *syntax.Join, left *relation, parent *scope, w *withScope) (*relation, error) {
	keep := x.Type == syntax.LeftJoin
	always := x.Type == syntax.CrossJoin || onTrue(x)
	inner := x.Right
	al, _ := inner.(*syntax.AliasedRelation)
	if al != nil {
		inner = al.Relation
	}
	switch {
	case generates(inner) != "" && !always:
		return nil, unsupported(conditionPos(x), "%s JOIN involving %s is only supported with condition ON TRUE", joinWords[x.Type], generates(inner))
	case x.Using != nil:
		return nil, unsupported(x.Pos(), "%s JOIN with LATERAL is not supported with USING", joinWords[x.Type])
	}
	var out *relation
	var err error
	switch r := inner.(type) {
	case *syntax.Unnest:
		out, err = a.unnest(r, left, keep, parent, w)
	case *syntax.Lateral:
		out, err = a.lateral(r, left, keep, parent, w)
	case *syntax.JSONTable:
		out, err = a.jsonTable(r, left, keep, parent, w)
	default:
		return nil, unsupported(inner.Pos(), "This join is not supported yet")
	}
	if err != nil {
		return nil, err
	}
	if al != nil {
		if out, err = alias(al, out, len(left.fields)); err != nil {
			return nil, err
		}
	}
	if always {
		return out, nil
	}
	v := env{a: a, sc: &scope{fields: out.fields, parent: parent}, w: w, clause: "JOIN clause", noOuter: keep}
	on, err := v.typed(x.On, types.Boolean, "JOIN ON clause")
	if err != nil {
		return nil, err
	}
	if keep {
		return out, a.leftLateralOn(out, on, len(left.fields))
	}
	b := a.builder(out.node)
	if on, err = b.lower(on); err != nil {
		return nil, err
	}
	b.flush()
	width := len(out.fields)
	out.node = &plan.Filter{Input: b.node, Pred: on}
	if b.width > width {
		out.node = firstColumns(out.node, width)
	}
	return out, nil
}

// outerLateral is RIGHT or FULL JOIN LATERAL, whose right side sees nothing of the
// left one. Trino computes it for each row of the left side all the same: where
// there is none the answer is empty, and RIGHT gives each pair, without the left
// columns where the condition does not hold.
func (a *analyzer) outerLateral(x *syntax.Join, left, right *relation, parent *scope, w *withScope) (*relation, error) {
	if x.Using != nil {
		return nil, unsupported(x.Pos(), "%s JOIN with LATERAL is not supported with USING", joinWords[x.Type])
	}
	if x.Type == syntax.FullJoin {
		return joined(&plan.Join{Kind: plan.LeftJoin, L: left.node, R: right.node, P: x.Pos()}, left, right), nil
	}
	out := joined(&plan.Join{Kind: plan.CrossJoin, L: left.node, R: right.node, P: x.Pos()}, left, right)
	if onTrue(x) {
		return out, nil
	}
	v := env{a: a, sc: &scope{fields: out.fields, parent: parent}, w: w, clause: "JOIN clause", noOuter: true}
	on, err := v.typed(x.On, types.Boolean, "JOIN ON clause")
	if err != nil {
		return nil, err
	}
	b := a.builder(out.node)
	if on, err = b.lower(on); err != nil {
		return nil, err
	}
	on = &plan.Col{Base: base(types.Boolean, x.Pos()), Index: b.col(on)}
	b.flush()
	p := &plan.Project{Input: b.node}
	for i, f := range out.fields {
		var e plan.Expr = &plan.Col{Base: base(f.typ, 0), Index: i, Name: f.name}
		if i < len(left.fields) {
			e = &plan.Case{Base: base(f.typ, x.Pos()), Whens: []plan.When{{Cond: on, Then: e}}}
		}
		p.Exprs = append(p.Exprs, e)
		p.Cols = append(p.Cols, plan.Column{Name: f.name, Type: f.typ})
	}
	out.node = p
	return out, nil
}

// leftLateralOn puts the condition of LEFT JOIN LATERAL where it decides which rows
// of the right side match: inside the Apply, or on the join.
func (a *analyzer) leftLateralOn(out *relation, on plan.Expr, width int) error {
	if hasSubquery(on) {
		return unsupported(on.Pos(), "A subquery in the ON clause of an outer join is not supported yet")
	}
	if j, ok := out.node.(*plan.Join); ok {
		setCondition(j, on)
		return nil
	}
	ap := out.node.(*plan.Apply)
	ap.Sub = &plan.Filter{Input: ap.Sub, Pred: plan.Rewrite(on, func(e plan.Expr) plan.Expr {
		c, ok := e.(*plan.Col)
		if !ok {
			return nil
		}
		if c.Index < width {
			return &plan.Outer{Base: c.Base, Apply: ap.ID, Index: c.Index, Name: c.Name}
		}
		m := *c
		m.Index -= width
		return &m
	})}
	return nil
}

var joinWords = map[syntax.JoinType]string{
	syntax.CrossJoin: "CROSS", syntax.InnerJoin: "INNER", syntax.LeftJoin: "LEFT", syntax.RightJoin: "RIGHT", syntax.FullJoin: "FULL",
}

// generates names UNNEST and JSON_TABLE, which make rows of values to their left;
// it is empty for other relations.
func generates(r syntax.Relation) string {
	switch x := r.(type) {
	case *syntax.AliasedRelation:
		return generates(x.Relation)
	case *syntax.Unnest:
		return "UNNEST"
	case *syntax.JSONTable:
		return "JSON_TABLE"
	}
	return ""
}

// onTrue tells a join whose condition is the word TRUE.
func onTrue(x *syntax.Join) bool {
	b, ok := x.On.(*syntax.BooleanLiteral)
	return ok && b.Value
}

func conditionPos(x *syntax.Join) sqlerr.Pos {
	if x.On != nil {
		return x.On.Pos()
	}
	return x.Pos()
}

// unnest is UNNEST over the columns to its left (none: left nil).
func (a *analyzer) unnest(x *syntax.Unnest, left *relation, keep bool, parent *scope, w *withScope) (*relation, error) {
	if left == nil {
		left = nothing()
	}
	v := env{a: a, sc: &scope{fields: left.fields, parent: parent}, w: w, clause: "UNNEST"}
	b := a.builder(left.node)
	n := &plan.Unnest{Ordinality: x.WithOrdinality, Left: keep}
	out := &relation{fields: slices.Clone(left.fields)}
	for i := range left.fields {
		n.Keep = append(n.Keep, i)
	}
	n.Cols = slices.Clone(left.node.Columns())
	add := func(name string, t types.Type) {
		out.fields = append(out.fields, field{name: name, typ: t, expr: &plan.Col{Base: base(t, x.Pos()), Index: len(n.Cols), Name: name}})
		n.Cols = append(n.Cols, plan.Column{Name: name, Type: t})
	}
	for _, s := range x.Exprs {
		e, err := v.scalar(s)
		if err != nil {
			return nil, err
		}
		t := e.Type()
		switch t.Kind {
		case types.KindArray:
			if t.Elem().Kind == types.KindRow {
				for _, f := range t.Elem().Fields() {
					add(f.Name, f.Type)
				}
			} else {
				add("", t.Elem())
			}
		case types.KindMap:
			add("", t.Key())
			add("", t.Value())
		default:
			return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, s.Pos(), "Cannot unnest type: %s", t)
		}
		if e, err = b.lower(e); err != nil {
			return nil, err
		}
		n.Exprs = append(n.Exprs, e)
	}
	if x.WithOrdinality {
		add("", types.Bigint)
	}
	b.flush()
	n.Input = b.node
	out.node = n
	return out, nil
}

// lateral is LATERAL (query) over the columns to its left.
func (a *analyzer) lateral(x *syntax.Lateral, left *relation, keep bool, parent *scope, w *withScope) (*relation, error) {
	if left == nil {
		rel, err := a.query(x.Query, parent, w)
		if err != nil {
			return nil, err
		}
		return onlyVisible(unnamed(rel)), nil
	}
	a.lastID++
	f := &frame{id: a.lastID}
	rel, err := a.query(x.Query, &scope{parent: &scope{fields: left.fields, parent: parent}, frame: f}, w)
	if err != nil {
		return nil, err
	}
	rel = onlyVisible(unnamed(rel))
	var n plan.Node
	switch {
	case len(f.refs) > 0:
		if !findsJoin(rel.node, f.id, false) {
			a.refused[f.id] = refused{pos: x.Query.Pos()}
		}
		b := a.builder(left.node)
		cols := make([]int, len(f.refs))
		for i, r := range f.refs {
			cols[i] = b.col(r.expr)
		}
		bindOuter(rel.node, f.id, cols)
		n = &plan.Apply{ID: f.id, Input: b.node, Sub: rel.node, Left: keep}
	case keep:
		n = &plan.Join{Kind: plan.LeftJoin, L: left.node, R: rel.node, P: x.Pos()}
	default:
		n = &plan.Join{Kind: plan.CrossJoin, L: left.node, R: rel.node, P: x.Pos()}
	}
	return joined(n, left, rel), nil
}

// sample is TABLESAMPLE.
func (a *analyzer) sample(x *syntax.SampledRelation, parent *scope, w *withScope) (*relation, error) {
	rel, err := a.relation(x.Relation, nil, parent, w)
	if err != nil {
		return nil, err
	}
	p := x.Percentage.Pos()
	e, err := env{a: a, sc: &scope{}, clause: "Sample percentage"}.expr(x.Percentage)
	if err != nil {
		if sqlerr.CodeOf(err) == sqlerr.ColumnNotFound {
			return nil, sqlerr.Newf(sqlerr.ExpressionNotConstant, p, "Sample percentage cannot contain column references")
		}
		return nil, err
	}
	if !e.Type().IsNumeric() && e.Type().Kind != types.KindUnknown {
		return nil, mismatch(p, "Sample percentage should be a numeric expression")
	}
	n := &plan.Sample{Input: rel.node, System: x.System, P: p}
	if c, ok := coerced(e, types.Double).(*plan.Const); !ok {
		n.Of = coerced(e, types.Double)
	} else if err := n.SetPercent(c.V); err != nil {
		return nil, err
	}
	rel.node = n
	return rel, nil
}
