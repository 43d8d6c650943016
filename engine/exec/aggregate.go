package exec

// Aggregate: GROUP BY with any number of grouping sets.
//
// The rows of every split are cut into pieces, at places that depend on the rows
// alone; each piece is aggregated by itself, into a part, and the parts are
// merged in the order of the splits. Groups therefore come in order of first
// appearance, and sums of doubles, which depend on the order of additions, do not
// depend on the number of workers, on the size of pages, or on the memory: past
// the budget the parts go to disk (aggspill.go), to be merged there in the same
// order.

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// aggregation is what is to be computed; it is shared by all parts.
type aggregation struct {
	n     *plan.Aggregate
	env   *Env
	in    []types.Type
	sets  [][]bool // for each grouping set, which keys it keeps
	mark  bool     // the output has the set's ordinal
	needs []int    // input columns that are used
	make  []func() accumulator
	wide  []int // those of needs whose values have no fixed size
	free  bool  // the order of rows decides only that of the groups (aggfree.go)

	distinct []*distinctSet // aggdistinct.go
	later    []bool         // the calls that get their rows from those; nil: none
}

func newAggregation(n *plan.Aggregate, env *Env) (*aggregation, error) {
	a := &aggregation{n: n, env: env, mark: n.Sets != nil}
	for _, c := range n.Input.Columns() {
		a.in = append(a.in, c.Type)
	}
	n = unordered(n, a.in)
	a.n = n
	if n.Sets == nil {
		all := make([]bool, len(n.Keys))
		for i := range all {
			all[i] = true
		}
		a.sets = [][]bool{all}
	}
	for _, s := range n.Sets {
		keep := make([]bool, len(n.Keys))
		for _, k := range s {
			keep[k] = true
		}
		a.sets = append(a.sets, keep)
	}
	used := make([]bool, len(a.in))
	for _, k := range n.Keys {
		used[k] = true
	}
	for i := range n.Aggs {
		g := &n.Aggs[i]
		for _, k := range g.Args {
			used[k] = true
		}
		for _, k := range g.OrderBy {
			used[k.Col] = true
		}
		if g.Filter >= 0 {
			used[g.Filter] = true
		}
		call := plainly(*g)
		mk, err := accumulatorFor(&call, a.in, env)
		if err != nil {
			return nil, err
		}
		a.make = append(a.make, mk)
		if call.Distinct {
			if err := a.addDistinct(i); err != nil {
				return nil, err
			}
		}
	}
	for k, u := range used {
		if u {
			a.needs = append(a.needs, k)
			if page.PhysOf(a.in[k]) >= page.PhysBytes {
				a.wide = append(a.wide, k)
			}
		}
	}
	return a, nil
}

// looksAt reports whether an aggregate reads column k.
func (a *aggregation) looksAt(k int) bool {
	for i := range a.n.Aggs {
		g := &a.n.Aggs[i]
		if g.Filter == k || slices.Contains(g.Args, k) || slices.ContainsFunc(g.OrderBy, func(o plan.SortKey) bool { return o.Col == k }) {
			return true
		}
	}
	return false
}

// part is an aggregation's state over some rows.
type part struct {
	a    *aggregation
	tag  int64 // its place among the parts
	sets []setPart
	cols []*page.Vector // dense columns of the page at hand
	mem  []page.Vector
	// Scratch.
	keys   []*page.Vector
	groups []uint32
	picked []uint32
	sel    []int32
	args   []*page.Vector
	argMem []page.Vector
}

type setPart struct {
	table *keyTable
	accs  []accumulator
	spans []span // where the groups come from; of free aggregations
}

func (a *aggregation) newPart() *part {
	p := &part{a: a, cols: make([]*page.Vector, len(a.in)), mem: make([]page.Vector, len(a.in))}
	for set := range a.sets {
		p.sets = append(p.sets, a.newSet(set))
	}
	return p
}

func (a *aggregation) newSet(set int) setPart {
	var kept []types.Type
	for i, k := range a.n.Keys {
		if a.sets[set][i] {
			kept = append(kept, a.in[k])
		}
	}
	s := setPart{table: newKeyTable(kept)}
	if len(kept) == 0 { // one row, also over no rows
		s.table.n = 1
	}
	for _, mk := range a.make {
		acc := mk()
		acc.grow(s.table.n)
		s.accs = append(s.accs, acc)
	}
	return s
}

