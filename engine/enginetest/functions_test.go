package enginetest

// What the scripts in testdata/sql cover: every function that SHOW FUNCTIONS
// lists, every operator, and every pair of types in a cast occur in some script.
// Calls are read by the parser, so that a name in a comment or a text does not
// count.

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/syntax"
	"github.com/ionq-db/ionq/sql/types"
)

// eachStatement parses the statements of all scripts; those that do not parse
// (scripts of syntax errors) are left out.
func eachStatement(t *testing.T, do func(text string, s syntax.Statement)) {
	t.Helper()
	statement := func(text string) {
		if n, err := syntax.Parse(text); err == nil {
			do(text, n)
		}
	}
	for _, s := range scriptFiles(t) {
		for _, b := range s.blocks {
			switch b.word {
			case "eval", "types":
				for _, l := range b.body {
					if x, _, ok := strings.Cut(l, " => "); ok {
						statement("SELECT " + x)
					}
				}
			case "same":
				statement(b.sql())
				statement(strings.Join(b.want, "\n"))
			case "query", "error", "utility", "plan", "ddl":
				statement(b.sql())
			}
		}
	}
}

// walk visits every node below n, by reflection over the syntax tree.
func walk(v reflect.Value, do func(node any)) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct {
			do(v.Interface())
		}
		walk(v.Elem(), do)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walk(v.Field(i), do)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), do)
		}
	}
}

// missing reports what of want is not in have.
func missing(t *testing.T, what string, want, have map[string]bool) {
	t.Helper()
	var out []string
	for k := range want {
		if !have[k] {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	t.Logf("%s: %d of %d are in the scripts", what, len(want)-len(out), len(want))
	if len(out) > 0 {
		t.Errorf("%s without a script: %s", what, strings.Join(out, ", "))
	}
}

func TestScriptsCoverFunctions(t *testing.T) {
	want := map[string]bool{}
	for _, f := range function.All() {
		if !f.Hidden {
			want[f.Name] = true
		}
	}
	have := map[string]bool{}
	eachStatement(t, func(text string, s syntax.Statement) {
		walk(reflect.ValueOf(s), func(n any) {
			name := reflect.TypeOf(n).Elem().Name()
			switch n := n.(type) {
			case *syntax.FunctionCall:
				have[strings.ToLower(n.Name.Parts[len(n.Name.Parts)-1].Value)] = true
			default:
				have[special[name]] = true
			}
		})
		lower := strings.ToLower(text)
		for _, word := range []string{"current_date"} { // written without parentheses
			if strings.Contains(lower, word) {
				have[word] = true
			}
		}
	})
	missing(t, "functions", want, have)
}

// special are functions that the grammar has as nodes of their own.
var special = map[string]string{"Trim": "trim", "JSONExists": "json_exists", "JSONValue": "json_value", "JSONQuery": "json_query"}

func TestScriptsCoverOperators(t *testing.T) {
	want := map[string]bool{}
	for _, op := range []string{
		"=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "+", "-", "*", "/", "%", "||", "AND", "OR", "NOT",
		"BETWEEN", "IN", "LIKE", "IS NULL", "EXISTS", "[]", "AT TIME ZONE", "CASE", "CAST", "TRY_CAST", "ANY", "ALL",
	} {
		want[op] = true
	}
	have := map[string]bool{}
	eachStatement(t, func(text string, _ syntax.Statement) {
		upper := strings.ToUpper(text)
		for op := range want {
			found := strings.Contains(upper, " "+op+" ") || strings.Contains(upper, op+" (") || strings.Contains(upper, op+"(") ||
				strings.HasPrefix(upper, "SELECT "+op) || op == "[]" && strings.Contains(text, "][") || op == "IS NULL" && strings.Contains(upper, "IS NULL") ||
				op == "CASE" && strings.Contains(upper, "CASE ")
			have[op] = have[op] || found
		}
	})
	missing(t, "operators", want, have)
}

// castTypes are the types of which every pair is cast in the scripts.
var castTypes = []types.Type{
	types.Boolean, types.Tinyint, types.Smallint, types.Integer, types.Bigint, types.Real, types.Double, types.Decimal(5, 2), types.Decimal(38, 2),
	types.Varchar, types.VarcharN(5), types.CharN(5), types.Varbinary, types.Date, types.Time(3), types.TimeTZ(6), types.Timestamp(3), types.Timestamp(9),
	types.TimestampTZ(3), types.TimestampTZ(9), types.IntervalYearMonth, types.IntervalDaySecond, types.JSON, types.UUID, types.IPAddress,
	types.Array(types.Integer), types.Map(types.Varchar, types.Integer), types.HyperLogLog,
}

// TestScriptsCoverCasts holds the blocks of casts/casts_all.test, one a source
// type, against the list of target types.
func TestScriptsCoverCasts(t *testing.T) {
	s, err := parseScript("../../testdata/sql/casts/casts_all.test")
	if err != nil {
		t.Fatal(err)
	}
	want, have := map[string]bool{}, map[string]bool{}
	for _, b := range s.blocks {
		from, ok := strings.CutPrefix(s.lines[b.line-2], "# from ")
		if !ok || b.word != "eval" || from == "extra" {
			continue
		}
		for _, to := range castTypes {
			want[fmt.Sprintf("%s to %s", from, to)] = true
		}
		for _, l := range b.body {
			x, _, _ := strings.Cut(l, " => ")
			for _, to := range castTypes {
				// array(integer) and map(varchar,integer) are spelled without blanks there.
				if strings.HasSuffix(x, " AS "+strings.ReplaceAll(strings.ToLower(to.String()), ", ", ",")+")") {
					have[fmt.Sprintf("%s to %s", from, to)] = true
				}
			}
		}
	}
	if len(want) < len(castTypes)*len(castTypes) {
		t.Errorf("%d pairs of types, want %d and more", len(want), len(castTypes)*len(castTypes))
	}
	missing(t, "casts", want, have)
}
