package sketch

// The set digest: a HyperLogLog, and the smallest hashes with how often each was
// seen (MinHash with a single hash function, Broder 1997), exact while it holds
// them all.

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

const (
	setDigestBuckets = 2048
	setDigestHashes  = 8192
)

// HashCount is one hash and how often it was seen, up to 32767.
type HashCount struct {
	Hash  int64
	Count int16
}

// SetDigest summarises a set.
type SetDigest struct {
	hll    *HLL
	limit  int
	counts map[int64]int16
	bound  int64 // the greatest hash kept, where limit hashes are
	full   bool
}

// NewSetDigest returns an empty digest.
func NewSetDigest() *SetDigest {
	return &SetDigest{hll: NewHLL(setDigestBuckets), limit: setDigestHashes, counts: map[int64]int16{}}
}

// HLL is the digest's HyperLogLog.
func (d *SetDigest) HLL() *HLL { return d.hll }

// Size is about the number of bytes that the digest takes.
func (d *SetDigest) Size() int64 { return 96 + d.hll.Size() + 24*int64(len(d.counts)) }

// Add takes in a value's hash.
func (d *SetDigest) Add(hash uint64) {
	d.hll.Add(hash)
	d.put(int64(hash), 1)
}

// put adds n occurrences of a hash. Hashes beyond the limit are dropped now and
// then, so that dropping costs little a hash.
func (d *SetDigest) put(hash int64, n int) {
	if d.full && hash > d.bound {
		return
	}
	d.counts[hash] = int16(min(int(d.counts[hash])+n, math.MaxInt16))
	if len(d.counts) > 2*d.limit {
		d.trim()
	}
}

// trim drops all but the smallest hashes.
func (d *SetDigest) trim() {
	if len(d.counts) <= d.limit {
		return
	}
	for _, c := range d.sorted()[d.limit:] {
		delete(d.counts, c.Hash)
	}
	d.full, d.bound = true, math.MinInt64
	for h := range d.counts {
		d.bound = max(d.bound, h)
	}
}

func (d *SetDigest) sorted() []HashCount {
	out := make([]HashCount, 0, len(d.counts))
	for h, n := range d.counts {
		out = append(out, HashCount{h, n})
	}
	slices.SortFunc(out, func(a, b HashCount) int { return cmp.Compare(a.Hash, b.Hash) })
	return out
}

// Counts lists the kept hashes in ascending order.
func (d *SetDigest) Counts() []HashCount {
	d.trim()
	return d.sorted()
}

// Merge takes in the values of another digest.
func (d *SetDigest) Merge(o *SetDigest) error { return d.merge(o, (*HLL).Merge) }

// MergePart is Merge of a digest of rows that come after this one's: the outcome
// is that of one digest over all of them.
func (d *SetDigest) MergePart(o *SetDigest) error { return d.merge(o, (*HLL).MergePart) }

func (d *SetDigest) merge(o *SetDigest, hll func(a, b *HLL) error) error {
	if err := hll(d.hll, o.hll); err != nil {
		return err
	}
	o.trim()
	for h, n := range o.counts {
		d.put(h, int(n))
	}
	return nil
}

func (d *SetDigest) exact() bool {
	d.trim()
	return len(d.counts) < d.limit
}

// Cardinality is the number of different values, exact while the digest is.
func (d *SetDigest) Cardinality() int64 {
	if d.exact() {
		return int64(len(d.counts))
	}
	return d.hll.Cardinality()
}

// Jaccard estimates the size of the intersection over that of the union.
func (d *SetDigest) Jaccard(o *SetDigest) float64 {
	a, b := d.Counts(), o.Counts()
	smaller := min(len(a), len(b))
	both, seen := 0, 0
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Hash < b[0].Hash:
			a = a[1:]
		case len(a) == 0 || b[0].Hash < a[0].Hash:
			b = b[1:]
		default:
			both++
			a, b = a[1:], b[1:]
		}
		if seen++; seen >= smaller {
			break
		}
	}
	return float64(both) / float64(smaller)
}

// Intersection estimates the size of the intersection.
func (d *SetDigest) Intersection(o *SetDigest) (int64, error) {
	if d.exact() && o.exact() {
		n := int64(0)
		for h := range d.counts {
			if _, ok := o.counts[h]; ok {
				n++
			}
		}
		return n, nil
	}
	mine, theirs, j := d.Cardinality(), o.Cardinality(), d.Jaccard(o)
	union, err := ParseSetDigest(d.Bytes())
	if err != nil {
		return 0, err
	}
	if err := union.Merge(o); err != nil {
		return 0, err
	}
	return min(roundHalfUp(j*float64(union.Cardinality())), mine, theirs), nil
}

// Bytes is the stored form.
func (d *SetDigest) Bytes() []byte {
	le := binary.LittleEndian
	hll := d.hll.Bytes()
	b := le.AppendUint32([]byte{1}, uint32(len(hll)))
	b = append(b, hll...)
	counts := d.Counts()
	b = le.AppendUint32(b, uint32(d.limit))
	b = le.AppendUint32(b, uint32(len(counts)))
	for _, c := range counts {
		b = le.AppendUint64(b, uint64(c.Hash))
	}
	for _, c := range counts {
		b = le.AppendUint16(b, uint16(c.Count))
	}
	return b
}

var errSetDigest = errors.New("Unexpected version")

// ParseSetDigest reads the stored form.
func ParseSetDigest(b []byte) (*SetDigest, error) {
	le := binary.LittleEndian
	if len(b) < 5 || b[0] != 1 {
		return nil, errSetDigest
	}
	n := int(int32(le.Uint32(b[1:])))
	if b = b[5:]; n < 0 || len(b) < n+8 {
		return nil, errSetDigest
	}
	hll, err := ParseHLL(b[:n])
	if err != nil {
		return nil, err
	}
	b = b[n:]
	d := &SetDigest{hll: hll, limit: int(int32(le.Uint32(b))), counts: map[int64]int16{}}
	k := int(int32(le.Uint32(b[4:])))
	if b = b[8:]; k < 0 || d.limit < 0 || len(b) != 10*k {
		return nil, errSetDigest
	}
	for i := range k {
		d.counts[int64(le.Uint64(b[8*i:]))] = int16(le.Uint16(b[8*k+2*i:]))
	}
	return d, nil
}
