package sketch

// The quantile digest (Shrivastava, Buragohain, Agrawal and Suri, Medians and
// beyond, 2004), as airlift has it: a binary tree over the bits of the values
// whose nodes have weights; light nodes are folded into their parents.

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
)

const (
	qdigestZero = 1e-5 // a weight below is none
	qdigestBits = 64
	signBit     = 1 << 63
)

type qnode struct {
	count       float64
	value       uint64 // the bits of a value below, its sign inverted
	level       uint8  // 0 is a leaf
	left, right int32  // -1: none. The left ones of free nodes are their list
}

// QDigest summarises the distribution of 64-bit integers; ranks are off by at most
// a given fraction of the total weight.
type QDigest struct {
	maxError  float64
	total     float64
	min, max  int64
	root      int32
	firstFree int32
	free      int
	nodes     []qnode
	stored    [16]byte // alpha and landmark of a decaying digest: kept as they were read
}

// NewQDigest returns an empty digest with an error between 0 and 1.
func NewQDigest(maxError float64) *QDigest {
	return &QDigest{maxError: maxError, min: math.MaxInt64, max: math.MinInt64, root: -1, firstFree: -1}
}

// MaxError is the digest's error.
func (d *QDigest) MaxError() float64 { return d.maxError }

// Count is the sum of all weights.
func (d *QDigest) Count() float64 { return d.total }

// Size is about the number of bytes that the digest takes.
func (d *QDigest) Size() int64 { return int64(96 + 32*cap(d.nodes)) }

// Add takes in a value with a positive weight.
func (d *QDigest) Add(value int64, weight float64) {
	d.max = max(d.max, value)
	d.min = min(d.min, value)
	before := d.total
	d.insert(uint64(value)^signBit, weight)
	// Where the total passes a multiple of the factor, the rule by which nodes are
	// folded changes for all of them.
	if f := d.factor(); int64(before)/f != int64(d.total)/f {
		d.compress()
	}
}

// Merge takes in another digest, which stays as it is.
func (d *QDigest) Merge(o *QDigest) {
	d.root = d.mergeNode(d.root, o, o.root)
	d.max = max(d.max, o.max)
	d.min = min(d.min, o.min)
	d.compress()
}

func (d *QDigest) factor() int64 {
	if d.root < 0 {
		return 1
	}
	f := (float64(d.nodes[d.root].level) + 1) / d.maxError
	return int64(max(int32(min(f, math.MaxInt32)), 1))
}

func branchBit(level uint8) uint64 { return 1 << (level - 1) }

func sameSubtree(a, b uint64, level uint8) bool {
	return level == qdigestBits || a>>level == b>>level
}

func (d *QDigest) insert(value uint64, weight float64) {
	if weight < qdigestZero {
		return
	}
	parent, at := int32(-1), d.root
	right := false
	for {
		if at < 0 {
			d.setChild(parent, right, d.node(value, 0, weight))
			return
		}
		n := &d.nodes[at]
		if !sameSubtree(value, n.value, n.level) {
			d.setChild(parent, right, d.siblings(at, d.node(value, 0, weight)))
			return
		}
		if n.level == 0 {
			n.count += weight
			d.total += weight
			return
		}
		parent, right = at, value&branchBit(n.level) != 0
		if right {
			at = n.right
		} else {
			at = n.left
		}
	}
}

func (d *QDigest) setChild(parent int32, right bool, child int32) {
	switch {
	case parent < 0:
		d.root = child
	case right:
		d.nodes[parent].right = child
	default:
		d.nodes[parent].left = child
	}
}

func (d *QDigest) node(value uint64, level uint8, count float64) int32 {
	d.total += count
	n := qnode{count, value, level, -1, -1}
	if at := d.firstFree; at >= 0 {
		d.firstFree = d.nodes[at].left
		d.free--
		d.nodes[at] = n
		return at
	}
	d.nodes = append(d.nodes, n)
	return int32(len(d.nodes) - 1)
}

// siblings makes a parent of two nodes at the level where they part.
func (d *QDigest) siblings(a, b int32) int32 {
	va, vb := d.nodes[a].value, d.nodes[b].value
	p := d.node(va, uint8(bits.Len64(va^vb)), 0)
	n := &d.nodes[p]
	if va&branchBit(n.level) == 0 {
		n.left, n.right = a, b
	} else {
		n.left, n.right = b, a
	}
	return p
}

