package inflate

// Deflate's blocks (RFC 1951): the bits of the input, the blocks' headers, and
// the loop that takes symbols.
//
// Offsets in fastGo and its twin in assembly, which checks none of its loads and stores, are in range
// whatever the input holds. A turn of its loop begins with nearInput bytes of
// input left, refills three times, and a refill reads 8 bytes and passes 7 at
// most. A turn begins with outputSlack bytes of room, and writes at most eight
// literals, a match of 258 bytes, and 16 bytes too much. A match begins at or
// behind first, where the member's output does.

import (
	"encoding/binary"
	"io"
)

const (
	history     = 32 << 10 // how far back a match can reach
	maxMatch    = 258
	outputSlack = 320
	inputSize   = 64 << 10
	// headerSize is more than a block's header can be long, which is 17+19*3+316*7
	// bits, for repetitions cost less than what they repeat, and 8 bytes more.
	headerSize = 320
	// nearInput is how much input fast needs for a turn.
	nearInput = 32
	inputPad  = headerSize
)

// formatError tells what is wrong with the data.
type formatError string

func (e formatError) Error() string { return string(e) }

const (
	errBlockType   = formatError("a block has the reserved type 3")
	errStoredSize  = formatError("the two sizes of a stored block disagree")
	errCodeCount   = formatError("a block has too many symbols")
	errCodeLengths = formatError("the code of a block's code lengths is over-subscribed or incomplete")
	errRepeat      = formatError("a repeated code length has none before it or goes beyond the last symbol")
	errLitCode     = formatError("a block's literal and length code is over-subscribed or incomplete")
	errDistCode    = formatError("a block's distance code is over-subscribed or incomplete")
	errSymbol      = formatError("a codeword stands for no symbol")
	errDistance    = formatError("a match begins before the data does")
)

// inflater is the state between calls. Its input is in[ip:end], behind bits[0:nbits]
// of acc.
type inflater struct {
	src    io.Reader
	in     []byte // inputSize, and inputPad behind it; zeros from end on once srcErr is set
	ip     int
	end    int
	before int64 // input bytes that lay before in[0]
	srcErr error // why no more will come

	acc   uint64 // the lowest nbits are those taken from in and not yet used; the others are zero
	nbits uint

	final  bool // the block at hand is the member's last
	stored int  // bytes that the stored block at hand still has
	fixed  bool // the tables are those of the fixed code

	lit  [litSize]uint64
	dist [distSize]uint64
}

// fill makes sure of n bytes of input, n at most inputSize, unless it ends.
func (z *inflater) fill(n int) {
	if z.end-z.ip >= n || z.srcErr != nil {
		return
	}
	copy(z.in, z.in[z.ip:z.end])
	z.before += int64(z.ip)
	z.end -= z.ip
	z.ip = 0
	for idle := 0; z.end < n && z.srcErr == nil; {
		k, err := z.src.Read(z.in[z.end:inputSize])
		z.end += k
		z.srcErr = err
		if k > 0 {
			idle = 0
		} else if idle++; idle > 100 && err == nil {
			z.srcErr = io.ErrNoProgress
		}
	}
	if z.srcErr != nil {
		clear(z.in[z.end : z.end+inputPad])
	}
}

// ended is the error for input that ends too early.
func (z *inflater) ended() error {
	if atEnd(z.srcErr) {
		return io.ErrUnexpectedEOF
	}
	return z.srcErr
}

// used is the number of input bytes that have been used, the last perhaps in part.
func (z *inflater) used() int64 {
	return z.before + int64(min(z.ip-int(z.nbits>>3), z.end))
}

// align passes over the rest of a byte, and gives back whole bytes.
func (z *inflater) align() {
	z.ip -= int(z.nbits >> 3)
	z.acc, z.nbits = 0, 0
}

// refill makes sure of 56 bits, which are zeros behind the input's end. The
// input must have been filled: overrun tells in the end whether there was
// enough.
func (z *inflater) refill() {
	if z.ip > z.end+inputPad-8 {
		return
	}
	z.acc |= binary.LittleEndian.Uint64(z.in[z.ip:]) << z.nbits
	z.ip += int(63-z.nbits) >> 3
	z.nbits |= 56
	z.acc &= 1<<z.nbits - 1
}

