package expr

// Regular expressions in Java's syntax, as Athena's engine takes them (Joni
// with Syntax.Java): look-around, back references, named groups, possessive
// quantifiers. They run on a back-tracking matcher with .NET's syntax, into
// which compileRegexp translates what differs; patterns that need none of this
// also get a linear-time matcher for the common question "is there a match".

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// javaRegexp is one compiled pattern.
type javaRegexp struct {
	re     *regexp2.Regexp
	fast   *regexp.Regexp // agrees with re on ASCII texts; nil where the pattern is not plain
	groups []int          // Java group number -> the matcher's; [0] is the whole match
	names  map[string]int // group name -> Java group number
}

// compileRegexp compiles a pattern. The error's text is for the user.
func compileRegexp(pattern string) (*javaRegexp, error) {
	t := translator{in: pattern, plain: true}
	if err := t.run(); err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(t.out.String(), regexp2.None)
	if err != nil {
		return nil, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	j := &javaRegexp{re: re, groups: []int{0}, names: map[string]int{}}
	// Java numbers groups from left to right; the matcher numbers the unnamed
	// ones first and the named ones after them.
	unnamed := 0
	for _, name := range t.groups {
		if name == "" {
			unnamed++
		}
	}
	nextNamed, nextUnnamed := unnamed+1, 1
	for k, name := range t.groups {
		if name == "" {
			j.groups = append(j.groups, nextUnnamed)
			nextUnnamed++
			continue
		}
		j.groups = append(j.groups, nextNamed)
		j.names[name] = k + 1
		nextNamed++
	}
	if t.plain {
		if fast, err := regexp.Compile(t.fast.String()); err == nil {
			j.fast = fast
		}
	}
	return j, nil
}

// like reports whether s contains a match.
func (j *javaRegexp) like(s string) (bool, error) {
	if j.fast != nil && isASCII(s) {
		return j.fast.MatchString(s), nil
	}
	return j.re.MatchString(s)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// match is one match in a text of code points.
type match struct {
	from, to int
	m        *regexp2.Match
}

// each calls f for each match from code point start on, until f returns false.
// After an empty match the search goes on one code point further.
func (j *javaRegexp) each(text []rune, start int, f func(match) (bool, error)) error {
	m, err := j.re.FindRunesMatchStartingAt(text, start)
	for err == nil && m != nil {
		var more bool
		if more, err = f(match{m.Index, m.Index + m.Length, m}); err != nil || !more {
			return err
		}
		m, err = j.re.FindNextMatch(m)
	}
	return err
}

// group gives Java group n of a match; ok is false where it took no part.
func (j *javaRegexp) group(m match, n int) (from, to int, ok bool) {
	g := m.m.GroupByNumber(j.groups[n])
	if g == nil || len(g.Captures) == 0 {
		return 0, 0, false
	}
	return g.Index, g.Index + g.Length, true
}

// translator rewrites Java's pattern syntax.
type translator struct {
	in     string
	at     int
	out    strings.Builder // .NET's syntax
	fast   strings.Builder // Go's, while plain
	plain  bool
	groups []string // capturing groups from left to right, names or ""
	depth  []int    // output offsets of the open groups
	atom   int      // output offset of the last atom, -1 where there is none
}

func (t *translator) emit(s string) {
	t.out.WriteString(s)
	t.fast.WriteString(s)
}

func (t *translator) run() error {
	t.atom = -1
	for t.at < len(t.in) {
		c := t.in[t.at]
		switch c {
		case '\\':
			if err := t.escape(); err != nil {
				return err
			}
		case '[':
			t.atom = t.out.Len()
			if err := t.class(); err != nil {
				return err
			}
		case '(':
			t.open()
		case ')':
			if len(t.depth) == 0 {
				return fmt.Errorf("unmatched close parenthesis")
			}
			t.atom = t.depth[len(t.depth)-1]
			t.depth = t.depth[:len(t.depth)-1]
			t.emit(")")
			t.at++
		case '*', '+', '?', '{':
			t.quantifier()
		case '^', '|':
			t.atom = -1
			t.emit(string(c))
			t.at++
		case '$':
			// Before a final newline too, in Java; only at the very end in Go.
			t.plain = false
			t.atom = -1
			t.emit("$")
			t.at++
		default:
			_, w := utf8.DecodeRuneInString(t.in[t.at:])
			t.atom = t.out.Len()
			t.emit(t.in[t.at : t.at+w])
			t.at += w
		}
	}
	if len(t.depth) > 0 {
		return fmt.Errorf("end pattern with unmatched parenthesis")
	}
	return nil
}

func (t *translator) open() {
	t.depth = append(t.depth, t.out.Len())
	t.atom = -1
	rest := t.in[t.at:]
	switch {
	case !strings.HasPrefix(rest, "(?"):
		t.groups = append(t.groups, "")
		t.emit("(")
		t.at++
	case strings.HasPrefix(rest, "(?<") && !strings.HasPrefix(rest, "(?<=") && !strings.HasPrefix(rest, "(?<!"):
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			end = len(rest) - 1
		}
		t.groups = append(t.groups, rest[3:end])
		t.plain = false
		t.emit(rest[:end+1])
		t.at += end + 1
	default:
		// (?: (?i: (?= (?! (?<= (?<! (?> and flags: as they are. Only the first
		// two are plain.
		n := 2
		for n < len(rest) && strings.IndexByte("imsxU-<=!>", rest[n]) >= 0 {
			n++
		}
		if n < len(rest) && (rest[n] == ':' || rest[n] == ')') {
			if rest[n] == ')' { // flags for the rest of the group: no group of its own
				t.depth = t.depth[:len(t.depth)-1]
			}
			n++
		}
		head := rest[:n]
		if strings.ContainsAny(head[2:], "<=!>mxU") {
			t.plain = false
		}
		t.emit(head)
		t.at += n
	}
}

// quantifier copies a quantifier; a possessive one makes its atom atomic.
func (t *translator) quantifier() {
	start := t.at
	if t.in[t.at] == '{' {
		end := strings.IndexByte(t.in[t.at:], '}')
		body := ""
		if end > 0 {
			body = t.in[t.at+1 : t.at+end]
		}
		if end < 0 || body == "" || strings.Trim(body, "0123456789,") != "" || body[0] == ',' {
			// Not a repeat: a brace like any other character.
			t.plain = false
			t.atom = t.out.Len()
			t.emit(`\{`)
			t.at++
			return
		}
		t.at += end + 1
	} else {
		t.at++
	}
	q := t.in[start:t.at]
	if t.at < len(t.in) && t.in[t.at] == '?' {
		q += "?"
		t.at++
	} else if t.at < len(t.in) && t.in[t.at] == '+' && t.atom >= 0 {
		t.at++
		whole := t.out.String()
		t.out.Reset()
		t.out.WriteString(whole[:t.atom] + "(?>" + whole[t.atom:] + q + ")")
		t.plain = false
		return
	}
	t.emit(q)
}

// escape copies an escape sequence.
func (t *translator) escape() error {
	if t.at+1 >= len(t.in) {
		return fmt.Errorf("end pattern at escape")
	}
	t.atom = t.out.Len()
	c := t.in[t.at+1]
	switch c {
	case 'Q':
		end := strings.Index(t.in[t.at:], `\E`)
		body := t.in[t.at+2:]
		if end >= 0 {
			body = t.in[t.at+2 : t.at+end]
		}
		t.at += 2 + len(body)
		if end >= 0 {
			t.at += 2
		}
		t.emit(regexp2.Escape(body))
		t.plain = false
		return nil
	case 'h':
		t.emit(`[0-9a-fA-F]`)
	case 'H':
		t.emit(`[^0-9a-fA-F]`)
	case 'R':
		t.emit(`(?:\r\n|[\n\x0b\f\r\x85\u2028\u2029])`)
		t.plain = false
	case 's':
		t.out.WriteString(`\s`)
		t.fast.WriteString(`[\t-\r ]`) // Go's \s has no vertical tab
	case 'S':
		t.out.WriteString(`\S`)
		t.fast.WriteString(`[^\t-\r ]`)
	case 'd', 'D', 'w', 'W', '.', '\\', '/', '-', '(', ')', '[', ']', '{', '}', '*', '+', '?', '|', '^', '$', 't', 'n', 'r', 'f':
		t.emit(`\` + string(c))
	case 'p', 'P':
		end := strings.IndexByte(t.in[t.at:], '}')
		if end < 0 {
			return fmt.Errorf("invalid character property name {%s}", t.in[t.at:])
		}
		name := t.in[t.at+3 : t.at+end]
		set, ok := posixClasses[name]
		if ok {
			if c == 'P' {
				t.emit("[^" + set + "]")
			} else {
				t.emit("[" + set + "]")
			}
		} else {
			t.emit(`\` + string(c) + "{" + strings.TrimPrefix(name, "Is") + "}")
		}
		t.plain = false
		t.at += end + 1
		return nil
	default:
		// Everything else, back references and anchors among it.
		t.plain = false
		_, w := utf8.DecodeRuneInString(t.in[t.at+1:])
		t.emit(t.in[t.at : t.at+1+w])
		t.at += 1 + w
		return nil
	}
	t.at += 2
	return nil
}

// posixClasses are Java's names of ASCII classes.
var posixClasses = map[string]string{
	"Lower": "a-z", "Upper": "A-Z", "Alpha": "a-zA-Z", "Digit": "0-9", "Alnum": "a-zA-Z0-9",
	"Punct": `!-/:-@\[-` + "`" + `{-~`, "Graph": "!-~", "Print": " -~", "Blank": ` \t`, "Cntrl": `\x00-\x1f\x7f`,
	"XDigit": "0-9a-fA-F", "Space": `\t-\r `, "ASCII": `\x00-\x7f`,
}

// class copies a character class. Java's intersections and unions of classes
// have no counterpart in the matcher and are refused.
func (t *translator) class() error {
	start := t.at
	t.at++
	if t.at < len(t.in) && t.in[t.at] == '^' {
		t.at++
	}
	first := true
	var b, g strings.Builder
	head := t.in[start:t.at]
	b.WriteString(head)
	g.WriteString(head)
	both := func(s string) {
		b.WriteString(s)
		g.WriteString(s)
	}
	for {
		if t.at >= len(t.in) {
			return fmt.Errorf("premature end of char-class")
		}
		c := t.in[t.at]
		switch {
		case c == ']' && !first:
			t.at++
			both("]")
			t.out.WriteString(b.String())
			t.fast.WriteString(g.String())
			return nil
		case c == ']':
			both(`\]`)
			t.at++
		case c == '[' && strings.HasPrefix(t.in[t.at:], "[:"):
			return fmt.Errorf("POSIX bracket [%s is not supported: use \\p{...}", t.in[t.at+1:min(len(t.in), t.at+10)])
		case c == '[':
			return fmt.Errorf("a character class inside a character class is not supported")
		case c == '&' && strings.HasPrefix(t.in[t.at:], "&&"):
			return fmt.Errorf("the intersection && of character classes is not supported")
		case c == '\\' && t.at+1 < len(t.in):
			e := t.in[t.at+1]
			switch e {
			case 'h':
				both("0-9a-fA-F")
				t.at += 2
			case 's':
				b.WriteString(`\s`)
				g.WriteString(`\t-\r `)
				t.at += 2
			case 'p', 'P':
				t.plain = false
				end := strings.IndexByte(t.in[t.at:], '}')
				if end < 0 {
					return fmt.Errorf("invalid character property name {%s}", t.in[t.at:])
				}
				name := t.in[t.at+3 : t.at+end]
				if set, ok := posixClasses[name]; ok && e == 'p' {
					both(set)
				} else {
					both(`\` + string(e) + "{" + strings.TrimPrefix(name, "Is") + "}")
				}
				t.at += end + 1
			default:
				if strings.IndexByte(`dDwW.\/-()[]{}*+?|^$tnrf`, e) < 0 {
					t.plain = false
				}
				_, w := utf8.DecodeRuneInString(t.in[t.at+1:])
				both(t.in[t.at : t.at+1+w])
				t.at += 1 + w
			}
		default:
			_, w := utf8.DecodeRuneInString(t.in[t.at:])
			if c == '-' && (t.at+1 < len(t.in) && t.in[t.at+1] == '[') {
				both(`\-`) // .NET would read a subtraction
			} else {
				both(t.in[t.at : t.at+w])
			}
			t.at += w
		}
		first = false
	}
}
