package exec

// The first distinct rows: an aggregation without calls of which no more than so many
// groups are asked for gives each when it first appears, and then ends its input. In
// workers each split does so by itself.

import (
	"context"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

type distinctLimit struct {
	in     Operator
	n      *plan.Aggregate
	types  []types.Type
	acc    *spill.Account // nil in workers
	table  *keyTable
	done   bool
	groups []uint32
	sel    []int32
	mem    []page.Vector
	page   page.Page
}

func newDistinctLimit(in Operator, n *plan.Aggregate, acc *spill.Account) *distinctLimit {
	d := &distinctLimit{in: in, n: n, acc: acc, mem: make([]page.Vector, len(n.Keys))}
	d.types = columnTypes(n.Cols)
	d.reset()
	return d
}

// reset begins anew.
func (d *distinctLimit) reset() { d.table, d.done = newKeyTable(d.types), false }

func (d *distinctLimit) Next(ctx context.Context) (*page.Page, error) {
	for !d.done {
		if int64(d.table.n) >= d.n.First {
			d.done = true
			return nil, d.in.Close() // nothing more is needed: stop reading
		}
		p, err := d.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if p == nil {
			d.done = true
			break
		}
		if p.Len() == 0 {
			continue
		}
		if d.take(p); d.acc != nil {
			d.acc.Hold(d.table.size()) // of few keys, which stay
		}
		if d.page.Rows > 0 {
			return &d.page, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// take sets page to the new rows of p.
func (d *distinctLimit) take(p *page.Page) {
	keys := make([]*page.Vector, len(d.n.Keys))
	for i, k := range d.n.Keys {
		v := p.Cols[k]
		if p.Sel != nil {
			page.GatherInto(&d.mem[i], v, p.Sel)
			v = &d.mem[i]
		}
		keys[i] = v
	}
	next := uint32(d.table.n)
	d.groups = d.table.find(keys, p.Len(), d.groups)
	d.sel = d.sel[:0]
	for i, g := range d.groups {
		if g == next && int64(g) < d.n.First { // new ones are numbered in their order
			next++
			d.sel = append(d.sel, int32(i))
		}
	}
	d.page = page.Page{Rows: len(d.sel), Split: p.Split, Row: p.Row}
	for _, v := range keys {
		if v.Dict != nil {
			places := make([]int32, len(d.sel))
			for j, r := range d.sel {
				places[j] = int32(v.Codes[r])
			}
			d.page.Cols = append(d.page.Cols, page.Gather(v.Dict, places))
			continue
		}
		d.page.Cols = append(d.page.Cols, page.Gather(v, d.sel))
	}
}

func (d *distinctLimit) Close() error {
	if d.acc != nil {
		d.acc.Free()
	}
	return d.in.Close()
}
