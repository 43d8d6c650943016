package reader

// Late columns: located while a page is read, decoded when asked for.

import (
	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/page"
)

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
	if k < 0 || k >= len(s.late) || !s.late[k] && s.soft[k] == nil || s.win == nil {
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

// Select implements Selector: values in their usual spelling are compared where
// they lie. With others the condition is not decided, so that whatever is wrong
// with them is found where they are decoded.
func (s *ionSource) Select(k int, cond *colcache.Condition, rows, dst []int32) ([]int32, colcache.Outcome, error) {
	if !s.late[k] {
		return dst, colcache.Unknown, nil
	}
	b, _, _ := s.win.Whole()
	at, till := s.shape.Column(k)
	asked := len(rows)
	if rows == nil {
		asked = len(at)
	}
	var ok bool
	switch cond.Of {
	case colcache.Values:
		dst, ok = s.cols[k].Between(b, at, till, rows, cond.From, cond.To, dst)
	case colcache.Instants:
		dst, ok = s.cols[k].Instants(b, at, till, rows, cond.From, cond.To, cond.Zone, dst)
	}
	switch {
	case !ok:
		return dst, colcache.Unknown, nil
	case len(dst) == asked:
		return dst, colcache.All, nil
	}
	return dst, colcache.Some, nil
}

// Pick implements Selector.
func (s *ionSource) Pick(k int, rows []int32) (*page.Vector, error) {
	b, _, base := s.win.Whole()
	at, till := s.shape.Column(k)
	s.at, s.till = s.at[:0], s.till[:0]
	for _, r := range rows {
		s.at, s.till = append(s.at, at[r]), append(s.till, till[r])
	}
	v, failed, err := s.cols[k].Load(b, s.at, s.till, nil, nil)
	if err != nil {
		return nil, s.valueErrorAt(err, b, base, s.page.Row+int64(rows[failed])+1, s.cols[k])
	}
	return v, nil
}

// Clean implements Selector: values are not looked at before they are asked for.
func (s *ionSource) Clean(int) bool { return false }

// Codes implements Selector: there is no dictionary.
func (s *ionSource) Codes(int, []int32) (*page.Vector, error) { return nil, nil }
