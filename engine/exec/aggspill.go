package exec

// Aggregation past the memory budget. Parts (aggregate.go) go to disk, the one
// that holds all rows so far first: their groups dealt out by hash among
// partitions, each group with its states and its number in the part. Then one
// partition after the other is read back, its pieces merged in the order of the
// parts, which is what would have happened in memory, and its groups' values
// are written with the part and number where each group appeared first. Merged by
// those they come in the order of a single pass. A partition that does not fit
// either is dealt out once more by further bits of the hash.

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

const (
	// partitionBits is how many bits of a hash choose a partition.
	partitionBits = 6
	partitions    = 1 << partitionBits
	// maxDepth is how often a partition is dealt out anew: to the last of the bits.
	maxDepth = 64/partitionBits - 1
)

// partitionOf gives a hash's partition at a depth.
func partitionOf(h uint64, depth int) int {
	return int(h>>(64-partitionBits*(depth+1))) & (partitions - 1)
}

// piece is a chunk of groups of one partition, all from one part.
type piece struct {
	tag   int64
	chunk spill.Chunk
}

// aggSink takes in parts and gives the result.
type aggSink struct {
	a    *aggregation
	all  *part // what was merged so far, in memory; nil once on disk
	full atomic.Bool

	mu      sync.Mutex
	acc     *spill.Account
	total   int64 // memory of all
	waiting int64 // of other parts
	file    *spill.File
	pieces  [][][]piece // of each set, of each partition
	out     *runs
	parts   []*part  // of a free aggregation: those that are closed
	bounds  []uint64 // of each set and call (aggfree.go)
}

func newAggSink(a *aggregation) *aggSink {
	s := &aggSink{a: a, acc: a.env.Memory.Account(), file: a.env.Space.File()}
	for range a.sets {
		s.pieces = append(s.pieces, make([][]piece, partitions))
	}
	return s
}

// account takes note of memory; past the budget the parts go to disk.
func (s *aggSink) account() {
	if s.acc.Hold(s.total + s.waiting) {
		s.full.Store(true)
	}
}

// waits says that parts outside the sink take n bytes more.
func (s *aggSink) waits(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting += n
	s.account()
}

// growing returns a function that is told the size of a part that grows. It
// belongs to one goroutine.
func (s *aggSink) growing() func(int64) {
	if !s.acc.Limited() {
		return func(int64) {}
	}
	last := int64(0)
	return func(size int64) {
		if size != last {
			s.waits(size - last)
			last = size
		}
	}
}

// early returns what tells whether a part ends at a size, for aggregations to which it
// makes no difference where parts end because all their states are rows: once parts go
// to disk, there is no need to wait for a whole one. Nil: parts have all their rows.
func (s *aggSink) early() func(size int64) bool {
	if !s.acc.Limited() {
		return nil
	}
	for _, mk := range s.a.make {
		if _, rows := mk().(keepsRows); !rows {
			return nil
		}
	}
	room := s.partRoom()
	return func(size int64) bool { return size >= room && s.full.Load() }
}

// partRoom is how many bytes a part that goes to disk takes.
func (s *aggSink) partRoom() int64 {
	return max(s.acc.Room(4*max(s.a.env.Workers, 1)), leastPart)
}

// put takes in the next part. Parts come in the order of their tags; between them
// write may have taken others.
func (s *aggSink) put(ctx context.Context, tag int64, p *part) error {
	if s.full.Load() {
		if err := s.evict(ctx); err != nil {
			return err
		}
		return s.write(ctx, tag, p)
	}
	if s.all == nil {
		s.all = p
	} else if err := s.all.merge(p); err != nil {
		return err
	}
	s.all.tag = tag
	if !s.acc.Limited() {
		return nil
	}
	size := s.all.size()
	s.mu.Lock()
	s.total = size
	s.account()
	s.mu.Unlock()
	if s.full.Load() {
		return s.evict(ctx)
	}
	return nil
}

// require fails where the state of one group takes too much memory.
func (s *aggSink) require(n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.acc.Require(n, "the states of one group")
}

