package engine

// EXPLAIN: the plan's own text as rows.

import (
	"context"
	"strings"

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
	// Athena's .txt starts with the heading, and its plan ends with an empty line
	// (semantics 11.2, 11.3).
	lines := append([]string{"Query Plan"}, strings.Split(p.String(), "\n")...)
	r := utilityResult("EXPLAIN", []string{"Query Plan"}, oneColumn(lines))
	r.Type, r.UpdateCount = DML, nil
	r.Warnings = p.Warning
	return r, nil
}
