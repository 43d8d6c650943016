package syntax

// This file parses expressions and types by Trino's grammar. Precedence, from
// the weakest: OR, AND, NOT, one predicate (comparison, BETWEEN, IN, LIKE, IS),
// ||, + and -, * / %, sign, AT TIME ZONE, then subscripts and field access.

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// expression parses any expression.
func (p *parser) expression() Expr {
	p.rule("<expression>")
	p.enter()
	defer func() { p.depth-- }()
	start := p.start()
	left := p.andExpr()
	if !p.is("OR") {
		return left
	}
	or := &LogicalExpr{Base: Base{At: start}, Op: Or, Terms: []Expr{left}}
	for p.accept("OR") {
		or.Terms = append(or.Terms, p.andExpr())
	}
	return or
}

// expressions parses a comma-separated list.
func (p *parser) expressions() []Expr {
	list := []Expr{p.expression()}
	for p.accept(",") {
		list = append(list, p.expression())
	}
	return list
}

// start is where the expression at hand begins, also if its first part was
// parsed before.
func (p *parser) start() sqlerr.Pos {
	if p.given != nil {
		return p.givenStart
	}
	return p.here()
}

func (p *parser) andExpr() Expr {
	start := p.start()
	left := p.notExpr()
	if !p.is("AND") {
		return left
	}
	and := &LogicalExpr{Base: Base{At: start}, Op: And, Terms: []Expr{left}}
	for p.accept("AND") {
		and.Terms = append(and.Terms, p.notExpr())
	}
	return and
}

func (p *parser) notExpr() Expr {
	p.rule("<expression>")
	if p.given == nil && p.key() == "NOT" {
		not := &NotExpr{Base: p.base()}
		p.next()
		p.enter()
		not.Expr = p.notExpr()
		p.depth--
		return not
	}
	return p.predicate(p.valueExpr(0))
}

var comparisonOps = map[string]BinaryOp{
	"=": Equal, "<>": NotEqual, "!=": NotEqual,
	"<": LessThan, "<=": LessThanOrEqual, ">": GreaterThan, ">=": GreaterThanOrEqual,
}

// atQueryStart reports whether the token n after the current one begins a query
// that is not in parentheses.
func (p *parser) atQueryStart(n int) bool {
	switch p.peekKey(n) {
	case "SELECT", "VALUES", "WITH":
		return true
	case "TABLE":
		return p.peekKey(n+1) != "("
	}
	return false
}

// predicate parses what may follow a value: at most one predicate.
func (p *parser) predicate(left Expr) Expr {
	p.want("<predicate>")
	base := p.base()
	if op, ok := comparisonOps[p.key()]; ok && p.kind() == Symbol {
		p.next()
		switch k := p.key(); k {
		case "ALL", "ANY", "SOME":
			if p.peekKey(1) == "(" && p.atQueryStart(2) {
				q := &Quantified{Base: base, Op: op, Expr: left}
				switch k {
				case "ANY":
					q.Quantifier = QuantifierAny
				case "SOME":
					q.Quantifier = QuantifierSome
				}
				p.next()
				p.next()
				q.Query = p.query()
				p.expect(")")
				return q
			}
		}
		p.want("ALL")
		p.want("ANY")
		p.want("SOME")
		return &BinaryExpr{Base: base, Op: op, Left: left, Right: p.valueExpr(0)}
	}
	switch p.key() {
	case "IS":
		p.next()
		not := p.accept("NOT")
		if p.accept("NULL") {
			return &IsNull{Base: base, Not: not, Expr: left}
		}
		p.expect("DISTINCT", "FROM")
		return &IsDistinctFrom{Base: base, Not: not, Left: left, Right: p.valueExpr(0)}
	case "NOT", "BETWEEN", "IN", "LIKE":
	default:
		return left
	}
	not := p.accept("NOT")
	switch {
	case p.accept("BETWEEN"):
		b := &Between{Base: base, Not: not, Expr: left}
		b.Min = p.valueExpr(0)
		p.expect("AND")
		b.Max = p.valueExpr(0)
		return b
	case p.accept("IN"):
		return p.in(base, not, left)
	case p.accept("LIKE"):
		l := &Like{Base: base, Not: not, Expr: left}
		l.Pattern = p.valueExpr(0)
		if p.accept("ESCAPE") {
			l.Escape = p.valueExpr(0)
		}
		return l
	}
	p.fail()
	return left
}

