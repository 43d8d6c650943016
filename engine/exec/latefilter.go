package exec

// The filter right above a scan. It decodes a column only for the rows that its
// conditions have left so far, from the first condition to the last, and what is
// selected only for the rows that pass. That is how far Athena looks too: its
// record reader decodes a field when it is asked for, so a bad value in a row
// that the filter drops does no harm (semantics 2.4, trap 10).

import (
	"context"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

type lateFilter struct {
	in     *scan
	terms  []lateTerm
	rest   []int // output columns that are looked at above: loaded for the rows that pass
	loaded []bool
	packed bool       // the page's columns have the rows that pass, and no others
	pool   *expr.Pool // of what the terms and the step above have in common
	// dynamic are the filters by joins above; they come after the conditions.
	dynamic []dynamicTerm
	cols    [1]int
	sel     [2][]int32 // a term reads one and writes the other
	row     [1]int32
	page    page.Page
	err     error // comes after the rows in front of it
}

// lateTerm is one condition, and the output columns that it reads. An earlier term
// may have loaded them, or have been decided without their values.
type lateTerm struct {
	pred *expr.Program
	cols []int
	// cond is the same on column col alone, where it is simple enough for a source
	// that need not decode the column; else nil.
	cond *colcache.Condition
	col  int
	// single is the only column that the term reads, -1 where it reads several. dict
	// is the dictionary that pass was made for: whether the term is true of each of
	// its rows; nil where it fails for one of them.
	single int
	dict   *page.Vector
	pass   []bool
	one    page.Page
}

// newLateFilter fuses a filter with the scan below it, whose columns all come late:
// a condition may be decided without the values of its column. needed tells which columns
// are looked at above; nil means all.
//
// pred may be nil where there are dynamic filters: then columns that are not kept are
// decoded as they come.
func newLateFilter(in *scan, pred plan.Expr, needed []bool, env *Env, pool *expr.Pool, dynamic []*dynamicFilter) (Operator, error) {
	f := &lateFilter{in: in, loaded: make([]bool, len(in.out)), pool: pool}
	for _, d := range dynamic {
		f.dynamic = append(f.dynamic, dynamicTerm{dynamicFilter: d})
	}
	var conds []plan.Expr
	if pred != nil {
		conds = terms(pred)
		in.later()
		in.filtered = true
	} else {
		in.late = nil
		in.keptLate = true
	}
	used := make([]bool, len(in.out))
	for _, c := range conds {
		g, err := expr.CompileProgram(c, &env.Expr, pool)
		if err != nil {
			return nil, err
		}
		t := lateTerm{pred: g, single: -1}
		reads := map[int]bool{}
		t.cond, t.col = conditionOf(c, env)
		plan.Walk(c, func(x plan.Expr) bool {
			if col, ok := x.(*plan.Col); ok && !reads[col.Index] {
				reads[col.Index], used[col.Index] = true, true
				t.single = col.Index
				t.cols = append(t.cols, col.Index)
			}
			return true
		})
		if len(reads) != 1 || !steady(c) {
			t.single = -1
		}
		f.terms = append(f.terms, t)
	}
	for k := range in.out {
		if !used[k] || needed == nil || needed[k] {
			f.rest = append(f.rest, k)
		}
	}
	return f, nil
}

// terms are the conditions of a predicate.
func terms(pred plan.Expr) []plan.Expr {
	if and, ok := pred.(*plan.And); ok {
		return and.Terms
	}
	return []plan.Expr{pred}
}

func (f *lateFilter) Next(ctx context.Context) (*page.Page, error) {
	for {
		if f.err != nil {
			err := f.err
			f.err = nil
			return nil, err
		}
		p, err := f.in.Next(ctx)
		if p == nil || err != nil {
			return nil, err
		}
		sel, err := f.run(p, p.Sel)
		if err != nil {
			if sel, f.err = f.prefix(p, err); f.err == nil {
				return nil, err
			}
		}
		if sel != nil && len(sel) == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			continue
		}
		f.page = *p
		f.page.Sel = sel
		if f.packed {
			f.page.Rows, f.page.Sel = len(sel), nil
		}
		return &f.page, nil
	}
}

