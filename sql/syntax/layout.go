package syntax

// This file prints queries as Trino's SqlFormatter lays them out, which is how
// SHOW CREATE VIEW shows a view: a line a clause and a line a column, three
// blanks a level, every operator in parentheses. Its oddities (empty lines after
// a query without FROM, blanks at line ends) are Trino's and are kept.
// testdata/layout.jsonl holds what Trino 410 prints.

import "strings"

// Layout prints a query, or a CREATE VIEW, as Trino's SqlFormatter does.
func Layout(n Node) string {
	p := &printer{message: true}
	switch n := n.(type) {
	case *CreateView:
		p.s("CREATE ", opt(n.Replace, "OR REPLACE "), "VIEW ")
		p.name(n.Name)
		p.clause(" COMMENT ", n.Comment)
		p.s(opt(n.Security != "", " SECURITY "+n.Security), " AS\n")
		p.layoutQuery(n.Query, 0)
	case *QueryStatement:
		p.layoutQuery(n.Query, 0)
	case *Query:
		p.layoutQuery(n, 0)
	default:
		p.node(n)
	}
	return p.b.String()
}

// line begins a line at a level.
func (p *printer) line(level int, parts ...string) {
	p.s(strings.Repeat("   ", level))
	p.s(parts...)
}

func (p *printer) layoutQuery(q *Query, level int) {
	if w := q.With; w != nil {
		p.line(level, "WITH", opt(w.Recursive, " RECURSIVE"), "\n  ")
		for i, n := range w.Queries {
			p.line(level)
			p.id(n.Name)
			p.aliases(n.Columns)
			p.s(" AS ")
			p.layoutSubquery(n.Query, level)
			p.s("\n", opt(i < len(w.Queries)-1, ", "))
		}
	}
	p.layoutBody(q.Body, level)
	if q.OrderBy != nil {
		p.line(level)
		p.orderBy(q.OrderBy)
		p.s("\n")
	}
	if q.Offset != nil {
		p.line(level, "OFFSET ")
		p.expr(q.Offset.Count, levelAny)
		p.s(" ROWS\n")
	}
	switch l := q.Limit.(type) {
	case *LimitClause:
		p.line(level, "LIMIT ", opt(l.Count == nil, "ALL"))
		if l.Count != nil {
			p.expr(l.Count, levelAny)
		}
		p.s("\n")
	case *FetchFirst:
		p.line(level, "FETCH FIRST ", opt(l.Count == nil, "ROW "))
		if l.Count != nil {
			p.expr(l.Count, levelAny)
			p.s(" ROWS ")
		}
		p.s(opt(l.WithTies, "WITH TIES"), opt(!l.WithTies, "ONLY"), "\n")
	}
}

func (p *printer) layoutSubquery(q *Query, level int) {
	p.s("(\n")
	p.layoutQuery(q, level+1)
	p.line(level, ") ")
}

func (p *printer) layoutBody(b QueryBody, level int) {
	switch b := b.(type) {
	case *SetOperation:
		p.layoutBody(b.Left, level)
		p.s([...]string{"UNION ", "INTERSECT ", "EXCEPT "}[b.Op], opt(b.All, "ALL "))
		p.layoutBody(b.Right, level)
	case *Values:
		p.s(" VALUES ")
		for i, row := range b.Rows {
			p.s("\n")
			p.line(level, [...]string{"  ", ", "}[min(i, 1)])
			p.expr(row, levelAny)
		}
		p.s("\n")
	case *Table:
		p.s("TABLE ")
		p.name(b.Name)
		p.s("\n")
	case *TableSubquery:
		p.layoutSubquery(b.Query, level)
	case *QuerySpec:
		p.layoutSpec(b, level)
	}
}

func (p *printer) layoutSpec(q *QuerySpec, level int) {
	p.line(level, "SELECT", opt(q.Distinct, " DISTINCT"))
	for i, item := range q.Items {
		if len(q.Items) == 1 {
			p.s(" ")
		} else {
			p.s("\n")
			p.line(level, [...]string{"  ", ", "}[min(i, 1)])
		}
		p.selectItem(item)
	}
	p.s("\n")
	for i, r := range q.From {
		if i == 0 {
			p.line(level, "FROM\n")
			p.line(level, "  ")
		} else {
			p.s("\n")
			p.line(level, ", ")
		}
		p.layoutRelation(r, level)
	}
	p.s("\n")
	if q.Where != nil {
		p.line(level, "WHERE ")
		p.expr(q.Where, levelAny)
		p.s("\n")
	}
	if q.GroupBy != nil {
		p.line(level, "GROUP BY ")
		p.groupBy(q.GroupBy)
		p.s("\n")
	}
	if q.Having != nil {
		p.line(level, "HAVING ")
		p.expr(q.Having, levelAny)
		p.s("\n")
	}
	if q.Windows != nil {
		p.line(level, "WINDOW")
		p.definitions(len(q.Windows), level+1, func(i int) {
			p.id(q.Windows[i].Name)
			p.s(" AS (")
			p.windowSpec(q.Windows[i].Spec)
			p.s(")")
		})
	}
}

