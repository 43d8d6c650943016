package syntax

// The texts of syntax errors: Trino's parser tests measure them for its
// grammar, semantics 11.4 for Athena.

import (
	"strconv"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

var statementErrors = []struct{ sql, want string }{
	{"", "line 1:1: mismatched input '<EOF>'. Expecting: 'ALTER', 'ANALYZE', 'CALL', 'COMMENT', 'COMMIT', 'CREATE', 'DEALLOCATE', 'DELETE', 'DENY', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'GRANT', 'INSERT', 'MERGE', 'PREPARE', 'REFRESH', 'RESET', 'REVOKE', 'ROLLBACK', 'SET', 'SHOW', 'START', 'TRUNCATE', 'UPDATE', 'USE', 'WITH', <query>"},
	{"@select", "line 1:1: mismatched input '@'. Expecting: 'ALTER', 'ANALYZE', 'CALL', 'COMMENT', 'COMMIT', 'CREATE', 'DEALLOCATE', 'DELETE', 'DENY', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'GRANT', 'INSERT', 'MERGE', 'PREPARE', 'REFRESH', 'RESET', 'REVOKE', 'ROLLBACK', 'SET', 'SHOW', 'START', 'TRUNCATE', 'UPDATE', 'USE', 'WITH', <query>"},
	{"select * from foo where @what", "line 1:25: mismatched input '@'. Expecting: <expression>"},
	{"select * from 'oops", "line 1:15: mismatched input '''. Expecting: '(', 'JSON_TABLE', 'LATERAL', 'TABLE', 'UNNEST', <identifier>"},
	{"select *\nfrom x\nfrom", "line 3:1: mismatched input 'from'. Expecting: ',', '.', 'AS', 'CROSS', 'EXCEPT', 'FETCH', 'FOR', 'FULL', 'GROUP', 'HAVING', 'INNER', 'INTERSECT', 'JOIN', 'LEFT', 'LIMIT', 'MATCH_RECOGNIZE', 'NATURAL', 'OFFSET', 'ORDER', 'RIGHT', 'TABLESAMPLE', 'UNION', 'WHERE', 'WINDOW', <EOF>, <identifier>"},
	{"select *\nfrom x\nwhere from", "line 3:7: mismatched input 'from'. Expecting: <expression>"},
	{"select ", "line 1:8: mismatched input '<EOF>'. Expecting: '*', 'ALL', 'DISTINCT', <expression>"},
	{"SELECT", "line 1:7: mismatched input '<EOF>'. Expecting: '*', 'ALL', 'DISTINCT', <expression>"},
	{"select * from", "line 1:14: mismatched input '<EOF>'. Expecting: '(', 'JSON_TABLE', 'LATERAL', 'TABLE', 'UNNEST', <identifier>"},
	{"select * from  ", "line 1:16: mismatched input '<EOF>'. Expecting: '(', 'JSON_TABLE', 'LATERAL', 'TABLE', 'UNNEST', <identifier>"},
	{"select * from `foo`", "line 1:15: backquoted identifiers are not supported; use double quotes to quote identifiers"},
	{"select * from foo `bar`", "line 1:19: backquoted identifiers are not supported; use double quotes to quote identifiers"},
	{"select 1x from dual", "line 1:8: identifiers must not start with a digit; surround the identifier with double quotes"},
	{"select fuu from dual order by fuu order by fuu", "line 1:35: mismatched input 'order'. Expecting: '%', '*', '+', ',', '-', '.', '/', 'AND', 'ASC', 'AT', 'DESC', 'FETCH', 'LIMIT', 'NULLS', 'OFFSET', 'OR', '[', '||', <EOF>, <predicate>"},
	{"select fuu from dual limit 10 order by fuu", "line 1:31: mismatched input 'order'. Expecting: <EOF>"},
	{"select CAST(12223222232535343423232435343 AS BIGINT)", "line 1:1: Invalid numeric literal: 12223222232535343423232435343"},
	{"select CAST(-12223222232535343423232435343 AS BIGINT)", "line 1:1: Invalid numeric literal: -12223222232535343423232435343"},
	{"select foo.!", "line 1:12: mismatched input '!'. Expecting: '*', <identifier>"},
	{"select foo(,1)", "line 1:12: mismatched input ','. Expecting: ')', '*', 'ALL', 'DISTINCT', 'ORDER', <expression>"},
	{"select foo ( ,1)", "line 1:14: mismatched input ','. Expecting: ')', '*', 'ALL', 'DISTINCT', 'ORDER', <expression>"},
	{"select foo(DISTINCT)", "line 1:20: mismatched input ')'. Expecting: <expression>"},
	{"select foo(DISTINCT ,1)", "line 1:21: mismatched input ','. Expecting: <expression>"},
	{"CREATE )", "line 1:8: mismatched input ')'. Expecting: 'CATALOG', 'FUNCTION', 'MATERIALIZED', 'OR', 'ROLE', 'SCHEMA', 'TABLE', 'VIEW'"},
	{"CREATE TABLE ) AS (VALUES 1)", "line 1:14: mismatched input ')'. Expecting: 'IF', <identifier>"},
	{"CREATE TABLE foo ", "line 1:18: mismatched input '<EOF>'. Expecting: '(', '.', 'AS', 'COMMENT', 'WITH'"},
	{"CREATE TABLE foo () AS (VALUES 1)", "line 1:19: mismatched input ')'. Expecting: 'LIKE', <identifier>"},
	{"CREATE TABLE foo (*) AS (VALUES 1)", "line 1:19: mismatched input '*'. Expecting: 'LIKE', <identifier>"},
	{"SELECT grouping(a+2) FROM (VALUES (1)) AS t (a) GROUP BY a+2", "line 1:18: mismatched input '+'. Expecting: ')', ',', '.'"},
	{"SELECT x() over (ROWS select) FROM t", "line 1:23: mismatched input 'select'. Expecting: ')', 'BETWEEN', 'CURRENT', 'GROUPS', 'MEASURES', 'ORDER', 'PARTITION', 'RANGE', 'ROWS', 'UNBOUNDED', <expression>"},
	{"SELECT X() OVER (ROWS UNBOUNDED) FROM T", "line 1:32: mismatched input ')'. Expecting: '%', '(', '*', '+', '-', '->', '.', '/', 'AND', 'AT', 'FOLLOWING', 'OR', 'OVER', 'PRECEDING', '[', '||', <predicate>, <string>"},
	{"SELECT a FROM x ORDER BY (SELECT b FROM t WHERE ", "line 1:49: mismatched input '<EOF>'. Expecting: <expression>"},
	{"SELECT a FROM a AS x TABLESAMPLE x ", "line 1:34: mismatched input 'x'. Expecting: 'BERNOULLI', 'SYSTEM'"},
	{"SELECT a AS z FROM t GROUP BY CUBE (a), ", "line 1:41: mismatched input '<EOF>'. Expecting: '(', 'CUBE', 'GROUPING', 'ROLLUP', <expression>"},
	{"SELECT a AS z FROM t WHERE x = 1 + ", "line 1:36: mismatched input '<EOF>'. Expecting: <expression>"},
	{"SELECT a AS z FROM t WHERE a. ", "line 1:29: mismatched input '.'. Expecting: '%', '*', '+', '-', '/', 'AND', 'AT', 'EXCEPT', 'FETCH', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'OR', 'ORDER', 'UNION', 'WINDOW', '||', <EOF>, <predicate>"},
	{"CREATE TABLE t (x bigint) COMMENT ", "line 1:35: mismatched input '<EOF>'. Expecting: <string>"},
	{"SELECT * FROM ( ", "line 1:17: mismatched input '<EOF>'. Expecting: '(', 'JSON_TABLE', 'LATERAL', 'TABLE', 'UNNEST', <identifier>, <query>"},
	{"SELECT CAST(a AS )", "line 1:18: mismatched input ')'. Expecting: <type>"},
	{"SELECT CAST(a AS decimal()", "line 1:26: mismatched input ')'. Expecting: <integer>, <type>"},
	{"SELECT foo(*) filter (", "line 1:23: mismatched input '<EOF>'. Expecting: 'WHERE'"},
	{"SELECT * FROM t t x", "line 1:19: mismatched input 'x'. Expecting: '(', ',', 'CROSS', 'EXCEPT', 'FETCH', 'FULL', 'GROUP', 'HAVING', 'INNER', 'INTERSECT', 'JOIN', 'LEFT', 'LIMIT', 'MATCH_RECOGNIZE', 'NATURAL', 'OFFSET', 'ORDER', 'RIGHT', 'TABLESAMPLE', 'UNION', 'WHERE', 'WINDOW', <EOF>"},
	{"SELECT * FROM t WHERE EXISTS (", "line 1:31: mismatched input '<EOF>'. Expecting: <query>"},
	{`SELECT "" FROM t`, "line 1:8: Zero-length delimited identifier not allowed"},
	{`SELECT a FROM ""`, "line 1:15: Zero-length delimited identifier not allowed"},
	{`SELECT a FROM "".t`, "line 1:15: Zero-length delimited identifier not allowed"},
	{"WITH t AS (SELECT 1 SELECT t.* FROM t", "line 1:21: mismatched input 'SELECT'. Expecting: '%', ')', '*', '+', ',', '-', '.', '/', 'AND', 'AS', 'AT', 'EXCEPT', 'FETCH', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'OR', 'ORDER', 'UNION', 'WHERE', 'WINDOW', '[', '||', <identifier>, <predicate>"},
	{"SHOW CATALOGS LIKE '%$_%' ESCAPE", "line 1:33: mismatched input '<EOF>'. Expecting: <string>"},
	{"SHOW SCHEMAS IN foo LIKE '%$_%' ESCAPE", "line 1:39: mismatched input '<EOF>'. Expecting: <string>"},
	{"SHOW FUNCTIONS LIKE '%$_%' ESCAPE", "line 1:34: mismatched input '<EOF>'. Expecting: <string>"},
	{"SHOW SESSION LIKE '%$_%' ESCAPE", "line 1:32: mismatched input '<EOF>'. Expecting: <string>"},
	{"SELECT * FROM t FOR TIMESTAMP ", "line 1:31: mismatched input '<EOF>'. Expecting: 'AS'"},
	{"SELECT * FROM t FOR TIMESTAMP AS OF TIMESTAMP WHERE", "line 1:52: mismatched input '<EOF>'. Expecting: <expression>"},
	{"SELECT * FROM t FOR VERSION AS OF TIMESTAMP WHERE", "line 1:50: mismatched input '<EOF>'. Expecting: <expression>"},
	{"SELECT ROW(DATE '2022-10-10', DOUBLE 12.0)", "line 1:38: mismatched input '12.0'. Expecting: '%', '(', ')', '*', '+', ',', '-', '->', '.', '/', 'AND', 'AT', 'OR', 'ORDER', 'OVER', 'PRECISION', '[', '||', <predicate>, <string>"},
	{"VALUES(DATE 2)", "line 1:13: mismatched input '2'. Expecting: '%', '(', ')', '*', '+', ',', '-', '->', '.', '/', 'AND', 'AT', 'OR', 'OVER', '[', '||', <predicate>, <string>"},
	{"SELECT count(DISTINCT *) FROM (VALUES 1)", "line 1:23: mismatched input '*'. Expecting: <expression>"},
	{"EXECUTE IMMEDIATE 'SELECT ''foo'", "line 1:27: mismatched input '''. Expecting: '*', 'ALL', 'DISTINCT', <expression>"},
	{"EXECUTE IMMEDIATE\n'SELECT ''foo'", "line 2:9: mismatched input '''. Expecting: '*', 'ALL', 'DISTINCT', <expression>"},
	// Derived from the same rules.
	{"SELECT CAST(a AS array", "line 1:23: mismatched input '<EOF>'. Expecting: '(', ')', '<', 'ARRAY'"},
	{"SELECT * FROM my-db.t", "line 1:17: mismatched input '-'. Expecting: ',', '.', 'AS', 'CROSS', 'EXCEPT', 'FETCH', 'FOR', 'FULL', 'GROUP', 'HAVING', 'INNER', 'INTERSECT', 'JOIN', 'LEFT', 'LIMIT', 'MATCH_RECOGNIZE', 'NATURAL', 'OFFSET', 'ORDER', 'RIGHT', 'TABLESAMPLE', 'UNION', 'WHERE', 'WINDOW', <EOF>, <identifier>"},
	{"SELECT count(*) FROM t GROUP BY", "line 1:32: mismatched input '<EOF>'. Expecting: '(', 'ALL', 'CUBE', 'DISTINCT', 'GROUPING', 'ROLLUP', <expression>"},
	{"INSERT INTO t", "line 1:14: mismatched input '<EOF>'. Expecting: '(', '.', 'WITH', <query>"},
	{"SELECT CASE WHEN a THEN b", "line 1:26: mismatched input '<EOF>'. Expecting: '%', '*', '+', '-', '.', '/', 'AND', 'AT', 'ELSE', 'END', 'OR', 'WHEN', '[', '||', <predicate>"},
	{"CREATE VIEW v AS", "line 1:17: mismatched input '<EOF>'. Expecting: 'WITH', <query>"},
	{"SELECT a b c FROM t", "line 1:12: mismatched input 'c'. Expecting: ',', 'EXCEPT', 'FETCH', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'ORDER', 'UNION', 'WHERE', 'WINDOW', <EOF>"},
	{"SELECT 1 UNION", "line 1:15: mismatched input '<EOF>'. Expecting: '(', 'ALL', 'DISTINCT', 'SELECT', 'TABLE', 'VALUES'"},
	{"SELECT * FROM t WHERE a NOT 1", "line 1:29: mismatched input '1'. Expecting: 'BETWEEN', 'IN', 'LIKE'"},
	{"SELECT * FROM t JOIN u", "line 1:23: mismatched input '<EOF>'. Expecting: '.', 'AS', 'CROSS', 'FOR', 'FULL', 'INNER', 'JOIN', 'LEFT', 'MATCH_RECOGNIZE', 'NATURAL', 'ON', 'RIGHT', 'TABLESAMPLE', 'USING', <identifier>"},
	{"SELECT 1;;", "line 1:9: mismatched input ';'. Expecting: '%', '*', '+', ',', '-', '.', '/', 'AND', 'AS', 'AT', 'EXCEPT', 'FETCH', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'OR', 'ORDER', 'UNION', 'WHERE', 'WINDOW', '[', '||', <EOF>, <identifier>, <predicate>"},
	{"SELECT extract(nope FROM x)", "line 1:8: Invalid EXTRACT field: nope"},
	{`SELECT U&'\D83D'`, `line 1:8: Invalid escaped character: D83D. Escaped character is a surrogate. Use '\+123456' instead.`},
	{`SELECT U&'x\12'`, `line 1:8: Incomplete escape sequence: 12`},
	{`SELECT U&'!0041' UESCAPE 'ab'`, `line 1:8: Invalid Unicode escape character: ab`},
	{"SELECT X'0g'", "line 1:8: Binary literal can only contain hexadecimal digits"},
	{"CREATE OR REPLACE TABLE IF NOT EXISTS t AS SELECT 1", "line 1:1: 'OR REPLACE' and 'IF NOT EXISTS' clauses can not be used together"},
	{"SELECT 'é' x y", "line 1:14: mismatched input 'y'. Expecting: ',', 'EXCEPT', 'FETCH', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'ORDER', 'UNION', 'WHERE', 'WINDOW', <EOF>"},
}

func TestStatementErrors(t *testing.T) {
	for _, c := range statementErrors {
		_, err := ParseTrino(c.sql)
		if err == nil {
			t.Errorf("%s\n  accepted, want %s", c.sql, c.want)
			continue
		}
		if e := sqlerr.As(err); e.Code != sqlerr.SyntaxError {
			t.Errorf("%s\n  code %s", c.sql, e.Code)
		}
		if got := full(c.sql, err); got != c.want {
			t.Errorf("%s\n   got %s\n  want %s", c.sql, got, c.want)
		}
	}
}

func TestExpressionErrors(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"", "line 1:1: mismatched input '<EOF>'. Expecting: <expression>"},
		{"1 + 1 x", "line 1:7: mismatched input 'x'. Expecting: '%', '*', '+', '-', '.', '/', 'AND', 'AT', 'OR', '[', '||', <EOF>, <predicate>"},
		{"a = b = c", "line 1:7: mismatched input '='. Expecting: '%', '*', '+', '-', '.', '/', 'AND', 'AT', 'OR', '[', '||', <EOF>"},
		{"a == b", "line 1:4: mismatched input '='. Expecting: 'ALL', 'ANY', 'SOME', <expression>"},
	} {
		_, err := ParseExpression(c.sql)
		if err == nil {
			t.Errorf("%s\n  accepted, want %s", c.sql, c.want)
		} else if got := full(c.sql, err); got != c.want {
			t.Errorf("%s\n   got %s\n  want %s", c.sql, got, c.want)
		}
	}
}

