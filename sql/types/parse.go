package types

// Names of types to Types, in Trino's spelling (ParseName, and Parse for whole
// texts such as the ones that Type.String prints) and in Hive's (ParseHive, for
// DDL texts such as struct<a:int,b:array<string>>).

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits of parameters.
const (
	maxDecimalPrecision  = 38
	maxTemporalPrecision = 12
)

// A ParameterError says that a type's parameters are out of range; the message
// is Trino's.
type ParameterError struct{ Msg string }

func (e *ParameterError) Error() string { return e.Msg }

// An UnknownTypeError says that there is no type of this name.
type UnknownTypeError struct{ Name string }

func (e *UnknownTypeError) Error() string { return "Unknown type: " + e.Name }

// plainNames are the types that take no parameters, by their lower-case names in
// queries. Types that only functions' signatures need are there, too.
var plainNames = map[string]Type{
	"unknown": Unknown, "boolean": Boolean, "tinyint": Tinyint, "smallint": Smallint, "integer": Integer, "int": Integer,
	"bigint": Bigint, "real": Real, "double": Double, "varbinary": Varbinary, "date": Date,
	"interval year to month": IntervalYearMonth, "interval day to second": IntervalDaySecond,
	"json": JSON, "uuid": UUID, "ipaddress": IPAddress, "hyperloglog": HyperLogLog, "p4hyperloglog": P4HyperLogLog,
	"tdigest": TDigest, "setdigest": SetDigest, "color": Color, "jsonpath": JSONPath,
}

// ByName makes a type of a lower-case name and its number parameters: decimal,
// decimal(10), varchar(3), timestamp(6) with time zone (name "timestamp with
// time zone"). Bare decimal is decimal(38,0) here, in queries; in DDL it is
// decimal(10,0) (ParseHive; semantics 5.6). The error is an *UnknownTypeError or
// a *ParameterError.
func ByName(name string, params ...int) (Type, error) {
	if t, ok := plainNames[name]; ok {
		if len(params) > 0 {
			return Type{}, &UnknownTypeError{name}
		}
		return t, nil
	}
	param := func(dflt int) int {
		if len(params) == 0 {
			return dflt
		}
		return params[0]
	}
	if len(params) > 1 && name != "decimal" || len(params) > 2 {
		return Type{}, &UnknownTypeError{name}
	}
	switch name {
	case "decimal":
		p, s := param(maxDecimalPrecision), 0
		if len(params) == 2 {
			s = params[1]
		}
		return CheckedDecimal(p, s)
	case "varchar":
		n := param(Unbounded)
		if n < 0 || n > Unbounded {
			return Type{}, &ParameterError{fmt.Sprintf("Invalid VARCHAR length %d", n)}
		}
		return VarcharN(n), nil
	case "char":
		n := param(1)
		if n < 0 || n > MaxCharLength {
			return Type{}, &ParameterError{fmt.Sprintf("CHAR length must be in range [0, %d], got %d", MaxCharLength, n)}
		}
		return CharN(n), nil
	case "time", "time with time zone", "timestamp", "timestamp with time zone":
		k := map[string]Kind{"time": KindTime, "time with time zone": KindTimeTZ, "timestamp": KindTimestamp, "timestamp with time zone": KindTimestampTZ}[name]
		p := param(3)
		if p < 0 || p > maxTemporalPrecision {
			return Type{}, &PrecisionError{strings.ToUpper(name), p}
		}
		return Type{Kind: k, P: int32(p)}, nil
	}
	return Type{}, &UnknownTypeError{name}
}

// CheckedDecimal returns decimal(p,s), or a *ParameterError.
func CheckedDecimal(p, s int) (Type, error) {
	if p < 1 || p > maxDecimalPrecision {
		return Type{}, &ParameterError{fmt.Sprintf("DECIMAL precision must be in range [1, %d]: %d", maxDecimalPrecision, p)}
	}
	if s < 0 || s > p {
		return Type{}, &ParameterError{fmt.Sprintf("DECIMAL scale must be in range [0, precision (%d)]: %d", p, s)}
	}
	return Decimal(p, s), nil
}

