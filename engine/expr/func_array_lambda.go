package expr

// Bodies of the array functions that take lambdas (ArrayFilterFunction,
// ArrayTransformFunction, ArrayAnyMatchFunction, ArrayReduceFunction ...).

import (
	"slices"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// matchLambda evaluates a predicate over the elements until one gives stop: hit
// tells that one did, nulls that some gave NULL. Trino asks element by element
// and does not go on behind a hit, so an error there is none; here all elements
// are asked at once, and one by one only where that fails.
func matchLambda(a *Args, i int, v *page.Vector, from, to int, stop bool) (hit, nulls bool, err error) {
	if from == to {
		return false, false, nil
	}
	scan := func(w *page.Vector) bool {
		for k := range w.Len {
			switch {
			case w.IsNull(k):
				nulls = true
			case w.Bools[k] == stop:
				return true
			}
		}
		return false
	}
	w, err := a.Lambdas[1].Call(i, []*page.Vector{window(v, from, to)})
	if err == nil {
		hit = scan(w)
		return hit, nulls, nil
	}
	for k := from; k < to; k++ {
		if w, err = a.Lambdas[1].Call(i, []*page.Vector{window(v, k, k+1)}); err != nil {
			return false, false, err
		}
		if scan(w) {
			return true, nulls, nil
		}
	}
	return false, nulls, nil
}

func init() {
	for name, m := range map[string]struct{ stop, found bool }{
		"any_match":  {true, true},
		"all_match":  {false, false},
		"none_match": {true, false},
	} {
		arrayBody(name+"(array(T), function(T,boolean))", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
			hit, nulls, err := matchLambda(a, i, v, from, to, m.stop)
			switch {
			case err != nil:
				return err
			case hit:
				out.Bool(m.found)
			case nulls:
				out.Null()
			default:
				out.Bool(!m.found)
			}
			return nil
		})
	}
	arrayBody("filter(array(T), function(T,boolean))", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		if from < to {
			w, err := a.Lambdas[1].Call(i, []*page.Vector{window(v, from, to)})
			if err != nil {
				return err
			}
			for k := range to - from {
				if !w.IsNull(k) && w.Bools[k] {
					out.Child(0).Append(v, from+k)
				}
			}
		}
		out.EndContainer()
		return nil
	})
	arrayBody("transform(array(T), function(T,U))", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		if from < to {
			w, err := a.Lambdas[1].Call(i, []*page.Vector{window(v, from, to)})
			if err != nil {
				return err
			}
			out.Child(0).AppendRange(w, 0, to-from)
		}
		out.EndContainer()
		return nil
	})
	register("apply(T, function(T,U))", func(a *Args, i int, out *page.Builder) error {
		w, err := a.Lambdas[1].Call(i, []*page.Vector{window(a.Vecs[0], i, i+1)})
		if err == nil {
			out.Append(w, 0)
		}
		return err
	})
	register("reduce(array(T), S, function(S,T,S), function(S,R))", reduceArray)
	register("$reduce(array(T), S, function(S,T,S))", func(a *Args, i int, out *page.Builder) error {
		state, err := foldArray(a, i, true)
		if err == nil {
			out.Append(state, 0)
		}
		return err
	})
	register("zip_with(array(T), array(U), function(T,U,R))", zipWith)
	arrayBody("array_sort(array(T), function(T,T,integer))", sortByLambda)
}

func reduceArray(a *Args, i int, out *page.Builder) error {
	if a.null(0, i) {
		out.Null()
		return nil
	}
	state, err := foldArray(a, i, false)
	if err != nil {
		return err
	}
	w, err := a.Lambdas[3].Call(i, []*page.Vector{state})
	if err == nil {
		out.Append(w, 0)
	}
	return err
}

// foldArray folds the list into the state, which for reduce_agg cannot be NULL: its
// states are Java's primitive types.
func foldArray(a *Args, i int, notNull bool) (*page.Vector, error) {
	// What a lambda returns lives in its nodes' memory, which its next call
	// writes to: the state is copied, to one of two places in turn.
	st, _ := a.State.(*[2]*page.Builder)
	if st == nil {
		t := a.Func.Args[1]
		st = &[2]*page.Builder{page.NewBuilder(t), page.NewBuilder(t)}
		a.State = st
	}
	v, from, to := a.elems(0, i)
	state := window(a.Vecs[1], i, i+1)
	for k := from; k < to; k++ {
		w, err := a.Lambdas[2].Call(i, []*page.Vector{state, window(v, k, k+1)})
		if err != nil {
			return nil, err
		}
		if notNull && w.IsNull(0) {
			return nil, sqlerr.New(sqlerr.GenericInternalError, "reduce_agg: the function gives NULL, which is no state")
		}
		b := st[k&1]
		b.Reset()
		b.Append(w, 0)
		state = b.Vector()
	}
	return state, nil
}

// padTo is elements from..to-1 of v, followed by NULLs up to n elements.
func padTo(v *page.Vector, from, to, n int) *page.Vector {
	if to-from == n {
		return window(v, from, to)
	}
	b := page.NewBuilder(v.Type)
	b.AppendRange(v, from, to)
	for range n - (to - from) {
		b.Null()
	}
	return b.Finish()
}

func zipWith(a *Args, i int, out *page.Builder) error {
	v, from, to := a.elems(0, i)
	w, wFrom, wTo := a.elems(1, i)
	n := max(to-from, wTo-wFrom)
	if n > 0 {
		r, err := a.Lambdas[2].Call(i, []*page.Vector{padTo(v, from, to, n), padTo(w, wFrom, wTo, n)})
		if err != nil {
			return err
		}
		out.Child(0).AppendRange(r, 0, n)
	}
	out.EndContainer()
	return nil
}

func sortByLambda(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
	order := make([]int32, 0, to-from)
	for k := from; k < to; k++ {
		order = append(order, int32(k))
	}
	var failed error
	slices.SortStableFunc(order, func(x, y int32) int {
		if failed != nil {
			return 0
		}
		w, err := a.Lambdas[1].Call(i, []*page.Vector{window(v, int(x), int(x)+1), window(v, int(y), int(y)+1)})
		switch {
		case err != nil:
			failed = err
		case w.IsNull(0) || w.I64[0] < -1 || w.I64[0] > 1:
			failed = invalidArgument("Lambda comparator must return either -1, 0, or 1")
		default:
			return int(w.I64[0])
		}
		return 0
	})
	if failed != nil {
		return failed
	}
	for _, k := range order {
		out.Child(0).Append(v, int(k))
	}
	out.EndContainer()
	return nil
}
