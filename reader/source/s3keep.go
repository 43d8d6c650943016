package source

// What is kept of S3 in the cache folder: objects, by endpoint, bucket, key, etag
// and size, so that nothing is downloaded twice; and listings, for when no server
// can be asked. As long as one can, listings are asked for anew: what the bucket
// holds now decides, and an object that was replaced has another etag. Without a
// network, or under Options.Offline, the last listing stands, and a warning says
// from when it is.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Namespaces of the store.
const (
	objectSpace  = "objects"
	listingSpace = "listings"
)

// keeper is the cloud's side of the store.
type keeper struct {
	store *store.Store
	cloud *cloud

	mu   sync.Mutex
	told bool
	cut  bool // no server was reached once: do not wait as long again
}

func (k *keeper) on() bool { return k.store.Space(objectSpace).On() }

// objectKey names an object for good: other bytes have another etag. Fields are
// parted by tabs; those after the first have none.
func (k *keeper) objectKey(b *bucket, o Object) string {
	if o.ETag == "" || strings.ContainsAny(o.ETag, "\t") {
		return ""
	}
	return fmt.Sprintf("s3://%s/%s\t%s\t%d\t%s", b.name, o.Key, o.ETag, o.Size, b.cloud.endpoint)
}

// open opens a kept object; nil where it is not kept.
func (k *keeper) open(b *bucket, o Object) (io.ReadCloser, error) {
	key := k.objectKey(b, o)
	if key != "" {
		if e, ok := k.store.Space(objectSpace).Open(key); ok {
			k.cloud.count.keptObjects.Add(1)
			return &keptBody{e: e, name: o.Name, count: &k.cloud.count}, nil
		}
	}
	if k.cloud.opt.Offline {
		return nil, sqlerr.New(sqlerr.HiveCannotOpenSplit, "%s is not kept in the cache folder, and --offline asks no server", o.Name).
			WithHint("run the query once without --offline, or copy the export with ionq fetch").
			WithData(sqlerr.Data{File: o.Name, Offset: -1})
	}
	return nil, nil
}

// create starts to keep an object; nil where it is not kept.
func (k *keeper) create(b *bucket, o Object) *store.Writer {
	key := k.objectKey(b, o)
	if key == "" || o.fleeting {
		return nil
	}
	return k.store.Space(objectSpace).Create(key, o.Size)
}

// keptBody reads a kept object.
type keptBody struct {
	e     *store.Entry
	name  string
	count *counters
}

func (b *keptBody) Read(p []byte) (int, error) {
	n, err := b.e.Read(p)
	b.count.keptBytes.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		return n, sqlerr.New(sqlerr.HiveCursorError, "Failed to read %s from the cache folder: %v", b.name, err).Wrap(err).
			WithHint("run the query again: it is downloaded anew").WithData(sqlerr.Data{File: b.name, Offset: -1})
	}
	return n, err
}

func (b *keptBody) Close() error { return b.e.Close() }

// keptObject is an object of a listing.
type keptObject struct {
	Key     string
	Size    int64
	ModTime time.Time
	ETag    string
}

// keptListing is the answer to a listQuery.
type keptListing struct {
	At       time.Time
	Objects  []keptObject
	Prefixes []string
}

// list answers a query from S3, or from what was kept where S3 is not to be had.
func (b *bucket) list(ctx context.Context, doing string, q listQuery) (*keptListing, error) {
	k := &b.cloud.keep
	if !k.on() {
		if _, err := b.cloud.s3(ctx); err != nil {
			return nil, err
		}
		return b.listFromServer(ctx, doing, q, b.cloud.attempts)
	}
	if _, err := b.cloud.s3(ctx); err != nil { // knows the endpoint
		return nil, err
	}
	text, err := json.Marshal(struct {
		Endpoint string
		listQuery
	}{b.cloud.endpoint, q})
	if err != nil {
		return nil, err
	}
	key := string(text)
	var kept *keptListing
	if data, ok := k.store.Space(listingSpace).Get(key); ok {
		kept = &keptListing{}
		if json.Unmarshal(data, kept) != nil {
			kept = nil // of another version
		}
	}
	if b.cloud.opt.Offline {
		if kept == nil {
			return nil, sqlerr.New(sqlerr.HiveFilesystemError, "No listing of %s is kept in the cache folder, and --offline asks no server", b.Name(q.Prefix)).
				WithHint("run the query once without --offline, map the location to a folder with --map, or copy the export with ionq fetch")
		}
		k.tell(fmt.Sprintf("Offline: s3://%s is as it was listed at %s", b.name, kept.At.Format(time.DateTime+" UTC")))
		return kept, nil
	}
	patience := b.cloud.attempts
	if kept != nil {
		k.mu.Lock()
		if k.cut {
			patience = 1
		}
		k.mu.Unlock()
	}
	l, err := b.listFromServer(ctx, doing, q, patience)
	if err == nil {
		if data, err := json.Marshal(l); err == nil {
			k.store.Space(listingSpace).Put(key, data)
		}
		return l, nil
	}
	if kept == nil || ctx.Err() != nil || !unreachable(err) {
		return nil, err
	}
	k.mu.Lock()
	k.cut = true
	k.mu.Unlock()
	reason := err.Error()
	if e := (*sqlerr.Error)(nil); errors.As(err, &e) && e.Err != nil {
		reason, _, _ = b.explain(e.Err)
	}
	k.tell(fmt.Sprintf("S3 cannot be reached (%s): s3://%s is taken as it was listed at %s", reason, b.name, kept.At.Format(time.DateTime+" UTC")))
	return kept, nil
}

// tell warns once: every listing of a query would say the same.
func (k *keeper) tell(msg string) {
	k.mu.Lock()
	told := k.told
	k.told = true
	k.mu.Unlock()
	if !told && k.cloud.opt.Warn != nil {
		k.cloud.opt.Warn(msg)
	}
}
