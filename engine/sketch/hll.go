package sketch

// HyperLogLog as airlift has it (Flajolet, Fusy, Gandouet and Meunier, 2007; with
// Heule, Nunkesser and Hall's sparse form and bias correction, 2013): a sorted
// list of entries of 32 bits while there are few, then one register a bucket.

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sort"
	"sync"
)

const (
	// DistinctBuckets are what approx_distinct's standard error of 2.3 % takes.
	DistinctBuckets = 2048
	// SetBuckets are what approx_set uses.
	SetBuckets = 4096

	formatSparse  = 2
	formatDenseV1 = 1
	formatDense   = 3

	// A sparse entry is a hash's first 26 bits and, in 6 bits, the number of
	// zeros behind them.
	sparsePrefix    = 26
	sparseValueBits = 6

	// The sizes of airlift's objects in Java's memory: from them it decides when
	// a sparse sketch is as large as a dense one.
	sparseBase, denseBase, arrayBase = 24, 40, 16
)

// HLL estimates how many different hashes it has seen.
type HLL struct {
	p       int      // log2 of the number of buckets
	entries []uint32 // sparse: sorted
	room    int      // the length of airlift's array of entries, which counts for its size
	regs    []uint8  // dense; nil while sparse
}

// NewHLL returns an empty sketch; buckets is a power of 2 up to 65536.
func NewHLL(buckets int) *HLL {
	return &HLL{p: bits.TrailingZeros(uint(buckets)), room: 1}
}

// Buckets is the number of buckets that keeps the standard error at most e, which
// is at least 0.0040625 and at most 0.26.
func Buckets(e float64) int {
	n := int32(math.Ceil(1.0816 / (e * e))) // 1.04 squared
	return 1 << bits.Len32(uint32(n-1))
}

// Size is about the number of bytes that the sketch takes.
func (h *HLL) Size() int64 { return int64(64 + 4*cap(h.entries) + cap(h.regs)) }

func leadingZeros(hash uint64, skip int) int {
	return bits.LeadingZeros64(hash<<skip | 1<<(skip-1))
}

// Add takes in a hash of 64 bits.
func (h *HLL) Add(hash uint64) {
	if h.regs != nil {
		h.register(int(hash>>(64-h.p)), leadingZeros(hash, h.p)+1)
		return
	}
	prefix := uint32(hash >> (64 - sparsePrefix))
	value := uint32(leadingZeros(hash, sparsePrefix))
	i := sort.Search(len(h.entries), func(i int) bool { return h.entries[i]>>sparseValueBits >= prefix })
	entry := prefix<<sparseValueBits | value
	if i < len(h.entries) && h.entries[i]>>sparseValueBits == prefix {
		h.entries[i] = max(h.entries[i], entry)
		return
	}
	h.entries = slices.Insert(h.entries, i, entry)
	if len(h.entries) > h.room {
		h.room += 10
	}
	h.denseIfLarge()
}

func (h *HLL) register(bucket, value int) {
	if v := uint8(value); v > h.regs[bucket] {
		h.regs[bucket] = v
	}
}

func (h *HLL) denseIfLarge() {
	if sparseBase+arrayBase+4*h.room > denseBase+arrayBase+1<<h.p/2 {
		h.dense()
	}
}

// dense changes to registers.
func (h *HLL) dense() {
	if h.regs != nil {
		return
	}
	h.regs = make([]uint8, 1<<h.p)
	h.into(h.regs)
	h.entries = nil
}

// into adds the entries of a sparse sketch to registers.
func (h *HLL) into(regs []uint8) {
	between := sparsePrefix - h.p
	for _, e := range h.entries {
		zeros := bits.LeadingZeros32(e << h.p)
		if zeros >= between {
			zeros = between + int(e&(1<<sparseValueBits-1))
		}
		b := e >> (32 - h.p)
		regs[b] = max(regs[b], uint8(zeros+1))
	}
}

