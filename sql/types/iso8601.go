package types

// ISO 8601 texts: from_iso8601_timestamp (Joda's ISODateTimeFormat.
// dateTimeParser with the parsed offset as zone), from_iso8601_timestamp_nanos
// (java.time's ISO_DATE_TIME) and from_iso8601_date (Joda's dateElementParser).
// Semantics 5.1 and 5.2.

import (
	"fmt"
	"strings"
)

// ParseISO8601Timestamp reads the text of from_iso8601_timestamp: milliseconds,
// further digits cut, and the zone of the offset in the text, or else session.
// The error is a *FormatError (INVALID_FUNCTION_ARGUMENT) with Joda's message,
// or a *ZoneError (NOT_SUPPORTED).
func ParseISO8601Timestamp(s string, session Zone) (Instant, error) {
	if t, ok := parseISOFast(s, session); ok {
		return t, nil
	}
	return isoDateTime.ParseInstant(s, session)
}

// ParseISO8601Date reads the text of from_iso8601_date.
func ParseISO8601Date(s string) (days int64, err error) {
	ms, err := isoDate.ParseMillis(s)
	if err != nil {
		return 0, err
	}
	return FloorDiv(ms, MillisPerDay), nil
}

// load8 gives s[i:i+8] as a little-endian number.
func load8(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// parseISOFast takes the layout that nearly all data has,
// YYYY-MM-DDThh:mm:ss[.f{1,9}][Z|±hh[:]mm], with all fields in range; ok is
// false for everything else, right or wrong.
func parseISOFast(s string, session Zone) (t Instant, ok bool) {
	if t.Millis, ok = isoUTC(s); ok {
		return t, true
	}
	if len(s) < 19 {
		return t, false
	}
	// Eight bytes at a time: the XOR leaves digits' values and zeros for the
	// separators; adding 6 to a digit above 9 carries into its high half.
	const (
		date   = 0x2d30302d30303030 // "0000-00-"
		clock  = 0x30303a3030543030 // "00T00:00"
		highs  = 0xf0f0f0f0f0f0f0f0
		sixes  = 0x0606060606060606
		dateSp = 0x0f00000f00000000 // separators must be zero altogether
		clkSp  = 0x00000f00000f0000
	)
	d := load8(s, 0) ^ date
	c := load8(s, 8) ^ clock
	if ((d|(d+sixes))&highs)|(d&dateSp)|((c|(c+sixes))&highs)|(c&clkSp) != 0 {
		return t, false
	}
	s1, s2 := s[17]-'0', s[18]-'0'
	if s[16] != ':' || s1 > 5 || s2 > 9 {
		return t, false
	}
	// Ten times each digit plus the next one: pairs stand where they begin.
	d, c = d*10+d>>8, c*10+c>>8
	year := int(d&0xff)*100 + int(d>>16&0xff)
	month := int(d >> 40 & 0xff)
	day, hour, minute := int(c&0xff), int(c>>24&0xff), int(c>>48&0xff)
	if uint(month-1) > 11 || hour > 23 || minute > 59 || day < 1 || day > 28 && day > DaysInMonth(year, month) {
		return t, false
	}
	millis := (Days(year, month, day)*secondsPerDay + int64(hour*3600+minute*60) + int64(s1)*10 + int64(s2)) * 1000
	i := 19
	if i < len(s) && (s[i] == '.' || s[i] == ',') {
		unit := int64(100)
		for i++; i < len(s) && i < 23; i++ {
			c := s[i] - '0'
			if c > 9 {
				break
			}
			millis += int64(c) * unit
			unit = unit * 205 >> 11 // 100, 10, 1
		}
		if i == 23 {
			for i < len(s) && isDigit(s[i]) {
				i++
			}
		}
		if i == 20 || i > 29 {
			return t, false
		}
	}
	switch rest := s[i:]; {
	case rest == "":
		if session != UTC {
			return t, false
		}
		return Instant{Millis: millis}, true
	case len(rest) == 1 && rest[0] == 'Z':
		return Instant{Millis: millis}, true
	case len(rest) == 5 || len(rest) == 6 && rest[3] == ':':
		h1, h2, m1, m2 := rest[1]-'0', rest[2]-'0', rest[len(rest)-2]-'0', rest[len(rest)-1]-'0'
		off := (int(h1)*10+int(h2))*60 + int(m1)*10 + int(m2)
		if h1 > 9 || h2 > 9 || m1 > 5 || m2 > 9 || off > maxZoneOffset {
			return t, false
		}
		switch rest[0] {
		case '-':
			off = -off
		case '+':
		default:
			return t, false
		}
		z, _ := ZoneForOffset(off)
		return Instant{Millis: millis - int64(off)*60_000, Zone: z}, true
	}
	return t, false
}

// ISOMillis gives the milliseconds of what ParseISO8601Timestamp would return. ok
// is false where the text is wrong, or in a layout that is not usual in data.
func ISOMillis(s string, session Zone) (millis int64, ok bool) {
	if millis, ok = isoUTC(s); ok {
		return millis, true
	}
	t, ok := parseISOFast(s, session)
	return t.Millis, ok
}

// isoUTC takes YYYY-MM-DDThh:mm:ss.ffffff+0000, which is how the exports that
// ionq is made for spell it.
func isoUTC(s string) (millis int64, ok bool) {
	if len(s) != 31 {
		return 0, false
	}
	// As in parseISOFast. The last word overlaps the one before it.
	const (
		date  = 0x2d30302d30303030 // "0000-00-"
		clock = 0x30303a3030543030 // "00T00:00"
		secs  = 0x303030302e30303a // ":00.0000"
		zone  = 0x303030302b303030 // "000+0000"
		sixes = 0x0606060606060606
	)
	d, c, e, f := load8(s, 0)^date, load8(s, 8)^clock, load8(s, 16)^secs, load8(s, 23)^zone
	bad := (d | (d + sixes) | c | (c + sixes) | e | (e + sixes) | f | (f + sixes)) & 0xf0f0f0f0f0f0f0f0
	bad |= d&0xff0000ff00000000 | c&0x0000ff0000ff0000 | e&0x00000000ff0000ff | f&0xffffffffff000000
	third := int64(e >> 48 & 0xff) // digit of the fraction
	d, c, e = d*10+d>>8, c*10+c>>8, e*10+e>>8
	year := int(d&0xff)*100 + int(d>>16&0xff)
	month, day, hour, minute, second := d>>40&0xff, c&0xff, c>>24&0xff, c>>48&0xff, e>>8&0xff
	if bad != 0 || month-1 > 11 || hour > 23 || minute > 59 || second > 59 || day-1 > 27 && (day == 0 || int(day) > DaysInMonth(year, int(month))) {
		return 0, false
	}
	millis = Days(year, int(month), int(day))*MillisPerDay + int64(hour*60+minute)*60_000 + int64(second)*1000
	return millis + int64(e>>32&0xff)*10 + third, true
}

// ParseISO8601Nanos reads the text of from_iso8601_timestamp_nanos: a date, T, a
// time whose seconds may be absent, up to nine fraction digits, and an offset
// with colons, with an optional [Region] after it; a text without offset is in
// session's zone. The errors are as for ParseISO8601Timestamp.
func ParseISO8601Nanos(s string, session Zone) (Instant, error) {
	p := javaParser{text: s}
	return p.dateTime(session)
}

// javaParser reads ISO_DATE_TIME the way java.time does, with its messages.
type javaParser struct {
	text string
	pos  int
}

func (p *javaParser) fail(at int) error {
	return &FormatError{fmt.Sprintf("Text '%s' could not be parsed at index %d", abbreviate(p.text), at)}
}

// abbreviate shortens a text for the message as java.time does.
func abbreviate(s string) string {
	if len(s) > 64 {
		return s[:64] + "..."
	}
	return s
}

func (p *javaParser) invalid(format string, args ...any) error {
	return &FormatError{fmt.Sprintf("Text '%s' could not be parsed: ", abbreviate(p.text)) + fmt.Sprintf(format, args...)}
}

func (p *javaParser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

// two reads a field of exactly two digits. Ranges are checked when the whole
// text was read.
func (p *javaParser) two() (int, error) {
	v := twoDigits(p.text, p.pos)
	if v < 0 {
		return 0, p.fail(p.pos)
	}
	p.pos += 2
	return v, nil
}

func (p *javaParser) dateTime(session Zone) (Instant, error) {
	none := Instant{}
	year, err := p.year()
	if err != nil {
		return none, err
	}
	var month, day, hour, minute, second int
	for _, f := range []struct {
		sep byte
		to  *int
	}{{'-', &month}, {'-', &day}, {'t', &hour}, {':', &minute}} {
		c := p.peek()
		if f.sep == 't' {
			c |= 0x20
		}
		if c != f.sep {
			return none, p.fail(p.pos)
		}
		p.pos++
		if *f.to, err = p.two(); err != nil {
			return none, err
		}
	}
	nanos := int64(0)
	if p.peek() == ':' && twoDigits(p.text, p.pos+1) >= 0 {
		second = twoDigits(p.text, p.pos+1)
		p.pos += 3
		if p.peek() == '.' {
			v, end := digits(p.text, p.pos+1, 9)
			nanos = int64(v) * pow10[9-(end-p.pos-1)]
			p.pos = end
		}
	}
	zoned, offset := false, 0
	if c := p.peek(); c|0x20 == 'z' {
		zoned = true
		p.pos++
	} else if n, sec, ok := p.offset(); ok {
		p.pos += n
		zoned, offset = true, sec
		if sec <= -24*3600 || sec >= 24*3600 {
			return none, p.invalid("Value out of range: Hour[0-23], Minute[0-59], Second[0-59]")
		}
	}
	region := ""
	if zoned && p.peek() == '[' {
		if end := strings.IndexByte(p.text[p.pos:], ']'); end > 1 {
			name := p.text[p.pos+1 : p.pos+end]
			if _, _, ok := javaZone(name); ok {
				region = name
				p.pos += end + 1
			}
		}
	}
	if p.pos < len(p.text) {
		return none, &FormatError{fmt.Sprintf("Text '%s' could not be parsed, unparsed text found at index %d", abbreviate(p.text), p.pos)}
	}
	if year > 999_999_999 || year < -999_999_999 {
		return none, p.invalid("Invalid value for Year (valid values -999999999 - 999999999): %d", year)
	}
	if _, err := civilOrMessage(year, month, day); err != nil {
		return none, p.invalid("%s", err.Error())
	}
	for _, f := range []struct {
		name  string
		v, hi int
	}{{"HourOfDay", hour, 23}, {"MinuteOfHour", minute, 59}, {"SecondOfMinute", second, 59}} {
		if f.v > f.hi {
			return none, p.invalid("Invalid value for %s (valid values 0 - %d): %d", f.name, f.hi, f.v)
		}
	}
	if year < minYear || year > maxYear {
		return none, &RangeError{"long overflow"}
	}
	if offset < -18*3600 || offset > 18*3600 {
		return none, p.invalid("Zone offset not in valid range: -18:00 to +18:00")
	}
	sec := Days(year, month, day)*secondsPerDay + int64(hour*3600+minute*60+second)
	z := session
	switch {
	case region != "":
		// The offset decides the instant, the region the zone, also where they
		// contradict each other.
		if z, err = ZoneByName(region); err != nil {
			return none, err
		}
	case zoned:
		ok := offset%60 == 0
		if ok {
			z, ok = ZoneForOffset(offset / 60)
		}
		if !ok {
			return none, &ZoneError{jodaOffset(offset * 1000)}
		}
	default:
		offset, _ = z.OffsetAtLocal(sec)
	}
	sec -= int64(offset)
	return Instant{Millis: sec*1000 + nanos/1_000_000, Picos: int32(nanos%1_000_000) * 1000, Zone: z}, nil
}

// year reads four digits, or a sign and four to ten; a plus needs five.
func (p *javaParser) year() (int, error) {
	start, sign := p.pos, p.peek()
	signed := sign == '+' || sign == '-'
	if signed {
		p.pos++
	}
	year, end := digits(p.text, p.pos, 10)
	n := end - p.pos
	switch {
	case n < 4:
		return 0, p.fail(p.pos)
	case sign == '+' && n == 4, sign == '-' && year == 0, !signed && n > 4:
		return 0, p.fail(start)
	}
	p.pos = end
	if sign == '-' {
		year = -year
	}
	return year, nil
}

// offset reads ±hh:mm[:ss]; hours are any two digits.
func (p *javaParser) offset() (n, seconds int, ok bool) {
	s, i := p.text, p.pos
	if c := p.peek(); c != '+' && c != '-' {
		return 0, 0, false
	}
	h, m := twoDigits(s, i+1), twoDigits(s, i+4)
	if h < 0 || h > 63 || m < 0 || m > 59 || s[i+3] != ':' { // java.time keeps hours in six bits
		return 0, 0, false
	}
	n, seconds = 6, h*3600+m*60
	if i+6 < len(s) && s[i+6] == ':' {
		if sec := twoDigits(s, i+7); sec >= 0 && sec <= 59 {
			n, seconds = 9, seconds+sec
		}
	}
	if s[i] == '-' {
		seconds = -seconds
	}
	return n, seconds, true
}

// isoDateOnly is Joda's ISODateTimeFormat.date.
var isoDateOnly = &Format{[]element{
	signedNumber(fieldYear, 4, 9),
	{kind: elemLiteral, literal: "-"},
	number(fieldMonth, 2, 2),
	{kind: elemLiteral, literal: "-"},
	number(fieldDayOfMonth, 2, 2),
}}

// ParseDateText reads what ParseDate reads, and says what is wrong with the
// text where it is no date: java.time's message for yyyy-MM-dd, Joda's for
// other forms (DateTimeUtils.parseDate; date_parse shows it).
func ParseDateText(s string) (days int64, err error) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' && twoDigits(s, 0) >= 0 && twoDigits(s, 2) >= 0 && twoDigits(s, 5) >= 0 && twoDigits(s, 8) >= 0 {
		y, m, d := twoDigits(s, 0)*100+twoDigits(s, 2), twoDigits(s, 5), twoDigits(s, 8)
		return civilOrMessage(y, m, d)
	}
	ms, err := isoDateOnly.ParseMillis(s)
	if err != nil {
		return 0, err
	}
	days = FloorDiv(ms, MillisPerDay)
	if days != int64(int32(days)) {
		return 0, &FormatError{"integer overflow"}
	}
	return days, nil
}

var javaMonths = [...]string{"", "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"}

// civilOrMessage is LocalDate.of.
func civilOrMessage(y, m, d int) (int64, error) {
	switch {
	case m < 1 || m > 12:
		return 0, &FormatError{fmt.Sprintf("Invalid value for MonthOfYear (valid values 1 - 12): %d", m)}
	case d < 1 || d > 31:
		return 0, &FormatError{fmt.Sprintf("Invalid value for DayOfMonth (valid values 1 - 28/31): %d", d)}
	case d > DaysInMonth(y, m) && d == 29:
		return 0, &FormatError{fmt.Sprintf("Invalid date 'February 29' as '%d' is not a leap year", y)}
	case d > DaysInMonth(y, m):
		return 0, &FormatError{fmt.Sprintf("Invalid date '%s %d'", javaMonths[m], d)}
	}
	return Days(y, m, d), nil
}
