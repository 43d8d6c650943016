package shape

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/ion"
)

// wanted resolves names for the tests: Item is place 1, and m in it place 2;
// a and b are columns 0 and 1 there, c is both, s and m are 2.
func wanted(place int, name []byte) (t Target, ok bool) {
	t.Place = -1
	switch n := strings.Trim(string(name), `'"`); {
	case place == 0 && n == "Item":
		t.Place = 1
	case place == 0:
	case n == "a":
		t.Columns = []int{0}
	case n == "b":
		t.Columns = []int{1}
	case n == "c":
		t.Columns = []int{0, 1}
	case place == 1 && n == "s":
		t.Columns = []int{2}
	case place == 1 && n == "m":
		t.Columns, t.Place = []int{2}, 2
	case n == "bad":
		return t, false
	}
	return t, true
}

// log is all that a scan of a text does, page by page.
func log(text string, rows int, run func(*Scanner) int) string {
	var out bytes.Buffer
	b := append([]byte(text), make([]byte, ion.Slack)...)
	s := New(3, rows, wanted)
	for i := 0; ; {
		s.Begin()
		var why Why
		i, why = s.scan(b, i, rows, func(s *Scanner) int {
			ask := run(s)
			fmt.Fprintf(&out, "%d at %d: level %d next %d list %d high %d escaped %d stack %v row %d start %d from %d\n", ask, s.i, s.level, s.next, s.list,
				s.high, s.escaped, s.stack[:s.depth], s.row, s.start, s.from)
			return ask
		})
		fmt.Fprintf(&out, "%d to %d, starts %v\n", why, i, s.Starts())
		for c := range 3 {
			at, till := s.Column(c)
			for r := range at {
				if at[r] < 0 {
					till[r] = 0
				}
			}
			fmt.Fprintln(&out, at, till)
		}
		if why == Full {
			continue
		}
		if why != GaveUp {
			return out.String()
		}
		if n := strings.IndexByte(text[i+1:], '\n'); n >= 0 { // try the next line
			i += n + 1
			continue
		}
		return out.String()
	}
}

var seeds = []string{
	"$ion_1_0 {Item:{a:1.,b:-2.50,s:\"x\"}}\n$ion_1_0 {Item:{a:17.,s:\"y\\\"z\"}}\n{Item:{b:00.}}\n{Item:{z:[1.,{q:2.},[[{q:{}}]]],a:null}}\n",
	"{Item:{c:\"é\",m:{s:true,x:{}},t:$dynamodb_SS::[\"a\",\"b\"],u:$dynamodb_XS::[]}}\n{Item:{c:{{aGVsbG8=}},m:[1]}}\n{Item:{bad:1.}}\n{Item:{bl:{{}},b2:{{YWI=}}}}",
	"{Item:{'a':1d5,\"b\":false,s:1e-3,n:123456789012345678901234567890.,f:0.12345678901234567890123456789,g:-0,k:12345678.12345678,e:1d12345678}}\n{}\n{Item:{}}\t{Item:{a:[]}}",
	"{Item:{a_name_that_is_longer_than_thirty_two_bytes:1.,a_name_that_is_longer_than_thirty_two_bytez:2.}}\n{Item:{a_name_that_is_longer_than_thirty_two_bytes:1.}}\n",
	"{Item:{s:\"" + strings.Repeat("long text ", 20) + "\\u00e9\\n\",d:{{" + strings.Repeat("QUJD", 30) + "}}}}\n{Item:{s:\"" + strings.Repeat("é", 40) + "\"}}\n{Item:{s:\"tab\t\"}}\n{Item:{s:\"nul\x01\"}}",
	"{Item:{x:" + strings.Repeat("{y:", 70) + "1" + strings.Repeat("}", 70) + "}}\n{Item:{x:" + strings.Repeat("[", 70) + "1" + strings.Repeat("]", 70) + "}}\n",
	"{Item:{p:1.,q:2.,r:3.,t:4.,u:5.,v:6.,a:7.}}\n{Item:{q:1.,u:1.}}\n{Item:{p:1.,a:7.}}\n{Item:{a:1.,a:2.,v:1.,p:1.}}\n{Item:{a:true}}\n{Item:{a:nulL}}\n{Item:{a:2000T}}",
}

func TestLoops(t *testing.T) {
	for _, text := range seeds {
		for _, rows := range []int{1, 2, 2048} {
			for n := len(text); n > 0; n = n * 9 / 10 {
				compare(t, text[:n], rows)
			}
		}
	}
	var many strings.Builder
	for r := range 3 {
		for k := range 300 {
			fmt.Fprintf(&many, "{Item:{x:{k%d:1.},n%d:{z:1.},a:%d.}}\n", k, k+r, k)
		}
	}
	compare(t, many.String(), 100)
}

func compare(t *testing.T, text string, rows int) {
	want, got := log(text, rows, (*Scanner).runGo), log(text, rows, (*Scanner).run)
	if got == want {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	k := 0
	for k < len(a) && k < len(b) && a[k] == b[k] {
		k++
	}
	t.Fatalf("%.2000q\nline %d: %.300s\nin Go: %.300s", text, k, a[min(k, len(a)-1)], b[min(k, len(b)-1)])
}

// The loops in Go and in assembly agree in all they do.
func FuzzLoops(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 2000 {
			compare(t, text, 3)
		}
	})
}

// Rows have what their records have.
func TestColumns(t *testing.T) {
	text := "{Item:{a:1.,c:\"x\"}}\n{Item:{s:\"q\",m:{s:true}}}\n{Item:{a:1.,a:22.}}\n"
	b := append([]byte(text), make([]byte, ion.Slack)...)
	s := New(3, 10, wanted)
	if next, why := s.Scan(b, 0, 10); why != End || next != len(text) || s.Rows() != 3 {
		t.Fatal(next, why, s.Rows())
	}
	for c, want := range [][]string{{`"x"`, "", "22."}, {`"x"`, "", ""}, {"", "{s:true}", ""}} {
		at, till := s.Column(c)
		var got []string
		for r := range at {
			if at[r] < 0 {
				got = append(got, "")
				continue
			}
			got = append(got, string(b[at[r]>>1:till[r]>>1]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("column %d: %q, not %q", c, got, want)
		}
	}
}
