package engine_test

// DynamoDB JSON: an export in it gives what its twin in Ion gives.

import (
	"context"
	"testing"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/engine"
)

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
