package expr

// The harness of this package's tests. A case is an expression over argument
// types and a list of rows: argument values and what must come out. Each row is
// evaluated as constants, as columns in pages of several sizes, with selections
// and with NULL rows between, and all must agree.

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// exprCase is one expression with its rows: "1 | 2 -> 3", or "1 | 0 -> !CODE
// message". NULL is written NULL. A row of NULLs alone must give nullGives
// (NULL unless told otherwise).
type exprCase struct {
	name  string
	args  string // types, separated by "; "
	build func(a ...plan.Expr) plan.Expr
	rows  []string
}

func typ(t testing.TB, s string) types.Type {
	t.Helper()
	if s == "unknown" {
		return types.Unknown
	}
	ty, err := types.Parse(s)
	if err != nil {
		t.Fatalf("type %q: %v", s, err)
	}
	return ty
}

// datum reads a value: numbers, true/false, text as it is, dates and timestamps
// in SQL's form, [a,b] for arrays and rows, {k=v} for maps.
func datum(t testing.TB, ty types.Type, s string) plan.Datum {
	t.Helper()
	fail := func(err error) {
		if err != nil {
			t.Fatalf("value %q of %s: %v", s, ty, err)
		}
	}
	if s == "NULL" {
		return plan.Datum{Null: true}
	}
	switch ty.Kind {
	case types.KindBoolean:
		return plan.Datum{B: s == "true"}
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindIntervalDaySecond, types.KindIntervalYearMonth:
		v, err := strconv.ParseInt(s, 10, 64)
		fail(err)
		return plan.Datum{I: v}
	case types.KindReal, types.KindDouble:
		v, err := strconv.ParseFloat(s, floatBits(ty))
		fail(err)
		return plan.Datum{F: v}
	case types.KindDecimal:
		v, _, scale, ok := decimal.Parse(s)
		if ok {
			v, ok = decimal.Rescale(v, int(ty.S)-scale)
		}
		if !ok {
			t.Fatalf("decimal %q", s)
		}
		return plan.Datum{D: v}
	case types.KindDate:
		v, err := types.ParseDate(s)
		fail(err)
		return plan.Datum{I: v}
	case types.KindTime:
		v, err := types.ParseTime(s, 12)
		fail(err)
		return plan.Datum{I: v}
	case types.KindTimeTZ:
		v, err := types.ParseTimeTZ(s, 12, 0)
		fail(err)
		return plan.Datum{TTZ: v}
	case types.KindTimestamp:
		micros, picos, err := types.ParseTimestamp(s, 12)
		fail(err)
		if ty.P <= 6 {
			return plan.Datum{I: micros}
		}
		hi, lo := types.TimestampPicos(micros, picos)
		return plan.Datum{D: decimal.Int128{Hi: hi, Lo: lo}}
	case types.KindTimestampTZ:
		v, err := types.ParseTimestampTZ(s, 12, types.UTC)
		fail(err)
		return plan.Datum{TZ: v}
	case types.KindArray, types.KindRow, types.KindMap:
		d := plan.Datum{L: []plan.Datum{}}
		body := s[1 : len(s)-1]
		if body == "" {
			return d
		}
		for k, part := range splitTop(body) {
			switch ty.Kind {
			case types.KindArray:
				d.L = append(d.L, datum(t, ty.Elem(), part))
			case types.KindRow:
				d.L = append(d.L, datum(t, ty.Fields()[k].Type, part))
			default:
				key, value, _ := strings.Cut(part, "=")
				d.L = append(d.L, datum(t, ty.Key(), key), datum(t, ty.Value(), value))
			}
		}
		return d
	}
	return plan.Datum{S: s}
}

// splitTop splits at the commas outside brackets.
func splitTop(s string) (out []string) {
	depth, from := 0, 0
	for i, c := range s {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, s[from:i])
				from = i + 1
			}
		}
	}
	return append(out, s[from:])
}

