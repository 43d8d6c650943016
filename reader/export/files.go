// Data files without a manifest: single files and folders of them.

package export

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// endings are the endings that mark a data file, as messages list them.
const endings = ".ion.gz, .ion, .json.gz or .json"

// formatOf tells a data file's format from its base name. A suffix of
// compression is passed over; whether it can be read is package inflate's
// concern.
func formatOf(base string) (Format, bool) {
	switch path.Ext(uncompressed(base)) {
	case ".ion":
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

// refuseArchive refuses archives by name.
func refuseArchive(name string) error {
	base := strings.ToLower(path.Base(filepath.ToSlash(name)))
	for _, ext := range []string{".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.bz2", ".tar.xz", ".zip", ".7z", ".rar"} {
		if strings.HasSuffix(base, ext) {
			return sqlerr.New(sqlerr.NotSupported, "Reading archives is not supported: %s", name).WithHint("unpack it and name the folder")
		}
	}
	return nil
}

// single is a table of one data file.
func single(name string, o source.Object) (*Export, error) {
	base := path.Base(filepath.ToSlash(name))
	format, ok := formatOf(base)
	switch {
	case isManifest(base):
		return nil, sqlerr.New(sqlerr.InvalidArguments, "%s is a manifest, not a data file", name).WithHint("name the folder that it lies in")
	case path.Ext(uncompressed(base)) == ".10n":
		return nil, sqlerr.New(sqlerr.NotSupported, "Reading binary Ion is not supported: %s", name)
	case !ok:
		return nil, sqlerr.New(sqlerr.InvalidArguments, "Cannot tell what %s holds", name).WithHint("data files end in %s", endings)
	}
	plain := uncompressed(base)
	return &Export{
		TableName: identifier(strings.TrimSuffix(plain, path.Ext(plain))), Name: name, Format: format,
		Files: []DataFile{{Object: o, ItemCount: -1}}, ItemCount: -1,
	}, nil
}

// loose is a table of the data files that lie directly in a folder.
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
