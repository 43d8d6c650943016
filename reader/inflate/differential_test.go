// Our decompressor against the standard library's, which shares no code with it:
// the same bytes and the same kind of error for streams of every encoder at
// hand, whole, cut anywhere and damaged anywhere, however they are read.

package inflate

import (
	"bytes"
	stdflate "compress/flate"
	stdgzip "compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/iotest"

	kpgzip "github.com/klauspost/compress/gzip"
)

// kind of an error, by which the two are compared.
func kind(err error) string {
	var mine formatError
	var std stdflate.CorruptInputError
	switch {
	case err == nil:
		return "none"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "truncated"
	case errors.Is(err, errHeader), errors.Is(err, stdgzip.ErrHeader):
		return "header"
	case errors.Is(err, errChecksum), errors.Is(err, stdgzip.ErrChecksum):
		return "checksum"
	case errors.As(err, &mine), errors.As(err, &std):
		return "corrupt"
	}
	return err.Error()
}

// reference decompresses with the standard library.
func reference(stored []byte) ([]byte, error) {
	z, err := stdgzip.NewReader(bytes.NewReader(stored))
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// reserved reports whether klauspost's refuses a header.
func reserved(stored []byte) bool {
	z, err := kpgzip.NewReader(bytes.NewReader(stored))
	if err == nil {
		_, err = io.Copy(io.Discard, z)
	}
	return errors.Is(err, kpgzip.ErrHeader)
}

// byRead and byOnto decompress with ours. They use the same state again and
// again, whatever state it was left in.
func byRead(src io.Reader, size int) (text []byte, used int64, err error) {
	z := decoders.Get().(*gunzip)
	defer decoders.Put(z)
	z.reset(src)
	p := make([]byte, size)
	for {
		n, err := z.read(p)
		text = append(text, p[:n]...)
		if err != nil {
			return text, z.used(), noEOF(err)
		}
	}
}

func byOnto(src io.Reader, size int) (text []byte, used int64, err error) {
	z := decoders.Get().(*gunzip)
	defer decoders.Put(z)
	z.reset(src)
	b := make([]byte, size)
	for end := 0; ; {
		n, err := z.readOnto(b, end)
		text = append(text, b[end:end+n]...)
		if end += n; err != nil {
			return text, z.used(), noEOF(err)
		}
		if end+2*outputSlack > len(b) {
			from := max(0, end-history)
			clear(b[copy(b, b[from:end]):])
			end -= from
		}
	}
}

var decoders = sync.Pool{New: func() any { return new(gunzip) }}

func noEOF(err error) error {
	if atEnd(err) {
		return nil
	}
	return err
}

// agree fails the test where ours and the reference differ.
func agree(t testing.TB, stored []byte, thorough bool) {
	t.Helper()
	want, wantErr := reference(stored)
	least, further, furtherErr := len(want), want, wantErr
	if kind(wantErr) == "truncated" {
		// The standard library gives up where it cannot read as many bits as the end
		// of a block will need at least: what it would have read is known with more
		// bits behind.
		further, furtherErr = reference(slices.Concat(stored, make([]byte, 64)))
	}
	check := func(how string, got []byte, used int64, err error) {
		t.Helper()
		if kind(err) != kind(wantErr) && (kind(wantErr) != "truncated" || kind(err) != "corrupt" || kind(furtherErr) != "corrupt") {
			if kind(err) == "header" && reserved(stored) {
				return // the standard library lets these flags pass
			}
			// It refuses names of more than 511 bytes.
			if kind(wantErr) == "header" && kind(err) != "none" {
				return
			}
			t.Fatalf("%s: %v, want %v (%d bytes, want %d)", how, err, wantErr, len(got), len(want))
		}
		if wantErr == nil {
			if !bytes.Equal(got, want) || used != int64(len(stored)) {
				t.Fatalf("%s: other bytes: %d, want %d; %d of %d used", how, len(got), len(want), used, len(stored))
			}
			return
		}
		// Literals that share an entry with one that is cut off may be missing.
		if len(got) > len(further) || len(got) < least-2 || !bytes.Equal(got, further[:len(got)]) {
			t.Fatalf("%s: other bytes before the error %v: %d, want %d", how, err, len(got), len(want))
		}
		if used > int64(len(stored)) {
			t.Fatalf("%s: %d of %d bytes used", how, used, len(stored))
		}
	}
	got, used, err := byRead(bytes.NewReader(stored), 8<<10)
	check("read", got, used, err)
	if !thorough {
		return
	}
	if len(want) < 30_000 {
		got, used, err = byRead(iotest.DataErrReader(iotest.OneByteReader(bytes.NewReader(stored))), 1)
		check("one byte", got, used, err)
	}
	got, used, err = byRead(iotest.HalfReader(bytes.NewReader(stored)), 777)
	check("half reader", got, used, err)
	got, used, err = byOnto(bytes.NewReader(stored), history+2*outputSlack+1)
	check("small buffer", got, used, err)
	got, used, err = byOnto(iotest.DataErrReader(bytes.NewReader(stored)), 256<<10)
	check("large buffer", got, used, err)
}

// texts are what compresses in different ways.
func texts() map[string][]byte {
	r := rand.New(rand.NewPCG(3, 4))
	random := make([]byte, 70_000)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	skewed := make([]byte, 150_000) // codewords of all lengths
	for i := range skewed {
		skewed[i] = byte(bits.LeadingZeros64(r.Uint64())*5 + r.IntN(3))
	}
	var periods []byte
	for p := 1; p < 70; p++ {
		periods = append(periods, bytes.Repeat(random[p*100:p*100+p], 1+600/p)...)
	}
	far := slices.Concat(random[:history], random[:300], random[5000:history+1000], random[1000:40_000])
	return map[string][]byte{
		"empty": nil, "one": {'x'}, "ion": sample(300_000), "zeros": make([]byte, 400_000), "random": random,
		"skewed": skewed, "periods": periods, "far": far,
	}
}

// encoders are those at hand, at every level.
func encoders() map[string]func(text []byte) []byte {
	all := map[string]func(text []byte) []byte{}
	add := func(name string, open func(w io.Writer) (io.WriteCloser, error)) {
		all[name] = func(text []byte) []byte {
			var b bytes.Buffer
			w, err := open(&b)
			if err == nil {
				_, err = w.Write(text)
			}
			if err == nil {
				err = w.Close()
			}
			if err != nil {
				panic(err)
			}
			return b.Bytes()
		}
	}
	for level := stdgzip.HuffmanOnly; level <= stdgzip.BestCompression; level++ {
		add(fmt.Sprintf("std %d", level), func(w io.Writer) (io.WriteCloser, error) { return stdgzip.NewWriterLevel(w, level) })
	}
	for level := kpgzip.StatelessCompression; level <= kpgzip.BestCompression; level++ {
		add(fmt.Sprintf("klauspost %d", level), func(w io.Writer) (io.WriteCloser, error) { return kpgzip.NewWriterLevel(w, level) })
	}
	return all
}

func TestEncoders(t *testing.T) {
	for name, text := range texts() {
		for by, encode := range encoders() {
			stored := encode(text)
			agree(t, stored, true)
			agree(t, slices.Concat(stored, encode(nil), encode([]byte("and more")), stored), true)
			if t.Failed() {
				t.Fatal(name, by)
			}
		}
	}
}

func TestCutAndDamaged(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for name, text := range texts() {
		text = text[:min(len(text), 3000)]
		for by, encode := range encoders() {
			stored := encode(text)
			t.Run(name+" "+by, func(t *testing.T) {
				for n := range stored {
					if n < 30 || n > len(stored)-30 || r.IntN(30) == 0 {
						agree(t, stored[:n], n%7 == 0)
					}
				}
				bad := bytes.Clone(stored)
				for range 50 {
					n := r.IntN(len(stored))
					bad[n] ^= 1 << r.IntN(8)
					agree(t, bad, false)
					if r.IntN(3) > 0 {
						bad[n] = stored[n]
					} else if r.IntN(3) == 0 {
						copy(bad, stored)
					}
				}
			})
		}
	}
}

// TestLater: damage and cuts far behind the start, where the inner loop is.
func TestLater(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, text := range texts() {
		for by, encode := range encoders() {
			stored := encode(text)
			for range 4 {
				bad := bytes.Clone(stored)
				bad[r.IntN(len(bad))] ^= 1 << r.IntN(8)
				agree(t, bad, false)
				agree(t, stored[:r.IntN(len(stored))], false)
			}
			if t.Failed() {
				t.Fatal(by)
			}
		}
	}
}

// TestMade: streams that no encoder writes. Random complete codes, with
// codewords of up to 15 bits, random symbols, blocks of all types.
func TestMade(t *testing.T) {
	for seed := range uint64(400) {
		stored, text := made(rand.New(rand.NewPCG(seed, 9)))
		got, err := reference(stored)
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("seed %d: the reference reads %d bytes, %v; made were %d", seed, len(got), err, len(text))
		}
		agree(t, stored, true)
	}
}

