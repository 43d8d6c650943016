// Package expr evaluates typed expressions over pages.
//
// # The route of one expression
//
//	compile.go   Compile: plan.Expr -> a tree of nodes; the only switch over the
//	             kinds of expressions; constants are folded here
//	program.go   Program, List: evaluation of one page, the first error by row
//	frame.go     the rows that a node is evaluated over
//	arith.go compare.go logic.go case.go call.go cast*.go
//	             the nodes; they choose a kernel (engine/kernel) once a page
//	order.go     what comparing two values means, for every type
//	hash.go      hashes and equality of rows, for GROUP BY, DISTINCT, joins
//	result.go    what happens to rows in which a kernel failed
//	registry.go  bodies of functions; func_<family>.go has them, one file a family
//
// # Frames
//
// A node sees dense vectors of frame.n rows and returns one. The root frame is a
// page with its selection: a column is gathered once, when first asked for. AND,
// OR, CASE and COALESCE narrow: a later branch is evaluated over a frame of the
// rows that are still open, and its values are put back in their places. The body
// of a lambda is evaluated over a frame of its parameters' rows; columns and
// outer parameters are the outer row's value, repeated.
//
// # Failing rows
//
// A row fails where Trino, going row by row, would fail it. So a failure does not
// count where the row is NULL already; where an earlier argument of the same
// operation is NULL, as Trino does not evaluate the later ones then (laterArg);
// or where a TRY around it turns it into NULL (tryState). A constant that fails
// is not folded, and so needs a row to fail. Which error comes first is decided
// by row, then by the order of evaluation, whatever the page size (firstError).
//
// # Physical forms
//
// A long decimal may come in 64 or in 128 bits. Arithmetic and casts try 64 bits
// first, page by page, and everything else takes both.
package expr
