//go:build amd64 && !purego

package colcache

import "golang.org/x/sys/cpu"

var hasVectors = cpu.X86.HasAVX2

// vectorStats takes the first of v into a summary, and returns how many.
func vectorStats(s *stats, v []int64) int {
	if n := len(v) &^ 3; hasVectors && n > 0 {
		statsAVX2(s, &v[0], n)
		return n
	}
	return 0
}

// statsAVX2 takes a number of values that is a multiple of 4, and not 0.
//
//go:noescape
func statsAVX2(s *stats, v *int64, n int)
