package expr

// JSON text as Trino reads and writes it (Jackson's parser and generator): a
// scanner that stops where it has what was asked for, a tree of values, and the
// text of a tree.

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonKind is the kind of a JSON value; numbers with a point or an exponent are
// told apart from those without, as Jackson's tokens do.
type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonTrue
	jsonFalse
	jsonInt
	jsonFloat
	jsonString
	jsonArray
	jsonObject
	jsonEnd // no value: the end of an array or of the text where one was looked for
)

// jsonValue is a value: text of a number as written or of a string unescaped,
// elements, and the keys of an object in the order of the text. A broken one is
// what was read of an array or object before the text stopped being JSON.
type jsonValue struct {
	kind   jsonKind
	broken bool
	text   string
	keys   []string
	kids   []*jsonValue
}

var errJSON = errors.New("not JSON")

// maxJSONDepth is Jackson's limit on nesting (StreamReadConstraints).
const maxJSONDepth = 1000

// jsonText is JSON being read: s from i on.
type jsonText struct {
	s string
	i int
}

// skipBlanks moves to the next significant byte and returns it; 0 at the end.
func (p *jsonText) skipBlanks() byte {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; c {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return c
		}
	}
	return 0
}

func (p *jsonText) atEnd() bool { return p.skipBlanks() == 0 && p.i >= len(p.s) }

// parseJSON reads one value that is all of s.
func parseJSON(s string) (*jsonValue, error) {
	p := &jsonText{s: s}
	v, err := p.value(0)
	if err == nil && !p.atEnd() {
		err = errJSON
	}
	return v, err
}

// value reads the value that starts here. Of an array or object that is broken it
// returns what it has read, of anything else nil.
func (p *jsonText) value(depth int) (*jsonValue, error) {
	if depth > maxJSONDepth {
		return nil, errJSON
	}
	switch c := p.skipBlanks(); c {
	case '"':
		s, err := p.str()
		if err != nil {
			return nil, err
		}
		return &jsonValue{kind: jsonString, text: s}, nil
	case '[', '{':
		v := &jsonValue{kind: jsonArray}
		if c == '{' {
			v.kind = jsonObject
		}
		err := p.members(c, func(key string, _ int) error {
			kid, err := p.value(depth + 1)
			if kid != nil {
				if c == '{' {
					v.keys = append(v.keys, key)
				}
				v.kids = append(v.kids, kid)
			}
			return err
		})
		v.broken = err != nil
		return v, err
	}
	return p.scalar()
}

// members goes through the array or object that starts here; each reads the
// value where p stands, or returns an error that ends it.
func (p *jsonText) members(open byte, each func(key string, n int) error) error {
	p.i++
	end := byte(']')
	if open == '{' {
		end = '}'
	}
	if p.skipBlanks() == end {
		p.i++
		return nil
	}
	for n := 0; ; n++ {
		key := ""
		if open == '{' {
			if p.skipBlanks() != '"' {
				return errJSON
			}
			var err error
			if key, err = p.str(); err != nil {
				return err
			}
			if p.skipBlanks() != ':' {
				return errJSON
			}
			p.i++
		}
		if err := each(key, n); err != nil {
			return err
		}
		switch p.skipBlanks() {
		case ',':
			p.i++
		case end:
			p.i++
			return nil
		default:
			return errJSON
		}
	}
}

// scalar reads a word or a number. What follows must end it.
func (p *jsonText) scalar() (*jsonValue, error) {
	from := p.i
	for p.i < len(p.s) && strings.IndexByte(" \t\n\r,]}:[{\"", p.s[p.i]) < 0 {
		p.i++
	}
	w := p.s[from:p.i]
	switch w {
	case "null":
		return &jsonValue{kind: jsonNull, text: w}, nil
	case "true":
		return &jsonValue{kind: jsonTrue, text: w}, nil
	case "false":
		return &jsonValue{kind: jsonFalse, text: w}, nil
	}
	kind, ok := jsonNumber(w)
	if !ok {
		return nil, errJSON
	}
	return &jsonValue{kind: kind, text: w}, nil
}

// jsonNumber checks the grammar of a number.
func jsonNumber(w string) (jsonKind, bool) {
	w = strings.TrimPrefix(w, "-")
	digits := func() bool {
		n := 0
		for n < len(w) && w[n] >= '0' && w[n] <= '9' {
			n++
		}
		w = w[n:]
		return n > 0
	}
	if strings.HasPrefix(w, "0") && len(w) > 1 && w[1] >= '0' && w[1] <= '9' || !digits() {
		return 0, false
	}
	kind := jsonInt
	if strings.HasPrefix(w, ".") {
		w, kind = w[1:], jsonFloat
		if !digits() {
			return 0, false
		}
	}
	if strings.HasPrefix(w, "e") || strings.HasPrefix(w, "E") {
		w, kind = w[1:], jsonFloat
		if w != "" && (w[0] == '+' || w[0] == '-') {
			w = w[1:]
		}
		if !digits() {
			return 0, false
		}
	}
	return kind, w == ""
}

