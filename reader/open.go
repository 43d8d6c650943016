package reader

// Open: one split as a PageSource.

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/ionq-db/ionq/reader/ion"
	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/reader/parquet"
	"github.com/ionq-db/ionq/reader/projection"
	"github.com/ionq-db/ionq/reader/serde"
	"github.com/ionq-db/ionq/reader/shape"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Open opens split for reading the columns of t whose ordinals are listed, in
// that order. The list may be empty: pages then only have a number of rows.
// Columns that are not listed are not decoded, so bad values in them do no harm,
// as in Athena.
func Open(ctx context.Context, t *Table, split Split, columns []int, opt Options) (PageSource, error) {
	if split.Via != nil {
		opt.Lazy = false // what reads in its own way looks at columns as they come
		return split.Via(ctx, t, columns, opt)
	}
	if t.SerDe == parquet.SerDe {
		return openParquet(ctx, t, split, columns, opt)
	}
	if opt.Cache != nil && split.Identify != nil {
		return openCached(ctx, t, split, columns, opt)
	}
	return openFile(ctx, t, split, columns, opt)
}

// openFile opens a file of any format but Parquet, cached or not.
func openFile(ctx context.Context, t *Table, split Split, columns []int, opt Options) (PageSource, error) {
	if s, err := newLineSerDe(t); s != nil || err != nil {
		if err != nil {
			return nil, err
		}
		return openLines(ctx, t, s, split, columns, opt)
	}
	if err := serde.CheckClass(t.SerDe); err != nil {
		return nil, err
	}
	p, err := prepare(t, columns, opt)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.split, p.size = split, opt.window
	p.shape = shape.New(len(columns), p.pageRows, p.target)
	if err := p.input.open(ctx, split); err != nil {
		return nil, err
	}
	return p, nil
}

// Check tells what is wrong with a table's SerDe properties and types, as Open
// would tell: for CREATE TABLE, and before any file is opened. Warnings go to
// warn, which may be nil.
func Check(t *Table, warn func(msg string)) error {
	if t.SerDe == parquet.SerDe {
		return nil
	}
	if s, err := newLineSerDe(t); s != nil || err != nil {
		return err
	}
	if err := serde.CheckClass(t.SerDe); err != nil {
		return err
	}
	all := make([]int, len(t.Columns))
	for i := range all {
		all[i] = i
	}
	_, err := prepare(t, all, Options{Warn: warn})
	return err
}

// prepare makes a source but for its file and its scanner, and gives the errors and
// warnings of the table's declaration.
func prepare(t *Table, columns []int, opt Options) (*ionSource, error) {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	props, err := serde.ParseProperties(names, t.Properties)
	if err != nil {
		return nil, err
	}
	wrap := false
	switch opt.DecimalOverflow {
	case "", "error":
	case "athena":
		wrap = true
	default:
		return nil, sqlerr.New(sqlerr.InvalidArguments, "decimal_overflow is error or athena, not %s", opt.DecimalOverflow)
	}
	s := &ionSource{opt: opt, props: props, pageRows: opt.PageRows}
	if s.pageRows <= 0 {
		s.pageRows = page.DefaultRows
	}
	// The SerDe parses the path of every column, needed or not, and an unreadable
	// one fails every query.
	paths := make([]*projection.Path, len(t.Columns))
	for i, c := range t.Columns {
		text, declared := props.Path(c.Name)
		if !declared {
			text = projection.Default(c.Name)
		}
		if paths[i], err = projection.Parse(text); err != nil {
			return nil, err
		}
	}
	warnKeys(t, names, opt.Warn)
	needed := make([]*projection.Path, len(columns))
	for k, i := range columns {
		c := t.Columns[i]
		needed[k] = paths[i]
		if why := paths[i].Doubt; why != "" && opt.Warn != nil {
			opt.Warn("column " + c.Name + ": path extractor " + paths[i].Text + " is probably not what was meant: " + why +
				"; quote the name, as in (Item 'my-attr')")
		}
		col, err := serde.NewColumn(c.Name, c.Type, paths[i].Text, serde.Settings{
			FailOnOverflow: props.FailOnOverflow(c.Name),
			CaseSensitive:  props.CaseSensitive,
			WrapDecimals:   wrap,
			Warn:           warnOnce(opt.Warn),
		})
		if err != nil {
			return nil, err
		}
		s.cols = append(s.cols, col)
	}
	s.paths = needed
	s.tree = projection.Compile(needed, props.CaseSensitive)
	s.places = []*projection.Node{s.tree.Root}
	s.found = make([]ion.Value, len(columns))
	s.has = make([]bool, len(columns))
	s.inSexp = make([]bool, len(columns))
	s.page.Cols = make([]*page.Vector, len(columns))
	s.late = make([]bool, len(columns))
	for _, k := range opt.Late {
		s.late[k] = true
	}
	s.soft = make([]*softColumn, len(columns))
	for _, k := range opt.soft {
		s.soft[k] = new(softColumn)
	}
	return s, nil
}

// warnKeys warns of path extractors that belong to no column: Hive's names are
// lower case, so a property for createdAt is none for the column createdat.
func warnKeys(t *Table, names []string, warn func(string)) {
	if warn == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(t.Properties)) {
		name, ok := strings.CutPrefix(key, "ion.")
		if !ok {
			continue
		}
		if name, ok = strings.CutSuffix(name, ".path_extractor"); ok && !slices.Contains(names, name) {
			why := "the table has no column " + name
			if low := strings.ToLower(name); slices.Contains(names, low) {
				why = "property names are case-sensitive, and the column's name is " + low
			}
			warn("SerDe property " + key + " has no effect: " + why)
		}
	}
}

func warnOnce(warn func(string)) func(string) {
	if warn == nil {
		return nil
	}
	done := map[string]bool{}
	return func(msg string) {
		if !done[msg] {
			done[msg] = true
			warn(msg)
		}
	}
}
