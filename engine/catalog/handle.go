package catalog

// From a table to data files, at query time.

import (
	"context"
	"fmt"
	"time"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/sql/plan"
)

// Class names that a symlink table and Ion tables are told by (semantics 4.2,
// 4.3).
const (
	IonSerDe           = "com.amazon.ionhiveserde.IonHiveSerDe"
	IonInputFormat     = "com.amazon.ionhiveserde.formats.IonInputFormat"
	IonOutputFormat    = "com.amazon.ionhiveserde.formats.IonOutputFormat"
	SymlinkInputFormat = "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat"
)

// Split is a data file, with what "$file_modified_time" needs.
type Split struct {
	reader.Split
	ModTime time.Time
	// Prove holds all of the file's bytes against its promised MD5, unless that was
	// done before. Nil where nothing is to be proven.
	Prove func(ctx context.Context) error
	// Partition holds the values of the partition columns, PartitionName what
	// "$partition" shows; both are empty for tables without partitions.
	Partition     []plan.Datum
	PartitionName string
	Declared      *Declared // of a partition whose columns are not the table's; else nil
}

// Splits lists the table's data files, in the order in which their rows come. A
// declared table is listed anew for each query. warn learns of a LOCATION at
// which nothing lies, which is no error on Athena (semantics 9, trap 58).
func (t *Table) Splits(ctx context.Context, warn func(string)) ([]Split, error) {
	if t.Inferred {
		return t.splits, nil
	}
	if len(t.Partitions) > 0 {
		panic("BUG: the partitions to be read were not selected")
	}
	l, err := t.list(ctx, t.Location)
	if err != nil {
		return nil, err
	}
	if l.Missing && warn != nil {
		warn("table " + t.Database + "." + t.Name + ": there is nothing at " + t.Location)
	}
	out := make([]Split, len(l.Objects))
	for i, o := range l.Objects {
		out[i] = Split{
			Split:   reader.Split{Ordinal: i, Name: o.Name, Size: o.Size, Items: -1, Open: o.Open, Identify: o.Identify},
			ModTime: o.ModTime,
		}
	}
	if t.catalog.verify == VerifyFull {
		without, err := t.catalog.promise(ctx, out, l.Objects)
		if err != nil {
			return nil, err
		}
		if without > 0 && warn != nil {
			warn(fmt.Sprintf("--verify: table %s.%s: there is no manifest that says what %d of its %d files should hold", t.Database, t.Name, without, len(out)))
		}
	}
	return out, nil
}
