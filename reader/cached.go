package reader

// Columns that are kept in the cache folder: cachedSource reads them instead of
// the file, recorder keeps them while the file is read. Both give the pages, the
// errors and the warnings that reading the file gives.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ionq-db/ionq/reader/colcache"
	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/serde"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// keptPage is the number of rows of a page of kept columns: there is little to do
// for a row, so that what is done for a page counts. 16384 values of 8 bytes stay
// in L2; twice as many are no faster, half as many take a twentieth more.
const keptPage = 16384

// maxRecorded bounds the columns that one reading of a file keeps, each of which
// holds a block in memory.
const maxRecorded = 16

// keptShare bounds what is written of a file, as a share of its text: 1/6 takes
// some 10 % of a query's time.
const keptShare = 6

// openCached opens a file whose columns may be kept.
func openCached(ctx context.Context, t *Table, split Split, columns []int, opt Options) (PageSource, error) {
	if err := ready(t, columns, opt); err != nil {
		return nil, err
	}
	if split.Size >= 0 && split.Size < opt.Cache.Least {
		return openFile(ctx, t, split, columns, opt)
	}
	start := time.Now()
	id, err := split.Identify(ctx)
	if err != nil || id.Key == "" {
		return openFile(ctx, t, split, columns, opt) // which has the error
	}
	keys := columnKeys(ctx, id.Key, t, split, columns, opt)
	if s := openKept(ctx, t, split, columns, opt, keys); s != nil {
		return s, nil
	}
	if !id.Changed.IsZero() && start.Sub(id.Changed) < opt.Cache.Settle {
		return openFile(ctx, t, split, columns, opt)
	}
	return record(ctx, t, split, columns, opt, keys, id.Key)
}

// ready gives the errors and warnings of a table's declaration, as opening a file
// does.
func ready(t *Table, columns []int, opt Options) error {
	if s, err := newLineSerDe(t); s != nil || err != nil {
		return err
	}
	_, err := prepare(t, columns, opt)
	return err
}

// keys name what is kept of a file: the number of its rows, and columns.
type keys struct {
	rows    string
	columns []string // of the projection
}

// keyVersion changes whenever decoding does, or the meaning of what is kept.
const keyVersion = "3"

// columnKeys makes the names under which columns of a file are kept: of the file's
// content, of the column, and a hash of every rule that decides about its values
// and errors.
func columnKeys(ctx context.Context, id string, t *Table, split Split, columns []int, opt Options) keys {
	var common strings.Builder
	put := func(fields ...any) {
		for _, f := range fields {
			fmt.Fprintf(&common, "%q\n", fmt.Sprint(f))
		}
	}
	put(keyVersion, t.SerDe, t.SkipHeader, opt.DecimalOverflow == "athena", split.DynamoDBJSON, split.MD5, inflate.MaxRatio(ctx), path.Ext(split.Name))
	ionTable := t.SerDe == serde.ClassName
	own := map[string]bool{} // properties of single columns
	if ionTable {
		for _, c := range t.Columns {
			own["ion."+c.Name+".path_extractor"], own["ion."+c.Name+".fail_on_overflow"] = true, true
		}
	} else { // such a SerDe's columns have no rules of their own
		for _, c := range t.Columns {
			put(c.Name, c.Type)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.Properties)) {
		if !own[key] {
			put(key, t.Properties[key])
		}
	}
	name := func(column string, rules ...any) string {
		h := sha256.New()
		_, _ = h.Write([]byte(common.String())) // a hash takes everything
		for _, r := range rules {
			_, _ = fmt.Fprintf(h, "%q\n", fmt.Sprint(r))
		}
		return id + "\t" + column + "\t" + hex.EncodeToString(h.Sum(nil)[:16])
	}
	k := keys{rows: name("")}
	for _, i := range columns {
		c := t.Columns[i]
		rules := []any{c.Name, c.Type}
		if ionTable {
			for _, p := range []string{".path_extractor", ".fail_on_overflow"} {
				v, ok := t.Properties["ion."+c.Name+p]
				rules = append(rules, ok, v)
			}
		} else {
			rules = append(rules, i)
		}
		k.columns = append(k.columns, name(c.Name, rules...))
	}
	return k
}

