package duckdiff

// Random expressions. Each is made of a type that was asked for, out of the leaves
// of a scope, and stays where both engines are bound to one answer; where DuckDB
// means something else, its template says Athena's meaning in DuckDB's words (the
// t_ macros: see differences.go).

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// gen makes queries.
type gen struct {
	rng    *rand.Rand
	tables []*Table
	names  int
	ctes   []*relation // visible named queries
	nested int         // WITHs around
	noFull bool        // DuckDB has no FULL JOIN in correlated subqueries

	windows *[]Window // the WINDOW clause of the SELECT at hand, if it may have one
	mayFail bool      // the query may rightly fail
	wide    bool      // also what DuckDB has no words for
	trino   bool      // Trino 410 is asked: it takes no FILTER behind listagg, later ones do
}

// scope is what an expression may be made of.
type scope struct {
	leaves []*Expr
	outer  []*Expr // columns of the query around, for correlation
	sub    int     // levels of subqueries that are still allowed
	corr   bool    // leaves are columns, so subqueries may refer to them
	window bool    // for the arguments of window functions
	bare   bool    // lambdas use their variable alone
}

// noCapture tells that lambdas, also those of DuckDB's macros, must use no column.
func (sc *scope) noCapture() bool { return sc.bare || sc.outer != nil }

func (g *gen) n(n int) int          { return g.rng.IntN(n) }
func (g *gen) chance(one int) bool  { return g.rng.IntN(one) == 0 }
func (g *gen) name(p string) string { g.names++; return p + strconv.Itoa(g.names) }

func isInt(t types.Type) bool { return t.IsInteger() }
func isDec(t types.Type) bool { return t.Kind == types.KindDecimal }

// intMax is the largest absolute value that is safe in an integer type.
func intMax(t types.Type) float64 {
	switch t.Kind {
	case types.KindTinyint:
		return 127
	case types.KindSmallint:
		return 32767
	case types.KindInteger:
		return math.MaxInt32
	}
	return 9.2e18
}

func wider(a, b types.Type) types.Type {
	if intMax(a) >= intMax(b) {
		return a
	}
	return b
}

func intDigits(t types.Type) int {
	switch t.Kind {
	case types.KindTinyint:
		return 3
	case types.KindSmallint:
		return 5
	case types.KindInteger:
		return 10
	}
	return 19
}

// call is an expression with the same template in both dialects.
func call(t types.Type, tmpl string, args ...*Expr) *Expr {
	return &Expr{T: t, A: tmpl, Args: args, facts: facts{Quant: noQuant}}
}

// both is an expression with two templates.
func both(t types.Type, a, d string, args ...*Expr) *Expr {
	e := call(t, a, args...)
	e.D = d
	return e
}

func (e *Expr) mag(m float64) *Expr { e.Mag = m; return e }
func (e *Expr) ascii() *Expr        { e.ASCII = true; return e }

func union(a, b facts) facts {
	return facts{Mag: max(a.Mag, b.Mag), Quant: min(a.Quant, b.Quant), Approx: a.Approx || b.Approx, NaN: a.NaN || b.NaN, ASCII: a.ASCII && b.ASCII, JSON: a.JSON && b.JSON}
}

// with gives an expression the joint facts of what its value is one of.
func (e *Expr) with(args ...*Expr) *Expr {
	e.facts = args[0].facts
	for _, a := range args[1:] {
		e.facts = union(e.facts, a.facts)
	}
	return e
}

// cast converts; the generator knows that the value fits.
func cast(e *Expr, t types.Type) *Expr {
	if e.T == t {
		return e
	}
	c := both(t, "CAST($1 AS "+t.String()+")", "CAST($1 AS "+duckType(t)+")", e)
	c.facts = e.facts
	if t.Kind == types.KindDouble {
		c.Quant = noQuant
		if isInt(e.T) && e.Mag < 1<<52 {
			c.Quant = 0
		}
	}
	return c
}

func intLit(v int64) *Expr {
	t := types.Integer
	if v > math.MaxInt32 || v < math.MinInt32 {
		t = types.Bigint
	}
	s := strconv.FormatInt(v, 10)
	if v < 0 {
		s = "(" + s + ")"
	}
	return both(t, s, "CAST("+s+" AS "+duckType(t)+")").mag(math.Abs(float64(v)))
}

func strLit(s string) *Expr {
	e := call(types.Varchar, quote(s))
	e.ASCII = true
	for _, r := range s {
		e.ASCII = e.ASCII && r < 128
	}
	return e
}

func decLit(s string) *Expr {
	whole, frac, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	t := types.Decimal(max(len(strings.TrimLeft(whole, "0"))+len(frac), 1), len(frac))
	f, _ := strconv.ParseFloat(s, 64)
	return both(t, "DECIMAL '"+s+"'", "CAST('"+s+"' AS "+duckType(t)+")").mag(math.Abs(f))
}

func dblLit(f float64) *Expr {
	s := strconv.FormatFloat(f, 'E', -1, 64)
	e := both(types.Double, s, "CAST("+s+" AS DOUBLE)").mag(math.Abs(f))
	if f < 0 {
		e.A = "(" + s + ")"
	}
	if f*8 == math.Trunc(f*8) && math.Abs(f) < 1<<20 {
		e.Quant = -3
	}
	return e
}

// fits tells whether a double's bits reach from its largest value to its quantum:
// then sums are exact in any order.
func (e *Expr) exactSum(rows float64) bool {
	return !e.NaN && !e.Approx && e.Quant != noQuant && e.Mag*rows < math.Ldexp(1, 52+e.Quant)
}

// leaf picks a leaf by its type, or gives nil.
func (g *gen) leaf(sc *scope, ok func(*Expr) bool) *Expr {
	var c []*Expr
	for _, l := range sc.leaves {
		if !l.Approx && ok(l) {
			c = append(c, l)
		}
	}
	if sc.outer != nil && (len(c) == 0 || g.chance(6)) {
		for _, l := range sc.outer {
			if !l.Approx && ok(l) {
				c = append(c, l)
			}
		}
	}
	if len(c) == 0 {
		return nil
	}
	return pick(g.rng, c...)
}

func kindIs(k types.Kind) func(*Expr) bool { return func(e *Expr) bool { return e.T.Kind == k } }

func typeIs(t types.Type) func(*Expr) bool { return func(e *Expr) bool { return e.T == t } }

// textMap is the type of the tables' maps; those that histogram makes have other keys.
var textMap = types.Map(types.Varchar, types.Bigint)

// scalar makes an expression of any comparable scalar type.
func (g *gen) scalar(sc *scope, d int) *Expr {
	if len(sc.leaves) > 0 && g.chance(2) {
		if l := g.leaf(sc, func(e *Expr) bool {
			return sortable(e.T)
		}); l != nil {
			if d <= 0 || g.chance(3) {
				return l
			}
			return g.like(sc, l.T, d)
		}
	}
	switch g.n(16) {
	case 0, 1, 2:
		return g.int(sc, d)
	case 3, 4:
		return g.dec(sc, d)
	case 5, 6:
		return g.dbl(sc, d)
	case 7, 8:
		return g.str(sc, d)
	case 9:
		return g.date(sc, d)
	case 10:
		return g.ts(sc, d)
	case 11:
		return g.float(sc, d)
	case 12:
		return g.clock(sc, d)
	case 13:
		return g.fixed(sc, d)
	case 14:
		if g.wide && g.chance(2) {
			return g.exotic(sc, d)
		}
	}
	return g.bool(sc, d)
}

