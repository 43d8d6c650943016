package projection

// The match tree: all paths walked at once. A node stands for the set of places
// in all paths that a value has reached, so that each field of a record is
// looked up once, however many columns there are.

import (
	"encoding/binary"
	"strings"

	"github.com/ionq-db/ionq/reader/ion"
)

// Tree matches the values of records to columns. It remembers what it met, and
// is not safe for concurrent use.
type Tree struct {
	Root *Node

	paths         []*Path
	caseSensitive bool
	nodes         map[string]*Node
}

// Node is a state of the match.
type Node struct {
	// Ends lists the columns (ordinals given to Compile) whose path ends at this
	// value, ascending.
	Ends []int
	// Inner tells that children of this value may match.
	Inner bool
	// Complex tells that children match by place or annotation too, so that
	// ByName does not say all.
	Complex bool

	tree   *Tree
	places []place
	byName map[string]*Node
}

// place is a path and the number of its components that have matched.
type place struct{ path, depth int32 }

// maxRemembered bounds how many names a node remembers: records whose field
// names are data (ids as keys) must not fill the memory.
const maxRemembered = 4096

// Compile returns the tree of the paths; a column's ordinal is its path's place
// in the list.
func Compile(paths []*Path, caseSensitive bool) *Tree {
	t := &Tree{paths: paths, caseSensitive: caseSensitive, nodes: map[string]*Node{}}
	var all []place
	for i := range paths {
		all = append(all, place{int32(i), 0})
	}
	t.Root = t.node(all)
	if t.Root == nil {
		t.Root = &Node{tree: t, byName: map[string]*Node{}}
	}
	for _, p := range paths {
		if p.Annotations != nil {
			t.Root.Complex = true
		}
	}
	return t
}

// Record returns the node of a record with the annotations that v has: the root,
// without the paths that ask for other annotations.
func (t *Tree) Record(b []byte, v ion.Value) *Node {
	any := false
	for _, p := range t.paths {
		any = any || p.Annotations != nil
	}
	if !any {
		return t.Root
	}
	has := annotations(b, v)
	var set []place
	for i, p := range t.paths {
		if p.Annotations == nil || t.equalAll(p.Annotations, has) {
			set = append(set, place{int32(i), 0})
		}
	}
	return t.node(set)
}

// node returns the node of a set of places, or nil for the empty set.
func (t *Tree) node(set []place) *Node {
	if len(set) == 0 {
		return nil
	}
	key := make([]byte, 0, 8*len(set))
	for _, p := range set {
		key = binary.LittleEndian.AppendUint32(key, uint32(p.path))
		key = binary.LittleEndian.AppendUint32(key, uint32(p.depth))
	}
	if n, ok := t.nodes[string(key)]; ok {
		return n
	}
	n := &Node{tree: t, places: set, byName: map[string]*Node{}}
	for _, p := range set {
		components := t.paths[p.path].Components
		if int(p.depth) == len(components) {
			n.Ends = append(n.Ends, int(p.path))
			continue
		}
		n.Inner = true
		if c := &components[p.depth]; c.Kind == Index || c.Annotations != nil {
			n.Complex = true
		}
	}
	t.nodes[string(key)] = n
	return n
}

// ByName returns the node of the field of that name, or nil where nothing below
// it matches. It must not be used where the node is Complex.
func (n *Node) ByName(name []byte) *Node {
	if to, ok := n.byName[string(name)]; ok {
		return to
	}
	to := n.child(string(name), true, -1, nil)
	if len(n.byName) < maxRemembered {
		n.byName[string(name)] = to
	}
	return to
}

// Child returns the node of a child: the index-th child, v, of its container,
// with a field name where named.
func (n *Node) Child(name []byte, named bool, index int, b []byte, v ion.Value) *Node {
	if named && !n.Complex {
		return n.ByName(name)
	}
	return n.child(string(name), named, index, annotations(b, v))
}

func (n *Node) child(name string, named bool, index int, has []string) *Node {
	var set []place
	for _, p := range n.places {
		components := n.tree.paths[p.path].Components
		if int(p.depth) == len(components) {
			continue
		}
		c := &components[p.depth]
		var ok bool
		switch c.Kind {
		case Wildcard:
			ok = true
		case Index:
			ok = c.Index == index
		default:
			ok = named && n.tree.equal(c.Name, name)
		}
		if ok && (c.Annotations == nil || n.tree.equalAll(c.Annotations, has)) {
			set = append(set, place{p.path, p.depth + 1})
		}
	}
	return n.tree.node(set)
}

// equal compares names as the SerDe does: without regard to case unless asked
// for.
func (t *Tree) equal(a, b string) bool {
	if t.caseSensitive {
		return a == b
	}
	return strings.EqualFold(a, b)
}

func (t *Tree) equalAll(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !t.equal(a[i], b[i]) {
			return false
		}
	}
	return true
}
