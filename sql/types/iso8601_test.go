package types

// Tests of ISO 8601 texts: the verified runs of semantics 5.1, each with its
// error message, and a fuzz target that holds the fast path to the general one.

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// isoCases were all run against Joda-Time; want is the printed value, or the
// error's message after "!".
var isoCases = []struct{ in, want string }{
	{"2023-06-30T09:09:47.787017+0000", "2023-06-30 09:09:47.787 UTC"},
	{"2023-06-30T09:09:47.787999Z", "2023-06-30 09:09:47.787 UTC"},
	{"2023-06-30T09:09:47.7+02:00", "2023-06-30 09:09:47.700 +02:00"},
	{"2023-06-30T09:09:47+02", "2023-06-30 09:09:47.000 +02:00"},
	{"2023-06-30T09:09:47-0530", "2023-06-30 09:09:47.000 -05:30"},
	{"2023-06-30T09:09:47", "2023-06-30 09:09:47.000 UTC"},
	{"2023-07-01T00:00:00.00", "2023-07-01 00:00:00.000 UTC"},
	{"2023-06-30", "2023-06-30 00:00:00.000 UTC"},
	{"2023-06", "2023-06-01 00:00:00.000 UTC"},
	{"2023", "2023-01-01 00:00:00.000 UTC"},
	{"2023-W26-5", "2023-06-30 00:00:00.000 UTC"},
	{"2023-w26-5", "2023-06-30 00:00:00.000 UTC"},
	{"2023-181", "2023-06-30 00:00:00.000 UTC"},
	{"2023-W26", "2023-06-26 00:00:00.000 UTC"},
	{"2020-W53-7", "2021-01-03 00:00:00.000 UTC"},
	{"T10:15:30", "1970-01-01 10:15:30.000 UTC"},
	{"2023-06-30T", "2023-06-30 00:00:00.000 UTC"},
	{"2023-06-30T09.5", "2023-06-30 09:30:00.000 UTC"},
	{"2023-06-30T09:09.5", "2023-06-30 09:09:30.000 UTC"},
	{"2023-06-30T09:09:47,787Z", "2023-06-30 09:09:47.787 UTC"},
	{"2023-06-30t09:09:47z", "2023-06-30 09:09:47.000 UTC"},
	{"2023-6-3T9:9:7Z", "2023-06-03 09:09:07.000 UTC"},
	{"2023-06-30TZ", "2023-06-30 00:00:00.000 UTC"},
	{"1969-12-31T23:59:59.9999Z", "1969-12-31 23:59:59.999 UTC"},
	{"2024-02-29T00:00:00Z", "2024-02-29 00:00:00.000 UTC"},
	{"-0001-01-01T00:00:00Z", "-0001-01-01 00:00:00.000 UTC"},
	{"12345-01-01T00:00:00Z", "+12345-01-01 00:00:00.000 UTC"},
	{"2023-06-30T09:09:47.787017+14:00", "2023-06-30 09:09:47.787 +14:00"},
	{"2023-06-30T09:09:47-00:00", "2023-06-30 09:09:47.000 UTC"},

	{"2023-06-30 09:09:47", `!Invalid format: "2023-06-30 09:09:47" is malformed at " 09:09:47"`},
	{"2023-06-30T09:09:47Z ", `!Invalid format: "2023-06-30T09:09:47Z " is malformed at " "`},
	{" 2023-06-30T09:09:47Z", `!Invalid format: " 2023-06-30T09:09:47Z"`},
	{"2023-06-30Z", `!Invalid format: "2023-06-30Z" is malformed at "Z"`},
	{"2023-06-30T09:09:47+2", `!Invalid format: "2023-06-30T09:09:47+2" is malformed at "+2"`},
	{"2023-06-30T09:09:47+2400", `!Invalid format: "2023-06-30T09:09:47+2400" is malformed at "+2400"`},
	{"2023-06-30T09:09:47.1234567890Z", `!Invalid format: "2023-06-30T09:09:47.1234567890Z" is malformed at "0Z"`},
	{"2023-06-30T09:09:47Z[UTC]", `!Invalid format: "2023-06-30T09:09:47Z[UTC]" is malformed at "[UTC]"`},
	{"20230630T090947Z", `!Invalid format: "20230630T090947Z" is malformed at "0947Z"`},
	{"", `!Invalid format: ""`},
	{"2023-06-31", `!Cannot parse "2023-06-31": Value 31 for dayOfMonth must be in the range [1,30]`},
	{"2023-02-29T00:00:00Z", `!Cannot parse "2023-02-29T00:00:00Z": Value 29 for dayOfMonth must be in the range [1,28]`},
	{"2023-13-01", `!Cannot parse "2023-13-01": Value 13 for monthOfYear must be in the range [1,12]`},
	{"2023-06-30T24:00:00Z", `!Cannot parse "2023-06-30T24:00:00Z": Value 24 for hourOfDay must be in the range [0,23]`},
	{"2023-06-30T23:60:00Z", `!Cannot parse "2023-06-30T23:60:00Z": Value 60 for minuteOfHour must be in the range [0,59]`},
	{"2023-06-30T23:59:60Z", `!Cannot parse "2023-06-30T23:59:60Z": Value 60 for secondOfMinute must be in the range [0,59]`},
	{"2023-366", `!Cannot parse "2023-366": Value 366 for dayOfYear must be in the range [1,365]`},
	{"2023-06-30T09:09:47+15:00", "!Time zone not supported: +15:00"},
	{"2023-06-30T09:09:47+01:00:30", "!Time zone not supported: +01:00:30"},
	{"292278993-01-01T00:00:00Z", "!Millis overflow: 9223371985593600000"},
	{"292278994-01-01", "!Millis overflow: 9223372017129600000"},
	{"292278995-01-01", `!Cannot parse "292278995-01-01": Value 292278995 for year must be in the range [-292275055,292278994]`},
}

