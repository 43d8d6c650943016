package engine

// Tables as of an instant, against a simulation: random histories of writes, cut
// into full and incremental exports, are read at every instant that can be had;
// the answer must be that of a full export of the simulated state.

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ionq-db/ionq/bench/gen"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

var asOfStart = time.Date(2023, 9, 1, 0, 0, 0, 0, time.UTC)

func hour(n int) time.Time { return asOfStart.Add(time.Duration(n) * time.Hour) }

// write is one write of a key: item is nil for a delete.
type write struct {
	at   int64 // microseconds
	key  int
	item []gen.Field
}

// timeline is a table's history.
type timeline struct {
	keys   [][]gen.Field // of each key
	writes []write       // in order
}

// state is the table after all writes before t, by key.
func (l *timeline) state(t time.Time) map[int][]gen.Field {
	s := map[int][]gen.Field{}
	for _, w := range l.writes {
		if w.at >= t.UnixMicro() {
			break
		}
		if w.item == nil {
			delete(s, w.key)
		} else {
			s[w.key] = w.item
		}
	}
	return s
}

func (l *timeline) items(t time.Time) [][]gen.Field {
	s := l.state(t)
	out := [][]gen.Field{}
	for k := range l.keys {
		if item, ok := s[k]; ok {
			out = append(out, item)
		}
	}
	return out
}

// window is what an incremental export says of a window: of each key the last
// state, and nothing of a key that came and went within it.
func (l *timeline) window(from, to time.Time) []gen.Change {
	before, after := l.state(from), l.state(to)
	last := map[int]int64{}
	for _, w := range l.writes {
		if w.at >= from.UnixMicro() && w.at < to.UnixMicro() {
			last[w.key] = w.at
		}
	}
	out := []gen.Change{}
	for k := range l.keys {
		at, ok := last[k]
		if ok && (before[k] != nil || after[k] != nil) {
			out = append(out, gen.Change{Micros: at, Keys: l.keys[k], New: after[k], Old: before[k]})
		}
	}
	return out
}

// keyKinds make the n-th key of a kind of table.
var keyKinds = map[string]func(n int) []gen.Field{
	"number": func(n int) []gen.Field {
		v := []gen.Value{
			gen.Int(int64(n) * 10), gen.Dec(int64(n)-7, 3), gen.BigDec(n%2 == 0, "1234567890123456789012345678901234567"+fmt.Sprint(n%9+1), -n),
			gen.BigDec(false, fmt.Sprint(n+1), 90),
		}[n%4]
		return []gen.Field{{Name: "id", Value: v}}
	},
	"string": func(n int) []gen.Field {
		return []gen.Field{{Name: "my key", Value: gen.Str([]string{"", "é", "\"\\", "a\n", "{Item:{}}", "10"}[n%6] + strings.Repeat("x", n))}}
	},
	"binary": func(n int) []gen.Field { return []gen.Field{{Name: "B", Value: gen.Bin("\x00\xff" + fmt.Sprint(n))}} },
	"pair": func(n int) []gen.Field {
		return []gen.Field{{Name: "sk", Value: gen.Int(int64(n / 3))}, {Name: "pk", Value: gen.Str("p" + fmt.Sprint(n%3))}}
	},
}

func randomLog(r *rand.Rand, kind string, keys, writes, hours int) *timeline {
	l := &timeline{}
	for n := range keys {
		l.keys = append(l.keys, keyKinds[kind](n))
	}
	var times []int64
	for range writes {
		t := hour(r.IntN(hours)-1).UnixMicro() + r.Int64N(3600e6)
		if r.IntN(5) == 0 {
			t = hour(r.IntN(hours)).UnixMicro() // the very edge of a window
		}
		times = append(times, t)
	}
	slices.Sort(times)
	for n, t := range slices.Compact(times) {
		k := r.IntN(keys)
		w := write{at: t, key: k}
		if r.IntN(3) > 0 {
			w.item = slices.Clone(l.keys[k])
			if r.IntN(10) > 0 { // else nothing but the key
				w.item = append(w.item, gen.Field{Name: "a", Value: gen.Int(int64(r.IntN(100)))}, gen.Field{Name: "n", Value: gen.Int(int64(n))})
			}
			if r.IntN(4) == 0 { // a type that hangs on who survives
				w.item = append(w.item, gen.Field{Name: "s", Value: gen.Dec(int64(r.IntN(1000)), r.IntN(4))})
			}
			if r.IntN(6) == 0 {
				w.item = append(w.item, gen.Field{Name: "mixed", Value: []gen.Value{gen.Str("x"), gen.Int(5), gen.Boolean(true)}[r.IntN(3)]})
			}
			if r.IntN(3) == 0 {
				w.item = append(w.item, gen.Field{Name: "m", Value: gen.Map(gen.Field{Name: "l", Value: gen.List(gen.Int(int64(n)), gen.Dec(15, 1))}, gen.Field{Name: "q", Value: gen.Str("}")})})
			}
			r.Shuffle(len(w.item), func(i, j int) { w.item[i], w.item[j] = w.item[j], w.item[i] })
		}
		l.writes = append(l.writes, w)
	}
	return l
}

