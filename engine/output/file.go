package output

// Data files of CTAS, INSERT and UNLOAD: one interface, a file for each format.
// What is written reads back as the same rows through the SerDe that the table
// gets.

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/plan"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// FileOptions say how a data file is written.
type FileOptions struct {
	Format      string // PARQUET, JSON, TEXTFILE or ION
	Compression string // GZIP, ZSTD, NONE; SNAPPY for PARQUET
	Delimiter   byte   // of TEXTFILE
	IonText     bool   // Ion as text rather than binary
	HiveJSON    bool   // JSON that Hive's SerDe is to read, rather than OpenX's or other programs
}

// Suffix is what the names of such files end with.
func (o FileOptions) Suffix() string {
	if o.Format == "PARQUET" {
		return ".parquet"
	}
	s := map[string]string{"JSON": ".json", "TEXTFILE": ".txt", "ION": ".ion"}[o.Format]
	return s + map[string]string{"GZIP": ".gz", "ZSTD": ".zst"}[o.Compression]
}

// FileWriter writes rows as a data file.
type FileWriter interface {
	// Row appends row i of the columns.
	Row(cols []*page.Vector, i int) error
	// Buffered is an estimate of the bytes that Flush would free.
	Buffered() int64
	Flush() error
	// Close completes the file; it does not close what it writes to.
	Close() error
}

// CheckFileType refuses a type that no such file holds (Trino's
// HiveTypeTranslator; its messages).
func CheckFileType(t types.Type, column string) error {
	switch t.Kind {
	case types.KindBoolean, types.KindTinyint, types.KindSmallint, types.KindInteger, types.KindBigint, types.KindReal, types.KindDouble,
		types.KindDecimal, types.KindVarchar, types.KindVarbinary, types.KindDate:
		return nil
	case types.KindChar:
		if t.P > 255 {
			return sqlerr.New(sqlerr.NotSupported, "Unsupported Hive type: %s. Supported CHAR types: CHAR(<=255).", t)
		}
		return nil
	case types.KindTimestamp:
		if t.P != 3 {
			return sqlerr.New(sqlerr.NotSupported, "Incorrect timestamp precision for %s; the configured precision is MILLISECONDS; column name: %s", t, column).
				WithHint("CAST(... AS timestamp(3))")
		}
		return nil
	case types.KindArray, types.KindMap, types.KindRow:
		for _, f := range t.Fields() {
			if t.Kind == types.KindRow && f.Name == "" {
				return sqlerr.New(sqlerr.NotSupported, "Anonymous row type is not supported in Hive. Please give each field a name: %s", t)
			}
			if err := CheckFileType(f.Type, column); err != nil {
				return err
			}
		}
		return nil
	}
	return sqlerr.New(sqlerr.NotSupported, "Unsupported Hive type: %s", t)
}

// CheckReadable refuses columns that the table's SerDe would not read back: Hive's JSON
// SerDe takes a text's bytes for varbinary as they are, so that neither base64 nor
// anything else of a text gives back all values; maps of the Ion SerDe are structs.
func CheckReadable(t types.Type, column string, o FileOptions) error {
	switch {
	case o.HiveJSON && t.Kind == types.KindVarbinary:
		return sqlerr.New(sqlerr.NotSupported, "Writing varbinary to a table of format JSON is not supported, its SerDe would not read the value back; column name: %s", column).
			WithHint("to_base64(" + column + ") gives text, from_base64 takes it back")
	case o.Format == "ION" && t.Kind == types.KindMap && !t.Key().IsString():
		return sqlerr.New(sqlerr.NotSupported, "Writing %s to a table of format ION is not supported, its SerDe reads maps from structs, whose names are text; column name: %s", t, column)
	}
	for _, f := range t.Fields() {
		if err := CheckReadable(f.Type, column, o); err != nil {
			return err
		}
	}
	return nil
}

// NewFile begins a data file. The types were checked by CheckFileType.
func NewFile(w io.Writer, columns []plan.Column, o FileOptions) (FileWriter, error) {
	if o.Format == "PARQUET" {
		return newParquetFile(w, columns, o)
	}
	s := &stream{to: w}
	switch o.Compression {
	case "GZIP":
		s.pack = gzip.NewWriter(w)
	case "ZSTD":
		z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		s.pack = z
	}
	if s.pack != nil {
		s.to = s.pack
	}
	s.w = bufio.NewWriterSize(s.to, 32<<10)
	switch o.Format {
	case "JSON":
		return newJSONFile(s, columns, o), nil
	case "TEXTFILE":
		return &textFile{stream: s, delimiter: o.Delimiter}, nil
	case "ION":
		return newIonFile(s, columns, o.IonText), nil
	}
	panic("BUG: no writer for format " + o.Format)
}

// stream is a buffered, maybe compressed file of records.
type stream struct {
	to   io.Writer
	pack io.WriteCloser
	w    *bufio.Writer
	buf  []byte
}

func (s *stream) Buffered() int64 { return 0 }
func (s *stream) Flush() error    { return nil }

