// Package proven holds data files against the MD5s that a manifest promises, and
// remembers which were proven: a file is hashed once, not once for each query.
//
//	p := proven.New(s.Space(proven.Space))        // of the cache folder; nil remembers in this process alone
//	split.Open = p.Open(file.Object, want)        // hashed while it is read
//	err := p.Prove(ctx, file.Object, want)        // hashed now, unless it was before
//
// A file is known by its identity: its name, size and times, and where the file
// system has them its device, inode and time of change; an object of S3 by
// bucket, key and etag. A file with another identity is hashed again. Bits that
// rot on the medium change no identity: `ionq verify` therefore asks no memory.
package proven

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"

	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Sum is an MD5.
type Sum [md5.Size]byte

// ParseSum reads a manifest's md5Checksum: base64 of the MD5 of the stored bytes
// (semantics 1.3). ok is false where it is none.
func ParseSum(s string) (sum Sum, ok bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) != md5.Size {
		return sum, false
	}
	copy(sum[:], b)
	return sum, true
}

func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// Base64 is the sum as manifests write it.
func (s Sum) Base64() string { return base64.StdEncoding.EncodeToString(s[:]) }

// ETag is the etag that S3 gives an object of these bytes which was uploaded in
// one part: the MD5 of the MD5, and the number of parts (semantics 1.3).
func (s Sum) ETag() string { return fmt.Sprintf("%x-1", md5.Sum(s[:])) }

// Prover hashes and remembers. It is safe for concurrent use.
type Prover struct {
	kept *store.Space // nil: nothing is kept beyond this process

	mu    sync.Mutex
	known map[string]Sum // by identity
}

// Space is the name of the cache folder's namespace for proven sums: an entry a
// file, identity to MD5. Entries are atomic, and shared by processes.
const Space = "proven-md5"

// New returns a Prover. kept may be nil.
func New(kept *store.Space) *Prover { return &Prover{kept: kept, known: map[string]Sum{}} }

// settle is how old a file's last change must be for its identity to be trusted:
// one that is changed twice within a tick of the clock has the same times before
// and after. Two seconds is the coarsest tick in use (FAT).
var settle = 2 * time.Second

// isKnown reports whether the file of that identity was hashed to sum before.
func (p *Prover) isKnown(id source.Identity, sum Sum) bool {
	if id.Key == "" {
		return false
	}
	p.mu.Lock()
	was, ok := p.known[id.Key]
	p.mu.Unlock()
	if ok || !p.kept.On() {
		return ok && was == sum
	}
	b, ok := p.kept.Get(id.Key)
	return ok && string(b) == string(sum[:])
}

// Remember notes that the file behind rc, opened from o at start, was hashed to
// sum. id is what it was when it was opened.
func (p *Prover) Remember(id source.Identity, o source.Object, rc io.Reader, sum Sum, start time.Time) {
	if id.Key == "" || !id.Changed.IsZero() && start.Sub(id.Changed) < settle || source.IdentityOf(o, rc).Key != id.Key {
		return
	}
	p.mu.Lock()
	was, known := p.known[id.Key]
	p.known[id.Key] = sum
	p.mu.Unlock()
	if p.kept.On() && (!known || was != sum) {
		p.kept.Put(id.Key, sum[:])
	}
}

// Open returns a function that opens o's stored bytes. Where they are not proven
// yet they are hashed while they are read, and in place of the end of a file that
// does not have the sum comes an error. Who stops before the end learns nothing:
// see Prove.
func (p *Prover) Open(o source.Object, want Sum) func(context.Context) (io.ReadCloser, error) {
	return func(ctx context.Context) (io.ReadCloser, error) {
		start := time.Now()
		rc, err := o.Open(ctx)
		if err != nil {
			return nil, err
		}
		id := source.IdentityOf(o, rc)
		if p.isKnown(id, want) {
			return rc, nil
		}
		return &stream{ReadCloser: rc, p: p, o: o, want: want, id: id, start: start, h: md5.New()}, nil
	}
}

// stream hashes what is read.
type stream struct {
	io.ReadCloser
	p     *Prover
	o     source.Object
	want  Sum
	id    source.Identity
	start time.Time
	h     hash.Hash
	err   error // sticky
}

func (s *stream) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.ReadCloser.Read(b)
	_, _ = s.h.Write(b[:n]) // a hash takes everything
	if err == io.EOF {      //nolint:errorlint // io.EOF itself: an error that wraps it is a broken connection
		var got Sum
		s.h.Sum(got[:0])
		if got != s.want {
			err = Mismatch(s.o, s.want, got)
		} else {
			s.p.Remember(s.id, s.o, s.ReadCloser, got, s.start)
		}
	}
	if err != nil {
		s.err = err
	}
	return n, err
}

// Mismatch is the error for a file that does not have its promised MD5.
func Mismatch(o source.Object, want, got Sum) *sqlerr.Error {
	return sqlerr.New(sqlerr.ExportNotAsPromised, "%s does not have the MD5 that the manifest promises: it has %s, promised is %s", o.Name, got, want).
		WithData(sqlerr.Data{File: o.Name, Offset: -1}).
		WithHint("bytes of the file were changed after it was written, or it was not copied whole; fetch it again")
}

// Prove hashes o's stored bytes, unless they were proven before.
func (p *Prover) Prove(ctx context.Context, o source.Object, want Sum) error {
	rc, err := p.Open(o, want)(ctx)
	if err != nil {
		return err
	}
	if s, ok := rc.(*stream); ok {
		_, err = Drain(ctx, s)
	}
	if cerr := rc.Close(); err == nil {
		err = cerr
	}
	return err
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 256<<10); return &b }}

// Drain reads r to its end and returns the number of bytes. It sees ctx.
func Drain(ctx context.Context, r io.Reader) (int64, error) {
	b := buffers.Get().(*[]byte)
	defer buffers.Put(b)
	var n int64
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		k, err := r.Read(*b)
		n += int64(k)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
