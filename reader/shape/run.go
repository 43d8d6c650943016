package shape

// run: the loop, in Go.

import (
	"math/bits"

	"github.com/ionq-db/ionq/reader/ion"
)

// Values of Scanner.state: where the loop goes on.
const (
	atRecord    = iota // i is between records
	beginValue         // at the value of the step at hand
	atValue            // the same, but its columns have been noted, or it is an item
	afterValue         // behind a value
	behindValue        // the same, but its columns have been noted
	inString           // in a string that began at from
)

// What the loop asks for.
const (
	full      = iota // nothing: there are as many rows as wanted
	end              // nothing: no further record begins
	fieldName        // the step of the name at i
	newLevel         // whether to enter the struct at i
	skipValue        // to skip the value at i
	checkText        // whether the string b[from:i] is UTF-8
	escape           // the escape sequence at i
	setBegin         // to note the place of a value that several columns have
	setEnd           // to note its end
	gaveUp           // to give the record up
)

// frame is what the stack has of the value in which another begins.
type frame uint64

func (f frame) level() int { return int(f >> 32) }
func (f frame) next() int  { return int(f >> 1 & (1<<31 - 1)) }

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// lows[n] has the lowest n bytes set.
var lows = func() (m [9]uint64) {
	for n := range m {
		m[n] = 1<<(8*n) - 1
	}
	return m
}()

// The words that the loop knows.
const (
	wordIVM  = '$' | 'i'<<8 | 'o'<<16 | 'n'<<24 | '_'<<32 | '1'<<40 | '_'<<48 | '0'<<56
	wordSet  = '$' | 'd'<<8 | 'y'<<16 | 'n'<<24 | 'a'<<32 | 'm'<<40 | 'o'<<48 | 'd'<<56
	wordNull = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24
	wordTrue = 't' | 'r'<<8 | 'u'<<16 | 'e'<<24
	wordAlse = 'a' | 'l'<<8 | 's'<<16 | 'e'<<24
	// wordKind and maskKind tell the rest of $dynamodb_SS::[ but for the S, N or B.
	wordKind = 'b' | '_'<<8 | 'S'<<24 | ':'<<32 | ':'<<40 | '['<<48
	maskKind = 0x00ffffffff00ffff
)

