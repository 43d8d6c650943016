package exec

// Aggregates over sketches (package sketch): approx_distinct, approx_set,
// approx_percentile, approx_most_frequent, tdigest_agg, qdigest_agg,
// make_set_digest, numeric_histogram, and merge of their results.
//
// The result of most depends on the order of the rows, and also on which rows were
// summarised before they met others. So that it does not depend on how the rows
// were cut into parts, an accumulator keeps the rows that it got, and one that
// takes another in gives its own and then the other's rows to its digests one by
// one: what comes out is what Trino computes over one split with all rows in the
// order of files and records, by the partial aggregation and then, from the stored
// form of its digest, the final one. Sketches whose result does not depend on the
// order take rows in at once.

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/engine/sketch"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// digest is a group's sketch.
type digest interface {
	// add takes in row i of the arguments, none of which is NULL there; hash is
	// the first one's, where the kind has a hash.
	add(args []*page.Vector, i int, hash uint64) error
	// merge takes in the sketch of rows that come after this one's.
	merge(other digest) error
	// result appends the value; final tells that it is the only one, of an
	// aggregation in two steps, and not one of a window's.
	result(out *page.Builder, final bool) error
	state() []byte
	size() int64
}

// sketchKind is what an aggregate's digests have in common.
type sketchKind struct {
	make    func() digest
	load    func(state []byte) (digest, error)
	hash    func(h []uint64, v *page.Vector, n int) []uint64 // nil: no hash
	ordered bool                                             // whether the result depends on the order of the rows
	zero    bool                                             // whether no rows give 0 instead of NULL
}

// sketchRows is how many rows are kept before they are given to the digests; the
// parts of an aggregation are smaller (partRows).
const sketchRows = 1 << 20

// sketches are the states of an aggregate over sketches.
type sketches struct {
	kind   *sketchKind
	types  []types.Type
	st     []digest // nil: no rows yet
	window bool     // results are taken while rows are added, in one step
	rows   rows     // of an ordered kind: rows that the digests do not have yet
	first  bool     // all rows come here, in order, and need not be kept
	hashes []uint64
}

func newSketches(kind *sketchKind, args []types.Type) *sketches {
	s := &sketches{kind: kind, types: args}
	if kind.ordered {
		s.rows = newRows(args)
	}
	return s
}

func (s *sketches) grow(n int) { s.st = grown(s.st, n) }

func (s *sketches) add(groups []uint32, args []*page.Vector) error {
	if !s.kind.ordered || s.first {
		return s.take(groups, args)
	}
	s.rows.add(groups, args)
	if len(s.rows.groups) >= sketchRows {
		return s.flush()
	}
	return nil
}

// take gives rows to the digests. Rows with a NULL among the arguments do not
// count.
func (s *sketches) take(groups []uint32, args []*page.Vector) error {
	if s.kind.hash != nil {
		s.hashes = s.kind.hash(s.hashes, args[0], len(groups))
	}
	for i, g := range groups {
		if slices.ContainsFunc(args, func(v *page.Vector) bool { return v.IsNull(i) }) {
			continue
		}
		d := s.st[g]
		if d == nil {
			d = s.kind.make()
			s.st[g] = d
		}
		h := uint64(0)
		if s.kind.hash != nil {
			h = s.hashes[i]
		}
		if err := d.add(args, i, h); err != nil {
			return err
		}
	}
	return nil
}

// flush gives the kept rows to the digests.
func (s *sketches) flush() error {
	if !s.kind.ordered || len(s.rows.groups) == 0 {
		return nil
	}
	err := s.take(s.rows.groups, s.rows.vecs())
	s.rows = newRows(s.types)
	return err
}

