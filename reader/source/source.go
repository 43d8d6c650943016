// Package source is where bytes come from: local folders, local folders that
// stand for a part of a bucket, and buckets of S3. It is the only package that
// imports the AWS SDK.
//
// A Resolver knows the session's mappings and finds the Source behind a name:
//
//	r, err := source.New(source.Options{Maps: maps})
//	defer r.Close()
//	l, err := r.List(ctx, "s3://example-bucket/export/AWSDynamoDB/0168.../data/") // a table's LOCATION
//	l, err := r.Symlinks(ctx, "s3://example-bucket/current/")                     // ... of a symlink table
//	for _, o := range l.Objects { rc, err := o.Open(ctx) ... }
//
// Object.Open gives the stored bytes, still compressed, and fits
// reader.Split.Open as it is.
//
// The rules that hold everywhere: an s3:// name below a mapping is read from its
// folder; the network is touched only for an s3:// name that the user gave and
// that no mapping covers; names below a folder never lead out of it, whatever
// links, manifests or symlink files say.
package source

import (
	"context"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Object is one stored file.
type Object struct {
	Name    string    // as the user would name it: an s3:// URL or a local path
	Path    string    // the local file; empty where there is none
	Key     string    // slash-separated name within its Source
	Size    int64     // bytes as stored
	ModTime time.Time // last change
	ETag    string    // without quotes; empty for local files
	MD5     string    // base64, as a manifest promises it; empty unknown. Downloads are held against it

	from     Source
	fleeting bool
}

// NotKept is the same object, which opening does not put in the cache folder.
func (o Object) NotKept() Object {
	o.fleeting = true
	return o
}

// Open opens the stored bytes. The caller closes what it gets. Cancelling ctx
// ends a download. Errors are *sqlerr.Error, or ctx's.
func (o Object) Open(ctx context.Context) (io.ReadCloser, error) { return o.from.open(ctx, o) }

// Source is a tree of files: a folder or a bucket. Keys are slash-separated,
// relative to its root, and never start or end with a slash; the root itself is
// "". Methods are safe for concurrent use.
type Source interface {
	// Name is what messages call the file or folder at key.
	Name(key string) string
	// List lists what lies below the folder at key.
	List(ctx context.Context, key string, opt ListOptions) (*Tree, error)
	// Stat says what is at key. Nothing there is no error.
	Stat(ctx context.Context, key string) (Stat, error)

	open(ctx context.Context, o Object) (io.ReadCloser, error)
}

// ListOptions tune Source.List.
type ListOptions struct {
	Recursive bool
	Hidden    bool // list names that start with _ or . as well
	// SkipLoops passes over symbolic links that lead back to a folder that they lie
	// in; otherwise they are errors, since what lies below them has no end.
	SkipLoops bool
	// Bad, where it is set, is told of what is neither file nor folder and of links
	// that lead nowhere or out, and the rest is listed; otherwise these are errors.
	Bad func(name string, err error)
}

// Tree is what Source.List found. Files are in ascending order of their keys'
// bytes, whatever the file system says.
type Tree struct {
	Exists bool     // the folder is there, or at least one key below it
	Files  []Object // empty files included
	Dirs   []string // keys of the direct subfolders; only where not Recursive
}

// Kind is what Stat found.
type Kind uint8

// The kinds.
const (
	Missing Kind = iota
	File
	Folder
)

// Stat is what is at a key.
type Stat struct {
	Kind   Kind
	Object Object // of a File
}

// Options configure a Resolver.
type Options struct {
	Maps []Mapping
	// Offline asks no server: s3:// names that no mapping covers are answered
	// from the Store, or refused.
	Offline bool
	S3      S3

	// Store keeps objects and listings of S3; nil keeps nothing.
	Store *store.Store
	// Warn receives what a user should know; may be nil.
	Warn func(msg string)
}

// Mapping says that the keys below an s3:// prefix lie in a local folder.
type Mapping struct {
	URL string // s3://bucket or s3://bucket/prefix, with or without slash at its end
	Dir string
}

// ParseMapping reads "s3://bucket/prefix=DIR". Since keys may hold equals
// signs, the first one with an existing folder behind it counts.
func ParseMapping(s string) (Mapping, error) {
	bad := func(format string, args ...any) (Mapping, error) {
		return Mapping{}, sqlerr.New(sqlerr.InvalidArguments, format, args...).WithHint("write s3://bucket=DIR or s3://bucket/prefix=DIR")
	}
	if !strings.HasPrefix(s, "s3://") {
		return bad("A mapping starts with s3://: %s", s)
	}
	first := strings.IndexByte(s, '=')
	if first < 0 {
		return bad("A mapping needs a folder: %s", s)
	}
	for at := first; at < len(s); at++ {
		if s[at] == '=' && isDir(s[at+1:]) {
			m := Mapping{URL: s[:at], Dir: s[at+1:]}
			if _, _, err := splitURL(m.URL); err != nil {
				return Mapping{}, err
			}
			return m, nil
		}
	}
	return bad("The folder of a mapping does not exist: %s", s[first+1:])
}

// splitURL cuts an s3:// URL into bucket and key. Runs of slashes in the key
// count as one, and slashes at its ends are dropped: Athena collapses them
// (semantics 4.2).
func splitURL(u string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(u, "s3://")
	if !ok {
		scheme, _, _ := strings.Cut(u, "://")
		return "", "", sqlerr.New(sqlerr.NotSupported, "Locations of scheme %s:// are not supported: %s", scheme, u)
	}
	bucket, key, _ = strings.Cut(rest, "/")
	if bucket == "" {
		return "", "", sqlerr.New(sqlerr.InvalidArguments, "No bucket in %s", u)
	}
	parts := strings.Split(key, "/")
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return bucket, strings.Join(parts, "/"), nil
}

// Resolver finds the Source behind a name. It is safe for concurrent use.
type Resolver struct {
	opt   Options
	maps  []mapped // longest prefix first
	cloud cloud

	mu      sync.Mutex
	folders map[string]*folder // open local folders by path
	stale   []*folder          // replaced on disk since; open until Close, for the Objects in them
}

// mapped is a checked Mapping.
type mapped struct {
	bucket, prefix string // prefix without slashes at its ends
	src            *folder
}

// New returns a Resolver. It opens the mapped folders, and nothing else.
func New(opt Options) (*Resolver, error) {
	r := &Resolver{opt: opt, folders: map[string]*folder{}}
	r.cloud.init(&r.opt)
	for _, m := range opt.Maps {
		bucket, prefix, err := splitURL(m.URL)
		if err != nil {
			return nil, err
		}
		base := "s3://" + bucket
		if prefix != "" {
			base += "/" + prefix
		}
		for _, other := range r.maps {
			if other.bucket == bucket && other.prefix == prefix {
				return nil, closing(r, sqlerr.New(sqlerr.InvalidArguments, "%s is mapped twice", base))
			}
		}
		f, err := openFolder(m.Dir, base)
		if err != nil {
			return nil, closing(r, sqlerr.New(sqlerr.InvalidArguments, "The folder that %s is mapped to cannot be opened: %v", base, err).Wrap(err))
		}
		r.maps = append(r.maps, mapped{bucket, prefix, f})
	}
	slices.SortStableFunc(r.maps, func(a, b mapped) int { return len(b.prefix) - len(a.prefix) })
	return r, nil
}

func closing(r *Resolver, err error) error {
	_ = r.Close() // nothing was read or written: the error at hand is the one that matters
	return err
}

// Close closes folders and idle connections. Objects cannot be opened any more;
// those that are open stay so.
func (r *Resolver) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var first error
	for _, m := range r.maps {
		if err := m.src.close(); err != nil && first == nil {
			first = err
		}
	}
	for _, f := range r.folders {
		if err := f.close(); err != nil && first == nil {
			first = err
		}
	}
	for _, f := range r.stale {
		if err := f.close(); err != nil && first == nil {
			first = err
		}
	}
	r.maps, r.stale, r.folders = nil, nil, map[string]*folder{}
	r.cloud.close()
	return first
}

