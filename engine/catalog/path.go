package catalog

// Tables of paths: an export, or plain data files, typed by inference.

import (
	"context"
	"strings"

	"github.com/ionq-db/ionq/reader/export"
)

// AddPath makes a table of each export that a path means; see engine.AddPath.
func (c *Catalog) AddPath(ctx context.Context, name, path string, workers int, warn func(string)) ([]*Table, error) {
	var exports []*export.Export
	opt := export.Options{NoVerify: c.verify == VerifyOff}
	if name != "" {
		ex, err := opt.Open(ctx, c.resolver, path)
		if err != nil {
			return nil, err
		}
		exports = append(exports, ex)
	} else {
		var err error
		if exports, err = opt.OpenAll(ctx, c.resolver, path); err != nil {
			return nil, err
		}
	}
	var out []*Table
	for _, ex := range exports {
		for _, note := range ex.Notes {
			warn(note)
		}
		if c.verify == VerifyFull && ex.Summary == nil {
			warn("--verify: there is no manifest that says what " + ex.Name + " should hold")
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
