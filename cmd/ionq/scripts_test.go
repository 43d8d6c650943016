package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/engine/enginetest"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// TestSQLScripts runs the scripts that specify the language through the command:
// flags in, the api format out. Each statement is a run of its own over one catalog
// folder; prepared statements end with their run, so they come again before each.
func TestSQLScripts(t *testing.T) {
	enginetest.Run(t, "../../testdata/sql", func(t testing.TB, c enginetest.Config) enginetest.Target {
		return &command{args: []string{"--format", "api", "--map", "s3://test=" + c.Dir, "--map", "s3://example-bucket=" + c.Dir, "--catalog", t.TempDir()}}
	}, enginetest.Matrix[0])
}

type command struct {
	args   []string
	before []string // statements about prepared ones
}

func (c *command) Close() error { return nil }

func (c *command) Set(name, value string) error {
	c.args = append(c.args, "--set", name+"="+value)
	return nil
}

// apiLine is a line of the api format.
type apiLine struct {
	State   string
	Columns []struct{ Name, Type string }
	Rows    [][]*string
	Error   *struct {
		Code, Message string
		Line, Column  int
	}
}

func (c *command) Exec(_ context.Context, sql string) (*enginetest.Result, error) {
	args := append([]string{}, c.args...)
	for _, s := range c.before {
		args = append(args, "-c", s)
	}
	var stdout, stderr strings.Builder
	code := run(append(args, "-c", sql), strings.NewReader(""), &stdout, &stderr)
	lines := strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n")
	var last apiLine
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		return nil, fmt.Errorf("exit code %d, %w: %s%s", code, err, stdout.String(), stderr.String())
	}
	if len(lines) != len(c.before)+1 {
		return nil, fmt.Errorf("%d lines for %d statements", len(lines), len(c.before)+1)
	}
	if (code == 0) != (last.Error == nil) {
		return nil, errors.New("exit code and state disagree")
	}
	if e := last.Error; e != nil {
		return nil, &sqlerr.Error{Code: sqlerr.Code(e.Code), Msg: e.Message, Pos: posOf(sql, e.Line, e.Column)}
	}
	res := &enginetest.Result{Rows: last.Rows}
	for _, col := range last.Columns {
		res.Names = append(res.Names, col.Name)
		res.Types = append(res.Types, col.Type)
	}
	if strings.HasPrefix(sql, "PREPARE") || strings.HasPrefix(sql, "DEALLOCATE") {
		c.before = append(c.before, sql)
	}
	return res, nil
}

// posOf is the inverse of Pos.LineCol.
func posOf(sql string, line, col int) sqlerr.Pos {
	if line == 0 {
		return 0
	}
	for off := range sql + " " {
		if l, c := sqlerr.At(off).LineCol(sql); l == line && c == col {
			return sqlerr.At(off)
		}
	}
	return 0
}
