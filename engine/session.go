package engine

// Session.Query: one statement, from its text to a Result.

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/exec"
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/sql/analyze"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// Query runs one statement. A query's Result is read by Next; other statements
// are done when Query returns. The error is an *sqlerr.Error.
func (s *Session) Query(ctx context.Context, text string) (*Result, error) {
	return s.QueryWith(ctx, text, nil)
}

// QueryWith is Query with Athena's ExecutionParameters, the values of the
// statement's ?s in order: each is an SQL expression without column names, such as
// 1 or 'a' or DATE '2023-06-30'; any other text stands for itself. A statement
// without ? ignores them; EXECUTE without USING takes them.
func (s *Session) QueryWith(ctx context.Context, text string, executionParameters []string) (r *Result, err error) {
	defer func() {
		if err != nil {
			err = sqlerr.As(canceled(ctx, err))
		}
	}()
	defer recovered(&err)
	stmt, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	if err := s.e.catalog.Refresh(); err != nil {
		return nil, err
	}
	return s.withParameters(ctx, stmt, executionParameters)
}

// withParameters runs a statement with the values that came beside it.
func (s *Session) withParameters(ctx context.Context, stmt syntax.Statement, values []string) (*Result, error) {
	switch n := stmt.(type) {
	case *syntax.Execute:
		if n.Args == nil && len(values) > 0 {
			return s.execute(ctx, n, executionParameters(values), true)
		}
		return s.statement(ctx, stmt, nil)
	case *syntax.Prepare, *syntax.ExecuteImmediate:
		return s.statement(ctx, stmt, nil)
	case *syntax.Explain:
		switch n.Statement.(type) {
		case *syntax.Execute, *syntax.ExecuteImmediate: // which brings its own values
			return s.statement(ctx, stmt, nil)
		}
	}
	if parameterCount(stmt) == 0 {
		return s.statement(ctx, stmt, nil)
	}
	if err := checkCount(stmt, len(values)); err != nil {
		return nil, err
	}
	return s.statement(ctx, stmt, executionParameters(values))
}

// execute runs a prepared statement. Values that came beside it (not by USING) are
// ignored where it has no ?.
func (s *Session) execute(ctx context.Context, n *syntax.Execute, args []syntax.Expr, beside bool) (*Result, error) {
	stmt, text, err := s.preparedStatement(n, args)
	if err != nil {
		return nil, err
	}
	if beside && parameterCount(stmt) == 0 {
		args = nil
	}
	if err := checkCount(stmt, len(args)); err != nil {
		return nil, within(err, text)
	}
	r, err := s.statement(ctx, stmt, nonNil(args))
	if err != nil {
		return nil, within(err, text)
	}
	r.text = text
	return r, nil
}

// preparedStatement finds and parses a prepared statement, and checks its values.
func (s *Session) preparedStatement(n *syntax.Execute, args []syntax.Expr) (stmt syntax.Statement, text string, err error) {
	text, ok := s.e.catalog.Prepared(n.Name.Value)
	if !ok {
		e := sqlerr.Newf(sqlerr.NotFound, n.Pos(), "Prepared statement not found: %s", n.Name.Value)
		if near := sqlerr.Nearest(strings.ToLower(n.Name.Value), s.e.catalog.PreparedNames()); near != "" {
			e.Hint = "did you mean " + near + "?"
		}
		return nil, "", e
	}
	if err := usingArgs(args); err != nil {
		return nil, "", err
	}
	if stmt, err = syntax.Parse(text); err != nil {
		return nil, "", within(err, text)
	}
	return stmt, text, nil
}

// statement dispatches; params are the values of its ?s.
func (s *Session) statement(ctx context.Context, stmt syntax.Statement, params []syntax.Expr) (*Result, error) {
	switch n := stmt.(type) {
	case *syntax.QueryStatement:
		return s.query(ctx, n, params)
	case *syntax.CreateTableAs:
		return s.createTableAs(ctx, n, params, nil)
	case *syntax.Insert:
		return s.insert(ctx, n, params, nil)
	case *syntax.Unload:
		return s.unload(ctx, n, params, nil)
	case *syntax.Explain:
		return s.explain(ctx, n, params)
	case *syntax.Prepare:
		return done(DDL, "PREPARE"), s.e.catalog.Prepare(n.Name.Value, n.Text)
	case *syntax.Deallocate:
		switch found, err := s.e.catalog.Deallocate(n.Name.Value); {
		case err != nil:
			return nil, err
		case !found:
			return nil, sqlerr.Newf(sqlerr.NotFound, n.Pos(), "Prepared statement not found: %s", strings.ToLower(n.Name.Value))
		}
		return done(DDL, "DEALLOCATE"), nil
	case *syntax.Execute:
		return s.execute(ctx, n, n.Args, false)
	case *syntax.ExecuteImmediate:
		if err := usingArgs(n.Args); err != nil {
			return nil, err
		}
		if err := checkCount(n.Statement, len(n.Args)); err != nil {
			return nil, err
		}
		return s.statement(ctx, n.Statement, nonNil(n.Args))
	}
	return s.utility(ctx, stmt)
}

// nonNil tells no values from no EXECUTE.
func nonNil(args []syntax.Expr) []syntax.Expr {
	if args == nil {
		return []syntax.Expr{}
	}
	return args
}

