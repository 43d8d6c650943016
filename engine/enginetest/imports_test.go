package enginetest

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/ionq-db/ionq/"

// TestImportRule guards ARCHITECTURE.md's import rule: cmd -> engine -> {sql,
// reader}; reader imports only the three leaves of sql; sql imports neither;
// the leaves import the standard library and each other only; the AWS SDK is
// imported in reader/source alone.
func TestImportRule(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	leaves := map[string]bool{"sql/types": true, "sql/decimal": true, "sql/sqlerr": true, "reader/ion": true}
	seen := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		f := strings.Fields(line)
		pkg := strings.TrimPrefix(f[0], module)
		seen[pkg] = true
		top, _, _ := strings.Cut(pkg, "/")
		for _, imp := range f[1:] {
			own, isOwn := strings.CutPrefix(imp, module)
			ownTop, _, _ := strings.Cut(own, "/")
			bad := false
			switch {
			case leaves[pkg]:
				bad = isOwn && !leaves[own] || !isOwn && strings.Contains(imp, ".")
			case !isOwn:
				bad = strings.HasPrefix(imp, "github.com/aws/") && pkg != "reader/source"
			case top == "sql":
				bad = ownTop != "sql"
			case top == "reader":
				bad = ownTop != "reader" && !leaves[own]
			case top == "engine":
				bad = ownTop != "engine" && ownTop != "sql" && ownTop != "reader"
			case top == "bench":
				bad = ownTop == "cmd"
			}
			if bad {
				t.Errorf("%s must not import %s", pkg, imp)
			}
		}
	}
	for leaf := range leaves {
		if !seen[leaf] {
			t.Errorf("package %s is gone: this test no longer guards it", leaf)
		}
	}
}
