package ion

// What tokens mean: the text of symbols and strings, the bytes of lobs, the
// digits of numbers.

import (
	"encoding/base64"
	"math/big"
	"strconv"
	"unicode/utf8"
)

// Text returns the text of a string, a symbol or a field name, given its token,
// and whether it has one ($0 has none). The result is part of tok where that
// holds the text as it is, and is otherwise appended to *buf.
func Text(tok []byte, buf *[]byte) (text []byte, ok bool) {
	switch tok[0] {
	case '"', '\'':
		if len(tok) >= 6 && tok[0] == '\'' && tok[1] == '\'' && tok[2] == '\'' {
			at := len(*buf)
			*buf = appendLong(*buf, tok)
			return (*buf)[at:len(*buf):len(*buf)], true
		}
		inner := tok[1 : len(tok)-1]
		if !hasEscape(inner) {
			return inner, true
		}
		at := len(*buf)
		*buf = appendUnescaped(*buf, inner, false)
		return (*buf)[at:len(*buf):len(*buf)], true
	}
	if id, isID := symbolID(tok); isID {
		if id == 0 || id >= int64(len(systemSymbols)) {
			return nil, false
		}
		return []byte(systemSymbols[id]), true
	}
	return tok, true
}

func hasEscape(b []byte) bool {
	for _, c := range b {
		if c == '\\' {
			return true
		}
	}
	return false
}

// appendUnescaped appends the text between quotes. In long strings (and clobs)
// an end of line of any kind is a line feed.
func appendUnescaped(dst, in []byte, long bool) []byte {
	for i := 0; i < len(in); {
		c := in[i]
		switch {
		case c == '\\':
			n, r, _ := scanEscape(in, i)
			i += n
			if r >= 0 {
				dst = utf8.AppendRune(dst, r)
			}
		case c == '\r' && long:
			dst = append(dst, '\n')
			if i++; i < len(in) && in[i] == '\n' {
				i++
			}
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// appendLong appends the text of a long string with all its segments.
func appendLong(dst, tok []byte) []byte {
	forSegments(tok, func(seg []byte) { dst = appendUnescaped(dst, seg, true) })
	return dst
}

// forSegments calls f with the inner text of every segment of a long string.
func forSegments(tok []byte, f func(seg []byte)) {
	for i := 0; i < len(tok); {
		i += 3
		from := i
		for !(tok[i] == '\'' && tok[i+1] == '\'' && tok[i+2] == '\'') {
			if tok[i] == '\\' {
				i++
			}
			i++
		}
		f(tok[from:i])
		i = space(tok, i+3)
	}
}

// AppendLob appends the bytes of a blob or clob, given its token.
func AppendLob(dst, tok []byte, kind Kind) []byte {
	in := tok[2 : len(tok)-2]
	i := lobSpace(in, 0)
	j := len(in)
	for j > i && is(in[j-1], clSpace) {
		j--
	}
	in = in[i:j]
	if kind == Blob {
		clean := make([]byte, 0, len(in))
		for _, c := range in {
			if !is(c, clSpace) {
				clean = append(clean, c)
			}
		}
		dst, _ = base64.StdEncoding.AppendDecode(dst, clean)
		return dst
	}
	clob := func(seg []byte, long bool) {
		for i := 0; i < len(seg); {
			switch {
			case seg[i] == '\\':
				n, r, _ := scanEscape(seg, i)
				i += n
				if r >= 0 {
					dst = append(dst, byte(r)) // a clob holds bytes, not characters
				}
			case seg[i] == '\r' && long:
				dst = append(dst, '\n')
				if i++; i < len(seg) && seg[i] == '\n' {
					i++
				}
			default:
				dst = append(dst, seg[i])
				i++
			}
		}
	}
	if in[0] == '"' {
		clob(in[1:len(in)-1], false)
		return dst
	}
	for i := 0; i < len(in); { // only white space stands between segments
		i += 3
		from := i
		for !(in[i] == '\'' && in[i+1] == '\'' && in[i+2] == '\'') {
			if in[i] == '\\' {
				i++
			}
			i++
		}
		clob(in[from:i], true)
		i = lobSpace(in, i+3)
	}
	return dst
}

// Number is a decimal or an int: (-1)^Neg * Digits * 10^Exp. Digits holds ASCII
// digits without underscores; there is at least one, and leading zeros are
// possible ("0.5" has the digits "05").
type Number struct {
	Neg    bool
	Digits []byte
	Exp    int64
}

// maxExp bounds an exponent: what is beyond is as good as infinite.
const maxExp = 1 << 40

// ParseDecimal reads a well-formed decimal or decimal int, or a float that is
// not nan or infinite. Digits are appended to buf.
func ParseDecimal(tok, buf []byte) Number {
	n := Number{Digits: buf}
	i := 0
	if tok[0] == '-' {
		n.Neg = true
		i++
	}
	point := false
	for ; i < len(tok); i++ {
		switch c := tok[i]; {
		case is(c, clDigit):
			n.Digits = append(n.Digits, c)
			if point {
				n.Exp--
			}
		case c == '.':
			point = true
		case c == '_':
		default: // d D e E
			i++
			neg := tok[i] == '-'
			if neg || tok[i] == '+' {
				i++
			}
			var e int64
			for ; i < len(tok); i++ {
				if e = e*10 + int64(tok[i]-'0'); e > maxExp {
					e = maxExp
				}
			}
			if neg {
				e = -e
			}
			n.Exp += e
		}
	}
	return n
}

// IsRadix reports whether an int is hexadecimal or binary.
func IsRadix(tok []byte) bool {
	if tok[0] == '-' {
		tok = tok[1:]
	}
	return len(tok) > 2 && tok[0] == '0' && tok[1] != '_'
}

// ParseInt reads a well-formed int of any radix. big is nil where the value fits
// int64.
func ParseInt(tok []byte) (v int64, wide *big.Int) {
	i, neg := 0, false
	if tok[0] == '-' {
		i, neg = 1, true
	}
	base := 10
	if i+1 < len(tok) && tok[i] == '0' {
		switch tok[i+1] | 0x20 {
		case 'x':
			base, i = 16, i+2
		case 'b':
			base, i = 2, i+2
		}
	}
	digits := make([]byte, 0, 40)
	if neg {
		digits = append(digits, '-')
	}
	for _, c := range tok[i:] {
		if c != '_' {
			digits = append(digits, c)
		}
	}
	v, err := strconv.ParseInt(string(digits), base, 64)
	if err == nil {
		return v, nil
	}
	wide, _ = new(big.Int).SetString(string(digits), base)
	return 0, wide
}

// ParseFloat reads a well-formed float, nan and the infinities included. What is
// too large for a double is infinite, as in Java.
func ParseFloat(tok []byte) float64 {
	clean := tok
	for _, c := range tok {
		if c == '_' {
			clean = make([]byte, 0, len(tok))
			for _, c := range tok {
				if c != '_' {
					clean = append(clean, c)
				}
			}
			break
		}
	}
	f, _ := strconv.ParseFloat(string(clean), 64)
	return f
}
