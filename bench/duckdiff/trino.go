package duckdiff

// Trino, run by a command that the user names: trino/Trino.java in a process of its
// own. It speaks Athena's dialect, so nothing is translated and nothing is masked; it
// is the better judge, and needs a JVM and Trino's jars:
//
//	javac -d DIR -cp 'LIB/*' bench/duckdiff/trino/Trino.java
//	java --add-opens=java.base/java.nio=ALL-UNNAMED -cp 'LIB/*:DIR' Trino
//
// LIB holds trino-main 410 and what it depends on.

import (
	"os/exec"
	"strings"
)

// Trino is a Trino in memory.
type Trino struct{ *process }

// StartTrino starts the command, which sh runs.
func StartTrino(command string) (*Trino, error) {
	p, err := startProcess("Trino", exec.Command("sh", "-c", command))
	if err != nil {
		return nil, err
	}
	return &Trino{p}, nil
}

// TrinoError is Trino's answer to a statement that fails.
type TrinoError struct{ Code, Msg string }

func (e *TrinoError) Error() string { return "Trino: " + e.Code + ": " + e.Msg }

// Run runs statements and gives the types and the rows of the last.
func (d *Trino) Run(sql ...string) ([]string, [][]any, error) {
	var a struct {
		Types       []string
		Rows        [][]any
		Code, Error string
	}
	if err := d.ask(sql, &a); err != nil {
		return nil, nil, err
	}
	if a.Code != "" {
		return nil, nil, &TrinoError{a.Code, a.Error}
	}
	return a.Types, a.Rows, nil
}

// TrinoSetup returns the statements that make the table in Trino.
func (t *Table) TrinoSetup() []string {
	var names, none []string
	for _, c := range t.Cols {
		names = append(names, c.Name)
		none = append(none, "CAST(NULL AS "+c.T.String()+")")
	}
	var rows []string
	for _, r := range t.rows {
		var v []string
		for i, c := range r {
			v = append(v, "CAST("+c.trino+" AS "+t.Cols[i].T.String()+")")
		}
		rows = append(rows, "("+strings.Join(v, ", ")+")")
	}
	where := ""
	if len(rows) == 0 {
		rows, where = []string{"(" + strings.Join(none, ", ") + ")"}, " WHERE false"
	}
	return []string{
		"DROP TABLE IF EXISTS " + t.Name,
		"CREATE TABLE " + t.Name + " AS SELECT * FROM (VALUES " + strings.Join(rows, ", ") + ") AS t (" + strings.Join(names, ", ") + ")" + where,
	}
}
