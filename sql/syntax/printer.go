package syntax

// This file prints trees back to SQL. Format gives one line of canonical SQL
// that parses to an equal tree. FormatExpr gives the text that Trino's
// ExpressionFormatter gives, which stands in messages such as "'(a + b)' must
// be an aggregate expression or appear in GROUP BY clause".

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Format prints a node as SQL, with no more parentheses than needed.
func Format(n Node) string {
	p := &printer{}
	p.node(n)
	return p.b.String()
}

// FormatExpr prints an expression as Trino's messages do: operators in
// parentheses, constants in lower case, subqueries laid out as Layout does.
func FormatExpr(e Expr) string {
	p := &printer{message: true}
	p.expr(e, levelAny)
	return p.b.String()
}

type printer struct {
	b       strings.Builder
	message bool // as in Trino's messages
	hive    bool // Hive's quotes
	nested  bool // inside EXPLAIN or PREPARE, where all is Trino's grammar
}

// Levels of expressions, from the weakest binding; see expr.go.
const (
	levelAny = iota
	levelOr
	levelAnd
	levelNot
	levelPredicate
	levelConcat
	levelAdd
	levelMultiply
	levelSign
	levelZone
	levelPrimary
)

const levelValue = levelConcat // where the grammar wants a valueExpression

func (p *printer) s(parts ...string) {
	for _, s := range parts {
		p.b.WriteString(s)
	}
}

