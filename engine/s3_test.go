package engine

// Faults of S3 and of the network against what a query makes of them: every
// one ends in the right rows, none lost and none twice, or in one error that
// says what to do. The table that TestS3Faults makes is docs/s3-faults.md:
// go test ./engine -run TestS3Faults -update writes it.

import (
	"bytes"
	"compress/gzip"
	"context"
	"flag"
	"fmt"
	"io"
	stdlog "log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

var update = flag.Bool("update", false, "write docs/s3-faults.md")

var quiet = stdlog.New(io.Discard, "", 0)

// awsEnv gives the test an AWS environment of its own: no file of the machine's
// user is read.
func awsEnv(t *testing.T) {
	t.Helper()
	none := filepath.Join(t.TempDir(), "none")
	for k, v := range map[string]string{
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "", "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none,
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "", "AWS_CA_BUNDLE": "", "AWS_MAX_ATTEMPTS": "",
		"HTTP_PROXY": "", "HTTPS_PROXY": "", "http_proxy": "", "https_proxy": "",
	} {
		t.Setenv(k, v)
	}
}

// bigObject is gzipped Ion of n items that compress badly, and its sum of ids.
func bigObject(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		if _, err := fmt.Fprintf(z, "$ion_1_0 {Item:{id:%d.,pad:\"%x%x%x%x\"}}\n", i, r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fakeBucket is gofakes3 with bucket bkt and the given objects.
func fakeBucket(t *testing.T, objects map[string][]byte) (http.Handler, func(key string, body []byte)) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("bkt"); err != nil {
		t.Fatal(err)
	}
	put := func(key string, body []byte) {
		if _, err := backend.PutObject("bkt", key, map[string]string{}, bytes.NewReader(body), int64(len(body)), nil); err != nil {
			t.Error(err)
		}
	}
	for key, body := range objects {
		put(key, body)
	}
	return gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server(), put
}

// testS3 are limits that make a small object a large one.
func testS3(endpoint string) S3 {
	return S3{
		Endpoint: endpoint, MaxAttempts: 5, Backoff: time.Millisecond, MaxBackoff: 5 * time.Millisecond, StallTimeout: time.Minute,
		PartSize: 64 << 10, Ahead: 3, Buffers: 4,
	}
}

const (
	faultItems = 20000
	faultQuery = "SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(id) AS total FROM t"
	faultTable = "CREATE EXTERNAL TABLE t (id decimal(20,0)) ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe' " +
		"WITH SERDEPROPERTIES ('ion.id.path_extractor' = '(Item id)') STORED AS INPUTFORMAT 'com.amazon.ionhiveserde.formats.IonInputFormat' " +
		"OUTPUTFORMAT 'com.amazon.ionhiveserde.formats.IonOutputFormat' LOCATION 's3://bkt/data/'"
)

func faultAnswer() string {
	return fmt.Sprintf("\"n\",\"ids\",\"total\"\n\"%d\",\"%d\",\"%d\"\n", faultItems, faultItems, faultItems*(faultItems-1)/2)
}

// ask runs the query over S3 as options say.
func ask(t *testing.T, ctx context.Context, opt Options) (string, error) { //nolint:revive // t first, as everywhere in tests
	t.Helper()
	e, err := Open(opt)
	if err != nil {
		return "", err
	}
	f := &fixture{t: t, e: e, s: e.NewSession()}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	if ctx.Err() == nil {
		if _, err := f.answer(faultTable); err != nil {
			return "", err
		}
	}
	return f.answer(faultQuery)
}

// hit is a request that a fault may happen to.
type hit struct {
	w    http.ResponseWriter
	r    *http.Request
	n    int // number of this request among those of its range, from 1
	all  int // ... among all of its kind
	pass func(w http.ResponseWriter)
}

// proxy counts requests and lets a fault answer those for objects, or listings.
func proxy(next http.Handler, object, list func(h hit) bool) http.Handler {
	var mu sync.Mutex
	seen := map[string]int{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, kind := object, "GET"
		if r.URL.Query().Has("list-type") {
			fault, kind = list, "LIST"
		}
		// The start of a range that is resumed belongs to the range it is in.
		id := r.Header.Get("Range")
		if _, end, ok := strings.Cut(id, "-"); ok {
			id = end
		}
		mu.Lock()
		seen[kind]++
		seen[kind+id]++
		h := hit{w: w, r: r, n: seen[kind+id], all: seen[kind], pass: func(w http.ResponseWriter) { next.ServeHTTP(w, r) }}
		mu.Unlock()
		if fault == nil || !fault(h) {
			next.ServeHTTP(w, r)
		}
	})
}

// answerOf is what the server behind the proxy answers.
func answerOf(h hit) (*httptest.ResponseRecorder, []byte) {
	rec := httptest.NewRecorder()
	h.pass(rec)
	return rec, rec.Body.Bytes()
}

func head(h hit, rec *httptest.ResponseRecorder) {
	for k, v := range rec.Header() {
		h.w.Header()[k] = v
	}
}

// cut gives a part of the body under the whole one's length, and hangs up.
func cut(h hit, tenths int) {
	rec, body := answerOf(h)
	head(h, rec)
	h.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	h.w.WriteHeader(rec.Code)
	_, _ = h.w.Write(body[:(len(body)*tenths+9)/10])
	_ = http.NewResponseController(h.w).Flush()
	panic(http.ErrAbortHandler)
}

// stall gives half of the body and then nothing for as long as it is waited for.
func stall(h hit) {
	rec, body := answerOf(h)
	head(h, rec)
	h.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	h.w.WriteHeader(rec.Code)
	_, _ = h.w.Write(body[:len(body)/2])
	_ = http.NewResponseController(h.w).Flush()
	<-h.r.Context().Done()
}

func refuse(h hit, status int, code, message string) bool {
	h.w.Header().Set("Content-Type", "application/xml")
	h.w.WriteHeader(status)
	fmt.Fprintf(h.w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, message)
	return true
}

// altered passes an answer on with its head or body changed.
func altered(h hit, change func(head http.Header, body []byte) []byte) bool {
	rec, body := answerOf(h)
	body = change(rec.Header(), body)
	head(h, rec)
	h.w.WriteHeader(rec.Code)
	_, _ = h.w.Write(body)
	return true
}

func TestS3Faults(t *testing.T) {
	awsEnv(t)
	object := bigObject(t, faultItems)
	var table strings.Builder
	table.WriteString("# Faults of S3 against what a query makes of them\n\n" +
		"Made and checked by `go test ./engine -run TestS3Faults`: a query over one object of " +
		fmt.Sprint((len(object)+(64<<10)-1)/(64<<10)) + " ranges, through a proxy that does what the first column says.\n" +
		"\"right rows\" is count, distinct count and sum over all rows, compared to the last digit; where a fault is said to last, it lasts for all\n" +
		"attempts. Everything else is one error, exit code 1, and no object kept in the cache folder.\n\n| fault | outcome |\n| --- | --- |\n")
	place := regexp.MustCompile(`at byte \d+`)
	port := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	sums := regexp.MustCompile(`MD5 is [0-9a-f]{32}`)

	type fault struct {
		name         string
		object, list func(h hit) bool
		opt          func(o *Options, url string)
		fails        string // part of the error, or of its hint; empty: the right rows
		any          bool   // the error's words depend on which bytes came first
		stalls       bool   // waits until ionq loses its patience, which is then short
	}
	faults := []fault{{name: "none"}}
	for tenths := range 10 {
		faults = append(faults, fault{
			name: fmt.Sprintf("every range cut after %d/10 of its bytes, once", tenths),
			object: func(h hit) bool {
				if h.n == 1 {
					cut(h, tenths)
				}
				return false
			},
		}, fault{
			name: fmt.Sprintf("the listing cut after %d/10 of its bytes, once", tenths),
			list: func(h hit) bool {
				if h.n == 1 {
					cut(h, tenths)
				}
				return false
			},
		})
	}
	once := func(f func(h hit) bool) func(h hit) bool {
		return func(h hit) bool { return h.n == 1 && f(h) }
	}
	faults = append(faults, []fault{
		{name: "every answer cut after 6/10 of its bytes, lasting", object: func(h hit) bool { cut(h, 6); return true }},
		{name: "every answer cut before its first byte, lasting", object: func(h hit) bool { cut(h, 0); return true }, fails: "the download broke off"},
		{name: "503 storm: the first three answers of every range", object: func(h hit) bool {
			return h.n <= 3 && refuse(h, 503, "SlowDown", "Please reduce your request rate.")
		}, list: func(h hit) bool { return h.n <= 3 && refuse(h, 503, "SlowDown", "Please reduce your request rate.") }},
		{name: "503 on objects, lasting", object: func(h hit) bool { return refuse(h, 503, "SlowDown", "Please reduce your request rate.") }, fails: "overloaded"},
		{name: "503 on listings, lasting", list: func(h hit) bool { return refuse(h, 503, "SlowDown", "Please reduce your request rate.") }, fails: "overloaded"},
		{name: "503 from the middle of the object on, lasting", object: func(h hit) bool {
			return h.all > 5 && refuse(h, 503, "SlowDown", "Please reduce your request rate.")
		}, fails: "overloaded"},
		{name: "500 once on everything", object: once(func(h hit) bool { return refuse(h, 500, "InternalError", "We encountered an internal error.") }), list: once(func(h hit) bool { return refuse(h, 500, "InternalError", "We encountered an internal error.") })},
		{name: "429 once on everything, without a body", object: once(func(h hit) bool { h.w.WriteHeader(429); return true }), list: once(func(h hit) bool { h.w.WriteHeader(429); return true })},
		{name: "no answer at all, once on everything", stalls: true, object: once(func(h hit) bool { <-h.r.Context().Done(); return true }), list: once(func(h hit) bool { <-h.r.Context().Done(); return true })},
		{name: "no answer at all to listings, lasting", stalls: true, list: func(h hit) bool { <-h.r.Context().Done(); return true }, fails: "no byte arrived"},
		{name: "every range stalls half-way, once", stalls: true, object: once(func(h hit) bool { stall(h); return true })},
		{name: "an object that stalls before its first byte, lasting", stalls: true, object: func(h hit) bool {
			rec, body := answerOf(h)
			head(h, rec)
			h.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			h.w.WriteHeader(rec.Code)
			_ = http.NewResponseController(h.w).Flush()
			<-h.r.Context().Done()
			return true
		}, fails: "no byte arrived"},
		{name: "slow but steady: a bit of every range at a time", stalls: true, object: func(h hit) bool {
			rec, body := answerOf(h)
			head(h, rec)
			h.w.WriteHeader(rec.Code)
			for len(body) > 0 {
				n := min(len(body), 16<<10)
				_, _ = h.w.Write(body[:n])
				_ = http.NewResponseController(h.w).Flush()
				body = body[n:]
				time.Sleep(20 * time.Millisecond)
			}
			return true
		}},
		{name: "connection reset before the answer, once on everything", object: once(func(hit) bool { panic(http.ErrAbortHandler) }), list: once(func(hit) bool { panic(http.ErrAbortHandler) })},
		{name: "Content-Length too short by one, once", object: once(func(h hit) bool {
			return altered(h, func(head http.Header, body []byte) []byte {
				head.Set("Content-Length", strconv.Itoa(len(body)-1))
				return body[:len(body)-1]
			})
		})},
		{name: "Content-Length too short by one, lasting", object: func(h hit) bool {
			return altered(h, func(head http.Header, body []byte) []byte {
				head.Set("Content-Length", strconv.Itoa(len(body)-1))
				return body[:len(body)-1]
			})
		}, fails: "the server announces"},
		{name: "Content-Length too long by one, lasting", object: func(h hit) bool {
			return altered(h, func(head http.Header, body []byte) []byte {
				head.Set("Content-Length", strconv.Itoa(len(body)+1))
				return append(body, 'x')
			})
		}, fails: "the server announces"},
		{name: "no Content-Length, and the end too soon, once", object: once(func(h hit) bool {
			return altered(h, func(head http.Header, body []byte) []byte {
				head.Del("Content-Length")
				return body[:len(body)/2]
			})
		})},
		{name: "another range than asked for, once", object: once(func(h hit) bool {
			return altered(h, func(head http.Header, body []byte) []byte {
				head.Set("Content-Range", fmt.Sprintf("bytes 1-%d/%d", len(body), len(object)))
				return body
			})
		})},
		{name: "another range than asked for, lasting", object: func(h hit) bool {
			return altered(h, func(head http.Header, body []byte) []byte {
				head.Set("Content-Range", fmt.Sprintf("bytes 1-%d/%d", len(body), len(object)))
				return body
			})
		}, fails: "not one of S3"},
		{name: "a server that knows no ranges", object: func(h hit) bool {
			h.r.Header.Del("Range")
			return false
		}},
		{name: "a server that knows no ranges and cuts its first answers half-way", object: func(h hit) bool {
			h.r.Header.Del("Range")
			if h.all <= 2 {
				cut(h, 5)
			}
			return false
		}},
		{name: "replaced after the first range, If-Match honoured", object: func(h hit) bool {
			return h.all > 1 && refuse(h, 412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
		}, fails: "it was replaced after it was listed"},
		{name: "replaced after the first range, If-Match ignored, another etag", object: func(h hit) bool {
			return h.all > 1 && altered(h, func(head http.Header, body []byte) []byte {
				head.Set("Etag", `"0123456789abcdef0123456789abcdef"`)
				return body
			})
		}, fails: "it was replaced after it was listed"},
		{name: "grown after the first range, etag left as it was", object: func(h hit) bool {
			return h.all > 1 && altered(h, func(head http.Header, body []byte) []byte {
				head.Set("Content-Range", strings.ReplaceAll(head.Get("Content-Range"), fmt.Sprintf("/%d", len(object)), "/99999999"))
				return body
			})
		}, fails: "the server announces"},
		{name: "removed after it was listed", object: func(h hit) bool { return refuse(h, 404, "NoSuchKey", "The specified key does not exist.") }, fails: "removed after it was listed"},
		{name: "a bit flipped on the way", object: func(h hit) bool {
			return h.all == 3 && altered(h, func(_ http.Header, body []byte) []byte {
				body[len(body)/3] ^= 4
				return body
			})
		}, fails: "error", any: true},
		{name: "403 on the object", object: func(h hit) bool { return refuse(h, 403, "AccessDenied", "Access Denied") }, fails: "s3:GetObject"},
		{name: "403 on the listing", list: func(h hit) bool { return refuse(h, 403, "AccessDenied", "Access Denied") }, fails: "s3:ListBucket"},
		{name: "no such bucket", list: func(h hit) bool {
			return refuse(h, 404, "NoSuchBucket", "The specified bucket does not exist")
		}, fails: "check the bucket's name"},
		{name: "expired credentials", list: func(h hit) bool {
			return refuse(h, 400, "ExpiredToken", "The provided token has expired.")
		}, fails: "aws sso login"},
		{name: "credentials that expire in the middle", object: func(h hit) bool {
			return h.all > 4 && refuse(h, 400, "ExpiredToken", "The provided token has expired.")
		}, fails: "aws sso login"},
		{name: "wrong secret", list: func(h hit) bool {
			return refuse(h, 403, "SignatureDoesNotMatch", "The request signature we calculated does not match")
		}, fails: "check the credentials"},
		{name: "the bucket is in another region, and the answer says in which", list: func(h hit) bool {
			if strings.Contains(h.r.Header.Get("Authorization"), "/ap-northeast-1/") {
				return false
			}
			h.w.Header().Set("x-amz-bucket-region", "ap-northeast-1")
			return refuse(h, 301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.")
		}, object: func(h hit) bool {
			return !strings.Contains(h.r.Header.Get("Authorization"), "/ap-northeast-1/") && refuse(h, 400, "AuthorizationHeaderMalformed", "wrong region")
		}},
		{name: "sent to another region, lasting", list: func(h hit) bool {
			h.w.Header().Set("x-amz-bucket-region", "ap-northeast-1")
			return refuse(h, 301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.")
		}, fails: "set AWS_REGION"},
		{name: "a page of HTML instead of a listing, once", list: once(func(h hit) bool {
			_, _ = io.WriteString(h.w, "<html><body>Please sign in</body></html>")
			return true
		})},
		{name: "a page of HTML instead of a listing, lasting", list: func(h hit) bool {
			_, _ = io.WriteString(h.w, "<html><body>Please sign in</body></html>")
			return true
		}, fails: "not as S3 does"},
		{name: "garbage instead of a listing, lasting", list: func(h hit) bool {
			_, _ = h.w.Write([]byte{0, 1, 2, 0xff, '<', '<'})
			return true
		}, fails: "not as S3 does"},
		{name: "a listing cut half-way, lasting", list: func(h hit) bool { cut(h, 5); return true }, fails: "run it again later"},
		{name: "a listing that has more and does not say where", list: func(h hit) bool {
			_, body := answerOf(h)
			_, _ = h.w.Write(bytes.Replace(body, []byte("<IsTruncated>false"), []byte("<IsTruncated>true"), 1))
			return true
		}, fails: "there is more and not where"},
		{name: "a page of HTML instead of the object", object: func(h hit) bool {
			h.w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(h.w, "<html><body>Please sign in</body></html>")
			return true
		}, fails: "the server announces"},
		{name: "a certificate that nobody trusts", opt: func(o *Options, _ string) {
			srv := httptest.NewUnstartedServer(http.NotFoundHandler())
			srv.Config.ErrorLog = quiet
			srv.StartTLS()
			t.Cleanup(srv.Close)
			o.S3.Endpoint = srv.URL
		}, fails: "AWS_CA_BUNDLE"},
		{name: "https asked of a server that speaks http", opt: func(o *Options, url string) { o.S3.Endpoint = strings.Replace(url, "http:", "https:", 1) }, fails: "TLS"},
		{name: "a name that the DNS does not know", opt: func(o *Options, _ string) { o.S3.Endpoint = "http://no-such-host.invalid" }, fails: "the name no-such-host.invalid is not found in the DNS", any: true},
		{name: "nobody listens", opt: func(o *Options, _ string) { o.S3.Endpoint = "http://127.0.0.1:1" }, fails: "check the network"},
	}...)
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			server, _ := fakeBucket(t, map[string][]byte{"data/x.ion.gz": object})
			srv := httptest.NewUnstartedServer(proxy(server, f.object, f.list))
			srv.Config.ErrorLog = quiet
			srv.Start()
			defer srv.Close()
			cache := t.TempDir()
			opt := Options{S3: testS3(srv.URL), Workers: 2, Cache: OpenCache(cache, 1<<30, func(msg string) { t.Error(msg) })}
			if f.stalls {
				opt.S3.StallTimeout = 250 * time.Millisecond
			}
			if f.opt != nil {
				f.opt(&opt, srv.URL)
			}
			start := time.Now()
			got, err := ask(t, t.Context(), opt)
			if d := time.Since(start); d > time.Minute {
				t.Errorf("it took %v", d)
			}
			kept := OpenCache(cache, 1<<30, nil).List("objects")
			outcome := "right rows"
			if f.fails == "" {
				if err != nil || got != faultAnswer() {
					e := sqlerr.As(err)
					t.Fatalf("%q, %v hint %q", got, err, e.Hint)
				}
				if len(kept) != 1 {
					t.Errorf("%d objects kept", len(kept))
				}
			} else {
				if err == nil {
					t.Fatalf("no error: %q", got)
				}
				e := sqlerr.As(err)
				outcome = string(e.Code) + ": " + e.Msg
				if e.Hint == "" && !f.any {
					t.Errorf("the error does not say what to do: %s", outcome)
				}
				if e.Hint != "" {
					outcome += ". *" + e.Hint + "*"
				}
				if f.fails != "error" && !strings.Contains(outcome, f.fails) {
					t.Errorf("%s\nwant %q", outcome, f.fails)
				}
				if len(kept) != 0 {
					t.Errorf("%d objects kept after %v", len(kept), err)
				}
			}
			outcome = place.ReplaceAllString(outcome, "at byte N")
			outcome = port.ReplaceAllString(outcome, "127.0.0.1:N")
			outcome = sums.ReplaceAllString(outcome, "MD5 is …")
			if f.any {
				outcome, _, _ = strings.Cut(outcome, ":")
				outcome += " (which bytes arrived decides the words)"
			}
			fmt.Fprintf(&table, "| %s | %s |\n", f.name, strings.ReplaceAll(outcome, "|", `\|`))
		})
	}
	t.Log("\n" + table.String())
	name := "../docs/s3-faults.md"
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if !t.Failed() && (err != nil || strings.ReplaceAll(string(want), "\r\n", "\n") != table.String()) {
		t.Errorf("%s is not this table: go test ./engine -run TestS3Faults -update", name)
	}
}

// TestS3Kept: the second query needs no network, the third, with the server
// gone, none at all; another object under the same name is noticed.
func TestS3Kept(t *testing.T) {
	awsEnv(t)
	var gets, lists atomic.Int32
	server, put := fakeBucket(t, map[string][]byte{"data/x.ion.gz": bigObject(t, faultItems)})
	srv := httptest.NewServer(proxy(server, func(hit) bool { gets.Add(1); return false }, func(hit) bool { lists.Add(1); return false }))
	defer srv.Close()
	dir := t.TempDir()
	var warnings []string
	run := func(offline bool) (string, error) {
		warnings = nil
		return ask(t, t.Context(), Options{
			S3: testS3(srv.URL), Offline: offline, Warn: func(msg string) { warnings = append(warnings, msg) },
			Cache: OpenCache(dir, 1<<30, nil),
		})
	}
	right := func(what string, offline bool, warning string) {
		t.Helper()
		got, err := run(offline)
		if err != nil || got != faultAnswer() {
			t.Fatalf("%s: %q %v", what, got, err)
		}
		if warning == "" && len(warnings) > 0 || warning != "" && (len(warnings) != 1 || !strings.Contains(warnings[0], warning)) {
			t.Errorf("%s: warnings %q, want %q", what, warnings, warning)
		}
	}
	if _, err := run(true); err == nil || !strings.Contains(sqlerr.As(err).Hint, "without --offline") {
		t.Errorf("offline, nothing kept: %v", err)
	}
	if gets.Load()+lists.Load() != 0 {
		t.Error("offline, and it asked")
	}
	right("cold", false, "")
	n := gets.Load()
	if n == 0 {
		t.Fatal("this test does not see requests")
	}
	right("warm", false, "")
	if gets.Load() != n {
		t.Error("the second query downloads")
	}
	l := lists.Load()
	right("offline", true, "Offline: s3://bkt is as it was listed at")
	if gets.Load() != n || lists.Load() != l {
		t.Error("offline, and it asked")
	}
	// Another object under the same name: the listing tells.
	put("data/x.ion.gz", bigObject(t, 10))
	got, err := run(false)
	if err != nil || !strings.Contains(got, `"10","10","45"`) || gets.Load() == n {
		t.Errorf("replaced: %q %v", got, err)
	}
	put("data/x.ion.gz", bigObject(t, faultItems))
	n = gets.Load()
	right("put back", false, "")
	if gets.Load() != n {
		t.Error("the same etag, and it downloads")
	}
	srv.Close()
	right("server gone", false, "S3 cannot be reached")
	c := OpenCache(dir, 0, nil)
	for _, space := range []string{"objects", "columns"} {
		if _, _, err := c.Clear(space); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := run(false); err == nil || sqlerr.As(err).Hint == "" {
		t.Errorf("nothing kept and nobody there: %v", err)
	}
}

// TestS3Memory: what a query over S3 holds does not grow with the object. The
// object is made by the server as it is asked for: one gzip member again and
// again.
func TestS3Memory(t *testing.T) {
	if testing.Short() {
		t.Skip("it moves some ten megabytes")
	}
	awsEnv(t)
	member := bigObject(t, faultItems)
	peak := func(copies int) (uint64, string) {
		size := int64(len(member)) * int64(copies)
		const etag = `"abc-2"`
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("list-type") {
				fmt.Fprintf(w, `<ListBucketResult><Name>bkt</Name><Prefix>data/</Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>data/x.ion.gz</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>%s</ETag><Size>%d</Size></Contents></ListBucketResult>`, etag, size)
				return
			}
			var from, to int64
			if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to); err != nil {
				t.Errorf("range %q", r.Header.Get("Range"))
				return
			}
			w.Header().Set("ETag", etag)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, size))
			w.Header().Set("Content-Length", fmt.Sprint(to-from+1))
			w.WriteHeader(http.StatusPartialContent)
			for from <= to {
				piece := member[from%int64(len(member)):]
				piece = piece[:min(int64(len(piece)), to-from+1)]
				if _, err := w.Write(piece); err != nil {
					return
				}
				from += int64(len(piece))
			}
		}))
		defer srv.Close()
		runtime.GC()
		var top uint64
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			var m runtime.MemStats
			for {
				runtime.ReadMemStats(&m)
				top = max(top, m.HeapInuse)
				select {
				case <-stop:
					return
				case <-time.After(2 * time.Millisecond):
				}
			}
		}()
		o := testS3(srv.URL)
		o.PartSize = 1 << 20
		e, err := Open(Options{S3: o, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		f := &fixture{t: t, e: e, s: e.NewSession()}
		if _, err := f.answer(faultTable); err != nil {
			t.Fatal(err)
		}
		got, err := f.answer("SELECT count(*) AS n, sum(id) AS s FROM t")
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		close(stop)
		<-stopped
		if want := fmt.Sprintf("\"%d\",\"%d\"\n", faultItems*copies, copies*faultItems*(faultItems-1)/2); !strings.HasSuffix(got, want) {
			t.Errorf("%d copies: %q, want %q", copies, got, want)
		}
		return top, fmt.Sprintf("%d MB", size>>20)
	}
	peak(4) // what is made once is made
	small, s := peak(8)
	large, l := peak(80)
	t.Logf("peak heap %.1f MB for an object of %s, %.1f MB for one of %s", float64(small)/(1<<20), s, float64(large)/(1<<20), l)
	if large > small*3/2+8<<20 {
		t.Errorf("an object of %s took %d bytes, one of %s %d", l, large, s, small)
	}
}

