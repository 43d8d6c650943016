// Buckets of S3 as Sources, through the AWS SDK. Only ListObjectsV2 and
// GetObject are used, so that s3:ListBucket and s3:GetObject are all a user
// needs to grant.
//
// s3.go has the client and the listings, s3get.go downloads, s3retry.go says
// what is tried again and words what is not, s3keep.go keeps listings and
// objects in the cache folder, s3cost.go counts.

package source

import (
	"context"
	"io"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/logging"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// S3 says how S3 is reached. What is not set here comes from where the AWS
// command line takes it: the environment (AWS_PROFILE, AWS_REGION,
// AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_MAX_ATTEMPTS, ...) and the shared
// configuration files with their services sections, SSO and process credentials.
type S3 struct {
	Profile, Region, Endpoint string
	NoSignRequest             bool   // anonymous
	RequestPayer              bool   // this account pays, not the bucket's owner
	AddressingStyle           string // "path", "virtual", or "" for path where the endpoint is one's own

	// Limits of the transfer; zero means the default.
	MaxAttempts  int           // of one request without progress; default AWS_MAX_ATTEMPTS, else 10
	StallTimeout time.Duration // without a byte; default 30 s
	Backoff      time.Duration // before the second attempt, doubled from then on; default 100 ms
	MaxBackoff   time.Duration // default 20 s
	PartSize     int64         // of a ranged request; default 8 MiB
	Ahead        int           // parts of one object that are fetched ahead of its reader; default 3
	Buffers      int           // parts that are held ahead in all; default 8
}

// PartSize is the usual length of a ranged request.
const PartSize = 8 << 20

func (o S3) withDefaults() S3 {
	def(&o.StallTimeout, 30*time.Second)
	def(&o.Backoff, 100*time.Millisecond)
	def(&o.MaxBackoff, 20*time.Second)
	def(&o.PartSize, PartSize)
	def(&o.Ahead, 3)
	def(&o.Buffers, 8)
	return o
}

func def[T comparable](v *T, to T) {
	if *v == *new(T) {
		*v = to
	}
}

// cloud makes the S3 client when the first request needs it: reading the shared
// configuration and asking for credentials are side effects that no query on
// local files may have.
type cloud struct {
	opt  *Options
	s3o  S3 // with defaults
	keep keeper

	mu       sync.Mutex
	client   *s3.Client
	creds    *aws.CredentialsCache
	endpoint string // one's own; empty for AWS's
	attempts int
	http     interface{ CloseIdleConnections() }
	buckets  map[string]*bucket

	buffers chan struct{} // a token for each buffer that is out
	free    sync.Pool     // of *[]byte, PartSize long
	count   counters
}

func (c *cloud) init(opt *Options) {
	c.opt, c.s3o = opt, opt.S3.withDefaults()
	c.buffers = make(chan struct{}, c.s3o.Buffers)
	c.keep = keeper{store: opt.Store, cloud: c}
}

func (c *cloud) bucket(name string) *bucket {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.buckets[name]
	if b == nil {
		b = &bucket{name: name, cloud: c}
		if c.buckets == nil {
			c.buckets = map[string]*bucket{}
		}
		c.buckets[name] = b
	}
	return b
}

func (c *cloud) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.http != nil {
		c.http.CloseIdleConnections()
	}
	c.client, c.http = nil, nil
}

