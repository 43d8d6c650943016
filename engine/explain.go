package engine

// EXPLAIN: the plan as text, one node a line, inputs indented below.

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/syntax"
)

func (s *Session) explain(ctx context.Context, n *syntax.Explain, params []syntax.Expr) (*Result, error) {
	switch {
	case n.Analyze:
		return nil, unsupported(n, "EXPLAIN ANALYZE")
	case n.Format != "" && !strings.EqualFold(n.Format, "TEXT"):
		return nil, unsupported(n, "EXPLAIN (FORMAT "+n.Format+")")
	case n.Type != "" && !strings.EqualFold(n.Type, "LOGICAL"):
		return nil, unsupported(n, "EXPLAIN (TYPE "+n.Type+")")
	}
	q, ok := n.Statement.(*syntax.QueryStatement)
	if !ok {
		return nil, unsupported(n.Statement, "EXPLAIN of this statement")
	}
	p, _, err := s.plan(ctx, q, params)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	explainNode(&b, p.Root, 0)
	// Athena's .txt starts with the heading, and its plan ends with an empty line
	// (semantics 11.2, 11.3).
	lines := append([]string{"Query Plan"}, strings.Split(b.String(), "\n")...)
	r := utilityResult("EXPLAIN", []string{"Query Plan"}, oneColumn(lines))
	r.Type, r.UpdateCount = DML, nil
	r.Warnings = p.Warning
	return r, nil
}

func explainNode(b *strings.Builder, n plan.Node, depth int) {
	b.WriteString(strings.Repeat("  ", depth))
	in := func() []plan.Column { return n.Inputs()[0].Columns() }
	switch n := n.(type) {
	case *plan.Scan:
		fmt.Fprintf(b, "Scan %s.%s %s", n.Table.Database, n.Table.Name, columnList(n.Cols))
		if n.Filter != nil {
			b.WriteString(" where " + n.Filter.String())
		}
	case *plan.Values:
		fmt.Fprintf(b, "Values %s: %d rows", columnList(n.Cols), len(n.Rows))
	case *plan.Filter:
		b.WriteString("Filter " + n.Pred.String())
	case *plan.Project:
		parts := make([]string, len(n.Exprs))
		for i, x := range n.Exprs {
			parts[i] = x.String()
			if c := n.Cols[i].Name; c != "" && c != parts[i] {
				parts[i] = c + " := " + parts[i]
			}
		}
		b.WriteString("Project [" + strings.Join(parts, ", ") + "]")
	case *plan.Aggregate:
		keys := make([]string, len(n.Keys))
		for i, k := range n.Keys {
			keys[i] = name(in(), k)
		}
		b.WriteString("Aggregate by [" + strings.Join(keys, ", ") + "]")
		if n.Sets != nil {
			fmt.Fprintf(b, " sets %v", n.Sets)
		}
		for _, a := range n.Aggs {
			args := make([]string, len(a.Args))
			for i, k := range a.Args {
				args[i] = name(in(), k)
			}
			distinct := ""
			if a.Distinct {
				distinct = "DISTINCT "
			}
			b.WriteString(" " + a.Func.Name + "(" + distinct + strings.Join(args, ", ") + ")")
			if len(a.OrderBy) > 0 {
				b.WriteString(" order by " + sortList(in(), a.OrderBy))
			}
			if a.Filter >= 0 {
				b.WriteString(" filter " + name(in(), a.Filter))
			}
		}
	case *plan.Sort:
		b.WriteString("Sort " + sortList(in(), n.Keys))
	case *plan.TopN:
		fmt.Fprintf(b, "TopN %d by %s", n.N, sortList(in(), n.Keys))
		if n.WithTies {
			b.WriteString(" with ties")
		}
	case *plan.Limit:
		fmt.Fprintf(b, "Limit %d offset %d", n.N, n.Offset)
	case *plan.Join:
		fmt.Fprintf(b, "%s", [...]string{"InnerJoin", "LeftJoin", "RightJoin", "FullJoin", "CrossJoin"}[n.Kind])
		for i, l := range n.LKeys {
			b.WriteString(" " + l.String() + " = " + n.RKeys[i].String())
		}
		if n.Residual != nil {
			b.WriteString(" where " + n.Residual.String())
		}
	default:
		b.WriteString(strings.TrimPrefix(fmt.Sprintf("%T", n), "*plan."))
	}
	b.WriteByte('\n')
	for _, child := range n.Inputs() {
		explainNode(b, child, depth+1)
	}
}

func name(cols []plan.Column, k int) string {
	if k < len(cols) && cols[k].Name != "" {
		return cols[k].Name
	}
	return "#" + strconv.Itoa(k)
}

func columnList(cols []plan.Column) string {
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = c.Name + " " + c.Type.String()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func sortList(cols []plan.Column, keys []plan.SortKey) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = name(cols, k.Col)
		if k.Desc {
			parts[i] += " DESC"
		}
		if k.NullsFirst {
			parts[i] += " NULLS FIRST"
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
