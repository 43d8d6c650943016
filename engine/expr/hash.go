package expr

// Hashes and equality of rows over any comparable types: what GROUP BY,
// DISTINCT, joins and set operations need.

import (
	"math/bits"

	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
)

// HashColumns hashes the first n rows of keys into h's memory. Rows that EqualRows
// calls equal hash alike, in every run.
func HashColumns(h []uint64, keys []*page.Vector, n int) []uint64 {
	h = sized(h, n)
	kernel.HashInit(h)
	for _, v := range keys {
		hashInto(h, v)
	}
	return h
}

// hashInto folds one column into h, whose length is v's.
func hashInto(h []uint64, v *page.Vector) {
	switch v.Phys {
	case page.PhysNone:
		kernel.HashNulls(h)
	case page.PhysBool:
		kernel.HashBool(h, v.Bools, v.Nulls)
	case page.PhysInt64:
		kernel.HashInt64(h, v.I64, v.Nulls)
	case page.PhysFloat64:
		kernel.HashFloat64(h, v.F64, v.Nulls)
	case page.PhysInt128:
		kernel.HashInt128(h, v.I128, v.Nulls)
	case page.PhysInstant:
		kernel.HashInstant(h, v.TZ, v.Nulls)
	case page.PhysBytes:
		kernel.HashString(h, v.Str, v.Nulls)
	case page.PhysTimeTZ:
		utc := make([]int64, len(h))
		kernel.UTCOfDay(utc, v.TimeTZ[:len(h)])
		kernel.HashInt64(h, utc, v.Nulls)
	case page.PhysRow:
		one := make([]uint64, len(h))
		kernel.HashInit(one)
		for _, c := range v.Children {
			hashInto(one, c)
		}
		foldRows(h, one, v.Nulls)
	case page.PhysArray, page.PhysMap:
		// The hash of the elements, each by itself; those of a map's entries are
		// added, as the order of its entries means nothing.
		elems := make([]uint64, v.Children[0].Len)
		kernel.HashInit(elems)
		for _, c := range v.Children {
			hashInto(elems, c)
		}
		rows := make([]uint64, len(h))
		for i := range rows {
			x := uint64(v.Off[i+1] - v.Off[i])
			for _, e := range elems[v.Off[i]:v.Off[i+1]] {
				if v.Phys == page.PhysMap {
					x += e
				} else {
					x = bits.RotateLeft64(x, 5)*0x9e3779b97f4a7c15 ^ e // 2^64 over the golden ratio, odd
				}
			}
			rows[i] = x
		}
		foldRows(h, rows, v.Nulls)
	}
}

// foldRows folds the hashes of containers into h.
func foldRows(h, rows []uint64, nulls []bool) {
	vals := make([]int64, len(h))
	for i, x := range rows {
		vals[i] = int64(x)
	}
	kernel.HashInt64(h, vals, nulls)
}

// EqualRows reports whether row i of a and row j of b are not distinct, column
// by column: NULL equals NULL, NaN equals NaN.
func EqualRows(a []*page.Vector, i int, b []*page.Vector, j int) bool {
	for k, v := range a {
		if !notDistinctAt(v, i, b[k], j) {
			return false
		}
	}
	return true
}
