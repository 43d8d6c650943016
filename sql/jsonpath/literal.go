package jsonpath

// Literals of a path as SQL values.

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// Literal is the value of a literal; the field that holds it follows from its
// type.
type Literal struct {
	Type types.Type
	Bool bool
	Int  int64
	F    float64
	Dec  decimal.Int128
	Text string
}

// Literal reads a literal as SQL has it: 1 is an integer, or a bigint where it
// must be, 1.5 a decimal(2,1), 1e0 a double, "a" a varchar(1). ok is false where
// n is none.
func (n *Node) Literal() (l Literal, ok bool, err error) {
	invalid := func() (Literal, bool, error) {
		return Literal{}, true, fmt.Errorf("Invalid numeric literal: %s", n.Text)
	}
	switch n.Op {
	case Bool:
		return Literal{Type: types.Boolean, Bool: n.Flag}, true, nil
	case String:
		return Literal{Type: types.VarcharN(utf8.RuneCountInString(n.Text)), Text: n.Text}, true, nil
	case Int:
		v, err := strconv.ParseInt(n.Text, 10, 64)
		if err != nil {
			return invalid()
		}
		if int64(int32(v)) == v {
			return Literal{Type: types.Integer, Int: v}, true, nil
		}
		return Literal{Type: types.Bigint, Int: v}, true, nil
	case Decimal:
		v, prec, scale, ok := decimal.Parse(n.Text)
		if !ok {
			return invalid()
		}
		return Literal{Type: types.Decimal(max(prec, scale), scale), Dec: v}, true, nil
	case Double:
		f, err := strconv.ParseFloat(n.Text, 64)
		if err != nil && f == 0 {
			return invalid()
		}
		return Literal{Type: types.Double, F: f}, true, nil
	}
	return Literal{}, false, nil
}
