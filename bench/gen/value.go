// This file holds the value model of one DynamoDB item and its spellings: Ion
// text as ion-java's text writer prints it, DynamoDB JSON, and plain JSON. The
// same Value is written all ways, which is what makes the exports twins.

package gen

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"
)

// Kind is one of DynamoDB's ten attribute types.
type Kind uint8

// The kinds, in the order of DynamoDB's developer guide.
const (
	Null Kind = iota
	Bool
	N
	S
	B
	SS
	NS
	BS
	L
	M
)

// Value is one attribute value.
type Value struct {
	Kind Kind
	Bool bool
	Text string  // S: the text; B: the raw bytes
	Num  Number  // N
	List []Value // L, and the members of SS, NS, BS
	Map  []Field // M
}

// Field is a named attribute of an item or a map. Attributes are written in
// slice order.
type Field struct {
	Name  string
	Value Value
}

// Number is a decimal: sign, coefficient, exponent of ten. The coefficient is
// Coef, or Digits where it needs more than 64 bits. Numbers are written as
// DynamoDB normalises them: without trailing zeros in the coefficient.
type Number struct {
	Neg    bool
	Coef   uint64
	Digits string
	Exp    int
}

// Str, Int, Dec and the others below are short constructors of values.
func Str(s string) Value { return Value{Kind: S, Text: s} }

// Bin is a binary value.
func Bin(b string) Value { return Value{Kind: B, Text: b} }

// Boolean is a BOOL value.
func Boolean(b bool) Value { return Value{Kind: Bool, Bool: b} }

// Int is a whole number.
func Int(v int64) Value { return Dec(v, 0) }

// Dec is v * 10^-scale.
func Dec(v int64, scale int) Value {
	n := Number{Exp: -scale}
	if v < 0 {
		n.Neg, n.Coef = true, uint64(-v)
	} else {
		n.Coef = uint64(v)
	}
	return Value{Kind: N, Num: n}
}

// BigDec is a number with the given digits times 10^exp, negative with neg.
func BigDec(neg bool, digits string, exp int) Value {
	return Value{Kind: N, Num: Number{Neg: neg, Digits: digits, Exp: exp}}
}

// Set is an SS, NS or BS of the given members.
func Set(kind Kind, members ...Value) Value { return Value{Kind: kind, List: members} }

// List is an L value.
func List(members ...Value) Value { return Value{Kind: L, List: members} }

// Map is an M value.
func Map(fields ...Field) Value { return Value{Kind: M, Map: fields} }

// normal returns the coefficient's digits without trailing zeros and the
// exponent that goes with them. Zero is "0" with exponent 0.
func (n *Number) normal(buf []byte) ([]byte, int) {
	d := buf[:0]
	if n.Digits != "" {
		d = append(d, n.Digits...)
	} else {
		d = strconv.AppendUint(d, n.Coef, 10)
	}
	exp := n.Exp
	for len(d) > 1 && d[0] == '0' {
		d = d[1:]
	}
	for len(d) > 1 && d[len(d)-1] == '0' {
		d = d[:len(d)-1]
		exp++
	}
	if len(d) == 1 && d[0] == '0' {
		exp = 0
	}
	return d, exp
}

const zeros = "00000000000000000000000000000000"

func appendZeros(dst []byte, n int) []byte {
	for n > len(zeros) {
		dst = append(dst, zeros...)
		n -= len(zeros)
	}
	return append(dst, zeros[:max(n, 0)]...)
}

// AppendIonNumber appends n as ion-java prints a decimal (semantics 1.7):
// a point after the digits for exponent 0, "d" and the exponent for positive
// exponents and for adjusted exponents below -6, a plain point otherwise.
func AppendIonNumber(dst []byte, n Number) []byte {
	var buf [64]byte
	d, exp := n.normal(buf[:])
	if n.Neg && d[0] != '0' {
		dst = append(dst, '-')
	}
	switch adj := len(d) - 1 + exp; {
	case exp == 0:
		return append(append(dst, d...), '.')
	case exp > 0:
		dst = append(append(dst, d...), 'd')
		return strconv.AppendInt(dst, int64(exp), 10)
	case adj >= 0:
		point := len(d) + exp
		dst = append(append(dst, d[:point]...), '.')
		return append(dst, d[point:]...)
	case adj >= -6:
		dst = append(dst, "0."...)
		return append(appendZeros(dst, -adj-1), d...)
	default:
		dst = append(append(dst, d...), "d-"...)
		return strconv.AppendInt(dst, int64(-exp), 10)
	}
}

