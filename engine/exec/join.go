package exec

// Join and SemiJoin: the right side is read whole into a hash table of its keys,
// then the left side streams through; where it does not fit in memory see
// gracejoin.go. Results come in the order of the left
// side's rows, matches in the order of the right side's; rows of the right side
// without a match come last.
//
// What fails for a row of the left side, or for a pair, comes after the results in
// front of it, whatever the pages. The right side comes first as a whole, and so do
// its errors.

import (
	"context"
	"errors"
	"math"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// build is a join's right side in memory.
type build struct {
	rows  *rowStore
	vecs  []*page.Vector
	table *groupTable // of the keys; rows with a NULL among them are not in it
	// Rows of group g are first[g], next[first[g]], ...; -1 ends a list.
	first, last, next []int32
	nulls             []int32 // rows with a NULL among their keys
	late              error   // of the input, behind these rows; of builds that go on past it
}

// newBuild reads an operator whole. The table finds keys that are not distinct,
// NaN from NaN among them, which is the rule of IN (Trino's ChannelSet). With
// equal, rows whose keys do not equal even themselves are found by nobody, which
// is the rule of = and so of joins and EXISTS (positionEqualsRowIgnoreNulls in
// Trino's JoinCompiler).
//
// Past the memory budget it stops, and full is true: the caller goes on on disk.
//
// With late an error ends the rows, and is the build's.
func newBuild(ctx context.Context, src *inputs, equal, late bool) (b *build, full bool, err error) {
	in, keys := src.r, src.rk
	b = &build{rows: newRowStore(src.rc), table: newGroupTable(keys.Types())}
	var ids []uint32
	for b.late == nil {
		p, err := in.Next(ctx)
		if err != nil && late && ctx.Err() == nil {
			b.late = err
			break
		}
		if err != nil {
			return nil, false, err
		}
		if p == nil {
			break
		}
		if p.Len() == 0 {
			continue
		}
		p, kv, err := evalBefore(keys, p)
		if err != nil && !late {
			return nil, false, err
		}
		if b.late = err; p == nil {
			break
		}
		n := p.Len()
		base := int32(b.rows.n)
		b.rows.add(p)
		ids = b.table.find(kv, n, ids)
		for len(b.first) < b.table.n {
			b.first, b.last = append(b.first, -1), append(b.last, -1)
		}
	rows:
		for i, g := range ids {
			row := base + int32(i)
			b.next = append(b.next, -1)
			for _, v := range kv {
				if v.IsNull(i) {
					b.nulls = append(b.nulls, row)
					continue rows
				}
				if equal && !equalsItself(v, i) {
					continue rows
				}
			}
			if b.first[g] < 0 {
				b.first[g] = row
			} else {
				b.next[b.last[g]] = row
			}
			b.last[g] = row
		}
		if b.late == nil && (src.acc.Hold(b.size()) || b.rows.n > maxRows) {
			return b, true, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
	}
	b.vecs = b.rows.seal()
	return b, false, nil
}

// size is about the memory that the build takes.
func (b *build) size() int64 {
	return b.rows.size() + b.table.size() + 4*int64(cap(b.first)+cap(b.last)+cap(b.next)+cap(b.nulls))
}

// equalsItself reports whether x = x is true for a value that is not NULL: not
// where it is NaN, or holds NaN or NULL.
func equalsItself(v *page.Vector, i int) bool {
	from, to := i, i+1
	switch v.Phys {
	case page.PhysFloat64:
		return !math.IsNaN(v.F64[i])
	case page.PhysArray, page.PhysMap:
		from, to = int(v.Off[i]), int(v.Off[i+1])
	case page.PhysRow:
	default:
		return true
	}
	for _, c := range v.Children {
		for k := from; k < to; k++ {
			if c.IsNull(k) || !equalsItself(c, k) {
				return false
			}
		}
	}
	return true
}

type join struct {
	inputs
	n        *plan.Join
	residual *expr.Program
	begun    bool         // the right side has been read
	full     bool         // b is not all of it, and does not fit
	sp       *spilledJoin // past the memory budget
	past     *passing     // in one load of a spilled join: rows have a hash and a number behind them

	matched []bool // rows of the right side, where they matter

	// The left page at hand.
	src   *page.Page
	src0  int // its rows; kept when src is done
	found []uint32
	at    int   // the next of its rows
	from  int   // the row that the pairs at hand begin with
	cand  int32 // that row's next candidate, -1 for none yet
	hit   bool  // that row has matched
	late  error // behind the page's rows

	fail    error // comes after the pairs at hand
	failRow int32 // the row of the left page that it is of

	lsel, rsel []int32 // candidate pairs
	ends       []pairEnd
	lmem, rmem []page.Vector
	out        page.Page
	tail       *emitter // right rows without a match
	done       bool
}

// pairEnd tells that a left row's candidates end before pair at.
type pairEnd struct {
	at  int
	row int32
}

func newJoin(l, r Operator, n *plan.Join, env *Env) (*join, error) {
	j := &join{inputs: newInputs(l, r, n.L, n.R, env), n: n, cand: -1}
	var err error
	if j.lk, err = expr.CompileList(n.LKeys, &env.Expr); err != nil {
		return nil, err
	}
	if j.rk, err = expr.CompileList(n.RKeys, &env.Expr); err != nil {
		return nil, err
	}
	if n.Residual != nil {
		if j.residual, err = expr.Compile(n.Residual, &env.Expr); err != nil {
			return nil, err
		}
	}
	j.lmem, j.rmem = make([]page.Vector, len(n.L.Columns())), make([]page.Vector, len(n.R.Columns()))
	return j, nil
}

func newInputs(l, r Operator, ln, rn plan.Node, env *Env) inputs {
	return inputs{l: l, r: r, lc: ln.Columns(), rc: rn.Columns(), env: env, acc: env.Memory.Account()}
}

func (j *join) Close() error {
	j.acc.Free()
	return errors.Join(j.l.Close(), j.r.Close(), j.sp.Close())
}

func (j *join) leftOuter() bool  { return j.n.Kind == plan.LeftJoin || j.n.Kind == plan.FullJoin }
func (j *join) rightOuter() bool { return j.n.Kind == plan.RightJoin || j.n.Kind == plan.FullJoin }

func (j *join) Next(ctx context.Context) (*page.Page, error) {
	if j.sp != nil {
		return j.sp.next(ctx, j)
	}
	if !j.begun {
		if j.b == nil {
			var err error
			if j.b, j.full, err = newBuild(ctx, &j.inputs, true, false); err != nil {
				return nil, err
			}
		}
		j.begun = true
		if j.full {
			if err := j.spill(ctx); err != nil {
				return nil, err
			}
			return j.sp.next(ctx, j)
		}
		if j.rightOuter() {
			j.matched = make([]bool, j.b.rows.n)
		}
	}
	for !j.done {
		if j.fail != nil {
			return nil, j.fail
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if j.src == nil {
			if j.late != nil {
				return nil, j.late
			}
			p, err := j.l.Next(ctx)
			if err != nil {
				return nil, err
			}
			if p == nil {
				j.done = true
				break
			}
			if p.Len() == 0 {
				continue
			}
			var kv []*page.Vector
			if p, kv, j.late = evalBefore(j.lk, p); p == nil {
				continue
			}
			if j.past != nil && j.src0 > 0 {
				j.past.base += j.src0
			}
			j.src, j.src0, j.at, j.cand, j.hit = p, p.Len(), 0, -1, false
			if len(kv) > 0 {
				j.found = j.b.table.lookup(kv, p.Len(), j.found)
			}
		}
		if j.at == j.src.Len() {
			j.src = nil
			continue
		}
		j.pairs()
		if len(j.lsel) > 0 {
			return j.emit(), nil
		}
	}
	return j.rest(), nil
}

// start returns the first candidate of the left page's row at, or -1.
func (j *join) start(at int) int32 {
	if len(j.n.LKeys) == 0 {
		if j.b.rows.n == 0 {
			return -1
		}
		return 0
	}
	if j.found[at] == 0 {
		return -1
	}
	return j.b.first[j.found[at]-1]
}

func (j *join) after(cand int32) int32 {
	if len(j.n.LKeys) > 0 {
		return j.b.next[cand]
	}
	if int(cand)+1 < j.b.rows.n {
		return cand + 1
	}
	return -1
}

// pairs collects the next page of pairs that match, in lsel and rsel; -1 in rsel
// stands for no right row.
func (j *join) pairs() {
	j.lsel, j.rsel, j.ends, j.from = j.lsel[:0], j.rsel[:0], j.ends[:0], j.at
	total, limit := j.src.Len(), j.env.pageRows()
	for j.at < total && len(j.lsel) < limit {
		row := int32(j.at)
		if j.src.Sel != nil {
			row = j.src.Sel[j.at]
		}
		if j.cand < 0 {
			j.cand = j.start(j.at)
		}
		for j.cand >= 0 && len(j.lsel) < limit {
			j.lsel, j.rsel = append(j.lsel, row), append(j.rsel, j.cand)
			j.cand = j.after(j.cand)
		}
		if j.cand < 0 {
			j.ends = append(j.ends, pairEnd{len(j.lsel), row})
			j.at++
		}
	}
	j.check()
	if j.n.Single {
		j.single()
	}
}

// check applies the residual condition to the candidates, and adds left rows
// that nothing matched. Of pairs that one fails for those in front of it are left.
func (j *join) check() {
	var ok []bool
	if j.residual != nil && len(j.lsel) > 0 {
		v := j.passing()
		ok = make([]bool, len(j.lsel))
		for i := range ok {
			ok[i] = !v.IsNull(i) && v.Bools[i]
		}
	}
	if ok == nil && !j.leftOuter() && !j.n.Single && j.matched == nil {
		return
	}
	lsel := make([]int32, 0, len(j.lsel))
	rsel := make([]int32, 0, len(j.rsel))
	end := 0
	flush := func(i int) {
		for end < len(j.ends) && j.ends[end].at <= i {
			if j.leftOuter() && j.lost(j.ends[end].row) {
				lsel, rsel = append(lsel, j.ends[end].row), append(rsel, -1)
			}
			j.hit = false
			end++
		}
	}
	for i := range j.lsel {
		flush(i)
		if ok != nil && !ok[i] {
			continue
		}
		if j.n.Single && j.again(j.lsel[i]) {
			j.fail, j.failRow = j.several(), j.lsel[i]
			j.lsel, j.rsel = lsel, rsel
			return
		}
		j.hit = true
		if j.matched != nil {
			j.matched[j.rsel[i]] = true
		}
		lsel, rsel = append(lsel, j.lsel[i]), append(rsel, j.rsel[i])
	}
	flush(len(j.lsel))
	j.lsel, j.rsel = lsel, rsel
}

// passing is the residual of the pairs at hand; those from the first one that fails
// on are dropped.
func (j *join) passing() *page.Vector {
	pairs := j.emit()
	v, err := j.residual.Eval(pairs)
	if err == nil {
		return v
	}
	good, err := before(pairs, err, func(one *page.Page) error {
		_, err := j.residual.Eval(one)
		return err
	})
	n := 0
	if good != nil {
		n = good.Len()
		var again error
		if v, again = j.residual.Eval(good); again != nil {
			n, err = 0, again
		}
	}
	j.fail, j.failRow = err, j.lsel[n]
	j.lsel, j.rsel = j.lsel[:n], j.rsel[:n]
	for len(j.ends) > 0 && j.ends[len(j.ends)-1].at > n {
		j.ends = j.ends[:len(j.ends)-1]
	}
	return v
}

// several is the error of a left row with more than one match.
func (j *join) several() error {
	return sqlerr.Newf(sqlerr.SubqueryMultipleRows, j.n.P, "Scalar sub-query has returned multiple rows")
}

// single sees to it that a left row that may have one match is given only once it is
// known to have no other: what fails for it comes in its place.
func (j *join) single() {
	if j.fail == nil && j.cand >= 0 && j.hit {
		row := j.lsel[len(j.lsel)-1]
		if err := j.another(row); err != nil {
			j.fail, j.failRow = err, row
		} else {
			j.lost(row) // notes the match
			j.cand, j.hit = -1, false
			j.at++
		}
	}
	if j.fail == nil {
		return
	}
	for n := len(j.lsel); n > 0 && j.lsel[n-1] == j.failRow; n-- {
		j.lsel, j.rsel = j.lsel[:n-1], j.rsel[:n-1]
	}
}

// another looks for one more match of a row among the candidates that are left of it.
func (j *join) another(row int32) error {
	lsel, rsel := j.lsel, j.rsel
	defer func() { j.lsel, j.rsel = lsel, rsel }()
	for j.cand >= 0 {
		j.lsel, j.rsel = nil, nil
		for j.cand >= 0 && len(j.lsel) < page.DefaultRows {
			j.lsel, j.rsel = append(j.lsel, row), append(j.rsel, j.cand)
			j.cand = j.after(j.cand)
		}
		if j.residual == nil {
			return j.several()
		}
		j.ends = nil
		v := j.passing()
		for i := range j.lsel {
			if !v.IsNull(i) && v.Bools[i] {
				return j.several()
			}
		}
		if j.fail != nil {
			return j.fail
		}
	}
	return nil
}

// again reports whether a left row has matched before.
func (j *join) again(row int32) bool {
	return j.hit || j.past != nil && j.past.hit != nil && j.past.hit[j.past.base+int(row)]
}

// lost reports whether a left row, whose candidates have ended, is one that
// nothing matches.
func (j *join) lost(row int32) bool {
	if j.past == nil || j.past.hit == nil {
		return !j.hit
	}
	hit := &j.past.hit[j.past.base+int(row)]
	*hit = *hit || j.hit
	return !*hit && j.past.last
}

// emit makes a page of the pairs.
func (j *join) emit() *page.Page {
	j.out = page.Page{Rows: len(j.lsel)}
	for k, v := range j.src.Cols[:len(j.lc)] {
		page.GatherInto(&j.lmem[k], v, j.lsel)
		j.out.Cols = append(j.out.Cols, &j.lmem[k])
	}
	width := len(j.b.vecs)
	if j.past != nil {
		width -= 2
	}
	for k, v := range j.b.vecs[:width] {
		gatherOrNull(&j.rmem[k], v, j.rsel)
		j.out.Cols = append(j.out.Cols, &j.rmem[k])
	}
	if j.past != nil { // the left row's number
		k := len(j.lc)
		page.GatherInto(&j.lmem[k], j.src.Cols[k+1], j.lsel)
		j.out.Cols = append(j.out.Cols, &j.lmem[k])
	}
	return &j.out
}

// gatherOrNull is page.GatherInto where -1 stands for NULL.
func gatherOrNull(out, v *page.Vector, sel []int32) {
	none := false
	for _, i := range sel {
		if i < 0 {
			none = true
			break
		}
	}
	if !none {
		page.GatherInto(out, v, sel)
		return
	}
	if v.Phys == page.PhysNone {
		*out = page.Vector{Type: v.Type, Phys: v.Phys, Len: len(sel)}
		return
	}
	b := page.NewBuilder(v.Type)
	for _, i := range sel {
		if i < 0 {
			b.Null()
		} else {
			b.Append(v, int(i))
		}
	}
	*out = *b.Finish()
}

// rest yields the right rows that nothing matched, with NULLs on the left.
func (j *join) rest() *page.Page {
	if !j.rightOuter() {
		return nil
	}
	if j.tail == nil {
		var order []int32
		for i, m := range j.matched {
			if !m {
				order = append(order, int32(i))
			}
		}
		j.tail = newEmitter(j.b.vecs, order, j.env.pageRows())
	}
	p := j.tail.next()
	if p == nil {
		return nil
	}
	out := &page.Page{Rows: p.Rows}
	for _, c := range j.n.L.Columns() {
		out.Cols = append(out.Cols, nullVector(c.Type, p.Rows))
	}
	if j.past != nil { // without the hash
		k := len(p.Cols) - 2
		out.Cols = append(append(out.Cols, p.Cols[:k]...), p.Cols[k+1])
		return out
	}
	out.Cols = append(out.Cols, p.Cols...)
	return out
}

func nullVector(t types.Type, n int) *page.Vector {
	b := page.NewBuilder(t)
	for range n {
		b.Null()
	}
	return b.Finish()
}

// semiJoin adds to each left row whether some right row matches it.
type semiJoin struct {
	inputs
	n        *plan.SemiJoin
	residual *expr.Program
	begun    bool         // the right side has been read
	full     bool         // b is not all of it, and does not fit
	sp       *spilledJoin // past the memory budget
	past     *passing     // in one load of a spilled join, as in join
	right    *dealing     // what is known of the whole right side, there
	src      *page.Page   // the left page at hand
	at       int          // its row at hand
	fail     error        // comes after the rows in front of that one
	late     error        // behind the page's rows
	all      bool         // the residual is evaluated for all candidates: it may fail for one
	found    []uint32
	mem      []page.Vector
	lmem     []page.Vector
	rmem     []page.Vector
}

func newSemiJoin(l, r Operator, n *plan.SemiJoin, env *Env) (*semiJoin, error) {
	j := &semiJoin{inputs: newInputs(l, r, n.L, n.R, env), n: n}
	var err error
	if j.lk, err = expr.CompileList(n.LKeys, &env.Expr); err != nil {
		return nil, err
	}
	if j.rk, err = expr.CompileList(n.RKeys, &env.Expr); err != nil {
		return nil, err
	}
	if n.Residual != nil {
		if j.residual, err = expr.Compile(n.Residual, &env.Expr); err != nil {
			return nil, err
		}
		j.all = j.residual.MayFail()
	}
	j.mem, j.lmem = make([]page.Vector, len(n.L.Columns())), make([]page.Vector, len(n.L.Columns()))
	j.rmem = make([]page.Vector, len(n.R.Columns()))
	return j, nil
}

func (j *semiJoin) Close() error {
	j.acc.Free()
	return errors.Join(j.l.Close(), j.r.Close(), j.sp.Close())
}

func (j *semiJoin) Next(ctx context.Context) (*page.Page, error) {
	if j.sp != nil {
		return j.sp.next(ctx, nil)
	}
	if !j.begun {
		if j.b == nil {
			var err error
			if j.b, j.full, err = newBuild(ctx, &j.inputs, !j.n.NullAware, false); err != nil {
				return nil, err
			}
		}
		j.begun = true
		if j.full {
			if err := j.spill(ctx); err != nil {
				return nil, err
			}
			return j.sp.next(ctx, nil)
		}
	}
	switch {
	case j.fail != nil:
		return nil, j.fail
	case j.late != nil:
		return nil, j.late
	}
	p, err := j.l.Next(ctx)
	if p == nil || err != nil {
		return nil, err
	}
	j.src, j.at = p, 0
	var kv []*page.Vector
	if p, kv, j.late = evalBefore(j.lk, p); p == nil {
		return nil, j.late
	}
	n := p.Len()
	if len(kv) > 0 {
		j.found = j.b.table.lookup(kv, n, j.found)
	}
	cols := dense(p, j.mem)
	left := cols[:len(j.lc)]
	mark := &page.Vector{Type: types.Boolean, Phys: page.PhysBool, Len: n, Bools: make([]bool, n)}
	for i := range n {
		j.at = i
		null := false
		for _, v := range kv {
			null = null || v.IsNull(i)
		}
		hit, unsure, err := j.mark(left, i, len(kv) > 0, null)
		if err != nil {
			if j.fail = err; i == 0 {
				return nil, err
			}
			return j.first(i, left, mark, cols, p), nil
		}
		mark.Bools[i] = hit
		if unsure {
			if mark.Nulls == nil {
				mark.Nulls = make([]bool, n)
			}
			mark.Nulls[i] = true
		}
	}
	return j.first(n, left, mark, cols, p), nil
}

// first gives the first n rows of the page at hand.
func (j *semiJoin) first(n int, left []*page.Vector, mark *page.Vector, cols []*page.Vector, p *page.Page) *page.Page {
	out := append(append([]*page.Vector{}, left...), mark)
	if j.past != nil { // the left row's number
		out = append(out, cols[len(left)+1])
	}
	q := &page.Page{Rows: mark.Len, Cols: out, Split: p.Split, Row: p.Row}
	if n < q.Rows {
		q.Sel = identity(n)
	}
	return q
}

// mark reports whether left row i is found, and, where it is not, whether there
// was something that may have been equal.
func (j *semiJoin) mark(cols []*page.Vector, i int, keyed, null bool) (hit, unsure bool, err error) {
	var before int
	past := j.past != nil && j.past.hit != nil
	if past {
		before = j.past.base + i
		if j.past.hit[before] && !j.all {
			return true, false, nil
		}
	}
	hit, err = j.matches(cols, i, keyed)
	if err != nil {
		return false, false, err
	}
	hit = hit || past && j.past.hit[before]
	switch {
	case hit && !j.all || !j.n.NullAware:
	case j.past != nil && j.residual == nil:
		unsure = null && j.right.rows > 0 || j.right.nulls > 0
	case j.b.rows.n > 0:
		rows := j.b.nulls
		if null {
			rows = identity(j.b.rows.n)
		}
		unsure = len(rows) > 0
		if j.residual != nil {
			if unsure, err = j.passes(cols, i, rows); err != nil {
				return false, false, err
			}
		}
	}
	unsure = unsure && !hit
	if past {
		unsure = !hit && (unsure || j.past.unsure[before])
		j.past.hit[before], j.past.unsure[before] = hit, unsure
	}
	return hit, unsure, nil
}

// matches reports whether some right row has left row i's keys and passes the
// residual.
func (j *semiJoin) matches(cols []*page.Vector, i int, keyed bool) (bool, error) {
	var cand []int32
	switch {
	case keyed && j.found[i] == 0:
		return false, nil
	case keyed && j.b.first[j.found[i]-1] < 0:
		return false, nil // only rows that nothing equals
	case j.residual == nil:
		return keyed || j.b.rows.n > 0, nil
	case keyed:
		for c := j.b.first[j.found[i]-1]; c >= 0; c = j.b.next[c] {
			cand = append(cand, c)
		}
	default:
		cand = identity(j.b.rows.n)
	}
	return j.passes(cols, i, cand)
}

// passes reports whether the residual is true for left row i and some of the
// right rows. It looks no further than the first one, unless a later one may be an
// error: as on Trino, whose plan joins all pairs.
func (j *semiJoin) passes(cols []*page.Vector, i int, rsel []int32) (bool, error) {
	some := false
	for len(rsel) > 0 {
		part := rsel[:min(len(rsel), j.env.pageRows())]
		rsel = rsel[len(part):]
		lsel := make([]int32, len(part))
		for k := range lsel {
			lsel[k] = int32(i)
		}
		q := &page.Page{Rows: len(part)}
		for k, v := range cols {
			page.GatherInto(&j.lmem[k], v, lsel)
			q.Cols = append(q.Cols, &j.lmem[k])
		}
		width := len(j.b.vecs)
		if j.past != nil {
			width -= 2
		}
		for k, v := range j.b.vecs[:width] {
			page.GatherInto(&j.rmem[k], v, part)
			q.Cols = append(q.Cols, &j.rmem[k])
		}
		v, err := j.residual.Eval(q)
		if err != nil {
			return false, err
		}
		for k := range part {
			some = some || !v.IsNull(k) && v.Bools[k]
		}
		if some && !j.all {
			break
		}
	}
	return some, nil
}
