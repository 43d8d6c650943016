package overlay

// Records as text: the fields of a change record, and canonical keys.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/ionq-db/ionq/reader/ion"
)

// The fields of a change record, {Record:{Keys,Metadata,NewImage,OldImage}}
// (semantics 1.5).
const (
	fieldRecord   = "Record"
	fieldKeys     = "Keys"
	fieldMetadata = "Metadata"
	fieldMicros   = "WriteTimestampMicros"
	fieldNew      = "NewImage"
	fieldOld      = "OldImage"
	fieldItem     = "Item"
)

// walk calls f with each field of the struct whose opening brace is at b[i]: the
// text of its name and the offset of its value. f says whether to go on.
func walk(b []byte, i int, buf *[]byte, f func(name []byte, at int) bool) {
	i++
	for {
		name, at, ok := ion.NextField(b, i)
		if !ok {
			return
		}
		*buf = (*buf)[:0]
		text, _ := ion.Text(b[name.Start:name.End], buf)
		if !f(text, at) {
			return
		}
		if i = ion.Skip(b, at); i < 0 {
			i = ion.SkipValue(b, ion.ValueAt(b, at, false))
		}
	}
}

// isStruct reports whether a struct is at b[i], and where its brace is.
func isStruct(b []byte, i int) (brace int, ok bool) {
	if b[i] == '{' && b[i+1] != '{' {
		return i, true
	}
	v := ion.ValueAt(b, i, false)
	return v.Start, v.Kind == ion.Struct && !v.Null
}

// extractor finds keys in records. It is not safe for concurrent use.
type extractor struct {
	names []string // of the key attributes; nil until the first change record
	at    []int    // of the values, in the order of names
	buf   []byte
	text  []byte
	key   []byte
	num   []byte
}

// change is what a change record says.
type change struct {
	key       []byte // canonical; valid until the next record
	micros    int64
	new, old  int // offsets of the images; -1 where there is none
	hasMicros bool
}

var errNoChange = errors.New("it is no change record: {Record:{Keys:{...},Metadata:{WriteTimestampMicros:...},...}} was expected")

// change reads the change record at b[start:].
func (x *extractor) change(b []byte, start int) (c change, err error) {
	c.new, c.old = -1, -1
	brace, ok := isStruct(b, start)
	if !ok {
		return c, errNoChange
	}
	record := x.field(b, brace, fieldRecord)
	if record < 0 {
		return c, errNoChange
	}
	if record, ok = isStruct(b, record); !ok {
		return c, errNoChange
	}
	keys, meta := -1, -1
	walk(b, record, &x.buf, func(name []byte, at int) bool {
		switch string(name) {
		case fieldKeys:
			keys = at
		case fieldMetadata:
			meta = at
		case fieldNew:
			c.new = at
		case fieldOld:
			c.old = at
		}
		return true
	})
	if keys < 0 {
		return c, errNoChange
	}
	for _, at := range []*int{&c.new, &c.old} {
		if *at < 0 {
			continue
		}
		if v := ion.ValueAt(b, *at, false); v.Null {
			*at = -1
		} else if v.Kind != ion.Struct {
			return c, fmt.Errorf("its image is no struct, but %s", v.Kind.Word())
		}
	}
	if meta >= 0 {
		if meta, ok = isStruct(b, meta); ok {
			if at := x.field(b, meta, fieldMicros); at >= 0 {
				if c.micros, c.hasMicros = x.whole(b, at); !c.hasMicros {
					return c, fmt.Errorf("its %s is no whole number", fieldMicros)
				}
			}
		}
	}
	if keys, ok = isStruct(b, keys); !ok {
		return c, errors.New("its Keys is no struct")
	}
	c.key, err = x.changeKey(b, keys)
	return c, err
}

// field returns the offset of the value of the first field of that name in the
// struct at b[brace], or -1.
func (x *extractor) field(b []byte, brace int, want string) int {
	found := -1
	walk(b, brace, &x.buf, func(name []byte, at int) bool {
		if string(name) == want {
			found = at
		}
		return found < 0
	})
	return found
}

// changeKey reads the Keys of a change record. All its attributes are the key:
// one or two, the same in all records of a table.
func (x *extractor) changeKey(b []byte, brace int) ([]byte, error) {
	if x.names == nil {
		var names []string
		walk(b, brace, &x.buf, func(name []byte, _ int) bool {
			names = append(names, string(name))
			return len(names) <= 2
		})
		if len(names) == 0 || len(names) > 2 {
			return nil, errors.New("its Keys has not one or two attributes")
		}
		slices.Sort(names)
		x.setNames(names)
	}
	n := 0
	walk(b, brace, &x.buf, func([]byte, int) bool { n++; return true })
	if found := x.find(b, brace); found < len(x.names) || n != len(x.names) {
		return nil, fmt.Errorf("its Keys are not those of other records, %q", x.names)
	}
	return x.canonical(b)
}

func (x *extractor) setNames(names []string) {
	x.names = names
	x.at = make([]int, len(names))
}

