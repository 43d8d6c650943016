package expr

// Casts to and from JSON (JsonOperators, JsonUtil, ArrayToJsonCast, JsonToRowCast
// and their like in Trino's source).

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

func init() {
	for _, k := range []types.Kind{
		types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal, types.KindDouble,
		types.KindDecimal, types.KindVarchar, types.KindDate, types.KindTimestamp, types.KindArray, types.KindMap, types.KindRow,
	} {
		registerCast(k, types.KindJSON, func(from, to types.Type) (castFunc, error) {
			if !types.CanCast(from, to) {
				return nil, sqlerr.New(sqlerr.TypeMismatch, "Cannot cast %s to json", from)
			}
			var buf []byte
			return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
				buf = appendJSON(buf[:0], v, i)
				out.Bytes(buf)
				return nil
			}, nil
		})
	}
	for _, k := range []types.Kind{
		types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal, types.KindDouble,
		types.KindDecimal, types.KindVarchar,
	} {
		registerCast(types.KindJSON, k, func(_, to types.Type) (castFunc, error) { return scalarFromJSON(to) })
	}
	for _, k := range []types.Kind{types.KindArray, types.KindMap, types.KindRow} {
		registerCast(types.KindJSON, k, func(_, to types.Type) (castFunc, error) { return containerFromJSON(to) })
	}
}

// appendJSON writes value i of v as JSON.
func appendJSON(b []byte, v *page.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(b, "null"...)
	}
	switch t := v.Type; t.Kind {
	case types.KindBoolean:
		return strconv.AppendBool(b, v.Bools[i])
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		return strconv.AppendInt(b, v.I64[i], 10)
	case types.KindReal, types.KindDouble:
		return appendJSONFloat(b, v.F64[i], floatBits(t))
	case types.KindDecimal:
		return appendBigDecimal(b, v.Int128At(i), int(t.S))
	case types.KindJSON:
		return append(b, v.Str[i]...)
	case types.KindDate:
		return append(types.AppendDate(append(b, '"'), v.I64[i]), '"')
	case types.KindTimestamp:
		micros, picos := timestampAt(v, i)
		return append(types.AppendTimestamp(append(b, '"'), micros, picos, int(t.P)), '"')
	case types.KindArray:
		b = append(b, '[')
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if k > int(v.Off[i]) {
				b = append(b, ',')
			}
			b = appendJSON(b, v.Children[0], k)
		}
		return append(b, ']')
	case types.KindMap:
		// Sorted by the keys' texts; of keys with one text the last counts.
		o := &jsonValue{kind: jsonObject}
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			o.keys = append(o.keys, jsonMemberName(v.Children[0], k))
		}
		b = append(b, '{')
		for n, k := range o.order(bySpelling) {
			if n > 0 {
				b = append(b, ',')
			}
			b = append(appendJSONString(b, o.keys[k]), ':')
			b = appendJSON(b, v.Children[1], int(v.Off[i])+k)
		}
		return append(b, '}')
	case types.KindRow:
		b = append(b, '{')
		for k, f := range t.Fields() {
			if k > 0 {
				b = append(b, ',')
			}
			b = append(appendJSONString(b, f.Name), ':')
			b = appendJSON(b, v.Children[k], i)
		}
		return append(b, '}')
	}
	return appendJSONString(b, v.Str[i])
}

// jsonMemberName is a map's key as an object's name.
func jsonMemberName(v *page.Vector, i int) string {
	switch v.Type.Kind {
	case types.KindReal, types.KindDouble:
		return javaFloat(v.F64[i], floatBits(v.Type))
	case types.KindDecimal:
		return decimal.Format(v.Int128At(i), int(v.Type.S))
	case types.KindVarchar:
		return v.Str[i]
	}
	return string(appendJSON(nil, v, i))
}

// appendBigDecimal is BigDecimal.toString, which writes small fractions with an
// exponent.
func appendBigDecimal(b []byte, v decimal.Int128, scale int) []byte {
	digits := decimal.Format(v.Abs(), 0)
	exp := len(digits) - 1 - scale
	if scale == 0 || exp >= -6 {
		return decimal.Append(b, v, scale)
	}
	if v.Sign() < 0 {
		b = append(b, '-')
	}
	b = append(b, digits[0])
	if len(digits) > 1 {
		b = append(append(b, '.'), digits[1:]...)
	}
	return strconv.AppendInt(append(b, 'E'), int64(exp), 10)
}