var _ Selector = (*cachedSource)(nil)

// cachedSource gives the pages of a file from kept columns. A column that turns out
// to be damaged is read from the file from then on.
type cachedSource struct {
	ctx     context.Context
	table   *Table
	split   Split
	columns []int
	opt     Options

	rows     int64
	counted  int64 // bytes read to know the number of rows, where there are no columns
	pageRows int
	cols     []cachedColumn
	at       int64 // row of the next page
	page     page.Page
	done     bool
	err      error
}

type cachedColumn struct {
	file   *colcache.File
	late   bool
	bad    []colcache.Bad // those not passed yet
	vec    page.Vector
	picked page.Vector
	codes  page.Vector
	shadow *shadow // in the place of a damaged file
}

// openKept opens kept columns; nil where one of them is not there.
func openKept(ctx context.Context, t *Table, split Split, columns []int, opt Options, k keys) PageSource {
	s := &cachedSource{ctx: ctx, table: t, split: split, columns: columns, opt: opt, rows: -1, pageRows: opt.PageRows}
	if s.pageRows <= 0 {
		s.pageRows = keptPage
	}
	miss := func() PageSource {
		s.close()
		return nil
	}
	if len(columns) == 0 {
		f := opt.Cache.Open(k.rows, types.Bigint)
		if f == nil {
			return nil
		}
		s.rows, s.counted = f.Rows(), f.Read()
		f.Close()
	}
	s.cols = make([]cachedColumn, len(columns))
	s.opt.Lazy = s.opt.Lazy || opt.KeptLate
	for i, c := range columns {
		f := opt.Cache.Open(k.columns[i], t.Columns[c].Type)
		if f == nil {
			return miss()
		}
		s.cols[i] = cachedColumn{file: f, late: opt.KeptLate || slices.Contains(opt.Late, i), bad: f.Bad()}
		if s.rows >= 0 && s.rows != f.Rows() || !f.Blocks() {
			return miss() // two files of one identity: neither is believed
		}
		s.rows = f.Rows()
	}
	s.page.Cols = make([]*page.Vector, len(columns))
	return s
}

func (s *cachedSource) Next(ctx context.Context) (*page.Page, error) {
	if s.done {
		return nil, s.err
	}
	p, err := s.next(ctx)
	if p == nil || err != nil {
		s.done, s.err = true, err
	}
	return p, err
}

func (s *cachedSource) next(ctx context.Context) (*page.Page, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.at == s.rows {
		return nil, s.end()
	}
	n := min(int64(s.pageRows), s.rows-s.at, colcache.BlockRows-s.at%colcache.BlockRows)
	// Rows before a bad one come first: a LIMIT may need no more.
	for k := range s.cols {
		c := &s.cols[k]
		for len(c.bad) > 0 && c.bad[0].Row < s.at {
			c.bad = c.bad[1:]
		}
		if !c.late && len(c.bad) > 0 && c.bad[0].Row < s.at+n {
			if n = c.bad[0].Row - s.at; n == 0 {
				return nil, s.badValue(c.bad[0].Err)
			}
		}
	}
	clear(s.page.Cols)
	s.page = page.Page{Rows: int(n), Cols: s.page.Cols, Split: s.split.Ordinal, Row: s.at}
	s.at += n
	if !s.opt.Lazy {
		for k := range s.cols {
			if !s.cols[k].late {
				if k == s.opt.Coded-1 {
					v, err := s.Codes(k, nil)
					if err != nil {
						return nil, err
					}
					if v != nil {
						s.page.Cols[k] = v
						continue
					}
				}
				if _, err := s.Load(k, nil); err != nil {
					return nil, err
				}
			}
		}
	}
	return &s.page, nil
}

