package ion

// Skip: the export's shape, at the speed of searching bytes.

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Slack is how many bytes behind its data a slice must have, all zero, for
// Skip, SkipString and Load8 to go at full speed; Window's slices have them.
// Without them the functions stay right but give up (-1) near the end.
const Slack = 64

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// Load8 returns the 8 bytes at b[i].
func Load8(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }

// special marks (in the high bit) the bytes of w that a string in double quotes
// cannot pass over: the quote, a backslash, control characters. Only the first
// mark is sure to be right; that is the one to use.
func special(w uint64) uint64 {
	q := w ^ ones*'"'
	s := w ^ ones*'\\'
	return ((q-ones)&^q | (s-ones)&^s | (w-ones*0x20)&^w) & highs
}

// SkipString returns the offset behind the string in double quotes at b[i], or
// -1. plain tells that it holds no escape: b[i+1:end-1] is its text.
func SkipString(b []byte, i int) (end int, plain bool) {
	i++
	from := i
	plain = true
	var seen uint64
	for {
		if i+8 > len(b) {
			return -1, false
		}
		w := Load8(b, i)
		m := special(w)
		if m == 0 {
			seen |= w
			i += 8
			continue
		}
		n := bits.TrailingZeros64(m) >> 3
		seen |= w & (1<<(8*n) - 1)
		i += n
		switch b[i] {
		case '"':
			if seen&highs != 0 && !utf8.Valid(b[from:i]) {
				return -1, false
			}
			return i + 1, plain
		case '\\':
			n, r, ok := scanEscape(b, i)
			if !ok || r < 0 {
				return -1, false
			}
			plain = false
			i += n
		case '\t', '\v', '\f':
			i++
		default:
			return -1, false
		}
	}
}

// Skip returns the offset behind the value at b[i], annotations included, or -1
// where the value is malformed, cut short, or in a form that only Consume knows.
func Skip(b []byte, i int) int { return skip(b, i, 0) }

// skipDepth is how deep Skip follows: it recurses, and DynamoDB stops at 32.
const skipDepth = 64

func skip(b []byte, i, depth int) int {
	if i+8 > len(b) {
		return -1
	}
	switch c := b[i]; {
	case c == '"':
		end, _ := SkipString(b, i)
		return end
	case c-'0' <= 9 || c == '-':
		return SkipNumber(b, i)
	case c == '{':
		if b[i+1] == '{' {
			return skipBlob(b, i+2)
		}
		return skipStruct(b, i, depth+1)
	case c == '[':
		return skipList(b, i, depth+1)
	case is(c, clIDStart):
		return skipWord(b, i, depth)
	}
	return -1
}

// digits returns how many of the 8 bytes of w, from the lowest on, are digits.
func digits(w uint64) int {
	const zeros = 0x3030303030303030
	x := w ^ zeros
	// A byte is a digit where x is below 10: neither its high nibble nor, after
	// adding 6, anything above the low nibble is set. Carries only reach bytes
	// above the first non-digit, which do not count.
	return bits.TrailingZeros64((x|(x+0x0606060606060606))&0xF0F0F0F0F0F0F0F0) >> 3
}

// skipDigits returns the offset behind the digits at b[i], or -1 near the end.
func skipDigits(b []byte, i int) int {
	for {
		if i+8 >= len(b) {
			return -1
		}
		n := digits(Load8(b, i))
		i += n
		if n < 8 {
			return i
		}
	}
}

// SkipNumber returns the offset behind the number at b[i], or -1. Timestamps,
// underscores, radix prefixes and infinities are left to Consume.
func SkipNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	from := i
	i = skipDigits(b, i)
	if i <= from || b[from] == '0' && i-from > 1 {
		return -1
	}
	if b[i] == '.' {
		if i++; b[i]-'0' <= 9 { // whole numbers end with the point
			if i = skipDigits(b, i); i < 0 {
				return -1
			}
		}
	}
	switch b[i] {
	case ',', '}', ']':
		return i
	case 'd', 'D', 'e', 'E':
		i++
		if b[i] == '-' || b[i] == '+' {
			i++
		}
		from := i
		if i = skipDigits(b, i); i > from && (b[i] == ',' || b[i] == '}' || b[i] == ']') {
			return i
		}
	}
	return -1
}

