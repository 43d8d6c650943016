package ion

// AppendText: a value printed as ion-java's toString prints it, which is what a
// string column shows of a value that is no text (semantics 2.3a): compact,
// symbols quoted only where they must be, and non-ASCII text escaped.

import (
	"encoding/base64"
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendText appends the text of v, annotations included.
func AppendText(dst, b []byte, v Value) []byte {
	dst, _ = appendValue(dst, b, v, false)
	return dst
}

// appendValue appends v and returns the offset behind it.
func appendValue(dst, b []byte, v Value, sexp bool) ([]byte, int) {
	for i := v.Ann; ; {
		name, next, ok := NextAnnotation(b, i, v)
		if !ok {
			break
		}
		dst = appendSymbol(dst, b[name.Start:name.End], false)
		dst = append(dst, "::"...)
		i = next
	}
	if v.Null {
		if v.Kind == Null {
			return append(dst, "null"...), v.End
		}
		dst = append(dst, "null."...)
		return append(dst, v.Kind.Word()...), v.End
	}
	var tok []byte
	if v.End >= 0 {
		tok = b[v.Start:v.End]
	}
	switch v.Kind {
	case Bool:
		dst = append(dst, tok...)
	case Int:
		dst = AppendInt(dst, tok)
	case Float:
		dst = appendFloat(dst, ParseFloat(tok))
	case Decimal:
		dst = appendDecimal(dst, tok)
	case Timestamp:
		dst = appendTimestamp(dst, tok)
	case Symbol:
		dst = appendSymbol(dst, tok, sexp)
	case String:
		var buf []byte
		s, _ := Text(tok, &buf)
		dst = append(dst, '"')
		dst = appendEscaped(dst, s, '"')
		dst = append(dst, '"')
	case Blob:
		dst = append(dst, "{{"...)
		dst = base64.StdEncoding.AppendEncode(dst, AppendLob(nil, tok, Blob))
		dst = append(dst, "}}"...)
	case Clob:
		dst = append(dst, `{{"`...)
		for _, c := range AppendLob(nil, tok, Clob) {
			dst = appendEscapedRune(dst, rune(c), '"')
		}
		dst = append(dst, `"}}`...)
	case Struct:
		dst = append(dst, '{')
		i := v.Start + 1
		for first := true; ; first = false {
			name, at, ok := NextField(b, i)
			if !ok {
				return append(dst, '}'), at
			}
			if !first {
				dst = append(dst, ',')
			}
			dst = appendSymbol(dst, b[name.Start:name.End], false)
			dst = append(dst, ':')
			dst, i = appendValue(dst, b, ValueAt(b, at, false), false)
		}
	case List, Sexp:
		open, closer, sep := byte('['), byte(']'), byte(',')
		if v.Kind == Sexp {
			open, closer, sep = '(', ')', ' '
		}
		dst = append(dst, open)
		i := v.Start + 1
		for first := true; ; first = false {
			at, ok := NextItem(b, i)
			if !ok {
				return append(dst, closer), at
			}
			if !first {
				dst = append(dst, sep)
			}
			dst, i = appendValue(dst, b, ValueAt(b, at, v.Kind == Sexp), v.Kind == Sexp)
		}
	}
	return dst, v.End
}

// appendSymbol appends a symbol, a field name or an annotation, given its token.
func appendSymbol(dst, tok []byte, sexp bool) []byte {
	var buf []byte
	s, ok := Text(tok, &buf)
	if !ok {
		return append(dst, "$0"...)
	}
	if !needsQuotes(s) || sexp && isOperator(s) {
		return append(dst, s...)
	}
	dst = append(dst, '\'')
	dst = appendEscaped(dst, s, '\'')
	return append(dst, '\'')
}

func isOperator(s []byte) bool {
	for _, c := range s {
		if !is(c, clOper) {
			return false
		}
	}
	return len(s) > 0
}

func needsQuotes(s []byte) bool {
	if len(s) == 0 || !is(s[0], clIDStart) {
		return true
	}
	for _, c := range s {
		if !is(c, clIDPart) {
			return true
		}
	}
	switch string(s) {
	case "null", "true", "false", "nan":
		return true
	}
	_, isID := symbolID(s)
	return isID
}

func appendEscaped(dst, s []byte, quote rune) []byte {
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(s[i:])
		}
		dst = appendEscapedRune(dst, r, quote)
		i += n
	}
	return dst
}

