package reader

// Damaged and hostile files of the conformance material: none may pass for
// sound, crash, hang or fill the memory.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

func TestBadFiles(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || testing.Short() {
		t.Skip("no python3, or -short")
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(filepath.Dir(root), "..", "shared", "conformance", "bad", "badgen.py")
	if _, err := os.Stat(script); err != nil {
		t.Skip("no conformance material here")
	}
	dir := t.TempDir()
	if out, err := exec.Command(python, script, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	const busy = 10 // times slower a machine may be for what else it does
	passed, run, refused := 0, 0, 0
	for line := range strings.Lines(string(manifest)) {
		var c struct {
			ID, Path, Kind, Expect string
			Rows                   *int
			MaxSeconds             float64 `json:"max_seconds"`
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if c.Kind != "data" {
			continue
		}
		run++
		path := filepath.Join(dir, filepath.FromSlash(c.Path))
		split := Split{Name: filepath.Base(path), Size: -1, Items: -1, Open: func(context.Context) (io.ReadCloser, error) { return os.Open(path) }}
		tab := tableOf(nil, Column{"pk", types.Varchar}, Column{"n", types.Varchar}, Column{"a", types.Varchar})
		start := time.Now()
		rows := 0
		src, err := Open(ctxb, tab, split, allOf(tab), Options{})
		if err == nil {
			for {
				p, e := src.Next(ctxb)
				if err = e; p == nil {
					break
				}
				rows += p.Rows
			}
			if e := src.Close(); err == nil {
				err = e
			}
		}
		took := time.Since(start)
		// Whoever prints every value meets no fault that a query does not meet, and
		// the other way around: a query checks what it skips.
		data, rerr := os.ReadFile(path)
		if rerr != nil {
			t.Fatal(rerr)
		}
		start = time.Now()
		_, perr := printed(split.Name, data, ion.Compact)
		if took := time.Since(start); took > busy*time.Duration(c.MaxSeconds*float64(time.Second)) {
			t.Errorf("%s: printing took %v", c.ID, took)
		}
		if sqlerr.CodeOf(err) != sqlerr.HiveBadData && fmt.Sprint(perr) != fmt.Sprint(err) {
			t.Errorf("%s: printing: %v; scanning: %v", c.ID, perr, err)
		}
		var coded *sqlerr.Error
		ok := true
		fail := func(format string, args ...any) {
			ok = false
			t.Errorf(c.ID+": "+format, args...)
		}
		if err != nil && (!errors.As(err, &coded) || coded.Code == sqlerr.GenericInternalError || strings.Contains(err.Error(), "BUG")) {
			fail("not a coded error: %v", err)
		}
		if took > busy*time.Duration(c.MaxSeconds*float64(time.Second)) {
			fail("took %v", took)
		}
		switch {
		case coded != nil && coded.Code == sqlerr.NotSupported && c.Expect == "ok":
			refused++
			t.Logf("%s: refused by name: %v", c.ID, err)
			continue
		case c.Expect == "error" && err == nil:
			fail("no error, %d rows", rows)
		case c.Expect == "ok" && err != nil:
			fail("%v", err)
		case c.Expect == "ok" && c.Rows != nil && *c.Rows != rows:
			fail("%d rows, want %d", rows, *c.Rows)
		}
		if ok {
			passed++
		}
	}
	t.Logf("bad files: %d passed of %d run, %d of these refused by name where a value is valid", passed, run, refused)
}
