package engine

// DESCRIBE, in the shapes of Hive that Athena shows (Athena user guide, DESCRIBE;
// semantics 11.3; the widths are those of Hive's text formatter). What a metastore
// knows and ionq does not (owner, times) is left out or UNKNOWN: see
// testdata/sql/athena_diff.test.

import (
	"slices"
	"strings"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
)

func (s *Session) describe(n *syntax.Describe) (*Result, error) {
	t, v, err := s.find(n.Name, s.database)
	if err != nil {
		return nil, err
	}
	if v != nil {
		if n.Extended || n.Formatted || n.Partition != nil || n.Column != nil {
			return nil, unsupported(n, "DESCRIBE of a view with EXTENDED, FORMATTED, PARTITION or a column")
		}
		return viewColumns("DESCRIBE_VIEW", v), nil
	}
	d := &description{t: t}
	var part *catalog.Partition
	if n.Partition != nil {
		if part, err = partitionOf(t, n.Partition); err != nil {
			return nil, err
		}
		of := *t
		of.Columns = t.ColumnsOf(part)
		d.t = &of
	}
	switch {
	case n.Column != nil:
		if err := d.column(n.Column); err != nil {
			return nil, err
		}
	default:
		d.columns()
		switch {
		case n.Formatted:
			d.formatted(part)
		case n.Extended:
			d.extended(part)
		}
	}
	r := utilityResult("DESCRIBE_TABLE", []string{"col_name", "data_type", "comment"}, d.rows)
	r.UpdateCount = nil
	return r, nil
}

// partitionOf finds the one registered partition that a clause names.
func partitionOf(t *catalog.Table, spec *syntax.PartitionSpec) (*catalog.Partition, error) {
	values, _, err := partitionValues(t, spec, true)
	if err != nil {
		return nil, err
	}
	for _, p := range t.Registered() {
		if slices.Equal(p.Values, values) {
			return &p, nil
		}
	}
	return nil, sqlerr.Newf(sqlerr.SemanticException, spec.Pos(), "FAILED: SemanticException [Error 10006]: Partition not found %s", specText(spec))
}

type description struct {
	t    *catalog.Table
	rows [][]string
}

func (d *description) row(cells ...string) { d.rows = append(d.rows, cells) }

// definition is the row of a column; those of the table get the comment that Hive
// shows for tables whose columns come from their SerDe.
func (d *description) definition(c catalog.Column) {
	comment := c.Comment
	if comment == "" && !slices.ContainsFunc(d.t.Partitions, func(p catalog.Column) bool { return p.Name == c.Name }) {
		comment = d.t.NoComment()
	}
	d.row(pad(c.Name), pad(c.HiveType), pad(comment))
}

func (d *description) columns() {
	for _, c := range slices.Concat(d.t.Columns, d.t.Partitions) {
		d.definition(c)
	}
	if len(d.t.Partitions) == 0 {
		return
	}
	d.row("", " ", " ")
	d.row("# Partition Information", " ", " ")
	d.row(pad("# col_name"), pad("data_type"), pad("comment"))
	d.row("", " ", " ")
	for _, c := range d.t.Partitions {
		d.definition(c)
	}
}

// column describes one column, or what a path leads to in it: .field of a struct,
// '$elem$' of an array, '$key$' and '$value$' of a map.
func (d *description) column(path []*syntax.Identifier) error {
	invalid := func(id *syntax.Identifier) error {
		return sqlerr.Newf(sqlerr.SemanticException, id.Pos(), "FAILED: SemanticException [Error 10002]: Invalid column reference %s", strings.ToLower(id.Value))
	}
	all := slices.Concat(d.t.Columns, d.t.Partitions)
	k := slices.IndexFunc(all, func(c catalog.Column) bool { return strings.EqualFold(c.Name, path[0].Value) })
	if k < 0 {
		return invalid(path[0])
	}
	c := all[k]
	if len(path) == 1 {
		d.definition(c)
		return nil
	}
	h, err := syntax.ParseHiveType(c.HiveType)
	if err != nil {
		return err
	}
	for _, id := range path[1:] {
		name := strings.ToLower(id.Value)
		var next *syntax.HiveType
		switch {
		case h.Name == "array" && name == "$elem$", h.Name == "map" && name == "$key$":
			next = h.Args[0]
		case h.Name == "map" && name == "$value$":
			next = h.Args[1]
		}
		for _, f := range h.Fields {
			if strings.EqualFold(f.Name.Value, name) {
				next = f.Type
			}
		}
		if next == nil {
			return invalid(id)
		}
		h = next
	}
	d.row(pad(strings.ToLower(path[len(path)-1].Value)), pad(catalog.HiveTypeText(h)), pad("from deserializer"))
	return nil
}

