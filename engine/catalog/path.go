package catalog

// Tables of paths: an export, or plain data files, typed by inference.

import (
	"context"
	"strings"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/export"
)

// AddPath makes a table of each export that a path means; see engine.AddPath.
func (c *Catalog) AddPath(ctx context.Context, name, path string, workers int, warn func(string)) ([]*Table, error) {
	var exports []*export.Export
	if name != "" {
		ex, err := export.Open(ctx, c.resolver, path)
		if err != nil {
			return nil, err
		}
		exports = append(exports, ex)
	} else {
		var err error
		if exports, err = export.OpenAll(ctx, c.resolver, path); err != nil {
			return nil, err
		}
	}
	var out []*Table
	for _, ex := range exports {
		for _, note := range ex.Notes {
			warn(note)
		}
		t, err := c.infer(ctx, ex, workers, warn)
		if err != nil {
			return out, err
		}
		if name != "" {
			t.Name = strings.ToLower(name)
		}
		if err := c.CreateTable(t, false); err != nil {
			return out, err
		}
		out = append(out, t)
	}
	return out, nil
}

// exportSplits are the data files of an export, with the counts that its
// manifest promises.
func exportSplits(ex *export.Export) []Split {
	out := make([]Split, len(ex.Files))
	for i, f := range ex.Files {
		out[i] = Split{
			Split: reader.Split{
				Ordinal: i, Name: f.Object.Name, Size: f.Object.Size, Items: f.ItemCount, Open: f.Object.Open,
			},
			ModTime: f.Object.ModTime,
		}
	}
	return out
}