// AppendPlainNumber appends n in plain notation, the text of an N in DynamoDB
// JSON. (That DynamoDB writes the widest exponents out in full is inferred; no
// real export with such a number was at hand.)
func AppendPlainNumber(dst []byte, n Number) []byte {
	var buf [64]byte
	d, exp := n.normal(buf[:])
	if n.Neg && d[0] != '0' {
		dst = append(dst, '-')
	}
	switch point := len(d) + exp; {
	case exp >= 0:
		return appendZeros(append(dst, d...), exp)
	case point > 0:
		dst = append(append(dst, d[:point]...), '.')
		return append(dst, d[point:]...)
	default:
		dst = append(dst, "0."...)
		return append(appendZeros(dst, -point), d...)
	}
}

const hexDigits = "0123456789abcdef"

// appendIonText appends the body of an Ion string or quoted symbol. quote is
// the delimiter, which is escaped. With ascii every code point beyond ASCII is
// escaped too, as ion-java does when its output is not UTF-8.
func appendIonText(dst []byte, s string, quote byte, ascii bool) []byte {
	plain := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f && c != quote && c != '\\' {
			i++
			continue
		}
		r, n := rune(c), 1
		if c >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
			if r >= 0xa0 && !ascii {
				i += n
				continue
			}
		}
		dst = append(dst, s[plain:i]...)
		dst = appendIonEscape(dst, r)
		i += n
		plain = i
	}
	return append(dst, s[plain:]...)
}

func appendIonEscape(dst []byte, r rune) []byte {
	dst = append(dst, '\\')
	switch r {
	case 0:
		return append(dst, '0')
	case '\a':
		return append(dst, 'a')
	case '\b':
		return append(dst, 'b')
	case '\t':
		return append(dst, 't')
	case '\n':
		return append(dst, 'n')
	case '\v':
		return append(dst, 'v')
	case '\f':
		return append(dst, 'f')
	case '\r':
		return append(dst, 'r')
	case '"', '\'', '\\':
		return append(dst, byte(r))
	}
	letter, width := byte('x'), 2
	switch {
	case r > 0xffff:
		letter, width = 'U', 8
	case r > 0xff:
		letter, width = 'u', 4
	}
	dst = append(dst, letter)
	for shift := 4 * (width - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[r>>shift&15])
	}
	return dst
}

// bareSymbol reports whether a field name needs no quotes: an Ion identifier
// that is neither a keyword nor a symbol id such as $10.
func bareSymbol(s string) bool {
	switch s {
	case "", "null", "true", "false", "nan":
		return false
	}
	allDigits := s[0] == '$' && len(s) > 1
	for i := 0; i < len(s); i++ {
		c := s[i]
		digit := c >= '0' && c <= '9'
		if (i == 0 && digit) || !digit && c != '_' && c != '$' && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
		if i > 0 && !digit {
			allDigits = false
		}
	}
	return !allDigits
}

var annotations = [...]string{SS: "$dynamodb_SS::", NS: "$dynamodb_NS::", BS: "$dynamodb_BS::", L: "", M: ""}

// AppendIon appends v as Ion text (semantics 1.6).
func AppendIon(dst []byte, v *Value, ascii bool) []byte {
	switch v.Kind {
	case Null:
		return append(dst, "null"...)
	case Bool:
		return strconv.AppendBool(dst, v.Bool)
	case N:
		return AppendIonNumber(dst, v.Num)
	case S:
		return append(appendIonText(append(dst, '"'), v.Text, '"', ascii), '"')
	case B:
		dst = append(dst, "{{"...)
		dst = base64.StdEncoding.AppendEncode(dst, []byte(v.Text))
		return append(dst, "}}"...)
	case M:
		return AppendIonFields(dst, v.Map, ascii)
	default:
		dst = append(append(dst, annotations[v.Kind]...), '[')
		for i := range v.List {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendIon(dst, &v.List[i], ascii)
		}
		return append(dst, ']')
	}
}

