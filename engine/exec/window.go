package exec

// WindowNode: reads its input whole, cuts it into partitions, in order of first
// appearance, sorts each (stable), and computes every call for every row of it.
// Rows come out in that order.
//
// An error comes before any row: that of the first partition with one, in it that of
// the first row, of that row the first call's.

import (
	"context"
	"errors"
	"sort"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

type window struct {
	in    Operator // with the bounds of RANGE frames behind its columns
	n     *plan.WindowNode
	env   *Env
	cols  []plan.Column // of in
	calls []windowCall
	emit  *emitter
	acc   *spill.Account
	sp    *spilledJoin // past the memory budget

	sorting *bigSort // partitions that are larger than that
	fail    error    // of partitions on disk: that of the first one with an error,
	failSeq int64    // and the number of its first row
}

// partitionError is the error of a partition, which begins with a row.
type partitionError struct {
	error
	first int32
}

// windowCall is one call, ready to run.
type windowCall struct {
	plan.WindowCall
	mk         func() accumulator // of an aggregate
	start, end *expr.Program      // key ± offset of a RANGE frame
	// Their columns behind those of the input.
	startAt, endAt int
}

func newWindow(in Operator, n *plan.WindowNode, env *Env) (Operator, error) {
	w := &window{n: n, env: env, acc: env.Memory.Account(), cols: n.Input.Columns()}
	cols := n.Input.Columns()
	at := len(cols)
	for _, c := range n.Calls {
		x := windowCall{WindowCall: c}
		if c.Func.Kind == function.Aggregate {
			ts := columnTypes(cols)
			var err error
			agg := plan.Agg{Func: c.Func, Args: c.Args, Distinct: c.Distinct, Filter: -1, P: c.P}
			if x.mk, err = accumulatorFor(&agg, ts, env); err != nil {
				return nil, err
			}
		}
		var err error
		if x.start, err = rangeBound(n, c, c.Frame.Start, cols, env); err != nil {
			return nil, err
		}
		if x.end, err = rangeBound(n, c, c.Frame.End, cols, env); err != nil {
			return nil, err
		}
		if x.startAt = at; x.start != nil {
			at++
		}
		if x.endAt = at; x.end != nil {
			at++
		}
		w.calls = append(w.calls, x)
		for _, g := range []*expr.Program{x.start, x.end} {
			if g != nil {
				w.cols = append(w.cols[:len(w.cols):len(w.cols)], plan.Column{Type: cols[n.Order[0].Col].Type})
			}
		}
	}
	w.in = newBounding(in, w.calls, cols)
	return w, nil
}

// rangeBound compiles the key's value at the bound of a RANGE frame with an
// offset; nil for other bounds.
func rangeBound(n *plan.WindowNode, c plan.WindowCall, b plan.Bound, cols []plan.Column, env *Env) (*expr.Program, error) {
	if c.Frame.Mode != plan.FrameRange || b.Offset < 0 {
		return nil, nil
	}
	k := n.Order[0]
	key, off := cols[k.Col].Type, cols[b.Offset].Type
	op, name := plan.OpAdd, "$add"
	if (b.Kind == plan.Preceding) != k.Desc {
		op, name = plan.OpSub, "$sub"
	}
	l := &plan.Col{Base: plan.Base{T: key, P: c.P}, Index: k.Col}
	r := &plan.Col{Base: plan.Base{T: off, P: c.P}, Index: b.Offset}
	if key.Kind == types.KindDecimal && off.Kind == types.KindDecimal && key.S == off.S {
		t := types.Decimal(min(38, int(max(key.P, off.P))+1), int(key.S))
		return expr.Compile(&plan.Arith{Base: plan.Base{T: t, P: c.P}, Op: op, L: l, R: r}, &env.Expr)
	}
	if key.IsNumeric() && key == off && key.Kind != types.KindDecimal {
		return expr.Compile(&plan.Arith{Base: plan.Base{T: key, P: c.P}, Op: op, L: l, R: r}, &env.Expr)
	}
	bound, err := function.ResolveAmong(name, function.Named(name), function.Values(key, off))
	if err != nil || bound.Result != key || bound.Args[0] != key || bound.Args[1] != off {
		return nil, refused(c.P, "a RANGE frame of "+off.String()+" over "+key.String())
	}
	return expr.Compile(&plan.Call{Base: plan.Base{T: key, P: c.P}, Func: bound, Args: []plan.Expr{l, r}}, &env.Expr)
}

func (w *window) Close() error {
	w.acc.Free()
	return errors.Join(w.in.Close(), w.sorting.Close(), w.sp.Close())
}

func (w *window) Next(ctx context.Context) (*page.Page, error) {
	if w.emit == nil && w.sp == nil {
		if err := w.run(ctx); err != nil {
			return nil, err
		}
	}
	if w.sp != nil {
		return w.sp.next(ctx, nil)
	}
	return w.emit.next(), nil
}

func (w *window) run(ctx context.Context) error {
	s := newRowStore(w.cols)
	for {
		p, err := w.in.Next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			break
		}
		s.add(p)
		// Beside the rows there will be their copies in order, and the calls' values.
		size := 2*s.size() + int64(s.n)*(32+16*int64(len(w.calls)))
		if w.acc.Hold(size) || s.n > maxRows {
			if len(w.n.Partition) > 0 {
				return w.spill(ctx, s)
			}
			return w.spillWhole(ctx, s)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	vecs, _, err := w.compute(ctx, s.seal(), s.n)
	if err != nil {
		var bad *partitionError
		if errors.As(err, &bad) {
			return bad.error
		}
		return err
	}
	w.emit = newEmitter(vecs, identity(s.n), w.env.pageRows())
	return nil
}

// spill deals the rows out by their partitions (grace.go), and computes what
// fits in memory at a time. The partitions come back in order of first appearance.
func (w *window) spill(ctx context.Context, s *rowStore) error {
	sp := &spilledJoin{file: w.env.Space.File()}
	w.sp = sp
	columns := columnTypes(w.cols)
	sp.main = newOutput(w.env, w.n.Columns())
	d := newDealer(w.env, sp.file, columns, 0)
	var mem []page.Vector
	put := func(p *page.Page) error {
		if mem == nil {
			mem = make([]page.Vector, len(p.Cols))
		}
		q := &page.Page{Rows: p.Len(), Cols: dense(p, mem)}
		var keys []*page.Vector
		for _, k := range w.n.Partition {
			keys = append(keys, q.Cols[k])
		}
		return d.add(ctx, q, expr.HashColumns(nil, keys, q.Rows), nil)
	}
	if err := w.rest(ctx, s, put); err != nil {
		return err
	}
	limit := w.env.Memory.Limit()
	g := &grace{
		env: w.env, file: sp.file, rt: columns, leaf: w.leaf,
		fits: func(_, r *dealt) bool { return 3*r.size <= limit || r.rows <= 1 },
	}
	if err := g.all(ctx, newDealer(w.env, sp.file, nil, 0), d); err != nil {
		return err
	}
	if w.fail != nil {
		return w.fail
	}
	var err error
	sp.now, err = sp.main.merged(ctx, w.env.pageRows())
	return err
}

// failed notes the error of the partition that begins with row seq.
func (w *window) failed(seq int64, err error) {
	if w.fail == nil || seq < w.failSeq {
		w.fail, w.failSeq = err, seq
	}
}

// rest hands all rows to put: those that were read, and those that were not.
func (w *window) rest(ctx context.Context, s *rowStore, put func(*page.Page) error) error {
	vecs := s.seal()
	for from := 0; from < s.n; from += page.DefaultRows {
		sel := identity(min(s.n, from+page.DefaultRows) - from)
		for i := range sel {
			sel[i] += int32(from)
		}
		if err := put(&page.Page{Rows: s.n, Cols: vecs, Sel: sel}); err != nil {
			return err
		}
	}
	*s = rowStore{}
	clear(vecs)
	w.acc.Free()
	for {
		p, err := w.in.Next(ctx)
		if p == nil || err != nil {
			return err
		}
		if p.Len() == 0 {
			continue
		}
		if err := put(p); err != nil {
			return err
		}
	}
}

// leaf computes the window partitions of one partition on disk.
func (w *window) leaf(ctx context.Context, _, r *dealt) error {
	if limit := w.env.Memory.Limit(); 3*r.size > limit && r.rows > 1 {
		return w.big(ctx, r)
	}
	w.acc.Hold(2 * r.size)
	columns := w.cols
	d := dealer{columns: columnTypes(columns)}
	in := &chunkReader{file: w.sp.file, chunks: r.chunks, types: d.stored()}
	s := newRowStore(append(columns[:len(columns):len(columns)], plan.Column{Type: types.Bigint}, plan.Column{Type: types.Bigint}))
	if err := s.drain(ctx, in); err != nil {
		return err
	}
	vecs := s.seal()
	seqs := vecs[len(columns)+1]
	vecs, firsts, err := w.compute(ctx, vecs[:len(columns):len(columns)], s.n)
	if err != nil {
		var bad *partitionError
		if errors.As(err, &bad) {
			w.failed(seqs.I64[bad.first], bad.error)
			w.acc.Free()
			return nil
		}
		return err
	}
	number := &page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: s.n, I64: make([]int64, s.n)}
	for i, f := range firsts {
		number.I64[i] = seqs.I64[f]
	}
	var out sortedRun
	if err := w.sp.main.runs.put(&out, append(vecs, number), s.n); err != nil {
		return err
	}
	w.sp.main.add(out)
	w.acc.Free()
	return nil
}

// compute gives n rows with the calls' values behind them, partition by
// partition, and of each the row of the input that was its partition's first.
func (w *window) compute(ctx context.Context, in []*page.Vector, n int) (vecs []*page.Vector, firsts []int32, err error) {
	parts, groups := cutPartitions(in, w.n.Partition, n)
	outs := make([]*page.Builder, len(w.calls))
	for k, c := range w.calls {
		outs[k] = page.NewBuilder(c.Func.Result)
	}
	firsts = make([]int32, 0, n)
	for g := range groups {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		p := partition{rows: parts.order[parts.start[g]:parts.start[g+1]], vecs: in, keys: w.n.Order}
		first := int32(0)
		if len(p.rows) > 0 {
			first = p.rows[0]
			for range p.rows {
				firsts = append(firsts, first)
			}
		}
		if err := p.sort(); err != nil {
			return nil, nil, &partitionError{err, first}
		}
		if err := p.values(ctx, w.calls, make([]callState, len(w.calls)), outs); err != nil {
			if ctx.Err() != nil {
				return nil, nil, err
			}
			return nil, nil, &partitionError{err, first}
		}
	}
	// The calls' values are in the order of the partitions; bring the rows there.
	for _, v := range in[:len(w.n.Input.Columns())] {
		vecs = append(vecs, page.Gather(v, parts.order))
	}
	for _, b := range outs {
		vecs = append(vecs, b.Finish())
	}
	return vecs, firsts, nil
}

// cutPartitions finds the partitions of n rows, by order of first appearance.
func cutPartitions(vecs []*page.Vector, by []int, n int) (parts rows, groups int) {
	parts, groups = newRows(nil), 1
	if len(by) == 0 {
		parts.groups = make([]uint32, n)
	} else {
		var keys []*page.Vector
		var ts []types.Type
		for _, k := range by {
			keys, ts = append(keys, vecs[k]), append(ts, vecs[k].Type)
		}
		t := newGroupTable(ts)
		if n > 0 {
			parts.groups = t.find(keys, n, nil)
		}
		groups = t.n
	}
	parts.index(groups)
	return parts, groups
}

// partition is one partition's rows, in order. They are in memory, or on disk
// (windowpaged.go), where blocks of them are computed one after the other.
type partition struct {
	n     int
	rows  []int32 // of vecs
	vecs  []*page.Vector
	keys  []plan.SortKey
	match [][2]int // of a frame with a row pattern: the rows of each row's match in the block

	// The block at hand begins at row base. Of its rows, the peers of row base+i are
	// rows peerFrom[i]..peerTo[i]-1.
	base             int
	peerFrom, peerTo []int32
	group            []int32 // number of the row's peer group
	groupFrom        []int32 // first row of each peer group, and the end

	paged  *pagedRows // rows on disk
	starts *pagedRows // and groupFrom

	keyFrom, keyTo int // the rows whose first key is not NULL, once keyed
	keyed          bool
}

// at gives row i: vectors, and its place in them.
func (p *partition) at(i int) ([]*page.Vector, int32) {
	if p.paged != nil {
		return p.paged.row(i)
	}
	return p.vecs, p.rows[i]
}

// groups is the number of peer groups, and groupStart the first row of one; the
// one behind the last begins at the end.
func (p *partition) groups() int {
	if p.starts != nil {
		return p.starts.n() - 1
	}
	return len(p.groupFrom) - 1
}

func (p *partition) groupStart(g int) int {
	if p.starts != nil {
		cols, at := p.starts.row(g)
		if cols[0].IsNull(int(at)) {
			return 0
		}
		return int(cols[0].I64[at])
	}
	return int(p.groupFrom[g])
}

// block is the number of rows at hand.
func (p *partition) block() int { return len(p.peerFrom) }

// sort brings rows that are in memory in order, and finds the peers.
func (p *partition) sort() error {
	if len(p.keys) > 0 {
		if err := sortRows(p.rows, p.vecs, p.keys); err != nil {
			return err
		}
	}
	p.n = len(p.rows)
	n := p.n
	p.peerFrom, p.peerTo, p.group = make([]int32, n), make([]int32, n), make([]int32, n)
	for from := 0; from < n; {
		to := from + 1
		for to < n && compareRows(p.keys, p.vecs, int(p.rows[from]), p.vecs, int(p.rows[to])) == 0 {
			to++
		}
		for i := from; i < to; i++ {
			p.peerFrom[i], p.peerTo[i], p.group[i] = int32(from), int32(to), int32(len(p.groupFrom))
		}
		p.groupFrom = append(p.groupFrom, int32(from))
		from = to
	}
	p.groupFrom = append(p.groupFrom, int32(n))
	return nil
}

// callState is what a call's block leaves to the next one.
type callState struct {
	acc      accumulator
	from, to int // the rows that acc has taken in
	last     *page.Builder
}

// values appends the calls' values for each row of the block to outs. Of several
// errors it gives the first row's.
func (p *partition) values(ctx context.Context, calls []windowCall, states []callState, outs []*page.Builder) error {
	var first error
	at := 0
	for k := range calls {
		before := outs[k].Len()
		err := p.call(ctx, &calls[k], &states[k], outs[k])
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return err
		}
		if row := outs[k].Len() - before; first == nil || row < at {
			first, at = placed(err, calls[k].P), row
		}
	}
	return first
}

