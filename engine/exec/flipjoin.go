package exec

// A semijoin that holds its left side, the smaller one: the right rows pass by and
// mark the left rows that they match. The rows come in the order of the left side,
// as ever, and so does what fails: the error of a pair is the left row's, and one of
// the left side waits until the right one has been read.

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

type flipJoin struct {
	semi *semiJoin   // what it would be the other way round
	over Operator    // past the memory budget: the other way round after all
	file *spill.File // of the left rows, then
	b    *build      // the left side
	hits []bool      // of its rows

	fail   error // of the first left row that a pair fails for
	failAt int32 // that row; the number of rows for none

	rows, nulls int // of the right side: rows, and those with a NULL for a key

	found      []uint32
	lsel, rsel []int32 // candidate pairs for the residual
	lmem, rmem []page.Vector
	emit       *emitter
	at         int // rows given
}

func newFlipJoin(l, r Operator, n *plan.SemiJoin, env *Env) (Operator, error) {
	s, err := newSemiJoin(l, r, n, env)
	if err != nil {
		return nil, err
	}
	j := &flipJoin{semi: s}
	j.lmem, j.rmem = make([]page.Vector, len(n.L.Columns())), make([]page.Vector, len(n.R.Columns()))
	return j, nil
}

func (j *flipJoin) Close() error {
	err := j.semi.Close()
	if j.file != nil {
		err = errors.Join(err, j.file.Close())
	}
	return err
}

func (j *flipJoin) Next(ctx context.Context) (*page.Page, error) {
	if j.over != nil {
		return j.over.Next(ctx)
	}
	if j.emit == nil {
		full, err := j.run(ctx)
		if err != nil {
			return nil, err
		}
		if full {
			return j.over.Next(ctx)
		}
	}
	p := j.emit.next()
	if p == nil && j.fail != nil {
		return nil, j.fail
	}
	if p == nil {
		return nil, j.b.late
	}
	mark := &page.Vector{Type: types.Boolean, Phys: page.PhysBool, Len: p.Rows, Bools: j.hits[j.at : j.at+p.Rows]}
	if j.semi.n.NullAware && j.rows > 0 {
		mark.Nulls = j.unsure(p.Rows)
	}
	j.at += p.Rows
	return &page.Page{Rows: p.Rows, Cols: append(p.Cols[:len(p.Cols):len(p.Cols)], mark)}, nil
}

// unsure tells of the next n rows which may have been equal to something: all
// that are not found where the right side has a NULL, and NULLs anyway.
func (j *flipJoin) unsure(n int) []bool {
	var out []bool
	for i := range n {
		row := int32(j.at + i)
		for len(j.b.nulls) > 0 && j.b.nulls[0] < row {
			j.b.nulls = j.b.nulls[1:]
		}
		null := len(j.b.nulls) > 0 && j.b.nulls[0] == row
		if !j.hits[row] && (j.nulls > 0 || null) {
			if out == nil {
				out = make([]bool, n)
			}
			out[i] = true
		}
	}
	return out
}

