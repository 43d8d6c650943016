package exec

// Sort and TopN: stable, so that rows with equal keys keep their order. Past the
// memory budget both go on in sorted runs on disk (runs.go).

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// compareRows orders row i of a before (negative) or after row j of b.
func compareRows(keys []plan.SortKey, a []*page.Vector, i int, b []*page.Vector, j int) int {
	for _, k := range keys {
		v, w := a[k.Col], b[k.Col]
		vn, wn := v.IsNull(i), w.IsNull(j)
		if vn || wn {
			if vn == wn {
				continue
			}
			if vn == k.NullsFirst {
				return -1
			}
			return 1
		}
		if c := expr.CompareValues(v, i, w, j); c != 0 {
			if k.Desc {
				return -c
			}
			return c
		}
	}
	return 0
}

// checkOrder gives the error of values that compareRows comes to and that have no
// order.
func checkOrder(keys []plan.SortKey, a []*page.Vector, i int, b []*page.Vector, j int) error {
	for n, k := range keys {
		v, w := a[k.Col], b[k.Col]
		if v.Phys >= page.PhysArray && !v.IsNull(i) && !w.IsNull(j) {
			if err := expr.CheckOrder(v, i, w, j); err != nil {
				return err
			}
		}
		if compareRows(keys[n:n+1], a, i, b, j) != 0 {
			return nil
		}
	}
	return nil
}

// sortRows sorts row numbers of vecs. The error is that of values that have no
// order: arrays and rows with NULLs in them.
func sortRows(order []int32, vecs []*page.Vector, keys []plan.SortKey) error {
	var err error
	for _, k := range keys {
		if vecs[k.Col].Phys >= page.PhysArray { // rare: look for what cannot be ordered
			slices.SortStableFunc(order, func(i, j int32) int {
				v := vecs[k.Col]
				if err == nil && !v.IsNull(int(i)) && !v.IsNull(int(j)) {
					err = expr.CheckOrder(v, int(i), v, int(j))
				}
				return compareRows(keys, vecs, int(i), vecs, int(j))
			})
			return err
		}
	}
	if len(keys) == 0 {
		return nil
	}
	for len(keys) > 1 && oneInt64(vecs[keys[0].Col], order) {
		keys = keys[1:]
	}
	// The first key's first 64 bits decide most comparisons, and its place those of
	// rows that are equal: a sort that is not stable, and so faster, will do.
	items := make([]sortItem, len(order))
	prefixes(items, order, vecs[keys[0].Col], keys[0])
	slices.SortFunc(items, func(a, b sortItem) int {
		if a.prefix != b.prefix {
			if a.prefix < b.prefix {
				return -1
			}
			return 1
		}
		if c := compareRows(keys, vecs, int(a.row), vecs, int(b.row)); c != 0 {
			return c
		}
		return int(a.place) - int(b.place)
	})
	for i := range items {
		order[i] = items[i].row
	}
	return nil
}

// oneInt64 reports whether all rows of a column of integers are equal, as the
// numbers of partitions often are (windowpaged.go).
func oneInt64(v *page.Vector, order []int32) bool {
	if v.Phys != page.PhysInt64 || v.Nulls != nil {
		return false
	}
	for _, row := range order {
		if v.I64[row] != v.I64[order[0]] {
			return false
		}
	}
	return true
}

// sortItem is a row with a number that never orders it after a row that it comes
// before.
type sortItem struct {
	prefix     uint64
	row, place int32
}

// prefixes fills items.
func prefixes(items []sortItem, order []int32, v *page.Vector, k plan.SortKey) {
	shared := sharedPrefix(v, order)
	for i, row := range order {
		it := &items[i]
		it.row, it.place = row, int32(i)
		if v.IsNull(int(row)) {
			if !k.NullsFirst {
				it.prefix = math.MaxUint64
			}
			continue
		}
		switch v.Phys {
		case page.PhysInt64:
			it.prefix = uint64(v.I64[row]) ^ 1<<63
		case page.PhysInt128:
			it.prefix = uint64(v.I128[row].Hi) ^ 1<<63
		case page.PhysFloat64:
			f := v.F64[row] + 0 // -0 is 0
			u := math.Float64bits(f)
			switch {
			case f != f:
				u = math.MaxUint64 // the last of all
			case u>>63 != 0:
				u = ^u
			default:
				u |= 1 << 63
			}
			it.prefix = u
		case page.PhysBytes:
			if shared >= 0 {
				var b [8]byte
				copy(b[:], v.Str[row][shared:])
				it.prefix = binary.BigEndian.Uint64(b[:])
			}
		}
		if k.Desc {
			it.prefix = ^it.prefix
		}
	}
}