// wrap makes a gzip member of deflate data.
func wrap(data, text []byte) []byte {
	out := append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}, data...)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(text))
	return binary.LittleEndian.AppendUint32(out, uint32(len(text)))
}

// bitWriter writes bits as deflate has them.
type bitWriter struct {
	out []byte
	acc uint64
	n   uint
}

func (w *bitWriter) bits(v uint64, n uint) {
	w.acc |= v << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.out = append(w.out, byte(w.acc))
		w.acc >>= 8
	}
}

func (w *bitWriter) align() {
	if w.n > 0 {
		w.bits(0, 8-w.n)
	}
}

// code is a Huffman code as its definition has it.
type code struct{ lengths, words []int }

func (c *code) assign() {
	c.words = make([]int, len(c.lengths))
	next := 0
	for n := 1; n <= 15; n++ {
		for s, l := range c.lengths {
			if l == n {
				c.words[s] = next
				next++
			}
		}
		next <<= 1
	}
}

func (w *bitWriter) symbol(c *code, s int) {
	n := c.lengths[s]
	w.bits(uint64(bits.Reverse16(uint16(c.words[s])))>>(16-n), uint(n))
}

// randomCode makes a complete code of some of the symbols, among them those that
// must be, with codewords of at most longest bits.
func randomCode(r *rand.Rand, symbols, longest int, must ...int) code {
	c := code{lengths: make([]int, symbols)}
	n := max(2, len(must)) + r.IntN(symbols-max(2, len(must))+1)
	n = min(n, 1<<longest)
	lengths := []int{1, 1}
	for len(lengths) < n { // split a codeword in two
		k := r.IntN(len(lengths))
		if r.IntN(3) == 0 {
			k = len(lengths) - 1
		}
		if lengths[k] == longest {
			k = slices.Index(lengths, slices.Min(lengths))
		}
		lengths[k]++
		lengths = append(lengths, lengths[k])
	}
	order := slices.Clone(must)
	for _, k := range r.Perm(symbols) {
		if !slices.Contains(must, k) {
			order = append(order, k)
		}
	}
	r.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	for k, l := range lengths {
		c.lengths[order[k]] = l
	}
	c.assign()
	return c
}

