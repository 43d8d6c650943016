package reader

// Parquet files as a PageSource: package parquet reads them, what is here brings
// the bytes within reach in any order.

import (
	"context"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/parquet"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

type parquetSource struct {
	src   *parquet.Source
	file  io.Closer
	bytes *counted
	rows  int64
	late  []int
	kept  []*page.Vector
	page  page.Page
}

// counted counts the bytes that are read.
type counted struct {
	r io.ReaderAt
	n atomic.Int64
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.n.Add(int64(n))
	return n, err
}

func openParquet(ctx context.Context, t *Table, split Split, columns []int, opt Options) (PageSource, error) {
	s := &parquetSource{late: opt.Late}
	rc, err := split.Open(ctx)
	if err != nil {
		return nil, err
	}
	r, size, file, err := seekable(rc, split)
	if err != nil {
		return nil, err
	}
	s.file, s.bytes = file, &counted{r: r}
	cols := make([]parquet.Column, len(columns))
	for k, i := range columns {
		cols[k] = parquet.Column{Name: t.Columns[i].Name, Type: t.Columns[i].Type, Index: i}
	}
	rows := opt.PageRows
	if rows <= 0 {
		rows = page.DefaultRows
	}
	byIndex := strings.EqualFold(t.Properties["parquet.column.index.access"], "true")
	if s.src, err = parquet.Open(s.bytes, size, split.Name, cols, byIndex, rows); err != nil {
		_ = file.Close() // it was only read
		return nil, err
	}
	return s, nil
}

// seekable gives bytes in any order: of a local file as it is, of a download by
// way of a temporary file.
func seekable(rc io.ReadCloser, split Split) (io.ReaderAt, int64, io.Closer, error) {
	if r, ok := rc.(interface {
		io.ReaderAt
		Stat() (os.FileInfo, error)
	}); ok {
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			return r, info.Size(), rc, nil
		}
	}
	f, err := os.CreateTemp("", "ionq-parquet-*")
	if err != nil {
		_ = rc.Close() // the other error counts
		return nil, 0, nil, sqlerr.New(sqlerr.HiveFilesystemError, "Cannot make a temporary file for %s: %v", split.Name, err).Wrap(err)
	}
	_ = os.Remove(f.Name()) // where that is refused, Close removes it
	t := &tempFile{f}
	n, err := io.Copy(f, rc)
	if cerr := rc.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = t.Close() // the other error counts
		return nil, 0, nil, sqlerr.New(sqlerr.HiveCannotOpenSplit, "Error opening Hive split %s: %v", split.Name, err).Wrap(err)
	}
	return f, n, t, nil
}

type tempFile struct{ *os.File }

func (t *tempFile) Close() error {
	err := t.File.Close()
	_ = os.Remove(t.Name()) // usually gone already
	return err
}

func (s *parquetSource) Next(ctx context.Context) (*page.Page, error) {
	p, err := s.src.Next(ctx)
	if p == nil || err != nil {
		return nil, err
	}
	s.rows += int64(p.Rows)
	s.page = *p
	if len(s.late) > 0 {
		s.kept = append(s.kept[:0], p.Cols...)
		s.page.Cols = append([]*page.Vector(nil), p.Cols...)
		for _, k := range s.late {
			s.page.Cols[k] = nil
		}
	}
	return &s.page, nil
}

// Load gives a late column: it was decoded with the page, since values of Parquet
// files have been checked by their writers.
func (s *parquetSource) Load(k int, _ []int32) (*page.Vector, error) {
	s.page.Cols[k] = s.kept[k]
	return s.kept[k], nil
}

func (s *parquetSource) Stats() Stats {
	n := s.bytes.n.Load()
	return Stats{BytesStored: n, BytesRaw: n, Records: s.rows}
}

func (s *parquetSource) Close() error {
	err := s.src.Close()
	if cerr := s.file.Close(); err == nil {
		err = cerr
	}
	return err
}
