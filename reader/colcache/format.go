// Package colcache keeps columns of data files in the cache folder, typed, so that
// a second query over an unchanged file need not read it.
//
//	c := colcache.New(folder)                      // nil where nothing is kept
//	f := c.Open(key, columnType)                   // nil where the column is not kept, or damaged
//	w := c.Create(key, columnType)
//	w.Add(vector) ...; w.Bad(row, err); w.Commit(rows, warnings)  // or w.Discard()
//	cur := f.Cursor(); v, err := cur.Load(...)     // ErrDamaged: read the data file instead
//
// An entry is one column of one file, decoded by one set of rules; its key says
// all of that (package reader makes it). It begins with blocks of BlockRows rows,
// each with a CRC-32C of its own that is checked before the block is believed.
// Behind them stand the dictionary, the index (of every block its place, encoding,
// least and greatest value and sum) and the tail with the index's checksum.
// Rows whose value could not be decoded are NULL in their block, and listed in the
// index with the error that a query gets which asks for them.
//
// A block is encoded in one of these ways, whichever reads fastest:
//
//	nothing     every row is NULL
//	integers    distances from the least value, in 0 to 8 bytes each: integers, dates,
//	            timestamps, booleans, decimals of up to 64 bits
//	codes       places in the file's dictionary, in 0 to 2 bytes: integers and strings
//	            with few different values
//	clock       strings that are points in time (package clock), as integers: their 16 upper
//	            bits in 2 bytes each, then their lower bytes in the same order, which
//	            a condition hardly ever has to look at
//	wide        decimals of more than 64 bits, 16 bytes each
//	floats      8 bytes each
//	strings     their lengths, then their bytes
//
// General compression is not used: from the system's cache of files it reads
// slower than the bytes that it saves.
package colcache

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"math"
	"math/bits"
	"time"

	"github.com/ionq-db/ionq/reader/clock"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Space is the name of the cache folder's namespace for columns.
const Space = "columns"

// BlockRows is the number of rows of a block, but for a file's last one. A column's
// block at 8 bytes a value is half a megabyte, which stays in a core's cache.
const BlockRows = 1 << 16

// Settle is how old a file's last change must be for its columns to be kept: one
// that is changed twice within a tick of the clock has the same times before and
// after. Two seconds is the coarsest tick in use (FAT).
const Settle = 2 * time.Second

// Least is the size, as stored, of the smallest file whose columns are kept. Files of
// some kilobytes are read faster than entries of their columns are opened: 1000 files
// of 2 KB take 1.4 times the CPU time from the cache folder, and 6 times to put there.
const Least = 16 << 10

// Cache is the columns of a cache folder. A nil Cache keeps nothing.
type Cache struct {
	space *store.Space
	// Settle is as the constant says; tests lower it.
	Settle time.Duration
	// Least is as the constant says; tests lower it.
	Least int64
}

// New returns the columns kept in a folder; nil where there is none.
func New(s *store.Store) *Cache {
	if s == nil || !s.Space(Space).On() {
		return nil
	}
	return &Cache{s.Space(Space), Settle, Least}
}

// Keeps reports whether columns of a type are kept: all but arrays, maps and rows.
func Keeps(t types.Type) bool {
	switch page.PhysOf(t) {
	case page.PhysBool, page.PhysInt64, page.PhysFloat64, page.PhysInt128, page.PhysBytes:
		return true
	}
	return false
}

// ErrDamaged is what reading gives of a block that is not as it was written. The
// entry has been removed.
var ErrDamaged = errors.New("a kept column is not as it was written; it was removed")

// encoding is how a block is written.
type encoding uint8

const (
	encNothing encoding = iota
	encInts
	encCodes
	encClock
	encWide
	encFloats
	encStrings
	encodings
)

// block is the index's entry of one block.
type block struct {
	at     int64  // in the entry's data
	size   uint32 // bytes
	sum    uint32 // CRC-32C; of clocks in two parts that of the first one
	rows   uint32
	enc    encoding
	width  uint8  // bytes a value, of integers, codes, clocks, and the lengths of strings
	nulls  bool   // a bitmap of NULL rows comes first
	lo, hi int64  // least and greatest, of integers and clocks; least code and greatest
	layout uint16 // of clocks: place among the layouts
	total  Total
}

// Total is what is known of all values of some rows together.
type Total struct {
	Live int64 // rows that are not NULL
	// Of columns whose values are all held as integers, where Live is not 0: their
	// sum, the least one and the greatest. Numbers tells that this is so.
	Numbers bool
	Sum     decimal.Int128
	Lo, Hi  int64
}

