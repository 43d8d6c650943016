package expr

// Bodies of the date and time functions. The rules are those of Trino's
// DateTimeFunctions and of the classes under operator/scalar/timestamp*, time*;
// semantics 5.1 and 5.2.

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

const (
	idTimestamp   = "timestamp(p)"
	idTimestampTZ = "timestamp(p) with time zone"
	idTime        = "time(p)"
	idTimeTZ      = "time(p) with time zone"
	idDaySecond   = "interval day to second"
	idYearMonth   = "interval year to month"
)

// temporalError gives an error of package types its code.
func temporalError(err error) error {
	var zone *types.ZoneError
	var offset *types.SecondsOffsetError
	var unprintable *types.UnprintableError
	switch {
	case errors.As(err, &zone), errors.As(err, &unprintable):
		return sqlerr.New(sqlerr.NotSupported, "%s", err.Error())
	case errors.As(err, &offset):
		return sqlerr.New(sqlerr.InvalidArguments, "%s", err.Error())
	}
	return invalidArgument("%s", err.Error())
}

// timestamp gives argument k at row i as microseconds and picoseconds within
// the microsecond.
func (a *Args) timestamp(k, i int) (micros int64, picos int32) { return timestampAt(a.Vecs[k], i) }

// micros gives a timestamp argument cut to microseconds.
func (a *Args) micros(k, i int) int64 {
	v := a.Vecs[k]
	if v.Phys == page.PhysInt64 {
		return v.I64[i]
	}
	m, _ := types.SplitPicos(v.I128[i].Hi, v.I128[i].Lo)
	return m
}

func (a *Args) instant(k, i int) types.Instant { return a.Vecs[k].TZ[i] }

// extract registers a function of the calendar date for dates, timestamps and
// timestamps with time zone.
func extract(f func(days int64) int64, names ...string) {
	for _, n := range names {
		register(n+"(date)", func(a *Args, i int, out *page.Builder) error {
			out.Int64(f(a.i64(0, i)))
			return nil
		})
		register(n+"("+idTimestamp+")", func(a *Args, i int, out *page.Builder) error {
			out.Int64(f(types.FloorDiv(a.micros(0, i), types.MicrosPerDay)))
			return nil
		})
		register(n+"("+idTimestampTZ+")", func(a *Args, i int, out *page.Builder) error {
			out.Int64(f(a.instant(0, i).LocalDays()))
			return nil
		})
	}
}

// extractClock registers a function of the time of day in milliseconds. An
// interval counts with its sign.
func extractClock(name string, f func(millis int64) int64) {
	register(name+"("+idTimestamp+")", func(a *Args, i int, out *page.Builder) error {
		out.Int64(f(floorMod(types.FloorDiv(a.micros(0, i), types.MicrosPerMilli), types.MillisPerDay)))
		return nil
	})
	register(name+"("+idTimestampTZ+")", func(a *Args, i int, out *page.Builder) error {
		t := a.instant(0, i)
		out.Int64(f(floorMod(t.Zone.LocalMillis(t.Millis), types.MillisPerDay)))
		return nil
	})
	register(name+"("+idTime+")", func(a *Args, i int, out *page.Builder) error {
		out.Int64(f(a.i64(0, i) / types.PicosPerMilli))
		return nil
	})
	register(name+"("+idTimeTZ+")", func(a *Args, i int, out *page.Builder) error {
		out.Int64(f(a.Vecs[0].TimeTZ[i].Picos / types.PicosPerMilli))
		return nil
	})
	register(name+"("+idDaySecond+")", func(a *Args, i int, out *page.Builder) error {
		out.Int64(f(a.i64(0, i) % types.MillisPerDay))
		return nil
	})
}

