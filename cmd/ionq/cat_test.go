package main

// ionq cat over amazon-ion's test files: every good file is printed, every bad
// one is one error with its place.

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
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

// Binary Ion is queried and shown like text: plain, gzip, zstd, and files joined
// end to end.
func TestBinaryFiles(t *testing.T) {
	// $ion_symbol_table::{symbols:["Item","n"]} {Item:{n:2}} {Item:{n:-1.5}}
	data := []byte("\xe0\x01\x00\xea\xec\x81\x83\xd9\x87\xb7\x84Item\x81n\xd5\x8a\xd3\x8b\x21\x02\xd6\x8a\xd4\x8b\x52\xc1\x8f")
	zipped := gzipped(t, func(w io.Writer) { _, _ = w.Write(data) })
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	dir := t.TempDir()
	for name, b := range map[string][]byte{"a.10n": data, "b.10n.gz": zipped, "c.10n.zst": z.EncodeAll(data, nil), "d.ion.gz": bytes.Repeat(zipped, 3), "e.10n": bytes.Repeat(data, 2)} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		times := map[byte]int{'d': 3, 'e': 2}[name[0]]
		times = max(times, 1)
		code, stdout, stderr := ionq(file, "-c", "SELECT n FROM "+name[:1])
		if want := "\"n\"\n" + strings.Repeat("\"2.0\"\n\"-1.5\"\n", times); code != 0 || stdout != want {
			t.Errorf("%s: exit code %d, %q %s", name, code, stdout, stderr)
		}
		code, stdout, stderr = ionq("cat", "--to", "ion", file)
		if want := strings.Repeat("{Item:{n:2}}\n{Item:{n:-1.5}}\n", times); code != 0 || stdout != want {
			t.Errorf("%s: exit code %d, %q %s", name, code, stdout, stderr)
		}
		var out, msg bytes.Buffer
		if code := run([]string{"cat", "--to", "jsonl", "-"}, bytes.NewReader(b), &out, &msg); code != 0 || out.String() != strings.Repeat("{\"Item\":{\"n\":2}}\n{\"Item\":{\"n\":-1.5}}\n", times) {
			t.Errorf("%s from standard input: exit code %d, %q %s", name, code, out.String(), msg.String())
		}
	}
}

func gzipped(t *testing.T, write func(io.Writer)) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	write(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
