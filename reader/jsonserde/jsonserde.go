// Package jsonserde reads rows of JSON lines by the rules of the SerDes that
// tables over JSON are declared with: OpenX's, which most Athena users take, and
// Hive's two. The rules are those of Hive-JSON-Serde (rcongiu) and of Hive's
// JsonSerDe, as Trino's hive-formats describes and Athena's troubleshooting pages
// show them; where a value does not fit its column both fail loudly.
//
//	s, err := jsonserde.New(class, columns, properties)
//	err = s.Parse(line)            // checks the line whole
//	err = s.Append(k, builder)     // the value of column k
package jsonserde

import (
	"bytes"
	"encoding/base64"
	"errors"
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
	OpenX = "org.openx.data.jsonserde.JsonSerDe"
	Hive  = "org.apache.hive.hcatalog.data.JsonSerDe"
	Hive3 = "org.apache.hadoop.hive.serde2.JsonSerDe"
)

// Is reports whether a class is one of these SerDes.
func Is(class string) bool { return class == OpenX || class == Hive || class == Hive3 }

// Column is a column of the table.
type Column struct {
	Name string // lower case
	Type types.Type
}

// SerDe decodes lines. It is not safe for concurrent use.
type SerDe struct {
	columns []Column
	openx   bool

	ignoreMalformed bool
	caseSensitive   bool
	dots            bool
	mapping         map[string]string // of column or field to the name in JSON

	tree tree
	row  []int // of each column: its value's node, 0 for none
	// whole tells that the line at hand has values at all: OpenX makes rows of
	// NULLs of lines that are no objects.
	whole bool
	buf   []byte
}

// Error is a value that does not fit its column.
type Error struct {
	Column string
	Type   types.Type
	Text   string
	Msg    string
}

func (e *Error) Error() string { return e.Msg }

