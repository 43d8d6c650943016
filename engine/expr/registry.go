package expr

// The table of scalar function bodies, and what a body gets to see.

import (
	"context"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/types"
)

// Env is what one query's expressions may ask of their surroundings.
type Env struct {
	Ctx      context.Context
	Now      types.Instant // query start; current_timestamp, now()
	Zone     types.Zone    // session time zone
	Catalog  string
	Database string
	User     string

	// Outer holds, by Apply ID, the row for which a correlated subplan is being
	// evaluated; exec sets it before each evaluation.
	Outer map[int]*OuterRow
}

// OuterRow is one row of an Apply's input.
type OuterRow struct {
	Cols []*page.Vector
	Row  int // index into Cols' vectors
}

// Args is a call site's view of one evaluation: the argument vectors of the
// page (dense, all of the same length; nil for a lambda argument), the lambdas,
// and State, which the body may use to keep prepared things (a compiled
// pattern) from page to page: it starts nil and belongs to this call site in
// this worker.
type Args struct {
	Env     *Env
	Func    *function.Bound
	Vecs    []*page.Vector
	Lambdas []Lambda // by argument position; nil where the argument is none
	State   any
}

// Lambda evaluates a lambda argument: for outer row i, over params, one vector
// for each parameter, all of one length; the result has that length and is
// valid until the next call.
type Lambda interface {
	Call(i int, params []*page.Vector) (*page.Vector, error)
}

// RowFunc computes one row: it appends exactly one value (or a NULL) to out, of
// type a.Func.Result. Unless the function is CalledOnNull, no argument of row i
// is NULL. An error is a *sqlerr.Error with Pos 0; the caller sets the call's
// position, or under TRY appends NULL for the four codes of semantics 5.6.
// On an error nothing was appended.
type RowFunc func(a *Args, i int, out *page.Builder) error

// As large as it will be: it is filled at every start of the process.
var bodies = make(map[string]RowFunc, 640)

// register sets the body of the overload with that function.Function ID, such
// as "abs(decimal(p,s))". Use it in init functions of func_<family>.go.
func register(id string, f RowFunc) {
	if _, dup := bodies[id]; dup {
		panic("BUG: two bodies for " + id)
	}
	bodies[id] = f
}

// str, i64 ... are short forms for bodies: argument k at row i.
func (a *Args) str(k, i int) string  { return a.Vecs[k].Str[i] }
func (a *Args) i64(k, i int) int64   { return a.Vecs[k].I64[i] }
func (a *Args) f64(k, i int) float64 { return a.Vecs[k].F64[i] }
func (a *Args) null(k, i int) bool   { return a.Vecs[k].IsNull(i) }
