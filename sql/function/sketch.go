package function

// Signatures of the aggregates over sketches and of the functions of their results
// (Trino's documentation of HyperLogLog, quantile digest, t-digest and set digest
// functions; its list-by-topic has them under those names).

var _ = defineSketches()

func defineSketches() bool {
	in := func(category, name, doc string, kind Kind, sigs ...string) {
		for _, sig := range sigs {
			define(&Function{Name: name, Kind: kind, Sig: sig, Doc: doc, Category: category, CalledOnNull: kind == Aggregate})
		}
	}
	in("aggregate", "approx_distinct", "Approximate number of distinct non-null values", Aggregate,
		"(T) -> bigint where T comparable", "(T, double) -> bigint where T comparable")
	for _, t := range []string{"bigint", "double", "real"} {
		in("aggregate", "approx_percentile", "Approximate percentile of the values, or several ones", Aggregate,
			"("+t+", double) -> "+t, "("+t+", double, double) -> "+t, "("+t+", double, double, double) -> "+t,
			"("+t+", array(double)) -> array("+t+")", "("+t+", double, array(double)) -> array("+t+")")
	}
	in("aggregate", "approx_most_frequent", "Approximate counts of the most frequent values, by buckets, value and capacity", Aggregate,
		"(bigint, bigint, bigint) -> map(bigint,bigint)", "(bigint, varchar, bigint) -> map(varchar,bigint)")
	in("aggregate", "numeric_histogram", "Approximate histogram with a number of buckets, of values and perhaps their weights", Aggregate,
		"(bigint, double) -> map(double,double)", "(bigint, double, double) -> map(double,double)",
		"(bigint, real) -> map(real,real)", "(bigint, real, double) -> map(real,real)")

	in("hyperloglog", "approx_set", "HyperLogLog sketch of the values", Aggregate,
		"(bigint) -> hyperloglog", "(double) -> hyperloglog", "(varchar(x)) -> hyperloglog")
	in("hyperloglog", "merge", "Union of sketches or digests", Aggregate,
		"(hyperloglog) -> hyperloglog", "(qdigest(T)) -> qdigest(T)", "(tdigest) -> tdigest")
	in("hyperloglog", "cardinality", "Compute the cardinality of a HyperLogLog instance", Scalar, "(hyperloglog) -> bigint")
	in("hyperloglog", "empty_approx_set", "An empty HyperLogLog instance", Scalar, "() -> hyperloglog")

	in("setdigest", "make_set_digest", "Set digest of the values", Aggregate, "(T) -> setdigest")
	in("setdigest", "merge_set_digest", "Union of set digests", Aggregate, "(setdigest) -> setdigest")
	in("setdigest", "cardinality", "Estimate the number of distinct values of a set digest", Scalar, "(setdigest) -> bigint")
	in("setdigest", "intersection_cardinality", "Estimate the number of distinct values that two set digests share", Scalar, "(setdigest, setdigest) -> bigint")
	in("setdigest", "jaccard_index", "Estimate the size of two sets' intersection over that of their union", Scalar, "(setdigest, setdigest) -> double")
	in("setdigest", "hash_counts", "Map of the hashes in a set digest to how often each occurred", Scalar, "(setdigest) -> map(bigint,smallint)")

	in("tdigest", "tdigest_agg", "T-digest of the values, perhaps with weights", Aggregate, "(double) -> tdigest", "(double, double) -> tdigest")
	for _, t := range []string{"bigint", "double", "real"} {
		in("qdigest", "qdigest_agg", "Quantile digest of the values, perhaps with weights and accuracy", Aggregate,
			"("+t+") -> qdigest("+t+")", "("+t+", bigint) -> qdigest("+t+")", "("+t+", bigint, double) -> qdigest("+t+")")
		in("qdigest", "value_at_quantile", "Value at a quantile between 0 and 1 of a digest", Scalar, "(qdigest("+t+"), double) -> "+t)
		in("qdigest", "values_at_quantiles", "Values at quantiles between 0 and 1 of a digest", Scalar, "(qdigest("+t+"), array(double)) -> array("+t+")")
		in("qdigest", "quantile_at_value", "Quantile at which a value is in a digest, NULL outside of its range", Scalar, "(qdigest("+t+"), "+t+") -> double")
	}
	in("tdigest", "value_at_quantile", "Value at a quantile between 0 and 1 of a digest", Scalar, "(tdigest, double) -> double")
	in("tdigest", "values_at_quantiles", "Values at quantiles in ascending order between 0 and 1 of a digest", Scalar, "(tdigest, array(double)) -> array(double)")
	return true
}
