package expr

// Bodies of functions about values of any type.

import (
	"crypto/rand"

	"github.com/ionq-db/ionq/reader/page"
)

func init() {
	register("typeof(T)", func(a *Args, _ int, out *page.Builder) error {
		out.StringNoCopy(a.Func.Args[0].String())
		return nil
	})
	register("version()", func(_ *Args, _ int, out *page.Builder) error {
		out.StringNoCopy("Athena engine version 3")
		return nil
	})
	register("uuid()", func(_ *Args, _ int, out *page.Builder) error {
		var b [16]byte
		if _, err := rand.Read(b[:]); err != nil {
			return err
		}
		b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
		out.Bytes(b[:])
		return nil
	})
	for _, name := range []string{"greatest", "least"} {
		register(name+"(T...)", func(a *Args, i int, out *page.Builder) error {
			best := 0
			for k := 1; k < len(a.Vecs); k++ {
				// NaN loses against every number, both ways.
				if name == "greatest" && CompareNaNFirst(a.Vecs[k], i, a.Vecs[best], i) > 0 ||
					name == "least" && CompareValues(a.Vecs[k], i, a.Vecs[best], i) < 0 {
					best = k
				}
			}
			out.Append(a.Vecs[best], i)
			return nil
		})
	}
}
