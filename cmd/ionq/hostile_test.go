//go:build !windows

package main

// Streams that were made to do harm: without end, nested without end, claiming
// more than they hold, unfolding to more than any disk holds. Each is read as a
// stream by a process of its own, and is to end in time and within its memory
// with the right values or one clear error. Nothing of them is stored.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// again reads b over and over, n bytes in all.
type again struct {
	b  []byte
	at int
	n  int64
}

func repeat(s string, n int64) io.Reader {
	b := []byte(s)
	for len(b) < 64<<10 {
		b = append(b, b...)
	}
	return &again{b: b[:len(b)/len(s)*len(s)], n: n * int64(len(s))}
}

func (a *again) Read(p []byte) (int, error) {
	if a.n == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), a.n)]
	n := copy(p, a.b[a.at:])
	a.at = (a.at + n) % len(a.b)
	a.n -= int64(n)
	return n, nil
}

// stream joins strings and readers.
func stream(parts ...any) io.Reader {
	var list []io.Reader
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			list = append(list, strings.NewReader(p))
		case io.Reader:
			list = append(list, p)
		default:
			panic(fmt.Sprintf("BUG: %T", p))
		}
	}
	return io.MultiReader(list...)
}

// varUInt is binary Ion's unsigned number.
func varUInt(n uint64) string {
	out := []byte{0x80 | byte(n&0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		out = append([]byte{byte(n & 0x7f)}, out...)
	}
	return string(out)
}

// bin is binary Ion: a value of a type with a body's length written out.
func bin(kind byte, length uint64) string { return string([]byte{kind<<4 | 14}) + varUInt(length) }

const (
	binMarker = "\xe0\x01\x00\xea"
	giga      = int64(1) << 30
)

// binTable is a local symbol table with the fields given.
func binTable(fields string) string {
	body := bin(13, uint64(len(fields))) + fields
	body = "\x81\x83" + body
	return bin(14, uint64(len(body))) + body
}

// binNest is an empty list inside depth lists.
func binNest(depth int) string {
	length := uint64(0)
	var heads []string
	for range depth {
		h := bin(11, length)
		heads = append(heads, h)
		length += uint64(len(h))
	}
	var b strings.Builder
	for k := len(heads) - 1; k >= 0; k-- {
		b.WriteString(heads[k])
	}
	return b.String()
}

func TestHostileStreams(t *testing.T) {
	if testing.Short() {
		t.Skip("reads gigabytes")
	}
	zeros := gzipped(t, func(w io.Writer) { _, _ = io.Copy(w, repeat("\n", giga/4)) })
	var zst bytes.Buffer
	zw, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(zw, repeat(" ", giga/2)); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	symbol := strings.Repeat("x", 1<<20)
	const (
		seconds = 120 // a machine that is busy otherwise is no defect
		little  = 120
		record  = 1300 // MB, for a record as large as one may be
	)
	for _, c := range []struct {
		name   string
		in     io.Reader
		want   string // in stderr; empty: it is read
		out    string // the end of what is printed
		memory int64  // MB
	}{
		{"a string of 2 GB", stream(`{Item:{a:"`, repeat("x", 2*giga)), "a record is longer than the limit of 268435456 bytes", "", record},
		{"a comment of 2 GB", stream("1 /*", repeat("*", 2*giga)), "a record is longer than the limit", "1\n", record},
		{"blanks of 1 GB", stream("1", repeat(" \r\n", giga/3), "2"), "", "1\n2\n", little},
		{"a string of 200 MB", stream(`["`, repeat("x", 200<<20), `"] 7`), "", "x\"]\n7\n", record},
		{"NULs", repeat("\x00", giga), "byte 0x00 where a value was expected", "", little},
		{"a NUL in a string", stream("1 \"a\x00b\""), "control character byte 0x00 in a string", "1\n", little},
		{"lists in lists", repeat("[", giga), "values are nested deeper than 10000 levels", "", little},
		{"structs in structs", repeat("{a:", giga/3), "values are nested deeper than 10000 levels", "", little},
		{"sexps in sexps", repeat("( ", giga/2), "values are nested deeper than 10000 levels", "", little},
		{"annotations", stream(repeat("a::", 5<<20), "1 2"), "", "1\n2\n", 300},
		{"annotations without a value", repeat("abcdefghijklmnop::", giga/16), "a record is longer than the limit", "", record},
		{"an exponent of a billion digits", stream("{Item:{n:1d", repeat("9", giga), "}}"), "a record is longer than the limit", "", record},
		{"an exponent of 100 million digits", stream("[1d", repeat("9", 100_000_000), ",1d-", repeat("9", 100_000_000), "] 7"), "", "9]\n7\n", record},
		{"exponents", stream("[1d999999999,1d-999999999,1d2147483648,1e999999999,-1e99999999999999999999]"), "", "[1d999999999,1d-999999999,1d2147483648,+inf,-inf]\n", little},
		{"an int of 100 million digits", stream(repeat("7", 100_000_000), " 8"), "", "7\n8\n", record},
		{"a hexadecimal int of 100 million digits", stream("0x", repeat("f", 100_000_000), " 8"), "an int of more than 65536 digits must be decimal", "", record},
		{"a fraction of 100 million digits", stream("2000-01-01T00:00:00.", repeat("1", 100_000_000), "Z 8"), "", "1Z\n8\n", record},
		{"not UTF-8 behind 100 MB", stream(`"`, repeat("é", 50<<20), "\xc3\""), "text is not UTF-8", "", record},
		{"10 million equal fields", stream("{", repeat("a:1,", 10_000_000), "} 7"), "", "a:1}\n7\n", 700},
		{"a symbol table that claims a billion", stream(`$ion_symbol_table::{imports:[{name:"x",version:1,max_id:1000000000}],symbols:["a"]} [$1000000009,$1000000010]`), "", "[$0,a]\n", little},
		{"symbol tables that claim 2^62", stream(`$ion_symbol_table::{imports:[{name:"x",max_id:4611686018427387000},{name:"y",max_id:4611686018427387000}]} 1`), "a symbol table defines more than", "", little},
		{"100,000 imports", stream(`$ion_symbol_table::{imports:[`, repeat(`{name:"x",max_id:1000000000},`, 100_000), `],symbols:["a"]} $100000000000010`), "", "a\n", 300},
		{"symbol tables without end", stream(repeat(`$ion_symbol_table::{symbols:["abcdefghijklmnopqrstuvwxyz"],imports:$ion_symbol_table} `, 20<<20)), "a symbol table is larger than the limit of 268435456 bytes", "", record},
		{"a long symbol named often in one value", stream(`$ion_symbol_table::{symbols:["`, symbol, `"]} [`, repeat("$10,", 10<<20), "]"), "a record is longer than the limit", "", 2 * record},
		{"a long symbol named often", stream(`$ion_symbol_table::{symbols:["`, symbol, `"]} `, repeat("$10\n", 1<<20)), "the data is more than 1000 times as long as the bytes it is stored in", "", 400},

		{"binary: lengths of exabytes", stream(binMarker, "\x11", bin(8, 1<<62), "abc"), "unexpected end of binary Ion", "true\n", little},
		{"binary: a blob of 4 GB", stream(binMarker, bin(10, 4<<30), repeat("x", giga)), "a record is longer than the limit", "", record},
		{"binary: a list of 4 GB", stream(binMarker, bin(11, 4<<30), repeat("\x28\xff\xff\xff\xff\xff\xff\xff\xff", giga/9)), "a record is longer than the limit", "", record},
		{"binary: a decimal of an exabyte", stream(binMarker, bin(5, 1<<60), repeat("\x81", giga)), "a decimal of 1152921504606846975 bytes is longer than the limit", "", little},
		{"binary: a timestamp of digits", stream(binMarker, "\x6c\x80\x0f\xd0\x81\x81\x80\x80\x80\x47\x7f\x7f\xff"), "a timestamp's fraction of 16777215 digits is not supported", "", little},
		{"binary: padding of 1 GB", stream(binMarker, bin(0, uint64(giga)), repeat("\x00", giga), "\x11"), "", "true\n", little},
		{"binary: padding that is not there", stream(binMarker, bin(0, 1<<62), "\x11"), "unexpected end of binary Ion", "", little},
		{"binary: lists in lists", stream(binMarker, binNest(100_000)), "values are nested deeper than 10000 levels", "", little},
		{"binary: a number without end", stream(binMarker, "\x8e", repeat("\x00", giga/8)), "unexpected end of binary Ion", "", little},
		{"binary: a symbol table that claims a billion", stream(binMarker, binTable("\x86"+bin(11, 10)+"\xd9\x84\x81x\x88\x24\x3b\x9a\xca\x00"), "\x74\x3b\x9a\xca\x09"), "", "$0\n", little},
		{"binary: a symbol table of 2 GB", stream(binMarker, bin(14, uint64(2*giga)+15), "\x81\x83", bin(13, uint64(2*giga)+7), "\x87", bin(11, uint64(2*giga)), repeat("\x83abc", giga/2)), "a record is longer than the limit", "", 2 * record},
		{"binary: not UTF-8 behind 100 MB", stream(binMarker, bin(8, 100<<20+1), repeat("é", 50<<20), "\xc3"), "text is not UTF-8: byte 0xc3", "", record},

		{"a zip bomb", stream(repeat(string(zeros), 40), string(gzipped(t, func(w io.Writer) { fmt.Fprint(w, "1") }))), "the data is more than 1000 times as long as the bytes it is stored in", "", little},
		{"a zip bomb of zstd", stream(repeat(zst.String(), 20)), "the data is more than 1000 times as long as the bytes it is stored in", "", 300},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := process(t, "cat", "--to", "ion", "-")
			cmd.Stdin = c.in
			var out tail
			var stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &stderr
			start := time.Now()
			kill := time.AfterFunc(3*seconds*time.Second, func() { _ = cmd.Process.Kill() })
			err := cmd.Start()
			peakOf := func() int64 { return 0 }
			if err == nil {
				peakOf = watchMemory(cmd.Process.Pid)
				err = cmd.Wait()
			}
			kill.Stop()
			took := time.Since(start)
			var exit *exec.ExitError
			failed := errors.As(err, &exit)
			switch {
			case err != nil && !failed && !strings.Contains(err.Error(), "broken pipe"):
				t.Fatal(err)
			case c.want == "" && (failed || stderr.Len() > 0):
				t.Errorf("%v\n%.1000s", err, stderr.String())
			case c.want != "" && (cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(stderr.String(), "error: ") || !strings.Contains(stderr.String(), c.want) ||
				strings.Count(stderr.String(), "error: ") != 1 || stderr.Len() > 4000 || !strings.Contains(stderr.String(), "\n  file     standard input")):
				t.Errorf("want %q: %v\n%.1000s", c.want, err, stderr.String())
			}
			if !strings.HasSuffix(out.String(), c.out) {
				t.Errorf("it printed ...%.200q, want ...%q", out.String(), c.out)
			}
			if took > seconds*time.Second {
				t.Errorf("it took %v", took)
			}
			peak := peakOf() >> 20
			if peak > c.memory {
				t.Errorf("peak memory %d MB of %d", peak, c.memory)
			}
			t.Logf("%.2f s, %d MB: %.120s", took.Seconds(), peak, stderr.String())
		})
	}
}

