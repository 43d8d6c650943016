package overlay

// The change rows themselves: the records of an incremental export, with columns
// that no path extractor gives.

import (
	"context"
	"slices"
	"time"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// Paths of a change record's parts, as path extractors.
const (
	KeysPath   = "(Record Keys)"
	NewPath    = "(Record NewImage)"
	OldPath    = "(Record OldImage)"
	MicrosPath = "(Record Metadata WriteTimestampMicros)"
)

// MicrosType holds every write timestamp as it is stored, a decimal.
var MicrosType = types.Decimal(18, 0)

// Derived is a column of change rows that is computed.
type Derived uint8

// The derived columns.
const (
	Stored      Derived = iota // not derived: read by its path extractor
	Operation                  // varchar: INSERT, MODIFY, REMOVE, or UPSERT
	WriteTime                  // timestamp(3)
	WriteMicros                // bigint
	ExportFrom                 // timestamp(3): the window's beginning, included
	ExportTo                   // timestamp(3): its end, excluded
)

// The operations, as DynamoDB Streams calls them; and what an export of new
// images only can say of a record that has one: it was put, by an insert or a
// modification.
const (
	Insert = "INSERT"
	Modify = "MODIFY"
	Remove = "REMOVE"
	Upsert = "UPSERT"
)

// ChangeRows returns the split of a change file whose records are rows of a table
// with derived columns: derived says of each of the table's columns what it is.
// newOnly tells that the export has no old images.
func ChangeRows(split reader.Split, from, to time.Time, derived []Derived, newOnly bool) reader.Split {
	c := changeRows{split: split, from: from.UnixMilli() * 1000, to: to.UnixMilli() * 1000, derived: derived, newOnly: newOnly}
	split.Via = c.open
	return split
}

type changeRows struct {
	split    reader.Split
	from, to int64 // microseconds, whole milliseconds
	derived  []Derived
	newOnly  bool
}

// open is the Via of the split. The inner scan reads the stored columns that are
// asked for, and behind them what the derived ones need.
func (c changeRows) open(ctx context.Context, t *reader.Table, columns []int, opt reader.Options) (reader.PageSource, error) {
	s := &changed{changeRows: c, inner: make([]int, len(columns)), vecs: make([]*page.Vector, len(columns)), micros: -1, new: -1, old: -1}
	in := *t
	in.Columns = slices.Clone(t.Columns)
	in.Properties = make(map[string]string, len(t.Properties)+3)
	for k, v := range t.Properties {
		in.Properties[k] = v
	}
	var want []int
	extra := func(name string, typ types.Type, path string, at *int) {
		if *at >= 0 {
			return
		}
		in.Columns = append(in.Columns, reader.Column{Name: name, Type: typ})
		in.Properties["ion."+name+".path_extractor"] = path
		*at = len(want)
		want = append(want, len(in.Columns)-1)
	}
	for k, col := range columns {
		s.inner[k] = -1
		if c.derived[col] == Stored {
			s.inner[k] = len(want)
			want = append(want, col)
		}
	}
	// A row without fields is NULL or not, and costs no decoding.
	presence := types.Row()
	for k, col := range columns {
		s.kinds = append(s.kinds, c.derived[col])
		switch c.derived[col] {
		case Operation:
			extra("$new", presence, NewPath, &s.new)
			extra("$old", presence, OldPath, &s.old)
		case WriteTime, WriteMicros:
			extra("$micros", MicrosType, MicrosPath, &s.micros)
		case ExportFrom, ExportTo:
			t := c.from
			if c.derived[col] == ExportTo {
				t = c.to
			}
			s.vecs[k] = &page.Vector{Type: types.Timestamp(3), Phys: page.PhysInt64, Const: true, I64: []int64{t}}
		}
	}
	var late []int
	for _, k := range opt.Late {
		if s.inner[k] >= 0 && !slices.Contains(late, s.inner[k]) {
			late = append(late, s.inner[k])
		}
	}
	opt.Late, opt.Lazy = late, false
	s.page.Cols = make([]*page.Vector, len(columns))
	var err error
	if s.in, err = reader.Open(ctx, &in, c.split, want, opt); err != nil {
		return nil, err
	}
	return s, nil
}

// changed is a PageSource.
type changed struct {
	changeRows
	in               reader.PageSource
	inner            []int // of each column: its place in the inner scan, or -1
	kinds            []Derived
	micros, new, old int // places in the inner scan; -1 where not needed
	vecs             []*page.Vector
	page             page.Page
	done             bool
	err              error
}

func (s *changed) Next(ctx context.Context) (*page.Page, error) {
	if s.done {
		return nil, s.err
	}
	p, err := s.in.Next(ctx)
	if p == nil || err != nil {
		s.done, s.err = true, err
		return nil, err
	}
	cols := s.page.Cols
	s.page = *p
	s.page.Cols = cols
	for k, at := range s.inner {
		if at >= 0 {
			cols[k] = p.Cols[at]
			continue
		}
		if cols[k], err = s.derive(k, p); err != nil {
			s.done, s.err = true, err
			return nil, err
		}
	}
	return &s.page, nil
}

// derive computes column k of a page.
func (s *changed) derive(k int, p *page.Page) (*page.Vector, error) {
	v := s.vecs[k]
	if v == nil {
		v = &page.Vector{}
		s.vecs[k] = v
	}
	v.Len = p.Rows
	switch s.kinds[k] {
	case ExportFrom, ExportTo:
		t := v.I64[0]
		for len(v.I64) < p.Rows {
			v.I64 = append(v.I64, t)
		}
		v.I64 = v.I64[:p.Rows]
	case Operation:
		v.Type, v.Phys = types.Varchar, page.PhysBytes
		v.Str = v.Str[:0]
		for i := range p.Rows {
			op := Modify
			switch {
			case p.Cols[s.new].IsNull(i):
				op = Remove
			case s.newOnly:
				op = Upsert
			case p.Cols[s.old].IsNull(i):
				op = Insert
			}
			v.Str = append(v.Str, op)
		}
	case WriteTime, WriteMicros:
		in := p.Cols[s.micros]
		v.Type, v.Phys = types.Bigint, page.PhysInt64
		v.Nulls = in.Nulls
		v.I64 = append(v.I64[:0], in.I64[:p.Rows]...)
		if s.kinds[k] == WriteMicros {
			break
		}
		v.Type = types.Timestamp(3)
		for i, t := range v.I64 {
			ms := t / 1000
			if t%1000 < 0 {
				ms--
			}
			v.I64[i] = ms * 1000
		}
	default:
		return nil, sqlerr.New(sqlerr.GenericInternalError, "a change column of kind %d", s.kinds[k])
	}
	return v, nil
}

// Load implements reader.PageSource. Derived columns are there with the page.
func (s *changed) Load(k int, rows []int32) (*page.Vector, error) {
	if s.inner[k] < 0 {
		return s.page.Cols[k], nil
	}
	v, err := s.in.Load(s.inner[k], rows)
	if err == nil {
		s.page.Cols[k] = v
	}
	return v, err
}

func (s *changed) Stats() reader.Stats { return s.in.Stats() }

func (s *changed) Close() error {
	s.done = true
	return s.in.Close()
}
