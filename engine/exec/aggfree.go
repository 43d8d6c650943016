package exec

// Aggregations in which the order of rows decides nothing but the order of the
// groups: counts, exact sums, extremes. Each worker has one part for all of its
// splits, which knows of ranges of its groups which split they first appeared in.
// A part with very many groups is closed and a new one begun, so that a table
// stays in the caches; whether equal keys are looked for at all depends on how
// many a sample finds. At the end the parts' groups are dealt out by hash, equal
// ones are merged into the one that appeared first, all partitions at once, and
// what is left comes out split by split.

import (
	"context"
	"errors"
	"math"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ionq-db/ionq/reader/page"
)

// orderFree is an accumulator that may take in rows in any order.
type orderFree interface {
	accumulator
	// free says that it may: that depends on the type.
	free() bool
	// mergeSome takes in states src of another accumulator of the same call, one
	// by one into dst. Calls that touch different states may run at once.
	mergeSome(dst []uint32, other accumulator, src []uint32)
}

// bounded is an accumulator that is free as long as its values are small: their
// absolute values, added up, are at most bound.
type bounded interface{ bound() uint64 }

// errOrder says that an aggregation is not free after all.
var errOrder = errors.New("the order of rows matters")

// isFree reports whether an aggregation is free, and whether that holds whatever
// the values.
func (a *aggregation) isFree() (free, always bool) {
	always = true
	for _, mk := range a.make {
		acc := mk()
		f, ok := acc.(orderFree)
		if !ok || !f.free() {
			return false, false
		}
		if _, ok := acc.(bounded); ok {
			always = false
		}
	}
	return true, always
}

// span says where a range of a part's groups comes from.
type span struct {
	first int   // the range's first group; it ends at the next span's
	split int   // where they first appeared
	base  int64 // the number of the first one among its split's groups
}

// splitBits is how many bits of a position number the groups of a split.
const splitBits = 40

// positions gives for each group a number that grows with the order of
// appearance.
func (s *setPart) positions() []int64 {
	out := make([]int64, s.table.n)
	for i, sp := range s.spans {
		end := s.table.n
		if i+1 < len(s.spans) {
			end = s.spans[i+1].first
		}
		for g := sp.first; g < end; g++ {
			out[g] = int64(sp.split)<<splitBits | (sp.base + int64(g-sp.first))
		}
	}
	return out
}

const (
	// freeGroups is at how many groups a part is closed, unless groups have many
	// rows: its table then has the size of a core's cache.
	freeGroups = 1 << 17
	// leastPart is how many bytes a part that goes to disk has at least: smaller ones
	// would make chunks of a few groups.
	leastPart = 64 << 10
	// sampleBits is how many zero bits the hashes of the sample begin with.
	sampleBits = 10
)

// freeWorker aggregates what one worker reads.
type freeWorker struct {
	sink  *aggSink
	p     *part
	split int
	next  []int64 // by set: the number of the split's next group
	rows  int     // of the part
	size  int64   // of the part, as the sink knows it
	room  int64   // of a part that goes to disk
	limit int     // of groups
	last  *part   // the one before
	plain int     // how many of the next parts do not look for equal keys

	big     int // the set with the most groups
	sample  map[uint64]struct{}
	sampled int
}

func (s *aggSink) newWorker() *freeWorker {
	return &freeWorker{sink: s, next: make([]int64, len(s.a.sets)), limit: s.a.env.freeGroups(), room: s.partRoom()}
}

// begin says which split the next rows are of.
func (w *freeWorker) begin(split int) {
	if w.p != nil {
		w.leave()
	}
	w.split = split
	clear(w.next)
	if w.p != nil {
		w.enter()
	}
}

// enter opens a span of the part for the split, leave closes it.
func (w *freeWorker) enter() {
	for i := range w.p.sets {
		s := &w.p.sets[i]
		sp := span{s.table.n, w.split, w.next[i]}
		if s.table.form == keysNone {
			sp.first = 0
			if len(s.spans) > 0 {
				continue
			}
		}
		if n := len(s.spans); n > 0 && s.spans[n-1].first == sp.first {
			s.spans = s.spans[:n-1]
		}
		s.spans = append(s.spans, sp)
	}
}

