// Package fetch copies exports out of S3, whole: their manifests and checksums,
// and exactly the data files that the manifests name, those of incremental
// exports in the folder that they share included. The layout is kept from the
// AWSDynamoDB folder on, so that the copy can be read as the original is.
//
//	p, err := fetch.Look(ctx, resolver, "s3://example-bucket/export/AWSDynamoDB/01688083200000-abcd1234")
//	report, err := p.Copy(ctx, "exports", fetch.Options{})
//
// A file is there whole or not at all: it is written under another name, held
// against its MD5, and renamed. Files that are there and are right are not fetched
// again, so that a copy that was interrupted is resumed by asking for it again.
package fetch

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// File is one file to copy.
type File struct {
	Object source.Object
	To     string // slash-separated, below the folder to copy to
	MD5    string // base64, as the manifest promises it; empty unknown
	data   bool
}

// Plan is what is to be copied.
type Plan struct {
	Name    string
	Exports []string // their folders, slash-separated, below the folder to copy to; "." is that itself
	Files   []File   // manifests first: what is missing of a broken copy is noticed then
	Bytes   int64
	// Wrong is what is not right at the source: files that are missing, say.
	Wrong []export.Finding
	// Notes are for standard error.
	Notes []string
}

// Look finds what belongs to the exports at a name.
func Look(ctx context.Context, r *source.Resolver, name string) (*Plan, error) {
	src, top, err := r.Resolve(ctx, name)
	if err != nil {
		return nil, err
	}
	stat, err := src.Stat(ctx, top)
	switch {
	case err != nil:
		return nil, err
	case stat.Kind == source.File:
		return nil, sqlerr.New(sqlerr.InvalidArguments, "%s is a file, and exports are fetched whole", name).
			WithHint("name the export's folder, or one above it")
	}
	s, err := export.Take(ctx, r, name)
	if err != nil {
		return nil, err
	}
	p := &Plan{Name: name}
	if len(s.Exports) == 0 {
		if len(s.InProgress) > 0 {
			return nil, sqlerr.New(sqlerr.ExportNotAsPromised, "%s has not completed: it has no manifest yet", s.InProgress[0]).
				WithHint("wait for the export to complete, and fetch it then")
		}
		return nil, sqlerr.New(sqlerr.NotFound, "No export at %s", name).
			WithHint("an export is a folder with a manifest-summary.json; aws s3 cp copies what has none")
	}
	for _, at := range s.InProgress {
		p.Notes = append(p.Notes, "Passed over "+at+": that export has not completed")
	}
	p.Wrong = append(p.Wrong, s.Findings...)
	var folders []string // keys of the exports' folders
	var manifests, data []File
	taken := map[string]bool{}
	for _, x := range s.Exports {
		src, key, err := r.Resolve(ctx, x.Name)
		if err != nil {
			return nil, err
		}
		tree, err := src.List(ctx, key, source.ListOptions{Hidden: true})
		if err != nil {
			return nil, err
		}
		folders = append(folders, key)
		for _, o := range tree.Files {
			if base := path.Base(o.Key); base == "_started" || strings.HasPrefix(base, "manifest-") {
				manifests = append(manifests, File{Object: o})
			}
		}
		for _, c := range x.Claims {
			if c.Found && !taken[c.Object.Key] {
				taken[c.Object.Key] = true
				data = append(data, File{Object: c.Object, MD5: c.MD5Checksum, data: true})
			}
		}
		for _, f := range x.Findings {
			if f.Severity == export.Wrong && f.Check != "extra_file" { // what no manifest names is not copied
				p.Wrong = append(p.Wrong, f)
			}
		}
	}
	p.Files = append(manifests, data...)
	strip := stem(top)
	for i := range p.Files {
		for !under(p.Files[i].Object.Key, strip) {
			strip = parent(strip)
		}
	}
	for _, key := range folders {
		for key != strip && !under(key, strip) {
			strip = parent(strip)
		}
	}
	for i := range p.Files {
		f := &p.Files[i]
		f.To = rest(f.Object.Key, strip)
		if err := local(f.To); err != nil {
			return nil, sqlerr.New(sqlerr.HiveFilesystemError, "%s cannot be copied: %v", f.Object.Name, err).
				WithHint("no export has such a key; nothing was copied")
		}
		p.Bytes += f.Object.Size
	}
	for _, key := range folders {
		p.Exports = append(p.Exports, rest(key, strip))
	}
	slices.Sort(p.Exports)
	p.Exports = slices.Compact(p.Exports)
	return p, nil
}

