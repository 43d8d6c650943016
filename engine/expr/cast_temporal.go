package expr

// Casts between date, time and timestamp types (the ...Cast classes of Trino's
// operator/scalar/time, timetz, timestamp, timestamptz; semantics 5.2).

import (
	"errors"

	"github.com/ionq-db/ionq/reader/page"
	"github.com/ionq-db/ionq/sql/decimal"
	"github.com/ionq-db/ionq/sql/sqlerr"
	"github.com/ionq-db/ionq/sql/types"
)

// timestampAt is a timestamp's value, however it is held.
func timestampAt(v *page.Vector, i int) (micros int64, picos int32) {
	if v.Phys == page.PhysInt64 {
		return v.I64[i], 0
	}
	x := v.I128[i]
	return types.SplitPicos(x.Hi, x.Lo)
}

// appendTimestamp appends a timestamp to a builder of a timestamp type.
func appendTimestamp(out *page.Builder, micros int64, picos int32) {
	if page.PhysOf(out.Type()) == page.PhysInt64 {
		out.Int64(micros)
		return
	}
	hi, lo := types.TimestampPicos(micros, picos)
	out.Int128(decimal.Int128{Hi: hi, Lo: lo})
}

// sessionOffset is the session zone's offset at the query's start, in minutes.
func (e *Env) sessionOffset() int { return e.Zone.OffsetAt(types.FloorDiv(e.Now.Millis, 1000)) / 60 }

// today is the day on which the query started, in the session's zone.
func (e *Env) today() int64 {
	return types.Instant{Millis: e.Now.Millis, Zone: e.Zone}.LocalDays()
}

// appendOnDay appends the timestamp of a rounded time of day on a day: midnight
// of the next day where it was rounded up to it.
func appendOnDay(out *page.Builder, day, picos int64) {
	appendTimestamp(out, day*types.MicrosPerDay+picos/types.PicosPerMicro, int32(picos%types.PicosPerMicro))
}

func rangeError(err error) error {
	var r *types.RangeError
	if errors.As(err, &r) {
		return invalidCast("%s", r.Msg)
	}
	return err
}