// like makes an expression of the same family as t: of the same type, but for
// numbers.
func (g *gen) like(sc *scope, t types.Type, d int) *Expr {
	switch {
	case isInt(t):
		return g.int(sc, d)
	case isDec(t):
		return g.dec(sc, d)
	}
	switch t.Kind {
	case types.KindDouble:
		return g.dbl(sc, d)
	case types.KindVarchar:
		return g.str(sc, d)
	case types.KindDate:
		return g.date(sc, d)
	case types.KindTimestamp:
		return g.ts(sc, d)
	case types.KindBoolean:
		return g.bool(sc, d)
	case types.KindReal:
		return g.float(sc, d)
	case types.KindTime:
		return g.clock(sc, d)
	case types.KindChar:
		if t.P == 5 {
			return g.fixed(sc, d)
		}
	case types.KindTimestampTZ:
		return g.instant(sc, d)
	case types.KindIntervalDaySecond:
		return g.span(sc, d)
	case types.KindIntervalYearMonth:
		return g.months(sc, d)
	case types.KindVarbinary:
		return g.octets(sc, d)
	case types.KindArray:
		return g.arr(sc, t.Elem(), d)
	}
	if l := g.leaf(sc, typeIs(t)); l != nil {
		return l
	}
	return g.null(t)
}

// exact makes an expression of exactly type t.
func (g *gen) exact(sc *scope, t types.Type, d int) *Expr {
	e := g.like(sc, t, d)
	switch {
	case e.T == t:
		return e
	case isInt(t):
		if e.Mag <= intMax(t) {
			return cast(e, t)
		}
		return g.intLeaf(sc, t)
	case isDec(t):
		if e.Mag < math.Pow10(int(t.P-t.S))-1 {
			return cast(e, t)
		}
		return g.null(t)
	}
	return cast(e, t)
}

func (g *gen) intLeaf(sc *scope, t types.Type) *Expr {
	if l := g.leaf(sc, typeIs(t)); l != nil {
		return l
	}
	return cast(intLit(int64(g.n(100))), t)
}

func (g *gen) null(t types.Type) *Expr {
	e := both(t, "CAST(NULL AS "+t.String()+")", "CAST(NULL AS "+duckType(t)+")")
	e.ASCII, e.Quant = true, 0
	return e
}

// pair makes two expressions that can be compared with each other.
func (g *gen) pair(sc *scope, d int) (a, b *Expr) {
	a = g.scalar(sc, d)
	if (isInt(a.T) || isDec(a.T)) && g.chance(3) {
		if isInt(a.T) {
			b = g.dec(sc, d)
		} else {
			b = g.int(sc, d)
		}
		return g.comparable(a, b)
	}
	return g.comparable(a, g.like(sc, a.T, d))
}

// comparable spells the coercions of a comparison for DuckDB's sake: its own go to
// other types (a bigint and a decimal meet as doubles there).
func (g *gen) comparable(a, b *Expr) (*Expr, *Expr) {
	if a.T == b.T || !a.T.IsNumeric() || a.T.Kind == types.KindReal || b.T.Kind == types.KindReal || a.T.Kind == types.KindDouble || b.T.Kind == types.KindDouble || isInt(a.T) && isInt(b.T) {
		return a, b
	}
	t, ok := commonDec(a.T, b.T)
	if !ok {
		return a, a
	}
	wide := func(e *Expr) *Expr {
		if isDec(e.T) && (e.Mag >= math.Pow10(int(t.P-t.S))) {
			return nil
		}
		c := both(e.T, "$1", "CAST($1 AS "+duckType(t)+")", e)
		c.facts = e.facts
		return c
	}
	x, y := wide(a), wide(b)
	if x == nil || y == nil {
		return a, a
	}
	return x, y
}

// commonDec is Trino's common type of two exact numbers, where it is a decimal
// that holds both.
func commonDec(a, b types.Type) (types.Type, bool) {
	ap, as := decOf(a)
	bp, bs := decOf(b)
	s := max(as, bs)
	p := max(ap-as, bp-bs) + s
	return types.Decimal(min(p, 38), s), p <= 38
}

func decOf(t types.Type) (p, s int) {
	if isInt(t) {
		return intDigits(t), 0
	}
	return int(t.P), int(t.S)
}

var compareOps = []string{"=", "<>", "<", "<=", ">", ">="}

// compare makes a comparison.
func (g *gen) compare(a, b *Expr) *Expr {
	op := pick(g.rng, compareOps...)
	if a.NaN || b.NaN {
		f := map[string]string{"=": "t_eq", "<>": "t_ne", "<": "t_lt", "<=": "t_le", ">": "t_gt", ">=": "t_ge"}[op]
		return both(types.Boolean, "($1 "+op+" $2)", f+"($1, $2)", a, b)
	}
	return call(types.Boolean, "($1 "+op+" $2)", a, b)
}

func (g *gen) bool(sc *scope, d int) *Expr {
	if d <= 0 {
		if l := g.leaf(sc, kindIs(types.KindBoolean)); l != nil && g.chance(2) {
			return l
		}
		if l := g.leaf(sc, func(e *Expr) bool { return e.T.Orderable() && e.T.Kind != types.KindArray && e.T.Kind != types.KindRow }); l != nil {
			if g.chance(4) {
				return call(types.Boolean, "($1 IS "+pick(g.rng, "", "NOT ")+"NULL)", l)
			}
			a, b := g.comparable(l, g.like(&scope{leaves: sc.leaves}, l.T, 0))
			return g.compare(a, b)
		}
		return call(types.Boolean, pick(g.rng, "true", "false", "CAST(NULL AS boolean)"))
	}
	d--
	switch g.n(31) {
	case 28, 29, 30:
		return g.moreBool(sc, d)
	case 0, 1, 2, 3:
		return g.compare(g.pair(sc, d))
	case 24:
		return g.rows(sc, d)
	case 25:
		// Arrays without NULL elements, for those leave a comparison undecided.
		if l := g.leaf(sc, func(e *Expr) bool { return e.T.Kind == types.KindArray && !e.NaN && !rowOrMap(e.T) }); l != nil && !sc.noCapture() {
			op := pick(g.rng, compareOps...)
			return both(types.Boolean, "(filter($1, v -> v IS NOT NULL) "+op+" filter($2, v -> v IS NOT NULL))",
				"(list_filter($1, lambda v: v IS NOT NULL) "+op+" list_filter($2, lambda v: v IS NOT NULL))", l, g.arr(sc, l.T.Elem(), d))
		}
	case 26:
		// A date meets a timestamp as its midnight.
		return call(types.Boolean, "($1 "+pick(g.rng, compareOps...)+" $2)", g.date(sc, d), g.ts(sc, d))
	case 4, 5:
		return call(types.Boolean, "($1 AND $2)", g.bool(sc, d), g.bool(sc, d))
	case 6, 7:
		return call(types.Boolean, "($1 OR $2)", g.bool(sc, d), g.bool(sc, d))
	case 8:
		return call(types.Boolean, "(NOT $1)", g.bool(sc, d))
	case 9:
		return call(types.Boolean, "($1 IS "+pick(g.rng, "", "NOT ")+"NULL)", g.scalar(sc, d))
	case 10:
		a, b := g.pair(sc, d)
		return call(types.Boolean, "($1 IS "+pick(g.rng, "", "NOT ")+"DISTINCT FROM $2)", a, b)
	case 11:
		a := g.scalar(sc, d)
		b, c := g.like(sc, a.T, d), g.like(sc, a.T, d)
		if a.NaN || b.NaN || c.NaN {
			return both(types.Boolean, "($1 BETWEEN $2 AND $3)", "(t_ge($1, $2) AND t_le($1, $3))", a, b, c)
		}
		if isDec(a.T) {
			t, ok := commonDec(a.T, b.T)
			if !ok {
				return g.compare(a, a)
			}
			if t, ok = commonDec(t, c.T); !ok {
				return g.compare(a, a)
			}
			a, b, c = cast(a, t), cast(b, t), cast(c, t)
		}
		return call(types.Boolean, "($1 "+pick(g.rng, "", "NOT ")+"BETWEEN $2 AND $3)", a, b, c)
	case 12, 13:
		return g.in(sc, d)
	case 14, 15:
		a := g.str(sc, d)
		not := pick(g.rng, "", "NOT ")
		if g.chance(3) {
			return call(types.Boolean, "($1 "+not+"LIKE $2 ESCAPE '\\')", a, strLit(pick(g.rng, `a\%`, `%\_%`, `\\`, `%`, `_\%%`, `x\_y`)))
		}
		return call(types.Boolean, "($1 "+not+"LIKE $2)", a, strLit(pick(g.rng, "a%", "%b", "%", "", "_", "__", "%a%", "a_", "%_a%b", "é%", "%日%", "a", "%%a", "_%_")))
	case 16:
		return both(types.Boolean, "regexp_like($1, $2)", "regexp_matches($1, $2)", g.str(sc, d), strLit(pick(g.rng, patterns...)))
	case 17:
		return call(types.Boolean, "starts_with($1, $2)", g.str(sc, d), g.str(sc, 0))
	case 18:
		return g.choice(sc, types.Boolean, d)
	case 19:
		if l := g.leaf(sc, kindIs(types.KindArray)); l != nil {
			return g.arrayBool(sc, l, d)
		}
	case 20:
		x := g.dbl(sc, d)
		return both(types.Boolean, pick(g.rng, "is_nan", "is_finite", "is_infinite")+"($1)", "", x).fix(func(e *Expr) {
			e.D = map[string]string{"is_nan($1)": "isnan($1)", "is_finite($1)": "isfinite($1)", "is_infinite($1)": "isinf($1)"}[e.A]
		})
	default:
		if sc.sub > 0 {
			return g.subBool(sc, d)
		}
	}
	return g.compare(g.pair(sc, d))
}

