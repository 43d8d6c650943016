package syntax

// Trees print to SQL that parses to an equal tree: over all statements that
// the tests know, and over whatever the fuzzer finds.

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// roundTrip checks that what n prints as parses to a tree equal to n, and that
// the second print is the same as the first.
func roundTrip(t *testing.T, text string, n Node, parse func(string) (Node, error)) {
	t.Helper()
	printed := Format(n)
	_ = Layout(n) // which must not panic; its text is compared elsewhere
	again, err := parse(printed)
	if err != nil {
		t.Errorf("%s\nprints as\n%s\nwhich fails: %v", text, printed, err)
		return
	}
	if !EqualNodes(n, again) {
		t.Errorf("%s\nprints as\n%s\nwhich is another tree; it prints as\n%s", text, printed, Format(again))
		return
	}
	if second := Format(again); second != printed {
		t.Errorf("%s\nprints as\n%s\nand then as\n%s", text, printed, second)
	}
}

// corpus is every text the tests know, with the kind of its entry point; ""
// is Parse.
func corpus(t testing.TB) (texts, kinds []string) {
	add := func(kind, text string) {
		if len(text) < 4000 {
			texts = append(texts, text)
			kinds = append(kinds, kind)
		}
	}
	read := func(path string) {
		if _, err := os.Stat(path); err != nil {
			return
		}
		readLines(t, path, func(line []byte) {
			var c parserCase
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatal(err)
			}
			add(c.Kind, c.SQL)
		})
	}
	read("testdata/parser.jsonl")
	conf := filepath.Join(root(t), "../shared/conformance/trino")
	read(filepath.Join(conf, "parser.jsonl"))
	read(filepath.Join(conf, "queries.jsonl"))
	read(filepath.Join(conf, "aggregations.jsonl"))
	read(filepath.Join(conf, "expressions.jsonl"))
	for _, c := range statementErrors {
		add("parse_statement", c.sql)
	}
	for _, sql := range tricky {
		add("", sql)
	}
	for _, c := range hiveCases(t) {
		add("", c.SQL)
	}
	return texts, kinds
}

