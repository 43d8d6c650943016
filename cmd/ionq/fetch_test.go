package main

// ionq fetch, the cache folder and what S3 is said to cost, through the command:
// against gofakes3 in process and, where its binary is in PATH, versitygw.

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// putter puts objects into example-bucket.
func putter(t *testing.T, endpoint string) func(key, text string) {
	t.Helper()
	client := s3.New(s3.Options{
		BaseEndpoint: &endpoint, UsePathStyle: true, Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider(os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), ""),
	})
	return func(key, text string) {
		t.Helper()
		if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("example-bucket"), Key: &key, Body: strings.NewReader(text)}); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	fullExport = "export/AWSDynamoDB/01688083200000-abcd1234"
	incrExport = "export/AWSDynamoDB/01688169600000-incr0001"
	incrData   = "export/AWSDynamoDB/data/zyx5incremental.ion.gz"
)

// putIncremental puts the export of the changes in the hour after the article's.
func putIncremental(put func(key, text string)) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprintln(z, `$ion_1_0 {Record:{Keys:{id:42.},Metadata:{WriteTimestampMicros:1688083300000000.},NewImage:{id:42.,created_at:"2023-07-01T00:00:00.000000+0000",amount:7.}}}`)
	if err := z.Close(); err != nil {
		panic(err)
	}
	sum := md5.Sum(b.Bytes())
	again := md5.Sum(sum[:])
	files := fmt.Sprintf(`{"itemCount":1,"md5Checksum":"%s","etag":"%x-1","dataFileS3Key":"%s"}`+"\n", base64.StdEncoding.EncodeToString(sum[:]), again, incrData)
	summary := `{"version":"2023-08-01","exportArn":"arn:aws:dynamodb:ap-northeast-1:123456789012:table/sample_table/export/01688169600000-incr0001",` +
		`"startTime":"2023-06-30T02:00:00.000Z","endTime":"2023-06-30T02:05:00.000Z","tableArn":"arn:aws:dynamodb:ap-northeast-1:123456789012:table/sample_table",` +
		`"tableId":"04935cb9-0685-b4cd-8a9f-f862b47275ba","exportFromTime":"2023-06-30T00:00:00.000Z","exportToTime":"2023-06-30T01:00:00.000Z","s3Bucket":"example-bucket",` +
		`"s3Prefix":"export","s3SseAlgorithm":"AES256","s3SseKmsKeyId":null,"manifestFilesS3Key":"` + incrExport + `/manifest-files.json","billedSizeBytes":100,"itemCount":1,` +
		`"outputFormat":"ION","outputView":"NEW_AND_OLD_IMAGES","exportType":"INCREMENTAL_EXPORT"}`
	put(incrData, b.String())
	put(incrExport+"/manifest-files.json", files)
	put(incrExport+"/manifest-files.md5", md5Text(files))
	put(incrExport+"/manifest-summary.json", summary)
	put(incrExport+"/manifest-summary.md5", md5Text(summary))
	put("export/AWSDynamoDB/data/nobody-names-it.ion.gz", b.String()+"x")
}

