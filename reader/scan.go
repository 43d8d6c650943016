package reader

// ionSource: records of one split to pages.
//
// Records go one of two ways. The fast way (package shape) knows the export's
// shape and walks each byte once. The slow way takes whatever the fast one gave
// up: it checks the record with the whole grammar. Both only note where each
// column's value lies; decoding follows a column at a time, when the page is
// full, or for late columns when they are asked for. The fast way decides no hard
// case, and reports no error.

import (
	"context"
	"errors"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/projection"
	"github.com/ionq-db/ionq/reader/serde"
	"github.com/ionq-db/ionq/reader/shape"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

var _ Selector = (*ionSource)(nil)

type ionSource struct {
	input
	split    Split
	opt      Options
	props    *serde.Properties
	pageRows int

	cols   []*serde.Column
	paths  []*projection.Path // of cols
	tree   *projection.Tree
	shape  *shape.Scanner
	places []*projection.Node // that shape knows by number
	found  []ion.Value        // slow way: the last match of each column
	has    []bool
	inSexp []bool

	late []bool        // by column: decoded when asked for
	soft []*softColumn // by column; nil for those whose bad values are errors

	at, till []int32 // of picked rows

	page page.Page
	done bool
	err  error // sticky
}

// place returns the number by which shape knows a node.
func (s *ionSource) placeOf(n *projection.Node) int {
	for k, p := range s.places {
		if p == n {
			return k
		}
	}
	s.places = append(s.places, n)
	return len(s.places) - 1
}

// target tells shape what a field is wanted for.
func (s *ionSource) target(place int, name []byte) (t shape.Target, ok bool) {
	t.Place = -1
	var buf []byte
	text, ok := ion.Text(name, &buf)
	if !ok {
		return t, false
	}
	n := s.places[place].ByName(text)
	if n == nil {
		return t, true
	}
	t.Columns = n.Ends
	if n.Inner {
		t.Place = s.placeOf(n)
	}
	return t, !n.Complex
}

func (s *ionSource) Stats() Stats {
	raw, stored := s.stats()
	return Stats{BytesStored: stored, BytesRaw: raw, Records: s.records}
}

func (s *ionSource) Close() error {
	s.done = true
	return s.close()
}

func (s *ionSource) Next(ctx context.Context) (*page.Page, error) {
	if s.done {
		return nil, s.err
	}
	p, err := s.next(ctx)
	if err != nil || p == nil {
		err = s.inRecord(err)
		s.done, s.err = true, err
	}
	return p, err
}

func (s *ionSource) next(ctx context.Context) (*page.Page, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.shape.Begin()
	first := s.records
	if err := s.slide(); err != nil {
		return nil, err
	}
	for {
		more, err := s.take()
		s.records = first + int64(s.shape.Rows())
		if err == nil && more {
			if s.shape.Rows() == s.pageRows {
				break
			}
			continue
		}
		rows := s.shape.Rows()
		if errors.Is(err, ion.ErrIncomplete) {
			if rows > 0 {
				break // the page's strings lie in the window: it cannot move now
			}
			if err := s.more(); err != nil {
				return nil, err
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			continue
		}
		var bad *ion.SyntaxError
		if errors.As(err, &bad) && !bad.Unsupported && s.props.IgnoreMalformed {
			if rows == 0 {
				s.win.Advance(len(s.win.Data())) // the rest of the file is dropped silently
				return nil, nil
			}
			break
		}
		if rows > 0 {
			break // rows before a bad one come first: a LIMIT may need no more
		}
		if err != nil {
			return nil, s.place(err)
		}
		return nil, s.end()
	}
	if err := s.decode(first); err != nil {
		return nil, err
	}
	return &s.page, nil
}

// take takes records the fast way, or one the slow way. more is false at the end
// of the file.
func (s *ionSource) take() (more bool, err error) {
	if !s.opt.ProjectAll && !s.tree.Root.Complex && len(s.tree.Root.Ends) == 0 {
		b, from, _ := s.win.Whole()
		next, why := s.shape.Scan(b, from, s.pageRows)
		s.win.Advance(next - from)
		switch {
		case why == shape.Full:
			return true, nil
		case why != shape.GaveUp && !s.win.Final():
			return false, ion.ErrIncomplete
		}
	}
	return s.slow()
}

// decode makes the page of the rows that were located, up to the first one that
// has a bad value: the next page begins with it, and fails.
func (s *ionSource) decode(first int64) error {
	b, start, base := s.win.Whole()
	rows := s.shape.Rows()
	s.page = page.Page{Rows: rows, Cols: s.page.Cols, Split: s.split.Ordinal, Row: first}
	for k, c := range s.cols {
		s.page.Cols[k] = nil
		if s.late[k] {
			continue
		}
		at, till := s.shape.Column(k)
		at, till = at[:rows], till[:rows]
		var bad func(row int, err error)
		if l := s.soft[k]; l != nil {
			l.cut(0)
			if s.opt.keep != nil {
				if p, dst := s.opt.keep.ticks(k, rows); dst != nil && c.Ticks(p, dst, b, at, till) {
					s.opt.keep.taken(k)
					continue
				}
			}
			bad = func(row int, err error) {
				l.rows = append(l.rows, badRow{int32(row), s.valueErrorAt(err, b, base, first+int64(row)+1, c)})
			}
		}
		if s.opt.keep != nil {
			c.Into(s.opt.keep.room(k, rows))
		}
		v, failed, err := c.Load(b, at, till, nil, bad)
		if err != nil && failed == 0 {
			return s.valueErrorAt(err, b, base, first+1, c)
		}
		rows = failed
		s.page.Cols[k] = v
	}
	if rows == s.page.Rows {
		return nil
	}
	for k, c := range s.cols {
		if s.page.Cols[k] != nil {
			c.Truncate(rows)
		}
		s.soft[k].cut(rows)
	}
	s.win.Advance(int(s.shape.Starts()[rows]) - start)
	s.shape.Truncate(rows)
	s.page.Rows, s.records = rows, first+int64(rows)
	return nil
}

// end checks the file against what was promised.
func (s *ionSource) end() error {
	if err := s.win.Err(); err != nil {
		return s.place(err)
	}
	if s.split.Items >= 0 && s.records != s.split.Items {
		return sqlerr.New(sqlerr.ExportNotAsPromised, "The manifest promises %d items in the file, it holds %d", s.split.Items, s.records).
			WithData(sqlerr.Data{File: s.file, Offset: -1})
	}
	s.warnUnmatched()
	return nil
}

// slow takes one record with the whole grammar. more is false at the end of the
// file. After an error nothing of the record is taken.
func (s *ionSource) slow() (more bool, err error) {
	b, v, more, err := s.delimit()
	if err != nil || !more {
		return more, err
	}
	if b == nil { // a version marker
		return true, nil
	}
	s.locate(b, v)
	s.win.Advance(len(b))
	return true, nil
}

// locate notes where the columns' values are in a record that is known to be
// well-formed.
func (s *ionSource) locate(b []byte, v ion.Value) {
	clear(s.has)
	if n := s.tree.Record(b, v); n != nil {
		s.match(b, v, n, false)
	}
	_, start, _ := s.win.Whole()
	for k := range s.cols {
		if s.has[k] {
			s.shape.Put(k, start+s.found[k].Ann, s.inSexp[k])
		}
	}
	s.shape.Add(start)
}

// match notes where the columns' values are. It goes no deeper than the longest
// path.
func (s *ionSource) match(b []byte, v ion.Value, n *projection.Node, sexp bool) (end int) {
	for _, k := range n.Ends {
		s.found[k], s.has[k], s.inSexp[k] = v, true, sexp // the last match wins
	}
	if !n.Inner || v.Null || !v.Kind.IsContainer() {
		return ion.SkipValue(b, v)
	}
	i := v.Start + 1
	for index := 0; ; index++ {
		var name []byte
		var at int
		var ok bool
		if v.Kind == ion.Struct {
			var tok ion.Span
			if tok, at, ok = ion.NextField(b, i); ok {
				var buf []byte
				name, _ = ion.Text(b[tok.Start:tok.End], &buf)
			}
		} else {
			at, ok = ion.NextItem(b, i)
		}
		if !ok {
			return at
		}
		val := ion.ValueAt(b, at, v.Kind == ion.Sexp)
		if to := n.Child(name, v.Kind == ion.Struct, index, b, val); to != nil {
			i = s.match(b, val, to, v.Kind == ion.Sexp)
		} else {
			i = ion.SkipValue(b, val)
		}
	}
}

// textLimit is how much of an offending value an error shows.
const textLimit = 80

// valueErrorAt puts a value that cannot be decoded into Athena's words, with its
// place. b begins at offset base of the stream.
func (s *ionSource) valueErrorAt(err error, b []byte, base, record int64, c *serde.Column) error {
	var bad *serde.Error
	if !errors.As(err, &bad) {
		return err
	}
	text := ion.AppendText(nil, b, bad.Value)
	if len(text) > textLimit {
		text = append(text[:textLimit], "..."...)
	}
	e := sqlerr.New(sqlerr.HiveBadData, "Error Parsing a column in the table: %s", bad.Msg)
	if bad.Hint != "" {
		e = e.WithHint("%s", bad.Hint)
	}
	return e.WithData(sqlerr.Data{
		File: s.file, Record: record, Offset: s.offset(base + int64(bad.Value.Start)), Path: c.Path,
		IonType: bad.Value.Kind.Word(), SQLType: bad.Type.String(), Text: string(text),
	})
}
