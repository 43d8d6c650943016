// Hostile manifests: nothing outside of the export's folder is opened through
// them, in whatever way they name it, on whatever system.

package export_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// rename replaces the first data file's key in the manifest.
func rename(t *testing.T, folder, key string) {
	t.Helper()
	lines := strings.SplitAfter(get(t, filepath.Join(folder, "manifest-files.json")), "\n")
	var f map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &f); err != nil {
		t.Fatal(err)
	}
	f["dataFileS3Key"] = key
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	lines[0] = string(text) + "\n"
	sign(t, folder, "manifest-files", strings.Join(lines, ""))
}

// outside fails where an export opened anything but its own data files.
func outside(t *testing.T, key, folder string, ex *export.Export) {
	t.Helper()
	for _, f := range ex.Files {
		real, err := filepath.EvalSymlinks(f.Object.Path)
		if err != nil {
			t.Fatal(err)
		}
		own, err := filepath.EvalSymlinks(folder)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(real, own+string(filepath.Separator)) {
			t.Errorf("%q leads to %s", key, real)
		}
	}
}

func TestHostileKeys(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.ion.gz")
	folder := write(t, gen.Config{Dir: dir, Prefix: "p", Time: day(1)})
	other := write(t, gen.Config{Dir: dir, Prefix: "q", Time: day(1), Table: "other", Seed: 2})
	names, err := filepath.Glob(filepath.Join(other, "data", "*"))
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	put(t, secret, get(t, names[0]))
	id := filepath.Base(folder)
	good := get(t, filepath.Join(folder, "manifest-files.json"))
	for _, key := range []string{
		// up and away
		"../secret.ion.gz", "../../../secret.ion.gz", "p/AWSDynamoDB/" + id + "/data/../../../../secret.ion.gz", "p/../secret.ion.gz", "./secret.ion.gz", "p//secret.ion.gz",
		"/secret.ion.gz", "//secret.ion.gz", secret, "/etc/passwd", "/dev/zero", "/proc/self/environ", "~/secret.ion.gz", "$HOME/secret.ion.gz",
		"%2e%2e/secret.ion.gz", "p/AWSDynamoDB/" + id + "/data/%2e%2e/%2e%2e/secret.ion.gz", "..%2fsecret.ion.gz", "\u2025/secret.ion.gz", ". ./secret.ion.gz", ".../secret.ion.gz",
		// Windows
		`..\secret.ion.gz`, `C:\secret.ion.gz`, "C:/secret.ion.gz", "C:secret.ion.gz", `\\host\share\secret.ion.gz`, "//host/share/secret.ion.gz", `\\?\C:\secret.ion.gz`, `\\.\PhysicalDrive0`,
		"p/AWSDynamoDB/" + id + "/data/NUL", "p/AWSDynamoDB/" + id + "/data/con.ion.gz", "p/AWSDynamoDB/" + id + "/data/COM1.ion.gz", "LPT9.ion", "aux .ion.gz", "x.ion.gz:stream", "COM\u00B9.ion",
		// URLs
		"file:///etc/passwd", "s3://other/x.ion.gz", "http://127.0.0.1:9/x.ion.gz",
		// what lies elsewhere in what the user named
		"secret.ion.gz", "q/AWSDynamoDB/" + filepath.Base(other) + "/data/" + filepath.Base(names[0]), "data/secret.ion.gz", "AWSDynamoDB/data/secret.ion.gz",
		// no files
		"p/AWSDynamoDB/" + id + "/data", "p/AWSDynamoDB/" + id, "p", "p/AWSDynamoDB/" + id + "/_started", "p/AWSDynamoDB/" + id + "/manifest-summary.json",
		// letters
		"", " ", "x\x00.ion.gz", "x\n.ion.gz", "x\x1b[2J.ion.gz", strings.Repeat("a", 300) + ".ion.gz", strings.Repeat("a", 5000), strings.Repeat("a/", 2000) + "x.ion.gz",
	} {
		rename(t, folder, key)
		for _, path := range []string{folder, dir, filepath.Join(folder, "data")} {
			ex, err := export.Open(context.Background(), resolver(t), path)
			if err == nil {
				if ex.Table == "sample_table" {
					t.Errorf("%q is taken for a data file", key)
				}
				continue
			}
			e := sqlerr.As(err)
			if e.Code != sqlerr.HiveInvalidMetadata && e.Code != sqlerr.ExportNotAsPromised && e.Code != sqlerr.HiveFilesystemError {
				t.Errorf("%q: %v", key, err)
			}
			if len(err.Error()) > 2000 || strings.ContainsAny(err.Error(), "\x00\x1b") {
				t.Errorf("%q: an error of %d bytes: %.100q", key, len(err.Error()), err.Error())
			}
			// Where nothing is verified the file is passed over, not looked for elsewhere.
			if ex, err := (export.Options{NoVerify: true}).Open(context.Background(), resolver(t), path); err == nil && ex.Table == "sample_table" {
				outside(t, key, folder, ex)
			}
		}
		sign(t, folder, "manifest-files", good)
	}
	// The list of files itself.
	was := get(t, filepath.Join(folder, "manifest-summary.json"))
	own := "p/AWSDynamoDB/" + id + "/manifest-files.json"
	for _, key := range []string{
		"../manifest-files.json", "/etc/passwd", "../../../../etc/passwd", `C:\manifest-files.json`, "C:/manifest-files.json/../x", "s3://b/manifest-files.json", "other.json",
		"q/AWSDynamoDB/" + filepath.Base(other) + "/manifest-files.json", "manifest-files.json", "p/AWSDynamoDB/" + id + "/manifest-summary.json", "nul",
	} {
		text, err := json.Marshal(key)
		if err != nil {
			t.Fatal(err)
		}
		sign(t, folder, "manifest-summary", strings.Replace(was, `"`+own+`"`, string(text), 1))
		wantError(t, folder, sqlerr.HiveInvalidMetadata, "its manifestFilesS3Key is ")
	}
}

