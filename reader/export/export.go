// Package export recognises what a user points at: the folder of a DynamoDB
// export, a folder with many of them, a data/ folder, or single data files; and
// says which files hold the items, what the manifest promises about them, and
// what the table is called. It reads manifests and listings, never items.
//
//	ex, err := export.Open(ctx, resolver, "downloads/01688083200000-abcd1234")
//	for _, f := range ex.Files { f.Object.Open, f.ItemCount ... }
//
// Paths are local or s3:// names; mappings apply as everywhere (package source).
package export

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Export is a set of data files that makes one table.
type Export struct {
	// TableName is a name for SQL: the DynamoDB table's, or else the folder's or
	// file's, in lower case, with an underscore for each character that an
	// identifier cannot have.
	TableName string
	// Table is the DynamoDB table's own name; empty without a manifest.
	Table string
	// ID is the export's id; empty without a manifest.
	ID string
	// Name is what the user would call the place: a path or an s3:// URL.
	Name string
	// ExportTime is the instant whose state of the table the items are; zero
	// without a manifest.
	ExportTime time.Time
	Format     Format
	Files      []DataFile
	// ItemCount is what the manifest promises in all; -1 without a manifest.
	ItemCount int64
	// Location is the s3:// LOCATION of the data files according to the
	// manifest, for DDL; empty without a manifest.
	Location string
	Summary  *Summary // nil without a manifest
	// Notes say what a user should know: which export was chosen out of many,
	// what was passed over. Each is a sentence for standard error.
	Notes []string
}

// DataFile is one data file.
type DataFile struct {
	Object    source.Object
	ItemCount int64  // promised by the manifest; -1 unknown
	Key       string // in the bucket, according to the manifest; empty without one
	MD5       string // base64 MD5 of the stored bytes; empty unknown
	ETag      string // as in the manifest; empty unknown
}

func (e *Export) note(format string, args ...any) {
	e.Notes = append(e.Notes, fmt.Sprintf(format, args...))
}

// Sizes that no manifest of a real export reaches. A line of manifest-files.json
// has some 250 bytes and there is one for each partition of the table.
const (
	maxSummary = 1 << 20
	maxFiles   = 512 << 20
)

const (
	summaryName = "manifest-summary.json"
	filesName   = "manifest-files.json"
	startedName = "_started"
)

// Open finds the one export that a path means. Where it holds several, the
// newest completed full export is taken, and a note says so; see OpenAll for
// one of each table.
//
// Errors: NOT_FOUND where the path or anything to read in it is not there,
// NOT_SUPPORTED for incremental exports and archives, EXPORT_NOT_AS_PROMISED
// where files and manifest disagree or the export never completed,
// HIVE_INVALID_METADATA where a manifest cannot be read.
func Open(ctx context.Context, r *source.Resolver, name string) (*Export, error) {
	return Options{}.Open(ctx, r, name)
}

// OpenAll finds the exports that a path means: of each table in it the newest
// completed full export, the newest table first. There is at least one.
func OpenAll(ctx context.Context, r *source.Resolver, name string) ([]*Export, error) {
	return Options{}.OpenAll(ctx, r, name)
}

// Options tune how exports are opened.
type Options struct {
	// NoVerify makes notes of what otherwise are errors: files and manifests that
	// are not as promised, missing files, an export that never completed. What a
	// manifest promises is not in the result then, so nobody checks it later. What
	// leads out of the export's folder stays an error.
	NoVerify bool
}

// Open is the function Open.
func (opt Options) Open(ctx context.Context, r *source.Resolver, name string) (*Export, error) {
	all, err := opt.OpenAll(ctx, r, name)
	if err != nil {
		return nil, err
	}
	first := all[0]
	if len(all) > 1 {
		var others []string
		for _, e := range all[1:] {
			others = append(others, e.Table)
		}
		first.note("%s holds exports of other tables too, which are not read: %s", name, strings.Join(others, ", "))
	}
	return first, nil
}

