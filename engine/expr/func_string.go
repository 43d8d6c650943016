package expr

// Bodies of the string functions. The rules are those of StringFunctions and
// its neighbours in Trino's source: positions count code points from 1.

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

// saturate clamps a bigint to int32, as Ints.saturatedCast does.
func saturate(x int64) int { return int(min(max(x, math.MinInt32), math.MaxInt32)) }

// offsetOf returns the byte offset of code point n (from 0) in s, or -1 where s
// has no such code point.
func offsetOf(s string, n int) int {
	if n < 0 {
		return -1
	}
	off := 0
	for ; n > 0 && off < len(s); n-- {
		_, w := utf8.DecodeRuneInString(s[off:])
		off += w
	}
	if n > 0 || off >= len(s) {
		return -1
	}
	return off
}

// substring is substr(s, start, length); length < 0 means to the end.
func substring(s string, start int64, length int64) string {
	if start == 0 || s == "" || length == 0 {
		return ""
	}
	from := saturate(start)
	if from > 0 {
		from--
	} else {
		from += utf8.RuneCountInString(s)
		if from < 0 {
			return ""
		}
	}
	at := offsetOf(s, from)
	if at < 0 {
		return ""
	}
	s = s[at:]
	if length > 0 {
		if end := offsetOf(s, saturate(length)); end >= 0 {
			s = s[:end]
		}
	}
	return s
}

// padded gives a char its blanks back.
func padded(s string, n int) string {
	if k := n - utf8.RuneCountInString(s); k > 0 {
		return s + strings.Repeat(" ", k)
	}
	return s
}

// text is argument k with a char's blanks.
func (a *Args) text(k, i int) string {
	s := a.Vecs[k].Str[i]
	if t := a.Func.Args[k]; t.Kind == types.KindChar {
		return padded(s, int(t.P))
	}
	return s
}

// both registers a body for the varchar and the char overload of a parameter
// list that starts after the first type.
func both(name, rest string, f RowFunc) {
	register(name+"(varchar(x)"+rest+")", f)
	register(name+"(char(x)"+rest+")", f)
}

// string1 makes a body from a function of one text.
func string1(f func(string) string) RowFunc {
	return func(a *Args, i int, out *page.Builder) error {
		out.String(f(a.text(0, i)))
		return nil
	}
}

