package expr

// Bodies of the array functions that take no lambda. Each follows the class of
// Trino's source named like it (ArrayContains, ArrayJoin, ArraySortFunction ...).

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

// arrayBody registers a body whose first argument is an array: v's rows from..to-1.
func arrayBody(id string, f func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error) {
	register(id, func(a *Args, i int, out *page.Builder) error {
		v, from, to := a.elems(0, i)
		return f(a, i, v, from, to, out)
	})
}

// search looks for argument 1 among the elements: its place from 0, or -1.
// nulls tells whether a NULL was met before.
func search(a *Args, i int, v *page.Vector, from, to int, name string) (at int, nulls bool, err error) {
	w := a.Vecs[1]
	for k := from; k < to; k++ {
		if v.IsNull(k) {
			nulls = true
			continue
		}
		switch equalAt(v, k, w, i) {
		case isTrue:
			return k - from, nulls, nil
		case unknown:
			return 0, nulls, notSupported("%s does not support arrays with elements that are null or contain null", name)
		}
	}
	return -1, nulls, nil
}

func init() {
	arrayBody("cardinality(array(E))", func(_ *Args, _ int, _ *page.Vector, from, to int, out *page.Builder) error {
		out.Int64(int64(to - from))
		return nil
	})
	arrayBody("contains(array(T), T)", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		at, nulls, err := search(a, i, v, from, to, "contains")
		switch {
		case err != nil:
			return err
		case at < 0 && nulls:
			out.Null()
		default:
			out.Bool(at >= 0)
		}
		return nil
	})
	arrayBody("array_position(array(T), T)", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		at, _, err := search(a, i, v, from, to, "array_position")
		if err == nil {
			out.Int64(int64(at + 1))
		}
		return err
	})
	arrayBody("array_remove(array(E), E)", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		w := a.Vecs[1]
		for k := from; k < to; k++ {
			if !v.IsNull(k) {
				switch equalAt(v, k, w, i) {
				case isTrue:
					continue
				case unknown:
					return notSupported("array_remove does not support arrays with elements that are null or contain null")
				}
			}
			out.Child(0).Append(v, k)
		}
		out.EndContainer()
		return nil
	})
	arrayBody("element_at(array(E), bigint)", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		n, size := a.i64(1, i), int64(to-from)
		switch {
		case n == 0:
			return invalidArgument("SQL array indices start at 1")
		case n > size || n < -size:
			out.Null()
		case n > 0:
			out.Append(v, from+int(n)-1)
		default:
			out.Append(v, to+int(n))
		}
		return nil
	})
	arrayBody("$subscript(array(E), bigint)", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		n := a.i64(1, i)
		switch {
		case n == 0:
			return invalidArgument("SQL array indices start at 1")
		case n < 0:
			return invalidArgument("Array subscript is negative: %d", n)
		case n > int64(to-from):
			return invalidArgument("Array subscript must be less than or equal to array length: %d > %d", n, to-from)
		}
		out.Append(v, from+int(n)-1)
		return nil
	})
	arrayBody("array_join(array(T), varchar)", arrayJoin)
	arrayBody("array_join(array(T), varchar, varchar)", arrayJoin)
	registerArraySets()
	registerArrayOrder()
	registerArrayParts()
	registerSequences()
}

func arrayJoin(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
	type state struct {
		cast castFunc
		elem *page.Builder
		buf  []byte
	}
	st, _ := a.State.(*state)
	if st == nil {
		cast, err := newCast(a.Func.Args[0].Elem(), types.Varchar)
		if err != nil {
			return err
		}
		st = &state{cast: cast, elem: page.NewBuilder(types.Varchar)}
		a.State = st
	}
	st.buf = st.buf[:0]
	first := true
	for k := from; k < to; k++ {
		s, null := "", v.IsNull(k)
		if !null {
			st.elem.Reset()
			if err := st.cast(a.Env, v, k, st.elem); err != nil {
				return err
			}
			e := st.elem.Vector()
			if null = e.IsNull(0); !null {
				s = e.Str[0]
			}
		}
		if null {
			if len(a.Vecs) < 3 {
				continue
			}
			s = a.str(2, i)
		}
		if !first {
			st.buf = append(st.buf, a.str(1, i)...)
		}
		first = false
		st.buf = append(st.buf, s...)
	}
	out.Bytes(st.buf)
	return nil
}

