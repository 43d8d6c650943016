package expr

// Tests of the date, time and interval functions: each case resolves a call as
// the analyzer does and runs the body. Expectations are from Trino's tests
// (TestDateTimeFunctions and the test classes of timestamp, timestamptz, time),
// its source, or runs of Joda-Time.

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/function"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// temporalArg makes a vector of one row from a text such as "date 2020-01-01",
// "timestamp 2020-01-01 00:00:00.000 UTC", "time 01:02:03", "days 1 02:00" (an
// interval day to second), "months 1-2", "bigint 5", "double 1.5", or else a
// varchar.
func temporalArg(t testing.TB, s string) *page.Vector {
	t.Helper()
	kind, text, _ := strings.Cut(s, " ")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
	}
	ints := func(typ types.Type, v int64, err error) *page.Vector {
		must(err)
		b := page.NewBuilder(typ)
		b.Int64(v)
		return b.Finish()
	}
	switch kind {
	case "date":
		v, err := types.ParseDate(text)
		return ints(types.Date, v, err)
	case "time":
		lit, err := types.ParseTimeLiteral(text)
		must(err)
		b := page.NewBuilder(lit.Type)
		if lit.Type.Kind == types.KindTimeTZ {
			b.TimeTZ(lit.TimeOfDayTZ)
		} else {
			b.Int64(lit.Picos)
		}
		return b.Finish()
	case "timestamp":
		lit, err := types.ParseTimestampLiteral(text)
		must(err)
		b := page.NewBuilder(lit.Type)
		if lit.Type.Kind == types.KindTimestampTZ {
			b.Instant(lit.TZ)
		} else {
			appendTimestamp(b, lit.Micros, lit.Picos)
		}
		return b.Finish()
	case "days":
		v, err := types.ParseInterval(text, types.IntervalDay, types.IntervalSecond)
		return ints(types.IntervalDaySecond, v, err)
	case "months":
		v, err := types.ParseInterval(text, types.IntervalYear, types.IntervalMonth)
		return ints(types.IntervalYearMonth, v, err)
	case "bigint":
		var v int64
		_, err := fmt.Sscan(text, &v)
		return ints(types.Bigint, v, err)
	case "double":
		var v float64
		_, err := fmt.Sscan(text, &v)
		must(err)
		b := page.NewBuilder(types.Double)
		b.Float64(v)
		return b.Finish()
	case "decimal":
		v, p, sc, ok := decimal.Parse(text)
		if !ok {
			t.Fatalf("%q is no decimal", text)
		}
		b := page.NewBuilder(types.Decimal(p, sc))
		b.Int128(v)
		return b.Finish()
	}
	b := page.NewBuilder(types.VarcharN(max(1, len(s))))
	b.String(s)
	return b.Finish()
}

var temporalEnv = &Env{Now: types.Instant{Millis: 1688116187787, Picos: 654_321_000}, Zone: types.UTC}

// callTemporal runs name over the arguments and gives "type value" or
// "CODE: message".
func callTemporal(t testing.TB, env *Env, name string, args []string) string {
	t.Helper()
	a := &Args{Env: env}
	var ts []types.Type
	for _, s := range args {
		v := temporalArg(t, s)
		a.Vecs = append(a.Vecs, v)
		ts = append(ts, v.Type)
	}
	b, err := function.Resolve(name, function.Values(ts...))
	if err != nil {
		return err.Error()
	}
	a.Func = b
	for k, v := range a.Vecs {
		if v.Type.Kind != b.Args[k].Kind {
			t.Fatalf("%s%v: argument %d needs a cast from %s to %s", name, args, k, v.Type, b.Args[k])
		}
		if v.Type.Kind == types.KindTimestamp && v.Type != b.Args[k] {
			w := page.NewBuilder(b.Args[k])
			m, p := timestampAt(v, 0)
			appendTimestamp(w, m, p)
			a.Vecs[k] = w.Finish()
		} else if v.Type.Kind == types.KindTimestampTZ {
			v.Type = b.Args[k]
		}
	}
	body := bodies[b.ID()]
	if body == nil {
		t.Fatalf("no body for %s", b.ID())
	}
	out := page.NewBuilder(b.Result)
	if err := body(a, 0, out); err != nil {
		e := sqlerr.As(err)
		return string(e.Code) + ": " + e.Msg
	}
	v := out.Vector()
	if v.Len != 1 {
		t.Fatalf("%s appended %d rows", b.ID(), v.Len)
	}
	return b.Result.String() + " " + temporalText(v)
}

func temporalText(v *page.Vector) string {
	p := int(v.Type.P)
	switch v.Type.Kind {
	case types.KindDate:
		return string(types.AppendDate(nil, v.I64[0]))
	case types.KindTime:
		return string(types.AppendTime(nil, v.I64[0], p))
	case types.KindTimeTZ:
		return string(types.AppendTimeTZ(nil, v.TimeTZ[0], p))
	case types.KindTimestamp:
		m, q := timestampAt(v, 0)
		return string(types.AppendTimestamp(nil, m, q, p))
	case types.KindTimestampTZ:
		return string(types.AppendTimestampTZ(nil, v.TZ[0], p))
	case types.KindIntervalDaySecond:
		return string(types.AppendIntervalDaySecond(nil, v.I64[0]))
	case types.KindIntervalYearMonth:
		return string(types.AppendIntervalYearMonth(nil, v.I64[0]))
	case types.KindVarchar:
		return v.Str[0]
	case types.KindDouble:
		return fmt.Sprint(v.F64[0])
	}
	return fmt.Sprint(v.I64[0])
}

