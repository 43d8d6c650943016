package function

// Signatures of the regular expression functions (Trino's list-by-topic
// "Regular expression"; JoniRegexpFunctions in Trino's source).

import "github.com/ionq-db/ionq/sql/types"

var _ = defineRegexps()

func defineRegexps() bool {
	re := func(name, sig, doc string) {
		define(&Function{Name: name, Sig: sig, Doc: doc, Category: "regexp"})
	}
	re("regexp_like", "(varchar(x), varchar(y)) -> boolean", "Returns whether the pattern is contained within the string")
	re("regexp_count", "(varchar(x), varchar(y)) -> bigint", "Returns the number of times that a pattern occurs in a string")
	re("regexp_position", "(varchar(x), varchar(y)) -> integer", "Returns the index of the matched substring")
	re("regexp_position", "(varchar(x), varchar(y), integer) -> integer", "Returns the index of the matched substring starting from the specified position")
	re("regexp_position", "(varchar(x), varchar(y), integer, integer) -> integer", "Returns the index of the n-th matched substring starting from the specified position")
	re("regexp_extract", "(varchar(x), varchar(y)) -> varchar(x)", "String extracted using the given pattern")
	re("regexp_extract", "(varchar(x), varchar(y), bigint) -> varchar(x)", "Returns regex group of extracted string with a pattern")
	re("regexp_extract_all", "(varchar(x), varchar(y)) -> array(varchar(x))", "String(s) extracted using the given pattern")
	re("regexp_extract_all", "(varchar(x), varchar(y), bigint) -> array(varchar(x))", "Group(s) extracted using the given pattern")
	re("regexp_split", "(varchar(x), varchar(y)) -> array(varchar(x))", "Returns array of strings split by pattern")
	re("regexp_replace", "(varchar(x), varchar(y)) -> varchar(x)", "Removes substrings matching a regular expression")
	define(&Function{
		Name: "regexp_replace", Sig: "(varchar(x), varchar(y), varchar(z)) -> varchar(u)", Category: "regexp",
		Doc: "Replaces substrings matching a regular expression by given string",
		Result: func(a []types.Type) (types.Type, error) {
			x, z := int64(a[0].P), int64(a[2].P)
			if x == types.Unbounded || z == types.Unbounded {
				return types.Varchar, nil
			}
			// The products of two 31-bit lengths stay below 2^62; the third factor
			// could leave int64, so it is bounded first.
			grown := max(x*z/2, z)
			if grown >= types.Unbounded/(x+1) {
				return types.Varchar, nil
			}
			return types.VarcharN(int(min(types.Unbounded, x+grown*(x+1)))), nil
		},
	})
	re("regexp_replace", "(varchar, varchar, function(array(varchar),varchar(x))) -> varchar", "Replaces substrings matching a regular expression using a lambda function")
	return true
}
