package function

// Tests that calls over temporal types find the overload that Trino finds.

import (
	"testing"

	"github.com/ionq-db/ionq/sql/types"
)

func TestResolveDateTime(t *testing.T) {
	ts, tz, v := types.Timestamp, types.TimestampTZ, types.VarcharN(5)
	for _, c := range []struct {
		name string
		args []types.Type
		id   string
		want types.Type
	}{
		{"year", []types.Type{types.Date}, "year(date)", types.Bigint},
		{"year", []types.Type{ts(6)}, "year(timestamp(p))", types.Bigint},
		{"dow", []types.Type{tz(3)}, "dow(timestamp(p) with time zone)", types.Bigint},
		{"date_trunc", []types.Type{v, tz(9)}, "date_trunc(varchar(x), timestamp(p) with time zone)", tz(9)},
		{"date_trunc", []types.Type{v, types.Date}, "date_trunc(varchar(x), date)", types.Date},
		{"date_add", []types.Type{v, types.Integer, ts(0)}, "date_add(varchar(x), bigint, timestamp(p))", ts(0)},
		{"date_diff", []types.Type{v, ts(0), ts(6)}, "date_diff(varchar(x), timestamp(p), timestamp(p))", types.Bigint},
		{"date_diff", []types.Type{v, types.Date, ts(6)}, "date_diff(varchar(x), timestamp(p), timestamp(p))", types.Bigint},
		{"from_unixtime", []types.Type{types.Decimal(10, 0)}, "from_unixtime(double)", tz(3)},
		{"from_unixtime", []types.Type{types.Bigint, v}, "from_unixtime(double, varchar(x))", tz(3)},
		{"from_unixtime_nanos", []types.Type{types.Decimal(30, 2)}, "from_unixtime_nanos(decimal(p,s))", tz(9)},
		{"to_unixtime", []types.Type{ts(6)}, "to_unixtime(timestamp(p) with time zone)", types.Double},
		{"to_iso8601", []types.Type{ts(3)}, "to_iso8601(timestamp(p))", types.VarcharN(26)},
		{"to_iso8601", []types.Type{tz(0)}, "to_iso8601(timestamp(p) with time zone)", types.VarcharN(28)},
		{"from_iso8601_timestamp", []types.Type{types.Varchar}, "from_iso8601_timestamp(varchar(x))", tz(3)},
		{"date_format", []types.Type{types.Date, v}, "date_format(timestamp(p), varchar(x))", types.Varchar},
		{"$current_timestamp", []types.Type{tz(6)}, "$current_timestamp(timestamp(p) with time zone)", tz(6)},
		{"$add", []types.Type{types.Date, types.IntervalDaySecond}, "$add(date, interval day to second)", types.Date},
		{"$add", []types.Type{ts(0), types.IntervalDaySecond}, "$add(timestamp(p), interval day to second)", ts(3)},
		{"$add", []types.Type{types.IntervalDaySecond, tz(9)}, "$add(interval day to second, timestamp(p) with time zone)", tz(9)},
		{"$sub", []types.Type{ts(0), types.IntervalYearMonth}, "$sub(timestamp(p), interval year to month)", ts(0)},
		{"$sub", []types.Type{ts(3), ts(6)}, "$sub(timestamp(p), timestamp(p))", types.IntervalDaySecond},
		{"$mul", []types.Type{types.Integer, types.IntervalDaySecond}, "$mul(bigint, interval day to second)", types.IntervalDaySecond},
		{"$div", []types.Type{types.IntervalYearMonth, types.Integer}, "$div(interval year to month, double)", types.IntervalYearMonth},
	} {
		b, err := Resolve(c.name, Values(c.args...))
		if err != nil {
			t.Errorf("%s%v: %v", c.name, c.args, err)
			continue
		}
		if b.ID() != c.id || b.Result != c.want {
			t.Errorf("%s%v: %s -> %s, want %s -> %s", c.name, c.args, b.ID(), b.Result, c.id, c.want)
		}
	}
	for _, args := range [][]types.Type{{types.Date, types.Date}, {types.Date, types.Integer}} {
		if b, err := Resolve("$add", Values(args...)); err == nil {
			t.Errorf("$add%v found %s", args, b.ID())
		}
	}
}
