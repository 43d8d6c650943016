package colcache

// Conditions on kept columns, decided on what is written: by the least and
// greatest value of a block where that suffices, else value by value without
// decoding.

import (
	"encoding/binary"
	"slices"

	"github.com/ionq-db/ionq/reader/clock"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

// Compared is what a Condition compares.
type Compared uint8

// The kinds.
const (
	// Values are those of a column held in 64 bits.
	Values Compared = iota
	// Instants are what from_iso8601_timestamp makes of a string, in milliseconds.
	Instants
	// Texts are strings, by their bytes.
	Texts
)

// TextBound is one end of a range of strings. Open leaves the string itself out.
type TextBound = clock.TextBound

// Condition asks for the rows whose value lies in a range. NULL does not.
type Condition struct {
	Of       Compared
	From, To int64      // of Values and Instants; both belong to the range
	Zone     types.Zone // the session's, of Instants
	Lo, Hi   *TextBound // of Texts; nil: no bound
}

// Outcome of Select.
type Outcome uint8

// The outcomes.
const (
	Unknown Outcome = iota // the condition cannot be decided here
	All                    // all the rows asked for
	Some                   // those listed, perhaps none
)

// beyond is how many numbers vectors may write behind the last one.
const beyond = 8

// Select decides a condition for rows row..row+n-1, all of one block; of those only
// for the listed ones where rows is not nil. The rows that meet it are written to
// dst's memory, which is not that of rows, counted from row.
func (f *File) Select(c *Condition, row int64, n int, rows, dst []int32) ([]int32, Outcome, error) {
	k := &f.x.blocks[row/BlockRows]
	if k.enc == encNothing {
		return dst[:0], Some, nil
	}
	var first, last int64
	switch {
	case c.Of == Values && k.enc == encInts && page.PhysOf(f.t) != page.PhysBool:
		first, last = c.From, c.To
	case c.Of == Instants && k.enc == encClock:
		var ok bool
		if first, last, ok = f.x.layouts[k.layout].Bounds(k.lo, c.From, c.To, c.Zone); !ok {
			return dst, Unknown, nil
		}
	case c.Of == Texts && k.enc == encClock:
		first, last = f.x.layouts[k.layout].TextBounds(k.lo, k.hi, c.Lo, c.Hi)
	default:
		return dst, Unknown, nil
	}
	first, last = max(first, k.lo), min(last, k.hi)
	switch {
	case first > last:
		return dst[:0], Some, nil
	case first == k.lo && last == k.hi && !k.nulls:
		return dst, All, nil
	}
	if _, err := f.seek(row); err != nil {
		return dst, Unknown, err
	}
	from := int(row % BlockRows)
	most := n
	if rows != nil {
		most = len(rows)
	}
	dst, at := sized(dst, most+beyond)[:most], 0
	base, span := uint64(first)-uint64(k.lo), uint64(last)-uint64(first)
	if k.halved() {
		dst, err := f.selectHalved(k, base, span, from, n, rows, dst)
		return dst, Some, err
	}
	w, mask := int(k.width), maskOf(k.width)
	switch {
	case rows == nil && w == 2:
		at, _ = within16(dst, f.body[2*from:2*(from+n)], uint16(base), uint16(span), f.edgeRoom(n))
	case rows == nil:
		at = within(dst, f.body[from*w:], w, mask, base, span)
	default:
		for _, r := range rows {
			x := binary.LittleEndian.Uint64(f.body[(from+int(r))*w:]) & mask
			dst[at] = r
			at += b2i(x-base <= span)
		}
	}
	dst = dst[:at]
	if f.nulls != nil {
		dst = f.notNull(dst, from)
	}
	return dst, Some, nil
}

// selectHalved is Select by the upper bits: lower ones are looked at only of the rows
// whose upper ones are those of a bound.
func (f *File) selectHalved(k *block, base, span uint64, from, n int, rows, dst []int32) ([]int32, error) {
	shift := k.shift() & 63
	h := halves{f, k, f.body[from*upperBytes:], base, span, shift, uint16(base >> shift), uint16((base + span) >> shift), from}
	at := 0
	if rows != nil {
		for _, r := range rows {
			x := binary.LittleEndian.Uint16(h.body[int(r)*upperBytes:])
			dst[at] = r
			at += b2i(x-h.first <= h.last-h.first)
		}
		dst = dst[:at]
		if f.nulls != nil {
			dst = f.notNull(dst, from)
		}
		return h.exact(dst)
	}
	at, edges := within16(dst, h.body[:n*upperBytes], h.first, h.last-h.first, f.edgeRoom(n))
	dst = dst[:at]
	if f.nulls != nil {
		dst = f.notNull(dst, from)
	}
	if 4*edges > len(f.edges) {
		return h.exact(dst)
	}
	return h.exactAt(f.edges[:edges], dst)
}

// edgeRoom is memory for the steps of n rows.
func (f *File) edgeRoom(n int) []int32 {
	f.edges = sized(f.edges, (n+stepRows-1)/stepRows)
	return f.edges
}

// halves decides about rows whose upper bits are those of a bound.
type halves struct {
	f           *File
	k           *block
	body        []byte // upper bits, from row on
	base, span  uint64
	shift       uint
	first, last uint16
	from        int
}

// meets decides about a row whose upper bits are x.
func (h *halves) meets(row int32, x uint16) (bool, error) {
	if x != h.first && x != h.last {
		return true, nil
	}
	b, err := h.f.lowerOf(h.k, h.from+int(row))
	if err != nil {
		return false, err
	}
	d := uint64(x)<<h.shift | binary.LittleEndian.Uint64(b)&maskOf(h.k.width-upperBytes)
	return d-h.base <= h.span, nil
}

// exact leaves of rows those that meet the condition.
func (h *halves) exact(rows []int32) ([]int32, error) {
	at := 0
	for _, r := range rows {
		ok, err := h.meets(r, binary.LittleEndian.Uint16(h.body[int(r)*upperBytes:]))
		if err != nil {
			return rows[:0], err
		}
		rows[at] = r
		at += b2i(ok)
	}
	return rows[:at], nil
}

// exactAt is exact where only the listed steps have rows to decide about.
func (h *halves) exactAt(steps, rows []int32) ([]int32, error) {
	at, read := 0, 0 // rows[:at] are decided, rows[read:] are to come
	for _, step := range steps {
		k, _ := slices.BinarySearch(rows[read:], step)
		at += copy(rows[at:], rows[read:read+k])
		for read += k; read < len(rows) && rows[read] < step+stepRows; read++ {
			r := rows[read]
			ok, err := h.meets(r, binary.LittleEndian.Uint16(h.body[int(r)*upperBytes:]))
			if err != nil {
				return rows[:0], err
			}
			rows[at] = r
			at += b2i(ok)
		}
	}
	at += copy(rows[at:], rows[read:])
	return rows[:at], nil
}

// stepRows is how many rows vectors look at together.
const stepRows = 16

// within16Go writes the numbers, from row on, of those of a body's 16-bit values that
// lie in a range. Where there is room for them, edges lists the steps, by their first
// row, in which one of all values is the first or last of the range.
func within16Go(dst []int32, body []byte, first, span uint16, edges []int32, row int) (n, edgesN int) {
	for len(body) >= 2 {
		edge := 0
		to := row + stepRows
		for ; row < to && len(body) >= 2; row++ {
			x := binary.LittleEndian.Uint16(body) - first
			body = body[2:]
			dst[n] = int32(row)
			n += b2i(x <= span)
			edge |= b2i(x == 0) | b2i(x == span)
		}
		if edge != 0 && edges != nil {
			edges[edgesN] = int32(to - stepRows)
			edgesN++
		}
	}
	return n, edgesN
}

// within writes the numbers of those of len(dst) values that lie in a range, and
// returns how many they are.
func within(dst []int32, body []byte, w int, mask, base, span uint64) int {
	at := 0
	for i := range dst {
		x := binary.LittleEndian.Uint64(body) & mask
		body = body[w:]
		dst[at] = int32(i)
		at += b2i(x-base <= span)
	}
	return at
}

// ranged64Go writes the numbers, from row on, of the values from first to last, and
// returns how many they are. There is room for beyond more.
func ranged64Go(dst []int32, v []int64, first, last int64, row int32) int {
	base, span := uint64(first), uint64(last)-uint64(first)
	at := 0
	for i, x := range v {
		dst[at] = row + int32(i)
		at += b2i(uint64(x)-base <= span)
	}
	return at
}

// notNull leaves out the rows that are NULL.
func (f *File) notNull(rows []int32, from int) []int32 {
	at := 0
	for _, r := range rows {
		i := from + int(r)
		rows[at] = r
		at += b2i(f.nulls[i>>3]>>(i&7)&1 == 0)
	}
	return rows[:at]
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
