package ddl

// The DDL of an export in DynamoDB JSON: a table by OpenX's SerDe, whose one
// column is the item with its types' names inside, and a view that makes the
// columns of it.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/reader/jsonserde"
	"github.com/ionq-db/ionq/reader/projection"
	"github.com/ionq-db/ionq/sql/types"
)

// jsonTable gives both statements.
func jsonTable(t *catalog.Table, o Options) (string, error) {
	if t.Changes != nil {
		return "", fmt.Errorf("ionq ddl does not print tables of incremental exports in DynamoDB JSON; export in Ion for those")
	}
	location, err := locationOf(t, o)
	if err != nil {
		return "", err
	}
	j := &jsonDDL{mapped: map[string]string{}}
	var fields, columns []string
	for _, c := range t.Columns {
		attr := c.Name
		if text, ok := t.Property("ion." + c.Name + ".path_extractor"); ok {
			if p, err := projection.Parse(text); err == nil && len(p.Components) > 1 {
				attr = p.Components[len(p.Components)-1].Name
			}
		}
		name := j.field(c.Name, attr)
		fields = append(fields, fieldName(name)+":"+j.hive(c.Type))
		columns = append(columns, "  "+j.value(`item."`+name+`"`, c.Type, 0)+` AS "`+strings.ReplaceAll(c.Name, `"`, `""`)+`"`)
	}
	base := t.Name + "_json"
	var b strings.Builder
	b.WriteString("-- The export is in DynamoDB JSON, whose numbers and sets are text inside objects that name their types.\n" +
		"-- Where an attribute has values of several types the view shows only those of the type it gives; an export in\n" +
		"-- Ion has no such loss.\n")
	if j.lost {
		b.WriteString("-- The SerDe makes the keys of maps lower case.\n")
	}
	fmt.Fprintf(&b, "CREATE EXTERNAL TABLE IF NOT EXISTS %s (\n  item struct<%s>\n)\nROW FORMAT SERDE %s\n", Ident(base), strings.Join(fields, ","), String(jsonserde.OpenX))
	if len(j.mapped) > 0 {
		b.WriteString("WITH SERDEPROPERTIES (\n")
		keys := make([]string, 0, len(j.mapped))
		for k := range j.mapped {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for i, k := range keys {
			fmt.Fprintf(&b, "  %s = %s%s", String("mapping."+k), String(j.mapped[k]), comma(i, len(keys)))
		}
		b.WriteString(")\n")
	}
	if o.Symlink != "" {
		fmt.Fprintf(&b, "STORED AS INPUTFORMAT %s\n  OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n", String(catalog.SymlinkInputFormat))
	}
	fmt.Fprintf(&b, "LOCATION %s;\n\n", String(location))
	fmt.Fprintf(&b, "CREATE OR REPLACE VIEW %s AS\nSELECT\n%s\nFROM %s;\n", quoted(t.Name), strings.Join(columns, ",\n"), quoted(base))
	return b.String(), nil
}

// quoted quotes a name for Trino's grammar.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

type jsonDDL struct {
	mapped map[string]string // fields whose attribute has another name
	lost   bool
}

// field notes which attribute a field of the item is.
func (j *jsonDDL) field(name, attr string) string {
	if !strings.EqualFold(name, attr) {
		j.mapped[name] = attr
	}
	return name
}

// hive is the type of a value with its type's name around it.
func (j *jsonDDL) hive(t types.Type) string {
	switch t.Kind {
	case types.KindBoolean:
		return "struct<bool:boolean>"
	case types.KindVarbinary:
		return "struct<b:string>"
	case types.KindArray:
		set := map[types.Kind]string{types.KindVarchar: "ss:array<string>,", types.KindDecimal: "ns:array<string>,", types.KindVarbinary: "bs:array<string>,"}[t.Elem().Kind]
		return "struct<" + set + "l:array<" + j.hive(t.Elem()) + ">>"
	case types.KindMap:
		j.lost = true
		return "struct<m:map<string," + j.hive(t.Value()) + ">>"
	case types.KindRow:
		var fields []string
		for _, f := range t.Fields() {
			fields = append(fields, fieldName(f.Name)+":"+j.hive(f.Type))
		}
		return "struct<m:struct<" + strings.Join(fields, ",") + ">>"
	case types.KindDecimal, types.KindDouble:
		return "struct<n:string>"
	}
	return "struct<s:string>"
}

// value is the expression that takes a value out of its type's name; depth keeps
// the names of lambdas' parameters apart.
func (j *jsonDDL) value(x string, t types.Type, depth int) string {
	e := fmt.Sprintf("e%d", depth)
	switch t.Kind {
	case types.KindBoolean:
		return x + ".bool"
	case types.KindVarbinary:
		return "from_base64(" + x + ".b)"
	case types.KindDecimal, types.KindDouble:
		return "CAST(" + x + ".n AS " + t.String() + ")"
	case types.KindArray:
		list := fmt.Sprintf("transform(%s.l, %s -> %s)", x, e, j.value(e, t.Elem(), depth+1))
		switch t.Elem().Kind {
		case types.KindVarchar:
			return "COALESCE(" + x + ".ss, " + list + ")"
		case types.KindDecimal:
			return fmt.Sprintf("COALESCE(transform(%s.ns, %s -> CAST(%s AS %s)), %s)", x, e, e, t.Elem(), list)
		case types.KindVarbinary:
			return fmt.Sprintf("COALESCE(transform(%s.bs, %s -> from_base64(%s)), %s)", x, e, e, list)
		}
		return list
	case types.KindMap:
		return fmt.Sprintf("transform_values(%s.m, (k%d, %s) -> %s)", x, depth, e, j.value(e, t.Value(), depth+1))
	case types.KindRow:
		var fields []string
		for _, f := range t.Fields() {
			fields = append(fields, j.value(x+`.m."`+f.Name+`"`, f.Type, depth))
		}
		return fmt.Sprintf("IF(%s.m IS NOT NULL, CAST(ROW(%s) AS %s))", x, strings.Join(fields, ", "), t)
	}
	return x + ".s"
}