// str reads a string and returns it unescaped.
func (p *jsonText) str() (string, error) {
	p.i++
	from := p.i
	for ; p.i < len(p.s); p.i++ {
		switch c := p.s[p.i]; {
		case c == '"':
			p.i++
			return p.s[from : p.i-1], nil
		case c == '\\':
			return p.escaped(p.s[from:p.i])
		case c < ' ':
			return "", errJSON
		}
	}
	return "", errJSON
}

// escaped reads the rest of a string that has escapes.
func (p *jsonText) escaped(start string) (string, error) {
	b := []byte(start)
	for p.i < len(p.s) {
		c := p.s[p.i]
		p.i++
		switch {
		case c == '"':
			return string(b), nil
		case c < ' ':
			return "", errJSON
		case c != '\\':
			b = append(b, c)
			continue
		}
		if p.i >= len(p.s) {
			return "", errJSON
		}
		c = p.s[p.i]
		p.i++
		if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 {
			b = append(b, "\"\\/\b\f\n\r\t"[at])
			continue
		}
		if c != 'u' {
			return "", errJSON
		}
		r, ok := p.hex4()
		if !ok {
			return "", errJSON
		}
		if utf16.IsSurrogate(r) && strings.HasPrefix(p.s[p.i:], `\u`) {
			back := p.i
			p.i += 2
			low, ok := p.hex4()
			if !ok {
				return "", errJSON
			}
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				r = both
			} else {
				p.i = back
			}
		}
		if utf16.IsSurrogate(r) {
			r = '?' // what Java's UTF-8 encoder writes for a lone half
		}
		b = utf8.AppendRune(b, r)
	}
	return "", errJSON
}

func (p *jsonText) hex4() (rune, bool) {
	if len(p.s)-p.i < 4 {
		return 0, false
	}
	x, err := strconv.ParseUint(p.s[p.i:p.i+4], 16, 16)
	p.i += 4
	return rune(x), err == nil
}

// appendJSONString writes a string as Jackson does: quotes, backslashes and
// control characters escaped, all else as it is.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		if at := strings.IndexByte("\"\\\b\f\n\r\t", c); at >= 0 {
			b = append(b, '\\', `"\bfnrt`[at])
			continue
		}
		const digits = "0123456789ABCDEF"
		b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
	}
	return append(append(b, s[from:]...), '"')
}

// appendJSONFloat writes a double or (bits 32) a real; what is no number goes
// between quotes.
func appendJSONFloat(b []byte, x float64, bits int) []byte {
	s := javaFloat(x, bits)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return appendJSONString(b, s)
	}
	return append(b, s...)
}

// jsonOrder is how the members of objects are written.
type jsonOrder uint8

const (
	asWritten  jsonOrder = iota // all of them
	bySpelling                  // sorted; of equal keys the last counts: the form that json_parse makes
	onceEach                    // each key where it stood first, with its last value: Jackson's tree
)

// append writes v. Numbers with a point or an exponent become doubles.
func (v *jsonValue) append(b []byte, sorted jsonOrder) []byte {
	switch v.kind {
	case jsonInt:
		if v.text == "-0" {
			return append(b, '0')
		}
		return append(b, v.text...)
	case jsonFloat:
		return appendJSONFloat(b, v.float(), 64)
	case jsonString:
		return appendJSONString(b, v.text)
	case jsonArray:
		b = append(b, '[')
		for k, e := range v.kids {
			if k > 0 {
				b = append(b, ',')
			}
			b = e.append(b, sorted)
		}
		return append(b, ']')
	case jsonObject:
		b = append(b, '{')
		for n, k := range v.order(sorted) {
			if n > 0 {
				b = append(b, ',')
			}
			b = append(appendJSONString(b, v.keys[k]), ':')
			b = v.kids[k].append(b, sorted)
		}
		return append(b, '}')
	}
	return append(b, v.text...)
}

// order lists the members to write, in order.
func (v *jsonValue) order(by jsonOrder) []int {
	idx := make([]int, 0, len(v.keys))
	if by == asWritten {
		for k := range v.keys {
			idx = append(idx, k)
		}
		return idx
	}
	at := make(map[string]int, len(v.keys))
	for k, key := range v.keys {
		if n, again := at[key]; again {
			idx[n] = k
			continue
		}
		at[key] = len(idx)
		idx = append(idx, k)
	}
	if by == bySpelling {
		slices.SortFunc(idx, func(x, y int) int { return compareUTF16(v.keys[x], v.keys[y]) })
	}
	return idx
}

// compareUTF16 is Java's String.compareTo, which orders by UTF-16 units.
func compareUTF16(a, b string) int {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			if (x > 0xFFFF) != (y > 0xFFFF) { // a half of a pair is below U+E000
				if x > 0xFFFF {
					x, _ = utf16.EncodeRune(x)
				} else {
					y, _ = utf16.EncodeRune(y)
				}
			}
			return int(x) - int(y)
		}
		a, b = a[n:], b[m:]
	}
	return len(a) - len(b)
}

// float is the value of a number as a double.
func (v *jsonValue) float() float64 {
	x, _ := strconv.ParseFloat(v.text, 64) // out of range: an infinity, as in Java
	return x
}
