// Package jsonpath reads the path language of SQL/JSON: what stands between the
// quotes in JSON_VALUE(x, 'lax $.a[0]'). The grammar is that of Trino's
// JsonPath.g4; the language is case-sensitive, and none of its words is
// reserved. Analysis and evaluation are elsewhere (sql/analyze, engine/expr).
package jsonpath

// Op tells the nodes of a path apart.
type Op uint8

// The nodes. Args of each are said where they are not plain.
const (
	Null      Op = iota // the JSON null
	Bool                // Flag
	Int                 // Text, as written
	Decimal             // Text
	Double              // Text
	String              // Text
	Context             // $
	Variable            // $name: Text
	Last                // the last index, inside a subscript
	Current             // @, inside a filter
	Member              // Args[0].Text; with Flag .*
	Descend             // Args[0]..Text
	Subscript           // Args[0][Ranges...]; none is [*]
	Filter              // Args[0]?(Args[1])
	Method              // Args[0].Text(): type size double ceiling floor abs datetime keyvalue
	Neg                 // -Args[0]
	Pos                 // +Args[0]
	Add                 // and the four below: Args[0] op Args[1]
	Sub
	Mul
	Div
	Mod

	// Predicates, which stand in filters.

	Eq // and the five below: Args[0] op Args[1]
	Ne
	Lt
	Le
	Gt
	Ge
	And
	Or
	Not       // !Args[0]
	Exists    // exists(Args[0])
	IsUnknown // (Args[0]) is unknown
	Starts    // Args[0] starts with Args[1]
	LikeRegex // Args[0] like_regex Text
)

// Node is one node of a path.
type Node struct {
	Op     Op
	Args   []*Node
	Text   string
	Flag   bool
	Ranges []Range
}

// Range is one subscript: From, or From to To.
type Range struct{ From, To *Node }

// Path is a path with its mode.
type Path struct {
	Lax  bool
	Root *Node
}

// Words names the arithmetic operators in messages.
var Words = map[Op]string{Add: "ADD", Sub: "SUBTRACT", Mul: "MULTIPLY", Div: "DIVIDE", Mod: "MODULUS"}
