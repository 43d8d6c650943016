package ion

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	iongo "github.com/amazon-ion/ion-go/ion"
)

// values feeds tests, fuzz seeds and benchmarks: a value, what toString prints
// of it (empty: the same), or a part of the message where it is malformed.
var values = []struct{ in, text, err string }{
	{in: `{Item:{id:1234567890123456.,created_at:"2023-06-30T09:09:47.787017+0000",amount:1.}}`},
	{in: `{Item:{Authors:$dynamodb_SS::["Author1","Author2"],Dimensions:"8.5 x 11.0 x 1.5",Id:103.,InPublication:false,PageCount:6d2,Price:2d3}}`},
	{in: `{Item:{'a-b':1d-7,x:-12.5,z:0.,q:"line\nbreak \"q\" \u00e9"}}`, text: `{Item:{'a-b':1d-7,x:-12.5,z:0.,q:"line\nbreak \"q\" \xe9"}}`},
	{
		in:   `{"Item":{"blob":{{aGVsbG8=}},"blobs":$dynamodb_BS::[{{dXA=}}],"flag":true,"m":{"k":"v"},"nullv":null,'null':1.}}`,
		text: `{Item:{blob:{{aGVsbG8=}},blobs:$dynamodb_BS::[{{dXA=}}],flag:true,m:{k:"v"},nullv:null,'null':1.}}`,
	},
	{in: `[]`},
	{in: `()`},
	{in: `{}`},
	{in: `{{}}`},
	{in: `{{ "" }}`, text: `{{""}}`},
	{in: `""`},
	{in: `''`},
	{in: `[1,2,]`, text: `[1,2]`},
	{in: `[,]`, err: "','"},
	{in: `{a:1,}`, text: `{a:1}`},
	{in: `{,}`, err: "','"},
	{in: `[1 2]`, err: "expected in a list"},
	{in: `(a + -1 - b :: 1)`, text: `(a + -1 - b::1)`},
	{in: `(a+-1 - b::1 .. //x` + "\n)", text: `(a +- 1 - b::1 ..)`},
	{in: `(1-2)`, err: "behind a int"},
	{in: `a :: /* x */ 'b c'::1`, text: `a::'b c'::1`},
	{in: `true::1`, err: "keyword true"},
	{in: `a::`, err: "end of input"},
	{in: `[a::]`, err: "expected after an annotation"},
	{in: `null.int`},
	{in: `null.foo`, err: "no type of null"},
	{in: `null.`, err: "no type of null"},
	{in: `nan`},
	{in: `+inf`},
	{in: `-inf`},
	{in: `+infx`, err: "does not begin"},
	{in: `0x1F`, text: `31`},
	{in: `-0b101`, text: `-5`},
	{in: `1_000`, text: `1000`},
	{in: `1__0`, err: "underscore"},
	{in: `0x_1`, err: "digits are missing"},
	{in: `1_`, err: "underscore"},
	{in: `0xFFFFFFFFFFFFFFFFFF`, text: `4722366482869645213695`},
	{in: `-0`, text: `0`},
	{in: `00`, err: "leading zeros"},
	{in: `01.`, err: "leading zeros"},
	{in: `.5`, err: "'.'"},
	{in: `+5.`, err: "does not begin"},
	{in: `1.2.3`, err: "behind a decimal"},
	{in: `1.d`, err: "exponent"},
	{in: `1e`, err: "exponent"},
	{in: `1a`, err: "behind a int"},
	{in: `1e0`},
	{in: `1E5`, text: `100000e0`},
	{in: `1e7`, text: `1.0E7`},
	{in: `1.25e-5`, text: `1.25E-5`},
	{in: `-0e0`},
	{in: `1e400`, text: `+inf`},
	{in: `1.50`},
	{in: `-0.0012`},
	{in: `0.00000012`, text: `12d-8`},
	{in: `0d5`},
	{in: `0.0`},
	{in: `1D3`, text: `1d3`},
	{in: `1/2`, err: "behind a int"},
	{in: "1//x", text: `1`},
	{in: `2020T`},
	{in: `2020-02T`},
	{in: `2020-02-29`},
	{in: `2020-02-29T`, text: `2020-02-29`},
	{in: `2021-02-29`, err: "day"},
	{in: `2020-01-01T10:00Z`},
	{in: `2020-01-01T10:00:00.5+00:00`, text: `2020-01-01T10:00:00.5Z`},
	{in: `2020-01-01T10:00`, err: "ends with Z"},
	{in: `2020-01-01T24:00Z`, err: "hour"},
	{in: `0000T`, err: "year"},
	{in: `2020-13T`, err: "month"},
	{in: `2020-01-01T10:00-00:00`},
	{in: `'''a''' '''b'''`, text: `"ab"`},
	{in: "'''a\r\nb\\\nc'''", text: `"a\nbc"`},
	{in: `'''a`, err: "not closed"},
	{in: "\"a\nb\"", err: "not closed on its line"},
	{in: `"\q"`, err: "unknown escape"},
	{in: `"\ud83d\ude00"`, text: `"\U0001f600"`},
	{in: `"\ud83d"`, err: "malformed escape"},
	{in: `"\x4"`, err: "malformed escape"},
	{in: "\"\x01\"", err: "control character"},
	{in: "\"\xff\"", err: "not UTF-8"},
	{in: `{{aGk}}`, err: "cut short"},
	{in: `{{ aG k= }}`, text: `{{aGk=}}`},
	{in: `{{"a\u0041"}}`, err: "clob"},
	{in: `{{ '''a''' '''b''' }}`, text: `{{"ab"}}`},
	{in: `{a::1}`, err: "field name"},
	{in: `{a b}`, err: "where : was expected"},
	{in: `{1:2}`, err: "field name was expected"},
	{in: `{'''a''':1}`, text: `{a:1}`},
	{in: `{my-attr:1}`, err: "'-' where : was expected"},
	{in: `{a:1 b:2}`, err: "where , or } was expected"},
	{in: `{a:1`, err: "end of input"},
	{in: `[1}`, err: "'}'"},
	{in: `}`, err: "'}'"},
	{in: `$10`, err: "symbol id"},
	{in: `$0`},
	{in: `$3`, text: `$ion_symbol_table`},
	{in: `/* x */`, err: "where a value"},
	{in: `"é€😀"`, text: `"\xe9\u20ac\U0001f600"`},
	{in: `'é'`, text: `'\xe9'`},
	{in: "\"\x7f\\0\\a\"", text: `"\x7f\0\a"`},
}

