// Package types holds SQL types: what they are called by Trino and by Hive,
// how they are compared for equality, and the text and calendar forms of the
// temporal ones. It is a leaf: standard library only.
package types

import (
	"strconv"
	"strings"
	"sync"
)

// Kind is the family of a type.
type Kind uint8

// The kinds of types.
const (
	KindUnknown Kind = iota // the type of a bare NULL
	KindBoolean
	KindTinyint
	KindSmallint
	KindInteger
	KindBigint
	KindReal
	KindDouble
	KindDecimal // P precision 1..38, S scale 0..P
	KindVarchar // P length in code points, or Unbounded
	KindChar    // P length
	KindVarbinary
	KindDate
	KindTime        // P precision 0..12
	KindTimeTZ      // P precision 0..12
	KindTimestamp   // P precision 0..12
	KindTimestampTZ // P precision 0..12
	KindIntervalYearMonth
	KindIntervalDaySecond
	KindJSON
	KindUUID
	KindIPAddress
	KindArray    // one argument
	KindMap      // two arguments: key, value
	KindRow      // one argument a field
	KindFunction // lambda: argument types and, last, the result type
	KindHyperLogLog
	KindP4HyperLogLog
	KindTDigest
	KindQDigest // one argument
	KindSetDigest
	KindColor
	KindJSONPath // compiled JSON path literal, internal
)

// Unbounded is the length of a varchar without one.
const Unbounded = 1<<31 - 1

// Type is one SQL type. It is a comparable value: two Types are the same type
// exactly when == says so (argument lists are interned), row field names
// included.
type Type struct {
	Kind Kind
	P    int32 // precision or length, see Kind
	S    int32 // scale of a decimal
	args *args
}

// Field is an argument of a parametric type: the field of a row (Name may be
// empty), the element of an array, the key or value of a map.
type Field struct {
	Name string
	Type Type
}

type args struct {
	fields []Field
	key    string
}

var interned sync.Map // key -> *args

func intern(fields []Field) *args {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(strconv.Itoa(len(f.Name)))
		b.WriteByte(':')
		b.WriteString(f.Name)
		b.WriteByte(' ')
		f.Type.appendKey(&b)
		b.WriteByte(';')
	}
	key := b.String()
	if a, ok := interned.Load(key); ok {
		return a.(*args)
	}
	a, _ := interned.LoadOrStore(key, &args{fields: append([]Field(nil), fields...), key: key})
	return a.(*args)
}

func (t Type) appendKey(b *strings.Builder) {
	b.WriteString(strconv.Itoa(int(t.Kind)))
	b.WriteByte(',')
	b.WriteString(strconv.Itoa(int(t.P)))
	b.WriteByte(',')
	b.WriteString(strconv.Itoa(int(t.S)))
	if t.args != nil {
		b.WriteByte('(')
		b.WriteString(t.args.key)
		b.WriteByte(')')
	}
}

// The types without parameters, and the parametric ones' usual forms.
var (
	Unknown           = Type{Kind: KindUnknown}
	Boolean           = Type{Kind: KindBoolean}
	Tinyint           = Type{Kind: KindTinyint}
	Smallint          = Type{Kind: KindSmallint}
	Integer           = Type{Kind: KindInteger}
	Bigint            = Type{Kind: KindBigint}
	Real              = Type{Kind: KindReal}
	Double            = Type{Kind: KindDouble}
	Varchar           = Type{Kind: KindVarchar, P: Unbounded}
	Varbinary         = Type{Kind: KindVarbinary}
	Date              = Type{Kind: KindDate}
	IntervalYearMonth = Type{Kind: KindIntervalYearMonth}
	IntervalDaySecond = Type{Kind: KindIntervalDaySecond}
	JSON              = Type{Kind: KindJSON}
	UUID              = Type{Kind: KindUUID}
	IPAddress         = Type{Kind: KindIPAddress}
	HyperLogLog       = Type{Kind: KindHyperLogLog}
	P4HyperLogLog     = Type{Kind: KindP4HyperLogLog}
	TDigest           = Type{Kind: KindTDigest}
	SetDigest         = Type{Kind: KindSetDigest}
	Color             = Type{Kind: KindColor}
	JSONPath          = Type{Kind: KindJSONPath}
)

// Decimal returns decimal(p,s). It does not check the ranges.
func Decimal(p, s int) Type { return Type{Kind: KindDecimal, P: int32(p), S: int32(s)} }

// VarcharN returns varchar(n); n may be Unbounded.
func VarcharN(n int) Type { return Type{Kind: KindVarchar, P: int32(min(n, Unbounded))} }

// CharN returns char(n).
func CharN(n int) Type { return Type{Kind: KindChar, P: int32(n)} }

// Time returns time(p).
func Time(p int) Type { return Type{Kind: KindTime, P: int32(p)} }

// TimeTZ returns time(p) with time zone.
func TimeTZ(p int) Type { return Type{Kind: KindTimeTZ, P: int32(p)} }

// Timestamp returns timestamp(p).
func Timestamp(p int) Type { return Type{Kind: KindTimestamp, P: int32(p)} }

// TimestampTZ returns timestamp(p) with time zone.
func TimestampTZ(p int) Type { return Type{Kind: KindTimestampTZ, P: int32(p)} }

// Array returns array(elem).
func Array(elem Type) Type {
	return Type{Kind: KindArray, args: intern([]Field{{Type: elem}})}
}

