package analyze

// What a WITH RECURSIVE query may look like. The checks, their order and their
// words are those of Trino's StatementAnalyzer.

import (
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
)

// references lists the tables in n that the bare name means, in the order of the
// text. Queries whose own WITH takes the name are left out, as in Trino.
func references(n syntax.Node, name string) (out []*syntax.Table) {
	syntax.Inspect(n, func(n syntax.Node) bool {
		switch x := n.(type) {
		case *syntax.Query:
			if x.With != nil {
				for _, q := range x.With.Queries {
					if strings.EqualFold(q.Name.Value, name) {
						return false
					}
				}
			}
		case *syntax.Table:
			if len(x.Name.Parts) == 1 && strings.EqualFold(x.Name.Parts[0].Value, name) {
				out = append(out, x)
			}
		}
		return true
	})
	return out
}

// recursion checks one query of WITH RECURSIVE. It returns the union of its base
// and its step, or nil for a query that does not name itself.
func recursion(x *syntax.WithQuery, name string) (*syntax.SetOperation, error) {
	if x.Columns == nil {
		return nil, sqlerr.Newf(sqlerr.MissingColumnAliases, x.Pos(), "missing column aliases in recursive WITH query")
	}
	var err error
	syntax.Inspect(x.Query, func(n syntax.Node) bool {
		if w, ok := n.(*syntax.With); ok && w.Recursive && err == nil {
			err = sqlerr.Newf(sqlerr.NestedRecursive, w.Pos(), "nested recursive WITH query")
		}
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	invalid := func(at syntax.Node, format string, args ...any) error {
		return sqlerr.Newf(sqlerr.InvalidRecursiveReference, at.Pos(), format, args...)
	}
	plain := func() (*syntax.SetOperation, error) {
		if refs := references(x.Query, name); refs != nil {
			return nil, invalid(refs[0], "recursive reference not allowed in this context")
		}
		return nil, nil
	}
	union, ok := x.Query.Body.(*syntax.SetOperation)
	if !ok || union.Op != syntax.Union {
		return plain()
	}
	if refs := references(union.Left, name); refs != nil {
		return nil, invalid(refs[0], "WITH table name is referenced in the base relation of recursion")
	}
	refs := references(union.Right, name)
	if len(refs) > 1 {
		return nil, invalid(refs[1], "multiple recursive references in the step relation of recursion")
	}
	if len(refs) == 0 {
		return plain()
	}
	step := union.Right
	for {
		sub, ok := step.(*syntax.TableSubquery)
		if !ok {
			break
		}
		if sub.Query.Limit != nil {
			return nil, sqlerr.Newf(sqlerr.InvalidLimitClause, sub.Query.Limit.Pos(), "FETCH FIRST / LIMIT clause in the step relation of recursion")
		}
		step = sub.Query.Body
	}
	spec, ok := step.(*syntax.QuerySpec)
	inFrom := false
	if ok {
		for _, r := range spec.From {
			inFrom = inFrom || references(r, name) != nil
		}
	}
	if !inFrom {
		return nil, invalid(refs[0], "recursive reference outside of FROM clause of the step relation of recursion")
	}
	switch q := x.Query; {
	case q.With != nil:
		return nil, unsupported(q.With.Pos(), "immediate WITH clause in recursive query")
	case q.OrderBy != nil:
		return nil, unsupported(q.OrderBy.Pos(), "immediate ORDER BY clause in recursive query")
	case q.Offset != nil:
		return nil, unsupported(q.Offset.Pos(), "immediate OFFSET clause in recursive query")
	case q.Limit != nil:
		return nil, sqlerr.Newf(sqlerr.InvalidLimitClause, q.Limit.Pos(), "immediate FETCH FIRST / LIMIT clause in recursive query")
	}
	for _, r := range spec.From {
		if err := recursiveFrom(r, name, invalid); err != nil {
			return nil, err
		}
	}
	return union, nil
}

// recursiveFrom refuses the reference where rows may come of its absence: on the
// inner side of outer joins, and in INTERSECT ALL and EXCEPT.
func recursiveFrom(from syntax.Relation, name string, invalid func(syntax.Node, string, ...any) error) (err error) {
	joins := map[syntax.JoinType]string{syntax.LeftJoin: "LEFT", syntax.RightJoin: "RIGHT", syntax.FullJoin: "FULL"}
	refuse := func(n syntax.Node, format string, args ...any) {
		if refs := references(n, name); refs != nil && err == nil {
			err = invalid(refs[0], format, args...)
		}
	}
	syntax.Inspect(from, func(n syntax.Node) bool {
		switch x := n.(type) {
		case *syntax.Join:
			if x.Type == syntax.RightJoin || x.Type == syntax.FullJoin {
				refuse(x.Left, "recursive reference in left source of %s join", joins[x.Type])
			}
			if x.Type == syntax.LeftJoin || x.Type == syntax.FullJoin {
				refuse(x.Right, "recursive reference in right source of %s join", joins[x.Type])
			}
		case *syntax.SetOperation:
			all := "DISTINCT"
			if x.All {
				all = "ALL"
			}
			switch {
			case x.Op == syntax.Intersect && x.All:
				refuse(x.Left, "recursive reference in INTERSECT ALL")
				refuse(x.Right, "recursive reference in INTERSECT ALL")
			case x.Op == syntax.Except:
				refuse(x.Right, "recursive reference in right relation of EXCEPT %s", all)
				if x.All {
					refuse(x.Left, "recursive reference in left relation of EXCEPT ALL")
				}
			}
		}
		return err == nil
	})
	return err
}