func init() {
	register("chr(bigint)", func(a *Args, i int, out *page.Builder) error {
		x := a.i64(0, i)
		if x < 0 || x > unicode.MaxRune || !utf8.ValidRune(rune(x)) {
			return invalidArgument("Not a valid Unicode code point: %d", x)
		}
		out.StringNoCopy(string(rune(x)))
		return nil
	})
	register("codepoint(varchar(1))", func(a *Args, i int, out *page.Builder) error {
		s := a.str(0, i)
		if utf8.RuneCountInString(s) != 1 {
			return invalidArgument("Input string must be a single character string")
		}
		r, _ := utf8.DecodeRuneInString(s)
		out.Int64(int64(r))
		return nil
	})
	for _, n := range []string{"length", "char_length", "character_length"} {
		both(n, "", func(a *Args, i int, out *page.Builder) error {
			if t := a.Func.Args[0]; t.Kind == types.KindChar {
				out.Int64(int64(t.P))
			} else {
				out.Int64(int64(utf8.RuneCountInString(a.str(0, i))))
			}
			return nil
		})
	}
	register("length(varbinary)", func(a *Args, i int, out *page.Builder) error {
		out.Int64(int64(len(a.str(0, i))))
		return nil
	})
	register("replace(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		s := a.str(0, i)
		if search := a.str(1, i); search != "" {
			s = strings.ReplaceAll(s, search, "")
		}
		out.String(s)
		return nil
	})
	register("replace(varchar(x), varchar(y), varchar(z))", func(a *Args, i int, out *page.Builder) error {
		out.String(strings.ReplaceAll(a.str(0, i), a.str(1, i), a.str(2, i)))
		return nil
	})
	both("reverse", "", func(a *Args, i int, out *page.Builder) error {
		r := reverseRunes(a.text(0, i))
		if a.Func.Result.Kind == types.KindChar {
			r = strings.TrimRight(r, " ")
		}
		out.StringNoCopy(r)
		return nil
	})
	register("reverse(varbinary)", func(a *Args, i int, out *page.Builder) error {
		b := []byte(a.str(0, i))
		for l, r := 0, len(b)-1; l < r; l, r = l+1, r-1 {
			b[l], b[r] = b[r], b[l]
		}
		out.Bytes(b)
		return nil
	})
	register("strpos(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		out.Int64(position(a.str(0, i), a.str(1, i), 1))
		return nil
	})
	register("strpos(varchar(x), varchar(y), bigint)", func(a *Args, i int, out *page.Builder) error {
		n := a.i64(2, i)
		if n == 0 {
			return invalidArgument("'instance' must be a positive or negative number.")
		}
		out.Int64(position(a.str(0, i), a.str(1, i), n))
		return nil
	})
	for _, n := range []string{"substring", "substr"} {
		both(n, ", bigint", func(a *Args, i int, out *page.Builder) error {
			out.String(substring(a.text(0, i), a.i64(1, i), -1))
			return nil
		})
		both(n, ", bigint, bigint", func(a *Args, i int, out *page.Builder) error {
			out.String(substring(a.text(0, i), a.i64(1, i), max(0, a.i64(2, i))))
			return nil
		})
	}
	register("substr(varbinary, bigint)", func(a *Args, i int, out *page.Builder) error {
		out.String(subBinary(a.str(0, i), a.i64(1, i), math.MaxInt64))
		return nil
	})
	register("substr(varbinary, bigint, bigint)", func(a *Args, i int, out *page.Builder) error {
		out.String(subBinary(a.str(0, i), a.i64(1, i), a.i64(2, i)))
		return nil
	})
	registerSplits()
	registerTrims()

	both("lower", "", string1(func(s string) string { return mapCase(s, unicode.ToLower) }))
	both("upper", "", string1(func(s string) string { return mapCase(s, unicode.ToUpper) }))
	both("lpad", ", bigint, varchar(y)", func(a *Args, i int, out *page.Builder) error {
		return pad(a.text(0, i), a.i64(1, i), a.str(2, i), true, out)
	})
	both("rpad", ", bigint, varchar(y)", func(a *Args, i int, out *page.Builder) error {
		return pad(a.text(0, i), a.i64(1, i), a.str(2, i), false, out)
	})
	register("lpad(varbinary, bigint, varbinary)", func(a *Args, i int, out *page.Builder) error {
		return padBinary(a.str(0, i), a.i64(1, i), a.str(2, i), true, out)
	})
	register("rpad(varbinary, bigint, varbinary)", func(a *Args, i int, out *page.Builder) error {
		return padBinary(a.str(0, i), a.i64(1, i), a.str(2, i), false, out)
	})
	register("levenshtein_distance(varchar(x), varchar(y))", levenshtein)
	register("hamming_distance(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		l, r := []rune(a.str(0, i)), []rune(a.str(1, i))
		if len(l) != len(r) {
			return invalidArgument("The input strings to hamming_distance function must have the same length")
		}
		n := int64(0)
		for k := range l {
			if l[k] != r[k] {
				n++
			}
		}
		out.Int64(n)
		return nil
	})
	register("normalize(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		form, ok := map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD, "NFKC": norm.NFKC, "NFKD": norm.NFKD}[a.str(1, i)]
		if !ok {
			return invalidArgument("Normalization form must be one of [NFD, NFC, NFKD, NFKC]")
		}
		out.String(form.String(a.str(0, i)))
		return nil
	})
	register("from_utf8(varbinary)", func(a *Args, i int, out *page.Builder) error {
		out.StringNoCopy(fixUTF8(a.str(0, i), "\uFFFD"))
		return nil
	})
	register("from_utf8(varbinary, varchar(x))", func(a *Args, i int, out *page.Builder) error {
		if utf8.RuneCountInString(a.str(1, i)) > 1 {
			return invalidArgument("Replacement character string must empty or a single character")
		}
		out.StringNoCopy(fixUTF8(a.str(0, i), a.str(1, i)))
		return nil
	})
	register("from_utf8(varbinary, bigint)", func(a *Args, i int, out *page.Builder) error {
		x := a.i64(1, i)
		if x < 0 || x > unicode.MaxRune || !utf8.ValidRune(rune(x)) {
			return invalidArgument("Invalid replacement character")
		}
		out.StringNoCopy(fixUTF8(a.str(0, i), string(rune(x))))
		return nil
	})
	both("to_utf8", "", string1(func(s string) string { return s }))
	register("concat(char(x), char(y))", func(a *Args, i int, out *page.Builder) error {
		out.StringNoCopy(strings.TrimRight(a.text(0, i)+a.text(1, i), " "))
		return nil
	})
	for _, id := range []string{"concat(varchar...)", "concat(varbinary...)"} {
		register(id, func(a *Args, i int, out *page.Builder) error {
			buf, _ := a.State.(*[]byte)
			if buf == nil {
				buf = new([]byte)
				a.State = buf
			}
			b := (*buf)[:0]
			for _, v := range a.Vecs {
				b = append(b, v.Str[i]...)
			}
			*buf = b
			out.Bytes(b)
			return nil
		})
	}
	register("concat_ws(varchar, varchar...)", func(a *Args, i int, out *page.Builder) error {
		var parts []string
		for k, v := range a.Vecs[1:] {
			if !a.null(k+1, i) {
				parts = append(parts, v.Str[i])
			}
		}
		return joinWithSeparator(a, i, parts, out)
	})
	register("concat_ws(varchar, array(varchar))", func(a *Args, i int, out *page.Builder) error {
		var parts []string
		v := a.Vecs[1]
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if !v.Children[0].IsNull(k) {
				parts = append(parts, v.Children[0].Str[k])
			}
		}
		return joinWithSeparator(a, i, parts, out)
	})
	register("starts_with(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		out.Bool(strings.HasPrefix(a.str(0, i), a.str(1, i)))
		return nil
	})
	register("translate(varchar(x), varchar(y), varchar(z))", translate)
	register("soundex(varchar)", soundex)
	register("luhn_check(varchar)", func(a *Args, i int, out *page.Builder) error {
		s := a.str(0, i)
		sum, double := 0, false
		for k := len(s) - 1; k >= 0; k-- {
			d := int(s[k]) - '0'
			if d < 0 || d > 9 {
				return invalidArgument("Input contains non-digit character")
			}
			if double {
				if d *= 2; d > 9 {
					d -= 9
				}
			}
			sum, double = sum+d, !double
		}
		out.Bool(s != "" && sum%10 == 0)
		return nil
	})
}

