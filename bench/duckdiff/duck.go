package duckdiff

// DuckDB, run by node: driver.mjs in a process of its own.

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

//go:embed driver.mjs
var driver string

// Duck is a DuckDB in memory.
type Duck struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// StartDuck starts DuckDB. dir holds the node_modules with @duckdb/node-api.
func StartDuck(dir string) (*Duck, error) {
	cmd := exec.Command("node", "--input-type=module", "-e", driver, dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	d := &Duck{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 1<<20)}
	if _, err := d.Run(macros()...); err != nil {
		_ = d.Close() // the first error tells more
		return nil, err
	}
	return d, nil
}

// DuckError is DuckDB's answer to a statement that it does not run.
type DuckError struct{ Msg string }

func (e *DuckError) Error() string { return "DuckDB: " + e.Msg }

// Run runs statements and gives the rows of the last: nil, bool, string, and
// []any.
func (d *Duck) Run(sql ...string) ([][]any, error) {
	b, err := json.Marshal(map[string][]string{"sql": sql})
	if err != nil {
		return nil, err
	}
	if _, err := d.in.Write(append(b, '\n')); err != nil {
		return nil, err
	}
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("DuckDB's process ended: %w", err)
	}
	var a struct {
		Rows  [][]any
		Error *string
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return nil, err
	}
	if a.Error != nil {
		return nil, &DuckError{*a.Error}
	}
	return a.Rows, nil
}

// Close ends the process.
func (d *Duck) Close() error { return errors.Join(d.in.Close(), d.cmd.Wait()) }