func (s *sketches) merge(groups []uint32, other accumulator) error {
	o := other.(*sketches)
	if err := s.flush(); err != nil {
		return err
	}
	for i, d := range o.st {
		switch {
		case d == nil:
		case s.st[groups[i]] == nil:
			s.st[groups[i]] = d
		default:
			if err := s.st[groups[i]].merge(d); err != nil {
				return err
			}
		}
	}
	if !o.kind.ordered || len(o.rows.groups) == 0 {
		return nil
	}
	of := make([]uint32, len(o.rows.groups))
	for i, g := range o.rows.groups {
		of[i] = groups[g]
	}
	return s.take(of, o.rows.vecs())
}

func (s *sketches) result(g int, out *page.Builder) error {
	if err := s.flush(); err != nil {
		return err
	}
	switch d := s.st[g]; {
	case d != nil:
		return d.result(out, !s.window)
	case s.kind.zero:
		out.Int64(0)
	default:
		out.Null()
	}
	return nil
}

// The states of sketches are stored as each one's state, and its kept rows.
func (s *sketches) stateTypes() []types.Type {
	out := []types.Type{types.Varbinary}
	if s.kind.ordered {
		out = append(out, s.rows.stateTypes()...)
	}
	return out
}

func (s *sketches) size() int64 {
	n := 16 * int64(cap(s.st))
	for _, d := range s.st {
		if d != nil {
			n += d.size()
		}
	}
	if s.kind.ordered {
		n += s.rows.size()
	}
	return n
}

func (s *sketches) save(groups []int32) []*page.Vector {
	b := page.NewBuilder(types.Varbinary)
	for _, g := range groups {
		if d := s.st[g]; d != nil {
			b.Bytes(d.state())
		} else {
			b.Null()
		}
	}
	out := []*page.Vector{b.Finish()}
	if s.kind.ordered {
		out = append(out, s.rows.save(groups, len(s.st))...)
	}
	return out
}

func (s *sketches) load(cols []*page.Vector, n int) error {
	for i := range n {
		if cols[0].IsNull(i) {
			continue
		}
		d, err := s.kind.load([]byte(cols[0].Str[i]))
		if err != nil {
			return err
		}
		s.st[i] = d
	}
	if s.kind.ordered {
		if groups, vecs := saved(cols[1:], n); len(groups) > 0 {
			s.rows.add(groups, vecs)
		}
	}
	return nil
}

// Sketches that take rows in at once do so in any order.
func (s *sketches) free() bool { return !s.kind.ordered && len(s.types) == 1 }

func (s *sketches) mergeSome(dst []uint32, other accumulator, src []uint32) {
	o := other.(*sketches)
	for i, g := range dst {
		switch d := o.st[src[i]]; {
		case d == nil:
		case s.st[g] == nil:
			s.st[g] = d
		default: // of one size as all are of this call
			_ = s.st[g].merge(d)
		}
	}
}

var _ orderFree = &sketches{}

