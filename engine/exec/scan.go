package exec

// Scan: the pages of one split after the other. A scan never stands alone: a
// pipeline gives each of its workers one, and tells it which split to read.

import (
	"context"
	"slices"

	"github.com/ionq-db/ionq/engine/catalog"
	"github.com/ionq-db/ionq/engine/expr"
	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// TableSource is what a plan.Table's Handle must be: *catalog.Table is one.
type TableSource interface {
	Reader() reader.Table
	Splits(ctx context.Context, warn func(string)) ([]catalog.Split, error)
}

// HiddenColumns are the pseudo-columns of every table (semantics 4.5). They are
// not part of SELECT *.
var HiddenColumns = []plan.Column{
	{Name: "$path", Type: types.Varchar},
	{Name: "$file_size", Type: types.Bigint},
	{Name: "$file_modified_time", Type: types.TimestampTZ(3)},
	{Name: "$partition", Type: types.Varchar}, // of partitioned tables only
}

// HiddenOf returns the pseudo-columns of a table.
func HiddenOf(partitioned bool) []plan.Column {
	if partitioned {
		return HiddenColumns
	}
	return HiddenColumns[:len(HiddenColumns)-1]
}

// scan reads the split that it is pointed at.
type scan struct {
	env      *Env
	table    *reader.Table
	columns  []int // ordinals for the reader
	out      []int // of each output column: its place in columns, or -1-h for value h of hidden
	coded    int   // output column whose values may be places in a dictionary; -1 none
	late     []int // places in columns that are decoded when asked for
	split    *catalog.Split
	src      reader.PageSource
	sel      reader.Selector // src, where it decides conditions
	filtered bool            // a filter above loads the columns, as it needs them
	keptLate bool            // the same, of kept columns alone
	absent   []bool          // by place in columns: the page at hand came without it
	seen     reader.Stats
	read     *NodeStats // what EXPLAIN ANALYZE wants to know; nil: nobody asks
	page     page.Page
	hidden   []plan.Datum // of the split: hidden columns, then partition columns
	whole    scanColumns  // what a split has whose columns are the table's
	// hiddenTypes are the columns of hidden.
	hiddenTypes []plan.Column
}

func newScan(n *plan.Scan, env *Env) *scan {
	rt := n.Table.Handle.(TableSource).Reader()
	s := &scan{env: env, table: &rt, coded: -1}
	at := map[int]int{}
	data := len(rt.Columns)
	s.hiddenTypes = HiddenColumns
	for _, c := range n.Table.Columns[data:] {
		s.hiddenTypes = append(s.hiddenTypes[:len(s.hiddenTypes):len(s.hiddenTypes)], c)
	}
	for _, o := range n.Ordinals {
		if h := o - len(n.Table.Columns); h >= 0 {
			s.out = append(s.out, -1-h)
			continue
		}
		if p := o - data; p >= 0 {
			s.out = append(s.out, -1-len(HiddenColumns)-p)
			continue
		}
		k, ok := at[o]
		if !ok {
			k = len(s.columns)
			at[o] = k
			s.columns = append(s.columns, o)
		}
		s.out = append(s.out, k)
	}
	s.page.Cols = make([]*page.Vector, len(s.out))
	s.whole = scanColumns{s.table, s.columns, s.out, s.hiddenTypes}
	return s
}

// scanColumns are where a scan finds its columns.
type scanColumns struct {
	table       *reader.Table
	columns     []int
	out         []int
	hiddenTypes []plan.Column
}

// declare adapts the scan to the columns of the split's partition. Those that it does
// not have are like hidden ones that are NULL; their number is returned.
func (s *scan) declare(d *catalog.Declared) (missing int, err error) {
	s.table, s.columns, s.out, s.hiddenTypes = s.whole.table, s.whole.columns, s.whole.out, s.whole.hiddenTypes
	if d != nil {
		place := make([]int, len(s.columns))
		s.table, s.columns = &d.Table, nil
		s.hiddenTypes = slices.Clip(s.hiddenTypes)
		for i, o := range s.whole.columns {
			if d.Bad[o] != nil {
				return 0, d.Bad[o]
			}
			if d.Of[o] < 0 {
				place[i] = -1 - len(s.hiddenTypes)
				c := s.whole.table.Columns[o]
				s.hiddenTypes = append(s.hiddenTypes, plan.Column{Name: c.Name, Type: c.Type})
				missing++
				continue
			}
			place[i] = len(s.columns)
			s.columns = append(s.columns, d.Of[o])
		}
		s.out = slices.Clone(s.out)
		for k, o := range s.out {
			if o >= 0 {
				s.out[k] = place[o]
			}
		}
	}
	if len(s.late) > 0 {
		s.late = s.late[:0]
		s.later()
	}
	return missing, nil
}

// later makes every column late.
func (s *scan) later() {
	for o := range s.columns {
		s.late = append(s.late, o)
	}
}

// load decodes the late output column k of the page at hand for the listed rows
// (nil: all), and notes all output columns that show it in loaded. Where codes is set
// the column that may be places in a dictionary may be.
func (s *scan) load(k int, rows []int32, loaded []bool, codes bool) error {
	o := s.out[k]
	if o < 0 || !s.absent[o] {
		loaded[k] = true
		return nil
	}
	var v *page.Vector
	var err error
	if codes && k == s.coded && rows == nil && s.sel != nil {
		v, err = s.sel.Codes(o, nil)
	}
	if v == nil && err == nil {
		v, err = s.src.Load(o, rows)
	}
	if err != nil {
		return err
	}
	for j, other := range s.out {
		if other == o {
			s.page.Cols[j], loaded[j] = v, true
		}
	}
	return nil
}

// decide decides a condition on output column k for rows of the page at hand,
// where the source can without the column's values.
func (s *scan) decide(k int, c *colcache.Condition, rows, dst []int32) ([]int32, colcache.Outcome, error) {
	o := s.out[k]
	if s.sel == nil || o < 0 || !s.absent[o] {
		return dst, colcache.Unknown, nil
	}
	return s.sel.Select(o, c, rows, dst)
}

// codes gives output column k's places in a dictionary, for the listed rows of the
// page at hand or for all; nil where it has none.
func (s *scan) codes(k int, rows []int32) (*page.Vector, error) {
	o := s.out[k]
	if s.sel == nil || o < 0 || !s.absent[o] {
		return nil, nil
	}
	return s.sel.Codes(o, rows)
}

// packs reports whether pack can give the listed output columns of the page at hand.
func (s *scan) packs(cols []int) bool {
	for _, k := range cols {
		if o := s.out[k]; s.sel == nil || o < 0 || !s.absent[o] {
			return false
		}
	}
	return true
}

// pack puts the listed rows of the output columns next to each other: the page then
// stands for these rows.
func (s *scan) pack(cols []int, rows []int32) error {
	for _, k := range cols {
		var v *page.Vector
		var err error
		if k == s.coded {
			v, err = s.sel.Codes(s.out[k], rows)
		}
		if v == nil && err == nil {
			v, err = s.sel.Pick(s.out[k], rows)
		}
		if err != nil {
			return err
		}
		s.page.Cols[k] = v
	}
	return nil
}

// open points the scan at a split.
func (s *scan) open(ctx context.Context, split *catalog.Split) error {
	if err := s.Close(); err != nil {
		return err
	}
	missing, err := s.declare(split.Declared)
	if err != nil {
		return err
	}
	opt := s.env.Reader
	opt.PageRows, opt.Warn, opt.Late, opt.Lazy = s.env.PageRows, s.env.Warn, s.late, s.filtered
	opt.KeptLate = s.keptLate
	if s.coded >= 0 && !s.filtered && !s.keptLate && s.out[s.coded] >= 0 {
		opt.Coded = 1 + s.out[s.coded]
	}
	src, err := reader.Open(ctx, s.table, split.Split, s.columns, opt)
	if err != nil {
		return err
	}
	s.src, s.split, s.seen = src, split, reader.Stats{}
	s.sel, _ = src.(reader.Selector)
	s.hidden = []plan.Datum{
		{S: split.Name},
		{I: split.Size},
		{TZ: types.Instant{Millis: split.ModTime.UnixMilli()}},
		{S: split.PartitionName},
	}
	s.hidden = append(s.hidden, split.Partition...)
	for range missing {
		s.hidden = append(s.hidden, plan.Datum{Null: true})
	}
	return nil
}

func (s *scan) Next(ctx context.Context) (*page.Page, error) {
	if s.src == nil {
		return nil, nil
	}
	p, err := s.src.Next(ctx)
	s.count()
	if p == nil || err != nil {
		return nil, err
	}
	s.page.Rows, s.page.Sel, s.page.Split, s.page.Row = p.Rows, p.Sel, s.split.Ordinal, p.Row
	s.absent = s.absent[:0]
	for _, v := range p.Cols {
		s.absent = append(s.absent, v == nil)
	}
	for k, o := range s.out {
		if o >= 0 {
			s.page.Cols[k] = p.Cols[o]
		} else {
			s.page.Cols[k] = expr.ConstVector(s.hiddenTypes[-1-o].Type, s.hidden[-1-o], p.Rows)
		}
	}
	return &s.page, nil
}

// count adds what was read since the last time to the query's counters.
func (s *scan) count() {
	now := s.src.Stats()
	s.env.Stats.add(now, s.seen)
	if s.read != nil {
		s.read.Stored.Add(now.BytesStored - s.seen.BytesStored)
		s.read.Raw.Add(now.BytesRaw - s.seen.BytesRaw)
		s.read.Records.Add(now.Records - s.seen.Records)
		s.read.Kept.Add(now.BytesKept - s.seen.BytesKept)
	}
	s.seen = now
}

func (s *scan) Close() error {
	if s.src == nil {
		return nil
	}
	src := s.src
	s.src = nil
	return src.Close()
}
