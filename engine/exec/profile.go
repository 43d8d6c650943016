package exec

// Profile: what each step of a query did, for EXPLAIN ANALYZE. Steps are wrapped
// only where a profile is asked for.

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// Profile gathers the figures of a query's steps.
type Profile struct {
	mu    sync.Mutex
	nodes map[plan.Node]*NodeStats
}

// CPUKnown tells whether this system tells the CPU time of a thread.
const CPUKnown = cpuKnown

// Time is time spent, in nanoseconds.
type Time struct{ Wall, CPU atomic.Int64 }

func (t *Time) add(wall, cpu int64) {
	t.Wall.Add(wall)
	t.CPU.Add(cpu)
}

// NodeStats are the figures of one step, over all workers.
type NodeStats struct {
	Rows, Pages, Bytes atomic.Int64 // of its result
	// All is the time in this step and those below it, over all goroutines; Asked is
	// the part of it that the step above has waited for.
	All, Asked Time
	// Held is the most bytes that the step's results had in one page.
	Held atomic.Int64
	// Memory is what the step itself held; nil where there is no limit.
	Memory *spill.Budget
	Space  *spill.Space // what it has written to temporary files
	// Records, Stored and Raw are what a scan has read: records, and their bytes in
	// files and decompressed; Kept are the bytes of kept columns in the files' place.
	Records, Stored, Raw, Kept atomic.Int64
}

// Own is the step's own time: that of its inputs is taken off.
func (p *Profile) Own(n plan.Node) (wall, cpu int64) {
	s := p.Node(n)
	if s == nil {
		return 0, 0
	}
	wall, cpu = s.All.Wall.Load(), s.All.CPU.Load()
	for _, in := range n.Inputs() {
		if below := p.Node(in); below != nil {
			wall -= below.Asked.Wall.Load()
			cpu -= below.Asked.CPU.Load()
		}
	}
	return max(wall, 0), max(cpu, 0)
}

// Node returns the figures of a step; nil for one that was merged into another.
func (p *Profile) Node(n plan.Node) *NodeStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nodes[n]
}

// stats makes the figures of a step.
func (p *Profile) stats(n plan.Node) *NodeStats {
	if p == nil {
		return nil
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
	return s
}

// of gives the environment in which step n is built: what it holds and writes is
// counted by itself.
func (p *Profile) of(n plan.Node, env *Env) *Env {
	s := p.stats(n)
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.Space == nil {
		s.Memory, s.Space = env.Memory.Within(), env.Space.Within()
	}
	sub := *env
	sub.Memory, sub.Space = s.Memory, s.Space
	return &sub
}

// wrap puts a watch on a step.
func (p *Profile) wrap(n plan.Node, op Operator) Operator {
	if p == nil {
		return op
	}
	w := &profiled{Operator: op, stats: p.stats(n), counts: true, all: true, asked: true}
	switch op.(type) {
	case *exchange: // the work is done, and watched, in workers
		w.counts, w.all = false, false
	case *parallelAggregate: // most of it
		w.waits = true
	}
	return w
}

// inWorker puts a watch on a step of a pipeline. That of the last one is on all of
// a worker's work where that is an exchange's.
func (p *Profile) inWorker(n, user plan.Node, op Operator) Operator {
	if p == nil {
		return op
	}
	return &profiled{Operator: op, stats: p.stats(n), counts: true, all: n != user, asked: n != user}
}

// profiled is a step with a watch on it.
type profiled struct {
	Operator
	stats *NodeStats
	// What the watch looks at: the rows, and which times.
	counts, all, asked bool
	waits              bool // most of the time of Next is that of workers
}

// watched measures f. Its thread's CPU time is its own as long as it keeps the thread.
func watched(f func()) (wall, cpu int64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start, before := time.Now(), threadCPU()
	f()
	return int64(time.Since(start)), threadCPU() - before
}

func (o *profiled) Next(ctx context.Context) (p *page.Page, err error) {
	wall, cpu := watched(func() { p, err = o.Operator.Next(ctx) })
	switch {
	case o.waits:
		o.stats.All.add(0, cpu)
	case o.all:
		o.stats.All.add(wall, cpu)
	}
	if o.asked {
		o.stats.Asked.add(wall, cpu)
	}
	if p == nil || !o.counts {
		return p, err
	}
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
	return p, err
}

// vectorBytes is the size of a vector's values.
func vectorBytes(v *page.Vector) int64 {
	if v == nil {
		return 0
	}
	n := int64(2*len(v.Codes) + len(v.Nulls) + len(v.Bools) + 8*len(v.I64) + 8*len(v.F64) + 16*len(v.I128) + 16*len(v.TZ) + 16*len(v.TimeTZ) + 4*len(v.Off))
	for _, s := range v.Str {
		n += int64(len(s))
	}
	for _, c := range v.Children {
		n += vectorBytes(c)
	}
	return n
}
