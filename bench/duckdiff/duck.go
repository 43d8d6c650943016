package duckdiff

// DuckDB, run by node: driver.mjs in a process of its own.

import (
	_ "embed"
	"os"
	"os/exec"
)

//go:embed driver.mjs
var driver string

// Duck is a DuckDB in memory.
type Duck struct{ *process }

// StartDuck starts DuckDB. dir holds the node_modules with @duckdb/node-api.
func StartDuck(dir string) (*Duck, error) {
	cmd := exec.Command("node", "--input-type=module", "-e", driver, dir)
	cmd.Stderr = os.Stderr
	p, err := startProcess("DuckDB", cmd)
	if err != nil {
		return nil, err
	}
	d := &Duck{p}
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
	var a struct {
		Rows  [][]any
		Error *string
	}
	if err := d.ask(sql, &a); err != nil {
		return nil, err
	}
	if a.Error != nil {
		return nil, &DuckError{*a.Error}
	}
	return a.Rows, nil
}
