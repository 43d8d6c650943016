// Package clock reads texts that are points in time and have one layout, such as
// 2023-06-30T09:09:47.787017+0000, as numbers from which they come back byte for
// byte.
package clock

import (
	"math"

	"github.com/ionq-db/ionq/sql/types"
)

// Layout is YYYY-MM-DD, or that with a clock: one of "T", "t" and a blank,
// hh:mm:ss, perhaps a point or comma with digits, and a tail that is the same in
// all texts. A text's ticks are its days, or the units of its last digit, since
// 1970 on the clock that it shows.
type Layout struct {
	Sep   byte // between day and clock; 0: no clock
	Point byte // in front of the fraction; 0: none
	Frac  int  // digits of the fraction
	Tail  string
}

// maxTail bounds a tail: an offset, "Z", a region.
const maxTail = 32

const (
	dateLen  = len("2006-01-02")
	clockLen = len("2006-01-02T15:04:05")
)

var pow10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// Of finds the layout of a text; ok is false where it has none.
func Of(s string) (l Layout, ok bool) {
	if len(s) == dateLen {
		_, ok = l.Parse(s)
		return l, ok
	}
	if len(s) < clockLen {
		return l, false
	}
	l.Sep = s[dateLen]
	if l.Sep != 'T' && l.Sep != 't' && l.Sep != ' ' {
		return l, false
	}
	i := clockLen
	if i < len(s) && (s[i] == '.' || s[i] == ',') {
		n := 0
		for i+1+n < len(s) && s[i+1+n]-'0' <= 9 {
			n++
		}
		if n > 0 && n < len(pow10) {
			l.Point, l.Frac = s[i], n
			i += 1 + n
		}
	}
	if len(s)-i > maxTail {
		return l, false
	}
	l.Tail = string(append([]byte(nil), s[i:]...))
	_, ok = l.Parse(s)
	return l, ok
}

// Size is the length of the layout's texts.
func (l *Layout) Size() int {
	switch {
	case l.Sep == 0:
		return dateLen
	case l.Frac == 0:
		return clockLen + len(l.Tail)
	}
	return clockLen + 1 + l.Frac + len(l.Tail)
}

// perDay is how many ticks a day has.
func (l *Layout) perDay() int64 {
	if l.Sep == 0 {
		return 1
	}
	return 86_400 * pow10[l.Frac]
}

func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// notDigits is nonzero where one of the bytes of x, a text XORed with zeros, is
// no digit.
func notDigits(x uint64) uint64 { return (x | (x + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0 }

// Parse gives a text's ticks; ok is false where it has another layout, or a field
// out of range.
func (l *Layout) Parse(s string) (ticks int64, ok bool) {
	if len(s) != l.Size() {
		return 0, false
	}
	// Eight bytes at a time, as types.ParseISO8601Timestamp does it.
	d := load8(s) ^ 0x2d30302d30303030 // "0000-00-"
	if notDigits(d)|d&0x0f00000f00000000 != 0 {
		return 0, false
	}
	d1, d2 := s[8]-'0', s[9]-'0'
	if d1 > 9 || d2 > 9 {
		return 0, false
	}
	d = d*10 + d>>8
	year, month, day := int(d&0xff)*100+int(d>>16&0xff), int(d>>40&0xff), int(d1)*10+int(d2)
	if uint(month-1) > 11 || day < 1 || day > 28 && day > types.DaysInMonth(year, month) {
		return 0, false
	}
	days := types.Days(year, month, day)
	if l.Sep == 0 {
		return days, true
	}
	c := load8(s[11:]) ^ 0x30303a30303a3030 // "00:00:00"
	if s[dateLen] != l.Sep || notDigits(c)|c&0x00000f00000f0000 != 0 {
		return 0, false
	}
	c = c*10 + c>>8
	hour, minute, second := int64(c&0xff), int64(c>>24&0xff), int64(c>>48&0xff)
	if hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	ticks = days*86_400 + hour*3600 + minute*60 + second
	i := clockLen
	if l.Frac > 0 {
		if s[i] != l.Point {
			return 0, false
		}
		// Nine digits of seconds before the point leave room for nine behind it;
		// texts of other centuries have their ticks in fewer digits.
		if l.Frac > 6 && (year < 1700 || year > 2200) {
			return 0, false
		}
		var f int64
		if l.Frac == 6 && i+7 <= len(s) {
			// Two bytes before the fraction, and its six.
			x := load8(s[i-1:])>>16 | 0x3030<<48
			x ^= 0x3030303030303030
			if notDigits(x) != 0 {
				return 0, false
			}
			x <<= 16 // the digits in the high bytes
			x = x * 2561 >> 8
			x = x & 0x00ff00ff00ff00ff * 6553601 >> 16
			f = int64(x & 0x0000ffff0000ffff * 42949672960001 >> 32)
		} else {
			for _, b := range []byte(s[i+1 : i+1+l.Frac]) {
				if b-'0' > 9 {
					return 0, false
				}
				f = f*10 + int64(b-'0')
			}
		}
		ticks = ticks*pow10[l.Frac] + f
		i += 1 + l.Frac
	}
	return ticks, s[i:] == l.Tail
}

// Append appends the text that has these ticks.
func (l *Layout) Append(dst []byte, ticks int64) []byte {
	per := l.perDay()
	days := types.FloorDiv(ticks, per)
	y, m, d := types.Civil(days)
	dst = append(dst, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+d/10), byte('0'+d%10))
	if l.Sep == 0 {
		return dst
	}
	rest := ticks - days*per
	sec := uint32(rest / pow10[l.Frac])
	f := rest - int64(sec)*pow10[l.Frac]
	h, mi, s := sec/3600, sec/60%60, sec%60
	dst = append(dst, l.Sep, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+mi/10), byte('0'+mi%10), ':', byte('0'+s/10), byte('0'+s%10))
	if l.Frac > 0 {
		dst = append(dst, l.Point)
		at := len(dst)
		dst = append(dst, "000000000"[:l.Frac]...)
		for k := at + l.Frac - 1; k >= at; k-- {
			dst[k] = byte('0' + f%10)
			f /= 10
		}
	}
	return append(dst, l.Tail...)
}

