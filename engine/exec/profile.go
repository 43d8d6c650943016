package exec

// Profile: what each step of a query did, for EXPLAIN ANALYZE. Steps are wrapped
// only where a profile is asked for.

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// Profile gathers the figures of a query's steps.
type Profile struct {
	mu    sync.Mutex
	nodes map[plan.Node]*NodeStats
}

// NodeStats are the figures of one step, over all workers.
type NodeStats struct {
	Rows, Pages, Bytes atomic.Int64
	// Nanos is the time in this step and those below it that run in the same
	// goroutine, summed over goroutines.
	Nanos atomic.Int64
	// Held is the most bytes that the step's results had in one page.
	Held atomic.Int64
}

// Node returns the figures of a step; nil for one that was merged into another.
func (p *Profile) Node(n plan.Node) *NodeStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nodes[n]
}

func (p *Profile) wrap(n plan.Node, op Operator) Operator {
	if p == nil {
		return op
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.nodes == nil {
		p.nodes = map[plan.Node]*NodeStats{}
	}
	s := p.nodes[n]
	if s == nil {
		s = &NodeStats{}
		p.nodes[n] = s
	}
	return &profiled{op, s}
}

// profiled is a step with a watch on it.
type profiled struct {
	Operator
	stats *NodeStats
}

func (o *profiled) Next(ctx context.Context) (*page.Page, error) {
	start := time.Now()
	p, err := o.Operator.Next(ctx)
	o.stats.Nanos.Add(int64(time.Since(start)))
	if p != nil {
		n := int64(0)
		for _, v := range p.Cols {
			n += vectorBytes(v)
		}
		if p.Rows > 0 {
			n = n * int64(p.Len()) / int64(p.Rows)
		}
		o.stats.Rows.Add(int64(p.Len()))
		o.stats.Pages.Add(1)
		o.stats.Bytes.Add(n)
		for held := o.stats.Held.Load(); n > held && !o.stats.Held.CompareAndSwap(held, n); held = o.stats.Held.Load() {
		}
	}
	return p, err
}

// vectorBytes is the size of a vector's values.
func vectorBytes(v *page.Vector) int64 {
	if v == nil {
		return 0
	}
	n := int64(len(v.Nulls) + len(v.Bools) + 8*len(v.I64) + 8*len(v.F64) + 16*len(v.I128) + 16*len(v.TZ) + 16*len(v.TimeTZ) + 4*len(v.Off))
	for _, s := range v.Str {
		n += int64(len(s))
	}
	for _, c := range v.Children {
		n += vectorBytes(c)
	}
	return n
}
