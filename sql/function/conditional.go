package function

// Signatures of functions about values of any type.

var _ = define(
	&Function{Name: "typeof", Sig: "(T) -> varchar", Doc: "Textual representation of expression type", Category: "conversion", CalledOnNull: true},
	&Function{Name: "version", Sig: "() -> varchar", Doc: "Returns the version of the engine", Category: "system"},
	&Function{Name: "uuid", Sig: "() -> uuid", Doc: "Generates a random UUID", Category: "uuid", NonDeterministic: true},
)
