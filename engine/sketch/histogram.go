package sketch

// The numeric histogram (Ben-Haim and Tom-Tov, A streaming parallel decision tree
// algorithm, 2010) with Trino's penalty for joining neighbouring buckets.

import (
	"container/heap"
	"encoding/binary"
	"errors"
	"math"
)

// histogramBuffer is how many values beyond the buckets are held before buckets
// are joined (Trino's DoubleHistogramAggregation).
const histogramBuffer = 100

// Bucket is a bucket's centre and weight.
type Bucket struct{ Value, Weight float64 }

// Histogram summarises numbers in a fixed number of buckets.
type Histogram struct {
	limit   int
	buckets []Bucket
}

// NewHistogram returns an empty histogram of at least 2 buckets.
func NewHistogram(buckets int) *Histogram { return &Histogram{limit: buckets} }

// Size is about the number of bytes that the histogram takes.
func (h *Histogram) Size() int64 { return int64(48 + 16*cap(h.buckets)) }

// errNoRight is of buckets whose penalties are no numbers, which infinite values and
// weights make: the last bucket comes to be joined with the one behind it. Trino
// fails with these words.
var errNoRight = errors.New("Expected right to be != null")

// Add takes in a value with a weight. It fails where buckets are to be joined and
// Trino fails to.
func (h *Histogram) Add(value, weight float64) error {
	if len(h.buckets) == h.limit+histogramBuffer {
		if err := h.compact(); err != nil {
			return err
		}
	}
	h.buckets = append(h.buckets, Bucket{value, weight})
	return nil
}

// Buckets gives the buckets in order of their centres. As on Trino they are compacted
// by the partial aggregation and again by the final one, which adds up equal centres
// that joining made; then they are a map by their centres, where the last NaN counts.
func (h *Histogram) Buckets() ([]Bucket, error) {
	for range 2 {
		if err := h.compact(); err != nil {
			return nil, err
		}
	}
	out := make([]Bucket, 0, len(h.buckets))
	for _, b := range h.buckets {
		if n := len(out); n > 0 && javaBits(out[n-1].Value) == javaBits(b.Value) {
			out[n-1].Weight = b.Weight
			continue
		}
		out = append(out, b)
	}
	return out, nil
}