// quoteString quotes a string in the statement's dialect.
func (p *printer) quoteString(s string) string {
	if p.message && strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return unicodeString(s)
	}
	if !p.hive {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('\'')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\'':
			b.WriteString(`\'`)
		case '\\':
			if i+1 < len(s) && (s[i+1] == '%' || s[i+1] == '_') {
				b.WriteByte(c) // \% reads as itself
			} else {
				b.WriteString(`\\`)
			}
		case 0:
			b.WriteString(`\0`)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// unicodeString quotes a string in ASCII, as ExpressionFormatter does.
func unicodeString(s string) string {
	var b strings.Builder
	b.WriteString("U&'")
	for _, r := range s {
		switch {
		case r == '\'' || r == '\\':
			b.WriteRune(r)
			b.WriteRune(r)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\%04X`, r)
		default:
			fmt.Fprintf(&b, `\+%06X`, r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// clashes are words that may be names and yet begin a construct where an
// expression may stand.
var clashes = map[string]bool{
	"ALL": true, "ARRAY": true, "CURRENT": true, "DEFAULT": true, "INTERVAL": true, "KEY": true, "RETURNING": true, "UNBOUNDED": true,
	"DESCRIPTOR": true, "LOCAL": true, "ROW": true, "RUNNING": true, "FINAL": true, "TRY_CAST": true, "POSITION": true, "SUBSTRING": true,
	"LEADING": true, "TRAILING": true, "BOTH": true, "DOUBLE": true,
}

func plainWord(s string) bool {
	if s == "" || !isLetter(s[0]) && s[0] != '_' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isWordPart(s[i]) {
			return false
		}
	}
	return true
}

// id prints a name, quoted where it was or must be.
func (p *printer) id(id *Identifier) {
	if p.hive {
		if id.Quoted || !plainWord(id.Value) || id.Value[0] == '_' || hiveReserved[strings.ToUpper(id.Value)] {
			p.s("`", strings.ReplaceAll(id.Value, "`", "``"), "`")
			return
		}
		p.s(id.Value)
		return
	}
	upper := strings.ToUpper(id.Value)
	if id.Quoted || !plainWord(id.Value) || trinoWords[upper] || !p.message && clashes[upper] {
		p.s(`"`, strings.ReplaceAll(id.Value, `"`, `""`), `"`)
		return
	}
	p.s(id.Value)
}

// windowName prints a window's name, which any word could be mistaken for a
// clause.
func (p *printer) windowName(id *Identifier) {
	if p.message {
		p.id(id)
		return
	}
	q := *id
	if _, ok := trinoWords[strings.ToUpper(id.Value)]; ok {
		q.Quoted = true
	}
	p.id(&q)
}

func (p *printer) ids(list []*Identifier) {
	for i, id := range list {
		if i > 0 {
			p.s(", ")
		}
		p.id(id)
	}
}

func (p *printer) aliases(list []*Identifier) {
	if list != nil {
		p.s(" (")
		p.ids(list)
		p.s(")")
	}
}

func (p *printer) name(q *QualifiedName) {
	for i, id := range q.Parts {
		if i > 0 {
			p.s(".")
		}
		p.id(id)
	}
}

func (p *printer) str(s *StringLiteral) { p.s(p.quoteString(s.Value)) }

func (p *printer) node(n Node) {
	switch n := n.(type) {
	case Statement:
		p.statement(n)
	case Expr:
		p.expr(n, levelAny)
	case *Query:
		p.query(n)
	case DataType:
		p.dataType(n)
	case *HiveType:
		p.hive = true
		p.hiveType(n)
	case *RowPattern:
		p.pattern(n, 0)
	case Relation:
		p.relation(n)
	case QueryBody:
		p.body(n)
	case *QualifiedName:
		p.name(n)
	case *SortItem:
		p.sortItem(n)
	case *OrderBy:
		p.orderBy(n)
	case *WindowSpec:
		p.windowSpec(n)
	default:
		panic(fmt.Sprintf("BUG: Format of %T", n))
	}
}

// ---------------------------------------------------------------- expressions

func levelOf(e Expr) int {
	switch e := e.(type) {
	case *Lambda:
		return levelAny
	case *LogicalExpr:
		if e.Op == Or {
			return levelOr
		}
		return levelAnd
	case *NotExpr:
		return levelNot
	case *Between, *InList, *InSubquery, *Like, *IsNull, *IsDistinctFrom, *Quantified:
		return levelPredicate
	case *BinaryExpr:
		switch e.Op {
		case Add, Subtract:
			return levelAdd
		case Multiply, Divide, Modulus:
			return levelMultiply
		case Concat:
			return levelConcat
		}
		return levelPredicate
	case *UnaryExpr:
		return levelSign
	case *AtTimeZone:
		return levelZone
	}
	return levelPrimary
}

// expr prints e, in parentheses where it binds weaker than min.
func (p *printer) expr(e Expr, min int) {
	if p.message {
		p.messageExpr(e)
		return
	}
	if level := levelOf(e); level < min {
		p.s("(")
		p.bare(e)
		p.s(")")
		return
	}
	p.bare(e)
}

func (p *printer) exprs(list []Expr) {
	for i, e := range list {
		if i > 0 {
			p.s(", ")
		}
		p.expr(e, levelAny)
	}
}

func not(b bool) string {
	if b {
		return "NOT "
	}
	return ""
}

// bare prints e without parentheses around it.
func (p *printer) bare(e Expr) {
	switch e := e.(type) {
	case *LogicalExpr:
		for i, t := range e.Terms {
			if i > 0 {
				p.s(" ", e.Op.String(), " ")
			}
			if e.Op == Or {
				p.expr(t, levelAnd)
			} else {
				p.expr(t, levelNot)
			}
		}
	case *NotExpr:
		p.s("NOT ")
		p.expr(e.Expr, levelNot)
	case *BinaryExpr:
		left, right := levelValue, levelValue
		if !e.Op.IsComparison() {
			left = levelOf(e)
			right = left + 1
		}
		p.expr(e.Left, left)
		p.s(" ", e.Op.String(), " ")
		p.expr(e.Right, right)
	case *IsDistinctFrom:
		p.expr(e.Left, levelValue)
		p.s(" IS ", not(e.Not), "DISTINCT FROM ")
		p.expr(e.Right, levelValue)
	case *Between:
		p.expr(e.Expr, levelValue)
		p.s(" ", not(e.Not), "BETWEEN ")
		p.expr(e.Min, levelValue)
		p.s(" AND ")
		p.expr(e.Max, levelValue)
	case *InList:
		p.expr(e.Expr, levelValue)
		p.s(" ", not(e.Not), "IN (")
		p.exprs(e.List)
		p.s(")")
	case *InSubquery:
		p.expr(e.Expr, levelValue)
		p.s(" ", not(e.Not), "IN (")
		p.query(e.Query)
		p.s(")")
	case *Like:
		p.expr(e.Expr, levelValue)
		p.s(" ", not(e.Not), "LIKE ")
		p.expr(e.Pattern, levelValue)
		if e.Escape != nil {
			p.s(" ESCAPE ")
			p.expr(e.Escape, levelValue)
		}
	case *IsNull:
		p.expr(e.Expr, levelValue)
		p.s(" IS ", not(e.Not), "NULL")
	case *Quantified:
		p.expr(e.Expr, levelValue)
		p.s(" ", e.Op.String(), " ", e.Quantifier.String(), " (")
		p.query(e.Query)
		p.s(")")
	case *UnaryExpr:
		p.s([...]string{"+", "-"}[btoi(e.Negative)])
		inner := &printer{}
		inner.expr(e.Expr, levelSign)
		text := inner.b.String()
		// A minus before a number would become the number's, and two of them
		// a comment.
		if c := text[0]; c == '-' || c == '+' || c == '.' || isDigit(c) {
			text = "(" + text + ")"
		}
		p.s(text)
	case *AtTimeZone:
		p.expr(e.Expr, levelZone)
		p.s(" AT TIME ZONE ")
		p.expr(e.Zone, levelPrimary)
	case *NullLiteral:
		p.s("NULL")
	case *BooleanLiteral:
		p.s(strings.ToUpper(strconv.FormatBool(e.Value)))
	case *LongLiteral:
		p.s(e.Text)
	case *DecimalLiteral:
		p.s(e.Text)
	case *DoubleLiteral:
		p.s(e.Text)
	case *RowExpr:
		p.s("ROW(")
		p.exprs(e.Items)
		p.s(")")
	case *ArrayExpr:
		p.s("ARRAY[")
		p.exprs(e.Items)
		p.s("]")
	case *Subscript:
		p.expr(e.Expr, levelPrimary)
		p.s("[")
		p.expr(e.Index, levelValue)
		p.s("]")
	case *Dereference:
		p.beforeDot(e.Expr)
		p.s(".")
		p.id(e.Field)
	case *Case:
		p.caseExpr(e)
	case *Lambda:
		p.lambda(e)
	case *Current:
		p.s(e.Kind.String())
		if e.Precision >= 0 {
			p.s("(", strconv.Itoa(e.Precision), ")")
		}
	case *Trim:
		p.s("TRIM(", e.Spec.String(), " ")
		if e.Char != nil {
			p.expr(e.Char, levelValue)
			p.s(" ")
		}
		p.s("FROM ")
		p.expr(e.Source, levelValue)
		p.s(")")
	case *FunctionCall:
		p.call(e)
	default:
		p.common(e)
	}
}

// beforeDot prints an expression that a dot follows; a number would take the
// dot for its own.
func (p *printer) beforeDot(e Expr) {
	switch e.(type) {
	case *LongLiteral, *DecimalLiteral, *DoubleLiteral:
		p.s("(")
		p.expr(e, levelAny)
		p.s(")")
	default:
		p.expr(e, levelPrimary)
	}
}

// common prints the expressions that look the same in SQL and in messages.
func (p *printer) common(e Expr) {
	switch e := e.(type) {
	case *Identifier:
		p.id(e)
	case *StringLiteral:
		p.str(e)
	case *BinaryLiteral:
		p.s("X'", strings.ToUpper(hex.EncodeToString(e.Value)), "'")
	case *GenericLiteral:
		typ := e.Type
		upper := strings.ToUpper(typ)
		if !plainWord(typ) || trinoWords[upper] || !p.message && clashes[upper] && upper != "DOUBLE" {
			typ = `"` + strings.ReplaceAll(typ, `"`, `""`) + `"`
		}
		p.s(typ, " ", p.quoteString(e.Value))
	case *IntervalLiteral:
		p.s("INTERVAL ")
		if e.Negative {
			p.s("-")
		}
		p.s((&printer{}).quoteString(e.Value), " ", e.From.String())
		if e.To != NoField {
			p.s(" TO ", e.To.String())
		}
	case *Parameter:
		p.s("?")
	case *SubqueryExpr:
		p.s("(")
		p.query(e.Query)
		p.s(")")
	case *Exists:
		p.s("EXISTS (")
		p.query(e.Query)
		p.s(")")
	case *Cast:
		if e.Try {
			p.s("TRY_")
		}
		p.s("CAST(")
		p.expr(e.Expr, levelAny)
		p.s(" AS ")
		p.dataType(e.Type)
		p.s(")")
	case *Extract:
		p.s("EXTRACT(", e.Field, " FROM ")
		p.expr(e.Expr, levelValue)
		p.s(")")
	case *GroupingOperation:
		p.s("GROUPING (")
		p.exprs(e.Columns)
		p.s(")")
	case *WindowOperation:
		p.id(e.Name)
		p.s(" OVER ")
		p.window(e.Over)
	case *JSONExists:
		p.s("JSON_EXISTS(")
		p.jsonPath(e.Path)
		p.behavior(e.OnError, "ERROR", JSONFalse)
		p.s(")")
	case *JSONValue:
		p.s("JSON_VALUE(")
		p.jsonPath(e.Path)
		p.returning(e.Returning, nil)
		p.behavior(e.OnEmpty, "EMPTY", JSONNull)
		p.behavior(e.OnError, "ERROR", JSONNull)
		p.s(")")
	case *JSONQuery:
		p.s("JSON_QUERY(")
		p.jsonPath(e.Path)
		p.returning(e.Returning, e.Format)
		p.wrapper(e.Wrapper)
		p.quotes(e.Quotes)
		p.behavior(e.OnEmpty, "EMPTY", JSONNull)
		p.behavior(e.OnError, "ERROR", JSONNull)
		p.s(")")
	case *JSONObject:
		p.jsonObject(e)
	case *JSONArray:
		p.s("JSON_ARRAY(")
		for i, v := range e.Items {
			if i > 0 {
				p.s(", ")
			}
			p.jsonValue(v)
		}
		p.s(opt(e.NullOnNull, " NULL ON NULL"), opt(p.message && !e.NullOnNull && len(e.Items) > 0, " ABSENT ON NULL"))
		p.returning(e.Returning, e.Format)
		p.s(")")
	default:
		panic(fmt.Sprintf("BUG: Format of %T", e))
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// String returns the quantifier's word.
func (q Quantifier) String() string { return [...]string{"ALL", "ANY", "SOME"}[q] }

// String returns the side's word.
func (s TrimSpec) String() string { return [...]string{"BOTH", "LEADING", "TRAILING"}[s] }

// String returns the field's word; NoField has none.
func (f IntervalField) String() string {
	return [...]string{"", "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}[f]
}

func (p *printer) caseExpr(e *Case) {
	p.s("CASE")
	if e.Operand != nil {
		p.s(" ")
		p.expr(e.Operand, levelAny)
	}
	for _, w := range e.Whens {
		p.s(" WHEN ")
		p.expr(w.Condition, levelAny)
		p.s(" THEN ")
		p.expr(w.Result, levelAny)
	}
	if e.Else != nil {
		p.s(" ELSE ")
		p.expr(e.Else, levelAny)
	}
	p.s(" END")
}

func (p *printer) lambda(e *Lambda) {
	p.s("(")
	p.ids(e.Params)
	p.s(") -> ")
	p.expr(e.Body, levelAny)
}

func (p *printer) call(e *FunctionCall) {
	if e.Processing != "" {
		p.s(e.Processing, " ")
	}
	if e.WithinGroup != nil {
		p.s("LISTAGG")
	} else if id := e.Name.Parts[0]; p.hive && strings.EqualFold(id.Value, "TRUNCATE") && !id.Quoted {
		p.s(id.Value) // an Iceberg table's transform
	} else {
		p.name(e.Name)
	}
	p.s("(")
	if e.Distinct {
		p.s("DISTINCT ")
	}
	if e.StarLabel != nil {
		p.id(e.StarLabel)
		p.s(".")
	}
	if e.Star || p.message && len(e.Args) == 0 && strings.EqualFold(e.Name.Parts[len(e.Name.Parts)-1].Value, "count") {
		p.s("*")
	}
	p.exprs(e.Args)
	if p.message && e.WithinGroup != nil {
		p.messageListagg(e)
	} else if o := e.Overflow; o != nil {
		p.s(" ON OVERFLOW ")
		if o.Truncate {
			p.s("TRUNCATE ")
			if o.Filler != nil {
				p.str(o.Filler)
				p.s(" ")
			}
			if o.WithCount {
				p.s("WITH COUNT")
			} else {
				p.s("WITHOUT COUNT")
			}
		} else {
			p.s("ERROR")
		}
	}
	if e.OrderBy != nil {
		if len(e.Args) > 0 {
			p.s(" ")
		}
		p.orderBy(e.OrderBy)
	}
	p.s(")")
	if e.WithinGroup != nil {
		p.s(" WITHIN GROUP (")
		p.orderBy(e.WithinGroup)
		p.s(")")
	}
	nulls := [...]string{"", " IGNORE NULLS", " RESPECT NULLS"}[e.NullTreatment]
	if p.message {
		p.s(nulls)
	}
	if e.Filter != nil {
		p.s(" FILTER (WHERE ")
		p.expr(e.Filter, levelAny)
		p.s(")")
	}
	if !p.message {
		p.s(nulls)
	}
	if e.Over != nil {
		p.s(" OVER ")
		p.window(e.Over)
	}
}

// messageListagg prints what follows LISTAGG's arguments: Trino's tree holds
// everything that may be left out.
func (p *printer) messageListagg(e *FunctionCall) {
	if len(e.Args) == 1 {
		p.s(", ''")
	}
	o := e.Overflow
	if o == nil || !o.Truncate {
		p.s(" ON OVERFLOW  ERROR")
		return
	}
	filler := "'...'"
	if o.Filler != nil {
		filler = p.quoteString(o.Filler.Value)
	}
	p.s(" ON OVERFLOW  TRUNCATE ", filler, [...]string{" WITHOUT COUNT", " WITH COUNT"}[btoi(o.WithCount)])
}

// messageExpr prints an expression as ExpressionFormatter does.
func (p *printer) messageExpr(e Expr) {
	paren := func(print func()) {
		p.s("(")
		print()
		p.s(")")
	}
	negate := func(n bool, print func()) {
		if n {
			paren(func() { p.s("NOT "); paren(print) })
		} else {
			paren(print)
		}
	}
	switch e := e.(type) {
	case *LogicalExpr:
		paren(func() {
			for i, t := range e.Terms {
				if i > 0 {
					p.s(" ", e.Op.String(), " ")
				}
				p.messageExpr(t)
			}
		})
	case *NotExpr:
		paren(func() { p.s("NOT "); p.messageExpr(e.Expr) })
	case *BinaryExpr:
		if e.Op == Concat {
			p.s("concat(")
			p.exprs([]Expr{e.Left, e.Right})
			p.s(")")
			return
		}
		paren(func() {
			p.messageExpr(e.Left)
			p.s(" ", e.Op.String(), " ")
			p.messageExpr(e.Right)
		})
	case *IsDistinctFrom:
		negate(e.Not, func() {
			p.messageExpr(e.Left)
			p.s(" IS DISTINCT FROM ")
			p.messageExpr(e.Right)
		})
	case *Between:
		negate(e.Not, func() {
			p.messageExpr(e.Expr)
			p.s(" BETWEEN ")
			p.messageExpr(e.Min)
			p.s(" AND ")
			p.messageExpr(e.Max)
		})
	case *InList:
		negate(e.Not, func() {
			p.messageExpr(e.Expr)
			p.s(" IN (")
			p.exprs(e.List)
			p.s(")")
		})
	case *InSubquery:
		negate(e.Not, func() {
			p.messageExpr(e.Expr)
			p.s(" IN (")
			p.query(e.Query)
			p.s(")")
		})
	case *Like:
		negate(e.Not, func() {
			p.messageExpr(e.Expr)
			p.s(" LIKE ")
			p.messageExpr(e.Pattern)
			if e.Escape != nil {
				p.s(" ESCAPE ")
				p.messageExpr(e.Escape)
			}
		})
	case *IsNull:
		paren(func() {
			p.messageExpr(e.Expr)
			p.s(" IS ", not(e.Not), "NULL")
		})
	case *Quantified:
		paren(func() {
			p.messageExpr(e.Expr)
			p.s(" ", e.Op.String(), " ", e.Quantifier.String(), " (")
			p.query(e.Query)
			p.s(")")
		})
	case *Exists:
		paren(func() { p.common(e) })
	case *UnaryExpr:
		if e.Negative {
			p.s("-(")
			p.messageExpr(e.Expr)
			p.s(")")
		} else {
			p.s("+")
			p.messageExpr(e.Expr)
		}
	case *AtTimeZone:
		p.messageExpr(e.Expr)
		p.s(" AT TIME ZONE ")
		p.messageExpr(e.Zone)
	case *NullLiteral:
		p.s("null")
	case *BooleanLiteral:
		p.s(strconv.FormatBool(e.Value))
	case *LongLiteral:
		p.s(strconv.FormatInt(e.Value, 10))
	case *DecimalLiteral:
		// A bare decimal is a double on Athena (semantics 11.1).
		v, _ := strconv.ParseFloat(strings.ReplaceAll(e.Text, "_", ""), 64)
		p.s(javaScientific(v))
	case *DoubleLiteral:
		p.s(javaScientific(e.Value))
	case *GenericLiteral:
		// These have nodes of their own in Trino, which forget how they were
		// written; what is within two of them is printed as it is.
		switch typ := strings.ToUpper(e.Type); typ {
		case "CHAR":
			p.s("CHAR ", p.quoteString(strings.TrimRight(e.Value, " ")))
		case "DECIMAL", "TIME", "TIMESTAMP":
			p.s(typ, " '", e.Value, "'")
		default:
			p.common(e)
		}
	case *RowExpr:
		p.s("ROW (")
		p.exprs(e.Items)
		p.s(")")
	case *ArrayExpr:
		p.s("ARRAY[")
		for i, item := range e.Items {
			if i > 0 {
				p.s(",")
			}
			p.messageItem(item)
		}
		p.s("]")
	case *Subscript:
		p.messageItem(e.Expr)
		p.s("[")
		p.messageItem(e.Index)
		p.s("]")
	case *Dereference:
		p.messageExpr(e.Expr)
		p.s(".")
		p.id(e.Field)
	case *Case:
		paren(func() { p.caseExpr(e) })
	case *Lambda:
		p.lambda(e)
	case *Current:
		if e.Kind >= CurrentUser {
			p.s(e.Kind.String())
		} else {
			p.s(strings.ToLower(e.Kind.String()))
		}
		if e.Precision >= 0 {
			p.s("(", strconv.Itoa(e.Precision), ")")
		}
	case *Trim:
		p.s("trim(", e.Spec.String(), " ")
		if e.Char != nil {
			p.messageExpr(e.Char)
			p.s(" ")
		}
		p.s("FROM ")
		p.messageExpr(e.Source)
		p.s(")")
	case *FunctionCall:
		if len(e.Name.Parts) == 1 {
			// These are constructs of their own in Trino, printed so.
			switch name := strings.ToUpper(e.Name.Parts[0].Value); name {
			case "IF", "NULLIF", "COALESCE", "TRY":
				p.s(name, "(")
				p.exprs(e.Args)
				p.s(")")
				return
			case "FORMAT":
				p.s("format(")
				p.exprs(e.Args)
				p.s(")")
				return
			}
		}
		p.call(e)
	default:
		p.common(e)
	}
}

// messageItem prints what ExpressionFormatter has SqlFormatter print, which writes
// rows in another way.
func (p *printer) messageItem(e Expr) {
	r, ok := e.(*RowExpr)
	if !ok {
		p.messageExpr(e)
		return
	}
	p.s("ROW(")
	for i, item := range r.Items {
		p.s(opt(i > 0, ", "))
		p.messageItem(item)
	}
	p.s(")")
}

// javaScientific prints a double by Java's DecimalFormat
// "0.###################E0###", as ExpressionFormatter does: 1.5 is 1.5E0.
func javaScientific(v float64) string {
	s := strconv.FormatFloat(v, 'E', -1, 64)
	mantissa, exponent, ok := strings.Cut(s, "E")
	if !ok {
		return s
	}
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return s
	}
	return mantissa + "E" + strconv.Itoa(n)
}

// ---------------------------------------------------------------- windows, JSON, types

func (p *printer) window(w Window) {
	switch w := w.(type) {
	case *WindowRef:
		p.windowName(w.Name)
	case *WindowSpec:
		p.s("(")
		p.windowSpec(w)
		p.s(")")
	}
}

func (p *printer) windowSpec(w *WindowSpec) {
	sep := ""
	part := func() { p.s(sep); sep = " " }
	if w.Existing != nil {
		part()
		p.windowName(w.Existing)
	}
	if w.PartitionBy != nil {
		part()
		p.s("PARTITION BY ")
		p.exprs(w.PartitionBy)
	}
	if w.OrderBy != nil {
		part()
		p.orderBy(w.OrderBy)
	}
	if f := w.Frame; f != nil {
		part()
		if f.Measures != nil {
			p.measures(f.Measures)
			p.s(" ")
		}
		p.s([...]string{"RANGE ", "ROWS ", "GROUPS "}[f.Type])
		if f.End != nil {
			p.s("BETWEEN ")
			p.bound(f.Start)
			p.s(" AND ")
			p.bound(f.End)
		} else {
			p.bound(f.Start)
		}
		if f.Pattern != nil {
			p.patternClauses(f.Pattern)
		}
	}
}

func (p *printer) bound(b *FrameBound) {
	switch b.Type {
	case UnboundedPreceding:
		p.s("UNBOUNDED PRECEDING")
	case UnboundedFollowing:
		p.s("UNBOUNDED FOLLOWING")
	case CurrentRow:
		p.s("CURRENT ROW")
	default:
		p.expr(b.Value, levelAny)
		if b.Type == Preceding {
			p.s(" PRECEDING")
		} else {
			p.s(" FOLLOWING")
		}
	}
}

func (p *printer) measures(list []*Measure) {
	p.s("MEASURES ")
	for i, m := range list {
		if i > 0 {
			p.s(", ")
		}
		p.expr(m.Expr, levelAny)
		p.s(" AS ")
		p.id(m.Name)
	}
}

func (p *printer) patternClauses(c *PatternClauses) {
	if c.AfterMatch != "" {
		p.s(" ")
		p.skipTo(c)
	}
	if c.SearchMode != "" {
		p.s(" ", c.SearchMode)
	}
	if c.Pattern != nil {
		if p.message {
			p.s(" PATTERN(")
			p.layoutPattern(c.Pattern)
		} else {
			p.s(" PATTERN (")
			p.pattern(c.Pattern, 0)
		}
		p.s(")")
	}
	for i, s := range c.Subsets {
		p.s([...]string{" SUBSET ", ", "}[min(i, 1)])
		p.subset(s)
	}
	for i, d := range c.Defines {
		p.s([...]string{" DEFINE ", ", "}[min(i, 1)])
		p.id(d.Name)
		p.s(" AS ")
		p.expr(d.Expr, levelAny)
	}
}

// pattern prints a row pattern: alternation binds at 0, concatenation at 1,
// what a quantifier may follow at 2.
func (p *printer) pattern(r *RowPattern, min int) {
	level := 3
	switch r.Kind {
	case PatternAlternate:
		level = 0
	case PatternConcat:
		level = 1
	case PatternQuantified:
		level = 2
	}
	if level < min {
		p.s("(")
		defer p.s(")")
	}
	list := func(sep string, level int) {
		for i, a := range r.Args {
			if i > 0 {
				p.s(sep)
			}
			p.pattern(a, level)
		}
	}
	switch r.Kind {
	case PatternVariable:
		q := *r.Name
		q.Quoted = q.Quoted || !p.message && strings.EqualFold(q.Value, "PERMUTE")
		p.id(&q)
	case PatternEmpty:
		p.s("()")
	case PatternStart:
		p.s("^")
	case PatternEnd:
		p.s("$")
	case PatternPermute:
		p.s("PERMUTE(")
		list(", ", 0)
		p.s(")")
	case PatternExclude:
		p.s("{- ")
		list("", 0)
		p.s(" -}")
	case PatternConcat:
		list(" ", 2)
	case PatternAlternate:
		list(" | ", 1)
	case PatternQuantified:
		list("", 3)
		p.s(r.Quantifier)
	}
}

func (p *printer) format(f *JSONFormat) {
	if f == nil {
		return
	}
	p.s(" FORMAT JSON")
	if f.Encoding != "" {
		p.s(" ENCODING ", f.Encoding)
	}
}

func (p *printer) jsonValue(v *JSONValueExpr) {
	p.expr(v.Expr, levelAny)
	p.format(v.Format)
}

func (p *printer) jsonPath(i *JSONPathInvocation) {
	p.jsonValue(i.Input)
	p.s(opt(p.message && i.Input.Format == nil, " FORMAT JSON"), ", ")
	p.str(i.Path)
	if i.Name != nil {
		p.s(" AS ")
		p.id(i.Name)
	}
	for n, a := range i.Passing {
		p.s([...]string{" PASSING ", ", "}[min(n, 1)])
		p.jsonValue(a.Value)
		p.s(" AS ")
		p.id(a.Name)
	}
}

// jsonNothing is no behaviour: nothing is printed for one that is not written.
const jsonNothing = JSONUnknown + 1

// behavior prints a behaviour. Trino prints the one that holds where none is
// written.
func (p *printer) behavior(b *JSONBehavior, on string, unwritten JSONBehaviorKind) {
	if b == nil {
		if !p.message || unwritten == jsonNothing {
			return
		}
		b = &JSONBehavior{Kind: unwritten}
	}
	p.s([...]string{" ERROR", " NULL", " DEFAULT ", " EMPTY ARRAY", " EMPTY OBJECT", " TRUE", " FALSE", " UNKNOWN"}[b.Kind])
	if b.Kind == JSONDefault {
		p.expr(b.Default, levelAny)
	}
	p.s(" ON ", on)
}

func (p *printer) returning(t DataType, f *JSONFormat) {
	if t == nil {
		return
	}
	p.s(" RETURNING ")
	p.dataType(t)
	p.format(f)
}

func (p *printer) wrapper(w JSONWrapper) {
	if p.message && w == JSONWrapperNone {
		w = JSONWithoutWrapper
	}
	p.s([...]string{"", " WITHOUT ARRAY WRAPPER", " WITH CONDITIONAL ARRAY WRAPPER", " WITH UNCONDITIONAL ARRAY WRAPPER"}[w])
}

func (p *printer) quotes(q JSONQuotes) {
	p.s([...]string{"", " KEEP QUOTES ON SCALAR STRING", " OMIT QUOTES ON SCALAR STRING"}[q])
}

func (p *printer) jsonObject(e *JSONObject) {
	p.s("JSON_OBJECT(")
	for i, m := range e.Members {
		if i > 0 {
			p.s(", ")
		}
		p.s(opt(p.message, "KEY "))
		p.expr(m.Key, levelAny)
		p.s([...]string{" : ", " VALUE "}[btoi(p.message)])
		p.jsonValue(m.Value)
	}
	defaults := p.message && len(e.Members) > 0
	p.s(opt(e.AbsentOnNull, " ABSENT ON NULL"), opt(defaults && !e.AbsentOnNull, " NULL ON NULL"))
	p.s(opt(e.UniqueKeys, " WITH UNIQUE KEYS"), opt(defaults && !e.UniqueKeys, " WITHOUT UNIQUE KEYS"))
	p.returning(e.Returning, e.Format)
	p.s(")")
}

func (p *printer) typeParam(t TypeParam) {
	if t.Type == nil {
		p.s(t.Number)
		return
	}
	p.dataType(t.Type)
}

func (p *printer) dataType(t DataType) {
	switch t := t.(type) {
	case *GenericType:
		q := *t.Name
		if !p.message && !q.Quoted {
			switch strings.ToUpper(q.Value) {
			case "ARRAY", "DOUBLE": // they are types also where they clash as names
				p.s(q.Value)
			default:
				p.id(&q)
			}
		} else {
			p.id(&q)
		}
		for i, a := range t.Params {
			p.s([...]string{"(", ", "}[min(i, 1)])
			p.typeParam(a)
		}
		if t.Params != nil {
			p.s(")")
		}
	case *RowType:
		p.s("ROW(")
		for i, f := range t.Fields {
			if i > 0 {
				p.s(", ")
			}
			if f.Name != nil {
				p.id(f.Name)
				p.s(" ")
			}
			p.dataType(f.Type)
		}
		p.s(")")
	case *DateTimeType:
		word := "time"
		if t.Timestamp {
			word = "timestamp"
		}
		p.s(word)
		if t.Precision != nil {
			p.s("(")
			p.typeParam(*t.Precision)
			p.s(")")
		}
		if t.WithTimeZone {
			p.s(" with time zone")
		}
	case *IntervalType:
		p.s("INTERVAL ", t.From.String())
		if t.To != NoField {
			p.s(" TO ", t.To.String())
		}
	}
}

// ---------------------------------------------------------------- queries

func (p *printer) query(q *Query) {
	if p.message {
		p.layoutQuery(q, 0)
		return
	}
	if w := q.With; w != nil {
		p.s("WITH ")
		if w.Recursive {
			p.s("RECURSIVE ")
		}
		for i, n := range w.Queries {
			if i > 0 {
				p.s(", ")
			}
			p.id(n.Name)
			p.aliases(n.Columns)
			p.s(" AS (")
			p.query(n.Query)
			p.s(")")
		}
		p.s(" ")
	}
	p.body(q.Body)
	if q.OrderBy != nil {
		p.s(" ")
		p.orderBy(q.OrderBy)
	}
	if q.Offset != nil {
		p.s(" OFFSET ")
		p.expr(q.Offset.Count, levelAny)
		p.s(" ROWS")
	}
	switch l := q.Limit.(type) {
	case *LimitClause:
		p.s(" LIMIT ")
		if l.Count == nil {
			p.s("ALL")
		} else {
			p.expr(l.Count, levelAny)
		}
	case *FetchFirst:
		p.s(" FETCH FIRST ")
		if l.Count != nil {
			p.expr(l.Count, levelAny)
			p.s(" ")
		}
		p.s("ROWS ")
		if l.WithTies {
			p.s("WITH TIES")
		} else {
			p.s("ONLY")
		}
	}
}

func (p *printer) orderBy(o *OrderBy) {
	p.s("ORDER BY ")
	for i, item := range o.Items {
		if i > 0 {
			p.s(", ")
		}
		p.sortItem(item)
	}
}

func (p *printer) sortItem(item *SortItem) {
	p.expr(item.Expr, levelAny)
	switch {
	case item.Ordering == Descending:
		p.s(" DESC")
	case p.message:
		p.s(" ASC")
	}
	p.s([...]string{"", " NULLS FIRST", " NULLS LAST"}[item.Nulls])
}

func (p *printer) body(b QueryBody) {
	switch b := b.(type) {
	case *SetOperation:
		p.body(b.Left)
		p.s([...]string{" UNION ", " INTERSECT ", " EXCEPT "}[b.Op])
		if b.All {
			p.s("ALL ")
		}
		p.body(b.Right)
	case *Values:
		p.s("VALUES ")
		for i, row := range b.Rows {
			if i > 0 {
				p.s(", ")
			}
			if r, ok := row.(*RowExpr); ok && len(r.Items) > 1 {
				p.s("(")
				p.exprs(r.Items)
				p.s(")")
			} else {
				p.expr(row, levelAny)
			}
		}
	case *Table:
		p.s("TABLE ")
		p.name(b.Name)
	case *TableSubquery:
		p.s("(")
		p.query(b.Query)
		p.s(")")
	case *QuerySpec:
		p.spec(b)
	}
}

func (p *printer) spec(q *QuerySpec) {
	p.s("SELECT ")
	if q.Distinct {
		p.s("DISTINCT ")
	}
	for i, item := range q.Items {
		if i > 0 {
			p.s(", ")
		}
		p.selectItem(item)
	}
	for i, r := range q.From {
		p.s([...]string{" FROM ", ", "}[min(i, 1)])
		p.relation(r)
	}
	if q.Where != nil {
		p.s(" WHERE ")
		p.expr(q.Where, levelAny)
	}
	if g := q.GroupBy; g != nil {
		p.s(" GROUP BY ")
		p.groupBy(g)
	}
	if q.Having != nil {
		p.s(" HAVING ")
		p.expr(q.Having, levelAny)
	}
	for i, w := range q.Windows {
		p.s([...]string{" WINDOW ", ", "}[min(i, 1)])
		p.windowName(w.Name)
		p.s(" AS (")
		p.windowSpec(w.Spec)
		p.s(")")
	}
}

func (p *printer) selectItem(item SelectItem) {
	switch item := item.(type) {
	case *SingleColumn:
		p.expr(item.Expr, levelAny)
		if item.Alias != nil {
			p.s(opt(!p.message, " AS"), " ")
			p.id(item.Alias)
		}
	case *AllColumns:
		switch {
		case item.Target == nil:
		case p.message:
			p.expr(item.Target, levelAny)
			p.s(".")
		default:
			p.beforeDot(item.Target)
			p.s(".")
		}
		p.s("*")
		if item.Aliases != nil {
			p.s(" AS (")
			p.ids(item.Aliases)
			p.s(")")
		}
	}
}

// groupBy prints what follows GROUP BY. Trino's formatter leaves two blanks around
// DISTINCT, and one column of GROUPING SETS in its parentheses.
func (p *printer) groupBy(g *GroupBy) {
	p.s(opt(g.Distinct && p.message, " "), opt(g.Distinct, "DISTINCT "))
	for i, e := range g.Elements {
		p.s(opt(i > 0, ", "))
		switch e := e.(type) {
		case *SimpleGroupBy:
			p.groupingSet(e.Columns)
		case *GroupingSets:
			p.s([...]string{"GROUPING SETS (", "ROLLUP (", "CUBE ("}[e.Kind])
			for j, set := range e.Sets {
				p.s(opt(j > 0, ", "))
				if p.message && e.Kind == ExplicitSets && len(set) == 1 {
					p.s("(")
					p.expr(set[0], levelAny)
					p.s(")")
				} else {
					p.groupingSet(set)
				}
			}
			p.s(")")
		}
	}
}

func (p *printer) groupingSet(set []Expr) {
	if len(set) == 1 {
		p.expr(set[0], levelAny)
		return
	}
	p.s("(")
	p.exprs(set)
	p.s(")")
}

// relation prints a relation; within prints one where only a part of the
// grammar may stand, in parentheses if need be.
func (p *printer) relation(r Relation) {
	switch r := r.(type) {
	case *Table:
		p.name(r.Name)
		if q := r.Period; q != nil {
			p.s(" FOR ", [...]string{"TIMESTAMP", "VERSION"}[btoi(q.Version)], " AS OF ")
			p.expr(q.End, levelValue)
		}
	case *TableSubquery:
		p.body(r)
	case *AliasedRelation:
		p.within(r.Relation, 3)
		p.s(" AS ")
		p.id(r.Alias)
		p.aliases(r.Columns)
	case *Join:
		p.relation(r.Left)
		if r.Natural {
			p.s(" NATURAL")
		}
		p.s([...]string{" CROSS JOIN ", " INNER JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN "}[r.Type])
		p.within(r.Right, 0)
		switch {
		case r.On != nil:
			p.s(" ON ")
			p.expr(r.On, levelAny)
		case r.Using != nil:
			p.s(" USING (")
			p.ids(r.Using)
			p.s(")")
		}
	case *Lateral:
		p.s("LATERAL (")
		p.query(r.Query)
		p.s(")")
	case *Unnest:
		p.s("UNNEST(")
		p.exprs(r.Exprs)
		p.s(")")
		if r.WithOrdinality {
			p.s(" WITH ORDINALITY")
		}
	case *SampledRelation:
		p.within(r.Relation, 1)
		p.s(" TABLESAMPLE ", [...]string{"BERNOULLI", "SYSTEM"}[btoi(r.System)], " (")
		p.expr(r.Percentage, levelAny)
		p.s(")")
	case *PatternRecognition:
		p.matchRecognize(r)
	case *TableFunction:
		p.tableFunction(r)
	case *JSONTable:
		p.jsonTable(r)
	}
}

// within prints a relation where at most this may stand without parentheses:
// 0 a sampled relation, 1 a pattern recognition, 2 an aliased relation, 3 a
// primary one.
func (p *printer) within(r Relation, min int) {
	level := 3
	switch r.(type) {
	case *Join:
		level = -1
	case *SampledRelation:
		level = 0
	case *PatternRecognition:
		level = 1
	case *AliasedRelation:
		level = 2
	}
	if level >= min {
		p.relation(r)
		return
	}
	p.s("(")
	p.relation(r)
	p.s(")")
}

func (p *printer) matchRecognize(r *PatternRecognition) {
	p.within(r.Relation, 2)
	p.s(" MATCH_RECOGNIZE (")
	sep := ""
	if r.PartitionBy != nil {
		p.s("PARTITION BY ")
		p.exprs(r.PartitionBy)
		sep = " "
	}
	if r.OrderBy != nil {
		p.s(sep)
		p.orderBy(r.OrderBy)
		sep = " "
	}
	if r.Measures != nil {
		p.s(sep)
		p.measures(r.Measures)
		sep = " "
	}
	if r.RowsPerMatch != "" {
		p.s(sep, r.RowsPerMatch)
	}
	p.patternClauses(r.Pattern)
	p.s(")")
	if r.Alias != nil {
		p.s(" AS ")
		p.id(r.Alias)
		p.aliases(r.Columns)
	}
}

func (p *printer) tableFunction(r *TableFunction) {
	p.s("TABLE(")
	p.name(r.Name)
	p.s("(")
	for i, a := range r.Args {
		if i > 0 {
			p.s(", ")
		}
		if a.Name != nil {
			p.id(a.Name)
			p.s(" => ")
		}
		switch {
		case a.Expr != nil:
			p.expr(a.Expr, levelAny)
		case a.Table != nil:
			p.tableArg(a.Table)
		case a.Descriptor.Fields == nil:
			p.s("CAST(NULL AS DESCRIPTOR)")
		default:
			p.descriptor(a.Descriptor)
		}
	}
	for i, tables := range r.Copartition {
		p.s([...]string{" COPARTITION ", ", "}[min(i, 1)])
		for j, t := range tables {
			p.s([...]string{"(", ", "}[min(j, 1)])
			p.name(t)
		}
		p.s(")")
	}
	p.s("))")
}

func (p *printer) descriptor(d *Descriptor) {
	for i, f := range d.Fields {
		p.s([...]string{"DESCRIPTOR(", ", "}[min(i, 1)])
		p.id(f.Name)
		if f.Type != nil {
			p.s(" ")
			p.dataType(f.Type)
		}
	}
	p.s(")")
}

func (p *printer) tableArg(t *TableArg) {
	r := t.Relation
	aliased, ok := r.(*AliasedRelation)
	if ok {
		r = aliased.Relation
	}
	p.s("TABLE(")
	if s, ok := r.(*TableSubquery); ok {
		p.query(s.Query)
	} else {
		p.relation(r)
	}
	p.s(")")
	if ok {
		p.s(" AS ")
		p.id(aliased.Alias)
		p.aliases(aliased.Columns)
	}
	if t.PartitionBy != nil {
		p.s(" PARTITION BY (")
		p.exprs(t.PartitionBy)
		p.s(")")
	}
	if t.Prune {
		p.s(" PRUNE WHEN EMPTY")
	}
	if t.Keep {
		p.s(" KEEP WHEN EMPTY")
	}
	if t.OrderBy != nil {
		p.s(" ORDER BY (")
		for i, item := range t.OrderBy.Items {
			if i > 0 {
				p.s(", ")
			}
			p.sortItem(item)
		}
		p.s(")")
	}
}

func (p *printer) jsonTable(t *JSONTable) {
	p.s("JSON_TABLE(")
	p.jsonPath(t.Path)
	p.jsonColumns(t.Columns)
	switch {
	case t.PlanDefault != nil:
		p.s(" PLAN DEFAULT (", strings.Join(t.PlanDefault, ", "), ")")
	case t.Plan != nil:
		p.s(" PLAN (")
		p.jsonPlan(t.Plan, false)
		p.s(")")
	}
	if t.ErrorOnError != "" {
		p.s(" ", t.ErrorOnError, " ON ERROR")
	}
	p.s(")")
}

func (p *printer) jsonColumns(list []*JSONTableColumn) {
	p.s(" COLUMNS (")
	for i, c := range list {
		if i > 0 {
			p.s(", ")
		}
		if c.Kind == JSONNestedColumns {
			p.s("NESTED PATH ")
			p.str(c.Path)
			if c.Name != nil {
				p.s(" AS ")
				p.id(c.Name)
			}
			p.jsonColumns(c.Columns)
			continue
		}
		p.id(c.Name)
		p.s(" ")
		if c.Kind == JSONOrdinalityColumn {
			p.s("FOR ORDINALITY")
			continue
		}
		p.dataType(c.Type)
		p.format(c.Format)
		if c.Path != nil {
			p.s(" PATH ")
			p.str(c.Path)
		}
		p.wrapper(c.Wrapper)
		p.quotes(c.Quotes)
		p.behavior(c.Empty, "EMPTY", jsonNothing)
		p.behavior(c.Error, "ERROR", jsonNothing)
	}
	p.s(")")
}

func (p *printer) jsonPlan(n *JSONTablePlan, nested bool) {
	if n.Name != nil {
		p.id(n.Name)
		return
	}
	if nested {
		p.s("(")
		defer p.s(")")
	}
	for i, a := range n.Args {
		if i > 0 {
			p.s(" ", n.Op, " ")
		}
		p.jsonPlan(a, true)
	}
}
