package expr

// Frames: the rows that an expression node is evaluated over. A node always
// sees dense vectors of frame.n rows; selections, lazily evaluated branches and
// lambda bodies are all frames, so that nulls, gathers and captured columns are
// dealt with here and nowhere else.

import (
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// frame is a set of rows. The root frame stands for a page with its selection.
// A narrowed frame (narrow) holds some rows of its parent: those that a lazy
// operator left open. A lambda frame (enter) holds the rows of the lambda's
// parameters; columns and outer variables are captured: the outer row's value,
// repeated.
type frame struct {
	n    int
	cols []*page.Vector // input columns, not dense
	vars []varVector    // lambda parameters in scope of this frame, not dense
	sel  []int32        // rows of cols and vars that this frame stands for; nil: all n

	dense []*page.Vector // cols gathered by sel, nil where not yet asked for
	mem   []page.Vector  // memory of dense
	vmem  []page.Vector  // the same for vars
	vdone []*page.Vector

	parent *frame  // of a narrowed frame
	rows   []int32 // rows of parent
	selMem []int32 // memory of sel

	outer    *frame // of a lambda frame
	outerRow int

	try *tryState

	root   bool // all rows of a program's page
	single bool // the rows in which an error is looked for
}

// varVector is a lambda parameter's values.
type varVector struct {
	id int
	v  *page.Vector
}

// tryState says what becomes of failures inside a frame. Under TRY it collects
// the rows that failed: the whole TRY is NULL there. A mask has the rows whose
// value nobody asks for, because an earlier argument of the same operation is
// NULL: Trino does not evaluate the later ones then, so failures there are none.
type tryState struct {
	root *frame
	bad  []bool // by row of root
	any  bool   // a row was marked since the state was set up
	mask bool
	up   *tryState // of the frame around root
}

// reset makes f the root frame of a page's rows.
func (f *frame) reset(rows int, cols []*page.Vector, sel []int32) {
	f.n, f.cols, f.sel = rows, cols, sel
	if sel != nil {
		f.n = len(sel)
	}
	f.parent, f.rows, f.outer, f.try, f.vars = nil, nil, nil, nil, nil
	f.root = true
	f.forget()
}

// forget drops gathered columns.
func (f *frame) forget() {
	if len(f.dense) < len(f.cols) {
		f.dense = make([]*page.Vector, len(f.cols))
		f.mem = make([]page.Vector, len(f.cols))
	} else {
		clear(f.dense)
	}
	clear(f.vdone)
}

// narrow makes f the frame of the given rows of p.
func (f *frame) narrow(p *frame, rows []int32) *frame {
	f.n, f.cols, f.vars = len(rows), p.cols, p.vars
	f.parent, f.rows = p, rows
	f.outer, f.outerRow, f.try = p.outer, p.outerRow, p.try
	f.single = p.single
	if p.sel == nil {
		f.sel = rows
	} else {
		f.selMem = f.selMem[:0]
		for _, r := range rows {
			f.selMem = append(f.selMem, p.sel[r])
		}
		f.sel = f.selMem
	}
	f.forget()
	return f
}

// alias makes f a frame of the same rows as p, with the same gathered columns.
func (f *frame) alias(p *frame) *frame {
	*f = *p
	f.parent, f.rows, f.selMem = p, identity(p.n), nil
	f.root = false // failures may mean something else here
	return f
}

// enter makes f the frame of a lambda's body: the parameters' rows, seen from
// row of outer.
func (f *frame) enter(outer *frame, row int, vars []varVector) *frame {
	f.n = vars[0].v.Len
	f.cols, f.vars, f.sel = outer.cols, vars, nil
	f.parent, f.rows = nil, nil
	f.outer, f.outerRow, f.try = outer, row, outer.try
	f.forget()
	return f
}

// col returns column k over the frame's rows.
func (f *frame) col(k int) *page.Vector {
	if v := f.dense[k]; v != nil {
		return v
	}
	var v *page.Vector
	switch {
	case f.outer != nil:
		v = repeatRow(&f.mem[k], f.outer.col(k), f.outerRow, f.n)
	case f.sel == nil:
		v = f.cols[k]
	default:
		v = &f.mem[k]
		page.GatherInto(v, f.cols[k], f.sel)
	}
	f.dense[k] = v
	return v
}

// variable returns lambda parameter id over the frame's rows.
func (f *frame) variable(id int) *page.Vector {
	for k := range f.vars {
		if f.vars[k].id != id {
			continue
		}
		if f.sel == nil {
			return f.vars[k].v
		}
		for len(f.vmem) < len(f.vars) {
			f.vmem = append(f.vmem, page.Vector{})
			f.vdone = append(f.vdone, nil)
		}
		if f.vdone[k] == nil {
			page.GatherInto(&f.vmem[k], f.vars[k].v, f.sel)
			f.vdone[k] = &f.vmem[k]
		}
		return f.vdone[k]
	}
	if f.outer == nil {
		panic("BUG: lambda variable out of scope")
	}
	return repeatRow(&page.Vector{}, f.outer.variable(id), f.outerRow, f.n)
}

// repeatRow sets out to n copies of row i of v.
func repeatRow(out, v *page.Vector, i, n int) *page.Vector {
	sel := make([]int32, n)
	for k := range sel {
		sel[k] = int32(i)
	}
	page.GatherInto(out, v, sel)
	out.Const = true
	return out
}

// failed handles a failure in row k: under TRY the row is marked and nil
// returned (the caller makes its value NULL), otherwise the error, placed at
// pos, comes back. Only the four codes of semantics 5.6 count as failures to
// TRY.
func (f *frame) failed(k int, err error, pos sqlerr.Pos) error {
	g := f
	for s := f.try; s != nil; s = s.up {
		for g != s.root {
			if g.parent != nil {
				k, g = int(g.rows[k]), g.parent
			} else {
				k, g = g.outerRow, g.outer
			}
		}
		if s.bad[k] {
			return nil // nobody asks, or it failed before: the value is made up
		}
		if !s.mask && tryable(err) {
			s.bad[k], s.any = true, true
			return nil
		}
	}
	return placed(err, pos)
}

// tryable reports whether TRY and TRY_CAST turn err into NULL (semantics 5.6).
func tryable(err error) bool {
	switch sqlerr.CodeOf(err) {
	case sqlerr.InvalidCastArgument, sqlerr.InvalidFunctionArgument, sqlerr.DivisionByZero, sqlerr.NumericValueOutOfRange:
		return true
	}
	return false
}

// placed gives err the position pos unless it has one.
func placed(err error, pos sqlerr.Pos) error {
	e := sqlerr.As(err)
	if e.Pos == 0 && pos != 0 {
		c := *e
		c.Pos = pos
		return &c
	}
	return e
}
