package expr_test

// Trino's own expression tests end to end: parse, analyze, compile, evaluate,
// compare values and types. The cases are data in the folder shared/conformance;
// where it is absent the test is skipped.

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/engine/enginetest"
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql"
	"github.com/ionq-db/ionq/sql/analyze"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// noTables is a catalog without tables.
type noTables struct{}

func (noTables) Lookup(context.Context, string, string, string) (*analyze.Relation, error) {
	return nil, nil
}

func (noTables) Current() (string, string) { return "awsdatacatalog", "default" }

func (noTables) Databases(context.Context, string) ([]string, bool) { return []string{"default"}, true }
func (noTables) Tables(context.Context, string, string) []string    { return nil }

type conformanceCase struct {
	ID, Area, SQL, From, Type string
	TimeZone                  string          `json:"time_zone"`
	Value                     json.RawMessage `json:"value"`
	Error                     *struct {
		Code    json.RawMessage // one code or several
		Message string
		Regex   string `json:"message_regex"`
	} `json:"error"`
}

// zones are the session zones to try: the case's own. Trino's tests run in
// Pacific/Apia where they do not say; then UTC will do too.
func (c *conformanceCase) zones(t *testing.T) []types.Zone {
	name := c.TimeZone
	if name == "" {
		return []types.Zone{types.UTC}
	}
	if name == "unknown" {
		name = "Pacific/Apia"
	}
	z, err := types.ZoneByName(name)
	if err != nil {
		t.Fatal(err)
	}
	if c.TimeZone == "unknown" {
		return []types.Zone{z, types.UTC}
	}
	return []types.Zone{z}
}

// start is when the tests' queries begin.
var start = time.Date(2023, 6, 30, 9, 9, 47, 787_000_000, time.UTC)

// evaluate computes SELECT <expression>. ok is false where the plan is more than
// projections of rows.
func evaluate(c *conformanceCase, zone types.Zone) (ty types.Type, v plan.Datum, ok bool, err error) {
	q, err := sql.Plan(context.Background(), c.SQL, noTables{}, analyze.Options{DecimalLiterals: "decimal", Zone: zone, Start: start, User: "user"})
	if err != nil {
		return ty, v, true, err
	}
	env := &expr.Env{
		Ctx: context.Background(), Now: types.Instant{Millis: start.UnixMilli()}, Zone: zone,
		Catalog: "awsdatacatalog", Database: "default", User: "user",
	}
	out, ok, err := rowsOf(q.Root, env)
	if !ok || err != nil {
		return ty, v, ok, err
	}
	if len(out.Cols) != 1 || out.Rows != 1 {
		return ty, v, false, nil
	}
	return q.Root.Columns()[0].Type, expr.DatumAt(out.Cols[0], 0), true, nil
}

// spelled is a type's name without what Trino's classes spell in several ways:
// blanks behind commas, quotes around plain field names.
func spelled(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, ", ", ","), `"`, "")
}

// rowsOf runs the plans that need nothing but expressions: projections of VALUES.
func rowsOf(n plan.Node, env *expr.Env) (*page.Page, bool, error) {
	switch n := n.(type) {
	case *plan.Values:
		p := &page.Page{Rows: len(n.Rows)}
		for k, c := range n.Cols {
			if c.Type == types.Unknown {
				p.Cols = append(p.Cols, &page.Vector{Type: c.Type, Len: p.Rows})
				continue
			}
			b := page.NewBuilder(c.Type)
			for _, row := range n.Rows {
				v, err := expr.Fold(row[k], env)
				if err != nil {
					return nil, true, err
				}
				expr.AppendDatum(b, v)
			}
			p.Cols = append(p.Cols, b.Finish())
		}
		return p, true, nil
	case *plan.Project:
		in, ok, err := rowsOf(n.Input, env)
		if !ok || err != nil {
			return nil, ok, err
		}
		l, err := expr.CompileList(n.Exprs, env)
		if err != nil {
			return nil, true, err
		}
		cols, err := l.Eval(in)
		return &page.Page{Rows: in.Rows, Cols: cols}, true, err
	}
	return nil, false, nil
}

// score counts the cases of one area.
type score struct{ passed, failed, skipped int }

func report(t *testing.T, scores map[string]*score, reasons map[string]int, atLeast map[string]int) {
	t.Helper()
	for area, n := range atLeast {
		if s := scores[area]; s == nil || s.passed < n {
			t.Errorf("%s: fewer than %d cases pass", area, n)
		}
	}
	var sum score
	for _, area := range slices.Sorted(maps.Keys(scores)) {
		s := scores[area]
		t.Logf("%-12s passed %d, failed %d, skipped %d", area, s.passed, s.failed, s.skipped)
		sum.passed += s.passed
		sum.failed += s.failed
		sum.skipped += s.skipped
	}
	t.Logf("%-12s passed %d, failed %d, skipped %d", "all", sum.passed, sum.failed, sum.skipped)
	keys := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b))
	})
	for _, k := range keys[:min(40, len(keys))] {
		t.Logf("%5d  %s", reasons[k], k)
	}
}