// load4 returns the 4 bytes at b[i].
func load4(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[i:]) }

const (
	wordNull   = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24
	wordTrue   = 't' | 'r'<<8 | 'u'<<16 | 'e'<<24
	wordFals   = 'f' | 'a'<<8 | 'l'<<16 | 's'<<24
	wordDynamo = '$' | 'd'<<8 | 'y'<<16 | 'n'<<24 | 'a'<<32 | 'm'<<40 | 'o'<<48 | 'd'<<56
)

// skipWord skips true, false, null, and DynamoDB's sets.
func skipWord(b []byte, i, depth int) int {
	switch load4(b, i) {
	case wordNull, wordTrue:
		i += 4
	case wordFals:
		if b[i+4] != 'e' {
			return -1
		}
		i += 5
	default:
		if i+15 > len(b) || Load8(b, i) != wordDynamo || b[i+8] != 'b' || b[i+9] != '_' || b[i+11] != 'S' || b[i+12] != ':' || b[i+13] != ':' {
			return -1
		}
		if c := b[i+10]; c != 'S' && c != 'N' && c != 'B' || b[i+14] != '[' {
			return -1
		}
		return skipList(b, i+14, depth+1)
	}
	if c := b[i]; c == ',' || c == '}' || c == ']' {
		return i
	}
	return -1
}

// skipBlob skips a blob without white space, from behind its opening braces.
func skipBlob(b []byte, i int) int {
	from := i
	for i < len(b) && is(b[i], clBase64) {
		i++
	}
	digits := i - from
	for i < len(b) && b[i] == '=' {
		i++
	}
	if i+1 >= len(b) || b[i] != '}' || b[i+1] != '}' {
		return -1
	}
	if pads := i - from - digits; pads > 2 || (digits+pads)%4 != 0 || pads > 0 && digits == 0 {
		return -1
	}
	return i + 2
}

func skipList(b []byte, i, depth int) int {
	if depth > skipDepth || i+1 >= len(b) {
		return -1
	}
	if i++; b[i] == ']' {
		return i + 1
	}
	for {
		if i = skip(b, i, depth); i < 0 || i >= len(b) {
			return -1
		}
		switch b[i] {
		case ',':
			i++
		case ']':
			return i + 1
		default:
			return -1
		}
	}
}

func skipStruct(b []byte, i, depth int) int {
	if depth > skipDepth || i+1 >= len(b) {
		return -1
	}
	if i++; b[i] == '}' {
		return i + 1
	}
	for {
		if i = SkipName(b, i); i < 0 {
			return -1
		}
		if i = skip(b, i, depth); i < 0 || i >= len(b) {
			return -1
		}
		switch b[i] {
		case ',':
			i++
		case '}':
			return i + 1
		default:
			return -1
		}
	}
}

// SkipName returns the offset behind the field name at b[i] and its colon, or
// -1. Names in quotes must be free of escapes.
func SkipName(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	from := i
	switch c := b[i]; {
	case is(c, clIDStart):
		for i++; i < len(b) && is(b[i], clIDPart); i++ {
		}
		switch n := i - from; { // keywords are no names; ids are for Consume
		case c == '$' && n > 1 && is(b[from+1], clDigit):
			return -1
		case n == 3 && string(b[from:i]) == "nan", n == 4 && (string(b[from:i]) == "null" || string(b[from:i]) == "true"),
			n == 5 && string(b[from:i]) == "false":
			return -1
		}
	case c == '"' || c == '\'':
		for i++; ; i++ {
			if i >= len(b) || b[i] == '\\' || b[i] < ' ' {
				return -1
			}
			if b[i] == c {
				break
			}
		}
		if i == from+1 && c == '\'' { // '' may begin a long string
			return -1
		}
		if !utf8.Valid(b[from:i]) {
			return -1
		}
		i++
	default:
		return -1
	}
	if i+1 >= len(b) || b[i] != ':' || b[i+1] == ':' {
		return -1
	}
	return i + 1
}

// Escape returns the length of the escape sequence at b[i].
func Escape(b []byte, i int) (n int, ok bool) {
	n, r, ok := scanEscape(b, i)
	return n, ok && r >= 0
}
