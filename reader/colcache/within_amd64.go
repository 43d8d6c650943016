//go:build amd64 && !purego

package colcache

// compact lists, for each set of eight bits, the numbers of those that are set, a
// byte each.
var compact = func() (t [256]uint64) {
	for set := range t {
		n := 0
		for bit := range 8 {
			if set>>bit&1 != 0 {
				t[set] |= uint64(bit) << (8 * n)
				n++
			}
		}
	}
	return t
}()

// within16 is within16Go, sixteen values at a time. What has AVX2 has POPCNT.
func within16(dst []int32, body []byte, first, span uint16, edges []int32) (n, edgesN int) {
	steps := len(body) / 32
	if !hasVectors || steps == 0 || cap(dst) < 16*steps+beyond || len(edges) < steps {
		return within16Go(dst, body, first, span, edges, 0)
	}
	dst = dst[:cap(dst)]
	n, e := within16Vectors(&dst[0], &body[0], steps, first, span, &edges[0], &compact)
	rest, more := within16Go(dst[n:], body[32*steps:], first, span, edges[e:], 16*steps)
	return n + rest, e + more
}

// within16Vectors looks at 16 values a step. It writes up to eight numbers behind
// those that it returns.
//
//go:noescape
func within16Vectors(dst *int32, body *byte, steps int, first, span uint16, edges *int32, compact *[256]uint64) (n, edgesN int)

// ranged64 is ranged64Go, eight values at a time.
func ranged64(dst []int32, v []int64, first, last int64) int {
	steps := len(v) / 8
	if !hasVectors || steps == 0 || len(dst) < 8*steps+beyond {
		return ranged64Go(dst, v, first, last, 0)
	}
	n := ranged64AVX2(&dst[0], &v[0], steps, first, last, &compact)
	return n + ranged64Go(dst[n:], v[8*steps:], first, last, int32(8*steps))
}

// ranged64AVX2 looks at 8 values a step. It writes up to eight numbers behind those
// that it returns.
//
//go:noescape
func ranged64AVX2(dst *int32, v *int64, steps int, first, last int64, compact *[256]uint64) int