func (p *parser) in(base Base, not bool, left Expr) Expr {
	p.expect("(")
	p.want("<query>")
	if p.atQueryStart(0) {
		s := &InSubquery{Base: base, Not: not, Expr: left, Query: p.query()}
		p.expect(")")
		return s
	}
	if p.key() == "(" && !p.lambdaAhead() {
		start := p.here()
		p.open++
		body, e := p.parens()
		p.open--
		if body != nil && p.queryGoesOn(body) {
			s := &InSubquery{Base: base, Not: not, Expr: left, Query: p.queryFrom(body)}
			p.expect(")")
			return s
		}
		if body != nil {
			e = &SubqueryExpr{Base: body.Base, Query: body.Query}
		}
		p.given, p.givenStart = e, start
	}
	list := &InList{Base: base, Not: not, Expr: left, List: p.expressions()}
	p.expect(")")
	return list
}

// Binding powers of the operators of values; AT TIME ZONE binds tightest.
const (
	bindConcat = 1 + iota
	bindAdditive
	bindMultiplicative
	bindSign
	bindZone
)

// valueExpr parses operators that bind at least as tight as min. Operators of
// one power associate to the left.
func (p *parser) valueExpr(min int) Expr {
	p.rule("<expression>")
	left := p.signed()
	for {
		base := p.base()
		k := ""
		if p.kind() == Symbol {
			k = p.key()
		}
		if min <= bindZone {
			p.want("AT")
			if p.key() == "AT" && p.peekKey(1) == "TIME" && p.peekKey(2) == "ZONE" {
				p.next()
				p.next()
				p.next()
				p.link()
				left = &AtTimeZone{Base: base, Expr: left, Zone: p.timeZone()}
				continue
			}
		}
		var op BinaryOp
		var bind int
		if min <= bindMultiplicative {
			p.want("*")
			p.want("/")
			p.want("%")
		}
		if min <= bindAdditive {
			p.want("+")
			p.want("-")
		}
		if min <= bindConcat {
			p.want("||")
		}
		switch k {
		case "*":
			op, bind = Multiply, bindMultiplicative
		case "/":
			op, bind = Divide, bindMultiplicative
		case "%":
			op, bind = Modulus, bindMultiplicative
		case "+":
			op, bind = Add, bindAdditive
		case "-":
			op, bind = Subtract, bindAdditive
		case "||":
			op, bind = Concat, bindConcat
		}
		if bind == 0 || bind < min {
			return left
		}
		p.next()
		p.link()
		left = &BinaryExpr{Base: base, Op: op, Left: left, Right: p.valueExpr(bind + 1)}
	}
}

// signed parses a value with signs before it. A minus before a number belongs
// to the number.
func (p *parser) signed() Expr {
	if p.given != nil {
		return p.primary()
	}
	switch p.key() {
	case "-", "+":
		if p.key() == "-" && p.atNumber(1) {
			return p.primary()
		}
		u := &UnaryExpr{Base: p.base(), Negative: p.key() == "-"}
		p.next()
		p.enter()
		u.Expr = p.valueExpr(bindSign)
		p.depth--
		return u
	}
	return p.primary()
}

func (p *parser) atNumber(n int) bool {
	switch p.peek(n).Kind {
	case IntegerNumber, DecimalNumber, DoubleNumber:
		return true
	}
	return false
}

// timeZone parses what follows AT TIME ZONE: an interval or a string.
func (p *parser) timeZone() Expr {
	if p.intervalAhead() {
		return p.interval()
	}
	p.want("INTERVAL")
	return p.str()
}

// intervalAhead tells INTERVAL '1' DAY from a name and from the typed literal
// INTERVAL '1' of a type of that name.
func (p *parser) intervalAhead() bool {
	if p.key() != "INTERVAL" {
		return false
	}
	n := 1
	if k := p.peekKey(n); k == "+" || k == "-" {
		return isStringKind(p.peek(n + 1).Kind)
	}
	if !isStringKind(p.peek(n).Kind) {
		return false
	}
	n++
	if p.peekKey(n) == "UESCAPE" {
		n += 2
	}
	return intervalFieldOf(p.peekKey(n)) != NoField
}

func intervalFieldOf(word string) IntervalField {
	switch word {
	case "YEAR":
		return Year
	case "MONTH":
		return Month
	case "DAY":
		return Day
	case "HOUR":
		return Hour
	case "MINUTE":
		return Minute
	case "SECOND":
		return Second
	}
	return NoField
}

func (p *parser) intervalField() IntervalField {
	return intervalFieldOf(p.expectOne("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"))
}

func (p *parser) interval() *IntervalLiteral {
	lit := &IntervalLiteral{Base: p.base()}
	p.expect("INTERVAL")
	if p.accept("-") {
		lit.Negative = true
	} else {
		p.accept("+")
	}
	lit.Value = p.str().Value
	lit.From = p.intervalField()
	if p.accept("TO") {
		lit.To = p.intervalField()
	}
	return lit
}

// ---------------------------------------------------------------- primary expressions