// add takes in the rows that pg stands for.
func (p *part) add(pg *page.Page) error {
	n := pg.Len()
	if n == 0 {
		return nil
	}
	for _, k := range p.a.needs {
		if pg.Sel == nil {
			p.cols[k] = pg.Cols[k]
		} else {
			page.GatherInto(&p.mem[k], pg.Cols[k], pg.Sel)
			p.cols[k] = &p.mem[k]
		}
	}
	for si := range p.sets {
		s := &p.sets[si]
		p.keys = p.keys[:0]
		for i, k := range p.a.n.Keys {
			if p.a.sets[si][i] {
				p.keys = append(p.keys, p.cols[k])
			}
		}
		p.groups = s.table.find(p.keys, n, p.groups)
		for ai, acc := range s.accs {
			acc.grow(s.table.n)
			if p.a.later != nil && p.a.later[ai] {
				continue
			}
			if err := p.feed(acc, &p.a.n.Aggs[ai]); err != nil {
				return err
			}
		}
	}
	return nil
}

// feed gives one accumulator the page's rows that its filter lets through.
func (p *part) feed(acc accumulator, g *plan.Agg) error {
	p.args = p.args[:0]
	for _, k := range g.Args {
		p.args = append(p.args, p.cols[k])
	}
	for _, k := range g.OrderBy {
		p.args = append(p.args, p.cols[k.Col])
	}
	groups := p.groups
	if g.Filter >= 0 {
		f := p.cols[g.Filter]
		p.sel, p.picked = p.sel[:0], p.picked[:0]
		for i, grp := range groups {
			if !f.IsNull(i) && f.Bools[i] {
				p.sel = append(p.sel, int32(i))
				p.picked = append(p.picked, grp)
			}
		}
		groups = p.picked
		for len(p.argMem) < len(p.args) {
			p.argMem = append(p.argMem, page.Vector{})
		}
		for k, v := range p.args {
			page.GatherInto(&p.argMem[k], v, p.sel)
			p.args[k] = &p.argMem[k]
		}
	}
	if len(groups) == 0 {
		return nil
	}
	if err := acc.add(groups, p.args); err != nil {
		return placed(err, g.P)
	}
	return nil
}

// merge takes in what another part holds; its rows come after p's.
func (p *part) merge(o *part) error {
	for si := range p.sets {
		s, os := &p.sets[si], &o.sets[si]
		p.groups = s.table.findAll(os.table, p.groups)
		for ai, acc := range s.accs {
			acc.grow(s.table.n)
			if err := acc.merge(p.groups, os.accs[ai]); err != nil {
				return placed(err, p.a.n.Aggs[ai].P)
			}
		}
	}
	return nil
}

// size is about the memory that the part takes.
func (p *part) size() int64 {
	var n int64
	for i := range p.sets {
		s := &p.sets[i]
		if s.table == nil {
			continue // a part of one set (aggspill.go)
		}
		n += s.table.size()
		for _, acc := range s.accs {
			if m, ok := acc.(interface{ size() int64 }); ok {
				n += m.size()
			} else {
				n += 32 * int64(s.table.n)
			}
		}
	}
	return n
}

const (
	// partRows is how many rows make a part: so many that merging parts with few
	// groups costs nothing, so few that a part's table stays in the caches.
	partRows = 1 << 18
	// partBytes is at how many bytes of strings and containers a part ends before.
	partBytes = 32 << 20
)

// plainParts is how many parts are made without looking for equal keys after
// one that has found few: then only the merge looks for them. It is decided by
// the rows alone, as everything that the order of additions depends on.
const plainParts = 15

// cutter aggregates rows into parts.
type cutter struct {
	a      *aggregation
	p      *part
	rows   int
	weight int64
	emit   func(*part) error
	sel    []int32
	plain  int                   // how many of the next parts do not look for equal keys
	held   func(size int64)      // is told the size of the part at hand; may be nil
	early  func(size int64) bool // whether a part of that size ends here; may be nil
	of     *distinctSet          // what the rows are of, if they are not the input's
}

