package colcache

// File: a kept column. Blocks are read whole (of clocks only the upper bits, as a
// rule), checked, and decoded page by page. To map the file into memory instead was
// tried: making and dropping page tables takes 0.11 us for 4 KiB, and a checksum over
// memory that is not in a cache yet twice its time, which together is what the copy
// takes; and a file that is cut short would be a fault in the midst of a loop.

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/bits"
	"sync"
	"unsafe"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// File is a kept column of one data file. It belongs to one goroutine.
type File struct {
	c    *Cache
	key  string
	e    *store.Entry
	t    types.Type
	x    *index
	read int64 // bytes

	at    int // the block at hand; -1 none
	mem   []byte
	nulls []byte // its bitmap; nil where no row is NULL
	body  []byte // its values, and slack; of halved ones the upper bits, and the checksums of the lower bytes
	low   []byte // memory for lower bytes: of all rows where all is set, else of one piece
	all   bool
	piece int // -1: none
	ends  []int32
	arena []byte
	edges []int32      // memory for Select
	dict  *page.Vector // nil as long as no block has needed it
	flags []bool       // memory for vectors
}

// Open opens a column; nil where it is not kept. A column that is not as it was
// written is removed.
func (c *Cache) Open(key string, t types.Type) *File {
	if c == nil || !Keeps(t) {
		return nil
	}
	e, ok := c.space.Open(key)
	if !ok {
		return nil
	}
	f := &File{c: c, key: key, e: e, t: t, at: -1}
	if f.x, f.read = readIndex(e); f.x == nil || !f.suits() {
		f.Drop()
		f.Close()
		return nil
	}
	return f
}

// Has reports whether a column is kept.
func (c *Cache) Has(key string) bool {
	e, ok := c.space.Open(key)
	if ok {
		_ = e.Close() // it was only read
	}
	return ok
}

func readIndex(e *store.Entry) (x *index, read int64) {
	var tail [tailLen]byte
	if e.Size < int64(tailLen) {
		return nil, 0
	}
	if _, err := e.File().ReadAt(tail[:], e.Size-int64(tailLen)); err != nil || string(tail[8:]) != magic {
		return nil, 0
	}
	size := int64(binary.LittleEndian.Uint32(tail[:]))
	if size > e.Size-int64(tailLen) {
		return nil, 0
	}
	b := make([]byte, size+4)
	data := e.Size - int64(tailLen) - size
	if _, err := e.File().ReadAt(b, data); err != nil {
		return nil, 0
	}
	if crc32.Checksum(b, castagnoli) != binary.LittleEndian.Uint32(tail[4:]) {
		return nil, 0
	}
	x, ok := parseIndex(b[:size], data)
	if !ok {
		return nil, 0
	}
	return x, size + int64(tailLen)
}

// suits reports whether the blocks are of the column's type.
func (f *File) suits() bool {
	phys := page.PhysOf(f.t)
	decimals := f.t.Kind == types.KindDecimal
	for i := range f.x.blocks {
		ok := false
		switch k := &f.x.blocks[i]; k.enc {
		case encNothing:
			ok = true
		case encInts:
			ok = phys == page.PhysInt64 || phys == page.PhysBool || decimals
		case encCodes:
			want := encInts
			if phys == page.PhysBytes {
				want = encStrings
			}
			ok = f.x.dict.enc == want && (phys == page.PhysInt64 || phys == page.PhysBytes || decimals)
		case encClock, encStrings:
			ok = phys == page.PhysBytes
		case encWide:
			ok = phys == page.PhysInt128
		case encFloats:
			ok = phys == page.PhysFloat64
		}
		if !ok {
			return false
		}
	}
	return true
}

// Drop removes the column from the folder.
func (f *File) Drop() { f.c.space.Delete(f.key) }

// Close gives the memory back; vectors that were loaded are invalid then.
func (f *File) Close() {
	buffers.put(f.mem)
	buffers.put(f.low)
	f.mem, f.low = nil, nil
	_ = f.e.Close() // it was only read
}

