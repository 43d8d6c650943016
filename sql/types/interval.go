package types

// Intervals: year to month (a number of months) and day to second (a number of
// milliseconds). Literals are read as Trino's DateTimeUtils reads them with
// Joda-Time's period formatters, values print as its IntervalYearMonth and
// IntervalDayTime do.

import (
	"strconv"
)

// IntervalField is a field of an interval literal's qualifier.
type IntervalField uint8

// The fields, from the largest.
const (
	IntervalYear IntervalField = iota
	IntervalMonth
	IntervalDay
	IntervalHour
	IntervalMinute
	IntervalSecond
)

var intervalNames = [...]string{"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}

func (f IntervalField) String() string { return intervalNames[f] }

// IntervalError tells that a text is no interval of a qualifier. The literal's
// error is INVALID_LITERAL with a text of its own.
type IntervalError struct{ Msg string }

func (e *IntervalError) Error() string { return e.Msg }

// IntervalType returns the type of an interval literal whose qualifier starts
// with from.
func IntervalType(from IntervalField) Type {
	if from <= IntervalMonth {
		return IntervalYearMonth
	}
	return IntervalDaySecond
}

// ParseInterval reads the text of INTERVAL '...' from TO to (to equals from in a
// qualifier of one field) into months or milliseconds. Trailing fields may be
// absent: '2' is a value of DAY TO SECOND.
func ParseInterval(text string, from, to IntervalField) (int64, error) {
	if to < from || from <= IntervalMonth != (to <= IntervalMonth) {
		kind := "day second"
		if from <= IntervalMonth {
			kind = "year month"
		}
		return 0, &IntervalError{"Invalid " + kind + " interval qualifier: " + from.String() + " to " + to.String()}
	}
	var fields [7]int64 // one more for milliseconds
	rest, sign := text, int64(1)
	if rest != "" && rest[0] == '-' {
		rest, sign = rest[1:], -1
	}
	if !scanPeriod(rest, from, to, &fields) {
		name := from.String()
		if to != from {
			name += " TO " + to.String()
		}
		return 0, &IntervalError{"Invalid INTERVAL " + name + " value: " + text}
	}
	if from <= IntervalMonth {
		months := sign * (fields[IntervalYear]*12 + fields[IntervalMonth])
		if months != int64(int32(months)) {
			return 0, &IntervalError{"Invalid INTERVAL " + from.String() + " value: " + text}
		}
		return months, nil
	}
	ms := fields[IntervalDay]*MillisPerDay + fields[IntervalHour]*milliHour + fields[IntervalMinute]*milliMinute +
		fields[IntervalSecond]*milliSecond + fields[IntervalSecond+1]
	return sign * ms, nil
}

// scanPeriod reads field after field, each with its separator before it. An
// empty text is an empty period.
func scanPeriod(s string, from, to IntervalField, fields *[7]int64) bool {
	for f := from; s != ""; f++ {
		if f > to {
			return false
		}
		if f > from {
			sep := byte(':')
			switch f {
			case IntervalMonth:
				sep = '-'
			case IntervalHour:
				sep = ' '
			}
			if s[0] != sep {
				return false
			}
			s = s[1:]
		}
		n, ok := scanPeriodField(s, f, fields)
		if !ok {
			return false
		}
		s = s[n:]
	}
	return true
}

// scanPeriodField reads up to ten digits, for seconds with a fraction among
// them, of which three digits count.
func scanPeriodField(s string, f IntervalField, fields *[7]int64) (n int, ok bool) {
	limit, negative := 10, false
	if len(s) > 1 && (s[0] == '+' || s[0] == '-') && isDigit(s[1]) {
		negative = s[0] == '-'
		n, limit = 1, 11
	}
	start, point, seen := n, -1, false
	for n < len(s) && n < limit {
		c := s[n]
		switch {
		case isDigit(c):
			seen = true
		case (c == '.' || c == ',') && f == IntervalSecond && point < 0:
			point = n
			limit++
		default:
			limit = n
			continue
		}
		n++
	}
	if !seen {
		return 0, false
	}
	whole := s[start:n]
	if point >= 0 {
		whole = s[start:point]
		unit := int64(100)
		for _, c := range s[point+1 : min(n, point+4)] {
			fields[f+1] += int64(c-'0') * unit
			unit /= 10
		}
	}
	if whole != "" {
		v, err := strconv.ParseInt(whole, 10, 32)
		if err != nil {
			return 0, false
		}
		fields[f] = v
	}
	return n, !negative || fields[f] == 0 && (f != IntervalSecond || fields[f+1] == 0)
}

// AppendIntervalYearMonth prints months: 0-3, -1-6.
func AppendIntervalYearMonth(b []byte, months int64) []byte {
	if months < 0 {
		b, months = append(b, '-'), -months
	}
	b = strconv.AppendInt(b, months/12, 10)
	b = append(b, '-')
	return strconv.AppendInt(b, months%12, 10)
}

// AppendIntervalDaySecond prints milliseconds: 2 00:00:00.000.
func AppendIntervalDaySecond(b []byte, millis int64) []byte {
	u := uint64(millis)
	if millis < 0 {
		b, u = append(b, '-'), -u
	}
	b = strconv.AppendUint(b, u/MillisPerDay, 10)
	b = append(b, ' ')
	tod := u % MillisPerDay
	b = appendClock(b, int(tod/milliSecond))
	return appendFraction(b, int64(tod%milliSecond)*PicosPerMilli, 3)
}
