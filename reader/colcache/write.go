package colcache

// Writer: a column that streams by is encoded and written, block by block.

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/ionq-db/ionq/reader/clock"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// maxBad is how many rows of a file may fail to decode before the column is not
// kept: its errors would be most of it.
const maxBad = 1000

// A dictionary is tried where a column begins. It is given up where more than
// trialMost of the first trialRows values were new ones, and when it is full: then
// one would look up values for nothing.
const (
	trialRows = 1 << 14
	trialMost = trialRows * 6 / 10
	maxDict   = 1<<16 - 1 // places, and one more number for none
)

// Writer writes one column of one file. It is not safe for concurrent use.
type Writer struct {
	w    *store.Writer
	phys page.Phys
	text bool // strings may be points in time
	x    index
	at   int64 // bytes written
	rows int64 // before the block at hand

	// The block at hand.
	n     int
	nulls []bool // nil as long as none is
	ints  []int64
	wide  []decimal.Int128 // in place of ints, where one is wide
	f64   []float64
	mode  mode
	clock clock.Parser
	// The block before was one of clocks.
	clocks bool
	codes  []uint16
	lens   []int32
	bytes  []byte
	any    bool // how its strings are held has been decided
	lead   int  // NULLs in front of the first one

	dict   bool // a dictionary is tried, or kept
	codesI intCodes
	codesS map[string]uint16
	values []string // of codesS
	arena  page.Arena
	seen   int // values that the dictionary was asked for

	// Of the rows added last, where they have ticks: those, and their layout.
	last       []int64
	lastLayout clock.Layout

	buf []byte
	err error
}

// mode is how the strings of the block at hand are held.
type mode uint8

const (
	modeStrings mode = iota
	modeCodes
	modeClock
)

// Create starts a column; nil where it cannot be kept.
func (c *Cache) Create(key string, t types.Type) *Writer {
	if c == nil || !Keeps(t) {
		return nil
	}
	w := c.space.Create(key, -1)
	if w == nil {
		return nil
	}
	w.PartsChecked()
	return newWriter(w, t)
}

func newWriter(w *store.Writer, t types.Type) *Writer {
	out := &Writer{w: w, phys: page.PhysOf(t), text: t.Kind == types.KindVarchar}
	if t.Kind == types.KindDecimal {
		out.phys = page.PhysInt64
	}
	out.dict = out.phys == page.PhysInt64 && t.Kind != types.KindDate && t.Kind != types.KindTimestamp || out.phys == page.PhysBytes
	return out
}

var errTooMuch = errors.New("colcache: the column is not kept")

// Written is the number of bytes written so far.
func (w *Writer) Written() int64 { return w.at }

// Add appends rows from..to-1 of v, which is of the column's type. After an error
// the Writer is of no use but to be discarded.
func (w *Writer) Add(v *page.Vector, from, to int) error {
	w.last = nil
	whole := to-from <= BlockRows-w.n
	for from < to && w.err == nil {
		n := min(to-from, BlockRows-w.n)
		w.add(v, from, from+n)
		if whole && w.mode == modeClock && v.Nulls == nil {
			w.last, w.lastLayout = w.ints[len(w.ints)-n:], w.clock.Layout // valid until the next Add
		}
		from += n
		w.n += n
		if w.n == BlockRows {
			w.flush()
		}
	}
	return w.err
}

// Room is memory for the next n values of a column that is held as integers, for
// whoever decodes them: Add copies nothing of a vector that lies there. It is the
// caller's as long as the rows added last. Nil: there is none.
func (w *Writer) Room(n int) []int64 {
	if w.phys != page.PhysInt64 || w.wide != nil {
		return nil
	}
	return w.room(n)
}

func (w *Writer) room(n int) []int64 {
	if n > BlockRows-w.n {
		return nil
	}
	if cap(w.ints) < BlockRows {
		w.ints = append(blocks.get(), w.ints...)
	}
	return w.ints[w.n : w.n+n : w.n+n]
}

// Ticks is Room for the next n of a column's strings, where they may have the
// layout of those before them, with what reads them: see AddTicks.
func (w *Writer) Ticks(n int) (p *clock.Parser, ticks []int64) {
	if w.clocks && !w.any && w.n == 0 { // as in the block before
		w.any, w.mode = true, modeClock
	}
	if w.mode != modeClock || w.nulls != nil {
		return nil, nil
	}
	return &w.clock, w.room(n)
}

