package ion

// Timestamps: YYYYT, YYYY-MMT, YYYY-MM-DD[T], and
// YYYY-MM-DDThh:mm[:ss[.fraction]] followed by Z or an offset.

// scanTimestamp finds the end of the timestamp at i.
func scanTimestamp(b []byte, i int) (end int, kind Kind, msg string) {
	_, end, msg = parseTimestamp(b, i)
	return end, Timestamp, msg
}

// Time is a timestamp: an instant, to the millisecond below it. (The SerDe reads
// milliseconds; the text keeps what is finer.)
type Time struct {
	Millis int64 // since 1970-01-01T00:00:00Z
	// TooFine tells that the fraction had digits behind the milliseconds.
	TooFine bool
}

// ParseTimestamp reads a well-formed timestamp.
func ParseTimestamp(b []byte) Time {
	t, _, _ := parseTimestamp(b, 0)
	return t
}

func twoDigits(b []byte, i int) (int, bool) {
	if i+1 >= len(b) || !is(b[i], clDigit) || !is(b[i+1], clDigit) {
		return 0, false
	}
	return int(b[i]-'0')*10 + int(b[i+1]-'0'), true
}

func parseTimestamp(b []byte, i int) (t Time, end int, msg string) {
	year := int(b[i]-'0')*1000 + int(b[i+1]-'0')*100 + int(b[i+2]-'0')*10 + int(b[i+3]-'0')
	if year == 0 {
		return t, i + 4, "a timestamp's year is 0001 to 9999"
	}
	i += 4
	var month, day int
	var ok bool
	at := func(c byte) bool { return i < len(b) && b[i] == c }
	if at('T') {
		t.Millis = days(year, 1, 1) * 86_400_000
		return t, i + 1, ""
	}
	if month, ok = twoDigits(b, i+1); !ok || month < 1 || month > 12 {
		return t, i, "a timestamp's month is two digits, 01 to 12"
	}
	i += 3
	if at('T') {
		t.Millis = days(year, month, 1) * 86_400_000
		return t, i + 1, ""
	}
	if !at('-') {
		return t, i, "a timestamp of year and month ends with T"
	}
	if day, ok = twoDigits(b, i+1); !ok || day < 1 || day > daysIn(year, month) {
		return t, i, "a timestamp's day is two digits and in its month"
	}
	i += 3
	t.Millis = days(year, month, day) * 86_400_000
	if !at('T') {
		return t, i, ""
	}
	i++
	if i >= len(b) || !is(b[i], clDigit) {
		return t, i, ""
	}
	hour, ok := twoDigits(b, i)
	if !ok || hour > 23 {
		return t, i, "a timestamp's hour is two digits, 00 to 23"
	}
	i += 2
	if !at(':') {
		return t, i, "a timestamp with an hour has minutes"
	}
	minute, ok := twoDigits(b, i+1)
	if !ok || minute > 59 {
		return t, i, "a timestamp's minute is two digits, 00 to 59"
	}
	i += 3
	t.Millis += int64(hour)*3_600_000 + int64(minute)*60_000
	if at(':') {
		second, ok := twoDigits(b, i+1)
		if !ok || second > 59 {
			return t, i, "a timestamp's second is two digits, 00 to 59"
		}
		i += 3
		t.Millis += int64(second) * 1000
		if at('.') {
			i++
			frac := i
			for unit := int64(100); i < len(b) && is(b[i], clDigit); i++ {
				t.Millis += int64(b[i]-'0') * unit
				if unit == 0 && b[i] != '0' {
					t.TooFine = true
				}
				unit /= 10
			}
			if i == frac {
				return t, i, "digits are missing in a timestamp's fraction"
			}
		}
	}
	switch {
	case at('Z'):
		return t, i + 1, ""
	case at('+'), at('-'):
		sign := int64(1)
		if b[i] == '-' {
			sign = -1
		}
		oh, ok1 := twoDigits(b, i+1)
		om, ok2 := twoDigits(b, i+4)
		if !ok1 || !ok2 || b[i+3] != ':' || oh > 23 || om > 59 {
			return t, i, "a timestamp's offset is hh:mm, below 24:00"
		}
		t.Millis -= sign * (int64(oh)*3_600_000 + int64(om)*60_000)
		return t, i + 6, ""
	}
	return t, i, "a timestamp with a time ends with Z or an offset"
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// days counts the days from 1970-01-01 in the proleptic Gregorian calendar:
// years are taken to begin in March, so that the leap day comes last.
func days(year, month, day int) int64 {
	y := int64(year)
	if month <= 2 {
		y--
	}
	era, yoe := y/400, y%400
	doy := int64((153*((month+9)%12)+2)/5 + day - 1)
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}