func (w *freeWorker) leave() {
	for i := range w.p.sets {
		s := &w.p.sets[i]
		w.next[i] += int64(s.table.n - s.spans[len(s.spans)-1].first)
	}
}

// add takes in a page.
func (w *freeWorker) add(ctx context.Context, pg *page.Page) error { return w.addOf(ctx, nil, pg) }

// open begins a part where there is none.
func (w *freeWorker) open() {
	if w.p != nil {
		return
	}
	w.p = w.sink.a.newPart()
	if w.plain > 0 {
		w.plain--
		w.p.sets[0].table.plain = true
	}
	if w.last != nil {
		for i := range w.p.sets {
			w.p.sets[i].table.like(w.last.sets[i].table)
		}
	}
	w.enter()
}

// addOf takes in a page of a distinct set, or of the input for nil.
func (w *freeWorker) addOf(ctx context.Context, d *distinctSet, pg *page.Page) error {
	w.open()
	var err error
	if d != nil {
		err = w.p.addRows(d, pg)
	} else {
		err = w.p.add(pg)
	}
	if err != nil {
		if w.p.unbounded() { // it may be an overflow that there is not in order
			return errOrder
		}
		return err
	}
	w.rows += pg.Len()
	// A page of dictionary places has no hashes.
	if hashes := w.p.sets[w.big].table.mem; w.sample != nil && d == nil && len(hashes) == pg.Len() {
		for _, h := range hashes {
			if h>>(64-sampleBits) == 0 {
				w.sampled++
				w.sample[h] = struct{}{}
			}
		}
	}
	w.account(w.p.size())
	full := w.sink.full.Load()
	if full {
		if err := w.sink.evictParts(ctx); err != nil {
			return err
		}
	}
	if full && w.size >= w.room || w.full() {
		return w.close(ctx)
	}
	return nil
}

func (w *freeWorker) account(size int64) {
	if w.sink.acc.Limited() && size != w.size {
		w.sink.waits(size - w.size)
		w.size = size
	}
}

// full says that the part has enough groups.
func (w *freeWorker) full() bool {
	n := 0
	for i := range w.p.sets {
		t := w.p.sets[i].table
		if t.full() {
			return true
		}
		if t.n > n {
			n, w.big = t.n, i
		}
	}
	if n < w.limit {
		return false
	}
	if w.sample == nil {
		w.sample = map[uint64]struct{}{}
		// Without one the part at hand has to tell.
		if w.rows >= 4*n {
			w.limit *= 2
			return false
		}
		return true
	}
	if w.repeats() && !w.p.sets[0].table.plain {
		w.limit *= 2
		return false
	}
	return true
}

// repeats says that the sample has met most of its keys more than once.
func (w *freeWorker) repeats() bool { return w.sampled >= 2*len(w.sample) && w.sampled >= 64 }

// close gives the part away.
func (w *freeWorker) close(ctx context.Context) error {
	p := w.p
	if p == nil {
		return nil
	}
	w.leave()
	if len(p.sets) == 1 && p.sets[0].table.form != keysNone {
		t := p.sets[0].table
		switch {
		case w.sample != nil && w.repeats():
			w.plain = 0
		case !t.plain && w.rows >= 64 && 4*t.n > 3*w.rows:
			w.plain = plainParts
		}
	}
	w.p, w.last, w.rows = nil, p, 0
	if w.sink.full.Load() {
		w.last = nil
		err := w.sink.writeFree(ctx, p)
		w.account(0)
		return err
	}
	for i := range p.sets {
		p.sets[i].table.deal()
	}
	p.cols, p.mem, p.keys, p.groups, p.picked, p.sel, p.args, p.argMem = nil, nil, nil, nil, nil, nil, nil, nil
	w.account(p.size())
	w.size = 0 // the sink's from now on
	w.sink.mu.Lock()
	w.sink.parts = append(w.sink.parts, p)
	w.sink.mu.Unlock()
	return nil
}