func init() {
	extract(func(d int64) int64 { y, _, _ := types.Civil(d); return int64(y) }, "year")
	extract(func(d int64) int64 { _, m, _ := types.Civil(d); return int64(m+2) / 3 }, "quarter")
	extract(func(d int64) int64 { _, m, _ := types.Civil(d); return int64(m) }, "month")
	extract(func(d int64) int64 { _, _, day := types.Civil(d); return int64(day) }, "day", "day_of_month")
	extract(func(d int64) int64 { return int64(types.DayOfWeek(d)) }, "day_of_week", "dow")
	extract(func(d int64) int64 { return int64(types.DayOfYear(d)) }, "day_of_year", "doy")
	extract(func(d int64) int64 { _, w := types.ISOWeek(d); return int64(w) }, "week", "week_of_year")
	extract(func(d int64) int64 { y, _ := types.ISOWeek(d); return int64(y) }, "year_of_week", "yow")
	extract(func(d int64) int64 {
		y, m, day := types.Civil(d)
		return d + int64(types.DaysInMonth(y, m)-day)
	}, "last_day_of_month")
	extractClock("hour", func(ms int64) int64 { return ms / 3_600_000 })
	extractClock("minute", func(ms int64) int64 { return ms / 60_000 % 60 })
	extractClock("second", func(ms int64) int64 { return ms / 1000 % 60 })
	extractClock("millisecond", func(ms int64) int64 { return ms % 1000 })

	interval := func(id string, f func(int64) int64) {
		register(id, func(a *Args, i int, out *page.Builder) error {
			out.Int64(f(a.i64(0, i)))
			return nil
		})
	}
	interval("year("+idYearMonth+")", func(m int64) int64 { return m / 12 })
	interval("month("+idYearMonth+")", func(m int64) int64 { return m % 12 })
	interval("day("+idDaySecond+")", func(ms int64) int64 { return ms / types.MillisPerDay })
	interval("day_of_month("+idDaySecond+")", func(ms int64) int64 { return ms / types.MillisPerDay })
	interval("to_milliseconds("+idDaySecond+")", func(ms int64) int64 { return ms })

	for name, f := range map[string]func(minutes int) int64{
		"timezone_hour":   func(m int) int64 { return int64(m / 60) },
		"timezone_minute": func(m int) int64 { return int64(m % 60) },
	} {
		register(name+"("+idTimestampTZ+")", func(a *Args, i int, out *page.Builder) error {
			t := a.instant(0, i)
			out.Int64(f(t.Zone.OffsetAt(types.FloorDiv(t.Millis, 1000)) / 60))
			return nil
		})
		register(name+"("+idTimeTZ+")", func(a *Args, i int, out *page.Builder) error {
			out.Int64(f(int(a.Vecs[0].TimeTZ[i].Offset)))
			return nil
		})
	}
	initTruncAddDiff()
	initISO8601()
	initUnixTime()
	initNow()
	initZones()
	initDurations()
}

