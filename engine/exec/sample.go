package exec

// TABLESAMPLE: BERNOULLI keeps each row by chance, SYSTEM each split of a table.
// Over anything but a table SYSTEM keeps all rows, unless it is to keep none, as on
// Trino (LocalExecutionPlanner.visitSample, EvaluateZeroSample).

import (
	"context"
	"math/rand/v2"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

type sample struct {
	in     Operator
	ratio  float64
	splits map[int]bool // SYSTEM: which are kept; nil for BERNOULLI
	sel    []int32
	page   page.Page
}

func newSample(in Operator, n *plan.Sample, env *Env) (Operator, error) {
	if n.Of != nil {
		v, err := expr.Fold(n.Of, &env.Expr)
		if err != nil {
			return nil, err
		}
		known := *n
		if err := known.SetPercent(v); err != nil {
			return nil, err
		}
		n = &known
	}
	if n.System && n.Percent > 0 && !overScan(n.Input) {
		return in, nil
	}
	s := &sample{in: in, ratio: n.Percent / 100}
	if n.System {
		s.splits = map[int]bool{}
	}
	return s, nil
}

// overScan reports whether a node's rows are those of a table's splits.
func overScan(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Scan:
		return true
	case *plan.Filter:
		return overScan(n.Input)
	case *plan.Project:
		return overScan(n.Input)
	}
	return false
}

func (s *sample) Next(ctx context.Context) (*page.Page, error) {
	for {
		p, err := s.in.Next(ctx)
		if p == nil || err != nil {
			return nil, err
		}
		if s.splits != nil {
			keep, seen := s.splits[p.Split]
			if !seen {
				keep = rand.Float64() < s.ratio
				s.splits[p.Split] = keep
			}
			if keep {
				return p, nil
			}
		} else if q := s.rows(p); q != nil {
			return q, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

// rows picks rows of a page; nil: none.
func (s *sample) rows(p *page.Page) *page.Page {
	s.sel = s.sel[:0]
	for k := range p.Len() {
		if rand.Float64() < s.ratio {
			i := int32(k)
			if p.Sel != nil {
				i = p.Sel[k]
			}
			s.sel = append(s.sel, i)
		}
	}
	if len(s.sel) == 0 {
		return nil
	}
	s.page = *p
	s.page.Sel = s.sel
	return &s.page
}

func (s *sample) Close() error { return s.in.Close() }