// writeFree puts a part on disk.
func (s *aggSink) writeFree(ctx context.Context, p *part) error {
	s.addBounds(p)
	for set := range p.sets {
		p.sets[set].table.undeal()
		if err := s.writeSet(ctx, set, 0, p, p.sets[set].positions(), 0, s.pieces[set]); err != nil {
			return err
		}
	}
	return nil
}

// evictParts puts all closed parts on disk.
func (s *aggSink) evictParts(ctx context.Context) error {
	for {
		s.mu.Lock()
		n := len(s.parts)
		if n == 0 {
			s.mu.Unlock()
			return nil
		}
		p := s.parts[n-1]
		s.parts = s.parts[:n-1]
		s.mu.Unlock()
		size := p.size()
		if err := s.writeFree(ctx, p); err != nil {
			return err
		}
		s.waits(-size)
	}
}

// addBounds adds up what the sums of a part's values come to at most.
func (s *aggSink) addBounds(p *part) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range p.sets {
		for k, acc := range p.sets[i].accs {
			if b, ok := acc.(bounded); ok {
				if s.bounds == nil {
					s.bounds = make([]uint64, len(s.a.sets)*len(s.a.make))
				}
				at := &s.bounds[i*len(s.a.make)+k]
				sum, carry := bits.Add64(*at, b.bound(), 0)
				if carry != 0 {
					sum = math.MaxUint64
				}
				*at = sum
			}
		}
	}
}

// endFree gives the result of workers that have seen all rows, and of the distinct
// sets, whose rows come last.
func (s *aggSink) endFree(ctx context.Context, d *distincts, workers []*freeWorker, sets []*distinctWorker) (pages, error) {
	if len(s.a.distinct) > 0 {
		w := s.newWorker()
		w.begin(1<<(62-splitBits) - 1)
		if err := d.each(ctx, sets, func(set *distinctSet, pg *page.Page) error { return w.addOf(ctx, set, pg) }); err != nil {
			return nil, err
		}
		workers = append(workers, w)
	}
	return s.finishFree(ctx, workers)
}

// unbounded says that a sum has gone out of bounds.
func (p *part) unbounded() bool {
	for i := range p.sets {
		for _, acc := range p.sets[i].accs {
			if b, ok := acc.(bounded); ok && b.bound() > math.MaxInt64 {
				return true
			}
		}
	}
	return false
}

// finishFree gives the result of workers that have seen all rows. It returns errOrder
// where the order of rows matters after all.
func (s *aggSink) finishFree(ctx context.Context, workers []*freeWorker) (pages, error) {
	for _, w := range workers {
		if err := w.close(ctx); err != nil {
			return nil, err
		}
	}
	full := s.full.Load()
	if full {
		if err := s.evictParts(ctx); err != nil {
			return nil, err
		}
	}
	for _, p := range s.parts {
		s.addBounds(p)
	}
	for _, b := range s.bounds {
		if b > math.MaxInt64 {
			return nil, errOrder
		}
	}
	if full {
		return s.fromDisk(ctx)
	}
	switch len(s.parts) {
	case 0:
		return &inMemory{results{p: s.a.newPart()}}, nil
	case 1:
		if p := s.parts[0]; !p.sets[0].table.plain {
			return &inMemory{results{p: p}}, nil
		}
	}
	m := &freeMerge{a: s.a, parts: s.parts}
	if err := m.run(ctx); err != nil {
		return nil, err
	}
	return &freeResults{m: m}, nil
}

const (
	// dealBits is how many bits of a hash choose a partition of a closed part: so
	// many that ten million groups make tables of a core's cache.
	dealBits = 8
	deals    = 1 << dealBits
)

