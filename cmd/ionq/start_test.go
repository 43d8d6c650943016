package main

// Guards of what the command costs before it has done anything: the size of the
// binary as `go build` makes it, and the time until it has answered. The limits
// are loose where the machine decides; bench/README.md tells how to measure.

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"
)

const (
	// maxBinary is the promise. Twelve megabytes went when one dependency stopped
	// to look methods up by name: since then the linker may drop what nobody
	// calls. A jump here means that something does so again (see ARCHITECTURE.md,
	// Dependencies).
	maxBinary = 40e6
	// maxInits bounds the sum of all packages' initialisation: about 3 ms on an
	// idle machine in November 2026, and machines are rarely idle.
	maxInits = 15 * time.Millisecond
	// maxStart bounds the fastest of some runs of SELECT 1. The target is 15 ms.
	maxStart = 45 * time.Millisecond
)

func TestStart(t *testing.T) {
	if testing.Short() {
		t.Skip("links the whole binary")
	}
	if runtime.GOOS == "windows" {
		t.Skip("sizes and times are those of unix")
	}
	bin := filepath.Join(t.TempDir(), "ionq")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	info, err := os.Stat(bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.1f MB", float64(info.Size())/1e6)
	if info.Size() > maxBinary {
		t.Errorf("the binary has %d bytes, the limit is %d", info.Size(), int64(maxBinary))
	}

	run := func(env ...string) (wall time.Duration, stderr []byte) {
		cmd := exec.Command(bin, "-c", "SELECT 1")
		cmd.Env = append(os.Environ(), env...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		began := time.Now()
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s", err, errs.Bytes())
		}
		wall = time.Since(began)
		if want := "\"_col0\"\n\"1\"\n"; out.String() != want {
			t.Fatalf("SELECT 1 gave %q", out.String())
		}
		return wall, errs.Bytes()
	}

	clock := regexp.MustCompile(`(?m)^init (\S+) @[^,]*, ([0-9.]+) ms clock`)
	inits := time.Hour
	for range 10 {
		_, trace := run("GODEBUG=inittrace=1")
		var sum float64
		lines := clock.FindAllSubmatch(trace, -1)
		for _, m := range lines {
			ms, err := strconv.ParseFloat(string(m[2]), 64)
			if err != nil {
				t.Fatal(err)
			}
			sum += ms
		}
		if len(lines) < 50 {
			t.Fatalf("only %d packages are initialised:\n%s", len(lines), trace)
		}
		inits = min(inits, time.Duration(sum*float64(time.Millisecond)))
	}
	t.Logf("initialisation %v", inits)
	if inits > maxInits {
		t.Errorf("initialisation took %v, the limit is %v", inits, maxInits)
	}

	walls := make([]time.Duration, 30)
	for i := range walls {
		walls[i], _ = run()
	}
	slices.Sort(walls)
	t.Logf("SELECT 1: fastest %v, median %v", walls[0], walls[len(walls)/2])
	if walls[0] > maxStart {
		t.Errorf("SELECT 1 took at least %v, the limit is %v", walls[0], maxStart)
	}
}
