// Command iongo is what one writes in an afternoon instead of ionq: the article's
// query as a program on the ion-go library, exact decimals, a file a core. It is
// a contender of bench/cmd/compare.
//
//	go run ./bench/cmd/iongo FILE.ion.gz...
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/amazon-ion/ion-go/ion"
	"github.com/klauspost/compress/gzip"
	"github.com/shopspring/decimal"
)

var (
	from = time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC)
	to   = time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC)
)

func main() {
	sums := map[string]decimal.Decimal{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	failed := false
	for _, name := range os.Args[1:] {
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			part, err := read(name)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				fmt.Fprintf(os.Stderr, "iongo: %s: %v\n", name, err)
				failed = true
			}
			for k, v := range part {
				sums[k] = sums[k].Add(v)
			}
		})
	}
	wg.Wait()
	if failed {
		os.Exit(1)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for k, v := range sums {
		fmt.Fprintf(out, "%s\t%s\n", k, v)
	}
}

// read sums up one file.
func read(name string) (map[string]decimal.Decimal, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	sums := map[string]decimal.Decimal{}
	r := ion.NewReader(z)
	for r.Next() {
		// The version marker before each record arrives as a symbol of its own.
		if r.Type() != ion.StructType {
			continue
		}
		if err := record(r, sums); err != nil {
			return nil, err
		}
	}
	return sums, r.Err()
}

func record(r ion.Reader, sums map[string]decimal.Decimal) error {
	if err := r.StepIn(); err != nil {
		return err
	}
	for r.Next() {
		name, err := r.FieldName()
		if err != nil {
			return err
		}
		if name != nil && name.Text != nil && *name.Text == "Item" && r.Type() == ion.StructType {
			if err := item(r, sums); err != nil {
				return err
			}
		}
	}
	return r.StepOut()
}

func item(r ion.Reader, sums map[string]decimal.Decimal) error {
	if err := r.StepIn(); err != nil {
		return err
	}
	var id, amount *ion.Decimal
	var at *string
	for r.Next() {
		name, err := r.FieldName()
		if err != nil {
			return err
		}
		if name == nil || name.Text == nil {
			continue
		}
		switch *name.Text {
		case "id":
			id, err = r.DecimalValue()
		case "amount":
			amount, err = r.DecimalValue()
		case "created_at":
			at, err = r.StringValue()
		}
		if err != nil {
			return err
		}
	}
	if err := r.StepOut(); err != nil {
		return err
	}
	if id == nil || amount == nil || at == nil {
		return nil
	}
	when, err := time.Parse("2006-01-02T15:04:05.999999-0700", *at)
	if err != nil {
		return err
	}
	// As from_iso8601_timestamp does, to the millisecond.
	if when = when.Truncate(time.Millisecond); when.Before(from) || when.After(to) {
		return nil
	}
	key := exact(id).String()
	sums[key] = sums[key].Add(exact(amount))
	return nil
}

func exact(d *ion.Decimal) decimal.Decimal {
	coefficient, exponent := d.CoEx()
	return decimal.NewFromBigInt(coefficient, exponent)
}
