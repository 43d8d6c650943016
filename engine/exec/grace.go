package exec

// Joins, set operations and windows past the memory budget: their rows are dealt
// out by the hash of their keys among partitions on disk, each with its number
// in its input, and one partition after the other is computed in memory. What
// comes out carries the number of the row that it comes from, and is merged by
// it, so that the result is that of a single pass.

import (
	"context"
	"slices"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// dealt is one partition of an input.
type dealt struct {
	chunks []spill.Chunk
	rows   int
	size   int64  // in memory
	hash   uint64 // of a row
	mixed  bool   // there are several hashes, so that it can be dealt out further
}

// dealer deals rows out. Behind the columns they have their hash and number.
type dealer struct {
	file    *spill.File
	acc     *spill.Account
	columns []types.Type
	depth   int
	b       []*page.Builder
	hashes  []uint64
	seqs    []int64
	next    int64
	parts   [partitions]dealt
}

// dealMost is how many bytes a dealer holds at most before it writes.
const dealMost = 64 << 20

func newDealer(env *Env, file *spill.File, columns []types.Type, depth int) *dealer {
	d := &dealer{file: file, acc: env.Memory.Account(), columns: columns, depth: depth}
	d.fresh()
	return d
}

func (d *dealer) fresh() {
	d.b = d.b[:0]
	for _, t := range d.columns {
		d.b = append(d.b, page.NewBuilder(t))
	}
	d.hashes, d.seqs = d.hashes[:0], d.seqs[:0]
}

// stored are the types of the columns on disk.
func (d *dealer) stored() []types.Type {
	return append(slices.Clone(d.columns), types.Bigint, types.Bigint)
}

// add takes in the rows that p stands for, with their hashes; seqs are their
// numbers, nil stands for the next ones.
func (d *dealer) add(ctx context.Context, p *page.Page, hashes []uint64, seqs []int64) error {
	n := p.Len()
	if n == 0 {
		return nil
	}
	appendRows(d.b, p.Cols, p)
	d.hashes = append(d.hashes, hashes[:n]...)
	if seqs != nil {
		d.seqs = append(d.seqs, seqs[:n]...)
	} else {
		for range n {
			d.seqs = append(d.seqs, d.next)
			d.next++
		}
	}
	size := 16 * int64(cap(d.seqs))
	for _, b := range d.b {
		size += b.Size()
	}
	if d.acc.Hold(size) || size > dealMost || len(d.seqs) > maxRows {
		return d.flush(ctx)
	}
	return nil
}

// flush writes what was taken in.
func (d *dealer) flush(ctx context.Context) error {
	n := len(d.seqs)
	if n == 0 {
		return nil
	}
	var lists [partitions][]int32
	for i, h := range d.hashes {
		k := partitionOf(h, d.depth)
		lists[k] = append(lists[k], int32(i))
		part := &d.parts[k]
		if part.rows == 0 && len(lists[k]) == 1 {
			part.hash = h
		}
		part.mixed = part.mixed || h != part.hash
	}
	vecs := make([]*page.Vector, len(d.b))
	size := int64(0)
	for k, b := range d.b {
		vecs[k] = b.Vector()
		size += b.Size()
	}
	rows := chunkRows(n, size)
	cols := make([]*page.Vector, len(vecs)+2)
	mem := make([]page.Vector, len(vecs))
	for k, list := range lists {
		for len(list) > 0 {
			sel := list[:min(rows, len(list))]
			list = list[len(sel):]
			for c, v := range vecs {
				page.GatherInto(&mem[c], v, sel)
				cols[c] = &mem[c]
			}
			cols[len(vecs)] = int64Column(sel, func(i int32) int64 { return int64(d.hashes[i]) })
			cols[len(vecs)+1] = int64Column(sel, func(i int32) int64 { return d.seqs[i] })
			c, err := d.file.Write(cols, 0, len(sel))
			if err != nil {
				return err
			}
			part := &d.parts[k]
			part.chunks = append(part.chunks, c)
			part.rows += len(sel)
			part.size += c.Size
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	d.fresh()
	d.acc.Free()
	return nil
}

// chunkReader is the operator that reads chunks back.
type chunkReader struct {
	file   *spill.File
	chunks []spill.Chunk
	types  []types.Type
	page   page.Page
}

func (r *chunkReader) Next(ctx context.Context) (*page.Page, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(r.chunks) == 0 {
		return nil, nil
	}
	c := r.chunks[0]
	r.chunks = r.chunks[1:]
	cols, err := r.file.Read(c, r.types)
	if err != nil {
		return nil, err
	}
	r.page = page.Page{Rows: c.Rows, Cols: cols}
	return &r.page, nil
}

func (r *chunkReader) Close() error { return nil }

// grace is one spilled operator of two inputs; those of one leave the left side
// empty.
type grace struct {
	env    *Env
	file   *spill.File
	lt, rt []types.Type // of the sides' columns, without hash and number
	// fits says whether a pair of partitions can be computed in memory.
	fits func(l, r *dealt) bool
	leaf func(ctx context.Context, l, r *dealt) error
}

// all computes all pairs of partitions.
func (g *grace) all(ctx context.Context, l, r *dealer) error {
	for _, d := range []*dealer{l, r} {
		if err := d.flush(ctx); err != nil {
			return err
		}
	}
	for k := range partitions {
		if err := g.pair(ctx, &l.parts[k], &r.parts[k], 1); err != nil {
			return err
		}
	}
	return nil
}

func (g *grace) pair(ctx context.Context, l, r *dealt, depth int) error {
	if l.rows == 0 && r.rows == 0 {
		return nil
	}
	if depth > maxDepth || !l.mixed && !r.mixed || g.fits(l, r) {
		return g.leaf(ctx, l, r)
	}
	ld, err := g.again(ctx, l, g.lt, depth)
	if err != nil {
		return err
	}
	rd, err := g.again(ctx, r, g.rt, depth)
	if err != nil {
		return err
	}
	for k := range partitions {
		if err := g.pair(ctx, &ld.parts[k], &rd.parts[k], depth+1); err != nil {
			return err
		}
	}
	return nil
}

// again deals a partition out by further bits.
func (g *grace) again(ctx context.Context, part *dealt, ts []types.Type, depth int) (*dealer, error) {
	d := newDealer(g.env, g.file, ts, depth)
	in := &chunkReader{file: g.file, chunks: part.chunks, types: d.stored()}
	var hashes []uint64
	for {
		p, err := in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if p == nil {
			return d, d.flush(ctx)
		}
		n := len(ts)
		hashes = hashes[:0]
		for _, h := range p.Cols[n].I64 {
			hashes = append(hashes, uint64(h))
		}
		seqs := p.Cols[n+1].I64
		p.Cols = p.Cols[:n]
		if err := d.add(ctx, p, hashes, seqs); err != nil {
			return nil, err
		}
	}
}

// loads cuts chunks into lists that fit the budget; at least one list, and at
// least one chunk in each if there is any.
func loads(chunks []spill.Chunk, limit int64) [][]spill.Chunk {
	out := [][]spill.Chunk{nil}
	size := int64(0)
	for _, c := range chunks {
		last := len(out) - 1
		if size += c.Size; size > limit && len(out[last]) > 0 {
			out = append(out, nil)
			last++
			size = c.Size
		}
		out[last] = append(out[last], c)
	}
	return out
}

// output is where leaves write: runs of rows whose last column is the number
// that orders them.
type output struct {
	runs  *runs
	ts    []types.Type
	first []sortedRun // in front of the others where numbers are the same
}

func newOutput(env *Env, columns []plan.Column) *output {
	ts := append(columnTypes(columns), types.Bigint)
	o := &output{runs: newRuns(env, ts, []plan.SortKey{{Col: len(ts) - 1}}), ts: ts}
	o.runs.numbers = true
	return o
}

// failAt ends a run with a row that stands for an error.
func (o *output) failAt(out *sortedRun, seq int64, err error) error {
	out.fail = err
	cols := make([]*page.Vector, len(o.ts))
	for k, t := range o.ts {
		cols[k] = nullVector(t, 1)
	}
	cols[len(cols)-1] = &page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: 1, I64: []int64{seq}}
	return o.runs.put(out, cols, 1)
}

// add adds a run unless it is empty.
func (o *output) add(r sortedRun) {
	if len(r.chunks) > 0 {
		o.runs.list = append(o.runs.list, r)
	}
}

// merged gives the rows in order, without the number.
func (o *output) merged(ctx context.Context, rows int) (pages, error) {
	o.runs.list = append(o.first, o.runs.list...)
	m, err := o.runs.merge(ctx, rows)
	if err != nil {
		return nil, err
	}
	return &stripped{m: m, n: len(o.ts) - 1}, nil
}

func (o *output) Close() error {
	if o == nil {
		return nil
	}
	return o.runs.Close()
}

// unlimited is the environment of what computes one partition.
func (e *Env) unlimited() *Env {
	c := *e
	c.Memory = nil
	return &c
}
