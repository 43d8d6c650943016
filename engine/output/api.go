package output

// The api format: one JSON line a statement, for tools and tests. Values are
// the text that Athena's GetQueryResults gives, NULL is null.

import (
	"io"
	"strconv"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// API writes the api format. It holds one result in memory at a time, since a
// statement's state is known only at its end.
type API struct {
	w    io.Writer
	stmt int
	cols []byte
	rows []byte
	n    int64
	kind Kind
	cell []byte
}

// NewAPI returns a writer to w.
func NewAPI(w io.Writer) *API { return &API{w: w} }

// Statement starts statement number n (from 1) and forgets what was unfinished.
func (a *API) Statement(n int) {
	a.stmt, a.n = n, 0
	a.cols, a.rows = append(a.cols[:0], '['), append(a.rows[:0], '[')
}

// Begin notes the columns.
func (a *API) Begin(columns []plan.Column, kind Kind) error {
	a.kind = kind
	for k, c := range columns {
		if k > 0 {
			a.cols = append(a.cols, ',')
		}
		a.cols = append(a.cols, `{"name":`...)
		a.cols = appendJSONString(a.cols, c.Name)
		a.cols = append(a.cols, `,"type":`...)
		a.cols = appendJSONString(a.cols, c.Type.String())
		a.cols = append(a.cols, '}')
	}
	return nil
}

// Page adds rows.
func (a *API) Page(p *page.Page) error {
	each(p, func(i int) {
		if a.n > 0 {
			a.rows = append(a.rows, ',')
		}
		a.n++
		a.rows = append(a.rows, '[')
		if a.kind == Utility && len(p.Cols) > 1 {
			// One value a row, its parts joined by tabs, though the result has
			// several columns: semantics 6.3.
			a.cell = a.cell[:0]
			for k, v := range p.Cols {
				if k > 0 {
					a.cell = append(a.cell, '\t')
				}
				if !v.IsNull(i) {
					a.cell = AppendText(a.cell, v, i)
				}
			}
			a.rows = append(appendJSONString(a.rows, string(a.cell)), ']')
			return
		}
		for k, v := range p.Cols {
			if k > 0 {
				a.rows = append(a.rows, ',')
			}
			if v.IsNull(i) {
				a.rows = append(a.rows, "null"...)
				continue
			}
			a.cell = AppendText(a.cell[:0], v, i)
			a.rows = appendJSONString(a.rows, string(a.cell))
		}
		a.rows = append(a.rows, ']')
	})
	return nil
}

// End writes the line of a statement that succeeded.
func (a *API) End(updateCount *int64) error {
	line := append([]byte(`{"statement":`), strconv.Itoa(a.stmt)...)
	line = append(line, `,"state":"SUCCEEDED","columns":`...)
	line = append(line, a.cols...)
	line = append(line, `],"rows":`...)
	line = append(line, a.rows...)
	line = append(line, ']')
	if updateCount != nil {
		line = append(line, `,"update_count":`...)
		line = strconv.AppendInt(line, *updateCount, 10)
	}
	_, err := a.w.Write(append(line, '}', '\n'))
	return err
}

// Fail writes the line of a statement that failed; text is the statement, in
// which the error's place is counted. Line and column are left out where the
// error has no place in it.
func (a *API) Fail(e *sqlerr.Error, text string) error {
	line := append([]byte(`{"statement":`), strconv.Itoa(a.stmt)...)
	line = append(line, `,"state":"FAILED","error":{"code":`...)
	line = appendJSONString(line, string(e.Code))
	line = append(line, `,"message":`...)
	line = appendJSONString(line, e.Msg)
	if ln, col, _ := e.Place(text); ln > 0 {
		line = append(line, `,"line":`...)
		line = strconv.AppendInt(line, int64(ln), 10)
		line = append(line, `,"column":`...)
		line = strconv.AppendInt(line, int64(col), 10)
	}
	if e.Data != nil {
		line = append(line, `,"data":`...)
		line = appendJSONString(line, e.Data.String())
	}
	_, err := a.w.Write(append(line, '}', '}', '\n'))
	return err
}