// MakeDense changes to the dense form, whatever the size.
func (h *HLL) MakeDense() { h.dense() }

// Merge takes in the values of another sketch, which stays as it is.
func (h *HLL) Merge(o *HLL) error {
	if h.p != o.p {
		return fmt.Errorf("Cannot merge HLLs with different number of buckets: %d vs %d", 1<<h.p, 1<<o.p)
	}
	if h.regs == nil && o.regs == nil {
		merged := make([]uint32, 0, len(h.entries)+len(o.entries))
		a, b := h.entries, o.entries
		for len(a) > 0 && len(b) > 0 {
			switch x, y := a[0]>>sparseValueBits, b[0]>>sparseValueBits; {
			case x < y:
				merged, a = append(merged, a[0]), a[1:]
			case x > y:
				merged, b = append(merged, b[0]), b[1:]
			default:
				merged = append(merged, max(a[0], b[0]))
				a, b = a[1:], b[1:]
			}
		}
		h.entries = append(append(merged, a...), b...)
		h.room = len(h.entries)
		h.denseIfLarge()
		return nil
	}
	h.dense()
	if o.regs == nil {
		o.into(h.regs)
		return nil
	}
	for i, r := range o.regs {
		h.regs[i] = max(h.regs[i], r)
	}
	return nil
}

// MergePart takes in a sketch of rows that come after this one's, so that the
// outcome is that of one sketch over all of them: airlift's arrays of entries
// grow by 10, wherefore a sketch of one go turns dense a little earlier than a
// merged one.
func (h *HLL) MergePart(o *HLL) error {
	if err := h.Merge(o); err != nil {
		return err
	}
	if h.regs == nil {
		h.room = grownRoom(len(h.entries))
		h.denseIfLarge()
	}
	return nil
}

// grownRoom is how long an array of n entries is that grew from 1 by 10 each time.
func grownRoom(n int) int { return 1 + (n+8)/10*10 }

//go:embed bias.bin
var biasBytes []byte

