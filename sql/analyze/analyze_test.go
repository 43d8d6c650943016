package analyze

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// fakeCatalog has a few tables and views in database "default".
type fakeCatalog map[string]*Relation

func (c fakeCatalog) Lookup(_ context.Context, catalog, database, name string) (*Relation, error) {
	if catalog != "awsdatacatalog" || database != "default" {
		return nil, nil
	}
	return c[name], nil
}

func (c fakeCatalog) Current() (string, string) { return "awsdatacatalog", "default" }

func (c fakeCatalog) Databases(_ context.Context, catalog string) ([]string, bool) {
	return []string{"default", "other"}, catalog == "awsdatacatalog"
}

func (c fakeCatalog) Tables(_ context.Context, _, database string) []string {
	var names []string
	if database == "default" {
		for n := range c {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

func (c fakeCatalog) add(name, columns string) {
	row, err := types.Parse("row(" + columns + ")")
	if err != nil {
		panic(err)
	}
	t := &plan.Table{Catalog: "awsdatacatalog", Database: "default", Name: name, Hidden: []plan.Column{{Name: "$path", Type: types.Varchar}}}
	for _, f := range row.Fields() {
		t.Columns = append(t.Columns, plan.Column(f))
	}
	c[name] = &Relation{Table: t}
}

func testCatalog() fakeCatalog {
	c := fakeCatalog{}
	c.add("sample_table", "id decimal(10,0), amount decimal(10,0), created_at varchar")
	c.add("t", "a integer, b varchar(5), c double, d date, x bigint, arr array(integer), m map(varchar, integer), r row(f integer, \"G\" varchar), s decimal(10,2), ok boolean, j json")
	c.add("u", "a integer, z varchar(3), w decimal(5,1)")
	c.add("nation", "nationkey bigint, name varchar(25), regionkey bigint, comment varchar(152)")
	c.add("orders", "orderkey bigint, custkey bigint, orderstatus varchar(1), totalprice double, orderdate date, orderpriority varchar(15), clerk varchar(15), shippriority integer, comment varchar(79)")
	c["v"] = &Relation{View: &View{SQL: "SELECT a, b AS bee FROM t WHERE a > 1"}}
	c["loop"] = &Relation{View: &View{SQL: "SELECT * FROM loop"}}
	c["broken"] = &Relation{View: &View{SQL: "SELECT nope FROM t"}}
	return c
}

func analyzed(sql string, opts Options) (*plan.Query, error) {
	stmt, err := syntax.Parse(sql)
	if err != nil {
		return nil, err
	}
	q, err := Analyze(context.Background(), stmt, testCatalog(), opts)
	if err == nil {
		if err := plan.Check(q.Root); err != nil {
			panic("plan of " + sql + ": " + err.Error() + "\n" + q.String())
		}
		if len(q.Labels) != len(q.Root.Columns()) {
			panic("labels of " + sql)
		}
	}
	return q, err
}

// describe gives "label type, ..." of a query.
func describe(q *plan.Query) string {
	var parts []string
	for i, c := range q.Root.Columns() {
		parts = append(parts, q.Labels[i]+" "+c.Type.String())
	}
	return strings.Join(parts, ", ")
}

// errText gives "CODE line:col message".
func errText(sql string, err error) string {
	e := sqlerr.As(err)
	line, col := e.Pos.LineCol(sql)
	return fmt.Sprintf("%s %d:%d %s", e.Code, line, col, e.Msg)
}

func TestFounding(t *testing.T) {
	sql := `SELECT id, SUM(amount) as amount FROM "default"."sample_table"
WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00')
GROUP BY(id)`
	q, err := analyzed(sql, Options{})
	if err != nil {
		t.Fatal(errText(sql, err))
	}
	if got := describe(q); got != "id decimal(10,0), amount decimal(38,0)" {
		t.Error(got)
	}
}

func BenchmarkFounding(b *testing.B) {
	stmt, err := syntax.Parse(`SELECT id, SUM(amount) as amount FROM "default"."sample_table"
WHERE from_iso8601_timestamp(created_at) BETWEEN from_iso8601_timestamp('2023-07-01T00:00:00.00') AND from_iso8601_timestamp('2023-08-01T00:00:00.00') GROUP BY(id)`)
	if err != nil {
		b.Fatal(err)
	}
	cat := testCatalog()
	for b.Loop() {
		if _, err := Analyze(context.Background(), stmt, cat, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestTypes: labels and types of results.
func TestTypes(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		// Labels: semantics 5.8, trap 48.
		{"SELECT ID, Sum(Amount) AS Total, 1+1 FROM sample_table GROUP BY id", "ID decimal(10,0), Total decimal(38,0), _col2 integer"},
		{"SELECT * FROM u", "a integer, z varchar(3), w decimal(5,1)"},
		{"SELECT T.*, U.\"Z\" FROM t, u WHERE t.a = u.a", "a integer, b varchar(5), c double, d date, x bigint, arr array(integer), m map(varchar, integer), r row(f integer, G varchar), s decimal(10,2), ok boolean, j json, Z varchar(3)"},
		{"SELECT r.F, r.g, t.r.f, default.t.a FROM t", "F integer, g varchar, f integer, a integer"},
		{"SELECT (SELECT max(a) FROM u), x.y FROM (SELECT 1 AS y) x", "_col0 integer, y integer"},
		{"SELECT * FROM (SELECT 1, 'a' AS b)", "_col0 integer, b varchar(1)"},
		{"SELECT \"$path\" FROM t", "$path varchar"},
		{"SELECT t.r.* FROM t", "f integer, G varchar"},
		{"SELECT t.r.* AS (p, q) FROM t", "p integer, q varchar"},
		{"SELECT a, bee FROM v", "a integer, bee varchar(5)"},

		// Literals: semantics 11.1, 5.3.
		{"SELECT 1.5, 1e0, DECIMAL '0012.50', .5, 123, 2147483648, 'abc', NULL, X'00', TRUE", "_col0 double, _col1 double, _col2 decimal(4,2), _col3 double, _col4 integer, _col5 bigint, _col6 varchar(3), _col7 unknown, _col8 varbinary, _col9 boolean"},
		{"SELECT TIMESTAMP '2020-01-01 00:00:00', TIMESTAMP '2020-01-01 00:00:00.123456', TIMESTAMP '2020-01-01 00:00:00.1 UTC', TIME '01:02:03', DATE '2020-01-01'", "_col0 timestamp(0), _col1 timestamp(6), _col2 timestamp(1) with time zone, _col3 time(0), _col4 date"},
		{"SELECT INTERVAL '1-2' YEAR TO MONTH, INTERVAL '2' DAY, CHAR 'ab', BIGINT '7', DOUBLE '1'", "_col0 interval year to month, _col1 interval day to second, _col2 char(2), _col3 bigint, _col4 double"},

		// Decimal arithmetic: semantics 5.4.
		{"SELECT s + 1, s * s, s / 3, s % 3, -s, s + c, a / 2, a * x FROM t", "_col0 decimal(13,2), _col1 decimal(20,4), _col2 decimal(10,2), _col3 decimal(10,2), _col4 decimal(10,2), _col5 double, _col6 integer, _col7 bigint"},
		{"SELECT sum(id) / count(*), avg(id), sum(id) FROM sample_table", "_col0 decimal(38,0), _col1 decimal(10,0), _col2 decimal(38,0)"},
		{"SELECT DECIMAL '5' / 2, 1 / DECIMAL '3.0', CAST(1 AS decimal), CAST(1 AS decimal(12,3))", "_col0 decimal(1,0), _col1 decimal(12,1), _col2 decimal(38,0), _col3 decimal(12,3)"},
		{"SELECT id = 1234567890123456, id IN (1, 1234567890123456), id BETWEEN 1 AND 2e0 FROM sample_table", "_col0 boolean, _col1 boolean, _col2 boolean"},
		{"SELECT coalesce(id, DECIMAL '0.5'), nullif(id, 1), if(a > 1, s, x), CASE WHEN ok THEN 1 ELSE s END FROM sample_table, t", "_col0 decimal(11,1), _col1 decimal(10,0), _col2 decimal(21,2), _col3 decimal(12,2)"},

		// Dates and the like.
		{"SELECT d + INTERVAL '1' DAY, d - INTERVAL '1' MONTH, current_timestamp, current_date, current_timestamp(6), localtimestamp FROM t", "_col0 date, _col1 date, _col2 timestamp(3) with time zone, _col3 date, _col4 timestamp(6) with time zone, _col5 timestamp(3)"},
		{"SELECT extract(year FROM d), year(d), date_trunc('month', TIMESTAMP '2020-01-01 00:00:00.000'), TIMESTAMP '2020-01-01 00:00:00' AT TIME ZONE 'Asia/Tokyo' FROM t", "_col0 bigint, _col1 bigint, _col2 timestamp(3), _col3 timestamp(0) with time zone"},
		{"SELECT d < TIMESTAMP '2020-01-01 00:00:00 UTC' FROM t", "_col0 boolean"},

		// Containers and lambdas.
		{"SELECT arr[1], m['k'], ARRAY[1, 2.5, NULL], (1, 'a'), ROW(1, 2)[2], ARRAY[] FROM t", "_col0 integer, _col1 integer, _col2 array(double), _col3 row(integer, varchar(1)), _col4 integer, _col5 array(unknown)"},
		{"SELECT transform(arr, x -> x + 1.5), filter(arr, e -> e > t.a), reduce(arr, 0, (s, x) -> s + x, s -> s) FROM t", "_col0 array(double), _col1 array(integer), _col2 integer"},

		// Aggregation, sets, windows, ordering.
		{"SELECT a, GROUPING(a), count(*) FILTER (WHERE ok), count(DISTINCT b) FROM t GROUP BY ROLLUP (a)", "a integer, _col1 integer, _col2 bigint, _col3 bigint"},
		{"SELECT a + 1, a * 2 AS twice FROM t GROUP BY a ORDER BY sum(c), twice DESC, 1", "_col0 integer, twice integer"},
		{"SELECT DISTINCT b FROM t ORDER BY b LIMIT 5", "b varchar(5)"},
		{"SELECT a FROM t UNION SELECT w FROM u ORDER BY 1", "a decimal(11,1)"},
		{"SELECT sum(a) OVER (PARTITION BY b ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), sum(sum(a)) OVER () FROM t GROUP BY a, b, d", "_col0 bigint, _col1 bigint"},
		{"WITH w(p) AS (SELECT a FROM t) SELECT p FROM w x JOIN u ON x.p = u.a", "p integer"},
		{"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n", "i integer"},
		{"SELECT e, o FROM t CROSS JOIN UNNEST(arr) WITH ORDINALITY AS e(e, o)", "e integer, o bigint"},
		{"SELECT a FROM t LEFT JOIN u USING (a)", "a integer"},
		{"VALUES (1, 'a'), (2.5, 'bcd')", "_col0 double, _col1 varchar(3)"},
		{"TABLE u", "a integer, z varchar(3), w decimal(5,1)"},
		{"SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a) AND a IN (SELECT a FROM u) AND x > ALL (SELECT a FROM u)", "a integer"},
		{"SELECT try(a / 0), try_cast(b AS integer), b || 'x', b LIKE 'a%' FROM t", "_col0 integer, _col1 integer, _col2 varchar, _col3 boolean"},
		{"SELECT max_by(a, c), array_agg(a ORDER BY c DESC), arbitrary(b) FROM t", "_col0 integer, _col1 array(integer), _col2 varchar(5)"},
		{"SELECT TRIM(LEADING CHAR 'x' FROM b), rtrim(b, 'y') FROM t", "_col0 varchar(5), _col1 varchar(5)"},
		{"SELECT CAST(r AS row(X bigint, \"Y z\" varchar)) FROM t", "_col0 row(x bigint, \"Y z\" varchar)"},
	} {
		q, err := analyzed(c.sql, Options{})
		if err != nil {
			t.Errorf("%s\n%s", c.sql, errText(c.sql, err))
			continue
		}
		if got := describe(q); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.sql, got, c.want)
		}
	}
}

// TestErrors: code, position and message (semantics 5.9).
func TestErrors(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"SELECT nope FROM t", "COLUMN_NOT_FOUND 1:8 Column 'nope' cannot be resolved or requester is not authorized to access requested resources"},
		{"SELECT t.nope FROM t", "COLUMN_NOT_FOUND 1:8 Column 't.nope' cannot be resolved or requester is not authorized to access requested resources"},
		{"SELECT a\nFROM t\nWHERE Symbol = 1", "COLUMN_NOT_FOUND 3:7 Column 'symbol' cannot be resolved or requester is not authorized to access requested resources"},
		{"SELECT r.nope FROM t", "COLUMN_NOT_FOUND 1:8 Column 'r.nope' cannot be resolved or requester is not authorized to access requested resources"},
		{"SELECT * FROM db.t", "SCHEMA_NOT_FOUND 1:15 Schema 'db' does not exist"},
		{"SELECT * FROM Nope", "TABLE_NOT_FOUND 1:15 Table 'awsdatacatalog.default.nope' does not exist"},
		{"SELECT * FROM x.default.t", "CATALOG_NOT_FOUND 1:15 Catalog 'x' does not exist"},
		{"SELECT foo(1)", "FUNCTION_NOT_FOUND 1:8 Function 'foo' not registered"},
		{"SELECT sqrt('a', 1)", "FUNCTION_NOT_FOUND 1:8 Unexpected parameters (varchar(1), integer) for function sqrt. Expected: sqrt(double)"},
		{"SELECT b = 1 FROM t", "TYPE_MISMATCH 1:10 Cannot apply operator: varchar(5) = integer"},
		{"SELECT b > 1 FROM t", "TYPE_MISMATCH 1:10 Cannot apply operator: varchar(5) < integer"},
		{"SELECT id = '1234567890123456' FROM sample_table", "TYPE_MISMATCH 1:11 Cannot apply operator: decimal(10,0) = varchar(16)"},
		{"SELECT d + 1 FROM t", "TYPE_MISMATCH 1:10 Cannot apply operator: date + integer"},
		{"SELECT -b FROM t", "TYPE_MISMATCH 1:8 Cannot negate varchar(5)"},
		{"SELECT a BETWEEN 'a' AND 'b' FROM t", "TYPE_MISMATCH 1:10 Cannot check if integer is BETWEEN varchar(1) and varchar(1)"},
		{"SELECT CAST(arr AS varchar) FROM t", "TYPE_MISMATCH 1:8 Cannot cast array(integer) to varchar"},
		{"SELECT CAST(a AS nope) FROM t", "TYPE_MISMATCH 1:8 Unknown type: nope"},
		{"SELECT a FROM t WHERE a", "TYPE_MISMATCH 1:23 WHERE clause must evaluate to a boolean: actual type integer"},
		{"SELECT count(*) FROM t HAVING 1", "TYPE_MISMATCH 1:31 HAVING clause must evaluate to a boolean: actual type integer"},
		{"SELECT a IN (1, 'x') FROM t", "TYPE_MISMATCH 1:17 IN value and list items must be the same type or coercible to a common type. Cannot find common type between integer and varchar(1), all types (without duplicates): [integer, varchar(1)]"},
		{"SELECT if(ok, 1, 'a') FROM t", "TYPE_MISMATCH 1:8 Result types for IF must be the same: integer vs varchar(1)"},
		{"SELECT b, count(*) FROM t GROUP BY a", "EXPRESSION_NOT_AGGREGATE 1:8 'b' must be an aggregate expression or appear in GROUP BY clause"},
		{"SELECT a + x FROM t GROUP BY a", "EXPRESSION_NOT_AGGREGATE 1:10 '(a + x)' must be an aggregate expression or appear in GROUP BY clause"},
		{"SELECT count(*) FROM t HAVING a > 1", "EXPRESSION_NOT_AGGREGATE 1:33 '(a > 1)' must be an aggregate expression or appear in GROUP BY clause"},
		{"SELECT * FROM u GROUP BY a", "EXPRESSION_NOT_AGGREGATE 1:8 Column 'u.z' not in GROUP BY clause"},
		{"SELECT * FROM (SELECT a, z FROM u) v GROUP BY a", "EXPRESSION_NOT_AGGREGATE 1:8 Column 'v.z' not in GROUP BY clause"},
		{"SELECT * FROM (SELECT a, 1 FROM u) GROUP BY a", "EXPRESSION_NOT_AGGREGATE 1:8 Column 2 not in GROUP BY clause"},
		{"SELECT a AS y, count(*) FROM t GROUP BY y", "COLUMN_NOT_FOUND 1:41 Column 'y' cannot be resolved or requester is not authorized to access requested resources"},
		{"SELECT a AS y FROM t WHERE y = 1", "COLUMN_NOT_FOUND 1:28 Column 'y' cannot be resolved or requester is not authorized to access requested resources"},
		{"SELECT a FROM t GROUP BY 9", "INVALID_COLUMN_REFERENCE 1:26 GROUP BY position 9 is not in select list"},
		{"SELECT a FROM t ORDER BY 2", "INVALID_COLUMN_REFERENCE 1:26 ORDER BY position 2 is not in select list"},
		{"SELECT a FROM t, u", "AMBIGUOUS_NAME 1:8 Column 'a' is ambiguous"},
		{"SELECT sum(a) FROM t WHERE sum(a) > 1", "EXPRESSION_NOT_SCALAR 1:35 WHERE clause cannot contain aggregations, window functions or grouping operations: [sum(a)]"},
		{"SELECT sum(count(a)) FROM t", "NESTED_AGGREGATION 1:8 Cannot nest aggregations inside aggregation 'sum': [count(a)]"},
		{"SELECT sum('a')", "FUNCTION_NOT_FOUND 1:8 Unexpected parameters (varchar(1)) for function sum. Expected: sum(bigint), sum(decimal(p,s)), sum(double), sum(interval day to second), sum(interval year to month), sum(real)"},
		{"SELECT DISTINCT a FROM t ORDER BY x", "EXPRESSION_NOT_IN_DISTINCT 1:1 For SELECT DISTINCT, ORDER BY expressions must appear in select list"},
		{"SELECT m FROM t ORDER BY m", "TYPE_MISMATCH 1:1 Type map(varchar, integer) is not orderable, and therefore cannot be used in ORDER BY: m"},
		{"SELECT DECIMAL '0.00000000000000000001' * DECIMAL '0.0000000000000000001'", "INVALID_FUNCTION_ARGUMENT 1:41 DECIMAL scale must be in range [0, precision (38)]: 39"},
		{"SELECT DATE '2020-02-30'", "INVALID_LITERAL 1:8 '2020-02-30' is not a valid DATE literal"},
		{"SELECT 1 UNION SELECT 1, 2", "TYPE_MISMATCH 1:10 UNION query has different number of fields: 1, 2"},
		{"SELECT 1 UNION SELECT 'a'", "TYPE_MISMATCH 1:10 column 1 in UNION query has incompatible types: integer, varchar(1)"},
		{"VALUES 1, (2, 3)", "TYPE_MISMATCH 1:1 Values rows have mismatched sizes: 1 vs 2"},
		{"SELECT t.a FROM t JOIN u ON 1", "TYPE_MISMATCH 1:29 JOIN ON clause must evaluate to a boolean: actual type integer"},
		{"SELECT t.a FROM t NATURAL JOIN u", "NOT_SUPPORTED 1:17 Natural join not supported"},
		{"SELECT a FROM t LIMIT 1 ", ""},
		{"SELECT a FROM t FETCH FIRST 2 ROWS WITH TIES", "MISSING_ORDER_BY 1:17 FETCH FIRST WITH TIES clause requires ORDER BY"},
		{"SELECT * FROM t x(a, b)", "MISMATCHED_COLUMN_ALIASES 1:15 Column alias list has 2 entries but 'x' has 11 columns available"},
		{"SELECT *", "COLUMN_NOT_FOUND 1:8 SELECT * not allowed in queries without FROM clause"},
		{"SELECT q.* FROM t", "TABLE_NOT_FOUND 1:8 Unable to resolve reference q"},
		{"SELECT x -> x", "TYPE_MISMATCH 1:8 Lambda expression should always be used inside a function"},
		{"SELECT transform(arr, (x, y) -> x) FROM t", "INVALID_PARAMETER_USAGE 1:23 Expected a lambda that takes 1 argument(s) but got 2"},
		{"SELECT row_number() FROM t", "MISSING_OVER 1:8 Window function row_number requires an OVER clause"},
		{"SELECT abs(a) OVER () FROM t", "FUNCTION_NOT_WINDOW 1:1 Not a window function: abs"},
		{"SELECT a[1] FROM t", "TYPE_MISMATCH 1:8 Cannot use integer for subscript of integer"},
		{"SELECT * FROM loop", "INVALID_VIEW 1:15 Failed analyzing stored view 'awsdatacatalog.default.loop': View is recursive"},
		{"SELECT * FROM broken", "INVALID_VIEW 1:15 Failed analyzing stored view 'awsdatacatalog.default.broken': Column 'nope' cannot be resolved or requester is not authorized to access requested resources"},
		{"WITH w AS (SELECT 1), w AS (SELECT 2) SELECT * FROM w", "DUPLICATE_NAMED_QUERY 1:23 WITH query name 'w' specified more than once"},
		{"SELECT EXTRACT(HOUR FROM d) FROM t", "TYPE_MISMATCH 1:26 Cannot extract HOUR from date"},
		{"SELECT ?", "INVALID_PARAMETER_USAGE 1:8 Query takes no parameters"},
	} {
		_, err := analyzed(c.sql, Options{})
		got := ""
		if err != nil {
			got = errText(c.sql, err)
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.sql, got, c.want)
		}
	}
}

