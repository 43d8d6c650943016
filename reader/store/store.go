// Package store is the cache folder: what was costly to get or to compute, kept
// between runs, and never needed for a right answer.
//
//	s := store.Open(store.Options{Warn: warn})      // never fails; s may be off
//	defer s.Close()
//	objects := s.Space("objects")
//	if e, ok := objects.Open(key); ok { defer e.Close(); io.Copy(w, e) }
//	w := objects.Create(key, size)                  // nil where nothing is kept
//	_, err = w.Write(p) ... ; err = w.Commit()      // or w.Discard()
//	text, ok := s.Space("listings").Get(key); s.Space("listings").Put(key, text)
//
// What holds:
//
//   - An entry is there whole or not at all: it is written under another name and
//     renamed. Its key, length and CRC-32C stand at its end, so that a file that a
//     crash or a bad disk left short or altered is told from a good one. Small
//     entries (Get) are checked before they are given, long ones (Open) as they are
//     read, at the end.
//   - Several processes may use one folder at once. They never wait for each other:
//     the last one to publish an entry wins, and readers keep the file that they
//     have open.
//   - All entries together stay within a limit; the ones that were not used for the
//     longest time go first. The time of last use is the file's mtime.
//   - What a killed process left half-written is removed by the next one.
//   - A folder that is not there, not writable or full turns keeping off, with one
//     warning, and is no error.
//
// Layout: DIR/<space>/<2 hex>/<62 hex> are entries, named by the SHA-256 of their
// key; DIR/tmp/<random>/ holds what a process is writing, DIR/tmp/<random>.lock is
// locked as long as that process lives. The data starts at byte 0 of an entry, so
// that it can be mapped into memory.
package store

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options configure a Store.
type Options struct {
	// Dir is the folder; empty means Dir().
	Dir string
	// Limit is how many bytes all entries may take; 0 means DefaultLimit, or
	// half of what the disk could give where that is less.
	Limit int64
	// Warn receives at most one message: why nothing is kept. May be nil.
	Warn func(msg string)
}

// DefaultLimit is the size limit where none is set.
const DefaultLimit = 10 << 30

// abandoned is the age of a lock file at which its process is taken for dead,
// where the file system has no locks.
const abandoned = 7 * 24 * time.Hour

// touchAfter is how old an entry's mtime must be for a use to renew it.
var touchAfter = time.Minute

// Dir is the cache folder of this user: $IONQ_CACHE_DIR, else ionq below the
// user's cache folder ($XDG_CACHE_HOME or ~/.cache on Linux, ~/Library/Caches on
// macOS, %LocalAppData% on Windows). The error says why there is none.
func Dir() (string, error) {
	if d := os.Getenv("IONQ_CACHE_DIR"); d != "" {
		return filepath.Abs(d)
	}
	d, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(d, "ionq"), nil
}

// Store is a cache folder. A nil Store is one that is off. Methods are safe for
// concurrent use.
type Store struct {
	dir   string
	limit int64
	warn  func(string)

	start sync.Once // removes leftovers

	mu     sync.Mutex
	off    bool // nothing is kept any more; what is there can still be read
	warned bool
	// session is this process's folder below tmp; its lock file is held open.
	session string
	lock    *os.File
	// used is what the entries took when they were last counted, and what was
	// added since; fresh is the latter alone.
	used, fresh int64
	counted     bool
}

// Open returns a Store. It touches no file: the folder is made when the first
// entry is kept.
func Open(opt Options) *Store {
	s := &Store{dir: opt.Dir, limit: opt.Limit, warn: opt.Warn}
	if s.dir == "" {
		dir, err := Dir()
		if err != nil {
			s.off = true // no $HOME: a container, a service. Nothing to warn of
		}
		s.dir = dir
	}
	return s
}

// Dir is the folder; empty where there is none.
func (s *Store) Dir() string {
	if s == nil {
		return ""
	}
	return s.dir
}

