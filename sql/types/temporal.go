package types

// Dates, times and timestamps: the calendar, their text as Trino prints it,
// and the texts that literals and casts accept (Trino: DateTimes,
// DateTimeUtils, the cast operators under operator/scalar).
//
// Values: date is days since 1970-01-01; time is picoseconds of the day;
// timestamp is microseconds since the epoch on a wall clock plus picoseconds
// within the microsecond (0 for precision up to 6); timestamp with time zone is
// an Instant. The calendar is the proleptic Gregorian one, with a year 0.

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unicode"
)

// Lengths of units, in the units of the values above.
const (
	MicrosPerMilli  = 1_000
	MicrosPerSecond = 1_000_000
	MicrosPerDay    = secondsPerDay * MicrosPerSecond
	MillisPerDay    = secondsPerDay * 1000
	PicosPerMicro   = 1_000_000
	PicosPerMilli   = 1_000_000_000
	PicosPerSecond  = 1_000_000_000_000
	PicosPerDay     = secondsPerDay * PicosPerSecond

	// MaxTemporalPrecision is the largest number of fraction digits.
	MaxTemporalPrecision = 12
)

var pow10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// Calendar.

// The algorithms are those of Neri and Schneider, "Euclidean affine functions
// and their application to calendar algorithms" (2022): the year starts in
// March, and divisions become multiplications. The shift keeps every day of every
// date positive.
const (
	calendarCycles = 800_000                          // of 400 years each: as far as Joda-Time goes
	calendarDays   = calendarCycles*146_097 + 719_468 // 0000-03-01 to 1970-01-01 is 719468 days
	calendarYears  = calendarCycles * 400
)

// Civil returns the year, month (1..12) and day (1..31) of a day number.
func Civil(days int64) (year, month, day int) {
	n1 := 4*uint64(days+calendarDays) + 3
	century := n1 / 146_097
	n2 := uint32(n1%146_097) | 3
	p2 := 2_939_745 * uint64(n2)
	yearOfCentury := p2 >> 32
	dayOfYear := uint32(p2) / 2_939_745 / 4
	n3 := 2141*dayOfYear + 197_913
	m, d := n3>>16, (n3&0xffff)/2141
	y := 100*century + yearOfCentury
	if dayOfYear >= 306 { // January and February belong to the next year
		y, m = y+1, m-12
	}
	return int(y) - calendarYears, int(m), int(d) + 1
}

// Days returns the day number of a date, which must exist but for the day: a
// day beyond the month's end counts on.
func Days(year, month, day int) int64 {
	y, m := uint64(year+calendarYears), uint32(month)
	if month <= 2 {
		y, m = y-1, m+12
	}
	century := y / 100
	return int64(1461*y/4-century+century/4+uint64((979*m-2919)>>5)) + int64(day) - 1 - calendarDays
}

// IsLeap reports whether a year has a February 29.
func IsLeap(year int) bool { return year&3 == 0 && (year%100 != 0 || year%400 == 0) }

// DaysInMonth returns the length of a month.
func DaysInMonth(year, month int) int {
	if month == 2 {
		if IsLeap(year) {
			return 29
		}
		return 28
	}
	return 30 + (month^month>>3)&1
}

// DayOfWeek returns 1 for Monday to 7 for Sunday.
func DayOfWeek(days int64) int { return int(floorMod(days+3, 7)) + 1 }

// DayOfYear returns 1 for January 1.
func DayOfYear(days int64) int {
	y, _, _ := Civil(days)
	return int(days-Days(y, 1, 1)) + 1
}

// ISOWeek returns the ISO 8601 week-based year and week of a day.
func ISOWeek(days int64) (year, week int) {
	thursday := days - int64(DayOfWeek(days)) + 4
	y, _, _ := Civil(thursday)
	return y, int(thursday-Days(y, 1, 1))/7 + 1
}

// WeekStart returns the Monday on which week 1 of a week-based year begins.
func WeekStart(year int) int64 {
	jan4 := Days(year, 1, 4)
	return jan4 - int64(DayOfWeek(jan4)) + 1
}

// AddMonths moves a day by whole months; the day of the month is clamped to
// the new month's length.
func AddMonths(days, months int64) int64 {
	y, m, d := Civil(days)
	n := int64(y)*12 + int64(m-1) + months
	year, month := int(FloorDiv(n, 12)), int(floorMod(n, 12))+1
	return Days(year, month, min(d, DaysInMonth(year, month)))
}

