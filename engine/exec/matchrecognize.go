package exec

// MatchRecognize: reads its input whole, cuts it into partitions, in order of
// first appearance, sorts each, and looks for matches from its first row on
// (Trino's PatternRecognitionPartition). What it yields is made as it is asked
// for: all rows of overlapping matches may be many more than the input's.

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

type matchRecognize struct {
	in  Operator
	n   *plan.MatchRecognize
	env *Env
	acc *spill.Account

	defines  []*matchExpr // nil: every row
	measures []*matchExpr
	matcher  *matcher
	calls    []windowCall

	read   bool
	vecs   []*page.Vector
	parts  rows
	groups int
	group  int // the partition at hand
	p      *partition
	big    *bigPartition // the same, on disk
	sort   *bigSort      // past the memory budget: where the partitions come from
	states []callState
	row    int // the row at hand in it
	emit   *emitter

	skipped, matched int // the last row that was skipped, or in a match
	number           int64
	showing          *shownMatch // whose rows are being yielded

	out    []int32 // input rows of the page being made
	values []int32 // where their measures are; -1 for NULLs
	count  int32   // measures so far
	frames [][2]int
	held   int64
}

// shownMatch is a match of which all rows are yielded, a page at a time: it may have
// more than memory holds with their measures.
type shownMatch struct {
	*match
	start, from, to int
	next            int // the row of the match
	passed          int // exclusions behind
}

// matchExpr is an expression about a match, ready to run.
type matchExpr struct {
	*plan.PatternExpr
	prog  *expr.Program
	cols  []*page.Builder // the inputs' values
	aggs  []*matchAgg     // by input
	own   bool            // a definition that asks only for the row
	known []int8          // of such a one, by row: 1 true, 2 false
	page  page.Page
}

// matchAgg is an aggregate over rows of a match.
type matchAgg struct {
	*plan.PatternAgg
	mk    func() accumulator
	args  []*matchExpr
	acc   accumulator
	path  []int32 // the labels that acc has taken in
	start int
	last  *page.Builder
}

func newMatchRecognize(in Operator, n *plan.MatchRecognize, env *Env) (Operator, error) {
	m := &matchRecognize{in: in, n: n, env: env, acc: env.Memory.Account(), emit: nil}
	var err error
	if m.matcher, err = newMatcher(n.Match); err != nil {
		return nil, placed(err, n.P)
	}
	if m.defines, err = compilePatternExprs(n.Match.Defines, env); err != nil {
		return nil, err
	}
	if m.measures, err = compilePatternExprs(n.Match.Measures, env); err != nil {
		return nil, err
	}
	if len(n.Calls) > 0 {
		w, err := newWindow(in, &plan.WindowNode{Input: n.Input, Partition: n.Partition, Order: n.Order, Calls: n.Calls}, env)
		if err != nil {
			return nil, err
		}
		m.calls = w.(*window).calls
	}
	return m, nil
}

func compilePatternExprs(es []*plan.PatternExpr, env *Env) ([]*matchExpr, error) {
	out := make([]*matchExpr, len(es))
	for i, e := range es {
		if e == nil {
			continue
		}
		x := &matchExpr{PatternExpr: e, aggs: make([]*matchAgg, len(e.Inputs))}
		var err error
		if x.prog, err = expr.Compile(e.Expr, &env.Expr); err != nil {
			return nil, err
		}
		for k, in := range e.Inputs {
			x.cols = append(x.cols, page.NewBuilder(in.Type))
			if in.Agg == nil {
				continue
			}
			a := &matchAgg{PatternAgg: in.Agg, last: page.NewBuilder(in.Type)}
			if a.args, err = compilePatternExprs(in.Agg.Args, env); err != nil {
				return nil, err
			}
			call := plan.Agg{Func: in.Agg.Func, Filter: -1, P: in.Agg.P}
			var ts []types.Type
			for j, arg := range in.Agg.Args {
				call.Args = append(call.Args, j)
				ts = append(ts, arg.Expr.Type())
			}
			if a.mk, err = accumulatorFor(&call, ts, env); err != nil {
				return nil, err
			}
			x.aggs[k] = a
		}
		out[i] = x
	}
	return out, nil
}

