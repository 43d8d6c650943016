package transcode

// DynamoDB JSON, the other format of DynamoDB's exports: one object a line, each
// value inside an object that names its type. It becomes the Ion text that the
// same export in Ion holds (semantics 1.5 to 1.8), so that both give the same
// rows.
//
//	{"Item":{"id":{"N":"600"},"s":{"SS":["a"]}}}     {Item:{id:6d2,s:$dynamodb_SS::["a"]}}
//	{"Keys":{...},"Metadata":{...},"NewImage":{...}}  {Record:{Keys:{...},Metadata:{...},NewImage:{...}}}
//
// It is strict: DynamoDB writes no other type, no number that is not in its
// range, and nothing behind a record on its line.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/ion"
)

// DynamoDB returns a Reader of the DynamoDB JSON in src.
func DynamoDB(src *ion.Window, opt Options) *Reader {
	t := &dynamo{Reader: newReader(src, opt)}
	t.step = t.lines
	return t.Reader
}

// dynamo translates line by line. in is the line at hand, i the place in it.
type dynamo struct {
	*Reader
	in      []byte
	i       int
	depth   int
	scratch []byte
}

// maxDynamoDepth bounds nesting; DynamoDB ends at 32 levels.
const maxDynamoDepth = 1000

// batch is how much text is made at a time.
const batch = 64 << 10

// lines takes lines until there is a batch of text, or no line is whole.
func (t *dynamo) lines() error {
	for len(t.out) < batch {
		b := t.src.Data()
		end := bytes.IndexByte(b, '\n')
		next := end + 1
		if end < 0 {
			switch {
			case !t.src.Final():
				if len(t.out) > 0 {
					return nil
				}
				if err := t.more(); err != nil {
					return err
				}
				continue
			case t.src.Err() != nil:
				if len(t.out) > 0 {
					return nil
				}
				return t.src.Err()
			case len(b) == 0:
				if len(t.out) > 0 {
					return nil
				}
				return io.EOF
			}
			end, next = len(b), len(b)
		}
		start := len(t.out)
		t.in, t.i, t.depth = b[:end], 0, 0
		if t.blank() != 0 {
			t.mark(t.src.Offset())
			if err := t.record(); err != nil {
				t.out = t.out[:start]
				t.unmark()
				if start > 0 { // what is whole comes first
					return nil
				}
				return err
			}
			t.out = append(t.out, '\n')
		}
		t.src.Advance(next)
	}
	return nil
}

// bad is a fault at the place at hand.
func (t *dynamo) bad(format string, args ...any) error {
	return &Error{t.src.Offset() + int64(t.i), &ion.SyntaxError{Msg: "DynamoDB JSON: " + fmt.Sprintf(format, args...)}}
}

// blank skips white space and returns the byte that follows; 0 at the end.
func (t *dynamo) blank() byte {
	for t.i < len(t.in) {
		switch c := t.in[t.i]; c {
		case ' ', '\t', '\r':
			t.i++
		case 0:
			return 1 // no byte that may stand anywhere
		default:
			return c
		}
	}
	return 0
}

// expect takes a byte.
func (t *dynamo) expect(c byte) error {
	if t.i < len(t.in) && t.in[t.i] == c {
		t.i++
		return nil
	}
	switch got := t.blank(); {
	case got == c:
		t.i++
		return nil
	case got == 0:
		return t.bad("the line ends in the middle of a record; %q is expected", c)
	}
	return t.bad("%q is expected, not %q", c, t.in[t.i])
}

