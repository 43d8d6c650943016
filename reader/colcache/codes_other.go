//go:build !amd64 || purego

package colcache

func (c *intCodes) lookup(dst []byte, vals []int64, miss *[few]uint8) int {
	return c.lookupGo(dst, vals, miss)
}