// What stands in a data file's place: links out, loops, devices, pipes, folders.
func TestHostileFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need privileges")
	}
	secretDir := t.TempDir()
	secret := filepath.Join(secretDir, "secret.ion.gz")
	put(t, secret, "secret")
	for what, make := range map[string]func(name string) error{
		"link out":         func(name string) error { return os.Symlink(secret, name) },
		"relative way out": func(name string) error { return os.Symlink("../../../../../../../.."+secret, name) },
		"link to a device": func(name string) error { return os.Symlink("/dev/zero", name) },
		"link to itself":   func(name string) error { return os.Symlink(filepath.Base(name), name) },
		"dangling link":    func(name string) error { return os.Symlink("nowhere", name) },
		"folder":           func(name string) error { return os.Mkdir(name, 0o755) },
		"pipe":             pipe,
	} {
		t.Run(what, func(t *testing.T) {
			folder := write(t, gen.Config{Dir: t.TempDir(), Prefix: "p", Time: day(1)})
			names, err := filepath.Glob(filepath.Join(folder, "data", "*"))
			if err != nil {
				t.Fatal(err)
			}
			remove(t, names[0])
			if err := make(names[0]); err != nil {
				t.Skip(err)
			}
			for _, opt := range []export.Options{{}, {NoVerify: true}} {
				ex, err := opt.Open(context.Background(), resolver(t), folder)
				if err == nil && (!opt.NoVerify || what != "folder") {
					t.Errorf("opened: %+v", ex.Files)
				}
				if err != nil && !strings.Contains(err.Error(), filepath.Base(names[0])) {
					t.Errorf("the error does not name the file: %v", err)
				}
			}
		})
	}
	// A folder that leads back: nothing is read twice, nothing runs for ever.
	dir := t.TempDir()
	folder := write(t, gen.Config{Dir: dir, Prefix: "p", Time: day(1)})
	for name, to := range map[string]string{"up": "..", "self": ".", "far": "../../../.."} {
		if err := os.Symlink(to, filepath.Join(folder, "data", name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(".", filepath.Join(dir, "p", "again")); err != nil {
		t.Fatal(err)
	}
	if ex := open(t, filepath.Join(dir)); len(ex.Files) != 2 || items(t, ex) != 10 || strings.Contains(strings.Join(ex.Notes, " "), "newest of") {
		t.Errorf("%+v", ex)
	}
}
