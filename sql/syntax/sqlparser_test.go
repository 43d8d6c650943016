package syntax

// A differential test against github.com/xwb1989/sqlparser, a parser of MySQL's
// grammar by another author, over the subset that both grammars read alike:
// columns, integers, + - * %, comparisons, AND OR NOT, BETWEEN, IN, LIKE, IS
// NULL, CASE, calls, joins, GROUP BY, HAVING, ORDER BY, LIMIT, UNION. Random
// statements are parsed by both, both trees are printed with parentheses around
// everything, and the two texts must be the same.
//
// Left out is what that parser reads otherwise: || (it is OR there), typed
// literals, names in double quotes, division, <>, and numbers with a point.

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/xwb1989/sqlparser"
)

// ---------------------------------------------------------------- random statements

type gen struct{ *rand.Rand }

func (g gen) pick(list ...string) string { return list[g.Intn(len(list))] }

func (g gen) value(depth int) string {
	if depth <= 0 {
		return g.pick("a", "b", "c", "t.d", "1", "2", "34", "'x'", "'it''s'")
	}
	switch g.Intn(9) {
	case 0, 1, 2, 3:
		return g.value(depth-1) + " " + g.pick("+", "-", "*", "%") + " " + g.value(depth-1)
	case 4:
		return "(" + g.value(depth-1) + ")"
	case 5:
		return "- " + g.pick("a", "b", "t.d")
	case 6:
		return g.pick("f", "g") + "(" + g.value(depth-1) + ", " + g.value(depth-1) + ")"
	case 7:
		s := "CASE"
		if g.Intn(2) == 0 {
			s += " " + g.value(depth-1)
		}
		for range 1 + g.Intn(2) {
			s += " WHEN " + g.condition(depth-1) + " THEN " + g.value(depth-1)
		}
		if g.Intn(2) == 0 {
			s += " ELSE " + g.value(depth-1)
		}
		return s + " END"
	}
	return g.value(0)
}

func (g gen) condition(depth int) string {
	if depth > 0 {
		switch g.Intn(6) {
		case 0, 1:
			return g.condition(depth-1) + " AND " + g.condition(depth-1)
		case 2:
			return g.condition(depth-1) + " OR " + g.condition(depth-1)
		case 3:
			return "NOT " + g.condition(depth-1)
		case 4:
			return "(" + g.condition(depth-1) + ")"
		}
	}
	not := g.pick("", "NOT ")
	switch g.Intn(6) {
	case 0:
		return g.value(1) + " " + not + "BETWEEN " + g.value(1) + " AND " + g.value(1)
	case 1:
		return g.value(1) + " " + not + "IN (" + g.value(1) + ", " + g.value(0) + ")"
	case 2:
		return g.value(1) + " " + not + "LIKE " + g.value(0)
	case 3:
		return g.value(1) + " IS " + not + "NULL"
	}
	return g.value(2) + " " + g.pick("=", "<", ">", "<=", ">=", "!=") + " " + g.value(2)
}

func (g gen) relation() string {
	s := g.pick("t", "s.u AS v", "w x", "(SELECT a FROM t) AS y")
	for range g.Intn(3) {
		s += " " + g.pick("JOIN", "INNER JOIN", "LEFT JOIN", "LEFT OUTER JOIN", "RIGHT JOIN") + " " + g.pick("p", "q AS r", "(SELECT b FROM p) z") + " ON " + g.condition(1)
	}
	return s
}

func (g gen) selects() string {
	s := "SELECT " + g.pick("", "DISTINCT ")
	items := []string{}
	for range 1 + g.Intn(3) {
		items = append(items, g.pick("*", g.value(2), g.value(3)+" AS k", "t.*", "count(*)", "sum(DISTINCT a)"))
	}
	s += strings.Join(items, ", ") + " FROM " + g.relation()
	if g.Intn(3) == 0 {
		s += ", " + g.relation()
	}
	if g.Intn(3) > 0 {
		s += " WHERE " + g.condition(3)
	}
	if g.Intn(3) == 0 {
		s += " GROUP BY " + g.value(1) + ", " + g.value(0)
	}
	if g.Intn(4) == 0 {
		s += " HAVING " + g.condition(1)
	}
	return s
}

