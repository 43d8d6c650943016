package ion

// Window: a slice of an Ion stream that slides and grows.
//
//	buf:  |  passed  |  data at hand          | zero slack |   free    |
//	      0        start                     end      end+Slack   len(buf)
//
// Invariant: start <= end, end+Slack <= len(buf), and buf[end:end+Slack] is zero.

import (
	"errors"
	"fmt"
	"io"
)

// Window is a sliding view of a reader's bytes. What it hands out is valid until
// the next call of More.
type Window struct {
	r          io.Reader
	buf        []byte
	start, end int
	base       int64 // offset in the stream of buf[0]
	err        error // io.EOF or the reader's error, once met
	max        int

	onto    Onto // r, where it is one and the buffer large enough
	history int  // passed bytes that onto wants to be kept
}

// Onto is a reader that decompresses to where its bytes are wanted, without a
// copy, if what it gave before still lies there: see inflate.Reader.
type Onto interface {
	History() int
	ReadOnto(b []byte, end int) (int, error)
}

// ontoMin is the least size of a buffer that an Onto can use: the better part of
// it must be new after each More. ontoRoom is the least room for it to go on,
// more than what it may leave.
const (
	ontoMin  = 128 << 10
	ontoRoom = 4 << 10
)

// TooLongError tells that a record is longer than the window may grow.
type TooLongError struct{ Max int }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("a record is longer than the limit of %d bytes", e.Max)
}

// NewWindow returns a Window on r that uses buf, and grows to at most most bytes
// of data. Nothing is read yet.
func NewWindow(r io.Reader, buf []byte, most int) *Window {
	if len(buf) < 4*Slack {
		buf = make([]byte, 4*Slack)
	}
	clear(buf[:Slack])
	w := &Window{r: r, buf: buf, max: most}
	if onto, ok := r.(Onto); ok && onto.History() > 0 && len(buf) >= ontoMin {
		w.onto, w.history = onto, onto.History()
	}
	return w
}

// Switch lets another reader go on. to is told what the present one gave last,
// as far as it is still there.
func (w *Window) Switch(to func(passed []byte) io.Reader) {
	w.r = to(w.buf[:w.end])
	w.onto, w.history = nil, 0
}

// Data returns the bytes at hand.
func (w *Window) Data() []byte { return w.buf[w.start:w.end] }

// Padded returns the bytes at hand with Slack zero bytes behind them.
func (w *Window) Padded() []byte { return w.buf[w.start : w.end+Slack] }

// Advance passes over n bytes.
func (w *Window) Advance(n int) { w.start += n }

// Offset is the offset in the stream of the first byte at hand.
func (w *Window) Offset() int64 { return w.base + int64(w.start) }

// Whole returns the whole buffer up to the padding, of which Padded is the
// rest from start on, and the offset in the stream of its first byte. Offsets in
// it stay valid until the next call of More, whatever Advance does.
func (w *Window) Whole() (b []byte, start int, base int64) {
	return w.buf[:w.end+Slack], w.start, w.base
}

// Final reports whether no more bytes will come.
func (w *Window) Final() bool { return w.err != nil }

// Err returns the error that ended the stream, or nil where that was its end.
func (w *Window) Err() error {
	if errors.Is(w.err, io.EOF) {
		return nil
	}
	return w.err
}

// Buffer returns the memory, for another Window to use after this one.
func (w *Window) Buffer() []byte { return w.buf }

// More moves the bytes at hand to the front and reads until the buffer is full;
// where it already is, the buffer grows first. The error is *TooLongError;
// errors of the reader come with Err.
func (w *Window) More() error {
	room := 1
	if w.onto != nil {
		room = ontoRoom
	}
	if from := min(w.start, max(0, w.end-w.history)); from > 0 {
		copy(w.buf, w.buf[from:w.end])
		w.base += int64(from)
		w.start -= from
		w.end -= from
	}
	if w.end+room+Slack > len(w.buf) {
		if w.end-w.start >= w.max {
			return &TooLongError{w.max}
		}
		size := min(2*len(w.buf), w.start+w.max+room+Slack)
		bigger := make([]byte, size)
		copy(bigger, w.buf[:w.end])
		w.buf = bigger
	}
	limit := len(w.buf) - Slack
	for idle := 0; w.end+room <= limit && w.err == nil; {
		var n int
		if w.onto != nil {
			n, w.err = w.onto.ReadOnto(w.buf[:limit], w.end)
		} else {
			n, w.err = w.r.Read(w.buf[w.end:limit])
		}
		w.end += n
		if n > 0 {
			idle = 0
		} else if idle++; idle > 100 && w.err == nil {
			w.err = io.ErrNoProgress
		}
	}
	clear(w.buf[w.end : w.end+Slack])
	return nil
}
