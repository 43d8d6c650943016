package ion

// System: values of a stream that are no data (version markers, symbol tables).

import "bytes"

// System reports whether v, a top-level value, is not data but a version marker
// or a symbol table. What only a symbol table could explain is refused.
func System(b []byte, v Value) (bool, error) {
	if v.Kind == Symbol && v.Ann == v.Start && b[v.Start] == '$' {
		word := b[v.Start:v.End]
		if string(word) == "$ion_1_0" {
			return true, nil
		}
		if isVersion(word) {
			return false, &SyntaxError{Offset: v.Start, Msg: "Ion version is not supported: " + string(word), Unsupported: true}
		}
		return false, nil
	}
	if v.Kind != Struct || v.Ann == v.Start {
		return false, nil
	}
	name, _, ok := NextAnnotation(b, v.Ann, v)
	if !ok {
		return false, nil
	}
	var buf []byte
	if text, ok := Text(b[name.Start:name.End], &buf); !ok || string(text) != "$ion_symbol_table" {
		return false, nil
	}
	if v.Null {
		return true, nil
	}
	for i := v.Start + 1; ; {
		tok, at, ok := NextField(b, i)
		if !ok {
			return true, nil
		}
		val := ValueAt(b, at, false)
		if text, _ := Text(b[tok.Start:tok.End], &buf); string(text) == "symbols" || string(text) == "imports" {
			empty := val.Null || val.Kind == List && bytes.IndexByte(b[val.Start+1:], ']') == 0
			if !empty {
				return false, &SyntaxError{Offset: v.Ann, Msg: "local symbol tables in Ion text are not supported", Unsupported: true}
			}
		}
		i = SkipValue(b, val)
	}
}

// isVersion tells whether a symbol looks like $ion_M_N.
func isVersion(word []byte) bool {
	rest, ok := bytes.CutPrefix(word, []byte("$ion_"))
	if !ok {
		return false
	}
	major, minor, ok := bytes.Cut(rest, []byte("_"))
	return ok && isNumber(major) && isNumber(minor)
}

func isNumber(b []byte) bool {
	for _, c := range b {
		if !is(c, clDigit) {
			return false
		}
	}
	return len(b) > 0
}