func made(r *rand.Rand) (stored, text []byte) {
	w := &bitWriter{}
	blocks := 1 + r.IntN(6)
	for k := range blocks {
		final := uint64(0)
		if k == blocks-1 {
			final = 1
		}
		w.bits(final, 1)
		kind := r.IntN(4)
		if kind == 0 {
			w.bits(0, 2)
			w.align()
			n := r.IntN(40) * r.IntN(2000) % 65536
			w.bits(uint64(n), 16)
			w.bits(uint64(^uint16(n)), 16)
			for range n {
				c := byte(r.Uint32())
				w.bits(uint64(c), 8)
				text = append(text, c)
			}
			continue
		}
		lit, dist := code{lengths: make([]int, 288)}, code{lengths: make([]int, 32)}
		if kind == 1 {
			w.bits(1, 2)
			for s := range lit.lengths {
				lit.lengths[s] = int(fixedLit[s])
			}
			for s := range dist.lengths {
				dist.lengths[s] = 5
			}
			lit.assign()
			dist.assign()
		} else {
			w.bits(2, 2)
			nlit, ndist := 257+r.IntN(30), 2+r.IntN(29)
			lit, dist = randomCode(r, nlit, 15, 256), randomCode(r, ndist, 15)
			if r.IntN(8) == 0 { // a single distance
				dist = code{lengths: make([]int, ndist)}
				dist.lengths[r.IntN(ndist)] = 1
				dist.assign()
			}
			w.bits(uint64(nlit-257), 5)
			w.bits(uint64(ndist-1), 5)
			w.codeLengths(r, append(slices.Clone(lit.lengths), dist.lengths...))
		}
		w.symbols(r, &lit, &dist, &text)
	}
	w.align()
	return wrap(w.out, text), text
}