// compareJava is Double.compare: -0 before 0, NaN last.
func compareJava(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	x, y := javaBits(a), javaBits(b)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func javaBits(x float64) int64 {
	if math.IsNaN(x) {
		return 0x7ff8000000000000
	}
	return int64(math.Float64bits(x))
}

const (
	sortByInsertion = 16  // fewer buckets than these are sorted by insertion
	sortByNinther   = 128 // the pivot of more than these is a median of medians
)

// sortBuckets sorts by centres. The order of equal ones, whose weights are added up in
// it, is that of the quicksort that Trino takes from fastutil: Bentley's and McIlroy's
// with equal elements at both ends.
func sortBuckets(x []Bucket) {
	n := len(x)
	compare := func(i, k int) int { return compareJava(x[i].Value, x[k].Value) }
	swap := func(i, k int) { x[i], x[k] = x[k], x[i] }
	if n < sortByInsertion {
		for i := range x {
			for k := i; k > 0 && compare(k-1, k) > 0; k-- {
				swap(k-1, k)
			}
		}
		return
	}
	median := func(i, k, l int) int {
		ik, il, kl := compare(i, k), compare(i, l), compare(k, l)
		switch {
		case ik < 0 && kl < 0, ik >= 0 && kl > 0:
			return k
		case ik < 0 && il < 0, ik >= 0 && il > 0:
			return l
		}
		return i
	}
	low, pivot, high := 0, n/2, n-1
	if n > sortByNinther {
		s := n / 8
		low, pivot, high = median(0, s, 2*s), median(pivot-s, pivot, pivot+s), median(high-2*s, high-s, high)
	}
	pivot = median(low, pivot, high)
	moved := func(i, k int) { // the pivot goes along when places are swapped
		switch pivot {
		case i:
			pivot = k
		case k:
			pivot = i
		}
		swap(i, k)
	}
	// x[:a] and x[d+1:] equal the pivot, x[a:b] is less, x[c+1:d+1] greater.
	a, b, c, d := 0, 0, n-1, n-1
	for {
		for ; b <= c; b++ {
			k := compare(b, pivot)
			if k > 0 {
				break
			}
			if k == 0 {
				moved(a, b)
				a++
			}
		}
		for ; c >= b; c-- {
			k := compare(c, pivot)
			if k < 0 {
				break
			}
			if k == 0 {
				moved(c, d)
				d--
			}
		}
		if b > c {
			break
		}
		moved(b, c)
		b, c = b+1, c-1
	}
	for i := range min(a, b-a) {
		swap(i, b-min(a, b-a)+i)
	}
	for i := range min(d-c, n-d-1) {
		swap(b+i, n-min(d-c, n-d-1)+i)
	}
	sortBuckets(x[:b-a])
	sortBuckets(x[n-(d-c):])
}

// bucketNode is a bucket between its neighbours, in the queue of joins.
type bucketNode struct {
	Bucket
	penalty     float64
	id          int
	gone        bool
	left, right *bucketNode
}

func newBucketNode(id int, b Bucket, left, right *bucketNode) *bucketNode {
	n := &bucketNode{Bucket: b, id: id, left: left, right: right, penalty: math.Inf(1)}
	if right != nil {
		right.left = n
		n.penalty = penalty(b.Value, b.Weight, right.Value, right.Weight)
	}
	if left != nil {
		left.right = n
	}
	return n
}

// penalty is what joining two buckets costs. Trino calls its formula with the two
// middle arguments swapped; so do we, for its numbers.
func penalty(value1, value2, weight1, weight2 float64) float64 {
	weight := value2 + weight2
	square := (value1 - weight1) * (value1 - weight1)
	share := (value2 * weight2) / ((value2 + weight2) * (value2 + weight2))
	return weight * square * share
}

type bucketQueue []*bucketNode

func (q bucketQueue) Len() int      { return len(q) }
func (q bucketQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q bucketQueue) Less(i, j int) bool {
	if c := compareJava(q[i].penalty, q[j].penalty); c != 0 {
		return c < 0
	}
	return q[i].id < q[j].id
}
func (q *bucketQueue) Push(x any) { *q = append(*q, x.(*bucketNode)) }
func (q *bucketQueue) Pop() any {
	n := len(*q) - 1
	x := (*q)[n]
	*q = (*q)[:n]
	return x
}

// compact adds up equal values and joins neighbours until the limit is kept.
func (h *Histogram) compact() error {
	sortBuckets(h.buckets)
	out := h.buckets[:0]
	for _, b := range h.buckets {
		if n := len(out); n > 0 && out[n-1].Value == b.Value {
			out[n-1].Weight += b.Weight
		} else {
			out = append(out, b)
		}
	}
	h.buckets = out
	if len(out) <= h.limit {
		return nil
	}
	// The queue's inner order decides the order of equal values, so it is built as
	// Java's is.
	q := make(bucketQueue, 0, 2*len(out))
	var right *bucketNode
	for i := len(out) - 1; i >= 0; i-- {
		right = newBucketNode(i, out[i], nil, right)
		heap.Push(&q, right)
	}
	for n := len(out); n > h.limit; {
		b := heap.Pop(&q).(*bucketNode)
		if b.gone {
			continue
		}
		n--
		r := b.right
		if r == nil {
			return errNoRight
		}
		weight := b.Weight + r.Weight
		value := (float64(b.Value*b.Weight) + float64(r.Value*r.Weight)) / weight
		r.gone = true
		joined := newBucketNode(b.id, Bucket{value, weight}, nil, r.right)
		heap.Push(&q, joined)
		if l := b.left; l != nil {
			l.gone = true
			heap.Push(&q, newBucketNode(l.id, l.Bucket, l.left, joined))
		}
	}
	h.buckets = h.buckets[:0]
	for _, b := range q {
		if !b.gone {
			h.buckets = append(h.buckets, b.Bucket)
		}
	}
	sortBuckets(h.buckets)
	return nil
}

// State is the histogram to the last bit.
func (h *Histogram) State() []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(h.limit))
	for _, x := range h.buckets {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x.Value))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x.Weight))
	}
	return b
}

var errState = errors.New("BUG: a sketch's stored state is damaged")

// HistogramOf reads a State.
func HistogramOf(b []byte) (*Histogram, error) {
	if len(b) < 4 || len(b)%16 != 4 {
		return nil, errState
	}
	le := binary.LittleEndian
	h := NewHistogram(int(le.Uint32(b)))
	for b = b[4:]; len(b) > 0; b = b[16:] {
		h.buckets = append(h.buckets, Bucket{math.Float64frombits(le.Uint64(b)), math.Float64frombits(le.Uint64(b[8:]))})
	}
	return h, nil
}
