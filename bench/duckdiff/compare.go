package duckdiff

// Values of both engines in one form, and their comparison: nil, bool, number (the
// text of an exact number), float64, string, and []any for arrays, rows and maps.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// number is an exact number: no sign of zero, no zeros at either end. Dates are
// days, timestamps microseconds.
type exact string

func number(s string) exact {
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimLeft(strings.TrimPrefix(s, "-"), "0")
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	switch {
	case s == "":
		return "0"
	case s[0] == '.':
		s = "0" + s
	}
	if neg {
		s = "-" + s
	}
	return exact(s)
}

// fromDuck gives DuckDB's value the form of a type. A value that cannot be of the
// type stays what it is, and so is equal to nothing.
func fromDuck(t types.Type, v any) any {
	switch x := v.(type) {
	case string:
		switch t.Kind {
		case types.KindVarchar, types.KindTimestampTZ, types.KindIntervalDaySecond, types.KindIntervalYearMonth, types.KindVarbinary, types.KindJSON:
			return x
		case types.KindChar:
			return strings.TrimRight(x, " ")
		case types.KindTime:
			if n, err := strconv.ParseInt(x, 10, 64); err == nil { // DuckDB's microseconds
				return string(types.AppendTime(nil, n*1e6, int(t.P)))
			}
			return x
		case types.KindReal:
			f, err := strconv.ParseFloat(x, 32)
			if err == nil {
				return f
			}
			return v
		case types.KindDouble:
			f, err := strconv.ParseFloat(x, 64)
			if err == nil {
				return f
			}
			return v
		}
		if f, err := strconv.ParseFloat(x, 64); err == nil && strings.ContainsAny(x, "eEN") {
			return f // a double where there should be none
		}
		return number(x)
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			switch t.Kind {
			case types.KindArray:
				out[i] = fromDuck(t.Elem(), e)
			case types.KindRow:
				if i < len(t.Fields()) {
					out[i] = fromDuck(t.Fields()[i].Type, e)
				}
			case types.KindMap:
				kv := e.([]any)
				out[i] = []any{fromDuck(t.Key(), kv[0]), fromDuck(t.Value(), kv[1])}
			}
		}
		if t.Kind == types.KindMap {
			return sorted(out)
		}
		return out
	}
	return v
}

// sorted orders a map's entries, which have no order.
func sorted(entries []any) []any {
	slices.SortFunc(entries, func(a, b any) int { return strings.Compare(show(a), show(b)) })
	return entries
}

// show prints a value so that equal ones print alike, and others do not. Zeros have
// no sign (see Differences).
func show(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case bool:
		return strconv.FormatBool(x)
	case exact:
		return string(x)
	case float64:
		if x == 0 {
			return "0e0"
		}
		return strconv.FormatFloat(x, 'e', -1, 64)
	case string:
		return strconv.Quote(x)
	case []any:
		var b strings.Builder
		b.WriteByte('[')
		for i, e := range x {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(show(e))
		}
		b.WriteByte(']')
		return b.String()
	}
	return fmt.Sprintf("BUG: %T", v)
}

// tolerance of sums of doubles, relative to the larger value; small absolute values
// count as zero where large ones were added up.
const tolerance, small = 1e-9, 1e-6

func near(a, b any) bool {
	x, ok1 := a.(float64)
	y, ok2 := b.(float64)
	if !ok1 || !ok2 {
		return show(a) == show(b)
	}
	if math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return show(a) == show(b)
	}
	return math.Abs(x-y) <= max(tolerance*max(math.Abs(x), math.Abs(y)), small)
}

// byValue orders doubles, behind all else.
func byValue(a, b any) int {
	x, ok1 := a.(float64)
	y, ok2 := b.(float64)
	switch {
	case ok1 && ok2:
		return cmp.Compare(x, y)
	case ok1:
		return 1
	case ok2:
		return -1
	}
	return strings.Compare(show(a), show(b))
}

// differ compares the rows of both; it gives "" or what is different. Rows are a
// multiset unless ordered.
func differ(cols []*Column, a, b [][]any, ordered bool) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d rows, theirs %d", len(a), len(b))
	}
	exactKey := func(r []any) string {
		var s strings.Builder
		for i, c := range cols {
			if !c.Approx {
				s.WriteString(show(r[i]))
			}
			s.WriteByte('|')
		}
		return s.String()
	}
	type keyed struct {
		key string
		row []any
	}
	prepare := func(rows [][]any) []keyed {
		out := make([]keyed, len(rows))
		for i, r := range rows {
			out[i] = keyed{exactKey(r), r}
		}
		if !ordered {
			// By the approximate columns too: values that differ by less than the
			// tolerance then find their own.
			slices.SortStableFunc(out, func(x, y keyed) int {
				c := strings.Compare(x.key, y.key)
				for i := 0; c == 0 && i < len(cols); i++ {
					if cols[i].Approx {
						c = byValue(x.row[i], y.row[i])
					}
				}
				return c
			})
		}
		return out
	}
	alike := func(x, y keyed) bool {
		for k, c := range cols {
			if c.Approx && !near(x.row[k], y.row[k]) {
				return false
			}
		}
		return x.key == y.key
	}
	x, y := prepare(a), prepare(b)
	for i := range x {
		// Among rows that are equal but for the approximate columns, the one that is
		// alike may be a later one.
		j := i
		for !ordered && j+1 < len(y) && y[j+1].key == x[i].key && !alike(x[i], y[j]) {
			j++
		}
		if !alike(x[i], y[j]) {
			return fmt.Sprintf("row %d: %s, theirs %s", i+1, show(x[i].row), show(y[i].row))
		}
		y[i], y[j] = y[j], y[i]
	}
	return ""
}

// identical compares what two configurations of ionq gave, to the last bit and in
// order.
func identical(a, b [][]any) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d and %d rows", len(a), len(b))
	}
	for i := range a {
		if x, y := bits(a[i]), bits(b[i]); x != y {
			return fmt.Sprintf("row %d: %s and %s", i+1, x, y)
		}
	}
	return ""
}

func bits(v any) string {
	switch x := v.(type) {
	case float64:
		if x == 0 && math.Signbit(x) {
			return "-0e0"
		}
		if math.IsNaN(x) {
			return "NaN"
		}
	case []any:
		var b []string
		for _, e := range x {
			b = append(b, bits(e))
		}
		return "[" + strings.Join(b, ", ") + "]"
	}
	return show(v)
}

// sameType tells whether a column's type is the expected one. The lengths of
// varchars are not foretold.
func sameType(got, want types.Type) bool {
	if got.Kind != want.Kind {
		return false
	}
	switch got.Kind {
	case types.KindVarchar:
		return true
	case types.KindArray, types.KindMap, types.KindRow:
		g, w := got.Fields(), want.Fields()
		if len(g) != len(w) {
			return false
		}
		for i := range g {
			if !sameType(g[i].Type, w[i].Type) {
				return false
			}
		}
		return true
	}
	return got == want
}
