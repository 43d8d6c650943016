package main

// ionq cat over amazon-ion's test files: every good file is printed, every bad
// one is one error with its place.

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCatIonTests(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "conformance", "ion", "iontestdata")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no conformance material here")
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if err != nil || d.IsDir() || ext != ".ion" && ext != ".10n" {
			return err
		}
		files++
		rel, _ := filepath.Rel(root, path)
		bad := strings.HasPrefix(rel, "bad") || rel == filepath.Join("good", "utf16.ion") || rel == filepath.Join("good", "utf32.ion")
		code, stdout, stderr := ionq("cat", "--to", "ion", path)
		if bad {
			if code != 1 || !strings.HasPrefix(stderr, "error: ") || strings.Count(stderr, "error: ") != 1 ||
				!strings.Contains(stderr, "\n  file     "+path+"\n  record   ") || !strings.Contains(stderr, "\n  byte     ") {
				t.Errorf("%s: exit code %d\n%s", rel, code, stderr)
			}
			return nil
		}
		if code != 0 || stderr != "" {
			t.Errorf("%s: exit code %d\n%s", rel, code, stderr)
			return nil
		}
		// What is printed is Ion that prints the same, from standard input too.
		var again, msg bytes.Buffer
		if code := run([]string{"cat", "--to", "ion", "-"}, strings.NewReader(stdout), &again, &msg); code != 0 || again.String() != stdout {
			t.Errorf("%s: printed again: exit code %d %s\n%.500s\n%.500s", rel, code, msg.String(), stdout, again.String())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 785 {
		t.Errorf("%d files, not 785", files)
	}
}
