package catalog

// Tables of several exports: a full export with the incremental ones after it as
// one table, and the change rows themselves as another, named after the first
// with $changes behind it.

import (
	"context"
	"fmt"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/reader/infer"
	"github.com/ionq-db/ionq/reader/overlay"
	"github.com/ionq-db/ionq/sql/types"
)

// ChangesSuffix marks the table of a table's changes.
const ChangesSuffix = "$changes"

// Changes says of a table of change rows what its columns and files are.
type Changes struct {
	// Derived tells of each column whether, and how, it is computed; what is not
	// can be declared in Athena too.
	Derived []overlay.Derived
	// NewOnly tells that the exports have new images only.
	NewOnly bool
	// Files are the s3:// names of the data files according to the manifests. Others
	// lie in the same folder.
	Files []string
}

// tables makes the tables of what a path holds of one DynamoDB table. name is the
// table's, or empty.
func (c *Catalog) tables(ctx context.Context, f *export.Table, name string, workers int, warn func(string)) ([]*Table, error) {
	if name == "" {
		name = f.Name()
		if f.Base == nil {
			name += ChangesSuffix
		}
	}
	if len(f.Changes) == 0 {
		t, err := c.infer(ctx, f.Base, workers, warn)
		if err != nil {
			return nil, err
		}
		t.Name = name
		return []*Table{t}, nil
	}

	// The windows that lead to the instant come first, in their order; those that
	// only count for the change rows follow.
	var windows []overlay.Window
	at := map[*export.Export]int{}
	splits := map[*export.Export][]Split{}
	add := func(ex *export.Export, apply bool) {
		if _, ok := at[ex]; ok {
			return
		}
		at[ex] = len(windows)
		splits[ex] = c.exportSplits(ex)
		w := overlay.Window{Name: "Incremental export " + ex.ID, From: ex.Summary.ExportFromTime, To: ex.Summary.ExportToTime, Apply: apply}
		for _, s := range splits[ex] {
			w.Files = append(w.Files, s.Split)
		}
		windows = append(windows, w)
	}
	for _, ex := range f.Applied {
		add(ex, true)
	}
	for _, ex := range f.Changes {
		add(ex, false)
	}
	var base []Split
	var files []reader.Split
	if f.Base != nil && len(f.Applied) > 0 {
		base = c.exportSplits(f.Base)
		for _, s := range base {
			files = append(files, s.Split)
		}
	}
	o, err := overlay.Build(ctx, files, windows, overlay.Options{Workers: workers, Warn: warn})
	if err != nil {
		return nil, err
	}

	var out []*Table
	switch {
	case f.Base == nil:
	case len(f.Applied) == 0:
		t, err := c.infer(ctx, f.Base, workers, warn)
		if err != nil {
			return nil, err
		}
		t.Name = name
		out = append(out, t)
	default:
		t := newInferred(f.Base)
		t.Name = name
		t.AsOf, t.BaseOf = f.At, f.Base.ExportTime
		for _, s := range o.Splits {
			of := base
			if s.Window >= 0 {
				of = splits[f.Applied[s.Window]]
			}
			t.splits = append(t.splits, Split{Split: s.Split, ModTime: of[s.File].ModTime, Prove: of[s.File].Prove})
		}
		t.typed(o.Schema, warn)
		out = append(out, t)
	}
	if f.Base != nil {
		name += ChangesSuffix
	}
	t := newInferred(f.Changes[0])
	t.Name = name
	t.changes(o, warn)
	for _, ex := range f.Changes {
		for _, s := range splits[ex] {
			s.Split = overlay.ChangeRows(s.Split, ex.Summary.ExportFromTime, ex.Summary.ExportToTime, t.Changes.Derived, ex.Summary.NewImagesOnly())
			s.Ordinal = len(t.splits)
			t.splits = append(t.splits, s)
		}
		t.Changes.NewOnly = t.Changes.NewOnly || ex.Summary.NewImagesOnly()
		t.Changes.Files = append(t.Changes.Files, ex.URLs()...)
	}
	return append(out, t), nil
}

