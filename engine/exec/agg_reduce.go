package exec

// reduce_agg: a fold by a lambda, of each group's rows in their order. The function
// that combines states is not needed for that, as whoever writes one must make it
// agree with the other (Trino's documentation of reduce_agg): a part's accumulator
// keeps its rows, and the one that takes parts in, in their order, folds them into
// its states, by a scalar function over a list of the values at a time.

import (
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// reduceAgg returns the maker of reduce_agg's accumulators; args are value and
// initial state.
func reduceAgg(g *plan.Agg, args []types.Type, env *expr.Env) (func() accumulator, error) {
	if len(g.Lambdas) != 2 || env == nil {
		return nil, sqlerr.Newf(sqlerr.NotSupported, g.P, "reduce_agg is not supported here")
	}
	state := args[1]
	switch state.Kind {
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal, types.KindDouble,
		types.KindDate, types.KindIntervalYearMonth, types.KindIntervalDaySecond, types.KindTime, types.KindUnknown:
	case types.KindDecimal, types.KindTimestamp, types.KindTimestampTZ: // short ones alone are longs to Java
		if page.PhysOf(state) == page.PhysInt128 || state.Kind == types.KindTimestampTZ && state.P > 3 {
			return nil, refusedState(g, state)
		}
	default:
		return nil, refusedState(g, state)
	}
	list := types.Array(args[0])
	for _, l := range g.Lambdas { // Trino fails too, inside: it binds no values to an aggregate's lambdas
		var err error
		plan.Walk(l, func(e plan.Expr) bool {
			switch e.(type) {
			case *plan.Col, *plan.Outer:
				err = sqlerr.Newf(sqlerr.NotSupported, e.Pos(), "A lambda of reduce_agg that uses a column is not supported")
			}
			return err == nil
		})
		if err != nil {
			return nil, err
		}
	}
	reduce := function.Named("$reduce")[0]
	call := &plan.Call{
		Base: plan.Base{P: g.P, T: state},
		Func: &function.Bound{Function: reduce, Args: []types.Type{list, state, g.Lambdas[0].Type()}, Result: state},
		Args: []plan.Expr{
			&plan.Col{Base: plan.Base{P: g.P, T: list}, Index: 0}, &plan.Col{Base: plan.Base{P: g.P, T: state}, Index: 1}, g.Lambdas[0],
		},
	}
	if _, err := expr.Compile(call, env); err != nil {
		return nil, err
	}
	return func() accumulator {
		return &folded{types: args, env: env, call: call, rows: newRows(args), states: page.Vector{Type: state, Phys: page.PhysOf(state)}}
	}, nil
}

// folded are the states of reduce_agg.
type folded struct {
	types []types.Type // of value and state
	call  plan.Expr    // $reduce, over columns of lists and states
	env   *expr.Env
	prog  *expr.Program // of call; each accumulator has its own: programs have scratch memory

	begun  []bool      // the groups that have a state
	states page.Vector // theirs
	failed []bool      // the groups whose first row in rows fails; later ones make no difference
	some   bool        // there are such groups
	rows   rows        // not folded yet
	first  bool        // all rows come here, in order, and may be folded at once
	done   bool
}

// foldRows is how many rows are kept before they are folded, where they may be.
const foldRows = 1 << 12

func (f *folded) grow(n int) {
	if n <= len(f.begun) {
		return
	}
	f.begun, f.failed = grown(f.begun, n), grown(f.failed, n)
	v := &f.states
	v.Len = n
	v.Nulls = grown(v.Nulls, n)
	switch v.Phys {
	case page.PhysBool:
		v.Bools = grown(v.Bools, n)
	case page.PhysInt64:
		v.I64 = grown(v.I64, n)
	case page.PhysFloat64:
		v.F64 = grown(v.F64, n)
	case page.PhysInstant:
		v.TZ = grown(v.TZ, n)
	case page.PhysNone:
	default:
		panic("BUG: a state of reduce_agg is " + v.Type.String())
	}
}

// set makes row i of v the state of group g.
func (f *folded) set(g uint32, v *page.Vector, i int) {
	f.begun[g] = true
	s := &f.states
	if s.Nulls[g] = v.IsNull(i); s.Nulls[g] {
		return
	}
	switch s.Phys {
	case page.PhysBool:
		s.Bools[g] = v.Bools[i]
	case page.PhysInt64:
		s.I64[g] = v.I64[i]
	case page.PhysFloat64:
		s.F64[g] = v.F64[i]
	case page.PhysInstant:
		s.TZ[g] = v.TZ[i]
	}
}

// add keeps the rows that count: those without NULLs.
func (f *folded) add(groups []uint32, args []*page.Vector) error {
	var sel []int32
	for i, g := range groups {
		if !args[0].IsNull(i) && !args[1].IsNull(i) {
			sel = append(sel, int32(i))
			f.rows.groups = append(f.rows.groups, g)
		}
	}
	if len(sel) > 0 {
		appendRows(f.rows.cols, args, &page.Page{Rows: len(groups), Sel: sel})
	}
	if f.first {
		return f.foldMany()
	}
	return nil
}

// foldMany folds where it is worth it.
func (f *folded) foldMany() error {
	if len(f.rows.groups) < max(foldRows, len(f.begun)) {
		return nil
	}
	return f.fold()
}

// merge folds: the other accumulator's rows come after all that this one has, which
// is the first of all, or else nothing would be merged into it. A part that is
// merged has no states yet, but for the first one.
func (f *folded) merge(groups []uint32, other accumulator) error {
	o := other.(*folded)
	for i, g := range groups {
		if o.begun[i] {
			if f.begun[g] {
				panic("BUG: two states of one group in reduce_agg")
			}
			f.set(g, &o.states, i)
		}
	}
	f.rows.merge(groups, &o.rows)
	for i, g := range groups {
		if o.failed[i] {
			f.failed[g], f.some = true, true
		}
	}
	return f.foldMany()
}

// fold folds all rows. Of a group that fails the row that does stays, and what comes
// after it goes.
func (f *folded) fold() error {
	if len(f.rows.groups) == 0 {
		return nil
	}
	f.rows.index(len(f.begun))
	old, vecs := f.rows, f.rows.vecs()
	f.rows = newRows(f.types)
	var groups []uint32
	n := 0
	for g := range f.begun {
		of := old.order[old.start[g]:old.start[g+1]]
		if len(of) == 0 {
			continue
		}
		if f.failed[g] {
			f.keep(uint32(g), vecs, of[0])
			continue
		}
		if !f.begun[g] {
			f.set(uint32(g), vecs[1], int(of[0]))
		}
		groups = append(groups, uint32(g))
		if n += len(of); n >= foldRows {
			if err := f.foldSome(groups, &old, vecs); err != nil {
				return err
			}
			groups, n = groups[:0], 0
		}
	}
	return f.foldSome(groups, &old, vecs)
}

func (f *folded) keep(g uint32, vecs []*page.Vector, row int32) {
	f.rows.groups = append(f.rows.groups, g)
	appendRows(f.rows.cols, vecs, &page.Page{Rows: vecs[0].Len, Sel: []int32{row}})
}

// foldSome folds all rows of some groups.
func (f *folded) foldSome(groups []uint32, old *rows, vecs []*page.Vector) error {
	if len(groups) == 0 {
		return nil
	}
	var of []int32
	off := make([]int32, 1, len(groups)+1)
	for _, g := range groups {
		of = append(of, old.order[old.start[g]:old.start[g+1]]...)
		off = append(off, int32(len(of)))
	}
	v, err := f.eval(groups, vecs[0], of, off)
	if err == nil {
		for i, g := range groups {
			f.set(g, v, i)
		}
		return nil
	}
	// Some row fails. Which one it is shows when they come one by one.
	for _, g := range groups {
		for _, row := range old.order[old.start[g]:old.start[g+1]] {
			v, err := f.eval([]uint32{g}, vecs[0], []int32{row}, []int32{0, 1})
			if err != nil {
				f.failed[g], f.some = true, true
				f.keep(g, vecs, row)
				break
			}
			f.set(g, v, 0)
		}
	}
	return nil
}

// eval gives the states of groups after further values: rows of of v, up to off[i+1]
// for the i-th group.
func (f *folded) eval(groups []uint32, v *page.Vector, of, off []int32) (*page.Vector, error) {
	if f.prog == nil {
		var err error
		if f.prog, err = expr.Compile(f.call, f.env); err != nil {
			return nil, err
		}
	}
	sel := make([]int32, len(groups))
	for i, g := range groups {
		sel[i] = int32(g)
	}
	lists := &page.Vector{
		Type: types.Array(f.types[0]), Phys: page.PhysArray, Len: len(groups),
		Off: off, Children: []*page.Vector{page.Gather(v, of)},
	}
	return f.prog.Eval(&page.Page{Rows: len(groups), Cols: []*page.Vector{lists, page.Gather(&f.states, sel)}})
}

func (f *folded) result(g int, out *page.Builder) error {
	if !f.done {
		if err := f.fold(); err != nil {
			return err
		}
		f.rows.index(len(f.begun))
		f.done = true
	}
	switch {
	case f.some && f.failed[g]:
		row := f.rows.order[f.rows.start[g]]
		_, err := f.eval([]uint32{uint32(g)}, f.rows.vecs()[0], []int32{row}, []int32{0, 1})
		return err
	case !f.begun[g]:
		out.Null()
	default:
		appendOne(out, &f.states, g)
	}
	return nil
}

// Stored are whether there is a state, it, whether the group has failed, and the
// rows.
func (f *folded) stateTypes() []types.Type {
	return append([]types.Type{types.Boolean, f.states.Type, types.Boolean}, f.rows.stateTypes()...)
}

func (f *folded) size() int64 { return 2*int64(cap(f.begun)) + f.states.Size() + f.rows.size() }

func (f *folded) save(groups []int32) []*page.Vector {
	return append(f.saveStates(groups), f.rows.save(groups, len(f.begun))...)
}

func (f *folded) saveStates(groups []int32) []*page.Vector {
	return []*page.Vector{
		boolColumn(groups, func(g int32) bool { return f.begun[g] }),
		page.Gather(&f.states, groups),
		boolColumn(groups, func(g int32) bool { return f.failed[g] }),
	}
}

func (f *folded) rowsOf(g int32) int { return f.rows.of(g, len(f.begun)) }

// saveRows is as it says; the state comes first.
func (f *folded) saveRows(g int32, from, to int) []*page.Vector {
	of, group := f, g
	if from > 0 {
		of, group = &folded{states: page.Vector{Type: f.states.Type, Phys: f.states.Phys}}, 0
		of.grow(1)
	}
	return append(of.saveStates([]int32{group}), f.rows.saveSome(g, len(f.begun), from, to)...)
}

func (f *folded) load(cols []*page.Vector, n int) error {
	for i := range n {
		if cols[0].Bools[i] {
			f.set(uint32(i), cols[1], i)
		}
		if cols[2].Bools[i] {
			f.failed[i], f.some = true, true
		}
	}
	if groups, vecs := saved(cols[3:], n); len(groups) > 0 {
		return f.add(groups, vecs)
	}
	return nil
}

// refusedState is what Trino answers to states that Java holds as objects
// (ReduceAggregationFunction).
func refusedState(g *plan.Agg, state types.Type) error {
	return sqlerr.Newf(sqlerr.NotSupported, g.P, "State type not supported for reduce_agg: %s", state)
}
