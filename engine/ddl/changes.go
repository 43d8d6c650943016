package ddl

// The DDL of incremental exports. Their files lie in a folder that all windows
// share, so no LOCATION is exactly one of them: a symlink table is.

import (
	"fmt"
	"strings"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/reader/overlay"
)

// changes gives a table of change records, and a view with the columns that ionq
// computes.
func changes(t *catalog.Table, o Options) (string, error) {
	records := t.Stored()
	view := athenaName(strings.Replace(t.Name, catalog.ChangesSuffix, "_changes", 1))
	records.Name = view + "_records"
	text, err := createTable(records, o)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if o.Symlink != "" {
		fmt.Fprintf(&b, "-- A text file in %s, of any name, must hold these lines, which are all files of the export:\n", strings.TrimSuffix(o.Symlink, "/")+"/")
		for _, f := range t.Changes.Files {
			b.WriteString("--   " + f + "\n")
		}
		if len(t.Changes.Files) == 0 {
			b.WriteString("--   (the manifest names no bucket: the s3:// names of the export's data files)\n")
		}
	} else {
		b.WriteString("-- The files of all incremental exports share this LOCATION, so the table has the records of every\n" +
			"-- window that lies there, now or later. --symlink prints a table of exactly this export's files.\n")
	}
	b.WriteString(text)
	b.WriteByte('\n')
	b.WriteString(changeView(t, view, records.Name))
	return b.String(), nil
}

// changeView is a view in Athena's SQL with the columns of t, but for those of the
// window, which no record tells.
func changeView(t *catalog.Table, view, records string) string {
	var micros, newImage, oldImage string
	for k, c := range t.Columns {
		if t.Changes.Derived[k] == overlay.WriteMicros {
			micros = catalog.QuoteTrino(c.Name)
		}
		for _, p := range t.SerDeProperties {
			if p.Key == "ion."+c.Name+".path_extractor" {
				switch p.Value {
				case overlay.NewPath:
					newImage = catalog.QuoteTrino(c.Name)
				case overlay.OldPath:
					oldImage = catalog.QuoteTrino(c.Name)
				}
			}
		}
	}
	var out []string
	for k, c := range t.Columns {
		name := catalog.QuoteTrino(c.Name)
		switch t.Changes.Derived[k] {
		case overlay.Stored:
			out = append(out, name)
		case overlay.WriteMicros:
			out = append(out, "CAST("+micros+" AS bigint) AS "+name)
		case overlay.WriteTime:
			// In two steps, since date_add takes no more than 32 bits.
			whole := "CAST(" + micros + " AS bigint)"
			out = append(out, "date_add('millisecond', "+whole+" / 1000 % 86400000, date_add('day', "+whole+" / 86400000000, TIMESTAMP '1970-01-01 00:00:00.000')) AS "+name)
		case overlay.Operation:
			put := "WHEN " + oldImage + " IS NULL THEN '" + overlay.Insert + "' ELSE '" + overlay.Modify + "'"
			if t.Changes.NewOnly {
				put = "ELSE '" + overlay.Upsert + "'"
			}
			out = append(out, "CASE WHEN "+newImage+" IS NULL THEN '"+overlay.Remove+"' "+put+" END AS "+name)
		}
	}
	return "CREATE OR REPLACE VIEW " + catalog.QuoteTrino(view) + " AS\nSELECT\n  " + strings.Join(out, ",\n  ") + "\nFROM " + catalog.QuoteTrino(records) + ";\n"
}

// athenaName makes a name of letters, digits and underscores, which are all that
// Athena takes.
func athenaName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, s)
}
