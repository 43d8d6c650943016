package function

// The signature mini-language of Function.Sig, parsed once and kept.
//
//	signature  = "(" [type {"," type} ["..."]] ")" "->" type ["where" constraint {"," constraint}]
//	type       = variable | name ["(" number or type {"," ...} ")"] ["with time zone"]
//	constraint = variable ("comparable" | "orderable" | "row" | "castable to" type | "castable from" type)
//
// A variable is one upper-case letter and perhaps a digit: T, K, T1. In decimal,
// varchar, char, time and timestamp a lower-case name stands for a number:
// decimal(p,s). Three dots after the last parameter let it occur any number of
// times, also none.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ionq-db/ionq/sql/types"
)

// signature is a parsed Function.Sig.
type signature struct {
	params   []*formal
	variadic bool
	result   *formal
	vars     []*variable // in order of appearance, as Trino lists them
}

// variable is a type variable with its constraints.
type variable struct {
	name                   string
	comparable, orderable  bool
	row                    bool
	castableTo, castableFr []types.Type
}

// formal is a declared type: a variable, a type with number variables, a
// container of formals, or (none of these) the fixed type t.
type formal struct {
	variable string
	kind     types.Kind
	nums     []num     // of decimal, varchar, char, time, timestamp, where one is a variable
	args     []*formal // of array, map, row, function, qdigest
	t        types.Type
}

// num is a number parameter: a variable, or a literal.
type num struct {
	variable string
	value    int
}

var signatures sync.Map // *Function -> *signature

func (f *Function) signature() *signature {
	if s, ok := signatures.Load(f); ok {
		return s.(*signature)
	}
	s, err := parseSignature(f.Sig)
	if err != nil {
		panic(fmt.Sprintf("BUG: signature of %s%s: %v", f.Name, f.Sig, err))
	}
	signatures.Store(f, s)
	return s
}

// CheckSignature reports what is wrong with f's Sig, if anything; tests of the
// tables call it.
func CheckSignature(f *Function) error {
	s, err := parseSignature(f.Sig)
	if err != nil {
		return err
	}
	if f.Result != nil {
		return nil
	}
	bound := map[string]bool{}
	for _, p := range s.params {
		p.eachVariable(func(v string) { bound[v] = true })
	}
	s.result.eachVariable(func(v string) {
		if !bound[v] {
			err = fmt.Errorf("%s is in the result only", v)
		}
	})
	return err
}

func (f *formal) eachVariable(do func(string)) {
	if f.variable != "" {
		do(f.variable)
	}
	for _, n := range f.nums {
		if n.variable != "" {
			do(n.variable)
		}
	}
	for _, a := range f.args {
		a.eachVariable(do)
	}
}

// String gives the declared type as Trino's messages do.
func (f *formal) String() string {
	var parts []string
	name := ""
	switch {
	case f.variable != "":
		return f.variable
	case f.args != nil:
		name = containers[f.kind]
		for _, a := range f.args {
			parts = append(parts, a.String())
		}
	case f.nums != nil:
		for _, n := range f.nums {
			if n.variable == "" {
				parts = append(parts, strconv.Itoa(n.value))
			} else {
				parts = append(parts, n.variable)
			}
		}
		switch f.kind {
		case types.KindTimestampTZ:
			return "timestamp(" + parts[0] + ") with time zone"
		case types.KindTimestamp:
			return "timestamp(" + parts[0] + ") without time zone"
		case types.KindTimeTZ:
			return "time(" + parts[0] + ") with time zone"
		}
		name = numbered[f.kind]
	default:
		return f.t.Signature()
	}
	return name + "(" + strings.Join(parts, ",") + ")"
}

var containers = map[types.Kind]string{
	types.KindArray: "array", types.KindMap: "map", types.KindRow: "row", types.KindFunction: "function", types.KindQDigest: "qdigest",
}