// Close removes what this process was writing. Entries stay.
func (s *Store) Close() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.off, s.warned = true, true
	if s.lock == nil {
		return nil
	}
	err := errors.Join(os.RemoveAll(s.session), s.lock.Close(), os.Remove(s.session+".lock"))
	s.lock, s.session = nil, ""
	return err
}

// fail turns keeping off. It says so once.
func (s *Store) fail(doing string, err error) {
	s.mu.Lock()
	s.off = true
	warn := s.warn
	if s.warned {
		warn = nil
	}
	s.warned = true
	s.mu.Unlock()
	if warn != nil {
		warn(fmt.Sprintf("Nothing is kept in the cache folder %s any more: cannot %s: %v", s.dir, doing, err))
	}
}

// Space is a namespace of entries.
type Space struct {
	s    *Store
	name string
}

// Space returns a namespace. Names are plain words.
func (s *Store) Space(name string) *Space { return &Space{s, name} }

// On reports whether entries are read at all.
func (p *Space) On() bool { return p != nil && p.s != nil && p.s.dir != "" }

func (p *Space) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	h := hex.EncodeToString(sum[:])
	return filepath.Join(p.s.dir, p.name, h[:2], h[2:])
}

// An entry ends with its key and this: CRC-32C of the data, CRC-32C of the key
// and the lengths, length of the data, length of the key, magic.
const (
	footerLen = 4 + 4 + 8 + 4 + 8
	magic     = "ionqkv01"
	maxKey    = 64 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func footer(key string, size int64, sum uint32) []byte {
	b := append([]byte(nil), key...)
	at := len(b)
	b = binary.LittleEndian.AppendUint32(b, sum)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(key)))
	b = append(b, magic...)
	binary.LittleEndian.PutUint32(b[at+4:], crc32.Checksum(b, castagnoli))
	return b
}

