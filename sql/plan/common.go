package plan

// Common subexpressions: what several expressions over the same rows compute, or
// one computes several times.

// Common finds the subexpressions that occur more than once in exprs, all over one
// input. groups has one of each, outer ones before those within; at tells for each
// occurrence its group. Within an occurrence that is not its group's first nothing
// is looked for. What depends on chance or on a lambda's parameter is none of them,
// and what is cheap is not worth it.
func Common(exprs []Expr) (groups []Expr, at map[Expr]int) {
	worth := 0
	for _, e := range exprs {
		Walk(e, func(e Expr) bool {
			if worthwhileOnce(e) {
				worth++
			}
			return worth < 2
		})
	}
	if worth < 2 {
		return nil, nil
	}
	f := &commons{of: map[Expr]known{}, groups: map[uint64][]*group{}}
	for _, e := range exprs {
		f.look(e)
		f.count(e)
	}
	for _, g := range f.order {
		if len(g.at) < 2 {
			continue
		}
		if at == nil {
			at = map[Expr]int{}
		}
		for _, e := range g.at {
			at[e] = len(groups)
		}
		groups = append(groups, g.at[0])
	}
	return groups, at
}

// worthwhileOnce tells expressions that cost more than to look a value up.
func worthwhileOnce(e Expr) bool {
	switch x := e.(type) {
	case *Call, *Case, *Coalesce, *NullIf, *Try, *RowCtor, *ArrayCtor:
		return true
	case *Cast:
		_, col := x.X.(*Col)
		return !col || !x.Implicit
	case *Arith:
		return true
	}
	return false
}

// known is what is known of a subexpression.
type known struct {
	hash  uint64
	cols  bool // it reads columns
	loose bool // it does not give the same value each time, or reads a lambda's parameter
}

type group struct{ at []Expr }

type commons struct {
	of     map[Expr]known
	groups map[uint64][]*group
	order  []*group
}

// mix and the offset are those of FNV-1a, a word at a time.
func mix(h, x uint64) uint64 { return (h ^ x) * 1099511628211 }

func mixText(h uint64, s string) uint64 {
	for i := range len(s) {
		h = mix(h, uint64(s[i]))
	}
	return h
}

// look learns about e and everything below. Equal expressions have equal hashes.
func (f *commons) look(e Expr) known {
	if k, ok := f.of[e]; ok {
		return k
	}
	k := known{hash: mix(14695981039346656037, uint64(e.Type().Kind))}
	switch x := e.(type) {
	case *Col:
		k.hash, k.cols = mix(k.hash, uint64(x.Index)), true
	case *Const:
		k.hash = mixText(mix(k.hash, uint64(x.V.I)), x.V.S)
	case *Call:
		k.hash, k.loose = mixText(k.hash, x.Func.Name), x.Func.NonDeterministic
	case *Var:
		k.loose = true
	case *Arith:
		k.hash = mix(k.hash, uint64(x.Op))
	}
	for _, x := range Children(e) {
		b := f.look(x)
		k.hash, k.cols, k.loose = mix(k.hash, b.hash), k.cols || b.cols, k.loose || b.loose
	}
	f.of[e] = k
	return k
}

// count finds e's group, and those of what is below where e is new.
func (f *commons) count(e Expr) {
	k := f.of[e]
	if worthwhileOnce(e) && k.cols && !k.loose {
		for _, g := range f.groups[k.hash] {
			if Equal(g.at[0], e) {
				g.at = append(g.at, e)
				return
			}
		}
		g := &group{at: []Expr{e}}
		f.groups[k.hash] = append(f.groups[k.hash], g)
		f.order = append(f.order, g)
	}
	if _, ok := e.(*Lambda); ok { // its rows are others
		return
	}
	for _, x := range Children(e) {
		f.count(x)
	}
}