// overrun reports whether bits were used that lie behind the end.
func (z *inflater) overrun() bool { return z.ip-int(z.nbits>>3) > z.end }

// take returns the next n bits; there must be so many.
func (z *inflater) take(n uint) uint {
	v := uint(z.acc) & (1<<n - 1)
	z.acc >>= n
	z.nbits -= n
	return v
}

// block reads a block's header. stored is true where no symbols follow.
func (z *inflater) block() (stored bool, err error) {
	z.fill(headerSize)
	stored, err = z.header()
	if z.overrun() {
		return false, z.ended()
	}
	return stored, err
}

func (z *inflater) header() (stored bool, err error) {
	z.refill()
	z.final = z.take(1) == 1
	switch z.take(2) {
	case 0:
		z.align()
		if z.end-z.ip < 4 {
			z.ip = z.end + 1
			return false, nil // overrun
		}
		n := binary.LittleEndian.Uint16(z.in[z.ip:])
		if n != ^binary.LittleEndian.Uint16(z.in[z.ip+2:]) {
			return false, errStoredSize
		}
		z.ip += 4
		z.stored = int(n)
		return true, nil
	case 1:
		if !z.fixed {
			z.fixed = true
			build(z.lit[:], litBits, fixedLit[:], litEntries[:])
			build(z.dist[:], distBits, fixedDist[:], distEntries[:])
			pack(&z.lit)
		}
		return false, nil
	case 2:
		z.fixed = false
		return false, z.dynamic()
	}
	return false, errBlockType
}

// The fixed code, RFC 1951, 3.2.6.
var (
	fixedLit  [288]uint8
	fixedDist [32]uint8
)

func init() {
	for s := range fixedLit {
		switch {
		case s < 144:
			fixedLit[s] = 8
		case s < 256:
			fixedLit[s] = 9
		case s < 280:
			fixedLit[s] = 7
		default:
			fixedLit[s] = 8
		}
	}
	for s := range fixedDist {
		fixedDist[s] = 5
	}
}

// lengthOrder is the order in which the lengths of the code length code come.
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// lengthSymbols are the symbols of the code length code, as entries for build.
var lengthSymbols = func() (s [19]uint64) {
	for k := range s {
		s[k] = isLiterals | uint64(k)<<8
	}
	return s
}()

// dynamic reads the codes of a block, RFC 1951, 3.2.7.
func (z *inflater) dynamic() error {
	nlit, ndist, nlen := int(z.take(5))+257, int(z.take(5))+1, int(z.take(4))+4
	if nlit > 286 || ndist > 30 {
		return errCodeCount
	}
	var order [19]uint8
	for k := range nlen {
		if z.nbits < 3 {
			z.refill()
		}
		order[lengthOrder[k]] = uint8(z.take(3))
	}
	const root = 7
	var table [1 << root]uint64
	if !build(table[:], root, order[:], lengthSymbols[:]) {
		return errCodeLengths
	}
	var lengths [286 + 30 + 138]uint8 // and what a repetition at the end may write too much
	n := nlit + ndist
	for k := 0; k < n; {
		if z.nbits < 7+7 {
			z.refill()
			if z.overrun() {
				return nil
			}
		}
		e := table[z.acc&(1<<root-1)]
		if e&isSpecial != 0 {
			return errSymbol
		}
		z.take(uint(e & 63))
		var value uint8
		var times int
		switch s := uint8(e >> 8); s {
		default:
			lengths[k] = s
			k++
			continue
		case 16:
			if k == 0 {
				return errRepeat
			}
			value, times = lengths[k-1], 3+int(z.take(2))
		case 17:
			times = 3 + int(z.take(3))
		case 18:
			times = 11 + int(z.take(7))
		}
		if k+times > n {
			return errRepeat
		}
		for range times {
			lengths[k] = value
			k++
		}
	}
	if !build(z.lit[:], litBits, lengths[:nlit], litEntries[:]) {
		return errLitCode
	}
	if !build(z.dist[:], distBits, lengths[nlit:n], distEntries[:]) {
		return errDistCode
	}
	pack(&z.lit)
	return nil
}

