package serde

import (
	"testing"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/sql/types"
)

// BenchmarkColumn appends a page of one value: as exports spell it, and by the
// way that takes every spelling.
func BenchmarkColumn(b *testing.B) {
	const rows = 4096
	for _, c := range []struct {
		name, value string
		typ         types.Type
	}{
		{"decimal whole", "2131420043728754.", types.Decimal(38, 0)},
		{"decimal fraction", "52382.01", types.Decimal(38, 6)},
		{"decimal exponent", "123456789d1", types.Decimal(38, 0)},
		{"bigint", "2131420043728754", types.Bigint},
		{"double", "52382.01e0", types.Double},
		{"text", `"2023-08-28T14:38:21.042321+0000"`, types.Varchar},
		{"escaped text", `"a \"quoted\" word"`, types.Varchar},
		{"boolean", "true", types.Boolean},
		{"array", `["basalt","juniper"]`, types.Array(types.Varchar)},
	} {
		text := append([]byte(c.value+","), make([]byte, ion.Slack)...)
		n := len(c.value)
		col, err := NewColumn("c", c.typ, "(Item c)", Settings{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name+"/fast", func(b *testing.B) {
			for b.Loop() {
				col.Reset()
				for range rows {
					if end := col.Fast(text, 0); end != n {
						b.Fatal(end)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/value")
		})
		b.Run(c.name+"/decode", func(b *testing.B) {
			for b.Loop() {
				col.Reset()
				for range rows {
					if err := col.Decode(text[:n], ion.ValueAt(text[:n], 0, false)); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/value")
		})
	}
}
