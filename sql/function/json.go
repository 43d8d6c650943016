package function

// Signatures of the JSON functions (Trino's list-by-topic "JSON"; JsonFunctions
// in Trino's source).

var _ = defineJSON()

func defineJSON() bool {
	for _, t := range []string{"varchar(x)", "json"} {
		js := func(name, params, result, doc string) {
			define(&Function{Name: name, Sig: "(" + t + params + ") -> " + result, Doc: doc, Category: "json"})
		}
		js("is_json_scalar", "", "boolean", "Determine if value is a JSON scalar: a number, string, true, false or null")
		js("json_array_length", "", "bigint", "Number of elements of a JSON array; NULL if the value is none")
		for _, v := range []string{"boolean", "bigint", "double", "varchar(y)"} {
			js("json_array_contains", ", "+v, "boolean", "Determine if value exists in a JSON array")
		}
		js("json_array_get", ", bigint", "json", "Element of a JSON array at the given index, from 0; negative ones count from the end")
		js("json_extract", ", jsonpath", "json", "Value at a JSON path, as JSON")
		js("json_size", ", jsonpath", "bigint", "Number of members of the object or array at a JSON path; 0 for a scalar")
	}
	define(
		&Function{Name: "json_extract_scalar", Sig: "(varchar(x), jsonpath) -> varchar(x)", Doc: "Scalar at a JSON path, as text", Category: "json"},
		&Function{Name: "json_extract_scalar", Sig: "(json, jsonpath) -> varchar", Doc: "Scalar at a JSON path, as text", Category: "json"},
		&Function{Name: "json_format", Sig: "(json) -> varchar", Doc: "Text of a JSON value", Category: "json"},
		&Function{Name: "json_parse", Sig: "(varchar(x)) -> json", Doc: "JSON value of a text", Category: "json"},
	)
	define(&Function{Name: "$json_literal", Sig: "(varchar(x)) -> json", Doc: "JSON 'text'", Category: "json", Hidden: true})
	// SQL/JSON: the grammar writes these otherwise, and the analyzer binds them
	// itself (sql/analyze/json.go). The first argument is what is constant in the
	// call.
	for _, f := range []struct{ name, sig string }{
		{"$json_exists", "(varchar, T, T1) -> boolean"},      // input, parameters
		{"$json_value", "(varchar, T, T1, R, R) -> R"},       // input, parameters, defaults
		{"$json_query", "(varchar, T, T1) -> varchar"},       // input, parameters
		{"$json_object", "(varchar, T, T1) -> varchar"},      // keys, values
		{"$json_array", "(varchar, T) -> varchar"},           // values
		{"$json_table", "(varchar, T, T1, T2) -> array(T2)"}, // input, parameters, defaults
	} {
		define(&Function{Name: f.name, Sig: f.sig, Doc: "SQL/JSON", Category: "json", Hidden: true, CalledOnNull: true})
	}
	return true
}
