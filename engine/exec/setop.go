package exec

// SetOp: INTERSECT and EXCEPT. Rows compare as in GROUP BY, NULLs equal; results
// come in the order of the left side.

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

type setOp struct {
	l, r  Operator
	n     *plan.SetOp
	table *groupTable // rows of the right side
	left  []int64     // of each row of the table: how often it may still meet a left one
	seen  *groupTable // left rows given already, without ALL
	ids   []uint32
	mine  []uint32
	mem   []page.Vector
	sel   []int32
	page  page.Page
}

func newSetOp(l, r Operator, n *plan.SetOp, _ *Env) Operator {
	return &setOp{l: l, r: r, n: n, mem: make([]page.Vector, len(n.Columns()))}
}

func columnTypes(cols []plan.Column) []types.Type {
	out := make([]types.Type, len(cols))
	for i, c := range cols {
		out[i] = c.Type
	}
	return out
}

func (o *setOp) Next(ctx context.Context) (*page.Page, error) {
	if o.table == nil {
		o.table, o.seen = newGroupTable(columnTypes(o.n.R.Columns())), newGroupTable(columnTypes(o.n.Columns()))
		for {
			p, err := o.r.Next(ctx)
			if err != nil {
				return nil, err
			}
			if p == nil {
				break
			}
			o.ids = o.table.find(dense(p, o.mem), p.Len(), o.ids)
			o.left = grown(o.left, o.table.n)
			for _, g := range o.ids {
				o.left[g]++
			}
		}
	}
	for {
		p, err := o.l.Next(ctx)
		if p == nil || err != nil {
			return nil, err
		}
		cols := dense(p, o.mem)
		n := p.Len()
		o.ids = o.table.find(cols, n, o.ids)
		o.left = grown(o.left, o.table.n)
		next := uint32(o.seen.n)
		if !o.n.All {
			o.mine = o.seen.find(cols, n, o.mine)
		}
		o.sel = o.sel[:0]
		for i, g := range o.ids {
			fresh := true
			if !o.n.All {
				if fresh = o.mine[i] == next; fresh {
					next++
				}
			}
			there := o.left[g] > 0
			if there && o.n.All {
				o.left[g]--
			}
			if fresh && there != o.n.Except {
				o.sel = append(o.sel, int32(i))
			}
		}
		if len(o.sel) > 0 {
			o.page = page.Page{Rows: n, Cols: cols, Sel: o.sel}
			return &o.page, nil
		}
	}
}

func (o *setOp) Close() error { return errors.Join(o.l.Close(), o.r.Close()) }
