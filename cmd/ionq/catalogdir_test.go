package main

// Several processes over one --catalog folder at once, some of them killed.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ionqProcess is the command as a process of its own: the test binary, called
// ionq as testscript calls it.
func ionqProcess(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "ionq")
	if err := os.Symlink(self, link); err != nil {
		t.Skip("no symbolic links: ", err)
	}
	return exec.Command(link, args...)
}

const tableDDL = "CREATE EXTERNAL TABLE %s (id decimal(38,0), v string) PARTITIONED BY (dt string) ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' STORED AS ION LOCATION 's3://b/%s/'"

// TestCatalogProcesses: two processes that make tables at once lose none of them,
// and see each other's.
func TestCatalogProcesses(t *testing.T) {
	dir := t.TempDir()
	const each = 15
	var cmds []*exec.Cmd
	for p := range 2 {
		args := []string{"--catalog", dir}
		for k := range each {
			name := fmt.Sprintf("t%d_%d", p, k)
			args = append(args, "-c", fmt.Sprintf(tableDDL, name, name), "-c", fmt.Sprintf("ALTER TABLE %s ADD PARTITION (dt = '1')", name),
				"-c", fmt.Sprintf("CREATE OR REPLACE VIEW v%d AS SELECT %d AS k", p, k))
		}
		cmd := ionqProcess(t, args...)
		out := &strings.Builder{}
		cmd.Stderr = out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v: %s", err, cmd.Stderr)
		}
	}
	out, err := ionqProcess(t, "--catalog", dir, "-c", "SHOW TABLES").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := len(strings.Fields(string(out))); got != 2*each+2 {
		t.Errorf("%d tables and views, want %d:\n%s", got, 2*each+2, out)
	}
	out, err = ionqProcess(t, "--catalog", dir, "-c", "SHOW PARTITIONS t1_14").Output()
	if err != nil || strings.TrimSpace(string(out)) != "dt=1" {
		t.Errorf("%v: %q", err, out)
	}
}

// TestCatalogKilled: a process that is killed in the middle of changes leaves a
// folder that the next one reads, with whole tables in it.
func TestCatalogKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	dir := t.TempDir()
	for round := range 12 {
		var args []string
		for k := range 200 {
			name := fmt.Sprintf("t%d_%d", round, k)
			args = append(args, "-c", fmt.Sprintf(tableDDL, name, name), "-c", fmt.Sprintf("DROP TABLE IF EXISTS t%d_%d", round, k-2),
				"-c", fmt.Sprintf("CREATE OR REPLACE VIEW v AS SELECT %d AS k", k))
		}
		cmd := ionqProcess(t, append([]string{"--catalog", dir}, args...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(20+17*round) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		out, err := ionqProcess(t, "--catalog", dir, "--format", "csv", "-c", "SELECT table_name FROM information_schema.tables WHERE table_schema = 'default'",
			"-c", "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'default' AND table_name LIKE 't%'").CombinedOutput()
		if err != nil {
			t.Fatalf("round %d: the folder cannot be read: %v\n%s", round, err, out)
		}
		// Who comes after can go on.
		out, err = ionqProcess(t, "--catalog", dir, "-c", fmt.Sprintf(tableDDL, "after", "after"), "-c", "DROP TABLE after").CombinedOutput()
		if err != nil {
			t.Fatalf("round %d: the folder cannot be changed: %v\n%s", round, err, out)
		}
	}
	// What a kill leaves in the worst case, in either place, goes at the next start.
	for _, name := range []string{".new-1", filepath.Join("default", ".new-2")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("CREATE"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := ionqProcess(t, "--catalog", dir, "-c", "SHOW TABLES").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Glob(filepath.Join(dir, ".new-*"))
	if err != nil {
		t.Fatal(err)
	}
	left = append(left, root...)
	for _, name := range left {
		if !strings.HasSuffix(name, ".sql") {
			t.Errorf("left behind: %s", name)
		}
	}
}
