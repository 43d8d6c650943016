package colcache

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/clock"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

func open(t testing.TB) *Cache {
	s := store.Open(store.Options{Dir: t.TempDir(), Limit: 1 << 30})
	t.Cleanup(func() { s.Close() })
	return New(s)
}

// column makes values of a type, by a shape that calls for a certain encoding.
type column struct {
	name string
	typ  types.Type
	add  func(b *page.Builder, r *rand.Rand, i int)
}

func columns() []column {
	long := types.Decimal(38, 2)
	text := types.Varchar
	words := []string{"", "a", "bb", strings.Repeat("x", 300), "2023-01-01", "null"}
	cols := []column{
		{"bigint", types.Bigint, func(b *page.Builder, r *rand.Rand, _ int) { b.Int64(int64(r.Uint64())) }},
		{"narrow", types.Bigint, func(b *page.Builder, r *rand.Rand, _ int) { b.Int64(1e15 + r.Int64N(200)) }},
		{"const", types.Integer, func(b *page.Builder, _ *rand.Rand, _ int) { b.Int64(-7) }},
		{"ids", types.Bigint, func(b *page.Builder, r *rand.Rand, _ int) { b.Int64(r.Int64N(3000) * 1e12) }},
		{"few", types.Bigint, func(b *page.Builder, r *rand.Rand, _ int) { b.Int64(r.Int64N(100) * 1e12) }},
		{"turning", types.Bigint, func(b *page.Builder, r *rand.Rand, i int) { b.Int64(int64(i/3) * 1e12 * r.Int64N(2)) }},
		{"bool", types.Boolean, func(b *page.Builder, r *rand.Rand, _ int) { b.Bool(r.IntN(2) == 0) }},
		{"true", types.Boolean, func(b *page.Builder, _ *rand.Rand, _ int) { b.Bool(true) }},
		{"double", types.Double, func(b *page.Builder, r *rand.Rand, i int) {
			b.Float64([]float64{math.NaN(), math.Inf(-1), math.Copysign(0, -1), r.NormFloat64()}[i%4])
		}},
		{"date", types.Date, func(b *page.Builder, r *rand.Rand, _ int) { b.Int64(r.Int64N(20000)) }},
		{"decimal", types.Decimal(10, 2), func(b *page.Builder, r *rand.Rand, _ int) { b.Int64(r.Int64N(2e6) - 1e6) }},
		{"long", long, func(b *page.Builder, r *rand.Rand, i int) {
			if i%100_000 == 99_999 {
				b.Int128(decimal.Int128{Hi: 77, Lo: r.Uint64()})
			} else {
				b.Int128(decimal.FromInt64(int64(r.Uint64()) >> 20))
			}
		}},
		{"instants", text, func(b *page.Builder, r *rand.Rand, _ int) {
			var l clock.Layout
			l, _ = clock.Of("2023-06-30T09:09:47.787017+0000")
			b.Bytes(l.Append(nil, 1_688_000_000_000_000+r.Int64N(5e12)))
		}},
		{"days", text, func(b *page.Builder, r *rand.Rand, _ int) {
			b.String(fmt.Sprintf("20%02d-%02d-%02d", r.IntN(99), 1+r.IntN(12), 1+r.IntN(28)))
		}},
		{"almost", text, func(b *page.Builder, r *rand.Rand, i int) {
			if i == 70_000 {
				b.String("2023-13-01T00:00:00Z")
			} else {
				b.String(fmt.Sprintf("2023-%02d-%02dT00:%02d:01Z", 1+r.IntN(12), 1+r.IntN(28), r.IntN(60)))
			}
		}},
		{"words", text, func(b *page.Builder, r *rand.Rand, _ int) { b.String(words[r.IntN(len(words))]) }},
		{"short", text, func(b *page.Builder, r *rand.Rand, _ int) { b.String(words[r.IntN(3)]) }},
		{"many", text, func(b *page.Builder, r *rand.Rand, i int) { b.String(fmt.Sprint(r.Uint32(), i)) }},
		{"bytes", types.Varbinary, func(b *page.Builder, r *rand.Rand, _ int) { b.String(string([]byte{byte(r.Uint32()), 0})) }},
	}
	n := len(cols)
	for _, c := range cols[:n] {
		add := c.add
		cols = append(cols, column{c.name + " or null", c.typ, func(b *page.Builder, r *rand.Rand, i int) {
			if i < 5 || r.IntN(3) == 0 || i/BlockRows == 1 {
				b.Null()
			} else {
				add(b, r, i)
			}
		}})
	}
	return cols
}

