//go:build !(amd64 || arm64) || safe

package inflate

// The safe twin of memory.go, for any byte order and alignment.

import "encoding/binary"

func load8(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }

func store8(b []byte, i int, v uint64) { binary.LittleEndian.PutUint64(b[i:], v) }

func store4(b []byte, i int, v uint32) { binary.LittleEndian.PutUint32(b[i:], v) }

func move16(b []byte, to, from int) {
	v, w := load8(b, from), load8(b, from+8)
	store8(b, to, v)
	store8(b, to+8, w)
}