// readFooter reads and checks the end of an entry.
func readFooter(f *os.File) (key string, size int64, sum uint32, ok bool) {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() < footerLen {
		return
	}
	end := make([]byte, footerLen)
	if _, err := f.ReadAt(end, info.Size()-footerLen); err != nil || string(end[20:]) != magic {
		return
	}
	size, keyLen := int64(binary.LittleEndian.Uint64(end[8:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if keyLen > maxKey || size < 0 || size != info.Size()-footerLen-keyLen {
		return
	}
	all := make([]byte, keyLen+footerLen)
	if _, err := f.ReadAt(all, size); err != nil {
		return
	}
	at := keyLen + 4
	want := binary.LittleEndian.Uint32(all[at:])
	binary.LittleEndian.PutUint32(all[at:], 0)
	if crc32.Checksum(all, castagnoli) != want {
		return
	}
	return string(all[:keyLen]), size, binary.LittleEndian.Uint32(all[keyLen:]), true
}

// Entry is an open entry. It reads the data from its start; the last Read fails
// where the data is not what was kept.
type Entry struct {
	Key  string
	Size int64

	f    *os.File
	path string
	want uint32
	sum  uint32
	at   int64
}

// ErrAltered is what reading an entry gives whose bytes are not those that were
// kept. The entry is removed.
var ErrAltered = errors.New("the kept copy is not as it was written; it was removed")

// Open opens an entry, and counts as a use of it.
func (p *Space) Open(key string) (*Entry, bool) {
	if !p.On() {
		return nil, false
	}
	p.s.begin()
	name := p.path(key)
	f, err := os.Open(name)
	if err != nil {
		return nil, false
	}
	k, size, sum, ok := readFooter(f)
	if !ok || k != key {
		_ = f.Close()
		_ = os.Remove(name) // of no use to anybody; if it stays, it is refused again
		return nil, false
	}
	if info, err := f.Stat(); err == nil && time.Since(info.ModTime()) > touchAfter {
		_ = os.Chtimes(name, time.Time{}, time.Now()) // a read-only folder has no order of use
	}
	return &Entry{Key: key, Size: size, f: f, path: name, want: sum}, true
}

// File is the entry's file, for ReadAt and mapping; the data are its first Size
// bytes. It is valid until Close, also when the entry is evicted meanwhile.
func (e *Entry) File() *os.File { return e.f }

func (e *Entry) Read(p []byte) (int, error) {
	if e.at == e.Size {
		return 0, io.EOF
	}
	if rest := e.Size - e.at; int64(len(p)) > rest {
		p = p[:rest]
	}
	n, err := e.f.Read(p)
	e.sum = crc32.Update(e.sum, castagnoli, p[:n])
	e.at += int64(n)
	switch {
	case err == io.EOF, err == nil && e.at == e.Size && e.sum != e.want:
		e.drop()
		return 0, ErrAltered
	}
	return n, err
}

func (e *Entry) drop() { _ = os.Remove(e.path) } // if it stays, it is refused again

// Close closes the entry.
func (e *Entry) Close() error { return e.f.Close() }

// Get returns a small entry's data, checked.
func (p *Space) Get(key string) ([]byte, bool) {
	e, ok := p.Open(key)
	if !ok {
		return nil, false
	}
	defer e.Close()
	data := make([]byte, e.Size)
	if _, err := io.ReadFull(e.f, data); err != nil || crc32.Checksum(data, castagnoli) != e.want {
		e.drop()
		return nil, false
	}
	return data, true
}

// Put keeps a small entry. That it could not be kept is no error of the caller's:
// the user was warned.
func (p *Space) Put(key string, data []byte) {
	w := p.Create(key, int64(len(data)))
	if w == nil {
		return
	}
	if _, err := w.Write(data); err != nil {
		w.Discard()
		return
	}
	w.small = true
	_ = w.Commit() // reported by the store
}

// Delete removes an entry.
func (p *Space) Delete(key string) {
	if p.On() {
		_ = os.Remove(p.path(key)) // not there, or to be refused or replaced later
	}
}

// Writer writes an entry. Nobody sees it before Commit.
type Writer struct {
	p     *Space
	f     *os.File
	key   string
	sum   uint32
	n     int64
	small bool // not worth an fsync: its reader checks all of it
	parts bool // see PartsChecked
}

// Create starts an entry of about size bytes (-1 if unknown). It returns nil
// where nothing is kept: the store is off, or the entry larger than the limit.
func (p *Space) Create(key string, size int64) *Writer {
	if !p.On() || len(key) > maxKey {
		return nil
	}
	s := p.s
	s.begin()
	dir, err := s.enter()
	if err != nil {
		s.fail("write to it", err)
		return nil
	}
	if dir == "" || size > s.limitNow() {
		return nil
	}
	f, err := os.CreateTemp(dir, p.name+"-*")
	if err != nil {
		s.fail("write to it", err)
		return nil
	}
	return &Writer{p: p, f: f, key: key}
}

func (w *Writer) Write(b []byte) (int, error) {
	n, err := w.f.Write(b)
	if !w.parts {
		w.sum = crc32.Update(w.sum, castagnoli, b[:n])
	}
	w.n += int64(n)
	if err != nil {
		w.p.s.fail("write to it", err)
	}
	return n, err
}

// PartsChecked says that who reads the entry, by File, checks each part before he
// believes it. So it need not be on the disk before it is published, and has no
// checksum of its own: Read refuses it.
func (w *Writer) PartsChecked() { w.small, w.parts = true, true }

// Size is how many bytes were written.
func (w *Writer) Size() int64 { return w.n }

// Discard gives the entry up.
func (w *Writer) Discard() {
	if w.f == nil {
		return
	}
	_ = w.f.Close()
	_ = os.Remove(w.f.Name()) // if it stays, the next start removes it
	w.f = nil
}

// Commit publishes the entry. Its error is for those who want to know: the user
// has been told, and the entry is not there.
func (w *Writer) Commit() error {
	if w.f == nil {
		return os.ErrClosed
	}
	s := w.p.s
	err := w.commit()
	if err != nil {
		w.Discard()
		s.fail("write to it", err)
		return err
	}
	w.f = nil
	s.added(w.n + int64(len(w.key)) + footerLen)
	return nil
}

func (w *Writer) commit() error {
	if _, err := w.f.Write(footer(w.key, w.n, w.sum)); err != nil {
		return err
	}
	if !w.small {
		// A rename can reach the disk before the data does; a long entry is only
		// found out when it has been read to its end.
		if err := w.f.Sync(); err != nil {
			return err
		}
	}
	if err := w.f.Close(); err != nil {
		return err
	}
	to := w.p.path(w.key)
	err := os.Rename(w.f.Name(), to)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(to), 0o700); err == nil {
			err = os.Rename(w.f.Name(), to)
		}
	}
	if err != nil && runtime.GOOS == "windows" {
		if _, serr := os.Stat(to); serr == nil {
			// A file that somebody has open cannot be replaced there: the entry
			// that is there does as well.
			return os.Remove(w.f.Name())
		}
	}
	return err
}

// begin removes what killed processes left. It runs once, before the first use.
func (s *Store) begin() {
	s.start.Do(func() {
		tmp := filepath.Join(s.dir, "tmp")
		list, err := os.ReadDir(tmp)
		if err != nil {
			return // not there yet, or unreadable: then writing will tell
		}
		for _, d := range list {
			name := filepath.Join(tmp, d.Name())
			if base, ok := strings.CutSuffix(name, ".lock"); ok {
				if f := takeOver(name); f != nil {
					_ = os.RemoveAll(base) // what stays is tried again at the next start
					_ = f.Close()
					_ = os.Remove(name)
				}
			} else if _, err := os.Lstat(name + ".lock"); errors.Is(err, fs.ErrNotExist) {
				_ = os.RemoveAll(name) // the lock is made before the folder
			}
		}
	})
}

// enter returns this process's folder for what it writes, "" where it keeps
// nothing.
func (s *Store) enter() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.off || s.session != "" {
		if s.off {
			return "", nil
		}
		return s.session, nil
	}
	tmp := filepath.Join(s.dir, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return "", err
	}
	for range 10 {
		session := filepath.Join(tmp, strings.ToLower(rand.Text()))
		f, err := holdLock(session + ".lock")
		if err != nil {
			return "", err
		}
		if f == nil {
			continue // another process took it for a leftover just now
		}
		if err := os.Mkdir(session, 0o700); err != nil {
			return "", errors.Join(err, f.Close(), os.Remove(session+".lock"))
		}
		s.session, s.lock = session, f
		return session, nil
	}
	return "", errors.New("its lock files vanish")
}