// record takes a line.
func (t *dynamo) record() error {
	if err := t.expect('{'); err != nil {
		return err
	}
	incremental, first := false, true
	for {
		if t.blank() == '}' {
			if first {
				t.out = append(t.out, '{')
			}
			t.i++
			break
		}
		if !first {
			if err := t.expect(','); err != nil {
				return err
			}
		}
		t.blank()
		at := t.i
		name, err := t.text()
		if err != nil {
			return err
		}
		switch string(name) {
		case "Item":
			if !first {
				t.i = at
				return t.bad("Item stands beside other fields")
			}
			t.out = append(t.out, "{Item:"...)
		case "Keys", "Metadata", "NewImage", "OldImage":
			switch {
			case first:
				t.out = append(t.out, "{Record:{"...)
				incremental = true
			case !incremental:
				t.i = at
				return t.bad("%s stands beside Item", name)
			default:
				t.out = append(t.out, ',')
			}
			t.out = append(append(t.out, name...), ':')
		default:
			t.i = at
			return t.bad("a record has no field %s: it is an Item, or Keys, Metadata and images", strconv.QuoteToGraphic(string(name)))
		}
		if err := t.expect(':'); err != nil {
			return err
		}
		if err := t.attributes(); err != nil {
			return err
		}
		first = false
	}
	if incremental {
		t.out = append(t.out, '}')
	}
	t.out = append(t.out, '}')
	if t.blank() != 0 {
		return t.bad("something follows the record on its line")
	}
	return nil
}

// attributes takes a map of names to typed values.
func (t *dynamo) attributes() error {
	if t.depth++; t.depth > maxDynamoDepth {
		return t.bad("values are nested deeper than %d levels", maxDynamoDepth)
	}
	if err := t.expect('{'); err != nil {
		return err
	}
	t.out = append(t.out, '{')
	for first := true; ; first = false {
		if t.blank() == '}' {
			t.i++
			t.out = append(t.out, '}')
			t.depth--
			return nil
		}
		if !first {
			if err := t.expect(','); err != nil {
				return err
			}
			t.out = append(t.out, ',')
			t.blank()
		}
		name, err := t.text()
		if err != nil {
			return err
		}
		t.name(name)
		if err := t.expect(':'); err != nil {
			return err
		}
		t.out = append(t.out, ':')
		if err := t.value(); err != nil {
			return err
		}
	}
}

// name writes a field's name: bare where Ion reads it so.
func (t *dynamo) name(name []byte) {
	bare := len(name) > 0
	for i, c := range name {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || i > 0 && (c >= '0' && c <= '9' || c == '$')) {
			bare = false
			break
		}
	}
	switch string(name) {
	case "null", "true", "false", "nan":
		bare = false
	}
	if bare {
		t.out = append(t.out, name...)
		return
	}
	t.out = append(t.out, '\'')
	t.escaped(name, '\'')
	t.out = append(t.out, '\'')
}

// escaped writes text between quotes.
func (t *dynamo) escaped(s []byte, quote byte) {
	for _, c := range s {
		switch {
		case c == quote || c == '\\':
			t.out = append(t.out, '\\', c)
		case c == '\n':
			t.out = append(t.out, '\\', 'n')
		case c < ' ' || c == 0x7F:
			const digits = "0123456789abcdef"
			t.out = append(t.out, '\\', 'x', digits[c>>4], digits[c&15])
		default:
			t.out = append(t.out, c)
		}
	}
}

// value takes a typed value: an object with one member.
func (t *dynamo) value() error {
	if err := t.expect('{'); err != nil {
		return err
	}
	t.blank()
	at := t.i
	tag, err := t.text()
	if err != nil {
		return err
	}
	var kind [4]byte
	if len(tag) > len(kind) {
		t.i = at
		return t.bad("no type is called %s", strconv.QuoteToGraphic(string(tag)))
	}
	n := copy(kind[:], tag)
	if err := t.expect(':'); err != nil {
		return err
	}
	t.blank()
	switch string(kind[:n]) {
	case "S":
		err = t.str()
	case "N":
		err = t.number()
	case "B":
		err = t.bytes()
	case "BOOL":
		switch rest := t.in[t.i:]; {
		case bytes.HasPrefix(rest, []byte("true")):
			t.out, t.i = append(t.out, "true"...), t.i+4
		case bytes.HasPrefix(rest, []byte("false")):
			t.out, t.i = append(t.out, "false"...), t.i+5
		default:
			err = t.bad("BOOL is true or false")
		}
	case "NULL":
		if !bytes.HasPrefix(t.in[t.i:], []byte("true")) {
			err = t.bad("NULL is always true")
			break
		}
		t.out, t.i = append(t.out, "null"...), t.i+4
	case "SS":
		err = t.list("$dynamodb_SS::[", t.str)
	case "NS":
		err = t.list("$dynamodb_NS::[", t.number)
	case "BS":
		err = t.list("$dynamodb_BS::[", t.bytes)
	case "L":
		err = t.list("[", t.value)
	case "M":
		err = t.attributes()
	default:
		t.i = at
		err = t.bad("no type is called %s", strconv.QuoteToGraphic(string(kind[:n])))
	}
	if err != nil {
		return err
	}
	if t.i < len(t.in) && t.in[t.i] == '}' {
		t.i++
		return nil
	}
	if t.blank() == ',' {
		return t.bad("a value has more than one type")
	}
	return t.expect('}')
}