func (e *Expr) fix(f func(*Expr)) *Expr { f(e); return e }

// patterns mean the same to Joni and to RE2.
var patterns = []string{"a", "^a", "b$", "^.$", "[ab]+", "a|b", "^(a|x).*[b%_]$", "[0-9]{1,2}", "é+", "^$", "a.?b", "[^a]", "(?i)B", `\.|_`}

// in makes an IN over a list.
func (g *gen) in(sc *scope, d int) *Expr {
	a := g.scalar(sc, d)
	for range 5 {
		if !a.NaN && a.T.Kind != types.KindBoolean {
			break
		}
		a = g.int(sc, d)
	}
	args := []*Expr{a}
	for range 1 + g.n(4) {
		// Trino 410 forgets the NULLs of a list where the value is constant and
		// something else in the list is not (testdata/sql/athena_diff.test).
		if g.chance(8) && !g.trino {
			args = append(args, g.null(a.T))
			continue
		}
		e := g.exact(&scope{leaves: sc.leaves}, a.T, 0)
		if e.NaN {
			continue
		}
		args = append(args, e)
	}
	if len(args) == 1 {
		args = append(args, a)
	}
	var l []string
	for i := 1; i < len(args); i++ {
		l = append(l, "$"+strconv.Itoa(i+1))
	}
	return call(types.Boolean, "($1 "+pick(g.rng, "", "", "NOT ")+"IN ("+strings.Join(l, ", ")+"))", args...)
}

// rows compares rows, field by field in DuckDB: its own comparison of structs has
// two values.
func (g *gen) rows(sc *scope, d int) *Expr {
	field := func() *Expr {
		for range 5 {
			if e := g.scalar(sc, d); !e.NaN && !isDec(e.T) {
				return e
			}
		}
		return g.int(sc, d)
	}
	a, b := field(), field()
	sim := func(e *Expr) *Expr {
		x := g.exact(&scope{leaves: sc.leaves}, e.T, 0)
		if x.NaN {
			return e
		}
		return x
	}
	args := []*Expr{a, b, sim(a), sim(b)}
	if g.chance(2) {
		if g.chance(2) {
			return both(types.Boolean, "(($1, $2) <> ($3, $4))", "(NOT ($1 = $3 AND $2 = $4))", args...)
		}
		return both(types.Boolean, "(($1, $2) = ($3, $4))", "($1 = $3 AND $2 = $4)", args...)
	}
	args = append(args, sim(a), sim(b))
	not := pick(g.rng, "", "NOT ")
	return both(types.Boolean, "(($1, $2) "+not+"IN (($3, $4), ($5, $6)))", "("+not+"(($1 = $3 AND $2 = $4) OR ($1 = $5 AND $2 = $6)))", args...)
}

// choice makes CASE, IF, coalesce or nullif of type t.
func (g *gen) choice(sc *scope, t types.Type, d int) *Expr {
	a, b := g.exact(sc, t, d), g.exact(sc, t, d)
	switch g.n(6) {
	case 0:
		return both(t, "IF($1, $2, $3)", "CASE WHEN $1 THEN $2 ELSE $3 END", g.bool(sc, d), a, b).with(a, b)
	case 1:
		return both(t, "IF($1, $2)", "CASE WHEN $1 THEN $2 END", g.bool(sc, d), a).with(a)
	case 2:
		return call(t, "coalesce($1, $2)", a, b).with(a, b)
	case 3:
		if a.NaN || b.NaN || t.Kind == types.KindArray {
			break
		}
		return call(t, "nullif($1, $2)", a, b).with(a)
	case 4:
		x := g.int(sc, d)
		return call(t, "(CASE $1 WHEN $2 THEN $3 WHEN $4 THEN $5 END)", x, g.int(sc, 0), a, intLit(int64(g.n(5))), b).with(a, b)
	}
	c := g.exact(sc, t, d)
	return call(t, "(CASE WHEN $1 THEN $2 WHEN $3 THEN $4 ELSE $5 END)", g.bool(sc, d), a, g.bool(sc, d), b, c).with(a, b, c)
}