func (g gen) statement() string {
	s := g.selects()
	for range g.Intn(3) {
		s += g.pick(" UNION ", " UNION ALL ") + g.selects()
	}
	if g.Intn(3) == 0 {
		s += " ORDER BY " + g.value(1) + g.pick("", " ASC", " DESC") + ", " + g.value(0)
	}
	if g.Intn(3) == 0 {
		s += " LIMIT " + fmt.Sprint(g.Intn(100))
	}
	return s
}

// ---------------------------------------------------------------- our tree

func oursExpr(e Expr) string {
	switch e := e.(type) {
	case *Identifier:
		return strings.ToLower(e.Value)
	case *Dereference:
		return oursExpr(e.Expr) + "." + strings.ToLower(e.Field.Value)
	case *LongLiteral:
		return e.Text
	case *StringLiteral:
		return "'" + e.Value + "'"
	case *UnaryExpr:
		return "(-" + oursExpr(e.Expr) + ")"
	case *BinaryExpr:
		op := e.Op.String()
		if op == "<>" {
			op = "!="
		}
		return "(" + oursExpr(e.Left) + op + oursExpr(e.Right) + ")"
	case *LogicalExpr:
		s := oursExpr(e.Terms[0])
		for _, t := range e.Terms[1:] {
			s = "(" + s + " " + e.Op.String() + " " + oursExpr(t) + ")"
		}
		return s
	case *NotExpr:
		return "(NOT " + oursExpr(e.Expr) + ")"
	case *Between:
		return "(" + oursExpr(e.Expr) + " " + not(e.Not) + "BETWEEN " + oursExpr(e.Min) + " AND " + oursExpr(e.Max) + ")"
	case *InList:
		return "(" + oursExpr(e.Expr) + " " + not(e.Not) + "IN " + oursList(e.List) + ")"
	case *Like:
		return "(" + oursExpr(e.Expr) + " " + not(e.Not) + "LIKE " + oursExpr(e.Pattern) + ")"
	case *IsNull:
		return "(" + oursExpr(e.Expr) + " IS " + not(e.Not) + "NULL)"
	case *Case:
		s := "[CASE"
		if e.Operand != nil {
			s += " " + oursExpr(e.Operand)
		}
		for _, w := range e.Whens {
			s += " WHEN " + oursExpr(w.Condition) + " THEN " + oursExpr(w.Result)
		}
		if e.Else != nil {
			s += " ELSE " + oursExpr(e.Else)
		}
		return s + "]"
	case *FunctionCall:
		s := strings.ToLower(e.Name.Parts[0].Value)
		if e.Distinct {
			s += " DISTINCT"
		}
		if e.Star {
			return s + "(*)"
		}
		return s + oursList(e.Args)
	}
	panic(fmt.Sprintf("BUG: %T", e))
}

func oursList(list []Expr) string {
	parts := []string{}
	for _, e := range list {
		parts = append(parts, oursExpr(e))
	}
	return "(" + strings.Join(parts, ",") + ")"
}

func oursRelation(r Relation) string {
	switch r := r.(type) {
	case *Table:
		parts := []string{}
		for _, p := range r.Name.Parts {
			parts = append(parts, p.Value)
		}
		return strings.Join(parts, ".")
	case *TableSubquery:
		return "{" + oursQuery(r.Query) + "}"
	case *AliasedRelation:
		return oursRelation(r.Relation) + " AS " + r.Alias.Value
	case *Join:
		kind := map[JoinType]string{InnerJoin: "join", LeftJoin: "left join", RightJoin: "right join"}[r.Type]
		return "(" + oursRelation(r.Left) + " " + kind + " " + oursRelation(r.Right) + " ON " + oursExpr(r.On) + ")"
	}
	panic(fmt.Sprintf("BUG: %T", r))
}

