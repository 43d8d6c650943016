package main

import (
	"testing"

	"github.com/ionq-db/ionq/sql/function"
)

func TestCompleteWord(t *testing.T) {
	words := []string{"SELECT", ".timer", "created_at", "CREATE", "date_trunc", "date_add", "id"}
	for _, c := range []struct {
		line string
		pos  int
		want string
	}{
		{"sel", 3, "select"},
		{"SEL", 3, "SELECT"},
		{"select cre", 10, "select create"},
		{"SELECT date_t(x)", 13, "SELECT date_trunc(x)"},
		{"SELECT date", 11, "SELECT date_"},
		{"SELECT max(i) FROM t", 12, "SELECT max(id) FROM t"},
		{"nothing", 7, ""},
		{".ti", 3, ".timer"},
		{"SELECT o.created", 16, "SELECT o.created_at"},
		{`SELECT "created" FROM t`, 15, `SELECT "created_at" FROM t`},
		{"SELECT x, ", 10, "SELECT x,  "}, // a tab for its own sake
		{"SELECT", 6, "SELECT "},
	} {
		got, pos, ok := completeWord(words, c.line, c.pos)
		if got != c.want || ok != (c.want != "") || ok && pos != c.pos+len(got)-len(c.line) {
			t.Errorf("completeWord(%q, %d) = %q, %d, %v; want %q", c.line, c.pos, got, pos, ok, c.want)
		}
	}
}

// TestFunctionsAreDocumented: what .help prints for a function is never empty.
func TestFunctionsAreDocumented(t *testing.T) {
	for _, f := range function.All() {
		if !f.Hidden && (f.Doc == "" || f.Category == "") {
			t.Errorf("%s has no documentation or category", f.ID())
		}
	}
}
