// Package parquet turns Parquet files into pages: only the row groups' chunks of
// needed columns are read, and nested values are put together from their levels.
// Columns are found by name in any case, or by place (Athena user guide, "Parquet
// SerDe" and "Handling schema updates": by name is the default). A column that a
// file does not have is NULL.
package parquet

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// SerDe is the class name of Parquet tables.
const SerDe = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"

// Column is a declared column.
type Column struct {
	Name  string
	Type  types.Type
	Index int // its place in the table
}

// Source reads one file.
type Source struct {
	name     string
	file     *parquet.File
	cols     []*column
	group    int
	left     int64 // rows left in the row group
	rows     int64 // rows given
	pageRows int
	page     page.Page
}

// column is one needed column.
type column struct {
	want   Column
	node   *node // nil where the file has none
	leaves []*leaf
	b      *page.Builder
}

// node says how a value is put together.
type node struct {
	t        types.Type
	kind     kind
	def      int // definition level from which the value itself is there
	rep      int // repetition level of a list's or map's elements
	elemDef  int // definition level from which there is an element
	first    int // the leaf that tells whether the value is there
	kids     []*node
	leaf     int
	convert  func(b *page.Builder, v parquet.Value) error
	leafFrom int // leaves [leafFrom, leafTo) are below
	leafTo   int
}

type kind uint8

const (
	scalar kind = iota
	group
	list
	dict
)

// leaf streams the values of one leaf column.
type leaf struct {
	col   *parquet.Column
	pages parquet.Pages
	vals  parquet.ValueReader
	page  parquet.Page
	buf   []parquet.Value
	n, at int
	row   []parquet.Value // of the row at hand
	pos   int
}

// Open opens a file of that size. byIndex finds columns by place rather than name.
func Open(r io.ReaderAt, size int64, name string, cols []Column, byIndex bool, pageRows int) (s *Source, err error) {
	s = &Source{name: name, group: -1, pageRows: pageRows}
	defer s.guard(&err)
	f, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, s.bad("%v", err)
	}
	s.file = f
	top := f.Root().Columns()
	for _, c := range cols {
		col := &column{want: c, b: page.NewBuilder(c.Type)}
		var found *parquet.Column
		if byIndex {
			if c.Index < len(top) {
				found = top[c.Index]
			}
		} else {
			found = named(top, c.Name)
		}
		if found != nil {
			if col.node, err = s.bind(col, found, c.Type, c.Name); err != nil {
				return nil, err
			}
		}
		s.cols = append(s.cols, col)
	}
	s.page.Cols = make([]*page.Vector, len(cols))
	return s, nil
}

// named finds a column by its name in any case.
func named(cols []*parquet.Column, name string) *parquet.Column {
	for _, c := range cols {
		if strings.EqualFold(c.Name(), name) {
			return c
		}
	}
	return nil
}

func (s *Source) bad(format string, args ...any) error {
	return sqlerr.New(sqlerr.HiveBadData, "Malformed Parquet file. "+fmt.Sprintf(format, args...)).
		WithData(sqlerr.Data{File: s.name, Offset: -1, Record: s.rows})
}

// guard makes an error of a panic: the library panics on some damaged files.
func (s *Source) guard(err *error) {
	if r := recover(); r != nil {
		*err = s.bad("%v", r)
	}
}

// bind finds how a declared type is read from a column of the file.
func (s *Source) bind(col *column, c *parquet.Column, t types.Type, path string) (*node, error) {
	return s.bindIn(col, c, t, path, false)
}

