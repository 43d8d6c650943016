package catalog

// Partitions of a table: their names, values and places (semantics 4.4; Trino's
// HiveUtil.parsePartitionValue; Hive's FileUtils for names in paths). Projected
// ones are made in projection.go.

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// NullPartition is the name of NULL in a partition's path.
const NullPartition = "__HIVE_DEFAULT_PARTITION__"

// Partition is one partition of a table: registered in the catalog, or projected.
type Partition struct {
	Values   []string // one a partition column, as in the path but unescaped
	Location string   // with a slash at its end
	Columns  []Column // where they are not the table's (partcolumns.go); never changed
}

// Compare orders partitions by their values.
func (p Partition) Compare(q Partition) int { return slices.Compare(p.Values, q.Values) }

// PartitionName gives the name of a partition as SHOW PARTITIONS prints it and
// its folder is called: dt=2020-01-01/hour=7.
func (t *Table) PartitionName(values []string) string {
	var b strings.Builder
	for i, c := range t.Partitions {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(escapePath(c.Name) + "=" + escapePath(values[i]))
	}
	return b.String()
}

// PartitionPlace is where a partition's files lie unless it was added with a
// LOCATION of its own.
func (t *Table) PartitionPlace(values []string) string {
	return t.Location + t.PartitionName(values) + "/"
}

