package expr

// CAST and TRY_CAST: the dispatch over pairs of types, and casts that only change
// the label. Casts between numbers are in cast_number.go, from and to text in
// cast_text.go, between temporal types in cast_temporal.go, of arrays, maps and
// rows in cast_container.go, from and to JSON in cast_json.go.

import (
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// castFunc converts row i of v, which is not NULL: it appends exactly one value
// to out, or returns a *sqlerr.Error without a position; what it had appended
// then is the caller's to take back (Builder.Truncate). It may have scratch
// memory, and so belongs to one worker.
type castFunc func(env *Env, v *page.Vector, i int, out *page.Builder) error

// castMaker makes the cast of one pair of types.
type castMaker func(from, to types.Type) (castFunc, error)

// As large as it will be, as bodies is.
var castMakers = make(map[[2]types.Kind]castMaker, 112)

// registerCast sets the cast of a pair of kinds. Use it in init functions.
func registerCast(from, to types.Kind, mk castMaker) {
	k := [2]types.Kind{from, to}
	if _, dup := castMakers[k]; dup {
		panic("BUG: two casts for one pair of kinds")
	}
	castMakers[k] = mk
}

// simpleCast is registerCast for a cast that does not depend on parameters.
func simpleCast(from, to types.Kind, f castFunc) {
	registerCast(from, to, func(_, _ types.Type) (castFunc, error) { return f, nil })
}

// newCast returns the cast from one type to another, row by row.
func newCast(from, to types.Type) (castFunc, error) {
	switch {
	case from.Kind == types.KindUnknown:
		return func(_ *Env, _ *page.Vector, _ int, out *page.Builder) error {
			out.Null()
			return nil
		}, nil
	case sameForm(from, to):
		return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
			out.Append(v, i)
			return nil
		}, nil
	}
	// Bodies are registered by kind, what is allowed also depends on lengths.
	if mk, ok := castMakers[[2]types.Kind{from.Kind, to.Kind}]; ok && types.CanCast(from, to) {
		return mk(from, to)
	}
	if vc := vectorCast(from, to); vc != nil {
		return vectorCastRow(vc, from, to), nil
	}
	return nil, sqlerr.New(sqlerr.TypeMismatch, "Cannot cast %s to %s", from, to)
}

// castNode is CAST, or TRY_CAST.
type castNode struct {
	x        node
	from, to types.Type
	env      *Env
	result

	relabel bool
	vector  vectorCaster
	row     castFunc
	b       *page.Builder
	scratch castScratch
}

func (c *compiler) cast(x *plan.Cast) (node, needs, error) {
	in := x.X
	text, fused := c.fusedJSONParse(x)
	if fused {
		in = text
	}
	n, d, err := c.compile(in)
	if err != nil {
		return nil, d, err
	}
	if fused && d.none() {
		if n, d, err = c.compile(x.X); err != nil {
			return nil, d, err
		}
	}
	from := x.X.Type()
	if from == x.T {
		return n, d, nil
	}
	cast, err := newCastNode(n, from, x.T, x.Safe, x.P, c.env)
	return cast, d, err
}

func newCastNode(x node, from, to types.Type, safe bool, pos sqlerr.Pos, env *Env) (*castNode, error) {
	n := &castNode{x: x, from: from, to: to, env: env, result: result{pos: pos, safe: safe}}
	switch {
	case from.Kind == types.KindUnknown:
	case sameForm(from, to):
		n.relabel = true
	default:
		if _, registered := castMakers[[2]types.Kind{from.Kind, to.Kind}]; !registered {
			n.vector = vectorCast(from, to)
		}
		if n.vector == nil {
			row, err := newCast(from, to)
			if err != nil {
				return nil, placed(err, pos)
			}
			n.row, n.b = row, page.NewBuilder(to)
		}
	}
	return n, nil
}

func (n *castNode) eval(f *frame) (*page.Vector, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	return n.cast(f, v)
}