// Sound reports whether all ticks from lo to hi have texts in the layout.
func (l *Layout) Sound(lo, hi int64) bool {
	if l.Frac < 0 || l.Frac >= len(pow10) || (l.Frac > 0) != (l.Point != 0) || len(l.Tail) > maxTail || l.Sep == 0 && (l.Frac > 0 || l.Tail != "") {
		return false
	}
	first, last := types.Days(0, 1, 1), types.Days(9999, 12, 31)
	per := l.perDay()
	return lo <= hi && types.FloorDiv(lo, per) >= first && types.FloorDiv(hi, per) <= last
}

// Bounds turns a range of instants in milliseconds into one of ticks: ok is false
// where the texts lo to hi do not all stand for instants at one distance from the
// clock that they show, as from_iso8601_timestamp reads them.
func (l *Layout) Bounds(lo int64, from, to int64, session types.Zone) (first, last int64, ok bool) {
	if (l.Tail == "" || l.Sep == 0) && session != types.UTC || l.Sep == ' ' || l.Sep == 't' {
		return 0, 0, false // the session's zone may change its offset
	}
	text := l.Append(make([]byte, 0, 64), lo)
	at, err := types.ParseISO8601Timestamp(string(text), session)
	if err != nil {
		return 0, 0, false
	}
	// Of the clock shown: milliseconds, with further digits cut.
	var shown int64
	switch {
	case l.Sep == 0:
		shown = lo * types.MillisPerDay
	case l.Frac < 3:
		shown = lo * pow10[3-l.Frac]
	default:
		shown = types.FloorDiv(lo, pow10[l.Frac-3])
	}
	offset := shown - at.Millis
	if from != math.MinInt64 {
		from += offset
	}
	if to != math.MaxInt64 {
		to += offset
	}
	switch {
	case l.Sep == 0:
		first, last = ceilDiv(from, types.MillisPerDay), types.FloorDiv(to, types.MillisPerDay)
	case l.Frac < 3:
		first, last = ceilDiv(from, pow10[3-l.Frac]), types.FloorDiv(to, pow10[3-l.Frac])
	default:
		unit := pow10[l.Frac-3]
		first, last = times(from, unit), times(to, unit)
		if last <= math.MaxInt64-unit {
			last += unit - 1
		}
	}
	return first, last, true
}

// TextBounds turns a range of texts into one of ticks, from lo to hi: texts of one
// layout sort as their ticks do. A bound that is absent is nil.
func (l *Layout) TextBounds(lo, hi int64, from, to *TextBound) (first, last int64) {
	first, last = lo, hi
	var mem [96]byte
	// search gives the first tick whose text is not below the bound, or not up to
	// it where it is to be passed.
	search := func(b *TextBound, pass bool) int64 {
		i, j := lo, hi+1 // hi is far from the end of int64
		for i < j {
			mid := i + (j-i)/2
			text := string(l.Append(mem[:0], mid))
			if text < b.Text || pass && text == b.Text {
				i = mid + 1
			} else {
				j = mid
			}
		}
		return i
	}
	if from != nil {
		first = search(from, from.Open)
	}
	if to != nil {
		last = search(to, !to.Open) - 1
	}
	return first, last
}

// TextBound is one end of a range of strings. Open leaves the string itself out.
type TextBound struct {
	Text string
	Open bool
}

func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

// times multiplies, and stops at the ends of int64.
func times(a, b int64) int64 {
	switch {
	case a > math.MaxInt64/b:
		return math.MaxInt64
	case a < math.MinInt64/b:
		return math.MinInt64
	}
	return a * b
}