func md5Text(text string) string {
	sum := md5.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// tree lists the files below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		out[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// fetches runs what fetch must do against a server that has the article's bucket.
// between lets a test do things to the requests.
func fetches(t *testing.T, endpoint string) {
	put := putter(t, endpoint)
	putIncremental(put)
	var objects, lists atomic.Int32
	var fault atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("list-type") {
			lists.Add(1)
		} else {
			objects.Add(1)
			if f := fault.Load(); f != nil && (*f)(w, r) {
				return
			}
		}
		pass.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	t.Setenv("AWS_ENDPOINT_URL_S3", proxy.URL)

	// One export, whole and nothing else of the bucket.
	dir := filepath.Join(t.TempDir(), "new", "exports")
	from := "s3://example-bucket/" + fullExport
	code, out, msg := ionq("fetch", from, dir, "--dry-run")
	if code != 0 || !strings.Contains(out, "9 files of 1 export") || !strings.Contains(out, "about $0.00") || objects.Load() > 4 {
		t.Errorf("dry run: exit code %d: %s%s", code, out, msg)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a dry run made the folder")
	}
	code, out, msg = ionq("fetch", from, dir)
	if code != 0 || !strings.Contains(out, "9 files fetched") || !strings.HasSuffix(out, "ok\n") || !strings.Contains(msg, "S3: ") {
		t.Fatalf("exit code %d: %s%s", code, out, msg)
	}
	want := tree(t, filepath.Join(articleDir, filepath.FromSlash(fullExport)))
	got := tree(t, filepath.Join(dir, "AWSDynamoDB", "01688083200000-abcd1234"))
	if len(got) != len(want) || len(tree(t, dir)) != len(want) {
		t.Errorf("%d files, want %d", len(tree(t, dir)), len(want))
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s differs", name)
		}
	}
	_, answer, _ := ionq(filepath.Join(articleDir, "export"), "-c", "SELECT count(*), sum(amount) FROM sample_table")
	if code, out, msg := ionq(dir, "-c", "SELECT count(*), sum(amount) FROM sample_table"); code != 0 || out != answer || out == "" {
		t.Errorf("the copy as a PATH: exit code %d: %s%s", code, out, msg)
	}

	// What is there and right is not fetched again; what is not, is.
	objects.Store(0)
	if code, out, msg := ionq("fetch", from, dir); code != 0 || !strings.Contains(out, "9 files there already") {
		t.Errorf("again: exit code %d: %s%s", code, out, msg)
	}
	if n := objects.Load(); n > 4 { // manifests are read to know what is to be there
		t.Errorf("again: %d objects", n)
	}
	victim := filepath.Join(dir, "AWSDynamoDB", "01688083200000-abcd1234", "data", "o3jiu5mvgfw62bfmgbg5gu7ra6.ion.gz")
	bad, err := os.ReadFile(victim)
	if err != nil {
		t.Fatal(err)
	}
	bad[len(bad)/2] ^= 1
	if err := os.WriteFile(victim, bad, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, msg := ionq("fetch", from, dir); code != 0 || !strings.Contains(out, "1 file fetched") || !strings.Contains(out, "8 files there already") {
		t.Errorf("one altered: exit code %d: %s%s", code, out, msg)
	}

	// All of the prefix: the incremental export's data lies in the shared folder.
	all := t.TempDir()
	code, out, msg = ionq("fetch", "s3://example-bucket/export/", all)
	if code != 0 || !strings.Contains(out, "14 files fetched") {
		t.Errorf("all: exit code %d: %s%s", code, out, msg)
	}
	got = tree(t, all)
	if got["AWSDynamoDB/data/zyx5incremental.ion.gz"] == "" || got["AWSDynamoDB/data/nobody-names-it.ion.gz"] != "" || len(got) != 14 {
		t.Errorf("%d files", len(got))
	}
	alone := t.TempDir()
	code, out, msg = ionq("fetch", "s3://example-bucket/"+incrExport+"/", alone)
	if code != 0 || !strings.Contains(out, "5 files fetched") || tree(t, alone)["AWSDynamoDB/data/zyx5incremental.ion.gz"] == "" {
		t.Errorf("the incremental one: exit code %d: %s%s", code, out, msg)
	}

	// An interrupted copy is resumed.
	broken := t.TempDir()
	refuse := func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "qrh3g6bbt65xikwhnyozkgjsfp") {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
		return true
	}
	fault.Store(&refuse)
	code, out, msg = ionq("fetch", from, broken)
	if code != 1 || !strings.Contains(out, "8 files fetched") || !strings.Contains(out, "qrh3g6bbt65xikwhnyozkgjsfp.ion.gz") || !strings.Contains(out, "s3:GetObject") || !strings.Contains(out, "NOT OK") {
		t.Errorf("forbidden: exit code %d: %s%s", code, out, msg)
	}
	for name := range tree(t, broken) {
		if strings.HasSuffix(name, "-part") || strings.Contains(name, "qrh3g6") {
			t.Errorf("left: %s", name)
		}
	}
	flip := func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "qrh3g6bbt65xikwhnyozkgjsfp") {
			return false
		}
		rec := httptest.NewRecorder()
		pass.ServeHTTP(rec, r)
		body := rec.Body.Bytes()
		body[len(body)/2] ^= 1
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		_, _ = w.Write(body)
		return true
	}
	fault.Store(&flip)
	code, out, msg = ionq("fetch", from, broken)
	if code != 1 || !strings.Contains(out, "0 files fetched") || !strings.Contains(out, "8 files there already") || !strings.Contains(out, "MD5") && !strings.Contains(out, "checksum") {
		t.Errorf("altered on the way: exit code %d: %s%s", code, out, msg)
	}
	fault.Store(nil)
	if code, out, msg := ionq("fetch", from, broken); code != 0 || !strings.Contains(out, "1 file fetched") {
		t.Errorf("resumed: exit code %d: %s%s", code, out, msg)
	}

	// A query, again from the cache folder, and again without a server.
	t.Setenv("IONQ_CACHE_DIR", t.TempDir())
	query := []string{from, "--stats", "-c", "SELECT count(*), sum(amount) FROM sample_table"}
	code, out, msg = ionq(query...)
	if code != 0 || out != answer || !strings.Contains(msg, "GETs") || !strings.Contains(msg, "about $") {
		t.Errorf("cold: exit code %d: %s%s", code, out, msg)
	}
	objects.Store(0)
	code, out, msg = ionq(query...)
	if code != 0 || out != answer || !strings.Contains(msg, "from the cache folder") || objects.Load() != 0 {
		t.Errorf("warm: %d objects, exit code %d: %s%s", objects.Load(), code, out, msg)
	}
	n := lists.Load()
	code, out, msg = ionq(append(query, "--offline")...)
	if code != 0 || out != answer || !strings.Contains(msg, "Offline: ") || objects.Load() != 0 || lists.Load() != n {
		t.Errorf("offline: exit code %d: %s%s", code, out, msg)
	}
	if code, out, msg := ionq("s3://example-bucket/other", "--offline", "-c", "SELECT 1"); code != 1 || !strings.Contains(msg, "hint: run the query once without --offline") {
		t.Errorf("offline, not kept: exit code %d: %s%s", code, out, msg)
	}
	if code, out, msg := ionq("cache", "list", "objects"); code != 0 || !strings.Contains(out, "s3://example-bucket/"+fullExport+"/data/") || strings.Count(out, "\n") != 8 {
		t.Errorf("cache list: exit code %d: %s%s", code, out, msg)
	}
	if code, out, msg := ionq("cache", "stat"); code != 0 || !strings.Contains(out, "listings\t") || !strings.Contains(out, "8 entries") {
		t.Errorf("cache stat: exit code %d: %s%s", code, out, msg)
	}
	proxy.Close()
	code, out, msg = ionq(query...)
	if code != 0 || out != answer || !strings.Contains(msg, "S3 cannot be reached") {
		t.Errorf("server gone: exit code %d: %s%s", code, out, msg)
	}
	if code, out, msg := ionq("cache", "clear", "objects"); code != 0 || !strings.Contains(out, "removed 8 entries") {
		t.Errorf("cache clear: exit code %d: %s%s", code, out, msg)
	}
	if code, _, msg := ionq(query...); code != 1 || !strings.Contains(msg, "hint: ") {
		t.Errorf("server gone, nothing kept: exit code %d: %s", code, msg)
	}
}

