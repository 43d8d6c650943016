//go:build !linux || (!amd64 && !arm64)

package exec

// threadCPU is not known here.
func threadCPU() int64 { return 0 }

const cpuKnown = false
