package inflate

// The gzip format (RFC 1952) around deflate: members, one after the other, with
// their headers, checksums and lengths.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// ownSize is the size of read's buffer.
const ownSize = history + 64<<10 + outputSlack

var (
	errHeader   = errors.New("no gzip header")
	errChecksum = errors.New("the checksum is wrong")
)

// gunzip decompresses gzip members. It gives the bytes in one of two ways: to
// the end of a buffer that still holds what it gave last (readOnto), which saves
// a copy, or to any place (read), by way of a buffer of its own.
type gunzip struct {
	inflater
	state  state
	crc    uint32
	length uint32 // of the member, as its trailer has it
	since  int    // bytes of the member that matches can reach
	begun  bool   // a member was begun
	err    error  // sticky

	own      []byte // for read; own[from:to] has yet to be given
	from, to int
}

func (z *gunzip) started() bool { return z.begun }

// state is what comes next.
type state uint8

const (
	atMember state = iota
	atBlock
	inSymbols
	inStored
	atTrailer
)

// reset begins with the first member of what src has.
func (z *gunzip) reset(src io.Reader) {
	if z.in == nil {
		z.in = make([]byte, inputSize+inputPad)
	}
	z.src = src
	z.ip, z.end, z.before, z.srcErr = 0, 0, 0, nil
	z.acc, z.nbits = 0, 0
	z.state, z.begun, z.err = atMember, false, nil
	z.since, z.from, z.to = 0, 0, 0
}

// readOnto decompresses to b[end:], of which it leaves less than outputSlack
// bytes unused, but may write to them, unless the data ends first. b[:end] ends
// with what was given last, of which the last history bytes are needed. It
// returns how many bytes it gave: at least one where err is nil.
func (z *gunzip) readOnto(b []byte, end int) (n int, err error) {
	if min(z.since, history) > end {
		panic("BUG: inflate: the history is gone")
	}
	op, from := end, end // b[from:op] has not been summed
	first := end - min(z.since, history)
	for z.err == nil && op <= len(b)-outputSlack {
		switch z.state {
		case atMember:
			if z.err = z.header(); z.err == nil {
				z.state, z.crc, z.length = atBlock, 0, 0
				first, from = op, op
			}
		case atBlock:
			var stored bool
			if stored, z.err = z.block(); stored {
				z.state = inStored
			} else {
				z.state = inSymbols
			}
		case inSymbols:
			var done bool
			if op, done, z.err = z.symbols(b, op, first); done {
				z.blockEnd()
			}
		case inStored:
			if op, z.err = z.copyStored(b, op); z.stored == 0 {
				z.blockEnd()
			}
		case atTrailer:
			z.sum(b[from:op])
			from = op
			if z.err = z.trailer(); z.err == nil {
				z.state = atMember
			}
		}
	}
	z.sum(b[from:op])
	z.since = min(op-first, history)
	if op > end {
		return op - end, nil
	}
	return 0, z.err
}

func (z *gunzip) blockEnd() {
	z.state = atBlock
	if z.final {
		z.state = atTrailer
	}
}

func (z *gunzip) sum(b []byte) {
	z.crc = crc32.Update(z.crc, crc32.IEEETable, b)
	z.length += uint32(len(b))
}

// trailer checks a member's trailer.
func (z *gunzip) trailer() error {
	z.align()
	z.fill(8)
	if z.end-z.ip < 8 {
		z.ip = z.end
		return z.ended()
	}
	t := z.in[z.ip:]
	z.ip += 8
	if binary.LittleEndian.Uint32(t) != z.crc || binary.LittleEndian.Uint32(t[4:]) != z.length {
		return errChecksum
	}
	return nil
}

// Flags of a member's header.
const (
	flagHeaderCRC = 1 << 1
	flagExtra     = 1 << 2
	flagName      = 1 << 3
	flagComment   = 1 << 4
	flagReserved  = 7 << 5
)

// header reads a member's header. The error is io.EOF where there is no further
// member: not a single byte.
func (z *gunzip) header() error {
	const size = 10
	z.fill(size)
	switch n := z.end - z.ip; {
	case n == 0:
		if z.srcErr == nil {
			panic("BUG: inflate: no input and no reason")
		}
		return z.srcErr
	case n < size:
		z.ip = z.end
		return z.ended()
	}
	h := z.in[z.ip : z.ip+size]
	flags := h[3]
	if h[0] != 0x1f || h[1] != 0x8b || h[2] != 8 {
		return errHeader
	}
	crc := crc32.ChecksumIEEE(h)
	z.ip += size
	// pass goes over n bytes, or up to and over a zero.
	pass := func(n int, toZero bool) error {
		for n > 0 {
			z.fill(1)
			b := z.in[z.ip:z.end]
			if len(b) == 0 {
				return z.ended()
			}
			if k := bytes.IndexByte(b, 0); toZero && k >= 0 {
				n, b = 0, b[:k+1]
			} else if !toZero {
				b = b[:min(n, len(b))]
				n -= len(b)
			}
			crc = crc32.Update(crc, crc32.IEEETable, b)
			z.ip += len(b)
		}
		return nil
	}
	word := func() (int, error) {
		z.fill(2)
		if z.end-z.ip < 2 {
			z.ip = z.end
			return 0, z.ended()
		}
		return int(binary.LittleEndian.Uint16(z.in[z.ip:])), nil
	}
	if flags&flagExtra != 0 {
		n, err := word()
		if err == nil {
			err = pass(2+n, false)
		}
		if err != nil {
			return err
		}
	}
	for _, f := range []byte{flagName, flagComment} {
		if flags&f != 0 {
			if err := pass(1, true); err != nil {
				return err
			}
		}
	}
	if flags&flagHeaderCRC != 0 {
		sum, err := word()
		if err != nil {
			return err
		}
		if sum != int(crc&0xffff) {
			return errHeader
		}
		z.ip += 2
	}
	if flags&flagReserved != 0 {
		return errHeader
	}
	z.begun = true
	return nil
}

// read is io.Reader's Read, but may give nothing without an error.
func (z *gunzip) read(p []byte) (n int, err error) {
	if z.from == z.to {
		if z.own == nil {
			z.own = make([]byte, ownSize)
		}
		keep := min(z.to, history)
		copy(z.own, z.own[z.to-keep:z.to])
		n, err := z.readOnto(z.own, keep)
		z.from, z.to = keep, keep+n
		if err != nil {
			return 0, err
		}
	}
	n = copy(p, z.own[z.from:z.to])
	z.from += n
	return n, nil
}