func (m *matchRecognize) Close() error {
	m.acc.Free()
	return errors.Join(m.in.Close(), m.big.Close(), m.sort.Close())
}

// load reads the input and finds the partitions.
func (m *matchRecognize) load(ctx context.Context) error {
	s := newRowStore(m.n.Input.Columns())
	for {
		p, err := m.in.Next(ctx)
		if err != nil {
			return err
		}
		if p == nil {
			break
		}
		s.add(p)
		m.held = 2 * s.size()
		if m.acc.Hold(m.held) || s.n > maxRows {
			if err := m.spill(ctx, s); err != nil {
				return err
			}
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	m.read = true
	if m.sort == nil {
		m.vecs = s.seal()
		m.parts, m.groups = cutPartitions(m.vecs, m.n.Partition, s.n)
	}
	for l, d := range m.defines {
		if d == nil {
			continue
		}
		own := true
		for _, in := range d.Inputs {
			own = own && in.Source == plan.FromColumn && ownRow(in.Nav, l) && (in.Nav.Physical == 0 || m.n.Rows != plan.WindowRows)
		}
		if d.own = own; own && m.sort == nil {
			d.known = make([]int8, s.n)
		}
	}
	return nil
}

// spill sorts the rows on disk: those that were read, and the rest.
func (m *matchRecognize) spill(ctx context.Context, s *rowStore) error {
	m.sort = newBigSort(m.env, m.n.Input.Columns(), m.n.Partition, m.n.Order)
	var seqs []int64
	add := func(p *page.Page) error {
		seqs = resized(seqs, p.Len())
		return m.sort.add(ctx, p, seqs)
	}
	vecs := s.seal()
	for from := 0; from < s.n; from += page.DefaultRows {
		sel := identity(min(s.n, from+page.DefaultRows) - from)
		for i := range sel {
			sel[i] += int32(from)
		}
		if err := add(&page.Page{Rows: s.n, Cols: vecs, Sel: sel}); err != nil {
			return err
		}
	}
	*s = rowStore{}
	clear(vecs)
	m.held = 0
	m.acc.Free()
	for {
		p, err := m.in.Next(ctx)
		if p == nil || err != nil {
			return err
		}
		if err := add(p); err != nil {
			return err
		}
	}
}

// begin brings the next partition to hand; false at the end.
func (m *matchRecognize) begin(ctx context.Context) (bool, error) {
	if m.sort == nil {
		if m.group == m.groups {
			return false, nil
		}
		m.p = &partition{rows: m.parts.order[m.parts.start[m.group]:m.parts.start[m.group+1]], vecs: m.vecs, keys: m.n.Order}
		m.group++
		if err := m.p.sort(); err != nil {
			return false, err
		}
	} else {
		var err error
		if m.big, err = m.sort.next(ctx); m.big == nil || err != nil {
			return false, err
		}
		m.p = &m.big.partition
		// What rows alone decide is remembered as long as there is room for it.
		room := m.env.Memory.Limit() / 8
		for _, d := range m.defines {
			if d == nil {
				continue
			}
			if d.known = nil; d.own && int64(m.p.n) <= room {
				d.known = make([]int8, m.p.n)
				room -= int64(m.p.n)
			}
		}
		if m.n.Rows == plan.WindowRows {
			m.big.nextBlock()
		}
	}
	m.states = make([]callState, len(m.calls))
	m.row, m.skipped, m.matched, m.number = 0, -1, -1, 1
	m.frames = m.frames[:0]
	return true, nil
}

func (m *matchRecognize) Next(ctx context.Context) (*page.Page, error) {
	if !m.read {
		if err := m.load(ctx); err != nil {
			return nil, err
		}
	}
	for {
		if m.emit != nil {
			if p := m.emit.next(); p != nil {
				return p, nil
			}
			m.emit = nil
		}
		if err := m.fill(ctx); err != nil {
			return nil, err
		}
		if m.emit == nil {
			return nil, nil
		}
	}
}

// fill makes the next rows; m.emit stays nil at the end.
func (m *matchRecognize) fill(ctx context.Context) error {
	window := m.n.Rows == plan.WindowRows
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if m.p == nil {
			if some, err := m.begin(ctx); err != nil {
				return err
			} else if !some {
				break
			}
		}
		end := m.p.n
		if window {
			end = m.p.base + m.p.block()
		}
		for m.row < end && (window || len(m.out) < m.env.pageRows()) {
			if m.row&255 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			var err error
			if m.showing != nil {
				err = m.show(ctx)
			} else {
				err = m.position(ctx)
			}
			if err != nil {
				return err
			}
			if m.showing == nil {
				m.row++
			}
		}
		done := m.row == m.p.n
		if len(m.out) > 0 && (window || m.big != nil && done) || len(m.out) >= m.env.pageRows() {
			if err := m.flush(ctx); err != nil {
				return err
			}
		}
		if m.big != nil {
			if err := m.big.failed(); err != nil {
				return err
			}
			if !done && window {
				m.frames = m.frames[:0]
				m.big.nextBlock()
			}
		}
		if done {
			if err := m.big.Close(); err != nil {
				return err
			}
			m.p, m.big = nil, nil
		}
		if m.emit != nil {
			return nil
		}
	}
	if len(m.out) > 0 {
		return m.flush(ctx)
	}
	return nil
}

// place gives the number that stands for row i of the partition in the page being
// made.
func (m *matchRecognize) place(i int) int32 {
	if m.big != nil {
		return int32(i)
	}
	return m.p.rows[i]
}

// position looks for the match at a row and yields what comes of it.
func (m *matchRecognize) position(ctx context.Context) error {
	window := m.n.Rows == plan.WindowRows
	at := m.row
	if at <= m.skipped {
		if window {
			m.unmatched()
		}
		return nil
	}
	from, to := 0, m.p.n
	if window {
		c := windowCall{WindowCall: plan.WindowCall{Frame: plan.Frame{Mode: plan.FrameRows, End: m.n.End}}}
		end, err := m.p.bound(&c, at, m.n.End, true)
		if err != nil {
			return err
		}
		from, to = at, min(end, to)
	}
	start := at
	var found *match
	for {
		var err error
		if found, err = m.try(ctx, start, from, to); err != nil {
			return err
		}
		if found != nil || !m.n.Match.Seek || !window || start >= to-1 {
			break
		}
		start++
	}
	switch {
	case found == nil:
		if window || m.n.Rows == plan.AllWithUnmatched && at > m.matched {
			m.unmatched()
		}
		m.skipped = at
		return nil
	case len(found.labels) == 0:
		if m.n.Rows != plan.AllOmitEmpty {
			if err := m.empty(); err != nil {
				return err
			}
		}
		m.skipped = at
		m.number++
		return nil
	}
	switch m.n.Rows {
	case plan.OneRowPerMatch, plan.WindowRows:
		if err := m.measure(ctx, at, start, len(found.labels)-1, from, to, found.labels); err != nil {
			return err
		}
		if window {
			m.frames = append(m.frames, [2]int{start, start + len(found.labels)})
		}
	default:
		m.showing = &shownMatch{match: found, start: start, from: from, to: to}
		return m.show(ctx)
	}
	return m.goOn(start, found)
}

// show yields rows of a match up to a page.
func (m *matchRecognize) show(ctx context.Context) error {
	f := m.showing
	for f.next < len(f.labels) {
		if len(m.out) >= m.env.pageRows() {
			return nil
		}
		if f.passed < len(f.exclusions) && f.next >= f.exclusions[f.passed] {
			f.next = f.exclusions[f.passed+1]
			f.passed += 2
			continue
		}
		if err := m.measure(ctx, f.start+f.next, f.start, f.next, f.from, f.to, f.labels); err != nil {
			return err
		}
		if f.next++; f.next&255 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	m.showing = nil
	return m.goOn(f.start, f.match)
}

// goOn finds out where to look for the match after one that the row at hand has
// begun.
func (m *matchRecognize) goOn(start int, found *match) error {
	n := len(found.labels)
	m.matched = max(m.matched, start+n-1)
	switch m.n.Match.Skip {
	case plan.SkipPastLast:
		m.skipped = start + n - 1
	case plan.SkipToNext:
		m.skipped = m.row
	default:
		to := navigate(m.n.Match.SkipTo, found.labels, n-1)
		if to < 0 {
			return sqlerr.Newf(sqlerr.GenericUserError, m.n.P, "AFTER MATCH SKIP failed: pattern variable is not present in match")
		}
		if to == 0 {
			return sqlerr.Newf(sqlerr.GenericUserError, m.n.P, "AFTER MATCH SKIP failed: cannot skip to first row of match")
		}
		m.skipped = start + to - 1
	}
	m.number++
	return nil
}

// try runs the pattern from a row on.
func (m *matchRecognize) try(ctx context.Context, start, from, to int) (*match, error) {
	test := func(labels []int32) (bool, error) {
		l := labels[len(labels)-1]
		d := m.defines[l]
		if d == nil {
			return true, nil
		}
		current := start + len(labels) - 1
		if d.known != nil && d.known[m.place(current)] != 0 {
			return d.known[m.place(current)] == 1, nil
		}
		for _, b := range d.cols {
			b.Reset()
		}
		if err := m.inputs(ctx, d, start, len(labels)-1, from, to, labels); err != nil {
			return false, err
		}
		v, err := d.eval(1)
		if err != nil {
			return false, err
		}
		ok := v.Phys == page.PhysBool && !v.IsNull(0) && v.Bools[0]
		if d.known != nil {
			d.known[m.place(current)] = 2
			if ok {
				d.known[m.place(current)] = 1
			}
		}
		return ok, nil
	}
	for _, d := range m.defines {
		d.forget()
	}
	for _, e := range m.measures {
		e.forget()
	}
	hold := func(n int64) error { return m.acc.Require(m.held+n, "the threads of row pattern recognition") }
	return m.matcher.run(ctx, max(to-start, 0), start == 0, test, hold)
}

// forget drops the aggregates of another match.
func (e *matchExpr) forget() {
	if e == nil {
		return
	}
	for _, a := range e.aggs {
		if a != nil {
			a.acc = nil
		}
	}
}

// eval evaluates the expression over the n rows in cols.
func (e *matchExpr) eval(n int) (*page.Vector, error) {
	e.page.Rows = n
	e.page.Cols = e.page.Cols[:0]
	for _, b := range e.cols {
		e.page.Cols = append(e.page.Cols, b.Vector())
	}
	return e.prog.Eval(&e.page)
}

// inputs appends the values that e reads when the row at hand is the match's
// row current; rows from..to-1 may be looked at.
func (m *matchRecognize) inputs(ctx context.Context, e *matchExpr, start, current, from, to int, labels []int32) error {
	for k, in := range e.Inputs {
		b := e.cols[k]
		switch in.Source {
		case plan.FromMatchNumber:
			b.Int64(m.number)
		case plan.FromAggregate:
			a := e.aggs[k]
			last := current
			if a.Final {
				last = len(labels) - 1
			}
			if err := m.aggregate(ctx, a, start, labels[:last+1], b); err != nil {
				return placed(err, a.P)
			}
		default:
			at := navigate(in.Nav, labels, current)
			if at >= 0 {
				at += in.Nav.Physical
			}
			switch {
			case at < 0 && navigate(in.Nav, labels, current) < 0, at+start < from, at+start >= to:
				b.Null()
			case in.Source == plan.FromColumn:
				m.p.appendAt(b, in.Col, at+start)
			case at < 0 || at >= len(labels):
				b.Null()
			default:
				b.String(m.n.Match.Labels[labels[at]])
			}
		}
	}
	return nil
}

// aggregate appends an aggregate's value over rows of a match. Where the last
// call was over a beginning of the same match it only takes in the rest.
func (m *matchRecognize) aggregate(ctx context.Context, a *matchAgg, start int, labels []int32, out *page.Builder) error {
	if a.acc != nil && a.start == start && samePath(a.path, labels) && len(a.path) == len(labels) {
		appendOne(out, a.last.Vector(), 0)
		return nil
	}
	if a.acc == nil || a.start != start || !growing(a.acc) || !samePath(a.path, labels) {
		a.acc = a.mk()
		a.acc.grow(1)
		a.path, a.start = a.path[:0], start
	}
	for _, arg := range a.args {
		for _, b := range arg.cols {
			b.Reset()
		}
	}
	n := 0
	for i := len(a.path); i < len(labels); i++ {
		if i&4095 == 4095 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !hasLabel(a.Labels, labels[i]) {
			continue
		}
		n++
		for _, arg := range a.args {
			for k, in := range arg.Inputs {
				switch in.Source {
				case plan.FromMatchNumber:
					arg.cols[k].Int64(m.number)
				case plan.FromClassifier:
					arg.cols[k].String(m.n.Match.Labels[labels[i]])
				default:
					m.p.appendAt(arg.cols[k], in.Col, start+i)
				}
			}
		}
	}
	if n > 0 {
		args := make([]*page.Vector, len(a.args))
		for k, arg := range a.args {
			v, err := arg.eval(n)
			if err != nil {
				return err
			}
			args[k] = v
		}
		if err := a.acc.add(make([]uint32, n), args); err != nil {
			return err
		}
	}
	a.path = append(a.path, labels[len(a.path):]...)
	a.last.Reset()
	if err := a.acc.result(0, a.last); err != nil {
		return err
	}
	appendOne(out, a.last.Vector(), 0)
	return nil
}

// samePath reports whether a is a beginning of b. The ends are the likeliest to
// differ.
func samePath(a, b []int32) bool {
	if len(a) > len(b) {
		return false
	}
	for i := len(a) - 1; i >= 0; i-- {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (m *matchRecognize) unmatched() {
	m.out = append(m.out, m.place(m.row))
	m.values = append(m.values, -1)
	if m.n.Rows == plan.WindowRows {
		m.frames = append(m.frames, [2]int{0, 0})
	}
}

// empty yields the row of an empty match.
func (m *matchRecognize) empty() error {
	for _, e := range m.measures {
		for k, in := range e.Inputs {
			switch in.Source {
			case plan.FromMatchNumber:
				e.cols[k].Int64(m.number)
			case plan.FromAggregate:
				acc := e.aggs[k].mk()
				acc.grow(1)
				if err := acc.result(0, e.cols[k]); err != nil {
					return placed(err, e.aggs[k].P)
				}
			default:
				e.cols[k].Null()
			}
		}
	}
	m.yield(m.row)
	if m.n.Rows == plan.WindowRows {
		m.frames = append(m.frames, [2]int{0, 0})
	}
	return nil
}

// measure yields row at of the partition with the measures at the match's row
// current.
func (m *matchRecognize) measure(ctx context.Context, at, start, current, from, to int, labels []int32) error {
	for _, e := range m.measures {
		if err := m.inputs(ctx, e, start, current, from, to, labels); err != nil {
			return err
		}
	}
	m.yield(at)
	return nil
}

func (m *matchRecognize) yield(at int) {
	m.out = append(m.out, m.place(at))
	m.values = append(m.values, m.count)
	m.count++
}

// flush makes pages of the rows so far.
func (m *matchRecognize) flush(ctx context.Context) error {
	var cols []*page.Vector
	for _, k := range m.n.Output {
		if m.big == nil {
			cols = append(cols, page.Gather(m.vecs[k], m.out))
			continue
		}
		b := page.NewBuilder(m.n.Input.Columns()[k].Type)
		for _, i := range m.out {
			m.p.appendAt(b, k, int(i))
		}
		cols = append(cols, b.Finish())
	}
	for i, e := range m.measures {
		b := page.NewBuilder(m.n.Match.Measures[i].Expr.Type())
		var v *page.Vector
		if m.count > 0 {
			var err error
			if v, err = e.eval(int(m.count)); err != nil {
				return err
			}
		}
		for _, at := range m.values {
			if at < 0 {
				b.Null()
			} else {
				appendOne(b, v, int(at))
			}
		}
		for _, c := range e.cols {
			c.Reset()
		}
		cols = append(cols, b.Finish())
	}
	for k := range m.calls {
		c := &m.calls[k]
		out := page.NewBuilder(c.Func.Result)
		m.p.match = m.frames
		if err := m.p.call(ctx, c, &m.states[k], out); err != nil {
			return placed(err, c.P)
		}
		cols = append(cols, out.Finish())
	}
	m.emit = newEmitter(cols, identity(len(m.out)), m.env.pageRows())
	m.out, m.values, m.count = m.out[:0], m.values[:0], 0
	return nil
}
