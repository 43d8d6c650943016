package exec

// SetOp: INTERSECT and EXCEPT. Rows compare as in GROUP BY, NULLs equal; results
// come in the order of the left side. Past the memory budget rows go to disk
// (grace.go).

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

type setOp struct {
	l, r  Operator
	n     *plan.SetOp
	env   *Env
	acc   *spill.Account
	types []types.Type
	table *groupTable // rows of the right side; with EXCEPT also left ones that were given
	left  []int64     // of each row of the table: how often it may still meet a left one
	ids   []uint32
	mem   []page.Vector
	sel   []int32
	page  page.Page

	full bool // the table takes more than there is
	in   bool // one partition of a spilled set operation: rows have a hash and a number behind them
	sp   *spilledJoin
}

func newSetOp(l, r Operator, n *plan.SetOp, env *Env) Operator {
	return &setOp{
		l: l, r: r, n: n, env: env, acc: env.Memory.Account(),
		types: columnTypes(n.R.Columns()), mem: make([]page.Vector, len(n.Columns())+3),
	}
}

func columnTypes(cols []plan.Column) []types.Type {
	out := make([]types.Type, len(cols))
	for i, c := range cols {
		out[i] = c.Type
	}
	return out
}

func (o *setOp) Next(ctx context.Context) (*page.Page, error) {
	if o.sp != nil {
		return o.sp.next(ctx, nil)
	}
	if o.table == nil {
		var err error
		if o.full, err = o.build(ctx); err != nil {
			return nil, err
		}
	}
	for {
		if o.full { // what the table holds is what may not be given any more
			if err := o.spill(ctx); err != nil {
				return nil, err
			}
			return o.sp.next(ctx, nil)
		}
		p, err := o.l.Next(ctx)
		if p == nil || err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		o.full = o.keep(p)
		if len(o.sel) > 0 {
			cols := o.page.Cols
			if o.in { // without the hash
				k := len(o.types)
				cols = append(cols[:k:k], cols[k+1])
			}
			o.page = page.Page{Rows: p.Len(), Cols: cols, Sel: o.sel}
			return &o.page, nil
		}
	}
}

// build reads the right side.
func (o *setOp) build(ctx context.Context) (full bool, err error) {
	o.table = newGroupTable(o.types)
	k := len(o.types)
	for {
		p, err := o.r.Next(ctx)
		if p == nil || err != nil {
			return false, err
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		cols := dense(p, o.mem)
		o.ids = o.table.find(cols[:k], p.Len(), o.ids)
		o.left = grown(o.left, o.table.n)
		for i, g := range o.ids {
			if o.in {
				o.left[g] += cols[k].I64[i]
			} else {
				o.left[g]++
			}
		}
		if o.acc.Hold(o.table.size() + 8*int64(cap(o.left))) {
			return true, nil
		}
	}
}

// keep sets sel to the rows of a left page that belong to the result; full tells
// that the table has grown past the budget.
func (o *setOp) keep(p *page.Page) (full bool) {
	cols := dense(p, o.mem)
	o.page.Cols = cols
	n, k := p.Len(), len(o.types)
	o.sel = o.sel[:0]
	if o.n.Except && !o.n.All {
		next := uint32(o.table.n)
		o.ids = o.table.find(cols[:k], n, o.ids)
		for i, g := range o.ids {
			if g == next { // new rows are numbered in their order
				next++
				o.sel = append(o.sel, int32(i))
			}
		}
		o.left = grown(o.left, o.table.n)
		return o.acc.Hold(o.table.size() + 8*int64(cap(o.left)))
	}
	o.ids = o.table.known(cols[:k], n, o.ids)
	for i, s := range o.ids {
		there := s > 0 && o.left[s-1] > 0
		if there {
			if o.n.All {
				o.left[s-1]--
			} else {
				o.left[s-1] = 0
			}
		}
		if there != o.n.Except {
			o.sel = append(o.sel, int32(i))
		}
	}
	return false
}

// spill deals the table out, the rest of the right side, and the left one. Right
// rows have a number of copies behind them.
func (o *setOp) spill(ctx context.Context) error {
	s := &spilledJoin{file: o.env.Space.File()}
	o.sp = s
	s.main = newOutput(o.env, o.n.Columns())
	rt := append(append([]types.Type{}, o.types...), types.Bigint)
	r := newDealer(o.env, s.file, rt, 0)
	put := func(p *page.Page, copies []int64) error {
		n := p.Len()
		hashes := expr.HashColumns(nil, p.Cols, n)
		q := &page.Page{Rows: n, Cols: append(p.Cols[:len(p.Cols):len(p.Cols)],
			&page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: n, I64: copies})}
		return r.add(ctx, q, hashes, nil)
	}
	n := o.table.n
	for from := 0; from < n; from += page.DefaultRows {
		sel := identity(min(n, from+page.DefaultRows) - from)
		for i := range sel {
			sel[i] += int32(from)
		}
		if err := put(&page.Page{Rows: len(sel), Cols: o.table.gather(sel)}, o.left[from:from+len(sel)]); err != nil {
			return err
		}
	}
	o.table, o.left = nil, nil
	o.acc.Free()
	for {
		p, err := o.r.Next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			break
		}
		if p.Len() == 0 {
			continue
		}
		copies := make([]int64, p.Len())
		for i := range copies {
			copies[i] = 1
		}
		if err := put(&page.Page{Rows: p.Len(), Cols: dense(p, o.mem)}, copies); err != nil {
			return err
		}
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	l := newDealer(o.env, s.file, o.types, 0)
	return o.dealLeft(ctx, l, r, rt)
}