// jsonCaster appends a JSON value to out, or appends nothing and says why not.
type jsonCaster func(v *jsonValue, out *page.Builder) error

// unexpectedJSON is a value of the wrong kind: Trino's JsonCastException, whose
// text reaches the user only inside that of a container's cast.
func unexpectedJSON(format string, args ...any) error {
	return &jsonCastError{invalidCast(format, args...)}
}

type jsonCastError struct{ error }

// errBrokenJSON is met where the text stops being JSON: Trino reads it while it
// converts, so that what is wrong with a value before that place is told first.
var errBrokenJSON = unexpectedJSON("")

func (e *jsonCastError) Unwrap() error { return e.error }

// tokenText is what Jackson calls the text of a value's first token.
func (v *jsonValue) tokenText() string {
	switch v.kind {
	case jsonArray:
		return "["
	case jsonObject:
		return "{"
	}
	return v.text
}

// newJSONCaster returns the conversion of JSON values, inside containers too, to
// type t.
func newJSONCaster(t types.Type) (jsonCaster, error) {
	switch t.Kind {
	case types.KindJSON:
		return func(v *jsonValue, out *page.Builder) error {
			if v.broken {
				return errBrokenJSON
			}
			if v.kind == jsonEnd {
				return unexpectedJSON("Expected json array ending, but got null")
			}
			out.Bytes(v.append(nil, onceEach))
			return nil
		}, nil
	case types.KindArray:
		return jsonToArray(t)
	case types.KindMap:
		return jsonToMap(t)
	case types.KindRow:
		return jsonToRow(t)
	}
	return jsonToScalar(t)
}

func jsonToScalar(t types.Type) (jsonCaster, error) {
	switch {
	case t.Kind == types.KindDecimal:
		return jsonToDecimal(t), nil
	case t.Kind == types.KindVarchar && t.P != types.Unbounded:
		return jsonToShortVarchar(t)
	}
	fromText, err := newCast(types.Varchar, t)
	if err != nil {
		return nil, err
	}
	fromFloat, err := newCast(types.Double, t)
	if err != nil {
		return nil, err
	}
	name := strings.ToLower(t.String())
	if t.Kind == types.KindVarchar {
		name = "varchar"
	}
	one := func(from types.Type, set func(*page.Builder)) *page.Vector {
		b := page.NewBuilder(from)
		set(b)
		return b.Finish()
	}
	return func(v *jsonValue, out *page.Builder) error {
		switch v.kind {
		case jsonNull:
			out.Null()
			return nil
		case jsonArray, jsonObject, jsonEnd:
			return unexpectedJSON("Unexpected token when cast to %s: %s", name, v.tokenText())
		case jsonString:
			return fromText(nil, one(types.Varchar, func(b *page.Builder) { b.String(v.text) }), 0, out)
		case jsonFloat:
			if t.Kind == types.KindReal {
				x, _ := strconv.ParseFloat(v.text, 32)
				out.Float64(x)
				return nil
			}
			return fromFloat(nil, one(types.Double, func(b *page.Builder) { b.Float64(v.float()) }), 0, out)
		}
		truth, isTruth := v.kind == jsonTrue, v.kind == jsonTrue || v.kind == jsonFalse
		switch t.Kind {
		case types.KindVarchar:
			return fromText(nil, one(types.Varchar, func(b *page.Builder) { b.String(v.text) }), 0, out)
		case types.KindReal, types.KindDouble:
			x := float64(b2i(truth))
			if !isTruth {
				x, _ = strconv.ParseFloat(v.text, floatBits(t))
			}
			out.Float64(x)
			return nil
		}
		n := int64(b2i(truth))
		if !isTruth {
			var err error
			if n, err = strconv.ParseInt(v.text, 10, 64); err != nil {
				return unexpectedJSON("Numeric value (%s) out of range of long (-9223372036854775808 - 9223372036854775807)", v.text)
			}
		}
		bits := map[types.Kind]int{types.KindTinyint: 8, types.KindSmallint: 16, types.KindInteger: 32}[t.Kind]
		switch {
		case t.Kind == types.KindBoolean:
			out.Bool(n != 0)
		case bits > 0 && n != n<<(64-bits)>>(64-bits):
			if bits == 32 {
				return unexpectedJSON("integer overflow")
			}
			return unexpectedJSON("Out of range: %d", n)
		default:
			out.Int64(n)
		}
		return nil
	}, nil
}

