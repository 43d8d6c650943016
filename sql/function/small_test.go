package function

import (
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// TestRefusedNames holds that what is refused by name is refused, and is not
// among the functions that there are.
func TestRefusedNames(t *testing.T) {
	for _, name := range RefusedNames() {
		if len(Named(name)) > 0 {
			t.Errorf("%s is refused and there", name)
		}
		if _, err := Resolve(strings.ToUpper(name), nil); sqlerr.CodeOf(err) != sqlerr.NotSupported {
			t.Errorf("%s: %v", name, err)
		}
		if s := Suggest(name + "x"); s == name {
			t.Errorf("%s is suggested", name)
		}
	}
}
