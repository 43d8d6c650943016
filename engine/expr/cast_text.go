package expr

// Casts from and to varchar, char and varbinary (VarcharOperators,
// CharacterStringCasts, DateOperators, TimestampToVarcharCast, UuidOperators,
// IpAddressOperators and their like; semantics 5.6).

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// textOf registers the cast of a kind to varchar. The text is ASCII; where
// checked, one longer than the target is an error.
func textOf(from types.Kind, checked bool, print func(b []byte, t types.Type, v *page.Vector, i int) []byte) {
	registerCast(from, types.KindVarchar, func(from, to types.Type) (castFunc, error) {
		var buf []byte
		return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
			buf = print(buf[:0], from, v, i)
			if checked && len(buf) > int(to.P) {
				if from.Kind == types.KindBoolean {
					return invalidCast("Cannot cast '%s' to varchar(%d)", buf, to.P)
				}
				if from.Kind == types.KindReal || from.Kind == types.KindDouble {
					return invalidCast("Value %s (%s) cannot be represented as varchar(%d)", javaFloat(v.F64[i], floatBits(from)), buf, to.P)
				}
				return invalidCast("Value %s cannot be represented as varchar(%d)", buf, to.P)
			}
			out.Bytes(buf)
			return nil
		}, nil
	})
}

func floatBits(t types.Type) int {
	if t.Kind == types.KindReal {
		return 32
	}
	return 64
}

// fromText registers the cast of varchar to a kind: a parser that tells the
// error itself.
func fromText(to types.Kind, parse func(env *Env, s string, to types.Type, out *page.Builder) error) {
	registerCast(types.KindVarchar, to, func(_, to types.Type) (castFunc, error) {
		return func(env *Env, v *page.Vector, i int, out *page.Builder) error {
			return parse(env, v.Str[i], to, out)
		}, nil
	})
}

