package analyze

import (
	"context"
	"strings"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// analyzer is what one statement's analysis shares.
type analyzer struct {
	ctx               context.Context
	cat               Catalog
	opts              Options
	catalog, database string // what unqualified names mean
	depth             int
	*shared
}

// shared is also shared with the views that the statement reads.
type shared struct {
	lastVar     int // lambda parameters' numbers
	lastID      int // subqueries' and recursions' numbers
	warnings    []string
	existsQuery *syntax.Query          // the last one in EXISTS: nobody reads its columns
	bareDoubles map[*plan.Const]string // literals such as 1.5 that became doubles
	views       []string               // being expanded, outermost first
	steps       int                    // nodes that came of views, and of WITH queries named before, so far
	refused     map[int]refused        // subqueries, by number, that no join is found for
}

// maxSteps bounds what WITH queries and views that name each other twice and
// twice again can grow to.
const maxSteps = 20000

// grown counts the nodes of a WITH query or view where it is named.
func (a *analyzer) grown(n plan.Node, p sqlerr.Pos) error {
	plan.WalkNodes(n, func(plan.Node) bool {
		a.steps++
		return a.steps <= maxSteps
	})
	if a.steps > maxSteps {
		return sqlerr.Newf(sqlerr.QueryHasTooManyStages, p, "The query is too complex: its WITH queries and views expand to more than %d steps", maxSteps)
	}
	return nil
}

// relation is an analyzed FROM item or query: a plan and its columns, one field
// a column.
type relation struct {
	node   plan.Node
	fields []field
}

// withScope holds the queries of WITH that a query may name.
type withScope struct {
	parent *withScope
	name   string
	rel    *relation
	named  bool // once already
}

func (w *withScope) find(name string) *withScope {
	for ; w != nil; w = w.parent {
		if w.name == name {
			return w
		}
	}
	return nil
}

// Analyze checks a query and makes its plan. The statement is a *syntax.Query or
// *syntax.QueryStatement; of CREATE TABLE AS, INSERT, UNLOAD and CREATE VIEW the
// caller gives the query inside. The error is an *sqlerr.Error.
func Analyze(ctx context.Context, stmt syntax.Node, cat Catalog, opts Options) (*plan.Query, error) {
	var q *syntax.Query
	switch s := stmt.(type) {
	case *syntax.QueryStatement:
		q = s.Query
	case *syntax.Query:
		q = s
	default:
		return nil, unsupported(stmt.Pos(), "Only queries have a plan")
	}
	a := &analyzer{ctx: ctx, cat: cat, opts: opts, shared: &shared{bareDoubles: map[*plan.Const]string{}, refused: map[int]refused{}}}
	a.catalog, a.database = cat.Current()
	rel, err := a.query(q, nil, nil)
	if err != nil {
		return nil, err
	}
	root, labels := visible(rel)
	root = plan.Clone(root)
	if opts.Value != nil {
		root = plan.Fold(root, opts.Value)
	}
	if err := a.refusal(root); err != nil {
		return nil, err
	}
	return &plan.Query{Root: plan.Prune(plan.PushDown(root)), Labels: labels, Warning: a.warnings}, nil
}

// visible drops hidden columns and names those that have none (semantics 5.8).
func visible(rel *relation) (plan.Node, []string) {
	labels := make([]string, 0, len(rel.fields))
	p := &plan.Project{Input: rel.node}
	for i, f := range rel.fields {
		if f.hidden {
			continue
		}
		name := f.name
		if name == "" {
			name = "_col" + itoa(len(labels))
		}
		labels = append(labels, name)
		p.Exprs = append(p.Exprs, &plan.Col{Base: base(f.typ, 0), Index: i, Name: f.name})
		p.Cols = append(p.Cols, plan.Column{Name: name, Type: f.typ})
	}
	if len(p.Exprs) == len(rel.fields) {
		return rel.node, labels
	}
	return p, labels
}

// query analyzes a query; parent is the scope around it, nil at the top.
func (a *analyzer) query(q *syntax.Query, parent *scope, w *withScope) (*relation, error) {
	a.depth++
	defer func() { a.depth-- }()
	if a.depth > maxDepth {
		return nil, sqlerr.Newf(sqlerr.GenericUserError, q.Pos(), "The statement is nested too deeply")
	}
	if err := a.ctx.Err(); err != nil {
		return nil, sqlerr.New(sqlerr.UserCanceled, "Query was canceled").Wrap(err)
	}
	if q.With != nil {
		var err error
		if w, err = a.with(q.With, parent, w); err != nil {
			return nil, err
		}
	}
	if spec, ok := q.Body.(*syntax.QuerySpec); ok {
		return a.querySpec(spec, q, parent, w)
	}
	rel, err := a.body(q.Body, parent, w)
	if err != nil {
		return nil, err
	}
	lim, err := a.limits(q)
	if err != nil {
		return nil, err
	}
	if q.OrderBy == nil {
		rel.node = sorted(rel.node, nil, lim)
		return rel, nil
	}
	return a.orderRelation(q, rel, parent, w, lim)
}

// ordersNothing reports whether q's ORDER BY is checked and not computed: that of a
// query within another one, without a LIMIT or OFFSET, is redundant to Trino.
func (a *analyzer) ordersNothing(q *syntax.Query) bool {
	return a.depth > 1 && q.Limit == nil && q.Offset == nil
}

// orderRelation sorts the rows of a body that is no SELECT: only its columns are
// in reach.
func (a *analyzer) orderRelation(q *syntax.Query, rel *relation, parent *scope, w *withScope, lim limits) (*relation, error) {
	v := env{a: a, sc: &scope{fields: rel.fields, parent: parent}, w: w, clause: "ORDER BY clause"}
	b := a.builder(rel.node)
	width := b.width
	var order []sortExpr
	for _, item := range q.OrderBy.Items {
		if lit, ok := item.Expr.(*syntax.LongLiteral); ok {
			if lit.Value < 1 || lit.Value > int64(len(rel.fields)) {
				return nil, sqlerr.Newf(sqlerr.InvalidColumnReference, lit.Pos(), "ORDER BY position %d is not in select list", lit.Value)
			}
			order = append(order, sortKey(item, rel.fields[lit.Value-1].expr))
		} else {
			e, err := v.scalar(item.Expr)
			if err != nil {
				return nil, err
			}
			order = append(order, sortKey(item, e))
		}
		if t := order[len(order)-1].expr.Type(); !t.Orderable() {
			return nil, mismatch(item.Pos(), "Type %s is not orderable, and therefore cannot be used in ORDER BY: %s", t, format(item.Expr))
		}
	}
	if a.ordersNothing(q) {
		return rel, nil
	}
	keys, err := b.sortKeys(order)
	if err != nil {
		return nil, err
	}
	b.flush()
	n := sorted(b.node, keys, lim)
	if b.width > width {
		n = firstColumns(n, width)
	}
	return &relation{n, rel.fields}, nil
}

// firstColumns keeps the first n columns.
func firstColumns(in plan.Node, n int) plan.Node {
	p := &plan.Project{Input: in, Cols: in.Columns()[:n]}
	for i, c := range p.Cols {
		p.Exprs = append(p.Exprs, &plan.Col{Base: base(c.Type, 0), Index: i, Name: c.Name})
	}
	return p
}

// body analyzes what is not a SELECT.
func (a *analyzer) body(b syntax.QueryBody, parent *scope, w *withScope) (*relation, error) {
	switch x := b.(type) {
	case *syntax.QuerySpec:
		return a.querySpec(x, &syntax.Query{Body: x}, parent, w)
	case *syntax.Values:
		return a.values(x, parent, w)
	case *syntax.Table:
		return a.table(x, parent, w)
	case *syntax.TableSubquery:
		return a.query(x.Query, parent, w)
	case *syntax.SetOperation:
		return a.setOperation(x, parent, w)
	}
	return nil, unsupported(b.Pos(), "This query is not supported yet")
}

// with analyzes the queries of WITH, also those that nothing names.
func (a *analyzer) with(with *syntax.With, parent *scope, w *withScope) (*withScope, error) {
	seen := map[string]bool{}
	for _, x := range with.Queries {
		name := strings.ToLower(x.Name.Value)
		if seen[name] {
			return nil, sqlerr.Newf(sqlerr.DuplicateNamedQuery, x.Pos(), "WITH query name '%s' specified more than once", name)
		}
		seen[name] = true
		var rel *relation
		var err error
		var union *syntax.SetOperation
		if with.Recursive {
			if union, err = recursion(x, name); err != nil {
				return nil, err
			}
		}
		if union != nil {
			rel, err = a.recursive(x, union, name, parent, w)
		} else {
			rel, err = a.query(x.Query, parent, w)
		}
		if err != nil {
			return nil, err
		}
		rel = onlyVisible(rel) // TABLE t has hidden columns
		if x.Columns != nil && len(x.Columns) != len(rel.fields) {
			return nil, sqlerr.Newf(sqlerr.MismatchedColumnAliases, x.Columns[0].Pos(), "Column alias list has %d entries but relation has %d columns", len(x.Columns), len(rel.fields))
		}
		fields := make([]field, len(rel.fields))
		for i, f := range rel.fields {
			f.rel = []string{name}
			if x.Columns != nil {
				f.name = x.Columns[i].Value
			}
			fields[i] = f
		}
		w = &withScope{parent: w, name: name, rel: &relation{rel.node, fields}}
	}
	return w, nil
}

// maxRecursion is Trino's default of max_recursion_depth.
const maxRecursion = 10

// recursive analyzes WITH RECURSIVE name(columns) AS (base UNION [ALL] step), the
// shape of which has been checked (recursion).
func (a *analyzer) recursive(x *syntax.WithQuery, union *syntax.SetOperation, name string, parent *scope, w *withScope) (*relation, error) {
	baseRel, err := a.body(union.Left, parent, w)
	if err != nil {
		return nil, err
	}
	baseRel = onlyVisible(baseRel)
	if len(x.Columns) != len(baseRel.fields) {
		return nil, sqlerr.Newf(sqlerr.MismatchedColumnAliases, x.Pos(), "Column alias list has %d entries but '%s' has %d columns available", len(x.Columns), name, len(baseRel.fields))
	}
	a.lastID++
	r := &plan.Recursive{ID: a.lastID, Base: baseRel.node, MaxDepth: maxRecursion, P: x.Pos()}
	fields := make([]field, len(baseRel.fields))
	for i, f := range baseRel.fields {
		col := plan.Column{Name: x.Columns[i].Value, Type: f.typ}
		r.Cols = append(r.Cols, col)
		fields[i] = field{name: col.Name, rel: []string{name}, typ: f.typ, expr: &plan.Col{Base: base(f.typ, 0), Index: i, Name: col.Name}}
	}
	ref := &relation{&plan.RecursiveRef{ID: r.ID, Cols: r.Cols}, fields}
	step, err := a.body(union.Right, parent, &withScope{parent: w, name: name, rel: ref})
	if err != nil {
		return nil, err
	}
	if len(step.fields) != len(fields) {
		return nil, mismatch(union.Right.Pos(), "base and step relations of recursion have different number of fields: %d, %d", len(fields), len(step.fields))
	}
	for i, f := range step.fields {
		if !types.CanCoerce(f.typ, fields[i].typ) {
			return nil, mismatch(union.Right.Pos(), "recursion step relation output type (%s) is not coercible to recursion base relation output type (%s) at column %d", f.typ, fields[i].typ, i+1)
		}
	}
	ts := make([]types.Type, len(fields))
	for i, f := range fields {
		ts[i] = f.typ
	}
	r.Step = castColumns(step.node, ts)
	if !union.All {
		// Trino takes the same steps as for UNION ALL, and drops what came twice at
		// the end.
		return &relation{distinct(r), fields}, nil
	}
	return &relation{r, fields}, nil
}

// castColumns coerces the columns of n to ts.
func castColumns(n plan.Node, ts []types.Type) plan.Node {
	cols := n.Columns()
	p := &plan.Project{Input: n}
	same := true
	for i, t := range ts {
		c := &plan.Col{Base: base(cols[i].Type, 0), Index: i, Name: cols[i].Name}
		p.Exprs = append(p.Exprs, coerced(c, t))
		p.Cols = append(p.Cols, plan.Column{Name: cols[i].Name, Type: t})
		same = same && cols[i].Type == t
	}
	if same && len(ts) == len(cols) {
		return n
	}
	return p
}

// setOperation analyzes UNION, INTERSECT and EXCEPT. A chain of the same UNION is
// one node.
func (a *analyzer) setOperation(x *syntax.SetOperation, parent *scope, w *withScope) (*relation, error) {
	a.depth++
	defer func() { a.depth-- }()
	if a.depth > maxDepth {
		return nil, sqlerr.Newf(sqlerr.GenericUserError, x.Pos(), "The statement is nested too deeply")
	}
	name := [...]string{syntax.Union: "UNION", syntax.Intersect: "INTERSECT", syntax.Except: "EXCEPT"}[x.Op]
	var rels []*relation
	for _, side := range []syntax.QueryBody{x.Left, x.Right} {
		rel, err := a.body(side, parent, w)
		if err != nil {
			return nil, err
		}
		rels = append(rels, onlyVisible(rel))
	}
	first := rels[0]
	ts := make([]types.Type, len(first.fields))
	for i, f := range first.fields {
		ts[i] = f.typ
	}
	for _, rel := range rels[1:] {
		if len(rel.fields) != len(ts) {
			return nil, mismatch(x.Pos(), "%s query has different number of fields: %d, %d", name, len(ts), len(rel.fields))
		}
		for i, f := range rel.fields {
			t, ok := types.Common(ts[i], f.typ)
			if !ok {
				return nil, mismatch(x.Pos(), "column %d in %s query has incompatible types: %s, %s", i+1, name, ts[i], f.typ)
			}
			ts[i] = t
		}
	}
	if x.Op != syntax.Union || !x.All {
		suffix := ""
		if x.Op == syntax.Union {
			suffix = " DISTINCT"
		}
		for _, t := range ts {
			if !t.Comparable() {
				return nil, mismatch(x.Pos(), "Type %s is not comparable and therefore cannot be used in %s%s", t, name, suffix)
			}
		}
	}
	fields := make([]field, len(ts))
	cols := make([]plan.Column, len(ts))
	for i, f := range first.fields {
		fields[i] = f
		fields[i].typ = ts[i]
		fields[i].expr = &plan.Col{Base: base(ts[i], 0), Index: i, Name: f.name}
		cols[i] = plan.Column{Name: f.name, Type: ts[i]}
	}
	l, r := castColumns(rels[0].node, ts), castColumns(rels[1].node, ts)
	var n plan.Node
	switch {
	case x.Op == syntax.Union:
		u := &plan.Union{Ins: []plan.Node{l, r}, Cols: cols}
		if lu, ok := l.(*plan.Union); ok {
			u.Ins = append(append([]plan.Node(nil), lu.Ins...), r)
		}
		n = u
		if !x.All {
			n = distinct(u)
		}
	default:
		n = &plan.SetOp{Except: x.Op == syntax.Except, All: x.All, L: l, R: r}
	}
	return &relation{n, fields}, nil
}

// onlyVisible drops hidden columns.
func onlyVisible(rel *relation) *relation {
	hidden := false
	for _, f := range rel.fields {
		hidden = hidden || f.hidden
	}
	if !hidden {
		return rel
	}
	p := &plan.Project{Input: rel.node}
	out := &relation{node: p}
	for i, f := range rel.fields {
		if f.hidden {
			continue
		}
		p.Exprs = append(p.Exprs, &plan.Col{Base: base(f.typ, 0), Index: i, Name: f.name})
		p.Cols = append(p.Cols, plan.Column{Name: f.name, Type: f.typ})
		f.expr = &plan.Col{Base: base(f.typ, 0), Index: len(out.fields), Name: f.name}
		out.fields = append(out.fields, f)
	}
	return out
}

// limits are OFFSET and LIMIT or FETCH FIRST.
type limits struct {
	offset   int64
	n        int64 // -1: all
	withTies bool
}

func (a *analyzer) limits(q *syntax.Query) (limits, error) {
	lim := limits{n: -1}
	var err error
	if q.Offset != nil {
		if lim.offset, err = a.rowCount(q.Offset.Count, "OFFSET"); err != nil {
			return lim, err
		}
		if lim.offset < 0 {
			return lim, sqlerr.Newf(sqlerr.NumericValueOutOfRange, q.Offset.Pos(), "OFFSET row count must be greater or equal to 0 (actual value: %d)", lim.offset)
		}
	}
	switch l := q.Limit.(type) {
	case *syntax.LimitClause:
		if l.Count == nil {
			break
		}
		if lim.n, err = a.rowCount(l.Count, "LIMIT"); err != nil {
			return lim, err
		}
		if lim.n < 0 {
			return lim, sqlerr.Newf(sqlerr.NumericValueOutOfRange, l.Pos(), "LIMIT row count must be greater or equal to 0 (actual value: %d)", lim.n)
		}
	case *syntax.FetchFirst:
		lim.n = 1
		if l.Count != nil {
			if lim.n, err = a.rowCount(l.Count, "FETCH FIRST"); err != nil {
				return lim, err
			}
		}
		if lim.n <= 0 {
			return lim, sqlerr.Newf(sqlerr.NumericValueOutOfRange, l.Pos(), "FETCH FIRST row count must be positive (actual value: %d)", lim.n)
		}
		lim.withTies = l.WithTies
		if l.WithTies && q.OrderBy == nil {
			return lim, sqlerr.Newf(sqlerr.MissingOrderBy, l.Pos(), "FETCH FIRST WITH TIES clause requires ORDER BY")
		}
	}
	return lim, nil
}

// rowCount is the number in OFFSET, LIMIT or FETCH FIRST.
func (a *analyzer) rowCount(e syntax.Expr, clause string) (int64, error) {
	x, err := env{a: a, sc: &scope{}, clause: clause}.expr(e)
	if err != nil {
		return 0, err
	}
	c, ok := x.(*plan.Const)
	if !ok {
		return 0, sqlerr.Newf(sqlerr.InvalidArguments, e.Pos(), "Non constant parameter value for %s: %s", clause, format(e))
	}
	if c.V.Null {
		return 0, sqlerr.Newf(sqlerr.InvalidArguments, e.Pos(), "Parameter value provided for %s is NULL: %s", clause, format(e))
	}
	if !c.T.IsInteger() {
		return 0, mismatch(e.Pos(), "%s row count must be a bigint (actual: %s)", clause, c.T)
	}
	return c.V.I, nil
}

// sorted puts ORDER BY, OFFSET and LIMIT over n.
func sorted(n plan.Node, keys []plan.SortKey, lim limits) plan.Node {
	switch {
	case len(keys) > 0 && lim.n >= 0:
		top := lim.n
		if lim.offset > 0 {
			if top += lim.offset; top < 0 {
				top = 1<<63 - 1
			}
		}
		n = &plan.TopN{Input: n, Keys: keys, N: top, WithTies: lim.withTies}
		if lim.offset > 0 {
			n = &plan.Limit{Input: n, Offset: lim.offset, N: -1}
		}
		return n
	case len(keys) > 0:
		n = &plan.Sort{Input: n, Keys: keys}
	}
	if lim.n >= 0 || lim.offset > 0 {
		n = &plan.Limit{Input: n, Offset: lim.offset, N: lim.n}
	}
	return n
}

// format is an expression as messages show it.
func format(e syntax.Expr) string { return syntax.FormatExpr(e) }