func initTruncAddDiff() {
	register("date_trunc(varchar(x), date)", func(a *Args, i int, out *page.Builder) error {
		u, err := dateUnit(a.str(0, i))
		if err == nil {
			out.Int64(floorDays(a.i64(1, i), u))
		}
		return err
	})
	register("date_trunc(varchar(x), timestamp(p))", func(a *Args, i int, out *page.Builder) error {
		u, err := timestampUnit(a.str(0, i))
		if err == nil {
			millis := types.FloorDiv(a.micros(1, i), types.MicrosPerMilli)
			appendTimestamp(out, floorLocal(millis, u)*types.MicrosPerMilli, 0)
		}
		return err
	})
	register("date_trunc(varchar(x), timestamp(p) with time zone)", func(a *Args, i int, out *page.Builder) error {
		u, err := timestampUnit(a.str(0, i))
		if err == nil {
			t := a.instant(1, i)
			out.Instant(types.Instant{Millis: floorInstant(t.Millis, t.Zone, u), Zone: t.Zone})
		}
		return err
	})
	register("date_trunc(varchar(x), time(p))", func(a *Args, i int, out *page.Builder) error {
		u, err := timeUnit(a.str(0, i))
		if err == nil {
			n := unitMillis[u] * types.PicosPerMilli
			out.Int64(a.i64(1, i) / n * n)
		}
		return err
	})
	register("date_trunc(varchar(x), time(p) with time zone)", func(a *Args, i int, out *page.Builder) error {
		u, err := timeUnit(a.str(0, i))
		if err == nil {
			n, t := unitMillis[u]*types.PicosPerMilli, a.Vecs[1].TimeTZ[i]
			t.Picos = t.Picos / n * n
			out.TimeTZ(t)
		}
		return err
	})

	register("date_add(varchar(x), bigint, date)", func(a *Args, i int, out *page.Builder) error {
		u, err := dateUnit(a.str(0, i))
		if err == nil {
			err = int32Amount(a.i64(1, i))
		}
		if err != nil {
			return err
		}
		ms, err := addLocal(a.i64(2, i)*types.MillisPerDay, a.i64(1, i), u)
		if err == nil {
			out.Int64(ms / types.MillisPerDay)
		}
		return err
	})
	register("date_add(varchar(x), bigint, timestamp(p))", func(a *Args, i int, out *page.Builder) error {
		u, err := timestampUnit(a.str(0, i))
		if err == nil {
			err = int32Amount(a.i64(1, i))
		}
		if err != nil {
			return err
		}
		micros, picos := a.timestamp(2, i)
		millis := types.FloorDiv(micros, types.MicrosPerMilli)
		rest := micros - millis*types.MicrosPerMilli
		if millis, err = addLocal(millis, a.i64(1, i), u); err != nil {
			return err
		}
		if p := int(out.Type().P); p <= 3 {
			millis = types.RoundTo(millis, 3-p)
		}
		if micros, err = microsOfMillis(millis); err == nil {
			appendTimestamp(out, micros+rest, picos)
		}
		return err
	})
	register("date_add(varchar(x), bigint, timestamp(p) with time zone)", func(a *Args, i int, out *page.Builder) error {
		u, err := timestampUnit(a.str(0, i))
		if err == nil {
			err = int32Amount(a.i64(1, i))
		}
		if err != nil {
			return err
		}
		t := a.instant(2, i)
		if t.Millis, err = addInstant(t.Millis, t.Zone, a.i64(1, i), u); err != nil {
			return err
		}
		p := out.Type().P
		if p <= 3 {
			t.Millis = types.RoundTo(t.Millis, int(3-p))
		}
		if err = checkMillis(t.Millis, p); err == nil {
			out.Instant(t)
		}
		return err
	})
	addTime := func(a *Args, i int, picos int64) (int64, error) {
		u, err := timeUnit(a.str(0, i))
		if err != nil {
			return 0, err
		}
		n := unitMillis[u]
		delta := a.i64(1, i) % (types.MillisPerDay / n) * n * types.PicosPerMilli
		picos = floorMod(picos+delta, types.PicosPerDay)
		if p := int(a.Vecs[2].Type.P); p <= 3 {
			picos = types.RoundTime(picos, p)
		}
		return picos, nil
	}
	register("date_add(varchar(x), bigint, time(p))", func(a *Args, i int, out *page.Builder) error {
		t, err := addTime(a, i, a.i64(2, i))
		if err == nil {
			out.Int64(t)
		}
		return err
	})
	register("date_add(varchar(x), bigint, time(p) with time zone)", func(a *Args, i int, out *page.Builder) error {
		t := a.Vecs[2].TimeTZ[i]
		var err error
		if t.Picos, err = addTime(a, i, t.Picos); err == nil {
			out.TimeTZ(t)
		}
		return err
	})

	register("date_diff(varchar(x), date, date)", func(a *Args, i int, out *page.Builder) error {
		u, err := dateUnit(a.str(0, i))
		if err == nil {
			out.Int64(diffLocal(a.i64(2, i)*types.MillisPerDay, a.i64(1, i)*types.MillisPerDay, u))
		}
		return err
	})
	register("date_diff(varchar(x), timestamp(p), timestamp(p))", func(a *Args, i int, out *page.Builder) error {
		u, err := timestampUnit(a.str(0, i))
		if err == nil {
			out.Int64(diffLocal(types.FloorDiv(a.micros(2, i), types.MicrosPerMilli), types.FloorDiv(a.micros(1, i), types.MicrosPerMilli), u))
		}
		return err
	})
	register("date_diff(varchar(x), timestamp(p) with time zone, timestamp(p) with time zone)", func(a *Args, i int, out *page.Builder) error {
		u, err := timestampUnit(a.str(0, i))
		if err == nil {
			from, to := a.instant(1, i), a.instant(2, i)
			z := from.Zone
			if a.Vecs[1].Type.P > 3 {
				z = types.UTC // Trino counts long ones on UTC's clock
			}
			out.Int64(diffInstant(to.Millis, from.Millis, z, u))
		}
		return err
	})
	register("date_diff(varchar(x), time(p), time(p))", func(a *Args, i int, out *page.Builder) error {
		u, err := timeUnit(a.str(0, i))
		if err == nil {
			out.Int64((a.i64(2, i) - a.i64(1, i)) / (unitMillis[u] * types.PicosPerMilli))
		}
		return err
	})
	register("date_diff(varchar(x), time(p) with time zone, time(p) with time zone)", func(a *Args, i int, out *page.Builder) error {
		u, err := timeUnit(a.str(0, i))
		if err == nil {
			out.Int64((utcOfDay(a.Vecs[2].TimeTZ[i]) - utcOfDay(a.Vecs[1].TimeTZ[i])) / (unitMillis[u] * types.PicosPerMilli))
		}
		return err
	})
}

