package spill

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// samples has a vector of every physical form, each of 9 rows, some NULL.
func samples() []*page.Vector {
	var out []*page.Vector
	make9 := func(t types.Type, put func(b *page.Builder, i int)) {
		b := page.NewBuilder(t)
		for i := range 9 {
			if i%4 == 3 {
				b.Null()
			} else {
				put(b, i)
			}
		}
		out = append(out, b.Finish())
	}
	make9(types.Unknown, func(b *page.Builder, _ int) { b.Null() })
	make9(types.Boolean, func(b *page.Builder, i int) { b.Bool(i%2 == 0) })
	make9(types.Bigint, func(b *page.Builder, i int) { b.Int64(math.MinInt64 + int64(i)) })
	make9(types.Double, func(b *page.Builder, i int) { b.Float64([]float64{0, math.Copysign(0, -1), math.Inf(1)}[i%3]) })
	make9(types.Decimal(38, 2), func(b *page.Builder, i int) { b.Int128(decimal.Int128{Hi: int64(i) - 5, Lo: math.MaxUint64}) })
	make9(types.TimestampTZ(9), func(b *page.Builder, i int) {
		b.Instant(types.Instant{Millis: int64(-i), Picos: 999_999_999, Zone: types.Zone(1681 - i)})
	})
	make9(types.TimeTZ(3), func(b *page.Builder, i int) { b.TimeTZ(types.TimeOfDayTZ{Picos: int64(i) << 40, Offset: -839}) })
	make9(types.Varchar, func(b *page.Builder, i int) { b.String(strings.Repeat("é", i*50)) })
	make9(types.Array(types.Varchar), func(b *page.Builder, i int) {
		for k := range i {
			if k == 2 {
				b.Child(0).Null()
			} else {
				b.Child(0).String(fmt.Sprint(k))
			}
		}
		b.EndContainer()
	})
	make9(types.Map(types.Bigint, types.Array(types.Double)), func(b *page.Builder, i int) {
		b.Child(0).Int64(int64(i))
		b.Child(1).Child(0).Float64(1.5)
		b.Child(1).EndContainer()
		b.EndContainer()
	})
	make9(types.Row(types.Field{Name: "a", Type: types.Bigint}, types.Field{Type: types.Array(types.Boolean)}), func(b *page.Builder, i int) {
		b.Child(0).Int64(int64(i))
		b.Child(1).Child(0).Bool(true)
		b.Child(1).EndContainer()
		b.EndRow()
	})
	narrow := &page.Vector{Type: types.Decimal(38, 2), Phys: page.PhysInt64, Len: 9, I64: []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}}
	return append(out, narrow)
}

func TestFile(t *testing.T) {
	cols := samples()
	var ts []types.Type
	for _, v := range cols {
		ts = append(ts, v.Type)
	}
	s := NewSpace(t.TempDir())
	f := s.File()
	type part struct {
		c        Chunk
		from, to int
	}
	var parts []part
	for from := range 10 {
		for to := from; to <= 9; to++ {
			c, err := f.Write(cols, from, to)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, part{c, from, to})
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.folder(), "*")); runtime.GOOS != "windows" && len(left) > 0 {
		t.Errorf("a file with a name: %v", left)
	}
	for _, p := range parts {
		got, err := f.Read(p.c, ts)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range cols {
			want := page.NewBuilder(v.Type)
			have := page.NewBuilder(v.Type)
			if got[k].Len != p.to-p.from || got[k].Phys != v.Phys {
				t.Fatalf("%v: %d rows of form %d", v.Type, got[k].Len, got[k].Phys)
			}
			if v.Phys == page.PhysNone {
				continue
			}
			want.AppendRange(v, p.from, p.to)
			have.AppendRange(got[k], 0, p.to-p.from)
			if a, b := want.Finish(), have.Finish(); !reflect.DeepEqual(a, b) {
				t.Errorf("%v rows %d to %d:\n%+v\nnot\n%+v", v.Type, p.from, p.to, b, a)
			}
		}
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.folder(), "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := f.Write(cols, 0, 1); err == nil {
		t.Error("a closed file takes rows")
	}
}

