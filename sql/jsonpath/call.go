package jsonpath

// Call: all that is constant in a call of a SQL/JSON function. The analyzer makes
// it, and it travels in the plan as the text of the call's first argument.

import "encoding/json"

// Format is how JSON is written in a value.
type Format string

// The formats. Plain is a value that is no JSON.
const (
	Plain Format = ""
	Text  Format = "JSON" // a character string, or UTF-8 in binary
	UTF8  Format = "UTF8"
	UTF16 Format = "UTF16"
	UTF32 Format = "UTF32"
)

// Behavior is what a function gives on error or on emptiness. None is what is not
// written.
type Behavior string

// The behaviours.
const (
	OnError       Behavior = "ERROR"
	OnNull        Behavior = "NULL"
	OnDefault     Behavior = "DEFAULT"
	OnEmptyArray  Behavior = "EMPTY ARRAY"
	OnEmptyObject Behavior = "EMPTY OBJECT"
	OnTrue        Behavior = "TRUE"
	OnFalse       Behavior = "FALSE"
	OnUnknown     Behavior = "UNKNOWN"
)

// Wrapper is JSON_QUERY's array wrapper.
type Wrapper string

// The wrappers.
const (
	Without       Wrapper = ""
	Conditional   Wrapper = "CONDITIONAL"
	Unconditional Wrapper = "UNCONDITIONAL"
)

// Value is one value of a path, member or element: the name of a parameter, and
// its format.
type Value struct {
	Name   string `json:",omitempty"`
	Format Format `json:",omitempty"`
}

// Call is the constant part of a call.
type Call struct {
	Path   string   `json:",omitempty"`
	Input  Format   `json:",omitempty"`
	Values []Value  `json:",omitempty"` // parameters of the path, members, elements
	Empty  Behavior `json:",omitempty"`
	Error  Behavior `json:",omitempty"`

	Wrapper    Wrapper `json:",omitempty"`
	OmitQuotes bool    `json:",omitempty"`
	Output     Format  `json:",omitempty"`

	NullOnNull bool `json:",omitempty"` // of JSON_OBJECT, JSON_ARRAY
	UniqueKeys bool `json:",omitempty"`

	Root *Level `json:",omitempty"` // of JSON_TABLE
}

// Level is a level of JSON_TABLE: for each item at its path a row with Columns,
// combined with the rows of the levels in it.
type Level struct {
	Path    string
	Columns []Column `json:",omitempty"`
	Inner   bool     `json:",omitempty"` // a row needs one of Child's
	Child   *Plan    `json:",omitempty"`
}

// Plan is levels side by side: one, or a union or a cross product of plans.
type Plan struct {
	Level *Level  `json:",omitempty"`
	Cross bool    `json:",omitempty"`
	Of    []*Plan `json:",omitempty"`
}

// ColumnKind tells JSON_TABLE's columns apart.
type ColumnKind string

// The kinds.
const (
	Ordinality  ColumnKind = "ORDINALITY"
	ValueColumn ColumnKind = "VALUE"
	QueryColumn ColumnKind = "QUERY"
)

// Column is one column of JSON_TABLE.
type Column struct {
	Kind         ColumnKind
	Field        int  // of the row that is made
	Call         Call // of JSON_VALUE or JSON_QUERY
	EmptyDefault int  // among the defaults, from 1; 0 is none
	ErrorDefault int
}

// String is the call as text.
func (c *Call) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return string(b)
}

// ParseCall reads what String wrote.
func ParseCall(s string) (*Call, error) {
	c := &Call{}
	return c, json.Unmarshal([]byte(s), c)
}