// IsURL reports whether a name is a URL rather than a local path.
func IsURL(name string) bool {
	scheme, _, ok := strings.Cut(name, "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, `/\`)
}

// Resolve returns the Source behind a name and the key in it. Names are s3://
// URLs, file:// URLs and local paths. A local name must exist: a folder becomes
// a Source of its own, with key ""; of a file, its folder does. An s3:// name
// need not exist.
func (r *Resolver) Resolve(_ context.Context, name string) (Source, string, error) {
	if !IsURL(name) {
		return r.local(name)
	}
	if rest, ok := strings.CutPrefix(name, "file://"); ok {
		u, err := url.PathUnescape(rest)
		if err != nil || !strings.HasPrefix(u, "/") {
			return nil, "", sqlerr.New(sqlerr.InvalidArguments, "Not a file:// URL of this machine: %s", name)
		}
		return r.local(filepath.FromSlash(u))
	}
	bucket, key, err := splitURL(name)
	if err != nil {
		return nil, "", err
	}
	if src, key, err := r.mapped(bucket, key, name); src != nil || err != nil {
		return src, key, err
	}
	if r.refusesS3() {
		return nil, "", r.unmapped(name)
	}
	return r.cloud.bucket(bucket), key, nil
}

// mapped returns the mapped folder that covers a key, or a nil Source.
func (r *Resolver) mapped(bucket, key, name string) (Source, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.maps {
		m := &r.maps[i]
		if m.bucket != bucket {
			continue
		}
		rest, ok := below(key, m.prefix)
		if !ok {
			continue
		}
		if rest != "" && !filepath.IsLocal(filepath.FromSlash(rest)) || strings.Contains(rest, `\`) || dotted(rest) {
			return nil, "", sqlerr.New(sqlerr.HiveFilesystemError, "%s leads out of the folder that it is mapped to", name)
		}
		var err error
		if m.src, err = r.fresh(m.src); err != nil {
			return nil, "", sqlerr.New(sqlerr.HiveFilesystemError, "Cannot open %s, which %s is mapped to: %v", m.src.dir, m.src.Name(""), cause(err)).Wrap(err)
		}
		return m.src, rest, nil
	}
	return nil, "", nil
}

// dotted reports whether a key has an element "." or "..": plain letters to S3,
// and a way elsewhere to a file system.
func dotted(key string) bool {
	for part := range strings.SplitSeq(key, "/") {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

// fresh returns f, or a new folder where another one has taken its place on
// disk since f was opened: removed and copied anew, say, during a long session.
// What f shows then is nothing. r.mu is held.
func (r *Resolver) fresh(f *folder) (*folder, error) {
	now, err := os.Stat(f.dir)
	if err != nil {
		return f, err
	}
	if was, err := f.root.Stat("."); err == nil && os.SameFile(was, now) {
		return f, nil
	}
	g, err := openFolder(f.dir, f.base)
	if err != nil {
		return f, err
	}
	r.stale = append(r.stale, f)
	return g, nil
}

// below cuts prefix and a slash off key: "data" does not hold "data2/x".
func below(key, prefix string) (rest string, ok bool) {
	switch {
	case prefix == "" || key == prefix:
		return strings.TrimPrefix(key, prefix), true
	default:
		return strings.CutPrefix(key, prefix+"/")
	}
}

// refusesS3 reports whether there is nothing to answer for a bucket from.
func (r *Resolver) refusesS3() bool { return r.opt.Offline && !r.cloud.keep.on() }

func (r *Resolver) unmapped(name string) error {
	return sqlerr.New(sqlerr.HiveFilesystemError, "%s is not mapped to a folder", name).
		WithHint("map it with --map s3://bucket/prefix=DIR")
}

// Listing is the files of a table.
type Listing struct {
	Location string // as given
	Objects  []Object
	// Missing is true where nothing at all lies at a LOCATION. Athena answers
	// with no rows then; a warning is in order.
	Missing bool
	// Empty counts the files that were passed over because they hold no byte.
	Empty int
	// Local is true where no byte comes from the network.
	Local bool
}

// List lists the data files of a table by its LOCATION, as Athena does
// (semantics 2.6, 4.2): all files below it, at any depth, without those whose
// name, or that of a folder on the way, starts with _ or a dot, and without
// empty ones; in ascending byte order of their keys. A slash at the end of
// LOCATION makes no difference. A LOCATION where nothing lies is no error.
func (r *Resolver) List(ctx context.Context, location string) (*Listing, error) {
	src, key, err := r.location(ctx, location)
	if err != nil {
		return nil, err
	}
	l := &Listing{Location: location, Local: isLocal(src)}
	if src == nil {
		l.Missing, l.Local = true, true
		return l, nil
	}
	tree, err := src.List(ctx, key, ListOptions{Recursive: true})
	if err != nil {
		return nil, err
	}
	l.Missing = !tree.Exists
	l.add(tree.Files)
	return l, nil
}

// location is Resolve, but a local folder that is not there gives a nil Source.
func (r *Resolver) location(ctx context.Context, location string) (Source, string, error) {
	src, key, err := r.Resolve(ctx, location)
	switch {
	case err == nil:
		if isLocal(src) && !strings.HasPrefix(location, "s3://") && key != "" {
			return nil, "", sqlerr.New(sqlerr.HiveFilesystemError, "A table's LOCATION is a folder, not a file: %s", location)
		}
	case sqlerr.CodeOf(err) == sqlerr.NotFound:
		return nil, "", nil
	}
	return src, key, err
}

func isLocal(src Source) bool {
	_, ok := src.(*folder)
	return ok
}

func (l *Listing) add(files []Object) {
	for _, o := range files {
		if o.Size == 0 {
			l.Empty++
			continue
		}
		l.Objects = append(l.Objects, o)
	}
}

// Hidden reports whether Hadoop, and so Athena, passes over a file or folder of
// this base name.
func Hidden(base string) bool {
	return strings.HasPrefix(base, "_") || strings.HasPrefix(base, ".")
}

// join joins a folder's key and a name.
func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return path.Join(dir, name)
}