func eachCase(t *testing.T, file string, f func(c *conformanceCase)) {
	t.Helper()
	sc := bufio.NewScanner(enginetest.ConformanceFile(t, file))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		c := &conformanceCase{}
		if err := json.Unmarshal(sc.Bytes(), c); err != nil {
			t.Fatal(err)
		}
		f(c)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
}

var position = regexp.MustCompile(`^line [0-9]+:[0-9]+: `)

var digits = regexp.MustCompile(`'[^']*'|[0-9]+`)

func TestConformanceExpressions(t *testing.T) {
	scores, reasons := map[string]*score{}, map[string]int{}
	eachCase(t, "trino/expressions.jsonl", func(c *conformanceCase) {
		s := scores[c.Area]
		if s == nil {
			s = &score{}
			scores[c.Area] = s
		}
		if c.Value == nil && c.Type == "" {
			s.skipped++ // nothing is expected of it
			return
		}
		var err error
		for _, zone := range c.zones(t) {
			ty, v, ok, e := evaluate(c, zone)
			switch {
			case !ok:
				s.skipped++
				return
			case e == nil && c.Type != "" && spelled(ty.String()) != spelled(c.Type):
				e = fmt.Errorf("type %s, want %s", ty, c.Type)
			case e == nil && c.Value != nil:
				// Expected doubles were computed elsewhere, those over reals in double.
				tolerance := 1e-14
				if strings.Contains(strings.ToUpper(c.SQL), "REAL") {
					tolerance = 1e-5
				}
				e = enginetest.MatchDatum(ty, v, c.Value, tolerance)
			}
			if err = e; err == nil {
				break
			}
		}
		if err == nil {
			s.passed++
			return
		}
		s.failed++
		reasons[c.Area+": "+digits.ReplaceAllString(err.Error(), "#")]++
		if testing.Verbose() {
			t.Logf("%s %s: %v", c.ID, c.SQL, err)
		}
	})
	// What passed when this was written; more is welcome, less is a fault.
	report(t, scores, reasons, map[string]int{"array": 372, "datetime": 3029, "decimal": 367, "json": 137, "map": 131, "numeric": 831, "other": 514, "row_lambda": 88, "string": 533})
}

// contradicted tells the cases that want NUMERIC_VALUE_OUT_OF_RANGE of a cast
// that overflows, where the same tests of release 440 (TestDecimalCasts,
// TestDoubleOperators, TestJsonOperators) want INVALID_CAST_ARGUMENT, as its
// source has it; and the one that lost its FROM when it was taken out.
func contradicted(id string) bool {
	return slices.Contains([]string{
		"9782d4c0418f", "c243a36e9566", "3b864be32bf9", "18558945ec09", "170a4398b081", "101d50ffc16d", "1bc9931f3611", "ad64f53a8ca2",
		"ae7c7fb3fa80", "893e90cf3241", "3d3fbff4a6a4", "902b84e961e1", "846e47d3be7e", "1684006374a5", "ead0c45fc6ca", "fd5dca98b869", "58766250786c",
	}, id)
}

func TestConformanceErrors(t *testing.T) {
	scores, reasons := map[string]*score{}, map[string]int{}
	eachCase(t, "trino/expression_errors.jsonl", func(c *conformanceCase) {
		s := scores[c.Area]
		if s == nil {
			s = &score{}
			scores[c.Area] = s
		}
		_, v, ok, err := evaluate(c, c.zones(t)[0])
		if !ok || contradicted(c.ID) {
			s.skipped++
			return
		}
		e := sqlerr.As(err)
		switch {
		case e == nil:
			err = fmt.Errorf("no error, but a value (NULL: %v)", v.Null)
		case len(c.Error.Code) > 0 && !strings.Contains(string(c.Error.Code), strconv.Quote(string(e.Code))):
			err = fmt.Errorf("%w, want %s", e, c.Error.Code)
		default:
			// The tests' positions are those in another statement.
			msg, want := e.Msg, position.ReplaceAllString(c.Error.Message, "")
			err = nil
			if want != "" && msg != want {
				err = fmt.Errorf("%q, want %q", msg, want)
			} else if c.Error.Regex != "" && !regexp.MustCompile(`(?s)^(?:`+c.Error.Regex+`)$`).MatchString(msg) {
				err = fmt.Errorf("%q, want %q", msg, c.Error.Regex)
			}
		}
		if err == nil {
			s.passed++
			return
		}
		s.failed++
		reasons[c.Area+": "+digits.ReplaceAllString(err.Error(), "#")]++
		if testing.Verbose() {
			t.Logf("%s %s: %v", c.ID, c.SQL, err)
		}
	})
	report(t, scores, reasons, map[string]int{"array": 47, "datetime": 153, "decimal": 17, "json": 24, "map": 28, "numeric": 71, "other": 12, "row_lambda": 5, "string": 27})
}
