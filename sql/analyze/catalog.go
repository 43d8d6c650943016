package analyze

// What the analyzer needs from outside: tables and views by name, and the
// session's settings.

import (
	"context"
	"time"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// Catalog looks names up. All names come in lower case; they compare without
// regard to case.
type Catalog interface {
	// Lookup returns the table or view of that name, nil where there is none.
	Lookup(ctx context.Context, catalog, database, name string) (*Relation, error)
	// Current returns the catalog ("awsdatacatalog") and the database that
	// unqualified names mean.
	Current() (catalog, database string)
	// Databases lists the databases of a catalog; ok is false where there is no
	// such catalog.
	Databases(ctx context.Context, catalog string) (names []string, ok bool)
	// Tables lists the tables and views of a database, for suggestions.
	Tables(ctx context.Context, catalog, database string) []string
}

// Relation is what a name in FROM means: exactly one of Table, View and Rows is
// set.
type Relation struct {
	Table *plan.Table
	View  *View
	Rows  *Rows
}

// Rows are a table that is known whole: one about the catalog.
type Rows struct {
	Columns []plan.Column
	Rows    [][]plan.Datum
}

// View is a stored query.
type View struct {
	SQL               string        // the query's text
	Catalog, Database string        // what unqualified names in it mean; the session's where empty
	Columns           []plan.Column // as declared when it was created; nil: as the query gives
}

// Options are the session's settings and the statement's parameters.
type Options struct {
	// DecimalLiterals is "decimal" for Trino's reading of 1.5, a decimal(2,1);
	// anything else is Athena's, a double (semantics 11.1).
	DecimalLiterals string
	// Parameters are the values of ? in order; HasParameters tells no values from
	// none given.
	Parameters []syntax.Expr
	// Zone is the session's time zone, Start when the query began: for what an
	// analyzer might fold. So far all that depends on them is left to the engine.
	Zone  types.Zone
	Start time.Time
	User  string // current_user
	// Value computes an expression without columns; false where it fails. Nil leaves
	// them all to the engine.
	Value func(plan.Expr) (plan.Datum, bool)
	// View is the full name of the view that the query is to become; empty for
	// other queries.
	View string
}
