// Package ddl writes tables of the catalog as the DDL that Athena takes: the
// way back from the laptop to the cloud.
package ddl

import (
	"fmt"
	"strings"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// Options say where the table's data will be for Athena.
type Options struct {
	// Location is the s3:// folder of the data files; empty means the table's own.
	Location string
	// Symlink, when not empty, is the s3:// folder that holds the link file: the
	// table is written in symlink form, with this LOCATION.
	Symlink string
}

// CreateTable gives the CREATE EXTERNAL TABLE statement of t, ended by a
// semicolon and a newline. A table without any location is an error.
//
// Of a table of change rows it gives the table of the records and a view that
// makes change rows of them. What Athena's reading of a LOCATION cannot do is said
// in comments.
func CreateTable(t *catalog.Table, o Options) (string, error) {
	if t.DynamoDBJSON {
		return jsonTable(t, o)
	}
	if t.Changes != nil {
		return changes(t, o)
	}
	text, err := createTable(t, o)
	if err == nil && !t.AsOf.IsZero() {
		text = fmt.Sprintf("-- %s as of %s is a full export and the incremental ones after it. This table reads the full\n"+
			"-- export alone, the state as of %s: Athena applies no changes.\n", t.Name, export.Instant(t.AsOf), export.Instant(t.BaseOf)) + text
	}
	return text, err
}

// locationOf is the LOCATION of the statement.
func locationOf(t *catalog.Table, o Options) (string, error) {
	location := o.Location
	if location == "" {
		location = t.Location
	}
	if o.Symlink != "" {
		location = o.Symlink
	}
	if !strings.HasPrefix(location, "s3://") {
		return "", fmt.Errorf("Athena needs a LOCATION in S3: say it with --location s3://bucket/prefix/")
	}
	if !strings.HasSuffix(location, "/") {
		location += "/"
	}
	return location, nil
}

func createTable(t *catalog.Table, o Options) (string, error) {
	location, err := locationOf(t, o)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE EXTERNAL TABLE IF NOT EXISTS %s (\n", Ident(t.Name))
	for i, c := range t.Columns {
		fmt.Fprintf(&b, "  %s %s", Ident(c.Name), HiveType(c.Type))
		if c.Comment != "" {
			b.WriteString(" COMMENT " + String(c.Comment))
		}
		b.WriteString(comma(i, len(t.Columns)))
	}
	fmt.Fprintf(&b, ")\nROW FORMAT SERDE %s\n", String(t.SerDe))
	if n := len(t.SerDeProperties); n > 0 {
		b.WriteString("WITH SERDEPROPERTIES (\n")
		for i, p := range t.SerDeProperties {
			fmt.Fprintf(&b, "  %s = %s%s", String(p.Key), String(p.Value), comma(i, n))
		}
		b.WriteString(")\n")
	}
	if o.Symlink != "" {
		fmt.Fprintf(&b, "STORED AS INPUTFORMAT %s\n  OUTPUTFORMAT %s\n", String(catalog.SymlinkInputFormat), String(catalog.IonOutputFormat))
	} else {
		b.WriteString("STORED AS ION\n")
	}
	fmt.Fprintf(&b, "LOCATION %s;\n", String(location))
	return b.String(), nil
}

func comma(i, n int) string {
	if i < n-1 {
		return ",\n"
	}
	return "\n"
}

// Ident quotes a name for Hive's grammar.
func Ident(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// String quotes a text for Hive's grammar, which knows backslash escapes.
func String(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		switch r {
		case '\'', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case 0:
			b.WriteString(`\0`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// HiveType spells a type as Hive does: string, int, array<...>, struct<...>.
func HiveType(t types.Type) string {
	switch t.Kind {
	case types.KindVarchar:
		if t.P == types.Unbounded {
			return "string"
		}
	case types.KindInteger:
		return "int"
	case types.KindReal:
		return "float"
	case types.KindVarbinary:
		return "binary"
	case types.KindTimestamp:
		return "timestamp"
	case types.KindArray:
		return "array<" + HiveType(t.Elem()) + ">"
	case types.KindMap:
		return "map<" + HiveType(t.Key()) + "," + HiveType(t.Value()) + ">"
	case types.KindRow:
		fields := make([]string, len(t.Fields()))
		for i, f := range t.Fields() {
			fields[i] = fieldName(f.Name) + ":" + HiveType(f.Type)
		}
		return "struct<" + strings.Join(fields, ",") + ">"
	}
	return t.String()
}

// fieldName quotes a struct's field name only where it must be: quoted ones are
// rare in the wild.
func fieldName(name string) string {
	plain := name != ""
	for i := 0; i < len(name); i++ {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c == '_' && i > 0 || i > 0 && c >= '0' && c <= '9') {
			plain = false
		}
	}
	if _, reserved := syntax.IsKeyword(name, syntax.Hive); plain && !reserved {
		return name
	}
	return Ident(name)
}
