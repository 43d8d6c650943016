package colcache

// Conditions on kept columns, decided on what is written: by the least and
// greatest value of a block where that suffices, else value by value without
// decoding.

import (
	"encoding/binary"

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
	dst, at := sized(dst, most), 0
	base, span := uint64(first)-uint64(k.lo), uint64(last)-uint64(first)
	if k.halved() {
		dst, err := f.selectHalved(k, base, span, from, n, rows, dst)
		return dst, Some, err
	}
	w, mask := int(k.width), maskOf(k.width)
	if rows == nil {
		at = within(dst, f.body[from*w:], w, mask, base, span)
	} else {
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
	first, last := uint16(base>>shift), uint16((base+span)>>shift)
	body := f.body[from*upperBytes:]
	at, edges := 0, false
	if rows == nil {
		at, edges = within16(dst, body[:n*upperBytes], first, last-first)
	} else {
		for _, r := range rows {
			x := binary.LittleEndian.Uint16(body[int(r)*upperBytes:])
			dst[at] = r
			at += b2i(x-first <= last-first)
		}
		edges = true
	}
	dst = dst[:at]
	if f.nulls != nil {
		dst = f.notNull(dst, from)
	}
	if !edges {
		return dst, nil
	}
	mask := maskOf(k.width - upperBytes)
	at = 0
	for _, r := range dst {
		x := binary.LittleEndian.Uint16(body[int(r)*upperBytes:])
		dst[at] = r
		if x != first && x != last {
			at++
			continue
		}
		b, err := f.lowerOf(k, from+int(r))
		if err != nil {
			return dst[:0], err
		}
		d := uint64(x)<<shift | binary.LittleEndian.Uint64(b)&mask
		at += b2i(d-base <= span)
	}
	return dst[:at], nil
}

// within16 is within for values of two bytes; edges tells whether one of them
// may be that of a bound.
func within16(dst []int32, body []byte, first, span uint16) (n int, edges bool) {
	at := 0
	var edge uint16
	for i := range dst {
		x := binary.LittleEndian.Uint16(body) - first
		body = body[2:]
		dst[at] = int32(i)
		at += b2i(x <= span)
		edge |= uint16(b2i(x == 0)) | uint16(b2i(x == span))
	}
	return at, edge != 0
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
