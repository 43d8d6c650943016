package engine

// ALTER TABLE in the forms that Athena takes (Athena user guide, pages ALTER
// TABLE ADD COLUMNS, ... SET TBLPROPERTIES, and "Unsupported DDL"), and ALTER
// DATABASE.

import (
	"slices"
	"strings"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

func (s *Session) alterTable(n *syntax.AlterTable) (*Result, error) {
	switch a := n.Action.(type) {
	case *syntax.AddPartitions:
		return s.addPartitions(n, a)
	case *syntax.DropPartitions:
		return s.dropPartitions(n, a)
	case *syntax.RenamePartition:
		return s.renamePartition(n, a)
	}
	t, v, err := s.find(n.Name, s.database)
	switch {
	case err != nil:
		return nil, err
	case v != nil:
		return nil, sqlerr.Newf(sqlerr.SemanticException, n.Name.Pos(), "FAILED: SemanticException [Error 10131]: To alter a view you need to use the ALTER VIEW command.")
	}
	sub, change, err := s.alteration(n, t)
	if err != nil {
		return nil, err
	}
	err = s.e.catalog.Alter(t.Database, t.Name, func(t *catalog.Table) error {
		old := slices.Clone(t.Columns)
		if err := change(t); err != nil {
			return err
		}
		t.KeepPartitions(old, cascades(n.Action))
		rt := t.Reader()
		return reader.Check(&rt, s.e.warn)
	})
	return done(DDL, sub), at(err, n)
}

// alteration gives an action as a change of the table.
func (s *Session) alteration(n *syntax.AlterTable, t *catalog.Table) (sub string, change func(*catalog.Table) error, err error) {
	if n.Partition != nil {
		return s.partitionAlteration(n)
	}
	switch a := n.Action.(type) {
	case *syntax.AddColumns:
		cols, err := newColumns(t, a.Columns, t.Columns)
		if err := noDates(a.Columns, cols); err != nil {
			return "", nil, err
		}
		return "ALTER_TABLE_ADD_COLUMNS", func(t *catalog.Table) error { t.Columns = append(t.Columns, cols...); return nil }, err
	case *syntax.ReplaceColumns:
		cols, err := newColumns(t, a.Columns, nil)
		return "ALTER_TABLE_REPLACE_COLUMNS", func(t *catalog.Table) error { t.Columns = cols; return nil }, err
	case *syntax.ChangeColumn:
		change, err := changeColumn(t, a)
		return "ALTER_TABLE_CHANGE_COLUMN", change, err
	case *syntax.SetLocation:
		return "ALTER_TABLE_SET_LOCATION", func(t *catalog.Table) error { t.Location = folder(a.Location.Value); return nil }, nil
	case *syntax.SetTblProperties:
		return "ALTER_TABLE_SET_PROPERTIES", func(t *catalog.Table) error {
			for _, p := range a.Properties {
				t.SetProperty(p.Key.Value, p.Value.Value)
			}
			return nil
		}, nil
	case *syntax.DropColumn:
		return "", nil, refusedAlter(a, "DROP COLUMN")
	case *syntax.UnsetTblProperties:
		return "", nil, refusedAlter(a, "UNSET TBLPROPERTIES")
	case *syntax.OtherAlter:
		return "", nil, refusedAlter(a, a.Name)
	}
	return "", nil, unsupported(n, "ALTER TABLE with this action")
}

// noDates refuses ADD COLUMNS of type date, as a note in the user guide says.
func noDates(defs []*syntax.ColumnDefinition, cols []catalog.Column) error {
	for k, c := range cols {
		if c.Type == types.Date {
			return refusedAlter(defs[k], "ADD COLUMNS of type date (timestamp does it)")
		}
	}
	return nil
}

// cascades reports whether a change of columns is one of the partitions' columns, too.
func cascades(a syntax.AlterAction) bool {
	switch a := a.(type) {
	case *syntax.AddColumns:
		return a.Cascade
	case *syntax.ReplaceColumns:
		return a.Cascade
	case *syntax.ChangeColumn:
		return a.Cascade
	}
	return false
}

// partitionAlteration is alteration of one partition.
func (s *Session) partitionAlteration(n *syntax.AlterTable) (sub string, change func(*catalog.Table) error, err error) {
	switch n.Action.(type) {
	case *syntax.SetLocation, *syntax.AddColumns, *syntax.ReplaceColumns:
	default:
		return "", nil, refusedAlter(n.Action, "PARTITION with this action")
	}
	t, err := s.partitioned(n.Name)
	if err != nil {
		return "", nil, err
	}
	values, _, err := partitionValues(t, n.Partition, true)
	if err != nil {
		return "", nil, err
	}
	switch a := n.Action.(type) {
	case *syntax.AddColumns:
		return "ALTER_TABLE_ADD_COLUMNS", func(t *catalog.Table) error {
			return t.SetPartitionColumns(values, func(old []catalog.Column) ([]catalog.Column, error) {
				cols, err := newColumns(t, a.Columns, old)
				if err == nil {
					err = noDates(a.Columns, cols)
				}
				return append(old, cols...), err
			})
		}, nil
	case *syntax.ReplaceColumns:
		return "ALTER_TABLE_REPLACE_COLUMNS", func(t *catalog.Table) error {
			return t.SetPartitionColumns(values, func([]catalog.Column) ([]catalog.Column, error) { return newColumns(t, a.Columns, nil) })
		}, nil
	}
	l := n.Action.(*syntax.SetLocation)
	return "ALTER_TABLE_SET_LOCATION", func(t *catalog.Table) error {
		return t.SetPartitionLocation(values, folder(l.Location.Value))
	}, nil
}

// refusedAlter is for what Athena does not do either: its user guide lists these
// under "Unsupported DDL" or gives them to Iceberg tables only.
func refusedAlter(n syntax.Node, what string) error {
	return sqlerr.Newf(sqlerr.NotSupported, n.Pos(), "ALTER TABLE ... %s is not supported for tables of this format, neither by Athena", what)
}

func setProperty(list []catalog.Property, key, value string) []catalog.Property {
	for i := range list {
		if list[i].Key == key {
			list[i].Value = value
			return list
		}
	}
	return append(list, catalog.Property{Key: key, Value: value})
}

// newColumns checks the columns of ADD COLUMNS and REPLACE COLUMNS; they join
// those of beside and the partition columns.
func newColumns(t *catalog.Table, defs []*syntax.ColumnDefinition, beside []catalog.Column) ([]catalog.Column, error) {
	seen := map[string]bool{}
	for _, c := range slices.Concat(beside, t.Partitions) {
		seen[c.Name] = true
	}
	var out []catalog.Column
	for _, d := range defs {
		c, err := catalog.ColumnOf(d)
		if err != nil {
			return nil, err
		}
		if seen[c.Name] {
			return nil, sqlerr.Newf(sqlerr.SemanticException, d.Pos(), "FAILED: SemanticException [Error 10036]: Duplicate column name: %s", c.Name)
		}
		seen[c.Name] = true
		out = append(out, c)
	}
	return out, nil
}

func changeColumn(t *catalog.Table, a *syntax.ChangeColumn) (func(*catalog.Table) error, error) {
	old := strings.ToLower(a.Old.Value)
	at := func(t *catalog.Table, name string) int {
		return slices.IndexFunc(t.Columns, func(c catalog.Column) bool { return c.Name == name })
	}
	invalid := func(id *syntax.Identifier) error {
		return sqlerr.Newf(sqlerr.SemanticException, id.Pos(), "FAILED: SemanticException [Error 10002]: Invalid column reference %s", strings.ToLower(id.Value))
	}
	k := at(t, old)
	if k < 0 {
		return nil, invalid(a.Old)
	}
	beside := slices.Delete(slices.Clone(t.Columns), k, k+1)
	cols, err := newColumns(t, []*syntax.ColumnDefinition{a.Column}, beside)
	if err != nil {
		return nil, err
	}
	if a.After != nil && at(t, strings.ToLower(a.After.Value)) < 0 {
		return nil, invalid(a.After)
	}
	return func(t *catalog.Table) error {
		k := at(t, old)
		if k < 0 {
			return invalid(a.Old)
		}
		c := cols[0]
		if a.Column.Comment == nil {
			c.Comment = t.Columns[k].Comment
		}
		switch {
		case a.First:
			t.Columns = slices.Insert(slices.Delete(t.Columns, k, k+1), 0, c)
		case a.After != nil && !strings.EqualFold(a.After.Value, old):
			t.Columns = slices.Delete(t.Columns, k, k+1)
			t.Columns = slices.Insert(t.Columns, at(t, strings.ToLower(a.After.Value))+1, c)
		default:
			t.Columns[k] = c
		}
		return nil
	}, nil
}
