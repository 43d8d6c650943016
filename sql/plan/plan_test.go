package plan

import (
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/types"
)

func col(i int) *Col { return &Col{Base: Base{T: types.Bigint}, Index: i} }

func num(v int64) *Const { return &Const{Base: Base{T: types.Bigint}, V: Datum{I: v}} }

func gt(l, r Expr) Expr {
	return &Compare{Base: Base{T: types.Boolean}, Op: OpGt, L: l, R: r}
}

// lambda is x -> x > #0, with parameter number id.
func lambda(id int) Expr {
	return &Lambda{
		Base:   Base{T: types.Function(types.Bigint, types.Boolean)},
		Params: []Param{{ID: id, Name: "x", Type: types.Bigint}},
		Body:   gt(&Var{Base: Base{T: types.Bigint}, ID: id}, col(0)),
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		a, b Expr
		want bool
	}{
		{col(1), &Col{Base: Base{T: types.Bigint, P: 7}, Index: 1, Name: "x"}, true},
		{col(1), col(2), false},
		{num(1), num(1), true},
		{num(1), &Const{Base: Base{T: types.Integer}, V: Datum{I: 1}}, false},
		{gt(col(0), num(1)), gt(col(0), num(1)), true},
		{gt(col(0), num(1)), gt(num(1), col(0)), false},
		{lambda(1), lambda(2), true},
		{&Cast{Base: Base{T: types.Double}, X: num(1)}, &Cast{Base: Base{T: types.Double}, X: num(1), Safe: true}, false},
		{nil, nil, true},
		{nil, num(1), false},
	} {
		if got := Equal(c.a, c.b); got != c.want {
			t.Errorf("Equal(%v, %v) = %v", c.a, c.b, got)
		}
	}
}

func TestRewriteShares(t *testing.T) {
	e := &And{Base: Base{T: types.Boolean}, Terms: []Expr{gt(col(0), num(1)), gt(col(1), num(2))}}
	if Rewrite(e, func(Expr) Expr { return nil }) != Expr(e) {
		t.Error("an unchanged expression was copied")
	}
	got := Shift(e, 3).(*And)
	if got == e || got.Terms[1].(*Compare).L.(*Col).Index != 4 || e.Terms[1].(*Compare).L.(*Col).Index != 1 {
		t.Error(got, e)
	}
}

func scan(names ...string) *Scan {
	s := &Scan{Table: &Table{Database: "d", Name: "t"}}
	for i, n := range names {
		c := Column{n, types.Bigint}
		s.Table.Columns = append(s.Table.Columns, c)
		s.Cols = append(s.Cols, c)
		s.Ordinals = append(s.Ordinals, i)
	}
	return s
}

func TestPruneKeepsRoot(t *testing.T) {
	root := &Project{
		Input: &Filter{Input: scan("a", "b", "c"), Pred: gt(col(2), num(1))},
		Exprs: []Expr{col(1)}, Cols: []Column{{"b", types.Bigint}},
	}
	before := Explain(root)
	got := Explain(Prune(root))
	if Explain(root) != before {
		t.Error("Prune changed its argument")
	}
	want := "Project[#1]\n  Filter[(#1 > 1)]\n    Scan[d.t: b bigint, c bigint]\n"
	if got = strings.Replace(got, "Project[b]", "Project[#1]", 1); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestOuterJoinConditions: a condition goes only where it does not turn an
// unmatched row into none.
func TestOuterJoinConditions(t *testing.T) {
	for _, c := range []struct {
		kind  JoinKind
		where Expr
		want  string
	}{
		{LeftJoin, gt(col(0), num(1)), "LeftJoin[] / Filter[(#0 > 1)] / Scan[d.t: a bigint] / Scan[d.t: b bigint]"},
		{LeftJoin, gt(col(1), num(1)), "InnerJoin[] / Scan[d.t: a bigint] / Filter[(#0 > 1)] / Scan[d.t: b bigint]"},
		{LeftJoin, &IsNull{Base: Base{T: types.Boolean}, X: col(1)}, "Filter[(#1 IS NULL)] / LeftJoin[] / Scan[d.t: a bigint] / Scan[d.t: b bigint]"},
		{RightJoin, gt(col(1), num(1)), "RightJoin[] / Scan[d.t: a bigint] / Filter[(#0 > 1)] / Scan[d.t: b bigint]"},
		{FullJoin, gt(col(0), num(1)), "LeftJoin[] / Filter[(#0 > 1)] / Scan[d.t: a bigint] / Scan[d.t: b bigint]"},
		{FullJoin, gt(col(0), col(1)), "InnerJoin[(#0 > #1)] / Scan[d.t: a bigint] / Scan[d.t: b bigint]"},
		{CrossJoin, gt(col(0), col(1)), "InnerJoin[(#0 > #1)] / Scan[d.t: a bigint] / Scan[d.t: b bigint]"},
	} {
		n := PushDown(&Filter{Input: &Join{Kind: c.kind, L: scan("a"), R: scan("b")}, Pred: c.where})
		if err := Check(n); err != nil {
			t.Error(err)
		}
		var lines []string
		for _, l := range strings.Split(strings.TrimSpace(Explain(n)), "\n") {
			lines = append(lines, strings.TrimSpace(l))
		}
		if got := strings.Join(lines, " / "); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestCheckFinds(t *testing.T) {
	for _, n := range []Node{
		&Filter{Input: scan("a"), Pred: gt(col(1), num(1))},
		&Filter{Input: scan("a"), Pred: col(0)},
		&Project{Input: scan("a"), Exprs: []Expr{col(0)}, Cols: []Column{{"a", types.Varchar}}},
		&Sort{Input: scan("a"), Keys: []SortKey{{Col: 3}}},
		&Filter{Input: scan("a"), Pred: gt(&Outer{Base: Base{T: types.Bigint}, Apply: 9}, num(1))},
	} {
		if Check(n) == nil {
			t.Errorf("nothing wrong with\n%s", Explain(n))
		}
	}
}
