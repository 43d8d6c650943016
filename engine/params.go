package engine

// Values of ? parameters: those of EXECUTE ... USING, and Athena's
// ExecutionParameters, which come beside the statement (semantics 11.5).

import (
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
)

// executionParameters reads the texts of ExecutionParameters. One that is an
// expression without identifiers stands for that expression; any other text, such
// as a word or a UUID, for itself.
func executionParameters(values []string) []syntax.Expr {
	out := make([]syntax.Expr, len(values))
	for i, text := range values {
		e, err := syntax.ParseExpression(text)
		if err != nil || columnIn(e) != nil {
			e = &syntax.StringLiteral{Value: text}
		}
		out[i] = e
	}
	return out
}

// columnIn finds a name in an expression that can only mean a column; nil where
// there is none.
func columnIn(e syntax.Expr) (found syntax.Node) {
	syntax.Inspect(e, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.Identifier, *syntax.Dereference:
			if found == nil {
				found = n
			}
			return false
		case *syntax.QualifiedName, syntax.DataType: // names of functions, types and their fields
			return false
		}
		return found == nil
	})
	return found
}

// parameterCount is how many ? a statement has.
func parameterCount(n syntax.Node) (count int) {
	syntax.Inspect(n, func(n syntax.Node) bool {
		if _, ok := n.(*syntax.Parameter); ok {
			count++
		}
		return true
	})
	return count
}

// checkCount holds the number of values against a statement's ?s, in Trino's words.
func checkCount(stmt syntax.Node, values int) error {
	if want := parameterCount(stmt); want != values {
		return sqlerr.Newf(sqlerr.InvalidParameterUsage, stmt.Pos(), "Incorrect number of parameters: expected %d but found %d", want, values)
	}
	return nil
}

// usingArgs checks the values of EXECUTE ... USING: they are constants.
func usingArgs(args []syntax.Expr) error {
	for _, e := range args {
		if c := columnIn(e); c != nil {
			return sqlerr.Newf(sqlerr.ExpressionNotConstant, c.Pos(), "Constant expression cannot contain column references")
		}
		var err error
		syntax.Inspect(e, func(n syntax.Node) bool {
			switch n.(type) {
			case *syntax.SubqueryExpr, *syntax.Exists, *syntax.InSubquery, *syntax.Quantified:
				err = sqlerr.Newf(sqlerr.ExpressionNotConstant, n.Pos(), "Constant expression cannot contain a subquery")
			}
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// within marks errors of a prepared statement: their places are in its text.
func within(err error, text string) error {
	if err == nil {
		return nil
	}
	e := *sqlerr.As(err)
	if e.Pos != 0 && e.Text == "" {
		e.Text = text
	}
	return &e
}