func TestValues(t *testing.T) {
	for _, c := range values {
		b := []byte(c.in)
		end, err := Consume(b, 0, true)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want %q", c.in, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		want := c.text
		if want == "" {
			want = c.in
		}
		if got := string(AppendText(nil, b[:end], ValueAt(b[:end], 0, false))); got != want {
			t.Errorf("%s: printed %s, want %s", c.in, got, want)
		}
		if s := Skip(pad(b), 0); s >= 0 && s != end {
			t.Errorf("%s: Skip says %d, Consume %d", c.in, s, end)
		}
	}
}

func pad(b []byte) []byte { return append(bytes.Clone(b), make([]byte, Slack)...) }

// Every prefix of a value is incomplete, wrong, or already the whole value; it is
// never anything that more bytes would change.
func TestPrefixes(t *testing.T) {
	for _, c := range values {
		checkPrefixes(t, []byte(c.in+" "))
	}
}

func checkPrefixes(t *testing.T, b []byte) {
	end, err := Consume(b, 0, true)
	for k := range len(b) {
		e, perr := Consume(b[:k], 0, false)
		if errors.Is(perr, ErrIncomplete) {
			continue
		}
		if (perr == nil) != (err == nil) || perr == nil && e != end {
			t.Fatalf("%q: the first %d bytes give %d, %v; all give %d, %v", b, k, e, perr, end, err)
		}
	}
	if _, err := Consume(b, 0, false); err == nil || errors.Is(err, ErrIncomplete) {
		return
	}
	if err == nil {
		t.Fatalf("%q: accepted only as final", b)
	}
}

