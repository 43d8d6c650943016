package transcode

// Binary: Ion 1.0 binary to text, by the specification of the encoding
// (https://amazon-ion.github.io/ion-docs/docs/binary.html). It is a decoder of
// its own since the library for Go cuts timestamps' fractions to nanoseconds,
// cannot hold exponents beyond 32 bits, does not check UTF-8 and accepts some of
// the encodings that the specification forbids; tests compare with it.

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/ionq-db/ionq/reader/ion"
)

// Marker begins a stream of binary Ion 1.0.
const Marker = "\xE0\x01\x00\xEA"

// Limits of single scalars. Numbers of more digits would take long to print in
// decimal, and no timestamp is finer than the age of the universe in Planck times.
const (
	maxCoefficient = 1 << 15 // bytes of an int or of a decimal's coefficient
	maxFraction    = 1000    // digits of a timestamp's fraction
	chunk          = 48 << 10
)

// Binary returns a Reader of the binary stream in src, whose next bytes are
// Marker.
func Binary(src *ion.Window, opt Options) *Reader {
	d := &decoder{Reader: newReader(src, opt)}
	d.step = d.some
	return d.Reader
}

// The type codes, as the high nibble of a descriptor has them.
const (
	typeNull = iota
	typeBool
	typePosInt
	typeNegInt
	typeFloat
	typeDecimal
	typeTimestamp
	typeSymbol
	typeString
	typeClob
	typeBlob
	typeList
	typeSexp
	typeStruct
	typeAnnotation
	typeReserved
)

var typeWords = [...]string{
	"null", "bool", "int", "int", "float", "decimal", "timestamp", "symbol", "string", "clob", "blob", "list", "sexp", "struct", "annotation wrapper", "reserved type",
}

// endless is the limit of what lies in no container.
const endless = math.MaxInt64

// frame is an open container.
type frame struct {
	end  int64 // offset behind it
	kind int
	any  bool // it has a value already
}

// decoder is the state between two steps.
type decoder struct {
	*Reader
	symbols ion.Symbols
	stack   []frame
	valueAt int64 // where the text of the top-level value at hand begins

	// A string, clob or blob of which there is more to come.
	long    int // its type; 0 where there is none
	longEnd int64

	// table: a local symbol table is being made, in out from tableAt on. It is
	// read when it is whole, and no data.
	table   bool
	tableAt int
}

// header is a value's descriptor.
type header struct {
	at     int64 // its offset
	kind   int
	null   bool
	low    int // the descriptor's low nibble
	length int64
}

func (d *decoder) pos() int64 { return d.src.Offset() }

func (d *decoder) fail(at int64, format string, args ...any) error {
	return &Error{at, ion.Syntax(0, format, args...)}
}

// cut is the error of a stream that ends too early.
func (d *decoder) cut() error {
	if err := d.src.Err(); err != nil {
		return err
	}
	return d.fail(d.pos(), "unexpected end of binary Ion")
}

// have makes n bytes be at hand, at most, and returns what is.
func (d *decoder) have(n int) ([]byte, error) {
	for len(d.src.Data()) < n && !d.src.Final() {
		if err := d.more(); err != nil {
			return nil, err
		}
	}
	return d.src.Data(), nil
}

// take returns the next n bytes, which end before limit.
func (d *decoder) take(n int, limit int64) ([]byte, error) {
	if int64(n) > limit-d.pos() {
		return nil, d.fail(d.pos(), "a value ends behind its container")
	}
	b, err := d.have(n)
	if err != nil {
		return nil, err
	}
	if len(b) < n {
		return nil, d.cut()
	}
	d.src.Advance(n)
	return b[:n], nil
}

