package sketch

// States of digests to the last bit, for what goes to disk in the middle of an
// aggregation: other than the stored forms (Bytes), which merge first.

import (
	"encoding/binary"
	"math"
)

// State is the digest to the last bit.
func (d *TDigest) State() []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(d.room))
	flags := byte(0)
	if d.backwards {
		flags |= 1
	}
	if d.pending {
		flags |= 2
	}
	return d.appendTo(append(b, flags))
}

// TDigestOf reads a State.
func TDigestOf(b []byte) (*TDigest, error) {
	if len(b) < 5 {
		return nil, errState
	}
	d, err := ParseTDigest(b[5:])
	if err != nil {
		return nil, err
	}
	d.room = int(binary.LittleEndian.Uint32(b))
	d.backwards, d.pending = b[4]&1 != 0, b[4]&2 != 0
	return d, nil
}

// State is the digest to the last bit.
func (d *QDigest) State() []byte {
	return d.appendTo(binary.LittleEndian.AppendUint64(nil, math.Float64bits(d.total)))
}

// QDigestOf reads a State.
func QDigestOf(b []byte) (*QDigest, error) {
	if len(b) < 8 {
		return nil, errState
	}
	d, err := ParseQDigest(b[8:])
	if err == nil {
		d.total = math.Float64frombits(binary.LittleEndian.Uint64(b)) // the sum of the counts in their first order
	}
	return d, err
}

// HLLOf reads the stored form of a sketch that took in values one by one.
func HLLOf(b []byte) (*HLL, error) {
	h, err := ParseHLL(b)
	if err == nil {
		h.room = grownRoom(len(h.entries))
	}
	return h, err
}

// SetDigestOf reads the stored form of a digest that took in values one by one.
func SetDigestOf(b []byte) (*SetDigest, error) {
	d, err := ParseSetDigest(b)
	if err == nil {
		d.hll.room = grownRoom(len(d.hll.entries))
	}
	return d, err
}
