//go:build amd64 && !purego

package serde

import "golang.org/x/sys/cpu"

var hasVectors = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2

// vectorDecimals makes unscaled values, of a column of that scale, of the decimals
// of rows[k:]: those of up to 16 digits, either with a point and no more digits behind
// it than the scale, or with an exponent of one digit, which fit 64 bits. It returns
// the place of the first row that it leaves to others.
func vectorDecimals(b []byte, at, till, rows []int32, k int, out []int64, scale int) int {
	if !hasVectors || k >= len(rows) {
		return k
	}
	return decimalsAVX2(&b[0], &at[0], &till[0], &rows[0], k, len(rows), &out[0], scale)
}

// decimalsAVX2 reads nothing in front of b. The places of the rows are trusted.
//
//go:noescape
func decimalsAVX2(b *byte, at, till, rows *int32, k, n int, out *int64, scale int) int