// definitions prints a list of definitions: one on the line of its word, several
// on lines of their own.
func (p *printer) definitions(n, level int, print func(int)) {
	if n == 1 {
		p.s(" ")
		print(0)
		p.s("\n")
		return
	}
	p.s("\n")
	for i := range n {
		p.line(level)
		print(i)
		p.s(opt(i < n-1, ","), "\n")
	}
}

func (p *printer) layoutRelation(r Relation, level int) {
	switch r := r.(type) {
	case *TableSubquery:
		p.layoutSubquery(r.Query, level)
	case *AliasedRelation:
		p.layoutInner(r.Relation, level)
		p.s(" ")
		p.id(r.Alias)
		p.aliases(r.Columns)
	case *Join:
		p.s("(")
		p.layoutRelation(r.Left, level)
		p.s("\n")
		p.line(level, opt(r.Natural, "NATURAL "), [...]string{"CROSS JOIN ", "INNER JOIN ", "LEFT JOIN ", "RIGHT JOIN ", "FULL JOIN "}[r.Type])
		p.layoutRelation(r.Right, level)
		switch {
		case r.Using != nil:
			p.s(" USING (")
			p.ids(r.Using)
			p.s(")")
		case r.On != nil:
			p.s(" ON ")
			p.expr(r.On, levelAny)
		}
		p.s(")")
	case *Lateral:
		p.line(level, "LATERAL (")
		p.layoutQuery(r.Query, level+1)
		p.line(level, ")")
	case *SampledRelation:
		p.layoutInner(r.Relation, level)
		p.s(" TABLESAMPLE ", [...]string{"BERNOULLI", "SYSTEM"}[btoi(r.System)], " (")
		p.expr(r.Percentage, levelAny)
		p.s(")")
	case *PatternRecognition:
		p.layoutMatchRecognize(r, level)
		if r.Alias != nil {
			p.s(" ")
			p.id(r.Alias)
			p.aliases(r.Columns)
		}
	case *TableFunction:
		p.layoutTableFunction(r, level)
	default:
		p.relation(r)
	}
}

// layoutInner prints what a suffix stands behind.
func (p *printer) layoutInner(r Relation, level int) {
	switch r.(type) {
	case *AliasedRelation, *SampledRelation, *PatternRecognition:
		p.s("( ")
		p.layoutRelation(r, level+1)
		p.line(level, ")")
	default:
		p.layoutRelation(r, level)
	}
}

func (p *printer) layoutMatchRecognize(r *PatternRecognition, level int) {
	if r.Alias != nil {
		// The alias is a relation of its own in Trino's tree, around this one.
		p.s("( ")
		level++
		defer func() { p.line(level-1, ")") }()
	}
	p.layoutInner(r.Relation, level)
	p.s(" MATCH_RECOGNIZE (\n")
	if r.PartitionBy != nil {
		p.line(level+1, "PARTITION BY ")
		p.exprs(r.PartitionBy)
		p.s("\n")
	}
	if r.OrderBy != nil {
		p.line(level + 1)
		p.orderBy(r.OrderBy)
		p.s("\n")
	}
	if r.Measures != nil {
		p.line(level+1, "MEASURES")
		p.definitions(len(r.Measures), level+2, func(i int) {
			p.expr(r.Measures[i].Expr, levelAny)
			p.s(" AS ")
			p.id(r.Measures[i].Name)
		})
	}
	if r.RowsPerMatch != "" {
		words := r.RowsPerMatch
		if words == "ALL ROWS PER MATCH" {
			words += " SHOW EMPTY MATCHES"
		}
		p.line(level+1, words, "\n")
	}
	c := r.Pattern
	if c.AfterMatch != "" {
		p.line(level + 1)
		p.skipTo(c)
		p.s("\n")
	}
	if c.SearchMode != "" {
		p.line(level+1, c.SearchMode, "\n")
	}
	p.line(level+1, "PATTERN (")
	p.layoutPattern(c.Pattern)
	p.s(")\n")
	if c.Subsets != nil {
		p.line(level+1, "SUBSET")
		p.definitions(len(c.Subsets), level+2, func(i int) { p.subset(c.Subsets[i]) })
	}
	p.line(level+1, "DEFINE")
	p.definitions(len(c.Defines), level+2, func(i int) {
		p.id(c.Defines[i].Name)
		p.s(" AS ")
		p.expr(c.Defines[i].Expr, levelAny)
	})
	p.s(")")
}

