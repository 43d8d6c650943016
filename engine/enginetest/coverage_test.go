package enginetest

// What the scripts cover: every error code that a statement can raise, every trap
// of the semantics, every kind of statement, relation and expression.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/engine/enginetest/known"
	"github.com/ionq-db/ionq/sql/syntax"
)

// scriptFiles parses all scripts.
func scriptFiles(t *testing.T) (out []*script) {
	t.Helper()
	err := filepath.WalkDir("../../testdata/sql", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".test") {
			return err
		}
		s, err := parseScript(path)
		out = append(out, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// noScript are codes that no script can raise, and where they are tested instead.
var noScript = map[string]string{
	"USER_CANCELED":               "engine: TestCancelAndStats",
	"EXCEEDED_TIME_LIMIT":         "needs a deadline, which the command does not set",
	"EXCEEDED_LOCAL_MEMORY_LIMIT": "engine/spill: budgets",
	"OUT_OF_SPILL_SPACE":          "engine/spill: full disks",
	"GENERIC_SPILL_FAILURE":       "engine/spill: broken temporary files",
	"CONFIGURATION_INVALID":       "cmd/ionq: usage.txtar",
	"HIVE_UNSUPPORTED_FORMAT":     "reader/inflate: damaged files",
	"HIVE_FILE_NOT_FOUND":         "reader/source: a file that vanishes while it is read",
	"EXPORT_NOT_AS_PROMISED":      "engine: truth_test.go",
	"QUERY_HAS_TOO_MANY_STAGES":   "sql/analyze: views of views that double",
}

// TestErrorCodes: each code of package sqlerr has a script that raises it, or a
// reason why it has none.
func TestErrorCodes(t *testing.T) {
	raised := map[string]bool{}
	word := regexp.MustCompile(`^[A-Z][A-Z_0-9]+`)
	evaluated := regexp.MustCompile(`=> error ([A-Z_0-9]+)`)
	for _, s := range scriptFiles(t) {
		for _, b := range s.blocks {
			if b.word == "error" && len(b.want) > 0 {
				raised[word.FindString(b.want[0])] = true
			}
			for _, line := range b.body {
				if m := evaluated.FindStringSubmatch(line); m != nil {
					raised[m[1]] = true
				}
			}
		}
	}
	src, err := os.ReadFile(filepath.Join(known.Root(t), "sql/sqlerr/sqlerr.go"))
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`(?m)^\t\w+\s+Code = "(\w+)"`).FindAllStringSubmatch(string(src), -1)
	if len(codes) < 50 {
		t.Fatalf("found only %d codes", len(codes))
	}
	for _, m := range codes {
		_, excused := noScript[m[1]]
		switch {
		case !raised[m[1]] && !excused:
			t.Errorf("no script raises %s", m[1])
		case raised[m[1]] && excused:
			t.Errorf("a script raises %s: it needs no excuse", m[1])
		}
	}
}

// traps is how many section 9 of the semantics lists.
const traps = 62

// TestTraps: each trap's number stands in a comment beside the test that holds it,
// in the scripts, in the command's scripts or in Go tests.
func TestTraps(t *testing.T) {
	root := known.Root(t)
	found := map[int]string{}
	number := regexp.MustCompile(`(?i)\btraps? (\d+(?:(?:, | and | to )\d+)*)`)
	note := func(path, text string) {
		for _, line := range strings.Split(text, "\n") {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "//") || strings.HasPrefix(line, "# from:") {
				continue
			}
			for _, m := range number.FindAllStringSubmatch(line, -1) {
				words := strings.Fields(strings.ReplaceAll(m[1], ",", " "))
				for i, w := range words {
					n, err := strconv.Atoi(w)
					if err != nil {
						continue
					}
					from := n
					if i > 1 && words[i-1] == "to" {
						from, _ = strconv.Atoi(words[i-2])
					}
					for k := from; k <= n; k++ {
						found[k] = path
					}
				}
			}
		}
	}
	for _, dir := range []string{"testdata/sql/traps", "cmd/ionq/testdata/script", "engine", "reader"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".test") && !strings.HasSuffix(path, ".txtar") && !strings.HasSuffix(path, "_test.go") {
				return err
			}
			data, err := os.ReadFile(path)
			note(path, string(data))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= traps; n++ {
		if found[n] == "" {
			t.Errorf("no test names trap %d", n)
		}
	}
}

// noNode are kinds of nodes that no script has, each with the reason.
var noNode = map[string]string{}

// TestStatementsAndNodes: every kind of statement, of ALTER TABLE's actions, of
// relations and of expressions of the grammar stands in a script.
func TestStatementsAndNodes(t *testing.T) {
	kinds := nodeKinds(t)
	seen := map[string]bool{}
	visit := func(n syntax.Node) bool {
		seen[reflect.TypeOf(n).Elem().Name()] = true
		return true
	}
	for _, s := range scriptFiles(t) {
		for _, b := range s.blocks {
			var texts []string
			switch b.word {
			case "ddl", "query", "error", "utility", "plan":
				texts = []string{b.sql()}
			case "same":
				texts = []string{b.sql(), strings.Join(b.want, "\n")}
			case "eval", "types":
				for _, line := range b.body {
					if e, _, ok := strings.Cut(line, " => "); ok {
						texts = append(texts, "SELECT "+e)
					}
				}
			}
			for _, text := range texts {
				if stmt, err := syntax.Parse(text); err == nil {
					syntax.Inspect(stmt, visit)
				}
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		_, excused := noNode[k]
		switch {
		case !seen[k] && !excused:
			t.Errorf("no script has a %s (%s)", k, kinds[k])
		case seen[k] && excused:
			t.Errorf("a script has a %s: it needs no excuse", k)
		}
	}
}

// nodeKinds lists the grammar's kinds of nodes and what they are, by the marker
// methods in sql/syntax/nodes.go.
func nodeKinds(t *testing.T) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(known.Root(t), "sql/syntax/nodes.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv == nil || fn.Body == nil || len(fn.Body.List) > 0 {
			continue
		}
		star, ok := fn.Recv.List[0].Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		kinds[fmt.Sprint(star.X)] = fn.Name.Name
	}
	if len(kinds) < 80 {
		t.Fatalf("found only %d kinds of nodes", len(kinds))
	}
	return kinds
}
