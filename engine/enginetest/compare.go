package enginetest

// What tests over the folder shared/conformance share: opening its files, and
// comparing values with those that it expects.

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// ConformanceFile opens a file of the conformance folder, or skips the test.
func ConformanceFile(t testing.TB, name string) *os.File {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.Open(filepath.Join(dir, "..", "shared", "conformance", name))
	if err != nil {
		t.Skip("no conformance folder")
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

type expected struct {
	T string          `json:"t"`
	V json.RawMessage `json:"v"`
}

// MatchDatum compares a value with the expected one, {"t": type, "v": value} as
// the conformance files write it. Doubles may differ by tolerance times the
// expected value.
func MatchDatum(ty types.Type, d plan.Datum, raw json.RawMessage, tolerance float64) error {
	var w expected
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	text := strings.TrimSpace(string(w.V))
	if text == "null" || d.Null {
		if (text == "null") != d.Null {
			return fmt.Errorf("NULL is %v", d.Null)
		}
		return nil
	}
	switch ty.Kind {
	case types.KindArray, types.KindRow:
		var list []json.RawMessage
		if err := json.Unmarshal(w.V, &list); err != nil {
			return err
		}
		if len(list) != len(d.L) {
			return fmt.Errorf("%d elements, want %d", len(d.L), len(list))
		}
		for k, e := range list {
			et := ty.Fields()[0].Type
			if ty.Kind == types.KindRow {
				et = ty.Fields()[k].Type
			}
			if err := MatchDatum(et, d.L[k], e, tolerance); err != nil {
				return fmt.Errorf("element %d: %w", k, err)
			}
		}
		return nil
	case types.KindMap:
		var list [][]json.RawMessage
		if err := json.Unmarshal(w.V, &list); err != nil {
			return err
		}
		if 2*len(list) != len(d.L) {
			return fmt.Errorf("%d entries, want %d", len(d.L)/2, len(list))
		}
		for _, e := range list { // in any order
			found := false
			for k := 0; k < len(d.L) && !found; k += 2 {
				found = MatchDatum(ty.Key(), d.L[k], e[0], tolerance) == nil && MatchDatum(ty.Value(), d.L[k+1], e[1], tolerance) == nil
			}
			if !found {
				return fmt.Errorf("no entry like %s", e)
			}
		}
		return nil
	case types.KindReal, types.KindDouble:
		want, err := strconv.ParseFloat(strings.Trim(text, `"`), 64)
		if err != nil {
			return err
		}
		if ty.Kind == types.KindReal {
			want = float64(float32(want)) // the cases write 1.23 for the real next to it
		}
		if got := d.F; got != want && !(math.IsNaN(got) && math.IsNaN(want)) && !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
			return fmt.Errorf("got %v, want %v", got, want)
		}
		return nil
	}
	want := text
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(w.V, &want); err != nil {
			return err
		}
	}
	got := ""
	switch ty.Kind {
	case types.KindBoolean:
		got = strconv.FormatBool(d.B)
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		got, want = strconv.FormatInt(d.I, 10), strings.TrimSuffix(want, ".0")
	case types.KindDecimal: // the scale is checked by the type, where it is given
		got, want = trimZeros(decimal.Format(d.D, int(ty.S))), trimZeros(want)
	case types.KindVarbinary:
		got = hex.EncodeToString([]byte(d.S))
	case types.KindVarchar, types.KindJSON:
		got = d.S
	case types.KindChar:
		got, want = strings.TrimRight(d.S, " "), strings.TrimRight(want, " ")
	default:
		cast := &plan.Cast{Base: plan.Base{T: types.Varchar}, X: &plan.Const{Base: plan.Base{T: ty}, V: d}}
		v, err := expr.Fold(cast, &expr.Env{})
		if err != nil {
			return err
		}
		got = v.S
		// The expected texts are those of results, which write five-digit years
		// without a sign and a time's offset behind a blank.
		switch ty.Kind {
		case types.KindTimestamp, types.KindTimestampTZ, types.KindDate:
			got = strings.TrimPrefix(got, "+")
		case types.KindTimeTZ:
			want = strings.ReplaceAll(want, " ", "")
		}
	}
	if got != want {
		return fmt.Errorf("got %s, want %s", got, want)
	}
	return nil
}

func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s
}
