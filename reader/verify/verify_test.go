// Tests of what is found, and of what must not be found.

package verify_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/reader/verify"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ctx = context.Background()

func day(n int) time.Time { return time.Date(2023, 9, n, 0, 0, 0, 0, time.UTC) }

// write makes an export and returns its folder.
func write(t testing.TB, c gen.Config) string {
	t.Helper()
	if c.Rows == 0 && c.Incremental == nil {
		c.Rows, c.Files = 20, 2
	}
	if c.Time.IsZero() {
		c.Time = day(1)
	}
	ex, err := gen.Write(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return ex.Folder
}

func run(t testing.TB, paths ...string) *verify.Report {
	t.Helper()
	r, err := source.New(source.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rep, err := verify.Run(ctx, r, paths, verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// found lists a report's findings as "severity check base-name".
func found(r *verify.Report) []string {
	var out []string
	add := func(list []export.Finding) {
		for _, f := range list {
			out = append(out, strings.TrimSpace(string(f.Severity)+" "+f.Check+" "+filepath.Base(f.File)))
		}
	}
	add(r.Findings)
	for _, e := range r.Exports {
		add(e.Findings)
		for _, f := range e.Files {
			add(f.Findings)
		}
	}
	for _, f := range r.Loose {
		add(f.Findings)
	}
	slices.Sort(out)
	return out
}

func get(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sign rewrites a manifest with its checksum.
func sign(t testing.TB, folder, stem, text string) {
	t.Helper()
	sum := md5.Sum([]byte(text))
	put(t, filepath.Join(folder, stem+".json"), text)
	put(t, filepath.Join(folder, stem+".md5"), base64.StdEncoding.EncodeToString(sum[:]))
}

func edit(t testing.TB, folder, stem, old, text string) {
	t.Helper()
	was := get(t, filepath.Join(folder, stem+".json"))
	if !strings.Contains(was, old) {
		t.Fatalf("no %s in %s", old, was)
	}
	sign(t, folder, stem, strings.Replace(was, old, text, 1))
}

func dataFiles(t testing.TB, folder string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "data", "*"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return names
}

func TestFull(t *testing.T) {
	for _, format := range []gen.Format{gen.Ion, gen.DynamoDBJSON} {
		folder := write(t, gen.Config{Dir: t.TempDir(), Prefix: "p", Format: format, Empty: 1})
		r := run(t, folder)
		if !r.OK || r.Errors+r.Warnings != 0 || len(r.Exports) != 1 || len(found(r)) != 0 {
			t.Fatalf("%v", found(r))
		}
		e := r.Exports[0]
		if e.FilesPromised != 3 || e.FilesRead != 3 || e.ItemsPromised != 20 || e.ItemsCounted != 20 || e.MD5Proven != 3 || e.ETagProven != 3 ||
			e.Type != "FULL_EXPORT" || e.Table != "sample_table" || e.Format != string(format) || !e.ExportTime.Equal(day(1)) || e.BytesRaw < 500 || e.BytesStored < 100 {
			t.Errorf("%+v", e)
		}
		var raw, stored int64
		for _, f := range e.Files {
			raw += f.BytesRaw
			stored += f.BytesStored
			if info, err := os.Stat(f.Path); err != nil || info.Size() != f.BytesStored || !f.OK || len(f.MD5) != 24 {
				t.Errorf("%+v, %v", f, err)
			}
		}
		if raw != e.BytesRaw || stored != e.BytesStored {
			t.Errorf("%d, %d: %+v", raw, stored, e)
		}
	}
}

// TestFindings spoils exports in one way each.
func TestFindings(t *testing.T) {
	const summary, files = "manifest-summary", "manifest-files"
	first := func(t *testing.T, f string) string { return dataFiles(t, f)[0] }
	for _, c := range []struct {
		what  string
		spoil func(t *testing.T, folder string)
		want  []string // with # for the first data file's name
	}{
		{"nothing", func(*testing.T, string) {}, nil},
		{"one byte", func(t *testing.T, f string) {
			b := []byte(get(t, first(t, f)))
			b[4] = 1 // the time in gzip's header: no item hangs on it
			put(t, first(t, f), string(b))
		}, []string{"error md5 #"}},
		{"cut", func(t *testing.T, f string) { put(t, first(t, f), get(t, first(t, f))[:50]) }, []string{"error content #", "error md5 #"}},
		{"junk behind", func(t *testing.T, f string) { put(t, first(t, f), get(t, first(t, f))+"junk") }, []string{"error content #", "error md5 #"}},
		{"a member more", func(t *testing.T, f string) {
			put(t, first(t, f), get(t, first(t, f))+get(t, first(t, f)))
		}, []string{"error item_count #", "error md5 #", "error totals ."}},
		{"missing", func(t *testing.T, f string) {
			if err := os.Remove(first(t, f)); err != nil {
				t.Fatal(err)
			}
		}, []string{"error missing_file #"}},
		{"extra", func(t *testing.T, f string) { put(t, filepath.Join(f, "data", "zz.ion.gz"), get(t, first(t, f))) }, []string{"error extra_file zz.ion.gz"}},
		{"no file of data", func(t *testing.T, f string) { put(t, filepath.Join(f, "data", "notes.txt"), "x") }, nil},
		{"copied over another", func(t *testing.T, f string) {
			put(t, first(t, f), get(t, dataFiles(t, f)[1]))
		}, []string{"error duplicate +", "error md5 #"}},
		{
			"count", func(t *testing.T, f string) { edit(t, f, files, `"itemCount":10`, `"itemCount":11`) },
			[]string{"error item_count ?", "error totals .", "error totals manifest-summary.json"},
		},
		{"total", func(t *testing.T, f string) { edit(t, f, summary, `"itemCount":20`, `"itemCount":21`) }, []string{"error totals manifest-summary.json"}},
		{"another table", func(t *testing.T, f string) {
			edit(t, f, summary, `table/sample_table/export`, `table/other/export`)
		}, []string{"error summary manifest-summary.json"}},
		{"format", func(t *testing.T, f string) { edit(t, f, summary, `"ION"`, `"DYNAMODB_JSON"`) }, []string{"error format #", "error format +"}},
		{
			"unknown format", func(t *testing.T, f string) { edit(t, f, summary, `"ION"`, `"PARQUET"`) },
			[]string{"error format #", "error format +", "error format manifest-summary.json"},
		},
		{
			"no summary", func(t *testing.T, f string) { put(t, filepath.Join(f, summary+".json"), "") },
			[]string{"error manifest_checksum manifest-summary.json", "error summary manifest-summary.json"},
		},
		{"checksum", func(t *testing.T, f string) { put(t, filepath.Join(f, files+".md5"), "rzAeIrtALbOlNdK5Hh8tgA==") }, []string{"error manifest_checksum manifest-files.json"}},
		{"no checksum", func(t *testing.T, f string) {
			if err := os.Remove(filepath.Join(f, files+".md5")); err != nil {
				t.Fatal(err)
			}
		}, []string{"warning manifest_checksum manifest-files.json"}},
		{"spelt .checksum", func(t *testing.T, f string) {
			if err := os.Rename(filepath.Join(f, files+".md5"), filepath.Join(f, files+".checksum")); err != nil {
				t.Fatal(err)
			}
		}, nil},
		{"line twice", func(t *testing.T, f string) {
			text := get(t, filepath.Join(f, files+".json"))
			sign(t, f, files, text+text[:strings.IndexByte(text, '\n')+1])
		}, []string{"error duplicate manifest-files.json"}},
		{"bad line", func(t *testing.T, f string) { sign(t, f, files, get(t, filepath.Join(f, files+".json"))+"{]\n") }, []string{"error files manifest-files.json"}},
		{"etag of several parts", func(t *testing.T, f string) { edit(t, f, files, `-1"`, `-3"`) }, []string{"warning etag ."}},
		{"etag", func(t *testing.T, f string) { edit(t, f, files, `"etag":"`, `"etag":"0`) }, []string{"warning etag ."}},
		{"KMS", func(t *testing.T, f string) {
			edit(t, f, summary, `"AES256"`, `"KMS"`)
			text := get(t, filepath.Join(f, files+".json"))
			at := strings.Index(text, `"etag":"`) + len(`"etag":"`)
			sign(t, f, files, text[:at]+strings.Repeat("0", 32)+text[at+32:])
		}, []string{"warning etag ."}},
		{"wrong etag", func(t *testing.T, f string) {
			text := get(t, filepath.Join(f, files+".json"))
			at := strings.Index(text, `"etag":"`) + len(`"etag":"`)
			sign(t, f, files, text[:at]+strings.Repeat("0", 32)+text[at+32:])
		}, []string{"warning etag ?"}},
		{"no MD5", func(t *testing.T, f string) {
			text := get(t, filepath.Join(f, files+".json"))
			at := strings.Index(text, `"md5Checksum":"`) + len(`"md5Checksum":"`)
			sign(t, f, files, text[:at]+text[at+24:])
		}, []string{"warning md5 ?"}},
		{
			"up", func(t *testing.T, f string) { edit(t, f, files, `AWSDynamoDB/`, `../`) },
			[]string{"error extra_file ?", "error files manifest-files.json", "error totals manifest-summary.json"},
		},
		{"elsewhere", func(t *testing.T, f string) { edit(t, f, summary, `/manifest-files.json`, `/../../etc/passwd`) }, []string{"error summary manifest-summary.json"}},
		{"another export's list", func(t *testing.T, f string) {
			edit(t, f, summary, "/"+filepath.Base(f)+`/manifest-files.json`, `/01600000000000-00000000/manifest-files.json`)
		}, []string{"error summary manifest-summary.json"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := t.TempDir()
			folder := write(t, gen.Config{Dir: dir})
			names := dataFiles(t, folder)
			c.spoil(t, folder)
			for _, path := range []string{folder, filepath.Join(folder, "data"), dir} {
				r := run(t, path)
				got := found(r)
				for i, s := range got {
					if k := strings.LastIndexByte(s, ' '); k > 0 {
						switch s[k+1:] {
						case filepath.Base(names[0]):
							got[i] = s[:k] + " #"
						case filepath.Base(names[1]):
							got[i] = s[:k] + " +"
						}
					}
				}
				slices.Sort(got)
				ok := len(got) == len(c.want)
				for i := range got {
					// ? stands for either data file: manifests are in no order.
					ok = ok && (got[i] == c.want[i] || strings.HasSuffix(c.want[i], "?") && got[i][:len(got[i])-1] == c.want[i][:len(c.want[i])-1])
				}
				bad := slices.ContainsFunc(c.want, func(s string) bool { return strings.HasPrefix(s, "error") })
				if !ok || r.OK == bad {
					t.Errorf("%s: ok %v, found %q, want %q", path, r.OK, got, c.want)
				}
			}
		})
	}
}

// TestIncremental: their data lies in a folder that they share.
func TestIncremental(t *testing.T) {
	dir := t.TempDir()
	item := func(id int64) []gen.Field { return []gen.Field{{Name: "id", Value: gen.Int(id)}} }
	window := func(n int, ids ...int64) gen.Config {
		inc := &gen.Incremental{From: day(n), To: day(n + 1)}
		for _, id := range ids {
			inc.Changes = append(inc.Changes, gen.Change{Micros: day(n).UnixMicro() + id, Keys: item(id), New: item(id)})
		}
		return gen.Config{Dir: dir, Prefix: "p", Time: day(n + 1), Seed: uint64(n), Files: 1, Incremental: inc}
	}
	write(t, gen.Config{Dir: dir, Prefix: "p"})
	one := write(t, window(1, 1, 2, 3))
	two := write(t, window(2, 4))
	r := run(t, dir)
	if !r.OK || len(r.Exports) != 3 || len(found(r)) != 0 {
		t.Fatalf("%d exports, %v", len(r.Exports), found(r))
	}
	for _, e := range r.Exports[1:] {
		if e.Type != "INCREMENTAL_EXPORT" || e.From == nil || e.To == nil || e.FilesRead != 1 || e.MD5Proven != 1 {
			t.Errorf("%+v", e)
		}
	}
	// By itself, its files lie outside of what was named.
	for _, path := range []string{one, one + string(filepath.Separator)} {
		if r = run(t, path); !r.OK || len(r.Exports) != 1 || r.Exports[0].ItemsCounted != 3 {
			t.Errorf("%s: %v, %+v", path, found(r), r.Exports)
		}
	}
	// From inside, where the path has no name.
	t.Chdir(two)
	if r = run(t, "."); !r.OK || r.Exports[0].ItemsCounted != 1 {
		t.Errorf("%v, %+v", found(r), r.Exports)
	}
	t.Chdir(dir)

	shared := filepath.Join(filepath.Dir(one), "data")
	names, err := filepath.Glob(filepath.Join(shared, "*"))
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	put(t, filepath.Join(shared, "stray.ion.gz"), get(t, names[0]))
	if got := found(run(t, dir)); !slices.Equal(got, []string{"warning no_manifest stray.ion.gz"}) {
		t.Errorf("a stray file: %q", got)
	}
	if err := os.Remove(filepath.Join(shared, "stray.ion.gz")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(names[0]); err != nil {
		t.Fatal(err)
	}
	if got := found(run(t, dir)); !slices.Equal(got, []string{"error missing_file " + filepath.Base(names[0])}) {
		t.Errorf("a missing file: %q", got)
	}
}

// TestMany: every export below a path; what is passed over is said.
func TestMany(t *testing.T) {
	dir := t.TempDir()
	for n := range 5 {
		write(t, gen.Config{Dir: dir, Prefix: fmt.Sprintf("x/%d", n), Time: day(n + 1), Seed: uint64(n)})
	}
	put(t, filepath.Join(dir, "x", "9", "AWSDynamoDB", "01699999999999-ffffffff", "_started"), "")
	r := run(t, dir)
	if !r.OK || len(r.Exports) != 5 || !slices.Equal(found(r), []string{"warning in_progress 01699999999999-ffffffff"}) {
		t.Errorf("%d exports, %v", len(r.Exports), found(r))
	}
	if r := run(t, filepath.Join(dir, "x", "9")); r.OK || !slices.Equal(found(r), []string{"error in_progress 01699999999999-ffffffff"}) {
		t.Errorf("%v", found(r))
	}
	// The same path twice is verified once.
	if r := run(t, dir, dir); len(r.Exports) != 5 {
		t.Errorf("%d exports", len(r.Exports))
	}
	// The same export twice.
	if err := os.CopyFS(filepath.Join(dir, "copy"), os.DirFS(filepath.Join(dir, "x", "0"))); err != nil {
		t.Fatal(err)
	}
	if r := run(t, dir); !r.OK || !slices.ContainsFunc(found(r), func(s string) bool { return strings.HasPrefix(s, "warning duplicate") }) {
		t.Errorf("%v", found(r))
	}
}

// TestJSON pins the names of the machine-readable output.
func TestJSON(t *testing.T) {
	folder := write(t, gen.Config{Dir: t.TempDir()})
	put(t, dataFiles(t, folder)[0], "x")
	text, err := json.Marshal(run(t, folder))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OK       *bool
		Errors   *int
		Warnings *int
		Loose    []any `json:"loose_files"`
		Findings []any
		Exports  []struct {
			Path, Table  *string
			TableArn     *string `json:"table_arn"`
			ID           *string `json:"export_id"`
			Type         *string `json:"export_type"`
			Format       *string `json:"output_format"`
			Time         *string `json:"export_time"`
			From         *string `json:"export_from_time"`
			OK           *bool
			FilesPromise *int `json:"files_promised"`
			FilesRead    *int `json:"files_read"`
			ItemsPromise *int `json:"items_promised"`
			ItemsCounted *int `json:"items_counted"`
			BytesStored  *int `json:"bytes_stored"`
			BytesRaw     *int `json:"bytes_raw"`
			MD5          *int `json:"md5_proven"`
			ETag         *int `json:"etag_proven"`
			Files        []struct {
				Path, MD5    *string
				OK           *bool
				ItemsPromise *int `json:"items_promised"`
				ItemsCounted *int `json:"items_counted"`
				Findings     []struct{ Severity, Check, File, Message, Want, Got string }
			}
			Findings []any
		}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if doc.OK == nil || *doc.OK || doc.Errors == nil || doc.Warnings == nil || doc.Loose == nil || doc.Findings == nil || len(doc.Exports) != 1 {
		t.Fatalf("%s", text)
	}
	e := doc.Exports[0]
	if e.Path == nil || e.Table == nil || e.TableArn == nil || e.ID == nil || e.Type == nil || e.Format == nil || e.Time == nil || e.From != nil || e.OK == nil ||
		e.FilesPromise == nil || e.FilesRead == nil || e.ItemsPromise == nil || e.ItemsCounted == nil || e.BytesStored == nil || e.BytesRaw == nil || e.MD5 == nil || e.ETag == nil ||
		len(e.Files) != 2 || e.Findings == nil {
		t.Fatalf("%s", text)
	}
	f := e.Files[0]
	if f.Path == nil || f.MD5 == nil || f.OK == nil || *f.OK || f.ItemsPromise == nil || f.ItemsCounted == nil || len(f.Findings) != 2 || f.Findings[1].Check != "md5" || f.Findings[1].Want == "" {
		t.Fatalf("%s", text)
	}
}

func TestCancel(t *testing.T) {
	dir := t.TempDir()
	write(t, gen.Config{Dir: dir, Rows: 20000, Files: 8})
	r, err := source.New(source.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var once sync.Once
	rep, err := verify.Run(ctx, r, []string{dir}, verify.Options{Progress: func(done, total int64) {
		if done > 0 {
			once.Do(cancel)
		}
	}})
	if !errors.Is(err, context.Canceled) || rep != nil {
		t.Errorf("%v, %v", rep, err)
	}
}

func TestProgress(t *testing.T) {
	dir := t.TempDir()
	write(t, gen.Config{Dir: dir, Rows: 2000, Files: 4})
	r, err := source.New(source.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var last, total int64
	rep, err := verify.Run(ctx, r, []string{dir}, verify.Options{Workers: 1, Progress: func(d, n int64) {
		if d < last {
			t.Errorf("%d after %d", d, last)
		}
		last, total = d, n
	}})
	if err != nil || !rep.OK || last != total || total != rep.Exports[0].BytesStored {
		t.Errorf("%d of %d, %v, %v", last, total, rep, err)
	}
}

func TestErrors(t *testing.T) {
	r, err := source.New(source.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "x.txt"), "x")
	for name, code := range map[string]sqlerr.Code{
		filepath.Join(dir, "none"):  sqlerr.NotFound,
		filepath.Join(dir, "x.txt"): sqlerr.InvalidArguments,
		"s3://bucket/x":             sqlerr.HiveFilesystemError,
		filepath.Join(dir, "x.zip"): sqlerr.NotSupported,
	} {
		if _, err := verify.Run(ctx, r, []string{name}, verify.Options{}); sqlerr.CodeOf(err) != code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if rep := run(t, dir); rep.OK || !slices.Equal(found(rep), []string{"error nothing " + filepath.Base(dir)}) {
		t.Errorf("%v", found(rep))
	}
}

// TestS3 verifies an export where it lies.
func TestS3(t *testing.T) {
	dir := t.TempDir()
	folder := write(t, gen.Config{Dir: dir, Prefix: "p"})
	backend := s3mem.New()
	if err := backend.CreateBucket("example-bucket"); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		key, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		data := get(t, name)
		_, err = backend.PutObject("example-bucket", filepath.ToSlash(key), nil, strings.NewReader(data), int64(len(data)), nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	defer srv.Close()
	none := filepath.Join(t.TempDir(), "none")
	for k, v := range map[string]string{"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": srv.URL, "AWS_PROFILE": ""} {
		t.Setenv(k, v)
	}
	r, err := source.New(source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rep, err := verify.Run(ctx, r, []string{"s3://example-bucket/"}, verify.Options{})
	if err != nil || !rep.OK || rep.Exports[0].MD5Proven != 2 || rep.Exports[0].Path != "s3://example-bucket/p/AWSDynamoDB/"+filepath.Base(folder) {
		t.Fatalf("%+v, %v", rep, err)
	}
	key := "p/AWSDynamoDB/" + filepath.Base(folder) + "/data/" + filepath.Base(dataFiles(t, folder)[0])
	bad := []byte(get(t, dataFiles(t, folder)[0]))
	bad[4] ^= 1
	if _, err := backend.PutObject("example-bucket", key, nil, bytes.NewReader(bad), int64(len(bad)), nil); err != nil {
		t.Fatal(err)
	}
	rep, err = verify.Run(ctx, r, []string{"s3://example-bucket/p/"}, verify.Options{})
	if err != nil || !slices.Equal(found(rep), []string{"error md5 " + filepath.Base(key)}) {
		t.Fatalf("%v, %v", found(rep), err)
	}
}
