package catalog

// Types for data that nobody declared: the table is the one that `ionq ddl`
// prints, so that the answer here and the answer after pasting that DDL into
// Athena are the same. Numbers become decimal(38,s) with s the largest scale in
// all of the data; what no Athena type holds exactly becomes string, whose value
// is the Ion text.

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/reader/infer"
	"github.com/ionq-db/ionq/reader/projection"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// infer reads an export and makes a table of it.
func (c *Catalog) infer(ctx context.Context, ex *export.Export, workers int, warn func(string)) (*Table, error) {
	t := newInferred(ex)
	t.splits = c.exportSplits(ex)
	if c.verify == VerifyFull && ex.Summary == nil {
		if err := c.promiseLoose(ctx, t.splits, ex, warn); err != nil {
			return nil, err
		}
	}
	schema, err := c.schemaOf(ctx, t.splits, workers)
	if err != nil {
		return nil, err
	}
	t.typed(schema, warn)
	return t, nil
}

// schemaOf reads all splits; shapes are merged in the order of the splits.
func (c *Catalog) schemaOf(ctx context.Context, splits []Split, workers int) (*infer.Schema, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	spare := new(reader.Spare)
	spare.Add(max(0, workers-len(splits)))
	ctx, cancel := context.WithCancel(reader.WithSpare(ctx, spare))
	defer cancel()
	schemas, errs := make([]*infer.Schema, len(splits)), make([]error, len(splits))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, len(splits)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer spare.Add(1)
			for k := range next {
				schemas[k], errs[k] = c.shapes.of(ctx, splits[k].Split)
				if n := splits[k].Items; errs[k] == nil && n >= 0 && schemas[k].Records != n {
					errs[k] = sqlerr.New(sqlerr.ExportNotAsPromised, "The manifest promises %d items in the file, it holds %d", n, schemas[k].Records).
						WithData(sqlerr.Data{File: splits[k].Name, Offset: -1})
				}
				if errs[k] != nil {
					cancel()
				}
			}
		}()
	}
	for k := range splits {
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
	if err != nil {
		return nil, err
	}
	all := &infer.Schema{}
	for _, s := range schemas {
		all.Merge(s)
	}
	return all, nil
}

// inference turns shapes into columns.
type inference struct {
	table *Table
	used  map[string]bool // column names
	warn  func(format string, args ...any)
}

// columns makes a column of each field of a shape; at is the path to it. What is NULL
// in every record has no column, as no DDL would declare it, unless there is nothing
// else.
func (in *inference) columns(s *infer.Shape, at ...string) {
	some := slices.ContainsFunc(s.Fields, func(f *infer.Field) bool { return f.Shape.NotNull() > 0 })
	if s.Rest != nil {
		in.warn("records have more than %d different attributes; only the first of them are columns", infer.MaxFields)
	}
	done := map[string]bool{}
	for _, f := range s.Fields {
		low := strings.ToLower(f.Name)
		if done[low] {
			continue
		}
		done[low] = true
		shape := f.Shape
		var same []string
		for _, g := range s.Fields {
			if g != f && strings.ToLower(g.Name) == low {
				if same == nil {
					shape = infer.Shape{}
					shape.Merge(&f.Shape)
				}
				shape.Merge(&g.Shape)
				same = append(same, g.Name)
			}
		}
		if same != nil {
			in.warn("attributes %s and %s differ only in case and share a column; where a record has several, the last one counts",
				f.Name, strings.Join(same, ", "))
		}
		if some && shape.NotNull() == 0 {
			in.warn("attribute %s is NULL in every record, and has no column", f.Name)
			continue
		}
		name := in.name(low)
		hive := in.hive(&shape, f.Name)
		t, err := types.ParseHive(hive)
		if err != nil {
			panic("BUG: inferred type " + hive + ": " + err.Error())
		}
		in.table.Columns = append(in.table.Columns, Column{Name: name, HiveType: hive, Type: t})
		in.table.SerDeProperties = append(in.table.SerDeProperties, Property{
			"ion." + name + ".path_extractor", pathTo(append(slices.Clone(at), f.Name)),
		})
	}
}

// name makes a column name that DDL takes: letters, digits, underscores.
func (in *inference) name(low string) string {
	base := strings.Map(func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, low)
	if base == "" {
		base = "_"
	}
	name := base
	for n := 2; in.used[name]; n++ {
		name = base + "_" + strconv.Itoa(n)
	}
	in.used[name] = true
	return name
}

// pathTo writes a path extractor.
func pathTo(names []string) string {
	p := projection.Path{}
	for _, n := range names {
		p.Components = append(p.Components, projection.Component{Kind: projection.Name, Name: n})
	}
	return p.String()
}

// hive gives the Hive type of a shape; path names it in warnings.
func (in *inference) hive(s *infer.Shape, path string) string {
	kinds := 0
	for _, n := range []int64{s.Bools, s.Numbers(), s.Texts(), s.Lobs, s.Timestamps, s.Sequences(), s.Structs} {
		if n > 0 {
			kinds++
		}
	}
	switch {
	case kinds == 0: // nothing but NULL
		return "string"
	case kinds > 1:
		in.warn("attribute %s holds values of several types; its column is a string with their Ion text", path)
		return "string"
	case s.Deep:
		in.warn("attribute %s is nested too deep; its column is a string with the Ion text", path)
		return "string"
	case s.Bools > 0:
		return "boolean"
	case s.Texts() > 0:
		return "string"
	case s.Lobs > 0:
		return "binary"
	case s.Timestamps > 0:
		return "timestamp"
	case s.Numbers() > 0:
		return in.number(s, path)
	case s.Sequences() > 0:
		if s.Elem == nil {
			return "array<string>"
		}
		return "array<" + in.hive(s.Elem, path+"[]") + ">"
	}
	return in.structure(s, path)
}

func (in *inference) number(s *infer.Shape, path string) string {
	if s.Floats > 0 { // never in an export of DynamoDB
		if s.Floats == s.Numbers() {
			return "double"
		}
		in.warn("attribute %s mixes Ion floats with exact numbers; its column is a string with their Ion text", path)
		return "string"
	}
	scale, ok := s.Decimal()
	if !ok {
		in.warn("attribute %s holds numbers that no decimal type holds exactly; its column is a string with their Ion text", path)
		return "string"
	}
	return "decimal(38," + strconv.Itoa(scale) + ")"
}

// structure is a struct of named fields, or a map where names are data or cannot
// be written in a struct.
func (in *inference) structure(s *infer.Shape, path string) string {
	asMap := s.Rest != nil || len(s.Fields) == 0 || len(s.Collisions()) > 0
	for _, f := range s.Fields {
		asMap = asMap || !plainName(f.Name)
	}
	if !asMap {
		var b strings.Builder
		b.WriteString("struct<")
		for i, f := range s.Fields {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strings.ToLower(f.Name) + ":" + in.hive(&f.Shape, path+"."+f.Name))
		}
		return b.String() + ">"
	}
	value := infer.Shape{}
	for _, f := range s.Fields {
		value.Merge(&f.Shape)
	}
	if s.Rest != nil {
		value.Merge(s.Rest)
	}
	return "map<string," + in.hive(&value, path+".*") + ">"
}

// plainName reports whether a struct's field name needs no quotes in DDL.
func plainName(s string) bool {
	for i, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && (c >= '0' && c <= '9' || c == '_')) {
			return false
		}
	}
	return s != ""
}
