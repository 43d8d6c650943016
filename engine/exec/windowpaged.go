package exec

// Partitions of a window, or of row pattern recognition, that are larger than the
// memory budget: their rows are sorted on disk, written down in order, and computed
// block by block; what a block needs of other rows is read back by their number.

import (
	"context"
	"math"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// bigSort brings rows into the order of partitions, and of the sort keys within
// them, in memory or on disk. Behind the columns rows have their partition's number
// and their own.
type bigSort struct {
	env     *Env
	columns []plan.Column
	by      []int
	order   []plan.SortKey
	sort    *externalSort
	table   *groupTable // numbers the partitions
	firsts  []int64     // of each one: the number of its first row
	groups  []uint32
	mem     []page.Vector

	ended  bool       // next has begun
	page   *page.Page // the sorted rows at hand
	stored []*page.Vector
	row    int // the next one of them
}

func newBigSort(env *Env, columns []plan.Column, by []int, order []plan.SortKey) *bigSort {
	s := &bigSort{env: env, columns: columns, by: by, order: order, mem: make([]page.Vector, len(columns))}
	var ts []types.Type
	for _, k := range by {
		ts = append(ts, columns[k].Type)
	}
	s.table = newGroupTable(ts)
	n := len(columns)
	all := append(columns[:n:n], plan.Column{Type: types.Bigint}, plan.Column{Type: types.Bigint})
	s.sort = newExternalSort(env, all, append([]plan.SortKey{{Col: n}}, order...))
	return s
}

// add takes in the rows that p stands for; seqs are their numbers.
func (s *bigSort) add(ctx context.Context, p *page.Page, seqs []int64) error {
	n := p.Len()
	if n == 0 {
		return nil
	}
	cols := dense(p, s.mem)
	keys := make([]*page.Vector, len(s.by))
	for i, k := range s.by {
		keys[i] = cols[k]
	}
	s.groups = s.table.find(keys, n, s.groups)
	number := &page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: n, I64: make([]int64, n)}
	for i, g := range s.groups {
		if int(g) == len(s.firsts) { // new ones are numbered in order
			s.firsts = append(s.firsts, seqs[i])
		}
		number.I64[i] = int64(g)
	}
	all := append(cols[:len(cols):len(cols)], number,
		&page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: n, I64: seqs[:n]})
	return s.sort.add(ctx, &page.Page{Rows: n, Cols: all})
}

func (s *bigSort) Close() error {
	if s == nil {
		return nil
	}
	return s.sort.Close()
}

// bigPartition is a partition on disk.
type bigPartition struct {
	partition
	file   *spill.File
	number int64 // of its first row
	at     int   // the next block
	g      int   // the peer group of the last row
}

// next gives the next partition, nil at the end. The caller closes it.
func (s *bigSort) next(ctx context.Context) (*bigPartition, error) {
	if !s.ended {
		s.ended = true
		if err := s.sort.end(ctx); err != nil {
			return nil, err
		}
	}
	var now *bigPartition
	done := func(err error) (*bigPartition, error) {
		if now == nil {
			return nil, err
		}
		if err == nil {
			err = now.seal()
		}
		if err != nil {
			_ = now.Close() // the first error counts
			return nil, err
		}
		return now, nil
	}
	n := len(s.columns)
	var last []*page.Vector // the row before, where it is of another page
	var group int64
	for {
		if s.page == nil {
			pg, err := s.sort.next(ctx)
			if pg == nil || err != nil {
				return done(err)
			}
			s.page, s.row = pg, 0
			s.stored = pg.Cols[:n:n]
		}
		numbers := s.page.Cols[n].I64
		if now == nil {
			group = numbers[s.row]
			now = s.begin(s.stored, s.firsts[group])
		}
		from, to := s.row, s.row
		for to < s.page.Rows && numbers[to] == group {
			to++
		}
		if from < to {
			if err := now.add(s.stored, from, to, last, s.order); err != nil {
				return done(err)
			}
		}
		if s.row = to; to < s.page.Rows {
			return done(nil)
		}
		last = last[:0]
		for _, v := range s.page.Cols[:n] {
			last = append(last, copyVector(v, []int32{int32(to - 1)}))
		}
		s.page = nil
	}
}

func (s *bigSort) begin(cols []*page.Vector, number int64) *bigPartition {
	p := &bigPartition{file: s.env.Space.File(), number: number}
	var ts []types.Type
	for _, v := range cols {
		ts = append(ts, v.Type)
	}
	p.keys = s.order
	p.paged = newPagedRows(s.env, p.file, ts)
	p.starts = newPagedRows(s.env, p.file, []types.Type{types.Bigint})
	return p
}

