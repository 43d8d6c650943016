package jsonpath

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// write shows a tree, for the tests.
func write(n *Node) string {
	names := map[Op]string{
		Null: "null", Context: "$", Last: "last", Current: "@", Subscript: "[]", Filter: "?", Neg: "-", Pos: "+",
		Add: "add", Sub: "sub", Mul: "mul", Div: "div", Mod: "mod", Eq: "eq", Ne: "ne", Lt: "lt", Le: "le", Gt: "gt", Ge: "ge",
		And: "and", Or: "or", Not: "not", Exists: "exists", IsUnknown: "unknown", Starts: "starts", LikeRegex: "like", Descend: "..",
	}
	switch n.Op {
	case Bool:
		if n.Flag {
			return "true"
		}
		return "false"
	case Int, Decimal, Double:
		return n.Text
	case String:
		return `"` + n.Text + `"`
	case Variable:
		return "$" + n.Text
	}
	var parts []string
	for _, a := range n.Args {
		parts = append(parts, write(a))
	}
	for _, r := range n.Ranges {
		s := write(r.From)
		if r.To != nil {
			s += ":" + write(r.To)
		}
		parts = append(parts, s)
	}
	name := names[n.Op]
	switch n.Op {
	case Member:
		name = "." + n.Text
		if n.Flag {
			name = ".*"
		}
	case Method:
		name = n.Text + "()"
	case Descend:
		name += n.Text
	}
	if len(parts) == 0 {
		return name
	}
	return name + "(" + strings.Join(parts, " ") + ")"
}

// Precedence and forms, after JsonPath.g4.
func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		`lax $`:                                   `$`,
		`strict $.a."b ""c"""[0, 1 to last].*`:    `.*([](.b "c"(.a($)) 0 1:last))`,
		`lax $..a..b`:                             `..b(..a($))`,
		`lax 1 + 2 * -3`:                          `add(1 mul(2 -3))`,
		`lax -$.a * 2 - 1`:                        `sub(mul(-(.a($)) 2) 1)`,
		`lax 1 - 2 - 3`:                           `sub(sub(1 2) 3)`,
		`lax (1 + 2) % $x`:                        `mod(add(1 2) $x)`,
		`lax $.abs.floor()`:                       `floor()(.abs($))`,
		`lax $.last ? (@ == last)`:                `?(.last($) eq(@ last))`,
		`lax $ ? (!exists(@.a) && (@.b > 1))`:     `?($ and(not(exists(.a(@))) gt(.b(@) 1)))`,
		`lax $ ? ((@.a + 1) * 2 <> 3 || @ < 1)`:   `?($ or(ne(mul(add(.a(@) 1) 2) 3) lt(@ 1)))`,
		`lax $ ? ((@ > 1) is unknown)`:            `?($ unknown(gt(@ 1)))`,
		`lax $ ? (((@)) > 1)`:                     `?($ gt(@ 1))`,
		`lax $ ? (@ starts with $p)`:              `?($ starts(@ $p))`,
		`lax 1.5e3 + .5 + 2.`:                     `add(add(1.5e3 .5) 2.)`,
		`lax $.a[*] ? (@.b == null || true == @)`: `?([](.a($)) or(eq(.b(@) null) eq(true @)))`,
	} {
		p, err := Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := write(p.Root); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for in, at := range map[string]int{
		``: 0, `$`: 0, `lax`: 3, `LAX $`: 0, `lax $.`: 6, `lax $[`: 6, `lax $[1`: 7, `lax $ ? @`: 8, `lax $ ? (@)`: 10, `lax 1.abs()`: 6,
		`lax "a`: 4, `lax $ #`: 6, `lax $ $`: 6, `lax $.foo()`: 9, `lax $ ? (@ is unknown)`: 11, `lax ()`: 5,
	} {
		_, err := Parse(in)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: no error", in)
		} else if e.Offset != at {
			t.Errorf("%s: error at %d (%s), want %d", in, e.Offset, e.Msg, at)
		}
	}
}

// Parentheses that could be a predicate or a path are tried once each, and
// nesting is bounded.
func TestParseDeep(t *testing.T) {
	start := time.Now()
	for _, n := range []int{10, 100, 400, 100_000} {
		for _, in := range []string{
			"lax $ ? (" + strings.Repeat("(", n) + "@" + strings.Repeat(")", n) + " > 1)",
			"lax " + strings.Repeat("-", n) + "$", "lax " + strings.Repeat("(", n), "lax $" + strings.Repeat(" ? (@", n),
			"lax $ ? (" + strings.Repeat("!(", n),
		} {
			_, _ = Parse(in)
		}
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("took %v", d)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`lax $.a[0 to last] ? (@.b > 1 && exists(@.c)).size()`, `strict -1.5e3 * $x`, `lax $ ? ((@) is unknown)`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Parse(s)
		if err == nil && p.Root == nil {
			t.Error("no root")
		}
	})
}
