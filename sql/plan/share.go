package plan

// Sharing: what a plan computes more than once is computed once. Trino puts the
// text of a WITH query in place of each of its names, and so does the analyzer, so
// that conditions and unused columns are pushed into each copy by itself; only
// copies that are still equal afterwards, when the plan is otherwise done, are one
// subplan here. Copies that differ stay: a common core would have to compute
// columns and rows that one of them does not ask for, and could fail on them.
//
// A copy is worth holding where it groups, joins, sorts or the like. A mere scan
// with its filters and projections is read again: several workers read it in
// parallel, and the second time from kept columns. What an Apply, or the step of a
// recursion, runs again and again is held even then.
//
// The rows are made when they are first asked for, and no further than anybody
// asks, so that an error comes where it would have come. What depends on chance is
// computed each time.

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Share returns root with equal subplans in it shared; they are the same *Shared
// then, so that the plan is no tree any more, and none of the other passes may
// follow. same tells whether two tables are the same rows. root may be changed in
// place.
func Share(root Node, same func(a, b *Table) bool) Node {
	heavy, loops := 0, false
	WalkNodes(root, func(n Node) bool {
		switch n.(type) {
		case *Apply, *Recursive:
			loops = true
		}
		if costly(n) {
			heavy++
		}
		return true
	})
	if heavy < 2 && !loops {
		return root
	}
	if loops {
		WalkNodes(root, func(n Node) bool {
			if a, ok := n.(*Apply); ok {
				a.Sub = parting(a.Sub)
			}
			return true
		})
	}
	s := &sharer{same: same, of: map[Node]*copies{}, held: map[Node]bool{}, known: map[string][]*copies{}}
	s.classify(root)
	s.count(root, false)
	return s.rewrite(root)
}

// parting splits the filters of what an Apply runs for each row: conditions that do
// not depend on the row come below the others, so that what they leave can be held.
// They are those in front of the first one that does, which see the same rows as
// before, and those that cannot fail.
func parting(n Node) Node {
	mapInputs(n, parting)
	f, ok := n.(*Filter)
	if !ok {
		return n
	}
	first := true
	below, above := parted(Conjuncts(f.Pred), func(c Expr) bool {
		free := deterministic(c)
		Walk(c, func(e Expr) bool {
			_, outer := e.(*Outer)
			free = free && !outer
			return free
		})
		first = first && free
		return first || free && simple(c)
	})
	if below == nil || above == nil {
		return n
	}
	return &Filter{Input: &Filter{Input: f.Input, Pred: Conjunction(below)}, Pred: Conjunction(above)}
}

// costly tells the steps that make a subplan worth holding.
func costly(n Node) bool {
	switch n.(type) {
	case *Aggregate, *Join, *SemiJoin, *SetOp, *Sort, *TopN, *WindowNode, *MatchRecognize, *Apply, *Recursive:
		return true
	}
	return false
}

// copies is a set of equal subplans.
type copies struct {
	id    int
	first Node
	below []*copies
	// steady subplans give the same rows each time for the same rows of the Applys and
	// recursions in free, those around them that they depend on; worth are those that
	// do more than read, reads those that read a table.
	steady, worth, reads bool
	free                 []int
	refs                 int
	looped               bool // within what runs again and again
	node                 *Shared
}

// pure subplans give the same rows wherever and whenever they run.
func (c *copies) pure() bool { return c.steady && len(c.free) == 0 }

type sharer struct {
	same  func(a, b *Table) bool
	of    map[Node]*copies
	held  map[Node]bool // those that may be replaced
	known map[string][]*copies
	ids   int
	nodes int
}

