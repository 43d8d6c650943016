package exec

// Unnest: a row for each element of arrays and maps; several are walked side by
// side, the shorter ones padded with NULLs.

import (
	"context"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

type unnest struct {
	in    Operator
	n     *plan.Unnest
	list  *expr.List
	b     []*page.Builder // of the unnested columns
	rows  int             // of a page
	src   *page.Page      // the input page at hand
	late  error           // comes after its rows
	vecs  []*page.Vector  // its containers, dense
	at    int             // the next of its rows
	elem  int             // the next element of that row
	sel   []int32
	mem   []page.Vector
	page  page.Page
	keeps int
}

func newUnnest(in Operator, n *plan.Unnest, env *Env) (Operator, error) {
	list, err := expr.CompileList(n.Exprs, &env.Expr)
	if err != nil {
		return nil, err
	}
	o := &unnest{in: in, n: n, list: list, rows: env.pageRows(), keeps: len(n.Keep)}
	o.b = builders(n.Cols[len(n.Keep):])
	o.mem = make([]page.Vector, len(n.Keep))
	o.page.Cols = make([]*page.Vector, len(n.Cols))
	return o, nil
}

func (o *unnest) Next(ctx context.Context) (*page.Page, error) {
	for {
		if o.src == nil {
			if o.late != nil {
				return nil, o.late
			}
			p, err := o.in.Next(ctx)
			if p == nil || err != nil {
				return nil, err
			}
			if p.Len() == 0 {
				continue
			}
			if p, o.vecs, o.late = evalBefore(o.list, p); p == nil {
				continue
			}
			o.src, o.at, o.elem = p, 0, 0
		}
		if o.fill(); len(o.sel) > 0 {
			return &o.page, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

// fill makes a page of the next elements.
func (o *unnest) fill() {
	for _, b := range o.b {
		b.Reset()
	}
	o.sel = o.sel[:0]
	total := o.src.Len()
	for o.at < total && len(o.sel) < o.rows {
		longest := 0
		for _, v := range o.vecs {
			if !v.IsNull(o.at) {
				longest = max(longest, int(v.Off[o.at+1]-v.Off[o.at]))
			}
		}
		if longest == 0 {
			if o.n.Left {
				o.element(-1)
			}
			o.at++
			continue
		}
		for o.elem < longest && len(o.sel) < o.rows {
			o.element(o.elem)
			o.elem++
		}
		if o.elem == longest {
			o.at, o.elem = o.at+1, 0
		}
	}
	for k, c := range o.n.Keep {
		page.GatherInto(&o.mem[k], o.src.Cols[c], o.sel)
		o.page.Cols[k] = &o.mem[k]
	}
	for k, b := range o.b {
		o.page.Cols[o.keeps+k] = b.Vector()
	}
	o.page.Rows, o.page.Split, o.page.Row = len(o.sel), o.src.Split, o.src.Row
	if o.at == total {
		o.src = nil
	}
}

// element appends one row: element e of each container, all NULL for -1.
func (o *unnest) element(e int) {
	row := int32(o.at)
	if o.src.Sel != nil {
		row = o.src.Sel[o.at]
	}
	o.sel = append(o.sel, row)
	col := 0
	put := func(v *page.Vector, i int) {
		if i < 0 {
			o.b[col].Null()
		} else {
			appendOne(o.b[col], v, i)
		}
		col++
	}
	for _, v := range o.vecs {
		i := -1
		if e >= 0 && !v.IsNull(o.at) && e < int(v.Off[o.at+1]-v.Off[o.at]) {
			i = int(v.Off[o.at]) + e
		}
		switch el := v.Children[0]; {
		case v.Phys == page.PhysMap:
			put(v.Children[0], i)
			put(v.Children[1], i)
		case el.Phys == page.PhysRow:
			for _, f := range el.Children {
				k := i
				if i >= 0 && el.IsNull(i) {
					k = -1
				}
				put(f, k)
			}
		default:
			put(el, i)
		}
	}
	if o.n.Ordinality {
		if e < 0 {
			o.b[col].Null()
		} else {
			o.b[col].Int64(int64(e + 1))
		}
	}
}

func (o *unnest) Close() error { return o.in.Close() }
