// Buckets of S3 as Sources, through the AWS SDK. Only ListObjectsV2 and
// GetObject are used, so that s3:ListBucket and s3:GetObject are all a user
// needs to grant.

package source

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// cloud makes the S3 client when the first request needs it: reading the shared
// configuration and asking for credentials are side effects that no query on
// local files may have.
type cloud struct {
	opt *Options

	mu      sync.Mutex
	client  *s3.Client
	http    interface{ CloseIdleConnections() }
	buckets map[string]*bucket
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

func (c *cloud) s3(ctx context.Context) (*s3.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		return c.client, nil
	}
	var opts []func(*config.LoadOptions) error
	if c.opt.Profile != "" {
		opts = append(opts, config.WithSharedConfigProfile(c.opt.Profile))
	}
	if c.opt.Region != "" {
		opts = append(opts, config.WithRegion(c.opt.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		return nil, sqlerr.New(sqlerr.ConfigurationInvalid, "The AWS configuration cannot be loaded: %v", err).Wrap(err)
	}
	if b, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok || cfg.HTTPClient == nil {
		if b == nil {
			b = awshttp.NewBuildableClient()
		}
		cfg.HTTPClient = b.Freeze()
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		if c.opt.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.opt.Endpoint)
		}
		if o.BaseEndpoint != nil {
			// An endpoint of one's own rarely has a host name per bucket, and
			// rarely cares for the region.
			o.UsePathStyle = true
			if o.Region == "" {
				o.Region = "us-east-1"
			}
		}
		// Objects that were uploaded in parts have no checksum to validate;
		// that is nothing to write on standard error.
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	if client.Options().Region == "" {
		return nil, sqlerr.New(sqlerr.ConfigurationInvalid, "No AWS region is configured").
			WithHint("set AWS_REGION or choose a profile that has a region")
	}
	c.client = client
	c.http, _ = cfg.HTTPClient.(*http.Client)
	return client, nil
}

// bucket is a Source over a bucket.
type bucket struct {
	name  string
	cloud *cloud
}

func (b *bucket) Name(key string) string { return "s3://" + b.name + "/" + key }

// fail puts an error of S3 into words.
func (b *bucket) fail(ctx context.Context, code sqlerr.Code, doing, key string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	name := b.Name(key)
	var api smithy.APIError
	var status *awshttp.ResponseError
	var region string
	reason, hint := err.Error(), ""
	if errors.As(err, &status) && status.Response != nil {
		region = status.Response.Header.Get("x-amz-bucket-region")
	}
	switch {
	case errors.As(err, &api):
		reason = api.ErrorCode()
		if m := api.ErrorMessage(); m != "" {
			reason += ": " + m
		}
		switch api.ErrorCode() {
		case "NoSuchKey", "NotFound":
			code = sqlerr.HiveFileNotFound
		case "AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken":
			hint = "check the credentials; listing needs s3:ListBucket, reading needs s3:GetObject"
		case "PermanentRedirect", "AuthorizationHeaderMalformed", "MovedPermanently", "301":
			if region != "" {
				hint = "the bucket is in region " + region + ": set AWS_REGION"
			}
		case "PreconditionFailed":
			reason = "it was replaced after it was listed"
			hint = "run the query again"
		}
	case strings.Contains(reason, "no EC2 IMDS role found"), strings.Contains(reason, "failed to refresh cached credentials"):
		reason = "no AWS credentials were found"
		hint = "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or map the location to a folder with --map"
	}
	e := sqlerr.New(code, "Failed to %s %s: %s", doing, name, reason).Wrap(err)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	return e
}

func (b *bucket) object(o *types.Object) Object {
	key := aws.ToString(o.Key)
	return Object{
		Name: b.Name(key), Key: key, Size: aws.ToInt64(o.Size), ModTime: aws.ToTime(o.LastModified),
		ETag: strings.Trim(aws.ToString(o.ETag), `"`), from: b,
	}
}

func (b *bucket) List(ctx context.Context, key string, opt ListOptions) (*Tree, error) {
	client, err := b.cloud.s3(ctx)
	if err != nil {
		return nil, err
	}
	prefix := key
	if prefix != "" {
		prefix += "/" // "data" must not list "data2/"
	}
	in := &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &prefix}
	if !opt.Recursive {
		in.Delimiter = aws.String("/")
	}
	t := &Tree{}
	for {
		out, err := client.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, b.fail(ctx, sqlerr.HiveFilesystemError, "list", prefix, err)
		}
		// S3 lists in ascending order of the keys' bytes.
		for i := range out.Contents {
			t.Exists = true
			rest := strings.TrimPrefix(aws.ToString(out.Contents[i].Key), prefix)
			// A key that ends in a slash is what consoles make of a folder.
			if rest == "" || strings.HasSuffix(rest, "/") || !opt.Hidden && hiddenBelow(rest) {
				continue
			}
			t.Files = append(t.Files, b.object(&out.Contents[i]))
		}
		for _, p := range out.CommonPrefixes {
			t.Exists = true
			dir := strings.TrimSuffix(aws.ToString(p.Prefix), "/")
			if base := path.Base(dir); dir != "" && (opt.Hidden || !Hidden(base)) {
				t.Dirs = append(t.Dirs, dir)
			}
		}
		if !aws.ToBool(out.IsTruncated) {
			return t, nil
		}
		if in.ContinuationToken = out.NextContinuationToken; aws.ToString(in.ContinuationToken) == "" {
			return nil, sqlerr.New(sqlerr.HiveFilesystemError, "Failed to list %s: the server says that there is more and not where", b.Name(prefix))
		}
	}
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
	client, err := b.cloud.s3(ctx)
	if err != nil {
		return Stat{}, err
	}
	first := func(prefix string) (*types.Object, error) {
		out, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &prefix, MaxKeys: aws.Int32(1)})
		if err != nil {
			return nil, b.fail(ctx, sqlerr.HiveFilesystemError, "look at", key, err)
		}
		if len(out.Contents) == 0 {
			return nil, nil
		}
		return &out.Contents[0], nil
	}
	if key != "" {
		// A key sorts before all those that it is a prefix of.
		o, err := first(key)
		if err != nil || o == nil {
			return Stat{}, err
		}
		if aws.ToString(o.Key) == key {
			return Stat{Kind: File, Object: b.object(o)}, nil
		}
		key += "/"
	}
	o, err := first(key)
	if err != nil || o == nil {
		return Stat{}, err
	}
	return Stat{Kind: Folder}, nil
}

