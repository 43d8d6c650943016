package expr

// Bodies of the regular expression functions. The rules are those of
// JoniRegexpFunctions in Trino's source.

import (
	"strings"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// regexpState keeps the last pattern of a call site compiled, and a buffer for
// the text's code points.
type regexpState struct {
	pattern string
	re      *javaRegexp
	runes   []rune
}

// regexp returns the compiled pattern, argument 1 of row i.
func (a *Args) regexp(i int) (*javaRegexp, *regexpState, error) {
	st, _ := a.State.(*regexpState)
	if st == nil {
		st = &regexpState{}
		a.State = st
	}
	pattern := a.str(1, i)
	if st.re == nil || st.pattern != pattern {
		re, err := compileRegexp(pattern)
		if err != nil {
			return nil, nil, invalidArgument("%v", err)
		}
		st.pattern, st.re = strings.Clone(pattern), re
	}
	return st.re, st, nil
}

// text fills the buffer with the code points of the text, argument 0.
func (st *regexpState) text(s string) []rune {
	st.runes = st.runes[:0]
	for _, r := range s {
		st.runes = append(st.runes, r)
	}
	return st.runes
}

func regexpBody(id string, f func(a *Args, i int, re *javaRegexp, text []rune, out *page.Builder) error) {
	register(id, func(a *Args, i int, out *page.Builder) error {
		re, st, err := a.regexp(i)
		if err != nil {
			return err
		}
		if err := f(a, i, re, st.text(a.str(0, i)), out); err != nil {
			return sqlerr.As(err)
		}
		return nil
	})
}

func (j *javaRegexp) checkGroup(n int64) error {
	if n < 0 {
		return invalidArgument("Group cannot be negative")
	}
	if n >= int64(len(j.groups)) {
		return invalidArgument("Pattern has %d groups. Cannot access group %d", len(j.groups)-1, n)
	}
	return nil
}

func init() {
	register("regexp_like(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		re, _, err := a.regexp(i)
		if err != nil {
			return err
		}
		ok, err := re.like(a.str(0, i))
		if err != nil {
			return sqlerr.As(err)
		}
		out.Bool(ok)
		return nil
	})
	regexpBody("regexp_count(varchar(x), varchar(y))", func(_ *Args, _ int, re *javaRegexp, text []rune, out *page.Builder) error {
		n := int64(0)
		err := re.each(text, 0, func(match) (bool, error) { n++; return true, nil })
		if err == nil {
			out.Int64(n)
		}
		return err
	})
	for k, id := range []string{
		"regexp_position(varchar(x), varchar(y))",
		"regexp_position(varchar(x), varchar(y), integer)",
		"regexp_position(varchar(x), varchar(y), integer, integer)",
	} {
		regexpBody(id, func(a *Args, i int, re *javaRegexp, text []rune, out *page.Builder) error {
			start, occurrence := int64(1), int64(1)
			if k > 0 {
				start = a.i64(2, i)
			}
			if k > 1 {
				occurrence = a.i64(3, i)
			}
			if start < 1 {
				return invalidArgument("start position cannot be smaller than 1")
			}
			if occurrence < 1 {
				return invalidArgument("occurrence cannot be smaller than 1")
			}
			found := int64(-1)
			if start <= int64(len(text)) {
				err := re.each(text, int(start-1), func(m match) (bool, error) {
					occurrence--
					if occurrence == 0 {
						found = int64(m.from) + 1
					}
					return occurrence > 0, nil
				})
				if err != nil {
					return err
				}
			}
			out.Int64(found)
			return nil
		})
	}
	extract := func(a *Args, i int, n int64, re *javaRegexp, text []rune, out *page.Builder) error {
		if err := re.checkGroup(n); err != nil {
			return err
		}
		var found string
		ok := false
		err := re.each(text, 0, func(m match) (bool, error) {
			var from, to int
			if from, to, ok = re.group(m, int(n)); ok {
				found = string(text[from:to])
			}
			return false, nil
		})
		switch {
		case err != nil:
			return err
		case ok:
			out.StringNoCopy(found)
		default:
			out.Null()
		}
		return nil
	}
	regexpBody("regexp_extract(varchar(x), varchar(y))", func(a *Args, i int, re *javaRegexp, text []rune, out *page.Builder) error {
		return extract(a, i, 0, re, text, out)
	})
	regexpBody("regexp_extract(varchar(x), varchar(y), bigint)", func(a *Args, i int, re *javaRegexp, text []rune, out *page.Builder) error {
		return extract(a, i, a.i64(2, i), re, text, out)
	})
	extractAll := func(n int64, re *javaRegexp, text []rune, out *page.Builder) error {
		if err := re.checkGroup(n); err != nil {
			return err
		}
		// Collected first: on an error nothing may have been appended.
		var parts []*string
		err := re.each(text, 0, func(m match) (bool, error) {
			if from, to, ok := re.group(m, int(n)); ok {
				s := string(text[from:to])
				parts = append(parts, &s)
			} else {
				parts = append(parts, nil)
			}
			return true, nil
		})
		if err != nil {
			return err
		}
		for _, p := range parts {
			if p == nil {
				out.Child(0).Null()
			} else {
				out.Child(0).StringNoCopy(*p)
			}
		}
		out.EndContainer()
		return nil
	}
	regexpBody("regexp_extract_all(varchar(x), varchar(y))", func(_ *Args, _ int, re *javaRegexp, text []rune, out *page.Builder) error {
		return extractAll(0, re, text, out)
	})
	regexpBody("regexp_extract_all(varchar(x), varchar(y), bigint)", func(a *Args, i int, re *javaRegexp, text []rune, out *page.Builder) error {
		return extractAll(a.i64(2, i), re, text, out)
	})
	regexpBody("regexp_split(varchar(x), varchar(y))", func(_ *Args, _ int, re *javaRegexp, text []rune, out *page.Builder) error {
		last := 0
		var parts []string
		err := re.each(text, 0, func(m match) (bool, error) {
			parts = append(parts, string(text[last:m.from]))
			last = m.to
			return true, nil
		})
		if err != nil {
			return err
		}
		for _, p := range parts {
			out.Child(0).StringNoCopy(p)
		}
		out.Child(0).StringNoCopy(string(text[last:]))
		out.EndContainer()
		return nil
	})
	regexpBody("regexp_replace(varchar(x), varchar(y))", func(_ *Args, _ int, re *javaRegexp, text []rune, out *page.Builder) error {
		return replaceAll(re, text, out, func(*strings.Builder, match) error { return nil })
	})
	regexpBody("regexp_replace(varchar(x), varchar(y), varchar(z))", func(a *Args, i int, re *javaRegexp, text []rune, out *page.Builder) error {
		with := a.str(2, i)
		return replaceAll(re, text, out, func(b *strings.Builder, m match) error {
			return re.appendReplacement(b, text, m, with)
		})
	})
	regexpBody("regexp_replace(varchar, varchar, function(array(varchar),varchar(x)))", func(a *Args, i int, re *javaRegexp, text []rune, out *page.Builder) error {
		return replaceAll(re, text, out, func(b *strings.Builder, m match) error {
			groups := page.NewBuilder(types.Array(types.Varchar))
			for n := 1; n < len(re.groups); n++ {
				if from, to, ok := re.group(m, n); ok {
					groups.Child(0).String(string(text[from:to]))
				} else {
					groups.Child(0).Null()
				}
			}
			groups.EndContainer()
			v, err := a.Lambdas[2].Call(i, []*page.Vector{groups.Vector()})
			if err != nil {
				return err
			}
			if !v.IsNull(0) { // a NULL replaces by nothing
				b.WriteString(v.Str[0])
			}
			return nil
		})
	})
}

