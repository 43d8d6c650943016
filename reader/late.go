package reader

// Late columns: located while a page is read, decoded when asked for.

import "github.com/ionq-db/ionq/reader/page"

// softColumn lists the rows of the page at hand whose value in a column is bad.
type softColumn struct{ rows []badRow }

// cut forgets the rows from n on.
func (l *softColumn) cut(n int) {
	for l != nil && len(l.rows) > 0 && int(l.rows[len(l.rows)-1].row) >= n {
		l.rows = l.rows[:len(l.rows)-1]
	}
}

// bad implements softSource.
func (s *ionSource) bad(k int) []badRow { return s.soft[k].rows }

// Load implements PageSource.
func (s *ionSource) Load(k int, rows []int32) (*page.Vector, error) {
	if k < 0 || k >= len(s.late) || !s.late[k] || s.win == nil {
		panic("BUG: Load of a column that is not late, or without a page")
	}
	b, _, base := s.win.Whole()
	at, till := s.shape.Column(k)
	v, failed, err := s.cols[k].Load(b, at, till, rows, nil)
	if err != nil {
		return nil, s.valueErrorAt(err, b, base, s.page.Row+int64(failed)+1, s.cols[k])
	}
	s.page.Cols[k] = v
	return v, nil
}