// badValue is the error of a bad value, of this file.
func (s *cachedSource) badValue(kept *sqlerr.Error) error {
	e := *kept
	if e.Data != nil {
		d := *e.Data
		d.File = s.split.Name
		e.Data = &d
	}
	return &e
}

// end checks the file against what was promised, and warns as reading it would.
func (s *cachedSource) end() error {
	if err := promised(s.split, s.rows); err != nil {
		return err
	}
	for k := range s.cols {
		if f := s.cols[k].file; f != nil && s.opt.Warn != nil {
			for _, msg := range f.Warnings() {
				s.opt.Warn(msg)
			}
		}
	}
	return nil
}

// promised holds a file's number of records against what a manifest promises.
func promised(split Split, records int64) error {
	if split.Items >= 0 && records != split.Items {
		return sqlerr.New(sqlerr.ExportNotAsPromised, "The manifest promises %d items in the file, it holds %d", split.Items, records).
			WithData(sqlerr.Data{File: split.Name, Offset: -1})
	}
	return nil
}

// Load implements PageSource.
func (s *cachedSource) Load(k int, rows []int32) (*page.Vector, error) {
	c := &s.cols[k]
	if c.late {
		if err := s.badAmong(c, rows); err != nil {
			return nil, err
		}
	}
	if c.shadow == nil {
		err := c.file.Load(&c.vec, s.page.Row, s.page.Rows, rows)
		if err == nil {
			s.page.Cols[k] = &c.vec
			return &c.vec, nil
		}
		if !errors.Is(err, colcache.ErrDamaged) {
			return nil, err
		}
		c.shadow = &shadow{s: s, k: k}
	}
	v, err := c.shadow.rows(s.page.Row, s.page.Rows)
	s.page.Cols[k] = v
	return v, err
}

// badAmong gives the error of the first bad value among rows of the page.
func (s *cachedSource) badAmong(c *cachedColumn, rows []int32) error {
	for i := range c.bad {
		row := c.bad[i].Row - s.page.Row
		if row >= int64(s.page.Rows) {
			break
		}
		if _, found := slices.BinarySearch(rows, int32(row)); found || rows == nil {
			return s.badValue(c.bad[i].Err)
		}
	}
	return nil
}

// Select implements Selector.
func (s *cachedSource) Select(k int, cond *colcache.Condition, rows, dst []int32) ([]int32, colcache.Outcome, error) {
	c := &s.cols[k]
	if c.shadow != nil || len(c.bad) > 0 && c.bad[0].Row < s.page.Row+int64(s.page.Rows) {
		return dst, colcache.Unknown, nil
	}
	dst, out, err := c.file.Select(cond, s.page.Row, s.page.Rows, rows, dst)
	if errors.Is(err, colcache.ErrDamaged) {
		return dst, colcache.Unknown, nil // Load finds out
	}
	return dst, out, err
}

// Clean implements Selector.
func (s *cachedSource) Clean(k int) bool {
	c := &s.cols[k]
	return c.shadow == nil && (len(c.bad) == 0 || c.bad[0].Row >= s.page.Row+int64(s.page.Rows))
}

// Pick implements Selector.
func (s *cachedSource) Pick(k int, rows []int32) (*page.Vector, error) {
	c := &s.cols[k]
	if c.late {
		if err := s.badAmong(c, rows); err != nil {
			return nil, err
		}
	}
	if c.shadow == nil {
		ok, err := c.file.Pick(&c.picked, s.page.Row, rows)
		if ok {
			return &c.picked, nil
		}
		if err != nil && !errors.Is(err, colcache.ErrDamaged) {
			return nil, err
		}
	}
	v, err := s.Load(k, rows)
	if err != nil {
		return nil, err
	}
	page.GatherInto(&c.picked, v, rows)
	return &c.picked, nil
}

