package decimal

// The result types of decimal operators, as (precision, scale) pairs. From the
// signatures in DecimalOperators; semantics 5.4. All precisions stop at 38. ok
// is false where no such decimal type exists, because the scale exceeds the
// precision: "DECIMAL scale must be in range [0, precision (38)]".

// AddType is the type of + and -.
func AddType(p1, s1, p2, s2 int) (p, s int, ok bool) {
	s = max(s1, s2)
	return capped(max(p1-s1, p2-s2)+s+1, s)
}

// MulType is the type of *.
func MulType(p1, s1, p2, s2 int) (p, s int, ok bool) {
	return capped(p1+p2, s1+s2)
}

// DivType is the type of /.
func DivType(p1, s1, p2, s2 int) (p, s int, ok bool) {
	return capped(p1+s2+max(s2-s1, 0), max(s1, s2))
}

// ModType is the type of % and mod.
func ModType(p1, s1, p2, s2 int) (p, s int, ok bool) {
	s = max(s1, s2)
	return capped(min(p1-s1, p2-s2)+s, s)
}

// CommonType is the narrowest type that holds the values of both, as far as 38
// digits go: what comparisons, CASE, COALESCE and UNION coerce to
// (DecimalType's common super type in TypeCoercion).
func CommonType(p1, s1, p2, s2 int) (p, s int, ok bool) {
	s = max(s1, s2)
	return capped(max(p1-s1, p2-s2)+s, s)
}

// RoundType is the type of round(x), ceiling(x) and floor(x): the result may
// need one digit more than the integral part has.
func RoundType(p, s int) (int, int) { return min(MaxPrecision, p-s+min(1, s)), 0 }

// RoundNType is the type of round(x, n).
func RoundNType(p, s int) (int, int) { return min(MaxPrecision, p+1), s }

func capped(p, s int) (int, int, bool) {
	p = min(p, MaxPrecision)
	return p, s, s <= p
}