func (g *gen) int(sc *scope, d int) *Expr {
	if d <= 0 {
		if l := g.leaf(sc, func(e *Expr) bool { return isInt(e.T) }); l != nil && !g.chance(4) {
			return l
		}
		return intLit(pick(g.rng, 0, 1, 2, 3, -1, 5, 7, 10, 100, int64(g.n(1000))))
	}
	d--
	arith := func(op string, f func(a, b float64) float64) *Expr {
		a, b := g.int(sc, d), g.int(sc, d)
		t, m := wider(a.T, b.T), f(a.Mag, b.Mag)
		if m > intMax(t) {
			if m > 9e18 {
				return a
			}
			a, b, t = cast(a, types.Bigint), cast(b, types.Bigint), types.Bigint
		}
		return call(t, "($1 "+op+" $2)", a, b).mag(m)
	}
	switch g.n(46) {
	case 40, 41, 42, 43, 44, 45:
		return g.moreInt(sc, d)
	case 30:
		return both(types.Bigint, "position($2 IN $1)", "strpos($1, $2)", g.str(sc, d), strLit(pick(g.rng, "a", "b", "é", " "))).mag(1e4)
	case 31:
		x := g.str(sc, d)
		if x.ASCII {
			return both(types.Bigint, "levenshtein_distance($1, $2)", "levenshtein($1, $2)", x, strLit(pick(g.rng, "a", "ab", "x_y"))).mag(1e4)
		}
	case 32:
		return both(types.Bigint, "bit_count($1, 64)", "CAST(bit_count($1) AS BIGINT)", cast(g.int(sc, d), types.Bigint)).mag(64)
	case 33:
		x := g.str(sc, d)
		return both(types.Bigint, "regexp_count($1, $2)", "len(regexp_extract_all($1, $2))", x, strLit(pick(g.rng, "a", "[ab]", "[ab]+", "[0-9]", "é|b"))).mag(1e4)
	case 34:
		x := pick(g.rng, g.date(sc, d), g.ts(sc, d))
		f := pick(g.rng, "YEAR", "MONTH", "DAY", "QUARTER", "WEEK", "DOY")
		return both(types.Bigint, "EXTRACT("+f+" FROM $1)", "CAST(EXTRACT("+f+" FROM $1) AS BIGINT)", x).mag(1e4)
	case 35:
		a, b := g.int(sc, d), g.int(sc, d)
		return both(wider(a.T, b.T), "TRY($1 / $2)", "CASE WHEN $2 <> 0 THEN $1 // $2 END", a, b).mag(a.Mag).fix(func(e *Expr) {
			if a.Mag > intMax(a.T) {
				*e = *a
			}
		})
	case 36:
		if l := g.leaf(sc, typeIs(types.Array(types.Bigint))); l != nil && l.Mag < 1e9 {
			// The sum of the products of what was and what comes.
			body := [][2]string{
				{"@S + @V", "@S + @V"},
				{"@S * 2 + coalesce(@V, 1)", "@S * CAST(2 AS BIGINT) + coalesce(@V, CAST(1 AS BIGINT))"},
				{"greatest(@S, @V)", "t_greatest(@S, @V)"},
				{"IF(@V > 1, @S + 1, @S)", "CASE WHEN @V > 1 THEN @S + 1 ELSE @S END"},
			}[g.n(4)]
			vs, vv := g.name("v"), g.name("v")
			r := strings.NewReplacer("@S", vs, "@V", vv)
			return both(types.Bigint, "reduce($1, CAST(0 AS bigint), ("+vs+", "+vv+") -> "+r.Replace(body[0])+", "+vs+" -> "+vs+")",
				"list_reduce($1, lambda "+vs+", "+vv+": "+r.Replace(body[1])+", CAST(0 AS BIGINT))", l).mag(1e12)
		}
	case 37:
		if l := g.leaf(sc, typeIs(textMap)); l != nil {
			v, k, e := g.name("v"), g.name("v"), g.name("v")
			val := both(types.Bigint, v, "struct_extract("+e+", 'value')")
			val.facts = facts{Mag: 1000}
			key := both(types.Varchar, k, "struct_extract("+e+", 'key')")
			key.ASCII = true
			in := &scope{leaves: []*Expr{val, key, val}}
			return both(types.Bigint, "cardinality(map_filter($1, ("+k+", "+v+") -> $2))", "len(list_filter(map_entries($1), lambda "+e+": $2))", l, g.bool(in, min(d, 1))).mag(100)
		}
	case 38:
		a := g.int(sc, d)
		return both(types.Integer, "sign(CAST($1 AS integer))", "CAST(sign($1) AS INTEGER)", g.small(a)).mag(1)
	case 0, 1, 2:
		return arith("+", func(a, b float64) float64 { return a + b })
	case 3, 4:
		return arith("-", func(a, b float64) float64 { return a + b })
	case 5, 6:
		return arith("*", func(a, b float64) float64 { return a * b })
	case 7, 8:
		a, b := g.int(sc, d), g.int(sc, d)
		if a.Mag > intMax(a.T) {
			break
		}
		return both(wider(a.T, b.T), "($1 / nullif($2, 0))", "($1 // nullif($2, 0))", a, b).mag(a.Mag)
	case 9, 10:
		a, b := g.int(sc, d), g.int(sc, d)
		if a.Mag > intMax(a.T) {
			break
		}
		if g.chance(2) {
			return both(wider(a.T, b.T), "mod($1, nullif($2, 0))", "($1 % nullif($2, 0))", a, b).mag(a.Mag)
		}
		return call(wider(a.T, b.T), "($1 % nullif($2, 0))", a, b).mag(a.Mag)
	case 11:
		a := g.int(sc, d)
		if a.Mag > intMax(a.T) {
			break
		}
		return call(a.T, pick(g.rng, "abs($1)", "(- $1)"), a).mag(a.Mag)
	case 12:
		return call(types.Bigint, "length($1)", g.str(sc, d)).mag(1e4)
	case 13:
		return both(types.Bigint, "strpos($1, $2)", "strpos($1, $2)", g.str(sc, d), strLit(pick(g.rng, "a", "b", "é", "%", "ab", "日"))).mag(1e4)
	case 14:
		if l := g.leaf(sc, kindIs(types.KindArray)); l != nil {
			return g.arrayInt(sc, l, d)
		}
		if l := g.leaf(sc, kindIs(types.KindMap)); l != nil {
			return both(types.Bigint, "cardinality($1)", "CAST(cardinality($1) AS BIGINT)", l).mag(100)
		}
	case 15, 16:
		x := g.date(sc, d)
		if g.chance(2) {
			x = g.ts(sc, d)
		}
		f := [][2]string{
			{"year", "year"},
			{"month", "month"},
			{"day", "day"},
			{"quarter", "quarter"},
			{"week", "week"},
			{"year_of_week", "isoyear"},
			{"day_of_week", "isodow"},
			{"day_of_year", "dayofyear"},
			{"hour", "hour"},
			{"minute", "minute"},
			{"second", "second"},
		}
		n := 8
		if x.T.Kind == types.KindTimestamp {
			n = len(f)
		}
		p := f[g.n(n)]
		return both(types.Bigint, p[0]+"($1)", "CAST("+p[1]+"($1) AS BIGINT)", x).mag(1e4)
	case 17:
		unit := pick(g.rng, "day", "week", "month", "year", "quarter")
		a, b := g.date(sc, d), g.date(sc, d)
		if g.chance(2) {
			a, b = g.ts(sc, d), g.ts(sc, d)
			unit = pick(g.rng, "day", "hour", "minute", "second", "millisecond", "month")
		}
		return both(types.Bigint, "date_diff('"+unit+"', $1, $2)", "date_sub('"+unit+"', $1, $2)", a, b).mag(1e13)
	case 18, 19:
		e := g.choice(sc, pick(g.rng, types.Bigint, types.Bigint, types.Integer), d)
		return e
	case 20:
		x := g.dec(sc, d)
		if x.Mag < 9e18 {
			return cast(x, types.Bigint)
		}
	case 21:
		x := g.dbl(sc, d)
		if x.Mag < 9e15 && !x.NaN {
			return both(types.Bigint, "CAST($1 AS bigint)", "CAST(round($1) AS BIGINT)", x).mag(x.Mag + 1)
		}
	case 22:
		a, b := g.int(sc, d), g.int(sc, d)
		f := pick(g.rng, "greatest", "least")
		e := both(wider(a.T, b.T), f+"($1, $2)", "t_"+f+"($1, $2)", a, b)
		return e.mag(max(a.Mag, b.Mag))
	case 23:
		a, b := cast(g.int(sc, d), types.Bigint), cast(g.int(sc, d), types.Bigint)
		f := [][2]string{{"bitwise_and($1, $2)", "($1 & $2)"}, {"bitwise_or($1, $2)", "($1 | $2)"}, {"bitwise_xor($1, $2)", "xor($1, $2)"}}
		p := f[g.n(3)]
		return both(types.Bigint, p[0], p[1], a, b).mag(9.3e18)
	case 24:
		b := g.bool(sc, d)
		return cast(b, types.Integer).mag(1)
	case 25:
		if l := g.leaf(sc, kindIs(types.KindRow)); l != nil {
			return both(types.Bigint, "$1.a", "struct_extract($1, 'a')", l).mag(1000)
		}
	case 26:
		if l := g.leaf(sc, typeIs(textMap)); l != nil {
			return both(types.Bigint, "element_at($1, $2)", "map_extract_value($1, $2)", l, strLit(pick(g.rng, few...))).mag(1000)
		}
	case 27:
		a := g.int(sc, d)
		return both(types.Bigint, "TRY_CAST($1 AS bigint)", "TRY_CAST($1 AS BIGINT)", g.numText(a)).mag(max(a.Mag, 1e5))
	case 28, 29:
		if sc.sub > 0 {
			return g.subScalar(sc, types.Bigint)
		}
	}
	return g.int(sc, 0)
}

