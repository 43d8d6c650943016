package function

// Signatures of the array, map and row functions (Trino's list-by-topic
// "Array" and "Map"; the classes Array*Function, Map*Function and their kin in
// Trino's source).

import (
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

var _ = defineArrays()

// atLeastTwo is the Result of a function of any number of arguments of one type
// that Trino takes only two or more of.
func atLeastTwo(message string) func([]types.Type) (types.Type, error) {
	return func(args []types.Type) (types.Type, error) {
		if len(args) < 2 {
			return types.Type{}, sqlerr.New(sqlerr.InvalidFunctionArgument, "%s", message)
		}
		return args[0], nil
	}
}

func defineArrays() bool {
	def := func(category string, calledOnNull bool, name, sig, doc string) {
		define(&Function{Name: name, Sig: sig, Doc: doc, Category: category, CalledOnNull: calledOnNull})
	}
	arr := func(name, sig, doc string) { def("array", false, name, sig, doc) }
	arrNull := func(name, sig, doc string) { def("array", true, name, sig, doc) }
	m := func(name, sig, doc string) { def("map", false, name, sig, doc) }

	arr("cardinality", "(array(E)) -> bigint", "Returns the cardinality (length) of the array")
	arr("contains", "(array(T), T) -> boolean where T comparable", "Determines whether given value exists in the array")
	arr("element_at", "(array(E), bigint) -> E", "Get element of array at given index")
	define(&Function{Name: "$reduce", Sig: "(array(T), S, function(S,T,S)) -> S", Doc: "The fold of reduce_agg", Category: "array", Hidden: true})
	define(&Function{Name: "$subscript", Sig: "(array(E), bigint) -> E", Doc: "Element of an array", Category: "array", Hidden: true})
	define(&Function{Name: "$subscript", Sig: "(map(K,V), K) -> V", Doc: "Value of a map", Category: "map", Hidden: true})
	arr("array_join", "(array(T), varchar) -> varchar where T castable to varchar", "Concatenates the elements of the given array using a delimiter")
	define(&Function{
		Name: "array_join", Sig: "(array(T), varchar, varchar) -> varchar", Doc: "Concatenates the elements of the given array using a delimiter and a string for NULLs", Category: "array",
		Result: func(args []types.Type) (types.Type, error) {
			// Unlike the other, this overload is found before it looks for the cast.
			if elem := args[0].Elem(); !types.CanCast(elem, types.Varchar) {
				return types.Type{}, sqlerr.New(sqlerr.OperatorNotFound, "Cannot cast %s to varchar", elem)
			}
			return types.Varchar, nil
		},
	})
	arr("array_distinct", "(array(E)) -> array(E) where E comparable", "Remove duplicate values from the given array")
	arr("array_sort", "(array(E)) -> array(E) where E orderable", "Sorts the given array in ascending order according to the natural ordering of its elements")
	arr("array_sort", "(array(T), function(T,T,integer)) -> array(T)", "Sorts the given array with a lambda comparator")
	arr("array_max", "(array(T)) -> T where T orderable", "Get maximum value of array")
	arr("array_min", "(array(T)) -> T where T orderable", "Get minimum value of array")
	arr("array_position", "(array(T), T) -> bigint where T comparable", "Returns the position of the first occurrence of the given value in array (or 0 if not found)")
	arr("array_remove", "(array(E), E) -> array(E) where E comparable", "Remove specified values from the given array")
	arr("array_union", "(array(E), array(E)) -> array(E) where E comparable", "Union elements of the two given arrays")
	arr("array_intersect", "(array(E), array(E)) -> array(E) where E comparable", "Intersects elements of the two given arrays")
	arr("array_except", "(array(E), array(E)) -> array(E) where E comparable", "Returns an array of elements that are in the first array but not the second, without duplicates")
	arr("arrays_overlap", "(array(E), array(E)) -> boolean where E comparable", "Returns true if arrays have common elements")
	arr("array_histogram", "(array(T)) -> map(T,bigint) where T comparable", "Return a map containing the counts of the elements in the array")
	define(&Function{Name: "concat", Sig: "(array(E)...) -> array(E)", Doc: "Concatenates given arrays", Category: "array", Result: atLeastTwo("There must be two or more arguments to concat")})
	define(&Function{Name: "concat", Sig: "(array(E), E) -> array(E)", Doc: "Concatenates an array to an element", Category: "array"})
	define(&Function{Name: "concat", Sig: "(E, array(E)) -> array(E)", Doc: "Concatenates an element to an array", Category: "array"})
	arr("contains_sequence", "(array(T), array(T)) -> boolean where T comparable", "Determines whether an array contains a sequence, with the values in the exact order")
	arr("combinations", "(array(T), integer) -> array(array(T))", "Return n-element subsets from array")
	arr("ngrams", "(array(T), integer) -> array(array(T))", "Return N-grams for the input")
	arr("flatten", "(array(array(E))) -> array(E)", "Flattens the given array")
	arrNull("repeat", "(T, integer) -> array(T)", "Repeat an element for a given number of times")
	arr("reverse", "(array(E)) -> array(E)", "Returns an array which has the reversed order of the given array")
	define(&Function{Name: "shuffle", Sig: "(array(E)) -> array(E)", Doc: "Generates a random permutation of the given array", Category: "array", NonDeterministic: true})
	arr("slice", "(array(E), bigint, bigint) -> array(E)", "Subsets an array given an offset (1-indexed) and length")
	arr("trim_array", "(array(E), bigint) -> array(E)", "Remove elements from the end of array")
	arr("sequence", "(bigint, bigint) -> array(bigint)", "Sequence of integers")
	arr("sequence", "(bigint, bigint, bigint) -> array(bigint)", "Sequence of integers with a step")
	arr("sequence", "(date, date) -> array(date)", "Sequence of dates")
	arr("sequence", "(date, date, interval day to second) -> array(date)", "Sequence of dates with a step")
	arr("sequence", "(date, date, interval year to month) -> array(date)", "Sequence of dates with a step")
	arr("sequence", "(timestamp(p), timestamp(p), interval day to second) -> array(timestamp(p))", "Sequence of timestamps with a step")
	arr("sequence", "(timestamp(p), timestamp(p), interval year to month) -> array(timestamp(p))", "Sequence of timestamps with a step")
	arr("cosine_similarity", "(map(varchar,double), map(varchar,double)) -> double", "Cosine similarity between the given sparse vectors")

	arr("filter", "(array(T), function(T,boolean)) -> array(T)", "Return array containing elements that match the given predicate")
	arr("transform", "(array(T), function(T,U)) -> array(U)", "Apply lambda to each element of the array")
	arr("any_match", "(array(T), function(T,boolean)) -> boolean", "Returns true if the array contains one or more elements that match the given predicate")
	arr("all_match", "(array(T), function(T,boolean)) -> boolean", "Returns true if all elements of the array match the given predicate")
	arr("none_match", "(array(T), function(T,boolean)) -> boolean", "Returns true if all elements of the array don't match the given predicate")
	arrNull("reduce", "(array(T), S, function(S,T,S), function(S,R)) -> R", "Reduce elements of the array into a single value")
	define(&Function{Name: "apply", Sig: "(T, function(T,U)) -> U", Doc: "Applies a lambda to a value", Category: "lambda", CalledOnNull: true, Hidden: true})
	arr("zip_with", "(array(T), array(U), function(T,U,R)) -> array(R)", "Merge two arrays, element-wise, into a single array using the lambda function")
	for n := 2; n <= 5; n++ {
		vars := []string{"A", "B", "C", "D", "E"}[:n]
		params := ""
		for i, v := range vars {
			if i > 0 {
				params += ", "
			}
			params += "array(" + v + ")"
		}
		define(&Function{
			Name: "zip", Sig: "(" + params + ") -> array(row(A))", Category: "array",
			Doc: "Merges the given arrays, element-wise, into a single array of rows",
			Result: func(args []types.Type) (types.Type, error) {
				fields := make([]types.Field, len(args))
				for i, a := range args {
					fields[i].Type = a.Elem()
				}
				return types.Array(types.Row(fields...)), nil
			},
		})
	}

	m("cardinality", "(map(K,V)) -> bigint", "Returns the cardinality (the number of key-value pairs) of the map")
	m("element_at", "(map(K,V), K) -> V", "Get value for the given key in the map, or NULL if absent")
	m("map", "() -> map(unknown,unknown)", "Creates an empty map")
	m("map", "(array(K), array(V)) -> map(K,V) where K comparable", "Constructs a map from the given key/value arrays")
	m("map_from_entries", "(array(row(K,V))) -> map(K,V) where K comparable", "Constructs a map from an array of entries")
	m("multimap_from_entries", "(array(row(K,V))) -> map(K,array(V)) where K comparable", "Constructs a multimap from an array of entries")
	m("map_entries", "(map(K,V)) -> array(row(K,V))", "Construct an array of entries from a given map")
	m("map_keys", "(map(K,V)) -> array(K)", "Returns the keys of the given map(K,V) as an array")
	m("map_values", "(map(K,V)) -> array(V)", "Returns the values of the given map(K,V) as an array")
	define(&Function{Name: "map_concat", Sig: "(map(K,V)...) -> map(K,V)", Doc: "Concatenates given maps", Category: "map", Result: atLeastTwo("There must be two or more concatenation arguments to map_concat")})
	m("map_filter", "(map(K,V), function(K,V,boolean)) -> map(K,V)", "Return map containing entries that match the given predicate")
	m("transform_keys", "(map(K,V), function(K,V,R)) -> map(R,V)", "Apply lambda to each entry of the map and transform the key")
	m("transform_values", "(map(K,V), function(K,V,R)) -> map(K,R)", "Apply lambda to each entry of the map and transform the value")
	m("map_zip_with", "(map(K,V), map(K,W), function(K,V,W,R)) -> map(K,R)", "Merge two maps into a single map by applying the lambda function to the pair of values with the same key")
	return true
}