func registerArraySets() {
	arrayBody("array_distinct(array(E))", func(_ *Args, _ int, v *page.Vector, from, to int, out *page.Builder) error {
		var s elemSet
		s.addRange(v, from, to)
		s.appendTo(out.Child(0))
		out.EndContainer()
		return nil
	})
	arrayBody("array_union(array(E), array(E))", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		var s elemSet
		s.addRange(v, from, to)
		w, from, to := a.elems(1, i)
		s.addRange(w, from, to)
		s.appendTo(out.Child(0))
		out.EndContainer()
		return nil
	})
	arrayBody("array_intersect(array(E), array(E))", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		w, wFrom, wTo := a.elems(1, i)
		if to-from < wTo-wFrom { // the result has the order of the longer array
			v, from, to, w, wFrom, wTo = w, wFrom, wTo, v, from, to
		}
		var right, both elemSet
		right.addRange(w, wFrom, wTo)
		for k := from; k < to && wFrom < wTo; k++ {
			if right.has(v, k) {
				both.add(v, k)
			}
		}
		both.appendTo(out.Child(0))
		out.EndContainer()
		return nil
	})
	arrayBody("array_except(array(E), array(E))", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		w, wFrom, wTo := a.elems(1, i)
		var s elemSet
		s.addRange(w, wFrom, wTo)
		for k := from; k < to; k++ {
			if wFrom == wTo || s.add(v, k) { // nothing taken away: duplicates stay, too
				out.Child(0).Append(v, k)
			}
		}
		out.EndContainer()
		return nil
	})
	arrayBody("arrays_overlap(array(E), array(E))", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		w, wFrom, wTo := a.elems(1, i)
		if from == to || wFrom == wTo {
			out.Bool(false)
			return nil
		}
		var s elemSet
		nulls := false
		for k := wFrom; k < wTo; k++ {
			if w.IsNull(k) {
				nulls = true
				continue
			}
			s.add(w, k)
		}
		for k := from; k < to; k++ {
			if v.IsNull(k) {
				nulls = true
				continue
			}
			if s.has(v, k) {
				out.Bool(true)
				return nil
			}
		}
		if nulls {
			out.Null()
		} else {
			out.Bool(false)
		}
		return nil
	})
	arrayBody("array_histogram(array(T))", func(_ *Args, _ int, v *page.Vector, from, to int, out *page.Builder) error {
		var s elemSet
		var counts []int64
		for k := from; k < to; k++ {
			if v.IsNull(k) {
				continue
			}
			if s.add(v, k) {
				counts = append(counts, 1)
				continue
			}
			at, _ := s.find(v, k)
			counts[at]++
		}
		s.appendTo(out.Child(0))
		for _, n := range counts {
			out.Child(1).Int64(n)
		}
		out.EndContainer()
		return nil
	})
	arrayBody("contains_sequence(array(T), array(T))", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		w, wFrom, wTo := a.elems(1, i)
		n := wTo - wFrom
		for at := from; at+n <= to; at++ {
			k := 0
			for k < n && notDistinctAt(v, at+k, w, wFrom+k) {
				k++
			}
			if k == n {
				out.Bool(true)
				return nil
			}
		}
		out.Bool(false)
		return nil
	})
}

// unorderedWorst compares elements x and y of v like CompareValues, but NaN, at any
// depth, is below all numbers where the largest is looked for (sign 1): neither
// array_max nor array_min takes NaN while there is a number.
func unorderedWorst(v *page.Vector, x, y, sign int) int {
	switch {
	case v.Phys == page.PhysFloat64 && sign > 0:
		if a, b := math.IsNaN(v.F64[x]), math.IsNaN(v.F64[y]); a || b {
			return b2i(b) - b2i(a)
		}
	case v.Phys == page.PhysRow:
		for _, c := range v.Children {
			if r := unorderedWorst(c, x, y, sign); r != 0 {
				return r
			}
		}
		return 0
	case v.Phys == page.PhysArray:
		a, aEnd, b, bEnd := int(v.Off[x]), int(v.Off[x+1]), int(v.Off[y]), int(v.Off[y+1])
		for ; a < aEnd && b < bEnd; a, b = a+1, b+1 {
			if r := unorderedWorst(v.Children[0], a, b, sign); r != 0 {
				return r
			}
		}
		return (aEnd - a) - (bEnd - b)
	}
	return CompareValues(v, x, v, y)
}

