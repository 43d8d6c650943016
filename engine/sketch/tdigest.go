package sketch

// The merging t-digest (Dunning and Ertl, Computing extremely accurate quantiles
// using t-digests, 2019), as airlift has it.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

const (
	tdigestCompression = 100
	tdigestFudge       = 10
)

// TDigest summarises the distribution of numbers: centroids with weights, small
// ones at the ends.
type TDigest struct {
	compression float64
	room        int // the length of airlift's arrays: when they are full, centroids are merged
	means       []float64
	weights     []float64
	total       float64
	min, max    float64
	backwards   bool
	pending     bool

	order        []int32
	tempM, tempW []float64
}

// NewTDigest returns an empty digest.
func NewTDigest() *TDigest {
	return &TDigest{compression: tdigestCompression, room: 1, min: math.Inf(1), max: math.Inf(-1)}
}

func (d *TDigest) limit() int { return int(6 * (2*d.compression + tdigestFudge)) }

// Count is the sum of all weights.
func (d *TDigest) Count() float64 { return d.total }

// Size is about the number of bytes that the digest takes.
func (d *TDigest) Size() int64 {
	return int64(160 + 8*(cap(d.means)+cap(d.weights)+cap(d.tempM)+cap(d.tempW)) + 4*cap(d.order))
}

// Add takes in a finite value with a positive weight.
func (d *TDigest) Add(value, weight float64) {
	if len(d.means) == d.room {
		if d.room < d.limit() {
			d.room = min(d.room*2, d.limit())
		} else {
			d.merge(2 * d.compression)
		}
	}
	d.means = append(d.means, value)
	d.weights = append(d.weights, weight)
	d.total += weight
	d.min = min(d.min, value)
	d.max = max(d.max, value)
	d.pending = true
}

// Merge takes in another digest, whose centroids it may merge among themselves.
func (d *TDigest) Merge(o *TDigest) {
	if len(d.means)+len(o.means) > d.room {
		d.mergePending()
		o.mergePending()
		d.room = max(d.room, len(d.means)+len(o.means))
	}
	d.means = append(d.means, o.means...)
	d.weights = append(d.weights, o.weights...)
	d.total += o.total
	d.min = min(d.min, o.min)
	d.max = max(d.max, o.max)
	d.pending = true
}

func (d *TDigest) mergePending() {
	if d.pending {
		d.merge(2 * d.compression)
	}
}

// sort puts the centroids in order of their means.
func (d *TDigest) sort() {
	n := len(d.means)
	d.order = slices.Grow(d.order[:0], n)[:n]
	for i := range d.order {
		d.order[i] = int32(i)
	}
	sortIndirect(d.order, d.means)
	d.tempM, d.tempW = d.tempM[:0], d.tempW[:0]
	for _, i := range d.order {
		d.tempM = append(d.tempM, d.means[i])
		d.tempW = append(d.tempW, d.weights[i])
	}
	d.means, d.tempM = d.tempM, d.means
	d.weights, d.tempW = d.tempW, d.weights
}

// sortIndirect sorts indexes of x by its values with Bentley and McIlroy's
// quicksort (Engineering a sort function, 1993), pivots and all as fastutil has
// it: the order of equal values decides which centroids are merged.
func sortIndirect(perm []int32, x []float64) {
	n := len(perm)
	if n < 16 {
		for i := 1; i < n; i++ {
			for j := i; j > 0 && x[perm[j]] < x[perm[j-1]]; j-- {
				perm[j], perm[j-1] = perm[j-1], perm[j]
			}
		}
		return
	}
	median := func(a, b, c int) int {
		p, q, r := x[perm[a]], x[perm[b]], x[perm[c]]
		switch {
		case p < q && q < r, !(p < q) && q > r:
			return b
		case p < q && p < r, !(p < q) && p > r:
			return c
		}
		return a
	}
	l, m, h := 0, n/2, n-1
	if n > 128 {
		s := n / 8
		l, m, h = median(l, l+s, l+2*s), median(m-s, m, m+s), median(h-2*s, h-s, h)
	}
	pivot := x[perm[median(l, m, h)]]
	swap := func(i, j int) { perm[i], perm[j] = perm[j], perm[i] }
	a, b, c, d := 0, 0, n-1, n-1
	for {
		for ; b <= c && x[perm[b]] <= pivot; b++ {
			if x[perm[b]] == pivot {
				swap(a, b)
				a++
			}
		}
		for ; c >= b && x[perm[c]] >= pivot; c-- {
			if x[perm[c]] == pivot {
				swap(c, d)
				d--
			}
		}
		if b > c {
			break
		}
		swap(b, c)
		b++
		c--
	}
	for i, s := 0, min(a, b-a); i < s; i++ {
		swap(i, b-s+i)
	}
	for i, s := 0, min(d-c, n-d-1); i < s; i++ {
		swap(b+i, n-s+i)
	}
	sortIndirect(perm[:b-a], x)
	sortIndirect(perm[n-(d-c):], x)
}

