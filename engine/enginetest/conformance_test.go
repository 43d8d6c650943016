package enginetest

// Trino's own tests of whole queries and of aggregations, end to end through
// package engine. The cases are data in the folder shared/conformance; where it
// is absent the test is skipped.

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/engine"
	"github.com/ionq-db/ionq/engine/enginetest/known"
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

type conformanceCase struct {
	ID, Area, SQL, From string
	TimeZone            string              `json:"time_zone"`
	Rows                [][]json.RawMessage `json:"rows"`
	SameAs              string              `json:"same_as"`
	Ordered             bool
	Tolerance           float64
	Expect              string
	Error               *struct {
		Code    json.RawMessage // one code or several
		Message string
		Regex   string `json:"message_regex"`
	}
}

// skipped tells why a case can say nothing about this engine, or "".
func (c *conformanceCase) skipped() string {
	text := strings.ToLower(c.SQL)
	switch {
	case c.Rows == nil && c.SameAs == "" && c.Expect == "" && c.Error == nil:
		return "nothing is expected of it"
	case strings.Contains(text, "percent_rank") && strings.Contains(c.SameAs, "CAST('0.0' AS bigint)"):
		return "the expectation does not run on Trino either (CAST('0.0' AS bigint))"
	case strings.HasPrefix(c.SQL, "SELECT listagg(c0, c1, c2,"):
		return "no SQL: the arguments that Trino's LISTAGG has inside"
	case strings.Contains(text, "as unknown)"):
		return "CAST AS unknown is no SQL: the test's way to write a NULL"
	case tpch.MatchString(text):
		if _, _, err := c.run(c.SQL); sqlerr.CodeOf(err) == sqlerr.TableNotFound {
			return "Trino's own tables (TPC-H), or views and masks over them"
		}
	}
	return ""
}

var tpch = regexp.MustCompile(`\b(orders|lineitem|nation|region)\b`)

// run runs a statement to its end.
func (c *conformanceCase) run(text string) (columns []engine.Column, rows [][]plan.Datum, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	e, err := engine.Open(engine.Options{Offline: true, Workers: 1})
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = cmp.Or(err, e.Close()) }()
	s := e.NewSession()
	if err := s.Set("decimal_literals", "decimal"); err != nil {
		return nil, nil, err
	}
	if c.TimeZone != "" && c.TimeZone != "unknown" {
		if err := s.Set("timezone", c.TimeZone); err != nil {
			return nil, nil, err
		}
	}
	r, err := s.Query(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = cmp.Or(err, r.Close()) }()
	for {
		p, err := r.Next(ctx)
		if err != nil {
			return nil, nil, err
		}
		if p == nil {
			return r.Columns, rows, nil
		}
		for i := range p.Len() {
			at := i
			if p.Sel != nil {
				at = int(p.Sel[i])
			}
			row := make([]plan.Datum, len(p.Cols))
			for k, v := range p.Cols {
				row[k] = expr.DatumAt(v, at)
			}
			rows = append(rows, row)
		}
	}
}

// misread are cases whose rows were taken out of Trino's tests wrongly: VALUES of a
// row is read as a column of a row type, where it is a column a field. The query
// beside them says what is meant.
var misread = map[string]bool{"66b9af47dd15": true}

// check runs the case and says what is wrong.
func (c *conformanceCase) check() error {
	columns, rows, err := c.run(c.SQL)
	if c.Error != nil {
		return c.checkError(err, len(rows))
	}
	if err != nil {
		return err
	}
	tolerance := max(c.Tolerance, 1e-14)
	same := func(got []plan.Datum, want []json.RawMessage) error {
		if len(got) != len(want) {
			return fmt.Errorf("%d columns, want %d", len(got), len(want))
		}
		for k := range got {
			if err := MatchDatum(columns[k].Type, got[k], want[k], tolerance); err != nil {
				return fmt.Errorf("column %d: %w", k+1, err)
			}
		}
		return nil
	}
	switch {
	case c.Expect == "empty":
		if len(rows) > 0 {
			return fmt.Errorf("%d rows, want none", len(rows))
		}
		return nil
	case c.Rows != nil && !misread[c.ID]:
		return matchRows(rows, c.Rows, c.Ordered, same)
	case c.SameAs != "":
		// Without a reading into JSON: the other query's own answer is the
		// measure, compared by the equality of values that DISTINCT uses.
		other, want, err := c.run(c.SameAs)
		if err != nil {
			return fmt.Errorf("same_as: %w", err)
		}
		if len(other) != len(columns) {
			return fmt.Errorf("%d columns, want %d", len(columns), len(other))
		}
		return matchRows(rows, want, c.Ordered, func(got, want []plan.Datum) error {
			for k := range got {
				a, b := fmt.Sprint(inOrder(columns[k].Type, got[k])), fmt.Sprint(inOrder(columns[k].Type, want[k]))
				if a != b {
					return fmt.Errorf("column %d: got %s, want %s", k+1, a, b)
				}
			}
			return nil
		})
	}
	return nil
}