// limitNow is the limit in force.
func (s *Store) limitNow() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limit > 0 {
		return s.limit
	}
	s.limit = DefaultLimit
	if free, ok := freeBytes(s.dir); ok {
		if !s.counted {
			s.count()
		}
		s.limit = min(s.limit, (free+s.used)/2)
	}
	return s.limit
}

// added notes a new entry, and evicts old ones where there is too much.
func (s *Store) added(n int64) {
	limit := s.limitNow()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used += blocks(n)
	s.fresh += n
	// Other processes add as well, so that one counts again from time to time.
	if s.counted && s.used <= limit && s.fresh < limit/32 {
		return
	}
	s.evict(s.count(), limit)
}

// blocks is what a file takes on disk, roughly.
func blocks(n int64) int64 { return (n + 4095) &^ 4095 }

// file is an entry on disk.
type file struct {
	path string
	size int64
	used time.Time
}

// count finds all entries. s.mu is held.
func (s *Store) count() []file {
	all := s.files("")
	s.used, s.fresh, s.counted = 0, 0, true
	for _, f := range all {
		s.used += blocks(f.size)
	}
	return all
}

// files finds the entries of a space, or of all.
func (s *Store) files(space string) []file {
	var out []file
	spaces, err := os.ReadDir(s.dir)
	if err != nil {
		return nil
	}
	for _, sp := range spaces {
		if !sp.IsDir() || sp.Name() == "tmp" || space != "" && sp.Name() != space {
			continue
		}
		top := filepath.Join(s.dir, sp.Name())
		fans, err := os.ReadDir(top)
		if err != nil {
			continue
		}
		for _, fan := range fans {
			if len(fan.Name()) != 2 || !fan.IsDir() {
				continue
			}
			list, err := os.ReadDir(filepath.Join(top, fan.Name()))
			if err != nil {
				continue
			}
			for _, d := range list {
				info, err := d.Info()
				if err != nil || !info.Mode().IsRegular() || len(d.Name()) != 62 {
					continue // evicted by somebody else just now; not ours
				}
				out = append(out, file{filepath.Join(top, fan.Name(), d.Name()), info.Size(), info.ModTime()})
			}
		}
	}
	return out
}

