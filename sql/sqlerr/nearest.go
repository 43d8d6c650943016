package sqlerr

// Nearest returns the name that looks most like s, for "did you mean", or ""
// where none is close: at most a third of the letters may differ, or one of a
// name of two, a swap of neighbours counting as one. The first of equals wins.
func Nearest(s string, names []string) string {
	if len(s) < 2 {
		return ""
	}
	best, bestDist := "", max(1, len(s)/3)+1
	for _, n := range names {
		if n == s || len(n) > len(s)+bestDist || len(n)+bestDist < len(s) {
			continue
		}
		if d := distance(s, n); d < bestDist {
			best, bestDist = n, d
		}
	}
	return best
}

// distance is the edit distance of a and b with swaps of neighbours (optimal
// string alignment).
func distance(a, b string) int {
	before, last, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(last[j]+1, cur[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, last, cur = last, cur, before
	}
	return last[len(b)]
}
