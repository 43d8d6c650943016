package reader

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/sql/types"
)

// exportText returns the Ion text of a generated export of one file.
func exportText(tb testing.TB, shape gen.Shape, rows int64) []byte {
	tb.Helper()
	dir := tb.TempDir()
	if _, err := gen.Write(context.Background(), gen.Config{Dir: dir, Shape: shape, Rows: rows, Files: 1, Level: 1}); err != nil {
		tb.Fatal(err)
	}
	var text []byte
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".gz" {
			return err
		}
		f, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		z, err := gzip.NewReader(bytes.NewReader(f))
		if err != nil {
			return err
		}
		text, err = io.ReadAll(z)
		return err
	})
	if err != nil || len(text) == 0 {
		tb.Fatalf("no data: %v", err)
	}
	return text
}

// benchTable is the founding table, with the columns' types given.
func benchTable(id, amount types.Type) *Table {
	return tableOf(nil, Column{"id", id}, Column{"amount", amount}, Column{"created_at", types.Varchar})
}

func BenchmarkScan(b *testing.B) {
	narrow := exportText(b, gen.Narrow, 200_000)
	wide := exportText(b, gen.Wide, 15_000)
	few := bytes.SplitAfterN(narrow, []byte("\n"), 20_001)
	binary, ok := toBinary(string(bytes.Join(few[:20_000], nil)))
	if !ok {
		b.Fatal("no binary Ion")
	}
	ids, ok := toIDs(string(wide))
	if !ok {
		b.Fatal("no text with ids")
	}
	dec386 := types.Decimal(38, 6)
	for _, c := range []struct {
		name string
		text []byte
		cols []int
		opt  Options
	}{
		{"narrow/3cols", narrow, []int{0, 1, 2}, Options{}},
		{"narrow/1col", narrow, []int{1}, Options{}},
		{"narrow/count", narrow, nil, Options{}},
		{"narrow/slow", narrow, []int{0, 1, 2}, Options{ProjectAll: true}},
		{"narrow/binary", binary, []int{0, 1, 2}, Options{}},
		{"wide/ids", []byte(ids), []int{0, 1, 2}, Options{}},
		{"wide/3cols", wide, []int{0, 1, 2}, Options{}},
		{"wide/count", wide, nil, Options{}},
		{"wide/slow", wide, []int{0, 1, 2}, Options{ProjectAll: true}},
	} {
		b.Run(c.name, func(b *testing.B) {
			t := benchTable(types.Decimal(38, 0), dec386)
			split := splitOf("x.ion", "")
			split.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.text)), nil }
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			rows := 0
			for b.Loop() {
				src, err := Open(context.Background(), t, split, c.cols, c.opt)
				if err != nil {
					b.Fatal(err)
				}
				for {
					p, err := src.Next(context.Background())
					if err != nil {
						b.Fatal(err)
					}
					if p == nil {
						break
					}
					rows += p.Rows
				}
				if err := src.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
		})
	}
}
