package reader

// amazon-ion's test files (Ion 1.0, text and binary): every good file is read
// whole, every bad one refused, and values that the files call equal or different
// are so.

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/ion"
)

// ionTestsNotRead are the good files that are refused, with the reason.
var ionTestsNotRead = map[string]string{
	"good/utf16.ion": "not UTF-8: Ion text is UTF-8 by its specification",
	"good/utf32.ion": "not UTF-8: Ion text is UTF-8 by its specification",
}

// ionValues reads all values of a stream; each record is handed to f.
func ionValues(name string, data []byte, f func(b []byte, v ion.Value)) error {
	split := Split{Name: name, Size: -1, Items: -1, Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
	t, err := OpenText(ctxb, split)
	if err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	for {
		b, start, end, err := t.Next(ctxb)
		if err != nil || end == 0 {
			return err
		}
		if f != nil {
			f(b[:end], ion.ValueAt(b[:end], start, false))
		}
	}
}

// keyOf gives equal strings for equal values, by Ion's data model.
func keyOf(b []byte, v ion.Value) string {
	key, _ := valueKey(b, v)
	return key
}

func symbolKey(tok []byte) string {
	var buf []byte
	s, ok := ion.Text(tok, &buf)
	if !ok {
		return "$0"
	}
	return fmt.Sprintf("%q", s)
}

func valueKey(b []byte, v ion.Value) (key string, end int) {
	var k strings.Builder
	for i := v.Ann; ; {
		name, next, ok := ion.NextAnnotation(b, i, v)
		if !ok {
			break
		}
		k.WriteString(symbolKey(b[name.Start:name.End]) + "::")
		i = next
	}
	k.WriteString(v.Kind.Word() + " ")
	if v.Null {
		k.WriteString("null")
		return k.String(), v.End
	}
	var tok []byte
	if v.End >= 0 {
		tok = b[v.Start:v.End]
	}
	switch v.Kind {
	case ion.Bool:
		k.Write(tok)
	case ion.Int:
		n, wide := ion.ParseInt(tok)
		if wide == nil {
			wide = big.NewInt(n)
		}
		k.WriteString(wide.String())
	case ion.Float:
		f := ion.ParseFloat(tok)
		if math.IsNaN(f) {
			k.WriteString("nan")
		} else {
			fmt.Fprintf(&k, "%x", math.Float64bits(f))
		}
	case ion.Decimal:
		n := ion.ParseDecimal(tok, nil)
		digits := strings.TrimLeft(string(n.Digits), "0")
		fmt.Fprintf(&k, "%v %s d%d", n.Neg, digits, n.Exp)
	case ion.Timestamp:
		k.WriteString(timestampKey(string(tok)))
	case ion.Symbol:
		k.WriteString(symbolKey(tok))
	case ion.String:
		var buf []byte
		s, _ := ion.Text(tok, &buf)
		fmt.Fprintf(&k, "%q", s)
	case ion.Blob, ion.Clob:
		k.WriteString(hex.EncodeToString(ion.AppendLob(nil, tok, v.Kind)))
	case ion.Struct:
		var fields []string
		for i := v.Start + 1; ; {
			name, at, ok := ion.NextField(b, i)
			if !ok {
				end = at
				break
			}
			var val string
			val, i = valueKey(b, ion.ValueAt(b, at, false))
			fields = append(fields, symbolKey(b[name.Start:name.End])+":"+val)
		}
		slices.Sort(fields)
		k.WriteString("{" + strings.Join(fields, ",") + "}")
		return k.String(), end
	default:
		sexp := v.Kind == ion.Sexp
		k.WriteByte('[')
		for i := v.Start + 1; ; {
			at, ok := ion.NextItem(b, i)
			if !ok {
				end = at
				break
			}
			var val string
			val, i = valueKey(b, ion.ValueAt(b, at, sexp))
			k.WriteString(val + ",")
		}
		k.WriteByte(']')
		return k.String(), end
	}
	return k.String(), v.End
}

// timestampKey gives instant, precision and offset. An offset of +00:00 is Z, a
// whole day may have a T behind it, and the rest is as written.
func timestampKey(s string) string {
	s = strings.TrimSuffix(s, "T")
	if rest, ok := strings.CutSuffix(s, "+00:00"); ok {
		return rest + "Z"
	}
	return s
}

// instantKey is where a timestamp lies on the time line, exactly.
func instantKey(s string) string {
	frac := ""
	if at := strings.IndexByte(s, '.'); at >= 0 {
		end := at + 1
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		frac = strings.TrimRight(s[at+1:end], "0")
		s = s[:at] + s[end:]
	}
	return fmt.Sprint(ion.ParseTimestamp([]byte(s)).Millis, ".", frac)
}

func documentKey(t *testing.T, text string) string {
	t.Helper()
	var keys []string
	if err := ionValues("embedded.ion", []byte(text), func(b []byte, v ion.Value) { keys = append(keys, keyOf(b, v)) }); err != nil {
		t.Errorf("embedded document %q: %v", text, err)
	}
	return strings.Join(keys, "\n")
}

// group gives the keys of the values in one group of an equivalence file.
func groupKeys(t *testing.T, b []byte, v ion.Value, timeline bool) []string {
	t.Helper()
	embedded := false
	if name, _, ok := ion.NextAnnotation(b, v.Ann, v); ok {
		embedded = symbolKey(b[name.Start:name.End]) == `"embedded_documents"`
	}
	var keys []string
	add := func(val ion.Value) int {
		key, end := valueKey(b, val)
		switch {
		case embedded && val.Kind == ion.String:
			var buf []byte
			s, _ := ion.Text(b[val.Start:val.End], &buf)
			key = documentKey(t, string(s))
		case timeline:
			key = instantKey(string(b[val.Start:val.End]))
		}
		keys = append(keys, key)
		return end
	}
	for i := v.Start + 1; ; {
		if v.Kind == ion.Struct {
			_, at, ok := ion.NextField(b, i)
			if !ok {
				return keys
			}
			i = add(ion.ValueAt(b, at, false))
			continue
		}
		at, ok := ion.NextItem(b, i)
		if !ok {
			return keys
		}
		i = add(ion.ValueAt(b, at, v.Kind == ion.Sexp))
	}
}

func TestIonTests(t *testing.T) {
	root := filepath.Join("..", "..", "shared", "conformance", "ion", "iontestdata")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no conformance material here")
	}
	score := map[string]*[2]int{}
	count := func(area string, ok bool) {
		if score[area] == nil {
			score[area] = &[2]int{}
		}
		score[area][1]++
		if ok {
			score[area][0]++
		}
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		ext := filepath.Ext(path)
		if ext != ".ion" && ext != ".10n" {
			return nil
		}
		kind := map[string]string{".ion": "text", ".10n": "binary"}[ext]
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasPrefix(rel, "bad/") {
			err := ionValues(rel, data, nil)
			count("bad "+kind, err != nil)
			if err == nil {
				t.Errorf("accepted: %s", rel)
			}
			return nil
		}
		equivs, differ := strings.Contains(rel, "/equivs/"), strings.Contains(rel, "/non-equivs/")
		timeline := strings.Contains(rel, "/equivTimeline/")
		var groups [][]string
		err = ionValues(rel, data, func(b []byte, v ion.Value) {
			if (equivs || differ || timeline) && v.Kind.IsContainer() && !v.Null {
				groups = append(groups, groupKeys(t, b, v, timeline))
			} else {
				_ = keyOf(b, v) // every value can be decoded
			}
		})
		if why := ionTestsNotRead[rel]; why != "" {
			count("good "+kind, false)
			if err == nil {
				t.Errorf("read although it is listed as %s: %s", why, rel)
			}
			return nil
		}
		count("good "+kind, err == nil)
		checkPrinter(t, rel, data)
		if err != nil {
			t.Errorf("refused: %s: %v", rel, err)
			return nil
		}
		if !equivs && !differ && !timeline {
			return nil
		}
		ok := len(groups) > 0
		for g, keys := range groups {
			for i := range keys {
				for j := range i {
					if (keys[i] == keys[j]) == differ {
						ok = false
						t.Errorf("%s: group %d, values %d and %d: equal is %v:\n%.300s\n%.300s", rel, g, j, i, !differ, keys[j], keys[i])
					}
				}
			}
		}
		if len(groups) == 0 {
			t.Errorf("%s: no group of values", rel)
		}
		count(map[bool]string{true: "non-equivs", false: "equivs"}[differ], ok)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Floors: what is reached stays reached.
	for area, floor := range map[string][2]int{
		"good text": {202 - len(ionTestsNotRead), 202}, "good binary": {87, 87}, "bad text": {400, 400}, "bad binary": {96, 96}, "equivs": {62, 62}, "non-equivs": {21, 21},
	} {
		got := score[area]
		if got == nil {
			t.Errorf("%s: no files", area)
			continue
		}
		t.Logf("ion-tests, %s: %d of %d", area, got[0], got[1])
		if got[0] < floor[0] || got[1] < floor[1] {
			t.Errorf("%s: %d of %d, the floor is %d of %d", area, got[0], got[1], floor[0], floor[1])
		}
	}
}

// printed prints all values of a stream, one a line.
func printed(name string, data []byte, style ion.Style) ([]byte, error) {
	var out bytes.Buffer
	p := ion.NewPrinter(&out, style)
	var failed error
	err := ionValues(name, data, func(b []byte, v ion.Value) {
		if err := p.Value(b, v); err != nil && failed == nil {
			failed = err
		}
		p.Raw("\n")
	})
	if err == nil {
		err = failed
	}
	if e := p.Flush(); err == nil {
		err = e
	}
	return out.Bytes(), err
}

// checkPrinter holds what is printed against what was read: as Ion the same
// values, and the same text when printed again; as JSON something that is JSON.
func checkPrinter(t *testing.T, name string, data []byte) {
	t.Helper()
	var want []string
	if err := ionValues(name, data, func(b []byte, v ion.Value) { want = append(want, keyOf(b, v)) }); err != nil {
		return
	}
	var compact []byte
	for _, style := range []ion.Style{ion.Compact, ion.Pretty} {
		text, err := printed(name, data, style)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []string
		if err := ionValues("printed.ion", text, func(b []byte, v ion.Value) { got = append(got, keyOf(b, v)) }); err != nil {
			t.Fatalf("%s: printed: %v\n%.2000s", name, err, text)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s: printed in style %d, these are other values:\n%.1000q\n%.1000q\n%.1000s", name, style, want, got, text)
		}
		again, err := printed("printed.ion", text, style)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%s: printed again (%v):\n%.1000s\n%.1000s", name, err, text, again)
		}
		if style == ion.Compact {
			compact = text
			if n := bytes.Count(text, []byte("\n")); n != len(want) {
				t.Fatalf("%s: %d values on %d lines", name, len(want), n)
			}
		}
	}
	text, err := printed(name, data, ion.JSON)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	lines := bytes.Split(text, []byte("\n"))
	if len(lines) != len(want)+1 {
		t.Fatalf("%s: %d values on %d lines of JSON", name, len(want), len(lines)-1)
	}
	for k, line := range lines[:len(want)] {
		if !json.Valid(line) {
			t.Fatalf("%s: value %d: not JSON: %.1000s\n%.1000s", name, k, line, bytes.Split(compact, []byte("\n"))[k])
		}
	}
}

