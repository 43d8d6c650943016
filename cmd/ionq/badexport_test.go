//go:build !windows

package main

// Damaged and hostile exports of the conformance material: what a query over each
// of them must do, and that ionq verify does not call a damaged one whole.

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/engine"
)

func TestBadExports(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || testing.Short() {
		t.Skip("no python3, or -short")
	}
	script, err := filepath.Abs("../../../shared/conformance/bad/badgen.py")
	if err != nil {
		t.Fatal(err)
	}
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
	run := 0
	for line := range strings.Lines(string(manifest)) {
		var c struct {
			ID, Path, Kind, Expect string
			Rows                   *int
			MaxSeconds             float64 `json:"max_seconds"`
			MustNotRead            string  `json:"must_not_read"`
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if c.Kind != "export" {
			continue
		}
		run++
		t.Run(c.ID, func(t *testing.T) {
			path := filepath.Join(dir, filepath.FromSlash(c.Path))
			limit := 10 * time.Duration(c.MaxSeconds*float64(time.Second)) // a busy machine is no defect
			start := time.Now()
			code, stdout, stderr := ionq(path, "-c", "SELECT count(*), count(pk) FROM demo")
			if took := time.Since(start); took > limit {
				t.Errorf("took %v", took)
			}
			switch {
			case c.Expect == "ok" && code != 0, c.Expect == "error" && code != 1, code > 1:
				t.Errorf("exit code %d, want %s: %s%s", code, c.Expect, stdout, stderr)
			case code == 1 && (stdout != "" || !strings.Contains(stderr, "error: ")):
				t.Errorf("%s%s", stdout, stderr)
			case code == 0 && c.Rows != nil && !strings.HasSuffix(stdout, fmt.Sprintf("\"%d\",\"%[1]d\"\n", *c.Rows)):
				t.Errorf("rows: %s", stdout)
			}
			if len(stderr) > 4000 || strings.Contains(stderr, "BUG") || strings.Contains(stderr, "INTERNAL") {
				t.Errorf("stderr: %.4000s", stderr)
			}
			if c.MustNotRead != "" && strings.Contains(stdout+stderr, c.MustNotRead) {
				t.Error("it read what it must not")
			}

			start = time.Now()
			verified, stdout, stderr := ionq("verify", "--format", "json", path)
			if took := time.Since(start); took > limit {
				t.Errorf("verify took %v", took)
			}
			var r engine.VerifyReport
			if err := json.Unmarshal([]byte(stdout), &r); err != nil || stderr != "" || r.OK != (verified == 0) || r.OK != (r.Errors == 0) {
				t.Fatalf("verify: exit code %d, %v, %s", verified, err, stderr)
			}
			// A file that nobody names is wrong, though a query does not read it. An
			// etag alone, or a missing checksum file, is a warning.
			if want := c.Expect == "ok" && c.ID != "export_extra_data_file"; c.Expect != "either" && r.OK != want {
				t.Errorf("verify: %v, %s", r.OK, stdout)
			}
			if c.MustNotRead != "" && strings.Contains(stdout, c.MustNotRead) {
				t.Error("verify read what it must not")
			}
		})
	}
	if run < 60 {
		t.Errorf("only %d cases", run)
	}
}