// sharedPrefix is how many bytes all strings begin with alike; -1 where strings
// are not ordered by their bytes.
func sharedPrefix(v *page.Vector, order []int32) int {
	if v.Type.Kind != types.KindVarchar && v.Type.Kind != types.KindVarbinary {
		return -1
	}
	first, some := "", false
	for _, row := range order {
		if v.IsNull(int(row)) {
			continue
		}
		s := v.Str[row]
		if !some {
			first, some = s, true
		}
		n := 0
		for n < len(first) && n < len(s) && first[n] == s[n] {
			n++
		}
		if first = first[:n]; n == 0 {
			break
		}
	}
	return len(first)
}

// rowStore keeps copied rows of all columns.
type rowStore struct {
	b    []*page.Builder
	vecs []*page.Vector
	n    int
}

func newRowStore(columns []plan.Column) *rowStore { return &rowStore{b: builders(columns)} }

func (s *rowStore) add(p *page.Page) {
	appendRows(s.b, p.Cols, p)
	s.n += p.Len()
}

// size is about the memory that the rows take, what sorting them needs included.
func (s *rowStore) size() int64 {
	n := 20 * int64(s.n)
	for _, b := range s.b {
		n += b.Size()
	}
	return n
}

// seal gives the columns.
func (s *rowStore) seal() []*page.Vector {
	s.vecs = s.vecs[:0]
	for _, b := range s.b {
		s.vecs = append(s.vecs, b.Vector())
	}
	return s.vecs
}