type temporalCase struct {
	call string // name|argument|argument
	want string
}

func runTemporal(t *testing.T, env *Env, cases []temporalCase) {
	t.Helper()
	for _, c := range cases {
		parts := strings.Split(c.call, "|")
		if got := callTemporal(t, env, parts[0], parts[1:]); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.call, got, c.want)
		}
	}
}

// Every signature of the family has a body.
func TestDateTimeBodies(t *testing.T) {
	operators := map[string]bool{"$add": true, "$sub": true, "$mul": true, "$div": true, "$neg": true, "$at_timezone": true}
	n := 0
	for _, f := range function.All() {
		if f.Category == "datetime" || operators[f.Name] || strings.HasPrefix(f.Name, "$current") || strings.HasPrefix(f.Name, "$local") {
			n++
			if bodies[f.ID()] == nil {
				t.Errorf("%s has no body", f.ID())
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d overloads of the family are there", n)
	}
}

func TestExtract(t *testing.T) {
	runTemporal(t, temporalEnv, []temporalCase{
		{"year|date 2001-08-22", "bigint 2001"},
		{"year|date -0001-08-22", "bigint -1"},
		{"quarter|date 2001-08-22", "bigint 3"},
		{"month|timestamp 2001-08-22 03:04:05.321", "bigint 8"},
		{"day|timestamp 2001-08-22 03:04:05.321 +14:00", "bigint 22"},
		{"day_of_month|date 2001-08-22", "bigint 22"},
		{"day_of_week|date 2001-08-22", "bigint 3"},
		{"dow|timestamp 1969-12-28 23:59:59.999999999", "bigint 7"},
		{"day_of_year|date 2001-08-22", "bigint 234"},
		{"doy|date 2000-12-31", "bigint 366"},
		{"week|date 2001-08-22", "bigint 34"},
		{"week_of_year|date 2016-01-01", "bigint 53"},
		{"year_of_week|date 2016-01-01", "bigint 2015"},
		{"yow|timestamp 2012-12-31 12:00:00", "bigint 2013"},
		{"hour|timestamp 2001-08-22 03:04:05.321", "bigint 3"},
		{"hour|timestamp 2001-08-22 03:04:05.321 Asia/Tokyo", "bigint 3"},
		{"minute|timestamp 1969-12-31 23:59:58.999999", "bigint 59"},
		{"second|timestamp 1969-12-31 23:59:58.999999", "bigint 58"},
		{"millisecond|timestamp 1969-12-31 23:59:58.999999", "bigint 999"},
		{"millisecond|time 03:04:05.321999", "bigint 321"},
		{"second|time 03:04:05+09:00", "bigint 5"},
		{"hour|days 12 10:45:32.123", "bigint 10"},
		{"hour|days -12 10:45:32.123", "bigint -10"},
		{"millisecond|days -12 10:45:32.123", "bigint -123"},
		{"day|days -12 10:45:32.123", "bigint -12"},
		{"year|months 3-4", "bigint 3"},
		{"month|months -3-4", "bigint -4"},
		{"timezone_hour|timestamp 2001-08-22 03:04:05 -05:30", "bigint -5"},
		{"timezone_minute|timestamp 2001-08-22 03:04:05 -05:30", "bigint -30"},
		{"timezone_minute|time 03:04:05+05:45", "bigint 45"},
		{"timezone_hour|timestamp 2001-08-22 03:04:05 America/Los_Angeles", "bigint -7"},
		{"last_day_of_month|date 2000-02-01", "date 2000-02-29"},
		{"last_day_of_month|timestamp 2001-08-31 23:59:59.999", "date 2001-08-31"},
		{"last_day_of_month|timestamp 2019-08-31 23:59:59.999 Asia/Tokyo", "date 2019-08-31"},
		{"date|timestamp 1969-12-31 23:59:59.999", "date 1969-12-31"},
		{"date|timestamp 2023-07-01 00:30:00 +09:00", "date 2023-07-01"},
		{"date| 2023-07-01 ", "date 2023-07-01"},
		{"date|2023-7-32", "INVALID_CAST_ARGUMENT: Value cannot be cast to date: 2023-7-32"},
		{"to_milliseconds|days 1 00:00:00.001", "bigint 86400001"},
	})
}

func TestDateTrunc(t *testing.T) {
	runTemporal(t, temporalEnv, []temporalCase{
		{"date_trunc|day|date 2001-08-22", "date 2001-08-22"},
		{"date_trunc|week|date 2001-08-22", "date 2001-08-20"},
		{"date_trunc|month|date 2001-08-22", "date 2001-08-01"},
		{"date_trunc|quarter|date 2001-08-22", "date 2001-07-01"},
		{"date_trunc|YEAR|date 2001-08-22", "date 2001-01-01"},
		{"date_trunc|hour|date 2001-08-22", "INVALID_FUNCTION_ARGUMENT: 'hour' is not a valid DATE field"},
		{"date_trunc|millisecond|timestamp 2001-08-22 03:04:05.321654", "timestamp(6) 2001-08-22 03:04:05.321000"},
		{"date_trunc|second|timestamp 1969-12-31 23:59:58.5", "timestamp(1) 1969-12-31 23:59:58.0"},
		{"date_trunc|minute|timestamp 2001-08-22 03:04:05.321", "timestamp(3) 2001-08-22 03:04:00.000"},
		{"date_trunc|hour|timestamp 2001-08-22 03:04:05.123456789", "timestamp(9) 2001-08-22 03:00:00.000000000"},
		{"date_trunc|week|timestamp 1969-12-31 03:04:05", "timestamp(0) 1969-12-29 00:00:00"},
		{"date_trunc|century|timestamp 2001-08-22 03:04:05", "INVALID_FUNCTION_ARGUMENT: 'century' is not a valid TIMESTAMP field"},
		{"date_trunc|hour|timestamp 2001-08-22 03:34:05.321 +05:30", "timestamp(3) with time zone 2001-08-22 03:00:00.000 +05:30"},
		{"date_trunc|day|timestamp 2023-07-01 03:34:05.321 Asia/Tokyo", "timestamp(3) with time zone 2023-07-01 00:00:00.000 Asia/Tokyo"},
		// The day on which clocks go forward, and the hour that comes twice.
		{"date_trunc|day|timestamp 2023-03-12 12:00:00 America/Los_Angeles", "timestamp(0) with time zone 2023-03-12 00:00:00 America/Los_Angeles"},
		{"date_trunc|month|timestamp 2023-11-20 12:00:00 America/Los_Angeles", "timestamp(0) with time zone 2023-11-01 00:00:00 America/Los_Angeles"},
		{"date_trunc|minute|time 03:04:05.321", "time(3) 03:04:00.000"},
		{"date_trunc|hour|time 03:04:05.321+05:30", "time(3) with time zone 03:00:00.000+05:30"},
		{"date_trunc|day|time 03:04:05", "INVALID_FUNCTION_ARGUMENT: 'day' is not a valid TIME field"},
	})
	// 01:30 in the second pass of the hour stays there.
	tz := types.Instant{Millis: 1699176600000, Zone: mustZone(t, "America/Los_Angeles")} // 2023-11-05 01:30 PST
	if got := floorInstant(tz.Millis, tz.Zone, unitHour); got != 1699174800000 {
		t.Errorf("hour of the overlap: %d", got)
	}
	if got := floorInstant(tz.Millis, tz.Zone, unitDay); got != 1699167600000 {
		t.Errorf("day of the overlap: %d", got)
	}
}

func mustZone(t testing.TB, name string) types.Zone {
	z, err := types.ZoneByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestDateAddDiff(t *testing.T) {
	runTemporal(t, temporalEnv, []temporalCase{
		{"date_add|day|bigint 0|date 2001-08-22", "date 2001-08-22"},
		{"date_add|month|bigint 3|date 2001-08-22", "date 2001-11-22"},
		{"date_add|month|bigint 1|date 2023-01-31", "date 2023-02-28"},
		{"date_add|quarter|bigint -1|date 2023-05-31", "date 2023-02-28"},
		{"date_add|year|bigint 1|date 2024-02-29", "date 2025-02-28"},
		{"date_add|week|bigint -1|date 2024-01-03", "date 2023-12-27"},
		{"date_add|day|bigint 3000000000|date 2024-01-03", "INVALID_FUNCTION_ARGUMENT: integer overflow"},
		{"date_add|hour|bigint 1|date 2024-01-03", "INVALID_FUNCTION_ARGUMENT: 'hour' is not a valid DATE field"},
		{"date_add|millisecond|bigint 3|timestamp 2001-08-22 03:04:05.321", "timestamp(3) 2001-08-22 03:04:05.324"},
		{"date_add|millisecond|bigint 500|timestamp 2001-08-22 03:04:05", "timestamp(0) 2001-08-22 03:04:06"},
		{"date_add|hour|bigint -5|timestamp 2001-08-22 03:04:05.123456789", "timestamp(9) 2001-08-21 22:04:05.123456789"},
		{"date_add|month|bigint 6|timestamp 2001-08-31 03:04:05.3 +09:00", "timestamp(1) with time zone 2002-02-28 03:04:05.3 +09:00"},
		{"date_add|day|bigint 1|timestamp 2023-03-11 02:30:00 America/Los_Angeles", "timestamp(0) with time zone 2023-03-12 03:30:00 America/Los_Angeles"},
		{"date_add|hour|bigint 24|timestamp 2023-03-11 12:00:00 America/Los_Angeles", "timestamp(0) with time zone 2023-03-12 13:00:00 America/Los_Angeles"},
		{"date_add|day|bigint 1|timestamp 2023-03-11 12:00:00 America/Los_Angeles", "timestamp(0) with time zone 2023-03-12 12:00:00 America/Los_Angeles"},
		{"date_add|year|bigint 2000000000|timestamp 2001-08-22 03:04:05", "INVALID_FUNCTION_ARGUMENT: Value 2000002001 for year must be in the range [-292275054,292278993]"},
		{"date_add|year|bigint 100000|timestamp 2001-08-22 03:04:05 UTC", "INVALID_FUNCTION_ARGUMENT: Millis overflow: 3156693649445000"},
		{"date_add|hour|bigint -5|time 03:04:05", "time(0) 22:04:05"},
		{"date_add|millisecond|bigint 999|time 23:59:59", "time(0) 00:00:00"},
		{"date_add|minute|bigint 61|time 23:00:00+01:00", "time(0) with time zone 00:01:00+01:00"},

		{"date_diff|day|date 1960-05-03|date 2001-08-22", "bigint 15086"},
		{"date_diff|week|date 1960-05-03|date 2001-08-22", "bigint 2155"},
		{"date_diff|month|date 1960-05-03|date 2001-08-22", "bigint 495"},
		{"date_diff|quarter|date 1960-05-03|date 2001-08-22", "bigint 165"},
		{"date_diff|year|date 1960-05-03|date 2001-08-22", "bigint 41"},
		{"date_diff|month|date 2023-01-31|date 2023-02-28", "bigint 1"},
		{"date_diff|month|date 2023-02-28|date 2023-01-31", "bigint -1"},
		{"date_diff|month|date 2023-03-31|date 2023-02-28", "bigint -1"},
		{"date_diff|year|date 2024-02-29|date 2025-02-28", "bigint 1"},
		{"date_diff|year|date 2023-03-01|date 2024-02-29", "bigint 0"},
		{"date_diff|year|date 2023-03-01|date 2024-03-01", "bigint 1"},
		{"date_diff|hour|timestamp 2020-05-10 12:34:56.999|timestamp 2020-05-10 11:34:57.000", "bigint 0"},
		{"date_diff|second|timestamp 2020-05-10 12:34:56.5|timestamp 2020-05-10 12:34:55.0", "bigint -1"},
		{"date_diff|day|timestamp 2020-05-10 12:00:00|timestamp 2020-05-12 11:59:59", "bigint 1"},
		{"date_diff|day|timestamp 2023-03-11 12:00:00 America/Los_Angeles|timestamp 2023-03-12 12:00:00 America/Los_Angeles", "bigint 1"},
		{"date_diff|hour|timestamp 2023-03-11 12:00:00 America/Los_Angeles|timestamp 2023-03-12 12:00:00 America/Los_Angeles", "bigint 23"},
		{"date_diff|minute|time 03:04:05|time 04:05:04", "bigint 60"},
		{"date_diff|hour|time 03:00:00+01:00|time 03:00:00+03:00", "bigint -2"},
	})
}

func TestISO8601Functions(t *testing.T) {
	runTemporal(t, temporalEnv, []temporalCase{
		{"from_iso8601_timestamp|2023-06-30T09:09:47.787017+0000", "timestamp(3) with time zone 2023-06-30 09:09:47.787 UTC"},
		{"from_iso8601_timestamp|2023-06-30 09:09:47", `INVALID_FUNCTION_ARGUMENT: Invalid format: "2023-06-30 09:09:47" is malformed at " 09:09:47"`},
		{"from_iso8601_timestamp|2023-06-30T09:09:47+15:00", "NOT_SUPPORTED: Time zone not supported: +15:00"},
		{"from_iso8601_timestamp|", `INVALID_FUNCTION_ARGUMENT: Invalid format: ""`},
		{"from_iso8601_timestamp_nanos|2023-06-30T09:09:47.787017+00:00", "timestamp(9) with time zone 2023-06-30 09:09:47.787017000 UTC"},
		{"from_iso8601_timestamp_nanos|2023-06-30T09:09:47.787017+0000", "INVALID_FUNCTION_ARGUMENT: Text '2023-06-30T09:09:47.787017+0000' could not be parsed, unparsed text found at index 26"},
		{"from_iso8601_date|2023-W26-5", "date 2023-06-30"},
		{"from_iso8601_date|2023-06-30T00", `INVALID_FUNCTION_ARGUMENT: Invalid format: "2023-06-30T00" is malformed at "T00"`},
		{"to_iso8601|date 2023-06-30", "varchar(16) 2023-06-30"},
		{"to_iso8601|timestamp 2023-06-30 09:09:47.787", "varchar(26) 2023-06-30T09:09:47.787"},
		{"to_iso8601|timestamp 2023-06-30 09:09:47.787 UTC", "varchar(32) 2023-06-30T09:09:47.787Z"},
		{"to_iso8601|timestamp 2023-06-30 09:09:47.787654321 +05:30", "varchar(38) 2023-06-30T09:09:47.787654321+05:30"},
	})
}

func TestFormats(t *testing.T) {
	const ts, tz = "timestamp 2001-01-09 13:04:05.321", "timestamp 2001-01-09 13:04:05.321 +05:45"
	runTemporal(t, temporalEnv, []temporalCase{
		{"date_format|" + ts + "|%a", "varchar Tue"},
		{"date_format|" + ts + "|%b", "varchar Jan"},
		{"date_format|" + ts + "|%c", "varchar 1"},
		{"date_format|" + ts + "|%d", "varchar 09"},
		{"date_format|" + ts + "|%e", "varchar 9"},
		{"date_format|" + ts + "|%f", "varchar 321000"},
		{"date_format|" + ts + "|%H", "varchar 13"},
		{"date_format|" + ts + "|%h", "varchar 01"},
		{"date_format|" + ts + "|%I", "varchar 01"},
		{"date_format|" + ts + "|%i", "varchar 04"},
		{"date_format|" + ts + "|%j", "varchar 009"},
		{"date_format|" + ts + "|%k", "varchar 13"},
		{"date_format|" + ts + "|%l", "varchar 1"},
		{"date_format|" + ts + "|%M", "varchar January"},
		{"date_format|" + ts + "|%m", "varchar 01"},
		{"date_format|" + ts + "|%p", "varchar PM"},
		{"date_format|" + ts + "|%r", "varchar 01:04:05 PM"},
		{"date_format|" + ts + "|%S", "varchar 05"},
		{"date_format|" + ts + "|%T", "varchar 13:04:05"},
		{"date_format|" + ts + "|%v", "varchar 02"},
		{"date_format|" + ts + "|%W", "varchar Tuesday"},
		{"date_format|" + ts + "|%Y", "varchar 2001"},
		{"date_format|" + ts + "|%y", "varchar 01"},
		{"date_format|" + ts + "|%%", "varchar %"},
		{"date_format|" + ts + "|foo", "varchar foo"},
		{"date_format|" + ts + "|%g", "varchar g"},
		{"date_format|" + ts + "|%x%v", "varchar 200102"},
		{"date_format|" + ts + "|%x\u65b0%v", "varchar 2001\u65b002"},
		{"date_format|" + ts + "|%D", "INVALID_FUNCTION_ARGUMENT: %D not supported in date format string"},
		{"date_format|" + tz + "|%Y-%m-%d %H:%i:%s.%f", "varchar 2001-01-09 13:04:05.321000"},
		{"date_format|timestamp 2001-01-09 13:04:05.3219|%f", "varchar 322000"},
		{"date_format|timestamp 2001-01-09 13:04:05|%f", "varchar 000000"},

		{"date_parse|2013|%Y", "timestamp(3) 2013-01-01 00:00:00.000"},
		{"date_parse|2013-05|%Y-%m", "timestamp(3) 2013-05-01 00:00:00.000"},
		{"date_parse|2013-05-17|%Y-%m-%d", "timestamp(3) 2013-05-17 00:00:00.000"},
		{"date_parse|2013-05-17 12:35:10|%Y-%m-%d %h:%i:%s", "timestamp(3) 2013-05-17 00:35:10.000"},
		{"date_parse|2013-05-17 12:35:10 PM|%Y-%m-%d %h:%i:%s %p", "timestamp(3) 2013-05-17 12:35:10.000"},
		{"date_parse|2013-05-17 12:35:10 AM|%Y-%m-%d %h:%i:%s %p", "timestamp(3) 2013-05-17 00:35:10.000"},
		{"date_parse|2013-05-17 00:35:10|%Y-%m-%d %H:%i:%s", "timestamp(3) 2013-05-17 00:35:10.000"},
		{"date_parse|2013-05-17 23:35:10|%Y-%m-%d %H:%i:%s", "timestamp(3) 2013-05-17 23:35:10.000"},
		{"date_parse|abc 2013-05-17 fff 23:35:10 xyz|abc %Y-%m-%d fff %H:%i:%s xyz", "timestamp(3) 2013-05-17 23:35:10.000"},
		{"date_parse|2013 14|%Y %y", "timestamp(3) 2014-01-01 00:00:00.000"},
		{"date_parse|1998 53|%x %v", "timestamp(3) 1998-12-28 00:00:00.000"},
		{"date_parse|1.1|%s.%f", "timestamp(3) 1970-01-01 00:00:01.100"},
		{"date_parse|1.999999999|%s.%f", "timestamp(3) 1970-01-01 00:00:01.999"},
		{"date_parse|0|%k", "timestamp(3) 1970-01-01 00:00:00.000"},
		{"date_parse|28-JAN-16 11.45.46.421000 PM|%d-%b-%y %l.%i.%s.%f %p", "timestamp(3) 2016-01-28 23:45:46.421"},
		{"date_parse|11-DEC-70 11.12.13.456000 AM|%d-%b-%y %l.%i.%s.%f %p", "timestamp(3) 1970-12-11 11:12:13.456"},
		{"date_parse|31-MAY-69 04.59.59.999000 AM|%d-%b-%y %l.%i.%s.%f %p", "timestamp(3) 2069-05-31 04:59:59.999"},
		{"date_parse|06-30|%m-%d", "timestamp(3) 2000-06-30 00:00:00.000"},
		{"date_parse||%y%m%d", `INVALID_FUNCTION_ARGUMENT: Invalid format: ""`},
		{"date_parse|12345-01-01|%Y-%m-%d", "timestamp(3) +12345-01-01 00:00:00.000"},
		{"date_parse|2013-05-32|%Y-%m-%d", "INVALID_FUNCTION_ARGUMENT: Invalid value for DayOfMonth (valid values 1 - 28/31): 32"},
		{"date_parse|2013-02-29|%Y-%m-%d", "INVALID_FUNCTION_ARGUMENT: Invalid date 'February 29' as '2013' is not a leap year"},
		{"date_parse|2013-05-17 12:35:10|%Y-%m-%d", `INVALID_FUNCTION_ARGUMENT: Invalid format: "2013-05-17 12:35:10" is malformed at " 12:35:10"`},
		{"date_parse|2013-05-17 12:35:10|%Y-%m-%d %H", `INVALID_FUNCTION_ARGUMENT: Invalid format: "2013-05-17 12:35:10" is malformed at ":35:10"`},
		{"date_parse|3|%w", "INVALID_FUNCTION_ARGUMENT: %w not supported in date format string"},
		{"date_parse|2013|", "INVALID_FUNCTION_ARGUMENT: Both printing and parsing not supported"},

		{"format_datetime|" + ts + "|YYYY/MM/dd HH:mm", "varchar 2001/01/09 13:04"},
		{"format_datetime|" + tz + "|YYYY/MM/dd HH:mm ZZZZ", "varchar 2001/01/09 13:04 +05:45"},
		{"format_datetime|" + tz + "|yy-M-d K:m:s.SSSS a EEE EEEE MMM MMMM D e x w G C Z ZZ", "varchar 01-1-9 1:4:5.3210 PM Tue Tuesday Jan January 9 2 2001 2 AD 20 +0545 +05:45"},
		{"format_datetime|" + ts + "|h 'o''clock' k", "varchar 1 o'clock 13"},
		{"format_datetime|" + ts + "|HH:mm Z", "INVALID_FUNCTION_ARGUMENT: format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does not contain TZ information"},
		{"format_datetime|" + ts + "|'Z'", "varchar Z"},
		{"format_datetime|" + ts + "|b", "INVALID_FUNCTION_ARGUMENT: Illegal pattern component: b"},
		{"format_datetime|timestamp 2001-01-09 13:04:05 UTC|z zzzz", "varchar UTC Coordinated Universal Time"},
		{"format_datetime|timestamp 2001-01-09 13:04:05 Asia/Tokyo|ZZZ", "varchar Asia/Tokyo"},

		{"parse_datetime|1960/01/22 03:04|YYYY/MM/dd HH:mm", "timestamp(3) with time zone 1960-01-22 03:04:00.000 UTC"},
		{"parse_datetime|1960/01/22 03:04 Asia/Oral|YYYY/MM/dd HH:mm ZZZZZ", "timestamp(3) with time zone 1960-01-22 03:04:00.000 Asia/Oral"},
		{"parse_datetime|1960/01/22 03:04 +0500|YYYY/MM/dd HH:mm Z", "timestamp(3) with time zone 1960-01-22 03:04:00.000 +05:00"},
		{"parse_datetime|22-12-31|yy-MM-dd", "timestamp(3) with time zone 2022-12-31 00:00:00.000 UTC"},
		{"parse_datetime|1960/01/22 xx|YYYY/MM/dd HH", `INVALID_FUNCTION_ARGUMENT: Invalid format: "1960/01/22 xx" is malformed at "xx"`},
	})
}

func TestUnixTime(t *testing.T) {
	runTemporal(t, temporalEnv, []temporalCase{
		{"from_unixtime|double 980172245.888", "timestamp(3) with time zone 2001-01-22 14:04:05.888 UTC"},
		{"from_unixtime|double -0.0005", "timestamp(3) with time zone 1970-01-01 00:00:00.000 UTC"},
		{"from_unixtime|double 7200|bigint 5|bigint 30", "timestamp(3) with time zone 1970-01-01 07:30:00.000 +05:30"},
		{"from_unixtime|double 7200|bigint 15|bigint 0", "INVALID_FUNCTION_ARGUMENT: Invalid offset minutes 900"},
		{"from_unixtime|double 7200|Asia/Shanghai", "timestamp(3) with time zone 1970-01-01 10:00:00.000 Asia/Shanghai"},
		{"from_unixtime|double 7200|Mars/Base", "NOT_SUPPORTED: Time zone not supported: Mars/Base"},
		{"from_unixtime|double 123456789012345680", "INVALID_FUNCTION_ARGUMENT: Millis overflow: 9223372036854775807"},
		{"from_unixtime_nanos|bigint 1234567890123456789", "timestamp(9) with time zone 2009-02-13 23:31:30.123456789 UTC"},
		{"from_unixtime_nanos|bigint -1", "timestamp(9) with time zone 1969-12-31 23:59:59.999999999 UTC"},
		{"from_unixtime_nanos|decimal 12345678900123456789.123456", "timestamp(9) with time zone 2361-03-21 19:15:00.123456789 UTC"},
		{"from_unixtime_nanos|decimal -12345678900123456789.500000", "timestamp(9) with time zone 1578-10-13 04:44:59.876543210 UTC"},
		{"from_unixtime_nanos|decimal 1234.567", "timestamp(9) with time zone 1970-01-01 00:00:00.000001235 UTC"},
		{"to_unixtime|timestamp 2001-01-22 03:04:05.321 +05:30", "double 9.80112845321e+08"},
		{"to_unixtime|timestamp 1970-01-01 00:00:01.123456 UTC", "double 1.123456"},
	})
}

func TestNow(t *testing.T) {
	tokyo := &Env{Now: temporalEnv.Now, Zone: mustZone(t, "Asia/Tokyo")} // 2023-06-30 09:09:47.787654321 UTC
	runTemporal(t, tokyo, []temporalCase{
		{"now", "timestamp(3) with time zone 2023-06-30 18:09:47.788 Asia/Tokyo"},
		{"current_date", "date 2023-06-30"},
		{"current_timezone", "varchar Asia/Tokyo"},
		{"$current_timestamp", "timestamp(3) with time zone 2023-06-30 18:09:47.788 Asia/Tokyo"},
		{"$current_timestamp|timestamp 2000-01-01 00:00:00.123456 UTC", "timestamp(6) with time zone 2023-06-30 18:09:47.787654 Asia/Tokyo"},
		{"$localtimestamp|timestamp 2000-01-01 00:00:00.123456789", "timestamp(9) 2023-06-30 18:09:47.787654321"},
		{"$localtime|time 00:00:00", "time(0) 18:09:48"},
		{"$current_time", "time(3) with time zone 18:09:47.788+09:00"},
	})
}

func TestZoneFunctions(t *testing.T) {
	runTemporal(t, temporalEnv, []temporalCase{
		{"at_timezone|timestamp 2012-10-31 01:00:00 UTC|America/Los_Angeles", "timestamp(0) with time zone 2012-10-30 18:00:00 America/Los_Angeles"},
		{"at_timezone|timestamp 2012-10-31 01:00:00 UTC|Nowhere", "INVALID_FUNCTION_ARGUMENT: 'Nowhere' is not a valid time zone"},
		{"at_timezone|timestamp 2012-10-31 01:00:00 UTC|days 0 05:30:00", "timestamp(0) with time zone 2012-10-31 06:30:00 +05:30"},
		{"at_timezone|timestamp 2012-10-31 01:00:00 UTC|days 0 05:30:01", "INVALID_FUNCTION_ARGUMENT: Invalid time zone offset interval: interval contains seconds"},
		{"at_timezone|timestamp 2012-10-31 01:00:00 UTC|days 0 15:00:00", "INVALID_FUNCTION_ARGUMENT: Invalid offset minutes 900"},
		{"$at_timezone|time 01:00:00+00:00|Asia/Tokyo", "time(0) with time zone 10:00:00+09:00"},
		{"$at_timezone|time 01:00:00+00:00|days -0 02:00:00", "time(0) with time zone 23:00:00-02:00"},
		{"with_timezone|timestamp 2001-08-22 03:04:05.321|America/Los_Angeles", "timestamp(3) with time zone 2001-08-22 03:04:05.321 America/Los_Angeles"},
		{"with_timezone|timestamp 2001-08-22 03:04:05.123456789|+07:09", "timestamp(9) with time zone 2001-08-22 03:04:05.123456789 +07:09"},
		{"with_timezone|timestamp 2023-03-12 02:30:00|America/Los_Angeles", "timestamp(0) with time zone 2023-03-12 03:30:00 America/Los_Angeles"},
	})
}

func TestDurations(t *testing.T) {
	runTemporal(t, temporalEnv, []temporalCase{
		{"parse_duration|1234 ns", "interval day to second 0 00:00:00.000"},
		{"parse_duration|1234 us", "interval day to second 0 00:00:00.001"},
		{"parse_duration|1234 s", "interval day to second 0 00:20:34.000"},
		{"parse_duration|1234.567 ms", "interval day to second 0 00:00:01.235"},
		{"parse_duration|3.5m", "interval day to second 0 00:03:30.000"},
		{"parse_duration|1d", "interval day to second 1 00:00:00.000"},
		{"parse_duration|", "INVALID_FUNCTION_ARGUMENT: duration is not a valid data duration string: "},
		{"parse_duration|1f", "INVALID_FUNCTION_ARGUMENT: Unknown time unit: f"},
		{"parse_duration|abc", "INVALID_FUNCTION_ARGUMENT: duration is not a valid data duration string: abc"},
		{"human_readable_seconds|double 96", "varchar 1 minute, 36 seconds"},
		{"human_readable_seconds|double 3762", "varchar 1 hour, 2 minutes, 42 seconds"},
		{"human_readable_seconds|double 56363463", "varchar 93 weeks, 1 day, 8 hours, 31 minutes, 3 seconds"},
		{"human_readable_seconds|double 0.1", "varchar 0 seconds"},
		{"human_readable_seconds|double -475.33", "varchar 7 minutes, 55 seconds"},
		{"human_readable_seconds|double NaN", "INVALID_FUNCTION_ARGUMENT: Invalid argument found: NaN"},
	})
}

func TestTemporalOperators(t *testing.T) {
	runTemporal(t, temporalEnv, []temporalCase{
		{"$add|date 2001-1-22|days 3", "date 2001-01-25"},
		{"$add|days 3|date 2001-1-22", "date 2001-01-25"},
		{"$add|date 2001-1-22|days 0 03:00:00", "INVALID_FUNCTION_ARGUMENT: Cannot add hour, minutes or seconds to a date"},
		{"$sub|date 2001-1-22|days 0 03:00:00", "INVALID_FUNCTION_ARGUMENT: Cannot subtract hour, minutes or seconds from a date"},
		{"$sub|date 2001-1-22|days 3", "date 2001-01-19"},
		{"$add|date 2001-1-31|months 0-1", "date 2001-02-28"},
		{"$sub|date 2001-3-31|months 0-1", "date 2001-02-28"},
		{"$add|timestamp 2001-1-22 03:04:05|days 0 03:00:00", "timestamp(3) 2001-01-22 06:04:05.000"},
		{"$add|timestamp 2001-1-22 03:04:05.123456789|days 3", "timestamp(9) 2001-01-25 03:04:05.123456789"},
		{"$sub|timestamp 2001-1-22 03:04:05.321654|months 1-3", "timestamp(6) 1999-10-22 03:04:05.321654"},
		{"$add|months 0-1|timestamp 2001-1-31 03:04:05 +09:00", "timestamp(0) with time zone 2001-02-28 03:04:05 +09:00"},
		{"$add|timestamp 2023-03-11 12:00:00 America/Los_Angeles|days 1", "timestamp(3) with time zone 2023-03-12 13:00:00.000 America/Los_Angeles"},
		{"$add|time 03:04:05.321|days 0 23:00:00", "time(3) 02:04:05.321"},
		{"$sub|time 03:04:05|days 3 04:00:00", "time(3) 23:04:05.000"},
		{"$add|days 0 01:00:00|time 23:30:00+05:30", "time(3) with time zone 00:30:00.000+05:30"},
		{"$sub|time 14:15:16.5|time 03:15:16.25", "interval day to second 0 11:00:00.250"},
		{"$sub|time 01:00:00+01:00|time 01:00:00+00:00", "interval day to second -0 01:00:00.000"},
		{"$sub|timestamp 2017-03-30 14:15:16.432|timestamp 2016-03-29 03:04:05.321", "interval day to second 366 11:11:11.111"},
		{"$sub|timestamp 2020-01-01 00:00:00.0005|timestamp 2020-01-01 00:00:00", "interval day to second 0 00:00:00.001"},
		{"$sub|timestamp 2020-01-01 00:00:00 UTC|timestamp 2020-01-01 00:00:00 +09:00", "interval day to second 0 09:00:00.000"},
		{"$add|days 1|days 0 12:00:00", "interval day to second 1 12:00:00.000"},
		{"$sub|months 1-0|months 0-13", "interval year to month -0-1"},
		{"$mul|days 1|bigint 3", "interval day to second 3 00:00:00.000"},
		{"$mul|double 1.5|days 1", "interval day to second 1 12:00:00.000"},
		{"$mul|months 0-3|double 2.5", "interval year to month 0-7"},
		{"$div|days 1|double 2.25", "interval day to second 0 10:40:00.000"},
		{"$div|months 0-30|double 2.5", "interval year to month 1-0"},
		{"$div|days 1|double 0", "INVALID_FUNCTION_ARGUMENT: Cannot divide by double 0.0"},
		{"$neg|days 1 02:00:00", "interval day to second -1 02:00:00.000"},
		{"$neg|months 1-2", "interval year to month -1-2"},
	})
}

// The bodies on the road of each row of a large table allocate nothing.
func TestHotBodiesAllocateNothing(t *testing.T) {
	for _, call := range []string{
		"from_iso8601_timestamp|2023-06-30T09:09:47.787017+0000",
		"date_trunc|month|timestamp 2023-06-30 09:09:47.787 UTC",
		"date_trunc|day|timestamp 2023-06-30 09:09:47.787 Asia/Tokyo",
		"year|timestamp 2023-06-30 09:09:47.787 UTC", "month|date 2023-06-30", "day|timestamp 2023-06-30 09:09:47.787",
	} {
		parts := strings.Split(call, "|")
		a := &Args{Env: temporalEnv}
		var ts []types.Type
		for _, s := range parts[1:] {
			a.Vecs = append(a.Vecs, temporalArg(t, s))
			ts = append(ts, a.Vecs[len(a.Vecs)-1].Type)
		}
		b, err := function.Resolve(parts[0], function.Values(ts...))
		if err != nil {
			t.Fatal(err)
		}
		a.Func = b
		body, out := bodies[b.ID()], page.NewBuilder(b.Result)
		if n := testing.AllocsPerRun(100, func() {
			out.Reset()
			if err := body(a, 0, out); err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", call, n)
		}
	}
}

// One row of each hot function, through its body.
func BenchmarkDateTimeBodies(b *testing.B) {
	for _, call := range []string{
		"from_iso8601_timestamp|2023-06-30T09:09:47.787017+0000",
		"date_trunc|month|timestamp 2023-06-30 09:09:47.787 UTC",
		"date_trunc|day|timestamp 2023-06-30 09:09:47.787 Asia/Tokyo",
		"year|timestamp 2023-06-30 09:09:47.787 UTC",
		"date_format|timestamp 2023-06-30 09:09:47.787|%Y-%m-%d",
		"date_parse|2023-06-30 09:09:47|%Y-%m-%d %H:%i:%s",
	} {
		parts := strings.Split(call, "|")
		a := &Args{Env: temporalEnv}
		var ts []types.Type
		for _, s := range parts[1:] {
			a.Vecs = append(a.Vecs, temporalArg(b, s))
			ts = append(ts, a.Vecs[len(a.Vecs)-1].Type)
		}
		f, err := function.Resolve(parts[0], function.Values(ts...))
		if err != nil {
			b.Fatal(err)
		}
		a.Func = f
		body, out := bodies[f.ID()], page.NewBuilder(f.Result)
		b.Run(parts[0]+" "+f.Args[len(f.Args)-1].String(), func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				if i%1024 == 0 {
					out.Reset()
				}
				if err := body(a, 0, out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