func joinWithSeparator(a *Args, i int, parts []string, out *page.Builder) error {
	if a.null(0, i) {
		out.Null()
		return nil
	}
	out.StringNoCopy(strings.Join(parts, a.str(0, i)))
	return nil
}

// mapCase changes case code point by code point, as SliceUtf8 does: no special
// casing, so that the length in code points stays.
func mapCase(s string, f func(rune) rune) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return strings.Map(f, s)
		}
	}
	// Plain ASCII: strings.Map's fast way.
	if f('a') == 'a' {
		return strings.ToLower(s)
	}
	return strings.ToUpper(s)
}

func reverseRunes(s string) string {
	b := make([]byte, len(s))
	for i := 0; i < len(s); {
		_, w := utf8.DecodeRuneInString(s[i:])
		copy(b[len(s)-i-w:], s[i:i+w])
		i += w
	}
	return string(b)
}

// position gives the 1-based place of the n-th occurrence (from the end where
// n < 0), 0 where there is none. Occurrences may overlap.
func position(s, sub string, n int64) int64 {
	if sub == "" {
		return 1
	}
	if n > 0 {
		at := -1
		for ; n > 0; n-- {
			k := strings.Index(s[at+1:], sub)
			if k < 0 {
				return 0
			}
			at += 1 + k
		}
		return int64(utf8.RuneCountInString(s[:at])) + 1
	}
	end := len(s)
	at := -1
	for ; n < 0; n++ {
		if at = strings.LastIndex(s[:end], sub); at < 0 {
			return 0
		}
		end = at + len(sub) - 1
	}
	return int64(utf8.RuneCountInString(s[:at])) + 1
}

