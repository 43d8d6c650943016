// Symlink tables: a LOCATION whose files list the table's files or folders
// (semantics 4.3; BackgroundHiveSplitLoader.getTargetPathsFromSymlink and
// Hadoop's FileInputFormat for what a target may be).

package source

import (
	"context"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// maxLinkFile bounds a link file: room for some hundred thousand targets.
const maxLinkFile = 64 << 20

// Symlinks lists the data files of a symlink table by its LOCATION: each line
// of each file that lies directly in it, names starting with _ or a dot aside,
// is the s3:// URL of a file or of a folder, of which the files that lie directly in it
// are meant. Lines are taken as they are: a blank at the end belongs to the
// name, an empty line is an error, and so is a target that is not there. What
// is listed twice is read twice. Files come in the order of the lines.
//
// Where LOCATION is local or mapped, the targets must be mapped as well: a file
// on disk does not send anyone to the network.
func (r *Resolver) Symlinks(ctx context.Context, location string) (*Listing, error) {
	src, key, err := r.location(ctx, location)
	if err != nil {
		return nil, err
	}
	l := &Listing{Location: location, Local: isLocal(src)}
	if src == nil {
		l.Missing, l.Local = true, true
		return l, nil
	}
	tree, err := src.List(ctx, key, ListOptions{})
	if err != nil {
		return nil, err
	}
	l.Missing = !tree.Exists
	if len(tree.Dirs) > 0 {
		// Trino's listing is flat but has the folders in it, and then opens them.
		return nil, sqlerr.New(sqlerr.HiveBadData, "Error parsing symlinks from: %s", location).
			WithHint("%s is a folder; the LOCATION of a symlink table must hold nothing but files", src.Name(tree.Dirs[0]))
	}
	var targets []target
	for _, o := range tree.Files {
		text, err := ReadAll(ctx, o, maxLinkFile)
		if err != nil {
			return nil, err
		}
		more, err := r.targets(o, text, l.Local)
		if err != nil {
			return nil, err
		}
		targets = append(targets, more...)
	}
	if err := r.expand(ctx, l, targets); err != nil {
		return nil, err
	}
	return l, nil
}

// ReadAll reads a small file whole. One of more than limit bytes is an error.
func ReadAll(ctx context.Context, o Object, limit int64) ([]byte, error) {
	if o.Size > limit {
		return nil, sqlerr.New(sqlerr.HiveBadData, "%s is too large: %d bytes where at most %d are expected", o.Name, o.Size, limit)
	}
	rc, err := o.Open(ctx)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(rc, limit+1))
	if cerr := rc.Close(); err == nil {
		err = cerr
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, sqlerr.New(sqlerr.HiveFilesystemError, "Failed to read %s: %v", o.Name, err).Wrap(err)
	case int64(len(text)) > limit:
		return nil, sqlerr.New(sqlerr.HiveBadData, "%s is too large: more than %d bytes", o.Name, limit)
	}
	return text, nil
}

// maxTarget is the length of the longest s3:// URLs: a bucket's name has at most 63
// bytes, a key 1024. What is longer is no name, and no message should show it.
const maxTarget = len("s3://") + 63 + 1 + 1024

// target is one line of a link file, resolved.
type target struct {
	line string
	from sqlerr.Data // where it stands
	src  Source
	key  string
}

// targets reads the lines of one link file. Lines end as Java's BufferedReader
// ends them: \n, \r or \r\n; the last one need not.
func (r *Resolver) targets(o Object, text []byte, local bool) ([]target, error) {
	var out []target
	for off := 0; off < len(text); {
		end, next := off, 0
		for end < len(text) && text[end] != '\n' && text[end] != '\r' {
			end++
		}
		if next = end + 1; end+1 < len(text) && text[end] == '\r' && text[end+1] == '\n' {
			next++
		}
		t := target{line: string(text[off:end]), from: sqlerr.Data{File: o.Name, Record: int64(len(out) + 1), Offset: int64(off)}}
		off = next
		var err error
		if t.src, t.key, err = r.target(t.line, local); err != nil {
			return nil, sqlerr.As(err).WithData(t.from)
		}
		out = append(out, t)
	}
	return out, nil
}

