// Command inflate compares gzip decompressors on files: ionq's own, both ways
// of calling it, klauspost's, the standard library's, and igzip where it is
// installed. Each run is a process of its own over all files, one after the
// other, with the output dropped; the runs are interleaved, and what counts is
// the ratio of user CPU seconds within a round, since the machine may be shared.
//
//	go run ./bench/cmd/inflate -runs 5 FILE.gz...
package main

import (
	"bufio"
	stdgzip "compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	kpgzip "github.com/klauspost/compress/gzip"

	"github.com/ionq-db/ionq/reader/inflate"
)

func main() {
	runs := flag.Int("runs", 5, "rounds")
	with := flag.String("with", "igzip,onto,read,klauspost,std", "what to compare; the first is the measure")
	as := flag.String("as", "", "only decompress in this way (what the command runs itself as)")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	err := decompress(*as, flag.Args())
	if *as == "" {
		err = compare(strings.Split(*with, ","), *runs, flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "inflate:", err)
		os.Exit(1)
	}
}

// compare runs all, round by round.
func compare(ways []string, runs int, files []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if _, err := exec.LookPath("igzip"); err != nil {
		ways = slices.DeleteFunc(ways, func(w string) bool { return w == "igzip" })
	}
	user, all := map[string][]float64{}, map[string][]float64{}
	for round := range runs + 1 {
		for _, w := range ways {
			cmd := exec.Command(self, append([]string{"-as", w}, files...)...)
			if w == "igzip" {
				cmd = exec.Command("igzip", append([]string{"-dc"}, files...)...)
			}
			cmd.Stderr = os.Stderr
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("%s: %w", w, err)
			}
			if round == 0 { // to warm up
				continue
			}
			user[w] = append(user[w], cmd.ProcessState.UserTime().Seconds())
			all[w] = append(all[w], (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
		}
	}
	fmt.Printf("%d rounds, %s; medians; ratios are of user CPU seconds, round by round\n", runs, time.Now().UTC().Format(time.DateOnly))
	fmt.Printf("%-10s %8s %9s %14s %12s\n", "", "user s", "u+s s", "to "+ways[0], "min..max")
	for _, w := range ways {
		var ratios []float64
		for k := range user[w] {
			ratios = append(ratios, user[w][k]/user[ways[0]][k])
		}
		slices.Sort(ratios)
		fmt.Printf("%-10s %8.3f %9.3f %14.2f   %.2f..%.2f\n", w, median(user[w]), median(all[w]), median(ratios), ratios[0], ratios[len(ratios)-1])
	}
	return nil
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// decompress reads the files and drops what they hold.
func decompress(as string, files []string) error {
	if as == "" {
		return nil
	}
	buf := make([]byte, 256<<10)
	for _, name := range files {
		if err := one(as, name, buf); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func one(as, name string, buf []byte) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader
	switch as {
	case "onto", "read":
		z, err := inflate.NewReader(f, name)
		if err != nil {
			return err
		}
		defer z.Close()
		if as == "read" {
			r = z
			break
		}
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
