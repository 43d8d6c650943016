// Package output writes results: Athena's result files byte for byte (csv,
// txt), and forms for people and programs (table, json, jsonl, api).
package output

// The text of a value as Athena's result file and GetQueryResults give it
// (semantics 6.4 and 11.1). It differs from CAST(x AS varchar), which is
// engine/expr's business, most of all for doubles.

import (
	"net/netip"
	"strconv"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/types"
)

// AppendText appends the text of row i of v, which is not NULL.
func AppendText(dst []byte, v *page.Vector, i int) []byte {
	switch v.Phys {
	case page.PhysBool:
		return strconv.AppendBool(dst, v.Bools[i])
	case page.PhysInt64:
		return appendInt64(dst, v.Type, v.I64[i])
	case page.PhysFloat64:
		bits := 64
		if v.Type.Kind == types.KindReal {
			bits = 32
		}
		return types.AppendFloat(dst, v.F64[i], bits)
	case page.PhysInt128:
		if v.Type.Kind == types.KindTimestamp {
			micros, picos := types.SplitPicos(v.I128[i].Hi, v.I128[i].Lo)
			return types.AppendTimestamp(dst, micros, picos, int(v.Type.P))
		}
		return decimal.Append(dst, v.I128[i], int(v.Type.S))
	case page.PhysInstant:
		return types.AppendTimestampTZ(dst, v.TZ[i], int(v.Type.P))
	case page.PhysTimeTZ:
		return types.AppendTimeTZ(dst, v.TimeTZ[i], int(v.Type.P))
	case page.PhysBytes:
		return appendBytes(dst, v.Type, v.Str[i])
	case page.PhysArray:
		dst = append(dst, '[')
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if k > int(v.Off[i]) {
				dst = append(dst, ", "...)
			}
			dst = appendElement(dst, v.Children[0], k)
		}
		return append(dst, ']')
	case page.PhysMap:
		dst = append(dst, '{')
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if k > int(v.Off[i]) {
				dst = append(dst, ", "...)
			}
			dst = appendElement(dst, v.Children[0], k)
			dst = append(dst, '=')
			dst = appendElement(dst, v.Children[1], k)
		}
		return append(dst, '}')
	case page.PhysRow:
		dst = append(dst, '{')
		for k, f := range v.Type.Fields() {
			if k > 0 {
				dst = append(dst, ", "...)
			}
			// A field without a name prints its value alone (measured:
			// semantics 11.1, {1, x}).
			if f.Name != "" {
				dst = append(dst, f.Name...)
				dst = append(dst, '=')
			}
			dst = appendElement(dst, v.Children[k], i)
		}
		return append(dst, '}')
	}
	return dst
}

// appendElement appends a value inside a container: as outside, bare and
// unescaped, with null for NULL (trap 56).
func appendElement(dst []byte, v *page.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(dst, "null"...)
	}
	return AppendText(dst, v, i)
}

func appendInt64(dst []byte, t types.Type, x int64) []byte {
	switch t.Kind {
	case types.KindDecimal:
		return decimal.Append(dst, decimal.FromInt64(x), int(t.S))
	case types.KindDate:
		return types.AppendDateResult(dst, x)
	case types.KindTime:
		return types.AppendTime(dst, x, int(t.P))
	case types.KindTimestamp:
		return types.AppendTimestamp(dst, x, 0, int(t.P))
	case types.KindIntervalYearMonth:
		return types.AppendIntervalYearMonth(dst, x)
	case types.KindIntervalDaySecond:
		return types.AppendIntervalDaySecond(dst, x)
	case types.KindColor:
		return types.AppendColor(dst, x)
	}
	return strconv.AppendInt(dst, x, 10)
}

func appendBytes(dst []byte, t types.Type, s string) []byte {
	switch t.Kind {
	case types.KindChar:
		dst = append(dst, s...)
		for n := int(t.P) - codePoints(s); n > 0; n-- {
			dst = append(dst, ' ')
		}
		return dst
	case types.KindVarchar, types.KindJSON:
		return append(dst, s...)
	case types.KindUUID:
		const hex = "0123456789abcdef"
		for k := 0; k < len(s); k++ {
			if k == 4 || k == 6 || k == 8 || k == 10 {
				dst = append(dst, '-')
			}
			dst = append(dst, hex[s[k]>>4], hex[s[k]&15])
		}
		return dst
	case types.KindIPAddress:
		if addr, ok := netip.AddrFromSlice([]byte(s)); ok {
			return addr.Unmap().AppendTo(dst)
		}
		return append(dst, s...)
	}
	// varbinary and the sketches: lower-case hex pairs with blanks between.
	const hex = "0123456789abcdef"
	for k := 0; k < len(s); k++ {
		if k > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, hex[s[k]>>4], hex[s[k]&15])
	}
	return dst
}

func codePoints(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i]&0xC0 != 0x80 {
			n++
		}
	}
	return n
}
