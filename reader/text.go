package reader

// input: the records of one split, as text. Text is its public face.

import (
	"context"
	"errors"
	"io"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/transcode"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// windowSize is the size of the window on the decompressed bytes: with the
// page's vectors it stays in the second cache.
const windowSize = 256 << 10

// maxRecord bounds one record. DynamoDB's items end at 400 KB.
const maxRecord = transcode.MaxRecord

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

	head    head  // of the decompressed bytes
	records int64 // taken so far

	// plain makes the text of a stream that the scanner does not read as it is,
	// and win is then a window on that text. asked tells that the stream is one,
	// and that the window has not been changed yet.
	plain *transcode.Reader
	asked func(*ion.Window, transcode.Options) *transcode.Reader
	check func() error // of the scan's context

	maxRatio int64

	spare *Spare // nil: none
	ahead *ahead // what reads text now, or nil
}

func (in *input) open(ctx context.Context, split Split) error {
	in.file, in.check = split.Name, ctx.Err
	stored, err := split.Open(ctx)
	if err != nil {
		return dataError(err, split.Name)
	}
	text, err := inflate.NewReader(stored, split.Name)
	if err != nil {
		_ = stored.Close() // the format is the error to show
		return err
	}
	text.LimitRatio(inflate.MaxRatio(ctx))
	in.stored, in.text, in.maxRatio = stored, text, inflate.MaxRatio(ctx)
	if in.size == 0 {
		in.mem = windows.Get().(*[]byte)
		in.size = windowSize
	} else {
		small := make([]byte, in.size)
		in.mem = &small
	}
	in.spare, _ = ctx.Value(spareKey{}).(*Spare)
	in.head.r = text
	in.win = ion.NewWindow(&in.head, *in.mem, maxRecord)
	if split.DynamoDBJSON {
		in.asked = transcode.DynamoDB
	}
	return nil
}

// head keeps the first bytes that are read, to say what they look like where they
// are not what they should be.
type head struct {
	r io.Reader
	b []byte
}

// headLen is enough for a tar's mark, at 257.
const headLen = 262

func (h *head) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.keep(p[:n])
	return n, err
}

func (h *head) keep(p []byte) {
	if len(h.b) < headLen {
		h.b = append(h.b, p[:min(len(p), headLen-len(h.b))]...)
	}
}

// History and ReadOnto are those of what is read, if it has them.
func (h *head) History() int {
	if onto, ok := h.r.(ion.Onto); ok {
		return onto.History()
	}
	return 0
}

func (h *head) ReadOnto(b []byte, end int) (int, error) {
	n, err := h.r.(ion.Onto).ReadOnto(b, end)
	h.keep(b[end : end+n])
	return n, err
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
	if in.ahead != nil {
		in.ahead.Close()
	}
	in.raw, in.bytes = in.progress()
	in.ahead = nil
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
	return in.progress()
}

// progress is what was read and what of the stored bytes was used for it.
func (in *input) progress() (raw, stored int64) {
	if in.ahead != nil {
		return in.ahead.raw, in.ahead.stored
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
	if in.asked != nil {
		in.translate()
		return nil
	}
	if in.plain == nil {
		in.help()
	}
	if err := in.win.More(); err != nil {
		return in.place(err)
	}
	if in.plain != nil {
		in.plain.Forget(in.win.Offset())
	}
	return nil
}

// translate puts a window on the stream's plain text in the place of the window
// on the stream.
func (in *input) translate() {
	in.plain = in.asked(in.win, transcode.Options{Check: in.check, MaxRatio: in.maxRatio})
	in.win, in.asked = ion.NewWindow(in.plain, make([]byte, len(*in.mem)), maxRecord), nil
}

// offset is the place in the decompressed bytes of an offset of the window's
// stream.
func (in *input) offset(at int64) int64 {
	if in.plain == nil {
		return at
	}
	return in.plain.Source(at)
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
		// The stream broke off: what is cut short is not to blame.
		final = in.plain != nil && in.plain.Whole()
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
		if in.plain != nil { // a fault of the stream is one of this record
			return nil, v, false, in.win.Err()
		}
		return nil, v, false, nil
	}
	if b[0] == transcode.Marker[0] && in.win.Offset() == 0 {
		if len(b) < 4 && !final {
			return nil, v, false, in.brokenOff(ion.ErrIncomplete)
		}
		if len(b) < 4 || b[3] == transcode.Marker[3] {
			in.asked = transcode.Binary
			return nil, v, false, ion.ErrIncomplete
		}
	}
	end, err := ion.Consume(b, 0, final)
	if err != nil {
		return nil, v, false, in.brokenOff(err)
	}
	b = b[:end]
	v = ion.ValueAt(b, 0, false)
	switch kind, err := ion.System(b, v); {
	case err != nil:
		return nil, v, false, err
	case kind == ion.Data:
		return b, v, true, nil
	case kind == ion.Table:
		var s ion.Symbols
		if err := s.Table(b, v); err != nil {
			return nil, v, false, err
		}
		if s.Any() {
			in.asked = transcode.Resolve
			return nil, v, false, ion.ErrIncomplete
		}
	}
	in.win.Advance(end)
	return nil, v, true, nil
}

// brokenOff gives the stream's own error where it ended before its time.
func (in *input) brokenOff(err error) error {
	if errors.Is(err, ion.ErrIncomplete) && in.win.Err() != nil {
		return in.win.Err()
	}
	return err
}

// inRecord adds to an error of the bytes themselves (a cut gzip stream, a bad
// checksum) the record that was being read.
func (in *input) inRecord(err error) error {
	var e *sqlerr.Error
	if errors.As(err, &e) && e.Code == sqlerr.HiveCursorError && e.Data != nil && e.Data.Record == 0 {
		e.Data.Record = in.records + 1
	}
	return err
}

// place gives an error of the record at hand its place.
func (in *input) place(err error) error {
	var coded *sqlerr.Error
	if errors.As(err, &coded) {
		return in.inRecord(err)
	}
	at := in.offset(in.win.Offset())
	var bad *ion.SyntaxError
	var long *ion.TooLongError
	var source *transcode.Error
	code := sqlerr.HiveCursorError
	switch {
	case errors.As(err, &bad):
		if bad.Unsupported {
			code = sqlerr.NotSupported
		}
		at = in.offset(in.win.Offset() + int64(bad.Offset))
	case !errors.As(err, &long) && !errors.As(err, &source):
		return dataError(err, in.file)
	}
	if errors.As(err, &source) {
		at = source.Offset
	}
	e := sqlerr.New(code, "%s", err.Error()).Wrap(err).WithData(sqlerr.Data{File: in.file, Record: in.records + 1, Offset: at})
	if ratio := (*inflate.RatioError)(nil); errors.As(err, &ratio) {
		return e.WithHint("%s", inflate.RatioHint)
	}
	if base := path.Base(filepath.ToSlash(in.file)); strings.HasPrefix(base, "manifest-") {
		return e.WithHint("it is a manifest of an export: LOCATION is too high, the data files lie in the data/ folder below it")
	}
	if what := inflate.Looks(in.head.b); what != "" {
		return e.WithHint("it looks like %s: compression is told from the name's suffix alone (.gz, .zst), and archives must be unpacked", what)
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
				return nil, 0, 0, in.place(err)
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
