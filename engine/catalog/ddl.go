package catalog

// CREATE EXTERNAL TABLE: from the syntax tree to a Table (semantics 4.2, 4.3).

import (
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/reader/jsonserde"
	"github.com/ionq-db/ionq/reader/textserde"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// FromDDL makes a table of a CREATE TABLE statement; db is the database of a
// name without one. It does not add it to a catalog.
func FromDDL(s *syntax.CreateTable, db string) (*Table, error) { return tableFrom(s, db, false) }

// tableFrom is FromDDL; of a table that was kept it takes formats that cannot be
// read, too.
func tableFrom(s *syntax.CreateTable, db string, kept bool) (*Table, error) {
	if err := ddlRefusals(s); err != nil {
		return nil, err
	}
	t := &Table{}
	var err error
	if t.Database, t.Name, err = SplitName(s.Name, db); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	add := func(list *[]Column, defs []*syntax.ColumnDefinition) error {
		for _, d := range defs {
			c, err := column(d)
			if err != nil {
				return err
			}
			if seen[c.Name] {
				return sqlerr.Newf(sqlerr.SemanticException, d.Pos(), "FAILED: SemanticException [Error 10036]: Duplicate column name: %s", c.Name)
			}
			seen[c.Name] = true
			*list = append(*list, c)
		}
		return nil
	}
	if err := add(&t.Columns, s.Columns); err != nil {
		return nil, err
	}
	if err := add(&t.Partitions, s.Partitioned); err != nil {
		return nil, err
	}
	t.TblProperties = properties(s.TblProperties)
	t.commentLast()
	if s.Comment != nil {
		t.SetComment(s.Comment.Value)
	}
	if err := formats(t, s); err != nil && (!kept || s.RowFormat == nil || s.StoredAs == nil) {
		return nil, err
	}
	t.Location = s.Location.Value
	if !strings.HasSuffix(t.Location, "/") {
		t.Location += "/" // data must not match data2/: semantics 4.2
	}
	return t, nil
}

// ddlRefusals refuses what Athena refuses, and what ionq does not read.
func ddlRefusals(s *syntax.CreateTable) error {
	refuse := func(pos sqlerr.Pos, what string) error {
		return sqlerr.Newf(sqlerr.NotSupported, pos, "%s is not supported", what)
	}
	switch {
	case s.SkewedOrOthers != "":
		return refuse(s.Pos(), s.SkewedOrOthers)
	case s.StoredBy != nil:
		return refuse(s.StoredBy.Pos(), "STORED BY")
	case s.Transforms != nil:
		return refuse(s.Pos(), "a table format with partition transforms (Iceberg)")
	case tableType(s) == "iceberg":
		return refuse(s.Pos(), "table_type ICEBERG")
	case !s.External:
		return sqlerr.Newf(sqlerr.SemanticException, s.Pos(), "FAILED: SemanticException Unsupported table type: only EXTERNAL tables can be created").
			WithHint("write CREATE EXTERNAL TABLE")
	case s.Location == nil:
		return sqlerr.Newf(sqlerr.SemanticException, s.Pos(), "FAILED: SemanticException Must provide LOCATION for an external table").
			WithHint("write LOCATION 's3://bucket/prefix/'")
	case s.Clustered != nil:
		return refuse(s.Clustered.Pos(), "CLUSTERED BY")
	case len(s.Columns) == 0:
		return sqlerr.Newf(sqlerr.SemanticException, s.Pos(), "FAILED: SemanticException Table has no columns")
	}
	return nil
}

func tableType(s *syntax.CreateTable) string {
	for _, p := range s.TblProperties {
		if strings.EqualFold(p.Key.Value, "table_type") {
			return strings.ToLower(p.Value.Value)
		}
	}
	return ""
}

// delimited gives the SerDe properties that ROW FORMAT DELIMITED stands for.
func delimited(rf *syntax.RowFormat) []Property {
	var out []Property
	add := func(key string, v *syntax.StringLiteral) {
		if v != nil {
			out = append(out, Property{key, v.Value})
		}
	}
	add("field.delim", rf.FieldsTerminatedBy)
	if rf.FieldsTerminatedBy != nil {
		add("serialization.format", rf.FieldsTerminatedBy)
	}
	add("escape.delim", rf.EscapedBy)
	add("colelction.delim", rf.CollectionTerminatedBy) // Hive's own spelling
	add("mapkey.delim", rf.MapKeysTerminatedBy)
	add("line.delim", rf.LinesTerminatedBy)
	add("serialization.null.format", rf.NullDefinedAs)
	return out
}

// lineFormats checks the formats of a table over lines: text, or a symlink to
// text.
func lineFormats(t *Table, s *syntax.CreateTable) error {
	if t.InputFormat == textInputFormat || t.InputFormat == SymlinkInputFormat {
		return nil
	}
	return sqlerr.Newf(sqlerr.NotSupported, s.StoredAs.Pos(), "input format %s is not supported with SerDe %s", t.InputFormat, t.SerDe).
		WithHint("write STORED AS TEXTFILE, or leave STORED AS out")
}

const textInputFormat = "org.apache.hadoop.mapred.TextInputFormat"

// formats sets SerDe and formats by ROW FORMAT and STORED AS. What is not Ion is
// kept as declared, and refused when it is read.
func formats(t *Table, s *syntax.CreateTable) error {
	if rf := s.RowFormat; rf != nil && rf.SerDe != nil {
		t.SerDe, t.SerDeProperties = rf.SerDe.Value, properties(rf.Properties)
	} else if rf != nil {
		t.SerDe, t.SerDeProperties = textserde.LazySimple, delimited(rf)
	}
	switch st := s.StoredAs; {
	case st == nil:
		t.InputFormat = textInputFormat
		t.OutputFormat = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
	case st.Format == nil:
		t.InputFormat, t.OutputFormat = st.InputFormat.Value, st.OutputFormat.Value
	case strings.EqualFold(st.Format.Value, "ION"):
		t.InputFormat, t.OutputFormat = IonInputFormat, IonOutputFormat
		if t.SerDe == "" {
			t.SerDe = IonSerDe
		}
	case strings.EqualFold(st.Format.Value, "PARQUET"):
		t.InputFormat, t.OutputFormat = parquetInput, parquetOutput
		if t.SerDe == "" {
			t.SerDe = ParquetSerDe
		}
	case strings.EqualFold(st.Format.Value, "TEXTFILE"):
		t.InputFormat = textInputFormat
		t.OutputFormat = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
	default:
		return sqlerr.Newf(sqlerr.NotSupported, st.Format.Pos(), "STORED AS %s is not supported", strings.ToUpper(st.Format.Value)).
			WithHint("ionq reads Amazon Ion: STORED AS ION")
	}
	if t.SerDe == "" {
		t.SerDe = textserde.LazySimple
	}
	if jsonserde.Is(t.SerDe) || textserde.Is(t.SerDe) {
		return lineFormats(t, s)
	}
	if t.SerDe == ParquetSerDe && (t.InputFormat == parquetInput || t.InputFormat == SymlinkInputFormat) {
		return nil
	}
	if t.SerDe != IonSerDe {
		pos := s.Pos()
		if s.RowFormat != nil {
			pos = s.RowFormat.Pos()
		}
		return sqlerr.Newf(sqlerr.NotSupported, pos, "SerDe %s is not supported", t.SerDe).
			WithHint("ionq reads Amazon Ion (ROW FORMAT SERDE '%s') and JSON (%s)", IonSerDe, jsonserde.OpenX)
	}
	if t.InputFormat != IonInputFormat && t.InputFormat != SymlinkInputFormat {
		pos := s.Pos()
		if s.StoredAs != nil {
			pos = s.StoredAs.Pos()
		}
		return sqlerr.Newf(sqlerr.NotSupported, pos, "input format %s is not supported", t.InputFormat).
			WithHint("write STORED AS ION, or INPUTFORMAT '%s'", SymlinkInputFormat)
	}
	return nil
}

func properties(list []*syntax.HiveProperty) []Property {
	var out []Property
	for _, p := range list {
		out = append(out, Property{p.Key.Value, p.Value.Value})
	}
	return out
}

// column checks one column definition.
func column(d *syntax.ColumnDefinition) (Column, error) {
	c := Column{Name: strings.ToLower(d.Name.Value)}
	if d.Comment != nil {
		c.Comment = d.Comment.Value
	}
	var err error
	c.Type, err = hiveType(d.Type)
	if err != nil {
		return c, err
	}
	c.HiveType = HiveTypeText(d.Type)
	return c, nil
}

// hiveType gives the engine's type of a declared one.
func hiveType(h *syntax.HiveType) (types.Type, error) {
	switch h.Name {
	case "array":
		e, err := hiveType(h.Args[0])
		return types.Array(e), err
	case "map":
		k, err := hiveType(h.Args[0])
		if err != nil {
			return types.Type{}, err
		}
		v, err := hiveType(h.Args[1])
		return types.Map(k, v), err
	case "struct":
		fields := make([]types.Field, len(h.Fields))
		for i, f := range h.Fields {
			t, err := hiveType(f.Type)
			if err != nil {
				return types.Type{}, err
			}
			fields[i] = types.Field{Name: strings.ToLower(f.Name.Value), Type: t}
		}
		return types.Row(fields...), nil
	}
	t, err := types.HiveByName(h.Name, h.Params...)
	if err != nil {
		return t, sqlerr.Newf(sqlerr.NotSupported, h.Pos(), "type %s is not supported", HiveTypeText(h))
	}
	return t, nil
}

// HiveTypeText is a type as DESCRIBE prints it: lower case, no blanks, the bare
// decimal with its default precision.
func HiveTypeText(h *syntax.HiveType) string {
	var b strings.Builder
	writeHiveType(&b, h)
	return b.String()
}

func writeHiveType(b *strings.Builder, h *syntax.HiveType) {
	b.WriteString(h.Name)
	switch {
	case len(h.Fields) > 0:
		for i, f := range h.Fields {
			b.WriteString([]string{"<", ","}[min(i, 1)])
			b.WriteString(strings.ToLower(f.Name.Value) + ":")
			writeHiveType(b, f.Type)
		}
		b.WriteByte('>')
	case len(h.Args) > 0:
		for i, a := range h.Args {
			b.WriteString([]string{"<", ","}[min(i, 1)])
			writeHiveType(b, a)
		}
		b.WriteByte('>')
	case h.Name == "decimal":
		p, s := 10, 0
		if len(h.Params) > 0 {
			p = h.Params[0]
		}
		if len(h.Params) > 1 {
			s = h.Params[1]
		}
		b.WriteString("(" + strconv.Itoa(p) + "," + strconv.Itoa(s) + ")")
	case len(h.Params) > 0:
		b.WriteString("(" + strconv.Itoa(h.Params[0]) + ")")
	}
}

// SplitName gives database and table of a name in DDL, lower-cased; db is the
// database of a name without one.
func SplitName(n *syntax.QualifiedName, db string) (database, table string, err error) {
	p := n.Parts
	if len(p) == 3 {
		if !strings.EqualFold(p[0].Value, Name) {
			return "", "", sqlerr.Newf(sqlerr.CatalogNotFound, n.Pos(), "Catalog '%s' does not exist", strings.ToLower(p[0].Value))
		}
		p = p[1:]
	}
	switch len(p) {
	case 1:
		// Hive takes `db.t` in one pair of backquotes for a name of two parts, which
		// is how SHOW CREATE TABLE prints it.
		if d, t, ok := strings.Cut(p[0].Value, "."); ok && d != "" && t != "" && !strings.Contains(t, ".") {
			return strings.ToLower(d), strings.ToLower(t), nil
		}
		return db, strings.ToLower(p[0].Value), nil
	case 2:
		return strings.ToLower(p[0].Value), strings.ToLower(p[1].Value), nil
	}
	return "", "", sqlerr.Newf(sqlerr.SyntaxError, n.Pos(), "Too many dots in table name: %s", nameText(n))
}

func nameText(n *syntax.QualifiedName) string {
	parts := make([]string, len(n.Parts))
	for i, p := range n.Parts {
		parts[i] = p.Value
	}
	return strings.Join(parts, ".")
}

// ColumnOf checks one column definition, as CREATE TABLE would.
func ColumnOf(d *syntax.ColumnDefinition) (Column, error) { return column(d) }
