package analyze

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// conformance reads a file of shared/conformance, and skips the test where there
// is none.
func conformance(t testing.TB, name string, each func(line []byte)) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.Open(filepath.Join(dir, "../shared/conformance/trino", name))
	if err != nil {
		t.Skip("no conformance material: ", err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		each(sc.Bytes())
	}
	if sc.Err() != nil {
		t.Fatal(sc.Err())
	}
}

// tally counts what came of a file's statements, by reason.
type tally struct {
	right, wrong, missing int
	reasons               map[string]int
	samples               map[string]string
}

func newTally() *tally { return &tally{reasons: map[string]int{}, samples: map[string]string{}} }

var number = regexp.MustCompile(`\d+`)

// notThere tells an error for something that is named as not supported yet, such
// as a function that is not in the table.
func notThere(err error) bool {
	e := sqlerr.As(err)
	switch {
	case e.Code == sqlerr.NotSupported:
		return true
	case e.Code == sqlerr.FunctionNotFound && strings.Contains(e.Msg, "not registered"):
		return true
	case e.Code == sqlerr.FunctionNotFound && strings.Contains(e.Msg, "for function contains"): // of IP networks
		return true
	}
	return false
}

func (y *tally) failed(sql, reason string, missing bool) {
	if missing {
		y.missing++
		reason = "missing: " + reason
	} else {
		y.wrong++
	}
	reason = number.ReplaceAllString(reason, "#")
	if len(reason) > 160 {
		reason = reason[:160]
	}
	y.reasons[reason]++
	y.samples[reason] = sql
}

func (y *tally) report(t *testing.T, maxWrong int) {
	t.Helper()
	t.Logf("%d right, %d wrong, %d need what is not there yet", y.right, y.wrong, y.missing)
	var keys []string
	for k := range y.reasons {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return y.reasons[keys[i]] > y.reasons[keys[j]] })
	for i, k := range keys {
		if i < 80 && testing.Verbose() {
			t.Logf("%5d %s   e.g. %.200s", y.reasons[k], k, y.samples[k])
		}
	}
	if y.wrong > maxWrong {
		t.Errorf("%d statements went wrong, no more than %d are known to", y.wrong, maxWrong)
	}
}

// TestExpressionTypes: what typeof() says of Trino's own expressions, where the
// case tells it; the others must be analyzed without an error.
func TestExpressionTypes(t *testing.T) {
	y := newTally()
	typed := 0
	conformance(t, "expressions.jsonl", func(line []byte) {
		var c struct{ SQL, Type string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		q, err := analyzed(c.SQL, Options{DecimalLiterals: "decimal"})
		if err != nil {
			y.failed(c.SQL, errText(c.SQL, err), notThere(err))
			return
		}
		if c.Type != "" {
			typed++
			want, err := types.Parse(c.Type) // it may have no blanks after commas
			if got := q.Root.Columns()[0].Type; err != nil || got != want {
				y.failed(c.SQL, "type "+got.String()+" not "+c.Type, false)
				return
			}
		}
		y.right++
	})
	y.report(t, 0)
	t.Logf("%d of them with a type", typed)
}

// TestQueries: Trino's queries over VALUES are analyzed without an error, or with
// the error that the case names, and give the types of the expected rows.
func TestQueries(t *testing.T) {
	// Known to go wrong: access control and a hidden column of Trino's test
	// connector; CAST AS unknown; the letters of type variables in a message, a
	// query cut out of its FROM, char(40000) joined.
	for file, known := range map[string]int{"queries.jsonl": 2, "aggregations.jsonl": 1, "expression_errors.jsonl": 3} {
		y := newTally()
		conformance(t, file, func(line []byte) {
			var c struct {
				SQL    string
				Rows   [][]struct{ T string }
				Expect string
				Error  *struct {
					Code         any
					Message      string
					MessageRegex string `json:"message_regex"`
				}
			}
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatal(err)
			}
			q, err := analyzed(c.SQL, Options{DecimalLiterals: "decimal"})
			switch {
			case c.Error == nil && err != nil:
				y.failed(c.SQL, errText(c.SQL, err), notThere(err) || sqlerr.CodeOf(err) == sqlerr.SyntaxError)
			case c.Error == nil:
				for _, r := range c.Rows {
					if len(r) != len(q.Root.Columns()) {
						y.failed(c.SQL, "number of columns", false)
						return
					}
				}
				y.right++
			case err == nil:
				// It may come when the query runs; errors of analysis alone are wrong.
				if code, _ := c.Error.Code.(string); strings.HasPrefix(c.Error.Message, "line ") || strings.Contains(" TYPE_MISMATCH FUNCTION_NOT_FOUND COLUMN_NOT_FOUND EXPRESSION_NOT_AGGREGATE AMBIGUOUS_NAME ", " "+code+" ") {
					y.failed(c.SQL, "no error, expected "+code+" "+c.Error.Message, false)
					return
				}
				y.right++
			default:
				e := sqlerr.As(err)
				_, msg, ok := strings.Cut(c.Error.Message, ": ")
				if !strings.HasPrefix(c.Error.Message, "line ") || !ok {
					msg = c.Error.Message
				}
				code, _ := c.Error.Code.(string)
				same := msg == "" || strings.HasPrefix(e.Msg, strings.TrimSpace(msg)) || e.Code == sqlerr.ColumnNotFound && strings.HasSuffix(msg, "cannot be resolved")
				if re := c.Error.MessageRegex; re != "" && !same {
					if _, rest, ok := strings.Cut(re, ": "); ok && strings.HasPrefix(re, "line ") {
						re = rest
					}
					same, _ = regexp.MatchString(re, e.Msg)
				}
				if !same || code != "" && code != string(e.Code) && code != "OPERATOR_NOT_FOUND" {
					y.failed(c.SQL, errText(c.SQL, err)+" WANT "+code+" "+c.Error.Message+c.Error.MessageRegex, notThere(err))
					return
				}
				y.right++
			}
		})
		t.Log(file)
		y.report(t, known)
	}
}

// TestParserCorpus: whatever parses is analyzed or refused, never with a panic.
func TestParserCorpus(t *testing.T) {
	n := 0
	conformance(t, "parser.jsonl", func(line []byte) {
		var c struct{ SQL string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{c.SQL, "SELECT " + c.SQL, "SELECT * FROM " + c.SQL} {
			if _, err := analyzed(sql, Options{}); err == nil {
				n++
			}
		}
	})
	t.Log(n, "were analyzed")
}