// add takes in a page, and emits every part that is full.
func (c *cutter) add(pg *page.Page) error {
	n := pg.Len()
	for from := 0; from < n; {
		to := min(n, from+c.a.env.partRows()-c.rows)
		wide := c.a.wide
		if c.of != nil {
			wide = c.of.wideColumns()
		}
		if len(wide) > 0 {
			to = c.weigh(pg, wide, from, to)
		}
		if c.p == nil {
			c.p = c.a.newPart()
			if c.plain > 0 {
				c.plain--
				c.p.sets[0].table.plain = true
			}
		}
		q := *pg
		if from > 0 || to < n {
			if pg.Sel != nil {
				q.Sel = pg.Sel[from:to]
			} else {
				c.sel = c.sel[:0]
				for i := from; i < to; i++ {
					c.sel = append(c.sel, int32(i))
				}
				q.Sel = c.sel
			}
		}
		var err error
		if c.of != nil {
			err = c.p.addRows(c.of, &q)
		} else {
			err = c.p.add(&q)
		}
		if err != nil {
			return err
		}
		c.rows += to - from
		from = to
		if c.rows >= c.a.env.partRows() || c.weight >= partBytes {
			if err := c.flush(); err != nil {
				return err
			}
		} else if c.held != nil {
			size := c.p.size()
			if c.early != nil && c.early(size) {
				if err := c.flush(); err != nil {
					return err
				}
			} else {
				c.held(size)
			}
		}
	}
	return nil
}

// weigh adds up the bytes of rows from..to-1 and returns where the part ends.
func (c *cutter) weigh(pg *page.Page, wide []int, from, to int) int {
	for i := from; i < to; i++ {
		row := i
		if pg.Sel != nil {
			row = int(pg.Sel[i])
		}
		for _, k := range wide {
			c.weight += weight(pg.Cols[k], row)
		}
		if c.weight >= partBytes {
			return i + 1
		}
	}
	return to
}

// weight is about the number of bytes of a string or container. It depends on
// the value alone.
func weight(v *page.Vector, i int) int64 {
	if v.IsNull(i) {
		return 0
	}
	if v.Dict != nil {
		return weight(v.Dict, int(v.Codes[i]))
	}
	switch v.Phys {
	case page.PhysBytes:
		return int64(len(v.Str[i]))
	case page.PhysArray, page.PhysMap:
		n := 16 * int64(v.Off[i+1]-v.Off[i])
		for _, c := range v.Children {
			if c.Phys >= page.PhysBytes {
				for k := v.Off[i]; k < v.Off[i+1]; k++ {
					n += weight(c, int(k))
				}
			}
		}
		return n
	case page.PhysRow:
		n := int64(8 * len(v.Children))
		for _, c := range v.Children {
			n += weight(c, i)
		}
		return n
	}
	return 0
}

// flush emits the part at hand.
func (c *cutter) flush() error {
	p := c.p
	if c.held != nil {
		c.held(0)
	}
	if p != nil && len(p.sets) == 1 && p.sets[0].table.form != keysNone && !p.sets[0].table.plain && c.rows >= 64 {
		if 4*p.sets[0].table.n > 3*c.rows {
			c.plain = plainParts
		}
	}
	c.p, c.rows, c.weight = nil, 0, 0
	if p == nil {
		return nil
	}
	return c.emit(p)
}

// results yields the groups of a finished part. Groups in front of one whose
// value is an error come before the error.
type results struct {
	p    *part
	set  int
	at   int
	sel  []int32
	outs []*page.Builder
	page page.Page
	err  error
}

