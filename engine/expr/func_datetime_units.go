package expr

// Arithmetic in calendar units: truncation, addition and difference as the
// fields of Joda-Time's ISO chronology do them (date_trunc, date_add,
// date_diff, intervals of months).

import (
	"fmt"
	"math"
	"strings"

	"github.com/ionq-db/ionq/sql/types"
)

// unit is what date_trunc, date_add and date_diff count in.
type unit uint8

const (
	unitMillisecond unit = iota
	unitSecond
	unitMinute
	unitHour
	unitDay
	unitWeek
	unitMonth
	unitQuarter
	unitYear
)

// unitMillis is the length of the units of fixed length.
var unitMillis = [...]int64{1, 1000, 60_000, 3_600_000, types.MillisPerDay, 7 * types.MillisPerDay}

// unitNamed returns the unit of a name in any case. from and to limit what the
// type has; typ names it in the message.
func unitNamed(name string, from, to unit, typ string) (unit, error) {
	name = strings.ToLower(name)
	u := unitYear + 1
	switch name {
	case "millisecond":
		u = unitMillisecond
	case "second":
		u = unitSecond
	case "minute":
		u = unitMinute
	case "hour":
		u = unitHour
	case "day":
		u = unitDay
	case "week":
		u = unitWeek
	case "month":
		u = unitMonth
	case "quarter":
		u = unitQuarter
	case "year":
		u = unitYear
	}
	if u < from || u > to {
		return 0, invalidArgument("'%s' is not a valid %s field", name, typ)
	}
	return u, nil
}

func dateUnit(name string) (unit, error) { return unitNamed(name, unitDay, unitYear, "DATE") }

func timestampUnit(name string) (unit, error) {
	return unitNamed(name, unitMillisecond, unitYear, "TIMESTAMP")
}

func timeUnit(name string) (unit, error) {
	return unitNamed(name, unitMillisecond, unitHour, "TIME")
}

func floorMod(a, b int64) int64 { return a - types.FloorDiv(a, b)*b }

// floorDays truncates a day to a unit of at least a day.
func floorDays(days int64, u unit) int64 {
	switch u {
	case unitWeek:
		return days - int64(types.DayOfWeek(days)) + 1
	case unitMonth, unitQuarter, unitYear:
		y, m, d := types.Civil(days)
		switch u {
		case unitMonth:
			return days - int64(d) + 1
		case unitQuarter:
			m = (m-1)/3*3 + 1
		default:
			m = 1
		}
		return types.Days(y, m, 1)
	}
	return days
}

// floorLocal truncates a wall clock in milliseconds.
func floorLocal(local int64, u unit) int64 {
	if u < unitDay {
		return types.FloorDiv(local, unitMillis[u]) * unitMillis[u]
	}
	return floorDays(types.FloorDiv(local, types.MillisPerDay), u) * types.MillisPerDay
}

// keepLocal gives the instant of a wall clock in zone z after a change of an
// original instant: its offset is kept where it still holds.
func keepLocal(z types.Zone, local, original int64) int64 {
	off := int64(z.OffsetAt(types.FloorDiv(original, 1000)))
	millis := local - off*1000
	if int64(z.OffsetAt(types.FloorDiv(millis, 1000))) == off {
		return millis
	}
	return z.InstantMillis(local)
}

// floorInstant truncates an instant on its zone's clock. Units below half a day
// keep the offset, longer ones go by the wall clock.
func floorInstant(millis int64, z types.Zone, u unit) int64 {
	if z == types.UTC || u < unitDay {
		off := int64(z.OffsetAt(types.FloorDiv(millis, 1000))) * 1000
		return floorLocal(millis+off, u) - off
	}
	return keepLocal(z, floorLocal(z.LocalMillis(millis), u), millis)
}