func (d *decoder) byte(limit int64) (byte, error) {
	b, err := d.take(1, limit)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// varUInt reads an unsigned number of 7 bits a byte.
func (d *decoder) varUInt(limit int64) (int64, error) {
	at := d.pos()
	for v := int64(0); ; {
		c, err := d.byte(limit)
		if err != nil {
			return 0, err
		}
		if v > math.MaxInt64>>7 {
			return 0, d.fail(at, "a number of the encoding is beyond 63 bits")
		}
		v = v<<7 | int64(c&0x7f)
		if c&0x80 != 0 {
			return v, nil
		}
	}
}

// varInt reads a signed number of 7 bits a byte; the first has 6.
func (d *decoder) varInt(limit int64) (v int64, neg bool, err error) {
	at := d.pos()
	c, err := d.byte(limit)
	if err != nil {
		return 0, false, err
	}
	neg = c&0x40 != 0
	v = int64(c & 0x3f)
	for c&0x80 == 0 {
		if c, err = d.byte(limit); err != nil {
			return 0, false, err
		}
		if v > math.MaxInt64>>7 {
			return 0, false, &Error{at, &ion.SyntaxError{Msg: "an exponent or offset beyond 63 bits is not supported", Unsupported: true}}
		}
		v = v<<7 | int64(c&0x7f)
	}
	if neg {
		v = -v
	}
	return v, neg, nil
}

// header reads a descriptor and a length. What lies in a container that ends at
// limit must end there too.
func (d *decoder) header(limit int64) (h header, err error) {
	h.at = d.pos()
	c, err := d.byte(limit)
	if err != nil {
		return h, err
	}
	h.kind, h.low = int(c>>4), int(c&15)
	h.length = int64(h.low)
	switch {
	case h.kind == typeReserved:
		return h, d.fail(h.at, "descriptor 0x%02x is reserved", c)
	case h.kind == typeAnnotation && h.low < 3 || h.kind == typeAnnotation && h.low == 15:
		return h, d.fail(h.at, "descriptor 0x%02x is none of an annotation wrapper", c)
	case h.low == 15:
		h.null, h.length = true, 0
	case h.kind == typeBool:
		if h.low > 1 {
			return h, d.fail(h.at, "descriptor 0x%02x is none of a bool", c)
		}
		h.length = 0
	case h.kind == typeFloat && h.low != 0 && h.low != 4 && h.low != 8:
		return h, d.fail(h.at, "a float has 0, 4 or 8 bytes, not %d", h.low)
	case h.low == 14 || h.kind == typeStruct && h.low == 1:
		if h.length, err = d.varUInt(limit); err != nil {
			return h, err
		}
		if h.kind == typeStruct && h.low == 1 && h.length == 0 {
			return h, d.fail(h.at, "a struct with sorted fields must not be empty")
		}
	}
	if h.length > limit-d.pos() {
		if limit == endless {
			return h, d.fail(h.at, "the length of a %s is beyond 63 bits", typeWords[h.kind])
		}
		return h, d.fail(h.at, "a %s of %d bytes ends behind its container", typeWords[h.kind], h.length)
	}
	return h, nil
}

// skip passes over n bytes.
func (d *decoder) skip(n int64) error {
	for n > 0 {
		b, err := d.have(1)
		if err != nil {
			return err
		}
		if len(b) == 0 {
			return d.cut()
		}
		k := int(min(n, int64(len(b))))
		d.src.Advance(k)
		n -= int64(k)
	}
	return nil
}

// some is a step that ends outside symbol tables.
func (d *decoder) some() error {
	for {
		err := d.next()
		if err != nil { // what is there of the value goes, unless it has been read already
			d.out = d.out[:max(0, d.valueAt-d.base)]
			d.partial = d.valueAt < d.base
			d.unmark()
		}
		if err != nil || !d.table {
			return err
		}
	}
}

// next takes a value, a piece of a long one, or the end of a container.
func (d *decoder) next() error {
	if d.long != 0 {
		return d.piece()
	}
	if n := len(d.stack); n > 0 {
		f := &d.stack[n-1]
		if d.pos() == f.end {
			return d.close()
		}
		return d.inside(f)
	}
	d.valueAt = d.base + int64(len(d.out))
	b, err := d.have(4)
	if err != nil {
		return err
	}
	switch {
	case len(b) == 0:
		if err := d.src.Err(); err != nil {
			return err
		}
		return io.EOF
	case b[0] == 0xE0:
		if len(b) < 4 {
			return d.cut()
		}
		if string(b[:4]) != Marker {
			if b[3] == 0xEA {
				return &Error{d.pos(), ion.Unsupported("Ion version is not supported: binary Ion %d.%d", b[1], b[2])}
			}
			return d.fail(d.pos(), "descriptor 0xe0 begins no version marker")
		}
		d.src.Advance(4)
		d.symbols.Reset()
		return nil
	}
	d.mark(d.pos())
	h, err := d.header(endless)
	if err != nil {
		return err
	}
	if h.kind == typeNull && !h.null {
		return d.skip(h.length)
	}
	return d.value(h, endless)
}

// inside takes the next value of a container.
func (d *decoder) inside(f *frame) error {
	if f.kind == typeStruct {
		at := d.pos()
		id, err := d.varUInt(f.end)
		if err != nil {
			return err
		}
		h, err := d.header(f.end)
		if err != nil {
			return err
		}
		if h.kind == typeNull && !h.null { // the name of padding says nothing
			return d.skip(h.length)
		}
		d.separate(f)
		d.mark(at)
		if err := d.name(id, at); err != nil {
			return err
		}
		d.out = append(d.out, ':')
		return d.value(h, f.end)
	}
	d.mark(d.pos())
	h, err := d.header(f.end)
	if err != nil {
		return err
	}
	if h.kind == typeNull && !h.null {
		return d.skip(h.length)
	}
	d.separate(f)
	return d.value(h, f.end)
}

func (d *decoder) separate(f *frame) {
	if f.any {
		if f.kind == typeSexp {
			d.out = append(d.out, ' ')
		} else {
			d.out = append(d.out, ',')
		}
	}
	f.any = true
}

// name appends a field name or an annotation.
func (d *decoder) name(id, at int64) error {
	text, known, defined := d.symbols.Text(id)
	switch {
	case !defined:
		return d.fail(at, "symbol id $%d is defined by no symbol table", id)
	case !known:
		d.out = append(d.out, "$0"...)
	default:
		d.out = ion.AppendName(d.out, []byte(text))
	}
	return nil
}

// value takes the value of which h is the header; it lies in something that ends
// at limit.
func (d *decoder) value(h header, limit int64) error {
	end := d.pos() + h.length
	if h.kind == typeAnnotation {
		var err error
		if h, err = d.annotations(h, end); err != nil {
			return err
		}
		if d.pos()+h.length != end {
			return d.fail(h.at, "an annotation wrapper is longer than its value")
		}
	}
	if h.null {
		if h.kind == typeNull {
			d.out = append(d.out, "null"...)
		} else {
			d.out = append(append(d.out, "null."...), typeWords[h.kind]...)
		}
		return d.done()
	}
	if d.pos()+h.length != end {
		panic("BUG: transcode: a value's end moved")
	}
	var err error
	switch h.kind {
	case typeBool:
		d.out = strconv.AppendBool(d.out, h.low == 1)
	case typePosInt, typeNegInt:
		err = d.int(h, end)
	case typeFloat:
		err = d.float(h, end)
	case typeDecimal:
		err = d.decimal(h, end)
	case typeTimestamp:
		err = d.timestamp(h, end)
	case typeSymbol:
		err = d.symbol(h, end)
	case typeString, typeClob, typeBlob:
		d.out = append(d.out, [...]string{`"`, `{{"`, `{{`}[h.kind-typeString]...)
		d.long, d.longEnd = h.kind, end
		return nil
	default:
		if len(d.stack) >= ion.MaxDepth {
			return d.fail(h.at, "values are nested deeper than %d levels", ion.MaxDepth)
		}
		d.out = append(d.out, "[({"[h.kind-typeList])
		d.stack = append(d.stack, frame{end: end, kind: h.kind})
		return nil
	}
	if err != nil {
		return err
	}
	if d.pos() != end {
		return d.fail(d.pos(), "a %s is shorter than its length says", typeWords[h.kind])
	}
	return d.done()
}

// annotations takes what comes before the value of an annotation wrapper, and
// the value's header.
func (d *decoder) annotations(w header, end int64) (h header, err error) {
	n, err := d.varUInt(end)
	if err != nil {
		return h, err
	}
	last := d.pos() + n
	if n == 0 || n >= end-d.pos() {
		return h, d.fail(w.at, "an annotation wrapper needs annotations and a value")
	}
	names := len(d.out)
	first := ""
	for k := 0; d.pos() < last; k++ {
		at := d.pos()
		id, err := d.varUInt(last)
		if err != nil {
			return h, err
		}
		if k == 0 {
			first, _, _ = d.symbols.Text(id)
		}
		if err := d.name(id, at); err != nil {
			return h, err
		}
		d.out = append(d.out, "::"...)
	}
	if h, err = d.header(end); err != nil {
		return h, err
	}
	if h.kind == typeAnnotation {
		return h, d.fail(h.at, "an annotation wrapper holds another one")
	}
	if h.kind == typeNull && !h.null {
		return h, d.fail(h.at, "an annotation wrapper holds padding")
	}
	if len(d.stack) == 0 && h.kind == typeStruct && first == "$ion_symbol_table" {
		d.table, d.tableAt = true, names
	}
	return h, nil
}

// close ends the innermost container.
func (d *decoder) close() error {
	n := len(d.stack) - 1
	d.out = append(d.out, "])}"[d.stack[n].kind-typeList])
	d.stack = d.stack[:n]
	return d.done()
}

// done ends a value.
func (d *decoder) done() error {
	if d.table && len(d.out)-d.tableAt > MaxRecord {
		return &Error{d.pos(), &ion.TooLongError{Max: MaxRecord}}
	}
	if len(d.stack) > 0 {
		return nil
	}
	d.out = append(d.out, '\n')
	if !d.table {
		return nil
	}
	rec := d.out[d.tableAt:]
	err := d.symbols.Table(rec, ion.ValueAt(rec, 0, false))
	var bad *ion.SyntaxError
	if errors.As(err, &bad) {
		err = &Error{d.Source(d.base + int64(d.tableAt+bad.Offset)), bad}
	}
	d.out = d.out[:d.tableAt]
	d.table = false
	d.unmark()
	return err
}

func (d *decoder) int(h header, end int64) error {
	if h.kind == typeNegInt {
		d.out = append(d.out, '-')
	}
	zero, err := d.magnitude(h, h.length, end, 0)
	if err == nil && zero && h.kind == typeNegInt {
		return d.fail(h.at, "an int must not be negative zero")
	}
	return err
}

// magnitude appends the digits of an unsigned number of n bytes. clear are the
// bits of its first byte that do not count.
func (d *decoder) magnitude(h header, n, end int64, clear byte) (zero bool, err error) {
	if n > maxCoefficient {
		return false, &Error{h.at, ion.Unsupported("a %s of %d bytes is longer than the limit of %d", typeWords[h.kind], n, maxCoefficient)}
	}
	b, err := d.take(int(n), end)
	if err != nil {
		return false, err
	}
	for n > 8 && (b[0] == 0 || clear != 0 && b[0]&^clear == 0) {
		b, clear = b[1:], 0
		n--
	}
	if n <= 8 {
		var v uint64
		for k, c := range b {
			if k == 0 {
				c &^= clear
			}
			v = v<<8 | uint64(c)
		}
		d.out = strconv.AppendUint(d.out, v, 10)
		return v == 0, nil
	}
	x := new(big.Int)
	if clear != 0 {
		b = append([]byte{b[0] &^ clear}, b[1:]...)
	}
	d.out = x.SetBytes(b).Append(d.out, 10)
	return false, nil
}

func (d *decoder) float(h header, end int64) error {
	var f float64
	b, err := d.take(int(h.length), end)
	if err != nil {
		return err
	}
	switch len(b) {
	case 4:
		f = float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case 8:
		f = math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	switch {
	case math.IsNaN(f):
		d.out = append(d.out, "nan"...)
	case math.IsInf(f, 1):
		d.out = append(d.out, "+inf"...)
	case math.IsInf(f, -1):
		d.out = append(d.out, "-inf"...)
	default:
		d.out = strconv.AppendFloat(d.out, f, 'e', -1, 64)
	}
	return nil
}

// sign reads the sign of an Int field, whose first byte stays to be read. There
// must be a byte.
func (d *decoder) sign() (neg bool, err error) {
	b, err := d.have(1)
	if err != nil {
		return false, err
	}
	if len(b) == 0 {
		return false, d.cut()
	}
	return b[0]&0x80 != 0, nil
}

func (d *decoder) decimal(h header, end int64) error {
	if h.length == 0 {
		d.out = append(d.out, "0."...)
		return nil
	}
	exp, _, err := d.varInt(end)
	if err != nil {
		return err
	}
	if d.pos() == end {
		d.out = append(d.out, '0')
	} else {
		neg, err := d.sign()
		if err != nil {
			return err
		}
		if neg {
			d.out = append(d.out, '-')
		}
		if _, err := d.magnitude(h, end-d.pos(), end, 0x80); err != nil {
			return err
		}
	}
	if exp == 0 {
		d.out = append(d.out, '.')
		return nil
	}
	d.out = append(d.out, 'd')
	d.out = strconv.AppendInt(d.out, exp, 10)
	return nil
}

func (d *decoder) symbol(h header, end int64) error {
	var id int64
	for d.pos() < end {
		c, err := d.byte(end)
		if err != nil {
			return err
		}
		if id > math.MaxInt64>>8 {
			return d.fail(h.at, "a symbol id beyond 63 bits is defined by no symbol table")
		}
		id = id<<8 | int64(c)
	}
	return d.name(id, h.at)
}

// piece takes more of a long value.
func (d *decoder) piece() error {
	left := d.longEnd - d.pos()
	if left == 0 {
		d.out = append(d.out, [...]string{`"`, `"}}`, `}}`}[d.long-typeString]...)
		d.long = 0
		return d.done()
	}
	if d.table && len(d.out)-d.tableAt > MaxRecord {
		return &Error{d.pos(), &ion.TooLongError{Max: MaxRecord}}
	}
	b, err := d.have(int(min(left, chunk)))
	if err != nil {
		return err
	}
	if int64(len(b)) < min(left, chunk) {
		return d.cut()
	}
	b = b[:min(left, chunk)]
	last := int64(len(b)) == left
	switch d.long {
	case typeString:
		n := len(b)
		if !last { // a character may go on behind the piece
			for k := 1; k < utf8.UTFMax && k <= n; k++ {
				if utf8.RuneStart(b[n-k]) {
					if !utf8.FullRune(b[n-k:]) {
						n -= k
					}
					break
				}
			}
		}
		b = b[:n]
		if !utf8.Valid(b) {
			for i := 0; i < len(b); {
				r, size := utf8.DecodeRune(b[i:])
				if r == utf8.RuneError && size <= 1 {
					return d.fail(d.pos()+int64(i), "text is not UTF-8: byte 0x%02x", b[i])
				}
				i += size
			}
		}
		d.out = ion.AppendStringBytes(d.out, b)
	case typeClob:
		for _, c := range b {
			d.out = ion.AppendClobByte(d.out, c)
		}
	case typeBlob:
		if !last {
			b = b[:len(b)/3*3]
		}
		d.out = base64.StdEncoding.AppendEncode(d.out, b)
	}
	d.src.Advance(len(b))
	return nil
}