func initISO8601() {
	register("from_iso8601_timestamp(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		t, err := types.ParseISO8601Timestamp(a.str(0, i), a.Env.Zone)
		if err != nil {
			return temporalError(err)
		}
		out.Instant(t)
		return nil
	})
	register("from_iso8601_timestamp_nanos(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		t, err := types.ParseISO8601Nanos(a.str(0, i), a.Env.Zone)
		if err != nil {
			return temporalError(err)
		}
		out.Instant(t)
		return nil
	})
	register("from_iso8601_date(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		d, err := types.ParseISO8601Date(a.str(0, i))
		if err != nil {
			return temporalError(err)
		}
		out.Int64(d)
		return nil
	})
	register("to_iso8601(date)", func(a *Args, i int, out *page.Builder) error {
		var b [32]byte
		out.Bytes(types.AppendDate(b[:0], a.i64(0, i)))
		return nil
	})
	register("to_iso8601(timestamp(p))", func(a *Args, i int, out *page.Builder) error {
		var b [64]byte
		micros, picos := a.timestamp(0, i)
		out.Bytes(types.AppendTimestampISO(b[:0], micros, picos, int(a.Vecs[0].Type.P)))
		return nil
	})
	register("to_iso8601(timestamp(p) with time zone)", func(a *Args, i int, out *page.Builder) error {
		var b [64]byte
		s, err := types.AppendTimestampTZISO(b[:0], a.instant(0, i), int(a.Vecs[0].Type.P))
		if err != nil {
			return temporalError(err)
		}
		out.Bytes(s)
		return nil
	})

	register("date(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		d, err := types.ParseDate(a.str(0, i))
		if err != nil {
			return sqlerr.New(sqlerr.InvalidCastArgument, "Value cannot be cast to date: %s", a.str(0, i))
		}
		out.Int64(d)
		return nil
	})
	register("date(timestamp(p))", func(a *Args, i int, out *page.Builder) error {
		out.Int64(types.FloorDiv(a.micros(0, i), types.MicrosPerDay))
		return nil
	})
	register("date(timestamp(p) with time zone)", func(a *Args, i int, out *page.Builder) error {
		out.Int64(a.instant(0, i).LocalDays())
		return nil
	})
	initFormats()
}

