package infer

// Split: the walk over one file. Every record has been checked before; the walk
// reads it a second time, in the export's spelling by itself, else through
// package ion.

import (
	"context"
	"math"
	"strconv"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/ion"
)

// Split reads a split wholly and returns the shape of its records. A record that
// is malformed is an error, as it would be for a query.
func Split(ctx context.Context, split reader.Split) (schema *Schema, err error) {
	return Records(ctx, split, nil)
}

// Look says of a record, which is b[start:end], what of it belongs to the
// schema: the record itself, where it returns start; nothing, where it returns a
// negative offset; or the value at that offset, as if it were the record's field
// Item. record counts from 0.
type Look func(b []byte, start, end int, record int64) (at int, err error)

// Records is Split for a part of the records: look, which may be nil, is asked
// about each. Schema.Records counts all of them.
func Records(ctx context.Context, split reader.Split, look Look) (schema *Schema, err error) {
	t, err := reader.OpenText(ctx, split)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := t.Close(); e != nil && err == nil {
			schema, err = nil, e
		}
	}()
	w := walker{digits: make([]byte, 0, 128)}
	s := &Schema{}
	for {
		b, start, end, err := t.Next(ctx)
		if err != nil {
			return nil, err
		}
		if end == 0 {
			s.Bytes = t.Stats().BytesRaw
			return s, nil
		}
		s.Records++
		at := start
		if look != nil {
			if at, err = look(b, start, end, s.Records-1); err != nil {
				return nil, err
			}
		}
		switch {
		case at == start:
			w.value(b, start, &s.Root, 0)
		case at >= 0:
			s.Root.Present++
			s.Root.Structs++
			w.value(b, at, s.Root.at(s.Root.field("Item")), 1)
		}
	}
}

type walker struct {
	buf    []byte
	digits []byte
}

// value adds the value at b[i] to s and returns the offset behind it.
func (w *walker) value(b []byte, i int, s *Shape, depth int) int {
	switch c := b[i]; {
	case c == '"':
		if end, _ := ion.SkipString(b, i); end > 0 {
			s.Present++
			s.Strings++
			return end
		}
	case c == '-' || c-'0' <= 9:
		if end := s.number(b, i); end > 0 {
			s.Present++
			return end
		}
	case c == '{' && b[i+1] != '{':
		s.Present++
		s.Structs++
		return w.fields(b, i+1, s, depth+1)
	case c == '[':
		s.Present++
		s.Lists++
		return w.items(b, i+1, s, depth+1, false)
	case c == 'n' && string(b[i:i+4]) == "null" && (b[i+4] == ',' || b[i+4] == '}'):
		s.Present++
		s.Nulls++
		return i + 4
	case c == 't' && string(b[i:i+4]) == "true" && (b[i+4] == ',' || b[i+4] == '}'):
		s.Present++
		s.Bools++
		return i + 4
	case c == 'f' && string(b[i:i+5]) == "false" && (b[i+5] == ',' || b[i+5] == '}'):
		s.Present++
		s.Bools++
		return i + 5
	}
	return w.general(b, i, s, depth, false)
}

// fields walks a struct from behind its opening brace.
func (w *walker) fields(b []byte, i int, s *Shape, depth int) int {
	if depth > MaxDepth {
		s.Deep = true
		return skipRest(b, i, ion.Struct)
	}
	guess := 0
	for {
		at := -2
		if b[i] == ',' {
			i++
		}
		for k := guess; k < len(s.Fields) && k < guess+4; k++ {
			if raw := s.Fields[k].raw; raw != "" && len(raw) <= len(b)-i && string(b[i:i+len(raw)]) == raw {
				at = k
				i += len(raw)
				break
			}
		}
		if at == -2 {
			name, value, ok := ion.NextField(b, i)
			if !ok {
				return value
			}
			w.buf = w.buf[:0]
			text, ok := ion.Text(b[name.Start:name.End], &w.buf)
			if !ok {
				text = []byte("$0")
			}
			if at = s.field(string(text)); at >= 0 && value == name.End+1 {
				if raw := b[name.Start:value]; s.Fields[at].raw != string(raw) {
					s.Fields[at].raw = string(raw)
				}
			}
			i = value
		}
		i = w.value(b, i, s.at(at), depth)
		guess = at + 1
	}
}

// items walks a list or s-expression from behind its opening bracket.
func (w *walker) items(b []byte, i int, s *Shape, depth int, sexp bool) int {
	if depth > MaxDepth {
		s.Deep = true
		return skipRest(b, i, ion.List)
	}
	for {
		at, ok := ion.NextItem(b, i)
		if !ok {
			return at
		}
		if sexp {
			i = w.general(b, at, s.elem(), depth, true)
		} else {
			i = w.value(b, at, s.elem(), depth)
		}
	}
}

// skipRest returns the offset behind the container whose first child is at i.
func skipRest(b []byte, i int, kind ion.Kind) int {
	return ion.SkipValue(b, ion.Value{Kind: kind, Start: i - 1, End: -1})
}