func TestDepth(t *testing.T) {
	for _, open := range []string{"[", "{a:", "(", "a::[", "{a:["} {
		b := []byte(strings.Repeat(open, 100_000))
		if _, err := Consume(b, 0, true); err == nil || !strings.Contains(err.Error(), "deeper than") && !strings.Contains(err.Error(), "end of input") {
			t.Errorf("%s: %v", open, err)
		}
		if Skip(pad(b), 0) >= 0 {
			t.Errorf("%s: skipped", open)
		}
	}
	b := []byte(strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth))
	if end, err := Consume(b, 0, true); err != nil || end != len(b) {
		t.Errorf("MaxDepth levels: %v", err)
	}
	if got := AppendText(nil, b, ValueAt(b, 0, false)); !bytes.Equal(got, b) {
		t.Error("MaxDepth levels do not print")
	}
}

func seed(f *testing.F) {
	for _, c := range values {
		f.Add([]byte(c.in))
	}
}

// Skip never accepts what Consume does not, nor to another end.
func FuzzSkip(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		end := Skip(pad(b), 0)
		if end < 0 {
			return
		}
		if got, err := Consume(pad(b), 0, true); err != nil || got != end {
			t.Fatalf("%q: Skip says %d, Consume %d, %v", b, end, got, err)
		}
	})
}

// Consume does not depend on how much of the stream is at hand, and what it
// accepts prints as Ion that prints the same again.
func FuzzConsume(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if i, err := SkipSpace(b, 0, true); err != nil || i != 0 || len(b) == 0 || len(b) > 200 {
			return
		}
		checkPrefixes(t, append(bytes.Clone(b), ' '))
		end, err := Consume(b, 0, true)
		if err != nil {
			return
		}
		text := AppendText(nil, b[:end], ValueAt(b[:end], 0, false))
		n, err := Consume(text, 0, true)
		if err != nil || n != len(text) {
			t.Fatalf("%q printed as %q: %d, %v", b, text, n, err)
		}
		if again := AppendText(nil, text, ValueAt(text, 0, false)); !bytes.Equal(again, text) {
			t.Fatalf("%q printed as %q, then as %q", b, text, again)
		}
	})
}

// oracleFaults are texts that ion-go reads wrongly, or that differ by design:
// \v as white space, surrogate pairs in escapes, exponents beyond 32 bits,
// fractions of seconds beyond nanoseconds, symbol ids and version markers,
// comments behind "null.", control characters in symbols, and the operator "."
// in front of a closing parenthesis, which it takes for an empty symbol.
var oracleFaults = regexp.MustCompile(`[\x00-\x08\x0b-\x1f]|\\[uU]|[0-9_][dDeE][+-]?[0-9]{4,}|\.[0-9]{9,}|\$[0-9]|\$ion|null|\\\r|\r|T[0-9:.]+[+-]|/|\.\s*\)`)

// What ion-go reads of a text, and what it reads of our print of it, are one.
func FuzzOracle(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if !utf8.Valid(b) || oracleFaults.Match(b) || len(b) == 0 || len(b) > 300 {
			return
		}
		if i, err := SkipSpace(b, 0, true); err != nil || i != 0 {
			return
		}
		end, err := Consume(b, 0, true)
		if err != nil {
			// ion-go must refuse it too, when it is the only value.
			// (It takes annotations that no value follows, and values that run into the
			// next one.)
			if d, oerr := dump(b); oerr == nil && !bytes.Contains(b, []byte("::")) && !strings.Contains(err.Error(), "behind a") {
				t.Fatalf("%q: refused (%v), ion-go reads %s", b, err, d)
			}
			return
		}
		b = b[:end]
		want, err := dump(b)
		if err != nil {
			t.Fatalf("%q: accepted, ion-go says %v", b, err)
		}
		text := AppendText(nil, b, ValueAt(b, 0, false))
		got, err := dump(text)
		if err != nil || got != want {
			t.Fatalf("%q: ion-go reads %s; printed as %q it reads %s, %v", b, want, text, got, err)
		}
	})
}

