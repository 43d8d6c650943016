package exec

// Errors row by row: an operator whose expression fails in the midst of a page
// first passes the rows before the failing one on. So which rows a LIMIT above
// gets to see, and which of several errors a query ends with, depends on the
// rows alone, not on where pages were cut.

import (
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
)

// evalBefore evaluates expressions over the part of p in front of the first row for
// which one of them fails, which is q, nil for no rows; the error comes after q.
func evalBefore(list *expr.List, p *page.Page) (q *page.Page, vecs []*page.Vector, late error) {
	vecs, err := list.Eval(p)
	if err == nil {
		return p, vecs, nil
	}
	q, late = before(p, err, func(one *page.Page) error {
		_, err := list.Eval(one)
		return err
	})
	if q == nil {
		return nil, nil, late
	}
	if vecs, err = list.Eval(q); err != nil {
		return nil, nil, err
	}
	return q, vecs, late
}

// before returns the part of p in front of the first row for which eval fails,
// and the failure; eval has failed for p as a whole with err. nil stands for no
// rows.
func before(p *page.Page, err error, eval func(*page.Page) error) (*page.Page, error) {
	one := *p
	for k := range p.Len() {
		row := int32(k)
		if p.Sel != nil {
			row = p.Sel[k]
		}
		one.Sel = []int32{row}
		e := eval(&one)
		if e == nil {
			continue
		}
		if k == 0 {
			return nil, e
		}
		head := *p
		if p.Sel != nil {
			head.Sel = p.Sel[:k]
		} else {
			head.Sel = identity(k)
		}
		return &head, e
	}
	return nil, err // each row by itself is well: a failure of the page as such
}
