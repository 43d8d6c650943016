package expr

// Bodies of the map functions (MapConstructor, MapSubscriptOperator,
// MapConcatFunction, MapTransformKeysFunction ... in Trino's source). Entries keep
// the order in which they were put in.

import (
	"math"

	"github.com/ionq-db/ionq/reader/page"
)

// mapBody registers a body whose first argument is a map: entries from..to-1.
func mapBody(id string, f func(a *Args, i int, keys, values *page.Vector, from, to int, out *page.Builder) error) {
	register(id, func(a *Args, i int, out *page.Builder) error {
		keys, values, from, to := a.entries(0, i)
		return f(a, i, keys, values, from, to, out)
	})
}

// checkKey is the error of a key that no map may have.
func checkKey(a *Args, keys *page.Vector, k int) error {
	switch {
	case keys.IsNull(k):
		return invalidArgument("map key cannot be null")
	case indeterminate(keys, k):
		return invalidArgument("map key cannot be indeterminate: %s", objectText(a.Env, keys, k))
	}
	return nil
}

func init() {
	mapBody("cardinality(map(K,V))", func(_ *Args, _ int, _, _ *page.Vector, from, to int, out *page.Builder) error {
		out.Int64(int64(to - from))
		return nil
	})
	mapBody("element_at(map(K,V), K)", func(a *Args, i int, _, values *page.Vector, _, _ int, out *page.Builder) error {
		if at := findKey(a.Vecs[0], i, a.Vecs[1], i); at >= 0 {
			out.Append(values, at)
		} else {
			out.Null()
		}
		return nil
	})
	mapBody("$subscript(map(K,V), K)", func(a *Args, i int, _, values *page.Vector, _, _ int, out *page.Builder) error {
		at := findKey(a.Vecs[0], i, a.Vecs[1], i)
		if at < 0 {
			if key, ok := castText(a.Env, a.Vecs[1], i); ok {
				return invalidArgument("Key not present in map: %s", key)
			}
			return invalidArgument("Key not present in map")
		}
		out.Append(values, at)
		return nil
	})
	register("map()", func(_ *Args, _ int, out *page.Builder) error {
		out.EndContainer()
		return nil
	})
	register("map(array(K), array(V))", func(a *Args, i int, out *page.Builder) error {
		keys, from, to := a.elems(0, i)
		values, vFrom, vTo := a.elems(1, i)
		if to-from != vTo-vFrom {
			return invalidArgument("Key and value arrays must be the same length")
		}
		var seen elemSet
		for k := from; k < to; k++ {
			if err := checkKey(a, keys, k); err != nil {
				return err
			}
			if !seen.add(keys, k) {
				return duplicateKey(a.Env, keys, k)
			}
		}
		out.Child(0).AppendRange(keys, from, to)
		out.Child(1).AppendRange(values, vFrom, vTo)
		out.EndContainer()
		return nil
	})
	arrayBody("map_from_entries(array(row(K,V)))", func(a *Args, _ int, v *page.Vector, from, to int, out *page.Builder) error {
		var seen elemSet
		for k := from; k < to; k++ {
			if v.IsNull(k) {
				return invalidArgument("map entry cannot be null")
			}
			if err := checkKey(a, v.Children[0], k); err != nil {
				return err
			}
			if !seen.add(v.Children[0], k) {
				return duplicateKey(a.Env, v.Children[0], k)
			}
			out.Child(0).Append(v.Children[0], k)
			out.Child(1).Append(v.Children[1], k)
		}
		out.EndContainer()
		return nil
	})
	arrayBody("multimap_from_entries(array(row(K,V)))", func(a *Args, _ int, v *page.Vector, from, to int, out *page.Builder) error {
		var seen elemSet
		var groups [][]int
		for k := from; k < to; k++ {
			if v.IsNull(k) {
				return invalidArgument("map entry cannot be null")
			}
			if err := checkKey(a, v.Children[0], k); err != nil {
				return err
			}
			if seen.add(v.Children[0], k) {
				groups = append(groups, nil)
			}
			at, _ := seen.find(v.Children[0], k)
			groups[at] = append(groups[at], k)
		}
		seen.appendTo(out.Child(0))
		for _, g := range groups {
			for _, k := range g {
				out.Child(1).Child(0).Append(v.Children[1], k)
			}
			out.Child(1).EndContainer()
		}
		out.EndContainer()
		return nil
	})
	mapBody("map_entries(map(K,V))", func(_ *Args, _ int, keys, values *page.Vector, from, to int, out *page.Builder) error {
		row := out.Child(0)
		for k := from; k < to; k++ {
			row.Child(0).Append(keys, k)
			row.Child(1).Append(values, k)
			row.EndRow()
		}
		out.EndContainer()
		return nil
	})
	mapBody("map_keys(map(K,V))", func(_ *Args, _ int, keys, _ *page.Vector, from, to int, out *page.Builder) error {
		out.Child(0).AppendRange(keys, from, to)
		out.EndContainer()
		return nil
	})
	mapBody("map_values(map(K,V))", func(_ *Args, _ int, _, values *page.Vector, from, to int, out *page.Builder) error {
		out.Child(0).AppendRange(values, from, to)
		out.EndContainer()
		return nil
	})
	register("map_concat(map(K,V)...)", mapConcat)
	registerMapLambdas()
	register("cosine_similarity(map(varchar,double), map(varchar,double))", cosineSimilarity)
}

