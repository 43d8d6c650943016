package reader

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// scanAhead reads like scanAll, and lets a spare worker come in front of a page.
func scanAhead(t *testing.T, s Split, helpAt, stopAt int) (rows int, sum uint64, err error) {
	t.Helper()
	spare, added, hash := new(Spare), int32(0), fnv.New64a()
	src, err := Open(WithSpare(context.Background(), spare), benchTable(types.Decimal(38, 0), types.Decimal(38, 6)), s, []int{0, 1, 2}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n != stopAt; n++ {
		if n == helpAt {
			spare.Add(1)
			added++
		}
		p, e := src.Next(context.Background())
		if e != nil || p == nil {
			err = e
			break
		}
		rows += p.Rows
		for i := range p.Rows {
			for _, v := range p.Cols {
				fmt.Fprintln(hash, render(v, i))
			}
		}
	}
	raw := src.Stats().BytesRaw
	if e := src.Close(); e != nil {
		t.Fatal(e)
	}
	if got := src.Stats().BytesRaw; got < raw {
		t.Errorf("%d bytes after Close, %d before", got, raw)
	}
	if n := spare.n.Load(); n != added {
		t.Errorf("%d spare workers are left of %d", n, added)
	}
	return rows, hash.Sum64(), err
}

// TestAhead: a spare worker changes nothing, whenever it comes, not even where
// the file is cut off or damaged; and none is left behind by a scan that stops.
func TestAhead(t *testing.T) {
	text := string(exportText(t, gen.Narrow, 30_000))
	whole := splitOf("x.ion.gz", text)
	n, want, err := scanAhead(t, whole, -1, -1)
	if err != nil || n != 30_000 {
		t.Fatal(n, err)
	}
	lines := strings.SplitAfter(text, "\n")
	lines[20_000] = "$ion_1_0 {Item:{id:1.,,}}\n"
	cut := splitOf("x.ion.gz", text)
	open := cut.Open
	cut.Open = func(ctx context.Context) (io.ReadCloser, error) {
		r, err := open(ctx)
		return io.NopCloser(io.LimitReader(r, 400_000)), err
	}
	bads := []Split{splitOf("x.ion.gz", strings.Join(lines, "")), cut}
	for _, helpAt := range []int{0, 1, 2, 5, 9, 1000} {
		if n, got, err := scanAhead(t, whole, helpAt, -1); err != nil || n != 30_000 || got != want {
			t.Errorf("help at %d: %d rows, %v", helpAt, n, err)
		}
		for stopAt := range 4 {
			if _, _, err := scanAhead(t, whole, helpAt, stopAt); err != nil {
				t.Error(err)
			}
		}
		for _, bad := range bads {
			wantN, wantSum, wantErr := scanAhead(t, bad, -1, -1)
			gotN, gotSum, err := scanAhead(t, bad, helpAt, -1)
			if err == nil || sqlerr.CodeOf(err) != sqlerr.CodeOf(wantErr) || err.Error() != wantErr.Error() || gotN != wantN || gotSum != wantSum {
				t.Errorf("help at %d: %d rows, %v; want %d, %v", helpAt, gotN, err, wantN, wantErr)
			}
		}
	}
}

// TestScanAllocations: a scan that is under way allocates nothing per row.
func TestScanAllocations(t *testing.T) {
	for _, shape := range []gen.Shape{gen.Narrow, gen.Wide} {
		text := string(exportText(t, shape, 40_000))
		s := splitOf("x.ion.gz", text)
		src, err := Open(context.Background(), benchTable(types.Decimal(38, 0), types.Decimal(38, 6)), s, []int{0, 1, 2}, Options{Late: []int{0, 1}})
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		next := func() {
			p, err := src.Next(context.Background())
			if err != nil || p == nil {
				t.Fatal(p, err)
			}
			for k := range 2 {
				if _, err := src.Load(k, nil); err != nil {
					t.Fatal(err)
				}
			}
			rows += p.Rows
		}
		for range 6 { // lists of names, vectors and nulls come to their sizes
			next()
		}
		if n := testing.AllocsPerRun(5, next); n > 0 {
			t.Errorf("%s: %.0f allocations a page of some %d rows", shape, n, rows/12)
		}
		if err := src.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