func TestFetchFromFakeS3(t *testing.T) {
	srv := httptest.NewServer(gofakes3.New(s3mem.New(), gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	defer srv.Close()
	awsEnv(t, srv.URL, "key", "secret")
	upload(t, srv.URL, "key", "secret")
	fetches(t, srv.URL)
}

func TestFetchFromVersitygw(t *testing.T) {
	fetches(t, versitygw(t))
}

// TestFetchHostile: keys that lead out of the folder, and manifests that name
// such, are refused, and nothing is written outside.
func TestFetchHostile(t *testing.T) {
	for name, key := range map[string]string{"dots": "x/AWSDynamoDB/01688083200000-abcd1234/data/../../../../evil.ion.gz", "backslash": `x/AWSDynamoDB/01688083200000-abcd1234/data/..\..\evil.ion.gz`} {
		t.Run(name, func(t *testing.T) {
			files := fmt.Sprintf(`{"itemCount":1,"md5Checksum":"%s","etag":"x","dataFileS3Key":%q}`+"\n", md5Text("x"), key)
			summary := `{"version":"2020-06-30","exportArn":"arn:aws:dynamodb:x:1:table/t/export/01688083200000-abcd1234","startTime":"2023-06-30T00:00:00.000Z","endTime":"2023-06-30T00:00:00.000Z",` +
				`"tableArn":"arn:aws:dynamodb:x:1:table/t","exportTime":"2023-06-30T00:00:00.000Z","s3Bucket":"example-bucket","s3Prefix":"x","manifestFilesS3Key":"x/AWSDynamoDB/01688083200000-abcd1234/manifest-files.json","itemCount":1,"outputFormat":"ION"}`
			at := "x/AWSDynamoDB/01688083200000-abcd1234/"
			objects := map[string]string{at + "manifest-files.json": files, at + "manifest-summary.json": summary, key: "x"}
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !r.URL.Query().Has("list-type") {
					fmt.Fprint(w, objects[strings.TrimPrefix(r.URL.Path, "/example-bucket/")])
					return
				}
				prefix, n := r.URL.Query().Get("prefix"), 0
				fmt.Fprintf(w, "<ListBucketResult><Name>example-bucket</Name><Prefix>%s</Prefix>", prefix)
				for _, k := range []string{key, at + "manifest-files.json", at + "manifest-summary.json"} {
					rest, ok := strings.CutPrefix(k, prefix)
					if ok && (r.URL.Query().Get("delimiter") == "" || !strings.Contains(rest, "/")) {
						n++
						fmt.Fprintf(w, "<Contents><Key>%s</Key><Size>%d</Size><ETag>\"x\"</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>", k, len(objects[k]))
					}
				}
				fmt.Fprintf(w, "<KeyCount>%d</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>", n)
			}))
			defer srv.Close()
			awsEnv(t, srv.URL, "key", "secret")
			top := t.TempDir()
			code, out, msg := ionq("fetch", "s3://example-bucket/"+strings.TrimSuffix(at, "/"), filepath.Join(top, "a", "b"))
			if code != 1 {
				t.Errorf("exit code %d: %s%s", code, out, msg)
			}
			for f := range tree(t, top) {
				if strings.Contains(f, "evil") {
					t.Errorf("written: %s", f)
				}
			}
		})
	}
}