// TestS3Cancel: a query that is given up ends at once, while it waits for bytes
// and while it waits to try again.
func TestS3Cancel(t *testing.T) {
	awsEnv(t)
	server, _ := fakeBucket(t, map[string][]byte{"data/x.ion.gz": bigObject(t, faultItems)})
	for name, fault := range map[string]func(h hit) bool{
		"stalled":    func(h hit) bool { stall(h); return true },
		"in a pause": func(h hit) bool { return h.all > 3 && refuse(h, 503, "SlowDown", "slower") },
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(proxy(server, fault, nil))
			defer srv.Close()
			o := testS3(srv.URL)
			o.StallTimeout, o.Backoff, o.MaxBackoff = time.Hour, time.Hour, time.Hour
			e, err := Open(Options{S3: o})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			s := e.NewSession()
			if _, err := s.Query(t.Context(), faultTable); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			var given time.Time
			time.AfterFunc(200*time.Millisecond, func() { given = time.Now(); cancel() })
			r, err := s.Query(ctx, faultQuery)
			if err == nil {
				_, err = r.Next(ctx)
				if cerr := r.Close(); cerr != nil {
					t.Error(cerr)
				}
			}
			if sqlerr.CodeOf(err) != sqlerr.UserCanceled {
				t.Errorf("%v", err)
			}
			if d := time.Since(given); d > 20*time.Second {
				t.Errorf("it took %v", d)
			}
		})
	}
}
