package exec

// The hash table of joins, set operations and partitions of rows: open
// addressing with linear probing over group numbers; keys live in vectors, in
// order of first appearance.

import (
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// groupTable numbers distinct keys: the first is group 0. Keys are compared as
// GROUP BY does: NULL equals NULL, NaN equals NaN.
//
// A slot holds 32 bits of the key's hash beside the group's number, so that a
// probe looks at a key only where it is most likely the one, and the table grows
// without looking at keys at all. Keys are kept in segments of equal length, so
// that nothing is copied when their number grows.
type groupTable struct {
	types []types.Type
	segs  []keySegment
	slots []uint64 // hash's low half << 32 | 1 + group, 0 where free; a power of two
	n     int
	mem   []uint64
}

// keySegment holds segRows keys, the last one fewer.
type keySegment struct {
	b    []*page.Builder
	vecs []*page.Vector // of b
}

const (
	segBits = 14
	segRows = 1 << segBits
	segMask = segRows - 1
)

// firstSlots is the size of a new table: most GROUP BYs have few groups.
const firstSlots = 64

func newGroupTable(keys []types.Type) *groupTable {
	t := &groupTable{types: keys, slots: make([]uint64, firstSlots)}
	t.segment()
	return t
}

// segment begins a new segment.
func (t *groupTable) segment() {
	s := keySegment{}
	for _, k := range t.types {
		b := page.NewBuilder(k)
		if len(t.segs) > 0 { // it will be filled; the first one may stay small
			b.Reserve(segRows)
		}
		s.b = append(s.b, b)
		s.vecs = append(s.vecs, b.Vector())
	}
	t.segs = append(t.segs, s)
}

// size is about the memory that the table takes.
func (t *groupTable) size() int64 {
	n := 8 * int64(len(t.slots))
	for i := range t.segs {
		for _, b := range t.segs[i].b {
			n += b.Size()
		}
	}
	return n
}

// at gives the vectors that hold group g's key, and its row there.
func (t *groupTable) at(g uint32) (vecs []*page.Vector, row int) {
	return t.segs[g>>segBits].vecs, int(g & segMask)
}

// gather gives the keys of the listed groups.
func (t *groupTable) gather(groups []int32) []*page.Vector {
	out := make([]*page.Vector, len(t.types))
	if len(t.segs) == 1 {
		for k, v := range t.segs[0].vecs {
			out[k] = page.Gather(v, groups)
		}
		return out
	}
	refs := make([]rowRef, len(groups))
	for i, g := range groups {
		vecs, row := t.at(uint32(g))
		refs[i] = rowRef{vecs, int32(row)}
	}
	for k, typ := range t.types {
		out[k] = &page.Vector{}
		gatherRefs(out[k], typ, refs, k)
	}
	return out
}

// find sets groups[i] to the number of row i's key, for the first n rows of
// keys, and adds the keys that are new.
func (t *groupTable) find(keys []*page.Vector, n int, groups []uint32) []uint32 {
	groups = resized(groups, n)
	if len(keys) == 0 { // one group, which exists whatever the rows
		clear(groups)
		t.n = 1
		return groups
	}
	t.mem = expr.HashColumns(t.mem, keys, n)
	t.reserve(n)
	mask := uint64(len(t.slots) - 1)
	if len(keys) == 1 && t.findFast(keys[0], n, groups, mask) {
		return groups
	}
	for i := range groups {
		groups[i] = t.findRow(keys, i, mask)
	}
	return groups
}

// findRow is find for one row, of any types.
func (t *groupTable) findRow(keys []*page.Vector, i int, mask uint64) uint32 {
	h := t.mem[i]
	for at := h & mask; ; at = (at + 1) & mask {
		s := t.slots[at]
		if s == 0 {
			seg := t.add(at, h)
			for k, b := range seg.b {
				appendOne(b, keys[k], i)
				seg.vecs[k] = b.Vector()
			}
			return uint32(t.n - 1)
		}
		if uint32(s>>32) == uint32(h) {
			g := uint32(s) - 1
			if vecs, row := t.at(g); expr.EqualRows(keys, i, vecs, row) {
				return g
			}
		}
	}
}

// findFast does find for a single key without NULLs of the usual physical forms,
// without a call a row.
func (t *groupTable) findFast(v *page.Vector, n int, groups []uint32, mask uint64) bool {
	if v.Nulls != nil {
		return false
	}
	switch phys := page.PhysOf(t.types[0]); {
	case phys == page.PhysInt64 && v.Phys == page.PhysInt64:
		vals := v.I64[:n]
		for i, h := range t.mem[:n] {
			x := vals[i]
			for at := h & mask; ; at = (at + 1) & mask {
				s := t.slots[at]
				if s == 0 {
					t.add(at, h).b[0].Int64(x)
					groups[i] = uint32(t.n - 1)
					break
				}
				if uint32(s>>32) != uint32(h) {
					continue
				}
				g := uint32(s) - 1
				if kv := t.segs[g>>segBits].vecs[0]; kv.I64[g&segMask] == x && (kv.Nulls == nil || !kv.Nulls[g&segMask]) {
					groups[i] = g
					break
				}
			}
		}
	case phys == page.PhysInt128 && (v.Phys == page.PhysInt64 || v.Phys == page.PhysInt128):
		for i, h := range t.mem[:n] {
			var x decimal.Int128
			if v.Phys == page.PhysInt64 {
				x = decimal.FromInt64(v.I64[i])
			} else {
				x = v.I128[i]
			}
			for at := h & mask; ; at = (at + 1) & mask {
				s := t.slots[at]
				if s == 0 {
					t.add(at, h).b[0].Int128(x)
					groups[i] = uint32(t.n - 1)
					break
				}
				if uint32(s>>32) != uint32(h) {
					continue
				}
				g := uint32(s) - 1
				if kv := t.segs[g>>segBits].vecs[0]; kv.I128[g&segMask] == x && (kv.Nulls == nil || !kv.Nulls[g&segMask]) {
					groups[i] = g
					break
				}
			}
		}
	case phys == page.PhysBytes && v.Phys == page.PhysBytes:
		vals := v.Str[:n]
		for i, h := range t.mem[:n] {
			x := vals[i]
			for at := h & mask; ; at = (at + 1) & mask {
				s := t.slots[at]
				if s == 0 {
					t.add(at, h).b[0].String(x)
					groups[i] = uint32(t.n - 1)
					break
				}
				if uint32(s>>32) != uint32(h) {
					continue
				}
				g := uint32(s) - 1
				if kv := t.segs[g>>segBits].vecs[0]; kv.Str[g&segMask] == x && (kv.Nulls == nil || !kv.Nulls[g&segMask]) {
					groups[i] = g
					break
				}
			}
		}
	default:
		return false
	}
	return true
}

// lookup is find that adds nothing: 0 for a key that is not there, else 1 + its
// group. Rows with a NULL among the keys are not there: in joins NULL equals
// nothing.
func (t *groupTable) lookup(keys []*page.Vector, n int, found []uint32) []uint32 {
	found = t.known(keys, n, found)
	for _, v := range keys {
		if !v.HasNulls() {
			continue
		}
		for i := range found {
			if v.IsNull(i) {
				found[i] = 0
			}
		}
	}
	return found
}

// known is lookup where NULL is a key like any other.
func (t *groupTable) known(keys []*page.Vector, n int, found []uint32) []uint32 {
	found = resized(found, n)
	t.mem = expr.HashColumns(t.mem, keys, n)
	mask := uint64(len(t.slots) - 1)
	for i := range found {
		found[i] = 0
		h := t.mem[i]
		for at := h & mask; ; at = (at + 1) & mask {
			s := t.slots[at]
			if s == 0 {
				break
			}
			if uint32(s>>32) != uint32(h) {
				continue
			}
			g := uint32(s) - 1
			if vecs, row := t.at(g); expr.EqualRows(keys, i, vecs, row) {
				found[i] = g + 1
				break
			}
		}
	}
	return found
}

// add makes a new group at a free slot and returns the segment that its key goes
// to.
func (t *groupTable) add(slot, h uint64) *keySegment {
	if t.n>>segBits == len(t.segs) {
		t.segment()
	}
	seg := &t.segs[t.n>>segBits]
	t.n++
	t.slots[slot] = h<<32 | uint64(t.n)
	return seg
}

// reserve makes room for n more groups, at most three quarters full.
func (t *groupTable) reserve(n int) {
	size := len(t.slots)
	for 3*size < 4*(t.n+n) {
		size *= 2
	}
	if size == len(t.slots) {
		return
	}
	// A page whose rows are mostly known keys needs no growth for all of them;
	// but to stop in the midst of a page would cost a test a row.
	old := t.slots
	t.slots = make([]uint64, size)
	mask := uint64(size - 1)
	for _, s := range old {
		if s == 0 {
			continue
		}
		at := s >> 32 & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = s
	}
}

// appendOne appends row i of v.
func appendOne(b *page.Builder, v *page.Vector, i int) {
	if v.Phys == page.PhysNone {
		b.Null()
		return
	}
	b.Append(v, i)
}

func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, max(n, page.DefaultRows))
	}
	return s[:n]
}

// grown returns s with at least n elements, the new ones zero.
func grown[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	if n <= cap(s) {
		return s[:n]
	}
	out := make([]T, n, max(n, 2*cap(s), 16))
	copy(out, s)
	return out
}
