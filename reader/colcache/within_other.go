//go:build !amd64 || purego

package colcache

func within16(dst []int32, body []byte, first, span uint16, edges []int32) (n, edgesN int) {
	return within16Go(dst, body, first, span, edges, 0)
}

func ranged64(dst []int32, v []int64, first, last int64) int {
	return ranged64Go(dst, v, first, last, 0)
}
