package exec

// DISTINCT in aggregate calls: the distinct keys and arguments of the calls are an
// aggregation of their own, which may go to disk as any other. At the end it gives
// its rows, in order of first appearance, to the accumulators, which do not know of
// DISTINCT.

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// distinctSet is what calls over the same distinct arguments share, for one
// grouping set.
type distinctSet struct {
	set    int
	agg    *aggregation // of the set's keys and the arguments, without calls
	filter int          // input column that says which rows count; -1: none
	args   []int        // input columns
	calls  []int        // of the aggregation
}

// plainly returns a call without what makes no difference to it: DISTINCT where
// repeated values change nothing.
func plainly(g plan.Agg) plan.Agg {
	switch g.Func.Name {
	case "min", "max":
		if len(g.Args) == 1 {
			g.Distinct = false
		}
	case "bool_and", "bool_or", "every", "bitwise_and_agg", "bitwise_or_agg":
		g.Distinct = false
	}
	return g
}

// unordered returns the aggregation without ORDER BY in calls to which the order makes
// no difference. Sorting by a container may fail, and is kept.
func unordered(n *plan.Aggregate, in []types.Type) *plan.Aggregate {
	c := *n
	c.Aggs = slices.Clone(n.Aggs)
	for i := range c.Aggs {
		g := &c.Aggs[i]
		if anyOrder(g, in) && !slices.ContainsFunc(g.OrderBy, func(k plan.SortKey) bool { return page.PhysOf(in[k.Col]) >= page.PhysArray }) {
			g.OrderBy = nil
		}
	}
	return &c
}

// anyOrder reports whether a call gives the same value to the last bit, and the same
// error, whatever the order of its rows.
func anyOrder(g *plan.Agg, in []types.Type) bool {
	switch g.Func.Name {
	case "count", "count_if", "bool_and", "bool_or", "every", "bitwise_and_agg", "bitwise_or_agg", "checksum", "approx_distinct", "approx_set":
		return true
	case "sum", "avg":
		return in[g.Args[0]].Kind == types.KindDecimal
	case "min", "max": // not of values that are equal and yet print differently
		switch t := in[g.Args[0]]; page.PhysOf(t) {
		case page.PhysBool, page.PhysInt64, page.PhysInt128, page.PhysBytes:
			return len(g.Args) == 1
		}
	}
	return false
}

// distinctArgs are the input columns whose rows a DISTINCT call wants once: its
// arguments, and what it is sorted by. That is an argument before a coercion under
// which different values stay different, or else it is among the arguments (env.aggregateOrder in
// package analyze).
func distinctArgs(g *plan.Agg) []int {
	args := slices.Clone(g.Args)
	for _, k := range g.OrderBy {
		if !slices.Contains(args, k.Col) {
			args = append(args, k.Col)
		}
	}
	return args
}

// addDistinct gives a call to the sets that it shares, one for each grouping set.
func (a *aggregation) addDistinct(call int) error {
	g := &a.n.Aggs[call]
	args := distinctArgs(g)
	if a.later == nil {
		a.later = make([]bool, len(a.n.Aggs))
	}
	a.later[call] = true
sets:
	for set := range a.sets {
		for _, d := range a.distinct {
			if d.set == set && d.filter == g.Filter && slices.Equal(d.args, args) {
				d.calls = append(d.calls, call)
				continue sets
			}
		}
		n := &plan.Aggregate{Input: a.n.Input}
		for i, k := range a.n.Keys {
			if a.sets[set][i] {
				n.Keys = append(n.Keys, k)
			}
		}
		n.Keys = append(n.Keys, args...)
		for i, k := range n.Keys {
			n.Cols = append(n.Cols, plan.Column{Name: strconv.Itoa(i), Type: a.in[k]})
		}
		sub, err := newAggregation(n, a.env)
		if err != nil {
			return err
		}
		sub.free = true
		a.distinct = append(a.distinct, &distinctSet{set: set, agg: sub, filter: g.Filter, args: args, calls: []int{call}})
	}
	return nil
}

