package ion

// Symbols: what the ids of a stream stand for (local symbol tables), and
// AppendResolved: a record with its ids replaced by their text.

import (
	"fmt"
	"math"
	"slices"
)

// Symbols is the symbol table in force at a place of a stream. The zero value is
// the system symbol table, with which every stream begins.
//
// Ids without text (of imports that cannot be found, and null slots) take no
// memory: a table may claim as many as it likes.
type Symbols struct {
	runs  []symbolRun // ascending; the first begins at $10
	held  int         // bytes of memory that the texts take, more or less
	limit int         // tests lower it; 0 means maxSymbols
}

// symbolRun is a run of ids from first on: all with text, or all without.
type symbolRun struct {
	first, n int64
	texts    []string // nil: no text
}

// maxSymbols bounds the memory of one symbol table. DynamoDB's exports have none.
const maxSymbols = 256 << 20

// maxSymbolID is the largest id that a table may define.
const maxSymbolID = 1 << 62

// MaxID is the largest id that is defined.
func (s *Symbols) MaxID() int64 {
	if len(s.runs) == 0 {
		return int64(len(systemSymbols)) - 1
	}
	last := s.runs[len(s.runs)-1]
	return last.first + last.n - 1
}

// Any reports whether the table defines more than the system's does.
func (s *Symbols) Any() bool { return len(s.runs) > 0 }

// Reset makes s the system symbol table again.
func (s *Symbols) Reset() { *s = Symbols{limit: s.limit} }

// Text returns the text of an id. known is false where it has none, as $0 has
// none; defined is false where no symbol table knows the id.
func (s *Symbols) Text(id int64) (text string, known, defined bool) {
	switch {
	case id < 0:
		return "", false, false
	case id < int64(len(systemSymbols)):
		return systemSymbols[id], id > 0, true
	}
	k, ok := slices.BinarySearchFunc(s.runs, id, func(r symbolRun, id int64) int {
		switch {
		case r.first > id:
			return 1
		case r.first+r.n <= id:
			return -1
		}
		return 0
	})
	if !ok {
		return "", false, false
	}
	if r := &s.runs[k]; r.texts != nil {
		return r.texts[id-r.first], true, true
	}
	return "", false, true
}

// add defines the next id.
func (s *Symbols) add(text string) error {
	if s.MaxID() >= maxSymbolID {
		return errTooManyIDs
	}
	limit := s.limit
	if limit == 0 {
		limit = maxSymbols
	}
	if s.held += 16 + len(text); s.held > limit {
		return fmt.Errorf("a symbol table is larger than the limit of %d bytes", limit)
	}
	if n := len(s.runs); n == 0 || s.runs[n-1].texts == nil {
		s.runs = append(s.runs, symbolRun{first: s.MaxID() + 1})
	}
	r := &s.runs[len(s.runs)-1]
	r.texts = append(r.texts, text)
	r.n++
	return nil
}

// skip defines the next n ids, without text.
func (s *Symbols) skip(n int64) error {
	if n > maxSymbolID-s.MaxID() {
		return errTooManyIDs
	}
	if n == 0 {
		return nil
	}
	if k := len(s.runs); k > 0 && s.runs[k-1].texts == nil {
		s.runs[k-1].n += n
		return nil
	}
	// A table of texts and gaps in turn takes memory as well.
	s.held += 48
	s.runs = append(s.runs, symbolRun{first: s.MaxID() + 1, n: n})
	return nil
}

var errTooManyIDs = fmt.Errorf("a symbol table defines more than %d ids", int64(maxSymbolID))

// Table makes v, a value that System called a Table, the table in force: by the
// rules of Ion's specification for local symbol tables. After an error s is of no
// use. Shared symbol tables cannot be had: the ids of imports have no text.
func (s *Symbols) Table(b []byte, v Value) error {
	var symbols, imports Value
	var haveSymbols, haveImports bool
	if !v.Null {
		for i := v.Start + 1; ; {
			tok, at, ok := NextField(b, i)
			if !ok {
				break
			}
			val := ValueAt(b, at, false)
			i = SkipValue(b, val)
			var buf []byte
			switch text, _ := Text(b[tok.Start:tok.End], &buf); string(text) {
			case "symbols":
				if haveSymbols {
					return unresolvable(tok.Start, "a symbol table has two fields named symbols")
				}
				symbols, haveSymbols = val, true
			case "imports":
				if haveImports {
					return unresolvable(tok.Start, "a symbol table has two fields named imports")
				}
				imports, haveImports = val, true
			}
		}
	}
	var buf []byte
	appends := false
	if haveImports && imports.Kind == Symbol && !imports.Null {
		text, _ := Text(b[imports.Start:imports.End], &buf)
		appends = string(text) == "$ion_symbol_table"
	}
	if !appends {
		s.Reset()
	}
	if haveImports && imports.Kind == List && !imports.Null {
		for i := imports.Start + 1; ; {
			at, ok := NextItem(b, i)
			if !ok {
				break
			}
			val := ValueAt(b, at, false)
			i = SkipValue(b, val)
			if val.Kind == Struct && !val.Null {
				if err := s.importTable(b, val); err != nil {
					return err
				}
			}
		}
	}
	if !haveSymbols || symbols.Kind != List || symbols.Null {
		return nil
	}
	for i := symbols.Start + 1; ; {
		at, ok := NextItem(b, i)
		if !ok {
			return nil
		}
		val := ValueAt(b, at, false)
		i = SkipValue(b, val)
		var err error
		if val.Kind == String && !val.Null {
			buf = buf[:0]
			text, _ := Text(b[val.Start:val.End], &buf)
			err = s.add(string(text))
		} else {
			err = s.skip(1)
		}
		if err != nil {
			return unresolvable(val.Start, "%s", err)
		}
	}
}

