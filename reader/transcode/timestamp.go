package transcode

// Binary timestamps: UTC fields and an offset, of any precision.

import (
	"math/big"
	"strconv"
	"time"

	"github.com/ionq-db/ionq/reader/ion"
)

// timestamp appends a timestamp: its local time, as text has it.
func (d *decoder) timestamp(h header, end int64) error {
	offset, neg, err := d.varInt(end)
	if err != nil {
		return err
	}
	unknown := offset == 0 && neg
	if offset <= -24*60 || offset >= 24*60 {
		return d.fail(h.at, "a timestamp's offset is below 24 hours, not %d minutes", offset)
	}
	var f [6]int64 // year to second
	n := 0
	for ; n < 6 && d.pos() < end; n++ {
		if f[n], err = d.varUInt(end); err != nil {
			return err
		}
	}
	if n == 0 {
		return d.fail(h.at, "a timestamp has no year")
	}
	if n == 4 {
		return d.fail(h.at, "a timestamp with an hour has minutes")
	}
	for k := n; k < 3; k++ {
		f[k] = 1
	}
	year, month, day := f[0], f[1], f[2]
	switch {
	case year < 1 || year > 9999:
		return d.fail(h.at, "a timestamp's year is 1 to 9999, not %d", year)
	case month < 1 || month > 12:
		return d.fail(h.at, "a timestamp's month is 1 to 12, not %d", month)
	case day < 1 || day > int64(time.Date(int(year), time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()):
		return d.fail(h.at, "a timestamp's day %d is not in its month", day)
	case f[3] > 23 || f[4] > 59 || f[5] > 59:
		return d.fail(h.at, "a timestamp's time %d:%d:%d is none", f[3], f[4], f[5])
	}
	var fraction []byte
	if d.pos() < end {
		if fraction, err = d.fraction(h, end); err != nil {
			return err
		}
	}
	t := time.Date(int(year), time.Month(month), int(day), int(f[3]), int(f[4]), int(f[5]), 0, time.UTC)
	if n >= 5 {
		t = t.Add(time.Duration(offset) * time.Minute)
		if t.Year() < 1 || t.Year() > 9999 {
			return d.fail(h.at, "a timestamp's local year is not 1 to 9999")
		}
	}
	layout := [...]string{"2006T", "2006-01T", "2006-01-02", "", "2006-01-02T15:04", "2006-01-02T15:04:05"}[n-1]
	d.out = t.AppendFormat(d.out, layout)
	if n < 5 {
		return nil
	}
	if len(fraction) > 0 {
		d.out = append(append(d.out, '.'), fraction...)
	}
	switch {
	case unknown:
		d.out = append(d.out, "-00:00"...)
	case offset == 0:
		d.out = append(d.out, 'Z')
	default:
		sign := byte('+')
		if offset < 0 {
			sign, offset = '-', -offset
		}
		hh, mm := offset/60, offset%60
		d.out = append(d.out, sign, byte('0'+hh/10), byte('0'+hh%10), ':', byte('0'+mm/10), byte('0'+mm%10))
	}
	return nil
}

// fraction reads a fraction of a second: its digits behind the point.
func (d *decoder) fraction(h header, end int64) ([]byte, error) {
	exp, _, err := d.varInt(end)
	if err != nil {
		return nil, err
	}
	x := new(big.Int)
	if n := end - d.pos(); n > 0 {
		if n > maxFraction {
			return nil, &Error{h.at, ion.Unsupported("a timestamp's fraction of %d bytes is not supported", n)}
		}
		b, err := d.take(int(n), end)
		if err != nil {
			return nil, err
		}
		neg := b[0]&0x80 != 0
		b = append([]byte{b[0] & 0x7f}, b[1:]...)
		if x.SetBytes(b); neg && x.Sign() != 0 {
			return nil, d.fail(h.at, "a timestamp's fraction must not be negative")
		}
	}
	if exp >= 0 {
		if x.Sign() != 0 {
			return nil, d.fail(h.at, "a timestamp's fraction is below one second")
		}
		return nil, nil
	}
	if exp < -maxFraction {
		return nil, &Error{h.at, ion.Unsupported("a timestamp's fraction of %s digits is not supported", strconv.FormatUint(uint64(-exp), 10))}
	}
	digits := x.String()
	if len(digits) > int(-exp) {
		return nil, d.fail(h.at, "a timestamp's fraction is below one second")
	}
	out := make([]byte, 0, -exp)
	for k := len(digits); k < int(-exp); k++ {
		out = append(out, '0')
	}
	return append(out, digits...), nil
}
