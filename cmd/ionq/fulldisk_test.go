//go:build !windows

package main

// A disk that is full while the first query writes its columns into the cache
// folder costs a warning and nothing else: the answer is the same to the byte,
// and the next query, with or without room, is answered too.

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFullDiskWhileCaching(t *testing.T) {
	var lines strings.Builder
	for i := range 100_000 {
		// Numbers that no encoding makes small.
		fmt.Fprintf(&lines, "$ion_1_0 {Item:{id:\"%d\",n:%d.}}\n", i, uint64(i)*0x9E3779B97F4A7C15>>1)
	}
	dir := table(t, "x.ion", []byte(lines.String()))
	// Columns of files that may still be changing are not kept (colcache.Cache.Settle).
	time.Sleep(3 * time.Second)
	args := []string{"--map", "s3://b=" + dir, "--format", "csv", "-c", oneColumn, "-c", "SELECT count(*), max(n), min(id) FROM t"}

	// shell runs a script in which "$@" is the command.
	shell := func(t *testing.T, cache, script string, more ...string) (stdout, stderr string, err error) {
		t.Helper()
		ionq := process(t, append(args, more...)...)
		cmd := exec.Command("sh", append([]string{"-c", script, "sh", ionq.Path}, ionq.Args[1:]...)...)
		cmd.Env = append(os.Environ(), "IONQ_CACHE_DIR="+cache)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		err = cmd.Run()
		return out.String(), errs.String(), err
	}
	want, stderr, err := shell(t, t.TempDir(), `exec "$@"`, "--no-cache")
	if err != nil || stderr != "" || !strings.Contains(want, `"100000"`) {
		t.Fatalf("%v: %s%s", err, want, stderr)
	}

	size := func(dir string) (n int64) {
		_ = filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				if info, err := e.Info(); err == nil {
					n += info.Size()
				}
			}
			return nil
		})
		return n
	}
	// The cache is worth writing, or the rest proves nothing.
	cache := t.TempDir()
	if got, stderr, err := shell(t, cache, `exec "$@"`); err != nil || got != want || stderr != "" {
		t.Fatalf("%v: %s%s", err, got, stderr)
	}
	if n := size(cache); n < 200<<10 {
		t.Fatalf("the cache has %d bytes, too few to fill a disk with", n)
	}
	// --stats tells what came from where: the wider column is not kept.
	for _, cached := range []bool{true, false} {
		more, dir := []string{"--stats", "-c", "SELECT count(id) FROM t"}, cache
		if !cached {
			more, dir = append(more, "--no-cache"), t.TempDir()
		}
		got, stderr, err := shell(t, dir, `exec "$@"`, more...)
		if err != nil || !strings.HasPrefix(got, want) || !strings.HasPrefix(stderr, "ionq: 200000 records: ") ||
			cached == strings.Contains(stderr, ", 0 B of columns kept in the cache folder\n") {
			t.Errorf("--stats, cached %v: %v: %s%s", cached, err, got, stderr)
		}
	}

	check := func(t *testing.T, cache, script string) {
		t.Helper()
		for range 2 {
			got, stderr, err := shell(t, cache, script)
			if err != nil || got != want {
				t.Fatalf("%v: got %s%s, want %s", err, got, stderr, want)
			}
			if n := strings.Count(stderr, "\n"); n != 1 || !strings.Contains(stderr, "cache folder") {
				t.Errorf("not one warning about the cache folder: %q", stderr)
			}
		}
	}
	t.Run("file size limit", func(t *testing.T) {
		cache := t.TempDir()
		// 32 KiB in POSIX's blocks of 512 bytes, less or the same elsewhere.
		check(t, cache, `ulimit -f 64 && exec "$@"`)
		if got, stderr, err := shell(t, cache, `exec "$@"`); err != nil || got != want || stderr != "" {
			t.Errorf("with room again: %v: %s%s", err, got, stderr)
		}
	})
	t.Run("small disk", func(t *testing.T) {
		disk := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", disk).CombinedOutput(); err != nil {
			t.Skipf("mounting is not permitted here: %v %s", err, out)
		}
		t.Cleanup(func() {
			if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
				t.Errorf("umount: %v %s", err, out)
			}
		})
		check(t, filepath.Join(disk, "cache"), `exec "$@"`)
	})
}
