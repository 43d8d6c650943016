package exec

// Runs: sorted rows in a temporary file, and their merge. What an operator puts
// on disk comes back through here: sorted runs of a sort, and results that were
// computed part by part and must come in the order of a single pass, which is
// why they carry a column that numbers them.

import (
	"context"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

const (
	// fanIn is how many runs are merged at once; each needs a chunk in memory.
	fanIn = 64
	// chunkBytes is about the size of a chunk in memory.
	chunkBytes = 128 << 10
)

// chunkRows is how many of n rows that take size bytes make a chunk.
func chunkRows(n int, size int64) int {
	if n == 0 || size <= 0 {
		return page.DefaultRows
	}
	return max(1, min(page.DefaultRows, int(chunkBytes*int64(n)/size)))
}

// sortedRun is a sorted sequence of rows. Where fail is not nil the last row stands
// for that error.
type sortedRun struct {
	chunks []spill.Chunk
	fail   error
}

// runs is a set of runs over the same columns.
type runs struct {
	file *spill.File
	ts   []types.Type
	keys []plan.SortKey
	list []sortedRun

	numbers bool // the keys are one or two bigint columns without NULLs, ascending
}

func newRuns(env *Env, ts []types.Type, keys []plan.SortKey) *runs {
	return &runs{file: env.Space.File(), ts: ts, keys: keys}
}

// write adds a run: rows order of vecs, which take size bytes.
func (r *runs) write(ctx context.Context, vecs []*page.Vector, order []int32, size int64) error {
	var out sortedRun
	rows := chunkRows(len(order), size)
	mem := make([]page.Vector, len(vecs))
	cols := make([]*page.Vector, len(vecs))
	for len(order) > 0 {
		sel := order[:min(rows, len(order))]
		order = order[len(sel):]
		for k, v := range vecs {
			page.GatherInto(&mem[k], v, sel)
			cols[k] = &mem[k]
		}
		c, err := r.file.Write(cols, 0, len(sel))
		if err != nil {
			return err
		}
		out.chunks = append(out.chunks, c)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	r.list = append(r.list, out)
	return nil
}

// reduce merges neighbouring runs until few enough are left to be merged at once.
func (r *runs) reduce(ctx context.Context) error {
	for len(r.list) > fanIn {
		var next []sortedRun
		for len(r.list) > 0 {
			part := r.list[:min(fanIn, len(r.list))]
			r.list = r.list[len(part):]
			if len(part) == 1 {
				next = append(next, part[0])
				continue
			}
			out, err := r.reduced(ctx, part)
			if err != nil {
				return err
			}
			next = append(next, out)
		}
		r.list = next
	}
	return nil
}

// put appends n rows to a run.
func (r *runs) put(out *sortedRun, cols []*page.Vector, n int) error {
	var size int64
	for _, v := range cols {
		size += v.Size()
	}
	rows := chunkRows(n, size)
	for from := 0; from < n; from += rows {
		c, err := r.file.Write(cols, from, min(n, from+rows))
		if err != nil {
			return err
		}
		out.chunks = append(out.chunks, c)
	}
	return nil
}

// reduced merges runs into one.
func (r *runs) reduced(ctx context.Context, part []sortedRun) (sortedRun, error) {
	var out sortedRun
	m := newMerger(r, part, page.DefaultRows)
	for {
		p, err := m.next(ctx)
		if err != nil && m.failed != nil {
			out.fail = err // its row, which the merge has held back
			return out, r.put(&out, m.last, 1)
		}
		if p == nil || err != nil {
			return out, err
		}
		if err := r.put(&out, p.Cols, p.Rows); err != nil {
			return out, err
		}
	}
}

// merge yields the rows of all runs in order; rows that compare equal come in the
// order of their runs.
func (r *runs) merge(ctx context.Context, rows int) (*merger, error) {
	if err := r.reduce(ctx); err != nil {
		return nil, err
	}
	return newMerger(r, r.list, rows), nil
}

func (r *runs) Close() error {
	if r == nil {
		return nil
	}
	return r.file.Close()
}

// stream reads one run.
type stream struct {
	run    sortedRun
	number int
	cols   []*page.Vector
	row    int32
	rows   int32
	a, b   []int64 // the keys, where they are plain integers
}

// rowRef is a row of some page.
type rowRef struct {
	cols []*page.Vector
	row  int32
}

// merger merges runs.
type merger struct {
	file      *spill.File
	ts        []types.Type
	keys      []plan.SortKey
	numbers   bool      // the keys are one or two columns that number rows
	heap      []*stream // the least first
	rows      int       // of a page
	started   bool
	wait      []sortedRun
	refs      []rowRef
	page      page.Page
	mem       []page.Vector
	checks    bool           // some keys are of types that have values without an order
	unordered error          // what such values gave
	failed    error          // the error of a run, which comes after the rows in front of it
	last      []*page.Vector // the row that stands for it
}

func newMerger(r *runs, list []sortedRun, rows int) *merger {
	m := &merger{file: r.file, ts: r.ts, keys: r.keys, numbers: r.numbers, wait: list, rows: rows, mem: make([]page.Vector, len(r.ts))}
	m.page.Cols = make([]*page.Vector, len(r.ts))
	for _, k := range r.keys {
		m.checks = m.checks || page.PhysOf(r.ts[k.Col]) >= page.PhysArray
	}
	return m
}

// load reads a stream's next chunk; false at its end.
func (m *merger) load(s *stream) (bool, error) {
	if len(s.run.chunks) == 0 {
		return false, nil
	}
	c := s.run.chunks[0]
	s.run.chunks = s.run.chunks[1:]
	cols, err := m.file.Read(c, m.ts)
	if err != nil {
		return false, err
	}
	s.cols, s.row, s.rows = cols, 0, int32(c.Rows)
	if m.numbers {
		s.a = cols[m.keys[0].Col].I64
		s.b = cols[m.keys[len(m.keys)-1].Col].I64
	}
	return true, nil
}

func (m *merger) less(a, b *stream) bool {
	if m.checks && m.unordered == nil {
		m.unordered = checkOrder(m.keys, a.cols, int(a.row), b.cols, int(b.row))
	}
	if m.numbers {
		if x, y := a.a[a.row], b.a[b.row]; x != y {
			return x < y
		}
		if x, y := a.b[a.row], b.b[b.row]; x != y {
			return x < y
		}
		return a.number < b.number
	}
	if c := compareRows(m.keys, a.cols, int(a.row), b.cols, int(b.row)); c != 0 {
		return c < 0
	}
	return a.number < b.number
}

func (m *merger) down(i int) {
	for {
		k := 2*i + 1
		if k >= len(m.heap) {
			return
		}
		if k+1 < len(m.heap) && m.less(m.heap[k+1], m.heap[k]) {
			k++
		}
		if !m.less(m.heap[k], m.heap[i]) {
			return
		}
		m.heap[i], m.heap[k] = m.heap[k], m.heap[i]
		i = k
	}
}

func (m *merger) next(ctx context.Context) (*page.Page, error) {
	if m.failed != nil {
		return nil, m.failed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !m.started {
		m.started = true
		for n, r := range m.wait {
			s := &stream{run: r, number: n}
			some, err := m.load(s)
			if err != nil {
				return nil, err
			}
			if some {
				m.heap = append(m.heap, s)
			}
		}
		m.wait = nil
		for i := len(m.heap)/2 - 1; i >= 0; i-- {
			m.down(i)
		}
	}
	m.refs = m.refs[:0]
	for len(m.refs) < m.rows && len(m.heap) > 0 {
		s := m.heap[0]
		if s.run.fail != nil && s.row == s.rows-1 && len(s.run.chunks) == 0 {
			m.failed = s.run.fail
			for _, v := range s.cols {
				m.last = append(m.last, copyVector(v, []int32{s.row}))
			}
			break
		}
		m.refs = append(m.refs, rowRef{s.cols, s.row})
		if s.row++; s.row == s.rows {
			some, err := m.load(s)
			if err != nil {
				return nil, err
			}
			if !some {
				last := len(m.heap) - 1
				m.heap[0] = m.heap[last]
				m.heap = m.heap[:last]
			}
		}
		m.down(0)
		if m.unordered != nil {
			return nil, m.unordered
		}
	}
	if len(m.refs) == 0 {
		return nil, m.failed
	}
	for k, t := range m.ts {
		gatherRefs(&m.mem[k], t, m.refs, k)
		m.page.Cols[k] = &m.mem[k]
	}
	m.page.Rows = len(m.refs)
	return &m.page, nil
}

// gatherRefs gathers column k of the rows. Strings stay where they are.
func gatherRefs(out *page.Vector, t types.Type, refs []rowRef, k int) {
	phys := page.PhysOf(t)
	n := len(refs)
	if phys == page.PhysNone || phys >= page.PhysArray {
		b := page.NewBuilder(t)
		for _, r := range refs {
			appendOne(b, r.cols[k], int(r.row))
		}
		*out = *b.Finish()
		return
	}
	out.Type, out.Phys, out.Len, out.Const = t, phys, n, false
	some := false
	nulls := resized(out.Nulls, n)
	for i, r := range refs {
		nulls[i] = r.cols[k].IsNull(int(r.row))
		some = some || nulls[i]
	}
	if out.Nulls = nil; some {
		out.Nulls = nulls
	}
	switch phys {
	case page.PhysBool:
		out.Bools = resized(out.Bools, n)
		for i, r := range refs {
			if v := r.cols[k]; !nulls[i] {
				out.Bools[i] = v.Bools[r.row]
			}
		}
	case page.PhysInt64:
		out.I64 = resized(out.I64, n)
		for i, r := range refs {
			if v := r.cols[k]; v.Phys == page.PhysInt64 {
				out.I64[i] = v.I64[r.row]
			} else if v.Phys == page.PhysInt128 {
				out.I64[i] = v.I128[r.row].Int64()
			}
		}
	case page.PhysFloat64:
		out.F64 = resized(out.F64, n)
		for i, r := range refs {
			if v := r.cols[k]; !nulls[i] {
				out.F64[i] = v.F64[r.row]
			}
		}
	case page.PhysInt128:
		out.I128 = resized(out.I128, n)
		for i, r := range refs {
			if nulls[i] {
				out.I128[i] = decimal.Int128{}
				continue
			}
			out.I128[i] = r.cols[k].Int128At(int(r.row))
		}
	case page.PhysInstant:
		out.TZ = resized(out.TZ, n)
		for i, r := range refs {
			if v := r.cols[k]; !nulls[i] {
				out.TZ[i] = v.TZ[r.row]
			}
		}
	case page.PhysTimeTZ:
		out.TimeTZ = resized(out.TimeTZ, n)
		for i, r := range refs {
			if v := r.cols[k]; !nulls[i] {
				out.TimeTZ[i] = v.TimeTZ[r.row]
			}
		}
	case page.PhysBytes:
		out.Str = resized(out.Str, n)
		for i, r := range refs {
			out.Str[i] = ""
			if v := r.cols[k]; !nulls[i] {
				out.Str[i] = v.Str[r.row]
			}
		}
	}
}

// externalSort sorts rows, in memory as long as they fit.
type externalSort struct {
	env     *Env
	columns []plan.Column
	keys    []plan.SortKey
	acc     *spill.Account
	store   *rowStore
	runs    *runs
	emit    *emitter
	merger  *merger
}

func newExternalSort(env *Env, columns []plan.Column, keys []plan.SortKey) *externalSort {
	return &externalSort{env: env, columns: columns, keys: keys, acc: env.Memory.Account(), store: newRowStore(columns)}
}

// maxRows is how many rows are held as one piece: row numbers have 31 bits.
const maxRows = 1 << 30

func (s *externalSort) add(ctx context.Context, p *page.Page) error {
	if p.Len() == 0 {
		return nil
	}
	s.store.add(p)
	if s.acc.Hold(s.store.size()) || s.store.n > maxRows {
		return s.flush(ctx)
	}
	return nil
}

// flush writes what there is as a run.
func (s *externalSort) flush(ctx context.Context) error {
	if s.store.n == 0 {
		return nil
	}
	if s.runs == nil {
		s.runs = newRuns(s.env, columnTypes(s.columns), s.keys)
	}
	order := identity(s.store.n)
	if err := sortRows(order, s.store.seal(), s.keys); err != nil {
		return err
	}
	err := s.runs.write(ctx, s.store.vecs, order, s.store.size())
	s.store = newRowStore(s.columns)
	s.acc.Free()
	return err
}

// end sorts; no add follows.
func (s *externalSort) end(ctx context.Context) (err error) {
	if s.runs == nil {
		order := identity(s.store.n)
		if err := sortRows(order, s.store.seal(), s.keys); err != nil {
			return err
		}
		s.emit = newEmitter(s.store.vecs, order, s.env.pageRows())
		return nil
	}
	if err := s.flush(ctx); err != nil {
		return err
	}
	s.merger, err = s.runs.merge(ctx, s.env.pageRows())
	return err
}

func (s *externalSort) next(ctx context.Context) (*page.Page, error) {
	if s.merger != nil {
		return s.merger.next(ctx)
	}
	return s.emit.next(), nil
}

func (s *externalSort) Close() error {
	if s == nil {
		return nil
	}
	s.acc.Free()
	return s.runs.Close()
}