func (r *Resolver) target(line string, local bool) (Source, string, error) {
	switch {
	case line == "":
		// The text is that of Hadoop's Path.
		return nil, "", sqlerr.New(sqlerr.HiveUnknownError, "Can not create a Path from an empty string").
			WithHint("a symlink file must not hold empty lines")
	case !utf8.ValidString(line) || strings.Contains(line, "\x00"):
		return nil, "", sqlerr.New(sqlerr.HiveBadData, "A symlink file must be UTF-8 text")
	case len(line) > maxTarget:
		return nil, "", sqlerr.New(sqlerr.HiveBadData, "A target of a symlink table is longer than any name in S3: %s...", strings.ToValidUTF8(line[:100], ""))
	case !strings.HasPrefix(line, "s3://"):
		return nil, "", sqlerr.New(sqlerr.HiveFilesystemError, "A target of a symlink table must be an s3:// URL: %s", line)
	}
	bucket, key, err := splitURL(line)
	if err != nil {
		return nil, "", err
	}
	src, rest, err := r.mapped(bucket, key, line)
	switch {
	case src != nil || err != nil:
		return src, rest, err
	case local || r.refusesS3():
		return nil, "", r.unmapped(line)
	}
	return r.cloud.bucket(bucket), key, nil
}

// Where this many targets share a folder, the folder is listed once instead of
// asking for each.
const listFrom = 3

// expand turns targets into files.
func (r *Resolver) expand(ctx context.Context, l *Listing, targets []target) error {
	type folderKey struct {
		src Source
		dir string
	}
	parent := func(t *target) folderKey {
		dir := path.Dir(t.key)
		if dir == "." {
			dir = ""
		}
		return folderKey{t.src, dir}
	}
	counts := map[folderKey]int{}
	for i := range targets {
		counts[parent(&targets[i])]++
	}
	listed := map[folderKey]map[string]Object{}
	for i := range targets {
		t := &targets[i]
		l.Local = l.Local && isLocal(t.src)
		if Hidden(path.Base(t.key)) {
			// FileInputFormat filters the target itself as well.
			return sqlerr.New(sqlerr.HiveFilesystemError, "Input Pattern %s matches 0 files", t.line).WithData(t.from).
				WithHint("names that start with _ or a dot are passed over")
		}
		at := parent(t)
		if counts[at] >= listFrom && t.key != "" {
			files, ok := listed[at]
			if !ok {
				tree, err := t.src.List(ctx, at.dir, ListOptions{})
				if err != nil {
					return err
				}
				files = make(map[string]Object, len(tree.Files))
				for _, o := range tree.Files {
					files[o.Key] = o
				}
				listed[at] = files
			}
			if o, ok := files[t.key]; ok {
				l.add([]Object{o})
				continue
			}
		}
		stat, err := t.src.Stat(ctx, t.key)
		switch {
		case err != nil:
			return err
		case stat.Kind == Missing:
			return sqlerr.New(sqlerr.HiveFilesystemError, "Input path does not exist: %s", t.line).WithData(t.from)
		case stat.Kind == File:
			l.add([]Object{stat.Object})
			continue
		}
		tree, err := t.src.List(ctx, t.key, ListOptions{})
		if err != nil {
			return err
		}
		if len(tree.Dirs) > 0 {
			return sqlerr.New(sqlerr.HiveFilesystemError, "Not a file: %s", t.src.Name(tree.Dirs[0])).WithData(t.from).
				WithHint("a folder that a symlink file names must not have folders in it")
		}
		l.add(tree.Files)
	}
	return nil
}
