package syntax

// This file is the parsers' common part: tokens, names, errors, and the choice
// of the grammar. The grammars themselves are in statement.go, query.go and
// expr.go (Trino's) and hive.go (Hive's).
//
// The parser is written by hand, top-down, without backtracking: where Trino's
// grammar is ambiguous for one token, a few tokens are looked at first. The
// first error ends it: the error is kept, the parser jumps to the end of the
// text, and every loop there ends, because nothing matches any more. So
// grammar functions need no error results, and what they return after an error
// is thrown away.
//
// Error texts are Athena's. Trino builds its "Expecting: ..." by walking its
// grammar from the failure on (ErrorHandler); here every token test that fails
// leaves what it wanted in a list that starts anew with every token, and
// entering a rule that Trino reports by name, such as <expression>, leaves the
// name and mutes the rest at this token. The result is the same set.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

const (
	// maxDepth bounds nesting. Trino fails with the same message where its
	// stack ends, which is at several thousand levels.
	maxDepth = 2000
	// maxChain bounds the operators of a statement, and with them the height
	// of left-deep trees, which others walk recursively.
	maxChain = 200_000
)

type parser struct {
	text    string
	what    string // what is parsed, for the error about too deep nesting
	tokens  []Token
	pos     int
	dialect Dialect
	depth   int
	chain   int
	params  int

	err   *sqlerr.Error // the first error: ends the parse
	later *sqlerr.Error // the first error that counts only if the syntax is right

	wanted   []string // what would have been right at token wantedAt
	wantedAt int
	muted    int // token at which nothing more is added to wanted, or -1

	// open counts the enclosing constructs that Trino's parser has not told
	// apart yet; a failure inside is explained from their start, and then an
	// identifier may still have been a call, a lambda or a typed literal.
	open      int
	callFirst int  // token index of a call's first argument, or -1
	itemFirst int  // token index of a select item's start, or -1
	itemDot   bool // the select item's first primary expression ended before .*

	phrase string // what is being parsed, in the words of Hive's messages

	// What was parsed before it was known what it is part of; see parens.
	given         Expr
	givenBody     QueryBody
	givenRelation Relation
	givenStart    sqlerr.Pos
}

func newParser(text, what string, dialect Dialect) *parser {
	p := &parser{text: text, what: what, dialect: dialect, wantedAt: -1, muted: -1, callFirst: -1, itemFirst: -1}
	p.tokens = slices.DeleteFunc(Tokens(text, dialect), func(t Token) bool { return t.Kind == Comment })
	return p
}

// Parse parses one statement, by the grammar that Athena uses for it; a
// semicolon may follow it. An error is a *sqlerr.Error with code SYNTAX_ERROR
// (Trino's grammar) or PARSE_EXCEPTION (Hive's).
func Parse(text string) (Statement, error) {
	hive := dialectOf(text) == Hive
	if !utf8.ValidString(text) { // Athena's interface takes text only
		code, at := sqlerr.SyntaxError, 0
		if hive {
			code = sqlerr.ParseException
		}
		for r, n := utf8.DecodeRuneInString(text); r != utf8.RuneError || n != 1; r, n = utf8.DecodeRuneInString(text[at:]) {
			at += n
		}
		return nil, sqlerr.Newf(code, sqlerr.At(at), "the statement is not valid UTF-8: byte 0x%02x", text[at])
	}
	if hive {
		return ParseHive(text)
	}
	return ParseTrino(text)
}

// ParseTrino parses one statement by Trino's grammar, whatever its first words.
func ParseTrino(text string) (Statement, error) {
	p := newParser(text, "statement", Trino)
	s := p.statement()
	p.semicolon()
	if err := p.finish(); err != nil {
		return nil, err
	}
	return s, nil
}

// ParseHive parses one statement by Hive's grammar, whatever its first words.
func ParseHive(text string) (Statement, error) {
	p := newParser(text, "statement", Hive)
	s := p.hiveStatement()
	p.semicolon()
	if err := p.finish(); err != nil {
		return nil, err
	}
	return s, nil
}

// ParseQuery parses a query without a statement around it.
func ParseQuery(text string) (*Query, error) {
	p := newParser(text, "query", Trino)
	q := p.query()
	if err := p.finish(); err != nil {
		return nil, err
	}
	return q, nil
}