func init() {
	const (
		date, clock, clockTZ, ts, tstz = types.KindDate, types.KindTime, types.KindTimeTZ, types.KindTimestamp, types.KindTimestampTZ
	)
	on := func(from, to types.Kind, f func(env *Env, v *page.Vector, i int, from, to types.Type, out *page.Builder) error) {
		registerCast(from, to, func(from, to types.Type) (castFunc, error) {
			return func(env *Env, v *page.Vector, i int, out *page.Builder) error {
				return f(env, v, i, from, to, out)
			}, nil
		})
	}
	on(date, ts, func(_ *Env, v *page.Vector, i int, _, _ types.Type, out *page.Builder) error {
		appendTimestamp(out, v.I64[i]*types.MicrosPerDay, 0)
		return nil
	})
	on(date, tstz, func(env *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		// DateToTimestampWithTimeZoneCast takes the zone's offset at the instant
		// that midnight would be in UTC, not at local midnight.
		millis := v.I64[i] * types.MillisPerDay
		millis -= int64(env.Zone.OffsetAt(types.FloorDiv(millis, 1000))) * 1000
		if to.P <= 3 && !types.MillisFit(millis) {
			return invalidCast("Millis overflow: %d", millis)
		}
		out.Instant(types.Instant{Millis: millis, Zone: env.Zone})
		return nil
	})
	on(ts, date, func(_ *Env, v *page.Vector, i int, _, _ types.Type, out *page.Builder) error {
		micros, _ := timestampAt(v, i)
		out.Int64(types.FloorDiv(micros, types.MicrosPerDay))
		return nil
	})
	on(ts, ts, func(_ *Env, v *page.Vector, i int, from, to types.Type, out *page.Builder) error {
		micros, picos := timestampAt(v, i)
		micros, picos = types.RoundTimestamp(micros, picos, int(from.P), int(to.P))
		appendTimestamp(out, micros, picos)
		return nil
	})
	on(ts, tstz, func(env *Env, v *page.Vector, i int, from, to types.Type, out *page.Builder) error {
		micros, picos := timestampAt(v, i)
		t, err := types.TimestampToInstant(micros, picos, int(from.P), int(to.P), env.Zone)
		if err != nil {
			return rangeError(err)
		}
		out.Instant(t)
		return nil
	})
	timeOf := func(v *page.Vector, i int, to types.Type) int64 {
		micros, picos := timestampAt(v, i)
		day := micros - types.FloorDiv(micros, types.MicrosPerDay)*types.MicrosPerDay
		return types.RoundTime(day*types.PicosPerMicro+int64(picos), int(to.P))
	}
	on(ts, clock, func(_ *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		// TimestampToTimeCast counts the second down and its fraction towards zero, so
		// that before 1970 a fraction makes the time a second too early. Of the first
		// second of a day nothing is left that Trino could show.
		micros, picos := timestampAt(v, i)
		second := floorMod(types.FloorDiv(micros, types.MicrosPerSecond), types.MicrosPerDay/types.MicrosPerSecond)
		t := second*types.PicosPerSecond + micros%types.MicrosPerSecond*types.PicosPerMicro + int64(picos)
		if t = types.RoundTime(t, int(to.P)); t < 0 {
			return sqlerr.New(sqlerr.GenericInternalError, "value must be >= 0")
		}
		out.Int64(t)
		return nil
	})
	on(ts, clockTZ, func(env *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		out.TimeTZ(types.TimeOfDayTZ{Picos: timeOf(v, i, to), Offset: int16(env.sessionOffset())})
		return nil
	})
	on(tstz, tstz, func(_ *Env, v *page.Vector, i int, from, to types.Type, out *page.Builder) error {
		out.Instant(types.RoundInstant(v.TZ[i], int(from.P), int(to.P)))
		return nil
	})
	on(tstz, ts, func(_ *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		micros, picos := v.TZ[i].ToTimestamp(int(to.P))
		appendTimestamp(out, micros, picos)
		return nil
	})
	on(tstz, date, func(_ *Env, v *page.Vector, i int, _, _ types.Type, out *page.Builder) error {
		out.Int64(v.TZ[i].LocalDays())
		return nil
	})
	on(tstz, clock, func(_ *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		out.Int64(types.RoundTime(v.TZ[i].LocalPicosOfDay(), int(to.P)))
		return nil
	})
	on(tstz, clockTZ, func(_ *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		t := v.TZ[i]
		local := types.RoundTime(t.LocalPicosOfDay(), int(to.P))
		// TimestampWithTimeZoneToTimeWithTimeZoneCast asks for the offset at the
		// wall clock read as if it were UTC; near a change of offset that is
		// another one than the value's.
		offset := t.Zone.OffsetAt(types.FloorDiv(t.Zone.LocalMillis(t.Millis), 1000)) / 60
		out.TimeTZ(types.TimeOfDayTZ{Picos: local, Offset: int16(offset)})
		return nil
	})
	on(clock, clock, func(_ *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		out.Int64(types.RoundTime(v.I64[i], int(to.P)))
		return nil
	})
	on(clock, clockTZ, func(env *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		out.TimeTZ(types.TimeOfDayTZ{Picos: types.RoundTime(v.I64[i], int(to.P)), Offset: int16(env.sessionOffset())})
		return nil
	})
	on(clock, ts, func(env *Env, v *page.Vector, i int, from, to types.Type, out *page.Builder) error {
		picos := v.I64[i]
		if from.P > to.P {
			picos = types.RoundTo(picos, 12-int(to.P))
		}
		appendOnDay(out, env.today(), picos)
		return nil
	})
	on(clock, tstz, func(env *Env, v *page.Vector, i int, from, to types.Type, out *page.Builder) error {
		picos := v.I64[i]
		if from.P > to.P {
			picos = types.RoundTo(picos, 12-int(to.P))
		}
		millis := env.today()*types.MillisPerDay + picos/types.PicosPerMilli
		millis -= int64(env.Zone.OffsetAt(types.FloorDiv(env.Now.Millis, 1000))) * 1000
		out.Instant(types.Instant{Millis: millis, Picos: int32(picos % types.PicosPerMilli), Zone: env.Zone})
		return nil
	})
	on(clockTZ, clockTZ, func(_ *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		t := v.TimeTZ[i]
		t.Picos = types.RoundTime(t.Picos, int(to.P))
		out.TimeTZ(t)
		return nil
	})
	on(clockTZ, clock, func(_ *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		out.Int64(types.RoundTime(v.TimeTZ[i].Picos, int(to.P)))
		return nil
	})
	on(clockTZ, ts, func(env *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		appendOnDay(out, env.today(), types.RoundTo(v.TimeTZ[i].Picos, 12-int(to.P)))
		return nil
	})
	on(clockTZ, tstz, func(env *Env, v *page.Vector, i int, _, to types.Type, out *page.Builder) error {
		t := v.TimeTZ[i]
		picos := types.RoundTo(utcOfDay(t), 12-int(to.P)) % types.PicosPerDay
		zone, _ := types.ZoneForOffset(int(t.Offset))
		out.Instant(types.Instant{
			Millis: env.today()*types.MillisPerDay + picos/types.PicosPerMilli,
			Picos:  int32(picos % types.PicosPerMilli), Zone: zone,
		})
		return nil
	})
}
