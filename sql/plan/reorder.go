package plan

// Join order. Inner joins that stand side by side are one set of relations with
// conditions between them; here their order is chosen by estimates of their
// sizes: which pairs first, and which side is read into memory (the right one).
//
// Rows of a join come in the order of its left side. So that this is the order
// that was written wherever that costs little, the written order stays unless
// another one saves worthwhile steps, by the estimates, and a good part of all.
// Estimates come from sizes of files and numbers of items alone, so that a query
// over the same files always has the same plan.

import (
	"math"
	"math/bits"
	"slices"
	"strconv"

	"github.com/ionq-db/ionq/sql/types"
)

const (
	// worthwhile is how many steps (of some 30 ns) another order must save: below,
	// nobody would notice.
	worthwhile = 200_000
	// dynamic is up to how many relations all orders are looked at; beyond, the
	// cheapest pair is joined again and again.
	dynamic = 10
	// buildCost is what it costs to keep a row in a table, against looking one up.
	buildCost = 3
	// unknownRows stands for tables of which nothing is known.
	unknownRows = 10_000
)

// Sizes is what Reorder goes by.
type Sizes struct {
	// Rows estimates the rows of a table's scan before its filter; it is less than 0
	// where nothing is known.
	Rows func(*Scan) float64
	// Always takes every other order and side that there is, whatever it saves; for
	// tests.
	Always bool
}

// Reorder orders the joins below root by size, and has semijoins and outer joins
// hold their smaller side. The plan that comes back yields the columns of root;
// root may be changed in place.
func Reorder(root Node, sizes Sizes) Node {
	joins := 0
	WalkNodes(root, func(n Node) bool {
		switch n.(type) {
		case *Join, *SemiJoin:
			joins++
		}
		return true
	})
	if joins == 0 {
		return root
	}
	o := &orderer{est: estimator{rows: sizes.Rows, known: map[Node]size{}}, always: sizes.Always}
	out := o.node(root)
	if !o.changed {
		return out
	}
	return pruneExact(out, all(len(out.Columns())))
}

type orderer struct {
	est     estimator
	always  bool
	changed bool
}

func (o *orderer) node(n Node) Node {
	switch n := n.(type) {
	case *Filter:
		if sj, ok := n.Input.(*SemiJoin); ok && marked(n.Pred, sj) {
			n.Input = o.sunk(sj)
		}
		n.Input = o.node(n.Input)
		return n
	case *SemiJoin:
		n.L, n.R = o.node(n.L), o.node(n.R)
		o.flip(n)
		return n
	case *Join:
		if isInner(n) {
			return o.inner(n)
		}
		n.L, n.R = o.node(n.L), o.node(n.R)
		return o.turned(n)
	}
	mapInputs(n, o.node)
	return n
}

func isInner(j *Join) bool { return j.Kind == InnerJoin || j.Kind == CrossJoin }

// smaller reports whether it pays to hold l in place of r.
func (o *orderer) smaller(l, r Node) bool {
	a, b := o.est.of(l).rows, o.est.of(r).rows
	return o.always || 3*a < b && buildCost*(b-a) > worthwhile
}

// marked reports whether a condition keeps only rows that a semijoin has marked.
func marked(pred Expr, sj *SemiJoin) bool {
	mark := len(sj.Columns()) - 1
	return slices.ContainsFunc(Conjuncts(pred), func(e Expr) bool {
		c, ok := e.(*Col)
		return ok && c.Index == mark
	})
}