// primary parses a primary expression with its subscripts and fields.
func (p *parser) primary() Expr {
	p.rule("<expression>")
	first := p.pos
	start := p.start()
	var e Expr
	if p.given != nil {
		e, p.given = p.given, nil
		first = -2 // began earlier
	} else {
		e = p.simple()
	}
	for p.err == nil {
		if p.key() == "[" {
			p.next()
			p.link()
			p.enter()
			s := &Subscript{Base: Base{At: start}, Expr: e, Index: p.valueExpr(0)}
			p.depth--
			p.expect("]")
			e = s
			continue
		}
		if p.key() == "." {
			if p.isName(p.peek(1)) {
				p.next()
				p.link()
				e = &Dereference{Base: Base{At: start}, Expr: e, Field: p.identifier()}
				if p.open > 0 && isNameChain(e) {
					p.want("(")
				}
				continue
			}
			if first == p.itemFirst && p.peekKey(1) == "*" {
				p.itemDot = true // selectItem takes .*
				return e
			}
			if first == p.itemFirst || p.open > 0 || first == p.callFirst {
				p.next()
				if first == p.itemFirst || first == p.callFirst {
					p.want("*")
				}
				p.want("<identifier>")
				p.fail()
				return e
			}
			// Elsewhere Trino's parser takes the expression as ended before
			// the dot, and explains what else could have followed.
			return e
		}
		p.want("[")
		p.want(".")
		return e
	}
	return e
}

func isNameChain(e Expr) bool {
	for {
		d, ok := e.(*Dereference)
		if !ok {
			_, ok := e.(*Identifier)
			return ok
		}
		e = d.Expr
	}
}

// simple parses a primary expression without what may follow it.
func (p *parser) simple() Expr {
	t := p.tok()
	base := p.base()
	switch t.Kind {
	case String, UnicodeString:
		return p.str()
	case BinaryString:
		return p.binaryLiteral()
	case IntegerNumber, DecimalNumber, DoubleNumber:
		return p.numberLiteral()
	case Symbol:
		switch t.Key {
		case "-":
			if p.atNumber(1) {
				return p.numberLiteral()
			}
		case "(":
			if p.lambdaAhead() {
				return p.lambda()
			}
			body, e := p.parens()
			if body != nil {
				return &SubqueryExpr{Base: body.Base, Query: body.Query}
			}
			return e
		case "?":
			p.next()
			p.params++
			return &Parameter{Base: base, Index: p.params - 1}
		}
	case Word:
		if trinoWords[t.Key] {
			return p.reservedWord(base, t.Key)
		}
		if e := p.specialForm(base, t.Key); e != nil {
			return e
		}
		return p.named(base)
	case QuotedWord, BackquotedWord, DigitWord:
		return p.named(base)
	}
	p.fail()
	return &NullLiteral{Base: base}
}

func (p *parser) numberLiteral() Expr {
	base := p.base()
	sign := ""
	if p.key() == "-" {
		sign = "-"
		p.next()
	}
	t := p.tok()
	text := sign + p.tokenText(t)
	p.next()
	switch t.Kind {
	case IntegerNumber:
		return p.longLiteral(base.At, text)
	case DecimalNumber:
		return &DecimalLiteral{Base: base, Text: text}
	}
	// Beyond the range of a double the value is infinite, as in Java.
	value, _ := strconv.ParseFloat(text, 64)
	return &DoubleLiteral{Base: base, Value: value, Text: text}
}

func (p *parser) binaryLiteral() Expr {
	lit := &BinaryLiteral{Base: p.base()}
	text := p.tokenText(p.tok())
	p.next()
	digits := strings.Join(strings.Fields(text[2:len(text)-1]), "")
	for i := 0; i < len(digits); i++ {
		if !isHexDigit(digits[i]) {
			p.check(false, lit.At, "Binary literal can only contain hexadecimal digits")
			return lit
		}
	}
	value, err := hex.DecodeString(digits)
	p.check(err == nil, lit.At, "Binary literal must contain an even number of digits")
	lit.Value = value
	return lit
}

// lambdaAhead reports whether the parenthesis at hand opens a lambda's
// parameters: () -> or (a, b) ->.
func (p *parser) lambdaAhead() bool {
	n := 1
	if p.peekKey(n) != ")" {
		for {
			if !p.isName(p.peek(n)) {
				return false
			}
			n++
			if p.peekKey(n) == ")" {
				break
			}
			if p.peekKey(n) != "," {
				return false
			}
			n++
		}
	}
	return p.peekKey(n+1) == "->"
}

