// Tests of local and mapped folders, symlink tables, and of what must never be
// reached through them.

package source

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tree writes files below a new folder: name, content, name, content. Names
// that end in a slash are folders.
func tree(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, filepath.FromSlash(files[i]))
		if strings.HasSuffix(files[i], "/") {
			if err := os.MkdirAll(name, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func resolver(t testing.TB, opt Options) *Resolver {
	t.Helper()
	def(&opt.S3.Backoff, time.Millisecond) // servers of tests need no mercy
	def(&opt.S3.MaxBackoff, 4*time.Millisecond)
	r, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// at maps s3://b to dir and forbids the network.
func at(t testing.TB, dir string) *Resolver {
	t.Helper()
	return resolver(t, Options{Offline: true, Maps: []Mapping{{URL: "s3://b", Dir: dir}}})
}

func names(l *Listing) []string {
	out := []string{}
	for _, o := range l.Objects {
		out = append(out, o.Name)
	}
	return out
}

func content(t testing.TB, o Object) string {
	t.Helper()
	text, err := ReadAll(context.Background(), o, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantError checks code and a part of the message or the hint.
func wantError(t testing.TB, err error, code sqlerr.Code, words string) {
	t.Helper()
	e := sqlerr.As(err)
	if e == nil || e.Code != code || !strings.Contains(e.Msg+" | "+e.Hint, words) {
		t.Errorf("got %v; want %s with %q", err, code, words)
	}
}

func TestList(t *testing.T) {
	dir := tree(t,
		"data/b.ion", "b", "data/a.ion.gz", "a", "data/a/x.ion", "ax", "data/a/deep/y", "y", "data/Z", "Z", "data/é", "e",
		"data/_started", "s", "data/.hidden", "h", "data/_tmp/x.ion", "t", "data/a/.git/x", "g", "data/empty.ion", "",
		"data2/x.ion", "2", "data.ion", "no", "file", "f", "void/", "", "full/_a", "1", "full/.b", "2")
	r := at(t, dir)
	ctx := context.Background()
	// Byte order of the whole keys: "a.ion.gz" comes before "a/...", since a dot
	// sorts before a slash; capitals come first, other scripts last.
	want := []string{"s3://b/data/Z", "s3://b/data/a.ion.gz", "s3://b/data/a/deep/y", "s3://b/data/a/x.ion", "s3://b/data/b.ion", "s3://b/data/é"}
	for _, loc := range []string{"s3://b/data/", "s3://b/data", "s3://b//data//"} {
		l, err := r.List(ctx, loc)
		if err != nil {
			t.Fatal(err)
		}
		if got := names(l); !slices.Equal(got, want) || l.Missing || l.Empty != 1 || !l.Local {
			t.Errorf("%s: %v, %+v", loc, got, l)
		}
		if got := content(t, l.Objects[3]); got != "ax" {
			t.Errorf("content %q", got)
		}
		if o := l.Objects[3]; o.Size != 2 || o.Key != "data/a/x.ion" || o.Path != filepath.Join(dir, "data", "a", "x.ion") || o.ModTime.IsZero() {
			t.Errorf("object %+v", o)
		}
	}
	for loc, missing := range map[string]bool{"s3://b/nothing/": true, "s3://b/file": true, "s3://b/file/x/": true, "s3://b/dat": true, "s3://b/void/": false, "s3://b/full/": false} {
		l, err := r.List(ctx, loc)
		if err != nil || len(l.Objects) != 0 || l.Missing != missing {
			t.Errorf("%s: %+v %v", loc, l, err)
		}
	}
	// The local name of the same folder.
	l, err := r.List(ctx, filepath.Join(dir, "data"))
	if err != nil || len(l.Objects) != len(want) || l.Objects[0].Name != filepath.Join(dir, "data", "Z") {
		t.Errorf("local: %+v %v", l, err)
	}
	if l, err = r.List(ctx, filepath.Join(dir, "nowhere")); err != nil || !l.Missing {
		t.Errorf("local, missing: %+v %v", l, err)
	}
	_, err = r.List(ctx, filepath.Join(dir, "file"))
	wantError(t, err, sqlerr.HiveFilesystemError, "LOCATION is a folder")
	if runtime.GOOS != "windows" {
		if l, err = r.List(ctx, "file://"+filepath.Join(dir, "data")); err != nil || len(l.Objects) != len(want) {
			t.Errorf("file URL: %+v %v", l, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := r.List(cancelled, "s3://b/data/"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestMaps(t *testing.T) {
	all, part := tree(t, "export/x", "outer", "export/sub/y", "outer", "exporter/z", "z"), tree(t, "x", "inner", "sub/y", "inner y")
	eq := filepath.Join(t.TempDir(), "dt=1")
	if err := os.Mkdir(eq, 0o755); err != nil {
		t.Fatal(err)
	}
	var maps []Mapping
	for _, s := range []string{"s3://b=" + all, "s3://b/export/=" + part, "s3://b/dt=2/k=" + eq} {
		m, err := ParseMapping(s)
		if err != nil {
			t.Fatal(err)
		}
		maps = append(maps, m)
	}
	if maps[2] != (Mapping{URL: "s3://b/dt=2/k", Dir: eq}) {
		t.Errorf("mapping %+v", maps[2])
	}
	r := resolver(t, Options{Maps: maps, Offline: true})
	ctx := context.Background()
	for loc, want := range map[string][]string{
		"s3://b/export/":     {"s3://b/export/sub/y", "s3://b/export/x"},
		"s3://b/export/sub":  {"s3://b/export/sub/y"},
		"s3://b/exporter/":   {"s3://b/exporter/z"},
		"s3://b/dt=2/k/":     {},
		"s3://b/export/sub/": {"s3://b/export/sub/y"},
	} {
		l, err := r.List(ctx, loc)
		if err != nil || !slices.Equal(names(l), want) {
			t.Errorf("%s: %v %v", loc, names(l), err)
		}
		for _, o := range l.Objects {
			if strings.HasPrefix(o.Name, "s3://b/export/") && !strings.HasPrefix(content(t, o), "inner") {
				t.Errorf("%s comes from the shorter mapping", o.Name)
			}
		}
	}
	_, err := r.List(ctx, "s3://other/x/")
	wantError(t, err, sqlerr.HiveFilesystemError, "s3://other/x/ is not mapped")
	_, err = r.List(ctx, "s3://b/../x/")
	wantError(t, err, sqlerr.HiveFilesystemError, "leads out of the folder")
	_, err = r.List(ctx, "s3://b/./export/")
	wantError(t, err, sqlerr.HiveFilesystemError, "leads out of the folder")
	_, err = r.List(ctx, `s3://b/a\..\..\x/`)
	wantError(t, err, sqlerr.HiveFilesystemError, "leads out of the folder")
	_, err = r.List(ctx, "gs://b/x/")
	wantError(t, err, sqlerr.NotSupported, "gs://")
	_, err = r.List(ctx, "s3:///x/")
	wantError(t, err, sqlerr.InvalidArguments, "No bucket")

	for _, s := range []string{"b=" + all, "s3://b", "s3://b=" + filepath.Join(all, "nowhere"), "s3://=" + all, "s3://b=" + filepath.Join(all, "export", "x"), "s3://b="} {
		if m, err := ParseMapping(s); sqlerr.CodeOf(err) != sqlerr.InvalidArguments {
			t.Errorf("%s: %+v %v", s, m, err)
		}
	}
	_, err = New(Options{Maps: []Mapping{{"s3://b/x", all}, {"s3://b/x/", part}}})
	wantError(t, err, sqlerr.InvalidArguments, "mapped twice")
	_, err = New(Options{Maps: []Mapping{{"s3://b/x", filepath.Join(all, "nowhere")}}})
	wantError(t, err, sqlerr.InvalidArguments, "cannot be opened")
}

func TestResolveLocal(t *testing.T) {
	dir := tree(t, "d/x.ion", "x")
	r := resolver(t, Options{})
	ctx := context.Background()
	_, _, err := r.Resolve(ctx, filepath.Join(dir, "nowhere"))
	wantError(t, err, sqlerr.NotFound, "No such file or folder")
	_, _, err = r.Resolve(ctx, filepath.Join(dir, "d", "x.ion", "below"))
	wantError(t, err, sqlerr.NotFound, "No such file or folder")
	src, key, err := r.Resolve(ctx, filepath.Join(dir, "d", "x.ion"))
	if err != nil || key != "x.ion" {
		t.Fatalf("%q %v", key, err)
	}
	stat, err := src.Stat(ctx, key)
	if err != nil || stat.Kind != File || content(t, stat.Object) != "x" || stat.Object.Name != filepath.Join(dir, "d", "x.ion") {
		t.Errorf("%+v %v", stat, err)
	}
	t.Chdir(filepath.Join(dir, "d"))
	if src, key, err = r.Resolve(ctx, "."); err != nil || key != "" || src.Name("x.ion") != "x.ion" {
		t.Errorf("%q %v", key, err)
	}
	for name, want := range map[string][3]string{
		"s3://b/x/data/": {"s3://b/x/", "data", "y"}, "s3://b/x": {"s3://b/", "x", "y"}, "s3://b": {"", "", "n"},
		"a/data": {"a", "data", "y"}, "data": {".", "data", "y"}, "/": {"/", "/", "n"}, "./a//data/": {"a", "data", "y"},
	} {
		parent, base, ok := Parent(name)
		if ok != (want[2] == "y") || ok && (filepath.ToSlash(parent) != want[0] || base != want[1]) {
			t.Errorf("%s: %q %q %v", name, parent, base, ok)
		}
	}
	if parent, base, ok := Parent("."); !ok || base != "d" || filepath.Base(parent) != filepath.Base(dir) {
		t.Errorf("parent of .: %q %q", parent, base)
	}
	if _, _, ok := Parent("../d"); !ok {
		t.Error("parent of ../d")
	}
}

// TestLinks: links inside of a folder are followed, everything else is refused.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need privileges")
	}
	outside := tree(t, "secret", "s")
	link := func(dir, target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()

	dir := tree(t, "real/x.ion", "x", "d/y", "y")
	link(dir, "../real", "d/sub")
	link(dir, "real/x.ion", "alias.ion")
	l, err := at(t, dir).List(ctx, "s3://b/")
	if want := []string{"s3://b/alias.ion", "s3://b/d/sub/x.ion", "s3://b/d/y", "s3://b/real/x.ion"}; err != nil || !slices.Equal(names(l), want) {
		t.Errorf("%v %v", names(l), err)
	}
	if got := content(t, l.Objects[0]); got != "x" {
		t.Errorf("alias: %q", got)
	}

	for _, c := range []struct{ target, words string }{
		{filepath.Join(outside, "secret"), "links are followed only to what lies inside"},
		{outside, "links are followed only to what lies inside"},
		{"../../../etc", "links are followed only to what lies inside"},
		{"nowhere", "links are followed only"},
		{filepath.Join(dir, "real"), "and only relative ones"},
		{"link", "links are followed only"},
		{"..", "leads back to a folder"},
		{".", "leads back to a folder"},
	} {
		dir := tree(t, "d/x.ion", "x")
		link(filepath.Join(dir, "d"), c.target, "link")
		r := at(t, dir)
		_, err := r.List(ctx, "s3://b/")
		wantError(t, err, sqlerr.HiveFilesystemError, c.words)
		if err != nil && !strings.Contains(err.Error(), "s3://b/d/link") {
			t.Errorf("%s: the error does not name the link: %v", c.target, err)
		}
		// Hidden links are nobody's concern.
		if err := os.Rename(filepath.Join(dir, "d", "link"), filepath.Join(dir, "d", "_link")); err != nil {
			t.Fatal(err)
		}
		if l, err := r.List(ctx, "s3://b/"); err != nil || len(l.Objects) != 1 {
			t.Errorf("%s, hidden: %v", c.target, err)
		}
	}

	// A file that is exchanged for a link after it was listed.
	dir = tree(t, "x", "x")
	l, err = at(t, dir).List(ctx, "s3://b/")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "x")); err != nil {
		t.Fatal(err)
	}
	_, err = l.Objects[0].Open(ctx)
	wantError(t, err, sqlerr.HiveFileNotFound, "Cannot open s3://b/x")
	link(dir, filepath.Join(outside, "secret"), "x")
	_, err = l.Objects[0].Open(ctx)
	wantError(t, err, sqlerr.HiveCannotOpenSplit, "Cannot open s3://b/x")

	// What the user names may be a link to anywhere.
	link(dir, outside, "way")
	link(dir, filepath.Join(outside, "secret"), "file")
	r := resolver(t, Options{})
	if l, err := r.List(ctx, filepath.Join(dir, "way")); err != nil || len(l.Objects) != 1 {
		t.Errorf("named link: %v", err)
	}
	src, key, err := r.Resolve(ctx, filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	if stat, err := src.Stat(ctx, key); err != nil || content(t, stat.Object) != "s" {
		t.Errorf("named link to a file: %v", err)
	}
}

func TestSymlinks(t *testing.T) {
	ctx := context.Background()
	const head = "s3://b/export/AWSDynamoDB/1/data/"
	base := []string{
		"export/AWSDynamoDB/1/data/b.ion.gz", "b", "export/AWSDynamoDB/1/data/a.ion.gz", "a", "export/AWSDynamoDB/1/data/_tmp", "t",
		"export/AWSDynamoDB/1/data/empty.ion", "", "export/AWSDynamoDB/1/data/_d/x", "d", "nested/x", "x", "nested/sub/y", "y", "blank /x", "x",
	}
	a, b := head+"a.ion.gz", head+"b.ion.gz"
	for _, c := range []struct {
		what  string
		links []string // name, content
		want  []string
		code  sqlerr.Code
		words string
	}{
		{"folder", []string{"symlink.txt", head}, []string{a, b}, "", ""},
		{"folder without slash", []string{"symlink.txt", strings.TrimSuffix(head, "/") + "\n"}, []string{a, b}, "", ""},
		{"files", []string{"symlink.txt", b + "\n" + a + "\n"}, []string{b, a}, "", ""},
		{"crlf", []string{"symlink.txt", b + "\r\n" + a + "\r\n"}, []string{b, a}, "", ""},
		{"cr", []string{"symlink.txt", b + "\r" + a}, []string{b, a}, "", ""},
		{"many files", []string{"symlink.txt", strings.Repeat(b+"\n", 5) + a}, []string{b, b, b, b, b, a}, "", ""},
		{"both, twice", []string{"symlink.txt", head + "\n" + a + "\n" + head}, []string{a, b, a, a, b}, "", ""},
		{"two link files", []string{"2", a, "1", b, "_no", "nonsense", ".no", "nonsense", "_sub/no", "nonsense"}, []string{b, a}, "", ""},
		{"no lines", []string{"symlink.txt", ""}, []string{}, "", ""},
		{"empty file", []string{"symlink.txt", head + "empty.ion"}, []string{}, "", ""},
		{"blank folder", []string{"symlink.txt", "s3://b/blank "}, []string{"s3://b/blank /x"}, "", ""},
		{"double slash", []string{"symlink.txt", "s3://b//export/AWSDynamoDB//1/data//"}, []string{a, b}, "", ""},
		{"empty line", []string{"symlink.txt", a + "\n\n" + b}, nil, sqlerr.HiveUnknownError, "Can not create a Path from an empty string"},
		{"only an empty line", []string{"symlink.txt", "\n"}, nil, sqlerr.HiveUnknownError, "Can not create a Path from an empty string"},
		{"blank behind", []string{"symlink.txt", a + " \n"}, nil, sqlerr.HiveFilesystemError, "Input path does not exist: " + a + " "},
		{"missing", []string{"symlink.txt", head + "c.ion.gz"}, nil, sqlerr.HiveFilesystemError, "Input path does not exist: " + head + "c.ion.gz"},
		{"one of many missing", []string{"symlink.txt", a + "\n" + b + "\n" + head + "c.ion.gz"}, nil, sqlerr.HiveFilesystemError, "Input path does not exist: " + head + "c.ion.gz"},
		{"nested", []string{"symlink.txt", "s3://b/nested/"}, nil, sqlerr.HiveFilesystemError, "Not a file: s3://b/nested/sub"},
		{"hidden", []string{"symlink.txt", head + "_tmp"}, nil, sqlerr.HiveFilesystemError, "matches 0 files"},
		{"up", []string{"symlink.txt", "s3://b/../../etc/passwd"}, nil, sqlerr.HiveFilesystemError, "leads out of the folder"},
		{"absolute", []string{"symlink.txt", "/etc/passwd"}, nil, sqlerr.HiveFilesystemError, "must be an s3:// URL"},
		{"file URL", []string{"symlink.txt", "file:///etc/passwd"}, nil, sqlerr.HiveFilesystemError, "must be an s3:// URL"},
		{"blank before", []string{"symlink.txt", " " + a}, nil, sqlerr.HiveFilesystemError, "must be an s3:// URL"},
		{"not mapped", []string{"symlink.txt", "s3://elsewhere/x"}, nil, sqlerr.HiveFilesystemError, "s3://elsewhere/x is not mapped"},
		{"folder beside", []string{"symlink.txt", a, "sub/no", b}, nil, sqlerr.HiveBadData, "Error parsing symlinks from: s3://b/current/"},
		{"no text", []string{"symlink.txt", "\x1f\x8b\x08\xff"}, nil, sqlerr.HiveBadData, "UTF-8"},
	} {
		t.Run(c.what, func(t *testing.T) {
			files := slices.Clone(base)
			for i, s := range c.links {
				if i%2 == 0 {
					s = "current/" + s
				}
				files = append(files, s)
			}
			// Without Offline: what is not mapped must be refused all the same.
			r := resolver(t, Options{Maps: []Mapping{{URL: "s3://b", Dir: tree(t, files...)}}})
			l, err := r.Symlinks(ctx, "s3://b/current/")
			if c.code != "" {
				wantError(t, err, c.code, c.words)
				if c.what == "folder beside" {
					return
				}
				if e := sqlerr.As(err); e != nil && (e.Data == nil || e.Data.File != "s3://b/current/symlink.txt") {
					t.Errorf("place %v", e.Data)
				}
				return
			}
			if err != nil || !slices.Equal(names(l), c.want) || !l.Local || l.Missing {
				t.Errorf("%v %v, want %v", names(l), err, c.want)
			}
		})
	}
	r := at(t, tree(t, "x/y", "z"))
	if l, err := r.Symlinks(ctx, "s3://b/current/"); err != nil || !l.Missing || len(l.Objects) != 0 {
		t.Errorf("missing LOCATION: %+v %v", l, err)
	}
}

// TestReplaced: a folder that is removed and made anew during a session is read
// as it is now, and one that went away is said to be gone.
func TestReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	fill := func(name string) {
		t.Helper()
		if err := os.RemoveAll(dir); err != nil {
			t.Skipf("this system does not remove open folders: %v", err)
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	fill("one")
	r, ctx := at(t, dir), context.Background()
	for _, name := range []string{"one", "two", "three"} {
		fill(name)
		for _, loc := range []string{"s3://b/", dir} {
			l, err := r.List(ctx, loc)
			if err != nil || len(l.Objects) != 1 || content(t, l.Objects[0]) != name {
				t.Errorf("%s: %+v %v", name, l, err)
			}
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	_, err := r.List(ctx, "s3://b/")
	wantError(t, err, sqlerr.HiveFilesystemError, "which s3://b is mapped to")
}

func TestReadAll(t *testing.T) {
	r := at(t, tree(t, "x", "12345"))
	l, err := r.List(context.Background(), "s3://b/")
	if err != nil {
		t.Fatal(err)
	}
	o := l.Objects[0]
	_, err = ReadAll(context.Background(), o, 4)
	wantError(t, err, sqlerr.HiveBadData, "too large")
	o.Size = 1 // grown since it was listed
	_, err = ReadAll(context.Background(), o, 4)
	wantError(t, err, sqlerr.HiveBadData, "too large")
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := o.Open(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	rc, err := o.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(rc); err != nil || string(text) != "12345" {
		t.Errorf("%q %v", text, err)
	}
	if err := rc.Close(); err != nil {
		t.Fatal(err)
	}
}
