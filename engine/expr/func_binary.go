package expr

// Bodies of the binary functions (VarbinaryFunctions, HmacFunctions in Trino's
// source).

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"math"
	"strings"

	"github.com/ionq-db/ionq/reader/page"
)

// coded registers to_x and from_x.
func coded(name string, encode func([]byte) string, decode func(string) ([]byte, error)) {
	register("to_"+name+"(varbinary)", func(a *Args, i int, out *page.Builder) error {
		out.StringNoCopy(encode([]byte(a.str(0, i))))
		return nil
	})
	for _, t := range []string{"varchar(x)", "varbinary"} {
		register("from_"+name+"("+t+")", func(a *Args, i int, out *page.Builder) error {
			b, err := decode(a.str(0, i))
			if err == nil {
				out.Bytes(b)
			}
			return err
		})
	}
}

// base64Decoder takes text with its padding or without it, as Java's does.
func base64Decoder(enc *base64.Encoding) func(string) ([]byte, error) {
	return func(s string) ([]byte, error) {
		if strings.ContainsAny(s, "\r\n") { // Go's decoder would skip them
			return nil, invalidArgument("Illegal base64 character")
		}
		bare := enc.WithPadding(base64.NoPadding)
		body := strings.TrimRight(s, "=")
		if pad := len(s) - len(body); pad > 0 && (pad > 2 || len(s)%4 != 0) {
			return nil, invalidArgument("Input byte array has wrong 4-byte ending unit")
		}
		b, err := bare.DecodeString(body)
		if err != nil {
			return nil, invalidArgument("%s", err)
		}
		return b, nil
	}
}

func init() {
	coded("base64", base64.StdEncoding.EncodeToString, base64Decoder(base64.StdEncoding))
	coded("base64url", base64.URLEncoding.EncodeToString, base64Decoder(base64.URLEncoding))
	coded("base32", base32.StdEncoding.EncodeToString, func(s string) ([]byte, error) {
		b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(s, "="))
		if err != nil || strings.ContainsAny(s, "\r\n") {
			return nil, invalidArgument("Invalid base32 text")
		}
		return b, nil
	})
	coded("hex", func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }, func(s string) ([]byte, error) {
		if len(s)%2 != 0 {
			return nil, invalidArgument("invalid input length %d", len(s))
		}
		b, err := hex.DecodeString(s)
		if err != nil {
			return nil, invalidArgument("%s", err)
		}
		return b, nil
	})
	bigEndian("big_endian_64(bigint)", 8, func(v *page.Vector, i int) uint64 { return uint64(v.I64[i]) }, func(x uint64, out *page.Builder) { out.Int64(int64(x)) })
	bigEndian("big_endian_32(integer)", 4, func(v *page.Vector, i int) uint64 { return uint64(uint32(v.I64[i])) }, func(x uint64, out *page.Builder) { out.Int64(int64(int32(x))) })
	bigEndian("ieee754_64(double)", 8, func(v *page.Vector, i int) uint64 { return javaDoubleBits(v.F64[i]) }, func(x uint64, out *page.Builder) { out.Float64(math.Float64frombits(x)) })
	bigEndian("ieee754_32(real)", 4, func(v *page.Vector, i int) uint64 { return uint64(math.Float32bits(float32(v.F64[i]))) }, func(x uint64, out *page.Builder) { out.Float64(float64(math.Float32frombits(uint32(x)))) })
	for name, h := range map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New} {
		register(name+"(varbinary)", func(a *Args, i int, out *page.Builder) error {
			return digest(h(), a.str(0, i), out)
		})
		register("hmac_"+name+"(varbinary, varbinary)", func(a *Args, i int, out *page.Builder) error {
			return digest(hmac.New(h, []byte(a.str(1, i))), a.str(0, i), out)
		})
	}
	register("crc32(varbinary)", func(a *Args, i int, out *page.Builder) error {
		out.Int64(int64(crc32.ChecksumIEEE([]byte(a.str(0, i)))))
		return nil
	})
}

func digest(h hash.Hash, data string, out *page.Builder) error {
	if _, err := h.Write([]byte(data)); err != nil {
		return err
	}
	out.Bytes(h.Sum(nil))
	return nil
}

// bigEndian registers to_name(type) and from_name(varbinary) for values of size
// bytes.
func bigEndian(id string, size int, get func(v *page.Vector, i int) uint64, put func(x uint64, out *page.Builder)) {
	register("to_"+id, func(a *Args, i int, out *page.Builder) error {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], get(a.Vecs[0], i))
		out.Bytes(b[8-size:])
		return nil
	})
	name, _, _ := strings.Cut(id, "(")
	register("from_"+name+"(varbinary)", func(a *Args, i int, out *page.Builder) error {
		s := a.str(0, i)
		if len(s) != size {
			if strings.HasPrefix(name, "ieee754") {
				return invalidArgument("Input floating-point value must be exactly %d bytes long", size)
			}
			return invalidArgument("expected %d-byte input, but got instead: %d", size, len(s))
		}
		var b [8]byte
		copy(b[8-size:], s)
		put(binary.BigEndian.Uint64(b[:]), out)
		return nil
	})
}

// javaDoubleBits is Double.doubleToLongBits: one NaN, without Go's payload.
func javaDoubleBits(x float64) uint64 {
	if math.IsNaN(x) {
		return 0x7ff8000000000000
	}
	return math.Float64bits(x)
}
