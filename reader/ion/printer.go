package ion

// Printer: checked values written out for people and programs: canonical Ion
// text, the same over several lines, and JSON.

import (
	"bytes"
	"encoding/base64"
	"io"
	"math"
	"strconv"
)

// Style is how a Printer writes.
type Style uint8

// The styles.
const (
	// Compact is Ion text, one value a line: text in UTF-8, symbols in quotes only
	// where they must be, ints in decimal, decimals and timestamps with the
	// precision that they have.
	Compact Style = iota
	// Pretty is Compact with a line for every field and item.
	Pretty
	// JSON is Ion's documented down-conversion, on one line: nulls of all types are
	// null, so are nan and the infinities; ints, floats and decimals are numbers
	// with all their digits; timestamps and symbols are strings, blobs too, in
	// base64; clobs are strings with \u escapes for bytes that are not ASCII;
	// s-expressions are arrays; annotations are dropped. A symbol without text is
	// "$0".
	JSON
)

// Printer writes values to an io.Writer, in pieces. Its first error stays.
type Printer struct {
	w     io.Writer
	style Style
	buf   []byte
	err   error
	text  []byte // memory for unescaped text
}

// NewPrinter returns a Printer. Flush writes what it still holds.
func NewPrinter(w io.Writer, style Style) *Printer { return &Printer{w: w, style: style} }

// Flush writes out what has been printed.
func (p *Printer) Flush() error {
	if p.err == nil && len(p.buf) > 0 {
		_, p.err = p.w.Write(p.buf)
	}
	p.buf = p.buf[:0]
	return p.err
}

// Raw prints s as it is.
func (p *Printer) Raw(s string) { p.buf = append(p.buf, s...) }

// Value prints the checked value at b[i] that v is, without an end of line.
func (p *Printer) Value(b []byte, v Value) error {
	if p.style == JSON {
		p.json(b, v)
	} else {
		p.ion(b, v, false, 0)
	}
	return p.err
}

// spill keeps the buffer small.
func (p *Printer) spill() {
	if len(p.buf) >= 64<<10 {
		_ = p.Flush() // the error stays in p
	}
}

// maxIndent bounds how far a line is indented: deep values would be mostly
// blanks.
const maxIndent = 64

// line begins a line of the pretty style.
func (p *Printer) line(depth int) {
	if p.style == Pretty {
		p.buf = append(p.buf, '\n')
		for range min(depth, maxIndent) {
			p.buf = append(p.buf, "  "...)
		}
	}
}

// ion prints a value as Ion text and returns the offset behind it.
func (p *Printer) ion(b []byte, v Value, sexp bool, depth int) int {
	p.spill()
	if p.err != nil {
		return SkipValue(b, v)
	}
	annotated := false
	for i := v.Ann; ; {
		name, next, ok := NextAnnotation(b, i, v)
		if !ok {
			break
		}
		p.symbol(b[name.Start:name.End])
		p.buf = append(p.buf, "::"...)
		i, annotated = next, true
	}
	if v.Null {
		p.Raw("null")
		if v.Kind != Null {
			p.Raw("." + v.Kind.Word())
		}
		return v.End
	}
	if v.Kind.IsContainer() {
		return p.ionContainer(b, v, depth)
	}
	switch tok := b[v.Start:v.End]; v.Kind {
	case Int:
		p.buf = AppendInt(p.buf, tok)
	case Float:
		p.buf = appendShortFloat(p.buf, ParseFloat(tok), true)
	case Decimal:
		p.buf = appendExactDecimal(p.buf, tok, 'd')
	case Timestamp:
		p.buf = appendTimestamp(p.buf, tok)
	case Symbol:
		p.text = p.text[:0]
		if s, ok := Text(tok, &p.text); ok && sexp && !annotated && isOperator(s) && !bytes.Contains(s, []byte("//")) && !bytes.Contains(s, []byte("/*")) {
			p.buf = append(p.buf, s...)
			break
		}
		p.symbol(tok)
	case String:
		p.text = p.text[:0]
		s, _ := Text(tok, &p.text)
		p.buf = append(p.buf, '"')
		p.pieces(s, func(dst, s []byte) []byte { return appendQuotedUTF8(dst, s, '"') })
		p.buf = append(p.buf, '"')
	case Blob:
		p.Raw("{{")
		p.base64(tok)
		p.Raw("}}")
	case Clob:
		p.Raw(`{{"`)
		p.text = AppendLob(p.text[:0], tok, Clob)
		p.pieces(p.text, func(dst, s []byte) []byte {
			for _, c := range s {
				dst = AppendClobByte(dst, c)
			}
			return dst
		})
		p.Raw(`"}}`)
	default:
		p.buf = append(p.buf, tok...)
	}
	return v.End
}

