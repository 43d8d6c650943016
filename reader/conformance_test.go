package reader

// The SerDe's cases of the conformance material, scored; and the path
// extractor's.

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/projection"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// conformanceFile opens a file of the conformance material beside the project,
// or skips the test.
func conformanceFile(t *testing.T, name string) []map[string]any {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Skip("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.Open(filepath.Join(dir, "..", "shared", "conformance", filepath.FromSlash(name)))
	if err != nil {
		t.Skip("no conformance material here")
	}
	defer func() { _ = f.Close() }()
	var list []map[string]any
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		m := map[string]any{}
		d := json.NewDecoder(strings.NewReader(in.Text()))
		d.UseNumber()
		if err := d.Decode(&m); err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// hiveType parses a Hive type.
func hiveType(s string) (types.Type, error) {
	p := &typeText{s: s}
	t, err := p.parse()
	if err == nil && p.s != "" {
		err = fmt.Errorf("%q behind a type", p.s)
	}
	return t, err
}

type typeText struct{ s string }

func (p *typeText) word() string {
	n := strings.IndexAny(p.s, "<>(),:")
	if n < 0 {
		n = len(p.s)
	}
	w := p.s[:n]
	p.s = p.s[n:]
	return strings.TrimSpace(strings.ToLower(w))
}

func (p *typeText) eat(c string) bool {
	rest, ok := strings.CutPrefix(p.s, c)
	p.s = rest
	return ok
}

func (p *typeText) parse() (types.Type, error) {
	name := p.word()
	var nums []int
	if p.eat("(") {
		for {
			n, err := strconv.Atoi(p.word())
			if err != nil {
				return types.Type{}, err
			}
			nums = append(nums, n)
			if !p.eat(",") {
				break
			}
		}
		p.eat(")")
	}
	num := func(i, otherwise int) int {
		if i < len(nums) {
			return nums[i]
		}
		return otherwise
	}
	simple := map[string]types.Type{
		"boolean": types.Boolean, "tinyint": types.Tinyint, "smallint": types.Smallint, "int": types.Integer, "integer": types.Integer,
		"bigint": types.Bigint, "float": types.Real, "double": types.Double, "string": types.Varchar, "binary": types.Varbinary,
		"date": types.Date, "timestamp": types.Timestamp(3),
	}
	switch name {
	case "decimal":
		return types.Decimal(num(0, 10), num(1, 0)), nil
	case "varchar":
		return types.VarcharN(num(0, 1)), nil
	case "char":
		return types.CharN(num(0, 1)), nil
	case "array", "map", "struct":
		if !p.eat("<") {
			return types.Type{}, fmt.Errorf("%s without arguments", name)
		}
		var fields []types.Field
		for {
			var f types.Field
			if name == "struct" {
				f.Name = p.word()
				p.eat(":")
			}
			var err error
			if f.Type, err = p.parse(); err != nil {
				return types.Type{}, err
			}
			fields = append(fields, f)
			if !p.eat(",") {
				break
			}
		}
		if !p.eat(">") {
			return types.Type{}, fmt.Errorf("> is missing")
		}
		switch name {
		case "array":
			return types.Array(fields[0].Type), nil
		case "map":
			return types.Map(fields[0].Type, fields[1].Type), nil
		}
		return types.Row(fields...), nil
	}
	t, ok := simple[name]
	if !ok {
		return t, fmt.Errorf("type %s", name)
	}
	return t, nil
}

// same compares row i of v with an expected value.
func same(v *page.Vector, i int, want any) bool {
	if want == nil || v.IsNull(i) {
		return want == nil && v.IsNull(i)
	}
	if m, ok := want.(map[string]any); ok {
		switch v.Type.Kind {
		case types.KindDecimal:
			w, _, scale, ok := decimal.Parse(fmt.Sprint(m["dec"]))
			x, fits := decimal.Rescale(w, int(v.Type.S)-scale)
			return ok && fits && x == v.Int128At(i)
		case types.KindDate:
			return m["date"] == render(v, i)
		case types.KindTimestamp:
			return m["ts"] == render(v, i)
		case types.KindVarbinary:
			return fmt.Sprint(m["hex"]) == fmt.Sprintf("%x", v.Str[i]) || fmt.Sprint(m["bin"]) == fmt.Sprintf("%x", v.Str[i])
		case types.KindReal, types.KindDouble:
			f, err := strconv.ParseFloat(fmt.Sprint(m["f"]), 64)
			return err == nil && (f == v.F64[i] || f != f && v.F64[i] != v.F64[i])
		case types.KindMap:
			list, _ := m["map"].([]any)
			if len(list) != int(v.Off[i+1]-v.Off[i]) {
				return false
			}
			for _, e := range list {
				e := e.([]any)
				found := false
				for k := v.Off[i]; k < v.Off[i+1]; k++ {
					found = found || same(v.Children[0], int(k), e[0]) && same(v.Children[1], int(k), e[1])
				}
				if !found {
					return false
				}
			}
			return true
		}
		return false
	}
	switch v.Type.Kind {
	case types.KindArray:
		list, ok := want.([]any)
		if !ok || len(list) != int(v.Off[i+1]-v.Off[i]) {
			return false
		}
		for k, e := range list {
			if !same(v.Children[0], int(v.Off[i])+k, e) {
				return false
			}
		}
		return true
	case types.KindRow:
		list, ok := want.([]any)
		if !ok || len(list) != len(v.Children) {
			return false
		}
		for k, e := range list {
			if !same(v.Children[k], i, e) {
				return false
			}
		}
		return true
	case types.KindReal, types.KindDouble:
		f, err := strconv.ParseFloat(fmt.Sprint(want), 64)
		if v.Type.Kind == types.KindReal {
			f = float64(float32(f))
		}
		return err == nil && f == v.F64[i]
	case types.KindChar: // the engine's form has no padding
		return strings.TrimRight(fmt.Sprint(want), " ") == v.Str[i]
	}
	return fmt.Sprint(want) == render(v, i)
}

func TestSerDeCases(t *testing.T) {
	passed, run, skipped := 0, 0, 0
	for _, c := range conformanceFile(t, "serde/cases.jsonl") {
		if c["engine"] != "hive" {
			skipped++ // another engine's rules, or documentation
			continue
		}
		if c["input"] == "lines" {
			skipped++ // Hive's text input format, one record a line: not how Athena reads Ion
			continue
		}
		run++
		if why := serdeCase(c); why != "" {
			t.Errorf("%s %s: %s\n\t%v %v %v", c["id"], c["test"], why, c["ion"], c["columns"], c["props"])
			continue
		}
		passed++
	}
	t.Logf("SerDe cases: %d passed of %d run, %d skipped (rules of another engine, input by lines)", passed, run, skipped)
}

func serdeCase(c map[string]any) string {
	tab := tableOf(nil)
	for _, col := range c["columns"].([]any) {
		pair := col.([]any)
		typ, err := hiveType(pair[1].(string))
		if err != nil {
			return err.Error()
		}
		tab.Columns = append(tab.Columns, Column{strings.ToLower(pair[0].(string)), typ})
	}
	for k, v := range c["props"].(map[string]any) {
		tab.Properties[k] = fmt.Sprint(v)
	}
	for _, all := range []bool{false, true} {
		rows, pages, err := scanPages(tab, splitOf("x.ion", fmt.Sprint(c["ion"])), all)
		if c["fails"] == true {
			if err == nil {
				return "no error"
			}
			continue
		}
		if err != nil {
			return err.Error()
		}
		want := c["rows"].([]any)
		if rows != len(want) {
			return fmt.Sprintf("%d rows, want %d", rows, len(want))
		}
		for k, w := range want {
			for j, cell := range w.([]any) {
				if !same(pages[k][j], 0, cell) {
					return fmt.Sprintf("row %d column %d: got %s, want %v", k, j, render(pages[k][j], 0), cell)
				}
			}
		}
	}
	return ""
}

// scanPages reads with one row a page and keeps all pages.
func scanPages(t *Table, s Split, all bool) (rows int, pages [][]*page.Vector, err error) {
	src, err := Open(ctxb, t, s, allOf(t), Options{PageRows: 1, ProjectAll: all})
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = src.Close() }()
	for {
		p, err := src.Next(ctxb)
		if err != nil || p == nil {
			return rows, pages, err
		}
		var kept []*page.Vector
		for _, v := range p.Cols {
			kept = append(kept, page.Clone(v))
		}
		pages = append(pages, kept)
		rows++
	}
}

// TestPathCases runs the path extraction library's own cases: what a path
// selects of a value, in order. Only the last one counts for a column, so the
// cases run against the match tree.
func TestPathCases(t *testing.T) {
	passed, run, skipped := 0, 0, 0
	for _, c := range conformanceFile(t, "serde/paths.jsonl") {
		if c["stepOut"] == true {
			skipped++ // the SerDe never steps out of a match
			continue
		}
		run++
		b := []byte(c["case_ion"].(string))
		if why := pathCase(b); why != "" {
			t.Errorf("%s: %s", b, why)
			continue
		}
		passed++
	}
	t.Logf("path cases: %d passed of %d run, %d skipped (stepping out)", passed, run, skipped)
}

func pathCase(b []byte) string {
	get := func(v ion.Value, name string) (ion.Value, bool) {
		for i := v.Start + 1; ; {
			tok, at, ok := ion.NextField(b, i)
			if !ok {
				return v, false
			}
			val := ion.ValueAt(b, at, false)
			if string(b[tok.Start:tok.End]) == name {
				return val, true
			}
			i = ion.SkipValue(b, val)
		}
	}
	items := func(v ion.Value) (list []ion.Value) {
		for i := v.Start + 1; ; {
			at, ok := ion.NextItem(b, i)
			if !ok {
				return list
			}
			val := ion.ValueAt(b, at, v.Kind == ion.Sexp)
			list = append(list, val)
			i = ion.SkipValue(b, val)
		}
	}
	if _, err := ion.Consume(b, 0, true); err != nil {
		return err.Error()
	}
	top := ion.ValueAt(b, 0, false)
	var paths []*projection.Path
	add := func(v ion.Value) error {
		p, err := projection.Parse(string(b[v.Ann:ion.SkipValue(b, v)]))
		paths = append(paths, p)
		return err
	}
	if v, ok := get(top, "searchPath"); ok {
		if err := add(v); err != nil {
			return err.Error()
		}
	}
	if v, ok := get(top, "searchPaths"); ok {
		for _, p := range items(v) {
			if err := add(p); err != nil {
				return err.Error()
			}
		}
	}
	data, ok := get(top, "data")
	if !ok {
		return "no data"
	}
	expected, _ := get(top, "expected")
	var want, got []string
	for _, v := range items(expected) {
		want = append(want, string(ion.AppendText(nil, b, v)))
	}
	tree := projection.Compile(paths, true)
	var walk func(v ion.Value, n *projection.Node)
	walk = func(v ion.Value, n *projection.Node) {
		if n == nil {
			return
		}
		for range n.Ends {
			got = append(got, string(ion.AppendText(nil, b, v)))
		}
		if !v.Kind.IsContainer() || v.Null {
			return
		}
		i := v.Start + 1
		for index := 0; ; index++ {
			var name []byte
			var at int
			var ok bool
			if v.Kind == ion.Struct {
				var tok ion.Span
				var buf []byte
				if tok, at, ok = ion.NextField(b, i); ok {
					name, _ = ion.Text(b[tok.Start:tok.End], &buf)
				}
			} else {
				at, ok = ion.NextItem(b, i)
			}
			if !ok {
				return
			}
			val := ion.ValueAt(b, at, v.Kind == ion.Sexp)
			walk(val, n.Child(name, v.Kind == ion.Struct, index, b, val))
			i = ion.SkipValue(b, val)
		}
	}
	walk(data, tree.Record(b, data))
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Sprintf("selects %v, want %v", got, want)
	}
	return ""
}
