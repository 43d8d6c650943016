package engine

// The proof that ends a query under VerifyFull: all files of the tables that were
// scanned have the MD5s that their manifests promise, whatever part of them the
// answer needed.

import (
	"context"
	"sync"

	"github.com/ionq-db/ionq/engine/catalog"
)

type proof struct {
	workers int

	mu     sync.Mutex
	proofs []func(context.Context) error // in the order in which scans began
	seen   map[string]bool
}

// add notes the splits that a scan reads.
func (p *proof) add(splits []catalog.Split) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range splits {
		s := &splits[i]
		if s.Prove == nil || p.seen[s.Name] {
			continue
		}
		if p.seen == nil {
			p.seen = map[string]bool{}
		}
		p.seen[s.Name] = true
		p.proofs = append(p.proofs, s.Prove)
	}
}

// give proves what reading has not proven yet. Its error is that of the first
// file that is not as promised.
func (p *proof) give(ctx context.Context) error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	proofs := p.proofs
	p.proofs = nil
	p.mu.Unlock()
	errs := make([]error, len(proofs))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(p.workers, len(proofs)) {
		wg.Go(func() {
			for k := range next {
				func() {
					defer recovered(&errs[k])
					errs[k] = proofs[k](ctx)
				}()
			}
		})
	}
	for k := range proofs {
		next <- k
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
