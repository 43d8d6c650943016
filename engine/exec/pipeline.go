package exec

// Pipelines: a scan with the filters, projections and unnests right above it,
// run by several workers, each of which takes the next split and carries it
// through all steps.

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// pipeline is what every worker does with a split.
type pipeline struct {
	user  plan.Node // the step that its rows are for: an aggregation, or else the last one itself
	env   *Env
	scan  *plan.Scan
	steps []plan.Node // from the scan upwards: *plan.Filter, *plan.Project, *plan.Unnest, partial *plan.Limit, *plan.TopN and *plan.Aggregate, those of joins
	joins map[plan.Node]*pipeJoin
	// dynamic are the filters of the scan by joins, once their sides are held.
	dynamic []*dynamicFilter
	// needs are the columns of the result that are looked at; nil means all.
	needs []int
	// codes is a column of the result, whose values may come as places in a
	// dictionary; -1 means none.
	codes int
}

// pipelineOf returns n as a pipeline, or nil where it is none.
func pipelineOf(n plan.Node, env *Env) (*pipeline, error) {
	over := func(in plan.Node) (*pipeline, error) {
		p, err := pipelineOf(in, env)
		return p.with(n), err
	}
	switch n := n.(type) {
	case *plan.Scan:
		p := &pipeline{env: env, scan: n, codes: -1}
		if n.Filter != nil {
			p.steps = append(p.steps, &plan.Filter{Input: n, Pred: n.Filter})
		}
		return p, nil
	case *plan.Filter:
		return over(n.Input)
	case *plan.Project:
		return over(n.Input)
	case *plan.Unnest:
		return over(n.Input)
	case *plan.Limit:
		if n.Partial {
			return over(n.Input)
		}
	case *plan.TopN:
		if n.Partial {
			return over(n.Input)
		}
	case *plan.Aggregate:
		if n.Partial {
			p, err := over(n.Input)
			if p != nil && len(n.Keys) == 1 {
				p.codes = 0
			}
			return p, err
		}
	case *plan.Join:
		if n.Kind == plan.RightJoin || n.Kind == plan.FullJoin { // which matches there were, all workers know
			return nil, nil
		}
		p, err := pipelineOf(n.L, env)
		if p == nil || err != nil {
			return nil, err
		}
		return p.withJoin(n, n.R, n.RKeys, true)
	case *plan.SemiJoin:
		if n.Flip {
			return nil, nil
		}
		p, err := pipelineOf(n.L, env)
		if p == nil || err != nil {
			return nil, err
		}
		return p.withJoin(n, n.R, n.RKeys, !n.NullAware)
	}
	return nil, nil
}

func (p *pipeline) with(n plan.Node) *pipeline {
	if p != nil {
		p.steps = append(p.steps, n)
	}
	return p
}

// columns are those of the pipeline's result.
func (p *pipeline) columns() []plan.Column {
	if n := len(p.steps); n > 0 {
		return p.steps[n-1].Columns()
	}
	return p.scan.Columns()
}

// needed tells which columns of step i's result are looked at; nil means all.
func (p *pipeline) needed(i int) []bool {
	out := make([]bool, len(p.steps[i].Columns()))
	if i == len(p.steps)-1 {
		if p.needs == nil {
			return nil
		}
		for _, k := range p.needs {
			out[k] = true
		}
		return out
	}
	if _, ok := p.steps[i+1].(*plan.Limit); ok {
		return p.needed(i + 1)
	}
	if a, ok := p.steps[i+1].(*plan.Aggregate); ok {
		for _, k := range a.Keys {
			out[k] = true
		}
		return out
	}
	next, ok := p.steps[i+1].(*plan.Project)
	if !ok {
		return nil
	}
	for _, x := range next.Exprs {
		plan.Walk(x, func(x plan.Expr) bool {
			if c, ok := x.(*plan.Col); ok {
				out[c.Index] = true
			}
			return true
		})
	}
	return out
}