// cast converts v, a vector of f.n rows.
func (n *castNode) cast(f *frame, v *page.Vector) (*page.Vector, error) {
	if v.Phys == page.PhysNone {
		n.out = page.Vector{Type: n.to, Len: f.n}
		return &n.out, nil
	}
	if n.relabel {
		n.out = relabelled(v, n.to)
		return &n.out, nil
	}
	n.out = page.Vector{Type: n.to, Phys: page.PhysOf(n.to), Len: f.n, Nulls: v.Nulls, Const: v.Const}
	if n.vector != nil {
		err := n.vector(n, f, v)
		return &n.out, err
	}
	n.b.Reset()
	phys := n.out.Phys
	for i := range f.n {
		if v.IsNull(i) {
			appendZero(n.b, phys)
			continue
		}
		if err := n.row(n.env, v, i, n.b); err != nil {
			if err := n.fail(f, i, err); err != nil {
				return nil, err
			}
			n.b.Truncate(i)
			appendZero(n.b, phys)
		}
	}
	w := n.b.Vector()
	nulls := n.out.Nulls
	n.out = *w
	n.out.Const = v.Const
	switch {
	case phys >= page.PhysArray: // NULLs are in the builder
	case w.Nulls == nil:
		n.out.Nulls = nulls
	default:
		merged := make([]bool, f.n)
		for i := range merged {
			merged[i] = w.Nulls[i] || nulls != nil && nulls[i]
		}
		n.out.Nulls = merged
	}
	return &n.out, nil
}

// sameForm reports whether every value of type from is a value of type to as it
// stands, so that a cast only changes the label.
func sameForm(from, to types.Type) bool {
	if from == to {
		return true
	}
	switch from.Kind {
	case types.KindTinyint, types.KindSmallint, types.KindInteger:
		return to.IsInteger() && to.Kind > from.Kind
	case types.KindReal:
		return to.Kind == types.KindDouble
	case types.KindVarchar:
		return to.Kind == types.KindVarchar && to.P >= from.P || to.Kind == types.KindVarbinary
	case types.KindChar, types.KindTime, types.KindTimeTZ, types.KindTimestampTZ:
		return to.Kind == from.Kind && to.P >= from.P
	case types.KindTimestamp:
		return to.Kind == from.Kind && to.P >= from.P && page.PhysOf(from) == page.PhysOf(to)
	case types.KindUUID, types.KindIPAddress:
		return to.Kind == types.KindVarbinary
	case types.KindHyperLogLog, types.KindP4HyperLogLog, types.KindQDigest, types.KindSetDigest:
		return to.Kind == types.KindVarbinary
	case types.KindVarbinary:
		switch to.Kind {
		case types.KindHyperLogLog, types.KindP4HyperLogLog, types.KindQDigest, types.KindSetDigest:
			return true
		}
	case types.KindArray, types.KindRow:
		if to.Kind != from.Kind || len(from.Fields()) != len(to.Fields()) {
			return false
		}
		for k, a := range from.Fields() {
			if !sameForm(a.Type, to.Fields()[k].Type) {
				return false
			}
		}
		return true
	case types.KindMap:
		return to.Kind == types.KindMap && sameForm(from.Key(), to.Key()) && sameForm(from.Value(), to.Value())
	}
	return false
}

// relabelled is v as a vector of type t, for sameForm types.
func relabelled(v *page.Vector, t types.Type) page.Vector {
	w := *v
	w.Type = t
	if len(v.Children) > 0 {
		fields := t.Fields()
		w.Children = make([]*page.Vector, len(v.Children))
		for k, c := range v.Children {
			l := relabelled(c, fields[k].Type)
			w.Children[k] = &l
		}
	}
	return w
}

func invalidCast(format string, args ...any) error {
	return sqlerr.New(sqlerr.InvalidCastArgument, format, args...)
}
