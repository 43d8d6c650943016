package types

// Formats of date and time texts with the meaning of Joda-Time's formatters,
// which Trino uses for from_iso8601_timestamp, date_parse, date_format,
// parse_datetime and format_datetime: how far each element reads, which error
// is reported where, in which order the fields that were read are set, and how
// values print. The locale is English.

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// FormatError tells that a text does not follow a format, or that a format is
// none. Its text is Joda-Time's (Trino: INVALID_FUNCTION_ARGUMENT).
type FormatError struct{ Msg string }

func (e *FormatError) Error() string { return e.Msg }

// field is a calendar field of Joda-Time's ISO chronology.
type field uint8

const (
	fieldEra field = iota
	fieldCenturyOfEra
	fieldYearOfEra
	fieldYear
	fieldWeekyear
	fieldMonth
	fieldWeek
	fieldDayOfYear
	fieldDayOfMonth
	fieldDayOfWeek
	fieldHalfday
	fieldHour
	fieldClockhour
	fieldHourOfHalfday
	fieldClockhourOfHalfday
	fieldMinute
	fieldSecond
	fieldMillis
)

// unbounded is the length of fields without one; they sort first.
const (
	unbounded     = int64(1<<63 - 1)
	milliSecond   = 1000
	milliMinute   = 60 * milliSecond
	milliHour     = 60 * milliMinute
	milliHalfday  = 12 * milliHour
	milliWeek     = 7 * MillisPerDay
	milliYear     = 31_556_952_000 // the Gregorian mean, Joda's unit
	milliMonth    = milliYear / 12
	minYear       = -292_275_054 // Joda's GregorianChronology
	maxYear       = 292_278_993
	defaultYear   = 2000 // for texts with a month or day and no year
	maxFormatSize = 1 << 16
)

// fieldInfo has a field's name in messages, its length and the length of what
// it counts within (Joda: duration field and range duration field).
var fieldInfo = [...]struct {
	name         string
	length, span int64
}{
	fieldEra:                {"era", unbounded, unbounded},
	fieldCenturyOfEra:       {"centuryOfEra", 100 * milliYear, unbounded},
	fieldYearOfEra:          {"yearOfEra", milliYear, unbounded},
	fieldYear:               {"year", milliYear, unbounded},
	fieldWeekyear:           {"weekyear", milliYear, unbounded},
	fieldMonth:              {"monthOfYear", milliMonth, milliYear},
	fieldWeek:               {"weekOfWeekyear", milliWeek, milliYear},
	fieldDayOfYear:          {"dayOfYear", MillisPerDay, milliYear},
	fieldDayOfMonth:         {"dayOfMonth", MillisPerDay, milliMonth},
	fieldDayOfWeek:          {"dayOfWeek", MillisPerDay, milliWeek},
	fieldHalfday:            {"halfdayOfDay", milliHalfday, MillisPerDay},
	fieldHour:               {"hourOfDay", milliHour, MillisPerDay},
	fieldClockhour:          {"clockhourOfDay", milliHour, MillisPerDay},
	fieldHourOfHalfday:      {"hourOfHalfday", milliHour, milliHalfday},
	fieldClockhourOfHalfday: {"clockhourOfHalfday", milliHour, milliHalfday},
	fieldMinute:             {"minuteOfHour", milliMinute, milliHour},
	fieldSecond:             {"secondOfMinute", milliSecond, milliMinute},
	fieldMillis:             {"millisOfSecond", 1, milliSecond},
}

// fieldGet returns a field's value on a wall clock.
func fieldGet(f field, local int64) int {
	days := FloorDiv(local, MillisPerDay)
	tod := local - days*MillisPerDay
	switch f {
	case fieldEra, fieldCenturyOfEra, fieldYearOfEra, fieldYear:
		y, _, _ := Civil(days)
		switch {
		case f == fieldYear:
			return y
		case f == fieldEra:
			if y <= 0 {
				return 0
			}
			return 1
		}
		if f == fieldCenturyOfEra { // of the year without its sign
			if y < 0 {
				y = -y
			}
			return y / 100
		}
		if y <= 0 {
			y = 1 - y
		}
		return y
	case fieldWeekyear:
		y, _ := ISOWeek(days)
		return y
	case fieldMonth:
		_, m, _ := Civil(days)
		return m
	case fieldWeek:
		_, w := ISOWeek(days)
		return w
	case fieldDayOfYear:
		return DayOfYear(days)
	case fieldDayOfMonth:
		_, _, d := Civil(days)
		return d
	case fieldDayOfWeek:
		return DayOfWeek(days)
	case fieldHalfday:
		return int(tod / milliHalfday)
	case fieldHour:
		return int(tod / milliHour)
	case fieldClockhour:
		return (int(tod/milliHour)+23)%24 + 1
	case fieldHourOfHalfday:
		return int(tod/milliHour) % 12
	case fieldClockhourOfHalfday:
		return (int(tod/milliHour)+11)%12 + 1
	case fieldMinute:
		return int(tod / milliMinute % 60)
	case fieldSecond:
		return int(tod / milliSecond % 60)
	}
	return int(tod % milliSecond)
}