func (b *bucket) open(ctx context.Context, o Object) (io.ReadCloser, error) {
	client, err := b.cloud.s3(ctx)
	if err != nil {
		return nil, err
	}
	in := &s3.GetObjectInput{Bucket: &b.name, Key: &o.Key}
	if o.ETag != "" {
		// An object that was replaced since it was listed is another object.
		in.IfMatch = aws.String(`"` + o.ETag + `"`)
	}
	out, err := client.GetObject(ctx, in)
	if err != nil {
		err := b.fail(ctx, sqlerr.HiveCannotOpenSplit, "open", o.Key, err)
		var e *sqlerr.Error
		if errors.As(err, &e) {
			return nil, e.WithData(sqlerr.Data{File: o.Name, Offset: -1})
		}
		return nil, err
	}
	return &body{ctx: ctx, rc: out.Body, name: o.Name}, nil
}

// body is the stream of an object. Its errors name the object and the place.
type body struct {
	ctx  context.Context
	rc   io.ReadCloser
	name string
	n    int64
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.rc.Read(p)
	b.n += int64(n)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case b.ctx.Err() != nil:
		return n, b.ctx.Err()
	}
	return n, sqlerr.New(sqlerr.HiveCursorError, "Failed to read %s at byte %d: the download broke off: %v", b.name, b.n, err).
		Wrap(err).WithData(sqlerr.Data{File: b.name, Offset: -1})
}

func (b *body) Close() error { return b.rc.Close() }