// call appends a call's value for each row of the block.
func (p *partition) call(ctx context.Context, c *windowCall, st *callState, out *page.Builder) error {
	n := int64(p.n)
	switch c.Func.Name {
	case "row_number":
		for i := range p.block() {
			out.Int64(int64(p.base + i + 1))
		}
	case "rank":
		for _, from := range p.peerFrom {
			out.Int64(int64(from) + 1)
		}
	case "dense_rank":
		for _, g := range p.group {
			out.Int64(int64(g) + 1)
		}
	case "percent_rank":
		for _, from := range p.peerFrom {
			if n == 1 {
				out.Float64(0)
			} else {
				out.Float64(float64(from) / float64(n-1))
			}
		}
	case "cume_dist":
		for _, to := range p.peerTo {
			out.Float64(float64(to) / float64(n))
		}
	case "ntile":
		return p.ntile(c, out)
	case "lag", "lead":
		return p.shift(ctx, c, out)
	case "first_value", "last_value", "nth_value":
		return p.pick(ctx, c, out)
	default:
		return p.aggregate(ctx, c, st, out)
	}
	return nil
}

// ntile deals rows into buckets; the first ones take what does not come out even.
func (p *partition) ntile(c *windowCall, out *page.Builder) error {
	n := int64(p.n)
	for i := p.base; i < p.base+p.block(); i++ {
		vecs, r := p.at(i)
		v := vecs[c.Args[0]]
		if v.IsNull(int(r)) {
			out.Null()
			continue
		}
		k := v.I64[r]
		if k <= 0 {
			return sqlerr.New(sqlerr.InvalidFunctionArgument, "Buckets must be greater than 0")
		}
		size, more := n/k, n%k
		if big := more * (size + 1); int64(i) < big {
			out.Int64(int64(i)/(size+1) + 1)
		} else {
			out.Int64(more + (int64(i)-big)/max(size, 1) + 1)
		}
	}
	return nil
}

