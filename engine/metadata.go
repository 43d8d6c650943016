package engine

// Tables about the catalog: information_schema (Athena user guide, "Querying AWS
// Glue Data Catalog"; the columns are Trino's, those of "columns" with the guide's
// comment and extra_info), and "t$partitions" and "t$properties" of a table.

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/sql/analyze"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// informationSchema is the database that holds the tables about all databases.
const informationSchema = "information_schema"

// infoColumns are information_schema's tables and their columns; all are varchar
// but ordinal_position.
var infoColumns = map[string][]string{
	"schemata": {"catalog_name", "schema_name"},
	"tables":   {"table_catalog", "table_schema", "table_name", "table_type"},
	"views":    {"table_catalog", "table_schema", "table_name", "view_definition"},
	"columns": {
		"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default",
		"is_nullable", "data_type", "comment", "extra_info",
	},
}

// infoTables are the names of information_schema's tables, sorted.
func infoTables() []string { return sortedNames(infoColumns) }

func sortedNames[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func infoPlanColumns(table string) []plan.Column {
	var out []plan.Column
	for _, name := range infoColumns[table] {
		t := types.Varchar
		if name == "ordinal_position" {
			t = types.Bigint
		}
		out = append(out, plan.Column{Name: name, Type: t})
	}
	return out
}

func textDatum(s string) plan.Datum { return plan.Datum{S: s} }

// textOrNull is NULL for a text that is not there.
func textOrNull(s string) plan.Datum { return plan.Datum{S: s, Null: s == ""} }

// information gives a table of information_schema; nil where there is none of that
// name.
func (s *Session) information(table string) *analyze.Relation {
	if infoColumns[table] == nil {
		return nil
	}
	r := &analyze.Rows{Columns: infoPlanColumns(table)}
	add := func(row ...plan.Datum) { r.Rows = append(r.Rows, row) }
	databases := append(s.e.catalog.Databases(), informationSchema)
	slices.Sort(databases)
	for _, db := range databases {
		cat, in := textDatum(catalog.Name), textDatum(db)
		if table == "schemata" {
			add(cat, in)
			continue
		}
		tables, views, _ := s.e.catalog.Tables(db)
		if db == informationSchema {
			tables, views = infoTables(), nil
		}
		for _, name := range slices.Sorted(slices.Values(slices.Concat(tables, views))) {
			isView := !slices.Contains(tables, name)
			switch {
			case table == "tables" && isView:
				add(cat, in, textDatum(name), textDatum("VIEW"))
			case table == "tables":
				add(cat, in, textDatum(name), textDatum("BASE TABLE"))
			case table == "views" && isView:
				if v := s.e.catalog.View(db, name); v != nil {
					add(cat, in, textDatum(name), textDatum(v.Definition()))
				}
			case table == "columns":
				for i, c := range s.columnsOf(db, name, isView) {
					extra := ""
					if c.partition {
						extra = "partition key"
					}
					add(cat, in, textDatum(name), textDatum(c.name), plan.Datum{I: int64(i + 1)}, plan.Datum{Null: true},
						textDatum("YES"), textDatum(c.typ.String()), textOrNull(c.comment), textOrNull(extra))
				}
			}
		}
	}
	return &analyze.Relation{Rows: r}
}

type columnInfo struct {
	name, comment string
	typ           types.Type
	partition     bool
}

// columnsOf lists the columns of a table or view.
func (s *Session) columnsOf(db, name string, view bool) (out []columnInfo) {
	add := func(list []catalog.Column, partition bool) {
		for _, c := range list {
			out = append(out, columnInfo{c.Name, c.Comment, c.Type, partition})
		}
	}
	switch {
	case db == informationSchema:
		for _, c := range infoPlanColumns(name) {
			out = append(out, columnInfo{name: c.Name, typ: c.Type})
		}
	case view:
		if v := s.e.catalog.View(db, name); v != nil {
			add(v.Columns, false)
		}
	default:
		if t := s.e.catalog.Table(db, name); t != nil {
			add(t.Columns, false)
			add(t.Partitions, true)
		}
	}
	return out
}

// tableMetadata gives "t$partitions" and "t$properties" of a table; nil for other
// names, and for the partitions of a table that has no partition columns, as in
// Trino.
func (s *Session) tableMetadata(db, name string, now time.Time) (*analyze.Relation, error) {
	base, what, ok := strings.Cut(name, "$")
	if !ok {
		return nil, nil
	}
	t := s.e.catalog.Table(db, base)
	if t == nil {
		return nil, nil
	}
	switch {
	case what == "properties":
		r := &analyze.Rows{Rows: [][]plan.Datum{{}}}
		for _, p := range slices.SortedFunc(slices.Values(tableParameters(t)), func(a, b catalog.Property) int {
			return cmp.Compare(a.Key, b.Key)
		}) {
			r.Columns = append(r.Columns, plan.Column{Name: p.Key, Type: types.Varchar})
			r.Rows[0] = append(r.Rows[0], textDatum(p.Value))
		}
		return &analyze.Relation{Rows: r}, nil
	case what == "partitions" && len(t.Partitions) > 0:
		pr := &pruner{now: now} // without conditions nothing is evaluated
		parts, _, err := pr.partitions(t, nil)
		if err != nil {
			return nil, err
		}
		r := &analyze.Rows{Columns: planColumns(t.Partitions)}
		for _, p := range parts {
			row := make([]plan.Datum, len(t.Partitions))
			for k, c := range t.Partitions {
				if row[k], err = catalog.PartitionValue(c, p.Values[k], t.PartitionName(p.Values)); err != nil {
					return nil, err
				}
			}
			r.Rows = append(r.Rows, row)
		}
		return &analyze.Relation{Rows: r}, nil
	}
	return nil, nil
}

// tableParameters are a table's properties as the metastore has them.
func tableParameters(t *catalog.Table) []catalog.Property {
	return append([]catalog.Property{{Key: "EXTERNAL", Value: "TRUE"}}, t.TblProperties...)
}

// noInformation refuses the query of a view that looks at information_schema, as
// Athena does (user guide, "Querying AWS Glue Data Catalog").
func noInformation(q syntax.Node) (err error) {
	syntax.Inspect(q, func(n syntax.Node) bool {
		if t, ok := n.(*syntax.Table); ok {
			if p := t.Name.Parts; len(p) > 1 && strings.EqualFold(p[len(p)-2].Value, informationSchema) {
				err = sqlerr.Newf(sqlerr.NotSupported, t.Pos(), "A view cannot be created on the database %s", informationSchema)
			}
		}
		return err == nil
	})
	return err
}
