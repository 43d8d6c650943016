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

	stats   stats // of the first counted of ints
	counted int

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
		w.count()
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
	w.n += n
	if w.count(); w.n == BlockRows {
		w.flush()
	}
	return w.err
}

// count takes the rows added last into the summary, as long as they are in the
// core's cache.
func (w *Writer) count() {
	if w.nulls == nil && len(w.ints) == w.n {
		if w.counted == 0 {
			w.stats.begin()
		}
		w.stats.add(w.ints[w.counted:])
		w.counted = w.n
	}
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
	if rows == nil {
		dst = sized(dst, len(w.last)+beyond)
		return dst[:ranged64(dst, w.last, first, last)], Some
	}
	base, span := uint64(first), uint64(last)-uint64(first)
	at := 0
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

// code appends the places in the dictionary of the integers of the block at hand, two
// bytes each; ok is false where it does not pay. All of a block at once: between
// pages the dictionary would be driven out of the core's cache.
func (w *Writer) code(b []byte) (out []byte, ok bool) {
	if !w.dict {
		return b, false
	}
	first := len(b)
	b = extend(b, codeBytes*len(w.ints))
	dst := b[first:]
	for at := 0; at < len(w.ints) && w.dict; {
		vals := w.ints[at:min(at+trialRows, len(w.ints))]
		if w.nulls != nil {
			steady(vals, w.nulls[at:])
		}
		w.dict = w.codesI.codes(dst, vals)
		w.trial(len(vals), len(w.codesI.values()))
		at, dst = at+len(vals), dst[codeBytes*len(vals):]
	}
	if !w.dict {
		return b[:first], false
	}
	return b, true
}

// codeBytes is the width of a place in the dictionary in the making.
const codeBytes = 2

// steady gives NULL rows a value that is there, so that they need no place in the
// dictionary of their own.
func steady(vals []int64, nulls []bool) {
	last := int64(0)
	for i := range vals {
		if !nulls[i] {
			last = vals[i]
			break
		}
	}
	for i := range vals {
		if nulls[i] {
			vals[i] = last
		} else {
			last = vals[i]
		}
	}
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
		b = packInts(b, w.lens, k.width)
		b = append(b, w.bytes...)
	case w.phys == page.PhysBytes && w.mode == modeCodes:
		k.enc = encCodes
		b = w.appendCodes(&k, b)
	default:
		k.enc = encInts
		if w.mode == modeClock {
			k.enc = encClock
			k.layout = w.layout()
		}
		var sum decimal.Int128
		if w.nulls == nil && w.counted == len(w.ints) {
			k.lo, k.hi, sum = w.stats.result()
		} else {
			k.lo, k.hi, sum = summary(w.ints, w.nulls)
		}
		k.width = widthOf(uint64(k.hi) - uint64(k.lo))
		if w.phys == page.PhysInt64 {
			k.total.Numbers, k.total.Sum, k.total.Lo, k.total.Hi = true, sum, k.lo, k.hi
		}
		if k.halved() {
			w.writeHalves(k, b)
			return
		}
		if k.width > 1 && w.phys == page.PhysInt64 {
			if codes, ok := w.code(b); ok {
				most := len(w.codesI.values()) - 1
				if width := widthOf(uint64(most)); width < k.width {
					k.enc, k.lo, k.hi, k.width = encCodes, 0, int64(most), width
					b = narrow(codes, len(b), width)
					break
				}
				w.dict = false
			}
		}
		b = packWords(b, w.ints, k.lo, 0, k.width)
	}
	if k.enc != encNothing {
		b = append(b, make([]byte, slack)...)
	}
	w.write(k, b)
}

// narrow leaves of the codes in b from first on so many bytes each.
func narrow(b []byte, first int, width uint8) []byte {
	if width == codeBytes {
		return b
	}
	at := first
	for i := first; i < len(b); i += codeBytes { // one byte is enough
		b[at] = b[i]
		at++
	}
	return b[:at]
}

// appendCodes appends the codes of strings.
func (w *Writer) appendCodes(k *block, b []byte) []byte {
	k.hi = int64(len(w.values) - 1)
	k.width = widthOf(uint64(k.hi))
	return packInts(b, w.codes, k.width)
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
	b = packWords(b, w.ints, k.lo, k.shift(), upperBytes)
	sums := len(b)
	b = append(b, make([]byte, 4*k.pieces()+slack)...)
	first := len(b)
	low := int(k.width) - upperBytes
	b = packWords(b, w.ints, k.lo, 0, uint8(low))
	for i := range k.pieces() {
		piece := b[first+i*pieceRows*low : first+min((i+1)*pieceRows, len(w.ints))*low]
		binary.LittleEndian.PutUint32(b[sums+4*i:], crc32.Checksum(piece, castagnoli))
	}
	b = append(b, make([]byte, slack)...)
	w.write(k, b)
}

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

// packInts appends the low width bytes of each number.
func packInts[T int32 | uint16](b []byte, v []T, width uint8) []byte {
	n := int(width)
	at := len(b)
	b = extend(b, n*len(v)+slack)
	out := b[at:]
	for _, x := range v { // each write's rest is overwritten by the next one
		binary.LittleEndian.PutUint64(out, uint64(x))
		out = out[n:]
	}
	return b[:at+n*len(v)]
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
	w.n, w.nulls, w.mode, w.any, w.lead, w.counted = 0, nil, modeStrings, false, 0, 0
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
		b = packInts(b, lens, k.width)
		b = append(b, strings.Join(w.values, "")...)
	} else {
		v := w.codesI.values()
		k.enc, k.rows = encInts, uint32(len(v))
		k.lo, k.hi, _ = summary(v, nil)
		k.width = widthOf(uint64(k.hi) - uint64(k.lo))
		b = packWords(b, v, k.lo, 0, k.width)
	}
	b = append(b, make([]byte, slack)...)
	k.at, k.size, k.sum = w.at, uint32(len(b)), crc32.Checksum(b, castagnoli)
	w.x.dict = k
	w.put(b)
	w.buf = b
}

// Discard gives the column up.
func (w *Writer) Discard() { w.w.Discard() }