func init() {
	textOf(types.KindBoolean, true, func(b []byte, _ types.Type, v *page.Vector, i int) []byte {
		return strconv.AppendBool(b, v.Bools[i])
	})
	for _, k := range []types.Kind{types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint} {
		textOf(k, true, func(b []byte, _ types.Type, v *page.Vector, i int) []byte {
			return strconv.AppendInt(b, v.I64[i], 10)
		})
	}
	for _, k := range []types.Kind{types.KindReal, types.KindDouble} {
		textOf(k, true, func(b []byte, t types.Type, v *page.Vector, i int) []byte {
			return append(b, castFloatText(v.F64[i], floatBits(t))...)
		})
	}
	textOf(types.KindDecimal, true, func(b []byte, t types.Type, v *page.Vector, i int) []byte {
		return decimal.Append(b, v.Int128At(i), int(t.S))
	})
	textOf(types.KindDate, true, func(b []byte, _ types.Type, v *page.Vector, i int) []byte {
		return types.AppendDate(b, v.I64[i])
	})
	textOf(types.KindTime, true, func(b []byte, t types.Type, v *page.Vector, i int) []byte {
		return types.AppendTime(b, v.I64[i], int(t.P))
	})
	textOf(types.KindTimeTZ, true, func(b []byte, t types.Type, v *page.Vector, i int) []byte {
		return types.AppendTimeTZ(b, v.TimeTZ[i], int(t.P))
	})
	textOf(types.KindTimestamp, true, func(b []byte, t types.Type, v *page.Vector, i int) []byte {
		micros, picos := timestampAt(v, i)
		return types.AppendTimestamp(b, micros, picos, int(t.P))
	})
	textOf(types.KindTimestampTZ, true, func(b []byte, t types.Type, v *page.Vector, i int) []byte {
		return types.AppendTimestampTZ(b, v.TZ[i], int(t.P))
	})
	textOf(types.KindIntervalDaySecond, true, func(b []byte, _ types.Type, v *page.Vector, i int) []byte {
		return types.AppendIntervalDaySecond(b, v.I64[i])
	})
	textOf(types.KindIntervalYearMonth, true, func(b []byte, _ types.Type, v *page.Vector, i int) []byte {
		return types.AppendIntervalYearMonth(b, v.I64[i])
	})
	textOf(types.KindUUID, false, func(b []byte, _ types.Type, v *page.Vector, i int) []byte {
		return appendUUID(b, v.Str[i])
	})
	textOf(types.KindIPAddress, false, func(b []byte, _ types.Type, v *page.Vector, i int) []byte {
		if a, ok := netip.AddrFromSlice([]byte(v.Str[i])); ok {
			return a.Unmap().AppendTo(b)
		}
		return b
	})

	fromText(types.KindBoolean, func(_ *Env, s string, _ types.Type, out *page.Builder) error {
		switch {
		case len(s) == 1 && strings.Contains("tT1", s), len(s) == 4 && strings.EqualFold(s, "true"):
			out.Bool(true)
		case len(s) == 1 && strings.Contains("fF0", s), asciiFold(s, "false"):
			out.Bool(false)
		default:
			return invalidCast("Cannot cast '%s' to BOOLEAN", s)
		}
		return nil
	})
	for k, n := range map[types.Kind]struct {
		bits int
		name string
	}{types.KindTinyint: {8, "TINYINT"}, types.KindSmallint: {16, "SMALLINT"}, types.KindInteger: {32, "INT"}, types.KindBigint: {64, "BIGINT"}} {
		fromText(k, func(_ *Env, s string, _ types.Type, out *page.Builder) error {
			v, ok := parseJavaInt(types.TrimSpace(s), n.bits) // blanks do not count: semantics 5.6
			if !ok {
				return invalidCast("Cannot cast '%s' to %s", s, n.name)
			}
			out.Int64(v)
			return nil
		})
	}
	for k, name := range map[types.Kind]string{types.KindReal: "REAL", types.KindDouble: "DOUBLE"} {
		fromText(k, func(_ *Env, s string, to types.Type, out *page.Builder) error {
			x, ok := parseJavaFloat(s, floatBits(to))
			if !ok {
				return invalidCast("Cannot cast '%s' to %s", s, name)
			}
			out.Float64(x)
			return nil
		})
	}
	fromText(types.KindDecimal, func(_ *Env, s string, to types.Type, out *page.Builder) error {
		v, status := decimal.ParseJava(s, int(to.P), int(to.S))
		switch status {
		case decimal.ParseNotANumber:
			return invalidCast("Cannot cast VARCHAR '%s' to DECIMAL(%d, %d). Value is not a number.", s, to.P, to.S)
		case decimal.ParseTooLarge:
			return invalidCast("Cannot cast VARCHAR '%s' to DECIMAL(%d, %d). Value too large.", s, to.P, to.S)
		}
		out.Int128(v)
		return nil
	})
	fromText(types.KindDate, func(_ *Env, s string, _ types.Type, out *page.Builder) error {
		days, err := types.ParseDate(types.TrimSpace(s))
		if err != nil {
			return invalidCast("Value cannot be cast to date: %s", s)
		}
		out.Int64(days)
		return nil
	})
	fromText(types.KindTime, func(_ *Env, s string, to types.Type, out *page.Builder) error {
		picos, err := types.ParseTime(s, int(to.P))
		if err != nil {
			return invalidCast("Value cannot be cast to time: %s", s)
		}
		out.Int64(picos)
		return nil
	})
	fromText(types.KindTimeTZ, func(env *Env, s string, to types.Type, out *page.Builder) error {
		t, err := types.ParseTimeTZ(s, int(to.P), env.sessionOffset())
		if err != nil {
			return invalidCast("Value cannot be cast to time with time zone: %s", s)
		}
		out.TimeTZ(t)
		return nil
	})
	fromText(types.KindTimestamp, func(_ *Env, s string, to types.Type, out *page.Builder) error {
		micros, picos, err := types.ParseTimestamp(s, int(to.P))
		if err != nil {
			return timestampTextError(s, err)
		}
		appendTimestamp(out, micros, picos)
		return nil
	})
	fromText(types.KindTimestampTZ, func(env *Env, s string, to types.Type, out *page.Builder) error {
		t, err := types.ParseTimestampTZ(s, int(to.P), env.Zone)
		if err != nil {
			return timestampTextError(s, err)
		}
		out.Instant(t)
		return nil
	})
	fromText(types.KindUUID, func(_ *Env, s string, _ types.Type, out *page.Builder) error {
		u, ok := parseUUID(s)
		switch {
		case !ok:
			return invalidCast("Cannot cast value to UUID: %s", s)
		case len(s) != 36:
			return invalidCast("Invalid UUID string length: %d", len(s))
		}
		out.String(string(u[:]))
		return nil
	})
	fromText(types.KindIPAddress, func(_ *Env, s string, _ types.Type, out *page.Builder) error {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return invalidCast("Cannot cast value to IPADDRESS: %s", s)
		}
		b := a.As16()
		out.String(string(b[:]))
		return nil
	})
	simpleCast(types.KindVarbinary, types.KindUUID, func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
		if s := v.Str[i]; len(s) != 16 {
			return invalidCast("Invalid UUID binary length: %d", len(s))
		}
		out.String(v.Str[i])
		return nil
	})
	simpleCast(types.KindVarbinary, types.KindIPAddress, func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
		switch s := v.Str[i]; len(s) {
		case 4:
			out.String("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff" + s)
		case 16:
			out.String(s)
		default:
			return invalidCast("Invalid IP address binary length: %d", len(s))
		}
		return nil
	})

	registerCast(types.KindVarchar, types.KindVarchar, func(_, to types.Type) (castFunc, error) {
		return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
			out.String(firstRunes(v.Str[i], int(to.P)))
			return nil
		}, nil
	})
	// A char value is held without its padding, so what is cut off at its end
	// goes too.
	toChar := func(_, to types.Type) (castFunc, error) {
		return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
			out.String(strings.TrimRight(firstRunes(v.Str[i], int(to.P)), " "))
			return nil
		}, nil
	}
	registerCast(types.KindVarchar, types.KindChar, toChar)
	registerCast(types.KindChar, types.KindChar, toChar)
	registerCast(types.KindChar, types.KindVarchar, func(from, to types.Type) (castFunc, error) {
		n := int(min(from.P, to.P))
		return func(_ *Env, v *page.Vector, i int, out *page.Builder) error {
			s := firstRunes(v.Str[i], n)
			if pad := n - utf8.RuneCountInString(s); pad > 0 {
				s += strings.Repeat(" ", pad)
			}
			out.String(s)
			return nil
		}, nil
	})
}