// sunk moves a semijoin, whose unmarked rows are dropped above, below the inner
// joins under it, to the relation that its keys are of, where it leaves few of
// that relation's rows.
func (o *orderer) sunk(sj *SemiJoin) Node {
	j, ok := sj.L.(*Join)
	if !ok || !isInner(j) || sj.Residual != nil || len(sj.LKeys) == 0 {
		return sj
	}
	width, side := len(j.L.Columns()), 0
	for _, k := range sj.LKeys {
		if !deterministic(k) {
			return sj
		}
		side |= sides(k, width)
	}
	if side != 1 && side != 2 {
		return sj
	}
	below, shift := j.L, 0
	if side == 2 {
		below, shift = j.R, -width
	}
	in := &SemiJoin{L: below, R: sj.R, RKeys: sj.RKeys, NullAware: sj.NullAware, Name: sj.Name}
	for _, k := range sj.LKeys {
		in.LKeys = append(in.LKeys, Shift(k, shift))
	}
	var sunk Node = in
	if bj, ok := below.(*Join); ok && isInner(bj) {
		if sunk = o.sunk(in); sunk == Node(in) {
			return sj
		}
	} else if o.est.of(below).rows < 2*o.est.of(sj.R).rows && !o.always {
		return sj
	}
	o.changed = true
	// The join's columns are now L, mark, R or L, R, mark; keys and residual speak
	// of L and R.
	mark := len(below.Columns())
	kept := &Filter{Input: sunk, Pred: &Col{Base: Base{T: types.Boolean}, Index: mark}}
	out := *j
	p := &Project{Input: &out}
	total := len(j.Columns())
	to := make([]int, total+1)
	for i := range to {
		to[i] = i
	}
	if side == 1 {
		out.L = kept
		for i := width; i < total; i++ {
			to[i]++
		}
		to[total] = width
	} else {
		out.R = kept
	}
	if j.Residual != nil {
		out.Residual = moved(j.Residual, to)
	}
	cols := out.Columns()
	for _, k := range to {
		p.Exprs = append(p.Exprs, &Col{Base: Base{T: cols[k].Type}, Index: k, Name: cols[k].Name})
		p.Cols = append(p.Cols, cols[k])
	}
	return p
}

// flip has a semijoin hold its left side where that is the smaller one: its rows
// come in their order all the same.
func (o *orderer) flip(n *SemiJoin) {
	if len(n.LKeys) == 0 || n.NullAware && n.Residual != nil || !deterministic(n.Residual) {
		return
	}
	n.Flip = o.smaller(n.L, n.R)
}

// turned turns an outer join round where its left side is the smaller one.
func (o *orderer) turned(n *Join) Node {
	if n.Single || len(n.LKeys) == 0 || !deterministic(n.Residual) || !o.smaller(n.L, n.R) {
		return n
	}
	o.changed = true
	lw, rw := len(n.L.Columns()), len(n.R.Columns())
	out := &Join{Kind: n.Kind, L: n.R, R: n.L, LKeys: n.RKeys, RKeys: n.LKeys, P: n.P}
	out.Note = "about " + about(o.est.of(n.R).rows) + " rows with " + about(o.est.of(n.L).rows)
	switch n.Kind {
	case LeftJoin:
		out.Kind = RightJoin
	case RightJoin:
		out.Kind = LeftJoin
	}
	to := make([]int, lw+rw)
	for i := range to {
		if to[i] = i + rw; i >= lw {
			to[i] = i - lw
		}
	}
	out.Residual = moved(n.Residual, to)
	p := &Project{Input: out}
	cols := out.Columns()
	for _, k := range to {
		p.Exprs = append(p.Exprs, &Col{Base: Base{T: cols[k].Type}, Index: k, Name: cols[k].Name})
		p.Cols = append(p.Cols, cols[k])
	}
	return p
}

// member is one of a set of joined relations.
type member struct {
	node  Node
	first int // its columns' place among all
	width int
	size  size
}

// graph is a set of relations and the conditions between them.
type graph struct {
	members []member
	conds   []link   // conditions that are no equalities
	classes []*class // sets of expressions that are equal
}

// link is a condition and the members that it uses.
type link struct {
	e    Expr
	uses uint
}

// class is a set of equal expressions, each of one member.
type class struct {
	terms    []Expr
	at       []int // of each term: its member
	members  uint
	distinct float64 // how many values there are, at most
}