// formatState keeps compiled formats at a call site: the last one, and those
// before it.
type formatState struct {
	text string
	last *types.Format
	all  map[string]*types.Format
}

// compiled returns the compiled form of format text at this call site.
func (a *Args) compiled(text string, compile func(string) (*types.Format, error)) (*types.Format, error) {
	s, _ := a.State.(*formatState)
	if s == nil {
		s = &formatState{all: map[string]*types.Format{}}
		a.State = s
	}
	if s.last != nil && s.text == text {
		return s.last, nil
	}
	f, ok := s.all[text]
	if !ok {
		var err error
		if f, err = compile(text); err != nil {
			return nil, temporalError(err)
		}
		if len(s.all) >= 100 { // as many as Trino keeps
			clear(s.all)
		}
		s.all[strings.Clone(text)] = f
	}
	s.text, s.last = strings.Clone(text), f
	return f, nil
}

// pattern compiles a Joda pattern; two-digit years depend on the query's year.
func (a *Args) pattern(text string) (*types.Format, error) {
	return a.compiled(text, func(text string) (*types.Format, error) {
		y, _, _ := types.Civil(types.FloorDiv(a.Env.Now.Millis, types.MillisPerDay))
		return types.CompilePattern(text, y)
	})
}

// patternHasZone reports an unquoted z or Z.
func patternHasZone(pattern string) bool {
	quoted := false
	for i := range len(pattern) {
		switch c := pattern[i]; {
		case c == '\'':
			quoted = !quoted
		case !quoted && (c == 'z' || c == 'Z'):
			return true
		}
	}
	return false
}

func initFormats() {
	print := func(f *types.Format, millis int64, z types.Zone, out *page.Builder) error {
		var b [64]byte
		s, err := f.AppendInstant(b[:0], millis, z)
		if err != nil {
			return temporalError(err)
		}
		out.Bytes(s)
		return nil
	}
	register("date_format(timestamp(p), varchar(x))", func(a *Args, i int, out *page.Builder) error {
		f, err := a.compiled(a.str(1, i), types.CompileMySQL)
		if err != nil {
			return err
		}
		return print(f, types.RoundTo(a.micros(0, i), 3)/types.MicrosPerMilli, types.UTC, out)
	})
	register("date_format(timestamp(p) with time zone, varchar(x))", func(a *Args, i int, out *page.Builder) error {
		f, err := a.compiled(a.str(1, i), types.CompileMySQL)
		if err != nil {
			return err
		}
		t := types.RoundInstant(a.instant(0, i), types.MaxTemporalPrecision, 3)
		return print(f, t.Millis, t.Zone, out)
	})
	register("format_datetime(timestamp(p), varchar(x))", func(a *Args, i int, out *page.Builder) error {
		if patternHasZone(a.str(1, i)) {
			return invalidArgument("format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does not contain TZ information")
		}
		f, err := a.pattern(a.str(1, i))
		if err != nil {
			return err
		}
		return print(f, types.RoundTo(a.micros(0, i), 3)/types.MicrosPerMilli, types.UTC, out)
	})
	register("format_datetime(timestamp(p) with time zone, varchar(x))", func(a *Args, i int, out *page.Builder) error {
		f, err := a.pattern(a.str(1, i))
		if err != nil {
			return err
		}
		t := types.RoundInstant(a.instant(0, i), types.MaxTemporalPrecision, 3)
		return print(f, t.Millis, t.Zone, out)
	})
	register("date_parse(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		var millis int64
		if a.str(1, i) == "%Y-%m-%d" {
			// Trino reads this one as a date: years may be longer than four digits.
			d, err := types.ParseDateText(a.str(0, i))
			if err != nil {
				return temporalError(err)
			}
			millis = d * types.MillisPerDay
		} else {
			f, err := a.compiled(a.str(1, i), types.CompileMySQL)
			if err != nil {
				return err
			}
			if millis, err = f.ParseMillis(a.str(0, i)); err != nil {
				return temporalError(err)
			}
		}
		micros, err := microsOfMillis(millis)
		if err == nil {
			out.Int64(micros)
		}
		return err
	})
	register("parse_datetime(varchar(x), varchar(y))", func(a *Args, i int, out *page.Builder) error {
		f, err := a.pattern(a.str(1, i))
		if err != nil {
			return err
		}
		t, err := f.ParseInstant(a.str(0, i), a.Env.Zone)
		if err != nil {
			return temporalError(err)
		}
		out.Instant(t)
		return nil
	})
}

