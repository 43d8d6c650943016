package serde

// decode: the coercion table of semantics 2.3, one function a family.

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// Error is a value that cannot be decoded. Msg is the Java message that Athena
// shows.
type Error struct {
	Msg   string
	Hint  string
	Value ion.Value // the offending value, maybe inside the column's
	Type  types.Type
}

func (e *Error) Error() string { return e.Msg }

func fail(v ion.Value, t types.Type, format string, args ...any) *Error {
	return &Error{Msg: fmt.Sprintf(format, args...), Value: v, Type: t}
}

// javaClass is the ion-java class of a value, and what the SerDe wraps
// containers in unless paths are case-sensitive.
func (c *Column) javaClass(v ion.Value) string {
	if !c.set.CaseSensitive && !v.Null {
		switch v.Kind {
		case ion.Struct:
			return "com.amazon.ionhiveserde.caseinsensitivedecorator.IonStructCaseInsensitiveDecorator"
		case ion.List, ion.Sexp:
			return "com.amazon.ionhiveserde.caseinsensitivedecorator.IonSequenceCaseInsensitiveDecorator"
		}
	}
	return "com.amazon.ion.impl.lite.Ion" + className(v.Kind) + "Lite"
}

func className(k ion.Kind) string { return string(k.String()[0]) + k.Word()[1:] }

// mismatch is Java's ClassCastException.
func (c *Column) mismatch(v ion.Value, t types.Type, want string) error {
	return fail(v, t, "class %s cannot be cast to class com.amazon.ion.%s", c.javaClass(v), want)
}

// decode sets the row at hand to v, which lies in b.
func (c *Column) decode(b []byte, v ion.Value) error {
	if v.Null {
		c.null()
		return nil
	}
	t := c.Type
	switch t.Kind {
	case types.KindBoolean:
		x, err := c.boolean(b, v, t)
		if err != nil {
			return err
		}
		c.vec.Bools[c.cur] = x
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		x, err := c.integer(b, v, t)
		if err != nil {
			return err
		}
		c.setInt64(x)
	case types.KindReal, types.KindDouble:
		x, err := c.float(b, v, t)
		if err != nil {
			return err
		}
		c.vec.F64[c.cur] = x
	case types.KindDecimal:
		x, err := c.decimal(b, v, t)
		if err != nil {
			return err
		}
		c.setInt128(x)
	case types.KindVarchar, types.KindChar:
		s, err := c.string(b, v, t)
		if err != nil {
			return err
		}
		c.setText(s)
	case types.KindVarbinary:
		s, err := c.binary(b, v, t)
		if err != nil {
			return err
		}
		c.setText(s)
	case types.KindDate, types.KindTimestamp:
		x, err := c.time(b, v, t)
		if err != nil {
			return err
		}
		c.setInt64(x)
	default:
		rows := c.nested.Len()
		if err := c.inner(c.nested, b, v, t); err != nil {
			c.nested.Truncate(rows)
			return err
		}
	}
	return nil
}

func (c *Column) boolean(b []byte, v ion.Value, t types.Type) (bool, error) {
	if v.Kind != ion.Bool {
		return false, c.mismatch(v, t, "IonBool")
	}
	return b[v.Start] == 't', nil
}

// intBits is how many bits an integer type has.
func intBits(k types.Kind) uint {
	switch k {
	case types.KindTinyint:
		return 8
	case types.KindSmallint:
		return 16
	case types.KindInteger:
		return 32
	}
	return 64
}

func (c *Column) integer(b []byte, v ion.Value, t types.Type) (int64, error) {
	if v.Kind != ion.Int {
		return 0, c.mismatch(v, t, "IonInt")
	}
	x, fits := ion.LowInt(b[v.Start:v.End])
	shift := 64 - intBits(t.Kind)
	low := x << shift >> shift
	if fits && low == x {
		return x, nil
	}
	if c.set.FailOnOverflow {
		return 0, fail(v, t, "insufficient precision for %s as %s", shown(b, v), HiveType(t))
	}
	return low, nil
}

// shown is a value as messages show it: its text, but not millions of digits.
func shown(b []byte, v ion.Value) []byte {
	const most = 1000
	text := ion.AppendText(nil, b, v)
	if len(text) > most {
		text = append(text[:most], "..."...)
	}
	return text
}

func (c *Column) float(b []byte, v ion.Value, t types.Type) (float64, error) {
	if v.Kind != ion.Float {
		return 0, c.mismatch(v, t, "IonFloat")
	}
	x := ion.ParseFloat(b[v.Start:v.End])
	if t.Kind == types.KindDouble {
		return x, nil
	}
	narrow := float64(float32(x))
	if c.set.FailOnOverflow && narrow != x && x == x {
		return 0, fail(v, t, "insufficient precision for %s as %s", shown(b, v), HiveType(t))
	}
	return narrow, nil
}

