package source

// Downloads. An object is read in ranges: the first by its reader, straight from
// the connection, the next ones ahead of it into buffers, of which there is a
// fixed number for all downloads together. A reader that gets no buffer streams
// the next range itself, so that readers never wait for each other. A range that
// breaks off goes on at the byte where it broke. Every request names the etag of
// the object that was listed.

import (
	"context"
	"crypto/md5" // what etags and manifests are made of
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func (b *bucket) open(ctx context.Context, o Object) (io.ReadCloser, error) {
	if o.Size <= 0 {
		return io.NopCloser(strings.NewReader("")), nil
	}
	client, err := b.cloud.s3(ctx)
	if err != nil {
		return nil, err
	}
	if rc, err := b.cloud.keep.open(b, o); rc != nil || err != nil {
		return rc, err
	}
	dctx, cancel := context.WithCancel(ctx)
	d := &download{ctx: dctx, cancel: cancel, b: b, o: o, client: client, size: o.Size, sum: md5.New()}
	// A few retries for each range are what a bad connection may need; a server
	// that gives a byte an answer must come to an end.
	d.retries = b.retrier(b.cloud.attempts, 50+16*(o.Size/b.cloud.s3o.PartSize))
	d.cur = d.rangeAt(0)
	d.cur.first = true
	if err := d.cur.open(); err != nil {
		cancel()
		err = b.fail(ctx, sqlerr.HiveCannotOpenSplit, "open", o.Key, err)
		var se *sqlerr.Error
		if errors.As(err, &se) {
			return nil, se.WithData(sqlerr.Data{File: o.Name, Offset: -1})
		}
		return nil, err
	}
	d.keep = b.cloud.keep.create(b, o)
	return d, nil
}

// download is the stream of an object. Its errors name the object and the place.
type download struct {
	ctx    context.Context
	cancel context.CancelFunc
	b      *bucket
	o      Object
	client *s3.Client
	size   int64

	at    int64          // bytes given to the reader
	next  int64          // first byte that no range has
	cur   *ranged        // streaming; nil where ahead[0] is read
	ahead []*piece       // in order
	wg    sync.WaitGroup // their goroutines

	retries *retrier
	err     error
	sum     hash.Hash
	opaque  bool // encryption makes the etag something else than an MD5
	mu      sync.Mutex
	keep    *store.Writer // nil: not kept
}

func (d *download) rangeAt(from int64) *ranged {
	d.next = min(from+d.b.cloud.s3o.PartSize, d.size)
	r := *d.retries
	return &ranged{d: d, at: from, end: d.next, retries: &r}
}

// eagerAfter is how much must have been read before ranges are fetched ahead: a
// query that wants ten rows has them by then.
const eagerAfter = 1 << 20

func (d *download) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if d.at == d.size {
			d.err = d.whole()
			return 0, d.err
		}
		if d.at >= min(eagerAfter, d.b.cloud.s3o.PartSize/2) {
			d.fetchAhead()
		}
		var n int
		var err error
		switch {
		case d.cur != nil:
			if n, err = d.cur.Read(p); errors.Is(err, io.EOF) {
				d.cur = nil
				continue
			}
		case len(d.ahead) > 0:
			if n, err = d.ahead[0].Read(p); errors.Is(err, io.EOF) {
				d.ahead[0].release()
				d.ahead = d.ahead[1:]
				continue
			}
		default:
			d.cur = d.rangeAt(d.at)
			continue
		}
		if n > 0 {
			d.at += int64(n)
			_, _ = d.sum.Write(p[:n]) // a hash takes everything
			if d.keep != nil {
				if _, werr := d.keep.Write(p[:n]); werr != nil {
					d.keep.Discard() // the user was told
					d.keep = nil
				}
			}
			return n, nil
		}
		if err != nil {
			d.err = d.broken(err)
			return 0, d.err
		}
	}
}

// broken words an error in the middle.
func (d *download) broken(err error) error {
	if d.ctx.Err() != nil {
		return d.ctx.Err()
	}
	var se *sqlerr.Error
	if errors.As(err, &se) {
		return se
	}
	reason, hint, _ := d.b.explain(err)
	if judge(err) == retry && !errors.Is(err, errTruncated) && !errors.Is(err, errStalled) {
		reason = "the download broke off: " + reason
	}
	return sqlerr.New(sqlerr.HiveCursorError, "Failed to read %s at byte %d: %s", d.o.Name, d.at, reason).
		Wrap(err).WithHint("%s", hint).WithData(sqlerr.Data{File: d.o.Name, Offset: -1})
}

