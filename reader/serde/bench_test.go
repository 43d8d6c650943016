package serde

import (
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/sql/types"
)

// BenchmarkColumn decodes a page of one value, as exports spell it and otherwise.
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
		// A page of records that hold nothing else, as Load gets them.
		var text []byte
		at, till := make([]int32, rows), make([]int32, rows)
		for i := range rows {
			// As shape.Scanner.Column spells places.
			at[i] = int32(len(text)) << 1
			text = append(text, c.value...)
			till[i] = int32(len(text)) << 1
			if strings.Contains(c.value, `\`) {
				till[i]++
			}
			text = append(text, ',')
		}
		text = append(text, make([]byte, ion.Slack)...)
		col, err := NewColumn("c", c.typ, "(Item c)", Settings{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if v, failed, err := col.Load(text, at, till, nil, nil); err != nil || failed != rows || v.Len != rows || v.IsNull(0) {
					b.Fatal(failed, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/value")
		})
	}
}