// list takes an array.
func (t *dynamo) list(open string, elem func() error) error {
	if t.depth++; t.depth > maxDynamoDepth {
		return t.bad("values are nested deeper than %d levels", maxDynamoDepth)
	}
	if err := t.expect('['); err != nil {
		return err
	}
	t.out = append(t.out, open...)
	for first := true; ; first = false {
		if t.blank() == ']' {
			t.i++
			t.out = append(t.out, ']')
			t.depth--
			return nil
		}
		if !first {
			if err := t.expect(','); err != nil {
				return err
			}
			t.out = append(t.out, ',')
			t.blank()
		}
		if err := elem(); err != nil {
			return err
		}
	}
}

// plainText reports whether s holds only printable ASCII.
func plainText(s []byte) bool {
	for len(s) >= 8 {
		w := binary.LittleEndian.Uint64(s)
		if (w|(w-0x2020202020202020))&0x8080808080808080 != 0 {
			return false
		}
		s = s[8:]
	}
	for _, c := range s {
		if c < ' ' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// raw takes a string's bytes as they stand between the quotes. plain tells that
// they are printable ASCII without escapes.
func (t *dynamo) raw() (s []byte, plain bool, err error) {
	if t.i >= len(t.in) || t.in[t.i] != '"' {
		return nil, false, t.expect('"')
	}
	from := t.i + 1
	for at := from; ; at++ {
		n := bytes.IndexByte(t.in[at:], '"')
		if n < 0 {
			t.i = len(t.in)
			return nil, false, t.bad("the line ends in the middle of a string")
		}
		at += n
		slashes := 0
		for at-slashes > from && t.in[at-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			t.i = at + 1
			s = t.in[from:at]
			return s, plainText(s) && bytes.IndexByte(s, '\\') < 0, nil
		}
	}
}

// text takes a string and returns it without escapes; it is valid until the next
// call.
func (t *dynamo) text() ([]byte, error) {
	s, plain, err := t.raw()
	if err != nil || plain {
		return s, err
	}
	t.i -= len(s) + 1 // to the string's start, for places in it
	t.scratch = t.scratch[:0]
	for k := 0; k < len(s); {
		c := s[k]
		switch {
		case c < ' ':
			t.i += k
			return nil, t.bad("a control character stands in a string")
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(s[k:])
			if r == utf8.RuneError && n == 1 {
				t.i += k
				return nil, t.bad("invalid UTF-8")
			}
			t.scratch = append(t.scratch, s[k:k+n]...)
			k += n
			continue
		case c != '\\':
			t.scratch = append(t.scratch, c)
			k++
			continue
		}
		// raw has seen that a byte follows a backslash.
		e := s[k+1]
		if at := bytes.IndexByte([]byte(`"\/bfnrt`), e); at >= 0 {
			t.scratch = append(t.scratch, "\"\\/\b\f\n\r\t"[at])
			k += 2
			continue
		}
		r, ok := hex4(s, k)
		n := 6
		if ok && utf16.IsSurrogate(r) {
			low, ok2 := hex4(s, k+6)
			r, n = utf16.DecodeRune(r, low), 12
			ok = ok2 && r != utf8.RuneError
		}
		if !ok {
			t.i += k
			return nil, t.bad("a bad escape in a string")
		}
		t.scratch = utf8.AppendRune(t.scratch, r)
		k += n
	}
	t.i += len(s) + 1
	return t.scratch, nil
}

// hex4 reads \uXXXX at s[k].
func hex4(s []byte, k int) (rune, bool) {
	if k+6 > len(s) || s[k] != '\\' || s[k+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range s[k+2 : k+6] {
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

// str takes a string value.
func (t *dynamo) str() error {
	start := t.i
	_, plain, err := t.raw()
	if err != nil {
		return err
	}
	if plain {
		t.out = append(t.out, t.in[start:t.i]...)
		return nil
	}
	t.i = start
	s, err := t.text()
	if err != nil {
		return err
	}
	t.out = append(t.out, '"')
	t.escaped(s, '"')
	t.out = append(t.out, '"')
	return nil
}

// bytes takes a binary value.
func (t *dynamo) bytes() error {
	at := t.i
	s, err := t.text()
	if err != nil {
		return err
	}
	body := bytes.TrimRight(s, "=")
	ok := len(s)%4 == 0 && len(s)-len(body) <= 2
	for _, c := range body {
		ok = ok && (c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/')
	}
	if !ok {
		t.i = at
		return t.bad("a binary value is not base64")
	}
	t.out = append(append(append(t.out, "{{"...), s...), "}}"...)
	return nil
}

// Bounds of DynamoDB's numbers: 38 digits, 1E-130 to 9.99E+125.
const (
	maxDigits   = 38
	maxExponent = 125
	minExponent = -130
)

// number takes a number and writes it as Ion decimal without zeros at its ends,
// as AWS's export does through ion-java's printer (semantics 1.7).
func (t *dynamo) number() error {
	at := t.i
	s, err := t.text()
	if err != nil {
		return err
	}
	bad := func() error {
		t.i = at
		if len(s) > 60 {
			return t.bad("a value of type N is no number of DynamoDB's: %q...", s[:60])
		}
		return t.bad("a value of type N is no number of DynamoDB's: %q", s)
	}
	rest := s
	if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
		rest = rest[1:]
	}
	neg := len(s) > 0 && s[0] == '-'
	// Digits without point and zeros in front; exp counts for the last of them.
	var digits [maxDigits]byte
	n, exp, seen, point, zeros := 0, 0, false, false, 0
	for len(rest) > 0 {
		c := rest[0]
		if c == '.' && !point {
			point = true
		} else if c >= '0' && c <= '9' {
			seen = true
			if point {
				exp--
			}
			switch {
			case c == '0' && n > 0:
				zeros++
			case c != '0':
				if n+zeros >= maxDigits {
					return bad()
				}
				for ; zeros > 0; zeros-- {
					digits[n] = '0'
					n++
				}
				digits[n] = c
				n++
			}
		} else {
			break
		}
		rest = rest[1:]
	}
	if !seen {
		return bad()
	}
	exp += zeros
	if len(rest) > 0 {
		if rest[0]|0x20 != 'e' || len(rest) > 8 {
			return bad()
		}
		e, err := strconv.Atoi(string(rest[1:]))
		if err != nil {
			return bad()
		}
		exp += e
	}
	if n == 0 {
		t.out = append(t.out, "0."...)
		return nil
	}
	adjusted := n - 1 + exp
	if adjusted > maxExponent || adjusted < minExponent {
		return bad()
	}
	if neg {
		t.out = append(t.out, '-')
	}
	d := digits[:n]
	switch {
	case exp == 0:
		t.out = append(append(t.out, d...), '.')
	case exp > 0:
		t.out = strconv.AppendInt(append(append(t.out, d...), 'd'), int64(exp), 10)
	case adjusted >= 0:
		t.out = append(append(append(t.out, d[:n+exp]...), '.'), d[n+exp:]...)
	case adjusted >= -6:
		t.out = append(t.out, "0."...)
		for range -exp - n {
			t.out = append(t.out, '0')
		}
		t.out = append(t.out, d...)
	default:
		t.out = strconv.AppendInt(append(append(t.out, d...), 'd'), int64(exp), 10)
	}
	return nil
}
