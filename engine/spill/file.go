package spill

// Temporary files of pages.
//
// Where the system allows it (not on Windows) a file loses its name as soon as it
// is open, so that nothing is left however the process ends. Elsewhere it is
// removed when it is closed, and what a killed process has left is removed by the
// next one that spills or starts: a file that a living process holds open cannot
// be removed there, and where it can, that does no harm. So no process needs to
// know of another.

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/klauspost/compress/s2"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

const (
	prefix = "ionq-"
	suffix = ".spill"
)

// Space is where a query's temporary files go. Nil is the system's folder.
type Space struct {
	in      *Space // the space that this one is a part of
	dir     string
	sweep   sync.Once
	written atomic.Int64
	create  func(dir string) (Store, error)
}

// Store is what a temporary file must do.
type Store interface {
	WriteAt(p []byte, off int64) (int, error)
	ReadAt(p []byte, off int64) (int, error)
	Close() error
}

// NewSpace returns a space in a folder; empty is the system's folder for
// temporary files.
func NewSpace(dir string) *Space { return NewSpaceWith(dir, createTemporary) }

// NewSpaceWith is NewSpace with another way to make files; for tests.
func NewSpaceWith(dir string, create func(dir string) (Store, error)) *Space {
	return &Space{dir: dir, create: create}
}

// Within returns a part of the space whose writing is counted by itself, too.
func (s *Space) Within() *Space {
	for s != nil && s.in != nil {
		s = s.in
	}
	if s == nil {
		return NewSpace("")
	}
	return &Space{in: s, dir: s.dir, create: s.create}
}

func (s *Space) folder() string {
	if s == nil || s.dir == "" {
		return os.TempDir()
	}
	return s.dir
}

// Written is how many bytes were written so far.
func (s *Space) Written() int64 {
	if s == nil {
		return 0
	}
	return s.written.Load()
}

// Sweep removes what killed processes have left in the folder.
func (s *Space) Sweep() {
	left, err := filepath.Glob(filepath.Join(s.folder(), prefix+"*"+suffix))
	if err != nil {
		return
	}
	for _, name := range left {
		_ = os.Remove(name) // in use by another process
	}
}

// SweepAtStart is Sweep where files of killed processes can stay behind.
func (s *Space) SweepAtStart() {
	if runtime.GOOS == "windows" {
		s.Sweep()
	}
}

// temporary is a file that ends with its last use.
type temporary struct {
	*os.File
	named bool
}

func (t *temporary) Close() error {
	err := t.File.Close()
	if t.named {
		if e := os.Remove(t.Name()); err == nil {
			err = e
		}
	}
	return err
}

func createTemporary(dir string) (Store, error) {
	f, err := os.CreateTemp(dir, prefix+strconv.Itoa(os.Getpid())+"-*"+suffix)
	if err != nil {
		return nil, err
	}
	t := &temporary{File: f, named: true}
	if runtime.GOOS != "windows" {
		if err := os.Remove(f.Name()); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.named = false // the name is gone, the file stays until it is closed
		}
	}
	return t, nil
}

// File is one temporary file of pages. Writing and reading are safe for
// concurrent use; the file comes into being with the first page.
type File struct {
	s    *Space
	mu   sync.Mutex
	f    Store
	end  int64
	done bool
}

// File returns a file that is not there yet.
func (s *Space) File() *File { return &File{s: s} }

// Chunk is a page in a File.
type Chunk struct {
	off    int64
	stored int // bytes in the file
	Rows   int
	Size   int64 // about the bytes that the page takes in memory
}

// Write appends rows from..to-1 of columns as one chunk.
func (f *File) Write(cols []*page.Vector, from, to int) (Chunk, error) {
	mem := buffers.Get().(*buffer)
	defer buffers.Put(mem)
	mem.raw = mem.raw[:0]
	for _, v := range cols {
		mem.raw = appendVector(mem.raw, v, from, to)
	}
	if n := s2.MaxEncodedLen(len(mem.raw)); n < 0 {
		return Chunk{}, sqlerr.New(sqlerr.ExceededLocalMemoryLimit, "a row of %s is too large to be put on disk", Format(int64(len(mem.raw))))
	} else if cap(mem.packed) < n {
		mem.packed = make([]byte, n)
	}
	out := s2.Encode(mem.packed[:cap(mem.packed)], mem.raw)
	c := Chunk{stored: len(out), Rows: to - from, Size: int64(len(mem.raw))}
	for _, v := range cols {
		if v.Phys == page.PhysBytes {
			c.Size += 15 * int64(to-from)
		}
	}
	store, off, err := f.reserve(int64(len(out)))
	if err == nil {
		c.off = off
		_, err = store.WriteAt(out, off)
	}
	if err != nil {
		return Chunk{}, f.s.failed(err)
	}
	if f.s != nil {
		f.s.written.Add(int64(len(out)))
		if f.s.in != nil {
			f.s.in.written.Add(int64(len(out)))
		}
	}
	return c, nil
}

// reserve makes room at the end of the file.
func (f *File) reserve(n int64) (Store, int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done {
		return nil, 0, fs.ErrClosed
	}
	if f.f == nil {
		create := createTemporary
		if f.s != nil {
			f.s.sweep.Do(f.s.Sweep)
			create = f.s.create
		}
		var err error
		if f.f, err = create(f.s.folder()); err != nil {
			return nil, 0, err
		}
	}
	off := f.end
	f.end += n
	return f.f, off, nil
}

// failed words what went wrong with a temporary file.
func (s *Space) failed(err error) error {
	if errors.Is(err, syscall.ENOSPC) || diskFull(err) {
		return sqlerr.New(sqlerr.OutOfSpillSpace, "no space left for temporary files in folder %s", s.folder()).Wrap(err).
			WithHint("--temp-dir names another folder, --memory lets a query hold more in memory")
	}
	return sqlerr.New(sqlerr.GenericSpillFailure, "temporary files in folder %s: %v", s.folder(), err).Wrap(err)
}

// Read returns a chunk's columns, whose types are ts. They share nothing with
// anything else.
func (f *File) Read(c Chunk, ts []types.Type) ([]*page.Vector, error) {
	mem := buffers.Get().(*buffer)
	defer buffers.Put(mem)
	if cap(mem.packed) < c.stored {
		mem.packed = make([]byte, c.stored)
	}
	in := mem.packed[:c.stored]
	if _, err := f.f.ReadAt(in, c.off); err != nil {
		return nil, f.s.failed(err)
	}
	raw, err := s2.Decode(nil, in) // fresh memory: strings stay in it
	if err != nil {
		return nil, f.s.failed(err)
	}
	d := decoder{b: raw}
	cols := make([]*page.Vector, len(ts))
	for k, t := range ts {
		cols[k] = d.vector(t, c.Rows)
	}
	if d.bad {
		return nil, f.s.failed(errors.New("what was read back is not what was written"))
	}
	return cols, nil
}

// Close removes the file.
func (f *File) Close() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = true
	if f.f == nil {
		return nil
	}
	s := f.f
	f.f = nil
	if err := s.Close(); err != nil {
		return f.s.failed(err)
	}
	return nil
}

// buffer is memory for one chunk on its way.
type buffer struct{ raw, packed []byte }

var buffers = sync.Pool{New: func() any { return &buffer{} }}