// codeLengths writes lengths, run-length coded or not.
func (w *bitWriter) codeLengths(r *rand.Rand, lengths []int) {
	type item struct{ s, extra, n int }
	var items []item
	for k := 0; k < len(lengths); {
		run := 1
		for k+run < len(lengths) && lengths[k+run] == lengths[k] {
			run++
		}
		switch {
		case r.IntN(4) == 0 || run < 3:
			items = append(items, item{s: lengths[k]})
			k++
		case lengths[k] == 0 && run >= 11:
			run = min(run, 138)
			items = append(items, item{18, run - 11, 7})
			k += run
		case lengths[k] == 0:
			items = append(items, item{17, run - 3, 3})
			k += run
		case k > 0 && lengths[k-1] == lengths[k]:
			run = min(run, 6)
			items = append(items, item{16, run - 3, 2})
			k += run
		default:
			items = append(items, item{s: lengths[k]})
			k++
		}
	}
	used := map[int]bool{}
	for _, i := range items {
		used[i.s] = true
	}
	must := []int{}
	for s := range used {
		must = append(must, s)
	}
	slices.Sort(must)
	c := randomCode(r, 19, 7, must...)
	w.bits(19-4, 4)
	for _, s := range lengthOrder {
		w.bits(uint64(c.lengths[s]), 3)
	}
	for _, i := range items {
		w.symbol(&c, i.s)
		w.bits(uint64(i.extra), uint(i.n))
	}
}

// symbols writes symbols that the codes have, and the text they stand for.
func (w *bitWriter) symbols(r *rand.Rand, lit, dist *code, text *[]byte) {
	var lits, lengths, dists []int
	for s, n := range lit.lengths {
		switch {
		case n == 0 || s == 256 || s > 285:
		case s < 256:
			lits = append(lits, s)
		default:
			lengths = append(lengths, s)
		}
	}
	for s, n := range dist.lengths {
		if n > 0 && s < 30 {
			dists = append(dists, s)
		}
	}
	for range r.IntN(3000) {
		if len(lits) > 0 && (r.IntN(2) == 0 || len(lengths) == 0) {
			s := lits[r.IntN(len(lits))]
			w.symbol(lit, s)
			*text = append(*text, byte(s))
			continue
		}
		if len(lengths) == 0 || len(dists) == 0 {
			continue
		}
		// Lengths and distances by the definition's tables, RFC 1951, 3.2.5.
		s, d := lengths[r.IntN(len(lengths))], dists[r.IntN(len(dists))]
		length, extra := s-254, 0
		if s >= 265 {
			extra = (s - 261) / 4
			length = 3 + (4+(s-261)%4)<<extra
		}
		if s == 285 {
			length, extra = 258, 0
		}
		distance, more := d+1, 0
		if d >= 4 {
			more = d/2 - 1
			distance = 1 + (2+d%2)<<more
		}
		x, y := r.IntN(1<<extra), r.IntN(1<<more)
		if distance+y > len(*text) {
			continue
		}
		w.symbol(lit, s)
		w.bits(uint64(x), uint(extra))
		w.symbol(dist, d)
		w.bits(uint64(y), uint(more))
		for range length + x {
			*text = append(*text, (*text)[len(*text)-distance-y])
		}
	}
	w.symbol(lit, 256)
}

