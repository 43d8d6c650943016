package sketch

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

func mix(x uint64) uint64 { // a hash with the bits well spread
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func TestHLLForms(t *testing.T) {
	for _, n := range []int{0, 1, 251, 252, 5000, 200000} {
		h, split := NewHLL(DistinctBuckets), NewHLL(DistinctBuckets)
		part := NewHLL(DistinctBuckets)
		for i := range n {
			h.Add(mix(uint64(i)))
			if i < n/3 {
				split.Add(mix(uint64(i)))
			} else {
				part.Add(mix(uint64(i)))
			}
		}
		if err := split.MergePart(part); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(h.Bytes(), split.Bytes()) {
			t.Errorf("%d: parts come to another sketch", n)
		}
		if dense := h.regs != nil; dense != (n >= 252) { // 252 entries are where airlift's array outgrows the registers
			t.Errorf("%d: dense is %v", n, dense)
		}
		back, err := ParseHLL(h.Bytes())
		if err != nil || !bytes.Equal(back.Bytes(), h.Bytes()) || back.Cardinality() != h.Cardinality() {
			t.Errorf("%d: %v, or another sketch came back", n, err)
		}
		if off := math.Abs(float64(h.Cardinality()) - float64(n)); off > 0.08*float64(n) {
			t.Errorf("%d counted as %d", n, h.Cardinality())
		}
		sparse := h.Bytes()
		h.MakeDense()
		if n < 252 && (bytes.Equal(h.Bytes(), sparse) || h.Bytes()[0] != formatDense) {
			t.Errorf("%d: not dense", n)
		}
	}
	for e, want := range map[float64]int{0.023: 2048, 0.0040625: 65536, 0.26: 16, 0.01: 16384} {
		if got := Buckets(e); got != want {
			t.Errorf("error %v takes %d buckets, want %d", e, got, want)
		}
	}
	if err := NewHLL(16).Merge(NewHLL(32)); err == nil {
		t.Error("sketches of different sizes merge")
	}
}

func TestDigestsKeepTheirPromises(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	d, q := NewTDigest(), NewQDigest(0.01)
	const n = 50000
	for range n {
		x := r.Int64N(1_000_000)
		d.Add(float64(x), 1)
		q.Add(x, 1)
	}
	for _, p := range []float64{0.001, 0.25, 0.5, 0.9, 0.999} {
		x, err := d.ValueAt(p)
		if off := math.Abs(x/1e6 - p); err != nil || off > 0.01 {
			t.Errorf("t-digest at %v: %v, %v", p, x, err)
		}
		y, err := q.Quantile(p)
		if off := float64(y)/1e6 - p; err != nil || off < -0.012 || off > 0.012 {
			t.Errorf("quantile digest at %v: %v, %v", p, y, err)
		}
	}
	if d.Count() != n || q.Count() != n {
		t.Errorf("counts %v, %v", d.Count(), q.Count())
	}
	if len(q.Bytes()) > 200_000 || len(d.Bytes()) > 20_000 {
		t.Errorf("sizes %d, %d", len(q.Bytes()), len(d.Bytes()))
	}
}

// TestStates holds what goes to disk and back against what stayed.
func TestStates(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	d, q, h, f := NewTDigest(), NewQDigest(0.02), NewHistogram(7), NewFrequent[int64](9)
	s := NewSetDigest()
	for i := range 20000 {
		if i%777 == 0 {
			var errs [5]error
			d, errs[0] = TDigestOf(d.State())
			q, errs[1] = QDigestOf(q.State())
			h, errs[2] = HistogramOf(h.State())
			f, errs[3] = FrequentOf(f.State(func(b []byte, x int64) []byte { return append(b, byte(x)) }), func(b []byte) int64 { return int64(b[0]) })
			s, errs[4] = SetDigestOf(s.Bytes())
			for _, err := range errs {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		x := r.Int64N(50)
		d.Add(float64(x), float64(1+i%3))
		q.Add(x, float64(1+i%3))
		if err := h.Add(float64(x), 1); err != nil {
			t.Fatal(err)
		}
		f.Add(x % 20)
		s.Add(mix(uint64(i / 2)))
	}
	r = rand.New(rand.NewPCG(3, 4))
	d2, q2, h2, f2 := NewTDigest(), NewQDigest(0.02), NewHistogram(7), NewFrequent[int64](9)
	s2 := NewSetDigest()
	for i := range 20000 {
		x := r.Int64N(50)
		d2.Add(float64(x), float64(1+i%3))
		q2.Add(x, float64(1+i%3))
		if err := h2.Add(float64(x), 1); err != nil {
			t.Fatal(err)
		}
		f2.Add(x % 20)
		s2.Add(mix(uint64(i / 2)))
	}
	if !bytes.Equal(d.Bytes(), d2.Bytes()) || !bytes.Equal(q.Bytes(), q2.Bytes()) || !bytes.Equal(s.Bytes(), s2.Bytes()) {
		t.Error("another digest")
	}
	a, err := h.Buckets()
	b, err2 := h2.Buckets()
	if err != nil || err2 != nil || len(a) != 7 || len(b) != 7 || a[3] != b[3] {
		t.Errorf("%v and %v", a, b)
	}
	if a, b := f.Top(5), f2.Top(5); a[0] != b[0] || a[4].Item != b[4].Item {
		t.Errorf("%v and %v", a, b)
	}
	if n := s.Cardinality(); n < 9000 || n > 11000 || len(s.Counts()) != setDigestHashes {
		t.Errorf("cardinality %d, %d hashes", n, len(s.Counts()))
	}
}

// FuzzParse: bytes that are no digest are an error and nothing worse, and what is
// read is written the same again by all but t-digests, which merge first.
func FuzzParse(f *testing.F) {
	h, d, q, s := NewHLL(16), NewTDigest(), NewQDigest(0.1), NewSetDigest()
	for i := range 20 {
		h.Add(mix(uint64(i)))
		d.Add(float64(i), 1)
		q.Add(int64(i), 1)
		s.Add(mix(uint64(i)))
	}
	for _, b := range [][]byte{h.Bytes(), d.Bytes(), q.Bytes(), s.Bytes(), {}, {2, 11, 0, 0}} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := ParseHLL(b); err == nil {
			h.Cardinality()
			h.Add(1)
			_ = h.Bytes()
		}
		if d, err := ParseTDigest(b); err == nil {
			if _, err := d.ValuesAt([]float64{0, 0.5, 1}); err != nil {
				t.Error(err)
			}
			_ = d.Bytes()
		}
		if q, err := ParseQDigest(b); err == nil {
			_, _ = q.Quantile(0.5)
			q.QuantileOf(7)
		}
		if s, err := ParseSetDigest(b); err == nil {
			s.Cardinality()
			_ = s.Bytes()
		}
	})
}