// skipTo prints AFTER MATCH. TO a variable means its last row, as Trino writes.
func (p *printer) skipTo(c *PatternClauses) {
	p.s("AFTER MATCH SKIP ", c.AfterMatch)
	if c.SkipTo != nil {
		p.s(opt(p.message && c.AfterMatch == "TO", " LAST"), " ")
		p.windowName(c.SkipTo)
	}
}

func (p *printer) subset(s *SubsetDefinition) {
	p.id(s.Name)
	p.s(" = (")
	p.ids(s.Union)
	p.s(")")
}

// layoutPattern prints a row pattern, every operation in parentheses.
func (p *printer) layoutPattern(r *RowPattern) {
	list := func(open, sep, end string) {
		p.s(open)
		for i, a := range r.Args {
			p.s(opt(i > 0, sep))
			p.layoutPattern(a)
		}
		p.s(end)
	}
	// pairs prints a chain as the pairs that Trino's parser makes of it.
	pairs := func(sep string) {
		p.s(strings.Repeat("(", len(r.Args)-1))
		for i, a := range r.Args {
			p.s(opt(i > 0, sep))
			p.layoutPattern(a)
			p.s(opt(i > 0, ")"))
		}
	}
	switch r.Kind {
	case PatternPermute:
		list("PERMUTE(", ", ", ")")
	case PatternExclude:
		list("{-", "", "-}")
	case PatternConcat:
		pairs(" ")
	case PatternAlternate:
		pairs(" | ")
	case PatternQuantified:
		quantifier := r.Quantifier
		if n, ok := strings.CutPrefix(quantifier, "{"); ok && !strings.Contains(n, ",") {
			count, lazy, _ := strings.Cut(n, "}")
			quantifier = "{" + count + "," + count + "}" + lazy
		}
		list("(", "", quantifier+")")
	default:
		p.pattern(r, 0)
	}
}

func (p *printer) layoutTableFunction(r *TableFunction, level int) {
	p.line(level, "TABLE(")
	level++
	p.name(r.Name)
	p.s("(\n")
	for i, a := range r.Args {
		p.line(level + 1)
		if a.Name != nil {
			p.id(a.Name)
			p.s(" => ")
		}
		switch {
		case a.Expr != nil:
			p.expr(a.Expr, levelAny)
		case a.Table != nil:
			p.layoutTableArg(a.Table, level+2)
		case a.Descriptor.Fields == nil:
			p.s("CAST (NULL AS DESCRIPTOR)")
		default:
			p.descriptor(a.Descriptor)
		}
		p.s(opt(i < len(r.Args)-1, ",\n"))
	}
	if r.Copartition != nil {
		p.s("\n")
		p.line(level+1, "COPARTITION ")
		for i, tables := range r.Copartition {
			p.s(opt(i > 0, ", "))
			for j, t := range tables {
				p.s([...]string{"(", ", "}[min(j, 1)])
				p.name(t)
			}
			p.s(")")
		}
	}
	p.s("))")
}

func (p *printer) layoutTableArg(t *TableArg, level int) {
	r := t.Relation
	aliased, ok := r.(*AliasedRelation)
	if ok {
		r = aliased.Relation
	}
	p.s("TABLE(")
	if s, ok := r.(*TableSubquery); ok {
		p.layoutQuery(s.Query, level)
	} else {
		p.layoutRelation(r, level)
	}
	p.s(")")
	if ok {
		p.s(" AS ")
		p.id(aliased.Alias)
		p.aliases(aliased.Columns)
	}
	if t.PartitionBy != nil {
		p.s("\n")
		p.line(level, "PARTITION BY ")
		p.exprs(t.PartitionBy)
	}
	if t.Prune || t.Keep {
		p.s("\n")
		p.line(level, opt(t.Prune, "PRUNE"), opt(t.Keep, "KEEP"), " WHEN EMPTY")
	}
	if t.OrderBy != nil {
		p.s("\n")
		p.line(level)
		p.orderBy(t.OrderBy)
	}
}
