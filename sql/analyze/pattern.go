package analyze

// Row pattern recognition: the clauses that MATCH_RECOGNIZE and a window frame
// with a pattern share, the functions that exist only in them, and their plan.
// Rules and messages are those of Trino's PatternRecognitionAnalyzer,
// ExpressionAnalyzer and StatementAnalyzer.

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// The error codes of row patterns.
const (
	invalidLabel              sqlerr.Code = "INVALID_LABEL"
	invalidProcessingMode     sqlerr.Code = "INVALID_PROCESSING_MODE"
	invalidPatternFunction    sqlerr.Code = "INVALID_PATTERN_RECOGNITION_FUNCTION"
	invalidNavigationNesting  sqlerr.Code = "INVALID_NAVIGATION_NESTING"
	invalidRowPattern         sqlerr.Code = "INVALID_ROW_PATTERN"
	invalidRange              sqlerr.Code = "INVALID_RANGE"
	invalidWindowMeasure      sqlerr.Code = "INVALID_WINDOW_MEASURE"
	missingRowPattern         sqlerr.Code = "MISSING_ROW_PATTERN"
	missingVariableDefinition sqlerr.Code = "MISSING_VARIABLE_DEFINITIONS"
	nestedPatternRecognition  sqlerr.Code = "NESTED_ROW_PATTERN_RECOGNITION"
	tableHasNoColumns         sqlerr.Code = "TABLE_HAS_NO_COLUMNS"
)

// patternScope is the row pattern whose MEASURES or DEFINE an expression is in.
type patternScope struct {
	labels map[string][]int // pattern variables: the primary ones that they stand for
	nav    plan.Navigation  // what column references are under
	window bool
	seen   map[syntax.Node]string // the label of each reference so far; "" for any row
}

type (
	// patternInput is a value of a row of the match: a column (or a subquery over
	// its row), CLASSIFIER or MATCH_NUMBER.
	patternInput struct {
		plan.Base
		source plan.PatternSource
		expr   plan.Expr // of a column
		nav    plan.Navigation
	}
	// patternAggregate is an aggregate over rows of the match.
	patternAggregate struct {
		plan.Base
		fn     *function.Bound
		args   []plan.Expr
		labels []int
		final  bool
	}
	// rowPattern is an analyzed pattern.
	rowPattern struct {
		at       syntax.Node // where it is written: the same pattern is the same node
		match    plan.RowMatch
		defines  []plan.Expr // by label; nil: every row
		measures []plan.Expr
		names    []*syntax.Measure
	}
)

func (x *patternInput) String() string     { return "row pattern value" }
func (x *patternAggregate) String() string { return x.fn.Name + "(...)" }

func sameNavigation(a, b plan.Navigation) bool {
	return a.First == b.First && a.Final == b.Final && a.Logical == b.Logical && a.Physical == b.Physical && slices.Equal(a.Labels, b.Labels)
}

// SameAs: see aggregate.
func (x *patternInput) SameAs(other plan.Expr) bool {
	y := other.(*patternInput)
	return x.source == y.source && plan.Equal(x.expr, y.expr) && sameNavigation(x.nav, y.nav)
}

// SameAs: see aggregate.
func (x *patternAggregate) SameAs(other plan.Expr) bool {
	y := other.(*patternAggregate)
	return x.fn.Function == y.fn.Function && x.final == y.final && slices.Equal(x.labels, y.labels) && sameList(x.args, y.args)
}

// exprs are the pattern's expressions.
func (r *rowPattern) exprs() []plan.Expr {
	if r == nil {
		return nil
	}
	return slices.Concat(r.defines, r.measures)
}

// rewritten is the pattern with f of each of its expressions.
func (r *rowPattern) rewritten(f func(plan.Expr) plan.Expr) *rowPattern {
	if r == nil {
		return nil
	}
	c := *r
	c.defines, c.measures = slices.Clone(r.defines), slices.Clone(r.measures)
	for _, list := range [][]plan.Expr{c.defines, c.measures} {
		for i, e := range list {
			if e != nil {
				list[i] = f(e)
			}
		}
	}
	return &c
}

// rewriteInner applies f to what is inside a node of this file; nil for others.
func rewriteInner(e plan.Expr, f func(plan.Expr) plan.Expr) plan.Expr {
	switch x := e.(type) {
	case *patternInput:
		if x.expr == nil {
			return x
		}
		c := *x
		c.expr = f(x.expr)
		return &c
	case *patternAggregate:
		c := *x
		c.args = make([]plan.Expr, len(x.args))
		for i, a := range x.args {
			c.args[i] = f(a)
		}
		return &c
	}
	return nil
}

func labelName(id *syntax.Identifier) string {
	if id.Quoted {
		return id.Value
	}
	return strings.ToUpper(id.Value)
}

// patternFunction tells FIRST, LAST, PREV, NEXT, CLASSIFIER and MATCH_NUMBER, in
// capitals; "" for any other call.
func patternFunction(n syntax.Node) string {
	x, ok := n.(*syntax.FunctionCall)
	if !ok || len(x.Name.Parts) > 1 || x.Name.Parts[0].Quoted {
		return ""
	}
	switch name := strings.ToUpper(x.Name.Parts[0].Value); name {
	case "FIRST", "LAST", "PREV", "NEXT", "CLASSIFIER", "MATCH_NUMBER":
		return name
	}
	return ""
}

