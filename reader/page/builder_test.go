package page

import (
	"testing"

	"github.com/ionq-db/ionq/sql/types"
)

// TestFinishDeep: starting anew costs as much as there are levels of containers, not
// more at each of them.
func TestFinishDeep(t *testing.T) {
	cost := func(depth int) float64 {
		typ := types.Bigint
		for range depth {
			typ = types.Array(typ)
		}
		b := NewBuilder(typ)
		return testing.AllocsPerRun(10, func() { b.Finish() })
	}
	few, many := cost(30), cost(300)
	if many > 12*few {
		t.Errorf("%.0f allocations for 30 levels, %.0f for 300", few, many)
	}
}

// TestFinishAnew: what is finished stays as it is when the builder is used again,
// the children's rows too.
func TestFinishAnew(t *testing.T) {
	b := NewBuilder(types.Array(types.Array(types.Bigint)))
	fill := func(x int64) {
		b.Child(0).Child(0).Int64(x)
		b.Child(0).EndContainer()
		b.EndContainer()
	}
	fill(1)
	first := b.Finish()
	fill(2)
	fill(3)
	second := b.Finish()
	if v := first.Children[0].Children[0]; first.Len != 1 || len(v.I64) != 1 || v.I64[0] != 1 {
		t.Errorf("the first vector has %d rows, elements %v", first.Len, v.I64)
	}
	if v := second.Children[0].Children[0]; second.Len != 2 || len(v.I64) != 2 || v.I64[1] != 3 || second.Off[2] != 2 {
		t.Errorf("the second vector has %d rows, elements %v", second.Len, v.I64)
	}
}