// Printing.

func append2(b []byte, v int) []byte { return append(b, byte('0'+v/10), byte('0'+v%10)) }

// appendYear pads to four digits; plus tells whether years beyond 9999 get a
// plus sign, as java.time's do and Joda's do not.
func appendYear(b []byte, year int, plus bool) []byte {
	if uint(year) <= 9999 {
		b = append2(b, year/100)
		return append2(b, year%100)
	}
	if year < 0 {
		b, year = append(b, '-'), -year
		for limit := 1000; year < limit && limit > 1; limit /= 10 {
			b = append(b, '0')
		}
	} else if plus {
		b = append(b, '+')
	}
	return strconv.AppendInt(b, int64(year), 10)
}

func appendDay(b []byte, days int64, plus bool) []byte {
	year, month, day := Civil(days)
	b = appendYear(b, year, plus)
	b = append(b, '-')
	b = append2(b, month)
	b = append(b, '-')
	return append2(b, day)
}

// AppendDate prints a date as CAST(date AS varchar) does: 2023-06-30,
// -0001-01-01, 10000-01-01 (Joda's ISODateTimeFormat.date).
func AppendDate(b []byte, days int64) []byte { return appendDay(b, days, false) }

// AppendDateResult prints a date as it stands in a result: years beyond 9999
// have a plus sign (java.time's LocalDate.toString).
func AppendDateResult(b []byte, days int64) []byte { return appendDay(b, days, true) }

// appendFraction prints a fraction of a second, given in picoseconds, cut to p
// digits after a point.
func appendFraction(b []byte, picos int64, p int) []byte {
	if p == 0 {
		return b
	}
	v := picos / pow10[12-p]
	b = append(b, '.')
	at := len(b)
	for range p {
		b = append(b, '0')
	}
	for i := at + p - 1; v > 0; i-- {
		b[i] = byte('0' + v%10)
		v /= 10
	}
	return b
}

func appendClock(b []byte, secondOfDay int) []byte {
	b = append2(b, secondOfDay/3600)
	b = append(b, ':')
	b = append2(b, secondOfDay/60%60)
	b = append(b, ':')
	return append2(b, secondOfDay%60)
}

// AppendTime prints a time with p fraction digits: 01:02:03.456.
func AppendTime(b []byte, picos int64, p int) []byte {
	b = appendClock(b, int(picos/PicosPerSecond))
	return appendFraction(b, picos%PicosPerSecond, p)
}

// AppendTimeTZ prints a time with time zone: 01:02:03.456+09:00.
func AppendTimeTZ(b []byte, t TimeOfDayTZ, p int) []byte {
	b = AppendTime(b, t.Picos, p)
	return appendOffset(b, int(t.Offset))
}

// AppendTimestamp prints a timestamp with p fraction digits, cutting what is
// beyond: 2023-06-30 09:09:47.787. picos are those within the microsecond.
func AppendTimestamp(b []byte, micros int64, picos int32, p int) []byte {
	return appendTimestamp(b, micros, picos, p, ' ')
}

func appendTimestamp(b []byte, micros int64, picos int32, p int, sep byte) []byte {
	sec := FloorDiv(micros, MicrosPerSecond)
	return appendSeconds(b, sec, (micros-sec*MicrosPerSecond)*PicosPerMicro+int64(picos), p, sep)
}

func appendSeconds(b []byte, sec, picos int64, p int, sep byte) []byte {
	days := FloorDiv(sec, secondsPerDay)
	b = appendDay(b, days, true)
	b = append(b, sep)
	b = appendClock(b, int(sec-days*secondsPerDay))
	return appendFraction(b, picos, p)
}

// AppendTimestampTZ prints a timestamp with time zone on its zone's clock:
// 2023-06-30 09:09:47.787 America/Los_Angeles.
func AppendTimestampTZ(b []byte, t Instant, p int) []byte {
	sec := FloorDiv(t.Millis, 1000)
	b = appendSeconds(b, sec+int64(t.Zone.OffsetAt(sec)), (t.Millis-sec*1000)*PicosPerMilli+int64(t.Picos), p, ' ')
	b = append(b, ' ')
	return append(b, t.Zone.String()...)
}