// formatted adds what FORMATTED says beside the columns.
func (d *description) formatted(part *catalog.Partition) {
	heading := func(text string) { d.row(text, " ", " ") }
	line := func(name, value string) { d.row(pad(name), pad(value), " ") }
	property := func(p catalog.Property) { d.row("", pad(p.Key), pad(p.Value)) }
	location := d.t.Location
	d.row("", " ", " ")
	if part != nil {
		location = part.Location
		heading("# Detailed Partition Information")
		line("Partition Value:", "["+strings.Join(part.Values, ", ")+"]")
		line("Database:", d.t.Database)
		line("Table:", d.t.Name)
		line("CreateTime:", "UNKNOWN")
		line("LastAccessTime:", "UNKNOWN")
		line("Location:", location)
	} else {
		heading("# Detailed Table Information")
		line("Database:", d.t.Database)
		line("Owner:", "UNKNOWN")
		line("CreateTime:", "UNKNOWN")
		line("LastAccessTime:", "UNKNOWN")
		line("Protect Mode:", "None")
		line("Retention:", "0")
		line("Location:", location)
		line("Table Type:", "EXTERNAL_TABLE")
		heading("Table Parameters:")
		for _, p := range tableParameters(d.t) {
			property(p)
		}
	}
	d.row("", " ", " ")
	heading("# Storage Information")
	line("SerDe Library:", d.t.SerDe)
	line("InputFormat:", d.t.InputFormat)
	line("OutputFormat:", d.t.OutputFormat)
	line("Compressed:", "No")
	line("Num Buckets:", "-1")
	line("Bucket Columns:", "[]")
	line("Sort Columns:", "[]")
	if len(d.t.SerDeProperties) > 0 {
		heading("Storage Desc Params:")
		for _, p := range d.t.SerDeProperties {
			property(p)
		}
	}
}

// extended adds the one line of EXTENDED: the metastore's object as Thrift prints
// it, without owner and times.
func (d *description) extended(part *catalog.Partition) {
	t := d.t
	fields := func(cols []catalog.Column) string {
		var list []string
		for _, c := range cols {
			list = append(list, "FieldSchema(name:"+c.Name+", type:"+c.HiveType+", comment:"+orNull(c.Comment)+")")
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	parameters := func(list []catalog.Property) string {
		var parts []string
		for _, p := range list {
			parts = append(parts, p.Key+"="+p.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	storage := func(location string) string {
		return "sd:StorageDescriptor(cols:" + fields(t.Columns) + ", location:" + location + ", inputFormat:" + t.InputFormat +
			", outputFormat:" + t.OutputFormat + ", compressed:false, numBuckets:-1, serdeInfo:SerDeInfo(name:null, serializationLib:" +
			t.SerDe + ", parameters:" + parameters(t.SerDeProperties) + "), bucketCols:[], sortCols:[], parameters:{}, " +
			"skewedInfo:SkewedInfo(skewedColNames:[], skewedColValues:[], skewedColValueLocationMaps:{}), storedAsSubDirectories:false)"
	}
	d.row("", " ", " ")
	if part != nil {
		d.row("Detailed Partition Information", "Partition(values:["+strings.Join(part.Values, ", ")+"], dbName:"+t.Database+", tableName:"+t.Name+
			", lastAccessTime:0, "+storage(part.Location)+", parameters:{})", "")
		return
	}
	d.row("Detailed Table Information", "Table(tableName:"+t.Name+", dbName:"+t.Database+", lastAccessTime:0, retention:0, "+storage(t.Location)+
		", partitionKeys:"+fields(t.Partitions)+", parameters:"+parameters(tableParameters(t))+
		", viewOriginalText:null, viewExpandedText:null, tableType:EXTERNAL_TABLE)", "")
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// describeDatabase is DESCRIBE DATABASE [EXTENDED]: Hive's columns without the
// owner.
func (s *Session) describeDatabase(n *syntax.DescribeDatabase) (*Result, error) {
	name, err := s.databaseName(n.Name)
	if err != nil {
		return nil, err
	}
	d := s.e.catalog.Describe(name)
	if d == nil {
		return nil, sqlerr.Newf(sqlerr.SemanticException, n.Name.Pos(), "FAILED: SemanticException [Error 10072]: Database does not exist: %s", name)
	}
	params := ""
	if n.Extended && len(d.Properties) > 0 {
		var parts []string
		for _, p := range d.Properties {
			parts = append(parts, p.Key+"="+p.Value)
		}
		params = "{" + strings.Join(parts, ", ") + "}"
	}
	r := utilityResult("DESCRIBE_DATABASE", []string{"db_name", "comment", "location", "owner_name", "owner_type", "parameters"},
		[][]string{{d.Name, d.Comment, d.Location, "", "", params}})
	r.UpdateCount = nil
	return r, nil
}
