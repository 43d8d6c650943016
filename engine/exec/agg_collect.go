package exec

// Aggregates that need all rows of a group: array_agg, map_agg, multimap_agg,
// map_union, histogram, listagg, the n forms of min, max, min_by and max_by.

import (
	"slices"
	"strings"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// rows keeps rows of some columns, each of one group, in the order in which they
// came.
type rows struct {
	groups []uint32
	cols   []*page.Builder

	// Set by index.
	start []int32 // rows of group g are order[start[g]:start[g+1]]
	order []int32
}

func newRows(cols []types.Type) rows {
	var r rows
	for _, t := range cols {
		r.cols = append(r.cols, page.NewBuilder(t))
	}
	return r
}

func (r *rows) add(groups []uint32, cols []*page.Vector) {
	r.groups = append(r.groups, groups...)
	appendRows(r.cols, cols, &page.Page{Rows: len(groups)})
}

// merge appends the rows of another set.
func (r *rows) merge(groups []uint32, o *rows) {
	for _, g := range o.groups {
		r.groups = append(r.groups, groups[g])
	}
	appendRows(r.cols, o.vecs(), &page.Page{Rows: len(o.groups)})
}

func (r *rows) vecs() []*page.Vector {
	out := make([]*page.Vector, len(r.cols))
	for k, b := range r.cols {
		out[k] = b.Vector()
	}
	return out
}

// index sorts the rows by group, stable; n is the number of groups.
func (r *rows) index(n int) {
	r.start = make([]int32, n+1)
	for _, g := range r.groups {
		r.start[g+1]++
	}
	for g := range n {
		r.start[g+1] += r.start[g]
	}
	r.order = make([]int32, len(r.groups))
	at := slices.Clone(r.start[:n])
	for i, g := range r.groups {
		r.order[at[g]] = int32(i)
		at[g]++
	}
}

// collect keeps rows and computes each group's value at the end.
type collect struct {
	rows   rows
	n      int
	finish func(cols []*page.Vector, of []int32, out *page.Builder) error
	cols   []*page.Vector

	// shrink appends to out the rows that a group still needs in place of those it
	// has, which must give the same value, whatever comes after them; nil where it
	// needs all of them. shrunk is how many rows were left by the last one.
	shrink func(cols []*page.Vector, of []int32, out []*page.Builder)
	shrunk int
}

func newCollect(args []types.Type, finish func([]*page.Vector, []int32, *page.Builder) error) *collect {
	return &collect{rows: newRows(args), finish: finish}
}

func (c *collect) grow(n int) { c.n = max(c.n, n) }

func (c *collect) add(groups []uint32, args []*page.Vector) error {
	c.rows.add(groups, args)
	c.tidy()
	return nil
}

func (c *collect) merge(groups []uint32, other accumulator) error {
	c.rows.merge(groups, &other.(*collect).rows)
	c.tidy()
	return nil
}

const (
	// shrinkRows is how many rows are kept before it is worth a look which of them
	// are needed, and shrinkMean how many a group must have.
	shrinkRows = 1 << 14
	shrinkMean = 8
)

// tidy drops rows that no group needs, whenever there are twice as many as after
// the last time: so a group's rows take the memory of its value, not of its input.
func (c *collect) tidy() {
	n := len(c.rows.groups)
	if c.shrink == nil || n < shrinkRows || n < 2*c.shrunk || n < shrinkMean*c.n {
		return
	}
	old := c.rows
	old.index(c.n)
	vecs := old.vecs()
	c.rows = rows{}
	for _, b := range old.cols {
		c.rows.cols = append(c.rows.cols, page.NewBuilder(b.Type()))
	}
	for g := range c.n {
		if of := old.order[old.start[g]:old.start[g+1]]; len(of) > 0 {
			c.shrink(vecs, of, c.rows.cols)
			for len(c.rows.groups) < c.rows.cols[0].Len() {
				c.rows.groups = append(c.rows.groups, uint32(g))
			}
		}
	}
	c.shrunk = len(c.rows.groups)
}

// keep appends rows to out.
func keep(cols []*page.Vector, of []int32, out []*page.Builder) {
	for k, v := range cols {
		for _, i := range of {
			appendOne(out[k], v, int(i))
		}
	}
}

func (c *collect) result(g int, out *page.Builder) error {
	if c.cols == nil {
		c.rows.index(c.n)
		c.cols = c.rows.vecs()
	}
	of := c.rows.order[c.rows.start[g]:c.rows.start[g+1]]
	if len(of) == 0 {
		out.Null()
		return nil
	}
	return c.finish(c.cols, of, out)
}

// collectors returns what a collecting aggregate does at the end.
func collectors(name string, args []types.Type, result types.Type) (func([]*page.Vector, []int32, *page.Builder) error, error) {
	switch name {
	case "array_agg":
		return func(cols []*page.Vector, of []int32, out *page.Builder) error {
			for _, i := range of {
				appendOne(out.Child(0), cols[0], int(i))
			}
			out.EndContainer()
			return nil
		}, nil
	case "map_agg":
		return func(cols []*page.Vector, of []int32, out *page.Builder) error {
			for _, i := range distinctKeys(cols[0], of) {
				out.Child(0).Append(cols[0], int(i))
				appendOne(out.Child(1), cols[1], int(i))
			}
			return endMap(out)
		}, nil
	case "multimap_agg":
		return multimap, nil
	case "map_union":
		return mapUnion, nil
	case "listagg":
		return listagg, nil
	}
	panic("BUG: " + name + " collects no rows")
}

// endMap closes a map; all of whose keys were NULL is NULL itself.
func endMap(out *page.Builder) error {
	n := out.Child(0).Len()
	if v := out.Vector(); int(v.Off[len(v.Off)-1]) == n {
		out.Null()
		return nil
	}
	out.EndContainer()
	return nil
}

// distinctKeys returns those of the rows at which a key occurs first.
func distinctKeys(keys *page.Vector, of []int32) []int32 {
	first, _ := keyed(keys, of)
	return first
}

// keyed numbers the keys that are not NULL: first has the row of each one's first
// occurrence, number that of each row's key (-1 for NULL).
func keyed(keys *page.Vector, of []int32) (first, number []int32) {
	number = make([]int32, len(of))
	t := newGroupTable([]types.Type{keys.Type})
	dense := []*page.Vector{page.Gather(keys, of)}
	for k, g := range t.find(dense, len(of), nil) {
		if keys.IsNull(int(of[k])) {
			number[k] = -1
			continue
		}
		number[k] = int32(g)
	}
	// Group numbers count NULL; close the gap.
	renumber := make([]int32, t.n)
	for i := range renumber {
		renumber[i] = -1
	}
	for k, g := range number {
		if g < 0 {
			continue
		}
		if renumber[g] < 0 {
			renumber[g] = int32(len(first))
			first = append(first, of[k])
		}
		number[k] = renumber[g]
	}
	return first, number
}

func multimap(cols []*page.Vector, of []int32, out *page.Builder) error {
	first, number := keyed(cols[0], of)
	values := make([][]int32, len(first))
	for k, n := range number {
		if n >= 0 {
			values[n] = append(values[n], of[k])
		}
	}
	for n, i := range first {
		out.Child(0).Append(cols[0], int(i))
		list := out.Child(1)
		for _, k := range values[n] {
			appendOne(list.Child(0), cols[1], int(k))
		}
		list.EndContainer()
	}
	return endMap(out)
}

// histogram counts how often each value occurs. A row it keeps is a value and how
// many it stands for.
type histogram struct {
	collect
	ones page.Vector
}

func newHistogram(value types.Type) *histogram {
	h := &histogram{ones: page.Vector{Type: types.Bigint, Phys: page.PhysInt64}}
	h.rows = newRows([]types.Type{value, types.Bigint})
	h.finish = func(cols []*page.Vector, of []int32, out *page.Builder) error {
		counted(cols, of, out.Child(0), out.Child(1))
		return endMap(out)
	}
	h.shrink = func(cols []*page.Vector, of []int32, out []*page.Builder) { counted(cols, of, out[0], out[1]) }
	return h
}

// counted appends each value once, in the order of first appearance, and its count.
func counted(cols []*page.Vector, of []int32, values, counts *page.Builder) {
	first, number := keyed(cols[0], of)
	sums := make([]int64, len(first))
	for k, n := range number {
		if n >= 0 {
			sums[n] += cols[1].I64[of[k]]
		}
	}
	for n, i := range first {
		values.Append(cols[0], int(i))
		counts.Int64(sums[n])
	}
}

func (h *histogram) add(groups []uint32, args []*page.Vector) error {
	n := len(groups)
	for len(h.ones.I64) < n {
		h.ones.I64 = append(h.ones.I64, 1)
	}
	h.ones.Len = n
	ones := h.ones
	ones.I64 = ones.I64[:n]
	return h.collect.add(groups, []*page.Vector{args[0], &ones})
}

func (h *histogram) merge(groups []uint32, other accumulator) error {
	return h.collect.merge(groups, &other.(*histogram).collect)
}

// shrinker is what a collecting aggregate may drop on the way, if anything.
func shrinker(name string) func([]*page.Vector, []int32, []*page.Builder) {
	switch name {
	case "map_agg":
		return func(cols []*page.Vector, of []int32, out []*page.Builder) { keep(cols, distinctKeys(cols[0], of), out) }
	case "map_union":
		return func(cols []*page.Vector, of []int32, out []*page.Builder) {
			if err := mapUnion(cols, of, out[0]); err != nil {
				panic("BUG: " + err.Error())
			}
		}
	}
	return nil
}

// mapUnion keeps of each key the first value.
func mapUnion(cols []*page.Vector, of []int32, out *page.Builder) error {
	m := cols[0]
	var entries []int32
	some := false
	for _, i := range of {
		if m.IsNull(int(i)) {
			continue
		}
		some = true
		for k := m.Off[i]; k < m.Off[i+1]; k++ {
			entries = append(entries, k)
		}
	}
	if !some {
		out.Null()
		return nil
	}
	for _, k := range distinctKeys(m.Children[0], entries) {
		out.Child(0).Append(m.Children[0], int(k))
		appendOne(out.Child(1), m.Children[1], int(k))
	}
	out.EndContainer()
	return nil
}

// maxListagg is the longest result of LISTAGG (ListaggAggregationFunction).
const maxListagg = 1 << 20

// listagg joins strings; its arguments are value, separator, whether overflow is
// an error, the filler that otherwise ends the text, and whether the number of
// values left out is shown.
func listagg(cols []*page.Vector, of []int32, out *page.Builder) error {
	var b strings.Builder
	some := false
	var values []int32
	for _, i := range of {
		if !cols[0].IsNull(int(i)) {
			values = append(values, i)
		}
	}
	for _, i := range values {
		if some {
			b.WriteString(cols[1].Str[i])
		}
		some = true
		b.WriteString(cols[0].Str[i])
		if b.Len() > maxListagg {
			if len(cols) > 2 && !cols[2].Bools[i] {
				return sqlerr.New(sqlerr.NotSupported, "LISTAGG with ON OVERFLOW TRUNCATE of more than %d bytes is not supported", maxListagg)
			}
			return sqlerr.New(sqlerr.ExceededFunctionMemory, "Concatenated string has the length in bytes larger than the maximum output length %d", maxListagg)
		}
	}
	if !some {
		out.Null()
		return nil
	}
	out.StringNoCopy(b.String())
	return nil
}

// maxTopValues bounds n of min(x, n) and its like (MinNAggregationFunction).
const maxTopValues = 10000

// newTopValues is min(x, n), max(x, n), min_by(x, y, n) and max_by(x, y, n).
func newTopValues(greatest bool, args []types.Type, by bool) accumulator {
	// Trino words the two families apart (MinMaxNStateFactory, MinMaxByNStateFactory).
	says, few := "second argument of "+either(greatest, "max_n", "min_n"), "positive"
	if by {
		says, few = "third argument of "+either(greatest, "max_by", "min_by"), "a positive integer"
	}
	// best lists the rows of a group that are its result, in order.
	best := func(key, n *page.Vector, of []int32, limit int64) []int32 {
		var kept []int32
		for _, i := range of {
			if !key.IsNull(int(i)) && !n.IsNull(int(i)) {
				kept = append(kept, i)
			}
		}
		slices.SortStableFunc(kept, func(a, b int32) int {
			if greatest {
				return expr.CompareNaNFirst(key, int(b), key, int(a))
			}
			return expr.CompareValues(key, int(a), key, int(b))
		})
		return kept[:min(len(kept), int(limit))]
	}
	// first is the row that says how many there are to be, the first one whose key and n
	// are not NULL: rows without either are not seen at all (MinMaxNStateFactory).
	first := func(cols []*page.Vector, of []int32) (int32, bool) {
		key, n := cols[len(cols)-2], cols[len(cols)-1]
		i := slices.IndexFunc(of, func(i int32) bool { return !key.IsNull(int(i)) && !n.IsNull(int(i)) })
		if i < 0 {
			return 0, false
		}
		return of[i], true
	}
	c := newCollect(args, func(cols []*page.Vector, of []int32, out *page.Builder) error {
		value, key, n := cols[0], cols[len(cols)-2], cols[len(cols)-1]
		at, ok := first(cols, of)
		if !ok {
			out.Null()
			return nil
		}
		limit := n.I64[at]
		if limit <= 0 {
			return sqlerr.New(sqlerr.InvalidFunctionArgument, "%s must be %s", says, few)
		}
		if limit > maxTopValues {
			return sqlerr.New(sqlerr.InvalidFunctionArgument, "%s must be less than or equal to %d; found %d", says, maxTopValues, limit)
		}
		for _, i := range best(key, n, of, limit) {
			appendOne(out.Child(0), value, int(i))
		}
		out.EndContainer()
		return nil
	})
	c.shrink = func(cols []*page.Vector, of []int32, out []*page.Builder) {
		key, n := cols[len(cols)-2], cols[len(cols)-1]
		at, ok := first(cols, of)
		if !ok {
			return
		}
		kept := []int32{at} // kept for what it says; enough where that fails
		if limit := n.I64[at]; limit > 0 && limit <= maxTopValues {
			if kept = best(key, n, of, limit); !slices.Contains(kept, at) {
				kept = append(kept, at)
			}
		}
		slices.Sort(kept)
		keep(cols, kept, out)
	}
	return c
}