// s3 gives the client. It connects to nothing.
func (c *cloud) s3(ctx context.Context) (*s3.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		return c.client, nil
	}
	var opts []func(*config.LoadOptions) error
	if c.s3o.Profile != "" {
		opts = append(opts, config.WithSharedConfigProfile(c.s3o.Profile))
	}
	if c.s3o.Region != "" {
		opts = append(opts, config.WithRegion(c.s3o.Region))
	}
	if c.s3o.NoSignRequest {
		opts = append(opts, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	}
	cfg, err := config.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		return nil, sqlerr.New(sqlerr.ConfigurationInvalid, "The AWS configuration cannot be loaded: %v", err).Wrap(err).
			WithHint("check --profile, AWS_PROFILE and the files in ~/.aws")
	}
	cfg.Logger = logging.Nop{} // what matters is said in errors
	if b, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok || cfg.HTTPClient == nil {
		if b == nil {
			b = awshttp.NewBuildableClient()
		}
		cfg.HTTPClient = b.WithDialerOptions(func(d *net.Dialer) { d.Timeout = 10 * time.Second }).Freeze()
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		if c.s3o.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.s3o.Endpoint)
		}
		if o.BaseEndpoint != nil {
			// An endpoint of one's own rarely has a host name per bucket.
			o.UsePathStyle = true
		}
		switch c.s3o.AddressingStyle {
		case "path":
			o.UsePathStyle = true
		case "virtual":
			o.UsePathStyle = false
		}
		if o.Region == "" {
			// As the AWS command line has it: S3 itself tells a bucket's region
			// to those who ask in another one (bucket.redirect).
			o.Region = "us-east-1"
		}
		// Retries are this package's own: they go on where the bytes broke off.
		c.attempts = o.RetryMaxAttempts
		o.Retryer = aws.NopRetryer{}
		o.HTTPClient = bounded{o.HTTPClient}
		// Objects that were uploaded in parts have no checksum to validate;
		// that is nothing to write on standard error.
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	if c.s3o.MaxAttempts > 0 {
		c.attempts = c.s3o.MaxAttempts
	}
	def(&c.attempts, 10)
	c.client = client
	c.endpoint = strings.TrimSuffix(aws.ToString(client.Options().BaseEndpoint), "/")
	c.creds, _ = cfg.Credentials.(*aws.CredentialsCache)
	c.http, _ = cfg.HTTPClient.(*http.Client)
	return client, nil
}

// bucket is a Source over a bucket.
type bucket struct {
	name  string
	cloud *cloud

	region atomic.Pointer[string] // where S3 says that the bucket is; nil: as configured
}

func (b *bucket) Name(key string) string { return "s3://" + b.name + "/" + key }

// options apply what is known of the bucket to a request.
func (b *bucket) options(o *s3.Options) {
	if r := b.region.Load(); r != nil {
		o.Region = *r
	}
}

func (b *bucket) payer() types.RequestPayer {
	if b.cloud.s3o.RequestPayer {
		return types.RequestPayerRequester
	}
	return ""
}

func (b *bucket) object(o keptObject) Object {
	return Object{Name: b.Name(o.Key), Key: o.Key, Size: o.Size, ModTime: o.ModTime, ETag: o.ETag, from: b}
}

func (b *bucket) List(ctx context.Context, key string, opt ListOptions) (*Tree, error) {
	prefix := key
	if prefix != "" {
		prefix += "/" // "data" must not list "data2/"
	}
	q := listQuery{Bucket: b.name, Prefix: prefix}
	if !opt.Recursive {
		q.Delimiter = "/"
	}
	found, err := b.list(ctx, "list", q)
	if err != nil {
		return nil, err
	}
	t := &Tree{}
	for _, o := range found.Objects { // in ascending order of the keys' bytes
		t.Exists = true
		rest := strings.TrimPrefix(o.Key, prefix)
		// A key that ends in a slash is what consoles make of a folder.
		if rest == "" || strings.HasSuffix(rest, "/") || !opt.Hidden && hiddenBelow(rest) {
			continue
		}
		t.Files = append(t.Files, b.object(o))
	}
	for _, p := range found.Prefixes {
		t.Exists = true
		dir := strings.TrimSuffix(p, "/")
		if base := path.Base(dir); dir != "" && (opt.Hidden || !Hidden(base)) {
			t.Dirs = append(t.Dirs, dir)
		}
	}
	return t, nil
}

// hiddenBelow reports whether an element of a key below the listed folder is
// hidden.
func hiddenBelow(rest string) bool {
	for part := range strings.SplitSeq(rest, "/") {
		if Hidden(part) {
			return true
		}
	}
	return false
}

// Stat needs up to two listings of one key. HeadObject would need one request
// less for files, but tells a missing key from a forbidden one only to those
// who may list anyway.
func (b *bucket) Stat(ctx context.Context, key string) (Stat, error) {
	first := func(prefix string) (*keptObject, error) {
		found, err := b.list(ctx, "look at", listQuery{Bucket: b.name, Prefix: prefix, Max: 1})
		if err != nil || len(found.Objects) == 0 {
			return nil, err
		}
		return &found.Objects[0], nil
	}
	if key != "" {
		// A key sorts before all those that it is a prefix of.
		o, err := first(key)
		if err != nil || o == nil {
			return Stat{}, err
		}
		if o.Key == key {
			return Stat{Kind: File, Object: b.object(*o)}, nil
		}
		key += "/"
	}
	o, err := first(key)
	if err != nil || o == nil {
		return Stat{}, err
	}
	return Stat{Kind: Folder}, nil
}

