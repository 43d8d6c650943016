package output

// The writers' common interface, and the choice of one by name.

import (
	"fmt"
	"io"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
)

// Kind tells what sort of result file Athena would write for a statement
// (semantics 11.2).
type Kind uint8

// The kinds of result files.
const (
	Table   Kind = iota // SELECT and the like: <id>.csv, with a header
	Utility             // SHOW, DESCRIBE, DDL, EXPLAIN: <id>.txt, rows as lines, no header
)

// Writer writes one result. Begin comes first and once, then a Page call for
// each page, then End; after an error the rest is not called. A Writer buffers:
// nothing is complete before End.
type Writer interface {
	Begin(columns []plan.Column, kind Kind) error
	Page(p *page.Page) error
	// End completes the result. updateCount is nil where the statement has none.
	End(updateCount *int64) error
}

// Formats lists the names that New takes.
var Formats = []string{"table", "line", "csv", "json", "jsonl", "api"}

// New returns a writer of the named format to w; "api" is not among them (one
// line a statement, failures too: see API).
func New(format string, w io.Writer) (Writer, error) {
	switch format {
	case "csv":
		return &csvWriter{w: w}, nil
	case "json":
		return &jsonWriter{w: w}, nil
	case "jsonl":
		return &jsonWriter{w: w, lines: true}, nil
	case "line":
		return &lineWriter{w: w}, nil
	case "table":
		return &tableWriter{w: w}, nil
	}
	return nil, fmt.Errorf("unknown format %q", format)
}

// each calls f for every row that p stands for.
func each(p *page.Page, f func(i int)) {
	if p.Sel != nil {
		for _, i := range p.Sel {
			f(int(i))
		}
		return
	}
	for i := 0; i < p.Rows; i++ {
		f(i)
	}
}
