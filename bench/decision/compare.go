package decision

// Comparing answers of two engines.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Same reports how two answers differ; "" where they do not. Values are text, nil
// is NULL. Numbers may be written with more or fewer zeros at their end; what one
// of the engines writes as a double (it has an exponent, or more digits than any
// decimal here) may differ in the last digits, everything else not at all.
func Same(got, want [][]*string) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("row %d of %d is missing: %s", i+1, len(want), text(want[i]))
		case i >= len(want):
			return fmt.Sprintf("row %d is one too many: %s", i+1, text(got[i]))
		case len(got[i]) != len(want[i]):
			return fmt.Sprintf("row %d: %d columns instead of %d", i+1, len(got[i]), len(want[i]))
		}
		for k := range got[i] {
			if !same(got[i][k], want[i][k]) {
				return fmt.Sprintf("row %d, column %d: got %s, want %s", i+1, k+1, text(got[i]), text(want[i]))
			}
		}
	}
	return ""
}

func text(row []*string) string {
	parts := make([]string, len(row))
	for i, v := range row {
		parts[i] = "NULL"
		if v != nil {
			parts[i] = *v
		}
	}
	return strings.Join(parts, " | ")
}

func same(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := plain(*a), plain(*b)
	if x == y {
		return true
	}
	if !double(x) && !double(y) {
		return false
	}
	f, err := strconv.ParseFloat(x, 64)
	g, err2 := strconv.ParseFloat(y, 64)
	return err == nil && err2 == nil && math.Abs(f-g) <= 1e-12*max(math.Abs(f), math.Abs(g))
}

// plain takes the zeros off a number's end.
func plain(s string) string {
	if strings.ContainsRune(s, '.') && strings.Trim(s, "-0123456789.") == "" {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// double tells a number that is a double's: decimals here have at most 6 places.
func double(s string) bool {
	if strings.Trim(s, "-+0123456789.eE") != "" {
		return false
	}
	_, fraction, ok := strings.Cut(s, ".")
	return strings.ContainsAny(s, "eE") || ok && len(fraction) > 6
}

// EncodeRows writes rows as lines of JSON arrays.
func EncodeRows(rows [][]*string) []byte {
	var out []byte
	for _, r := range rows {
		b, err := json.Marshal(r)
		if err != nil {
			panic("BUG: " + err.Error()) // strings always marshal
		}
		out = append(append(out, b...), '\n')
	}
	return out
}

// DecodeRows reads what EncodeRows wrote.
func DecodeRows(b []byte) ([][]*string, error) {
	var out [][]*string
	for d := json.NewDecoder(bytes.NewReader(b)); ; {
		var r []*string
		if err := d.Decode(&r); err != nil {
			if errors.Is(err, io.EOF) {
				return out, nil
			}
			return nil, err
		}
		out = append(out, r)
	}
}