// general adds any value.
func (w *walker) general(b []byte, i int, s *Shape, depth int, sexp bool) int {
	i, _ = ion.SkipSpace(b, i, true) // a guessed name ends at its colon
	v := ion.ValueAt(b, i, sexp)
	s.Present++
	if v.Null {
		s.Nulls++
		return v.End
	}
	switch v.Kind {
	case ion.Bool:
		s.Bools++
	case ion.Int:
		s.Ints++
		tok := b[v.Start:v.End]
		if ion.IsRadix(tok) {
			tok = ion.AppendInt(nil, tok)
		}
		if len(tok) > 18 { // maybe beyond 64 bits
			if len(tok) > 40 {
				s.IntOverflow = true
			} else if _, fits := ion.LowInt(tok); !fits {
				s.IntOverflow = true
			}
		}
		s.measure(ion.ParseDecimal(tok, w.digits[:0]))
	case ion.Float:
		s.Floats++
		f := ion.ParseFloat(b[v.Start:v.End])
		if math.IsInf(f, 0) || math.IsNaN(f) {
			s.TooWide = true
			break
		}
		s.measure(ion.ParseDecimal(strconv.AppendFloat(nil, f, 'e', -1, 64), w.digits[:0]))
	case ion.Decimal:
		s.Decimals++
		s.measure(ion.ParseDecimal(b[v.Start:v.End], w.digits[:0]))
	case ion.Timestamp:
		s.Timestamps++
	case ion.Symbol:
		s.Symbols++
	case ion.String:
		s.Strings++
	case ion.Blob, ion.Clob:
		s.Lobs++
	case ion.Struct:
		s.Structs++
		return w.fields(b, v.Start+1, s, depth+1)
	case ion.List, ion.Sexp:
		w.countSequence(b, v, s)
		return w.items(b, v.Start+1, s, depth+1, v.Kind == ion.Sexp)
	}
	return v.End
}

// countSequence counts a list, by its annotation as the set that it is.
func (w *walker) countSequence(b []byte, v ion.Value, s *Shape) {
	if name, _, ok := ion.NextAnnotation(b, v.Ann, v); ok && v.Kind == ion.List {
		w.buf = w.buf[:0]
		text, _ := ion.Text(b[name.Start:name.End], &w.buf)
		switch string(text) {
		case "$dynamodb_SS":
			s.StringSets++
			return
		case "$dynamodb_NS":
			s.NumberSets++
			return
		case "$dynamodb_BS":
			s.BinarySets++
			return
		}
	}
	if v.Kind == ion.Sexp {
		s.Sexps++
	} else {
		s.Lists++
	}
}

// measure widens the digits that s asks for.
func (s *Shape) measure(n ion.Number) {
	d, exp := n.Digits, n.Exp
	for len(d) > 0 && d[0] == '0' {
		d = d[1:]
	}
	for len(d) > 0 && d[len(d)-1] == '0' {
		d = d[:len(d)-1]
		exp++
	}
	if len(d) == 0 {
		return
	}
	before, behind := max(0, int64(len(d))+exp), max(0, -exp)
	if before > maxPrecision || behind > maxPrecision || before+behind > maxPrecision {
		s.TooWide = true
		before, behind = min(before, maxPrecision), min(behind, maxPrecision)
	}
	s.IntDigits = max(s.IntDigits, int(before))
	s.Scale = max(s.Scale, int(behind))
}

// number adds a decimal in the usual spelling: digits, a point or an exponent of
// at most two digits or both. It returns 0 for everything else.
func (s *Shape) number(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	from := i
	first, last := -1, -1 // places of the first and last digit that is no zero
	for ; b[i]-'0' <= 9; i++ {
		if b[i] != '0' {
			if last = i; first < 0 {
				first = i
			}
		}
	}
	point := i
	if b[i] == '.' {
		for i++; b[i]-'0' <= 9; i++ {
			if b[i] != '0' {
				if last = i; first < 0 {
					first = i
				}
			}
		}
	} else if b[i] != 'd' {
		return 0 // an int, a float, a timestamp
	}
	if i-from > 30 {
		return 0 // measure knows the limits
	}
	exp := 0
	if b[i] == 'd' {
		i++
		neg := b[i] == '-'
		if neg {
			i++
		}
		at := i
		for ; b[i]-'0' <= 9; i++ {
			exp = exp*10 + int(b[i]-'0')
		}
		if i == at || i-at > 2 {
			return 0
		}
		if neg {
			exp = -exp
		}
	}
	if c := b[i]; c != ',' && c != '}' && c != ']' {
		return 0
	}
	if first >= 0 {
		// A digit before the point at point-k stands for 10^(k-1), one behind it
		// at point+k for 10^-k.
		before, behind := point-first+exp, last-point-exp
		if first > point {
			before++
		}
		if last < point {
			behind++
		}
		if before = max(0, before); behind < 0 {
			behind = 0
		}
		if before+behind > maxPrecision || before > maxPrecision || behind > maxPrecision {
			return 0
		}
		s.IntDigits, s.Scale = max(s.IntDigits, before), max(s.Scale, behind)
	}
	s.Decimals++
	return i
}
