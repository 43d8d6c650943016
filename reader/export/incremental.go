// Incremental exports: their data files lie in a folder that all incremental
// exports below a prefix share, [prefix/]AWSDynamoDB/data/, beside the exports'
// own folders (semantics 1.2). Only the manifest says which of them belong to
// which export.

package export

import (
	"context"
	"maps"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// The views of an incremental export, as manifests name them.
const (
	NewAndOldImages = "NEW_AND_OLD_IMAGES"
	NewImage        = "NEW_IMAGE"
)

// sharedName is the folder of the data files of incremental exports, beside the
// exports' own.
const sharedName = "data"

// NewImagesOnly reports whether an incremental export holds no old images: then
// an insert cannot be told from a modification. (The name is also seen in the
// plural.)
func (s *Summary) NewImagesOnly() bool { return strings.HasPrefix(s.OutputView, NewImage) }

// window is the time that an incremental export covers, from inclusive, to
// exclusive.
func (s *Summary) window() (from, to time.Time) { return s.ExportFromTime, s.ExportToTime }

// checkWindow refuses a summary whose window says nothing.
func checkWindow(name string, s *Summary) error {
	from, to := s.window()
	if from.IsZero() || to.IsZero() || !from.Before(to) {
		return sqlerr.New(sqlerr.HiveInvalidMetadata, "The manifest of incremental export %s has no window of time: it says from %s to %s", name, stamp(from), stamp(to)).
			WithData(sqlerr.Data{File: name, Offset: -1})
	}
	return nil
}

// withShared returns the files of an export's own folder with those of the folder
// that incremental exports share, which have "../" in front of their keys. This is
// the one place where a manifest leads out of its own folder, and it leads to
// exactly one other.
func withShared(ctx context.Context, src source.Source, folder string, here map[string]source.Object) (map[string]source.Object, error) {
	if folder == "" {
		return here, nil
	}
	parent := path.Dir(folder)
	if parent == "." {
		parent = ""
	}
	shared := join(parent, sharedName)
	tree, err := src.List(ctx, shared, source.ListOptions{Recursive: true, SkipLoops: true})
	if err != nil {
		return nil, err
	}
	out := make(map[string]source.Object, len(here)+len(tree.Files))
	maps.Copy(out, here)
	for _, o := range tree.Files {
		out["../"+sharedName+"/"+strings.TrimPrefix(o.Key, shared+"/")] = o
	}
	return out, nil
}

// listings is a Source that lists a folder once: many incremental exports share
// one, and it can hold very many files.
type listings struct {
	source.Source
	mu    sync.Mutex
	trees map[string]*source.Tree
}

func (l *listings) List(ctx context.Context, key string, opt source.ListOptions) (*source.Tree, error) {
	if !opt.Recursive || path.Base(key) != sharedName {
		return l.Source.List(ctx, key, opt)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if t, ok := l.trees[key]; ok {
		return t, nil
	}
	t, err := l.Source.List(ctx, key, opt)
	if err == nil {
		if l.trees == nil {
			l.trees = map[string]*source.Tree{}
		}
		l.trees[key] = t
	}
	return t, err
}

// URLs are the s3:// names of the data files according to the manifest, in the
// order of Files; nil where it does not name a bucket.
func (e *Export) URLs() []string {
	if e.Summary == nil || e.Summary.S3Bucket == "" {
		return nil
	}
	var out []string
	for _, f := range e.Files {
		out = append(out, "s3://"+e.Summary.S3Bucket+"/"+f.Key)
	}
	return out
}
