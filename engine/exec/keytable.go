package exec

// The hash table of an aggregation's groups: open addressing with linear probing
// over keys that are kept by their physical form, without pointers where there
// are none in it. A single column of integers or bytes has loops of its own;
// several plain columns are packed into bytes; what is left (floats, instants,
// containers) is compared value by value.

import (
	"encoding/binary"
	"math"
	"slices"
	"unsafe"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// keyForm is how a table keeps its keys.
type keyForm uint8

const (
	keysNone   keyForm = iota // there are none: one group
	keysInt                   // a column of 64-bit integers, or of 128-bit ones that all fit
	keysWide                  // a column of 128-bit integers
	keysBytes                 // a column of bytes
	keysPacked                // several plain columns as bytes
	keysRows                  // columns of any type
)

// keyTable numbers distinct keys: the first is group 0. Keys are compared as
// GROUP BY does: NULL equals NULL, NaN equals NaN.
type keyTable struct {
	types []types.Type
	form  keyForm
	n     int
	// plain says that every row is a group of its own: nothing is looked for, and
	// equal keys may have several groups.
	plain bool

	ints   []intSlot // of keysInt: a power of two
	slots  []uint64  // of the others: 1 + group in the low half, the hash's high half above
	hashes []uint64  // by group

	nulls []bool // by group, of the forms of one column; nil as long as there is no NULL
	null  uint32 // 1 + the group of NULL
	i64   []int64
	i128  []decimal.Int128
	bytes []byte
	off   []uint32 // where each group's bytes end
	rows  []*page.Builder
	cols  []*page.Vector // of rows, once nothing more is taken in

	// Of a table that takes in nothing more (aggfree.go): the groups, and hashes,
	// by partition, and where each begins.
	order  []uint32
	starts *[deals + 1]uint32

	// Of keys that come as places in a dictionary: the dictionary, and 1 + the group
	// of each place, 0 where it has not been met.
	dict   *page.Vector
	ofCode []uint32
	// Memory for byCode.
	fresh     []int32
	pending   []int32
	freshKeys page.Vector
	found     []uint32

	mem    []uint64
	narrow []int64
	pack   []byte
	packed []string
}

// intSlot is a key beside its group, so that a probe looks at one place.
type intSlot struct {
	key   int64
	group uint32 // 1 + group; 0: free
}

// maxKeyBytes is at how many bytes of keys a table is full: off has 32 bits. A
// page may still come after the question.
const maxKeyBytes = 1 << 31

func newKeyTable(ts []types.Type) *keyTable {
	t := &keyTable{types: ts, form: formOf(ts)}
	switch t.form {
	case keysInt:
		t.ints = make([]intSlot, firstSlots)
	case keysRows:
		for _, k := range ts {
			t.rows = append(t.rows, page.NewBuilder(k))
		}
		fallthrough
	default:
		t.slots = make([]uint64, firstSlots)
	}
	return t
}

func formOf(ts []types.Type) keyForm {
	if len(ts) == 0 {
		return keysNone
	}
	if len(ts) == 1 {
		switch page.PhysOf(ts[0]) {
		case page.PhysInt64, page.PhysInt128:
			return keysInt
		case page.PhysBytes:
			return keysBytes
		}
	}
	for _, t := range ts {
		switch page.PhysOf(t) {
		case page.PhysBool, page.PhysInt64, page.PhysInt128, page.PhysBytes:
		default:
			return keysRows
		}
	}
	return keysPacked
}

// size is about the memory that the table takes.
func (t *keyTable) size() int64 {
	n := 16*int64(cap(t.ints)) + 8*int64(cap(t.slots)+cap(t.hashes)+cap(t.i64)) + int64(cap(t.nulls)) +
		16*int64(cap(t.i128)) + int64(cap(t.bytes)) + 4*int64(cap(t.off)+cap(t.order))
	for _, b := range t.rows {
		n += b.Size()
	}
	return n
}

// full says that the table has no room for another page's keys.
func (t *keyTable) full() bool { return len(t.bytes) >= maxKeyBytes || t.n >= maxRows }

// like makes room for as much as another table holds.
func (t *keyTable) like(o *keyTable) {
	t.hashes = make([]uint64, 0, o.n)
	if o.form != t.form {
		return
	}
	t.i64 = slices.Grow(t.i64, len(o.i64))
	t.off = slices.Grow(t.off, len(o.off))
	t.bytes = slices.Grow(t.bytes, len(o.bytes)+len(o.bytes)/16)
}

// find sets groups[i] to the number of row i's key, for the first n rows of
// keys, and adds the keys that are new, in the order of their rows.
func (t *keyTable) find(keys []*page.Vector, n int, groups []uint32) []uint32 {
	groups = resized(groups, n)
	if t.form == keysNone { // one group, which exists whatever the rows
		clear(groups)
		t.n = 1
		return groups
	}
	if v := keys[0]; v.Dict != nil {
		if !t.plain && (t.form == keysInt || t.form == keysWide || t.form == keysBytes) {
			t.byCode(v, groups)
			return groups
		}
		places := make([]int32, n)
		for i, c := range v.Codes[:n] {
			places[i] = int32(c)
		}
		keys = append([]*page.Vector{page.Gather(v.Dict, places)}, keys[1:]...)
	}
	t.mem = expr.HashColumns(t.mem, keys, n)
	t.findHashed(keys, t.mem, groups)
	return groups
}

// byCode is find for a column of places in a dictionary: each is looked up once.
func (t *keyTable) byCode(v *page.Vector, groups []uint32) {
	if t.dict != v.Dict {
		t.dict = v.Dict
		t.ofCode = resized(t.ofCode, v.Dict.Len)
		clear(t.ofCode)
	}
	codes, of := v.Codes[:len(groups)], t.ofCode
	t.fresh = t.fresh[:0]     // in the order of their rows
	t.pending = t.pending[:0] // rows of those
	for i, c := range codes {
		g := of[c]
		groups[i] = g - 1
		if int32(g-1) >= 0 {
			continue
		}
		if g == 0 {
			of[c] = justMet
			t.fresh = append(t.fresh, int32(c))
		}
		t.pending = append(t.pending, int32(i))
	}
	if len(t.fresh) == 0 {
		return
	}
	// More of the dictionary is likely to come: room for that is made once.
	if n := min(v.Dict.Len-t.n, 4*len(t.fresh)); n > 0 {
		t.room(n)
	}
	page.GatherInto(&t.freshKeys, v.Dict, t.fresh)
	t.found = t.find([]*page.Vector{&t.freshKeys}, len(t.fresh), t.found)
	for i, c := range t.fresh {
		of[c] = t.found[i] + 1
	}
	for _, i := range t.pending {
		groups[i] = of[codes[i]] - 1
	}
}

// justMet stands for the group of a place in a dictionary that is about to get one. A
// table has fewer than 2^31 groups.
const justMet = math.MaxUint32

// room makes room for n more keys.
func (t *keyTable) room(n int) {
	t.reserve(n)
	t.hashes = slices.Grow(t.hashes, n)
	switch t.form {
	case keysInt:
		t.i64 = slices.Grow(t.i64, n)
	case keysWide:
		t.i128 = slices.Grow(t.i128, n)
	case keysBytes:
		t.off = slices.Grow(t.off, n)
	}
}

// findHashed is find for rows whose hashes are known.
func (t *keyTable) findHashed(keys []*page.Vector, hashes []uint64, groups []uint32) {
	n := len(hashes)
	switch t.form {
	case keysInt, keysWide:
		v := keys[0]
		var nulls []bool
		if v.Nulls != nil {
			nulls = v.Nulls[:n]
		}
		switch v.Phys {
		case page.PhysNone:
			t.allNull(hashes, groups)
		case page.PhysInt64:
			t.int64s(v.I64[:n], nulls, hashes, groups)
		default:
			t.int128s(v.I128[:n], nulls, hashes, groups)
		}
	case keysBytes:
		if v := keys[0]; v.Phys == page.PhysNone {
			t.allNull(hashes, groups)
		} else {
			t.strings(v.Str[:n], v.Nulls, hashes, groups)
		}
	case keysPacked:
		t.strings(t.packRows(keys, n), nil, hashes, groups)
	default:
		t.anyRows(keys, hashes, groups)
	}
}

// added notes a new group.
func (t *keyTable) added(h uint64) uint32 {
	t.hashes = append(t.hashes, h)
	if t.nulls != nil {
		t.nulls = append(t.nulls, false)
	}
	g := uint32(t.n)
	t.n++
	return g
}

// addNull gives the group of NULL, a new one where there is none.
func (t *keyTable) addNull(h uint64) uint32 {
	if t.null > 0 && !t.plain {
		return t.null - 1
	}
	g := t.added(h)
	switch t.form {
	case keysInt:
		t.i64 = append(t.i64, 0)
	case keysWide:
		t.i128 = append(t.i128, decimal.Int128{})
	default:
		t.off = append(t.off, uint32(len(t.bytes)))
	}
	if t.nulls == nil {
		t.nulls = make([]bool, t.n)
	}
	t.nulls[g] = true
	t.null = g + 1
	return g
}

func (t *keyTable) allNull(hashes []uint64, groups []uint32) {
	for i, h := range hashes {
		groups[i] = t.addNull(h)
	}
}

func (t *keyTable) int64s(vals []int64, nulls []bool, hashes []uint64, groups []uint32) {
	if t.form == keysWide {
		wide := make([]decimal.Int128, len(vals))
		for i, v := range vals {
			wide[i] = decimal.FromInt64(v)
		}
		t.int128s(wide, nulls, hashes, groups)
		return
	}
	if t.plain {
		t.each(nulls, hashes, groups, func(i int) { t.i64 = append(t.i64, vals[i]) })
		return
	}
	// A few rows at a time: most of them have known keys, for which the table need
	// not grow.
	for from := 0; from < len(vals); from += reserveRows {
		to := min(from+reserveRows, len(vals))
		var null []bool
		if nulls != nil {
			null = nulls[from:to]
		}
		t.someInt64s(vals[from:to], null, hashes[from:to], groups[from:to])
	}
}

// reserveRows is how many rows' keys a table makes room for at once.
const reserveRows = 1 << 10

func (t *keyTable) someInt64s(vals []int64, nulls []bool, hashes []uint64, groups []uint32) {
	t.reserve(len(vals))
	slots := t.ints
	mask := uint64(len(slots) - 1)
	for i, h := range hashes {
		if nulls != nil && nulls[i] {
			groups[i] = t.addNull(h)
			continue
		}
		x := vals[i]
		at := h & mask
		for {
			s := &slots[at]
			if s.group == 0 {
				g := t.added(h)
				t.i64 = append(t.i64, x)
				*s = intSlot{x, g + 1}
				groups[i] = g
				break
			}
			if s.key == x {
				groups[i] = s.group - 1
				break
			}
			at = (at + 1) & mask
		}
	}
}

// each makes every row a group, whose key put appends unless it is NULL.
func (t *keyTable) each(nulls []bool, hashes []uint64, groups []uint32, put func(i int)) {
	for i, h := range hashes {
		if nulls != nil && nulls[i] {
			groups[i] = t.addNull(h)
			continue
		}
		groups[i] = t.added(h)
		put(i)
	}
}

func (t *keyTable) int128s(vals []decimal.Int128, nulls []bool, hashes []uint64, groups []uint32) {
	if t.form == keysInt {
		t.narrow = resized(t.narrow, len(vals))
		fits := true
		for i := range vals {
			t.narrow[i] = vals[i].Int64()
			fits = fits && (vals[i].IsInt64() || nulls != nil && nulls[i])
		}
		if fits {
			t.int64s(t.narrow, nulls, hashes, groups)
			return
		}
		t.widen()
	}
	if t.plain {
		t.each(nulls, hashes, groups, func(i int) { t.i128 = append(t.i128, vals[i]) })
		return
	}
	t.reserve(len(vals))
	mask := uint64(len(t.slots) - 1)
	for i, h := range hashes {
		if nulls != nil && nulls[i] {
			groups[i] = t.addNull(h)
			continue
		}
		x := vals[i]
		for at := h & mask; ; at = (at + 1) & mask {
			s := t.slots[at]
			if s == 0 {
				g := t.added(h)
				t.i128 = append(t.i128, x)
				t.slots[at] = slot(h, g)
				groups[i] = g
				break
			}
			if s>>32 == h>>32 && t.i128[uint32(s)-1] == x {
				groups[i] = uint32(s) - 1
				break
			}
		}
	}
}

func slot(h uint64, g uint32) uint64 { return h>>32<<32 | uint64(g+1) }

// widen goes over from 64 to 128 bits.
func (t *keyTable) widen() {
	t.form = keysWide
	t.i128 = make([]decimal.Int128, t.n, max(cap(t.i64), t.n))
	for g, x := range t.i64 {
		t.i128[g] = decimal.FromInt64(x)
	}
	size := len(t.ints)
	t.ints, t.i64 = nil, nil
	if !t.plain {
		t.slots = make([]uint64, max(size, firstSlots))
		t.fill()
	}
}

// fill puts all groups into free slots.
func (t *keyTable) fill() {
	if t.form == keysInt {
		mask := uint64(len(t.ints) - 1)
		for g, h := range t.hashes {
			if t.null == uint32(g)+1 {
				continue
			}
			at := h & mask
			for t.ints[at].group != 0 {
				at = (at + 1) & mask
			}
			t.ints[at] = intSlot{t.i64[g], uint32(g) + 1}
		}
		return
	}
	mask := uint64(len(t.slots) - 1)
	for g, h := range t.hashes {
		if t.null == uint32(g)+1 {
			continue
		}
		at := h & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = slot(h, uint32(g))
	}
}

// reserve makes room for n more groups, at most three quarters full.
func (t *keyTable) reserve(n int) {
	size := max(len(t.ints), len(t.slots))
	if 3*size >= 4*(t.n+n) {
		return
	}
	// A page whose rows are mostly known keys needs no growth for all of them;
	// but to stop in the midst of a page would cost a test a row.
	for 3*size < 4*(t.n+n) {
		size *= 2
	}
	if t.form == keysInt {
		t.ints = make([]intSlot, size)
	} else {
		t.slots = make([]uint64, size)
	}
	t.fill()
}

func (t *keyTable) strings(vals []string, nulls []bool, hashes []uint64, groups []uint32) {
	if t.plain {
		t.each(nulls, hashes, groups, func(i int) {
			t.bytes = append(t.bytes, vals[i]...)
			t.off = append(t.off, uint32(len(t.bytes)))
		})
		return
	}
	t.reserve(len(vals))
	slots := t.slots
	mask := uint64(len(slots) - 1)
	for i, h := range hashes {
		if nulls != nil && nulls[i] {
			groups[i] = t.addNull(h)
			continue
		}
		x := vals[i]
		for at := h & mask; ; at = (at + 1) & mask {
			s := slots[at]
			if s == 0 {
				g := t.added(h)
				t.bytes = append(t.bytes, x...)
				t.off = append(t.off, uint32(len(t.bytes)))
				slots[at] = slot(h, g)
				groups[i] = g
				break
			}
			if s>>32 == h>>32 && t.str(uint32(s)-1) == x {
				groups[i] = uint32(s) - 1
				break
			}
		}
	}
}

// str is a group's bytes. They never change.
func (t *keyTable) str(g uint32) string {
	from := uint32(0)
	if g > 0 {
		from = t.off[g-1]
	}
	b := t.bytes[from:t.off[g]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func (t *keyTable) anyRows(keys []*page.Vector, hashes []uint64, groups []uint32) {
	put := func(i int) {
		for k, b := range t.rows {
			appendOne(b, keys[k], i)
		}
	}
	if t.plain {
		t.each(nil, hashes, groups, put)
		return
	}
	t.reserve(len(hashes))
	mask := uint64(len(t.slots) - 1)
	vecs := t.vecs()
	for i, h := range hashes {
		for at := h & mask; ; at = (at + 1) & mask {
			s := t.slots[at]
			if s == 0 {
				g := t.added(h)
				put(i)
				t.vecs()
				t.slots[at] = slot(h, g)
				groups[i] = g
				break
			}
			if s>>32 == h>>32 && expr.EqualRows(keys, i, vecs, int(uint32(s)-1)) {
				groups[i] = uint32(s) - 1
				break
			}
		}
	}
}

// vecs are the columns of keysRows.
func (t *keyTable) vecs() []*page.Vector {
	if t.cols != nil {
		return t.cols
	}
	out := make([]*page.Vector, len(t.rows))
	for k, b := range t.rows {
		out[k] = b.Vector()
	}
	return out
}

// packRows writes each row's keys as bytes: a byte that tells NULL, then the
// value; strings with their length in front.
func (t *keyTable) packRows(keys []*page.Vector, n int) []string {
	t.packed = resized(t.packed, n)
	b := t.pack[:0]
	ends := resized(t.narrow, n)
	t.narrow = ends
	for i := range n {
		for k, v := range keys {
			if v.IsNull(i) {
				b = append(b, 1)
				continue
			}
			b = append(b, 0)
			switch page.PhysOf(t.types[k]) {
			case page.PhysBool:
				if v.Bools[i] {
					b = append(b, 1)
				} else {
					b = append(b, 0)
				}
			case page.PhysInt64:
				b = binary.LittleEndian.AppendUint64(b, uint64(v.I64[i]))
			case page.PhysInt128:
				x := v.Int128At(i)
				b = binary.LittleEndian.AppendUint64(b, x.Lo)
				b = binary.LittleEndian.AppendUint64(b, uint64(x.Hi))
			default:
				b = binary.AppendUvarint(b, uint64(len(v.Str[i])))
				b = append(b, v.Str[i]...)
			}
		}
		ends[i] = int64(len(b))
	}
	t.pack = b
	from := int64(0)
	for i, to := range ends {
		t.packed[i] = unsafe.String(unsafe.SliceData(b[from:]), to-from)
		from = to
	}
	return t.packed
}

// unpack appends a group's keys. Strings stay in the table's memory.
func (t *keyTable) unpack(g uint32, outs []*page.Builder) {
	s := t.str(g)
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	for k, out := range outs {
		null := b[0] == 1
		b = b[1:]
		if null {
			out.Null()
			continue
		}
		switch page.PhysOf(t.types[k]) {
		case page.PhysBool:
			out.Bool(b[0] == 1)
			b = b[1:]
		case page.PhysInt64:
			out.Int64(int64(binary.LittleEndian.Uint64(b)))
			b = b[8:]
		case page.PhysInt128:
			out.Int128(decimal.Int128{Lo: binary.LittleEndian.Uint64(b), Hi: int64(binary.LittleEndian.Uint64(b[8:]))})
			b = b[16:]
		default:
			n, w := binary.Uvarint(b)
			b = b[w:]
			out.StringNoCopy(unsafe.String(unsafe.SliceData(b), n))
			b = b[n:]
		}
	}
}

// appendKeys appends the keys of the listed groups, a builder a column. Strings
// stay in the table's memory, which never changes.
func (t *keyTable) appendKeys(outs []*page.Builder, groups []int32) {
	switch t.form {
	case keysNone:
	case keysPacked:
		for _, g := range groups {
			t.unpack(uint32(g), outs)
		}
	case keysRows:
		for k, v := range t.vecs() {
			for _, g := range groups {
				appendOne(outs[k], v, int(g))
			}
		}
	default:
		out := outs[0]
		wide := page.PhysOf(t.types[0]) == page.PhysInt128
		for _, g := range groups {
			switch {
			case t.nulls != nil && t.nulls[g]:
				out.Null()
			case t.form == keysBytes:
				out.StringNoCopy(t.str(uint32(g)))
			case t.form == keysWide:
				out.Int128(t.i128[g])
			case wide:
				out.Int128(decimal.FromInt64(t.i64[g]))
			default:
				out.Int64(t.i64[g])
			}
		}
	}
}

// gather gives the keys of the listed groups.
func (t *keyTable) gather(groups []int32) []*page.Vector {
	outs := make([]*page.Builder, len(t.types))
	for k, typ := range t.types {
		outs[k] = page.NewBuilder(typ)
		outs[k].Reserve(len(groups))
	}
	t.appendKeys(outs, groups)
	vecs := make([]*page.Vector, len(outs))
	for k, b := range outs {
		vecs[k] = b.Finish()
	}
	return vecs
}

// equal reports whether two groups have the same key.
func (t *keyTable) equal(g uint32, o *keyTable, og uint32) bool {
	if t.form == keysRows {
		return expr.EqualRows(t.vecs(), int(g), o.vecs(), int(og))
	}
	a, b := t.nulls != nil && t.nulls[g], o.nulls != nil && o.nulls[og]
	if a || b {
		return a && b
	}
	switch {
	case t.form == keysBytes || t.form == keysPacked:
		return t.str(g) == o.str(og)
	case t.form == keysInt && o.form == keysInt:
		return t.i64[g] == o.i64[og]
	case t.form == keysNone:
		return true
	}
	return t.int128(g) == o.int128(og)
}

func (t *keyTable) int128(g uint32) decimal.Int128 {
	if t.form == keysInt {
		return decimal.FromInt64(t.i64[g])
	}
	return t.i128[g]
}

// findAll is find for all keys of another table.
func (t *keyTable) findAll(o *keyTable, groups []uint32) []uint32 {
	groups = resized(groups, o.n)
	if t.form == keysNone {
		return t.find(nil, o.n, groups)
	}
	const step = page.DefaultRows
	var list []int32
	for from := 0; from < o.n; from += step {
		to := min(o.n, from+step)
		hashes, part := o.hashes[from:to], groups[from:to]
		var nulls []bool
		if o.nulls != nil {
			nulls = o.nulls[from:to]
		}
		switch o.form {
		case keysInt:
			t.int64s(o.i64[from:to], nulls, hashes, part)
		case keysWide:
			t.int128s(o.i128[from:to], nulls, hashes, part)
		case keysBytes, keysPacked:
			t.packed = resized(t.packed, to-from)
			for i := range t.packed {
				t.packed[i] = o.str(uint32(from + i))
			}
			t.strings(t.packed, nulls, hashes, part)
		default:
			list = list[:0]
			for g := from; g < to; g++ {
				list = append(list, int32(g))
			}
			t.anyRows(o.gather(list), hashes, part)
		}
	}
	return groups
}
