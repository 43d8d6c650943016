package ion

// Consume and what it is made of: the whole grammar, checked strictly.

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// text is a slice to scan and whether it is all there is.
type text struct {
	b     []byte
	final bool
	maxID int64 // the largest symbol id that is defined; 0 means the system's
}

// end is the error for a slice that ends inside something.
func (t text) end(at int, what string) error {
	if !t.final {
		return ErrIncomplete
	}
	return syntax(at, "unexpected end of input in %s", what)
}

// SkipSpace returns the offset of the next byte at or behind i that is neither
// white space nor comment, or len(b). ErrIncomplete tells that the slice ends
// inside a comment, or where one might begin.
func SkipSpace(b []byte, i int, final bool) (int, error) {
	for i < len(b) {
		c := b[i]
		if is(c, clSpace) {
			i++
			continue
		}
		if c != '/' {
			return i, nil
		}
		if i+1 >= len(b) {
			if final {
				return i, nil
			}
			return i, ErrIncomplete
		}
		switch b[i+1] {
		case '/':
			n := bytes.IndexAny(b[i:], "\r\n")
			if n < 0 {
				if !final {
					return i, ErrIncomplete
				}
				return len(b), nil
			}
			i += n + 1
		case '*':
			n := bytes.Index(b[i+2:], []byte("*/"))
			if n < 0 {
				if !final {
					return i, ErrIncomplete
				}
				return i, syntax(i, "unexpected end of input in comment")
			}
			i += 2 + n + 2
		default:
			return i, nil
		}
	}
	return i, nil
}

// Consume checks the value that begins at b[i], annotations first, and returns
// the offset behind it. b[i] must not be white space or comment.
func Consume(b []byte, i int, final bool) (int, error) {
	var few [64]byte
	return text{b: b, final: final}.value(i, few[:0])
}

// ConsumeWith is Consume for text in which s is the symbol table in force.
func ConsumeWith(b []byte, i int, final bool, s *Symbols) (int, error) {
	var few [64]byte
	return text{b: b, final: final, maxID: s.MaxID()}.value(i, few[:0])
}

// value checks one value. stack holds the closing brackets that are open.
func (t text) value(i int, stack []byte) (int, error) {
	b := t.b
	var err error
	annotated := false // an annotation was read, its value must follow
	for {
		// Here a value must begin at b[i], or an operator in an s-expression.
		if i >= len(b) {
			return i, t.end(i, "value")
		}
		inSexp := len(stack) > 0 && stack[len(stack)-1] == ')'
		c := b[i]
		opened := false
		switch {
		case c == '{' || c == '[' || c == '(':
			if c == '{' {
				if i+1 >= len(b) {
					return i, t.end(i, "struct")
				}
				if b[i+1] == '{' {
					if i, _, err = t.lob(i); err != nil {
						return i, err
					}
					break
				}
			}
			if len(stack) >= MaxDepth {
				return i, syntax(i, "values are nested deeper than %d levels", MaxDepth)
			}
			stack = append(stack, closerOf(c))
			opened = true
			i++
		case c == '"':
			if i, err = t.quoted(i, '"'); err != nil {
				return i, err
			}
		case c == '\'':
			if i+2 >= len(b) && !t.final {
				return i, ErrIncomplete
			}
			if i+2 < len(b) && b[i+1] == '\'' && b[i+2] == '\'' {
				if i, err = t.long(i); err != nil {
					return i, err
				}
				break
			}
			if i, err = t.quoted(i, '\''); err != nil {
				return i, err
			}
			if next, ok, err := t.annotation(i); err != nil {
				return i, err
			} else if ok {
				i, annotated = next, true
				continue
			}
		case is(c, clDigit) || c == '-' && i+1 < len(b) && (is(b[i+1], clDigit) || !inSexp && b[i+1] == '_') || (c == '-' || c == '+') && t.isInf(i):
			if i, _, err = t.number(i); err != nil {
				return i, err
			}
		case (c == '-' || c == '+') && i+4 >= len(b) && !t.final:
			return i, ErrIncomplete
		case is(c, clIDStart):
			end, _, keyword, err := t.word(i)
			if err != nil {
				return i, err
			}
			if !keyword {
				if err := t.checkSymbolID(b[i:end], i); err != nil {
					return i, err
				}
			}
			next, ok, err := t.annotation(end)
			if err != nil {
				return i, err
			}
			if ok {
				if keyword {
					return i, syntax(i, "keyword %s cannot be an annotation", b[i:end])
				}
				i, annotated = next, true
				continue
			}
			i = end
		case inSexp && is(c, clOper):
			for i < len(b) && is(b[i], clOper) {
				if b[i] == '/' && i+1 < len(b) && (b[i+1] == '/' || b[i+1] == '*') {
					break // a comment begins here
				}
				i++
			}
			if i >= len(b) {
				return i, t.end(i, "s-expression")
			}
		default:
			return i, t.unexpected(i, annotated)
		}
		annotated = false

		// Here a value ended, or a container was opened. Find the next value, closing
		// containers on the way.
		needSep := !opened // a comma must come before the next value of a list or struct
		for {
			if len(stack) == 0 {
				return i, nil
			}
			if i, err = SkipSpace(b, i, t.final); err != nil {
				return i, err
			}
			if i >= len(b) {
				return i, t.end(i, containerOf(stack[len(stack)-1]))
			}
			top := stack[len(stack)-1]
			if b[i] == top {
				stack = stack[:len(stack)-1]
				i++
				needSep = true
				continue
			}
			if top == ')' {
				break
			}
			if needSep {
				if b[i] != ',' {
					return i, syntax(i, "%s where , or %c was expected in a %s", show(b, i), top, containerOf(top))
				}
				if i, err = SkipSpace(b, i+1, t.final); err != nil {
					return i, err
				}
				if i >= len(b) {
					return i, t.end(i, containerOf(top))
				}
				needSep = false
				if b[i] == top { // a comma may come before the closing bracket
					continue
				}
			}
			if top == '}' {
				if i, err = t.fieldName(i); err != nil {
					return i, err
				}
			}
			break
		}
	}
}