// simpleEscapes are the characters that stand behind a backslash for one
// character, as a set of the ASCII characters from 32 on.
var simpleEscapes = func() (m [2]uint64) {
	for _, c := range `0abtnfrv"'?/\` {
		m[c>>6] |= 1 << (c & 63)
	}
	return m
}()

func isStop(c byte) bool { return c == ',' || c == '}' || c == ']' }

func (s *Scanner) runGo() int {
	b, i, last := s.b, s.i, s.last
	at, next, list, depth, high := s.level, s.next, s.list, s.depth, uint64(s.high)
	l := &s.levels[at]
	var st *step
	var c byte
	var ask int
	if next > 0 {
		st = &l.steps[next-1]
	}
	switch s.state {
	case beginValue:
		goto begin
	case atValue:
		goto value
	case afterValue:
		goto after
	case behindValue:
		goto behind
	case inString:
		goto text
	}

record:
	if s.row == s.rows {
		ask = full
		goto leave
	}
	for ion.IsSpace(b[i]) {
		i++
	}
	if i >= last {
		ask = end
		goto leave
	}
	s.start = i
	if ion.Load8(b, i) == wordIVM && ion.IsSpace(b[i+8]) {
		i += 9
	}
	if b[i] != '{' || b[i+1] == '{' {
		ask = gaveUp
		goto leave
	}
	i++
	at, next, list, depth = 0, 0, 0, 0
	l = &s.levels[0]
	if b[i] == '}' {
		i++
		goto recordEnd
	}

field:
	{
		w := ion.Load8(b, i)
		for k := next; k < len(l.steps) && k < next+lookAhead; k++ {
			st = &l.steps[k]
			n := int(st.size)
			if n <= 8 {
				if (w^st.name[0])&lows[n] != 0 {
					continue
				}
			} else if w != st.name[0] || !tail(b, i, st) {
				continue
			}
			if n > nameLen {
				break
			}
			i += n
			next = k + 1
			goto begin
		}
		ask = fieldName
		goto leave
	}

begin:
	if st.column != noColumn {
		if st.column < 0 {
			ask = setBegin
			goto leave
		}
		s.at[int(st.column)*s.pageRows+s.row] = int32(i << 1)
	}

value:
	switch c = b[i]; {
	case c == '"':
		s.from, high, s.escaped = i, 0, 0
		i++
		goto text
	case c-'0' <= 9, c == '-':
		goto number
	case c == '{':
		if b[i+1] == '{' {
			goto blob
		}
		if st.inner <= 0 {
			ask = newLevel
			goto leave
		}
		if b[i+1] == '}' {
			i += 2
			goto after
		}
		if depth == maxDepth {
			break
		}
		s.stack[depth] = uint64(at)<<32 | uint64(next)<<1 | uint64(list)
		depth++
		at, next, list = int(st.inner), 0, 0
		l = &s.levels[at]
		i++
		goto field
	case c == '[':
		goto items
	case c == 't':
		if load4(b, i) == wordTrue && isStop(b[i+4]) {
			i += 4
			goto after
		}
	case c == 'f':
		if load4(b, i+1) == wordAlse && isStop(b[i+5]) {
			i += 5
			goto after
		}
	case c == 'n':
		if load4(b, i) == wordNull && isStop(b[i+4]) {
			i += 4
			goto after
		}
	case c == '$':
		if ion.Load8(b, i) == wordSet && ion.Load8(b, i+8)&maskKind == wordKind {
			if k := b[i+10]; k == 'S' || k == 'N' || k == 'B' {
				i += 14
				goto items
			}
		}
	}
	ask = skipValue
	goto leave

items:
	if st.picky != 0 {
		ask = gaveUp
		goto leave
	}
	if b[i+1] == ']' {
		i += 2
		goto after
	}
	if depth == maxDepth {
		ask = skipValue
		goto leave
	}
	s.stack[depth] = uint64(at)<<32 | uint64(next)<<1 | uint64(list)
	depth++
	list = 1
	i++
	goto value

text:
	for {
		w := ion.Load8(b, i)
		q := w ^ ones*'"'
		e := w ^ ones*'\\'
		// The first mark is sure to be right.
		m := ((q-ones)&^q | (e-ones)&^e | (w-ones*0x20)&^w) & highs
		if m == 0 {
			high |= w & highs
			i += 8
			continue
		}
		n := bits.TrailingZeros64(m) >> 3
		high |= w & lows[n] & highs
		i += n
		switch c = b[i]; c {
		case '"':
			i++
			if high != 0 {
				ask = checkText
				goto leave
			}
			goto after
		case '\\':
			if c = b[i+1]; c < 128 && simpleEscapes[c>>6]>>(c&63)&1 != 0 {
				s.escaped = 1
				i += 2
				continue
			}
			ask = escape
			goto leave
		case '\t', '\v', '\f':
			i++
		default:
			ask = gaveUp
			goto leave
		}
	}

number:
	{
		k := i
		if c == '-' {
			k++
		}
		from := k
		w := ion.Load8(b, k)
		n := digits(w)
		if n == 8 {
			n += digits(ion.Load8(b, k+8))
			if n == 16 {
				n += digits(ion.Load8(b, k+16))
			}
		}
		k += n
		if n == 0 || n > 20 || b[from] == '0' && n > 1 {
			ask = skipValue
			goto leave
		}
		if b[k] == '.' {
			k++
			for n = 8; n == 8 && k < i+32; k += n {
				n = digits(ion.Load8(b, k))
			}
			if k >= i+32 {
				ask = skipValue
				goto leave
			}
		}
		if !isStop(b[k]) {
			if b[k]|0x20 != 'd' && b[k]|0x20 != 'e' {
				ask = skipValue
				goto leave
			}
			k++
			if b[k] == '-' || b[k] == '+' {
				k++
			}
			n = digits(ion.Load8(b, k))
			k += n
			if n == 0 || n == 8 || !isStop(b[k]) {
				ask = skipValue
				goto leave
			}
		}
		i = k
		goto after
	}

blob:
	{
		k := i + 2
		for base64[b[k]] {
			k++
		}
		n := k - i - 2
		pads := 0
		for pads < 2 && b[k] == '=' {
			pads++
			k++
		}
		if b[k] != '}' || b[k+1] != '}' || (n+pads)&3 != 0 || n == 0 {
			ask = skipValue // the empty one, too
			goto leave
		}
		i = k + 2
	}

after:
	if list == 0 && st.column != noColumn {
		if st.column < 0 {
			ask = setEnd
			goto leave
		}
		s.till[int(st.column)*s.pageRows+s.row] = int32(i<<1 | s.escaped)
	}

behind:
	c = b[i]
	if c == ',' {
		i++
		if list == 0 {
			goto field
		}
		goto value
	}
	if list == 0 && c != '}' || list != 0 && c != ']' {
		ask = gaveUp
		goto leave
	}
	i++
	if depth > 0 {
		depth--
		f := frame(s.stack[depth])
		at, next, list = f.level(), f.next(), int(f&1)
		l = &s.levels[at]
		st = &l.steps[next-1]
		goto after
	}

recordEnd:
	s.starts[s.row] = int32(s.start)
	s.row++
	goto record

leave:
	if high != 0 {
		high = 1
	}
	s.i, s.level, s.next, s.list, s.depth, s.high = i, at, next, list, depth, int(high)
	return ask
}

// tail compares what a name's first 8 bytes leave over.
func tail(b []byte, i int, st *step) bool {
	rest := min(int(st.size), nameLen)
	for k := 1; ; k++ {
		i += 8
		if rest -= 8; rest <= 8 {
			return (ion.Load8(b, i)^st.name[k])&lows[rest] == 0
		}
		if ion.Load8(b, i) != st.name[k] {
			return false
		}
	}
}

func load4(b []byte, i int) uint32 { return uint32(ion.Load8(b, i)) }

// digits returns how many of the 8 bytes of w, from the lowest on, are digits.
func digits(w uint64) int {
	x := w ^ 0x3030303030303030
	// A byte is a digit where x is below 10: neither its high nibble nor, after
	// adding 6, anything above the low nibble is set. Carries only reach bytes
	// above the first non-digit, which do not count.
	return bits.TrailingZeros64((x|(x+0x0606060606060606))&0xF0F0F0F0F0F0F0F0) >> 3
}

// base64 tells the digits of a blob, but for the padding.
var base64 = func() (m [256]bool) {
	for c := '0'; c <= '9'; c++ {
		m[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		m[c], m[c-'a'+'A'] = true, true
	}
	m['+'], m['/'] = true, true
	return m
}()