// stem is the part of the named key that the copy does without: what stands
// before the last element AWSDynamoDB, or all of it.
func stem(key string) string {
	parts := strings.Split(key, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] == "AWSDynamoDB" {
			return strings.Join(parts[:i], "/")
		}
	}
	return key
}

func under(key, folder string) bool { return folder == "" || strings.HasPrefix(key, folder+"/") }

func parent(key string) string {
	if i := strings.LastIndexByte(key, '/'); i >= 0 {
		return key[:i]
	}
	return ""
}

func rest(key, strip string) string {
	switch {
	case key == strip:
		return "."
	case strip == "":
		return key
	}
	return strings.TrimPrefix(key, strip+"/")
}

// local refuses names that lead elsewhere than into the folder, on any system.
// (os.Root would as well; here nothing has been written yet.)
func local(to string) error {
	if to == "" || strings.ContainsAny(to, "\\:*?\"<>|") || strings.ContainsFunc(to, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("its key holds characters that no export's has: %q", to)
	}
	for part := range strings.SplitSeq(to, "/") {
		if part == "" || part == "." || part == ".." || strings.HasSuffix(part, partSuffix) {
			return fmt.Errorf("its key is no path of a file: %q", to)
		}
	}
	if !filepath.IsLocal(filepath.FromSlash(to)) {
		return fmt.Errorf("its key is no path of a file: %q", to)
	}
	return nil
}

// partSuffix ends the name of a file that is not whole yet.
const partSuffix = ".ionq-part"

// Requests estimates the GETs that a copy needs, for parts of this many bytes.
func (p *Plan) Requests(part int64) (n int64) {
	for _, f := range p.Files {
		n += (f.Object.Size + part - 1) / part
	}
	return n
}

// Options tune Copy.
type Options struct {
	Files int // copied at once; 0 means 4
	// Progress learns now and then how many bytes are there. May be nil. It is
	// called from several goroutines, but not from two at once.
	Progress func(done, total int64)
}

// Report is the outcome of a copy.
type Report struct {
	Copied, Present           int // files
	CopiedBytes, PresentBytes int64
	// Wrong is what failed, and what was wrong at the source.
	Wrong []export.Finding
}

// maxWrong is how many files may fail before a copy is given up.
const maxWrong = 20