// symbols decodes symbols to b[op:] until the block ends (done) or there is no
// more room. Matches may begin at first or behind it.
func (z *inflater) symbols(b []byte, op, first int) (_ int, done bool, err error) {
	for !done && err == nil && op <= len(b)-outputSlack {
		z.fill(2 * nearInput)
		if z.end-z.ip >= 2*nearInput {
			op, done, err = z.fast(b, op, first)
		} else {
			op, done, err = z.careful(b, op, first)
		}
	}
	return op, done, err
}

// fastGo is symbols as long as there is plenty of input. It has a twin in assembly,
// symbols_amd64.s, which does the same step by step.
//
// acc has nbits&63 bits that count; those above them are what the input has
// there too, so that or-ing it in again does no harm. A turn begins with 56 at
// least. Entries of the table itself take 10 for literals, and 43 for literals
// and a match with its distance, those of a subtable 48.
func (z *inflater) fastGo(b []byte, op, first int) (_ int, done bool, err error) {
	in := z.in
	ip, acc, nbits := z.ip, z.acc, z.nbits
	lit, dist := (*[1 << litBits]uint64)(z.lit[:]), (*[1 << distBits]uint64)(z.dist[:])
	inLimit, outLimit := z.end-nearInput, len(b)-outputSlack

	acc |= load8(in, ip) << (nbits & 63)
	ip += int(^nbits >> 3 & 7)
	nbits |= 56
	e := lit[acc&(1<<litBits-1)]
	for ip <= inLimit && op <= outLimit {
		if int64(e) < 0 {
			store4(b, op, uint32(e>>8))
			op += int(e >> 6 & 3)
			acc >>= e & 63
			nbits -= uint(e)
			e = lit[acc&(1<<litBits-1)]
			if int64(e) < 0 {
				store4(b, op, uint32(e>>8))
				op += int(e >> 6 & 3)
				acc >>= e & 63
				nbits -= uint(e)
				e = lit[acc&(1<<litBits-1)]
				if int64(e) < 0 {
					store4(b, op, uint32(e>>8))
					op += int(e >> 6 & 3)
					acc >>= e & 63
					nbits -= uint(e)
					acc |= load8(in, ip) << (nbits & 63)
					ip += int(^nbits >> 3 & 7)
					nbits |= 56
					e = lit[acc&(1<<litBits-1)]
					continue
				}
				acc |= load8(in, ip) << (nbits & 63)
				ip += int(^nbits >> 3 & 7)
				nbits |= 56
			}
		}
		if e&isSpecial != 0 {
			acc |= load8(in, ip) << (nbits & 63)
			ip += int(^nbits >> 3 & 7)
			nbits |= 56
			if e&(endOfBlock|invalidCode) == 0 {
				e = z.lit[(e>>32+acc>>litBits&(1<<(e>>8&15)-1))%litSize]
			}
			if int64(e) < 0 {
				store4(b, op, uint32(e>>8))
				op++
				acc >>= e & 63
				nbits -= uint(e)
				acc |= load8(in, ip) << (nbits & 63)
				ip += int(^nbits >> 3 & 7)
				nbits |= 56
				e = lit[acc&(1<<litBits-1)]
				continue
			}
			if e&endOfBlock != 0 && e&isSpecial != 0 {
				acc >>= e & 63
				nbits -= uint(e)
				done = true
				break
			}
			if e&isSpecial != 0 {
				err = errSymbol
				break
			}
		}

		// A match, perhaps with literals in front.
		store4(b, op, uint32(e>>8))
		op += int(e >> 6 & 3)
		end := op + int(e>>48) + int(acc>>(e>>32&63)&(e>>40&0x1f))
		acc >>= e & 63
		nbits -= uint(e)
		d := dist[acc&(1<<distBits-1)]
		if d&isSpecial != 0 {
			if d&invalidCode == 0 {
				d = z.dist[(d>>32+acc>>distBits&(1<<(d>>8&15)-1))%distSize]
			}
			if d&isSpecial != 0 {
				err = errSymbol
				break
			}
		}
		distance := int(d>>8&0x7fff) + int(acc>>(d>>32&63)&(d>>40))
		acc >>= d & 63
		nbits -= uint(d)
		acc |= load8(in, ip) << (nbits & 63)
		ip += int(^nbits >> 3 & 7)
		nbits |= 56
		e = lit[acc&(1<<litBits-1)]
		from := op - distance
		if from < first {
			err = errDistance
			break
		}
		if distance >= 16 {
			move16(b, op, from)
			for op += 16; op < end; op += 16 {
				from += 16
				move16(b, op, from)
			}
		} else {
			repeat(b, op, distance, end)
		}
		op = end
	}

	z.ip, z.acc, z.nbits = ip, acc, nbits
	z.giveBack()
	return op, done, err
}