// appendAt appends column k of row i.
func (p *partition) appendAt(out *page.Builder, k, i int) {
	vecs, r := p.at(i)
	appendOne(out, vecs[k], int(r))
}

func (p *partition) isNull(k, i int) bool {
	vecs, r := p.at(i)
	return vecs[k].IsNull(int(r))
}

// seldom checks for an end now and then.
func seldom(ctx context.Context, i int) error {
	if i&1023 == 1023 {
		return ctx.Err()
	}
	return nil
}

// shift is lag and lead, which ignore the frame.
func (p *partition) shift(ctx context.Context, c *windowCall, out *page.Builder) error {
	step := 1
	if c.Func.Name == "lag" {
		step = -1
	}
	for i := p.base; i < p.base+p.block(); i++ {
		if err := seldom(ctx, i); err != nil {
			return err
		}
		by := int64(1)
		if len(c.Args) > 1 {
			vecs, r := p.at(i)
			o := vecs[c.Args[1]]
			if o.IsNull(int(r)) {
				return sqlerr.New(sqlerr.InvalidFunctionArgument, "Offset must not be null")
			}
			if by = o.I64[r]; by < 0 {
				return sqlerr.New(sqlerr.InvalidFunctionArgument, "Offset must be at least 0")
			}
		}
		at := -1
		if !c.IgnoreNulls || by == 0 {
			if by <= int64(p.n) {
				at = i + step*int(by)
			}
		} else {
			for k := i + step; k >= 0 && k < p.n; k += step {
				if !p.isNull(c.Args[0], k) {
					if by--; by == 0 {
						at = k
						break
					}
				}
			}
		}
		switch {
		case at >= 0 && at < p.n:
			p.appendAt(out, c.Args[0], at)
		case len(c.Args) > 2:
			p.appendAt(out, c.Args[2], i)
		default:
			out.Null()
		}
	}
	return nil
}

