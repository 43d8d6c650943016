package spill

import (
	"fmt"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// BenchmarkFile writes and reads back a page of the founding table's columns.
func BenchmarkFile(b *testing.B) {
	const rows = 8192
	id, amount, at := page.NewBuilder(types.Decimal(38, 0)), page.NewBuilder(types.Decimal(38, 6)), page.NewBuilder(types.Varchar)
	for i := range rows {
		id.Int128(decimal.FromInt64(int64(i%1000) * 1_000_000_007))
		amount.Int128(decimal.FromInt64(int64(i) * 7919))
		at.String(fmt.Sprintf("2023-07-%02dT%02d:00:00.%06d+0000", 1+i%28, i%24, i))
	}
	cols := []*page.Vector{id.Finish(), amount.Finish(), at.Finish()}
	ts := []types.Type{cols[0].Type, cols[1].Type, cols[2].Type}
	s := NewSpace(b.TempDir())
	f := s.File()
	defer f.Close()
	c, err := f.Write(cols, 0, rows)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			f := s.File()
			if _, err := f.Write(cols, 0, rows); err != nil {
				b.Fatal(err)
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := f.Read(c, ts); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
	})
}
