package colcache

// intCodes: the dictionary of a column's integers in the making.

import "encoding/binary"

// intCodes numbers different integers: open addressing with linear probing. A slot
// is 1 + the integer's number, 0 where it is free. The table is small so that it
// stays in a core's cache, and mostly free so that nearly every integer is found at
// its first slot.
type intCodes struct {
	slots []uint16
	// keys holds the integers by 1 + their number. In front of them stands the first
	// one once more, for free slots: no such slot is where that is looked for.
	keys  []int64
	shift uint
}

const (
	golden   = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio, odd
	freeness = 6                  // slots per integer, at least
	few      = 128                // are looked up at a time; their numbers fit a byte
)

// values are the integers by their numbers.
func (c *intCodes) values() []int64 {
	if len(c.keys) == 0 {
		return nil
	}
	return c.keys[1:]
}

// codes sets dst to the numbers of vals, two bytes each, and reports whether there
// was room for those that are new. A few values at a time are looked up in steps
// without branches, so that the memory's answers come all together; what is not found
// at the first slot is looked for one by one.
func (c *intCodes) codes(dst []byte, vals []int64) bool {
	var miss [few]uint8
	for len(vals) > 0 {
		part := vals[:min(few, len(vals))]
		out := dst[:2*len(part)]
		n := 0
		if len(c.slots) > 0 {
			n = c.lookup(out, part, &miss)
		} else {
			for ; n < len(part); n++ {
				miss[n] = uint8(n)
			}
		}
		for _, i := range miss[:n] {
			code, ok := c.code(part[i])
			if !ok {
				return false
			}
			binary.LittleEndian.PutUint16(out[2*int(i):], code)
		}
		vals, dst = vals[len(part):], dst[2*len(part):]
	}
	return true
}

// lookupGo sets dst to the numbers of few vals, and lists those that are not at
// their first slot.
func (c *intCodes) lookupGo(dst []byte, vals []int64, miss *[few]uint8) (n int) {
	slots, keys, shift := c.slots, c.keys, c.shift&63
	for i, x := range vals {
		slot := slots[uint64(x)*golden>>shift]
		binary.LittleEndian.PutUint16(dst[2*i:], slot-1)
		miss[n&(few-1)] = uint8(i)
		n += b2i(keys[slot] != x)
	}
	return n
}

// code is codes for one value.
func (c *intCodes) code(x int64) (uint16, bool) {
	if len(c.slots) > 0 {
		for at := int(uint64(x) * golden >> c.shift); c.slots[at] != 0; at = (at + 1) & (len(c.slots) - 1) {
			if n := c.slots[at]; c.keys[n] == x {
				return n - 1, true
			}
		}
	} else {
		c.keys = append(c.keys, x)
	}
	if len(c.keys) > maxDict {
		return 0, false
	}
	c.keys = append(c.keys, x)
	if freeness*len(c.keys) > len(c.slots) {
		c.grow()
	} else {
		c.put(len(c.keys) - 1)
	}
	return uint16(len(c.keys) - 2), true
}

// put gives a key its slot.
func (c *intCodes) put(n int) {
	at := int(uint64(c.keys[n]) * golden >> c.shift)
	for c.slots[at] != 0 {
		at = (at + 1) & (len(c.slots) - 1)
	}
	c.slots[at] = uint16(n)
}

func (c *intCodes) grow() {
	size := max(1024, 2*len(c.slots))
	c.slots = make([]uint16, size)
	c.shift = 64
	for s := size; s > 1; s >>= 1 {
		c.shift--
	}
	for n := 1; n < len(c.keys); n++ {
		c.put(n)
	}
}
