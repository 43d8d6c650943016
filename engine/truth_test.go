package engine_test

// The proof that damage does not go unnoticed: every byte of a small export is
// altered in turn. A plain query must fail or give the right rows; --verify and
// `ionq verify` must notice each of them.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// answer adds a path as table t and runs a statement over it. The text is the
// rows; an error comes with none.
func answer(opt engine.Options, path, sql string) (string, error) {
	opt.Offline, opt.Workers = true, 1
	e, err := engine.Open(opt)
	if err != nil {
		return "", err
	}
	defer e.Close()
	ctx := context.Background()
	if _, err := e.AddPath(ctx, "t", path); err != nil {
		return "", err
	}
	r, err := e.NewSession().Query(ctx, sql)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var b strings.Builder
	w, err := output.New("csv", &b)
	if err != nil {
		return "", err
	}
	if err := w.Begin(r.Columns, output.Table); err != nil {
		return "", err
	}
	for {
		p, err := r.Next(ctx)
		if err != nil {
			return "", err
		}
		if p == nil {
			break
		}
		if err := w.Page(p); err != nil {
			return "", err
		}
	}
	return b.String(), w.End(nil)
}

// isWhole runs ionq verify's work.
func isWhole(t *testing.T, path string) bool {
	t.Helper()
	e, err := engine.Open(engine.Options{Offline: true, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r, err := e.VerifyPaths(context.Background(), []string{path}, nil)
	if err != nil {
		t.Fatalf("verify %s: %v", path, err)
	}
	return r.OK
}

// files lists all files of an export, data files apart from the others.
func exportFiles(t *testing.T, folder string) (data, others []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
		case filepath.Base(filepath.Dir(name)) == "data":
			data = append(data, name)
		case d.Name() != "_started":
			others = append(others, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return data, others
}

// alter calls f with a file altered in every byte in turn: in one bit, and where
// twice in all bits as well.
func alter(t *testing.T, name string, twice bool, f func(at int, mask byte)) {
	t.Helper()
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	bad := make([]byte, len(good))
	step := 1
	if testing.Short() { // for the race detector
		step = 7
	}
	for at := 0; at < len(good); at += step {
		for _, mask := range []byte{1 << (at % 8), 255} {
			if mask == 255 && !twice {
				continue
			}
			copy(bad, good)
			bad[at] ^= mask
			if err := os.WriteFile(name, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			f(at, mask)
		}
	}
	if err := os.WriteFile(name, good, 0o644); err != nil {
		t.Fatal(err)
	}
}

// plain is a query without MD5s, as it is over an export of any size; cheap is one
// over a small export.
var (
	plain = engine.Options{HashBelow: -1}
	cheap = engine.Options{}
	full  = engine.Options{Verify: engine.VerifyFull}
)

var truthQueries = []string{"SELECT * FROM t", "SELECT count(*) FROM t", "SELECT * FROM t LIMIT 1", "SELECT max(id) FROM t"}

func smallExport(t *testing.T, cfg gen.Config) string {
	t.Helper()
	cfg.Dir, cfg.Time = t.TempDir(), time.Date(2023, 9, 1, 0, 0, 0, 0, time.UTC)
	if cfg.Rows == 0 {
		cfg.Rows, cfg.Files = 6, 2
	}
	ex, err := gen.Write(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return ex.Folder
}

// Trap 26 of the semantics: a byte that was altered is noticed.
func TestEveryByte(t *testing.T) {
	t.Run("deflated", func(t *testing.T) { everyByte(t, smallExport(t, gen.Config{}), !testing.Short()) })
	// Without back references more changes leave valid gzip data.
	t.Run("DynamoDB JSON", func(t *testing.T) { everyByte(t, smallExport(t, gen.Config{Format: gen.DynamoDBJSON}), false) })
	t.Run("Huffman only", func(t *testing.T) { everyByte(t, smallExport(t, gen.Config{Level: -2}), false) })
}

func everyByte(t *testing.T, folder string, twice bool) {
	right := map[string]string{}
	for _, q := range truthQueries {
		for _, opt := range []engine.Options{plain, cheap, full, {Verify: engine.VerifyOff}} {
			got, err := answer(opt, folder, q)
			if err != nil {
				t.Fatal(err)
			}
			if was, ok := right[q]; ok && was != got {
				t.Fatalf("%s: %s, %s", q, was, got)
			}
			right[q] = got
		}
	}
	if !isWhole(t, folder) {
		t.Fatal("the sound export is not found whole")
	}
	data, others := exportFiles(t, folder)
	if len(data) != 2 || len(others) != 4 {
		t.Fatal(data, others)
	}
	harmless, noticed := 0, 0
	for _, name := range data {
		alter(t, name, twice, func(at int, mask byte) {
			what := fmt.Sprintf("%s, byte %d, mask %#x", filepath.Base(name), at, mask)
			q := truthQueries[at%len(truthQueries)]
			switch got, err := answer(plain, folder, q); {
			case err != nil:
				noticed++
				coded(t, what, err)
			case got != right[q]:
				t.Errorf("%s: a wrong answer to %s: %s", what, q, got)
			default:
				harmless++
			}
			for _, opt := range []engine.Options{cheap, full} {
				if _, err := answer(opt, folder, q); sqlerr.CodeOf(err) == "" {
					t.Errorf("%s: not noticed by MD5", what)
				}
			}
			if isWhole(t, folder) {
				t.Errorf("%s: not noticed by verify", what)
			}
		})
	}
	t.Logf("data files: %d changes noticed by a plain query, %d that change no answer", noticed, harmless)
	if noticed == 0 {
		t.Error("nothing was noticed at all")
	}
	for _, name := range others {
		alter(t, name, twice, func(at int, mask byte) {
			what := fmt.Sprintf("%s, byte %d, mask %#x", filepath.Base(name), at, mask)
			q := truthQueries[at%len(truthQueries)]
			for _, opt := range []engine.Options{plain, {Verify: engine.VerifyOff}} {
				got, err := answer(opt, folder, q)
				if err != nil {
					coded(t, what, err)
				}
				// What is not to be verified may lose a file with a note, but must make
				// no rows up.
				if err == nil && got != right[q] && opt.Verify != engine.VerifyOff {
					t.Errorf("%s: a wrong answer to %s: %s", what, q, got)
				}
				if err == nil && opt.Verify != engine.VerifyOff {
					t.Errorf("%s: a plain query does not notice", what)
				}
			}
			if isWhole(t, folder) {
				t.Errorf("%s: not noticed by verify", what)
			}
		})
	}
}

// coded fails where an error is a bug's, or none of ours.
func coded(t *testing.T, what string, err error) {
	t.Helper()
	if code := sqlerr.CodeOf(err); code == "" || code == sqlerr.GenericInternalError {
		t.Errorf("%s: %v", what, err)
	}
}

// Lengths: each file of the export cut by a byte, longer by one, empty, or gone.
func TestEveryLength(t *testing.T) {
	folder := smallExport(t, gen.Config{})
	right, err := answer(plain, folder, truthQueries[0])
	if err != nil {
		t.Fatal(err)
	}
	data, others := exportFiles(t, folder)
	for _, name := range append(data, others...) {
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for what, change := range map[string]func() error{
			"cut":    func() error { return os.WriteFile(name, good[:len(good)-1], 0o644) },
			"longer": func() error { return os.WriteFile(name, append(good[:len(good):len(good)], 'x'), 0o644) },
			"empty":  func() error { return os.WriteFile(name, nil, 0o644) },
			"twice":  func() error { return os.WriteFile(name, append(good[:len(good):len(good)], good...), 0o644) },
			"gone":   func() error { return os.Remove(name) },
		} {
			if err := change(); err != nil {
				t.Fatal(err)
			}
			what = filepath.Base(name) + " " + what
			if got, err := answer(plain, folder, truthQueries[0]); err == nil && got != right {
				t.Errorf("%s: a wrong answer: %s", what, got)
			} else if err != nil {
				coded(t, what, err)
			}
			// Without its checksum file a manifest cannot be checked, which is a warning.
			gone := strings.HasSuffix(what, ".md5 gone")
			if isWhole(t, folder) != gone {
				t.Errorf("%s: verify says %v", what, !gone)
			}
		}
		if err := os.WriteFile(name, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A table of a full export and the incremental ones after it is proven in all of
// its files, and so are its change rows.
func TestVerifyHistory(t *testing.T) {
	dir := t.TempDir()
	day := func(n int) time.Time { return time.Date(2023, 9, n, 0, 0, 0, 0, time.UTC) }
	item := func(id int64) []gen.Field { return []gen.Field{{Name: "id", Value: gen.Int(id)}} }
	configs := []gen.Config{{Rows: 6, Files: 2, Time: day(1)}}
	for n := 1; n <= 2; n++ {
		inc := &gen.Incremental{From: day(n), To: day(n + 1), Changes: []gen.Change{{Micros: day(n).UnixMicro(), Keys: item(int64(n)), New: item(int64(n))}}}
		configs = append(configs, gen.Config{Files: 1, Time: day(n + 1), Seed: uint64(n) + 1, Incremental: inc})
	}
	var files []string
	for _, c := range configs {
		c.Dir, c.TableID = dir, "3f2a9c1e-0000-4000-8000-5d1c2b3a4e5f"
		ex, err := gen.Write(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ex.Files {
			files = append(files, f.Path)
		}
	}
	if len(files) != 4 {
		t.Fatal(files)
	}
	for _, q := range []string{"SELECT count(*) FROM t", "SELECT * FROM t LIMIT 1", `SELECT count(*) FROM "t$changes"`} {
		for _, opt := range []engine.Options{plain, cheap, full} {
			if _, err := answer(opt, dir, q); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
		for _, name := range files {
			good, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			bad := append([]byte{}, good...)
			bad[4] ^= 1 // the time in gzip's header
			if err := os.WriteFile(name, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := answer(plain, dir, q); err != nil {
				t.Errorf("%s: %v", q, err)
			}
			for what, opt := range map[string]engine.Options{"small": cheap, "--verify": full} {
				if _, err := answer(opt, dir, q); sqlerr.CodeOf(err) != sqlerr.ExportNotAsPromised {
					t.Errorf("%s, %s, %s: %v", what, q, filepath.Base(name), err)
				}
			}
			if isWhole(t, dir) {
				t.Errorf("verify: %s", filepath.Base(name))
			}
			if err := os.WriteFile(name, good, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// What was proven is proven again when the file changed, also between the time
// that a path was added and the query; and a declared table's files are proven
// whether the answer needs them or not.
func TestVerifyChanged(t *testing.T) {
	folder := smallExport(t, gen.Config{})
	data, _ := exportFiles(t, folder)
	e, err := engine.Open(engine.Options{Offline: true, Verify: engine.VerifyFull, Maps: []engine.Mapping{{URL: "s3://b", Dir: folder}}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx := context.Background()
	if _, err := e.AddPath(ctx, "t", folder); err != nil {
		t.Fatal(err)
	}
	s := e.NewSession()
	exhaust := func(sql string) error {
		r, err := s.Query(ctx, sql)
		if err != nil {
			return err
		}
		defer r.Close()
		for {
			if p, err := r.Next(ctx); p == nil || err != nil {
				return err
			}
		}
	}
	if err := exhaust("CREATE EXTERNAL TABLE d (id string) ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' " +
		"WITH SERDEPROPERTIES ('ion.id.path_extractor'='(Item id)') STORED AS ION LOCATION 's3://b/data/'"); err != nil {
		t.Fatal(err)
	}
	queries := []string{"SELECT id FROM t LIMIT 1", "SELECT count(*) FROM t", "SELECT id FROM d LIMIT 1", "SELECT count(*) FROM d", "SELECT count(*) FROM d, t"}
	for _, q := range queries {
		if err := exhaust(q); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
	for _, name := range data {
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bad := append([]byte{}, good...)
		bad[4] ^= 1
		if err := os.WriteFile(name, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, q := range queries {
			if err := exhaust(q); sqlerr.CodeOf(err) != sqlerr.ExportNotAsPromised {
				t.Errorf("%s with %s altered: %v", q, filepath.Base(name), err)
			}
		}
		if err := exhaust("SELECT 1"); err != nil { // reads no file
			t.Error(err)
		}
		if err := os.WriteFile(name, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
