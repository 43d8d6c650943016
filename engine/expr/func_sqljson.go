package expr

// Bodies of SQL/JSON: JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT,
// JSON_ARRAY and JSON_TABLE (operator/scalar/json and operator/table/json in
// Trino's source).

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/jsonpath"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// jsonState is what a call site keeps: the constant part of the call, and the
// paths in it.
type jsonState struct {
	call  *jsonpath.Call
	paths map[string]*jsonpath.Path
}

func (a *Args) jsonState() (*jsonState, error) {
	if st, ok := a.State.(*jsonState); ok {
		return st, nil
	}
	c, err := jsonpath.ParseCall(a.str(0, 0))
	if err != nil {
		panic("BUG: the constant part of an SQL/JSON call: " + err.Error())
	}
	st := &jsonState{call: c, paths: map[string]*jsonpath.Path{}}
	a.State = st
	return st, nil
}

func (st *jsonState) path(s string) *jsonpath.Path {
	p := st.paths[s]
	if p == nil {
		var err error
		if p, err = jsonpath.Parse(s); err != nil {
			panic("BUG: a path that was not checked: " + err.Error())
		}
		st.paths[s] = p
	}
	return p
}

// errBadJSON is a text that is no JSON.
var errBadJSON = errors.New("malformed JSON")

