package source

// What is tried again when S3 or the network fails, how often and after how long,
// and the words for what is not.

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

// Faults that have no error of the SDK's.
var (
	errStalled   = errors.New("no byte arrived for too long")
	errTruncated = errors.New("the answer ended before its time")
	errNotS3     = errors.New("the answer is not one of S3")
	errChanged   = errors.New("it was replaced after it was listed")
)

// lengthError is an answer whose length is not the object's.
type lengthError struct{ want, got int64 }

func (e *lengthError) Error() string {
	return fmt.Sprintf("the server announces %d bytes where the listing has %d", e.got, e.want)
}

// verdict says what to do about an error.
type verdict uint8

const (
	final   verdict = iota
	retry           // after a pause
	soon            // after a pause, few times: it rarely helps
	refresh         // with new credentials, once
	move            // in another region, once
)

func judge(err error) verdict {
	if errors.Is(err, errStalled) || errors.Is(err, errTruncated) {
		return retry
	}
	if errors.Is(err, errNotS3) {
		return soon
	}
	var length *lengthError
	if errors.As(err, &length) {
		return soon
	}
	if errors.Is(err, errChanged) {
		return final
	}
	var status *awshttp.ResponseError
	code := 0
	if errors.As(err, &status) && status.Response != nil {
		code = status.HTTPStatusCode()
		if status.Response.Header.Get("x-amz-bucket-region") != "" && (code == 301 || code == 307 || code == 400) {
			return move
		}
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "SlowDown", "ServiceUnavailable", "InternalError", "InternalFailure", "RequestTimeout", "RequestTimeTooSkewed",
			"Throttling", "ThrottlingException", "RequestThrottled", "RequestLimitExceeded", "TooManyRequests", "BandwidthLimitExceeded":
			return retry
		case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
			return refresh
		}
	}
	switch {
	case code >= 500 && code != http.StatusNotImplemented, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout:
		return retry
	case code >= 300:
		return final
	}
	if v := judgeNetwork(err); v != final || !garbled(err) {
		return v // the connection broke off in the middle of the answer, say
	}
	return soon
}

// garbled reports whether an answer that should be a good one cannot be read.
func garbled(err error) bool {
	var status *awshttp.ResponseError
	var garbage *smithy.DeserializationError
	return errors.As(err, &garbage) || errors.As(err, &status) && status.Response != nil && status.HTTPStatusCode()/100 == 2
}

// judgeNetwork is judge where nobody answered.
func judgeNetwork(err error) verdict {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var unknown x509.UnknownAuthorityError
	var op *net.OpError
	var timeout interface{ Timeout() bool }
	switch {
	case strings.Contains(err.Error(), "EC2 IMDS"):
		return final // no credentials anywhere, and this is no machine of AWS's
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert), errors.As(err, &unknown),
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return final
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return final
		}
		return soon
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return soon
	case errors.As(err, &op), errors.As(err, &timeout) && timeout.Timeout():
		return retry
	}
	text := err.Error()
	for _, s := range []string{"EOF", "connection reset", "broken pipe", "connection was forcibly closed", "server closed idle connection", "malformed HTTP", "http2: "} {
		if strings.Contains(text, s) {
			return retry
		}
	}
	return final
}

// unreachable reports whether an error means that no server answered at all.
func unreachable(err error) bool {
	var status *awshttp.ResponseError
	var api smithy.APIError
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.As(err, &api), errors.As(err, &status) && status.Response != nil && status.HTTPStatusCode() != 0,
		strings.Contains(err.Error(), "EC2 IMDS"):
		return false
	}
	return errors.As(err, &op) || errors.As(err, &dns) || errors.Is(err, errStalled)
}

// A retrier says for one job how long it goes on: attempts without progress are
// few, and all its retries together are bounded.
type retrier struct {
	b        *bucket
	attempts int
	failed   int           // in a row
	budget   *atomic.Int64 // retries left, shared by the parts of an object
	moved    bool
	renewed  bool
}

func (b *bucket) retrier(attempts int, budget int64) *retrier {
	r := &retrier{b: b, attempts: attempts, budget: &atomic.Int64{}}
	r.budget.Store(budget)
	return r
}

