// Tests of recognising exports: the committed ones, generated ones, and ones
// that are damaged, unfinished or not what they seem.

package export_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const fixtures = "../../testdata/exports"

var ctx = context.Background()

func resolver(t testing.TB, maps ...source.Mapping) *source.Resolver {
	t.Helper()
	r, err := source.New(source.Options{Maps: maps, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func open(t testing.TB, name string, maps ...source.Mapping) *export.Export {
	t.Helper()
	ex, err := export.Open(ctx, resolver(t, maps...), name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return ex
}

func wantError(t testing.TB, name string, code sqlerr.Code, words string) {
	t.Helper()
	ex, err := export.Open(ctx, resolver(t), name)
	e := sqlerr.As(err)
	if e == nil || e.Code != code || !strings.Contains(e.Msg+" | "+e.Hint, words) {
		t.Errorf("%s: got %+v, %v; want %s with %q", name, ex, err, code, words)
	}
}

// items reads all data files and counts their lines.
func items(t testing.TB, ex *export.Export) int64 {
	t.Helper()
	var total int64
	for _, f := range ex.Files {
		rc, err := f.Object.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		r, err := inflate.NewReader(rc, f.Object.Name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		n := int64(bytes.Count(text, []byte("\n")))
		if f.ItemCount >= 0 && n != f.ItemCount {
			t.Errorf("%s: %d items, promised %d", f.Object.Name, n, f.ItemCount)
		}
		total += n
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if err := rc.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return total
}

// TestArticle: every way to point at the article's export means the same.
func TestArticle(t *testing.T) {
	root := filepath.Join(fixtures, "article")
	folder := filepath.Join(root, "export", "AWSDynamoDB", gen.ArticleID)
	here := source.Mapping{URL: "s3://example-bucket", Dir: root}
	prefix := source.Mapping{URL: "s3://example-bucket/export", Dir: filepath.Join(root, "export")}
	for _, c := range []struct {
		name string
		note string
		maps []source.Mapping
	}{
		{name: folder},
		{name: folder + "/"},
		{name: filepath.Join(folder, "data")},
		{name: filepath.Dir(folder), note: "Reading export " + gen.ArticleID + " of table sample_table, taken at 2023-06-30 00:00:00 UTC"},
		{name: filepath.Join(root, "export"), note: "Reading export"},
		{name: root, note: "Reading export"},
		{name: "s3://example-bucket/export/AWSDynamoDB/" + gen.ArticleID, maps: []source.Mapping{here}},
		{name: gen.ArticleLocation, maps: []source.Mapping{here}},
		{name: gen.ArticleLocation, maps: []source.Mapping{prefix}},
		{name: "s3://example-bucket/", maps: []source.Mapping{here}, note: "Reading export"},
		{name: "s3://example-bucket/export/", maps: []source.Mapping{prefix}, note: "Reading export"},
	} {
		ex := open(t, c.name, c.maps...)
		if ex.TableName != "sample_table" || ex.Table != "sample_table" || ex.ID != gen.ArticleID || ex.Format != export.Ion || ex.ItemCount != 200 ||
			ex.Location != gen.ArticleLocation || len(ex.Files) != 4 || !ex.ExportTime.Equal(time.Date(2023, 6, 30, 0, 0, 0, 0, time.UTC)) || ex.Summary.S3Prefix != "export" {
			t.Errorf("%s: %+v", c.name, ex)
		}
		if notes := strings.Join(ex.Notes, "\n"); (notes == "") != (c.note == "") || !strings.HasPrefix(notes, c.note) {
			t.Errorf("%s: notes %q", c.name, notes)
		}
		if n := items(t, ex); n != 200 {
			t.Errorf("%s: %d items", c.name, n)
		}
		if !slices.IsSortedFunc(ex.Files, func(a, b export.DataFile) int { return strings.Compare(a.Object.Key, b.Object.Key) }) {
			t.Errorf("%s: files are not in order", c.name)
		}
		for _, f := range ex.Files {
			if len(f.MD5) != 24 || !strings.HasSuffix(f.ETag, "-1") {
				t.Errorf("%s: %+v", c.name, f)
			}
		}
	}
	// The path's own words come back in names.
	t.Chdir(folder)
	for _, name := range []string{".", "data"} {
		if ex := open(t, name); ex.ItemCount != 200 || ex.Files[0].Object.Path == "" {
			t.Errorf("%s: %+v", name, ex)
		}
	}
	t.Chdir("data")
	if ex := open(t, "."); ex.ItemCount != 200 || ex.TableName != "sample_table" {
		t.Errorf("inside data: %+v", ex)
	}
}

func TestFixtures(t *testing.T) {
	for _, f := range gen.Fixtures() {
		ex := open(t, filepath.Join(fixtures, f.Name))
		want := export.Ion
		if strings.HasSuffix(f.Name, "-json") {
			want = export.DynamoDBJSON
		}
		if ex.Format != want || ex.Table != f.Config.Table || items(t, ex) != int64(len(f.Config.Items)) {
			t.Errorf("%s: %+v", f.Name, ex)
		}
	}
}

// write makes a small generated export and returns its folder.
func write(t testing.TB, c gen.Config) string {
	t.Helper()
	if c.Rows == 0 {
		c.Rows, c.Files = 10, 2
	}
	ex, err := gen.Write(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return ex.Folder
}

func day(n int) time.Time { return time.Date(2023, 9, n, 0, 0, 0, 0, time.UTC) }

// TestNewest: of many exports the newest completed full one of a table is
// taken, and what is passed over is said.
func TestNewest(t *testing.T) {
	dir := t.TempDir()
	write(t, gen.Config{Dir: dir, Prefix: "a/b", Time: day(1), Seed: 1})
	newest := write(t, gen.Config{Dir: dir, Prefix: "a/b", Time: day(3), Seed: 2, Rows: 33, Files: 1})
	write(t, gen.Config{Dir: dir, Time: day(2), Seed: 3})
	write(t, gen.Config{Dir: dir, Time: day(9), Seed: 4, Table: "Other.Table-1"})
	// Not completed, incremental, junk.
	unfinished := filepath.Join(dir, "AWSDynamoDB", "01699999999999-ffffffff")
	mkdir(t, unfinished)
	put(t, filepath.Join(unfinished, "_started"), "")
	inc := write(t, gen.Config{Dir: dir, Time: day(5), Seed: 6})
	incremental(t, inc)
	put(t, filepath.Join(dir, "readme.txt"), "hello")
	mkdir(t, filepath.Join(dir, ".git", "objects"))

	all, err := export.OpenAll(ctx, resolver(t), dir)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v %v", all, err)
	}
	if all[0].Table != "Other.Table-1" || all[0].TableName != "other_table_1" {
		t.Errorf("newest table: %+v", all[0])
	}
	ex := all[1]
	if ex.Name != newest || ex.ItemCount != 33 {
		t.Errorf("chose %s", ex.Name)
	}
	notes := strings.Join(append(all[0].Notes, ex.Notes...), "\n")
	for _, words := range []string{"Reading export 01693699200000-", "taken at 2023-09-03 00:00:00 UTC, the newest of 3 in " + dir, "Passed over incremental export", "Passed over " + unfinished + ": that export has not completed"} {
		if !strings.Contains(notes, words) {
			t.Errorf("no %q in %q", words, notes)
		}
	}
	one := open(t, dir)
	if one.Table != "Other.Table-1" || !strings.Contains(strings.Join(one.Notes, "\n"), "exports of other tables too, which are not read: sample_table") {
		t.Errorf("%+v", one)
	}
	// Equal times: the greater id, so that the choice does not hang on luck.
	dir = t.TempDir()
	write(t, gen.Config{Dir: dir, Time: day(1), ID: "01693526400000-00000001"})
	write(t, gen.Config{Dir: dir, Time: day(1), ID: "01693526400000-0000000f"})
	if ex := open(t, dir); ex.ID != "01693526400000-0000000f" {
		t.Errorf("chose %s", ex.ID)
	}
}

func mkdir(t testing.TB, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func remove(t testing.TB, name string) {
	t.Helper()
	if err := os.RemoveAll(name); err != nil {
		t.Fatal(err)
	}
}

// sign rewrites a manifest together with its checksum.
func sign(t testing.TB, folder, stem, text string) {
	t.Helper()
	sum := md5.Sum([]byte(text))
	put(t, filepath.Join(folder, stem+".json"), text)
	put(t, filepath.Join(folder, stem+".md5"), base64.StdEncoding.EncodeToString(sum[:]))
}

// incremental turns an export's summary into an incremental one's.
func incremental(t testing.TB, folder string) {
	t.Helper()
	var sum map[string]any
	if err := json.Unmarshal([]byte(get(t, filepath.Join(folder, "manifest-summary.json"))), &sum); err != nil {
		t.Fatal(err)
	}
	at := sum["exportTime"].(string)
	delete(sum, "exportTime")
	sum["version"], sum["exportType"], sum["outputView"] = "2023-08-01", "INCREMENTAL_EXPORT", "NEW_AND_OLD_IMAGES"
	sum["exportFromTime"], sum["exportToTime"] = at, strings.Replace(at, "T00", "T01", 1)
	text, err := json.Marshal(sum)
	if err != nil {
		t.Fatal(err)
	}
	sign(t, folder, "manifest-summary", string(text))
}

// TestMoved: exports are copied around, renamed, flattened.
func TestMoved(t *testing.T) {
	base := t.TempDir()
	folder := write(t, gen.Config{Dir: base, Prefix: "p", Time: day(1)})
	check := func(what, name string) {
		t.Helper()
		ex := open(t, name)
		if items(t, ex) != 10 || ex.TableName != "sample_table" || len(ex.Notes) != 0 {
			t.Errorf("%s: %+v", what, ex)
		}
	}
	renamed := filepath.Join(base, "my export (1)")
	if err := os.Rename(folder, renamed); err != nil {
		t.Fatal(err)
	}
	check("renamed", renamed)
	check("renamed, data", filepath.Join(renamed, "data"))
	// Documentation says .checksum where real exports have .md5.
	for _, stem := range []string{"manifest-summary", "manifest-files"} {
		if err := os.Rename(filepath.Join(renamed, stem+".md5"), filepath.Join(renamed, stem+".checksum")); err != nil {
			t.Fatal(err)
		}
	}
	check(".checksum", renamed)
	put(t, filepath.Join(renamed, "manifest-files.checksum"), get(t, filepath.Join(renamed, "manifest-files.checksum"))+"\n")
	check("newline in .checksum", renamed)
	put(t, filepath.Join(renamed, "manifest-files.checksum"), "rzAeIrtALbOlNdK5Hh8tgA==")
	wantError(t, renamed, sqlerr.ExportNotAsPromised, "does not have the checksum that")
	remove(t, filepath.Join(renamed, "manifest-files.checksum"))
	check("no checksum", renamed)
	files, err := filepath.Glob(filepath.Join(renamed, "data", "*"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if err := os.Rename(f, filepath.Join(renamed, filepath.Base(f))); err != nil {
			t.Fatal(err)
		}
	}
	remove(t, filepath.Join(renamed, "data"))
	check("flattened", renamed)
}

// TestRootKeys: data files that do not lie below the export's own folder are
// found from the bucket's root.
func TestRootKeys(t *testing.T) {
	base := t.TempDir()
	folder := write(t, gen.Config{Dir: base, Prefix: "p", Time: day(1)})
	id := filepath.Base(folder)
	shared := filepath.Join(base, "p", "AWSDynamoDB", "data")
	if err := os.Rename(filepath.Join(folder, "data"), shared); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(get(t, filepath.Join(folder, "manifest-files.json")), id+"/data/", "data/")
	sign(t, folder, "manifest-files", text)
	ex := open(t, base)
	if items(t, ex) != 10 || ex.Location != "s3://example-bucket/p/AWSDynamoDB/data/" {
		t.Errorf("%+v", ex)
	}
	// From the export's own folder that lies outside of what was named.
	wantError(t, folder, sqlerr.ExportNotAsPromised, "is missing from")
}

func TestBroken(t *testing.T) {
	const summary, files = "manifest-summary.json", "manifest-files.json"
	replace := func(t *testing.T, folder, name, old, text string) {
		t.Helper()
		was := get(t, filepath.Join(folder, name))
		if !strings.Contains(was, old) {
			t.Fatalf("%s has no %s", name, old)
		}
		sign(t, folder, strings.TrimSuffix(name, ".json"), strings.Replace(was, old, text, 1))
	}
	data := func(t *testing.T, folder string) string {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(folder, "data", "*"))
		if err != nil || len(found) != 2 {
			t.Fatal(found, err)
		}
		return found[1]
	}
	for _, c := range []struct {
		what  string
		spoil func(t *testing.T, folder string)
		code  sqlerr.Code
		words string
	}{
		{"file missing", func(t *testing.T, f string) { remove(t, data(t, f)) }, sqlerr.ExportNotAsPromised, ".ion.gz is missing from"},
		{"all missing", func(t *testing.T, f string) { remove(t, filepath.Join(f, "data")) }, sqlerr.ExportNotAsPromised, ".ion.gz is missing from"},
		{"file empty", func(t *testing.T, f string) { put(t, data(t, f), "") }, sqlerr.ExportNotAsPromised, "is empty although the manifest promises 5 items"},
		{"no files manifest", func(t *testing.T, f string) { remove(t, filepath.Join(f, files)) }, sqlerr.ExportNotAsPromised, "has a manifest-summary.json and no manifest-files.json"},
		{"no summary", func(t *testing.T, f string) { remove(t, filepath.Join(f, summary)) }, sqlerr.ExportNotAsPromised, "has not completed: it has a _started file and no manifest-summary.json"},
		{"no summary, not started", func(t *testing.T, f string) {
			remove(t, filepath.Join(f, summary))
			remove(t, filepath.Join(f, "_started"))
		}, sqlerr.ExportNotAsPromised, "has a manifest-files.json and no manifest-summary.json"},
		{"summary changed", func(t *testing.T, f string) {
			put(t, filepath.Join(f, summary), strings.Replace(get(t, filepath.Join(f, summary)), "ION", "IoN", 1))
		}, sqlerr.ExportNotAsPromised, "manifest-summary.json does not have the checksum that"},
		{"files cut", func(t *testing.T, f string) {
			put(t, filepath.Join(f, files), get(t, filepath.Join(f, files))[:150])
		}, sqlerr.ExportNotAsPromised, "manifest-files.json does not have the checksum that"},
		{"files cut and signed", func(t *testing.T, f string) {
			sign(t, f, "manifest-files", get(t, filepath.Join(f, files))[:150])
		}, sqlerr.HiveInvalidMetadata, "manifest-files.json is no manifest of an export: line 1: it ends in the middle of its JSON"},
		{"a line less", func(t *testing.T, f string) {
			text := get(t, filepath.Join(f, files))
			sign(t, f, "manifest-files", text[:strings.IndexByte(text, '\n')+1])
		}, sqlerr.ExportNotAsPromised, "manifest-summary.json says 10 items, the lines of manifest-files.json add up to 5"},
		{"a line twice", func(t *testing.T, f string) {
			text := get(t, filepath.Join(f, files))
			sign(t, f, "manifest-files", text+text[:strings.IndexByte(text, '\n')+1])
		}, sqlerr.HiveInvalidMetadata, "line 3: "},
		{"count", func(t *testing.T, f string) { replace(t, f, summary, `"itemCount":10`, `"itemCount":11`) }, sqlerr.ExportNotAsPromised, "disagree"},
		{"not json", func(t *testing.T, f string) { sign(t, f, "manifest-summary", "<xml>") }, sqlerr.HiveInvalidMetadata, "manifest-summary.json is no manifest of an export"},
		{"another json", func(t *testing.T, f string) { sign(t, f, "manifest-summary", "{}") }, sqlerr.HiveInvalidMetadata, "it has no tableArn"},
		{"two jsons", func(t *testing.T, f string) { sign(t, f, "manifest-summary", get(t, filepath.Join(f, summary))+"{}") }, sqlerr.HiveInvalidMetadata, "something follows"},
		{"format", func(t *testing.T, f string) { replace(t, f, summary, `"ION"`, `"PARQUET"`) }, sqlerr.NotSupported, "Export format PARQUET is not supported"},
		{"other format", func(t *testing.T, f string) { replace(t, f, summary, `"ION"`, `"DYNAMODB_JSON"`) }, sqlerr.ExportNotAsPromised, "promises files of format DYNAMODB_JSON, and names"},
		{"up", func(t *testing.T, f string) { replace(t, f, files, "AWSDynamoDB/", "../") }, sqlerr.HiveInvalidMetadata, "is no key of an export"},
		{"absolute", func(t *testing.T, f string) { replace(t, f, files, "p/AWSDynamoDB/", "/AWSDynamoDB/") }, sqlerr.HiveInvalidMetadata, "is no key of an export"},
		{"backslash", func(t *testing.T, f string) { replace(t, f, files, "p/AWSDynamoDB/", `..\\`) }, sqlerr.HiveInvalidMetadata, "is no key of an export"},
		{"elsewhere", func(t *testing.T, f string) {
			outside := filepath.Join(filepath.Dir(filepath.Dir(f)), "outside.ion.gz")
			if err := os.Rename(data(t, f), outside); err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS == "windows" {
				t.Skip("links need privileges")
			}
			if err := os.Symlink(outside, filepath.Join(f, "data", "link.ion.gz")); err != nil {
				t.Fatal(err)
			}
		}, sqlerr.HiveFilesystemError, "links are followed only to what lies inside"},
		{"incremental", func(t *testing.T, f string) { incremental(t, f) }, sqlerr.NotSupported, "is an incremental export: it holds the changes of table sample_table from 2023-09-01 00:00:00 UTC to 2023-09-01 01:00:00 UTC"},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := t.TempDir()
			folder := write(t, gen.Config{Dir: dir, Prefix: "p", Time: day(1)})
			c.spoil(t, folder)
			wantError(t, folder, c.code, c.words)
			if c.what != "incremental" && c.what != "no summary" {
				// Found below a folder, a broken export is no less broken: the
				// user must not get an older one instead without a word.
				write(t, gen.Config{Dir: dir, Prefix: "p", Time: day(1).Add(-time.Hour)})
				wantError(t, dir, c.code, c.words)
			}
		})
	}
}

func TestExtraFiles(t *testing.T) {
	folder := write(t, gen.Config{Dir: t.TempDir(), Time: day(1)})
	put(t, filepath.Join(folder, "data", "more.ion"), "{Item:{}}")
	put(t, filepath.Join(folder, "data", "_hidden.ion"), "{Item:{}}")
	ex := open(t, folder)
	if len(ex.Files) != 2 || len(ex.Notes) != 1 || !strings.Contains(ex.Notes[0], "Not reading 1 file of "+folder) || !strings.Contains(ex.Notes[0], "more.ion") {
		t.Errorf("%+v", ex)
	}
}

// TestLoose: files and folders without a manifest.
func TestLoose(t *testing.T) {
	dir := t.TempDir()
	folder := write(t, gen.Config{Dir: dir, Time: day(1)})
	data := filepath.Join(dir, "My-Data 1")
	if err := os.Rename(filepath.Join(folder, "data"), data); err != nil {
		t.Fatal(err)
	}
	ex := open(t, data)
	if ex.TableName != "my_data_1" || ex.Table != "" || ex.ItemCount != -1 || len(ex.Files) != 2 || ex.Files[0].ItemCount != -1 || items(t, ex) != 10 || len(ex.Notes) != 0 || ex.Summary != nil {
		t.Errorf("%+v", ex)
	}
	put(t, filepath.Join(data, "notes.txt"), "x")
	if ex := open(t, data); len(ex.Files) != 2 || len(ex.Notes) != 1 || !strings.Contains(ex.Notes[0], "Passed over 1 file") {
		t.Errorf("%+v", ex)
	}
	put(t, filepath.Join(data, "x.json"), "{}")
	wantError(t, data, sqlerr.InvalidArguments, "holds Ion and JSON files")

	for name, want := range map[string]struct {
		table  string
		format export.Format
	}{
		"orders.ion": {"orders", export.Ion}, "2023-Orders.v2.ion.gz": {"_2023_orders_v2", export.Ion}, "x.json.gz": {"x", export.DynamoDBJSON},
		"x.ion.zst": {"x", export.Ion}, "été.json": {"_t_", export.DynamoDBJSON}, "x.ion.bz2": {"x", export.Ion},
		"b.10n": {"b", export.Ion}, "b.10n.gz": {"b", export.Ion},
	} {
		file := filepath.Join(dir, name)
		put(t, file, "{}")
		ex := open(t, file)
		if ex.TableName != want.table || ex.Format != want.format || len(ex.Files) != 1 || ex.Files[0].Object.Name != file || ex.ItemCount != -1 {
			t.Errorf("%s: %+v", name, ex)
		}
	}
	for name, c := range map[string]struct {
		code  sqlerr.Code
		words string
	}{
		"x.tar": {sqlerr.NotSupported, "unpack it"}, "x.tar.gz": {sqlerr.NotSupported, "unpack it"}, "X.ZIP": {sqlerr.NotSupported, "unpack it"}, "x.tgz": {sqlerr.NotSupported, "unpack it"},
		"x.csv": {sqlerr.InvalidArguments, "data files end in"},
		"x":     {sqlerr.InvalidArguments, "data files end in"}, "x.gz": {sqlerr.InvalidArguments, "data files end in"}, "manifest-summary.json": {sqlerr.InvalidArguments, "is a manifest"},
	} {
		put(t, filepath.Join(dir, name), "x")
		wantError(t, filepath.Join(dir, name), c.code, c.words)
	}
	wantError(t, filepath.Join(dir, "nowhere"), sqlerr.NotFound, "No such file or folder")
	empty := t.TempDir()
	wantError(t, empty, sqlerr.NotFound, "No export and no data files in "+empty)
	put(t, filepath.Join(empty, "a.txt"), "x")
	wantError(t, empty, sqlerr.NotFound, "1 file there; data files end in")
	mkdir(t, filepath.Join(empty, "a/b/c/d/e/f/g/h"))
	wantError(t, empty, sqlerr.NotFound, "it was not searched whole")
}

// cloud is a resolver of a bucket that holds a fixture's files.
func cloud(t *testing.T, fixture string) *source.Resolver {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("example-bucket"); err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(fixtures, fixture)
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text := get(t, name)
		rel, err := filepath.Rel(root, name)
		if err == nil {
			_, err = backend.PutObject("example-bucket", filepath.ToSlash(rel), map[string]string{}, strings.NewReader(text), int64(len(text)), nil)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	t.Cleanup(srv.Close)
	none := filepath.Join(t.TempDir(), "none")
	for k, v := range map[string]string{"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": srv.URL, "AWS_PROFILE": ""} {
		t.Setenv(k, v)
	}
	r, err := source.New(source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// TestS3: the same in a bucket.
func TestS3(t *testing.T) {
	r := cloud(t, "article")
	for _, name := range []string{"s3://example-bucket", "s3://example-bucket/export/AWSDynamoDB/" + gen.ArticleID + "/", gen.ArticleLocation} {
		ex, err := export.Open(ctx, r, name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if ex.TableName != "sample_table" || items(t, ex) != 200 || ex.Files[0].Object.Name != gen.ArticleLocation+filepath.Base(ex.Files[0].Object.Key) {
			t.Errorf("%s: %+v", name, ex)
		}
	}
	file := gen.ArticleLocation + "x.ion"
	if _, err := export.Open(ctx, r, file); sqlerr.CodeOf(err) != sqlerr.NotFound {
		t.Errorf("missing key: %v", err)
	}
}

func ExampleOpen() {
	r, err := source.New(source.Options{})
	if err != nil {
		panic(err)
	}
	defer func() { _ = r.Close() }()
	ex, err := export.Open(context.Background(), r, "../../testdata/exports/article")
	if err != nil {
		panic(err)
	}
	fmt.Println(ex.TableName, ex.Format, ex.ItemCount, len(ex.Files))
	fmt.Println(ex.Notes[0])
	// Output:
	// sample_table ION 200 4
	// Reading export 01688083200000-abcd1234 of table sample_table, taken at 2023-06-30 00:00:00 UTC
}
