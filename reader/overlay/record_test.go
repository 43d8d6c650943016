package overlay

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/ion"
)

// padded is checked text as a reader's window holds it.
func padded(t testing.TB, s string) []byte {
	t.Helper()
	if _, err := ion.Consume([]byte(s), 0, true); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return append([]byte(s), make([]byte, ion.Slack)...)
}

// TestKeys: values are one key however they are written, and two where DynamoDB
// holds them apart.
func TestKeys(t *testing.T) {
	classes := [][]string{
		{"1.", "1.0", "10d-1", "0.1d1", "1", "0x1", "0b1", "1d0", "1D0"},
		{"-1.", "-1.00", "-10d-1", "-0x1"},
		{"0.", "-0.", "0.000", "0d5", "-0d-3", "0"},
		{"600.", "6d2", "60d1", "6_00"},
		{"0.006", "6d-3", "0.0060"},
		{"-0.006"},
		{"6d-130"},
		{"6d125", "60d124"},
		{"12345678901234567890123456789012345678."},
		{"12345678901234567890123456789012345679."},
		{`"1"`, `"\x31"`, `'''1'''`, `'''''' '''1'''`},
		{`"1."`},
		{`""`},
		{`"é"`, `"\xe9"`, `"\u00e9"`},
		{`"\0"`},
		{`{{aGk=}}`, `{{ aG k= }}`},
		{`{{}}`},
		{`{{MQ==}}`},
	}
	seen := map[string]string{}
	for n, class := range classes {
		for _, v := range class {
			for _, form := range []string{
				"{Record:{Keys:{k:%s},Metadata:{WriteTimestampMicros:1.}}}",
				"{ 'Record' : /* c */ { Metadata:{}, \"Keys\": { 'k' : %s , } , } }",
			} {
				x := &extractor{}
				c, err := x.change(padded(t, fmt.Sprintf(form, v)), 0)
				if err != nil {
					t.Errorf("%s: %v", v, err)
					continue
				}
				key := string(c.key)
				x.setNames([]string{"k"})
				for _, item := range []string{"{Item:{k:%s}}", "{Item:{a:{k:9.},'k':%s,z:[1.]}}", "{ x:1, Item : { a:1. , k /**/ : %s } }", "a::{Item:b::{k:%s,k:1.}}"} {
					got, ok := x.itemKey(padded(t, fmt.Sprintf(item, v)), 0)
					if !ok || string(got) != key {
						t.Errorf("%s: %q, %t, want %q", fmt.Sprintf(item, v), got, ok, key)
					}
				}
				class := fmt.Sprint(n)
				if was, ok := seen[key]; ok && was != class {
					t.Errorf("%s is %q, as class %s", v, key, was)
				}
				seen[key] = class
			}
		}
	}
	if len(seen) != len(classes) {
		t.Errorf("%d keys of %d classes", len(seen), len(classes))
	}
	// Two parts do not run together, whatever the order of attributes.
	x := &extractor{}
	x.setNames([]string{"a", "b"})
	pairs := map[string]string{}
	for _, item := range []string{`{Item:{a:"x",b:"yz"}}`, `{Item:{a:"xy",b:"z"}}`, `{Item:{a:"xyz",b:""}}`, `{Item:{a:"x",b:{{eXo=}}}}`, `{Item:{a:"xS\x02yz",b:""}}`} {
		key, ok := x.itemKey(padded(t, item), 0)
		if !ok || pairs[string(key)] != "" {
			t.Errorf("%s: %q, %t", item, key, ok)
		}
		pairs[string(key)] = item
	}
	one, _ := x.itemKey(padded(t, `{Item:{a:1.,b:2.}}`), 0)
	first := string(one)
	if other, _ := x.itemKey(padded(t, `{Item:{b:2.,c:3.,a:1.}}`), 0); string(other) != first {
		t.Errorf("%q %q", first, other)
	}
}