// AppendTimestampISO prints a timestamp for to_iso8601: 2023-06-30T09:09:47.787.
func AppendTimestampISO(b []byte, micros int64, picos int32, p int) []byte {
	return appendTimestamp(b, micros, picos, p, 'T')
}

// SecondsOffsetError tells that an instant's offset has seconds, which ISO 8601
// cannot print (Trino: INVALID_ARGUMENTS).
type SecondsOffsetError struct{ Offset string }

func (e *SecondsOffsetError) Error() string {
	return "Timezone with non-zero seconds offset cannot be rendered as ISO8601: " + e.Offset
}

// AppendTimestampTZISO prints a timestamp with time zone for to_iso8601:
// 2023-06-30T09:09:47.787Z, 2023-06-30T09:09:47.787+09:00. The error is a
// *SecondsOffsetError.
func AppendTimestampTZISO(b []byte, t Instant, p int) ([]byte, error) {
	sec := FloorDiv(t.Millis, 1000)
	off := t.Zone.OffsetAt(sec)
	if off%60 != 0 {
		s := offsetName(off / 60)
		if off < 0 && off > -60 {
			s = "-00:00"
		}
		if off < 0 {
			off = -off
		}
		return b, &SecondsOffsetError{s + ":" + string(append2(nil, off%60))}
	}
	b = appendSeconds(b, sec+int64(off), (t.Millis-sec*1000)*PicosPerMilli+int64(t.Picos), p, 'T')
	if off == 0 {
		return append(b, 'Z'), nil
	}
	return appendOffset(b, off/60), nil
}

// Rounding and conversion.

// roundDiv divides and rounds halves up, towards plus infinity (DateTimes.roundDiv).
func roundDiv(v, factor int64) int64 {
	if factor == 1 {
		return v
	}
	if v >= 0 {
		return (v + factor/2) / factor
	}
	return (v + 1 - factor/2) / factor
}

// RoundTo rounds v to a multiple of 10^digits, halves up (DateTimes.round).
func RoundTo(v int64, digits int) int64 { return roundDiv(v, pow10[digits]) * pow10[digits] }

// RoundTimestamp rounds a timestamp of precision from to precision to.
func RoundTimestamp(micros int64, picos int32, from, to int) (int64, int32) {
	if from <= to {
		return micros, picos
	}
	if to < 6 {
		return RoundTo(micros, 6-to), 0
	}
	r := RoundTo(int64(picos), 12-to)
	if r == PicosPerMicro {
		return micros + 1, 0
	}
	return micros, int32(r)
}

// RoundInstant rounds a timestamp with time zone of precision from to precision to.
func RoundInstant(t Instant, from, to int) Instant {
	if from <= to {
		return t
	}
	if to < 3 {
		t.Millis, t.Picos = RoundTo(t.Millis, 3-to), 0
		return t
	}
	r := RoundTo(int64(t.Picos), 12-to)
	t.Picos = int32(r)
	if r == PicosPerMilli {
		t.Millis, t.Picos = t.Millis+1, 0
	}
	return t
}

// RoundTime rounds a time of day to precision p; the last moments of the day
// round up to midnight.
func RoundTime(picos int64, p int) int64 { return RoundTo(picos, 12-p) % PicosPerDay }

// ToTimestamp gives the wall clock of t in its own zone, rounded to precision p
// (CAST(timestamp with time zone AS timestamp(p))).
func (t Instant) ToTimestamp(p int) (micros int64, picos int32) {
	micros = t.Zone.LocalMillis(t.Millis)*MicrosPerMilli + int64(t.Picos/PicosPerMicro)
	return RoundTimestamp(micros, t.Picos%PicosPerMicro, MaxTemporalPrecision, p)
}

// LocalDays gives the date on the wall clock of t in its own zone.
func (t Instant) LocalDays() int64 {
	return FloorDiv(t.Zone.LocalMillis(t.Millis), MillisPerDay)
}

// LocalPicosOfDay gives the time of day on the wall clock of t in its own zone.
func (t Instant) LocalPicosOfDay() int64 {
	return floorMod(t.Zone.LocalMillis(t.Millis), MillisPerDay)*PicosPerMilli + int64(t.Picos)
}