func fieldBounds(f field, v, lo, hi int) error {
	if v < lo || v > hi {
		return &FormatError{fmt.Sprintf("Value %d for %s must be in the range [%d,%d]", v, fieldInfo[f].name, lo, hi)}
	}
	return nil
}

// setYear keeps month, day and time; February 29 becomes 28 as Joda has it.
func setYear(days int64, year int) int64 {
	y, m, d := Civil(days)
	if m == 2 && d == 29 && !IsLeap(year) {
		d = 28
	}
	if y == year {
		return days
	}
	return Days(year, m, d)
}

func weeksIn(weekyear int) int { return int(WeekStart(weekyear+1)-WeekStart(weekyear)) / 7 }

// savedField is a field that was read, to be set later. within is the range of
// a fraction, which counts milliseconds within an hour, minute or second.
type savedField struct {
	f      field
	value  int
	within int64
}

func (s savedField) rangeLength() int64 {
	if s.within != 0 {
		return s.within
	}
	return fieldInfo[s.f].span
}

// set puts the field's value into a wall clock.
func (s savedField) set(local int64) (int64, error) {
	f, v := s.f, s.value
	days := FloorDiv(local, MillisPerDay)
	tod := local - days*MillisPerDay
	var err error
	switch f {
	case fieldEra:
		if fieldGet(f, local) != v {
			y, _, _ := Civil(days)
			days = setYear(days, -y)
		}
	case fieldYear:
		// One year more either way: parsing may reach into it with an offset.
		if err = fieldBounds(f, v, minYear-1, maxYear+1); err == nil {
			days = setYear(days, v)
		}
	case fieldCenturyOfEra:
		if err = fieldBounds(f, v, 0, maxYear/100); err == nil {
			y, _, _ := Civil(days)
			if y < 0 {
				days = setYear(days, -(v*100 + -y%100))
			} else {
				days = setYear(days, v*100+y%100)
			}
		}
	case fieldYearOfEra:
		if err = fieldBounds(f, v, 1, maxYear); err == nil {
			if y, _, _ := Civil(days); y <= 0 {
				v = 1 - v
			}
			days = setYear(days, v)
		}
	case fieldWeekyear:
		abs := v
		if abs < 0 {
			abs = -abs
		}
		if err = fieldBounds(f, abs, minYear, maxYear); err == nil {
			y, w := ISOWeek(days)
			if y != v {
				w = min(w, weeksIn(y), weeksIn(v))
				days = WeekStart(v) + int64(w-1)*7 + int64(DayOfWeek(days)) - 1
			}
		}
	case fieldMonth:
		if err = fieldBounds(f, v, 1, 12); err == nil {
			y, _, d := Civil(days)
			days = Days(y, v, min(d, DaysInMonth(y, v)))
		}
	case fieldWeek:
		y, w := ISOWeek(days)
		hi := 52
		if v > 52 {
			hi = weeksIn(y)
		}
		if err = fieldBounds(f, v, 1, hi); err == nil {
			days += int64(v-w) * 7
		}
	case fieldDayOfYear:
		hi := 365
		y, _, _ := Civil(days)
		if (v > 365 || v < 1) && IsLeap(y) {
			hi = 366
		}
		if err = fieldBounds(f, v, 1, hi); err == nil {
			days = Days(y, 1, 1) + int64(v) - 1
		}
	case fieldDayOfMonth:
		y, m, d := Civil(days)
		hi := 28
		if v > 28 || v < 1 {
			hi = DaysInMonth(y, m)
		}
		if err = fieldBounds(f, v, 1, hi); err == nil {
			days += int64(v - d)
		}
	case fieldDayOfWeek:
		if err = fieldBounds(f, v, 1, 7); err == nil {
			days += int64(v - DayOfWeek(days))
		}
	case fieldHalfday:
		err = fieldBounds(f, v, 0, 1)
		tod = tod%milliHalfday + int64(v)*milliHalfday
	case fieldHour:
		err = fieldBounds(f, v, 0, 23)
		tod = tod%milliHour + int64(v)*milliHour
	case fieldClockhour:
		err = fieldBounds(f, v, 1, 24)
		tod = tod%milliHour + int64(v%24)*milliHour
	case fieldHourOfHalfday, fieldClockhourOfHalfday:
		if f == fieldHourOfHalfday {
			err = fieldBounds(f, v, 0, 11)
		} else {
			err = fieldBounds(f, v, 1, 12)
		}
		tod += int64(v%12-int(tod/milliHour)%12) * milliHour
	case fieldMinute:
		err = fieldBounds(f, v, 0, 59)
		tod += int64(v-int(tod/milliMinute%60)) * milliMinute
	case fieldSecond:
		err = fieldBounds(f, v, 0, 59)
		tod += int64(v-int(tod/milliSecond%60)) * milliSecond
	case fieldMillis:
		within := s.rangeLength()
		err = fieldBounds(f, v, 0, int(within)-1)
		tod += int64(v) - tod%within
	}
	return days*MillisPerDay + tod, err
}

