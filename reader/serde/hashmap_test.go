package serde

import (
	"fmt"
	"strings"
	"testing"
)

// Orders of java.util.HashMap: the two of trap 17 were run on Java; the hashes
// are String.hashCode's documented sum.
func TestHashOrder(t *testing.T) {
	for in, want := range map[string]string{
		"h i g": "g h i",
		"h i g name created_at amount id Zeta alpha": "amount Zeta g alpha h name i created_at id",
		"a b a c b": "a b c",
		"":          "",
	} {
		var list []field
		for _, name := range strings.Fields(in) {
			list = append(list, field{name: name})
		}
		var got []string
		for _, f := range hashOrder(list) {
			got = append(got, f.name)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", in, s, want)
		}
	}
	// "Aa" and "BB" collide in Java: they stay in order of appearance.
	two := hashOrder([]field{{name: "BB"}, {name: "Aa"}})
	if javaHash("Aa") != javaHash("BB") || two[0].name != "BB" {
		t.Error("Aa and BB have one hash")
	}
	// Beyond the plane of 16 bits a character counts as two.
	if a, b := javaHash("\U0001F600"), uint32(31*0xD83D+0xDE00); a != b^b>>16 {
		t.Error("surrogates")
	}
	// 13 entries need 32 buckets.
	var list []field
	for i := range 13 {
		list = append(list, field{name: fmt.Sprint(i)})
	}
	last := -1
	for _, f := range hashOrder(list) {
		if b := int(javaHash(f.name) & 31); b < last {
			t.Fatal("not by bucket")
		} else {
			last = b
		}
	}
}
