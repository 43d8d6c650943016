package types

// Values of the type color (ColorType in Trino's source): 0xRRGGBB, or one of the
// terminal's own colours as -(index+1).

// SystemColors are the names of the terminal's own colours, by index.
var SystemColors = [...]string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}

// AppendColor writes a colour as Trino prints it: #rrggbb, or its name.
func AppendColor(dst []byte, c int64) []byte {
	if c < 0 {
		return append(dst, SystemColors[-(c+1)]...)
	}
	const hex = "0123456789abcdef"
	dst = append(dst, '#')
	for shift := 20; shift >= 0; shift -= 4 {
		dst = append(dst, hex[c>>shift&15])
	}
	return dst
}