func TestS3Usage(t *testing.T) {
	for _, args := range [][]string{
		{"fetch", "s3://b/x"},
		{"fetch", "dir", "dir2"},
		{"fetch", "s3://b/x", "s3://b/y"},
		{"fetch", "s3://b/x", "y", "--files", "0"},
		{"cache"},
		{"cache", "frobnicate"},
		{"--cache-size", "much", "-c", "SELECT 1"},
		{"--cache-size", "-1", "-c", "SELECT 1"},
		{"--request-payer", "owner", "-c", "SELECT 1"},
		{"--addressing-style", "modern", "-c", "SELECT 1"},
		{"--endpoint-url", "localhost:9000", "-c", "SELECT 1"},
	} {
		if code, out, msg := ionq(args...); code != 2 || out != "" || !strings.Contains(msg, "--help") {
			t.Errorf("%q: exit code %d: %s%s", args, code, out, msg)
		}
	}
	for text, want := range map[string]int64{"0": 0, "1000": 1000, "1kB": 1000, "1 KiB": 1024, "1.5GiB": 3 << 29, "20gb": 20e9, "2T": 2e12} {
		if n, err := parseSize(text); n != want || err != nil {
			t.Errorf("%s: %d %v", text, n, err)
		}
	}
	for _, text := range []string{"", "x", "GB", "1XB", "1e30", "-5", "NaN", "Inf"} {
		if n, err := parseSize(text); err == nil {
			t.Errorf("%s: %d", text, n)
		}
	}
}

// TestS3Requests: what the flags say is what the requests say.
func TestS3Requests(t *testing.T) {
	var last atomic.Pointer[http.Request]
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last.Store(r)
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
	}))
	defer srv.Close()
	ask := func(args ...string) *http.Request {
		t.Helper()
		last.Store(nil)
		if code, out, msg := ionq(append(args, "s3://example-bucket/x", "-c", "SELECT 1")...); code != 1 {
			t.Errorf("%q: exit code %d: %s%s", args, code, out, msg)
		}
		r := last.Load()
		if r == nil {
			t.Fatalf("%q: no request", args)
		}
		return r
	}
	awsEnv(t, srv.URL, "key", "secret")
	if r := ask(); !strings.Contains(r.Header.Get("Authorization"), "Credential=key/") || !strings.Contains(r.Header.Get("Authorization"), "/us-east-1/s3/") ||
		!strings.HasPrefix(r.URL.Path, "/example-bucket") || r.Header.Get("x-amz-request-payer") != "" {
		t.Errorf("%v %v", r.URL, r.Header)
	}
	if r := ask("--region", "eu-central-1", "--request-payer", "requester"); !strings.Contains(r.Header.Get("Authorization"), "/eu-central-1/s3/") || r.Header.Get("x-amz-request-payer") != "requester" {
		t.Errorf("%v", r.Header)
	}
	if r := ask("--no-sign-request"); r.Header.Get("Authorization") != "" {
		t.Errorf("%v", r.Header)
	}
	// Profiles, in shared files: keys, region, and an endpoint in a services section.
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	t.Setenv("AWS_CONFIG_FILE", write("config", "[default]\nregion = us-west-1\n[profile work]\nregion = sa-east-1\nservices = local\n[services local]\ns3 =\n  endpoint_url = "+srv.URL+"\n"+
		"[profile process]\nregion = us-west-2\nservices = local\ncredential_process = "+write("creds", "")+"\n"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", write("credentials", "[work]\naws_access_key_id = workkey\naws_secret_access_key = s\n"))
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"} {
		t.Setenv(name, "")
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	if r := ask("--profile", "work"); !strings.Contains(r.Header.Get("Authorization"), "Credential=workkey/") || !strings.Contains(r.Header.Get("Authorization"), "/sa-east-1/") {
		t.Errorf("%v", r.Header)
	}
	t.Setenv("AWS_PROFILE", "work")
	if r := ask(); !strings.Contains(r.Header.Get("Authorization"), "Credential=workkey/") {
		t.Errorf("%v", r.Header)
	}
	if r := ask("--endpoint-url", strings.Replace(srv.URL, "127.0.0.1", "localhost", 1), "--addressing-style", "path"); !strings.HasPrefix(r.Host, "localhost") {
		t.Errorf("%v", r.Host)
	}
}
