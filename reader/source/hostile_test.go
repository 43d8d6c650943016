// Hostile symlink files and folders: what lies outside of the mapped folder is
// not reached, in whatever way it is named.

package source

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestHostileTargets(t *testing.T) {
	base := tree(t, "secret.ion", "secret", "secrets/x.ion", "secret", "in/data/good.ion", "good")
	dir := filepath.Join(base, "in")
	for _, line := range []string{
		"s3://b/../secret.ion", "s3://b/data/../../secret.ion", "s3://b/data/..", "s3://b/./data/good.ion", "s3://b/..", "s3://b/../secrets/", "s3://b//../secret.ion",
		`s3://b/..\secret.ion`, `s3://b/data\..\..\secret.ion`, `s3://b/C:\secret.ion`, "s3://b/C:/secret.ion", "s3://b/NUL", "s3://b/data/CON", "s3://b/%2e%2e/secret.ion",
		base + "/secret.ion", "/etc/passwd", "file:///etc/passwd", "file://" + base + "/secret.ion", "../secret.ion", "http://127.0.0.1:9/x", "S3://b/data/good.ion", "s3a://b/data/good.ion",
		"s3://", "s3:///data/good.ion", "s3://other/x.ion", "s3://b/\x00", "s3://b/data/good.ion\x00", "s3://b/\xff", "s3://b/" + strings.Repeat("a", 5000), "s3://b/" + strings.Repeat("a/", 5000),
	} {
		if err := os.MkdirAll(filepath.Join(dir, "links"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "links", "symlink.txt"), []byte(line+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		r := at(t, dir)
		l, err := r.Symlinks(context.Background(), "s3://b/links/")
		if err == nil {
			t.Errorf("%q: %v", line, names(l))
			continue
		}
		e := sqlerr.As(err)
		if e.Code != sqlerr.HiveFilesystemError && e.Code != sqlerr.HiveBadData && e.Code != sqlerr.InvalidArguments && e.Code != sqlerr.NotSupported {
			t.Errorf("%q: %v", line, err)
		}
		if e.Data == nil || e.Data.File != "s3://b/links/symlink.txt" {
			t.Errorf("%q: the error does not say where the target stands: %v", line, err)
		}
	}
}

// A pipe in a folder must not block anything: not the listing, and not the opening
// of what became a pipe after it was listed.
func TestPipes(t *testing.T) {
	dir := tree(t, "d/x.ion", "x", "d/y.ion", "y")
	r := at(t, dir)
	l, err := r.List(context.Background(), "s3://b/d/")
	if err != nil || len(l.Objects) != 2 {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "d", "x.ion")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := pipe(name); err != nil {
		t.Skip(err)
	}
	done := make(chan error, 1)
	go func() {
		rc, err := l.Objects[0].Open(context.Background())
		if err == nil {
			_, err = io.ReadAll(rc)
			_ = rc.Close()
		}
		done <- err
	}()
	select {
	case err = <-done:
		wantError(t, err, sqlerr.HiveCannotOpenSplit, "neither a file nor a folder")
	case <-time.After(time.Minute):
		t.Fatal("a pipe blocks")
	}
	_, err = r.List(context.Background(), "s3://b/d/")
	wantError(t, err, sqlerr.HiveFilesystemError, "neither a file nor a folder")
	src, key, err := r.Resolve(context.Background(), "s3://b/d")
	if err != nil {
		t.Fatal(err)
	}
	var bad []string
	tree, err := src.List(context.Background(), key, ListOptions{Recursive: true, Bad: func(name string, _ error) { bad = append(bad, name) }})
	if err != nil || len(tree.Files) != 1 || len(bad) != 1 || bad[0] != "s3://b/d/x.ion" {
		t.Errorf("%v, %v, %v", tree, bad, err)
	}
}
