package exec

// Totals: an aggregation without keys over the plain columns of a table need not
// look at the rows of a file where it is known what they come to (package colcache).

import (
	"math"
	"slices"

	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
)

// totaled is an accumulator that may take in what rows come to in their place.
type totaled interface {
	// takesTotal reports whether it does, of an argument's total; nil where the call
	// has no argument.
	takesTotal(g uint32, t *colcache.Total) bool
	// addTotal is add for that many rows of group g.
	addTotal(g uint32, rows int64, t *colcache.Total)
}

// totalOf gives for each call the scan's output column that is its argument, -1 where
// it has none. ok is false where the calls want more than that.
func (p *pipeline) totalOf(a *aggregation) (cols []int, ok bool) {
	if len(a.n.Keys) > 0 || len(a.sets) != 1 || len(a.distinct) > 0 {
		return nil, false
	}
	for _, s := range p.steps { // what is computed may fail for a row
		n, ok := s.(*plan.Project)
		if !ok || slices.ContainsFunc(n.Exprs, func(x plan.Expr) bool { _, ok := x.(*plan.Col); return !ok }) {
			return nil, false
		}
	}
	for i := range a.n.Aggs {
		g := &a.n.Aggs[i]
		if _, ok := a.make[i]().(totaled); !ok || g.Filter >= 0 || g.Distinct || len(g.OrderBy) > 0 || len(g.Args) > 1 {
			return nil, false
		}
		k := -1
		if len(g.Args) == 1 {
			k = g.Args[0]
			for s := len(p.steps) - 1; s >= 0; s-- {
				k = p.steps[s].(*plan.Project).Exprs[k].(*plan.Col).Index
			}
		}
		cols = append(cols, k)
	}
	return cols, true
}

// totals gives what all rows of the split come to in the listed output columns, nil
// for -1. ok is false where that is not known.
func (s *scan) totals(cols []int) (rows int64, out []*colcache.Total, ok bool) {
	src, ok := s.src.(reader.Totaler)
	if !ok {
		return 0, nil, false
	}
	if rows, ok = src.Whole(); !ok {
		return 0, nil, false
	}
	for _, k := range cols {
		if k < 0 {
			out = append(out, nil)
			continue
		}
		if s.out[k] < 0 {
			return 0, nil, false
		}
		t := src.Total(s.out[k])
		out = append(out, &t)
	}
	return rows, out, true
}

// pass says that the rows have been taken in by their totals.
func (s *scan) pass(rows int64) {
	s.src.(reader.Totaler).Pass()
	if s.read != nil {
		s.read.Rows.Add(rows)
	}
}

// addTotals takes in the rows of the scan's split by their totals, where all calls can.
func (w *freeWorker) addTotals(s *scan, cols []int) {
	rows, totals, ok := s.totals(cols)
	if !ok || rows == 0 {
		return
	}
	w.open()
	accs := w.p.sets[0].accs
	for i, acc := range accs {
		if !acc.(totaled).takesTotal(0, totals[i]) {
			return
		}
	}
	for i, acc := range accs {
		acc.(totaled).addTotal(0, rows, totals[i])
	}
	w.rows += int(rows)
	s.pass(rows)
}

func (c *counter) takesTotal(uint32, *colcache.Total) bool { return !c.ifTrue }

func (c *counter) addTotal(g uint32, rows int64, t *colcache.Total) {
	if t != nil {
		rows = t.Live
	}
	c.n[g] += rows
}

func (s *decimalSum) takesTotal(_ uint32, t *colcache.Total) bool { return t.Numbers || t.Live == 0 }

func (s *decimalSum) addTotal(g uint32, _ int64, t *colcache.Total) {
	one := kernel.DecimalSum{Count: t.Live}
	one.Sum.Add(t.Sum)
	s.st.Merge(g, one)
}

// takesTotal holds back where the order of additions might matter.
func (s *intSum) takesTotal(_ uint32, t *colcache.Total) bool {
	if t.Live == 0 {
		return true
	}
	return t.Numbers && s.abs <= math.MaxInt64 && absOf(t) <= (math.MaxInt64-s.abs)/uint64(t.Live)
}

// absOf is the greatest absolute value.
func absOf(t *colcache.Total) uint64 {
	hi, lo := uint64(0), uint64(0)
	if t.Hi > 0 {
		hi = uint64(t.Hi)
	}
	if t.Lo < 0 {
		lo = -uint64(t.Lo)
	}
	return max(hi, lo)
}

func (s *intSum) addTotal(g uint32, _ int64, t *colcache.Total) {
	if t.Live > 0 {
		s.abs += absOf(t) * uint64(t.Live)
		s.st[g].Sum += t.Sum.Int64()
		s.st[g].Count += t.Live
	}
}

func (e *extreme[T]) takesTotal(_ uint32, t *colcache.Total) bool {
	return t.Live == 0 || t.Numbers && e.of != nil
}

func (e *extreme[T]) addTotal(g uint32, _ int64, t *colcache.Total) {
	if t.Live == 0 {
		return
	}
	x := e.of(t.Lo)
	if e.greatest {
		x = e.of(t.Hi)
	}
	if st := &e.st[g]; !st.Seen || e.wins(x, st.Value) {
		st.Value, st.Seen = x, true
	}
}

var (
	_ totaled = &counter{}
	_ totaled = &decimalSum{}
	_ totaled = &intSum{}
	_ totaled = &extreme[decimal.Int128]{}
)
