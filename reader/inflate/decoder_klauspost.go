//go:build klauspost

package inflate

// klauspost's decompressor in place of our own, for comparison and in case of
// doubt.

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

func newMember() member { return &oracle{buf: bufio.NewReaderSize(nil, inputSize)} }

type oracle struct {
	src   counter
	buf   *bufio.Reader
	z     gzip.Reader
	begun bool
	err   error
}

func (o *oracle) reset(src io.Reader) {
	o.src = counter{r: src}
	o.buf.Reset(&o.src)
	o.begun, o.err = false, nil
}

func (o *oracle) started() bool { return o.begun }

func (o *oracle) used() int64 { return o.src.n - int64(o.buf.Buffered()) }

func (o *oracle) readOnto(b []byte, end int) (int, error) { return o.read(b[end:]) }

func (o *oracle) read(p []byte) (n int, err error) {
	if o.err != nil {
		return 0, o.err
	}
	if !o.begun {
		if _, err = o.buf.Peek(1); err == nil {
			if err = o.z.Reset(o.buf); atEnd(err) {
				err = io.ErrUnexpectedEOF // a header cut short is no empty file
			}
		}
		o.begun = err == nil
	}
	if err == nil {
		n, err = o.z.Read(p)
	}
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, gzip.ErrHeader):
		err = errHeader
	case errors.Is(err, gzip.ErrChecksum):
		err = errChecksum
	case errors.As(err, &corrupt):
		err = formatError(corrupt.Error())
	}
	o.err = err
	return n, err
}