// escapePath writes a name or value as part of a path: the characters that Hive's
// FileUtils escapes become %XX.
func escapePath(s string) string {
	if s == "" {
		return NullPartition // as Hive has it: an empty value has no name of its own
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c < 0x20 || c == 0x7f || strings.IndexByte("\"#%'*/:=?\\{[]^", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unescapePath undoes escapePath; a % that two hexadecimal digits do not follow
// stands for itself.
func unescapePath(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// PartitionValue reads the text of a partition column's value. An empty text is
// zero for numbers and false for booleans, as in Trino.
func PartitionValue(c Column, text, partition string) (plan.Datum, error) {
	if text == NullPartition {
		return plan.Datum{Null: true}, nil
	}
	bad := func() (plan.Datum, error) {
		return plan.Datum{}, sqlerr.New(sqlerr.HiveInvalidPartitionValue, "Invalid partition value '%s' for %s partition key: %s",
			text, strings.ToUpper(c.Type.String()), partition)
	}
	integer := func(bits int) (plan.Datum, error) {
		if text == "" {
			return plan.Datum{}, nil
		}
		n, err := strconv.ParseInt(text, 10, bits)
		if err != nil {
			return bad()
		}
		return plan.Datum{I: n}, nil
	}
	switch c.Type.Kind {
	case types.KindVarchar:
		if r := []rune(text); c.Type.P != types.Unbounded && len(r) > int(c.Type.P) {
			return bad()
		}
		return plan.Datum{S: text}, nil
	case types.KindChar:
		text = strings.TrimRight(text, " ")
		if len([]rune(text)) > int(c.Type.P) {
			return bad()
		}
		return plan.Datum{S: text}, nil
	case types.KindVarbinary:
		return plan.Datum{S: text}, nil
	case types.KindTinyint:
		return integer(8)
	case types.KindSmallint:
		return integer(16)
	case types.KindInteger:
		return integer(32)
	case types.KindBigint:
		return integer(64)
	case types.KindBoolean:
		switch {
		case text == "" || strings.EqualFold(text, "false"):
			return plan.Datum{}, nil
		case strings.EqualFold(text, "true"):
			return plan.Datum{B: true}, nil
		}
		return bad()
	case types.KindReal, types.KindDouble:
		if text == "" {
			return plan.Datum{}, nil
		}
		bits := 64
		if c.Type.Kind == types.KindReal {
			bits = 32
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(text), bits)
		if err != nil && !math.IsInf(f, 0) {
			return bad()
		}
		return plan.Datum{F: f}, nil
	case types.KindDecimal:
		if text == "" {
			return plan.Datum{}, nil
		}
		// A value of more decimals than the type has is no value of it.
		v, precision, scale, ok := decimal.Parse(text)
		if !ok || scale > int(c.Type.S) || precision-scale > int(c.Type.P-c.Type.S) {
			return bad()
		}
		v, ok = decimal.Rescale(v, int(c.Type.S)-scale)
		if !ok || !decimal.FitsPrecision(v, int(c.Type.P)) {
			return bad()
		}
		return plan.Datum{D: v}, nil
	case types.KindDate:
		d, err := types.ParseDate(text)
		if err != nil {
			return bad()
		}
		return plan.Datum{I: d}, nil
	case types.KindTimestamp:
		micros, _, err := types.ParseTimestamp(text, int(c.Type.P))
		if err != nil {
			return bad()
		}
		return plan.Datum{I: micros}, nil
	}
	return plan.Datum{}, sqlerr.New(sqlerr.NotSupported, "Unsupported type [%s] for partition: %s", c.Type, partition)
}

// Registered returns the partitions that the catalog knows, in the order of their
// values.
func (t *Table) Registered() []Partition { return t.parts }

// findPartition returns the place of values among the registered partitions.
func (t *Table) findPartition(values []string) (int, bool) {
	return slices.BinarySearchFunc(t.parts, values, func(p Partition, v []string) int { return slices.Compare(p.Values, v) })
}

// AddPartitions registers partitions. One that is there already is an error, or
// with ifNotExists left as it is. It returns those that were added.
func (c *Catalog) AddPartitions(db, name string, parts []Partition, ifNotExists bool) (added []Partition, err error) {
	err = c.Alter(db, name, func(t *Table) error {
		added = nil
		for _, p := range parts {
			k, found := t.findPartition(p.Values)
			switch {
			case found && !ifNotExists:
				return sqlerr.New(sqlerr.SemanticException, "FAILED: SemanticException Partition already exists: %s", t.PartitionName(p.Values)).
					WithHint("write ADD IF NOT EXISTS PARTITION")
			case found:
				continue
			}
			t.parts = slices.Insert(t.parts, k, p)
			added = append(added, p)
		}
		return nil
	})
	return added, err
}

// Alter changes a table: f gets a copy whose lists it may change, which takes the
// table's place where f has no error. Queries that run keep the table that they
// began with.
func (c *Catalog) Alter(db, name string, f func(t *Table) error) error {
	return c.change(func() error {
		d := c.databases[strings.ToLower(db)]
		low := strings.ToLower(name)
		if d == nil || d.tables[low] == nil {
			return sqlerr.New(sqlerr.SemanticException, "FAILED: SemanticException [Error 10001]: Table not found %s", name)
		}
		n := *d.tables[low]
		if n.Inferred {
			return sqlerr.New(sqlerr.NotSupported, "table %s.%s was made from a path and cannot be altered", n.Database, n.Name).
				WithHint("declare it: ionq ddl PATH prints its CREATE EXTERNAL TABLE")
		}
		n.Columns, n.Partitions = slices.Clone(n.Columns), slices.Clone(n.Partitions)
		n.SerDeProperties, n.TblProperties, n.parts = slices.Clone(n.SerDeProperties), slices.Clone(n.TblProperties), slices.Clone(n.parts)
		if err := f(&n); err != nil {
			return err
		}
		d.tables[low] = &n
		return nil
	})
}

// DropPartitions removes those partitions that f picks.
func (t *Table) DropPartitions(f func(Partition) bool) {
	t.parts = slices.DeleteFunc(t.parts, f)
}

// RenamePartition gives a partition other values; its files stay where they are.
func (t *Table) RenamePartition(from, to []string) error {
	k, found := t.findPartition(from)
	if !found {
		return sqlerr.New(sqlerr.SemanticException, "FAILED: SemanticException [Error 10006]: Partition not found {%s}", t.PartitionName(from))
	}
	p := t.parts[k]
	t.parts = slices.Delete(t.parts, k, k+1)
	k, found = t.findPartition(to)
	if found {
		return sqlerr.New(sqlerr.SemanticException, "FAILED: SemanticException Partition already exists: %s", t.PartitionName(to))
	}
	p.Values = to
	t.parts = slices.Insert(t.parts, k, p)
	return nil
}

// SetPartitionLocation moves a partition.
func (t *Table) SetPartitionLocation(values []string, location string) error {
	p, err := t.FindPartition(values)
	if err == nil {
		p.Location = location
	}
	return err
}

// Discover finds the partitions that lie below the table's location as folders
// column=value, as MSCK REPAIR TABLE does: names in another case than the column's
// do not count, nor values with a colon (semantics 4.4).
func (t *Table) Discover(ctx context.Context) ([]Partition, error) {
	src, key, err := t.catalog.resolver.Resolve(ctx, t.Location)
	if err != nil {
		if sqlerr.CodeOf(err) == sqlerr.NotFound {
			return nil, nil
		}
		return nil, err
	}
	var out []Partition
	var walk func(key string, values []string) error
	walk = func(key string, values []string) error {
		if len(values) == len(t.Partitions) {
			out = append(out, Partition{Values: values, Location: strings.TrimSuffix(src.Name(key), "/") + "/"})
			return nil
		}
		tree, err := src.List(ctx, key, source.ListOptions{})
		if err != nil {
			return err
		}
		want := t.Partitions[len(values)].Name
		for _, dir := range tree.Dirs {
			name, value, ok := strings.Cut(dir[strings.LastIndexByte(dir, '/')+1:], "=")
			if !ok || unescapePath(name) != want || strings.Contains(value, ":") {
				continue
			}
			if err := walk(dir, append(slices.Clone(values), unescapePath(value))); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(key, nil); err != nil {
		return nil, err
	}
	slices.SortFunc(out, Partition.Compare)
	return out, nil
}

// Selected is a partitioned table with the partitions that a query reads.
type Selected struct {
	*Table
	Parts []Partition
}

// Splits lists the data files of the selected partitions. A partition where
// nothing lies has no rows.
func (s *Selected) Splits(ctx context.Context, _ func(string)) ([]Split, error) {
	t := s.Table
	var out []Split
	for _, p := range s.Parts {
		name := t.PartitionName(p.Values)
		values := make([]plan.Datum, len(p.Values))
		for i, text := range p.Values {
			var err error
			if values[i], err = PartitionValue(t.Partitions[i], text, name); err != nil {
				return nil, err
			}
		}
		l, err := t.list(ctx, p.Location)
		if err != nil {
			return nil, err
		}
		declared := t.declared(&p)
		for _, o := range l.Objects {
			out = append(out, Split{
				Declared:  declared,
				Split:     reader.Split{Ordinal: len(out), Name: o.Name, Size: o.Size, Items: -1, Open: o.Open, Identify: o.Identify},
				ModTime:   o.ModTime,
				Partition: values, PartitionName: name,
			})
		}
	}
	return out, nil
}

// list lists the data files at a location.
func (t *Table) list(ctx context.Context, location string) (*source.Listing, error) {
	if t.InputFormat == SymlinkInputFormat {
		return t.catalog.resolver.Symlinks(ctx, location)
	}
	return t.catalog.resolver.List(ctx, location)
}
