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
	// maxStart bounds the CPU time of SELECT 1, where the target is 15 ms of wall
	// time: what else a machine does adds little to it. It is some 12 ms.
	maxStart = 45 * time.Millisecond
	// tries is how many runs one may need to be within the limits: one that
	// others disturb is no evidence.
	tries = 200
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

	run := func(env ...string) (cpu time.Duration, stderr []byte) {
		cmd := exec.Command(bin, "-c", "SELECT 1")
		cmd.Env = append(os.Environ(), env...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s", err, errs.Bytes())
		}
		cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if want := "\"_col0\"\n\"1\"\n"; out.String() != want {
			t.Fatalf("SELECT 1 gave %q", out.String())
		}
		return cpu, errs.Bytes()
	}

	clock := regexp.MustCompile(`(?m)^init (\S+) @[^,]*, ([0-9.]+) ms clock`)
	inits := time.Hour
	for i := 0; i < 10 || inits > maxInits && i < tries; i++ {
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

	least := time.Hour
	for i := 0; i < 10 || least > maxStart && i < tries; i++ {
		cpu, _ := run()
		least = min(least, cpu)
	}
	t.Logf("SELECT 1: %v of CPU time", least)
	if least > maxStart {
		t.Errorf("SELECT 1 took at least %v of CPU time, the limit is %v", least, maxStart)
	}
}