// Rows is the number of rows.
func (f *File) Rows() int64 { return f.x.rows }

// Blocks reports whether there are values, and not only the number of rows.
func (f *File) Blocks() bool { return len(f.x.blocks) > 0 || f.x.rows == 0 }

// Bad lists the rows that could not be decoded, ascending.
func (f *File) Bad() []Bad { return f.x.bad }

// Warnings are what reading the data file had to say of the column.
func (f *File) Warnings() []string { return f.x.warnings }

// Total is what is known of all rows together.
func (f *File) Total() Total {
	var t Total
	for i := range f.x.blocks {
		t.Add(f.x.blocks[i].total)
	}
	return t
}

// Read is the number of bytes read so far.
func (f *File) Read() int64 { return f.read }

// buffers is memory for blocks.
var buffers bufferPool

// bufferPool holds memory by its size, so that a large block and a small one do not
// take each other's: queries over kept columns are done before the first garbage
// collection as long as they take little.
type bufferPool [4 * 32]sync.Pool

// class is the place of memory for n bytes, and how many it has: a quarter more at most.
func (p *bufferPool) class(n int) (*sync.Pool, int) {
	n = max(n, 1<<10)
	log := bits.Len(uint(n - 1))
	step := 1 << (log - 3)
	n = (n + step - 1) &^ (step - 1)
	return &p[(4*log+n/step%4)%len(p)], n
}

// get gives n bytes, whatever they hold.
func (p *bufferPool) get(n int) []byte {
	pool, room := p.class(n)
	if m, ok := pool.Get().(*[]byte); ok && cap(*m) >= n {
		return (*m)[:n]
	}
	return make([]byte, n, room)
}

func (p *bufferPool) put(m []byte) {
	if cap(m) == 0 {
		return
	}
	if pool, room := p.class(cap(m)); room == cap(m) {
		pool.Put(&m)
	}
}

// fetch reads and checks a block, the first part of it where there are two.
func (f *File) fetch(k *block, mem []byte) ([]byte, error) {
	mem, err := f.readAt(k.at, k.first(), mem)
	if err != nil || crc32.Checksum(mem, castagnoli) != k.sum {
		return mem, f.damaged()
	}
	return mem, nil
}

// readAt reads into mem, or into memory in its place.
func (f *File) readAt(at int64, size int, mem []byte) ([]byte, error) {
	if cap(mem) < size {
		buffers.put(mem)
		mem = buffers.get(size)
	}
	mem = mem[:size]
	n, err := f.e.File().ReadAt(mem, at)
	f.read += int64(n)
	return mem, err
}

// damaged removes the column.
func (f *File) damaged() error {
	f.Drop()
	f.at = -1
	return ErrDamaged
}

// lower gives the lower bytes of the rows of the block at hand, which is halved.
func (f *File) lower(k *block) ([]byte, error) {
	w, rows := int(k.width)-upperBytes, int(k.rows)
	if !f.all {
		b, err := f.lowerAt(k, 0, w*rows+slack)
		if err != nil {
			return nil, err
		}
		for i := range k.pieces() {
			if !f.rightPiece(i, b[i*pieceRows*w:min((i+1)*pieceRows, rows)*w]) {
				return nil, f.damaged()
			}
		}
		f.all = true
	}
	return f.low, nil
}

// lowerOf gives a row's lower bytes, and some behind them, of the block at hand, which
// is halved.
func (f *File) lowerOf(k *block, row int) ([]byte, error) {
	w := int(k.width) - upperBytes
	if f.all {
		return f.low[row*w:], nil
	}
	n := row / pieceRows
	if n != f.piece {
		size := w * min(pieceRows, int(k.rows)-n*pieceRows)
		f.piece = -1
		b, err := f.lowerAt(k, n*pieceRows*w, size+slack)
		if err != nil {
			return nil, err
		}
		if !f.rightPiece(n, b[:size]) {
			return nil, f.damaged()
		}
		f.piece = n
	}
	return f.low[row%pieceRows*w:], nil
}

