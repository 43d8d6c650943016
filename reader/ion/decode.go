package ion

// What tokens mean: the text of symbols and strings, the bytes of lobs, the
// digits of numbers.

import (
	"encoding/base64"
	"math/big"
	"math/bits"
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

// ParseInt reads a well-formed int of any radix. wide is nil where the value fits
// int64. It takes more than linear time where the value does not: LowInt does not.
func ParseInt(tok []byte) (v int64, wide *big.Int) {
	low, fits := LowInt(tok)
	if fits {
		return low, nil
	}
	neg, base, digits := intDigits(tok)
	clean := make([]byte, 0, len(digits)+1)
	if neg {
		clean = append(clean, '-')
	}
	for _, c := range digits {
		if c != '_' {
			clean = append(clean, c)
		}
	}
	wide, _ = new(big.Int).SetString(string(clean), int(base))
	return 0, wide
}

// LowInt reads a well-formed int of any radix: its low 64 bits in two's
// complement, as Java's BigInteger.longValue, and whether they are the whole
// value.
func LowInt(tok []byte) (low int64, fits bool) {
	neg, base, digits := intDigits(tok)
	var u uint64
	fits = true
	for _, c := range digits {
		if c == '_' {
			continue
		}
		d := uint64(c - '0')
		if d > 9 {
			d = uint64(c|0x20-'a') + 10
		}
		hi, lo := bits.Mul64(u, base)
		lo, carry := bits.Add64(lo, d, 0)
		fits = fits && hi == 0 && carry == 0
		u = lo
	}
	if neg {
		return -int64(u), fits && u <= 1<<63
	}
	return int64(u), fits && u < 1<<63
}

// intDigits takes an int apart.
func intDigits(tok []byte) (neg bool, base uint64, digits []byte) {
	if tok[0] == '-' {
		neg, tok = true, tok[1:]
	}
	if len(tok) > 2 && tok[0] == '0' {
		switch tok[1] | 0x20 {
		case 'x':
			return neg, 16, tok[2:]
		case 'b':
			return neg, 2, tok[2:]
		}
	}
	return neg, 10, tok
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