func replaceAll(re *javaRegexp, text []rune, out *page.Builder, with func(*strings.Builder, match) error) error {
	var b strings.Builder
	last := 0
	err := re.each(text, 0, func(m match) (bool, error) {
		b.WriteString(string(text[last:m.from]))
		last = m.to
		return true, with(&b, m)
	})
	if err != nil {
		return err
	}
	b.WriteString(string(text[last:]))
	out.StringNoCopy(b.String())
	return nil
}

// appendReplacement expands ${name}, $1 (the longest number that is a group)
// and backslash escapes.
func (j *javaRegexp) appendReplacement(b *strings.Builder, text []rune, m match, with string) error {
	illegal := func() error { return invalidArgument("Illegal replacement sequence: %s", with) }
	for at := 0; at < len(with); {
		c := with[at]
		if c != '$' {
			if c == '\\' {
				if at++; at == len(with) {
					return illegal()
				}
				c = with[at]
			}
			b.WriteByte(c)
			at++
			continue
		}
		if at++; at == len(with) {
			return illegal()
		}
		var n int
		if with[at] == '{' {
			name, _, _ := strings.Cut(with[at+1:], "}")
			var ok bool
			if n, ok = j.names[name]; !ok {
				return invalidArgument("Illegal replacement sequence: unknown group { %s }", name)
			}
			at += len(name) + 2
		} else {
			n = int(with[at]) - '0'
			if n < 0 || n > 9 {
				return illegal()
			}
			if n >= len(j.groups) {
				return invalidArgument("Illegal replacement sequence: unknown group %d", n)
			}
			for at++; at < len(with) && with[at] >= '0' && with[at] <= '9'; at++ {
				longer := n*10 + int(with[at]) - '0'
				if longer >= len(j.groups) {
					break
				}
				n = longer
			}
		}
		if from, to, ok := j.group(m, n); ok {
			b.WriteString(string(text[from:to]))
		}
	}
	return nil
}