func (p *parser) lambda() Expr {
	l := &Lambda{Base: p.base()}
	if p.accept("(") {
		if !p.accept(")") {
			l.Params = p.identifiers()
			p.expect(")")
		}
	} else {
		l.Params = []*Identifier{p.identifier()}
	}
	p.expect("->")
	l.Body = p.expression()
	return l
}

// parens parses from "(" to its ")". What is inside may be a query, which may
// turn out to be the first part of a larger query or of an expression: then
// the caller decides, and gets it as a body. Otherwise the result is an
// expression: the inside of the parentheses, or a row.
func (p *parser) parens() (*TableSubquery, Expr) {
	p.enter()
	p.open++
	defer func() { p.depth--; p.open-- }()
	base := p.base()
	p.expect("(")
	p.want("<query>")
	p.want("<identifier>")
	p.want(")")
	if p.atQueryStart(0) {
		p.open--
		body := &TableSubquery{Base: base, Query: p.query()}
		p.open++
		p.expect(")")
		return body, nil
	}
	if p.key() == "(" && !p.lambdaAhead() {
		start := p.here()
		body, e := p.parens()
		if body != nil {
			if p.queryGoesOn(body) || p.key() == ")" && body.Query.With == nil {
				q := p.queryFrom(body)
				p.expect(")")
				return &TableSubquery{Base: base, Query: q}, nil
			}
			e = &SubqueryExpr{Base: body.Base, Query: body.Query}
		}
		p.given, p.givenStart = e, start
	}
	first := p.expression()
	if !p.is(",") {
		p.expect(")")
		return nil, first
	}
	row := &RowExpr{Base: base, Items: []Expr{first}}
	for p.accept(",") {
		row.Items = append(row.Items, p.expression())
	}
	p.expect(")")
	return nil, row
}

// queryGoesOn reports whether a query in parentheses is the first part of a
// larger query.
func (p *parser) queryGoesOn(body *TableSubquery) bool {
	if body.Query.With != nil {
		return false
	}
	switch p.key() {
	case "UNION", "INTERSECT", "EXCEPT", "ORDER", "OFFSET", "LIMIT", "FETCH":
		return true
	}
	return false
}

// queryFrom parses the rest of the query that begins with body.
func (p *parser) queryFrom(body *TableSubquery) *Query {
	p.givenBody = body
	return p.queryNoWith(body.At)
}

// reservedWord parses a primary expression that begins with a reserved word.
func (p *parser) reservedWord(base Base, word string) Expr {
	switch word {
	case "NULL":
		p.next()
		return &NullLiteral{Base: base}
	case "TRUE", "FALSE":
		p.next()
		return &BooleanLiteral{Base: base, Value: word == "TRUE"}
	case "CASE":
		return p.caseExpr(base)
	case "CAST":
		return p.cast(base, false)
	case "EXISTS":
		p.next()
		p.expect("(")
		e := &Exists{Base: base, Query: p.query()}
		p.expect(")")
		return e
	case "CURRENT_DATE":
		return p.current(base, CurrentDate, false)
	case "CURRENT_TIME":
		return p.current(base, CurrentTime, true)
	case "CURRENT_TIMESTAMP":
		return p.current(base, CurrentTimestamp, true)
	case "LOCALTIME":
		return p.current(base, LocalTime, true)
	case "LOCALTIMESTAMP":
		return p.current(base, LocalTimestamp, true)
	case "CURRENT_USER":
		return p.current(base, CurrentUser, false)
	case "CURRENT_CATALOG":
		return p.current(base, CurrentCatalog, false)
	case "CURRENT_SCHEMA":
		return p.current(base, CurrentSchema, false)
	case "CURRENT_PATH":
		return p.current(base, CurrentPath, false)
	case "TRIM":
		return p.trim(base)
	case "EXTRACT":
		return p.extract(base)
	case "NORMALIZE":
		return p.normalize(base)
	case "GROUPING":
		return p.grouping(base)
	case "LISTAGG":
		return p.listAgg(base)
	case "JSON_EXISTS":
		return p.jsonExists(base)
	case "JSON_VALUE":
		return p.jsonValue(base)
	case "JSON_QUERY":
		return p.jsonQuery(base)
	case "JSON_OBJECT":
		return p.jsonObject(base)
	case "JSON_ARRAY":
		return p.jsonArray(base)
	}
	p.fail()
	return &NullLiteral{Base: base}
}