func (p *Printer) ionContainer(b []byte, v Value, depth int) int {
	marks := [...]string{"[,]", "( )", "{,}"}[v.Kind-List]
	p.buf = append(p.buf, marks[0])
	i := v.Start + 1
	for first := true; ; first = false {
		var name Span
		var at int
		var ok bool
		if v.Kind == Struct {
			name, at, ok = NextField(b, i)
		} else {
			at, ok = NextItem(b, i)
		}
		if !ok {
			if !first {
				p.line(depth)
			}
			p.buf = append(p.buf, marks[2])
			return at
		}
		if !first && (p.style != Pretty || v.Kind != Sexp) {
			p.buf = append(p.buf, marks[1])
		}
		p.line(depth + 1)
		if v.Kind == Struct {
			p.symbol(b[name.Start:name.End])
			p.buf = append(p.buf, ':')
			if p.style == Pretty {
				p.buf = append(p.buf, ' ')
			}
		}
		i = p.ion(b, ValueAt(b, at, v.Kind == Sexp), v.Kind == Sexp, depth+1)
	}
}

func (p *Printer) symbol(tok []byte) {
	p.text = p.text[:0]
	s, ok := Text(tok, &p.text)
	if !ok {
		p.Raw("$0")
		return
	}
	p.buf = AppendName(p.buf, s)
}

// pieces appends s with f, a piece at a time.
func (p *Printer) pieces(s []byte, f func(dst, s []byte) []byte) {
	for len(s) > 0 {
		n := min(len(s), 32<<10)
		p.buf = f(p.buf, s[:n])
		s = s[n:]
		p.spill()
	}
}

func (p *Printer) base64(tok []byte) {
	p.text = AppendLob(p.text[:0], tok, Blob)
	for s := p.text; len(s) > 0; {
		n := min(len(s), 30<<10) // a multiple of 3
		p.buf = base64.StdEncoding.AppendEncode(p.buf, s[:n])
		s = s[n:]
		p.spill()
	}
}

