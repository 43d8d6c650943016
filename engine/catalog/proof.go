package catalog

// What is checked of data files while they are read, and what is proven of them
// at a query's end.

import (
	"context"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/export"
	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/reader/proven"
	"github.com/ionq-db/ionq/reader/source"
)

// Verify says how far data is held against what its manifest promises.
type Verify uint8

// The ways. Checksums of gzip itself are checked in each of them.
const (
	// VerifyCheap checks what costs nothing: that manifests fit their checksums and
	// each other, that no file is missing, items counted per file and in all, and
	// the MD5s where they are cheap: see HashBelow.
	VerifyCheap Verify = iota
	// VerifyFull checks in addition the MD5 of every file of every table that a
	// query scans, also of declared tables' files that lie in an export's data/
	// folder; also of files that the query need not read to its answer.
	VerifyFull
	// VerifyOff checks nothing.
	VerifyOff
)

// HashBelow bounds the exports whose MD5s are checked without being asked for, in
// stored bytes: 16 MB take some 25 ms. Files that are not gzip, and so may have no
// checksum of their own, always are.
const HashBelow = 16 << 20

// exportSplits are the data files of an export, with the counts that its
// manifest promises.
func (c *Catalog) exportSplits(ex *export.Export) []Split {
	var total int64
	for _, f := range ex.Files {
		total += f.Object.Size
	}
	out := make([]Split, len(ex.Files))
	for i, f := range ex.Files {
		out[i] = Split{
			Split: reader.Split{
				Ordinal: i, Name: f.Object.Name, Size: f.Object.Size, Items: f.ItemCount, Open: f.Object.Open,
				Identify:     f.Object.Identify,
				DynamoDBJSON: ex.Format == export.DynamoDBJSON,
			},
			ModTime: f.Object.ModTime,
		}
		codec, err := inflate.CodecOf(f.Object.Name)
		if total <= c.hashBelow || err == nil && codec != inflate.Gzip || c.verify == VerifyFull {
			c.hold(&out[i], f.Object, f.MD5)
		}
	}
	return out
}

// hold holds a split's bytes against a promised MD5 while they are read.
func (c *Catalog) hold(s *Split, o source.Object, md5 string) {
	if c.verify == VerifyOff {
		return
	}
	want, ok := proven.ParseSum(md5)
	if !ok {
		return
	}
	s.Open, s.MD5 = c.prover.Open(o, want), want.String()
	if c.verify == VerifyFull {
		s.Prove = func(ctx context.Context) error { return c.prover.Prove(ctx, o, want) }
	}
}

// promise holds a declared table's files against the manifest of the export that
// they lie in, where they do. It returns the number of those that do not.
func (c *Catalog) promise(ctx context.Context, splits []Split, objects []source.Object) (without int, err error) {
	promises := export.Promises{Resolver: c.resolver}
	for i := range splits {
		f, ok, err := promises.Of(ctx, objects[i])
		if err != nil {
			return 0, err
		}
		if !ok || f.MD5 == "" {
			without++
			continue
		}
		splits[i].Items = f.ItemCount
		c.hold(&splits[i], objects[i], f.MD5)
	}
	return without, nil
}

// promiseLoose does the same for files of a path that is no export's: a single
// file may still lie in one.
func (c *Catalog) promiseLoose(ctx context.Context, splits []Split, ex *export.Export, warn func(string)) error {
	objects := make([]source.Object, len(ex.Files))
	for i, f := range ex.Files {
		objects[i] = f.Object
	}
	without, err := c.promise(ctx, splits, objects)
	if err == nil && without > 0 {
		warn("--verify: there is no manifest that says what " + ex.Name + " should hold")
	}
	return err
}