// deal orders the hashes by partition and drops what is only needed to find keys.
func (t *keyTable) deal() {
	t.ints, t.slots, t.mem, t.narrow, t.pack, t.packed, t.dict, t.ofCode, t.fresh, t.pending = nil, nil, nil, nil, nil, nil, nil, nil, nil, nil
	t.freshKeys, t.found = page.Vector{}, nil
	if t.form == keysRows {
		t.cols = t.vecs()
	}
	if t.form == keysNone || t.order != nil {
		return
	}
	t.starts = new([deals + 1]uint32)
	for _, h := range t.hashes {
		t.starts[h>>(64-dealBits)+1]++
	}
	for k := range deals {
		t.starts[k+1] += t.starts[k]
	}
	at := *t.starts
	t.order = make([]uint32, t.n)
	dealt := make([]uint64, t.n)
	for g, h := range t.hashes {
		k := h >> (64 - dealBits)
		i := at[k]
		at[k]++
		t.order[i], dealt[i] = uint32(g), h
	}
	t.hashes = dealt
}

// undeal takes deal back.
func (t *keyTable) undeal() {
	if t.order == nil {
		return
	}
	hashes := make([]uint64, t.n)
	for i, g := range t.order {
		hashes[g] = t.hashes[i]
	}
	t.hashes, t.order, t.starts = hashes, nil, nil
}

// freeMerge merges the equal groups of parts.
type freeMerge struct {
	a     *aggregation
	parts []*part
	segs  [][]segment // of each set, in order
	dead  [][][]bool  // of each set, part: the groups that were merged into another
}

// segment is a span of a part.
type segment struct {
	span
	part, end int
}

