package exec

// Exchange: brings the rows of a pipeline's workers back into the order of
// files and records, whatever order the workers finish in.

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// queued is how many pages of a split may wait. What waits in all is bounded by
// queued times the splits that crew.room allows.
const queued = 8

// small is the number of rows below which pages are put together before they
// are passed on.
const small = 256

type exchange struct {
	p       *pipeline
	columns []plan.Column // of p; a plan's nodes belong to one goroutine
	crew    *crew
	queues  []chan parcel
	current atomic.Int64 // the split whose rows are being used
	ended   bool
	serial  Operator // in place of the workers, where a side of a join does not fit
}

// parcel is a copied page, or an error that ends the split; a closed queue ends
// it without.
type parcel struct {
	p   *page.Page
	err error
}

func newExchange(p *pipeline) *exchange { return &exchange{p: p} }

func (x *exchange) Next(ctx context.Context) (*page.Page, error) {
	if x.ended {
		return nil, nil
	}
	if x.serial == nil && x.crew == nil {
		var err error
		if x.serial, err = x.p.hold(ctx); err != nil {
			return nil, err
		}
	}
	if x.serial != nil {
		return x.serial.Next(ctx)
	}
	if x.crew == nil {
		c, err := x.p.start(ctx, x.prepare, x.work, x.finish)
		if err != nil {
			return nil, err
		}
		x.crew = c
	}
	for {
		k := int(x.current.Load())
		if k >= len(x.queues) {
			x.ended = true
			x.crew.stop()
			return nil, x.p.close()
		}
		select {
		case it, ok := <-x.queues[k]:
			if ok {
				return it.p, it.err
			}
			x.queues[k] = nil
			x.current.Add(1)
			x.crew.done()
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-x.crew.ctx.Done(): // it may be another one than this call's
			return nil, x.crew.ctx.Err()
		}
	}
}

func (x *exchange) Close() error {
	x.crew.stop()
	err := x.p.close()
	if x.serial != nil {
		err = errors.Join(err, x.serial.Close())
	}
	return err
}

func (x *exchange) prepare(n int) {
	x.columns = x.p.columns()
	x.queues = make([]chan parcel, n)
	for k := range x.queues {
		x.queues[k] = make(chan parcel, queued)
	}
}

// work copies a split's pages into its queue.
func (x *exchange) work(ctx context.Context, w *worker, k int) error {
	queue := x.queues[k]
	send := func(p *page.Page) error { return put(ctx, queue, parcel{p: p}) }
	pack := packer{columns: x.columns, rows: x.p.env.pageRows()}
	err := w.each(ctx, func(p *page.Page) error {
		// Someone who waits for this split gets what there is (LIMIT may need no
		// more); otherwise small pages are worth putting together.
		waits := int(x.current.Load()) == k && len(queue) == 0
		return pack.add(p, waits, send)
	})
	if rest := pack.take(); rest != nil { // rows before an error come before it
		if e := send(rest); err == nil {
			err = e
		}
	}
	return err
}

func (x *exchange) finish(ctx context.Context, k int, err error) {
	if err != nil && put(ctx, x.queues[k], parcel{err: err}) != nil {
		return // nobody listens any more
	}
	close(x.queues[k])
}

func put(ctx context.Context, queue chan<- parcel, it parcel) error {
	select {
	case queue <- it:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