func (d *QDigest) mergeNode(at int32, o *QDigest, other int32) int32 {
	if other < 0 {
		return at
	}
	if at < 0 {
		return d.copyOf(o, other)
	}
	n, m := d.nodes[at], o.nodes[other]
	switch {
	case !sameSubtree(n.value, m.value, max(n.level, m.level)):
		return d.siblings(at, d.copyOf(o, other))
	case n.level > m.level:
		if m.value&branchBit(n.level) == 0 {
			child := d.mergeNode(n.left, o, other)
			d.nodes[at].left = child
		} else {
			child := d.mergeNode(n.right, o, other)
			d.nodes[at].right = child
		}
		return at
	case n.level < m.level:
		var left, right int32
		if n.value&branchBit(m.level) == 0 {
			left = d.mergeNode(at, o, m.left)
			right = d.copyOf(o, m.right)
		} else {
			left = d.copyOf(o, m.left)
			right = d.mergeNode(at, o, m.right)
		}
		p := d.node(m.value, m.level, m.count)
		d.nodes[p].left, d.nodes[p].right = left, right
		return p
	}
	d.total += m.count
	d.nodes[at].count += m.count
	left := d.mergeNode(n.left, o, m.left)
	right := d.mergeNode(n.right, o, m.right)
	d.nodes[at].left, d.nodes[at].right = left, right
	return at
}

func (d *QDigest) copyOf(o *QDigest, other int32) int32 {
	if other < 0 {
		return -1
	}
	m := o.nodes[other]
	p := d.node(m.value, m.level, m.count)
	left := d.copyOf(o, m.left)
	d.nodes[p].left = left
	right := d.copyOf(o, m.right)
	d.nodes[p].right = right
	return p
}

// walk visits nodes after their children, the left ones first or the right ones;
// do says whether to go on.
func (d *QDigest) walk(at int32, leftFirst bool, do func(at int32) bool) bool {
	if at < 0 {
		return true
	}
	first, second := d.nodes[at].left, d.nodes[at].right
	if !leftFirst {
		first, second = second, first
	}
	return d.walk(first, leftFirst, do) && d.walk(second, leftFirst, do) && do(at)
}

// compress folds light nodes into their parents.
func (d *QDigest) compress() {
	bound := math.Floor(d.total / float64(d.factor()))
	d.walk(d.root, true, func(at int32) bool {
		n := &d.nodes[at]
		l, r := n.left, n.right
		if l < 0 && r < 0 {
			return true
		}
		var lc, rc float64
		if l >= 0 {
			lc = d.nodes[l].count
		}
		if r >= 0 {
			rc = d.nodes[r].count
		}
		fold := n.count+lc+rc < bound
		if l >= 0 && (fold || lc < qdigestZero) {
			n.left = d.remove(l)
			n.count += lc
		}
		if r >= 0 && (fold || rc < qdigestZero) {
			n.right = d.remove(r)
			n.count += rc
		}
		return true
	})
	if d.root >= 0 && d.nodes[d.root].count < qdigestZero {
		d.root = d.remove(d.root)
	}
}

// remove takes a node's weight away, and the node if it is not needed between its
// children and its parent; it returns what stands in its place.
func (d *QDigest) remove(at int32) int32 {
	n := &d.nodes[at]
	if n.left >= 0 && n.right >= 0 {
		n.count = 0
		return at
	}
	child := max(n.left, n.right)
	n.left = d.firstFree
	d.firstFree = at
	d.free++
	return child
}

func (d *QDigest) upper(at int32) int64 {
	n := &d.nodes[at]
	var mask uint64
	if n.level > 0 {
		mask = math.MaxUint64 >> (qdigestBits - uint(n.level))
	}
	return int64((n.value | mask) ^ signBit)
}

func (d *QDigest) lower(at int32) int64 {
	n := &d.nodes[at]
	var mask uint64
	if n.level > 0 {
		mask = math.MaxUint64 >> (qdigestBits - uint(n.level))
	}
	return int64(n.value&^mask ^ signBit)
}