func navigationFunction(n syntax.Node) bool {
	name := patternFunction(n)
	return name != "" && name != "CLASSIFIER" && name != "MATCH_NUMBER"
}

// found lists the nodes in es for which f is true; it does not go into subqueries.
func foundIn(f func(syntax.Node) bool, es ...syntax.Expr) []syntax.Node {
	var out []syntax.Node
	for _, e := range es {
		syntax.Inspect(e, func(n syntax.Node) bool {
			if n == nil {
				return false
			}
			if _, ok := n.(*syntax.Query); ok {
				return false
			}
			if f(n) {
				out = append(out, n)
			}
			return true
		})
	}
	return out
}

func isWindowed(n syntax.Node) bool {
	switch x := n.(type) {
	case *syntax.FunctionCall:
		return x.Over != nil
	case *syntax.WindowOperation:
		return true
	}
	return false
}

// rowPattern analyzes the clauses of a pattern, and their expressions over v's
// scope.
func (v env) rowPattern(c *syntax.PatternClauses, measures []*syntax.Measure, window bool) (*rowPattern, error) {
	r := &rowPattern{at: c, names: measures}
	all := map[string][]int{}
	syntax.Inspect(c.Pattern, func(n syntax.Node) bool {
		p, ok := n.(*syntax.RowPattern)
		if ok && p.Kind == syntax.PatternVariable {
			if name := labelName(p.Name); all[name] == nil {
				all[name] = []int{len(r.match.Labels)}
				r.match.Labels = append(r.match.Labels, name)
			}
		}
		return n != nil
	})
	primary := func(id *syntax.Identifier) (int, bool) {
		i := slices.Index(r.match.Labels, labelName(id))
		return i, i >= 0
	}
	for _, s := range c.Subsets {
		name := labelName(s.Name)
		if _, ok := primary(s.Name); ok {
			return nil, sqlerr.Newf(invalidLabel, s.Name.Pos(), "union pattern variable name: %s is a duplicate of primary pattern variable name", format(s.Name))
		}
		if all[name] != nil {
			return nil, sqlerr.Newf(invalidLabel, s.Name.Pos(), "union pattern variable name: %s is declared twice", format(s.Name))
		}
		for _, id := range s.Union {
			i, ok := primary(id)
			if !ok {
				return nil, sqlerr.Newf(invalidLabel, id.Pos(), "subset element: %s is not a primary pattern variable", format(id))
			}
			all[name] = append(all[name], i)
		}
		slices.Sort(all[name])
		all[name] = slices.Compact(all[name])
	}
	r.defines = make([]plan.Expr, len(r.match.Labels))
	defined := map[int]bool{}
	for _, d := range c.Defines {
		i, ok := primary(d.Name)
		if !ok {
			return nil, sqlerr.Newf(invalidLabel, d.Name.Pos(), "defined variable: %s is not a primary pattern variable", format(d.Name))
		}
		if defined[i] {
			return nil, sqlerr.Newf(invalidLabel, d.Name.Pos(), "pattern variable with name: %s is defined twice", format(d.Name))
		}
		defined[i] = true
		if bad := foundIn(func(n syntax.Node) bool {
			x, ok := n.(*syntax.FunctionCall)
			return ok && x.Processing == "FINAL"
		}, d.Expr); bad != nil {
			return nil, sqlerr.Newf(invalidProcessingMode, bad[0].Pos(), "FINAL semantics is not supported in DEFINE clause")
		}
	}
	var err error
	if r.match.Pattern, err = patternTerm(c.Pattern, r.match.Labels); err != nil {
		return nil, err
	}
	switch c.AfterMatch {
	case "", "PAST LAST ROW":
	case "TO NEXT ROW":
		r.match.Skip = plan.SkipToNext
	default:
		to := all[labelName(c.SkipTo)]
		if to == nil {
			return nil, sqlerr.Newf(invalidLabel, c.SkipTo.Pos(), "%s is not a primary or union pattern variable", format(c.SkipTo))
		}
		r.match.Skip = plan.SkipToLabel
		r.match.SkipTo = plan.Navigation{Labels: to, First: c.AfterMatch == "TO FIRST", Final: true}
	}
	r.match.Seek = c.SearchMode == "SEEK"
	exprs := make([]syntax.Expr, 0, len(measures)+len(c.Defines))
	for _, m := range measures {
		exprs = append(exprs, m.Expr)
	}
	for _, d := range c.Defines {
		exprs = append(exprs, d.Expr)
	}
	for _, e := range exprs {
		var nested syntax.Node
		syntax.Inspect(e, func(n syntax.Node) bool {
			switch n.(type) {
			case *syntax.PatternRecognition, *syntax.RowPattern:
				if nested == nil {
					nested = n
				}
			}
			return n != nil && nested == nil
		})
		if nested != nil {
			return nil, sqlerr.Newf(nestedPatternRecognition, nested.Pos(), "nested row pattern recognition in row pattern recognition")
		}
	}
	if !window && c.SearchMode != "" {
		return nil, unsupported(c.Pos(), "Pattern search modifier: %s is not allowed in MATCH_RECOGNIZE clause", c.SearchMode)
	}
	if window {
		if p := findPattern(c.Pattern, syntax.PatternStart, syntax.PatternEnd); p != nil {
			return nil, sqlerr.Newf(invalidRowPattern, p.Pos(), "Anchor pattern syntax is not allowed in window")
		}
	}
	inner := v
	inner.clause, inner.noOuter = "", true
	inner.pattern = &patternScope{labels: all, window: window, seen: map[syntax.Node]string{}}
	one := func(e syntax.Expr) (plan.Expr, error) {
		if bad := foundIn(isWindowed, e); bad != nil {
			where := "pattern recognition expressions"
			if window {
				where = "window specification"
			}
			return nil, sqlerr.Newf(sqlerr.NestedWindow, bad[0].Pos(), "Cannot nest window functions or row pattern measures inside %s", where)
		}
		return inner.expr(e)
	}
	for _, d := range c.Defines {
		e, err := one(d.Expr)
		if err != nil {
			return nil, err
		}
		if e.Type().Kind != types.KindBoolean {
			return nil, mismatch(d.Expr.Pos(), "Expression defining a label must be boolean (actual type: %s)", e.Type())
		}
		i, _ := primary(d.Name)
		r.defines[i] = e
	}
	for _, m := range measures {
		e, err := one(m.Expr)
		if err != nil {
			return nil, err
		}
		r.measures = append(r.measures, e)
	}
	return r, nil
}

