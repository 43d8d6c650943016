package reader

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/serde"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

var ctxb = context.Background()

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// splitOf makes a split of text; the name's suffix says how it is stored.
func splitOf(name, text string) Split {
	stored := []byte(text)
	if strings.HasSuffix(name, ".gz") {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := io.WriteString(w, text); err != nil {
			panic(err)
		}
		if err := w.Close(); err != nil {
			panic(err)
		}
		stored = b.Bytes()
	}
	return Split{Name: name, Size: int64(len(stored)), Items: -1, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(stored)), nil
	}}
}

// tableOf makes a table of columns "name type", with the path (Item name)
// unless props say otherwise.
func tableOf(props map[string]string, cols ...Column) *Table {
	t := &Table{Name: "default.t", Columns: cols, SerDe: serde.ClassName, Properties: map[string]string{}}
	for _, c := range cols {
		t.Properties["ion."+c.Name+".path_extractor"] = "(Item " + c.Name + ")"
	}
	for k, v := range props {
		t.Properties[k] = v
	}
	return t
}

// render shows row i of v as the tests write it.
func render(v *page.Vector, i int) string {
	if v.IsNull(i) {
		return "NULL"
	}
	switch v.Type.Kind {
	case types.KindBoolean:
		return fmt.Sprint(v.Bools[i])
	case types.KindDecimal:
		return decimal.Format(v.Int128At(i), int(v.Type.S))
	case types.KindDate:
		return string(types.AppendDate(nil, v.I64[i]))
	case types.KindTimestamp:
		return string(types.AppendTimestamp(nil, v.I64[i], 0, int(v.Type.P)))
	case types.KindArray:
		var parts []string
		for k := v.Off[i]; k < v.Off[i+1]; k++ {
			parts = append(parts, render(v.Children[0], int(k)))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case types.KindMap:
		var parts []string
		for k := v.Off[i]; k < v.Off[i+1]; k++ {
			parts = append(parts, render(v.Children[0], int(k))+"="+render(v.Children[1], int(k)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case types.KindRow:
		var parts []string
		for _, c := range v.Children {
			parts = append(parts, render(c, i))
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	switch v.Phys {
	case page.PhysInt64:
		return fmt.Sprint(v.I64[i])
	case page.PhysFloat64:
		return fmt.Sprint(v.F64[i])
	}
	return strings.Clone(v.Str[i]) // the page's memory is reused
}

// scanAll reads a whole split and renders its rows.
func scanAll(t *Table, s Split, cols []int, opt Options) (rows []string, err error) {
	src, err := Open(context.Background(), t, s, cols, opt)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := src.Close(); e != nil && err == nil {
			err = e
		}
	}()
	next := int64(0)
	for {
		p, err := src.Next(context.Background())
		if err != nil || p == nil {
			return rows, err
		}
		if p.Row != next {
			return rows, fmt.Errorf("page begins at row %d, not %d", p.Row, next)
		}
		next += int64(p.Rows)
		for i := range p.Rows {
			var parts []string
			for _, v := range p.Cols {
				if v.Len != p.Rows {
					return rows, fmt.Errorf("vector of %d rows in a page of %d", v.Len, p.Rows)
				}
				parts = append(parts, render(v, i))
			}
			rows = append(rows, strings.Join(parts, "|"))
		}
	}
}

func allOf(t *Table) []int {
	var all []int
	for i := range t.Columns {
		all = append(all, i)
	}
	return all
}

var (
	dec10   = types.Decimal(10, 0)
	dec38   = types.Decimal(38, 0)
	dec102  = types.Decimal(10, 2)
	varchar = types.Varchar
)

// valueCases are the coercion rules on a column n with the path (Item n): the
// traps of semantics section 9 and the tables of section 2.
var valueCases = []struct {
	name  string
	typ   types.Type
	ion   string            // what follows n: in the record; whole lines where it begins with a brace
	props map[string]string // besides the path
	want  string            // rows, joined with ;
	err   string            // a part of the message, where the scan fails
}{
	{name: "trap 1", typ: dec10, ion: `1234567890123456.`, want: "1234567890123456"},
	{name: "trap 2", typ: dec10, ion: `6d2`, want: "600"},
	{name: "trap 2 long", typ: dec38, ion: `123456789d1`, want: "1234567890"},
	{name: "trap 2 string", typ: varchar, ion: `6d2`, want: "6d2"},
	{name: "trap 3", typ: dec10, ion: `12.5`, err: "target scale must be larger than source scale"},
	{name: "trap 3 scale 2", typ: dec102, ion: `12.5`, want: "12.50"},
	{name: "trap 4", typ: dec102, ion: `12.345`, err: "target scale must be larger than source scale"},
	{name: "trap 4 zeros", typ: dec102, ion: `12.340`, want: "12.34"},
	{name: "trap 5", typ: types.Bigint, ion: `5.`, err: "class com.amazon.ion.impl.lite.IonDecimalLite cannot be cast to class com.amazon.ion.IonInt"},
	{name: "trap 5 int", typ: types.Bigint, ion: `5`, want: "5"},
	{name: "trap 5 double", typ: types.Double, ion: `5.5`, err: "cannot be cast to class com.amazon.ion.IonFloat"},
	{name: "trap 5 float", typ: types.Double, ion: `5e0`, want: "5"},
	{name: "trap 6", typ: dec10, ion: `99999999999999999999.`, err: "Athena would silently read 7766279631452241919"},
	{name: "trap 6 long", typ: dec38, ion: `99999999999999999999.`, want: "99999999999999999999"},
	{name: "trap 6 border", typ: dec10, ion: `9223372036854775807.`, want: "9223372036854775807"},
	{name: "trap 6 beyond", typ: dec10, ion: `9223372036854775808.`, err: "Athena would silently read -9223372036854775808"},
	{name: "trap 6 lowest", typ: dec10, ion: `-9223372036854775808.`, want: "-9223372036854775808"},
	{name: "trap 7", typ: dec38, ion: `1d125`, err: "fieldValue should not be null"},
	{name: "trap 7 string", typ: varchar, ion: `1d125`, want: "1d125"},
	{name: "tiny", typ: dec38, ion: `1d-130`, want: "0"},
	{name: "38 digits", typ: dec38, ion: `-12345678901234567890123456789012345678.`, want: "-12345678901234567890123456789012345678"},
	{name: "39 digits", typ: dec38, ion: `123456789012345678901234567890123456789.`, err: "fieldValue should not be null"},
	{name: "38 digits scaled", typ: types.Decimal(38, 38), ion: `0.12345678901234567890123456789012345678`, want: "0.12345678901234567890123456789012345678"},
	{name: "digits lost", typ: types.Decimal(38, 38), ion: `0.123456789012345678901234567890123456789`, want: "0.12345678901234567890123456789012345679"},
	{name: "beyond 128 bits", typ: types.Decimal(38, 10), ion: `12345678901234567890123456789012345678.`, err: "BigInteger out of Int128 range"},
	{name: "trap 8", typ: varchar, ion: `103.`, want: "103."},
	{name: "trap 9", typ: dec10, ion: `"x"`, err: "Invalid Ion type: STRING"},
	{name: "trap 9 null", typ: dec10, ion: `null.string`, want: "NULL"},
	{name: "trap 9 absent", typ: dec10, ion: `{Item:{m:1.}}`, want: "NULL"},
	{name: "trap 11", typ: dec10, ion: `{Item:{N:1.}}`, want: "1"},
	{name: "trap 11 case", typ: dec10, ion: `{Item:{N:1.}}`, props: map[string]string{"ion.path_extractor.case_sensitive": "true"}, want: "NULL"},
	{name: "trap 12", typ: dec10, ion: `{Item:{n:1.,N:2.}}`, want: "2"},
	{name: "duplicate bad first", typ: dec10, ion: `{Item:{n:"x",N:2.}}`, want: "2"},
	{name: "duplicate null last", typ: dec10, ion: `{Item:{n:1.,n:null}}`, want: "NULL"},
	{name: "trap 13", typ: dec10, ion: "{Item:{n:1.}}\r\n  $ion_1_0 {Item:{n:2.}} {Item:{n:3.}}\n// note\n{Item:\n {n:\t4.}\n}\n\n$ion_1_0 $ion_1_0\n/* x */{Item:{n:5.}}", want: "1;2;3;4;5"},
	{name: "trap 14", typ: dec10, ion: "{}\nnull\n5\n[]\n{Item:null}\n{Item:[]}\n{Item:{n:1.}}", want: "NULL;NULL;NULL;NULL;NULL;NULL;1"},
	{name: "trap 15", typ: dec10, ion: "{Item:{n:1.}}\n{Item:{n:2.}", err: "unexpected end of input"},
	{name: "trap 15 ignored", typ: dec10, ion: "{Item:{n:1.}}\n{Item:{n:2.}\n{Item:{n:3.}}\n", props: map[string]string{"ion.ignore_malformed": "true"}, want: "1"},
	{name: "trap 16", typ: types.Array(varchar), ion: `$dynamodb_SS::["a","b"]`, want: "[a, b]"},
	{name: "trap 16 string", typ: varchar, ion: `$dynamodb_SS::["a","b"]`, want: `$dynamodb_SS::["a","b"]`},
	{name: "trap 16 numbers", typ: types.Array(dec10), ion: `$dynamodb_NS::[3.,2.]`, want: "[3, 2]"},
	{name: "trap 16 mixed", typ: types.Array(dec10), ion: `[1.,"x"]`, err: "Invalid Ion type: STRING"},
	{name: "trap 17", typ: types.Map(varchar, varchar), ion: `{h:null,i:true,g:9.}`, want: "{g=9., h=NULL, i=true}"},
	{name: "trap 17 nine", typ: types.Map(varchar, varchar), ion: `{h:1.,i:1.,g:1.,name:1.,created_at:1.,amount:1.,id:1.,Zeta:1.,alpha:1.}`, want: "{amount=1., Zeta=1., g=1., alpha=1., h=1., name=1., i=1., created_at=1., id=1.}"},
	{name: "map duplicate", typ: types.Map(varchar, varchar), ion: `{a:"x",a:"y"}`, want: "{a=y}"},
	{name: "trap 18", typ: types.Varbinary, ion: `{{aGVsbG8=}}`, want: "hello"},
	{name: "trap 18 clob", typ: types.Varbinary, ion: `{{"hi\x41"}}`, want: "hiA"},
	{name: "trap 18 bool", typ: types.Boolean, ion: `true`, want: "true"},
	{name: "trap 18 bool string", typ: varchar, ion: `false`, want: "false"},
	{name: "trap 18 null", typ: types.Boolean, ion: `null`, want: "NULL"},
	{name: "bool of decimal", typ: types.Boolean, ion: `1.`, err: "cannot be cast to class com.amazon.ion.IonBool"},
	{name: "trap 19", typ: types.Timestamp(3), ion: `"2023-06-30T09:09:47.787017+0000"`, err: "class com.amazon.ion.impl.lite.IonStringLite cannot be cast to class com.amazon.ion.IonTimestamp"},
	{name: "timestamp", typ: types.Timestamp(3), ion: `2023-06-30T09:09:47.787917+02:00`, want: "2023-06-30 07:09:47.787"},
	{name: "date", typ: types.Date, ion: `1969-12-31T23:00Z`, want: "1969-12-31"},
	{name: "trap 20", typ: types.Row(types.Field{Name: "p", Type: dec10}), ion: `{p:12.5}`, err: "target scale must be larger than source scale"},
	{name: "trap 20 long", typ: types.Array(dec38), ion: `[12.5,-12.5,12.4]`, want: "[13, -13, 12]"},
	{name: "trap 21", typ: varchar, ion: `["é"]`, want: `["\xe9"]`},
	{name: "trap 21 raw", typ: varchar, ion: `"é"`, want: "é"},
	{name: "trap 22", typ: dec10, ion: `{Item:{'my-attr':1.}}`, props: map[string]string{"ion.n.path_extractor": "(Item 'my-attr')"}, want: "1"},
	{name: "trap 22 string", typ: dec10, ion: `{Item:{'my-attr':1.}}`, props: map[string]string{"ion.n.path_extractor": `(Item "my-attr")`}, want: "1"},
	{name: "trap 22 split", typ: dec10, ion: `{Item:{'my-attr':1.}}`, props: map[string]string{"ion.n.path_extractor": "(Item my-attr)"}, want: "NULL"},
	{name: "trap 22 keyword", typ: dec10, ion: `{}`, props: map[string]string{"ion.n.path_extractor": "(Item true)"}, err: "Invalid path component type: BOOL"},
	{name: "trap 28", typ: dec10, ion: `{Record:{Keys:{n:1.},NewImage:{n:1.}}}`, want: "NULL"},
	{name: "int text", typ: varchar, ion: `0x1F`, want: "31"},
	{name: "float text", typ: varchar, ion: `1e100`, want: "1.0E100"},
	{name: "float text plain", typ: varchar, ion: `12.5e0`, want: "12.5e0"},
	{name: "float text one", typ: varchar, ion: `1e0`, want: "1e0"},
	{name: "decimal text", typ: varchar, ion: `0.0000001`, want: "1d-7"},
	{name: "decimal text exponent", typ: varchar, ion: `123.456d-3`, want: "0.123456"},
	{name: "decimal text up", typ: varchar, ion: `1.5d1`, want: "15."},
	{name: "decimal text minus zero", typ: varchar, ion: `-0.`, want: "-0."},
	{name: "annotated text", typ: varchar, ion: `A::1.`, want: "A::1."},
	{name: "annotated string", typ: varchar, ion: `A::"x"`, want: "x"},
	{name: "list text", typ: varchar, ion: `[1., 2.50 ,"x"]`, want: `[1.,2.50,"x"]`},
	{name: "struct text", typ: varchar, ion: `{h:null,i:true,'a-b':9.,"s t":"é"}`, want: `{h:null,i:true,'a-b':9.,'s t':"\xe9"}`},
	{name: "wide text", typ: varchar, ion: "[\"\u20ac\U0001f600\\n\"]", want: `["\u20ac\U0001f600\n"]`},
	{name: "symbol", typ: varchar, ion: `'a b'`, want: "a b"},
	{name: "long string", typ: varchar, ion: "'''a''' '''b'''", want: "ab"},
	{name: "escapes", typ: varchar, ion: `"\x41\u00e9\U0001F600\ud83d\ude00\"\\\/"`, want: "A\u00e9\U0001F600\U0001F600\"\\/"},
	{name: "smallint", typ: types.Smallint, ion: `40000`, err: "insufficient precision for 40000 as smallint"},
	{name: "smallint cut", typ: types.Smallint, ion: `40000`, props: map[string]string{"ion.n.fail_on_overflow": "false"}, want: "-25536"},
	{name: "bigint cut", typ: types.Bigint, ion: `18446744073709551617`, props: map[string]string{"ion.fail_on_overflow": "false"}, want: "1"},
	{name: "varchar", typ: types.VarcharN(3), ion: `"abcd"`, err: "text is longer than allowed. Size: 4, max: 3"},
	{name: "varchar cut", typ: types.VarcharN(3), ion: `"abcd"`, props: map[string]string{"ion.fail_on_overflow": "false"}, want: "abc"},
	{name: "varchar number", typ: types.VarcharN(3), ion: `1.`, err: "cannot be cast to class com.amazon.ion.IonText"},
	{name: "char", typ: types.CharN(5), ion: `"ab  "`, want: "ab"},
	{name: "real", typ: types.Real, ion: `0.5e0`, want: "0.5"},
	{name: "real inexact", typ: types.Real, ion: `0.1e0`, err: "insufficient precision for 0.1e0 as float"},
	{name: "decimal of int", typ: dec10, ion: `0x10`, want: "16"},
	{name: "decimal of float", typ: dec102, ion: `1.25e0`, want: "1.25"},
	{name: "row", typ: types.Row(types.Field{Name: "a", Type: varchar}, types.Field{Name: "b", Type: dec10}), ion: `{A:"x",c:1}`, want: "(x, NULL)"},
	{name: "row duplicate small", typ: types.Row(types.Field{Name: "a", Type: varchar}), ion: `{a:"x",a:"y",c:1}`, want: "(x)"},
	{name: "row duplicate large", typ: types.Row(types.Field{Name: "a", Type: varchar}), ion: `{a:"x",b:1,c:1,d:1,e:1,f:1,a:"y"}`, want: "(y)"},
	{name: "row of list", typ: types.Row(types.Field{Name: "a", Type: varchar}), ion: `[1]`, err: "cannot be cast to class com.amazon.ion.IonStruct"},
	{name: "index path", typ: varchar, ion: `{Item:{tags:["a","b"]}}`, props: map[string]string{"ion.n.path_extractor": "(Item tags 1)"}, want: "b"},
	{name: "wildcard path", typ: varchar, ion: `{Item:{a:"x",b:"y"}}`, props: map[string]string{"ion.n.path_extractor": "(Item *)"}, want: "y"},
	{name: "record path", typ: varchar, ion: `{Item:{a:1.}}`, props: map[string]string{"ion.n.path_extractor": "()"}, want: "{Item:{a:1.}}"},
	{name: "leading zero", typ: dec10, ion: `01.`, err: "leading zeros"},
	{name: "leading point", typ: dec10, ion: `.5`, err: "'.' where a value was expected"},
	{name: "plus", typ: dec10, ion: `+5.`, err: "does not begin a number"},
	{name: "two points", typ: dec10, ion: `1.2.3`, err: "'.' behind a decimal"},
	{name: "bare name", typ: dec10, ion: `{Item:{my-attr:1.}}`, err: "'-' where : was expected"},
	{name: "keyword name", typ: dec10, ion: `{Item:{nan:1.}}`, err: "keyword nan cannot be a field name"},
	{name: "skipped bad", typ: dec10, ion: `{Item:{m:01.,n:1.}}`, err: "leading zeros"},
	{name: "open string", typ: dec10, ion: "{Item:{m:\"abc}}\n{Item:{m:\"d\"}}", err: "string is not closed on its line"},
	{name: "not UTF-8", typ: dec10, ion: "{Item:{m:\"\xff\",n:1.}}", err: "text is not UTF-8"},
	{name: "symbol table", typ: dec10, ion: `$ion_symbol_table::{symbols:["Item","n"]} {$10:{$11:1.}}`, want: "1"},
	{name: "symbol table in the middle", typ: dec10, ion: "{Item:{n:7.}}\n{Item:{n:8.}} $ion_symbol_table::{symbols:[\"Item\",null,\"n\"]} {$10:{n:1.}} {Item:{$12:2.}}\n", want: "7;8;1;2"},
	{name: "symbol table appended", typ: varchar, ion: `$ion_1_0 $3::{symbols:["Item"]} {$10:{n:a}} $ion_symbol_table::{imports:$3,symbols:["n","x y"]} {$10:{$11:$12::'b'}}`, want: "a;b"},
	{name: "symbol table as text", typ: varchar, ion: `$ion_symbol_table::{symbols:["it's","n"]} {Item:{$11:[$10::{$11:$10},(+ $10 "$10" {{"$10"}})]}}`, want: `['it\'s'::{n:'it\'s'},(+ 'it\'s' "$10" {{"$10"}})]`},
	{name: "symbol table gone", typ: dec10, ion: `$ion_symbol_table::{symbols:["n"]} {Item:{$10:1.}} $ion_1_0 {Item:{$10:1.}}`, err: "symbol id $10 is defined by no symbol table"},
	{name: "symbol without text", typ: varchar, ion: `$ion_symbol_table::{imports:[{name:"x",max_id:2000000000}],symbols:["n"]} {Item:{$2000000010:[$10,$2000000009]}}`, want: "[$0,$0]"},
	{name: "symbol id beyond", typ: varchar, ion: `$ion_symbol_table::{imports:[{name:"x",max_id:2000000000}]} {Item:{n:$2000000010}}`, err: "symbol id $2000000010 is defined by no symbol table"},
	{name: "import without max_id", typ: dec10, ion: `$ion_symbol_table::{imports:[{name:"x"}]} {Item:{n:1.}}`, err: "its import says no max_id"},
	{name: "two lists of symbols", typ: dec10, ion: `{Item:{n:1.}} $ion_symbol_table::{symbols:["a"]} $ion_symbol_table::{symbols:["a"],symbols:["b"]}`, err: "two fields named symbols"},
	{name: "no marker", typ: dec10, ion: `$ion_1_0 '$ion_1_0' $2 {Item:{n:1.}}`, want: "1"},
	{name: "symbol id", typ: dec10, ion: `{Item:{$10:1.}}`, err: "symbol id $10"},
	{name: "binary", typ: dec10, ion: "\xe0\x01\x00\xea\x0f", want: "NULL"},
	{name: "binary struct", typ: dec10, ion: "\xe0\x01\x00\xea\xec\x81\x83\xd9\x87\xb7\x84Item\x81n\xd5\x8a\xd3\x8b\x21\x02\xe0\x01\x00\xea\x20", want: "2;NULL"},
	{name: "binary ignored", typ: dec10, props: map[string]string{"ion.ignore_malformed": "true"}, ion: "\xe0\x01\x00\xea\x20\xf1", want: "NULL"},
	{name: "symbol id ignored", typ: dec10, props: map[string]string{"ion.ignore_malformed": "true"}, ion: `$ion_symbol_table::{symbols:["Item"]} {$10:{n:1.}} {$99:1}`, want: "1"},
	{name: "binary cut", typ: dec10, ion: "\xe0\x01\x00\xea\xd4\x84", err: "unexpected end of binary Ion"},
	{name: "binary other version", typ: dec10, ion: "\xe0\x01\x01\xea\x0f", err: "Ion version is not supported: binary Ion 1.1"},
	{name: "binary behind text", typ: dec10, ion: "{Item:{n:1.}}\n\xe0\x01\x00\xea\x0f", err: "byte 0xe0 where a value was expected"},
	{name: "other version", typ: dec10, ion: "$ion_2_0 {Item:{n:1.}}", err: "Ion version is not supported"},
	{name: "trailing comma", typ: dec10, ion: "{Item:{n:1.,},}", want: "1"},
}

func TestValues(t *testing.T) {
	for _, c := range valueCases {
		text := c.ion
		bare := !strings.ContainsAny(text, "\n") && !strings.HasPrefix(text, "{Item") && !strings.HasPrefix(text, "{}") && !strings.HasPrefix(text, "$ion") &&
			!strings.HasPrefix(text, "{Rec") && !strings.HasPrefix(text, "\xe0")
		if bare {
			text = "$ion_1_0 {Item:{m:1.,n:" + text + ",z:2.}}\n"
		}
		for _, file := range []string{"x.ion", "x.ion.gz"} {
			for _, rows := range []int{1, 3, 0} {
				for _, all := range []bool{false, true} {
					name := fmt.Sprintf("%s/%s/rows=%d/all=%v", c.name, file, rows, all)
					tab := tableOf(c.props, Column{"n", c.typ})
					got, err := scanAll(tab, splitOf(file, text), []int{0}, Options{PageRows: rows, ProjectAll: all})
					switch {
					case c.err == "" && err != nil:
						t.Errorf("%s: %v", name, err)
					case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
						t.Errorf("%s: error %v, want %q", name, err, c.err)
					case c.err == "" && strings.Join(got, ";") != c.want:
						t.Errorf("%s: got %s, want %s", name, strings.Join(got, ";"), c.want)
					}
					if err != nil && sqlerr.CodeOf(err) == sqlerr.GenericInternalError {
						t.Errorf("%s: uncoded error %v", name, err)
					}
				}
			}
		}
	}
}