// Map returns map(key, value).
func Map(key, value Type) Type {
	return Type{Kind: KindMap, args: intern([]Field{{Type: key}, {Type: value}})}
}

// Row returns row(fields...); a field's name may be empty.
func Row(fields ...Field) Type { return Type{Kind: KindRow, args: intern(fields)} }

// Function returns the type of a lambda: arguments, then the result.
func Function(argsThenResult ...Type) Type {
	fields := make([]Field, len(argsThenResult))
	for i, t := range argsThenResult {
		fields[i].Type = t
	}
	return Type{Kind: KindFunction, args: intern(fields)}
}

// QDigest returns qdigest(elem).
func QDigest(elem Type) Type {
	return Type{Kind: KindQDigest, args: intern([]Field{{Type: elem}})}
}

// Fields returns the arguments of a parametric type; nil for the others. The
// caller does not change the slice.
func (t Type) Fields() []Field {
	if t.args == nil {
		return nil
	}
	return t.args.fields
}

// Elem returns the element type of an array (or qdigest).
func (t Type) Elem() Type { return t.args.fields[0].Type }

// Key returns the key type of a map.
func (t Type) Key() Type { return t.args.fields[0].Type }

// Value returns the value type of a map.
func (t Type) Value() Type { return t.args.fields[1].Type }

// IsInteger reports tinyint, smallint, integer or bigint.
func (t Type) IsInteger() bool { return t.Kind >= KindTinyint && t.Kind <= KindBigint }

// IsNumeric reports the integers, real, double and decimal.
func (t Type) IsNumeric() bool { return t.Kind >= KindTinyint && t.Kind <= KindDecimal }

// IsString reports varchar and char.
func (t Type) IsString() bool { return t.Kind == KindVarchar || t.Kind == KindChar }

// IsShortDecimal reports a decimal of at most 18 digits.
func (t Type) IsShortDecimal() bool { return t.Kind == KindDecimal && t.P <= 18 }

// Comparable reports whether = is defined on t (Trino: isComparable).
func (t Type) Comparable() bool {
	switch t.Kind {
	case KindFunction, KindHyperLogLog, KindP4HyperLogLog, KindTDigest, KindQDigest, KindSetDigest, KindJSONPath:
		return false
	case KindArray, KindMap, KindRow:
		for _, f := range t.Fields() {
			if !f.Type.Comparable() {
				return false
			}
		}
	}
	return true
}

// Orderable reports whether < is defined on t (Trino: isOrderable).
func (t Type) Orderable() bool {
	switch t.Kind {
	case KindMap, KindJSON, KindColor:
		return false
	case KindArray, KindRow:
		for _, f := range t.Fields() {
			if !f.Type.Orderable() {
				return false
			}
		}
		return true
	}
	return t.Comparable()
}

var simpleNames = map[Kind]string{
	KindUnknown: "unknown", KindBoolean: "boolean", KindTinyint: "tinyint", KindSmallint: "smallint",
	KindInteger: "integer", KindBigint: "bigint", KindReal: "real", KindDouble: "double",
	KindVarbinary: "varbinary", KindDate: "date", KindIntervalYearMonth: "interval year to month",
	KindIntervalDaySecond: "interval day to second", KindJSON: "json", KindUUID: "uuid",
	KindIPAddress: "ipaddress", KindHyperLogLog: "HyperLogLog", KindP4HyperLogLog: "P4HyperLogLog",
	KindTDigest: "tdigest", KindSetDigest: "SetDigest", KindColor: "color", KindJSONPath: "JsonPath2016",
}

// String gives Trino's display name: varchar(3), decimal(10,0), timestamp(3)
// with time zone, array(row(a integer, "B c" varchar)).
func (t Type) String() string {
	if n, ok := simpleNames[t.Kind]; ok {
		return n
	}
	p := strconv.Itoa(int(t.P))
	switch t.Kind {
	case KindDecimal:
		return "decimal(" + p + "," + strconv.Itoa(int(t.S)) + ")"
	case KindVarchar:
		if t.P == Unbounded {
			return "varchar"
		}
		return "varchar(" + p + ")"
	case KindChar:
		return "char(" + p + ")"
	case KindTime:
		return "time(" + p + ")"
	case KindTimeTZ:
		return "time(" + p + ") with time zone"
	case KindTimestamp:
		return "timestamp(" + p + ")"
	case KindTimestampTZ:
		return "timestamp(" + p + ") with time zone"
	case KindArray, KindMap, KindRow, KindFunction, KindQDigest:
		name := map[Kind]string{KindArray: "array", KindMap: "map", KindRow: "row", KindFunction: "function", KindQDigest: "qdigest"}[t.Kind]
		var b strings.Builder
		b.WriteString(name)
		b.WriteByte('(')
		sep := ", "
		if t.Kind == KindFunction {
			sep = ","
		}
		for i, f := range t.Fields() {
			if i > 0 {
				b.WriteString(sep)
			}
			if f.Name != "" {
				b.WriteString(quoteFieldName(f.Name))
				b.WriteByte(' ')
			}
			b.WriteString(f.Type.String())
		}
		b.WriteByte(')')
		return b.String()
	}
	return "?"
}

// quoteFieldName quotes a row field's name where Trino's typeof does: any name
// that is not letters, digits and underscores starting with a letter or
// underscore.
func quoteFieldName(s string) string {
	plain := s != ""
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9' {
			continue
		}
		plain = false
	}
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