// pick is first_value, last_value and nth_value.
func (p *partition) pick(ctx context.Context, c *windowCall, out *page.Builder) error {
	for i := p.base; i < p.base+p.block(); i++ {
		if err := seldom(ctx, i); err != nil {
			return err
		}
		from, to, err := p.frame(c, i)
		if err != nil {
			return err
		}
		nth := int64(1)
		step, at := 1, from
		switch c.Func.Name {
		case "last_value":
			step, at = -1, to-1
		case "nth_value":
			vecs, r := p.at(i)
			o := vecs[c.Args[1]]
			if o.IsNull(int(r)) {
				out.Null()
				continue
			}
			if nth = o.I64[r]; nth < 1 {
				return sqlerr.New(sqlerr.InvalidFunctionArgument, "Offset must be at least 1")
			}
		}
		found := -1
		if !c.IgnoreNulls {
			if nth <= int64(to-from) {
				found = at + step*int(nth-1)
			}
		} else {
			for k := at; k >= from && k < to; k += step {
				if !p.isNull(c.Args[0], k) {
					if nth--; nth == 0 {
						found = k
						break
					}
				}
			}
		}
		if found >= from && found < to && found >= 0 {
			p.appendAt(out, c.Args[0], found)
		} else {
			out.Null()
		}
	}
	return nil
}

