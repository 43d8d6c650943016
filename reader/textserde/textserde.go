// Package textserde reads rows of delimited text by the rules of Hive's
// LazySimpleSerDe (ROW FORMAT DELIMITED) and OpenCSVSerde, for tables that an
// export is joined with. The rules are those of Trino's hive-formats (packages
// simple, encodings.text and csv) and of Athena's documentation of both SerDes.
package textserde

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// The classes.
const (
	LazySimple = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
	OpenCSV    = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
)

// Is reports whether a class is one of these SerDes.
func Is(class string) bool { return class == LazySimple || class == OpenCSV }

// Column is a column of the table.
type Column struct {
	Name string
	Type types.Type
}

// Error is a value that does not fit its column.
type Error struct {
	Type types.Type
	Text string
	Msg  string
}

func (e *Error) Error() string { return e.Msg }

// SerDe decodes lines. It is not safe for concurrent use.
type SerDe struct {
	columns []Column
	csv     bool

	// LazySimple: one separator a level of nesting, the text of NULL, the escape
	// (0 for none), and whether the last column takes what is left over.
	separators []byte
	null       string
	escape     byte
	takesRest  bool

	// OpenCSV
	comma, quote, back byte

	fields [][]byte // of the line at hand, nil for those that are missing
	buf    []byte
}

// separators of levels that no property sets; some control characters are not
// among them (tab, the ends of lines, escape).
var separators = func() []byte {
	out := []byte{1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29}
	return out
}()

// New returns a SerDe for a table. Properties that are not honoured are refused
// by name.
func New(class string, columns []Column, props map[string]string) (*SerDe, error) {
	s := &SerDe{columns: columns, csv: class == OpenCSV, separators: bytes.Clone(separators), null: `\N`, comma: ',', quote: '"', back: '\\'}
	for _, key := range slices.Sorted(maps.Keys(props)) {
		v := props[key]
		if s.csv {
			switch key {
			case "separatorChar", "quoteChar", "escapeChar":
				if v == "" {
					return nil, sqlerr.New(sqlerr.InvalidTableProperty, "%s is empty", key)
				}
				*map[string]*byte{"separatorChar": &s.comma, "quoteChar": &s.quote, "escapeChar": &s.back}[key] = v[0]
			case "serialization.format":
			default:
				// Unknown keys mean nothing to the SerDe.
			}
			continue
		}
		switch key {
		case "field.delim":
			s.separators[0] = delimiter(v, 1)
		case "serialization.format":
			if _, ok := props["field.delim"]; !ok {
				s.separators[0] = delimiter(v, 1)
			}
		case "collection.delim", "colelction.delim":
			s.separators[1] = delimiter(v, 2)
		case "mapkey.delim":
			s.separators[2] = delimiter(v, 3)
		case "escape.delim":
			s.escape = delimiter(v, '\\')
		case "serialization.null.format":
			s.null = v
		case "serialization.last.column.takes.rest":
			s.takesRest = strings.EqualFold(v, "true")
		case "line.delim":
			if v != "\n" {
				return nil, sqlerr.New(sqlerr.NotSupported, "SerDe property is not supported: %s other than a line feed", key)
			}
		case "timestamp.formats", "hive.serialization.extend.nesting.levels", "hive.serialization.extend.additional.nesting.levels", "serialization.encoding":
			if key == "serialization.encoding" && strings.EqualFold(strings.ReplaceAll(v, "-", ""), "utf8") {
				continue
			}
			return nil, sqlerr.New(sqlerr.NotSupported, "SerDe property is not supported: %s", key)
		}
	}
	if s.csv && (s.comma == s.quote || s.comma == s.back || s.quote == s.back || s.comma == 0) {
		return nil, sqlerr.New(sqlerr.InvalidTableProperty, "The separator, quote, and escape characters must be different")
	}
	for _, c := range columns {
		if err := s.check(c.Type, c.Name, 1); err != nil {
			return nil, err
		}
	}
	s.fields = make([][]byte, len(columns))
	return s, nil
}

// delimiter reads a property that is a character, or the number of one.
func delimiter(v string, otherwise byte) byte {
	if v == "" {
		return otherwise
	}
	if n, err := strconv.ParseInt(v, 10, 8); err == nil && len(v) > 0 {
		return byte(n)
	}
	return v[0]
}

func (s *SerDe) check(t types.Type, column string, depth int) error {
	bad := sqlerr.New(sqlerr.NotSupported, "Column %s has type %s, which the table's SerDe does not read", column, t)
	switch t.Kind {
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal, types.KindDouble,
		types.KindDecimal, types.KindVarchar, types.KindChar, types.KindDate, types.KindTimestamp:
		return nil
	case types.KindVarbinary:
		if s.csv {
			return bad
		}
		return nil
	}
	if s.csv || depth+1 >= 8 {
		return bad
	}
	next := depth + 1
	switch t.Kind {
	case types.KindArray, types.KindRow:
	case types.KindMap:
		next++
		if k := t.Key().Kind; k == types.KindArray || k == types.KindMap || k == types.KindRow {
			return bad
		}
	default:
		return bad
	}
	if t.Kind == types.KindRow {
		for _, f := range t.Fields() {
			if err := s.check(f.Type, column, next); err != nil {
				return err
			}
		}
		return nil
	}
	if t.Kind == types.KindMap {
		return s.check(t.Value(), column, next)
	}
	return s.check(t.Elem(), column, next)
}