// Quantile gives the value at a quantile of [0, 1], not below the true one.
func (d *QDigest) Quantile(q float64) (int64, error) {
	if !(q >= 0 && q <= 1) {
		return 0, errors.New("quantile must be between [0,1]")
	}
	sum, out := 0.0, d.max
	d.walk(d.root, true, func(at int32) bool {
		sum += d.nodes[at].count
		if sum > q*d.total {
			out = min(d.upper(at), d.max)
			return false
		}
		return true
	})
	return out, nil
}

// QuantileOf tells which quantile a value is at, and false where it is outside of
// the digest's range.
func (d *QDigest) QuantileOf(value int64) (float64, bool) {
	if d.total == 0 || value > d.greatest() || value < d.least() {
		return 0, false
	}
	sum := 0.0
	d.walk(d.root, true, func(at int32) bool {
		if value <= d.upper(at) {
			return false
		}
		sum += d.nodes[at].count
		return true
	})
	return sum / d.total, true
}

func (d *QDigest) least() int64 {
	out := d.min
	d.walk(d.root, true, func(at int32) bool {
		if d.nodes[at].count >= qdigestZero {
			out = d.lower(at)
			return false
		}
		return true
	})
	return max(d.min, out)
}

func (d *QDigest) greatest() int64 {
	out := d.max
	d.walk(d.root, false, func(at int32) bool {
		if d.nodes[at].count >= qdigestZero {
			out = d.upper(at)
			return false
		}
		return true
	})
	return min(d.max, out)
}

// Bytes is the stored form: the tree's nodes, children before their parents.
func (d *QDigest) Bytes() []byte {
	d.compress()
	return d.appendTo(nil)
}

func (d *QDigest) appendTo(b []byte) []byte {
	le := binary.LittleEndian
	b = append(b, 0)
	b = le.AppendUint64(b, math.Float64bits(d.maxError))
	b = append(b, d.stored[:]...)
	b = le.AppendUint64(b, uint64(d.min))
	b = le.AppendUint64(b, uint64(d.max))
	b = le.AppendUint32(b, uint32(len(d.nodes)-d.free))
	d.walk(d.root, true, func(at int32) bool {
		n := &d.nodes[at]
		flags := byte(max(int(n.level)-1, 0)) << 2 // a branch's level is at least 1
		if n.left >= 0 {
			flags |= 1
		}
		if n.right >= 0 {
			flags |= 2
		}
		b = append(b, flags)
		b = le.AppendUint64(b, math.Float64bits(n.count))
		b = le.AppendUint64(b, n.value)
		return true
	})
	return b
}

var errQDigest = errors.New("Invalid format")

// ParseQDigest reads the stored form.
func ParseQDigest(b []byte) (*QDigest, error) {
	const head, node = 1 + 5*8 + 4, 17
	if len(b) < head || b[0] != 0 {
		return nil, errQDigest
	}
	le := binary.LittleEndian
	d := NewQDigest(math.Float64frombits(le.Uint64(b[1:])))
	copy(d.stored[:], b[9:])
	d.min, d.max = int64(le.Uint64(b[25:])), int64(le.Uint64(b[33:]))
	n := int(int32(le.Uint32(b[41:])))
	if b = b[head:]; n < 0 || len(b) != n*node {
		return nil, errQDigest
	}
	var stack []int32
	pop := func() int32 {
		if len(stack) == 0 {
			return -2
		}
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return x
	}
	for i := range n {
		q := qnode{level: b[0] >> 2 & 63, left: -1, right: -1}
		if b[0]&3 != 0 {
			q.level++
		}
		if b[0]&2 != 0 {
			q.right = pop()
		}
		if b[0]&1 != 0 {
			q.left = pop()
		}
		if q.left == -2 || q.right == -2 {
			return nil, errQDigest
		}
		q.count = math.Float64frombits(le.Uint64(b[1:]))
		q.value = le.Uint64(b[9:])
		d.total += q.count
		d.nodes = append(d.nodes, q)
		stack = append(stack, int32(i))
		b = b[node:]
	}
	if n > 0 && len(stack) != 1 {
		return nil, errQDigest
	}
	d.root = int32(n - 1)
	return d, nil
}