// exporter writes exports of a log.
type exporter struct {
	t      *testing.T
	dir    string
	log    *timeline
	n      uint64
	view   string
	format func() gen.Format
	id     string
}

func (x *exporter) write(cfg gen.Config) {
	x.t.Helper()
	x.n++
	cfg.Dir, cfg.Prefix, cfg.Table, cfg.TableID, cfg.Seed, cfg.Format = x.dir, "p/q", "Music", x.id, x.n, x.format()
	if _, err := gen.Write(context.Background(), cfg); err != nil {
		x.t.Fatal(err)
	}
}

func (x *exporter) full(t time.Time) {
	x.write(gen.Config{Time: t, Items: x.log.items(t), Files: 3, Empty: 1})
}

func (x *exporter) incremental(from, to time.Time) {
	x.write(gen.Config{Time: to.Add(time.Minute), Files: 2, Incremental: &gen.Incremental{From: from, To: to, View: x.view, Changes: x.log.window(from, to)}})
}

func ionOnly() gen.Format { return gen.Ion }

// either gives each export a format of its own: those of one table need not agree.
func either(r *rand.Rand) func() gen.Format {
	return func() gen.Format { return []gen.Format{gen.Ion, gen.DynamoDBJSON}[r.IntN(2)] }
}

// engineAt opens what a folder holds as of an instant.
func engineAt(t *testing.T, dir string, at time.Time, opt Options) (*fixture, []string, error) {
	t.Helper()
	opt.AsOf = at
	f := open(t, opt)
	names, err := f.e.AddPath(context.Background(), "", dir)
	return f, names, err
}

