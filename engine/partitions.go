package engine

// Partitions: which of them a query reads (prune), and the statements that change
// and show them: ALTER TABLE ... PARTITION, SHOW PARTITIONS, MSCK REPAIR TABLE
// (semantics 4.4; Athena user guide, pages of these names; texts are Hive's).

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/exec"
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// prune gives every scan of a partitioned table the partitions that the
// conditions above it let through. The conditions stay where they are: pruning
// only saves reading.
func (s *Session) prune(root plan.Node, env *exec.Env, now time.Time) error {
	pr := &pruner{env: env, now: now}
	return pr.node(root, nil)
}

type pruner struct {
	env *exec.Env
	now time.Time
}

// node walks down; conds are conditions on n's columns that every row of the
// result meets.
func (pr *pruner) node(n plan.Node, conds []plan.Expr) error {
	switch n := n.(type) {
	case *plan.Scan:
		if n.Filter != nil {
			conds = append(slices.Clone(conds), plan.Conjuncts(n.Filter)...)
		}
		return pr.scan(n, conds)
	case *plan.Filter:
		return pr.node(n.Input, append(slices.Clone(conds), plan.Conjuncts(n.Pred)...))
	case *plan.Project:
		var below []plan.Expr
		for _, c := range conds {
			if d := throughProject(c, n); d != nil {
				below = append(below, d)
			}
		}
		return pr.node(n.Input, below)
	case *plan.Sort:
		return pr.node(n.Input, conds)
	case *plan.Join:
		// Conditions on one side; a side whose rows also come without a match keeps
		// its conditions, since they were made about the join's rows.
		width := len(n.L.Columns())
		var l, r []plan.Expr
		for _, c := range conds {
			switch onlyBelow(c, width) {
			case 1:
				l = append(l, c)
			case 2:
				r = append(r, plan.Shift(c, -width))
			}
		}
		if n.Kind == plan.RightJoin || n.Kind == plan.FullJoin {
			l = nil
		}
		if n.Kind == plan.LeftJoin || n.Kind == plan.FullJoin {
			r = nil
		}
		if err := pr.node(n.L, l); err != nil {
			return err
		}
		return pr.node(n.R, r)
	case *plan.Aggregate:
		var below []plan.Expr
		if n.Sets == nil {
			for _, c := range conds {
				if onlyBelow(c, len(n.Keys)) == 1 {
					below = append(below, plan.Rewrite(c, func(e plan.Expr) plan.Expr {
						if col, ok := e.(*plan.Col); ok {
							m := *col
							m.Index = n.Keys[col.Index]
							return &m
						}
						return nil
					}))
				}
			}
		}
		return pr.node(n.Input, below)
	case *plan.Union:
		for _, in := range n.Ins {
			if err := pr.node(in, conds); err != nil {
				return err
			}
		}
		return nil
	case *plan.SemiJoin:
		width := len(n.L.Columns())
		var l []plan.Expr
		for _, c := range conds {
			if onlyBelow(c, width) == 1 {
				l = append(l, c)
			}
		}
		if err := pr.node(n.L, l); err != nil {
			return err
		}
		return pr.node(n.R, nil)
	}
	for _, in := range n.Inputs() {
		if err := pr.node(in, nil); err != nil {
			return err
		}
	}
	return nil
}

// onlyBelow is 1 where all columns of e are below width, 2 where none is, 0 for
// both and for none at all.
func onlyBelow(e plan.Expr, width int) int {
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
	return side % 3
}

// throughProject rewrites a condition on a projection's columns to its input's;
// nil where a column that it speaks of is not just another one's value, or where the
// condition would grow by more than maxGrowth: of x + x upon x + x comes a condition
// twice as long at each step.
func throughProject(e plan.Expr, n *plan.Project) plan.Expr {
	ok, grown := true, 0
	out := plan.Rewrite(e, func(e plan.Expr) plan.Expr {
		c, is := e.(*plan.Col)
		if !is {
			return nil
		}
		if ok {
			plan.Walk(n.Exprs[c.Index], func(plan.Expr) bool { grown++; return true })
			grown--
			ok = grown <= maxGrowth && pure(n.Exprs[c.Index])
		}
		if !ok {
			return c
		}
		return n.Exprs[c.Index]
	})
	if !ok {
		return nil
	}
	return out
}