// add writes rows from..to-1; last is the row in front of them, if it is no row of
// cols.
func (p *bigPartition) add(cols []*page.Vector, from, to int, last []*page.Vector, keys []plan.SortKey) error {
	for i := from; i < to; i++ {
		row := p.n + i - from
		same := row > 0
		if same {
			if i > from {
				same = compareRows(keys, cols, i-1, cols, i) == 0
			} else {
				same = compareRows(keys, last, 0, cols, i) == 0
			}
		}
		if !same {
			if err := p.start(row); err != nil {
				return err
			}
		}
	}
	p.n += to - from
	if p.n > math.MaxInt32 {
		return sqlerr.New(sqlerr.ExceededLocalMemoryLimit, "a window partition of more than %d rows is not supported", math.MaxInt32)
	}
	return p.paged.add(cols, from, to)
}

// start notes that a peer group begins at a row.
func (p *bigPartition) start(row int) error {
	v := &page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: 1, I64: []int64{int64(row)}}
	return p.starts.add([]*page.Vector{v}, 0, 1)
}

// seal ends writing.
func (p *bigPartition) seal() error {
	if err := p.start(p.n); err != nil {
		return err
	}
	if err := p.starts.flush(); err != nil {
		return err
	}
	return p.paged.flush()
}

func (p *bigPartition) Close() error {
	if p == nil {
		return nil
	}
	return p.file.Close()
}

// nextBlock brings the next rows to hand and gives their columns; nil at the end.
func (p *bigPartition) nextBlock() []*page.Vector {
	if p.at == len(p.paged.chunks) {
		return nil
	}
	from, to := p.paged.first[p.at], p.paged.first[p.at+1]
	p.at++
	n := to - from
	p.base = from
	p.peerFrom, p.peerTo, p.group = resized(p.peerFrom, n), resized(p.peerTo, n), resized(p.group, n)
	start, end := p.groupStart(p.g), p.groupStart(p.g+1)
	for i := range n {
		if from+i >= end {
			p.g++
			start, end = end, p.groupStart(p.g+1)
		}
		p.peerFrom[i], p.peerTo[i], p.group[i] = int32(start), int32(end), int32(p.g)
	}
	cols, _ := p.paged.row(from)
	return cols
}

// failed is an error of reading.
func (p *bigPartition) failed() error {
	if p.paged.err != nil {
		return p.paged.err
	}
	return p.starts.err
}

// spillWhole computes a window without PARTITION BY.
func (w *window) spillWhole(ctx context.Context, s *rowStore) error {
	w.sp = &spilledJoin{file: w.env.Space.File(), main: newOutput(w.env, w.n.Columns())}
	b := newBigSort(w.env, w.cols, nil, w.n.Order)
	w.sorting = b
	var seqs []int64
	if err := w.rest(ctx, s, func(p *page.Page) error {
		seqs = resized(seqs, p.Len())
		clear(seqs) // all rows are of one partition
		return b.add(ctx, p, seqs)
	}); err != nil {
		return err
	}
	if err := w.bigs(ctx, b); err != nil {
		return err
	}
	if w.fail != nil {
		return w.fail
	}
	var err error
	w.sp.now, err = w.sp.main.merged(ctx, w.env.pageRows())
	return err
}

// big computes the window partitions of one partition on disk that does not fit in
// memory: most likely one, as it could not be dealt out further.
func (w *window) big(ctx context.Context, r *dealt) error {
	columns := w.cols
	b := newBigSort(w.env, columns, w.n.Partition, w.n.Order)
	w.sorting = b
	d := dealer{columns: columnTypes(columns)}
	in := &chunkReader{file: w.sp.file, chunks: r.chunks, types: d.stored()}
	n := len(columns)
	for {
		p, err := in.Next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			break
		}
		seqs := p.Cols[n+1].I64
		p.Cols = p.Cols[:n]
		if err := b.add(ctx, p, seqs); err != nil {
			return err
		}
	}
	return w.bigs(ctx, b)
}

// bigs computes sorted partitions and writes the results, up to the first one that
// fails.
func (w *window) bigs(ctx context.Context, b *bigSort) error {
	for {
		p, err := b.next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			w.sorting = nil
			return b.Close()
		}
		bad, err := w.bigOne(ctx, p)
		if e := p.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
		if bad != nil {
			w.failed(p.number, bad)
			w.sorting = nil
			return b.Close()
		}
	}
}

// bigOne computes a partition; bad is its error.
func (w *window) bigOne(ctx context.Context, p *bigPartition) (bad, err error) {
	n := len(w.n.Input.Columns())
	states := make([]callState, len(w.calls))
	var run sortedRun
	for {
		cols := p.nextBlock()
		if cols == nil {
			w.sp.main.add(run)
			return nil, nil
		}
		rows := p.block()
		out := append([]*page.Vector{}, cols[:n]...)
		outs := make([]*page.Builder, len(w.calls))
		for k := range w.calls {
			outs[k] = page.NewBuilder(w.calls[k].Func.Result)
		}
		bad := p.values(ctx, w.calls, states, outs)
		if err := p.failed(); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil || bad != nil {
			return bad, err
		}
		for _, o := range outs {
			out = append(out, o.Finish())
		}
		number := make([]int64, rows)
		for i := range number {
			number[i] = p.number
		}
		out = append(out, &page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: rows, I64: number})
		if err := w.sp.main.runs.put(&run, out, rows); err != nil {
			return nil, err
		}
	}
}