// whole checks what has arrived and publishes it. It returns io.EOF where all is
// well.
func (d *download) whole() error {
	sum := d.sum.Sum(nil)
	bad := func(by string) error {
		d.discard()
		return sqlerr.New(sqlerr.HiveCursorError, "What arrived of %s is not what %s promises: its MD5 is %x", d.o.Name, by, sum).
			WithHint("run the query again; if it stays so, the object was altered where it lies, or on its way").
			WithData(sqlerr.Data{File: d.o.Name, Offset: -1})
	}
	d.mu.Lock()
	opaque := d.opaque
	d.mu.Unlock()
	if d.o.MD5 != "" && d.o.MD5 != base64.StdEncoding.EncodeToString(sum) {
		return bad("the manifest")
	}
	if !opaque && !ETagFits(d.o.ETag, sum) {
		return bad("its etag")
	}
	if d.keep != nil {
		_ = d.keep.Commit() // the user was told
		d.keep = nil
	}
	return io.EOF
}

// ETagFits compares an etag with an MD5. An object that was uploaded in one go
// has its MD5 as its etag, one uploaded as a single part, as DynamoDB does it,
// the MD5 of its MD5; nothing is known of others.
func ETagFits(etag string, sum []byte) bool {
	base, parts, multi := strings.Cut(strings.ToLower(etag), "-")
	if raw, err := hex.DecodeString(base); err != nil || len(raw) != md5.Size {
		return true
	}
	switch {
	case !multi:
		return base == hex.EncodeToString(sum)
	case parts == "1":
		again := md5.Sum(sum)
		return base == hex.EncodeToString(again[:])
	}
	return true
}

// ETagIsSum reports whether ETagFits can tell right from wrong.
func ETagIsSum(etag string) bool {
	base, parts, multi := strings.Cut(etag, "-")
	raw, err := hex.DecodeString(base)
	return err == nil && len(raw) == md5.Size && (!multi || parts == "1")
}

func (d *download) discard() {
	if d.keep != nil {
		d.keep.Discard()
		d.keep = nil
	}
}

// Close ends the download; nothing of it goes on.
func (d *download) Close() error {
	d.cancel()
	if d.cur != nil {
		d.cur.close()
	}
	d.wg.Wait()
	for _, p := range d.ahead {
		p.release()
	}
	d.ahead = nil
	d.discard()
	if d.err == nil {
		d.err = io.ErrClosedPipe
	}
	return nil
}

// fetchAhead starts the ranges that there are buffers for.
func (d *download) fetchAhead() {
	c := d.b.cloud
	for d.next < d.size && len(d.ahead) < c.s3o.Ahead {
		select {
		case c.buffers <- struct{}{}:
		default:
			return
		}
		buf, _ := c.free.Get().(*[]byte)
		if buf == nil {
			b := make([]byte, c.s3o.PartSize)
			buf = &b
		}
		r := d.rangeAt(d.next)
		p := &piece{c: c, buf: buf, size: int(r.end - r.at)}
		p.more.L = &p.mu
		d.ahead = append(d.ahead, p)
		d.wg.Go(func() { p.fill(r) })
	}
}

// piece is a range on its way into a buffer.
type piece struct {
	c    *cloud
	buf  *[]byte
	size int

	mu   sync.Mutex
	more sync.Cond
	have int
	err  error

	at int // read so far
}

func (p *piece) fill(r *ranged) {
	defer r.close()
	for at := 0; at < p.size; {
		n, err := r.Read((*p.buf)[at:p.size])
		at += n
		p.mu.Lock()
		p.have, p.err = at, err
		p.more.Broadcast()
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
	// The end of the answer: what it checks, it checks there.
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		p.mu.Lock()
		p.err = err
		p.more.Broadcast()
		p.mu.Unlock()
	}
}

func (p *piece) Read(b []byte) (int, error) {
	if p.at == p.size {
		return 0, io.EOF
	}
	p.mu.Lock()
	for p.have == p.at && p.err == nil {
		p.more.Wait()
	}
	have, err := p.have, p.err
	p.mu.Unlock()
	if have == p.at {
		return 0, err
	}
	n := copy(b, (*p.buf)[p.at:have])
	p.at += n
	return n, nil
}

// release gives the buffer back. The goroutine that fills it has ended, or ends
// before anybody else can have it: fill is over when all has been read.
func (p *piece) release() {
	if p.buf == nil {
		return
	}
	p.c.free.Put(p.buf)
	p.buf = nil
	<-p.c.buffers
}

// ranged reads the bytes [at, end) of an object, over as many answers as it
// takes.
type ranged struct {
	d       *download
	at, end int64
	retries *retrier

	first bool // of the object, read by its reader

	body  io.ReadCloser
	watch *watchdog
	skip  int64 // bytes of this answer that come before at
	all   bool  // the answer is the whole object, whatever was asked for
}

