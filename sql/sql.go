// Package sql turns a statement's text into a checked plan: syntax.Parse, then
// analyze.Analyze. It is the front half of the route of a query; the engine
// builds operators from what comes out.
package sql

import (
	"context"

	"github.com/ionq-db/ionq/sql/analyze"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/syntax"
)

// Plan parses and analyzes one query. The error is an *sqlerr.Error.
func Plan(ctx context.Context, text string, cat analyze.Catalog, opts analyze.Options) (*plan.Query, error) {
	stmt, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	return analyze.Analyze(ctx, stmt, cat, opts)
}
