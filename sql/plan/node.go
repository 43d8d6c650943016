package plan

import (
	"unsafe"

	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Column is an output column of a node. Names are for EXPLAIN and results
// only; references go by ordinal.
type Column struct {
	Name string
	Type types.Type
}

// Node is one step of a plan. Its children come before it; Columns are what it
// yields, in order.
type Node interface {
	Columns() []Column
	Inputs() []Node
}

// Table is a table as the analyzer sees it; the catalog makes it, and Handle is
// the catalog's own (the reader's table, its location).
type Table struct {
	Catalog, Database, Name string
	Columns                 []Column // in declared order; what SELECT * gives
	Hidden                  []Column // "$path" and the like; ordinals go on after Columns
	Handle                  any
	Note                    string // what EXPLAIN adds: which partitions are read
}

// The nodes.
type (
	// Scan reads a table: Ordinals are the table columns it yields, in order (may
	// be empty: only the number of rows matters). Ordinals from len(Table.Columns)
	// up mean Hidden ones. Filter is over the scan's own output columns; it may be
	// nil, and is set by pushdown only. Dynamic are filters by joins above (dynamic.go).
	Scan struct {
		Table    *Table
		Ordinals []int
		Filter   Expr
		Dynamic  []Dynamic
		Cols     []Column
		P        sqlerr.Pos
	}
	// Values yields literal rows.
	Values struct {
		Rows [][]Expr
		Cols []Column
	}
	// Filter keeps rows for which Pred is true.
	Filter struct {
		Input Node
		Pred  Expr
	}
	// Project computes Exprs, one output column each.
	Project struct {
		Input Node
		Exprs []Expr
		Cols  []Column
	}
	// Aggregate groups by the input columns Keys and computes Aggs. Output: the
	// keys in order, then (when Sets is not nil) one bigint column, the grouping
	// set's ordinal, then one column for each of Aggs. Sets lists, for GROUPING
	// SETS, CUBE, ROLLUP, the indexes into Keys that each set keeps; the other
	// keys are NULL in its rows. Without Keys and Sets there is exactly one
	// group, also over no rows; an empty set in Sets likewise gives one row.
	//
	// With First, which goes with keys alone, only that many groups are asked for, those
	// that appear first. Partial: see TopN.
	Aggregate struct {
		Input Node
		Keys  []int
		Sets  [][]int
		Aggs  []Agg
		Cols  []Column

		First   int64
		Partial bool
	}
	// Sort orders all rows, stable.
	Sort struct {
		Input Node
		Keys  []SortKey
	}
	// TopN is Sort, Offset and Limit in one. WithTies keeps rows equal to the last.
	// A Partial one may be of each split by itself, and so give more rows: another one
	// above it has the last word.
	TopN struct {
		Input    Node
		Keys     []SortKey
		N        int64
		WithTies bool
		Partial  bool
	}
	// Limit skips Offset rows and passes N (N < 0: all). Partial: see TopN.
	Limit struct {
		Input   Node
		Offset  int64
		N       int64
		Partial bool
	}
	// Union yields all rows of its inputs, one input after the other. (UNION
	// DISTINCT is an Aggregate above it.)
	Union struct {
		Ins  []Node
		Cols []Column
	}
	// SetOp is INTERSECT or EXCEPT, DISTINCT or ALL, NULLs equal.
	SetOp struct {
		Except bool
		All    bool
		L, R   Node
	}
	// Join yields the columns of L, then those of R. Rows match where LKeys equal
	// RKeys pairwise (expressions over L's and R's columns, same types) and
	// Residual, over both, is true or nil.
	Join struct {
		Kind         JoinKind
		L, R         Node
		LKeys, RKeys []Expr
		Residual     Expr
		P            sqlerr.Pos
		Single       bool   // more than one match of a left row is an error (SUBQUERY_MULTIPLE_ROWS at P)
		Note         string // what EXPLAIN adds: why the sides are as they are
		Dynamic      []int  // by key: the number of its dynamic filter, 0 for none; may be nil

		cols, ofL, ofR []Column // Columns, and the sides' that they were made of
	}
	// SemiJoin yields the columns of L and one boolean: whether some row of R
	// matches (three-valued as IN when NullAware; else EXISTS, never NULL).
	// Residual is over both. Flip has it hold L and pass R by; there is no NullAware
	// and Residual together then.
	SemiJoin struct {
		L, R         Node
		LKeys, RKeys []Expr
		Residual     Expr
		NullAware    bool
		Flip         bool
		Name         string
		Dynamic      []int // as of Join
	}
	// Single checks that its input has at most one row, and yields exactly one: a
	// row of NULLs for none (SUBQUERY_MULTIPLE_ROWS at P for more).
	Single struct {
		Input Node
		P     sqlerr.Pos
	}
	// Apply evaluates Sub once for each row of Input (correlated by Outer
	// expressions naming ID) and yields Input's columns, then Sub's. Left keeps
	// input rows without a match.
	Apply struct {
		ID    int
		Input Node
		Sub   Node
		Left  bool
	}
	// Unnest yields Input's columns (those in Keep), then the unnested ones: for
	// an array one column (or the fields of its row elements), for a map two, then
	// the ordinality when Ordinality. Left keeps rows without elements.
	Unnest struct {
		Input      Node
		Keep       []int
		Exprs      []Expr
		Ordinality bool
		Left       bool
		Cols       []Column
	}
	// WindowNode yields Input's columns, then one for each of Calls.
	WindowNode struct {
		Input     Node
		Partition []int
		Order     []SortKey
		Calls     []WindowCall
		Cols      []Column
	}
	// Sample keeps each row (BERNOULLI) or each split (SYSTEM) by chance. Where the
	// percentage is more than a literal, Of computes it, a double that refers to no
	// column; it is evaluated and checked (SetPercent) before rows are read.
	Sample struct {
		Input   Node
		System  bool
		Percent float64
		Of      Expr
		P       sqlerr.Pos // of the percentage
	}
	// Recursive is WITH RECURSIVE: Base once, then Step again and again over the
	// rows of the last round (RecursiveRef yields them) until none is new, at most
	// MaxDepth rounds.
	Recursive struct {
		ID         int
		Base, Step Node
		MaxDepth   int
		Cols       []Column
		P          sqlerr.Pos
	}
	// Shared is a subplan whose rows are held, since they are read Refs times (all
	// references are this very node) or, when Looped, again and again by what runs
	// its own input more than once.
	Shared struct {
		ID     int
		Input  Node
		Refs   int
		Looped bool
	}
	// RecursiveRef stands for the rows of the last round of Recursive ID.
	RecursiveRef struct {
		ID   int
		Cols []Column
	}
)

// JoinKind is the kind of a join.
type JoinKind uint8

// The kinds of joins.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
	CrossJoin
)

