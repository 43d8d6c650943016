//go:build !amd64 || purego

package colcache

func within16(dst []int32, body []byte, first, span uint16, edges []int32) (n, edgesN int) {
	return within16Go(dst, body, first, span, edges, 0)
}
