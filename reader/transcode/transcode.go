// Package transcode turns the Ion streams that the scanner does not read as they
// are into plain Ion text: binary Ion (Binary), and text whose symbols are ids of
// local symbol tables (Resolve). What it gives holds no symbol table and no id but
// $0, one top-level value a line, in the spelling of DynamoDB's exports; so every
// rule and every error of the text reader holds for such streams too.
//
// Both are io.Readers that read from an ion.Window and keep nothing but the value
// at hand: a length that a stream claims costs memory only as its bytes arrive.
// Both check what they read; errors are *Error, with the place in the source.
package transcode

import (
	"errors"
	"io"
	"sort"

	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/reader/ion"
)

// Error is a fault of a source stream.
type Error struct {
	Offset int64 // in the source
	Err    error // *ion.SyntaxError, *ion.TooLongError, *inflate.RatioError
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Options tune a Reader.
type Options struct {
	// MaxRatio bounds how many times longer than its source the text may be, once
	// it is longer than inflate.FreeBytes: symbols of a megabyte that are named a
	// million times are no data. 0 means no bound.
	MaxRatio int64
	// Check is called now and then and may end the work with an error.
	Check func() error
}

// MaxRecord bounds the text of one top-level value.
const MaxRecord = 256 << 20

// A Reader gives plain text.
type Reader struct {
	step  func() error // appends to out; io.EOF at the end
	src   *ion.Window
	opt   Options
	out   []byte // not yet read
	taken int    // of out
	base  int64  // offset in the text of out[0]
	begin int64  // offset in the source of its first byte
	err   error

	partial  bool // the text ends inside a value
	verbatim bool // between two marks the text is that of the source

	// marks tell where places of the text come from, ascending. Where there are
	// too many, every other one goes: places are then less exact, never wrong by
	// more than the record.
	marks []mark
	every int64 // bytes of text between marks
}

type mark struct{ to, from int64 }

// maxMarks bounds the memory of a Reader's marks.
const maxMarks = 1 << 16

func newReader(src *ion.Window, opt Options) *Reader {
	return &Reader{src: src, opt: opt, begin: src.Offset(), marks: []mark{{0, src.Offset()}}}
}

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	for r.taken == len(r.out) {
		if r.err != nil {
			return 0, r.err
		}
		r.base += int64(len(r.out))
		r.out, r.taken = r.out[:0], 0
		for n := -1; r.err == nil && len(r.out) > n && len(r.out) < batch; { // until a batch is full, or a step gives nothing
			n = len(r.out)
			r.err = r.step()
		}
		if r.err == nil {
			r.err = r.checkRatio()
		}
	}
	n := copy(p, r.out[r.taken:])
	r.taken += n
	return n, nil
}

func (r *Reader) checkRatio() error {
	made := r.base + int64(len(r.out))
	if r.opt.MaxRatio <= 0 || made < inflate.FreeBytes {
		return nil
	}
	if read := r.src.Offset() - r.begin; made/r.opt.MaxRatio > read {
		return &Error{r.src.Offset(), &inflate.RatioError{Max: r.opt.MaxRatio}}
	}
	return nil
}

// mark notes that the text that is appended next comes from offset from.
func (r *Reader) mark(from int64) { r.markAt(r.base+int64(len(r.out)), from) }

func (r *Reader) markAt(to, from int64) {
	if last := r.marks[len(r.marks)-1]; to-last.to < r.every {
		return
	}
	if len(r.marks) >= maxMarks {
		kept := r.marks[:0]
		for i, m := range r.marks {
			if i%2 == 0 {
				kept = append(kept, m)
			}
		}
		r.marks = kept
		r.every = max(2*r.every, 16)
	}
	r.marks = append(r.marks, mark{to, from})
}

// unmark forgets the marks behind the text made so far: it was taken back.
func (r *Reader) unmark() {
	for end := r.base + int64(len(r.out)); len(r.marks) > 1 && r.marks[len(r.marks)-1].to > end; {
		r.marks = r.marks[:len(r.marks)-1]
	}
}

