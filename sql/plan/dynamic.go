package plan

// Dynamic filters: a scan that is the left side of a join, through steps that keep
// the key as it is, learns which keys the other side has before it begins (Trino's
// dynamic filters). Rows that cannot match need not come.
//
// A row may go only where nothing that it would pass on its way to the join could
// fail for it: then no error is lost. What the scan itself would fail on is looked
// after where the filter is applied.

import (
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// Dynamic is a dynamic filter at a scan: column Col must be among what key Key of the
// right side of Join, a *Join or *SemiJoin, comes to.
type Dynamic struct {
	ID       int
	Join     Node
	Key, Col int
}

// Filters notes the dynamic filters of a plan, at the scans and at the joins. It
// comes last.
func Filters(root Node) Node {
	f := &filters{seen: map[Node]bool{}}
	f.visit(root)
	return root
}

type filters struct {
	seen map[Node]bool
	last int
}

func (f *filters) visit(n Node) {
	if f.seen[n] {
		return
	}
	f.seen[n] = true
	switch n := n.(type) {
	case *Join:
		if n.Kind == InnerJoin {
			f.join(n, n.L, n.LKeys, &n.Dynamic)
		}
	case *Filter:
		s, ok := n.Input.(*SemiJoin)
		if ok && !s.Flip && only(n.Pred, len(s.L.Columns())) && (!s.NullAware || sure(s.Residual)) {
			f.join(s, s.L, s.LKeys, &s.Dynamic)
		}
	}
	for _, in := range n.Inputs() {
		f.visit(in)
	}
}

// only reports whether a condition is true only where column k is, and never fails.
func only(pred Expr, k int) bool {
	some := false
	for _, c := range Conjuncts(pred) {
		col, ok := c.(*Col)
		some = some || ok && col.Index == k
		if !sure(c) {
			return false
		}
	}
	return some
}

// join gives each key of a join that is a scan's column to the scan.
func (f *filters) join(n, left Node, keys []Expr, ids *[]int) {
	if !sure(keys...) {
		return
	}
	for k, x := range keys {
		c, ok := x.(*Col)
		if !ok {
			continue
		}
		if s, col := source(left, c.Index); s != nil {
			f.last++
			s.Dynamic = append(s.Dynamic, Dynamic{ID: f.last, Join: n, Key: k, Col: col})
			for len(*ids) < len(keys) {
				*ids = append(*ids, 0)
			}
			(*ids)[k] = f.last
		}
	}
}

// source finds the scan whose column col is column k of n, where n is it with steps
// above it that cannot fail and that workers carry out. The conditions right above a
// scan may fail: they come first.
func source(n Node, k int) (s *Scan, col int) {
	switch n := n.(type) {
	case *Scan:
		return n, k
	case *Filter:
		if _, ok := n.Input.(*Scan); ok || sure(n.Pred) {
			return source(n.Input, k)
		}
	case *Project:
		if c, ok := n.Exprs[k].(*Col); ok && sure(n.Exprs...) {
			return source(n.Input, c.Index)
		}
	case *Unnest:
		if k < len(n.Keep) && sure(n.Exprs...) {
			return source(n.Input, n.Keep[k])
		}
	case *Join:
		if n.Kind != RightJoin && n.Kind != FullJoin && !n.Single && k < len(n.L.Columns()) && sure(n.LKeys...) && sure(n.Residual) {
			return source(n.L, k)
		}
	case *SemiJoin:
		if !n.Flip && k < len(n.L.Columns()) && sure(n.LKeys...) && sure(n.Residual) {
			return source(n.L, k)
		}
	}
	return nil, 0
}

// sure reports whether expressions are never an error. nil never is.
func sure(xs ...Expr) bool {
	ok := true
	for _, x := range xs {
		if x == nil {
			continue
		}
		Walk(x, func(x Expr) bool {
			switch x := x.(type) {
			case *Col, *Const, *And, *Or, *Not, *IsNull, *Outer:
			case *Compare:
				ok = ok && plainly(x.L.Type())
			case *Between:
				ok = ok && plainly(x.X.Type())
			default:
				ok = false
			}
			return ok
		})
	}
	return ok
}

// plainly tells a type whose values can all be compared.
func plainly(t types.Type) bool {
	return t.Kind != types.KindArray && t.Kind != types.KindMap && t.Kind != types.KindRow
}

// dynamicText is what EXPLAIN says of a scan's filters.
func dynamicText(n *Scan) string {
	if len(n.Dynamic) == 0 {
		return ""
	}
	var parts []string
	for _, d := range n.Dynamic {
		parts = append(parts, columnName(n.Cols, d.Col)+" = #df_"+strconv.Itoa(d.ID))
	}
	return " dynamicFilters = {" + strings.Join(parts, ", ") + "}"
}

// assignedText is what EXPLAIN says of the filters that a join makes.
func assignedText(keys []Expr, ids []int) string {
	var parts []string
	for k, id := range ids {
		if id > 0 {
			parts = append(parts, keys[k].String()+" -> #df_"+strconv.Itoa(id))
		}
	}
	if parts == nil {
		return ""
	}
	return " dynamicFilterAssignments = {" + strings.Join(parts, ", ") + "}"
}