// TestPlans: the shape of plans after conditions went down and unused columns
// went away.
func TestPlans(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"SELECT count(*) FROM t", `
Output[_col0]
  Aggregate[count()]
    Scan[default.t: ]`},
		{"SELECT b FROM t WHERE a > 1 ORDER BY c DESC LIMIT 3 ", `
Output[b]
  Project[b]
    TopN[3 by c desc]
      Filter[(a > 1)]
        Scan[default.t: a integer, b varchar(5), c double]`},
		{"SELECT x.a FROM (SELECT a, b, c + 1 AS d FROM t) x", `
Output[a]
  Scan[default.t: a integer]`},
		{"SELECT t.b, u.z FROM t, u WHERE t.a = u.a AND t.c > 1 AND u.w < 5", `
Output[b, z]
  Project[b, z]
    InnerJoin[a = a]
      Filter[(c > 1E+00)]
        Scan[default.t: a integer, b varchar(5), c double]
      Filter[(w < DECIMAL '5.0')]
        Scan[default.u: a integer, z varchar(3), w decimal(5,1)]`},
		{"SELECT a FROM t WHERE EXISTS (SELECT * FROM u WHERE u.a = t.a)", `
Output[a]
  Project[a]
    Filter[#1]
      SemiJoin[a = a]
        Scan[default.t: a integer]
        Scan[default.u: a integer]`},
		{"SELECT a, (SELECT count(*) + 1 FROM u WHERE u.a = t.a) AS n FROM t", `
Output[a, n]
  Project[a, n := (COALESCE(count, 0) + 1)]
    LeftJoin[a = #0]
      Scan[default.t: a integer]
      Aggregate[by a: count()]
        Scan[default.u: a integer]`},
		{"SELECT sum(s) FROM t GROUP BY b HAVING count(*) > 1", `
Output[_col0]
  Project[sum]
    Filter[(count > 1)]
      Aggregate[by b: sum(s), count()]
        Scan[default.t: b varchar(5), s decimal(10,2)]`},
		{"SELECT e FROM t CROSS JOIN UNNEST(arr) AS x(e)", `
Output[e]
  Unnest[arr]
    Scan[default.t: arr array(integer)]`},
	} {
		q, err := analyzed(c.sql, Options{})
		if err != nil {
			t.Errorf("%s\n%s", c.sql, errText(c.sql, err))
			continue
		}
		if got := strings.TrimSpace(q.String()); got != strings.TrimSpace(c.want) {
			t.Errorf("%s\n%s", c.sql, got)
		}
	}
}