func closerOf(c byte) byte {
	switch c {
	case '{':
		return '}'
	case '[':
		return ']'
	}
	return ')'
}

func containerOf(closer byte) string {
	switch closer {
	case '}':
		return "struct"
	case ']':
		return "list"
	}
	return "s-expression"
}

func (t text) unexpected(i int, annotated bool) error {
	if annotated {
		return syntax(i, "%s where a value was expected after an annotation", show(t.b, i))
	}
	if c := t.b[i]; c == '-' || c == '+' {
		return syntax(i, "%s does not begin a number", show(t.b, i))
	}
	return syntax(i, "%s where a value was expected", show(t.b, i))
}

// show names the byte or character at b[i] in messages.
func show(b []byte, i int) string {
	if i >= len(b) {
		return "end of input"
	}
	r, n := utf8.DecodeRune(b[i:])
	if r == utf8.RuneError && n <= 1 || r < ' ' || r == 0x7f {
		const hex = "0123456789abcdef"
		return "byte 0x" + string([]byte{hex[b[i]>>4], hex[b[i]&15]})
	}
	return "'" + string(r) + "'"
}

// annotation looks behind a symbol that ends at i for "::" and returns the
// offset of what follows it.
func (t text) annotation(i int) (next int, ok bool, err error) {
	b := t.b
	if i < len(b) && b[i] != ':' && !is(b[i], clSpace) && b[i] != '/' {
		return i, false, nil
	}
	j, err := SkipSpace(b, i, t.final)
	if err != nil {
		if errors.Is(err, ErrIncomplete) {
			return i, false, err
		}
		return i, false, nil // the comment's own error comes up when it is read
	}
	if j+1 >= len(b) {
		if !t.final && (j >= len(b) || b[j] == ':') {
			return i, false, ErrIncomplete
		}
		return i, false, nil
	}
	if b[j] != ':' || b[j+1] != ':' {
		return i, false, nil
	}
	j, err = SkipSpace(b, j+2, t.final)
	if err != nil {
		return i, false, err
	}
	if j >= len(b) {
		return i, false, t.end(j, "annotation")
	}
	return j, true, nil
}