// make makes rows of a column, in pages of random sizes.
func (c column) make(r *rand.Rand, rows int) (all *page.Vector, pages []*page.Vector) {
	whole := page.NewBuilder(c.typ)
	for at := 0; at < rows; {
		n := min(rows-at, 1+r.IntN(5000))
		b := page.NewBuilder(c.typ)
		if c.name == "long" || c.name == "long or null" {
			b = page.NewBuilder(types.Decimal(18, 2)) // held narrow where it can be
		}
		for i := range n {
			c.add(b, r, at+i)
		}
		v := b.Finish()
		v.Type = c.typ
		pages = append(pages, v)
		whole.AppendRange(v, 0, n)
		at += n
	}
	return whole.Finish(), pages
}

func TestColumnsComeBack(t *testing.T) {
	for _, c := range columns() {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			cache := open(t)
			for _, rows := range []int{0, 1, 77, BlockRows, 2*BlockRows + 20_003} {
				want, pages := c.make(r, rows)
				key := fmt.Sprint(c.name, rows)
				w := cache.Create(key, c.typ)
				for _, p := range pages {
					if err := w.Add(p, 0, p.Len); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Commit(int64(rows), []string{"careful"}); err != nil {
					t.Fatal(err)
				}
				f := cache.Open(key, c.typ)
				if f == nil || f.Rows() != int64(rows) || !slices.Equal(f.Warnings(), []string{"careful"}) {
					t.Fatalf("%d rows: not there as it was written", rows)
				}
				defer f.Close()
				same(t, f, want, r)
				rightTotal(t, f.Total(), want)
			}
		})
	}
}

// same compares what a file gives with what was written, whole and row by row.
func same(t *testing.T, f *File, want *page.Vector, r *rand.Rand) {
	t.Helper()
	var v page.Vector
	for row := 0; row < want.Len; {
		n := min(1+r.IntN(4096), want.Len-row, BlockRows-row%BlockRows)
		var rows []int32
		if r.IntN(2) == 0 {
			rows = []int32{}
			for i := range n {
				if r.IntN(3) == 0 {
					rows = append(rows, int32(i))
				}
			}
		}
		if err := f.Load(&v, int64(row), n, rows); err != nil {
			t.Fatal(err)
		}
		if rows == nil {
			for i := range n {
				rows = append(rows, int32(i))
			}
		}
		for _, i := range rows {
			if !equal(&v, int(i), want, row+int(i)) {
				t.Fatalf("row %d is %v", row+int(i), text(&v, int(i)))
			}
		}
		row += n
	}
}

// rightTotal holds a total against the values.
func rightTotal(t *testing.T, got Total, v *page.Vector) {
	t.Helper()
	sum, lo, hi := new(big.Int), int64(math.MaxInt64), int64(math.MinInt64)
	live := int64(0)
	for i := range v.Len {
		if v.IsNull(i) {
			continue
		}
		live++
		if v.Phys == page.PhysInt64 || v.Phys == page.PhysInt128 {
			x := v.Int128At(i)
			sum.Add(sum, x.Big())
			lo, hi = min(lo, x.Int64()), max(hi, x.Int64())
		}
	}
	if got.Live != live {
		t.Fatalf("%d values, not %d", got.Live, live)
	}
	if live > 0 && v.Phys == page.PhysInt64 && !got.Numbers {
		t.Fatal("a sum of integers is not known")
	} else if got.Numbers && (got.Sum.Big().Cmp(sum) != 0 || got.Lo != lo || got.Hi != hi) {
		t.Fatalf("%+v, not %v, %d, %d", got, sum, lo, hi)
	}
	if got.Numbers && (v.Phys == page.PhysBytes || v.Phys == page.PhysFloat64) {
		t.Fatal("a sum of what is no integer")
	}
}