// decodeJSON reads a text as Jackson's readTree does: the first value counts,
// whatever follows it, and of equal keys the last one, in the first one's place.
func decodeJSON(s string, f jsonpath.Format) (*jsonValue, error) {
	switch f {
	case jsonpath.UTF16:
		units := make([]uint16, 0, len(s)/2)
		for ; len(s) >= 2; s = s[2:] {
			units = append(units, uint16(s[0])|uint16(s[1])<<8)
		}
		s = string(utf16.Decode(units))
	case jsonpath.UTF32:
		var b strings.Builder
		for ; len(s) >= 4; s = s[4:] {
			b.WriteRune(rune(uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24))
		}
		s = b.String()
	default:
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	v, err := (&jsonText{s: s}).value(0)
	if err != nil {
		return nil, errBadJSON
	}
	v.unique()
	return v, nil
}

// unique takes out members whose key comes again.
func (v *jsonValue) unique() {
	if v.kind == jsonObject && len(v.keys) > 1 {
		at := make(map[string]int, len(v.keys))
		n := 0
		for i, k := range v.keys {
			if first, dup := at[k]; dup {
				v.kids[first] = v.kids[i]
				continue
			}
			at[k] = n
			v.keys[n], v.kids[n] = k, v.kids[i]
			n++
		}
		v.keys, v.kids = v.keys[:n], v.kids[:n]
	}
	for _, kid := range v.kids {
		kid.unique()
	}
}

// encodeJSON writes a value in a format.
func encodeJSON(v *jsonValue, f jsonpath.Format, omitQuotes bool) string {
	s := v.text
	if !omitQuotes || v.kind != jsonString {
		s = string(v.append(nil, asWritten))
	}
	var b []byte
	switch f {
	case jsonpath.UTF16:
		for _, u := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
	case jsonpath.UTF32:
		for _, r := range s {
			b = binary.LittleEndian.AppendUint32(b, uint32(r))
		}
	default:
		return s
	}
	return string(b)
}

// conversionFailed is a text that is no JSON, where that is an error.
func conversionFailed() error {
	return sqlerr.New(sqlerr.JSONInputConversionError, "conversion to JSON failed: ")
}

// pathInput reads the input (argument 1) and the parameters (argument 2) of row
// i. null tells that the input is NULL. bad is set where something is no JSON
// and that is no error yet.
func (a *Args) pathInput(st *jsonState, i int) (p *pathEval, null, bad bool, err error) {
	c := st.call
	fail := func() (*pathEval, bool, bool, error) {
		if c.Error == jsonpath.OnError {
			return nil, false, false, conversionFailed()
		}
		return nil, false, true, nil
	}
	p = &pathEval{env: a.Env, params: map[string][]jsonItem{}}
	if a.null(1, i) {
		return p, true, false, nil
	}
	if p.input, err = decodeJSON(a.str(1, i), c.Input); err != nil {
		return fail()
	}
	for k, w := range c.Values {
		x, empty, err := fieldItem(a.Vecs[2].Children[k], i, w.Format)
		switch {
		case err != nil:
			return fail()
		case empty && w.Format == jsonpath.Plain:
			x, empty = jsonItem{json: &jsonValue{kind: jsonNull, text: "null"}}, false
		}
		if !empty { // NULL as JSON is an empty sequence
			p.params[w.Name] = []jsonItem{x}
		}
	}
	return p, false, false, nil
}

// fieldItem is row i of a value, read as JSON where it has a format.
func fieldItem(v *page.Vector, i int, f jsonpath.Format) (x jsonItem, null bool, err error) {
	if v.IsNull(i) {
		return x, true, nil
	}
	if f == jsonpath.Plain {
		return sqlItem(v.Type, DatumAt(v, i)), false, nil
	}
	x.json, err = decodeJSON(v.Str[i], f)
	return x, false, err
}

// run evaluates a path on an input.
func (p *pathEval) run(path *jsonpath.Path, input *jsonValue) ([]jsonItem, error) {
	p.lax, p.input, p.objects = path.Lax, input, 0
	return p.eval(path.Root)
}

// caught reports whether ON ERROR has a say in an error.
func caught(err error) bool {
	switch sqlerr.CodeOf(err) {
	case sqlerr.PathEvaluationError, sqlerr.JSONValueResultError, sqlerr.JSONOutputConversionError:
		return true
	}
	return false
}

func noScalar(format string, args ...any) error {
	return sqlerr.New(sqlerr.JSONValueResultError, "cannot extract SQL scalar from JSON: "+format, args...)
}

func noText(format string, args ...any) error {
	return sqlerr.New(sqlerr.JSONOutputConversionError, "conversion from JSON failed: "+format, args...)
}

// extractValue is JSON_VALUE on a JSON value. fallback tells which default to
// take: "" none, else EMPTY or ERROR.
func (p *pathEval) extractValue(path *jsonpath.Path, c *jsonpath.Call, input *jsonValue, t types.Type) (d plan.Datum, fallback string, err error) {
	special := func(b jsonpath.Behavior, which string, err error) (plan.Datum, string, error) {
		switch b {
		case jsonpath.OnError:
			return plan.Datum{}, "", err
		case jsonpath.OnDefault:
			return plan.Datum{}, which, nil
		}
		return plan.Datum{Null: true}, "", nil
	}
	seq, err := p.run(path, input)
	switch {
	case err != nil && !caught(err):
		return d, "", err
	case err != nil:
		return special(c.Error, "ERROR", err)
	case len(seq) == 0:
		return special(c.Empty, "EMPTY", noScalar("JSON path found no items"))
	case len(seq) > 1:
		return special(c.Error, "ERROR", noScalar("JSON path found multiple items"))
	}
	if seq[0].is(jsonNull) {
		return plan.Datum{Null: true}, "", nil
	}
	x, ok, err := seq[0].value()
	if err != nil || !ok {
		return special(c.Error, "ERROR", noScalar("JSON path found an item that cannot be converted to an SQL value"))
	}
	if x.t == t {
		return x.d, "", nil
	}
	if types.CanCast(x.t, t) {
		y, err := p.cast(x, t)
		if err == nil {
			return y.d, "", nil
		}
		if p.env.Ctx.Err() != nil {
			return d, "", err
		}
	}
	return special(c.Error, "ERROR", noScalar("Cannot cast value of type %s to declared return type of function JSON_VALUE: %s", x.t, t))
}

// extractJSON is JSON_QUERY on a JSON value; nil is NULL.
func (p *pathEval) extractJSON(path *jsonpath.Path, c *jsonpath.Call, input *jsonValue) (*jsonValue, error) {
	seq, err := p.run(path, input)
	switch {
	case err != nil && !caught(err):
		return nil, err
	case err != nil:
		return specialJSON(c.Error, err)
	case len(seq) == 0:
		return specialJSON(c.Empty, noText("JSON path found no items"))
	}
	all := make([]*jsonValue, len(seq))
	for i, x := range seq {
		v, ok := x.asJSON()
		if !ok {
			return specialJSON(c.Error, noText("JSON path returned a scalar SQL value of type %s that cannot be represented as JSON", x.t))
		}
		all[i] = v
	}
	if c.Wrapper == jsonpath.Unconditional || c.Wrapper == jsonpath.Conditional && (len(all) != 1 || all[0].kind < jsonArray) {
		return &jsonValue{kind: jsonArray, kids: all}, nil
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return specialJSON(c.Error, noText("JSON path found multiple items"))
}

func specialJSON(b jsonpath.Behavior, err error) (*jsonValue, error) {
	switch b {
	case jsonpath.OnError:
		return nil, err
	case jsonpath.OnEmptyArray:
		return &jsonValue{kind: jsonArray}, nil
	case jsonpath.OnEmptyObject:
		return &jsonValue{kind: jsonObject}, nil
	}
	return nil, nil
}

func init() {
	register("$json_exists(varchar, T, T1)", func(a *Args, i int, out *page.Builder) error {
		st, err := a.jsonState()
		if err != nil {
			return err
		}
		p, null, bad, err := a.pathInput(st, i)
		if err != nil {
			return err
		}
		if null {
			out.Null()
			return nil
		}
		if !bad {
			seq, err := p.run(st.path(st.call.Path), p.input)
			if err == nil {
				out.Bool(len(seq) > 0)
				return nil
			}
			if !caught(err) || st.call.Error == jsonpath.OnError {
				return err
			}
		}
		if st.call.Error == jsonpath.OnUnknown {
			out.Null()
		} else {
			out.Bool(st.call.Error == jsonpath.OnTrue)
		}
		return nil
	})
	register("$json_value(varchar, T, T1, R, R)", func(a *Args, i int, out *page.Builder) error {
		st, err := a.jsonState()
		if err != nil {
			return err
		}
		p, null, bad, err := a.pathInput(st, i)
		d, fallback := plan.Datum{Null: true}, ""
		switch {
		case err != nil:
			return err
		case null:
		case bad && st.call.Error == jsonpath.OnDefault:
			fallback = "ERROR"
		case !bad:
			if d, fallback, err = p.extractValue(st.path(st.call.Path), st.call, p.input, a.Func.Result); err != nil {
				return err
			}
		}
		switch fallback {
		case "EMPTY":
			d = DatumAt(a.Vecs[3], i)
		case "ERROR":
			d = DatumAt(a.Vecs[4], i)
		}
		AppendDatum(out, d)
		return nil
	})
	register("$json_query(varchar, T, T1)", func(a *Args, i int, out *page.Builder) error {
		st, err := a.jsonState()
		if err != nil {
			return err
		}
		p, null, bad, err := a.pathInput(st, i)
		if err != nil {
			return err
		}
		var v *jsonValue
		switch {
		case bad:
			v, err = specialJSON(st.call.Error, nil)
		case !null:
			v, err = p.extractJSON(st.path(st.call.Path), st.call, p.input)
		}
		if err != nil {
			return err
		}
		if v == nil {
			out.Null()
		} else {
			out.String(encodeJSON(v, st.call.Output, st.call.OmitQuotes))
		}
		return nil
	})
	register("$json_object(varchar, T, T1)", jsonObjectBody)
	register("$json_array(varchar, T)", func(a *Args, i int, out *page.Builder) error {
		st, err := a.jsonState()
		if err != nil {
			return err
		}
		v := &jsonValue{kind: jsonArray}
		for k, w := range st.call.Values {
			kid, err := memberValue(a.Vecs[1].Children[k], i, w.Format, st.call.NullOnNull, "JSON_ARRAY")
			if err != nil {
				return err
			}
			if kid != nil {
				v.kids = append(v.kids, kid)
			}
		}
		out.String(encodeJSON(v, st.call.Output, false))
		return nil
	})
	register("$json_table(varchar, T, T1, T2)", jsonTableBody)
}

// memberValue is a member's or element's JSON; nil where it is left out.
func memberValue(v *page.Vector, i int, f jsonpath.Format, nullOnNull bool, name string) (*jsonValue, error) {
	x, null, err := fieldItem(v, i, f)
	switch {
	case err != nil:
		return nil, conversionFailed()
	case null && nullOnNull:
		return &jsonValue{kind: jsonNull, text: "null"}, nil
	case null:
		return nil, nil
	}
	kid, ok := x.asJSON()
	if !ok {
		return nil, invalidArgument("value passed to %s function cannot be converted to JSON", name)
	}
	return kid, nil
}

func jsonObjectBody(a *Args, i int, out *page.Builder) error {
	st, err := a.jsonState()
	if err != nil {
		return err
	}
	v := &jsonValue{kind: jsonObject}
	for k, w := range st.call.Values {
		key, null, err := fieldItem(a.Vecs[1].Children[k], i, jsonpath.Plain)
		if err != nil {
			return err
		}
		if null {
			return invalidArgument("null value passed for JSON object key to JSON_OBJECT function")
		}
		kid, err := memberValue(a.Vecs[2].Children[k], i, w.Format, st.call.NullOnNull, "JSON_OBJECT")
		if err != nil {
			return err
		}
		if kid == nil {
			continue
		}
		if slices.Contains(v.keys, key.d.S) {
			if st.call.UniqueKeys {
				return invalidArgument("duplicate key passed to JSON_OBJECT function")
			}
			return sqlerr.New(sqlerr.NotSupported, "cannot construct a JSON object with duplicate key")
		}
		v.keys, v.kids = append(v.keys, key.d.S), append(v.kids, kid)
	}
	hashMapOrder(v)
	out.String(encodeJSON(v, st.call.Output, false))
	return nil
}

// hashMapOrder puts the members in the order in which java.util.HashMap, which
// Trino collects them in, gives them: by bucket of String.hashCode.
func hashMapOrder(v *jsonValue) {
	buckets := uint32(16)
	for len(v.keys)*4 > int(buckets)*3 { // load factor 0.75
		buckets *= 2
	}
	bucket := func(s string) uint32 {
		var h uint32
		for len(s) > 0 {
			r, n := utf8.DecodeRuneInString(s)
			s = s[n:]
			if r > 0xFFFF {
				hi, lo := utf16.EncodeRune(r)
				h = 31*h + uint32(hi)
				r = lo
			}
			h = 31*h + uint32(r)
		}
		return (h ^ h>>16) & (buckets - 1)
	}
	idx := make([]int, len(v.keys))
	for i := range idx {
		idx[i] = i
	}
	slices.SortStableFunc(idx, func(x, y int) int { return int(bucket(v.keys[x])) - int(bucket(v.keys[y])) })
	keys, kids := make([]string, len(idx)), make([]*jsonValue, len(idx))
	for n, i := range idx {
		keys[n], kids[n] = v.keys[i], v.kids[i]
	}
	v.keys, v.kids = keys, kids
}

// jsonRows is one evaluation of JSON_TABLE: the rows of one input.
type jsonRows struct {
	st       *jsonState
	p        *pathEval
	fields   []types.Field
	defaults []plan.Datum
	rows     [][]plan.Datum
}

// maxJSONRows bounds the rows of one value: cross products grow fast.
const maxJSONRows = 10_000_000

func jsonTableBody(a *Args, i int, out *page.Builder) error {
	st, err := a.jsonState()
	if err != nil {
		return err
	}
	p, null, bad, err := a.pathInput(st, i)
	if err != nil {
		return err
	}
	t := &jsonRows{st: st, p: p, fields: a.Func.Result.Elem().Fields()}
	for _, v := range a.Vecs[3].Children {
		t.defaults = append(t.defaults, DatumAt(v, i))
	}
	if !null && !bad {
		if t.rows, err = t.level(st.call.Root, p.input); err != nil {
			return err
		}
	}
	row := out.Child(0)
	for _, r := range t.rows {
		for k, d := range r {
			AppendDatum(row.Child(k), d)
		}
		row.EndRow()
	}
	out.EndContainer()
	return nil
}

// level gives the rows of a level for one item of the level around it. Fields of
// other levels are NULL in them.
func (t *jsonRows) level(l *jsonpath.Level, item *jsonValue) ([][]plan.Datum, error) {
	failing := t.st.call.Error == jsonpath.OnError
	seq, err := t.p.run(t.st.path(l.Path), item)
	if err != nil {
		if failing || !caught(err) {
			return nil, err
		}
		return nil, nil
	}
	items := make([]*jsonValue, len(seq))
	for i, x := range seq {
		v, ok := x.asJSON()
		if !ok {
			if failing {
				return nil, noText("JSON path returned a scalar SQL value of type %s that cannot be represented as JSON", x.t)
			}
			return nil, nil
		}
		items[i] = v
	}
	// Only the root path may have parameters.
	params := t.p.params
	t.p.params = nil
	defer func() { t.p.params = params }()
	var out [][]plan.Datum
	for n, v := range items {
		own, err := t.columns(l, v, int64(n)+1)
		if err != nil {
			return nil, err
		}
		if l.Child == nil {
			out = append(out, own)
			continue
		}
		inner, err := t.plan(l.Child, v)
		if err != nil {
			return nil, err
		}
		if len(inner) == 0 && !l.Inner {
			out = append(out, own)
			continue
		}
		for _, r := range inner {
			for _, c := range l.Columns {
				r[c.Field] = own[c.Field]
			}
			out = append(out, r)
		}
		if len(out) > maxJSONRows {
			return nil, sqlerr.New(sqlerr.NotSupported, "JSON_TABLE makes more than %d rows of one value", maxJSONRows)
		}
	}
	return out, nil
}

// plan gives the rows of levels that are side by side.
func (t *jsonRows) plan(x *jsonpath.Plan, item *jsonValue) ([][]plan.Datum, error) {
	if x.Level != nil {
		return t.level(x.Level, item)
	}
	var out [][]plan.Datum
	for k, y := range x.Of {
		rows, err := t.plan(y, item)
		if err != nil {
			return nil, err
		}
		if !x.Cross || k == 0 {
			out = append(out, rows...)
			continue
		}
		if len(out)*len(rows) > maxJSONRows {
			return nil, sqlerr.New(sqlerr.NotSupported, "JSON_TABLE makes more than %d rows of one value", maxJSONRows)
		}
		var both [][]plan.Datum
		for _, r := range out {
			for _, s := range rows {
				m := slices.Clone(r)
				for f, d := range s {
					if !d.Null {
						m[f] = d
					}
				}
				both = append(both, m)
			}
		}
		out = both
	}
	return out, nil
}

// columns gives a row with a level's own columns; n is the item's place, from 1.
func (t *jsonRows) columns(l *jsonpath.Level, item *jsonValue, n int64) ([]plan.Datum, error) {
	row := make([]plan.Datum, len(t.fields))
	for i := range row {
		row[i].Null = true
	}
	for k := range l.Columns {
		c := &l.Columns[k]
		switch c.Kind {
		case jsonpath.Ordinality:
			row[c.Field] = plan.Datum{I: n}
		case jsonpath.QueryColumn:
			v, err := t.p.extractJSON(t.st.path(c.Call.Path), &c.Call, item)
			if err != nil {
				return nil, err
			}
			if v != nil {
				typ := t.fields[c.Field].Type
				s := encodeJSON(v, c.Call.Output, c.Call.OmitQuotes)
				if typ.Kind == types.KindVarchar && typ.P != types.Unbounded {
					x, err := t.p.cast(sqlItem(types.Varchar, plan.Datum{S: s}), typ)
					if err != nil {
						return nil, err
					}
					s = x.d.S
				}
				row[c.Field] = plan.Datum{S: s}
			}
		default:
			d, fallback, err := t.p.extractValue(t.st.path(c.Call.Path), &c.Call, item, t.fields[c.Field].Type)
			switch {
			case err != nil:
				return nil, err
			case fallback == "EMPTY":
				d = t.defaults[c.EmptyDefault-1]
			case fallback == "ERROR":
				d = t.defaults[c.ErrorDefault-1]
			}
			row[c.Field] = d
		}
	}
	return row, nil
}
