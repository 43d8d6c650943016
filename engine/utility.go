package engine

// Statements about the catalog: DDL, SHOW, DESCRIBE. Column names, padding and
// what is UTILITY follow semantics 11.3.

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

func (s *Session) utility(ctx context.Context, stmt syntax.Statement) (*Result, error) {
	cat := s.e.catalog
	switch n := stmt.(type) {
	case *syntax.CreateTable:
		return s.createTable(n)
	case *syntax.CreateView:
		return s.createView(ctx, n)
	case *syntax.CreateDatabase:
		name, err := s.databaseName(n.Name)
		if err != nil {
			return nil, err
		}
		err = cat.CreateDatabase(name, text(n.Comment), text(n.Location), hiveProperties(n.Properties), n.IfNotExists)
		return done(DDL, "CREATE_DATABASE"), at(err, n.Name)
	case *syntax.DropDatabase:
		name, err := s.databaseName(n.Name)
		if err != nil {
			return nil, err
		}
		err = cat.DropDatabase(name, n.IfExists, n.Cascade)
		return done(DDL, "DROP_DATABASE"), at(err, n.Name)
	case *syntax.DropTable:
		db, name, err := catalog.SplitName(n.Name, s.database)
		if err != nil {
			return nil, err
		}
		return done(DDL, "DROP_TABLE"), at(cat.DropTable(db, name, n.IfExists), n.Name)
	case *syntax.DropView:
		db, name, err := catalog.SplitName(n.Name, s.database)
		if err != nil {
			return nil, err
		}
		return done(DDL, "DROP_VIEW"), at(cat.DropView(db, name, n.IfExists), n.Name)
	case *syntax.ShowDatabases:
		return s.list("SHOW_DATABASES", "database_name", cat.Databases(), n.Like)
	case *syntax.ShowTables:
		tables, views, err := s.tablesOf(n.In)
		if err != nil {
			return nil, err
		}
		all := append(tables, views...)
		slices.Sort(all)
		return s.list("SHOW_TABLES", "tab_name", all, n.Like)
	case *syntax.ShowViews:
		_, views, err := s.tablesOf(n.In)
		if err != nil {
			return nil, err
		}
		return s.list("SHOW_VIEWS", "views", views, n.Like)
	case *syntax.ShowColumns:
		return s.showColumns(n)
	case *syntax.Describe:
		return s.describe(n)
	case *syntax.ShowCreate:
		return s.showCreate(n)
	case *syntax.ShowTblProperties:
		return s.showProperties(n)
	case *syntax.ShowFunctions:
		return showFunctions(n)
	case *syntax.AlterTable:
		return s.alterTable(n)
	case *syntax.AlterDatabase:
		name, err := s.databaseName(n.Name)
		if err != nil {
			return nil, err
		}
		return done(DDL, "ALTER_DATABASE"), at(cat.SetDatabaseProperties(name, hiveProperties(n.Properties)), n.Name)
	case *syntax.MsckRepair:
		return s.repair(ctx, n)
	case *syntax.ShowPartitions:
		return s.showPartitions(n)
	case *syntax.DescribeDatabase:
		return s.describeDatabase(n)
	case *syntax.OtherStatement:
		return nil, unsupported(n, n.Name)
	}
	return nil, unsupported(stmt, "this statement")
}

func hiveProperties(list []*syntax.HiveProperty) []catalog.Property {
	var out []catalog.Property
	for _, p := range list {
		out = setProperty(out, p.Key.Value, p.Value.Value)
	}
	return out
}

func unsupported(n syntax.Node, what string) error {
	return sqlerr.Newf(sqlerr.NotSupported, n.Pos(), "%s is not supported", what)
}

func text(l *syntax.StringLiteral) string {
	if l == nil {
		return ""
	}
	return l.Value
}

// at places an error at a node unless it has a place.
func at(err error, n syntax.Node) error {
	if err == nil {
		return nil
	}
	e := *sqlerr.As(err)
	if e.Pos == 0 {
		e.Pos = n.Pos()
	}
	return &e
}

func (s *Session) createTable(n *syntax.CreateTable) (*Result, error) {
	t, err := catalog.FromDDL(n, s.database)
	if err != nil {
		return nil, err
	}
	rt := t.Reader()
	if err := reader.Check(&rt, s.e.warn); err != nil {
		return nil, at(err, n)
	}
	if !s.e.opt.AsOf.IsZero() {
		s.e.warn("table " + t.Database + "." + t.Name + " is declared: it reads its LOCATION as it is, not as of " + export.Instant(s.e.opt.AsOf))
	}
	return done(DDL, "CREATE_TABLE"), at(s.e.catalog.CreateTable(t, n.IfNotExists), n.Name)
}

