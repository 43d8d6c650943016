package types

// Tests of the calendar against package time, of printed forms, and of the
// texts that literals and casts take (Trino's DateTimes and cast operators).

import (
	"errors"
	"math"
	"math/big"
	"math/rand"
	"testing"
	"time"
)

func TestCalendarAgainstTime(t *testing.T) {
	check := func(days int64) {
		t.Helper()
		y, m, d := Civil(days)
		if y > -290_000 && y < 290_000 {
			w := time.Unix(0, 0).UTC().AddDate(0, 0, int(days))
			if w.Year() != y || int(w.Month()) != m || w.Day() != d {
				t.Fatalf("Civil(%d) = %d-%d-%d, want %v", days, y, m, d, w)
			}
			wd := int(w.Weekday())
			if wd == 0 {
				wd = 7
			}
			iy, iw := w.ISOWeek()
			gy, gw := ISOWeek(days)
			if DayOfWeek(days) != wd || DayOfYear(days) != w.YearDay() || gy != iy || gw != iw {
				t.Fatalf("day %d: dow %d doy %d week %d-%d, want %d %d %d-%d", days, DayOfWeek(days), DayOfYear(days), gy, gw, wd, w.YearDay(), iy, iw)
			}
		}
		if back := Days(y, m, d); back != days {
			t.Fatalf("Days(%d,%d,%d) = %d, want %d", y, m, d, back, days)
		}
		if d > DaysInMonth(y, m) {
			t.Fatalf("%d-%d has no day %d", y, m, d)
		}
	}
	for d := int64(-720_000); d < 720_000; d += 7 {
		check(d)
	}
	for d := int64(-1000); d < 40_000; d++ {
		check(d)
	}
	rng := rand.New(rand.NewSource(2))
	for range 20_000 {
		check(int64(int32(rng.Uint32())))
	}
	check(math.MaxInt32)
	check(math.MinInt32)
}