// giveBack gives back what fast took ahead.
func (z *inflater) giveBack() {
	z.nbits &= 63
	z.ip -= int(z.nbits >> 3)
	z.nbits &= 7
	z.acc &= 1<<z.nbits - 1
}

// repeat writes b[op:end], which repeats the bytes in front of it, of which
// there are less than 16, and up to 16 bytes more.
func repeat(b []byte, op, distance, end int) {
	switch {
	case distance == 1:
		v := uint64(b[op-1]) * 0x0101010101010101
		for ; op < end; op += 8 {
			store8(b, op, v)
		}
	case distance >= 8:
		for ; op < end; op += 8 {
			store8(b, op, load8(b, op-distance))
		}
	default:
		// Of the 8 bytes that are read all or the first distance ones are right.
		for ; op < end; op += distance {
			store8(b, op, load8(b, op-distance))
		}
	}
}

// careful is symbols where the input is about to end: nothing is written that
// depends on bits behind it.
func (z *inflater) careful(b []byte, op, first int) (_ int, done bool, err error) {
	for op <= len(b)-outputSlack {
		z.refill()
		e := z.lit[z.acc&(1<<litBits-1)]
		if e&isSpecial != 0 && e&(endOfBlock|invalidCode) == 0 {
			e = z.lit[(e>>32+z.acc>>litBits&(1<<(e>>8&15)-1))%litSize]
		}
		extra := uint(z.acc >> (e >> 32 & 63) & (e >> 40 & 0x1f))
		z.take(uint(e & 63))
		if z.overrun() {
			return op, false, z.ended()
		}
		if e&isSpecial != 0 {
			if e&endOfBlock != 0 {
				return op, true, nil
			}
			return op, false, errSymbol
		}
		store4(b, op, uint32(e>>8))
		op += int(e >> 6 & 3)
		if e&isLiterals != 0 {
			continue
		}
		length := int(e>>48) + int(extra)
		z.refill()
		d := z.dist[z.acc&(1<<distBits-1)]
		if d&isSpecial != 0 && d&invalidCode == 0 {
			d = z.dist[(d>>32+z.acc>>distBits&(1<<(d>>8&15)-1))%distSize]
		}
		extra = uint(z.acc >> (d >> 32 & 63) & (d >> 40))
		z.take(uint(d & 63))
		if z.overrun() {
			return op, false, z.ended()
		}
		if d&isSpecial != 0 {
			return op, false, errSymbol
		}
		distance := int(d>>8&0x7fff) + int(extra)
		if op-distance < first {
			return op, false, errDistance
		}
		for range length {
			b[op] = b[op-distance]
			op++
		}
	}
	return op, false, nil
}

// copyStored copies bytes of a stored block.
func (z *inflater) copyStored(b []byte, op int) (int, error) {
	for z.stored > 0 && op <= len(b)-outputSlack {
		z.fill(1)
		n := copy(b[op:len(b)-outputSlack+1], z.in[z.ip:min(z.end, z.ip+z.stored)])
		if n == 0 {
			return op, z.ended()
		}
		z.ip += n
		z.stored -= n
		op += n
	}
	return op, nil
}
