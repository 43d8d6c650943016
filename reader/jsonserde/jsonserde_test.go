package jsonserde

import (
	"encoding/json"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

// columns have one of each kind of type.
func columns(t testing.TB) []Column {
	var out []Column
	for name, hive := range map[string]string{
		"s": "string", "c": "char(3)", "v": "varchar(2)", "i": "int", "b": "bigint", "d": "double", "f": "float", "n": "decimal(38,3)", "p": "decimal(5,1)",
		"t": "timestamp", "day": "date", "bin": "binary", "bo": "boolean", "a": "array<array<string>>", "m": "map<int,string>", "r": "struct<x:int,y:array<string>>",
	} {
		typ, err := types.ParseHive(hive)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Column{name, typ})
	}
	return out
}

// Lines that are taken are JSON, as encoding/json sees it, but for what may follow
// a row; and whatever a line holds, each column gets one value or an error.
func FuzzSerDe(f *testing.F) {
	for _, s := range []string{
		`{"s":"x","i":1,"d":1.5,"a":[["x"],null],"m":{"1":"x"},"r":{"x":1,"y":["z"]},"t":"2020-01-01 00:00:00","bin":"aGk="}`,
		`["a",1]`, `{"S":"\ud83d\ude00","i":"0x1F","n":1e3,"day":"2020-01-01 x","r":"","a":"one"}`, `{"a":{"b":[1.50,{"C":null}]}} x`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, class := range []string{OpenX, Hive} {
			cols := columns(t)
			s, err := New(class, cols, map[string]string{"dots.in.keys": "true"})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Parse([]byte(line)); err != nil {
				continue
			}
			if s.whole && !json.Valid([]byte(line)[:s.tree.i]) {
				t.Fatalf("%s takes %q", class, line)
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
					t.Fatalf("%s: column %s has %d values (%v)", class, c.Name, v.Len, err)
				}
			}
		}
	})
}
