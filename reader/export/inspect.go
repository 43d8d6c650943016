// Inspecting exports: everything that is wrong with what lies at a path, where
// Open stops at the first. Incremental exports are inspected as well.

package export

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Severity tells a finding that something is wrong from one that is good to know.
type Severity string

// The severities.
const (
	Wrong   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing that is not as it should be.
type Finding struct {
	Severity Severity `json:"severity"`
	Check    string   `json:"check"` // which check found it; a stable word
	File     string   `json:"file,omitempty"`
	Message  string   `json:"message"`
	Want     string   `json:"want,omitempty"`
	Got      string   `json:"got,omitempty"`
}

// Survey is what lies at a path.
type Survey struct {
	Exports []*Inspection
	// InProgress are folders of exports that never completed.
	InProgress []string
	// Loose are the data files that lie in no export's folder and that no
	// incremental export names.
	Loose []source.Object
	// Findings are about the path, not about one export.
	Findings []Finding
}

// Inspection is what an export's manifests say, and what is there of it.
type Inspection struct {
	Name     string   // the export's folder
	Summary  *Summary // nil where it cannot be read
	Claims   []Claim
	Findings []Finding

	src    source.Source
	folder string
}

// Claim is a line of manifest-files.json, and the file that it names.
type Claim struct {
	ManifestFile
	Object source.Object
	Found  bool
}

func (x *Inspection) wrong(check, file, format string, args ...any) {
	x.Findings = append(x.Findings, Finding{Severity: Wrong, Check: check, File: file, Message: fmt.Sprintf(format, args...)})
}

func (x *Inspection) warn(check, file, format string, args ...any) {
	x.Findings = append(x.Findings, Finding{Severity: Warning, Check: check, File: file, Message: fmt.Sprintf(format, args...)})
}

// Take surveys a path: an export's folder, its data/ folder, a manifest, one data
// file, or a folder with any number of these below it. Errors are those of the
// path itself: what is wrong with exports are findings.
func Take(ctx context.Context, r *source.Resolver, name string) (*Survey, error) {
	if err := refuseArchive(name); err != nil {
		return nil, err
	}
	src, key, err := r.Resolve(ctx, name)
	if err != nil {
		return nil, err
	}
	stat, err := src.Stat(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case stat.Kind == source.Missing:
		return nil, sqlerr.New(sqlerr.NotFound, "No such file or folder: %s", name)
	case stat.Kind == source.File:
		return one(ctx, r, name, stat.Object)
	}
	if parent, base, ok := source.Parent(name); ok && base == "data" {
		if psrc, pkey, err := r.Resolve(ctx, parent); err == nil {
			for _, mark := range []string{summaryName, filesName} {
				if m, err := psrc.Stat(ctx, join(pkey, mark)); err == nil && m.Kind == source.File {
					return Take(ctx, r, parent)
				}
			}
		}
	}
	s := search{ctx: ctx, src: src, top: key, name: name, survey: true}
	if err := s.visit(key, 0); err != nil {
		return nil, err
	}
	out := &Survey{}
	for _, k := range s.started {
		out.InProgress = append(out.InProgress, src.Name(k))
	}
	if s.tooLarge != "" {
		out.Findings = append(out.Findings, Finding{
			Severity: Wrong, Check: "search", File: src.Name(s.tooLarge),
			Message: name + " was not searched whole: too many or too deep folders",
		})
	}
	shared := map[string][]source.Object{} // folders data/ of incremental exports
	named := map[string]string{}           // files in them, by name: the export that names it
	for _, f := range s.done {
		x := &Inspection{Name: src.Name(f.key), src: src, folder: f.key}
		if f.key == key {
			x.Name = name
		}
		if err := x.inspect(ctx, r, shared, named); err != nil {
			return nil, err
		}
		out.Exports = append(out.Exports, x)
	}
	// What nobody names. Whether a shared folder's files have an export elsewhere
	// cannot be known where the path is a single export.
	for _, o := range s.loose {
		if named[o.Name] == "" {
			out.Loose = append(out.Loose, o)
		}
	}
	out.twice()
	return out, nil
}

// one surveys a single file: with the promise of the manifest beside it.
func one(ctx context.Context, r *source.Resolver, name string, o source.Object) (*Survey, error) {
	parent, base, ok := source.Parent(name)
	if ok && isManifest(base) {
		return Take(ctx, r, parent)
	}
	if _, ok := formatOf(base); !ok {
		return nil, sqlerr.New(sqlerr.InvalidArguments, "Cannot tell what %s holds", name).WithHint("data files end in %s", endings)
	}
	if top, data, up := source.Parent(parent); ok && up && data == "data" {
		if src, key, err := r.Resolve(ctx, top); err == nil {
			if m, err := src.Stat(ctx, join(key, filesName)); err == nil && m.Kind == source.File {
				s, err := Take(ctx, r, top)
				if err != nil {
					return nil, err
				}
				if len(s.Exports) == 1 {
					x := s.Exports[0]
					n := len(x.Claims)
					x.Claims = slices.DeleteFunc(x.Claims, func(c Claim) bool { return path.Base(c.DataFileS3Key) != base })
					// What is wrong with other files is not asked for.
					x.Findings = slices.DeleteFunc(x.Findings, func(f Finding) bool {
						return (f.Check == checkMissing || f.Check == checkExtra) && path.Base(f.File) != base
					})
					if n > 0 {
						return s, nil
					}
				}
			}
		}
	}
	return &Survey{Loose: []source.Object{o}}, nil
}

// The names of the checks that this package makes. They are part of the command's
// machine-readable output: stable.
const (
	checkSummary  = "summary"           // manifest-summary.json can be read
	checkFiles    = "files"             // manifest-files.json can be read
	checkChecksum = "manifest_checksum" // manifests have their checksums
	checkTotals   = "totals"            // the manifests agree with each other
	checkMissing  = "missing_file"      // every file that is named is there
	checkExtra    = "extra_file"        // every file that is there is named
	checkTwice    = "duplicate"         // nothing is there or named twice
	checkFormat   = "format"            // files are of the format that the summary says
	checkPath     = "path"              // files can be reached inside the export's folder
)

// inspect reads the manifests and looks for the files. Its error is a cancelled
// context, or a place that cannot be listed.
func (x *Inspection) inspect(ctx context.Context, r *source.Resolver, shared map[string][]source.Object, named map[string]string) error {
	top, err := x.src.List(ctx, x.folder, source.ListOptions{Hidden: true, SkipLoops: true})
	if err != nil {
		return err
	}
	beside := map[string]source.Object{}
	for _, o := range top.Files {
		beside[path.Base(o.Key)] = o
	}
	text, err := x.manifest(ctx, summaryName, checkSummary, beside)
	if err != nil {
		return err
	}
	if text != nil {
		sum, err := ParseSummary(text)
		if err != nil {
			x.wrong(checkSummary, beside[summaryName].Name, "it is no manifest of an export: %v", err)
		}
		x.Summary = sum
	}
	if text, err = x.manifest(ctx, filesName, checkFiles, beside); err != nil || text == nil {
		return err
	}
	var total int64
	var lines []ManifestFile
	bad := 0
	for f, err := range fileLines(text) {
		if err != nil {
			if bad++; bad <= maxSame {
				check := checkFiles
				if f.DataFileS3Key != "" && strings.Contains(err.Error(), "already") {
					check = checkTwice
				}
				x.wrong(check, beside[filesName].Name, "%v", err)
			}
			continue
		}
		total += f.ItemCount
		lines = append(lines, f)
	}
	if bad > maxSame {
		x.wrong(checkFiles, beside[filesName].Name, "%d more lines cannot be read", bad-maxSame)
	}
	if s := x.Summary; s != nil {
		if s.ItemCount != total {
			x.Findings = append(x.Findings, Finding{
				Severity: Wrong, Check: checkTotals, File: beside[summaryName].Name,
				Message: fmt.Sprintf("%s says %d items, the lines of %s add up to %d", summaryName, s.ItemCount, filesName, total),
				Want:    fmt.Sprint(s.ItemCount), Got: fmt.Sprint(total),
			})
		}
		if table, _, ok := strings.Cut(s.ExportArn, "/export/"); ok && table != s.TableArn {
			x.wrong(checkSummary, beside[summaryName].Name, "its exportArn is of another table than its tableArn: %s, %s", s.ExportArn, s.TableArn)
		}
		if s.OutputFormat != Ion && s.OutputFormat != DynamoDBJSON {
			x.wrong(checkFormat, beside[summaryName].Name, "its outputFormat is unknown: %s", s.OutputFormat)
		}
	}
	return x.look(ctx, r, lines, shared, named)
}

// maxSame is how many findings of a kind are listed one by one.
const maxSame = 100

// manifest reads a manifest and holds it against its checksum. A nil text is one
// that cannot be read, which is a finding.
func (x *Inspection) manifest(ctx context.Context, name, check string, beside map[string]source.Object) ([]byte, error) {
	o, ok := beside[name]
	if !ok {
		x.wrong(check, x.src.Name(join(x.folder, name)), "there is no %s: the export was not copied whole", name)
		return nil, nil
	}
	limit := int64(maxFiles)
	if name == summaryName {
		limit = maxSummary
	}
	text, err := source.ReadAll(ctx, o, limit)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		x.wrong(check, o.Name, "%s", sqlerr.As(err).Msg)
		return nil, nil
	}
	if err := verify(ctx, o, text, beside); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		x.wrong(checkChecksum, o.Name, "%s", sqlerr.As(err).Msg)
	}
	stem := strings.TrimSuffix(name, ".json")
	if beside[stem+".md5"].Name == "" && beside[stem+".checksum"].Name == "" {
		x.warn(checkChecksum, o.Name, "there is no %s.md5: whether the manifest was changed cannot be told", stem)
	}
	return text, nil
}