// importTable takes one struct of a list of imports.
func (s *Symbols) importTable(b []byte, v Value) error {
	var name string
	maxID := int64(-1)
	for i := v.Start + 1; ; {
		tok, at, ok := NextField(b, i)
		if !ok {
			break
		}
		val := ValueAt(b, at, false)
		i = SkipValue(b, val)
		if val.Null {
			continue
		}
		var buf []byte
		switch text, _ := Text(b[tok.Start:tok.End], &buf); {
		case string(text) == "name" && val.Kind == String:
			text, _ := Text(b[val.Start:val.End], &buf)
			name = string(text)
		case string(text) == "max_id" && val.Kind == Int:
			if n, fits := LowInt(b[val.Start:val.End]); fits {
				maxID = n
			} else if b[val.Start] != '-' {
				maxID = math.MaxInt64
			}
		}
	}
	switch {
	case name == "" || name == "$ion": // such an import is ignored
		return nil
	case maxID < 0:
		return unresolvable(v.Start, "the shared symbol table %q cannot be found, and its import says no max_id", name)
	}
	if err := s.skip(maxID); err != nil {
		return unresolvable(v.Start, "%s", err)
	}
	return nil
}

func unresolvable(at int, format string, args ...any) error {
	return &SyntaxError{Offset: at, Msg: fmt.Sprintf(format, args...)}
}

// AppendResolved appends the checked value text b with its symbol ids replaced
// by text: $10 becomes 'its text', and $0 where it has none. moved is called for
// each replacement with the length of dst behind it and the offset in b of what
// follows. More than most bytes are refused: symbols may be long and named often.
func (s *Symbols) AppendResolved(dst, b []byte, most int, moved func(to, from int)) ([]byte, error) {
	t := text{b: b, final: true, maxID: maxSymbolID}
	start := len(dst)
	from := 0 // copied so far
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c == '"':
			i, _ = t.quoted(i, '"')
		case c == '\'' && i+2 < len(b) && b[i+1] == '\'' && b[i+2] == '\'':
			i, _ = t.long(i)
		case c == '\'':
			i, _ = t.quoted(i, '\'')
		case c == '{' && i+1 < len(b) && b[i+1] == '{':
			i, _, _ = t.lob(i)
		case c == '/' && i+1 < len(b) && (b[i+1] == '/' || b[i+1] == '*'):
			i, _ = SkipSpace(b, i, true)
		case is(c, clIDPart):
			end := i + 1
			for end < len(b) && is(b[end], clIDPart) {
				end++
			}
			if id, ok := symbolID(b[i:end]); ok && id >= int64(len(systemSymbols)) {
				text, known, defined := s.Text(id)
				if !defined {
					return dst, undefined(b[i:end], i)
				}
				dst = append(dst, b[from:i]...)
				if known {
					dst = append(dst, " '"...)
					dst = appendQuotedUTF8(dst, []byte(text), '\'')
					dst = append(dst, "' "...)
				} else {
					dst = append(dst, "$0"...)
				}
				from = end
				moved(len(dst), end)
				if len(dst)-start > most {
					return dst, &TooLongError{most}
				}
			}
			i = end
		default:
			i++
		}
	}
	return append(dst, b[from:]...), nil
}

// appendQuotedUTF8 appends what stands between quotes: only what must be escaped
// is.
func appendQuotedUTF8(dst, s []byte, quote byte) []byte {
	for _, c := range s {
		switch {
		case c == quote || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c == 0x7f:
			dst = appendEscapedRune(dst, rune(c), rune(quote))
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// AppendName appends a field name, an annotation or a symbol with the given text
// so that it means that text wherever it stands: never a keyword, an id or a
// version marker.
func AppendName(dst, s []byte) []byte {
	if !needsQuotes(s) && !(len(s) > 5 && string(s[:5]) == "$ion_") {
		return append(dst, s...)
	}
	dst = append(dst, '\'')
	dst = appendQuotedUTF8(dst, s, '\'')
	return append(dst, '\'')
}

// AppendStringBytes appends UTF-8 text, or a piece of it, as it stands between
// double quotes.
func AppendStringBytes(dst, s []byte) []byte { return appendQuotedUTF8(dst, s, '"') }

// AppendClobByte appends one byte of a clob as it stands between double quotes.
func AppendClobByte(dst []byte, c byte) []byte { return appendEscapedRune(dst, rune(c), '"') }
