package types

// Floats as Java prints them.

import (
	"math"
	"strconv"
	"strings"
)

// AppendFloat appends x as Double.toString (bits 64) or Float.toString (bits
// 32) does: plain between 1e-3 and 1e7 with at least one decimal, else d.dddE±x;
// the shortest digits that read back as the same value.
func AppendFloat(dst []byte, x float64, bits int) []byte {
	switch {
	case math.IsNaN(x):
		return append(dst, "NaN"...)
	case math.IsInf(x, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(x, -1):
		return append(dst, "-Infinity"...)
	}
	if a := math.Abs(x); a != 0 && (a < 1e-3 || a >= 1e7) {
		return AppendFloatScientific(dst, x, bits)
	}
	at := len(dst)
	dst = strconv.AppendFloat(dst, x, 'f', -1, bits)
	for _, c := range dst[at:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// AppendFloatScientific appends a finite x as d.dddE±x with at least one digit
// behind the point, which is also what CAST(double AS varchar) prints
// (DecimalFormat 0.0###################E0).
func AppendFloatScientific(dst []byte, x float64, bits int) []byte {
	var buf [32]byte
	text := string(strconv.AppendFloat(buf[:0], x, 'e', -1, bits)) // 1e+20, 1.5e-07
	mantissa, exponent, _ := strings.Cut(text, "e")
	dst = append(dst, mantissa...)
	if !strings.Contains(mantissa, ".") {
		dst = append(dst, ".0"...)
	}
	dst = append(dst, 'E')
	if exponent[0] == '-' {
		dst = append(dst, '-')
	}
	if digits := strings.TrimLeft(exponent[1:], "0"); digits != "" {
		return append(dst, digits...)
	}
	return append(dst, '0')
}