// floor cuts a wall clock to the start of the field's unit.
func (s savedField) floor(local int64) int64 {
	days := FloorDiv(local, MillisPerDay)
	switch s.f {
	case fieldEra:
		if fieldGet(fieldEra, local) == 1 {
			return Days(1, 1, 1) * MillisPerDay
		}
		return Days(minYear, 1, 1) * MillisPerDay
	case fieldCenturyOfEra:
		y, _, _ := Civil(days)
		return Days(y/100*100, 1, 1) * MillisPerDay
	case fieldYearOfEra, fieldYear:
		y, _, _ := Civil(days)
		return Days(y, 1, 1) * MillisPerDay
	case fieldWeekyear:
		y, _ := ISOWeek(days)
		return WeekStart(y) * MillisPerDay
	case fieldMonth:
		_, _, d := Civil(days)
		return (days - int64(d) + 1) * MillisPerDay
	case fieldWeek:
		return (days - int64(DayOfWeek(days)) + 1) * MillisPerDay
	}
	length := fieldInfo[s.f].length
	return FloorDiv(local, length) * length
}

// bucket collects what was read (Joda's DateTimeParserBucket).
type bucket struct {
	fields    []savedField
	backing   [12]savedField
	offset    int // milliseconds
	hasOffset bool
	zone      Zone
}

func (b *bucket) save(f field, v int) { b.fields = append(b.fields, savedField{f: f, value: v}) }

// before tells that a field is set before another one: that of the longer range
// and, within one range, the longer field.
func (s savedField) before(o savedField) bool {
	if r, q := s.rangeLength(), o.rangeLength(); r != q {
		return r > q
	}
	return fieldInfo[s.f].length > fieldInfo[o.f].length
}

// sort orders the few fields, keeping the order of equals.
func (b *bucket) sort() {
	for i := range b.fields {
		for j := i; j > 0 && b.fields[j].before(b.fields[j-1]); j-- {
			b.fields[j], b.fields[j-1] = b.fields[j-1], b.fields[j]
		}
	}
}

// millis sets the fields, longest ranges first, and gives the instant.
func (b *bucket) millis(text string) (int64, error) {
	b.sort()
	if len(b.fields) > 0 {
		if n := fieldInfo[b.fields[0].f].length; n <= milliMonth && n >= MillisPerDay {
			b.save(fieldYear, defaultYear)
			b.sort()
		}
	}
	var t int64
	var err error
	for pass := range 2 {
		for i, s := range b.fields {
			if t, err = s.set(t); err != nil {
				return 0, &FormatError{"Cannot parse \"" + text + "\": " + err.Error()}
			}
			// Once each field was set and what is below it cleared, they are set
			// again, so that contradictions show.
			if pass == 0 || i == len(b.fields)-1 {
				t = s.floor(t)
			}
		}
	}
	if b.hasOffset {
		return t - int64(b.offset), nil
	}
	sec := FloorDiv(t, 1000)
	off, valid := b.zone.OffsetAtLocal(sec)
	if !valid {
		return 0, &FormatError{"Cannot parse \"" + text + "\": Illegal instant due to time zone offset transition (" + b.zone.String() + ")"}
	}
	return t - int64(off)*1000, nil
}

type elementKind uint8

const (
	elemLiteral   elementKind = iota
	elemNumber                // min digits printed, max digits read, signed
	elemTwoDigits             // two-digit year around a pivot
	elemText                  // name, or its short form
	elemFraction              // of field fieldSecond, fieldMinute, fieldHour
	elemOffset                // +0900 or, with colons, +09:00; Z is read, and printed where zulu
	elemZoneID
	elemZoneName // PST, or Pacific Standard Time
	elemChoice   // one of some sequences, for parsing only
)

type element struct {
	kind     elementKind
	f        field
	min, max int
	signed   bool
	short    bool
	lenient  bool
	colon    bool
	pivot    int
	literal  string
	choice   [][]element
	optional bool // a choice that may be none
}

// Format is a compiled format. It is safe for concurrent use.
type Format struct{ elems []element }

// parse reads the elements at text[pos:] and returns where it stopped, or the
// complement of the place of the error.
func parseElements(elems []element, b *bucket, text string, pos int) int {
	for i := range elems {
		if pos = elems[i].parse(b, text, pos); pos < 0 {
			return pos
		}
	}
	return pos
}

func (e *element) parse(b *bucket, text string, pos int) int {
	switch e.kind {
	case elemLiteral:
		if n := prefixFold(text[pos:], e.literal); n >= 0 {
			return pos + n
		}
		return ^pos
	case elemNumber:
		return e.parseNumber(b, text, pos)
	case elemTwoDigits:
		return e.parseTwoDigits(b, text, pos)
	case elemText:
		names := fieldNames(e.f)
		for end := min(len(text), pos+names.longest); end > pos; end-- {
			if v, ok := names.values[text[pos:end]]; ok {
				b.save(e.f, v)
				return end
			}
		}
		return ^pos
	case elemFraction:
		n := fieldInfo[e.f].length * 10
		value, i := int64(0), pos
		for ; i < len(text) && i-pos < e.max && isDigit(text[i]); i++ {
			n /= 10
			value += int64(text[i]-'0') * n
		}
		if i == pos {
			return ^pos
		}
		b.fields = append(b.fields, savedField{f: fieldMillis, value: int(value / 10), within: fieldInfo[e.f].length})
		return i
	case elemOffset:
		return parseOffset(b, text, pos)
	case elemZoneID:
		return parseZoneID(b, text, pos)
	case elemZoneName:
		best := 0
		for name, zone := range shortZones {
			if len(name) > best && strings.HasPrefix(text[pos:], name) {
				if z, err := ZoneByName(zone); err == nil {
					best, b.zone = len(name), z
				}
			}
		}
		if best == 0 {
			return ^pos
		}
		return pos + best
	}
	return e.parseChoice(b, text, pos)
}