// TestHeaders: all that a member's header can have.
func TestHeaders(t *testing.T) {
	body := gz(t, sample(1000))[10:]
	for flags := range 256 {
		for bad := range 2 {
			h := []byte{0x1f, 0x8b, 8, byte(flags), 1, 2, 3, 4, 5, 6}
			if flags&flagExtra != 0 {
				h = append(h, 3, 1)
				h = append(h, bytes.Repeat([]byte{7}, 259)...)
			}
			if flags&flagName != 0 {
				h = append(h, "a name\x00"...)
			}
			if flags&flagComment != 0 {
				h = append(h, "a comment, \xe4\xf6\xfc\x00"...)
			}
			if flags&flagHeaderCRC != 0 {
				h = binary.LittleEndian.AppendUint16(h, uint16(crc32.ChecksumIEEE(h))+uint16(bad))
			}
			stored := slices.Concat(h, body, h, body)
			agree(t, stored, true)
			for n := range h {
				agree(t, stored[:n], n%40 == 0)
				if n < 12 || n > len(h)-12 {
					agree(t, stored[:n+len(h)+len(body)], false)
				}
			}
		}
	}
	for _, behind := range []string{"\x00", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "\x1f", "\x1f\x8b\x08\x00", "no member at all"} {
		agree(t, slices.Concat(gz(t, sample(1000)), []byte(behind)), true)
	}
	long := slices.Concat([]byte{0x1f, 0x8b, 8, flagName, 0, 0, 0, 0, 0, 0}, bytes.Repeat([]byte{'n'}, 200_000), []byte{0}, body)
	if got, _, err := byRead(bytes.NewReader(long), 100); err != nil || !bytes.Equal(got, sample(1000)) {
		t.Errorf("a long name: %d bytes, %v", len(got), err)
	}
}