// drain adds all rows of an operator.
func (s *rowStore) drain(ctx context.Context, in Operator) error {
	for {
		p, err := in.Next(ctx)
		if p == nil || err != nil {
			return err
		}
		s.add(p)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// emitter yields chosen rows of vectors, page by page.
type emitter struct {
	vecs  []*page.Vector
	order []int32
	rows  int // of a page
	page  page.Page
	mem   []page.Vector
}

func newEmitter(vecs []*page.Vector, order []int32, rows int) *emitter {
	e := &emitter{vecs: vecs, order: order, rows: rows, mem: make([]page.Vector, len(vecs))}
	e.page.Cols = make([]*page.Vector, len(vecs))
	return e
}

func (e *emitter) next() *page.Page {
	if len(e.order) == 0 {
		return nil
	}
	sel := e.order[:min(len(e.order), e.rows)]
	e.order = e.order[len(sel):]
	for k, v := range e.vecs {
		page.GatherInto(&e.mem[k], v, sel)
		e.page.Cols[k] = &e.mem[k]
	}
	e.page.Rows = len(sel)
	return &e.page
}

// identity returns 0..n-1.
func identity(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

type sorter struct {
	in   Operator
	n    *plan.Sort
	env  *Env
	sort *externalSort
}

func newSort(in Operator, n *plan.Sort, env *Env) Operator { return &sorter{in: in, n: n, env: env} }

func (o *sorter) Next(ctx context.Context) (*page.Page, error) {
	if o.sort == nil {
		o.sort = newExternalSort(o.env, o.n.Columns(), o.n.Keys)
		if err := o.run(ctx); err != nil {
			return nil, err
		}
	}
	return o.sort.next(ctx)
}

func (o *sorter) run(ctx context.Context) error {
	for {
		p, err := o.in.Next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			return o.sort.end(ctx)
		}
		if err := o.sort.add(ctx, p); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (o *sorter) Close() error { return errors.Join(o.in.Close(), o.sort.Close()) }

// topN keeps the first N rows of the order: it collects rows, and whenever there
// are many it sorts them and drops those that cannot be among the first any
// more. From then on rows behind the N-th are not even copied.
type topN struct {
	in    Operator
	n     *plan.TopN
	env   *Env
	store *rowStore
	full  bool // the store holds N rows in order, so the last one bounds
	sel   []int32
	emit  *emitter
	acc   *spill.Account
	// Past the budget the rest is a sort, of which the first rows are given.
	sort *externalSort
	left int64          // rows that are still to come
	last []*page.Vector // the last row given, for ties
	page page.Page
}

// topNSlack is how many rows more than N (and 3 times N at most) are collected
// between two prunings.
const topNSlack = 4096

func newTopN(in Operator, n *plan.TopN, env *Env) Operator { return &topN{in: in, n: n, env: env} }

func (o *topN) Next(ctx context.Context) (*page.Page, error) {
	if o.emit == nil && o.sort == nil {
		if err := o.run(ctx); err != nil {
			return nil, err
		}
	}
	if o.sort != nil {
		return o.sorted(ctx)
	}
	return o.emit.next(), nil
}

// sorted gives the first N rows of the sort, and further ones that are ties.
func (o *topN) sorted(ctx context.Context) (*page.Page, error) {
	if o.left <= 0 && (!o.n.WithTies || o.last == nil) {
		return nil, nil
	}
	p, err := o.sort.next(ctx)
	if p == nil || err != nil {
		return nil, err
	}
	n := int(min(o.left, int64(p.Rows)))
	o.left -= int64(n)
	if o.left == 0 && o.n.WithTies {
		if n > 0 {
			o.last = make([]*page.Vector, len(p.Cols))
			for k, v := range p.Cols {
				o.last[k] = copyVector(v, []int32{int32(n - 1)})
			}
		}
		for n < p.Rows && compareRows(o.n.Keys, p.Cols, n, o.last, 0) == 0 {
			n++
		}
		if n < p.Rows {
			o.last = nil // no more ties
		}
	}
	if n == p.Rows {
		return p, nil
	}
	o.page = *p
	o.page.Sel = identity(n)
	return &o.page, nil
}

func (o *topN) run(ctx context.Context) error {
	o.store = newRowStore(o.n.Columns())
	o.acc = o.env.Memory.Account()
	if o.n.N <= 0 {
		o.emit = newEmitter(o.store.seal(), nil, o.env.pageRows())
		return nil
	}
	bound := 0 // the row of the store that later rows must come before
	for {
		p, err := o.in.Next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			break
		}
		if o.full {
			vecs := o.store.seal()
			o.sel = o.sel[:0]
			keep := func(i int32) {
				c := compareRows(o.n.Keys, p.Cols, int(i), vecs, bound)
				if c < 0 || c == 0 && o.n.WithTies {
					o.sel = append(o.sel, i)
				}
			}
			if p.Sel != nil {
				for _, i := range p.Sel {
					keep(i)
				}
			} else {
				for i := range p.Rows {
					keep(int32(i))
				}
			}
			q := *p
			q.Sel = o.sel
			o.store.add(&q)
		} else {
			o.store.add(p)
		}
		if int64(o.store.n) > o.n.N+min(2*o.n.N, topNSlack)+topNSlack {
			if bound, err = o.prune(); err != nil {
				return err
			}
		}
		if o.acc.Hold(o.store.size()) || o.store.n > maxRows {
			return o.spill(ctx)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if _, err := o.prune(); err != nil {
		return err
	}
	o.emit = newEmitter(o.store.seal(), identity(o.store.n), o.env.pageRows())
	return nil
}

// prune sorts what there is and drops what is too much. It returns the place of
// the N-th row.
func (o *topN) prune() (bound int, err error) {
	vecs := o.store.seal()
	order := identity(o.store.n)
	if err := sortRows(order, vecs, o.n.Keys); err != nil {
		return 0, err
	}
	end := min(len(order), int(min(o.n.N, int64(len(order)))))
	if end == 0 {
		return 0, nil
	}
	bound = end - 1
	if o.n.WithTies {
		for end < len(order) && compareRows(o.n.Keys, vecs, int(order[end]), vecs, int(order[bound])) == 0 {
			end++
		}
	}
	next := newRowStore(o.n.Columns())
	next.add(&page.Page{Rows: o.store.n, Cols: vecs, Sel: order[:end]})
	o.full = int64(bound) == o.n.N-1
	o.store = next
	return bound, nil
}

// spill hands the rows so far, and all that come, to a sort. Rows that were
// dropped are behind N others, and those that are there are in their order, or in
// that of the input where their keys are equal.
func (o *topN) spill(ctx context.Context) error {
	o.sort, o.left = newExternalSort(o.env, o.n.Columns(), o.n.Keys), o.n.N
	o.acc.Free()
	o.sort.store, o.store = o.store, nil
	if err := o.sort.flush(ctx); err != nil {
		return err
	}
	for {
		p, err := o.in.Next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			return o.sort.end(ctx)
		}
		if err := o.sort.add(ctx, p); err != nil {
			return err
		}
	}
}

func (o *topN) Close() error { return errors.Join(o.in.Close(), o.free()) }

// free frees what it holds.
func (o *topN) free() error {
	if o.acc != nil {
		o.acc.Free()
	}
	return o.sort.Close()
}

// splitTopN gives the first rows of each split by itself.
type splitTopN struct {
	in    Operator
	n     *plan.TopN
	env   *Env
	top   *topN
	ended bool
}

func (o *splitTopN) reset() { o.top, o.ended = &topN{in: o.in, n: o.n, env: o.env}, false }

func (o *splitTopN) Next(ctx context.Context) (*page.Page, error) {
	if o.ended {
		return nil, nil
	}
	p, err := o.top.Next(ctx)
	if p == nil || err != nil {
		o.ended = true
		err = errors.Join(err, o.top.free())
	}
	return p, err
}

func (o *splitTopN) Close() error {
	err := o.in.Close()
	if o.top != nil && !o.ended {
		o.ended = true
		err = errors.Join(err, o.top.free())
	}
	return err
}