// text returns the text of a string or symbol; what must be made is made in
// c.text, which lives as long as the page.
func (c *Column) textOf(b []byte, v ion.Value, t types.Type) ([]byte, error) {
	s, ok := ion.Text(b[v.Start:v.End], &c.text)
	if !ok {
		return nil, fail(v, t, "Unknown text for symbol $0")
	}
	return s, nil
}

func (c *Column) string(b []byte, v ion.Value, t types.Type) ([]byte, error) {
	isText := v.Kind == ion.String || v.Kind == ion.Symbol
	if t.Kind == types.KindVarchar && t.P == types.Unbounded {
		if isText {
			return c.textOf(b, v, t)
		}
		at := len(c.text)
		c.text = ion.AppendText(c.text, b, v)
		return c.text[at:len(c.text):len(c.text)], nil
	}
	if !isText {
		return nil, c.mismatch(v, t, "IonText")
	}
	s, err := c.textOf(b, v, t)
	if err != nil {
		return nil, err
	}
	if c.set.FailOnOverflow {
		if n := utf16Len(s); n > int(t.P) {
			return nil, fail(v, t, "text is longer than allowed. Size: %d, max: %d", n, t.P)
		}
	}
	s = firstCodePoints(s, int(t.P))
	if t.Kind == types.KindChar { // the engine holds char without its padding
		for len(s) > 0 && s[len(s)-1] == ' ' {
			s = s[:len(s)-1]
		}
	}
	return s, nil
}

func utf16Len(s []byte) int {
	n := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRune(s[i:])
		n += utf16.RuneLen(r)
		i += size
	}
	return n
}

func firstCodePoints(s []byte, n int) []byte {
	if len(s) <= n {
		return s
	}
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRune(s[i:])
		i += size
	}
	return s[:i]
}

func (c *Column) binary(b []byte, v ion.Value, t types.Type) ([]byte, error) {
	if v.Kind != ion.Blob && v.Kind != ion.Clob {
		return nil, c.mismatch(v, t, "IonLob")
	}
	at := len(c.text)
	c.text = ion.AppendLob(c.text, b[v.Start:v.End], v.Kind)
	return c.text[at:len(c.text):len(c.text)], nil
}

// time returns days, or microseconds. The SerDe reads milliseconds, in UTC.
func (c *Column) time(b []byte, v ion.Value, t types.Type) (int64, error) {
	if v.Kind != ion.Timestamp {
		return 0, c.mismatch(v, t, "IonTimestamp")
	}
	ms := ion.ParseTimestamp(b[v.Start:v.End]).Millis
	if t.Kind == types.KindTimestamp {
		return ms * 1000, nil
	}
	const day = 86_400_000
	d := ms / day
	if ms%day < 0 {
		d--
	}
	return d, nil
}

// inner appends v to a vector inside an array, map or row (or the column itself,
// where it is one of these).
func (c *Column) inner(out *page.Builder, b []byte, v ion.Value, t types.Type) error {
	if v.Null {
		out.Null()
		return nil
	}
	switch t.Kind {
	case types.KindBoolean:
		x, err := c.boolean(b, v, t)
		if err != nil {
			return err
		}
		out.Bool(x)
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		x, err := c.integer(b, v, t)
		if err != nil {
			return err
		}
		out.Int64(x)
	case types.KindReal, types.KindDouble:
		x, err := c.float(b, v, t)
		if err != nil {
			return err
		}
		out.Float64(x)
	case types.KindDecimal:
		x, err := c.nestedDecimal(b, v, t)
		if err != nil {
			return err
		}
		out.Int128(x)
	case types.KindVarchar, types.KindChar:
		s, err := c.string(b, v, t)
		if err != nil {
			return err
		}
		out.Bytes(s)
	case types.KindVarbinary:
		s, err := c.binary(b, v, t)
		if err != nil {
			return err
		}
		out.Bytes(s)
	case types.KindDate, types.KindTimestamp:
		x, err := c.time(b, v, t)
		if err != nil {
			return err
		}
		out.Int64(x)
	case types.KindArray:
		return c.array(out, b, v, t)
	case types.KindMap:
		return c.mapping(out, b, v, t)
	case types.KindRow:
		return c.row(out, b, v, t)
	default:
		panic("BUG: serde: type " + t.String())
	}
	return nil
}

func (c *Column) array(out *page.Builder, b []byte, v ion.Value, t types.Type) error {
	if v.Kind != ion.List && v.Kind != ion.Sexp {
		return c.mismatch(v, t, "IonSequence")
	}
	for i := v.Start + 1; ; {
		at, ok := ion.NextItem(b, i)
		if !ok {
			out.EndContainer()
			return nil
		}
		item := ion.ValueAt(b, at, v.Kind == ion.Sexp)
		if err := c.inner(out.Child(0), b, item, t.Elem()); err != nil {
			return err
		}
		i = ion.SkipValue(b, item)
	}
}

