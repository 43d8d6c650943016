// Tests of buckets: in process against gofakes3 and against handlers that
// misbehave, and against a real server, versitygw, where its binary is in PATH.

package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/ionq-db/ionq/reader/store"
	"github.com/ionq-db/ionq/sql/sqlerr"
)

// clean gives the test an AWS environment of its own: no file of the machine's
// user is read.
func clean(t testing.TB) {
	t.Helper()
	type setter interface{ Setenv(key, value string) }
	empty := filepath.Join(t.TempDir(), "none")
	for k, v := range map[string]string{
		"AWS_ACCESS_KEY_ID": "testkey", "AWS_SECRET_ACCESS_KEY": "testsecret", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "", "AWS_CONFIG_FILE": empty, "AWS_SHARED_CREDENTIALS_FILE": empty,
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "", "AWS_CA_BUNDLE": "", "AWS_MAX_ATTEMPTS": "",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "",
	} {
		t.(setter).Setenv(k, v)
	}
}

// serve starts a handler and points the SDK's environment at it.
func serve(t testing.TB, h http.Handler) {
	t.Helper()
	clean(t)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	t.(interface{ Setenv(key, value string) }).Setenv("AWS_ENDPOINT_URL", srv.URL)
}

// fake is gofakes3 with bucket "bkt" and the given objects: key, content, ...
func fake(t testing.TB, objects ...string) http.Handler {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("bkt"); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(objects); i += 2 {
		body := objects[i+1]
		if _, err := backend.PutObject("bkt", objects[i], map[string]string{}, strings.NewReader(body), int64(len(body)), nil); err != nil {
			t.Fatal(err)
		}
	}
	return gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
}

// bucketObjects are the keys that both servers are tested with. (versitygw keeps
// objects as files, so that no key may be a folder of another.)
var bucketObjects = []string{
	"data/b.ion", "b", "data/a.ion.gz", "a", "data/a/x.ion", "ax", "data/Z", "Z", "data/é.ion", "e", "data/with space+plus&.ion", "w",
	"data/_started", "s", "data/.hidden", "h", "data/_tmp/x.ion", "t", "data/empty.ion", "",
	"data2/x.ion", "2", "data.ion", "no", "file", "f",
	"current/symlink.txt", "s3://bkt/flat/\ns3://bkt/flat/2.ion\ns3://bkt/flat/2.ion\ns3://bkt/flat/3.ion\n", "flat/2.ion", "two", "flat/1.ion", "one", "flat/3.ion", "three", "flat/_x", "x",
	"broken/symlink.txt", "s3://bkt/flat/4.ion",
}