func oursBody(b QueryBody) string {
	switch b := b.(type) {
	case *SetOperation:
		kind := "union"
		if b.All {
			kind = "union all"
		}
		return "<" + oursBody(b.Left) + " " + kind + " " + oursBody(b.Right) + ">"
	case *QuerySpec:
		s := "SELECT"
		if b.Distinct {
			s += " DISTINCT"
		}
		for _, item := range b.Items {
			switch item := item.(type) {
			case *AllColumns:
				s += " *"
				if item.Target != nil {
					s += oursExpr(item.Target)
				}
			case *SingleColumn:
				s += " " + oursExpr(item.Expr)
				if item.Alias != nil {
					s += " AS " + item.Alias.Value
				}
			}
		}
		for _, r := range b.From {
			s += " FROM " + oursRelation(r)
		}
		if b.Where != nil {
			s += " WHERE " + oursExpr(b.Where)
		}
		if b.GroupBy != nil {
			for _, e := range b.GroupBy.Elements {
				s += " GROUP " + oursList(e.(*SimpleGroupBy).Columns)
			}
		}
		if b.Having != nil {
			s += " HAVING " + oursExpr(b.Having)
		}
		return s
	}
	panic(fmt.Sprintf("BUG: %T", b))
}

func oursQuery(q *Query) string {
	s := oursBody(q.Body)
	if q.OrderBy != nil {
		for _, item := range q.OrderBy.Items {
			s += " ORDER " + oursExpr(item.Expr) + [...]string{" asc", " desc"}[item.Ordering]
		}
	}
	if q.Limit != nil {
		s += " LIMIT " + oursExpr(q.Limit.(*LimitClause).Count)
	}
	return s
}

// ---------------------------------------------------------------- the other tree

func theirsExpr(e sqlparser.Expr) string {
	switch e := e.(type) {
	case *sqlparser.ColName:
		if !e.Qualifier.IsEmpty() {
			return e.Qualifier.Name.String() + "." + e.Name.Lowered()
		}
		return e.Name.Lowered()
	case *sqlparser.SQLVal:
		if e.Type == sqlparser.StrVal {
			return "'" + string(e.Val) + "'"
		}
		return string(e.Val)
	case *sqlparser.ParenExpr:
		return theirsExpr(e.Expr)
	case *sqlparser.UnaryExpr:
		return "(" + e.Operator + theirsExpr(e.Expr) + ")"
	case *sqlparser.BinaryExpr:
		return "(" + theirsExpr(e.Left) + e.Operator + theirsExpr(e.Right) + ")"
	case *sqlparser.AndExpr:
		return "(" + theirsExpr(e.Left) + " AND " + theirsExpr(e.Right) + ")"
	case *sqlparser.OrExpr:
		return "(" + theirsExpr(e.Left) + " OR " + theirsExpr(e.Right) + ")"
	case *sqlparser.NotExpr:
		return "(NOT " + theirsExpr(e.Expr) + ")"
	case *sqlparser.RangeCond:
		return "(" + theirsExpr(e.Left) + " " + strings.ToUpper(e.Operator) + " " + theirsExpr(e.From) + " AND " + theirsExpr(e.To) + ")"
	case *sqlparser.ComparisonExpr:
		op := e.Operator
		if op[0] >= 'a' {
			op = " " + strings.ToUpper(op) + " "
		}
		return "(" + theirsExpr(e.Left) + op + theirsExpr(e.Right) + ")"
	case sqlparser.ValTuple:
		parts := []string{}
		for _, x := range e {
			parts = append(parts, theirsExpr(x))
		}
		return "(" + strings.Join(parts, ",") + ")"
	case *sqlparser.IsExpr:
		return "(" + theirsExpr(e.Expr) + " " + strings.ToUpper(e.Operator) + ")"
	case *sqlparser.CaseExpr:
		s := "[CASE"
		if e.Expr != nil {
			s += " " + theirsExpr(e.Expr)
		}
		for _, w := range e.Whens {
			s += " WHEN " + theirsExpr(w.Cond) + " THEN " + theirsExpr(w.Val)
		}
		if e.Else != nil {
			s += " ELSE " + theirsExpr(e.Else)
		}
		return s + "]"
	case *sqlparser.FuncExpr:
		s := e.Name.Lowered()
		if e.Distinct {
			s += " DISTINCT"
		}
		parts := []string{}
		for _, x := range e.Exprs {
			if a, ok := x.(*sqlparser.AliasedExpr); ok {
				parts = append(parts, theirsExpr(a.Expr))
			} else {
				parts = append(parts, "*")
			}
		}
		return s + "(" + strings.Join(parts, ",") + ")"
	}
	panic(fmt.Sprintf("BUG: %T", e))
}

