// Data files without a manifest: single files and folders of them.

package export

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// endings are the endings that mark a data file, as messages list them.
const endings = ".ion.gz, .ion, .10n, .json.gz or .json"

// formatOf tells a data file's format from its base name. A suffix of
// compression is passed over; whether it can be read is package inflate's
// concern.
func formatOf(base string) (Format, bool) {
	switch path.Ext(uncompressed(base)) {
	case ".ion", ".10n":
		return Ion, true
	case ".json":
		return DynamoDBJSON, true
	}
	return "", false
}

// uncompressed cuts a suffix of compression off a base name.
func uncompressed(base string) string {
	switch ext := path.Ext(base); ext {
	case ".gz", ".zst", ".bz2", ".snappy", ".deflate", ".lz4":
		return strings.TrimSuffix(base, ext)
	}
	return base
}

// isArchive tells an archive by its base name.
func isArchive(base string) bool {
	base = strings.ToLower(base)
	for _, ext := range []string{".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.bz2", ".tar.xz", ".zip", ".7z", ".rar"} {
		if strings.HasSuffix(base, ext) {
			return true
		}
	}
	return false
}

// refuseArchive refuses archives by name.
func refuseArchive(name string) error {
	if isArchive(path.Base(filepath.ToSlash(name))) {
		return archive(name)
	}
	return nil
}

func archive(name string) error {
	return sqlerr.New(sqlerr.NotSupported, "Reading archives is not supported: %s", name).WithHint("unpack it and name the folder")
}

// sniffed is how much of a file is looked at to tell what it is: a tar's mark
// lies at 257.
const sniffed = 512

// sniff refuses archives by what they hold. Only local files are looked at: it
// would cost a request elsewhere, and reading says it as well.
func sniff(ctx context.Context, name string, o source.Object) error {
	if o.Path == "" {
		return nil
	}
	rc, err := o.Open(ctx)
	if err != nil {
		return err
	}
	defer rc.Close()
	b := make([]byte, sniffed)
	n, err := io.ReadFull(rc, b)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil // reading will say it better
	}
	b = b[:n]
	if bytes.HasPrefix(b, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(io.MultiReader(bytes.NewReader(b), rc))
		if err != nil {
			return nil
		}
		inner := make([]byte, sniffed)
		n, _ = io.ReadFull(z, inner)
		b = inner[:n]
	}
	switch inflate.Looks(b) {
	case "a zip archive", "a tar archive", "a 7z archive", "a rar archive":
		return archive(name)
	}
	return nil
}

// single is a table of one data file.
func single(ctx context.Context, name string, o source.Object) (*Export, error) {
	base := path.Base(filepath.ToSlash(name))
	format, ok := formatOf(base)
	if isManifest(base) {
		return nil, sqlerr.New(sqlerr.InvalidArguments, "%s is a manifest, not a data file", name).WithHint("name the folder that it lies in")
	}
	if err := sniff(ctx, name, o); err != nil {
		return nil, err
	}
	switch {
	case !ok:
		return nil, sqlerr.New(sqlerr.InvalidArguments, "Cannot tell what %s holds", name).WithHint("data files end in %s", endings)
	}
	plain := uncompressed(base)
	return &Export{
		TableName: identifier(strings.TrimSuffix(plain, path.Ext(plain))), Name: name, Format: format,
		Files: []DataFile{{Object: o, ItemCount: -1}}, ItemCount: -1,
	}, nil
}

// openLoose opens the data files of a folder without manifests: all of them, at
// any depth, as a table with that LOCATION has them (semantics 4.2).
func (s *search) openLoose() (*Export, error) {
	tree, err := s.src.List(s.ctx, s.top, source.ListOptions{Recursive: true})
	if err != nil {
		return nil, err
	}
	var files []source.Object
	passed := 0
	twins := map[string]string{} // names without compression
	var twin []string
	for _, o := range tree.Files {
		base := path.Base(o.Key)
		if isManifest(base) && !s.opt.NoVerify {
			return nil, sqlerr.New(sqlerr.NotFound, "%s holds exports as well as data files, too deep or among too many folders: %s", s.name, o.Name).
				WithHint("name a folder that is closer to what you mean")
		}
		if _, ok := formatOf(base); !ok || isManifest(base) {
			passed++
			continue
		}
		files = append(files, o)
		if other := twins[uncompressed(o.Key)]; other != "" {
			twin = append(twin, other, o.Name)
		}
		twins[uncompressed(o.Key)] = o.Name
	}
	ex, err := loose(s.name, files)
	if err != nil {
		return nil, err
	}
	if passed > 0 {
		ex.note("Passed over %s of %s: data files end in %s", count(passed, "file"), s.name, endings)
	}
	if len(twin) > 0 {
		ex.note("Reading both %s and %s, as Athena would: do they hold the same records?", twin[0], twin[1])
	}
	return ex, nil
}

// strays are the data files that lie in no export's folder, without those of the
// folder data/ that all incremental exports share.
func (s *search) strays() []source.Object {
	shared := map[string]bool{}
	for _, f := range s.done {
		if f.sum.Incremental() {
			shared[join(path.Dir(f.key), "data")] = true
			shared[join(path.Dir(path.Dir(f.key)), "data")] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(s.loose), func(o source.Object) bool { return shared[path.Dir(o.Key)] })
}

// inProgress is the error for an export without its manifests.
func inProgress(name string) error {
	return sqlerr.New(sqlerr.ExportNotAsPromised, "%s has not completed: it has a %s file and no %s", name, startedName, summaryName).
		WithHint("wait for the export to complete, or copy it again with its manifests")
}

func notWhole(name, has, lacks string) error {
	return sqlerr.New(sqlerr.ExportNotAsPromised, "%s has a %s and no %s: the export was not copied whole", name, has, lacks)
}

// unfinished refuses the data/ folder of an export that has no summary.
func unfinished(ctx context.Context, src source.Source, key, name string) error {
	for _, mark := range []string{startedName, filesName} {
		stat, err := src.Stat(ctx, join(key, mark))
		switch {
		case err != nil:
			return err
		case stat.Kind != source.File:
		case mark == startedName:
			return inProgress(name)
		default:
			return notWhole(name, filesName, summaryName)
		}
	}
	return nil
}

// loose is a table of data files.
func loose(name string, files []source.Object) (*Export, error) {
	ex := &Export{Name: name, ItemCount: -1}
	base := name
	if _, b, ok := source.Parent(name); ok {
		base = b
	}
	ex.TableName = identifier(base)
	for _, o := range files {
		format, _ := formatOf(path.Base(o.Key))
		switch ex.Format {
		case "":
			ex.Format = format
		case format:
		default:
			return nil, sqlerr.New(sqlerr.InvalidArguments, "%s holds Ion and JSON files: %s and %s", name, ex.Files[0].Object.Name, o.Name).
				WithHint("name the files of one format")
		}
		ex.Files = append(ex.Files, DataFile{Object: o, ItemCount: -1})
	}
	return ex, nil
}

// identifier turns any name into an SQL identifier that needs no quotes: lower
// case, an underscore for every other character, and one before a digit.
func identifier(name string) string {
	var b strings.Builder
	for i, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r == '_':
			b.WriteRune(r)
		case r >= '0' && r <= '9':
			if i == 0 {
				b.WriteByte('_')
			}
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}
