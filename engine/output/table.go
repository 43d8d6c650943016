package output

// A box table for people at a terminal.

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// sampleRows is how many rows are held back to find the column widths. Longer
// results stream after that; a wider value then widens its own line only.
const sampleRows = 1000

// maxCell is the widest cell that a column is made for, in terminal cells; it
// is never cut, only not aligned.
const maxCell = 60

type tableWriter struct {
	w      io.Writer
	kind   Kind
	heads  []string
	right  []bool
	widths []int
	held   [][]string
	open   bool
	rows   int64
	buf    strings.Builder
}

func (t *tableWriter) Begin(columns []plan.Column, kind Kind) error {
	t.kind = kind
	for _, c := range columns {
		t.heads = append(t.heads, c.Name)
		t.right = append(t.right, c.Type.IsNumeric() && c.Type.Kind != types.KindUnknown)
		t.widths = append(t.widths, runewidth.StringWidth(c.Name))
	}
	return nil
}

func (t *tableWriter) Page(p *page.Page) (err error) {
	each(p, func(i int) {
		cells := make([]string, len(p.Cols))
		for k, v := range p.Cols {
			if v.IsNull(i) {
				cells[k] = "NULL"
			} else {
				cells[k] = printable(string(AppendText(nil, v, i)))
			}
		}
		t.rows++
		if t.open {
			t.line(cells)
		} else if t.held = append(t.held, cells); len(t.held) == sampleRows {
			t.start()
		}
		if t.buf.Len() >= flushAt && err == nil {
			err = t.flush()
		}
	})
	return err
}

func (t *tableWriter) End(*int64) error {
	if len(t.heads) == 0 {
		return nil
	}
	if t.kind == Utility {
		// Utility rows are lines of text already (DESCRIBE pads its parts).
		for _, cells := range t.held {
			t.buf.WriteString(strings.Join(cells, "\t") + "\n")
		}
		return t.flush()
	}
	if !t.open {
		t.start()
	}
	t.rule("└", "┴", "┘")
	unit := "rows"
	if t.rows == 1 {
		unit = "row"
	}
	fmt.Fprintf(&t.buf, "(%d %s)\n", t.rows, unit)
	return t.flush()
}

func (t *tableWriter) start() {
	if t.kind == Utility {
		return
	}
	for _, cells := range t.held {
		for k, c := range cells {
			t.widths[k] = max(t.widths[k], min(runewidth.StringWidth(c), maxCell))
		}
	}
	t.rule("┌", "┬", "┐")
	t.line(t.heads)
	t.rule("├", "┼", "┤")
	for _, cells := range t.held {
		t.line(cells)
	}
	t.held, t.open = nil, true
}

func (t *tableWriter) rule(left, mid, right string) {
	t.buf.WriteString(left)
	for k, w := range t.widths {
		if k > 0 {
			t.buf.WriteString(mid)
		}
		t.buf.WriteString(strings.Repeat("─", w+2))
	}
	t.buf.WriteString(right + "\n")
}

func (t *tableWriter) line(cells []string) {
	t.buf.WriteString("│")
	for k, c := range cells {
		pad := strings.Repeat(" ", max(0, t.widths[k]-runewidth.StringWidth(c)))
		if t.right[k] {
			t.buf.WriteString(" " + pad + c + " │")
		} else {
			t.buf.WriteString(" " + c + pad + " │")
		}
	}
	t.buf.WriteString("\n")
}

func (t *tableWriter) flush() error {
	_, err := io.WriteString(t.w, t.buf.String())
	t.buf.Reset()
	return err
}

// printable makes control characters visible, so that a value can neither
// break the table nor drive the terminal.
func printable(s string) string {
	clean := true
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] == 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