// merge joins neighbours as far as the scale function lets clusters grow, once
// from the left and the next time from the right.
func (d *TDigest) merge(compression float64) {
	n := len(d.means)
	if n == 0 {
		return
	}
	d.sort()
	if d.backwards {
		slices.Reverse(d.means)
		slices.Reverse(d.weights)
	}
	normalizer := compression / (4*math.Log(d.total/compression) + 24)
	largest := func(q float64) float64 { return q * (1 - q) / normalizer }
	mean, weight := d.means[0], d.weights[0]
	before, here := 0.0, largest(0)
	d.tempM, d.tempW = append(d.tempM[:0], mean), append(d.tempW[:0], weight)
	last := 0
	for i := 1; i < n; i++ {
		w, m := d.weights[i], d.means[i]
		both := weight + w
		q := min((before+both)/d.total, 1)
		if both <= d.total*min(here, largest(q)) {
			mean += float64((m-mean)*w) / both
			weight = both
			d.tempM[last], d.tempW[last] = mean, weight
			continue
		}
		last++
		before += weight
		here = largest(before / d.total)
		mean, weight = m, w
		d.tempM, d.tempW = append(d.tempM, m), append(d.tempW, w)
	}
	if d.backwards {
		slices.Reverse(d.tempM)
		slices.Reverse(d.tempW)
	}
	d.backwards = !d.backwards
	d.means, d.tempM = d.tempM, d.means
	d.weights, d.tempW = d.tempW, d.weights
	d.pending = false
}

func interpolate(x, x0, y0, x1, y1 float64) float64 {
	return float64((x - x0) / (x1 - x0) * (y1 - y0))
}

// ErrQuantile says that quantiles are not in [0, 1].
var ErrQuantile = errors.New("quantiles should be in [0, 1] range")

// ValuesAt gives the values at quantiles in ascending order; NaN of an empty
// digest.
func (d *TDigest) ValuesAt(quantiles []float64) ([]float64, error) {
	for _, q := range quantiles {
		if q < 0 || q > 1 {
			return nil, ErrQuantile
		}
	}
	out := make([]float64, len(quantiles))
	if len(out) == 0 {
		return out, nil
	}
	fill := func(from int, x float64) []float64 {
		for i := from; i < len(out); i++ {
			out[i] = x
		}
		return out
	}
	if len(d.means) == 0 {
		return fill(0, math.NaN()), nil
	}
	d.mergePending()
	n := len(d.means)
	if n == 1 {
		return fill(0, d.means[0]), nil
	}
	m, w := d.means, d.weights
	for i, q := range quantiles { // places among all values
		out[i] = q * d.total
	}
	i := 0
	for ; i < len(out) && out[i] < 1; i++ {
		out[i] = d.min
	}
	for ; i < len(out) && out[i] < w[0]/2; i++ {
		out[i] = d.min + interpolate(out[i], 1, d.min, w[0]/2, m[0])
	}
	fromTop := func(place float64) float64 {
		return d.max + interpolate(d.total-place, 1, d.max, w[n-1]/2, m[n-1])
	}
	for ; i < len(out) && out[i] <= d.total-1 && d.total-out[i] <= w[n-1]/2 && w[n-1]/2 > 1; i++ {
		out[i] = fromTop(out[i])
	}
	if i < len(out) && out[i] >= d.total-1 {
		return fill(i, d.max), nil
	}
	before, c := w[0]/2, 0
	for ; i < len(out); i++ {
		delta := (w[c] + w[c+1]) / 2
		for c < n-1 && before+delta <= out[i] {
			before += delta
			c++
			if c < n-1 {
				delta = (w[c] + w[c+1]) / 2
			}
		}
		if c == n-1 {
			for ; i < len(out) && out[i] <= d.total-1 && w[n-1]/2 > 1; i++ {
				out[i] = fromTop(out[i])
			}
			return fill(i, d.max), nil
		}
		switch place := out[i] - before; {
		case w[c] == 1 && place < w[c]/2:
			out[i] = m[c]
		case w[c+1] == 1 && place >= w[c]/2:
			out[i] = m[c+1]
		default:
			length := delta
			if w[c] == 1 {
				place -= w[c] / 2
				length = w[c+1] / 2
			} else if w[c+1] == 1 {
				length = w[c] / 2
			}
			out[i] = m[c] + interpolate(place, 0, m[c], length, m[c+1])
		}
	}
	return out, nil
}

// ValueAt gives the value at a quantile.
func (d *TDigest) ValueAt(q float64) (float64, error) {
	v, err := d.ValuesAt([]float64{q})
	if err != nil {
		return 0, err
	}
	return v[0], nil
}

// Bytes is the stored form, after merging centroids to the digest's compression.
func (d *TDigest) Bytes() []byte {
	d.merge(d.compression)
	return d.appendTo(nil)
}

func (d *TDigest) appendTo(b []byte) []byte {
	le := binary.LittleEndian
	b = append(b, 0)
	for _, x := range []float64{d.min, d.max, d.compression, d.total} {
		b = le.AppendUint64(b, math.Float64bits(x))
	}
	b = le.AppendUint32(b, uint32(len(d.means)))
	for _, list := range [][]float64{d.means, d.weights} {
		for _, x := range list {
			b = le.AppendUint64(b, math.Float64bits(x))
		}
	}
	return b
}

var errTDigest = errors.New("Invalid format")

// ParseTDigest reads the stored form.
func ParseTDigest(b []byte) (*TDigest, error) {
	const head = 1 + 4*8 + 4
	if len(b) < head || b[0] != 0 {
		return nil, errTDigest
	}
	le := binary.LittleEndian
	f := func(at int) float64 { return math.Float64frombits(le.Uint64(b[at:])) }
	d := &TDigest{min: f(1), max: f(9), compression: f(17), total: f(25)}
	n := int(int32(le.Uint32(b[33:])))
	if n < 0 || len(b) != head+16*n {
		return nil, errTDigest
	}
	if !(d.compression >= 10) {
		return nil, fmt.Errorf("compression factor too small (< 10)")
	}
	for i := range n {
		d.means = append(d.means, f(head+8*i))
		d.weights = append(d.weights, f(head+8*(n+i)))
	}
	d.room = max(n, 1)
	return d, nil
}
