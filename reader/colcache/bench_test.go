package colcache

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
)

// BenchmarkColumn writes kept columns and reads them back, a block and page at a
// time, by the encodings that their values call for.
func BenchmarkColumn(b *testing.B) {
	const rows, pageRows = 2 * BlockRows, 4096
	for _, c := range columns() {
		switch c.name {
		case "bigint", "ids", "narrow", "decimal", "double", "instants", "words", "many", "instants or null":
		default:
			continue
		}
		b.Run(c.name, func(b *testing.B) {
			cache := open(b)
			_, pages := c.make(rand.New(rand.NewPCG(1, 2)), rows)
			write := func(key string) {
				w := cache.Create(key, c.typ)
				for _, p := range pages {
					if err := w.Add(p, 0, p.Len); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Commit(rows, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.Run("write", func(b *testing.B) {
				n := 0
				for b.Loop() {
					n++
					write(fmt.Sprint(n % 8))
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
			})
			write("kept")
			b.Run("read", func(b *testing.B) {
				for b.Loop() {
					f := cache.Open("kept", c.typ)
					if f == nil {
						b.Fatal("it is not there")
					}
					var v page.Vector
					for row := int64(0); row < rows; {
						n := min(pageRows, BlockRows-int(row%BlockRows))
						if err := f.Load(&v, row, n, nil); err != nil {
							b.Fatal(err)
						}
						row += int64(n)
					}
					f.Close()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
			})
		})
	}
}