// TestUnwrapping: a decimal is compared with a constant in its own type where the
// constant fits; see unwrapped.
func TestUnwrapping(t *testing.T) {
	for cond, want := range map[string]string{
		"id = 5":                         "(id = DECIMAL '5')",
		"5 < id":                         "(DECIMAL '5' < id)",
		"DECIMAL '5.5' < id":             "(id >= DECIMAL '6')",
		"id = 1234567890123456":          "(CAST(id AS decimal(19,0)) = DECIMAL '1234567890123456')",
		"id = DECIMAL '5.0'":             "(id = DECIMAL '5')",
		"id > DECIMAL '0.5'":             "(id >= DECIMAL '1')",
		"id > DECIMAL '0.4'":             "(id > DECIMAL '0')",
		"id <= DECIMAL '0.5'":            "(id < DECIMAL '1')",
		"id < DECIMAL '-0.4'":            "(id < DECIMAL '0')",
		"id = DECIMAL '0.5'":             "((id IS NULL) AND NULL)",
		"id <> DECIMAL '0.5'":            "(NOT (id IS NULL) OR NULL)",
		"id BETWEEN 1 AND 9":             "(id BETWEEN DECIMAL '1' AND DECIMAL '9')",
		"id BETWEEN DECIMAL '0.5' AND 2": "((id >= DECIMAL '1') AND (id <= DECIMAL '2'))",
		"id IN (1, 2)":                   "(id IN (DECIMAL '1', DECIMAL '2'))",
		"id IN (1, 1234567890123456)":    "(CAST(id AS decimal(19,0)) IN (DECIMAL '1', DECIMAL '1234567890123456'))",
		"id IN (1, DECIMAL '2.0')":       "(CAST(id AS decimal(11,1)) IN (DECIMAL '1.0', DECIMAL '2.0'))",
		"id > NULL":                      "(id > NULL)",
		"id + DECIMAL '0.5' = amount":    "((id + DECIMAL '0.5') = CAST(amount AS decimal(12,1)))",
	} {
		q, err := analyzed("SELECT count(*) FROM sample_table WHERE "+cond, Options{})
		if err != nil {
			t.Errorf("%s: %v", cond, err)
			continue
		}
		if got := q.Root.Inputs()[0].(*plan.Filter).Pred.String(); got != want {
			t.Errorf("%s\n got %s\nwant %s", cond, got, want)
		}
	}
}

