package ion

// ValueAt, NextField, NextItem: a walk over a value that Consume or Skip has
// passed. Offsets that these functions get are those they gave.

// space passes white space and comments of well-formed text.
func space(b []byte, i int) int {
	if i < len(b) && !is(b[i], clSpace) && b[i] != '/' {
		return i
	}
	i, _ = SkipSpace(b, i, true)
	return i
}

// ValueAt tells what lies at b[i]: the annotations' and the value's place and
// type. In an s-expression, sexp must be true: operators are symbols there.
func ValueAt(b []byte, i int, sexp bool) Value {
	t := text{b: b, final: true}
	v := Value{Ann: i, Start: i, End: -1}
	for {
		c := b[v.Start]
		switch {
		case c == '"':
			v.Kind = String
			v.End, _ = t.quoted(v.Start, '"')
			return v
		case c == '{':
			if b[v.Start+1] == '{' {
				v.End, v.Kind, _ = t.lob(v.Start)
				return v
			}
			v.Kind = Struct
			return v
		case c == '[':
			v.Kind = List
			return v
		case c == '(':
			v.Kind = Sexp
			return v
		case c == '\'':
			if v.Start+2 < len(b) && b[v.Start+1] == '\'' && b[v.Start+2] == '\'' {
				v.Kind = String
				v.End, _ = t.long(v.Start)
				return v
			}
			v.Kind = Symbol
			v.End, _ = t.quoted(v.Start, '\'')
		case is(c, clDigit) || c == '-' && v.Start+1 < len(b) && is(b[v.Start+1], clDigit) || (c == '-' || c == '+') && t.isInf(v.Start):
			v.End, v.Kind, _ = scanNumber(b, v.Start)
			return v
		case is(c, clIDStart):
			var keyword bool
			v.End, v.Kind, keyword, _ = t.word(v.Start)
			if keyword {
				v.Null = b[v.Start] == 'n' && b[v.Start+1] == 'u'
				return v
			}
		case sexp && is(c, clOper):
			v.Kind = Symbol
			v.End = v.Start
			for v.End < len(b) && is(b[v.End], clOper) {
				if b[v.End] == '/' && v.End+1 < len(b) && (b[v.End+1] == '/' || b[v.End+1] == '*') {
					break
				}
				v.End++
			}
			return v
		default:
			panic("BUG: ion.ValueAt on a value that was not checked")
		}
		next, ok, _ := t.annotation(v.End)
		if !ok {
			return v
		}
		v.Start, v.End = next, -1
	}
}

// SkipValue returns the offset behind v.
func SkipValue(b []byte, v Value) int {
	if v.End >= 0 {
		return v.End
	}
	if end := Skip(b, v.Start); end >= 0 {
		return end
	}
	end, err := Consume(b, v.Start, true)
	if err != nil {
		panic("BUG: ion.SkipValue on a value that was not checked: " + err.Error())
	}
	return end
}

// Span is a token's place.
type Span struct{ Start, End int }

// NextField returns the next field of a struct: the place of its name, as
// written, and of its value. i is the offset behind the opening brace or behind
// the value before. ok is false at the end; value is then the offset behind the
// closing brace.
func NextField(b []byte, i int) (name Span, value int, ok bool) {
	t := text{b: b, final: true}
	i = space(b, i)
	if b[i] == ',' {
		i = space(b, i+1)
	}
	if b[i] == '}' {
		return Span{}, i + 1, false
	}
	name.Start = i
	switch {
	case b[i] == '"':
		i, _ = t.quoted(i, '"')
	case b[i] == '\'' && b[i+1] == '\'' && b[i+2] == '\'':
		i, _ = t.long(i)
	case b[i] == '\'':
		i, _ = t.quoted(i, '\'')
	default:
		for is(b[i], clIDPart) {
			i++
		}
	}
	name.End = i
	i = space(b, i)
	return name, space(b, i+1), true
}

// NextItem returns the offset of the next item of a list or s-expression. i and
// ok are as for NextField.
func NextItem(b []byte, i int) (value int, ok bool) {
	i = space(b, i)
	if b[i] == ',' {
		i = space(b, i+1)
	}
	if b[i] == ']' || b[i] == ')' {
		return i + 1, false
	}
	return i, true
}

// NextAnnotation returns the next annotation of v: its place, and the offset to
// go on from. The first call gets v.Ann; ok is false when there is none left.
func NextAnnotation(b []byte, i int, v Value) (name Span, next int, ok bool) {
	if i >= v.Start {
		return Span{}, i, false
	}
	t := text{b: b, final: true}
	name.Start = i
	if b[i] == '\'' {
		i, _ = t.quoted(i, '\'')
	} else {
		for is(b[i], clIDPart) {
			i++
		}
	}
	name.End = i
	i = space(b, i)
	return name, space(b, i+2), true
}