func initUnixTime() {
	fromSeconds := func(x float64, z types.Zone, out *page.Builder) error {
		ms := javaRound(x * 1000)
		if err := checkMillis(ms, 3); err != nil {
			return err
		}
		out.Instant(types.Instant{Millis: ms, Zone: z})
		return nil
	}
	register("from_unixtime(double)", func(a *Args, i int, out *page.Builder) error {
		return fromSeconds(a.f64(0, i), a.Env.Zone, out)
	})
	register("from_unixtime(double, bigint, bigint)", func(a *Args, i int, out *page.Builder) error {
		minutes := a.i64(1, i)*60 + a.i64(2, i)
		z, ok := types.ZoneForOffset(int(max(min(minutes, 1<<20), -1<<20)))
		if !ok {
			return invalidArgument("Invalid offset minutes %d", minutes)
		}
		return fromSeconds(a.f64(0, i), z, out)
	})
	register("from_unixtime(double, varchar(x))", func(a *Args, i int, out *page.Builder) error {
		if a.str(1, i) == "" {
			return invalidArgument("Zone id is an empty string")
		}
		z, err := types.ZoneByName(a.str(1, i))
		if err != nil {
			return temporalError(err)
		}
		return fromSeconds(a.f64(0, i), z, out)
	})
	nanos := func(sec, rest int64, z types.Zone, out *page.Builder) {
		out.Instant(types.Instant{Millis: sec*1000 + rest/1_000_000, Picos: int32(rest%1_000_000) * 1000, Zone: z})
	}
	register("from_unixtime_nanos(bigint)", func(a *Args, i int, out *page.Builder) error {
		n := a.i64(0, i)
		nanos(types.FloorDiv(n, 1e9), floorMod(n, 1e9), a.Env.Zone, out)
		return nil
	})
	register("from_unixtime_nanos(decimal(p,s))", func(a *Args, i int, out *page.Builder) error {
		v, ok := decimal.Rescale(a.Vecs[0].Int128At(i), -int(a.Vecs[0].Type.S))
		billion := decimal.FromInt64(1e9)
		rest, restOK := decimal.Mod(v, billion, 0, 0)
		if !ok || !restOK {
			return outOfRange("Decimal overflow")
		}
		if rest.Sign() < 0 {
			rest = decimal.AddWrap(rest, billion)
		}
		sec, divOK := decimal.Div(decimal.SubWrap(v, rest), billion, 0)
		const limit = math.MaxInt64 / 1000
		if !divOK || !sec.IsInt64() || sec.Int64() > limit || sec.Int64() < -limit {
			return invalidArgument("long overflow")
		}
		nanos(sec.Int64(), rest.Int64(), a.Env.Zone, out)
		return nil
	})
	register("to_unixtime(timestamp(p) with time zone)", func(a *Args, i int, out *page.Builder) error {
		t := a.instant(0, i)
		x := float64(t.Millis) / 1000
		if a.Vecs[0].Type.P > 3 {
			x += float64(t.Picos) / types.PicosPerSecond
		}
		out.Float64(x)
		return nil
	})
}

// now is the query's start on the session's clock.
func (a *Args) now() types.Instant {
	t := a.Env.Now
	t.Zone = a.Env.Zone
	return t
}

