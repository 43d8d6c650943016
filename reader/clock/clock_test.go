package clock

import (
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/types"
)

func TestLayouts(t *testing.T) {
	for _, s := range []string{
		"2023-06-30", "2023-06-30T09:09:47Z", "2023-06-30T09:09:47", "2023-06-30 09:09:47", "2023-06-30T09:09:47.7+09:00",
		"2023-06-30T09:09:47.787017+0000", "2023-06-30T09:09:47,787Z", "1965-02-28t23:59:59.999999999-0330", "0000-01-01T00:00:00.123456Z",
		"9999-12-31T23:59:59.999999Z", "2024-02-29T00:00:00.12345678Z", "2023-06-30T09:09:47.000[Europe/Paris]", "2023-06-30T09:09:47.",
		"2023-06-30T09:09:47.787017",
	} {
		l, ok := Of(s)
		if !ok {
			if s != "1965-02-28t23:59:59.999999999-0330" {
				t.Errorf("%s has no layout", s)
			}
			continue
		}
		ticks, ok := l.Parse(s)
		if got := string(l.Append(nil, ticks)); !ok || got != s {
			t.Errorf("%s came back as %s", s, got)
		}
	}
	for _, s := range []string{"2023-02-29", "2023-06-31T00:00:00", "2023-00-30", "2023-06-30T24:00:00", "2023-06-30T23:60:00", "23-06-30", "", "2023/06/30", "1200-01-01T00:00:00.123456789"} {
		if _, ok := Of(s); ok {
			t.Errorf("%s has a layout", s)
		}
	}
}

func FuzzLayout(f *testing.F) {
	for _, s := range []string{"2023-06-30T09:09:47.787017+0000", "2023-06-30", "1969-12-31T23:59:59.9Z", "2023-06-30T09:09:47+01:00"} {
		f.Add(s, "2023-06-30T09:09:48Z", int64(1_688_000_000_000), int64(86_400_000))
	}
	f.Fuzz(func(t *testing.T, s, bound string, from, span int64) {
		l, ok := Of(s)
		if !ok {
			return
		}
		ticks, ok := l.Parse(s)
		if got := string(l.Append(nil, ticks)); !ok || got != s {
			t.Fatalf("%q came back as %q", s, got)
		}
		// What Select decides of it is what reading the text says.
		to := from + span
		if to < from {
			return
		}
		low := ticks - 1000
		if !l.Sound(low, ticks) {
			low = ticks
		}
		if first, last, ok := l.Bounds(low, from, to, types.UTC); ok {
			at, err := types.ParseISO8601Timestamp(s, types.UTC)
			if err != nil {
				t.Fatalf("%q is no timestamp: %v", s, err)
			}
			if got, want := first <= ticks && ticks <= last, from <= at.Millis && at.Millis <= to; got != want {
				t.Fatalf("%q within %d and %d: %v, but found %v (ticks %d within %d and %d)", s, from, to, want, got, ticks, first, last)
			}
		}
		for _, open := range []bool{false, true} {
			b := &TextBound{Text: bound, Open: open}
			first, _ := l.TextBounds(low, ticks, b, nil)
			if got, want := first <= ticks, s > bound || s == bound && !open; got != want {
				t.Fatalf("%q above %q: %v", s, bound, got)
			}
			_, last := l.TextBounds(low, ticks, nil, b)
			if got, want := ticks <= last, s < bound || s == bound && !open; got != want {
				t.Fatalf("%q below %q: %v", s, bound, got)
			}
		}
	})
}

// texts are of several layouts, right and nearly right.
var texts = []string{
	"2023-06-30T09:09:47.787017+0000", "2023-06-30T09:09:47.7870Z", "2024-02-29 23:59:59", "1900-01-01T00:00:00.12345678", "2155-12-31T23:59:59Z",
	"2023-06-30T09:09:47,7+09:00", "2000-12-31t00:00:00.000[Z]", "2023-06-30T09:09:47.787017123Z", "2023-06-30",
}

// parserAgrees holds a Parser against its layout over texts, by both ways in.
func parserAgrees(t *testing.T, l Layout, texts []string) {
	t.Helper()
	var p Parser
	p.Set(l)
	var b []byte
	var at, till, rows []int32
	for i, s := range texts {
		at = append(at, int32(len(b))<<1)
		b = append(append(append(b, '"'), s...), '"')
		till = append(till, int32(len(b))<<1)
		rows = append(rows, int32(i))
		b = append(b, "},"[i%2])
	}
	for _, places := range []bool{false, true} {
		dst := make([]int64, len(texts))
		for k := 0; k < len(texts); k++ {
			from := k
			if places {
				k = p.Places(dst, b, at, till, rows, k)
			} else {
				k += p.Texts(dst[k:], texts[k:])
			}
			for i := from; i < min(k+1, len(texts)); i++ {
				ticks, ok := l.Parse(texts[i])
				if ok != (i < k) || ok && ticks != dst[i] {
					t.Fatalf("%q in layout %+v: %d, %v, not %d, %v", texts[i], l, dst[i], i < k, ticks, ok)
				}
			}
		}
	}
}

func TestParser(t *testing.T) {
	for _, text := range texts {
		l, ok := Of(text)
		if !ok {
			t.Fatal(text)
		}
		var all []string
		// Every byte of a text, in turn, is every other one.
		for i := range text {
			for c := range 256 {
				all = append(all, text[:i]+string(append([]byte(nil), byte(c)))+text[i+1:])
			}
		}
		for month := range 21 {
			for day := range 41 {
				for _, year := range []string{"1899", "1900", "2000", "2023", "2024", "2100", "2155", "2156"} {
					all = append(all, year+"-"+string(append([]byte(nil), byte('0'+month/10), byte('0'+month%10), '-', byte('0'+day/10), byte('0'+day%10)))+text[dateLen:])
				}
			}
		}
		for h := range 30 {
			if len(text) > clockLen {
				all = append(all, text[:11]+string(append([]byte(nil), byte('0'+h/10), byte('0'+h%10)))+text[13:])
			}
		}
		parserAgrees(t, l, append(all, texts...))
		// Those that a loop is made for do not go the other way.
		var p Parser
		p.Set(l)
		usual := []string{text, text, text}
		if n := p.vectorTexts(make([]int64, 3), usual); hasVectors && p.form.size > 0 && n != 3 {
			t.Errorf("%s: %d of 3", text, n)
		}
	}
}

func FuzzParser(f *testing.F) {
	for _, s := range texts {
		f.Add(s, s+"\x00"+s)
	}
	f.Fuzz(func(t *testing.T, first, more string) {
		if l, ok := Of(first); ok && len(more) < 4000 {
			parserAgrees(t, l, append(strings.Split(more, "\x00"), first))
		}
	})
}

func BenchmarkParser(b *testing.B) {
	l, _ := Of(texts[0])
	var p Parser
	p.Set(l)
	all := make([]string, 2048)
	for i := range all {
		all[i] = string(l.Append(nil, 1_688_000_000_000_000+int64(i)*2_345_678_901))
	}
	dst := make([]int64, len(all))
	for b.Loop() {
		if p.Texts(dst, all) != len(all) {
			b.Fatal("a text is not of the layout")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/text")
}
