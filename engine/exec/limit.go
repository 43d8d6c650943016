package exec

// Limit: skips Offset rows, passes N, and then ends its input.

import (
	"context"

	"github.com/ionq-db/ionq/reader/page"
)

type limit struct {
	in     Operator
	offset int64
	n      int64 // rows still to pass; negative: all
	all    bool
	done   bool
	sel    []int32
	page   page.Page
}

func newLimit(in Operator, offset, n int64) Operator {
	return &limit{in: in, offset: offset, n: n, all: n < 0}
}

func (l *limit) Next(ctx context.Context) (*page.Page, error) {
	for !l.done && (l.all || l.n > 0) {
		p, err := l.in.Next(ctx)
		if err != nil {
			return nil, err
		}
		if p == nil {
			l.done = true
			break
		}
		n := int64(p.Len())
		if l.offset >= n {
			l.offset -= n
			continue
		}
		if l.offset == 0 && (l.all || n <= l.n) {
			l.n -= n
			return p, nil
		}
		from, to := l.offset, n
		if !l.all {
			to = min(n, from+l.n)
		}
		l.offset = 0
		l.n -= to - from
		l.page = *p
		if p.Sel != nil {
			l.page.Sel = p.Sel[from:to]
		} else {
			l.sel = l.sel[:0]
			for i := from; i < to; i++ {
				l.sel = append(l.sel, int32(i))
			}
			l.page.Sel = l.sel
		}
		return &l.page, nil
	}
	if !l.done {
		l.done = true
		return nil, l.in.Close() // nothing more is needed: stop reading
	}
	return nil, nil
}

func (l *limit) Close() error { return l.in.Close() }

// splitLimit is a limit of each split by itself: behind it the split is not read on.
type splitLimit struct {
	limit
	rows int64
}

func (l *splitLimit) reset() { l.n, l.done = l.rows, false }
