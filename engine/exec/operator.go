// Package exec runs plans: operators, one a file, that pull pages from each
// other; build.go has the only switch from plan nodes to operators.
//
// What reads files runs in several goroutines: scan.go takes splits, and the
// filters, projections and unnests above a scan run in the goroutine that reads
// the split (pipeline.go). Above that, either the rows come back into file
// order (exchange.go), or each split is aggregated by itself and the parts are
// merged in the order of the splits (aggregate.go). So the number of workers
// never shows in a result.
package exec

import (
	"context"
	"sync/atomic"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/page"
)

// Operator is one step of a running query. It belongs to one goroutine.
type Operator interface {
	// Next returns the next page, or nil at the end, and nil ever after. A page
	// is valid until the next call of Next or Close; it may stand for no rows at
	// all, and may carry a selection. Who keeps rows longer copies them. After an
	// error Next is not called again.
	Next(ctx context.Context) (*page.Page, error)
	// Close frees what the operator holds and waits for its goroutines; it may
	// come before the end, and more than once. It closes the operator's inputs.
	Close() error
}

// Stats counts what was read, over all goroutines.
type Stats struct {
	BytesStored, BytesRaw, Records, BytesKept atomic.Int64
	// All, where not nil, counts it too.
	All *Stats
}

// add counts what a source has read since it was last asked.
func (s *Stats) add(now, seen reader.Stats) {
	for ; s != nil; s = s.All {
		s.BytesStored.Add(now.BytesStored - seen.BytesStored)
		s.BytesRaw.Add(now.BytesRaw - seen.BytesRaw)
		s.Records.Add(now.Records - seen.Records)
		s.BytesKept.Add(now.BytesKept - seen.BytesKept)
	}
}

// once yields one page.
type once struct{ p *page.Page }

// Once returns an operator that yields p and no more.
func Once(p *page.Page) Operator { return &once{p} }

func (o *once) Next(context.Context) (*page.Page, error) {
	p := o.p
	o.p = nil
	return p, nil
}

func (o *once) Close() error { return nil }

// dense returns p's columns without its selection, gathered into mem.
func dense(p *page.Page, mem []page.Vector) []*page.Vector {
	if p.Sel == nil {
		return p.Cols
	}
	out := make([]*page.Vector, len(p.Cols))
	for k, v := range p.Cols {
		page.GatherInto(&mem[k], v, p.Sel)
		out[k] = &mem[k]
	}
	return out
}
