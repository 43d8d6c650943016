package colcache

// The packing of a block's integers: of each the same few bytes.

import (
	"encoding/binary"
	"slices"
)

// packBeyond is how many bytes packing may write behind the last value's.
const packBeyond = 16

// packOrder lists, for each width, which of two values' bytes are packed.
var packOrder = [9][16]byte{
	{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
	{0, 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
	{0, 1, 8, 9, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
	{0, 1, 2, 8, 9, 10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
	{0, 1, 2, 3, 8, 9, 10, 11, 255, 255, 255, 255, 255, 255, 255, 255},
	{0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 255, 255, 255, 255, 255, 255},
	{0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 255, 255, 255, 255},
	{0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 255, 255},
	{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
}

// packWords appends the low width bytes of each value's distance from lo, shifted
// right. What NULL rows hold means nothing.
func packWords(b []byte, v []int64, lo int64, shift uint, width uint8) []byte {
	n := int(width) * len(v)
	at := len(b)
	b = extend(b, n+packBeyond)
	if n > 0 {
		k := vectorPack(b[at:], v, lo, shift, int(width))
		packGo(b[at+int(width)*k:], v[k:], lo, shift, int(width))
	}
	return b[:at+n]
}

// packGo is what vectors do otherwise: dst has packBeyond bytes more than it takes.
func packGo(dst []byte, v []int64, lo int64, shift uint, width int) {
	for _, x := range v { // each write's rest is overwritten by the next one
		binary.LittleEndian.PutUint64(dst, (uint64(x)-uint64(lo))>>(shift&63))
		dst = dst[width:]
	}
}

// extend makes b longer by n bytes, whatever they hold.
func extend(b []byte, n int) []byte { return slices.Grow(b, n)[:len(b)+n] }
