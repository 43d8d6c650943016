package plan

// EXPLAIN's text: one line a node, inputs indented below.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// String gives the plan as EXPLAIN shows it.
func (q *Query) String() string {
	var b strings.Builder
	b.WriteString("Output[" + strings.Join(q.Labels, ", ") + "]\n")
	explain(&b, q.Root, 1, map[*Shared]bool{})
	return b.String()
}

// Explain gives the text of one plan tree.
func Explain(n Node) string {
	var b strings.Builder
	explain(&b, n, 0, map[*Shared]bool{})
	return b.String()
}

func explain(b *strings.Builder, n Node, depth int, seen map[*Shared]bool) {
	text, _ := Line(n, seen)
	b.WriteString(strings.Repeat("  ", depth) + text + "\n")
	for _, in := range Shown(n, seen) {
		explain(b, in, depth+1, seen)
	}
}

// Line is a node's line in EXPLAIN. seen are the shared subplans that were shown
// before; again tells that n is one of them.
func Line(n Node, seen map[*Shared]bool) (text string, again bool) {
	if sh, ok := n.(*Shared); ok && seen[sh] {
		return "Shared[" + strconv.Itoa(sh.ID) + " again]", true
	}
	return line(n), false
}

// Shown are the inputs that EXPLAIN shows below a node: those of a shared subplan
// only the first time. It adds n to seen.
func Shown(n Node, seen map[*Shared]bool) []Node {
	if sh, ok := n.(*Shared); ok {
		if seen[sh] {
			return nil
		}
		seen[sh] = true
	}
	return n.Inputs()
}

// line gives a node's name and what it does, without its inputs.
func line(n Node) string {
	switch n := n.(type) {
	case *Scan:
		s := "Scan[" + n.Table.Database + "." + n.Table.Name + ": " + columnNames(n.Cols) + "]"
		if n.Filter != nil {
			s += " filter " + n.Filter.String()
		}
		if n.Table.Note != "" {
			s += " " + n.Table.Note
		}
		return s + dynamicText(n)
	case *Values:
		return "Values[" + strconv.Itoa(len(n.Rows)) + " rows: " + columnNames(n.Cols) + "]"
	case *Filter:
		return "Filter[" + n.Pred.String() + "]" + onceText(Conjuncts(n.Pred), nil)
	case *Project:
		parts := make([]string, len(n.Exprs))
		for i, e := range n.Exprs {
			parts[i] = e.String()
			if name := n.Cols[i].Name; name != "" && name != parts[i] {
				parts[i] = name + " := " + parts[i]
			}
		}
		var below []Expr
		if f, ok := n.Input.(*Filter); ok {
			if _, ok := f.Input.(*Scan); ok { // they are one for a page
				below = Conjuncts(f.Pred)
			}
		}
		return "Project[" + strings.Join(parts, ", ") + "]" + onceText(n.Exprs, below)
	case *Aggregate:
		if n.First > 0 {
			return distinctText(n)
		}
		return "Aggregate[" + aggregateText(n) + "]"
	case *Sort:
		return "Sort[" + keysText(n.Keys, n.Columns()) + "]"
	case *TopN:
		s := fmt.Sprintf("TopN[%d by %s", n.N, keysText(n.Keys, n.Columns()))
		if n.WithTies {
			s += " with ties"
		}
		if n.Partial {
			s += " in each split"
		}
		return s + "]"
	case *Limit:
		var parts []string
		if n.N >= 0 {
			parts = append(parts, strconv.FormatInt(n.N, 10))
		}
		if n.Offset > 0 {
			parts = append(parts, "offset "+strconv.FormatInt(n.Offset, 10))
		}
		if n.Partial {
			parts = append(parts, "in each split")
		}
		return "Limit[" + strings.Join(parts, " ") + "]"
	case *Union:
		return "Union[" + columnNames(n.Cols) + "]"
	case *SetOp:
		s := "Intersect"
		if n.Except {
			s = "Except"
		}
		if n.All {
			s += "All"
		}
		return s
	case *Join:
		s := joinNames[n.Kind] + "[" + joinText(n.LKeys, n.RKeys, n.Residual) + "]"
		if n.Single {
			s += " single"
		}
		if n.Note != "" {
			s += " " + n.Note
		}
		return s + assignedText(n.RKeys, n.Dynamic)
	case *SemiJoin:
		s := "SemiJoin["
		if n.NullAware {
			s += "in "
		}
		s += joinText(n.LKeys, n.RKeys, n.Residual) + "]"
		if n.Flip {
			s += " left side held"
		}
		return s + assignedText(n.RKeys, n.Dynamic)
	case *Single:
		return "Single"
	case *Apply:
		if n.Left {
			return "LeftApply[" + strconv.Itoa(n.ID) + "]"
		}
		return "Apply[" + strconv.Itoa(n.ID) + "]"
	case *Unnest:
		s := "Unnest[" + list(", ", n.Exprs)
		if n.Ordinality {
			s += " with ordinality"
		}
		if n.Left {
			s = "Left" + s
		}
		return s + "]"
	case *WindowNode:
		in := n.Input.Columns()
		var parts []string
		for _, c := range n.Calls {
			parts = append(parts, c.Func.Name+"("+columnsAt(c.Args, in)+")")
		}
		s := "Window[" + strings.Join(parts, ", ")
		if len(n.Partition) > 0 {
			s += " partition by " + columnsAt(n.Partition, in)
		}
		if len(n.Order) > 0 {
			s += " order by " + keysText(n.Order, in)
		}
		return s + "]"
	case *MatchRecognize:
		return matchText(n)
	case *Sample:
		kind := "bernoulli"
		if n.System {
			kind = "system"
		}
		return fmt.Sprintf("Sample[%s %v%%]", kind, n.Percent)
	case *Recursive:
		return "Recursive[" + strconv.Itoa(n.ID) + ": " + columnNames(n.Cols) + "]"
	case *Shared:
		return sharedText(n)
	case *RecursiveRef:
		return "RecursiveRef[" + strconv.Itoa(n.ID) + "]"
	}
	return fmt.Sprintf("%T", n)
}