// behaves runs what any S3 must give.
func behaves(t *testing.T) {
	r := resolver(t, Options{})
	ctx := context.Background()
	want := []string{"s3://bkt/data/Z", "s3://bkt/data/a.ion.gz", "s3://bkt/data/a/x.ion", "s3://bkt/data/b.ion", "s3://bkt/data/with space+plus&.ion", "s3://bkt/data/é.ion"}
	for _, loc := range []string{"s3://bkt/data/", "s3://bkt/data"} {
		l, err := r.List(ctx, loc)
		if err != nil {
			t.Fatal(err)
		}
		if got := names(l); !slices.Equal(got, want) || l.Empty != 1 || l.Missing || l.Local {
			t.Errorf("%s: %v %+v", loc, got, l)
		}
		for _, o := range l.Objects {
			if o.ETag == "" || strings.Contains(o.ETag, `"`) || o.ModTime.IsZero() || o.Path != "" || int(o.Size) != len(content(t, o)) {
				t.Errorf("object %+v", o)
			}
		}
	}
	for _, loc := range []string{"s3://bkt/nothing/", "s3://bkt/file", "s3://bkt/dat"} {
		if l, err := r.List(ctx, loc); err != nil || len(l.Objects) != 0 || !l.Missing {
			t.Errorf("%s: %+v %v", loc, l, err)
		}
	}
	l, err := r.Symlinks(ctx, "s3://bkt/current/")
	if err != nil || !slices.Equal(names(l), []string{"s3://bkt/flat/1.ion", "s3://bkt/flat/2.ion", "s3://bkt/flat/3.ion", "s3://bkt/flat/2.ion", "s3://bkt/flat/2.ion", "s3://bkt/flat/3.ion"}) || l.Local {
		t.Errorf("symlinks: %v %v", l, err)
	}
	_, err = r.Symlinks(ctx, "s3://bkt/broken")
	wantError(t, err, sqlerr.HiveFilesystemError, "Input path does not exist: s3://bkt/flat/4.ion")

	src, key, err := r.Resolve(ctx, "s3://bkt/data")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := src.List(ctx, key, ListOptions{Hidden: true})
	if err != nil || !slices.Equal(tree.Dirs, []string{"data/_tmp", "data/a"}) || len(tree.Files) != 8 {
		t.Errorf("hidden, flat: %+v %v", tree, err)
	}
	for key, kind := range map[string]Kind{"data": Folder, "data/a": Folder, "data/b.ion": File, "data/b": Missing, "x": Missing, "": Folder} {
		if stat, err := src.Stat(ctx, key); err != nil || stat.Kind != kind {
			t.Errorf("stat %q: %+v %v", key, stat, err)
		}
	}
	_, err = r.List(ctx, "s3://no-such-bucket-here/x/")
	wantError(t, err, sqlerr.HiveFilesystemError, "NoSuchBucket")
	gone := l.Objects[0]
	gone.Key, gone.Name = "flat/gone", "s3://bkt/flat/gone"
	_, err = gone.Open(ctx)
	wantError(t, err, sqlerr.HiveFileNotFound, "Failed to open s3://bkt/flat/gone")

	// A download that nobody reads to its end leaves nothing behind.
	rc, err := l.Objects[0].Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := rc.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFakeS3(t *testing.T) {
	serve(t, fake(t, bucketObjects...))
	behaves(t)
}

// TestPages lists more keys than one answer holds.
func TestPages(t *testing.T) {
	var objects []string
	for i := range 2500 {
		objects = append(objects, fmt.Sprintf("d/%04d.ion", i), "x")
	}
	var lists atomic.Int32
	h := fake(t, objects...)
	serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Query().Get("list-type") == "2" {
			lists.Add(1)
		}
		h.ServeHTTP(w, req)
	}))
	l, err := resolver(t, Options{}).List(context.Background(), "s3://bkt/d/")
	if err != nil || len(l.Objects) != 2500 || l.Objects[2499].Key != "d/2499.ion" || lists.Load() != 3 {
		t.Errorf("%d objects in %d pages, %v", len(l.Objects), lists.Load(), err)
	}
}

// TestNoNetwork: nothing is asked of a server until an s3:// name that no
// mapping covers is used; an Offline session never asks.
func TestNoNetwork(t *testing.T) {
	var requests atomic.Int32
	serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusForbidden)
	}))
	dir := tree(t, "d/x", "x", "l/symlink.txt", "s3://bkt/d/")
	ctx := context.Background()
	r := resolver(t, Options{Maps: []Mapping{{URL: "s3://bkt", Dir: dir}}})
	if l, err := r.List(ctx, "s3://bkt/d/"); err != nil || content(t, l.Objects[0]) != "x" {
		t.Error(err)
	}
	if _, err := r.Symlinks(ctx, "s3://bkt/l/"); err != nil {
		t.Error(err)
	}
	if _, err := r.List(ctx, dir); err != nil {
		t.Error(err)
	}
	_, err := resolver(t, Options{Offline: true}).List(ctx, "s3://bkt/d/")
	wantError(t, err, sqlerr.HiveFilesystemError, "is not mapped")
	if requests.Load() != 0 {
		t.Errorf("%d requests", requests.Load())
	}
	_, err = r.List(ctx, "s3://other/")
	wantError(t, err, sqlerr.HiveFilesystemError, "check the credentials")
	if requests.Load() == 0 {
		t.Error("no request: this test can see none")
	}
}

// TestMixed: a mapping for one part of a bucket, the server for the rest.
func TestMixed(t *testing.T) {
	serve(t, fake(t, "here/x", "far", "there/x", "far", "current/l", "s3://bkt/here/x\ns3://bkt/there/x"))
	r := resolver(t, Options{Maps: []Mapping{{URL: "s3://bkt/here", Dir: tree(t, "x", "near")}}})
	l, err := r.Symlinks(context.Background(), "s3://bkt/current/")
	if err != nil || len(l.Objects) != 2 || l.Local || content(t, l.Objects[0]) != "near" || content(t, l.Objects[1]) != "far" {
		t.Errorf("%+v %v", l, err)
	}
}