// specialForm parses the forms that begin with a word that may also be a name.
// It returns nil where the word is one.
func (p *parser) specialForm(base Base, word string) Expr {
	switch word {
	case "INTERVAL":
		if p.intervalAhead() {
			return p.interval()
		}
	case "DOUBLE":
		if p.peekKey(1) == "PRECISION" && isStringKind(p.peek(2).Kind) {
			p.next()
			p.next()
			return &GenericLiteral{Base: base, Type: "DOUBLE", Value: p.str().Value}
		}
	case "ARRAY":
		if p.peekKey(1) == "[" {
			p.next()
			p.next()
			a := &ArrayExpr{Base: base}
			if !p.accept("]") {
				a.Items = p.expressions()
				p.expect("]")
			}
			return a
		}
	case "ROW":
		if p.peekKey(1) == "(" && p.peekKey(2) != ")" {
			return p.row(base)
		}
	case "TRY_CAST":
		if p.peekKey(1) == "(" {
			return p.cast(base, true)
		}
	}
	return nil
}

func (p *parser) row(base Base) Expr {
	p.next()
	p.next()
	p.open++
	defer func() { p.open-- }()
	p.want("*")
	p.want("ALL")
	p.want("DISTINCT")
	p.want("ORDER")
	r := &RowExpr{Base: base, Items: p.expressions()}
	p.want("ORDER")
	p.expect(")")
	return r
}

func (p *parser) current(base Base, kind CurrentKind, precision bool) Expr {
	p.next()
	c := &Current{Base: base, Kind: kind, Precision: -1}
	if precision && p.accept("(") {
		text := p.integer()
		n, ok := parseInteger(text)
		p.check(ok && n <= 1<<31-1, sqlerr.At(0), "Invalid numeric literal: %s", text)
		c.Precision = int(n)
		p.expect(")")
	}
	return c
}

func (p *parser) caseExpr(base Base) Expr {
	p.next()
	c := &Case{Base: base}
	if !p.is("WHEN") {
		c.Operand = p.expression()
		if !p.is("WHEN") {
			p.fail()
		}
	}
	for p.key() == "WHEN" {
		w := &When{Base: p.base()}
		p.next()
		w.Condition = p.expression()
		p.expect("THEN")
		w.Result = p.expression()
		c.Whens = append(c.Whens, w)
		p.want("WHEN")
	}
	if p.accept("ELSE") {
		c.Else = p.expression()
	}
	p.expect("END")
	return c
}

func (p *parser) cast(base Base, try bool) Expr {
	p.next()
	p.expect("(")
	c := &Cast{Base: base, Try: try, Expr: p.expression()}
	p.expect("AS")
	c.Type = p.dataType()
	p.expect(")")
	return c
}

// call makes the call of a function that the grammar names itself.
func call(base Base, name string, args ...Expr) *FunctionCall {
	id := &Identifier{Base: base, Value: name}
	return &FunctionCall{Base: base, Name: &QualifiedName{Base: base, Parts: []*Identifier{id}}, Args: args}
}

// worded parses the rest of POSITION (a IN b) and SUBSTRING (a FROM b [FOR c])
// after their first value. Where a comma follows they are ordinary calls; then
// the value becomes the call's first argument and the result is nil.
func (p *parser) worded(c *FunctionCall) *FunctionCall {
	name := p.tokenText(&p.tokens[p.pos-2])
	position := strings.EqualFold(name, "POSITION")
	if len(c.Name.Parts) != 1 || c.Name.Parts[0].Quoted || !position && !strings.EqualFold(name, "SUBSTRING") || p.key() == "NOT" {
		return nil
	}
	start := p.here()
	p.open++
	first := p.valueExpr(0)
	p.open--
	switch {
	case position && p.accept("IN"):
		c = call(c.Base, "strpos", p.valueExpr(0), first)
	case !position && p.accept("FROM"):
		c = call(c.Base, "substr", first, p.valueExpr(0))
		if p.accept("FOR") {
			c.Args = append(c.Args, p.valueExpr(0))
		}
	default:
		p.given, p.givenStart = first, start
		return nil
	}
	p.expect(")")
	return c
}

func (p *parser) trim(base Base) Expr {
	p.next()
	p.expect("(")
	t := &Trim{Base: base}
	specified := true
	switch {
	case p.accept("BOTH"):
	case p.accept("LEADING"):
		t.Spec = TrimLeading
	case p.accept("TRAILING"):
		t.Spec = TrimTrailing
	default:
		specified = false
	}
	if p.accept("FROM") {
		p.check(specified, base.At, "The 'trim' function must have specification, char or both arguments when it takes FROM")
		t.Source = p.valueExpr(0)
		p.expect(")")
		return t
	}
	p.open++
	first := p.valueExpr(0)
	p.open--
	switch {
	case p.accept("FROM"):
		t.Char = first
		t.Source = p.valueExpr(0)
	case specified:
		p.fail()
	default:
		t.Source = first
		if p.accept(",") {
			t.Char = p.valueExpr(0)
		}
	}
	p.expect(")")
	return t
}