func (s *Session) createView(ctx context.Context, n *syntax.CreateView) (*Result, error) {
	db, name, err := catalog.SplitName(n.Name, s.database)
	if err != nil {
		return nil, err
	}
	if err := noInformation(n.Query); err != nil {
		return nil, err
	}
	q, _, err := s.planFor(ctx, n.Query, nil, catalog.Name+"."+db+"."+name)
	if err != nil {
		return nil, err
	}
	v := &catalog.View{Database: db, Name: name, Text: n.Text, Comment: text(n.Comment), Security: n.Security}
	seen := map[string]bool{}
	for i, c := range q.Root.Columns() {
		label := strings.ToLower(q.Labels[i])
		if c.Name == "" && label == fmt.Sprintf("_col%d", i) {
			return nil, sqlerr.Newf(sqlerr.MissingColumnName, n.Pos(), "Column name not specified at position %d", i+1)
		}
		if seen[label] {
			return nil, sqlerr.Newf(sqlerr.DuplicateColumnName, n.Pos(), "Column name '%s' specified more than once", label)
		}
		seen[label] = true
		if c.Type.Kind == types.KindUnknown {
			return nil, sqlerr.Newf(sqlerr.ColumnTypeUnknown, n.Pos(), "Column type is unknown: %s", label)
		}
		v.Columns = append(v.Columns, catalog.Column{Name: label, Type: c.Type})
	}
	return done(DDL, "CREATE_VIEW"), at(s.e.catalog.CreateView(v, n.Replace), n.Name)
}

// databaseName is a name that means a database.
func (s *Session) databaseName(n *syntax.QualifiedName) (string, error) {
	p := n.Parts
	if len(p) == 2 && strings.EqualFold(p[0].Value, catalog.Name) {
		p = p[1:]
	}
	if len(p) != 1 {
		return "", sqlerr.Newf(sqlerr.CatalogNotFound, n.Pos(), "Catalog '%s' does not exist", strings.ToLower(p[0].Value))
	}
	return strings.ToLower(p[0].Value), nil
}

func (s *Session) tablesOf(in *syntax.QualifiedName) (tables, views []string, err error) {
	db := s.database
	if in != nil {
		if db, err = s.databaseName(in); err != nil {
			return nil, nil, err
		}
	}
	tables, views, ok := s.e.catalog.Tables(db)
	if !ok {
		return nil, nil, sqlerr.Newf(sqlerr.SemanticException, pos(in), "FAILED: SemanticException [Error 10072]: Database does not exist: %s", db)
	}
	return tables, views, nil
}

func pos(n *syntax.QualifiedName) sqlerr.Pos {
	if n == nil {
		return 0
	}
	return n.Pos()
}

// list is a result of names, those that a Hive pattern lets through: * stands for
// anything, | for or.
func (s *Session) list(sub, column string, names []string, like *syntax.StringLiteral) (*Result, error) {
	var rows [][]string
	for _, name := range names {
		if like == nil || hivePattern(like.Value, name) {
			rows = append(rows, []string{name})
		}
	}
	return utilityResult(sub, []string{column}, rows), nil
}

func hivePattern(pattern, name string) bool {
	for _, p := range strings.Split(pattern, "|") {
		parts := strings.Split(strings.TrimSpace(p), "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		if regexp.MustCompile("(?i)^" + strings.Join(parts, ".*") + "$").MatchString(name) {
			return true
		}
	}
	return false
}

func utilityResult(sub string, columns []string, rows [][]string) *Result {
	r := textResult(columns, types.Varchar, rows)
	r.Type, r.Substatement, r.UpdateCount = Utility, sub, new(int64)
	return r
}

// pad fills up to the 20 characters that Hive gives a part of DESCRIBE.
func pad(s string) string {
	if n := 20 - len([]rune(s)); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// find returns the table or the view of a name.
func (s *Session) find(n *syntax.QualifiedName, db string) (*catalog.Table, *catalog.View, error) {
	db, name, err := catalog.SplitName(n, db)
	if err != nil {
		return nil, nil, err
	}
	if t := s.e.catalog.Table(db, name); t != nil {
		return t, nil, nil
	}
	if v := s.e.catalog.View(db, name); v != nil {
		return nil, v, nil
	}
	e := sqlerr.Newf(sqlerr.SemanticException, n.Pos(), "FAILED: SemanticException [Error 10001]: Table not found %s", name)
	if tables, views, ok := s.e.catalog.Tables(db); ok {
		if near := sqlerr.Nearest(name, append(tables, views...)); near != "" {
			e.Hint = "did you mean " + near + "?"
		}
	}
	return nil, nil, e
}

func (s *Session) showColumns(n *syntax.ShowColumns) (*Result, error) {
	db := s.database
	if n.In != nil {
		var err error
		if db, err = s.databaseName(n.In); err != nil {
			return nil, err
		}
	}
	t, v, err := s.find(n.Table, db)
	if err != nil {
		return nil, err
	}
	if v != nil {
		return viewColumns("SHOW_COLUMNS", v), nil
	}
	var rows [][]string
	for _, c := range slices.Concat(t.Columns, t.Partitions) {
		rows = append(rows, []string{pad(c.Name)})
	}
	return utilityResult("SHOW_COLUMNS", []string{"field"}, rows), nil
}

func viewColumns(sub string, v *catalog.View) *Result {
	var rows [][]string
	for _, c := range v.Columns {
		rows = append(rows, []string{c.Name, c.Type.String()})
	}
	return utilityResult(sub, []string{"column", "type"}, rows)
}

// showCreate shows a table as Hive does and a view as Trino does, each with its
// errors.
func (s *Session) showCreate(n *syntax.ShowCreate) (*Result, error) {
	if n.View {
		return s.showCreateView(n)
	}
	t, v, err := s.find(n.Name, s.database)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, sqlerr.Newf(sqlerr.NotSupported, n.Name.Pos(), "%s is a view: use SHOW CREATE VIEW", v.Name)
	}
	r := utilityResult("SHOW_CREATE_TABLE", []string{"createtab_stmt"}, oneColumn(strings.Split(t.CreateStatement(), "\n")))
	r.UpdateCount = nil
	return r, nil
}