// maxGrowth is by how many nodes a condition may grow in a projection: far more than
// conditions that somebody wrote on partition columns do.
const maxGrowth = 1000

// pure reports whether an expression depends on nothing but its input's columns.
func pure(e plan.Expr) bool {
	ok := true
	plan.Walk(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Outer:
			ok = false
		case *plan.Call:
			ok = ok && !e.Func.NonDeterministic
		}
		return ok
	})
	return ok
}

// condition is a condition on partition columns.
type condition struct {
	e    plan.Expr // over a page of the partition columns
	cols []int     // those that it uses
}

func (pr *pruner) scan(n *plan.Scan, conds []plan.Expr) error {
	t, ok := n.Table.Handle.(*catalog.Table)
	if !ok || len(t.Partitions) == 0 {
		return nil
	}
	first := len(t.Columns)
	var usable []condition
	var shown []string
	for _, c := range conds {
		cond := condition{}
		if !pure(c) {
			continue
		}
		fits := true
		cond.e = plan.Rewrite(c, func(e plan.Expr) plan.Expr {
			col, ok := e.(*plan.Col)
			if !ok {
				return nil
			}
			k := n.Ordinals[col.Index] - first
			if k < 0 || k >= len(t.Partitions) {
				fits = false
				return col
			}
			if !slices.Contains(cond.cols, k) {
				cond.cols = append(cond.cols, k)
			}
			m := *col
			m.Index, m.Name = k, t.Partitions[k].Name
			return &m
		})
		if fits && len(cond.cols) > 0 {
			usable = append(usable, cond)
			shown = append(shown, cond.e.String())
		}
	}
	parts, total, err := pr.partitions(t, usable)
	if err != nil {
		return err
	}
	table := *n.Table
	table.Handle = &catalog.Selected{Table: t, Parts: parts}
	table.Note = fmt.Sprintf("partitions %d of %s", len(parts), total)
	if shown != nil {
		table.Note += " where " + strings.Join(shown, " and ")
	}
	n.Table = &table
	return nil
}

// partitions lists the table's partitions for which no condition is false; total
// says how many there are.
func (pr *pruner) partitions(t *catalog.Table, conds []condition) (parts []catalog.Partition, total string, err error) {
	if !t.Projected() {
		all := t.Registered()
		rows := make([][]string, len(all))
		for i, p := range all {
			rows[i] = p.Values
		}
		for _, c := range conds {
			keep, err := pr.keep(t, c, rows)
			if err != nil {
				return nil, "", err
			}
			rows = slices.Clone(rows)
			var left []catalog.Partition
			n := 0
			for i, k := range keep {
				if k {
					left = append(left, all[i])
					rows[n] = rows[i]
					n++
				}
			}
			all, rows = left, rows[:n]
		}
		return all, fmt.Sprint(len(t.Registered())), nil
	}
	proj, err := t.Projection(pr.now)
	if err != nil {
		return nil, "", err
	}
	count, known := 1, true
	values := make([][]string, len(t.Partitions))
	for k := range t.Partitions {
		if proj.Injected(k) {
			known = false
			if values[k], err = pr.injected(t, k, conds); err != nil {
				return nil, "", err
			}
		} else if values[k], err = proj.Values(k); err != nil {
			return nil, "", err
		} else if count *= len(values[k]); count > catalog.MaxPartitions*1000 {
			known = false
			count = catalog.MaxPartitions
		}
		for _, c := range conds {
			if len(c.cols) != 1 || c.cols[0] != k {
				continue
			}
			rows := make([][]string, len(values[k]))
			for i, v := range values[k] {
				rows[i] = make([]string, len(t.Partitions))
				for j := range rows[i] {
					rows[i][j] = catalog.NullPartition
				}
				rows[i][k] = v
			}
			keep, err := pr.keep(t, c, rows)
			if err != nil {
				return nil, "", err
			}
			var left []string
			for i, ok := range keep {
				if ok {
					left = append(left, values[k][i])
				}
			}
			values[k] = left
		}
	}
	rows := [][]string{nil}
	for k := range t.Partitions {
		if len(rows)*len(values[k]) > catalog.MaxPartitions {
			return nil, "", sqlerr.New(sqlerr.NotSupported, "The projection of table %s.%s yields more than %d partitions", t.Database, t.Name, catalog.MaxPartitions).
				WithHint("restrict the partition columns in WHERE")
		}
		var next [][]string
		for _, r := range rows {
			for _, v := range values[k] {
				next = append(next, append(slices.Clone(r), v))
			}
		}
		rows = next
	}
	for _, c := range conds {
		if len(c.cols) == 1 {
			continue
		}
		keep, err := pr.keep(t, c, rows)
		if err != nil {
			return nil, "", err
		}
		n := 0
		for i, k := range keep {
			if k {
				rows[n] = rows[i]
				n++
			}
		}
		rows = rows[:n]
	}
	for _, r := range rows {
		parts = append(parts, proj.Partition(r))
	}
	total = "the injected ones"
	if known {
		total = fmt.Sprint(count)
	}
	return parts, total, nil
}

