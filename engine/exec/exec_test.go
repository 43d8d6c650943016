package exec

// Operators over small Ion tables in memory, in every combination of page size
// and number of workers: the answer must be the same each time.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is a table whose files are strings.
type source struct {
	columns []plan.Column
	files   []string
}

func (s *source) Reader() reader.Table {
	t := reader.Table{Name: "default.t", SerDe: catalog.IonSerDe, Properties: map[string]string{}}
	for _, c := range s.columns {
		t.Columns = append(t.Columns, reader.Column{Name: c.Name, Type: c.Type})
	}
	return t
}

func (s *source) Splits(context.Context, func(string)) ([]catalog.Split, error) {
	var out []catalog.Split
	for i, text := range s.files {
		out = append(out, catalog.Split{Split: reader.Split{
			Ordinal: i, Name: fmt.Sprintf("file%d.ion", i), Size: int64(len(text)), Items: -1,
			Open: func(context.Context) (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(text)), nil
			},
		}})
	}
	return out, nil
}

// table makes a scan of all columns. Columns are "name type".
func table(columns []string, files ...string) *plan.Scan {
	s := &source{files: files}
	n := &plan.Scan{}
	for i, c := range columns {
		name, typ, _ := strings.Cut(c, " ")
		t, err := types.Parse(typ)
		if err != nil {
			panic(err)
		}
		s.columns = append(s.columns, plan.Column{Name: name, Type: t})
		n.Ordinals = append(n.Ordinals, i)
	}
	n.Cols = s.columns
	n.Table = &plan.Table{Database: "default", Name: "t", Columns: s.columns, Handle: s}
	return n
}

func col(n plan.Node, i int) *plan.Col {
	c := n.Columns()[i]
	return &plan.Col{Base: plan.Base{T: c.Type}, Index: i, Name: c.Name}
}