// look finds the files that the manifest's lines name.
func (x *Inspection) look(ctx context.Context, r *source.Resolver, lines []ManifestFile, shared map[string][]source.Object, named map[string]string) error {
	var here map[string]source.Object
	lookup := func(key string) (source.Object, bool, error) {
		base, id := ".", ""
		if x.Summary != nil {
			base, id = path.Dir(x.Summary.ManifestFilesS3Key), x.Summary.ID()
		}
		return find(ctx, x.src, x.folder, base, id, key, here)
	}
	own := x.Summary == nil || !x.Summary.Incremental()
	if !own {
		// The data files of all incremental exports lie in one folder beside the
		// exports' own (semantics 1.2), which may be above what the user named.
		files, err := x.sharedFiles(ctx, r, shared)
		if err != nil {
			return err
		}
		byName := make(map[string]source.Object, len(files))
		for _, o := range files {
			byName[path.Base(o.Key)] = o
		}
		lookup = func(key string) (source.Object, bool, error) {
			o, ok := byName[path.Base(key)]
			return o, ok && path.Base(path.Dir(key)) == "data", nil
		}
	}
	var err error
	bad := map[string]bool{} // base names of what cannot be reached
	here, err = below(ctx, x.src, x.folder, func(name string, err error) {
		_, base, _ := source.Parent(name)
		bad[base] = true
		x.wrong(checkPath, name, "%s", sqlerr.As(err).Msg)
	})
	if err != nil {
		return err
	}
	used := map[string]bool{}
	missing := 0
	for _, f := range lines {
		o, ok, err := lookup(f.DataFileS3Key)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if !bad[path.Base(f.DataFileS3Key)] {
				x.wrong(checkPath, f.DataFileS3Key, "%s", sqlerr.As(err).Msg)
			}
			x.Claims = append(x.Claims, Claim{ManifestFile: f})
			continue
		}
		c := Claim{ManifestFile: f, Object: o, Found: ok}
		switch format, known := formatOf(path.Base(o.Key)); {
		case !ok:
			if missing++; missing <= maxSame {
				x.wrong(checkMissing, f.DataFileS3Key, "it is missing (%s)", count(int(f.ItemCount), "item"))
			}
		case used[o.Key]:
			x.wrong(checkTwice, o.Name, "the manifest names it twice")
			continue
		case x.Summary != nil && (!known || format != x.Summary.OutputFormat):
			x.wrong(checkFormat, o.Name, "the manifest promises files of format %s", x.Summary.OutputFormat)
		}
		if ok {
			used[o.Key] = true
			if other := named[o.Name]; other != "" && other != x.Name {
				x.warn(checkTwice, o.Name, "export %s names it as well", other)
			}
			named[o.Name] = x.Name
		}
		x.Claims = append(x.Claims, c)
	}
	slices.SortStableFunc(x.Claims, func(a, b Claim) int { return strings.Compare(a.DataFileS3Key, b.DataFileS3Key) })
	if missing > maxSame {
		x.wrong(checkMissing, "", "%d more files are missing", missing-maxSame)
	}
	for k, o := range extras(here, used) {
		if k == maxSame {
			x.wrong(checkExtra, "", "%d more files are not named by the manifest", len(extras(here, used))-maxSame)
			break
		}
		x.wrong(checkExtra, o.Name, "the manifest does not name it; Athena reads whatever lies below a LOCATION")
	}
	return nil
}

