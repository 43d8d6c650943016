//go:build safe

package colcache

import "encoding/binary"

// pick64 sets dst to the values of the listed rows: w bytes each, and eight can be
// read.
func pick64(dst []int64, body []byte, rows []int32, w uint8, lo int64) {
	mask, width := maskOf(w), int(w)
	for i, r := range rows {
		dst[i] = lo + int64(binary.LittleEndian.Uint64(body[int(r)*width:])&mask)
	}
}

// pick16 is pick64 for values of two bytes, and returns the greatest.
func pick16(dst []uint16, body []byte, rows []int32) (most uint16) {
	for i, r := range rows {
		x := binary.LittleEndian.Uint16(body[2*int(r):])
		dst[i] = x
		most = max(most, x)
	}
	return most
}