func (f *File) lowerAt(k *block, from, size int) ([]byte, error) {
	var err error
	if f.low, err = f.readAt(k.at+int64(k.first()+from), size, f.low); err != nil {
		return nil, f.damaged()
	}
	return f.low, nil
}

// rightPiece holds a piece's lower bytes against their checksum.
func (f *File) rightPiece(n int, b []byte) bool {
	sums := f.body[upperBytes*int(f.x.blocks[f.at].rows):]
	return crc32.Checksum(b, castagnoli) == binary.LittleEndian.Uint32(sums[4*n:])
}

// seek makes the block of a row the one at hand.
func (f *File) seek(row int64) (*block, error) {
	n := int(row / BlockRows)
	k := &f.x.blocks[n]
	if n == f.at {
		return k, nil
	}
	f.at = -1
	b, err := f.fetch(k, f.mem)
	if f.mem = b; err != nil {
		return nil, err
	}
	f.all, f.piece = false, -1
	f.nulls, f.body = nil, b
	if k.nulls {
		n := int(k.rows+7) / 8
		f.nulls, f.body = b[:n:n], b[n:]
	}
	if k.enc == encCodes && f.dict == nil {
		if err := f.loadDict(); err != nil {
			return nil, err
		}
	}
	if k.enc == encStrings {
		if f.ends, err = f.lengths(k, f.body, f.ends); err != nil {
			return nil, err
		}
	}
	f.at = n
	return k, nil
}

// lengths gives where each string of a block ends in its bytes.
func (f *File) lengths(k *block, body []byte, mem []int32) ([]int32, error) {
	mem = sized(mem, int(k.rows))
	w := int(k.width)
	from := w * int(k.rows)
	mask := maskOf(k.width)
	end := int64(0)
	for i := range mem {
		end += int64(binary.LittleEndian.Uint64(body[i*w:]) & mask)
		if end > int64(len(body)-from-slack) {
			f.Drop()
			return nil, ErrDamaged
		}
		mem[i] = int32(end)
	}
	return mem, nil
}

func (f *File) loadDict() error {
	k := &f.x.dict
	b, err := f.fetch(k, nil)
	if err != nil {
		return err
	}
	d := &page.Vector{Type: f.t, Len: int(k.rows)}
	if k.enc == encInts {
		d.Phys = page.PhysInt64
		d.I64 = make([]int64, k.rows)
		unpack(d.I64, b, k.width, k.lo)
		buffers.put(b)
	} else {
		d.Phys = page.PhysBytes
		ends, err := f.lengths(k, b, nil)
		if err != nil {
			return err
		}
		text := b[int(k.width)*int(k.rows):]
		d.Str = make([]string, k.rows)
		from := int32(0)
		for i, end := range ends {
			d.Str[i] = view(text[from:end])
			from = end
		}
	}
	f.dict = d
	return nil
}

// view shows bytes, which do not change while the string is in use, as a string.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func maskOf(width uint8) uint64 {
	if width == 0 {
		return 0
	}
	return math.MaxUint64 >> (64 - 8*uint(width))
}

func sized[T any](mem []T, n int) []T {
	if cap(mem) < n {
		return make([]T, n, n+n/8)
	}
	return mem[:n]
}

// unpack decodes the first len(dst) values of body.
func unpack(dst []int64, body []byte, width uint8, lo int64) {
	switch width {
	case 0:
		for i := range dst {
			dst[i] = lo
		}
	case 1:
		body = body[:len(dst)]
		for i := range dst {
			dst[i] = lo + int64(body[i])
		}
	case 2:
		for i := range dst {
			dst[i] = lo + int64(binary.LittleEndian.Uint16(body))
			body = body[2:]
		}
	case 4:
		for i := range dst {
			dst[i] = lo + int64(binary.LittleEndian.Uint32(body))
			body = body[4:]
		}
	default:
		mask, w := maskOf(width), int(width)
		for i := range dst {
			dst[i] = lo + int64(binary.LittleEndian.Uint64(body)&mask)
			body = body[w:]
		}
	}
}