func timestampTextError(s string, err error) error {
	if z, ok := err.(*types.ZoneError); ok { //nolint:errorlint // never wrapped
		return sqlerr.New(sqlerr.NotSupported, "%s", z.Error())
	}
	return invalidCast("Value cannot be cast to timestamp: %s", s)
}

// asciiFold reports whether s is word, whatever the case of its ASCII letters.
func asciiFold(s, word string) bool { return len(s) == len(word) && strings.EqualFold(s, word) }

// firstRunes returns the first n code points of s.
func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func appendUUID(b []byte, u string) []byte {
	if len(u) != 16 {
		return b
	}
	for k, part := range []string{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if k > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, []byte(part))
	}
	return b
}

// parseUUID reads five groups of hexadecimal digits; short groups are filled up,
// long ones lose their front, as in java.util.UUID.fromString.
func parseUUID(s string) (u [16]byte, ok bool) {
	groups := strings.Split(s, "-")
	if len(groups) != 5 || len(s) > 36 {
		return u, false
	}
	at := 0
	for k, width := range []int{4, 2, 2, 2, 6} {
		v, err := strconv.ParseUint(groups[k], 16, 64)
		if err != nil {
			return u, false
		}
		for j := range width {
			u[at+j] = byte(v >> (8 * (width - 1 - j)))
		}
		at += width
	}
	return u, true
}