// aggregate computes an aggregate over each row's frame. A frame that only grows
// is added to; any other is computed anew, unless it is the last one again.
func (p *partition) aggregate(ctx context.Context, c *windowCall, st *callState, out *page.Builder) error {
	if st.last == nil {
		st.last = page.NewBuilder(out.Type())
	}
	for i := p.base; i < p.base+p.block(); i++ {
		from, to, err := p.frame(c, i)
		if err != nil {
			return err
		}
		to = max(from, to)
		if st.acc != nil && from == st.from && to == st.to {
			appendOne(out, st.last.Vector(), 0)
			continue
		}
		if st.acc == nil || from != st.from || to < st.to || !growing(st.acc) {
			st.acc = c.mk()
			st.acc.grow(1)
			if s, ok := st.acc.(*sketches); ok {
				s.window = true
			}
			st.from, st.to = from, from
		}
		if err := p.feed(ctx, st.acc, c, st.to, to); err != nil {
			return err
		}
		st.to = to
		st.last.Reset()
		if err := st.acc.result(0, st.last); err != nil {
			return err
		}
		appendOne(out, st.last.Vector(), 0)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// growing reports whether rows may be added after a result was taken.
func growing(acc accumulator) bool {
	switch acc.(type) {
	case *collect, *buffered:
		return false
	}
	return true
}

// feed adds rows from..to-1 to an accumulator.
func (p *partition) feed(ctx context.Context, acc accumulator, c *windowCall, from, to int) error {
	if p.paged == nil {
		if from >= to {
			return nil
		}
		return p.feedRows(acc, c, p.vecs, p.rows[from:to])
	}
	var sel []int32
	for from < to {
		vecs, r := p.paged.row(from)
		n := min(to, p.paged.after(from)) - from
		sel = sel[:0]
		for k := range n {
			sel = append(sel, r+int32(k))
		}
		if err := p.feedRows(acc, c, vecs, sel); err != nil {
			return err
		}
		if err := errors.Join(p.paged.err, ctx.Err()); err != nil {
			return err
		}
		from += n
	}
	return nil
}

func (p *partition) feedRows(acc accumulator, c *windowCall, vecs []*page.Vector, sel []int32) error {
	if c.Filter >= 0 {
		f := vecs[c.Filter]
		var kept []int32
		for _, r := range sel {
			if !f.IsNull(int(r)) && f.Bools[r] {
				kept = append(kept, r)
			}
		}
		if sel = kept; len(sel) == 0 {
			return nil
		}
	}
	args := make([]*page.Vector, len(c.Args))
	for k, a := range c.Args {
		args[k] = page.Gather(vecs[a], sel)
	}
	return acc.add(make([]uint32, len(sel)), args)
}

// frame returns the frame of row i of the block: rows from..to-1 of the partition.
func (p *partition) frame(c *windowCall, i int) (from, to int, err error) {
	if p.match != nil {
		m := p.match[i-p.base]
		return m[0], m[1], nil
	}
	if from, err = p.bound(c, i, c.Frame.Start, false); err != nil {
		return 0, 0, err
	}
	if to, err = p.bound(c, i, c.Frame.End, true); err != nil {
		return 0, 0, err
	}
	return min(max(from, 0), p.n), min(max(to, 0), p.n), nil
}

func (p *partition) bound(c *windowCall, i int, b plan.Bound, end bool) (int, error) {
	e := 0
	if end {
		e = 1
	}
	switch b.Kind {
	case plan.UnboundedPreceding:
		return 0, nil
	case plan.UnboundedFollowing:
		return p.n, nil
	case plan.CurrentRow:
		switch {
		case c.Frame.Mode == plan.FrameRows:
			return i + e, nil
		case end:
			return int(p.peerTo[i-p.base]), nil
		}
		return int(p.peerFrom[i-p.base]), nil
	}
	by, err := p.offset(i, b)
	if err != nil {
		return 0, err
	}
	sign := 1
	if b.Kind == plan.Preceding {
		sign = -1
	}
	switch c.Frame.Mode {
	case plan.FrameRows:
		return i + sign*by + e, nil
	case plan.FrameGroups:
		g := int(p.group[i-p.base]) + sign*by + e
		return p.groupStart(min(max(g, 0), p.groups())), nil
	}
	return p.rangeAt(c, i, end), nil
}

// offset is the number of rows or groups of a bound; of a RANGE frame it only
// checks the value.
func (p *partition) offset(i int, b plan.Bound) (int, error) {
	vecs, at := p.at(i)
	return frameOffset(vecs[b.Offset], int(at), p.n)
}

// frameOffset is row r of v as an offset in a partition of n rows; only of integers
// is it more than checked.
func frameOffset(v *page.Vector, r, n int) (int, error) {
	bad := sqlerr.New(sqlerr.InvalidWindowFrame, "Window frame offset value must not be negative or null")
	if v.IsNull(r) {
		return 0, bad
	}
	switch v.Phys {
	case page.PhysInt64:
		if v.I64[r] < 0 {
			return 0, bad
		}
		return int(min(v.I64[r], int64(n)+1)), nil
	case page.PhysInt128:
		if v.I128[r].Sign() < 0 {
			return 0, bad
		}
		if v.I128[r].Cmp(decimal.FromInt64(int64(n))) > 0 {
			return n + 1, nil
		}
		return int(v.I128[r].Int64()), nil
	case page.PhysFloat64:
		if !(v.F64[r] >= 0) {
			return 0, bad
		}
	}
	return 0, nil
}

// rangeAt finds the bound of a RANGE frame with an offset: the first row whose
// key is not before the bound's value, or, for an end, the first behind it. The
// frame of a row without a key is its peers.
func (p *partition) rangeAt(c *windowCall, i int, end bool) int {
	k := p.keys[0]
	vecs, r := p.at(i)
	bound := vecs[c.startAt]
	if end {
		bound = vecs[c.endAt]
	}
	if vecs[k.Col].IsNull(int(r)) {
		if end {
			return int(p.peerTo[i-p.base])
		}
		return int(p.peerFrom[i-p.base])
	}
	if !p.keyed { // NULLs stand together at one end
		p.keyed, p.keyFrom, p.keyTo = true, 0, p.n
		if p.isNull(k.Col, 0) {
			p.keyFrom = sort.Search(p.n, func(j int) bool { return !p.isNull(k.Col, j) })
		} else {
			p.keyTo = sort.Search(p.n, func(j int) bool { return p.isNull(k.Col, j) })
		}
	}
	return p.keyFrom + sort.Search(p.keyTo-p.keyFrom, func(j int) bool {
		vs, at := p.at(p.keyFrom + j)
		x := expr.CompareValues(vs[k.Col], int(at), bound, int(r))
		if k.Desc {
			x = -x
		}
		return x > 0 || x == 0 && !end
	})
}
