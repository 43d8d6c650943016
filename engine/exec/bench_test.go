package exec

// What operators cost, a row: each over the same table of Ion text, so that
// "scan" is to be subtracted from all others.

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

func BenchmarkOperators(b *testing.B) {
	const rows, files = 200_000, 4
	var texts []string
	for f := range files {
		var s strings.Builder
		for i := range rows / files {
			n := uint64(i*files + f)
			fmt.Fprintf(&s, "{k:%d.,g:%d.,s:\"2023-07-%02dT%06d\",n:%d.%02d}\n", n*0x9E3779B97F4A7C15>>20, n*7919%1000, 1+n%28, n*31%1000000, n%90000, n%100)
		}
		texts = append(texts, s.String())
	}
	scan := func() *plan.Scan {
		return table([]string{"k decimal(38,0)", "g decimal(38,0)", "s varchar", "n decimal(38,2)"}, texts...)
	}
	s, small := scan(), scan()
	few := aggregateOf(small, []int{1}, call(b, small, "count")) // a thousand rows to join with
	by := func(keys ...int) plan.Node { return aggregateOf(s, keys, call(b, s, "count"), call(b, s, "sum", 3)) }
	sorted := []plan.SortKey{{Col: 2}, {Col: 0}}
	window := &plan.WindowNode{Input: s, Partition: []int{1}, Order: []plan.SortKey{{Col: 0}}, Cols: s.Cols}
	window.Calls = []plan.WindowCall{{
		Func: bound(b, "sum", types.Decimal(38, 2)), Args: []int{3}, Filter: -1,
		Frame: plan.Frame{Start: plan.Bound{Kind: plan.UnboundedPreceding, Offset: -1}, End: plan.Bound{Kind: plan.CurrentRow, Offset: -1}},
	}}
	window.Cols = append(window.Cols[:len(window.Cols):len(window.Cols)], plan.Column{Name: "sum", Type: window.Calls[0].Func.Result})
	for _, c := range []struct {
		name string
		node plan.Node
	}{
		{"scan", s},
		{"aggregate/one group", by()},
		{"aggregate/1000 groups by number", by(1)},
		{"aggregate/200000 groups by number", by(0)},
		{"aggregate/many groups by text", by(2)},
		{"aggregate/200000 groups by both", by(0, 2)},
		{"join/1000 rows", &plan.Join{Kind: plan.InnerJoin, L: s, R: few, LKeys: []plan.Expr{col(s, 1)}, RKeys: []plan.Expr{col(few, 0)}}},
		{"join/itself", &plan.Join{Kind: plan.InnerJoin, L: s, R: small, LKeys: []plan.Expr{col(s, 0)}, RKeys: []plan.Expr{col(small, 0)}}},
		{"sort", &plan.Sort{Input: s, Keys: sorted}},
		{"topn", &plan.TopN{Input: s, Keys: sorted, N: 10}},
		{"window", window},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				op, err := Build(c.node, &Env{Expr: expr.Env{Ctx: context.Background()}, Workers: 1, Stats: &Stats{}})
				if err != nil {
					b.Fatal(err)
				}
				for {
					p, err := op.Next(context.Background())
					if err != nil {
						b.Fatal(err)
					}
					if p == nil {
						break
					}
				}
				if err := op.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}
