package exec

// Dynamic filters (plan.Filters): what the held side of a join leaves of the rows of
// a scan. They are applied to kept columns only, where it is known that a row that
// goes hides no bad value: so there are the same errors with them and without them,
// and whether columns are kept. Where a file is read its values are looked at anyway.

import (
	"slices"

	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/page"
)

// mostBits bounds the set of a filter, which has a bit for each number between the
// least and the greatest: 1 MiB stays in a core's cache.
const mostBits = 8 << 20

// dynamicFilter is what a join's held side says of a column of the scan.
type dynamicFilter struct {
	col  int
	cond *colcache.Condition // its range
	bits []uint64            // whether From+i is there; nil: not known
}

// dynamics gives the filters of the scan, of joins whose sides are held.
func (p *pipeline) dynamics() []*dynamicFilter {
	var out []*dynamicFilter
	for _, d := range p.scan.Dynamic {
		j := p.joins[d.Join]
		if j == nil || j.b == nil || j.full {
			continue
		}
		if f := filterOf(j.b, d.Key); f != nil {
			f.col = d.Col
			out = append(out, f)
		}
	}
	return out
}

// filterOf makes the filter of a key; nil where it is not made of whole numbers that
// fit 64 bits.
func filterOf(b *build, key int) *dynamicFilter {
	switch page.PhysOf(b.table.types[key]) {
	case page.PhysInt64, page.PhysInt128:
	default:
		return nil
	}
	vals := make([]int64, 0, b.table.n)
	for g := range b.table.n {
		if b.first[g] < 0 { // a NULL
			continue
		}
		vecs, row := b.table.at(uint32(g))
		x := vecs[key].Int128At(row)
		if !x.IsInt64() {
			return nil
		}
		vals = append(vals, x.Int64())
	}
	f := &dynamicFilter{cond: &colcache.Condition{From: 1, To: 0}} // nothing
	if len(vals) == 0 {
		return f
	}
	f.cond.From, f.cond.To = slices.Min(vals), slices.Max(vals)
	span := uint64(f.cond.To) - uint64(f.cond.From)
	if span >= mostBits || span == uint64(len(vals))-1 && len(b.table.types) == 1 { // all of them are there
		return f
	}
	f.bits = make([]uint64, span/64+1)
	for _, x := range vals {
		i := uint64(x) - uint64(f.cond.From)
		f.bits[i/64] |= 1 << (i % 64)
	}
	return f
}

// dynamicTerm is a filter in one worker. It gives up looking at single rows where few
// of them go.
type dynamicTerm struct {
	*dynamicFilter
	seen, kept int
}

// enough is how many rows a filter has to have seen before it is judged.
const enough = 1 << 16

func (t *dynamicTerm) useful() bool {
	return t.bits != nil && (t.seen < enough || t.kept < t.seen/4*3)
}

// drop gives the rows of the page at hand, among rows (nil: all), that the filters
// leave; nil where all rows of the page are left.
func (f *lateFilter) drop(p *page.Page, rows []int32) ([]int32, error) {
	into := 0 // the memory that rows are not in
	if len(rows) > 0 && len(f.sel[0]) > 0 && &rows[0] == &f.sel[0][0] {
		into = 1
	}
	for i := range f.dynamic {
		t := &f.dynamic[i]
		sel, out, err := f.in.decide(t.col, t.cond, rows, f.sel[into])
		if err != nil {
			return nil, err
		}
		if out == colcache.Some {
			f.sel[into], rows, into = sel, sel, 1-into
			if len(rows) == 0 {
				return []int32{}, nil
			}
		}
		if out == colcache.Unknown || !t.useful() {
			continue
		}
		f.cols[0] = t.col
		if err := f.load(p, f.cols[:], rows, false); err != nil {
			return nil, err
		}
		v := p.Cols[t.col]
		if v.Phys != page.PhysInt64 {
			continue
		}
		if rows == nil {
			rows = identityOf(&f.sel[into], p.Rows)
			into = 1 - into
		}
		n := len(rows)
		sel = kernel.Among(v.I64, t.cond.From, t.bits, rows, f.sel[into])
		if v.Nulls != nil {
			sel = slices.DeleteFunc(sel, func(i int32) bool { return v.Nulls[i] })
		}
		t.seen, t.kept = t.seen+n, t.kept+len(sel)
		f.sel[into], rows, into = sel, sel, 1-into
		if len(rows) == 0 {
			return []int32{}, nil
		}
	}
	if len(rows) == p.Rows {
		return nil, nil
	}
	return rows, nil
}

// identityOf is identity in given memory.
func identityOf(mem *[]int32, n int) []int32 {
	*mem = resized(*mem, n)
	for i := range *mem {
		(*mem)[i] = int32(i)
	}
	return *mem
}

// clean reports whether the source has kept columns, with no bad value in the listed
// output columns of the page at hand.
func (s *scan) clean(cols []int) bool {
	if s.sel == nil {
		return false
	}
	for _, k := range cols {
		if o := s.out[k]; o >= 0 && !s.sel.Clean(o) {
			return false
		}
	}
	return true
}
