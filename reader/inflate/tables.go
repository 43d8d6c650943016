package inflate

// Decoding tables of deflate's Huffman codes (RFC 1951, 3.2).
//
// A table is indexed by the next bits of the stream, and an entry tells all that
// is needed to go on: which literals to write, how many bits to pass over, how
// long a match is up to its extra bits. Codes that are longer than the index have
// a subtable behind the table.
//
// What ion text spends most on is the branch behind each look-up, since nobody
// can predict it. So as many symbols as there are bits for share an entry: up to
// three literals, or up to two and the match behind them.
//
//	bits      of the literal/length code    of the distance code
//	0-5       bits to pass over, extra bits included
//	6-7       literals                      -
//	8-31      the literals, first lowest    8-22 the distance's base
//	32-37     bits in front of the extra bits
//	40-       mask of the extra bits: 5     13
//	48-56     the match's base length       -
//	62        isSpecial: nothing of the above but subtable, end or invalid
//	63        isLiterals: no match          -
//
// Of a special entry bits 8-15 tell which: the number of bits that index the
// subtable (then 32-47 are its place), endOfBlock or invalidCode.

import "math/bits"

const (
	litBits  = 10 // a larger table takes longer to build than it saves, for blocks of 20 KB
	distBits = 8

	// Sizes with all subtables, powers of two. For 286 symbols of at most 15 bits
	// a 10-bit table never has more than 1332 entries, and an 8-bit one for 30
	// symbols never more than 402 (as counted by zlib's examples/enough.c).
	litSize  = 2048
	distSize = 512

	maxCodeLen = 15

	isLiterals = 1 << 63
	isSpecial  = 1 << 62

	endOfBlock  = 0x40 << 8
	invalidCode = 0x80 << 8
	invalid     = isSpecial | invalidCode
)

// The symbols' parts of entries: all but what the length of the codeword adds,
// which is n in the two fields that count bits.
var (
	litEntries  [288]uint64
	distEntries [32]uint64
)

func init() {
	for s := range 256 {
		litEntries[s] = isLiterals | 1<<6 | uint64(s)<<8
	}
	litEntries[256] = isSpecial | endOfBlock
	base := 3
	for s := 257; s <= 285; s++ {
		extra := 0
		if s >= 265 && s < 285 {
			extra = (s - 261) / 4
		}
		if s == 285 {
			base = 258 // 284 with all extra bits set would be, too
		}
		litEntries[s] = uint64(base)<<48 | (1<<extra-1)<<40 | uint64(extra)
		base += 1 << extra
	}
	litEntries[286], litEntries[287] = invalid, invalid
	base = 1
	for s := range 30 {
		extra := max(0, s/2-1)
		distEntries[s] = uint64(base)<<8 | (1<<extra-1)<<40 | uint64(extra)
		base += 1 << extra
	}
	distEntries[30], distEntries[31] = invalid, invalid
}

// entry completes a symbol's entry for a codeword of n bits.
func entry(symbol uint64, n int) uint64 { return symbol + uint64(n) + uint64(n)<<32 }

// build makes a table, indexed by root bits, of the code whose symbols have
// codewords of the given lengths; 0 is none. It refuses codes that have too many
// codewords, or too few: but none at all, and a single one of one bit, are
// allowed, as in zlib, and what such a code leaves open is invalid.
func build(table []uint64, root int, lengths []uint8, symbols []uint64) bool {
	var count [maxCodeLen + 1]int
	for _, n := range lengths {
		count[n&maxCodeLen]++
	}
	count[0] = 0
	var place [maxCodeLen + 2]int // in sorted, of the first symbol of each length
	free := 1                     // codewords of this length that are left
	for n := 1; n <= maxCodeLen; n++ {
		place[n+1] = place[n] + count[n]
		free = free<<1 - count[n]
		if free < 0 {
			return false
		}
	}
	used := place[maxCodeLen+1]
	if free > 0 {
		if used > 1 || used == 1 && count[1] != 1 {
			return false
		}
		for i := range table[:1<<root] {
			table[i] = invalid
		}
		for s, n := range lengths {
			if n != 0 {
				for i := 0; i < 1<<root; i += 2 {
					table[i] = entry(symbols[s], 1)
				}
			}
		}
		return true
	}
	var sorted [288 + 32]uint16 // symbols by length
	next := place
	for s, n := range lengths {
		if n != 0 {
			sorted[next[n]] = uint16(s)
			next[n]++
		}
	}

	// Codewords come in increasing order, and are read from their highest bit on:
	// code is reversed. A table for codewords of up to n bits holds those of up to
	// n-1 bits twice.
	code, size, i := 0, 1, 0
	for n := 1; n <= root; n++ {
		if i > 0 {
			copy(table[size:2*size], table[:size])
		}
		size *= 2
		for range count[n] {
			table[code] = entry(symbols[sorted[i]], n)
			i++
			code = following(code, n)
		}
	}
	mask := 1<<root - 1
	prefix, sub, width := -1, 0, 0 // of the subtable being filled
	top := 1 << root
	for n := root + 1; i < used; n++ {
		for k := count[n]; k > 0; k-- {
			if code&mask != prefix {
				prefix = code & mask
				// Wide enough for all codewords that begin so: the code is complete.
				width = n - root
				for left := 1<<width - k; left > 0; {
					width++
					left = left<<1 - count[root+width]
				}
				sub = top
				top += 1 << width
				table[prefix] = isSpecial | uint64(width)<<8 | uint64(sub)<<32
			}
			e := entry(symbols[sorted[i]], n)
			for j := code >> root; j < 1<<width; j += 1 << (n - root) {
				table[sub+j] = e
			}
			i++
			code = following(code, n)
		}
	}
	return true
}

// following is the codeword of n bits behind code, both reversed.
func following(code, n int) int {
	open := ^code & (1<<n - 1) // zeros; the topmost becomes one, the ones above it zero
	if open == 0 {
		return 0
	}
	b := 1 << (bits.Len(uint(open)) - 1)
	return code&(b-1) | b
}

// pack lets entries of the literal/length table that begin with a literal tell
// of what follows, as far as the index reaches.
func pack(t *[litSize]uint64) {
	// What follows entry i is in entry i>>n, which is below i. From the top down
	// that one is still alone. Entry 0 is followed by itself.
	zero := t[0]
	for i := 1<<litBits - 1; i >= 0; i-- {
		e := t[i]
		if e&isLiterals == 0 {
			continue
		}
		n := e & 63
		r := uint(i) >> n
		f := t[r&(1<<litBits-1)]
		if r == 0 {
			f = zero
		}
		if f&isSpecial != 0 || n+f>>32&63 > litBits {
			continue
		}
		if f&isLiterals == 0 { // a literal and a match
			t[i] = f + n<<32 + n + 1<<6 + e&0xff00
			continue
		}
		n += f & 63
		e = isLiterals | 2<<6 | e&0xff00 | f&0xff00<<8
		r >>= f & 63
		g := t[r&(1<<litBits-1)]
		if r == 0 {
			g = zero
		}
		switch {
		case g&isSpecial != 0 || n+g>>32&63 > litBits:
			t[i] = e | n
		case g&isLiterals == 0: // two literals and a match
			t[i] = g + n<<32 + n + e&^isLiterals
		default:
			t[i] = (e + 1<<6) | g&0xff00<<16 | (n + g&63)
		}
	}
}
