//go:build !windows

package main

// Hostile input that is too large, or too binary, for a script; and a process
// that is interrupted, has no room to write, or nobody who reads. Signals, devices and peak memory are POSIX's.

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const oneColumn = "CREATE EXTERNAL TABLE t (id string, n string) ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' " +
	"WITH SERDEPROPERTIES ('ion.id.path_extractor'='(Item id)', 'ion.n.path_extractor'='(Item n)') STORED AS ION LOCATION 's3://b/t/'"

// process starts the command as a process of its own.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	// testscript.Main runs a command by the name that the process was called by.
	name := filepath.Join(dir, "ionq")
	if err := os.Symlink(self, name); err != nil {
		t.Skip("no symbolic links: ", err)
	}
	return exec.Command(name, args...)
}

func table(t *testing.T, name string, data []byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "t"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "t", name), data, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDamagedGzip(t *testing.T) {
	lines := func(n int) func(io.Writer) {
		return func(w io.Writer) {
			for i := range n {
				fmt.Fprintf(w, "$ion_1_0 {Item:{id:\"%d\",n:%d.}}\n", i, i*7919)
			}
		}
	}
	good := gzipped(t, lines(5000))
	for name, data := range map[string][]byte{
		"truncated":       good[:len(good)/2],
		"without trailer": good[:len(good)-8],
		"one byte short":  good[:len(good)-1],
		"header alone":    good[:10],
		"wrong checksum":  append(append([]byte{}, good[:len(good)-8]...), append([]byte{1, 2, 3, 4}, good[len(good)-4:]...)...),
		"wrong length":    append(append([]byte{}, good[:len(good)-4]...), 1, 2, 3, 4),
		"second member":   append(append([]byte{}, good...), good[:100]...),
		"twice gzipped":   gzipped(t, func(w io.Writer) { _, _ = w.Write(good) }),
	} {
		t.Run(name, func(t *testing.T) {
			dir := table(t, "x.ion.gz", data)
			out := filepath.Join(dir, "out.csv")
			for _, q := range []string{"SELECT * FROM t", "SELECT count(*) FROM t"} {
				code, stdout, stderr := ionq("--map", "s3://b="+dir, "-c", oneColumn, "-o", out, "-c", q)
				if code != 1 || stdout != "" || !strings.HasPrefix(stderr, "error: HIVE_") || strings.Count(stderr, "error: ") != 1 ||
					!strings.Contains(stderr, "\n  file     s3://b/t/x.ion.gz\n") || !strings.Contains(stderr, "\n  byte     ") {
					t.Errorf("%s: exit code %d, %q\n%s", q, code, stdout, stderr)
				}
				if left := listing(t, dir); left != "t" {
					t.Errorf("%s left %s behind", q, left)
				}
			}
		})
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

// Nesting of 100,000 levels is answered or refused; the stack does not grow away.
func TestDeepNesting(t *testing.T) {
	const depth = 100_000
	for _, b := range [][2]string{{"[", "]"}, {"{a:", "}"}, {"(", ")"}} {
		text := "$ion_1_0 {Item:{id:\"a\",n:" + strings.Repeat(b[0], depth) + "1" + strings.Repeat(b[1], depth) + "}}\n"
		dir := table(t, "x.ion", []byte(text))
		for _, args := range [][]string{
			{"--map", "s3://b=" + dir, "-c", oneColumn, "-c", "SELECT count(*), count(id), max(length(n)) FROM t"},
			{"--table", "t=" + dir + "/t", "-c", "SELECT count(*) FROM t"},
		} {
			code, stdout, stderr := ionq(args...)
			if code == 0 && strings.Count(stdout, "\n") == 2 {
				continue
			}
			if code != 1 || !strings.HasPrefix(stderr, "error: ") || len(stderr) > 4000 {
				t.Errorf("%s: exit code %d, %.100q\n%.1000s", b[0], code, stdout, stderr)
			}
		}
	}
}

// Zip bombs are read in a stream: memory does not follow their size.
func TestZipBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("inflates half a gigabyte")
	}
	blanks := bytes.Repeat([]byte("\n"), 1<<20)
	dir := table(t, "x.ion.gz", gzipped(t, func(w io.Writer) {
		fmt.Fprint(w, "{Item:{id:\"a\"}}")
		for range 512 {
			_, _ = w.Write(blanks)
		}
		fmt.Fprint(w, "{Item:{id:\"b\"}}")
	}))
	cmd := process(t, "--map", "s3://b="+dir, "-c", oneColumn, "-c", "SELECT count(*), max(id) FROM t")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	peak := watchMemory(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), "\"2\",\"b\"\n") {
		t.Fatalf("%v: %s", err, out.String())
	}
	if n := peak(); n > 200<<20 {
		t.Errorf("peak memory %d MB", n>>20)
	}
}

// A record of 100 MB is one value: it is answered, or refused by name.
func TestLongLine(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 100 MB")
	}
	var b bytes.Buffer
	b.WriteString("$ion_1_0 {Item:{id:\"a\",n:\"")
	b.Write(bytes.Repeat([]byte("x"), 100_000_000))
	b.WriteString("\"}}\n$ion_1_0 {Item:{id:\"b\"}}\n")
	dir := table(t, "x.ion", b.Bytes())
	code, stdout, stderr := ionq("--map", "s3://b="+dir, "-c", oneColumn, "-c", "SELECT count(*), max(length(n)) FROM t")
	if (code != 0 || !strings.HasSuffix(stdout, "\"2\",\"100000000\"\n")) &&
		(code != 1 || stdout != "" || !strings.Contains(stderr, "\n  file     s3://b/t/x.ion\n") || len(stderr) > 4000) {
		t.Errorf("exit code %d, %.200q\n%.1000s", code, stdout, stderr)
	}
}

