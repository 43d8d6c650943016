package reader

// recorder: a file's pages pass by, and columns of them are kept.

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/ionq-db/ionq/reader/clock"
	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

var _ Selector = (*recorder)(nil)

type recorder struct {
	PageSource // of the file
	soft       softSource
	split      Split
	opt        Options
	keys       keys
	identity   string
	table      *Table
	columns    []int

	writers []*colcache.Writer // by column of the projection; nil for those not kept
	late    []bool             // columns that the caller loads, and the file's source does not
	ticked  []bool             // of the page at hand: kept without having been decoded
	page    page.Page
	full    []*page.Vector // columns of the file's page
	picked  []page.Vector
	records int64
	written int64
	over    bool // nothing more is to be kept

	mu       sync.Mutex
	warnings []string
}

// record opens a file and keeps the columns that are read.
func record(ctx context.Context, t *Table, split Split, columns []int, opt Options, k keys, identity string) (PageSource, error) {
	r := &recorder{
		split: split, opt: opt, keys: k, identity: identity, table: t, columns: columns,
		writers: make([]*colcache.Writer, len(columns)), late: make([]bool, len(columns)),
		ticked: make([]bool, len(columns)), picked: make([]page.Vector, len(columns)),
	}
	in := opt
	in.Cache, in.Lazy, in.Late, in.keep = nil, false, nil, r
	n := 0
	for i, c := range columns {
		late := slices.Contains(opt.Late, i)
		if n < maxRecorded && !opt.Cache.Has(k.columns[i]) {
			r.writers[i] = opt.Cache.Create(k.columns[i], t.Columns[c].Type)
		}
		switch {
		case r.writers[i] != nil:
			n++
			if late {
				r.late[i] = true
				in.soft = append(in.soft, i)
			}
		case late:
			in.Late = append(in.Late, i)
		}
	}
	if opt.Warn != nil {
		in.Warn = func(msg string) {
			r.mu.Lock()
			r.warnings = append(r.warnings, msg)
			r.mu.Unlock()
			opt.Warn(msg)
		}
	}
	src, err := openFile(ctx, t, split, columns, in)
	if err != nil {
		r.discard()
		return nil, err
	}
	r.PageSource, r.soft = src, src.(softSource)
	return r, nil
}

func (r *recorder) discard() {
	r.over = true
	for i, w := range r.writers {
		if w != nil {
			w.Discard()
			r.writers[i] = nil
		}
	}
}

// room implements keeper.
func (r *recorder) room(k, n int) []int64 {
	if w := r.writers[k]; w != nil {
		return w.Room(n)
	}
	return nil
}

// ticks implements keeper.
func (r *recorder) ticks(k, n int) (*clock.Parser, []int64) {
	if w := r.writers[k]; w != nil && r.late[k] {
		return w.Ticks(n)
	}
	return nil, nil
}

// taken implements keeper.
func (r *recorder) taken(k int) { r.ticked[k] = true }

func (r *recorder) Next(ctx context.Context) (*page.Page, error) {
	clear(r.ticked)
	p, err := r.PageSource.Next(ctx)
	if err != nil {
		r.discard()
		return nil, err
	}
	if p == nil {
		if !r.over {
			r.over = true
			r.commit(ctx)
		}
		return nil, nil
	}
	r.records += int64(p.Rows)
	r.full = append(r.full[:0], p.Cols...)
	for i := range r.writers {
		r.keep(i, p)
	}
	r.budget()
	cols := append(r.page.Cols[:0], p.Cols...)
	r.page = *p
	r.page.Cols = cols
	for i, late := range r.late {
		if late || r.opt.Lazy && r.writers[i] != nil {
			r.page.Cols[i] = nil
		}
	}
	return &r.page, nil
}

// keep adds the page's rows of a column to what is kept.
func (r *recorder) keep(i int, p *page.Page) {
	w := r.writers[i]
	if w == nil {
		return
	}
	var err error
	if r.ticked[i] {
		err = w.AddTicks(p.Rows)
	} else {
		err = w.Add(p.Cols[i], 0, p.Rows)
	}
	if r.late[i] {
		for _, bad := range r.soft.bad(i) {
			if err == nil {
				err = w.Bad(p.Row+int64(bad.row), bad.err)
			}
		}
	}
	if err != nil {
		r.drop(i)
	}
}

// drop keeps a column no longer.
func (r *recorder) drop(i int) {
	r.writers[i].Discard()
	r.writers[i] = nil
}

// budget gives the widest columns up where more is written than is worth it.
func (r *recorder) budget() {
	for {
		var all, most int64
		widest := -1
		for i, w := range r.writers {
			if w == nil {
				continue
			}
			n := w.Written()
			if all += n; n > most {
				most, widest = n, i
			}
		}
		if all == r.written || all <= r.PageSource.Stats().BytesRaw/keptShare+1<<20 {
			r.written = all
			return
		}
		r.drop(widest)
	}
}

// commit publishes what was kept, where the file is still the one that it was when
// it was opened.
func (r *recorder) commit(ctx context.Context) {
	id, err := r.split.Identify(ctx)
	if err != nil || id.Key != r.identity {
		r.discard()
		return
	}
	for i, w := range r.writers {
		if w == nil {
			continue
		}
		name := r.table.Columns[r.columns[i]].Name
		r.mu.Lock()
		var own []string
		for _, msg := range r.warnings {
			if strings.HasPrefix(msg, "column "+name+": ") {
				own = append(own, msg)
			}
		}
		r.mu.Unlock()
		_ = w.Commit(r.records, own) // where it fails the user has been told
		r.writers[i] = nil
	}
	if !r.opt.Cache.Has(r.keys.rows) {
		if w := r.opt.Cache.Create(r.keys.rows, types.Bigint); w != nil {
			_ = w.Commit(r.records, nil)
		}
	}
}

// Load implements PageSource.
func (r *recorder) Load(k int, rows []int32) (*page.Vector, error) {
	if !r.late[k] {
		if r.full[k] != nil {
			r.page.Cols[k] = r.full[k]
			return r.full[k], nil
		}
		v, err := r.PageSource.Load(k, rows)
		r.page.Cols[k] = v
		return v, err
	}
	for _, bad := range r.soft.bad(k) {
		if _, found := slices.BinarySearch(rows, bad.row); found || rows == nil {
			return nil, bad.err
		}
	}
	v := r.full[k]
	if v == nil { // ticks are all that was read of it
		var err error
		if v, err = r.PageSource.Load(k, rows); err != nil {
			return nil, err
		}
	}
	r.page.Cols[k] = v
	return v, nil
}

// Select implements Selector.
func (r *recorder) Select(k int, c *colcache.Condition, rows, dst []int32) ([]int32, colcache.Outcome, error) {
	w := r.writers[k]
	if w == nil || r.late[k] && len(r.soft.bad(k)) > 0 {
		return dst, colcache.Unknown, nil
	}
	dst, out := w.Select(c, rows, dst)
	return dst, out, nil
}

// Clean implements Selector, as the file's source does without the cache.
func (r *recorder) Clean(int) bool { return false }

// Pick implements Selector.
func (r *recorder) Pick(k int, rows []int32) (*page.Vector, error) {
	v, err := r.Load(k, rows)
	if err != nil {
		return nil, err
	}
	page.GatherInto(&r.picked[k], v, rows)
	return &r.picked[k], nil
}

// Codes implements Selector.
func (r *recorder) Codes(int, []int32) (*page.Vector, error) { return nil, nil }

func (r *recorder) Close() error {
	r.discard()
	return r.PageSource.Close()
}