// run reads the left side, then marks its rows; full tells that they do not fit.
func (j *flipJoin) run(ctx context.Context) (full bool, err error) {
	s := j.semi
	src := s.inputs
	src.r, src.rc, src.rk = s.l, s.lc, s.lk
	if j.b, full, err = newBuild(ctx, &src, !s.n.NullAware, true); err != nil {
		return false, err
	}
	if full {
		return true, j.retreat()
	}
	j.hits = make([]bool, j.b.rows.n)
	j.failAt = int32(j.b.rows.n)
	for {
		p, err := s.r.Next(ctx)
		if err != nil {
			return false, err
		}
		if p == nil {
			break
		}
		if p.Len() == 0 {
			continue
		}
		if err := j.pass(p); err != nil {
			return false, err
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
	}
	j.emit = newEmitter(j.b.vecs, identity(int(j.failAt)), s.env.pageRows())
	return false, nil
}

// pass marks the left rows that a page of right rows matches.
func (j *flipJoin) pass(p *page.Page) error {
	s, n := j.semi, p.Len()
	kv, err := s.rk.Eval(p)
	if err != nil {
		return err
	}
	j.rows += n
	if s.n.NullAware {
		for _, v := range kv {
			if v.Nulls == nil && v.Phys != page.PhysNone {
				continue
			}
			for i := range n {
				if v.IsNull(i) {
					j.nulls++
				}
			}
		}
	}
	if j.b.rows.n == 0 {
		return nil
	}
	j.found = j.b.table.lookup(kv, n, j.found)
	for i, g := range j.found[:n] {
		if g == 0 {
			continue
		}
		row := int32(i)
		if p.Sel != nil {
			row = p.Sel[i]
		}
		for c := j.b.first[g-1]; c >= 0; c = j.b.next[c] {
			if s.residual == nil {
				if j.hits[c] {
					break // and so are all rows of this key
				}
				j.hits[c] = true
				continue
			}
			if j.hits[c] && !s.all || c >= j.failAt {
				continue
			}
			j.lsel, j.rsel = append(j.lsel, c), append(j.rsel, row)
			if len(j.lsel) >= page.DefaultRows {
				if err := j.check(p); err != nil {
					return err
				}
			}
		}
	}
	return j.check(p)
}

// check marks the left rows of the candidate pairs that pass the residual.
func (j *flipJoin) check(p *page.Page) error {
	if len(j.lsel) == 0 {
		return nil
	}
	q := &page.Page{Rows: len(j.lsel)}
	for k, v := range j.b.vecs {
		page.GatherInto(&j.lmem[k], v, j.lsel)
		q.Cols = append(q.Cols, &j.lmem[k])
	}
	for k, v := range p.Cols[:len(j.semi.rc)] {
		page.GatherInto(&j.rmem[k], v, j.rsel)
		q.Cols = append(q.Cols, &j.rmem[k])
	}
	v, err := j.semi.residual.Eval(q)
	if err != nil {
		return j.each(q)
	}
	for i, c := range j.lsel {
		if !v.IsNull(i) && v.Bools[i] {
			j.hits[c] = true
		}
	}
	j.lsel, j.rsel = j.lsel[:0], j.rsel[:0]
	return nil
}

// each is check where a pair fails.
func (j *flipJoin) each(q *page.Page) error {
	for i, c := range j.lsel {
		q.Sel = []int32{int32(i)}
		v, err := j.semi.residual.Eval(q)
		switch {
		case err != nil && c < j.failAt: // of several errors of a row the first one stays
			j.fail, j.failAt = err, c
		case err == nil && !v.IsNull(0) && v.Bools[0]:
			j.hits[c] = true
		}
	}
	j.lsel, j.rsel = j.lsel[:0], j.rsel[:0]
	return nil
}

// retreat goes over to holding the right side: the left rows so far wait on disk.
func (j *flipJoin) retreat() error {
	s := j.semi
	j.file = s.env.Space.File()
	vecs := j.b.rows.seal()
	r := &chunkReader{file: j.file, types: columnTypes(s.lc)}
	step := chunkRows(j.b.rows.n, j.b.rows.size())
	for from := 0; from < j.b.rows.n; from += step {
		c, err := j.file.Write(vecs, from, min(j.b.rows.n, from+step))
		if err != nil {
			return err
		}
		r.chunks = append(r.chunks, c)
	}
	j.b = nil
	s.acc.Free()
	s.l = &chain{r, s.l}
	j.over = s
	return nil
}

// chain yields one operator's rows, then another's.
type chain struct{ first, then Operator }

func (c *chain) Next(ctx context.Context) (*page.Page, error) {
	if c.first != nil {
		p, err := c.first.Next(ctx)
		if p != nil || err != nil {
			return p, err
		}
		c.first = nil
	}
	return c.then.Next(ctx)
}

func (c *chain) Close() error { return c.then.Close() }