// tricky are statements in which words, quotes and parentheses could be taken
// for something else.
var tricky = []string{
	`SELECT a.*, (b).*, (c.d).* AS (x, y), t."*" FROM t`,
	`SELECT (ROW(1, 2)).field0, (1, 2)[1], ROW(1)[1], -1[1], (1).x, - (1), - - x, +(-x), -(-(1)), a - -1, a - - 1`,
	`SELECT NOT NOT a, NOT (a AND b) OR (c OR d) AND NOT e = f`,
	`SELECT a || b || c, a || (b || c), a + (b - c) - d, a * (b + c), (a = b) = (c = d), (a IN (1)) IS NULL`,
	`SELECT x -> x + 1, (x -> x)[1], f(() -> 1, (a, b) -> a + b, x -> y -> x)`,
	`SELECT array, "array", (array)[1], array[1], (interval), interval '1' day, interval '1', (all), f(all), f(all x), f(all (x)), f((all) + 1)`,
	`SELECT date, date '2020-01-01', time, timestamp '1', "date" '2020', decimal '1.5', double precision '1', row, row(1), (row), "row"(1), "position"(1, 2)`,
	`SELECT position('a' IN 'b'), position(a, b), substring(a FROM 1), substring(a, 1), substring(a FROM 1 FOR 2), substring(substring(substring(a, 1), 2), 3)`,
	`SELECT trim(a), trim(a, b), trim(BOTH a FROM b), trim(a FROM b), trim(LEADING FROM b), trim(("both") FROM b), normalize(a), normalize(a, NFKD)`,
	`SELECT a AT TIME ZONE 'UTC' AT TIME ZONE INTERVAL '1' HOUR, -a AT TIME ZONE 'x', (-a) AT TIME ZONE 'x', a at`,
	`SELECT limit, offset, fetch, window FROM limit LIMIT 5`,
	`SELECT a limit LIMIT 5`,
	`SELECT a FROM t offset OFFSET 5 ROWS FETCH FIRST ROW ONLY`,
	`SELECT a FROM t window WINDOW w AS (rows), x AS (w ROWS CURRENT ROW), y AS ("partition" PARTITION BY a)`,
	`SELECT a FROM t tablesample TABLESAMPLE SYSTEM (10), u TABLESAMPLE BERNOULLI (x + 1), x match_recognize (a, b)`,
	`SELECT sum(a) FILTER (WHERE b) OVER (PARTITION BY c ORDER BY d DESC NULLS FIRST RANGE BETWEEN UNBOUNDED PRECEDING AND x + 1 FOLLOWING) FROM t`,
	`SELECT lag(a) IGNORE NULLS OVER w, lag(a) RESPECT NULLS OVER (w), count(*) OVER (), count(DISTINCT a, b), array_agg(a ORDER BY b, c DESC), m OVER w FROM t`,
	`SELECT count(*) FROM t GROUP BY (a), (a, b), (), (a + b) * c, (a, b)[1], ROW(a, b), (SELECT 1), ((SELECT 1) + 1), GROUPING SETS ((a), (a, b), (), a), CUBE ((a, b), c), ROLLUP (a)`,
	`SELECT DISTINCT a FROM t GROUP BY DISTINCT ROLLUP (a), CUBE (b) HAVING grouping(a, t.b) = 0`,
	`SELECT * FROM (a CROSS JOIN b) JOIN (c JOIN d ON x) ON y NATURAL LEFT JOIN e, (f) g, ((h)), (SELECT 1) i, ((SELECT 1)), ((SELECT 1) j), (((SELECT 1)) UNION SELECT 2) k`,
	`SELECT * FROM a JOIN b JOIN c ON x ON y`,
	`SELECT * FROM ((SELECT 1) LIMIT 1) t, LATERAL (SELECT 1) u, UNNEST(a, b) WITH ORDINALITY AS v (x, y, z), TABLE(f(1)), (TABLE g)`,
	`SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 EXCEPT ALL (SELECT 4 UNION SELECT 5) ORDER BY 1 LIMIT ALL`,
	`((SELECT 1) UNION (SELECT 2 LIMIT 1)) ORDER BY 1`,
	`SELECT ((SELECT 1) UNION SELECT 2), ((SELECT 1)), (((SELECT 1)) + 1), ((SELECT 1), 2), a IN ((SELECT 1)), a IN ((SELECT 1) UNION SELECT 2), a IN ((SELECT 1), 2), a IN (((SELECT 1)) LIMIT 1)`,
	`SELECT a = ALL (SELECT 1), a <> ANY (VALUES 1, 2), a < SOME (TABLE t), a = all(1), a = any((SELECT 1)), EXISTS (SELECT 1)`,
	`SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, a NOT BETWEEN b AND c AND d, a NOT LIKE b ESCAPE c, a IS NOT NULL`,
	`SELECT CASE a WHEN 1 THEN 2 END, CASE WHEN a THEN b ELSE c END, CASE a = b WHEN TRUE THEN 1 END`,
	`SELECT CAST(a AS array(row(x bigint, "y z" double precision, array varchar))), TRY_CAST(a AS map<int, array<int>>), CAST(a AS timestamp(3) with time zone), CAST(a AS int array array[3]), CAST(a AS interval year to month), CAST(a AS row(int array, x array(int)))`,
	`SELECT U&'d\0061t\+000061', U&'d!0061' UESCAPE '!', 'it''s', X'00 fF', 0x1F, 0b1_0, 0o17, 1_000.5_0, .5, 1., 1e3, -1.5E-3`,
	`SELECT json_exists(a, 'lax $' PASSING b AS x, c FORMAT JSON AS "y" TRUE ON ERROR), json_value(a FORMAT JSON ENCODING UTF8, '$' AS p RETURNING int DEFAULT 1 ON EMPTY ERROR ON ERROR), json_query(a, '$' RETURNING varchar FORMAT JSON WITH CONDITIONAL WRAPPER OMIT QUOTES ON SCALAR STRING EMPTY ARRAY ON EMPTY EMPTY OBJECT ON ERROR)`,
	`SELECT json_object(), json_object(KEY 'a' VALUE 1, 'b' : 2 FORMAT JSON, key VALUE value ABSENT ON NULL WITH UNIQUE KEYS RETURNING varchar), json_object("key" : 1), json_array(), json_array(1, a FORMAT JSON NULL ON NULL RETURNING varchar(10))`,
	`SELECT listagg(a, ', ') WITHIN GROUP (ORDER BY b), listagg(DISTINCT a, ',' ON OVERFLOW TRUNCATE '...' WITH COUNT) WITHIN GROUP (ORDER BY b DESC) FILTER (WHERE c), LISTAGG(a ON OVERFLOW ERROR) WITHIN GROUP (ORDER BY 1)`,
	`WITH RECURSIVE a (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a), b AS (WITH c AS (TABLE d) SELECT * FROM c) SELECT * FROM a, b`,
	`SELECT * FROM t FOR TIMESTAMP AS OF timestamp '2020-01-01 00:00:00' AS x, u FOR VERSION AS OF 5`,
	`SELECT ?, ? + ? FROM t OFFSET ? LIMIT ?`,
	`SELECT current_date, current_time, current_time(3), localtimestamp(6), current_user, current_catalog, current_schema, current_path`,
	`CREATE TABLE t WITH (format = 'ION', partitioned_by = ARRAY['a'], x = DEFAULT, y = default + 1) AS (WITH a AS (SELECT 1) SELECT * FROM a) WITH NO DATA`,
	`CREATE TABLE t (a, b) COMMENT 'c' AS (SELECT 1, 2)`,
	`CREATE TABLE t AS (SELECT 1) UNION (SELECT 2) WITH DATA`,
	`CREATE TABLE t AS ((SELECT 1))`,
	`CREATE OR REPLACE VIEW v COMMENT 'x' SECURITY INVOKER AS SELECT 1`,
	`INSERT INTO a.b (x, "y") SELECT 1, 2`, `INSERT INTO a (SELECT 1)`, `INSERT INTO a VALUES (1, 2), (3, 4)`,
	`UNLOAD (SELECT * FROM t) TO 's3://bucket/x/' WITH (format = 'PARQUET', compression = 'snappy');`,
	`PREPARE p FROM SELECT ? FROM t`, `EXECUTE p USING 1, 'a'`, `EXECUTE p`, `DEALLOCATE PREPARE p`, `EXECUTE IMMEDIATE 'SELECT ''a'' || ?' USING 'b'`,
	`EXPLAIN (TYPE DISTRIBUTED, FORMAT JSON) SELECT 1`, `EXPLAIN ANALYZE VERBOSE SELECT 1`, `EXPLAIN ANALYZE t`, `EXPLAIN ANALYZE (FORMAT JSON) SELECT 1`, `EXPLAIN (SELECT 1)`,
	`SHOW FUNCTIONS FROM a.b LIKE 'x$%' ESCAPE '$'`,
	`SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a ORDER BY b MEASURES FINAL LAST(A.x) AS y, RUNNING count(A.*) AS z ALL ROWS PER MATCH OMIT EMPTY MATCHES AFTER MATCH SKIP TO LAST B INITIAL PATTERN (^ (A | B+? {- C{2,} -})* PERMUTE(D, E?) () $) SUBSET U = (A, B) DEFINE A AS x > PREV(x), B AS TRUE) AS m (a, b)`,
	`SELECT f(1) OVER (PARTITION BY a MEASURES x AS y ROWS BETWEEN CURRENT ROW AND 5 FOLLOWING AFTER MATCH SKIP PAST LAST ROW SEEK PATTERN (A B) DEFINE A AS TRUE) FROM t`,
	`SELECT * FROM TABLE(f(a => TABLE(t) AS x (y) PARTITION BY z KEEP WHEN EMPTY ORDER BY (b, c DESC), d => DESCRIPTOR(e int, g), CAST(NULL AS DESCRIPTOR), TABLE(SELECT 1), 5 COPARTITION (t, u), (v, w, x)))`,
	`SELECT * FROM JSON_TABLE(a, 'lax $' AS p COLUMNS (o FOR ORDINALITY, v varchar(5) PATH '$' DEFAULT 'x' ON EMPTY NULL ON ERROR, q varchar FORMAT JSON WITHOUT ARRAY WRAPPER KEEP QUOTES NULL ON EMPTY, NESTED PATH '$.x' AS n COLUMNS (y int)) PLAN (p OUTER (n CROSS (m UNION k))) EMPTY ON ERROR) AS j`,
	`ALTER VIEW v FORCE UPDATE DIALECT AS SELECT 1 a`,
	`ALTER VIEW v DROP DIALECT`,
	`CREATE PROTECTED MULTI DIALECT VIEW v SECURITY DEFINER SHOW VIEW JSON AS SELECT 1 a`,
	`USING EXTERNAL FUNCTION f(x row(a int), y decimal(10, 2)) RETURNS array(int) LAMBDA 'l', EXTERNAL FUNCTION g() RETURNS double SAGEMAKER 's' SELECT f(1, 2)`,
	`CREATE TABLE i (id int, ts timestamp) PARTITIONED BY (day(ts), bucket(4, id), truncate(3, id), id) LOCATION 's3://b/i/' TBLPROPERTIES ('table_type'='ICEBERG')`,
	`SELECT protected, multi, dialect, force, lambda, sagemaker FROM using_external`,
	`SELECT * FROM JSON_TABLE(a, '$' COLUMNS (nested int, path int) PLAN DEFAULT (CROSS, INNER)) t`,
}

