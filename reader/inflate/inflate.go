// Package inflate turns the stored bytes of a data file into the text that the
// scanner reads. How a file is compressed follows from its name's suffix alone,
// as in Hadoop's CompressionCodecFactory (semantics 1.4): gzipped bytes under
// another name are read as they are, and plain text named .gz is an error.
//
// Errors name the file and the place: sqlerr's Data.Offset is the offset in the
// decompressed stream, and the message has the offset in the stored file.
package inflate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Codec is a way of storing bytes.
type Codec uint8

// The codecs that can be read.
const (
	Plain Codec = iota
	Gzip
	Zstd
)

func (c Codec) String() string { return [...]string{"plain", "gzip", "zstd"}[c] }

// refused are the suffixes that Athena knows and ionq does not read.
var refused = map[string]string{
	".bz2": "bzip2", ".snappy": "Snappy", ".deflate": "zlib", ".lz4": "LZ4", ".lzo": "LZO",
}

// CodecOf tells the codec from a file's name or URL. The suffix must be in lower
// case, as Hadoop compares it. The error is HIVE_UNSUPPORTED_FORMAT.
func CodecOf(name string) (Codec, error) {
	suffix := path.Ext(name)
	switch suffix {
	case ".gz":
		return Gzip, nil
	case ".zst":
		return Zstd, nil
	}
	if algorithm, ok := refused[suffix]; ok {
		return Plain, sqlerr.New(sqlerr.HiveUnsupportedFormat, "%s compression is not supported: %s", algorithm, name).
			WithHint("ionq reads gzip (.gz), zstd (.zst) and uncompressed files")
	}
	return Plain, nil
}

// Reader reads the decompressed bytes of one file. It is not safe for
// concurrent use, and starts no goroutine.
type Reader struct {
	name  string
	codec Codec
	in    counter
	gz    member // nil until the first Read
	buf   *bufio.Reader
	zst   *zstd.Decoder
	off   int64
	err   error // sticky, io.EOF included

	stored int64 // what Stored tells where no decoder does

	maxRatio int64
}

// member decompresses gzip: *gunzip, or *oracle with -tags klauspost.
type member interface {
	reset(src io.Reader)
	// readOnto is Reader.ReadOnto, and read Reader.Read, but for the words of
	// errors. Both may give nothing without an error.
	readOnto(b []byte, end int) (int, error)
	read(p []byte) (int, error)
	used() int64   // stored bytes
	started() bool // whether a first header was read
}

// counter counts and keeps apart the errors of what lies below: a failing disk
// or connection is no corrupt file.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !atEnd(err) {
		c.err = err
	}
	return n, err
}

// storedBuffer is the size of the window on the stored bytes of zstd data.
const storedBuffer = 256 << 10

// The decoders are worth pooling: each has some 100 KiB of tables and buffers,
// and an export can have thousands of small files.
var (
	buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, storedBuffer) }}
	gzips   = sync.Pool{New: func() any { return newMember() }}
	zstds   sync.Pool // of *zstd.Decoder
)

// NewReader returns a Reader of r, the stored bytes of the file called name.
// name decides the codec and is what errors call the file. A gzip file may have
// several members, and may be empty: no bytes at all read as no bytes.
//
// Nothing is read before the first call of Read. Close gives the Reader's
// memory back; it does not close r.
func NewReader(r io.Reader, name string) (*Reader, error) {
	codec, err := CodecOf(name)
	if err != nil {
		return nil, err
	}
	return &Reader{name: name, codec: codec, in: counter{r: r}}, nil
}

// Offset is the number of decompressed bytes read so far.
func (r *Reader) Offset() int64 { return r.off }

// Stored is the number of stored bytes used so far, as far as they can be told
// apart from those that are only buffered.
func (r *Reader) Stored() int64 {
	switch {
	case r.gz != nil:
		return r.gz.used()
	case r.buf != nil:
		return r.in.n - int64(r.buf.Buffered())
	}
	return r.stored
}

// Read reads decompressed bytes. After io.EOF or an error it returns the same
// for ever; an error other than io.EOF is an *sqlerr.Error, unless it comes from
// a cancelled context. Bytes returned together with an error are good.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 && r.err == nil {
		return 0, nil
	}
	return r.take(func() (int, error) { return r.gz.read(p) }, p)
}

// History is how much ReadOnto wants to see of what it gave before.
func (r *Reader) History() int {
	if r.codec == Gzip {
		return history
	}
	return 0
}

// ReadOnto reads decompressed bytes to b[end:] and returns how many, like Read.
// It saves the copy that Read makes, if b[:end] ends with the bytes that it gave
// last, History of them if there were so many; it panics if they cannot be there.
// It may stop up to OntoSlack bytes before b's end, and write there nonetheless;
// it needs more room than that. A Reader is read with Read or with ReadOnto, not
// with both.
func (r *Reader) ReadOnto(b []byte, end int) (int, error) {
	return r.take(func() (int, error) { return r.gz.readOnto(b, end) }, b[end:])
}

// OntoSlack is how much room ReadOnto may leave.
const OntoSlack = outputSlack

