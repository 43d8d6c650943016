package engine

import (
	"testing"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// TestThroughProjectGrowth: a condition that doubles with each projection is given
// up, one that only grows is carried on.
func TestThroughProjectGrowth(t *testing.T) {
	base := plan.Base{T: types.Bigint}
	col := func() plan.Expr { return &plan.Col{Base: base, Index: 0} }
	one := &plan.Const{Base: base}
	for _, c := range []struct {
		of   plan.Expr
		want bool
	}{
		{&plan.Arith{Base: base, L: col(), R: col()}, false},
		{&plan.Arith{Base: base, L: col(), R: one}, true},
		{col(), true},
	} {
		e := plan.Expr(&plan.Compare{Base: plan.Base{T: types.Boolean}, L: col(), R: one})
		for i := 0; e != nil && i < 60; i++ {
			e = throughProject(e, &plan.Project{Exprs: []plan.Expr{c.of}})
		}
		if got := e != nil; got != c.want {
			t.Errorf("%v: carried on: %v", c.of, got)
		}
	}
}