// sketchKinds returns the kind of an aggregate over sketches.
func sketchKinds(name string, args []types.Type, result types.Type) *sketchKind {
	switch name {
	case "approx_distinct":
		if args[0].Kind == types.KindBoolean {
			return &sketchKind{
				make: func() digest { return new(seenBools) },
				load: func(b []byte) (digest, error) { s := seenBools(b[0]); return &s, nil }, zero: true,
			}
		}
		return hllKind(&sketchKind{hash: expr.XXHashes, zero: true}, func() *hllDigest { return &hllDigest{count: true} })
	case "approx_set":
		return hllKind(&sketchKind{hash: expr.MurmurHashes}, func() *hllDigest { return &hllDigest{h: sketch.NewHLL(sketch.SetBuckets)} })
	case "make_set_digest":
		return setDigestKind(&sketchKind{hash: expr.MurmurHashes}, false)
	case "merge_set_digest":
		return setDigestKind(&sketchKind{ordered: true}, true)
	case "approx_percentile":
		p := percentileDigest{
			value: args[0].Kind, weighted: len(args) >= 3, many: result.Kind == types.KindArray, at: 2,
		}
		switch {
		case len(args) == 4:
			return digestKind(func() *percentileDigest { d := p; return &d })
		case !p.weighted:
			p.at = 1
		}
		return digestKind(func() *percentileDigest { d := p; d.t = sketch.NewTDigest(); return &d })
	case "tdigest_agg":
		return digestKind(func() *percentileDigest {
			return &percentileDigest{value: types.KindDouble, weighted: len(args) == 2, whole: true, t: sketch.NewTDigest()}
		})
	case "qdigest_agg":
		return digestKind(func() *percentileDigest {
			return &percentileDigest{value: args[0].Kind, whole: true}
		})
	case "merge":
		switch args[0].Kind {
		case types.KindHyperLogLog, types.KindP4HyperLogLog:
			return hllKind(&sketchKind{ordered: true}, func() *hllDigest { return &hllDigest{merging: true} })
		}
		return digestKind(func() *percentileDigest { return &percentileDigest{value: args[0].Kind, whole: true} })
	case "numeric_histogram":
		return &sketchKind{
			make: func() digest { return &histogramDigest{} },
			load: func(b []byte) (digest, error) {
				h, err := sketch.HistogramOf(b)
				return &histogramDigest{h}, err
			},
			ordered: true,
		}
	case "approx_most_frequent":
		if args[1].Kind == types.KindVarchar {
			return frequentKind(
				func(v *page.Vector, i int) string { return string([]byte(v.Str[i])) },
				func(b []byte, s string) []byte { return append(b, s...) },
				func(b []byte) string { return string(b) },
				(*page.Builder).String)
		}
		return frequentKind(
			func(v *page.Vector, i int) int64 { return v.I64[i] },
			func(b []byte, x int64) []byte { return binary.LittleEndian.AppendUint64(b, uint64(x)) },
			func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) },
			(*page.Builder).Int64)
	}
	panic("BUG: " + name + " has no sketch")
}

func sketchFault(err error) error { return sqlerr.New(sqlerr.GenericInternalError, "%s", err) }

func badArgument(format string, args ...any) error {
	return sqlerr.New(sqlerr.InvalidFunctionArgument, format, args...)
}

// seenBools is approx_distinct of booleans: which of the two were there.
type seenBools byte

func (s *seenBools) add(args []*page.Vector, i int, _ uint64) error {
	if args[0].Bools[i] {
		*s |= 1
	} else {
		*s |= 2
	}
	return nil
}

func (s *seenBools) merge(o digest) error { *s |= *o.(*seenBools); return nil }

func (s *seenBools) result(out *page.Builder, _ bool) error {
	out.Int64(int64(*s&1 + *s>>1))
	return nil
}

func (s *seenBools) state() []byte { return []byte{byte(*s)} }
func (s *seenBools) size() int64   { return 8 }

// hllDigest is approx_distinct (count), approx_set, and merge of HyperLogLogs.
type hllDigest struct {
	h       *sketch.HLL
	count   bool
	merging bool
}

func hllKind(k *sketchKind, mk func() *hllDigest) *sketchKind {
	k.make = func() digest { return mk() }
	k.load = func(b []byte) (digest, error) {
		h, err := sketch.HLLOf(b)
		d := mk()
		d.h = h
		return d, err
	}
	return k
}

const (
	leastError, greatestError = 0.0040625, 0.26
	defaultError              = 0.023
)

func (d *hllDigest) add(args []*page.Vector, i int, hash uint64) error {
	if d.merging {
		h, err := sketch.ParseHLL([]byte(args[0].Str[i]))
		switch {
		case err != nil:
			return sketchFault(err)
		case d.h == nil:
			d.h = h
			return nil
		}
		if err := d.h.Merge(h); err != nil {
			return sketchFault(err)
		}
		return nil
	}
	if d.h == nil {
		e := defaultError
		if len(args) > 1 {
			e = args[1].F64[i]
			if !(e >= leastError && e <= greatestError) {
				return badArgument("Max standard error must be in [%s, %s]: %s", expr.JavaDouble(leastError), expr.JavaDouble(greatestError), expr.JavaDouble(e))
			}
		}
		d.h = sketch.NewHLL(sketch.Buckets(e))
	}
	d.h.Add(hash)
	return nil
}

