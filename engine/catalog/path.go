package catalog

// Tables of paths: an export, exports that follow each other, or plain data
// files, typed by inference.

import (
	"context"
	"strings"

	"github.com/ionq-db/ionq/reader/export"
)

// AddPath makes a table of each DynamoDB table that a path means, and another one
// of its changes where there are some; see engine.AddPath.
func (c *Catalog) AddPath(ctx context.Context, name, path string, workers int, warn func(string)) ([]*Table, error) {
	found, err := export.Options{NoVerify: c.verify == VerifyOff}.OpenTables(ctx, c.resolver, path, c.AsOf)
	if err != nil {
		return nil, err
	}
	if name != "" && len(found) > 1 {
		var others []string
		for _, f := range found[1:] {
			others = append(others, f.Name())
		}
		found[0].Notes = append(found[0].Notes, path+" holds exports of other tables too, which are not read: "+strings.Join(others, ", "))
		found = found[:1]
	}
	var out []*Table
	for _, f := range found {
		for _, note := range f.Notes {
			warn(note)
		}
		tables, err := c.tables(ctx, f, strings.ToLower(name), workers, warn)
		if err != nil {
			return out, err
		}
		for _, t := range tables {
			if err := c.CreateTable(t, false); err != nil {
				return out, err
			}
			out = append(out, t)
		}
	}
	return out, nil
}
