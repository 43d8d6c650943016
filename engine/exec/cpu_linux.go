//go:build linux && (amd64 || arm64)

package exec

import (
	"syscall"
	"unsafe"
)

// threadCPU is the CPU time of the calling thread in nanoseconds.
func threadCPU() int64 {
	var t syscall.Timespec
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID, linux/time.h
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		return 0
	}
	return t.Nano()
}

// cpuKnown tells whether threadCPU tells anything.
const cpuKnown = true