// AddTicks appends rows whose ticks are where Ticks said.
func (w *Writer) AddTicks(n int) error {
	w.ints = w.ints[:w.n+n]
	w.last, w.lastLayout = w.ints[w.n:], w.clock.Layout
	if w.n += n; w.n == BlockRows {
		w.flush()
	}
	return w.err
}

// blocks is memory for a block's integers.
var blocks blockPool

type blockPool struct{ p sync.Pool }

func (b *blockPool) get() []int64 {
	if m, ok := b.p.Get().(*[]int64); ok {
		return (*m)[:0]
	}
	return make([]int64, 0, BlockRows)
}

func (b *blockPool) put(m []int64) {
	if cap(m) >= BlockRows {
		b.p.Put(&m)
	}
}

// Select decides a condition for the rows added last, as File.Select does: their
// texts have been read already.
func (w *Writer) Select(c *Condition, rows, dst []int32) ([]int32, Outcome) {
	if w.last == nil || c.Of != Instants {
		return dst, Unknown
	}
	first, last, ok := w.lastLayout.Bounds(w.last[0], c.From, c.To, c.Zone)
	if !ok {
		return dst, Unknown
	}
	if first > last {
		return dst[:0], Some
	}
	base, span := uint64(first), uint64(last)-uint64(first)
	at := 0
	if rows == nil {
		dst = sized(dst, len(w.last))
		for i, x := range w.last {
			dst[at] = int32(i)
			at += b2i(uint64(x)-base <= span)
		}
		return dst[:at], Some
	}
	dst = sized(dst, len(rows))
	for _, r := range rows {
		dst[at] = r
		at += b2i(uint64(w.last[r])-base <= span)
	}
	return dst[:at], Some
}

// Bad says that row, which was added as NULL, could not be decoded.
func (w *Writer) Bad(row int64, err error) error {
	e := *sqlerr.As(err)
	e.Err = nil
	if w.x.bad = append(w.x.bad, Bad{row, &e}); len(w.x.bad) > maxBad && w.err == nil {
		w.err = errTooMuch
	}
	return w.err
}

func (w *Writer) add(v *page.Vector, from, to int) {
	if v.Phys == page.PhysNone || v.Nulls != nil {
		w.addNulls(v, from, to)
	} else if w.nulls != nil {
		w.nulls = append(w.nulls, make([]bool, to-from)...)
	}
	switch w.phys {
	case page.PhysBool:
		for i := from; i < to; i++ {
			x := int64(0)
			if v.Phys == page.PhysBool && v.Bools[i] {
				x = 1
			}
			w.ints = append(w.ints, x)
		}
	case page.PhysInt64:
		w.addInts(v, from, to)
	case page.PhysInt128: // timestamps of picoseconds; decimals are above
		if v.Phys == page.PhysInt128 {
			w.wide = append(w.wide, v.I128[from:to]...)
		} else {
			w.wide = append(w.wide, make([]decimal.Int128, to-from)...)
		}
	case page.PhysFloat64:
		if v.Phys == page.PhysFloat64 {
			w.f64 = append(w.f64, v.F64[from:to]...)
		} else {
			w.f64 = append(w.f64, make([]float64, to-from)...)
		}
	case page.PhysBytes:
		w.addStrings(v, from, to)
	}
}

func (w *Writer) addNulls(v *page.Vector, from, to int) {
	if w.nulls == nil {
		w.nulls = make([]bool, w.n, BlockRows)
	}
	if v.Phys == page.PhysNone {
		for range to - from {
			w.nulls = append(w.nulls, true)
		}
		return
	}
	w.nulls = append(w.nulls, v.Nulls[from:to]...)
}

