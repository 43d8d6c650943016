package kernel

// Among: which numbers are in a set of bits.

// Among gives those of rows whose number is in a set: from+i is where bit i of bits is
// set. A row whose number lies in front of from or behind the bits is not in it. The
// result is in dst's memory, which may not be that of rows.
func Among(vals []int64, from int64, bits []uint64, rows, dst []int32) []int32 {
	if cap(dst) < len(rows) {
		dst = make([]int32, len(rows))
	}
	dst = dst[:len(rows)]
	at, most := 0, uint64(len(bits))*64
	for _, r := range rows {
		i := uint64(vals[r]) - uint64(from)
		dst[at] = r
		if i < most && bits[i/64]>>(i%64)&1 != 0 {
			at++
		}
	}
	return dst[:at]
}