// sorted is an answer with its lines, but for the header, in order.
func sorted(answer string, err error) string {
	if err != nil {
		return "error: " + string(sqlerr.CodeOf(err))
	}
	lines := strings.Split(strings.TrimSuffix(answer, "\n"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// quoted are the columns of a table, quoted, in order of their names.
func quoted(f *fixture, table string) []string {
	var out []string
	for _, c := range f.e.Catalog().Table("default", table).Columns {
		out = append(out, `"`+c.Name+`"`)
	}
	slices.Sort(out)
	return out
}

// checkState compares the table at an instant with a full export of the simulated
// state.
func checkState(t *testing.T, l *timeline, dir string, at, want time.Time, opt Options) {
	t.Helper()
	f, names, err := engineAt(t, dir, at, opt)
	if err != nil {
		t.Fatalf("as of %s: %v", at, err)
	}
	if names[0] != "music" {
		t.Fatalf("tables %v", names)
	}
	plain := t.TempDir()
	if _, err := gen.Write(context.Background(), gen.Config{Dir: plain, Table: "Music", Time: want, Items: l.items(want), Files: 2}); err != nil {
		t.Fatal(err)
	}
	p, _, err := engineAt(t, plain, time.Time{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	columns := quoted(p, "music")
	queries := []string{"DESCRIBE music", "SELECT count(*) FROM music", "SELECT count(*) FROM music WHERE a > 50", "SELECT a, sum(n) FROM music GROUP BY 1"}
	if len(columns) > 0 {
		list := strings.Join(columns, ", ")
		queries = append(queries, "SELECT "+list+" FROM music", "SELECT "+list+" FROM music WHERE a < 50 AND n >= 5", "SELECT "+columns[0]+" FROM music WHERE NOT (n > 20)",
			"SELECT count("+columns[len(columns)-1]+"), count(*) FROM music LIMIT 1")
	}
	for _, q := range queries {
		got, want := sorted(f.answer(q)), sorted(p.answer(q))
		if got != want {
			t.Fatalf("as of %s, %s:\ngot\n%s\nwant\n%s", at, q, got, want)
		}
	}
}

// TestAsOf: windows that follow each other, of every kind of key and both views.
func TestAsOf(t *testing.T) {
	options := []Options{{}, {PageRows: 1, Workers: 1}, {PageRows: 3, Workers: 4}, {ProjectAll: true}}
	n := 0
	for kind := range keyKinds {
		for _, view := range []string{gen.NewAndOldImages, gen.NewImage} {
			t.Run(kind+" "+view, func(t *testing.T) {
				for seed := range uint64(2) {
					r := rand.New(rand.NewPCG(seed, uint64(len(kind))))
					const hours = 6
					l := randomLog(r, kind, 12+r.IntN(20), 60+r.IntN(200), hours)
					x := &exporter{t: t, dir: t.TempDir(), log: l, view: view, format: either(r), id: "t1"}
					x.full(hour(0))
					for h := range hours {
						x.incremental(hour(h), hour(h+1))
					}
					if seed == 1 {
						x.full(hour(3))
					}
					for h := range hours + 1 {
						n++
						checkState(t, l, x.dir, hour(h), hour(h), options[n%len(options)])
					}
					checkState(t, l, x.dir, time.Time{}, hour(hours), options[0])
				}
			})
		}
	}
}

// TestAsOfOverlaps: windows that overlap each other. Keys that were inserted in
// the overlap and deleted behind it leave no trace in the later window; the
// earlier one knows of them.
func TestAsOfOverlaps(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 99))
		l := randomLog(r, "pair", 20, 300, 8)
		x := &exporter{t: t, dir: t.TempDir(), log: l, view: gen.NewAndOldImages, format: ionOnly, id: "t1"}
		x.full(hour(0))
		ends := []int{0}
		for at := 0; at < 7; {
			from, to := max(0, at-r.IntN(3)), at+1+r.IntN(2)
			x.incremental(hour(from), hour(to))
			at = to
			ends = append(ends, at)
		}
		for _, h := range ends {
			checkState(t, l, x.dir, hour(h), hour(h), Options{})
		}
	}
}

// TestChanges: the change rows are those of the simulation.
func TestChanges(t *testing.T) {
	for _, view := range []string{gen.NewAndOldImages, gen.NewImage} {
		r := rand.New(rand.NewPCG(7, 7))
		l := randomLog(r, "pair", 30, 200, 4)
		x := &exporter{t: t, dir: t.TempDir(), log: l, view: view, format: either(r), id: "t1"}
		x.full(hour(0))
		var want []string
		for h := range 4 {
			x.incremental(hour(h), hour(h+1))
			for _, c := range l.window(hour(h), hour(h+1)) {
				op := "MODIFY"
				switch {
				case c.New == nil:
					op = "REMOVE"
				case view == gen.NewImage:
					op = "UPSERT"
				case c.Old == nil:
					op = "INSERT"
				}
				value := func(item []gen.Field, name string) string {
					for _, f := range item {
						if f.Name == name {
							if f.Value.Kind == gen.S {
								return `"` + f.Value.Text + `"`
							}
							return `"` + string(gen.AppendPlainNumber(nil, f.Value.Num)) + `"`
						}
					}
					return ""
				}
				old := c.Old
				if view == gen.NewImage {
					old = nil
				}
				stamp := func(t time.Time) string { return `"` + t.UTC().Format("2006-01-02 15:04:05.000") + `"` }
				want = append(want, strings.Join([]string{
					`"` + op + `"`, stamp(time.UnixMicro(c.Micros)), fmt.Sprintf(`"%d"`, c.Micros), value(c.Keys, "pk"), value(c.Keys, "sk"),
					value(c.New, "n"), value(old, "n"), stamp(hour(h)), stamp(hour(h + 1)),
				}, ","))
			}
		}
		slices.Sort(want)
		for _, opt := range []Options{{}, {PageRows: 2}, {ProjectAll: true, Workers: 1}} {
			f, names, err := engineAt(t, x.dir, time.Time{}, opt)
			if err != nil || !slices.Equal(names, []string{"music", "music$changes"}) {
				t.Fatal(names, err)
			}
			const columns = "operation, write_time, write_micros, pk, sk, new_image.n, old_image.n"
			all, err := f.answer("SELECT " + columns + `, export_from, export_to FROM "music$changes"`)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Split(strings.TrimSuffix(all, "\n"), "\n")[1:]
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			// Filters make columns late, and let others go unread.
			for _, q := range []string{
				`SELECT count(*) FROM "music$changes" WHERE operation = 'REMOVE'`,
				`SELECT count(*) FROM "music$changes" WHERE new_image IS NULL AND operation = 'REMOVE'`,
				`SELECT count(operation) FROM "music$changes" WHERE new_image IS NULL AND write_micros > 0 AND export_to > export_from`,
			} {
				n := 0
				for _, w := range want {
					if strings.HasPrefix(w, `"REMOVE"`) {
						n++
					}
				}
				if got, err := f.answer(q); err != nil || got != fmt.Sprintf("\"_col0\"\n\"%d\"\n", n) {
					t.Errorf("%s: %q, %v; want %d", q, got, err, n)
				}
			}
		}
	}
}

// TestAsOfRefused: what cannot be had is refused by name, with what can be had.
func TestAsOfRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	l := randomLog(r, "pair", 20, 200, 10)
	x := &exporter{t: t, dir: t.TempDir(), log: l, view: gen.NewAndOldImages, format: ionOnly, id: "t1"}
	x.incremental(hour(0), hour(2)) // begins before the full export
	x.full(hour(1))
	x.incremental(hour(1), hour(3))
	x.incremental(hour(3), hour(4))
	x.incremental(hour(6), hour(7)) // behind a gap
	x.incremental(hour(7), hour(8))
	x.full(hour(9))
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{hour(0), "the first full export there was taken at 2023-09-01T01:00:00Z | the instants that can be had are 2023-09-01T01:00:00Z, 2023-09-01T03:00:00Z, 2023-09-01T04:00:00Z, 2023-09-01T09:00:00Z"},
		{hour(2), "that lies within the window of incremental export 0"},
		{hour(3).Add(time.Microsecond), ", from 2023-09-01T03:00:00Z to 2023-09-01T04:00:00Z, which only tells the last state of each key in it"},
		{hour(7), "no export there covers the time from 2023-09-01T04:00:00Z to 2023-09-01T06:00:00Z, where the window of incremental export"},
		{hour(6), "no export there covers the time from 2023-09-01T04:00:00Z to 2023-09-01T06:00:00Z"},
		{hour(8).Add(time.Second), "no export there covers the time from 2023-09-01T04:00:00Z to 2023-09-01T06:00:00Z"},
		{hour(10), "no export there covers the time from 2023-09-01T09:00:00Z to 2023-09-01T10:00:00Z"},
	} {
		_, _, err := engineAt(t, x.dir, c.at, Options{})
		e := sqlerr.As(err)
		if e == nil || e.Code != sqlerr.NotFound || !strings.Contains(e.Msg+" | "+e.Hint, c.want) {
			t.Errorf("%s: %v; want %q", c.at, err, c.want)
		}
	}
	for _, h := range []int{1, 3, 4, 9} {
		checkState(t, l, x.dir, hour(h), hour(h), Options{})
	}
	checkState(t, l, x.dir, time.Time{}, hour(9), Options{})

	// Only a window that straddles the full export.
	x = &exporter{t: t, dir: t.TempDir(), log: l, view: gen.NewAndOldImages, format: ionOnly, id: "t1"}
	x.incremental(hour(0), hour(2))
	x.full(hour(1))
	_, _, err := engineAt(t, x.dir, hour(2), Options{})
	if err == nil || !strings.Contains(err.Error(), "before the full export of 2023-09-01T01:00:00Z, and does not tell which of its keys") {
		t.Error(err)
	}

	// A table that was created again is another one.
	x = &exporter{t: t, dir: t.TempDir(), log: l, view: gen.NewAndOldImages, format: ionOnly, id: "t1"}
	x.full(hour(1))
	x.id = "t2"
	x.incremental(hour(1), hour(2))
	if _, _, err := engineAt(t, x.dir, hour(2), Options{}); sqlerr.CodeOf(err) != sqlerr.NotFound {
		t.Error(err)
	}
	checkState(t, l, x.dir, hour(1), hour(1), Options{})
	x.full(hour(2))
	x.incremental(hour(2), hour(3))
	checkState(t, l, x.dir, hour(3), hour(3), Options{})
	checkState(t, l, x.dir, time.Time{}, hour(3), Options{})
}

