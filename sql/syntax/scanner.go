package syntax

// This file is the scanner: text to tokens with byte offsets, in Trino's
// lexical rules (SqlBase.g4's lexer part) and in Hive's (HiveLexerParent.g).
// The same tokens serve the parsers, the statement splitter and whoever wants
// to colour a line of SQL.
//
// Scanning never fails. What no rule takes becomes a token of kind Unknown of
// one character, as in Trino's catch-all rule, and the parser words the error.

import (
	"strings"
	"unicode/utf8"
)

// Dialect chooses the lexical rules.
type Dialect uint8

// The dialects.
const (
	Trino Dialect = iota // queries, INSERT, CTAS, views, UNLOAD, PREPARE, EXPLAIN ...
	Hive                 // the other DDL, SHOW, DESCRIBE, MSCK
)

// TokenKind is what a token is.
type TokenKind uint8

// The kinds of tokens.
const (
	EOF TokenKind = iota
	Word
	QuotedWord     // "x" in Trino
	BackquotedWord // `x`
	DigitWord      // 1a: a name that starts with a digit
	String         // '...', in Hive also "..."
	UnicodeString  // U&'...'
	BinaryString   // X'...'
	IntegerNumber
	DecimalNumber
	DoubleNumber
	Symbol // operators and punctuation
	Unknown
	Comment
)

// Token is one token. Key is what the parser compares: a word in upper case, a
// symbol as it is; it is empty for every other kind.
type Token struct {
	Kind TokenKind
	Off  int // offset of its first byte
	End  int // offset after its last byte
	Key  string
}

// Tokens scans the whole text. The last token is of kind EOF. Comments are
// included; white space is what lies between tokens.
func Tokens(text string, dialect Dialect) []Token {
	s := scanner{text: text, dialect: dialect}
	tokens := make([]Token, 0, 8+len(text)/4)
	for {
		t := s.next()
		tokens = append(tokens, t)
		if t.Kind == EOF {
			return tokens
		}
	}
}

// IsKeyword reports whether a word is a word of the dialect's grammar, for
// colouring and completion; reserved says that it cannot be a name unquoted.
func IsKeyword(word string, dialect Dialect) (keyword, reserved bool) {
	upper := strings.ToUpper(word)
	if dialect == Hive {
		if hiveReserved[upper] {
			return true, true
		}
		return hiveWords[upper], false
	}
	r, ok := trinoWords[upper]
	return ok, r
}

type scanner struct {
	text    string
	dialect Dialect
	off     int
	// missing remembers which closing quotes and comment ends the rest of the
	// text lacks, so that text full of opening ones is not searched again and
	// again. One flag a delimiter: ' " ` and */.
	missing [4]bool
}

