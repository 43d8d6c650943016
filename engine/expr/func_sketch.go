package expr

// Functions of digests and sketches (HyperLogLogFunctions, QuantileDigestFunctions,
// TDigestFunctions and SetDigestFunctions in Trino's source), and their casts. A
// digest's value is its stored form.

import (
	"math"
	"slices"

	"github.com/ionq-db/ionq/engine/sketch"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// JavaDouble is Double.toString.
func JavaDouble(x float64) string { return javaFloat(x, 64) }

// JavaRound is Math.round.
func JavaRound(x float64) int64 { return javaRound(x) }

// FromSortable gives the double or real that quantile digests hold as the integer
// n of the same order (FloatingPointBitsConverterUtil).
func FromSortable(kind types.Kind, n int64) float64 {
	switch kind {
	case types.KindDouble:
		return math.Float64frombits(uint64(n ^ n>>63&math.MaxInt64))
	case types.KindReal:
		b := int32(n)
		return float64(math.Float32frombits(uint32(b ^ b>>31&math.MaxInt32)))
	}
	return 0
}

func toSortable(kind types.Kind, v *page.Vector, i int) int64 {
	switch kind {
	case types.KindDouble:
		b := int64(javaDoubleBits(v.F64[i]))
		return b ^ b>>63&math.MaxInt64
	case types.KindReal:
		b := int32(math.Float32bits(float32(v.F64[i])))
		return int64(b ^ b>>31&math.MaxInt32)
	}
	return v.I64[i]
}

// damaged is what Trino answers to bytes that are no digest, and to quantiles that
// a digest does not take: an exception of Java that nobody gave a code.
func damaged(err error) error { return sqlerr.New(sqlerr.GenericInternalError, "%s", err) }

// onDigest registers a body that gets its first argument parsed.
func onDigest[D any](id string, parse func([]byte) (D, error), f func(a *Args, d D, i int, out *page.Builder) error) {
	register(id, func(a *Args, i int, out *page.Builder) error {
		d, err := parse([]byte(a.str(0, i)))
		if err != nil {
			return damaged(err)
		}
		return f(a, d, i, out)
	})
}

func init() {
	onDigest("cardinality(hyperloglog)", sketch.ParseHLL, func(_ *Args, h *sketch.HLL, _ int, out *page.Builder) error {
		out.Int64(h.Cardinality())
		return nil
	})
	register("empty_approx_set()", func(_ *Args, _ int, out *page.Builder) error {
		out.Bytes(sketch.NewHLL(sketch.SetBuckets).Bytes())
		return nil
	})
	onDigest("cardinality(setdigest)", sketch.ParseSetDigest, func(_ *Args, d *sketch.SetDigest, _ int, out *page.Builder) error {
		out.Int64(d.Cardinality())
		return nil
	})
	onDigest("hash_counts(setdigest)", sketch.ParseSetDigest, func(_ *Args, d *sketch.SetDigest, _ int, out *page.Builder) error {
		for _, c := range d.Counts() {
			out.Child(0).Int64(c.Hash)
			out.Child(1).Int64(int64(c.Count))
		}
		out.EndContainer()
		return nil
	})
	onDigest("jaccard_index(setdigest, setdigest)", sketch.ParseSetDigest, func(a *Args, d *sketch.SetDigest, i int, out *page.Builder) error {
		o, err := sketch.ParseSetDigest([]byte(a.str(1, i)))
		if err != nil {
			return damaged(err)
		}
		out.Float64(d.Jaccard(o))
		return nil
	})
	onDigest("intersection_cardinality(setdigest, setdigest)", sketch.ParseSetDigest, func(a *Args, d *sketch.SetDigest, i int, out *page.Builder) error {
		o, err := sketch.ParseSetDigest([]byte(a.str(1, i)))
		if err != nil {
			return damaged(err)
		}
		n, err := d.Intersection(o)
		if err != nil {
			return damaged(err)
		}
		out.Int64(n)
		return nil
	})

	onDigest("value_at_quantile(tdigest, double)", sketch.ParseTDigest, func(a *Args, d *sketch.TDigest, i int, out *page.Builder) error {
		x, err := d.ValueAt(a.f64(1, i))
		if err != nil {
			return damaged(err)
		}
		out.Float64(x)
		return nil
	})
	onDigest("values_at_quantiles(tdigest, array(double))", sketch.ParseTDigest, func(a *Args, d *sketch.TDigest, i int, out *page.Builder) error {
		ps := doubles(a.Vecs[1], i)
		if !slices.IsSorted(ps) {
			return invalidArgument("percentiles must be sorted in increasing order")
		}
		xs, err := d.ValuesAt(ps)
		if err != nil {
			return damaged(err)
		}
		for _, x := range xs {
			out.Child(0).Float64(x)
		}
		out.EndContainer()
		return nil
	})
	for _, t := range []types.Type{types.Bigint, types.Double, types.Real} {
		put := func(d *sketch.QDigest, p float64, out *page.Builder) error {
			x, err := d.Quantile(p)
			switch {
			case err != nil:
				return damaged(err)
			case t == types.Bigint:
				out.Int64(x)
			default:
				out.Float64(FromSortable(t.Kind, x))
			}
			return nil
		}
		of := "qdigest(" + t.String() + ")"
		onDigest("value_at_quantile("+of+", double)", sketch.ParseQDigest, func(a *Args, d *sketch.QDigest, i int, out *page.Builder) error {
			return put(d, a.f64(1, i), out)
		})
		onDigest("values_at_quantiles("+of+", array(double))", sketch.ParseQDigest, func(a *Args, d *sketch.QDigest, i int, out *page.Builder) error {
			ps := doubles(a.Vecs[1], i)
			for _, p := range ps { // checked first: on an error nothing may have been appended
				if _, err := d.Quantile(p); err != nil {
					return damaged(err)
				}
			}
			for _, p := range ps {
				if err := put(d, p, out.Child(0)); err != nil {
					return err
				}
			}
			out.EndContainer()
			return nil
		})
		onDigest("quantile_at_value("+of+", "+t.String()+")", sketch.ParseQDigest, func(a *Args, d *sketch.QDigest, i int, out *page.Builder) error {
			if q, ok := d.QuantileOf(toSortable(t.Kind, a.Vecs[1], i)); ok {
				out.Float64(q)
			} else {
				out.Null()
			}
			return nil
		})
	}

	stored := func(from, to types.Kind, f func(b []byte) ([]byte, error)) {
		registerCast(from, to, func(types.Type, types.Type) (castFunc, error) {
			return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
				b, err := f([]byte(v.Str[i]))
				if err != nil {
					return damaged(err)
				}
				out.Bytes(b)
				return nil
			}, nil
		})
	}
	stored(types.KindSetDigest, types.KindHyperLogLog, func(b []byte) ([]byte, error) {
		d, err := sketch.ParseSetDigest(b)
		if err != nil {
			return nil, err
		}
		return d.HLL().Bytes(), nil
	})
	stored(types.KindHyperLogLog, types.KindP4HyperLogLog, func(b []byte) ([]byte, error) {
		h, err := sketch.ParseHLL(b)
		if err != nil {
			return nil, err
		}
		h.MakeDense()
		return h.Bytes(), nil
	})
	stored(types.KindP4HyperLogLog, types.KindHyperLogLog, func(b []byte) ([]byte, error) { return b, nil })
	again := func(b []byte) ([]byte, error) {
		d, err := sketch.ParseTDigest(b)
		if err != nil {
			return nil, err
		}
		return d.Bytes(), nil
	}
	stored(types.KindTDigest, types.KindVarbinary, again)
	stored(types.KindVarbinary, types.KindTDigest, again)
}

// doubles lists row i of an array of doubles; NULL is 0, as Trino reads it.
func doubles(v *page.Vector, i int) []float64 {
	var out []float64
	for k := v.Off[i]; k < v.Off[i+1]; k++ {
		x := 0.0
		if !v.Children[0].IsNull(int(k)) {
			x = v.Children[0].F64[k]
		}
		out = append(out, x)
	}
	return out
}