// OpenAll is the function OpenAll.
func (opt Options) OpenAll(ctx context.Context, r *source.Resolver, name string) ([]*Export, error) {
	src, key, err := r.Resolve(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := refuseArchive(name); err != nil {
		return nil, err
	}
	stat, err := src.Stat(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case stat.Kind == source.Missing:
		return nil, sqlerr.New(sqlerr.NotFound, "No such file or folder: %s", name)
	case stat.Kind == source.File:
		ex, err := single(ctx, name, stat.Object)
		if err != nil {
			return nil, err
		}
		return []*Export{ex}, nil
	}
	// The data/ folder of an export is read by the manifests beside it.
	if parent, base, ok := source.Parent(name); ok && base == "data" {
		if psrc, pkey, err := r.Resolve(ctx, parent); err == nil {
			m, err := psrc.Stat(ctx, join(pkey, summaryName))
			if err == nil && m.Kind == source.File {
				ex, err := opt.openFolder(ctx, psrc, pkey, parent)
				if err != nil {
					return nil, err
				}
				if ex.Summary.Incremental() {
					return nil, refuseIncremental(parent, ex.Summary)
				}
				return []*Export{ex}, nil
			}
			if err == nil && !opt.NoVerify {
				if err := unfinished(ctx, psrc, pkey, parent); err != nil {
					return nil, err
				}
			}
		}
	}
	s := search{ctx: ctx, src: src, top: key, name: name, opt: opt}
	if err := s.visit(key, 0); err != nil {
		return nil, err
	}
	return s.choose()
}

func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return path.Join(dir, name)
}

// search looks for exports below a folder.
type search struct {
	ctx  context.Context
	src  source.Source
	top  string
	name string
	opt  Options
	// survey takes note of folders with manifests without reading those.
	survey bool

	folders  int // visited
	done     []found
	started  []string        // folders with _started and no manifest
	loose    []source.Object // data files that lie in no export's folder
	passed   int             // files of the top folder with unknown endings
	archive  string          // one of them that is an archive
	tooLarge string          // first folder that was not visited
}

// found is a folder with a manifest.
type found struct {
	key string
	sum *Summary
}

// How far a search goes: below a bucket's root lie the prefix, AWSDynamoDB and
// the export; prefixes of a few elements are usual, deeper ones can be named.
const (
	maxDepth   = 6
	maxFolders = 2000
)