// field is a struct's field met in the data.
type field struct {
	name  string
	value ion.Value
}

// fields lists a struct's fields that have a text for a name.
func fields(b []byte, v ion.Value) []field {
	var list []field
	for i := v.Start + 1; ; {
		name, at, ok := ion.NextField(b, i)
		if !ok {
			return list
		}
		val := ion.ValueAt(b, at, false)
		i = ion.SkipValue(b, val)
		var buf []byte
		if s, ok := ion.Text(b[name.Start:name.End], &buf); ok {
			list = append(list, field{string(s), val})
		}
	}
}

func (c *Column) row(out *page.Builder, b []byte, v ion.Value, t types.Type) error {
	if v.Kind != ion.Struct {
		return c.mismatch(v, t, "IonStruct")
	}
	has := fields(b, v)
	for k, f := range t.Fields() {
		val, ok := c.lookup(has, f.Name)
		if !ok {
			out.Child(k).Null()
			continue
		}
		if err := c.inner(out.Child(k), b, val, f.Type); err != nil {
			return err
		}
	}
	out.EndRow()
	return nil
}

// largeStruct is the number of fields from which ion-java finds a struct's
// fields through a map: a duplicate then gives the last, and the first before
// (semantics 2.3, measured with 3 and 7 fields).
const largeStruct = 6

// lookup finds a field: by its exact name, else without regard to case.
func (c *Column) lookup(has []field, name string) (ion.Value, bool) {
	exact := func(name string) int {
		at := -1
		for i := range has {
			if has[i].name == name {
				if at = i; len(has) < largeStruct {
					break
				}
			}
		}
		return at
	}
	i := exact(name)
	if i < 0 && !c.set.CaseSensitive {
		for k := range has {
			if equalFold(has[k].name, name) {
				i = exact(has[k].name)
				break
			}
		}
	}
	if i < 0 {
		return ion.Value{}, false
	}
	return has[i].value, true
}

func (c *Column) mapping(out *page.Builder, b []byte, v ion.Value, t types.Type) error {
	if v.Kind != ion.Struct {
		return c.mismatch(v, t, "IonStruct")
	}
	if key := t.Key(); key.Kind != types.KindVarchar && key.Kind != types.KindChar {
		return fail(v, t, "a map's keys are field names: %s cannot be a key type", HiveType(key))
	}
	has := hashOrder(fields(b, v))
	for i := range has {
		out.Child(0).String(has[i].name)
		if err := c.inner(out.Child(1), b, has[i].value, t.Value()); err != nil {
			return err
		}
	}
	out.EndContainer()
	return nil
}

// decimal decodes a top-level decimal column (semantics 2.4).
func (c *Column) decimal(b []byte, v ion.Value, t types.Type) (decimal.Int128, error) {
	u, scale, err := c.hiveDecimal(b, v, t)
	if err != nil {
		return u, err
	}
	by := int(t.S) - scale
	if by < 0 {
		e := fail(v, t, "target scale must be larger than source scale")
		e.Hint = fmt.Sprintf("%s has %d decimal digits; %s holds %d: declare the column as decimal(38,%d)",
			shown(b, v), scale, HiveType(t), t.S, scale)
		return u, e
	}
	x, ok := decimal.MulOK(u, decimal.Pow10(by))
	if t.P > 18 {
		if !ok {
			return u, fail(v, t, "BigInteger out of Int128 range")
		}
		return x, nil
	}
	if ok && x.IsInt64() {
		return x, nil
	}
	wrapped := decimal.FromInt64(int64(u.Lo * decimal.Pow10(by).Lo)) // BigInteger.longValue of the product
	if c.set.WrapDecimals {
		return wrapped, nil
	}
	return u, wrapError(b, v, t, wrapped)
}

// wrapError refuses what Athena would silently corrupt.
func wrapError(b []byte, v ion.Value, t types.Type, wrapped decimal.Int128) error {
	text := shown(b, v)
	e := fail(v, t, "%s does not fit the 64 bits of %s; Athena would silently read %s", text, HiveType(t), decimal.Format(wrapped, int(t.S)))
	e.Hint = fmt.Sprintf("declare the column as decimal(38,%d), which holds the value; --set decimal_overflow=athena reads what Athena reads", t.S)
	return e
}

