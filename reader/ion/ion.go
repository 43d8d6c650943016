// Package ion scans Ion 1.0 text: syntax only, no SQL and no SerDe.
//
// There are two ways through the same grammar:
//
//   - Consume is the whole grammar: comments, annotations, long strings,
//     s-expressions, clobs, every number form. It checks one value from its
//     first byte to its last, iteratively, and tells exactly what is wrong and
//     where. What it accepts is well-formed.
//   - Skip is the shape in which DynamoDB's exports are printed (compact, no
//     comments): it accepts a subset of what Consume accepts, checks that subset
//     just as strictly, and answers "not me" (-1) for everything else, malformed
//     input included. Callers then ask Consume. So the two never disagree.
//
// ValueAt, NextField and NextItem walk a value that one of the two has passed;
// they do not check again.
//
// All of them are pure functions of a byte slice and an offset. Window slides
// such a slice over an io.Reader.
package ion

import (
	"errors"
	"fmt"
)

// Kind is the Ion type of a value.
type Kind uint8

// The Ion types.
const (
	Null Kind = iota
	Bool
	Int
	Float
	Decimal
	Timestamp
	Symbol
	String
	Clob
	Blob
	List
	Sexp
	Struct
)

// String gives the type's name as Ion's own libraries print it.
func (k Kind) String() string {
	return [...]string{
		"NULL", "BOOL", "INT", "FLOAT", "DECIMAL", "TIMESTAMP", "SYMBOL", "STRING", "CLOB", "BLOB", "LIST", "SEXP", "STRUCT",
	}[k]
}

// Word gives the type's name as it is written after "null.".
func (k Kind) Word() string {
	return [...]string{
		"null", "bool", "int", "float", "decimal", "timestamp", "symbol", "string", "clob", "blob", "list", "sexp", "struct",
	}[k]
}

// IsContainer reports whether values of the type hold other values.
func (k Kind) IsContainer() bool { return k >= List }

// Value is where a value lies in a slice.
type Value struct {
	Kind  Kind
	Null  bool
	Ann   int // offset of the first annotation; Start where there is none
	Start int // offset of the value itself
	// End is the offset behind the value. Of a container that is not null it is
	// unknown (-1): End would cost a walk, SkipValue does it.
	End int
}

// MaxDepth is how deep values may nest. DynamoDB's limit is 32; whatever is far
// beyond is an attack or an accident.
const MaxDepth = 10_000

// ErrIncomplete tells that the slice ends inside the value, or that more bytes
// could change what it is, and that the caller said that more may come.
var ErrIncomplete = errors.New("ion: value continues behind the bytes at hand")

// SyntaxError is malformed Ion text.
type SyntaxError struct {
	Offset int // in the slice that was scanned
	Msg    string
	// Unsupported tells that the text is legal Ion that this package does not
	// read (another Ion version).
	Unsupported bool
}

func (e *SyntaxError) Error() string { return e.Msg }

func syntax(at int, format string, args ...any) error {
	return &SyntaxError{Offset: at, Msg: fmt.Sprintf(format, args...)}
}

// Syntax returns a SyntaxError.
func Syntax(at int, format string, args ...any) error { return syntax(at, format, args...) }

// Unsupported returns a SyntaxError of legal Ion that is not read.
func Unsupported(format string, args ...any) error {
	return &SyntaxError{Msg: fmt.Sprintf(format, args...), Unsupported: true}
}

// Class bits of a byte.
const (
	clSpace   = 1 << iota // white space between values
	clDigit               // 0-9
	clIDStart             // first byte of an unquoted symbol
	clIDPart              // further bytes of it
	clOper                // operator characters of an s-expression
	clStop                // ends a number, a timestamp or a keyword
	clBase64              // base64 digits, without padding
	clHex
)

var class [256]uint8

func init() {
	for _, c := range " \t\n\r\v\f" {
		class[c] |= clSpace | clStop
	}
	for c := '0'; c <= '9'; c++ {
		class[c] |= clDigit | clIDPart | clBase64 | clHex
	}
	for c := 'a'; c <= 'z'; c++ {
		class[c] |= clIDStart | clIDPart | clBase64
		class[c-'a'+'A'] |= clIDStart | clIDPart | clBase64
	}
	for _, c := range "abcdefABCDEF" {
		class[c] |= clHex
	}
	for _, c := range "_$" {
		class[c] |= clIDStart | clIDPart
	}
	for _, c := range "!#%&*+-./;<=>?@^`|~" {
		class[c] |= clOper
	}
	for _, c := range "+/" {
		class[c] |= clBase64
	}
	for _, c := range "{}[](),\"'" {
		class[c] |= clStop
	}
}

func is(c byte, cl uint8) bool { return class[c]&cl != 0 }

// IsSpace reports whether c is white space between values.
func IsSpace(c byte) bool { return class[c]&clSpace != 0 }
