package engine

// The limit on how far stored bytes may unfold, as users of the library set it.

import (
	"context"

	"github.com/ionq-db/ionq/reader/inflate"
)

// DefaultMaxInflateRatio is the limit without WithMaxInflateRatio.
const DefaultMaxInflateRatio = inflate.DefaultMaxRatio

// WithMaxInflateRatio returns a context for AddPath, Query, Result.Next and
// others in which a file may hold limit times as many bytes as are stored, once
// they are more than a gigabyte; 0 means no limit. Zip bombs are why there is one.
func WithMaxInflateRatio(ctx context.Context, limit int64) context.Context {
	return inflate.WithMaxRatio(ctx, limit)
}