// shortZones are the only zone names that Joda reads for z.
var shortZones = map[string]string{
	"UT": "UTC", "UTC": "UTC", "GMT": "UTC", "EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago",
	"CDT": "America/Chicago", "MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
}

func (e *element) parseNumber(b *bucket, text string, pos int) int {
	limit := min(e.max, len(text)-pos)
	n := 0
	for n < limit {
		c := text[pos+n]
		if n == 0 && (c == '-' || c == '+') && e.signed {
			if n+1 >= limit || !isDigit(text[pos+n+1]) {
				break
			}
			n++
			limit = min(limit+1, len(text)-pos)
			continue
		}
		if !isDigit(c) {
			break
		}
		n++
	}
	if n == 0 {
		return ^pos
	}
	v, ok := parseInt32(text[pos : pos+n])
	if !ok {
		return overflowPos
	}
	b.save(e.f, v)
	return pos + n
}

// overflowPos stands for a number beyond 32 bits, for which Java throws a
// NumberFormatException in the middle of parsing.
const overflowPos = -1 << 62

func parseInt32(s string) (int, bool) {
	v, err := strconv.ParseInt(s, 10, 32)
	return int(v), err == nil
}

func (e *element) parseTwoDigits(b *bucket, text string, pos int) int {
	rest := text[pos:]
	if !e.lenient {
		if len(rest) < 2 {
			return ^pos
		}
	} else {
		n, sign := 0, false
		for rest != "" && rest[0] == '+' {
			sign, pos, rest = true, pos+1, rest[1:]
		}
		if rest != "" && rest[0] == '-' {
			sign, n = true, 1
		}
		for n < len(rest) && isDigit(rest[n]) {
			n++
		}
		if n == 0 || n == len(rest) && n == 1 && rest[0] == '-' {
			return ^pos
		}
		if n == 1 && rest[0] == '-' {
			// Joda takes what follows a lone minus for a digit.
			b.save(e.f, '0'-int(rest[1]))
			return pos + 1
		}
		if sign || n != 2 {
			v, ok := parseInt32(rest[:n])
			if !ok {
				return overflowPos
			}
			b.save(e.f, v)
			return pos + n
		}
	}
	if !isDigit(rest[0]) || !isDigit(rest[1]) {
		return ^pos
	}
	y := int(rest[0]-'0')*10 + int(rest[1]-'0')
	low := e.pivot - 50
	t := 0
	if low >= 0 {
		t = low % 100
	} else {
		t = 99 + (low+1)%100
	}
	if y < t {
		y += 100
	}
	b.save(e.f, y+low-t)
	return pos + 2
}

func twoDigits(s string, i int) int {
	if i+2 > len(s) || !isDigit(s[i]) || !isDigit(s[i+1]) {
		return -1
	}
	return int(s[i]-'0')*10 + int(s[i+1]-'0')
}

// parseOffset reads Z, ±hh, ±hhmm, ±hhmmss, ±hhmmssSSS, ±hh:mm, ±hh:mm:ss or
// ±hh:mm:ss.SSS.
func parseOffset(b *bucket, text string, pos int) int {
	if pos < len(text) && text[pos]|0x20 == 'z' {
		b.offset, b.hasOffset = 0, true
		return pos + 1
	}
	if pos+1 >= len(text) || text[pos] != '-' && text[pos] != '+' {
		return ^pos
	}
	negative := text[pos] == '-'
	pos++
	v := twoDigits(text, pos)
	if v < 0 || v > 23 {
		return ^pos
	}
	offset := v * milliHour
	pos += 2
	colon := pos < len(text) && text[pos] == ':'
	units := [...]int{milliMinute, milliSecond}
	more := pos < len(text) && (colon || isDigit(text[pos]))
	for k := 0; more && k < 2; k++ {
		if colon {
			if text[pos] != ':' {
				more = false
				break
			}
			pos++
		} else if !isDigit(text[pos]) {
			more = false
			break
		}
		v := twoDigits(text, pos)
		if v < 0 || v > 59 {
			return ^pos
		}
		offset += v * units[k]
		pos += 2
		more = pos < len(text)
	}
	if more {
		var ok bool
		if colon {
			if ok = text[pos] == '.' || text[pos] == ','; ok {
				pos++
			}
		} else {
			ok = isDigit(text[pos])
		}
		if ok {
			n := 0
			for unit := 100; n < 3 && pos+n < len(text) && isDigit(text[pos+n]); unit /= 10 {
				offset += int(text[pos+n]-'0') * unit
				n++
			}
			if n == 0 {
				return ^pos
			}
			pos += n
		}
	}
	if negative {
		offset = -offset
	}
	b.offset, b.hasOffset = offset, true
	return pos
}