// bindIn is bind; with repeated, c is itself the repeated element of a list.
func (s *Source) bindIn(col *column, c *parquet.Column, t types.Type, path string, repeated bool) (*node, error) {
	n := &node{t: t, def: c.MaxDefinitionLevel(), leafFrom: len(col.leaves)}
	incompatible := func() error {
		what := "group"
		if c.Leaf() {
			what = c.Type().Kind().String()
		}
		return sqlerr.New(sqlerr.HiveBadData, "Field %s's type %s in parquet file %s is incompatible with type %s defined in table schema", path, what, s.name, t).
			WithData(sqlerr.Data{File: s.name, Offset: -1})
	}
	kids := c.Columns()
	switch t.Kind {
	case types.KindRow:
		if c.Leaf() || c.Repeated() && !repeated {
			return nil, incompatible()
		}
		n.kind = group
		for _, f := range t.Fields() {
			var kid *node
			if k := named(kids, f.Name); k != nil {
				var err error
				if kid, err = s.bind(col, k, f.Type, path+"."+f.Name); err != nil {
					return nil, err
				}
			}
			n.kids = append(n.kids, kid)
		}
		if len(col.leaves) == n.leafFrom { // no field is needed: any leaf tells whether the row is there
			any := c
			for !any.Leaf() {
				if len(any.Columns()) == 0 {
					return nil, incompatible()
				}
				any = any.Columns()[0]
			}
			col.leaves = append(col.leaves, &leaf{col: any})
		}
	case types.KindArray:
		n.kind = list
		var elem *parquet.Column
		switch {
		case c.Leaf() || c.Repeated() || len(kids) != 1 || !kids[0].Repeated():
			return nil, incompatible()
		default:
			rep := kids[0]
			n.rep, n.elemDef = rep.MaxRepetitionLevel(), rep.MaxDefinitionLevel()
			elem = rep
			// The three-level form has one field in the repeated group; older writers
			// repeat the element itself.
			if !rep.Leaf() && len(rep.Columns()) == 1 && rep.Name() != "array" && rep.Name() != c.Name()+"_tuple" {
				elem = rep.Columns()[0]
			}
		}
		kid, err := s.bindIn(col, elem, t.Fields()[0].Type, path, elem == kids[0])
		if err != nil {
			return nil, err
		}
		n.kids = []*node{kid}
	case types.KindMap:
		n.kind = dict
		if c.Leaf() || len(kids) != 1 || !kids[0].Repeated() || len(kids[0].Columns()) != 2 {
			return nil, incompatible()
		}
		rep := kids[0]
		n.rep, n.elemDef = rep.MaxRepetitionLevel(), rep.MaxDefinitionLevel()
		for k, f := range t.Fields() {
			kid, err := s.bind(col, rep.Columns()[k], f.Type, path)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, kid)
		}
	default:
		if !c.Leaf() || c.Repeated() && !repeated {
			return nil, incompatible()
		}
		n.convert = converter(c, t)
		if n.convert == nil {
			return nil, incompatible()
		}
		n.leaf = len(col.leaves)
		col.leaves = append(col.leaves, &leaf{col: c})
	}
	n.first, n.leafTo = n.leafFrom, len(col.leaves)
	return n, nil
}

// converter gives how a leaf's values become values of a type; nil where they
// cannot.
func converter(c *parquet.Column, t types.Type) func(*page.Builder, parquet.Value) error {
	k := c.Type().Kind()
	lt := logicalOf(c)
	integer := func(b *page.Builder, v parquet.Value) error { b.Int64(wide(v)); return nil }
	switch t.Kind {
	case types.KindBoolean:
		if k == parquet.Boolean {
			return func(b *page.Builder, v parquet.Value) error { b.Bool(v.Boolean()); return nil }
		}
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		if lt.decimal != nil || lt.timestamp != nil || lt.date || lt.other {
			return nil
		}
		if k == parquet.Int32 || k == parquet.Int64 {
			bits := map[types.Kind]uint{types.KindTinyint: 8, types.KindSmallint: 16, types.KindInteger: 32, types.KindBigint: 64}[t.Kind]
			unsigned := lt.unsigned
			return func(b *page.Builder, v parquet.Value) error {
				x := wide(v)
				if unsigned && k == parquet.Int32 {
					x = int64(v.Uint32())
				}
				if x<<(64-bits)>>(64-bits) != x || unsigned && x < 0 {
					return fmt.Errorf("value %d does not fit type %s", x, t)
				}
				b.Int64(x)
				return nil
			}
		}
	case types.KindReal:
		if k == parquet.Float {
			return func(b *page.Builder, v parquet.Value) error { b.Float64(float64(v.Float())); return nil }
		}
	case types.KindDouble:
		switch k {
		case parquet.Double:
			return func(b *page.Builder, v parquet.Value) error { b.Float64(v.Double()); return nil }
		case parquet.Float:
			return func(b *page.Builder, v parquet.Value) error { b.Float64(float64(v.Float())); return nil }
		}
	case types.KindDecimal:
		scale := 0
		if lt.decimal != nil {
			scale = int(lt.decimal.Scale)
		} else if k != parquet.Int32 && k != parquet.Int64 {
			return nil
		}
		if k == parquet.Boolean || k == parquet.Float || k == parquet.Double || k == parquet.Int96 {
			return nil
		}
		return func(b *page.Builder, v parquet.Value) error {
			var x decimal.Int128
			switch k {
			case parquet.Int32, parquet.Int64:
				x = decimal.FromInt64(wide(v))
			default:
				var ok bool
				if x, ok = bigEndian(v.ByteArray()); !ok {
					return fmt.Errorf("a decimal has more than 38 digits")
				}
			}
			x, ok := decimal.Rescale(x, int(t.S)-scale)
			if !ok || !decimal.FitsPrecision(x, int(t.P)) {
				return fmt.Errorf("a decimal does not fit type %s", t)
			}
			b.Int128(x)
			return nil
		}
	case types.KindVarchar, types.KindChar, types.KindVarbinary:
		if k != parquet.ByteArray && k != parquet.FixedLenByteArray || lt.decimal != nil {
			return nil
		}
		return func(b *page.Builder, v parquet.Value) error {
			s := string(v.ByteArray())
			switch {
			case t.Kind == types.KindChar:
				s = strings.TrimRight(truncate(s, int(t.P)), " ")
			case t.Kind == types.KindVarchar && t.P != types.Unbounded:
				s = truncate(s, int(t.P))
			}
			b.StringNoCopy(s)
			return nil
		}
	case types.KindDate:
		if k == parquet.Int32 && (lt.date || lt.none) {
			return integer
		}
	case types.KindTimestamp:
		switch {
		case k == parquet.Int96:
			return func(b *page.Builder, v parquet.Value) error {
				b.Int64(types.RoundTo(int96(v.Int96()), 6-int(t.P)))
				return nil
			}
		case k == parquet.Int64 && lt.timestamp != nil:
			unit := lt.timestamp.Unit.Value
			return func(b *page.Builder, v parquet.Value) error {
				x := v.Int64()
				switch unit.(type) {
				case *format.MilliSeconds:
					if x > 1<<53 || x < -(1<<53) {
						return fmt.Errorf("timestamp %d is out of range", x)
					}
					x *= 1000
				case *format.NanoSeconds:
					x = types.RoundTo(x, 3) / 1000
				}
				b.Int64(types.RoundTo(x, 6-int(t.P)))
				return nil
			}
		}
	}
	return nil
}

