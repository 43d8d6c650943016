package engine

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestCacheDiskFull keeps columns on a file system of 1 MB: the answer is the same,
// and one warning says why nothing is kept. It needs the right to mount.
func TestCacheDiskFull(t *testing.T) {
	r := tortureRig(t, 60_000)
	want, _ := r.answer(false, tortureQuery)
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", r.dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount: %v %s", err, out)
	}
	defer func() {
		if out, err := exec.Command("umount", r.dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	}()
	var warned []string
	m, err := ParseMapping("s3://test=" + r.data)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		e, err := Open(Options{Offline: true, Maps: []Mapping{m}, CacheSettle: -1, Cache: OpenCache(r.dir, 1<<30, func(msg string) { warned = append(warned, msg) })})
		if err != nil {
			t.Fatal(err)
		}
		s := e.NewSession()
		ddl, err := s.Query(context.Background(), r.ddl)
		if err != nil {
			t.Fatal(err)
		}
		ddl.Close()
		res, err := s.Query(context.Background(), tortureQuery)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readRows(res); err != nil || got != want {
			t.Errorf("got\n%s%v\nwant\n%s", got, err, want)
		}
		res.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(warned) == 0 || len(warned) > 2 || !strings.Contains(warned[0], "Nothing is kept") {
		t.Errorf("warnings: %q", warned)
	}
	if left, err := os.ReadDir(r.dir + "/tmp"); err == nil && len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