// keep tells for which rows of partition values a condition is true or fails: an
// error is for the scan to meet, if it comes so far.
func (pr *pruner) keep(t *catalog.Table, c condition, rows [][]string) ([]bool, error) {
	keep := make([]bool, len(rows))
	g, err := expr.Compile(c.e, &pr.env.Expr)
	if err != nil {
		return nil, err
	}
	builders := make([]*page.Builder, len(t.Partitions))
	for k := range builders {
		builders[k] = page.NewBuilder(t.Partitions[k].Type)
	}
	var at []int // the row of each page row
	for i, r := range rows {
		data := make([]plan.Datum, len(c.cols))
		good := true
		for j, k := range c.cols {
			if data[j], err = catalog.PartitionValue(t.Partitions[k], r[k], t.PartitionName(r)); err != nil {
				good = false
			}
		}
		if !good {
			keep[i] = true
			continue
		}
		at = append(at, i)
		for k, b := range builders {
			if j := slices.Index(c.cols, k); j >= 0 {
				expr.AppendDatum(b, data[j])
			} else {
				b.Null()
			}
		}
	}
	p := &page.Page{Rows: len(at)}
	for _, b := range builders {
		p.Cols = append(p.Cols, b.Finish())
	}
	v, err := g.Eval(p)
	if err == nil {
		for j, i := range at {
			keep[i] = !v.IsNull(j) && v.Bools[j]
		}
		return keep, nil
	}
	for j, i := range at {
		one := *p
		one.Sel = []int32{int32(j)}
		v, err := g.Eval(&one)
		keep[i] = err != nil || !v.IsNull(0) && v.Bools[0]
	}
	return keep, nil
}

