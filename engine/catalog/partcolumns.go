package catalog

// Columns of partitions. A partition has the columns that its table had when it was
// added; only ALTER TABLE ... PARTITION ... changes them (Athena user guide, "Updates
// in tables with partitions"). A query goes by the table's, whose columns are found
// among the partition's by place, or in JSON and Parquet by name; one that is not there
// is NULL, and one of another type is coerced or an error (Trino's HiveSplitManager).

import (
	"slices"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Declared says how the files of a partition with columns of its own are read.
type Declared struct {
	Table reader.Table // with the partition's columns
	Of    []int        // of each column of the table: its place among those; -1: not there
	Bad   []error      // of each column of the table: why it cannot be read
}

// KeepPartitions gives the partitions the columns that the table had before a change,
// or with cascade those it has now (Hive's HiveAlterHandler).
func (t *Table) KeepPartitions(old []Column, cascade bool) {
	for i := range t.parts {
		p := &t.parts[i]
		if p.Columns == nil {
			p.Columns = old
		}
		if cascade || sameColumns(p.Columns, t.Columns) {
			p.Columns = nil
		}
	}
}

// sameColumns ignores comments.
func sameColumns(a, b []Column) bool {
	return slices.EqualFunc(a, b, func(a, b Column) bool { return a.Name == b.Name && a.Type == b.Type })
}

// ColumnsOf are a partition's columns.
func (t *Table) ColumnsOf(p *Partition) []Column {
	if p.Columns != nil {
		return p.Columns
	}
	return t.Columns
}

// FindPartition returns a registered partition.
func (t *Table) FindPartition(values []string) (*Partition, error) {
	k, found := t.findPartition(values)
	if !found {
		return nil, sqlerr.New(sqlerr.SemanticException, "FAILED: SemanticException [Error 10006]: Partition not found {%s}", t.PartitionName(values))
	}
	return &t.parts[k], nil
}

// SetPartitionColumns gives a partition other columns.
func (t *Table) SetPartitionColumns(values []string, f func(old []Column) ([]Column, error)) error {
	p, err := t.FindPartition(values)
	if err != nil {
		return err
	}
	cols, err := f(slices.Clone(t.ColumnsOf(p)))
	if err != nil {
		return err
	}
	if p.Columns = cols; sameColumns(cols, t.Columns) {
		p.Columns = nil
	}
	return nil
}

// declared is nil for a partition with the table's columns.
func (t *Table) declared(p *Partition) *Declared {
	if p.Columns == nil || t.SerDe == ParquetSerDe { // whose files say themselves which columns they have
		return nil
	}
	of := *t
	of.Columns = p.Columns
	d := &Declared{Table: of.Reader()}
	for i, c := range t.Columns {
		k := -1
		switch t.SerDe {
		case hiveJSONSerDe, openXJSONSerDe:
			k = slices.IndexFunc(p.Columns, func(pc Column) bool { return pc.Name == c.Name })
		default:
			if i < len(p.Columns) {
				k = i
			}
		}
		var bad error
		if k >= 0 {
			if from := p.Columns[k]; from.Type != c.Type {
				bad = t.mismatch(p, c, from)
				d.Table.Columns[k].Type = c.Type
			}
		}
		d.Of, d.Bad = append(d.Of, k), append(d.Bad, bad)
	}
	return d
}

// mismatch is nil where a partition's column read as the table's type gives what its
// own type gives, coerced.
func (t *Table) mismatch(p *Partition, c, from Column) error {
	a, b := from.Type, c.Type
	text := func(t types.Type) bool { return t.Kind == types.KindVarchar || t.Kind == types.KindChar }
	number := func(t types.Type) bool { return t.IsNumeric() }
	switch {
	case a.IsInteger() && b.IsInteger() && a.Kind < b.Kind:
		return nil
	case text(a) && text(b), number(a) && (number(b) || text(b)), text(a) && b.IsNumeric():
		return sqlerr.New(sqlerr.NotSupported, "column %s of table %s.%s has type %s, and partition %s has it as %s: this coercion is not supported",
			c.Name, t.Database, t.Name, c.HiveType, t.PartitionName(p.Values), from.HiveType).
			WithHint("add the partition anew, then it has the table's columns")
	}
	return sqlerr.New(sqlerr.HivePartitionSchemaMismatch, "There is a mismatch between the table and partition schemas. The types are incompatible and cannot be coerced. "+
		"The column '%s' in table '%s.%s' is declared as type '%s', but partition '%s' declared column '%s' as type '%s'.",
		c.Name, t.Database, t.Name, c.HiveType, t.PartitionName(p.Values), from.Name, from.HiveType)
}