func TestPrinter(t *testing.T) {
	for _, text := range mixedSeeds {
		checkPrinter(t, "seed.ion", []byte(text))
	}
	for _, c := range valueCases {
		checkPrinter(t, c.name, []byte(c.ion))
	}
	var wide strings.Builder
	for k := range 20000 {
		fmt.Fprintf(&wide, "{a%d:\"%s\",b:{{%s}},c:[-0.,%d.%03d,1d%d]}\n", k, strings.Repeat("é\\\"\\n", k%50), "AQID", k, k%1000, k-10000)
	}
	checkPrinter(t, "wide.ion", []byte(wide.String()))
	for in, want := range map[string][3]string{
		`a::null.list`:                           {"a::null.list", "a::null.list", "null"},
		`[1.50,-0.,1d-20,1.d400]`:                {"[1.50,-0.,1d-20,1d400]", "[\n  1.50,\n  -0.,\n  1d-20,\n  1d400\n]", "[1.50,-0,1e-20,1e400]"},
		`1d99999999999999999999`:                 {"1d99999999999999999999", "1d99999999999999999999", "1e99999999999999999999"},
		`1.d-99999999999999999999`:               {"1.d-99999999999999999999", "1.d-99999999999999999999", "1e-99999999999999999999"},
		`[1e10,-2.5e-7,0e0,-0e0,nan,1e6,5e-324]`: {"[10000000000e0,-2.5e-7,0e0,-0e0,nan,1000000e0,5e-324]", "", "[10000000000,-2.5e-7,0,-0,null,1000000,5e-324]"},
		`(a + b::'+' '//' '-' $0)`:               {"(a + b::'+' '//' - $0)", "(\n  a\n  +\n  b::'+'\n  '//'\n  -\n  $0\n)", `["a","+","+","//","-","$0"]`},
		`{a:1,a:'',"$x":'$7'}`:                   {"{a:1,a:'',$x:'$7'}", "{\n  a: 1,\n  a: '',\n  $x: '$7'\n}", `{"a":1,"a":"","$x":"$7"}`},
		`{{"a\x80\n"}} `:                         {`{{"a\x80\n"}}`, `{{"a\x80\n"}}`, `"a\u0080\n"`},
		"'''a''' 0x1F 2020-02-02T":               {"\"a\"\n31\n2020-02-02", "\"a\"\n31\n2020-02-02", "\"a\"\n31\n\"2020-02-02\""},
		`{} [] () {b:{}}`:                        {"{}\n[]\n()\n{b:{}}", "{}\n[]\n()\n{\n  b: {}\n}", "{}\n[]\n[]\n{\"b\":{}}"},
		"\"\\u20ac\\t\\\"\\0\u2028\"":            {"\"€\\t\\\"\\0\u2028\"", "\"€\\t\\\"\\0\u2028\"", "\"€\\t\\\"\\u0000\u2028\""},
	} {
		checkPrinter(t, "case.ion", []byte(in))
		for style, want := range want {
			got, err := printed("case.ion", []byte(in), ion.Style(style))
			if err != nil || want != "" && string(got) != want+"\n" {
				t.Errorf("%s in style %d: %v\n%s\nwant\n%s", in, style, err, got, want)
			}
		}
	}
}