// logical is what a leaf says of its meaning.
type logical struct {
	none      bool
	decimal   *format.DecimalType
	timestamp *format.TimestampType
	date      bool
	unsigned  bool
	other     bool
}

func logicalOf(c *parquet.Column) logical {
	lt := c.Type().LogicalType()
	if lt == nil || lt.Value == nil {
		return logical{none: true}
	}
	switch v := lt.Value.(type) {
	case *format.DecimalType:
		return logical{decimal: v}
	case *format.TimestampType:
		return logical{timestamp: v}
	case *format.DateType:
		return logical{date: true}
	case *format.IntType:
		return logical{unsigned: !v.IsSigned}
	}
	return logical{other: true}
}

// wide is a value of int32 or int64.
func wide(v parquet.Value) int64 {
	if v.Kind() == parquet.Int32 {
		return int64(v.Int32())
	}
	return v.Int64()
}

// bigEndian reads a decimal's two's complement.
func bigEndian(b []byte) (decimal.Int128, bool) {
	if len(b) <= 16 {
		var full [16]byte
		if len(b) > 0 && b[0]&0x80 != 0 {
			for i := range full {
				full[i] = 0xff
			}
		}
		copy(full[16-len(b):], b)
		return decimal.Int128{Hi: int64(binary.BigEndian.Uint64(full[:])), Lo: binary.BigEndian.Uint64(full[8:])}, true
	}
	x := new(big.Int).SetBytes(b)
	if b[0]&0x80 != 0 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	v, _, scale, ok := decimal.Parse(x.String())
	return v, ok && scale == 0
}

// int96 gives the microseconds of a timestamp of Impala and Spark: nanoseconds of
// the day, then the Julian day.
func int96(v deprecated.Int96) int64 {
	nanos := int64(uint64(v[0]) | uint64(v[1])<<32)
	const julianEpoch = 2440588
	return (int64(v[2])-julianEpoch)*86_400_000_000 + types.RoundTo(nanos, 3)/1000
}

