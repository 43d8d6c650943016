package expr

// Bodies of the statistical functions (MathFunctions, WilsonInterval in Trino's
// source).

import (
	"math"

	"github.com/ionq-db/ionq/reader/page"
)

// betaCDF is the regularised incomplete beta function, by its continued fraction
// (modified Lentz).
func betaCDF(a, b, x float64) float64 {
	if x <= 0 || x >= 1 {
		return min(max(x, 0), 1)
	}
	lga, _ := math.Lgamma(a)
	lgb, _ := math.Lgamma(b)
	lgab, _ := math.Lgamma(a + b)
	front := math.Exp(a*math.Log(x) + b*math.Log1p(-x) + lgab - lga - lgb)
	if x > (a+1)/(a+b+2) {
		return 1 - front*betaFraction(b, a, 1-x)/b
	}
	return front * betaFraction(a, b, x) / a
}

func betaFraction(a, b, x float64) float64 {
	const tiny, steps = 1e-300, 10_000
	guard := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/guard(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m < steps; m++ {
		for _, k := range [2]float64{
			m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)),
			-(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1)),
		} {
			d = 1 / guard(1+k*d)
			c = guard(1 + k/c)
			f *= c * d
		}
		if math.Abs(c*d-1) < 1e-15 {
			break
		}
	}
	return f
}

// inverseBetaCDF halves the interval until nothing is left of it. Trino's library
// stops at 1e-9.
func inverseBetaCDF(a, b, p float64) float64 {
	if p == 0 || p == 1 {
		return p
	}
	lo, hi := 0.0, 1.0
	for {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return mid
		}
		if betaCDF(a, b, mid) < p {
			lo = mid
		} else {
			hi = mid
		}
	}
}

// wilson gives a bound of the Wilson score interval: sign is -1 or 1. Operations
// come in Trino's order; the conversions keep a compiler from fusing them.
func wilson(successes, trials int64, z, sign float64) (float64, error) {
	switch {
	case successes < 0:
		return 0, invalidArgument("number of successes must not be negative")
	case trials <= 0:
		return 0, invalidArgument("number of trials must be positive")
	case successes > trials:
		return 0, invalidArgument("number of successes must not be larger than number of trials")
	case z < 0:
		return 0, invalidArgument("z-score must not be negative")
	}
	n := float64(trials)
	p := float64(successes) / n
	zz := z * z
	half := float64(z * math.Sqrt(float64(p*(1-p))/n+zz/float64(4*n*n)))
	return (p + zz/float64(2*n) + float64(sign*half)) / (1 + zz/n), nil
}

func init() {
	register("beta_cdf(double, double, double)", func(a *Args, i int, out *page.Builder) error {
		x, y, v := a.f64(0, i), a.f64(1, i), a.f64(2, i)
		switch {
		case !(v >= 0 && v <= 1):
			return invalidArgument("value must be 0 >= v >= 1")
		case !(x > 0 && y > 0):
			return invalidArgument("a, b must be > 0")
		}
		out.Float64(betaCDF(x, y, v))
		return nil
	})
	register("inverse_beta_cdf(double, double, double)", func(a *Args, i int, out *page.Builder) error {
		x, y, p := a.f64(0, i), a.f64(1, i), a.f64(2, i)
		switch {
		case !(p >= 0 && p <= 1):
			return invalidArgument("p must be 0 >= p >= 1")
		case !(x > 0 && y > 0):
			return invalidArgument("a, b must be > 0")
		}
		out.Float64(inverseBetaCDF(x, y, p))
		return nil
	})
	for name, sign := range map[string]float64{"lower": -1, "upper": 1} {
		register("wilson_interval_"+name+"(bigint, bigint, double)", func(a *Args, i int, out *page.Builder) error {
			x, err := wilson(a.i64(0, i), a.i64(1, i), a.f64(2, i), sign)
			if err == nil {
				out.Float64(x)
			}
			return err
		})
	}
}
