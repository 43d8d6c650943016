package colcache

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestSummary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 1000, BlockRows - 1, BlockRows} {
		for kind := range 5 {
			for _, withNulls := range []bool{false, true} {
				v := make([]int64, n)
				var nulls []bool
				if withNulls {
					nulls = make([]bool, n)
				}
				want, lo, hi := new(big.Int), int64(math.MaxInt64), int64(math.MinInt64)
				for i := range v {
					switch kind {
					case 0:
						v[i] = int64(r.Uint64())
					case 1:
						v[i] = math.MaxInt64
					case 2:
						v[i] = math.MinInt64
					case 3:
						v[i] = r.Int64N(2001) - 1000
					case 4:
						v[i] = []int64{math.MinInt64, math.MaxInt64, -1, 0, 1}[r.IntN(5)]
					}
					if withNulls && i > 0 && r.IntN(3) == 0 {
						nulls[i] = true
						continue
					}
					want.Add(want, big.NewInt(v[i]))
					lo, hi = min(lo, v[i]), max(hi, v[i])
				}
				gotLo, gotHi, sum := summary(v, nulls)
				if gotLo != lo || gotHi != hi || sum.String() != want.String() {
					t.Fatalf("%d values of kind %d, nulls %v: %d %d %s, not %d %d %s", n, kind, withNulls, gotLo, gotHi, sum.String(), lo, hi, want)
				}
			}
		}
	}
}