// truncate cuts a text to n code points.
func truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Next returns the next page, or nil at the end.
func (s *Source) Next(ctx context.Context) (p *page.Page, err error) {
	defer s.guard(&err)
	for s.left == 0 {
		groups := s.file.RowGroups()
		if s.group+1 >= len(groups) {
			return nil, nil
		}
		s.group++
		s.left = groups[s.group].NumRows()
		chunks := groups[s.group].ColumnChunks()
		for _, c := range s.cols {
			for _, l := range c.leaves {
				if err := l.close(); err != nil {
					return nil, s.bad("%v", err)
				}
				*l = leaf{col: l.col, pages: chunks[l.col.Index()].Pages(), buf: l.buf}
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n := int(min(int64(s.pageRows), s.left))
	for k, c := range s.cols {
		c.b.Reset()
		for range n {
			if err := s.row(c); err != nil {
				return nil, err
			}
		}
		s.page.Cols[k] = c.b.Finish()
	}
	s.page.Rows, s.page.Sel, s.page.Row = n, nil, s.rows
	s.rows += int64(n)
	s.left -= int64(n)
	return &s.page, nil
}

// row appends the next row's value of a column.
func (s *Source) row(c *column) error {
	if c.node == nil {
		c.b.Null()
		return nil
	}
	for _, l := range c.leaves {
		if err := l.next(); err != nil {
			return s.bad("column %s: %v", c.want.Name, err)
		}
	}
	if err := c.build(c.node, c.b); err != nil {
		return s.bad("column %s: %v", c.want.Name, err)
	}
	return nil
}

func (c *column) build(n *node, b *page.Builder) error {
	at := c.leaves[n.first]
	if at.pos >= len(at.row) {
		return errors.New("a value has fewer parts than its levels say")
	}
	def := at.row[at.pos].DefinitionLevel()
	skip := func() {
		for _, l := range c.leaves[n.leafFrom:n.leafTo] {
			l.pos++
		}
	}
	if n.kind == scalar {
		v := at.row[at.pos]
		at.pos++
		if def < n.def {
			b.Null()
			return nil
		}
		return n.convert(b, v)
	}
	if def < n.def {
		skip()
		b.Null()
		return nil
	}
	switch n.kind {
	case group:
		any := false
		for k, kid := range n.kids {
			if kid == nil {
				b.Child(k).Null()
				continue
			}
			any = true
			if err := c.build(kid, b.Child(k)); err != nil {
				return err
			}
		}
		if !any {
			skip()
		}
		b.EndRow()
		return nil
	default:
		if def < n.elemDef {
			skip()
			b.EndContainer()
			return nil
		}
		for {
			for k, kid := range n.kids {
				if err := c.build(kid, b.Child(k)); err != nil {
					return err
				}
			}
			if at.pos >= len(at.row) || at.row[at.pos].RepetitionLevel() < n.rep {
				break
			}
		}
		b.EndContainer()
		return nil
	}
}

// next gathers the values of the next row.
func (l *leaf) next() error {
	l.row, l.pos = l.row[:0], 0
	for {
		if l.at == l.n {
			more, err := l.fill()
			if err != nil {
				return err
			}
			if !more {
				if len(l.row) == 0 {
					return errors.New("it has fewer values than rows")
				}
				return nil
			}
		}
		v := l.buf[l.at]
		if len(l.row) > 0 && v.RepetitionLevel() == 0 {
			return nil
		}
		l.row = append(l.row, v.Clone())
		l.at++
		if l.col.MaxRepetitionLevel() == 0 {
			return nil
		}
	}
}

// leafBatch is how many values are read at once.
const leafBatch = 512

func (l *leaf) fill() (bool, error) {
	if l.buf == nil {
		l.buf = make([]parquet.Value, leafBatch)
	}
	for {
		if l.vals == nil {
			p, err := l.pages.ReadPage()
			if errors.Is(err, io.EOF) {
				return false, nil
			}
			if err != nil {
				return false, err
			}
			l.page, l.vals = p, p.Values()
		}
		n, err := l.vals.ReadValues(l.buf)
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		l.at, l.n = 0, n
		if err != nil || n == 0 {
			l.vals = nil
			if n == 0 {
				parquet.Release(l.page)
				l.page = nil
				continue
			}
		}
		return true, nil
	}
}

func (l *leaf) close() error {
	if l.pages == nil {
		return nil
	}
	p := l.pages
	l.pages = nil
	return p.Close()
}

// Rows is the number of rows in the file.
func (s *Source) Rows() int64 { return s.file.NumRows() }

// Close ends the use of the file.
func (s *Source) Close() (err error) {
	defer s.guard(&err)
	for _, c := range s.cols {
		for _, l := range c.leaves {
			if cerr := l.close(); err == nil {
				err = cerr
			}
		}
	}
	return err
}
