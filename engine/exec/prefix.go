package exec

// Errors row by row: an operator whose expression fails in the midst of a page
// first passes the rows before the failing one on. So which rows a LIMIT above
// gets to see, and which of several errors a query ends with, depends on the
// rows alone, not on where pages were cut.

import "github.com/ionq-db/ionq/reader/page"

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