// evict writes what was merged so far.
func (s *aggSink) evict(ctx context.Context) error {
	p := s.all
	if p == nil {
		return nil
	}
	s.all = nil
	err := s.write(ctx, p.tag, p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total = 0
	s.account()
	return err
}

// write puts a part on disk. It is safe for concurrent use.
func (s *aggSink) write(ctx context.Context, tag int64, p *part) error {
	for set := range p.sets {
		if err := s.writeSet(ctx, set, tag, p, nil, 0, s.pieces[set]); err != nil {
			return err
		}
	}
	return nil
}

// stored are the types of a set's columns on disk: keys, the group's number in
// its part, states.
func (p *part) stored(set int) []types.Type {
	s := &p.sets[set]
	ts := append(slices.Clone(s.table.types), types.Bigint)
	for _, acc := range s.accs {
		ts = append(ts, acc.stateTypes()...)
	}
	return ts
}

// writeSet deals the groups of a part's set out to partitions. ord has their
// numbers where they are not those of the part.
func (s *aggSink) writeSet(ctx context.Context, set int, tag int64, p *part, ord []int64, depth int, to [][]piece) error {
	t := p.sets[set].table
	var lists [partitions][]int32
	if t.form == keysNone {
		lists[0] = append(lists[0], 0)
	}
	for g, h := range t.hashes {
		k := partitionOf(h, depth)
		lists[k] = append(lists[k], int32(g))
	}
	w := pieceWriter{s: s, tag: tag, t: t, accs: p.sets[set].accs, ord: ord, rows: chunkRows(t.n, p.size())}
	w.measure()
	for k, groups := range lists {
		if err := w.write(ctx, groups, &to[k]); err != nil {
			return err
		}
	}
	return nil
}

// pieceWriter writes groups of one part.
type pieceWriter struct {
	s    *aggSink
	tag  int64
	t    *keyTable
	accs []accumulator
	ord  []int64
	rows int // groups of a chunk
	most int // rows of a group in a chunk, of those whose states are rows
}

// measure finds out how many rows of a group make a chunk.
func (w *pieceWriter) measure() {
	w.most = math.MaxInt
	for _, acc := range w.accs {
		if k, ok := acc.(keepsRows); ok {
			n := 0
			for g := range w.t.n {
				n += k.rowsOf(int32(g))
			}
			w.most = min(w.most, chunkRows(n, acc.(interface{ size() int64 }).size()))
		}
	}
}

// large gives the most rows that an accumulator keeps of a group if they are too many
// for a chunk, else 0.
func (w *pieceWriter) large(g int32) int {
	n := 0
	for _, acc := range w.accs {
		if k, ok := acc.(keepsRows); ok {
			n = max(n, k.rowsOf(g))
		}
	}
	if n <= w.most {
		return 0
	}
	return n
}

// write writes groups as pieces, those of many rows each as several, of which the
// first has all of the group's state that is not rows.
func (w *pieceWriter) write(ctx context.Context, groups []int32, to *[]piece) error {
	for len(groups) > 0 {
		n := 0
		for n < min(w.rows, len(groups)) && (w.most == math.MaxInt || w.large(groups[n]) == 0) {
			n++
		}
		if sel := groups[:n]; n > 0 {
			if err := w.put(sel, to, func(acc accumulator, _ int) []*page.Vector { return acc.save(sel) }); err != nil {
				return err
			}
		} else {
			n = 1
			g := groups[0]
			for from, end := 0, w.large(g); from < end; from += w.most {
				if err := w.put(groups[:1], to, func(acc accumulator, k int) []*page.Vector {
					switch rows, ok := acc.(keepsRows); {
					case ok:
						return rows.saveRows(g, from, from+w.most)
					case from > 0:
						empty := w.s.a.make[k]()
						empty.grow(1)
						return empty.save([]int32{0})
					default:
						return acc.save(groups[:1])
					}
				}); err != nil {
					return err
				}
				if err := ctx.Err(); err != nil {
					return err
				}
			}
		}
		groups = groups[n:]
	}
	return ctx.Err()
}

// put writes a piece of the listed groups.
func (w *pieceWriter) put(sel []int32, to *[]piece, save func(acc accumulator, k int) []*page.Vector) error {
	cols := append(w.t.gather(sel), int64Column(sel, func(g int32) int64 {
		if w.ord != nil {
			return w.ord[g]
		}
		return int64(g)
	}))
	for k, acc := range w.accs {
		cols = append(cols, save(acc, k)...)
	}
	c, err := w.s.file.Write(cols, 0, len(sel))
	if err != nil {
		return err
	}
	w.s.mu.Lock()
	*to = append(*to, piece{w.tag, c})
	w.s.mu.Unlock()
	return nil
}

// finish gives the result; nothing is put or written any more.
func (s *aggSink) finish(ctx context.Context) (pages, error) {
	if s.full.Load() {
		if err := s.evict(ctx); err != nil {
			return nil, err
		}
		return s.fromDisk(ctx)
	}
	if s.all == nil {
		s.all = s.a.newPart()
	}
	return &inMemory{results{p: s.all}}, nil
}

// fromDisk computes the partitions one by one, and merges their results.
func (s *aggSink) fromDisk(ctx context.Context) (pages, error) {
	ts := columnTypes(s.a.n.Cols)
	n := len(ts)
	ts = append(ts, types.Bigint, types.Bigint)
	s.out = newRuns(s.a.env, ts, []plan.SortKey{{Col: n}, {Col: n + 1}})
	s.out.numbers = true
	for set := range s.a.sets {
		some := false
		for _, list := range s.pieces[set] {
			some = some || len(list) > 0
			if err := s.partition(ctx, set, list, 1); err != nil {
				return nil, err
			}
		}
		s.pieces[set] = nil
		if !some && len(s.a.newPart().sets[set].table.types) == 0 {
			panic("BUG: the group of no keys went to disk and is not there")
		}
	}
	m, err := s.out.merge(ctx, s.a.env.pageRows())
	if err != nil {
		return nil, err
	}
	return &stripped{m: m, n: n}, nil
}

// stripped leaves the columns behind the first n off.
type stripped struct {
	m    *merger
	n    int
	page page.Page
}

func (s *stripped) next(ctx context.Context) (*page.Page, error) {
	p, err := s.m.next(ctx)
	if p == nil || err != nil {
		return nil, err
	}
	s.page = page.Page{Rows: p.Rows, Cols: p.Cols[:s.n]}
	return &s.page, nil
}

// single makes a part of one set that others of it are loaded into.
func (a *aggregation) single(set int) *part {
	p := &part{a: a, sets: make([]setPart, len(a.sets))}
	for k := range a.sets {
		if k == set {
			p.sets[k] = a.newSet(k)
		}
	}
	return p
}

// load makes a part of a piece. ord are the groups' numbers.
func (s *aggSink) load(set int, c piece, ts []types.Type) (p *part, ord []int64, err error) {
	cols, err := s.file.Read(c.chunk, ts)
	if err != nil {
		return nil, nil, err
	}
	p = s.a.single(set)
	sp := &p.sets[set]
	k := len(sp.table.types)
	n := c.chunk.Rows
	sp.table.plain = k > 0 // they are distinct, or need not be
	sp.table.find(cols[:k], n, nil)
	ord = cols[k].I64[:n]
	at := k + 1
	for _, acc := range sp.accs {
		w := len(acc.stateTypes())
		acc.grow(n)
		if err := acc.load(cols[at:at+w], n); err != nil {
			return nil, nil, err
		}
		at += w
	}
	return p, ord, nil
}

// partition merges the pieces of a partition and writes its groups' values; depth
// is the number of times they have been dealt out.
func (s *aggSink) partition(ctx context.Context, set int, list []piece, depth int) (err error) {
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b piece) int { return cmp.Compare(a.tag, b.tag) })
	all := s.a.single(set)
	ts := all.stored(set)
	sp := &all.sets[set]
	sorting := false // the rows of the only group so far
	// The rows of a group are sorted anyway where all of them would not fit: the sooner
	// that begins, the less of them is here besides.
	early := false
	for _, acc := range sp.accs {
		_, ordered := acc.(*buffered)
		early = early || ordered
	}
	if early {
		total := int64(0)
		for _, c := range list {
			total += c.chunk.Size
		}
		early = total > s.acc.Room(1)
	}
	defer func() {
		if sorting {
			err = errors.Join(err, all.closeSorts(set))
		}
	}()
	var tags, ords []int64 // where each group appeared first
	var groups []uint32
	for i, c := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, ord, err := s.load(set, c, ts)
		if err != nil {
			return err
		}
		next := uint32(len(tags))
		o := &p.sets[set]
		groups = sp.table.findAll(o.table, groups)
		if sorting && sp.table.n > 1 {
			return s.divide(ctx, set, list, ts, depth)
		}
		for len(tags) < sp.table.n {
			tags, ords = append(tags, c.tag), append(ords, 0)
		}
		for k, g := range groups {
			switch {
			case g == next: // new groups are numbered in their order
				ords[g] = ord[k]
				next++
			case s.a.free: // whose pieces come in any order
				ords[g] = min(ords[g], ord[k])
			}
		}
		var failed error
		for ai, acc := range sp.accs {
			acc.grow(sp.table.n)
			if err := acc.merge(groups, o.accs[ai]); err != nil {
				failed = placed(err, s.a.n.Aggs[ai].P)
				break
			}
		}
		if failed != nil {
			return failed
		}
		size := all.size() + 16*int64(cap(tags))
		full := s.acc.Hold(size) && depth <= maxDepth
		// The last piece needs no room beside it.
		if full && sp.table.n > 1 && i < len(list)-1 {
			all, sp = nil, nil
			s.acc.Hold(0)
			return s.divide(ctx, set, list, ts, depth)
		}
		if (full || early && depth <= maxDepth && size >= s.acc.Room(spill.Share)) && sp.table.n == 1 && !sorting {
			// One group, whose rows need not be held.
			sorting = true
			s.sortRows(ctx, all, set)
			size = all.size() + 16*int64(cap(tags))
			s.acc.Hold(size)
		}
		if sp.table.n == 1 || depth > maxDepth {
			if err := s.acc.Require(size, "the states of one group"); err != nil {
				return err
			}
		}
	}
	return s.values(ctx, set, all, tags, ords)
}