// jsonToShortVarchar is the conversion to varchar(n). Trino 410 neither cuts nor
// checks, and fails where it meets the length later, at the latest when the value
// is printed, with an exception that has no code; release 483 fails at once, and so
// do we.
func jsonToShortVarchar(t types.Type) (jsonCaster, error) {
	whole, err := jsonToScalar(types.Varchar)
	if err != nil {
		return nil, err
	}
	b := page.NewBuilder(types.Varchar)
	return func(v *jsonValue, out *page.Builder) error {
		b.Reset()
		if err := whole(v, b); err != nil {
			return err
		}
		w := b.Vector()
		if !w.IsNull(0) && utf8.RuneCountInString(w.Str[0]) > int(t.P) {
			return unexpectedJSON("Value %s cannot be represented as %s", w.Str[0], t)
		}
		out.Append(w, 0)
		return nil
	}, nil
}

func jsonToDecimal(t types.Type) jsonCaster {
	return func(v *jsonValue, out *page.Builder) error {
		text := v.text
		switch v.kind {
		case jsonNull:
			out.Null()
			return nil
		case jsonTrue:
			text = "1"
		case jsonFalse:
			text = "0"
		case jsonArray, jsonObject, jsonEnd:
			return unexpectedJSON("Unexpected token when cast to DECIMAL(%d,%d): %s", t.P, t.S, v.tokenText())
		}
		d, status := decimal.ParseJava(text, int(t.P), int(t.S))
		switch status {
		case decimal.ParseNotANumber:
			return unexpectedJSON("")
		case decimal.ParseTooLarge:
			return invalidCast("Cannot cast input json to DECIMAL(%d,%d)", t.P, t.S)
		}
		out.Int128(d)
		return nil
	}
}

func jsonToArray(t types.Type) (jsonCaster, error) {
	elem, err := newJSONCaster(t.Elem())
	if err != nil {
		return nil, err
	}
	return func(v *jsonValue, out *page.Builder) error {
		switch v.kind {
		case jsonNull:
			out.Null()
			return nil
		case jsonArray:
		default:
			return unexpectedJSON("Expected a json array, but got %s", v.tokenText())
		}
		for _, e := range v.kids {
			if err := elem(e, out.Child(0)); err != nil {
				return err
			}
		}
		if v.broken {
			return errBrokenJSON
		}
		out.EndContainer()
		return nil
	}, nil
}

func jsonToMap(t types.Type) (jsonCaster, error) {
	key, err := newJSONCaster(t.Key())
	if err != nil {
		return nil, err
	}
	value, err := newJSONCaster(t.Value())
	if err != nil {
		return nil, err
	}
	return func(v *jsonValue, out *page.Builder) error {
		switch v.kind {
		case jsonNull:
			out.Null()
			return nil
		case jsonObject:
		default:
			return unexpectedJSON("Expected a json object, but got %s", v.tokenText())
		}
		keys := page.NewBuilder(t.Key())
		for n, k := range v.keys {
			if err := key(&jsonValue{kind: jsonString, text: k}, keys); err != nil {
				return err
			}
			if err := value(v.kids[n], out.Child(1)); err != nil {
				return err
			}
		}
		if v.broken {
			return errBrokenJSON
		}
		all := keys.Finish()
		var seen elemSet
		for k := range v.kids {
			if !seen.add(all, k) {
				return unexpectedJSON("Duplicate keys are not allowed")
			}
			out.Child(0).Append(all, k)
		}
		out.EndContainer()
		return nil
	}, nil
}

func jsonToRow(t types.Type) (jsonCaster, error) {
	fields := make([]jsonCaster, len(t.Fields()))
	named := false
	for k, f := range t.Fields() {
		var err error
		if fields[k], err = newJSONCaster(f.Type); err != nil {
			return nil, err
		}
		named = named || f.Name != ""
	}
	return func(v *jsonValue, out *page.Builder) error {
		given := make([]bool, len(fields))
		switch v.kind {
		case jsonNull:
			out.Null()
			return nil
		case jsonArray:
			for k, field := range fields {
				kid := &jsonValue{kind: jsonEnd, text: "]"}
				switch {
				case k < len(v.kids):
					kid = v.kids[k]
				case v.broken:
					return errBrokenJSON
				}
				if err := field(kid, out.Child(k)); err != nil {
					return err
				}
				given[k] = true
			}
			if len(v.kids) > len(fields) {
				return unexpectedJSON("Expected json array ending, but got %s", v.kids[len(fields)].tokenText())
			}
		case jsonObject:
			if !named {
				return unexpectedJSON("Cannot cast a JSON object to anonymous row type. Input must be a JSON array.")
			}
			for n, key := range v.keys {
				for k, f := range t.Fields() {
					if f.Name == "" || !strings.EqualFold(f.Name, key) {
						continue
					}
					if given[k] {
						return unexpectedJSON("Duplicate field: %s", strings.ToLower(key))
					}
					given[k] = true
					if err := fields[k](v.kids[n], out.Child(k)); err != nil {
						return err
					}
				}
			}
		default:
			return unexpectedJSON("Expected a json array or object, but got %s", v.tokenText())
		}
		if v.broken {
			return errBrokenJSON
		}
		for k, ok := range given {
			if !ok {
				out.Child(k).Null()
			}
		}
		out.EndRow()
		return nil
	}, nil
}