func (r *results) next() (*page.Page, error) {
	if r.err != nil {
		return nil, r.err
	}
	if r.outs == nil {
		r.outs = builders(r.p.a.n.Cols)
		r.page.Cols = make([]*page.Vector, len(r.outs))
	}
	for r.set < len(r.p.sets) && r.at >= r.p.sets[r.set].table.n {
		r.set, r.at = r.set+1, 0
	}
	if r.set >= len(r.p.sets) {
		return nil, nil
	}
	to := min(r.p.sets[r.set].table.n, r.at+r.p.a.env.pageRows())
	r.sel = r.sel[:0]
	for g := r.at; g < to; g++ {
		r.sel = append(r.sel, int32(g))
	}
	for _, b := range r.outs {
		b.Reset()
	}
	n, err := r.p.values(r.set, r.sel, r.outs)
	if err != nil {
		r.err = err
		if n == 0 {
			return nil, err
		}
	}
	r.page.Rows = n
	for k, b := range r.outs {
		r.page.Cols[k] = b.Vector()
	}
	r.at = to
	return &r.page, nil
}

// values appends the output rows of the listed groups of a set, whose keys stay
// in the part's memory. Where it fails n is the number of groups in front of the one
// that does.
func (p *part) values(set int, groups []int32, outs []*page.Builder) (n int, err error) {
	s := &p.sets[set]
	n = len(groups)
	first := len(p.a.n.Keys)
	if p.a.mark {
		first++
	}
	var before int
	if len(outs) > 0 {
		before = outs[0].Len()
	}
	for ai, acc := range s.accs {
		b := outs[first+ai]
		for i, g := range groups[:n] {
			if e := acc.result(int(g), b); e != nil {
				n, err = i, placed(e, p.a.n.Aggs[ai].P)
				b.Truncate(before + n)
				break
			}
		}
	}
	if err != nil { // a later aggregate may have failed for an earlier group
		for ai := range s.accs {
			outs[first+ai].Truncate(before + n)
		}
	}
	kept := make([]*page.Builder, 0, len(p.a.n.Keys))
	for i := range p.a.n.Keys {
		if p.a.sets[set][i] {
			kept = append(kept, outs[i])
			continue
		}
		for range n {
			outs[i].Null()
		}
	}
	s.table.appendKeys(kept, groups[:n])
	if p.a.mark {
		for range n {
			outs[first-1].Int64(int64(set))
		}
	}
	return n, err
}

// pages is what gives the result of a finished aggregation.
type pages interface {
	next(ctx context.Context) (*page.Page, error)
}

// inMemory gives a part's groups.
type inMemory struct{ r results }

func (m *inMemory) next(context.Context) (*page.Page, error) { return m.r.next() }

// aggregate is the operator over an input of one goroutine.
type aggregate struct {
	in   Operator
	a    *aggregation
	sink *aggSink
	sets *distincts
	res  pages
}

func newAggregate(in Operator, a *aggregation) Operator { return &aggregate{in: in, a: a} }

func (o *aggregate) Next(ctx context.Context) (*page.Page, error) {
	if o.res == nil {
		if err := o.run(ctx); err != nil {
			return nil, err
		}
	}
	return o.res.next(ctx)
}

func (o *aggregate) run(ctx context.Context) (err error) {
	_, always := o.a.isFree() // rows cannot be had a second time
	o.a.free = always
	o.sink, o.sets = newAggSink(o.a), o.a.newDistincts()
	sets := o.sets.newWorker()
	if o.a.free {
		w := o.sink.newWorker()
		if err := o.read(ctx, sets, func(pg *page.Page) error { return w.add(ctx, pg) }); err != nil {
			return err
		}
		o.res, err = o.sink.endFree(ctx, o.sets, []*freeWorker{w}, []*distinctWorker{sets})
		return err
	}
	var tag int64
	put := func(p *part) error {
		tag++
		return o.sink.put(ctx, tag, p)
	}
	c := cutter{a: o.a, held: o.sink.growing(), early: o.sink.early(), emit: put}
	if err := o.read(ctx, sets, c.add); err != nil {
		return err
	}
	if err := c.flush(); err != nil {
		return err
	}
	o.res, err = o.sink.end(ctx, o.sets, []*distinctWorker{sets}, put)
	return err
}

