package expr

// Function calls: null handling, the loop over the rows, lambdas.

import (
	"strings"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// callNode is a scalar function call.
type callNode struct {
	fn      RowFunc
	args    []*laterArg // nil for a lambda
	lambdas []*lambdaNode
	a       Args
	onNull  bool
	pos     sqlerr.Pos
	b       *page.Builder
	phys    page.Phys
	out     page.Vector
	nulls   []bool

	rowsPer int // rows at a time, 0: all; see inParts
	part    frame
	m       *merger
}

// maxRepeated is how many elements a constant array may have in all when it is
// repeated for each row; 64 thousand are at most 1 MB.
const maxRepeated = 1 << 16

func (c *compiler) call(x *plan.Call) (node, needs, error) {
	d := needs{page: x.Func.NonDeterministic}
	fn, ok := bodies[x.Func.ID()]
	if !ok {
		return nil, d, sqlerr.Newf(sqlerr.NotSupported, x.P, "Function %s is not supported yet", x.Func.Name)
	}
	if len(x.Args) != len(x.Func.Args) {
		panic("BUG: call of " + x.Func.ID() + " with a wrong number of arguments")
	}
	n := &callNode{fn: fn, onNull: x.Func.CalledOnNull, pos: x.P, b: page.NewBuilder(x.T), phys: page.PhysOf(x.T)}
	n.a = Args{Env: c.env, Func: x.Func, Vecs: make([]*page.Vector, len(x.Args)), Lambdas: make([]Lambda, len(x.Args))}
	for k, y := range x.Args {
		if l, ok := y.(*plan.Lambda); ok {
			ln, ld, err := c.lambda(l)
			if err != nil {
				return nil, d, err
			}
			d.add(ld)
			n.args = append(n.args, nil)
			n.lambdas = append(n.lambdas, ln)
			n.a.Lambdas[k] = ln
			continue
		}
		if got, want := y.Type(), x.Func.Args[k]; !bindable(got, want) {
			panic("BUG: argument " + y.String() + " of " + x.Func.ID() + " has type " + got.String() + ", bound as " + want.String())
		}
		an, ad, err := c.compile(y)
		if err != nil {
			return nil, d, err
		}
		d.add(ad)
		n.args = append(n.args, newLaterArg(an))
		if k, ok := an.(*constNode); ok && (k.one.Phys == page.PhysArray || k.one.Phys == page.PhysMap) {
			if per := max(1, maxRepeated/max(1, int(k.one.Off[1]))); per < page.DefaultRows && (n.rowsPer == 0 || per < n.rowsPer) {
				n.rowsPer = per
			}
		}
	}
	switch n.phys {
	case page.PhysBool, page.PhysInt64, page.PhysFloat64, page.PhysInt128, page.PhysBytes:
		n.m = newMerger(x.T)
	default: // the parts of other results could not be put together as they come
		n.rowsPer = 0
	}
	return n, d, nil
}

// bindable reports whether an argument of type got may be passed where the
// overload was bound with type want: lengths of strings and NULLs are loose.
func bindable(got, want types.Type) bool {
	if got.Kind == types.KindUnknown || got.Kind == types.KindVarchar && want.Kind == types.KindVarchar {
		return true
	}
	return got.Kind == want.Kind && (got.Kind != types.KindDecimal || got == want)
}

func (n *callNode) eval(f *frame) (*page.Vector, error) {
	if n.rowsPer > 0 && f.n > n.rowsPer {
		return n.inParts(f)
	}
	return n.all(f)
}

// inParts evaluates some rows at a time: an argument is a long constant array,
// and a copy of it for every row of the page would be large.
func (n *callNode) inParts(f *frame) (*page.Vector, error) {
	n.m.start(f.n)
	rows := identity(f.n)
	for from := 0; from < f.n; from += n.rowsPer {
		part := rows[from:min(from+n.rowsPer, f.n)]
		v, err := n.all(n.part.narrow(f, part))
		if err != nil {
			return nil, err
		}
		n.m.add(part, v)
	}
	return n.m.finish(f.n), nil
}

// all evaluates the call over all rows of f.
func (n *callNode) all(f *frame) (*page.Vector, error) {
	nulls := []bool(nil)
	never := false // an argument is NULL in every row
	mem := n.nulls
	for k, x := range n.args {
		if x == nil {
			continue
		}
		v, err := x.eval(f, nulls)
		if err != nil {
			return nil, err
		}
		n.a.Vecs[k] = v
		if n.onNull {
			continue
		}
		if v.Phys == page.PhysNone {
			never = true
			break
		}
		if v.Nulls != nil {
			if nulls == nil {
				nulls = v.Nulls[:f.n]
				continue
			}
			nulls, mem = mergeNulls(mem, nulls, v.Nulls, f.n)
		}
	}
	n.nulls = mem
	if never || n.phys == page.PhysNone && !n.onNull {
		n.out = page.Vector{Type: n.b.Type(), Len: f.n}
		if n.phys == page.PhysNone && !never {
			return n.unknown(f, nulls)
		}
		return &n.out, nil
	}
	for _, l := range n.lambdas {
		l.outer = f
	}
	b := n.b
	b.Reset()
	for i := range f.n {
		if nulls != nil && nulls[i] {
			appendZero(b, n.phys)
			continue
		}
		if err := n.fn(&n.a, i, b); err != nil {
			if err = f.failed(i, err, n.pos); err != nil {
				return nil, err
			}
			b.Truncate(i)
			b.Null()
		}
	}
	v := b.Vector()
	if v.Len != f.n {
		panic("BUG: body of " + n.a.Func.ID() + " did not append one value a row")
	}
	n.out = *v
	if nulls != nil && n.phys < page.PhysArray {
		n.out.Nulls, n.nulls = mergeNulls(n.nulls, nulls, v.Nulls, f.n)
	}
	return &n.out, nil
}

// unknown runs a body whose result is of type unknown, for its errors.
func (n *callNode) unknown(f *frame, nulls []bool) (*page.Vector, error) {
	n.b.Reset()
	for i := range f.n {
		if nulls != nil && nulls[i] {
			continue
		}
		if err := n.fn(&n.a, i, n.b); err != nil {
			if err = f.failed(i, err, n.pos); err != nil {
				return nil, err
			}
		}
	}
	return &n.out, nil
}

// appendZero appends a value that the NULL flags kept beside the builder will
// hide; containers get their NULL inside, where an empty range is asked for.
func appendZero(b *page.Builder, phys page.Phys) {
	switch phys {
	case page.PhysBool:
		b.Bool(false)
	case page.PhysInt64:
		b.Int64(0)
	case page.PhysFloat64:
		b.Float64(0)
	case page.PhysInt128:
		b.Int128(decimal.Int128{})
	case page.PhysInstant:
		b.Instant(types.Instant{})
	case page.PhysTimeTZ:
		b.TimeTZ(types.TimeOfDayTZ{})
	case page.PhysBytes:
		b.StringNoCopy("")
	default:
		b.Null()
	}
}

// lambdaNode is a lambda argument of one call. It implements Lambda.
type lambdaNode struct {
	params []plan.Param
	body   node
	t      types.Type // of the body
	outer  *frame     // of the call that is being evaluated
	f      frame
	vars   []varVector
}

func (c *compiler) lambda(x *plan.Lambda) (*lambdaNode, needs, error) {
	body, d, err := c.compile(x.Body)
	if err != nil {
		return nil, d, err
	}
	n := &lambdaNode{params: x.Params, body: body, t: x.Body.Type(), vars: make([]varVector, len(x.Params))}
	free := needs{page: d.page}
	for id := range d.vars {
		own := false
		for _, p := range x.Params {
			own = own || p.ID == id
		}
		if !own {
			free.add(needs{vars: map[int]bool{id: true}})
		}
	}
	return n, free, nil
}

// Call evaluates the body for outer row i over the parameters' rows.
func (n *lambdaNode) Call(i int, params []*page.Vector) (*page.Vector, error) {
	if len(params) != len(n.params) {
		var b strings.Builder
		for _, p := range n.params {
			b.WriteString(" " + p.Name)
		}
		panic("BUG: lambda (" + b.String() + " ) called with a wrong number of arguments")
	}
	for k, v := range params {
		n.vars[k] = varVector{n.params[k].ID, v}
	}
	return n.body.eval(n.f.enter(n.outer, i, n.vars))
}