// SortKey orders by an input column.
type SortKey struct {
	Col        int
	Desc       bool
	NullsFirst bool
}

// Agg is one aggregate call. Args, Filter (-1: none) and OrderBy are input
// columns; Lambdas are those of reduce_agg.
type Agg struct {
	Func     *function.Bound
	Args     []int
	Distinct bool
	Filter   int
	OrderBy  []SortKey
	Lambdas  []Expr
	P        sqlerr.Pos
}

// WindowCall is one window function call.
type WindowCall struct {
	Func        *function.Bound // Kind Window or Aggregate
	Args        []int
	IgnoreNulls bool
	Filter      int // -1: none
	Distinct    bool
	Frame       Frame
	P           sqlerr.Pos
}

// Frame is a window frame. Offsets are input columns (-1: none).
type Frame struct {
	Mode       FrameMode
	Start, End Bound
}

// FrameMode is ROWS, RANGE or GROUPS.
type FrameMode uint8

// The frame modes.
const (
	FrameRange FrameMode = iota
	FrameRows
	FrameGroups
)

// Bound is one end of a frame.
type Bound struct {
	Kind   BoundKind
	Offset int // input column of the offset, -1 for none
}

// BoundKind is the kind of a frame's end.
type BoundKind uint8

// The kinds of frame ends, in their order.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// Query is a checked plan with the labels of its result.
type Query struct {
	Root    Node
	Labels  []string // result column labels, semantics 5.8
	Warning []string // lints found on the way
}

// Columns of each node.

// Columns returns the scan's columns.
func (n *Scan) Columns() []Column { return n.Cols }

// Inputs returns none.
func (n *Scan) Inputs() []Node { return nil }

// Columns returns the value columns.
func (n *Values) Columns() []Column { return n.Cols }

// Inputs returns none.
func (n *Values) Inputs() []Node { return nil }

// Columns returns the input's columns.
func (n *Filter) Columns() []Column { return n.Input.Columns() }

// Inputs returns the input.
func (n *Filter) Inputs() []Node { return []Node{n.Input} }

// Columns returns the computed columns.
func (n *Project) Columns() []Column { return n.Cols }

// Inputs returns the input.
func (n *Project) Inputs() []Node { return []Node{n.Input} }

// Columns returns keys, the set ordinal if any, aggregates.
func (n *Aggregate) Columns() []Column { return n.Cols }