var extractFields = map[string]bool{
	"YEAR": true, "QUARTER": true, "MONTH": true, "WEEK": true, "DAY": true, "DAY_OF_MONTH": true,
	"DAY_OF_WEEK": true, "DOW": true, "DAY_OF_YEAR": true, "DOY": true, "YEAR_OF_WEEK": true, "YOW": true,
	"HOUR": true, "MINUTE": true, "SECOND": true, "TIMEZONE_MINUTE": true, "TIMEZONE_HOUR": true,
}

func (p *parser) extract(base Base) Expr {
	p.next()
	p.expect("(")
	text := p.tokenText(p.tok())
	p.identifier()
	e := &Extract{Base: base, Field: strings.ToUpper(text)}
	p.check(extractFields[e.Field], base.At, "Invalid EXTRACT field: %s", text)
	p.expect("FROM")
	e.Expr = p.valueExpr(0)
	p.expect(")")
	return e
}

func (p *parser) normalize(base Base) Expr {
	p.next()
	p.expect("(")
	text := p.valueExpr(0)
	form := "NFC"
	formBase := base
	if p.accept(",") {
		formBase = p.base()
		form = p.expectOne("NFD", "NFC", "NFKD", "NFKC")
	}
	p.expect(")")
	c := call(base, "normalize", text, &StringLiteral{Base: formBase, Value: form})
	c.Name.Parts[0].Quoted = true // the bare word is the construct
	return c
}

func (p *parser) grouping(base Base) Expr {
	p.next()
	p.expect("(")
	g := &GroupingOperation{Base: base}
	if p.accept(")") {
		return g
	}
	g.Columns = append(g.Columns, nameExpr(p.qualifiedName()))
	for p.accept(",") {
		g.Columns = append(g.Columns, nameExpr(p.qualifiedName()))
	}
	p.expect(")")
	return g
}

// nameExpr is a dotted name as an expression.
func nameExpr(q *QualifiedName) Expr {
	var e Expr = q.Parts[0]
	for _, part := range q.Parts[1:] {
		e = &Dereference{Base: q.Base, Expr: e, Field: part}
	}
	return e
}

func (p *parser) listAgg(base Base) Expr {
	c := call(base, p.tokenText(p.tok()))
	p.next()
	p.expect("(")
	c.Distinct = p.setQuantifier()
	c.Args = []Expr{p.expression()}
	if p.accept(",") {
		c.Args = append(c.Args, p.str())
	}
	if p.accept("ON") {
		p.expect("OVERFLOW")
		o := &ListAggOverflow{Base: p.base()}
		if p.expectOne("ERROR", "TRUNCATE") == "TRUNCATE" {
			o.Truncate = true
			if p.atString() {
				o.Filler = p.str()
			}
			o.WithCount = p.expectOne("WITH", "WITHOUT") == "WITH"
			p.expect("COUNT")
		}
		c.Overflow = o
	}
	p.expect(")")
	p.expect("WITHIN", "GROUP", "(")
	c.WithinGroup = p.orderBy()
	if c.WithinGroup == nil {
		p.fail()
	}
	p.expect(")")
	c.Filter = p.filter()
	return c
}

// setQuantifier takes DISTINCT or ALL and reports DISTINCT. ALL may also be a
// name, which the next token tells.
func (p *parser) setQuantifier() bool {
	if p.accept("DISTINCT") {
		return true
	}
	if p.is("ALL") && (p.canStart(p.peek(1)) || p.peekKey(1) == "*") {
		p.next()
	}
	return false
}

// canStart reports whether t can begin an expression.
func (p *parser) canStart(t *Token) bool {
	switch t.Kind {
	case EOF, Unknown, Comment:
		return false
	case Symbol:
		switch t.Key {
		case "(", "-", "+", "?":
			return true
		}
		return false
	case Word:
		if !trinoWords[t.Key] {
			return true
		}
		switch t.Key {
		case "NULL", "TRUE", "FALSE", "NOT", "CASE", "CAST", "EXISTS", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP",
			"LOCALTIME", "LOCALTIMESTAMP", "CURRENT_USER", "CURRENT_CATALOG", "CURRENT_SCHEMA", "CURRENT_PATH", "TRIM", "EXTRACT",
			"NORMALIZE", "GROUPING", "LISTAGG", "JSON_EXISTS", "JSON_VALUE", "JSON_QUERY", "JSON_OBJECT", "JSON_ARRAY":
			return true
		}
		return false
	}
	return true
}