// small gives an integer that fits 32 bits.
func (g *gen) small(a *Expr) *Expr {
	if a.Mag <= math.MaxInt32 {
		return a
	}
	return intLit(int64(g.n(100)) - 50)
}

// numText is a text that may spell a whole number.
func (g *gen) numText(a *Expr) *Expr {
	switch g.n(3) {
	case 0:
		return strLit(pick(g.rng, "12", "-7", "", "x", "007", "+5"))
	case 1:
		return both(types.Varchar, "concat(CAST($1 AS varchar), $2)", "(CAST($1 AS VARCHAR) || $2)", a, strLit(pick(g.rng, "", "x"))).ascii()
	}
	return cast(a, types.Varchar).ascii()
}

func (g *gen) dec(sc *scope, d int) *Expr {
	if d <= 0 {
		if l := g.leaf(sc, func(e *Expr) bool { return isDec(e.T) }); l != nil && !g.chance(4) {
			return l
		}
		return decLit(pick(g.rng, "0", "1.5", "-0.05", "2.50", "100", "0.125", "12345678901234567890.12", "-7", "3.3333"))
	}
	d--
	operand := func() *Expr {
		if g.chance(4) {
			a := g.int(sc, d)
			e := both(types.Decimal(intDigits(a.T), 0), "$1", fmt.Sprintf("CAST($1 AS DECIMAL(%d,0))", intDigits(a.T)), a)
			e.facts = a.facts
			return e
		}
		return g.dec(sc, d)
	}
	of := func(p, s int, m float64, a string, args ...*Expr) *Expr {
		t := types.Decimal(min(p, 38), s)
		if p < 1 || s > 37 || m >= math.Pow10(int(t.P)-s) {
			return nil
		}
		return both(t, a, "CAST("+a+" AS "+duckType(t)+")", args...).mag(m)
	}
	// wide has DuckDB compute with 38 digits.
	wide := func(e *Expr) *Expr {
		if e != nil {
			for i, a := range e.Args {
				n := fmt.Sprintf("$%d", i+1)
				e.D = strings.Replace(e.D, n, fmt.Sprintf("CAST(%s AS DECIMAL(38,%d))", n, a.T.S), 1)
			}
		}
		return e
	}
	var e *Expr
	switch g.n(20) {
	case 0, 1, 2, 3:
		a, b := g.dec(sc, d), operand()
		if g.chance(2) {
			a, b = b, a
		}
		if !isDec(a.T) || !isDec(b.T) {
			break
		}
		s := max(a.T.S, b.T.S)
		e = wide(of(int(max(a.T.P-a.T.S, b.T.P-b.T.S)+s+1), int(s), a.Mag+b.Mag, "($1 "+pick(g.rng, "+", "-")+" $2)", a, b))
	case 4, 5:
		a, b := g.dec(sc, d), operand()
		if a.T.P+b.T.P <= 38 {
			e = wide(of(int(a.T.P+b.T.P), int(a.T.S+b.T.S), a.Mag*b.Mag, "($1 * $2)", a, b))
		}
	case 6, 7:
		// Quotients and remainders are computed in DuckDB with whole numbers of the
		// result's scale.
		a, b := g.dec(sc, d), operand()
		s := int(max(a.T.S, b.T.S))
		if a.Mag*math.Pow10(2*s) > 1e37 || b.Mag*math.Pow10(2*s) > 1e37 || a.Mag*math.Pow10(3*s) > 1e36 {
			break
		}
		pow := strconv.FormatFloat(math.Pow10(s), 'f', 0, 64)
		un := func(n int) string {
			return fmt.Sprintf("CAST(CAST($%d AS DECIMAL(38,%d)) * CAST(%s AS DECIMAL(%d,0)) AS HUGEINT)", n, s, pow, s+1)
		}
		back := func(x string, t types.Type) string {
			one := "CAST('1' AS DECIMAL(1,0))"
			if s > 0 {
				one = fmt.Sprintf("CAST('0.%s1' AS DECIMAL(%d,%d))", strings.Repeat("0", s-1), s+1, s)
			}
			return "CAST(CAST(" + x + " AS DECIMAL(38,0)) * " + one + " AS " + duckType(t) + ")"
		}
		if g.chance(2) {
			p := int(a.T.P) + int(b.T.S) + max(int(b.T.S-a.T.S), 0)
			t := types.Decimal(min(p, 38), s)
			m := a.Mag * math.Pow10(int(b.T.S))
			if m < math.Pow10(int(t.P)-s) {
				e = both(t, "($1 / nullif($2, 0))", back("t_div("+un(1)+" * "+pow+", nullif("+un(2)+", 0))", t), a, b).mag(m)
			}
			break
		}
		p := int(min(a.T.P-a.T.S, b.T.P-b.T.S)) + s
		if p < 1 {
			break
		}
		t := types.Decimal(min(p, 38), s)
		e = both(t, "($1 % nullif($2, 0))", back("("+un(1)+" % nullif("+un(2)+", 0))", t), a, b).mag(min(a.Mag, b.Mag))
	case 8, 9:
		a := g.dec(sc, d)
		n := g.n(4) - 1
		e = of(int(a.T.P)+1, int(a.T.S), a.Mag+math.Pow10(1), fmt.Sprintf("round($1, %d)", n), a)
		if a.T.P == 38 {
			e = nil
		}
		e = wide(e)
	case 10, 11:
		a := g.dec(sc, d)
		p, s := int(a.T.P), int(a.T.S)
		switch g.n(4) {
		case 0:
			e = of(p-s+min(1, s), 0, a.Mag+1, "round($1)", a)
		case 1:
			e = of(p-s+min(1, s), 0, a.Mag+1, "floor($1)", a)
		case 2:
			e = of(p-s+min(1, s), 0, a.Mag+1, "ceil($1)", a)
		default:
			e = of(max(p-s, 1), 0, a.Mag, "truncate($1)", a)
			if e != nil {
				e.D = strings.ReplaceAll(e.D, "truncate", "trunc")
			}
		}
	case 12:
		a := g.dec(sc, d)
		e = of(int(a.T.P), int(a.T.S), a.Mag, pick(g.rng, "abs($1)", "(- $1)"), a)
	case 13:
		a := g.dec(sc, d)
		t := pick(g.rng, types.Decimal(18, 2), types.Decimal(38, 4), types.Decimal(12, 0), types.Decimal(20, 6))
		if a.Mag < math.Pow10(int(t.P-t.S))-1 {
			return cast(a, t)
		}
	case 14:
		a := g.int(sc, d)
		t := pick(g.rng, types.Decimal(19, 0), types.Decimal(25, 3), types.Decimal(10, 2))
		if a.Mag < math.Pow10(int(t.P-t.S))-1 {
			return cast(a, t)
		}
	case 15, 16:
		if l := g.leaf(sc, func(e *Expr) bool { return isDec(e.T) }); l != nil {
			return g.choice(sc, l.T, d)
		}
		return g.choice(sc, types.Decimal(12, 3), d)
	case 17:
		a, b := g.dec(sc, d), g.dec(sc, d)
		if t, ok := commonDec(a.T, b.T); ok {
			f := pick(g.rng, "greatest", "least")
			return both(t, f+"($1, $2)", "t_"+f+"(CAST($1 AS "+duckType(t)+"), CAST($2 AS "+duckType(t)+"))", a, b).mag(max(a.Mag, b.Mag))
		}
	case 18:
		a := g.dec(sc, d)
		return both(types.Decimal(1, 0), "sign($1)", "CAST(sign($1) AS DECIMAL(1,0))", a).mag(1)
	case 19:
		a, b := g.dec(sc, d), g.dec(sc, d)
		if t, ok := commonDec(a.T, b.T); ok {
			return both(t, "coalesce($1, $2)", "coalesce(CAST($1 AS "+duckType(t)+"), CAST($2 AS "+duckType(t)+"))", a, b).mag(max(a.Mag, b.Mag))
		}
	}
	if e == nil {
		return g.dec(sc, 0)
	}
	return e
}

