package function

// Signatures of the string functions (Trino's list-by-topic "String";
// StringFunctions, ConcatFunction, ConcatWsFunction, SplitToMapFunction and
// VarbinaryFunctions in Trino's source).

import "github.com/ionq-db/ionq/sql/types"

var _ = defineStrings()

func str(name, sig, doc string) {
	define(&Function{Name: name, Sig: sig, Doc: doc, Category: "string"})
}

func defineStrings() bool {
	str("chr", "(bigint) -> varchar(1)", "Convert Unicode code point to a string")
	str("codepoint", "(varchar(1)) -> integer", "Returns Unicode code point of a single character string")
	for _, n := range []string{"length", "char_length", "character_length"} {
		str(n, "(varchar(x)) -> bigint", "Count of code points of the given string")
		str(n, "(char(x)) -> bigint", "Count of code points of the given string")
	}
	str("length", "(varbinary) -> bigint", "Length of the given binary")
	str("replace", "(varchar(x), varchar(y)) -> varchar(x)", "Greedily removes occurrences of a pattern in a string")
	define(&Function{
		Name: "replace", Sig: "(varchar(x), varchar(y), varchar(z)) -> varchar(u)", Category: "string",
		Doc: "Greedily replaces occurrences of a pattern with a string",
		Result: func(a []types.Type) (types.Type, error) {
			x, z := int64(a[0].P), int64(a[2].P)
			return types.VarcharN(int(min(types.Unbounded, x+z*(x+1)))), nil
		},
	})
	str("reverse", "(varchar(x)) -> varchar(x)", "Reverse all code points in a given string")
	str("reverse", "(char(x)) -> char(x)", "Reverse all code points in a given string")
	str("reverse", "(varbinary) -> varbinary", "Reverse a given varbinary")
	str("strpos", "(varchar(x), varchar(y)) -> bigint", "Returns index of first occurrence of a substring (or 0 if not found)")
	str("strpos", "(varchar(x), varchar(y), bigint) -> bigint", "Returns index of n-th occurrence of a substring (or 0 if not found)")
	for _, n := range []string{"substring", "substr"} {
		for _, t := range []string{"char(x)", "varchar(x)"} {
			str(n, "("+t+", bigint) -> varchar(x)", "Suffix starting at given index")
			str(n, "("+t+", bigint, bigint) -> varchar(x)", "Substring of given length starting at an index")
		}
	}
	str("substr", "(varbinary, bigint) -> varbinary", "Suffix starting at given index")
	str("substr", "(varbinary, bigint, bigint) -> varbinary", "Substring of given length starting at an index")
	str("split", "(varchar(x), varchar(y)) -> array(varchar(x))", "Splits a string by a delimiter")
	str("split", "(varchar(x), varchar(y), bigint) -> array(varchar(x))", "Splits a string by a delimiter into at most limit parts")
	define(&Function{
		Name: "split_part", Sig: "(varchar(x), varchar(y), bigint) -> varchar(x)", Category: "string",
		Doc: "Splits a string by a delimiter and returns the specified field (counting from one)",
	})
	str("split_to_map", "(varchar, varchar, varchar) -> map(varchar,varchar)", "Creates a map using entryDelimiter and keyValueDelimiter")
	str("split_to_map", "(varchar, varchar, varchar, function(varchar,varchar,varchar,varchar)) -> map(varchar,varchar)", "Creates a map using entryDelimiter and keyValueDelimiter, a function decides between values of one key")
	str("split_to_multimap", "(varchar, varchar, varchar) -> map(varchar,array(varchar))", "Creates a multimap by splitting a string into key/value pairs")
	for n, doc := range map[string]string{
		"trim":  "the beginning and end of a string",
		"ltrim": "the beginning of a string",
		"rtrim": "the end of a string",
	} {
		for _, t := range []string{"char(x)", "varchar(x)"} {
			str(n, "("+t+") -> varchar(x)", "Removes whitespace from "+doc)
			str(n, "("+t+", varchar(y)) -> varchar(x)", "Remove the longest string containing only given characters from "+doc)
		}
	}
	for _, n := range []string{"lower", "upper"} {
		for _, t := range []string{"char(x)", "varchar(x)"} {
			str(n, "("+t+") -> "+t, "Converts the string to "+n+" case")
		}
	}
	for _, n := range []string{"lpad", "rpad"} {
		str(n, "(varchar(x), bigint, varchar(y)) -> varchar", "Pads a string")
		str(n, "(char(x), bigint, varchar(y)) -> varchar", "Pads a string")
		str(n, "(varbinary, bigint, varbinary) -> varbinary", "Pads a varbinary")
	}
	str("levenshtein_distance", "(varchar(x), varchar(y)) -> bigint", "Computes Levenshtein distance between two strings")
	str("hamming_distance", "(varchar(x), varchar(y)) -> bigint", "Computes Hamming distance between two strings")
	str("normalize", "(varchar(x), varchar(y)) -> varchar", "Transforms the string to normalized form")
	str("from_utf8", "(varbinary) -> varchar", "Decodes the UTF-8 encoded string")
	str("from_utf8", "(varbinary, varchar(x)) -> varchar", "Decodes the UTF-8 encoded string")
	str("from_utf8", "(varbinary, bigint) -> varchar", "Decodes the UTF-8 encoded string")
	str("to_utf8", "(varchar(x)) -> varbinary", "Encodes the string to UTF-8")
	str("to_utf8", "(char(x)) -> varbinary", "Encodes the string to UTF-8")
	define(&Function{
		Name: "concat", Sig: "(char(x), char(y)) -> char(u)", Doc: "Concatenates given character strings", Category: "string",
		Result: func(a []types.Type) (types.Type, error) { return types.CharN(int(a[0].P + a[1].P)), nil },
	})
	twoOrMore := atLeastTwo("There must be two or more concatenation arguments")
	define(
		&Function{Name: "concat", Sig: "(varchar...) -> varchar", Doc: "Concatenates given strings", Category: "string", Result: twoOrMore},
		&Function{Name: "concat", Sig: "(varbinary...) -> varbinary", Doc: "Concatenates given binaries", Category: "string", Result: twoOrMore},
		&Function{Name: "concat_ws", Sig: "(varchar, varchar...) -> varchar", Doc: "Concatenates given strings using a separator, skipping NULLs", Category: "string", CalledOnNull: true},
		&Function{Name: "concat_ws", Sig: "(varchar, array(varchar)) -> varchar", Doc: "Concatenates the strings of an array using a separator, skipping NULLs", Category: "string"},
	)
	str("starts_with", "(varchar(x), varchar(y)) -> boolean", "Determine whether source starts with prefix or not")
	str("translate", "(varchar(x), varchar(y), varchar(z)) -> varchar", "Translate characters from the source string based on original and translations strings")
	str("soundex", "(varchar) -> varchar(4)", "Encodes a string into a Soundex value")
	str("word_stem", "(varchar(x)) -> varchar(x)", "Returns the stem of a word in the English language")
	str("word_stem", "(varchar(x), varchar(2)) -> varchar(x)", "Returns the stem of a word in the given language")
	for _, n := range []string{"parse_data_size", "parse_presto_data_size"} {
		str(n, "(varchar(x)) -> decimal(38,0)", "Converts data size string to bytes")
	}
	str("luhn_check", "(varchar) -> boolean", "Checks that a string of digits passes the Luhn Algorithm")
	return true
}
