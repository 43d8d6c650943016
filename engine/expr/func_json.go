package expr

// Bodies of the JSON functions (JsonFunctions, JsonExtract, JsonPathTokenizer in
// Trino's source). Most of them read only as far as they must: what is broken
// behind that place does not matter to them, and broken text gives NULL.

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// jsonStep is one step of a path: a field's name, which is also an index where
// the value is an array.
type jsonStep struct {
	name  string
	index int // -1 where the name is no number
}

// parseJSONPath reads Trino's dialect of JSON paths: $.name, $[0], $["na me"].
func parseJSONPath(path string) ([]jsonStep, error) {
	bad := func() ([]jsonStep, error) { return nil, invalidArgument("Invalid JSON path: '%s'", path) }
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return bad()
	}
	word := func(colon bool) string {
		n := 0
		for n < len(rest) {
			r, w := utf8.DecodeRuneInString(rest[n:])
			if r != '_' && !(colon && r == ':') && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				break
			}
			n += w
		}
		w := rest[:n]
		rest = rest[n:]
		return w
	}
	var steps []jsonStep
	for rest != "" {
		c := rest[0]
		rest = rest[1:]
		name := ""
		switch {
		case c == '.':
			if name = word(true); name == "" {
				return bad()
			}
		case c == '[' && strings.HasPrefix(rest, `"`):
			rest = rest[1:]
			var b strings.Builder
			for {
				if rest == "" {
					return bad()
				}
				c := rest[0]
				rest = rest[1:]
				if c == '"' {
					break
				}
				if c == '\\' {
					if rest == "" || rest[0] != '"' && rest[0] != '\\' {
						return bad()
					}
					c = rest[0]
					rest = rest[1:]
				}
				b.WriteByte(c)
			}
			name = b.String()
		case c == '[':
			if name = word(false); name == "" {
				return bad()
			}
		default:
			return bad()
		}
		if c == '[' {
			if rest, ok = strings.CutPrefix(rest, "]"); !ok {
				return bad()
			}
		}
		index := -1
		if v, ok := parseJavaInt(name, 32); ok {
			index = int(v)
		}
		steps = append(steps, jsonStep{name, index})
	}
	return steps, nil
}

// pathState keeps the last path and its steps.
type pathState struct {
	path  string
	steps []jsonStep
	buf   []byte
}

func (a *Args) jsonPath(i int) (*pathState, error) {
	path := a.str(1, i)
	st, _ := a.State.(*pathState)
	if st == nil || st.path != path {
		steps, err := parseJSONPath(path)
		if err != nil {
			return nil, err
		}
		st = &pathState{path: strings.Clone(path), steps: steps}
		a.State = st
	}
	return st, nil
}

// errFound ends a walk over members that has found what it looks for.
var errFound = errors.New("found")

// seek moves p to the start of the value at steps; false where there is none.
func (p *jsonText) seek(steps []jsonStep, depth int) (bool, error) {
	for _, st := range steps {
		c := p.skipBlanks()
		if c != '{' && c != '[' {
			return false, errJSON
		}
		err := p.members(c, func(key string, n int) error {
			if c == '{' && key == st.name || c == '[' && n == st.index {
				return errFound
			}
			_, err := p.value(depth)
			return err
		})
		switch {
		case err == nil:
			return false, nil
		case !errors.Is(err, errFound):
			return false, err
		}
		depth++
	}
	return p.skipBlanks() != 0, nil
}

// jsonAt registers, for text and JSON, a body over the value at a path: NULL
// where there is none or the text is broken.
func jsonAt(name string, f func(st *pathState, v *jsonValue, out *page.Builder)) {
	for _, t := range []string{"varchar(x)", "json"} {
		register(name+"("+t+", jsonpath)", func(a *Args, i int, out *page.Builder) error {
			st, err := a.jsonPath(i)
			if err != nil {
				return err
			}
			p := jsonText{s: a.str(0, i)}
			if ok, err := p.seek(st.steps, 0); err != nil || !ok {
				out.Null()
				return nil //nolint:nilerr // broken JSON gives NULL here
			}
			v, err := p.value(len(st.steps))
			if err != nil {
				out.Null()
				return nil //nolint:nilerr // as above
			}
			f(st, v, out)
			return nil
		})
	}
}

// jsonElements registers, for text and JSON, a body over the elements of an
// array: each is called until it says that it is done.
func jsonElements(name, rest string, f func(a *Args, i int, out *page.Builder) (each func(v *jsonValue, n int) (done bool), end func())) {
	for _, t := range []string{"varchar(x)", "json"} {
		register(name+"("+t+rest+")", func(a *Args, i int, out *page.Builder) error {
			p := jsonText{s: a.str(0, i)}
			if p.skipBlanks() != '[' {
				out.Null()
				return nil
			}
			each, end := f(a, i, out)
			err := p.members('[', func(_ string, n int) error {
				v, err := p.value(1)
				if err == nil && each(v, n) {
					return errFound
				}
				return err
			})
			switch {
			case err == nil:
				end()
			case !errors.Is(err, errFound):
				out.Null()
			}
			return nil
		})
	}
}