func (g *gen) dbl(sc *scope, d int) *Expr {
	if d <= 0 {
		if l := g.leaf(sc, kindIs(types.KindDouble)); l != nil && !g.chance(4) {
			return l
		}
		return dblLit(pick(g.rng, 0, 1, 1.5, -2.5, 0.1, 3, 1e6, 0.5, 2))
	}
	d--
	bin := func(op string, m float64, q int, a, b *Expr) *Expr {
		// Adding zero makes a zero positive.
		e := call(types.Double, "($1 "+op+" $2 + 0)", a, b).mag(m)
		e.NaN = a.NaN || b.NaN || m > 1e308
		if a.Quant != noQuant && b.Quant != noQuant && m < math.Ldexp(1, 52+q) {
			e.Quant = q
		}
		return e
	}
	switch g.n(16) {
	case 0, 1, 2:
		a, b := g.dbl(sc, d), g.dbl(sc, d)
		return bin(pick(g.rng, "+", "-"), a.Mag+b.Mag, min(a.Quant, b.Quant), a, b)
	case 3, 4:
		a, b := g.dbl(sc, d), g.dbl(sc, d)
		return bin("*", a.Mag*b.Mag, a.Quant+b.Quant, a, b)
	case 5:
		a, b := g.dbl(sc, d), g.dbl(sc, d)
		e := call(types.Double, "($1 / $2 + 0)", a, b)
		e.NaN, e.Mag = true, math.Inf(1)
		return e
	case 6:
		a, b := g.dbl(sc, d), g.dbl(sc, d)
		if b.NaN || a.NaN {
			break
		}
		e := call(types.Double, "($1 / nullif($2, 0) + 0)", a, b)
		e.NaN, e.Mag = true, math.Inf(1) // a small divisor may give infinity
		if b.Quant != noQuant {
			e.NaN, e.Mag = a.Mag > 1e300, a.Mag*math.Ldexp(1, -b.Quant)
		}
		return e
	case 7:
		if g.chance(2) {
			x := g.float(sc, d)
			e := cast(x, types.Double)
			e.Quant = noQuant
			return e
		}
		return cast(g.int(sc, d), types.Double)
	case 8:
		a := g.dec(sc, d)
		if a.Mag*math.Pow10(int(a.T.S)) < 1<<53 {
			return cast(a, types.Double)
		}
	case 9:
		a := g.dbl(sc, d)
		e := call(types.Double, pick(g.rng, "abs($1)", "(0 - $1)"), a)
		e.facts = a.facts
		return e
	case 10:
		a := g.dbl(sc, d)
		f := pick(g.rng, "floor", "ceil", "truncate", "round")
		if f == "round" && a.Mag > 1e15 {
			f = "floor"
		}
		e := both(types.Double, "("+f+"($1) + 0)", "("+strings.Replace(f, "truncate", "trunc", 1)+"($1) + 0)", a)
		e.facts = a.facts
		e.Mag++
		if e.Quant != noQuant && e.Quant < 0 {
			e.Quant = 0
		}
		return e
	case 11:
		return g.choice(sc, types.Double, d)
	case 12:
		a, b := g.dbl(sc, d), g.dbl(sc, d)
		if !a.NaN && !b.NaN {
			f := pick(g.rng, "greatest", "least")
			return both(types.Double, f+"($1, $2)", "t_"+f+"($1, $2)", a, b).with(a, b)
		}
	case 13:
		a := g.dbl(sc, d)
		e := call(types.Double, "sqrt(abs($1))", a).mag(math.Sqrt(a.Mag) + 1)
		e.NaN = a.NaN
		return e
	case 14:
		a, b := g.int(sc, d), g.dbl(sc, d)
		if g.chance(2) {
			a, b = b, a
		}
		// An integer and a double meet as doubles.
		return bin(pick(g.rng, "+", "-"), a.Mag+b.Mag, min(a.Quant, b.Quant), dup(a), dup(b))
	case 15:
		if sc.sub > 0 {
			return g.subScalar(sc, types.Double)
		}
	}
	return g.dbl(sc, 0)
}

// dup gives an integer the quantum of a double.
func dup(e *Expr) *Expr {
	if isInt(e.T) {
		c := both(e.T, "$1", "CAST($1 AS DOUBLE)", e)
		c.facts = e.facts
		if e.Mag < 1<<52 {
			c.Quant = 0
		}
		return c
	}
	return e
}

