package jsonserde

// A JSON line as a tree, in memory that the next line uses again.

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// kind tells the values of JSON apart.
type kind uint8

const (
	null kind = iota
	truth
	number // text as written
	str    // text without escapes
	array
	object
)

// node is a value. A member of an object has a key. first and next are places in
// the tree's list, 0 for none.
type node struct {
	kind        kind
	text, key   []byte
	first, next int
	size        int // children
}

// maxDepth is Jackson's limit on nesting.
const maxDepth = 1000

// tree is a parsed line. Node 0 is no node; the line's value is node 1.
type tree struct {
	nodes []node
	b     []byte
	i     int
	bytes []byte // unescaped text
	fold  func([]byte) []byte
}

// syntaxError is a line that is no JSON; At is the byte in the line.
type syntaxError struct {
	At  int
	Msg string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.Msg, e.At) }

func (t *tree) bad(format string, args ...any) error {
	return &syntaxError{t.i, fmt.Sprintf(format, args...)}
}

// parse reads the value at the start of b; what follows it is the caller's.
func (t *tree) parse(b []byte) error {
	t.nodes = append(t.nodes[:0], node{})
	t.b, t.i, t.bytes = b, 0, t.bytes[:0]
	_, err := t.value(0)
	return err
}

func (t *tree) blank() byte {
	for t.i < len(t.b) {
		switch c := t.b[t.i]; c {
		case ' ', '\t', '\r', '\n':
			t.i++
		case 0:
			return 1
		default:
			return c
		}
	}
	return 0
}

func (t *tree) value(depth int) (int, error) {
	if depth > maxDepth {
		return 0, t.bad("values are nested deeper than %d levels", maxDepth)
	}
	at := len(t.nodes)
	t.nodes = append(t.nodes, node{})
	switch c := t.blank(); c {
	case 0:
		return 0, t.bad("the line ends in the middle of a value")
	case '"':
		s, err := t.str()
		t.nodes[at].kind, t.nodes[at].text = str, s
		return at, err
	case '{', '[':
		return at, t.container(at, c, depth)
	}
	from := t.i
	for t.i < len(t.b) && bytes.IndexByte([]byte(" \t\r\n,]}:[{\""), t.b[t.i]) < 0 {
		t.i++
	}
	w := t.b[from:t.i]
	n := &t.nodes[at]
	switch string(w) {
	case "null":
	case "true", "false":
		n.kind, n.text = truth, w
	default:
		if !isNumber(w) {
			t.i = from
			return 0, t.bad("%.40q is no value", w)
		}
		n.kind, n.text = number, w
	}
	return at, nil
}

func (t *tree) container(at int, open byte, depth int) error {
	end, k := byte(']'), array
	if open == '{' {
		end, k = '}', object
	}
	t.nodes[at].kind = k
	t.i++
	last := 0
	for {
		c := t.blank()
		if c == end && (last == 0 || t.b[t.i] == end) {
			t.i++
			return nil
		}
		if last != 0 {
			if c == 0 {
				return t.bad("the line ends in the middle of a value")
			}
			if c != ',' {
				return t.bad("%q or ',' is expected", end)
			}
			t.i++
			c = t.blank()
		}
		var key []byte
		if k == object {
			if c != '"' {
				return t.bad("a name in quotes is expected")
			}
			var err error
			if key, err = t.str(); err != nil {
				return err
			}
			if t.fold != nil {
				key = t.fold(key)
			}
			if t.blank() != ':' {
				return t.bad("':' is expected")
			}
			t.i++
		}
		kid, err := t.value(depth + 1)
		if err != nil {
			return err
		}
		t.nodes[kid].key = key
		if last == 0 {
			t.nodes[at].first = kid
		} else {
			t.nodes[last].next = kid
		}
		t.nodes[at].size++
		last = kid
	}
}

// isNumber checks the grammar of numbers.
func isNumber(w []byte) bool {
	if len(w) > 0 && w[0] == '-' {
		w = w[1:]
	}
	digits := func() bool {
		n := 0
		for n < len(w) && w[n] >= '0' && w[n] <= '9' {
			n++
		}
		w = w[n:]
		return n > 0
	}
	if len(w) > 1 && w[0] == '0' && w[1] >= '0' && w[1] <= '9' || !digits() {
		return false
	}
	if len(w) > 0 && w[0] == '.' {
		if w = w[1:]; !digits() {
			return false
		}
	}
	if len(w) > 0 && w[0]|0x20 == 'e' {
		w = w[1:]
		if len(w) > 0 && (w[0] == '+' || w[0] == '-') {
			w = w[1:]
		}
		if !digits() {
			return false
		}
	}
	return len(w) == 0
}

// str takes a string.
func (t *tree) str() ([]byte, error) {
	t.i++
	from := t.i
	for ; t.i < len(t.b); t.i++ {
		switch c := t.b[t.i]; {
		case c == '"':
			t.i++
			return t.b[from : t.i-1], nil
		case c == '\\':
			return t.escaped(from)
		case c < ' ':
			return nil, t.bad("a control character stands in a string")
		}
	}
	return nil, t.bad("the line ends in the middle of a string")
}

func (t *tree) escaped(from int) ([]byte, error) {
	start := len(t.bytes)
	t.bytes = append(t.bytes, t.b[from:t.i]...)
	for t.i < len(t.b) {
		c := t.b[t.i]
		switch {
		case c == '"':
			t.i++
			return t.bytes[start:len(t.bytes):len(t.bytes)], nil
		case c < ' ':
			return nil, t.bad("a control character stands in a string")
		case c != '\\':
			t.bytes = append(t.bytes, c)
			t.i++
			continue
		}
		if t.i+1 >= len(t.b) {
			break
		}
		if at := bytes.IndexByte([]byte(`"\/bfnrt`), t.b[t.i+1]); at >= 0 {
			t.bytes = append(t.bytes, "\"\\/\b\f\n\r\t"[at])
			t.i += 2
			continue
		}
		r, ok := t.hex4(t.i)
		if !ok {
			return nil, t.bad("a bad escape in a string")
		}
		t.i += 6
		if utf16.IsSurrogate(r) {
			low, _ := t.hex4(t.i)
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				r = both
				t.i += 6
			} else {
				r = '?' // what Java's UTF-8 encoder writes for a lone half
			}
		}
		t.bytes = utf8.AppendRune(t.bytes, r)
	}
	return nil, t.bad("the line ends in the middle of a string")
}

func (t *tree) hex4(at int) (rune, bool) {
	if at+6 > len(t.b) || t.b[at] != '\\' || t.b[at+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range t.b[at+2 : at+6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// appendJSON writes a value as compact JSON.
func (t *tree) appendJSON(dst []byte, at int) []byte {
	n := &t.nodes[at]
	switch n.kind {
	case null:
		return append(dst, "null"...)
	case str:
		return appendString(dst, n.text)
	case array, object:
		open, end := byte('['), byte(']')
		if n.kind == object {
			open, end = '{', '}'
		}
		dst = append(dst, open)
		for k := n.first; k != 0; k = t.nodes[k].next {
			if k != n.first {
				dst = append(dst, ',')
			}
			if n.kind == object {
				dst = append(appendString(dst, t.nodes[k].key), ':')
			}
			dst = t.appendJSON(dst, k)
		}
		return append(dst, end)
	}
	return append(dst, scalar(n)...)
}

func appendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			if at := bytes.IndexByte([]byte("\b\f\n\r\t"), c); at >= 0 {
				dst = append(dst, '\\', "bfnrt"[at])
			} else {
				const digits = "0123456789abcdef"
				dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			}
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