func TestParseISO8601Timestamp(t *testing.T) {
	for _, c := range isoCases {
		got := ""
		v, err := ParseISO8601Timestamp(c.in, UTC)
		if err != nil {
			got = "!" + err.Error()
		} else {
			got = string(AppendTimestampTZ(nil, v, 3))
		}
		if got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

// Texts without an offset are on the session zone's clock; a time that this
// clock skips is an error (Joda: IllegalInstantException).
func TestISO8601SessionZone(t *testing.T) {
	la := mustZone(t, "America/Los_Angeles")
	for _, c := range []struct{ in, want string }{
		{"2023-06-30T09:09:47", "2023-06-30 09:09:47.000 America/Los_Angeles"},
		{"2023-06-30T09:09:47Z", "2023-06-30 09:09:47.000 UTC"},
		{"2023-11-05T01:30", "2023-11-05 01:30:00.000 America/Los_Angeles"},
		{"2023-03-12T02:30", `!Cannot parse "2023-03-12T02:30": Illegal instant due to time zone offset transition (America/Los_Angeles)`},
	} {
		got := ""
		v, err := ParseISO8601Timestamp(c.in, la)
		if err != nil {
			got = "!" + err.Error()
		} else {
			got = string(AppendTimestampTZ(nil, v, 3))
		}
		if got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestISO8601Allocations(t *testing.T) {
	for _, s := range []string{"2023-06-30T09:09:47.787017+0000", "2023-06-30T09:09:47Z", "2023-06-30T09:09:47.5+09:00"} {
		if n := testing.AllocsPerRun(100, func() {
			if _, err := ParseISO8601Timestamp(s, UTC); err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", s, n)
		}
		if _, ok := parseISOFast(s, UTC); !ok {
			t.Errorf("%s misses the fast path", s)
		}
	}
}

// Every date, and every byte of the layout altered.
func TestISOUTC(t *testing.T) {
	check := func(s string) {
		want, err := isoDateTime.ParseInstant(s, UTC)
		if got, ok := isoUTC(s); ok && (err != nil || got != want.Millis || want.Zone != UTC || want.Picos != 0) {
			t.Errorf("%s: %d, not %+v, %v", s, got, want, err)
		} else if !ok && err == nil && s[26:] == "+0000" && s[19] == '.' && s[10] == 'T' && isDigit(s[0]) {
			t.Errorf("%s is not taken", s)
		}
	}
	for _, year := range []int{0, 1, 4, 99, 100, 200, 400, 1600, 1899, 1900, 1970, 2000, 2023, 2024, 2100, 9999} {
		for month := range 14 {
			for day := range 33 {
				check(fmt.Sprintf("%04d-%02d-%02dT23:59:59.987654+0000", year, month, day))
			}
		}
	}
	const right = "2023-06-30T09:09:47.787017+0000"
	for i := range right {
		for c := range 256 {
			check(right[:i] + string([]byte{byte(c)}) + right[i+1:])
		}
	}
}

func TestParseISO8601Date(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2023-06-30", "2023-06-30"},
		{"2023-W26-5", "2023-06-30"},
		{"2023-181", "2023-06-30"},
		{"2023-06", "2023-06-01"},
		{"2023", "2023-01-01"},
		{"2023-06-30T00:00", `!Invalid format: "2023-06-30T00:00" is malformed at "T00:00"`},
		{"2023-06-30 ", `!Invalid format: "2023-06-30 " is malformed at " "`},
		{"x", `!Invalid format: "x"`},
	} {
		got := ""
		d, err := ParseISO8601Date(c.in)
		if err != nil {
			got = "!" + err.Error()
		} else {
			got = string(AppendDate(nil, d))
		}
		if got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

// Expectations from java.time (JDK 17), ISO_DATE_TIME.
func TestParseISO8601Nanos(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2023-06-30T09:09:47.787017Z", "2023-06-30 09:09:47.787017000 UTC"},
		{"2023-06-30T09:09:47.123456789+09:00", "2023-06-30 09:09:47.123456789 +09:00"},
		{"2023-06-30T09:09", "2023-06-30 09:09:00.000000000 UTC"},
		{"2023-06-30T09:09:47", "2023-06-30 09:09:47.000000000 UTC"},
		{"2023-06-30T09:09:47+02:00[Europe/Berlin]", "2023-06-30 09:09:47.000000000 Europe/Berlin"},
		{"2023-06-30T09:09:47.787017+0000", "!Text '2023-06-30T09:09:47.787017+0000' could not be parsed, unparsed text found at index 26"},
		{"2023-06-30", "!Text '2023-06-30' could not be parsed at index 10"},
		{"2023-06-30T09:09:47.1234567890Z", "!Text '2023-06-30T09:09:47.1234567890Z' could not be parsed, unparsed text found at index 29"},
		{"", "!Text '' could not be parsed at index 0"},
		{"2023-06-30T09:09:47+05:00[Europe/Berlin]", "2023-06-30 06:09:47.000000000 Europe/Berlin"},
		{"2023-06-30T09:09+19:00", "!Text '2023-06-30T09:09+19:00' could not be parsed: Zone offset not in valid range: -18:00 to +18:00"},
		{"2023-06-30T09:09+15:00", "!Time zone not supported: +15:00"},
		{"2023-06-30T09:09+09", "!Text '2023-06-30T09:09+09' could not be parsed, unparsed text found at index 16"},
		{"+2023-06-30T09:09", "!Text '+2023-06-30T09:09' could not be parsed at index 0"},
		{"2023-06-31T00:00", "!Text '2023-06-31T00:00' could not be parsed: Invalid date 'JUNE 31'"},
		{"2023-02-29T00:00", "!Text '2023-02-29T00:00' could not be parsed: Invalid date 'February 29' as '2023' is not a leap year"},
		{"2023-13-01T00:00", "!Text '2023-13-01T00:00' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 13"},
		{"2023-01-32T00:00", "!Text '2023-01-32T00:00' could not be parsed: Invalid value for DayOfMonth (valid values 1 - 28/31): 32"},
	} {
		got := ""
		v, err := ParseISO8601Nanos(c.in, UTC)
		if err != nil {
			got = "!" + err.Error()
		} else {
			got = string(AppendTimestampTZ(nil, v, 9))
		}
		if got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func FuzzISO8601(f *testing.F) {
	for _, c := range isoCases {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		slow, slowErr := isoDateTime.ParseInstant(s, UTC)
		if fast, ok := parseISOFast(s, UTC); ok && (slowErr != nil || fast != slow) {
			t.Fatalf("%q: fast path %+v, general %+v, %v", s, fast, slow, slowErr)
		}
		if slowErr != nil {
			var fe *FormatError
			var ze *ZoneError
			if !errors.As(slowErr, &fe) && !errors.As(slowErr, &ze) {
				t.Fatalf("%q: error of type %T", s, slowErr)
			}
		} else if w, err := time.Parse(time.RFC3339Nano, s); err == nil && w.Year() > 0 && w.UnixMilli() != slow.Millis {
			t.Fatalf("%q: %d, package time says %d", s, slow.Millis, w.UnixMilli())
		}
		if _, err := ParseISO8601Date(s); err == nil && slowErr != nil {
			var ze *ZoneError
			if !errors.As(slowErr, &ze) && slow.Millis == 0 && MillisFit(0) && s != "" && slowErr.Error()[0] != 'M' {
				t.Fatalf("%q is a date and no timestamp: %v", s, slowErr)
			}
		}
		if v, err := ParseISO8601Nanos(s, UTC); err == nil && slowErr == nil && v.Millis != slow.Millis {
			t.Fatalf("%q: %d by java.time's rules, %d by Joda's", s, v.Millis, slow.Millis)
		}
	})
}

func BenchmarkISO8601(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		if _, err := ParseISO8601Timestamp("2023-06-30T09:09:47.787017+0000", UTC); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkISO8601General(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		if _, err := isoDateTime.ParseInstant("2023-06-30T09:09:47.787017+0000", UTC); err != nil {
			b.Fatal(err)
		}
	}
}
