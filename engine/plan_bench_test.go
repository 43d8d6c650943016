package engine

// Planning: from a statement's text to its ordered plan, without its operators.

import (
	"context"
	"testing"

	"github.com/ionq-db/ionq/sql/syntax"
)

var planTexts = map[string]string{
	"seed": `SELECT id, SUM(amount) as amount FROM "default"."sample_table"
WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00')
GROUP BY(id)`,
	"eight tables": `SELECT y, sum(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) / sum(volume) AS share FROM (
  SELECT year(CAST(o.d AS date)) AS y, l.price * (1 - l.discount) AS volume, n2.name AS nation
  FROM part p, supplier s, lineitem l, orders o, customer c, nation n1, nation n2, region r
  WHERE p.k = l.part AND s.k = l.supplier AND l.ord = o.k AND o.customer = c.k AND c.nation = n1.k AND n1.region = r.k
    AND r.name = 'AMERICA' AND s.nation = n2.k AND CAST(o.d AS date) BETWEEN DATE '1995-01-01' AND DATE '1996-12-31' AND p.type LIKE 'PLAIN % STEEL') AS all_nations
GROUP BY y ORDER BY y`,
}

var planTables = []string{
	"sample_table (id decimal, amount decimal, created_at string)",
	"part (k bigint, type string)", "supplier (k bigint, nation bigint)", "orders (k bigint, customer bigint, d string)",
	"lineitem (ord bigint, part bigint, supplier bigint, price decimal(12,2), discount decimal(4,2))",
	"customer (k bigint, nation bigint)", "nation (k bigint, name string, region bigint)", "region (k bigint, name string)",
}

// BenchmarkPlan should stay below a millisecond a query.
func BenchmarkPlan(b *testing.B) {
	ctx := context.Background()
	m, err := ParseMapping("s3://test=" + b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	e, err := Open(Options{Maps: []Mapping{m}, Offline: true})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	s := e.NewSession()
	for _, t := range planTables {
		r, err := s.Query(ctx, "CREATE EXTERNAL TABLE "+t+" ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' STORED AS ION LOCATION 's3://test/none/'")
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
	for name, text := range planTexts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				stmt, err := syntax.Parse(text)
				if err != nil {
					b.Fatal(err)
				}
				if _, _, err := s.plan(ctx, stmt, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