// fieldName checks the field name at i and its colon, and returns the offset of
// the value.
func (t text) fieldName(i int) (int, error) {
	b := t.b
	var err error
	at := i
	switch c := b[i]; {
	case c == '"':
		i, err = t.quoted(i, '"')
	case c == '\'':
		if i+2 >= len(b) && !t.final {
			return i, ErrIncomplete
		}
		if i+2 < len(b) && b[i+1] == '\'' && b[i+2] == '\'' {
			i, err = t.long(i)
		} else {
			i, err = t.quoted(i, '\'')
		}
	case is(c, clIDStart):
		end, _, keyword, werr := t.word(i)
		if werr != nil {
			return i, werr
		}
		if keyword {
			return i, syntax(i, "keyword %s cannot be a field name", b[i:end])
		}
		if err := t.checkSymbolID(b[i:end], i); err != nil {
			return i, err
		}
		i = end
	default:
		return i, syntax(i, "%s where a field name was expected", show(b, i))
	}
	if err != nil {
		return i, err
	}
	if i, err = SkipSpace(b, i, t.final); err != nil {
		return i, err
	}
	if i >= len(b) {
		return i, t.end(i, "struct")
	}
	if b[i] != ':' {
		return i, syntax(i, "%s where : was expected after field name %s", show(b, i), bytes.TrimSpace(b[at:i]))
	}
	if i+1 >= len(b) {
		return i, t.end(i, "struct")
	}
	if b[i+1] == ':' {
		return i, syntax(i, "a field name cannot have annotations")
	}
	if i, err = SkipSpace(b, i+1, t.final); err != nil {
		return i, err
	}
	if i >= len(b) {
		return i, t.end(i, "struct")
	}
	return i, nil
}

// kindWords are the words behind "null.".
var kindWords = map[string]Kind{
	"null": Null, "bool": Bool, "int": Int, "float": Float, "decimal": Decimal, "timestamp": Timestamp, "symbol": Symbol,
	"string": String, "clob": Clob, "blob": Blob, "list": List, "sexp": Sexp, "struct": Struct,
}

// word checks the unquoted symbol or keyword at i. kind is what a keyword
// stands for: Bool, Float (nan), or the type of a null.
func (t text) word(i int) (end int, kind Kind, keyword bool, err error) {
	b := t.b
	end = i + 1
	for end < len(b) && is(b[end], clIDPart) {
		end++
	}
	if end >= len(b) && !t.final {
		return end, 0, false, ErrIncomplete
	}
	switch string(b[i:end]) {
	case "true", "false":
		return end, Bool, true, nil
	case "nan":
		return end, Float, true, nil
	case "null":
		if end < len(b) && b[end] == '.' {
			j := end + 1
			for j < len(b) && is(b[j], clIDPart) {
				j++
			}
			if j >= len(b) && !t.final {
				return end, 0, false, ErrIncomplete
			}
			k, ok := kindWords[string(b[end+1:j])]
			if !ok {
				return end, 0, false, syntax(i, "null.%s is no type of null", b[end+1:j])
			}
			return j, k, true, nil
		}
		return end, Null, true, nil
	}
	return end, Symbol, false, nil
}

// isInf tells whether +inf or -inf is at i, with a stop behind it.
func (t text) isInf(i int) bool {
	b := t.b
	return len(b)-i >= 4 && string(b[i+1:i+4]) == "inf" && (len(b)-i == 4 || t.stopAt(i+4))
}

// stopAt tells whether a number may end before i.
func (t text) stopAt(i int) bool {
	b := t.b
	if i >= len(b) {
		return true
	}
	return is(b[i], clStop) || b[i] == '/' && i+1 < len(b) && (b[i+1] == '/' || b[i+1] == '*')
}

// number checks the number or timestamp at i.
func (t text) number(i int) (end int, kind Kind, err error) {
	b := t.b
	at := i
	if !t.final {
		// A number that touches the end of the slice may go on behind it.
		for i < len(b) && (is(b[i], clIDPart) || b[i] == '.' || b[i] == ':' || b[i] == '+' || b[i] == '-') {
			i++
		}
		if i+1 >= len(b) {
			return at, 0, ErrIncomplete
		}
	}
	end, kind, msg := scanNumber(b, at)
	if msg != "" {
		return end, 0, syntax(at, "%s: %s", msg, clip(b[at:]))
	}
	if !t.stopAt(end) {
		return end, 0, syntax(at, "%s behind a %s: %s", show(b, end), kind.Word(), clip(b[at:]))
	}
	return end, kind, nil
}

// clip shortens the token at the beginning of b for a message. It sees no more
// than what number waits for, so the message does not depend on the window.
func clip(b []byte) string {
	n := 0
	for n < len(b) && n < 40 && (is(b[n], clIDPart) || b[n] == '.' || b[n] == ':' || b[n] == '+' || b[n] == '-' || b[n] == '\\') {
		n++
	}
	return string(b[:n])
}

// maxRadix bounds the digits of a hexadecimal or binary int: to print it in
// decimal takes more than linear time.
const maxRadix = 1 << 16