// nestedDecimal decodes a decimal inside an array, map or row, where Athena goes
// another way: long ones are rounded, not refused (semantics 2.4).
func (c *Column) nestedDecimal(b []byte, v ion.Value, t types.Type) (decimal.Int128, error) {
	u, scale, err := c.hiveDecimal(b, v, t)
	if err != nil {
		return u, err
	}
	by := int(t.S) - scale
	if t.P > 18 {
		x, ok := decimal.Rescale(u, by)
		if !ok {
			return u, fail(v, t, "Decimal overflow")
		}
		if by < 0 && c.set.Warn != nil {
			c.set.Warn(fmt.Sprintf("column %s: values with more than %d decimal digits inside an %s are rounded, as Athena rounds them", c.Name, t.S, HiveType(c.Type)))
		}
		return x, nil
	}
	garbled := int64(u.Lo)
	if !u.IsInt64() {
		garbled |= topBytes(u)
	}
	if by < 0 {
		return u, fail(v, t, "target scale must be larger than source scale")
	}
	wrapped := int64(uint64(garbled) * decimal.Pow10(by).Lo)
	x, ok := decimal.MulOK(u, decimal.Pow10(by))
	if ok && x == decimal.FromInt64(wrapped) {
		return x, nil
	}
	if c.set.WrapDecimals {
		return decimal.FromInt64(wrapped), nil
	}
	return u, wrapError(b, v, t, decimal.FromInt64(wrapped))
}

// topBytes returns the bytes above the lowest 8 of the shortest two's complement
// form of u. DecimalUtils shifts them by 64 bits and more, which in Java puts
// them over the lowest ones.
func topBytes(u decimal.Int128) int64 {
	for n := uint(8); n < 64; n += 8 {
		if u.Hi<<(64-n)>>(64-n) == u.Hi {
			return int64(uint64(u.Hi) << (64 - n) >> (64 - n))
		}
	}
	return u.Hi
}

// hiveDecimal is HiveDecimal.create: zeros stripped, at most 38 digits, rounded
// where the fraction is longer.
func (c *Column) hiveDecimal(b []byte, v ion.Value, t types.Type) (u decimal.Int128, scale int, err error) {
	tok := b[v.Start:]
	if v.End >= 0 {
		tok = b[v.Start:v.End]
	}
	switch v.Kind {
	case ion.Decimal:
	case ion.Int:
		if ion.IsRadix(tok) {
			tok = ion.AppendInt(nil, tok)
		}
	case ion.Float:
		f := ion.ParseFloat(tok)
		switch {
		case math.IsNaN(f):
			return u, 0, fail(v, t, "Character N is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark.")
		case math.IsInf(f, 0):
			return u, 0, fail(v, t, "Character I is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark.")
		}
		tok = strconv.AppendFloat(nil, f, 'e', -1, 64) // the digits of Double.toString
	default:
		return u, 0, fail(v, t, "Invalid Ion type: %s", v.Kind)
	}
	n := ion.ParseDecimal(tok, c.digits[:0])
	u, scale, ok := hiveDecimal(n)
	if !ok {
		e := fail(v, t, "fieldValue should not be null")
		e.Hint = "no decimal type holds more than 38 digits before the point; declare the column as string to read it"
		return u, 0, e
	}
	return u, scale, nil
}

const maxDigits = 38

func hiveDecimal(n ion.Number) (u decimal.Int128, scale int, ok bool) {
	d, exp := n.Digits, n.Exp
	for len(d) > 0 && d[0] == '0' {
		d = d[1:]
	}
	strip := func() {
		for len(d) > 0 && d[len(d)-1] == '0' {
			d = d[:len(d)-1]
			exp++
		}
	}
	strip()
	if len(d) == 0 {
		return u, 0, true
	}
	whole := int64(len(d)) + exp // digits before the point
	if whole > maxDigits {
		return u, 0, false
	}
	if most := min(maxDigits, maxDigits-whole); -exp > most {
		// Cut the fraction to `most` digits, half up.
		keep := int64(len(d)) - (-exp - most)
		if keep < 0 {
			return u, 0, true
		}
		up := d[keep] >= '5'
		d = d[:keep]
		exp = -most
		if up {
			i := len(d) - 1
			for ; i >= 0 && d[i] == '9'; i-- {
				d[i] = '0'
			}
			if i >= 0 {
				d[i]++
			} else if len(d) < maxDigits {
				d = append(d[:0], append([]byte{'1'}, d...)...)
			} else {
				return u, 0, false
			}
		}
		strip()
		if len(d) == 0 {
			return u, 0, true
		}
	}
	for _, c := range d {
		u, _ = decimal.MulOK(u, decimal.FromInt64(10))
		u = decimal.AddWrap(u, decimal.FromInt64(int64(c-'0')))
	}
	if exp > 0 {
		if u, ok = decimal.MulOK(u, decimal.Pow10(int(exp))); !ok {
			return u, 0, false
		}
		exp = 0
	}
	if n.Neg {
		u = u.Neg()
	}
	return u, int(-exp), true
}