// Inputs returns the input.
func (n *Aggregate) Inputs() []Node { return []Node{n.Input} }

// Columns returns the input's columns.
func (n *Sort) Columns() []Column { return n.Input.Columns() }

// Inputs returns the input.
func (n *Sort) Inputs() []Node { return []Node{n.Input} }

// Columns returns the input's columns.
func (n *TopN) Columns() []Column { return n.Input.Columns() }

// Inputs returns the input.
func (n *TopN) Inputs() []Node { return []Node{n.Input} }

// Columns returns the input's columns.
func (n *Limit) Columns() []Column { return n.Input.Columns() }

// Inputs returns the input.
func (n *Limit) Inputs() []Node { return []Node{n.Input} }

// Columns returns the union's columns.
func (n *Union) Columns() []Column { return n.Cols }

// Inputs returns the inputs.
func (n *Union) Inputs() []Node { return n.Ins }

// Columns returns the left side's columns.
func (n *SetOp) Columns() []Column { return n.L.Columns() }

// Inputs returns both sides.
func (n *SetOp) Inputs() []Node { return []Node{n.L, n.R} }

// Columns returns the columns of both sides. Planning asks for them again and again,
// so they are kept as long as the sides' stay the same.
func (n *Join) Columns() []Column {
	l, r := n.L.Columns(), n.R.Columns()
	if n.cols == nil || !sameSlice(l, n.ofL) || !sameSlice(r, n.ofR) {
		n.cols, n.ofL, n.ofR = concat(l, r), l, r
	}
	return n.cols
}

// sameSlice reports whether two slices are one and the same.
func sameSlice(a, b []Column) bool {
	return len(a) == len(b) && unsafe.SliceData(a) == unsafe.SliceData(b)
}

// Inputs returns both sides.
func (n *Join) Inputs() []Node { return []Node{n.L, n.R} }

// Columns returns the left columns and the mark.
func (n *SemiJoin) Columns() []Column {
	return concat(n.L.Columns(), []Column{{Name: n.Name, Type: types.Boolean}})
}

// Inputs returns both sides.
func (n *SemiJoin) Inputs() []Node { return []Node{n.L, n.R} }

// Columns returns the input's columns.
func (n *Single) Columns() []Column { return n.Input.Columns() }

// Inputs returns the input.
func (n *Single) Inputs() []Node { return []Node{n.Input} }

// Columns returns the columns of both sides.
func (n *Apply) Columns() []Column { return concat(n.Input.Columns(), n.Sub.Columns()) }

// Inputs returns both sides.
func (n *Apply) Inputs() []Node { return []Node{n.Input, n.Sub} }

// Columns returns kept and unnested columns.
func (n *Unnest) Columns() []Column { return n.Cols }

// Inputs returns the input.
func (n *Unnest) Inputs() []Node { return []Node{n.Input} }

// Columns returns the input's columns and the calls'.
func (n *WindowNode) Columns() []Column { return n.Cols }

// Inputs returns the input.
func (n *WindowNode) Inputs() []Node { return []Node{n.Input} }

// SetPercent sets the percentage, or says what is wrong with it.
func (n *Sample) SetPercent(v Datum) error {
	switch {
	case v.Null:
		return sqlerr.Newf(sqlerr.InvalidArguments, n.P, "Sample percentage cannot be NULL")
	case v.F < 0:
		return sqlerr.Newf(sqlerr.NumericValueOutOfRange, n.P, "Sample percentage must be greater than or equal to 0")
	case v.F > 100:
		return sqlerr.Newf(sqlerr.NumericValueOutOfRange, n.P, "Sample percentage must be less than or equal to 100")
	}
	n.Percent, n.Of = v.F, nil
	return nil
}

// Columns returns the input's columns.
func (n *Sample) Columns() []Column { return n.Input.Columns() }

// Inputs returns the input.
func (n *Sample) Inputs() []Node { return []Node{n.Input} }

// Columns returns the recursion's columns.
func (n *Recursive) Columns() []Column { return n.Cols }

// Inputs returns base and step.
func (n *Recursive) Inputs() []Node { return []Node{n.Base, n.Step} }

// Columns returns the input's columns.
func (n *Shared) Columns() []Column { return n.Input.Columns() }

// Inputs returns the input.
func (n *Shared) Inputs() []Node { return []Node{n.Input} }

// Columns returns the recursion's columns.
func (n *RecursiveRef) Columns() []Column { return n.Cols }

// Inputs returns none.
func (n *RecursiveRef) Inputs() []Node { return nil }

func concat(a, b []Column) []Column {
	out := make([]Column, 0, len(a)+len(b))
	return append(append(out, a...), b...)
}