// TestFaults: what servers and networks do wrong.
func TestFaults(t *testing.T) {
	ctx := context.Background()
	h := fake(t, "d/x", strings.Repeat("x", 10_000))
	get := func(req *http.Request) bool {
		return req.Method == http.MethodGet && strings.HasSuffix(req.URL.Path, "/x")
	}
	for _, c := range []struct {
		what        string
		answer      func(w http.ResponseWriter)
		openCode    sqlerr.Code
		readCode    sqlerr.Code
		words       string
		temporarily bool // only the first answer is wrong
	}{
		{what: "replaced", openCode: sqlerr.HiveCannotOpenSplit, words: "it was replaced after it was listed", answer: func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusPreconditionFailed)
			_, _ = io.WriteString(w, `<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>`)
		}},
		{what: "forbidden", openCode: sqlerr.HiveCannotOpenSplit, words: "check the credentials", answer: func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`)
		}},
		{what: "another region", openCode: sqlerr.HiveCannotOpenSplit, words: "the bucket is in region ap-northeast-1: set AWS_REGION", answer: func(w http.ResponseWriter) {
			w.Header().Set("x-amz-bucket-region", "ap-northeast-1")
			w.WriteHeader(http.StatusMovedPermanently)
			_, _ = io.WriteString(w, `<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>`)
		}},
		{what: "cut short", readCode: sqlerr.HiveCursorError, words: "Failed to read s3://bkt/d/x at byte 4000: the download broke off", answer: func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "10000")
			_, _ = io.WriteString(w, strings.Repeat("x", 4000))
		}},
		{what: "slow down", temporarily: true, answer: func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>`)
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			var n atomic.Int32
			serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if get(req) && (n.Add(1) == 1 || !c.temporarily) {
					if req.Header.Get("If-Match") == "" {
						t.Error("the download does not ask for the object that was listed")
					}
					c.answer(w)
					return
				}
				h.ServeHTTP(w, req)
			}))
			l, err := resolver(t, Options{}).List(ctx, "s3://bkt/d/")
			if err != nil {
				t.Fatal(err)
			}
			rc, err := l.Objects[0].Open(ctx)
			if c.openCode != "" {
				wantError(t, err, c.openCode, c.words)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(rc)
			if cerr := rc.Close(); cerr != nil {
				t.Error(cerr)
			}
			if c.readCode != "" {
				wantError(t, err, c.readCode, c.words)
			} else if err != nil || len(text) != 10_000 {
				t.Errorf("%d bytes, %v", len(text), err)
			}
		})
	}
}

// TestCancel: cancelling ends a download that is under way, and a listing.
func TestCancel(t *testing.T) {
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	h := fake(t, "d/x", strings.Repeat("x", 10_000))
	serve(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !strings.HasSuffix(req.URL.Path, "/x") {
			h.ServeHTTP(w, req)
			return
		}
		w.Header().Set("Content-Length", "10000")
		_, _ = io.WriteString(w, "start")
		w.(http.Flusher).Flush()
		select {
		case <-hang:
		case <-req.Context().Done():
		}
	}))
	r := resolver(t, Options{})
	l, err := r.List(context.Background(), "s3://bkt/d/")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	rc, err := l.Objects[0].Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(rc, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(rc); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	if err := rc.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.List(ctx, "s3://bkt/d/"); !errors.Is(err, context.Canceled) {
		t.Errorf("list: %v", err)
	}
	if _, err := l.Objects[0].Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("open: %v", err)
	}
}

// TestConfiguration: what is missing is said, options beat the environment.
func TestConfiguration(t *testing.T) {
	ctx := context.Background()
	srv := httptest.NewServer(fake(t, "d/x", "x"))
	t.Cleanup(srv.Close)

	clean(t)
	t.Setenv("AWS_REGION", "")
	if l, err := resolver(t, Options{S3: S3{Endpoint: srv.URL}}).List(ctx, "s3://bkt/d/"); err != nil || len(l.Objects) != 1 {
		t.Errorf("endpoint option, no region: %v", err)
	}
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	t.Setenv("AWS_ENDPOINT_URL_S3", srv.URL)
	if l, err := resolver(t, Options{}).List(ctx, "s3://bkt/d/"); err != nil || len(l.Objects) != 1 {
		t.Errorf("AWS_ENDPOINT_URL_S3: %v", err)
	}
	_, err := resolver(t, Options{S3: S3{Profile: "nobody"}}).List(ctx, "s3://bkt/d/")
	wantError(t, err, sqlerr.ConfigurationInvalid, "nobody")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err = resolver(t, Options{}).List(ctx, "s3://bkt/d/")
	wantError(t, err, sqlerr.HiveFilesystemError, "no AWS credentials were found")
}