// sortRows has the accumulators of a part with one group that keep rows for the
// sake of their order sort them, on disk where need be.
func (s *aggSink) sortRows(ctx context.Context, p *part, set int) {
	for _, acc := range p.sets[set].accs {
		if b, ok := acc.(*buffered); ok {
			b.sortAlone(ctx, s.a.env, s.require)
		}
	}
}

func (p *part) closeSorts(set int) error {
	var errs []error
	for _, acc := range p.sets[set].accs {
		if b, ok := acc.(*buffered); ok {
			errs = append(errs, b.close())
		}
	}
	return errors.Join(errs...)
}

// divide deals the pieces of a partition out once more.
func (s *aggSink) divide(ctx context.Context, set int, list []piece, ts []types.Type, depth int) error {
	sub := make([][]piece, partitions)
	for _, c := range list {
		p, ord, err := s.load(set, c, ts)
		if err != nil {
			return err
		}
		if err := s.writeSet(ctx, set, c.tag, p, ord, depth, sub); err != nil {
			return err
		}
	}
	for _, list := range sub {
		if err := s.partition(ctx, set, list, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// values writes the output rows of a partition as a run.
func (s *aggSink) values(ctx context.Context, set int, p *part, tags, ords []int64) error {
	var out sortedRun
	t := p.sets[set].table
	rows := chunkRows(t.n, p.size())
	outs := builders(s.a.n.Cols)
	order := identity(t.n)
	if s.a.free {
		slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(ords[a], ords[b]) })
	}
	for len(order) > 0 && out.fail == nil {
		sel := order[:min(rows, len(order))]
		order = order[len(sel):]
		for _, b := range outs {
			b.Reset()
		}
		n, err := p.values(set, sel, outs)
		if err != nil { // a row stands for it
			out.fail = err
			for _, b := range outs {
				b.Null()
			}
			n++
		}
		cols := make([]*page.Vector, 0, len(outs)+2)
		for _, b := range outs {
			cols = append(cols, b.Vector())
		}
		cols = append(cols,
			int64Column(sel[:n], func(g int32) int64 { return int64(set)<<48 | tags[g] }),
			int64Column(sel[:n], func(g int32) int64 { return ords[g] }))
		c, err := s.out.file.Write(cols, 0, n)
		if err != nil {
			return err
		}
		out.chunks = append(out.chunks, c)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	s.out.list = append(s.out.list, out)
	s.acc.Hold(0)
	return nil
}

func (s *aggSink) Close() error {
	if s == nil {
		return nil
	}
	s.acc.Free()
	err := s.file.Close()
	if e := s.out.Close(); err == nil {
		err = e
	}
	return err
}
