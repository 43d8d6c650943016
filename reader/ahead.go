package reader

// ahead: decompression on a goroutine of its own, where a core has nothing else
// to do. One file a core costs least: nothing is copied, and what was
// decompressed is scanned while it is in the cache. But where there are fewer
// files left than workers, a file is decompressed and scanned at the same time.

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"sync/atomic"

	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Spare counts the goroutines that may be started, now, to help with splits that
// are being read: the workers that have nothing to do.
type Spare struct{ n atomic.Int32 }

// Add says that n workers more have nothing to do.
func (s *Spare) Add(n int) { s.n.Add(int32(n)) }

// take reports whether there was one, which then is the caller's.
func (s *Spare) take() bool {
	if s == nil {
		return false
	}
	for {
		n := s.n.Load()
		if n <= 0 {
			return false
		}
		if s.n.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

type spareKey struct{}

// WithSpare returns a context in which splits that are opened use spare workers,
// from the moment when there are any.
func WithSpare(ctx context.Context, s *Spare) context.Context {
	return context.WithValue(ctx, spareKey{}, s)
}

// aheadSize is the size of a chunk that is read ahead, the history in front of
// it included; aheadChunks are there at most, one of them at the scanner.
const (
	aheadSize   = 192 << 10
	aheadChunks = 3
)

// chunk is a piece of the stream: b[from:to], with what was read and used up to
// its end. err comes behind it.
type chunk struct {
	b           []byte
	from, to    int
	raw, stored int64
	err         error
}

// ahead is a reader of what another goroutine decompresses.
type ahead struct {
	spare *Spare
	full  chan *chunk // the last has an error
	empty chan *chunk
	stop  chan struct{}
	over  chan struct{} // closed when the goroutine has ended
	now   *chunk
	err   error

	raw, stored int64 // up to the end of the chunk at hand
}

// readAhead lets a goroutine go on with text, which gave passed last. The
// spare worker it takes is given back by Close.
func readAhead(text *inflate.Reader, spare *Spare, passed []byte) *ahead {
	a := &ahead{
		spare: spare, full: make(chan *chunk, aheadChunks), empty: make(chan *chunk, aheadChunks),
		stop: make(chan struct{}), over: make(chan struct{}),
		raw: text.Offset(), stored: text.Stored(),
	}
	for range aheadChunks {
		a.empty <- &chunk{b: make([]byte, aheadSize)}
	}
	last := append(make([]byte, 0, text.History()), passed...)
	go a.run(text, last)
	return a
}

func (a *ahead) run(text *inflate.Reader, last []byte) {
	defer close(a.over)
	defer func() {
		if r := recover(); r != nil { // the scan's own would not be seen by its worker
			a.full <- &chunk{raw: text.Offset(), err: sqlerr.New(sqlerr.GenericInternalError, "%v", r).
				WithHint("this is a bug of ionq: please report it, with the statement and what follows").
				Wrap(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))}
		}
	}()
	for {
		var c *chunk
		select {
		case c = <-a.empty:
		case <-a.stop:
			return
		}
		c.from = copy(c.b, last)
		c.to, c.err = c.from, nil
		for c.err == nil && len(c.b)-c.to > 4*inflate.OntoSlack {
			var n int
			n, c.err = text.ReadOnto(c.b, c.to)
			c.to += n
			select {
			case <-a.stop:
				return
			default:
			}
		}
		last = append(last[:0], c.b[max(0, c.to-cap(last)):c.to]...)
		c.raw, c.stored = text.Offset(), text.Stored()
		a.full <- c
		if c.err != nil {
			return
		}
	}
}

// Read implements io.Reader.
func (a *ahead) Read(p []byte) (int, error) {
	if a.err != nil {
		return 0, a.err
	}
	for a.now == nil || a.now.from == a.now.to {
		if a.now != nil {
			if a.err = a.now.err; a.err != nil {
				return 0, a.err
			}
			a.empty <- a.now
		}
		a.now = <-a.full
		a.raw, a.stored = a.now.raw, a.now.stored
	}
	n := copy(p, a.now.b[a.now.from:a.now.to])
	a.now.from += n
	return n, nil
}

// Close ends the goroutine and waits for it.
func (a *ahead) Close() {
	close(a.stop)
	<-a.over
	a.spare.Add(1)
}

// help takes a spare worker for the split, if there is one.
func (in *input) help() {
	if in.ahead != nil || in.text.History() == 0 || !in.spare.take() {
		return
	}
	in.win.Switch(func(passed []byte) io.Reader {
		in.ahead = readAhead(in.text, in.spare, passed[max(0, len(passed)-in.text.History()):])
		in.head.r = in.ahead
		return &in.head
	})
}
