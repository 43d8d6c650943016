package store

// Tests of the cache folder: what is kept is given back or not at all, whatever
// other processes, crashes, full disks and flipped bits do.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, opt Options) *Store {
	t.Helper()
	if opt.Warn == nil {
		opt.Warn = func(msg string) { t.Errorf("warning: %s", msg) }
	}
	s := Open(opt)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// files lists what lies below a folder.
func files(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			out = append(out, name)
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}

func TestPutGet(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	s := open(t, Options{Dir: dir})
	a, b := s.Space("a"), s.Space("b")
	if _, ok := a.Get("k"); ok {
		t.Error("an entry out of nothing")
	}
	if len(files(t, filepath.Dir(filepath.Dir(dir)))) != 0 {
		t.Error("a look made files")
	}
	for i := range 50 {
		a.Put(fmt.Sprint("key ", i), bytes.Repeat([]byte{byte(i)}, i*100))
	}
	a.Put("key 7", []byte("again"))
	b.Put("key 7", []byte("elsewhere"))
	b.Put("empty", nil)
	other := open(t, Options{Dir: dir})
	for i := range 50 {
		want := bytes.Repeat([]byte{byte(i)}, i*100)
		if i == 7 {
			want = []byte("again")
		}
		if got, ok := other.Space("a").Get(fmt.Sprint("key ", i)); !ok || !bytes.Equal(got, want) {
			t.Errorf("key %d: %d bytes, %v", i, len(got), ok)
		}
	}
	if got, ok := b.Get("key 7"); !ok || string(got) != "elsewhere" {
		t.Errorf("%q %v", got, ok)
	}
	if got, ok := b.Get("empty"); !ok || len(got) != 0 {
		t.Errorf("%q %v", got, ok)
	}
	b.Delete("key 7")
	if _, ok := b.Get("key 7"); ok {
		t.Error("deleted, and there")
	}
	usage, limit := other.Stat()
	if len(usage) != 2 || usage[0].Space != "a" || usage[0].Entries != 50 || usage[1].Entries != 1 || limit <= 0 || limit > DefaultLimit {
		t.Errorf("%+v, limit %d", usage, limit)
	}
	if list := s.List("a"); len(list) != 50 || list[0].Space != "a" || !strings.HasPrefix(list[0].Key, "key ") {
		t.Errorf("%d entries", len(list))
	}
	if n, size, err := s.Clear("a"); n != 50 || size < 50*49/2*100 || err != nil {
		t.Errorf("cleared %d, %d bytes: %v", n, size, err)
	}
	if list := s.List(""); len(list) != 1 || list[0].Space != "b" {
		t.Errorf("%+v", list)
	}
}

// TestWriter: nothing is there before Commit, and nothing after Discard.
func TestWriter(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir()})
	p := s.Space("objects")
	w := p.Create("x", 10)
	if _, err := w.Write([]byte("hello ")); err != nil {
		t.Fatal(err)
	}
	if _, ok := p.Open("x"); ok {
		t.Error("there before Commit")
	}
	if _, err := w.Write([]byte("world")); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err != nil || w.Size() != 11 {
		t.Fatal(err)
	}
	w.Discard() // of no effect any more
	e, ok := p.Open("x")
	if !ok || e.Size != 11 || e.Key != "x" {
		t.Fatalf("%+v %v", e, ok)
	}
	defer e.Close()
	if n, _, err := s.Clear(""); n != 1 && runtime.GOOS != "windows" || err != nil {
		t.Errorf("%d %v", n, err)
	}
	// An open entry outlives its eviction.
	if got, err := io.ReadAll(e); string(got) != "hello world" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	at := make([]byte, 5)
	if _, err := e.File().ReadAt(at, 6); err != nil || string(at) != "world" {
		t.Errorf("%q %v", at, err)
	}
	w = p.Create("y", -1)
	w.Discard()
	if _, ok := p.Open("y"); ok {
		t.Error("discarded, and there")
	}
}

// TestAltered flips every bit, and cuts at every byte, of an entry: it is given
// as it was kept or not at all.
func TestAltered(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	p := s.Space("a")
	const data = "some data that somebody needs"
	p.Put("the key", []byte(data))
	name := p.path("the key")
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, bad []byte) {
		t.Helper()
		for _, how := range []string{"Get", "Open"} {
			if err := os.WriteFile(name, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if how == "Get" {
				if got, ok := p.Get("the key"); ok {
					t.Errorf("%s: Get gave %q", what, got)
				}
			} else if e, ok := p.Open("the key"); ok {
				got, err := io.ReadAll(e)
				if !errors.Is(err, ErrAltered) {
					t.Errorf("%s: read %q, %v", what, got, err)
				}
				_ = e.Close()
			}
			if _, err := os.Stat(name); err == nil {
				t.Errorf("%s, %s: the bad entry stayed", what, how)
			}
		}
	}
	for i := range len(good) * 8 {
		bad := bytes.Clone(good)
		bad[i/8] ^= 1 << (i % 8)
		check(fmt.Sprint("bit ", i), bad)
	}
	for i := range good {
		check(fmt.Sprint("cut at ", i), good[:i])
	}
	check("longer", append(bytes.Clone(good), 'x'))
	// An entry under the name of another key.
	p.Put("another", []byte("x"))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(p.path("another"), name); err != nil {
		t.Fatal(err)
	}
	if got, ok := p.Get("the key"); ok {
		t.Errorf("another key's data: %q", got)
	}
}