// Parse takes a line, whose bytes must stay as they are until the next call.
// Every line is a row.
func (s *SerDe) Parse(line []byte) error {
	clear(s.fields)
	if s.csv {
		s.split(line)
		return nil
	}
	k := 0
	s.each(line, s.separators[0], func(b []byte, rest []byte) bool {
		if k >= len(s.fields) {
			return false
		}
		s.fields[k] = b
		if k++; s.takesRest && k == len(s.fields) {
			s.fields[k-1] = rest
			return false
		}
		return true
	})
	return nil
}

// each cuts b at a separator; rest is what starts at the part.
func (s *SerDe) each(b []byte, sep byte, f func(part, rest []byte) bool) {
	from := 0
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == sep:
			if !f(b[from:i:i], b[from:]) {
				return
			}
			from = i + 1
		case s.escape != 0 && b[i] == s.escape:
			i++
		}
	}
	f(b[from:len(b):len(b)], b[from:])
}

// split cuts a line of CSV as opencsv's parser does.
func (s *SerDe) split(line []byte) {
	if len(line) == 0 {
		return
	}
	s.buf = slices.Grow(s.buf[:0], len(line)+1) // parts point into it: it must not move
	start, k := 0, 0
	inQuotes, inField := false, false
	next := func(i int) int {
		if i+1 < len(line) {
			return int(line[i+1])
		}
		return -1
	}
	end := func() {
		s.fields[k] = s.buf[start:len(s.buf):len(s.buf)]
		start = len(s.buf)
		k++
	}
	for i := 0; i < len(line) && k < len(s.fields); i++ {
		switch c := line[i]; {
		case c == s.back:
			if n := next(i); (inQuotes || inField) && (n == int(s.quote) || n == int(s.back)) {
				s.buf = append(s.buf, line[i+1])
				i++
			}
		case c == s.quote:
			if (inQuotes || inField) && next(i) == int(s.quote) {
				s.buf = append(s.buf, s.quote)
				i++
			} else {
				// A quote in the middle of a field is one of its characters.
				if i > 2 && line[i-1] != s.comma && i+1 < len(line) && line[i+1] != s.comma {
					if part := s.buf[start:]; len(part) > 0 && len(bytes.TrimSpace(part)) == 0 {
						s.buf = s.buf[:start]
					} else {
						s.buf = append(s.buf, c)
					}
				}
				inQuotes = !inQuotes
			}
			inField = !inField
		case c == s.comma && !inQuotes:
			end()
			inField = false
		default:
			s.buf = append(s.buf, c)
			inField = true
		}
	}
	if k < len(s.fields) && !inQuotes { // a quote that is never closed takes its field with it
		end()
	}
}

// Append appends the value of column k of the line at hand.
func (s *SerDe) Append(k int, out *page.Builder) error {
	b, t := s.fields[k], s.columns[k].Type
	if b == nil || !s.csv && string(b) == s.null {
		out.Null()
		return nil
	}
	if s.csv {
		return s.csvValue(b, t, out)
	}
	s.value(b, t, 1, out)
	return nil
}

// csvValue converts a field of CSV. Athena's SerDe knows dates and times as
// numbers, and no empty numbers.
func (s *SerDe) csvValue(b []byte, t types.Type, out *page.Builder) error {
	wrong := func() error {
		return &Error{Type: t, Text: string(b), Msg: fmt.Sprintf("For input string: %q", b)}
	}
	if t.Kind == types.KindDate || t.Kind == types.KindTimestamp {
		v, err := strconv.ParseInt(string(b), 10, 64)
		switch {
		case err != nil:
			return wrong()
		case t.Kind == types.KindDate:
			if v != int64(int32(v)) {
				return wrong()
			}
			out.Int64(v)
		case v > math.MaxInt64/1000 || v < math.MinInt64/1000:
			return wrong()
		default:
			out.Int64(v * 1000)
		}
		return nil
	}
	n := out.Len()
	s.value(b, t, 1, out)
	if v := out.Vector(); v.IsNull(n) {
		return wrong()
	}
	return nil
}

