package exec

// Shared: a subplan that several places of a plan read, or one that is built again
// and again. Its operator runs once; what it yields is kept, in memory and past the
// budget on disk, and every reader goes through it at its own pace. Who comes first
// to the end of what is kept pulls the next page, so that nothing is computed before
// somebody asks for it, and an error comes to each reader behind the rows in front of
// it.
//
// Operators pull from each other in one goroutine (operator.go), so readers need no
// lock.

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// stores are the shared subplans of one query.
type stores struct{ of map[*plan.Shared]*store }

// store holds the rows of one.
type store struct {
	src     Operator
	env     *Env
	types   []types.Type
	acc     *spill.Account
	file    *spill.File
	pages   []storedPage
	inMem   int64
	readers int // that are open
	toCome  int // readers that are not built yet; negative: nobody knows
	ended   bool
	err     error
}

// storedPage is a page in memory, or on disk.
type storedPage struct {
	p     *page.Page
	size  int64
	chunk spill.Chunk
}

// newShared opens a reader.
func newShared(n *plan.Shared, env *Env) (Operator, error) {
	s := env.stores.of[n]
	if s == nil {
		src, err := Build(n.Input, env)
		if err != nil {
			return nil, err
		}
		s = &store{src: src, env: env, types: columnTypes(n.Columns()), acc: env.Memory.Account(), toCome: n.Refs}
		if n.Looped {
			s.toCome = -1
		}
		if env.stores.of == nil {
			env.stores.of = map[*plan.Shared]*store{}
		}
		env.stores.of[n] = s
	}
	s.toCome--
	s.readers++
	return &sharedReader{s: s}, nil
}

// sharedReader is one place that reads.
type sharedReader struct {
	s      *store
	at     int
	page   page.Page
	closed bool
}

func (r *sharedReader) Next(ctx context.Context) (*page.Page, error) {
	if r.closed {
		return nil, nil
	}
	s := r.s
	if r.at == len(s.pages) {
		if s.ended || s.err != nil {
			return nil, s.err
		}
		p, err := s.src.Next(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, err
		case err != nil:
			s.err = err
			return nil, err
		case p == nil:
			s.ended = true
			return nil, s.src.Close()
		case p.Len() == 0, s.toCome == 0 && s.readers == 1: // nobody else will ask for it
			return p, nil
		}
		if err := s.keep(p); err != nil {
			return nil, err
		}
	}
	k := &s.pages[r.at]
	r.at++
	if k.p != nil {
		r.page = *k.p
		return &r.page, nil
	}
	cols, err := s.file.Read(k.chunk, s.types)
	if err != nil {
		return nil, err
	}
	r.page = page.Page{Rows: k.chunk.Rows, Cols: cols}
	return &r.page, nil
}

// keep keeps a page; where that is too much, all that is in memory goes to disk.
func (s *store) keep(p *page.Page) error {
	c := copyPage(p)
	size := int64(0)
	for _, v := range c.Cols {
		size += vectorBytes(v) + 16*int64(len(v.Str)) // the strings' headers
	}
	s.pages = append(s.pages, storedPage{p: c, size: size})
	s.inMem += size
	if !s.acc.Hold(s.inMem) {
		return nil
	}
	if s.file == nil {
		s.file = s.env.Space.File()
	}
	for i := range s.pages {
		k := &s.pages[i]
		if k.p == nil {
			continue
		}
		chunk, err := s.file.Write(k.p.Cols, 0, k.p.Rows)
		if err != nil {
			return err
		}
		k.chunk, k.p = chunk, nil
	}
	s.inMem = 0
	s.acc.Free()
	return nil
}

// Close frees what is held once nobody can ask for it.
func (r *sharedReader) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	s := r.s
	if s.readers--; s.readers == 0 && s.toCome == 0 {
		return s.Close()
	}
	return nil
}

func (s *store) Close() error {
	s.pages = nil
	s.acc.Free()
	return errors.Join(s.src.Close(), s.file.Close())
}

// sharing is the top of a plan with shared subplans.
type sharing struct {
	Operator
	stores *stores
}

func (o *sharing) Close() error {
	err := o.Operator.Close()
	for _, s := range o.stores.of {
		err = errors.Join(err, s.Close())
	}
	return err
}