func subBinary(s string, start, length int64) string {
	if start == 0 || length <= 0 || s == "" {
		return ""
	}
	from := int64(saturate(start))
	if from > 0 {
		from--
	} else {
		from += int64(len(s))
	}
	if from < 0 || from >= int64(len(s)) {
		return ""
	}
	s = s[from:]
	return s[:min(int64(len(s)), length)]
}

func pad(s string, target int64, fill string, left bool, out *page.Builder) error {
	if target < 0 || target > math.MaxInt32 {
		return invalidArgument("Target length must be in the range [0..2147483647]")
	}
	if fill == "" {
		return invalidArgument("Padding string must not be empty")
	}
	n := int64(utf8.RuneCountInString(s))
	switch {
	case n == target:
		out.String(s)
		return nil
	case n > target:
		at := offsetOf(s, int(target))
		out.String(s[:at])
		return nil
	}
	need, each := target-n, int64(utf8.RuneCountInString(fill))
	fills := strings.Repeat(fill, int(need/each))
	if rest := int(need % each); rest > 0 {
		fills += fill[:offsetOf(fill, rest)]
	}
	if left {
		out.StringNoCopy(fills + s)
	} else {
		out.StringNoCopy(s + fills)
	}
	return nil
}

func padBinary(s string, target int64, fill string, left bool, out *page.Builder) error {
	if target < 0 || target > math.MaxInt32 {
		return invalidArgument("Target length must be in the range [0..2147483647]")
	}
	if fill == "" {
		return invalidArgument("Padding bytes must not be empty")
	}
	if int64(len(s)) >= target {
		out.String(s[:target])
		return nil
	}
	need := int(target) - len(s)
	fills := strings.Repeat(fill, need/len(fill)) + fill[:need%len(fill)]
	if left {
		out.StringNoCopy(fills + s)
	} else {
		out.StringNoCopy(s + fills)
	}
	return nil
}

func registerSplits() {
	split := func(a *Args, i int, limit int64, out *page.Builder) error {
		s, sep := a.str(0, i), a.str(1, i)
		switch {
		case limit <= 0:
			return invalidArgument("Limit must be positive")
		case limit > math.MaxInt32:
			return invalidArgument("Limit is too large")
		case sep == "":
			return invalidArgument("The delimiter may not be the empty string")
		}
		parts := out.Child(0)
		for limit > 1 && s != "" {
			at := strings.Index(s, sep)
			if at < 0 {
				break
			}
			parts.String(s[:at])
			s = s[at+len(sep):]
			limit--
		}
		parts.String(s)
		out.EndContainer()
		return nil
	}
	register("split(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		return split(a, i, int64(len(a.str(0, i)))+1, out)
	})
	register("split(varchar(x), varchar(y), bigint)", func(a *Args, i int, out *page.Builder) error {
		return split(a, i, a.i64(2, i), out)
	})
	register("split_part(varchar(x), varchar(y), bigint)", func(a *Args, i int, out *page.Builder) error {
		s, sep, n := a.str(0, i), a.str(1, i), a.i64(2, i)
		if n <= 0 {
			return invalidArgument("Index must be greater than zero")
		}
		if sep == "" {
			at := offsetOf(s, saturate(n-1))
			if at < 0 {
				out.Null()
				return nil
			}
			_, w := utf8.DecodeRuneInString(s[at:])
			out.String(s[at : at+w])
			return nil
		}
		for ; n > 1; n-- {
			at := strings.Index(s, sep)
			if at < 0 {
				out.Null()
				return nil
			}
			s = s[at+len(sep):]
		}
		if at := strings.Index(s, sep); at >= 0 {
			s = s[:at]
		}
		out.String(s)
		return nil
	})
	register("split_to_map(varchar, varchar, varchar)", func(a *Args, i int, out *page.Builder) error {
		return splitToMap(a, i, out, nil)
	})
	register("split_to_map(varchar, varchar, varchar, function(varchar,varchar,varchar,varchar))", func(a *Args, i int, out *page.Builder) error {
		return splitToMap(a, i, out, func(key, old, value string) (string, error) {
			v, err := a.Lambdas[3].Call(i, []*page.Vector{stringVector(key), stringVector(old), stringVector(value)})
			if err != nil {
				return "", err
			}
			return v.Str[0], nil
		})
	})
	register("split_to_multimap(varchar, varchar, varchar)", func(a *Args, i int, out *page.Builder) error {
		pairs, err := keyValues(a, i)
		if err != nil {
			return err
		}
		var order []string
		values := map[string][]string{}
		for _, p := range pairs {
			if _, seen := values[p[0]]; !seen {
				order = append(order, p[0])
			}
			values[p[0]] = append(values[p[0]], p[1])
		}
		for _, k := range order {
			out.Child(0).String(k)
			for _, v := range values[k] {
				out.Child(1).Child(0).String(v)
			}
			out.Child(1).EndContainer()
		}
		out.EndContainer()
		return nil
	})
}

