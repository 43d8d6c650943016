package exec

// approx_distinct: exact up to a limit, then a HyperLogLog sketch. Trino's own
// sketch (airlift's, 2048 buckets, standard error 2.3 %) is less precise than
// this one, so that the numbers differ where Trino's are approximate; that is a
// known difference.

import (
	"math"
	"math/bits"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

const (
	// sketchExact is how many distinct hashes a group holds before it becomes a
	// sketch: at that point both take about the same memory.
	sketchExact = 2048
	// sketchBits gives 2^14 one-byte registers: a standard error of 0.8 %.
	sketchBits = 14
)

type sketch struct {
	exact map[uint64]struct{}
	regs  []uint8
}

// distinctSketch is approx_distinct.
type distinctSketch struct {
	kind types.Type
	st   []sketch
	mem  []uint64
}

func (d *distinctSketch) grow(n int) { d.st = grown(d.st, n) }

func (d *distinctSketch) add(groups []uint32, args []*page.Vector) error {
	v := args[0]
	if len(args) > 1 { // the error asked for: this sketch is always good enough
		for i := range groups {
			if e := args[1]; e.IsNull(i) || !(e.F64[i] >= 0.0040625 && e.F64[i] <= 0.26) {
				return sqlerr.New(sqlerr.InvalidFunctionArgument, "Standard error must be between 0.0040625 and 0.26")
			}
		}
	}
	if v.Phys == page.PhysNone {
		return nil
	}
	d.mem = expr.HashColumns(d.mem, args[:1], len(groups))
	for i, g := range groups {
		if !v.IsNull(i) {
			d.st[g].put(d.mem[i])
		}
	}
	return nil
}

func (s *sketch) put(h uint64) {
	if s.regs != nil {
		s.reg(h)
		return
	}
	if s.exact == nil {
		s.exact = map[uint64]struct{}{}
	}
	s.exact[h] = struct{}{}
	if len(s.exact) > sketchExact {
		s.dense()
	}
}

func (s *sketch) dense() {
	s.regs = make([]uint8, 1<<sketchBits)
	for h := range s.exact {
		s.reg(h)
	}
	s.exact = nil
}

func (s *sketch) reg(h uint64) {
	k := h >> (64 - sketchBits)
	r := uint8(bits.LeadingZeros64(h<<sketchBits|1<<(sketchBits-1))) + 1
	s.regs[k] = max(s.regs[k], r)
}

func (d *distinctSketch) merge(groups []uint32, other accumulator) error {
	o := other.(*distinctSketch)
	for i, g := range groups {
		a, b := &d.st[g], &o.st[i]
		for h := range b.exact {
			a.put(h)
		}
		if b.regs == nil {
			continue
		}
		if a.regs == nil {
			a.dense()
		}
		for k, r := range b.regs {
			a.regs[k] = max(a.regs[k], r)
		}
	}
	return nil
}

func (d *distinctSketch) result(g int, out *page.Builder) error {
	out.Int64(d.st[g].count())
	return nil
}

// count estimates by Ertl's improved estimator (New cardinality estimation
// algorithms for HyperLogLog sketches, 2017), which needs no correction tables.
func (s *sketch) count() int64 {
	if s.regs == nil {
		return int64(len(s.exact))
	}
	const q = 64 - sketchBits
	var hist [q + 2]float64
	for _, r := range s.regs {
		hist[r]++
	}
	m := float64(int(1) << sketchBits)
	z := m * tau(1-hist[q+1]/m)
	for k := q; k >= 1; k-- {
		z = 0.5 * (z + hist[k])
	}
	z += m * sigma(hist[0]/m)
	return int64(math.Round(m * m / (2 * math.Ln2 * z)))
}

func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	z, y := x, 1.0
	for {
		x *= x
		before := z
		z += x * y
		y += y
		if z == before {
			return z
		}
	}
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	z, y := 1-x, 1.0
	for {
		x = math.Sqrt(x)
		before := z
		y *= 0.5
		z -= (1 - x) * (1 - x) * y
		if z == before {
			return z / 3
		}
	}
}
