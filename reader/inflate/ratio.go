package inflate

// The limit on how far stored bytes may unfold: zip bombs end in an error.

import (
	"context"
	"fmt"
)

// DefaultMaxRatio is how many times longer than its stored bytes a file's data
// may be, once it is longer than FreeBytes. Deflate cannot do better than 1032
// to 1, and does so only where a file is one byte over and over; zstd goes on to
// some 50,000. Items that differ in their keys alone stay below 100, and items
// of 400 KB of padding below 1000.
const DefaultMaxRatio = 1000

// FreeBytes is how much data is read before the ratio is looked at: less does no
// harm, since nobody holds it in memory.
const FreeBytes = 1 << 30

// RatioHint tells what to do about a RatioError.
const RatioHint = "if this is no zip bomb, set another limit: --max-inflate-ratio N, 0 for none"

// RatioError tells that stored bytes unfold to more data than real data does.
type RatioError struct{ Max int64 }

func (e *RatioError) Error() string {
	return fmt.Sprintf("the data is more than %d times as long as the bytes it is stored in", e.Max)
}

type ratioKey struct{}

// WithMaxRatio returns a context in which files are read with another limit; 0
// means none.
func WithMaxRatio(ctx context.Context, limit int64) context.Context {
	return context.WithValue(ctx, ratioKey{}, limit)
}

// MaxRatio is the limit that is in force in a context.
func MaxRatio(ctx context.Context) int64 {
	if n, ok := ctx.Value(ratioKey{}).(int64); ok {
		return n
	}
	return DefaultMaxRatio
}

// LimitRatio sets the limit of one Reader; without it there is none.
func (r *Reader) LimitRatio(limit int64) { r.maxRatio = limit }

func (r *Reader) checkRatio() error {
	if r.maxRatio > 0 && r.codec != Plain && r.off/r.maxRatio > r.Stored() {
		return &RatioError{r.maxRatio}
	}
	return nil
}