// inner orders a tree of inner joins.
func (o *orderer) inner(top *Join) Node {
	g := &graph{}
	before := len(top.Columns())
	if !g.collect(top, 0, o) {
		return o.inPlace(top)
	}
	for _, c := range g.classes {
		c.distinct = math.Inf(1)
		for i, t := range c.terms {
			c.distinct = min(c.distinct, g.members[c.at[i]].size.distinct(t, g.members[c.at[i]].first))
		}
	}
	s := &search{g: g, cards: map[uint]float64{}}
	written := s.written(top)
	best := s.best()
	if best == nil || !o.always && (written.cost <= 1.25*best.cost || written.cost-best.cost < worthwhile) {
		return o.inPlace(top)
	}
	o.changed = true
	node, places := g.build(best)
	p := &Project{Input: node}
	cols := node.Columns()
	to := make([]int, before)
	for k, at := range places {
		to[at] = k
	}
	for _, k := range to {
		p.Exprs = append(p.Exprs, &Col{Base: Base{T: cols[k].Type}, Index: k, Name: cols[k].Name})
		p.Cols = append(p.Cols, cols[k])
	}
	return p
}

// inPlace leaves the order of a tree of inner joins as it is. Its relations have
// been ordered within.
func (o *orderer) inPlace(n Node) Node {
	if j, ok := n.(*Join); ok && isInner(j) {
		j.L, j.R = o.inPlace(j.L), o.inPlace(j.R)
	}
	return n
}

// collect takes a tree of inner joins apart; false where something keeps it as it
// is. The relations below are ordered within, and put back into the tree.
func (g *graph) collect(n Node, first int, o *orderer) bool {
	ok := g.take(&n, first, o)
	return ok && len(g.members) <= 60
}

func (g *graph) take(at *Node, first int, o *orderer) bool {
	j, ok := (*at).(*Join)
	if !ok || !isInner(j) {
		*at = o.node(*at)
		g.members = append(g.members, member{node: *at, first: first, width: len((*at).Columns()), size: o.est.of(*at)})
		return true
	}
	width := len(j.L.Columns())
	fine := g.take(&j.L, first, o)
	fine = g.take(&j.R, first+width, o) && fine
	for i := range j.LKeys {
		fine = g.equal(Shift(j.LKeys[i], first), Shift(j.RKeys[i], first+width)) && fine
	}
	if j.Residual != nil {
		for _, c := range Conjuncts(j.Residual) {
			c = Shift(c, first)
			fine = fine && deterministic(c)
			g.conds = append(g.conds, link{c, g.uses(c)})
		}
	}
	return fine
}

// uses gives the members whose columns e uses.
func (g *graph) uses(e Expr) uint {
	var set uint
	Walk(e, func(e Expr) bool {
		if c, ok := e.(*Col); ok {
			set |= 1 << g.memberOf(c.Index)
		}
		return true
	})
	return set
}

func (g *graph) memberOf(col int) int {
	for i := range g.members {
		if m := &g.members[i]; col >= m.first && col < m.first+m.width {
			return i
		}
	}
	panic("BUG: a column of no relation")
}

// equal notes l = r.
func (g *graph) equal(l, r Expr) bool {
	lu, ru := g.uses(l), g.uses(r)
	if !deterministic(l) || !deterministic(r) {
		return false
	}
	if bits.OnesCount(lu) != 1 || bits.OnesCount(ru) != 1 {
		// A key over several relations: a condition like any other.
		g.conds = append(g.conds, link{&Compare{Base: Base{T: types.Boolean, P: l.Pos()}, Op: OpEq, L: l, R: r}, lu | ru})
		return true
	}
	a, b := g.classOf(l, lu), g.classOf(r, ru)
	if a != b {
		a.terms, a.at, a.members = append(a.terms, b.terms...), append(a.at, b.at...), a.members|b.members
		g.classes = slices.DeleteFunc(g.classes, func(c *class) bool { return c == b })
	}
	return true
}