func (g *gen) str(sc *scope, d int) *Expr {
	v := types.Varchar
	if d <= 0 {
		if l := g.leaf(sc, kindIs(types.KindVarchar)); l != nil && !g.chance(4) {
			return l
		}
		if g.chance(3) {
			return strLit(randomText(g.rng))
		}
		return strLit(pick(g.rng, few...))
	}
	d--
	switch g.n(42) {
	case 36, 37, 38, 39, 40, 41:
		return g.moreStr(sc, d)
	case 26:
		a := g.str(sc, d)
		return call(v, "translate($1, $2, $3)", a, strLit(pick(g.rng, "ab", "é1", " %")), strLit(pick(g.rng, "xy", "X", "日")))
	case 27:
		a := g.str(sc, d)
		w := pick(g.rng, "BOTH", "LEADING", "TRAILING")
		f := map[string]string{"BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[w]
		return both(v, "trim("+w+" $2 FROM $1)", f+"($1, $2)", a, strLit(pick(g.rng, "a", "ab", " ", "é"))).with(a)
	case 28:
		a := g.str(sc, d)
		return both(v, "regexp_replace($1, '([ab])(.)', '$2$1')", "", a).with(a).fix(func(e *Expr) {
			e.A = "regexp_replace($1, $2, $3)"
			e.D = "regexp_replace($1, $2, $4, 'g')"
			e.Args = append(e.Args, strLit("([ab])(.)"), strLit("$2-$1"), strLit(`\2-\1`))
		})
	case 29:
		a := g.str(sc, d)
		return both(v, "regexp_extract($1, $2, 1)", "CASE WHEN regexp_matches($1, $2) THEN regexp_extract($1, $2, 1) END", a, strLit(pick(g.rng, "(a)(b|.)", "^(.)", "([0-9]+)", "x(_)y"))).with(a)
	case 30:
		a := g.str(sc, d)
		return both(v, "to_base64(to_utf8($1))", "to_base64(encode($1))", a).ascii()
	case 31:
		a := g.str(sc, d)
		return both(v, "lower(to_hex(sha256(to_utf8($1))))", "sha256($1)", a).ascii()
	case 32:
		a, b, c := g.str(sc, d), g.str(sc, d), g.str(sc, d)
		return both(v, "concat($1, $2, $3)", "($1 || $2 || $3)", a, b, c).with(a, b, c)
	case 33:
		a := g.str(sc, d)
		return both(v, "substring($1 FROM $2 FOR $3)", "t_substr3($1, $2, $3)", a, intLit(int64(1+g.n(4))), intLit(int64(g.n(4)))).with(a)
	case 34:
		a := g.str(sc, d)
		return both(v, "array_join(split($1, $2), $3)", "array_to_string(string_split($1, $2), $3)", a, strLit(pick(g.rng, "a", " ", "b")), strLit(pick(g.rng, "", "-"))).with(a)
	case 35:
		if l := g.leaf(sc, typeIs(textMap)); l != nil {
			return both(v, "array_join(array_sort(map_keys($1)), $2)", "t_array_join(list_sort(map_keys($1)), $2)", l, strLit("+")).ascii()
		}
	case 0, 1:
		a, b := g.str(sc, d), g.str(sc, d)
		return both(v, pick(g.rng, "($1 || $2)", "concat($1, $2)"), "($1 || $2)", a, b).with(a, b)
	case 2:
		a := g.str(sc, d)
		return call(v, pick(g.rng, "lower($1)", "upper($1)"), a).with(a)
	case 3, 4:
		a := g.str(sc, d)
		return both(v, pick(g.rng, "substr($1, $2)", "substring($1, $2)"), "t_substr($1, $2)", a, intLit(int64(g.n(11)-5))).with(a)
	case 5:
		a := g.str(sc, d)
		return both(v, "substr($1, $2, $3)", "t_substr3($1, $2, $3)", a, intLit(int64(g.n(11)-5)), intLit(int64(g.n(5)))).with(a)
	case 6:
		a, b := g.str(sc, d), g.str(sc, 0)
		e := call(v, "replace($1, $2, $3)", a, strLit(pick(g.rng, "a", "ab", "é", "%", " ")), b)
		return e.with(a, b)
	case 7:
		a := g.str(sc, d)
		return call(v, "reverse($1)", a).with(a)
	case 8:
		a := g.str(sc, d)
		return call(v, pick(g.rng, "trim($1)", "ltrim($1)", "rtrim($1)"), a).with(a)
	case 9:
		a := g.str(sc, d)
		return both(v, pick(g.rng, "lpad", "rpad")+"($1, $2, $3)", "", a, intLit(int64(g.n(9))), strLit(pick(g.rng, "x", "ab", "é"))).with(a, strLit("é"))
	case 10:
		a := g.str(sc, d)
		return both(v, "split_part($1, $2, $3)", "t_split_part($1, $2, $3)", a, strLit(pick(g.rng, "a", " ", "b", "%")), intLit(int64(1+g.n(3)))).with(a)
	case 11:
		return cast(g.int(sc, d), v).ascii()
	case 12:
		a := g.dec(sc, d)
		return both(v, "CAST($1 AS varchar)", fmt.Sprintf("CAST(CAST($1 AS DECIMAL(38,%d)) AS VARCHAR)", a.T.S), a).ascii()
	case 13:
		return cast(g.bool(sc, d), v).ascii()
	case 14:
		return cast(g.date(sc, d), v).ascii()
	case 15:
		return both(v, "CAST($1 AS varchar)", "strftime($1, '%Y-%m-%d %H:%M:%S.%g')", g.ts(sc, d)).ascii()
	case 16, 17:
		return g.choice(sc, v, d)
	case 18:
		a := g.str(sc, d)
		return both(v, "regexp_replace($1, $2, $3)", "regexp_replace($1, $2, $3, 'g')", a, strLit(pick(g.rng, "a", "[ab]+", "^.", ".$", "[0-9]", "é|日")), strLit(pick(g.rng, "", "x", "<>"))).with(a)
	case 19:
		a := g.str(sc, d)
		return both(v, "regexp_extract($1, $2)", "t_regexp_extract($1, $2)", a, strLit(pick(g.rng, "[ab]+", "^.", ".$", "[0-9]+", "a.?b"))).with(a)
	case 20:
		a, b := g.str(sc, d), g.str(sc, d)
		return call(v, "concat_ws($1, $2, $3)", strLit(pick(g.rng, ",", "")), a, b).with(a, b)
	case 21:
		return both(v, "date_format($1, $2)", "strftime($1, $2)", g.ts(sc, d), strLit(pick(g.rng, "%Y-%m-%d", "%H:%i", "%Y%m", "%j", "%d/%m/%y"))).ascii().fix(func(e *Expr) {
			if strings.Contains(e.Args[1].A, "%i") {
				e.D = "strftime($1, '%H:%M')"
			}
		})
	case 22:
		a := g.str(sc, d)
		return both(v, "to_hex(md5(to_utf8($1)))", "upper(md5($1))", a).ascii()
	case 23:
		if l := g.leaf(sc, typeIs(types.Array(v))); l != nil {
			return both(v, "array_join($1, $2)", "t_array_join($1, $2)", l, strLit(pick(g.rng, ",", "", "--"))).with(l)
		}
	case 24:
		if l := g.leaf(sc, kindIs(types.KindRow)); l != nil {
			return both(v, "$1.b", "struct_extract($1, 'b')", l).ascii()
		}
	case 25:
		if sc.sub > 0 {
			return g.subScalar(sc, v)
		}
	}
	return g.str(sc, 0)
}

func (g *gen) date(sc *scope, d int) *Expr {
	if d <= 0 {
		if l := g.leaf(sc, kindIs(types.KindDate)); l != nil && !g.chance(4) {
			return l
		}
		return call(types.Date, "DATE '"+randomDate(g.rng)+"'")
	}
	d--
	switch g.n(9) {
	case 7:
		return both(types.Date, pick(g.rng, "CAST($1 AS date)", "from_iso8601_date($1)", "CAST(date_parse($1, '%Y-%m-%d') AS date)"), "CAST($1 AS DATE)", cast(g.date(sc, d), types.Varchar))
	case 8:
		return both(types.Date, "date($1)", "CAST($1 AS DATE)", g.ts(sc, d))
	case 0:
		n := intLit(int64(g.n(60) - 30))
		unit := pick(g.rng, "day", "week", "month", "quarter", "year")
		return both(types.Date, "date_add('"+unit+"', $2, $1)", "CAST($1 + "+interval(unit)+" AS DATE)", g.date(sc, d), n)
	case 1:
		return both(types.Date, "date_trunc('$U', $1)", "CAST(date_trunc('$U', $1 + INTERVAL 0 SECOND) AS DATE)", g.date(sc, d)).fix(func(e *Expr) {
			u := pick(g.rng, "week", "month", "quarter", "year", "day")
			e.A, e.D = strings.ReplaceAll(e.A, "$U", u), strings.ReplaceAll(e.D, "$U", u)
		})
	case 2:
		return cast(g.ts(sc, d), types.Date)
	case 3:
		return both(types.Date, "last_day_of_month($1)", "last_day($1)", g.date(sc, d))
	case 4:
		return g.choice(sc, types.Date, d)
	case 5:
		n := g.n(40) - 20
		op, m := "+", n
		if n < 0 {
			op, m = "-", -n
		}
		unit := pick(g.rng, "DAY", "MONTH", "YEAR")
		return both(types.Date, fmt.Sprintf("($1 %s INTERVAL '%d' %s)", op, m, unit), fmt.Sprintf("CAST($1 %s INTERVAL '%d' %s AS DATE)", op, m, unit), g.date(sc, d))
	}
	return g.date(sc, 0)
}

func interval(unit string) string {
	switch unit {
	case "week":
		return "to_days(CAST(7 * $2 AS INTEGER))"
	case "quarter":
		return "to_months(CAST(3 * $2 AS INTEGER))"
	case "millisecond":
		return "to_milliseconds($2)"
	}
	return "to_" + unit + "s($2)"
}

func (g *gen) ts(sc *scope, d int) *Expr {
	t := types.Timestamp(3)
	if d <= 0 {
		if l := g.leaf(sc, typeIs(t)); l != nil && !g.chance(4) {
			return l
		}
		return call(t, fmt.Sprintf("TIMESTAMP '%s %02d:%02d:%02d.%03d'", randomDate(g.rng), g.n(24), g.n(60), g.n(60), g.n(1000)))
	}
	d--
	switch g.n(10) {
	case 8, 9:
		return g.moreTs(sc, d)
	case 6:
		return both(t, "CAST(CAST($1 AS varchar) AS timestamp(3))", "$1", g.ts(sc, d))
	case 7:
		n, unit := g.n(90), pick(g.rng, "DAY", "HOUR", "MINUTE", "SECOND", "MONTH", "YEAR")
		return call(t, fmt.Sprintf("($1 %s INTERVAL '%d' %s)", pick(g.rng, "+", "-"), n, unit), g.ts(sc, d))
	case 0:
		unit := pick(g.rng, "day", "month", "year", "hour", "minute", "second", "millisecond")
		return both(t, "date_add('"+unit+"', $2, $1)", "($1 + "+interval(unit)+")", g.ts(sc, d), intLit(int64(g.n(100)-50)))
	case 1:
		u := pick(g.rng, "week", "month", "quarter", "year", "day", "hour", "minute", "second")
		return both(t, "date_trunc('"+u+"', $1)", "CAST(date_trunc('"+u+"', $1 + INTERVAL 0 SECOND) AS TIMESTAMP)", g.ts(sc, d))
	case 2:
		return cast(g.date(sc, d), t)
	case 3:
		return g.choice(sc, t, d)
	}
	return g.ts(sc, 0)
}

// lambda gives a scope in which a lambda's variable is a leaf beside the others.
func (g *gen) lambda(sc *scope, elem types.Type, f facts) (*scope, string) {
	v := g.name("v")
	x := call(elem, v)
	x.facts = f
	l := []*Expr{x, x}
	if !sc.noCapture() {
		l = append(l, sc.leaves...)
	}
	return &scope{leaves: l, bare: sc.noCapture()}, v
}

func elemFacts(e *Expr) facts { f := e.facts; f.Quant = noQuant; return f }

// arr makes an array.
func (g *gen) arr(sc *scope, elem types.Type, d int) *Expr {
	t := types.Array(elem)
	l := g.leaf(sc, typeIs(t))
	if l == nil || g.chance(6) {
		var args []*Expr
		for range g.n(4) {
			args = append(args, g.exact(sc, elem, 0))
		}
		if len(args) == 0 {
			e := both(t, "CAST(ARRAY[] AS "+t.String()+")", "CAST([] AS "+duckType(t)+")")
			e.ASCII = true
			return e
		}
		l = both(t, "ARRAY[$*]", "[$*]", args...).with(args...)
		if elem.Kind == types.KindVarchar { // literals are varchar(n)
			l = both(t, "CAST(ARRAY[$*] AS "+t.String()+")", "[$*]", args...).with(args...)
		}
	}
	if d <= 0 || rowOrMap(elem) {
		return l
	}
	d--
	switch g.n(18) {
	case 16, 17:
		return g.moreArr(sc, elem, l, d)
	case 12:
		a := g.arr(sc, elem, 0)
		return both(t, "flatten(ARRAY[$1, $2])", "flatten([$1, $2])", l, a).with(l, a)
	case 13:
		x := g.exact(sc, elem, 0)
		return both(t, "repeat($1, $2)", "list_resize(CAST([] AS "+duckType(t)+"), $2, $1)", x, intLit(int64(g.n(4)))).with(x)
	case 14:
		if elem == types.Varchar {
			a := g.str(sc, d)
			return both(t, "split($1, $2)", "string_split($1, $2)", a, strLit(pick(g.rng, "a", " ", "b"))).with(a)
		}
	case 15:
		if elem == types.Varchar {
			a := g.str(sc, d)
			return both(t, "regexp_extract_all($1, $2)", "regexp_extract_all($1, $2)", a, strLit(pick(g.rng, "a", "[ab]", "[ab]+", "[0-9]", "é|b"))).with(a)
		}
	case 0, 1:
		in, v := g.lambda(sc, elem, elemFacts(l))
		x := g.exact(in, elem, d)
		return both(t, "transform($1, "+v+" -> $2)", "list_transform($1, lambda "+v+": $2)", l, x).with(x)
	case 2, 3:
		in, v := g.lambda(sc, elem, elemFacts(l))
		return both(t, "filter($1, "+v+" -> $2)", "list_filter($1, lambda "+v+": $2)", l, g.bool(in, d)).with(l)
	case 4:
		return both(t, "array_sort($1)", "list_sort($1, 'ASC', 'NULLS LAST')", l).with(l)
	case 5:
		return both(t, "reverse($1)", "list_reverse($1)", l).with(l)
	case 6:
		a := g.arr(sc, elem, 0)
		return call(t, "($1 || $2)", l, a).with(l, a)
	case 7:
		return both(t, "slice($1, $2, $3)", "list_slice($1, $2, $2 + $3 - 1)", l, intLit(int64(1+g.n(3))), intLit(int64(g.n(3)))).with(l)
	case 8:
		if sc.noCapture() {
			break // a lambda in DuckDB
		}
		x := g.exact(sc, elem, 0)
		return both(t, "array_remove($1, $2)", "t_array_remove($1, $2)", l, x).with(l)
	case 9:
		return both(t, "array_sort(array_distinct($1))", "t_array_distinct($1)", l).with(l)
	case 10:
		if sc.noCapture() {
			break // likewise
		}
		a := g.arr(sc, elem, 0)
		f := pick(g.rng, "union", "intersect", "except")
		return both(t, "array_sort(array_"+f+"($1, $2))", "t_array_"+f+"($1, $2)", l, a).with(l, a)
	case 11:
		if elem == types.Bigint {
			return both(t, "sequence($1, $2)", "generate_series($1, $2)", cast(intLit(int64(g.n(4))), types.Bigint), cast(intLit(int64(4+g.n(4))), types.Bigint)).mag(10)
		}
	}
	return l
}

func (g *gen) arrayBool(sc *scope, l *Expr, d int) *Expr {
	elem := l.T.Elem()
	k := g.n(6)
	if rowOrMap(elem) {
		k = 5 // rows with NULLs in them compare to nothing
	}
	switch k {
	case 0, 1:
		return both(types.Boolean, "contains($1, $2)", "t_contains($1, $2)", l, g.exact(sc, elem, 0))
	case 2:
		return both(types.Boolean, "arrays_overlap($1, $2)", "t_arrays_overlap($1, $2)", l, g.arr(sc, elem, 0))
	}
	in, v := g.lambda(sc, elem, elemFacts(l))
	f := pick(g.rng, "any", "all", "none")
	return both(types.Boolean, f+"_match($1, "+v+" -> $2)", "t_"+f+"_match(list_transform($1, lambda "+v+": $2))", l, g.bool(in, d))
}

func (g *gen) arrayInt(sc *scope, l *Expr, d int) *Expr {
	elem := l.T.Elem()
	k := g.n(7)
	if rowOrMap(elem) {
		k = 0
	}
	switch k {
	case 0, 1:
		return both(types.Bigint, "cardinality($1)", "len($1)", l).mag(100)
	case 2:
		return both(types.Bigint, "array_position($1, $2)", "CASE WHEN $2 IS NOT NULL THEN coalesce(list_position($1, $2), CASE WHEN $1 IS NOT NULL THEN 0 END) END", l, g.exact(sc, elem, 0)).mag(100)
	case 3, 4:
		if elem != types.Bigint {
			break
		}
		return both(types.Bigint, "element_at($1, $2)", "list_extract($1, $2)", l, intLit(pick(g.rng, int64(1), 2, 3, -1, -2, 9))).with(l)
	case 5:
		if elem == types.Bigint {
			f := pick(g.rng, "min", "max")
			return both(types.Bigint, "array_"+f+"($1)", "t_array_"+f+"($1)", l).with(l)
		}
	case 6:
		if elem == types.Bigint && l.Mag < 1e9 {
			v, s := g.name("v"), g.name("s")
			return both(types.Bigint, "reduce($1, CAST(0 AS bigint), ("+s+", "+v+") -> "+s+" + coalesce("+v+", 0), "+s+" -> "+s+")",
				"CASE WHEN $1 IS NOT NULL THEN CAST(coalesce(list_sum($1), 0) AS BIGINT) END", l).mag(l.Mag * 100)
		}
	}
	return both(types.Bigint, "cardinality($1)", "len($1)", l).mag(100)
}