// scanNumber finds the end of the number or timestamp at i. msg is not empty
// where it is malformed.
func scanNumber(b []byte, i int) (end int, kind Kind, msg string) {
	at := i
	if b[i] == '+' || b[i] == '-' && i+1 < len(b) && b[i+1] == 'i' {
		return i + 4, Float, "" // isInf said so
	}
	if b[i] == '-' {
		i++
	}
	digits := i
	if i+1 < len(b) && b[i] == '0' && (b[i+1]|0x20 == 'x' || b[i+1]|0x20 == 'b') {
		hex := b[i+1]|0x20 == 'x'
		i += 2
		for first := true; ; first = false {
			j := i
			for j < len(b) && (hex && is(b[j], clHex) || !hex && (b[j] == '0' || b[j] == '1')) {
				j++
			}
			if j == i {
				if first {
					return i, Int, "digits are missing in an int"
				}
				return i, Int, "an underscore must stand between two digits"
			}
			if i = j; i-digits > maxRadix {
				return i, Int, "an int of more than 65536 digits must be decimal"
			}
			if i >= len(b) || b[i] != '_' {
				return i, Int, ""
			}
			i++
		}
	}
	i, under, ok := scanDigits(b, i)
	if !ok {
		return i, Int, "an underscore must stand between two digits"
	}
	if i == digits {
		return i, Int, "digits are missing in a number"
	}
	if i-digits == 4 && i < len(b) && (b[i] == '-' || b[i] == 'T') && digits == at && !under {
		return scanTimestamp(b, at)
	}
	if b[digits] == '0' && i-digits > 1 {
		return i, Int, "a number cannot have leading zeros"
	}
	kind = Int
	if i < len(b) && b[i] == '.' {
		kind = Decimal
		i++
		if i < len(b) && is(b[i], clDigit) {
			if i, _, ok = scanDigits(b, i); !ok {
				return i, kind, "an underscore must stand between two digits"
			}
		}
	}
	if i < len(b) {
		switch b[i] {
		case 'e', 'E':
			kind = Float
		case 'd', 'D':
			kind = Decimal
		default:
			return i, kind, ""
		}
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		exp := i
		for i < len(b) && is(b[i], clDigit) {
			i++
		}
		if i == exp {
			return i, kind, "digits are missing in an exponent"
		}
	}
	return i, kind, ""
}

// scanDigits passes digits with single underscores between them.
func scanDigits(b []byte, i int) (end int, underscores, ok bool) {
	for {
		for i < len(b) && is(b[i], clDigit) {
			i++
		}
		if i >= len(b) || b[i] != '_' {
			return i, underscores, true
		}
		underscores = true
		if i == 0 || !is(b[i-1], clDigit) || i+1 < len(b) && !is(b[i+1], clDigit) {
			return i, true, false
		}
		i++
		if i >= len(b) {
			return i, true, false
		}
	}
}

// quoted checks the string or symbol in quotes at i.
func (t text) quoted(i int, quote byte) (int, error) {
	at := i
	what := "string"
	if quote == '\'' {
		what = "symbol"
	}
	i++
	for {
		i = plainRun(t.b, i, quote)
		if i >= len(t.b) {
			if t.final {
				return i, syntax(at, "%s is not closed", what)
			}
			return i, ErrIncomplete
		}
		switch c := t.b[i]; {
		case c == quote:
			return i + 1, nil
		case c == '\\':
			n, err := t.escape(i, false)
			if err != nil {
				return i, err
			}
			i += n
		case c == '\n' || c == '\r':
			return i, syntax(at, "%s is not closed on its line", what)
		case c < ' ':
			return i, syntax(i, "control character %s in a %s", show(t.b, i), what)
		default: // not ASCII
			n, err := t.rune(i)
			if err != nil {
				return i, err
			}
			i += n
		}
	}
}

// plainRun returns the offset of the next byte that needs a look: the quote, a
// backslash, a control character, or a byte that is not ASCII.
func plainRun(b []byte, i int, quote byte) int {
	for i < len(b) {
		c := b[i]
		if c == quote || c == '\\' || c >= utf8.RuneSelf || c < ' ' && c != '\t' && c != '\v' && c != '\f' {
			return i
		}
		i++
	}
	return i
}

// rune checks the UTF-8 sequence at i.
func (t text) rune(i int) (int, error) {
	r, n := utf8.DecodeRune(t.b[i:])
	if r == utf8.RuneError && n <= 1 {
		if !t.final && !utf8.FullRune(t.b[i:]) {
			return 0, ErrIncomplete
		}
		return 0, syntax(i, "text is not UTF-8: byte 0x%02x", t.b[i])
	}
	return n, nil
}

