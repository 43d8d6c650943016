package source

// Writing: new files below a folder, seen by others all at once or not at all.
// Files are made in a hidden folder and moved to their names at the end; hidden
// names are no part of any table.

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// stagingPrefix starts the names of folders that hold unfinished files.
const stagingPrefix = ".ionq-staging-"

// staleAfter is the age from which such a folder must be a dead process's.
const staleAfter = 24 * time.Hour

// Staging is a set of new files for one folder.
type Staging struct {
	name  string // the folder, as the user named it
	root  *os.Root
	owned bool   // root is to be closed
	key   string // the folder in root
	dir   string // the hidden folder in root
	fresh bool   // the folder was not there, or empty
	files []string
}

// Stage begins to write below a location: an s3:// name that is mapped to a
// folder, a file:// URL or a path. With mustBeEmpty a folder that holds anything
// is an error: exists makes it.
func (r *Resolver) Stage(_ context.Context, location string, mustBeEmpty bool, exists func() error) (*Staging, error) {
	s, err := r.place(location)
	if err != nil {
		return nil, err
	}
	if err := s.begin(mustBeEmpty, exists); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// place finds the folder that a location means; it need not be there.
func (r *Resolver) place(location string) (*Staging, error) {
	if strings.HasPrefix(location, "s3://") {
		bucket, key, err := splitURL(location)
		if err != nil {
			return nil, err
		}
		src, rest, err := r.mapped(bucket, key, location)
		if err != nil {
			return nil, err
		}
		f, ok := src.(*folder)
		if !ok || f == nil {
			return nil, sqlerr.New(sqlerr.NotSupported, "Writing to S3 is not supported: %s", location).
				WithHint("map the location to a local folder: --map s3://bucket/prefix=DIR")
		}
		return &Staging{name: location, root: f.root, key: rest}, nil
	}
	dir := location
	switch rest, ok := strings.CutPrefix(location, "file://"); {
	case ok:
		u, err := url.PathUnescape(rest)
		if err != nil || !strings.HasPrefix(u, "/") {
			return nil, sqlerr.New(sqlerr.InvalidArguments, "Not a file:// URL of this machine: %s", location)
		}
		dir = filepath.FromSlash(u)
	case IsURL(location):
		_, _, err := splitURL(location)
		return nil, err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, writeFailed(location, err)
	}
	// The nearest folder above that is there is the root of what may be touched.
	base, key := abs, ""
	for {
		info, err := os.Stat(base)
		if err == nil && info.IsDir() {
			break
		}
		up := filepath.Dir(base)
		if err == nil || !errors.Is(err, fs.ErrNotExist) || up == base {
			return nil, writeFailed(location, errors.New("it is no folder, nor can it become one"))
		}
		key = path.Join(filepath.Base(base), key)
		base = up
	}
	root, err := os.OpenRoot(base)
	if err != nil {
		return nil, writeFailed(location, err)
	}
	return &Staging{name: location, root: root, owned: true, key: key}, nil
}

func writeFailed(name string, err error) error {
	return sqlerr.New(sqlerr.HiveFilesystemError, "Cannot write to %s: %v", name, cause(err)).Wrap(err)
}

func (s *Staging) begin(mustBeEmpty bool, exists func() error) error {
	where := s.key
	if where == "" {
		where = "."
	}
	dir, err := s.root.Open(where)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.fresh = true
	case err != nil:
		return writeFailed(s.name, err)
	default:
		entries, err := dir.ReadDir(-1)
		_ = dir.Close() // it was only read
		if err != nil {
			return writeFailed(s.name, err)
		}
		s.fresh = true
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), stagingPrefix) {
				info, err := e.Info()
				if err == nil && time.Since(info.ModTime()) > staleAfter {
					_ = s.root.RemoveAll(join(s.key, e.Name())) // what cannot be removed harms nobody
					continue
				}
			}
			s.fresh = false
		}
	}
	if mustBeEmpty && !s.fresh {
		return exists()
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	name := stagingPrefix + hex.EncodeToString(id[:])
	if s.fresh && s.key != "" {
		up := path.Dir(s.key)
		if up == "." {
			up = ""
		}
		s.dir = join(up, name)
	} else {
		s.fresh = false
		s.dir = join(s.key, name)
	}
	if err := s.root.MkdirAll(s.dir, 0o777); err != nil {
		return writeFailed(s.name, err)
	}
	return nil
}

// Create makes a file, which will have that slash-separated name below the
// folder.
func (s *Staging) Create(name string) (*os.File, error) {
	at := path.Join(s.dir, name)
	if err := s.root.MkdirAll(path.Dir(at), 0o777); err != nil {
		return nil, writeFailed(s.name, err)
	}
	f, err := s.root.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, writeFailed(s.name, err)
	}
	s.files = append(s.files, name)
	return f, nil
}

// Fail words a failure to write one of the files.
func (s *Staging) Fail(err error) error { return writeFailed(s.name, err) }

// Commit moves the files to their names; they are closed and synced. A folder that
// was not there comes in one step. Otherwise file after file comes, and after a
// failure those that came are taken back.
func (s *Staging) Commit() error {
	defer s.close()
	if s.fresh {
		if err := s.root.Remove(s.key); err != nil && !errors.Is(err, fs.ErrNotExist) {
			// Somebody has put something there, or it is a link: not ours to replace.
			return errors.Join(writeFailed(s.name, err), s.root.RemoveAll(s.dir))
		}
		if err := s.root.Rename(s.dir, s.key); err != nil {
			return errors.Join(writeFailed(s.name, err), s.root.RemoveAll(s.dir))
		}
		return nil
	}
	for i, name := range s.files {
		to := join(s.key, name)
		err := s.root.MkdirAll(path.Dir(to), 0o777)
		if err == nil {
			err = s.root.Rename(path.Join(s.dir, name), to)
		}
		if err != nil {
			for _, done := range s.files[:i] {
				err = errors.Join(err, s.root.Remove(join(s.key, done)))
			}
			return errors.Join(writeFailed(s.name, err), s.root.RemoveAll(s.dir))
		}
	}
	if err := s.root.RemoveAll(s.dir); err != nil {
		return writeFailed(s.name, err)
	}
	return nil
}

// Abort removes all that was written.
func (s *Staging) Abort() {
	if s.root != nil {
		_ = s.root.RemoveAll(s.dir) // hidden, and removed by a later run
	}
	s.close()
}

func (s *Staging) close() {
	if s.owned && s.root != nil {
		_ = s.root.Close() // a handle of a folder: nothing is lost
	}
	s.root = nil
}
