package syntax

// Positions are those of Trino's NodeLocation: AstBuilder.getLocation.

import (
	"fmt"
	"testing"
)

func TestPositions(t *testing.T) {
	for _, c := range []struct {
		expr string
		want string // node kinds with the text at their place, in Inspect's order
	}{
		{"a + b * c", "BinaryExpr@+ Identifier@a BinaryExpr@* Identifier@b Identifier@c "},
		{"a = b", "BinaryExpr@= Identifier@a Identifier@b "},
		{"a || b", "BinaryExpr@|| Identifier@a Identifier@b "},
		{"a AND (b OR c) AND d", "LogicalExpr@a Identifier@a LogicalExpr@b Identifier@b Identifier@c Identifier@d "},
		{"(a) OR b", "LogicalExpr@( Identifier@a Identifier@b "},
		{"NOT a", "NotExpr@NOT Identifier@a "},
		{"a NOT IN (1, 2)", "InList@NOT Identifier@a LongLiteral@1 LongLiteral@2 "},
		{"a IN (1)", "InList@IN Identifier@a LongLiteral@1 "},
		{"a BETWEEN b AND c", "Between@BETWEEN Identifier@a Identifier@b Identifier@c "},
		{"a IS NOT NULL", "IsNull@IS Identifier@a "},
		{"a IS DISTINCT FROM b", "IsDistinctFrom@IS Identifier@a Identifier@b "},
		{"a LIKE b", "Like@LIKE Identifier@a Identifier@b "},
		{"a AT TIME ZONE 'x'", "AtTimeZone@AT Identifier@a StringLiteral@'x' "},
		{"(a)[b].c", "Dereference@( Subscript@( Identifier@a Identifier@b Identifier@c "},
		{"-a", "UnaryExpr@- Identifier@a "},
		{"-1", "LongLiteral@- "},
		{"s.f(a)", "FunctionCall@s QualifiedName@s Identifier@s Identifier@f Identifier@a "},
		{"position(a IN b)", "FunctionCall@position QualifiedName@position Identifier@position Identifier@b Identifier@a "},
		{"CAST(a AS int)", "Cast@CAST Identifier@a GenericType@int Identifier@int "},
		{"(a, b)", "RowExpr@( Identifier@a Identifier@b "},
		{"x -> y", "Lambda@x Identifier@x Identifier@y "},
		{"CASE WHEN a THEN b END", "Case@CASE When@WHEN Identifier@a Identifier@b "},
		{"a > ALL (SELECT 1)", "Quantified@> Identifier@a Query@SELECT QuerySpec@SELECT SingleColumn@1 LongLiteral@1 "},
		{"DATE '2020-01-01'", "GenericLiteral@DATE "},
	} {
		e, err := ParseExpression(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		if got := places(c.expr, e); got != c.want {
			t.Errorf("%s\n   got %s\n  want %s", c.expr, got, c.want)
		}
	}
}

// places lists a tree's nodes with the token that stands at each one's place.
func places(text string, n Node) string {
	at := map[int]string{}
	for _, tok := range Tokens(text, Trino) {
		at[tok.Off] = text[tok.Off:tok.End]
	}
	s := ""
	Inspect(n, func(n Node) bool {
		kind := fmt.Sprintf("%T", n)
		s += kind[len("*syntax."):] + "@" + at[n.Pos().Offset()] + " "
		return true
	})
	return s
}

func TestQueryPositions(t *testing.T) {
	sql := "WITH a AS (SELECT 1) SELECT b AS c, d.* FROM e AS f JOIN (g) ON h UNION ALL SELECT i ORDER BY j DESC LIMIT 5"
	s, err := Parse(sql)
	if err != nil {
		t.Fatal(err)
	}
	want := "QueryStatement@WITH Query@WITH With@WITH WithQuery@a Identifier@a Query@SELECT QuerySpec@SELECT SingleColumn@1 LongLiteral@1 " +
		"SetOperation@UNION QuerySpec@SELECT SingleColumn@b Identifier@b Identifier@c AllColumns@d Identifier@d " +
		"Join@e AliasedRelation@e Table@e QualifiedName@e Identifier@e Identifier@f Table@g QualifiedName@g Identifier@g Identifier@h " +
		"QuerySpec@SELECT SingleColumn@i Identifier@i OrderBy@ORDER SortItem@j Identifier@j LimitClause@LIMIT LongLiteral@5 "
	if got := places(sql, s); got != want {
		t.Errorf("\n   got %s\n  want %s", got, want)
	}
}

func TestExecuteImmediatePositions(t *testing.T) {
	sql := "EXECUTE IMMEDIATE 'SELECT nope FROM t'"
	s, err := Parse(sql)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	Inspect(s.(*ExecuteImmediate).Statement, func(n Node) bool {
		if id, ok := n.(*Identifier); ok && id.Value == "nope" {
			_, col := id.Pos().LineCol(sql)
			found = col == 27
		}
		return true
	})
	if !found {
		t.Error("the name is not at column 27")
	}
}

// What stands in messages; from Trino's ExpressionFormatter and, where a bare
// decimal is a double, semantics 11.1.
func TestFormatExpr(t *testing.T) {
	for expr, want := range map[string]string{
		"a+b*2":                                  "(a + (b * 2))",
		"a and b or not c":                       "((a AND b) OR (NOT c))",
		"A || 'it''s'":                           "concat(A, 'it''s')",
		"a is null":                              "(a IS NULL)",
		"a is not null":                          "(a IS NOT NULL)",
		"a not in (1, null)":                     "(NOT (a IN (1, null)))",
		"a not between 1 and 2":                  "(NOT (a BETWEEN 1 AND 2))",
		"a is not distinct from true":            "(NOT (a IS DISTINCT FROM true))",
		"a != 1":                                 "(a <> 1)",
		"1.5":                                    "1.5E0",
		"1.50e3":                                 "1.5E3",
		"decimal '1.50'":                         "DECIMAL '1.50'",
		"date '2020-01-01'":                      "date '2020-01-01'",
		"interval '1' day":                       "INTERVAL '1' DAY",
		"interval -'1-2' year to month":          "INTERVAL -'1-2' YEAR TO MONTH",
		"cast(a as DECIMAL(10, 2))":              "CAST(a AS DECIMAL(10, 2))",
		"cast(a as timestamp(3) with time zone)": "CAST(a AS timestamp(3) with time zone)",
		"array[1, 2]":                            "ARRAY[1,2]",
		"row(1, 2)":                              "ROW (1, 2)",
		"a[1].b":                                 "a[1].b",
		"case a when 1 then 2 else 3 end":        "(CASE a WHEN 1 THEN 2 ELSE 3 END)",
		"if(a, 1)":                               "IF(a, 1)",
		"coalesce(a, b)":                         "COALESCE(a, b)",
		"try(a)":                                 "TRY(a)",
		"count(*)":                               "count(*)",
		"sum(distinct a)":                        "sum(DISTINCT a)",
		"sum(a) filter (where b > 1)":            "sum(a) FILTER (WHERE (b > 1))",
		"sum(a) over (partition by b order by c)": "sum(a) OVER (PARTITION BY b ORDER BY c ASC)",
		`"Order"`:              `"Order"`,
		"x -> x + 1":           "(x) -> (x + 1)",
		"-a":                   "-(a)",
		"current_timestamp":    "current_timestamp",
		"extract(year from a)": "EXTRACT(YEAR FROM a)",
		"a at time zone 'UTC'": "a AT TIME ZONE 'UTC'",
		"trim(a)":              "trim(BOTH FROM a)",
		"exists (select 1)":    "(EXISTS (SELECT 1\n\n))",
	} {
		e, err := ParseExpression(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
		} else if got := FormatExpr(e); got != want {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"a + 1", "A+0x1", true},
		{`"a".b`, "A.B", true},
		{"sum(distinct a)", "SUM(DISTINCT A)", true},
		{"sum(distinct a)", "sum(a)", false},
		{"a + b", "b + a", false},
		{"'a'", "'A'", false},
		{"1_0.5", "10.5", true},
		{"1.50", "1.5", false},
		{"date '1'", "DATE '1'", true},
		{"a is null", "a is not null", false},
		{"cast(a as INT)", "CAST(a AS int)", true},
		{"cast(a as int)", "try_cast(a as int)", false},
		{"(a, b)", "ROW(a, b)", true},
		{"f(a) over (order by b)", "f(a) over (order by b desc)", false},
		{"(select 1)", "(select 1 limit 1)", false},
		{"null", "null", true},
	} {
		a, err := ParseExpression(c.a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := ParseExpression(c.b)
		if err != nil {
			t.Fatal(err)
		}
		if EqualExprs(a, b) != c.want || EqualExprs(b, a) != c.want {
			t.Errorf("%s, %s: want %v", c.a, c.b, c.want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	sql := `SELECT id, SUM(amount) as amount FROM "default"."sample_table"
WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00')
GROUP BY(id)`
	b.SetBytes(int64(len(sql)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(sql); err != nil {
			b.Fatal(err)
		}
	}
}
