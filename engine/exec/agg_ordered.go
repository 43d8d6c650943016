package exec

// ORDER BY in aggregate calls to which the order matters: a wrapper that gives it to
// any aggregate. It keeps the rows and feeds them at the end, group by group. The
// rows of one group that are more than memory holds are sorted on disk
// (aggspill.go).

import (
	"context"
	"slices"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// buffered keeps the rows of an aggregate with ORDER BY.
type buffered struct {
	make  func() accumulator
	inner accumulator
	cols  []types.Type // arguments, then sort keys
	nargs int
	order []plan.SortKey // Col counts in cols
	n     int
	rows  rows
	alone *loneGroup // the rows of the only group there is are elsewhere

	fed bool
	// bad is the first group whose rows failed, with err; n if none did.
	bad int
	err error
}

func newBuffered(mk func() accumulator, cols []types.Type, nargs int, order []plan.SortKey) *buffered {
	first := func() accumulator {
		acc := mk()
		switch acc := acc.(type) {
		case *folded:
			acc.first = true
		case *sketches:
			acc.first = true
		}
		return acc
	}
	return &buffered{make: first, inner: first(), cols: cols, nargs: nargs, order: order, rows: newRows(cols)}
}

func (b *buffered) grow(n int) { b.n = max(b.n, n) }

func (b *buffered) add(groups []uint32, args []*page.Vector) error {
	b.rows.add(groups, args)
	return nil
}

func (b *buffered) merge(groups []uint32, other accumulator) error {
	o := other.(*buffered)
	if b.alone != nil {
		if b.err == nil { // comes at the group's place
			b.err = b.alone.add(&page.Page{Rows: len(o.rows.groups), Cols: o.rows.vecs()})
		}
		return nil
	}
	b.rows.merge(groups, &o.rows)
	return nil
}

func (b *buffered) result(g int, out *page.Builder) error {
	if !b.fed {
		b.fed = true
		b.inner.grow(b.n)
		b.bad = b.n
		switch {
		case b.alone != nil:
			if b.err == nil {
				b.err = b.alone.feed(b.inner, b.nargs)
			}
			if b.err != nil {
				b.bad = 0
			}
		default:
			b.feed()
		}
	}
	if g >= b.bad {
		return b.err
	}
	return b.inner.result(g, out)
}

// fewRows is up to how many rows are sorted without the preparations that pay for
// many.
const fewRows = 16

// feed sorts each group's rows by themselves and gives them to the aggregate.
func (b *buffered) feed() {
	b.rows.index(b.n)
	vecs := b.rows.vecs()
	plain := !slices.ContainsFunc(b.order, func(k plan.SortKey) bool { return vecs[k.Col].Phys >= page.PhysArray })
	for g := range b.bad {
		of := b.rows.order[b.rows.start[g]:b.rows.start[g+1]]
		switch {
		case len(of) < 2:
		case plain && len(of) <= fewRows:
			slices.SortStableFunc(of, func(i, j int32) int { return compareRows(b.order, vecs, int(i), vecs, int(j)) })
		default:
			if err := sortRows(of, vecs, b.order); err != nil {
				b.bad, b.err = g, err
			}
		}
		if b.err != nil {
			break
		}
	}
	if err := b.give(vecs, 0, b.bad); err == nil {
		return
	}
	// Some group's rows fail. Which one it is shows when they come one by one.
	b.inner = b.make()
	b.inner.grow(b.n)
	for g := range b.bad {
		if err := b.give(vecs, g, g+1); err != nil {
			b.bad, b.err = g, err
			return
		}
	}
}

// give gives the sorted rows of groups from..to-1 to the aggregate.
func (b *buffered) give(vecs []*page.Vector, from, to int) error {
	args := make([]*page.Vector, b.nargs)
	groups := make([]uint32, 0, page.DefaultRows)
	for chunk := range slices.Chunk(b.rows.order[b.rows.start[from]:b.rows.start[to]], page.DefaultRows) {
		groups = groups[:0]
		for _, i := range chunk {
			groups = append(groups, b.rows.groups[i])
		}
		for k := range args {
			args[k] = page.Gather(vecs[k], chunk)
		}
		if err := b.inner.add(groups, args); err != nil {
			return err
		}
	}
	return nil
}

func (b *buffered) stateTypes() []types.Type { return b.rows.stateTypes() }

func (b *buffered) size() int64 {
	n := b.rows.size()
	if m, ok := b.inner.(interface{ size() int64 }); ok {
		n += m.size()
	}
	return n
}

func (b *buffered) save(groups []int32) []*page.Vector { return b.rows.save(groups, b.n) }

func (b *buffered) rowsOf(g int32) int { return b.rows.of(g, b.n) }

func (b *buffered) saveRows(g int32, from, to int) []*page.Vector {
	return b.rows.saveSome(g, b.n, from, to)
}

func (b *buffered) load(cols []*page.Vector, n int) error {
	if groups, vecs := saved(cols, n); len(groups) > 0 {
		return b.add(groups, vecs)
	}
	return nil
}

// loneGroup sorts the rows of one group, on disk where memory does not hold them.
type loneGroup struct {
	ctx     context.Context // of the aggregation; accumulators know of none
	sort    *externalSort
	require func(size int64) error // of the aggregate's state
}

// sortAlone has the rows of the only group go through a sort, first those that are
// there by now.
func (b *buffered) sortAlone(ctx context.Context, env *Env, require func(int64) error) {
	columns := make([]plan.Column, len(b.cols))
	for i, t := range b.cols {
		columns[i].Type = t
	}
	b.alone = &loneGroup{ctx, newExternalSort(env, columns, b.order), require}
	old := b.rows
	b.rows = newRows(b.cols)
	b.err = b.alone.add(&page.Page{Rows: len(old.groups), Cols: old.vecs()})
}

func (l *loneGroup) add(p *page.Page) error { return l.sort.add(l.ctx, p) }

// feed gives the rows to an aggregate, in order.
func (l *loneGroup) feed(to accumulator, nargs int) error {
	if err := l.sort.end(l.ctx); err != nil {
		return err
	}
	m, _ := to.(interface{ size() int64 })
	var groups []uint32
	for {
		p, err := l.sort.next(l.ctx)
		if p == nil || err != nil {
			return err
		}
		groups = resized(groups, p.Rows)
		if err := to.add(groups, p.Cols[:nargs]); err != nil {
			return err
		}
		if m != nil {
			if err := l.require(m.size()); err != nil {
				return err
			}
		}
		if err := l.ctx.Err(); err != nil {
			return err
		}
	}
}

// close drops the rows.
func (b *buffered) close() error {
	if b.alone == nil {
		return nil
	}
	return b.alone.sort.Close()
}