// Load decodes rows row..row+n-1, all of one block, into out; of those only the
// listed ones where rows, ascending and counted from row, is not nil: the others
// then hold anything. Strings are valid until the next Load or Close.
func (f *File) Load(out *page.Vector, row int64, n int, rows []int32) error {
	k, err := f.seek(row)
	if err != nil {
		return err
	}
	from := int(row % BlockRows)
	out.Type, out.Len, out.Nulls, out.Const = f.t, n, nil, false
	out.Phys = page.PhysOf(f.t)
	if k.enc == encNothing {
		f.null(out, n)
		return nil
	}
	if f.nulls != nil {
		f.flags = sized(f.flags, n)
		any := false
		for i := range f.flags {
			null := f.nulls[(from+i)>>3]>>((from+i)&7)&1 != 0
			f.flags[i] = null
			any = any || null
		}
		if any {
			out.Nulls = f.flags
		}
	}
	w := int(k.width)
	body := f.body
	switch k.enc {
	case encInts:
		if out.Phys == page.PhysBool {
			out.Bools = sized(out.Bools, n)
			for i := range out.Bools {
				out.Bools[i] = k.lo != 0 || k.width > 0 && body[from+i] != 0
			}
			return nil
		}
		out.Phys = page.PhysInt64
		out.I64 = sized(out.I64, n)
		if rows == nil {
			unpack(out.I64, body[from*w:], k.width, k.lo)
			return nil
		}
		mask := maskOf(k.width)
		for _, r := range rows {
			out.I64[r] = k.lo + int64(binary.LittleEndian.Uint64(body[(from+int(r))*w:])&mask)
		}
	case encCodes:
		mask := maskOf(k.width)
		if out.Phys == page.PhysBytes {
			out.Str = sized(out.Str, n)
			return fill(f, out.Str, f.dict.Str, body, from, w, mask, rows)
		}
		out.Phys = page.PhysInt64
		out.I64 = sized(out.I64, n)
		return fill(f, out.I64, f.dict.I64, body, from, w, mask, rows)
	case encClock:
		return f.clocks(out, k, from, n, rows)
	case encWide:
		out.I128 = sized(out.I128, n)
		for i := range out.I128 {
			b := body[16*(from+i):]
			out.I128[i] = decimal.Int128{Lo: binary.LittleEndian.Uint64(b), Hi: int64(binary.LittleEndian.Uint64(b[8:]))}
		}
	case encFloats:
		out.F64 = sized(out.F64, n)
		for i := range out.F64 {
			out.F64[i] = math.Float64frombits(binary.LittleEndian.Uint64(body[8*(from+i):]))
		}
	case encStrings:
		out.Str = sized(out.Str, n)
		text := body[w*int(k.rows):]
		start := int32(0)
		if from > 0 {
			start = f.ends[from-1]
		}
		for i, end := range f.ends[from : from+n] {
			out.Str[i] = view(text[start:end])
			start = end
		}
	}
	return nil
}

// Pick is Load that puts the listed rows next to each other: out has as many rows as
// are listed. ok is false where it cannot.
func (f *File) Pick(out *page.Vector, row int64, rows []int32) (ok bool, err error) {
	k, err := f.seek(row)
	if err != nil || k.enc != encInts || k.nulls || page.PhysOf(f.t) == page.PhysBool {
		return false, err
	}
	out.Type, out.Len, out.Nulls, out.Const, out.Dict, out.Phys = f.t, len(rows), nil, false, nil, page.PhysInt64
	out.I64 = sized(out.I64, len(rows))
	pick64(out.I64, f.body[int(row%BlockRows)*int(k.width):], rows, k.width, k.lo)
	return true, nil
}

