package function

// Resolution of a call to one overload, as Trino does it (FunctionBinder,
// SignatureBinder): first the overloads whose parameters are exactly the
// arguments' types, those without type variables before those with; then the
// ones that the arguments convert to, of which the most specific is taken.
//
// A signature's variables are bound by solving constraints: each argument says
// what it knows, again and again until nothing changes. A lambda says its result
// type as soon as its parameters' types are bound.

import (
	"slices"
	"sort"
	"strings"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Arg is an actual argument. Lambda is set for a lambda expression, whose type
// is not known before its parameters' types are: it is called with them and
// gives the type of the body, or an error that ends the resolution.
type Arg struct {
	Type   types.Type
	Lambda func(params []types.Type) (types.Type, error)
}

// Values makes Args of types.
func Values(ts ...types.Type) []Arg {
	args := make([]Arg, len(ts))
	for i, t := range ts {
		args[i].Type = t
	}
	return args
}

// Resolve finds the overload of name (in any case) that a call with args means.
// The error is an *sqlerr.Error, without a position unless it comes from a
// lambda's body.
func Resolve(name string, args []Arg) (*Bound, error) {
	return ResolveAmong(name, Named(strings.ToLower(name)), args)
}

// ResolveAmong is Resolve over the given overloads; display is the name for
// messages.
func ResolveAmong(display string, candidates []*Function, args []Arg) (*Bound, error) {
	if len(candidates) == 0 {
		if err := refusal(display); err != nil {
			return nil, err
		}
		err := sqlerr.New(sqlerr.FunctionNotFound, "Function '%s' not registered", display)
		if s := foreign[strings.ToLower(display)]; s != "" {
			err.Hint = "write " + s
		} else if s := Suggest(display); s != "" {
			err.Hint = "did you mean " + s + "?"
		}
		return nil, err
	}
	var plain, generic []*Function
	for _, f := range candidates {
		if len(f.signature().vars) == 0 {
			plain = append(plain, f)
		} else {
			generic = append(generic, f)
		}
	}
	for _, round := range []struct {
		fs       []*Function
		coercion bool
	}{{plain, false}, {generic, false}, {candidates, true}} {
		b, err := match(round.fs, args, round.coercion)
		if b != nil || err != nil {
			return b, err
		}
	}
	return nil, unexpected(display, candidates, args)
}

// unexpected is the error for arguments that no overload takes.
func unexpected(display string, candidates []*Function, args []Arg) error {
	var expected []string
	for _, f := range candidates {
		expected = append(expected, f.signature().display(display))
	}
	sort.Strings(expected)
	expected = slices.Compact(expected)
	params := make([]string, len(args))
	for i, a := range args {
		if a.Lambda != nil {
			params[i] = "<function>"
		} else {
			params[i] = a.Type.Signature()
		}
	}
	return sqlerr.New(sqlerr.FunctionNotFound, "Unexpected parameters (%s) for function %s. Expected: %s",
		strings.Join(params, ", "), display, strings.Join(expected, ", "))
}

// match returns the one overload that binds, nil where none does, an error where
// several do and none is the most specific.
func match(fs []*Function, args []Arg, coercion bool) (*Bound, error) {
	var found []*Bound
	for _, f := range fs {
		b, err := bind(f, args, coercion)
		if err != nil {
			return nil, err
		}
		if b != nil {
			found = append(found, b)
		}
	}
	if coercion && len(found) > 1 {
		found = mostSpecific(found, args)
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	var b strings.Builder
	b.WriteString("Could not choose a best candidate operator. Explicit type casts must be added.\nCandidates are:\n")
	for _, f := range found {
		name := f.Name
		if name[0] == '$' {
			name = ""
		}
		b.WriteString("\t * " + name + f.String() + "\n")
	}
	return nil, sqlerr.New(sqlerr.AmbiguousFunctionCall, "%s", b.String())
}

// String gives the bound signature: (varchar(3),bigint):varchar(3).
func (b *Bound) String() string {
	parts := make([]string, len(b.Args))
	for i, t := range b.Args {
		parts[i] = t.Signature()
	}
	return "(" + strings.Join(parts, ",") + "):" + b.Result.Signature()
}

// mostSpecific keeps the overloads that no other one is more specific than; with
// NULL arguments it prefers those that convert nothing but the NULLs, and takes
// any one where all of them would give NULL of the same type.
func mostSpecific(all []*Bound, args []Arg) []*Bound {
	var best []*Bound
	for _, cur := range all {
		related := false
		for i, rep := range best {
			if moreSpecific(cur, rep) {
				best[i] = cur
				related = true
				break
			}
			if moreSpecific(rep, cur) {
				related = true
				break
			}
		}
		if !related {
			best = append(best, cur)
		}
	}
	if len(best) == 1 {
		return best
	}
	unknown := false
	for _, a := range args {
		if a.Lambda != nil {
			return best
		}
		unknown = unknown || a.Type.Kind == types.KindUnknown
	}
	if !unknown {
		return best
	}
	var onlyNulls []*Bound
	for _, b := range all {
		ok := true
		for i, t := range b.Args {
			ok = ok && (t == args[i].Type || args[i].Type.Kind == types.KindUnknown)
		}
		if ok {
			onlyNulls = append(onlyNulls, b)
		}
	}
	if len(onlyNulls) > 0 {
		if best = onlyNulls; len(best) == 1 {
			return best
		}
	}
	for _, b := range best {
		if b.Result != best[0].Result || b.Kind == Scalar && b.CalledOnNull {
			return best
		}
	}
	slices.SortFunc(best, func(a, b *Bound) int { return strings.Compare(b.ID(), a.ID()) })
	return best[:1]
}

// moreSpecific reports whether a call that a handles could go to b.
func moreSpecific(a, b *Bound) bool {
	_, _, ok, err := solve(b.signature(), Values(a.Args...), true)
	return ok && err == nil
}

// bind fixes f's types for args; nil where f does not take them.
func bind(f *Function, args []Arg, coercion bool) (*Bound, error) {
	sig := f.signature()
	formals, b, ok, err := solve(sig, args, coercion)
	if !ok || err != nil {
		return nil, err
	}
	out := &Bound{Function: f, Args: make([]types.Type, len(args))}
	for i, p := range formals {
		out.Args[i] = b.apply(p)
	}
	if f.Result != nil {
		out.Result, err = f.Result(out.Args)
		return out, err
	}
	out.Result = b.apply(sig.result)
	return out, nil
}

// bindings are the variables' values so far.
type bindings struct {
	types map[string]types.Type
	nums  map[string]int
}

// bound reports whether every variable of f has a value.
func (b *bindings) bound(f *formal) bool {
	all := true
	f.eachVariable(func(v string) {
		_, t := b.types[v]
		_, n := b.nums[v]
		all = all && (t || n)
	})
	return all
}

// apply puts the values into f.
func (b *bindings) apply(f *formal) types.Type {
	switch {
	case f.variable != "":
		return b.types[f.variable]
	case f.args != nil:
		ts := make([]types.Type, len(f.args))
		for i, a := range f.args {
			ts[i] = b.apply(a)
		}
		return containerOf(f.kind, ts)
	case f.nums != nil:
		t := types.Type{Kind: f.kind}
		for i, n := range f.nums {
			v := n.value
			if n.variable != "" {
				v = b.nums[n.variable]
			}
			if i == 0 {
				t.P = int32(v)
			} else {
				t.S = int32(v)
			}
		}
		return t
	}
	return f.t
}

// status is what one constraint says of the bindings.
type status int

const (
	satisfied status = iota
	notSatisfied
	changed
	unsolvable
)

type constraint func(b *bindings) (status, error)

// maxRounds ends the solving of constraints that never settle (Trino's limit).
const maxRounds = 4

type solver struct {
	sig  *signature
	list []constraint
}

// solve binds sig's variables for args. It returns the declared parameters, one
// for each argument, and whether args fit.
func solve(sig *signature, args []Arg, coercion bool) ([]*formal, *bindings, bool, error) {
	formals := sig.params
	if sig.variadic {
		if len(args) < len(formals)-1 {
			return nil, nil, false, nil
		}
		last := formals[len(formals)-1]
		formals = append([]*formal(nil), formals[:len(formals)-1]...)
		for len(formals) < len(args) {
			formals = append(formals, last)
		}
	}
	if len(formals) != len(args) {
		return nil, nil, false, nil
	}
	s := &solver{sig: sig}
	for i, f := range formals {
		if args[i].Lambda != nil {
			if f.kind != types.KindFunction {
				return nil, nil, false, nil
			}
			continue
		}
		s.relate(f, args[i].Type, coercion)
	}
	for i, f := range formals {
		if !s.add(f, args[i], coercion) {
			return nil, nil, false, nil
		}
	}
	b := &bindings{types: map[string]types.Type{}, nums: map[string]int{}}
	for round := 0; ; round++ {
		if round == maxRounds {
			return nil, nil, false, nil
		}
		st, err := runAll(s.list, b)
		switch {
		case err != nil || st == unsolvable || st == notSatisfied:
			return nil, nil, false, err
		case st == changed:
			continue
		}
		for _, v := range sig.vars {
			if _, ok := b.types[v.name]; !ok {
				return nil, nil, false, nil
			}
		}
		return formals, b, true, nil
	}
}

func runAll(list []constraint, b *bindings) (status, error) {
	worst := satisfied
	for _, c := range list {
		st, err := c(b)
		if err != nil || st == unsolvable {
			return unsolvable, err
		}
		worst = max(worst, st)
	}
	return worst, nil
}

// relate demands that actual be, or convert to, the declared type.
func (s *solver) relate(f *formal, actual types.Type, coercion bool) {
	if f.kind == types.KindFunction {
		return // the lambda's own constraint compares
	}
	s.list = append(s.list, func(b *bindings) (status, error) {
		if !b.bound(f) {
			return notSatisfied, nil
		}
		t := b.apply(f)
		if t == actual || coercion && types.CanCoerce(actual, t) {
			return satisfied, nil
		}
		return notSatisfied, nil
	})
}

// add appends what the argument says of f's variables; false where it cannot fit.
func (s *solver) add(f *formal, arg Arg, coercion bool) bool {
	if f.kind == types.KindFunction {
		s.list = append(s.list, func(b *bindings) (status, error) { return s.lambda(f, arg, coercion, b) })
		return true
	}
	actual := arg.Type
	switch {
	case f.variable != "":
		return s.addVariable(f.variable, actual)
	case f.nums != nil:
		s.list = append(s.list, func(b *bindings) (status, error) { return numbersOf(f, actual, b), nil })
		return true
	case f.args != nil:
		fields := actual.Fields()
		for i, a := range f.args {
			t := types.Unknown // NULL stands for a container of NULLs
			if actual.Kind != types.KindUnknown {
				if actual.Kind != f.kind || len(fields) != len(f.args) {
					return false
				}
				t = fields[i].Type
			}
			if !s.add(a, Arg{Type: t}, coercion && f.kind != types.KindRow) {
				return false
			}
		}
	}
	return true
}

func (s *solver) addVariable(name string, actual types.Type) bool {
	v := s.sig.vars[slices.IndexFunc(s.sig.vars, func(v *variable) bool { return v.name == name })]
	for _, t := range v.castableTo {
		if !types.CanCast(actual, t) {
			return false
		}
	}
	for _, t := range v.castableFr {
		if !types.CanCast(t, actual) {
			return false
		}
	}
	if v.row && actual.Kind != types.KindRow {
		return actual.Kind == types.KindUnknown
	}
	s.list = append(s.list, func(b *bindings) (status, error) {
		t := actual
		old, has := b.types[name]
		if has {
			var ok bool
			if t, ok = types.Common(old, actual); !ok {
				return unsolvable, nil
			}
		}
		if v.comparable && !t.Comparable() || v.orderable && !t.Orderable() || v.row && t.Kind != types.KindRow && t.Kind != types.KindUnknown {
			return unsolvable, nil
		}
		if has && t == old {
			return satisfied, nil
		}
		b.types[name] = t
		return changed, nil
	})
	return true
}

// numbersOf binds the number variables of f, such as p and s of decimal(p,s), so
// that the type holds actual too.
func numbersOf(f *formal, actual types.Type, b *bindings) status {
	base, ok := types.CoerceBase(actual, f.kind)
	if !ok {
		return unsolvable
	}
	params := [2]int{int(base.P), int(base.S)}
	have := types.Type{Kind: f.kind}
	for i, n := range f.nums {
		v := n.value
		if n.variable != "" {
			if v, ok = b.nums[n.variable]; !ok {
				v = params[i]
			}
		}
		if i == 0 {
			have.P = int32(v)
		} else {
			have.S = int32(v)
		}
	}
	t, ok := types.Common(have, actual)
	if !ok || t.Kind != f.kind {
		return unsolvable
	}
	st := satisfied
	params = [2]int{int(t.P), int(t.S)}
	for i, n := range f.nums {
		v := params[i]
		if n.variable == "" {
			if n.value != v {
				return unsolvable
			}
			continue
		}
		if old, has := b.nums[n.variable]; !has || old != v {
			b.nums[n.variable] = v
			st = changed
		}
	}
	return st
}

// lambda binds what a lambda's result says, once its parameters are bound.
func (s *solver) lambda(f *formal, arg Arg, coercion bool, b *bindings) (status, error) {
	n := len(f.args) - 1
	params := make([]types.Type, n)
	for i, p := range f.args[:n] {
		if !b.bound(p) {
			return notSatisfied, nil
		}
		params[i] = b.apply(p)
	}
	var result types.Type
	if arg.Lambda != nil {
		var err error
		if result, err = arg.Lambda(params); err != nil {
			return unsolvable, err
		}
	} else {
		fields := arg.Type.Fields()
		if arg.Type.Kind != types.KindFunction || len(fields) != n+1 {
			return unsolvable, nil
		}
		for i := range params {
			if fields[i].Type != params[i] {
				return unsolvable, nil
			}
		}
		result = fields[n].Type
	}
	inner := &solver{sig: s.sig}
	// A lambda's result is not converted: it must be the declared type.
	inner.relate(f.args[n], result, false)
	if !inner.add(f.args[n], Arg{Type: result}, coercion) {
		return unsolvable, nil
	}
	return runAll(inner.list, b)
}

// Suggest returns the name of a visible function that looks like name, or "".
func Suggest(name string) string {
	var names []string
	for _, f := range All() {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	return sqlerr.Nearest(strings.ToLower(name), names)
}
