package exec

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// TestJoinsInWorkers compares joins that workers carry out with the same ones as
// operators, in all settings: rows, their order, and errors.
func TestJoinsInWorkers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	var files []string
	for f := range 9 {
		var b strings.Builder
		for i := range rng.IntN(60) {
			k := fmt.Sprint(rng.IntN(12))
			if rng.IntN(9) == 0 {
				k = "null"
			}
			fmt.Fprintf(&b, "{k:%s,n:%d,f:%de-1} ", k, 100*f+i, rng.IntN(1000))
		}
		files = append(files, b.String())
	}
	columns := []string{"k bigint", "n bigint", "f double"}
	good := table(columns, files...)
	files = append(files[:6:6], "{k:1,n:4611686018427387904} {k:1,n:4611686018427387904} {k:1,n:-4611686018427387904}", files[8])
	large := table(columns, files...)
	files = append(files[:4:4], files[4]+"{k:3,n:0,f:1e0} {k:bad} {k:3}", files[5])
	bad := table(columns, files...)
	small := rowsOf(ab, []int64{1, 100}, []int64{3, 300}, []int64{3, 310}, []int64{-1, 0}, []int64{7, 1}, []int64{4, 0}, []int64{9, -1})
	tiny := rowsOf(ab[:1], []int64{3}, []int64{1}, []int64{11})

	at := func(i int) *plan.Col { return &plan.Col{Base: plan.Base{T: types.Bigint}, Index: i} }
	num := func(i int64) plan.Expr { return &plan.Const{Base: plan.Base{T: types.Bigint}, V: plan.Datum{I: i}} }
	compare := func(op plan.CompareOp, l, r plan.Expr) plan.Expr {
		return &plan.Compare{Base: plan.Base{T: types.Boolean}, Op: op, L: l, R: r}
	}
	ratio := &plan.Arith{Base: plan.Base{T: types.Bigint}, Op: plan.OpDiv, L: at(1), R: at(4)}
	less, fails := compare(plan.OpLt, at(1), at(4)), compare(plan.OpGt, ratio, num(2))

	// Each plan over a scan, which a union of one hides from the workers.
	join := func(l plan.Node, kind plan.JoinKind, residual plan.Expr) plan.Node {
		return &plan.Join{Kind: kind, L: l, R: small, LKeys: []plan.Expr{at(0)}, RKeys: []plan.Expr{at(0)}, Residual: residual}
	}
	semi := func(l plan.Node, aware bool) plan.Node {
		return &plan.SemiJoin{L: l, R: tiny, LKeys: []plan.Expr{at(0)}, RKeys: []plan.Expr{at(0)}, NullAware: aware}
	}
	shapes := map[string]func(l plan.Node) plan.Node{
		"inner": func(l plan.Node) plan.Node { return join(l, plan.InnerJoin, nil) },
		"left":  func(l plan.Node) plan.Node { return join(l, plan.LeftJoin, less) },
		"fails": func(l plan.Node) plan.Node { return join(l, plan.LeftJoin, fails) },
		"cross": func(l plan.Node) plan.Node {
			return &plan.Join{Kind: plan.CrossJoin, L: l, R: tiny, Residual: compare(plan.OpLt, at(3), at(0))}
		},
		"single": func(l plan.Node) plan.Node {
			j := join(l, plan.LeftJoin, compare(plan.OpGt, at(4), num(200))).(*plan.Join)
			j.Single = true
			return j
		},
		"in":     func(l plan.Node) plan.Node { return semi(l, true) },
		"exists": func(l plan.Node) plan.Node { return semi(l, false) },
		"star": func(l plan.Node) plan.Node {
			s := semi(join(l, plan.InnerJoin, nil), false)
			f := &plan.Filter{Input: s, Pred: &plan.Col{Base: plan.Base{T: types.Boolean}, Index: 5}}
			return join(&plan.Project{Input: f, Exprs: []plan.Expr{at(3), at(1), at(4)}, Cols: small.Cols[:1:1]}, plan.LeftJoin, nil)
		},
		"limit": func(l plan.Node) plan.Node {
			return &plan.Limit{Input: join(l, plan.LeftJoin, fails), N: 7}
		},
		"total": func(l plan.Node) plan.Node {
			j := join(l, plan.InnerJoin, nil)
			d := call(t, j, "count", 4)
			d.Distinct = true
			return aggregateOf(j, []int{3}, call(t, j, "count"), call(t, j, "sum", 1), call(t, j, "max", 4), d)
		},
		"doubles": func(l plan.Node) plan.Node {
			j := join(l, plan.LeftJoin, nil)
			return aggregateOf(j, []int{0}, call(t, j, "sum", 2), call(t, j, "count"))
		},
	}
	for name, scan := range map[string]*plan.Scan{"good": good, "large": large, "bad": bad} {
		for shape, of := range shapes {
			if shape == "star" { // its projection has other columns
				of = func(l plan.Node) plan.Node {
					n := shapes["star"](l).(*plan.Join)
					p := n.L.(*plan.Project)
					p.Cols = []plan.Column{ab[0], ab[1], ab[0]}
					return n
				}
			}
			want := ""
			for _, hidden := range []bool{true, false} {
				for _, workers := range []int{1, 4} {
					for _, rows := range []int{2, 0} {
						for _, memory := range []int64{0, 1, 900} {
							var l plan.Node = scan
							if hidden && (workers > 1 || rows > 0) {
								continue
							}
							if hidden {
								l = &plan.Union{Ins: []plan.Node{scan}, Cols: scan.Cols}
							}
							got := outcome(of(l), &Env{
								Expr: expr.Env{Ctx: context.Background()}, Workers: workers, PageRows: rows, Stats: &Stats{},
								Memory: spill.NewBudget(memory), PartRows: 50,
							})
							if want == "" {
								want = got
							}
							if got != want {
								t.Fatalf("%s, %s, hidden %v, %d workers, %d rows, %d bytes:\n%s\nwant\n%s", name, shape, hidden, workers, rows, memory, got, want)
							}
						}
					}
				}
			}
		}
	}
}

// outcome is all that a plan gives, as text.
func outcome(n plan.Node, env *Env) string {
	op, err := Build(n, env)
	if err != nil {
		return err.Error()
	}
	lines, err := drain(op)
	out := fmt.Sprintf("%s\nerror: %v", strings.Join(lines, "\n"), err)
	if err := op.Close(); err != nil {
		out += "\nat the end: " + err.Error()
	}
	return out
}