// parseZoneID takes the longest name of a region, or UTC.
func parseZoneID(b *bucket, text string, pos int) int {
	end := pos
	for end < len(text) && (text[end]|0x20 >= 'a' && text[end]|0x20 <= 'z' || isDigit(text[end]) || strings.IndexByte("/_+-", text[end]) >= 0) {
		end++
	}
	for ; end > pos; end-- {
		name := text[pos:end]
		if name == "UTC" {
			b.zone = UTC
			return end
		}
		if z, ok := regions.Load().byName[name]; ok {
			b.zone = z
			return end
		}
		if z, err := loadRegion(name); err == nil {
			b.zone = z
			return end
		}
	}
	return ^pos
}

// parseChoice is Joda's MatchingParser: the longest match wins, the first among
// equals, and a match that ends the text ends the search.
func (e *element) parseChoice(b *bucket, text string, pos int) int {
	start, startOffset, startHas, startZone := len(b.fields), b.offset, b.hasOffset, b.zone
	bestValid, bestInvalid := pos, pos
	var best []savedField
	var bestOffset int
	var bestHas bool
	for i, alt := range e.choice {
		p := parseElements(alt, b, text, pos)
		if p >= pos {
			if p > bestValid {
				if p >= len(text) || i+1 == len(e.choice) {
					return p
				}
				bestValid = p
				best = append(best[:0], b.fields[start:]...)
				bestOffset, bestHas = b.offset, b.hasOffset
			}
		} else if p == overflowPos {
			return p
		} else if ^p > bestInvalid {
			bestInvalid = ^p
		}
		b.fields, b.offset, b.hasOffset, b.zone = b.fields[:start], startOffset, startHas, startZone
	}
	if bestValid > pos {
		b.fields = append(b.fields, best...)
		b.offset, b.hasOffset = bestOffset, bestHas
		return bestValid
	}
	if e.optional {
		return pos
	}
	return ^bestInvalid
}

// run parses a whole text.
func (f *Format) run(b *bucket, text string) (int64, error) {
	b.fields = b.backing[:0]
	pos := parseElements(f.elems, b, text, 0)
	if pos == overflowPos {
		return 0, &FormatError{"For input string: \"" + digitRun(text) + "\""}
	}
	if pos < 0 {
		pos = ^pos
	} else if pos >= len(text) {
		return b.millis(text)
	}
	return 0, &FormatError{malformed(text, pos)}
}

// digitRun finds the number that did not fit, for the message.
func digitRun(text string) string {
	best := ""
	for i := 0; i < len(text); i++ {
		j := i
		for j < len(text) && isDigit(text[j]) {
			j++
		}
		if j-i > len(best) {
			best = text[i:j]
		}
		i = max(i, j-1)
	}
	return best
}

// malformed words the error at byte pos as Joda's FormatUtils does. Lengths
// there count UTF-16 units.
func malformed(text string, pos int) string {
	sample, cut := text, len(text)
	u := utf16.Encode([]rune(text))
	upos := len(utf16.Encode([]rune(text[:min(pos, len(text))])))
	if n := upos + 32; len(u) > n+3 {
		sample = string(utf16.Decode(u[:n])) + "..."
	}
	switch {
	case pos <= 0:
		return "Invalid format: \"" + sample + "\""
	case pos >= cut:
		return "Invalid format: \"" + sample + "\" is too short"
	}
	return "Invalid format: \"" + sample + "\" is malformed at \"" + sample[min(pos, len(sample)):] + "\""
}

// ParseInstant reads a text into milliseconds and a zone: the one in the text,
// or session. The error is a *FormatError, or a *ZoneError for an offset that
// Trino has no zone for.
func (f *Format) ParseInstant(text string, session Zone) (Instant, error) {
	b := bucket{zone: session}
	millis, err := f.run(&b, text)
	if err != nil {
		return Instant{}, err
	}
	z := b.zone
	if b.hasOffset {
		var ok bool
		if b.offset%milliMinute == 0 {
			z, ok = ZoneForOffset(b.offset / milliMinute)
		}
		if !ok {
			return Instant{}, &ZoneError{jodaOffset(b.offset)}
		}
	}
	if !MillisFit(millis) {
		return Instant{}, &FormatError{"Millis overflow: " + strconv.FormatInt(millis, 10)}
	}
	return Instant{Millis: millis, Zone: z}, nil
}

// ParseMillis reads a text into milliseconds of UTC's wall clock.
func (f *Format) ParseMillis(text string) (int64, error) {
	b := bucket{zone: UTC}
	return f.run(&b, text)
}

// jodaOffset prints an offset in milliseconds as the name of Joda's fixed zone.
func jodaOffset(ms int) string {
	sign := byte('+')
	if ms < 0 {
		sign, ms = '-', -ms
	}
	b := append2([]byte{sign}, ms/milliHour)
	b = append(b, ':')
	b = append2(b, ms/milliMinute%60)
	if ms%milliMinute != 0 {
		b = append(b, ':')
		b = append2(b, ms/milliSecond%60)
		if ms%milliSecond != 0 {
			b = fmt.Appendf(b, ".%03d", ms%milliSecond)
		}
	}
	return string(b)
}

func prefixFold(s, prefix string) int {
	i := 0
	for _, want := range prefix {
		r, n := utf8.DecodeRuneInString(s[i:])
		if n == 0 || r != want && unicode.ToUpper(r) != unicode.ToUpper(want) && unicode.ToLower(unicode.ToUpper(r)) != unicode.ToLower(unicode.ToUpper(want)) {
			return -1
		}
		i += n
	}
	return i
}