func (g *graph) classOf(e Expr, uses uint) *class {
	for _, c := range g.classes {
		if contains(c.terms, e) {
			return c
		}
	}
	c := &class{terms: []Expr{e}, at: []int{bits.TrailingZeros(uses)}, members: uses}
	g.classes = append(g.classes, c)
	return c
}

// step is a part of an order: a member, or two steps joined.
type step struct {
	set        uint
	l, r       *step
	cost, rows float64
}

type search struct {
	g     *graph
	cards map[uint]float64
}

// rows estimates the rows of a joined set. It depends on the set alone.
func (s *search) rows(set uint) float64 {
	if set&(set-1) == 0 {
		return s.g.members[bits.TrailingZeros(set)].size.rows
	}
	if r, ok := s.cards[set]; ok {
		return r
	}
	last := bits.Len(set) - 1
	rest := set &^ (1 << last)
	r := s.rows(rest) * s.rows(1<<last) * s.selectivity(rest, last)
	r = max(r, 1)
	s.cards[set] = r
	return r
}

// selectivity is the part of all pairs of rows of a set and of one more member
// that match.
func (s *search) selectivity(rest uint, last int) float64 {
	g := s.g
	sel, most := 1.0, g.members[last].size.base
	var others uint
	for _, c := range g.classes {
		if c.members&(1<<last) == 0 || c.members&rest == 0 {
			continue
		}
		sel /= max(c.distinct, 1)
		others |= c.members & rest
	}
	if others != 0 && others&(others-1) == 0 {
		most = min(most, g.members[bits.TrailingZeros(others)].size.base)
	}
	sel = max(sel, 1/max(most, 1)) // several columns have no more values together than there are rows
	if others == 0 {
		sel = 1
	}
	for _, l := range g.conds {
		if l.uses&(1<<last) != 0 && l.uses&^(rest|1<<last) == 0 {
			sel *= selectivityOf(l.e)
		}
	}
	return sel
}

// linked reports whether a condition connects two sets.
func (s *search) linked(a, b uint) bool {
	for _, c := range s.g.classes {
		if c.members&a != 0 && c.members&b != 0 {
			return true
		}
	}
	for _, l := range s.g.conds {
		if l.uses&a != 0 && l.uses&b != 0 && l.uses&^(a|b) == 0 {
			return true
		}
	}
	return false
}

// join is the step that joins l, whose rows pass by, with r, which is held.
func (s *search) join(l, r *step) step {
	out := step{set: l.set | r.set, l: l, r: r, rows: s.rows(l.set | r.set)}
	own := l.rows + buildCost*r.rows + out.rows
	if !s.keyed(l.set, r.set) { // every pair is looked at
		own = l.rows*r.rows + buildCost*r.rows
	}
	out.cost = l.cost + r.cost + own
	return out
}

func (s *search) keyed(a, b uint) bool {
	return slices.ContainsFunc(s.g.classes, func(c *class) bool { return c.members&a != 0 && c.members&b != 0 })
}

// written is the order as it stands.
func (s *search) written(n Node) *step {
	next := 0
	var walk func(n Node) *step
	walk = func(n Node) *step {
		if j, ok := n.(*Join); ok && isInner(j) {
			l := walk(j.L)
			r := walk(j.R)
			out := s.join(l, r)
			return &out
		}
		next++
		return &step{set: 1 << (next - 1), rows: s.rows(1 << (next - 1))}
	}
	return walk(n)
}

// best finds a cheap order.
func (s *search) best() *step {
	n := len(s.g.members)
	if n > dynamic {
		return s.greedy()
	}
	table := make([]step, 1<<n)
	for i := range n {
		table[1<<i] = step{set: 1 << i, rows: s.rows(1 << i)}
	}
	whole := uint(1)<<n - 1
	// Sets in the order of their numbers: subsets come first.
	for set := uint(3); set <= whole; set++ {
		if set&(set-1) == 0 {
			continue
		}
		s.split(table, set, false)
	}
	for set := uint(3); table[whole].set == 0 && set <= whole; set++ {
		// The relations are not all connected: cross joins are needed somewhere.
		if set&(set-1) != 0 && table[set].set == 0 {
			s.split(table, set, true)
		}
	}
	if table[whole].set == 0 {
		return nil
	}
	return &table[whole]
}