func registerArrayOrder() {
	arrayBody("array_sort(array(E))", func(_ *Args, _ int, v *page.Vector, from, to int, out *page.Builder) error {
		order := make([]int32, 0, to-from)
		for k := from; k < to; k++ {
			order = append(order, int32(k))
		}
		var failed error
		slices.SortStableFunc(order, func(x, y int32) int {
			a, b := v.IsNull(int(x)), v.IsNull(int(y))
			if a || b {
				return b2i(a) - b2i(b)
			}
			if failed == nil {
				failed = CheckOrder(v, int(x), v, int(y))
			}
			return CompareValues(v, int(x), v, int(y))
		})
		if failed != nil {
			return failed
		}
		for _, k := range order {
			out.Child(0).Append(v, int(k))
		}
		out.EndContainer()
		return nil
	})
	for name, sign := range map[string]int{"array_max": 1, "array_min": -1} {
		arrayBody(name+"(array(T))", func(_ *Args, _ int, v *page.Vector, from, to int, out *page.Builder) error {
			best := -1
			for k := from; k < to; k++ {
				if v.IsNull(k) {
					out.Null()
					return nil
				}
				if best < 0 {
					best = k
					continue
				}
				if err := CheckOrder(v, k, v, best); err != nil {
					return err
				}
				if unorderedWorst(v, k, best, sign)*sign > 0 {
					best = k
				}
			}
			if best < 0 {
				out.Null()
			} else {
				out.Append(v, best)
			}
			return nil
		})
	}
	arrayBody("reverse(array(E))", func(_ *Args, _ int, v *page.Vector, from, to int, out *page.Builder) error {
		for k := to - 1; k >= from; k-- {
			out.Child(0).Append(v, k)
		}
		out.EndContainer()
		return nil
	})
	arrayBody("shuffle(array(E))", func(_ *Args, _ int, v *page.Vector, from, to int, out *page.Builder) error {
		for _, k := range rand.Perm(to - from) {
			out.Child(0).Append(v, from+k)
		}
		out.EndContainer()
		return nil
	})
}

func registerArrayParts() {
	register("concat(array(E)...)", func(a *Args, i int, out *page.Builder) error {
		for k := range a.Vecs {
			v, from, to := a.elems(k, i)
			out.Child(0).AppendRange(v, from, to)
		}
		out.EndContainer()
		return nil
	})
	register("concat(array(E), E)", func(a *Args, i int, out *page.Builder) error {
		v, from, to := a.elems(0, i)
		out.Child(0).AppendRange(v, from, to)
		out.Child(0).Append(a.Vecs[1], i)
		out.EndContainer()
		return nil
	})
	register("concat(E, array(E))", func(a *Args, i int, out *page.Builder) error {
		v, from, to := a.elems(1, i)
		out.Child(0).Append(a.Vecs[0], i)
		out.Child(0).AppendRange(v, from, to)
		out.EndContainer()
		return nil
	})
	arrayBody("flatten(array(array(E)))", func(_ *Args, _ int, v *page.Vector, from, to int, out *page.Builder) error {
		for k := from; k < to; k++ {
			if !v.IsNull(k) {
				out.Child(0).AppendRange(v.Children[0], int(v.Off[k]), int(v.Off[k+1]))
			}
		}
		out.EndContainer()
		return nil
	})
	arrayBody("slice(array(E), bigint, bigint)", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		at, n, size := a.i64(1, i), a.i64(2, i), int64(to-from)
		switch {
		case n < 0:
			return invalidArgument("length must be greater than or equal to 0")
		case at == 0:
			return invalidArgument("SQL array indices start at 1")
		case at < 0:
			at += size + 1
		}
		if at >= 1 && at <= size {
			end := at + min(n, size+1-at)
			out.Child(0).AppendRange(v, from+int(at)-1, from+int(end)-1)
		}
		out.EndContainer()
		return nil
	})
	arrayBody("trim_array(array(E), bigint)", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		n := a.i64(1, i)
		if n < 0 {
			return invalidArgument("size must not be negative: %d", n)
		}
		if n > int64(to-from) {
			return invalidArgument("size must not exceed array cardinality %d: %d", to-from, n)
		}
		out.Child(0).AppendRange(v, from, to-int(n))
		out.EndContainer()
		return nil
	})
	register("repeat(T, integer)", func(a *Args, i int, out *page.Builder) error {
		if a.null(1, i) {
			out.Null()
			return nil
		}
		n := a.i64(1, i)
		switch {
		case n > maxSequence:
			return invalidArgument("count argument of repeat function must be less than or equal to 10000")
		case n < 0:
			return invalidArgument("count argument of repeat function must be greater than or equal to 0")
		}
		// Values of fixed width are not limited.
		if v := a.Vecs[0]; (v.Phys == page.PhysBytes || v.Phys >= page.PhysArray) && !v.IsNull(i) && n > 0 && blockSize(v, i) > (1_000_000+n)/n {
			return invalidArgument("result of repeat function must not take more than 1000000 bytes")
		}
		for range n {
			out.Child(0).Append(a.Vecs[0], i)
		}
		out.EndContainer()
		return nil
	})
	arrayBody("ngrams(array(T), integer)", func(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
		n := a.i64(1, i)
		if n <= 0 {
			return invalidArgument("N must be positive")
		}
		size := int(min(n, int64(to-from)))
		for at := from; at+size <= to; at++ {
			out.Child(0).Child(0).AppendRange(v, at, at+size)
			out.Child(0).EndContainer()
		}
		out.EndContainer()
		return nil
	})
	arrayBody("combinations(array(T), integer)", combinations)
	for n := 2; n <= 5; n++ {
		id := "zip("
		for k := range n {
			if k > 0 {
				id += ", "
			}
			id += "array(" + string(rune('A'+k)) + ")"
		}
		register(id+")", zipArrays)
	}
}

