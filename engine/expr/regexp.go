package expr

// Regular expressions in Java's syntax, as Athena's engine takes them (Joni
// with Syntax.Java): look-around, back references, named groups, possessive
// quantifiers. They run on a back-tracking matcher with .NET's syntax, into
// which compileRegexp translates what differs; patterns that need none of this
// also get a linear-time matcher for the common question "is there a match".

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
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
		text := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		for ours, jonis := range jonisWords {
			if strings.Contains(text, ours) {
				text = jonis
			}
		}
		return nil, fmt.Errorf("%s", text)
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

// jonisWords are what Joni says where the matcher says something else.
var jonisWords = map[string]string{
	"missing argument to repetition operator": "target of repeat operator is not specified",
	"reference to undefined group number":     "invalid backref number/name",
	"range in reverse order":                  "empty range in char class",
	"invalid repeat count":                    "upper is smaller than lower in repeat range",
	"unrecognized grouping construct":         "undefined group option",
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
	repeat int      // output offset behind the last quantifier
	last   string   // that quantifier
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
			if err := t.open(); err != nil {
				return err
			}
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

func (t *translator) open() error {
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
		if slices.Contains(t.groups, rest[3:end]) {
			return fmt.Errorf("multiplex defined name <%s>", rest[3:end])
		}
		t.groups = append(t.groups, rest[3:end])
		t.plain = false
		t.emit(rest[:end+1])
		t.at += end + 1
	default:
		// (?: (?i: (?= (?! (?<= (?<! (?> and flags: as they are. Only the first
		// two are plain.
		n := 2
		for n < len(rest) && strings.IndexByte("imsxuU-<=!>", rest[n]) >= 0 {
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
		if strings.Contains(head, "u") {
			return fmt.Errorf("undefined group option")
		}
		t.emit(head)
		t.at += n
	}
	return nil
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
	stacked := t.atom >= 0 && t.repeat == t.out.Len()
	if stacked { // what is repeated already
		whole := t.out.String()
		t.out.Reset()
		t.out.WriteString(whole[:t.atom] + "(?:" + whole[t.atom:] + ")")
		t.plain = false
	}
	q := t.in[start:t.at]
	defer func() { t.repeat, t.last = t.out.Len(), q }()
	if stacked && t.last == "+?" && q == "*" {
		q = "?" // to Joni the two are (?:a+?)?
	}
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
	case 'h', 'H', 'R': // letters like any other
		t.emit(string(c))
	case 'd', 's', 'w':
		t.emit("[" + asciiClasses[c] + "]")
	case 'D', 'S', 'W':
		t.emit("[^" + asciiClasses[c|0x20] + "]")
	case '.', '\\', '/', '-', '(', ')', '[', ']', '{', '}', '*', '+', '?', '|', '^', '$', 't', 'n', 'r', 'f':
		t.emit(`\` + string(c))
	case 'p', 'P':
		set, end, err := t.property()
		if err != nil {
			return err
		}
		if c == 'P' {
			t.emit("[^" + set + "]")
		} else {
			t.emit("[" + set + "]")
		}
		t.plain = false
		t.at += end
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

// posixClasses are Java's names of classes, and POSIX's, in lower case; Joni gives
// them their Unicode meaning (that of Unicode 6: some hundred letters of later
// versions are none to it).
var posixClasses = map[string]string{
	"lower": `\p{Ll}`, "upper": `\p{Lu}`, "alpha": `\p{L}\p{M}\p{Nl}`, "digit": `\p{Nd}`, "alnum": `\p{L}\p{M}\p{Nl}\p{Nd}`,
	"punct": `\p{P}$+<=>^|~` + "`", "graph": graphic, "print": graphic + `\p{Zs}`, "blank": `\t\p{Zs}\u180e`, "cntrl": `\p{Cc}`,
	"xdigit": "0-9a-fA-F", "space": `\t-\r\x85\p{Z}\u180e`, "ascii": `\x00-\x7f`, "word": `\p{L}\p{M}\p{N}\p{Pc}`,
}

const graphic = `\p{L}\p{M}\p{N}\p{P}\p{S}\p{Cf}\p{Co}`

// propertyNames are Unicode's categories and scripts, by their names in lower case.
var propertyNames = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, table := range []map[string]*unicode.RangeTable{unicode.Categories, unicode.Scripts} {
		for name := range table {
			out[strings.ToLower(name)] = name
		}
	}
	return out
})

// namedSet is what \p{name} holds, as the matcher's classes spell it.
func namedSet(name string) (string, bool) {
	low := strings.ToLower(name)
	if set, ok := posixClasses[low]; ok {
		return set, true
	}
	if set, ok := blockRanges()[low]; ok {
		return set, true
	}
	if exact, ok := propertyNames()[low]; ok {
		return `\p{` + exact + "}", true
	}
	return "", false
}

// posixBracket reads [:name:] or [:^name:], which stands in a class. ok is false where
// it is none: a class of its own that starts with a colon.
func (t *translator) posixBracket() (set string, negated, ok bool, err error) {
	rest := t.in[t.at+2:]
	end := strings.Index(rest, ":]")
	if end < 0 || end > 20 {
		return "", false, false, nil
	}
	name := rest[:end]
	if name, negated = strings.CutPrefix(name, "^"); strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", false, false, nil
	}
	set, known := posixClasses[name]
	if !known {
		return "", false, false, fmt.Errorf("invalid POSIX bracket type")
	}
	t.at += 2 + end + 2
	return set, negated, true, nil
}

// charSet is a character class on its way: what one bracket holds as it stands,
// and the patterns of one character that it holds besides.
type charSet struct {
	body, fast strings.Builder // .NET's and Go's spelling of what stands between the brackets
	others     []string
}

