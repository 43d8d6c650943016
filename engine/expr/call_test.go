package expr

import (
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// Functions of this test only: a body with lambdas, one that sees NULLs, one
// whose result is an array and that may fail half way.
func init() {
	register("test_transform(array(T), function(T,U))", func(a *Args, i int, out *page.Builder) error {
		v := a.Vecs[0]
		from, to := int(v.Off[i]), int(v.Off[i+1])
		sel := make([]int32, 0, to-from)
		for k := from; k < to; k++ {
			sel = append(sel, int32(k))
		}
		r, err := a.Lambdas[1].Call(i, []*page.Vector{page.Gather(v.Children[0], sel)})
		if err != nil {
			return err
		}
		out.Child(0).AppendRange(r, 0, r.Len)
		out.EndContainer()
		return nil
	})
	register("test_nulls(bigint, bigint)", func(a *Args, i int, out *page.Builder) error {
		n := int64(0)
		for k := range a.Vecs {
			if a.null(k, i) {
				n++
			}
		}
		if n == 2 {
			out.Null()
			return nil
		}
		out.Int64(n)
		return nil
	})
	register("test_half(bigint)", func(a *Args, i int, out *page.Builder) error {
		for k := range a.i64(0, i) {
			if k == 3 {
				return invalidArgument("too many: %d", a.i64(0, i))
			}
			out.Child(0).Int64(k)
		}
		out.EndContainer()
		return nil
	})
}

var (
	transformFunc = &function.Function{Name: "test_transform", Sig: "(array(T), function(T,U)) -> array(U)"}
	nullsFunc     = &function.Function{Name: "test_nulls", Sig: "(bigint, bigint) -> bigint", CalledOnNull: true}
	greatestFunc  = &function.Function{Name: "greatest", Sig: "(T...) -> T"}
	halfFunc      = &function.Function{Name: "test_half", Sig: "(bigint) -> array(bigint)"}
)

func call(f *function.Function, result types.Type, args ...plan.Expr) plan.Expr {
	b := &function.Bound{Function: f, Result: result}
	for _, a := range args {
		b.Args = append(b.Args, a.Type())
	}
	return &plan.Call{Base: base(result), Func: b, Args: args}
}

func lambda(id int, param types.Type, body plan.Expr) plan.Expr {
	return &plan.Lambda{Base: base(types.Function(param, body.Type())), Params: []plan.Param{{ID: id, Name: "x", Type: param}}, Body: body}
}

func variable(id int, t types.Type) plan.Expr { return &plan.Var{Base: base(t), ID: id, Name: "x"} }

func TestCalls(t *testing.T) {
	bi, list := types.Bigint, types.Array(types.Bigint)
	mul, div := arith(plan.OpMul, bi), arith(plan.OpDiv, bi)
	ten := constant(t, bi, "10")
	for _, c := range []exprCase{
		{"called on NULL", "bigint; bigint", func(a ...plan.Expr) plan.Expr { return call(nullsFunc, bi, a...) }, []string{
			"1 | 2 -> 0", "NULL | 2 -> 1", "NULL | NULL -> NULL",
		}},
		{"a body that fails half way", "bigint", func(a ...plan.Expr) plan.Expr { return call(halfFunc, list, a...) }, []string{
			"2 -> [0,1]", "0 -> []", "NULL -> NULL", "4 -> !INVALID_FUNCTION_ARGUMENT too many: 4",
		}},
		{"lambda over its parameter", "array(bigint)", func(a ...plan.Expr) plan.Expr {
			return call(transformFunc, list, a[0], lambda(1, bi, mul(variable(1, bi), ten)))
		}, []string{"[1,2] -> [10,20]", "[] -> []", "NULL -> NULL", "[NULL,3] -> [NULL,30]"}},
		{"lambda with a captured column", "array(bigint); bigint", func(a ...plan.Expr) plan.Expr {
			return call(transformFunc, list, a[0], lambda(1, bi, div(variable(1, bi), a[1])))
		}, []string{"[10,20] | 5 -> [2,4]", "[10] | NULL -> [NULL]", "[] | 0 -> []", "[10] | 0 -> !DIVISION_BY_ZERO Division by zero"}},
		{"lambda with a lazy body", "array(bigint)", func(a ...plan.Expr) plan.Expr {
			x := variable(1, bi)
			return call(transformFunc, list, a[0], lambda(1, bi, &plan.Case{
				Base: base(bi), Whens: []plan.When{{Cond: compare(plan.OpEq)(x, constant(t, bi, "0")), Then: ten}}, Else: div(ten, x),
			}))
		}, []string{"[0,5,NULL,2] -> [10,2,NULL,5]"}},
		{"TRY in a lambda", "array(bigint)", func(a ...plan.Expr) plan.Expr {
			return call(transformFunc, list, a[0], lambda(1, bi, &plan.Try{Base: base(bi), X: div(ten, variable(1, bi))}))
		}, []string{"[0,5] -> [NULL,2]", "[] -> []"}},
		{"TRY around a lambda", "array(bigint)", func(a ...plan.Expr) plan.Expr {
			return &plan.Try{Base: base(list), X: call(transformFunc, list, a[0], lambda(1, bi, div(ten, variable(1, bi))))}
		}, []string{"[1,0] -> NULL", "[5] -> [2]", "NULL -> NULL"}},
		{"nested lambdas", "array(array(bigint)); bigint", func(a ...plan.Expr) plan.Expr {
			inner := call(transformFunc, list, variable(1, list), lambda(2, bi, mul(variable(2, bi), a[1])))
			return call(transformFunc, types.Array(list), a[0], lambda(1, list, inner))
		}, []string{"[[1,2],[3],NULL] | 2 -> [[2,4],[6],NULL]"}},
		{"inner lambda with the outer's variable", "array(bigint); array(bigint)", func(a ...plan.Expr) plan.Expr {
			inner := call(transformFunc, list, a[1], lambda(2, bi, mul(variable(1, bi), variable(2, bi))))
			return call(transformFunc, types.Array(list), a[0], lambda(1, bi, inner))
		}, []string{"[1,10] | [2,3] -> [[2,3],[20,30]]"}},
		{"deref", "row(a bigint, b varchar)", func(a ...plan.Expr) plan.Expr {
			return &plan.Deref{Base: base(types.Varchar), X: a[0], Index: 1}
		}, []string{"[1,x] -> x", "[1,NULL] -> NULL", "NULL -> NULL"}},
		{"row", "bigint; varchar", func(a ...plan.Expr) plan.Expr {
			return &plan.RowCtor{Base: base(types.Row(types.Field{Type: bi}, types.Field{Type: types.Varchar})), Fields: a}
		}, []string{"1 | x -> [1,x]", "NULL | NULL -> [NULL,NULL]"}},
		{"array", "bigint; bigint", func(a ...plan.Expr) plan.Expr { return &plan.ArrayCtor{Base: base(list), Elems: a} }, []string{
			"1 | 2 -> [1,2]", "NULL | 2 -> [NULL,2]",
		}},
		{"array of rows", "bigint; varchar", func(a ...plan.Expr) plan.Expr {
			row := types.Row(types.Field{Type: bi}, types.Field{Type: types.Varchar})
			return &plan.ArrayCtor{Base: base(types.Array(row)), Elems: []plan.Expr{&plan.RowCtor{Base: base(row), Fields: a}, constant(t, row, "[7,z]")}}
		}, []string{"1 | x -> [[1,x],[7,z]]"}},
	} {
		t.Run(c.name, c.run)
	}
}

// A long constant array is not copied for every row of a page.
func TestLongConstantArray(t *testing.T) {
	register("test_at(array(bigint), bigint)", func(a *Args, i int, out *page.Builder) error {
		k := a.i64(1, i)
		if k < 0 {
			return invalidArgument("negative: %d", k)
		}
		out.Int64(a.Vecs[0].Children[0].I64[int64(a.Vecs[0].Off[i])+k])
		return nil
	})
	defer delete(bodies, "test_at(array(bigint), bigint)")
	list := plan.Datum{}
	for k := range int64(1000) {
		list.L = append(list.L, plan.Datum{I: k * k})
	}
	at := &function.Function{Name: "test_at", Sig: "(array(bigint), bigint) -> bigint"}
	x := call(at, types.Bigint, &plan.Const{Base: base(types.Array(types.Bigint)), V: list}, &plan.Col{Base: base(types.Bigint)})
	c, err := Compile(x, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	col := &page.Vector{Type: types.Bigint, Phys: page.PhysInt64, Len: 1000, I64: make([]int64, 1000), Nulls: make([]bool, 1000)}
	for i := range col.I64 {
		col.I64[i], col.Nulls[i] = int64(999-i), i%3 == 0
	}
	p := &page.Page{Rows: 1000, Cols: []*page.Vector{col}}
	v, err := c.Eval(p)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if k := int64(999 - i); v.IsNull(i) != (i%3 == 0) || !v.IsNull(i) && v.I64[i] != k*k {
			t.Fatal(i, v.IsNull(i), v.I64[i])
		}
	}
	if n := c.l.roots[0].(*callNode); n.rowsPer == 0 || n.args[0].n.(*constNode).full.Len > n.rowsPer {
		t.Error("the array was repeated", n.args[0].n.(*constNode).full.Len, "times")
	}
	col.I64[500] = -1
	if _, err := c.Eval(p); err == nil {
		t.Error("no error")
	}
}

// TestEveryFunctionHasABody: sql/function and the bodies name the same overloads.
func TestEveryFunctionHasABody(t *testing.T) {
	declared := map[string]bool{transformFunc.ID(): true, nullsFunc.ID(): true, halfFunc.ID(): true}
	for _, f := range function.All() {
		if f.Kind != function.Scalar {
			continue
		}
		if declared[f.ID()] {
			t.Errorf("%s is declared twice", f.ID())
		}
		declared[f.ID()] = true
		if bodies[f.ID()] == nil {
			t.Errorf("no body for %s", f.ID())
		}
	}
	for id := range bodies {
		if !declared[id] {
			t.Errorf("body for %s, which is not declared", id)
		}
	}
}

// A constant that fails does so only when a row is evaluated.
func TestFailingConstantNeedsARow(t *testing.T) {
	x := arith(plan.OpDiv, types.Bigint)(constant(t, types.Bigint, "1"), constant(t, types.Bigint, "0"))
	g, err := Compile(x, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Eval(&page.Page{}); err != nil {
		t.Error("no rows, and yet:", err)
	}
	if _, err := g.Eval(&page.Page{Rows: 2, Sel: []int32{}}); err != nil {
		t.Error("no rows kept, and yet:", err)
	}
	if _, err := g.Eval(&page.Page{Rows: 1}); err == nil {
		t.Error("no error")
	}
}

// The error of the first row wins, whatever the page size and the order in
// which columns are computed.
func TestFirstErrorByRow(t *testing.T) {
	bi := types.Bigint
	ts := []types.Type{bi, bi}
	rows := []caseRow{
		{args: []plan.Datum{{I: 1}, {I: 1}}},
		{args: []plan.Datum{{I: 9223372036854775807}, {I: 1}}}, // the second expression fails
		{args: []plan.Datum{{I: 1}, {I: 0}}},                   // the first does
	}
	a := &plan.Col{Base: base(bi), Index: 0}
	b := &plan.Col{Base: base(bi), Index: 1}
	l, err := CompileList([]plan.Expr{
		arith(plan.OpDiv, bi)(a, b),
		arith(plan.OpAdd, bi)(a, constant(t, bi, "1")),
	}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Eval(makePage(ts, rows, nil, true))
	if err == nil || err.Error() != "NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow: 9223372036854775807 + 1" {
		t.Error(err)
	}
}

func TestFilter(t *testing.T) {
	bi := types.Bigint
	x := &plan.Col{Base: base(bi), Index: 0}
	g, err := Compile(&plan.And{Base: base(types.Boolean), Terms: []plan.Expr{
		compare(plan.OpGt)(x, constant(t, bi, "1")), compare(plan.OpLt)(x, constant(t, bi, "5")),
	}}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	p := &page.Page{Rows: 6, Cols: []*page.Vector{{
		Type: bi, Phys: page.PhysInt64, Len: 6, I64: []int64{0, 2, 3, 9, 4, 2}, Nulls: []bool{false, false, true, false, false, false},
	}}}
	sel, err := g.Filter(p, nil)
	if err != nil || len(sel) != 3 || sel[0] != 1 || sel[1] != 4 || sel[2] != 5 {
		t.Fatal(sel, err)
	}
	p.Sel = []int32{0, 2, 4, 5}
	sel, err = g.Filter(p, sel)
	if err != nil || len(sel) != 2 || sel[0] != 4 || sel[1] != 5 {
		t.Fatal(sel, err)
	}
}

func TestOuter(t *testing.T) {
	bi := types.Bigint
	env := &Env{Outer: map[int]*OuterRow{}}
	g, err := Compile(arith(plan.OpAdd, bi)(&plan.Col{Base: base(bi), Index: 0}, &plan.Outer{Base: base(bi), Apply: 3, Index: 1}), env)
	if err != nil {
		t.Fatal(err)
	}
	outer := makePage([]types.Type{bi, bi}, []caseRow{{args: []plan.Datum{{I: 1}, {I: 100}}}, {args: []plan.Datum{{I: 2}, {I: 200}}}}, nil, false)
	in := makePage([]types.Type{bi}, []caseRow{{args: []plan.Datum{{I: 1}}}, {args: []plan.Datum{{I: 2}}}}, nil, false)
	for row, want := range []int64{102, 202} {
		env.Outer[3] = &OuterRow{Cols: outer.Cols, Row: row}
		v, err := g.Eval(in)
		if err != nil || v.I64[1] != want {
			t.Error(row, v, err)
		}
	}
}
