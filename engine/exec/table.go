package exec

// The hash table of GROUP BY, DISTINCT, joins and set operations: open
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
type groupTable struct {
	keys   []*page.Builder
	vecs   []*page.Vector // of keys
	hashes []uint64       // of each group
	slots  []uint32       // 1 + group, 0 where free; a power of two
	n      int
	mem    []uint64
}

// size is about the memory that the table takes.
func (t *groupTable) size() int64 {
	n := 8*int64(cap(t.hashes)) + 4*int64(len(t.slots))
	for _, b := range t.keys {
		n += b.Size()
	}
	return n
}

// firstSlots is the size of a new table: most GROUP BYs have few groups.
const firstSlots = 64

func newGroupTable(keys []types.Type) *groupTable {
	t := &groupTable{slots: make([]uint32, firstSlots)}
	for _, k := range keys {
		b := page.NewBuilder(k)
		t.keys = append(t.keys, b)
		t.vecs = append(t.vecs, b.Vector())
	}
	return t
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
			t.slots[at] = t.add(h)
			for k, b := range t.keys {
				appendOne(b, keys[k], i)
				t.vecs[k] = b.Vector()
			}
			return uint32(t.n - 1)
		}
		if g := s - 1; t.hashes[g] == h && expr.EqualRows(keys, i, t.vecs, int(g)) {
			return g
		}
	}
}

// findFast does find for a single key without NULLs of the usual physical forms,
// without a call a row.
func (t *groupTable) findFast(v *page.Vector, n int, groups []uint32, mask uint64) bool {
	b, kv := t.keys[0], t.vecs[0]
	if v.Nulls != nil {
		return false
	}
	switch {
	case kv.Phys == page.PhysInt64 && v.Phys == page.PhysInt64:
		vals := v.I64[:n]
		for i, h := range t.mem[:n] {
			x := vals[i]
			for at := h & mask; ; at = (at + 1) & mask {
				s := t.slots[at]
				if s == 0 {
					t.slots[at] = t.add(h)
					b.Int64(x)
					groups[i] = uint32(t.n - 1)
					break
				}
				if g := s - 1; kv.I64[g] == x && (kv.Nulls == nil || !kv.Nulls[g]) {
					groups[i] = g
					break
				}
			}
		}
	case kv.Phys == page.PhysInt128 && (v.Phys == page.PhysInt64 || v.Phys == page.PhysInt128):
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
					t.slots[at] = t.add(h)
					b.Int128(x)
					groups[i] = uint32(t.n - 1)
					break
				}
				if g := s - 1; kv.I128[g] == x && (kv.Nulls == nil || !kv.Nulls[g]) {
					groups[i] = g
					break
				}
			}
		}
	case kv.Phys == page.PhysBytes && v.Phys == page.PhysBytes:
		vals := v.Str[:n]
		for i, h := range t.mem[:n] {
			x := vals[i]
			for at := h & mask; ; at = (at + 1) & mask {
				s := t.slots[at]
				if s == 0 {
					t.slots[at] = t.add(h)
					b.String(x)
					groups[i] = uint32(t.n - 1)
					break
				}
				if g := s - 1; t.hashes[g] == h && kv.Str[g] == x && (kv.Nulls == nil || !kv.Nulls[g]) {
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
			if g := s - 1; t.hashes[g] == h && expr.EqualRows(keys, i, t.vecs, int(g)) {
				found[i] = s
				break
			}
		}
	}
	return found
}

// add makes a new group and returns 1 + its number.
func (t *groupTable) add(h uint64) uint32 {
	t.hashes = append(t.hashes, h)
	t.n++
	return uint32(t.n)
}

// reserve makes room for n more groups, at most half full.
func (t *groupTable) reserve(n int) {
	size := len(t.slots)
	for size < 2*(t.n+n) {
		size *= 2
	}
	if size == len(t.slots) {
		return
	}
	// A page whose rows are mostly known keys needs no growth for all of them;
	// but to stop in the midst of a page would cost a test a row.
	t.slots = make([]uint32, size)
	mask := uint64(size - 1)
	for g, h := range t.hashes {
		at := h & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = uint32(g + 1)
	}
}

// sealed returns the keys as vectors of n rows.
func (t *groupTable) sealed() []*page.Vector {
	for k, b := range t.keys {
		t.vecs[k] = b.Vector()
	}
	return t.vecs
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
