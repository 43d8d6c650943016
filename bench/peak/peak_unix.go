//go:build unix

// Package peak tells how much memory a process that has ended held at once.
package peak

import (
	"os"
	"runtime"
	"syscall"
)

// Bytes is the most memory that the process held; 0 where it is not known.
func Bytes(s *os.ProcessState) float64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return float64(u.Maxrss) // elsewhere it is in units of 1024
	}
	return float64(u.Maxrss) * 1024
}
