//go:build amd64 && !purego

package colcache

import "golang.org/x/sys/cpu"

var hasShifts = cpu.X86.HasBMI2

// lookup is lookupGo.
func (c *intCodes) lookup(dst []byte, vals []int64, miss *[few]uint8) (n int) {
	if !hasShifts || len(vals) == 0 || len(vals) > few || len(dst) < 2*len(vals) {
		return c.lookupGo(dst, vals, miss)
	}
	return lookupBMI2(&dst[0], &vals[0], len(vals), &c.slots[0], c.shift&63, &c.keys[0], miss)
}

// lookupBMI2 trusts the slots.
//
//go:noescape
func lookupBMI2(dst *byte, vals *int64, n int, slots *uint16, shift uint, keys *int64, miss *[few]uint8) int