func TestAppend(t *testing.T) {
	zone := func(name string) Zone { return mustZone(t, name) }
	milli := int64(1688116187787)
	for _, c := range []struct{ got, want string }{
		{string(AppendDate(nil, 19538)), "2023-06-30"},
		{string(AppendDate(nil, Days(1, 1, 1))), "0001-01-01"},
		{string(AppendDate(nil, Days(0, 2, 29))), "0000-02-29"},
		{string(AppendDate(nil, Days(-1, 12, 31))), "-0001-12-31"},
		{string(AppendDate(nil, Days(-12345, 1, 2))), "-12345-01-02"},
		{string(AppendDate(nil, Days(10000, 1, 1))), "10000-01-01"},
		{string(AppendDateResult(nil, Days(10000, 1, 1))), "+10000-01-01"},
		{string(AppendTime(nil, 3_723_456_789_012_345, 12)), "01:02:03.456789012345"},
		{string(AppendTime(nil, 3_723_456_789_012_345, 3)), "01:02:03.456"},
		{string(AppendTime(nil, 3_723_456_789_012_345, 0)), "01:02:03"},
		{string(AppendTimeTZ(nil, TimeOfDayTZ{3_723_456_789_012_345, -330}, 3)), "01:02:03.456-05:30"},
		{string(AppendTimeTZ(nil, TimeOfDayTZ{0, 0}, 0)), "00:00:00+00:00"},
		{string(AppendTimestamp(nil, milli*1000, 0, 3)), "2023-06-30 09:09:47.787"},
		{string(AppendTimestamp(nil, milli*1000, 0, 0)), "2023-06-30 09:09:47"},
		{string(AppendTimestamp(nil, milli*1000+17, 999, 6)), "2023-06-30 09:09:47.787017"},
		{string(AppendTimestamp(nil, milli*1000+17, 5, 12)), "2023-06-30 09:09:47.787017000005"},
		{string(AppendTimestamp(nil, -1, 0, 6)), "1969-12-31 23:59:59.999999"},
		{string(AppendTimestamp(nil, Days(10000, 1, 1)*MicrosPerDay, 0, 0)), "+10000-01-01 00:00:00"},
		{string(AppendTimestamp(nil, math.MaxInt64, 0, 6)), "+294247-01-10 04:00:54.775807"},
		{string(AppendTimestamp(nil, math.MinInt64, 0, 6)), "-290308-12-21 19:59:05.224192"},
		{string(AppendTimestampTZ(nil, Instant{Millis: milli}, 3)), "2023-06-30 09:09:47.787 UTC"},
		{string(AppendTimestampTZ(nil, Instant{milli, 17_000_000, zone("+02:00")}, 6)), "2023-06-30 11:09:47.787017 +02:00"},
		{string(AppendTimestampTZ(nil, Instant{milli, 0, zone("America/Los_Angeles")}, 0)), "2023-06-30 02:09:47 America/Los_Angeles"},
		{string(AppendTimestampTZ(nil, Instant{-1, 0, UTC}, 3)), "1969-12-31 23:59:59.999 UTC"},
		{string(AppendTimestampISO(nil, milli*1000, 0, 3)), "2023-06-30T09:09:47.787"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	iso := func(i Instant, p int) string {
		b, err := AppendTimestampTZISO(nil, i, p)
		if err != nil {
			return err.Error()
		}
		return string(b)
	}
	for _, c := range []struct{ got, want string }{
		{iso(Instant{Millis: milli}, 3), "2023-06-30T09:09:47.787Z"},
		{iso(Instant{milli, 0, zone("America/Los_Angeles")}, 3), "2023-06-30T02:09:47.787-07:00"},
		{iso(Instant{-4_000_000_000_000, 0, zone("America/Los_Angeles")}, 3), "Timezone with non-zero seconds offset cannot be rendered as ISO8601: -07:52:58"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestTimestampLiteral(t *testing.T) {
	for _, c := range []struct{ in, typ, want string }{
		{"2020-01-01", "timestamp(0)", "2020-01-01 00:00:00"},
		{"2020-1-1", "timestamp(0)", "2020-01-01 00:00:00"},
		{"2020-01-01 ", "timestamp(0)", "2020-01-01 00:00:00"},
		{"2020-01-01 1:2", "timestamp(0)", "2020-01-01 01:02:00"},
		{"2020-01-01 01:02:03", "timestamp(0)", "2020-01-01 01:02:03"},
		{"2020-01-01 01:02:03.1", "timestamp(1)", "2020-01-01 01:02:03.1"},
		{"2020-01-01 01:02:03.123456", "timestamp(6)", "2020-01-01 01:02:03.123456"},
		{"2020-01-01 01:02:03.123456789012", "timestamp(12)", "2020-01-01 01:02:03.123456789012"},
		{"-0001-01-01 01:02:03.5", "timestamp(1)", "-0001-01-01 01:02:03.5"},
		{"+12345-01-01 01:02:03", "timestamp(0)", "+12345-01-01 01:02:03"},
		{"1969-12-31 23:59:59.999999999", "timestamp(9)", "1969-12-31 23:59:59.999999999"},
		{"2020-01-01 01:02:03 UTC", "timestamp(0) with time zone", "2020-01-01 01:02:03 UTC"},
		{"2020-01-01 01:02:03.456 +09:00", "timestamp(3) with time zone", "2020-01-01 01:02:03.456 +09:00"},
		{"2020-01-01 01:02:03.456+9", "timestamp(3) with time zone", "2020-01-01 01:02:03.456 +09:00"},
		{"2020-01-01 01:02 America/Los_Angeles", "timestamp(0) with time zone", "2020-01-01 01:02:00 America/Los_Angeles"},
		{"2020-01-01 Asia/Tokyo", "timestamp(0) with time zone", "2020-01-01 00:00:00 Asia/Tokyo"},
		{"2020-01-01 01:02:03.123456789 Asia/Tokyo", "timestamp(9) with time zone", "2020-01-01 01:02:03.123456789 Asia/Tokyo"},
		{"2023-11-05 01:30:00 America/Los_Angeles", "timestamp(0) with time zone", "2023-11-05 01:30:00 America/Los_Angeles"},
	} {
		lit, err := ParseTimestampLiteral(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		got := string(AppendTimestamp(nil, lit.Micros, lit.Picos, int(lit.Type.P)))
		if lit.Type.Kind == KindTimestampTZ {
			got = string(AppendTimestampTZ(nil, lit.TZ, int(lit.Type.P)))
		}
		if lit.Type.String() != c.typ || got != c.want {
			t.Errorf("%q = %s %s, want %s %s", c.in, lit.Type, got, c.typ, c.want)
		}
	}
	for _, in := range []string{
		"", "2020", "2020-01", "2020-13-01", "2020-02-30", "2020-01-01T01:02:03", "2020-01-01 24:00:00", "2020-01-01 01:60", " 2020-01-01",
		"2020-01-01 01:02:03.", "2020-01-01 01:02:03 Mars/Olympus", "20-01-01", "2023-03-12 02:30:00 America/Los_Angeles", "2020-01-01x",
		"2020-01-01 01:02:03 +19:00", "1234567890123-01-01", "999999-01-01",
	} {
		if lit, err := ParseTimestampLiteral(in); err == nil {
			t.Errorf("%q accepted: %+v", in, lit)
		}
	}
	var pe *PrecisionError
	if _, err := ParseTimestampLiteral("2020-01-01 01:02:03.1234567890123"); !errors.As(err, &pe) || pe.Error() != "TIMESTAMP precision must be in range [0, 12]: 13" {
		t.Errorf("13 digits: %v", err)
	}
	var ze *ZoneError
	if _, err := ParseTimestampLiteral("2020-01-01 01:02:03 +15:00"); !errors.As(err, &ze) {
		t.Errorf("+15:00: %v", err)
	}
}

func TestCastTexts(t *testing.T) {
	tokyo := mustZone(t, "Asia/Tokyo")
	ts := func(s string, p int) string {
		m, q, err := ParseTimestamp(s, p)
		if err != nil {
			return "error"
		}
		return string(AppendTimestamp(nil, m, q, p))
	}
	tz := func(s string, p int) string {
		v, err := ParseTimestampTZ(s, p, tokyo)
		if err != nil {
			return "error"
		}
		return string(AppendTimestampTZ(nil, v, p))
	}
	tm := func(s string, p int) string {
		v, err := ParseTime(s, p)
		if err != nil {
			return "error"
		}
		return string(AppendTime(nil, v, p))
	}
	tt := func(s string, p int) string {
		v, err := ParseTimeTZ(s, p, 540)
		if err != nil {
			return "error"
		}
		return string(AppendTimeTZ(nil, v, p))
	}
	for _, c := range []struct{ what, got, want string }{
		{"round", ts("2020-01-01 01:02:03.4565", 3), "2020-01-01 01:02:03.457"},
		{"carry", ts(" 2019-12-31 23:59:59.9996 ", 3), "2020-01-01 00:00:00.000"},
		{"carry picos", ts("2019-12-31 23:59:59.9999999999996", 12), "2020-01-01 00:00:00.000000000000"},
		{"zone ignored", ts("2020-01-01 01:02:03 Asia/Tokyo", 0), "2020-01-01 01:02:03"},
		{"zone gap", ts("2023-03-12 02:30:00 America/Los_Angeles", 0), "2023-03-12 03:30:00"},
		{"offset beyond 14", ts("2023-03-12 02:30:00 +17:00", 0), "2023-03-12 02:30:00"},
		{"bad zone", ts("2020-01-01 01:02:03 X", 0), "error"},
		{"before epoch", ts("1969-12-31 23:59:59.9995", 3), "1970-01-01 00:00:00.000"},
		{"session zone", tz("2020-01-01 01:02:03", 3), "2020-01-01 01:02:03.000 Asia/Tokyo"},
		{"own zone", tz("2020-01-01 01:02:03.12345 UTC", 3), "2020-01-01 01:02:03.123 UTC"},
		{"nanos", tz("2020-01-01 01:02:03.123456789 -05:00", 9), "2020-01-01 01:02:03.123456789 -05:00"},
		{"gap", tz("2023-03-12 02:30:00 America/Los_Angeles", 0), "2023-03-12 03:30:00 America/Los_Angeles"},
		{"time", tm("1:2:3.4567", 3), "01:02:03.457"},
		{"time wraps", tm("23:59:59.9999", 3), "00:00:00.000"},
		{"time trailing blank", tm("10:20 ", 0), "10:20:00"},
		{"time leading blank", tm(" 10:20", 0), "error"},
		{"time with zone", tm("10:20+01:00", 0), "error"},
		{"time 24", tm("24:00", 0), "error"},
		{"timetz", tt("10:20:30.5 -05:30", 1), "10:20:30.5-05:30"},
		{"timetz session", tt("10:20:30", 0), "10:20:30+09:00"},
		{"timetz 14:01", tt("10:20:30+14:01", 0), "error"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
		}
	}
	for _, c := range []struct {
		in   string
		want string
	}{
		{"2020-02-29", "2020-02-29"},
		{"0001-01-01", "0001-01-01"},
		{"-0001-01-01", "-0001-01-01"},
		{"12345-01-01", "12345-01-01"},
		{"2020-1-2", "2020-01-02"},
		{"2019-02-29", ""},
		{"2020-13-01", ""},
		{"2020-00-01", ""},
		{"2020-01-00", ""},
		{" 2020-01-01\n", "2020-01-01"},
		{"2020-01", ""},
		{"", ""},
		{"2020-01-01x", ""},
	} {
		d, err := ParseDate(c.in)
		if (err != nil) != (c.want == "") || err == nil && string(AppendDate(nil, d)) != c.want {
			t.Errorf("ParseDate(%q) = %s, %v, want %q", c.in, AppendDate(nil, d), err, c.want)
		}
	}
	if TrimSpace(" \t\u2003x y\u00a0\n") != "x y\u00a0" {
		t.Errorf("TrimSpace: %q", TrimSpace(" \t\u2003x y\u00a0\n"))
	}
}

func TestRounding(t *testing.T) {
	for _, c := range []struct {
		v      int64
		digits int
		want   int64
	}{{15, 1, 20}, {14, 1, 10}, {-15, 1, -10}, {-16, 1, -20}, {-14, 1, -10}, {5, 1, 10}, {-5, 1, 0}, {7, 0, 7}, {999_999_999_999, 12, 1_000_000_000_000}} {
		if got := RoundTo(c.v, c.digits); got != c.want {
			t.Errorf("RoundTo(%d, %d) = %d, want %d", c.v, c.digits, got, c.want)
		}
	}
	for _, c := range []struct {
		in   Instant
		p    int
		want Instant
	}{
		{Instant{Millis: 1, Picos: 999_500_000}, 6, Instant{Millis: 2}},
		{Instant{Millis: 1, Picos: 998_499_999}, 6, Instant{Millis: 1, Picos: 998_000_000}},
		{Instant{Millis: 1, Picos: 500_000_000}, 3, Instant{Millis: 2}},
		{Instant{Millis: 1499, Picos: 999_999_999}, 0, Instant{Millis: 1000}}, // below 3 digits Trino looks at the milliseconds only
		{Instant{Millis: -500}, 0, Instant{Millis: 0}},
	} {
		if got := RoundInstant(c.in, 12, c.p); got != c.want {
			t.Errorf("RoundInstant(%+v, %d) = %+v, want %+v", c.in, c.p, got, c.want)
		}
	}
	if got := RoundTime(PicosPerDay-1, 11); got != 0 {
		t.Errorf("RoundTime: %d", got)
	}
	if m, p := RoundTimestamp(41, 999_999, 12, 9); m != 42 || p != 0 {
		t.Errorf("RoundTimestamp: %d %d", m, p)
	}
}

func TestPicosRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	million := big.NewInt(PicosPerMicro)
	for i := range 20_000 {
		m, p := int64(rng.Uint64()), int32(rng.Intn(PicosPerMicro))
		if i%3 == 0 {
			p = 0
		}
		if i%5 == 0 {
			m >>= uint(rng.Intn(63))
		}
		hi, lo := TimestampPicos(m, p)
		want := new(big.Int).Add(new(big.Int).Mul(big.NewInt(m), million), big.NewInt(int64(p)))
		got := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(hi), 64), new(big.Int).SetUint64(lo))
		if got.Cmp(want) != 0 {
			t.Fatalf("TimestampPicos(%d, %d) = %v, want %v", m, p, got, want)
		}
		if m2, p2 := SplitPicos(hi, lo); m2 != m || p2 != p {
			t.Fatalf("SplitPicos: %d %d, want %d %d", m2, p2, m, p)
		}
	}
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		y, m, d int
		n       int64
		want    string
	}{
		{2023, 1, 31, 1, "2023-02-28"},
		{2024, 1, 31, 1, "2024-02-29"},
		{2024, 2, 29, 12, "2025-02-28"},
		{2023, 1, 31, -2, "2022-11-30"},
		{2023, 12, 31, 2, "2024-02-29"},
		{1, 1, 1, -13, "-0001-12-01"},
	} {
		if got := string(AppendDate(nil, AddMonths(Days(c.y, c.m, c.d), c.n))); got != c.want {
			t.Errorf("%d-%d-%d + %d months = %s, want %s", c.y, c.m, c.d, c.n, got, c.want)
		}
	}
}

func BenchmarkCivil(b *testing.B) {
	s := 0
	for i := range b.N {
		y, m, d := Civil(int64(i & 0xffff))
		s += y + m + d
	}
	_ = s
}

func BenchmarkAppendTimestampTZ(b *testing.B) {
	buf := make([]byte, 0, 64)
	for i := range b.N {
		buf = AppendTimestampTZ(buf[:0], Instant{Millis: 1688116187787 + int64(i)}, 3)
	}
}
