package exec

// Variance and its like, and what is computed of pairs: the update and merge
// formulas, and so the last digits, are those of Trino's VarianceState,
// CentralMomentsState, CovarianceState, CorrelationState and RegressionState.
// Conversions to float64 around products keep compilers from fusing them with
// sums, which would change last digits between machines.

import (
	"math"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
)

// moments is stddev, variance, skewness and kurtosis.
type moments struct {
	name string
	st   []momentState
}

type momentState struct{ n, m1, m2, m3, m4 float64 }

func (m *moments) grow(n int) { m.st = grown(m.st, n) }

func (m *moments) add(groups []uint32, args []*page.Vector) error {
	v := args[0]
	higher := m.name == "skewness" || m.name == "kurtosis"
	for i, g := range groups {
		if v.IsNull(i) {
			continue
		}
		var x float64
		if v.Phys == page.PhysInt64 {
			x = float64(v.I64[i])
		} else {
			x = v.F64[i]
		}
		s := &m.st[g]
		if higher {
			s.updateAll(x)
			continue
		}
		s.n++
		delta := x - s.m1
		s.m1 += delta / s.n
		s.m2 += float64(delta * (x - s.m1))
	}
	return nil
}

func (s *momentState) updateAll(x float64) {
	n1, n := s.n, s.n+1
	delta := x - s.m1
	dn := delta / n
	dn2 := float64(dn * dn)
	dm2 := float64(float64(delta*dn) * n1)
	m2, m3 := s.m2, s.m3
	s.n = n
	s.m1 += dn
	s.m2 = m2 + dm2
	s.m3 = m3 + float64(float64(dm2*dn)*(n-2)) - float64(float64(3*dn)*m2)
	s.m4 = s.m4 + float64(float64(dm2*dn2)*(float64(n*n)-float64(3*n)+3)) + float64(float64(6*dn2)*m2) - float64(float64(4*dn)*m3)
}

func (m *moments) merge(groups []uint32, other accumulator) error {
	o := other.(*moments)
	for i, g := range groups {
		a, b := &m.st[g], &o.st[i]
		if b.n == 0 {
			continue
		}
		if a.n == 0 { // as it is: the formulas would round
			*a = *b
			continue
		}
		n := a.n + b.n
		d := b.m1 - a.m1
		d2 := d * d
		c := momentState{n: n}
		c.m1 = (float64(b.n*b.m1) + float64(a.n*a.m1)) / n
		c.m2 = a.m2 + b.m2 + float64(float64(d2*b.n)*a.n)/n
		c.m3 = a.m3 + b.m3 + d*d2*a.n*b.n*(a.n-b.n)/(n*n) + 3*d*(a.n*b.m2-b.n*a.m2)/n
		c.m4 = a.m4 + b.m4 + d2*d2*a.n*b.n*(a.n*a.n-a.n*b.n+b.n*b.n)/(n*n*n) +
			6*d2*(a.n*a.n*b.m2+b.n*b.n*a.m2)/(n*n) + 4*d*(a.n*b.m3-b.n*a.m3)/n
		*a = c
	}
	return nil
}

func (m *moments) result(g int, out *page.Builder) error {
	s := m.st[g]
	least := 2.0
	var x float64
	switch m.name {
	case "stddev_pop", "var_pop":
		least = 1
		x = s.m2 / s.n
	case "skewness":
		least = 3
		x = math.Sqrt(s.n) * s.m3 / math.Pow(s.m2, 1.5)
	case "kurtosis":
		least = 4
		x = ((s.n-1)*s.n*(s.n+1)*s.m4/(s.m2*s.m2) - 3*(s.n-1)*(s.n-1)) / ((s.n - 2) * (s.n - 3))
	default:
		x = s.m2 / (s.n - 1)
	}
	if s.n < least {
		out.Null()
		return nil
	}
	switch m.name {
	case "stddev", "stddev_samp", "stddev_pop":
		x = math.Sqrt(x)
	}
	out.Float64(x)
	return nil
}

// paired is corr, covar_* and regr_*: the first argument is y, the second x.
type paired struct {
	name string
	st   []pairState
}

type pairState struct{ n, meanX, meanY, c2, m2X, m2Y float64 }

func (p *paired) grow(n int) { p.st = grown(p.st, n) }

func (p *paired) add(groups []uint32, args []*page.Vector) error {
	ys, xs := args[0], args[1]
	for i, g := range groups {
		if ys.IsNull(i) || xs.IsNull(i) {
			continue
		}
		x, y, s := xs.F64[i], ys.F64[i], &p.st[g]
		s.n++
		oldX, oldY := s.meanX, s.meanY
		s.meanX = oldX + (x-oldX)/s.n
		s.meanY = oldY + (y-oldY)/s.n
		s.c2 += float64((x - oldX) * (y - s.meanY))
		s.m2X += float64((x - oldX) * (x - s.meanX))
		s.m2Y += float64((y - oldY) * (y - s.meanY))
	}
	return nil
}

func (p *paired) merge(groups []uint32, other accumulator) error {
	o := other.(*paired)
	for i, g := range groups {
		a, b := &p.st[g], &o.st[i]
		if b.n == 0 {
			continue
		}
		if a.n == 0 { // as it is: the formulas would round
			*a = *b
			continue
		}
		n := a.n + b.n
		dx, dy := b.meanX-a.meanX, b.meanY-a.meanY
		a.m2X = a.m2X + b.m2X + float64(float64(a.n*b.n)*float64(dx*dx))/n
		a.m2Y = a.m2Y + b.m2Y + float64(float64(a.n*b.n)*float64(dy*dy))/n
		a.c2 = a.c2 + b.c2 + float64(float64(float64(dx*dy)*a.n)*b.n)/n
		a.meanX += float64(dx*b.n) / n
		a.meanY += float64(dy*b.n) / n
		a.n = n
	}
	return nil
}

func (p *paired) result(g int, out *page.Builder) error {
	s := p.st[g]
	var x float64
	switch p.name {
	case "covar_pop":
		x = s.c2 / s.n
	case "covar_samp":
		x = s.c2 / (s.n - 1)
	case "corr":
		x = s.c2 / math.Sqrt(s.m2X) / math.Sqrt(s.m2Y)
	case "regr_slope":
		x = s.c2 / s.m2X
	case "regr_intercept":
		x = s.meanY - float64(s.c2/s.m2X*s.meanX)
	}
	null := s.n == 0 || p.name == "covar_samp" && s.n < 2
	if p.name != "covar_pop" && p.name != "covar_samp" { // not finite is NULL there
		null = null || math.IsNaN(x) || math.IsInf(x, 0)
	}
	if null {
		out.Null()
		return nil
	}
	if out.Type().Kind == types.KindReal {
		x = float64(float32(x))
	}
	out.Float64(x)
	return nil
}