func stringVector(s string) *page.Vector {
	return &page.Vector{Type: types.Varchar, Phys: page.PhysBytes, Len: 1, Const: true, Str: []string{s}}
}

// keyValues cuts entries and then each entry at its first key-value delimiter.
func keyValues(a *Args, i int) ([][2]string, error) {
	s, entrySep, kvSep := a.str(0, i), a.str(1, i), a.str(2, i)
	switch {
	case entrySep == "":
		return nil, invalidArgument("entryDelimiter is empty")
	case kvSep == "":
		return nil, invalidArgument("keyValueDelimiter is empty")
	case entrySep == kvSep:
		return nil, invalidArgument("entryDelimiter and keyValueDelimiter must not be the same")
	}
	var pairs [][2]string
	for s != "" {
		entry, rest, _ := strings.Cut(s, entrySep)
		k, v, ok := strings.Cut(entry, kvSep)
		if !ok {
			return nil, invalidArgument("Key-value delimiter must appear exactly once in each entry. Bad input: '%s'", entry)
		}
		if strings.Contains(v, kvSep) {
			return nil, invalidArgument("Key-value delimiter must appear exactly once in each entry. Bad input: '%s'", entry)
		}
		pairs = append(pairs, [2]string{k, v})
		s = rest
	}
	return pairs, nil
}

// splitToMap builds the map; resolve decides between two values of one key, and
// is nil where that is an error.
func splitToMap(a *Args, i int, out *page.Builder, resolve func(key, old, value string) (string, error)) error {
	pairs, err := keyValues(a, i)
	if err != nil {
		return err
	}
	var order []string
	values := map[string]string{}
	for _, p := range pairs {
		old, seen := values[p[0]]
		if !seen {
			order = append(order, p[0])
			values[p[0]] = p[1]
			continue
		}
		if resolve == nil {
			return invalidArgument("Duplicate keys (%s) are not allowed", p[0])
		}
		v, err := resolve(p[0], old, p[1])
		if err != nil {
			return err
		}
		values[p[0]] = strings.Clone(v)
	}
	for _, k := range order {
		out.Child(0).String(k)
		out.Child(1).String(values[k])
	}
	out.EndContainer()
	return nil
}

// isSpace is Java's Character.isWhitespace, which is what the one-argument
// trims remove: Unicode spaces but not the no-break ones, and the ASCII
// controls 9 to 13 and 28 to 31.
func isSpace(r rune) bool {
	switch {
	case r >= 9 && r <= 13 || r >= 28 && r <= 31:
		return true
	case r == 0xA0 || r == 0x2007 || r == 0x202F:
		return false
	}
	return unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp)
}