// full is a disk with room for so many bytes.
type full struct{ room int }

func (f *full) WriteAt(p []byte, _ int64) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	return len(p), nil
}
func (f *full) ReadAt([]byte, int64) (int, error) { return 0, errors.New("nothing to read") }
func (f *full) Close() error                      { return nil }

func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	f := NewSpaceWith(dir, func(string) (Store, error) { return &full{room: 1000}, nil }).File()
	var err error
	for range 100 {
		if _, err = f.Write(samples(), 0, 9); err != nil {
			break
		}
	}
	if sqlerr.CodeOf(err) != sqlerr.OutOfSpillSpace || !strings.Contains(err.Error(), dir) {
		t.Error(err)
	}
	f = NewSpace(filepath.Join(dir, "missing")).File()
	if _, err = f.Write(samples(), 0, 9); sqlerr.CodeOf(err) != sqlerr.GenericSpillFailure || !strings.Contains(err.Error(), "missing") {
		t.Error(err)
	}
}

// TestKilled kills a process that has a temporary file: nothing of it is left,
// at the latest when the next one spills. The file of a living one stays whole.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("IONQ_SPILL_AND_WAIT"); dir != "" {
		f := NewSpace(dir).File()
		if _, err := f.Write(samples(), 0, 9); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("written")
		time.Sleep(time.Minute)
		os.Exit(0)
	}
	dir := t.TempDir()
	live := NewSpace(dir).File()
	defer live.Close()
	c, err := live.Write(samples(), 0, 9)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "IONQ_SPILL_AND_WAIT="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	if n, _ := out.Read(buf); !strings.Contains(string(buf[:n]), "written") {
		t.Errorf("%q", buf[:n])
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // it was killed
	// What another system, or a kill between two steps, may leave.
	stale := filepath.Join(dir, "ionq-1-123.spill")
	other := filepath.Join(dir, "notes.txt")
	for _, name := range []string{stale, other} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	next := NewSpace(dir).File()
	defer next.Close()
	if _, err := next.Write(samples(), 0, 9); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	want := 1 // the other file
	if runtime.GOOS == "windows" {
		want += 2 // the living ones
	}
	if len(left) != want {
		t.Errorf("left behind: %v", left)
	}
	var ts []types.Type
	for _, v := range samples() {
		ts = append(ts, v.Type)
	}
	if _, err := live.Read(c, ts); err != nil {
		t.Errorf("the living file: %v", err)
	}
}

func TestBudget(t *testing.T) {
	b := NewBudget(1000)
	a, z := b.Account(), b.Account()
	if a.Hold(900) || z.Hold(50) {
		t.Error("within the budget")
	}
	if z.Hold(110) { // over, but too little to matter
		t.Error("spilling it would free next to nothing")
	}
	if !a.Hold(901) || !z.Hold(200) {
		t.Error("over the budget")
	}
	a.Free()
	if z.Hold(1000) || b.Peak() != 1101 {
		t.Error(b.Peak())
	}
	if err := z.Require(hardFloor+1, "rows"); sqlerr.CodeOf(err) != sqlerr.ExceededLocalMemoryLimit {
		t.Error(err)
	}
	if err := z.Require(hardFloor, "rows"); err != nil {
		t.Error(err)
	}
	var none *Budget
	if n := none.Account(); n.Hold(1<<60) || n.Require(1<<60, "x") != nil || n.Limited() {
		t.Error("no budget is no limit")
	}
	if d := Default(); d < 64<<20 {
		t.Errorf("a quarter of the memory is %d bytes", d)
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1GiB": 1 << 30, "512MB": 512e6, "1.5 GiB": 3 << 29, "64k": 64 << 10, "10": 10, "7B": 7, "2tb": 2e12, " 1 MiB ": 1 << 20,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "-1", "1e3", "inf", "NaN", "0x10", "1_0", "9999999TB", "MB", "1 2"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
	for n, want := range map[int64]string{100: "100 bytes", 1536: "1.5 KiB", 512 << 20: "512 MiB", 3 << 30: "3 GiB"} {
		if got := Format(n); got != want {
			t.Error(got)
		}
	}
}
