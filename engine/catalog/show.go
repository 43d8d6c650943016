package catalog

// SHOW CREATE TABLE: a table as Hive writes it, with its line breaks and the
// blanks at their ends. SHOW CREATE VIEW: a view as Trino writes it.

import (
	"slices"
	"strings"

	"github.com/ionq-db/ionq/sql/syntax"
)

// QuoteTrino quotes an identifier for Trino's grammar where it needs it.
func QuoteTrino(s string) string {
	if plainName(s) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// query parses the view's text, which was parsed when the view was made or read.
func (v *View) query() *syntax.Query {
	stmt, err := syntax.Parse(v.Text)
	if err != nil {
		panic("BUG: the query of view " + v.Name + " does not parse: " + err.Error())
	}
	return stmt.(*syntax.QueryStatement).Query
}

// Definition gives the view's query as Trino keeps it: laid out, not as it was
// written.
func (v *View) Definition() string { return syntax.Layout(v.query()) }

// CreateStatement gives the statement that makes the view, as SHOW CREATE VIEW of
// Trino prints it: with the name in full.
func (v *View) CreateStatement() string {
	name := &syntax.QualifiedName{}
	for _, part := range []string{Name, v.Database, v.Name} {
		name.Parts = append(name.Parts, &syntax.Identifier{Value: part})
	}
	create := &syntax.CreateView{Name: name, Security: v.Security, Query: v.query()}
	if v.Comment != "" {
		create.Comment = &syntax.StringLiteral{Value: v.Comment}
	}
	return strings.TrimSpace(syntax.Layout(create))
}

func quoteHive(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

// textHive writes a string literal of Hive's grammar.
func textHive(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s) + "'"
}

// NoComment is what Hive shows for a column without a comment: it asks the SerDe for the
// columns, unless it is one of those whose tables' columns it takes from the catalog
// (hive.serdes.using.metastore.for.schema).
func (t *Table) NoComment() string {
	switch t.SerDe {
	case ParquetSerDe, lazySimpleSerDe:
		return ""
	}
	return fromStore
}

// CreateStatement gives the statement that makes the table.
func (t *Table) CreateStatement() string {
	if t.Changes != nil {
		t = t.Stored()
	}
	var b strings.Builder
	columns := func(list []Column, comment string) {
		for i, c := range list {
			b.WriteString("  " + quoteHive(c.Name) + " " + c.HiveType)
			text := c.Comment
			if text == "" {
				text = comment
			}
			if text != "" {
				b.WriteString(" COMMENT " + textHive(text))
			}
			if i < len(list)-1 {
				b.WriteString(", \n")
			}
		}
		b.WriteString(")\n")
	}
	properties := func(list []Property) {
		for i, p := range list {
			b.WriteString("  " + textHive(p.Key) + "=" + textHive(p.Value))
			if i < len(list)-1 {
				b.WriteString(", \n")
			}
		}
	}
	b.WriteString("CREATE EXTERNAL TABLE " + quoteHive(t.Database+"."+t.Name) + "(\n")
	columns(t.Columns, t.NoComment())
	rest := slices.Clone(t.TblProperties)
	if i := slices.IndexFunc(rest, func(p Property) bool { return p.Key == commentKey }); i >= 0 {
		b.WriteString("COMMENT " + textHive(rest[i].Value) + "\n")
		rest = slices.Delete(rest, i, i+1)
	}
	if len(t.Partitions) > 0 {
		b.WriteString("PARTITIONED BY ( \n")
		columns(t.Partitions, "")
	}
	b.WriteString("ROW FORMAT SERDE \n  " + textHive(t.SerDe) + " \n")
	if len(t.SerDeProperties) > 0 {
		b.WriteString("WITH SERDEPROPERTIES ( \n")
		properties(t.SerDeProperties)
		b.WriteString(") \n")
	}
	b.WriteString("STORED AS INPUTFORMAT \n  " + textHive(t.InputFormat) + " \n")
	b.WriteString("OUTPUTFORMAT \n  " + textHive(t.OutputFormat) + "\n")
	b.WriteString("LOCATION\n  " + textHive(t.Location))
	if len(rest) > 0 {
		b.WriteString("\nTBLPROPERTIES (\n")
		properties(rest)
		b.WriteString(")")
	}
	return b.String()
}
