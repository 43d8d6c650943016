// Package serde appends Ion values to vectors by the rules of the Ion Hive
// SerDe and of the Trino release whose Hive connector Athena runs it in
// (semantics 2.3 and 2.4).
//
// A Column decodes a page of values at once. Loops of their own take the usual
// spelling of the usual types; decode takes every value and is where the rules
// are. The loops give a value up rather than decide a hard case.
package serde

import (
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Class names of the SerDe that is read.
const ClassName = "com.amazon.ionhiveserde.IonHiveSerDe"

// Properties are the SerDe properties of one table, parsed.
type Properties struct {
	CaseSensitive   bool
	IgnoreMalformed bool
	paths           map[string]string
	overflow        map[string]bool
	failOnOverflow  bool
}

// javaBool is Java's Boolean.parseBoolean.
func javaBool(s string) bool { return strings.EqualFold(s, "true") }

// CheckClass refuses the SerDes that are not read.
func CheckClass(class string) error {
	if class == ClassName {
		return nil
	}
	if class == "" {
		return sqlerr.New(sqlerr.NotSupported, "The table has no SerDe; ionq reads tables of %s", ClassName)
	}
	return sqlerr.New(sqlerr.NotSupported, "SerDe is not supported: %s", class).
		WithHint("ionq reads tables of %s", ClassName)
}

// ParseProperties reads the properties that matter for reading. Those that only
// matter for writing, and unknown ones, are ignored as the SerDe ignores them;
// those that Athena does not support are refused.
func ParseProperties(columns []string, props map[string]string) (*Properties, error) {
	p := &Properties{paths: map[string]string{}, overflow: map[string]bool{}, failOnOverflow: true}
	get := func(key, otherwise string) string {
		if v, ok := props[key]; ok {
			return v
		}
		return otherwise
	}
	for _, key := range []string{"ion.catalog.class", "ion.catalog.file", "ion.catalog.url", "ion.symbol_table_imports"} {
		if _, ok := props[key]; ok {
			return nil, sqlerr.New(sqlerr.NotSupported, "SerDe property is not supported: %s", key).
				WithHint("Athena does not support shared symbol tables")
		}
	}
	switch v := get("ion.encoding", "BINARY"); v { // for writing, but a wrong one fails every use of the table
	case "BINARY", "TEXT":
	default:
		return nil, sqlerr.New(sqlerr.HiveInvalidMetadata, "No enum constant com.amazon.ionhiveserde.configuration.IonEncoding.%s", v).
			WithHint("ion.encoding is BINARY or TEXT")
	}
	switch v := get("ion.serialize_null", "OMIT"); v {
	case "OMIT", "UNTYPED", "TYPED":
	default:
		return nil, sqlerr.New(sqlerr.HiveInvalidMetadata, "No enum constant com.amazon.ionhiveserde.configuration.SerializeNullStrategy.%s", v).
			WithHint("ion.serialize_null is OMIT, UNTYPED or TYPED")
	}
	if err := checkOffset(get("ion.timestamp.serialization_offset", "Z")); err != nil {
		return nil, err
	}
	p.CaseSensitive = javaBool(get("ion.path_extractor.case_sensitive", "false"))
	p.IgnoreMalformed = javaBool(get("ion.ignore_malformed", "false"))
	all := get("ion.fail_on_overflow", "true")
	p.failOnOverflow = javaBool(all)
	for _, c := range columns {
		if v, ok := props["ion."+c+".path_extractor"]; ok {
			p.paths[c] = v
		}
		p.overflow[c] = javaBool(get("ion."+c+".fail_on_overflow", all))
	}
	return p, nil
}

// checkOffset checks ion.timestamp.serialization_offset as the SerDe does: Z or
// [+-]hh:mm, the sign optional.
func checkOffset(s string) error {
	bad := func(msg string) error {
		return sqlerr.New(sqlerr.HiveInvalidMetadata, "%s", msg).WithHint("in SerDe property ion.timestamp.serialization_offset '%s'", s)
	}
	if s == "" {
		return bad("offset text cannot be empty")
	}
	if s == "Z" {
		return nil
	}
	digits := s
	switch {
	case s[0] == '+' || s[0] == '-':
		if len(s) != 6 {
			return bad("wrong size for offset text, must be 6 characters when including the sign")
		}
		digits = s[1:]
	case len(s) != 5:
		return bad("wrong size for offset text, must be 5 characters when not including the sign")
	}
	two := func(i int) int {
		a, b := digits[i]-'0', digits[i+1]-'0'
		if a > 9 || b > 9 {
			return -1
		}
		return int(a)*10 + int(b)
	}
	h, m := two(0), two(3)
	switch {
	case h < 0 || m < 0:
		return bad("offset text hours is not a number")
	case h > 23:
		return bad("offset text hours must be between 0 and 23 inclusive")
	case digits[2] != ':':
		return bad("missing : between hour and minute")
	case m > 59:
		return bad("offset text minutes must be between 0 and 59 inclusive")
	}
	return nil
}

// Path returns a column's path extractor as declared, and whether one is.
func (p *Properties) Path(column string) (string, bool) {
	s, ok := p.paths[column]
	return s, ok
}

// FailOnOverflow tells what applies to a column.
func (p *Properties) FailOnOverflow(column string) bool {
	if v, ok := p.overflow[column]; ok {
		return v
	}
	return p.failOnOverflow
}

// HiveType spells t as Hive does: for messages.
func HiveType(t types.Type) string {
	switch t.Kind {
	case types.KindInteger:
		return "int"
	case types.KindReal:
		return "float"
	case types.KindVarbinary:
		return "binary"
	case types.KindVarchar:
		if t.P == types.Unbounded {
			return "string"
		}
	case types.KindTimestamp:
		return "timestamp"
	case types.KindArray:
		return "array<" + HiveType(t.Elem()) + ">"
	case types.KindMap:
		return "map<" + HiveType(t.Key()) + "," + HiveType(t.Value()) + ">"
	case types.KindRow:
		var b strings.Builder
		b.WriteString("struct<")
		for i, f := range t.Fields() {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(f.Name)
			b.WriteByte(':')
			b.WriteString(HiveType(f.Type))
		}
		b.WriteByte('>')
		return b.String()
	}
	return t.String()
}
