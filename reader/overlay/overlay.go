// Package overlay makes one table of a full export and the incremental exports
// after it: the newest state of every key, deletes applied. It decides which
// records of which file are rows, once, and keeps that as lists of record
// numbers: four bytes for each changed key of the full export, and four for each
// changed item. Reading then costs what reading the files costs.
//
//	o, err := overlay.Build(ctx, base, windows, overlay.Options{Workers: 4})
//	o.Schema            // the shape of the result's items
//	o.Splits[k].Split   // what to read, in order: the full export's files, then the change files
//
// While it decides it holds the changed keys: about 60 bytes each and the key's
// own.
//
// What the rules are, and why (semantics 1.5): an incremental export holds, of
// each key that was written in its window, one record with the last state at the
// window's end, and nothing of a key that was inserted and deleted again within
// the window. So a record says what its key is at the end of the window, whatever
// was before; and windows in order say what the table is at the end of the last.
package overlay

import (
	"cmp"
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/infer"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Window is one incremental export.
type Window struct {
	Name     string // for messages
	From, To time.Time
	Files    []reader.Split
	// Apply tells that the window's changes are part of the table; otherwise the
	// files are only read for the shape of their records.
	Apply bool
}

// Options tune Build.
type Options struct {
	Workers int // files read at once; 0 means one for each processor
	Warn    func(msg string)
}

// Split is a file of which some records are rows.
type Split struct {
	reader.Split
	// Window is the place of the change file's window in Build's list, or -1 for a
	// file of the full export.
	Window int
	// File is the place of the file in the full export's list or its window's.
	File int
	// Rows is how many of the file's records are rows.
	Rows int64
}

// Overlay is a table made of several exports.
type Overlay struct {
	Splits []Split
	// Schema is the shape of the rows; those of change files stand as items, as the
	// full export's do.
	Schema *infer.Schema
	// Changes is the shape of all change records, of all windows.
	Changes *infer.Schema
	// Keys are the names of the key attributes, sorted; nil where there was no
	// change record.
	Keys []string

	Changed int   // keys
	Dropped int64 // items of the full export that are not as they were
	Deleted int   // keys whose last change is a deletion
}

// file is a change file on its way.
type file struct {
	split  reader.Split
	window int
	place  int // in its window
	schema *infer.Schema
	images int64    // records with a new image
	keep   []uint32 // numbers of the records that are rows
}

type builder struct {
	opt     Options
	windows []Window
	files   []*file
	first   []int // of each window: its first file
	table   *changeTable

	mu    sync.Mutex
	names []string // of the key attributes
	odd   []int64  // of each window: records written outside of it
}

// Build reads the change files of all windows, which are in the order in which
// they are to be applied, and then the full export's files. base may be empty:
// then only the changes' shape is wanted.
func Build(ctx context.Context, base []reader.Split, windows []Window, opt Options) (*Overlay, error) {
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	b := &builder{opt: opt, windows: windows, table: newChangeTable(), odd: make([]int64, len(windows))}
	for w := range windows {
		b.first = append(b.first, len(b.files))
		for k, s := range windows[w].Files {
			b.files = append(b.files, &file{split: s, window: w, place: k})
		}
	}
	var covered time.Time // up to where the windows so far reach
	for w := range windows {
		if err := b.readWindow(ctx, w); err != nil {
			return nil, err
		}
		if !windows[w].Apply {
			continue
		}
		if windows[w].From.Before(covered) {
			if err := b.vanished(w); err != nil {
				return nil, err
			}
		}
		covered = windows[w].To
	}
	o := &Overlay{Keys: b.names, Schema: &infer.Schema{}, Changes: &infer.Schema{}}
	for _, f := range b.files {
		o.Changes.Merge(f.schema)
	}
	if len(base) == 0 {
		return o, nil
	}
	b.winners(o)
	if err := b.readBase(ctx, base, o); err != nil {
		return nil, err
	}
	if err := b.readWinners(ctx, o); err != nil {
		return nil, err
	}
	for k := range o.Splits {
		o.Splits[k].Ordinal = k
	}
	return o, nil
}

// each runs f for n files, several at once, and returns the error of the first of
// those that failed.
func (b *builder) each(ctx context.Context, n int, f func(ctx context.Context, k int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, n)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(b.opt.Workers, n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for k := range next {
				if errs[k] = f(ctx, k); errs[k] != nil {
					cancel()
				}
			}
		}()
	}
	for k := range n {
		if ctx.Err() != nil {
			break
		}
		next <- k
	}
	close(next)
	wg.Wait()
	// The first error that is not the echo of another one's cancelling.
	var err error
	for _, e := range errs {
		if e != nil && (err == nil || errors.Is(err, context.Canceled)) {
			err = e
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	return err
}

// records is infer.Records with the manifest's promise checked.
func records(ctx context.Context, s reader.Split, look infer.Look) (*infer.Schema, error) {
	schema, err := infer.Records(ctx, s, look)
	if err != nil {
		return nil, err
	}
	if s.Items >= 0 && schema.Records != s.Items {
		return nil, sqlerr.New(sqlerr.ExportNotAsPromised, "The manifest promises %d items in the file, it holds %d", s.Items, schema.Records).
			WithData(sqlerr.Data{File: s.Name, Offset: -1})
	}
	return schema, nil
}

// readWindow notes the changes of a window.
func (b *builder) readWindow(ctx context.Context, w int) error {
	win := &b.windows[w]
	from, to := win.From.UnixMicro(), win.To.UnixMicro()
	files := b.files[b.first[w]:][:len(win.Files)]
	err := b.each(ctx, len(files), func(ctx context.Context, k int) error {
		f := files[k]
		x := &extractor{}
		var odd int64
		schema, err := records(ctx, f.split, func(text []byte, start, _ int, n int64) (int, error) {
			fail := func(err error) error {
				return sqlerr.New(sqlerr.HiveBadData, "The change cannot be read: %v", err).Wrap(err).
					WithData(sqlerr.Data{File: f.split.Name, Record: n + 1, Offset: -1})
			}
			if x.names == nil {
				if err := b.agree(x, text, start); err != nil {
					return 0, fail(err)
				}
			}
			c, err := x.change(text, start)
			if err != nil {
				return 0, fail(err)
			}
			if c.hasMicros && (c.micros < from || c.micros >= to) {
				odd++
			}
			if c.new >= 0 {
				f.images++
			}
			if !win.Apply {
				return start, nil
			}
			if n >= math.MaxUint32 || len(c.key) >= deletion {
				return 0, sqlerr.New(sqlerr.NotSupported, "A change file of more than %d records is not supported: %s", uint32(math.MaxUint32), f.split.Name)
			}
			e := entry{micros: c.micros, record: uint32(n), file: uint32(b.first[w] + k)}
			if !c.hasMicros {
				e.micros = math.MinInt64
			}
			if c.new < 0 {
				e.length = deletion
			}
			return start, b.table.put(c.key, e, func(old *entry) (bool, error) { return b.replaces(old, &e, w) })
		})
		f.schema = schema
		b.mu.Lock()
		b.odd[w] += odd
		b.mu.Unlock()
		return err
	})
	if err == nil && b.odd[w] > 0 && b.opt.Warn != nil {
		b.opt.Warn(win.Name + " holds changes whose write timestamp is not in its window; the window is what counts")
	}
	return err
}

// agree gives an extractor the names of the key attributes: those of the first
// record that anybody reads.
func (b *builder) agree(x *extractor, text []byte, start int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.names != nil {
		x.setNames(b.names)
		return nil
	}
	if _, err := x.change(text, start); err != nil {
		x.names = nil
		return err
	}
	b.names = x.names
	return nil
}

// replaces says whether a change takes an earlier one's place.
func (b *builder) replaces(old, e *entry, w int) (bool, error) {
	before := b.files[old.file].window
	if before == w { // the export should not have two; the later write counts
		return cmp.Or(cmp.Compare(e.micros, old.micros), cmp.Compare(e.file, old.file), cmp.Compare(e.record, old.record)) > 0, nil
	}
	// The windows are in order, so this one's word is the later one. Both windows
	// may hold the same write, and then must say the same.
	if e.micros != math.MinInt64 && old.micros != math.MinInt64 {
		if e.micros < old.micros || e.micros == old.micros && (e.length^old.length)&deletion != 0 {
			return false, sqlerr.New(sqlerr.ExportNotAsPromised, "%s and %s disagree about a key: the earlier one has a write of %s, the later one ends with %s",
				b.windows[before].Name, b.windows[w].Name, said(old), said(e)).
				WithData(sqlerr.Data{File: b.files[e.file].split.Name, Record: int64(e.record) + 1, Offset: -1})
		}
	}
	return true, nil
}

func said(e *entry) string {
	what := "a put"
	if e.deleted() {
		what = "a deletion"
	}
	return what + " at " + time.UnixMicro(e.micros).UTC().Format("2006-01-02 15:04:05.000000 UTC")
}

// vanished handles a window that begins before the earlier ones end. A key that
// they say was written after its beginning, and that it says nothing of, must
// have been inserted and deleted within it: nothing is written of such keys.
func (b *builder) vanished(w int) (err error) {
	from := b.windows[w].From.UnixMicro()
	b.table.each(func(e *entry) {
		f := b.files[e.file]
		switch {
		case f.window == w:
		case e.micros == math.MinInt64:
			err = sqlerr.New(sqlerr.NotSupported, "%s begins before the ones in front of it end, and those do not say when their keys were written: which keys were deleted since cannot be told", b.windows[w].Name).
				WithData(sqlerr.Data{File: f.split.Name, Offset: -1})
		case e.micros >= from:
			e.length |= deletion
		}
	})
	return err
}

// winners gives each change file the list of its records that are rows.
func (b *builder) winners(o *Overlay) {
	o.Changed = b.table.len()
	b.table.each(func(e *entry) {
		if e.deleted() {
			o.Deleted++
			return
		}
		f := b.files[e.file]
		f.keep = append(f.keep, e.record)
	})
	for _, f := range b.files {
		slices.Sort(f.keep)
	}
}

// readBase finds the items of the full export that no change concerns.
func (b *builder) readBase(ctx context.Context, base []reader.Split, o *Overlay) error {
	schemas, drops := make([]*infer.Schema, len(base)), make([][]uint32, len(base))
	err := b.each(ctx, len(base), func(ctx context.Context, k int) (err error) {
		if b.table.len() == 0 {
			schemas[k], err = records(ctx, base[k], nil)
			return err
		}
		x := &extractor{}
		x.setNames(b.names)
		schemas[k], err = records(ctx, base[k], func(text []byte, start, _ int, n int64) (int, error) {
			key, ok := x.itemKey(text, start)
			if !ok || !b.table.has(key) {
				return start, nil
			}
			if n >= math.MaxUint32 {
				return 0, sqlerr.New(sqlerr.NotSupported, "A file of more than %d records is not supported: %s", uint32(math.MaxUint32), base[k].Name)
			}
			drops[k] = append(drops[k], uint32(n))
			return -1, nil
		})
		return err
	})
	if err != nil {
		return err
	}
	for k, s := range base {
		o.Schema.Merge(schemas[k])
		o.Dropped += int64(len(drops[k]))
		out := Split{Split: s, Window: -1, File: k, Rows: schemas[k].Records - int64(len(drops[k]))}
		if len(drops[k]) > 0 {
			out.Via = selection{split: s, list: slices.Clip(drops[k]), drop: true}.open
		}
		o.Splits = append(o.Splits, out)
	}
	return nil
}

// readWinners finds the shape of the changed items.
func (b *builder) readWinners(ctx context.Context, o *Overlay) error {
	schemas := make([]*infer.Schema, len(b.files))
	err := b.each(ctx, len(b.files), func(ctx context.Context, k int) (err error) {
		f := b.files[k]
		if len(f.keep) == 0 {
			return nil
		}
		if int64(len(f.keep)) == f.images { // all of them: their shape is known
			schemas[k] = itemsOf(f)
			return nil
		}
		x := &extractor{}
		x.setNames(b.names)
		next := 0
		schemas[k], err = records(ctx, f.split, func(text []byte, start, _ int, n int64) (int, error) {
			if next == len(f.keep) || int64(f.keep[next]) != n {
				return -1, nil
			}
			next++
			c, err := x.change(text, start)
			return c.new, err
		})
		return err
	})
	if err != nil {
		return err
	}
	for k, f := range b.files {
		if schemas[k] == nil {
			continue
		}
		o.Schema.Merge(schemas[k])
		s := Split{Split: f.split, Window: f.window, File: f.place, Rows: int64(len(f.keep))}
		s.Via = selection{split: f.split, list: f.keep, image: true}.open
		o.Splits = append(o.Splits, s)
	}
	return nil
}

// itemsOf turns the shape of a file's change records into that of their new
// images as items.
func itemsOf(f *file) *infer.Schema {
	record := f.schema.Root.Field(fieldRecord)
	if record == nil {
		return nil
	}
	image := record.Shape.Field(fieldNew)
	if image == nil {
		return nil
	}
	s := &infer.Schema{Records: f.images, Bytes: f.schema.Bytes}
	s.Root.Present, s.Root.Structs = f.images, f.images
	s.Root.Fields = []*infer.Field{{Name: fieldItem}}
	s.Root.Fields[0].Shape.Merge(&image.Shape)
	return s
}
