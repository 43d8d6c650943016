package exec

// Row pattern recognition, the matcher: a pattern becomes a program, which runs
// over the rows breadth first, a thread for each way to match what was read so
// far, the preferred ways first. Threads that cannot differ in future are one
// (Trino's Matcher and ThreadEquivalence).

import (
	"context"
	"slices"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

type matchOp uint8

const (
	matchLabel matchOp = iota // a: the label
	matchJump                 // a: where to
	matchSplit                // a, b: where to, a preferred
	matchStart
	matchEnd
	matchSave
	matchDone
)

type matchInstr struct {
	op   matchOp
	a, b int32
}

// maxMatchProgram bounds what quantifiers and PERMUTE expand to.
const maxMatchProgram = 1 << 20

type matchProgram struct {
	code []matchInstr
	err  error
}

func compileMatch(t *plan.PatternTerm) ([]matchInstr, error) {
	p := &matchProgram{}
	p.term(t)
	p.add(matchDone, 0, 0)
	return p.code, p.err
}

func (p *matchProgram) add(op matchOp, a, b int) int {
	if len(p.code) >= maxMatchProgram {
		if p.err == nil {
			p.err = sqlerr.Newf(sqlerr.NotSupported, 0, "a row pattern of more than %d steps, with its quantifiers and permutations written out, is not supported", maxMatchProgram)
		}
		return len(p.code) - 1
	}
	p.code = append(p.code, matchInstr{op, int32(a), int32(b)})
	return len(p.code) - 1
}

func (p *matchProgram) split(at, a, b int, lazy bool) {
	if lazy {
		a, b = b, a
	}
	p.code[at] = matchInstr{matchSplit, int32(a), int32(b)}
}

func (p *matchProgram) term(t *plan.PatternTerm) {
	if p.err != nil {
		return
	}
	switch t.Kind {
	case plan.TermLabel:
		p.add(matchLabel, t.Label, 0)
	case plan.TermStart:
		p.add(matchStart, 0, 0)
	case plan.TermEnd:
		p.add(matchEnd, 0, 0)
	case plan.TermExclude:
		p.add(matchSave, 0, 0)
		p.term(t.Args[0])
		p.add(matchSave, 0, 0)
	case plan.TermConcat:
		for _, a := range t.Args {
			p.term(a)
		}
	case plan.TermAlternate:
		parts := make([][]*plan.PatternTerm, len(t.Args))
		for i, a := range t.Args {
			parts[i] = []*plan.PatternTerm{a}
		}
		p.alternate(len(parts), func(i int) []*plan.PatternTerm { return parts[i] })
	case plan.TermPermute:
		p.permute(t.Args)
	case plan.TermRepeat:
		p.repeat(t)
	}
}

// alternate tries n sequences in order.
func (p *matchProgram) alternate(n int, part func(int) []*plan.PatternTerm) {
	var jumps []int
	for i := range n {
		at := -1
		if i < n-1 {
			at = p.add(matchSplit, 0, 0)
		}
		for _, t := range part(i) {
			p.term(t)
		}
		if at >= 0 {
			jumps = append(jumps, p.add(matchJump, 0, 0))
			p.split(at, at+1, len(p.code), false)
		}
		if p.err != nil {
			return
		}
	}
	for _, j := range jumps {
		p.code[j].a = int32(len(p.code))
	}
}

// permute tries the orders of terms, the one as written first.
func (p *matchProgram) permute(terms []*plan.PatternTerm) {
	total := 1
	for i := range terms {
		if total *= i + 1; total > maxMatchProgram {
			p.code = p.code[:0]
			p.err = sqlerr.Newf(sqlerr.NotSupported, terms[0].P, "PERMUTE of %d patterns is not supported", len(terms))
			return
		}
	}
	p.alternate(total, func(k int) []*plan.PatternTerm {
		left := slices.Clone(terms)
		var out []*plan.PatternTerm
		for n, f := len(terms), total; n > 0; n-- {
			f /= n
			at := k / f
			k %= f
			out = append(out, left[at])
			left = slices.Delete(left, at, at+1)
		}
		return out
	})
}

func (p *matchProgram) repeat(t *plan.PatternTerm) {
	arg := t.Args[0]
	if t.Max < 0 {
		if t.Min == 0 {
			first := p.add(matchSplit, 0, 0)
			p.term(arg)
			loop := p.add(matchSplit, 0, 0)
			p.split(loop, first+1, loop+1, t.Lazy)
			p.split(first, first+1, loop+1, t.Lazy)
			return
		}
		from := p.times(arg, t.Min)
		loop := p.add(matchSplit, 0, 0)
		p.split(loop, from, loop+1, t.Lazy)
		return
	}
	p.times(arg, t.Min)
	var splits []int
	for i := t.Min; i < t.Max && p.err == nil; i++ {
		splits = append(splits, p.add(matchSplit, 0, 0))
		p.term(arg)
	}
	for _, s := range splits {
		p.split(s, s+1, len(p.code), t.Lazy)
	}
}

// times writes a term n times, and returns where the last one begins. One that
// takes no steps is written once: it could be asked for two billion times.
func (p *matchProgram) times(t *plan.PatternTerm, n int) (last int) {
	for i := 0; i < n && p.err == nil; i++ {
		last = len(p.code)
		if p.term(t); len(p.code) == last {
			break
		}
	}
	return last
}

// labelPath is the labels of the rows matched so far. Paths share memory: the
// first n labels of buf never change while a path of n uses them.
type labelPath struct {
	buf *[]int32
	n   int
}

func (l labelPath) labels() []int32 { return (*l.buf)[:l.n] }

// tried is the path with one more label, which may be overwritten.
func (l labelPath) tried(label int32) (labels []int32, undo func()) {
	if len(*l.buf) == l.n {
		*l.buf = append(*l.buf, label)
		return *l.buf, func() { *l.buf = (*l.buf)[:l.n] }
	}
	old := (*l.buf)[l.n]
	(*l.buf)[l.n] = label
	return (*l.buf)[:l.n+1], func() { (*l.buf)[l.n] = old }
}

// grown is the path with one more label, for good.
func (l labelPath) grown(label int32) labelPath {
	if len(*l.buf) != l.n {
		own := append(make([]int32, 0, 2*l.n+8), l.labels()...)
		l.buf = &own
	}
	*l.buf = append(*l.buf, label)
	return labelPath{l.buf, l.n + 1}
}

// savedRow is one of the ends of exclusions, the last first.
type savedRow struct {
	at   int
	prev *savedRow
}

type matchThread struct {
	pc    int32
	path  labelPath
	saves *savedRow
}

// match is what a pattern matched: a label for each row.
type match struct {
	labels     []int32
	exclusions []int // pairs: rows from..to-1 are left out
}

// matcher runs a program. It belongs to one operator.
type matcher struct {
	code   []matchInstr
	needs  []equivalence // by instruction: what tells threads there apart
	at     [][]labelPath // threads that came to an instruction for this row
	used   []int32
	stack  []matchThread
	cur    []matchThread
	next   []matchThread
	length int
	start  bool
}

// equivalence is what future rows may ask of the rows matched so far.
type equivalence struct {
	rows   []plan.Navigation // lead to the same row
	labels []plan.Navigation // lead to the same label
	sets   [][]int           // the same rows have one of these labels (nil: any)
	kinds  [][]int           // and the same labels
}

func newMatcher(m *plan.RowMatch) (*matcher, error) {
	code, err := compileMatch(m.Pattern)
	if err != nil {
		return nil, err
	}
	x := &matcher{code: code, at: make([][]labelPath, len(code)), needs: make([]equivalence, len(code))}
	if len(m.Labels) > 0 {
		x.compare(m)
	}
	return x, nil
}

// compare finds, for each instruction, what the labels that can come after it
// ask of the match.
func (x *matcher) compare(m *plan.RowMatch) {
	of := make([]equivalence, len(m.Labels))
	any := false
	for i, d := range m.Defines {
		if d == nil {
			continue
		}
		of[i].read(d, i)
		any = any || of[i].rows != nil || of[i].labels != nil || of[i].sets != nil || of[i].kinds != nil
	}
	if !any {
		return
	}
	// The labels that an instruction reaches, to a fixed point.
	words := (len(m.Labels) + 63) / 64
	reach := make([]uint64, words*len(x.code))
	for changed := true; changed; {
		changed = false
		for pc := len(x.code) - 1; pc >= 0; pc-- {
			set := reach[pc*words : (pc+1)*words]
			join := func(to int) {
				for w, bits := range reach[to*words : (to+1)*words] {
					if set[w]|bits != set[w] {
						set[w] |= bits
						changed = true
					}
				}
			}
			switch in := x.code[pc]; in.op {
			case matchLabel:
				if bit := uint64(1) << (in.a & 63); set[in.a>>6]&bit == 0 {
					set[in.a>>6] |= bit
					changed = true
				}
				join(pc + 1)
			case matchJump:
				join(int(in.a))
			case matchSplit:
				join(int(in.a))
				join(int(in.b))
			case matchDone:
			default:
				join(pc + 1)
			}
		}
	}
	known := map[string]equivalence{}
	for pc := range x.code {
		set := reach[pc*words : (pc+1)*words]
		var key []byte
		for _, w := range set {
			for k := range 8 {
				key = append(key, byte(w>>(8*k)))
			}
		}
		e, ok := known[string(key)]
		if !ok {
			for l := range of {
				if set[l>>6]>>(l&63)&1 == 1 {
					e.join(of[l])
				}
			}
			known[string(key)] = e
		}
		x.needs[pc] = e
	}
}

// read collects what the definition of label asks.
func (e *equivalence) read(d *plan.PatternExpr, label int) {
	for _, in := range d.Inputs {
		nav := in.Nav
		switch in.Source {
		case plan.FromColumn:
			if nav.Labels == nil || ownRow(nav, label) {
				continue // the row is the same for all threads
			}
			nav.Physical = 0
			e.rows = append(e.rows, withBefore(nav)...)
		case plan.FromClassifier:
			e.labels = append(e.labels, withBefore(nav)...)
			for tail := nav.Physical + 1; tail < 0 && !nav.First; tail++ {
				e.labels = append(e.labels, plan.Navigation{Labels: nav.Labels, Physical: tail})
			}
		case plan.FromAggregate:
			classifier := false
			for _, a := range in.Agg.Args {
				for _, i := range a.Inputs {
					classifier = classifier || i.Source == plan.FromClassifier
				}
			}
			switch {
			case classifier && len(in.Agg.Labels) != 1:
				e.kinds = append(e.kinds, in.Agg.Labels)
			case in.Agg.Labels != nil:
				e.sets = append(e.sets, in.Agg.Labels)
			}
		}
	}
}

// ownRow tells the last row of a label that the row at hand is tried as.
func ownRow(nav plan.Navigation, label int) bool {
	return !nav.First && nav.Logical == 0 && (nav.Labels == nil || slices.Contains(nav.Labels, label))
}

// withBefore lists the rows that a navigation may come to lead to.
func withBefore(nav plan.Navigation) []plan.Navigation {
	out := []plan.Navigation{nav}
	for k := nav.Logical - 1; k >= 0 && !nav.First; k-- {
		n := nav
		n.Logical = k
		out = append(out, n)
	}
	return out
}

func (e *equivalence) join(o equivalence) {
	add := func(list *[]plan.Navigation, more []plan.Navigation) {
		for _, n := range more {
			if !slices.ContainsFunc(*list, func(x plan.Navigation) bool {
				return x.First == n.First && x.Logical == n.Logical && x.Physical == n.Physical && slices.Equal(x.Labels, n.Labels)
			}) {
				*list = append(*list, n)
			}
		}
	}
	add(&e.rows, o.rows)
	add(&e.labels, o.labels)
	e.sets = append(e.sets, o.sets...)
	e.kinds = append(e.kinds, o.kinds...)
}

// same reports whether two threads at one instruction have one future.
func (e *equivalence) same(a, b labelPath) bool {
	if a.n == 0 || a.buf == b.buf {
		return true // paths of one length in the same memory are the same
	}
	x, y := a.labels(), b.labels()
	for _, nav := range e.rows {
		if navigate(nav, x, len(x)-1) != navigate(nav, y, len(y)-1) {
			return false
		}
	}
	for _, nav := range e.labels {
		i, j := within(nav, x), within(nav, y)
		if (i < 0) != (j < 0) || i >= 0 && x[i] != y[j] {
			return false
		}
	}
	for _, set := range e.sets {
		for i := range x {
			if hasLabel(set, x[i]) != hasLabel(set, y[i]) {
				return false
			}
		}
	}
	for _, set := range e.kinds {
		for i := range x {
			if (hasLabel(set, x[i]) || hasLabel(set, y[i])) && x[i] != y[i] {
				return false
			}
		}
	}
	return true
}

// within is where a navigation leads to inside the match, -1 for elsewhere.
func within(nav plan.Navigation, labels []int32) int {
	at := navigate(nav, labels, len(labels)-1)
	if at < 0 {
		return -1
	}
	if at += nav.Physical; at < 0 || at >= len(labels) {
		return -1
	}
	return at
}

func hasLabel(set []int, label int32) bool {
	return set == nil || slices.Contains(set, int(label))
}

// navigate finds the row of the match that a navigation starts its physical
// steps at, -1 for none; current is the row at hand.
func navigate(nav plan.Navigation, labels []int32, current int) int {
	skip := nav.Logical
	if nav.First {
		if nav.Labels == nil {
			if skip < len(labels) {
				return skip
			}
			return -1
		}
		for i, l := range labels {
			if hasLabel(nav.Labels, l) {
				if skip == 0 {
					return i
				}
				skip--
			}
		}
		return -1
	}
	if nav.Final {
		current = len(labels) - 1
	}
	if nav.Labels == nil {
		return max(current-skip, -1)
	}
	for i := current; i >= 0; i-- {
		if hasLabel(nav.Labels, labels[i]) {
			if skip == 0 {
				return i
			}
			skip--
		}
	}
	return -1
}

// run matches length rows; start tells that the first one is the partition's.
// test evaluates the last label's definition.
func (x *matcher) run(ctx context.Context, length int, start bool, test func(labels []int32) (bool, error), hold func(n int64) error) (*match, error) {
	x.length, x.start = length, start
	x.cur = x.cur[:0]
	x.clear()
	x.advance(&x.cur, matchThread{path: labelPath{buf: new([]int32)}}, 0)
	var best *matchThread
	done := func(t matchThread) { best = &t }
	steps := 0
	for row := range length {
		if len(x.cur) == 0 {
			break
		}
		x.clear()
		x.next = x.next[:0]
	threads:
		for _, t := range x.cur {
			if steps++; steps&255 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			in := x.code[t.pc]
			if in.op == matchDone {
				done(t)
				break threads // the rest are less preferred
			}
			labels, undo := t.path.tried(in.a)
			ok, err := test(labels)
			undo()
			if err != nil {
				return nil, err
			}
			if ok {
				t.path = t.path.grown(in.a)
				t.pc++
				x.advance(&x.next, t, row+1)
			}
		}
		if row&1023 == 1023 {
			if err := hold(8 * int64(row) * int64(len(x.next)+1)); err != nil {
				return nil, err
			}
		}
		x.cur, x.next = x.next, x.cur
	}
	for _, t := range x.cur {
		if x.code[t.pc].op == matchDone {
			done(t)
			break
		}
	}
	if best == nil {
		return nil, nil
	}
	m := &match{labels: best.path.labels()}
	for s := best.saves; s != nil; s = s.prev {
		m.exclusions = append(m.exclusions, s.at)
	}
	slices.Reverse(m.exclusions)
	return m, nil
}

func (x *matcher) clear() {
	for _, pc := range x.used {
		x.at[pc] = x.at[pc][:0]
	}
	x.used = x.used[:0]
}

// advance runs a thread up to where it waits for a row, or is done.
func (x *matcher) advance(out *[]matchThread, t matchThread, row int) {
	x.stack = append(x.stack[:0], t)
next:
	for len(x.stack) > 0 {
		t := x.stack[len(x.stack)-1]
		x.stack = x.stack[:len(x.stack)-1]
		for {
			for _, p := range x.at[t.pc] {
				if x.needs[t.pc].same(p, t.path) {
					continue next
				}
			}
			if len(x.at[t.pc]) == 0 {
				x.used = append(x.used, t.pc)
			}
			x.at[t.pc] = append(x.at[t.pc], t.path)
			switch in := x.code[t.pc]; in.op {
			case matchJump:
				t.pc = in.a
			case matchSplit:
				other := t
				other.pc = in.b
				x.stack = append(x.stack, other)
				t.pc = in.a
			case matchStart:
				if row != 0 || !x.start {
					continue next
				}
				t.pc++
			case matchEnd:
				if row != x.length {
					continue next
				}
				t.pc++
			case matchSave:
				t.saves = &savedRow{row, t.saves}
				t.pc++
			default:
				*out = append(*out, t)
				continue next
			}
		}
	}
}