func (s *stream) Close() error {
	if err := s.w.Flush(); err != nil {
		return err
	}
	if s.pack != nil {
		return s.pack.Close()
	}
	return nil
}

// jsonFile writes an object a line: what the JSON SerDes read.
type jsonFile struct {
	*stream
	j jsonWriter
}

func newJSONFile(s *stream, columns []plan.Column, o FileOptions) *jsonFile {
	f := &jsonFile{stream: s, j: jsonWriter{base64: true, finite: o.HiveJSON}}
	for _, c := range columns {
		f.j.keys = append(f.j.keys, string(appendJSONString(nil, c.Name))+":")
	}
	return f
}

func (f *jsonFile) Row(cols []*page.Vector, i int) error {
	b := append(f.buf[:0], '{')
	for k, v := range cols {
		if k > 0 {
			b = append(b, ',')
		}
		b = append(b, f.j.keys[k]...)
		b = f.j.value(b, v, i)
	}
	if f.j.failed != nil {
		return f.j.failed
	}
	f.buf = append(b, '}', '\n')
	_, err := f.w.Write(f.buf)
	return err
}

// textFile writes Hive's LazySimpleSerDe: fields parted by the delimiter, nested
// values by \2, \3 and so on, NULL as \N, binary in base64, nothing escaped.
type textFile struct {
	*stream
	delimiter byte
}

func (f *textFile) Row(cols []*page.Vector, i int) error {
	b := f.buf[:0]
	for k, v := range cols {
		if k > 0 {
			b = append(b, f.delimiter)
		}
		from := len(b)
		var err error
		if b, err = f.value(b, v, i, 2); err != nil {
			return err
		}
		if len(cols) > 0 && strings.ContainsAny(string(b[from:]), "\r\n"+string(rune(f.delimiter))) {
			return sqlerr.New(sqlerr.HiveWriterDataError, "A value holds the field delimiter or a line break, which TEXTFILE cannot escape: it would not read back").
				WithData(sqlerr.Data{Record: 0, Offset: -1, Text: shorten(string(b[from:]))}).
				WithHint("choose another field_delimiter, or format = 'JSON' or 'PARQUET'; Athena would write the broken line")
		}
	}
	f.buf = append(b, '\n')
	_, err := f.w.Write(f.buf)
	return err
}

func shorten(s string) string {
	if len(s) > 80 {
		s = strings.ToValidUTF8(s[:80], "") + "..."
	}
	return s
}

func (f *textFile) value(b []byte, v *page.Vector, i int, level byte) ([]byte, error) {
	if v.IsNull(i) {
		return append(b, '\\', 'N'), nil
	}
	from := len(b)
	b, err := f.notNull(b, v, i, level)
	switch text := b[from:]; {
	case err != nil:
	case string(text) == `\N`: // also an array of one NULL
		err = unreadable("A value's text is \\N, which stands for NULL in TEXTFILE", text)
	case len(v.Children) == 0 && bytes.ContainsFunc(text, func(r rune) bool { return r >= 2 && r < rune(level) }):
		err = unreadable("A value within another holds a character that parts values in TEXTFILE", text)
	}
	return b, err
}

// unreadable is the error for text that would be read as something else.
func unreadable(what string, text []byte) error {
	return sqlerr.New(sqlerr.HiveWriterDataError, "%s: it would not read back", what).
		WithData(sqlerr.Data{Record: 0, Offset: -1, Text: shorten(string(text))}).
		WithHint("choose format = 'JSON' or 'PARQUET'; Athena would write it")
}

func (f *textFile) notNull(b []byte, v *page.Vector, i int, level byte) ([]byte, error) {
	if level > 8 && len(v.Children) > 0 {
		return b, sqlerr.New(sqlerr.NotSupported, "TEXTFILE holds no values that are nested so deep: %s", v.Type)
	}
	var err error
	switch v.Type.Kind {
	case types.KindVarbinary:
		return appendBase64(b, v.Str[i]), nil
	case types.KindArray:
		from := len(b)
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if k > int(v.Off[i]) {
				b = append(b, level)
			}
			if b, err = f.value(b, v.Children[0], k, level+1); err != nil {
				return b, err
			}
		}
		if len(b) == from && v.Off[i+1] > v.Off[i] {
			return b, unreadable("An array's only element is empty, which TEXTFILE cannot tell from an empty array", nil)
		}
		return b, nil
	case types.KindMap:
		for k := int(v.Off[i]); k < int(v.Off[i+1]); k++ {
			if k > int(v.Off[i]) {
				b = append(b, level)
			}
			if b, err = f.value(b, v.Children[0], k, level+2); err != nil {
				return b, err
			}
			b = append(b, level+1)
			if b, err = f.value(b, v.Children[1], k, level+2); err != nil {
				return b, err
			}
		}
		return b, nil
	case types.KindRow:
		for k, c := range v.Children {
			if k > 0 {
				b = append(b, level)
			}
			if b, err = f.value(b, c, i, level+1); err != nil {
				return b, err
			}
		}
		return b, nil
	}
	return AppendText(b, v, i), nil
}