// long checks the long string at i, with the segments that continue it.
func (t text) long(i int) (int, error) {
	b := t.b
	for {
		at := i
		i += 3
	segment:
		for {
			i = plainRun(b, i, '\'')
			if i >= len(b) {
				if t.final {
					return i, syntax(at, "long string is not closed")
				}
				return i, ErrIncomplete
			}
			switch c := b[i]; {
			case c == '\'':
				if i+2 >= len(b) {
					if !t.final {
						return i, ErrIncomplete
					}
					i++
					continue
				}
				if b[i+1] == '\'' && b[i+2] == '\'' {
					i += 3
					break segment
				}
				i++
			case c == '\\':
				n, err := t.escape(i, false)
				if err != nil {
					return i, err
				}
				i += n
			case c == '\n' || c == '\r':
				i++
			case c < ' ':
				return i, syntax(i, "control character %s in a string", show(b, i))
			default:
				n, err := t.rune(i)
				if err != nil {
					return i, err
				}
				i += n
			}
		}
		next, err := SkipSpace(b, i, t.final)
		if errors.Is(err, ErrIncomplete) {
			return i, err
		}
		if err != nil {
			return i, nil // the comment's own error comes up when it is read
		}
		if next+2 >= len(b) && !t.final {
			if next >= len(b) || b[next] == '\'' {
				return i, ErrIncomplete
			}
		}
		if next+2 < len(b) && string(b[next:next+3]) == "'''" {
			i = next
			continue
		}
		return i, nil
	}
}

// escape checks the escape sequence at i (a backslash) and returns its length. A
// pair of surrogates counts as one sequence.
func (t text) escape(i int, clob bool) (int, error) {
	b := t.b
	n, _, ok := scanEscape(b, i)
	if !ok {
		if !t.final && len(b)-i < 12 {
			return 0, ErrIncomplete
		}
		if i+1 >= len(b) {
			return 0, syntax(i, "unexpected end of input in an escape sequence")
		}
		if b[i+1] == 'u' || b[i+1] == 'U' || b[i+1] == 'x' {
			return 0, syntax(i, "malformed escape sequence %s", clip(b[i:min(len(b), i+10)]))
		}
		return 0, syntax(i, "unknown escape sequence \\%s", show(b, i+1))
	}
	if clob && (b[i+1] == 'u' || b[i+1] == 'U') {
		return 0, syntax(i, "a clob cannot have Unicode escape sequences")
	}
	if b[i+1] == '\r' && i+2 >= len(b) && !t.final {
		return 0, ErrIncomplete
	}
	return n, nil
}

// scanEscape decodes the escape sequence at b[i]: its length, and the character
// it stands for, or -1 for an escaped end of line, which stands for nothing.
func scanEscape(b []byte, i int) (n int, r rune, ok bool) {
	if i+1 >= len(b) {
		return 0, 0, false
	}
	switch c := b[i+1]; c {
	case '0':
		return 2, 0, true
	case 'a':
		return 2, '\a', true
	case 'b':
		return 2, '\b', true
	case 't':
		return 2, '\t', true
	case 'n':
		return 2, '\n', true
	case 'f':
		return 2, '\f', true
	case 'r':
		return 2, '\r', true
	case 'v':
		return 2, '\v', true
	case '"', '\'', '?', '/', '\\':
		return 2, rune(c), true
	case '\n':
		return 2, -1, true
	case '\r':
		if i+2 < len(b) && b[i+2] == '\n' {
			return 3, -1, true
		}
		return 2, -1, true
	case 'x':
		v, ok := hexDigits(b, i+2, 2)
		return 4, v, ok
	case 'U':
		v, ok := hexDigits(b, i+2, 8)
		return 10, v, ok && v <= utf8.MaxRune && v>>11 != 0xD800>>11
	case 'u':
		v, ok := hexDigits(b, i+2, 4)
		if !ok || v>>11 != 0xD800>>11 {
			return 6, v, ok
		}
		// A surrogate: only a high one with a low one behind it makes a character.
		if v>>10 != 0xD800>>10 || i+7 >= len(b) || b[i+6] != '\\' || b[i+7] != 'u' {
			return 0, 0, false
		}
		low, ok := hexDigits(b, i+8, 4)
		if !ok || low>>10 != 0xDC00>>10 {
			return 0, 0, false
		}
		return 12, 0x10000 + (v-0xD800)<<10 + (low - 0xDC00), true
	}
	return 0, 0, false
}

