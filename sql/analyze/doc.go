// Package analyze checks a parsed query and makes its plan, in one pass: names
// are resolved, types found, coercions put in as casts, function overloads
// chosen, aggregates, windows and subqueries turned into nodes of the plan.
//
// How to walk it. Analyze (analyze.go) calls query, which handles WITH, set
// operations, ORDER BY and LIMIT; a SELECT goes to querySpec (select.go). That
// first analyzes FROM (from.go) to a plan and the fields it offers (scope.go).
// Then each expression (expr.go, literal.go, call.go) becomes a plan.Expr over
// FROM's columns, in which aggregates, window calls and subqueries stand as the
// nodes of internal.go. At the end selection.plan stacks up the plan: where an
// aggregation comes in, the expressions above are rewritten to its columns (and
// what is neither grouped nor aggregated is refused), then window calls, then
// subqueries (subquery.go) are replaced by the columns that compute them. At last
// plan.Prune takes out every column that nobody uses.
//
// The rules and the words of the errors are those of Trino's StatementAnalyzer,
// ExpressionAnalyzer and AggregationAnalyzer, with Athena's differences
// (semantics 5.9 and 11). What parses and is not supported is refused by name and
// position with NOT_SUPPORTED.
package analyze