// TestAsOfDisagree: windows that contradict each other are not believed.
func TestAsOfDisagree(t *testing.T) {
	key := keyKinds["pair"](1)
	l := &timeline{keys: [][]gen.Field{key}, writes: []write{{at: hour(2).UnixMicro(), key: 0, item: key}}}
	x := &exporter{t: t, dir: t.TempDir(), log: l, view: gen.NewAndOldImages, format: ionOnly, id: "t1"}
	x.full(hour(0))
	x.incremental(hour(0), hour(3))
	x.log = &timeline{keys: l.keys, writes: []write{{at: hour(1).UnixMicro(), key: 0, item: key}}}
	x.incremental(hour(1), hour(4))
	_, _, err := engineAt(t, x.dir, hour(4), Options{})
	if sqlerr.CodeOf(err) != sqlerr.ExportNotAsPromised || !strings.Contains(err.Error(), "disagree about a key: the earlier one has a write of a put at 2023-09-01 02:00:00.000000 UTC") {
		t.Error(err)
	}
}

// TestDroppedRowsAreNotDecoded: a value of an item that was changed since need not
// fit the column that the table has now.
func TestDroppedRowsAreNotDecoded(t *testing.T) {
	key := func(n int64) gen.Field { return gen.Field{Name: "id", Value: gen.Int(n)} }
	v := func(x gen.Value) gen.Field { return gen.Field{Name: "v", Value: x} }
	l := &timeline{
		keys: [][]gen.Field{{key(0)}, {key(1)}, {key(2)}},
		writes: []write{
			{hour(-3).UnixMicro(), 0, []gen.Field{key(0), v(gen.Int(1))}},
			{hour(-2).UnixMicro(), 1, []gen.Field{key(1), v(gen.Str("text"))}},
			{hour(-1).UnixMicro(), 2, []gen.Field{key(2), v(gen.Dec(5, 1))}},
			{hour(0).UnixMicro(), 1, []gen.Field{key(1), v(gen.Int(7))}},
			{hour(1).UnixMicro(), 2, nil},
		},
	}
	x := &exporter{t: t, dir: t.TempDir(), log: l, view: gen.NewImage, format: ionOnly, id: "t1"}
	x.full(hour(0))
	x.incremental(hour(0), hour(2))
	f, _, err := engineAt(t, x.dir, time.Time{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.answer("SELECT id, v FROM music ORDER BY id"); err != nil || got != "\"id\",\"v\"\n\"0\",\"1\"\n\"1\",\"7\"\n" {
		t.Errorf("%q %v", got, err)
	}
	if c := f.e.Catalog().Table("default", "music").Columns; c[1].HiveType != "decimal(38,0)" {
		t.Errorf("%+v", c)
	}
	// Rows say which file they are from.
	got, err := f.answer(`SELECT "$path" FROM music ORDER BY id`)
	if lines := strings.Split(got, "\n"); err != nil || !strings.Contains(lines[2], filepath.Join("AWSDynamoDB", "data")) || strings.Contains(lines[1], filepath.Join("AWSDynamoDB", "data")) {
		t.Errorf("%q %v", got, err)
	}
	// A change file that is cut short is noticed.
	files, err := filepath.Glob(filepath.Join(x.dir, "p/q/AWSDynamoDB/data/*"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if _, _, err := engineAt(t, x.dir, time.Time{}, Options{}); sqlerr.CodeOf(err) != sqlerr.ExportNotAsPromised {
		t.Error(err)
	}
}
