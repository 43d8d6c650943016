package types

// Time zones: the meaning of Zone keys, the names that SQL accepts for them
// (Trino's TimeZoneKey), and conversion between instants and local times.
// Regions come from the system's or the embedded IANA database and are loaded
// when first named; each is then a sorted table of transitions, so that a
// lookup is a binary search without locks.

import (
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // regions work on machines without a zone database
)

// UTC is the zone key of UTC and of all names equivalent to it.
const UTC Zone = 0

const (
	maxZoneOffset   = 14 * 60 // minutes; Trino's OFFSET_TIME_ZONE_MAX
	zoneOffsetShift = maxZoneOffset + 1
	firstRegion     = 2*maxZoneOffset + 2 // keys 1 ..= 1681 are offsets

	// The Gregorian calendar, and with it every rule for a zone's future,
	// repeats after 400 years; tables reach far enough to hold one whole period.
	gregorianCycle = 146097 * secondsPerDay
	secondsPerDay  = 86400
)

var (
	tableStart = time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	cycleStart = time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	tableEnd   = time.Date(2502, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// region is one IANA zone: starts[i] is the second from which offsets[i]
// holds; starts[0] stands for the beginning of time.
type region struct {
	name    string
	starts  []int64
	offsets []int32
}

// regions is replaced as a whole when a region is added, so that readers need
// no lock.
type regionTable struct {
	byKey  []*region // index: key - firstRegion
	byName map[string]Zone
}

var (
	regions    atomic.Pointer[regionTable]
	regionsAdd sync.Mutex
)

func init() { regions.Store(&regionTable{byName: map[string]Zone{}}) }

// offsetNameLen is the length of the name of any offset, such as "+09:00".
const offsetNameLen = 6

// offsetNames holds the names of the offsets 1 to firstRegion-1, one behind the
// other: made when first asked for, since few processes ever are.
var offsetNames = sync.OnceValue(func() string {
	b := make([]byte, 0, offsetNameLen*firstRegion)
	for k := 1; k < firstRegion; k++ {
		b = appendOffset(b, k-zoneOffsetShift)
	}
	return string(b)
})

// offsetName gives "+09:00" for 540 minutes, any number of minutes allowed.
func offsetName(minutes int) string {
	b := make([]byte, 0, 6)
	return string(appendOffset(b, minutes))
}

func appendOffset(b []byte, minutes int) []byte {
	sign := byte('+')
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	b = append(b, sign)
	b = append2(b, minutes/60)
	b = append(b, ':')
	return append2(b, minutes%60)
}

// ZoneError tells that a name or offset is no time zone. Trino's code for it is
// NOT_SUPPORTED (TimeZoneNotSupportedException).
type ZoneError struct{ Name string }

func (e *ZoneError) Error() string { return "Time zone not supported: " + e.Name }

// ZoneForOffset returns the zone of a fixed offset in minutes; ok is false
// beyond 14 hours either way.
func ZoneForOffset(minutes int) (z Zone, ok bool) {
	if minutes == 0 {
		return UTC, true
	}
	if minutes < -maxZoneOffset || minutes > maxZoneOffset {
		return UTC, false
	}
	return Zone(minutes + zoneOffsetShift), true
}

// utcNames are the names that mean UTC (TimeZoneKey.UTC_EQUIVALENTS).
var utcNames = func() map[string]bool {
	m := map[string]bool{"Z": true, "Zulu": true, "UCT": true, "Etc/UCT": true, "Greenwich": true, "Universal": true, "Etc/Universal": true, "GMT0": true, "Etc/GMT0": true}
	for _, p := range zonePrefixes {
		m[p], m[p+"+0"], m[p+"-0"] = true, true, true
	}
	for _, s := range []string{"+0000", "-0000", "+00:00", "-00:00"} {
		m[s] = true
	}
	return m
}()

// zonePrefixes may stand before an offset; longer ones first.
var zonePrefixes = []string{"Etc/GMT", "Etc/UTC", "Etc/UT", "GMT", "UTC", "UT"}

// ZoneByName returns the zone that Trino's TimeZoneKey.getTimeZoneKey gives for
// a name: regions (case matters), UTC's many names, offsets such as +09:00,
// +0900, +9, UTC+9 or Etc/GMT-9 (whose sign is reversed, as POSIX has it). The
// error is a *ZoneError.
func ZoneByName(name string) (Zone, error) {
	if z, ok := parseCanonicalOffset(name); ok {
		return z, nil
	}
	if z, ok := regions.Load().byName[name]; ok {
		return z, nil
	}
	if utcNames[name] {
		return UTC, nil
	}
	for _, prefix := range zonePrefixes {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if rest == "" || rest[0] != '+' && rest[0] != '-' {
			return UTC, &ZoneError{name}
		}
		var hour, minute int
		var err error
		if h, m, colon := strings.Cut(rest, ":"); colon {
			if hour, err = strconv.Atoi(h); err == nil {
				minute, err = strconv.Atoi(m)
			}
		} else if len(rest) <= 3 {
			hour, err = strconv.Atoi(rest)
		} else {
			// The JDK keeps the prefix in the normal form ("UTC+05:30"), which
			// is no zone of Trino's index, except where the offset is zero.
			if sec, ok := parseJavaOffset(rest); ok && sec == 0 {
				return UTC, nil
			}
			return UTC, &ZoneError{name}
		}
		if err != nil {
			return UTC, &ZoneError{name}
		}
		if hour == 0 && minute == 0 {
			return UTC, nil
		}
		if prefix == "Etc/GMT" {
			hour = -hour
		}
		// Trino writes sign, |hour| and minute and looks the text up again: a
		// minute outside 0..59 is no zone.
		if minute < 0 || minute > 59 {
			return UTC, &ZoneError{name}
		}
		total := hour*60 + minute
		if hour < 0 {
			total = hour*60 - minute
		}
		if z, ok := ZoneForOffset(total); ok && total != 0 {
			return z, nil
		}
		return UTC, &ZoneError{name}
	}
	if name != "" && (name[0] == '+' || name[0] == '-') {
		if sec, ok := parseJavaOffset(name); ok && sec%60 == 0 {
			if z, ok := ZoneForOffset(sec / 60); ok {
				return z, nil
			}
		}
		return UTC, &ZoneError{name}
	}
	return loadRegion(name)
}

// parseCanonicalOffset reads ±HH:MM, the form of fixed zones' names.
func parseCanonicalOffset(s string) (Zone, bool) {
	if len(s) != 6 || s[3] != ':' || s[0] != '+' && s[0] != '-' {
		return UTC, false
	}
	h1, h2, m1, m2 := s[1]-'0', s[2]-'0', s[4]-'0', s[5]-'0'
	if h1 > 9 || h2 > 9 || m1 > 5 || m2 > 9 {
		return UTC, false
	}
	minutes := (int(h1)*10+int(h2))*60 + int(m1)*10 + int(m2)
	if s[0] == '-' {
		minutes = -minutes
	}
	return ZoneForOffset(minutes)
}

// parseJavaOffset reads what java.time's ZoneOffset.of takes: ±h, ±hh, ±hh:mm,
// ±hhmm, ±hh:mm:ss, ±hhmmss, up to 18 hours; "Z" is not for here.
func parseJavaOffset(s string) (seconds int, ok bool) {
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	two := func(i int) int {
		if i+2 > len(s) || s[i]-'0' > 9 || s[i+1]-'0' > 9 {
			return -1
		}
		return int(s[i]-'0')*10 + int(s[i+1]-'0')
	}
	var h, m, sec int
	switch len(s) {
	case 2:
		h = int(s[1]) - '0'
		if h > 9 {
			h = -1
		}
	case 3:
		h = two(1)
	case 5:
		h, m = two(1), two(3)
	case 6:
		h, m = two(1), two(4)
		if s[3] != ':' {
			return 0, false
		}
	case 7:
		h, m, sec = two(1), two(3), two(5)
	case 9:
		h, m, sec = two(1), two(4), two(7)
		if s[3] != ':' || s[6] != ':' {
			return 0, false
		}
	default:
		return 0, false
	}
	if h < 0 || m < 0 || sec < 0 || m > 59 || sec > 59 || h > 18 || h == 18 && m+sec > 0 {
		return 0, false
	}
	seconds = h*3600 + m*60 + sec
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// Legacy names that Go's database has and Java's has not (the JDK drops them
// when it compiles its own, so Trino's index is without them).
var notRegions = map[string]bool{"": true, "Local": true, "EST": true, "MST": true, "HST": true, "ROC": true, "Factory": true, "localtime": true}

// plausibleRegion keeps names that no IANA region has away from the file
// system: each part starts with an upper-case letter, and a case-blind file
// system must not make "america/lima" a zone.
func plausibleRegion(name string) bool {
	if notRegions[name] || len(name) > 64 {
		return false
	}
	start := true
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case start && (c < 'A' || c > 'Z'):
			return false
		case c == '/':
			start = true
			continue
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '+':
		default:
			return false
		}
		start = false
	}
	return !start
}

func loadRegion(name string) (Zone, error) {
	if !plausibleRegion(name) {
		return UTC, &ZoneError{name}
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return UTC, &ZoneError{name}
	}
	regionsAdd.Lock()
	defer regionsAdd.Unlock()
	old := regions.Load()
	if z, ok := old.byName[name]; ok {
		return z, nil
	}
	if len(old.byKey)+firstRegion > 1<<15-1 {
		return UTC, &ZoneError{name}
	}
	z := Zone(firstRegion + len(old.byKey))
	next := &regionTable{byName: make(map[string]Zone, len(old.byName)+1)}
	next.byKey = append(append(next.byKey, old.byKey...), newRegion(name, loc))
	for k, v := range old.byName {
		next.byName[k] = v
	}
	next.byName[name] = z
	regions.Store(next)
	return z, nil
}

// newRegion walks loc's transitions up to tableEnd.
func newRegion(name string, loc *time.Location) *region {
	r := &region{name: name}
	t := time.Unix(tableStart, 0).In(loc)
	for {
		_, off := t.Zone()
		start, end := t.ZoneBounds()
		if len(r.starts) == 0 || int32(off) != r.offsets[len(r.offsets)-1] {
			at := int64(-1 << 62)
			if len(r.starts) > 0 && !start.IsZero() {
				at = start.Unix()
			}
			r.starts = append(r.starts, at)
			r.offsets = append(r.offsets, int32(off))
		}
		if end.IsZero() || end.Unix() >= tableEnd {
			return r
		}
		// Beyond the last explicit transition package time ends each period at
		// a year's end too, and a leap year's a day early: step over that day.
		if !end.After(t) {
			end = t.Add(secondsPerDay * time.Second)
		}
		t = end
	}
}

// index returns the period that second sec falls in.
func (r *region) index(sec int64) int {
	lo, hi := 0, len(r.starts)
	for hi-lo > 1 {
		mid := int(uint(lo+hi) >> 1)
		if r.starts[mid] <= sec {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// wrapCycle moves a second beyond the tables' last whole cycle into it.
func wrapCycle(sec int64) int64 {
	if sec >= cycleStart+gregorianCycle {
		return cycleStart + (sec-cycleStart)%gregorianCycle
	}
	return sec
}

func (z Zone) region() *region { return regions.Load().byKey[int(z)-firstRegion] }

// String returns the zone's name as SQL prints it: UTC, +09:00,
// America/Los_Angeles.
func (z Zone) String() string {
	if z < firstRegion {
		if z == UTC {
			return "UTC"
		}
		return offsetNames()[offsetNameLen*(int(z)-1) : offsetNameLen*int(z)]
	}
	return z.region().name
}

// FixedOffset returns the offset in seconds of UTC or of a fixed offset; ok is
// false for a region.
func (z Zone) FixedOffset() (seconds int, ok bool) {
	if z == UTC {
		return 0, true
	}
	if z < firstRegion {
		return (int(z) - zoneOffsetShift) * 60, true
	}
	return 0, false
}

// OffsetAt returns the offset from UTC, in seconds, at an instant given in
// seconds since the epoch.
func (z Zone) OffsetAt(sec int64) int {
	if off, ok := z.FixedOffset(); ok {
		return off
	}
	r := z.region()
	return int(r.offsets[r.index(wrapCycle(sec))])
}

// OffsetAtLocal returns the offset that holds at a local time, given in seconds
// as if it were UTC. By java.time's rule an overlap takes the earlier offset
// (the instant that comes first). In a gap, where no instant has that local
// time, it returns the offset before the gap and valid = false: local - offset
// then is the local time moved forward by the gap's length, as
// ZonedDateTime.of does.
func (z Zone) OffsetAtLocal(local int64) (offset int, valid bool) {
	if off, ok := z.FixedOffset(); ok {
		return off, true
	}
	r := z.region()
	local = wrapCycle(local)
	// No offset exceeds a day, so the period sought is not before that of
	// local - 1 day.
	for i := r.index(local - secondsPerDay); ; i++ {
		last := i+1 == len(r.starts)
		off := int64(r.offsets[i])
		if last || local < r.starts[i+1]+off {
			// Before the end of period i in its own clock. Not yet begun means
			// that the gap between i-1 and i holds it.
			if i > 0 && local < r.starts[i]+off {
				return int(r.offsets[i-1]), false
			}
			return int(off), true
		}
	}
}

// LocalMillis returns the wall clock of an instant as milliseconds since the
// epoch as if it were UTC.
func (z Zone) LocalMillis(millis int64) int64 {
	if z == UTC {
		return millis
	}
	return millis + int64(z.OffsetAt(FloorDiv(millis, 1000)))*1000
}

// InstantMillis is the reverse: the instant of a wall clock, by the rule of
// Joda-Time's convertLocalToUTC(local, false), which Trino's casts from
// timestamp to timestamp with time zone use. In a gap the clock moves forward.
// In an overlap it takes the earlier instant west of Greenwich and the later
// one east of it: unlike OffsetAtLocal, but so it is.
func (z Zone) InstantMillis(local int64) int64 {
	if off, ok := z.FixedOffset(); ok {
		return local - int64(off)*1000
	}
	sec := FloorDiv(local, 1000)
	first := z.OffsetAt(sec)
	off := z.OffsetAt(sec - int64(first))
	if off != first && first < 0 {
		a, aok := z.NextTransition(sec - int64(first))
		b, bok := z.NextTransition(sec - int64(off))
		if a != b || aok != bok {
			off = first
		}
	}
	return local - int64(off)*1000
}

// NextTransition returns the first second after sec at which the zone's offset
// changes; ok is false where it never does.
func (z Zone) NextTransition(sec int64) (at int64, ok bool) {
	if z < firstRegion {
		return 0, false
	}
	r := z.region()
	w := wrapCycle(sec)
	i := sort.Search(len(r.starts), func(i int) bool { return r.starts[i] > w })
	if i == len(r.starts) {
		return 0, false
	}
	return r.starts[i] + (sec - w), true
}

// FloorDiv is a / b rounded down, for b above 0.
func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 {
	m := a % b
	if m < 0 {
		m += b
	}
	return m
}