func theirsTable(e sqlparser.TableExpr) string {
	switch e := e.(type) {
	case *sqlparser.AliasedTableExpr:
		s := ""
		switch x := e.Expr.(type) {
		case sqlparser.TableName:
			s = x.Name.String()
			if !x.Qualifier.IsEmpty() {
				s = x.Qualifier.String() + "." + s
			}
		case *sqlparser.Subquery:
			s = "{" + theirsSelect(x.Select) + "}"
		}
		if !e.As.IsEmpty() {
			s += " AS " + e.As.String()
		}
		return s
	case *sqlparser.JoinTableExpr:
		return "(" + theirsTable(e.LeftExpr) + " " + e.Join + " " + theirsTable(e.RightExpr) + " ON " + theirsExpr(e.Condition.On) + ")"
	}
	panic(fmt.Sprintf("BUG: %T", e))
}

func theirsTail(order sqlparser.OrderBy, limit *sqlparser.Limit) string {
	s := ""
	for _, o := range order {
		s += " ORDER " + theirsExpr(o.Expr) + " " + o.Direction
	}
	if limit != nil {
		s += " LIMIT " + theirsExpr(limit.Rowcount)
	}
	return s
}

func theirsSelect(st sqlparser.SelectStatement) string {
	switch st := st.(type) {
	case *sqlparser.ParenSelect:
		return theirsSelect(st.Select)
	case *sqlparser.Union:
		return "<" + theirsSelect(st.Left) + " " + st.Type + " " + theirsSelect(st.Right) + ">" + theirsTail(st.OrderBy, st.Limit)
	case *sqlparser.Select:
		s := "SELECT"
		if st.Distinct != "" {
			s += " DISTINCT"
		}
		for _, item := range st.SelectExprs {
			switch item := item.(type) {
			case *sqlparser.StarExpr:
				s += " *"
				if !item.TableName.IsEmpty() {
					s += item.TableName.Name.String()
				}
			case *sqlparser.AliasedExpr:
				s += " " + theirsExpr(item.Expr)
				if !item.As.IsEmpty() {
					s += " AS " + item.As.String()
				}
			}
		}
		for _, r := range st.From {
			s += " FROM " + theirsTable(r)
		}
		if st.Where != nil {
			s += " WHERE " + theirsExpr(st.Where.Expr)
		}
		for _, e := range st.GroupBy {
			s += " GROUP (" + theirsExpr(e) + ")"
		}
		if st.Having != nil {
			s += " HAVING " + theirsExpr(st.Having.Expr)
		}
		return s + theirsTail(st.OrderBy, st.Limit)
	}
	panic(fmt.Sprintf("BUG: %T", st))
}

func TestAgainstSQLParser(t *testing.T) {
	g := gen{rand.New(rand.NewSource(1))}
	for range 2000 {
		sql := g.statement()
		ours, err := ParseQuery(sql)
		if err != nil {
			t.Fatalf("%s\n%s", sql, full(sql, err))
		}
		theirs, err := sqlparser.Parse(sql)
		if err != nil {
			t.Fatalf("%s\nsqlparser: %v", sql, err)
		}
		a, b := oursQuery(ours), theirsSelect(theirs.(sqlparser.SelectStatement))
		if a != b {
			t.Fatalf("%s\n  ours %s\ntheirs %s", sql, a, b)
		}
	}
}