func (m *freeMerge) run(ctx context.Context) error {
	for set := range m.a.sets {
		var segs []segment
		dead := make([][]bool, len(m.parts))
		for k, p := range m.parts {
			s := &p.sets[set]
			dead[k] = make([]bool, s.table.n)
			for i, sp := range s.spans {
				end := s.table.n
				if i+1 < len(s.spans) {
					end = s.spans[i+1].first
				}
				if sp.first < end {
					segs = append(segs, segment{sp, k, end})
				}
			}
		}
		slices.SortFunc(segs, func(a, b segment) int {
			if a.split != b.split {
				return a.split - b.split
			}
			return int(min(max(a.base-b.base, -1), 1))
		})
		m.segs, m.dead = append(m.segs, segs), append(m.dead, dead)
	}
	var next atomic.Int64
	total := len(m.a.sets) * deals
	var wg sync.WaitGroup
	workers := max(m.a.env.Workers, 1)
	small := 0
	for _, p := range m.parts {
		small += p.sets[0].table.n
	}
	if small < freeGroups/4 {
		workers = 1 // not worth another goroutine
	}
	for range workers {
		wg.Go(func() {
			w := mergeWorker{m: m, pairs: make([]statePairs, len(m.parts)), at: make([]uint32, len(m.parts))}
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= total {
					return
				}
				w.partition(k/deals, k%deals)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// statePairs are groups of one part, each with one that is merged into it.
type statePairs struct{ dst, src []uint32 }

// groupRef is a group of a part.
type groupRef struct{ part, group uint32 }

type mergeWorker struct {
	m     *freeMerge
	slots []uint64
	kept  []groupRef
	pairs []statePairs // by the part of dst
	met   []uint32     // the parts with pairs
	at    []uint32     // of each part: how far its partition was read
}

func (w *mergeWorker) partition(set, k int) {
	m := w.m
	if m.parts[0].sets[set].table.form == keysNone {
		if k == 0 {
			w.whole(set)
		}
		return
	}
	n := 0
	for i, p := range m.parts {
		t := p.sets[set].table
		n += int(t.starts[k+1] - t.starts[k])
		w.at[i] = t.starts[k]
	}
	if n == 0 {
		return
	}
	size := firstSlots
	for size < 2*n {
		size *= 2
	}
	if cap(w.slots) < size {
		w.slots = make([]uint64, size)
	}
	w.slots = w.slots[:size]
	clear(w.slots)
	w.kept = w.kept[:0]
	slots, mask := w.slots, uint64(size-1)
	for i := range m.segs[set] {
		seg := &m.segs[set][i]
		t := m.parts[seg.part].sets[set].table
		dead := m.dead[set][seg.part]
		at, to := w.at[seg.part], t.starts[k+1]
	groups:
		for ; at < to && int(t.order[at]) < seg.end; at++ {
			g, h := t.order[at], t.hashes[at]
			for i := h & mask; ; i = (i + 1) & mask {
				s := slots[i]
				if s == 0 {
					slots[i] = slot(h, uint32(len(w.kept)))
					w.kept = append(w.kept, groupRef{uint32(seg.part), g})
					continue groups
				}
				if s>>32 != h>>32 {
					continue
				}
				first := w.kept[uint32(s)-1]
				if m.parts[first.part].sets[set].table.equal(first.group, t, g) {
					dead[g] = true
					w.pair(first, g)
					continue groups
				}
			}
		}
		w.at[seg.part] = at
		w.merge(set, seg.part)
	}
}

func (w *mergeWorker) pair(dst groupRef, src uint32) {
	p := &w.pairs[dst.part]
	if len(p.dst) == 0 {
		w.met = append(w.met, dst.part)
	}
	p.dst, p.src = append(p.dst, dst.group), append(p.src, src)
}

// merge merges the pairs, whose second groups are of one part.
func (w *mergeWorker) merge(set, part int) {
	for _, d := range w.met {
		p := &w.pairs[d]
		for k, acc := range w.m.parts[d].sets[set].accs {
			acc.(orderFree).mergeSome(p.dst, w.m.parts[part].sets[set].accs[k], p.src)
		}
		p.dst, p.src = p.dst[:0], p.src[:0]
	}
	w.met = w.met[:0]
}

// whole merges the groups of a set without keys.
func (w *mergeWorker) whole(set int) {
	for i, seg := range w.m.segs[set] {
		if i > 0 {
			w.m.dead[set][seg.part][0] = true
			w.pair(groupRef{uint32(w.m.segs[set][0].part), 0}, 0)
			w.merge(set, seg.part)
		}
	}
}

// freeResults yields the groups that are left.
type freeResults struct {
	m       *freeMerge
	set     int
	seg, at int // at counts from the segment's first group
	outs    []*page.Builder
	sel     []int32
	page    page.Page
	err     error
}

func (r *freeResults) next(ctx context.Context) (*page.Page, error) {
	if r.err != nil {
		return nil, r.err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a := r.m.a
	if r.outs == nil {
		r.outs = builders(a.n.Cols)
		r.page.Cols = make([]*page.Vector, len(r.outs))
	}
	for _, b := range r.outs {
		b.Reset()
	}
	rows, most := 0, a.env.pageRows()
	for rows < most && r.set < len(r.m.segs) && r.err == nil {
		segs := r.m.segs[r.set]
		if r.seg == len(segs) {
			r.set, r.seg, r.at = r.set+1, 0, 0
			continue
		}
		seg := &segs[r.seg]
		dead := r.m.dead[r.set][seg.part]
		r.sel = r.sel[:0]
		g := seg.first + r.at
		for ; g < seg.end && rows+len(r.sel) < most; g++ {
			if !dead[g] {
				r.sel = append(r.sel, int32(g))
			}
		}
		if r.at = g - seg.first; g == seg.end {
			r.seg, r.at = r.seg+1, 0
		}
		if len(r.sel) > 0 {
			var n int
			n, r.err = r.m.parts[seg.part].values(r.set, r.sel, r.outs)
			rows += n
		}
	}
	if rows == 0 {
		return nil, r.err
	}
	r.page.Rows = rows
	for k, b := range r.outs {
		r.page.Cols[k] = b.Vector()
	}
	return &r.page, nil
}
