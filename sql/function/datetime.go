package function

// Signatures of the date and time functions (Trino's list-by-topic "Date and
// time"; DateTimeFunctions and the classes under operator/scalar/timestamp* and
// time* in Trino's source).

import (
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// The temporal types as signatures write them.
const (
	sigDate        = "date"
	sigTime        = "time(p)"
	sigTimeTZ      = "time(p) with time zone"
	sigTimestamp   = "timestamp(p)"
	sigTimestampTZ = "timestamp(p) with time zone"
	sigYearMonth   = "interval year to month"
	sigDaySecond   = "interval day to second"
)

// dateTime defines overloads of one function: signatures without their result
// for each of the types, "@" standing for the type.
func dateTime(doc, params, result string, ts []string, names ...string) {
	for _, n := range names {
		for _, t := range ts {
			define(&Function{Name: n, Sig: fill(params, t) + " -> " + fill(result, t), Doc: doc, Category: "datetime"})
		}
	}
}

// fill puts t where pattern has "@".
func fill(pattern, t string) string { return strings.ReplaceAll(pattern, "@", t) }

// isoLength is the length of to_iso8601's result: sign, six digits of year,
// month to second, fraction, and more (the offset).
func isoLength(more int) func([]types.Type) (types.Type, error) {
	return func(args []types.Type) (types.Type, error) {
		p := int(args[0].P)
		return types.VarcharN(1 + 6 + 15 + min(p, 1) + p + more), nil
	}
}

var _ = defineDateTime()

func defineDateTime() bool {
	dates := []string{sigDate, sigTimestamp, sigTimestampTZ}
	stamps := []string{sigTimestamp, sigTimestampTZ}
	clocks := []string{sigTimestamp, sigTimestampTZ, sigTime, sigTimeTZ}

	for _, f := range []struct {
		doc   string
		names []string
	}{
		{"Year of the given value", []string{"year"}},
		{"Quarter of the year of the given value", []string{"quarter"}},
		{"Month of the year of the given value", []string{"month"}},
		{"Week of the year of the given value (ISO 8601)", []string{"week", "week_of_year"}},
		{"Day of the month of the given value", []string{"day", "day_of_month"}},
		{"Day of the week of the given value, 1 for Monday", []string{"day_of_week", "dow"}},
		{"Day of the year of the given value", []string{"day_of_year", "doy"}},
		{"Year of the ISO week of the given value", []string{"year_of_week", "yow"}},
	} {
		dateTime(f.doc, "(@)", "bigint", dates, f.names...)
	}
	for _, n := range []string{"hour", "minute", "second", "millisecond"} {
		dateTime("The "+n+" of the given value", "(@)", "bigint", append(clocks, sigDaySecond), n)
	}
	dateTime("Year of the given interval", "(@)", "bigint", []string{sigYearMonth}, "year")
	dateTime("Month of the year of the given interval", "(@)", "bigint", []string{sigYearMonth}, "month")
	dateTime("Days of the given interval", "(@)", "bigint", []string{sigDaySecond}, "day", "day_of_month")
	zoned := []string{sigTimestampTZ, sigTimeTZ}
	dateTime("Hour of the time zone's offset", "(@)", "bigint", zoned, "timezone_hour")
	dateTime("Minute of the time zone's offset", "(@)", "bigint", zoned, "timezone_minute")
	dateTime("Last day of the month of the given value", "(@)", "date", dates, "last_day_of_month")

	all := append([]string{sigDate}, clocks...)
	dateTime("Truncate to the specified unit", "(varchar(x), @)", "@", all, "date_trunc")
	dateTime("Add the specified number of units", "(varchar(x), bigint, @)", "@", all, "date_add")
	dateTime("Difference in the given unit, full units only", "(varchar(x), @, @)", "bigint", all, "date_diff")

	dateTime("Date of the given value", "(@)", "date", []string{"varchar(x)", sigTimestamp, sigTimestampTZ}, "date")
	dateTime("Format by MySQL's specifiers", "(@, varchar(x))", "varchar", stamps, "date_format")
	dateTime("Format by a pattern of Joda-Time", "(@, varchar(x))", "varchar", stamps, "format_datetime")
	define(
		&Function{Name: "date_parse", Sig: "(varchar(x), varchar(y)) -> timestamp(3)", Doc: "Parse by MySQL's specifiers", Category: "datetime"},
		&Function{Name: "parse_datetime", Sig: "(varchar(x), varchar(y)) -> timestamp(3) with time zone", Doc: "Parse by a pattern of Joda-Time", Category: "datetime"},
		&Function{Name: "from_iso8601_timestamp", Sig: "(varchar(x)) -> timestamp(3) with time zone", Doc: "Parse an ISO 8601 date or date and time", Category: "datetime"},
		&Function{Name: "from_iso8601_timestamp_nanos", Sig: "(varchar(x)) -> timestamp(9) with time zone", Doc: "Parse an ISO 8601 date and time with nanoseconds", Category: "datetime"},
		&Function{Name: "from_iso8601_date", Sig: "(varchar(x)) -> date", Doc: "Parse an ISO 8601 date", Category: "datetime"},
		&Function{Name: "to_iso8601", Sig: "(date) -> varchar(16)", Doc: "ISO 8601 text of the given value", Category: "datetime"},
		&Function{Name: "to_iso8601", Sig: "(timestamp(p)) -> varchar(n)", Result: isoLength(0), Doc: "ISO 8601 text of the given value", Category: "datetime"},
		&Function{Name: "to_iso8601", Sig: "(timestamp(p) with time zone) -> varchar(n)", Result: isoLength(6), Doc: "ISO 8601 text of the given value", Category: "datetime"},

		&Function{Name: "from_unixtime", Sig: "(double) -> timestamp(3) with time zone", Doc: "Seconds since the epoch as a timestamp in the session's zone", Category: "datetime"},
		&Function{Name: "from_unixtime", Sig: "(double, bigint, bigint) -> timestamp(3) with time zone", Doc: "Seconds since the epoch as a timestamp with an offset of hours and minutes", Category: "datetime"},
		&Function{Name: "from_unixtime", Sig: "(double, varchar(x)) -> timestamp(3) with time zone", Doc: "Seconds since the epoch as a timestamp in the given zone", Category: "datetime"},
		&Function{Name: "from_unixtime_nanos", Sig: "(bigint) -> timestamp(9) with time zone", Doc: "Nanoseconds since the epoch as a timestamp in the session's zone", Category: "datetime"},
		&Function{Name: "from_unixtime_nanos", Sig: "(decimal(p,s)) -> timestamp(9) with time zone", Doc: "Nanoseconds since the epoch as a timestamp in the session's zone", Category: "datetime"},
		&Function{Name: "to_unixtime", Sig: "(timestamp(p) with time zone) -> double", Doc: "Seconds since the epoch", Category: "datetime"},

		&Function{Name: "now", Sig: "() -> timestamp(3) with time zone", Doc: "Start of the query", Category: "datetime"},
		&Function{Name: "current_date", Sig: "() -> date", Doc: "Date of the start of the query", Category: "datetime"},
		&Function{Name: "current_timezone", Sig: "() -> varchar", Doc: "The session's time zone", Category: "datetime"},

		&Function{Name: "at_timezone", Sig: "(timestamp(p) with time zone, varchar(x)) -> timestamp(p) with time zone", Doc: "The same instant in another time zone", Category: "datetime"},
		&Function{Name: "at_timezone", Sig: "(timestamp(p) with time zone, interval day to second) -> timestamp(p) with time zone", Doc: "The same instant at another offset", Category: "datetime"},
		&Function{Name: "with_timezone", Sig: "(timestamp(p), varchar(x)) -> timestamp(p) with time zone", Doc: "The timestamp as a wall clock in the given time zone", Category: "datetime"},

		&Function{Name: "parse_duration", Sig: "(varchar(x)) -> interval day to second", Doc: "Convert a duration such as 3.5m to an interval", Category: "datetime"},
		&Function{Name: "human_readable_seconds", Sig: "(double) -> varchar", Doc: "Seconds as weeks, days, hours, minutes and seconds", Category: "datetime"},
		&Function{Name: "to_milliseconds", Sig: "(interval day to second) -> bigint", Doc: "Milliseconds of the given interval", Category: "datetime"},
	)

	// What the grammar writes as words. As in Trino, the precision comes from the
	// type of an argument that is otherwise unused (a typed NULL); without it the
	// precision is 3.
	for _, f := range []struct{ name, t, t3 string }{
		{"$current_timestamp", sigTimestampTZ, "timestamp(3) with time zone"},
		{"$localtimestamp", sigTimestamp, "timestamp(3)"},
		{"$current_time", sigTimeTZ, "time(3) with time zone"},
		{"$localtime", sigTime, "time(3)"},
	} {
		define(
			&Function{Name: f.name, Sig: "(" + f.t + ") -> " + f.t, CalledOnNull: true, Hidden: true},
			&Function{Name: f.name, Sig: "() -> " + f.t3, Hidden: true},
		)
	}
	// AT TIME ZONE over a time.
	define(
		&Function{Name: "$at_timezone", Sig: "(time(p) with time zone, varchar(x)) -> time(p) with time zone", Hidden: true},
		&Function{Name: "$at_timezone", Sig: "(time(p) with time zone, interval day to second) -> time(p) with time zone", Hidden: true},
	)
	return true
}
