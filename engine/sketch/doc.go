// Package sketch has the summaries behind the approximate aggregates: HyperLogLog
// (approx_distinct, approx_set), the t-digest (approx_percentile, tdigest_agg),
// the quantile digest (qdigest_agg), the set digest (make_set_digest), the
// numeric histogram and the most frequent values. Each does what Trino's does,
// bit for bit, where Trino's depends on its input alone: the algorithms and the
// stored forms are those of the airlift library that Trino computes with, so that
// digests cast to varbinary are interchangeable with Trino's. Where a result
// depends on the order of the input (all but HyperLogLog and the set digest), it
// is what Trino gives when it reads the values in that order in one go.
//
// The package knows no SQL types and imports the standard library only.
package sketch