const commentEnd = 3 // index of */ in missing

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHexDigit(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isWordPart(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }

// at returns the byte at offset i, or 0 past the end.
func (s *scanner) at(i int) byte {
	if i < len(s.text) {
		return s.text[i]
	}
	return 0
}

func (s *scanner) next() Token {
	for s.off < len(s.text) {
		switch s.text[s.off] {
		case ' ', '\t', '\r', '\n':
			s.off++
			continue
		}
		if s.dialect == Hive && s.text[s.off] == '\f' {
			s.off++
			continue
		}
		break
	}
	start := s.off
	if start >= len(s.text) {
		return Token{Kind: EOF, Off: start, End: start}
	}
	t := s.scan(start)
	t.Off = start
	s.off = t.End
	return t
}

func (s *scanner) scan(start int) Token {
	c := s.text[start]
	switch {
	case c == '-' && s.at(start+1) == '-':
		if nl := strings.IndexByte(s.text[start:], '\n'); nl >= 0 {
			return Token{Kind: Comment, End: start + nl}
		}
		return Token{Kind: Comment, End: len(s.text)}
	case c == '/' && s.at(start+1) == '*' && !s.missing[commentEnd]:
		if end := strings.Index(s.text[start+2:], "*/"); end >= 0 {
			return Token{Kind: Comment, End: start + 2 + end + 2}
		}
		s.missing[commentEnd] = true
	case c == '\'':
		return s.quoted(start, start, '\'', 0, String)
	case c == '"':
		if s.dialect == Hive {
			return s.quoted(start, start, '"', 1, String)
		}
		return s.quoted(start, start, '"', 1, QuotedWord)
	case c == '`':
		return s.quoted(start, start, '`', 2, BackquotedWord)
	case isDigit(c) || c == '.' && isDigit(s.at(start+1)):
		if s.dialect == Hive {
			return s.hiveNumber(start)
		}
		return s.number(start)
	case c == '_' && s.dialect == Hive:
		// Hive's names begin with a letter or a digit; others need quotes.
		return Token{Kind: Unknown, End: start + 1, Key: "_"}
	case isLetter(c) || c == '_':
		if s.dialect == Trino {
			if (c == 'x' || c == 'X') && s.at(start+1) == '\'' {
				if t := s.binary(start); t.Kind == BinaryString {
					return t
				}
			}
			if (c == 'u' || c == 'U') && s.at(start+1) == '&' && s.at(start+2) == '\'' {
				if t := s.quoted(start, start+2, '\'', 0, UnicodeString); t.Kind == UnicodeString {
					return t
				}
			}
		}
		end := start + 1
		for isWordPart(s.at(end)) {
			end++
		}
		return s.word(Word, start, end)
	}
	return s.symbol(start)
}

func (s *scanner) word(kind TokenKind, start, end int) Token {
	return Token{Kind: kind, End: end, Key: upperWord(s.text[start:end])}
}

// upperWord gives the word in upper case. For the words of the grammars that
// is the table's own string, so that scanning allocates for names only.
func upperWord(word string) string {
	if len(word) > len(longestWord) {
		return strings.ToUpper(word)
	}
	var buf [len(longestWord)]byte
	for i := 0; i < len(word); i++ {
		c := word[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		buf[i] = c
	}
	if w, ok := canonicalWord[string(buf[:len(word)])]; ok {
		return w
	}
	return string(buf[:len(word)])
}

// quoted scans a quoted token whose opening quote is at open; start is where
// the token begins (U& stands before the quote). Without a closing quote the
// first character alone is an Unknown token, as in Trino's lexer.
func (s *scanner) quoted(start, open int, quote byte, flag int, kind TokenKind) Token {
	if !s.missing[flag] {
		escapes := s.dialect == Hive && quote != '`'
		for i := open + 1; i < len(s.text); i++ {
			switch {
			case escapes && s.text[i] == '\\':
				i++
			case s.text[i] != quote:
			case !escapes && s.at(i+1) == quote:
				i++
			default:
				return Token{Kind: kind, End: i + 1}
			}
		}
		s.missing[flag] = true
		if escapes {
			// Hive's strings have escapes, so that what follows cannot be read
			// anew without scanning it again and again: the rest is one token.
			return Token{Kind: Unknown, End: len(s.text), Key: string(quote)}
		}
	}
	if open != start {
		return Token{Kind: Unknown, End: start + 1}
	}
	return Token{Kind: Unknown, End: start + 1, Key: string(quote)}
}

// binary scans X'...'. No quote can be escaped in it; what it holds is checked
// by the parser, whose message is better.
func (s *scanner) binary(start int) Token {
	if end := strings.IndexByte(s.text[start+2:], '\''); end >= 0 {
		return Token{Kind: BinaryString, End: start + 2 + end + 1}
	}
	return Token{Kind: Unknown, End: start + 1}
}

// digits returns the end of digits with single underscores between them,
// beginning at i, or i where there is none.
func (s *scanner) digits(i int, ok func(byte) bool) int {
	if !ok(s.at(i)) {
		return i
	}
	for {
		switch {
		case ok(s.at(i)):
			i++
		case s.at(i) == '_' && ok(s.at(i+1)):
			i += 2
		default:
			return i
		}
	}
}

func plainDigits(s *scanner, i int) int {
	for isDigit(s.at(i)) {
		i++
	}
	return i
}

// exponent returns the end of an exponent at i, or i where there is none.
func (s *scanner) exponent(i int) int {
	if c := s.at(i); c != 'e' && c != 'E' {
		return i
	}
	j := i + 1
	if c := s.at(j); c == '+' || c == '-' {
		j++
	}
	if !isDigit(s.at(j)) {
		return i
	}
	return plainDigits(s, j)
}

// number scans a number by Trino's rules: the longest of the integer, decimal,
// double and digit-word readings wins, and among equals the first.
func (s *scanner) number(start int) Token {
	best := Token{Kind: IntegerNumber, End: start}
	try := func(kind TokenKind, end int) {
		if end > best.End {
			best = Token{Kind: kind, End: end}
		}
	}
	if isDigit(s.text[start]) {
		whole := s.digits(start, isDigit)
		try(IntegerNumber, whole)
		if s.text[start] == '0' {
			var ok func(byte) bool
			switch s.at(start + 1) {
			case 'x', 'X':
				ok = isHexDigit
			case 'o', 'O':
				ok = func(c byte) bool { return '0' <= c && c <= '7' }
			case 'b', 'B':
				ok = func(c byte) bool { return c == '0' || c == '1' }
			}
			if ok != nil {
				from := start + 2
				if s.at(from) == '_' {
					from++
				}
				if end := s.digits(from, ok); end > from {
					try(IntegerNumber, end)
				}
			}
		}
		if s.at(whole) == '.' {
			try(DecimalNumber, s.digits(whole+1, isDigit))
		}
		plain := plainDigits(s, start)
		if end := s.exponent(plain); end > plain {
			try(DoubleNumber, end)
		}
		if s.at(plain) == '.' {
			fraction := plainDigits(s, plain+1)
			if end := s.exponent(fraction); end > fraction {
				try(DoubleNumber, end)
			}
		}
		word := start
		for isWordPart(s.at(word)) {
			word++
		}
		try(DigitWord, word)
		return best
	}
	try(DecimalNumber, s.digits(start+1, isDigit))
	fraction := plainDigits(s, start+1)
	if end := s.exponent(fraction); end > fraction {
		try(DoubleNumber, end)
	}
	return best
}

// hiveNumber scans a number by Hive's rules, where a name may begin with a
// digit: 2023_table is one word.
func (s *scanner) hiveNumber(start int) Token {
	whole := plainDigits(s, start)
	end, kind := whole, IntegerNumber
	if s.at(whole) == '.' && isDigit(s.at(whole+1)) {
		end, kind = plainDigits(s, whole+1), DecimalNumber
	}
	if e := s.exponent(end); e > end {
		end, kind = e, DoubleNumber
	}
	word := start
	for isWordPart(s.at(word)) {
		word++
	}
	if word > end {
		return s.word(DigitWord, start, word)
	}
	return Token{Kind: kind, End: end}
}

// symbols of several characters, longest first.
var longSymbols = [...]string{"<=>", "<>", "!=", "<=", ">=", "||", "->", "=>", "{-", "-}", "=="}

func (s *scanner) symbol(start int) Token {
	rest := s.text[start:]
	for _, sym := range longSymbols {
		if strings.HasPrefix(rest, sym) {
			if s.dialect == Trino && (sym == "==" || sym == "<=>") {
				continue
			}
			if s.dialect == Hive && (sym == "->" || sym == "=>" || sym == "{-" || sym == "-}") {
				continue
			}
			return Token{Kind: Symbol, End: start + len(sym), Key: sym}
		}
	}
	if i := strings.IndexByte("=<>+-*/%?;(),.[]:|^${}", rest[0]); i >= 0 {
		return Token{Kind: Symbol, End: start + 1, Key: rest[:1]}
	}
	_, size := utf8.DecodeRuneInString(rest)
	return Token{Kind: Unknown, End: start + size, Key: rest[:size]}
}

// ---------------------------------------------------------------- splitting

// Chunk is one statement of a file. Text has neither the semicolon nor the
// white space around the statement; Offset is where it starts in the file.
type Chunk struct {
	Text   string
	Offset int
}

// Split cuts a file at its semicolons. Quotes and comments hide semicolons, by
// the rules of the dialect that each statement's first words choose: a
// backslash escapes a quote in Hive's strings and is an ordinary character in
// Trino's. A quote that is never closed runs to the end of the file. Pieces
// that hold nothing but comments and white space are left out.
func Split(text string) []Chunk {
	var chunks []Chunk
	noCommentEnd := false // the rest of the file has no */
	for off := 0; off < len(text); {
		s := scanner{text: text, off: off}
		s.missing[commentEnd] = noCommentEnd
		s.dialect = dialectAt(s)
		first, last, empty := -1, off, true
		next := len(text)
	scan:
		for {
			t := s.next()
			switch {
			case t.Kind == EOF:
				break scan
			case t.Kind == Symbol && t.Key == ";":
				next = t.End
				break scan
			case t.Kind == Unknown && (t.Key == "'" || t.Key == `"` || t.Key == "`"):
				t.End = len(text)
				s.off = t.End
			}
			if t.Kind != Comment {
				empty = false
			}
			if first < 0 {
				first = t.Off
			}
			last = t.End
		}
		if !empty {
			chunks = append(chunks, Chunk{Text: strings.TrimRight(text[first:last], " \t\r\n"), Offset: first})
		}
		off = next
		noCommentEnd = s.missing[commentEnd]
	}
	return chunks
}