func (w *Writer) addInts(v *page.Vector, from, to int) {
	switch {
	case v.Phys == page.PhysInt128 || w.wide != nil:
		if w.wide == nil {
			w.wide = make([]decimal.Int128, 0, BlockRows)
			for _, x := range w.ints {
				w.wide = append(w.wide, decimal.FromInt64(x))
			}
			w.dict = false
		}
		for i := from; i < to; i++ {
			if v.IsNull(i) {
				w.wide = append(w.wide, decimal.Int128{})
			} else {
				w.wide = append(w.wide, v.Int128At(i))
			}
		}
		return
	case v.Phys == page.PhysNone:
		w.ints = append(w.ints, make([]int64, to-from)...)
	default:
		if at := len(w.ints); to-from <= cap(w.ints)-at && &v.I64[from] == &w.ints[:at+1][at] {
			w.ints = w.ints[:at+to-from] // it was decoded there
			return
		}
		w.ints = append(w.ints, v.I64[from:to]...)
	}
}

// code gives the integers of the block at hand their places in the dictionary; ok
// is false where it does not pay. All of a block at once: between pages the
// dictionary would be driven out of the core's cache.
func (w *Writer) code() (ok bool) {
	if !w.dict {
		return false
	}
	w.codes = sized(w.codes, len(w.ints))
	for at := 0; at < len(w.ints) && w.dict; {
		to := min(at+trialRows, len(w.ints))
		vals, dst := w.ints[at:to], w.codes[at:to]
		if w.nulls == nil {
			w.dict = w.codesI.codes(dst, vals)
		} else {
			clear(dst)
			for k := range vals {
				if !w.nulls[at+k] && w.dict {
					w.dict = w.codesI.codes(dst[k:k+1], vals[k:k+1])
				}
			}
		}
		w.trial(to-at, len(w.codesI.vals))
		at = to
	}
	return w.dict
}

// trial gives a dictionary up that does not pay.
func (w *Writer) trial(added, values int) {
	before := w.seen
	if w.seen += added; before < trialRows && w.seen >= trialRows && values > trialMost {
		w.dict = false
	}
}

func (w *Writer) addStrings(v *page.Vector, from, to int) {
	if v.Phys == page.PhysNone {
		for range to - from {
			w.addString("", true)
		}
		return
	}
	i := from
	if w.mode == modeClock && v.Nulls == nil { // the loop that matters
		at := len(w.ints)
		w.ints = slices.Grow(w.ints, to-from)[:at+to-from]
		i += w.clock.Texts(w.ints[at:], v.Str[from:to])
		w.ints = w.ints[:at+i-from]
	}
	for ; i < to; i++ {
		w.addString(v.Str[i], v.Nulls != nil && v.Nulls[i])
	}
	if w.mode == modeCodes {
		w.trial(to-from, len(w.values))
		if !w.dict {
			w.plain()
		}
	}
}

func (w *Writer) addString(s string, null bool) {
	if !w.any {
		if null {
			w.lead++
			return
		}
		w.begin(s)
	}
	switch w.mode {
	case modeClock:
		if null {
			w.ints = append(w.ints, math.MinInt64) // no tick: overwritten by flush
			return
		}
		ticks, ok := w.clock.Parse(s)
		if ok {
			w.ints = append(w.ints, ticks)
			return
		}
		w.plain()
	case modeCodes:
		if null {
			w.codes = append(w.codes, 0)
			return
		}
		if code, ok := w.codeOf(s); ok {
			w.codes = append(w.codes, code)
			return
		}
		w.dict = false
		w.plain()
	}
	if null {
		s = ""
	}
	w.lens = append(w.lens, int32(len(s)))
	if w.bytes = append(w.bytes, s...); len(w.bytes) > maxBytes/2 && w.err == nil {
		w.err = errTooMuch
	}
}

// begin decides how the strings of the block at hand are held, by the first one.
func (w *Writer) begin(s string) {
	w.any, w.mode = true, modeStrings
	if w.text {
		if l, ok := clock.Of(s); ok {
			w.mode = modeClock
			w.clock.Set(l)
		}
	}
	if w.mode == modeStrings && w.dict {
		w.mode = modeCodes
	}
	for range w.lead {
		w.addString("", true)
	}
	w.lead = 0
}

// plain turns the block at hand into one of strings.
func (w *Writer) plain() {
	switch w.mode {
	case modeClock:
		for _, ticks := range w.ints {
			at := len(w.bytes)
			if ticks != math.MinInt64 {
				w.bytes = w.clock.Append(w.bytes, ticks)
			}
			w.lens = append(w.lens, int32(len(w.bytes)-at))
		}
		w.ints = w.ints[:0]
	case modeCodes:
		for i, c := range w.codes {
			s := ""
			if w.nulls == nil || !w.nulls[i] {
				s = w.values[c]
			}
			w.bytes = append(w.bytes, s...)
			w.lens = append(w.lens, int32(len(s)))
		}
		w.codes = w.codes[:0]
	}
	w.mode = modeStrings
}