func (s *Session) showCreateView(n *syntax.ShowCreate) (*Result, error) {
	db, name, err := catalog.SplitName(n.Name, s.database)
	if err != nil {
		return nil, err
	}
	if v := s.e.catalog.View(db, name); v != nil {
		return utilityResult("SHOW_CREATE_VIEW", []string{"create view"}, oneColumn(strings.Split(v.CreateStatement(), "\n"))), nil
	}
	if s.e.catalog.Table(db, name) != nil {
		return nil, sqlerr.Newf(sqlerr.NotSupported, n.Pos(), "Relation '%s.%s.%s' is a table, not a view", catalog.Name, db, name)
	}
	e := sqlerr.Newf(sqlerr.TableNotFound, n.Pos(), "View '%s.%s.%s' does not exist", catalog.Name, db, name)
	if _, views, ok := s.e.catalog.Tables(db); ok {
		if near := sqlerr.Nearest(name, views); near != "" {
			e.Hint = "did you mean " + near + "?"
		}
	}
	return nil, e
}

func oneColumn(lines []string) [][]string {
	rows := make([][]string, len(lines))
	for i, l := range lines {
		rows[i] = []string{l}
	}
	return rows
}

func (s *Session) showProperties(n *syntax.ShowTblProperties) (*Result, error) {
	t, _, err := s.find(n.Name, s.database)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	if t != nil {
		for _, p := range tableParameters(t) {
			if n.Key == nil || n.Key.Value == p.Key {
				rows = append(rows, []string{p.Key, p.Value})
			}
		}
	}
	return utilityResult("SHOW_TBLPROPERTIES", []string{"prpt_name", "prpt_value"}, rows), nil
}

// showFunctions lists the functions there are; its result is a .csv (semantics
// 11.2).
func showFunctions(n *syntax.ShowFunctions) (*Result, error) {
	if n.From != nil {
		return nil, unsupported(n.From, "SHOW FUNCTIONS FROM a database")
	}
	var escape rune
	if n.Escape != nil {
		if r := []rune(n.Escape.Value); len(r) == 1 {
			escape = r[0]
		} else {
			return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, n.Escape.Pos(), "Escape string must be a single character")
		}
	}
	kinds := [...]string{function.Scalar: "scalar", function.Aggregate: "aggregate", function.Window: "window"}
	var rows [][]string
	for _, f := range function.All() {
		if f.Hidden || n.Like != nil && !likePattern(n.Like.Value, escape, f.Name) {
			continue
		}
		params, result, _ := strings.Cut(f.Sig, "->")
		result, _, _ = strings.Cut(result, " where ")
		params = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(params), "("), ")")
		deterministic := "true"
		if f.NonDeterministic {
			deterministic = "false"
		}
		rows = append(rows, []string{f.Name, strings.TrimSpace(result), params, kinds[f.Kind], deterministic, f.Doc})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	r := utilityResult("SHOW_FUNCTIONS",
		[]string{"Function", "Return Type", "Argument Types", "Function Type", "Deterministic", "Description"}, rows)
	r.Text = false
	return r, nil
}

// likePattern is LIKE; escape is 0 where there is none.
func likePattern(pattern string, escape rune, s string) bool {
	var b strings.Builder
	plain := false
	for _, r := range pattern {
		if plain {
			b.WriteString(regexp.QuoteMeta(string(r)))
			plain = false
			continue
		}
		if escape != 0 && r == escape {
			plain = true
			continue
		}
		switch r {
		case '%':
			b.WriteString(".*")
		case '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return regexp.MustCompile("(?s)^" + b.String() + "$").MatchString(s)
}
