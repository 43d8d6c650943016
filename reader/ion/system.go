package ion

// System: values of a stream that are no data (version markers, symbol tables).

// SystemKind is what a top-level value is to the stream it is in.
type SystemKind uint8

// The kinds.
const (
	Data   SystemKind = iota // a value of the stream
	Marker                   // $ion_1_0: the symbol table is the system's again
	NoOp                     // a symbol with the marker's text that is none: nothing
	Table                    // a local symbol table: see Symbols.Table
)

// System tells what v, a top-level value, is. Other versions of Ion are refused.
func System(b []byte, v Value) (SystemKind, error) {
	if v.Null && v.Kind != Struct {
		return Data, nil
	}
	switch {
	case v.Kind == Symbol && v.Ann == v.Start:
		word := b[v.Start:v.End]
		if b[v.Start] == '$' {
			if string(word) == "$ion_1_0" {
				return Marker, nil
			}
			if isVersion(word) {
				return Data, &SyntaxError{Offset: v.Start, Msg: "Ion version is not supported: " + string(word), Unsupported: true}
			}
		}
		var buf []byte
		if text, ok := Text(word, &buf); ok && string(text) == "$ion_1_0" {
			return NoOp, nil
		}
	case v.Kind == Struct && v.Ann < v.Start:
		name, _, ok := NextAnnotation(b, v.Ann, v)
		if !ok {
			return Data, nil
		}
		var buf []byte
		if text, ok := Text(b[name.Start:name.End], &buf); ok && string(text) == "$ion_symbol_table" {
			return Table, nil
		}
	}
	return Data, nil
}

// isVersion tells whether a symbol looks like $ion_M_N.
func isVersion(word []byte) bool {
	if len(word) < 5 || string(word[:5]) != "$ion_" {
		return false
	}
	i := 5
	for part := range 2 {
		from := i
		for i < len(word) && is(word[i], clDigit) {
			i++
		}
		if i == from || part == 0 && (i >= len(word) || word[i] != '_') || part == 1 && i < len(word) {
			return false
		}
		i++
	}
	return true
}
