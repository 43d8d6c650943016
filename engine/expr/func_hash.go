package expr

// Hashes that are no cryptography: xxHash64, MurmurHash3 (128 bits, x64) and
// SpookyHash V2, after their authors' published algorithms. airlift's Slices give
// the same bits.

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/ionq-db/ionq/engine/kernel"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/types"
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

// xxHash64Int is xxHash64 of x's 8 bytes, little-endian, with seed 0.
func xxHash64Int(x uint64) uint64 {
	h := bits.RotateLeft64(uint64(xxSeed8)^xxRound(0, x), 27)*xxPrime1 + xxPrime4
	h = (h ^ h>>33) * xxPrime2
	h = (h ^ h>>29) * xxPrime3
	return h ^ h>>32
}

// xxSeed8 is where the hash of 8 bytes begins.
const xxSeed8 = xxPrime5 + 8

// XXHashes hashes the first n rows of v into h's memory as Trino's operator
// XX_HASH_64 does, which approx_distinct and checksum are made of: rows of equal
// values hash alike; NULL is 0. The type is comparable.
func XXHashes(h []uint64, v *page.Vector, n int) []uint64 {
	h = sized(h, n)
	each := func(f func(i int) uint64) {
		for i := range h {
			if v.IsNull(i) {
				h[i] = 0
			} else {
				h[i] = f(i)
			}
		}
	}
	switch v.Phys {
	case page.PhysNone:
		clear(h)
	case page.PhysBool:
		each(func(i int) uint64 {
			if v.Bools[i] {
				return xxHash64Int(1)
			}
			return xxHash64Int(0)
		})
	case page.PhysInt64:
		if v.Type.Kind == types.KindDecimal && v.Type.P > 18 { // a long decimal that fits
			each(func(i int) uint64 { return xxHash64Int(uint64(v.I64[i]>>63)) ^ xxHash64Int(uint64(v.I64[i])) })
			break
		}
		each(func(i int) uint64 { return xxHash64Int(uint64(v.I64[i])) })
	case page.PhysFloat64:
		isReal := v.Type.Kind == types.KindReal
		each(func(i int) uint64 {
			x := v.F64[i] + 0 // -0 is 0
			if isReal {
				if x != x {
					return xxHash64Int(0x7fc00000) // Java's one NaN
				}
				return xxHash64Int(uint64(int64(int32(math.Float32bits(float32(x))))))
			}
			return xxHash64Int(javaDoubleBits(x))
		})
	case page.PhysInt128:
		if v.Type.Kind == types.KindTimestamp {
			each(func(i int) uint64 {
				micros, picos := timestampAt(v, i)
				return xxHash64Int(uint64(micros)) ^ xxHash64Int(uint64(picos))
			})
			break
		}
		each(func(i int) uint64 { return xxHash64Int(uint64(v.I128[i].Hi)) ^ xxHash64Int(v.I128[i].Lo) })
	case page.PhysInstant:
		each(func(i int) uint64 {
			x := xxHash64Int(uint64(v.TZ[i].Millis))
			if v.Type.P > 3 {
				x ^= xxHash64Int(uint64(v.TZ[i].Picos))
			}
			return x
		})
	case page.PhysTimeTZ:
		utc := make([]int64, v.Len)
		kernel.UTCOfDay(utc, v.TimeTZ[:v.Len])
		each(func(i int) uint64 {
			if v.Type.P <= 9 {
				return xxHash64Int(uint64(utc[i] / 1000))
			}
			return xxHash64Int(uint64(utc[i]))
		})
	case page.PhysBytes:
		if v.Type.Kind == types.KindUUID || v.Type.Kind == types.KindIPAddress {
			each(func(i int) uint64 {
				b := []byte(v.Str[i])
				return xxHash64Int(binary.LittleEndian.Uint64(b)) ^ xxHash64Int(binary.LittleEndian.Uint64(b[8:]))
			})
			break
		}
		each(func(i int) uint64 { return xxHash64([]byte(v.Str[i]), 0) })
	case page.PhysArray, page.PhysMap:
		containerHashes(h, v, func(c *page.Vector, n int) []uint64 { return XXHashes(nil, c, n) })
	case page.PhysRow: // RowType asks its fields for the other kind of hash
		containerHashes(h, v, hashCodes)
	}
	return h
}

// containerHashes puts the hashes of arrays, maps and rows together from those of
// their elements.
func containerHashes(h []uint64, v *page.Vector, of func(c *page.Vector, n int) []uint64) []uint64 {
	kids := make([][]uint64, len(v.Children))
	for k, c := range v.Children {
		kids[k] = of(c, c.Len)
	}
	for i := range h {
		x := uint64(0)
		switch {
		case v.IsNull(i):
		case v.Phys == page.PhysArray:
			for _, e := range kids[0][v.Off[i]:v.Off[i+1]] {
				x = 31*x + e
			}
		case v.Phys == page.PhysMap:
			for k := v.Off[i]; k < v.Off[i+1]; k++ {
				x += kids[0][k] ^ kids[1][k]
			}
		default:
			x = 1
			for _, f := range kids {
				x = 31*x + f[i]
			}
		}
		h[i] = x
	}
	return h
}

// hashCodes hashes the first n rows of v as Trino's operator HASH_CODE does, of
// which a row's XX_HASH_64 is made: numbers are multiplied, all else is as in
// XXHashes.
func hashCodes(v *page.Vector, n int) []uint64 {
	mix := func(x uint64) uint64 { return bits.RotateLeft64(x*xxPrime2, 31) * xxPrime1 } // AbstractLongType.hash
	h := make([]uint64, n)
	each := func(f func(i int) uint64) []uint64 {
		for i := range h {
			if !v.IsNull(i) {
				h[i] = f(i)
			}
		}
		return h
	}
	switch v.Phys {
	case page.PhysArray, page.PhysMap, page.PhysRow:
		return containerHashes(h, v, hashCodes)
	case page.PhysInt64:
		if v.Type.Kind == types.KindDecimal && v.Type.P > 18 {
			break
		}
		return each(func(i int) uint64 { return mix(uint64(v.I64[i])) })
	case page.PhysFloat64:
		return each(func(i int) uint64 {
			x := v.F64[i] + 0
			if v.Type.Kind == types.KindReal {
				if x != x {
					return mix(0x7fc00000)
				}
				return mix(uint64(int64(int32(math.Float32bits(float32(x))))))
			}
			return mix(javaDoubleBits(x))
		})
	case page.PhysInstant:
		if v.Type.P <= 3 {
			return each(func(i int) uint64 { return mix(uint64(v.TZ[i].Millis)) })
		}
	}
	return XXHashes(h, v, n)
}

// MurmurHashes hashes the first n rows of v, integers or bytes, as airlift's
// HyperLogLog does: the first half of MurmurHash3 of their bytes.
func MurmurHashes(h []uint64, v *page.Vector, n int) []uint64 {
	h = sized(h, n)
	var eight [8]byte
	for i := range h {
		switch {
		case v.IsNull(i):
			h[i] = 0
		case v.Phys == page.PhysBytes:
			h[i], _ = murmur3([]byte(v.Str[i]))
		default:
			x := uint64(0)
			if v.Phys == page.PhysFloat64 {
				x = javaDoubleBits(v.F64[i])
			} else {
				x = uint64(v.I64[i])
			}
			binary.LittleEndian.PutUint64(eight[:], x)
			h[i], _ = murmur3(eight[:])
		}
	}
	return h
}