// framePattern analyzes what a window frame has of a row pattern.
func (v env) framePattern(w *window, f *syntax.WindowFrame) error {
	c := f.Pattern
	if c == nil || c.Pattern == nil {
		missing := func(at syntax.Node, what string) error {
			return sqlerr.Newf(missingRowPattern, at.Pos(), "%s", what)
		}
		switch {
		case f.Measures != nil:
			return missing(f, "Row pattern measures require PATTERN clause")
		case c == nil:
			return nil
		case c.AfterMatch != "":
			return missing(c, "AFTER MATCH SKIP clause requires PATTERN clause")
		case c.SearchMode != "":
			return missing(c, c.SearchMode+" modifier requires PATTERN clause")
		case c.Subsets != nil:
			return missing(c.Subsets[0], "Union variable definitions require PATTERN clause")
		}
		return missing(c.Defines[0], "Primary pattern variable definitions require PATTERN clause")
	}
	if c.Defines == nil {
		return sqlerr.Newf(missingVariableDefinition, f.Pos(), "Pattern recognition requires DEFINE clause")
	}
	if f.Type != syntax.FrameRows {
		return sqlerr.Newf(sqlerr.InvalidWindowFrame, f.Pos(), "Pattern recognition requires ROWS frame type")
	}
	if f.Start.Type != syntax.CurrentRow || f.End == nil {
		return sqlerr.Newf(sqlerr.InvalidWindowFrame, f.Pos(), "Pattern recognition requires frame specified as BETWEEN CURRENT ROW AND ...")
	}
	var err error
	w.pattern, err = v.rowPattern(c, f.Measures, true)
	return err
}

// windowMeasure is a measure OVER a window with a row pattern.
func (v env) windowMeasure(x *syntax.WindowOperation) (plan.Expr, error) {
	p := x.Pos()
	switch {
	case v.clause != "":
		return nil, v.notScalar(p, format(x))
	case v.inWindowSpec:
		return nil, sqlerr.Newf(sqlerr.NestedWindow, p, "Cannot nest window functions or row pattern measures inside window specification")
	case v.inWindow:
		return nil, sqlerr.Newf(sqlerr.NestedWindow, p, "Cannot nest window functions or row pattern measures inside window function arguments")
	case v.inAggregate != nil:
		return nil, sqlerr.Newf(sqlerr.NestedWindow, v.inAggregate.Pos(), "Cannot nest window functions or row pattern measures inside aggregation '%s': [%s]",
			lowerName(v.inAggregate), format(x))
	}
	r, err := v.resolveWindow(x.Over)
	if err != nil {
		return nil, err
	}
	at := -1
	if r.frame != nil {
		for i, m := range r.frame.Measures {
			if labelName(m.Name) != labelName(x.Name) {
				continue
			}
			if at >= 0 {
				return nil, sqlerr.Newf(sqlerr.AmbiguousName, p, "Measure %s is defined more than once", x.Name.Value)
			}
			at = i
		}
	}
	if at < 0 {
		return nil, sqlerr.Newf(invalidWindowMeasure, p, "Measure %s is not defined in the corresponding window", x.Name.Value)
	}
	inner := v
	inner.inWindow, inner.inWindowSpec = true, true
	spec, err := inner.windowSpec(r, x.Over)
	if err != nil {
		return nil, err
	}
	return &windowCall{Base: base(spec.pattern.measures[at].Type(), p), node: x, spec: spec, measure: at}, nil
}