// read hands every page of the input to f, and to the distinct sets.
func (o *aggregate) read(ctx context.Context, sets *distinctWorker, f func(*page.Page) error) error {
	for {
		pg, err := o.in.Next(ctx)
		if pg == nil || err != nil {
			return err
		}
		if pg.Len() > 0 {
			if err := f(pg); err != nil {
				return err
			}
			if err := sets.add(ctx, pg); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (o *aggregate) Close() error {
	return errors.Join(o.in.Close(), o.sink.Close(), o.sets.Close())
}

// end gives the result of rows that have all been put, and of the distinct sets,
// whose parts come last.
func (s *aggSink) end(ctx context.Context, d *distincts, workers []*distinctWorker, put func(*part) error) (pages, error) {
	c := cutter{a: s.a, held: s.growing(), early: s.early(), emit: put}
	err := d.each(ctx, workers, func(set *distinctSet, pg *page.Page) error {
		if c.of != set {
			if err := c.flush(); err != nil {
				return err
			}
			c.of, c.plain = set, 0
		}
		return c.add(pg)
	})
	if err != nil {
		return nil, err
	}
	if err := c.flush(); err != nil {
		return nil, err
	}
	return s.finish(ctx)
}

// parallelAggregate is the operator over a pipeline.
type parallelAggregate struct {
	p      *pipeline
	a      *aggregation
	crew   *crew
	queues []partQueue
	sink   *aggSink
	sets   *distincts
	res    pages
	serial Operator // in place of the workers
}

// partQueue holds the parts of one split, in order. It takes any number: what
// waits counts as the aggregation's memory, past whose limit parts go to disk.
type partQueue struct {
	mu    sync.Mutex
	parts []*part
	err   error
	ended bool
	ready chan struct{}
}

func (q *partQueue) put(p *part, err error, end bool) {
	q.mu.Lock()
	if p != nil {
		q.parts = append(q.parts, p)
	}
	if !q.ended && q.err == nil {
		q.err, q.ended = err, end || err != nil
	}
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// take returns what there is; end tells that nothing more comes.
func (q *partQueue) take() (parts []*part, end bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	parts, q.parts = q.parts, nil
	return parts, q.ended, q.err
}

func newParallelAggregate(p *pipeline, a *aggregation) Operator {
	p.needs = append([]int{}, a.needs...)
	if len(a.sets) == 1 && len(a.n.Keys) == 1 && !a.looksAt(a.n.Keys[0]) {
		p.codes = a.n.Keys[0]
	}
	return &parallelAggregate{p: p, a: a}
}

func (o *parallelAggregate) Next(ctx context.Context) (*page.Page, error) {
	if o.res == nil && o.serial == nil {
		if err := o.run(ctx); err != nil {
			return nil, err
		}
	}
	if o.serial != nil {
		return o.serial.Next(ctx)
	}
	return o.res.next(ctx)
}

func (o *parallelAggregate) run(ctx context.Context) error {
	in, err := o.p.hold(ctx)
	if err != nil {
		return err
	}
	if in != nil {
		o.serial = newAggregate(in, o.a)
		return nil
	}
	if o.a.free, _ = o.a.isFree(); !o.a.free {
		return o.runOrdered(ctx)
	}
	err = o.runFree(ctx)
	if err == nil {
		return o.p.close()
	}
	if !errors.Is(err, errOrder) {
		return err
	}
	if err := errors.Join(o.sink.Close(), o.sets.Close()); err != nil {
		return err
	}
	if len(o.p.joins) > 0 { // in the order of all rows, not of a split's
		o.p.needs, o.p.codes = nil, -1
		o.serial = newAggregate(newExchange(o.p), o.a)
		return nil
	}
	o.a.free = false
	return o.runOrdered(ctx)
}

// byWorker is something that each worker has one of.
type byWorker[T any] struct {
	mu   sync.Mutex
	of   map[*worker]T
	list []T
}

func (b *byWorker[T]) get(w *worker, mk func() T) T {
	b.mu.Lock()
	defer b.mu.Unlock()
	x, ok := b.of[w]
	if !ok {
		if b.of == nil {
			b.of = map[*worker]T{}
		}
		x = mk()
		b.of[w] = x
		b.list = append(b.list, x)
	}
	return x
}

// splitTag is the tag of a split's n-th part.
func splitTag(split, n int) int64 { return int64(split)<<24 | int64(n) }

func (o *parallelAggregate) runOrdered(ctx context.Context) error {
	o.sink, o.sets = newAggSink(o.a), o.a.newDistincts()
	var sets byWorker[*distinctWorker]
	c, err := o.p.start(ctx, func(n int) {
		o.queues = make([]partQueue, n)
		for k := range o.queues {
			o.queues[k].ready = make(chan struct{}, 1)
		}
	}, func(ctx context.Context, w *worker, k int) error {
		q, n := &o.queues[k], 0
		cut := cutter{a: o.a, held: o.sink.growing(), early: o.sink.early(), emit: func(p *part) error {
			tag := splitTag(k, n)
			n++
			if o.sink.full.Load() {
				return o.sink.write(ctx, tag, p)
			}
			p.tag = tag
			o.sink.waits(p.size())
			q.put(p, nil, false)
			return nil
		}}
		defer cut.held(0)
		d := sets.get(w, o.sets.newWorker)
		d.begin(k)
		if err := w.each(ctx, func(pg *page.Page) error {
			if err := cut.add(pg); err != nil {
				return err
			}
			return d.add(ctx, pg)
		}); err != nil {
			return err
		}
		return cut.flush()
	}, func(_ context.Context, k int, err error) {
		o.queues[k].put(nil, err, true)
	})
	if err != nil {
		return err
	}
	o.crew = c
	defer c.stop()
	for k := range o.queues {
		for q, end := &o.queues[k], false; !end; {
			select {
			case <-q.ready:
			case <-ctx.Done():
				return ctx.Err()
			}
			var parts []*part
			var err error
			parts, end, err = q.take()
			for _, p := range parts {
				o.sink.waits(-p.size())
				if err := o.sink.put(ctx, p.tag, p); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
		}
		c.done()
	}
	c.stop()
	n := 0
	o.res, err = o.sink.end(ctx, o.sets, sets.list, func(p *part) error {
		n++
		return o.sink.put(ctx, splitTag(len(o.queues), n), p)
	})
	return err
}

// runFree is run for a free aggregation: every worker has one part, whatever the
// splits.
func (o *parallelAggregate) runFree(ctx context.Context) error {
	o.sink, o.sets = newAggSink(o.a), o.a.newDistincts()
	var workers byWorker[*freeWorker]
	var sets byWorker[*distinctWorker]
	type ending struct {
		split int
		err   error
	}
	var ended chan ending
	splits := 0
	cols, byTotals := o.p.totalOf(o.a)
	c, err := o.p.start(ctx, func(n int) {
		splits = n
		ended = make(chan ending, n)
	}, func(ctx context.Context, w *worker, k int) error {
		f, d := workers.get(w, o.sink.newWorker), sets.get(w, o.sets.newWorker)
		f.begin(k)
		d.begin(k)
		if byTotals {
			f.addTotals(w.scan, cols)
		}
		return w.each(ctx, func(pg *page.Page) error {
			if err := f.add(ctx, pg); err != nil {
				return err
			}
			return d.add(ctx, pg)
		})
	}, func(_ context.Context, k int, err error) {
		ended <- ending{k, err}
	})
	if err != nil {
		return err
	}
	o.crew = c
	defer c.stop()
	// The error of the first split that has one counts.
	errs, done := make([]error, splits), make([]bool, splits)
	for first := 0; first < splits; { // first has not ended
		select {
		case e := <-ended:
			c.done()
			errs[e.split], done[e.split] = e.err, true
		case <-ctx.Done():
			return ctx.Err()
		}
		for ; first < splits && done[first]; first++ {
			if errs[first] != nil {
				return errs[first]
			}
		}
	}
	c.stop()
	o.res, err = o.sink.endFree(ctx, o.sets, workers.list, sets.list)
	return err
}

func (o *parallelAggregate) Close() error {
	o.crew.stop()
	err := errors.Join(o.sink.Close(), o.sets.Close(), o.p.close())
	if o.serial != nil {
		err = errors.Join(err, o.serial.Close())
	}
	return err
}

// placed gives an error the position of the call unless it has one.
func placed(err error, pos sqlerr.Pos) error {
	e := sqlerr.As(err)
	if e.Pos == 0 && pos != 0 && e.Data == nil {
		c := *e
		c.Pos = pos
		return &c
	}
	return err
}
