package catalog

// Shapes of data files that nobody declared, kept in the cache folder: an export
// that is named by its path is read once to find its types, not once a process.

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ionq-db/ionq/reader"
	"github.com/ionq-db/ionq/reader/infer"
	"github.com/ionq-db/ionq/reader/inflate"
	"github.com/ionq-db/ionq/reader/store"
)

// ShapeSpace is the name of the cache folder's namespace for shapes.
const ShapeSpace = "shapes"

// shapeVersion changes whenever package infer finds something else in a file.
const shapeVersion = 1

// shapes finds the shapes of files, and keeps them. The zero value keeps nothing.
type shapes struct {
	space  *store.Space
	settle time.Duration
}

// KeepShapes keeps the shapes of data files whose last change is settle ago. It
// comes before tables are made.
func (c *Catalog) KeepShapes(s *store.Store, settle time.Duration) {
	c.shapes = shapes{s.Space(ShapeSpace), settle}
}

// of is infer.Split.
func (s shapes) of(ctx context.Context, split reader.Split) (*infer.Schema, error) {
	if !s.space.On() || split.Identify == nil {
		return infer.Split(ctx, split)
	}
	start := time.Now()
	id, err := split.Identify(ctx)
	if err != nil || id.Key == "" {
		return infer.Split(ctx, split) // which has the error
	}
	key := fmt.Sprintf("%s\t%d %v %q %d", id.Key, shapeVersion, split.DynamoDBJSON, split.MD5, inflate.MaxRatio(ctx))
	if text, ok := s.space.Get(key); ok {
		schema := new(infer.Schema)
		if json.Unmarshal(text, schema) == nil {
			return schema, nil
		}
	}
	schema, err := infer.Split(ctx, split)
	if err != nil || !id.Changed.IsZero() && start.Sub(id.Changed) < s.settle {
		return schema, err
	}
	if again, err := split.Identify(ctx); err != nil || again.Key != id.Key {
		return schema, nil
	}
	if text, err := json.Marshal(schema); err == nil {
		s.space.Put(key, text)
	}
	return schema, nil
}
