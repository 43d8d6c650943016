package engine

// Result: what a statement gives, read page by page.

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/engine/exec"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Column is a result column: its label, and its type.
type Column = plan.Column

// StatementType is the class of a statement, as Athena's GetQueryExecution
// gives it.
type StatementType string

// The statement types.
const (
	DML     StatementType = "DML"
	DDL     StatementType = "DDL"
	Utility StatementType = "UTILITY"
)

// Stats are counters of a statement so far.
type Stats struct {
	BytesStored int64 // compressed bytes read
	BytesRaw    int64 // bytes after decompression
	Records     int64 // records read
	Rows        int64 // rows given
	BytesKept   int64 // bytes read of columns kept in the cache folder, in the files' place
}

// Result is a running or finished statement. The caller closes it. It is not
// safe for concurrent use.
type Result struct {
	// Columns of the rows; none for DDL.
	Columns []Column
	// Type and Substatement classify the statement: DML and SELECT, DDL and
	// CREATE_TABLE, UTILITY and SHOW_TABLES.
	Type         StatementType
	Substatement string
	// Text tells that Athena writes this result as .txt: rows as lines, without
	// header; otherwise it is a .csv (semantics 11.2).
	Text bool
	// UpdateCount is what GetQueryResults gives: 0 for queries, absent for DDL
	// (semantics 11.3).
	UpdateCount *int64
	// Warnings are lints about the statement; more may come through
	// Options.Warn while it runs.
	Warnings []string

	op    exec.Operator
	text  string // of the prepared statement that runs; empty for others
	proof *proof // of the files that are read; nil where there is none to give
	stats *exec.Stats
	rows  int64
	done  bool
	err   error
}

// Next returns the next page, or nil at the end and ever after. It is valid
// until the next call of Next or Close. After an error the error comes again.
func (r *Result) Next(ctx context.Context) (p *page.Page, err error) {
	if r.err != nil {
		return nil, r.err
	}
	if r.done || r.op == nil {
		return nil, nil
	}
	defer func() {
		if err != nil {
			err = canceled(ctx, err)
			if r.text != "" {
				err = within(err, r.text)
			}
			r.err = err
		}
	}()
	defer recovered(&err)
	for {
		// Operators look at ctx where they read; what unfolds (joins, UNNEST) can give
		// pages for hours between two reads.
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p, err = r.op.Next(ctx)
		if err != nil {
			return nil, err
		}
		if p == nil {
			r.done = true
			return nil, r.proof.give(ctx)
		}
		if p.Len() > 0 {
			r.rows += int64(p.Len())
			return p, nil
		}
	}
}

// Stats returns the counters so far.
func (r *Result) Stats() Stats {
	out := statsOfReads(r.stats)
	out.Rows = r.rows
	return out
}

// Stats returns what all statements have read so far.
func (e *Engine) Stats() Stats { return statsOfReads(&e.read) }

func statsOfReads(s *exec.Stats) Stats {
	if s == nil {
		return Stats{}
	}
	return Stats{BytesStored: s.BytesStored.Load(), BytesRaw: s.BytesRaw.Load(), Records: s.Records.Load(), BytesKept: s.BytesKept.Load()}
}

// Close ends the statement, if need be before its end, and waits until nothing
// of it runs any more.
func (r *Result) Close() error {
	r.done = true
	if r.op == nil {
		return nil
	}
	op := r.op
	r.op = nil
	return op.Close()
}

// canceled turns what a cancelled context caused into USER_CANCELED.
func canceled(ctx context.Context, err error) error {
	if ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return sqlerr.New(sqlerr.ExceededTimeLimit, "Query exceeded its time limit").Wrap(ctx.Err())
	}
	return sqlerr.New(sqlerr.UserCanceled, "Query was canceled").Wrap(context.Canceled)
}

// textResult is a result of rows of text made beforehand, one string a column.
func textResult(columns []string, t types.Type, rows [][]string) *Result {
	r := &Result{Text: true}
	p := &page.Page{Rows: len(rows)}
	for k, name := range columns {
		r.Columns = append(r.Columns, Column{Name: name, Type: t})
		b := page.NewBuilder(t)
		for _, row := range rows {
			b.StringNoCopy(row[k])
		}
		p.Cols = append(p.Cols, b.Finish())
	}
	r.op = exec.Once(p)
	return r
}
