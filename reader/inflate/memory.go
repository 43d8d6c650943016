//go:build (amd64 || arm64) && !safe

package inflate

// Memory access of the decompressor's inner loop without bounds checks: see
// deflate.go for why every offset is in range. The checks cost about a fifth
// of the speed. This file is all that is unsafe; build with -tags safe for its
// twin. Both architectures are little-endian and load from any address.

import "unsafe"

func at(b []byte, i int) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i) }

// load8 returns the 8 bytes at b[i], the first one lowest.
func load8(b []byte, i int) uint64 { return *(*uint64)(at(b, i)) }

// store8 and store4 write bytes from b[i] on, the lowest first.
func store8(b []byte, i int, v uint64) { *(*uint64)(at(b, i)) = v }

func store4(b []byte, i int, v uint32) { *(*uint32)(at(b, i)) = v }

// move16 copies 16 bytes from b[from:] to b[to:]. All are read before any is
// written.
func move16(b []byte, to, from int) { *(*[16]byte)(at(b, to)) = *(*[16]byte)(at(b, from)) }