func appendEscapedRune(dst []byte, r, quote rune) []byte {
	const hex = "0123456789abcdef"
	switch {
	case r == quote || r == '\\':
		return append(dst, '\\', byte(r))
	case r >= ' ' && r < 0x7f:
		return append(dst, byte(r))
	case r < ' ':
		if c := "0------abtnvfr"; int(r) < len(c) && c[r] != '-' {
			return append(dst, '\\', c[r])
		}
		return append(dst, '\\', 'x', hex[r>>4], hex[r&15])
	case r <= 0xff:
		return append(dst, '\\', 'x', hex[r>>4], hex[r&15])
	case r <= 0xffff:
		return append(dst, '\\', 'u', hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15])
	}
	dst = append(dst, '\\', 'U')
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, hex[r>>shift&15])
	}
	return dst
}

// AppendInt appends an int of any radix in decimal digits, given its token.
func AppendInt(dst, tok []byte) []byte {
	if IsRadix(tok) {
		n, wide := ParseInt(tok)
		if wide != nil {
			return wide.Append(dst, 10)
		}
		return strconv.AppendInt(dst, n, 10)
	}
	if len(tok) == 2 && tok[0] == '-' && tok[1] == '0' {
		tok = tok[1:]
	}
	for _, c := range tok { // no arithmetic: there may be a million digits
		if c != '_' {
			dst = append(dst, c)
		}
	}
	return dst
}

// appendDecimal prints a decimal by the rule of semantics 1.7; trailing zeros
// stay.
func appendDecimal(dst, tok []byte) []byte {
	var few [48]byte
	n := ParseDecimal(tok, few[:0])
	digits := n.Digits
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	if n.Neg {
		dst = append(dst, '-')
	}
	switch adjusted := int64(len(digits)) - 1 + n.Exp; {
	case n.Exp == 0:
		dst = append(dst, digits...)
		return append(dst, '.')
	case n.Exp > 0 || adjusted < -6:
		dst = append(dst, digits...)
		dst = append(dst, 'd')
		return strconv.AppendInt(dst, n.Exp, 10)
	case adjusted >= 0:
		point := int64(len(digits)) + n.Exp
		dst = append(dst, digits[:point]...)
		dst = append(dst, '.')
		return append(dst, digits[point:]...)
	default:
		dst = append(dst, "0."...)
		for k := -n.Exp - int64(len(digits)); k > 0; k-- {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
}

// appendFloat prints a double as Java does, in Ion's form.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case f == 0:
		if math.Signbit(f) {
			dst = append(dst, '-')
		}
		return append(dst, "0e0"...)
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "+inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	if a := math.Abs(f); a >= 1e-3 && a < 1e7 {
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
		return append(dst, "e0"...)
	}
	var few [32]byte
	s := strconv.AppendFloat(few[:0], f, 'e', -1, 64) // d.ddde+xx
	e := len(s) - 1
	for s[e] != 'e' {
		e--
	}
	exp, _ := strconv.Atoi(string(s[e+1:]))
	dst = append(dst, s[:e]...)
	if e <= 2 { // one digit: Java always prints a fraction
		dst = append(dst, ".0"...)
	}
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(exp), 10)
}

// appendTimestamp prints a timestamp as it was written, but for two spellings of
// the same: a whole day without T, and the offset +00:00 as Z.
func appendTimestamp(dst, tok []byte) []byte {
	switch n := len(tok); {
	case n == len("2000-01-01T") && tok[n-1] == 'T':
		return append(dst, tok[:n-1]...)
	case n > 6 && string(tok[n-6:]) == "+00:00":
		return append(append(dst, tok[:n-6]...), 'Z')
	}
	return append(dst, tok...)
}

// AppendSymbolText appends a symbol of the given text, quoted where it must be.
func AppendSymbolText(dst []byte, s string) []byte {
	if !needsQuotes([]byte(s)) {
		return append(dst, s...)
	}
	dst = append(dst, '\'')
	dst = appendEscaped(dst, []byte(s), '\'')
	return append(dst, '\'')
}