func (d *hllDigest) merge(o digest) error {
	merge := d.h.MergePart
	if d.merging {
		merge = d.h.Merge
	}
	if err := merge(o.(*hllDigest).h); err != nil {
		return sketchFault(err)
	}
	return nil
}

func (d *hllDigest) result(out *page.Builder, _ bool) error {
	if d.count {
		out.Int64(d.h.Cardinality())
	} else {
		out.Bytes(d.h.Bytes())
	}
	return nil
}

func (d *hllDigest) state() []byte { return d.h.Bytes() }
func (d *hllDigest) size() int64   { return 16 + d.h.Size() }

// setDigest is make_set_digest and merge_set_digest.
type setDigest struct {
	d       *sketch.SetDigest
	merging bool
}

func setDigestKind(k *sketchKind, merging bool) *sketchKind {
	k.make = func() digest {
		if merging {
			return &setDigest{merging: true}
		}
		return &setDigest{d: sketch.NewSetDigest()}
	}
	k.load = func(b []byte) (digest, error) {
		d, err := sketch.SetDigestOf(b)
		return &setDigest{d, merging}, err
	}
	return k
}

func (d *setDigest) add(args []*page.Vector, i int, hash uint64) error {
	if !d.merging {
		d.d.Add(hash)
		return nil
	}
	o, err := sketch.ParseSetDigest([]byte(args[0].Str[i]))
	if err != nil {
		return sketchFault(err)
	}
	if d.d == nil {
		d.d = o
		return nil
	}
	if err := d.d.Merge(o); err != nil {
		return sketchFault(err)
	}
	return nil
}

func (d *setDigest) merge(o digest) error {
	if err := d.d.MergePart(o.(*setDigest).d); err != nil {
		return sketchFault(err)
	}
	return nil
}

func (d *setDigest) result(out *page.Builder, _ bool) error {
	out.Bytes(d.d.Bytes())
	return nil
}

func (d *setDigest) state() []byte { return d.d.Bytes() }
func (d *setDigest) size() int64   { return 16 + d.d.Size() }

// percentileDigest is approx_percentile, tdigest_agg, qdigest_agg (whole), and
// merge of their digests. The values go into a t-digest, or into a quantile digest
// as integers of the same order.
type percentileDigest struct {
	value    types.Kind
	weighted bool
	many     bool // several percentiles
	whole    bool // the digest itself is the result
	at       int  // the argument with the percentiles
	t        *sketch.TDigest
	q        *sketch.QDigest
	ps       []float64
}

func digestKind(mk func() *percentileDigest) *sketchKind {
	return &sketchKind{
		make: func() digest { return mk() },
		load: func(b []byte) (digest, error) {
			d := mk()
			n := int(binary.LittleEndian.Uint32(b[1:]))
			for k := range n {
				d.ps = append(d.ps, math.Float64frombits(binary.LittleEndian.Uint64(b[5+8*k:])))
			}
			var err error
			if rest := b[5+8*n:]; b[0] == 't' {
				d.t, err = sketch.TDigestOf(rest)
			} else {
				d.q, err = sketch.QDigestOf(rest)
			}
			return d, err
		},
		ordered: true,
	}
}

func (d *percentileDigest) state() []byte {
	kind := byte('q')
	if d.t != nil {
		kind = 't'
	}
	b := binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(d.ps)))
	for _, p := range d.ps {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p))
	}
	if d.t != nil {
		return append(b, d.t.State()...)
	}
	return append(b, d.q.State()...)
}

func (d *percentileDigest) size() int64 {
	n := 128 + 8*int64(cap(d.ps))
	if d.t != nil {
		n += d.t.Size()
	}
	if d.q != nil {
		n += d.q.Size()
	}
	return n
}