// upperName is a type as the messages of casts of JSON scalars name it.
func upperName(t types.Type) string {
	if t.Kind == types.KindDecimal {
		return "DECIMAL(" + strconv.Itoa(int(t.P)) + "," + strconv.Itoa(int(t.S)) + ")"
	}
	return strings.ToLower(t.String())
}

// scalarFromJSON is the cast of a JSON value to a type without parts.
func scalarFromJSON(to types.Type) (castFunc, error) {
	f, err := jsonToScalar(to)
	if err != nil {
		return nil, err
	}
	return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
		tree, err := parseJSON(v.Str[i])
		if err == nil {
			if tree.kind == jsonFloat && to.Kind == types.KindDouble && math.IsInf(tree.float(), 0) {
				out.Float64(tree.float())
				return nil
			}
			if err = f(tree, out); err == nil {
				return nil
			}
			if _, wrongKind := err.(*jsonCastError); !wrongKind { //nolint:errorlint // made here, never wrapped
				// A conversion that fails by range counts as this cast's, for the
				// small integers under the name of the integer (sic).
				if sqlerr.CodeOf(err) != sqlerr.NumericValueOutOfRange {
					return err
				}
				if to.Kind == types.KindTinyint || to.Kind == types.KindSmallint {
					return invalidCast("Cannot cast '%s' to integer", v.Str[i])
				}
				if to.Kind != types.KindInteger {
					return err
				}
			}
		}
		name := upperName(to)
		if to.Kind == types.KindVarchar && tree != nil && tree.kind >= jsonArray {
			name = "varchar" // release 410 knows no length here
		}
		return invalidCast("Cannot cast '%s' to %s", v.Str[i], name)
	}, nil
}

// containerFromJSON is the cast of a JSON value to an array, map or row.
func containerFromJSON(to types.Type) (castFunc, error) {
	f, err := newJSONCaster(to)
	if err != nil {
		return nil, err
	}
	return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
		// The text need not be JSON: see fusedJSONParse.
		p := &jsonText{s: v.Str[i]}
		tree := &jsonValue{kind: jsonEnd, text: "null"}
		if !p.atEnd() {
			tree, _ = p.value(0) // what is broken is met below
		}
		var err error
		switch {
		case tree == nil:
			err = errBrokenJSON
		case tree.kind == jsonNull:
			out.Null()
			return nil // whatever follows
		default:
			if err = f(tree, out); err == nil && !p.atEnd() {
				if next, _ := p.value(0); next != nil {
					err = unexpectedJSON("Unexpected trailing token: %s", next.tokenText())
				} else {
					err = errBrokenJSON
				}
			}
		}
		if err == nil {
			return nil
		}
		msg := sqlerr.As(err).Msg
		if c, ok := err.(*jsonCastError); ok { //nolint:errorlint // as above
			msg = sqlerr.As(c.error).Msg
		}
		if msg != "" {
			msg = " " + msg
		}
		return invalidCast("Cannot cast to %s.%s\n%s", to, msg, shortJSON(v.Str[i]))
	}, nil
}

// fusedJSONParse returns the text that a cast to an array, map or row reads where
// it is of json_parse. Trino's compiler makes one step of the two: the entries of
// maps then stand as in the text, where json_parse sorts them, what is no JSON
// fails as the cast, and messages show the text as it was written. Constants are
// computed before that, by the planner, as two steps.
func (c *compiler) fusedJSONParse(x *plan.Cast) (arg plan.Expr, ok bool) {
	call, isCall := x.X.(*plan.Call)
	if !isCall || call.Func.Name != "json_parse" || x.Safe {
		return nil, false
	}
	switch x.T.Kind {
	case types.KindArray, types.KindMap, types.KindRow:
		return call.Args[0], true
	}
	return nil, false
}
