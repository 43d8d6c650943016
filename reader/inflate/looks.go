package inflate

// What a file is by its first bytes, for hints: a codec is told from the name
// alone, and a wrong name is a common mistake.

import "bytes"

// magics are first bytes that no data file of Ion or JSON text begins with. The
// marks are those of the formats' own definitions.
var magics = []struct {
	at    int
	magic string
	what  string
}{
	{0, "\x1f\x8b\x08", "gzip data"},
	{0, "\x28\xb5\x2f\xfd", "zstd data"},
	{0, "BZh", "bzip2 data"},
	{0, "\xfd7zXZ\x00", "xz data"},
	{0, "\x04\x22\x4d\x18", "LZ4 data"},
	{0, "\xff\x06\x00\x00sNaPpY", "Snappy data"},
	{0, "PK\x03\x04", "a zip archive"},
	{0, "PK\x05\x06", "a zip archive"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive"},
	{0, "Rar!\x1a\x07", "a rar archive"},
	{257, "ustar", "a tar archive"},
	{0, "PAR1", "a Parquet file"},
	{0, "ORC", "an ORC file"},
}

// Looks says what b, the beginning of a file that could not be read, looks like:
// "gzip data", "a zip archive"; or "".
func Looks(b []byte) string {
	for _, m := range magics {
		if len(b) > m.at && bytes.HasPrefix(b[m.at:], []byte(m.magic)) {
			return m.what
		}
	}
	return ""
}