// TestBadChanges: what is no change record is said to be none.
func TestBadChanges(t *testing.T) {
	for text, want := range map[string]string{
		"{Item:{k:1.}}":                     "no change record",
		"37":                                "no change record",
		"null":                              "no change record",
		"{Record:null}":                     "no change record",
		"{Record:[]}":                       "no change record",
		"{Record:{}}":                       "no change record",
		"{Record:{Keys:null}}":              "Keys is no struct",
		"{Record:{Keys:{}}}":                "one or two attributes",
		"{Record:{Keys:{a:1.,b:2.,c:3.}}}":  "one or two attributes",
		"{Record:{Keys:{a:null}}}":          "is null",
		"{Record:{Keys:{a:true}}}":          "is bool:",
		"{Record:{Keys:{a:{b:1.}}}}":        "is struct",
		"{Record:{Keys:{a:1.},NewImage:5}}": "image is no struct",
		"{Record:{Keys:{a:1.},Metadata:{WriteTimestampMicros:1.5}}}":   "no whole number",
		"{Record:{Keys:{a:1.},Metadata:{WriteTimestampMicros:1d999}}}": "no whole number",
		"{Record:{Keys:{a:1.},Metadata:{WriteTimestampMicros:\"1\"}}}": "no whole number",
	} {
		x := &extractor{}
		_, err := x.change(padded(t, text), 0)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	x := &extractor{}
	x.setNames([]string{"a"})
	for _, text := range []string{"{Record:{Keys:{b:1.}}}", "{Record:{Keys:{a:1.,b:1.}}}"} {
		if _, err := x.change(padded(t, text), 0); err == nil || !strings.Contains(err.Error(), "not those of other records") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzChange: no well-formed record makes a panic, and no error leaves a key.
func FuzzChange(f *testing.F) {
	for _, s := range []string{
		"{Record:{Keys:{k:1.},Metadata:{WriteTimestampMicros:1684374845117899.},OldImage:{k:1.},NewImage:{k:1.,v:\"x\"}}}",
		"{Record:{Keys:{'a b':{{aGk=}},b:-0d-5},Metadata:{}}}", "a::{Record:b::{Keys:c::{d:e::'''x'''}}}", "{Item:{k:1.}}", "()", "null.struct",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end, err := ion.Consume([]byte(s), 0, true)
		if err != nil {
			return
		}
		b := append([]byte(s[:end]), make([]byte, ion.Slack)...)
		x := &extractor{}
		c, err := x.change(b, 0)
		if err == nil && (len(c.key) == 0 || len(x.names) == 0) {
			t.Fatalf("%q: %+v", s, c)
		}
		x = &extractor{}
		x.setNames([]string{"k"})
		x.itemKey(b, 0)
	})
}

// TestTable: many keys, replaced and not.
func TestTable(t *testing.T) {
	tb := newChangeTable()
	const n = 20000
	for round := range uint32(2) {
		for i := range uint32(n) {
			e := entry{record: i, file: round}
			if i%3 == 0 {
				e.length = deletion
			}
			key := []byte(strings.Repeat("k", int(i%70)) + fmt.Sprint(i))
			if err := tb.put(key, e, func(old *entry) (bool, error) { return old.record%2 == 0, nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if tb.len() != n {
		t.Fatal(tb.len())
	}
	tb.each(func(e *entry) {
		if e.file != 1-e.record%2 || e.deleted() != (e.record%3 == 0) {
			t.Fatalf("%+v", e)
		}
	})
	if !tb.has([]byte("0")) || tb.has([]byte("nope")) || newChangeTable().has([]byte("0")) {
		t.Error("has")
	}
}

// BenchmarkTable reports the memory of a changed key, its own bytes not counted.
func BenchmarkTable(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				tb := newChangeTable()
				var key []byte
				total := 0
				for i := range n {
					key = fmt.Appendf(key[:0], "S\x10%016d", i)
					total += len(key)
					if err := tb.put(key, entry{record: uint32(i)}, func(*entry) (bool, error) { return true, nil }); err != nil {
						b.Fatal(err)
					}
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(int(after.HeapAlloc)-int(before.HeapAlloc)-total)/float64(n), "B/key")
				runtime.KeepAlive(tb)
			}
		})
	}
}