// dealLeft deals the left side out and computes the partitions.
func (o *setOp) dealLeft(ctx context.Context, l, r *dealer, rt []types.Type) (err error) {
	s := o.sp
	for {
		p, err := o.l.Next(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			s.late = err
			break
		}
		if p == nil {
			break
		}
		if p.Len() == 0 {
			continue
		}
		q := &page.Page{Rows: p.Len(), Cols: dense(p, o.mem)}
		if err := l.add(ctx, q, expr.HashColumns(nil, q.Cols, q.Rows), nil); err != nil {
			return err
		}
	}
	limit := o.env.Memory.Limit()
	g := &grace{
		env: o.env, file: s.file, lt: o.types, rt: rt, leaf: o.leaf,
		fits: func(l, r *dealt) bool { return l.rows == 0 || 2*(l.size+r.size) <= limit || l.rows+r.rows <= 2 },
	}
	if err := g.all(ctx, l, r); err != nil {
		return err
	}
	s.now, err = s.main.merged(ctx, o.env.pageRows())
	return err
}

// leaf computes one partition.
func (o *setOp) leaf(ctx context.Context, l, r *dealt) error {
	if l.rows == 0 {
		return nil
	}
	ld := dealer{columns: o.types}
	rd := dealer{columns: append(append([]types.Type{}, o.types...), types.Bigint)}
	sub := &setOp{
		l: &chunkReader{file: o.sp.file, chunks: l.chunks, types: ld.stored()},
		r: &chunkReader{file: o.sp.file, chunks: r.chunks, types: rd.stored()},
		n: o.n, env: o.env.unlimited(), types: o.types, mem: make([]page.Vector, len(rd.columns)+2), in: true,
	}
	sub.acc = sub.env.Memory.Account()
	var main sortedRun
	for {
		p, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			break
		}
		q := copyPage(p)
		if err := o.sp.main.runs.put(&main, q.Cols, q.Rows); err != nil {
			return err
		}
	}
	o.sp.main.add(main)
	return nil
}

func (o *setOp) Close() error {
	o.acc.Free()
	return errors.Join(o.l.Close(), o.r.Close(), o.sp.Close())
}
