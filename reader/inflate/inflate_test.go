// Tests of decompression: what reads, what fails and in which words, and that
// nothing is left behind.

package inflate

import (
	"bytes"
	stdgzip "compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"github.com/ionq-db/ionq/sql/sqlerr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gz compresses with the standard library, which shares no code with the
// decompressor under test.
func gz(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, p := range parts {
		w := stdgzip.NewWriter(&out)
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func zst(t testing.TB, text []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(text, nil)
}

func sample(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for b.Len() < n {
		fmt.Fprintf(&b, "$ion_1_0 {Item:{id:%d.,amount:%d.}}\n", r.Int64(), r.IntN(1000))
	}
	return b.Bytes()
}

func readAll(t testing.TB, stored []byte, name string) ([]byte, *Reader, error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(stored), name)
	if err != nil {
		return nil, nil, err
	}
	text, err := io.ReadAll(r)
	if cerr := r.Close(); cerr != nil {
		t.Fatal(cerr)
	}
	return text, r, err
}

func TestRead(t *testing.T) {
	long := sample(1 << 20)
	for _, c := range []struct {
		name   string
		stored []byte
		want   []byte
	}{
		{"x.ion", long, long},
		{"x.ion", nil, nil},
		{"noending", []byte("{}"), []byte("{}")},
		{"x.ion.gz", gz(t, long), long},
		{"x.ion.gz", gz(t, nil), nil}, // an empty partition
		{"x.ion.gz", nil, nil},        // an empty object
		{"x.ion.gz", gz(t, []byte("a"), nil, long, []byte("b")), append(append([]byte("a"), long...), 'b')}, // members
		{"x.ion.zst", zst(t, long), long},
		{"x.ion.zst", append(zst(t, []byte("a")), zst(t, []byte("b"))...), []byte("ab")}, // frames
		{"x.ion.zst", nil, nil},
		{"s3://b/k.GZ", []byte("plain"), []byte("plain")}, // Hadoop's suffixes are lower case
		{"x.gz.ion", []byte("plain"), []byte("plain")},    // only the last suffix counts
	} {
		got, r, err := readAll(t, c.stored, c.name)
		if err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %d bytes, %v; want %d", c.name, len(got), err, len(c.want))
			continue
		}
		if r.Offset() != int64(len(c.want)) {
			t.Errorf("%s: offset %d, want %d", c.name, r.Offset(), len(c.want))
		}
	}
}

// TestSmallReads: offsets advance with what was handed out, stored bytes are
// all used in the end.
func TestSmallReads(t *testing.T) {
	text := sample(100_000)
	stored := gz(t, text)
	r, err := NewReader(iotest.OneByteReader(bytes.NewReader(stored)), "x.gz")
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	buf := make([]byte, 777)
	for {
		n, err := r.Read(buf)
		got = append(got, buf[:n]...)
		if r.Offset() != int64(len(got)) {
			t.Fatalf("offset %d after %d bytes", r.Offset(), len(got))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got, text) || r.Stored() != int64(len(stored)) {
		t.Errorf("%d bytes from %d of %d stored", len(got), r.Stored(), len(stored))
	}
	if n, err := r.Read(buf); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %d, %v", n, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(buf); !errors.Is(err, errClosed) {
		t.Errorf("read after Close: %v", err)
	}
}

func TestErrors(t *testing.T) {
	text := sample(200_000)
	stored := gz(t, text)
	change := func(at int, to byte) []byte {
		b := bytes.Clone(stored)
		b[at] ^= to
		return b
	}
	zstored := zst(t, text)
	for _, c := range []struct {
		what   string
		name   string
		stored []byte
		code   sqlerr.Code
		words  string
	}{
		{"truncated data", "t.gz", stored[:len(stored)/2], sqlerr.HiveCursorError, fmt.Sprintf("t.gz is truncated: its gzip data ends at byte %d", len(stored)/2)},
		{"truncated trailer", "t.gz", stored[:len(stored)-3], sqlerr.HiveCursorError, "is truncated"},
		{"truncated header", "t.gz", stored[:5], sqlerr.HiveCursorError, "is truncated"},
		{"one byte", "t.gz", stored[:1], sqlerr.HiveCursorError, "is truncated"},
		{"bad crc", "t.gz", change(len(stored)-8, 1), sqlerr.HiveCursorError, "the checksum of its gzip data is wrong"},
		{"bad length", "t.gz", change(len(stored)-1, 1), sqlerr.HiveCursorError, "the checksum of its gzip data is wrong"},
		{"plain text", "t.gz", text, sqlerr.HiveCannotOpenSplit, "t.gz is not a gzip file although its name says so"},
		{"junk behind", "t.gz", append(bytes.Clone(stored), "junk that is no member"...), sqlerr.HiveCursorError, "has bytes after the end of its gzip data"},
		{"truncated zstd", "t.zst", zstored[:len(zstored)/2], sqlerr.HiveCursorError, "is truncated"},
		{"plain zstd", "t.zst", text, sqlerr.HiveCannotOpenSplit, "not a zstd file"},
		{"changed zstd", "t.zst", append(bytes.Clone(zstored[:len(zstored)-4]), 1, 2, 3, 4), sqlerr.HiveCursorError, "checksum"},
		{"bzip2", "t.bz2", nil, sqlerr.HiveUnsupportedFormat, "bzip2 compression is not supported: t.bz2"},
		{"snappy", "d/t.snappy", nil, sqlerr.HiveUnsupportedFormat, "Snappy"},
		{"deflate", "t.deflate", nil, sqlerr.HiveUnsupportedFormat, "zlib"},
		{"lz4", "t.lz4", nil, sqlerr.HiveUnsupportedFormat, "LZ4"},
	} {
		t.Run(c.what, func(t *testing.T) {
			got, r, err := readAll(t, c.stored, c.name)
			var e *sqlerr.Error
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(e.Msg, c.words) {
				t.Fatalf("got %v, want %s with %q", err, c.code, c.words)
			}
			if r == nil {
				return
			}
			if !bytes.HasPrefix(text, got) {
				t.Error("wrong bytes before the error")
			}
			if e.Data == nil || e.Data.File != c.name || e.Data.Offset != int64(len(got)) {
				t.Errorf("data place %+v after %d bytes", e.Data, len(got))
			}
		})
	}
}

// TestDamage flips each of many bytes: the damage is always noticed, except in
// header fields that mean nothing.
func TestDamage(t *testing.T) {
	text := sample(3000)
	stored := gz(t, text)
	for at := range stored {
		b := bytes.Clone(stored)
		b[at] ^= 0x55
		got, _, err := readAll(t, b, "x.gz")
		if err == nil && (at < 4 || at > 9) {
			t.Errorf("byte %d changed unnoticed; same text: %v", at, bytes.Equal(got, text))
		}
		if got, _, err := readAll(t, stored[:at], "x.gz"); err == nil && at > 0 {
			t.Errorf("cut at %d unnoticed: %d bytes", at, len(got))
		}
	}
}

func TestSourceErrors(t *testing.T) {
	stored := gz(t, sample(100_000))
	broken := errors.New("cable pulled")
	for _, name := range []string{"x.gz", "x.ion"} {
		r, err := NewReader(io.MultiReader(bytes.NewReader(stored[:1000]), iotest.ErrReader(broken)), name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(r)
		if !errors.Is(err, broken) || sqlerr.CodeOf(err) != sqlerr.HiveCursorError || !strings.Contains(err.Error(), "Failed to read "+name+" at byte 1000: cable pulled") {
			t.Errorf("%s: %v", name, err)
		}
		if _, again := r.Read(make([]byte, 1)); !errors.Is(again, err) {
			t.Errorf("second error %v", again)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}

		// An error that wraps io.EOF is no end of the file.
		r, err = NewReader(io.MultiReader(strings.NewReader("x"), iotest.ErrReader(fmt.Errorf("reset: %w", io.EOF))), "x.ion")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = io.ReadAll(r); sqlerr.CodeOf(err) != sqlerr.HiveCursorError {
			t.Errorf("wrapped EOF: %v", err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}

		r, err = NewReader(io.MultiReader(bytes.NewReader(stored[:1000]), iotest.ErrReader(context.Canceled)), name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = io.ReadAll(r); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: cancelled: %v", name, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPool: a Reader that follows a failed or half-read one starts afresh.
func TestPool(t *testing.T) {
	text := sample(50_000)
	stored := gz(t, text)
	for i := range 50 {
		r, err := NewReader(bytes.NewReader(stored), "x.gz")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, make([]byte, 100*i+1)); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readAll(t, stored[:len(stored)-i-1], "x.gz"); err == nil {
			t.Fatal("truncation unnoticed")
		}
		if got, _, err := readAll(t, stored, "x.gz"); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("round %d: %v", i, err)
		}
	}
}

func BenchmarkGzip(b *testing.B) {
	text := sample(8 << 20)
	stored := gz(b, text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	buf := make([]byte, 128<<10)
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(stored), "x.gz")
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = r.Read(buf)
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
