package reader

// Late columns: located while a page is read, decoded when asked for.

import (
	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/page"
)

// lateColumn is where the values of one late column lie in the window.
type lateColumn struct {
	// at holds, of every row of the page, twice the offset in the window's buffer
	// of the last match, plus one inside an s-expression; or -1 where none matched.
	at []int64
}

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

// lateAt makes an entry of lateColumn.at.
func lateAt(offset int, sexp bool) int64 {
	if sexp {
		return int64(offset)<<1 | 1
	}
	return int64(offset) << 1
}

// Load implements PageSource.
func (s *ionSource) Load(k int, rows []int32) (*page.Vector, error) {
	if k < 0 || k >= len(s.late) || s.late[k] == nil || s.win == nil {
		panic("BUG: Load of a column that is not late, or without a page")
	}
	c, at := s.cols[k], s.late[k].at
	b, _, base := s.win.Whole()
	c.Reset()
	next := 0 // in rows
	for row := range s.rows {
		if rows != nil {
			if next >= len(rows) || int(rows[next]) != row {
				c.Null()
				continue
			}
			next++
		}
		if at[row] < 0 {
			c.Null()
			continue
		}
		i := int(at[row] >> 1)
		if at[row]&1 == 0 && c.Fast(b, i) >= 0 {
			continue
		}
		if err := c.Decode(b, ion.ValueAt(b, i, at[row]&1 != 0)); err != nil {
			return nil, s.valueErrorAt(err, b, base, s.page.Row+int64(row)+1, c)
		}
	}
	s.page.Cols[k] = c.Vector()
	return s.page.Cols[k], nil
}

// forgetLate takes back what a record that failed had located.
func (s *ionSource) forgetLate() {
	for _, l := range s.lates {
		l.at[s.rows] = -1
	}
}
