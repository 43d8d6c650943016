package function

// Signatures of the aggregate functions (Trino's list-by-topic "Aggregate";
// io.trino.operator.aggregation). Result types follow semantics 5.5. Bodies are
// in engine/exec, by name.

var _ = defineAggregates()

func agg(name, doc string, sigs ...string) {
	for _, sig := range sigs {
		define(&Function{Name: name, Kind: Aggregate, Sig: sig, Doc: doc, Category: "aggregate", CalledOnNull: true})
	}
}

func defineAggregates() bool {
	agg("count", "Counts the rows, or the non-null values", "() -> bigint", "(T) -> bigint")
	agg("count_if", "Counts the rows for which the argument is true", "(boolean) -> bigint")
	agg("sum", "Sum of all values", "(bigint) -> bigint", "(double) -> double", "(real) -> real",
		"(decimal(p,s)) -> decimal(38,s)", "(interval year to month) -> interval year to month",
		"(interval day to second) -> interval day to second")
	agg("avg", "Average of all values", "(bigint) -> double", "(double) -> double", "(real) -> real",
		"(decimal(p,s)) -> decimal(p,s)", "(interval year to month) -> interval year to month",
		"(interval day to second) -> interval day to second")
	for _, n := range []string{"min", "max"} {
		doc := "Least of all values, or the n least ones"
		if n == "max" {
			doc = "Greatest of all values, or the n greatest ones"
		}
		agg(n, doc, "(T) -> T where T orderable", "(E, bigint) -> array(E) where E orderable")
		agg(n+"_by", "Value of the first argument where the second is at its extreme, or the values of the n most extreme ones",
			"(V, K) -> V where K orderable", "(V, K, bigint) -> array(V) where K orderable")
	}
	agg("bool_and", "True where every value is", "(boolean) -> boolean")
	agg("every", "True where every value is", "(boolean) -> boolean")
	agg("bool_or", "True where some value is", "(boolean) -> boolean")
	agg("arbitrary", "Some non-null value, if there is one", "(T) -> T")
	agg("any_value", "Some non-null value, if there is one", "(T) -> T")
	agg("array_agg", "The values as an array, nulls among them", "(T) -> array(T)")
	agg("map_agg", "A map of keys to values", "(K, V) -> map(K,V) where K comparable")
	agg("multimap_agg", "A map of keys to arrays of values", "(K, V) -> map(K,array(V)) where K comparable")
	agg("map_union", "The union of maps; of values of one key some one", "(map(K,V)) -> map(K,V) where K comparable")
	agg("histogram", "A map of values to how often they occur", "(T) -> map(T,bigint) where T comparable")
	for _, n := range []string{"stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop"} {
		agg(n, "Standard deviation or variance, of the sample or the population", "(bigint) -> double", "(double) -> double")
	}
	agg("skewness", "Excess skewness of all values", "(bigint) -> double", "(double) -> double")
	agg("kurtosis", "Excess kurtosis of all values", "(bigint) -> double", "(double) -> double")
	agg("geometric_mean", "Geometric mean of all values", "(bigint) -> double", "(double) -> double", "(real) -> real")
	for _, n := range []string{
		"corr", "covar_samp", "covar_pop", "regr_slope", "regr_intercept",
	} {
		agg(n, "Correlation, covariance or linear regression of the dependent first and the independent second argument",
			"(double, double) -> double", "(real, real) -> real")
	}
	agg("reduce_agg", "Folds the values into a state by a lambda; a second one combines states", "(T, S, function(S,T,S), function(S,S,S)) -> S")
	agg("checksum", "Order-insensitive checksum of the given values", "(T) -> varbinary where T comparable")
	agg("bitwise_and_agg", "Bitwise AND of all values", "(bigint) -> bigint")
	agg("bitwise_or_agg", "Bitwise OR of all values", "(bigint) -> bigint")
	agg("listagg", "Concatenates the values, with a separator between them",
		"(varchar(x), varchar(y), boolean, varchar(z), boolean) -> varchar")
	return true
}
