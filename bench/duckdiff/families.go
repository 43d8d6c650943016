package duckdiff

// Expressions of the rarer types: real, char, time, points in time with zones,
// intervals, binary, JSON. Those that DuckDB has no words for are made for Trino and
// for ionq's own configurations (gen.wide).

import (
	"fmt"
	"math"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// only is an expression that DuckDB is not asked.
func only(t types.Type, tmpl string, args ...*Expr) *Expr { return both(t, tmpl, athenaOnly, args...) }

// float makes a real. Its bits are certain, for each operation rounds once.
func (g *gen) float(sc *scope, d int) *Expr {
	t := types.Real
	if d <= 0 {
		if l := g.leaf(sc, kindIs(types.KindReal)); l != nil && !g.chance(4) {
			return l
		}
		s := pick(g.rng, "0", "1", "0.5", "-2.25", "0.1", "3.0E4")
		return both(t, "REAL '"+s+"'", "CAST('"+s+"' AS FLOAT)").mag(3e4)
	}
	d--
	switch g.n(8) {
	case 0, 1, 2:
		a, b := g.float(sc, d), g.float(sc, d)
		op, m := "+", a.Mag+b.Mag
		switch g.n(3) {
		case 0:
			op = "-"
		case 1:
			op, m = "*", a.Mag*b.Mag
		}
		if m > 1e30 {
			return a
		}
		return both(t, "($1 "+op+" $2 + REAL '0')", "CAST($1 "+op+" $2 + CAST(0 AS FLOAT) AS FLOAT)", a, b).mag(m)
	case 3:
		a := g.int(sc, d)
		return cast(cast(g.small(a), types.Integer), t)
	case 4:
		a := g.dbl(sc, d)
		if !a.NaN && a.Mag < 1e30 && !strings.HasPrefix(a.A, "(0 -") {
			// Adding zero makes a zero positive, after the cast as well.
			e := both(t, "(CAST($1 AS real) + REAL '0')", "CAST(CAST($1 AS FLOAT) + CAST(0 AS FLOAT) AS FLOAT)", a)
			return e.mag(a.Mag)
		}
	case 5:
		return g.choice(sc, t, d)
	case 6:
		a := g.float(sc, d)
		return call(t, "abs($1)", a).mag(a.Mag)
	}
	return g.float(sc, 0)
}

// fixed makes a char(5). DuckDB holds it without its blanks.
func (g *gen) fixed(sc *scope, d int) *Expr {
	t := types.CharN(5)
	if d <= 0 || g.chance(3) {
		if l := g.leaf(sc, typeIs(t)); l != nil && !g.chance(4) {
			return l
		}
	}
	if d > 0 && g.chance(2) {
		return g.choice(sc, t, d-1)
	}
	a := g.str(sc, d-1)
	return both(t, "CAST($1 AS char(5))", "rtrim(substr($1, 1, 5), ' ')", a).with(a)
}

// clock makes a time(3).
func (g *gen) clock(sc *scope, d int) *Expr {
	t := types.Time(3)
	if d <= 0 {
		if l := g.leaf(sc, typeIs(t)); l != nil && !g.chance(3) {
			return l
		}
		if l := g.leaf(sc, typeIs(types.Timestamp(3))); l != nil && g.chance(2) {
			return early(l)
		}
		return call(t, fmt.Sprintf("TIME '%02d:%02d:%02d.%03d'", g.n(24), g.n(60), g.n(60), g.n(1000)))
	}
	d--
	switch g.n(6) {
	case 0:
		return early(g.ts(sc, d))
	case 1:
		return call(t, fmt.Sprintf("($1 %s INTERVAL '%d' %s)", pick(g.rng, "+", "-"), g.n(90), pick(g.rng, "HOUR", "MINUTE", "SECOND")), g.clock(sc, d))
	case 2:
		unit := pick(g.rng, "hour", "minute", "second", "millisecond")
		return both(t, "date_add('"+unit+"', $2, $1)", "($1 + "+interval(unit)+")", g.clock(sc, d), intLit(int64(g.n(200)-100)))
	case 3:
		return g.choice(sc, t, d)
	case 4:
		if g.wide {
			return only(t, pick(g.rng, "date_trunc('hour', $1)", "date_trunc('minute', $1)", "CAST(CAST($1 AS varchar) AS time(3))", "CAST(CAST($1 AS time(0)) AS time(3))", "CAST(CAST($1 AS time(3) with time zone) AS time(3))"), g.clock(sc, d))
		}
	}
	return g.clock(sc, 0)
}

// early is a timestamp's time, which before 1970 is a second too early in Athena.
func early(e *Expr) *Expr {
	if len(e.Args) > 0 || e.Sub != nil {
		// In the first second of a day Trino fails.
		e = both(e.T, "IF(date_trunc('second', $1) = date_trunc('day', $1), date_trunc('second', $1), $1)",
			"CASE WHEN date_trunc('second', $1) = date_trunc('day', $1) THEN date_trunc('second', $1) ELSE $1 END", e)
	}
	return both(types.Time(3), "CAST($1 AS time(3))", "CASE WHEN epoch_us($1) < 0 AND epoch_us($1) % 1000000 <> 0 THEN CAST($1 - INTERVAL 1 SECOND AS TIME) ELSE CAST($1 AS TIME) END", e)
}

// zones have no change of offset that Go, Java and ICU's tables date differently in
// the years of the tables, but New York and Apia.
var zones = []string{"UTC", "+05:30", "-03:00", "Asia/Tokyo", "Asia/Kolkata", "America/New_York", "Europe/Berlin", "Pacific/Apia"}

// instant makes a timestamp with time zone.
func (g *gen) instant(sc *scope, d int) *Expr {
	t := types.TimestampTZ(3)
	if d <= 0 {
		if l := g.leaf(sc, typeIs(t)); l != nil && !g.chance(3) {
			return l
		}
		return only(t, "($1 AT TIME ZONE '"+pick(g.rng, zones...)+"')", g.ts(sc, 0))
	}
	d--
	switch g.n(10) {
	case 0, 1:
		return only(t, "with_timezone($1, '"+pick(g.rng, zones[:5]...)+"')", g.ts(sc, d))
	case 2:
		return only(t, "CAST($1 AS timestamp(3) with time zone)", pick(g.rng, g.ts(sc, d), g.date(sc, d)))
	case 3:
		return only(t, "($1 AT TIME ZONE '"+pick(g.rng, zones...)+"')", g.instant(sc, d))
	case 4:
		n, unit := g.n(40), pick(g.rng, "DAY", "HOUR", "MINUTE", "SECOND", "MONTH", "YEAR")
		return only(t, fmt.Sprintf("($1 %s INTERVAL '%d' %s)", pick(g.rng, "+", "-"), n, unit), g.instant(sc, d))
	case 5:
		u := pick(g.rng, "day", "month", "year", "hour", "minute", "week", "quarter", "second")
		return only(t, "date_trunc('"+u+"', $1)", g.instant(sc, d))
	case 6:
		u := pick(g.rng, "day", "month", "year", "hour", "minute", "week", "quarter", "second", "millisecond")
		return only(t, "date_add('"+u+"', $2, $1)", g.instant(sc, d), intLit(int64(g.n(100)-50)))
	case 7:
		return only(t, "from_unixtime(CAST($1 AS double) / 1E3, '"+pick(g.rng, zones...)+"')", g.small(g.int(sc, d)))
	case 8:
		return g.choice(sc, t, d)
	}
	return g.instant(sc, 0)
}

// span makes an interval day to second.
func (g *gen) span(sc *scope, d int) *Expr {
	t := types.IntervalDaySecond
	if d <= 0 {
		if l := g.leaf(sc, typeIs(t)); l != nil && !g.chance(3) {
			return l
		}
		return only(t, pick(g.rng, "INTERVAL '3' DAY", "INTERVAL '90' MINUTE", "INTERVAL '-1' HOUR", "INTERVAL '1 02:03:04.567' DAY TO SECOND", "INTERVAL '0' SECOND"))
	}
	d--
	switch g.n(7) {
	case 0:
		return only(t, "($1 - $2)", g.ts(sc, d), g.ts(sc, d))
	case 1:
		return only(t, "($1 - $2)", g.date(sc, d), g.date(sc, d))
	case 2:
		return only(t, "($1 "+pick(g.rng, "+", "-")+" $2)", g.span(sc, d), g.span(sc, d))
	case 3:
		return only(t, "($1 * $2)", g.span(sc, d), intLit(int64(g.n(9)-4)))
	case 4:
		return only(t, pick(g.rng, "(- $1)", "($1 * 1.5E0)", "($1 / 4E0)"), g.span(sc, d))
	case 5:
		return g.choice(sc, t, d)
	}
	return g.span(sc, 0)
}

// months makes an interval year to month.
func (g *gen) months(sc *scope, d int) *Expr {
	t := types.IntervalYearMonth
	if d <= 0 {
		return only(t, pick(g.rng, "INTERVAL '3' MONTH", "INTERVAL '1' YEAR", "INTERVAL '-5' MONTH", "INTERVAL '2-7' YEAR TO MONTH"))
	}
	switch g.n(3) {
	case 0:
		return only(t, "($1 "+pick(g.rng, "+", "-")+" $2)", g.months(sc, d-1), g.months(sc, d-1))
	case 1:
		return only(t, "($1 * $2)", g.months(sc, d-1), intLit(int64(g.n(9)-4)))
	}
	return g.months(sc, 0)
}

// octets makes a varbinary.
func (g *gen) octets(sc *scope, d int) *Expr {
	t := types.Varbinary
	a := g.str(sc, max(d-1, 0))
	return only(t, pick(g.rng, "to_utf8($1)", "to_utf8($1)", "md5(to_utf8($1))", "sha1(to_utf8($1))", "xxhash64(to_utf8($1))", "(to_utf8($1) || X'00ff')", "substr(to_utf8($1), 2)", "reverse(to_utf8($1))", "lpad(to_utf8($1), 4, X'20')", "from_base64(to_base64(to_utf8($1)))", "hmac_sha256(to_utf8($1), X'01')", "murmur3(to_utf8($1))", "to_big_endian_64(length($1))", "spooky_hash_v2_64(to_utf8($1))"), a)
}

// exotic makes an expression of a type that is not DuckDB's, or not in the same way.
func (g *gen) exotic(sc *scope, d int) *Expr {
	switch g.n(6) {
	case 0, 1:
		return g.instant(sc, d)
	case 2:
		return g.span(sc, d)
	case 3:
		return g.months(sc, d)
	}
	return g.octets(sc, d)
}

// documents are JSON texts. Their numbers are whole and their keys differ: DuckDB
// writes fractions in its own way, and finds the first of two equal keys.
var documents = []string{
	`{"a":1,"b":"x","c":[1,2,3]}`, `{"a":-7,"b":null,"c":[]}`, `{"a":{"b":"deep","c":[10,20]},"b":true}`,
	`[1,"two",null,false,{"a":5}]`, `{}`, `[]`, `{"b":"é日","a":"7"}`, `{"c":["x","y"],"a":0}`, `12`, `"text"`, `null`, `true`,
}

// doc makes a text that is JSON.
func (g *gen) doc(sc *scope) *Expr {
	if l := g.leaf(sc, func(e *Expr) bool { return e.JSON && strings.HasSuffix(e.A, ".js") }); l != nil && !g.chance(3) {
		return l
	}
	return strLit(pick(g.rng, documents...))
}

var paths = []string{"$.a", "$.b", "$.c[0]", "$.c[2]", "$.a.b", "$.a.c[1]", "$[0]", "$[4].a", "$[1]", "$.c"}

// jsonStr makes a text out of JSON.
func (g *gen) jsonStr(sc *scope) *Expr {
	doc, path := g.doc(sc), strLit(pick(g.rng, paths...))
	if g.wide && g.chance(2) {
		t := pick(g.rng, "json_format(json_extract($1, $2))", "json_format(json_parse($1))", "json_format(json_array_get($1, 0))", "CAST(json_extract($1, $2) AS varchar)",
			"json_value($1, 'lax $.a')", "json_query($1, 'lax $.c')", "json_query($1, 'lax $.*' WITH WRAPPER)", "json_value($1, 'lax $.c[last]' DEFAULT 'none' ON EMPTY NULL ON ERROR)",
			"json_format(CAST(MAP(ARRAY['k'], ARRAY[$1]) AS json))", "json_format(CAST(ARRAY[$1, $2] AS json))", "json_object('x': $1, 'y': $2)", "json_array($1, $2 ABSENT ON NULL)")
		if strings.Contains(t, "AS varchar)") {
			t = "TRY(" + t + ")"
		}
		args := []*Expr{doc, path}
		if !strings.Contains(t, "$2") {
			args = args[:1]
		}
		return only(types.Varchar, t, args...)
	}
	e := both(types.Varchar, "json_extract_scalar($1, $2)", "CASE WHEN json_type($1, $2) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN json_extract_string($1, $2) END", doc, path)
	return e
}

// jsonInt makes a number out of JSON.
func (g *gen) jsonInt(sc *scope) *Expr {
	doc := g.doc(sc)
	switch g.n(5) {
	case 0:
		return both(types.Bigint, "json_array_length($1)", "CASE WHEN json_type($1) = 'ARRAY' THEN CAST(json_array_length($1) AS BIGINT) END", doc).mag(10)
	case 1:
		return both(types.Bigint, "json_size($1, $2)", "CASE json_type($1, $2) WHEN 'ARRAY' THEN CAST(json_array_length($1, $2) AS BIGINT) WHEN 'OBJECT' THEN len(json_keys($1, $2)) WHEN NULL THEN NULL ELSE CASE WHEN json_type($1, $2) IS NOT NULL THEN 0 END END", doc, strLit(pick(g.rng, paths...))).mag(10)
	case 2:
		return both(types.Bigint, "TRY_CAST(json_extract_scalar($1, $2) AS bigint)", "TRY_CAST(CASE WHEN json_type($1, $2) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN json_extract_string($1, $2) END AS BIGINT)", doc, strLit(pick(g.rng, paths...))).mag(100)
	case 3:
		if g.wide {
			return only(types.Bigint, pick(g.rng, "TRY(CAST(json_extract($1, '$.a') AS bigint))", "json_value($1, 'lax $.a.size()' RETURNING bigint)", "cardinality(TRY(CAST(json_extract($1, '$.c') AS array(json))))", "json_value($1, 'lax $.a' RETURNING bigint)", "TRY(CAST(json_parse($1) AS map(varchar, json))['a'] IS NULL)", "cardinality(TRY(CAST(json_parse($1) AS map(varchar, json))))"), doc).mag(100).fix(func(e *Expr) {
				if strings.Contains(e.A, "IS NULL)") {
					e.A = "IF(" + e.A + ", CAST(1 AS bigint), CAST(0 AS bigint))"
				}
			})
		}
	}
	return both(types.Bigint, "json_array_length($1)", "CASE WHEN json_type($1) = 'ARRAY' THEN CAST(json_array_length($1) AS BIGINT) END", doc).mag(10)
}

func (g *gen) jsonBool(sc *scope) *Expr {
	doc := g.doc(sc)
	if !g.wide {
		return both(types.Boolean, "(json_extract($1, $2) IS NULL)", "(json_extract($1, $2) IS NULL)", doc, strLit(pick(g.rng, paths...)))
	}
	return only(types.Boolean, pick(g.rng, "json_array_contains($1, 1)", "json_array_contains($1, 'two')", "is_json_scalar($1)", "json_exists($1, 'lax $.a')", "json_exists($1, 'strict $.c[*] ? (@ > 1)' UNKNOWN ON ERROR)", "(json_extract($1, '$.a') = json_extract($1, '$.b'))", "(json_parse($1) = json_parse($1))", "json_exists($1, 'lax $.c ? (exists (@[0]))')"), doc)
}

// moreInt, moreStr and so on are further functions of the common families.
func (g *gen) moreInt(sc *scope, d int) *Expr {
	b := types.Bigint
	switch g.n(22) {
	case 0, 1, 2:
		return g.jsonInt(sc)
	case 3:
		f := pick(g.rng, "hour", "minute", "second")
		return both(b, f+"($1)", "CAST("+f+"($1) AS BIGINT)", g.clock(sc, d)).mag(60)
	case 4:
		return both(b, "millisecond($1)", "(CAST(date_part('millisecond', $1) AS BIGINT) % 1000)", g.ts(sc, d)).mag(1000)
	case 5:
		z := pick(g.rng, zones[:5]...)
		f := pick(g.rng, "hour", "minute", "day", "year", "month")
		if z[0] == '+' || z[0] == '-' {
			z = "Asia/Tokyo"
		}
		return both(b, f+"($1 AT TIME ZONE '"+z+"')", "CAST("+f+"(CAST($1 AS TIMESTAMPTZ) AT TIME ZONE '"+z+"') AS BIGINT)", g.recent(sc)).mag(1e4)
	case 6:
		return both(b, "date_diff('"+pick(g.rng, "hour", "minute", "second", "millisecond")+"', $1, $2)", "", g.clock(sc, d), g.clock(sc, d)).mag(1e9).fix(func(e *Expr) {
			e.D = strings.Replace(e.A, "date_diff", "date_sub", 1)
		})
	case 7:
		return both(b, "to_milliseconds($1 - $2)", "(epoch_ms($1) - epoch_ms($2))", g.ts(sc, d), g.ts(sc, d)).mag(1e13)
	case 8:
		x := cast(g.small(g.int(sc, d)), b)
		n := intLit(int64(g.n(20)))
		return both(b, "bitwise_left_shift($1, $2)", "CAST((CAST($1 AS HUGEINT) << CAST($2 AS INTEGER)) AS BIGINT)", call(b, "abs($1)", x).mag(x.Mag), n).mag(math.Ldexp(x.Mag, 20)).fix(func(e *Expr) {
			e.D = "CAST(CAST($1 AS HUGEINT) * pow(2, $2)::HUGEINT AS BIGINT)"
		})
	case 9:
		return both(b, "bitwise_not($1)", "(~ $1)", cast(g.small(g.int(sc, d)), b)).mag(3e9)
	case 10:
		return both(b, "from_base($1, 2)", "CAST(list_reduce(list_transform(string_split($1, ''), lambda c: CAST(c AS BIGINT)), lambda x, y: x * 2 + y) AS BIGINT)", strLit(pick(g.rng, "1", "101", "0", "111011"))).mag(100)
	case 11:
		return both(b, "width_bucket($1, 0E0, 10E0, 4)", "CASE WHEN $1 IS NOT NULL THEN CASE WHEN $1 < 0 THEN 0 WHEN $1 >= 10 THEN 5 ELSE CAST(floor(CAST($1 AS DOUBLE) * 4 / 10) AS BIGINT) + 1 END END", cast(g.small(g.int(sc, d)), types.Double)).mag(5)
	case 12:
		l := g.leaf(sc, kindIs(types.KindArray))
		if l != nil && !sc.noCapture() {
			v := g.name("v")
			return both(b, "cardinality(array_sort(transform($1, "+v+" -> IF("+v+" IS NULL, 0, 1))))", "len(list_sort(list_transform($1, lambda "+v+": CASE WHEN "+v+" IS NULL THEN 0 ELSE 1 END)))", l).mag(100)
		}
	case 13:
		if l := g.leaf(sc, typeIs(types.Array(b))); l != nil && l.Mag < 1e9 {
			v, w, e := g.name("v"), g.name("v"), g.name("v")
			z := pick(g.rng, "coalesce("+v+", 0) + coalesce("+w+", 1)", "greatest("+v+", "+w+")", "IF("+v+" > "+w+", "+v+", "+w+")")
			y := strings.NewReplacer(v, e+"[1]", w, e+"[2]", "greatest", "t_greatest", "IF(", "if(").Replace(z)
			return both(b, "reduce(zip_with($1, $2, ("+v+", "+w+") -> "+z+"), CAST(0 AS bigint), (s, x) -> s + coalesce(x, 7), s -> s)",
				"(list_reduce(list_transform(list_zip($1, $2), lambda "+e+": "+y+"), lambda s, x: s + coalesce(x, 7), CAST(0 AS BIGINT)) + CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE 0 END)", l, g.arr(&scope{leaves: sc.leaves, bare: sc.noCapture()}, b, 0)).mag(1e12)
		}
	case 14:
		if l := g.leaf(sc, typeIs(textMap)); l != nil {
			k, v, e := g.name("v"), g.name("v"), g.name("v")
			return both(b, "element_at(transform_values($1, ("+k+", "+v+") -> coalesce("+v+", 0) + length("+k+")), $2)",
				"map_extract_value(map_from_entries(list_transform(map_entries($1), lambda "+e+": ("+e+".key, coalesce("+e+".value, 0) + length("+e+".key)))), $2)", l, strLit(pick(g.rng, few...))).mag(1e4)
		}
	case 15:
		x, y := g.str(sc, d), g.str(sc, d)
		return only(b, pick(g.rng, "levenshtein_distance($1, $2)", "TRY(hamming_distance($1, $2))", "strpos($1, $2, 2)", "strpos($1, $2, -1)", "codepoint(CAST(substr(concat($1, $2, 'a'), 1, 1) AS varchar(1)))", "length(concat($1, $2))", "cardinality(split($1, concat($2, ',')))"), x, y).mag(1e7).fix(func(e *Expr) {
			if strings.HasPrefix(e.A, "codepoint") {
				e.A = "CAST(" + e.A + " AS bigint)"
			}
		}).narrow(g)
	case 16:
		x := g.instant(sc, d)
		return only(b, pick(g.rng, "hour", "minute", "second", "day", "month", "year", "week", "day_of_week", "day_of_year", "year_of_week", "quarter", "timezone_hour", "timezone_minute", "millisecond")+"($1)", x).mag(1e4).narrow(g)
	case 17:
		return only(b, pick(g.rng, "to_milliseconds($1)", "day($1)", "hour($1)", "EXTRACT(MINUTE FROM $1)", "second($1)"), g.span(sc, d)).mag(1e14).narrow(g)
	case 18:
		x, y := g.int(sc, d), cast(intLit(int64(2+g.n(9))), b)
		return only(b, pick(g.rng, "from_big_endian_64(to_big_endian_64($1))", "from_base(to_base($1, 7), 7)", "bitwise_right_shift($1, 3)", "bitwise_right_shift_arithmetic($1, 3)", "bit_count($1, 64)", "mod($1, $2)", "crc32(to_utf8(CAST($1 AS varchar)))", "from_base(to_base($2, 36), 36)"), cast(g.small(x), b), y).mag(9e18).narrow(g)
	case 19:
		x := g.str(sc, d)
		return only(b, pick(g.rng, "regexp_position($1, 'b')", "regexp_position($1, '[ab]', 2)", "regexp_count($1, '(?<=a)b|\\b')", "length(word_stem($1))", "length(normalize($1, NFD))", "cardinality(regexp_split($1, '[a ]'))", "from_big_endian_64(xxhash64(to_utf8($1)))", "length(soundex(regexp_extract($1, '[a-zA-Z]+')))"), x).mag(9.3e18).narrow(g)
	case 20:
		a := g.arr(&scope{leaves: sc.leaves, bare: sc.noCapture()}, b, 0)
		return only(b, pick(g.rng, "cardinality(combinations($1, 2))", "cardinality(ngrams($1, 2))", "cardinality(TRY(trim_array($1, 1)))", "array_position($1, 1)", "TRY($1[1])", "array_max(array_distinct($1))", "cardinality(TRY(map_from_entries(zip($1, $1))))", "IF(contains_sequence($1, ARRAY[1]), CAST(1 AS bigint), CAST(2 AS bigint))", "cardinality(map_agg_none($1))"), a).mag(9.3e18).narrow(g).fix(func(e *Expr) {
			e.A = strings.ReplaceAll(e.A, "map_agg_none($1)", "array_except($1, ARRAY[CAST(1 AS bigint)])")
		})
	}
	return both(b, "length($1)", "", g.str(sc, d)).mag(1e4)
}

// narrow keeps what DuckDB is not asked out of where it is asked.
func (e *Expr) narrow(g *gen) *Expr {
	if !g.wide {
		return cast(intLit(3), types.Bigint)
	}
	return e
}

// recent makes a point in time between 2023-01-01 and 2023-04-30, where the zones'
// tables agree.
func (g *gen) recent(sc *scope) *Expr {
	t := types.Timestamp(3)
	lit := func() *Expr {
		return call(t, fmt.Sprintf("TIMESTAMP '2023-%02d-%02d %02d:%02d:%02d.%03d'", 1+g.n(4), 1+g.n(28), g.n(24), g.n(60), g.n(60), g.n(1000)))
	}
	if l := g.leaf(sc, typeIs(t)); l != nil && g.chance(2) {
		return call(t, "CASE WHEN year($1) = 2023 THEN $1 ELSE $2 END", l, lit())
	}
	return lit()
}

func (g *gen) moreStr(sc *scope, d int) *Expr {
	v := types.Varchar
	switch g.n(14) {
	case 0, 1, 2, 3:
		return g.jsonStr(sc)
	case 4:
		return both(v, "CAST($1 AS varchar)", "(CAST(CAST($1 AS TIME) AS VARCHAR) || '')", g.clock(sc, d)).ascii().fix(func(e *Expr) {
			e.D = "strftime(DATE '2000-01-01' + $1, '%H:%M:%S.%g')"
		})
	case 5:
		a := g.fixed(sc, d)
		return both(v, "CAST($1 AS varchar)", "rpad($1, 5, ' ')", a).with(a)
	case 6:
		a, b := g.fixed(sc, d), g.fixed(sc, d)
		return both(v, "CAST(concat($1, $2) AS varchar)", "(rpad($1, 5, ' ') || rpad($2, 5, ' '))", a, b).with(a, b)
	case 7:
		a := cast(g.small(g.int(sc, d)), types.Bigint)
		return both(v, "to_base(abs($1), 16)", "lower(to_base(abs($1), 16))", a).ascii()
	case 8:
		a := g.str(sc, d)
		return both(v, "from_utf8(from_hex(to_hex(to_utf8($1))))", "$1", a).with(a)
	case 9:
		// The pattern is a column's or an expression's.
		a, p := g.str(sc, d), g.str(sc, 0)
		return both(v, "IF($1 LIKE replace($2, '\\', ''), 'y', 'n')", "CASE WHEN $1 LIKE replace($2, '\\', '') THEN 'y' ELSE 'n' END", a, p).ascii()
	case 10:
		if !g.wide {
			break
		}
		return only(v, "CAST($1 AS varchar)", pick(g.rng, g.exoticText(sc, d), g.dbl(sc, d), g.float(sc, d)))
	case 11:
		if !g.wide {
			break
		}
		t := g.instant(sc, d)
		return only(v, pick(g.rng, "date_format($1, '%a %b %e %Y %r %f %W %y %k')", "format_datetime($1, 'yyyy-MM-dd HH:mm:ss.SSS Z')", "CAST(CAST($1 AS timestamp(6)) AS varchar)", "CAST(CAST($1 AS time(3) with time zone) AS varchar)", "format('%1$tF %1$tT', $1)"), t)
	case 12:
		if !g.wide {
			break
		}
		a := g.str(sc, d)
		return only(v, pick(g.rng, "url_encode($1)", "normalize($1, NFKC)", "format('%5s|%-4s', $1, $1)", "upper($1)", "lower($1)", "word_stem($1)", "array_join(regexp_split($1, '[ab]'), '/')", "regexp_replace($1, '(.)(.)', x -> x[2] || upper(x[1]))", "CAST(split_to_map($1 || '=1', ',', '=') AS json)", "url_decode(url_encode($1))", "regexp_replace($1, '(?<x>[a-z])', '${x}${x}')", "CAST(CAST($1 AS varchar(2)) AS varchar)", "concat_ws('-', ARRAY[$1, NULL, 'z'])", "to_base32(to_utf8($1))", "trim('ab' FROM $1)", "soundex(regexp_extract($1, '[a-zA-Z]+'))"), a).fix(func(e *Expr) {
			if strings.HasSuffix(e.A, "AS json)") {
				e.A = "json_format(" + e.A + ")"
			}
		})
	case 13:
		if !g.wide {
			break
		}
		x := g.int(sc, d)
		return only(v, pick(g.rng, "format('%,d', $1)", "format('%05d', $1)", "to_base($1, 36)", "human_readable_seconds(CAST($1 AS double))", "format_number($1)", "CAST(CAST($1 AS json) AS varchar)", "chr(97 + mod(abs($1), 20))"), cast(g.small(x), types.Bigint))
	}
	return g.jsonStr(sc)
}

// exoticText is an expression whose text Trino and Athena write alike.
func (g *gen) exoticText(sc *scope, d int) *Expr {
	return pick(g.rng, g.instant(sc, d), g.span(sc, d), g.months(sc, d))
}

func (g *gen) moreBool(sc *scope, d int) *Expr {
	b := types.Boolean
	switch g.n(7) {
	case 0:
		return g.jsonBool(sc)
	case 1:
		x, y := g.float(sc, d), g.float(sc, d)
		return g.compare(x, y)
	case 2:
		// A real and a double meet as doubles.
		x, y := g.float(sc, d), g.dbl(sc, d)
		if !y.NaN {
			return both(b, "($1 < $2)", "(CAST($1 AS DOUBLE) < $2)", x, y)
		}
	case 3:
		return g.compare(g.fixed(sc, d), g.fixed(sc, d))
	case 4:
		return g.compare(g.clock(sc, d), g.clock(sc, d))
	case 5:
		if g.wide {
			x := g.exotic(sc, d)
			return only(b, "($1 "+pick(g.rng, append(compareOps, "IS DISTINCT FROM")...)+" $2)", x, g.like(sc, x.T, d))
		}
	case 6:
		if g.wide {
			// A char meets a varchar as a char; a timestamp meets an instant as one.
			if g.chance(2) {
				return only(b, "($1 "+pick(g.rng, compareOps...)+" $2)", g.fixed(sc, d), g.str(sc, d))
			}
			return only(b, "($1 "+pick(g.rng, compareOps...)+" $2)", pick(g.rng, g.ts(sc, d), g.date(sc, d)), g.instant(sc, d))
		}
	}
	return g.compare(g.clock(sc, d), g.clock(sc, d))
}

func (g *gen) moreTs(sc *scope, d int) *Expr {
	t := types.Timestamp(3)
	switch g.n(8) {
	case 0:
		z := pick(g.rng, "Asia/Tokyo", "America/New_York", "Asia/Kolkata")
		return both(t, "CAST($1 AT TIME ZONE '"+z+"' AS timestamp(3))", "(CAST($1 AS TIMESTAMPTZ) AT TIME ZONE '"+z+"')", g.recent(sc))
	case 1:
		z := pick(g.rng, "Asia/Tokyo", "Asia/Kolkata")
		return both(t, "CAST(with_timezone($1, '"+z+"') AT TIME ZONE 'UTC' AS timestamp(3))", "(($1 AT TIME ZONE '"+z+"') AT TIME ZONE 'UTC')", g.recent(sc))
	case 2:
		return both(t, "CAST(date_parse($1, '%Y-%m-%d %H:%i:%s.%f') AS timestamp(3))", "CAST($1 AS TIMESTAMP)", both(types.Varchar, "CAST($1 AS varchar)", "strftime($1, '%Y-%m-%d %H:%M:%S.%g')", g.ts(sc, d)))
	case 3:
		return both(t, "CAST(from_unixtime($1) AS timestamp(3))", "epoch_ms(1000 * $1)", cast(g.small(g.int(sc, d)), types.Bigint))
	case 4:
		if g.wide {
			return only(t, pick(g.rng, "CAST($1 AS timestamp(3))", "CAST($1 AT TIME ZONE 'America/New_York' AS timestamp(3))"), g.instant(sc, d))
		}
	case 5:
		if g.wide {
			return only(t, pick(g.rng, "CAST(CAST($1 AS timestamp(0)) AS timestamp(3))", "CAST(CAST($1 AS timestamp(1)) AS timestamp(3))", "CAST(CAST($1 AS timestamp(9)) AS timestamp(3))", "CAST(CAST($1 AS timestamp(12)) AS timestamp(3))", "CAST(from_iso8601_timestamp(to_iso8601($1)) AS timestamp(3))", "CAST(parse_datetime(format_datetime($1, 'yyyyMMddHHmmss'), 'yyyyMMddHHmmss') AS timestamp(3))"), g.ts(sc, d))
		}
	case 6:
		if g.wide {
			return only(t, "($1 "+pick(g.rng, "+", "-")+" $2)", g.ts(sc, d), pick(g.rng, g.span(sc, d), g.months(sc, d)))
		}
	}
	return both(t, "CAST($1 AS timestamp(3))", "CAST($1 AS TIMESTAMP)", g.date(sc, d))
}

// moreArr makes an array by a function with a lambda of its own kind.
func (g *gen) moreArr(sc *scope, elem types.Type, l *Expr, d int) *Expr {
	t := types.Array(elem)
	switch g.n(5) {
	case 0:
		x := g.exact(&scope{}, elem, 0)
		return both(t, "concat($1, $2, ARRAY[$3])", "list_concat(list_concat($1, $2), [$3])", l, l, x).with(l, x).fix(func(e *Expr) {
			e.D = "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN " + e.D + " END"
		})
	case 1:
		n := intLit(int64(g.n(3)))
		return both(t, "slice($1, - 2, $2)", "list_slice($1, -2, CASE WHEN len($1) < 2 THEN 0 ELSE len($1) - 2 + $2 END)", l, n).with(l).fix(func(e *Expr) {
			e.D = "CASE WHEN $1 IS NULL THEN NULL WHEN len($1) < 2 THEN [] ELSE list_slice($1, len($1) - 1, len($1) - 2 + $2) END"
		})
	case 2:
		if g.wide && elem.Kind != types.KindDouble && elem.Kind != types.KindBoolean {
			a, b := g.name("v"), g.name("v")
			return only(t, "array_sort($1, ("+a+", "+b+") -> CASE WHEN "+a+" IS NULL THEN IF("+b+" IS NULL, 0, 1) WHEN "+b+" IS NULL THEN -1 WHEN "+a+" < "+b+" THEN 1 WHEN "+a+" > "+b+" THEN -1 ELSE 0 END)", l).with(l)
		}
	case 3:
		if g.wide {
			return only(t, pick(g.rng, "array_distinct($1)", "array_union($1, $1)", "array_intersect($1, $1)", "array_except($1, slice($1, 1, 1))", "flatten(transform(ARRAY[$1, $1], q -> slice(q, 1, 2)))", "map_values(map_from_entries(transform(sequence(1, coalesce(cardinality($1), 0)), i -> ROW(i, $1[i]))))", "TRY(trim_array($1, 1))"), l).with(l).fix(func(e *Expr) {
				if sc.noCapture() && strings.Contains(e.A, "$1[i]") || sc.noCapture() && strings.Contains(e.A, "q ->") {
					e.A = "array_distinct($1)"
				}
			})
		}
	}
	return l
}