// Codes is Pick that gives places in the dictionary, of the listed rows or of all n.
// ok is false where the block has none, or NULLs.
func (f *File) Codes(out *page.Vector, row int64, n int, rows []int32) (ok bool, err error) {
	if k := &f.x.blocks[row/BlockRows]; k.enc != encCodes || k.nulls {
		return false, nil
	}
	k, err := f.seek(row)
	if err != nil {
		return false, err
	}
	if rows != nil {
		n = len(rows)
	}
	out.Type, out.Len, out.Nulls, out.Const, out.Dict, out.Phys = f.t, n, nil, false, f.dict, f.dict.Phys
	out.Codes = sized(out.Codes, n)
	w, mask := int(k.width), uint16(maskOf(k.width))
	body := f.body[int(row%BlockRows)*w:]
	most := uint16(0)
	switch {
	case rows == nil:
		for i := range out.Codes {
			c := binary.LittleEndian.Uint16(body) & mask
			body = body[w:]
			out.Codes[i] = c
			most = max(most, c)
		}
	case w == 2:
		most = pick16(out.Codes, body, rows)
	default:
		for i, r := range rows {
			c := binary.LittleEndian.Uint16(body[int(r)*w:]) & mask
			out.Codes[i] = c
			most = max(most, c)
		}
	}
	if int(most) >= f.dict.Len {
		return false, f.damaged()
	}
	return true, nil
}

// null makes n NULLs of out.
func (f *File) null(out *page.Vector, n int) {
	f.flags = sized(f.flags, n)
	for i := range f.flags {
		f.flags[i] = true
	}
	out.Nulls = f.flags
	switch out.Phys {
	case page.PhysBool:
		out.Bools = sized(out.Bools, n)
	case page.PhysInt64:
		out.I64 = sized(out.I64, n)
	case page.PhysInt128:
		if f.t.Kind == types.KindDecimal {
			out.Phys, out.I64 = page.PhysInt64, sized(out.I64, n)
		} else {
			out.I128 = sized(out.I128, n)
		}
	case page.PhysFloat64:
		out.F64 = sized(out.F64, n)
	case page.PhysBytes:
		out.Str = sized(out.Str, n)
		clear(out.Str)
	}
}

// fill looks up the codes of rows.
func fill[T any](f *File, dst, dict []T, body []byte, from, w int, mask uint64, rows []int32) error {
	bad := false
	if rows == nil {
		body = body[from*w:]
		for i := range dst {
			c := binary.LittleEndian.Uint64(body) & mask
			body = body[w:]
			if c >= uint64(len(dict)) {
				bad = true // of a NULL row, whose code means nothing
				continue
			}
			dst[i] = dict[c]
		}
	} else {
		for _, r := range rows {
			c := binary.LittleEndian.Uint64(body[(from+int(r))*w:]) & mask
			if c >= uint64(len(dict)) {
				bad = true
				continue
			}
			dst[r] = dict[c]
		}
	}
	if bad && f.nulls == nil {
		return f.damaged()
	}
	return nil
}

// clocks writes points in time as the texts that they were.
func (f *File) clocks(out *page.Vector, k *block, from, n int, rows []int32) error {
	var low []byte
	if k.halved() {
		var err error
		if low, err = f.lower(k); err != nil {
			return err
		}
	}
	l := &f.x.layouts[k.layout]
	size, w, mask := l.Size(), int(k.width), maskOf(k.width)
	lw, shift := 0, uint(0)
	if low != nil {
		lw, w, mask, shift = w-upperBytes, upperBytes, maskOf(upperBytes), k.shift()&63
	}
	out.Str = sized(out.Str, n)
	count := n
	if rows != nil {
		count = len(rows)
	}
	if cap(f.arena) < count*size {
		f.arena = make([]byte, 0, count*size)
	}
	b := f.arena[:0]
	one := func(i int) {
		if out.Nulls != nil && out.Nulls[i] {
			out.Str[i] = ""
			return
		}
		at := len(b)
		d := binary.LittleEndian.Uint64(f.body[(from+i)*w:]) & mask
		if low != nil {
			d = d<<shift | binary.LittleEndian.Uint64(low[(from+i)*lw:])&maskOf(uint8(lw))
		}
		b = l.Append(b, k.lo+int64(d))
		out.Str[i] = view(b[at:])
	}
	if rows == nil {
		for i := range n {
			one(i)
		}
		return nil
	}
	for _, r := range rows {
		one(int(r))
	}
	return nil
}