// New returns a SerDe for a table. Properties that are not honoured are refused
// by name; keys that no such SerDe knows are ignored, as there.
func New(class string, columns []Column, props map[string]string) (*SerDe, error) {
	s := &SerDe{columns: columns, openx: class == OpenX, mapping: map[string]string{}, row: make([]int, len(columns))}
	isTrue := func(key string) bool { return strings.EqualFold(props[key], "true") }
	for _, key := range slices.Sorted(maps.Keys(props)) {
		switch {
		case key == "timestamp.formats" && props[key] != "":
			return nil, sqlerr.New(sqlerr.NotSupported, "SerDe property is not supported: %s", key)
		case s.openx && strings.HasPrefix(key, "mapping."):
			s.mapping[strings.ToLower(strings.TrimPrefix(key, "mapping."))] = props[key]
		}
	}
	if s.openx {
		s.ignoreMalformed = isTrue("ignore.malformed.json")
		s.dots = isTrue("dots.in.keys")
		if v, ok := props["case.insensitive"]; ok {
			s.caseSensitive = !strings.EqualFold(v, "true")
		}
		if !s.caseSensitive {
			s.tree.fold = bytes.ToLower
		}
	} else {
		s.ignoreMalformed = isTrue("ignore.malformed.json") // Athena's documentation lists it for Hive's too
	}
	for _, c := range columns {
		if err := s.check(c.Type, c.Name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// check refuses types that no JSON SerDe reads.
func (s *SerDe) check(t types.Type, column string) error {
	switch t.Kind {
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal, types.KindDouble,
		types.KindDecimal, types.KindVarchar, types.KindChar, types.KindVarbinary, types.KindDate, types.KindTimestamp:
		return nil
	case types.KindArray:
		return s.check(t.Elem(), column)
	case types.KindMap:
		if k := t.Key().Kind; k == types.KindArray || k == types.KindMap || k == types.KindRow {
			break
		}
		if err := s.check(t.Key(), column); err != nil {
			return err
		}
		return s.check(t.Value(), column)
	case types.KindRow:
		for _, f := range t.Fields() {
			if err := s.check(f.Type, column); err != nil {
				return err
			}
		}
		return nil
	}
	return sqlerr.New(sqlerr.NotSupported, "Column %s has type %s, which JSON SerDes do not read", column, t)
}

// errMalformed is a row of NULLs.
var errMalformed = errors.New("malformed")

// Parse takes a line and checks it whole. Its bytes must stay as they are until
// the next call. The error tells why the line is no row.
func (s *SerDe) Parse(line []byte) error {
	s.whole = false
	clear(s.row)
	err := s.parse(line)
	if errors.Is(err, errMalformed) || err != nil && s.ignoreMalformed {
		return nil
	}
	return err
}

func (s *SerDe) parse(line []byte) error {
	first := bytes.TrimLeft(line, " \t\r\n")
	if s.openx && (len(first) == 0 || first[0] != '{' && first[0] != '[') {
		return errMalformed
	}
	t := &s.tree
	if err := t.parse(line); err != nil {
		return err
	}
	root := t.nodes[1]
	if root.kind != object && !(s.openx && root.kind == array) {
		t.i = 0
		return t.bad("the row is no object")
	}
	if s.openx && root.kind == object {
		if err := s.unique(1); err != nil {
			return err
		}
	}
	s.whole = true
	for k, c := range s.columns {
		s.row[k] = s.member(1, c.Name, k)
	}
	return nil
}

// unique refuses objects with a key twice, which OpenX's JSON library does.
func (s *SerDe) unique(at int) error {
	t := &s.tree
	n := t.nodes[at]
	if n.kind == object && n.size > 1 {
		if n.size <= 16 {
			for a := n.first; a != 0; a = t.nodes[a].next {
				for b := t.nodes[a].next; b != 0; b = t.nodes[b].next {
					if bytes.Equal(t.nodes[a].key, t.nodes[b].key) {
						return fmt.Errorf("Duplicate key %q", t.nodes[a].key)
					}
				}
			}
		} else {
			seen := make(map[string]bool, n.size)
			for a := n.first; a != 0; a = t.nodes[a].next {
				if seen[string(t.nodes[a].key)] {
					return fmt.Errorf("Duplicate key %q", t.nodes[a].key)
				}
				seen[string(t.nodes[a].key)] = true
			}
		}
	}
	for a := n.first; a != 0; a = t.nodes[a].next {
		if err := s.unique(a); err != nil {
			return err
		}
	}
	return nil
}

// member finds a field of an object, or the n-th element of an array.
func (s *SerDe) member(at int, name string, n int) int {
	t := &s.tree
	if t.nodes[at].kind == array {
		k := t.nodes[at].first
		for ; k != 0 && n > 0; n-- {
			k = t.nodes[k].next
		}
		return k
	}
	want := name
	if m, ok := s.mapping[name]; ok {
		want = m
		if !s.caseSensitive {
			want = strings.ToLower(m)
		}
	}
	found, dotted := 0, 0
	for k := t.nodes[at].first; k != 0; k = t.nodes[k].next {
		key := t.nodes[k].key
		switch {
		case string(key) == want, !s.openx && len(key) == len(want) && strings.EqualFold(string(key), want):
			found = k // Hive: the last one counts; OpenX has no second
		case s.dots && dotted == 0 && bytes.IndexByte(key, '.') >= 0 && strings.ReplaceAll(string(key), ".", "_") == name:
			dotted = k
		}
	}
	if found == 0 {
		return dotted
	}
	return found
}

// Append appends the value of column k of the line at hand. On an error nothing
// that counts was appended: the caller truncates.
func (s *SerDe) Append(k int, out *page.Builder) error {
	if !s.whole || s.row[k] == 0 {
		out.Null()
		return nil
	}
	c := s.columns[k]
	err := s.value(s.row[k], c.Type, out)
	var bad *Error
	if errors.As(err, &bad) {
		bad.Column, bad.Type = c.Name, c.Type
		if bad.Text == "" {
			bad.Text = string(s.tree.appendJSON(nil, s.row[k]))
		}
	}
	return err
}

func wrong(format string, args ...any) error { return &Error{Msg: fmt.Sprintf(format, args...)} }

// scalar is the text of a number or boolean as OpenX's library prints it again:
// a number with a point or an exponent is a double to it.
func scalar(n *node) []byte {
	if n.kind == number && bytes.ContainsAny(n.text, ".eE") {
		if f, err := strconv.ParseFloat(string(n.text), 64); err == nil {
			return types.AppendFloat(nil, f, 64)
		}
	}
	return n.text
}

func (s *SerDe) value(at int, t types.Type, out *page.Builder) error {
	n := &s.tree.nodes[at]
	if n.kind == null {
		out.Null()
		return nil
	}
	switch t.Kind {
	case types.KindArray:
		return s.array(at, t, out)
	case types.KindMap:
		return s.mapping1(at, t, out)
	case types.KindRow:
		return s.structure(at, t, out)
	case types.KindVarchar, types.KindChar:
		return s.text(at, t, out)
	}
	if n.kind >= array {
		return wrong("%s value must be a scalar json value", t)
	}
	return s.primitive(n.kind, n.text, t, out)
}

// primitive converts text to a type that is no text.
func (s *SerDe) primitive(k kind, text []byte, t types.Type, out *page.Builder) error {
	numeric := func() error {
		if !s.openx && k != number {
			return wrong("Current token (%s) not numeric, can not use numeric value accessors", map[kind]string{str: "VALUE_STRING", truth: "VALUE_BOOLEAN"}[k])
		}
		return nil
	}
	switch t.Kind {
	case types.KindBoolean:
		out.Bool(strings.EqualFold(string(text), "true"))
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		if err := numeric(); err != nil {
			return err
		}
		v, ok := s.integer(string(text))
		bits := map[types.Kind]int{types.KindTinyint: 8, types.KindSmallint: 16, types.KindInteger: 32, types.KindBigint: 64}[t.Kind]
		if !ok || v < -1<<(bits-1) || v > 1<<(bits-1)-1 {
			return wrong("For input string: \"%s\"", text)
		}
		out.Int64(v)
	case types.KindReal, types.KindDouble:
		if err := numeric(); err != nil {
			return err
		}
		bits := 64
		if t.Kind == types.KindReal {
			bits = 32
		}
		f, err := strconv.ParseFloat(string(text), bits)
		if err != nil && !math.IsInf(f, 0) || bytes.ContainsAny(text, "_xXpP") && err == nil {
			return wrong("For input string: \"%s\"", text)
		}
		out.Float64(f)
	case types.KindDecimal:
		v, status := decimal.ParseJava(string(text), int(t.P), int(t.S))
		switch status {
		case decimal.ParseNotANumber:
			if s.openx {
				return wrong("For input string: \"%s\"", text)
			}
			out.Null() // HiveDecimal.create
		case decimal.ParseTooLarge:
			return wrong("Cannot convert '%s' to %s. Value too large.", text, t)
		default:
			if t.IsShortDecimal() {
				out.Int64(v.Int64())
			} else {
				out.Int128(v)
			}
		}
	case types.KindVarbinary:
		if !s.openx {
			out.Bytes(text)
			return nil
		}
		b, err := base64.StdEncoding.DecodeString(string(text))
		if err != nil || k != str {
			return wrong("a binary value is not base64")
		}
		out.Bytes(b)
	case types.KindDate:
		word, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
		d, err := types.ParseDate(word)
		if err != nil {
			return wrong("'%s' is no date", text)
		}
		out.Int64(d)
	case types.KindTimestamp:
		micros, ok := s.timestamp(strings.TrimSpace(string(text)))
		if !ok {
			return wrong("Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff]")
		}
		micros, _ = types.RoundTimestamp(micros, 0, 6, int(t.P))
		out.Int64(micros)
	default:
		panic("BUG: type " + t.String() + " was checked")
	}
	return nil
}

// integer reads a number. OpenX also knows hexadecimal and octal ones; Jackson
// cuts fractions off.
func (s *SerDe) integer(text string) (int64, bool) {
	if s.openx {
		base, digits := 10, text
		switch {
		case len(text) >= 3 && text[0] == '0' && text[1]|0x20 == 'x':
			base, digits = 16, text[2:]
		case len(text) >= 2 && text[0] == '0' && text[1] >= '0' && text[1] <= '8':
			base, digits = 8, text[1:]
		}
		if base != 10 && strings.HasPrefix(digits, "-") {
			return 0, false
		}
		v, err := strconv.ParseInt(digits, base, 64)
		return v, err == nil && !strings.Contains(digits, "_")
	}
	if v, err := strconv.ParseInt(text, 10, 64); err == nil {
		return v, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !strings.ContainsAny(text, ".eE") || f < math.MinInt64 || f >= math.MaxInt64 {
		return 0, false
	}
	return int64(f), true
}

// timestamp reads JDBC's form, and for OpenX also ISO 8601's and epoch seconds or
// milliseconds.
func (s *SerDe) timestamp(text string) (int64, bool) {
	if !s.openx || !strings.ContainsAny(text, "TtZz+") && strings.ContainsAny(text, ":") {
		micros, _, err := types.ParseTimestamp(strings.Replace(text, "T", " ", 1), 6)
		return micros, err == nil
	}
	if strings.Contains(text, ":") {
		iso := strings.Replace(text, " ", "T", 1)
		t, err := types.ParseISO8601Timestamp(iso, 0)
		return t.Millis * 1000, err == nil
	}
	if strings.Contains(text, ".") {
		v, status := decimal.ParseJava(text, 38, 3)
		return v.Int64() * 1000, status == decimal.ParseOK && v.IsInt64()
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v > math.MaxInt64/1_000_000 || v < math.MinInt64/1_000_000 {
		return 0, false
	}
	if len(text) >= 13 {
		return v * 1000, true
	}
	return v * 1_000_000, true
}

// text appends a value to a column of text.
func (s *SerDe) text(at int, t types.Type, out *page.Builder) error {
	n := &s.tree.nodes[at]
	b := n.text
	switch {
	case n.kind == str:
	case n.kind >= array && !s.openx:
		return wrong("%s value must be a scalar json value", t)
	case n.kind >= array:
		s.buf = s.tree.appendJSON(s.buf[:0], at)
		b = s.buf
	case s.openx:
		b = scalar(n)
	}
	appendText(b, t, out)
	return nil
}

// appendText cuts text to the length of its type.
func appendText(b []byte, t types.Type, out *page.Builder) {
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

func (s *SerDe) array(at int, t types.Type, out *page.Builder) error {
	n := s.tree.nodes[at]
	if n.kind != array {
		switch {
		case !s.openx:
			return wrong("start of array expected")
		case n.kind == str && len(n.text) == 0:
			out.Null()
			return nil
		}
		// OpenX takes any other value for an array of one.
		if err := s.value(at, t.Elem(), out.Child(0)); err != nil {
			return err
		}
		out.EndContainer()
		return nil
	}
	for k := n.first; k != 0; k = s.tree.nodes[k].next {
		if err := s.value(k, t.Elem(), out.Child(0)); err != nil {
			return err
		}
	}
	out.EndContainer()
	return nil
}

// mapping1 is a map; of equal keys the last one counts, in its place.
func (s *SerDe) mapping1(at int, t types.Type, out *page.Builder) error {
	n := s.tree.nodes[at]
	if n.kind != object {
		if s.openx && n.kind == str && len(bytes.TrimSpace(n.text)) == 0 {
			out.Null()
			return nil
		}
		return wrong("start of object expected")
	}
	last := map[string]int{}
	for k := n.first; k != 0; k = s.tree.nodes[k].next {
		last[string(s.tree.nodes[k].key)] = k
	}
	for k := n.first; k != 0; k = s.tree.nodes[k].next {
		key := s.tree.nodes[k].key
		if last[string(key)] != k {
			continue
		}
		if t.Key().IsString() {
			appendText(key, t.Key(), out.Child(0))
		} else if err := s.primitive(number, key, t.Key(), out.Child(0)); err != nil {
			return err
		}
		if err := s.value(k, t.Value(), out.Child(1)); err != nil {
			return err
		}
	}
	out.EndContainer()
	return nil
}

func (s *SerDe) structure(at int, t types.Type, out *page.Builder) error {
	n := s.tree.nodes[at]
	empty := false
	if n.kind != object && !(s.openx && n.kind == array) {
		if !s.openx || n.kind != str || len(bytes.TrimSpace(n.text)) > 0 {
			if s.openx {
				return wrong("Data is not JSONObject")
			}
			return wrong("start of object expected")
		}
		empty = true
	}
	for i, f := range t.Fields() {
		k := 0
		if !empty {
			k = s.member(at, strings.ToLower(f.Name), i)
		}
		if k == 0 {
			out.Child(i).Null()
			continue
		}
		if err := s.value(k, f.Type, out.Child(i)); err != nil {
			return err
		}
	}
	out.EndRow()
	return nil
}
