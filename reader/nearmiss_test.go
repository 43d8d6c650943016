package reader

import (
	"context"
	"slices"
	"testing"

	"github.com/ionq-db/ionq/sql/types"
)

func TestWarnUnmatched(t *testing.T) {
	item := "$ion_1_0 {Item:{createdAt:\"x\",Map:{Inner:1.},id:1.}}\n"
	change := "$ion_1_0 {Record:{Keys:{id:1.},NewImage:{id:1.}}}\n"
	for _, c := range []struct {
		path, data, sensitive string
		want                  []string
	}{
		{"(Item createdat)", item, "true", []string{"column c: a whole file has no value at (Item createdat): there is createdAt, which differs in case, and ion.path_extractor.case_sensitive is true"}},
		{"(Item createdat)", item, "false", nil},
		{"(Item createdAt)", item, "true", nil},
		{"(Item map inner)", item, "true", []string{"column c: a whole file has no value at (Item map inner): there is Map, which differs in case, and ion.path_extractor.case_sensitive is true"}},
		{"(Item Map inner)", item, "true", []string{"column c: a whole file has no value at (Item Map inner): there is Inner, which differs in case, and ion.path_extractor.case_sensitive is true"}},
		{"(Item other)", item, "true", nil},
		{"(Item * x)", item, "true", nil},
		{"(Item id)", change, "false", []string{"column c: a whole file has no value at (Item id): records have Record, not Item: the files are those of an incremental export"}},
	} {
		tab := &Table{Name: "t", SerDe: "com.amazon.ionhiveserde.IonHiveSerDe", Columns: []Column{{"c", types.Varchar}}, Properties: map[string]string{
			"ion.c.path_extractor": c.path, "ion.path_extractor.case_sensitive": c.sensitive,
		}}
		var got []string
		src, err := Open(context.Background(), tab, splitOf("x.ion", c.data+c.data+c.data), []int{0}, Options{Warn: func(m string) { got = append(got, m) }})
		if err != nil {
			t.Fatal(err)
		}
		for {
			p, err := src.Next(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if p == nil {
				break
			}
		}
		if err := src.Close(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: warnings %q, want %q", c.path, got, c.want)
		}
	}
}