func registerTrims() {
	for name, sides := range map[string][2]bool{"trim": {true, true}, "ltrim": {true, false}, "rtrim": {false, true}} {
		both(name, "", func(a *Args, i int, out *page.Builder) error {
			s := a.str(0, i)
			if sides[0] {
				s = strings.TrimLeftFunc(s, isSpace)
			}
			if sides[1] {
				s = strings.TrimRightFunc(s, isSpace)
			}
			out.String(s)
			return nil
		})
		both(name, ", varchar(y)", func(a *Args, i int, out *page.Builder) error {
			s, set := a.str(0, i), a.str(1, i)
			if !utf8.ValidString(set) {
				return invalidArgument("Invalid UTF-8 encoding in characters: %s", strings.ToValidUTF8(set, "\uFFFD"))
			}
			in := func(r rune) bool { return strings.ContainsRune(set, r) }
			if sides[0] {
				s = strings.TrimLeftFunc(s, in)
			}
			if sides[1] {
				s = strings.TrimRightFunc(s, in)
			}
			if a.Func.Args[0].Kind == types.KindChar && sides[1] {
				s = strings.TrimRight(s, " ")
			}
			out.String(s)
			return nil
		})
	}
}

func levenshtein(a *Args, i int, out *page.Builder) error {
	l, r := []rune(a.str(0, i)), []rune(a.str(1, i))
	if len(l) < len(r) {
		l, r = r, l
	}
	if len(r) == 0 {
		out.Int64(int64(len(l)))
		return nil
	}
	if len(l)*(len(r)-1) > 1_000_000 {
		return invalidArgument("The combined inputs for Levenshtein distance are too large")
	}
	row := make([]int, len(r)+1)
	for k := range row {
		row[k] = k
	}
	for x, cl := range l {
		diagonal := row[0]
		row[0] = x + 1
		for y, cr := range r {
			cost := diagonal
			if cl != cr {
				cost = min(diagonal, row[y], row[y+1]) + 1
			}
			diagonal, row[y+1] = row[y+1], cost
		}
	}
	out.Int64(int64(row[len(r)]))
	return nil
}

// fixUTF8 replaces each invalid sequence. A sequence is as long as airlift's
// SliceUtf8 takes it: the valid prefix of a character counts as one.
func fixUTF8(s, with string) string {
	if utf8.ValidString(s) {
		return strings.Clone(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, w := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || w > 1 {
			b.WriteString(s[i : i+w])
			i += w
			continue
		}
		b.WriteString(with)
		i += invalidLength(s[i:])
	}
	return b.String()
}

func invalidLength(s string) int {
	want := 1
	switch c := s[0]; {
	case c >= 0xC0 && c < 0xE0:
		want = 2
	case c >= 0xE0 && c < 0xF0:
		want = 3
	case c >= 0xF0 && c < 0xF8:
		want = 4
	case c >= 0xF8 && c < 0xFC:
		want = 5
	case c >= 0xFC && c < 0xFE:
		want = 6
	}
	n := 1
	for n < want && n < len(s) && s[n]&0xC0 == 0x80 {
		n++
	}
	return n
}

func translate(a *Args, i int, out *page.Builder) error {
	from, to := []rune(a.str(1, i)), []rune(a.str(2, i))
	table := make(map[rune]rune, len(from))
	for k, r := range from {
		if _, seen := table[r]; seen {
			continue
		}
		if k < len(to) {
			table[r] = to[k]
		} else {
			table[r] = -1
		}
	}
	out.StringNoCopy(strings.Map(func(r rune) rune {
		if t, ok := table[r]; ok {
			return t
		}
		return r
	}, a.str(0, i)))
	return nil
}

// soundexCodes are the digits of A to Z; 0 does not count, '-' (H, W) does not
// even part equal neighbours.
const soundexCodes = "01230120022455012623010202"

func soundex(a *Args, i int, out *page.Builder) error {
	var letters []byte
	for _, r := range a.str(0, i) {
		if unicode.IsLetter(r) {
			u := unicode.ToUpper(r)
			if u > 'Z' {
				return invalidArgument("The character is not mapped: %c (index=%d)", u, u-'A')
			}
			letters = append(letters, byte(u))
		}
	}
	if len(letters) == 0 {
		out.String("")
		return nil
	}
	code := []byte{letters[0], '0', '0', '0'}
	last, n := soundexCodes[letters[0]-'A'], 1
	for _, c := range letters[1:] {
		if n == 4 {
			break
		}
		if c == 'H' || c == 'W' {
			continue
		}
		d := soundexCodes[c-'A']
		if d != '0' && d != last {
			code[n] = d
			n++
		}
		last = d
	}
	out.Bytes(code)
	return nil
}