// dump reads all values with ion-go and writes them in a form of its own.
func dump(b []byte) (s string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("ion-go panics: %v", p)
		}
	}()
	var out strings.Builder
	r := iongo.NewReaderBytes(b)
	err = dumpAll(&out, r)
	return out.String(), err
}

func dumpAll(out *strings.Builder, r iongo.Reader) error {
	for r.Next() {
		if n, err := r.FieldName(); err == nil && n != nil && n.Text != nil {
			fmt.Fprintf(out, "%q:", *n.Text)
		}
		as, err := r.Annotations()
		if err != nil {
			return err
		}
		for _, a := range as {
			fmt.Fprintf(out, "%q::", *a.Text)
		}
		fmt.Fprintf(out, "%v ", r.Type())
		if r.IsNull() {
			continue
		}
		switch r.Type() {
		case iongo.BoolType:
			v, err := r.BoolValue()
			if err != nil {
				return err
			}
			fmt.Fprint(out, *v)
		case iongo.IntType:
			v, err := r.BigIntValue()
			if err != nil {
				return err
			}
			fmt.Fprint(out, new(big.Int).Set(v))
		case iongo.FloatType:
			v, err := r.FloatValue()
			if err != nil {
				return err
			}
			fmt.Fprint(out, *v)
		case iongo.DecimalType:
			v, err := r.DecimalValue()
			if err != nil {
				return err
			}
			c, e := v.CoEx()
			fmt.Fprint(out, c, "d", e)
		case iongo.TimestampType:
			v, err := r.TimestampValue()
			if err != nil {
				return err
			}
			fmt.Fprint(out, v.String())
		case iongo.SymbolType:
			v, err := r.SymbolValue()
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%q", *v.Text)
		case iongo.StringType:
			v, err := r.StringValue()
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%q", *v)
		case iongo.ClobType, iongo.BlobType:
			v, err := r.ByteValue()
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%x", v)
		case iongo.ListType, iongo.SexpType, iongo.StructType:
			if err := r.StepIn(); err != nil {
				return err
			}
			out.WriteByte('(')
			if err := dumpAll(out, r); err != nil {
				return err
			}
			out.WriteByte(')')
			if err := r.StepOut(); err != nil {
				return err
			}
		}
		out.WriteByte(' ')
	}
	return r.Err()
}

func TestLowInt(t *testing.T) {
	for _, tok := range []string{
		"0", "-0", "7", "-7", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
		"1_000_000", "0x7fff_ffff_ffff_ffff", "0x8000000000000000", "-0x8000000000000000", "-0X8000000000000001", "0b101", "-0B1_0", "0x00000000000000000000000000000000001F",
		"123456789012345678901234567890", "-123456789012345678901234567890", "0xABCDEF0123456789abcdef",
	} {
		want, ok := new(big.Int).SetString(strings.ToLower(strings.ReplaceAll(tok, "_", "")), 0)
		if !ok {
			t.Fatal(tok)
		}
		low, fits := LowInt([]byte(tok))
		bits := new(big.Int).And(want, new(big.Int).SetUint64(1<<64-1))
		if uint64(low) != bits.Uint64() || fits != want.IsInt64() {
			t.Errorf("%s: %d, %v; want %d, %v", tok, low, fits, int64(bits.Uint64()), want.IsInt64())
		}
		v, wide := ParseInt([]byte(tok))
		if wide == nil && (!want.IsInt64() || v != want.Int64()) || wide != nil && (want.IsInt64() || wide.Cmp(want) != 0) {
			t.Errorf("%s: %d, %v", tok, v, wide)
		}
	}
	long := []byte("-" + strings.Repeat("7", 50_000_000))
	start := time.Now()
	if _, fits := LowInt(long); fits {
		t.Error("it fits")
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("50 million digits took %v", took)
	}
}