func (d *percentileDigest) add(args []*page.Vector, i int, _ uint64) error {
	switch d.value {
	case types.KindTDigest, types.KindQDigest:
		return d.addDigest(args[0].Str[i])
	}
	switch {
	case d.t != nil:
		if err := d.addPercentiles(args, i); err != nil {
			return err
		}
		x, w := 0.0, 1.0
		if d.value == types.KindBigint {
			n := args[0].I64[i]
			if x = float64(n); x == 1<<63 || int64(x) != n {
				return badArgument("no exact double representation for long: %d", n)
			}
		} else {
			x = args[0].F64[i]
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return badArgument("value must be finite; was %s", expr.JavaDouble(x))
		}
		if d.weighted {
			w = args[1].F64[i]
			switch {
			case math.IsNaN(w) || math.IsInf(w, 0):
				return badArgument("weight must be finite, was %s", expr.JavaDouble(w))
			case w < 1:
				return badArgument("weight must be >= 1, was %s", expr.JavaDouble(w))
			}
		}
		d.t.Add(x, w)
		return nil
	case d.whole: // qdigest_agg(x[, weight[, accuracy]])
		w, accuracy := int64(1), 0.01 // QuantileDigestFunctions' defaults
		if len(args) > 1 {
			w = args[1].I64[i]
		}
		if len(args) > 2 {
			accuracy = args[2].F64[i]
		}
		if !(accuracy > 0 && accuracy < 1) {
			return badArgument("Percentile accuracy must be exclusively between 0 and 1, was %s", expr.JavaDouble(accuracy))
		}
		if d.q == nil {
			d.q = sketch.NewQDigest(accuracy)
		}
		if w <= 0 {
			return badArgument("Percentile weight must be > 0, was %d", w)
		}
		d.q.Add(sortable(d.value, args[0], i), float64(w))
		return nil
	}
	// approx_percentile(x, weight, percentile, accuracy)
	w, accuracy := args[1].F64[i], args[3].F64[i]
	if !(w > 0) {
		return badArgument("percentile weight must be > 0")
	}
	if d.q == nil {
		if !(accuracy > 0 && accuracy < 1) {
			return badArgument("Percentile accuracy must be strictly between 0 and 1")
		}
		d.q = sketch.NewQDigest(accuracy)
	}
	d.q.Add(sortable(d.value, args[0], i), w)
	d.ps = append(d.ps[:0], args[2].F64[i])
	return nil
}

// addPercentiles keeps which percentiles are asked for: a list the first time, a
// single one each time.
func (d *percentileDigest) addPercentiles(args []*page.Vector, i int) error {
	switch {
	case d.whole:
		return nil
	case !d.many:
		d.ps = append(d.ps[:0], args[d.at].F64[i])
		return nil
	case d.ps != nil:
		return nil
	}
	v := args[d.at]
	d.ps = []float64{}
	for k := v.Off[i]; k < v.Off[i+1]; k++ {
		if v.Children[0].IsNull(int(k)) {
			return badArgument("Percentile cannot be null")
		}
		p := v.Children[0].F64[k]
		if !(p >= 0 && p <= 1) {
			return badArgument("Percentile must be between 0 and 1")
		}
		d.ps = append(d.ps, p)
	}
	return nil
}

// maxDigestDifference is how far apart the accuracies of quantile digests may be
// that are merged (MergeQuantileDigestFunction).
const maxDigestDifference = 1e-6

func (d *percentileDigest) addDigest(stored string) error {
	if d.value == types.KindTDigest {
		t, err := sketch.ParseTDigest([]byte(stored))
		switch {
		case err != nil:
			return sketchFault(err)
		case d.t == nil:
			d.t = t
		default:
			d.t.Merge(t)
		}
		return nil
	}
	q, err := sketch.ParseQDigest([]byte(stored))
	switch {
	case err != nil:
		return sketchFault(err)
	case d.q == nil:
		d.q = q
		return nil
	}
	if a, b := d.q.MaxError(), q.MaxError(); math.Abs(a-b) > maxDigestDifference {
		return sqlerr.New(sqlerr.GenericInternalError, "Cannot merge qdigests with different accuracies (%s vs. %s)", expr.JavaDouble(a), expr.JavaDouble(b))
	}
	d.q.Merge(q)
	return nil
}

