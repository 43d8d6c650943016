// Package plan holds the plan of a query: nodes and typed expressions, made by
// sql/analyze, read by engine/exec and engine/expr. String gives EXPLAIN's
// text.
//
// The analyzer has already resolved names to column ordinals, chosen function
// overloads, and inserted every coercion as a Cast, so that both sides of a
// comparison, all branches of a CASE, and every argument of a call have
// exactly the type that the operation takes.
package plan

import (
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Expr is a typed expression over the columns of one input.
type Expr interface {
	Type() types.Type
	// Pos is the place in the statement that an evaluation error names.
	Pos() sqlerr.Pos
	String() string
}

// Base carries what every expression has; embed it.
type Base struct {
	T types.Type
	P sqlerr.Pos
}

// Type returns the expression's type.
func (b *Base) Type() types.Type { return b.T }

// Pos returns the expression's place in the statement.
func (b *Base) Pos() sqlerr.Pos { return b.P }

// SetPos moves the expression: a view's stands where the view is named.
func (b *Base) SetPos(p sqlerr.Pos) { b.P = p }

// Datum is one SQL value outside a page: a literal, a parameter, the result of
// folding. Which field holds it follows from the type as in package page:
// I for PhysInt64, F for PhysFloat64, D for decimals of any precision, S for
// PhysBytes, L for the elements of an array, the fields of a row, or the
// alternating keys and values of a map.
type Datum struct {
	Null bool
	B    bool
	I    int64
	F    float64
	D    decimal.Int128 // decimal (also short ones); timestamp(p>6) as picoseconds
	TZ   types.Instant
	TTZ  types.TimeOfDayTZ
	S    string
	L    []Datum
}

// The expressions.
type (
	// Col is an input column by ordinal.
	Col struct {
		Base
		Index int
		Name  string
	}
	// Const is a literal value.
	Const struct {
		Base
		V Datum
	}
	// Arith is L op R, or a negation (Op OpNeg, R nil). Integers, real and
	// double have L, R and result of one type. Decimals keep their own (p,s)
	// each; T is the result type by semantics 5.4 and the operation rescales.
	// Date and interval arithmetic are Calls of "$add" and the like.
	Arith struct {
		Base
		Op   ArithOp
		L, R Expr
	}
	// Compare is L op R over one type.
	Compare struct {
		Base
		Op   CompareOp
		L, R Expr
	}
	// And and Or hold two or more terms, evaluated left to right, three-valued;
	// a later term is evaluated only for rows that the earlier ones left open.
	And struct {
		Base
		Terms []Expr
	}
	// Or: see And.
	Or struct {
		Base
		Terms []Expr
	}
	// Not negates a boolean.
	Not struct {
		Base
		X Expr
	}
	// IsNull is X IS NULL.
	IsNull struct {
		Base
		X Expr
	}
	// Between is X BETWEEN Lo AND Hi over one type.
	Between struct {
		Base
		X, Lo, Hi Expr
	}
	// In is X IN (List) over one type; three-valued.
	In struct {
		Base
		X    Expr
		List []Expr
	}
	// Case is a searched CASE; X, when not nil, makes it a simple one (X = When
	// compared in one type). Else may be nil (NULL). IF is a Case.
	Case struct {
		Base
		X     Expr
		Whens []When
		Else  Expr
	}
	// Coalesce is the first non-NULL of its arguments, lazily.
	Coalesce struct {
		Base
		Args []Expr
	}
	// NullIf is NULL where A = B, else A. B is compared after both are cast to
	// CmpType (A's value is returned in A's own type).
	NullIf struct {
		Base
		A, B    Expr
		CmpType types.Type
	}
	// Try gives NULL where X fails with one of the four codes of semantics 5.6.
	Try struct {
		Base
		X Expr
	}
	// Cast converts X to T. With Safe (TRY_CAST) a failure gives NULL. Implicit
	// tells that the analyzer inserted it (a coercion).
	Cast struct {
		Base
		X        Expr
		Safe     bool
		Implicit bool
	}
	// Call is a scalar function call. Lambdas may be among the arguments.
	Call struct {
		Base
		Func *function.Bound
		Args []Expr
	}
	// Deref is field Index of the row X.
	Deref struct {
		Base
		X     Expr
		Index int
	}
	// RowCtor and ArrayCtor build values of type T.
	RowCtor struct {
		Base
		Fields []Expr
	}
	// ArrayCtor: see RowCtor.
	ArrayCtor struct {
		Base
		Elems []Expr
	}
	// Lambda is a function value; T is its function type. Params have IDs that
	// are unique in the statement; Body refers to them by Var, and to the
	// input's columns by Col.
	Lambda struct {
		Base
		Params []Param
		Body   Expr
	}
	// Var is a lambda's parameter.
	Var struct {
		Base
		ID   int
		Name string
	}
	// Outer is a column of an enclosing Apply's input, by Apply ID and ordinal:
	// a correlated reference that could not be turned into a join.
	Outer struct {
		Base
		Apply int
		Index int
		Name  string
	}
)

// When is one branch of a Case.
type When struct{ Cond, Then Expr }

// Param is a lambda's parameter.
type Param struct {
	ID   int
	Name string
	Type types.Type
}

// ArithOp is an arithmetic operator.
type ArithOp uint8

// The arithmetic operators.
const (
	OpAdd ArithOp = iota
	OpSub
	OpMul
	OpDiv
	OpMod
	OpNeg
)

// CompareOp is a comparison operator.
type CompareOp uint8

// The comparison operators.
const (
	OpEq CompareOp = iota
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpDistinct    // IS DISTINCT FROM
	OpNotDistinct // IS NOT DISTINCT FROM
)
