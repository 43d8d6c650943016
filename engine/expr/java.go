package expr

// Numbers as Java reads and prints them.

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ionq-db/ionq/sql/types"
)

// javaFloat is Double.toString (bits 64) or Float.toString (bits 32).
func javaFloat(x float64, bits int) string { return string(types.AppendFloat(nil, x, bits)) }

// castFloatText is CAST(double AS varchar), and of a real.
func castFloatText(x float64, bits int) string {
	switch {
	case x == 0 && math.Signbit(x):
		return "-0E0"
	case x == 0:
		return "0E0"
	case math.IsNaN(x) || math.IsInf(x, 0):
		return javaFloat(x, bits)
	}
	return string(types.AppendFloatScientific(nil, x, bits))
}

// parseJavaInt is Long.parseLong and its like: a sign, then digits of any
// script.
func parseJavaInt(s string, bits int) (int64, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			s = asciiDigits(s)
			break
		}
	}
	v, err := strconv.ParseInt(s, 10, bits)
	return v, err == nil
}

// asciiDigits replaces decimal digits of other scripts.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || !unicode.IsDigit(r) {
			return r
		}
		for _, x := range unicode.Nd.R16 {
			if r >= rune(x.Lo) && r <= rune(x.Hi) {
				return '0' + (r-rune(x.Lo))%10
			}
		}
		for _, x := range unicode.Nd.R32 {
			if r >= rune(x.Lo) && r <= rune(x.Hi) {
				return '0' + (r-rune(x.Lo))%10
			}
		}
		return r
	}, s)
}

// parseJavaFloat is Double.parseDouble (bits 64) or Float.parseFloat (bits 32):
// control characters and blanks around do not count, NaN and Infinity are
// spelled so, d and f may follow, hexadecimal floats need their exponent.
func parseJavaFloat(s string, bits int) (float64, bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	body := s
	if body != "" && (body[0] == '+' || body[0] == '-') {
		body = body[1:]
	}
	switch body {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		if s[0] == '-' {
			return math.Inf(-1), true
		}
		return math.Inf(1), true
	case "":
		return 0, false
	}
	hex := len(body) > 2 && body[0] == '0' && (body[1] == 'x' || body[1] == 'X')
	if last := body[len(body)-1]; strings.IndexByte("fFdD", last) >= 0 && (!hex || strings.ContainsAny(body, "pP")) {
		s, body = s[:len(s)-1], body[:len(body)-1]
	}
	if body == "" || !hex && strings.Trim(body, "0123456789.eE+-") != "" || strings.ContainsRune(body, '_') {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, bits)
	if err != nil && !strings.HasSuffix(err.Error(), strconv.ErrRange.Error()) {
		return 0, false
	}
	return x, true
}