// Parse reads a type in Trino's spelling: what String prints and what CAST
// takes, such as array(varchar(3)), row(a bigint, "B c" varchar),
// timestamp(3) with time zone, map(varchar, decimal(38,0)).
func Parse(text string) (Type, error) {
	p := &typeText{s: text}
	t, err := p.trino()
	if err != nil {
		return Type{}, err
	}
	if p.skip(); p.i < len(p.s) {
		return Type{}, &UnknownTypeError{text}
	}
	return t, nil
}

// ParseHive reads a type in Hive's spelling: int, string, decimal (10,0),
// array<string>, map<string,bigint>, struct<a:int,b:string COMMENT 'x'>. The
// result is what the column is to queries: string becomes varchar, float real,
// timestamp timestamp(3), binary varbinary (semantics 4.2).
func ParseHive(text string) (Type, error) {
	p := &typeText{s: text}
	t, err := p.hive()
	if err != nil {
		return Type{}, err
	}
	if p.skip(); p.i < len(p.s) {
		return Type{}, &UnknownTypeError{text}
	}
	return t, nil
}

// HiveByName makes the type of a primitive Hive name and its parameters.
func HiveByName(hive string, params ...int) (Type, error) {
	name := hive
	switch name {
	case "string":
		name = "varchar"
	case "float":
		name = "real"
	case "binary":
		name = "varbinary"
	case "dec", "numeric":
		name = "decimal"
	case "boolean", "tinyint", "smallint", "int", "integer", "bigint", "double", "date", "timestamp":
	case "decimal", "varchar", "char":
	default:
		return Type{}, &UnknownTypeError{name}
	}
	switch {
	case name == "decimal" && len(params) == 0:
		params = []int{10, 0} // HiveDecimal's default
	case len(params) > 0 && (hive == "string" || name != "decimal" && name != "varchar" && name != "char"):
		return Type{}, &UnknownTypeError{name}
	}
	return ByName(name, params...)
}

// typeText is a type's text being read.
type typeText struct {
	s string
	i int
}

func (p *typeText) skip() {
	for p.i < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.i]) >= 0 {
		p.i++
	}
}