// A query that takes long: a join of everything with everything.
const longQuery = "SELECT count(*) FROM (VALUES 1,2,3,4,5,6,7,8,9,10) a(x), (VALUES 1,2,3,4,5,6,7,8,9,10) b(x), (VALUES 1,2,3,4,5,6,7,8,9,10) c(x), " +
	"(VALUES 1,2,3,4,5,6,7,8,9,10) d(x), (VALUES 1,2,3,4,5,6,7,8,9,10) e(x), (VALUES 1,2,3,4,5,6,7,8,9,10) f(x), (VALUES 1,2,3,4,5,6,7,8,9,10) g(x), " +
	"(VALUES 1,2,3,4,5,6,7,8,9,10) h(x), (VALUES 1,2,3,4,5,6,7,8,9,10) i(x), (VALUES 1,2,3,4,5,6,7,8,9,10) j(x), (VALUES 1,2,3,4,5,6,7,8,9,10) k(x)"

func TestInterrupt(t *testing.T) {
	var lines strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&lines, "$ion_1_0 {Item:{id:\"%d\",n:%d.}}\n", i, i)
	}
	dir := table(t, "x.ion", []byte(lines.String()))
	for i := range 400 { // more than can be read before the signal comes
		if err := os.Link(filepath.Join(dir, "t", "x.ion"), filepath.Join(dir, "t", fmt.Sprintf("x%d.ion", i))); err != nil {
			t.Skip("no hard links: ", err)
		}
	}
	for name, args := range map[string][]string{
		"scan":      {"--map", "s3://b=" + dir, "-c", oneColumn, "-c", "SELECT count(*), sum(length(n)), max(regexp_replace(id || n, '(1|2|3)+', 'x')) FROM t"},
		"inference": {dir + "/t", "-c", "SELECT 1"},
		"join":      {"-c", longQuery},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			var stderr bytes.Buffer
			var exit *exec.ExitError
			var err error
			var took time.Duration
			// A busy machine may not have started the process by then: the signal
			// ends it before anything of ours has run. It gets more time.
			for wait := 200 * time.Millisecond; ; wait *= 2 {
				cmd := process(t, append(args, "-o", filepath.Join(out, "out.csv"))...)
				stderr.Reset()
				cmd.Stderr = &stderr
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(wait)
				if err := cmd.Process.Signal(os.Interrupt); err != nil {
					t.Fatal("it ended too early: ", err)
				}
				start := time.Now()
				err = cmd.Wait()
				took = time.Since(start)
				if !errors.As(err, &exit) || exit.Exited() || stderr.Len() > 0 || wait > 5*time.Second {
					break
				}
			}
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("%v, %s", err, stderr.String())
			}
			if strings.Count(stderr.String(), "\n") > 3 || !strings.HasPrefix(stderr.String(), "error: ") {
				t.Errorf("stderr: %s", stderr.String())
			}
			if took > 20*time.Second { // 100 ms is what it is meant to be; a loaded machine takes longer, and the whole query much longer
				t.Errorf("it ended %v after the signal", took)
			}
			t.Logf("ended %v after the signal: %s", took, stderr.String())
			if left := listing(t, out); left != "" {
				t.Errorf("it left %s behind", left)
			}
		})
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	code, stdout, stderr := ionq("-o", "/dev/full", "-c", "SELECT 1")
	if code != 1 || stdout != "" || !strings.HasPrefix(stderr, "error: GENERIC_USER_ERROR: cannot write the result: ") {
		t.Errorf("exit code %d, %q, %s", code, stdout, stderr)
	}
	for _, args := range [][]string{{"-c", "SELECT 1"}, {"ddl", articleDir}, {"--format", "api", "-c", "SELECT 1"}} {
		cmd := process(t, args...)
		cmd.Stdout = full
		var msg bytes.Buffer
		cmd.Stderr = &msg
		err := cmd.Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(msg.String(), "error: GENERIC_USER_ERROR: cannot write the result: ") {
			t.Errorf("%v: %v, %s", args, err, msg.String())
		}
	}
}

// The reader of the output goes away: the command ends soon and says nothing of a bug.
func TestClosedPipe(t *testing.T) {
	cmd := process(t, "-c", strings.Replace(longQuery, "count(*)", "a.x", 1))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "\"x\"\n" {
		t.Errorf("%q, %v", line, err)
	}
	start := time.Now()
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // by SIGPIPE, or exit code 1
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("it ended %v after its reader had gone", took)
	}
	if strings.Contains(stderr.String(), "panic") || strings.Contains(stderr.String(), "BUG") || strings.Count(stderr.String(), "\n") > 1 {
		t.Errorf("stderr: %s", stderr.String())
	}
}

// Thousands of statements in one run.
func TestManyStatements(t *testing.T) {
	const n = 3000
	var sql strings.Builder
	for i := range n {
		fmt.Fprintf(&sql, "SELECT %d + 1 AS x;\n", i)
	}
	name := filepath.Join(t.TempDir(), "many.sql")
	if err := os.WriteFile(name, []byte(sql.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	code, stdout, stderr := ionq("--format", "api", "-f", name)
	took := time.Since(start)
	if code != 0 || strings.Count(stdout, "\n") != n {
		t.Fatalf("exit code %d, %d lines, %s", code, strings.Count(stdout, "\n"), stderr)
	}
	for i, line := range strings.Split(strings.TrimSuffix(stdout, "\n"), "\n") {
		if want := fmt.Sprintf(`{"statement":%d,"state":"SUCCEEDED","columns":[{"name":"x","type":"integer"}],"rows":[["%d"]],"update_count":0}`, i+1, i+1); line != want {
			t.Fatalf("line %d: %s", i+1, line)
		}
	}
	t.Logf("%d statements in %v", n, took)
}