// ParseExpression parses an expression of Trino's grammar.
func ParseExpression(text string) (Expr, error) {
	p := newParser(text, "expression", Trino)
	e := p.expression()
	if err := p.finish(); err != nil {
		return nil, err
	}
	return e, nil
}

// ParseType parses a type of Trino's grammar, as CAST takes it.
func ParseType(text string) (DataType, error) {
	p := newParser(text, "type", Trino)
	t := p.dataType()
	if err := p.finish(); err != nil {
		return nil, err
	}
	return t, nil
}

// ParseRowPattern parses the pattern of MATCH_RECOGNIZE.
func ParseRowPattern(text string) (*RowPattern, error) {
	p := newParser(text, "row pattern", Trino)
	r := p.rowPattern()
	if err := p.finish(); err != nil {
		return nil, err
	}
	return r, nil
}

// ParseHiveType parses a column's type as Hive writes it.
func ParseHiveType(text string) (*HiveType, error) {
	p := newParser(text, "type", Hive)
	t := p.hiveType()
	if err := p.finish(); err != nil {
		return nil, err
	}
	return t, nil
}

// finish wants the end of the text and gives the parse's error.
func (p *parser) finish() error {
	if p.err == nil && p.kind() != EOF {
		p.want("<EOF>")
		p.fail()
	}
	if p.err == nil {
		p.err = p.later
	}
	if p.err != nil {
		return p.err
	}
	return nil
}

// semicolon skips one semicolon at the end of the text.
func (p *parser) semicolon() {
	if p.key() == ";" && p.peek(1).Kind == EOF {
		p.pos++
	}
}

// ---------------------------------------------------------------- tokens

func (p *parser) tok() *Token { return &p.tokens[p.pos] }

func (p *parser) kind() TokenKind { return p.tokens[p.pos].Kind }

func (p *parser) key() string { return p.tokens[p.pos].Key }

// peek returns the token n after the current one, or the last one.
func (p *parser) peek(n int) *Token {
	return &p.tokens[min(p.pos+n, len(p.tokens)-1)]
}

func (p *parser) peekKey(n int) string { return p.peek(n).Key }

func (p *parser) next() {
	if p.pos < len(p.tokens)-1 {
		p.pos++
	}
}

func (p *parser) here() sqlerr.Pos { return sqlerr.At(p.tok().Off) }

func (p *parser) base() Base { return Base{At: p.here()} }

func (p *parser) tokenText(t *Token) string { return p.text[t.Off:t.End] }

// want notes that name would have been right here.
func (p *parser) want(name string) {
	if p.err != nil {
		return
	}
	if p.wantedAt != p.pos {
		p.wanted = p.wanted[:0]
		p.wantedAt = p.pos
	}
	if p.muted != p.pos {
		p.wanted = append(p.wanted, name)
	}
}

// rule notes a rule that is reported by its name, and mutes its parts.
func (p *parser) rule(name string) {
	p.want(name)
	p.muted = p.pos
}

// is tests the current token, and notes it where it is another.
func (p *parser) is(key string) bool {
	if p.key() == key {
		return true
	}
	p.want(key)
	return false
}

// accept takes the token if it is key.
func (p *parser) accept(key string) bool {
	if !p.is(key) {
		return false
	}
	p.next()
	return true
}

// expect takes each of keys in turn, or fails.
func (p *parser) expect(keys ...string) {
	for _, k := range keys {
		if !p.accept(k) {
			p.fail()
			return
		}
	}
}

// expectOne takes one of keys and returns it, or fails and returns "".
func (p *parser) expectOne(keys ...string) string {
	for _, k := range keys {
		if p.accept(k) {
			return k
		}
	}
	p.fail()
	return ""
}

// ---------------------------------------------------------------- errors

// stop keeps err as the parse's error and ends the parse.
func (p *parser) stop(err *sqlerr.Error) {
	if p.err == nil {
		p.err = err
	}
	p.pos = len(p.tokens) - 1
}

