package main

// Tables in S3 through the command: the article's statements without a --map,
// against gofakes3 in process and, where its binary is in PATH, against
// versitygw, must answer the bytes that the mapped run answers. And what names
// no bucket must not look for one.

import (
	"context"
	"io/fs"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// awsEnv sets the environment of the AWS SDK: the server, and nothing of the
// user's own configuration.
func awsEnv(t *testing.T, endpoint, key, secret string) {
	t.Helper()
	none := filepath.Join(t.TempDir(), "none")
	t.Setenv("IONQ_CACHE_DIR", t.TempDir())
	for k, v := range map[string]string{
		"AWS_ENDPOINT_URL_S3": endpoint, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
		"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(k, v)
	}
}

const articleDir = "../../testdata/exports/article"

// upload puts the article's bucket on a server.
func upload(t *testing.T, endpoint, key, secret string) {
	t.Helper()
	client := s3.New(s3.Options{
		BaseEndpoint: &endpoint, UsePathStyle: true, Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, ""),
	})
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("example-bucket")}); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(articleDir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(articleDir, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		_, err = client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("example-bucket"), Key: aws.String(filepath.ToSlash(rel)), Body: strings.NewReader(string(text)),
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

const symlinkTable = "CREATE EXTERNAL TABLE IF NOT EXISTS `sample_table` ( `id` decimal, `amount` decimal, `created_at` string ) " +
	"ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' " +
	"WITH SERDEPROPERTIES ( 'ion.id.path_extractor' = '(Item id)', 'ion.amount.path_extractor' = '(Item amount)', 'ion.created_at.path_extractor' = '(Item created_at)' ) " +
	"STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat' OUTPUTFORMAT 'com.amazon.ionhiveserde.formats.IonOutputFormat' " +
	"LOCATION 's3://example-bucket/current/'"

// articleFromS3 runs the article, direct and by the symlink table, and a PATH in
// the bucket; all must be the mapped run's bytes.
func articleFromS3(t *testing.T) {
	t.Helper()
	code, want, msg := ionq("--map", "s3://example-bucket="+articleDir, "-f", "../../testdata/article.sql")
	if code != 0 || strings.Count(want, "\n") < 3 {
		t.Fatalf("mapped: exit code %d: %s%s", code, want, msg)
	}
	article, err := os.ReadFile("../../testdata/article.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, query, ok := strings.Cut(string(article), ";")
	if !ok {
		t.Fatal("the article's file has one statement")
	}
	for _, args := range [][]string{
		{"-f", "../../testdata/article.sql"},
		{"-c", symlinkTable, "-c", query},
		{"s3://example-bucket/export/AWSDynamoDB/01688083200000-abcd1234", "-c", query},
		{"s3://example-bucket/export/AWSDynamoDB/01688083200000-abcd1234/data/", "-c", query},
	} {
		code, got, msg := ionq(args...)
		if code != 0 || got != want {
			t.Errorf("%.60q: exit code %d\n%s\n got %q\nwant %q", args, code, msg, got, want)
		}
	}
	// What is not there is said, and is not an empty table.
	for _, at := range []string{"s3://example-bucket/nowhere/", "s3://no-such-bucket/x/"} {
		code, got, msg := ionq(at, "-c", "SELECT 1")
		if code != 1 || got != "" || !strings.Contains(msg, at) && !strings.Contains(msg, strings.TrimSuffix(at, "/")) {
			t.Errorf("%s: exit code %d, %q, %q", at, code, got, msg)
		}
	}
}

func TestArticleFromFakeS3(t *testing.T) {
	srv := httptest.NewServer(gofakes3.New(s3mem.New(), gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	defer srv.Close()
	awsEnv(t, srv.URL, "key", "secret")
	upload(t, srv.URL, "key", "secret")
	articleFromS3(t)
}

// versitygw starts the server, puts the article's bucket on it, and sets the
// environment for it.
func versitygw(t *testing.T) (endpoint string) {
	t.Helper()
	binary, err := exec.LookPath("versitygw")
	if err != nil && os.Getenv("IONQ_TEST_VERSITYGW") == "required" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("versitygw is not in PATH; go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "--port", addr, "--access", "testkey", "--secret", "testsecret", "posix", t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // killed: it has no better news
	})
	for deadline := time.Now().Add(time.Minute); ; {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("versitygw does not answer: ", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	awsEnv(t, "http://"+addr, "testkey", "testsecret")
	upload(t, "http://"+addr, "testkey", "testsecret")
	return "http://" + addr
}

func TestArticleFromVersitygw(t *testing.T) {
	versitygw(t)
	articleFromS3(t)

	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	code, got, msg := ionq("-f", "../../testdata/article.sql")
	if code != 1 || got != "" || !strings.Contains(msg, "SignatureDoesNotMatch") || !strings.Contains(msg, "hint: check the credentials") {
		t.Errorf("wrong secret: exit code %d, %q, %q", code, got, msg)
	}
}

// TestNoNetwork: every connection is counted by the only server that the SDK
// knows of; work on local files makes none, and naming s3:// makes one.
func TestNoNetwork(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	connected := make(chan struct{}, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connected <- struct{}{}
			_ = c.Close()
		}
	}()
	awsEnv(t, "http://"+l.Addr().String(), "", "")
	t.Setenv("HTTP_PROXY", "http://"+l.Addr().String())
	t.Setenv("HTTPS_PROXY", "http://"+l.Addr().String())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://"+l.Addr().String())
	for _, args := range [][]string{
		{"--map", "s3://example-bucket=" + articleDir, "-f", "../../testdata/article.sql"},
		{articleDir, "-c", "SELECT count(*) FROM sample_table"},
		{"ddl", articleDir},
		// A table in S3 that is only declared, described and dropped.
		{"-c", symlinkTable, "-c", "DESCRIBE sample_table", "-c", "SHOW CREATE TABLE sample_table", "-c", "DROP TABLE sample_table"},
	} {
		if code, _, msg := ionq(args...); code != 0 {
			t.Errorf("%.60q: exit code %d: %s", args, code, msg)
		}
	}
	// A link file on this disk sends no one to the network.
	if code, _, msg := ionq("--map", "s3://example-bucket/current="+articleDir+"/current", "-c", symlinkTable, "-c", "SELECT * FROM sample_table"); code != 1 || !strings.Contains(msg, "is not mapped to a folder") {
		t.Errorf("exit code %d: %s", code, msg)
	}
	select {
	case <-connected:
		t.Fatal("local work made a connection")
	case <-time.After(50 * time.Millisecond):
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	if code, _, _ := ionq("-f", "../../testdata/article.sql"); code != 1 {
		t.Errorf("exit code %d from a server that hangs up", code)
	}
	select {
	case <-connected:
	case <-time.After(time.Minute):
		t.Fatal("this test does not see connections")
	}
}
