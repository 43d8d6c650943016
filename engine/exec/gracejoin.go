package exec

// Join and SemiJoin past the memory budget (grace.go). A partition whose right
// side cannot be dealt out further, because it has one key or the join none, is
// computed load by load of its right rows, the left rows passing by each.

import (
	"context"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// passing is what left rows of a partition have met in earlier loads of its
// right side.
type passing struct {
	hit, unsure []bool // by row
	base        int    // the number of the first row of the page at hand
	last        bool   // no load comes after this one
}

// dealing deals out one input of a join.
type dealing struct {
	d           *dealer
	keys        *expr.List
	one         bool // all rows go into one partition
	rows, nulls int  // how many rows there were, and how many with a NULL among their keys
}

// build deals out what was built of the right input.
func (d *dealing) build(ctx context.Context, b *build) error {
	vecs := b.rows.seal()
	for from := 0; from < b.rows.n; from += page.DefaultRows {
		sel := make([]int32, 0, page.DefaultRows)
		for i := from; i < min(b.rows.n, from+page.DefaultRows); i++ {
			sel = append(sel, int32(i))
		}
		if err := d.page(ctx, &page.Page{Rows: b.rows.n, Cols: vecs, Sel: sel}); err != nil {
			return err
		}
	}
	return nil
}

// input deals out an operator's rows.
func (d *dealing) input(ctx context.Context, in Operator) error {
	for {
		p, err := in.Next(ctx)
		if p == nil || err != nil {
			return err
		}
		if err := d.page(ctx, p); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (d *dealing) page(ctx context.Context, p *page.Page) error {
	n := p.Len()
	if n == 0 {
		return nil
	}
	hashes := make([]uint64, n)
	var late error // behind the rows in front of it
	if !d.one {
		var kv []*page.Vector
		if p, kv, late = evalBefore(d.keys, p); p == nil {
			return late
		}
		n = p.Len()
		hashes = expr.HashColumns(hashes[:n], kv, n)
		d.rows += n
	rows:
		for i := range n {
			for _, v := range kv {
				if v.IsNull(i) {
					d.nulls++
					continue rows
				}
			}
		}
	}
	if err := d.d.add(ctx, p, hashes, nil); err != nil {
		return err
	}
	return late
}

// spilledJoin is the rest of a join that has gone to disk.
type spilledJoin struct {
	file       *spill.File
	main, tail *output
	late       error // of the left input; after the rows in front of it
	now        pages
	tailing    bool
}

// inputs are the inputs of a join or semijoin.
type inputs struct {
	l, r   Operator
	lc, rc []plan.Column
	lk, rk *expr.List
	env    *Env
	b      *build // the right one in memory
	acc    *spill.Account
}

// deal deals out both inputs: what was built of the right one, the rest of it,
// and the left one.
func (s *spilledJoin) deal(ctx context.Context, in *inputs, one bool) (l, r *dealer, right *dealing, err error) {
	r = newDealer(in.env, s.file, columnTypes(in.rc), 0)
	right = &dealing{d: r, keys: in.rk, one: one}
	b := in.b
	in.b = nil
	if err := right.build(ctx, b); err != nil {
		return nil, nil, nil, err
	}
	in.acc.Free()
	if err := right.input(ctx, in.r); err != nil {
		return nil, nil, nil, err
	}
	if err := r.flush(ctx); err != nil {
		return nil, nil, nil, err
	}
	l = newDealer(in.env, s.file, columnTypes(in.lc), 0)
	left := &dealing{d: l, keys: in.lk, one: one}
	if s.late = left.input(ctx, in.l); ctx.Err() != nil {
		return nil, nil, nil, ctx.Err()
	}
	return l, r, right, nil
}

func (j *join) spill(ctx context.Context) (err error) {
	s := &spilledJoin{file: j.env.Space.File()}
	j.sp = s
	s.main, s.tail = newOutput(j.env, j.n.Columns()), newOutput(j.env, j.n.Columns())
	lt, rt := columnTypes(j.lc), columnTypes(j.rc)
	l, r, _, err := s.deal(ctx, &j.inputs, false)
	if err != nil {
		return err
	}
	limit := j.env.Memory.Limit()
	g := &grace{
		env: j.env, file: s.file, lt: lt, rt: rt, leaf: j.leaf,
		fits: func(_, r *dealt) bool { return 2*r.size <= limit || r.rows <= 1 },
	}
	if err := g.all(ctx, l, r); err != nil {
		return err
	}
	s.now, err = s.main.merged(ctx, j.env.pageRows())
	return err
}

// load gives the inputs of one load of a partition.
func (in *inputs) load(ld, rd *dealer, file *spill.File, l, r []spill.Chunk) inputs {
	out := *in
	out.env = in.env.unlimited()
	out.acc = out.env.Memory.Account()
	out.l = &chunkReader{file: file, chunks: l, types: ld.stored()}
	out.r = &chunkReader{file: file, chunks: r, types: rd.stored()}
	for k, t := range rd.stored() { // what is built has the hash and the number too
		if k >= len(in.rc) {
			out.rc = append(out.rc[:k:k], plan.Column{Type: t})
		}
	}
	return out
}

// leaf joins one partition.
func (j *join) leaf(ctx context.Context, l, r *dealt) error {
	if l.rows == 0 && !j.rightOuter() || r.rows == 0 && !j.leftOuter() {
		return nil
	}
	ld, rd := dealer{columns: columnTypes(j.lc)}, dealer{columns: columnTypes(j.rc)}
	lists := loads(r.chunks, j.env.Memory.Limit()/2)
	past := &passing{}
	if len(lists) > 1 && j.leftOuter() {
		past.hit = make([]bool, l.rows)
	}
	for i, list := range lists {
		past.base, past.last = 0, i == len(lists)-1
		sub := &join{
			inputs: j.load(&ld, &rd, j.sp.file, l.chunks, list),
			n:      j.n, residual: j.residual, cand: -1, past: past,
		}
		sub.lmem, sub.rmem = make([]page.Vector, len(ld.columns)+1), make([]page.Vector, len(rd.columns)+2)
		var main, tail sortedRun
		for {
			p, err := sub.Next(ctx)
			if err != nil {
				if sub.fail == nil {
					return err
				}
				seq, to := sub.src.Cols[len(ld.columns)+1].I64[sub.failRow], &main
				if j.n.Single { // in place of what other loads have found for the row
					j.sp.main.add(main)
					main, to = sortedRun{}, &sortedRun{}
				}
				if err := j.sp.main.failAt(to, seq, err); err != nil {
					return err
				}
				if j.n.Single {
					j.sp.main.first = append(j.sp.main.first, *to)
				}
				break
			}
			if p == nil {
				break
			}
			out, to := j.sp.main, &main
			if sub.tail != nil {
				out, to = j.sp.tail, &tail
			}
			if err := out.runs.put(to, p.Cols, p.Rows); err != nil {
				return err
			}
		}
		j.sp.main.add(main)
		j.sp.tail.add(tail)
	}
	return nil
}

func (s *spilledJoin) next(ctx context.Context, j *join) (*page.Page, error) {
	for {
		p, err := s.now.next(ctx)
		if p != nil || err != nil || s.tailing {
			return p, err
		}
		if s.late != nil {
			return nil, s.late
		}
		if s.tail == nil {
			return nil, nil
		}
		s.tailing = true
		if s.now, err = s.tail.merged(ctx, j.env.pageRows()); err != nil {
			return nil, err
		}
	}
}

func (s *spilledJoin) Close() error {
	if s == nil {
		return nil
	}
	err := s.file.Close()
	for _, o := range []*output{s.main, s.tail} {
		if e := o.Close(); err == nil {
			err = e
		}
	}
	return err
}

// spill is join's for semijoins. Only a null-aware one with a residual needs to
// see all right rows for each left one.
func (j *semiJoin) spill(ctx context.Context) (err error) {
	s := &spilledJoin{file: j.env.Space.File()}
	j.sp = s
	s.main = newOutput(j.env, j.n.Columns())
	lt, rt := columnTypes(j.lc), columnTypes(j.rc)
	one := j.n.NullAware && j.residual != nil
	l, r, right, err := s.deal(ctx, &j.inputs, one)
	if err != nil {
		return err
	}
	j.right = right
	limit := j.env.Memory.Limit()
	g := &grace{
		env: j.env, file: s.file, lt: lt, rt: rt, leaf: j.leaf,
		fits: func(_, r *dealt) bool { return 2*r.size <= limit || r.rows <= 1 },
	}
	if err := g.all(ctx, l, r); err != nil {
		return err
	}
	s.now, err = s.main.merged(ctx, j.env.pageRows())
	return err
}

// leaf marks the left rows of one partition.
func (j *semiJoin) leaf(ctx context.Context, l, r *dealt) error {
	if l.rows == 0 {
		return nil
	}
	ld, rd := dealer{columns: columnTypes(j.lc)}, dealer{columns: columnTypes(j.rc)}
	lists := loads(r.chunks, j.env.Memory.Limit()/2)
	past := &passing{}
	if len(lists) > 1 {
		past.hit, past.unsure = make([]bool, l.rows), make([]bool, l.rows)
	}
	var main sortedRun
	end, seq := l.rows, int64(0) // the first row that fails, in whatever load
	var fail error
	for i, list := range lists {
		past.base, past.last = 0, i == len(lists)-1
		sub := &semiJoin{
			inputs: j.load(&ld, &rd, j.sp.file, l.chunks, list),
			n:      j.n, residual: j.residual, all: j.all, past: past, right: j.right,
		}
		sub.mem, sub.lmem = make([]page.Vector, len(ld.columns)+2), make([]page.Vector, len(ld.columns))
		sub.rmem = make([]page.Vector, len(rd.columns))
		for past.base < end {
			p, err := sub.Next(ctx)
			if err != nil {
				if sub.fail == nil {
					return err
				}
				end, seq, fail = past.base, sub.src.Cols[len(ld.columns)+1].I64[sub.at], err
				break
			}
			if p == nil {
				break
			}
			n := min(p.Len(), end-past.base)
			past.base += n
			if !past.last {
				continue
			}
			if err := j.sp.main.runs.put(&main, p.Cols, n); err != nil {
				return err
			}
		}
	}
	if fail != nil {
		if err := j.sp.main.failAt(&main, seq, fail); err != nil {
			return err
		}
	}
	j.sp.main.add(main)
	return nil
}