// TestWarnings: a double literal that meets a decimal column is noted.
func TestWarnings(t *testing.T) {
	for sql, want := range map[string]int{
		"SELECT s * 1.5 FROM t": 1, "SELECT a FROM t WHERE s > 0.5": 1, "SELECT s IN (1.5, 2.5) FROM t": 2,
		"SELECT s * DECIMAL '1.5' FROM t": 0, "SELECT c * 1.5 FROM t": 0, "SELECT s * 1.5e0 FROM t": 0, "SELECT s + 1 FROM t": 0,
	} {
		q, err := analyzed(sql, Options{})
		if err != nil || len(q.Warning) != want {
			t.Errorf("%s: %v, %v", sql, q, err)
		}
	}
	q, err := analyzed("SELECT s * 1.5 FROM t", Options{})
	if want := "1.5 is a double, as on Athena, and meets column s of type decimal(10,2), which becomes a double, too; DECIMAL '1.5' is exact"; err != nil || q.Warning[0] != want {
		t.Error(err, q.Warning)
	}
}

func TestParameters(t *testing.T) {
	var ps []syntax.Expr
	for _, s := range []string{"5", "'x'", "DATE '2020-01-01'", "NULL"} {
		e, err := syntax.ParseExpression(s)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, e)
	}
	q, err := analyzed("SELECT ?, b = ?, d < ?, ? FROM t", Options{Parameters: ps})
	if err != nil || describe(q) != "_col0 integer, _col1 boolean, _col2 boolean, _col3 unknown" {
		t.Error(q, err)
	}
	q, err = analyzed("SELECT a FROM t LIMIT ?", Options{Parameters: ps})
	if err != nil || !strings.Contains(q.String(), "Limit[5]") {
		t.Error(q, err)
	}
	_, err = analyzed("SELECT ?, ?", Options{Parameters: ps[:1]})
	if err == nil || sqlerr.As(err).Msg != "Invalid parameter index 1, max value is 0" {
		t.Error(err)
	}
}