// open gets an answer, if there is none.
func (r *ranged) open() error {
	for r.body == nil {
		if err := r.try(); err != nil {
			if err := r.retries.again(r.d.ctx, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *ranged) try() error {
	d, c := r.d, r.d.b.cloud
	in := &s3.GetObjectInput{Bucket: &d.b.name, Key: &d.o.Key, RequestPayer: d.b.payer()}
	if d.o.ETag != "" {
		// An object that was replaced since it was listed is another object.
		in.IfMatch = aws.String(`"` + d.o.ETag + `"`)
	}
	part := r.at > 0 || r.end < d.size
	if part {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", r.at, r.end-1))
	}
	ctx, watch := d.b.watch(d.ctx)
	c.count.gets.Add(1)
	out, err := d.client.GetObject(ctx, in, d.b.options)
	watch.asleep()
	if err != nil {
		err = watch.cause(err)
		watch.done()
		return err
	}
	if err := r.check(out, part); err != nil {
		watch.done()
		_ = out.Body.Close() // it is not wanted
		return err
	}
	r.body, r.watch = out.Body, watch
	return nil
}

// check holds the head of an answer against what was asked for.
func (r *ranged) check(out *s3.GetObjectOutput, part bool) error {
	d := r.d
	// Some servers do not know If-Match.
	if etag := unquote(aws.ToString(out.ETag)); etag != "" && d.o.ETag != "" && etag != d.o.ETag {
		return errChanged
	}
	switch out.ServerSideEncryption {
	case "", types.ServerSideEncryptionAes256:
	default:
		d.mu.Lock()
		d.opaque = true
		d.mu.Unlock()
	}
	if out.SSECustomerAlgorithm != nil {
		d.mu.Lock()
		d.opaque = true
		d.mu.Unlock()
	}
	r.skip, r.all = 0, false
	want := d.size
	if got := aws.ToString(out.ContentRange); got != "" {
		var from, to, size int64
		if _, err := fmt.Sscanf(got, "bytes %d-%d/%d", &from, &to, &size); err != nil || !part || from != r.at || to != r.end-1 {
			return fmt.Errorf("%w: it has range %q where %d-%d was asked for", errNotS3, got, r.at, r.end-1)
		}
		if size != d.size {
			return &lengthError{want: d.size, got: size}
		}
		want = r.end - r.at
	} else {
		r.skip, r.all = r.at, true // the server knows no ranges
		if r.first && len(d.ahead) == 0 {
			r.end, d.next = d.size, d.size
		}
	}
	if n := aws.ToInt64(out.ContentLength); out.ContentLength != nil && n >= 0 && n != want {
		return &lengthError{want: want, got: n}
	}
	return nil
}

func (r *ranged) close() {
	if r.body != nil {
		r.watch.done()
		_ = r.body.Close() // nothing more is wanted of it
		r.body, r.watch = nil, nil
	}
}

func (r *ranged) Read(p []byte) (int, error) {
	for {
		if r.at == r.end && r.body == nil {
			return 0, io.EOF
		}
		if err := r.open(); err != nil {
			return 0, err
		}
		n, err := r.fromBody(p)
		if n > 0 {
			r.retries.progress()
			return n, nil
		}
		if err == nil {
			continue
		}
		r.close()
		if r.at == r.end {
			if errors.Is(err, io.EOF) || r.harmless(err) {
				return 0, io.EOF
			}
			return 0, err
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errTruncated
		}
		if err := r.retries.again(r.d.ctx, err); err != nil {
			return 0, err
		}
	}
}

// harmless reports whether an error after the last byte does no harm: all bytes
// are there, and only the end of the connection is not.
func (r *ranged) harmless(err error) bool {
	return r.d.ctx.Err() == nil && !strings.Contains(err.Error(), "checksum")
}

// fromBody reads from the answer at hand, under watch. At the end of the range
// it reads on to the answer's end: the connection can be used again then, and
// checksums are compared there.
func (r *ranged) fromBody(p []byte) (int, error) {
	r.watch.awake()
	defer r.watch.asleep()
	c := &r.d.b.cloud.count
	for r.skip > 0 {
		var waste [8 << 10]byte
		n, err := r.body.Read(waste[:min(r.skip, int64(len(waste)))])
		r.skip -= int64(n)
		c.bytes.Add(int64(n))
		if n == 0 && err != nil {
			return 0, r.watch.cause(err)
		}
		r.watch.awake()
	}
	if r.at == r.end {
		var end [1]byte
		if r.all && r.end < r.d.size {
			return 0, io.EOF // the rest is not this range's
		}
		n, err := r.body.Read(end[:])
		if n > 0 {
			return 0, io.EOF // what is longer than it says is cut; the MD5 tells the rest
		}
		return 0, r.watch.cause(err)
	}
	if rest := r.end - r.at; int64(len(p)) > rest {
		p = p[:rest]
	}
	n, err := r.body.Read(p)
	r.at += int64(n)
	c.bytes.Add(int64(n))
	return n, r.watch.cause(err)
}