// addLocal adds n units to a wall clock. n is within 32 bits but for months of
// an interval.
func addLocal(local, n int64, u unit) (int64, error) {
	switch u {
	case unitQuarter:
		n *= 3
	case unitYear:
		n *= 12
	case unitMonth:
	default:
		return local + n*unitMillis[u], nil
	}
	days := types.FloorDiv(local, types.MillisPerDay)
	y, m, _ := types.Civil(days)
	// Joda's years end at 292278993; a long of milliseconds ends a little later.
	const least, most = -292_275_054, 292_278_993
	year := types.FloorDiv(int64(y)*12+int64(m-1)+n, 12)
	if n > math.MaxInt32*12 || n < math.MinInt32*12 || year < least || year > most {
		if u == unitYear {
			return 0, invalidArgument("Value %d for year must be in the range [%d,%d]", int64(y)+n/12, least, most)
		}
		return 0, invalidArgument("Magnitude of add amount is too large: %d", n)
	}
	return types.AddMonths(days, n)*types.MillisPerDay + floorMod(local, types.MillisPerDay), nil
}

// addInstant adds n units to an instant on its zone's clock.
func addInstant(millis int64, z types.Zone, n int64, u unit) (int64, error) {
	if u < unitDay {
		return millis + n*unitMillis[u], nil
	}
	local, err := addLocal(z.LocalMillis(millis), n, u)
	if err != nil {
		return 0, err
	}
	return keepLocal(z, local, millis), nil
}

// diffLocal counts the full units from wall clock b to wall clock a.
func diffLocal(a, b int64, u unit) int64 {
	if u < unitMonth {
		return (a - b) / unitMillis[u]
	}
	sign := int64(1)
	if a < b {
		a, b, sign = b, a, -1
	}
	var n int64
	switch u {
	case unitYear:
		n = diffYears(a, b)
	case unitQuarter:
		n = diffMonths(a, b) / 3
	default:
		n = diffMonths(a, b)
	}
	return sign * n
}

// diffMonths counts months from b to a, a >= b. Where a is the last day of its
// month, a later day of the month in b counts as that day.
func diffMonths(a, b int64) int64 {
	da, db := types.FloorDiv(a, types.MillisPerDay), types.FloorDiv(b, types.MillisPerDay)
	ya, ma, dayA := types.Civil(da)
	yb, mb, dayB := types.Civil(db)
	n := int64(ya-yb)*12 + int64(ma-mb)
	if dayA == types.DaysInMonth(ya, ma) && dayB > dayA {
		dayB = dayA
	}
	restA := int64(dayA)*types.MillisPerDay + a - da*types.MillisPerDay
	restB := int64(dayB)*types.MillisPerDay + b - db*types.MillisPerDay
	if restA < restB {
		n--
	}
	return n
}

// diffYears counts years from b to a, a >= b. Days after February are compared
// as if both years were of one length.
func diffYears(a, b int64) int64 {
	ya, _, _ := types.Civil(types.FloorDiv(a, types.MillisPerDay))
	yb, _, _ := types.Civil(types.FloorDiv(b, types.MillisPerDay))
	restA := a - types.Days(ya, 1, 1)*types.MillisPerDay
	restB := b - types.Days(yb, 1, 1)*types.MillisPerDay
	const february29 = (31 + 28) * types.MillisPerDay
	if restB >= february29 {
		if types.IsLeap(yb) {
			if !types.IsLeap(ya) {
				restB -= types.MillisPerDay
			}
		} else if restA >= february29 && types.IsLeap(ya) {
			restA -= types.MillisPerDay
		}
	}
	n := int64(ya - yb)
	if restA < restB {
		n--
	}
	return n
}

// diffInstant counts the full units from b to a on the clock of zone z.
func diffInstant(a, b int64, z types.Zone, u unit) int64 {
	if u >= unitDay {
		a, b = z.LocalMillis(a), z.LocalMillis(b)
	}
	return diffLocal(a, b, u)
}

// int32Amount checks an amount for date_add, which Joda takes as an int.
func int32Amount(n int64) error {
	if n != int64(int32(n)) {
		return invalidArgument("integer overflow")
	}
	return nil
}

// microsOfMillis widens milliseconds and tells where they do not fit.
func microsOfMillis(millis int64) (int64, error) {
	const limit = math.MaxInt64 / types.MicrosPerMilli
	if millis > limit || millis < -limit {
		return 0, invalidArgument("long overflow")
	}
	return millis * types.MicrosPerMilli, nil
}

// checkMillis refuses what Trino cannot pack as a timestamp with time zone of
// precision up to 3.
func checkMillis(millis int64, p int32) error {
	if p <= 3 && !types.MillisFit(millis) {
		return invalidArgument("%s", fmt.Sprintf("Millis overflow: %d", millis))
	}
	return nil
}