// TimestampToInstant reads a timestamp of precision from as a wall clock in
// zone z and gives it precision to (CAST(timestamp AS timestamp(to) with time
// zone)).
func TimestampToInstant(micros int64, picos int32, from, to int, z Zone) (Instant, error) {
	if to <= 3 {
		// Trino rounds in two steps here when the source is a short one:
		// first to milliseconds, then to the target.
		if from <= 6 {
			micros = RoundTo(RoundTo(micros, 3), 6-to)
		} else {
			micros = RoundTo(micros, 6-to)
		}
		picos = 0
	} else {
		micros, picos = RoundTimestamp(micros, picos, from, to)
	}
	millis := FloorDiv(micros, MicrosPerMilli)
	t := Instant{
		Millis: z.InstantMillis(millis),
		Picos:  int32(micros-millis*MicrosPerMilli)*PicosPerMicro + picos,
		Zone:   z,
	}
	if to <= 3 && !MillisFit(t.Millis) {
		return Instant{}, &RangeError{"Out of range for timestamp with time zone: " + strconv.FormatInt(t.Millis, 10)}
	}
	return t, nil
}

// Compare orders instants; zones do not count.
func (t Instant) Compare(u Instant) int {
	switch {
	case t.Millis != u.Millis:
		if t.Millis < u.Millis {
			return -1
		}
		return 1
	case t.Picos != u.Picos:
		if t.Picos < u.Picos {
			return -1
		}
		return 1
	}
	return 0
}

// RangeError tells that a value is beyond what its type holds; its text is
// Trino's message.
type RangeError struct{ Msg string }

func (e *RangeError) Error() string { return e.Msg }

// MillisFit reports whether Trino can hold a timestamp with time zone of
// precision up to 3: it packs the milliseconds into 52 bits (DateTimeEncoding).
func MillisFit(millis int64) bool { return millis<<12>>12 == millis }

// TimestampPicos gives a timestamp as picoseconds since the epoch, a 128-bit
// number in two's complement: the form of timestamps of precision above 6.
func TimestampPicos(micros int64, picos int32) (hi int64, lo uint64) {
	neg := micros < 0
	u := uint64(micros)
	if neg {
		u = -u
	}
	h, l := bits.Mul64(u, PicosPerMicro)
	if neg {
		l = -l
		h = ^h
		if l == 0 {
			h++
		}
	}
	var carry uint64
	l, carry = bits.Add64(l, uint64(picos), 0)
	return int64(h + carry), l
}

// SplitPicos is the reverse of TimestampPicos. The value must be one that
// TimestampPicos can give.
func SplitPicos(hi int64, lo uint64) (micros int64, picos int32) {
	h, l := uint64(hi), lo
	neg := hi < 0
	if neg {
		l = -l
		h = ^h
		if l == 0 {
			h++
		}
	}
	q, r := bits.Div64(h%PicosPerMicro, l, PicosPerMicro)
	if !neg {
		return int64(q), int32(r)
	}
	if r == 0 {
		return -int64(q), 0
	}
	return -int64(q) - 1, int32(PicosPerMicro - r)
}

// Reading.

var (
	errTemporal = errors.New("not a date or time")
	errGap      = errors.New("Invalid TIMESTAMP due to daylight savings transition")
)

// dateTimeText is a text of DateTimes.DATETIME_PATTERN or TIME_PATTERN taken
// apart. Nothing is checked for range.
type dateTimeText struct {
	year, month, day     int
	hour, minute, second int
	fraction             string // digits, or ""
	zone                 string // what follows the time, or ""
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// digits reads up to most digits at s[i:].
func digits(s string, i, most int) (v, next int) {
	for next = i; next < len(s) && next-i < most && isDigit(s[next]); next++ {
		v = v*10 + int(s[next]-'0')
	}
	return v, next
}

// scanClock reads H:m[:s[.f]] at s[i:]; next is -1 where there is none.
func (t *dateTimeText) scanClock(s string, i int) (next int) {
	h, j := digits(s, i, 2)
	if j == i || j >= len(s) || s[j] != ':' {
		return -1
	}
	m, k := digits(s, j+1, 2)
	if k == j+1 {
		return -1
	}
	t.hour, t.minute = h, m
	if k < len(s) && s[k] == ':' {
		if sec, l := digits(s, k+1, 2); l > k+1 {
			t.second, k = sec, l
			if k+1 < len(s) && s[k] == '.' && isDigit(s[k+1]) {
				l = k + 1
				for l < len(s) && isDigit(s[l]) {
					l++
				}
				t.fraction, k = s[k+1:l], l
			}
		}
	}
	return k
}

// skipSpace skips what Java's \s matches.
func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] >= '\t' && s[i] <= '\r') {
		i++
	}
	return i
}