var numbered = map[types.Kind]string{
	types.KindDecimal: "decimal", types.KindVarchar: "varchar", types.KindChar: "char",
	types.KindTime: "time", types.KindTimestamp: "timestamp",
}

// display is one entry of "Expected: ..." of a message: name(parameters) and the
// type variables' constraints.
func (s *signature) display(name string) string {
	params := make([]string, len(s.params))
	for i, p := range s.params {
		params[i] = p.String()
	}
	vars := make([]string, len(s.vars))
	for i, v := range s.vars {
		vars[i] = v.name
		if v.comparable {
			vars[i] += ":comparable"
		}
		if v.orderable {
			vars[i] += ":orderable"
		}
		if v.row {
			vars[i] += ":row<*>"
		}
		for _, t := range v.castableTo {
			vars[i] += ":castableTo(" + t.Signature() + ")"
		}
		for _, t := range v.castableFr {
			vars[i] += ":castableFrom(" + t.Signature() + ")"
		}
	}
	return strings.TrimRight(name+"("+strings.Join(params, ", ")+") "+strings.Join(vars, ", "), " ")
}

// sigText is a signature being read, word by word.
type sigText struct {
	s    string
	toks []string
	sig  *signature
}

func parseSignature(text string) (*signature, error) {
	p := &sigText{s: text, sig: &signature{}}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ':
			i++
		case strings.HasPrefix(text[i:], "->"):
			p.toks = append(p.toks, "->")
			i += 2
		case strings.HasPrefix(text[i:], "..."):
			p.toks = append(p.toks, "...")
			i += 3
		case sigWord(c):
			j := i
			for j < len(text) && sigWord(text[j]) {
				j++
			}
			p.toks = append(p.toks, text[i:j])
			i = j
		default:
			p.toks = append(p.toks, text[i:i+1])
			i++
		}
	}
	err := p.signature()
	return p.sig, err
}

func sigWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func (p *sigText) peek() string {
	if len(p.toks) == 0 {
		return ""
	}
	return p.toks[0]
}

func (p *sigText) next() string {
	t := p.peek()
	if len(p.toks) > 0 {
		p.toks = p.toks[1:]
	}
	return t
}

func (p *sigText) take(toks ...string) bool {
	if len(p.toks) < len(toks) || !slices.Equal(p.toks[:len(toks)], toks) {
		return false
	}
	p.toks = p.toks[len(toks):]
	return true
}

func (p *sigText) expect(tok string) error {
	if !p.take(tok) {
		return fmt.Errorf("expected %q at %q", tok, p.peek())
	}
	return nil
}

func (p *sigText) signature() error {
	if err := p.expect("("); err != nil {
		return err
	}
	for !p.take(")") {
		if len(p.sig.params) > 0 {
			if err := p.expect(","); err != nil {
				return err
			}
		}
		f, err := p.formal()
		if err != nil {
			return err
		}
		p.sig.params = append(p.sig.params, f)
		if p.take("...") {
			p.sig.variadic = true
			if p.peek() != ")" {
				return fmt.Errorf("... before %q", p.peek())
			}
		}
	}
	if err := p.expect("->"); err != nil {
		return err
	}
	var err error
	if p.sig.result, err = p.formal(); err != nil {
		return err
	}
	if p.take("where") {
		for {
			if err := p.constraint(); err != nil {
				return err
			}
			if !p.take(",") && !p.take("and") {
				break
			}
		}
	}
	if p.peek() != "" {
		return fmt.Errorf("%q after the end", p.peek())
	}
	return nil
}

func (p *sigText) constraint() error {
	i := slices.IndexFunc(p.sig.vars, func(v *variable) bool { return v.name == p.peek() })
	if i < 0 {
		return fmt.Errorf("constraint of unknown variable %q", p.peek())
	}
	p.next()
	v := p.sig.vars[i]
	switch {
	case p.take("comparable"):
		v.comparable = true
	case p.take("orderable"):
		v.orderable = true
	case p.take("row"):
		v.row = true
	case p.take("castable", "to"):
		f, err := p.formal()
		if err != nil {
			return err
		}
		v.castableTo = append(v.castableTo, f.t)
	case p.take("castable", "from"):
		f, err := p.formal()
		if err != nil {
			return err
		}
		v.castableFr = append(v.castableFr, f.t)
	default:
		return fmt.Errorf("unknown constraint %q", p.peek())
	}
	return nil
}

