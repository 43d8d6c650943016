package reader

// input: the records of one split, as text. Text is its public face.

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// windowSize is the size of the window on the decompressed bytes: with the
// page's vectors it stays in the second cache.
const windowSize = 256 << 10

// maxRecord bounds one record. DynamoDB's items end at 400 KB.
const maxRecord = 256 << 20

var windows = sync.Pool{New: func() any { b := make([]byte, windowSize); return &b }}

// input is the decompressed text of one split, in a window.
type input struct {
	file   string
	stored io.ReadCloser
	text   *inflate.Reader
	win    *ion.Window
	mem    *[]byte
	size   int   // of the window at first; 0 means windowSize, set by tests
	raw    int64 // final counters, once closed
	bytes  int64

	records int64 // taken so far
}

func (in *input) open(ctx context.Context, split Split) error {
	in.file = split.Name
	stored, err := split.Open(ctx)
	if err != nil {
		return dataError(err, split.Name)
	}
	text, err := inflate.NewReader(stored, split.Name)
	if err != nil {
		_ = stored.Close() // the format is the error to show
		return err
	}
	in.stored, in.text = stored, text
	if in.size == 0 {
		in.mem = windows.Get().(*[]byte)
		in.size = windowSize
	} else {
		small := make([]byte, in.size)
		in.mem = &small
	}
	in.win = ion.NewWindow(text, *in.mem, maxRecord)
	return nil
}

// dataError makes an error of a source a coded one.
func dataError(err error, file string) error {
	var e *sqlerr.Error
	if errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return sqlerr.New(sqlerr.HiveCannotOpenSplit, "%s", err.Error()).Wrap(err).WithData(sqlerr.Data{File: file, Offset: -1})
}

func (in *input) close() error {
	if in.win == nil {
		return nil
	}
	in.raw, in.bytes = in.text.Offset(), in.text.Stored()
	if buf := in.win.Buffer(); len(buf) >= windowSize {
		if len(buf) <= 4*windowSize { // one that grew for a huge record is not worth keeping
			*in.mem = buf
		}
		windows.Put(in.mem)
	}
	in.win, in.mem = nil, nil
	err := in.text.Close()
	if e := in.stored.Close(); err == nil && e != nil {
		err = dataError(e, in.file)
	}
	return err
}

func (in *input) stats() (raw, stored int64) {
	if in.win == nil {
		return in.raw, in.bytes
	}
	return in.text.Offset(), in.text.Stored()
}

// slide moves the window on where it has little left. It invalidates what was
// handed out.
func (in *input) slide() error {
	if !in.win.Final() && len(in.win.Data()) < in.size/4 {
		return in.more()
	}
	return nil
}

func (in *input) more() error {
	err := in.win.More()
	var long *ion.TooLongError
	if errors.As(err, &long) {
		return sqlerr.New(sqlerr.HiveCursorError, "%s", err.Error()).
			WithData(sqlerr.Data{File: in.file, Record: in.records + 1, Offset: in.win.Offset()})
	}
	return err
}

// ivm is Ion's version marker, 8 bytes.
const ivm = "$ion_1_0"

var ivmWord = func() uint64 { return ion.Load8([]byte(ivm), 0) }()