// scanDateTime reads [+-]y{4,}-M-d[ [H:m[:s[.f]]] [zone]]; zone is any text.
func scanDateTime(s string) (t dateTimeText, ok bool) {
	i := 0
	if s != "" && (s[0] == '+' || s[0] == '-') {
		i = 1
	}
	y, j := digits(s, i, 10)
	if j-i < 4 || j-i > 9 && y > math.MaxInt32 || j < len(s) && isDigit(s[j]) {
		return t, false
	}
	t.year = y
	if s[0] == '-' {
		t.year = -y
	}
	if j >= len(s) || s[j] != '-' {
		return t, false
	}
	var k int
	if t.month, k = digits(s, j+1, 2); k == j+1 || k >= len(s) || s[k] != '-' {
		return t, false
	}
	if t.day, j = digits(s, k+1, 2); j == k+1 {
		return t, false
	}
	if j == len(s) {
		return t, true
	}
	if s[j] != ' ' {
		return t, false
	}
	j++
	if k := t.scanClock(s, j); k >= 0 {
		j = k
	}
	t.zone = s[skipSpace(s, j):]
	// Java's dot stops at line ends.
	if strings.ContainsAny(t.zone, "\n\r\u0085\u2028\u2029") {
		return t, false
	}
	return t, true
}

// epochSecond checks the fields and gives the second of the wall clock.
func (t *dateTimeText) epochSecond() (int64, bool) {
	const maxYear = 999_999 // beyond any timestamp: 2^63 microseconds are 292277 years
	if t.year < -maxYear || t.year > maxYear || t.month < 1 || t.month > 12 || t.day < 1 ||
		t.day > DaysInMonth(t.year, t.month) || t.hour > 23 || t.minute > 59 || t.second > 59 {
		return 0, false
	}
	return Days(t.year, t.month, t.day)*secondsPerDay + int64(t.hour*3600+t.minute*60+t.second), true
}

// picosRounded gives the fraction in picoseconds (up to a whole second),
// rounded to p digits; ok is false for more digits than 18.
func (t *dateTimeText) picosRounded(p int) (int64, bool) {
	n := len(t.fraction)
	if n > 18 {
		return 0, false
	}
	var v int64
	for i := range n {
		v = v*10 + int64(t.fraction[i]-'0')
	}
	if n > p {
		v, n = roundDiv(v, pow10[n-p]), p
	}
	return v * pow10[12-n], true
}

func microsOf(sec, picos int64) (micros int64, rest int32, ok bool) {
	const limit = math.MaxInt64/MicrosPerSecond - 1
	if sec < -limit || sec > limit {
		return 0, 0, false
	}
	return sec*MicrosPerSecond + picos/PicosPerMicro, int32(picos % PicosPerMicro), true
}

// javaZone tells whether java.time's ZoneId.of takes a text, and for one that
// is an offset beyond what Zone can be (15 hours, seconds) gives no zone but ok.
func javaZone(s string) (z Zone, known, ok bool) {
	rest := s
	for _, p := range []string{"UTC", "GMT", "UT"} {
		if r, found := strings.CutPrefix(s, p); found && r != "" && (r[0] == '+' || r[0] == '-') {
			rest = r
			break
		}
	}
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		sec, ok := parseJavaOffset(rest)
		if !ok || sec%60 != 0 {
			return UTC, false, ok
		}
		z, known = ZoneForOffset(sec / 60)
		return z, known, true
	}
	z, err := ZoneByName(s)
	return z, err == nil, err == nil
}

// ParseTimestamp reads the text of CAST(varchar AS timestamp(p)): blanks around
// it do not count, a zone is checked and then ignored.
func ParseTimestamp(s string, p int) (micros int64, picos int32, err error) {
	t, ok := scanDateTime(TrimSpace(s))
	if !ok {
		return 0, 0, errTemporal
	}
	sec, ok := t.epochSecond()
	if !ok {
		return 0, 0, errTemporal
	}
	if t.zone != "" {
		z, known, ok := javaZone(t.zone)
		if !ok {
			return 0, 0, errTemporal
		}
		if known {
			// A time in a gap of the zone moves forward by the gap.
			off, _ := z.OffsetAtLocal(sec)
			sec += int64(z.OffsetAt(sec-int64(off)) - off)
		}
	}
	frac, ok := t.picosRounded(p)
	if ok {
		micros, picos, ok = microsOf(sec, frac)
	}
	if !ok {
		return 0, 0, errTemporal
	}
	return micros, picos, nil
}