// coded is the scan's column that codes shows; -1 where another step looks at it.
func (p *pipeline) coded() int {
	k := p.codes
	for i := len(p.steps) - 1; i >= 0 && k >= 0; i-- {
		switch n := p.steps[i].(type) {
		case *plan.Filter:
			if i > 0 && uses(n.Pred, k) { // the filter above the scan loads what it reads
				return -1
			}
		case *plan.Project:
			col, ok := n.Exprs[k].(*plan.Col)
			for j, x := range n.Exprs {
				ok = ok && (j == k || !uses(x, col.Index))
			}
			if !ok {
				return -1
			}
			k = col.Index
		case *plan.Aggregate:
			k = n.Keys[k]
		case *plan.Limit:
		default:
			return -1
		}
	}
	return k
}

// uses reports whether x reads column k.
func uses(x plan.Expr, k int) bool {
	found := false
	plan.Walk(x, func(x plan.Expr) bool {
		c, ok := x.(*plan.Col)
		found = found || ok && c.Index == k
		return true
	})
	return found
}

// worker is one goroutine's copy of the steps.
type worker struct {
	scan *scan
	top  Operator
	// perSplit are the steps that begin anew with each split.
	perSplit []interface{ reset() }
}

func (p *pipeline) newWorker() (*worker, error) {
	s := newScan(p.scan, p.env)
	if s.coded = p.coded(); s.coded >= 0 {
		for k, o := range s.out {
			if k != s.coded && o == s.out[s.coded] {
				s.coded = -1 // the column is shown twice
				break
			}
		}
	}
	w := &worker{scan: s, top: s}
	if prof := p.env.Profile; prof != nil {
		s.read = prof.stats(p.scan)
		if _, late := p.first().(*plan.Filter); !late && len(p.dynamic) == 0 { // that one and the scan are one
			w.top = prof.inWorker(p.scan, p.user, s)
		}
	}
	// The filter above the scan and the projection above it see the same pages.
	var pool *expr.Pool
	if f, ok := p.first().(*plan.Filter); ok {
		xs := slices.Clone(terms(f.Pred))
		if n := p.above(); n > 0 {
			xs = append(xs, p.steps[n].(*plan.Project).Exprs...)
		}
		var err error
		if pool, err = expr.NewPool(xs, &p.env.Expr); err != nil {
			return nil, err
		}
	}
	if _, late := p.first().(*plan.Filter); !late && len(p.dynamic) > 0 {
		top, err := newLateFilter(s, nil, nil, p.env, nil, p.dynamic)
		if err != nil {
			return nil, err
		}
		w.top = p.env.Profile.inWorker(p.scan, p.user, top)
	}
	for i, n := range p.steps {
		var err error
		switch n := n.(type) {
		case *plan.Filter:
			if w.top == Operator(s) {
				w.top, err = newLateFilter(s, n.Pred, p.needed(i), p.env, pool, p.dynamic)
			} else {
				w.top, err = newFilter(w.top, n.Pred, p.env)
			}
		case *plan.Project:
			if i != p.above() {
				pool = nil
			}
			w.top, err = newProject(w.top, n.Exprs, p.env, pool)
		case *plan.Unnest:
			w.top, err = newUnnest(w.top, n, p.env)
		case *plan.Join:
			var j *probe
			if j, err = newProbe(w.top, p.joins[n], n); err == nil {
				w.top, w.perSplit = j, append(w.perSplit, j)
			}
		case *plan.SemiJoin:
			w.top, err = operator(newSemiProbe(w.top, p.joins[n], n))
		case *plan.Limit:
			l := &splitLimit{limit: limit{in: w.top}, rows: n.N}
			w.top, w.perSplit = l, append(w.perSplit, l)
		case *plan.Aggregate:
			d := newDistinctLimit(w.top, n, nil)
			w.top, w.perSplit = d, append(w.perSplit, d)
		case *plan.TopN:
			t := &splitTopN{in: w.top, n: n, env: p.env}
			w.top, w.perSplit = t, append(w.perSplit, t)
		}
		if err != nil {
			return nil, err
		}
		w.top = p.env.Profile.inWorker(n, p.user, w.top)
	}
	return w, nil
}

