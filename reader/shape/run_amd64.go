//go:build amd64 && !purego

package shape

import "golang.org/x/sys/cpu"

var hasVectors = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2

func (s *Scanner) run() int {
	if hasVectors {
		return runVectors(s)
	}
	return s.runGo()
}

// runVectors is runGo, in AVX2. It reads up to 32 bytes from where it is on, which
// is at the end of the data at most.
//
//go:noescape
func runVectors(s *Scanner) int