// ParseTimestampTZ reads the text of CAST(varchar AS timestamp(p) with time
// zone); a text without a zone is a wall clock in the session's zone. The error
// is a *ZoneError for a zone that exists but that Trino does not support.
func ParseTimestampTZ(s string, p int, session Zone) (Instant, error) {
	t, ok := scanDateTime(TrimSpace(s))
	if !ok {
		return Instant{}, errTemporal
	}
	sec, ok := t.epochSecond()
	if !ok {
		return Instant{}, errTemporal
	}
	z := session
	if t.zone != "" {
		var known bool
		if z, known, ok = javaZone(t.zone); !ok {
			return Instant{}, errTemporal
		} else if !known {
			return Instant{}, &ZoneError{t.zone}
		}
	}
	off, _ := z.OffsetAtLocal(sec)
	frac, ok := t.picosRounded(p)
	if !ok {
		return Instant{}, errTemporal
	}
	return instantOf(sec-int64(off), frac, p, z)
}

func instantOf(sec, picos int64, p int, z Zone) (Instant, error) {
	t := Instant{Millis: sec*1000 + picos/PicosPerMilli, Picos: int32(picos % PicosPerMilli), Zone: z}
	if p <= 3 && !MillisFit(t.Millis) {
		return Instant{}, &RangeError{"Millis overflow: " + strconv.FormatInt(t.Millis, 10)}
	}
	return t, nil
}

// TimestampLiteral is the value of a literal TIMESTAMP '...': its Type, which
// the text decides, and Micros and Picos for a timestamp, TZ for one with time
// zone.
type TimestampLiteral struct {
	Type   Type
	Micros int64
	Picos  int32
	TZ     Instant
}

// ParseTimestampLiteral reads the text of a TIMESTAMP literal. The error is a
// *ZoneError (NOT_SUPPORTED), a *PrecisionError (NUMERIC_VALUE_OUT_OF_RANGE) or
// another: then it is no timestamp (INVALID_LITERAL).
func ParseTimestampLiteral(s string) (lit TimestampLiteral, err error) {
	t, ok := scanDateTime(s)
	if !ok {
		return lit, errTemporal
	}
	p := len(t.fraction)
	if p > MaxTemporalPrecision {
		name := "TIMESTAMP"
		if t.zone != "" {
			name = "TIMESTAMP WITH TIME ZONE"
		}
		return lit, &PrecisionError{name, p}
	}
	frac, _ := t.picosRounded(p)
	sec, ok := t.epochSecond()
	if t.zone == "" {
		if ok {
			lit.Micros, lit.Picos, ok = microsOf(sec, frac)
		}
		if !ok {
			return lit, errTemporal
		}
		lit.Type = Timestamp(p)
		return lit, nil
	}
	z, known, zoneOK := javaZone(t.zone)
	if !zoneOK || !ok {
		return lit, errTemporal
	}
	if !known {
		return lit, &ZoneError{t.zone}
	}
	off, valid := z.OffsetAtLocal(sec)
	if !valid {
		return lit, errGap
	}
	lit.Type = TimestampTZ(p)
	lit.TZ, err = instantOf(sec-int64(off), frac, p, z)
	return lit, err
}

// PrecisionError tells of more than twelve fraction digits.
type PrecisionError struct {
	Name      string
	Precision int
}

func (e *PrecisionError) Error() string {
	return e.Name + " precision must be in range [0, 12]: " + strconv.Itoa(e.Precision)
}

// ParseDate reads the text of a DATE literal or of CAST(varchar AS date):
// yyyy-MM-dd; other widths and signed years as Joda's date() parser takes them.
// Blanks around do not count.
func ParseDate(s string) (days int64, err error) {
	s = TrimSpace(s)
	i := 0
	if s != "" && (s[0] == '-' || s[0] == '+') {
		i = 1
	}
	y, j := digits(s, i, 9)
	if j == i || j >= len(s) || s[j] != '-' {
		return 0, errTemporal
	}
	m, k := digits(s, j+1, 2)
	if k == j+1 || k >= len(s) || s[k] != '-' {
		return 0, errTemporal
	}
	d, l := digits(s, k+1, 2)
	if l == k+1 || l != len(s) {
		return 0, errTemporal
	}
	if s[0] == '-' {
		y = -y
	}
	return civilChecked(y, m, d)
}