// done is the result of a statement without rows.
func done(t StatementType, sub string) *Result {
	return &Result{Type: t, Substatement: sub, Text: true}
}

// query plans a query and builds its operators.
func (s *Session) query(ctx context.Context, n *syntax.QueryStatement, params []syntax.Expr) (*Result, error) {
	q, env, err := s.plan(ctx, n, params)
	if err != nil {
		return nil, err
	}
	proof := &proof{workers: env.Workers}
	env.Reads = proof.add
	op, err := exec.Build(q.Root, env)
	if err != nil {
		return nil, err
	}
	r := &Result{Type: DML, Substatement: "SELECT", UpdateCount: new(int64), Warnings: q.Warning, op: op, stats: env.Stats}
	r.proof = proof
	for i, c := range q.Root.Columns() {
		r.Columns = append(r.Columns, Column{Name: q.Labels[i], Type: c.Type})
	}
	return r, nil
}

// plan analyzes a query.
func (s *Session) plan(ctx context.Context, n syntax.Node, params []syntax.Expr) (*plan.Query, *exec.Env, error) {
	return s.planFor(ctx, n, params, "")
}

// planFor is plan for a query that becomes the view of that name, which it must not
// lead to.
func (s *Session) planFor(ctx context.Context, n syntax.Node, params []syntax.Expr, view string) (*plan.Query, *exec.Env, error) {
	now := s.now()
	opt := analyze.Options{Parameters: params, Zone: s.set.zone, Start: now, User: "ionq", View: view}
	if s.set.decimalLiterals {
		opt.DecimalLiterals = "decimal"
	}
	consts := expr.Env{
		Ctx:  ctx,
		Now:  types.Instant{Millis: now.UnixMilli(), Zone: s.set.zone},
		Zone: s.set.zone, Catalog: catalog.Name, Database: s.database, User: "ionq",
	}
	opt.Value = func(e plan.Expr) (plan.Datum, bool) {
		d, err := expr.Fold(e, &consts)
		return d, err == nil
	}
	q, err := analyze.Analyze(ctx, n, sessionCatalog{s, now}, opt)
	if err != nil {
		return nil, nil, err
	}
	workers := s.e.opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	memory := s.e.opt.Memory
	if memory <= 0 {
		memory = spill.Default()
	}
	env := &exec.Env{
		Expr:     consts,
		Workers:  workers,
		PageRows: s.e.opt.PageRows,
		Reader:   reader.Options{DecimalOverflow: s.set.overflow, ProjectAll: s.e.opt.ProjectAll, Cache: s.e.columns},
		Memory:   spill.NewBudget(memory),
		Space:    s.e.space,
		PartRows: s.e.opt.partRows,
		Stats:    &exec.Stats{All: &s.e.read},
		Warn:     once(s.e.warn),
	}
	if err := s.prune(q.Root, env, now); err != nil {
		return nil, nil, err
	}
	q.Root = plan.Filters(plan.Share(plan.PushLimits(reorder(ctx, q.Root, env)), sameTable))
	return q, env, nil
}

// once passes each message on one time: every file of a table tells the same.
func once(warn func(string)) func(string) {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(msg string) {
		mu.Lock()
		known := seen[msg]
		seen[msg] = true
		mu.Unlock()
		if !known {
			warn(msg)
		}
	}
}

// sessionCatalog is the catalog as the analyzer sees it from a session.
type sessionCatalog struct {
	s   *Session
	now time.Time // of the statement
}

func (c sessionCatalog) Current() (cat, database string) { return catalog.Name, c.s.database }

func (c sessionCatalog) Databases(_ context.Context, cat string) ([]string, bool) {
	if cat != catalog.Name {
		return nil, false
	}
	return append(c.s.e.catalog.Databases(), informationSchema), true
}

func (c sessionCatalog) Tables(_ context.Context, _, database string) []string {
	if database == informationSchema {
		return infoTables()
	}
	tables, views, _ := c.s.e.catalog.Tables(database)
	return append(tables, views...)
}

func (c sessionCatalog) Lookup(_ context.Context, cat, database, name string) (*analyze.Relation, error) {
	if cat != catalog.Name {
		return nil, nil
	}
	if database == informationSchema {
		return c.s.information(name), nil
	}
	if v := c.s.e.catalog.View(database, name); v != nil {
		return &analyze.Relation{View: &analyze.View{
			SQL: v.Text, Catalog: catalog.Name, Database: v.Database, Columns: planColumns(v.Columns),
		}}, nil
	}
	t := c.s.e.catalog.Table(database, name)
	if t == nil {
		return c.s.tableMetadata(database, name, c.now)
	}
	return &analyze.Relation{Table: &plan.Table{
		Catalog: catalog.Name, Database: t.Database, Name: t.Name,
		Columns: planColumns(slices.Concat(t.Columns, t.Partitions)), Hidden: exec.HiddenOf(len(t.Partitions) > 0), Handle: t,
	}}, nil
}

func planColumns(cols []catalog.Column) []plan.Column {
	out := make([]plan.Column, len(cols))
	for i, c := range cols {
		out[i] = plan.Column{Name: c.Name, Type: c.Type}
	}
	return out
}