// Names of months, days, halves of the day and eras.

type nameSet struct {
	long    []string
	short   []string
	base    int
	values  map[string]int
	longest int
}

var nameSets = sync.OnceValue(func() map[field]*nameSet {
	cut := func(long []string) []string {
		short := make([]string, len(long))
		for i, s := range long {
			short[i] = s[:3]
		}
		return short
	}
	months := strings.Fields("January February March April May June July August September October November December")
	week := strings.Fields("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
	half, era := []string{"AM", "PM"}, []string{"BC", "AD"}
	sets := map[field]*nameSet{
		fieldMonth:     {long: months, short: cut(months), base: 1},
		fieldDayOfWeek: {long: week, short: cut(week), base: 1},
		fieldHalfday:   {long: half, short: half},
		fieldEra:       {long: era, short: era},
	}
	for f, s := range sets {
		s.values = map[string]int{}
		for i := range s.long {
			for _, n := range []string{s.long[i], s.short[i]} {
				s.longest = max(s.longest, len(n))
				for _, v := range []string{n, strings.ToLower(n), strings.ToUpper(n)} {
					s.values[v] = s.base + i
				}
			}
		}
		if f == fieldEra {
			s.longest = 3
			for v, n := range []string{"bce", "ce"} {
				s.values[n], s.values[strings.ToUpper(n)] = v, v
			}
		}
	}
	return sets
})

func fieldNames(f field) *nameSet { return nameSets()[f] }

// UnprintableError names an element of a format that ionq cannot print.
type UnprintableError struct{ Msg string }

func (e *UnprintableError) Error() string { return e.Msg }

// AppendInstant prints an instant given by its milliseconds on its zone's clock.
func (f *Format) AppendInstant(b []byte, millis int64, zone Zone) ([]byte, error) {
	offset := zone.OffsetAt(FloorDiv(millis, 1000))
	local := millis + int64(offset)*1000
	for i := range f.elems {
		e := &f.elems[i]
		switch e.kind {
		case elemLiteral:
			b = append(b, e.literal...)
		case elemNumber:
			b = appendPadded(b, fieldGet(e.f, local), e.min)
		case elemTwoDigits:
			y := fieldGet(e.f, local)
			if y < 0 {
				y = -y
			}
			b = append2(b, y%100)
		case elemText:
			names := fieldNames(e.f)
			list := names.long
			if e.short {
				list = names.short
			}
			b = append(b, list[fieldGet(e.f, local)-names.base]...)
		case elemFraction:
			b = appendFractionOf(b, floorMod(local, fieldInfo[e.f].length), fieldInfo[e.f].length, e.min, e.max)
		case elemOffset:
			b = appendZoneOffset(b, offset, e.colon)
		case elemZoneID:
			b = append(b, zone.String()...)
		case elemZoneName:
			name, err := zoneName(zone, offset, e.short)
			if err != nil {
				return b, err
			}
			b = append(b, name...)
		}
	}
	return b, nil
}

func appendPadded(b []byte, v, width int) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	s := strconv.Itoa(v)
	for n := len(s); n < width; n++ {
		b = append(b, '0')
	}
	return append(b, s...)
}

// appendFractionOf prints fraction/unit with at least lo and at most hi digits,
// cut.
func appendFractionOf(b []byte, fraction, unit int64, lo, hi int) []byte {
	if fraction == 0 {
		for range lo {
			b = append(b, '0')
		}
		return b
	}
	scale := hi
	for scale > 18 || pow10[scale] > (1<<63-1)/unit {
		scale--
	}
	s := strconv.FormatInt(fraction*pow10[scale]/unit, 10)
	s = strings.Repeat("0", max(0, scale-len(s))) + s
	for n := scale; n > lo && len(s) > 1 && s[len(s)-1] == '0'; n-- {
		s = s[:len(s)-1]
	}
	return append(b, s...)
}

// appendZoneOffset prints what Joda's Z and ZZ print: hours and minutes always,
// seconds where there are any.
func appendZoneOffset(b []byte, seconds int, colon bool) []byte {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	b = append2(append(b, sign), seconds/3600)
	if colon {
		b = append(b, ':')
	}
	return append2(b, seconds/60%60)
}

// zoneName gives the name of a zone for z and zzzz, where we know it.
func zoneName(zone Zone, offset int, short bool) (string, error) {
	switch {
	case zone == UTC && short:
		return "UTC", nil
	case zone == UTC:
		return "Coordinated Universal Time", nil
	case zone < firstRegion:
		return jodaOffset(offset * 1000), nil
	}
	return "", &UnprintableError{"Printing the name of time zone " + zone.String() + " is not supported; use ZZZ for its identifier"}
}

// Compiling formats.

