package output

// Athena's result files: .csv for queries, .txt for utility statements
// (semantics 6.2, 11.2).

import (
	"io"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// flushAt is the size at which a writer hands its buffer on, after a row wherever its
// page ends: what stands in front of an error does not depend on how rows are cut.
const flushAt = 64 << 10

// csvWriter writes .csv: every field that is not NULL in double quotes, the
// header too, inner quotes doubled, NULL as nothing at all, lines ended by \n.
// For utility statements it writes .txt: values joined by tabs, rows joined by
// newlines, no header, no newline at the end.
type csvWriter struct {
	w    io.Writer
	kind Kind
	buf  []byte
	cell []byte
	rows int64
}

func (c *csvWriter) Begin(columns []plan.Column, kind Kind) error {
	c.kind = kind
	if kind == Utility || len(columns) == 0 {
		return nil
	}
	for k, col := range columns {
		if k > 0 {
			c.buf = append(c.buf, ',')
		}
		c.buf = appendQuoted(c.buf, []byte(col.Name))
	}
	c.buf = append(c.buf, '\n')
	return nil
}

func (c *csvWriter) Page(p *page.Page) (err error) {
	each(p, func(i int) {
		if c.kind == Utility {
			if c.rows > 0 {
				c.buf = append(c.buf, '\n')
			}
			for k, v := range p.Cols {
				if k > 0 {
					c.buf = append(c.buf, '\t')
				}
				if !v.IsNull(i) {
					c.buf = AppendText(c.buf, v, i)
				}
			}
			c.rows++
			if len(c.buf) >= flushAt && err == nil {
				err = c.flush()
			}
			return
		}
		for k, v := range p.Cols {
			if k > 0 {
				c.buf = append(c.buf, ',')
			}
			if v.IsNull(i) {
				continue
			}
			if v.Phys == page.PhysInt64 || v.Phys == page.PhysFloat64 || v.Phys == page.PhysBool || v.Phys == page.PhysInt128 {
				c.buf = append(c.buf, '"')
				c.buf = AppendText(c.buf, v, i)
				c.buf = append(c.buf, '"')
				continue
			}
			c.cell = AppendText(c.cell[:0], v, i)
			c.buf = appendQuoted(c.buf, c.cell)
		}
		c.buf = append(c.buf, '\n')
		if len(c.buf) >= flushAt && err == nil {
			err = c.flush()
		}
	})
	return err
}

func (c *csvWriter) End(*int64) error { return c.flush() }

func (c *csvWriter) flush() error {
	_, err := c.w.Write(c.buf)
	c.buf = c.buf[:0]
	return err
}

func appendQuoted(dst, s []byte) []byte {
	dst = append(dst, '"')
	for _, b := range s {
		if b == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, b)
	}
	return append(dst, '"')
}
