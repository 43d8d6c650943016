package output

// Ion data files, as the Hive SerDe writes them: a struct a record, columns by
// their names, NULL columns left out, dates as timestamps of a day's precision.

import (
	"encoding/base64"
	"math/big"
	"time"

	"github.com/amazon-ion/ion-go/ion"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/types"
)

func appendBase64(b []byte, s string) []byte { return base64.StdEncoding.AppendEncode(b, []byte(s)) }

type ionFile struct {
	*stream
	ion   ion.Writer
	names []ion.SymbolToken
	rows  int
	text  bool
}

func newIonFile(s *stream, columns []plan.Column, text bool) *ionFile {
	f := &ionFile{stream: s, text: text}
	for _, c := range columns {
		f.names = append(f.names, ion.NewSymbolTokenFromString(c.Name))
	}
	f.begin()
	return f
}

// ionBatch is how many records share a symbol table: ion-go keeps what is written
// until the table is known.
const ionBatch = 1000

func (f *ionFile) begin() {
	if f.text {
		f.ion = ion.NewTextWriterOpts(f.w, ion.TextWriterQuietFinish)
	} else {
		f.ion = ion.NewBinaryWriter(f.w)
	}
}

func (f *ionFile) Row(cols []*page.Vector, i int) error {
	if err := f.ion.BeginStruct(); err != nil {
		return err
	}
	for k, v := range cols {
		if v.IsNull(i) {
			continue
		}
		if err := f.ion.FieldName(f.names[k]); err != nil {
			return err
		}
		if err := f.value(v, i); err != nil {
			return err
		}
	}
	if err := f.ion.EndStruct(); err != nil {
		return err
	}
	if f.rows++; f.rows%ionBatch == 0 {
		return f.finish()
	}
	return nil
}

func (f *ionFile) finish() error {
	if err := f.ion.Finish(); err != nil {
		return err
	}
	if f.text {
		if err := f.w.WriteByte('\n'); err != nil {
			return err
		}
	}
	f.begin()
	return nil
}

func (f *ionFile) Close() error {
	if f.rows%ionBatch != 0 {
		if err := f.finish(); err != nil {
			return err
		}
	}
	return f.stream.Close()
}

func (f *ionFile) value(v *page.Vector, i int) error {
	w := f.ion
	if v.IsNull(i) {
		return w.WriteNull()
	}
	switch v.Type.Kind {
	case types.KindBoolean:
		return w.WriteBool(v.Bools[i])
	case types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint:
		return w.WriteInt(v.I64[i])
	case types.KindReal, types.KindDouble:
		return w.WriteFloat(v.F64[i])
	case types.KindDecimal:
		return w.WriteDecimal(ion.NewDecimal(new(big.Int).Set(v.Int128At(i).Big()), -v.Type.S, false))
	case types.KindVarchar, types.KindChar:
		return w.WriteString(string(AppendText(nil, v, i)))
	case types.KindVarbinary:
		return w.WriteBlob([]byte(v.Str[i]))
	case types.KindDate:
		return w.WriteTimestamp(ion.NewDateTimestamp(time.Unix(v.I64[i]*86400, 0).UTC(), ion.TimestampPrecisionDay))
	case types.KindTimestamp:
		return w.WriteTimestamp(ion.NewTimestampWithFractionalSeconds(time.UnixMicro(v.I64[i]).UTC(), ion.TimestampPrecisionNanosecond, ion.TimezoneUTC, 3))
	case types.KindArray:
		if err := w.BeginList(); err != nil {
			return err
		}
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if err := f.value(v.Children[0], k); err != nil {
				return err
			}
		}
		return w.EndList()
	case types.KindMap:
		if err := w.BeginStruct(); err != nil {
			return err
		}
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if err := w.FieldName(ion.NewSymbolTokenFromString(string(AppendText(nil, v.Children[0], k)))); err != nil {
				return err
			}
			if err := f.value(v.Children[1], k); err != nil {
				return err
			}
		}
		return w.EndStruct()
	case types.KindRow:
		if err := w.BeginStruct(); err != nil {
			return err
		}
		for k, field := range v.Type.Fields() {
			if v.Children[k].IsNull(i) {
				continue
			}
			if err := w.FieldName(ion.NewSymbolTokenFromString(field.Name)); err != nil {
				return err
			}
			if err := f.value(v.Children[k], i); err != nil {
				return err
			}
		}
		return w.EndStruct()
	}
	panic("BUG: type " + v.Type.String() + " in an Ion file")
}
