package analyze

// SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... ORDER BY: the expressions
// are analyzed over the columns of FROM, then the plan is stacked up in the order
// in which SQL computes: filter, aggregate, filter, windows, select list,
// DISTINCT, sort, limit. At each step the expressions above it are rewritten to
// the columns it yields.

import (
	"math"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// builder is a plan growing upwards. Columns are only added at its right, so
// expressions over it stay good.
type builder struct {
	a     *analyzer
	node  plan.Node
	width int
	extra []plan.Expr       // computed columns that the next flush adds
	done  map[int]plan.Expr // subqueries that are planned already, by number
}

func (a *analyzer) builder(n plan.Node) *builder {
	return &builder{a: a, node: n, width: len(n.Columns()), done: map[int]plan.Expr{}}
}

// col returns the column that holds e, adding one where e is not a column.
func (b *builder) col(e plan.Expr) int {
	if c, ok := e.(*plan.Col); ok {
		return c.Index
	}
	for i, x := range b.extra {
		if plan.Equal(x, e) && deterministic(e) {
			return b.width + i
		}
	}
	b.extra = append(b.extra, e)
	return b.width + len(b.extra) - 1
}

// deterministic is also about what plan.Walk does not know: the nodes of this package
// (internal.go).
func deterministic(e plan.Expr) bool {
	ok := true
	walk(e, func(e plan.Expr) bool {
		if c, is := e.(*plan.Call); is && c.Func.NonDeterministic {
			ok = false
		}
		return ok
	})
	return ok
}

// flush adds the columns that col promised.
func (b *builder) flush() {
	if len(b.extra) == 0 {
		return
	}
	cols := b.node.Columns()
	p := &plan.Project{Input: b.node, Cols: slices.Clone(cols)}
	for i, c := range cols {
		p.Exprs = append(p.Exprs, &plan.Col{Base: base(c.Type, 0), Index: i, Name: c.Name})
	}
	for _, e := range b.extra {
		p.Exprs = append(p.Exprs, e)
		p.Cols = append(p.Cols, plan.Column{Type: e.Type()})
	}
	b.set(p)
	b.extra = nil
}

// set puts n, which yields all that b yielded, in place.
func (b *builder) set(n plan.Node) {
	b.node = n
	b.width = len(n.Columns())
}

// lower replaces the subqueries in e by columns.
func (b *builder) lower(e plan.Expr) (plan.Expr, error) {
	var err error
	out := rewrite(e, func(x plan.Expr) plan.Expr {
		s, ok := x.(*subquery)
		if !ok || err != nil {
			return nil
		}
		var r plan.Expr
		if r, err = b.subquery(s); err != nil {
			return s
		}
		return r
	})
	return out, err
}

// selectItem is a column of the select list.
type selectItem struct {
	expr plan.Expr
	node syntax.Expr // nil where * made it
	name string
}

// text is the item as messages show it.
func (it *selectItem) text() string {
	if it.node == nil {
		return it.name
	}
	return format(it.node)
}

// selection is a SELECT while it is analyzed.
type selection struct {
	a      *analyzer
	q      *syntax.QuerySpec
	src    *scope // FROM
	exists bool   // its rows are only counted
	items  []selectItem
	keys   []groupKey
	sets   [][]int // of GROUPING SETS and its like; nil for one set of all keys
	having plan.Expr
	order  []sortExpr
}

type groupKey struct {
	expr plan.Expr
	node syntax.Expr
}

// querySpec analyzes q with the ORDER BY, OFFSET and LIMIT of the query that it
// is the body of.
func (a *analyzer) querySpec(q *syntax.QuerySpec, outer *syntax.Query, parent *scope, w *withScope) (*relation, error) {
	from, err := a.from(q, parent, w)
	if err != nil {
		return nil, err
	}
	s := &selection{a: a, q: q, src: &scope{fields: from.fields, parent: parent}, exists: outer == a.existsQuery}
	v := env{a: a, sc: s.src, w: w, selectPos: q.Pos(), windows: map[string]*syntax.WindowDefinition{}}
	for _, d := range q.Windows {
		name := strings.ToLower(d.Name.Value)
		if v.windows[name] != nil {
			return nil, sqlerr.Newf(sqlerr.DuplicateWindowName, d.Pos(), "WINDOW name '%s' specified more than once", d.Name.Value)
		}
		v.windows[name] = d
	}
	for _, d := range q.Windows { // also those that nobody uses must be right
		inner := v
		inner.inWindow, inner.inWindowSpec = true, true
		r, err := v.namedWindow(d.Name)
		if err != nil {
			return nil, err
		}
		if _, err := inner.windowSpec(r, d.Spec); err != nil {
			return nil, err
		}
	}
	b := a.builder(from.node)
	if q.Where != nil {
		if err := s.where(v, b); err != nil {
			return nil, err
		}
	}
	if err := s.selectList(v); err != nil {
		return nil, err
	}
	if err := s.groupBy(v); err != nil {
		return nil, err
	}
	if q.Having != nil {
		h := v
		if s.having, err = h.expr(q.Having); err != nil {
			return nil, err
		}
		if findWindow(s.having) != nil {
			return nil, sqlerr.Newf(sqlerr.NestedWindow, findWindow(s.having).Pos(), "HAVING clause cannot contain window functions or row pattern measures")
		}
		if t := s.having.Type(); t.Kind != types.KindBoolean {
			if t.Kind != types.KindUnknown {
				return nil, mismatch(q.Having.Pos(), "HAVING clause must evaluate to a boolean: actual type %s", t)
			}
			s.having = coerced(s.having, types.Boolean)
		}
	}
	fields := make([]field, len(s.items))
	for i, it := range s.items {
		fields[i] = field{name: it.name, typ: it.expr.Type()}
	}
	if outer.OrderBy != nil {
		if err := s.orderBy(v, outer.OrderBy, fields); err != nil {
			return nil, err
		}
	}
	lim, err := a.limits(outer)
	if err != nil {
		return nil, err
	}
	if err := s.plan(b, lim, a.ordersNothing(outer)); err != nil {
		return nil, err
	}
	for i := range fields {
		fields[i].expr = &plan.Col{Base: base(fields[i].typ, 0), Index: i, Name: fields[i].name}
	}
	return &relation{b.node, fields}, nil
}

func findWindow(e plan.Expr) plan.Expr {
	var found plan.Expr
	walk(e, func(e plan.Expr) bool {
		if w, ok := e.(*windowCall); ok && found == nil {
			found = w
		}
		return found == nil
	})
	return found
}

func (s *selection) where(v env, b *builder) error {
	v.clause = "WHERE clause"
	e, err := v.scalar(s.q.Where)
	if err != nil {
		return err
	}
	if t := e.Type(); t.Kind != types.KindBoolean {
		if t.Kind != types.KindUnknown {
			return mismatch(s.q.Where.Pos(), "WHERE clause must evaluate to a boolean: actual type %s", t)
		}
		e = coerced(e, types.Boolean)
	}
	// Conjuncts without a subquery first: the subqueries then see fewer rows.
	var plain, rest []plan.Expr
	for _, c := range plan.Conjuncts(e) {
		if hasSubquery(c) || !plan.Movable(c) {
			rest = append(rest, c)
		} else {
			plain = append(plain, c)
		}
	}
	if p := and(plain...); p != nil {
		b.set(&plan.Filter{Input: b.node, Pred: p})
	}
	return s.filter(b, and(rest...))
}

// filter keeps the rows for which e, after its subqueries are planned, is true.
func (s *selection) filter(b *builder, e plan.Expr) error {
	if e == nil {
		return nil
	}
	e, err := b.lower(e)
	if err != nil {
		return err
	}
	b.flush()
	b.set(&plan.Filter{Input: b.node, Pred: e})
	return nil
}

func hasSubquery(e plan.Expr) bool {
	found := false
	walk(e, func(e plan.Expr) bool {
		_, ok := e.(*subquery)
		found = found || ok
		return !found
	})
	return found
}

// selectList analyzes the items; * becomes columns.
func (s *selection) selectList(v env) error {
	for _, item := range s.q.Items {
		switch x := item.(type) {
		case *syntax.SingleColumn:
			e, err := v.expr(x.Expr)
			if err != nil {
				return err
			}
			name := ""
			switch n := x.Expr.(type) {
			case *syntax.Identifier:
				name = n.Value
			case *syntax.Dereference:
				if qualified(n) != nil {
					name = n.Field.Value
				}
			}
			if x.Alias != nil {
				name = x.Alias.Value
			}
			s.items = append(s.items, selectItem{e, x.Expr, name})
		case *syntax.AllColumns:
			if err := s.star(v, x); err != nil {
				return err
			}
		}
	}
	if s.q.Distinct {
		for _, it := range s.items {
			if !it.expr.Type().Comparable() {
				return mismatch(s.q.Pos(), "DISTINCT can only be applied to comparable types (actual: %s): %s", it.expr.Type(), it.text())
			}
		}
	}
	return nil
}

// star expands *, relation.* and row.*.
func (s *selection) star(v env, x *syntax.AllColumns) error {
	p := x.Pos()
	if x.Target == nil {
		if x.Aliases != nil {
			return unsupported(p, "Column aliases not supported")
		}
		n := len(s.items)
		for _, f := range s.src.fields {
			if !f.hidden {
				s.items = append(s.items, selectItem{repositioned(f.expr, p), nil, f.name})
			}
		}
		if len(s.items) == n {
			if s.q.From == nil {
				return sqlerr.Newf(sqlerr.ColumnNotFound, p, "SELECT * not allowed in queries without FROM clause")
			}
			return sqlerr.Newf(sqlerr.ColumnNotFound, p, "SELECT * not allowed from relation that has no columns")
		}
		return nil
	}
	var items []selectItem
	prefix := qualified(x.Target)
	if prefix != nil {
		var frames []*frame
		for sc := s.src; sc != nil && items == nil; sc = sc.parent {
			for i := range sc.fields {
				f := &sc.fields[i]
				if !f.hidden && f.rel != nil && hasSuffix(f.rel, prefix) {
					r := through(frames, f, x.Target)
					items = append(items, selectItem{repositioned(r.expr, p), nil, f.name})
				}
			}
			if sc.frame != nil {
				frames = append(frames, sc.frame)
			}
		}
		if items != nil && len(frames) == 1 && !s.exists && (!fromOneRow(s.q.From) || !surelyTrue(s.q.Where)) {
			return notDecorrelated(s.q.Pos())
		}
		// A column of a row type needs its relation's name before it.
		if items == nil && !v.sc.isColumn(prefix, 2) {
			return sqlerr.Newf(sqlerr.TableNotFound, p, "Unable to resolve reference %s", strings.Join(prefix, "."))
		}
	}
	if items == nil {
		e, err := v.expr(x.Target)
		if err != nil {
			return err
		}
		if e.Type().Kind != types.KindRow {
			if prefix != nil {
				return sqlerr.Newf(sqlerr.TableNotFound, p, "Unable to resolve reference %s", strings.Join(prefix, "."))
			}
			return mismatch(p, "expected expression of type Row")
		}
		for i, f := range e.Type().Fields() {
			items = append(items, selectItem{deref(e, i, p), nil, f.Name})
		}
	}
	if x.Aliases != nil {
		if len(x.Aliases) != len(items) {
			return sqlerr.Newf(sqlerr.MismatchedColumnAliases, x.Aliases[0].Pos(), "Column alias list has %d entries but relation has %d columns", len(x.Aliases), len(items))
		}
		for i, a := range x.Aliases {
			items[i].name = a.Value
		}
	}
	s.items = append(s.items, items...)
	return nil
}

// notDecorrelated refuses a subquery whose use of the outer query Trino's planner finds
// no join for, though it could be computed.
func notDecorrelated(p sqlerr.Pos) error {
	return unsupported(p, "Given correlated subquery is not supported")
}

// fromOneRow tells a FROM that is absent or makes a single row of constants: the only
// ones over which Trino plans t.* of an outer query's t.
func fromOneRow(from []syntax.Relation) bool {
	if len(from) != 1 {
		return len(from) == 0
	}
	r := from[0]
	if al, ok := r.(*syntax.AliasedRelation); ok {
		r = al.Relation
	}
	t, ok := r.(*syntax.TableSubquery)
	if !ok {
		return false
	}
	switch b := t.Query.Body.(type) {
	case *syntax.Values:
		return len(b.Rows) == 1
	case *syntax.QuerySpec:
		return len(b.From) == 0 && b.Where == nil
	}
	return false
}

// surelyTrue tells a WHERE that is absent, or a comparison of constants that
// Trino folds away; one that is false it does not.
func surelyTrue(e syntax.Expr) bool {
	switch x := e.(type) {
	case nil:
		return true
	case *syntax.BooleanLiteral:
		return x.Value
	case *syntax.BinaryExpr:
		l, ok := x.Left.(*syntax.LongLiteral)
		r, ok2 := x.Right.(*syntax.LongLiteral)
		return ok && ok2 && x.Op == syntax.Equal && l.Value == r.Value
	}
	return false
}

// maxGroupingSets is Trino's default of max_grouping_sets.
const maxGroupingSets = 2048

// groupBy analyzes GROUP BY into keys and, where there is more than one, sets.
func (s *selection) groupBy(v env) error {
	g := s.q.GroupBy
	if g == nil {
		return nil
	}
	v.clause = "GROUP BY clause"
	sets := [][]int{nil}
	single := true
	total := 1 // sets, before CUBE leaves out columns that it names twice
	for _, el := range g.Elements {
		var alternatives [][]int
		switch x := el.(type) {
		case *syntax.SimpleGroupBy:
			var set []int
			for _, c := range x.Columns {
				k, err := s.simpleKey(v, c)
				if err != nil {
					return err
				}
				set = append(set, k)
			}
			alternatives = [][]int{set}
		case *syntax.GroupingSets:
			single = false
			units := make([][]int, len(x.Sets))
			for i, set := range x.Sets {
				for _, c := range set {
					k, err := s.columnKey(v, c)
					if err != nil {
						return err
					}
					units[i] = append(units[i], k)
				}
			}
			n := len(x.Sets)
			switch x.Kind {
			case syntax.Cube:
				n = 1 << min(n, 40)
			case syntax.Rollup:
				n++
			}
			total *= n
			switch {
			case total > math.MaxInt32:
				return sqlerr.Newf(sqlerr.TooManyGroupingSets, g.Pos(), "GROUP BY has more than %d grouping sets but can contain at most %d", math.MaxInt32, maxGroupingSets)
			case total > maxGroupingSets:
				return sqlerr.Newf(sqlerr.TooManyGroupingSets, g.Pos(), "GROUP BY has %d grouping sets but can contain at most %d", total, maxGroupingSets)
			}
			alternatives = expandSets(x, units)
		}
		var product [][]int
		for _, a := range sets {
			for _, b := range alternatives {
				product = append(product, union(a, b))
			}
		}
		sets = product
	}
	for _, k := range s.keys {
		if !k.expr.Type().Comparable() {
			return mismatch(s.q.Pos(), "%s is not comparable, and therefore cannot be used in GROUP BY", k.expr.Type())
		}
	}
	if g.Distinct {
		var distinct [][]int
		for _, set := range sets {
			if !slices.ContainsFunc(distinct, func(d []int) bool { return slices.Equal(d, set) }) {
				distinct = append(distinct, set)
			}
		}
		sets = distinct
	}
	if !single && (len(sets) > 1 || len(sets[0]) < len(s.keys)) {
		s.sets = sets
	}
	return nil
}

// union returns the sorted union of two sets of keys.
func union(a, b []int) []int {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// expandSets gives the sets of one grouping element, of which units are the
// parenthesised parts.
func expandSets(x *syntax.GroupingSets, units [][]int) [][]int {
	var out [][]int
	switch x.Kind {
	case syntax.Rollup:
		for n := len(units); n >= 0; n-- {
			var set []int
			for _, u := range units[:n] {
				set = union(set, u)
			}
			out = append(out, set)
		}
	case syntax.Cube:
		// Each part counts once (Trino takes the power set of a set).
		var distinct [][]int
		for _, u := range units {
			if u = union(nil, u); !slices.ContainsFunc(distinct, func(d []int) bool { return slices.Equal(d, u) }) {
				distinct = append(distinct, u)
			}
		}
		units = distinct
		for mask := 1<<len(units) - 1; mask >= 0; mask-- {
			var set []int
			for i, u := range units {
				if mask>>(len(units)-1-i)&1 == 1 {
					set = union(set, u)
				}
			}
			out = append(out, set)
		}
	default:
		for _, u := range units {
			out = append(out, union(nil, u))
		}
	}
	return out
}

// simpleKey is a column of a plain GROUP BY: an ordinal or any expression.
func (s *selection) simpleKey(v env, c syntax.Expr) (int, error) {
	if lit, ok := c.(*syntax.LongLiteral); ok {
		if lit.Value < 1 || lit.Value > int64(len(s.items)) {
			return 0, sqlerr.Newf(sqlerr.InvalidColumnReference, c.Pos(), "GROUP BY position %d is not in select list", lit.Value)
		}
		it := s.items[lit.Value-1]
		var bad plan.Expr
		walk(it.expr, func(e plan.Expr) bool {
			switch e.(type) {
			case *aggregate, *windowCall, *grouping:
				bad = e
			}
			return bad == nil
		})
		if bad != nil {
			return 0, sqlerr.Newf(sqlerr.ExpressionNotScalar, it.node.Pos(), "GROUP BY clause cannot contain aggregations, window functions or grouping operations: [%s]", format(it.node))
		}
		return s.key(it.expr, c), nil
	}
	e, err := v.scalar(c)
	if err != nil {
		return 0, err
	}
	return s.key(e, c), nil
}

// columnKey is a column of GROUPING SETS, CUBE or ROLLUP.
func (s *selection) columnKey(v env, c syntax.Expr) (int, error) {
	if lit, ok := c.(*syntax.LongLiteral); ok {
		return 0, sqlerr.Newf(sqlerr.InvalidColumnReference, c.Pos(), "GROUP BY expression must be a column reference: %s", lit.Text)
	}
	e, err := v.scalar(c)
	if err != nil {
		return 0, err
	}
	if _, ok := e.(*plan.Col); !ok {
		return 0, sqlerr.Newf(sqlerr.InvalidColumnReference, c.Pos(), "GROUP BY expression must be a column reference: %s", format(c))
	}
	return s.key(e, c), nil
}

func (s *selection) key(e plan.Expr, node syntax.Expr) int {
	for i, k := range s.keys {
		if plan.Equal(k.expr, e) {
			return i
		}
	}
	s.keys = append(s.keys, groupKey{e, node})
	return len(s.keys) - 1
}

// orderBy analyzes ORDER BY, which sees the select list's columns and, behind
// them, those of FROM.
func (s *selection) orderBy(v env, ob *syntax.OrderBy, fields []field) error {
	out := slices.Clone(fields)
	for i := range out {
		out[i].expr = &outputRef{Base: base(out[i].typ, 0), index: i}
	}
	v.sc = &scope{fields: out, parent: s.src}
	for _, item := range ob.Items {
		var e plan.Expr
		if lit, ok := item.Expr.(*syntax.LongLiteral); ok {
			if lit.Value < 1 || lit.Value > int64(len(out)) {
				return sqlerr.Newf(sqlerr.InvalidColumnReference, lit.Pos(), "ORDER BY position %d is not in select list", lit.Value)
			}
			e = out[lit.Value-1].expr
		} else {
			var err error
			if e, err = v.expr(item.Expr); err != nil {
				return err
			}
		}
		if !e.Type().Orderable() {
			return mismatch(s.q.Pos(), "Type %s is not orderable, and therefore cannot be used in ORDER BY: %s", e.Type(), format(item.Expr))
		}
		ref, isRef := e.(*outputRef)
		full := rewrite(e, func(x plan.Expr) plan.Expr {
			if r, ok := x.(*outputRef); ok {
				return s.items[r.index].expr
			}
			return nil
		})
		if s.q.Distinct {
			// An item's column inside a bigger expression does not count: ORDER BY
			// a + b with both in the list names the list's a, not the table's.
			if !isRef && !slices.ContainsFunc(s.items, func(it selectItem) bool { return plan.Equal(it.expr, e) }) {
				return sqlerr.Newf(sqlerr.ExpressionNotInDistinct, s.q.Pos(), "For SELECT DISTINCT, ORDER BY expressions must appear in select list")
			}
			if !isRef && !deterministic(full) {
				return sqlerr.Newf(sqlerr.ExpressionNotInDistinct, item.Expr.Pos(), "Non deterministic ORDER BY expression is not supported with SELECT DISTINCT")
			}
		}
		k := sortKey(item, full)
		if isRef {
			k.expr = ref // that very column, whatever it holds
		}
		s.order = append(s.order, k)
	}
	return nil
}

// exprs calls f for each expression that stands above the aggregation, and lets
// it replace them. What f gets with them is where they stand, for messages.
func (s *selection) exprs(f func(plan.Expr, syntax.Expr) (plan.Expr, error)) error {
	for i := range s.items {
		e, err := f(s.items[i].expr, s.items[i].node)
		if err != nil {
			return err
		}
		s.items[i].expr = e
	}
	for i := range s.order {
		if _, ok := s.order[i].expr.(*outputRef); ok {
			continue
		}
		e, err := f(s.order[i].expr, s.order[i].node)
		if err != nil {
			return err
		}
		s.order[i].expr = e
	}
	return nil
}

func (s *selection) hasAggregates() bool {
	found := false
	look := func(e plan.Expr, _ syntax.Expr) (plan.Expr, error) {
		walk(e, func(e plan.Expr) bool {
			switch e.(type) {
			case *aggregate, *grouping:
				found = true
			}
			return !found
		})
		return e, nil
	}
	if err := s.exprs(look); err != nil {
		panic("BUG: looking gave an error: " + err.Error())
	}
	return found
}

// plan stacks everything above WHERE on b.
func (s *selection) plan(b *builder, lim limits, unordered bool) error {
	if s.q.GroupBy != nil || s.q.Having != nil || s.hasAggregates() {
		if err := s.aggregate(b); err != nil {
			return err
		}
	}
	if unordered {
		s.order = nil
	}
	if err := s.filter(b, s.having); err != nil {
		return err
	}
	if err := s.windows(b); err != nil {
		return err
	}

	p := &plan.Project{}
	for _, it := range s.items {
		e, err := b.lower(it.expr)
		if err != nil {
			return err
		}
		p.Exprs = append(p.Exprs, e)
		p.Cols = append(p.Cols, plan.Column{Name: it.name, Type: e.Type()})
	}
	keys := make([]plan.SortKey, len(s.order))
	for i, o := range s.order {
		keys[i] = plan.SortKey{Desc: o.desc, NullsFirst: o.nullsFirst}
		if r, ok := o.expr.(*outputRef); ok {
			keys[i].Col = r.index
			continue
		}
		e, err := b.lower(o.expr)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(p.Exprs, func(x plan.Expr) bool { return plan.Equal(x, e) && deterministic(e) })
		if at < 0 {
			at = len(p.Exprs)
			p.Exprs = append(p.Exprs, e)
			p.Cols = append(p.Cols, plan.Column{Type: e.Type()})
		}
		keys[i].Col = at
	}
	b.flush()
	p.Input = b.node
	b.set(p)
	if s.q.Distinct {
		b.set(distinct(b.node))
	}
	b.set(sorted(b.node, keys, lim))
	if b.width > len(s.items) {
		top := &plan.Project{Input: b.node, Cols: b.node.Columns()[:len(s.items)]}
		for i, c := range top.Cols {
			top.Exprs = append(top.Exprs, &plan.Col{Base: base(c.Type, 0), Index: i, Name: c.Name})
		}
		b.set(top)
	}
	return nil
}

// distinct keeps one of equal rows.
func distinct(n plan.Node) plan.Node {
	cols := n.Columns()
	a := &plan.Aggregate{Input: n, Cols: cols}
	for i := range cols {
		a.Keys = append(a.Keys, i)
	}
	return a
}

// aggregate plans the aggregation and rewrites all above to its columns.
func (s *selection) aggregate(b *builder) error {
	agg := &plan.Aggregate{}
	for _, k := range s.keys {
		e, err := b.lower(k.expr)
		if err != nil {
			return err
		}
		c := b.col(e)
		agg.Keys = append(agg.Keys, c)
	}
	agg.Sets = s.sets
	first := len(s.keys)
	if s.sets != nil {
		first++
	}
	var calls []*aggregate
	var cols []plan.Column
	var err error
	translate := func(e plan.Expr, node syntax.Expr) (plan.Expr, error) {
		t := &grouped{s: s, whole: node, column: func(x *aggregate) (plan.Expr, error) {
			i := slices.IndexFunc(calls, func(c *aggregate) bool { return plan.Equal(c, x) })
			if i < 0 {
				i = len(calls)
				calls = append(calls, x)
				cols = append(cols, plan.Column{Name: x.fn.Name, Type: x.T})
			}
			return &plan.Col{Base: base(x.T, x.P), Index: first + i, Name: x.fn.Name}, nil
		}}
		return t.rewrite(e)
	}
	if err = s.exprs(translate); err != nil {
		return err
	}
	if s.having != nil {
		if s.having, err = translate(s.having, s.q.Having); err != nil {
			return err
		}
	}
	for _, c := range calls {
		a, err := b.agg(c)
		if err != nil {
			return err
		}
		agg.Aggs = append(agg.Aggs, a)
	}
	b.flush()
	in := b.node.Columns()
	for i, k := range agg.Keys {
		c := in[k]
		if c.Name == "" {
			if id, ok := s.keys[i].node.(*syntax.Identifier); ok {
				c.Name = id.Value
			}
		}
		agg.Cols = append(agg.Cols, c)
	}
	if s.sets != nil {
		agg.Cols = append(agg.Cols, plan.Column{Name: "$set", Type: types.Bigint})
	}
	agg.Cols = append(agg.Cols, cols...)
	agg.Input = b.node
	b.set(agg)
	b.done = map[int]plan.Expr{}
	return nil
}

// agg gives an aggregate call's arguments columns.
func (b *builder) agg(x *aggregate) (plan.Agg, error) {
	a := plan.Agg{Func: x.fn, Distinct: x.distinct, Filter: -1, P: x.P}
	for _, e := range x.args {
		if l, ok := e.(*plan.Lambda); ok {
			a.Lambdas = append(a.Lambdas, l)
			continue
		}
		e, err := b.lower(e)
		if err != nil {
			return a, err
		}
		a.Args = append(a.Args, b.col(e))
	}
	if x.filter != nil {
		e, err := b.lower(x.filter)
		if err != nil {
			return a, err
		}
		a.Filter = b.col(e)
	}
	var err error
	a.OrderBy, err = b.sortKeys(x.order)
	return a, err
}

func (b *builder) sortKeys(order []sortExpr) ([]plan.SortKey, error) {
	var keys []plan.SortKey
	for _, o := range order {
		e, err := b.lower(o.expr)
		if err != nil {
			return nil, err
		}
		keys = append(keys, plan.SortKey{Col: b.col(e), Desc: o.desc, NullsFirst: o.nullsFirst})
	}
	return keys, nil
}

// grouped rewrites one expression over the source to one over the groups, and
// refuses what has no single value in a group (Trino's AggregationAnalyzer).
type grouped struct {
	s      *selection
	whole  syntax.Expr // what the message names; nil for a column that * made
	column func(*aggregate) (plan.Expr, error)
	err    error
	inSub  *ref // a correlated column of a subquery is being rewritten
}

func (g *grouped) rewrite(e plan.Expr) (plan.Expr, error) {
	out := plan.Rewrite(e, g.one)
	return out, g.err
}

func (g *grouped) part(e plan.Expr) plan.Expr { return plan.Rewrite(e, g.one) }

func (g *grouped) one(e plan.Expr) plan.Expr {
	if g.err != nil {
		return e
	}
	for i, k := range g.s.keys {
		if plan.Equal(k.expr, e) {
			return &plan.Col{Base: base(e.Type(), e.Pos()), Index: i, Name: keyName(k)}
		}
	}
	switch x := e.(type) {
	case *aggregate:
		if g.inSub != nil {
			break
		}
		c, err := g.column(x)
		g.err = err
		return c
	case *grouping:
		return g.groupingMask(x)
	case *plan.Col:
		g.fail(x)
		return e
	case *windowCall:
		return g.window(x)
	case *patternInput, *patternAggregate:
		return rewriteInner(x, g.part)
	case *subquery:
		c := *x
		c.value = g.part(x.value)
		c.refs = make([]ref, len(x.refs))
		for i := range x.refs {
			old := g.inSub
			g.inSub = &x.refs[i]
			c.refs[i] = ref{g.part(x.refs[i].expr), x.refs[i].node}
			g.inSub = old
		}
		return &c
	}
	return nil
}

func keyName(k groupKey) string {
	if c, ok := k.expr.(*plan.Col); ok {
		return c.Name
	}
	return ""
}

func (g *grouped) fail(c *plan.Col) {
	if g.err != nil {
		return
	}
	switch {
	case g.inSub != nil:
		g.err = sqlerr.Newf(sqlerr.ExpressionNotAggregate, g.inSub.node.Pos(), "Subquery uses '%s' which must appear in GROUP BY clause", format(g.inSub.node))
	case g.whole == nil:
		g.err = sqlerr.Newf(sqlerr.ExpressionNotAggregate, c.Pos(), "Column %s not in GROUP BY clause", g.s.src.spell(c))
	default:
		g.err = sqlerr.Newf(sqlerr.ExpressionNotAggregate, g.whole.Pos(), "'%s' must be an aggregate expression or appear in GROUP BY clause", format(g.whole))
	}
}

// window rewrites a window call; its parts have messages of their own.
func (g *grouped) window(x *windowCall) plan.Expr {
	c := *x
	spec := *x.spec
	c.spec = &spec
	named := func(e plan.Expr, at syntax.Expr, format string, args ...any) plan.Expr {
		out := g.part(e)
		if se := sqlerr.As(g.err); se != nil && se.Code == sqlerr.ExpressionNotAggregate && g.inSub == nil && at != nil {
			g.err = sqlerr.Newf(sqlerr.ExpressionNotAggregate, at.Pos(), format, args...)
		}
		return out
	}
	spec.partition = make([]plan.Expr, len(x.spec.partition))
	for i, e := range x.spec.partition {
		at := x.spec.partitionText[i]
		if g.err == nil {
			spec.partition[i] = named(e, at, "PARTITION BY expression '%s' must be an aggregate expression or appear in GROUP BY clause", format(at))
		}
	}
	spec.order = slices.Clone(x.spec.order)
	for i, o := range spec.order {
		if g.err == nil {
			spec.order[i].expr = named(o.expr, o.node, "ORDER BY expression '%s' must be an aggregate expression or appear in GROUP BY clause", format(o.node))
		}
	}
	if g.err == nil {
		spec.startOffset = named(spec.startOffset, x.node, "Window frame start must be an aggregate expression or appear in GROUP BY clause")
	}
	if g.err == nil {
		spec.endOffset = named(spec.endOffset, x.node, "Window frame end must be an aggregate expression or appear in GROUP BY clause")
	}
	if g.err == nil {
		spec.pattern = spec.pattern.rewritten(g.part)
	}
	c.args = make([]plan.Expr, len(x.args))
	for i, e := range x.args {
		c.args[i] = g.part(e)
	}
	return &c
}

// groupingMask is the value of GROUPING: a bit for each column, 1 where the row's
// set does not group by it, the last column's bit the lowest.
func (g *grouped) groupingMask(x *grouping) plan.Expr {
	var keys []int
	for k, c := range x.cols {
		i := slices.IndexFunc(g.s.keys, func(k groupKey) bool { return plan.Equal(k.expr, c) })
		if i < 0 {
			g.err = sqlerr.Newf(sqlerr.InvalidArguments, x.P, "The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level. Mismatch due to %s.", x.args[k])
			if g.s.q.GroupBy == nil {
				g.err = sqlerr.Newf(sqlerr.MissingGroupBy, g.s.q.Pos(), "A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause")
			}
			return x
		}
		keys = append(keys, i)
	}
	mask := func(set []int) plan.Expr {
		var m int64
		for _, k := range keys {
			m <<= 1
			if !slices.Contains(set, k) {
				m |= 1
			}
		}
		return constant(x.T, x.P, plan.Datum{I: m})
	}
	if g.s.sets == nil {
		all := make([]int, len(g.s.keys))
		for i := range all {
			all[i] = i
		}
		return mask(all)
	}
	c := &plan.Case{Base: x.Base, X: &plan.Col{Base: base(types.Bigint, x.P), Index: len(g.s.keys), Name: "$set"}}
	for i, set := range g.s.sets {
		c.Whens = append(c.Whens, plan.When{Cond: bigint(int64(i), x.P), Then: mask(set)})
	}
	return c
}

// windows plans the window calls: those over the same partition and order share
// one node.
func (s *selection) windows(b *builder) error {
	var calls []*windowCall
	if err := s.exprs(func(e plan.Expr, _ syntax.Expr) (plan.Expr, error) {
		walk(e, func(e plan.Expr) bool {
			if w, ok := e.(*windowCall); ok && !slices.ContainsFunc(calls, func(c *windowCall) bool { return plan.Equal(c, w) }) {
				calls = append(calls, w)
			}
			return true
		})
		return e, nil
	}); err != nil || len(calls) == 0 {
		return err
	}
	at := make([]int, len(calls))
	planned := make([]bool, len(calls))
	for i := range calls {
		if planned[i] {
			continue
		}
		n := &plan.WindowNode{}
		for _, e := range calls[i].spec.partition {
			e, err := b.lower(e)
			if err != nil {
				return err
			}
			n.Partition = append(n.Partition, b.col(e))
		}
		var err error
		if n.Order, err = b.sortKeys(calls[i].spec.order); err != nil {
			return err
		}
		if calls[i].spec.pattern != nil {
			var members []int
			var group []*windowCall
			for k := i; k < len(calls); k++ {
				if !planned[k] && calls[k].spec.sameRows(calls[i].spec) {
					planned[k] = true
					members, group = append(members, k), append(group, calls[k])
				}
			}
			places, err := b.windowPattern(n, group)
			if err != nil {
				return err
			}
			for j, k := range members {
				at[k] = places[j]
			}
			continue
		}
		var cols []plan.Column
		var members []int
		for k := i; k < len(calls); k++ {
			if planned[k] || !calls[k].spec.sameRows(calls[i].spec) {
				continue
			}
			planned[k] = true
			members = append(members, k)
			c, err := b.windowCall(calls[k])
			if err != nil {
				return err
			}
			n.Calls = append(n.Calls, c)
			cols = append(cols, plan.Column{Name: calls[k].fn.Name, Type: calls[k].T})
		}
		b.flush()
		for j, k := range members {
			at[k] = b.width + j
		}
		n.Input = b.node
		n.Cols = slices.Concat(b.node.Columns(), cols)
		b.set(n)
	}
	return s.exprs(func(e plan.Expr, _ syntax.Expr) (plan.Expr, error) {
		return rewrite(e, func(e plan.Expr) plan.Expr {
			w, ok := e.(*windowCall)
			if !ok {
				return nil
			}
			k := slices.IndexFunc(calls, func(c *windowCall) bool { return plan.Equal(c, w) })
			return &plan.Col{Base: base(w.T, w.P), Index: at[k], Name: w.name()}
		}), nil
	})
}

func (b *builder) windowCall(x *windowCall) (plan.WindowCall, error) {
	c := plan.WindowCall{Func: x.fn, IgnoreNulls: x.ignoreNulls, Filter: -1, P: x.P}
	for _, e := range x.args {
		if e.Type().Kind == types.KindFunction {
			return c, unsupported(x.P, "Window function %s with a lambda is not supported", x.fn.Name)
		}
		e, err := b.lower(e)
		if err != nil {
			return c, err
		}
		c.Args = append(c.Args, b.col(e))
	}
	offset := func(e plan.Expr) (int, error) {
		if e == nil {
			return -1, nil
		}
		e, err := b.lower(e)
		return b.col(e), err
	}
	c.Frame = plan.Frame{Mode: x.spec.mode, Start: plan.Bound{Kind: x.spec.start}, End: plan.Bound{Kind: x.spec.end}}
	var err error
	if c.Frame.Start.Offset, err = offset(x.spec.startOffset); err != nil {
		return c, err
	}
	c.Frame.End.Offset, err = offset(x.spec.endOffset)
	return c, err
}