// take reads c after blanks, if it is there.
func (p *typeText) take(c byte) bool {
	p.skip()
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// word reads letters, digits and underscores; "" where there are none.
func (p *typeText) word() string {
	p.skip()
	start := p.i
	for p.i < len(p.s) && wordByte(p.s[p.i]) {
		p.i++
	}
	return p.s[start:p.i]
}

// words reads the given lower-case words, or nothing.
func (p *typeText) words(ws ...string) bool {
	start := p.i
	for _, w := range ws {
		if !strings.EqualFold(p.word(), w) {
			p.i = start
			return false
		}
	}
	return true
}

// quoted reads a name between two quotes q, doubled inside, if one is there.
func (p *typeText) quoted(q byte) (string, bool) {
	if !p.take(q) {
		return "", false
	}
	var b strings.Builder
	for ; p.i < len(p.s); p.i++ {
		if p.s[p.i] != q {
			b.WriteByte(p.s[p.i])
			continue
		}
		if p.i+1 >= len(p.s) || p.s[p.i+1] != q {
			p.i++
			return b.String(), true
		}
		b.WriteByte(q)
		p.i++
	}
	return "", false
}

func (p *typeText) unknown() error { return &UnknownTypeError{p.s} }

// numbers reads (n) or (n, m), if it is there.
func (p *typeText) numbers() ([]int, error) {
	if !p.take('(') {
		return nil, nil
	}
	var out []int
	for {
		n, err := strconv.Atoi(p.word())
		if err != nil {
			return nil, p.unknown()
		}
		out = append(out, n)
		if p.take(')') {
			return out, nil
		}
		if !p.take(',') {
			return nil, p.unknown()
		}
	}
}

func (p *typeText) trino() (Type, error) {
	name := strings.ToLower(p.word())
	switch name {
	case "array", "map", "row", "function", "qdigest":
		return p.trinoArgs(name)
	case "double":
		p.words("precision")
	case "interval":
		switch {
		case p.words("year", "to", "month"):
			return IntervalYearMonth, nil
		case p.words("day", "to", "second"):
			return IntervalDaySecond, nil
		}
		return Type{}, p.unknown()
	case "time", "timestamp":
		params, err := p.numbers()
		if err != nil {
			return Type{}, err
		}
		if p.words("with", "time", "zone") {
			name += " with time zone"
		} else {
			p.words("without", "time", "zone")
		}
		return ByName(name, params...)
	case "dec", "numeric":
		name = "decimal"
	}
	params, err := p.numbers()
	if err != nil {
		return Type{}, err
	}
	return ByName(name, params...)
}

func (p *typeText) trinoArgs(name string) (Type, error) {
	if !p.take('(') {
		return Type{}, p.unknown()
	}
	var fields []Field
	for {
		f, err := p.trinoArg(name == "row")
		if err != nil {
			return Type{}, err
		}
		fields = append(fields, f)
		if p.take(')') {
			break
		}
		if !p.take(',') {
			return Type{}, p.unknown()
		}
	}
	return ofFields(name, fields, p.unknown())
}

// ofFields makes a container type of its arguments.
func ofFields(name string, fields []Field, bad error) (Type, error) {
	switch {
	case name == "array" && len(fields) == 1:
		return Array(fields[0].Type), nil
	case name == "qdigest" && len(fields) == 1:
		return QDigest(fields[0].Type), nil
	case name == "map" && len(fields) == 2:
		return Map(fields[0].Type, fields[1].Type), nil
	case name == "row" && len(fields) > 0:
		return Row(fields...), nil
	case name == "function" && len(fields) > 0:
		ts := make([]Type, len(fields))
		for i, f := range fields {
			ts[i] = f.Type
		}
		return Function(ts...), nil
	}
	return Type{}, bad
}

// trinoArg reads a type, or in a row [name] type.
func (p *typeText) trinoArg(named bool) (Field, error) {
	if !named {
		t, err := p.trino()
		return Field{Type: t}, err
	}
	if name, ok := p.quoted('"'); ok {
		t, err := p.trino()
		return Field{name, t}, err
	}
	// A field without a name is a type alone; try that first, and go back where
	// the text does not end there.
	start := p.i
	t, err := p.trino()
	if err == nil {
		p.skip()
		if p.i < len(p.s) && (p.s[p.i] == ',' || p.s[p.i] == ')') {
			return Field{Type: t}, nil
		}
	}
	p.i = start
	name := p.word()
	if name == "" {
		return Field{}, p.unknown()
	}
	t, err = p.trino()
	return Field{name, t}, err
}

func (p *typeText) hive() (Type, error) {
	name := strings.ToLower(p.word())
	switch name {
	case "double":
		p.words("precision")
	case "array", "map", "struct":
		return p.hiveArgs(name)
	}
	params, err := p.numbers()
	if err != nil {
		return Type{}, err
	}
	return HiveByName(name, params...)
}

func (p *typeText) hiveArgs(name string) (Type, error) {
	if !p.take('<') {
		return Type{}, p.unknown()
	}
	var fields []Field
	for {
		var f Field
		if name == "struct" {
			var ok bool
			if f.Name, ok = p.quoted('`'); !ok {
				f.Name = p.word()
			}
			f.Name = strings.ToLower(f.Name) // Hive keeps names in lower case
			if f.Name == "" || !p.take(':') {
				return Type{}, p.unknown()
			}
		}
		var err error
		if f.Type, err = p.hive(); err != nil {
			return Type{}, err
		}
		if name == "struct" && p.words("comment") {
			if _, ok := p.quoted('\''); !ok {
				return Type{}, p.unknown()
			}
		}
		fields = append(fields, f)
		if p.take('>') {
			break
		}
		if !p.take(',') {
			return Type{}, p.unknown()
		}
	}
	if name == "struct" {
		name = "row"
	}
	return ofFields(name, fields, p.unknown())
}
