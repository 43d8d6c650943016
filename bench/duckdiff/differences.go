package duckdiff

// The one list of what is known to differ between Athena and DuckDB, and how a
// generated query keeps it out of the comparison. What is not listed here must
// agree.

// Difference is a known difference.
type Difference struct {
	What  string // where they differ, with Athena's meaning first
	Mask  string // how the generator lives with it
	Macro string // DuckDB's statement that gives it Athena's meaning, if that is the way
}

// Differences lists the known differences.
var Differences = []Difference{
	{
		What:  "Comparisons with NaN are false, and true for <>. DuckDB has NaN equal to itself and above all numbers.",
		Mask:  "Comparisons and BETWEEN of doubles that may be NaN go through macros; IN, nullif, greatest, least, min, max, quantified comparisons and join conditions are made of doubles that cannot be NaN.",
		Macro: `CREATE OR REPLACE MACRO t_eq(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN false ELSE a = b END`,
	},
	{Macro: `CREATE OR REPLACE MACRO t_ne(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN true ELSE a <> b END`},
	{Macro: `CREATE OR REPLACE MACRO t_lt(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN false ELSE a < b END`},
	{Macro: `CREATE OR REPLACE MACRO t_le(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN false ELSE a <= b END`},
	{Macro: `CREATE OR REPLACE MACRO t_gt(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN false ELSE a > b END`},
	{Macro: `CREATE OR REPLACE MACRO t_ge(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN isnan(a) OR isnan(b) THEN false ELSE a >= b END`},
	{
		What:  "greatest and least are NULL as soon as an argument is. DuckDB skips NULLs.",
		Mask:  "macro",
		Macro: `CREATE OR REPLACE MACRO t_greatest(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN greatest(a, b) END`,
	},
	{Macro: `CREATE OR REPLACE MACRO t_least(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN least(a, b) END`},
	{
		What:  "A quotient of decimals, and avg of decimals, is a decimal, rounded half away from zero at its scale. DuckDB's is a double.",
		Mask:  "computed in DuckDB by whole numbers of 128 bits: both operands brought to one scale; values that would not fit are not generated",
		Macro: `CREATE OR REPLACE MACRO t_div(n, d) AS CASE WHEN (n < 0) = (d < 0) THEN (abs(n) * 2 + abs(d)) // (abs(d) * 2) ELSE -((abs(n) * 2 + abs(d)) // (abs(d) * 2)) END`,
	},
	{
		What:  "substr: position 0 gives the empty text, as does one before the text's begin. DuckDB clips the range to the text.",
		Mask:  "macro",
		Macro: `CREATE OR REPLACE MACRO t_substr(s, p) AS CASE WHEN s IS NULL THEN NULL WHEN p = 0 OR p > length(s) OR p < -length(s) THEN '' ELSE substr(s, p) END`,
	},
	{Macro: `CREATE OR REPLACE MACRO t_substr3(s, p, n) AS CASE WHEN s IS NULL THEN NULL WHEN p = 0 OR n <= 0 OR p > length(s) OR p < -length(s) THEN '' ELSE substr(s, p, n) END`},
	{
		What:  "split_part beyond the last part is NULL. DuckDB gives the empty text.",
		Mask:  "macro",
		Macro: `CREATE OR REPLACE MACRO t_split_part(s, d, n) AS CASE WHEN n <= len(string_split(s, d)) THEN split_part(s, d, n) END`,
	},
	{
		What:  "regexp_extract without a match is NULL. DuckDB gives the empty text.",
		Mask:  "macro",
		Macro: `CREATE OR REPLACE MACRO t_regexp_extract(s, p) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p) END`,
	},
	{
		What:  "array_join of nothing but NULLs, or of nothing, is the empty text. DuckDB's is NULL.",
		Mask:  "macro",
		Macro: `CREATE OR REPLACE MACRO t_array_join(a, s) AS CASE WHEN a IS NOT NULL THEN coalesce(list_aggregate(a, 'string_agg', s), '') END`,
	},
	{
		What:  "contains and arrays_overlap are NULL where a NULL element keeps them from being false; any_match and its kin likewise. DuckDB has no third value there.",
		Mask:  "macros",
		Macro: `CREATE OR REPLACE MACRO t_contains(a, x) AS CASE WHEN a IS NULL OR x IS NULL THEN NULL WHEN list_contains(a, x) THEN true WHEN len(list_filter(a, lambda e: e IS NULL)) > 0 THEN NULL ELSE false END`,
	},
	{Macro: `CREATE OR REPLACE MACRO t_arrays_overlap(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN len(a) = 0 OR len(b) = 0 THEN false WHEN len(list_intersect(list_filter(a, lambda e: e IS NOT NULL), list_filter(b, lambda e: e IS NOT NULL))) > 0 THEN true WHEN len(list_filter(a, lambda e: e IS NULL)) > 0 OR len(list_filter(b, lambda e: e IS NULL)) > 0 THEN NULL ELSE false END`},
	{Macro: `CREATE OR REPLACE MACRO t_any_match(m) AS CASE WHEN m IS NULL THEN NULL WHEN list_contains(m, true) THEN true WHEN len(list_filter(m, lambda e: e IS NULL)) > 0 THEN NULL ELSE false END`},
	{Macro: `CREATE OR REPLACE MACRO t_all_match(m) AS CASE WHEN m IS NULL THEN NULL WHEN list_contains(m, false) THEN false WHEN len(list_filter(m, lambda e: e IS NULL)) > 0 THEN NULL ELSE true END`},
	{Macro: `CREATE OR REPLACE MACRO t_none_match(m) AS CASE WHEN m IS NULL THEN NULL WHEN list_contains(m, true) THEN false WHEN len(list_filter(m, lambda e: e IS NULL)) > 0 THEN NULL ELSE true END`},
	{
		What:  "array_min and array_max are NULL as soon as an element is. DuckDB skips NULLs.",
		Mask:  "macro",
		Macro: `CREATE OR REPLACE MACRO t_array_min(a) AS CASE WHEN len(list_filter(a, lambda e: e IS NULL)) = 0 THEN list_min(a) END`,
	},
	{Macro: `CREATE OR REPLACE MACRO t_array_max(a) AS CASE WHEN len(list_filter(a, lambda e: e IS NULL)) = 0 THEN list_max(a) END`},
	{
		What:  "The functions of arrays as sets keep one NULL, and the order of first appearance. DuckDB drops NULLs, and orders freely.",
		Mask:  "sorted on both sides, the NULL put back by macros",
		Macro: `CREATE OR REPLACE MACRO t_array_distinct(a) AS CASE WHEN a IS NOT NULL THEN list_concat(list_sort(list_distinct(list_filter(a, lambda e: e IS NOT NULL))), list_slice(list_filter(a, lambda e: e IS NULL), 1, 1)) END`,
	},
	{Macro: `CREATE OR REPLACE MACRO t_array_union(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN t_array_distinct(list_concat(a, b)) END`},
	{Macro: `CREATE OR REPLACE MACRO t_has(a, x) AS CASE WHEN x IS NULL THEN len(list_filter(a, lambda e: e IS NULL)) > 0 ELSE list_contains(a, x) END`},
	{Macro: `CREATE OR REPLACE MACRO t_array_intersect(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN t_array_distinct(list_filter(a, lambda y: t_has(b, y))) END`},
	{Macro: `CREATE OR REPLACE MACRO t_array_except(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN t_array_distinct(list_filter(a, lambda y: NOT t_has(b, y))) END`},
	{
		What:  "array_remove keeps NULL elements, and is NULL where the element to remove is. DuckDB has no such function.",
		Mask:  "macro",
		Macro: `CREATE OR REPLACE MACRO t_array_remove(a, x) AS CASE WHEN x IS NOT NULL THEN list_filter(a, lambda e: e IS DISTINCT FROM x) END`,
	},
	{
		What: "concat is NULL as soon as an argument is. DuckDB's skips NULLs.",
		Mask: "DuckDB gets ||",
	},
	{
		What:  "A quotient of integers is an integer. DuckDB's / gives a double.",
		Mask:  "DuckDB gets //; both get nullif(divisor, 0), for DuckDB's is NULL where Athena fails. Failures have queries of their own, with macros",
		Macro: `CREATE OR REPLACE MACRO t_idiv(a, b) AS CASE WHEN b = 0 AND a IS NOT NULL THEN error('Division by zero') ELSE a // b END`,
	},
	// DuckDB also fails for the least number % -1, which is 0.
	{Macro: `CREATE OR REPLACE MACRO t_imod(a, b) AS CASE WHEN b = 0 AND a IS NOT NULL THEN error('Division by zero') WHEN b = -1 THEN a - a ELSE a % b END`},
	{
		What: "Casting doubles to integers rounds halves away from zero. DuckDB rounds them to even.",
		Mask: "DuckDB gets round() first",
	},
	{
		What: "Integers meet decimals as decimals of 3, 5, 10 or 19 digits. DuckDB compares some of them as doubles.",
		Mask: "DuckDB gets the casts that Athena's coercions amount to",
	},
	{
		What: "sum of integers is a bigint. DuckDB's is a hugeint.",
		Mask: "cast in DuckDB; sums that overflow have queries of their own, of one sign, for Athena fails when a sum overflows on its way",
	},
	{
		What: "CAST(timestamp AS varchar) has as many digits as the type. DuckDB drops trailing zeros.",
		Mask: "DuckDB gets strftime",
	},
	{
		What: "CAST(decimal AS varchar) has a digit before the point. DuckDB leaves it out where the precision is the scale: '-.05'.",
		Mask: "DuckDB casts to 38 digits first",
	},
	{
		What: "CAST(double AS varchar) is scientific. DuckDB's is plain.",
		Mask: "not generated",
	},
	{
		What: "-0 is equal to 0, but comes before it in ORDER BY. DuckDB orders them as equal. Which of the two stands for a group is free in both.",
		Mask: "arithmetic adds 0, which makes zeros positive; -0 is in one column without 0; -0 and 0 compare as equal",
	},
	{
		What: "Sums, averages and moments of doubles depend on the order of additions; transcendental functions on the C library.",
		Mask: "Compared with a relative tolerance, and never used in conditions, keys or orders; sums of doubles up to 1e300 are not compared. Columns of small binary fractions give exact sums, which are compared to the last bit and used everywhere.",
	},
	{
		What: "Case of single code points by Unicode's simple mapping. DuckDB (utf8proc) agrees but for letters such as sharp s in upper case, and reverses by grapheme.",
		Mask: "texts are made of letters on which they agree, without combining marks",
	},
	{
		What: "Regular expressions are Java's. DuckDB's are RE2's.",
		Mask: "patterns that mean the same to both",
	},
	{
		What: "DuckDB does not find a column in a lambda of a lateral or correlated subquery.",
		Mask: "such lambdas use their variable alone",
	},
	{
		What: "A LATERAL subquery with a FROM of its own computes no columns from the outer query: Trino's planner finds no join for it. DuckDB does.",
		Mask: "not generated",
	},
	{
		What: "DuckDB has no FULL JOIN within a correlated subquery.",
		Mask: "not generated there",
	},
	{
		What: "array_position of NULL is NULL. DuckDB finds NULL elements.",
		Mask: "CASE in DuckDB",
	},
	{
		What: "FILTER of an aggregate OVER is refused by Athena (FILTER is not yet supported for window functions), as are expressions in GROUPING SETS, CUBE and ROLLUP.",
		Mask: "not generated",
	},
	{
		What: "corr and regr_* are NULL where their value would not be finite (Trino's DoubleCorrelationAggregation, DoubleRegressionAggregation). DuckDB gives NaN.",
		Mask: "CASE WHEN isfinite in DuckDB",
	},
	{
		What: "Lambdas hold no aggregates in Athena.",
		Mask: "lambdas over groups use their variable alone",
	},
	{
		What: "Sums, differences and products of decimals have digits for every result. DuckDB computes in 18 digits where both operands fit them, and fails.",
		Mask: "operands cast to 38 digits in DuckDB",
	},
	{
		What: "count_if of no rows is 0. DuckDB's is NULL in GROUP BY GROUPING SETS (()), and counts wrongly where its argument is the key of the group.",
		Mask: "DuckDB gets count(CASE WHEN x THEN 1 END)",
	},
	{
		What: "Rows compare field by field, with three values. DuckDB's structs compare with two.",
		Mask: "DuckDB gets the fields' comparisons. Arrays are compared without NULL elements, which have the same trouble",
	},
	{
		What: "round(decimal, n) has a digit more than its argument: round(DECIMAL '-7', -1) is -10 (Trino's MathFunctions.roundNShort). DuckDB's is 0.",
		Mask: "operand cast to 38 digits in DuckDB",
	},
	{
		What: "NULL = ALL (1, 2) is false, and NULL <> ANY (1, 2) true: Trino compares with the least and the largest value, and those differ. By the standard, and in DuckDB, it is NULL.",
		Mask: "the left side of these two is never NULL",
	},
	{
		What: "Which of equal rows comes first is free.",
		Mask: "functions of windows that depend on it are generated where a key tells all rows apart",
	},
	{
		What: "avg of integers adds doubles, which lose digits of large values. DuckDB adds them exactly.",
		Mask: "made of values whose sums a double holds",
	},
	{
		What: "Frames have no EXCLUDE in Athena.",
		Mask: "not generated",
	},
	{
		What: "Order of NULLs: last in both directions in Athena; a setting in DuckDB.",
		Mask: "always written",
	},
	{
		What: "CUBE takes a column that it names twice once (Trino's QueryPlanner.enumerateGroupingSets). DuckDB, as ROLLUP in both, takes it as often as it is there.",
		Mask: "DuckDB gets it once",
	},
	{
		What: "Entries of a map come in the order of Java's HashMap. DuckDB keeps the written one.",
		Mask: "maps are unnested alone and without ordinality, and their keys sorted where they are joined to a text",
	},
	{
		What: "WITH RECURSIVE holds queries with LIMIT or OFFSET. DuckDB refuses them, also in those that do not recur.",
		Mask: "not asked of DuckDB",
	},
	{
		What: "WITH RECURSIVE wants names for the columns of all its queries.",
		Mask: "they have them in both",
	},
	{
		What: "char(n) compares without the blanks at its end, and has them where it becomes a varchar. DuckDB's CHAR is a VARCHAR.",
		Mask: "held without blanks in DuckDB, padded where it is cast",
	},
	{
		What: "An operation of reals gives a real. DuckDB's sum of them is a double.",
		Mask: "cast in DuckDB; sums of reals are made where they are exact",
	},
	{
		What: "A timestamp with time zone keeps its zone. DuckDB's is an instant.",
		Mask: "DuckDB is asked for local times in zones, of the year 2023: tables of older times differ, and so do the choices for a local time that is there twice or never",
	},
	{
		What: "json_extract_scalar is NULL for objects, arrays and null; numbers keep their text. DuckDB's json_extract_string writes out the first and normalises the second.",
		Mask: "CASE in DuckDB; documents hold whole numbers; every document is JSON, for DuckDB fails otherwise",
	},
	{
		What: "json_array_length of what is no array is NULL. DuckDB's is 0.",
		Mask: "CASE in DuckDB",
	},
	{
		What: "CAST(timestamp AS time) of a moment before 1970 with a fraction is a second too early (Trino's TimestampToTimeCast). DuckDB's is right.",
		Mask: "a second taken off in DuckDB; moments of the first second of a day, where Trino fails, lose their fraction first",
	},
	{
		What: "NULL in a list counts, in ionq, in DuckDB and in later releases; Trino 410 forgets it where the value is constant and the list is not.",
		Mask: "not generated where Trino is asked",
	},
	{
		What: "date_trunc of a column that is NULL is unequal to nothing. DuckDB 1.5.6 simplifies the comparison with a constant that no truncation gives to true.",
		Mask: "DuckDB truncates a sum, which it does not simplify",
	},
	{
		What: "A correlated scalar subquery with LIMIT that finds no row is NULL, in ionq, in DuckDB and in later releases; Trino 410 drops the row around it.",
		Mask: "not generated where Trino is asked",
	},
	{
		What: "listagg takes FILTER, in ionq and in later releases; Trino 410 does not parse it. It loses the order of FETCH WITH TIES over no more rows than asked for. CUBE in a subquery of an expression is an exception there.",
		Mask: "not generated, not compared, not judged where Trino is asked",
	},
	{
		What: "WITH RECURSIVE does not nest in Athena.",
		Mask: "not generated within a WITH",
	},
	{
		What: "zip_with, transform_values, slice from the end, concat of arrays and elements, width_bucket, from_base, bitwise shifts. DuckDB has other functions for them.",
		Mask: "DuckDB gets its own; slice from before an array's begin is empty, and of DuckDB so demanded",
	},
	{
		What: "Intervals, timestamps with zones, varbinary, SQL/JSON, lambdas in regexp_replace and array_sort, format and others. DuckDB has no such type or function, or one of another meaning.",
		Mask: "asked of Trino only, where it is at hand, and of ionq in its configurations",
	},
	{
		What: "FETCH FIRST n ROWS WITH TIES. DuckDB has none.",
		Mask: "DuckDB gets QUALIFY rank() <= n",
	},
	{
		What: "UNNEST of several arrays, and WITH ORDINALITY, in FROM.",
		Mask: "DuckDB gets a lateral SELECT of unnest() calls, which go in step there",
	},
}

// macros are the statements that prepare DuckDB.
func macros() []string {
	// A constant in an ORDER BY does nothing in either.
	out := []string{"SET order_by_non_integer_literal = true", "SET TimeZone = 'UTC'"}
	for _, d := range Differences {
		if d.Macro != "" {
			out = append(out, d.Macro)
		}
	}
	return out
}
