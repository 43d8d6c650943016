package overlay

// selection: the pages of a file of which only some records are rows.

import (
	"context"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/projection"
)

// selection says which records of a file are rows.
type selection struct {
	split reader.Split
	list  []uint32 // record numbers, ascending
	drop  bool     // the list names those that are no rows
	image bool     // rows are new images: (Item x) is (Record NewImage x)
}

// open is the Via of the file's split.
func (s selection) open(ctx context.Context, t *reader.Table, columns []int, opt reader.Options) (reader.PageSource, error) {
	if s.image {
		var err error
		if t, err = underImage(t); err != nil {
			return nil, err
		}
	}
	// A record that is no row must not be decoded: a bad value there is none of the
	// table's. So all columns come late, and the ones that were wanted at once are
	// loaded for the rows only.
	late := opt.Late
	opt.Late = make([]int, len(columns))
	src := &selected{selection: s}
	for k := range columns {
		opt.Late[k] = k
		if !slices.Contains(late, k) {
			src.now = append(src.now, k)
		}
	}
	var err error
	src.in, err = reader.Open(ctx, t, s.split, columns, opt)
	if err != nil {
		return nil, err
	}
	return src, nil
}

// underImage returns the table with its path extractors below the new image.
func underImage(t *reader.Table) (*reader.Table, error) {
	out := *t
	out.Properties = make(map[string]string, len(t.Properties))
	for key, text := range t.Properties {
		out.Properties[key] = text
		if !strings.HasPrefix(key, "ion.") || !strings.HasSuffix(key, ".path_extractor") {
			continue
		}
		p, err := projection.Parse(text)
		if err != nil {
			return nil, err
		}
		if len(p.Components) > 0 && p.Components[0].Kind == projection.Name && p.Components[0].Name == fieldItem {
			p.Components = append([]projection.Component{
				{Kind: projection.Name, Name: fieldRecord}, {Kind: projection.Name, Name: fieldNew},
			}, p.Components[1:]...)
			out.Properties[key] = p.String()
		}
	}
	return &out, nil
}

// selected is a PageSource.
type selected struct {
	selection
	in   reader.PageSource
	now  []int // columns to load with the page
	next int   // in list
	sel  []int32
	page page.Page
	err  error // comes after the rows in front of it
	done bool
}

func (s *selected) Next(ctx context.Context) (*page.Page, error) {
	for {
		if s.done {
			return nil, s.err
		}
		p, err := s.in.Next(ctx)
		if p == nil || err != nil {
			s.done, s.err = true, err
			return nil, err
		}
		rows, all := s.rows(p)
		if !all && len(rows) == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			continue
		}
		s.page = *p
		s.page.Sel = nil
		if !all {
			s.page.Sel = rows
		}
		if err := s.load(s.page.Sel); err != nil {
			if err = s.before(err); err != nil {
				s.done, s.err = true, err
				if len(s.page.Sel) == 0 {
					return nil, err
				}
			}
		}
		return &s.page, nil
	}
}

// rows gives the places in a page of the records that are rows.
func (s *selected) rows(p *page.Page) (sel []int32, all bool) {
	from := s.next
	for s.next < len(s.list) && int64(s.list[s.next]) < p.Row+int64(p.Rows) {
		s.next++
	}
	listed := s.list[from:s.next]
	s.sel = s.sel[:0]
	if !s.drop {
		if len(listed) == p.Rows {
			return nil, true
		}
		for _, n := range listed {
			s.sel = append(s.sel, int32(int64(n)-p.Row))
		}
		return s.sel, false
	}
	if len(listed) == 0 {
		return nil, true
	}
	at := int32(0)
	for _, n := range listed {
		for ; at < int32(int64(n)-p.Row); at++ {
			s.sel = append(s.sel, at)
		}
		at++
	}
	for ; at < int32(p.Rows); at++ {
		s.sel = append(s.sel, at)
	}
	return s.sel, false
}

func (s *selected) load(rows []int32) error {
	for _, k := range s.now {
		v, err := s.in.Load(k, rows)
		if err != nil {
			return err
		}
		s.page.Cols[k] = v
	}
	return nil
}

// before keeps the rows in front of the first one that cannot be decoded: they
// come first, and a LIMIT may need no more. It returns that row's error.
func (s *selected) before(err error) error {
	rows := s.page.Sel
	if rows == nil {
		for k := range s.page.Rows {
			s.sel = append(s.sel, int32(k))
		}
		rows = s.sel
	}
	good, bad := 0, len(rows) // load(rows[:good]) goes well, load(rows[:bad]) fails
	for good+1 < bad {
		if mid := (good + bad) / 2; s.load(rows[:mid]) == nil {
			good = mid
		} else {
			bad = mid
		}
	}
	first := s.load(rows[:bad])
	if first == nil {
		return err // it cannot be told from the rows; the page as such failed
	}
	if e := s.load(rows[:good]); e != nil {
		good = 0
	}
	s.page.Sel = rows[:good]
	return first
}

// Load implements reader.PageSource.
func (s *selected) Load(k int, rows []int32) (*page.Vector, error) {
	if rows == nil {
		rows = s.page.Sel
	}
	v, err := s.in.Load(k, rows)
	if err == nil {
		s.page.Cols[k] = v
	}
	return v, err
}

func (s *selected) Stats() reader.Stats { return s.in.Stats() }

func (s *selected) Close() error {
	s.done = true
	return s.in.Close()
}
