// Local folders as Sources, plain ones and those that stand for a part of a
// bucket. Every access goes through os.Root, which refuses names and links that
// lead out of the folder.

package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// folder is a Source over a local folder.
type folder struct {
	dir  string // as the user named it
	base string // s3://bucket[/prefix] that it stands for; empty for none
	root *os.Root
}

func openFolder(dir, base string) (*folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &folder{dir: dir, base: base, root: root}, nil
}

func (f *folder) close() error { return f.root.Close() }

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// local resolves a path of the user.
func (r *Resolver) local(name string) (Source, string, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return nil, "", sqlerr.New(sqlerr.NotFound, "No such file or folder: %s", name).Wrap(err)
	case err != nil:
		return nil, "", sqlerr.New(sqlerr.HiveFilesystemError, "Cannot look at %s: %v", name, cause(err)).Wrap(err)
	}
	dir, key := name, ""
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return nil, "", sqlerr.New(sqlerr.HiveFilesystemError, "Neither a file nor a folder: %s", name)
		}
		// A link that the user names may lead anywhere; links met later may not.
		if link, err := os.Lstat(name); err == nil && link.Mode()&fs.ModeSymlink != 0 {
			if name, err = filepath.EvalSymlinks(name); err != nil {
				return nil, "", sqlerr.New(sqlerr.HiveFilesystemError, "Cannot follow the link %s: %v", name, cause(err)).Wrap(err)
			}
		}
		dir, key = filepath.Dir(name), filepath.Base(name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	f, ok := r.folders[dir]
	if ok {
		f, err = r.fresh(f)
	} else {
		f, err = openFolder(dir, "")
	}
	if err != nil {
		return nil, "", sqlerr.New(sqlerr.HiveFilesystemError, "Cannot open %s: %v", dir, cause(err)).Wrap(err)
	}
	r.folders[dir] = f
	return f, key, nil
}

// cause strips the operation and the path from a file system's error, since our
// own messages name the path.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (f *folder) Name(key string) string {
	switch {
	case f.base == "":
		return filepath.Join(f.dir, filepath.FromSlash(key))
	case key == "":
		return f.base
	default:
		return f.base + "/" + key
	}
}

// native is key as os.Root takes it.
func native(key string) string {
	if key == "" {
		return "."
	}
	return filepath.FromSlash(key)
}

// fail puts an error about key into words.
func (f *folder) fail(doing, key string, err error) error {
	e := sqlerr.New(sqlerr.HiveFilesystemError, "Failed to %s %s: %v", doing, f.Name(key), cause(err)).Wrap(err)
	if info, lerr := f.root.Lstat(native(key)); lerr == nil && info.Mode()&fs.ModeSymlink != 0 {
		// os.Root says "path escapes from parent" for links that lead out.
		return e.WithHint("it is a symbolic link; links are followed only to what lies inside %s, and only relative ones", f.dir)
	}
	return e
}

func notThere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

func (f *folder) object(key string, info fs.FileInfo) Object {
	return Object{
		Name: f.Name(key), Path: filepath.Join(f.dir, filepath.FromSlash(key)), Key: key,
		Size: info.Size(), ModTime: info.ModTime(), from: f,
	}
}

func (f *folder) Stat(_ context.Context, key string) (Stat, error) {
	info, err := f.root.Stat(native(key))
	switch {
	case err != nil && notThere(err):
		if info, lerr := f.root.Lstat(native(key)); lerr == nil && info.Mode()&fs.ModeSymlink != 0 {
			return Stat{}, f.fail("follow", key, err)
		}
		return Stat{}, nil
	case err != nil:
		return Stat{}, f.fail("look at", key, err)
	case info.IsDir():
		return Stat{Kind: Folder}, nil
	case !info.Mode().IsRegular():
		return Stat{}, f.fail("read", key, errIrregular)
	}
	return Stat{Kind: File, Object: f.object(key, info)}, nil
}

var (
	errIrregular = errors.New("neither a file nor a folder")
	errLoop      = errors.New("a symbolic link leads back to a folder that it lies in")
)

