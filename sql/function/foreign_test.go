package function

import (
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// TestForeign: a hint that shadows a function, or names one that is none, misleads.
func TestForeign(t *testing.T) {
	for name := range foreign {
		if len(Named(name)) > 0 {
			t.Errorf("%s is a function here", name)
		}
	}
	for name, want := range map[string]string{"IFNULL": "write coalesce(a, b)", "collect_set": "write array_agg(DISTINCT value)", "sqrrt": "did you mean sqrt?"} {
		_, err := Resolve(name, nil)
		if got := sqlerr.As(err).Hint; got != want {
			t.Errorf("%s: hint %q, want %q", name, got, want)
		}
	}
}