// biasTables are, from p = 4 on, raw estimates and by how much each is off on
// average: airlift's tables, measured by its authors. The file has for each p the
// number of points in 16 bits, the estimates and the biases, all little-endian.
var biasTables = sync.OnceValue(func() [][2][]float64 {
	var out [][2][]float64
	b := biasBytes
	for len(b) > 0 {
		n := int(binary.LittleEndian.Uint16(b))
		b = b[2:]
		var t [2][]float64
		for k := range t {
			t[k] = make([]float64, n)
			for i := range t[k] {
				t[k][i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
			}
			b = b[8*n:]
		}
		out = append(out, t)
	}
	return out
})

func linearCount(zero, total int) float64 {
	return float64(total) * math.Log(float64(total)*1.0/float64(zero))
}

// roundHalfUp is Java's Math.round.
func roundHalfUp(x float64) int64 {
	switch f := math.Floor(x); {
	case math.IsNaN(x):
		return 0
	case x >= math.MaxInt64:
		return math.MaxInt64
	case x <= math.MinInt64:
		return math.MinInt64
	case x-f >= 0.5:
		return int64(f) + 1
	default:
		return int64(f)
	}
}

// Cardinality is the estimate.
func (h *HLL) Cardinality() int64 {
	if h.regs == nil {
		return roundHalfUp(linearCount(1<<sparsePrefix-len(h.entries), 1<<sparsePrefix))
	}
	m := len(h.regs)
	zeros, sum := 0, 0.0
	for _, r := range h.regs {
		if r == 0 {
			zeros++
		}
		sum += 1 / float64(uint64(1)<<r)
	}
	if float64(zeros) > 0.4*float64(m) { // then counting the empty buckets is the better estimate
		return roundHalfUp(linearCount(zeros, m))
	}
	alpha := 0.7213 / (1 + 1.079/float64(m))
	switch h.p {
	case 4:
		alpha = 0.673
	case 5:
		alpha = 0.697
	case 6:
		alpha = 0.709
	}
	e := alpha * float64(m) * float64(m) / sum
	return roundHalfUp(e - h.bias(e))
}

func (h *HLL) bias(e float64) float64 {
	tables := biasTables()
	if h.p < 4 || h.p-4 >= len(tables) {
		return 0
	}
	at, bias := tables[h.p-4][0], tables[h.p-4][1]
	if e < at[0] || e > at[len(at)-1] {
		return 0
	}
	i := sort.SearchFloat64s(at, e)
	if at[i] == e {
		return bias[i]
	}
	return float64(float64((e-at[i-1])*(bias[i]-bias[i-1]))/(at[i]-at[i-1])) + bias[i-1]
}

// Bytes is the stored form: SPARSE_V2 or DENSE_V2 of airlift's documentation of
// its HyperLogLog.
func (h *HLL) Bytes() []byte {
	le := binary.LittleEndian
	if h.regs == nil {
		b := []byte{formatSparse, byte(h.p)}
		b = le.AppendUint16(b, uint16(len(h.entries)))
		for _, e := range h.entries {
			b = le.AppendUint32(b, e)
		}
		return b
	}
	base := slices.Min(h.regs)
	b := []byte{formatDense, byte(h.p), base}
	var over []int
	for i := 0; i < len(h.regs); i += 2 {
		var two byte
		for k := range 2 {
			d := h.regs[i+k] - base
			if d > 15 {
				over = append(over, i+k)
				d = 15
			}
			two = two<<4 | d
		}
		b = append(b, two)
	}
	b = le.AppendUint16(b, uint16(len(over)))
	for _, i := range over {
		b = le.AppendUint16(b, uint16(i))
	}
	for _, i := range over {
		b = append(b, h.regs[i]-base-15)
	}
	return b
}

var errHLL = errors.New("Cannot deserialize HyperLogLog")

// ParseHLL reads the stored form.
func ParseHLL(b []byte) (*HLL, error) {
	le := binary.LittleEndian
	if len(b) < 3 || b[1] < 1 {
		return nil, errHLL
	}
	h := &HLL{p: int(b[1])}
	switch b[0] {
	case formatSparse:
		if len(b) < 4 || h.p > sparsePrefix {
			return nil, errHLL
		}
		n := int(le.Uint16(b[2:]))
		if len(b) != 4+4*n {
			return nil, errHLL
		}
		for i := range n {
			h.entries = append(h.entries, le.Uint32(b[4+4*i:]))
		}
		if !slices.IsSorted(h.entries) {
			return nil, errHLL
		}
		h.room = n
		return h, nil
	case formatDense, formatDenseV1:
		if h.p > 16 {
			return nil, errHLL
		}
		base := b[2]
		rest := b[3:]
		half := 1 << h.p / 2
		if h.p < 1 || len(rest) < half+2 {
			return nil, errHLL
		}
		h.regs = make([]uint8, 1<<h.p)
		for i := range h.regs {
			h.regs[i] = base + rest[i/2]>>(4*(1-i%2))&15
		}
		rest = rest[half:]
		if b[0] == formatDenseV1 { // at most one overflow
			if len(rest) != 3 {
				return nil, errHLL
			}
			if i := int16(le.Uint16(rest)); i >= 0 && int(i) < len(h.regs) && int8(rest[2]) > 0 {
				h.regs[i] += rest[2]
			}
			return h, nil
		}
		n := int(le.Uint16(rest))
		if len(rest) != 2+3*n {
			return nil, errHLL
		}
		for k := range n {
			i := int(le.Uint16(rest[2+2*k:]))
			if i >= len(h.regs) {
				return nil, errHLL
			}
			h.regs[i] += rest[2+2*n+k]
		}
		for _, r := range h.regs {
			if r > 64 {
				return nil, errHLL
			}
		}
		return h, nil
	}
	return nil, errHLL
}
