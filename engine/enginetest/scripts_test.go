package enginetest

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestScripts runs every script against the library.
func TestScripts(t *testing.T) { Run(t, "../../testdata/sql", Library) }
