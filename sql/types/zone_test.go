package types

// Tests of zone names (Trino's TestTimeZoneKey has the same cases of form) and
// of the conversions around daylight saving changes, against Go's own zones.

import (
	"math/rand"
	"sync"
	"testing"
	"time"
)

func mustZone(t testing.TB, name string) Zone {
	t.Helper()
	z, err := ZoneByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestZoneByName(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"UTC", "UTC"},
		{"Z", "UTC"},
		{"GMT", "UTC"},
		{"UT", "UTC"},
		{"Etc/UTC", "UTC"},
		{"Zulu", "UTC"},
		{"GMT0", "UTC"},
		{"+00:00", "UTC"},
		{"-00:00", "UTC"},
		{"+0000", "UTC"},
		{"UTC+0", "UTC"},
		{"UTC+00:00", "UTC"},
		{"GMT+0000", "UTC"},
		{"Etc/GMT-0", "UTC"},
		{"+09:00", "+09:00"},
		{"-05:30", "-05:30"},
		{"+0735", "+07:35"},
		{"+7", "+07:00"},
		{"+07", "+07:00"},
		{"-14:00", "-14:00"},
		{"+14:00", "+14:00"},
		{"+07:35:00", "+07:35"},
		{"UTC+8", "+08:00"},
		{"GMT-7", "-07:00"},
		{"UT+07:30", "+07:30"},
		{"Etc/GMT-9", "+09:00"},
		{"Etc/GMT+9", "-09:00"},
		{"Etc/UTC+9", "+09:00"},
		{"UTC-05:30", "-05:30"},
		{"America/Los_Angeles", "America/Los_Angeles"},
		{"Asia/Kolkata", "Asia/Kolkata"},
		{"US/Pacific", "US/Pacific"},
		{"PST8PDT", "PST8PDT"},
		{"America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
		{"CET", "CET"},
	} {
		z, err := ZoneByName(c.in)
		if err != nil || z.String() != c.want {
			t.Errorf("ZoneByName(%q) = %v, %v, want %s", c.in, z, err, c.want)
		}
	}
	for _, in := range []string{
		"", "utc", "+15:00", "-14:01", "+09:60", "+9:00", "UTC8", "GMT+0530", "UTC+15", "EST", "Local", "america/los_angeles",
		"America/Nowhere", "../etc/passwd", "/etc/localtime", "+073521", "+25", "Etc/GMT+0530", "America/", "+", "X",
	} {
		if z, err := ZoneByName(in); err == nil {
			t.Errorf("ZoneByName(%q) = %v, want an error", in, z)
		} else if err.Error() != "Time zone not supported: "+in {
			t.Errorf("ZoneByName(%q): %v", in, err)
		}
	}
}

func TestZoneKeys(t *testing.T) {
	for _, c := range []struct {
		minutes int
		want    Zone
	}{{0, 0}, {-840, 1}, {840, 1681}, {540, 1381}} {
		if z, ok := ZoneForOffset(c.minutes); !ok || z != c.want {
			t.Errorf("ZoneForOffset(%d) = %d, %v, want %d", c.minutes, z, ok, c.want)
		}
	}
	if _, ok := ZoneForOffset(841); ok {
		t.Error("841 minutes are a zone")
	}
}

// Every region that we name must agree with package time about offsets, in
// both directions, wherever package time is unambiguous.
func TestRegionsAgainstTime(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for _, name := range []string{
		"America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia",
		"America/Sao_Paulo", "Europe/Dublin", "Antarctica/Troll", "Asia/Kathmandu", "America/St_Johns", "Asia/Manila",
	} {
		z := mustZone(t, name)
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 5000 {
			sec := rng.Int63n(12_000_000_000) - 5_500_000_000 // 1795 to 2176
			if rng.Intn(20) == 0 {
				sec = rng.Int63n(60_000_000_000) // to 3871
			}
			_, want := time.Unix(sec, 0).In(loc).Zone()
			if got := z.OffsetAt(sec); got != want {
				t.Fatalf("%s at %d: offset %d, want %d", name, sec, got, want)
			}
			// Of the offsets that hold around a local time, those that map it
			// back to itself are the valid ones.
			local := sec + int64(want)
			off, valid := z.OffsetAtLocal(local)
			if !valid || z.OffsetAt(local-int64(off)) != off {
				t.Fatalf("%s local %d: offset %d %v", name, local, off, valid)
			}
			if back := local - int64(off); back > sec {
				t.Fatalf("%s local %d: %d is not the earliest instant, %d is before", name, local, back, sec)
			}
			at, ok := z.NextTransition(sec)
			_, end := time.Unix(sec, 0).In(loc).ZoneBounds()
			if ok && z.OffsetAt(at) == z.OffsetAt(at-1) {
				t.Fatalf("%s: no change at %d", name, at)
			}
			if ok && !end.IsZero() && at < end.Unix() {
				t.Fatalf("%s: change at %d before %d", name, at, end.Unix())
			}
		}
	}
}

func TestGapAndOverlap(t *testing.T) {
	sec := func(y, mo, d, h, mi int) int64 { return time.Date(y, time.Month(mo), d, h, mi, 0, 0, time.UTC).Unix() }
	la, berlin := mustZone(t, "America/Los_Angeles"), mustZone(t, "Europe/Berlin")
	for _, c := range []struct {
		z     Zone
		local int64
		off   int
		valid bool
		joda  int // offset by Joda's rule (Joda-Time 2, convertLocalToUTC(local, false))
	}{
		{la, sec(2023, 3, 12, 1, 59), -8 * 3600, true, -8 * 3600},
		{la, sec(2023, 3, 12, 2, 30), -8 * 3600, false, -8 * 3600}, // gap
		{la, sec(2023, 3, 12, 3, 0), -7 * 3600, true, -7 * 3600},
		{la, sec(2023, 11, 5, 1, 30), -7 * 3600, true, -7 * 3600}, // overlap: first
		{la, sec(2023, 11, 5, 2, 0), -8 * 3600, true, -8 * 3600},
		{berlin, sec(2023, 3, 26, 2, 30), 3600, false, 3600}, // gap
		{berlin, sec(2023, 3, 26, 3, 0), 7200, true, 7200},
		{berlin, sec(2023, 10, 29, 2, 30), 7200, true, 3600}, // overlap: Joda takes the second
		{berlin, sec(2023, 10, 29, 3, 0), 3600, true, 3600},
	} {
		off, valid := c.z.OffsetAtLocal(c.local)
		if off != c.off || valid != c.valid {
			t.Errorf("%v %v: offset %d %v, want %d %v", c.z, time.Unix(c.local, 0).UTC(), off, valid, c.off, c.valid)
		}
		if got := c.local*1000 - c.z.InstantMillis(c.local*1000); got != int64(c.joda)*1000 {
			t.Errorf("%v %v: Joda offset %d, want %d", c.z, time.Unix(c.local, 0).UTC(), got/1000, c.joda)
		}
	}
}

func TestZonesConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for _, name := range []string{"Asia/Seoul", "Asia/Dubai", "Africa/Lagos", "Asia/Seoul"} {
				z, err := ZoneByName(name)
				if err != nil || z.String() != name {
					t.Errorf("%s: %v %v", name, z, err)
				}
			}
		}()
	}
	wg.Wait()
}

func BenchmarkOffsetAtRegion(b *testing.B) {
	z := mustZone(b, "America/Los_Angeles")
	sum := 0
	for i := range b.N {
		sum += z.OffsetAt(1_600_000_000 + int64(i%1000)*100_000)
	}
	_ = sum
}
