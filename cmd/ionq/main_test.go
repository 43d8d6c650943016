package main

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(ownCache{m}, map[string]func(){
		"ionq": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// ownCache runs the tests with a cache folder of their own: none reads or fills
// that of the one who runs them.
type ownCache struct{ m *testing.M }

func (o ownCache) Run() int {
	dir, err := os.MkdirTemp("", "ionq-test-cache-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Setenv("IONQ_CACHE_DIR", dir); err != nil {
		panic(err)
	}
	return o.m.Run()
}

// TestScripts runs the command's scripts. $TESTDATA is the project's testdata.
func TestScripts(t *testing.T) {
	testdata, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", testdata)
			env.Setenv("IONQ_CACHE_DIR", filepath.Join(env.WorkDir, ".cache-ionq"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// copytree FROM TO copies a folder.
			"copytree": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 2 {
					ts.Fatalf("usage: copytree FROM TO")
				}
				ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
			},
		},
	})
}

// TestArticleAgainstRawLines runs the article through the command and checks
// every sum against math/big over the raw lines of the data files.
func TestArticleAgainstRawLines(t *testing.T) {
	want := map[string]*big.Int{}
	line := regexp.MustCompile(`id:(\d+)\.,created_at:"([^"]+)",amount:(-?\d+)(\.|d(\d+))`)
	files, err := filepath.Glob("../../testdata/exports/article/export/AWSDynamoDB/*/data/*.ion.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no data files: %v", err)
	}
	from, to := time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC)
	matched := 0
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		for _, l := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			if l == "" {
				continue
			}
			m := line.FindStringSubmatch(l)
			if m == nil {
				t.Fatalf("%s: a line that this test cannot read: %s", name, l)
			}
			matched++
			at, err := time.Parse("2006-01-02T15:04:05.999999-0700", m[2])
			if err != nil {
				t.Fatal(err)
			}
			// Trino's timestamps with time zone have milliseconds, cut off.
			at = at.Truncate(time.Millisecond)
			if at.Before(from) || at.After(to) {
				continue
			}
			amount, _ := new(big.Int).SetString(m[3], 10)
			if m[5] != "" {
				zeros, _ := new(big.Int).SetString(m[5], 10)
				amount.Mul(amount, new(big.Int).Exp(big.NewInt(10), zeros, nil))
			}
			if want[m[1]] == nil {
				want[m[1]] = new(big.Int)
			}
			want[m[1]].Add(want[m[1]], amount)
		}
	}
	if matched < 100 {
		t.Fatalf("only %d lines", matched)
	}
	var stdout, stderr strings.Builder
	code := run([]string{"--map", "s3://example-bucket=../../testdata/exports/article", "-f", "../../testdata/article.sql"}, strings.NewReader(""), &stdout, &stderr)
	if code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit code %d\n%s", code, stderr.String())
	}
	rows, err := csv.NewReader(strings.NewReader(stdout.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if rows[0][0] != "id" || rows[0][1] != "amount" || len(rows)-1 != len(want) {
		t.Fatalf("header %v, %d rows; want %d groups", rows[0], len(rows)-1, len(want))
	}
	for _, r := range rows[1:] {
		if w := want[r[0]]; w == nil || w.String() != r[1] {
			t.Errorf("id %s: %s, want %v", r[0], r[1], w)
		}
	}
}

// TestExitCodes: 0 answered, 1 failed, 2 wrong usage, and always a word on stderr
// for the latter two.
func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		code int
		args string
	}{
		{0, "-c|SELECT 1"},
		{0, "--help"},
		{0, "-c|"},
		{1, "-c|SELECT nope"},
		{1, "-c|SELECT"},
		{1, "nosuchpath|-c|SELECT 1"},
		{1, "-f|nosuch.sql"},
		{1, "--table|t=nosuchpath|-c|SELECT 1"},
		{1, "-o|nosuchdir/out.csv|-c|SELECT 1"},
		{1, "ddl|nosuchpath"},
		{2, "--nosuchflag"},
		{2, "--format|nosuch|-c|SELECT 1"},
		{2, "--set|nosuch=1|-c|SELECT 1"},
		{2, "--set|timezone=Nowhere/Land|-c|SELECT 1"},
		{2, "--map|nonsense|-c|SELECT 1"},
		{2, "--table|nonsense|-c|SELECT 1"},
		{2, "ddl"},
	} {
		var stdout, stderr strings.Builder
		code := run(strings.Split(c.args, "|"), strings.NewReader(""), &stdout, &stderr)
		if code != c.code || (code != 0) != (stderr.Len() > 0) {
			t.Errorf("ionq %s: exit code %d, want %d; stderr: %s", c.args, code, c.code, stderr.String())
		}
	}
}

// TestBuildsWithoutCgo makes sure that the command needs no C compiler.
func TestBuildsWithoutCgo(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(t.TempDir(), "ionq"), ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// Editors on Windows begin a file with a byte order mark.
func TestByteOrderMark(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.sql")
	if err := os.WriteFile(name, []byte("\ufeffSELECT 1 AS a"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := ionq("-f", name); code != 0 || stdout != "\"a\"\n\"1\"\n" {
		t.Errorf("exit code %d, %q, %s", code, stdout, stderr)
	}
}
