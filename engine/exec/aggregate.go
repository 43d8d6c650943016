package exec

// Aggregate: GROUP BY with any number of grouping sets.
//
// Over a pipeline every split is aggregated by itself, in whatever order, and
// the parts are merged in the order of the splits. Groups therefore come in
// order of first appearance, and sums of doubles, which depend on the order of
// additions, do not depend on the number of workers.

import (
	"context"

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
}

func newAggregation(n *plan.Aggregate, env *Env) (*aggregation, error) {
	a := &aggregation{n: n, env: env, mark: n.Sets != nil}
	for _, c := range n.Input.Columns() {
		a.in = append(a.in, c.Type)
	}
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
		mk, err := accumulatorFor(g, a.in)
		if err != nil {
			return nil, err
		}
		a.make = append(a.make, mk)
	}
	for k, u := range used {
		if u {
			a.needs = append(a.needs, k)
		}
	}
	return a, nil
}

// part is an aggregation's state over some rows.
type part struct {
	a    *aggregation
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
	table *groupTable
	accs  []accumulator
}

func (a *aggregation) newPart() *part {
	p := &part{a: a, cols: make([]*page.Vector, len(a.in)), mem: make([]page.Vector, len(a.in))}
	keyTypes := make([]types.Type, len(a.n.Keys))
	for i, k := range a.n.Keys {
		keyTypes[i] = a.in[k]
	}
	for _, keep := range a.sets {
		var kept []types.Type
		for i, t := range keyTypes {
			if keep[i] {
				kept = append(kept, t)
			}
		}
		s := setPart{table: newGroupTable(kept)}
		if len(kept) == 0 { // one row, also over no rows
			s.table.n = 1
		}
		for _, mk := range a.make {
			acc := mk()
			acc.grow(s.table.n)
			s.accs = append(s.accs, acc)
		}
		p.sets = append(p.sets, s)
	}
	return p
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
		p.groups = s.table.find(os.table.sealed(), os.table.n, p.groups)
		for ai, acc := range s.accs {
			acc.grow(s.table.n)
			if err := acc.merge(p.groups, os.accs[ai]); err != nil {
				return placed(err, p.a.n.Aggs[ai].P)
			}
		}
	}
	return nil
}

// results yields the groups of a finished part.
type results struct {
	p    *part
	set  int
	at   int
	outs []*page.Builder
	page page.Page
}

func (r *results) next() (*page.Page, error) {
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
	for _, b := range r.outs {
		b.Reset()
	}
	s := &r.p.sets[r.set]
	to := min(s.table.n, r.at+r.p.a.env.pageRows())
	col, kept := 0, 0
	vecs := s.table.sealed()
	for i := range r.p.a.n.Keys {
		b := r.outs[col]
		col++
		if !r.p.a.sets[r.set][i] {
			for range to - r.at {
				b.Null()
			}
			continue
		}
		v := vecs[kept]
		kept++
		for g := r.at; g < to; g++ {
			appendOne(b, v, g)
		}
	}
	if r.p.a.mark {
		for g := r.at; g < to; g++ {
			r.outs[col].Int64(int64(r.set))
		}
		col++
	}
	for ai, acc := range s.accs {
		b := r.outs[col]
		col++
		for g := r.at; g < to; g++ {
			if err := acc.result(g, b); err != nil {
				return nil, placed(err, r.p.a.n.Aggs[ai].P)
			}
		}
	}
	r.page.Rows = to - r.at
	for k, b := range r.outs {
		r.page.Cols[k] = b.Vector()
	}
	r.at = to
	return &r.page, nil
}

// aggregate is the operator over an input of one goroutine.
type aggregate struct {
	in  Operator
	a   *aggregation
	res *results
}

func newAggregate(in Operator, a *aggregation) Operator { return &aggregate{in: in, a: a} }

func (o *aggregate) Next(ctx context.Context) (*page.Page, error) {
	if o.res == nil {
		p := o.a.newPart()
		for {
			pg, err := o.in.Next(ctx)
			if err != nil {
				return nil, err
			}
			if pg == nil {
				break
			}
			if err := p.add(pg); err != nil {
				return nil, err
			}
		}
		o.res = &results{p: p}
	}
	return o.res.next()
}

func (o *aggregate) Close() error { return o.in.Close() }

// parallelAggregate is the operator over a pipeline.
type parallelAggregate struct {
	p     *pipeline
	a     *aggregation
	crew  *crew
	parts []chan partial
	res   *results
}

// partial is one split's part, or its error.
type partial struct {
	p   *part
	err error
}

func newParallelAggregate(p *pipeline, a *aggregation) Operator {
	return &parallelAggregate{p: p, a: a}
}

func (o *parallelAggregate) Next(ctx context.Context) (*page.Page, error) {
	if o.res == nil {
		if err := o.run(ctx); err != nil {
			return nil, err
		}
	}
	return o.res.next()
}

func (o *parallelAggregate) run(ctx context.Context) error {
	c, err := o.p.start(ctx, func(n int) {
		o.parts = make([]chan partial, n)
		for k := range o.parts {
			o.parts[k] = make(chan partial, 1) // nobody ever waits to put something in
		}
	}, func(ctx context.Context, w *worker, k int) error {
		p := o.a.newPart()
		if err := w.each(ctx, p.add); err != nil {
			return err
		}
		o.parts[k] <- partial{p: p}
		return nil
	}, func(_ context.Context, k int, err error) {
		if err != nil {
			select {
			case o.parts[k] <- partial{err: err}:
			default: // the rows are all there; only closing the file failed
			}
		}
	})
	if err != nil {
		return err
	}
	o.crew = c
	defer c.stop()
	var all *part
	for k := range o.parts {
		select {
		case it := <-o.parts[k]:
			if it.err != nil {
				return it.err
			}
			if all == nil {
				all = it.p
			} else if err := all.merge(it.p); err != nil {
				return err
			}
			o.parts[k] = nil
			c.done()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if all == nil {
		all = o.a.newPart()
	}
	o.res = &results{p: all}
	return nil
}

func (o *parallelAggregate) Close() error {
	o.crew.stop()
	return nil
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