// fail reports that the current token is none of those wanted.
func (p *parser) fail() {
	if p.err != nil {
		return
	}
	t := p.tok()
	text := p.tokenText(t)
	if t.Kind == EOF {
		text = "<EOF>"
	}
	if p.dialect == Hive {
		p.hiveFail(t, text)
		return
	}
	names := make([]string, 0, len(p.wanted))
	if p.wantedAt == p.pos {
		for _, w := range p.wanted {
			if len(w) > 3 && w[0] == '<' {
				names = append(names, w)
			} else {
				names = append(names, "'"+w+"'")
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	err := sqlerr.Newf(sqlerr.SyntaxError, sqlerr.At(t.Off), "mismatched input '%s'. Expecting: %s", text, strings.Join(names, ", "))
	err.Hint = p.hint(t)
	p.stop(err)
}

// stopAt ends the parse with a message of the post-processing of names, which
// Trino does while it parses.
func (p *parser) stopAt(pos sqlerr.Pos, format string, args ...any) {
	code := sqlerr.SyntaxError
	if p.dialect == Hive {
		code = sqlerr.ParseException
	}
	p.stop(sqlerr.Newf(code, pos, format, args...))
}

// check notes an error that Trino reports when it builds the tree, which it
// does once the syntax is known to be right.
func (p *parser) check(ok bool, pos sqlerr.Pos, format string, args ...any) {
	if !ok && p.later == nil && p.err == nil {
		p.later = sqlerr.Newf(sqlerr.SyntaxError, pos, format, args...)
	}
}

func (p *parser) tooLarge() {
	p.stopAt(sqlerr.At(0), "%s is too large (stack overflow while parsing)", p.what)
}

// enter goes one level deeper; the caller leaves with p.depth--.
func (p *parser) enter() {
	p.depth++
	if p.depth > maxDepth {
		p.tooLarge()
	}
}

// link counts a link of a left-deep chain.
func (p *parser) link() {
	p.chain++
	if p.chain > maxChain {
		p.tooLarge()
	}
}

// ---------------------------------------------------------------- names and literals

// isName reports whether t can be an identifier.
func (p *parser) isName(t *Token) bool {
	switch t.Kind {
	case Word:
		if p.dialect == Hive {
			return !hiveReserved[t.Key]
		}
		return !trinoWords[t.Key]
	case QuotedWord, BackquotedWord, DigitWord:
		return true
	}
	return false
}

// atName is isName of the current token, noted where it is another.
func (p *parser) atName() bool {
	if p.isName(p.tok()) {
		return true
	}
	p.want("<identifier>")
	return false
}

// identifier takes a name, or fails.
func (p *parser) identifier() *Identifier {
	id := &Identifier{Base: p.base()}
	if !p.atName() {
		p.fail()
		return id
	}
	t := p.tok()
	text := p.tokenText(t)
	switch t.Kind {
	case QuotedWord:
		id.Quoted = true
		id.Value = strings.ReplaceAll(text[1:len(text)-1], `""`, `"`)
		if id.Value == "" {
			p.stopAt(id.At, "Zero-length delimited identifier not allowed")
			return id
		}
	case BackquotedWord:
		if p.dialect == Trino {
			p.stopAt(id.At, "backquoted identifiers are not supported; use double quotes to quote identifiers")
			if p.err.Hint == "" {
				p.err.Hint = `write "` + strings.Trim(text, "`") + `"; backquotes are for DDL`
			}
			return id
		}
		id.Quoted = true
		id.Value = strings.ReplaceAll(text[1:len(text)-1], "``", "`")
	case DigitWord:
		if p.dialect == Trino {
			p.stopAt(id.At, "identifiers must not start with a digit; surround the identifier with double quotes")
			return id
		}
		id.Value = text
	default:
		id.Value = text
	}
	p.next()
	return id
}

// qualifiedName takes name.name. ...
func (p *parser) qualifiedName() *QualifiedName {
	q := &QualifiedName{Base: p.base()}
	q.Parts = append(q.Parts, p.identifier())
	for p.accept(".") {
		q.Parts = append(q.Parts, p.identifier())
	}
	return q
}

// identifiers takes name, name, ...
func (p *parser) identifiers() []*Identifier {
	list := []*Identifier{p.identifier()}
	for p.accept(",") {
		list = append(list, p.identifier())
	}
	return list
}

// columnAliases takes (name, ...).
func (p *parser) columnAliases() []*Identifier {
	p.expect("(")
	list := p.identifiers()
	p.expect(")")
	return list
}

func isStringKind(k TokenKind) bool { return k == String || k == UnicodeString }

// atString tests for a string literal, noted where there is none.
func (p *parser) atString() bool {
	if isStringKind(p.kind()) {
		return true
	}
	p.want("<string>")
	return false
}

// str takes a string literal, or fails.
func (p *parser) str() *StringLiteral {
	lit := &StringLiteral{Base: p.base()}
	if !p.atString() {
		p.fail()
		return lit
	}
	t := p.tok()
	text := p.tokenText(t)
	switch {
	case p.dialect == Hive:
		lit.Value = hiveUnescape(text[1 : len(text)-1])
		p.next()
	case t.Kind == String:
		lit.Value = unquote(text)
		p.next()
	default:
		p.next()
		escape := byte('\\')
		if p.accept("UESCAPE") {
			if p.kind() != String {
				p.want("STRING")
				p.fail()
				return lit
			}
			e := unquote(p.tokenText(p.tok()))
			p.next()
			switch {
			case e == "":
				p.check(false, lit.At, "Empty Unicode escape character")
				return lit
			case len(e) != 1 || !validUnicodeEscape(e[0]):
				p.check(false, lit.At, "Invalid Unicode escape character: %s", e)
				return lit
			}
			escape = e[0]
		}
		value, msg := decodeUnicode(unquote(text[2:]), escape)
		p.check(msg == "", lit.At, "%s", msg)
		lit.Value = value
	}
	return lit
}

// unquote undoes '...' with doubled quotes.
func unquote(text string) string {
	return strings.ReplaceAll(text[1:len(text)-1], "''", "'")
}

func validUnicodeEscape(c byte) bool {
	return 0x20 < c && c < 0x7f && !isHexDigit(c) && c != '"' && c != '+' && c != '\''
}

// decodeUnicode undoes the escapes of U&'...': \1234, \+123456 and the doubled
// escape character. It returns Trino's message where an escape is wrong.
func decodeUnicode(raw string, escape byte) (value, msg string) {
	var b strings.Builder
	for i := 0; i < len(raw); {
		if raw[i] != escape {
			b.WriteByte(raw[i])
			i++
			continue
		}
		i++
		if i >= len(raw) {
			return "", "Incomplete escape sequence: "
		}
		need := 4
		switch {
		case raw[i] == escape:
			b.WriteByte(escape)
			i++
			continue
		case raw[i] == '+':
			need = 6
			i++
		case !isHexDigit(raw[i]):
			r, _ := utf8.DecodeRuneInString(raw[i:])
			return "", "Invalid hexadecimal digit: " + string(r)
		}
		end := i
		for end < len(raw) && end < i+need && isHexDigit(raw[end]) {
			end++
		}
		code := raw[i:end]
		if len(code) < need {
			return "", "Incomplete escape sequence: " + code
		}
		n, err := strconv.ParseUint(code, 16, 32)
		switch {
		case err != nil || n > utf8.MaxRune:
			return "", "Invalid escaped character: " + code
		case 0xd800 <= n && n <= 0xdfff:
			return "", fmt.Sprintf(`Invalid escaped character: %s. Escaped character is a surrogate. Use '\+123456' instead.`, code)
		}
		b.WriteRune(rune(n))
		i = end
	}
	return b.String(), ""
}

// integer takes an unsigned integer token and returns its text.
func (p *parser) integer() string {
	if p.kind() != IntegerNumber {
		p.want("<integer>")
		p.fail()
		return "0"
	}
	text := p.tokenText(p.tok())
	p.next()
	return text
}

// parseInteger reads an integer literal as Trino does: underscores dropped, 0x,
// 0o and 0b prefixes.
func parseInteger(text string) (int64, bool) {
	s := strings.ReplaceAll(text, "_", "")
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	radix := 10
	if len(s) > 2 && s[0] == '0' {
		switch s[1] {
		case 'x', 'X':
			radix = 16
		case 'o', 'O':
			radix = 8
		case 'b', 'B':
			radix = 2
		}
		if radix != 10 {
			s = s[2:]
		}
	}
	n, err := strconv.ParseInt(sign+s, radix, 64)
	return n, err == nil
}

// longLiteral makes the literal of an integer's text, signed or not.
func (p *parser) longLiteral(pos sqlerr.Pos, text string) *LongLiteral {
	n, ok := parseInteger(text)
	p.check(ok, sqlerr.At(0), "Invalid numeric literal: %s", text)
	return &LongLiteral{Base: Base{At: pos}, Value: n, Text: text}
}