// above is the place of the projection that sees the pages of the filter above the
// scan; 0 for none.
func (p *pipeline) above() int {
	for i, n := range p.steps {
		switch n.(type) {
		case *plan.Filter:
			if i > 0 {
				return 0
			}
		case *plan.Limit:
		case *plan.Project:
			return i
		default:
			return 0
		}
	}
	return 0
}

// first is the step right above the scan, or nil.
func (p *pipeline) first() plan.Node {
	if len(p.steps) == 0 {
		return nil
	}
	return p.steps[0]
}

// crew is a running pipeline.
type crew struct {
	user   *NodeStats // whose work it is; nil: nobody asks
	splits []catalog.Split
	ctx    context.Context // of the Next that started it; ends with it, or by cancel
	cancel context.CancelFunc
	wg     sync.WaitGroup
	next   atomic.Int64
	// room holds a token for each split that may be begun before the first
	// unfinished one is done with: it bounds what waits to be used in order. Splits
	// are begun in order, so the first unfinished one is always under way.
	room chan struct{}
}

// runAhead is how many splits beyond the number of workers may be begun before
// the first one is used up.
const runAhead = 4

// start lists the splits and lets workers run. prepare is told the number of
// splits before any work begins; work gets each split's rows; finish is called
// last, once for each split that was begun, with the split's error. Where the
// pipeline cannot even be listed or compiled start returns the error.
func (p *pipeline) start(ctx context.Context, prepare func(n int),
	work func(ctx context.Context, w *worker, split int) error, finish func(ctx context.Context, split int, err error),
) (*crew, error) {
	splits, err := p.scan.Table.Handle.(TableSource).Splits(ctx, p.env.Warn)
	if err != nil {
		return nil, err
	}
	if p.env.Reads != nil {
		p.env.Reads(splits)
	}
	n := min(max(p.env.Workers, 1), max(len(splits), 1))
	workers := make([]*worker, n)
	for i := range workers {
		if workers[i], err = p.newWorker(); err != nil {
			return nil, err
		}
	}
	spare := new(reader.Spare)
	spare.Add(max(p.env.Workers, 1) - n)
	ctx, cancel := context.WithCancel(reader.WithSpare(ctx, spare))
	c := &crew{user: p.env.Profile.stats(p.user), splits: splits, ctx: ctx, cancel: cancel, room: make(chan struct{}, n+runAhead)}
	prepare(len(splits))
	for _, w := range workers {
		c.wg.Add(1)
		go func() {
			defer c.wg.Done()
			for {
				select {
				case c.room <- struct{}{}:
				case <-ctx.Done():
					return
				}
				k := int(c.next.Add(1)) - 1
				if k >= len(splits) {
					spare.Add(1)
					return
				}
				err := c.one(ctx, w, k, work)
				finish(ctx, k, err)
				if err != nil {
					return // nobody will ask for later splits
				}
			}
		}()
	}
	return c, nil
}

// one carries one split through.
func (c *crew) one(ctx context.Context, w *worker, k int, work func(context.Context, *worker, int) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = sqlerr.New(sqlerr.GenericInternalError, "%v", r).
				WithHint("this is a bug of ionq: please report it, with the statement and what follows").
				Wrap(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	if err := w.scan.open(ctx, &c.splits[k]); err != nil {
		return err
	}
	for _, o := range w.perSplit {
		o.reset()
	}
	if c.user != nil {
		todo := work
		work = func(ctx context.Context, w *worker, k int) (err error) {
			c.user.All.add(watched(func() { err = todo(ctx, w, k) }))
			return err
		}
	}
	if err := work(ctx, w, k); err != nil {
		_ = w.scan.Close() // the first error counts
		return err
	}
	return w.scan.Close()
}

// done says that a split's rows have been used.
func (c *crew) done() { <-c.room }

// stop ends all workers and waits for them.
func (c *crew) stop() {
	if c == nil {
		return
	}
	c.cancel()
	c.wg.Wait()
}

// each hands every page of the worker's split to f.
func (w *worker) each(ctx context.Context, f func(*page.Page) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := w.top.Next(ctx)
		if p == nil || err != nil {
			return err
		}
		if p.Len() == 0 {
			continue
		}
		if err := f(p); err != nil {
			return err
		}
	}
}