// windowPattern plans calls over one window with a row pattern; their columns
// come after b's.
func (b *builder) windowPattern(w *plan.WindowNode, calls []*windowCall) (at []int, err error) {
	spec := calls[0].spec
	n := &plan.MatchRecognize{Partition: w.Partition, Order: w.Order, Rows: plan.WindowRows, P: spec.pattern.at.Pos()}
	if n.Match, err = b.rowMatch(spec.pattern); err != nil {
		return nil, err
	}
	n.End = plan.Bound{Kind: spec.end, Offset: -1}
	if spec.endOffset != nil {
		e, err := b.lower(spec.endOffset)
		if err != nil {
			return nil, err
		}
		n.End.Offset = b.col(e)
	}
	for _, c := range calls {
		if c.fn == nil {
			continue
		}
		w, err := b.windowCall(c)
		if err != nil {
			return nil, err
		}
		w.Frame = plan.Frame{Mode: plan.FrameRows, Start: plan.Bound{Kind: plan.CurrentRow, Offset: -1}, End: plan.Bound{Kind: plan.CurrentRow, Offset: -1}}
		n.Calls = append(n.Calls, w)
	}
	b.flush()
	n.Input = b.node
	n.Cols = slices.Clone(b.node.Columns())
	for i := range n.Cols {
		n.Output = append(n.Output, i)
	}
	first := len(n.Cols)
	for i, m := range spec.pattern.names {
		n.Cols = append(n.Cols, plan.Column{Name: m.Name.Value, Type: spec.pattern.measures[i].Type()})
	}
	for _, c := range calls {
		if c.fn == nil {
			at = append(at, first+c.measure)
			continue
		}
		at = append(at, len(n.Cols))
		n.Cols = append(n.Cols, plan.Column{Name: c.fn.Name, Type: c.T})
	}
	b.set(n)
	return at, nil
}

func findPattern(p *syntax.RowPattern, kinds ...syntax.PatternKind) *syntax.RowPattern {
	if slices.Contains(kinds, p.Kind) {
		return p
	}
	for _, a := range p.Args {
		if f := findPattern(a, kinds...); f != nil {
			return f
		}
	}
	return nil
}

var termKinds = map[syntax.PatternKind]plan.TermKind{
	syntax.PatternVariable: plan.TermLabel, syntax.PatternEmpty: plan.TermEmpty, syntax.PatternStart: plan.TermStart,
	syntax.PatternEnd: plan.TermEnd, syntax.PatternPermute: plan.TermPermute, syntax.PatternExclude: plan.TermExclude,
	syntax.PatternConcat: plan.TermConcat, syntax.PatternAlternate: plan.TermAlternate, syntax.PatternQuantified: plan.TermRepeat,
}

func patternTerm(p *syntax.RowPattern, labels []string) (*plan.PatternTerm, error) {
	t := &plan.PatternTerm{Kind: termKinds[p.Kind], Max: -1, P: p.Pos()}
	if p.Kind == syntax.PatternVariable {
		t.Label = slices.Index(labels, labelName(p.Name))
	}
	for _, a := range p.Args {
		x, err := patternTerm(a, labels)
		if err != nil {
			return nil, err
		}
		t.Args = append(t.Args, x)
	}
	if p.Kind != syntax.PatternQuantified {
		return t, nil
	}
	q := strings.ReplaceAll(p.Quantifier, " ", "")
	if len(q) > 1 && strings.HasSuffix(q, "?") {
		t.Lazy, q = true, q[:len(q)-1]
	}
	switch q {
	case "*":
		return t, nil
	case "+":
		t.Min = 1
		return t, nil
	case "?":
		t.Max = 1
		return t, nil
	}
	lo, hi, isRange := strings.Cut(strings.Trim(q, "{}"), ",")
	number := func(s, which string, least int64) (int, error) {
		n, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 0, 64)
		switch {
		case err != nil || n > math.MaxInt32:
			return 0, sqlerr.Newf(sqlerr.NumericValueOutOfRange, p.Pos(), "Pattern quantifier %s bound must not exceed %d", which, math.MaxInt32)
		case n < least:
			return 0, sqlerr.Newf(sqlerr.NumericValueOutOfRange, p.Pos(), "Pattern quantifier %s bound must be greater than or equal to %d", which, least)
		}
		return int(n), nil
	}
	if !isRange {
		hi = lo
	}
	var err error
	if lo != "" {
		if t.Min, err = number(lo, "lower", 0); err != nil {
			return nil, err
		}
	}
	if hi != "" {
		if t.Max, err = number(hi, "upper", 1); err != nil {
			return nil, err
		}
		if lo != "" && t.Min > t.Max {
			return nil, sqlerr.Newf(invalidRange, p.Pos(), "Pattern quantifier lower bound must not exceed upper bound")
		}
	}
	return t, nil
}

// patternColumn makes a column of the source a value of a row of the match.
func (v env) patternColumn(e plan.Expr, at syntax.Expr, label string) plan.Expr {
	if _, ok := e.(*plan.Var); ok || v.pattern == nil {
		return e
	}
	v.pattern.seen[at] = label
	nav := v.pattern.nav
	nav.Labels = v.pattern.labels[label]
	return &patternInput{Base: base(e.Type(), at.Pos()), source: plan.FromColumn, expr: e, nav: nav}
}

