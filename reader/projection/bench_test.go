package projection

import "testing"

// BenchmarkByName looks the names of a wide record up in a tree of three columns.
func BenchmarkByName(b *testing.B) {
	var paths []*Path
	for _, s := range []string{"(Item id)", "(Item amount)", "(Item created_at)"} {
		p, err := Parse(s)
		if err != nil {
			b.Fatal(err)
		}
		paths = append(paths, p)
	}
	names := [][]byte{}
	for _, s := range []string{"PK", "SK", "entity", "status", "email", "x-trace-id", "tags", "scores", "address", "id", "id2", "amount_tax", "created_at", "amount"} {
		names = append(names, []byte(s))
	}
	for name, sensitive := range map[string]bool{"case counts": true, "any case": false} {
		item := Compile(paths, sensitive).Root.ByName([]byte("Item"))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				found := 0
				for _, n := range names {
					if item.ByName(n) != nil {
						found++
					}
				}
				if found != len(paths) {
					b.Fatal(found)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(names)), "ns/name")
		})
	}
}