func (f *folder) List(ctx context.Context, key string, opt ListOptions) (*Tree, error) {
	t := &Tree{}
	info, err := f.root.Stat(native(key))
	switch {
	case err != nil && notThere(err):
		return t, nil
	case err != nil:
		return nil, f.fail("list", key, err)
	case !info.IsDir():
		return t, nil // as in S3, a file is no prefix of anything
	}
	t.Exists = true
	// Where the folder lies matters only if it has folders, or links to some.
	above := sync.OnceValue(func() []fs.FileInfo { return append(f.above(key), info) })
	if err := f.walk(ctx, t, key, opt, above); err != nil {
		return nil, err
	}
	// Folder by folder is not key by key: "a.ion" sorts before "a/x".
	slices.SortFunc(t.Files, func(a, b Object) int { return strings.Compare(a.Key, b.Key) })
	slices.Sort(t.Dirs)
	return t, nil
}

// above are the folders that the one at key lies in, from the root on.
func (f *folder) above(key string) []fs.FileInfo {
	var out []fs.FileInfo
	for key != "" {
		if key = path.Dir(key); key == "." {
			key = ""
		}
		if info, err := f.root.Stat(native(key)); err == nil { // where not, List will say so
			out = append(out, info)
		}
	}
	return out
}

// walk adds what lies in the folder at dir. above gives the folders on the way,
// this one included.
func (f *folder) walk(ctx context.Context, t *Tree, dir string, opt ListOptions, above func() []fs.FileInfo) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	h, err := f.root.Open(native(dir))
	if err != nil {
		return f.fail("list", dir, err)
	}
	entries, err := h.ReadDir(-1)
	if cerr := h.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return f.fail("list", dir, err)
	}
	bad := func(doing, key string, err error) error {
		err = f.fail(doing, key, err)
		if opt.Bad == nil {
			return err
		}
		opt.Bad(f.Name(key), err)
		return nil
	}
	for _, e := range entries {
		if !opt.Hidden && Hidden(e.Name()) {
			continue
		}
		key := join(dir, e.Name())
		info, err := e.Info()
		if e.Type()&fs.ModeSymlink != 0 { // links are followed, inside
			info, err = f.root.Stat(native(key))
		}
		if err != nil {
			if notThere(err) && e.Type()&fs.ModeSymlink == 0 {
				continue // it went away in between
			}
			if err := bad("follow", key, err); err != nil {
				return err
			}
			continue
		}
		loop := info.IsDir() && slices.ContainsFunc(above(), func(a fs.FileInfo) bool { return os.SameFile(a, info) })
		switch {
		case loop && opt.SkipLoops:
		case info.IsDir() && !opt.Recursive:
			t.Dirs = append(t.Dirs, key)
		case loop:
			if err := bad("follow", key, errLoop); err != nil {
				return err
			}
		case info.IsDir():
			below := func() []fs.FileInfo { return append(slices.Clip(above()), info) }
			if err := f.walk(ctx, t, key, opt, below); err != nil {
				return err
			}
		case !info.Mode().IsRegular():
			if err := bad("read", key, errIrregular); err != nil {
				return err
			}
		default:
			t.Files = append(t.Files, f.object(key, info))
		}
	}
	return nil
}

func (f *folder) open(ctx context.Context, o Object) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// What became a pipe since it was listed must not block: hence openFlags, and
	// the second look at what was opened.
	h, err := f.root.OpenFile(native(o.Key), openFlags, 0)
	if err == nil {
		var info fs.FileInfo
		if info, err = h.Stat(); err == nil && info.Mode().IsRegular() {
			return h, nil
		}
		if err == nil {
			err = errIrregular
		}
		_ = h.Close() // nothing was read
	}
	code := sqlerr.HiveCannotOpenSplit
	if notThere(err) {
		code = sqlerr.HiveFileNotFound
	}
	return nil, sqlerr.New(code, "Cannot open %s: %v", o.Name, cause(err)).Wrap(err).WithData(sqlerr.Data{File: o.Name, Offset: -1})
}

// Parent cuts the last element off a name, local or URL, for a caller that was
// given a part of what it needs: the data/ folder of an export. ok is false
// where nothing is left: at the root of a bucket or of the file system.
func Parent(name string) (parent, base string, ok bool) {
	if IsURL(name) && !strings.HasPrefix(name, "file://") {
		bucket, key, err := splitURL(name)
		if err != nil || key == "" {
			return "", "", false
		}
		dir, base := path.Split(key)
		return "s3://" + bucket + "/" + dir, base, true
	}
	clean := filepath.Clean(strings.TrimPrefix(name, "file://"))
	if base := filepath.Base(clean); base == "." || base == ".." {
		abs, err := filepath.Abs(clean)
		if err != nil {
			return "", "", false
		}
		clean = abs
	}
	parent, base = filepath.Dir(clean), filepath.Base(clean)
	return parent, base, parent != clean
}