// contains registers json_array_contains for values that equal says are the one
// looked for.
func jsonContains(t string, equal func(a *Args, i int, v *jsonValue) bool) {
	jsonElements("json_array_contains", ", "+t, func(a *Args, i int, out *page.Builder) (func(*jsonValue, int) bool, func()) {
		return func(v *jsonValue, _ int) bool {
			if equal(a, i, v) {
				out.Bool(true)
				return true
			}
			return false
		}, func() { out.Bool(false) }
	})
}

func init() {
	jsonAt("json_extract", func(st *pathState, v *jsonValue, out *page.Builder) {
		st.buf = v.append(st.buf[:0], asWritten)
		out.Bytes(st.buf)
	})
	jsonAt("json_extract_scalar", func(_ *pathState, v *jsonValue, out *page.Builder) {
		if v.kind == jsonNull || v.kind >= jsonArray {
			out.Null()
		} else {
			out.String(v.text)
		}
	})
	jsonAt("json_size", func(_ *pathState, v *jsonValue, out *page.Builder) { out.Int64(int64(len(v.kids))) })
	jsonElements("json_array_length", "", func(_ *Args, _ int, out *page.Builder) (func(*jsonValue, int) bool, func()) {
		count := int64(0)
		return func(*jsonValue, int) bool {
			count++
			return false
		}, func() { out.Int64(count) }
	})
	jsonContains("boolean", func(a *Args, i int, v *jsonValue) bool {
		return v.kind == jsonTrue && a.Vecs[1].Bools[i] || v.kind == jsonFalse && !a.Vecs[1].Bools[i]
	})
	jsonContains("bigint", func(a *Args, i int, v *jsonValue) bool {
		x, err := strconv.ParseInt(v.text, 10, 64)
		return v.kind == jsonInt && err == nil && x == a.i64(1, i)
	})
	jsonContains("double", func(a *Args, i int, v *jsonValue) bool {
		return v.kind == jsonFloat && !math.IsInf(v.float(), 0) && v.float() == a.f64(1, i)
	})
	jsonContains("varchar(y)", func(a *Args, i int, v *jsonValue) bool {
		return v.kind == jsonString && v.text == a.str(1, i)
	})
	jsonElements("json_array_get", ", bigint", func(a *Args, i int, out *page.Builder) (func(*jsonValue, int) bool, func()) {
		want := a.i64(1, i)
		var all []*jsonValue
		emit := func(v *jsonValue) {
			// Scalars come as their bare text, a known fault that Trino's
			// documentation warns of and that is kept.
			switch {
			case v.kind == jsonNull:
				out.Null()
			case v.kind < jsonArray:
				out.String(v.text)
			default:
				out.Bytes(v.append(nil, asWritten))
			}
		}
		return func(v *jsonValue, n int) bool {
				if int64(n) == want {
					emit(v)
					return true
				}
				if want < 0 {
					all = append(all, v)
				}
				return false
			}, func() {
				if n := int64(len(all)); want < 0 && want >= -n {
					emit(all[n+want])
				} else {
					out.Null()
				}
			}
	})
	for _, t := range []string{"varchar(x)", "json"} {
		register("is_json_scalar("+t+")", func(a *Args, i int, out *page.Builder) error {
			v, err := parseJSON(a.str(0, i))
			if err != nil {
				return invalidArgument("Invalid JSON value: %s", shortJSON(a.str(0, i)))
			}
			out.Bool(v.kind < jsonArray)
			return nil
		})
	}
	register("json_format(json)", func(a *Args, i int, out *page.Builder) error {
		out.String(a.str(0, i))
		return nil
	})
	register("json_parse(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		v, err := parseJSON(a.str(0, i))
		if err != nil {
			return invalidArgument("Cannot convert value to JSON: '%s'", a.str(0, i))
		}
		out.Bytes(v.append(nil, bySpelling))
		return nil
	})
	register("$json_literal(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		v, err := parseJSON(a.str(0, i))
		if err != nil {
			return sqlerr.New(sqlerr.InvalidLiteral, "'%s' is not a valid JSON literal", shortJSON(a.str(0, i)))
		}
		out.Bytes(v.append(nil, bySpelling))
		return nil
	})
	// A path is text that has been checked.
	for _, k := range []types.Kind{types.KindVarchar, types.KindChar} {
		registerCast(k, types.KindJSONPath, func(from, _ types.Type) (castFunc, error) {
			return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
				path := v.Str[i]
				if from.Kind == types.KindChar {
					path = padded(path, int(from.P))
				}
				if _, err := parseJSONPath(path); err != nil {
					return err
				}
				out.String(path)
				return nil
			}, nil
		})
	}
}

// shortJSON is a JSON text as messages show it.
func shortJSON(s string) string {
	const most = 10_000
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "\uFFFD") + "...(truncated)"
}
