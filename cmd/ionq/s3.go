package main

// Flags about S3 and the cache folder, named as the AWS command line names them
// where it has them; and the line that says what S3 was asked for.

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ionq-db/ionq/engine"
)

type s3Flags struct {
	profile, region, endpoint string
	noSign                    bool
	payer, style              string
	offline, noCache, stats   bool
	cacheSize                 string
}

func (o *s3Flags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	o.addAccess(cmd)
	f.BoolVar(&o.offline, "offline", false, "ask no server: read of S3 what is mapped or kept in the cache folder")
	f.BoolVar(&o.noCache, "no-cache", false, "keep nothing in the cache folder, neither objects of S3 nor columns that queries read, and take nothing from it")
	f.StringVar(&o.cacheSize, "cache-size", "", "keep at most `SIZE` in the cache folder, such as 500MB or 20GiB (default 10GiB, or half of what the disk has left)")
	f.BoolVar(&o.stats, "stats", false, "say on standard error how much was read, and what was asked of S3 and its price (the latter is the default at a terminal)")
}

// addAccess adds the flags that say how S3 is reached.
func (o *s3Flags) addAccess(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.profile, "profile", "", "S3: `NAME` of a profile in the AWS configuration (default $AWS_PROFILE)")
	f.StringVar(&o.region, "region", "", "S3: `REGION` (default $AWS_REGION, the profile's, or the bucket's own)")
	f.StringVar(&o.endpoint, "endpoint-url", "", "S3: `URL` of another server (default $AWS_ENDPOINT_URL_S3, $AWS_ENDPOINT_URL, the profile's)")
	f.BoolVar(&o.noSign, "no-sign-request", false, "S3: anonymous, for public buckets")
	f.StringVar(&o.payer, "request-payer", "", "S3: `requester`: you pay for what you read of somebody else's bucket")
	f.StringVar(&o.style, "addressing-style", "", "S3: `STYLE` of addresses: path or virtual (default virtual, path with an --endpoint-url)")
}

// access gives what addAccess's flags say.
func (o *s3Flags) access() (engine.S3, error) {
	s := engine.S3{Profile: o.profile, Region: o.region, Endpoint: o.endpoint, NoSignRequest: o.noSign}
	switch o.payer {
	case "":
	case "requester":
		s.RequestPayer = true
	default:
		return s, usagef("--request-payer %s: it can only be requester", o.payer)
	}
	switch o.style {
	case "", "auto":
	case "path", "virtual":
		s.AddressingStyle = o.style
	default:
		return s, usagef("--addressing-style %s: path, virtual or auto", o.style)
	}
	if o.endpoint != "" && !strings.HasPrefix(o.endpoint, "http://") && !strings.HasPrefix(o.endpoint, "https://") {
		return s, usagef("--endpoint-url %s: a URL that starts with http:// or https:// expected", o.endpoint)
	}
	return s, nil
}

// apply sets an engine's options.
func (o *s3Flags) apply(opt *engine.Options) error {
	var err error
	if opt.S3, err = o.access(); err != nil {
		return err
	}
	opt.Offline = o.offline
	limit, err := o.limit()
	if err != nil || o.noCache || limit < 0 {
		return err
	}
	opt.Cache = engine.OpenCache("", limit, opt.Warn)
	return nil
}

// limit is the cache folder's; 0 the usual one, -1 for none of it.
func (o *s3Flags) limit() (int64, error) {
	if o.cacheSize == "" {
		return 0, nil
	}
	n, err := parseSize(o.cacheSize)
	if err != nil {
		return 0, usagef("--cache-size %s: %v", o.cacheSize, err)
	}
	if n == 0 {
		return -1, nil
	}
	return n, nil
}

var units = map[string]float64{
	"": 1, "B": 1, "K": 1e3, "KB": 1e3, "M": 1e6, "MB": 1e6, "G": 1e9, "GB": 1e9, "T": 1e12, "TB": 1e12,
	"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
}

// parseSize reads a number of bytes, with a unit or without.
func parseSize(s string) (int64, error) {
	digits := strings.TrimRight(strings.ToUpper(s), "BKMGTI ")
	unit, ok := units[strings.TrimSpace(strings.ToUpper(s)[len(digits):])]
	n, err := strconv.ParseFloat(digits, 64)
	if n *= unit; !ok || err != nil || !(n >= 0 && n < math.MaxInt64) {
		return 0, fmt.Errorf("a size such as 500MB or 20GiB expected")
	}
	return int64(n), nil
}

// report says what was read, if that is wanted, and what S3 was asked for, if it was.
func (o *s3Flags) report(e *engine.Engine, stderr io.Writer) {
	if st := e.Stats(); o.stats && st != (engine.Stats{}) {
		fmt.Fprintf(stderr, "ionq: %d records: %s of files read (%s decompressed), %s of columns kept in the cache folder\n",
			st.Records, size(st.BytesStored), size(st.BytesRaw), size(st.BytesKept))
	}
	if u := e.S3Usage(); u != (engine.S3Usage{}) && (o.stats || isTerminal(stderr)) {
		fmt.Fprintf(stderr, "ionq: %s\n", u)
	}
}