func hexDigits(b []byte, i, n int) (v rune, ok bool) {
	if i+n > len(b) {
		return 0, false
	}
	for _, c := range b[i : i+n] {
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			v = v<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return v, v >= 0
}

// lob checks the blob or clob at i.
func (t text) lob(i int) (end int, kind Kind, err error) {
	b := t.b
	at := i
	i = lobSpace(b, i+2)
	if i >= len(b) {
		return i, Blob, t.end(at, "lob")
	}
	if b[i] == '"' || b[i] == '\'' {
		return t.clob(i, at)
	}
	digits, pads := 0, 0
	for {
		if i >= len(b) {
			return i, Blob, t.end(at, "blob")
		}
		c := b[i]
		switch {
		case is(c, clSpace):
		case is(c, clBase64) && pads == 0:
			digits++
		case c == '=' && pads < 2:
			pads++
		case c == '}':
			if i+1 >= len(b) {
				return i, Blob, t.end(at, "blob")
			}
			if b[i+1] != '}' {
				return i, Blob, syntax(i, "a blob is closed by }}")
			}
			if (digits+pads)%4 != 0 || pads > 0 && digits == 0 {
				return i, Blob, syntax(at, "a blob's base64 text is cut short or wrongly padded")
			}
			return i + 2, Blob, nil
		default:
			return i, Blob, syntax(i, "%s is no base64 digit", show(b, i))
		}
		i++
	}
}

func lobSpace(b []byte, i int) int {
	for i < len(b) && is(b[i], clSpace) {
		i++
	}
	return i
}

// clob checks the text of a clob that began at at.
func (t text) clob(i, at int) (end int, kind Kind, err error) {
	b := t.b
	long := b[i] == '\''
	for {
		quote := b[i]
		n := 1
		if long {
			if i+2 >= len(b) {
				return i, Clob, t.end(at, "clob")
			}
			if string(b[i:i+3]) != "'''" {
				return i, Clob, syntax(i, "a clob holds a string or long strings")
			}
			n = 3
		}
		i += n
		for {
			if i >= len(b) {
				return i, Clob, t.end(at, "clob")
			}
			c := b[i]
			if c == quote {
				if !long {
					i++
					break
				}
				if i+2 >= len(b) {
					return i, Clob, t.end(at, "clob")
				}
				if b[i+1] == '\'' && b[i+2] == '\'' {
					i += 3
					break
				}
				i++
				continue
			}
			switch {
			case c == '\\':
				n, err := t.escape(i, true)
				if err != nil {
					return i, Clob, err
				}
				i += n
				continue
			case c > 0x7f, c < ' ' && !is(c, clSpace), !long && (c == '\n' || c == '\r'):
				return i, Clob, syntax(i, "%s in a clob", show(b, i))
			}
			i++
		}
		if i = lobSpace(b, i); i >= len(b) {
			return i, Clob, t.end(at, "clob")
		}
		if long && b[i] == '\'' {
			continue
		}
		if b[i] == '}' {
			if i+1 >= len(b) {
				return i, Clob, t.end(at, "clob")
			}
			if b[i+1] == '}' {
				return i + 2, Clob, nil
			}
		}
		return i, Clob, syntax(i, "%s where }} was expected", show(b, i))
	}
}

// systemSymbols are the texts of the symbol ids $1 to $9, which every Ion
// stream has. $0 is the symbol without text.
var systemSymbols = [10]string{
	"", "$ion", "$ion_1_0", "$ion_symbol_table", "name", "version", "imports", "symbols", "max_id", "$ion_shared_symbol_table",
}

// symbolID returns the number of a symbol written as an id ($10).
func symbolID(word []byte) (id int64, ok bool) {
	if len(word) < 2 || word[0] != '$' || !is(word[1], clDigit) {
		return 0, false
	}
	for _, c := range word[1:] {
		if !is(c, clDigit) {
			return 0, false
		}
		if id > maxSymbolID/10 {
			id = maxSymbolID + 1 // which no table defines
			continue
		}
		id = id*10 + int64(c-'0')
	}
	return id, true
}

// checkSymbolID refuses ids that no symbol table defines.
func (t text) checkSymbolID(word []byte, at int) error {
	if word[0] != '$' {
		return nil
	}
	if id, ok := symbolID(word); ok && id >= int64(len(systemSymbols)) && id > t.maxID {
		return undefined(word, at)
	}
	return nil
}

func undefined(word []byte, at int) error {
	return syntax(at, "symbol id %s is defined by no symbol table", word)
}
