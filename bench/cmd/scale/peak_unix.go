//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMB is the most memory that a process held at once.
func peakMB(s *os.ProcessState) float64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	kilo := float64(u.Maxrss)
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		kilo /= 1024 // bytes there
	}
	return kilo * 1024 / 1e6
}
