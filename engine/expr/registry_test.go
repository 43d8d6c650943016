package expr

// Every overload of a scalar function has a body, and every body an overload.

import (
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/function"
)

func TestEverySignatureHasABody(t *testing.T) {
	ids := map[string]bool{}
	for _, f := range function.All() {
		if f.Kind != function.Scalar {
			continue
		}
		if ids[f.ID()] {
			t.Errorf("%s is defined twice", f.ID())
		}
		ids[f.ID()] = true
		if err := function.CheckSignature(f); err != nil {
			t.Errorf("%s: %v", f.ID(), err)
		}
		if bodies[f.ID()] == nil {
			t.Errorf("%s has no body", f.ID())
		}
	}
	for id := range bodies {
		if !ids[id] && !strings.HasPrefix(id, "test_") { // those are other tests' own
			t.Errorf("the body of %s has no signature", id)
		}
	}
}
