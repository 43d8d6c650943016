package expr

// Hashes that are no cryptography: xxHash64, MurmurHash3 (128 bits, x64) and
// SpookyHash V2, after their authors' published algorithms. airlift's Slices give
// the same bits.

import (
	"encoding/binary"
	"math/bits"

	"github.com/ionq-db/ionq/reader/page"
)

const (
	xxPrime1 = 0x9E3779B185EBCA87
	xxPrime2 = 0xC2B2AE3D27D4EB4F
	xxPrime3 = 0x165667B19E3779F9
	xxPrime4 = 0x85EBCA77C2B2AE63
	xxPrime5 = 0x27D4EB2F165667C5
)

func xxRound(acc, lane uint64) uint64 {
	return bits.RotateLeft64(acc+lane*xxPrime2, 31) * xxPrime1
}

// xxHash64 hashes b.
func xxHash64(b []byte, seed uint64) uint64 {
	le := binary.LittleEndian
	n := uint64(len(b))
	h := seed + xxPrime5
	if len(b) >= 32 {
		v := [4]uint64{seed + xxPrime1, seed + xxPrime2, seed, seed - xxPrime1}
		v[0] += xxPrime2
		for ; len(b) >= 32; b = b[32:] {
			for k := range v {
				v[k] = xxRound(v[k], le.Uint64(b[8*k:]))
			}
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) + bits.RotateLeft64(v[3], 18)
		for _, x := range v {
			h = (h^xxRound(0, x))*xxPrime1 + xxPrime4
		}
	}
	h += n
	for ; len(b) >= 8; b = b[8:] {
		h = bits.RotateLeft64(h^xxRound(0, le.Uint64(b)), 27)*xxPrime1 + xxPrime4
	}
	if len(b) >= 4 {
		h = bits.RotateLeft64(h^uint64(le.Uint32(b))*xxPrime1, 23)*xxPrime2 + xxPrime3
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*xxPrime5, 11) * xxPrime1
	}
	h = (h ^ h>>33) * xxPrime2
	h = (h ^ h>>29) * xxPrime3
	return h ^ h>>32
}

// murmur3 hashes b with seed 0; the result is two little-endian words.
func murmur3(b []byte) (h1, h2 uint64) {
	const c1, c2 = 0x87c37b91114253d5, 0x4cf5ad432745937f
	le := binary.LittleEndian
	n := uint64(len(b))
	mix1 := func(k uint64) uint64 { return bits.RotateLeft64(k*c1, 31) * c2 }
	mix2 := func(k uint64) uint64 { return bits.RotateLeft64(k*c2, 33) * c1 }
	for ; len(b) >= 16; b = b[16:] {
		h1 = (bits.RotateLeft64(h1^mix1(le.Uint64(b)), 27)+h2)*5 + 0x52dce729
		h2 = (bits.RotateLeft64(h2^mix2(le.Uint64(b[8:])), 31)+h1)*5 + 0x38495ab5
	}
	var tail [16]byte
	copy(tail[:], b)
	if len(b) > 8 {
		h2 ^= mix2(le.Uint64(tail[8:]))
	}
	if len(b) > 0 {
		h1 ^= mix1(le.Uint64(tail[:]))
	}
	final := func(k uint64) uint64 {
		k = (k ^ k>>33) * 0xff51afd7ed558ccd
		k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
		return k ^ k>>33
	}
	h1 ^= n
	h2 ^= n
	h1 += h2
	h2 += h1
	h1, h2 = final(h1), final(h2)
	h1 += h2
	return h1, h2 + h1
}

const spookyConst = 0xdeadbeefdeadbeef

// spooky is SpookyHash V2 with seeds 0: the first of its two words.
func spooky(b []byte) uint64 {
	if len(b) < 192 {
		return spookyShort(b)
	}
	le := binary.LittleEndian
	var h [12]uint64
	for k := range h {
		if k%3 == 2 {
			h[k] = spookyConst
		}
	}
	rot := [12]int{11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46}
	mix := func(d []byte) {
		for k := range h {
			h[k] += le.Uint64(d[8*k:])
			h[(k+2)%12] ^= h[(k+10)%12]
			h[(k+11)%12] ^= h[k]
			h[k] = bits.RotateLeft64(h[k], rot[k])
			h[(k+11)%12] += h[(k+1)%12]
		}
	}
	n := len(b)
	for ; len(b) >= 96; b = b[96:] {
		mix(b)
	}
	var last [96]byte
	copy(last[:], b)
	last[95] = byte(n % 96)
	for k := range h {
		h[k] += le.Uint64(last[8*k:])
	}
	endRot := [12]int{44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54}
	for range 3 {
		for k := range 12 {
			h[(k+11)%12] += h[(k+1)%12]
			h[(k+2)%12] ^= h[(k+11)%12]
			h[(k+1)%12] = bits.RotateLeft64(h[(k+1)%12], endRot[k])
		}
	}
	return h[0]
}

// spookyShort is the form for messages below 192 bytes.
func spookyShort(b []byte) uint64 {
	le := binary.LittleEndian
	n := uint64(len(b))
	var h [4]uint64
	h[2], h[3] = spookyConst, spookyConst
	mix := func() {
		for k, r := range [12]int{50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36} {
			a, c, d := (k+2)%4, (k+3)%4, k%4
			h[a] = bits.RotateLeft64(h[a], r) + h[c]
			h[d] ^= h[a]
		}
	}
	for ; len(b) >= 32; b = b[32:] {
		h[2] += le.Uint64(b)
		h[3] += le.Uint64(b[8:])
		mix()
		h[0] += le.Uint64(b[16:])
		h[1] += le.Uint64(b[24:])
	}
	if len(b) >= 16 {
		h[2] += le.Uint64(b)
		h[3] += le.Uint64(b[8:])
		mix()
		b = b[16:]
	}
	h[3] += n << 56
	if len(b) == 0 {
		h[2] += spookyConst
		h[3] += spookyConst
	} else {
		var tail [16]byte
		copy(tail[:], b)
		h[2] += le.Uint64(tail[:])
		h[3] += le.Uint64(tail[8:])
	}
	for k, r := range [11]int{15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63} {
		a, c := (k+3)%4, (k+2)%4
		h[a] ^= h[c]
		h[c] = bits.RotateLeft64(h[c], r)
		h[a] += h[c]
	}
	return h[0]
}

func init() {
	register("xxhash64(varbinary)", func(a *Args, i int, out *page.Builder) error {
		out.Bytes(binary.BigEndian.AppendUint64(nil, xxHash64([]byte(a.str(0, i)), 0)))
		return nil
	})
	register("murmur3(varbinary)", func(a *Args, i int, out *page.Builder) error {
		h1, h2 := murmur3([]byte(a.str(0, i)))
		out.Bytes(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, h1), h2))
		return nil
	})
	register("spooky_hash_v2_32(varbinary)", func(a *Args, i int, out *page.Builder) error {
		out.Bytes(binary.BigEndian.AppendUint32(nil, uint32(spooky([]byte(a.str(0, i))))))
		return nil
	})
	register("spooky_hash_v2_64(varbinary)", func(a *Args, i int, out *page.Builder) error {
		out.Bytes(binary.BigEndian.AppendUint64(nil, spooky([]byte(a.str(0, i)))))
		return nil
	})
}