// named parses what begins with a name: a typed literal, a lambda, a measure, a
// call or a column.
func (p *parser) named(base Base) Expr {
	next := p.peek(1)
	switch {
	case isStringKind(next.Kind):
		typ := p.tokenText(p.tok())
		if p.kind() != Word {
			typ = p.identifier().Value
		} else {
			p.next()
		}
		p.check(!strings.EqualFold(typ, "X"), base.At, "Spaces are not allowed between 'X' and the starting quote of a hex literal")
		return &GenericLiteral{Base: base, Type: typ, Value: p.str().Value}
	case next.Key == "->" && next.Kind == Symbol:
		return p.lambda()
	case next.Key == "OVER" && (p.peekKey(2) == "(" || p.isName(p.peek(2))):
		w := &WindowOperation{Base: base, Name: p.identifier()}
		w.Over = p.over()
		return w
	}
	if k := p.key(); (k == "RUNNING" || k == "FINAL") && p.callAhead(1) {
		p.next()
		c := p.functionCall(base)
		c.Processing = k
		return c
	}
	if p.callAhead(0) {
		return p.functionCall(base)
	}
	ambiguous := p.open > 0 || p.pos == p.callFirst
	double := p.key() == "DOUBLE"
	id := p.identifier()
	if ambiguous {
		p.want("(")
		p.want("->")
		p.want("OVER")
		p.want("<string>")
		if double {
			p.want("PRECISION")
		}
	}
	return id
}

// callAhead reports whether the token n after the current one begins a dotted
// name with a parenthesis after it.
func (p *parser) callAhead(n int) bool {
	for p.isName(p.peek(n)) {
		switch p.peekKey(n + 1) {
		case "(":
			return true
		case ".":
			n += 2
		default:
			return false
		}
	}
	return false
}

func (p *parser) functionCall(base Base) *FunctionCall {
	c := &FunctionCall{Base: base, Name: p.qualifiedName()}
	p.enter()
	defer func() { p.depth-- }()
	p.expect("(")
	outer := p.callFirst
	switch {
	case p.accept("*"):
		c.Star = true
	case p.isName(p.tok()) && p.peekKey(1) == "." && p.peekKey(2) == "*" && p.peekKey(3) == ")":
		c.Star = true
		c.StarLabel = p.identifier()
		p.next()
		p.next()
	case p.is(")") || p.is("ORDER"):
		c.OrderBy = p.orderBy()
	default:
		quantified := p.pos
		c.Distinct = p.setQuantifier()
		if p.pos == quantified {
			p.callFirst = p.pos
			if w := p.worded(c); w != nil {
				p.callFirst = outer
				return w
			}
		}
		c.Args = []Expr{p.expression()}
		p.callFirst = outer
		for p.accept(",") {
			c.Args = append(c.Args, p.expression())
		}
		c.OrderBy = p.orderBy()
	}
	p.callFirst = outer
	p.expect(")")
	c.Filter = p.filter()
	if !c.Star {
		p.want("IGNORE")
		p.want("RESPECT")
		if k := p.key(); (k == "IGNORE" || k == "RESPECT") && p.peekKey(1) == "NULLS" {
			c.NullTreatment = IgnoreNulls
			if k == "RESPECT" {
				c.NullTreatment = RespectNulls
			}
			p.next()
			p.next()
			if p.key() != "OVER" {
				p.want("OVER")
				p.fail()
			}
		}
	}
	p.want("OVER")
	// Without a null treatment in front, OVER may also be an alias.
	if p.key() == "OVER" && (c.NullTreatment != NullTreatmentNone || p.peekKey(1) == "(" || p.isName(p.peek(1))) {
		c.Over = p.over()
	}
	p.checkCall(c)
	return c
}

// checkCall checks the functions that are syntax in Trino.
func (p *parser) checkCall(c *FunctionCall) {
	if len(c.Name.Parts) != 1 {
		return
	}
	name := strings.ToLower(c.Name.Parts[0].Value)
	n := len(c.Args)
	switch name {
	case "if":
		p.check(n == 2 || n == 3, c.At, "Invalid number of arguments for 'if' function")
	case "nullif":
		p.check(n == 2, c.At, "Invalid number of arguments for 'nullif' function")
	case "coalesce", "format":
		p.check(n >= 2, c.At, "The '%s' function must have at least two arguments", name)
	case "try":
		p.check(n == 1, c.At, "The 'try' function must have exactly one argument")
	default:
		return
	}
	p.check(c.Over == nil, c.At, "OVER clause not valid for '%s' function", name)
	p.check(!c.Distinct, c.At, "DISTINCT not valid for '%s' function", name)
	p.check(c.NullTreatment == NullTreatmentNone, c.At, "Null treatment clause not valid for '%s' function", name)
	p.check(c.Processing == "", c.At, "Running or final semantics not valid for '%s' function", name)
	p.check(c.Filter == nil, c.At, "FILTER not valid for '%s' function", name)
}

