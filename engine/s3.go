package engine

// The engine's side of S3 and of the cache folder.

import (
	"github.com/ionq-db/ionq/reader/source"
	"github.com/ionq-db/ionq/reader/store"
)

// S3 says how S3 is reached: what the AWS command line's options of the same
// names say.
type S3 = source.S3

// S3Usage is what was asked of S3, and what that costs.
type S3Usage = source.S3Usage

// S3PriceDate is the date of the prices, S3PartSize the length of a request for a
// part of an object.
const (
	S3PriceDate = source.PriceDate
	S3PartSize  = source.PartSize
)

// Cache is a cache folder: objects and listings of S3, and whatever else can be
// had again at a cost.
type Cache = store.Store

// OpenCache opens the cache folder dir, or where dir is empty the user's own
// ($IONQ_CACHE_DIR, or ionq in the place that the system has for such things), with a
// limit in bytes; 0 is the usual limit. It makes nothing. warn is told, once, when
// nothing can be kept.
func OpenCache(dir string, limit int64, warn func(msg string)) *Cache {
	return store.Open(store.Options{Dir: dir, Limit: limit, Warn: warn})
}

// S3Usage says what was asked of S3 so far.
func (e *Engine) S3Usage() S3Usage { return e.resolver.S3Usage() }
