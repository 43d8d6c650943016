package catalog

// Tables that ionq writes: what CTAS declares of its files, and how INSERT adds to
// a table's.

import (
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/engine/output"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// The SerDes and formats of written tables (Athena user guide, "Supported SerDes
// and data formats").
const (
	ParquetSerDe       = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
	parquetInput       = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
	parquetOutput      = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
	lazySimpleSerDe    = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
	hiveJSONSerDe      = "org.apache.hive.hcatalog.data.JsonSerDe"
	openXJSONSerDe     = "org.openx.data.jsonserde.JsonSerDe"
	textInput          = "org.apache.hadoop.mapred.TextInputFormat"
	textOutput         = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
	ctasDelimiterField = "field.delim"
)

// NewWritten declares the table of files that CTAS writes.
func NewWritten(db, name string, columns, partitions []Column, location, format string, delimiter byte) *Table {
	t := &Table{Database: db, Name: name, Columns: columns, Partitions: partitions, Location: location}
	switch format {
	case "PARQUET":
		t.SerDe, t.InputFormat, t.OutputFormat = ParquetSerDe, parquetInput, parquetOutput
	case "JSON":
		t.SerDe, t.InputFormat, t.OutputFormat = hiveJSONSerDe, textInput, textOutput
	case "TEXTFILE":
		t.SerDe, t.InputFormat, t.OutputFormat = lazySimpleSerDe, textInput, textOutput
		d := string(rune(delimiter))
		t.SerDeProperties = []Property{{ctasDelimiterField, d}, {"serialization.format", d}}
	case "ION":
		t.SerDe, t.InputFormat, t.OutputFormat = IonSerDe, IonInputFormat, IonOutputFormat
	}
	return t
}

// WriteOptions says how INSERT writes the table's files.
func (t *Table) WriteOptions() (output.FileOptions, error) {
	o := output.FileOptions{Compression: "GZIP", Delimiter: 1}
	refuse := func(what string) (output.FileOptions, error) {
		return o, sqlerr.New(sqlerr.NotSupported, "Inserting into table %s.%s is not supported: %s", t.Database, t.Name, what)
	}
	if t.InputFormat == SymlinkInputFormat {
		return refuse("its files are named by symlinks")
	}
	switch t.SerDe {
	case ParquetSerDe:
		o.Format = "PARQUET"
	case hiveJSONSerDe, openXJSONSerDe:
		o.Format = "JSON"
		for _, p := range t.SerDeProperties {
			if strings.HasPrefix(p.Key, "mapping.") {
				return refuse("its SerDe has property " + p.Key)
			}
		}
	case lazySimpleSerDe:
		o.Format = "TEXTFILE"
		for _, p := range t.SerDeProperties {
			switch p.Key {
			case ctasDelimiterField, "serialization.format":
				if n, err := strconv.ParseUint(p.Value, 10, 8); err == nil && len(p.Value) > 1 {
					o.Delimiter = byte(n)
				} else if len(p.Value) == 1 {
					o.Delimiter = p.Value[0]
					if p.Key == "serialization.format" && p.Value == "1" {
						o.Delimiter = 1
					}
				}
			case "line.delim":
			default:
				return refuse("its SerDe has property " + p.Key)
			}
		}
		if d, ok := t.Property(ctasDelimiterField); ok && len(d) == 1 {
			o.Delimiter = d[0]
		}
	case IonSerDe:
		o.Format, o.IonText = "ION", false
		for _, p := range t.SerDeProperties {
			switch p.Key {
			case "ion.encoding":
				o.IonText = strings.EqualFold(p.Value, "TEXT")
			default:
				return refuse("its SerDe has property " + p.Key)
			}
		}
	default:
		return refuse("SerDe " + t.SerDe)
	}
	for _, key := range []string{"write.compression", "parquet.compression", "parquet.compress"} {
		if v, ok := t.TblProperty(key); ok {
			switch v := strings.ToUpper(v); v {
			case "GZIP", "ZSTD", "NONE":
				o.Compression = v
			case "UNCOMPRESSED":
				o.Compression = "NONE"
			case "SNAPPY":
				if o.Format != "PARQUET" {
					return refuse("compression " + v)
				}
				o.Compression = v
			default:
				return refuse("compression " + v)
			}
		}
	}
	o.HiveJSON = t.SerDe == hiveJSONSerDe
	for _, c := range t.Columns {
		if err := output.CheckReadable(c.Type, c.Name, o); err != nil {
			return o, err
		}
	}
	for _, c := range append(t.Columns[:len(t.Columns):len(t.Columns)], t.Partitions...) {
		if err := output.CheckFileType(c.Type, c.Name); err != nil {
			return o, err
		}
	}
	return o, nil
}

// SetPartitions registers the partitions of a table that is not in a catalog yet.
func (t *Table) SetPartitions(list []Partition) {
	t.parts = nil
	for _, p := range list {
		k, found := t.findPartition(p.Values)
		if !found {
			t.parts = append(t.parts[:k:k], append([]Partition{p}, t.parts[k:]...)...)
		}
	}
}

// NewLocation says where a new table's files go: where the statement says, else
// below its database's location, else below the catalog's folder.
func (c *Catalog) NewLocation(db, name, external string) (string, error) {
	if external != "" {
		return external, nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if d := c.databases[strings.ToLower(db)]; d != nil && d.location != "" {
		return strings.TrimSuffix(d.location, "/") + "/" + name + "/", nil
	}
	if c.dir != "" {
		return filepath.ToSlash(filepath.Join(c.dir, "data", db, name)) + "/", nil
	}
	return "", sqlerr.New(sqlerr.NotSupported, "CREATE TABLE AS needs external_location here: there is no query result location").
		WithHint("WITH (external_location = 's3://bucket/prefix/'), a database with a LOCATION, or --catalog DIR")
}

// HiveTypeOf is a type as DESCRIBE prints it.
func HiveTypeOf(t types.Type) string {
	switch t.Kind {
	case types.KindInteger:
		return "int"
	case types.KindReal:
		return "float"
	case types.KindVarchar:
		if t.P == types.Unbounded || t.P > 65535 {
			return "string"
		}
		return "varchar(" + strconv.Itoa(int(t.P)) + ")"
	case types.KindVarbinary:
		return "binary"
	case types.KindTimestamp:
		return "timestamp"
	case types.KindArray:
		return "array<" + HiveTypeOf(t.Fields()[0].Type) + ">"
	case types.KindMap:
		return "map<" + HiveTypeOf(t.Fields()[0].Type) + "," + HiveTypeOf(t.Fields()[1].Type) + ">"
	case types.KindRow:
		var parts []string
		for _, f := range t.Fields() {
			parts = append(parts, strings.ToLower(f.Name)+":"+HiveTypeOf(f.Type))
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	}
	return strings.ReplaceAll(t.String(), " ", "")
}