func initNow() {
	currentTimestamp := func(a *Args, _ int, out *page.Builder) error {
		out.Instant(types.RoundInstant(a.now(), types.MaxTemporalPrecision, int(out.Type().P)))
		return nil
	}
	localTimestamp := func(a *Args, _ int, out *page.Builder) error {
		micros, picos := a.now().ToTimestamp(int(out.Type().P))
		appendTimestamp(out, micros, picos)
		return nil
	}
	localTime := func(a *Args, _ int, out *page.Builder) error {
		out.Int64(types.RoundTime(a.now().LocalPicosOfDay(), int(out.Type().P)))
		return nil
	}
	currentTime := func(a *Args, _ int, out *page.Builder) error {
		t := a.now()
		out.TimeTZ(types.TimeOfDayTZ{
			Picos:  types.RoundTime(t.LocalPicosOfDay(), int(out.Type().P)),
			Offset: int16(t.Zone.OffsetAt(types.FloorDiv(t.Millis, 1000)) / 60),
		})
		return nil
	}
	for name, f := range map[string]RowFunc{
		"$current_timestamp()": currentTimestamp, "$current_timestamp(" + idTimestampTZ + ")": currentTimestamp, "now()": currentTimestamp,
		"$localtimestamp()": localTimestamp, "$localtimestamp(" + idTimestamp + ")": localTimestamp,
		"$localtime()": localTime, "$localtime(" + idTime + ")": localTime,
		"$current_time()": currentTime, "$current_time(" + idTimeTZ + ")": currentTime,
	} {
		register(name, f)
	}
	register("current_date()", func(a *Args, _ int, out *page.Builder) error {
		out.Int64(a.now().LocalDays())
		return nil
	})
	register("current_timezone()", func(a *Args, _ int, out *page.Builder) error {
		out.StringNoCopy(a.Env.Zone.String())
		return nil
	})
}

// offsetMinutes checks an interval that stands for an offset.
func offsetMinutes(millis int64) (int64, error) {
	if millis%60_000 != 0 {
		return 0, invalidArgument("Invalid time zone offset interval: interval contains seconds")
	}
	return millis / 60_000, nil
}

func zoneArgument(name string) (types.Zone, error) {
	z, err := types.ZoneByName(name)
	if err != nil {
		return z, invalidArgument("'%s' is not a valid time zone", name)
	}
	return z, nil
}

func initZones() {
	register("at_timezone(timestamp(p) with time zone, varchar(x))", func(a *Args, i int, out *page.Builder) error {
		t := a.instant(0, i)
		var err error
		if t.Zone, err = zoneArgument(a.str(1, i)); err == nil {
			out.Instant(t)
		}
		return err
	})
	register("at_timezone(timestamp(p) with time zone, interval day to second)", func(a *Args, i int, out *page.Builder) error {
		minutes, err := offsetMinutes(a.i64(1, i))
		if err != nil {
			return err
		}
		z, ok := types.ZoneForOffset(int(minutes))
		if !ok {
			return invalidArgument("Invalid offset minutes %d", minutes)
		}
		t := a.instant(0, i)
		t.Zone = z
		out.Instant(t)
		return nil
	})
	moveTime := func(t types.TimeOfDayTZ, minutes int, out *page.Builder) {
		out.TimeTZ(types.TimeOfDayTZ{
			Picos:  floorMod(t.Picos-int64(int(t.Offset)-minutes)*picosPerMinute, types.PicosPerDay),
			Offset: int16(minutes),
		})
	}
	register("$at_timezone(time(p) with time zone, varchar(x))", func(a *Args, i int, out *page.Builder) error {
		z, err := zoneArgument(a.str(1, i))
		if err == nil {
			moveTime(a.Vecs[0].TimeTZ[i], z.OffsetAt(types.FloorDiv(a.Env.Now.Millis, 1000))/60, out)
		}
		return err
	})
	register("$at_timezone(time(p) with time zone, interval day to second)", func(a *Args, i int, out *page.Builder) error {
		minutes, err := offsetMinutes(a.i64(1, i))
		if err != nil {
			return err
		}
		if _, ok := types.ZoneForOffset(int(minutes)); !ok {
			return invalidArgument("Invalid offset minutes %d", minutes)
		}
		moveTime(a.Vecs[0].TimeTZ[i], int(minutes), out)
		return nil
	})
	register("with_timezone(timestamp(p), varchar(x))", func(a *Args, i int, out *page.Builder) error {
		z, err := zoneArgument(a.str(1, i))
		if err != nil {
			return err
		}
		micros, picos := a.timestamp(0, i)
		local := types.FloorDiv(micros, types.MicrosPerMilli)
		t := types.Instant{
			// The wall clock read as UTC is what Joda takes for the original.
			Millis: keepLocal(z, local, local),
			Picos:  int32(micros-local*types.MicrosPerMilli)*types.PicosPerMicro + picos,
			Zone:   z,
		}
		if err = checkMillis(t.Millis, out.Type().P); err == nil {
			out.Instant(t)
		}
		return err
	})
}

