package spill

// The machine's memory on Windows (GlobalMemoryStatusEx).

import (
	"syscall"
	"unsafe"
)

type memoryStatus struct {
	length, load                                   uint32
	totalPhys, availPhys, totalPage, availPage     uint64
	totalVirtual, availVirtual, availExtendVirtual uint64
}

func machine() int64 {
	var s memoryStatus
	s.length = uint32(unsafe.Sizeof(s))
	f := syscall.NewLazyDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if ok, _, _ := f.Call(uintptr(unsafe.Pointer(&s))); ok == 0 {
		return 0
	}
	return int64(s.totalPhys)
}
