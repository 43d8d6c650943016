package types

// Tests of interval literals (Trino's TestIntervalDayTime and
// TestIntervalYearMonth have such cases) and of their printed form.

import (
	"math"
	"testing"
)

func TestParseInterval(t *testing.T) {
	for _, c := range []struct {
		text     string
		from, to IntervalField
		want     string // "" is an error
	}{
		{"12 10:45:32.123", IntervalDay, IntervalSecond, "12 10:45:32.123"},
		{"12 10:45:32", IntervalDay, IntervalSecond, "12 10:45:32.000"},
		{"12 10:45", IntervalDay, IntervalSecond, "12 10:45:00.000"},
		{"12 10", IntervalDay, IntervalSecond, "12 10:00:00.000"},
		{"12", IntervalDay, IntervalSecond, "12 00:00:00.000"},
		{"2", IntervalDay, IntervalDay, "2 00:00:00.000"},
		{"-2", IntervalDay, IntervalDay, "-2 00:00:00.000"},
		{"+2", IntervalDay, IntervalDay, "2 00:00:00.000"},
		{"36", IntervalHour, IntervalHour, "1 12:00:00.000"},
		{"10:45:32.1", IntervalHour, IntervalSecond, "0 10:45:32.100"},
		{"45:32.1239", IntervalMinute, IntervalSecond, "0 00:45:32.123"},
		{"90", IntervalSecond, IntervalSecond, "0 00:01:30.000"},
		{"90.5", IntervalSecond, IntervalSecond, "0 00:01:30.500"},
		{"", IntervalDay, IntervalDay, "0 00:00:00.000"},
		{"2147483647", IntervalDay, IntervalDay, "2147483647 00:00:00.000"},
		{"124-30", IntervalYear, IntervalMonth, "126-6"},
		{"124", IntervalYear, IntervalMonth, "124-0"},
		{"3", IntervalMonth, IntervalMonth, "0-3"},
		{"-18", IntervalMonth, IntervalMonth, "-1-6"},
		{"12 10:45", IntervalDay, IntervalHour, ""},
		{"12X", IntervalDay, IntervalDay, ""},
		{"12 -10", IntervalDay, IntervalHour, ""},
		{"--12", IntervalDay, IntervalDay, ""},
		{"1.5", IntervalDay, IntervalDay, ""},
		{" 1", IntervalDay, IntervalDay, ""},
		{"1-", IntervalYear, IntervalMonth, ""},
		{"2147483648", IntervalDay, IntervalDay, ""},
		{"178956971", IntervalYear, IntervalYear, ""},
		{"1", IntervalMonth, IntervalYear, ""},
		{"1", IntervalYear, IntervalDay, ""},
	} {
		v, err := ParseInterval(c.text, c.from, c.to)
		got := ""
		if err == nil && c.from <= IntervalMonth {
			got = string(AppendIntervalYearMonth(nil, v))
		} else if err == nil {
			got = string(AppendIntervalDaySecond(nil, v))
		}
		if got != c.want {
			t.Errorf("%q %s TO %s = %q (%v), want %q", c.text, c.from, c.to, got, err, c.want)
		}
	}
	if _, err := ParseInterval("12X", IntervalDay, IntervalSecond); err == nil || err.Error() != "Invalid INTERVAL DAY TO SECOND value: 12X" {
		t.Errorf("message: %v", err)
	}
}

func TestAppendIntervalLimits(t *testing.T) {
	if got := string(AppendIntervalDaySecond(nil, math.MinInt64)); got != "-106751991167 07:12:55.808" {
		t.Error(got)
	}
	if got := string(AppendIntervalYearMonth(nil, math.MinInt32)); got != "-178956970-8" {
		t.Error(got)
	}
}