func bound(t testing.TB, name string, args ...types.Type) *function.Bound {
	t.Helper()
	b, err := function.Resolve(name, function.Values(args...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// call makes an aggregate call over columns of n.
func call(t testing.TB, n plan.Node, name string, cols ...int) plan.Agg {
	t.Helper()
	var ts []types.Type
	for _, c := range cols {
		ts = append(ts, n.Columns()[c].Type)
	}
	return plan.Agg{Func: bound(t, name, ts...), Args: cols, Filter: -1}
}

func aggregateOf(n plan.Node, keys []int, aggs ...plan.Agg) *plan.Aggregate {
	a := &plan.Aggregate{Input: n, Keys: keys, Aggs: aggs}
	for _, k := range keys {
		a.Cols = append(a.Cols, n.Columns()[k])
	}
	for _, g := range aggs {
		a.Cols = append(a.Cols, plan.Column{Name: g.Func.Name, Type: g.Func.Result})
	}
	return a
}

// text writes a value plainly: enough to compare results.
func text(v *page.Vector, i int) string {
	if v.IsNull(i) {
		return "NULL"
	}
	list := func(c *page.Vector, from, to int32) string {
		var parts []string
		for k := from; k < to; k++ {
			parts = append(parts, text(c, int(k)))
		}
		return strings.Join(parts, " ")
	}
	switch v.Phys {
	case page.PhysBool:
		return fmt.Sprint(v.Bools[i])
	case page.PhysInt64, page.PhysInt128:
		s := int(v.Type.S)
		if v.Type.Kind != types.KindDecimal {
			s = 0
		}
		return decimal.Format(v.Int128At(i), s)
	case page.PhysFloat64:
		return fmt.Sprint(v.F64[i])
	case page.PhysBytes:
		return v.Str[i]
	case page.PhysArray:
		return "[" + list(v.Children[0], v.Off[i], v.Off[i+1]) + "]"
	case page.PhysMap:
		return "{" + list(v.Children[0], v.Off[i], v.Off[i+1]) + " = " + list(v.Children[1], v.Off[i], v.Off[i+1]) + "}"
	}
	return fmt.Sprintf("phys %d", v.Phys)
}

// run runs a plan and returns its rows as lines.
func run(n plan.Node, workers, pageRows int) ([]string, error) {
	op, err := Build(n, &Env{Expr: expr.Env{Ctx: context.Background()}, Workers: workers, PageRows: pageRows, Stats: &Stats{}})
	if err != nil {
		return nil, err
	}
	lines, err := drain(op)
	return lines, errors.Join(err, op.Close())
}

func drain(op Operator) ([]string, error) {
	var out []string
	for {
		p, err := op.Next(context.Background())
		if err != nil {
			return out, err
		}
		if p == nil {
			again, err := op.Next(context.Background())
			if again != nil || err != nil {
				return out, fmt.Errorf("after the end: %v, %w", again, err)
			}
			return out, nil
		}
		for k := range p.Len() {
			i := k
			if p.Sel != nil {
				i = int(p.Sel[k])
			}
			cells := make([]string, len(p.Cols))
			for c, v := range p.Cols {
				cells[c] = text(v, i)
			}
			out = append(out, strings.Join(cells, "|"))
		}
	}
}

// check runs a plan in every configuration.
func check(t *testing.T, n plan.Node, want ...string) {
	t.Helper()
	for _, workers := range []int{1, 4} {
		for _, rows := range []int{1, 3, 0} {
			got, err := run(n, workers, rows)
			if err != nil {
				t.Errorf("%d workers, %d rows: %v", workers, rows, err)
				return
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%d workers, %d rows:\n%s\nwant\n%s", workers, rows, strings.Join(got, "\n"), strings.Join(want, "\n"))
				return
			}
		}
	}
}

func checkError(t *testing.T, n plan.Node, code sqlerr.Code, msg string) {
	t.Helper()
	for _, workers := range []int{1, 4} {
		for _, rows := range []int{1, 3, 0} {
			_, err := run(n, workers, rows)
			if sqlerr.CodeOf(err) != code || !strings.Contains(err.Error(), msg) {
				t.Errorf("%d workers, %d rows: %v, want %s %s", workers, rows, err, code, msg)
			}
		}
	}
}

var five = []string{
	`{k:"b",n:1,d:1.5,f:1e-1} {k:"a",n:2,d:2.,f:2e-1}`,
	`{k:"b",n:3,f:3e-1}`,
	``,
	`{n:4,d:-0.25} {k:"a",n:5,d:null,f:4e-1}`,
}

func fiveTable() *plan.Scan {
	return table([]string{"k varchar", "n bigint", "d decimal(38,2)", "f double"}, five...)
}

func TestScanKeepsOrder(t *testing.T) {
	check(t, fiveTable(), "b|1|1.50|0.1", "a|2|2.00|0.2", "b|3|NULL|0.3", "NULL|4|-0.25|NULL", "a|5|NULL|0.4")
}

func TestFilterProject(t *testing.T) {
	s := fiveTable()
	two := &plan.Const{Base: plan.Base{T: types.Bigint}, V: plan.Datum{I: 2}}
	f := &plan.Filter{Input: s, Pred: &plan.Compare{Base: plan.Base{T: types.Boolean}, Op: plan.OpGt, L: col(s, 1), R: two}}
	p := &plan.Project{
		Input: f,
		Exprs: []plan.Expr{&plan.Arith{Base: plan.Base{T: types.Bigint}, Op: plan.OpMul, L: col(f, 1), R: two}, col(f, 0)},
		Cols:  []plan.Column{{Name: "n2", Type: types.Bigint}, {Name: "k", Type: types.Varchar}},
	}
	check(t, p, "6|b", "8|NULL", "10|a")
	// Only columns: the selection goes through.
	q := &plan.Project{Input: f, Exprs: []plan.Expr{col(f, 2)}, Cols: f.Columns()[2:3]}
	check(t, q, "NULL", "-0.25", "NULL")
	check(t, &plan.Limit{Input: q, Offset: 1, N: 1}, "-0.25")
	check(t, &plan.Limit{Input: q, Offset: 0, N: 0})
	check(t, &plan.Limit{Input: q, Offset: 2, N: -1}, "NULL")
	check(t, &plan.Limit{Input: q, Offset: 9, N: -1})
}

func TestCountWithoutColumns(t *testing.T) {
	s := fiveTable()
	s.Ordinals, s.Cols = nil, nil
	check(t, aggregateOf(s, nil, call(t, s, "count")), "5")
}

func TestHiddenColumns(t *testing.T) {
	s := fiveTable()
	s.Ordinals = []int{1, 4}
	s.Cols = []plan.Column{s.Table.Columns[1], HiddenColumns[0]}
	check(t, s, "1|file0.ion", "2|file0.ion", "3|file1.ion", "4|file3.ion", "5|file3.ion")
}

func TestAggregates(t *testing.T) {
	s := fiveTable()
	check(t, aggregateOf(s, []int{0},
		call(t, s, "count"), call(t, s, "count", 2), call(t, s, "sum", 1), call(t, s, "sum", 2), call(t, s, "avg", 2),
		call(t, s, "sum", 3), call(t, s, "min", 1), call(t, s, "max", 2), call(t, s, "avg", 1), call(t, s, "array_agg", 2)),
		"b|2|1|4|1.50|1.50|0.4|1|1.50|2|[1.50 NULL]",
		"a|2|1|7|2.00|2.00|0.6000000000000001|2|2.00|3.5|[2.00 NULL]",
		"NULL|1|1|4|-0.25|-0.25|NULL|4|-0.25|4|[-0.25]")
	check(t, aggregateOf(s, nil, call(t, s, "sum", 1), call(t, s, "min", 0), call(t, s, "max", 0), call(t, s, "min_by", 0, 2),
		call(t, s, "max_by", 1, 3), call(t, s, "arbitrary", 2), call(t, s, "approx_distinct", 0)),
		"15|a|b|NULL|5|1.50|2")
	check(t, aggregateOf(s, nil, call(t, s, "map_agg", 0, 1), call(t, s, "multimap_agg", 0, 1), call(t, s, "histogram", 0)),
		"{b a = 1 2}|{b a = [1 3] [2 5]}|{b a = 2 2}")
}

func TestAggregateOfNothing(t *testing.T) {
	s := table([]string{"k varchar", "n bigint", "d decimal(10,0)", "b boolean"}, "", "")
	aggs := []plan.Agg{
		call(t, s, "count"), call(t, s, "count", 0), call(t, s, "sum", 1), call(t, s, "avg", 2), call(t, s, "min", 0),
		call(t, s, "array_agg", 0), call(t, s, "count_if", 3), call(t, s, "bool_and", 3), call(t, s, "approx_distinct", 0),
		call(t, s, "stddev", 1),
	}
	check(t, aggregateOf(s, nil, aggs...), "0|0|NULL|NULL|NULL|NULL|0|NULL|0|NULL")
	check(t, aggregateOf(s, []int{0}, aggs...))
	nulls := table([]string{"k varchar", "n bigint", "d decimal(10,0)", "b boolean"}, "{} {}", "{n:null}")
	check(t, aggregateOf(nulls, []int{0}, aggs...), "NULL|3|0|NULL|NULL|NULL|[NULL NULL NULL]|0|NULL|0|NULL")
}

func TestDistinctFilterOrder(t *testing.T) {
	s := table([]string{"k varchar", "n bigint", "b boolean"},
		`{k:"x",n:1,b:true} {k:"x",n:2,b:false}`, `{k:"y",n:2,b:true} {k:"x",n:1,b:true}`, `{k:"x",n:null,b:true} {k:"x",n:0}`)
	distinct := call(t, s, "sum", 1)
	distinct.Distinct = true
	count := call(t, s, "count", 1)
	count.Distinct = true
	filtered := call(t, s, "count")
	filtered.Filter = 2
	ordered := call(t, s, "array_agg", 1)
	ordered.OrderBy = []plan.SortKey{{Col: 1, Desc: true}}
	both := ordered
	both.Distinct = true
	all := call(t, s, "array_agg", 1)
	all.Distinct, all.Filter = true, 2
	check(t, aggregateOf(s, []int{0}, distinct, count, filtered, ordered, both, all),
		"x|3|3|3|[2 1 1 0 NULL]|[2 1 0 NULL]|[1 NULL]",
		"y|2|1|1|[2]|[2]|[2]")
}

func TestGroupingSets(t *testing.T) {
	s := table([]string{"a varchar", "b bigint"}, `{a:"x",b:1}`, `{a:"y",b:1} {a:"x",b:2}`)
	n := aggregateOf(s, []int{0, 1}, call(t, s, "count"))
	n.Sets = [][]int{{0, 1}, {0}, {}}
	n.Cols = []plan.Column{n.Cols[0], n.Cols[1], {Name: "set", Type: types.Bigint}, n.Cols[2]}
	check(t, n,
		"x|1|0|1", "y|1|0|1", "x|2|0|1",
		"x|NULL|1|2", "y|NULL|1|1",
		"NULL|NULL|2|3")
	empty := table([]string{"a varchar", "b bigint"}, "")
	n.Input = empty
	check(t, n, "NULL|NULL|2|0")
}

func TestKeysOfManyKinds(t *testing.T) {
	s := table([]string{"d decimal(38,0)", "f double", "r row(a bigint,b varchar)"},
		`{d:1.,f:nan,r:{a:1,b:"p"}} {d:12345678901234567890123.,f:-0e0,r:{a:1}}`,
		`{d:1.,f:nan,r:{b:"p",a:1}} {d:12345678901234567890123.,f:0e0,r:{a:1}} {}`)
	check(t, aggregateOf(s, []int{0}, call(t, s, "count")), "1|2", "12345678901234567890123|2", "NULL|1")
	check(t, aggregateOf(s, []int{1}, call(t, s, "count")), "NaN|2", "-0|2", "NULL|1")
	m := aggregateOf(s, []int{2, 0}, call(t, s, "count"))
	got, err := run(m, 4, 3)
	if err != nil || len(got) != 3 {
		t.Errorf("%v %v", got, err)
	}
}

// TestManyGroups lets tables grow.
func TestManyGroups(t *testing.T) {
	var files []string
	for f := range 7 {
		var b strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&b, "{k:\"key%d\",n:%d}\n", (i*7+f)%6000, i)
		}
		files = append(files, b.String())
	}
	s := table([]string{"k varchar", "n bigint"}, files...)
	for _, keys := range [][]int{{0}, {0, 0}} {
		n := aggregateOf(s, keys, call(t, s, "count"), call(t, s, "sum", 1))
		want, err := run(n, 1, 0)
		if err != nil || len(want) != 6000 {
			t.Fatal(len(want), err)
		}
		sum := 0
		for _, l := range want {
			var c int
			if _, err := fmt.Sscan(strings.Split(l, "|")[len(keys)], &c); err != nil {
				t.Fatal(err)
			}
			sum += c
		}
		if sum != 35000 {
			t.Errorf("%d rows counted", sum)
		}
		check(t, n, want...)
	}
}

func TestSort(t *testing.T) {
	s := fiveTable()
	key := func(c int, desc, first bool) []plan.SortKey {
		return []plan.SortKey{{Col: c, Desc: desc, NullsFirst: first}}
	}
	p := &plan.Project{Input: s, Exprs: []plan.Expr{col(s, 0), col(s, 1)}, Cols: s.Cols[:2]}
	check(t, &plan.Sort{Input: p, Keys: key(0, false, false)}, "a|2", "a|5", "b|1", "b|3", "NULL|4")
	check(t, &plan.Sort{Input: p, Keys: key(0, true, false)}, "b|1", "b|3", "a|2", "a|5", "NULL|4")
	check(t, &plan.Sort{Input: p, Keys: key(0, true, true)}, "NULL|4", "b|1", "b|3", "a|2", "a|5")
	check(t, &plan.Sort{Input: p, Keys: key(1, true, false)}, "a|5", "NULL|4", "b|3", "a|2", "b|1")
	check(t, &plan.TopN{Input: p, Keys: key(0, false, false), N: 3}, "a|2", "a|5", "b|1")
	check(t, &plan.TopN{Input: p, Keys: key(0, false, false), N: 3, WithTies: true}, "a|2", "a|5", "b|1", "b|3")
	check(t, &plan.TopN{Input: p, Keys: key(0, false, false), N: 0})
	check(t, &plan.TopN{Input: p, Keys: key(1, true, false), N: 100}, "a|5", "NULL|4", "b|3", "a|2", "b|1")
}

// TestTopNPrunes compares with Sort and Limit over more rows than are kept.
func TestTopNPrunes(t *testing.T) {
	var files []string
	for f := range 3 {
		var b strings.Builder
		for i := range 10000 {
			fmt.Fprintf(&b, "{k:\"%d\",n:%d}\n", f*10000+i, i*7919%1000)
		}
		files = append(files, b.String())
	}
	s := table([]string{"k varchar", "n bigint"}, files...)
	keys := []plan.SortKey{{Col: 1}}
	for _, n := range []int64{1, 10, 31} {
		want, err := run(&plan.Limit{Input: &plan.Sort{Input: s, Keys: keys}, N: n}, 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		check(t, &plan.TopN{Input: s, Keys: keys, N: n}, want...)
	}
	want, err := run(&plan.Limit{Input: &plan.Sort{Input: s, Keys: keys}, N: 60}, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	check(t, &plan.TopN{Input: s, Keys: keys, N: 31, WithTies: true}, want...) // 30 rows of each value
}

func rowsOf(cols []plan.Column, rows ...[]int64) *plan.Values {
	v := &plan.Values{Cols: cols}
	for _, r := range rows {
		var xs []plan.Expr
		for k, x := range r {
			c := &plan.Const{Base: plan.Base{T: cols[k].Type}, V: plan.Datum{I: x}}
			if x < 0 {
				c.V = plan.Datum{Null: true}
			}
			xs = append(xs, c)
		}
		v.Rows = append(v.Rows, xs)
	}
	return v
}

var ab = []plan.Column{{Name: "a", Type: types.Bigint}, {Name: "b", Type: types.Bigint}}

func TestValuesUnionSetOp(t *testing.T) {
	l := rowsOf(ab[:1], []int64{1}, []int64{2}, []int64{1}, []int64{-1}, []int64{3}, []int64{-1})
	r := rowsOf(ab[:1], []int64{3}, []int64{1}, []int64{-1}, []int64{4})
	check(t, &plan.Union{Ins: []plan.Node{l, r}, Cols: ab[:1]}, "1", "2", "1", "NULL", "3", "NULL", "3", "1", "NULL", "4")
	check(t, &plan.SetOp{L: l, R: r}, "1", "NULL", "3")
	check(t, &plan.SetOp{L: l, R: r, Except: true}, "2")
	check(t, &plan.SetOp{L: l, R: r, Except: true, All: true}, "2", "1", "NULL")
	check(t, &plan.SetOp{L: l, R: r, All: true}, "1", "NULL", "3")
	check(t, &plan.Single{Input: rowsOf(ab[:1])}, "NULL")
	check(t, &plan.Single{Input: rowsOf(ab[:1], []int64{7})}, "7")
	checkError(t, &plan.Single{Input: l}, sqlerr.SubqueryMultipleRows, "multiple rows")
}

func TestJoin(t *testing.T) {
	l := rowsOf(ab, []int64{1, 10}, []int64{2, 20}, []int64{-1, 30}, []int64{1, 40})
	r := rowsOf(ab, []int64{1, 100}, []int64{3, 300}, []int64{1, 15}, []int64{-1, 0})
	j := func(kind plan.JoinKind, residual plan.Expr) *plan.Join {
		return &plan.Join{Kind: kind, L: l, R: r, LKeys: []plan.Expr{col(l, 0)}, RKeys: []plan.Expr{col(r, 0)}, Residual: residual}
	}
	check(t, j(plan.InnerJoin, nil), "1|10|1|100", "1|10|1|15", "1|40|1|100", "1|40|1|15")
	check(t, j(plan.LeftJoin, nil), "1|10|1|100", "1|10|1|15", "2|20|NULL|NULL", "NULL|30|NULL|NULL", "1|40|1|100", "1|40|1|15")
	check(t, j(plan.RightJoin, nil), "1|10|1|100", "1|10|1|15", "1|40|1|100", "1|40|1|15", "NULL|NULL|3|300", "NULL|NULL|NULL|0")
	less := &plan.Compare{
		Base: plan.Base{T: types.Boolean}, Op: plan.OpLt,
		L: &plan.Col{Base: plan.Base{T: types.Bigint}, Index: 1}, R: &plan.Col{Base: plan.Base{T: types.Bigint}, Index: 3},
	}
	check(t, j(plan.InnerJoin, less), "1|10|1|100", "1|10|1|15", "1|40|1|100")
	check(t, j(plan.FullJoin, less), "1|10|1|100", "1|10|1|15", "2|20|NULL|NULL", "NULL|30|NULL|NULL", "1|40|1|100",
		"NULL|NULL|3|300", "NULL|NULL|NULL|0")
	cross := &plan.Join{Kind: plan.CrossJoin, L: rowsOf(ab[:1], []int64{1}, []int64{2}), R: rowsOf(ab[:1], []int64{5}, []int64{6})}
	check(t, cross, "1|5", "1|6", "2|5", "2|6")
	left := &plan.Join{Kind: plan.LeftJoin, L: cross.L, R: rowsOf(ab[:1])}
	check(t, left, "1|NULL", "2|NULL")
}

func TestSemiJoin(t *testing.T) {
	l := rowsOf(ab[:1], []int64{1}, []int64{2}, []int64{-1})
	semi := func(aware bool, r *plan.Values) *plan.SemiJoin {
		return &plan.SemiJoin{L: l, R: r, LKeys: []plan.Expr{col(l, 0)}, RKeys: []plan.Expr{col(r, 0)}, NullAware: aware}
	}
	check(t, semi(true, rowsOf(ab[:1], []int64{1}, []int64{3})), "1|true", "2|false", "NULL|NULL")
	check(t, semi(true, rowsOf(ab[:1], []int64{1}, []int64{-1})), "1|true", "2|NULL", "NULL|NULL")
	check(t, semi(true, rowsOf(ab[:1])), "1|false", "2|false", "NULL|false")
	check(t, semi(false, rowsOf(ab[:1], []int64{1}, []int64{-1})), "1|true", "2|false", "NULL|false")
}

func TestUnnest(t *testing.T) {
	s := table([]string{"k varchar", "l array(bigint)", "m array(varchar)"},
		`{k:"p",l:[1,2,3],m:["x"]} {k:"q",l:[]}`, `{k:"r",m:["y","z"]} {k:"s"}`)
	n := &plan.Unnest{
		Input: s, Keep: []int{0}, Exprs: []plan.Expr{col(s, 1), col(s, 2)}, Ordinality: true,
		Cols: []plan.Column{s.Cols[0], {Name: "l", Type: types.Bigint}, {Name: "m", Type: types.Varchar}, {Name: "o", Type: types.Bigint}},
	}
	check(t, n, "p|1|x|1", "p|2|NULL|2", "p|3|NULL|3", "r|NULL|y|1", "r|NULL|z|2")
	left := *n
	left.Left = true
	check(t, &left, "p|1|x|1", "p|2|NULL|2", "p|3|NULL|3", "q|NULL|NULL|NULL", "r|NULL|y|1", "r|NULL|z|2", "s|NULL|NULL|NULL")
}

func TestErrorsComeInOrder(t *testing.T) {
	s := table([]string{"n bigint"}, `{n:1} {n:2}`, `{n:3} {n:"bad"} {n:4}`, `{n:5} {n:6`, `{n:6}`)
	checkError(t, s, sqlerr.HiveBadData, "file1.ion")
	checkError(t, aggregateOf(s, nil, call(t, s, "sum", 0)), sqlerr.HiveBadData, "file1.ion")
	check(t, &plan.Limit{Input: s, N: 3}, "1", "2", "3")
	none := *s
	none.Ordinals, none.Cols = nil, nil
	checkError(t, aggregateOf(&none, nil, call(t, &none, "count")), sqlerr.HiveCursorError, "file2.ion")

	big := table([]string{"n bigint"}, `{n:9223372036854775807}`, `{n:1}`)
	checkError(t, aggregateOf(big, nil, call(t, big, "sum", 0)), sqlerr.NumericValueOutOfRange,
		"bigint addition overflow: 9223372036854775807 + 1")
	wide := table([]string{"d decimal(38,0)"}, `{d:99999999999999999999999999999999999999.}`, `{d:1.}`)
	checkError(t, aggregateOf(wide, nil, call(t, wide, "sum", 0)), sqlerr.NumericValueOutOfRange, "Decimal overflow")
	back := table([]string{"d decimal(38,0)"}, `{d:99999999999999999999999999999999999999.}`, `{d:1.} {d:-1.}`)
	check(t, aggregateOf(back, nil, call(t, back, "sum", 0)), "99999999999999999999999999999999999999")
}

// TestCloseEarly leaves every operator in the midst of its work; goleak tells
// what stays behind.
func TestCloseEarly(t *testing.T) {
	var files []string
	for range 20 {
		files = append(files, strings.Repeat("{n:1}\n", 5000))
	}
	s := table([]string{"n bigint"}, files...)
	for _, n := range []plan.Node{
		s, &plan.Limit{Input: s, N: 10}, &plan.Union{Ins: []plan.Node{s, s}, Cols: s.Cols},
		&plan.Join{Kind: plan.CrossJoin, L: s, R: rowsOf(ab[:1], []int64{1})},
	} {
		op, err := Build(n, &Env{Expr: expr.Env{Ctx: context.Background()}, Workers: 4, Stats: &Stats{}})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := op.Next(context.Background()); err != nil || p == nil {
			t.Fatal(p, err)
		}
		for range 2 {
			if err := op.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestCancel(t *testing.T) {
	var files []string
	for range 20 {
		files = append(files, strings.Repeat("{n:1}\n", 5000))
	}
	s := table([]string{"n bigint"}, files...)
	for _, n := range []plan.Node{s, aggregateOf(s, nil, call(t, s, "count")), &plan.Sort{Input: s, Keys: []plan.SortKey{{}}}} {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		op, err := Build(n, &Env{Expr: expr.Env{Ctx: ctx}, Workers: 4, Stats: &Stats{}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := op.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%T: %v", n, err)
		}
		if err := op.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestContextOfFirstCall: workers live on the first call's context; a later call
// with another one must not wait for them in vain.
func TestContextOfFirstCall(t *testing.T) {
	var files []string
	for range 20 {
		files = append(files, strings.Repeat("{n:1}\n", 50000))
	}
	ctx, cancel := context.WithCancel(context.Background())
	op, err := Build(table([]string{"n bigint"}, files...), &Env{Expr: expr.Env{Ctx: ctx}, Workers: 2, Stats: &Stats{}})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := op.Next(ctx); err != nil || p == nil {
		t.Fatal(p, err)
	}
	cancel()
	for err == nil {
		_, err = op.Next(context.Background())
	}
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := op.Close(); err != nil {
		t.Error(err)
	}
}

func TestRefused(t *testing.T) {
	s := fiveTable()
	unknown := plan.Agg{Func: &function.Bound{Function: &function.Function{Name: "no_such"}, Result: types.Varbinary}, Args: []int{0}, Filter: -1}
	if _, err := Build(aggregateOf(s, nil, unknown), &Env{Expr: expr.Env{Ctx: context.Background()}}); sqlerr.CodeOf(err) != sqlerr.NotSupported {
		t.Error(err)
	}
}

// TestSample: none of 0 %, all of 100 %, and of 50 % about half, by rows; SYSTEM
// takes splits whole, and nothing away from what is no table.
func TestSample(t *testing.T) {
	const n = 4000
	rows := &plan.Values{Cols: []plan.Column{{Name: "x", Type: types.Bigint}}}
	for i := range n {
		rows.Rows = append(rows.Rows, []plan.Expr{&plan.Const{Base: plan.Base{T: types.Bigint}, V: plan.Datum{I: int64(i)}}})
	}
	count := func(p *plan.Sample) int {
		got, err := run(p, 2, 0)
		if err != nil {
			t.Fatal(err)
		}
		return len(got)
	}
	for percent, want := range map[float64][2]int{0: {0, 0}, 100: {n, n}, 50: {n/2 - 200, n/2 + 200}} { // six standard deviations are 190
		if got := count(&plan.Sample{Input: rows, Percent: percent}); got < want[0] || got > want[1] {
			t.Errorf("%v %%: %d of %d rows", percent, got, n)
		}
	}
	if got := count(&plan.Sample{Input: rows, System: true, Percent: 1e-9}); got != n {
		t.Errorf("SYSTEM over VALUES: %d rows", got)
	}
	s := table([]string{"x double"}, `{x:1e0} {x:2e0} {x:3e0}`)
	seen := map[int]bool{}
	for range 100 {
		seen[count(&plan.Sample{Input: s, System: true, Percent: 50})] = true
	}
	if !seen[0] || !seen[3] || len(seen) != 2 {
		t.Errorf("SYSTEM over a split of 3 rows: %v", seen)
	}
}

// TestApproxDistinctOfMany holds the estimate against the truth, and sketches of
// parts against the sketch of all rows.
func TestApproxDistinctOfMany(t *testing.T) {
	kind := sketchKinds("approx_distinct", []types.Type{types.Bigint}, types.Bigint)
	count := func(n, parts int) int64 {
		var all accumulator
		for p := range parts {
			acc := newSketches(kind, []types.Type{types.Bigint})
			acc.grow(1)
			v := &page.Vector{Type: types.Bigint, Phys: page.PhysInt64}
			for i := p; i < n; i += parts {
				v.I64 = append(v.I64, int64(i))
			}
			v.Len = len(v.I64)
			if err := acc.add(make([]uint32, v.Len), []*page.Vector{v}); err != nil {
				t.Fatal(err)
			}
			if all == nil {
				all = acc
			} else if err := all.merge([]uint32{0}, acc); err != nil {
				t.Fatal(err)
			}
		}
		b := page.NewBuilder(types.Bigint)
		if err := all.result(0, b); err != nil {
			t.Fatal(err)
		}
		return b.Finish().I64[0]
	}
	for _, n := range []int{10, 250, 251, 252, 253, 260, 261, 2000, 50000, 400000} {
		got := count(n, 1)
		if off := float64(got)/float64(n) - 1; off > 0.07 || off < -0.07 || n <= 200 && off != 0 {
			t.Errorf("%d distinct values counted as %v", n, got)
		}
		if parts := count(n, 7); parts != got {
			t.Errorf("%d distinct values counted as %v, in parts as %v", n, got, parts)
		}
	}
}

func TestMoments(t *testing.T) {
	s := table([]string{"x double", "y double"}, `{x:1e0,y:2e0} {x:2e0,y:4e0}`, `{x:3e0,y:6e0} {x:4e0,y:9e0} {y:1e0}`)
	check(t, aggregateOf(s, nil, call(t, s, "var_pop", 0), call(t, s, "var_samp", 0), call(t, s, "stddev_pop", 0),
		call(t, s, "skewness", 0), call(t, s, "covar_pop", 1, 0), call(t, s, "regr_slope", 1, 0)),
		"1.25|1.6666666666666667|1.118033988749895|0|2.875|2.3")
	// Last digits of these depend on the machine's logarithm.
	got, err := run(aggregateOf(s, nil, call(t, s, "kurtosis", 0), call(t, s, "geometric_mean", 1)), 4, 0)
	var kurtosis, mean float64
	if err == nil {
		_, err = fmt.Sscanf(got[0], "%g|%g", &kurtosis, &mean)
	}
	if err != nil || math.Abs(kurtosis+1.2) > 1e-12 || math.Abs(mean-math.Pow(432, 0.2)) > 1e-12 {
		t.Errorf("%v %v", got, err)
	}
}

func TestApproxPercentile(t *testing.T) {
	s := table([]string{"x bigint"}, `{x:30} {x:10}`, `{x:20} {} {x:40}`)
	p := &plan.Project{
		Input: s, Cols: []plan.Column{{Name: "x", Type: types.Bigint}, {Name: "p", Type: types.Double}},
		Exprs: []plan.Expr{col(s, 0), &plan.Const{Base: plan.Base{T: types.Double}, V: plan.Datum{F: 0.5}}},
	}
	check(t, aggregateOf(p, nil, call(t, p, "approx_percentile", 0, 1)), "30")
}

// TestWindow: expectations computed by hand from the SQL standard's rules.
func TestWindow(t *testing.T) {
	s := table([]string{"k varchar", "n bigint", "one bigint"},
		`{k:"x",n:3,one:1} {k:"y",n:1,one:1}`, `{k:"x",n:2,one:1} {k:"x",n:2,one:1}`, `{k:"x",one:1} {n:7,one:1}`)
	win := func(frame plan.Frame, names ...string) *plan.WindowNode {
		n := &plan.WindowNode{Input: s, Partition: []int{0}, Order: []plan.SortKey{{Col: 1}}, Cols: s.Cols}
		for _, name := range names {
			c := plan.WindowCall{Filter: -1, Frame: frame}
			switch name {
			case "sum", "array_agg", "first_value", "last_value", "lag":
				c.Func, c.Args = bound(t, name, types.Bigint), []int{1}
			default:
				c.Func = bound(t, name)
			}
			n.Calls = append(n.Calls, c)
			n.Cols = append(n.Cols, plan.Column{Name: name, Type: c.Func.Result})
		}
		return n
	}
	usual := plan.Frame{Start: plan.Bound{Kind: plan.UnboundedPreceding, Offset: -1}, End: plan.Bound{Kind: plan.CurrentRow, Offset: -1}}
	check(t, win(usual, "row_number", "rank", "dense_rank", "sum", "count", "lag"),
		"x|2|1|1|1|1|4|2|NULL", "x|2|1|2|1|1|4|2|2", "x|3|1|3|3|2|7|3|2", "x|NULL|1|4|4|3|7|4|3",
		"y|1|1|1|1|1|1|1|NULL", "NULL|7|1|1|1|1|7|1|NULL")
	around := plan.Frame{
		Mode: plan.FrameRows, Start: plan.Bound{Kind: plan.Preceding, Offset: 2}, End: plan.Bound{Kind: plan.Following, Offset: 2},
	}
	check(t, win(around, "sum", "array_agg", "first_value", "last_value"),
		"x|2|1|4|[2 2]|2|2", "x|2|1|7|[2 2 3]|2|3", "x|3|1|5|[2 3 NULL]|2|NULL", "x|NULL|1|3|[3 NULL]|3|NULL",
		"y|1|1|1|[1]|1|1", "NULL|7|1|7|[7]|7|7")
	around.Mode = plan.FrameRange
	check(t, win(around, "array_agg"),
		"x|2|1|[2 2 3]", "x|2|1|[2 2 3]", "x|3|1|[2 2 3]", "x|NULL|1|[NULL]", "y|1|1|[1]", "NULL|7|1|[7]")
	around.Mode = plan.FrameGroups
	check(t, win(around, "array_agg"),
		"x|2|1|[2 2 3]", "x|2|1|[2 2 3]", "x|3|1|[2 2 3 NULL]", "x|NULL|1|[3 NULL]", "y|1|1|[1]", "NULL|7|1|[7]")
	bad := plan.Frame{Mode: plan.FrameRows, Start: plan.Bound{Kind: plan.Preceding, Offset: 1}, End: plan.Bound{Kind: plan.CurrentRow, Offset: -1}}
	checkError(t, win(bad, "sum"), sqlerr.InvalidWindowFrame, "negative or null")
	empty := *win(usual, "row_number")
	empty.Input = table([]string{"k varchar", "n bigint", "one bigint"}, "")
	check(t, &empty)
}

// TestApply and TestRecursive: rounds and outer rows.
func TestApply(t *testing.T) {
	l := rowsOf(ab[:1], []int64{1}, []int64{2}, []int64{3})
	r := rowsOf(ab[:1], []int64{2}, []int64{3})
	sub := &plan.Filter{Input: r, Pred: &plan.Compare{
		Base: plan.Base{T: types.Boolean}, Op: plan.OpLe, L: col(r, 0), R: &plan.Outer{Base: plan.Base{T: types.Bigint}, Apply: 1},
	}}
	check(t, &plan.Apply{ID: 1, Input: l, Sub: sub}, "2|2", "3|2", "3|3")
	check(t, &plan.Apply{ID: 1, Input: l, Sub: sub, Left: true}, "1|NULL", "2|2", "3|2", "3|3")
	check(t, &plan.Apply{ID: 1, Input: l, Sub: aggregateOf(sub, nil, call(t, sub, "count"))}, "1|0", "2|1", "3|2")
}

func TestRecursive(t *testing.T) {
	ref := &plan.RecursiveRef{ID: 5, Cols: ab[:1]}
	two := &plan.Const{Base: plan.Base{T: types.Bigint}, V: plan.Datum{I: 2}}
	limit := &plan.Const{Base: plan.Base{T: types.Bigint}, V: plan.Datum{I: 10}}
	step := &plan.Project{
		Input: &plan.Filter{Input: ref, Pred: &plan.Compare{Base: plan.Base{T: types.Boolean}, Op: plan.OpLt, L: col(ref, 0), R: limit}},
		Exprs: []plan.Expr{&plan.Arith{Base: plan.Base{T: types.Bigint}, Op: plan.OpMul, L: col(ref, 0), R: two}}, Cols: ab[:1],
	}
	n := &plan.Recursive{ID: 5, Base: rowsOf(ab[:1], []int64{1}, []int64{3}), Step: step, MaxDepth: 4, Cols: ab[:1]}
	check(t, n, "1", "3", "2", "6", "4", "12", "8", "16")
	n.MaxDepth = 3
	checkError(t, n, sqlerr.NotSupported, "Recursion depth limit exceeded (3)")
}

// TestErrorsAfterRows: rows before a failing one come first, however pages are
// cut, and the error is that of the first failing row.
func TestErrorsAfterRows(t *testing.T) {
	s := table([]string{"n bigint", "m bigint"}, `{n:1,m:5} {n:2,m:5} {n:5,m:5} {n:0,m:5}`, `{n:1,m:0}`)
	num := func(i int64) plan.Expr { return &plan.Const{Base: plan.Base{T: types.Bigint}, V: plan.Datum{I: i}} }
	div := func(c int, pos int) plan.Expr {
		return &plan.Arith{Base: plan.Base{T: types.Bigint, P: sqlerr.At(pos)}, Op: plan.OpDiv, L: num(10), R: col(s, c)}
	}
	f := &plan.Filter{Input: s, Pred: &plan.Compare{Base: plan.Base{T: types.Boolean}, Op: plan.OpLt, L: div(1, 1), R: num(99)}}
	p := &plan.Project{Input: f, Exprs: []plan.Expr{div(0, 2)}, Cols: s.Cols[:1]}
	check(t, &plan.Limit{Input: p, N: 3}, "10", "5", "2")
	checkError(t, p, sqlerr.DivisionByZero, "Division by zero")
	for _, rows := range []int{1, 3, 0} {
		got, err := run(p, 4, rows)
		if len(got) != 3 || sqlerr.As(err).Pos != sqlerr.At(2) {
			t.Errorf("%d rows a page: %v, %v", rows, got, err)
		}
	}
	g := &plan.Filter{Input: s, Pred: &plan.Compare{Base: plan.Base{T: types.Boolean}, Op: plan.OpGt, L: div(0, 3), R: num(4)}}
	check(t, &plan.Limit{Input: g, N: 2}, "1|5", "2|5")
	checkError(t, g, sqlerr.DivisionByZero, "")
}
