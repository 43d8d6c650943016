package expr

// Bodies of the operators over dates, times, timestamps and intervals: $add,
// $sub, $mul, $div, $neg (Trino: DateTimeOperators, TimeOperators,
// TimestampOperators, TimestampWithTimeZoneOperators, IntervalDayTimeOperators,
// IntervalYearMonthOperators).

import (
	"math"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// longOverflow is what Java's exact arithmetic throws where Trino does not
// catch it.
func longOverflow() error { return sqlerr.New(sqlerr.GenericInternalError, "long overflow") }

// plusMinus registers t + interval, interval + t and t - interval. body gets the
// arguments' positions and the sign of the interval.
func plusMinus(t, interval string, body func(a *Args, i, k, interval int, sign int64, out *page.Builder) error) {
	register("$add("+t+", "+interval+")", func(a *Args, i int, out *page.Builder) error { return body(a, i, 0, 1, 1, out) })
	register("$add("+interval+", "+t+")", func(a *Args, i int, out *page.Builder) error { return body(a, i, 1, 0, 1, out) })
	register("$sub("+t+", "+interval+")", func(a *Args, i int, out *page.Builder) error { return body(a, i, 0, 1, -1, out) })
}

func init() {
	plusMinus("date", idDaySecond, func(a *Args, i, k, iv int, sign int64, out *page.Builder) error {
		ms := a.i64(iv, i)
		if ms%types.MillisPerDay != 0 {
			if sign < 0 {
				return invalidArgument("Cannot subtract hour, minutes or seconds from a date")
			}
			return invalidArgument("Cannot add hour, minutes or seconds to a date")
		}
		out.Int64(a.i64(k, i) + sign*(ms/types.MillisPerDay))
		return nil
	})
	plusMinus("date", idYearMonth, func(a *Args, i, k, iv int, sign int64, out *page.Builder) error {
		ms, err := addLocal(a.i64(k, i)*types.MillisPerDay, sign*a.i64(iv, i), unitMonth)
		if err == nil {
			out.Int64(ms / types.MillisPerDay)
		}
		return err
	})
	plusMinus(idTimestamp, idDaySecond, func(a *Args, i, k, iv int, sign int64, out *page.Builder) error {
		ms := a.i64(iv, i)
		if ms > math.MaxInt64/types.MicrosPerMilli || ms < math.MinInt64/types.MicrosPerMilli {
			return longOverflow()
		}
		micros, picos := a.timestamp(k, i)
		sum := micros + sign*ms*types.MicrosPerMilli
		if (sum > micros) != (sign*ms > 0) && ms != 0 {
			return longOverflow()
		}
		appendTimestamp(out, sum, picos)
		return nil
	})
	plusMinus(idTimestamp, idYearMonth, func(a *Args, i, k, iv int, sign int64, out *page.Builder) error {
		micros, picos := a.timestamp(k, i)
		millis := types.FloorDiv(micros, types.MicrosPerMilli)
		rest := micros - millis*types.MicrosPerMilli
		millis, err := addLocal(millis, sign*a.i64(iv, i), unitMonth)
		if err == nil {
			micros, err = microsOfMillis(millis)
		}
		if err == nil {
			appendTimestamp(out, micros+rest, picos)
		}
		return err
	})
	plusMinus(idTimestampTZ, idDaySecond, func(a *Args, i, k, iv int, sign int64, out *page.Builder) error {
		t := a.instant(k, i)
		t.Millis += sign * a.i64(iv, i)
		err := checkMillis(t.Millis, a.Vecs[k].Type.P)
		if err == nil {
			out.Instant(t)
		}
		return err
	})
	plusMinus(idTimestampTZ, idYearMonth, func(a *Args, i, k, iv int, sign int64, out *page.Builder) error {
		t := a.instant(k, i)
		var err error
		if t.Millis, err = addInstant(t.Millis, t.Zone, sign*a.i64(iv, i), unitMonth); err == nil {
			err = checkMillis(t.Millis, a.Vecs[k].Type.P)
		}
		if err == nil {
			out.Instant(t)
		}
		return err
	})
	// A time of day wraps around; whole days of the interval do not count.
	addTime := func(picos, ms int64) int64 {
		return floorMod(picos+ms%types.MillisPerDay*types.PicosPerMilli, types.PicosPerDay)
	}
	plusMinus(idTime, idDaySecond, func(a *Args, i, k, iv int, sign int64, out *page.Builder) error {
		out.Int64(addTime(a.i64(k, i), sign*a.i64(iv, i)))
		return nil
	})
	plusMinus(idTimeTZ, idDaySecond, func(a *Args, i, k, iv int, sign int64, out *page.Builder) error {
		t := a.Vecs[k].TimeTZ[i]
		t.Picos = addTime(t.Picos, sign*a.i64(iv, i))
		out.TimeTZ(t)
		return nil
	})

	register("$sub("+idTime+", "+idTime+")", func(a *Args, i int, out *page.Builder) error {
		out.Int64(types.RoundTo(a.i64(0, i)-a.i64(1, i), 9) / types.PicosPerMilli)
		return nil
	})
	register("$sub("+idTimeTZ+", "+idTimeTZ+")", func(a *Args, i int, out *page.Builder) error {
		out.Int64(types.RoundTo(utcOfDay(a.Vecs[0].TimeTZ[i])-utcOfDay(a.Vecs[1].TimeTZ[i]), 9) / types.PicosPerMilli)
		return nil
	})
	register("$sub("+idTimestamp+", "+idTimestamp+")", func(a *Args, i int, out *page.Builder) error {
		out.Int64(types.RoundTo(a.micros(0, i)-a.micros(1, i), 3) / types.MicrosPerMilli)
		return nil
	})
	register("$sub("+idTimestampTZ+", "+idTimestampTZ+")", func(a *Args, i int, out *page.Builder) error {
		x, y := a.instant(0, i), a.instant(1, i)
		ms := x.Millis - y.Millis
		// Trino rounds the rest away from zero, whichever sign the whole has.
		switch rest := x.Picos - y.Picos; {
		case rest >= types.PicosPerMilli/2:
			ms++
		case rest <= -types.PicosPerMilli/2:
			ms--
		}
		out.Int64(ms)
		return nil
	})

	for _, t := range []string{idYearMonth, idDaySecond} {
		// Sums and products of intervals wrap, as Java's plain arithmetic does.
		register("$add("+t+", "+t+")", func(a *Args, i int, out *page.Builder) error {
			out.Int64(a.i64(0, i) + a.i64(1, i))
			return nil
		})
		register("$sub("+t+", "+t+")", func(a *Args, i int, out *page.Builder) error {
			out.Int64(a.i64(0, i) - a.i64(1, i))
			return nil
		})
		for _, id := range []string{"$mul(" + t + ", bigint)", "$mul(bigint, " + t + ")"} {
			register(id, func(a *Args, i int, out *page.Builder) error {
				out.Int64(a.i64(0, i) * a.i64(1, i))
				return nil
			})
		}
		product := func(interval int64, x float64, out *page.Builder) error {
			if x != x {
				return invalidArgument("Cannot multiply by double NaN")
			}
			out.Int64(truncateToLong(float64(interval) * x))
			return nil
		}
		register("$mul("+t+", double)", func(a *Args, i int, out *page.Builder) error { return product(a.i64(0, i), a.f64(1, i), out) })
		register("$mul(double, "+t+")", func(a *Args, i int, out *page.Builder) error { return product(a.i64(1, i), a.f64(0, i), out) })
		register("$div("+t+", double)", func(a *Args, i int, out *page.Builder) error {
			x := a.f64(1, i)
			switch {
			case x != x:
				return invalidArgument("Cannot divide by double NaN")
			case x == 0 && math.Signbit(x):
				return invalidArgument("Cannot divide by double -0.0")
			case x == 0:
				return invalidArgument("Cannot divide by double 0.0")
			}
			out.Int64(truncateToLong(float64(a.i64(0, i)) / x))
			return nil
		})
		register("$neg("+t+")", func(a *Args, i int, out *page.Builder) error {
			out.Int64(-a.i64(0, i))
			return nil
		})
	}
}

// truncateToLong is Java's (long) of a double: toward zero, NaN 0, clamped.
func truncateToLong(x float64) int64 {
	switch {
	case x != x:
		return 0
	case x >= math.MaxInt64:
		return math.MaxInt64
	case x <= math.MinInt64:
		return math.MinInt64
	}
	return int64(x)
}
