package kernel

import (
	"math"
	"slices"
	"testing"
)

func TestAmong(t *testing.T) {
	bits := []uint64{1 | 1<<5, 1 << 63} // 10, 15, 137
	vals := []int64{10, 9, 15, 16, 137, 138, math.MinInt64, math.MaxInt64, 10, 15}
	if got := Among(vals, 10, bits, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8}, nil); !slices.Equal(got, []int32{0, 2, 4, 8}) {
		t.Error(got)
	}
	if got := Among(vals, math.MinInt64, []uint64{1}, []int32{5, 6, 7}, nil); !slices.Equal(got, []int32{6}) {
		t.Error(got)
	}
}