// Codes implements Selector.
func (s *cachedSource) Codes(k int, rows []int32) (*page.Vector, error) {
	c := &s.cols[k]
	if c.shadow != nil || len(c.bad) > 0 && c.bad[0].Row < s.page.Row+int64(s.page.Rows) {
		return nil, nil
	}
	ok, err := c.file.Codes(&c.codes, s.page.Row, s.page.Rows, rows)
	if !ok || err != nil {
		if errors.Is(err, colcache.ErrDamaged) {
			err = nil // Load finds out
		}
		return nil, err
	}
	return &c.codes, nil
}

// Whole implements Totaler.
func (s *cachedSource) Whole() (rows int64, ok bool) {
	ok = s.at == 0 && !s.done
	for k := range s.cols {
		ok = ok && len(s.cols[k].file.Bad()) == 0
	}
	return s.rows, ok
}

// Total implements Totaler.
func (s *cachedSource) Total(k int) colcache.Total { return s.cols[k].file.Total() }

// Pass implements Totaler.
func (s *cachedSource) Pass() { s.at = s.rows }

func (s *cachedSource) Stats() Stats {
	st := Stats{Records: s.at, BytesKept: s.counted}
	for k := range s.cols {
		if f := s.cols[k].file; f != nil {
			st.BytesKept += f.Read()
		}
		if sh := s.cols[k].shadow; sh != nil && sh.src != nil {
			in := sh.src.Stats()
			st.BytesStored += in.BytesStored
			st.BytesRaw += in.BytesRaw
		}
	}
	return st
}

func (s *cachedSource) Close() error {
	s.done = true
	return s.close()
}

func (s *cachedSource) close() error {
	var err error
	for k := range s.cols {
		c := &s.cols[k]
		if c.file != nil {
			c.file.Close()
		}
		if c.shadow != nil && c.shadow.src != nil {
			if e := c.shadow.src.Close(); err == nil {
				err = e
			}
			c.shadow.src = nil
		}
	}
	return err
}

// shadow reads one column from the file, row by row with the page at hand.
type shadow struct {
	s   *cachedSource
	k   int
	src softSource
	p   *page.Page // its page at hand
	b   *page.Builder
	vec *page.Vector
	row int64 // that vec begins with
	err error
}

// rows gives the rows of the page at hand; those that are bad are NULL. Asking for
// the same rows again is allowed, asking for earlier ones is not.
func (h *shadow) rows(from int64, n int) (*page.Vector, error) {
	if h.vec != nil && h.row == from {
		return h.vec, nil
	}
	if h.err == nil {
		h.err = h.read(from, n)
	}
	return h.vec, h.err
}

func (h *shadow) read(from int64, n int) error {
	s := h.s
	if h.src == nil {
		opt := s.opt
		opt.Late, opt.Cache, opt.Lazy, opt.soft, opt.Warn = nil, nil, false, []int{0}, nil
		column := s.columns[h.k]
		split := s.split
		split.Items = -1
		src, err := openFile(s.ctx, s.table, split, []int{column}, opt)
		if err != nil {
			return err
		}
		h.src, h.b = src.(softSource), page.NewBuilder(s.table.Columns[column].Type)
	}
	h.b.Reset()
	for at := from; at < from+int64(n); {
		for h.p == nil || h.p.Row+int64(h.p.Rows) <= at {
			p, err := h.src.Next(s.ctx)
			if err != nil {
				return err
			}
			if p == nil {
				return dataError(fmt.Errorf("%s has changed while it was read", s.split.Name), s.split.Name)
			}
			h.p = p
		}
		to := min(from+int64(n), h.p.Row+int64(h.p.Rows))
		h.b.AppendRange(h.p.Cols[0], int(at-h.p.Row), int(to-h.p.Row))
		at = to
	}
	h.vec, h.row = h.b.Vector(), from
	return nil
}
