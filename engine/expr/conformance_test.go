package expr_test

// Trino's own expression tests end to end: parse, analyze, compile, evaluate,
// compare values and types. The cases are data in the folder shared/conformance;
// where it is absent the test is skipped.

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/engine/enginetest"
	"github.com/ionq-db/ionq/engine/enginetest/known"
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

func TestConformanceExpressions(t *testing.T) {
	score := known.NewScore(t, "expressions")
	eachCase(t, "trino/expressions.jsonl", func(c *conformanceCase) {
		if c.Value == nil && c.Type == "" {
			score.Skip(c.Area, "nothing is expected of it")
			return
		}
		var err error
		for _, zone := range c.zones(t) {
			ty, v, ok, e := evaluate(c, zone)
			switch {
			case !ok:
				score.Skip(c.Area, "more than an expression")
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
		score.Case(c.Area, c.ID, c.From+": "+c.SQL, err)
	})
	score.Report(97)
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
	score := known.NewScore(t, "expression_errors")
	eachCase(t, "trino/expression_errors.jsonl", func(c *conformanceCase) {
		_, v, ok, err := evaluate(c, c.zones(t)[0])
		if !ok {
			score.Skip(c.Area, "more than an expression")
			return
		}
		if contradicted(c.ID) {
			score.Skip(c.Area, "contradicted by the same test of release 440")
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
		score.Case(c.Area, c.ID, c.From+": "+c.SQL, err)
	})
	score.Report(97)
}
