package textserde

import (
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

// Whatever a line holds, each column gets one value, or an error.
func FuzzSerDe(f *testing.F) {
	for _, s := range []string{"a,b:c,k=v:k=w,1", `"x ""y""",\N,,`, "1\x012\x02\x03\x04", `a\,b,"un`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, class := range []string{LazySimple, OpenCSV} {
			var cols []Column
			for _, hive := range []string{
				"string", "array<array<string>>", "map<int,struct<a:int,b:string>>", "bigint", "decimal(5,2)", "double", "date", "timestamp", "boolean", "binary", "char(2)",
			} {
				typ, err := types.ParseHive(hive)
				if err != nil {
					t.Fatal(err)
				}
				if class == OpenCSV && (typ.Fields() != nil || typ.Kind == types.KindVarbinary) {
					typ = types.Varchar
				}
				cols = append(cols, Column{"c", typ})
			}
			s, err := New(class, cols, map[string]string{"field.delim": ",", "colelction.delim": ":", "mapkey.delim": "=", "escape.delim": `\`})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Parse([]byte(line)); err != nil {
				t.Fatal(err)
			}
			for k, c := range cols {
				b := page.NewBuilder(c.Type)
				b.Null()
				err := s.Append(k, b)
				if err != nil {
					b.Truncate(1)
					b.Null()
				}
				if v := b.Vector(); v.Len != 2 {
					t.Fatalf("%s: column %d has %d values (%v)", class, k, v.Len, err)
				}
			}
		}
	})
}
