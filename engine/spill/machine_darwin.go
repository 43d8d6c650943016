package spill

// The machine's memory on macOS.

import (
	"encoding/binary"
	"syscall"
)

func machine() int64 {
	// Sysctl takes the value for a string and cuts a zero byte off its end.
	s, err := syscall.Sysctl("hw.memsize")
	if err != nil || len(s) > 8 {
		return 0
	}
	var b [8]byte
	copy(b[:], s)
	return int64(binary.LittleEndian.Uint64(b[:]))
}
