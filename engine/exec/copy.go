package exec

// Copies of rows that outlive their page.

import (
	"slices"
	"unsafe"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// copyPage copies the rows that p stands for, without a selection.
func copyPage(p *page.Page) *page.Page {
	out := &page.Page{Rows: p.Len(), Split: p.Split, Row: p.Row, Cols: make([]*page.Vector, len(p.Cols))}
	for k, v := range p.Cols {
		out.Cols[k] = copyVector(v, p.Sel)
	}
	return out
}

// copyVector copies rows sel of v, or all.
func copyVector(v *page.Vector, sel []int32) *page.Vector {
	if v.Phys >= page.PhysArray {
		if sel != nil {
			v = page.Gather(v, sel)
		}
		return page.Clone(v)
	}
	var out *page.Vector
	if sel != nil {
		out = page.Gather(v, sel)
	} else {
		c := *v
		c.Nulls, c.Bools, c.I64, c.F64 = slices.Clone(v.Nulls), slices.Clone(v.Bools), slices.Clone(v.I64), slices.Clone(v.F64)
		c.I128, c.TZ, c.TimeTZ, c.Str = slices.Clone(v.I128), slices.Clone(v.TZ), slices.Clone(v.TimeTZ), slices.Clone(v.Str)
		out = &c
	}
	if out.Phys == page.PhysBytes {
		ownStrings(out.Str, out.Nulls)
	}
	return out
}

// ownStrings moves strings into one new piece of memory.
func ownStrings(strs []string, nulls []bool) {
	n := 0
	for i, s := range strs {
		if nulls != nil && nulls[i] {
			strs[i] = ""
			continue
		}
		n += len(s)
	}
	mem := make([]byte, 0, n)
	for i, s := range strs {
		at := len(mem)
		mem = append(mem, s...)
		strs[i] = unsafe.String(unsafe.SliceData(mem[at:]), len(s))
	}
}

// packer copies pages, putting small ones together.
type packer struct {
	columns []plan.Column
	rows    int // of a full page
	b       []*page.Builder
	n       int
}

// add copies p. It sends what is complete; now says that all is.
func (k *packer) add(p *page.Page, now bool, send func(*page.Page) error) error {
	if k.n == 0 && (now || p.Len() >= min(small, k.rows)) {
		return send(copyPage(p))
	}
	if k.b == nil {
		for _, c := range k.columns {
			k.b = append(k.b, page.NewBuilder(c.Type))
		}
	}
	appendRows(k.b, p.Cols, p)
	k.n += p.Len()
	if now || k.n >= k.rows {
		return send(k.take())
	}
	return nil
}

// take returns the rows that are not sent yet, or nil.
func (k *packer) take() *page.Page {
	if k.n == 0 {
		return nil
	}
	out := &page.Page{Rows: k.n}
	for _, b := range k.b {
		out.Cols = append(out.Cols, b.Finish())
	}
	k.n = 0
	return out
}

// appendRows appends the rows that p stands for of cols to builders. A column of
// unknown type holds nothing but NULLs.
func appendRows(to []*page.Builder, cols []*page.Vector, p *page.Page) {
	for k, b := range to {
		v := cols[k]
		switch {
		case v.Phys == page.PhysNone:
			for range p.Len() {
				b.Null()
			}
		case p.Sel == nil:
			b.AppendRange(v, 0, p.Rows)
		default:
			for _, i := range p.Sel {
				b.Append(v, int(i))
			}
		}
	}
}

// builders returns one for each column.
func builders(columns []plan.Column) []*page.Builder {
	out := make([]*page.Builder, len(columns))
	for i, c := range columns {
		out[i] = page.NewBuilder(c.Type)
	}
	return out
}
