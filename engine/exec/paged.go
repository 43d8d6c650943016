package exec

// Rows on disk that are read by number, a bounded number of pages at a time: what
// a window or a row pattern over more rows than there is memory for needs.

import (
	"sort"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

// leastPages is how many pages are held whatever the budget: those of the row at
// hand, of both ends of its frame, and of what a call reads beside.
const leastPages = 8

// pagedRows are rows of some columns, in order. They are written first and read
// then. It belongs to one goroutine.
type pagedRows struct {
	file   *spill.File
	ts     []types.Type
	chunks []spill.Chunk
	first  []int // the number of each chunk's first row, and of all rows

	b    []*page.Builder // rows that are not written yet
	wait int             // how many
	room int64           // what may be held

	held  map[int]*heldPage
	size  int64
	clock int64
	last  *heldPage
	err   error // of reading: the rows that were asked for are all NULL then
}

// heldPage is a chunk in memory.
type heldPage struct {
	cols     []*page.Vector
	from, to int
	used     int64
	size     int64
}

func newPagedRows(env *Env, file *spill.File, ts []types.Type) *pagedRows {
	r := &pagedRows{file: file, ts: ts, first: []int{0}, room: env.Memory.Limit() / 4, held: map[int]*heldPage{}}
	for _, t := range ts {
		r.b = append(r.b, page.NewBuilder(t))
	}
	return r
}

// n is the number of rows.
func (r *pagedRows) n() int { return r.first[len(r.first)-1] + r.wait }

// add appends rows from..to-1 of cols.
func (r *pagedRows) add(cols []*page.Vector, from, to int) error {
	for from < to {
		n := min(to-from, page.DefaultRows-r.wait)
		size := int64(0)
		for k, b := range r.b {
			if cols[k].Phys == page.PhysNone {
				for range n {
					b.Null()
				}
			} else {
				b.AppendRange(cols[k], from, from+n)
			}
			size += b.Size()
		}
		from += n
		r.wait += n
		if r.wait >= page.DefaultRows || size > 2*chunkBytes {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush writes what was added; rows can be read then.
func (r *pagedRows) flush() error {
	n := r.wait
	if n == 0 {
		return nil
	}
	cols := make([]*page.Vector, len(r.b))
	for k, b := range r.b {
		cols[k] = b.Vector()
	}
	c, err := r.file.Write(cols, 0, n)
	if err != nil {
		return err
	}
	r.chunks = append(r.chunks, c)
	r.first = append(r.first, r.first[len(r.first)-1]+n)
	for _, b := range r.b {
		b.Finish()
	}
	r.wait = 0
	return nil
}

// row gives row i: vectors, and its place in them. They are valid until the next
// call.
func (r *pagedRows) row(i int) (cols []*page.Vector, at int32) {
	if p := r.last; p == nil || i < p.from || i >= p.to {
		r.last = r.load(sort.SearchInts(r.first, i+1) - 1)
	}
	if r.last.from == r.last.to { // it could not be read
		return r.last.cols, 0
	}
	return r.last.cols, int32(i - r.last.from)
}

// after is the row behind those that can be had with row i.
func (r *pagedRows) after(i int) int {
	r.row(i)
	return max(r.last.to, i+1)
}

// load gives a chunk.
func (r *pagedRows) load(k int) *heldPage {
	r.clock++
	if p := r.held[k]; p != nil {
		p.used = r.clock
		return p
	}
	cols, err := r.file.Read(r.chunks[k], r.ts)
	if err != nil {
		r.err = err
		p := &heldPage{}
		for _, t := range r.ts {
			p.cols = append(p.cols, nullVector(t, 1))
		}
		return p
	}
	p := &heldPage{cols: cols, from: r.first[k], to: r.first[k+1], used: r.clock, size: r.chunks[k].Size}
	for len(r.held) >= leastPages && r.size+p.size > r.room {
		oldest := -1
		for i, h := range r.held {
			if oldest < 0 || h.used < r.held[oldest].used {
				oldest = i
			}
		}
		r.size -= r.held[oldest].size
		delete(r.held, oldest)
	}
	r.held[k] = p
	r.size += p.size
	return p
}