// TestHints: misspelt names get a suggestion.
func TestHints(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT amunt FROM sample_table":     "did you mean amount?",
		"SELECT * FROM sampel_table":         "did you mean sample_table?",
		"SELECT cuont(a) FROM t":             "did you mean count?",
		"SELECT r.ff FROM t":                 "did you mean f?",
		"SELECT CAST(a AS bigit) FROM t":     "did you mean bigint?",
		"SELECT CAST(a AS string) FROM t":    "did you mean varchar?",
		"SELECT CAST(a AS zzzz) FROM t":      "",
		"SELECT completely_different FROM t": "",
	} {
		_, err := analyzed(sql, Options{})
		if err == nil || sqlerr.As(err).Hint != want {
			t.Errorf("%s: %v, hint %q", sql, err, sqlerr.As(err).Hint)
		}
	}
}

// TestGrowth: WITH queries that double at each step end in an error, soon.
func TestGrowth(t *testing.T) {
	sql := "WITH w0 AS (SELECT 1 AS x)"
	for i := 1; i <= 40; i++ {
		sql += fmt.Sprintf(", w%d AS (SELECT l.x FROM w%d l, w%d r)", i, i-1, i-1)
	}
	_, err := analyzed(sql+" SELECT * FROM w40", Options{})
	if sqlerr.CodeOf(err) != "QUERY_HAS_TOO_MANY_STAGES" {
		t.Error(err)
	}
	// Queries that are named once grow nothing, however many there are.
	sql = "WITH w0 AS (SELECT 1 AS x)"
	for i := 1; i <= 300; i++ {
		sql += fmt.Sprintf(", w%d AS (SELECT x + 1 AS x FROM w%d)", i, i-1)
	}
	if _, err = analyzed(sql+" SELECT * FROM w300", Options{}); err != nil {
		t.Error(err)
	}
	deep := strings.Repeat("-(", 5000) + "1" + strings.Repeat(")", 5000)
	if _, err := analyzed("SELECT "+deep, Options{}); err == nil {
		t.Error("nesting without end")
	}
}

// TestLambdasInLambdas: a lambda's body is analyzed once for the same parameters,
// so that their number, which each analysis counts up, is that of the lambdas.
func TestLambdasInLambdas(t *testing.T) {
	const n = 60
	q, err := analyzed("SELECT "+strings.Repeat("transform(ARRAY[1], x -> ", n)+"x"+strings.Repeat(")", n), Options{})
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	plan.VisitExprs(q.Root, func(e plan.Expr) {
		if l, ok := e.(*plan.Lambda); ok {
			most = max(most, l.Params[0].ID)
		}
	})
	if most != n {
		t.Errorf("parameter %d of %d lambdas", most, n)
	}
}

func FuzzAnalyze(f *testing.F) {
	conformance(f, "queries.jsonl", func(line []byte) {
		var c struct{ SQL string }
		if json.Unmarshal(line, &c) == nil {
			f.Add(c.SQL)
		}
	})
	f.Fuzz(func(t *testing.T, sql string) {
		if len(sql) > 2000 {
			return
		}
		if _, err := analyzed(sql, Options{}); err != nil {
			if e := sqlerr.As(err); e.Code == sqlerr.GenericInternalError {
				t.Errorf("%s: %v", sql, err)
			}
		}
	})
}
