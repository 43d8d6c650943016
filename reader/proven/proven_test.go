// Tests of what is remembered, and of what must not be.

package proven

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("PROVEN_TEST_CACHE"); dir != "" { // TestProcesses' other process
		os.Exit(child(dir, os.Args[1]))
	}
	goleak.VerifyTestMain(m)
}

var ctx = context.Background()

// file writes a file that was last changed long ago, and opens it as an object.
func file(t testing.TB, name string, data []byte) source.Object {
	t.Helper()
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return object(t, name)
}

func object(t testing.TB, name string) source.Object {
	t.Helper()
	r, err := source.New(source.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	src, key, err := r.Resolve(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := src.Stat(ctx, key)
	if err != nil || s.Kind != source.File {
		t.Fatal(s, err)
	}
	return s.Object
}

// unsettled makes every file old enough to be remembered.
func unsettled(t *testing.T) {
	t.Helper()
	was := settle
	settle = -time.Hour
	t.Cleanup(func() { settle = was })
}

// hashed tells whether proving o hashes it.
func hashed(t testing.TB, p *Prover, o source.Object, want Sum) bool {
	t.Helper()
	rc, err := p.Open(o, want)(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	_, ok := rc.(*stream)
	return ok
}

func space(dir string) *store.Space { return store.Open(store.Options{Dir: dir}).Space(Space) }

func TestRemember(t *testing.T) {
	unsettled(t)
	cache := t.TempDir()
	name := filepath.Join(t.TempDir(), "a.ion.gz")
	data := bytes.Repeat([]byte("abc"), 200_000)
	want := Sum(md5.Sum(data))
	o := file(t, name, data)
	p := New(space(cache))
	if !hashed(t, p, o, want) {
		t.Fatal("known before it was hashed")
	}
	// Opened and not read to its end: nothing is proven.
	rc, err := p.Open(o, want)(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(rc, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if err := rc.Close(); err != nil {
		t.Fatal(err)
	}
	if !hashed(t, p, o, want) {
		t.Error("a file that was read in part counts as proven")
	}
	if err := p.Prove(ctx, o, want); err != nil {
		t.Fatal(err)
	}
	for what, q := range map[string]*Prover{"same": p, "another process": New(space(cache))} {
		if hashed(t, q, o, want) {
			t.Errorf("%s: not remembered", what)
		}
		if !hashed(t, q, o, Sum{1}) {
			t.Errorf("%s: remembered with another sum", what)
		}
	}
	if !hashed(t, New(nil), o, want) {
		t.Error("remembered out of nothing")
	}

	// A change of content, with the size and the times as they were.
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(data)
	bad[100_000] ^= 1
	time.Sleep(20 * time.Millisecond) // the next tick of the clock
	if err := os.WriteFile(name, bad, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := inodeOf(t, name); ok {
		err = New(space(cache)).Prove(ctx, object(t, name), want)
		if sqlerr.CodeOf(err) != sqlerr.ExportNotAsPromised || !strings.Contains(err.Error(), "does not have the MD5") {
			t.Errorf("a change with the old times: %v", err)
		}
	}
	// Another file under the name.
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if o = file(t, name, data); !hashed(t, New(space(cache)), o, want) {
		t.Log("the same inode and times: the file system gave no sign")
	}
}

// inodeOf tells whether this system knows of a time of change.
func inodeOf(t *testing.T, name string) (string, time.Time, bool) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	id := source.IdentityOf(source.Object{Path: name}, f)
	return id.Key, id.Changed, strings.Count(strings.TrimPrefix(id.Key, name), " ") > 2
}

// A file that was changed just now may be changed again within the same tick.
func TestRacy(t *testing.T) {
	was := settle
	settle = time.Hour // the moment may last on a busy machine
	t.Cleanup(func() { settle = was })
	p := New(nil)
	data := []byte("x")
	want := Sum(md5.Sum(data))
	o := file(t, filepath.Join(t.TempDir(), "a"), data)
	if err := p.Prove(ctx, o, want); err != nil {
		t.Fatal(err)
	}
	if !hashed(t, p, o, want) {
		t.Error("a file of this moment is remembered")
	}
}

// What is altered while it is read is hashed, and not remembered.
func TestAlteredMeanwhile(t *testing.T) {
	unsettled(t)
	p := New(nil)
	data := bytes.Repeat([]byte("y"), 1000)
	name := filepath.Join(t.TempDir(), "a")
	o := file(t, name, data)
	want := Sum(md5.Sum(data))
	rc, err := p.Open(o, want)(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	got, err := io.ReadAll(io.LimitReader(rc, 1000))
	if err != nil || len(got) != 1000 {
		t.Fatal(err)
	}
	now := time.Now().Add(time.Minute)
	if err := os.Chtimes(name, now, now); err != nil {
		t.Fatal(err)
	}
	if n, err := rc.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Fatal(n, err)
	}
	if !hashed(t, p, object(t, name), want) || !hashed(t, p, o, want) {
		t.Error("remembered although it changed")
	}
}

func TestMismatch(t *testing.T) {
	p := New(nil)
	o := file(t, filepath.Join(t.TempDir(), "a"), []byte("hello"))
	rc, err := p.Open(o, Sum{})(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	got, err := io.ReadAll(rc)
	var e *sqlerr.Error
	if string(got) != "hello" || !errors.As(err, &e) || e.Data == nil || e.Data.File != o.Name ||
		!strings.Contains(e.Msg, "it has 5d41402abc4b2a76b9719d911017c592, promised is 00000000000000000000000000000000") {
		t.Errorf("%s, %v", got, err)
	}
	if _, again := rc.Read(make([]byte, 1)); again == nil || again.Error() != err.Error() {
		t.Errorf("the error does not come again: %v", again)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := p.Prove(canceled, o, Sum{}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestSum(t *testing.T) {
	// The example of semantics 1.3 is not at hand whole; these are RFC 1321's.
	s, ok := ParseSum("kAFQmDzST7DWlj99KOF/cg==") // MD5 of abc
	if !ok || s.String() != "900150983cd24fb0d6963f7d28e17f72" || s.Base64() != "kAFQmDzST7DWlj99KOF/cg==" {
		t.Error(s, ok)
	}
	if inner := md5.Sum([]byte("abc")); s.ETag() != Sum(md5.Sum(inner[:])).String()+"-1" {
		t.Error(s.ETag())
	}
	for _, bad := range []string{"", "x", "kAFQmDzST7DWlj99KOF/", "kAFQmDzST7DWlj99KOF/cg", "900150983cd24fb0d6963f7d28e17f72"} {
		if _, ok := ParseSum(bad); ok {
			t.Errorf("%q is no sum", bad)
		}
	}
}

// Several processes prove the same files at once, with one cache folder.
func TestProcesses(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	for i := range 30 {
		file(t, filepath.Join(dir, string(rune('A'+i))), bytes.Repeat([]byte{byte(i)}, 1000))
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			cmd := exec.Command(self, dir)
			cmd.Env = append(os.Environ(), "PROVEN_TEST_CACHE="+cache)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wg.Wait()
	p := New(space(cache))
	for i := range 30 {
		o := object(t, filepath.Join(dir, string(rune('A'+i))))
		if hashed(t, p, o, md5.Sum(bytes.Repeat([]byte{byte(i)}, 1000))) {
			t.Errorf("file %d is not remembered", i)
		}
	}
}

// child is the other process of TestProcesses: it proves every file of a folder.
func child(cache, dir string) int {
	settle = -time.Hour
	r, err := source.New(source.Options{Offline: true})
	if err != nil {
		return 1
	}
	defer r.Close()
	p := New(space(cache))
	src, key, err := r.Resolve(ctx, dir)
	if err != nil {
		return 2
	}
	tree, err := src.List(ctx, key, source.ListOptions{})
	if err != nil || len(tree.Files) != 30 {
		return 3
	}
	for i, o := range tree.Files {
		if p.Prove(ctx, o, md5.Sum(bytes.Repeat([]byte{byte(i)}, 1000))) != nil {
			return 4
		}
	}
	return 0
}

// BenchmarkMD5 is the cost of hashing, for the figures of README.
func BenchmarkMD5(b *testing.B) {
	o := file(b, filepath.Join(b.TempDir(), "a"), make([]byte, 16<<20))
	want := Sum(md5.Sum(make([]byte, 16<<20)))
	b.SetBytes(16 << 20)
	for b.Loop() {
		if err := New(nil).Prove(ctx, o, want); err != nil {
			b.Fatal(err)
		}
	}
}

// An object of S3 is known by bucket, key and etag.
func TestObject(t *testing.T) {
	backend := s3mem.New()
	if err := backend.CreateBucket("b"); err != nil {
		t.Fatal(err)
	}
	put := func(text string) {
		t.Helper()
		if _, err := backend.PutObject("b", "k.ion", nil, strings.NewReader(text), int64(len(text)), nil); err != nil {
			t.Fatal(err)
		}
	}
	put("abc")
	srv := httptest.NewServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	defer srv.Close()
	none := filepath.Join(t.TempDir(), "none")
	for k, v := range map[string]string{"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": srv.URL, "AWS_PROFILE": ""} {
		t.Setenv(k, v)
	}
	r, err := source.New(source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	object := func() source.Object {
		t.Helper()
		src, key, err := r.Resolve(ctx, "s3://b/k.ion")
		if err != nil {
			t.Fatal(err)
		}
		s, err := src.Stat(ctx, key)
		if err != nil || s.Kind != source.File {
			t.Fatal(s, err)
		}
		return s.Object
	}
	cache := t.TempDir()
	want, _ := ParseSum("kAFQmDzST7DWlj99KOF/cg==")
	if err := New(space(cache)).Prove(ctx, object(), want); err != nil {
		t.Fatal(err)
	}
	if hashed(t, New(space(cache)), object(), want) {
		t.Error("not remembered")
	}
	put("abd")
	if err := New(space(cache)).Prove(ctx, object(), want); sqlerr.CodeOf(err) != sqlerr.ExportNotAsPromised {
		t.Errorf("another object of the name: %v", err)
	}
}