// changes makes the columns of change rows.
func (t *Table) changes(o *overlay.Overlay, warn func(string)) {
	t.Changes = &Changes{}
	in := t.inference(warn)
	derived := func(name, hive string, typ types.Type, d overlay.Derived, comment string) {
		t.Columns = append(t.Columns, Column{Name: in.name(name), HiveType: hive, Type: typ, Comment: comment})
		t.Changes.Derived = append(t.Changes.Derived, d)
	}
	ts := types.Timestamp(3)
	derived("operation", "string", types.Varchar, overlay.Operation, "INSERT, MODIFY or REMOVE; UPSERT where the export has new images only")
	derived("write_time", "timestamp", ts, overlay.WriteTime, "when the last write of the window was, in UTC, cut to milliseconds")
	derived("write_micros", "bigint", types.Bigint, overlay.WriteMicros, "the same, in microseconds since 1970")

	stored := func() {
		for len(t.Changes.Derived) < len(t.Columns) {
			t.Changes.Derived = append(t.Changes.Derived, overlay.Stored)
		}
	}
	if keys := changeShape(&o.Changes.Root, "Keys"); keys != nil {
		in.columns(keys, "Record", "Keys")
	}
	stored()
	// Both images have the type of all images, so that they compare, and so that a
	// window without inserts has the columns that the next one has.
	image := infer.Shape{}
	for _, field := range []string{"NewImage", "OldImage"} {
		if s := changeShape(&o.Changes.Root, field); s != nil {
			image.Merge(s)
		}
	}
	hive := "map<string,string>" // where there is none, columns of NULL
	if image.Present > 0 {
		hive = in.hive(&image, "of images")
	}
	typ, err := types.ParseHive(hive)
	if err != nil {
		panic("BUG: inferred type " + hive + ": " + err.Error())
	}
	for _, c := range []struct{ name, path string }{{"new_image", overlay.NewPath}, {"old_image", overlay.OldPath}} {
		name := in.name(c.name)
		t.Columns = append(t.Columns, Column{Name: name, HiveType: hive, Type: typ})
		t.SerDeProperties = append(t.SerDeProperties, Property{"ion." + name + ".path_extractor", c.path})
	}
	stored()
	derived("export_from", "timestamp", ts, overlay.ExportFrom, "the beginning of the export's window, included")
	derived("export_to", "timestamp", ts, overlay.ExportTo, "its end, excluded")
}

// changeShape is the shape of a part of change records, or nil.
func changeShape(root *infer.Shape, field string) *infer.Shape {
	record := root.Field("Record")
	if record == nil {
		return nil
	}
	part := record.Shape.Field(field)
	if part == nil || part.Shape.NotNull() == 0 {
		return nil
	}
	return &part.Shape
}

// newInferred is an inferred table without columns and files.
func newInferred(ex *export.Export) *Table {
	return &Table{
		Database: DefaultDatabase, Name: ex.TableName,
		SerDe: IonSerDe, InputFormat: IonInputFormat, OutputFormat: IonOutputFormat,
		Location: ex.Location, Inferred: true, DynamoDBJSON: ex.Format == export.DynamoDBJSON,
	}
}

func (t *Table) inference(warn func(string)) inference {
	return inference{table: t, used: map[string]bool{}, warn: func(format string, args ...any) {
		warn("table " + t.Name + ": " + fmt.Sprintf(format, args...))
	}}
}

// typed gives the table the columns of a schema.
func (t *Table) typed(schema *infer.Schema, warn func(string)) {
	in := t.inference(warn)
	if item := schema.Item(); item != nil {
		in.columns(item, "Item")
		return
	}
	if changeShape(&schema.Root, "Keys") != nil {
		in.warn("its records are those of incremental exports, of whatever windows; name the folder of an export, or the one above, to read its changes by its manifest")
	}
	in.columns(&schema.Root)
}

// Stored returns the table of a change table's records as Athena can have it: the
// columns that path extractors give, and the write timestamp as it is stored.
func (t *Table) Stored() *Table {
	out := *t
	out.Changes, out.Columns = nil, nil
	out.SerDeProperties = append([]Property{}, t.SerDeProperties...)
	for k, c := range t.Columns {
		switch t.Changes.Derived[k] {
		case overlay.Stored:
			out.Columns = append(out.Columns, c)
		case overlay.WriteMicros:
			out.Columns = append(out.Columns, Column{
				Name: c.Name, HiveType: overlay.MicrosType.String(), Type: overlay.MicrosType,
			})
			out.SerDeProperties = append(out.SerDeProperties, Property{"ion." + c.Name + ".path_extractor", overlay.MicrosPath})
		}
	}
	return &out
}