// value converts the text of a value; what cannot be converted is NULL.
func (s *SerDe) value(b []byte, t types.Type, depth int, out *page.Builder) {
	switch t.Kind {
	case types.KindArray:
		if len(b) > 0 {
			s.each(b, s.separators[depth], func(part, _ []byte) bool {
				s.element(part, t.Elem(), depth+1, out.Child(0))
				return true
			})
		}
		out.EndContainer()
	case types.KindMap:
		s.entries(b, t, depth, out)
	case types.KindRow:
		fields := t.Fields()
		k := 0
		s.each(b, s.separators[depth], func(part, _ []byte) bool {
			if k < len(fields) {
				s.element(part, fields[k].Type, depth+1, out.Child(k))
				k++
			}
			return k < len(fields)
		})
		for ; k < len(fields); k++ {
			out.Child(k).Null()
		}
		out.EndRow()
	default:
		s.primitive(b, t, out)
	}
}

func (s *SerDe) element(b []byte, t types.Type, depth int, out *page.Builder) {
	if string(b) == s.null {
		out.Null()
		return
	}
	s.value(b, t, depth, out)
}

// entries is a map; of equal keys the first one counts.
func (s *SerDe) entries(b []byte, t types.Type, depth int, out *page.Builder) {
	seen := map[string]bool{}
	if len(b) > 0 {
		s.each(b, s.separators[depth], func(part, _ []byte) bool {
			key, value := part, []byte(nil)
			s.each(part, s.separators[depth+1], func(k, rest []byte) bool {
				key = k
				if len(rest) > len(k) {
					value = rest[len(k)+1:]
				}
				return false
			})
			if string(key) == s.null || seen[string(key)] {
				return true
			}
			seen[string(key)] = true
			n := out.Child(0).Len()
			s.primitive(key, t.Key(), out.Child(0))
			if out.Child(0).Vector().IsNull(n) { // no key
				out.Child(0).Truncate(n)
				return true
			}
			if value == nil {
				out.Child(1).Null()
			} else {
				s.element(value, t.Value(), depth+2, out.Child(1))
			}
			return true
		})
	}
	out.EndContainer()
}

func (s *SerDe) primitive(b []byte, t types.Type, out *page.Builder) {
	text := string(b)
	switch t.Kind {
	case types.KindVarchar, types.KindChar:
		s.text(b, t, out)
		return
	case types.KindVarbinary:
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			if d, err := enc.DecodeString(text); err == nil {
				out.Bytes(d)
				return
			}
		}
		out.Bytes(b)
		return
	case types.KindBoolean:
		if strings.EqualFold(text, "true") || strings.EqualFold(text, "false") {
			out.Bool(len(text) == 4)
			return
		}
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		bits := map[types.Kind]int{types.KindTinyint: 8, types.KindSmallint: 16, types.KindInteger: 32, types.KindBigint: 64}[t.Kind]
		if v, err := strconv.ParseInt(text, 10, bits); err == nil {
			out.Int64(v)
			return
		}
	case types.KindReal, types.KindDouble:
		bits := 64
		if t.Kind == types.KindReal {
			bits = 32
		}
		trimmed := strings.TrimSpace(text)
		f, err := strconv.ParseFloat(trimmed, bits)
		if (err == nil || math.IsInf(f, 0)) && !strings.ContainsAny(trimmed, "_xXpP") {
			out.Float64(f)
			return
		}
	case types.KindDecimal:
		if v, status := decimal.ParseJava(text, int(t.P), int(t.S)); status == decimal.ParseOK {
			if t.IsShortDecimal() {
				out.Int64(v.Int64())
			} else {
				out.Int128(v)
			}
			return
		}
	case types.KindDate:
		word, _, _ := strings.Cut(strings.TrimSpace(text), " ")
		if d, err := types.ParseDate(word); err == nil {
			out.Int64(d)
			return
		}
	case types.KindTimestamp:
		if micros, _, err := types.ParseTimestamp(strings.TrimSpace(text), 6); err == nil && len(text) >= 8 {
			micros, _ = types.RoundTimestamp(micros, 0, 6, int(t.P))
			out.Int64(micros)
			return
		}
	}
	out.Null()
}

// text takes escapes away and cuts to the type's length.
func (s *SerDe) text(b []byte, t types.Type, out *page.Builder) {
	if !s.csv && s.escape != 0 && bytes.IndexByte(b, s.escape) >= 0 {
		plain := make([]byte, 0, len(b))
		for i := 0; i < len(b); i++ {
			if b[i] == s.escape && i+1 < len(b) {
				i++
				switch b[i] {
				case 'n':
					plain = append(plain, '\n')
					continue
				case 'r':
					plain = append(plain, '\r')
					continue
				}
			}
			plain = append(plain, b[i])
		}
		b = plain
	}
	if !utf8.Valid(b) {
		b = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	if t.P != types.Unbounded && len(b) > int(t.P) {
		n := int32(0)
		for i := range string(b) {
			if n++; n > t.P {
				b = b[:i]
				break
			}
		}
	}
	if t.Kind == types.KindChar {
		b = bytes.TrimRight(b, " ")
	}
	out.Bytes(b)
}
