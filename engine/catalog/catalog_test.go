package catalog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
)

func fromDDL(t *testing.T, columns string) (*Table, error) {
	t.Helper()
	s, err := syntax.Parse("CREATE EXTERNAL TABLE t (" + columns + ") STORED AS ION LOCATION 's3://b/p'")
	if err != nil {
		t.Fatal(err)
	}
	return FromDDL(s.(*syntax.CreateTable), DefaultDatabase)
}

// TestTypes: Hive's types, how DESCRIBE prints them and what they are to queries
// (semantics 4.2).
func TestTypes(t *testing.T) {
	for in, want := range map[string]string{
		"INTEGER": "int integer", "decimal": "decimal(10,0) decimal(10,0)", "DECIMAL(15)": "decimal(15,0) decimal(15,0)",
		"string": "string varchar", "float": "float real", "binary": "binary varbinary", "timestamp": "timestamp timestamp(3)",
		"varchar(5)": "varchar(5) varchar(5)", "array<decimal>": "array<decimal(10,0)> array(decimal(10,0))",
		"map<string,array<int>>":                 "map<string,array<int>> map(varchar, array(integer))",
		"struct<A:int,b:struct<c:string>>":       "struct<a:int,b:struct<c:string>> row(a integer, b row(c varchar))",
		"struct<a:int COMMENT 'x', b : decimal>": "struct<a:int,b:decimal(10,0)> row(a integer, b decimal(10,0))",
	} {
		tab, err := fromDDL(t, "c "+in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := tab.Columns[0].HiveType + " " + tab.Columns[0].Type.String(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
		if tab.Location != "s3://b/p/" || tab.SerDe != IonSerDe || tab.InputFormat != IonInputFormat {
			t.Errorf("%+v", tab)
		}
	}
	if _, err := fromDDL(t, "c decimal(39,0)"); sqlerr.CodeOf(err) != sqlerr.NotSupported {
		t.Error(err)
	}
}

// TestInference: one file a case, its records, and the columns that they make.
func TestInference(t *testing.T) {
	for _, c := range []struct{ data, want, warns string }{
		{`{Item:{a:1.,b:1.25}} {Item:{a:12d3,b:null}}`, "a decimal(38,0), b decimal(38,2)", ""},
		{`{Item:{a:1.}} {Item:{a:"x"}}`, "a string", "several types"},
		{`{Item:{a:1234567890123456789012345678901234567.,b:1.}} {Item:{a:0.125}}`, "a string, b decimal(38,0)", "no decimal type"},
		{`{Item:{a:null}}`, "a string", ""},
		{`{Item:{a:[]}}`, "a array<string>", ""},
		{`{Item:{a:[1.,2.5]}}`, "a array<decimal(38,1)>", ""},
		{`{Item:{a:[1.,"x"]}}`, "a array<string>", "several types"},
		{`{Item:{a:{b:{c:[{{aGk=}}]},D:true}}}`, "a struct<b:struct<c:array<binary>>,d:boolean>", ""},
		{`{Item:{a:{}}}`, "a map<string,string>", ""},
		{`{Item:{a:{'b-c':1.,d:2.5}}}`, "a map<string,decimal(38,1)>", ""},
		{`{Item:{a:{b:1.,B:2.}}}`, "a map<string,decimal(38,0)>", ""},
		{`{Item:{a:1e0}}`, "a double", ""},
		{`{Item:{a:1e0}} {Item:{a:1.}}`, "a string", "Ion floats"},
		{`{x:1.,y:"s"}`, "x decimal(38,0), y string", ""},
		{``, "", ""},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "T.ion"), []byte(c.data), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := source.New(source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var warnings []string
		tables, err := New(r).AddPath(context.Background(), "T2", filepath.Join(dir, "T.ion"), 2, func(m string) { warnings = append(warnings, m) })
		if err != nil {
			if c.data != "" {
				t.Errorf("%s: %v", c.data, err)
			}
			continue
		}
		var got []string
		for _, col := range tables[0].Columns {
			got = append(got, col.Name+" "+col.HiveType)
		}
		if s := strings.Join(got, ", "); s != c.want || tables[0].Name != "t2" {
			t.Errorf("%s: table %s: %s, want %s", c.data, tables[0].Name, s, c.want)
		}
		if w := strings.Join(warnings, "\n"); c.warns == "" && w != "" || !strings.Contains(w, c.warns) {
			t.Errorf("%s: warnings %q, want %q", c.data, w, c.warns)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestColumnNames: names that DDL takes, one each.
func TestColumnNames(t *testing.T) {
	in := inference{used: map[string]bool{}}
	var got []string
	for _, n := range []string{"a-b", "a b", "a_b", "", "é", "1st"} {
		got = append(got, in.name(n))
	}
	if s := fmt.Sprint(got); s != "[a_b a_b_2 a_b_3 _ __2 1st]" {
		t.Error(s)
	}
	if p := pathTo([]string{"Item", "my-attr"}); p != "(Item 'my-attr')" {
		t.Error(p)
	}
}
