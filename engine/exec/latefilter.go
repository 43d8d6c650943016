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
	sel    [2][]int32 // a term reads one and writes the other
	row    [1]int32
	page   page.Page
	err    error // comes after the rows in front of it
}

// lateTerm is one condition, and the output columns that it is the first to read.
type lateTerm struct {
	pred *expr.Program
	cols []int
	// cond is the same on column col alone, where it is simple enough for a source
	// that need not decode the column; else nil.
	cond *colcache.Condition
	col  int
}

// newLateFilter fuses a filter with the scan below it, whose late columns it
// sets: all but those that the first condition reads. needed tells which columns
// are looked at above; nil means all.
func newLateFilter(in *scan, pred plan.Expr, needed []bool, env *Env) (Operator, error) {
	f := &lateFilter{in: in, loaded: make([]bool, len(in.out))}
	conds := []plan.Expr{pred}
	if and, ok := pred.(*plan.And); ok {
		conds = and.Terms
	}
	used := make([]bool, len(in.out))
	for n, c := range conds {
		g, err := expr.Compile(c, &env.Expr)
		if err != nil {
			return nil, err
		}
		t := lateTerm{pred: g}
		t.cond, t.col = conditionOf(c, env)
		plan.Walk(c, func(x plan.Expr) bool {
			if col, ok := x.(*plan.Col); ok && !used[col.Index] {
				used[col.Index] = true
				t.cols = append(t.cols, col.Index)
			}
			return true
		})
		if n == 0 {
			in.later(used)
			in.filtered = true
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
		return &f.page, nil
	}
}

// run gives the rows among rows (nil: all) that pass, with every column loaded
// for them; nil where all rows of the page pass.
func (f *lateFilter) run(p *page.Page, rows []int32) ([]int32, error) {
	clear(f.loaded)
	part := *p
	part.Sel = rows
	for n, t := range f.terms {
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
		if err := f.load(p, t.cols, part.Sel); err != nil {
			return nil, err
		}
		mem := &f.sel[n%2]
		sel, err := t.pred.Filter(&part, *mem)
		if err != nil {
			return nil, err
		}
		*mem = sel
		if len(sel) == 0 {
			return sel, nil
		}
		if len(sel) < p.Rows {
			part.Sel = sel
		}
	}
	return part.Sel, f.load(p, f.rest, part.Sel)
}

func (f *lateFilter) load(p *page.Page, cols []int, rows []int32) error {
	for _, k := range cols {
		if f.loaded[k] {
			continue
		}
		if err := f.in.load(k, rows, f.loaded); err != nil {
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