func equal(v *page.Vector, i int, w *page.Vector, j int) bool {
	return text(v, i) == text(w, j)
}

func text(v *page.Vector, i int) string {
	switch {
	case v.IsNull(i):
		return "NULL"
	case v.Phys == page.PhysBool:
		return fmt.Sprint(v.Bools[i])
	case v.Phys == page.PhysFloat64:
		return fmt.Sprint(math.Float64bits(v.F64[i]))
	case v.Phys == page.PhysBytes:
		return fmt.Sprintf("%q", v.Str[i])
	}
	return fmt.Sprint(v.Int128At(i))
}

// TestEncodings guards what the warm targets rest on.
func TestEncodings(t *testing.T) {
	want := map[string]encoding{
		"bigint": encInts, "narrow": encInts, "ids": encCodes, "few": encCodes, "bool": encInts, "double": encFloats,
		"instants": encClock, "days": encClock, "short": encCodes, "many": encStrings, "decimal": encInts,
	}
	for _, c := range columns() {
		enc, ok := want[c.name]
		if !ok {
			continue
		}
		cache := open(t)
		_, pages := c.make(rand.New(rand.NewPCG(3, 4)), BlockRows)
		w := cache.Create("k", c.typ)
		for _, p := range pages {
			_ = w.Add(p, 0, p.Len)
		}
		if err := w.Commit(BlockRows, nil); err != nil {
			t.Fatal(err)
		}
		f := cache.Open("k", c.typ)
		if got := f.x.blocks[0].enc; got != enc {
			t.Errorf("%s: encoding %d, not %d", c.name, got, enc)
		}
		f.Close()
	}
}

func TestBadRows(t *testing.T) {
	cache := open(t)
	w := cache.Create("k", types.Bigint)
	b := page.NewBuilder(types.Bigint)
	b.Int64(1)
	b.Null()
	b.Int64(3)
	if err := w.Add(b.Vector(), 0, 3); err != nil {
		t.Fatal(err)
	}
	bad := sqlerr.New(sqlerr.HiveBadData, "no number").WithHint("try").WithData(sqlerr.Data{File: "f", Record: 2, Offset: 9, Path: "(a)"})
	if err := w.Bad(1, bad.Wrap(errors.New("cause"))); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(3, nil); err != nil {
		t.Fatal(err)
	}
	f := cache.Open("k", types.Bigint)
	defer f.Close()
	got := f.Bad()
	if len(got) != 1 || got[0].Row != 1 || got[0].Err.Msg != "no number" || got[0].Err.Hint != "try" || *got[0].Err.Data != *bad.Data {
		t.Fatalf("got %+v", got)
	}
}

// TestOtherType: a key that is used for another type by mistake gives nothing.
func TestOtherType(t *testing.T) {
	cache := open(t)
	w := cache.Create("k", types.Varchar)
	b := page.NewBuilder(types.Varchar)
	b.String("x")
	_ = w.Add(b.Vector(), 0, 1)
	if err := w.Commit(1, nil); err != nil {
		t.Fatal(err)
	}
	if f := cache.Open("k", types.Bigint); f != nil {
		t.Fatal("a string column was taken for integers")
	}
}

// TestFlippedBits alters each byte of every kind of entry: what is read is what was
// written, or nothing.
func TestFlippedBits(t *testing.T) {
	for _, c := range columns() {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			dir := t.TempDir()
			s := store.Open(store.Options{Dir: dir, Limit: 1 << 30})
			defer s.Close()
			cache := New(s)
			want, pages := c.make(r, 300)
			write := func() string {
				w := cache.Create("k", c.typ)
				for _, p := range pages {
					_ = w.Add(p, 0, p.Len)
				}
				if err := w.Commit(300, nil); err != nil {
					t.Fatal(err)
				}
				files, _ := filepath.Glob(filepath.Join(dir, Space, "*", "*"))
				return files[0]
			}
			name := write()
			whole, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			step := max(1, len(whole)/400)
			noticed := 0
			for at := 0; at < len(whole); at += step {
				broken := slices.Clone(whole)
				broken[at] ^= 1 << r.IntN(8)
				if at%3 == 2 {
					broken = broken[:at] // cut short
				}
				if err := os.WriteFile(name, broken, 0o600); err != nil {
					t.Fatal(err)
				}
				f := cache.Open("k", c.typ)
				if f == nil {
					noticed++
					continue
				}
				var v page.Vector
				err := f.Load(&v, 0, 300, nil)
				if err == nil {
					for i := range 300 {
						if !equal(&v, i, want, i) {
							t.Fatalf("byte %d altered: row %d is %s", at, i, text(&v, i))
						}
					}
				} else if noticed++; !errors.Is(err, ErrDamaged) {
					t.Fatal(err)
				} else if cache.Open("k", c.typ) != nil {
					t.Fatal("a damaged column was not removed")
				}
				f.Close()
			}
			if noticed == 0 {
				t.Error("no damage was noticed")
			}
		})
	}
}