func TestTrickyParses(t *testing.T) {
	for _, sql := range tricky {
		if _, err := Parse(sql); err != nil {
			t.Errorf("%s\n%s", sql, full(sql, err))
		}
	}
}

// parserOf is the entry point for a kind, and for its printed form.
func parserOf(kind string) func(string) (Node, error) {
	if kind == "" {
		return func(text string) (Node, error) { return Parse(text) }
	}
	return func(text string) (Node, error) { return parseKind(kind, text) }
}

func TestRoundTrip(t *testing.T) {
	texts, kinds := corpus(t)
	n := 0
	for i, text := range texts {
		parse := parserOf(kinds[i])
		tree, err := parse(text)
		if err != nil {
			continue
		}
		n++
		roundTrip(t, text, tree, parse)
	}
	t.Logf("%d trees", n)
	if n < 200 {
		t.Errorf("only %d trees", n)
	}
}

func FuzzParse(f *testing.F) {
	texts, kinds := corpus(f)
	for i, text := range texts {
		// Most texts are expressions much like each other: a few are enough.
		if i%40 == 0 || kinds[i] == "" {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (Node, error){parserOf(""), parserOf("parse_expression"), parserOf("parse_statement")} {
			tree, err := parse(text)
			if err != nil {
				continue
			}
			Inspect(tree, func(n Node) bool {
				if off := n.Pos().Offset(); off < -1 || off > len(text) {
					t.Errorf("%T at %d of %d", n, off, len(text))
				}
				return true
			})
			switch tree.(type) {
			case *DropView, *ShowCreate:
				parse = parserOf("") // they print by Hive's grammar
			}
			roundTrip(t, text, tree, parse)
		}
		end := 0
		for _, c := range Split(text) {
			if c.Offset < end || c.Text != text[c.Offset:c.Offset+len(c.Text)] {
				t.Errorf("chunk %+v", c)
			}
			end = c.Offset + len(c.Text)
		}
	})
}
