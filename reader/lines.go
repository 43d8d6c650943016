package reader

// lineSource: files of text lines, each of which a SerDe takes for a row.

import (
	"bytes"
	"context"
	"errors"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/jsonserde"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/textserde"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// lineSerDe decodes lines: Parse takes one and checks it whole, Append appends
// the value of a column of the table.
type lineSerDe interface {
	Parse(line []byte) error
	Append(column int, out *page.Builder) error
}

type lineSource struct {
	input
	split    Split
	serde    lineSerDe
	table    *Table
	columns  []int // ordinals
	pageRows int

	builders []*page.Builder
	late     []bool
	soft     []*softColumn // by column; nil for those whose bad values are errors
	lines    [][]byte      // of the page, where a column is late
	arena    page.Arena
	at       int64 // offset of the line at hand
	skip     int   // lines still to be passed over
	page     page.Page
	done     bool
	err      error
}

// newLineSerDe returns the SerDe of a table over lines; nil for other tables.
func newLineSerDe(t *Table) (lineSerDe, error) {
	if textserde.Is(t.SerDe) {
		cols := make([]textserde.Column, len(t.Columns))
		for i, c := range t.Columns {
			cols[i] = textserde.Column{Name: c.Name, Type: c.Type}
		}
		s, err := textserde.New(t.SerDe, cols, t.Properties)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	if !jsonserde.Is(t.SerDe) {
		return nil, nil
	}
	cols := make([]jsonserde.Column, len(t.Columns))
	for i, c := range t.Columns {
		cols[i] = jsonserde.Column{Name: c.Name, Type: c.Type}
	}
	s, err := jsonserde.New(t.SerDe, cols, t.Properties)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func openLines(ctx context.Context, t *Table, s lineSerDe, split Split, columns []int, opt Options) (PageSource, error) {
	p := &lineSource{split: split, serde: s, table: t, columns: columns, pageRows: opt.PageRows, late: make([]bool, len(columns))}
	if p.pageRows <= 0 {
		p.pageRows = page.DefaultRows
	}
	for _, c := range columns {
		p.builders = append(p.builders, page.NewBuilder(t.Columns[c].Type))
	}
	for _, k := range opt.Late {
		p.late[k] = true
	}
	p.soft = make([]*softColumn, len(columns))
	for _, k := range opt.soft {
		p.soft[k] = new(softColumn)
	}
	p.page.Cols = make([]*page.Vector, len(columns))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.size = opt.window
	if err := p.input.open(ctx, split); err != nil {
		return nil, err
	}
	p.skip = t.SkipHeader
	return p, nil
}

func (s *lineSource) Stats() Stats {
	raw, stored := s.stats()
	return Stats{BytesStored: stored, BytesRaw: raw, Records: s.records}
}

func (s *lineSource) Close() error {
	s.done = true
	return s.close()
}

func (s *lineSource) Next(ctx context.Context) (*page.Page, error) {
	if s.done {
		return nil, s.err
	}
	p, err := s.next(ctx)
	if err != nil || p == nil {
		s.done, s.err = true, err
	}
	return p, err
}

// line takes the next line, without its end; more is false behind the last one.
func (s *lineSource) line(ctx context.Context) (b []byte, more bool, err error) {
	seen := 0
	for {
		b := s.win.Data()
		if n := bytes.IndexByte(b[seen:], '\n'); n >= 0 {
			n += seen
			s.at = s.win.Offset()
			s.win.Advance(n + 1)
			return bytes.TrimSuffix(b[:n], []byte{'\r'}), true, nil
		}
		if s.win.Final() {
			if err := s.win.Err(); err != nil {
				return nil, false, err
			}
			s.at = s.win.Offset()
			s.win.Advance(len(b))
			return b, len(b) > 0, nil
		}
		seen = len(b)
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		if err := s.win.More(); err != nil {
			var long *ion.TooLongError
			if errors.As(err, &long) {
				return nil, false, sqlerr.New(sqlerr.HiveCursorError, "%s", err.Error()).
					WithData(sqlerr.Data{File: s.file, Record: s.records + 1, Offset: s.win.Offset()})
			}
			return nil, false, err
		}
	}
}

func (s *lineSource) next(ctx context.Context) (*page.Page, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, b := range s.builders {
		b.Reset()
	}
	for _, l := range s.soft {
		l.cut(0)
	}
	s.lines, s.arena = s.lines[:0], page.Arena{}
	first, rows := s.records, 0
	for rows < s.pageRows {
		line, more, err := s.line(ctx)
		if s.skip > 0 && more && err == nil {
			s.skip--
			continue
		}
		if err == nil && more {
			err = s.row(line, rows)
		}
		if err != nil {
			err = s.inRecord(err)
			if rows > 0 { // rows before the bad one come first
				s.err = err
				break
			}
			return nil, err
		}
		if !more {
			if err := s.end(); err != nil {
				return nil, err
			}
			break
		}
		rows++
		s.records++
	}
	if s.err != nil {
		s.done = true
	}
	if rows == 0 {
		return nil, nil
	}
	s.page = page.Page{Rows: rows, Cols: s.page.Cols, Split: s.split.Ordinal, Row: first}
	for k, b := range s.builders {
		s.page.Cols[k] = nil
		if !s.late[k] {
			s.page.Cols[k] = b.Vector()
		}
	}
	return &s.page, nil
}

// row appends a line's values.
func (s *lineSource) row(line []byte, rows int) error {
	if err := s.serde.Parse(line); err != nil {
		return sqlerr.New(sqlerr.HiveCursorError, "Row is not a valid JSON Object - JSONException: %s", err.Error()).
			WithData(sqlerr.Data{File: s.file, Record: s.records + 1, Offset: s.at})
	}
	anyLate := false
	for k, c := range s.columns {
		if s.late[k] {
			anyLate = true
			continue
		}
		if err := s.append(k, c, s.records+1); err != nil {
			if s.soft[k] != nil {
				if b := s.builders[k]; b.Len() > rows {
					b.Truncate(rows)
				}
				s.builders[k].Null()
				s.soft[k].rows = append(s.soft[k].rows, badRow{int32(rows), err})
				continue
			}
			for i, b := range s.builders {
				if b.Len() > rows {
					b.Truncate(rows)
				}
				s.soft[i].cut(rows)
			}
			return err
		}
	}
	if anyLate {
		s.lines = append(s.lines, []byte(s.arena.Copy(string(line))))
	}
	return nil
}

func (s *lineSource) append(k, column int, record int64) error {
	err := s.serde.Append(column, s.builders[k])
	var bad *jsonserde.Error
	var field *textserde.Error
	if errors.As(err, &field) {
		bad = &jsonserde.Error{Type: field.Type, Text: field.Text, Msg: field.Msg}
	}
	if bad != nil || errors.As(err, &bad) {
		text := bad.Text
		if len(text) > textLimit {
			text = text[:textLimit] + "..."
		}
		return sqlerr.New(sqlerr.HiveBadData, "Error parsing field value '%s' for field %d: %s", text, column, bad.Msg).
			WithData(sqlerr.Data{File: s.file, Record: record, Offset: -1, SQLType: bad.Type.String(), Text: text})
	}
	return err
}

// inRecord adds to an error of the bytes themselves the record that was being
// read.
func (s *lineSource) inRecord(err error) error {
	var e *sqlerr.Error
	if errors.As(err, &e) {
		if e.Code == sqlerr.HiveCursorError && e.Data != nil && e.Data.Record == 0 {
			e.Data.Record = s.records + 1
		}
		return err
	}
	return dataError(err, s.file)
}

func (s *lineSource) end() error {
	if s.split.Items >= 0 && s.records != s.split.Items {
		return sqlerr.New(sqlerr.ExportNotAsPromised, "The manifest promises %d items in the file, it holds %d", s.split.Items, s.records).
			WithData(sqlerr.Data{File: s.file, Offset: -1})
	}
	return nil
}

// bad implements softSource.
func (s *lineSource) bad(k int) []badRow { return s.soft[k].rows }

// Load implements PageSource: the lines of the page are read again.
func (s *lineSource) Load(k int, rows []int32) (*page.Vector, error) {
	if k < 0 || k >= len(s.late) || !s.late[k] || len(s.lines) != s.page.Rows {
		panic("BUG: Load of a column that is not late, or without a page")
	}
	b := s.builders[k]
	b.Reset()
	next := 0
	for row := range s.page.Rows {
		if rows != nil {
			if next >= len(rows) || int(rows[next]) != row {
				b.Null()
				continue
			}
			next++
		}
		if err := s.serde.Parse(s.lines[row]); err != nil {
			return nil, err
		}
		if err := s.append(k, s.columns[k], s.page.Row+int64(row)+1); err != nil {
			return nil, err
		}
	}
	s.page.Cols[k] = b.Vector()
	return s.page.Cols[k], nil
}