// combinations lists subsets in the order of their last element, then of the one
// before it, and so on.
func combinations(a *Args, i int, v *page.Vector, from, to int, out *page.Builder) error {
	n, size := a.i64(1, i), int64(to-from)
	switch {
	case n < 0:
		return invalidArgument("combination size must not be negative: %d", n)
	case n > 5:
		return invalidArgument("combination size must not exceed 5: %d", n)
	case n > size:
		out.EndContainer()
		return nil
	}
	count := int64(1)
	for k := int64(1); k <= n; k++ {
		product := count * (size - n + k)
		if product > math.MaxInt32 {
			return invalidArgument("Number of combinations too large for array of size %d and combination length %d", size, n)
		}
		count = product / k
	}
	if count*n > 100_000 {
		return invalidArgument("combinations exceed max size")
	}
	pick := make([]int, n+1)
	for k := range pick {
		pick[k] = k
	}
	pick[n] = int(size) // a guard
	for {
		for _, p := range pick[:n] {
			out.Child(0).Child(0).Append(v, from+p)
		}
		out.Child(0).EndContainer()
		k := 0
		for k < int(n) && pick[k]+1 >= pick[k+1] {
			k++
		}
		if k == int(n) {
			out.EndContainer()
			return nil
		}
		pick[k]++
		for j := range k {
			pick[j] = j
		}
	}
}

func zipArrays(a *Args, i int, out *page.Builder) error {
	longest := 0
	for k := range a.Vecs {
		_, from, to := a.elems(k, i)
		longest = max(longest, to-from)
	}
	row := out.Child(0)
	for at := range longest {
		for k := range a.Vecs {
			if v, from, to := a.elems(k, i); from+at < to {
				row.Child(k).Append(v, from+at)
			} else {
				row.Child(k).Null()
			}
		}
		row.EndRow()
	}
	out.EndContainer()
	return nil
}

// maxSequence is the most elements that sequence and repeat make (SequenceFunction).
const maxSequence = 10_000

func checkStep(start, stop, step int64) error {
	if step == 0 {
		return invalidArgument("step must not be zero")
	}
	if step > 0 && stop < start || step < 0 && stop > start {
		return invalidArgument("sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start")
	}
	return nil
}

func tooLong() error {
	return invalidArgument("result of sequence function must not have more than 10000 entries")
}

// steps is the number of elements of a sequence, whose step checkStep has passed.
func steps(start, stop, step int64) (int64, error) {
	// The distance fits uint64 whatever the ends are, and so does the step's size
	// (the smallest int64's, too).
	var distance, size uint64
	if step > 0 {
		distance, size = uint64(stop)-uint64(start), uint64(step)
	} else {
		distance, size = uint64(start)-uint64(stop), -uint64(step)
	}
	if n := distance / size; n < maxSequence {
		return int64(n) + 1, nil
	}
	return 0, tooLong()
}

