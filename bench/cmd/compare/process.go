package main

// One process, measured: its wall time, its CPU time and its peak memory, with
// the processes that it started and waited for, as wait4 tells.

import (
	"bufio"
	"bytes"
	stdgzip "compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	kpgzip "github.com/klauspost/compress/gzip"

	"github.com/ionq-db/ionq/bench/peak"
	"github.com/ionq-db/ionq/reader/inflate"
)

// usage is what one process took: seconds, seconds, MB.
type usage struct{ wall, cpu, peak float64 }

// result is one run of a contender.
type result struct {
	usage
	rows   []string // its answer
	failed string   // why there is none
	inside bool     // wall is of the query alone, as the process told, and cpu unknown
}

// measure runs a command. The answer is its standard output, line by line.
func measure(cmd *exec.Cmd, keep bool) result {
	var out, errs bytes.Buffer
	if keep {
		cmd.Stdout = &out
	}
	cmd.Stderr = &errs
	began := time.Now()
	err := cmd.Run()
	r := result{usage: usage{wall: time.Since(began).Seconds()}}
	if s := cmd.ProcessState; s != nil {
		r.cpu = (s.UserTime() + s.SystemTime()).Seconds()
		r.peak = peak.Bytes(s) / 1e6
	}
	if err != nil {
		r.failed = strings.TrimSpace(errs.String())
		if line, _, more := strings.Cut(r.failed, "\n"); more {
			r.failed = line
		}
		if r.failed == "" {
			r.failed = err.Error()
		}
		return r
	}
	if text := strings.TrimSuffix(out.String(), "\n"); text != "" {
		r.rows = strings.Split(text, "\n")
	}
	if rest, ok := strings.CutPrefix(errs.String(), "seconds "); ok {
		if _, err := fmt.Sscan(rest, &r.wall); err == nil {
			r.inside, r.cpu = true, 0
		}
	}
	return r
}

// decompress reads files, some at once, and drops what they hold.
func decompress(as string, cores int, files []string) error {
	work := make(chan string)
	var mu sync.Mutex
	var all []error
	var wg sync.WaitGroup
	for range cores {
		wg.Go(func() {
			buf := make([]byte, 256<<10)
			for name := range work {
				if err := drop(as, name, buf); !errors.Is(err, io.EOF) {
					mu.Lock()
					all = append(all, fmt.Errorf("%s: %w", name, err))
					mu.Unlock()
				}
			}
		})
	}
	for _, name := range files {
		work <- name
	}
	close(work)
	wg.Wait()
	return errors.Join(all...)
}

// drop returns io.EOF at the end of a whole file.
func drop(as, name string, buf []byte) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader
	switch as {
	case "ionq":
		z, err := inflate.NewReader(f, name)
		if err != nil {
			return err
		}
		defer z.Close()
		// As the scanner does: onto the end of its window, the history kept.
		for end := 0; ; {
			n, err := z.ReadOnto(buf, end)
			if err != nil {
				return err
			}
			if end += n; len(buf)-end < 4<<10 {
				end = copy(buf, buf[max(0, end-z.History()):end])
			}
		}
	case "klauspost":
		r, err = kpgzip.NewReader(bufio.NewReaderSize(f, 256<<10))
	case "std":
		r, err = stdgzip.NewReader(bufio.NewReaderSize(f, 256<<10))
	default:
		return fmt.Errorf("%q is no way to decompress", as)
	}
	for err == nil {
		_, err = r.Read(buf)
	}
	return err
}