// TestVersityGW runs against a real server on the loopback interface.
func TestVersityGW(t *testing.T) {
	binary, err := exec.LookPath("versitygw")
	if err != nil && os.Getenv("IONQ_TEST_VERSITYGW") == "required" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("versitygw is not in PATH; go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
	}
	clean(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var log bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, "--access", "testkey", "--secret", "testsecret", "--region", "eu-west-1", "--port", addr, "posix", t.TempDir())
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := cmd.Wait(); err != nil && !strings.Contains(err.Error(), "killed") {
			t.Logf("versitygw: %v", err)
		}
	})
	t.Setenv("AWS_ENDPOINT_URL", "http://"+addr)

	// Fill it with the SDK itself, and let the first call wait for the server.
	r := resolver(t, Options{})
	client, err := r.cloud.s3(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if _, err = client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("bkt")}); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("versitygw does not answer: %v\n%s", err, log.String())
		}
	}
	for i := 0; i < len(bucketObjects); i += 2 {
		if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("bkt"), Key: &bucketObjects[i], Body: strings.NewReader(bucketObjects[i+1])}); err != nil {
			t.Fatal(err)
		}
	}
	behaves(t)

	largeObject(ctx, t, client, "http://"+addr)

	// A real server honours If-Match and checks credentials.
	listing, err := r.List(ctx, "s3://bkt/flat/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("bkt"), Key: aws.String("flat/1.ion"), Body: strings.NewReader("another")}); err != nil {
		t.Fatal(err)
	}
	_, err = listing.Objects[0].Open(ctx)
	wantError(t, err, sqlerr.HiveCannotOpenSplit, "it was replaced after it was listed")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	_, err = resolver(t, Options{}).List(ctx, "s3://bkt/flat/")
	wantError(t, err, sqlerr.HiveFilesystemError, "check the credentials")
}

// largeObject reads an object of many ranges from a real server, through a
// network that cuts every connection after some bytes, stalls and throttles, and
// sees it replaced in the middle.
func largeObject(ctx context.Context, t *testing.T, client *s3.Client, endpoint string) {
	const partSize = 5 << 20 // S3's least
	random := rand.New(rand.NewPCG(7, 7))
	text := make([]byte, 2*partSize+12345)
	for i := range text {
		text[i] = byte(random.Uint32())
	}
	key := "large/x.ion"
	up, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String("bkt"), Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	var parts []types.CompletedPart
	for i := 0; i*partSize < len(text); i++ {
		n := aws.Int32(int32(i + 1))
		out, err := client.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: aws.String("bkt"), Key: &key, UploadId: up.UploadId, PartNumber: n,
			Body: bytes.NewReader(text[i*partSize : min(len(text), (i+1)*partSize)]),
		})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, types.CompletedPart{ETag: out.ETag, PartNumber: n})
	}
	if _, err := client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: aws.String("bkt"), Key: &key, UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	}); err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}, ErrorLog: log.New(io.Discard, "", 0)}
	var n atomic.Int32
	var replace atomic.Bool
	proxy := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, key) {
			pass.ServeHTTP(w, r)
			return
		}
		switch k := n.Add(1); {
		case k%5 == 2:
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, "<Error><Code>SlowDown</Code><Message>slower</Message></Error>")
		case k%5 == 4:
			pass.ServeHTTP(&cutter{ResponseWriter: w, left: 100_000}, r)
		case k%11 == 5:
			<-r.Context().Done()
		case k == 8 && replace.Load():
			if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("bkt"), Key: &key, Body: bytes.NewReader(text[1:])}); err != nil {
				t.Error(err)
			}
			pass.ServeHTTP(w, r)
		default:
			pass.ServeHTTP(w, r)
		}
	}))
	proxy.Config.ErrorLog = pass.ErrorLog
	proxy.Start()
	defer proxy.Close()
	dir := t.TempDir()
	r := resolver(t, Options{S3: S3{Endpoint: proxy.URL, PartSize: 256 << 10, StallTimeout: 300 * time.Millisecond}, Store: store.Open(store.Options{Dir: dir})})
	l, err := r.List(ctx, "s3://bkt/large/")
	if err != nil || len(l.Objects) != 1 || !strings.HasSuffix(l.Objects[0].ETag, "-3") {
		t.Fatalf("%+v %v", l, err)
	}
	if got := all(t, l.Objects[0]); got != string(text) {
		t.Errorf("%d bytes that differ, of %d", len(got), len(text))
	}
	if u := r.S3Usage(); u.Retries < 10 || u.Bytes < int64(len(text)) || u.Gets < 43 {
		t.Errorf("%+v: the network was too good", u)
	}
	before := n.Load()
	if got := all(t, l.Objects[0]); got != string(text) || n.Load() != before {
		t.Errorf("kept: %d bytes, %d requests", len(got), n.Load()-before)
	}
	n.Store(0)
	replace.Store(true)
	r = resolver(t, Options{S3: S3{Endpoint: proxy.URL, PartSize: 256 << 10, StallTimeout: 300 * time.Millisecond}})
	if l, err = r.List(ctx, "s3://bkt/large/"); err != nil {
		t.Fatal(err)
	}
	rc, err := l.Objects[0].Open(ctx)
	if err == nil {
		_, err = io.Copy(io.Discard, rc)
		if cerr := rc.Close(); cerr != nil {
			t.Error(cerr)
		}
	}
	wantError(t, err, sqlerr.HiveCursorError, "it was replaced after it was listed")
}

