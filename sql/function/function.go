// Package function holds every function's signature and documentation, and
// the resolution of a call to one overload; it holds no bodies. Bodies are in
// engine/expr (scalar), engine/exec (aggregate, window), found by ID.
package function

import "github.com/ionq-db/ionq/sql/types"

// Kind tells how a function is evaluated.
type Kind uint8

// The kinds of functions.
const (
	Scalar Kind = iota
	Aggregate
	Window // ranking and value functions; aggregates may also be used as window functions
)

// Function is one overload of one function.
type Function struct {
	Name string // lower case; operators that the grammar writes as symbols have names starting with $
	Kind Kind

	// Sig is the declared signature: "(double, double) -> double",
	// "(array(T), function(T, boolean)) -> array(T)",
	// "(decimal(p,s)) -> decimal(p,s)", "(varchar(x), bigint) -> varchar(x)",
	// "(T...) -> T". Single upper-case letters (with an optional digit) are type
	// variables; p s p1 s1 x y are number variables. A variable may carry a
	// constraint after the signature: "(T, T) -> boolean where T comparable";
	// also "orderable", "castable to json", ... (see resolve.go).
	Sig string

	// Result computes the result type from the bound argument types where the
	// text after -> cannot say it (decimal rules); nil where it can.
	Result func(args []types.Type) (types.Type, error)

	Doc      string // one or two sentences for people
	Category string // Trino's list-by-topic name: "string", "datetime", "math", ...

	CalledOnNull     bool // the body sees NULL arguments; else any NULL argument gives NULL
	NonDeterministic bool // rand, uuid, shuffle: never folded, evaluated once a row
	Hidden           bool // operators and internals: not in SHOW FUNCTIONS
}

// ID identifies the overload: its name and declared parameters, such as
// "abs(decimal(p,s))". Bodies are registered under it.
func (f *Function) ID() string {
	for i := 0; i < len(f.Sig); i++ {
		if f.Sig[i] == '-' && i+1 < len(f.Sig) && f.Sig[i+1] == '>' {
			j := i
			for j > 0 && f.Sig[j-1] == ' ' {
				j--
			}
			return f.Name + f.Sig[:j]
		}
	}
	return f.Name + f.Sig
}

// Bound is an overload with its types fixed for one call. Args has one type
// for each actual argument (variadic ones repeated): the analyzer has cast the
// arguments to exactly these.
type Bound struct {
	*Function
	Args   []types.Type
	Result types.Type
}