// show is the reverse of datum.
func show(ty types.Type, d plan.Datum) string {
	if d.Null {
		return "NULL"
	}
	switch ty.Kind {
	case types.KindBoolean:
		return strconv.FormatBool(d.B)
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindIntervalDaySecond, types.KindIntervalYearMonth:
		return strconv.FormatInt(d.I, 10)
	case types.KindReal, types.KindDouble:
		return javaFloat(d.F, floatBits(ty))
	case types.KindDecimal:
		return decimal.Format(d.D, int(ty.S))
	case types.KindDate:
		return string(types.AppendDate(nil, d.I))
	case types.KindTime:
		return string(types.AppendTime(nil, d.I, int(ty.P)))
	case types.KindTimeTZ:
		return string(types.AppendTimeTZ(nil, d.TTZ, int(ty.P)))
	case types.KindTimestamp:
		micros, picos := d.I, int32(0)
		if ty.P > 6 {
			micros, picos = types.SplitPicos(d.D.Hi, d.D.Lo)
		}
		return string(types.AppendTimestamp(nil, micros, picos, int(ty.P)))
	case types.KindTimestampTZ:
		return string(types.AppendTimestampTZ(nil, d.TZ, int(ty.P)))
	case types.KindUUID:
		return string(appendUUID(nil, d.S))
	case types.KindArray, types.KindRow:
		parts := make([]string, len(d.L))
		for k, e := range d.L {
			et := ty.Fields()[0].Type
			if ty.Kind == types.KindRow {
				et = ty.Fields()[k].Type
			}
			parts[k] = show(et, e)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case types.KindMap:
		var parts []string
		for k := 0; k < len(d.L); k += 2 {
			parts = append(parts, show(ty.Key(), d.L[k])+"="+show(ty.Value(), d.L[k+1]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return d.S
}

// caseRow is a parsed row.
type caseRow struct {
	line string
	args []plan.Datum
	want string
	code sqlerr.Code
	msg  string
}

var testEnv = &Env{Zone: types.UTC, Now: types.Instant{Millis: 1688116187787}} // 2023-06-30 09:09:47.787 UTC

// testPos is where the tests' expressions say they stand.
const testPos = sqlerr.Pos(7)

func (c *exprCase) run(t *testing.T) {
	t.Helper()
	var argTypes []types.Type
	if c.args != "" {
		for _, s := range strings.Split(c.args, "; ") {
			argTypes = append(argTypes, typ(t, s))
		}
	}
	var good, bad []caseRow
	for _, line := range c.rows {
		in, want, ok := strings.Cut(line, " -> ")
		if !ok {
			t.Fatalf("row %q", line)
		}
		r := caseRow{line: line}
		for k, s := range strings.Split(in, " | ") {
			if len(argTypes) > 0 {
				r.args = append(r.args, datum(t, argTypes[k], s))
			}
		}
		if rest, isErr := strings.CutPrefix(want, "!"); isErr {
			code, msg, _ := strings.Cut(rest, " ")
			r.code, r.msg = sqlerr.Code(code), msg
			bad = append(bad, r)
			continue
		}
		r.want = want
		good = append(good, r)
	}
	cols := make([]plan.Expr, len(argTypes))
	for k, ty := range argTypes {
		cols[k] = &plan.Col{Base: plan.Base{T: ty}, Index: k, Name: fmt.Sprintf("c%d", k)}
	}
	x := c.build(cols...)
	t.Run("constants", func(t *testing.T) {
		for _, r := range good {
			got, err := Fold(c.build(constants(argTypes, r.args)...), testEnv)
			if err != nil {
				t.Errorf("%s: %v", r.line, err)
			} else if s := show(x.Type(), got); s != r.want {
				t.Errorf("%s: got %s", r.line, s)
			}
		}
		for _, r := range bad {
			_, err := Fold(c.build(constants(argTypes, r.args)...), testEnv)
			c.checkError(t, r, err)
			got, err := Fold(&plan.Try{Base: plan.Base{T: x.Type()}, X: c.build(constants(argTypes, r.args)...)}, testEnv)
			if err == nil && !tryable(&sqlerr.Error{Code: r.code}) {
				t.Errorf("%s: TRY must not hide it", r.line)
			}
			if err == nil && !got.Null {
				t.Errorf("%s: TRY gave %s", r.line, show(x.Type(), got))
			}
		}
	})
	for _, size := range []int{1, 3, page.DefaultRows} {
		for _, selected := range []bool{false, true} {
			t.Run(fmt.Sprintf("columns/size=%d/selected=%v", size, selected), func(t *testing.T) {
				c.columns(t, x, argTypes, good, bad, size, selected)
			})
		}
	}
}

func constants(ts []types.Type, ds []plan.Datum) []plan.Expr {
	out := make([]plan.Expr, len(ts))
	for k, ty := range ts {
		out[k] = &plan.Const{Base: plan.Base{T: ty}, V: ds[k]}
	}
	return out
}

func (c *exprCase) checkError(t *testing.T, r caseRow, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", r.line)
		return
	}
	e := sqlerr.As(err)
	if e.Code != r.code || e.Msg != r.msg || e.Pos != testPos {
		t.Errorf("%s: got %s %q at %d", r.line, e.Code, e.Msg, e.Pos)
	}
}

// columns evaluates x over pages of the good rows. With selections, rows that
// fail and rows of NULLs stand between, and are not selected.
func (c *exprCase) columns(t *testing.T, x plan.Expr, ts []types.Type, good, bad []caseRow, size int, selected bool) {
	g, err := Compile(x, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	for from := 0; from < len(good); from += size {
		rows := good[from:min(from+size, len(good))]
		p := makePage(ts, rows, bad, selected)
		v, err := g.Eval(p)
		if err != nil {
			t.Fatal(err)
		}
		if v.Len != p.Len() || p.Len() != len(rows) {
			t.Fatalf("%d rows, want %d", v.Len, len(rows))
		}
		for k, r := range rows {
			if s := show(x.Type(), DatumAt(v, k)); s != r.want {
				t.Errorf("%s: got %s", r.line, s)
			}
		}
	}
	for _, r := range bad {
		p := makePage(ts, append(append([]caseRow{}, good...), r), nil, selected)
		_, err := g.Eval(p)
		c.checkError(t, r, err)
	}
	if len(bad) == 0 {
		return
	}
	// Under TRY the failing rows are NULL, and only those.
	try, err := Compile(&plan.Try{Base: plan.Base{T: x.Type()}, X: x}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	var all []caseRow
	for k, r := range bad {
		if !tryable(&sqlerr.Error{Code: r.code}) {
			continue
		}
		r.want = "NULL"
		all = append(all, r)
		if k < len(good) {
			all = append(all, good[k])
		}
	}
	all = append(all, good...)
	v, err := try.Eval(makePage(ts, all, nil, selected))
	if err != nil {
		t.Fatal(err)
	}
	for k, r := range all {
		if s := show(x.Type(), DatumAt(v, k)); s != r.want {
			t.Errorf("TRY %s: got %s", r.line, s)
		}
	}
}

// makePage puts rows into a page; selected adds rows that are not selected.
func makePage(ts []types.Type, rows, others []caseRow, selected bool) *page.Page {
	builders := make([]*page.Builder, len(ts))
	for k, ty := range ts {
		builders[k] = page.NewBuilder(ty)
	}
	p := &page.Page{}
	add := func(ds []plan.Datum) {
		for k, b := range builders {
			if ds == nil || ts[k].Kind == types.KindUnknown {
				if ts[k].Kind != types.KindUnknown {
					b.Null()
				}
				continue
			}
			AppendDatum(b, ds[k])
		}
		p.Rows++
	}
	for k, r := range rows {
		if selected {
			if k%2 == 0 {
				add(nil)
			}
			if len(others) > 0 {
				add(others[k%len(others)].args)
			}
			p.Sel = append(p.Sel, int32(p.Rows))
		}
		add(r.args)
	}
	if selected {
		add(nil)
	}
	for k, b := range builders {
		v := b.Finish()
		if ts[k].Kind == types.KindUnknown {
			v = &page.Vector{Type: types.Unknown, Len: p.Rows}
		}
		if ts[k].Kind == types.KindDecimal && v.Phys == page.PhysInt128 && p.Rows%2 == 0 {
			narrow(v) // long decimals come both ways
		}
		p.Cols = append(p.Cols, v)
	}
	return p
}

// narrow turns a long decimal vector into a 64-bit one where its values fit.
func narrow(v *page.Vector) {
	out := make([]int64, v.Len)
	for i, x := range v.I128 {
		if !x.IsInt64() {
			return
		}
		out[i] = x.Int64()
	}
	v.Phys, v.I64, v.I128 = page.PhysInt64, out, nil
}

// Builders of expressions.

func base(t types.Type) plan.Base { return plan.Base{T: t, P: testPos} }

func arith(op plan.ArithOp, t types.Type) func(a ...plan.Expr) plan.Expr {
	return func(a ...plan.Expr) plan.Expr {
		x := &plan.Arith{Base: base(t), Op: op, L: a[0]}
		if len(a) > 1 {
			x.R = a[1]
		}
		return x
	}
}

func compare(op plan.CompareOp) func(a ...plan.Expr) plan.Expr {
	return func(a ...plan.Expr) plan.Expr {
		return &plan.Compare{Base: base(types.Boolean), Op: op, L: a[0], R: a[1]}
	}
}

func castTo(t types.Type) func(a ...plan.Expr) plan.Expr {
	return func(a ...plan.Expr) plan.Expr { return &plan.Cast{Base: base(t), X: a[0]} }
}

func tryCastTo(t types.Type) func(a ...plan.Expr) plan.Expr {
	return func(a ...plan.Expr) plan.Expr { return &plan.Cast{Base: base(t), X: a[0], Safe: true} }
}

func constant(t testing.TB, ty types.Type, s string) plan.Expr {
	return &plan.Const{Base: base(ty), V: datum(t, ty, s)}
}