// all reads an object of any size.
func all(t *testing.T, o Object) string {
	t.Helper()
	text, err := ReadAll(context.Background(), o, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// cutter hangs up after some bytes.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		panic(http.ErrAbortHandler)
	}
	return c.ResponseWriter.Write(p)
}

// TestLockstep: readers that hold buffers and are not read do not stop the
// others, whatever the order; and what is given up leaves its buffers.
func TestLockstep(t *testing.T) {
	var objects []string
	random := rand.New(rand.NewPCG(3, 3))
	for i := range 6 {
		text := make([]byte, 100_000+i)
		for k := range text {
			text[k] = byte(random.Uint32())
		}
		objects = append(objects, fmt.Sprintf("d/%d.ion", i), string(text))
	}
	serve(t, fake(t, objects...))
	r := resolver(t, Options{S3: S3{PartSize: 4 << 10, Buffers: 2, Ahead: 2}})
	ctx := context.Background()
	for _, order := range []string{"in turn", "reverse", "given up"} {
		l, err := r.List(ctx, "s3://bkt/d/")
		if err != nil {
			t.Fatal(err)
		}
		var readers []io.ReadCloser
		for _, o := range l.Objects {
			rc, err := o.Open(ctx)
			if err != nil {
				t.Fatal(err)
			}
			// Far enough for its ranges ahead.
			if _, err := io.ReadFull(rc, make([]byte, 9000)); err != nil {
				t.Fatal(err)
			}
			readers = append(readers, rc)
		}
		got := make([]strings.Builder, len(readers))
		switch order {
		case "in turn":
			for done := 0; done < len(readers); {
				done = 0
				for i, rc := range readers {
					n, err := io.CopyN(&got[i], rc, 1500)
					if err != nil && (!errors.Is(err, io.EOF) || n == 1500) {
						t.Fatal(err)
					}
					if errors.Is(err, io.EOF) {
						done++
					}
				}
			}
		case "reverse":
			for i := len(readers) - 1; i >= 0; i-- {
				if _, err := io.Copy(&got[i], readers[i]); err != nil {
					t.Fatal(err)
				}
			}
		}
		for i, rc := range readers {
			if err := rc.Close(); err != nil {
				t.Error(err)
			}
			if order != "given up" && got[i].String() != objects[2*i+1][9000:] {
				t.Errorf("%s: object %d differs", order, i)
			}
		}
		if n := len(r.cloud.buffers); n != 0 {
			t.Errorf("%s: %d buffers are out", order, n)
		}
	}
}

// TestLittle: who wants the first bytes of a large object pays for little more.
func TestLittle(t *testing.T) {
	serve(t, fake(t, "d/x.ion", strings.Repeat("x", 4<<20)))
	r := resolver(t, Options{S3: S3{PartSize: 256 << 10}})
	l, err := r.List(context.Background(), "s3://bkt/d/")
	if err != nil {
		t.Fatal(err)
	}
	rc, err := l.Objects[0].Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(rc, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := rc.Close(); err != nil {
		t.Fatal(err)
	}
	if u := r.S3Usage(); u.Gets != 1 || u.Bytes > 256<<10 {
		t.Errorf("%+v", u)
	}
	if u := (S3Usage{Gets: 1000, Lists: 1000, Bytes: 1 << 30}); u.Dollars() < 0.0953 || u.Dollars() > 0.0955 || !strings.Contains(u.String(), "1.1 GB downloaded, 1000 GETs, 1000 LISTs; about $0.10 at us-east-1's prices of "+PriceDate) {
		t.Errorf("%s", u)
	}
}