func (c *charSet) both(s string) {
	c.body.WriteString(s)
	c.fast.WriteString(s)
}

// pattern is the class as a pattern of one character. An empty one matches none.
func (c *charSet) pattern() string {
	all := c.others
	if c.body.Len() > 0 {
		all = append([]string{"[" + c.body.String() + "]"}, all...)
	}
	switch len(all) {
	case 0:
		return "(?!)"
	case 1:
		return all[0]
	}
	return "(?:" + strings.Join(all, "|") + ")"
}

// class translates a character class. Java's unions and intersections of classes
// have no counterpart in the matcher's syntax: a union becomes an alternation, an
// intersection a look-ahead in front, and the negation of either a negative one.
func (t *translator) class() error {
	out, set, negated, err := t.classPattern()
	switch {
	case err != nil:
		return err
	case set != nil: // one bracket and nothing else
		t.out.WriteString("[" + negated + set.body.String() + "]")
		t.fast.WriteString("[" + negated + set.fast.String() + "]")
	default:
		t.plain = false
		t.out.WriteString(out)
	}
	return nil
}

// classPattern reads a class; set is not nil where it is a simple one.
func (t *translator) classPattern() (out string, set *charSet, negated string, err error) {
	t.at++
	if t.at < len(t.in) && t.in[t.at] == '^' {
		negated = "^"
		t.at++
	}
	operands := []*charSet{{}}
	first := true
	for {
		if t.at >= len(t.in) {
			return "", nil, "", fmt.Errorf("premature end of char-class")
		}
		cur := operands[len(operands)-1]
		c := t.in[t.at]
		switch {
		case c == ']' && !first:
			t.at++
			if len(operands) == 1 && len(cur.others) == 0 {
				return "", cur, negated, nil
			}
			out = operands[0].pattern()
			if len(operands) > 1 {
				var b strings.Builder
				for _, o := range operands[1:] {
					b.WriteString("(?=" + o.pattern() + ")")
				}
				out = "(?:" + b.String() + out + ")"
			}
			if negated != "" {
				out = `(?:(?!` + out + `)[\s\S])`
			}
			return out, nil, "", nil
		case c == ']':
			cur.both(`\]`)
			t.at++
		case c == '[':
			if strings.HasPrefix(t.in[t.at:], "[:") {
				set, negated, ok, err := t.posixBracket()
				if err != nil {
					return "", nil, "", err
				}
				if ok {
					t.plain = false
					if negated {
						cur.others = append(cur.others, "[^"+set+"]")
					} else {
						cur.both(set)
					}
					break
				}
			}
			inner, simple, neg, err := t.classPattern()
			switch {
			case err != nil:
				return "", nil, "", err
			case simple == nil:
				cur.others = append(cur.others, inner)
			case neg == "": // a union with what is around
				cur.body.WriteString(simple.body.String())
				cur.fast.WriteString(simple.fast.String())
			default:
				cur.others = append(cur.others, "[^"+simple.body.String()+"]")
			}
			t.plain = false
		case c == '&' && strings.HasPrefix(t.in[t.at:], "&&"):
			operands = append(operands, &charSet{})
			t.at += 2
		case c == '\\' && t.at+1 < len(t.in):
			if err := t.classEscape(cur); err != nil {
				return "", nil, "", err
			}
		default:
			_, w := utf8.DecodeRuneInString(t.in[t.at:])
			if c == '-' && (t.at+1 < len(t.in) && t.in[t.at+1] == '[') {
				cur.both(`\-`) // .NET would read a subtraction
			} else {
				cur.both(t.in[t.at : t.at+w])
			}
			t.at += w
		}
		first = false
	}
}

// classEscape reads an escape sequence in a class.
func (t *translator) classEscape(cur *charSet) error {
	e := t.in[t.at+1]
	switch e {
	case 'd', 's', 'w':
		cur.both(asciiClasses[e])
		t.at += 2
	case 'D', 'S', 'W':
		cur.others = append(cur.others, "[^"+asciiClasses[e|0x20]+"]")
		t.at += 2
	case 'h', 'H', 'R': // letters like any other
		cur.both(string(e))
		t.at += 2
	case 'p', 'P':
		t.plain = false
		set, end, err := t.property()
		if err != nil {
			return err
		}
		if e == 'p' {
			cur.both(set)
		} else {
			cur.others = append(cur.others, "[^"+set+"]")
		}
		t.at += end
	default:
		if strings.IndexByte(`.\/-()[]{}*+?|^$tnrf`, e) < 0 {
			t.plain = false
		}
		_, w := utf8.DecodeRuneInString(t.in[t.at+1:])
		cur.both(t.in[t.at : t.at+1+w])
		t.at += 1 + w
	}
	return nil
}

// asciiClasses are what \d, \s and \w hold: Joni's Java syntax knows no others
// than ASCII ones.
var asciiClasses = map[byte]string{'d': "0-9", 's': `\t-\r `, 'w': "0-9A-Za-z_"}

// property reads \p{name}: what it holds; end is the length of the whole.
func (t *translator) property() (set string, end int, err error) {
	rest := t.in[t.at:]
	if len(rest) > 2 && rest[2] >= 'A' && rest[2] <= 'Z' { // \pL
		if set, ok := namedSet(rest[2:3]); ok {
			return set, 3, nil
		}
		return "", 0, fmt.Errorf("invalid character property name <%s>", rest[2:3])
	}
	end = strings.IndexByte(rest, '}')
	if end < 3 || rest[2] != '{' {
		return "", 0, fmt.Errorf("invalid character property name {%s}", rest)
	}
	name := rest[3:end]
	set, ok := namedSet(name)
	if !ok {
		return "", 0, fmt.Errorf("invalid character property name <%s>", name)
	}
	return set, end + 1, nil
}
