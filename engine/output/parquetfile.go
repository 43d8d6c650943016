package output

// Parquet data files: every column optional, lists and maps in the three-level
// form, decimals as int32, int64 or 16 bytes, timestamps in milliseconds without
// a zone.

import (
	"encoding/binary"
	"io"
	"reflect"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

// orderedGroup is a group whose fields keep their order: parquet-go's own sorts
// them by name.
type orderedGroup struct {
	parquet.Group
	names []string
}

type groupField struct {
	parquet.Node
	name string
}

func (f groupField) Name() string { return f.name }

// Value is for rows that are Go structs, which ours are not.
func (f groupField) Value(base reflect.Value) reflect.Value {
	return base.MapIndex(reflect.ValueOf(&f.name).Elem())
}

func (g orderedGroup) Fields() []parquet.Field {
	out := make([]parquet.Field, len(g.names))
	for i, n := range g.names {
		out[i] = groupField{g.Group[n], n}
	}
	return out
}

func parquetGroup(names []string, ts []types.Type) orderedGroup {
	g := orderedGroup{Group: parquet.Group{}, names: names}
	for i, t := range ts {
		g.Group[names[i]] = parquet.Optional(parquetNode(t))
	}
	return g
}

func parquetNode(t types.Type) parquet.Node {
	switch t.Kind {
	case types.KindBoolean:
		return parquet.Leaf(parquet.BooleanType)
	case types.KindTinyint:
		return parquet.Int(8)
	case types.KindSmallint:
		return parquet.Int(16)
	case types.KindInteger:
		return parquet.Int(32)
	case types.KindBigint:
		return parquet.Int(64)
	case types.KindReal:
		return parquet.Leaf(parquet.FloatType)
	case types.KindDouble:
		return parquet.Leaf(parquet.DoubleType)
	case types.KindDecimal:
		typ := parquet.FixedLenByteArrayType(16)
		switch {
		case t.P <= 9:
			typ = parquet.Int32Type
		case t.P <= 18:
			typ = parquet.Int64Type
		}
		return parquet.Decimal(int(t.S), int(t.P), typ)
	case types.KindVarchar, types.KindChar:
		return parquet.String()
	case types.KindVarbinary:
		return parquet.Leaf(parquet.ByteArrayType)
	case types.KindDate:
		return parquet.Date()
	case types.KindTimestamp:
		return parquet.TimestampAdjusted(parquet.Millisecond, false)
	case types.KindArray:
		return parquet.List(parquet.Optional(parquetNode(t.Fields()[0].Type)))
	case types.KindMap:
		return parquet.Map(parquet.Required(parquetNode(t.Fields()[0].Type)), parquet.Optional(parquetNode(t.Fields()[1].Type)))
	case types.KindRow:
		var names []string
		var ts []types.Type
		for _, f := range t.Fields() {
			names, ts = append(names, f.Name), append(ts, f.Type)
		}
		return parquetGroup(names, ts)
	}
	panic("BUG: type " + t.String() + " in a Parquet file")
}

type parquetFile struct {
	w      *parquet.GenericWriter[any]
	leaves [][]parquet.Value // of the row at hand, one list a leaf
	rows   []parquet.Row
	bytes  int64
	width  int64 // bytes of the variable parts of the row at hand
}

func newParquetFile(w io.Writer, columns []plan.Column, o FileOptions) (FileWriter, error) {
	var names []string
	var ts []types.Type
	leaves := 0
	for _, c := range columns {
		names, ts = append(names, c.Name), append(ts, c.Type)
		leaves += leavesOf(c.Type)
	}
	codec := map[string]compress.Codec{"GZIP": &parquet.Gzip, "SNAPPY": &parquet.Snappy, "ZSTD": &parquet.Zstd, "NONE": &parquet.Uncompressed}[o.Compression]
	config, err := parquet.NewWriterConfig(parquet.NewSchema("hive_schema", parquetGroup(names, ts)), parquet.Compression(codec),
		parquet.CreatedBy("ionq", "", ""))
	if err != nil {
		return nil, err
	}
	return &parquetFile{w: parquet.NewGenericWriter[any](w, config), leaves: make([][]parquet.Value, leaves)}, nil
}

func leavesOf(t types.Type) int {
	switch t.Kind {
	case types.KindArray, types.KindMap, types.KindRow:
		n := 0
		for _, f := range t.Fields() {
			n += leavesOf(f.Type)
		}
		return n
	}
	return 1
}

// parquetBatch is how many rows are handed on at once.
const parquetBatch = 256

func (f *parquetFile) Row(cols []*page.Vector, i int) error {
	for k := range f.leaves {
		f.leaves[k] = f.leaves[k][:0]
	}
	leaf, n := 0, 0
	for _, v := range cols {
		f.shred(v, i, 0, 0, 0, &leaf)
	}
	for _, l := range f.leaves {
		n += len(l)
	}
	row := make(parquet.Row, 0, n)
	for _, l := range f.leaves {
		row = append(row, l...)
	}
	f.rows = append(f.rows, row)
	f.bytes += int64(8*n) + f.width
	f.width = 0
	if len(f.rows) == parquetBatch {
		return f.hand()
	}
	return nil
}

func (f *parquetFile) hand() error {
	_, err := f.w.WriteRows(f.rows)
	f.rows = f.rows[:0]
	return err
}

func (f *parquetFile) Buffered() int64 { return f.bytes }

// Flush ends a row group.
func (f *parquetFile) Flush() error {
	if err := f.hand(); err != nil {
		return err
	}
	f.bytes = 0
	return f.w.Flush()
}

func (f *parquetFile) Close() error {
	if err := f.hand(); err != nil {
		return err
	}
	return f.w.Close()
}

// shred appends an optional value to the leaves below it. rep is the repetition
// level of its first entry, def the definition level of what holds it, depth the
// number of repeated levels above.
func (f *parquetFile) shred(v *page.Vector, i, rep, def, depth int, leaf *int) {
	if v.IsNull(i) {
		f.absent(v.Type, rep, def, leaf)
		return
	}
	f.present(v, i, rep, def+1, depth, leaf)
}

func (f *parquetFile) put(x parquet.Value, rep, def int, leaf *int) {
	f.leaves[*leaf] = append(f.leaves[*leaf], x.Level(rep, def, *leaf))
	*leaf++
}

// absent notes for all leaves below that there is nothing.
func (f *parquetFile) absent(t types.Type, rep, def int, leaf *int) {
	for range leavesOf(t) {
		f.put(parquet.NullValue(), rep, def, leaf)
	}
}

// present is shred of what is there: def counts it already.
func (f *parquetFile) present(v *page.Vector, i, rep, def, depth int, leaf *int) {
	switch v.Type.Kind {
	case types.KindArray, types.KindMap:
		from, to := int(v.Off[i]), int(v.Off[i+1])
		if from == to {
			f.absent(v.Type, rep, def, leaf)
			return
		}
		start := *leaf
		for k := from; k < to; k++ {
			*leaf = start
			if v.Type.Kind == types.KindMap { // keys are required
				f.present(v.Children[0], k, rep, def+1, depth+1, leaf)
				f.shred(v.Children[1], k, rep, def+1, depth+1, leaf)
			} else {
				f.shred(v.Children[0], k, rep, def+1, depth+1, leaf)
			}
			rep = depth + 1
		}
	case types.KindRow:
		for _, c := range v.Children {
			f.shred(c, i, rep, def, depth, leaf)
		}
	default:
		f.put(f.leafValue(v, i), rep, def, leaf)
	}
}

func (f *parquetFile) leafValue(v *page.Vector, i int) parquet.Value {
	switch v.Type.Kind {
	case types.KindBoolean:
		return parquet.BooleanValue(v.Bools[i])
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindDate:
		return parquet.Int32Value(int32(v.I64[i]))
	case types.KindBigint:
		return parquet.Int64Value(v.I64[i])
	case types.KindTimestamp:
		return parquet.Int64Value(types.RoundTo(v.I64[i], 3) / 1000)
	case types.KindReal:
		return parquet.FloatValue(float32(v.F64[i]))
	case types.KindDouble:
		return parquet.DoubleValue(v.F64[i])
	case types.KindDecimal:
		x := v.Int128At(i)
		switch {
		case v.Type.P <= 9:
			return parquet.Int32Value(int32(x.Int64()))
		case v.Type.P <= 18:
			return parquet.Int64Value(x.Int64())
		}
		b := make([]byte, 16)
		binary.BigEndian.PutUint64(b, uint64(x.Hi))
		binary.BigEndian.PutUint64(b[8:], x.Lo)
		f.width += 16
		return parquet.FixedLenByteArrayValue(b)
	case types.KindChar:
		b := AppendText(nil, v, i)
		f.width += int64(len(b))
		return parquet.ByteArrayValue(b)
	}
	f.width += int64(len(v.Str[i]))
	return parquet.ByteArrayValue([]byte(v.Str[i]))
}