func intSequence(start, stop, step int64, out *page.Builder) error {
	if err := checkStep(start, stop, step); err != nil {
		return err
	}
	n, err := steps(start, stop, step)
	if err != nil {
		return err
	}
	for range n {
		out.Child(0).Int64(start)
		start += step
	}
	out.EndContainer()
	return nil
}

func towards(start, stop int64) int64 {
	if stop >= start {
		return 1
	}
	return -1
}

func registerSequences() {
	for _, t := range []string{"bigint", "date"} {
		register("sequence("+t+", "+t+")", func(a *Args, i int, out *page.Builder) error {
			return intSequence(a.i64(0, i), a.i64(1, i), towards(a.i64(0, i), a.i64(1, i)), out)
		})
	}
	register("sequence(bigint, bigint, bigint)", func(a *Args, i int, out *page.Builder) error {
		return intSequence(a.i64(0, i), a.i64(1, i), a.i64(2, i), out)
	})
	register("sequence(date, date, interval day to second)", func(a *Args, i int, out *page.Builder) error {
		step := a.i64(2, i)
		if step%types.MillisPerDay != 0 {
			return invalidArgument("sequence step must be a day interval if start and end values are dates")
		}
		return intSequence(a.i64(0, i), a.i64(1, i), step/types.MillisPerDay, out)
	})
	register("sequence(date, date, interval year to month)", func(a *Args, i int, out *page.Builder) error {
		start := a.i64(0, i) * types.MillisPerDay
		return monthSequence(start, a.i64(1, i)*types.MillisPerDay, a.i64(2, i), out, func(millis int64) error {
			out.Child(0).Int64(types.FloorDiv(millis, types.MillisPerDay))
			return nil
		})
	})
	register("sequence(timestamp(p), timestamp(p), interval day to second)", func(a *Args, i int, out *page.Builder) error {
		start, picos := a.timestamp(0, i)
		stop, _ := a.timestamp(1, i)
		step, err := microsOfMillis(a.i64(2, i))
		if err != nil {
			return err
		}
		if err := checkStep(start, stop, step); err != nil {
			return err
		}
		n, err := steps(start, stop, step)
		if err != nil {
			return err
		}
		for range n {
			appendTimestamp(out.Child(0), start, picos)
			start += step
		}
		out.EndContainer()
		return nil
	})
	register("sequence(timestamp(p), timestamp(p), interval year to month)", func(a *Args, i int, out *page.Builder) error {
		start, picos := a.timestamp(0, i)
		stop, _ := a.timestamp(1, i)
		return monthSequence(types.FloorDiv(start, 1000), types.FloorDiv(stop, 1000), a.i64(2, i), out, func(millis int64) error {
			micros, err := microsOfMillis(millis)
			if err == nil {
				appendTimestamp(out.Child(0), micros+floorMod(start, 1000), picos)
			}
			return err
		})
	})
}

// monthSequence steps from start to stop by months; every element is counted
// from the start, so that the 31st comes back after shorter months.
func monthSequence(start, stop, step int64, out *page.Builder, emit func(millis int64) error) error {
	if err := checkStep(start, stop, step); err != nil {
		return err
	}
	n := diffLocal(stop, start, unitMonth)/step + 1
	if n > maxSequence {
		return tooLong()
	}
	for k := range n {
		millis, err := addLocal(start, k*step, unitMonth)
		if err != nil {
			return err
		}
		if err := emit(millis); err != nil {
			return err
		}
	}
	out.EndContainer()
	return nil
}

// blockSize is about what a value takes in Trino's blocks, where a limit counts
// that.
func blockSize(v *page.Vector, i int) int64 {
	if v.IsNull(i) {
		return 1
	}
	switch v.Phys {
	case page.PhysBytes:
		return int64(len(v.Str[i])) + 5
	case page.PhysArray, page.PhysMap:
		n := int64(5)
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			for _, c := range v.Children {
				n += blockSize(c, k)
			}
		}
		return n
	case page.PhysRow:
		n := int64(5)
		for _, c := range v.Children {
			n += blockSize(c, i)
		}
		return n
	}
	switch v.Type.Kind {
	case types.KindBoolean, types.KindTinyint:
		return 2
	case types.KindSmallint:
		return 3
	case types.KindInteger, types.KindDate, types.KindReal:
		return 5
	case types.KindDecimal:
		if !v.Type.IsShortDecimal() {
			return 17
		}
	}
	return 9
}