func (s *search) visit(key string, depth int) error {
	if s.folders++; s.folders > maxFolders || depth > maxDepth {
		s.tooLarge = cmp.Or(s.tooLarge, key)
		return nil
	}
	tree, err := s.src.List(s.ctx, key, source.ListOptions{Hidden: true, SkipLoops: true})
	if err != nil {
		return err
	}
	has := map[string]source.Object{}
	for _, o := range tree.Files {
		has[path.Base(o.Key)] = o
	}
	if _, ok := has[summaryName]; ok && s.survey {
		s.done = append(s.done, found{key, nil})
		return nil
	}
	if o, ok := has[summaryName]; ok {
		sum, _, err := s.opt.readSummary(s.ctx, o, has)
		if err != nil {
			return err
		}
		s.done = append(s.done, found{key, sum})
		return nil
	}
	if _, ok := has[startedName]; ok && !s.opt.NoVerify && (!s.survey || has[filesName].Name == "") {
		s.started = append(s.started, key)
		return nil
	}
	if _, ok := has[filesName]; ok && s.survey {
		s.done = append(s.done, found{key, nil})
		return nil
	}
	if _, ok := has[filesName]; ok && !s.opt.NoVerify {
		return notWhole(s.src.Name(key), filesName, summaryName)
	}
	for _, o := range tree.Files {
		base := path.Base(o.Key)
		if source.Hidden(base) || isManifest(base) {
			continue
		}
		if _, ok := formatOf(base); ok {
			s.loose = append(s.loose, o)
			continue
		}
		if depth == 0 {
			s.passed++
		}
		if isArchive(base) {
			s.archive = cmp.Or(s.archive, o.Name)
		}
	}
	for _, dir := range tree.Dirs {
		if source.Hidden(path.Base(dir)) {
			continue
		}
		if err := s.visit(dir, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// choose picks, of each table, the newest completed full export.
func (s *search) choose() ([]*Export, error) {
	if len(s.loose) > 0 && len(s.done)+len(s.started) == 0 {
		ex, err := s.openLoose()
		if err != nil {
			return nil, err
		}
		return []*Export{ex}, nil
	}
	var full, incremental []found
	for _, f := range s.done {
		if f.sum.Incremental() {
			incremental = append(incremental, f)
		} else {
			full = append(full, f)
		}
	}
	if len(full) == 0 {
		return nil, s.nothing(incremental)
	}
	// Newest first: by the instant that the items show, then by id, whose
	// digits are the time of the request.
	slices.SortStableFunc(full, func(a, b found) int {
		return cmp.Or(b.sum.ExportTime.Compare(a.sum.ExportTime), byFormat(a.sum, b.sum), cmp.Compare(b.sum.ID(), a.sum.ID()), cmp.Compare(a.key, b.key))
	})
	byTable := map[string][]found{}
	var tables []string
	for _, f := range full {
		if byTable[f.sum.TableArn] == nil {
			tables = append(tables, f.sum.TableArn)
		}
		byTable[f.sum.TableArn] = append(byTable[f.sum.TableArn], f)
	}
	var out []*Export
	for _, arn := range tables {
		of := byTable[arn]
		at := s.src.Name(of[0].key)
		if of[0].key == s.top {
			at = s.name
		}
		ex, err := s.opt.openFolder(s.ctx, s.src, of[0].key, at)
		if err != nil {
			return nil, err
		}
		if of[0].key != s.top {
			if len(of) > 1 {
				ex.note("Reading export %s of table %s, taken at %s, the newest of %d in %s", of[0].sum.ID(), ex.Table, stamp(ex.ExportTime), len(of), s.name)
			} else {
				ex.note("Reading export %s of table %s, taken at %s", of[0].sum.ID(), ex.Table, stamp(ex.ExportTime))
			}
		}
		for _, f := range incremental {
			if f.sum.TableArn == arn && f.sum.ExportToTime.After(ex.ExportTime) {
				ex.note("Passed over incremental export %s, which holds later changes of table %s: reading those is not supported yet", f.sum.ID(), ex.Table)
			}
		}
		out = append(out, ex)
	}
	for _, key := range s.started {
		out[0].note("Passed over %s: that export has not completed", s.src.Name(key))
	}
	if stray := s.strays(); len(stray) > 0 {
		out[0].note("Not reading %s of %s that lie in no export, such as %s", count(len(stray), "data file"), s.name, stray[0].Name)
	}
	if s.tooLarge != "" {
		out[0].note("%s was not searched whole: too many or too deep folders, such as %s", s.name, s.src.Name(s.tooLarge))
	}
	return out, nil
}

// nothing is the error where there is no full export.
func (s *search) nothing(incremental []found) error {
	switch {
	case len(incremental) > 0:
		return refuseIncremental(s.src.Name(incremental[0].key), incremental[0].sum)
	case len(s.started) > 0:
		return inProgress(s.src.Name(s.started[0]))
	}
	e := sqlerr.New(sqlerr.NotFound, "No export and no data files in %s", s.name)
	switch {
	case s.tooLarge != "":
		return e.WithHint("it was not searched whole; name a folder that is closer to the export")
	case s.archive != "":
		return e.WithHint("%s is an archive: unpack it and name the folder", s.archive)
	case s.passed > 0:
		return e.WithHint("%s there; data files end in %s", count(s.passed, "file"), endings)
	}
	return e.WithHint("an export is a folder with a %s; data files end in %s", summaryName, endings)
}

func refuseIncremental(name string, sum *Summary) error {
	return sqlerr.New(sqlerr.NotSupported, "%s is an incremental export: it holds the changes of table %s from %s to %s, not the table",
		name, tableOf(sum.TableArn), stamp(sum.ExportFromTime), stamp(sum.ExportToTime)).WithHint("name a full export")
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// readSummary reads manifest-summary.json and its checksum. broken says what is
// not as promised and yet no error.
func (opt Options) readSummary(ctx context.Context, o source.Object, beside map[string]source.Object) (sum *Summary, broken []string, err error) {
	text, err := source.ReadAll(ctx, o, maxSummary)
	if err != nil {
		return nil, nil, err
	}
	if err := opt.excuse(&broken, verify(ctx, o, text, beside)); err != nil {
		return nil, nil, err
	}
	if sum, err = ParseSummary(text); err != nil {
		return nil, nil, badManifest(o, err)
	}
	return sum, broken, nil
}

// byFormat puts Ion first: of two exports of one instant, which hold the same
// items, it is the one that costs less to read.
func byFormat(a, b *Summary) int {
	rank := func(s *Summary) int {
		if s.OutputFormat == Ion {
			return 0
		}
		return 1
	}
	return rank(a) - rank(b)
}

// excuse turns a broken promise into a note where nothing is to be verified.
func (opt Options) excuse(notes *[]string, err error) error {
	if opt.NoVerify && sqlerr.CodeOf(err) == sqlerr.ExportNotAsPromised {
		*notes = append(*notes, sqlerr.As(err).Msg)
		return nil
	}
	return err
}

func badManifest(o source.Object, err error) error {
	return sqlerr.New(sqlerr.HiveInvalidMetadata, "%s is no manifest of an export: %v", o.Name, err).Wrap(err).
		WithData(sqlerr.Data{File: o.Name, Offset: -1})
}

// verify compares a manifest with the checksum file beside it, if there is one.
// Real exports call it .md5, AWS's documentation .checksum.
func verify(ctx context.Context, o source.Object, text []byte, beside map[string]source.Object) error {
	stem := strings.TrimSuffix(path.Base(o.Key), ".json")
	for _, ext := range []string{".md5", ".checksum"} {
		sumFile, ok := beside[stem+ext]
		if !ok {
			continue
		}
		sum, err := source.ReadAll(ctx, sumFile, maxSummary)
		if err != nil {
			return err
		}
		if !checksumMatches(text, sum) {
			return sqlerr.New(sqlerr.ExportNotAsPromised, "%s does not have the checksum that %s promises", o.Name, sumFile.Name).
				WithHint("the file was changed or not copied whole; fetch the export again")
		}
	}
	return nil
}

// openFolder reads the export whose manifests lie in the folder at key.
func (opt Options) openFolder(ctx context.Context, src source.Source, key, name string) (*Export, error) {
	top, err := src.List(ctx, key, source.ListOptions{Hidden: true, SkipLoops: true})
	if err != nil {
		return nil, err
	}
	beside := map[string]source.Object{}
	for _, o := range top.Files {
		beside[path.Base(o.Key)] = o
	}
	sum, broken, err := opt.readSummary(ctx, beside[summaryName], beside)
	if err != nil {
		return nil, err
	}
	if sum.OutputFormat != Ion && sum.OutputFormat != DynamoDBJSON {
		return nil, sqlerr.New(sqlerr.NotSupported, "Export format %s is not supported: %s", sum.OutputFormat, name)
	}
	o, ok := beside[filesName]
	if !ok {
		return nil, notWhole(name, summaryName, filesName)
	}
	text, err := source.ReadAll(ctx, o, maxFiles)
	if err != nil {
		return nil, err
	}
	if err := opt.excuse(&broken, verify(ctx, o, text, beside)); err != nil {
		return nil, err
	}
	lines, err := ParseFiles(text)
	if err != nil {
		return nil, badManifest(o, err)
	}

	ex := &Export{
		Table: tableOf(sum.TableArn), ID: sum.ID(), Name: name, ExportTime: sum.ExportTime,
		Format: sum.OutputFormat, ItemCount: sum.ItemCount, Summary: sum, Notes: broken,
	}
	ex.TableName = identifier(ex.Table)
	if err := ex.resolve(ctx, opt, src, key, sum, lines); err != nil {
		return nil, err
	}
	return ex, nil
}

// resolve finds the data files that the manifest names. Its keys count from the
// root of a bucket of which perhaps only a part is here, under another name.
func (e *Export) resolve(ctx context.Context, opt Options, src source.Source, folder string, sum *Summary, lines []ManifestFile) error {
	here, err := below(ctx, src, folder, nil)
	if err != nil {
		return err
	}
	// The folder's key in the manifest's terms; what follows it in a data file's
	// key follows our folder here.
	base := path.Dir(sum.ManifestFilesS3Key)
	near := here
	if sum.Incremental() {
		if near, err = withShared(ctx, src, folder, here); err != nil {
			return err
		}
	}
	var total int64
	used := map[string]bool{}
	for _, f := range lines {
		total += f.ItemCount
		o, ok, err := find(ctx, src, folder, base, e.ID, f.DataFileS3Key, near)
		if err != nil {
			return err
		}
		if err := opt.excuse(&e.Notes, e.promised(f, o, ok, used[o.Key])); err != nil {
			return err
		}
		if !ok || used[o.Key] {
			continue
		}
		used[o.Key] = true
		if !opt.NoVerify {
			o.MD5 = f.MD5Checksum // downloads are hashed anyway
		}
		e.Files = append(e.Files, DataFile{Object: o, ItemCount: f.ItemCount, Key: f.DataFileS3Key, MD5: f.MD5Checksum, ETag: f.ETag})
		if e.Location == "" && sum.S3Bucket != "" {
			e.Location = "s3://" + sum.S3Bucket + "/" + path.Dir(f.DataFileS3Key) + "/"
		}
	}
	if total != sum.ItemCount {
		err := sqlerr.New(sqlerr.ExportNotAsPromised, "The manifests of %s disagree: %s says %d items, the lines of %s add up to %d",
			e.Name, summaryName, sum.ItemCount, filesName, total)
		if err := opt.excuse(&e.Notes, err); err != nil {
			return err
		}
	}
	// The order of a LOCATION's files, so that a PATH and the DDL for it read
	// the rows in the same order.
	slices.SortFunc(e.Files, func(a, b DataFile) int { return strings.Compare(a.Object.Key, b.Object.Key) })
	if extra := extras(here, used); len(extra) > 0 {
		e.note("Not reading %s of %s that the manifest does not name, such as %s; Athena reads whatever lies below a LOCATION", count(len(extra), "file"), e.Name, extra[0].Name)
	}
	if opt.NoVerify {
		e.ItemCount = -1
		for i := range e.Files {
			e.Files[i].ItemCount, e.Files[i].MD5, e.Files[i].ETag = -1, "", ""
		}
	}
	return nil
}

// promised holds the file o, if one was found, against its line of the manifest.
func (e *Export) promised(f ManifestFile, o source.Object, found, used bool) error {
	switch format, known := formatOf(path.Base(o.Key)); {
	case !found:
		return sqlerr.New(sqlerr.ExportNotAsPromised, "Data file %s is missing from %s although the manifest names it (%s)",
			path.Base(f.DataFileS3Key), e.Name, count(int(f.ItemCount), "item")).
			WithHint("its key in bucket %s is %s; copy the export again", cmp.Or(e.Summary.S3Bucket, "?"), f.DataFileS3Key)
	case used:
		return sqlerr.New(sqlerr.ExportNotAsPromised, "The manifest of %s names %s twice", e.Name, o.Name)
	case !known || format != e.Format:
		return sqlerr.New(sqlerr.ExportNotAsPromised, "The manifest of %s promises files of format %s, and names %s", e.Name, e.Format, o.Name)
	case o.Size == 0 && f.ItemCount > 0:
		return sqlerr.New(sqlerr.ExportNotAsPromised, "%s is empty although the manifest promises %s", o.Name, count(int(f.ItemCount), "item"))
	}
	return nil
}

// below lists what lies in an export's folder, at any depth, by its key from
// there. bad is ListOptions.Bad.
func below(ctx context.Context, src source.Source, folder string, bad func(string, error)) (map[string]source.Object, error) {
	tree, err := src.List(ctx, folder, source.ListOptions{Recursive: true, SkipLoops: true, Bad: bad})
	if err != nil {
		return nil, err
	}
	here := make(map[string]source.Object, len(tree.Files))
	for _, o := range tree.Files {
		here[strings.TrimPrefix(o.Key, folder+"/")] = o // no key starts with a slash
	}
	return here, nil
}

// extras are the data files that no line of the manifest names, by their keys.
func extras(here map[string]source.Object, used map[string]bool) []source.Object {
	var out []source.Object
	for _, o := range here {
		if _, known := formatOf(path.Base(o.Key)); known && !used[o.Key] && !isManifest(path.Base(o.Key)) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b source.Object) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func isManifest(base string) bool { return base == summaryName || base == filesName }

// find looks for a data file: below the export's own folder, then from what
// must be the bucket's root if the folder has its original name, then loose in
// the export's folder.
func find(ctx context.Context, src source.Source, folder, base, id, key string, here map[string]source.Object) (source.Object, bool, error) {
	if rest, ok := strings.CutPrefix(key, base+"/"); ok {
		if o, ok := here[rest]; ok {
			return o, true, nil
		}
	}
	if rest, ok := strings.CutPrefix(key, path.Dir(base)+"/"); ok {
		if o, ok := here["../"+rest]; ok { // see withShared
			return o, true, nil
		}
	}
	if id != "" {
		if _, rest, ok := strings.Cut("/"+key, "/"+id+"/"); ok {
			if o, ok := here[rest]; ok {
				return o, true, nil
			}
		}
	}
	// Of what lies outside of the export's folder only data/ beside it is looked at:
	// a manifest must not make rows of any file that lies in what the user named.
	if root, ok := strings.CutSuffix("/"+folder, "/"+base); ok && base != "." && path.Dir(key) == path.Join(path.Dir(base), "data") {
		stat, err := src.Stat(ctx, strings.TrimPrefix(root+"/"+key, "/"))
		if err != nil || stat.Kind == source.File {
			return stat.Object, err == nil, err
		}
	}
	for _, rest := range []string{"data/" + path.Base(key), path.Base(key)} {
		if o, ok := here[rest]; ok {
			return o, true, nil
		}
	}
	return source.Object{}, false, nil
}