func isVariable(s string) bool {
	return len(s) > 0 && len(s) <= 2 && s[0] >= 'A' && s[0] <= 'Z' && (len(s) == 1 || s[1] >= '0' && s[1] <= '9')
}

func (p *sigText) formal() (*formal, error) {
	name := p.next()
	if isVariable(name) {
		if !slices.ContainsFunc(p.sig.vars, func(v *variable) bool { return v.name == name }) {
			p.sig.vars = append(p.sig.vars, &variable{name: name})
		}
		return &formal{variable: name}, nil
	}
	lower := strings.ToLower(name)
	for k, n := range containers {
		if n == lower {
			return p.container(k)
		}
	}
	if lower == "interval" {
		switch {
		case p.take("day", "to", "second"):
			return &formal{t: types.IntervalDaySecond}, nil
		case p.take("year", "to", "month"):
			return &formal{t: types.IntervalYearMonth}, nil
		}
	}
	nums, err := p.numbers()
	if err != nil {
		return nil, err
	}
	if (lower == "time" || lower == "timestamp") && p.take("with", "time", "zone") {
		lower += " with time zone"
	} else if p.take("without", "time", "zone") && lower != "time" && lower != "timestamp" {
		return nil, fmt.Errorf("%s without time zone", lower)
	}
	values := make([]int, len(nums))
	variables := false
	for i, n := range nums {
		values[i] = n.value
		if n.variable != "" {
			variables = true
			values[i] = 1 // any number in range, to look the name up
			if i == 1 {
				values[i] = 0
			}
		}
	}
	t, err := types.ByName(lower, values...)
	if err != nil {
		return nil, err
	}
	if variables {
		return &formal{kind: t.Kind, nums: nums}, nil
	}
	return &formal{kind: t.Kind, t: t}, nil
}

func (p *sigText) container(k types.Kind) (*formal, error) {
	f := &formal{kind: k}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	for {
		a, err := p.formal()
		if err != nil {
			return nil, err
		}
		f.args = append(f.args, a)
		if p.take(")") {
			break
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
	if want := map[types.Kind]int{types.KindArray: 1, types.KindMap: 2, types.KindQDigest: 1}[k]; want > 0 && len(f.args) != want {
		return nil, fmt.Errorf("%s with %d arguments", containers[k], len(f.args))
	}
	fixed := true
	f.eachVariable(func(string) { fixed = false })
	if fixed && k != types.KindFunction {
		ts := make([]types.Type, len(f.args))
		for i, a := range f.args {
			ts[i] = a.t
		}
		f.t = containerOf(k, ts)
		f.args = nil
	}
	return f, nil
}

func containerOf(k types.Kind, ts []types.Type) types.Type {
	switch k {
	case types.KindArray:
		return types.Array(ts[0])
	case types.KindMap:
		return types.Map(ts[0], ts[1])
	case types.KindQDigest:
		return types.QDigest(ts[0])
	case types.KindFunction:
		return types.Function(ts...)
	}
	fields := make([]types.Field, len(ts))
	for i, t := range ts {
		fields[i].Type = t
	}
	return types.Row(fields...)
}

func (p *sigText) numbers() ([]num, error) {
	if !p.take("(") {
		return nil, nil
	}
	var nums []num
	for {
		w := p.next()
		if v, err := strconv.Atoi(w); err == nil {
			nums = append(nums, num{value: v})
		} else if w != "" && sigWord(w[0]) {
			nums = append(nums, num{variable: w})
		} else {
			return nil, fmt.Errorf("number expected at %q", w)
		}
		if p.take(")") {
			return nums, nil
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}
