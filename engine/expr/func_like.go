package expr

// LIKE (LikeFunctions and LikeMatcher in Trino's source): % and _ over code
// points, no escape unless one is given, the whole text must match.

import (
	"strings"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

func init() {
	for _, kind := range []string{"varchar", "char"} {
		register("$like("+kind+"(x), varchar)", like)
		register("$like("+kind+"(x), varchar, varchar)", like)
	}
}

// anyRune stands for _ in a piece of a pattern. It is no code point.
const anyRune = utf8.MaxRune + 1

// likePattern is a compiled pattern: pieces of text that must follow one
// another, with anything between them.
type likePattern struct {
	source, escape string
	pieces         []likePiece
	anchoredStart  bool // no % in front of the first piece
	anchoredEnd    bool // no % behind the last one
}

// likePiece is a part of a pattern without %.
type likePiece struct {
	text  string // where there is no _ in it
	runes []rune // otherwise; anyRune for _
}

func like(a *Args, i int, out *page.Builder) error {
	pattern, escape := a.str(1, i), ""
	if len(a.Vecs) > 2 {
		if escape = a.str(2, i); escape == "" {
			return invalidArgument("Escape string must be a single character")
		}
	}
	p, _ := a.State.(*likePattern)
	if p == nil || p.source != pattern || p.escape != escape {
		var err error
		if p, err = compileLike(strings.Clone(pattern), strings.Clone(escape)); err != nil {
			return err
		}
		a.State = p
	}
	s := a.str(0, i)
	if t := a.Func.Args[0]; t.Kind == types.KindChar { // compared with its padding
		if pad := int(t.P) - utf8.RuneCountInString(s); pad > 0 {
			s += strings.Repeat(" ", pad)
		}
	}
	out.Bool(p.match(s))
	return nil
}

func compileLike(pattern, escape string) (*likePattern, error) {
	esc := rune(-1)
	if escape != "" {
		var size int
		if esc, size = utf8.DecodeRuneInString(escape); size < len(escape) {
			return nil, invalidArgument("Escape string must be a single character")
		}
	}
	p := &likePattern{source: pattern, escape: escape, anchoredStart: true, anchoredEnd: true}
	var piece []rune
	wild := false // piece has a _
	flush := func() {
		if len(piece) == 0 {
			return
		}
		if wild {
			p.pieces = append(p.pieces, likePiece{runes: piece})
		} else {
			p.pieces = append(p.pieces, likePiece{text: string(piece)})
		}
		piece, wild = nil, false
	}
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			if r != '%' && r != '_' && r != esc {
				return nil, escapeError()
			}
			piece, escaped = append(piece, r), false
		case r == esc:
			escaped = true
		case r == '%':
			if len(p.pieces) == 0 && len(piece) == 0 {
				p.anchoredStart = false
			}
			flush()
			p.anchoredEnd = false
			continue
		case r == '_':
			piece, wild = append(piece, anyRune), true
		default:
			piece = append(piece, r)
		}
		p.anchoredEnd = true
	}
	if escaped {
		return nil, escapeError()
	}
	flush()
	return p, nil
}

func escapeError() error {
	return invalidArgument("Escape character must be followed by '%', '_' or the escape character itself")
}

// at returns the length of the piece's match at the start of s, or -1.
func (p *likePiece) at(s string) int {
	if p.runes == nil {
		if strings.HasPrefix(s, p.text) {
			return len(p.text)
		}
		return -1
	}
	n := 0
	for _, want := range p.runes {
		r, size := utf8.DecodeRuneInString(s[n:])
		if size == 0 || want != anyRune && want != r {
			return -1
		}
		n += size
	}
	return n
}

// find returns the piece's first match in s.
func (p *likePiece) find(s string) (from, length int) {
	if p.runes == nil {
		return strings.Index(s, p.text), len(p.text)
	}
	for from = 0; from <= len(s); {
		if n := p.at(s[from:]); n >= 0 {
			return from, n
		}
		_, size := utf8.DecodeRuneInString(s[from:])
		if size == 0 {
			break
		}
		from += size
	}
	return -1, 0
}

// suffix reports whether s ends with the piece.
func (p *likePiece) suffix(s string) bool {
	if p.runes == nil {
		return strings.HasSuffix(s, p.text)
	}
	at := len(s)
	for range p.runes {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		if size == 0 {
			return false
		}
		at -= size
	}
	return p.at(s[at:]) == len(s)-at
}

func (p *likePattern) match(s string) bool {
	pieces := p.pieces
	if len(pieces) == 0 {
		return s == "" || !p.anchoredStart
	}
	if p.anchoredStart {
		n := pieces[0].at(s)
		if n < 0 {
			return false
		}
		s, pieces = s[n:], pieces[1:]
		if len(pieces) == 0 {
			return s == "" || !p.anchoredEnd
		}
	}
	// What comes first may as well be taken at its first place; only the last
	// piece may have to stand at the end.
	last := len(pieces)
	if p.anchoredEnd {
		last--
	}
	for k := range last {
		from, n := pieces[k].find(s)
		if from < 0 {
			return false
		}
		s = s[from+n:]
	}
	return last == len(pieces) || pieces[last].suffix(s)
}