// sortable is a value as an integer of the same order
// (FloatingPointBitsConverterUtil).
func sortable(kind types.Kind, v *page.Vector, i int) int64 {
	switch kind {
	case types.KindDouble:
		x := v.F64[i]
		if math.IsNaN(x) {
			x = math.Float64frombits(0x7ff8000000000000)
		}
		b := int64(math.Float64bits(x))
		return b ^ b>>63&math.MaxInt64
	case types.KindReal:
		b := int32(math.Float32bits(float32(v.F64[i])))
		return int64(b ^ b>>31&math.MaxInt32)
	}
	return v.I64[i]
}

func (d *percentileDigest) merge(other digest) error {
	o := other.(*percentileDigest)
	switch {
	case o.t != nil:
		d.t.Merge(o.t)
	case d.q == nil:
		d.q = o.q
	case o.q != nil:
		d.q.Merge(o.q)
	}
	if !d.many && o.ps != nil {
		d.ps = o.ps
	}
	return nil
}

func (d *percentileDigest) result(out *page.Builder, final bool) error {
	if final {
		var err error
		if d.t != nil {
			d.t, err = sketch.ParseTDigest(d.t.Bytes())
		} else {
			d.q, err = sketch.ParseQDigest(d.q.Bytes())
		}
		if err != nil {
			return sketchFault(err)
		}
	}
	switch {
	case d.whole && d.t != nil:
		out.Bytes(d.t.Bytes())
		return nil
	case d.whole:
		out.Bytes(d.q.Bytes())
		return nil
	}
	if d.t == nil {
		p := d.ps[0]
		if !(p >= 0 && p <= 1) {
			return badArgument("Percentile must be between 0 and 1")
		}
		x, err := d.q.Quantile(p)
		if err != nil {
			return sketchFault(err)
		}
		d.put(out, expr.FromSortable(d.value, x), x)
		return nil
	}
	order := make([]int, len(d.ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case d.ps[a] < d.ps[b]:
			return -1
		case d.ps[a] > d.ps[b]:
			return 1
		}
		return 0
	})
	sorted := make([]float64, len(d.ps))
	for i, k := range order {
		if p := d.ps[k]; !(p >= 0 && p <= 1) {
			return badArgument("Percentile must be between 0 and 1")
		}
		sorted[i] = d.ps[k]
	}
	found, err := d.t.ValuesAt(sorted)
	if err != nil {
		return sketchFault(err)
	}
	values := make([]float64, len(found))
	for i, k := range order {
		values[k] = found[i]
	}
	if !d.many {
		d.put(out, values[0], expr.JavaRound(values[0]))
		return nil
	}
	for _, x := range values {
		d.put(out.Child(0), x, expr.JavaRound(x))
	}
	out.EndContainer()
	return nil
}

// put appends a value of the argument's type.
func (d *percentileDigest) put(out *page.Builder, x float64, n int64) {
	switch d.value {
	case types.KindBigint:
		out.Int64(n)
	case types.KindReal:
		out.Float64(float64(float32(x)))
	default:
		out.Float64(x)
	}
}

// histogramDigest is numeric_histogram(buckets, value[, weight]).
type histogramDigest struct{ h *sketch.Histogram }

// maxHistogramBuckets keeps a histogram's buckets in memory: Java's array of them
// must exist, too.
const maxHistogramBuckets = 1 << 24