// split finds the cheapest last join of a set.
func (s *search) split(table []step, set uint, cross bool) {
	for l := (set - 1) & set; l > 0; l = (l - 1) & set {
		r := set &^ l
		a, b := &table[l], &table[r]
		if a.set == 0 || b.set == 0 || !cross && !s.linked(l, r) {
			continue
		}
		if t := &table[set]; t.set != 0 && a.cost+b.cost >= t.cost {
			continue
		}
		if j := s.join(a, b); table[set].set == 0 || j.cost < table[set].cost {
			table[set] = j
		}
	}
}

// greedy joins the pair with the fewest rows again and again.
func (s *search) greedy() *step {
	var steps []*step
	for i := range s.g.members {
		steps = append(steps, &step{set: 1 << i, rows: s.rows(1 << i)})
	}
	for len(steps) > 1 {
		var best *step
		var bi, bk int
		for pass := 0; best == nil && pass < 2; pass++ {
			for i, a := range steps {
				for k, b := range steps {
					if i == k || pass == 0 && !s.linked(a.set, b.set) {
						continue
					}
					j := s.join(a, b)
					if best == nil || j.rows < best.rows || j.rows == best.rows && j.cost < best.cost {
						best, bi, bk = &j, i, k
					}
				}
			}
		}
		steps[bi] = best
		steps = slices.Delete(steps, bk, bk+1)
	}
	return steps[0]
}

// build makes the joins of an order; places says which of all the written
// columns each column is.
func (g *graph) build(s *step) (n Node, places []int) {
	if s.l == nil {
		m := &g.members[bits.TrailingZeros(s.set)]
		for k := range m.width {
			places = append(places, m.first+k)
		}
		return m.node, places
	}
	l, lp := g.build(s.l)
	r, rp := g.build(s.r)
	places = append(slices.Clone(lp), rp...)
	j := &Join{Kind: CrossJoin, L: l, R: r, Note: "about " + about(s.l.rows) + " rows with " + about(s.r.rows)}
	total := 0
	for i := range g.members {
		total += g.members[i].width
	}
	side := func(places []int) []int {
		to := make([]int, total)
		for k, at := range places {
			to[at] = k
		}
		return to
	}
	lt, rt, both := side(lp), side(rp), side(places)
	for _, c := range g.classes {
		le, re := c.first(s.l.set), c.first(s.r.set)
		if le == nil || re == nil {
			continue
		}
		j.Kind = InnerJoin
		j.LKeys, j.RKeys = append(j.LKeys, moved(le, lt)), append(j.RKeys, moved(re, rt))
	}
	var residual []Expr
	for _, c := range g.conds {
		if c.uses&s.l.set != 0 && c.uses&s.r.set != 0 && c.uses&^s.set == 0 {
			residual = append(residual, moved(c.e, both))
		}
	}
	if j.Residual = Conjunction(residual); j.Residual != nil {
		j.Kind = InnerJoin
	}
	return j, places
}

// first is the class's first term of a set of members.
func (c *class) first(set uint) Expr {
	for i, t := range c.terms {
		if set&(1<<c.at[i]) != 0 {
			return t
		}
	}
	return nil
}

// about writes an estimate with two digits or so.
func about(n float64) string {
	unit := ""
	switch {
	case n >= 1e6:
		n, unit = n/1e6, "M"
	case n >= 1e3:
		n, unit = n/1e3, "k"
	}
	places := 0
	if unit != "" && n < 10 {
		places = 1
	}
	return strconv.FormatFloat(n, 'f', places, 64) + unit
}