// delimit checks the next record with the whole grammar. b is its bytes, which
// begin where the window now does, or nil where a version marker was passed
// over. more is false at the end of the file.
func (in *input) delimit() (b []byte, v ion.Value, more bool, err error) {
	b, final := in.win.Data(), in.win.Final()
	if final && in.win.Err() != nil {
		final = false // the stream broke off: what is cut short is not to blame
	}
	i, err := ion.SkipSpace(b, 0, final)
	if err != nil {
		return nil, v, false, in.brokenOff(err)
	}
	in.win.Advance(i)
	b = b[i:]
	if len(b) == 0 {
		if !in.win.Final() {
			return nil, v, false, ion.ErrIncomplete
		}
		return nil, v, false, nil
	}
	if b[0] == 0xE0 && len(b) < 4 && !in.win.Final() {
		return nil, v, false, ion.ErrIncomplete
	}
	if bytes.HasPrefix(b, []byte{0xE0, 1, 0, 0xEA}) {
		return nil, v, false, &ion.SyntaxError{Msg: "binary Ion is not supported", Unsupported: true}
	}
	end, err := ion.Consume(b, 0, final)
	if err != nil {
		return nil, v, false, in.brokenOff(err)
	}
	b = b[:end]
	v = ion.ValueAt(b, 0, false)
	system, err := ion.System(b, v)
	if err != nil {
		return nil, v, false, err
	}
	if system {
		in.win.Advance(end)
		return nil, v, true, nil
	}
	return b, v, true, nil
}

// brokenOff gives the stream's own error where it ended before its time.
func (in *input) brokenOff(err error) error {
	if errors.Is(err, ion.ErrIncomplete) && in.win.Err() != nil {
		return in.win.Err()
	}
	return err
}

// place gives a record's syntax error its place.
func (in *input) place(err error) error {
	var bad *ion.SyntaxError
	if !errors.As(err, &bad) {
		return dataError(err, in.file)
	}
	code := sqlerr.HiveCursorError
	if bad.Unsupported {
		code = sqlerr.NotSupported
	}
	e := sqlerr.New(code, "%s", bad.Msg).
		WithData(sqlerr.Data{File: in.file, Record: in.records + 1, Offset: in.win.Offset() + int64(bad.Offset)})
	if in.records == 0 && in.win.Offset() == 0 {
		if what := inflate.Looks(in.win.Data()); what != "" {
			return e.WithHint("it looks like %s: compression is told from the name's suffix alone (.gz, .zst), and archives must be unpacked", what)
		}
	}
	return e
}

// Text gives the records of one split as checked Ion text: for whoever needs
// whole records rather than columns.
type Text struct{ in input }

// OpenText opens a split.
func OpenText(ctx context.Context, split Split) (*Text, error) {
	t := &Text{}
	if err := t.in.open(ctx, split); err != nil {
		return nil, err
	}
	return t, nil
}

// Next returns the next record, b[start:end], or end 0 when there is none. b is
// padded as ion.Skip wants it, and valid until the next call.
func (t *Text) Next(ctx context.Context) (b []byte, start, end int, err error) {
	in := &t.in
	for {
		b = in.win.Padded()
		last := len(b) - ion.Slack
		i := 0
		for i < last && ion.IsSpace(b[i]) {
			i++
		}
		if i+16 <= last {
			if ion.Load8(b, i) == ivmWord && ion.IsSpace(b[i+8]) {
				i += 9
			}
			if b[i] == '{' && b[i+1] != '{' {
				if end := ion.Skip(b, i); end > 0 && end <= last {
					in.records++
					in.win.Advance(end)
					return b, i, end, nil
				}
			}
		}
		rec, _, more, err := in.delimit()
		switch {
		case errors.Is(err, ion.ErrIncomplete):
			if err := ctx.Err(); err != nil {
				return nil, 0, 0, err
			}
			if err := in.more(); err != nil {
				return nil, 0, 0, err
			}
		case err != nil:
			return nil, 0, 0, in.place(err)
		case !more:
			if err := in.win.Err(); err != nil {
				return nil, 0, 0, dataError(err, in.file)
			}
			return nil, 0, 0, nil
		case rec != nil:
			in.records++
			b = in.win.Padded()
			in.win.Advance(len(rec))
			return b, 0, len(rec), nil
		}
	}
}

// Stats are the counters so far.
func (t *Text) Stats() Stats {
	raw, stored := t.in.stats()
	return Stats{BytesStored: stored, BytesRaw: raw, Records: t.in.records}
}

// Close gives the memory back.
func (t *Text) Close() error { return t.in.close() }
