package analyze

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// fakeCatalog has a few tables and views in database "default".
type fakeCatalog map[string]*Relation

func (c fakeCatalog) Lookup(_ context.Context, catalog, database, name string) (*Relation, error) {
	if catalog != "awsdatacatalog" || database != "default" {
		return nil, nil
	}
	return c[name], nil
}

func (c fakeCatalog) Current() (string, string) { return "awsdatacatalog", "default" }

func (c fakeCatalog) Databases(_ context.Context, catalog string) ([]string, bool) {
	return []string{"default", "other"}, catalog == "awsdatacatalog"
}

func (c fakeCatalog) Tables(_ context.Context, _, database string) []string {
	var names []string
	if database == "default" {
		for n := range c {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

func (c fakeCatalog) add(name, columns string) {
	row, err := types.Parse("row(" + columns + ")")
	if err != nil {
		panic(err)
	}
	t := &plan.Table{Catalog: "awsdatacatalog", Database: "default", Name: name, Hidden: []plan.Column{{Name: "$path", Type: types.Varchar}}}
	for _, f := range row.Fields() {
		t.Columns = append(t.Columns, plan.Column(f))
	}
	c[name] = &Relation{Table: t}
}

func testCatalog() fakeCatalog {
	c := fakeCatalog{}
	c.add("sample_table", "id decimal(10,0), amount decimal(10,0), created_at varchar")
	c.add("t", "a integer, b varchar(5), c double, d date, x bigint, arr array(integer), m map(varchar, integer), r row(f integer, \"G\" varchar), s decimal(10,2), ok boolean, j json")
	c.add("u", "a integer, z varchar(3), w decimal(5,1)")
	c["v"] = &Relation{View: &View{SQL: "SELECT a, b AS bee FROM t WHERE a > 1"}}
	c["loop"] = &Relation{View: &View{SQL: "SELECT * FROM loop"}}
	c["broken"] = &Relation{View: &View{SQL: "SELECT nope FROM t"}}
	return c
}

func analyzed(sql string, opts Options) (*plan.Query, error) {
	stmt, err := syntax.Parse(sql)
	if err != nil {
		return nil, err
	}
	return Analyze(context.Background(), stmt, testCatalog(), opts)
}

// describe gives "label type, ..." of a query.
func describe(q *plan.Query) string {
	var parts []string
	for i, c := range q.Root.Columns() {
		parts = append(parts, q.Labels[i]+" "+c.Type.String())
	}
	return strings.Join(parts, ", ")
}

// errText gives "CODE line:col message".
func errText(sql string, err error) string {
	e := sqlerr.As(err)
	line, col := e.Pos.LineCol(sql)
	return fmt.Sprintf("%s %d:%d %s", e.Code, line, col, e.Msg)
}

func TestFounding(t *testing.T) {
	sql := `SELECT id, SUM(amount) as amount FROM "default"."sample_table"
WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00')
GROUP BY(id)`
	q, err := analyzed(sql, Options{})
	if err != nil {
		t.Fatal(errText(sql, err))
	}
	t.Log("\n" + q.String())
	if got := describe(q); got != "id decimal(10,0), amount decimal(38,0)" {
		t.Error(got)
	}
}
