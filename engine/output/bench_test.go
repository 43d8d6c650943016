package output

import (
	"fmt"
	"io"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// BenchmarkWriters writes pages of the founding table in each format.
func BenchmarkWriters(b *testing.B) {
	const rows, pages = 4096, 8
	id, amount, at := page.NewBuilder(types.Decimal(38, 0)), page.NewBuilder(types.Decimal(38, 6)), page.NewBuilder(types.Varchar)
	for i := range rows {
		id.Int128(decimal.FromInt64(int64(i%1000) * 1_000_000_007))
		amount.Int128(decimal.FromInt64(int64(i) * 7919))
		at.String(fmt.Sprintf("2023-07-%02dT%02d:00:00.%06d+0000", 1+i%28, i%24, i))
	}
	p := &page.Page{Rows: rows, Cols: []*page.Vector{id.Finish(), amount.Finish(), at.Finish()}}
	var columns []plan.Column
	for k, v := range p.Cols {
		columns = append(columns, plan.Column{Name: fmt.Sprint("c", k), Type: v.Type})
	}
	for _, format := range []string{"csv", "table", "json", "jsonl"} {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w, err := New(format, io.Discard)
				if err != nil {
					b.Fatal(err)
				}
				if err := w.Begin(columns, Table); err != nil {
					b.Fatal(err)
				}
				for range pages {
					if err := w.Page(p); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.End(nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(rows*pages), "ns/row")
		})
	}
}