// filter parses FILTER (WHERE ...), or returns nil.
func (p *parser) filter() Expr {
	p.want("FILTER")
	if p.key() != "FILTER" || p.peekKey(1) != "(" {
		return nil
	}
	p.next()
	p.next()
	p.expect("WHERE")
	e := p.expression()
	p.expect(")")
	return e
}

// over parses OVER name or OVER (specification).
func (p *parser) over() Window {
	p.expect("OVER")
	if p.is("(") {
		p.next()
		s := p.windowSpec()
		p.expect(")")
		return s
	}
	return &WindowRef{Base: p.base(), Name: p.identifier()}
}

// ---------------------------------------------------------------- types

func (p *parser) dataType() DataType {
	p.rule("<type>")
	p.enter()
	defer func() { p.depth-- }()
	t := p.simpleType()
	for p.key() == "ARRAY" || p.err == nil && p.is("ARRAY") {
		base := p.base()
		name := &Identifier{Base: base, Value: p.tokenText(p.tok())}
		p.next()
		p.link()
		if p.accept("[") {
			p.integer()
			p.expect("]")
		}
		t = &GenericType{Base: Base{At: t.Pos()}, Name: name, Params: []TypeParam{{Base: Base{At: t.Pos()}, Type: t}}}
	}
	return t
}

func (p *parser) simpleType() DataType {
	base := p.base()
	switch k := p.key(); {
	case k == "ROW" && p.peekKey(1) == "(":
		p.next()
		p.next()
		r := &RowType{Base: base}
		for {
			r.Fields = append(r.Fields, p.rowField())
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
		return r
	case k == "INTERVAL" && intervalFieldOf(p.peekKey(1)) != NoField:
		p.next()
		t := &IntervalType{Base: base, From: p.intervalField()}
		if p.accept("TO") {
			t.To = p.intervalField()
		}
		return t
	case k == "TIME" || k == "TIMESTAMP":
		p.next()
		t := &DateTimeType{Base: base, Timestamp: k == "TIMESTAMP"}
		if p.accept("(") {
			param := p.typeParam()
			t.Precision = &param
			p.expect(")")
		}
		switch {
		case p.key() == "WITHOUT" && p.peekKey(1) == "TIME" && p.peekKey(2) == "ZONE":
			p.next()
			p.next()
			p.next()
		case p.key() == "WITH" && p.peekKey(1) == "TIME":
			t.WithTimeZone = true
			p.next()
			p.next()
			p.expect("ZONE")
		default:
			p.want("WITH")
			p.want("WITHOUT")
		}
		return t
	case k == "DOUBLE" && p.peekKey(1) == "PRECISION":
		id := p.identifier()
		p.next()
		return &GenericType{Base: base, Name: id}
	case (k == "ARRAY" || k == "MAP") && p.peekKey(1) == "<":
		t := &GenericType{Base: base, Name: p.identifier()}
		p.next()
		t.Params = append(t.Params, TypeParam{Base: p.base(), Type: p.dataType()})
		if k == "MAP" {
			p.expect(",")
			t.Params = append(t.Params, TypeParam{Base: p.base(), Type: p.dataType()})
		}
		p.expect(">")
		return t
	}
	if !p.isName(p.tok()) {
		p.fail()
		return &GenericType{Base: base, Name: &Identifier{Base: base}}
	}
	legacy := p.key() == "ARRAY" || p.key() == "MAP"
	t := &GenericType{Base: base, Name: p.identifier()}
	if legacy {
		p.want("<")
	}
	if p.accept("(") {
		for {
			t.Params = append(t.Params, p.typeParam())
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	}
	return t
}

func (p *parser) typeParam() TypeParam {
	base := p.base()
	if p.kind() == IntegerNumber {
		return TypeParam{Base: base, Number: p.integer()}
	}
	p.want("<integer>")
	return TypeParam{Base: base, Type: p.dataType()}
}

// rowField parses [name] type. A name is there where two names follow each
// other, unless the two are one type, such as bigint ARRAY.
func (p *parser) rowField() *RowField {
	f := &RowField{Base: p.base()}
	p.want("<identifier>")
	if p.isName(p.tok()) && p.fieldNamed() {
		f.Name = p.identifier()
	}
	f.Type = p.dataType()
	return f
}

func (p *parser) fieldNamed() bool {
	if !p.isName(p.peek(1)) {
		return false
	}
	k, after := p.peekKey(1), p.peekKey(2)
	switch {
	case k == "ARRAY":
		return after == "(" || after == "<"
	case k == "PRECISION" && p.key() == "DOUBLE":
		return false
	case k == "WITHOUT" && (p.key() == "TIME" || p.key() == "TIMESTAMP"):
		return after != "TIME"
	case p.key() == "INTERVAL" && intervalFieldOf(k) != NoField:
		return false
	}
	return true
}