// take gives bytes by gz, or to p.
func (r *Reader) take(gz func() (int, error), p []byte) (n int, err error) {
	for n == 0 && r.err == nil {
		switch {
		case r.codec == Plain:
			n, err = r.in.Read(p)
			r.stored = r.in.n
		case r.gz != nil:
			n, err = gz()
		case r.zst != nil:
			n, err = r.zst.Read(p)
		default:
			err = r.open()
		}
		r.off += int64(n)
		if err == nil && r.off > FreeBytes {
			err = r.checkRatio()
		}
		if err != nil {
			r.err = err
			if !atEnd(err) {
				r.err = r.explain(err)
			}
		}
		if r.codec == Plain {
			break // it may give nothing
		}
	}
	return n, r.err
}

// open gets a decoder. io.EOF means that the file is empty.
func (r *Reader) open() error {
	if r.codec == Gzip {
		r.gz = gzips.Get().(member)
		r.gz.reset(&r.in)
		return nil
	}
	r.buf = buffers.Get().(*bufio.Reader)
	r.buf.Reset(&r.in)
	if _, err := r.buf.Peek(1); err != nil {
		return err
	}
	d, ok := zstds.Get().(*zstd.Decoder)
	if !ok {
		var err error
		// One decoder without concurrency decodes on the caller's goroutine.
		if d, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20)); err != nil {
			panic("BUG: inflate: " + err.Error())
		}
	}
	r.zst = d
	return d.Reset(r.buf)
}

// explain puts an error of the decoder or of the source into words.
func (r *Reader) explain(err error) error {
	stored := r.Stored()
	code, msg, hint := sqlerr.HiveCursorError, "", ""
	var corrupt formatError
	var ratio *RatioError
	switch {
	case errors.As(err, &ratio):
		msg, hint = r.name+": "+err.Error(), RatioHint
	case r.in.err != nil:
		err = r.in.err
		var e *sqlerr.Error
		if errors.As(err, &e) || isCancel(err) {
			return err
		}
		msg = fmt.Sprintf("Failed to read %s at byte %d: %v", r.name, stored, err)
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		msg = fmt.Sprintf("%s is truncated: its %s data ends at byte %d, in the middle of a stream", r.name, r.codec, stored)
		hint = "the file was not copied whole; fetch it again"
	case errors.Is(err, errChecksum) || errors.Is(err, zstd.ErrCRCMismatch):
		msg = fmt.Sprintf("%s is corrupt: the checksum of its %s data is wrong (found at byte %d of the file)", r.name, r.codec, stored)
		hint = "bytes of the file were changed after it was written; fetch it again"
	case errors.Is(err, errHeader) && !r.gz.started() || errors.Is(err, zstd.ErrMagicMismatch) && r.off == 0:
		code = sqlerr.HiveCannotOpenSplit
		msg = fmt.Sprintf("%s is not a %s file although its name says so", r.name, r.codec)
		hint = "compression is told from the name's suffix alone; a plain file must not end in " + suffixOf(r.name)
	case errors.Is(err, errHeader) || errors.Is(err, zstd.ErrMagicMismatch):
		msg = fmt.Sprintf("%s has bytes after the end of its %s data (at byte %d) that start no further member", r.name, r.codec, stored)
	case errors.As(err, &corrupt):
		msg = fmt.Sprintf("%s is corrupt: invalid %s data near byte %d: %s", r.name, r.codec, stored, corrupt)
		hint = "bytes of the file were changed after it was written; fetch it again"
	default:
		msg = fmt.Sprintf("%s is corrupt: invalid %s data near byte %d: %v", r.name, r.codec, stored, err)
	}
	e := sqlerr.New(code, "%s", msg).WithData(sqlerr.Data{File: r.name, Offset: r.off}).Wrap(err)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	return e
}

// atEnd reports whether err is io.EOF itself. An error that merely wraps it, such
// as a connection's that broke off, must not pass for the end of the file.
func atEnd(err error) bool {
	return err == io.EOF //nolint:errorlint // see above
}

// isCancel reports whether err is a context's: such an error passes unchanged,
// so that a cancelled query ends as cancelled and not as a broken file.
func isCancel(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func suffixOf(name string) string { return name[strings.LastIndexByte(name, '.'):] }

// Close gives the Reader's memory back. Further calls of Read fail.
func (r *Reader) Close() error {
	r.stored = r.Stored()
	if r.gz != nil {
		r.gz.reset(nil) // drops the reference to the stored bytes
		gzips.Put(r.gz)
		r.gz = nil
	}
	if r.zst != nil {
		// Resetting to nothing drops the reference to the stored bytes.
		if r.zst.Reset(nil) == nil {
			zstds.Put(r.zst)
		}
		r.zst = nil
	}
	if r.buf != nil {
		r.buf.Reset(nil)
		buffers.Put(r.buf)
		r.buf = nil
	}
	if r.err == nil || atEnd(r.err) {
		r.err = errClosed
	}
	return nil
}

var errClosed = errors.New("BUG: inflate: read after Close")
