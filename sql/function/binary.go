package function

// Signatures of the binary functions (Trino's list-by-topic "Binary";
// VarbinaryFunctions and HmacFunctions in Trino's source) and of the URL
// functions (UrlFunctions).

import "github.com/ionq-db/ionq/sql/types"

var _ = defineBinary()

func defineBinary() bool {
	bin := func(name, sig, doc string) {
		define(&Function{Name: name, Sig: sig, Doc: doc, Category: "binary"})
	}
	for _, n := range []string{"base64", "base64url", "base32", "hex"} {
		bin("to_"+n, "(varbinary) -> varchar", "Encode binary data as "+n)
		bin("from_"+n, "(varchar(x)) -> varbinary", "Decode "+n+" encoded binary data")
		bin("from_"+n, "(varbinary) -> varbinary", "Decode "+n+" encoded binary data")
	}
	for n, t := range map[string]string{"big_endian_64": "bigint", "big_endian_32": "integer", "ieee754_64": "double", "ieee754_32": "real"} {
		bin("to_"+n, "("+t+") -> varbinary", "Encode value as big endian bytes")
		bin("from_"+n, "(varbinary) -> "+t, "Decode value from big endian bytes")
	}
	for _, n := range []string{"md5", "sha1", "sha256", "sha512"} {
		bin(n, "(varbinary) -> varbinary", "Compute "+n+" hash")
		bin("hmac_"+n, "(varbinary, varbinary) -> varbinary", "Compute HMAC with "+n)
	}
	bin("crc32", "(varbinary) -> bigint", "Compute CRC-32")
	bin("xxhash64", "(varbinary) -> varbinary", "Compute xxhash64 hash")
	bin("murmur3", "(varbinary) -> varbinary", "Compute murmur3 hash")
	bin("spooky_hash_v2_32", "(varbinary) -> varbinary", "Compute SpookyHashV2 32-bit hash")
	bin("spooky_hash_v2_64", "(varbinary) -> varbinary", "Compute SpookyHashV2 64-bit hash")
	bin("contains", "(varchar, ipaddress) -> boolean", "Determines whether given IP address exists in the CIDR")

	url := func(name, sig, doc string) {
		define(&Function{Name: name, Sig: sig, Doc: doc, Category: "url"})
	}
	for _, n := range []string{"protocol", "host", "path", "query", "fragment"} {
		url("url_extract_"+n, "(varchar(x)) -> varchar(x)", "Extract "+n+" from url")
	}
	url("url_extract_port", "(varchar(x)) -> bigint", "Extract port from url")
	url("url_extract_parameter", "(varchar(x), varchar(y)) -> varchar(x)", "Extract query parameter from url")
	url("url_decode", "(varchar(x)) -> varchar(x)", "Unescape a URL-encoded string")
	define(&Function{
		Name: "url_encode", Sig: "(varchar(x)) -> varchar(y)", Doc: "Escape a string for use in URL query parameter names and values", Category: "url",
		Result: func(a []types.Type) (types.Type, error) {
			return types.VarcharN(int(min(types.Unbounded, int64(a[0].P)*12))), nil
		},
	})
	return true
}
