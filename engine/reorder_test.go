package engine_test

import (
	"testing"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/engine/enginetest"
)

// TestReordered runs the scripts about queries as if their tables were large, so
// that joins are ordered by size: the rows must be the same ones.
func TestReordered(t *testing.T) {
	defer engine.Larger(1e6)()
	plain, spill := enginetest.Matrix[0], enginetest.Matrix[5]
	plain.OtherPlans, spill.OtherPlans = true, true
	enginetest.Run(t, "../testdata/sql/queries", enginetest.Library, plain, spill)
}
