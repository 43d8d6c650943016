package kernel

// Three-valued logic over booleans with null flags.

import (
	"bytes"
	"unsafe"
)

// asBytes views booleans as bytes 0 and 1, so that the loops below need no
// branch: Go has no arithmetic on bool, and the rows are unpredictable.
func asBytes(b []bool) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(b))), len(b))
}

// And is a AND b: false if either is false, else NULL if either is NULL.
// Without null flags on both sides dstNulls is not touched (it may be nil) and
// anyNull is false; otherwise it is written whole. dst and dstNulls may be a's
// or b's. A NULL row of dst holds false.
func And(dst, dstNulls, a, aNulls, b, bNulls []bool) (anyNull bool) {
	n := len(dst)
	d, x, y := asBytes(dst), asBytes(a)[:n], asBytes(b)[:n]
	if aNulls == nil && bNulls == nil {
		for i := range d {
			d[i] = x[i] & y[i]
		}
		return false
	}
	dn := asBytes(dstNulls)[:n]
	var some byte
	switch {
	case bNulls == nil:
		xn := asBytes(aNulls)[:n]
		for i := range d {
			// NULL AND b: NULL unless b is false.
			null := xn[i] & y[i]
			d[i], dn[i] = x[i]&y[i]&^xn[i], null
			some |= null
		}
	case aNulls == nil:
		yn := asBytes(bNulls)[:n]
		for i := range d {
			null := yn[i] & x[i]
			d[i], dn[i] = x[i]&y[i]&^yn[i], null
			some |= null
		}
	default:
		xn, yn := asBytes(aNulls)[:n], asBytes(bNulls)[:n]
		for i := range d {
			// Each side may be true: its value, or NULL.
			null := (xn[i] | yn[i]) & (x[i] | xn[i]) & (y[i] | yn[i])
			d[i], dn[i] = x[i]&y[i]&^xn[i]&^yn[i], null
			some |= null
		}
	}
	return some != 0
}

// Or is a OR b: true if either is true, else NULL if either is NULL. See And.
func Or(dst, dstNulls, a, aNulls, b, bNulls []bool) (anyNull bool) {
	n := len(dst)
	d, x, y := asBytes(dst), asBytes(a)[:n], asBytes(b)[:n]
	if aNulls == nil && bNulls == nil {
		for i := range d {
			d[i] = x[i] | y[i]
		}
		return false
	}
	dn := asBytes(dstNulls)[:n]
	var some byte
	switch {
	case bNulls == nil:
		xn := asBytes(aNulls)[:n]
		for i := range d {
			null := xn[i] &^ y[i]
			d[i], dn[i] = x[i]&^xn[i]|y[i], null
			some |= null
		}
	case aNulls == nil:
		yn := asBytes(bNulls)[:n]
		for i := range d {
			null := yn[i] &^ x[i]
			d[i], dn[i] = y[i]&^yn[i]|x[i], null
			some |= null
		}
	default:
		xn, yn := asBytes(aNulls)[:n], asBytes(bNulls)[:n]
		for i := range d {
			yes := x[i]&^xn[i] | y[i]&^yn[i]
			null := (xn[i] | yn[i]) &^ yes
			d[i], dn[i] = yes, null
			some |= null
		}
	}
	return some != 0
}

// Not is NOT a; the null flags stay a's.
func Not(dst, a []bool) {
	d, x := asBytes(dst), asBytes(a)[:len(dst)]
	for i := range d {
		d[i] = x[i] ^ 1
	}
}

// MergeNulls sets dst where a or b is set; either may be nil, and dst may be
// either. It is the null rule of most operators.
func MergeNulls(dst, a, b []bool) {
	switch {
	case a == nil && b == nil:
		clear(dst)
	case b == nil:
		copy(dst, a[:len(dst)])
	case a == nil:
		copy(dst, b[:len(dst)])
	default:
		d, x, y := asBytes(dst), asBytes(a)[:len(dst)], asBytes(b)[:len(dst)]
		for i := range d {
			d[i] = x[i] | y[i]
		}
	}
}

// AnyTrue reports whether a flag is set.
func AnyTrue(flags []bool) bool { return bytes.IndexByte(asBytes(flags), 1) >= 0 }

// CountTrue returns the number of flags set.
func CountTrue(flags []bool) int { return bytes.Count(asBytes(flags), one) }

var one = []byte{1}