// Add makes t the total of o's rows too.
func (t *Total) Add(o Total) {
	switch {
	case o.Live == 0:
		return
	case t.Live == 0:
		*t = o
		return
	}
	t.Live += o.Live
	t.Numbers = t.Numbers && o.Numbers
	t.Sum = decimal.AddWrap(t.Sum, o.Sum) // 2^63 values of 2^63 fit
	t.Lo, t.Hi = min(t.Lo, o.Lo), max(t.Hi, o.Hi)
}

// upperBytes is the width of the first part of a clock's values. So few bits tell
// nearly every row from a condition's bounds: a year has that many times 8 minutes.
const upperBytes = 2

// pieceRows is how many rows' lower bytes have one checksum, so that few rows are
// looked at for little.
const pieceRows = 1 << 8

// halved reports whether a block's values are in two parts.
func (k *block) halved() bool { return k.enc == encClock && k.width > upperBytes }

// shift is how many lower bits the upper ones have below them.
func (k *block) shift() uint { return uint(bits.Len64(uint64(k.hi)-uint64(k.lo))) - 8*upperBytes }

// pieces is how many checksums the lower bytes have, which stand behind the upper ones.
func (k *block) pieces() int { return (int(k.rows) + pieceRows - 1) / pieceRows }

// first is the size of the part of a block that has its own checksum in the index.
func (k *block) first() int {
	if !k.halved() {
		return int(k.size)
	}
	return int(k.size) - (int(k.width)-upperBytes)*int(k.rows) - slack
}

// slack is how many bytes follow a block's values, so that eight can be read at
// any of them.
const slack = 8

// maxBytes bounds the bytes of a block: its strings are addressed with 31 bits.
const maxBytes = 1 << 30

// Bad is a row whose value could not be decoded.
type Bad struct {
	Row int64
	Err *sqlerr.Error
}

const (
	magic   = "ionqcol3"
	tailLen = 4 + 4 + len(magic)
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// index is what stands behind the blocks.
type index struct {
	rows     int64
	blocks   []block
	dict     block // of encInts or encStrings; rows is 0 where there is none
	layouts  []clock.Layout
	bad      []Bad
	warnings []string
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func (k *block) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(k.at))
	b = binary.AppendUvarint(b, uint64(k.size))
	b = binary.LittleEndian.AppendUint32(b, k.sum)
	b = binary.AppendUvarint(b, uint64(k.rows))
	nulls := byte(0)
	if k.nulls {
		nulls = 1
	}
	b = append(b, byte(k.enc), k.width, nulls)
	b = binary.AppendVarint(b, k.lo)
	b = binary.AppendVarint(b, k.hi)
	b = binary.AppendUvarint(b, uint64(k.layout))
	t := &k.total
	b = binary.AppendUvarint(b, uint64(t.Live))
	if !t.Numbers {
		return append(b, 0)
	}
	b = append(b, 1)
	b = binary.AppendUvarint(b, t.Sum.Lo)
	b = binary.AppendVarint(b, t.Sum.Hi)
	b = binary.AppendVarint(b, t.Lo)
	return binary.AppendVarint(b, t.Hi)
}

// append writes the index and the tail.
func (x *index) append(b []byte) ([]byte, error) {
	from := len(b)
	b = binary.AppendUvarint(b, uint64(x.rows))
	b = binary.AppendUvarint(b, uint64(len(x.blocks)))
	for i := range x.blocks {
		b = x.blocks[i].append(b)
	}
	b = x.dict.append(b)
	b = binary.AppendUvarint(b, uint64(len(x.layouts)))
	for _, l := range x.layouts {
		b = append(b, l.Sep, l.Point, byte(l.Frac))
		b = appendString(b, l.Tail)
	}
	b = binary.AppendUvarint(b, uint64(len(x.bad)))
	for _, k := range x.bad {
		b = binary.AppendUvarint(b, uint64(k.Row))
		text, err := json.Marshal(k.Err)
		if err != nil {
			return nil, err
		}
		b = appendString(b, string(text))
	}
	b = binary.AppendUvarint(b, uint64(len(x.warnings)))
	for _, w := range x.warnings {
		b = appendString(b, w)
	}
	size := len(b) - from
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[from:], castagnoli))
	return append(b, magic...), nil
}