// json prints a value as JSON and returns the offset behind it.
func (p *Printer) json(b []byte, v Value) int {
	p.spill()
	if p.err != nil {
		return SkipValue(b, v)
	}
	if v.Null {
		p.Raw("null")
		return v.End
	}
	if v.Kind.IsContainer() {
		marks := "[]"
		if v.Kind == Struct {
			marks = "{}"
		}
		p.buf = append(p.buf, marks[0])
		i := v.Start + 1
		for first := true; ; first = false {
			var name Span
			var at int
			var ok bool
			if v.Kind == Struct {
				name, at, ok = NextField(b, i)
			} else {
				at, ok = NextItem(b, i)
			}
			if !ok {
				p.buf = append(p.buf, marks[1])
				return at
			}
			if !first {
				p.buf = append(p.buf, ',')
			}
			if v.Kind == Struct {
				p.jsonText(b[name.Start:name.End])
				p.buf = append(p.buf, ':')
			}
			i = p.json(b, ValueAt(b, at, v.Kind == Sexp))
		}
	}
	switch tok := b[v.Start:v.End]; v.Kind {
	case Bool:
		p.buf = append(p.buf, tok...)
	case Int:
		p.buf = AppendInt(p.buf, tok)
	case Float:
		if f := ParseFloat(tok); math.IsNaN(f) || math.IsInf(f, 0) {
			p.Raw("null")
		} else {
			p.buf = appendShortFloat(p.buf, f, false)
		}
	case Decimal:
		p.buf = appendExactDecimal(p.buf, tok, 'e')
	case Timestamp:
		p.buf = append(p.buf, '"')
		p.buf = append(appendTimestamp(p.buf, tok), '"')
	case Blob:
		p.buf = append(p.buf, '"')
		p.base64(tok)
		p.buf = append(p.buf, '"')
	case Clob:
		p.buf = append(p.buf, '"')
		p.text = AppendLob(p.text[:0], tok, Clob)
		p.pieces(p.text, func(dst, s []byte) []byte {
			for _, c := range s {
				dst = appendJSONByte(dst, c, c >= 0x7f)
			}
			return dst
		})
		p.buf = append(p.buf, '"')
	default:
		p.jsonText(tok)
	}
	return v.End
}

// jsonText prints a string, a symbol or a field name as a string of JSON.
func (p *Printer) jsonText(tok []byte) {
	p.text = p.text[:0]
	s, ok := Text(tok, &p.text)
	if !ok {
		s = []byte("$0")
	}
	p.buf = append(p.buf, '"')
	p.pieces(s, func(dst, s []byte) []byte {
		for _, c := range s {
			dst = appendJSONByte(dst, c, false)
		}
		return dst
	})
	p.buf = append(p.buf, '"')
}

// appendJSONByte appends a byte of text as it stands in a string of JSON.
func appendJSONByte(dst []byte, c byte, escape bool) []byte {
	const hex = "0123456789abcdef"
	switch {
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c == '\t':
		return append(dst, `\t`...)
	case c == '\b':
		return append(dst, `\b`...)
	case c == '\f':
		return append(dst, `\f`...)
	case c < ' ' || escape:
		return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
	return append(dst, c)
}

// appendShortFloat appends the shortest text of a double: 0.5, 1e21, and with an
// exponent always where it is to be a float of Ion.
func appendShortFloat(dst []byte, f float64, ion bool) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) || f == 0 && ion {
		return appendFloat(dst, f)
	}
	if a := math.Abs(f); a == 0 || a >= 1e-6 && a < 1e21 {
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
		if ion {
			dst = append(dst, "e0"...)
		}
		return dst
	}
	var few [32]byte
	for i, c := range strconv.AppendFloat(few[:0], f, 'e', -1, 64) {
		if c == '+' || c == '0' && i > 1 && (few[i-1] == '-' || few[i-1] == '+') { // e+09 is e9
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// appendExactDecimal appends a decimal with its precision: as Ion with e = 'd',
// as a number of JSON with 'e'. An exponent of any length stays as it is.
func appendExactDecimal(dst, tok []byte, e byte) []byte {
	var few [48]byte
	n := ParseDecimal(tok, few[:0])
	if n.Exp > maxExp/2 || n.Exp < -maxExp/2 {
		for i, c := range tok {
			switch {
			case c == '_':
			case c == 'd' || c == 'D':
				dst = append(dst, e)
			case c == '.' && e == 'e' && (tok[i+1]|0x20) == 'd': // 1.d5 is no JSON
			default:
				dst = append(dst, c)
			}
		}
		return dst
	}
	at := len(dst)
	dst = appendDecimal(dst, tok)
	if e == 'd' {
		return dst
	}
	if dst[len(dst)-1] == '.' {
		return dst[:len(dst)-1]
	}
	if k := bytes.IndexByte(dst[at:], 'd'); k >= 0 {
		dst[at+k] = 'e'
	}
	return dst
}
