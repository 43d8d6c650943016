package exec

// What an Apply remembers: the rows that its subplan gave, by the values that it
// was given.

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/ionq-db/ionq/engine/spill"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// tries is after how many different rows an Apply gives up remembering where fewer
// than one in ten came again.
const tries = 4096

type memo struct {
	cols  []int // the columns that the subplan sees
	known map[string][]*page.Page
	hits  int
	acc   *spill.Account
	size  int64
	key   []byte
}

// newMemo returns nil where the subplan does not give the same rows for the same
// values.
func newMemo(n *plan.Apply, env *Env) *memo {
	m := &memo{known: map[string][]*page.Page{}, acc: env.Memory.Account()}
	seen := map[int]bool{}
	steady := true
	plan.WalkNodes(n.Sub, func(n plan.Node) bool {
		_, sample := n.(*plan.Sample)
		steady = steady && !sample
		return steady
	})
	plan.VisitExprs(n.Sub, func(e plan.Expr) {
		switch x := e.(type) {
		case *plan.Outer:
			if x.Apply == n.ID && !seen[x.Index] {
				seen[x.Index] = true
				m.cols = append(m.cols, x.Index)
			}
		case *plan.Call:
			steady = steady && !x.Func.NonDeterministic
		}
	})
	for _, k := range m.cols {
		steady = steady && page.PhysOf(n.Input.Columns()[k].Type) < page.PhysArray
	}
	if !steady {
		return nil
	}
	return m
}

func (m *memo) free() {
	if m != nil {
		m.known = nil
		m.acc.Free()
	}
}

// sub gives the subplan's rows for row i: those that are remembered, or what build
// makes.
func (m *memo) sub(cols []*page.Vector, i int, build func() (Operator, error)) (Operator, error) {
	if m == nil || m.known == nil {
		return build()
	}
	m.key = m.key[:0]
	for _, k := range m.cols {
		m.key = appendIdentity(m.key, cols[k], i)
	}
	if pages, ok := m.known[string(m.key)]; ok {
		m.hits++
		return &replay{pages: pages}, nil
	}
	if len(m.known) >= tries && m.hits*10 < len(m.known) {
		m.free()
		return build()
	}
	op, err := build()
	if err != nil {
		return nil, err
	}
	return &recorder{Operator: op, m: m, key: string(m.key)}, nil
}

// appendIdentity appends what tells a value from every other one: more than
// equality, under which the zone of a timestamp and the sign of a zero are lost.
func appendIdentity(dst []byte, v *page.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(dst, byte(page.PhysNone))
	}
	dst = append(dst, byte(v.Phys))
	put := func(x uint64) { dst = binary.LittleEndian.AppendUint64(dst, x) }
	switch v.Phys {
	case page.PhysBool:
		if v.Bools[i] {
			return append(dst, 1)
		}
		return append(dst, 0)
	case page.PhysInt64:
		put(uint64(v.I64[i]))
	case page.PhysFloat64:
		put(math.Float64bits(v.F64[i]))
	case page.PhysBytes:
		put(uint64(len(v.Str[i])))
		dst = append(dst, v.Str[i]...)
	case page.PhysInt128:
		put(uint64(v.I128[i].Hi))
		put(v.I128[i].Lo)
	case page.PhysInstant:
		put(uint64(v.TZ[i].Millis))
		put(uint64(v.TZ[i].Picos))
		put(uint64(v.TZ[i].Zone))
	case page.PhysTimeTZ:
		put(uint64(v.TimeTZ[i].Picos))
		put(uint64(v.TimeTZ[i].Offset))
	default:
		panic("BUG: a container among the values that an Apply remembers rows by")
	}
	return dst
}

// replay yields pages that are remembered.
type replay struct{ pages []*page.Page }

func (r *replay) Next(context.Context) (*page.Page, error) {
	if len(r.pages) == 0 {
		return nil, nil
	}
	p := *r.pages[0]
	r.pages = r.pages[1:]
	return &p, nil
}

func (r *replay) Close() error { return nil }

// recorder remembers what passes, if it comes to its end.
type recorder struct {
	Operator
	m     *memo
	key   string
	pages []*page.Page
}

func (r *recorder) Next(ctx context.Context) (*page.Page, error) {
	p, err := r.Operator.Next(ctx)
	m := r.m
	switch {
	case err != nil || m.known == nil:
	case p == nil:
		m.known[r.key] = r.pages
		m.size += int64(len(r.key)) + 64
		m.hold()
	case p.Len() > 0:
		c := copyPage(p)
		for _, v := range c.Cols {
			m.size += vectorBytes(v) + 16*int64(len(v.Str))
		}
		r.pages = append(r.pages, c)
		m.hold()
	}
	return p, err
}

// hold forgets everything where it is too much.
func (m *memo) hold() {
	if m.acc.Hold(m.size) {
		m.free()
	}
}