// mapConcat puts the entries of the last map first: of equal keys the last wins.
func mapConcat(a *Args, i int, out *page.Builder) error {
	var seen elemSet
	for m := len(a.Vecs) - 1; m >= 0; m-- {
		keys, values, from, to := a.entries(m, i)
		for k := from; k < to; k++ {
			if seen.add(keys, k) {
				out.Child(0).Append(keys, k)
				out.Child(1).Append(values, k)
			}
		}
	}
	out.EndContainer()
	return nil
}

func registerMapLambdas() {
	mapBody("map_filter(map(K,V), function(K,V,boolean))", func(a *Args, i int, keys, values *page.Vector, from, to int, out *page.Builder) error {
		if from < to {
			w, err := a.Lambdas[1].Call(i, []*page.Vector{window(keys, from, to), window(values, from, to)})
			if err != nil {
				return err
			}
			for k := range to - from {
				if !w.IsNull(k) && w.Bools[k] {
					out.Child(0).Append(keys, from+k)
					out.Child(1).Append(values, from+k)
				}
			}
		}
		out.EndContainer()
		return nil
	})
	mapBody("transform_values(map(K,V), function(K,V,R))", func(a *Args, i int, keys, values *page.Vector, from, to int, out *page.Builder) error {
		if from < to {
			w, err := a.Lambdas[1].Call(i, []*page.Vector{window(keys, from, to), window(values, from, to)})
			if err != nil {
				return err
			}
			out.Child(0).AppendRange(keys, from, to)
			out.Child(1).AppendRange(w, 0, to-from)
		}
		out.EndContainer()
		return nil
	})
	mapBody("transform_keys(map(K,V), function(K,V,R))", func(a *Args, i int, keys, values *page.Vector, from, to int, out *page.Builder) error {
		if from < to {
			w, err := a.Lambdas[1].Call(i, []*page.Vector{window(keys, from, to), window(values, from, to)})
			if err != nil {
				return err
			}
			var seen elemSet
			for k := range to - from {
				if w.IsNull(k) {
					return invalidArgument("map key cannot be null")
				}
				if !seen.add(w, k) {
					return duplicateKey(a.Env, w, k)
				}
			}
			out.Child(0).AppendRange(w, 0, to-from)
			out.Child(1).AppendRange(values, from, to)
		}
		out.EndContainer()
		return nil
	})
	register("map_zip_with(map(K,V), map(K,W), function(K,V,W,R))", func(a *Args, i int, out *page.Builder) error {
		keys, values, from, to := a.entries(0, i)
		rightKeys, rightValues, rFrom, rTo := a.entries(1, i)
		k, v, w := page.NewBuilder(keys.Type), page.NewBuilder(values.Type), page.NewBuilder(rightValues.Type)
		for e := from; e < to; e++ {
			k.Append(keys, e)
			v.Append(values, e)
			if at := findKey(a.Vecs[1], i, keys, e); at >= 0 {
				w.Append(rightValues, at)
			} else {
				w.Null()
			}
		}
		for e := rFrom; e < rTo; e++ {
			if findKey(a.Vecs[0], i, rightKeys, e) < 0 {
				k.Append(rightKeys, e)
				v.Null()
				w.Append(rightValues, e)
			}
		}
		if n := k.Len(); n > 0 {
			ks := k.Finish()
			r, err := a.Lambdas[2].Call(i, []*page.Vector{ks, v.Finish(), w.Finish()})
			if err != nil {
				return err
			}
			out.Child(0).AppendRange(ks, 0, n)
			out.Child(1).AppendRange(r, 0, n)
		}
		out.EndContainer()
		return nil
	})
}

func cosineSimilarity(a *Args, i int, out *page.Builder) error {
	var norm [2]float64
	for m := range norm {
		_, values, from, to := a.entries(m, i)
		for k := from; k < to; k++ {
			if values.IsNull(k) {
				out.Null()
				return nil
			}
			norm[m] += values.F64[k] * values.F64[k]
		}
		norm[m] = math.Sqrt(norm[m])
	}
	keys, values, from, to := a.entries(0, i)
	_, other, _, _ := a.entries(1, i)
	dot := 0.0
	for k := from; k < to; k++ {
		if at := findKey(a.Vecs[1], i, keys, k); at >= 0 {
			dot += values.F64[k] * other.F64[at]
		}
	}
	out.Float64(dot / (norm[0] * norm[1]))
	return nil
}