// AppendIonFields appends fields as an Ion struct.
func AppendIonFields(dst []byte, fields []Field, ascii bool) []byte {
	dst = append(dst, '{')
	for i := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		f := &fields[i]
		if bareSymbol(f.Name) {
			dst = append(dst, f.Name...)
		} else {
			dst = append(appendIonText(append(dst, '\''), f.Name, '\'', ascii), '\'')
		}
		dst = AppendIon(append(dst, ':'), &f.Value, ascii)
	}
	return append(dst, '}')
}

var jsonTags = [...]string{Null: "NULL", Bool: "BOOL", N: "N", S: "S", B: "B", SS: "SS", NS: "NS", BS: "BS", L: "L", M: "M"}

// AppendJSON appends v as DynamoDB JSON: an object with the type's tag as its
// only key.
func AppendJSON(dst []byte, v *Value) []byte {
	dst = append(append(append(dst, `{"`...), jsonTags[v.Kind]...), `":`...)
	switch v.Kind {
	case Null:
		dst = append(dst, "true"...)
	case Bool:
		dst = strconv.AppendBool(dst, v.Bool)
	case M:
		dst = AppendJSONFields(dst, v.Map)
	case SS, NS, BS, L:
		dst = append(dst, '[')
		for i := range v.List {
			if i > 0 {
				dst = append(dst, ',')
			}
			if v.Kind == L {
				dst = AppendJSON(dst, &v.List[i])
			} else {
				dst = appendJSONScalar(dst, &v.List[i])
			}
		}
		dst = append(dst, ']')
	default:
		dst = appendJSONScalar(dst, v)
	}
	return append(dst, '}')
}

func appendJSONScalar(dst []byte, v *Value) []byte {
	switch v.Kind {
	case N:
		return append(AppendPlainNumber(append(dst, '"'), v.Num), '"')
	case B:
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), []byte(v.Text)), '"')
	default:
		return appendJSONString(dst, v.Text)
	}
}

// AppendJSONFields appends fields as a JSON object of tagged values.
func AppendJSONFields(dst []byte, fields []Field) []byte {
	dst = append(dst, '{')
	for i := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSONString(dst, fields[i].Name)
		dst = AppendJSON(append(dst, ':'), &fields[i].Value)
	}
	return append(dst, '}')
}

// AppendFlat appends v as plain JSON: numbers as numbers with all their digits,
// sets as arrays, binary values in base64.
func AppendFlat(dst []byte, v *Value) []byte {
	switch v.Kind {
	case Null:
		return append(dst, "null"...)
	case Bool:
		return strconv.AppendBool(dst, v.Bool)
	case N:
		return AppendPlainNumber(dst, v.Num)
	case M:
		return AppendFlatFields(dst, v.Map)
	case SS, NS, BS, L:
		dst = append(dst, '[')
		for i := range v.List {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendFlat(dst, &v.List[i])
		}
		return append(dst, ']')
	default:
		return appendJSONScalar(dst, v)
	}
}

// AppendFlatFields appends fields as a plain JSON object.
func AppendFlatFields(dst []byte, fields []Field) []byte {
	dst = append(dst, '{')
	for i := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSONString(dst, fields[i].Name)
		dst = AppendFlat(append(dst, ':'), &fields[i].Value)
	}
	return append(dst, '}')
}

func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	plain := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(append(dst, s[plain:i]...), '\\')
		plain = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, c)
		case '\n':
			dst = append(dst, 'n')
		case '\r':
			dst = append(dst, 'r')
		case '\t':
			dst = append(dst, 't')
		case '\b':
			dst = append(dst, 'b')
		case '\f':
			dst = append(dst, 'f')
		default:
			dst = append(dst, 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(dst, s[plain:]...), '"')
}

// itemSize is the item's size by DynamoDB's rules, roughly: names and values in
// UTF-8 bytes, about one byte for two digits of a number, one for null and
// boolean, three of overhead for a collection. It feeds billedSizeBytes.
func itemSize(fields []Field) int64 {
	var n int64
	for i := range fields {
		n += int64(len(fields[i].Name)) + valueSize(&fields[i].Value)
	}
	return n
}

func valueSize(v *Value) int64 {
	switch v.Kind {
	case Null, Bool:
		return 1
	case N:
		var buf [64]byte
		d, _ := v.Num.normal(buf[:])
		return int64(len(d)+1)/2 + 1
	case S, B:
		return int64(len(v.Text))
	case M:
		return 3 + itemSize(v.Map)
	default:
		n := int64(3)
		for i := range v.List {
			n += valueSize(&v.List[i])
		}
		return n
	}
}