// TestCodes: codes that must be refused, and those that look like it.
func TestCodes(t *testing.T) {
	// block writes a dynamic block of codes with the given lengths.
	block := func(lit, dist []int, symbols func(w *bitWriter, lit, dist *code)) []byte {
		w := &bitWriter{}
		w.bits(1|2<<1, 3)
		l, d := code{lengths: lit}, code{lengths: dist}
		l.assign()
		d.assign()
		w.bits(uint64(len(lit)-257), 5)
		w.bits(uint64(len(dist)-1), 5)
		w.codeLengths(rand.New(rand.NewPCG(1, 1)), append(slices.Clone(lit), dist...))
		symbols(w, &l, &d)
		w.align()
		return wrap(append(w.out, make([]byte, 100)...), nil)
	}
	lengths := func(n int, pairs ...int) []int {
		l := make([]int, n)
		for k := 0; k < len(pairs); k += 2 {
			l[pairs[k]] = pairs[k+1]
		}
		return l
	}
	end := func(w *bitWriter, lit, _ *code) { w.symbol(lit, 256) }
	for name, stored := range map[string][]byte{
		"over-subscribed":          block(lengths(257, 'a', 1, 'b', 1, 256, 1), lengths(1, 0, 1), end),
		"over-subscribed, long":    block(lengths(257, 'a', 1, 'b', 2, 256, 2, 'c', 15), lengths(1, 0, 1), end),
		"incomplete":               block(lengths(257, 'a', 2, 256, 1), lengths(1, 0, 1), end),
		"incomplete, long":         block(lengths(257, 'a', 15, 256, 1), lengths(1, 0, 1), end),
		"one codeword":             block(lengths(257, 256, 1), lengths(1, 0, 1), end),
		"one codeword of two bits": block(lengths(257, 256, 2), lengths(1, 0, 1), end),
		"one codeword, the other":  block(lengths(257, 256, 1), lengths(1, 0, 1), func(w *bitWriter, _, _ *code) { w.bits(1, 1) }),
		"no end of block":          block(lengths(257, 'a', 1, 'b', 1), lengths(1, 0, 1), func(w *bitWriter, l, _ *code) { w.symbol(l, 'a') }),
		"no codewords":             block(lengths(257), lengths(1, 0, 1), func(*bitWriter, *code, *code) {}),
		"no distances":             block(lengths(257, 'a', 1, 256, 1), lengths(1), end),
		"no distances, but used": block(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(1), func(w *bitWriter, l, _ *code) {
			w.symbol(l, 'a')
			w.symbol(l, 257)
		}),
		"one distance": block(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(1, 0, 1), func(w *bitWriter, l, d *code) {
			w.symbol(l, 'a')
			w.symbol(l, 257)
			w.symbol(d, 0)
			w.symbol(l, 256)
		}),
		"one distance, the other": block(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(1, 0, 1), func(w *bitWriter, l, _ *code) {
			w.symbol(l, 'a')
			w.symbol(l, 257)
			w.bits(1, 1)
		}),
		"distances incomplete":     block(lengths(257, 'a', 1, 256, 1), lengths(2, 0, 2, 1, 1), end),
		"distances over":           block(lengths(257, 'a', 1, 256, 1), lengths(3, 0, 1, 1, 1, 2, 1), end),
		"one distance of two bits": block(lengths(257, 'a', 1, 256, 1), lengths(3, 0, 2), end),
		"distance too far": block(lengths(258, 'a', 2, 256, 2, 257, 1), lengths(2, 0, 1, 1, 1), func(w *bitWriter, l, d *code) {
			w.symbol(l, 'a')
			w.symbol(l, 257)
			w.symbol(d, 1)
		}),
		"287 lengths":  block(lengths(287, 'a', 1, 256, 1), lengths(1, 0, 1), end),
		"31 distances": block(lengths(257, 'a', 1, 256, 1), lengths(31, 0, 1), end),
		"type 3":       wrap([]byte{7}, nil),
		"fixed 286":    wrap([]byte{3 | 0x63<<3&0xff, 0x63 >> 5, 0, 0, 0, 0, 0, 0}, nil),
		"stored sizes": wrap([]byte{1, 5, 0, 5, 0, 1, 2, 3, 4, 5}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			agree(t, stored, true)
			for n := range stored {
				agree(t, stored[:n], true)
			}
			agree(t, append(stored, make([]byte, 500)...), true)
		})
	}
}

// FuzzGunzip: whatever the bytes are.
func FuzzGunzip(f *testing.F) {
	for _, text := range texts() {
		for _, encode := range encoders() {
			f.Add(encode(text[:min(len(text), 500)]))
		}
	}
	for seed := range uint64(20) {
		stored, _ := made(rand.New(rand.NewPCG(seed, 9)))
		f.Add(stored[:min(len(stored), 5000)])
	}
	f.Fuzz(func(t *testing.T, stored []byte) { agree(t, stored, true) })
}

// FuzzDeflate: whatever the blocks are, with a good header and much behind them.
func FuzzDeflate(f *testing.F) {
	for _, text := range texts() {
		for _, encode := range encoders() {
			f.Add(encode(text[:min(len(text), 500)])[10:])
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 0 {
			data[0] &^= 1 // not the last block
		}
		agree(t, slices.Concat([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}, data, data, data), false)
	})
}
