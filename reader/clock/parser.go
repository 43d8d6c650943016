package clock

// Parser: a page of texts at once.

import (
	"unsafe"

	"github.com/ionq-db/ionq/sql/types"
)

// Parser reads texts of one layout. It is not safe for concurrent use.
type Parser struct {
	Layout
	form form
}

// form is what the vectors' loop (parser_amd64.s) knows of a layout. Texts are
// looked at as their first 16 bytes and their last 16, which may overlap.
type form struct {
	first, firstMost [16]byte // what is taken off each byte, and the most that may be left
	last, lastMost   [16]byte
	shuffle          [16]byte // of the last bytes: eight digits of the fraction, and seconds
	size             int      // of a text; 0: the loop does not know the layout
	unit             int64    // ticks a second
	years            *[256]int32
	days             *[2][20 * 64]int16
}

// Bounds of the loop's layouts: what two vectors hold, and the digits of a
// fraction that half a vector does.
const (
	maxSize = 32
	maxFrac = 8
)

// noByte makes a zero where a shuffle has it.
const noByte = 0x80

// secondAt is where the shuffle of the last bytes puts the seconds.
const secondAt = 12

// Set makes p read a layout.
func (p *Parser) Set(l Layout) {
	p.Layout, p.form = l, form{}
	size := l.Size()
	if l.Sep == 0 || size > maxSize || l.Frac > maxFrac {
		return
	}
	f := &p.form
	f.size, f.unit, f.years, f.days = size, pow10[l.Frac], &years, &days
	// The most that the bytes of 0000-00-00T00:00:00 may have above it.
	var least, most [maxSize]byte
	copy(least[:], "0000-00-00T00:00:00")
	copy(most[:], "\x09\x09\x09\x09\x00\x01\x09\x00\x03\x09\x00\x02\x09\x00\x05\x09\x00\x05\x09")
	least[dateLen] = l.Sep
	i := clockLen
	if l.Frac > 0 {
		least[i] = l.Point
		for i++; i <= clockLen+l.Frac; i++ {
			least[i], most[i] = '0', 9
		}
	}
	copy(least[i:], l.Tail)
	copy(f.first[:], least[:])
	copy(f.firstMost[:], most[:])
	copy(f.last[:], least[size-16:])
	copy(f.lastMost[:], most[size-16:])
	for k := range f.shuffle {
		f.shuffle[k] = noByte
	}
	for k := range l.Frac {
		f.shuffle[maxFrac-l.Frac+k] = byte(clockLen + 1 + k - (size - 16))
	}
	for k := range 2 {
		f.shuffle[secondAt+k] = byte(clockLen - 2 + k - (size - 16))
	}
}

// days tells the vectors' loop what day of the year a month and a day are, at
// month*64+day, first of common years, then of leap years: -1 where there is no such
// day. Fields up to 19 and 39 come that far.
var days = func() (m [2][20 * 64]int16) {
	for leap := range m {
		for k := range m[leap] {
			m[leap][k] = -1
		}
		at := int16(0)
		for month, n := range [...]int{31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31} {
			for day := range n {
				m[leap][(month+1)*64+day+1] = at
				at++
			}
		}
	}
	return m
}()

// firstYear and the 255 after it are those that the vectors' loop knows.
const firstYear = 1900

// years are, of each of them, twice the days from 1970 to its first one, and 1 of a
// leap year.
var years = func() (m [256]int32) {
	for k := range m {
		m[k] = int32(2 * types.Days(firstYear+k, 1, 1))
		if types.IsLeap(firstYear + k) {
			m[k]++
		}
	}
	return m
}()

// Texts puts the ticks of texts in dst, up to the first text that is not of the
// layout, and returns the number of those in front of it.
func (p *Parser) Texts(dst []int64, texts []string) int {
	k := p.vectorTexts(dst, texts)
	for ; k < len(texts); k++ {
		ticks, ok := p.Parse(texts[k])
		if !ok {
			break
		}
		dst[k] = ticks
	}
	return k
}

// Places is Texts for the strings of rows[k:], in their quotes and without escape
// sequences, that at and till place in b as package shape does: the ticks of row r
// are put in dst[r]. It returns the place in rows of the first one that it leaves
// to others.
func (p *Parser) Places(dst []int64, b []byte, at, till, rows []int32, k int) int {
	for ; ; k++ {
		k = p.vectorPlaces(dst, b, at, till, rows, k)
		if k >= len(rows) {
			return k
		}
		r := rows[k]
		i, end := int(at[r]), int(till[r])
		if i < 0 || end < 0 || end&1 != 0 || b[i>>1] != '"' {
			return k
		}
		s := b[i>>1+1 : end>>1-1]
		ticks, ok := p.Parse(unsafe.String(unsafe.SliceData(s), len(s)))
		if !ok {
			return k
		}
		dst[r] = ticks
	}
}