// listQuery is what is asked of a bucket.
type listQuery struct {
	Bucket, Prefix, Delimiter string
	Max                       int32 // 0: all
}

// maxListed bounds a listing in memory; an export has one object for each
// partition of its table.
const maxListed = 5_000_000

// bounded keeps the answers that the SDK reads whole, listings and errors, to a
// size that they never reach.
type bounded struct{ c s3.HTTPClient }

const maxAnswer = 64 << 20

func (b bounded) Do(req *http.Request) (*http.Response, error) {
	resp, err := b.c.Do(req)
	if err == nil && (req.URL.Query().Has("list-type") || resp.StatusCode/100 != 2) {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}

// listFromServer asks S3, page by page.
func (b *bucket) listFromServer(ctx context.Context, doing string, q listQuery, patience int) (*keptListing, error) {
	client, err := b.cloud.s3(ctx)
	if err != nil {
		return nil, err
	}
	in := &s3.ListObjectsV2Input{Bucket: &q.Bucket, Prefix: &q.Prefix, RequestPayer: b.payer()}
	if q.Delimiter != "" {
		in.Delimiter = &q.Delimiter
	}
	if q.Max > 0 {
		in.MaxKeys = &q.Max
	}
	l := &keptListing{At: time.Now().UTC().Truncate(time.Second)}
	r := b.retrier(patience, 1<<30) // each page has its attempts
	for {
		out, err := b.page(ctx, client, in, r)
		if err != nil {
			return nil, b.fail(ctx, sqlerr.HiveFilesystemError, doing, q.Prefix, err)
		}
		for i := range out.Contents {
			o := &out.Contents[i]
			l.Objects = append(l.Objects, keptObject{
				Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ModTime: aws.ToTime(o.LastModified), ETag: unquote(aws.ToString(o.ETag)),
			})
		}
		for _, p := range out.CommonPrefixes {
			l.Prefixes = append(l.Prefixes, aws.ToString(p.Prefix))
		}
		if q.Max > 0 || !aws.ToBool(out.IsTruncated) {
			// S3 lists in ascending order of the keys' bytes; not every server does.
			byKey := func(a, b keptObject) int { return strings.Compare(a.Key, b.Key) }
			if !slices.IsSortedFunc(l.Objects, byKey) {
				slices.SortStableFunc(l.Objects, byKey)
			}
			return l, nil
		}
		if len(l.Objects)+len(l.Prefixes) > maxListed {
			return nil, sqlerr.New(sqlerr.HiveFilesystemError, "Failed to list %s: it holds more than %d objects", b.Name(q.Prefix), maxListed).
				WithHint("name a prefix that holds less")
		}
		last := aws.ToString(in.ContinuationToken)
		in.ContinuationToken = out.NextContinuationToken
		if now := aws.ToString(in.ContinuationToken); now == "" || now == last {
			return nil, sqlerr.New(sqlerr.HiveFilesystemError, "Failed to list %s: the server says that there is more and not where", b.Name(q.Prefix)).
				WithHint("this is a fault of the server: use one that has ListObjectsV2, or copy the data and name the folder")
		}
	}
}

// page asks for one page of a listing until it is there.
func (b *bucket) page(ctx context.Context, client *s3.Client, in *s3.ListObjectsV2Input, r *retrier) (*s3.ListObjectsV2Output, error) {
	for {
		actx, watch := b.watch(ctx)
		b.cloud.count.lists.Add(1)
		out, err := client.ListObjectsV2(actx, in, b.options)
		err = watch.cause(err)
		watch.done()
		if err == nil && out.Name == nil && out.KeyCount == nil && out.MaxKeys == nil && out.Prefix == nil {
			// Some other XML, an HTML page for one, parses as a listing of nothing.
			err = errNotS3
		}
		if err == nil {
			r.progress()
			return out, nil
		}
		if err := r.again(ctx, err); err != nil {
			return nil, err
		}
	}
}

func unquote(etag string) string { return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`) }
