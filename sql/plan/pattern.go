package plan

// Row pattern recognition: MATCH_RECOGNIZE, and windows whose frame has a
// pattern. One node stands for both.

import (
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// MatchRecognize finds matches of a pattern in each partition's rows, in order.
// Output: the input columns Output, then Match.Measures, then Calls. Rows come
// partition by partition, in order of first appearance.
type MatchRecognize struct {
	Input     Node
	Partition []int
	Order     []SortKey
	Match     *RowMatch
	Rows      MatchRows
	Output    []int
	End       Bound        // of WindowRows: where the rows end that a match may use
	Calls     []WindowCall // of WindowRows: over the rows of the match
	Cols      []Column
	P         sqlerr.Pos
}

// MatchRows tells which rows a match yields.
type MatchRows uint8

// The choices of MatchRows.
const (
	OneRowPerMatch   MatchRows = iota
	AllShowEmpty               // all rows of a match, one for an empty one
	AllOmitEmpty               // all rows of a match
	AllWithUnmatched           // AllShowEmpty, and the rows of no match
	WindowRows                 // every row of the input, with the match that begins there
)

// RowMatch is a pattern and what is computed about its matches.
type RowMatch struct {
	Labels   []string       // primary pattern variables
	Defines  []*PatternExpr // by label; nil: every row
	Measures []*PatternExpr
	Pattern  *PatternTerm
	Skip     MatchSkip
	SkipTo   Navigation // of SkipToLabel
	Seek     bool       // where no match begins at the row, the first one behind it counts
}

// MatchSkip tells where the search goes on after a match.
type MatchSkip uint8

// The choices of AFTER MATCH SKIP.
const (
	SkipPastLast MatchSkip = iota
	SkipToNext
	SkipToLabel
)

// TermKind tells the forms of a pattern's term apart.
type TermKind uint8

// The kinds of terms.
const (
	TermLabel TermKind = iota
	TermEmpty
	TermStart
	TermEnd
	TermExclude
	TermConcat
	TermAlternate
	TermPermute
	TermRepeat
)

// PatternTerm is a node of a pattern.
type PatternTerm struct {
	Kind     TermKind
	Label    int
	Args     []*PatternTerm
	Min, Max int // of TermRepeat; Max -1 for no limit
	Lazy     bool
	P        sqlerr.Pos
}

// PatternExpr is an expression about a match: Expr's column i is Inputs[i].
type PatternExpr struct {
	Expr   Expr
	Inputs []PatternInput
}

// PatternSource is where the value of a PatternInput comes from.
type PatternSource uint8

// The sources.
const (
	FromColumn PatternSource = iota
	FromClassifier
	FromMatchNumber
	FromAggregate
)

// PatternInput is a value that depends on the match so far.
type PatternInput struct {
	Source PatternSource
	Type   types.Type
	Col    int        // of FromColumn: the input column
	Nav    Navigation // of FromColumn and FromClassifier: at which row
	Agg    *PatternAgg
}

// Navigation leads to a row: from the first or the last row matched to one of
// Labels (nil: any row), Logical such rows on, then Physical rows on.
type Navigation struct {
	Labels   []int
	First    bool
	Final    bool // the last of the whole match, not the last so far
	Logical  int
	Physical int
}

// PatternAgg is an aggregate over the rows matched to Labels (nil: any), so far
// or, when Final, of the whole match. Args are over the row's values.
type PatternAgg struct {
	Func   *function.Bound
	Args   []*PatternExpr
	Labels []int
	Final  bool
	P      sqlerr.Pos
}

// Columns returns the output columns.
func (n *MatchRecognize) Columns() []Column { return n.Cols }

// Inputs returns the input.
func (n *MatchRecognize) Inputs() []Node { return []Node{n.Input} }

// exprs are all the expressions of the pattern.
func (m *RowMatch) exprs() []*PatternExpr {
	var out []*PatternExpr
	var add func(es []*PatternExpr)
	add = func(es []*PatternExpr) {
		for _, e := range es {
			if e == nil {
				continue
			}
			out = append(out, e)
			for _, in := range e.Inputs {
				if in.Agg != nil {
					add(in.Agg.Args)
				}
			}
		}
	}
	add(m.Defines)
	add(m.Measures)
	return out
}

// places are the node's references to input columns.
func (n *MatchRecognize) places() []*int {
	var out []*int
	add := func(list []int) {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	add(n.Partition)
	add(n.Output)
	for i := range n.Order {
		out = append(out, &n.Order[i].Col)
	}
	if n.End.Offset >= 0 {
		out = append(out, &n.End.Offset)
	}
	for i := range n.Calls {
		add(n.Calls[i].Args)
	}
	for _, e := range n.Match.exprs() {
		for i := range e.Inputs {
			if e.Inputs[i].Source == FromColumn {
				out = append(out, &e.Inputs[i].Col)
			}
		}
	}
	return out
}

// clone copies what Prune changes.
func (n *MatchRecognize) clone() *MatchRecognize {
	c := *n
	c.Input = Clone(n.Input)
	c.Partition, c.Order, c.Output = append([]int(nil), n.Partition...), append([]SortKey(nil), n.Order...), append([]int(nil), n.Output...)
	c.Calls = append([]WindowCall(nil), n.Calls...)
	for i := range c.Calls {
		c.Calls[i].Args = append([]int(nil), c.Calls[i].Args...)
	}
	m := *n.Match
	m.Defines, m.Measures = cloneExprs(m.Defines), cloneExprs(m.Measures)
	c.Match = &m
	return &c
}

func cloneExprs(es []*PatternExpr) []*PatternExpr {
	out := make([]*PatternExpr, len(es))
	for i, e := range es {
		if e == nil {
			continue
		}
		c := &PatternExpr{Expr: e.Expr, Inputs: append([]PatternInput(nil), e.Inputs...)}
		for k := range c.Inputs {
			if a := c.Inputs[k].Agg; a != nil {
				agg := *a
				agg.Args = cloneExprs(a.Args)
				c.Inputs[k].Agg = &agg
			}
		}
		out[i] = c
	}
	return out
}

// pruneMatch drops output columns, measures and calls; the rows stay as many.
func pruneMatch(n *MatchRecognize, need []bool) (Node, []int) {
	outs, measures := len(n.Output), len(n.Match.Measures)
	n.Output = kept(n.Output, need)
	n.Match.Measures = kept(n.Match.Measures, need[outs:])
	n.Calls = kept(n.Calls, need[outs+measures:])
	n.Cols = kept(n.Cols, need)
	below := make([]bool, len(n.Input.Columns()))
	places := n.places()
	for _, p := range places {
		below[*p] = true
	}
	in, moves := prune(n.Input, below)
	n.Input = in
	for _, p := range places {
		*p = moves[*p]
	}
	to := make([]int, len(need))
	k := 0
	for i, ok := range need {
		to[i] = -1
		if ok {
			to[i] = k
			k++
		}
	}
	return n, to
}

func (c *checker) match(name string, n *MatchRecognize) {
	in := n.Input.Columns()
	for _, p := range n.places() {
		c.index(name, *p, in)
	}
	if len(n.Cols) != len(n.Output)+len(n.Match.Measures)+len(n.Calls) {
		c.fail("%s: %d columns", name, len(n.Cols))
		return
	}
	for i, k := range n.Output {
		c.same(name, n.Cols[i].Type, c.index(name, k, in))
	}
	for i, e := range n.Match.Measures {
		c.same(name, n.Cols[len(n.Output)+i].Type, e.Expr.Type())
	}
	for _, e := range n.Match.exprs() {
		var cols []Column
		for _, x := range e.Inputs {
			cols = append(cols, Column{Type: x.Type})
			if x.Source == FromColumn {
				c.same(name, x.Type, c.index(name, x.Col, in))
			}
		}
		c.exprs(name, cols, e.Expr)
	}
}

// matchText is the node in EXPLAIN.
func matchText(n *MatchRecognize) string {
	in := n.Input.Columns()
	s := "MatchRecognize[" + n.Match.Pattern.text(n.Match.Labels)
	if n.Rows == WindowRows {
		s += " in window"
	}
	if len(n.Partition) > 0 {
		s += " partition by " + columnsAt(n.Partition, in)
	}
	if len(n.Order) > 0 {
		s += " order by " + keysText(n.Order, in)
	}
	return s + "]"
}

func (t *PatternTerm) text(labels []string) string {
	parts := make([]string, len(t.Args))
	for i, a := range t.Args {
		parts[i] = a.text(labels)
	}
	switch t.Kind {
	case TermLabel:
		return labels[t.Label]
	case TermStart:
		return "^"
	case TermEnd:
		return "$"
	case TermExclude:
		return "{- " + parts[0] + " -}"
	case TermConcat:
		return "(" + strings.Join(parts, " ") + ")"
	case TermAlternate:
		return "(" + strings.Join(parts, " | ") + ")"
	case TermPermute:
		return "PERMUTE(" + strings.Join(parts, ", ") + ")"
	case TermRepeat:
		s := parts[0] + "{" + strconv.Itoa(t.Min) + ","
		if t.Max >= 0 {
			s += strconv.Itoa(t.Max)
		}
		s += "}"
		if t.Lazy {
			s += "?"
		}
		return s
	}
	return "()"
}