func civilChecked(y, m, d int) (int64, error) {
	if m < 1 || m > 12 || d < 1 || d > DaysInMonth(y, m) || y < -calendarYears/2 || y > calendarYears/2 {
		return 0, errTemporal
	}
	days := Days(y, m, d)
	if days < math.MinInt32 || days > math.MaxInt32 {
		return 0, errTemporal
	}
	return days, nil
}

// ParseTime reads the text of CAST(varchar AS time(p)). Blanks may follow, not
// lead.
func ParseTime(s string, p int) (picos int64, err error) {
	t, _, zoned, ok := scanTime(s)
	if !ok || zoned || len(t.fraction) > MaxTemporalPrecision {
		return 0, errTemporal
	}
	frac, _ := t.picosRounded(p)
	return (t.clock() + frac) % PicosPerDay, nil
}

// ParseTimeTZ reads the text of CAST(varchar AS time(p) with time zone); the
// session's offset holds where the text has none.
func ParseTimeTZ(s string, p int, sessionOffset int) (TimeOfDayTZ, error) {
	t, off, zoned, ok := scanTime(TrimSpace(s))
	if !ok || len(t.fraction) > MaxTemporalPrecision {
		return TimeOfDayTZ{}, errTemporal
	}
	if !zoned {
		off = sessionOffset
	}
	frac, _ := t.picosRounded(p)
	return TimeOfDayTZ{Picos: (t.clock() + frac) % PicosPerDay, Offset: int16(off)}, nil
}

func (t *dateTimeText) clock() int64 {
	return int64(t.hour*3600+t.minute*60+t.second) * PicosPerSecond
}

// scanTime reads H:m[:s[.f]][±HH:mm] and checks the ranges.
func scanTime(s string) (t dateTimeText, offset int, zoned, ok bool) {
	i := t.scanClock(s, 0)
	if i < 0 || t.hour > 23 || t.minute > 59 || t.second > 59 {
		return t, 0, false, false
	}
	rest := s[skipSpace(s, i):]
	if rest == "" {
		return t, 0, false, true
	}
	if len(rest) != 6 || rest[0] != '+' && rest[0] != '-' || rest[3] != ':' || !isDigit(rest[1]) || !isDigit(rest[2]) || !isDigit(rest[4]) || !isDigit(rest[5]) {
		return t, 0, false, false
	}
	h, m := int(rest[1]-'0')*10+int(rest[2]-'0'), int(rest[4]-'0')*10+int(rest[5]-'0')
	if m > 59 || h > 14 || h == 14 && m > 0 {
		return t, 0, false, false
	}
	offset = h*60 + m
	if rest[0] == '-' {
		offset = -offset
	}
	return t, offset, true, true
}

// TimeLiteral is the value of a literal TIME '...': Type is time(p), or time(p)
// with time zone.
type TimeLiteral struct {
	Type Type
	TimeOfDayTZ
}

// ParseTimeLiteral reads the text of a TIME literal. The error is a
// *PrecisionError (NUMERIC_VALUE_OUT_OF_RANGE), or it is no time
// (INVALID_LITERAL).
func ParseTimeLiteral(s string) (TimeLiteral, error) {
	t, off, zoned, ok := scanTime(s)
	p := len(t.fraction)
	if p > MaxTemporalPrecision {
		name := "TIME"
		if zoned {
			name = "TIME WITH TIME ZONE"
		}
		return TimeLiteral{}, &PrecisionError{name, p}
	}
	if !ok {
		return TimeLiteral{}, errTemporal
	}
	frac, _ := t.picosRounded(p)
	lit := TimeLiteral{Type: Time(p), TimeOfDayTZ: TimeOfDayTZ{Picos: t.clock() + frac, Offset: int16(off)}}
	if zoned {
		lit.Type = TimeTZ(p)
	}
	return lit, nil
}

// TrimSpace cuts white space as Trino's casts do (Slice's trim): Unicode's, but
// for the no-break spaces.
func TrimSpace(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		switch r {
		case 0x1c, 0x1d, 0x1e, 0x1f:
			return true
		case 0x85, 0xa0, 0x2007, 0x202f:
			return false
		}
		return unicode.IsSpace(r)
	})
}