// find notes where the key attributes of the struct at b[brace] are, and returns
// how many there are.
func (x *extractor) find(b []byte, brace int) int {
	for k := range x.at {
		x.at[k] = -1
	}
	n := 0
	i := brace + 1
	for {
		// The export's own spelling first: names without quotes, no blanks.
		at := ion.SkipName(b, i)
		var name []byte
		if at > 0 && b[i] != '\'' && b[i] != '"' && !ion.IsSpace(b[at]) && b[at] != '/' {
			name = b[i : at-1]
		} else {
			span, value, ok := ion.NextField(b, i)
			if !ok {
				return n
			}
			x.buf = x.buf[:0]
			name, _ = ion.Text(b[span.Start:span.End], &x.buf)
			at = value
		}
		for k, want := range x.names {
			if x.at[k] < 0 && string(name) == want {
				x.at[k] = at
				if n++; n == len(x.names) {
					return n
				}
			}
		}
		if i = ion.Skip(b, at); i < 0 {
			i = ion.SkipValue(b, ion.ValueAt(b, at, false))
		}
		if b[i] == ',' {
			i++
		}
	}
}

// itemKey reads the canonical key of a full export's record. ok is false where it
// has none: then no change concerns it.
func (x *extractor) itemKey(b []byte, start int) (key []byte, ok bool) {
	brace, ok := isStruct(b, start)
	if !ok {
		return nil, false
	}
	var item int
	if bytes.HasPrefix(b[brace:], []byte("{Item:{")) && b[brace+7] != '{' {
		item = brace + 6
	} else {
		if item = x.field(b, brace, fieldItem); item < 0 {
			return nil, false
		}
		if item, ok = isStruct(b, item); !ok {
			return nil, false
		}
	}
	if x.find(b, item) < len(x.names) {
		return nil, false
	}
	key, err := x.canonical(b)
	return key, err == nil
}

// canonical writes the key whose values find has noted. Keys are equal where
// DynamoDB holds them equal: a number is its value however it is written (1. and
// 10d-1), a string its text, a binary its bytes, and none of them equals one of
// another type. Each part has its length in front, so that no two pairs of
// values run together to one key.
func (x *extractor) canonical(b []byte) ([]byte, error) {
	x.key = x.key[:0]
	for k, at := range x.at {
		v := ion.ValueAt(b, at, false)
		if v.Null {
			return nil, fmt.Errorf("its key attribute %q is null", x.names[k])
		}
		tok := b[v.Start:max(v.Start, v.End)]
		switch v.Kind {
		case ion.String:
			x.text = x.text[:0]
			text, _ := ion.Text(tok, &x.text)
			x.part('S', text)
		case ion.Blob:
			x.text = ion.AppendLob(x.text[:0], tok, v.Kind)
			x.part('B', x.text)
		case ion.Decimal, ion.Int:
			if v.Kind == ion.Int && ion.IsRadix(tok) {
				tok = ion.AppendInt(nil, tok)
			}
			x.part('N', x.number(tok))
		default:
			return nil, fmt.Errorf("its key attribute %q is %s: keys are strings, numbers or binaries", x.names[k], v.Kind.Word())
		}
	}
	return x.key, nil
}

func (x *extractor) part(tag byte, body []byte) {
	x.key = append(x.key, tag)
	x.key = binary.AppendUvarint(x.key, uint64(len(body)))
	x.key = append(x.key, body...)
}

// number is one spelling for each value: sign, digits without zeros at either
// end, exponent.
func (x *extractor) number(tok []byte) []byte {
	n := ion.ParseDecimal(tok, x.num[:0])
	x.num = n.Digits
	d, exp := n.Digits, n.Exp
	for len(d) > 0 && d[0] == '0' {
		d = d[1:]
	}
	for len(d) > 0 && d[len(d)-1] == '0' {
		d = d[:len(d)-1]
		exp++
	}
	x.text = x.text[:0]
	if len(d) == 0 {
		return append(x.text, '0') // -0. is 0.
	}
	if n.Neg {
		x.text = append(x.text, '-')
	}
	x.text = append(x.text, d...)
	if exp != 0 {
		x.text = append(x.text, 'd')
		x.text = binary.AppendVarint(x.text, exp)
	}
	return x.text
}

// whole reads a number without a fraction that fits int64.
func (x *extractor) whole(b []byte, i int) (int64, bool) {
	v := ion.ValueAt(b, i, false)
	if v.Null || v.Kind != ion.Decimal && v.Kind != ion.Int {
		return 0, false
	}
	tok := b[v.Start:v.End]
	if v.Kind == ion.Int && ion.IsRadix(tok) {
		tok = ion.AppendInt(nil, tok)
	}
	n := ion.ParseDecimal(tok, x.num[:0])
	x.num = n.Digits
	d := n.Digits
	for n.Exp < 0 && len(d) > 0 && d[len(d)-1] == '0' {
		d, n.Exp = d[:len(d)-1], n.Exp+1
	}
	for len(d) > 0 && d[0] == '0' {
		d = d[1:]
	}
	if len(d) == 0 {
		return 0, true
	}
	if n.Exp < 0 || int64(len(d))+n.Exp > 18 {
		return 0, false
	}
	var out int64
	for _, c := range d {
		out = out*10 + int64(c-'0')
	}
	for range n.Exp {
		out *= 10
	}
	if n.Neg {
		out = -out
	}
	return out, true
}