func (d *histogramDigest) add(args []*page.Vector, i int, _ uint64) error {
	if d.h == nil {
		switch n := args[0].I64[i]; {
		case n < 2:
			return badArgument("numeric_histogram bucket count must be greater than one")
		case n > maxHistogramBuckets:
			return sqlerr.New(sqlerr.NotSupported, "numeric_histogram of more than %d buckets is not supported", maxHistogramBuckets)
		default:
			d.h = sketch.NewHistogram(int(n))
		}
	}
	w := 1.0
	if len(args) > 2 {
		w = args[2].F64[i]
	}
	return histogramError(d.h.Add(args[1].F64[i], w))
}

func histogramError(err error) error {
	if err == nil {
		return nil
	}
	return sqlerr.New(sqlerr.GenericInternalError, "%v", err)
}

func (d *histogramDigest) merge(o digest) error {
	buckets, err := o.(*histogramDigest).h.Buckets()
	for i := 0; err == nil && i < len(buckets); i++ {
		err = d.h.Add(buckets[i].Value, buckets[i].Weight)
	}
	return histogramError(err)
}

func (d *histogramDigest) result(out *page.Builder, _ bool) error {
	isReal := out.Child(0).Type().Kind == types.KindReal
	buckets, err := d.h.Buckets()
	if err != nil {
		return histogramError(err)
	}
	for _, b := range buckets {
		if isReal {
			b.Value, b.Weight = float64(float32(b.Value)), float64(float32(b.Weight))
		}
		out.Child(0).Float64(b.Value)
		out.Child(1).Float64(b.Weight)
	}
	out.EndContainer()
	return nil
}

func (d *histogramDigest) state() []byte { return d.h.State() }
func (d *histogramDigest) size() int64   { return 16 + d.h.Size() }

// frequentDigest is approx_most_frequent(buckets, value, capacity).
type frequentDigest[K comparable] struct {
	f       *sketch.Frequent[K]
	buckets int
	at      func(v *page.Vector, i int) K
	key     func(b []byte, k K) []byte
	put     func(b *page.Builder, k K)
}

func frequentKind[K comparable](at func(*page.Vector, int) K, key func([]byte, K) []byte, item func([]byte) K, put func(*page.Builder, K)) *sketchKind {
	mk := func() *frequentDigest[K] { return &frequentDigest[K]{at: at, key: key, put: put} }
	return &sketchKind{
		make: func() digest { return mk() },
		load: func(b []byte) (digest, error) {
			d := mk()
			d.buckets = int(binary.LittleEndian.Uint64(b))
			f, err := sketch.FrequentOf(b[8:], item)
			d.f = f
			return d, err
		},
		ordered: true,
	}
}

func (d *frequentDigest[K]) add(args []*page.Vector, i int, _ uint64) error {
	if d.f == nil {
		buckets, capacity := args[0].I64[i], args[2].I64[i]
		switch {
		case buckets < 2:
			return badArgument("approx_most_frequent bucket count must be greater than one")
		case buckets > math.MaxInt32 || capacity > math.MaxInt32 || capacity < math.MinInt32:
			return sqlerr.New(sqlerr.GenericInternalError, "integer overflow")
		case capacity < 1: // stream-lib fails without a counter to take over
			return sqlerr.New(sqlerr.GenericInternalError, "approx_most_frequent capacity must be positive")
		}
		d.buckets = int(buckets)
		d.f = sketch.NewFrequent[K](int(capacity))
	}
	d.f.Add(d.at(args[1], i))
	return nil
}

func (d *frequentDigest[K]) merge(other digest) error {
	for _, c := range other.(*frequentDigest[K]).f.Top(math.MaxInt) {
		for range c.Count {
			d.f.Add(c.Item)
		}
	}
	return nil
}

func (d *frequentDigest[K]) result(out *page.Builder, _ bool) error {
	for _, c := range d.f.Top(d.buckets) {
		d.put(out.Child(0), c.Item)
		out.Child(1).Int64(c.Count)
	}
	out.EndContainer()
	return nil
}

func (d *frequentDigest[K]) state() []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(d.buckets)), d.f.State(d.key)...)
}

func (d *frequentDigest[K]) size() int64 { return 64 + d.f.Size() }