// An index whose checksum is right is not believed where its blocks lead astray.
func TestUnsound(t *testing.T) {
	for _, k := range []block{
		{rows: 3, enc: encNothing, nulls: true},
		{rows: 3, enc: encNothing, size: 8},
		{rows: 3, enc: encInts, width: 1, size: 10},
		{rows: 3, enc: encInts, width: 1, size: 11, nulls: true},
		{rows: 3, enc: encInts, width: 1, size: 11, lo: 2, hi: 1},
		{rows: 3, enc: encWide, size: 48},
		{rows: 3, enc: encFloats, size: 24},
		{rows: 3, enc: encStrings, width: 4, size: 19},
		{rows: 3, enc: encStrings, width: 5, size: 100},
		{rows: 3, enc: encCodes, width: 1, size: 11},
		{rows: 3, enc: encClock, width: 1, size: 11, hi: 9, layout: 1},
		{rows: 4, enc: encInts, width: 1, size: 12, hi: 9},
		{rows: 3, enc: encClock, width: 3, size: 17, hi: 1 << 20},
	} {
		x := index{rows: 3, blocks: []block{k}, layouts: []clock.Layout{{Sep: 'T', Tail: "Z"}}}
		b, err := x.append(nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := parseIndex(b[:len(b)-tailLen], 200); ok {
			t.Errorf("%+v is believed", k)
		}
	}
}

// FuzzEntry reads whatever bytes as an entry's index and blocks.
func FuzzEntry(f *testing.F) {
	x := index{rows: 3, blocks: []block{{rows: 3, enc: encInts, width: 1, size: 11, hi: 9}}, layouts: []clock.Layout{{Sep: 'T', Tail: "Z"}}, warnings: []string{"w"}}
	b, _ := x.append(nil)
	f.Add(b[:len(b)-tailLen], int64(11))
	f.Fuzz(func(_ *testing.T, b []byte, data int64) {
		if data < 0 || data > 1<<20 {
			return
		}
		x, ok := parseIndex(b, data)
		if !ok {
			return
		}
		// An index that is believed leads nowhere outside of its blocks.
		for i := range x.blocks {
			k := &x.blocks[i]
			if k.rows > 5000 || k.size > 1<<20 {
				continue
			}
			var file File
			file.x, file.t, file.at, file.body = x, types.Bigint, i, make([]byte, k.size)
			if k.enc == encInts && !k.nulls {
				var v page.Vector
				_ = file.Load(&v, int64(i)*BlockRows, int(k.rows), nil)
			}
		}
	})
}

func TestSelect(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	cache := open(t)
	for _, c := range columns() {
		name := strings.TrimSuffix(c.name, " or null")
		if !slices.Contains([]string{"bigint", "narrow", "const", "date", "decimal", "instants", "days", "almost"}, name) {
			continue
		}
		rows := BlockRows + 5000
		want, pages := c.make(r, rows)
		w := cache.Create(c.name, c.typ)
		for _, p := range pages {
			_ = w.Add(p, 0, p.Len)
		}
		if err := w.Commit(int64(rows), nil); err != nil {
			t.Fatal(err)
		}
		f := cache.Open(c.name, c.typ)
		defer f.Close()
		for range 60 {
			// Bounds that are values, mostly.
			i, j := r.IntN(rows), r.IntN(rows)
			if want.IsNull(i) || want.IsNull(j) {
				continue
			}
			var cond Condition
			var meets func(k int) bool
			// Where a side is open, what stands in the place of a NULL may lie inside.
			openLo, openHi := r.IntN(4) == 0, r.IntN(4) == 0
			if want.Phys == page.PhysInt64 {
				cond.From, cond.To = want.I64[i], want.I64[j]
				if openLo {
					cond.From = math.MinInt64
				}
				if openHi {
					cond.To = math.MaxInt64
				}
				meets = func(k int) bool { return cond.From <= want.I64[k] && want.I64[k] <= cond.To }
			} else if r.IntN(2) == 0 {
				cond.Of, cond.Lo, cond.Hi = Texts, &TextBound{Text: want.Str[i], Open: r.IntN(2) == 0}, &TextBound{Text: want.Str[j], Open: r.IntN(2) == 0}
				if openLo {
					cond.Lo = nil
				}
				if openHi {
					cond.Hi = nil
				}
				meets = func(k int) bool {
					s := want.Str[k]
					return (cond.Lo == nil || s > cond.Lo.Text || s == cond.Lo.Text && !cond.Lo.Open) && (cond.Hi == nil || s < cond.Hi.Text || s == cond.Hi.Text && !cond.Hi.Open)
				}
			} else {
				at := func(k int) int64 {
					x, err := types.ParseISO8601Timestamp(want.Str[k], types.UTC)
					if err != nil {
						return math.MinInt64
					}
					return x.Millis
				}
				cond.Of, cond.From, cond.To = Instants, at(i), at(j)
				if openLo {
					cond.From = math.MinInt64
				}
				if openHi {
					cond.To = math.MaxInt64
				}
				meets = func(k int) bool { return cond.From <= at(k) && at(k) <= cond.To }
			}
			row := r.IntN(rows)
			n := min(1+r.IntN(4000), rows-row, BlockRows-row%BlockRows)
			var list []int32
			if r.IntN(2) == 0 {
				list = []int32{}
				for k := range n {
					if r.IntN(2) == 0 {
						list = append(list, int32(k))
					}
				}
			}
			sel, out, err := f.Select(&cond, int64(row), n, list, []int32{-5, -6, -7}) // what it held does not matter
			if err != nil {
				t.Fatal(err)
			}
			if out == Unknown {
				if name != "almost" {
					t.Errorf("%s: not decided", c.name)
				}
				continue
			}
			var expect []int32
			all := list
			if all == nil {
				for k := range n {
					all = append(all, int32(k))
				}
			}
			for _, k := range all {
				if !want.IsNull(row+int(k)) && meets(row+int(k)) {
					expect = append(expect, k)
				}
			}
			if out == All {
				sel = all
			}
			if !slices.Equal(sel, expect) {
				t.Fatalf("%s: %+v of rows %d+%d: %d rows, not %d", c.name, cond, row, n, len(sel), len(expect))
			}
		}
	}
}

func TestIntCodes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, different := range []int64{1, 3, 500, 60_000, 70_000} {
		var c intCodes
		of := map[int64]uint16{}
		for range 300 {
			vals := make([]int64, 1+r.IntN(700))
			for i := range vals {
				vals[i] = r.Int64N(different) * 0x1_0000_0001
			}
			dst, twin := make([]byte, codeBytes*len(vals)), make([]byte, codeBytes*len(vals))
			if !c.codes(dst, vals) {
				if len(c.values()) != maxDict {
					t.Fatalf("full at %d", len(c.values()))
				}
				break
			}
			for i, x := range vals {
				got := binary.LittleEndian.Uint16(dst[codeBytes*i:])
				if code, ok := of[x]; ok && code != got || c.values()[got] != x {
					t.Fatalf("%d has code %d, and had %d", x, got, code)
				}
				of[x] = got
			}
			var miss, missed [few]uint8
			some := vals[:min(few, len(vals))]
			n, m := c.lookup(dst, some, &miss), c.lookupGo(twin, some, &missed)
			if n != m || miss != missed && n == few || !slices.Equal(miss[:n], missed[:m]) || !slices.Equal(dst[:codeBytes*len(some)], twin[:codeBytes*len(some)]) {
				t.Fatalf("%d and %d look-ups miss", n, m)
			}
		}
	}
}
