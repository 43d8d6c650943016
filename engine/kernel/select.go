package kernel

// Predicates to selections: the rows that a filter keeps. A row is kept where
// the predicate is true; NULL drops it like false.

// Select writes the numbers of the kept rows into sel's memory, which grows if
// it must, and returns them.
func Select(sel []int32, vals, nulls []bool) []int32 {
	sel = room(sel, len(vals))
	n := 0
	v := asBytes(vals)
	if nulls == nil {
		for i, keep := range v {
			// Always written, counted only if kept: no branch to mispredict.
			sel[n] = int32(i)
			n += int(keep)
		}
		return sel[:n]
	}
	drop := asBytes(nulls)[:len(v)]
	for i, keep := range v {
		sel[n] = int32(i)
		n += int(keep &^ drop[i])
	}
	return sel[:n]
}

// SelectFrom narrows a selection: vals and nulls are dense over sel, row k of
// them for row sel[k] of the page. It writes into dst's memory, which may be
// sel's.
func SelectFrom(dst, sel []int32, vals, nulls []bool) []int32 {
	dst = room(dst, len(sel))
	n := 0
	v := asBytes(vals)[:len(sel)]
	if nulls == nil {
		for k, row := range sel {
			dst[n] = row
			n += int(v[k])
		}
		return dst[:n]
	}
	drop := asBytes(nulls)[:len(sel)]
	for k, row := range sel {
		dst[n] = row
		n += int(v[k] &^ drop[k])
	}
	return dst[:n]
}

func room(sel []int32, n int) []int32 {
	if cap(sel) < n {
		return make([]int32, n)
	}
	return sel[:n]
}