// labelled is label.column.
func (v env) labelled(x *syntax.Dereference) (plan.Expr, error) {
	first, parts := syntax.Expr(x), 0
	for {
		d, ok := first.(*syntax.Dereference)
		if !ok {
			break
		}
		first = d.Expr
		parts++
	}
	label := labelName(first.(*syntax.Identifier))
	if v.pattern.labels[label] == nil {
		return nil, v.sc.notFound(qualified(x), x)
	}
	name := qualified(x)[1:]
	bad := sqlerr.Newf(sqlerr.ColumnNotFound, x.Pos(), "Column %s prefixed with label %s cannot be resolved", strings.Join(name, "."), label)
	if parts > 1 {
		return nil, bad
	}
	r, err := v.sc.resolve(name, x)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, bad
	}
	e, err := v.found(r, x)
	if err != nil {
		return nil, err
	}
	return v.patternColumn(e, x, label), nil
}

// patternSubquery analyzes a subquery in a pattern's expression: it is computed
// for each row of the input, and the row is navigated to.
func (v env) patternSubquery(x syntax.Expr, value syntax.Expr) (plan.Expr, error) {
	if value != nil {
		if f := foundIn(func(n syntax.Node) bool { return patternFunction(n) != "" }, value); f != nil {
			return nil, unsupported(f[0].Pos(), "IN-PREDICATE with %s function is not yet supported", strings.ToLower(patternFunction(f[0])))
		}
		if f := foundIn(func(n syntax.Node) bool {
			d, ok := n.(*syntax.Dereference)
			if !ok || qualified(d) == nil {
				return false
			}
			first := d.Expr
			for {
				inner, ok := first.(*syntax.Dereference)
				if !ok {
					break
				}
				first = inner.Expr
			}
			return v.pattern.labels[labelName(first.(*syntax.Identifier))] != nil
		}, value); f != nil {
			return nil, unsupported(f[0].Pos(), "IN-PREDICATE with labeled column reference is not yet supported")
		}
	}
	inner := v
	inner.pattern = nil
	e, err := inner.expr(x)
	if err != nil {
		return nil, err
	}
	if value != nil {
		foundIn(func(n syntax.Node) bool {
			if id, ok := n.(*syntax.Identifier); ok {
				v.pattern.seen[id] = ""
			}
			return false
		}, value)
	}
	return &patternInput{Base: base(e.Type(), x.Pos()), source: plan.FromColumn, expr: e, nav: v.pattern.nav}, nil
}

// patternCall analyzes a call of a function that exists only in row patterns, or
// of an aggregate in one; false for any other call.
func (v env) patternCall(name string, x *syntax.FunctionCall) (plan.Expr, bool, error) {
	p := x.Pos()
	aggregate := kindOf(name) == function.Aggregate
	if x.StarLabel != nil && (v.pattern == nil || name != "count") {
		return nil, true, sqlerr.Newf(sqlerr.InvalidFunctionArgument, x.StarLabel.Pos(), "label.* syntax is only supported as the only argument of row pattern count function")
	}
	if v.pattern == nil {
		if x.Processing != "" {
			return nil, true, sqlerr.Newf(invalidProcessingMode, p, "%s semantics is not supported out of pattern recognition context", x.Processing)
		}
		return nil, false, nil
	}
	if patternFunction(x) != "" {
		e, err := v.navigation(patternFunction(x), name, x)
		return e, true, err
	}
	if x.Processing != "" && !aggregate {
		return nil, true, sqlerr.Newf(invalidProcessingMode, p, "%s semantics is supported only for FIRST(), LAST() and aggregation functions. Actual: %s", x.Processing, name)
	}
	if !aggregate {
		return nil, false, nil
	}
	switch {
	case x.Filter != nil:
		return nil, true, unsupported(p, "Cannot use FILTER with %s aggregate function in pattern recognition context", name)
	case x.OrderBy != nil || x.WithinGroup != nil:
		return nil, true, unsupported(p, "Cannot use ORDER BY with %s aggregate function in pattern recognition context", name)
	case x.Distinct:
		return nil, true, unsupported(p, "Cannot use DISTINCT with %s aggregate function in pattern recognition context", name)
	}
	label, has := "", false
	if x.StarLabel != nil {
		label, has = labelName(x.StarLabel), true
		if v.pattern.labels[label] == nil {
			return nil, true, sqlerr.Newf(sqlerr.InvalidFunctionArgument, x.StarLabel.Pos(), "%s is not a primary pattern variable or subset name", label)
		}
	}
	fn, args, err := v.resolveCall(name, x)
	if err != nil {
		return nil, true, err
	}
	if len(x.Args) > maxArguments {
		return nil, true, sqlerr.Newf(sqlerr.TooManyArguments, p, "Too many arguments for function call %s()", name)
	}
	if err := noAggregates(name, x); err != nil {
		return nil, true, err
	}
	if f := foundIn(navigationFunction, x.Args...); f != nil {
		return nil, true, sqlerr.Newf(invalidNavigationNesting, f[0].Pos(), "Cannot nest %s pattern navigation function inside %s function", strings.ToLower(patternFunction(f[0])), name)
	}
	for i := range x.Args {
		l, ok, err := v.labelOf(name, x, i)
		if err != nil {
			return nil, true, err
		}
		if ok && has && l != label {
			return nil, true, sqlerr.Newf(sqlerr.InvalidArguments, p, "All aggregate function arguments must apply to rows matched with the same label")
		}
		if ok {
			label, has = l, true
		}
	}
	for _, a := range args {
		if a.Type().Kind == types.KindFunction {
			return nil, true, unsupported(p, "Aggregate function %s with a lambda is not supported in row pattern recognition", name)
		}
	}
	return &patternAggregate{
		Base: base(fn.Result, p), fn: fn, args: args, labels: v.pattern.labels[label], final: x.Processing == "FINAL",
	}, true, nil
}

