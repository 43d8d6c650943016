package source

// What S3 was asked for, and what AWS takes for that.

import (
	"fmt"
	"strings"
	"sync/atomic"
)

type counters struct {
	gets, lists, retries, bytes, keptObjects, keptBytes atomic.Int64
}

// S3Usage is what was asked of S3 since a Resolver was made.
type S3Usage struct {
	Gets, Lists int64 // requests, repeated ones included
	Retries     int64 // of them, how many repeated another one
	Bytes       int64 // of objects, downloaded
	KeptObjects int64 // opened in the cache folder instead
	KeptBytes   int64 // read there
}

// S3Usage says what was asked of S3 so far.
func (r *Resolver) S3Usage() S3Usage {
	c := &r.cloud.count
	return S3Usage{
		Gets: c.gets.Load(), Lists: c.lists.Load(), Retries: c.retries.Load(), Bytes: c.bytes.Load(),
		KeptObjects: c.keptObjects.Load(), KeptBytes: c.keptBytes.Load(),
	}
}

// Prices of S3 Standard in us-east-1, in dollars, as AWS's public list had them
// at PriceDate. Other regions and storage classes differ, transfer within a
// region is free, and so are the first 100 GB of a month: what is computed here
// is an upper estimate for most.
const (
	PriceDate       = "January 2025"
	priceGet        = 0.0004 / 1000
	priceList       = 0.005 / 1000
	priceTransferGB = 0.09
)

// Dollars is the price of it, if all bytes left AWS.
func (u S3Usage) Dollars() float64 {
	return float64(u.Gets)*priceGet + float64(u.Lists)*priceList + float64(u.Bytes)/(1<<30)*priceTransferGB
}

// String is one line for people.
func (u S3Usage) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "S3: %s downloaded, %s, %s", Bytes(u.Bytes), counted(u.Gets, "GET"), counted(u.Lists, "LIST"))
	if u.Retries > 0 {
		fmt.Fprintf(&b, " (%s)", strings.ToLower(counted(u.Retries, "retry")))
	}
	if u.KeptObjects > 0 {
		fmt.Fprintf(&b, "; %s from the cache folder", Bytes(u.KeptBytes))
	}
	fmt.Fprintf(&b, "; about $%s at us-east-1's prices of %s, transfer out included", dollars(u.Dollars()), PriceDate)
	return b.String()
}

func dollars(d float64) string {
	if d > 0 && d < 0.01 {
		return fmt.Sprintf("%.6f", d)
	}
	return fmt.Sprintf("%.2f", d)
}

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if s, ok := strings.CutSuffix(what, "y"); ok {
		return fmt.Sprintf("%d %sies", n, s)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Bytes is a number of bytes for people.
func Bytes(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, i := float64(n)/1000, 0
	for f >= 999.95 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	return fmt.Sprintf("%.1f %cB", f, units[i])
}