// CompilePattern compiles a pattern of Joda's DateTimeFormat (format_datetime,
// parse_datetime). Two-digit years mean the hundred years around 30 years before
// currentYear.
func CompilePattern(pattern string, currentYear int) (*Format, error) {
	if len(pattern) > maxFormatSize {
		return nil, &FormatError{"Invalid pattern specification: too long"}
	}
	if pattern == "" {
		return nil, &FormatError{"Invalid pattern specification"}
	}
	f := &Format{}
	for i := 0; i < len(pattern); {
		c, n, literal := patternToken(pattern, i)
		i += n
		if c == 0 {
			if literal != "" {
				f.elems = append(f.elems, element{kind: elemLiteral, literal: literal})
			}
			continue
		}
		nextNumeric := false
		if i < len(pattern) {
			d, m, _ := patternToken(pattern, i)
			nextNumeric = d != 0 && strings.IndexByte("cCxyYdhHmsSeDFwWkK", d) >= 0 || d == 'M' && m <= 2
		}
		e, err := patternElement(c, n, nextNumeric, currentYear)
		if err != nil {
			return nil, err
		}
		f.elems = append(f.elems, e)
	}
	if len(f.elems) == 0 {
		return nil, &FormatError{"Both printing and parsing not supported"}
	}
	return f, nil
}

// patternToken reads one token: a run of one letter (c), or literal text (c is
// 0), and tells how many bytes it takes.
func patternToken(p string, at int) (c byte, n int, literal string) {
	letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	if c = p[at]; letter(c) {
		i := at
		for i < len(p) && p[i] == c {
			i++
		}
		return c, i - at, ""
	}
	var b []byte
	quoted := false
	i := at
	for ; i < len(p); i++ {
		switch {
		case p[i] == '\'' && i+1 < len(p) && p[i+1] == '\'':
			b = append(b, '\'')
			i++
		case p[i] == '\'':
			quoted = !quoted
		case !quoted && letter(p[i]):
			return 0, i - at, string(b)
		default:
			b = append(b, p[i])
		}
	}
	return 0, i - at, string(b)
}

func number(f field, lo, hi int) element {
	return element{kind: elemNumber, f: f, min: lo, max: max(lo, hi)}
}

func signedNumber(f field, lo, hi int) element {
	e := number(f, lo, hi)
	e.signed = true
	return e
}

func text(f field, short bool) element { return element{kind: elemText, f: f, short: short} }

func patternElement(c byte, n int, nextNumeric bool, currentYear int) (element, error) {
	switch c {
	case 'G':
		return text(fieldEra, false), nil
	case 'C':
		return signedNumber(fieldCenturyOfEra, n, n), nil
	case 'x', 'y', 'Y':
		f := fieldYear
		if c == 'x' {
			f = fieldWeekyear
		}
		if n == 2 {
			return element{kind: elemTwoDigits, f: f, pivot: currentYear - 30, lenient: !nextNumeric}, nil
		}
		hi := 9
		if nextNumeric {
			hi = n
		}
		if c == 'Y' {
			return number(fieldYearOfEra, n, hi), nil
		}
		return signedNumber(f, n, hi), nil
	case 'M':
		if n >= 3 {
			return text(fieldMonth, n == 3), nil
		}
		return number(fieldMonth, n, 2), nil
	case 'd':
		return number(fieldDayOfMonth, n, 2), nil
	case 'a':
		return text(fieldHalfday, false), nil
	case 'h':
		return number(fieldClockhourOfHalfday, n, 2), nil
	case 'H':
		return number(fieldHour, n, 2), nil
	case 'k':
		return number(fieldClockhour, n, 2), nil
	case 'K':
		return number(fieldHourOfHalfday, n, 2), nil
	case 'm':
		return number(fieldMinute, n, 2), nil
	case 's':
		return number(fieldSecond, n, 2), nil
	case 'S':
		return element{kind: elemFraction, f: fieldSecond, min: n, max: n}, nil
	case 'e':
		return number(fieldDayOfWeek, n, 1), nil
	case 'E':
		return text(fieldDayOfWeek, n < 4), nil
	case 'D':
		return number(fieldDayOfYear, n, 3), nil
	case 'w':
		return number(fieldWeek, n, 2), nil
	case 'z':
		return element{kind: elemZoneName, short: n < 4}, nil
	case 'Z':
		if n >= 3 {
			return element{kind: elemZoneID}, nil
		}
		return element{kind: elemOffset, colon: n == 2}, nil
	}
	return element{}, &FormatError{"Illegal pattern component: " + strings.Repeat(string(rune(c)), n)}
}