func noAggregates(name string, x *syntax.FunctionCall) error {
	f := foundIn(func(n syntax.Node) bool {
		c, ok := n.(*syntax.FunctionCall)
		return ok && kindOf(lowerName(c)) == function.Aggregate
	}, x.Args...)
	if f == nil {
		return nil
	}
	return sqlerr.Newf(sqlerr.NestedAggregation, f[0].Pos(), "Cannot nest %s aggregate function inside %s function", lowerName(f[0].(*syntax.FunctionCall)), name)
}

// labelOf is the one label that the columns and classifiers in an argument have;
// false where there are none.
func (v env) labelOf(name string, x *syntax.FunctionCall, arg int) (string, bool, error) {
	var labels []string
	foundIn(func(n syntax.Node) bool {
		if l, ok := v.pattern.seen[n]; ok && !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
		return false
	}, x.Args...)
	foundIn(func(n syntax.Node) bool {
		if patternFunction(n) != "CLASSIFIER" {
			return false
		}
		l := ""
		if args := n.(*syntax.FunctionCall).Args; len(args) > 0 {
			l = labelName(args[0].(*syntax.Identifier))
		}
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
		return false
	}, x.Args[arg])
	switch len(labels) {
	case 0:
		return "", false, nil
	case 1:
		return labels[0], true, nil
	}
	return "", false, sqlerr.Newf(sqlerr.InvalidArguments, x.Pos(), "All labels and classifiers inside the call to '%s' must match", name)
}

// navigation is a call of one of the functions of row patterns.
func (v env) navigation(fn, name string, x *syntax.FunctionCall) (plan.Expr, error) {
	p := x.Pos()
	for _, bad := range []struct {
		is   bool
		what string
	}{{x.Over != nil, "OVER"}, {x.Filter != nil, "FILTER"}, {x.OrderBy != nil, "ORDER BY"}, {x.Distinct, "DISTINCT"}} {
		if bad.is {
			return nil, sqlerr.Newf(invalidPatternFunction, p, "Cannot use %s with %s pattern recognition function", bad.what, name)
		}
	}
	if x.Processing != "" && fn != "FIRST" && fn != "LAST" {
		return nil, sqlerr.Newf(invalidProcessingMode, p, "%s semantics is not supported with %s pattern recognition function", x.Processing, name)
	}
	switch fn {
	case "MATCH_NUMBER":
		if v.pattern.window {
			return nil, sqlerr.Newf(invalidPatternFunction, p, "MATCH_NUMBER function is not supported in window")
		}
		if len(x.Args) > 0 || x.Star {
			return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, p, "MATCH_NUMBER pattern recognition function takes no arguments")
		}
		return &patternInput{Base: base(types.Bigint, p), source: plan.FromMatchNumber}, nil
	case "CLASSIFIER":
		if len(x.Args) > 1 {
			return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, p, "CLASSIFIER pattern recognition function takes no arguments or 1 argument")
		}
		nav := v.pattern.nav
		if len(x.Args) == 1 {
			id, ok := x.Args[0].(*syntax.Identifier)
			if !ok {
				return nil, mismatch(x.Args[0].Pos(), "CLASSIFIER function argument should be primary pattern variable or subset name. Actual: %s", nodeName(x.Args[0]))
			}
			if nav.Labels = v.pattern.labels[labelName(id)]; nav.Labels == nil {
				return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, id.Pos(), "%s is not a primary pattern variable or subset name", id.Value)
			}
		}
		return &patternInput{Base: base(types.Varchar, p), source: plan.FromClassifier, nav: nav}, nil
	}
	if len(x.Args) != 1 && len(x.Args) != 2 {
		return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, p, "%s pattern recognition function requires 1 or 2 arguments", name)
	}
	offset := -1
	if len(x.Args) == 2 {
		lit, ok := x.Args[1].(*syntax.LongLiteral)
		switch {
		case !ok:
			return nil, sqlerr.Newf(sqlerr.InvalidFunctionArgument, p, "%s pattern recognition navigation function requires a number as the second argument", name)
		case lit.Value < 0:
			return nil, sqlerr.Newf(sqlerr.NumericValueOutOfRange, p, "%s pattern recognition navigation function requires a non-negative number as the second argument (actual: %d)", name, lit.Value)
		case lit.Value > math.MaxInt32:
			return nil, sqlerr.Newf(sqlerr.NumericValueOutOfRange, p, "The second argument of %s pattern recognition navigation function must not exceed %d (actual: %d)", name, math.MaxInt32, lit.Value)
		}
		offset = int(lit.Value)
	}
	if err := noAggregates(name, x); err != nil {
		return nil, err
	}
	logical := fn == "FIRST" || fn == "LAST"
	if nested := foundIn(navigationFunction, x.Args[0]); nested != nil {
		in := strings.ToLower(patternFunction(nested[0]))
		bad := func(at syntax.Node, format string, args ...any) error {
			return sqlerr.Newf(invalidNavigationNesting, at.Pos(), format, args...)
		}
		switch {
		case logical:
			return nil, bad(nested[0], "Cannot nest %s pattern navigation function inside %s pattern navigation function", in, name)
		case len(nested) > 1:
			return nil, bad(nested[1], "Cannot nest multiple pattern navigation functions inside %s pattern navigation function", name)
		case in == "prev" || in == "next":
			return nil, bad(nested[0], "Cannot nest %s pattern navigation function inside %s pattern navigation function", in, name)
		case nested[0] != syntax.Node(x.Args[0]):
			return nil, bad(nested[0], "Immediate nesting is required for pattern navigation functions")
		}
	}
	scope := *v.pattern
	switch {
	case logical:
		scope.nav.First, scope.nav.Final, scope.nav.Logical = fn == "FIRST", x.Processing == "FINAL", max(offset, 0)
	default:
		if offset < 0 {
			offset = 1
		}
		if fn == "PREV" {
			offset = -offset
		}
		scope.nav.Physical = offset
	}
	inner := v
	inner.pattern = &scope
	e, err := inner.expr(x.Args[0])
	if err != nil {
		return nil, err
	}
	_, ok, err := v.labelOf(name, x, 0)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, sqlerr.Newf(sqlerr.InvalidArguments, p, "Pattern navigation function '%s' must contain at least one column reference or CLASSIFIER()", fn)
	}
	return e, nil
}

