package syntax

// This file parses queries by Trino's grammar: WITH, set operations, SELECT,
// relations, grouping, windows, row patterns, and the JSON functions' clauses.

import (
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// query parses [WITH ...] and a query.
func (p *parser) query() *Query {
	p.rule("<query>")
	p.enter()
	defer func() { p.depth-- }()
	start := p.here()
	// A query inside is explained by its own context.
	open, first, item := p.open, p.callFirst, p.itemFirst
	p.callFirst, p.itemFirst = -1, -1
	defer func() { p.open, p.callFirst, p.itemFirst = open, first, item }()
	with := p.with()
	q := p.queryNoWith(start)
	q.With = with
	return q
}

// with parses WITH, or returns nil.
func (p *parser) with() *With {
	w := &With{Base: p.base()}
	if !p.accept("WITH") {
		return nil
	}
	w.Recursive = p.accept("RECURSIVE")
	for {
		n := &WithQuery{Base: p.base(), Name: p.identifier()}
		if p.is("(") {
			n.Columns = p.columnAliases()
		}
		p.expect("AS", "(")
		n.Query = p.query()
		p.expect(")")
		w.Queries = append(w.Queries, n)
		if !p.accept(",") {
			return w
		}
	}
}

func (p *parser) queryNoWith(start sqlerr.Pos) *Query {
	q := &Query{Base: Base{At: start}, Body: p.queryTerm()}
	q.OrderBy = p.orderBy()
	base := p.base()
	if p.accept("OFFSET") {
		q.Offset = &Offset{Base: base, Count: p.rowCount()}
		if !p.accept("ROW") {
			p.accept("ROWS")
		}
	}
	base = p.base()
	switch {
	case p.accept("LIMIT"):
		l := &LimitClause{Base: base}
		if !p.accept("ALL") {
			l.Count = p.rowCount()
		}
		q.Limit = l
	case p.accept("FETCH"):
		f := &FetchFirst{Base: base}
		p.expectOne("FIRST", "NEXT")
		if !p.is("ROW") && !p.is("ROWS") {
			f.Count = p.rowCount()
		}
		p.expectOne("ROW", "ROWS")
		if p.expectOne("ONLY", "WITH") == "WITH" {
			p.expect("TIES")
			f.WithTies = true
		}
		q.Limit = f
	}
	return q
}

func (p *parser) rowCount() Expr {
	base := p.base()
	if p.accept("?") {
		p.params++
		return &Parameter{Base: base, Index: p.params - 1}
	}
	return p.longLiteral(base.At, p.integer())
}

// orderBy parses ORDER BY, or returns nil.
func (p *parser) orderBy() *OrderBy {
	o := &OrderBy{Base: p.base()}
	if !p.accept("ORDER") {
		return nil
	}
	p.expect("BY")
	o.Items = p.sortItems()
	return o
}

func (p *parser) sortItems() []*SortItem {
	items := []*SortItem{p.sortItem()}
	for p.accept(",") {
		items = append(items, p.sortItem())
	}
	return items
}

func (p *parser) sortItem() *SortItem {
	s := &SortItem{Base: p.base(), Expr: p.expression()}
	if !p.accept("ASC") && p.accept("DESC") {
		s.Ordering = Descending
	}
	if p.accept("NULLS") {
		s.Nulls = NullsFirst
		if p.expectOne("FIRST", "LAST") == "LAST" {
			s.Nulls = NullsLast
		}
	}
	return s
}

// queryTerm parses set operations; INTERSECT binds tighter than the others, and
// all associate to the left.
func (p *parser) queryTerm() QueryBody {
	left := p.intersectTerm()
	for {
		s := &SetOperation{Base: p.base(), Left: left}
		switch {
		case p.accept("UNION"):
			s.Op = Union
		case p.accept("EXCEPT"):
			s.Op = Except
		default:
			return left
		}
		p.link()
		s.All = p.allRows()
		s.Right = p.intersectTerm()
		left = s
	}
}

func (p *parser) intersectTerm() QueryBody {
	left := p.queryPrimary()
	for {
		s := &SetOperation{Base: p.base(), Op: Intersect, Left: left}
		if !p.accept("INTERSECT") {
			return left
		}
		p.link()
		s.All = p.allRows()
		s.Right = p.queryPrimary()
		left = s
	}
}

func (p *parser) allRows() bool {
	if p.accept("ALL") {
		return true
	}
	p.accept("DISTINCT")
	return false
}

func (p *parser) queryPrimary() QueryBody {
	if b := p.givenBody; b != nil {
		p.givenBody = nil
		return b
	}
	base := p.base()
	switch {
	case p.is("SELECT"):
		return p.querySpec()
	case p.accept("TABLE"):
		return &Table{Base: base, Name: p.qualifiedName()}
	case p.accept("VALUES"):
		return &Values{Base: base, Rows: p.expressions()}
	case p.accept("("):
		p.enter()
		defer func() { p.depth-- }()
		s := &TableSubquery{Base: base, Query: p.queryNoWith(p.here())}
		p.expect(")")
		return s
	}
	p.fail()
	return &Values{Base: base}
}

func (p *parser) querySpec() *QuerySpec {
	q := &QuerySpec{Base: p.base()}
	p.expect("SELECT")
	p.want("*")
	q.Distinct = p.setQuantifier()
	q.Items = append(q.Items, p.selectItem())
	for p.accept(",") {
		q.Items = append(q.Items, p.selectItem())
	}
	if p.accept("FROM") {
		q.From = append(q.From, p.relation())
		for p.accept(",") {
			q.From = append(q.From, p.relation())
		}
	}
	if p.accept("WHERE") {
		q.Where = p.expression()
	}
	if p.is("GROUP") {
		q.GroupBy = p.groupBy()
	}
	if p.accept("HAVING") {
		q.Having = p.expression()
	}
	if p.is("WINDOW") {
		p.next()
		for {
			w := &WindowDefinition{Base: p.base(), Name: p.identifier()}
			p.expect("AS", "(")
			w.Spec = p.windowSpec()
			p.expect(")")
			q.Windows = append(q.Windows, w)
			if !p.accept(",") {
				break
			}
		}
	}
	return q
}

func (p *parser) selectItem() SelectItem {
	base := p.base()
	if p.accept("*") {
		return &AllColumns{Base: base}
	}
	p.itemFirst = p.pos
	e := p.expression()
	p.itemFirst = -1
	if p.itemDot {
		p.itemDot = false
		p.next()
		p.next()
		a := &AllColumns{Base: base, Target: e}
		if p.accept("AS") {
			a.Aliases = p.columnAliases()
		}
		return a
	}
	s := &SingleColumn{Base: base, Expr: e}
	if p.accept("AS") {
		s.Alias = p.identifier()
	} else if p.aliasAhead() {
		s.Alias = p.identifier()
	}
	return s
}

// aliasAhead reports whether the name at hand is an alias. Some words that may
// be names also begin the clauses that may stand here.
func (p *parser) aliasAhead() bool {
	if !p.atName() {
		return false
	}
	next := p.peek(1)
	switch p.key() {
	case "LIMIT":
		return next.Kind != IntegerNumber && next.Key != "?" && next.Key != "ALL"
	case "OFFSET":
		return next.Kind != IntegerNumber && next.Key != "?"
	case "FETCH":
		return next.Key != "FIRST" && next.Key != "NEXT"
	case "WINDOW":
		return !p.isName(next) || p.peekKey(2) != "AS"
	case "TABLESAMPLE":
		return next.Key != "BERNOULLI" && next.Key != "SYSTEM" || p.peekKey(2) != "("
	case "MATCH_RECOGNIZE":
		if next.Key != "(" {
			return true
		}
		for n := 2; ; n += 2 {
			if !p.isName(p.peek(n)) {
				return false
			}
			if k := p.peekKey(n + 1); k != "," {
				return k == ")"
			}
		}
	}
	return true
}

func (p *parser) groupBy() *GroupBy {
	g := &GroupBy{Base: p.base()}
	p.expect("GROUP", "BY")
	g.Base = p.base()
	g.Distinct = p.setQuantifier()
	// Where ALL may also be a name what follows tells; after GROUP BY these three do, which begin no expression.
	if !g.Distinct && p.is("ALL") && (p.peekKey(1) == "ROLLUP" || p.peekKey(1) == "CUBE" || p.peekKey(1) == "GROUPING") {
		p.next()
	}
	for {
		g.Elements = append(g.Elements, p.groupingElement())
		if !p.accept(",") {
			return g
		}
	}
}

func (p *parser) groupingElement() GroupingElement {
	base := p.base()
	sets := &GroupingSets{Base: base}
	switch {
	case p.accept("ROLLUP"):
		sets.Kind = Rollup
	case p.accept("CUBE"):
		sets.Kind = Cube
	case p.is("GROUPING") && p.peekKey(1) == "SETS":
		p.next()
		p.next()
		p.expect("(")
		for {
			sets.Sets = append(sets.Sets, p.groupingSet())
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
		return sets
	default:
		return &SimpleGroupBy{Base: base, Columns: p.groupingSet()}
	}
	p.expect("(")
	if p.accept(")") {
		return sets
	}
	for {
		sets.Sets = append(sets.Sets, p.groupingSet())
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return sets
}

// groupingSet parses (a, b), () or one expression. What follows a parenthesised
// list tells whether it was the set or the beginning of an expression, such as
// (a, b)[1] or (a) + 1.
func (p *parser) groupingSet() []Expr {
	if !p.is("(") || p.lambdaAhead() {
		return []Expr{p.expression()}
	}
	if p.peekKey(1) == ")" {
		p.next()
		p.next()
		return []Expr{}
	}
	start := p.here()
	body, e := p.parens()
	row, isRow := e.(*RowExpr)
	whole := isRow && row.At == start
	if body != nil {
		e = &SubqueryExpr{Base: body.Base, Query: body.Query}
	}
	p.given, p.givenStart = e, start
	out := p.expression()
	if whole && out == Expr(row) {
		return row.Items
	}
	return []Expr{out}
}

// windowSpec parses the inside of a window's parentheses.
func (p *parser) windowSpec() *WindowSpec {
	s := &WindowSpec{Base: p.base()}
	if p.atName() && p.windowNamed() {
		s.Existing = p.identifier()
	}
	if p.accept("PARTITION") {
		p.expect("BY")
		s.PartitionBy = p.expressions()
	}
	s.OrderBy = p.orderBy()
	first := s.Existing == nil && s.PartitionBy == nil && s.OrderBy == nil
	s.Frame = p.windowFrame(first)
	return s
}

// windowNamed tells a window's name from the clauses that begin with a word
// that may also be a name.
func (p *parser) windowNamed() bool {
	next := p.peek(1)
	switch p.key() {
	case "PARTITION":
		return next.Key != "BY"
	case "RANGE", "ROWS", "GROUPS", "MEASURES":
		switch next.Key {
		case ")", "PARTITION", "ORDER", "RANGE", "ROWS", "GROUPS", "MEASURES":
			return next.Key == ")" || next.Key == "ORDER" || p.peekKey(2) != "PRECEDING" && p.peekKey(2) != "FOLLOWING"
		}
		return false
	}
	return true
}

// windowFrame parses a frame, or returns nil. first says that nothing stood
// before it in the window, so that its first word may have been a name.
func (p *parser) windowFrame(first bool) *WindowFrame {
	f := &WindowFrame{Base: p.base()}
	if p.accept("MEASURES") {
		f.Measures = p.measures()
	}
	switch {
	case p.accept("RANGE"):
	case p.accept("ROWS"):
		f.Type = FrameRows
	case p.accept("GROUPS"):
		f.Type = FrameGroups
	default:
		if f.Measures != nil {
			p.fail()
		}
		return nil
	}
	if first {
		for _, k := range []string{")", "GROUPS", "MEASURES", "ORDER", "PARTITION", "RANGE", "ROWS"} {
			p.want(k)
		}
	}
	p.want("BETWEEN")
	if p.key() == "BETWEEN" {
		p.next()
		f.Start = p.frameBound()
		p.expect("AND")
		f.End = p.frameBound()
	} else {
		f.Start = p.frameBound()
	}
	c := p.patternClauses(true)
	if c.AfterMatch != "" || c.SearchMode != "" || c.Pattern != nil || c.Subsets != nil || c.Defines != nil {
		f.Pattern = c
	}
	return f
}

func (p *parser) frameBound() *FrameBound {
	b := &FrameBound{Base: p.base()}
	switch next := p.peekKey(1); {
	case p.key() == "UNBOUNDED" && (next == "PRECEDING" || next == "FOLLOWING"):
		b.Type = UnboundedPreceding
		if next == "FOLLOWING" {
			b.Type = UnboundedFollowing
		}
		p.next()
		p.next()
		return b
	case p.key() == "CURRENT" && next == "ROW":
		b.Type = CurrentRow
		p.next()
		p.next()
		return b
	}
	p.want("UNBOUNDED")
	p.want("CURRENT")
	word := p.key()
	p.open++
	b.Value = p.expression()
	p.open--
	if word == "CURRENT" {
		p.want("ROW")
	}
	b.Type = Preceding
	if p.expectOne("PRECEDING", "FOLLOWING") == "FOLLOWING" {
		b.Type = Following
	}
	return b
}

// ---------------------------------------------------------------- relations

// relation parses a relation with its joins.
func (p *parser) relation() Relation {
	p.enter()
	defer func() { p.depth-- }()
	start := p.here()
	if p.givenRelation != nil {
		start = p.givenStart
	}
	left := p.sampled()
	for p.err == nil {
		j := &Join{Base: Base{At: start}, Left: left}
		switch {
		case p.accept("CROSS"):
			p.expect("JOIN")
			j.Right = p.sampled()
		case p.accept("NATURAL"):
			j.Natural = true
			j.Type = p.joinType()
			p.expect("JOIN")
			j.Right = p.sampled()
		case p.is("JOIN") || p.is("INNER") || p.is("LEFT") || p.is("RIGHT") || p.is("FULL"):
			j.Type = p.joinType()
			p.expect("JOIN")
			// The right side takes further joins, as long as each finds its
			// ON or USING: a JOIN b JOIN c ON x ON y.
			j.Right = p.relation()
			base := p.expectOne("ON", "USING")
			if base == "ON" {
				j.On = p.expression()
			} else {
				p.expect("(")
				j.Using = p.identifiers()
				p.expect(")")
			}
		default:
			return left
		}
		p.link()
		left = j
	}
	return left
}

func (p *parser) joinType() JoinType {
	t := InnerJoin
	switch {
	case p.accept("INNER"):
		return t
	case p.accept("LEFT"):
		t = LeftJoin
	case p.accept("RIGHT"):
		t = RightJoin
	case p.accept("FULL"):
		t = FullJoin
	default:
		return t
	}
	p.accept("OUTER")
	return t
}

func (p *parser) sampled() Relation {
	start := p.here()
	if p.givenRelation != nil {
		start = p.givenStart
	}
	r := p.patternRecognition(start)
	if p.is("TABLESAMPLE") {
		p.next()
		s := &SampledRelation{Base: Base{At: start}, Relation: r}
		s.System = p.expectOne("BERNOULLI", "SYSTEM") == "SYSTEM"
		p.expect("(")
		s.Percentage = p.expression()
		p.expect(")")
		return s
	}
	return r
}

func (p *parser) patternRecognition(start sqlerr.Pos) Relation {
	r := p.aliased(start)
	if !p.is("MATCH_RECOGNIZE") {
		return r
	}
	p.next()
	p.expect("(")
	m := &PatternRecognition{Base: Base{At: start}, Relation: r}
	if p.accept("PARTITION") {
		p.expect("BY")
		m.PartitionBy = p.expressions()
	}
	m.OrderBy = p.orderBy()
	if p.accept("MEASURES") {
		m.Measures = p.measures()
	}
	switch {
	case p.accept("ONE"):
		p.expect("ROW", "PER", "MATCH")
		m.RowsPerMatch = "ONE ROW PER MATCH"
	case p.accept("ALL"):
		p.expect("ROWS", "PER", "MATCH")
		m.RowsPerMatch = "ALL ROWS PER MATCH"
		switch {
		case p.accept("SHOW"):
			p.expect("EMPTY", "MATCHES")
			m.RowsPerMatch += " SHOW EMPTY MATCHES"
		case p.accept("OMIT"):
			p.expect("EMPTY", "MATCHES")
			m.RowsPerMatch += " OMIT EMPTY MATCHES"
		case p.accept("WITH"):
			p.expect("UNMATCHED", "ROWS")
			m.RowsPerMatch += " WITH UNMATCHED ROWS"
		}
	}
	m.Pattern = p.patternClauses(false)
	p.expect(")")
	m.Alias, m.Columns = p.alias()
	return m
}

func (p *parser) measures() []*Measure {
	var list []*Measure
	for {
		m := &Measure{Base: p.base(), Expr: p.expression()}
		p.expect("AS")
		m.Name = p.identifier()
		list = append(list, m)
		if !p.accept(",") {
			return list
		}
	}
}

// patternClauses parses AFTER MATCH, INITIAL or SEEK, PATTERN, SUBSET and
// DEFINE. In a frame all of them are optional.
func (p *parser) patternClauses(frame bool) *PatternClauses {
	c := &PatternClauses{Base: p.base()}
	if p.accept("AFTER") {
		p.expect("MATCH", "SKIP")
		switch {
		case p.accept("PAST"):
			p.expect("LAST", "ROW")
			c.AfterMatch = "PAST LAST ROW"
		default:
			p.expect("TO")
			switch {
			case p.key() == "NEXT" && p.peekKey(1) == "ROW":
				p.next()
				p.next()
				c.AfterMatch = "TO NEXT ROW"
			case (p.key() == "FIRST" || p.key() == "LAST") && p.isName(p.peek(1)) && !p.patternWord(1):
				c.AfterMatch = "TO " + p.key()
				p.next()
				c.SkipTo = p.identifier()
			default:
				c.AfterMatch = "TO"
				c.SkipTo = p.identifier()
			}
		}
	}
	switch {
	case p.accept("INITIAL"):
		c.SearchMode = "INITIAL"
	case p.accept("SEEK"):
		c.SearchMode = "SEEK"
	}
	if p.is("PATTERN") {
		p.next()
		p.expect("(")
		c.Pattern = p.rowPattern()
		p.expect(")")
	} else if !frame {
		p.fail()
	}
	if p.accept("SUBSET") {
		for {
			s := &SubsetDefinition{Base: p.base(), Name: p.identifier()}
			p.expect("=", "(")
			s.Union = p.identifiers()
			p.expect(")")
			c.Subsets = append(c.Subsets, s)
			if !p.accept(",") {
				break
			}
		}
	}
	if p.is("DEFINE") {
		p.next()
		for {
			d := &VariableDefinition{Base: p.base(), Name: p.identifier()}
			p.expect("AS")
			d.Expr = p.expression()
			c.Defines = append(c.Defines, d)
			if !p.accept(",") {
				break
			}
		}
	} else if !frame {
		p.fail()
	}
	return c
}

// patternWord reports whether the token n ahead begins the clause after AFTER
// MATCH SKIP, so that FIRST or LAST before it was a variable's name.
func (p *parser) patternWord(n int) bool {
	switch p.peekKey(n) {
	case "PATTERN":
		return p.peekKey(n+1) == "("
	case "INITIAL", "SEEK":
		return p.peekKey(n+1) == "PATTERN"
	}
	return false
}

func (p *parser) rowPattern() *RowPattern {
	p.enter()
	defer func() { p.depth-- }()
	first := p.patternConcat()
	if !p.is("|") {
		return first
	}
	alt := &RowPattern{Base: first.Base, Kind: PatternAlternate, Args: []*RowPattern{first}}
	for p.accept("|") {
		alt.Args = append(alt.Args, p.patternConcat())
	}
	return alt
}

func (p *parser) patternConcat() *RowPattern {
	first := p.patternQuantified()
	if !p.patternAhead() {
		return first
	}
	c := &RowPattern{Base: first.Base, Kind: PatternConcat, Args: []*RowPattern{first}}
	for p.err == nil && p.patternAhead() {
		c.Args = append(c.Args, p.patternQuantified())
	}
	return c
}

func (p *parser) patternAhead() bool {
	return p.is("(") || p.is("^") || p.is("$") || p.is("{-") || p.atName()
}

func (p *parser) patternQuantified() *RowPattern {
	r := p.patternPrimary()
	q := ""
	base := p.base()
	switch {
	case p.accept("*"):
		q = "*"
	case p.accept("+"):
		q = "+"
	case p.accept("?"):
		q = "?"
	case p.accept("{"):
		q = "{"
		if p.kind() == IntegerNumber {
			q += p.integer()
		} else {
			p.want("<integer>")
			if !p.is(",") {
				p.fail()
			}
		}
		if p.accept(",") {
			q += ","
			if p.kind() == IntegerNumber {
				q += p.integer()
			} else {
				p.want("<integer>")
			}
		}
		p.expect("}")
		q += "}"
	default:
		return r
	}
	if p.accept("?") {
		q += "?"
	}
	return &RowPattern{Base: base, Kind: PatternQuantified, Args: []*RowPattern{r}, Quantifier: q}
}

func (p *parser) patternPrimary() *RowPattern {
	r := &RowPattern{Base: p.base()}
	switch {
	case p.is("PERMUTE") && p.peekKey(1) == "(":
		r.Kind = PatternPermute
		p.next()
		p.next()
		for {
			r.Args = append(r.Args, p.rowPattern())
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	case p.accept("^"):
		r.Kind = PatternStart
	case p.accept("$"):
		r.Kind = PatternEnd
	case p.accept("{-"):
		r.Kind = PatternExclude
		r.Args = []*RowPattern{p.rowPattern()}
		p.expect("-}")
	case p.accept("("):
		if p.accept(")") {
			r.Kind = PatternEmpty
			return r
		}
		r = p.rowPattern()
		p.expect(")")
	default:
		r.Name = p.identifier()
	}
	return r
}

// aliased parses a primary relation with its alias.
func (p *parser) aliased(start sqlerr.Pos) Relation {
	r := p.relationPrimary()
	alias, columns := p.alias()
	if alias == nil {
		return r
	}
	return &AliasedRelation{Base: Base{At: start}, Relation: r, Alias: alias, Columns: columns}
}

func (p *parser) alias() (*Identifier, []*Identifier) {
	if p.accept("AS") {
	} else if !p.aliasAhead() {
		return nil, nil
	}
	id := p.identifier()
	if p.is("(") {
		return id, p.columnAliases()
	}
	return id, nil
}

func (p *parser) relationPrimary() Relation {
	if r := p.givenRelation; r != nil {
		p.givenRelation = nil
		return r
	}
	base := p.base()
	switch k := p.key(); {
	case k == "(":
		body, r := p.relationParens()
		if body != nil {
			return body
		}
		return r
	case k == "UNNEST":
		p.next()
		p.expect("(")
		u := &Unnest{Base: base, Exprs: p.expressions()}
		p.expect(")")
		if p.is("WITH") && p.peekKey(1) == "ORDINALITY" {
			p.next()
			p.next()
			u.WithOrdinality = true
		}
		return u
	case k == "LATERAL" && p.peekKey(1) == "(":
		p.next()
		p.next()
		l := &Lateral{Base: base, Query: p.query()}
		p.expect(")")
		return l
	case k == "TABLE":
		p.next()
		p.expect("(")
		f := p.tableFunction(base)
		p.expect(")")
		return f
	case k == "JSON_TABLE":
		return p.jsonTable()
	}
	if !p.isName(p.tok()) {
		p.want("(")
		p.want("UNNEST")
		p.want("LATERAL")
		p.want("TABLE")
		p.want("JSON_TABLE")
		p.want("<identifier>")
		p.fail()
		return &Table{Base: base}
	}
	t := &Table{Base: base, Name: p.qualifiedName()}
	if p.is("FOR") {
		q := &QueryPeriod{Base: p.base()}
		p.next()
		q.Version = p.expectOne("TIMESTAMP", "VERSION") == "VERSION"
		p.expect("AS", "OF")
		q.End = p.valueExpr(0)
		t.Period = q
	}
	return t
}

// relationParens parses from "(" to its ")": a query, or a relation. As with
// expressions a query in parentheses may be the first part of something
// larger.
func (p *parser) relationParens() (*TableSubquery, Relation) {
	p.enter()
	defer func() { p.depth-- }()
	base := p.base()
	p.expect("(")
	p.want("<query>")
	if p.atQueryStart(0) {
		body := &TableSubquery{Base: base, Query: p.query()}
		p.expect(")")
		return body, nil
	}
	if p.key() == "(" {
		start := p.here()
		body, r := p.relationParens()
		if body != nil {
			if p.queryGoesOn(body) && !p.aliasAhead() || p.key() == ")" && body.Query.With == nil {
				q := p.queryFrom(body)
				p.expect(")")
				return &TableSubquery{Base: base, Query: q}, nil
			}
			r = body
		}
		p.givenRelation, p.givenStart = r, start
	}
	r := p.relation()
	p.expect(")")
	return nil, r
}

func (p *parser) tableFunction(base Base) *TableFunction {
	f := &TableFunction{Base: base, Name: p.qualifiedName()}
	p.expect("(")
	if !p.is(")") && !(p.key() == "COPARTITION" && p.peekKey(1) == "(") {
		for {
			f.Args = append(f.Args, p.tableFunctionArg())
			if !p.accept(",") {
				break
			}
		}
	}
	if p.accept("COPARTITION") {
		for {
			p.expect("(")
			tables := []*QualifiedName{p.qualifiedName()}
			p.expect(",")
			tables = append(tables, p.qualifiedName())
			for p.accept(",") {
				tables = append(tables, p.qualifiedName())
			}
			p.expect(")")
			f.Copartition = append(f.Copartition, tables)
			if !p.accept(",") {
				break
			}
		}
	}
	p.expect(")")
	return f
}

func (p *parser) tableFunctionArg() *TableFunctionArg {
	a := &TableFunctionArg{Base: p.base()}
	if p.isName(p.tok()) && p.peekKey(1) == "=>" {
		a.Name = p.identifier()
		p.next()
	}
	base := p.base()
	switch {
	case p.is("TABLE"):
		a.Table = p.tableArg()
	case p.is("DESCRIPTOR") && p.peekKey(1) == "(":
		p.next()
		p.next()
		a.Descriptor = &Descriptor{Base: base}
		for {
			f := &DescriptorField{Base: p.base(), Name: p.identifier()}
			if p.key() != "," && p.key() != ")" {
				f.Type = p.dataType()
			}
			a.Descriptor.Fields = append(a.Descriptor.Fields, f)
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	case p.key() == "CAST" && p.peekKey(1) == "(" && p.peekKey(2) == "NULL" && p.peekKey(3) == "AS" && p.peekKey(4) == "DESCRIPTOR":
		for range 5 {
			p.next()
		}
		p.expect(")")
		a.Descriptor = &Descriptor{Base: base}
	default:
		a.Expr = p.expression()
	}
	return a
}

func (p *parser) tableArg() *TableArg {
	base := p.base()
	t := &TableArg{Base: base}
	p.expect("TABLE", "(")
	p.want("<query>")
	if p.atQueryStart(0) || p.key() == "(" {
		t.Relation = &TableSubquery{Base: base, Query: p.query()}
	} else {
		t.Relation = &Table{Base: base, Name: p.qualifiedName()}
	}
	p.expect(")")
	if p.accept("AS") || p.tableArgAlias() {
		a := &AliasedRelation{Base: base, Relation: t.Relation, Alias: p.identifier()}
		if p.is("(") {
			a.Columns = p.columnAliases()
		}
		t.Relation = a
	}
	if p.accept("PARTITION") {
		p.expect("BY")
		if p.key() == "(" {
			t.PartitionBy = p.groupingSet()
		} else {
			t.PartitionBy = []Expr{p.expression()}
		}
	}
	switch {
	case p.accept("PRUNE"):
		p.expect("WHEN", "EMPTY")
		t.Prune = true
	case p.accept("KEEP"):
		p.expect("WHEN", "EMPTY")
		t.Keep = true
	}
	if p.is("ORDER") {
		o := &OrderBy{Base: p.base()}
		p.next()
		p.expect("BY")
		if p.accept("(") {
			o.Items = p.sortItems()
			p.expect(")")
		} else {
			o.Items = []*SortItem{p.sortItem()}
		}
		t.OrderBy = o
	}
	return t
}

func (p *parser) tableArgAlias() bool {
	switch next := p.peekKey(1); p.key() {
	case "PARTITION":
		return next != "BY"
	case "PRUNE", "KEEP":
		return next != "WHEN"
	case "COPARTITION":
		return false
	}
	return p.atName()
}

// ---------------------------------------------------------------- JSON

func (p *parser) jsonFormat() *JSONFormat {
	f := &JSONFormat{Base: p.base()}
	p.expect("JSON")
	if p.accept("ENCODING") {
		f.Encoding = p.expectOne("UTF8", "UTF16", "UTF32")
	}
	return f
}

// optionalFormat parses FORMAT JSON ..., or returns nil.
func (p *parser) optionalFormat() *JSONFormat {
	if !p.accept("FORMAT") {
		return nil
	}
	return p.jsonFormat()
}

func (p *parser) jsonValueExpr() *JSONValueExpr {
	return &JSONValueExpr{Base: p.base(), Expr: p.expression(), Format: p.optionalFormat()}
}

func (p *parser) jsonPath() *JSONPathInvocation {
	i := &JSONPathInvocation{Base: p.base(), Input: p.jsonValueExpr()}
	p.expect(",")
	i.Path = p.str()
	if p.accept("AS") {
		i.Name = p.identifier()
	}
	if p.accept("PASSING") {
		for {
			a := &JSONPathParameter{Base: p.base(), Value: p.jsonValueExpr()}
			p.expect("AS")
			a.Name = p.identifier()
			i.Passing = append(i.Passing, a)
			if !p.accept(",") {
				break
			}
		}
	}
	return i
}

func (p *parser) jsonExists(base Base) Expr {
	p.next()
	p.expect("(")
	e := &JSONExists{Base: base, Path: p.jsonPath()}
	b := &JSONBehavior{Base: p.base()}
	found := true
	switch {
	case p.accept("TRUE"):
		b.Kind = JSONTrue
	case p.accept("FALSE"):
		b.Kind = JSONFalse
	case p.accept("UNKNOWN"):
		b.Kind = JSONUnknown
	case p.accept("ERROR"):
		b.Kind = JSONError
	default:
		found = false
	}
	if found {
		p.expect("ON", "ERROR")
		e.OnError = b
	}
	p.expect(")")
	return e
}

// behaviors parses [x ON EMPTY] [y ON ERROR]; query allows EMPTY ARRAY and
// EMPTY OBJECT, its absence DEFAULT expression.
func (p *parser) behaviors(query bool) (onEmpty, onError *JSONBehavior) {
	for {
		b := &JSONBehavior{Base: p.base()}
		switch {
		case p.accept("ERROR"):
		case p.accept("NULL"):
			b.Kind = JSONNull
		case !query && p.accept("DEFAULT"):
			b.Kind = JSONDefault
			b.Default = p.expression()
		case query && p.accept("EMPTY"):
			b.Kind = JSONEmptyArray
			if p.expectOne("ARRAY", "OBJECT") == "OBJECT" {
				b.Kind = JSONEmptyObject
			}
		default:
			return onEmpty, onError
		}
		p.expect("ON")
		if onEmpty == nil && p.accept("EMPTY") {
			onEmpty = b
			continue
		}
		p.expect("ERROR")
		return onEmpty, b
	}
}

func (p *parser) jsonValue(base Base) Expr {
	p.next()
	p.expect("(")
	v := &JSONValue{Base: base, Path: p.jsonPath()}
	if p.accept("RETURNING") {
		v.Returning = p.dataType()
	}
	v.OnEmpty, v.OnError = p.behaviors(false)
	p.expect(")")
	return v
}

// returning parses [RETURNING type [FORMAT JSON ...]].
func (p *parser) returning() (DataType, *JSONFormat) {
	if !p.accept("RETURNING") {
		return nil, nil
	}
	t := p.dataType()
	return t, p.optionalFormat()
}

// wrapper parses [WITHOUT [ARRAY] | WITH [CONDITIONAL | UNCONDITIONAL] [ARRAY]
// WRAPPER].
func (p *parser) wrapper() JSONWrapper {
	w := JSONWrapperNone
	switch {
	case p.accept("WITHOUT"):
		w = JSONWithoutWrapper
	case p.accept("WITH"):
		w = JSONUnconditionalWrapper
		if p.accept("CONDITIONAL") {
			w = JSONConditionalWrapper
		} else {
			p.accept("UNCONDITIONAL")
		}
	default:
		return w
	}
	p.accept("ARRAY")
	p.expect("WRAPPER")
	return w
}

// quotes parses [KEEP | OMIT QUOTES [ON SCALAR STRING]].
func (p *parser) quotes() JSONQuotes {
	q := JSONQuotesNone
	switch {
	case p.accept("KEEP"):
		q = JSONKeepQuotes
	case p.accept("OMIT"):
		q = JSONOmitQuotes
	default:
		return q
	}
	p.expect("QUOTES")
	if p.accept("ON") {
		p.expect("SCALAR", "STRING")
	}
	return q
}

func (p *parser) jsonQuery(base Base) Expr {
	p.next()
	p.expect("(")
	q := &JSONQuery{Base: base, Path: p.jsonPath()}
	q.Returning, q.Format = p.returning()
	q.Wrapper = p.wrapper()
	q.Quotes = p.quotes()
	q.OnEmpty, q.OnError = p.behaviors(true)
	p.expect(")")
	return q
}

// onNull parses [NULL ON NULL | ABSENT ON NULL]; found tells whether it was
// there.
func (p *parser) onNull() (absent, found bool) {
	switch {
	case p.accept("NULL"):
	case p.accept("ABSENT"):
		absent = true
	default:
		return false, false
	}
	p.expect("ON", "NULL")
	return absent, true
}

func (p *parser) jsonObject(base Base) Expr {
	p.next()
	p.expect("(")
	o := &JSONObject{Base: base}
	p.want(")")
	p.want("RETURNING")
	p.want("KEY")
	if p.key() != ")" && !p.returningAhead() {
		for {
			m := &JSONMember{Base: p.base()}
			if p.key() == "KEY" && p.canStart(p.peek(1)) && p.peekKey(1) != "VALUE" && (p.peekKey(1) != "(" || p.keyAhead()) {
				p.next()
				m.Key = p.expression()
				p.expect("VALUE")
			} else {
				m.Key = p.expression()
				p.expectOne("VALUE", ":")
			}
			m.Value = p.jsonValueExpr()
			o.Members = append(o.Members, m)
			if !p.accept(",") {
				break
			}
		}
		o.AbsentOnNull, _ = p.onNull()
		switch {
		case p.accept("WITH"):
			o.UniqueKeys = true
			p.expect("UNIQUE")
			p.accept("KEYS")
		case p.accept("WITHOUT"):
			p.expect("UNIQUE")
			p.accept("KEYS")
		}
	}
	o.Returning, o.Format = p.returning()
	p.expect(")")
	return o
}

// keyAhead tells KEY (key) VALUE value from a call of key: key(x) : value.
func (p *parser) keyAhead() bool {
	value := false
	for n, open := 1, 0; ; n++ {
		switch p.peekKey(n) {
		case "(", "[":
			open++
		case ")", "]":
			open--
		case ":":
			if open == 0 {
				return false
			}
		case "VALUE":
			value = value || open == 0
		}
		if open < 0 || open == 0 && p.peekKey(n) == "," || p.peek(n).Kind == EOF {
			return value
		}
	}
}

// returningAhead tells RETURNING type from an element named returning.
func (p *parser) returningAhead() bool {
	return p.key() == "RETURNING" && p.isName(p.peek(1)) && p.peekKey(1) != "VALUE" && p.peekKey(1) != "FORMAT"
}

func (p *parser) jsonArray(base Base) Expr {
	p.next()
	p.expect("(")
	a := &JSONArray{Base: base}
	p.want(")")
	p.want("RETURNING")
	if p.key() != ")" && !p.returningAhead() {
		for {
			a.Items = append(a.Items, p.jsonValueExpr())
			if !p.accept(",") {
				break
			}
		}
		absent, found := p.onNull()
		a.NullOnNull = found && !absent
	}
	a.Returning, a.Format = p.returning()
	p.expect(")")
	return a
}

func (p *parser) jsonTable() Relation {
	t := &JSONTable{Base: p.base()}
	p.next()
	p.expect("(")
	t.Path = p.jsonPath()
	p.expect("COLUMNS")
	t.Columns = p.jsonTableColumns()
	if p.accept("PLAN") {
		if p.accept("DEFAULT") {
			p.expect("(")
			first := p.expectOne("OUTER", "INNER", "UNION", "CROSS")
			t.PlanDefault = []string{first}
			if p.accept(",") {
				if first == "OUTER" || first == "INNER" {
					t.PlanDefault = append(t.PlanDefault, p.expectOne("UNION", "CROSS"))
				} else {
					t.PlanDefault = append(t.PlanDefault, p.expectOne("OUTER", "INNER"))
				}
			}
			p.expect(")")
		} else {
			p.expect("(")
			t.Plan = p.jsonTablePlan()
			p.expect(")")
		}
	}
	switch {
	case p.accept("ERROR"):
		t.ErrorOnError = "ERROR"
		p.expect("ON", "ERROR")
	case p.accept("EMPTY"):
		t.ErrorOnError = "EMPTY"
		p.expect("ON", "ERROR")
	}
	p.expect(")")
	return t
}

func (p *parser) jsonTableColumns() []*JSONTableColumn {
	p.enter()
	defer func() { p.depth-- }()
	p.expect("(")
	var list []*JSONTableColumn
	for {
		list = append(list, p.jsonTableColumn())
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return list
}

func (p *parser) jsonTableColumn() *JSONTableColumn {
	c := &JSONTableColumn{Base: p.base()}
	if p.key() == "NESTED" && (isStringKind(p.peek(1).Kind) || p.peekKey(1) == "PATH" && isStringKind(p.peek(2).Kind)) {
		c.Kind = JSONNestedColumns
		p.next()
		p.accept("PATH")
		c.Path = p.str()
		if p.accept("AS") {
			c.Name = p.identifier()
		}
		p.expect("COLUMNS")
		c.Columns = p.jsonTableColumns()
		return c
	}
	c.Name = p.identifier()
	if p.accept("FOR") {
		p.expect("ORDINALITY")
		return c
	}
	c.Kind = JSONValueColumn
	c.Type = p.dataType()
	if p.accept("FORMAT") {
		c.Kind = JSONQueryColumn
		c.Format = p.jsonFormat()
	}
	if p.accept("PATH") {
		c.Path = p.str()
	}
	if c.Kind == JSONQueryColumn {
		c.Wrapper = p.wrapper()
		c.Quotes = p.quotes()
	}
	c.Empty, c.Error = p.behaviors(c.Kind == JSONQueryColumn)
	return c
}

// jsonTablePlan parses a specific plan: a name, name OUTER | INNER plan, or
// plans joined by UNION or by CROSS.
func (p *parser) jsonTablePlan() *JSONTablePlan {
	p.enter()
	defer func() { p.depth-- }()
	base := p.base()
	bare := p.key() != "("
	first := p.jsonPlanPrimary()
	op := ""
	switch {
	case bare && p.accept("OUTER"):
		op = "OUTER"
	case bare && p.accept("INNER"):
		op = "INNER"
	case p.accept("UNION"):
		op = "UNION"
	case p.accept("CROSS"):
		op = "CROSS"
	default:
		if !bare {
			p.fail()
		}
		return first
	}
	n := &JSONTablePlan{Base: base, Op: op, Args: []*JSONTablePlan{first, p.jsonPlanPrimary()}}
	if op == "UNION" || op == "CROSS" {
		for p.accept(op) {
			n.Args = append(n.Args, p.jsonPlanPrimary())
		}
	}
	return n
}

func (p *parser) jsonPlanPrimary() *JSONTablePlan {
	n := &JSONTablePlan{Base: p.base()}
	if p.accept("(") {
		n = p.jsonTablePlan()
		p.expect(")")
		return n
	}
	n.Name = p.identifier()
	return n
}

// rawText is the text from byte offset from to the end of the token before the
// current one.
func (p *parser) rawText(from int) string {
	if p.pos == 0 || p.err != nil {
		return ""
	}
	return strings.TrimSpace(p.text[from:p.tokens[p.pos-1].End])
}