// Copy copies into a folder, which is made where it is not there. Files that fail
// are in the report; the error is a cancelled context, or a folder that cannot be
// written.
func (p *Plan) Copy(ctx context.Context, dir string, opt Options) (*Report, error) {
	cannot := func(err error) error {
		return sqlerr.New(sqlerr.GenericUserError, "Cannot copy to %s: %v", dir, err).Wrap(err).WithHint("choose a folder that can be written")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, cannot(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, cannot(err)
	}
	defer root.Close()
	if opt.Files <= 0 {
		opt.Files = 4
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &copying{root: root, total: p.Bytes, progress: opt.Progress, report: &Report{Wrong: slices.Clone(p.Wrong)}}
	work := make(chan *File)
	var wg sync.WaitGroup
	for range opt.Files {
		wg.Go(func() {
			for f := range work {
				if c.one(ctx, f) {
					cancel()
				}
			}
		})
	}
feed:
	for i := range p.Files {
		select {
		case work <- &p.Files[i]:
		case <-ctx.Done():
			break feed
		}
	}
	close(work)
	wg.Wait()
	switch {
	case c.fatal != nil:
		return c.report, cannot(c.fatal)
	case len(c.report.Wrong) > len(p.Wrong):
		return c.report, nil
	}
	return c.report, ctx.Err()
}

// copying is a copy under way.
type copying struct {
	root     *os.Root
	total    int64
	progress func(done, total int64)
	done     atomic.Int64

	mu     sync.Mutex
	report *Report
	failed int
	fatal  error
}

func (c *copying) advance(n int64) {
	done := c.done.Add(n)
	if c.progress != nil {
		c.mu.Lock()
		c.progress(done, c.total)
		c.mu.Unlock()
	}
}

// one copies a file. It reports whether to give up.
func (c *copying) one(ctx context.Context, f *File) (stop bool) {
	there, err := c.present(ctx, f)
	if err == nil && !there {
		err = c.copy(ctx, f)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var disk *diskError
	switch {
	case ctx.Err() != nil:
		return true
	case err == nil && there:
		c.report.Present++
		c.report.PresentBytes += f.Object.Size
		return false
	case err == nil:
		c.report.Copied++
		c.report.CopiedBytes += f.Object.Size
		return false
	case errors.As(err, &disk):
		c.fatal = disk.err
		return true
	}
	e := sqlerr.As(err)
	msg := e.Msg
	if e.Hint != "" {
		msg += " (" + e.Hint + ")"
	}
	c.report.Wrong = append(c.report.Wrong, export.Finding{Severity: export.Wrong, Check: "fetch", File: f.Object.Name, Message: msg})
	c.failed++
	return c.failed >= maxWrong
}

// diskError is trouble with the folder: it will not be better for the next file.
type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }

// present reports whether a file is there, and is the one that is wanted: by its
// size, and its MD5 or what else the etag says of it.
func (c *copying) present(ctx context.Context, f *File) (bool, error) {
	name := filepath.FromSlash(f.To)
	info, err := c.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, &diskError{err}
	case !info.Mode().IsRegular():
		return false, &diskError{fmt.Errorf("%s is there and is no file", f.To)}
	case info.Size() != f.Object.Size || f.MD5 == "" && !source.ETagIsSum(f.Object.ETag):
		return false, nil
	}
	r, err := c.root.Open(name)
	if err != nil {
		return false, &diskError{err}
	}
	defer r.Close()
	h := md5.New()
	if _, err := io.Copy(h, reading{ctx, r}); err != nil {
		return false, err
	}
	if !f.right(h.Sum(nil)) {
		return false, nil
	}
	c.advance(f.Object.Size)
	return true, nil
}

// right reports whether an MD5 is the one that is wanted.
func (f *File) right(sum []byte) bool {
	if f.MD5 != "" {
		return f.MD5 == base64.StdEncoding.EncodeToString(sum)
	}
	return source.ETagFits(f.Object.ETag, sum)
}

type reading struct {
	ctx context.Context
	r   io.Reader
}

func (r reading) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// copy fetches a file.
func (c *copying) copy(ctx context.Context, f *File) (err error) {
	name := filepath.FromSlash(f.To)
	if dir := filepath.Dir(name); dir != "." {
		if err := c.root.MkdirAll(dir, 0o755); err != nil {
			return &diskError{err}
		}
	}
	o := f.Object.NotKept()
	if f.data {
		o.MD5 = f.MD5
	}
	rc, err := o.Open(ctx)
	if err != nil {
		return err
	}
	defer rc.Close()
	part := name + partSuffix
	w, err := c.root.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return &diskError{err}
	}
	var n int64
	h := md5.New()
	defer func() {
		if err != nil {
			_ = w.Close()
			_ = c.root.Remove(part) // what stays is overwritten the next time
			c.done.Add(-n)
		}
	}()
	buf := make([]byte, 256<<10)
	for {
		k, rerr := rc.Read(buf)
		if k > 0 {
			if _, err := w.Write(buf[:k]); err != nil {
				return &diskError{err}
			}
			_, _ = h.Write(buf[:k]) // a hash takes everything
			n += int64(k)
			c.advance(int64(k))
		}
		if rerr == io.EOF {
			break
		}
		if rerr != nil {
			return rerr
		}
	}
	switch {
	case n != f.Object.Size:
		return sqlerr.New(sqlerr.HiveCursorError, "%d bytes of %s arrived, %d were listed", n, f.Object.Name, f.Object.Size)
	case f.MD5 != "" && !f.right(h.Sum(nil)):
		return sqlerr.New(sqlerr.HiveCursorError, "%s has the MD5 %s, and the manifest promises another", f.Object.Name, hex.EncodeToString(h.Sum(nil)))
	}
	if err := w.Sync(); err != nil {
		return &diskError{err}
	}
	if err := w.Close(); err != nil {
		return &diskError{err}
	}
	if err := c.root.Rename(part, name); err != nil {
		return &diskError{err}
	}
	return nil
}
