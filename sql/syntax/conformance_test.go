package syntax

// Verdicts of Trino's own parser tests. The whole file is read where the
// shared conformance folder is there; a part of it is always tested.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/engine/enginetest/known"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// root is the repository's root.
func root(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

func readLines(t testing.TB, path string, each func(line []byte)) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		if len(s.Bytes()) > 0 {
			each(s.Bytes())
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
}

type parserCase struct {
	ID     string `json:"id"`
	SQL    string `json:"sql"`
	Kind   string `json:"kind"`
	From   string `json:"from"`
	Expect string `json:"expect"`
	Error  *struct {
		Message string `json:"message"`
		Regex   string `json:"message_regex"`
	} `json:"error"`
}

// parseKind parses by the entry point that a case names.
func parseKind(kind, text string) (Node, error) {
	switch kind {
	case "parse_expression":
		return ParseExpression(text)
	case "parse_type":
		return ParseType(text)
	case "parse_row_pattern":
		return ParseRowPattern(text)
	}
	return ParseTrino(text)
}

// full is a statement's error as Athena prints it.
func full(text string, err error) string {
	e := sqlerr.As(err)
	line, col := e.Pos.LineCol(text)
	if e.Pos == 0 {
		return e.Msg
	}
	return fmt.Sprintf("line %d:%d: %s", line, col, e.Msg)
}

// verdict compares a parse with what the case expects; "" means as expected.
func (c *parserCase) verdict() string {
	_, err := parseKind(c.Kind, c.SQL)
	if c.Error == nil {
		if err != nil {
			return "must be accepted: " + full(c.SQL, err)
		}
		return ""
	}
	if err == nil {
		return "must be refused"
	}
	got := full(c.SQL, err)
	bare := sqlerr.As(err).Msg
	pattern := c.Error.Regex
	if pattern == "" && c.Error.Message != "" {
		pattern = c.Error.Message
		if got == pattern || bare == pattern {
			return ""
		}
		if !strings.HasSuffix(pattern, ".*") {
			return "message is\n  " + got + "\nwant\n  " + pattern
		}
	}
	if pattern == "" {
		return ""
	}
	re, err := regexp.Compile("(?s)^(line \\d+:\\d+: )?" + pattern + "$")
	if err != nil {
		return err.Error()
	}
	if !re.MatchString(got) {
		return "message is\n  " + got + "\nwant match of\n  " + pattern
	}
	return ""
}

func TestConformance(t *testing.T) {
	path := filepath.Join(root(t), "../shared/conformance/trino/parser.jsonl")
	if _, err := os.Stat(path); err != nil {
		t.Skip("no shared conformance folder")
	}
	score := known.NewScore(t, "parser")
	readLines(t, path, func(line []byte) {
		var c parserCase
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		var err error
		if msg := c.verdict(); msg != "" {
			err = errors.New(msg)
		}
		score.Case("parser", c.ID, c.From+": "+c.SQL, err)
	})
	score.Report(99)
}

func conformance(t *testing.T, path string) (passed, run int) {
	readLines(t, path, func(line []byte) {
		var c parserCase
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		run++
		if msg := c.verdict(); msg != "" {
			sql := c.SQL
			if len(sql) > 300 {
				sql = sql[:300] + "..."
			}
			t.Logf("%s: %s\n%s", c.From, sql, msg)
			return
		}
		passed++
	})
	return passed, run
}

func TestParserVerdicts(t *testing.T) {
	passed, run := conformance(t, "testdata/parser.jsonl")
	t.Logf("testdata/parser.jsonl: %d of %d verdicts", passed, run)
	if run < 200 || passed != run {
		t.Errorf("passed %d of %d", passed, run)
	}
}