// maxCoded is the length of the longest string that a dictionary takes: few long
// strings occur often.
const maxCoded = 256

func (w *Writer) codeOf(s string) (uint16, bool) {
	if code, ok := w.codesS[s]; ok {
		return code, true
	}
	if len(w.values) == maxDict || len(s) > maxCoded {
		return 0, false
	}
	if w.codesS == nil {
		w.codesS = map[string]uint16{}
	}
	code := uint16(len(w.values))
	s = w.arena.Copy(s)
	w.codesS[s] = code
	w.values = append(w.values, s)
	return code, true
}

// flush writes the block at hand.
func (w *Writer) flush() {
	k := block{rows: uint32(w.n)}
	b := w.buf[:0]
	k.total.Live = int64(w.n)
	for _, null := range w.nulls {
		if null {
			k.total.Live--
		}
	}
	if k.total.Live == 0 {
		k.enc = encNothing
		w.write(k, b)
		return
	}
	if w.nulls != nil {
		k.nulls = true
		b = appendBits(b, w.nulls)
	}
	switch {
	case w.wide != nil:
		k.enc = encWide
		for _, x := range w.wide {
			b = binary.LittleEndian.AppendUint64(b, x.Lo)
			b = binary.LittleEndian.AppendUint64(b, uint64(x.Hi))
		}
	case w.phys == page.PhysFloat64:
		k.enc = encFloats
		for _, x := range w.f64 {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
	case w.phys == page.PhysBytes && w.mode == modeStrings:
		k.enc = encStrings
		k.hi = 0
		for _, n := range w.lens {
			k.hi = max(k.hi, int64(n))
		}
		k.width = widthOf(uint64(k.hi))
		b = packInts(b, w.lens, 0, k.width)
		b = append(b, w.bytes...)
	case w.phys == page.PhysBytes && w.mode == modeCodes:
		b = w.appendCodes(&k, b)
	default:
		k.enc = encInts
		if w.mode == modeClock {
			k.enc = encClock
			k.layout = w.layout()
		}
		var sum decimal.Int128
		k.lo, k.hi, sum = summary(w.ints, w.nulls)
		k.width = widthOf(uint64(k.hi) - uint64(k.lo))
		if w.phys == page.PhysInt64 {
			k.total.Numbers, k.total.Sum, k.total.Lo, k.total.Hi = true, sum, k.lo, k.hi
		}
		if k.halved() {
			w.writeHalves(k, b)
			return
		}
		if k.width > 1 && w.phys == page.PhysInt64 && w.code() {
			if widthOf(uint64(len(w.codesI.vals)-1)) < k.width {
				k.lo, k.hi = 0, 0
				b = w.appendCodes(&k, b)
				break
			}
			w.dict = false
		}
		b = packInts(b, w.ints, k.lo, k.width)
	}
	if k.enc != encNothing {
		b = append(b, make([]byte, slack)...)
	}
	w.write(k, b)
}

func (w *Writer) appendCodes(k *block, b []byte) []byte {
	k.enc = encCodes
	lo, hi := uint16(math.MaxUint16), uint16(0)
	if w.nulls == nil {
		for _, c := range w.codes {
			lo, hi = min(lo, c), max(hi, c)
		}
	} else {
		for i, c := range w.codes {
			if !w.nulls[i] {
				lo, hi = min(lo, c), max(hi, c)
			}
		}
	}
	k.lo, k.hi, k.width = int64(lo), int64(hi), widthOf(uint64(hi))
	return packInts(b, w.codes, 0, k.width)
}

// layout gives the place of the clock's layout among the layouts.
func (w *Writer) layout() uint16 {
	for i, l := range w.x.layouts {
		if l == w.clock.Layout {
			return uint16(i)
		}
	}
	if len(w.x.layouts) == math.MaxUint16 && w.err == nil {
		w.err = errTooMuch
	}
	w.x.layouts = append(w.x.layouts, w.clock.Layout)
	return uint16(len(w.x.layouts) - 1)
}

// writeHalves writes clocks as their upper bits and, behind them, their lower bytes.
// Bits that are in both are of no harm.
func (w *Writer) writeHalves(k block, b []byte) {
	lo, shift := uint64(k.lo), k.shift()
	at := len(b)
	b = extend(b, len(w.ints)*upperBytes)
	upper := b[at:]
	for _, x := range w.ints {
		binary.LittleEndian.PutUint16(upper, uint16((uint64(x)-lo)>>(shift&63)))
		upper = upper[upperBytes:]
	}
	sums := len(b)
	b = append(b, make([]byte, 4*k.pieces()+slack)...)
	first := len(b)
	low := int(k.width) - upperBytes
	b = packInts(b, w.ints, k.lo, uint8(low))
	for i := range k.pieces() {
		piece := b[first+i*pieceRows*low : first+min((i+1)*pieceRows, len(w.ints))*low]
		binary.LittleEndian.PutUint32(b[sums+4*i:], crc32.Checksum(piece, castagnoli))
	}
	b = append(b, make([]byte, slack)...)
	w.write(k, b)
}

// extend makes b longer by n bytes, whatever they hold.
func extend(b []byte, n int) []byte { return slices.Grow(b, n)[:len(b)+n] }

func appendBits(b []byte, flags []bool) []byte {
	at := len(b)
	b = append(b, make([]byte, (len(flags)+7)/8)...)
	for i, f := range flags {
		if f {
			b[at+i>>3] |= 1 << (i & 7)
		}
	}
	return b
}

// packInts appends the low width bytes of each value's distance from lo. What NULL
// rows hold means nothing.
func packInts[T int64 | int32 | uint16](b []byte, v []T, lo int64, width uint8) []byte {
	n := int(width)
	at := len(b)
	b = extend(b, n*len(v)+slack)
	out := b[at:]
	switch width {
	case 0:
	case 1:
		out = out[:len(v)]
		for i, x := range v {
			out[i] = byte(int64(x) - lo)
		}
	case 2:
		for _, x := range v {
			binary.LittleEndian.PutUint16(out, uint16(int64(x)-lo))
			out = out[2:]
		}
	default: // each write's rest is overwritten by the next one
		for _, x := range v {
			binary.LittleEndian.PutUint64(out, uint64(int64(x)-lo))
			out = out[n:]
		}
	}
	b = b[:at+n*len(v)]
	return b
}

// write appends a block to the entry and begins the next one.
func (w *Writer) write(k block, b []byte) {
	k.at, k.size = w.at, uint32(len(b))
	k.sum = crc32.Checksum(b[:k.first()], castagnoli)
	if len(b) > maxBytes {
		w.err = errTooMuch
	}
	w.put(b)
	w.x.blocks = append(w.x.blocks, k)
	w.buf, w.clocks = b, k.enc == encClock
	w.rows += int64(w.n)
	w.n, w.nulls, w.mode, w.any, w.lead = 0, nil, modeStrings, false, 0
	w.ints, w.wide, w.f64, w.codes, w.lens, w.bytes = w.ints[:0], w.wide[:0], w.f64[:0], w.codes[:0], w.lens[:0], w.bytes[:0]
	if w.phys != page.PhysInt128 {
		w.wide = nil
	}
}

func (w *Writer) put(b []byte) {
	if w.err != nil {
		return
	}
	n, err := w.w.Write(b)
	w.at += int64(n)
	w.err = err
}

// Commit publishes the column of a file of that many rows; warnings are what
// reading it had to say. Its error is for those who want to know: the user has been
// told where the folder is to blame, and the column is not kept.
func (w *Writer) Commit(rows int64, warnings []string) error {
	if w.n > 0 && w.err == nil {
		w.flush()
	}
	blocks.put(w.ints) // nobody has rows of it any more: the file has been read to its end
	w.ints, w.last = nil, nil
	if w.err == nil && w.rows != rows && len(w.x.blocks) > 0 {
		panic("BUG: a column of another length than its file")
	}
	w.x.rows, w.x.warnings = rows, warnings
	w.dictionary()
	var b []byte
	if w.err == nil {
		b, w.err = w.x.append(w.buf[:0])
		w.put(b)
	}
	if w.err != nil {
		w.w.Discard()
		return w.err
	}
	return w.w.Commit()
}

// dictionary writes the dictionary, where a block has codes.
func (w *Writer) dictionary() {
	used := false
	for i := range w.x.blocks {
		used = used || w.x.blocks[i].enc == encCodes
	}
	if !used || w.err != nil {
		return
	}
	k := block{}
	b := w.buf[:0]
	if w.phys == page.PhysBytes {
		k.enc, k.rows = encStrings, uint32(len(w.values))
		lens := make([]int32, len(w.values))
		for i, s := range w.values {
			lens[i] = int32(len(s))
			k.hi = max(k.hi, int64(len(s)))
		}
		k.width = widthOf(uint64(k.hi))
		b = packInts(b, lens, 0, k.width)
		b = append(b, strings.Join(w.values, "")...)
	} else {
		v := w.codesI.vals
		k.enc, k.rows = encInts, uint32(len(v))
		k.lo, k.hi, _ = summary(v, nil)
		k.width = widthOf(uint64(k.hi) - uint64(k.lo))
		b = packInts(b, v, k.lo, k.width)
	}
	b = append(b, make([]byte, slack)...)
	k.at, k.size, k.sum = w.at, uint32(len(b)), crc32.Checksum(b, castagnoli)
	w.x.dict = k
	w.put(b)
	w.buf = b
}

// Discard gives the column up.
func (w *Writer) Discard() { w.w.Discard() }

// intCodes numbers different integers: open addressing with linear probing. A slot
// is 1 + the integer's number, 0 where it is free. The table is small so that it
// stays in a core's cache, and mostly free so that nearly every integer is found at
// its first slot.
type intCodes struct {
	slots []uint16
	vals  []int64
	shift uint
}

const (
	golden   = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio, odd
	freeness = 6                  // slots per integer, at least
)

// codes sets dst to the numbers of vals, and reports whether there was room for
// those that are new. A few values at a time are looked up in steps without
// branches, so that the memory's answers come all together; what is not found at
// the first slot is looked for one by one.
func (c *intCodes) codes(dst []uint16, vals []int64) bool {
	const few = 128
	var miss [few]uint8
	for len(vals) > 0 {
		part, out := vals[:min(few, len(vals))], dst[:min(few, len(vals))]
		n := 0
		if len(c.slots) == 0 {
			for ; n < len(part); n++ {
				miss[n] = uint8(n)
			}
		} else {
			slots, shift, known := c.slots, c.shift&63, c.vals
			for i, x := range part {
				out[i] = slots[uint64(x)*golden>>shift] - 1
			}
			for i, x := range part {
				// A free slot's number is beyond all: the first integer stands for it.
				f := int(out[i])
				if f >= len(known) {
					f = 0
				}
				miss[n&(few-1)] = uint8(i)
				n += b2i(known[f] != x || f != int(out[i]))
			}
		}
		for _, i := range miss[:n] {
			code, ok := c.code(part[i])
			if !ok {
				return false
			}
			out[i] = code
		}
		vals, dst = vals[len(part):], dst[len(part):]
	}
	return true
}

// code is codes for one value.
func (c *intCodes) code(x int64) (uint16, bool) {
	if len(c.slots) > 0 {
		for at := int(uint64(x) * golden >> c.shift); c.slots[at] != 0; at = (at + 1) & (len(c.slots) - 1) {
			if n := c.slots[at] - 1; c.vals[n] == x {
				return n, true
			}
		}
	}
	if len(c.vals) == maxDict {
		return 0, false
	}
	c.vals = append(c.vals, x)
	if freeness*len(c.vals) > len(c.slots) {
		c.grow()
	} else {
		c.put(len(c.vals) - 1)
	}
	return uint16(len(c.vals) - 1), true
}

// put gives a number its slot.
func (c *intCodes) put(n int) {
	at := int(uint64(c.vals[n]) * golden >> c.shift)
	for c.slots[at] != 0 {
		at = (at + 1) & (len(c.slots) - 1)
	}
	c.slots[at] = uint16(n + 1)
}

func (c *intCodes) grow() {
	size := max(1024, 2*len(c.slots))
	c.slots = make([]uint16, size)
	c.shift = 64
	for s := size; s > 1; s >>= 1 {
		c.shift--
	}
	for n := range c.vals {
		c.put(n)
	}
}