// decoder reads an index; what is wrong with it is found out at the end.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) uint(most uint64) uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > most {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) bytes(n int) []byte {
	if n > len(d.b) {
		d.bad, d.b = true, nil
		return make([]byte, min(n, 16))
	}
	out := d.b[:n:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) string() string { return string(d.bytes(int(d.uint(uint64(len(d.b)))))) }

func (d *decoder) block(data int64) (k block) {
	k.at = int64(d.uint(uint64(data)))
	k.size = uint32(d.uint(uint64(min(data, maxBytes))))
	k.sum = binary.LittleEndian.Uint32(d.bytes(4))
	k.rows = uint32(d.uint(BlockRows))
	f := d.bytes(3)
	k.enc, k.width, k.nulls = encoding(f[0]), f[1], f[2] != 0
	k.lo, k.hi = d.int(), d.int()
	k.layout = uint16(d.uint(math.MaxUint16))
	k.total.Live = int64(d.uint(uint64(k.rows)))
	if k.total.Numbers = d.bytes(1)[0] != 0; k.total.Numbers {
		k.total.Sum.Lo = d.uint(math.MaxUint64)
		k.total.Sum.Hi = d.int()
		k.total.Lo, k.total.Hi = d.int(), d.int()
	}
	d.bad = d.bad || k.enc >= encodings || k.width > 8 || k.at+int64(k.size) > data
	return k
}

// parseIndex reads an index whose checksum was right, of an entry whose blocks
// take the first data bytes. Nothing in it is believed that could lead astray.
func parseIndex(b []byte, data int64) (*index, bool) {
	d := decoder{b: b}
	x := &index{rows: int64(d.uint(math.MaxInt64))}
	n := d.uint(uint64(len(d.b)))
	if d.bad || int64(n) != 0 && int64(n) != (x.rows+BlockRows-1)/BlockRows {
		return nil, false
	}
	x.blocks = make([]block, n)
	for i := range x.blocks {
		k := d.block(data)
		want := min(BlockRows, x.rows-int64(i)*BlockRows)
		if d.bad || int64(k.rows) != want {
			return nil, false
		}
		x.blocks[i] = k
	}
	x.dict = d.block(data)
	x.layouts = make([]clock.Layout, d.uint(uint64(len(d.b))))
	for i := range x.layouts {
		f := d.bytes(3)
		x.layouts[i] = clock.Layout{Sep: f[0], Point: f[1], Frac: int(f[2]), Tail: d.string()}
	}
	x.bad = make([]Bad, d.uint(uint64(len(d.b))))
	last := int64(-1)
	for i := range x.bad {
		row := int64(d.uint(math.MaxInt64))
		e := new(sqlerr.Error)
		if json.Unmarshal([]byte(d.string()), e) != nil || row <= last || row >= x.rows {
			return nil, false
		}
		x.bad[i], last = Bad{row, e}, row
	}
	x.warnings = make([]string, d.uint(uint64(len(d.b))))
	for i := range x.warnings {
		x.warnings[i] = d.string()
	}
	if d.bad || len(d.b) > 0 {
		return nil, false
	}
	for i := range x.blocks {
		if !x.sound(&x.blocks[i]) {
			return nil, false
		}
	}
	return x, x.dict.rows == 0 || x.sound(&x.dict)
}

// sound reports whether a block's entry makes sense: its bytes are as many as its
// values need.
func (x *index) sound(k *block) bool {
	least := int64(0)
	if k.nulls {
		least = int64(k.rows+7) / 8
	}
	switch k.enc {
	case encNothing:
		return k.size == 0 && !k.nulls
	case encWide:
		return int64(k.size) == least+16*int64(k.rows)+slack
	case encFloats:
		return int64(k.size) == least+8*int64(k.rows)+slack
	case encStrings:
		return int64(k.size) >= least+int64(k.width)*int64(k.rows)+slack && k.width <= 4
	case encCodes:
		if k.lo < 0 || k.hi < k.lo || k.hi >= int64(x.dict.rows) || k.width > 2 {
			return false
		}
	case encClock:
		if int(k.layout) >= len(x.layouts) || !x.layouts[k.layout].Sound(k.lo, k.hi) || k.width != widthOf(uint64(k.hi)-uint64(k.lo)) {
			return false
		}
		if k.halved() {
			least += 4*int64(k.pieces()) + slack
		}
	}
	return k.lo <= k.hi && int64(k.size) == least+int64(k.width)*int64(k.rows)+slack
}

// widthOf is how many bytes hold numbers up to d.
func widthOf(d uint64) uint8 {
	n := uint8(0)
	for ; d > 0; d >>= 8 {
		n++
	}
	return n
}