// nodeName is what Trino calls the commonest expressions.
func nodeName(e syntax.Expr) string {
	switch e.(type) {
	case *syntax.FunctionCall:
		return "FunctionCall"
	case *syntax.Dereference:
		return "DereferenceExpression"
	case *syntax.StringLiteral:
		return "StringLiteral"
	case *syntax.LongLiteral:
		return "LongLiteral"
	case *syntax.NullLiteral:
		return "NullLiteral"
	}
	return "Expression"
}

// rowMatch plans a pattern over b's columns.
func (b *builder) rowMatch(r *rowPattern) (*plan.RowMatch, error) {
	m := r.match
	var err error
	if m.Defines, err = b.patternExprs(r.defines); err != nil {
		return nil, err
	}
	m.Measures, err = b.patternExprs(r.measures)
	return &m, err
}

func (b *builder) patternExprs(es []plan.Expr) ([]*plan.PatternExpr, error) {
	out := make([]*plan.PatternExpr, len(es))
	for i, e := range es {
		if e == nil {
			continue
		}
		var err error
		if out[i], err = b.patternExpr(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// patternExpr puts the values of the match in columns of their own.
func (b *builder) patternExpr(e plan.Expr) (*plan.PatternExpr, error) {
	out := &plan.PatternExpr{}
	var known []plan.Expr
	var err error
	out.Expr = plan.Rewrite(e, func(e plan.Expr) plan.Expr {
		in := plan.PatternInput{Type: e.Type(), Col: -1}
		switch x := e.(type) {
		case *patternInput:
			in.Source, in.Nav = x.source, x.nav
		case *patternAggregate:
			in.Source = plan.FromAggregate
			in.Agg = &plan.PatternAgg{Func: x.fn, Labels: x.labels, Final: x.final, P: x.P}
		default:
			return nil
		}
		k := slices.IndexFunc(known, func(x plan.Expr) bool { return plan.Equal(x, e) })
		if k < 0 && err == nil {
			switch x := e.(type) {
			case *patternInput:
				if x.expr != nil {
					var c plan.Expr
					if c, err = b.lower(x.expr); err != nil {
						return e
					}
					in.Col = b.col(c)
				}
			case *patternAggregate:
				if in.Agg.Args, err = b.patternExprs(x.args); err != nil {
					return e
				}
			}
			k = len(known)
			known = append(known, e)
			out.Inputs = append(out.Inputs, in)
		}
		return &plan.Col{Base: base(e.Type(), e.Pos()), Index: k}
	})
	return out, err
}

// matchRecognize analyzes MATCH_RECOGNIZE.
func (a *analyzer) matchRecognize(x *syntax.PatternRecognition, parent *scope, w *withScope) (*relation, error) {
	in, err := a.relation(x.Relation, nil, parent, w)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, f := range in.fields {
		if f.name == "" {
			continue
		}
		if up := strings.ToUpper(f.name); names[up] {
			return nil, sqlerr.Newf(sqlerr.AmbiguousName, x.Relation.Pos(), "ambiguous column: %s in row pattern input relation", f.name)
		}
		names[strings.ToUpper(f.name)] = true
	}
	sc := &scope{fields: in.fields, parent: parent}
	v := env{a: a, sc: sc, w: w}
	b := a.builder(in.node)
	n := &plan.MatchRecognize{P: x.Pos(), End: plan.Bound{Offset: -1}}
	column := func(e syntax.Expr) (*field, error) {
		name := qualified(e)
		if name == nil {
			return nil, sqlerr.Newf(sqlerr.InvalidColumnReference, e.Pos(), "Expected column reference. Actual: %s", format(e))
		}
		r, err := sc.resolve(name, e)
		if err != nil {
			return nil, err
		}
		if r == nil || !r.local || !slices.ContainsFunc(in.fields, func(f field) bool { return f.matches(name) }) {
			return nil, sqlerr.Newf(sqlerr.ColumnNotFound, e.Pos(), "Column %s is not present in the input relation", format(e))
		}
		return r.field, nil
	}
	var partition, order []*field
	for _, e := range x.PartitionBy {
		f, err := column(e)
		if err != nil {
			return nil, err
		}
		if !f.typ.Comparable() {
			return nil, mismatch(e.Pos(), "%s is not comparable, and therefore cannot be used in PARTITION BY", f.typ)
		}
		partition = append(partition, f)
		n.Partition = append(n.Partition, b.col(f.expr))
	}
	if x.OrderBy != nil {
		for _, item := range x.OrderBy.Items {
			f, err := column(item.Expr)
			if err != nil {
				return nil, err
			}
			if !f.typ.Orderable() {
				return nil, mismatch(item.Pos(), "%s is not orderable, and therefore cannot be used in ORDER BY", f.typ)
			}
			order = append(order, f)
			k := sortKey(item, f.expr)
			n.Order = append(n.Order, plan.SortKey{Col: b.col(f.expr), Desc: k.desc, NullsFirst: k.nullsFirst})
		}
	}
	r, err := v.rowPattern(x.Pattern, x.Measures, false)
	if err != nil {
		return nil, err
	}
	switch mode := x.RowsPerMatch; {
	case strings.Contains(mode, "UNMATCHED"):
		n.Rows = plan.AllWithUnmatched
		if p := findPattern(x.Pattern.Pattern, syntax.PatternExclude); p != nil {
			return nil, sqlerr.Newf(invalidRowPattern, p.Pos(), "Pattern exclusion syntax is not allowed when ALL ROWS PER MATCH WITH UNMATCHED ROWS is specified")
		}
	case strings.Contains(mode, "OMIT"):
		n.Rows = plan.AllOmitEmpty
	case strings.Contains(mode, "ALL"):
		n.Rows = plan.AllShowEmpty
	}
	if n.Match, err = b.rowMatch(r); err != nil {
		return nil, err
	}
	rel := &relation{node: n}
	var rest []field
	output := func(f *field, hidden bool) field {
		n.Output = append(n.Output, b.col(f.expr))
		return field{name: f.name, typ: f.typ, hidden: hidden}
	}
	for _, f := range partition {
		rel.fields = append(rel.fields, output(f, false))
	}
	if n.Rows != plan.OneRowPerMatch {
		for _, f := range order {
			rel.fields = append(rel.fields, output(f, false))
		}
		for i := range in.fields {
			f := &in.fields[i]
			if !slices.Contains(partition, f) && !slices.Contains(order, f) {
				rest = append(rest, output(f, f.hidden))
			}
		}
	}
	b.flush()
	n.Input = b.node
	// The node yields the measures last; the relation has them in the middle.
	at := len(n.Output)
	for i, f := range slices.Concat(rel.fields, rest) {
		n.Cols = append(n.Cols, plan.Column{Name: f.name, Type: f.typ})
		if i < len(rel.fields) {
			rel.fields[i].expr = &plan.Col{Base: base(f.typ, 0), Index: i, Name: f.name}
		} else {
			rest[i-len(rel.fields)].expr = &plan.Col{Base: base(f.typ, 0), Index: i, Name: f.name}
		}
	}
	for i, m := range x.Measures {
		t := r.measures[i].Type()
		n.Cols = append(n.Cols, plan.Column{Name: m.Name.Value, Type: t})
		rel.fields = append(rel.fields, field{name: m.Name.Value, typ: t, expr: &plan.Col{Base: base(t, 0), Index: at + i, Name: m.Name.Value}})
	}
	rel.fields = append(rel.fields, rest...)
	if len(rel.fields) == 0 {
		return nil, sqlerr.Newf(tableHasNoColumns, x.Pos(), "pattern recognition output table has no columns")
	}
	// What is above takes a relation's columns to be the node's, in order.
	p := &plan.Project{Input: n}
	for i := range rel.fields {
		f := &rel.fields[i]
		p.Exprs = append(p.Exprs, f.expr)
		p.Cols = append(p.Cols, plan.Column{Name: f.name, Type: f.typ})
		f.expr = &plan.Col{Base: base(f.typ, 0), Index: i, Name: f.name}
	}
	rel.node = p
	if x.Alias != nil {
		return alias(&syntax.AliasedRelation{Base: syntax.Base{At: x.Pos()}, Alias: x.Alias, Columns: x.Columns}, rel, 0)
	}
	return rel, nil
}