func TestNesting(t *testing.T) {
	deep := map[string]string{
		"parentheses":  strings.Repeat("(", 20_000) + "1" + strings.Repeat(")", 20_000),
		"ors":          "SELECT " + strings.Repeat("(", 6000) + "x = y" + strings.Repeat(") OR x = y", 6000),
		"nots":         "SELECT " + strings.Repeat("NOT ", 20_000) + "x",
		"signs":        "SELECT " + strings.Repeat("- ", 20_000) + "x",
		"calls":        "SELECT " + strings.Repeat("f(", 20_000) + "x" + strings.Repeat(")", 20_000),
		"subqueries":   strings.Repeat("SELECT * FROM (", 20_000) + "SELECT 1" + strings.Repeat(")", 20_000),
		"relations":    "SELECT * FROM " + strings.Repeat("(", 20_000) + "t" + strings.Repeat(")", 20_000),
		"arrays":       "SELECT " + strings.Repeat("ARRAY[", 20_000) + strings.Repeat("]", 20_000),
		"subscripts":   "SELECT " + strings.Repeat("x[", 20_000) + "1" + strings.Repeat("]", 20_000),
		"cases":        "SELECT " + strings.Repeat("CASE WHEN ", 20_000) + "1",
		"types":        "SELECT CAST(x AS " + strings.Repeat("ARRAY(", 20_000) + "int" + strings.Repeat(")", 20_000) + ")",
		"hive types":   "CREATE EXTERNAL TABLE t (x " + strings.Repeat("array<", 20_000) + "int" + strings.Repeat(">", 20_000) + ")",
		"explains":     strings.Repeat("EXPLAIN ", 20_000) + "SELECT 1",
		"positions":    "SELECT " + strings.Repeat("position(", 20_000) + "1" + strings.Repeat(" IN x)", 20_000),
		"joins":        "SELECT * FROM t" + strings.Repeat(" JOIN t", 20_000),
		"many joins":   "SELECT * FROM t" + strings.Repeat(" CROSS JOIN t", 210_000),
		"many signs":   "SELECT 1" + strings.Repeat(" + 1", 210_000),
		"many fields":  "SELECT a" + strings.Repeat(".a", 210_000),
		"many indexes": "SELECT a" + strings.Repeat("[1]", 210_000),
		"many unions":  "SELECT 1" + strings.Repeat(" UNION SELECT 1", 210_000),
	}
	for name, sql := range deep {
		_, err := Parse(sql)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if msg := sqlerr.As(err).Msg; !strings.HasSuffix(msg, "statement is too large (stack overflow while parsing)") {
			t.Errorf("%s: %.200s", name, msg)
		}
	}
	// What is long but not deep is no problem.
	for name, sql := range map[string]string{
		"ors":    "SELECT a = 1" + strings.Repeat(" OR a = 1", 100_000),
		"sums":   "SELECT 1" + strings.Repeat(" + 1", 100_000),
		"values": "VALUES (1, 'a')" + strings.Repeat(", (1, 'a')", 100_000),
		"unions": "SELECT 1" + strings.Repeat(" UNION ALL SELECT 1", 10_000),
		"nested": "SELECT " + strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500),
	} {
		if _, err := Parse(sql); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHints(t *testing.T) {
	for sql, want := range map[string]string{
		"SELEC 1":                                            "did you mean SELECT?",
		"CREATE EXTERNAL TABLE t (a int,)":                   "there is a comma too many",
		"CREATE EXTERNAL TABEL t (a int)":                    "did you mean TABLE?",
		"CREATE EXTERNAL TABLE t (a int) LOCATOIN 's3://b/'": "did you mean LOCATION?",
		"SELECT a FORM t":                                    "did you mean FROM instead of FORM?",
		"SELECT a FROM t WERE a = 1":                         "did you mean WHERE instead of WERE?",
		"SELECT a FROM t x GROUPP BY a":                      "did you mean GROUP?",
		"SELECT a FROM t WHERE a == 1":                       "equality is one =",
		"SELECT a::int":                                      "a cast is written CAST(value AS type)",
		"SELECT a FROM t LIMIT 5 OFFSET 3":                   "OFFSET comes before LIMIT",
		"SELECT a FROM t LIMIT 5, 10":                        "write OFFSET n LIMIT m",
		"CREATE EXTERNAL TABLE t (a strng)":                  "did you mean string?",
		"CREATE EXTERNAL TABLE t (a array<text>)":            "did you mean string?",
		"CREATE EXTERNAL TABLE t (a varbinary)":              "did you mean binary?",
		"SELECT a, FROM t":                                   "there is a comma too many",
		"SELECT now() - INTERVAL 1 DAY":                      "the number of an INTERVAL is quoted: INTERVAL '1' DAY",
		"SELECT a FROM t WHERE b ILIKE 'x%'":                 "write lower(text) LIKE pattern",
		"SELECT a FROM t WHERE b RLIKE 'x'":                  "write regexp_like(text, pattern)",
		"SELECT a FROM t WHERE b ~ 'x'":                      "write regexp_like(text, pattern)",
		"SELECT a FROM t WHERE a = 1 && b = 2":               "write AND for conditions, bitwise_and(a, b) for bits",
		"SELECT a FROM t WHERE a <=> 1":                      "write IS NOT DISTINCT FROM",
		"SELECT a FROM t WHERE !(a = 1)":                     "write NOT",
		"SELECT TOP 5 a FROM t":                              "write LIMIT n at the end",
		"SELECT a FROM t QUALIFY row_number() OVER () = 1":   "write the window function in a subquery and its condition in a WHERE around it",
		"SELECT a FROM t LATERAL VIEW explode(b) e AS x":     "write CROSS JOIN UNNEST(array) AS t(x)",
		"SELECT a->>'$.b' FROM t":                            "write json_extract_scalar(json, '$.name')",
		"SELECT * EXCEPT (a) FROM t":                         "name the columns: * takes nothing away",
		"SELECT 5 DIV 2":                                     "write a / b, which gives a whole number for whole numbers",
		"SELECT 1 # one":                                     "a comment begins with --",
		"SELECT a FROM t MINUS SELECT a FROM t":              "write EXCEPT",
		"SELECT DISTINCT ON (a) a FROM t":                    "write row_number() OVER (PARTITION BY ...) in a subquery and WHERE ... = 1 around it",
		"SELECT 'a":                                          "the quote is never closed",
		"SELECT a FROM `t`":                                  `write "t"; backquotes are for DDL`,
		"SELECT a b c":                                       "",
		"SELECT (a":                                          "",
	} {
		_, err := Parse(sql)
		if err == nil {
			if want != "" {
				t.Errorf("%s: accepted", sql)
			}
		} else if got := sqlerr.As(err).Hint; got != want {
			t.Errorf("%s: hint %q, want %q", sql, got, want)
		}
	}
}

func TestInvalidUTF8(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 'gr\xfc\xdfe'":        "SYNTAX_ERROR 10",
		"\xff":                        "SYNTAX_ERROR 0",
		"SHOW TABLES '\xe4\xb8'":      "PARSE_EXCEPTION 13",
		"SELECT '\ufffd', '\xc0\x80'": "SYNTAX_ERROR 15",
	} {
		_, err := Parse(text)
		e := sqlerr.As(err)
		if got := string(e.Code) + " " + strconv.Itoa(e.Pos.Offset()); got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}
