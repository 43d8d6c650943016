package function

// Signatures of the ranking and value functions of windows (Trino's
// list-by-topic "Window"). Every aggregate is a window function, too.

var _ = defineWindow()

func defineWindow() bool {
	win := func(name, doc string, sigs ...string) {
		for _, s := range sigs {
			define(&Function{Name: name, Kind: Window, Sig: s, Doc: doc, Category: "window", CalledOnNull: true})
		}
	}
	win("row_number", "Number of the row in its partition", "() -> bigint")
	win("rank", "Rank of the row in its partition, with gaps after equal rows", "() -> bigint")
	win("dense_rank", "Rank of the row in its partition, without gaps", "() -> bigint")
	win("percent_rank", "Rank of the row as a fraction of the partition", "() -> double")
	win("cume_dist", "Fraction of the partition's rows that come no later", "() -> double")
	win("ntile", "Number of the row's bucket, of n about equal ones", "(bigint) -> bigint")
	win("first_value", "Value at the first row of the frame", "(T) -> T")
	win("last_value", "Value at the last row of the frame", "(T) -> T")
	win("nth_value", "Value at the n-th row of the frame", "(T, bigint) -> T")
	win("lead", "Value some rows later in the partition", "(T) -> T", "(T, bigint) -> T", "(T, bigint, T) -> T")
	win("lag", "Value some rows earlier in the partition", "(T) -> T", "(T, bigint) -> T", "(T, bigint, T) -> T")
	return true
}
