package jsonpath

// The scanner and the parser of paths.

import (
	"fmt"
	"strings"
)

// Error is a path that cannot be read. Offset counts bytes from the path's
// start.
type Error struct {
	Offset int
	Msg    string
}

func (e *Error) Error() string { return e.Msg }

type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokSymbol
	tokWord
	tokVariable // $name
	tokString
	tokInt
	tokDecimal
	tokDouble
)

type token struct {
	kind tokenKind
	text string // of a string unquoted, else as written; of a variable without $
	at   int
	raw  string
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// symbols in the order in which they are tried: longer ones first.
var symbols = []string{
	"..", "==", "<>", "!=", "<=", ">=", "&&", "||",
	"$", "@", ".", "*", "[", "]", "(", ")", "?", ",", "+", "-", "/", "%", "!", "<", ">",
}

// scan cuts a path into tokens.
func scan(s string) ([]token, error) {
	var out []token
	word := func(i int) int {
		for i < len(s) && (isLetter(s[i]) || isDigit(s[i]) || s[i] == '_') {
			i++
		}
		return i
	}
	for i := 0; i < len(s); {
		c := s[i]
		at := i
		add := func(kind tokenKind, end int) {
			out = append(out, token{kind: kind, text: s[at:end], raw: s[at:end], at: at})
			i = end
		}
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		case c == '"':
			end := i + 1
			for {
				n := strings.IndexByte(s[end:], '"')
				if n < 0 {
					return nil, &Error{at, "token recognition error at: '" + s[at:] + "'"}
				}
				end += n + 1
				if end < len(s) && s[end] == '"' {
					end++
					continue
				}
				break
			}
			add(tokString, end)
			t := &out[len(out)-1]
			t.text = strings.ReplaceAll(t.raw[1:len(t.raw)-1], `""`, `"`)
		case isLetter(c) || c == '_':
			add(tokWord, word(i))
		case c == '$' && i+1 < len(s) && (isLetter(s[i+1]) || s[i+1] == '_'):
			add(tokVariable, word(i+1))
			out[len(out)-1].text = out[len(out)-1].raw[1:]
		case isDigit(c) || c == '.' && i+1 < len(s) && isDigit(s[i+1]):
			end, kind := number(s, i)
			add(kind, end)
		default:
			n := 0
			for _, sym := range symbols {
				if strings.HasPrefix(s[i:], sym) {
					n = len(sym)
					break
				}
			}
			if n == 0 {
				return nil, &Error{at, fmt.Sprintf("extraneous input '%s' expecting <EOF>", firstRune(s[at:]))}
			}
			add(tokSymbol, i+n)
		}
	}
	return append(out, token{kind: tokEOF, raw: "<EOF>", at: len(s)}), nil
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

// number reads the longest number that starts at i, so that the point of 1.abs()
// is the number's, as in Trino's lexer.
func number(s string, i int) (end int, kind tokenKind) {
	kind = tokInt
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i < len(s) && s[i] == '.' {
		kind = tokDecimal
		i++
		for i < len(s) && isDigit(s[i]) {
			i++
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		k := i + 1
		if k < len(s) && (s[k] == '+' || s[k] == '-') {
			k++
		}
		if k < len(s) && isDigit(s[k]) {
			for k < len(s) && isDigit(s[k]) {
				k++
			}
			return k, tokDouble
		}
	}
	return i, kind
}

// maxDepth bounds the nesting of a path.
const maxDepth = 500

type parser struct {
	toks  []token
	i     int
	depth int
	// notPredicate are the places of parentheses that are known to hold a path,
	// not a predicate: each is tried once.
	notPredicate map[int]bool
}

// Parse reads a path.
func Parse(s string) (*Path, error) {
	toks, err := scan(s)
	if err != nil {
		return nil, err
	}
	p := &parser{toks: toks, notPredicate: map[int]bool{}}
	mode := p.next()
	if mode.kind != tokWord || mode.text != "lax" && mode.text != "strict" {
		return nil, &Error{mode.at, "mismatched input '" + mode.raw + "' expecting {'lax', 'strict'}"}
	}
	root, err := p.path()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEOF {
		return nil, p.unexpected()
	}
	return &Path{Lax: mode.text == "lax", Root: root}, nil
}

func (p *parser) peek() token { return p.toks[p.i] }

func (p *parser) next() token {
	t := p.toks[p.i]
	if t.kind != tokEOF {
		p.i++
	}
	return t
}

func (p *parser) unexpected() error {
	t := p.peek()
	if t.kind == tokEOF {
		return &Error{t.at, "mismatched input '<EOF>'"}
	}
	return &Error{t.at, "mismatched input '" + t.raw + "'"}
}

// symbol takes a symbol if it is there.
func (p *parser) symbol(s string) bool {
	if t := p.peek(); t.kind == tokSymbol && t.text == s {
		p.i++
		return true
	}
	return false
}

func (p *parser) word(s string) bool {
	if t := p.peek(); t.kind == tokWord && t.text == s {
		p.i++
		return true
	}
	return false
}

func (p *parser) expect(s string) error {
	if !p.symbol(s) {
		t := p.peek()
		return &Error{t.at, "mismatched input '" + t.raw + "' expecting '" + s + "'"}
	}
	return nil
}

func (p *parser) enter() (leave func(), err error) {
	p.depth++
	if p.depth > maxDepth {
		return nil, &Error{p.peek().at, "the JSON path is nested too deeply"}
	}
	return func() { p.depth-- }, nil
}

// path is a path expression: sums of products of signed accessors.
func (p *parser) path() (*Node, error) {
	return p.chain(p.product, map[string]Op{"+": Add, "-": Sub})
}

func (p *parser) product() (*Node, error) {
	return p.chain(p.signed, map[string]Op{"*": Mul, "/": Div, "%": Mod})
}

func (p *parser) chain(operand func() (*Node, error), ops map[string]Op) (*Node, error) {
	left, err := operand()
	if err != nil {
		return nil, err
	}
	for {
		t := p.peek()
		op, ok := ops[t.text]
		if t.kind != tokSymbol || !ok {
			return left, nil
		}
		p.i++
		right, err := operand()
		if err != nil {
			return nil, err
		}
		left = &Node{Op: op, Args: []*Node{left, right}}
	}
}

func (p *parser) signed() (*Node, error) {
	leave, err := p.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	for sign, op := range map[string]Op{"-": Neg, "+": Pos} {
		if t := p.peek(); t.kind != tokSymbol || t.text != sign {
			continue
		}
		p.i++
		if k := p.peek().kind; op == Neg && k >= tokInt {
			p.i-- // -1 is a literal
			break
		}
		x, err := p.signed()
		return &Node{Op: op, Args: []*Node{x}}, err
	}
	return p.accessor()
}

// accessor is a primary with what follows it: members, subscripts, filters,
// methods.
func (p *parser) accessor() (*Node, error) {
	x, err := p.primary()
	if err != nil {
		return nil, err
	}
	for {
		switch {
		case p.symbol(".."):
			t := p.next()
			if t.kind != tokWord && t.kind != tokString {
				p.i--
				return nil, p.unexpected()
			}
			x = &Node{Op: Descend, Args: []*Node{x}, Text: t.text}
		case p.symbol("."):
			if p.symbol("*") {
				x = &Node{Op: Member, Args: []*Node{x}, Flag: true}
				break
			}
			t := p.peek()
			if t.kind != tokWord && t.kind != tokString {
				return nil, p.unexpected()
			}
			p.i++
			if n := p.peek(); t.kind == tokWord && n.kind == tokSymbol && n.text == "(" {
				if x, err = p.method(x, t); err != nil {
					return nil, err
				}
				break
			}
			x = &Node{Op: Member, Args: []*Node{x}, Text: t.text}
		case p.symbol("["):
			if x, err = p.subscripts(x); err != nil {
				return nil, err
			}
		case p.symbol("?"):
			if err := p.expect("("); err != nil {
				return nil, err
			}
			pred, err := p.predicate()
			if err != nil {
				return nil, err
			}
			if err := p.expect(")"); err != nil {
				return nil, err
			}
			x = &Node{Op: Filter, Args: []*Node{x, pred}}
		default:
			return x, nil
		}
	}
}

func (p *parser) method(x *Node, name token) (*Node, error) {
	switch name.text {
	case "type", "size", "double", "ceiling", "floor", "abs", "datetime", "keyvalue":
	default:
		return nil, p.unexpected()
	}
	p.i++ // the parenthesis
	if name.text == "datetime" && p.peek().kind == tokString {
		p.i++
	}
	return &Node{Op: Method, Args: []*Node{x}, Text: name.text}, p.expect(")")
}

func (p *parser) subscripts(x *Node) (*Node, error) {
	n := &Node{Op: Subscript, Args: []*Node{x}}
	if p.symbol("*") {
		return n, p.expect("]")
	}
	for {
		var r Range
		var err error
		if r.From, err = p.path(); err != nil {
			return nil, err
		}
		if p.word("to") {
			if r.To, err = p.path(); err != nil {
				return nil, err
			}
		}
		n.Ranges = append(n.Ranges, r)
		if !p.symbol(",") {
			return n, p.expect("]")
		}
	}
}

func (p *parser) primary() (*Node, error) {
	t := p.next()
	switch t.kind {
	case tokSymbol:
		switch t.text {
		case "$":
			return &Node{Op: Context}, nil
		case "@":
			return &Node{Op: Current}, nil
		case "(":
			leave, err := p.enter()
			if err != nil {
				return nil, err
			}
			defer leave()
			x, err := p.path()
			if err != nil {
				return nil, err
			}
			return x, p.expect(")")
		case "-":
			lit := p.next() // a number: signed has looked
			n, _ := literal(lit)
			n.Text = "-" + n.Text
			return n, nil
		}
	case tokVariable:
		return &Node{Op: Variable, Text: t.text}, nil
	case tokString:
		return &Node{Op: String, Text: t.text}, nil
	case tokInt, tokDecimal, tokDouble:
		n, _ := literal(t)
		return n, nil
	case tokWord:
		switch t.text {
		case "null":
			return &Node{Op: Null}, nil
		case "true", "false":
			return &Node{Op: Bool, Flag: t.text == "true"}, nil
		case "last":
			return &Node{Op: Last}, nil
		}
	}
	if t.kind != tokEOF {
		p.i--
	}
	return nil, p.unexpected()
}

func literal(t token) (*Node, bool) {
	op, ok := map[tokenKind]Op{tokInt: Int, tokDecimal: Decimal, tokDouble: Double}[t.kind]
	return &Node{Op: op, Text: t.text}, ok
}

// predicate is a disjunction of conjunctions.
func (p *parser) predicate() (*Node, error) {
	leave, err := p.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	return p.chain(func() (*Node, error) {
		return p.chain(p.term, map[string]Op{"&&": And})
	}, map[string]Op{"||": Or})
}

func (p *parser) term() (*Node, error) {
	leave, err := p.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	if p.symbol("!") {
		x, unknown, err := p.delimited()
		if err == nil && (x == nil || unknown) {
			err = p.unexpected()
		}
		return &Node{Op: Not, Args: []*Node{x}}, err
	}
	start := p.i
	x, _, err := p.delimited()
	if err != nil || x != nil {
		return x, err
	}
	p.i = start
	left, err := p.path()
	if err != nil {
		return nil, err
	}
	t := p.next()
	if t.kind == tokSymbol {
		if op, ok := map[string]Op{"==": Eq, "<>": Ne, "!=": Ne, "<": Lt, "<=": Le, ">": Gt, ">=": Ge}[t.text]; ok {
			right, err := p.path()
			return &Node{Op: op, Args: []*Node{left, right}}, err
		}
	}
	if t.kind == tokWord && t.text == "starts" && p.word("with") {
		switch w := p.next(); w.kind {
		case tokString:
			return &Node{Op: Starts, Args: []*Node{left, {Op: String, Text: w.text}}}, nil
		case tokVariable:
			return &Node{Op: Starts, Args: []*Node{left, {Op: Variable, Text: w.text}}}, nil
		}
	}
	if t.kind == tokWord && t.text == "like_regex" {
		if w := p.next(); w.kind == tokString {
			if p.word("flag") && p.next().kind != tokString {
				p.i--
				return nil, p.unexpected()
			}
			return &Node{Op: LikeRegex, Args: []*Node{left}, Text: w.text}, nil
		}
	}
	if p.i > 0 && t.kind != tokEOF {
		p.i--
	}
	return nil, p.unexpected()
}

// delimited is exists(path), or a predicate in parentheses, with or without
// "is unknown" behind it. It returns nil where what stands in the parentheses is
// a path.
func (p *parser) delimited() (x *Node, unknown bool, err error) {
	start := p.i
	if t := p.peek(); t.kind == tokWord && t.text == "exists" {
		p.i++
		if !p.symbol("(") {
			p.i = start
			return nil, false, nil
		}
		path, err := p.path()
		if err != nil {
			return nil, false, err
		}
		return &Node{Op: Exists, Args: []*Node{path}}, false, p.expect(")")
	}
	if p.notPredicate[start] || !p.symbol("(") {
		return nil, false, nil
	}
	x, err = p.predicate()
	if err == nil {
		err = p.expect(")")
	}
	if err != nil {
		if p.depth >= maxDepth-1 {
			return nil, false, err
		}
		p.notPredicate[start] = true
		p.i = start
		return nil, false, nil
	}
	if p.word("is") {
		if !p.word("unknown") {
			return nil, false, p.unexpected()
		}
		return &Node{Op: IsUnknown, Args: []*Node{x}}, true, nil
	}
	return x, false, nil
}