// distincts are the distinct sets of a running aggregation.
type distincts struct {
	a     *aggregation
	sinks []*aggSink
}

func (a *aggregation) newDistincts() *distincts {
	d := &distincts{a: a}
	for _, s := range a.distinct {
		d.sinks = append(d.sinks, newAggSink(s.agg))
	}
	return d
}

func (d *distincts) Close() error {
	if d == nil {
		return nil
	}
	var errs []error
	for _, s := range d.sinks {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// distinctWorker is one worker's part in them.
type distinctWorker struct {
	d    *distincts
	list []*freeWorker
	sel  []int32
}

func (d *distincts) newWorker() *distinctWorker {
	w := &distinctWorker{d: d}
	for _, s := range d.sinks {
		w.list = append(w.list, s.newWorker())
	}
	return w
}

func (w *distinctWorker) begin(split int) {
	for _, f := range w.list {
		f.begin(split)
	}
}

// add takes in a page of the aggregation's input.
func (w *distinctWorker) add(ctx context.Context, pg *page.Page) error {
	for i, f := range w.list {
		q := *pg
		if c := w.d.a.distinct[i].filter; c >= 0 {
			v := pg.Cols[c]
			w.sel = w.sel[:0]
			for k := range pg.Len() {
				row := int32(k)
				if pg.Sel != nil {
					row = pg.Sel[k]
				}
				if !v.IsNull(int(row)) && v.Bools[row] {
					w.sel = append(w.sel, row)
				}
			}
			if len(w.sel) == 0 {
				continue
			}
			q.Sel = w.sel
		}
		if err := f.add(ctx, &q); err != nil {
			return err
		}
	}
	return nil
}

// each hands the rows of every set to f, in order.
func (d *distincts) each(ctx context.Context, workers []*distinctWorker, f func(s *distinctSet, pg *page.Page) error) error {
	for i, s := range d.a.distinct {
		var list []*freeWorker
		for _, w := range workers {
			list = append(list, w.list[i])
			w.list[i] = nil
		}
		rows, err := d.sinks[i].finishFree(ctx, list)
		if err != nil {
			return err
		}
		for {
			pg, err := rows.next(ctx)
			if err != nil {
				return err
			}
			if pg == nil {
				break
			}
			if err := f(s, pg); err != nil {
				return err
			}
		}
		if err := d.sinks[i].Close(); err != nil {
			return err
		}
		d.sinks[i].parts = nil
	}
	return nil
}

// addRows takes in rows of a distinct set: keys, then arguments.
func (p *part) addRows(d *distinctSet, pg *page.Page) error {
	n := pg.Len()
	if n == 0 {
		return nil
	}
	mem := make([]page.Vector, len(pg.Cols))
	cols := dense(pg, mem)
	s := &p.sets[d.set]
	k := len(cols) - len(d.args)
	p.groups = s.table.find(cols[:k], n, p.groups)
	for _, c := range d.calls {
		acc, g := s.accs[c], &p.a.n.Aggs[c]
		p.args = append(p.args[:0], cols[k:k+len(g.Args)]...)
		for _, o := range g.OrderBy {
			p.args = append(p.args, cols[k+slices.Index(d.args, o.Col)])
		}
		acc.grow(s.table.n)
		if err := acc.add(p.groups, p.args); err != nil {
			return placed(err, g.P)
		}
	}
	for _, acc := range s.accs {
		acc.grow(s.table.n)
	}
	return nil
}

// wideColumns are the columns of a distinct set's rows whose values have no fixed
// size.
func (d *distinctSet) wideColumns() []int {
	var out []int
	for i, c := range d.agg.n.Cols {
		if page.PhysOf(c.Type) >= page.PhysBytes {
			out = append(out, i)
		}
	}
	return out
}
