package ion

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// conformanceDir finds the folder of conformance material beside the project, or
// skips the test.
func conformanceDir(t testing.TB, sub string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("no go.mod above the test")
		}
		dir = up
	}
	dir = filepath.Join(dir, "..", "shared", "conformance", sub)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no conformance material here")
	}
	return dir
}

// checkAll checks every value of a stream, as a reader of whole records would.
func checkAll(b []byte) error {
	if bytes.HasPrefix(b, []byte{0xE0, 1, 0, 0xEA}) {
		return &SyntaxError{Msg: "binary Ion", Unsupported: true}
	}
	for {
		i, err := SkipSpace(b, 0, true)
		if err != nil || i >= len(b) {
			return err
		}
		end, err := Consume(b, i, true)
		if err != nil {
			return err
		}
		if _, err := System(b[:end], ValueAt(b[:end], i, false)); err != nil {
			return err
		}
		b = b[end:]
	}
}

// notRead are the good files that are refused, with the reason.
var notRead = map[string]string{
	"utf16.ion": "not UTF-8", "utf32.ion": "not UTF-8",
}

func TestConformance(t *testing.T) {
	root := filepath.Join(conformanceDir(t, "ion"), "iontestdata")
	var good, goodAll, bad, badAll, tables int
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".ion" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		err = checkAll(b)
		if strings.HasPrefix(rel, "bad") {
			badAll++
			if err == nil {
				t.Errorf("accepted: %s", rel)
				return nil
			}
			bad++
			return nil
		}
		if notRead[filepath.Base(path)] != "" {
			return nil
		}
		goodAll++
		var e *SyntaxError
		if errors.As(err, &e) && (e.Unsupported && strings.Contains(e.Msg, "symbol tables") || strings.Contains(e.Msg, "symbol id")) {
			tables++ // local symbol tables are refused by name
			return nil
		}
		if err != nil {
			t.Errorf("refused: %s: %v", rel, err)
			return nil
		}
		good++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("Ion text: good %d of %d (%d more refused by name: symbol tables), bad %d of %d", good, goodAll, tables, bad, badAll)
}
