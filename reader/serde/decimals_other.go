//go:build !amd64 || purego

package serde

const hasVectors = false

func vectorDecimals(_ []byte, _, _, _ []int32, k int, _ []int64, _ int) int { return k }
