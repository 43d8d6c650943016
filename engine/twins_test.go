package engine_test

// DynamoDB JSON: an export in it gives what its twin in Ion gives.

import (
	"context"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/engine/ddl"
	"github.com/ionq-db/ionq/engine/output"
)

// What ionq ddl prints of an export in DynamoDB JSON, a table and a view over it,
// gives the rows of the export.
func TestJSONDDL(t *testing.T) {
	for name, folder := range map[string]string{
		"article": "export/AWSDynamoDB/01688083200000-abcd1234", "app": "export/AWSDynamoDB/01693000000000-a1b2c3d4",
	} {
		ctx := context.Background()
		path := "../testdata/exports/" + name + "-json"
		e, err := engine.Open(engine.Options{Offline: true, Maps: []engine.Mapping{{URL: "s3://example-bucket/" + folder + "/data", Dir: path + "/" + folder + "/data"}}})
		if err != nil {
			t.Fatal(err)
		}
		names, err := e.AddPath(ctx, "t", path)
		if err != nil {
			t.Fatal(err)
		}
		copied := *e.Catalog().Table("default", names[0])
		copied.Name = "v"
		text, err := ddl.CreateTable(&copied, ddl.Options{Location: "s3://example-bucket/" + folder + "/data/"})
		if err != nil {
			t.Fatal(err)
		}
		s := e.NewSession()
		for _, stmt := range strings.SplitAfter(text, ";\n") {
			if strings.TrimSpace(stmt) == "" {
				continue
			}
			r, err := s.Query(ctx, stmt)
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, stmt)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		var rows [2]string
		for k, table := range []string{"t", "v"} {
			r, err := s.Query(ctx, "SELECT * FROM "+table)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			w, err := output.New("csv", &b)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Begin(r.Columns, output.Table); err != nil {
				t.Fatal(err)
			}
			for {
				p, err := r.Next(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if p == nil {
					break
				}
				if err := w.Page(p); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.End(nil); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			rows[k] = b.String()
		}
		if rows[0] != rows[1] {
			t.Errorf("%s: the view gives\n%.500s\nand the export\n%.500s", name, rows[1], rows[0])
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTwins(t *testing.T) {
	pairs := map[string]string{}
	for _, name := range []string{"article", "types", "app"} {
		pairs["../testdata/exports/"+name] = "../testdata/exports/" + name + "-json"
	}
	for _, shape := range []gen.Shape{gen.Narrow, gen.Wide, gen.Mixed} {
		var dirs []string
		for _, format := range []gen.Format{gen.Ion, gen.DynamoDBJSON} {
			dirs = append(dirs, t.TempDir())
			if _, err := gen.Write(context.Background(), gen.Config{Dir: dirs[len(dirs)-1], Format: format, Shape: shape, Rows: 300, Files: 3, Empty: 1, Seed: 5}); err != nil {
				t.Fatal(err)
			}
		}
		pairs[dirs[0]] = dirs[1]
	}
	for ion, json := range pairs {
		for _, q := range []string{"SELECT * FROM t", "DESCRIBE t", "SELECT count(*), CAST(row_number() OVER () AS varchar) FROM t"} {
			a, err := answer(engine.Options{}, ion, q)
			b, err2 := answer(engine.Options{}, json, q)
			if a != b || err != nil || err2 != nil {
				t.Errorf("%s and %s differ on %s:\n%.300s\n%.300s\n%v %v", ion, json, q, a, b, err, err2)
			}
		}
	}
}