// watchMemory watches a process's peak memory until the result is called for. What
// wait(2) says of it is no use: there the memory that a process had before exec,
// its parent's, counts too. Where there is no /proc it says 0.
func watchMemory(pid int) (peak func() int64) {
	stop, done := make(chan struct{}), make(chan int64)
	name := fmt.Sprintf("/proc/%d/status", pid)
	go func() {
		var most int64
		for {
			if b, err := os.ReadFile(name); err == nil {
				if _, rest, ok := strings.Cut(string(b), "VmHWM:"); ok {
					var kb int64
					if _, err := fmt.Sscan(rest, &kb); err == nil {
						most = max(most, kb<<10)
					}
				}
			}
			select {
			case <-stop:
				done <- most
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() int64 {
		close(stop)
		return <-done
	}
}

// tail keeps the last bytes of what is written.
type tail struct{ b []byte }

func (w *tail) Write(p []byte) (int, error) {
	w.b = append(w.b, p[max(0, len(p)-200):]...)
	w.b = w.b[max(0, len(w.b)-200):]
	return len(p), nil
}

func (w *tail) String() string { return string(w.b) }

// The limit on zip bombs can be lifted, and holds for queries too.
func TestInflateRatio(t *testing.T) {
	if testing.Short() {
		t.Skip("inflates gigabytes")
	}
	blanks := gzipped(t, func(w io.Writer) { _, _ = io.Copy(w, repeat("\n", giga/4)) })
	item := gzipped(t, func(w io.Writer) { fmt.Fprint(w, "{Item:{id:\"a\"}}\n") })
	dir := table(t, "x.ion.gz", append(bytes.Repeat(blanks, 5), item...))
	file := filepath.Join(dir, "t", "x.ion.gz")
	const query = "SELECT count(*) FROM t"
	code, stdout, stderr := ionq("--map", "s3://b="+dir, "-c", oneColumn, "-c", query)
	if code != 1 || !strings.Contains(stderr, "the data is more than 1000 times as long") || !strings.Contains(stderr, "hint: if this is no zip bomb, set another limit: --max-inflate-ratio") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	if code, stdout, stderr = ionq("--max-inflate-ratio", "1100", "--map", "s3://b="+dir, "-c", oneColumn, "-c", query); code != 0 || !strings.HasSuffix(stdout, "\"1\"\n") {
		t.Errorf("limit 1100: exit code %d, %s%s", code, stdout, stderr)
	}
	if code, stdout, stderr = ionq("cat", "--to", "ion", "--max-inflate-ratio", "0", file); code != 0 || stdout != "{Item:{id:\"a\"}}\n" {
		t.Errorf("cat without a limit: exit code %d, %s%s", code, stdout, stderr)
	}
}