// TestLimit: the least recently used go first, and the limit holds over spaces
// and processes.
func TestLimit(t *testing.T) {
	touch := touchAfter
	touchAfter = 0
	defer func() { touchAfter = touch }()
	dir := t.TempDir()
	const limit = 100 << 10
	s, other := open(t, Options{Dir: dir, Limit: limit}), open(t, Options{Dir: dir, Limit: limit})
	block := make([]byte, 8000)
	for i := range 100 {
		by := s
		if i%3 == 0 {
			by = other
		}
		by.Space(fmt.Sprint("s", i%2)).Put(fmt.Sprint(i), block)
		time.Sleep(2 * time.Millisecond) // mtimes that differ
		if _, ok := s.Space("s0").Get("0"); !ok {
			t.Fatalf("the entry that is always used went after %d", i)
		}
		usage, _ := s.Stat()
		var sum int64
		for _, u := range usage {
			sum += u.Bytes
		}
		if sum > limit+limit/16+8192 {
			t.Fatalf("%d bytes after %d entries", sum, i)
		}
	}
	if _, ok := s.Space("s1").Get("1"); ok {
		t.Error("an old entry stayed")
	}
	if _, ok := s.Space("s1").Get("99"); !ok {
		t.Error("the last entry went")
	}
	if w := s.Space("s0").Create("large", limit+1); w != nil {
		t.Error("an entry above the limit")
	}
}

// TestProcesses: many at once on the same keys; every reader sees one of the
// whole values.
func TestProcesses(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for i := range 8 {
		s := open(t, Options{Dir: dir, Limit: 64 << 10})
		wg.Go(func() {
			p := s.Space("a")
			for n := range 100 {
				key := fmt.Sprint(n % 10)
				p.Put(key, bytes.Repeat([]byte{byte(i)}, 5000+i))
				if got, ok := p.Get(key); ok && (len(got) != 5000+int(got[0]) || bytes.Count(got, got[:1]) != len(got)) {
					t.Errorf("a mixture of %d bytes", len(got))
				}
			}
		})
	}
	wg.Wait()
}

// TestKilled: what a process left half-written when it was killed is removed at
// the next start, and what a living one writes is not.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("IONQ_TEST_KILLED"); dir != "" {
		w := Open(Options{Dir: dir}).Space("a").Create("half", 100)
		_, err := w.Write([]byte("half of"))
		fmt.Println("written", err)
		time.Sleep(time.Minute) // to be killed
		return
	}
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	alive := s.Space("a").Create("alive", 10)
	if _, err := alive.Write([]byte("alive")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "IONQ_TEST_KILLED="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("written"))); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	if n := len(files(t, dir)); n != 4 {
		t.Fatalf("%d files; two locks and two halves were to be there", n)
	}
	next := open(t, Options{Dir: dir})
	next.Space("a").Get("x")
	if left := files(t, dir); len(left) != 2 {
		t.Errorf("left: %v", left)
	}
	if err := alive.Commit(); err != nil {
		t.Fatal(err)
	}
	if got, ok := next.Space("a").Get("alive"); !ok || string(got) != "alive" {
		t.Errorf("%q %v", got, ok)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

// TestOff: without a folder, or with one that cannot be written, nothing fails
// and there is one warning at most.
func TestOff(t *testing.T) {
	use := func(s *Store) {
		t.Helper()
		for i := range 3 {
			p := s.Space("a")
			p.Put(fmt.Sprint(i), []byte("x"))
			if _, ok := p.Get(fmt.Sprint(i)); ok {
				t.Error("kept")
			}
			if w := p.Create("w", 1); w != nil {
				t.Error("a writer")
			}
			p.Delete("x")
		}
		s.List("")
		s.Stat()
		if _, _, err := s.Clear(""); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	use(nil)
	var warnings []string
	warn := func(msg string) { warnings = append(warnings, msg) }
	for _, name := range []string{"IONQ_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, "")
	}
	use(Open(Options{Warn: warn}))
	if len(warnings) != 0 {
		t.Errorf("no home: %v", warnings)
	}
	// A file where the folder should be fails for root as well.
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	use(Open(Options{Dir: filepath.Join(file, "cache"), Warn: warn}))
	if len(warnings) != 1 || !strings.Contains(warnings[0], "Nothing is kept") {
		t.Errorf("%v", warnings)
	}
	t.Setenv("IONQ_CACHE_DIR", file)
	if d, err := Dir(); d != file || err != nil {
		t.Errorf("%q %v", d, err)
	}
	use(Open(Options{}))
}
