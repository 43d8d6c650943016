package engine_test

import (
	"testing"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/engine/enginetest"
)

// TestReordered runs the scripts about queries with joins turned round
// wherever they can be: the rows must be the same ones.
func TestReordered(t *testing.T) {
	defer engine.Always()()
	plain, spill := enginetest.Matrix[0], enginetest.Matrix[5]
	plain.OtherPlans, spill.OtherPlans = true, true
	enginetest.Run(t, "../testdata/sql", enginetest.Library, plain, spill)
}