// Source tells which offset of the source an offset of the text comes from. It
// must not lie before what was last given to Forget.
func (r *Reader) Source(to int64) int64 {
	k := sort.Search(len(r.marks), func(k int) bool { return r.marks[k].to > to })
	if k == 0 {
		return r.begin
	}
	m := r.marks[k-1]
	if !r.verbatim {
		return m.from
	}
	from := m.from + to - m.to
	if k < len(r.marks) {
		from = min(from, r.marks[k].from)
	}
	return from
}

// Whole tells of a text that ended with an error whether it ends behind a whole
// value.
func (r *Reader) Whole() bool { return !r.partial }

// Forget tells that nobody will ask for places before an offset of the text.
func (r *Reader) Forget(to int64) {
	k := sort.Search(len(r.marks), func(k int) bool { return r.marks[k].to > to })
	if k > 1 {
		r.marks = r.marks[:copy(r.marks, r.marks[k-1:])]
		if len(r.marks) < maxMarks/4 {
			r.every /= 2
		}
	}
}

// more reads on. It is an error of the source, or of its stream.
func (r *Reader) more() error {
	if r.opt.Check != nil {
		if err := r.opt.Check(); err != nil {
			return err
		}
	}
	if err := r.src.More(); err != nil {
		return &Error{r.src.Offset(), err}
	}
	return nil
}

// Resolve returns a Reader of the text stream in src, whose next byte begins a
// top-level value or what stands between two.
func Resolve(src *ion.Window, opt Options) *Reader {
	t := &resolver{Reader: newReader(src, opt)}
	t.verbatim = true
	t.step = t.record
	return t.Reader
}

// resolver replaces symbol ids by their text.
type resolver struct {
	*Reader
	symbols ion.Symbols
}

// record takes one top-level value.
func (t *resolver) record() error {
	for {
		b, final := t.src.Data(), t.src.Final()
		if t.src.Err() != nil {
			final = false // the stream broke off: what is cut short is not to blame
		}
		end, err := t.value(b, final)
		switch {
		case err == nil:
			t.src.Advance(end)
			return nil
		case errors.Is(err, io.EOF):
			return io.EOF
		case !errors.Is(err, ion.ErrIncomplete):
			at := t.src.Offset()
			var bad *ion.SyntaxError
			if errors.As(err, &bad) {
				at += int64(bad.Offset)
			}
			return &Error{at, err}
		case t.src.Final():
			return t.src.Err()
		}
		if err := t.more(); err != nil {
			return err
		}
	}
}

// value takes the value at the beginning of b and returns the offset behind it.
func (t *resolver) value(b []byte, final bool) (end int, err error) {
	i, err := ion.SkipSpace(b, 0, final)
	if err != nil {
		return 0, err
	}
	if i > 0 { // long comments need not stay in the window
		t.src.Advance(i)
		b, i = b[i:], 0
	}
	if len(b) == 0 {
		if final {
			return 0, io.EOF
		}
		return 0, ion.ErrIncomplete
	}
	if end, err = ion.ConsumeWith(b, i, final, &t.symbols); err != nil {
		return 0, err
	}
	at := t.src.Offset()
	start := len(t.out)
	t.mark(at)
	defer func() {
		if len(t.out) == start {
			t.unmark()
		}
	}()
	// The ids of a symbol table are those of the table before it.
	t.out, err = t.symbols.AppendResolved(t.out, b[:end], MaxRecord, func(to, from int) {
		t.markAt(t.base+int64(to), at+int64(from))
	})
	if err != nil {
		t.out = t.out[:start]
		return 0, err
	}
	rec := t.out[start:]
	first, _ := ion.SkipSpace(rec, 0, true)
	v := ion.ValueAt(rec, first, false)
	kind, err := ion.System(rec, v)
	if err == nil {
		switch kind {
		case ion.Data:
			t.out = append(t.out, '\n')
			return end, nil
		case ion.Marker:
			t.symbols.Reset()
		case ion.Table:
			err = t.symbols.Table(rec, v)
		}
	}
	var bad *ion.SyntaxError
	if errors.As(err, &bad) {
		bad.Offset = int(t.Source(t.base+int64(start+bad.Offset)) - at)
	}
	t.out = t.out[:start]
	return end, err
}