// injected finds the values that conditions col = constant and col IN (constants)
// give a column.
func (pr *pruner) injected(t *catalog.Table, k int, conds []condition) ([]string, error) {
	var found []string
	any := false
	take := func(list []plan.Expr) error {
		var texts []string
		for _, e := range list {
			d, err := pr.constant(e)
			if err != nil {
				return err
			}
			if d.Null {
				continue
			}
			text, ok := partitionText(t.Partitions[k].Type, d)
			if !ok {
				return sqlerr.New(sqlerr.NotSupported, "Partition column %s of type %s cannot be injected", t.Partitions[k].Name, t.Partitions[k].Type)
			}
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
		if any {
			texts = slices.DeleteFunc(texts, func(s string) bool { return !slices.Contains(found, s) })
		}
		found, any = texts, true
		return nil
	}
	for _, c := range conds {
		if len(c.cols) != 1 || c.cols[0] != k {
			continue
		}
		var err error
		switch e := c.e.(type) {
		case *plan.Compare:
			if e.Op != plan.OpEq {
				continue
			}
			l, r := e.L, e.R
			if _, ok := l.(*plan.Col); !ok {
				l, r = r, l
			}
			if _, ok := l.(*plan.Col); ok && constantExpr(r) {
				err = take([]plan.Expr{r})
			}
		case *plan.In:
			if _, ok := e.X.(*plan.Col); ok && !slices.ContainsFunc(e.List, func(x plan.Expr) bool { return !constantExpr(x) }) {
				err = take(e.List)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if !any {
		return nil, sqlerr.New(sqlerr.ConstraintViolation, "For the injected projected partition column %s, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.", t.Partitions[k].Name)
	}
	slices.Sort(found)
	return found, nil
}

func constantExpr(e plan.Expr) bool {
	ok := pure(e)
	plan.Walk(e, func(e plan.Expr) bool {
		if _, is := e.(*plan.Col); is {
			ok = false
		}
		return ok
	})
	return ok
}

// constant evaluates an expression that has no columns.
func (pr *pruner) constant(e plan.Expr) (plan.Datum, error) {
	g, err := expr.Compile(e, &pr.env.Expr)
	if err != nil {
		return plan.Datum{}, err
	}
	v, err := g.Eval(&page.Page{Rows: 1})
	if err != nil {
		return plan.Datum{}, err
	}
	return expr.DatumAt(v, 0), nil
}

// partitionText writes a value as the text of a partition column's.
func partitionText(t types.Type, d plan.Datum) (string, bool) {
	if d.Null {
		return catalog.NullPartition, true
	}
	switch t.Kind {
	case types.KindVarchar, types.KindChar:
		return d.S, true
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		return fmt.Sprint(d.I), true
	case types.KindBoolean:
		return fmt.Sprint(d.B), true
	case types.KindDate:
		return string(types.AppendDate(nil, d.I)), true
	}
	return "", false
}

// Statements.

// partitioned finds the table of a statement about partitions.
func (s *Session) partitioned(name *syntax.QualifiedName) (*catalog.Table, error) {
	t, v, err := s.find(name, s.database)
	switch {
	case err != nil:
		return nil, err
	case v != nil:
		return nil, sqlerr.Newf(sqlerr.SemanticException, name.Pos(), "FAILED: SemanticException [Error 10131]: To alter a view you need to use the ALTER VIEW command.")
	case len(t.Partitions) == 0:
		return nil, sqlerr.Newf(sqlerr.SemanticException, name.Pos(), "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Table %s is not a partitioned table", t.Name)
	}
	return t, nil
}

// partitionValues checks PARTITION (k = v, ...) against a table; in the result a
// column that the clause does not name has "" and given false.
func partitionValues(t *catalog.Table, spec *syntax.PartitionSpec, whole bool) (values []string, given []bool, err error) {
	values, given = make([]string, len(t.Partitions)), make([]bool, len(t.Partitions))
	if len(t.Partitions) == 0 {
		return nil, nil, sqlerr.Newf(sqlerr.SemanticException, spec.Pos(), "FAILED: SemanticException table is not partitioned but partition spec exists: %s", specText(spec))
	}
	for _, v := range spec.Values {
		name := strings.ToLower(v.Column.Value)
		k := slices.IndexFunc(t.Partitions, func(c catalog.Column) bool { return c.Name == name })
		switch {
		case k < 0:
			return nil, nil, sqlerr.Newf(sqlerr.SemanticException, v.Pos(), "FAILED: SemanticException [Error 10098]: Non-Partition column appears in the partition specification:  %s", name)
		case given[k]:
			return nil, nil, sqlerr.Newf(sqlerr.SemanticException, v.Pos(), "FAILED: SemanticException Duplicate partition column %s", name)
		case v.Value == nil:
			return nil, nil, sqlerr.Newf(sqlerr.SemanticException, v.Pos(), "FAILED: SemanticException partition column %s has no value", name)
		}
		if values[k], err = literalText(v.Value); err != nil {
			return nil, nil, err
		}
		if v.Op == "=" {
			if _, err := catalog.PartitionValue(t.Partitions[k], values[k], name+"="+values[k]); err != nil {
				return nil, nil, sqlerr.Newf(sqlerr.SemanticException, v.Pos(), "FAILED: SemanticException [Error 10248]: Cannot add partition column %s of type string as it cannot be converted to type %s", name, t.Partitions[k].HiveType)
			}
		}
		given[k] = true
	}
	if whole && slices.Contains(given, false) {
		return nil, nil, sqlerr.Newf(sqlerr.SemanticException, spec.Pos(), "FAILED: SemanticException partition spec %s doesn't contain all (%d) partition columns", specText(spec), len(t.Partitions))
	}
	return values, given, nil
}

func specText(spec *syntax.PartitionSpec) string {
	var parts []string
	for _, v := range spec.Values {
		text := "null"
		if v.Value != nil {
			if s, err := literalText(v.Value); err == nil {
				text = s
			}
		}
		parts = append(parts, strings.ToLower(v.Column.Value)+"="+text)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// literalText is a literal as text of a partition's name.
func literalText(e syntax.Expr) (string, error) {
	switch e := e.(type) {
	case *syntax.StringLiteral:
		return e.Value, nil
	case *syntax.GenericLiteral:
		return e.Value, nil
	case *syntax.BooleanLiteral:
		return fmt.Sprint(e.Value), nil
	case *syntax.NullLiteral:
		return catalog.NullPartition, nil
	case *syntax.LongLiteral:
		return fmt.Sprint(e.Value), nil
	}
	return syntax.Format(e), nil
}

// folder is a LOCATION with a slash at its end.
func folder(location string) string {
	if !strings.HasSuffix(location, "/") {
		location += "/"
	}
	return location
}

func (s *Session) addPartitions(n *syntax.AlterTable, a *syntax.AddPartitions) (*Result, error) {
	t, _, err := s.find(n.Name, s.database)
	if err != nil {
		return nil, err
	}
	if t == nil {
		_, err := s.partitioned(n.Name)
		return nil, err
	}
	var parts []catalog.Partition
	for _, spec := range a.Partitions {
		values, _, err := partitionValues(t, spec, true)
		if err != nil {
			return nil, err
		}
		p := catalog.Partition{Values: values, Location: t.PartitionPlace(values)}
		if spec.Location != nil {
			p.Location = folder(spec.Location.Value)
		}
		parts = append(parts, p)
	}
	_, err = s.e.catalog.AddPartitions(t.Database, t.Name, parts, a.IfNotExists)
	return done(DDL, "ALTER_TABLE_ADD_PARTITION"), at(err, n)
}

func (s *Session) dropPartitions(n *syntax.AlterTable, a *syntax.DropPartitions) (*Result, error) {
	t, err := s.partitioned(n.Name)
	if err != nil {
		return nil, err
	}
	match := make([]func(catalog.Partition) bool, len(a.Partitions))
	for i, spec := range a.Partitions {
		if match[i], err = specMatcher(t, spec); err != nil {
			return nil, err
		}
	}
	err = s.e.catalog.Alter(t.Database, t.Name, func(t *catalog.Table) error {
		for i, spec := range a.Partitions {
			before := len(t.Registered())
			t.DropPartitions(match[i])
			if len(t.Registered()) == before && !a.IfExists {
				return sqlerr.Newf(sqlerr.SemanticException, spec.Pos(), "FAILED: SemanticException [Error 10006]: Partition not found (%s)", dropText(spec))
			}
		}
		return nil
	})
	return done(DDL, "ALTER_TABLE_DROP_PARTITION"), at(err, n)
}

// dropText words a partition specification as Hive's drop does.
func dropText(spec *syntax.PartitionSpec) string {
	var parts []string
	for _, v := range spec.Values {
		text, err := literalText(v.Value)
		if err != nil {
			text = "?"
		}
		parts = append(parts, strings.ToLower(v.Column.Value)+" "+v.Op+" '"+text+"'")
	}
	return strings.Join(parts, " AND ")
}

// specMatcher makes a predicate of PARTITION (k op v, ...), which may leave out
// columns and compare in the column's type.
func specMatcher(t *catalog.Table, spec *syntax.PartitionSpec) (func(catalog.Partition) bool, error) {
	if _, _, err := partitionValues(t, spec, false); err != nil {
		return nil, err
	}
	type test struct {
		k    int
		op   string
		want plan.Datum
	}
	var tests []test
	for _, v := range spec.Values {
		k := slices.IndexFunc(t.Partitions, func(c catalog.Column) bool { return strings.EqualFold(c.Name, v.Column.Value) })
		text, err := literalText(v.Value)
		if err != nil {
			return nil, err
		}
		want, err := catalog.PartitionValue(t.Partitions[k], text, text)
		if err != nil {
			return nil, at(err, v)
		}
		tests = append(tests, test{k, v.Op, want})
	}
	return func(p catalog.Partition) bool {
		for _, x := range tests {
			got, err := catalog.PartitionValue(t.Partitions[x.k], p.Values[x.k], "")
			if err != nil || got.Null != x.want.Null {
				return false
			}
			c := 0
			if !got.Null {
				c = compareData(t.Partitions[x.k].Type, got, x.want)
			}
			ok := map[string]bool{"=": c == 0, "<>": c != 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[x.op]
			if !ok {
				return false
			}
		}
		return true
	}, nil
}

// compareData orders two values of a type that partition columns have.
func compareData(t types.Type, a, b plan.Datum) int {
	switch t.Kind {
	case types.KindVarchar, types.KindChar, types.KindVarbinary:
		return strings.Compare(a.S, b.S)
	case types.KindDecimal:
		return a.D.Cmp(b.D)
	case types.KindReal, types.KindDouble:
		switch {
		case a.F < b.F:
			return -1
		case a.F > b.F:
			return 1
		}
		return 0
	case types.KindBoolean:
		switch {
		case a.B == b.B:
			return 0
		case b.B:
			return -1
		}
		return 1
	}
	switch {
	case a.I < b.I:
		return -1
	case a.I > b.I:
		return 1
	}
	return 0
}

func (s *Session) renamePartition(n *syntax.AlterTable, a *syntax.RenamePartition) (*Result, error) {
	t, err := s.partitioned(n.Name)
	if err != nil {
		return nil, err
	}
	from, _, err := partitionValues(t, n.Partition, true)
	if err != nil {
		return nil, err
	}
	to, _, err := partitionValues(t, a.To, true)
	if err != nil {
		return nil, err
	}
	err = s.e.catalog.Alter(t.Database, t.Name, func(t *catalog.Table) error { return t.RenamePartition(from, to) })
	return done(DDL, "ALTER_TABLE_RENAME_PARTITION"), at(err, n)
}

func (s *Session) showPartitions(n *syntax.ShowPartitions) (*Result, error) {
	t, err := s.partitioned(n.Name)
	if err != nil {
		return nil, err
	}
	match := func(catalog.Partition) bool { return true }
	if n.Partition != nil {
		if match, err = specMatcher(t, n.Partition); err != nil {
			return nil, err
		}
	}
	var rows [][]string
	// Projected partitions are not listed: the catalog does not know them.
	for _, p := range t.Registered() {
		if match(p) {
			rows = append(rows, []string{t.PartitionName(p.Values)})
		}
	}
	return utilityResult("SHOW_PARTITIONS", []string{"partition"}, rows), nil
}

// repair is MSCK REPAIR TABLE: it adds what it finds and takes nothing away.
func (s *Session) repair(ctx context.Context, n *syntax.MsckRepair) (*Result, error) {
	t, err := s.partitioned(n.Name)
	if err != nil {
		return nil, err
	}
	found, err := t.Discover(ctx)
	if err != nil {
		return nil, at(err, n)
	}
	added, err := s.e.catalog.AddPartitions(t.Database, t.Name, found, true)
	if err != nil {
		return nil, at(err, n)
	}
	var rows [][]string
	if len(added) > 0 {
		line := "Partitions not in metastore:"
		for _, p := range added {
			line += "\t" + t.Name + ":" + t.PartitionName(p.Values)
		}
		rows = append(rows, []string{line})
		for _, p := range added {
			rows = append(rows, []string{"Repair: Added partition to metastore " + t.Name + ":" + t.PartitionName(p.Values)})
		}
	}
	r := utilityResult("MSCK", []string{"result"}, rows)
	r.Type, r.UpdateCount = DDL, nil
	return r, nil
}