// evict removes the entries that were not used for the longest time until a
// tenth of the limit is free. s.mu is held.
func (s *Store) evict(all []file, limit int64) {
	if s.used <= limit {
		return
	}
	slices.SortFunc(all, func(a, b file) int { return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.path, b.path)) })
	for _, f := range all {
		if s.used <= limit-limit/10 {
			return
		}
		if os.Remove(f.path) == nil { // one that is open on Windows stays
			s.used -= blocks(f.size)
		}
	}
}

// Info tells of an entry.
type Info struct {
	Space string
	Key   string
	Size  int64     // of the data
	Used  time.Time // last use, to the minute
}

// List lists the entries of a space, or of all ("" ), the last used first.
func (s *Store) List(space string) []Info {
	if s == nil || s.dir == "" {
		return nil
	}
	s.begin()
	var out []Info
	for _, e := range s.files(space) {
		f, err := os.Open(e.path)
		if err != nil {
			continue // evicted just now
		}
		key, size, _, ok := readFooter(f)
		_ = f.Close()
		if ok {
			out = append(out, Info{Space: filepath.Base(filepath.Dir(filepath.Dir(e.path))), Key: key, Size: size, Used: e.used})
		}
	}
	slices.SortFunc(out, func(a, b Info) int {
		return cmp.Or(b.Used.Compare(a.Used), cmp.Compare(a.Space, b.Space), cmp.Compare(a.Key, b.Key))
	})
	return out
}

// Usage is what a space takes.
type Usage struct {
	Space   string
	Entries int
	Bytes   int64 // on disk
}

// Stat sums up the spaces, by name, and gives the limit in force.
func (s *Store) Stat() ([]Usage, int64) {
	if s == nil || s.dir == "" {
		return nil, 0
	}
	s.begin()
	by := map[string]*Usage{}
	for _, f := range s.files("") {
		name := filepath.Base(filepath.Dir(filepath.Dir(f.path)))
		if by[name] == nil {
			by[name] = &Usage{Space: name}
		}
		by[name].Entries++
		by[name].Bytes += blocks(f.size)
	}
	var out []Usage
	for _, u := range by {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b Usage) int { return cmp.Compare(a.Space, b.Space) })
	return out, s.limitNow()
}

// Clear removes the entries of a space, or of all (""), and says how many and
// how large they were.
func (s *Store) Clear(space string) (n int, bytes int64, err error) {
	if s == nil || s.dir == "" {
		return 0, 0, nil
	}
	s.begin()
	for _, f := range s.files(space) {
		rerr := os.Remove(f.path)
		switch {
		case rerr == nil:
			n++
			bytes += blocks(f.size)
		case !errors.Is(rerr, fs.ErrNotExist) && err == nil:
			err = rerr
		}
	}
	s.mu.Lock()
	s.counted = false
	s.mu.Unlock()
	return n, bytes, err
}