// durationUnits are the units of parse_duration, in milliseconds (airlift's
// Duration).
var durationUnits = map[string]float64{
	"ns": 1 / 1e6, "us": 1 / 1e3, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": types.MillisPerDay,
}

// parseDuration reads digits with an optional fraction and a unit.
func parseDuration(s string) (int64, error) {
	bad := invalidArgument("duration is not a valid data duration string: %s", s)
	t := strings.Trim(s, " \t\n\v\f\r")
	i := 0
	for i < len(t) && t[i] >= '0' && t[i] <= '9' {
		i++
	}
	if i == 0 {
		return 0, bad
	}
	if i+1 < len(t) && t[i] == '.' && t[i+1] >= '0' && t[i+1] <= '9' {
		for i++; i < len(t) && t[i] >= '0' && t[i] <= '9'; {
			i++
		}
	}
	name := strings.TrimLeft(t[i:], " \t\n\v\f\r")
	if name == "" {
		return 0, bad
	}
	for j := range len(name) {
		if c := name[j] | 0x20; c < 'a' || c > 'z' {
			return 0, bad
		}
	}
	perUnit, ok := durationUnits[name]
	if !ok {
		return 0, invalidArgument("Unknown time unit: %s", name)
	}
	x, err := strconv.ParseFloat(t[:i], 64)
	ms := math.Floor(x*perUnit + 0.5)
	if err != nil || ms > math.MaxInt64 {
		return 0, invalidArgument("value is too large to be represented in requested unit as a long")
	}
	return javaRound(ms), nil
}

func initDurations() {
	register("parse_duration(varchar(x))", func(a *Args, i int, out *page.Builder) error {
		ms, err := parseDuration(a.str(0, i))
		if err == nil {
			out.Int64(ms)
		}
		return err
	})
	register("human_readable_seconds(double)", func(a *Args, i int, out *page.Builder) error {
		x := a.f64(0, i)
		switch {
		case x != x:
			return invalidArgument("Invalid argument found: NaN")
		case math.IsInf(x, 1):
			return invalidArgument("Invalid argument found: Infinity")
		case math.IsInf(x, -1):
			return invalidArgument("Invalid argument found: -Infinity")
		}
		left := javaRound(math.Abs(x))
		var parts []string
		for _, u := range []struct {
			name    string
			seconds int64
		}{{"week", 604_800}, {"day", 86_400}, {"hour", 3600}, {"minute", 60}, {"second", 1}} {
			n := left / u.seconds
			left %= u.seconds
			if n == 0 && (u.name != "second" || len(parts) > 0) {
				continue
			}
			if n != 1 {
				u.name += "s"
			}
			parts = append(parts, strconv.FormatInt(n, 10)+" "+u.name)
		}
		out.String(strings.Join(parts, ", "))
		return nil
	})
}
