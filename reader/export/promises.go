// Promises for files that are not read through a manifest: of a declared table's
// data files, what the manifest of the export that they lie in says.

package export

import (
	"context"
	"path"
	"sync"

	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Promises finds the manifests beside data/ folders. It reads each export's once
// and is safe for concurrent use.
type Promises struct {
	Resolver *source.Resolver

	mu      sync.Mutex
	folders map[string]map[string]DataFile // by the data/ folder's name; by base name
}

// Of gives what the manifest beside o's folder promises about o. ok is false
// where o lies in no export's data/ folder, or the manifest does not name it. An
// export that is not as promised is an error.
func (p *Promises) Of(ctx context.Context, o source.Object) (f DataFile, ok bool, err error) {
	folder, base, ok := source.Parent(o.Name)
	if !ok {
		return f, false, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	files, known := p.folders[folder]
	if !known {
		if files, err = p.read(ctx, folder); err != nil {
			return f, false, err
		}
		if p.folders == nil {
			p.folders = map[string]map[string]DataFile{}
		}
		p.folders[folder] = files
	}
	f, ok = files[base]
	return f, ok, nil
}

func (p *Promises) read(ctx context.Context, folder string) (map[string]DataFile, error) {
	top, base, ok := source.Parent(folder)
	if !ok || base != "data" {
		return nil, nil
	}
	src, key, err := p.Resolver.Resolve(ctx, top)
	if err != nil {
		if code := sqlerr.CodeOf(err); code == sqlerr.HiveFilesystemError || code == sqlerr.NotFound {
			return nil, nil // beyond what is mapped: no manifest is to be had
		}
		return nil, err
	}
	stat, err := src.Stat(ctx, join(key, summaryName))
	if err != nil || stat.Kind != source.File {
		return nil, err
	}
	ex, err := Options{}.openFolder(ctx, src, key, top)
	if err != nil {
		return nil, err
	}
	files := make(map[string]DataFile, len(ex.Files))
	for _, f := range ex.Files {
		files[path.Base(f.Object.Key)] = f
	}
	return files, nil
}
