package syntax

// This file parses statements by Trino's grammar, and UNLOAD, which Athena
// added to it. Those that nobody executes here are parsed, too, so that they
// can be refused by name; of them only the text is kept.

import (
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// dialectOf chooses the grammar by a statement's first words, as Athena does
// (semantics 4.1): Hive's for DDL, SHOW, DESCRIBE and MSCK, Trino's for the
// rest. Statements that only Trino knows go to Trino's grammar, where they get
// a name to be refused by.
func dialectOf(text string) Dialect {
	return dialectAt(scanner{text: text})
}

// dialectAt is dialectOf of what the scanner has before it.
func dialectAt(s scanner) Dialect {
	s.dialect = Trino
	var words []Token
	word := func(n int) string {
		for len(words) <= n {
			t := s.next()
			if t.Kind == Comment {
				continue
			}
			words = append(words, t)
			if t.Kind == EOF {
				break
			}
		}
		if n < len(words) {
			return words[n].Key
		}
		return ""
	}
	switch word(0) {
	case "MSCK":
		return Hive
	case "DESCRIBE", "DESC":
		if word(1) == "INPUT" || word(1) == "OUTPUT" {
			if word(2) != "" && word(2) != "." && word(2) != ";" {
				return Trino
			}
		}
		return Hive
	case "SHOW":
		switch word(1) {
		case "CATALOGS", "FUNCTIONS", "GRANTS", "ROLES", "ROLE", "CURRENT", "SESSION", "STATS":
			return Trino
		case "CREATE":
			switch word(2) {
			case "MATERIALIZED", "SCHEMA":
				return Trino
			case "VIEW":
				return quotedAhead(&s)
			}
		}
		return Hive
	case "ALTER":
		switch word(1) {
		case "TABLE", "DATABASE":
			return Hive
		case "SCHEMA":
			if word(3) == "SET" && word(4) == "DBPROPERTIES" {
				return Hive
			}
		}
		return Trino
	case "DROP":
		switch word(1) {
		case "TABLE", "DATABASE", "SCHEMA":
			return Hive
		case "VIEW":
			return quotedAhead(&s)
		}
		return Trino
	case "CREATE":
		switch word(1) {
		case "EXTERNAL", "DATABASE", "SCHEMA", "TEMPORARY":
			return Hive
		case "TABLE":
			return createTableDialect(&s)
		}
	}
	return Trino
}

// quotedAhead chooses Trino's grammar where a name in double quotes follows:
// statements about views take both kinds of quotes, as the views themselves
// are made in Trino's grammar.
func quotedAhead(s *scanner) Dialect {
	for {
		switch t := s.next(); {
		case t.Kind == QuotedWord:
			return Trino
		case t.Kind == EOF, t.Key == ";":
			return Hive
		}
	}
}

// createTableDialect tells CTAS from Hive's CREATE TABLE (of Iceberg tables,
// which have no EXTERNAL) by what follows the name.
func createTableDialect(s *scanner) Dialect {
	next := func() Token {
		for {
			if t := s.next(); t.Kind != Comment {
				return t
			}
		}
	}
	t := next()
	if t.Key == "IF" {
		for range 3 {
			t = next()
		}
	}
	for { // the name
		t = next()
		if t.Key != "." {
			break
		}
		next()
	}
	switch t.Key {
	case "AS", "WITH":
		return Trino
	case "COMMENT":
		next()
		if t = next(); t.Key == "AS" || t.Key == "WITH" {
			return Trino
		}
		return Hive
	case "(":
		next()
		if t = next(); t.Key == "," || t.Key == ")" {
			return Trino
		}
		return Hive
	}
	if t.Kind == EOF || t.Key == ";" {
		return Trino
	}
	return Hive
}

func (p *parser) statement() Statement {
	p.enter()
	defer func() { p.depth-- }()
	base := p.base()
	from := p.tok().Off
	other := func(name string) Statement {
		return &OtherStatement{Base: base, Name: name, Text: p.rawText(from)}
	}
	if p.key() == "WITH" && p.peekKey(1) == "FUNCTION" {
		p.next()
		p.functionSpecification()
		for p.accept(",") {
			p.functionSpecification()
		}
		p.query()
		return other("WITH FUNCTION")
	}
	if p.atQueryStart(0) || p.key() == "(" || p.key() == "TABLE" {
		q := p.query()
		return &QueryStatement{Base: base, Query: q}
	}
	switch p.key() {
	case "CREATE":
		return p.create(base)
	case "DROP":
		p.next()
		if p.key() == "VIEW" {
			p.next()
			d := &DropView{Base: base, IfExists: p.ifExists()}
			d.Name = p.qualifiedName()
			return d
		}
		return other("DROP " + p.drop())
	case "ALTER":
		p.next()
		return other("ALTER " + p.alter())
	case "INSERT":
		return p.insert(base)
	case "UNLOAD":
		if p.peekKey(1) == "(" {
			return p.unload(base)
		}
	case "EXPLAIN":
		return p.explain(base)
	case "PREPARE":
		p.next()
		s := &Prepare{Base: base, Name: p.identifier()}
		p.expect("FROM")
		start := p.tok().Off
		s.Statement = p.statement()
		s.Text = p.rawText(start)
		return s
	case "DEALLOCATE":
		p.next()
		p.expect("PREPARE")
		return &Deallocate{Base: base, Name: p.identifier()}
	case "EXECUTE":
		return p.execute(base)
	case "SHOW":
		return p.show(base)
	case "USE":
		p.next()
		p.identifier()
		if p.accept(".") {
			p.identifier()
		}
		return other("USE")
	case "DELETE":
		p.next()
		p.expect("FROM")
		p.qualifiedName()
		if p.accept("WHERE") {
			p.expression()
		}
		return other("DELETE")
	case "UPDATE":
		p.next()
		p.qualifiedName()
		p.expect("SET")
		p.assignments()
		if p.accept("WHERE") {
			p.expression()
		}
		return other("UPDATE")
	case "MERGE":
		p.merge()
		return other("MERGE")
	case "TRUNCATE":
		p.next()
		p.expect("TABLE")
		p.qualifiedName()
		return other("TRUNCATE TABLE")
	case "COMMENT":
		p.next()
		p.expect("ON")
		p.expectOne("TABLE", "VIEW", "COLUMN")
		p.qualifiedName()
		p.expect("IS")
		if !p.accept("NULL") {
			p.str()
		}
		return other("COMMENT")
	case "ANALYZE":
		p.next()
		p.qualifiedName()
		p.withProperties()
		return other("ANALYZE")
	case "REFRESH":
		p.next()
		p.expect("MATERIALIZED", "VIEW")
		p.qualifiedName()
		return other("REFRESH MATERIALIZED VIEW")
	case "CALL":
		p.next()
		p.qualifiedName()
		p.callArguments()
		return other("CALL")
	case "GRANT", "REVOKE", "DENY":
		word := p.key()
		p.grant()
		return other(word)
	case "SET":
		return other(p.set())
	case "RESET":
		p.next()
		p.expect("SESSION")
		if p.key() == "AUTHORIZATION" && p.peekKey(1) != "." {
			p.next()
		} else {
			p.qualifiedName()
		}
		return other("RESET SESSION")
	case "START":
		p.next()
		p.expect("TRANSACTION")
		p.transactionModes()
		return other("START TRANSACTION")
	case "COMMIT", "ROLLBACK":
		word := p.key()
		p.next()
		p.accept("WORK")
		return other(word)
	case "DESCRIBE", "DESC":
		word := p.key()
		p.next()
		if (p.key() == "INPUT" || p.key() == "OUTPUT") && word == "DESCRIBE" && p.isName(p.peek(1)) {
			word += " " + p.key()
			p.next()
			p.identifier()
			return other(word)
		}
		p.qualifiedName()
		return other("DESCRIBE")
	case "USING":
		if p.peekKey(1) == "EXTERNAL" {
			p.externalFunctions()
			p.rootQuery()
			return other("USING EXTERNAL FUNCTION")
		}
	case "OPTIMIZE":
		p.next()
		p.qualifiedName()
		for _, w := range []string{"REWRITE", "DATA", "USING", "BIN_PACK"} {
			p.expect(w)
		}
		if p.accept("WHERE") {
			p.expression()
		}
		return other("OPTIMIZE")
	case "VACUUM":
		p.next()
		p.qualifiedName()
		return other("VACUUM")
	}
	for _, k := range statementWords {
		p.want(k)
	}
	p.want("<query>")
	p.fail()
	return nil
}

// statementWords begin statements in Trino's grammar; the others are queries.
var statementWords = strings.Fields(`ALTER ANALYZE CALL COMMENT COMMIT CREATE DEALLOCATE DELETE DENY DESC DESCRIBE DROP
	EXECUTE EXPLAIN GRANT INSERT MERGE PREPARE REFRESH RESET REVOKE ROLLBACK SET SHOW START TRUNCATE UPDATE USE WITH`)

// externalFunctions parses USING EXTERNAL FUNCTION name (parameter type, ...)
// RETURNS type LAMBDA | SAGEMAKER 'name', ... in front of a query.
func (p *parser) externalFunctions() {
	p.next()
	for {
		p.expect("EXTERNAL", "FUNCTION")
		p.identifier()
		p.expect("(")
		if !p.accept(")") {
			for {
				p.identifier()
				p.dataType()
				if !p.accept(",") {
					break
				}
			}
			p.expect(")")
		}
		p.expect("RETURNS")
		p.dataType()
		p.expectOne("LAMBDA", "SAGEMAKER")
		p.str()
		if !p.accept(",") {
			return
		}
	}
}

// dialectOf parses the rest of ALTER VIEW name [FORCE] ADD | UPDATE DIALECT AS query, or
// DROP DIALECT, of the Glue catalog's views, and says which it is; "" where it is none.
func (p *parser) dialectOf() string {
	n := 0
	if p.key() == "FORCE" {
		n = 1
	}
	action := p.peekKey(n)
	if p.peekKey(n+1) != "DIALECT" || action != "ADD" && action != "UPDATE" && action != "DROP" {
		return ""
	}
	for range n + 2 {
		p.next()
	}
	if action != "DROP" {
		p.expect("AS")
		p.rootQuery()
	}
	return action + " DIALECT"
}

func (p *parser) create(base Base) Statement {
	from := p.tok().Off
	other := func(name string) Statement {
		return &OtherStatement{Base: base, Name: name, Text: p.rawText(from)}
	}
	p.next()
	replace := false
	if p.accept("OR") {
		p.expect("REPLACE")
		replace = true
	}
	switch {
	case p.key() == "PROTECTED" && p.peekKey(1) == "MULTI":
		p.next()
		p.expect("MULTI", "DIALECT", "VIEW")
		p.qualifiedName()
		p.expect("SECURITY", "DEFINER")
		if p.accept("SHOW") {
			p.expect("VIEW", "JSON")
		}
		p.expect("AS")
		p.rootQuery()
		return other("CREATE PROTECTED MULTI DIALECT VIEW")
	case p.accept("TABLE"):
		return p.createTableAs(base, from, replace)
	case p.accept("VIEW"):
		v := &CreateView{Base: base, Replace: replace, Name: p.qualifiedName()}
		if p.accept("COMMENT") {
			v.Comment = p.str()
		}
		if p.accept("SECURITY") {
			v.Security = p.expectOne("DEFINER", "INVOKER")
		}
		p.expect("AS")
		start := p.tok().Off
		v.Query = p.rootQuery()
		v.Text = p.rawText(start)
		return v
	case p.accept("MATERIALIZED"):
		p.expect("VIEW")
		p.ifNotExists()
		p.qualifiedName()
		if p.accept("GRACE") {
			p.expect("PERIOD")
			p.interval()
		}
		if p.accept("COMMENT") {
			p.str()
		}
		p.withProperties()
		p.expect("AS")
		p.query()
		return other("CREATE MATERIALIZED VIEW")
	case p.is("FUNCTION"):
		p.functionSpecification()
		return other("CREATE FUNCTION")
	case replace:
		p.fail()
	case p.accept("CATALOG"):
		p.ifNotExists()
		p.identifier()
		p.expect("USING")
		p.identifier()
		if p.accept("COMMENT") {
			p.str()
		}
		if p.accept("AUTHORIZATION") {
			p.principal()
		}
		p.withProperties()
		return other("CREATE CATALOG")
	case p.accept("SCHEMA"):
		p.ifNotExists()
		p.qualifiedName()
		if p.accept("AUTHORIZATION") {
			p.principal()
		}
		p.withProperties()
		return other("CREATE SCHEMA")
	case p.accept("ROLE"):
		p.identifier()
		if p.accept("WITH") {
			p.expect("ADMIN")
			p.grantor()
		}
		p.inCatalog()
		return other("CREATE ROLE")
	}
	p.fail()
	return nil
}

func (p *parser) ifNotExists() bool {
	if !p.accept("IF") {
		return false
	}
	p.expect("NOT", "EXISTS")
	return true
}

func (p *parser) ifExists() bool {
	if !p.is("IF") || p.peekKey(1) != "EXISTS" {
		return false
	}
	p.next()
	p.next()
	return true
}

// withProperties parses [WITH (name = value, ...)].
func (p *parser) withProperties() []*Property {
	if !p.is("WITH") || p.peekKey(1) != "(" {
		return nil
	}
	p.next()
	p.next()
	list := p.properties()
	p.expect(")")
	return list
}

func (p *parser) properties() []*Property {
	var list []*Property
	for {
		prop := &Property{Base: p.base(), Name: p.identifier()}
		p.expect("=")
		p.want("DEFAULT")
		if p.key() == "DEFAULT" && !p.continues(p.peek(1)) {
			p.next()
		} else {
			prop.Value = p.expression()
		}
		list = append(list, prop)
		if !p.accept(",") {
			return list
		}
	}
}

// continues reports whether a token after a word makes it more than that word.
func (p *parser) continues(t *Token) bool {
	return t.Kind != EOF && t.Key != "," && t.Key != ")" && t.Key != ";"
}

func (p *parser) createTableAs(base Base, from int, replace bool) Statement {
	c := &CreateTableAs{Base: base, Replace: replace}
	c.IfNotExists = p.ifNotExists()
	p.check(!replace || !c.IfNotExists, base.At, "'OR REPLACE' and 'IF NOT EXISTS' clauses can not be used together")
	c.Name = p.qualifiedName()
	if p.is("(") {
		if p.isName(p.peek(1)) && (p.peekKey(2) == "," || p.peekKey(2) == ")") {
			c.Columns = p.columnAliases()
		} else {
			return p.createTable(base, from)
		}
	}
	if p.accept("COMMENT") {
		c.Comment = p.str()
	}
	c.Properties = p.withProperties()
	p.expect("AS")
	if p.key() == "(" && p.peekKey(1) == "WITH" {
		// A query's own parentheses hold no WITH: these are CTAS's.
		p.next()
		c.Query = p.query()
		p.expect(")")
	} else {
		c.Query = p.rootQuery()
	}
	if p.accept("WITH") {
		c.NoData = p.accept("NO")
		p.expect("DATA")
	}
	return c
}

// createTable parses Trino's own CREATE TABLE with columns, which Athena does
// not have.
func (p *parser) createTable(base Base, from int) Statement {
	p.expect("(")
	for {
		if p.is("LIKE") {
			p.next()
			p.qualifiedName()
			if p.accept("INCLUDING") || p.accept("EXCLUDING") {
				p.expect("PROPERTIES")
			}
		} else {
			p.columnDefinition()
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	if p.accept("COMMENT") {
		p.str()
	}
	p.withProperties()
	return &OtherStatement{Base: base, Name: "CREATE TABLE", Text: p.rawText(from)}
}

func (p *parser) columnDefinition() {
	p.qualifiedName()
	p.dataType()
	if p.accept("NOT") {
		p.expect("NULL")
	}
	if p.accept("COMMENT") {
		p.str()
	}
	p.withProperties()
}

// drop parses what follows DROP and returns what is dropped.
func (p *parser) drop() string {
	switch k := p.expectOne("TABLE", "VIEW", "SCHEMA", "CATALOG", "MATERIALIZED", "FUNCTION", "ROLE"); k {
	case "TABLE", "VIEW":
		p.ifExists()
		p.qualifiedName()
		return k
	case "SCHEMA", "CATALOG":
		p.ifExists()
		if k == "CATALOG" {
			p.identifier()
		} else {
			p.qualifiedName()
		}
		if !p.accept("CASCADE") {
			p.accept("RESTRICT")
		}
		return k
	case "MATERIALIZED":
		p.expect("VIEW")
		p.ifExists()
		p.qualifiedName()
		return "MATERIALIZED VIEW"
	case "FUNCTION":
		p.ifExists()
		p.functionDeclaration()
		return k
	default:
		p.identifier()
		p.inCatalog()
		return k
	}
}

// alter parses what follows ALTER and returns the statement's further words.
func (p *parser) alter() string {
	switch k := p.expectOne("TABLE", "VIEW", "SCHEMA", "MATERIALIZED"); k {
	case "SCHEMA", "VIEW":
		p.qualifiedName()
		if k == "VIEW" {
			if action := p.dialectOf(); action != "" {
				return "VIEW " + action
			}
		}
		if p.expectOne("RENAME", "SET") == "RENAME" {
			p.expect("TO")
			if k == "VIEW" {
				p.qualifiedName()
			} else {
				p.identifier()
			}
			return k + " RENAME TO"
		}
		p.expect("AUTHORIZATION")
		p.principal()
		return k + " SET AUTHORIZATION"
	case "MATERIALIZED":
		p.expect("VIEW")
		exists := p.ifExists()
		p.qualifiedName()
		if !exists && p.accept("SET") {
			p.expect("PROPERTIES")
			p.properties()
			return "MATERIALIZED VIEW SET PROPERTIES"
		}
		p.expect("RENAME", "TO")
		p.qualifiedName()
		return "MATERIALIZED VIEW RENAME TO"
	case "TABLE":
		return "TABLE " + p.alterTable()
	}
	return ""
}

func (p *parser) alterTable() string {
	exists := p.ifExists()
	p.qualifiedName()
	switch {
	case p.accept("RENAME"):
		if p.expectOne("TO", "COLUMN") == "TO" {
			p.qualifiedName()
			return "RENAME TO"
		}
		p.ifExists()
		p.qualifiedName()
		p.expect("TO")
		p.identifier()
		return "RENAME COLUMN"
	case p.accept("ADD"):
		p.expect("COLUMN")
		p.ifNotExists()
		p.columnDefinition()
		return "ADD COLUMN"
	case p.accept("DROP"):
		p.expect("COLUMN")
		p.ifExists()
		p.qualifiedName()
		return "DROP COLUMN"
	case p.accept("ALTER"):
		p.expect("COLUMN")
		p.qualifiedName()
		if p.accept("SET") {
			p.expect("DATA", "TYPE")
			p.dataType()
		} else {
			p.expect("DROP", "NOT", "NULL")
		}
		return "ALTER COLUMN"
	case !exists && p.accept("SET"):
		if p.expectOne("AUTHORIZATION", "PROPERTIES") == "AUTHORIZATION" {
			p.principal()
			return "SET AUTHORIZATION"
		}
		p.properties()
		return "SET PROPERTIES"
	case !exists && p.accept("EXECUTE"):
		p.identifier()
		if p.is("(") {
			p.callArguments()
		}
		if p.accept("WHERE") {
			p.expression()
		}
		return "EXECUTE"
	}
	p.fail()
	return ""
}

func (p *parser) insert(base Base) Statement {
	p.next()
	p.expect("INTO")
	s := &Insert{Base: base, Table: p.qualifiedName()}
	// (a, b) before a query is the column list.
	if p.is("(") && p.isName(p.peek(1)) {
		s.Columns = p.columnAliases()
	}
	s.Query = p.rootQuery()
	return s
}

// rootQuery parses the query of a statement, where Trino also takes WITH
// FUNCTION; that is refused by its own name only before a lone query.
func (p *parser) rootQuery() *Query {
	p.want("WITH")
	return p.query()
}

func (p *parser) unload(base Base) Statement {
	p.next()
	u := &Unload{Base: base}
	p.expect("(")
	u.Query = p.query()
	p.expect(")", "TO")
	u.Location = p.str()
	u.Properties = p.withProperties()
	return u
}

func (p *parser) explain(base Base) Statement {
	p.next()
	e := &Explain{Base: base}
	p.want("ANALYZE")
	if p.key() == "ANALYZE" && p.analyzes() {
		p.next()
		e.Analyze = true
		if p.accept("VERBOSE") {
			e.Verbose = true
		}
	}
	// Athena takes EXPLAIN ANALYZE (FORMAT ...), which Trino does not.
	if p.is("(") && (!e.Analyze && (p.peekKey(1) == "FORMAT" || p.peekKey(1) == "TYPE") || e.Analyze && !e.Verbose && p.peekKey(1) == "FORMAT") {
		p.next()
		for {
			switch {
			case p.accept("FORMAT"):
				e.Format = p.expectOne("TEXT", "GRAPHVIZ", "JSON")
			case !e.Analyze && p.accept("TYPE"):
				e.Type = p.expectOne("LOGICAL", "DISTRIBUTED", "VALIDATE", "IO")
			default:
				p.fail()
			}
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	}
	e.Statement = p.statement()
	return e
}

// analyzes tells EXPLAIN ANALYZE statement from EXPLAIN of the statement
// ANALYZE table.
func (p *parser) analyzes() bool {
	n := 1
	if p.peekKey(n) == "VERBOSE" {
		n++
	}
	t := p.peek(n)
	if !p.isName(t) {
		return true
	}
	switch t.Key {
	case "ANALYZE", "CALL", "COMMENT", "COMMIT", "DENY", "DESC", "EXPLAIN", "GRANT", "MERGE", "REFRESH", "RESET", "REVOKE",
		"ROLLBACK", "SET", "SHOW", "START", "TRUNCATE", "UPDATE", "USE", "UNLOAD":
		next := p.peek(n + 1)
		return next.Kind != EOF && next.Key != "." && next.Key != "WITH" && next.Key != ";"
	}
	return false
}

func (p *parser) execute(base Base) Statement {
	p.next()
	if p.key() == "IMMEDIATE" && isStringKind(p.peek(1).Kind) {
		p.next()
		e := &ExecuteImmediate{Base: base, Text: p.str()}
		if p.accept("USING") {
			e.Args = p.expressions()
		}
		if p.err == nil && p.later == nil {
			// Places inside are made places of the whole text, where the
			// inner statement begins after the opening quote.
			delta := e.Text.At
			s, err := ParseTrino(e.Text.Value)
			if err != nil {
				inner := sqlerr.As(err)
				inner.Pos += delta
				p.stop(inner)
				return e
			}
			Inspect(s, func(n Node) bool {
				n.(interface{ move(sqlerr.Pos) }).move(delta)
				return true
			})
			e.Statement = s
		}
		return e
	}
	p.want("IMMEDIATE")
	e := &Execute{Base: base, Name: p.identifier()}
	if p.accept("USING") {
		e.Args = p.expressions()
	}
	return e
}

// like parses [LIKE pattern [ESCAPE escape]].
func (p *parser) like() (pattern, escape *StringLiteral) {
	if p.accept("LIKE") {
		pattern = p.str()
		if p.accept("ESCAPE") {
			escape = p.str()
		}
	}
	return pattern, escape
}

func (p *parser) fromOrIn() bool { return p.accept("FROM") || p.accept("IN") }

func (p *parser) show(base Base) Statement {
	from := p.tok().Off
	p.next()
	name := ""
	switch k := p.key(); k {
	case "FUNCTIONS":
		p.next()
		s := &ShowFunctions{Base: base}
		if p.fromOrIn() {
			s.From = p.qualifiedName()
		}
		s.Like, s.Escape = p.like()
		return s
	case "CATALOGS", "SESSION":
		p.next()
		p.like()
		name = k
	case "SCHEMAS":
		p.next()
		if p.fromOrIn() {
			p.identifier()
		}
		p.like()
		name = k
	case "TABLES":
		p.next()
		if p.fromOrIn() {
			p.qualifiedName()
		}
		p.like()
		name = k
	case "COLUMNS":
		p.next()
		p.expectOne("FROM", "IN")
		p.qualifiedName()
		p.like()
		name = k
	case "STATS":
		p.next()
		p.expect("FOR")
		if p.accept("(") {
			p.query()
			p.expect(")")
		} else {
			p.qualifiedName()
		}
		name = k
	case "CURRENT", "ROLES":
		p.accept("CURRENT")
		p.expect("ROLES")
		if p.fromOrIn() {
			p.identifier()
		}
		name = "ROLES"
	case "ROLE":
		p.next()
		p.expect("GRANTS")
		if p.fromOrIn() {
			p.identifier()
		}
		name = "ROLE GRANTS"
	case "GRANTS":
		p.next()
		if p.accept("ON") {
			p.grantObject()
		}
		name = k
	case "CREATE":
		p.next()
		switch w := p.expectOne("TABLE", "SCHEMA", "VIEW", "MATERIALIZED"); w {
		case "VIEW":
			return &ShowCreate{Base: base, View: true, Name: p.qualifiedName()}
		case "MATERIALIZED":
			p.expect("VIEW")
			name = "CREATE MATERIALIZED VIEW"
		default:
			name = "CREATE " + w
		}
		p.qualifiedName()
	default:
		for _, w := range strings.Fields("CATALOGS COLUMNS CREATE CURRENT FUNCTIONS GRANTS ROLE ROLES SCHEMAS SESSION STATS TABLES") {
			p.want(w)
		}
		p.fail()
	}
	return &OtherStatement{Base: base, Name: "SHOW " + name, Text: p.rawText(from)}
}

func (p *parser) assignments() {
	for {
		p.identifier()
		p.expect("=")
		p.expression()
		if !p.accept(",") {
			return
		}
	}
}

func (p *parser) merge() {
	p.next()
	p.expect("INTO")
	p.qualifiedName()
	if p.accept("AS") || p.atName() {
		p.identifier()
	}
	p.expect("USING")
	p.relation()
	p.expect("ON")
	p.expression()
	if !p.is("WHEN") {
		p.fail()
	}
	for p.accept("WHEN") {
		not := p.accept("NOT")
		p.expect("MATCHED")
		if p.accept("AND") {
			p.expression()
		}
		p.expect("THEN")
		if not {
			p.expect("INSERT")
			if p.is("(") {
				p.columnAliases()
			}
			p.expect("VALUES", "(")
			p.expressions()
			p.expect(")")
		} else if p.expectOne("UPDATE", "DELETE") == "UPDATE" {
			p.expect("SET")
			p.assignments()
		}
	}
}

func (p *parser) callArguments() {
	p.expect("(")
	if p.accept(")") {
		return
	}
	for {
		if p.isName(p.tok()) && p.peekKey(1) == "=>" {
			p.identifier()
			p.next()
		}
		p.expression()
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
}

func (p *parser) principal() {
	if (p.key() == "USER" || p.key() == "ROLE") && p.isName(p.peek(1)) {
		p.next()
	}
	p.identifier()
}

func (p *parser) grantor() {
	if p.accept("CURRENT_USER") || p.accept("CURRENT_ROLE") {
		return
	}
	p.principal()
}

func (p *parser) inCatalog() {
	if p.accept("IN") {
		p.identifier()
	}
}

func (p *parser) grantObject() {
	if p.accept("TABLE") {
		p.qualifiedName()
		return
	}
	// A word before the name is the kind of what is granted; TO is a name, too.
	if p.isName(p.tok()) && p.isName(p.peek(1)) && (p.peekKey(1) != "TO" || p.peekKey(2) == "TO" || p.peekKey(2) == ".") {
		p.next()
	}
	p.qualifiedName()
}

// grant parses GRANT, REVOKE and DENY, of privileges and of roles. A list of
// words is one of roles where no ON follows.
func (p *parser) grant() {
	word := p.key()
	p.next()
	if word == "REVOKE" && (p.key() == "GRANT" || p.key() == "ADMIN") && p.peekKey(1) == "OPTION" {
		p.next()
		p.next()
		p.expect("FOR")
	}
	privilege, start := "", p.here()
	if p.key() == "ALL" && p.peekKey(1) == "PRIVILEGES" {
		p.next()
		p.next()
	} else {
		for {
			switch k := p.key(); k {
			case "CREATE", "SELECT", "DELETE", "INSERT", "UPDATE":
				privilege = k
				p.next()
			default:
				for _, w := range []string{"CREATE", "SELECT", "DELETE", "INSERT", "UPDATE"} {
					p.want(w)
				}
				p.identifier()
			}
			if !p.accept(",") {
				break
			}
		}
	}
	to := "TO"
	if word == "REVOKE" {
		to = "FROM"
	}
	if p.is("ON") || word == "DENY" {
		p.expect("ON")
		p.grantObject()
		p.expect(to)
		p.principal()
		if word == "GRANT" && p.accept("WITH") {
			p.expect("GRANT", "OPTION")
		}
		return
	}
	p.expect(to)
	p.check(privilege == "", start, "May not use a privilege name as a role name")
	p.principal()
	for p.accept(",") {
		p.principal()
	}
	if word == "GRANT" && p.accept("WITH") {
		p.expect("ADMIN", "OPTION")
	}
	if p.accept("GRANTED") {
		p.expect("BY")
		p.grantor()
	}
	p.inCatalog()
}

// set parses SET ... and returns the statement's words.
func (p *parser) set() string {
	p.next()
	switch {
	case p.accept("SESSION"):
		if p.key() == "AUTHORIZATION" && p.peekKey(1) != "=" && p.peekKey(1) != "." {
			p.next()
			if p.atString() {
				p.str()
			} else {
				p.want(".")
				p.want("=")
				p.identifier()
			}
			return "SET SESSION AUTHORIZATION"
		}
		p.qualifiedName()
		p.expect("=")
		p.expression()
		return "SET SESSION"
	case p.accept("ROLE"):
		if !p.accept("ALL") && !p.accept("NONE") {
			p.identifier()
		}
		p.inCatalog()
		return "SET ROLE"
	case p.accept("PATH"):
		for {
			p.identifier()
			if p.accept(".") {
				p.identifier()
			}
			if !p.accept(",") {
				break
			}
		}
		return "SET PATH"
	case p.accept("TIME"):
		p.expect("ZONE")
		if p.key() == "LOCAL" && !p.continues(p.peek(1)) {
			p.next()
		} else {
			p.want("LOCAL")
			p.expression()
		}
		return "SET TIME ZONE"
	}
	p.fail()
	return ""
}

func (p *parser) transactionModes() {
	if p.kind() == EOF || p.key() == ";" {
		return
	}
	for {
		switch p.expectOne("ISOLATION", "READ") {
		case "ISOLATION":
			p.expect("LEVEL")
			switch p.expectOne("READ", "REPEATABLE", "SERIALIZABLE") {
			case "READ":
				p.expectOne("UNCOMMITTED", "COMMITTED")
			case "REPEATABLE":
				p.expect("READ")
			}
		case "READ":
			p.expectOne("ONLY", "WRITE")
		}
		if !p.accept(",") {
			return
		}
	}
}

// ---------------------------------------------------------------- SQL routines

func (p *parser) functionSpecification() {
	p.expect("FUNCTION")
	p.functionDeclaration()
	p.expect("RETURNS")
	p.dataType()
	for {
		switch {
		case p.accept("LANGUAGE"):
			p.identifier()
			continue
		case p.accept("NOT"):
			p.expect("DETERMINISTIC")
			continue
		case p.accept("DETERMINISTIC"):
			continue
		case p.accept("RETURNS"):
			p.expect("NULL", "ON", "NULL", "INPUT")
			continue
		case p.accept("CALLED"):
			p.expect("ON", "NULL", "INPUT")
			continue
		case p.accept("SECURITY"):
			p.expectOne("DEFINER", "INVOKER")
			continue
		case p.accept("COMMENT"):
			p.str()
			continue
		}
		break
	}
	start := p.here()
	word := p.controlStatement()
	p.check(word == "RETURN" || word == "BEGIN", start, "Function body must start with RETURN or BEGIN")
}

func (p *parser) functionDeclaration() {
	p.qualifiedName()
	p.expect("(")
	if p.accept(")") {
		return
	}
	for {
		p.rowField() // a parameter has the form of a row's field
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
}

// controlStatement parses one statement of a routine and returns its word.
func (p *parser) controlStatement() string {
	p.enter()
	defer func() { p.depth-- }()
	word := p.key()
	if p.isName(p.tok()) && p.peekKey(1) == ":" {
		p.identifier()
		p.next()
		word = p.key()
		if word != "LOOP" && word != "WHILE" && word != "REPEAT" {
			p.expectOne("LOOP", "WHILE", "REPEAT")
			return word
		}
	}
	switch word {
	case "RETURN":
		p.next()
		p.valueExpr(0)
	case "SET":
		p.next()
		p.identifier()
		p.expect("=")
		p.expression()
	case "CASE":
		p.next()
		if !p.is("WHEN") {
			p.expression()
		}
		if !p.is("WHEN") {
			p.fail()
		}
		for p.accept("WHEN") {
			p.expression()
			p.expect("THEN")
			p.controlStatements()
		}
		if p.accept("ELSE") {
			p.controlStatements()
		}
		p.expect("END", "CASE")
	case "IF":
		p.next()
		p.expression()
		p.expect("THEN")
		p.controlStatements()
		for p.accept("ELSEIF") {
			p.expression()
			p.expect("THEN")
			p.controlStatements()
		}
		if p.accept("ELSE") {
			p.controlStatements()
		}
		p.expect("END", "IF")
	case "ITERATE", "LEAVE":
		p.next()
		p.identifier()
	case "BEGIN":
		p.next()
		for p.accept("DECLARE") {
			p.identifiers()
			p.dataType()
			if p.accept("DEFAULT") {
				p.valueExpr(0)
			}
			p.expect(";")
		}
		if !p.is("END") {
			p.controlStatements()
		}
		p.expect("END")
	case "LOOP":
		p.next()
		p.controlStatements()
		p.expect("END", "LOOP")
	case "WHILE":
		p.next()
		p.expression()
		p.expect("DO")
		p.controlStatements()
		p.expect("END", "WHILE")
	case "REPEAT":
		p.next()
		p.controlStatements()
		p.expect("UNTIL")
		p.expression()
		p.expect("END", "REPEAT")
	default:
		p.expectOne("RETURN", "SET", "CASE", "IF", "ITERATE", "LEAVE", "BEGIN", "LOOP", "WHILE", "REPEAT")
	}
	return word
}

func (p *parser) controlStatements() {
	for {
		p.controlStatement()
		p.expect(";")
		switch p.key() {
		case "END", "ELSE", "ELSEIF", "WHEN", "UNTIL", "":
			return
		}
		if p.err != nil {
			return
		}
	}
}
