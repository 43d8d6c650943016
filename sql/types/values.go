package types

// Zone is a time zone's key: 0 is UTC, 1..1680 are fixed offsets in minutes
// (key = offset + 841, so that -14:00 is 1 and +14:00 is 1681, without the
// zero offset, which is UTC), higher keys are IANA regions in the order in
// which this process met them. See zone.go.
type Zone int16

// Instant is the value of a timestamp with time zone, of any precision up to
// 12: milliseconds since the epoch (floor), picoseconds within that
// millisecond (0 ..= 999_999_999), and the zone that prints it. Comparison,
// grouping and equality use the instant only, never the zone.
type Instant struct {
	Millis int64
	Picos  int32
	Zone   Zone
}

// TimeOfDayTZ is the value of a time with time zone: picoseconds of the day in
// its own offset, and that offset in minutes.
type TimeOfDayTZ struct {
	Picos  int64
	Offset int16
}