// CompileMySQL compiles a format of MySQL's specifiers (date_format,
// date_parse), as Trino's DateTimeFunctions reads them.
func CompileMySQL(format string) (*Format, error) {
	f := &Format{}
	add := func(es ...element) { f.elems = append(f.elems, es...) }
	lit := func(s string) element { return element{kind: elemLiteral, literal: s} }
	clock := []element{lit(":"), number(fieldMinute, 2, 2), lit(":"), number(fieldSecond, 2, 2)}
	escaped := false
	for _, c := range format {
		if !escaped {
			if escaped = c == '%'; !escaped {
				add(lit(string(c)))
			}
			continue
		}
		escaped = false
		switch c {
		case 'a':
			add(text(fieldDayOfWeek, true))
		case 'b':
			add(text(fieldMonth, true))
		case 'c':
			add(number(fieldMonth, 1, 2))
		case 'd':
			add(number(fieldDayOfMonth, 2, 2))
		case 'e':
			add(number(fieldDayOfMonth, 1, 2))
		case 'f':
			add(element{kind: elemFraction, f: fieldSecond, min: 6, max: 9})
		case 'H':
			add(number(fieldHour, 2, 2))
		case 'h', 'I':
			add(number(fieldClockhourOfHalfday, 2, 2))
		case 'i':
			add(number(fieldMinute, 2, 2))
		case 'j':
			add(number(fieldDayOfYear, 3, 3))
		case 'k':
			add(number(fieldHour, 1, 2))
		case 'l':
			add(number(fieldClockhourOfHalfday, 1, 2))
		case 'M':
			add(text(fieldMonth, false))
		case 'm':
			add(number(fieldMonth, 2, 2))
		case 'p':
			add(text(fieldHalfday, false))
		case 'r':
			add(number(fieldClockhourOfHalfday, 2, 2))
			add(clock...)
			add(lit(" "), text(fieldHalfday, false))
		case 'S', 's':
			add(number(fieldSecond, 2, 2))
		case 'T':
			add(number(fieldHour, 2, 2))
			add(clock...)
		case 'v':
			add(number(fieldWeek, 2, 2))
		case 'x':
			add(signedNumber(fieldWeekyear, 4, 4))
		case 'W':
			add(text(fieldDayOfWeek, false))
		case 'Y':
			add(signedNumber(fieldYear, 4, 4))
		case 'y':
			add(element{kind: elemTwoDigits, f: fieldYear, pivot: 2020})
		case 'w', 'U', 'u', 'V', 'X', 'D':
			return nil, &FormatError{"%" + string(c) + " not supported in date format string"}
		default:
			add(lit(string(c)))
		}
	}
	if len(f.elems) == 0 {
		return nil, &FormatError{"Both printing and parsing not supported"}
	}
	return f, nil
}

// choiceOf tries sequences; optionally none.
func choiceOf(optional bool, alts ...[]element) element {
	return element{kind: elemChoice, choice: alts, optional: optional}
}

// isoDateTime and isoDate are Joda's ISODateTimeFormat.dateTimeParser and
// dateElementParser.
var isoDate, isoDateTime = func() (*Format, *Format) {
	lit := func(s string) element { return element{kind: elemLiteral, literal: s} }
	seq := func(es ...element) []element { return es }
	year := signedNumber(fieldYear, 4, 9)
	date := choiceOf(
		false,
		seq(year, choiceOf(true, seq(lit("-"), number(fieldMonth, 2, 2), choiceOf(true, seq(lit("-"), number(fieldDayOfMonth, 2, 2)))))),
		seq(signedNumber(fieldWeekyear, 4, 9), lit("-W"), number(fieldWeek, 2, 2), choiceOf(true, seq(lit("-"), number(fieldDayOfWeek, 1, 1)))),
		seq(year, lit("-"), number(fieldDayOfYear, 3, 3)),
	)
	point := choiceOf(false, seq(lit(".")), seq(lit(",")))
	fraction := func(f field) []element { return seq(point, element{kind: elemFraction, f: f, min: 1, max: 9}) }
	time := seq(
		number(fieldHour, 2, 2),
		choiceOf(
			true,
			seq(
				lit(":"), number(fieldMinute, 2, 2),
				choiceOf(true, append(seq(lit(":"), number(fieldSecond, 2, 2)), choiceOf(true, fraction(fieldSecond))), fraction(fieldMinute)),
			),
			fraction(fieldHour),
		),
	)
	offset := element{kind: elemOffset}
	dateTime := choiceOf(
		false,
		append(append(seq(lit("T")), time...), choiceOf(true, seq(offset))),
		seq(date, choiceOf(true, seq(lit("T"), choiceOf(true, time), choiceOf(true, seq(offset))))),
	)
	return &Format{[]element{date}}, &Format{[]element{dateTime}}
}()

// CompileTeradata compiles a format of to_char, to_date and to_timestamp
// (DateFormatParser of Trino's Teradata functions).
func CompileTeradata(format string) (*Format, error) {
	f := &Format{}
	add := func(e element) { f.elems = append(f.elems, e) }
	words := []struct {
		word string
		elem element
	}{ // longer ones before those that they start with
		{"dd", number(fieldDayOfMonth, 2, 2)},
		{"hh24", number(fieldHour, 2, 2)},
		{"hh", number(fieldHourOfHalfday, 2, 2)},
		{"mi", number(fieldMinute, 2, 2)},
		{"mm", number(fieldMonth, 2, 2)},
		{"ss", number(fieldSecond, 2, 2)},
		{"yyyy", signedNumber(fieldYear, 4, 4)},
		{"yy", element{kind: elemTwoDigits, f: fieldYear, pivot: 2050}},
	}
next:
	for at := 0; at < len(format); {
		for _, w := range words {
			if strings.HasPrefix(format[at:], w.word) {
				add(w.elem)
				at += len(w.word)
				continue next
			}
		}
		if !strings.ContainsRune(" \r\n\t-/,.;:", rune(format[at])) {
			r, _ := utf8.DecodeRuneInString(format[at:])
			return nil, &FormatError{fmt.Sprintf("Failed to tokenize string [%c] at offset [%d]", r, utf8.RuneCountInString(format[:at]))}
		}
		add(element{kind: elemLiteral, literal: format[at : at+1]})
		at++
	}
	if len(f.elems) == 0 {
		return nil, &FormatError{"Both printing and parsing not supported"}
	}
	return f, nil
}
