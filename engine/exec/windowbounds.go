package exec

// The bounds of RANGE frames with an offset: the key's value at each, computed for
// every row below the window, as Trino's plan does in a projection, so that the first
// row with a bad one is the same whatever the window holds in memory.

import (
	"context"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// bounding puts the bounds' values behind the columns of the input.
type bounding struct {
	in     Operator
	bounds []rangeFrameBound
	vecs   []*page.Vector
	mem    []page.Vector
	page   page.Page
	late   error // comes after the page's rows
}

type rangeFrameBound struct {
	value  *expr.Program
	offset int // input column
	pos    sqlerr.Pos
}

// newBounding returns in itself where no call has such a bound.
func newBounding(in Operator, calls []windowCall, columns []plan.Column) Operator {
	b := &bounding{in: in, mem: make([]page.Vector, len(columns))}
	for _, c := range calls {
		if c.start != nil {
			b.bounds = append(b.bounds, rangeFrameBound{c.start, c.Frame.Start.Offset, c.P})
		}
		if c.end != nil {
			b.bounds = append(b.bounds, rangeFrameBound{c.end, c.Frame.End.Offset, c.P})
		}
	}
	if len(b.bounds) == 0 {
		return in
	}
	return b
}

func (b *bounding) Next(ctx context.Context) (*page.Page, error) {
	if b.late != nil {
		return nil, b.late
	}
	p, err := b.in.Next(ctx)
	if p == nil || err != nil {
		return nil, err
	}
	if err := b.eval(p); err != nil {
		if p, b.late = before(p, err, b.eval); p == nil {
			return nil, b.late
		}
		if err := b.eval(p); err != nil {
			return nil, err
		}
	}
	cols := dense(p, b.mem)
	b.page = page.Page{Rows: p.Len(), Cols: append(cols[:len(cols):len(cols)], b.vecs...)}
	return &b.page, nil
}

// eval computes the bounds of a page's rows. Of an offset that is bad in itself,
// Trino says that first.
func (b *bounding) eval(p *page.Page) error {
	b.vecs = b.vecs[:0]
	for _, x := range b.bounds {
		for i := range p.Len() {
			row := i
			if p.Sel != nil {
				row = int(p.Sel[i])
			}
			if _, err := frameOffset(p.Cols[x.offset], row, 0); err != nil {
				return placed(err, x.pos)
			}
		}
		v, err := x.value.Eval(p)
		if err != nil {
			return err
		}
		b.vecs = append(b.vecs, v)
	}
	return nil
}

func (b *bounding) Close() error { return b.in.Close() }
