package page

import (
	"testing"

	"github.com/ionq-db/ionq/sql/types"
)

// Rows that were not closed leave nothing behind.
func TestTruncate(t *testing.T) {
	row := types.Row(types.Field{Name: "a", Type: types.Varchar}, types.Field{Name: "b", Type: types.Array(types.Bigint)})
	b := NewBuilder(types.Array(row))
	one := func(s string, xs ...int64) {
		r := b.Child(0)
		r.Child(0).String(s)
		for _, x := range xs {
			r.Child(1).Child(0).Int64(x)
		}
		r.Child(1).EndContainer()
		r.EndRow()
	}
	one("x", 1, 2)
	one("y")
	b.EndContainer()
	b.Null()
	one("half", 3)
	b.Child(0).Child(0).String("a quarter")
	b.Truncate(2)
	b.Null()
	one("z", 4)
	b.EndContainer()
	v := b.Finish()
	inner := v.Children[0]
	if v.Len != 4 || inner.Len != 3 || inner.Children[0].Len != 3 || inner.Children[1].Children[0].Len != 3 {
		t.Fatal(v.Len, inner.Len, inner.Children[0].Len, inner.Children[1].Children[0].Len)
	}
	if v.IsNull(0) || !v.IsNull(1) || !v.IsNull(2) || v.IsNull(3) || v.Off[1] != 2 || v.Off[3] != 2 || v.Off[4] != 3 {
		t.Error(v.Nulls, v.Off)
	}
	if s := inner.Children[0].Str; s[0] != "x" || s[2] != "z" || inner.Children[1].Children[0].I64[2] != 4 {
		t.Error(s)
	}
}