// inOrder sorts the entries of maps in a value: their order is no part of it.
func inOrder(t types.Type, d plan.Datum) plan.Datum {
	if d.Null || d.L == nil {
		return d
	}
	out := d
	out.L = nil
	switch t.Kind {
	case types.KindArray:
		for _, e := range d.L {
			out.L = append(out.L, inOrder(t.Elem(), e))
		}
	case types.KindRow:
		for i, e := range d.L {
			out.L = append(out.L, inOrder(t.Fields()[i].Type, e))
		}
	case types.KindMap:
		pairs := make([][2]plan.Datum, len(d.L)/2)
		for i := range pairs {
			pairs[i] = [2]plan.Datum{inOrder(t.Key(), d.L[2*i]), inOrder(t.Value(), d.L[2*i+1])}
		}
		slices.SortFunc(pairs, func(a, b [2]plan.Datum) int { return strings.Compare(fmt.Sprint(a[0]), fmt.Sprint(b[0])) })
		for _, p := range pairs {
			out.L = append(out.L, p[0], p[1])
		}
	}
	return out
}

// matchRows compares rows in order, or as multisets.
func matchRows[W any](got [][]plan.Datum, want [][]W, ordered bool, same func([]plan.Datum, []W) error) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d rows, want %d", len(got), len(want))
	}
	used := make([]bool, len(want))
	for i, g := range got {
		if ordered {
			if err := same(g, want[i]); err != nil {
				return fmt.Errorf("row %d: %w", i+1, err)
			}
			continue
		}
		var first error
		found := false
		for k, w := range want {
			if used[k] {
				continue
			}
			err := same(g, w)
			if err == nil {
				used[k], found = true, true
				break
			}
			first = cmp.Or(first, err)
		}
		if !found {
			return fmt.Errorf("row %d is not expected: %w", i+1, first)
		}
	}
	return nil
}

// checkError compares an error's code and message; of the message's position
// only that the case gives one.
func (c *conformanceCase) checkError(err error, rows int) error {
	if err == nil {
		return fmt.Errorf("no error, but %d rows", rows)
	}
	e := sqlerr.As(err)
	if len(c.Error.Code) > 0 && !strings.Contains(string(c.Error.Code), strconv.Quote(string(e.Code))) {
		return fmt.Errorf("error %w, want %s", e, c.Error.Code)
	}
	text := e.Msg
	if line, col := e.Pos.LineCol(c.SQL); line > 0 {
		text = fmt.Sprintf("line %d:%d: %s", line, col, e.Msg)
	}
	match := func(s string) bool {
		if c.Error.Regex != "" {
			return regexp.MustCompile(`(?s)^(?:` + c.Error.Regex + `)$`).MatchString(s)
		}
		return c.Error.Message == "" || s == c.Error.Message
	}
	// Athena's words for a column that is not there go on (semantics 5.9).
	trino := strings.TrimSuffix(text, " or requester is not authorized to access requested resources")
	if !match(text) && !match(e.Msg) && !match(trino) {
		return fmt.Errorf("error %q, want %q", text, cmp.Or(c.Error.Message, c.Error.Regex))
	}
	return nil
}

// conformance runs the cases of a file. Those that are known to fail are listed,
// with reasons, in testdata/conformance/known.txt.
func conformance(t *testing.T, file string) {
	score := known.NewScore(t, file)
	sc := bufio.NewScanner(ConformanceFile(t, "trino/"+file+".jsonl"))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		c := &conformanceCase{}
		if err := json.Unmarshal(sc.Bytes(), c); err != nil {
			t.Fatal(err)
		}
		if why := c.skipped(); why != "" {
			score.Skip(c.Area, why)
			continue
		}
		score.Case(c.Area, c.ID, c.From+": "+c.SQL, c.check())
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	score.Report(97)
}

func TestConformanceQueries(t *testing.T) { conformance(t, "queries") }

func TestConformanceAggregations(t *testing.T) { conformance(t, "aggregations") }
