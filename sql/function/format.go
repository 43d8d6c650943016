package function

// Signature of format (FormatFunction in Trino's source): the analyzer packs
// the arguments after the first into a row.

var _ = define(&Function{
	Name: "format", Sig: "(varchar, T) -> varchar where T row", Category: "string",
	Doc: "Formats the input arguments using a format string, as Java's Formatter does",
})
