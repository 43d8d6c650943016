//go:build amd64 && !purego

package colcache

// vectorPack packs the first of the values, and returns how many. It writes up to
// packBeyond bytes behind them.
func vectorPack(dst []byte, v []int64, lo int64, shift uint, width int) int {
	n := len(v) &^ 3
	if !hasVectors || n == 0 || width > 8 || len(dst) < width*n+packBeyond {
		return 0
	}
	packAVX2(&dst[0], &v[0], n, lo, shift&63, width, &packOrder[width])
	return n
}

// packAVX2 takes a number of values that is a multiple of 4, and not 0.
//
//go:noescape
func packAVX2(dst *byte, v *int64, n int, lo int64, shift uint, width int, order *[16]byte)
