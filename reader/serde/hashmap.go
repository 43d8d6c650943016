package serde

// hashOrder: the order in which java.util.HashMap gives its entries. The SerDe
// collects a map column's fields in one, and Trino keeps its order (trap 17).

import (
	"slices"
	"strings"
	"unicode/utf16"
)

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }

// javaHash is String.hashCode, spread as HashMap spreads it.
func javaHash(s string) uint32 {
	var h uint32
	for _, r := range s {
		if r < 0x10000 {
			h = 31*h + uint32(r)
			continue
		}
		hi, lo := utf16.EncodeRune(r)
		h = 31*h + uint32(hi)
		h = 31*h + uint32(lo)
	}
	return h ^ h>>16
}

// hashOrder keeps the last value of each name and orders the names: by bucket,
// and within one in order of first appearance (a HashMap's buckets are lists,
// and growing keeps their order).
func hashOrder(list []field) []field {
	at := make(map[string]int, len(list))
	out := list[:0]
	for _, f := range list {
		if i, ok := at[f.name]; ok {
			out[i].value = f.value
			continue
		}
		at[f.name] = len(out)
		out = append(out, f)
	}
	buckets := uint32(16)
	for len(out)*4 > int(buckets)*3 { // load factor 0.75
		buckets *= 2
	}
	slices.SortStableFunc(out, func(a, b field) int {
		return int(javaHash(a.name)&(buckets-1)) - int(javaHash(b.name)&(buckets-1))
	})
	return out
}