// run gives the rows among rows (nil: all) that pass, with every column loaded
// for them; nil where all rows of the page pass.
func (f *lateFilter) run(p *page.Page, rows []int32) ([]int32, error) {
	clear(f.loaded)
	f.pool.Turn()
	f.packed = false
	part := *p
	part.Sel = rows
	for n := range f.terms {
		t := &f.terms[n]
		if t.cond != nil {
			sel, out, err := f.in.decide(t.col, t.cond, part.Sel, f.sel[n%2])
			if err != nil {
				return nil, err
			}
			switch out {
			case colcache.All:
				continue
			case colcache.Some:
				if f.sel[n%2] = sel; len(sel) == 0 {
					return []int32{}, nil // not nil, which stands for all
				}
				part.Sel = sel
				continue
			}
		}
		mem := &f.sel[n%2]
		if t.single >= 0 {
			sel, ok, err := f.byCode(t, part.Sel, *mem)
			if err != nil {
				return nil, err
			}
			if ok {
				if *mem = sel; len(sel) == 0 {
					return []int32{}, nil
				}
				if len(sel) < p.Rows {
					part.Sel = sel
				}
				continue
			}
		}
		if err := f.load(p, t.cols, part.Sel, false); err != nil {
			return nil, err
		}
		sel, err := t.pred.Filter(&part, *mem)
		if err != nil {
			return nil, err
		}
		*mem = sel
		if len(sel) == 0 {
			return []int32{}, nil // not nil, which would be all rows
		}
		if len(sel) < p.Rows {
			part.Sel = sel
		}
	}
	if len(f.dynamic) > 0 && f.in.clean(f.rest) {
		var err error
		if part.Sel, err = f.drop(p, part.Sel); err != nil {
			return nil, err
		}
		if part.Sel != nil && len(part.Sel) == 0 {
			return part.Sel, nil
		}
	}
	if part.Sel != nil && f.in.packs(f.rest) {
		f.packed = true
		f.pool.Packed(part.Sel)
		return part.Sel, f.in.pack(f.rest, part.Sel)
	}
	return part.Sel, f.load(p, f.rest, part.Sel, true)
}

// byCode decides a term that reads one column, whose values are places in a
// dictionary: each value of it is looked at once. ok is false where they are not,
// or where the term fails for a value, which no row may have.
func (f *lateFilter) byCode(t *lateTerm, rows, dst []int32) (sel []int32, ok bool, err error) {
	v, err := f.in.codes(t.single, rows)
	if v == nil || err != nil {
		return nil, false, err
	}
	if t.dict != v.Dict {
		t.dict = v.Dict
		if t.one.Cols == nil {
			t.one.Cols = make([]*page.Vector, len(f.in.out))
		}
		t.one.Rows, t.one.Cols[t.single] = v.Dict.Len, v.Dict
		t.pass = nil
		f.pool.Turn() // the dictionary is another page
		if passing, err := t.pred.Filter(&t.one, nil); err == nil {
			t.pass = make([]bool, v.Dict.Len)
			for _, k := range passing {
				t.pass[k] = true
			}
		}
		f.pool.Turn()
	}
	if t.pass == nil {
		return nil, false, nil
	}
	dst = resized(dst, v.Len)
	at := 0
	for i, c := range v.Codes {
		row := int32(i)
		if rows != nil {
			row = rows[i]
		}
		dst[at] = row
		if t.pass[c] {
			at++
		}
	}
	return dst[:at], true, nil
}

// load decodes columns that are not loaded yet. Conditions look at values, not at
// codes, which are for what is above.
func (f *lateFilter) load(p *page.Page, cols []int, rows []int32, codes bool) error {
	for _, k := range cols {
		if f.loaded[k] {
			continue
		}
		if err := f.in.load(k, rows, f.loaded, codes); err != nil {
			return err
		}
	}
	return nil
}

// prefix finds the first row that fails, for run has failed for the page as a
// whole with err, and gives the rows in front of it that pass, and its error.
func (f *lateFilter) prefix(p *page.Page, err error) ([]int32, error) {
	rows := p.Sel
	if rows == nil {
		rows = identity(p.Rows)
	}
	for k, row := range rows {
		f.row[0] = row
		if _, e := f.run(p, f.row[:]); e != nil {
			if k == 0 {
				return []int32{}, e
			}
			sel, again := f.run(p, rows[:k])
			if again != nil {
				return []int32{}, again
			}
			return sel, e
		}
	}
	return nil, err
}

func (f *lateFilter) Close() error { return f.in.Close() }
