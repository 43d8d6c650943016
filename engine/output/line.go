package output

// One line a value, for rows that are too wide for a terminal.

import (
	"io"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// lineWriter writes "name = value" lines, the names aligned at their ends, and an
// empty line between rows. Utility statements are written as their .txt.
type lineWriter struct {
	w     io.Writer
	text  *csvWriter // of a utility statement; nil for queries
	heads []string
	buf   []byte
	rows  int64
}

func (l *lineWriter) Begin(columns []plan.Column, kind Kind) error {
	if kind == Utility {
		l.text = &csvWriter{w: l.w}
		return l.text.Begin(columns, kind)
	}
	width := 0
	for _, c := range columns {
		width = max(width, runewidth.StringWidth(c.Name))
	}
	for _, c := range columns {
		l.heads = append(l.heads, strings.Repeat(" ", width-runewidth.StringWidth(c.Name))+c.Name+" = ")
	}
	return nil
}

func (l *lineWriter) Page(p *page.Page) (err error) {
	if l.text != nil {
		return l.text.Page(p)
	}
	each(p, func(i int) {
		if l.rows++; l.rows > 1 {
			l.buf = append(l.buf, '\n')
		}
		for k, v := range p.Cols {
			l.buf = append(l.buf, l.heads[k]...)
			if v.IsNull(i) {
				l.buf = append(l.buf, "NULL"...)
			} else {
				l.buf = append(l.buf, printable(string(AppendText(nil, v, i)))...)
			}
			l.buf = append(l.buf, '\n')
		}
		if len(l.buf) >= flushAt && err == nil {
			err = l.flush()
		}
	})
	return err
}

func (l *lineWriter) End(updateCount *int64) error {
	if l.text != nil {
		return l.text.End(updateCount)
	}
	return l.flush()
}

func (l *lineWriter) flush() error {
	_, err := l.w.Write(l.buf)
	l.buf = l.buf[:0]
	return err
}