// sharedFiles lists the folder data/ beside the folders of incremental exports.
func (x *Inspection) sharedFiles(ctx context.Context, r *source.Resolver, shared map[string][]source.Object) ([]source.Object, error) {
	src, at := x.src, ""
	switch {
	case x.folder != "" && path.Dir(x.folder) == ".":
		at = "data"
	case x.folder != "":
		at = path.Dir(x.folder) + "/data"
	default:
		parent, _, ok := source.Parent(x.Name)
		if !ok {
			return nil, nil
		}
		psrc, key, err := r.Resolve(ctx, parent)
		if err != nil {
			var e *sqlerr.Error
			if errors.As(err, &e) {
				return nil, nil // what is not mapped has no files
			}
			return nil, err
		}
		src, at = psrc, join(key, "data")
	}
	name := src.Name(at)
	if files, ok := shared[name]; ok {
		return files, nil
	}
	tree, err := src.List(ctx, at, source.ListOptions{})
	if err != nil {
		return nil, err
	}
	shared[name] = tree.Files
	return tree.Files, nil
}

// twice finds exports that are there more than once.
func (s *Survey) twice() {
	seen := map[string]string{}
	for _, x := range s.Exports {
		if x.Summary == nil || x.Summary.ExportArn == "" {
			continue
		}
		if other := seen[x.Summary.ExportArn]; other != "" {
			x.warn(checkTwice, x.Name, "%s is the same export", other)
		}
		seen[x.Summary.ExportArn] = x.Name
	}
}