// onceText tells what expressions, and those of the step below, have in common.
func onceText(exprs, below []Expr) string {
	groups, at := Common(append(slices.Clone(below), exprs...))
	var shown []Expr
	for k, g := range groups {
		here := false
		for _, e := range exprs {
			Walk(e, func(e Expr) bool {
				j, ok := at[e]
				here = here || ok && j == k
				return true
			})
		}
		if here {
			shown = append(shown, g)
		}
	}
	if shown == nil {
		return ""
	}
	return " once " + list(", ", shown)
}

var joinNames = [...]string{InnerJoin: "InnerJoin", LeftJoin: "LeftJoin", RightJoin: "RightJoin", FullJoin: "FullJoin", CrossJoin: "CrossJoin"}

func columnNames(cols []Column) string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = columnName(cols, i) + " " + c.Type.String()
	}
	return strings.Join(names, ", ")
}

func columnName(cols []Column, i int) string {
	if i < len(cols) && cols[i].Name != "" {
		return cols[i].Name
	}
	return "#" + strconv.Itoa(i)
}

func columnsAt(idx []int, cols []Column) string {
	names := make([]string, len(idx))
	for i, c := range idx {
		names[i] = columnName(cols, c)
	}
	return strings.Join(names, ", ")
}

func keysText(keys []SortKey, cols []Column) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = columnName(cols, k.Col)
		if k.Desc {
			parts[i] += " desc"
		}
		if k.NullsFirst {
			parts[i] += " nulls first"
		}
	}
	return strings.Join(parts, ", ")
}

func joinText(l, r []Expr, residual Expr) string {
	var parts []string
	for i := range l {
		parts = append(parts, l[i].String()+" = "+r[i].String())
	}
	if residual != nil {
		parts = append(parts, residual.String())
	}
	return strings.Join(parts, " and ")
}

func aggregateText(n *Aggregate) string {
	in := n.Input.Columns()
	s := ""
	if len(n.Keys) > 0 {
		s = "by " + columnsAt(n.Keys, in)
	}
	if n.Sets != nil {
		var sets []string
		for _, set := range n.Sets {
			keys := make([]int, len(set))
			for i, k := range set {
				keys[i] = n.Keys[k]
			}
			sets = append(sets, "("+columnsAt(keys, in)+")")
		}
		s += " in sets " + strings.Join(sets, ", ")
	}
	if len(n.Aggs) > 0 && s != "" {
		s += ": "
	}
	var calls []string
	for _, a := range n.Aggs {
		c := a.Func.Name + "("
		if a.Distinct {
			c += "distinct "
		}
		c += columnsAt(a.Args, in)
		if len(a.OrderBy) > 0 {
			c += " order by " + keysText(a.OrderBy, in)
		}
		c += ")"
		if a.Filter >= 0 {
			c += " filter " + columnName(in, a.Filter)
		}
		calls = append(calls, c)
	}
	return s + strings.Join(calls, ", ")
}