func (s *sharer) classify(n Node) *copies {
	c := &copies{first: n, steady: true, worth: costly(n)}
	key := fmt.Sprintf("%T", n)
	if sc, ok := n.(*Scan); ok {
		c.reads = true
		key += sc.Table.Database + "." + sc.Table.Name
	}
	needs := func(id int) {
		if !slices.Contains(c.free, id) {
			c.free = append(c.free, id)
		}
	}
	for _, in := range n.Inputs() {
		b := s.classify(in)
		c.below = append(c.below, b)
		c.steady, c.worth, c.reads = c.steady && b.steady, c.worth || b.worth, c.reads || b.reads
		key += fmt.Sprintf(" %d", b.id)
		for _, id := range b.free {
			needs(id)
		}
	}
	MapExprs(n, func(e Expr) Expr {
		Walk(e, func(e Expr) bool {
			switch x := e.(type) {
			case *Outer:
				needs(x.Apply)
			case *Call:
				c.steady = c.steady && !x.Func.NonDeterministic
			}
			return c.steady
		})
		return e
	})
	bound := -1
	switch n := n.(type) {
	case *Sample:
		c.steady = false
	case *RecursiveRef:
		needs(n.ID)
	case *Recursive:
		bound = n.ID
	case *Apply:
		bound = n.ID
	}
	c.free = slices.DeleteFunc(c.free, func(id int) bool { return id == bound })
	if c.steady {
		for _, k := range s.known[key] {
			if slices.Equal(k.below, c.below) && s.alike(reflect.ValueOf(n).Elem(), reflect.ValueOf(k.first).Elem()) {
				s.of[n] = k
				return k
			}
		}
		s.known[key] = append(s.known[key], c)
	}
	s.ids++
	c.id = s.ids
	s.of[n] = c
	return c
}

var (
	exprType   = reflect.TypeFor[Expr]()
	nodeType   = reflect.TypeFor[Node]()
	posType    = reflect.TypeFor[sqlerr.Pos]()
	columnType = reflect.TypeFor[Column]()
	typeType   = reflect.TypeFor[types.Type]()
	tableType  = reflect.TypeFor[*Table]()
	boundType  = reflect.TypeFor[*function.Bound]()
)

// alike compares what two nodes of one kind say, but for their inputs, for
// positions in the statement, and for names of columns.
func (s *sharer) alike(a, b reflect.Value) bool {
	switch a.Type() {
	case exprType:
		x, _ := a.Interface().(Expr)
		y, _ := b.Interface().(Expr)
		return Equal(x, y)
	case nodeType, posType:
		return true
	case columnType:
		return a.Interface().(Column).Type == b.Interface().(Column).Type
	case typeType:
		return a.Interface() == b.Interface()
	case tableType:
		return s.same(a.Interface().(*Table), b.Interface().(*Table))
	case boundType:
		x, y := a.Interface().(*function.Bound), b.Interface().(*function.Bound)
		return x == y || x != nil && y != nil && x.Function == y.Function && x.Result == y.Result && slices.Equal(x.Args, y.Args)
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if a.Type().Field(i).IsExported() && !s.alike(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !s.alike(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return s.alike(a.Elem(), b.Elem())
	}
	return a.Equal(b)
}

// count counts how often each class is read, once what is above it is shared.
func (s *sharer) count(n Node, looped bool) {
	c := s.of[n]
	if c.pure() && (c.worth || looped && c.reads) {
		s.held[n] = true
		c.looped = c.looped || looped
		if c.refs++; c.refs > 1 {
			return
		}
		looped = false
	}
	switch n := n.(type) {
	case *Apply:
		s.count(n.Input, looped)
		s.count(n.Sub, true)
	case *Recursive:
		s.count(n.Base, looped)
		s.count(n.Step, true)
	default:
		for _, in := range n.Inputs() {
			s.count(in, looped)
		}
	}
}

func (s *sharer) rewrite(n Node) Node {
	c := s.of[n]
	if !s.held[n] || c.refs < 2 && !c.looped {
		mapInputs(n, s.rewrite)
		return n
	}
	if c.node == nil {
		s.nodes++
		c.node = &Shared{ID: s.nodes, Input: n, Refs: c.refs, Looped: c.looped}
		mapInputs(n, s.rewrite)
	}
	return c.node
}

// sharedText says how often a shared subplan is read.
func sharedText(n *Shared) string {
	var of []string
	if n.Refs > 1 {
		of = append(of, fmt.Sprintf(" read %d times", n.Refs))
	}
	if n.Looped {
		of = append(of, " held for each run")
	}
	return fmt.Sprintf("Shared[%d%s]", n.ID, strings.Join(of, ","))
}