// progress forgets the failures.
func (r *retrier) progress() { r.failed = 0 }

// soonAttempts is how often what rarely helps is tried.
const soonAttempts = 3

// again waits before the next attempt, or gives the error to fail with.
func (r *retrier) again(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.failed++
	attempts := r.attempts
	c := r.b.cloud
	switch judge(err) {
	case final:
		return err
	case move:
		if r.moved || !r.b.redirect(err) {
			return err
		}
		r.moved = true
		return nil
	case refresh:
		if r.renewed || c.creds == nil {
			return err
		}
		r.renewed = true
		c.creds.Invalidate()
		return nil
	case soon:
		attempts = min(attempts, soonAttempts)
	}
	if r.failed >= attempts || r.budget.Add(-1) < 0 {
		return err
	}
	c.count.retries.Add(1)
	t := time.NewTimer(r.pause(err))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pause doubles from attempt to attempt, the upper half of it at random, so
// that many do not come back at once. A server that names a time gets it.
func (r *retrier) pause(err error) time.Duration {
	o := &r.b.cloud.s3o
	d := o.MaxBackoff
	if shift := r.failed - 1; shift < 20 && o.Backoff<<shift < d {
		d = o.Backoff << shift
	}
	d = d/2 + rand.N(d/2+1)
	var status *awshttp.ResponseError
	if errors.As(err, &status) && status.Response != nil {
		if s, perr := strconv.Atoi(status.Response.Header.Get("Retry-After")); perr == nil && s > 0 {
			d = max(d, min(time.Duration(s)*time.Second, o.MaxBackoff))
		}
	}
	return d
}

// redirect notes the region that an answer names. It reports whether that is
// news.
func (b *bucket) redirect(err error) bool {
	region := regionOf(err)
	if region == "" {
		return false
	}
	was := b.region.Swap(&region)
	return was == nil || *was != region
}

func regionOf(err error) string {
	var status *awshttp.ResponseError
	if errors.As(err, &status) && status.Response != nil {
		return status.Response.Header.Get("x-amz-bucket-region")
	}
	return ""
}

// watchdog ends a request in which nothing moves.
type watchdog struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

// watch gives the context for one request, under watch from now on.
func (b *bucket) watch(ctx context.Context) (context.Context, *watchdog) {
	w := &watchdog{limit: b.cloud.s3o.StallTimeout}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(w.limit, func() { w.cancel(errStalled) })
	return w.ctx, w
}

// awake and asleep part the time in which the server is waited for from that in
// which nobody wants a byte of it.
func (w *watchdog) awake()  { w.timer.Reset(w.limit) }
func (w *watchdog) asleep() { w.timer.Stop() }

// done ends the watch, and the request.
func (w *watchdog) done() {
	w.timer.Stop()
	w.cancel(nil)
}

// cause is err, or that the watch ended the request.
func (w *watchdog) cause(err error) error {
	if err != nil && context.Cause(w.ctx) == errStalled { //nolint:errorlint // it is never wrapped
		return errStalled
	}
	return err
}

// fail puts an error of S3 into words: what failed, why, and what to do.
func (b *bucket) fail(ctx context.Context, code sqlerr.Code, doing, key string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var already *sqlerr.Error
	if errors.As(err, &already) {
		return already
	}
	reason, hint, missing := b.explain(err)
	if missing {
		code = sqlerr.HiveFileNotFound
	}
	e := sqlerr.New(code, "Failed to %s %s: %s", doing, b.Name(key), reason).Wrap(err)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	return e
}

func (b *bucket) explain(err error) (reason, hint string, missing bool) {
	var api smithy.APIError
	var length *lengthError
	var dns *net.DNSError
	reason = err.Error()
	const later = "run it again later: what has arrived whole is kept"
	at := "the endpoint"
	if b.cloud.endpoint != "" {
		at = "the endpoint " + b.cloud.endpoint
	}
	credentials := "check the credentials (--profile, AWS_PROFILE, AWS_ACCESS_KEY_ID); listing needs s3:ListBucket, reading needs s3:GetObject"
	switch {
	case errors.Is(err, errChanged):
		return errChanged.Error(), "run the query again", false
	case errors.Is(err, errStalled):
		return fmt.Sprintf("no byte arrived for %v", b.cloud.s3o.StallTimeout), later, false
	case errors.Is(err, errTruncated):
		return "the download broke off", later, false
	case errors.Is(err, errNotS3):
		return errNotS3.Error(), "check " + at + ": it answers, but not as S3 does", false
	case errors.As(err, &length):
		return length.Error(), "run the query again; if it stays so, the server or a proxy before it is at fault", false
	case errors.As(err, &api):
		reason = api.ErrorCode()
		if m := strings.TrimRight(api.ErrorMessage(), ". "); m != "" {
			reason += ": " + m
		}
		switch api.ErrorCode() {
		case "NoSuchKey", "NotFound":
			return reason, "it was removed after it was listed; run the query again", true
		case "NoSuchBucket":
			return reason, "check the bucket's name, and that the endpoint is the one it is at", false
		case "AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "AllAccessDisabled", "AccountProblem":
			return reason, credentials, false
		case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
			return reason, "the credentials have expired: get new ones, by aws sso login for example; check the credentials' source", false
		case "PermanentRedirect", "AuthorizationHeaderMalformed", "MovedPermanently", "TemporaryRedirect", "301", "IllegalLocationConstraintException":
			if region := regionOf(err); region != "" {
				return reason, "the bucket is in region " + region + ": set AWS_REGION", false
			}
			return reason, "the bucket is in another region: set AWS_REGION", false
		case "PreconditionFailed":
			return errChanged.Error(), "run the query again", false
		case "InvalidRange":
			return "it is shorter than when it was listed", "run the query again", false
		case "InvalidObjectState":
			return reason, "the object is in an archive class (Glacier): restore it first", false
		case "RequestTimeTooSkewed":
			return reason, "set this machine's clock", false
		}
		var status *awshttp.ResponseError
		if errors.As(err, &status) && status.Response != nil {
			switch c := status.HTTPStatusCode(); {
			case c == 401 || c == 403:
				return reason, credentials, false
			case c == 404:
				return reason, "check the name and " + at, true
			}
		}
		if judge(err) == retry {
			return reason, "the server is overloaded or out of order; " + later, false
		}
		return reason, "check " + at + " and the name", false
	case garbled(err) && strings.Contains(reason, "unexpected EOF"):
		return "the answer broke off", later, false
	case garbled(err):
		return errNotS3.Error(), "check " + at + ": it answers, but not as S3 does; a proxy or a login page may stand before it", false
	case strings.Contains(reason, "no EC2 IMDS role found"), strings.Contains(reason, "failed to refresh cached credentials"), strings.Contains(reason, "get identity"), strings.Contains(reason, "get credentials"):
		if i := strings.LastIndex(reason, "get credentials: "); i >= 0 {
			reason = reason[i+len("get credentials: "):]
		}
		if strings.Contains(reason, "no EC2 IMDS role found") || strings.Contains(reason, "EC2 IMDS") {
			reason = "no AWS credentials were found"
		}
		return reason, "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, sign in with aws sso login, take --no-sign-request for a public bucket, or map the location to a folder with --map", false
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s is not found in the DNS: %s", dns.Name, dns.Err), "check the network, the region and " + at + "; --offline answers from what was kept", false
	}
	text := innermost(err)
	switch {
	case strings.Contains(text, "x509") || strings.Contains(text, "tls") || strings.Contains(text, "HTTP response to HTTPS client"):
		return text, "the TLS connection is not trusted: check " + at + ", or set AWS_CA_BUNDLE to the file of its certificate authority", false
	case unreachable(err):
		return text, "check the network and " + at + "; --offline answers from what was kept", false
	}
	return text, later, false
}

// innermost is the innermost sentence of an error: the SDK wraps it in its own
// words, of no use to anybody.
func innermost(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Error()
	}
	text := err.Error()
	if i := strings.LastIndex(text, "request send failed, "); i >= 0 {
		text = text[i+len("request send failed, "):]
	}
	return text
}
